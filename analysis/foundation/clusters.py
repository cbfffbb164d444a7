"""Intervals that cluster by what is shared: ratios of sums, and the bootstrap on cluster sums."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

from analysis.foundation.estimate import Estimate

Variance = Literal["linearised", "jackknife", "serial"]

# Below this many clusters a t interval no longer covers (Korn & Graubard 1999, p. 62; see docs/method.md).
MINIMUM_CLUSTERS = 6
# Below this many effective occurrences of the rarer outcome the logit interval under-covers (see docs/method.md).
MINIMUM_EFFECTIVE_COUNT = 5.0
_METHODS = {
    "linearised": "ratio of sums, clusters linearised, logit t interval",
    "jackknife": "ratio of sums, clusters jackknifed, logit t interval",
    "serial": "ratio of sums, low-frequency cosines of the clusters in time, logit t interval",
}


def ratio(
    numerator: Sequence[float],
    denominator: Sequence[float],
    *,
    n_unit: str,
    strata: Sequence[object] | None = None,
    confidence: float = 0.95,
    variance: Variance = "linearised",
    working_days: float = 1.0,
    **more: Any,
) -> Estimate:
    """Estimate a share as a ratio of sums over clusters, with an interval on the logit scale.

    Parameters
    ----------
    numerator, denominator
        One total per cluster, any common unit; 0 <= numerator <= denominator.
    n_unit
        What a cluster is (``"days"``, ``"rounds"``).
    strata
        A label per cluster (such as the weekday) when the period holds fixed numbers of each kind; strata with one cluster join the next smallest.
    confidence
        Level of the interval.
    variance
        ``"linearised"`` (Taylor), ``"jackknife"`` (delete one cluster: more careful where few clusters differ in size), both for clusters that do
        not resemble one another; ``"serial"`` for days or periods in the order of time, whose neighbours may.
    working_days
        Working days that a cluster holds; used by ``"serial"`` alone.
    **more
        Further fields of :class:`Estimate`, such as `grade` and `basis`.

    Returns
    -------
    Estimate
        ``"insufficient"`` with words for a zero base, fewer than 6 clusters, or too few effective occurrences;
        ``"degenerate"`` when every cluster says 0 or every cluster says 1.

    Raises
    ------
    ValueError
        Lengths differ, a number is not finite, or a numerator lies outside 0 to its denominator.

    Notes
    -----
    p = sum(x) / sum(m); z_i = x_i - p m_i. Linearised: variance = sum over strata h of k_h / (k_h - 1) * sum (z_i - mean z_h)^2 / (sum m)^2.
    Jackknife: sum over h of (k_h - 1) / k_h * sum (p_(hi) - p)^2, p_(hi) without cluster i, the others of its stratum standing in for it.
    Both have k - H degrees of freedom, k clusters in H strata. Serial: :func:`analysis.foundation.serial.long_run`, with its own.
    Interval = expit(logit p -+ t * se / (p (1 - p))).

    References
    ----------
    Cochran, Sampling Techniques, 3rd ed. 1977, sections 2.11 and 5A.4. Korn & Graubard, Analysis of Health Surveys, 1999, p. 64. Wolter,
    Introduction to Variance Estimation, 2nd ed. 2007, section 4.5.

    Examples
    --------
    >>> idle = [3, 1, 5, 2, 0, 4, 6, 2, 1, 7, 3, 2, 4, 8, 1, 0, 5, 3, 2, 6]
    >>> looks = [10, 9, 12, 10, 8, 11, 12, 10, 9, 12, 10, 8, 11, 12, 9, 8, 11, 10, 9, 12]
    >>> ratio(idle, looks, n_unit="rounds")
    32 % (24 to 41)
    """
    found = judged(
        numerator,
        denominator,
        n_unit=n_unit,
        strata=strata,
        confidence=confidence,
        variance=variance,
        working_days=working_days,
        **more,
    )
    return found if isinstance(found, Estimate) else found.estimate()


class Judged(NamedTuple):
    """A share that can be given an interval: its standard error on the logit scale, degrees of freedom, and the estimate's other fields."""

    share: float
    scale: float
    freedom: float
    described: dict[str, Any]

    def estimate(self) -> Estimate:
        """Return the share with its logit t interval."""
        from scipy import stats

        step = float(stats.t.ppf(0.5 + self.described["confidence"] / 2, self.freedom)) * self.scale
        return Estimate(self.share, self.moved(-step), self.moved(step), **self.described)

    def moved(self, step: float) -> float:
        """Return the share moved by a step on the logit scale."""
        return expit(math.log(self.share / (1 - self.share)) + step)


def judged(
    numerator: Sequence[float],
    denominator: Sequence[float],
    *,
    n_unit: str,
    strata: Sequence[object] | None = None,
    confidence: float = 0.95,
    variance: Variance = "linearised",
    working_days: float = 1.0,
    **more: Any,
) -> Judged | Estimate:
    """Return a share and how uncertain it is, or the finished estimate where there is no interval; parameters as in :func:`ratio`."""
    import numpy as np

    x, m = _totals(numerator, denominator)
    labels = np.zeros(len(x), int) if strata is None else np.unique(np.asarray(strata, str), return_inverse=True)[1]
    kept = m > 0
    x, m, labels = x[kept], m[kept], joined_strata(labels[kept])
    described = {"confidence": confidence, "n": len(x), "n_unit": n_unit, "method": _METHODS[variance], **more}
    share = answerable(float(x.sum()), float(m.sum()), described)
    if isinstance(share, Estimate):
        return share
    spread = _spread(x, m, labels, variance=variance, working_days=working_days)
    return scaled_or_refused(share, spread, described)


def answerable(top: float, base: float, described: dict[str, Any]) -> float | Estimate:
    """Return the share of two sums, or why there is none: no base, too few clusters, or nothing that varies."""
    if base == 0:
        return Estimate.missing("nothing to divide by: the base is zero", **described)
    share, k, n_unit = top / base, described["n"], described["n_unit"]
    if k < MINIMUM_CLUSTERS:
        words = f"only {k} {n_unit} were observed; an interval needs at least {MINIMUM_CLUSTERS}"
        return Estimate.missing(words, **described)
    if share <= 0 or share >= 1:
        word = "none" if share <= 0 else "all"
        words = f"{word} of the time in all {k} {n_unit}: no variation to estimate from"
        return Estimate.missing(words, status="degenerate", **described)
    return share


def scaled_or_refused(share: float, spread: Spread, described: dict[str, Any]) -> Judged | Estimate:
    """Return the share with its error on the logit scale, unless nothing varies or the state is too rare."""
    k, n_unit = described["n"], described["n_unit"]
    if spread.error == 0:
        same = f"all {k} {n_unit} have the same share, so its uncertainty cannot be judged"
        return Estimate(share, share, share, reasons=(same,), **described)
    effective = share * (1 - share) / spread.steady**2
    if effective * min(share, 1 - share) < MINIMUM_EFFECTIVE_COUNT:
        words = f"the {k} {n_unit} hold too few independent occurrences of so rare a state for an interval that can be trusted"
        return Estimate.missing(words, **described)
    return Judged(share, spread.error / (share * (1 - share)), spread.freedom, described)


class Spread(NamedTuple):
    """Standard error of a share, its degrees of freedom, and the error that decides what is too rare."""

    error: float
    freedom: float
    steady: float


def _spread(x: Any, m: Any, labels: Any, *, variance: Variance, working_days: float) -> Spread:
    """Return how uncertain the share sum(x) / sum(m) is."""
    base = float(m.sum())
    residual = x - x.sum() / base * m
    if variance == "serial":
        from analysis.foundation.serial import long_run

        found = long_run(residual, labels, working_days=working_days)
        return Spread(found.error / base, found.freedom, found.steady / base)
    error, freedom = _linearised(residual, labels)
    steady = error / base
    return Spread(_jackknifed(x, m, labels) if variance == "jackknife" else steady, freedom, steady)


def _totals(numerator: Sequence[float], denominator: Sequence[float]) -> tuple[Any, Any]:
    """Return both totals as arrays, once they are what a ratio needs."""
    import numpy as np

    x, m = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    if x.shape != m.shape or x.ndim != 1:
        raise ValueError("numerator and denominator must be two lists of one length")
    if not (np.isfinite(x).all() and np.isfinite(m).all()) or (x < 0).any() or (x > m * (1 + 1e-12)).any():
        raise ValueError("every numerator must lie between 0 and its denominator")
    return x, m


def _linearised(residual: Any, labels: Any) -> tuple[float, int]:
    """Return the standard error of a sum of residuals by cluster, and its degrees of freedom."""
    import numpy as np

    variance, freedom = 0.0, 0
    for label in np.unique(labels):
        part = residual[labels == label]
        variance += len(part) / (len(part) - 1) * float(((part - part.mean()) ** 2).sum())
        freedom += len(part) - 1
    return math.sqrt(variance), freedom


def _jackknifed(x: Any, m: Any, labels: Any) -> float:
    """Return the standard error of a share by deleting one cluster of a stratum at a time."""
    import numpy as np

    share, total = x.sum() / m.sum(), 0.0
    for label in np.unique(labels):
        at = labels == label
        k = int(at.sum())
        top, bottom = (all_.sum() - all_[at].sum() + k / (k - 1) * (all_[at].sum() - all_[at]) for all_ in (x, m))
        total += (k - 1) / k * float(((top / bottom - share) ** 2).sum())
    return math.sqrt(total)


def joined_strata(labels: Any) -> Any:
    """Give every stratum at least two clusters by joining the smallest to the next smallest."""
    import numpy as np

    labels = labels.copy()
    while True:
        names, counts = np.unique(labels, return_counts=True)
        if len(names) < 2 or counts.min() >= 2:
            return labels
        order = np.argsort(counts, kind="stable")
        labels[labels == names[order[0]]] = names[order[1]]


def expit(x: float) -> float:
    """Return the share with this logit."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def bootstrap(
    sums: Any,
    statistic: Callable[[Any], Any],
    *,
    n_unit: str,
    seed: int,
    draws: int = 2000,
    confidence: float = 0.95,
    **more: Any,
) -> Estimate:
    """Estimate any function of column totals by resampling clusters, each reduced to its sums beforehand.

    Parameters
    ----------
    sums
        Array (clusters x columns): the sums that each cluster contributes.
    statistic
        Takes totals of shape (..., columns) and returns values of shape (...): it is called once on all resamples together.
    n_unit
        What a cluster is.
    seed
        Seed of the resampling.
    draws
        Number of resamples.
    confidence
        Level of the percentile interval, widened for few clusters by sqrt(k / (k - 1)) and t against normal.
    **more
        Further fields of :class:`Estimate`.

    Returns
    -------
    Estimate
        ``"insufficient"`` below 6 clusters, ``"degenerate"`` when the statistic is not finite on the data or on some resamples.

    Notes
    -----
    Percentile interval of the multinomial cluster bootstrap; its distance from the estimate is multiplied by
    sqrt(k / (k - 1)) * t_{k-1} / z, which makes a mean's interval equal the t interval in expectation. A share's interval ends at 0 and 1.

    References
    ----------
    Davison & Hinkley, Bootstrap Methods and their Application, 1997, sections 2.2 and 3.8. Hesterberg, The American Statistician 69 (2015), 371-386.

    Examples
    --------
    >>> bootstrap([[1.0, 4.0]] * 3 + [[2.0, 4.0]] * 3, lambda t: t[..., 0] / t[..., 1], n_unit="days", seed=1).value
    0.375
    """
    import numpy as np
    from scipy import stats

    table = np.asarray(sums, dtype=float)
    k = len(table)
    described = {
        "confidence": confidence,
        "n": k,
        "n_unit": n_unit,
        "method": "cluster bootstrap on cluster sums",
        **more,
    }
    if k < MINIMUM_CLUSTERS:
        return Estimate.missing(
            f"only {k} {n_unit} were observed; an interval needs at least {MINIMUM_CLUSTERS}", **described
        )
    point = float(statistic(table.sum(axis=0)))
    counts = np.random.default_rng(seed).multinomial(k, np.full(k, 1 / k), size=draws)
    values = np.asarray(statistic(counts @ table), dtype=float)
    if not (math.isfinite(point) and np.isfinite(values).all()):
        return Estimate.missing(
            "the figure is not defined on these data or on resamples of them", status="degenerate", **described
        )
    tail = (1 - confidence) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    wider = math.sqrt(k / (k - 1)) * float(stats.t.ppf(1 - tail, k - 1) / stats.norm.ppf(1 - tail))
    low, high = min(point, point - wider * (point - float(low))), max(point, point + wider * (float(high) - point))
    if described.get("unit", "share") == "share" and 0 <= point <= 1:
        low, high = max(low, 0.0), min(high, 1.0)
    return Estimate(point, low, high, **described)
