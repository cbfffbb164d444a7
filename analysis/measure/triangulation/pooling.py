"""Summaries of several sources put together, with their disagreement in view."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy import stats

from analysis.foundation.estimate import Estimate, Grade

Scale = Literal["share", "logit"]


@dataclass(frozen=True, slots=True)
class Pooled:
    """Several estimates of one share, together and apart.

    Attributes
    ----------
    names
        Sources, in the order given.
    fixed
        Inverse-variance mean: right only if all sources measure the same and differ by chance alone.
    random
        DerSimonian-Laird mean with its normal interval.
    hksj
        The same mean with the Hartung-Knapp-Sidik-Jonkman interval; no value with two sources.
    pooled
        The same mean with a robust interval, the figure to use: equal to `hksj` where the sources are equally precise, and wider where they
        are not, for there `hksj` covers too little. No value with two sources.
    difference
        First source minus second with its interval, for exactly two sources (unit share, may be negative); else None.
    envelope
        Least lower and greatest upper end of the sources' own intervals.
    q, q_p_value, tau2, i2
        Cochran's Q and its p-value, variance between sources, share of the scatter that is not chance (0 to 1), all on `scale`.
    prediction
        Interval in which a further source of this kind would lie; None below three sources.
    scale
        ``"share"`` or ``"logit"``: where the pooling was done. Figures are shares on both.
    """

    names: tuple[str, ...]
    fixed: Estimate
    random: Estimate
    hksj: Estimate
    pooled: Estimate
    difference: Estimate | None
    envelope: tuple[float, float]
    q: float
    q_p_value: float
    tau2: float
    i2: float
    prediction: tuple[float, float] | None
    scale: Scale

    def __repr__(self) -> str:
        """Return the disagreement in words."""
        ends = " to ".join(f"{100 * end:.0f}" for end in self.envelope)
        if self.difference is not None:
            one, low, high = (100 * float(number or 0) for number in _numbers(self.difference))
            apart = "more than chance explains" if low > 0 or high < 0 else "no more than chance explains"
            return f"two sources differ by {one:.0f} points ({low:.0f} to {high:.0f}), {apart}; together they span {ends} %"
        apart = f"{100 * self.i2:.0f} % of their scatter is more than chance (Q {self.q:.1f}, p {self.q_p_value:.2f})"
        return f"{len(self.names)} sources: {self.pooled!r}; {apart}; together they span {ends} %"


def pool(
    estimates: Mapping[str, Estimate] | Sequence[Estimate], *, scale: Scale = "share", confidence: float = 0.95
) -> Pooled:
    """Pool independent estimates of one share and say how far they disagree.

    Parameters
    ----------
    estimates
        Two or more estimates with value and interval, by name or in order. Standard errors are read off the intervals: half the
        width on `scale` over t with `n` - 1 degrees of freedom (normal where `n` is not given).
    scale
        Where to pool: ``"share"``, or ``"logit"`` for shares near 0 or 1.
    confidence
        Level of the intervals that are returned.

    Returns
    -------
    Pooled
        With two sources there is no pooled interval: one difference cannot tell how far sources scatter.

    Raises
    ------
    ValueError
        Fewer than two estimates, or one without value, interval or width.

    Notes
    -----
    Fixed: w = 1 / se^2. Random: tau^2 = max(0, (Q - (k - 1)) / (sum w - sum w^2 / sum w)), w* = 1 / (se^2 + tau^2) (DerSimonian & Laird 1986).
    Interval of `hksj`: t(k - 1) * sqrt(sum w* (y - mean)^2 / ((k - 1) sum w*)) (Hartung & Knapp 2001; Sidik & Jonkman 2002). With errors that
    differ fourfold it covers 90 % instead of 95 %. Interval of `pooled`, with p = w* / sum w*: t(f) * sqrt(sum p^2 (y - mean)^2 / (1 - p)) and
    Satterthwaite's f under the model's variances (Tipton 2015, a single mean). I^2 = max(0, 1 - (k - 1) / Q).
    Prediction: t(k - 2) * sqrt(tau^2 + se^2) (Higgins, Thompson & Spiegelhalter 2009).

    References
    ----------
    DerSimonian & Laird, Controlled Clinical Trials 7 (1986), 177-188. Hartung & Knapp, Statistics in Medicine 20 (2001), 3875-3889.
    Sidik & Jonkman, Statistics in Medicine 21 (2002), 3153-3159. Tipton, Psychological Methods 20 (2015), 375-393.

    Examples
    --------
    >>> sources = [Estimate(0.32, 0.24, 0.40), Estimate(0.41, 0.35, 0.47), Estimate(0.25, 0.09, 0.41)]
    >>> pool(sources)
    3 sources: 35 % (13 to 56); 63 % of their scatter is more than chance (Q 5.4, p 0.07); together they span 9 to 47 %
    """
    named = estimates if isinstance(estimates, Mapping) else {f"source {n + 1}": e for n, e in enumerate(estimates)}
    if len(named) < 2:
        raise ValueError(f"pooling needs two sources or more, got {len(named)}")
    found = list(named.values())
    y, error = (np.array(part) for part in zip(*(_on_scale(one, scale) for one in found), strict=True))
    k, w = len(y), 1 / error**2
    fixed = float((w * y).sum() / w.sum())
    q = float((w * (y - fixed) ** 2).sum())
    tau2 = max(0.0, (q - (k - 1)) / float(w.sum() - (w**2).sum() / w.sum()))
    star = 1 / (error**2 + tau2)
    mean = float((star * y).sum() / star.sum())
    fixed_error, random_error = (1 / math.sqrt(float(part.sum())) for part in (w, star))
    spread = math.sqrt(float((star * (y - mean) ** 2).sum()) / ((k - 1) * float(star.sum())))
    z, t = float(stats.norm.ppf(0.5 + confidence / 2)), float(stats.t.ppf(0.5 + confidence / 2, k - 1))
    robust = _robust_half(y, star, confidence)
    grade: Grade = max((one.grade for one in found), key="ABCD".index)
    form = {"confidence": confidence, "n": k, "n_unit": "sources", "grade": grade}
    return Pooled(
        names=tuple(named),
        fixed=_share(fixed, z * fixed_error, scale, "inverse-variance mean", form),
        random=_share(mean, z * random_error, scale, "DerSimonian-Laird mean", form),
        hksj=_many(mean, t * spread, scale, "random-effects mean, Hartung-Knapp-Sidik-Jonkman interval", form),
        pooled=_many(mean, robust, scale, "random-effects mean, robust interval with Satterthwaite's t", form),
        difference=_difference(found, form) if k == 2 else None,
        envelope=envelope(found),
        q=q,
        q_p_value=float(stats.chi2.sf(q, k - 1)),
        tau2=tau2,
        i2=max(0.0, 1 - (k - 1) / q) if q > 0 else 0.0,
        prediction=_prediction(mean, math.sqrt(tau2 + random_error**2), k, scale=scale, confidence=confidence),
        scale=scale,
    )


def envelope(estimates: Sequence[Estimate]) -> tuple[float, float]:
    """Return the least lower and the greatest upper end of several estimates."""
    ends = [_numbers(one) for one in estimates]
    return min(low for _, low, _ in ends), max(high for _, _, high in ends)


def difference(first: Estimate, second: Estimate) -> tuple[float, float, float]:
    """Return first minus second with an interval made of both intervals: value, low, high.

    Notes
    -----
    Squares of the distances to the ends are added (Newcombe, Statistics in Medicine 17 (1998), 873-890; Zou & Donner, Statistics in Medicine
    27 (2008), 1693-1702), so a lopsided interval stays lopsided. The sources count as independent; if they share days, the interval is too wide.

    Examples
    --------
    >>> [round(number, 3) for number in difference(Estimate(0.3, 0.2, 0.42), Estimate(0.5, 0.45, 0.55))]
    [-0.2, -0.312, -0.07]
    """
    a, low_a, high_a = _numbers(first)
    b, low_b, high_b = _numbers(second)
    return a - b, a - b - math.hypot(a - low_a, high_b - b), a - b + math.hypot(high_a - a, b - low_b)


def _numbers(one: Estimate) -> tuple[float, float, float]:
    """Return value, low and high of an estimate that has all three."""
    if one.value is None or one.low is None or one.high is None:
        raise ValueError(f"only estimates with a value and an interval can be compared or pooled: {one!r}")
    return one.value, one.low, one.high


def _on_scale(one: Estimate, scale: Scale) -> tuple[float, float]:
    """Return value and standard error of an estimate on the scale of pooling."""
    value, low, high = _numbers(one)
    if scale == "logit":
        if not 0 < low <= high < 1:
            raise ValueError(f"shares of 0 or 1 cannot be pooled on the logit scale: {one!r}")
        value, low, high = (math.log(share / (1 - share)) for share in (value, low, high))
    quantile = 0.5 + one.confidence / 2
    width = float(stats.t.ppf(quantile, one.n - 1) if one.n > 1 else stats.norm.ppf(quantile))
    error = (high - low) / (2 * width)
    if not error > 0:
        raise ValueError(f"an estimate without width would outweigh all others: {one!r}")
    return value, error


def _back(number: float, scale: Scale) -> float:
    return min(1.0, max(0.0, number)) if scale == "share" else 1 / (1 + math.exp(-number))


def _share(mean: float, half: float, scale: Scale, method: str, form: dict) -> Estimate:
    """Return a mean with its symmetric interval on the scale of pooling as a share."""
    value, low, high = (_back(number, scale) for number in (mean, mean - half, mean + half))
    return Estimate(value, low, high, method=f"{method}, {scale} scale", **form)


def _many(mean: float, half: float, scale: Scale, method: str, form: dict) -> Estimate:
    """Return a mean that rests on the scatter of the sources, or with two of them why there is none."""
    if form["n"] == 2:
        words = "two sources cannot show how far sources scatter; their envelope and their difference stand instead"
        return Estimate.missing(words, **form)
    return _share(mean, half, scale, method, form)


def _robust_half(y: np.ndarray, weights: np.ndarray, confidence: float) -> float:
    """Return the half width of the robust interval of a weighted mean, with Satterthwaite's degrees of freedom."""
    p = weights / weights.sum()
    mean = float((p * y).sum())
    variance = float((p**2 * (y - mean) ** 2 / (1 - p)).sum())
    residuals = np.eye(len(y)) - p[None, :]
    form = residuals.T @ np.diag(p**2 / (1 - p)) @ residuals / weights[None, :]
    freedom = float(np.trace(form)) ** 2 / float(np.trace(form @ form))
    return float(stats.t.ppf(0.5 + confidence / 2, freedom)) * math.sqrt(variance)


def _difference(found: Sequence[Estimate], form: dict) -> Estimate:
    """Return the difference of two estimates."""
    value, low, high = difference(found[0], found[1])
    return replace(
        Estimate(value, low, high, **form), method="difference of two estimates, squares of the half widths added"
    )


def _prediction(mean: float, error: float, k: int, *, scale: Scale, confidence: float) -> tuple[float, float] | None:
    """Return where a further source would lie."""
    if k < 3:
        return None
    half = float(stats.t.ppf(0.5 + confidence / 2, k - 2)) * error
    return _back(mean - half, scale), _back(mean + half, scale)
