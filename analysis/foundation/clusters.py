"""Intervals that cluster by what is shared: linearised ratios, and the bootstrap on cluster sums."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from analysis.foundation.estimate import Estimate

# Below this many clusters a t interval no longer covers (Korn & Graubard 1999, p. 62; see docs/method.md).
MINIMUM_CLUSTERS = 6
# Below this many effective occurrences of the rarer outcome the logit interval under-covers (see docs/method.md).
MINIMUM_EFFECTIVE_COUNT = 5.0


def ratio(
    numerator: Sequence[float],
    denominator: Sequence[float],
    *,
    n_unit: str,
    strata: Sequence[object] | None = None,
    confidence: float = 0.95,
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
    p = sum(x) / sum(m); z_i = x_i - p m_i; variance = sum over strata h of k_h / (k_h - 1) * sum (z_i - mean z_h)^2 / (sum m)^2;
    interval = expit(logit p -+ t_{k - H} * se / (p (1 - p))) with k clusters in H strata.

    References
    ----------
    Cochran, Sampling Techniques, 3rd ed. 1977, sections 2.11 and 5A.4. Korn & Graubard, Analysis of Health Surveys, 1999, p. 64.

    Examples
    --------
    >>> idle = [3, 1, 5, 2, 0, 4, 6, 2, 1, 7, 3, 2, 4, 8, 1, 0, 5, 3, 2, 6]
    >>> looks = [10, 9, 12, 10, 8, 11, 12, 10, 9, 12, 10, 8, 11, 12, 9, 8, 11, 10, 9, 12]
    >>> ratio(idle, looks, n_unit="rounds")
    32 % (24 to 41)
    """
    import numpy as np
    from scipy import stats

    x, m = _totals(numerator, denominator)
    labels = np.zeros(len(x), int) if strata is None else np.unique(np.asarray(strata, str), return_inverse=True)[1]
    kept = m > 0
    x, m, labels = x[kept], m[kept], _joined_strata(labels[kept])
    k, base = len(x), float(m.sum())
    described = {
        "confidence": confidence,
        "n": k,
        "n_unit": n_unit,
        "method": "ratio of sums, clusters linearised, logit t interval",
        **more,
    }
    if base == 0:
        return Estimate.missing("nothing to divide by: the base is zero", **described)
    share = float(x.sum()) / base
    if k < MINIMUM_CLUSTERS:
        return Estimate.missing(
            f"only {k} {n_unit} were observed; an interval needs at least {MINIMUM_CLUSTERS}", **described
        )
    if share <= 0 or share >= 1:
        word = "none" if share <= 0 else "all"
        return Estimate.missing(
            f"{word} of the time in all {k} {n_unit}: no variation to estimate from", status="degenerate", **described
        )
    error, freedom = _linearised(x - share * m, labels)
    error /= base
    if error == 0:
        same = f"all {k} {n_unit} have the same share, so its uncertainty cannot be judged"
        return Estimate(share, share, share, reasons=(same,), **described)
    effective = share * (1 - share) / error**2
    if effective * min(share, 1 - share) < MINIMUM_EFFECTIVE_COUNT:
        return Estimate.missing(
            f"the {k} {n_unit} hold too few independent occurrences of so rare a state for an interval that can be trusted",
            **described,
        )
    step = float(stats.t.ppf(0.5 + confidence / 2, freedom)) * error / (share * (1 - share))
    centre = math.log(share / (1 - share))
    return Estimate(share, _expit(centre - step), _expit(centre + step), **described)


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


def _joined_strata(labels: Any) -> Any:
    """Give every stratum at least two clusters by joining the smallest to the next smallest."""
    import numpy as np

    labels = labels.copy()
    while True:
        names, counts = np.unique(labels, return_counts=True)
        if len(names) < 2 or counts.min() >= 2:
            return labels
        order = np.argsort(counts, kind="stable")
        labels[labels == names[order[0]]] = names[order[1]]


def _expit(x: float) -> float:
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
