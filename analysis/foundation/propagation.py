"""Uncertainty through ratios and products in closed form, and draws for what somebody states as a range.

Public as ``from analysis.foundation import propagation``. The balance of hours and money is simulated, because it is not linear; these forms check it, and answer where a
figure is one ratio or one product.

Examples
--------
>>> from analysis.foundation import propagation
>>> propagation.fieller_ratio(0.3202, 0.0418, 0.80, 0.03)
0.4 (0.3 to 0.5)
>>> round(propagation.product_sd(38, 6, 52_000, 4_000), 1)
347885.0
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

from analysis.foundation.estimate import Estimate

# distance of the 90 % point from the median of a standard normal
Z90 = float(stats.norm.ppf(0.9))


def fieller_ratio(
    top: float,
    top_se: float,
    bottom: float,
    bottom_se: float,
    *,
    rho: float = 0.0,
    confidence: float = 0.95,
    unit: str = "ratio",
) -> Estimate:
    """Return the ratio of two jointly normal estimates with its interval by Fieller's theorem.

    Parameters
    ----------
    top, top_se, bottom, bottom_se
        The estimates and their standard errors.
    rho
        Correlation of the two errors.
    confidence
        Level of the interval, share.
    unit
        Unit of the ratio.

    Returns
    -------
    Estimate
        ``degenerate``, in words, where the bottom is not clearly apart from zero: the interval is then not finite, whatever formula is used.

    Raises
    ------
    ValueError
        A standard error is negative, rho lies outside -1 to 1, or the bottom is zero.

    Notes
    -----
    The limits are the roots r of (a - r b)² = z² (s_a² - 2 r ρ s_a s_b + r² s_b²); unlike a delta interval they are not symmetric about the ratio, and they cover when b is noisy.

    References
    ----------
    Fieller, Some problems in interval estimation, Journal of the Royal Statistical Society B 16 (1954), 175-185.

    Examples
    --------
    >>> wide = fieller_ratio(0.3202, 0.0418, 0.8, 0.03)
    >>> round(wide.low, 6), round(wide.high, 6)
    (0.295563, 0.509285)
    >>> fieller_ratio(1.0, 0.1, 0.1, 0.1).status
    'degenerate'
    """
    _checked(top_se, bottom_se, rho)
    if bottom == 0:
        raise ValueError("the bottom of the ratio is zero")
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    square = bottom**2 - (z * bottom_se) ** 2
    described = {"confidence": confidence, "unit": unit, "method": "Fieller", "basis": "modelled"}
    if square <= 0:
        return Estimate.missing(
            "what it is divided by cannot be told from zero, so the ratio has no finite interval",
            status="degenerate",
            **described,
        )
    middle = top * bottom - z**2 * rho * top_se * bottom_se
    root = math.sqrt(max(0.0, middle**2 - square * (top**2 - (z * top_se) ** 2)))
    return Estimate(top / bottom, (middle - root) / square, (middle + root) / square, **described)


def delta_ratio_se(top: float, top_se: float, bottom: float, bottom_se: float, *, rho: float = 0.0) -> float:
    """Return the standard error of a ratio to first order.

    Parameters
    ----------
    top, top_se, bottom, bottom_se
        The estimates and their standard errors.
    rho
        Correlation of the two errors.

    Raises
    ------
    ValueError
        A standard error is negative, rho lies outside -1 to 1, or the bottom is zero.

    Notes
    -----
    sqrt(s_a² - 2 r ρ s_a s_b + r² s_b²) / |b| with r = a / b.

    References
    ----------
    Cochran, Sampling Techniques, 3rd ed. 1977, section 6.3.

    Examples
    --------
    >>> round(delta_ratio_se(0.3202, 0.0418, 0.8, 0.03), 8)
    0.05436307
    """
    _checked(top_se, bottom_se, rho)
    if bottom == 0:
        raise ValueError("the bottom of the ratio is zero")
    ratio = top / bottom
    variance = top_se**2 - 2 * ratio * rho * top_se * bottom_se + (ratio * bottom_se) ** 2
    return math.sqrt(max(0.0, variance)) / abs(bottom)


def product_sd(first: float, first_sd: float, second: float, second_sd: float, *, rho: float = 0.0) -> float:
    """Return the exact standard deviation of a product, for example full-time equivalents times cost.

    Parameters
    ----------
    first, first_sd, second, second_sd
        Means and standard deviations of the factors.
    rho
        Their correlation; other than 0 the two are taken to be jointly normal.

    Raises
    ------
    ValueError
        A standard deviation is negative or rho lies outside -1 to 1.

    Notes
    -----
    Independent: f² s_c² + c² s_f² + s_f² s_c², whatever the distributions; jointly normal: + 2 f c ρ s_f s_c + ρ² s_f² s_c². The mean of the product is f c + ρ s_f s_c.

    References
    ----------
    Goodman, On the exact variance of products, Journal of the American Statistical Association 55 (1960), 708-713. Bohrnstedt & Goldberger, On the exact covariance of products
    of random variables, the same 64 (1969), 1439-1442.

    Examples
    --------
    >>> round(product_sd(38, 6, 52_000, 4_000), 4)
    347885.0385
    """
    _checked(first_sd, second_sd, rho)
    both = (first_sd * second_sd) ** 2
    linear = (first * second_sd) ** 2 + (second * first_sd) ** 2 + 2 * first * second * rho * first_sd * second_sd
    return math.sqrt(max(0.0, linear + both * (1 + rho**2)))


def lognormal_product(medians: Sequence[float], log_sds: Sequence[float], *, quantile: float = 0.5) -> float:
    """Return a quantile of the product of independent lognormal factors.

    Parameters
    ----------
    medians
        Median of each factor, above 0.
    log_sds
        Standard deviation of each factor's logarithm.
    quantile
        Which quantile, between 0 and 1.

    Raises
    ------
    ValueError
        The lengths differ, a median is not above 0 or a spread is negative.

    Notes
    -----
    Π m_i × exp(z_q √(Σ s_i²)): logarithms add.

    References
    ----------
    Aitchison & Brown, The Lognormal Distribution, 1957, theorem 2.2.

    Examples
    --------
    >>> round(lognormal_product([100, 40], [0.3, 0.4], quantile=0.5))
    4000
    >>> round(lognormal_product([100, 40], [0.3, 0.4], quantile=0.9) / 4000, 4)
    1.898
    """
    if len(medians) != len(log_sds):
        raise ValueError("there must be one spread for each median")
    if any(median <= 0 for median in medians) or any(sd < 0 for sd in log_sds):
        raise ValueError("medians must be above 0 and spreads not below 0")
    return math.prod(medians) * math.exp(float(stats.norm.ppf(quantile)) * math.hypot(*log_sds))


def lognormal_between(score: np.ndarray, *, middle: float, low: float, high: float) -> np.ndarray:
    """Turn standard normal scores into a positive amount with a stated middle and 10 % and 90 % points.

    Parameters
    ----------
    score
        Standard normal scores, any shape; scores of another law with the same 10 % and 90 % points keep the stated ones and bring their own tails.
    middle, low, high
        Median, 10 % point and 90 % point; 0 < low <= middle <= high.

    Returns
    -------
    ndarray
        The shape of `score`: middle × exp(score × s), s = ln(middle / low) / z below the middle and ln(high / middle) / z above it, z = 1.2816.

    Raises
    ------
    ValueError
        The three are not positive and in order.

    Notes
    -----
    People who state a least and a largest amount leave out the tails, so a stated range is read as 10 to 90 %, never as the minimum and the maximum.

    References
    ----------
    Keefer & Bodily, Three-point approximations for continuous random variables, Management Science 29 (1983), 595-609 (10-50-90 assessments). Alpert & Raiffa, A progress report on the training
    of probability assessors, in Judgment under Uncertainty, 1982 (stated ranges are too narrow).

    Examples
    --------
    >>> lognormal_between(np.array([-1.2815515655, 0.0, 1.2815515655]), middle=40, low=35, high=50).round(6)
    array([35., 40., 50.])
    """
    if not 0 < low <= middle <= high:
        raise ValueError(f"low, middle and high must be positive and in order, got {low}, {middle}, {high}")
    below, above = math.log(middle / low) / Z90, math.log(high / middle) / Z90
    return middle * np.exp(score * np.where(score < 0, below, above))


def triangular(chance: np.ndarray, *, low: float, mode: float, high: float) -> np.ndarray:
    """Turn uniform chances into a triangular amount between two absolute limits.

    Parameters
    ----------
    chance
        Numbers from 0 to 1, any shape.
    low, mode, high
        Least, most likely and largest amount.

    Returns
    -------
    ndarray
        The shape of `chance`: low + √(p (h - l)(m - l)) up to the mode, high - √((1 - p)(h - l)(h - m)) beyond it.

    Raises
    ------
    ValueError
        The three are not in order or all equal.

    References
    ----------
    Kotz & van Dorp, Beyond Beta, 2004, chapter 1.

    Examples
    --------
    >>> triangular(np.array([0.0, 0.5, 1.0]), low=0.0, mode=0.5, high=1.0)
    array([0. , 0.5, 1. ])
    """
    _in_order(low, mode, high)
    return stats.triang.ppf(chance, (mode - low) / (high - low), loc=low, scale=high - low)


def pert(chance: np.ndarray, *, low: float, mode: float, high: float) -> np.ndarray:
    """Turn uniform chances into a PERT amount: a beta law between two absolute limits with mean (low + 4 mode + high) / 6.

    Parameters
    ----------
    chance
        Numbers from 0 to 1, any shape.
    low, mode, high
        Least, most likely and largest amount.

    Returns
    -------
    ndarray
        The shape of `chance`.

    Raises
    ------
    ValueError
        The three are not in order or all equal.

    References
    ----------
    Malcolm, Roseboom, Clark & Fazar, Application of a technique for research and development program evaluation, Operations Research 7 (1959), 646-669; Vose, Risk Analysis, 3rd ed. 2008.

    Examples
    --------
    >>> chance = (np.arange(20_000) + 0.5) / 20_000
    >>> round(float(pert(chance, low=10, mode=20, high=60).mean()), 2)
    25.0
    """
    _in_order(low, mode, high)
    width = high - low
    return stats.beta.ppf(chance, 1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width, loc=low, scale=width)


def quantile_error(draws: np.ndarray, quantile: float = 0.5, *, independent: int | None = None) -> float:
    """Return the standard error that a simulated quantile has because the number of draws is finite.

    Parameters
    ----------
    draws
        Simulated amounts, one axis.
    quantile
        Which quantile, between 0 and 1.
    independent
        How many of the draws are independent; all if not given.

    Returns
    -------
    float
        Half the distance between the quantiles at q ± √(q (1 - q) / n).

    Raises
    ------
    ValueError
        There are no draws.

    References
    ----------
    Woodruff, Confidence intervals for medians and other position measures, Journal of the American Statistical Association 47 (1952), 635-646.

    Examples
    --------
    >>> scores = stats.norm.ppf((np.arange(10_000) + 0.5) / 10_000)
    >>> round(quantile_error(scores) * 100, 3)  # sqrt(pi / 2) / 100 for a normal median
    1.253
    """
    if len(draws) == 0:
        raise ValueError("there are no draws")
    step = math.sqrt(quantile * (1 - quantile) / (independent or len(draws)))
    ends = np.quantile(draws, [max(0.0, quantile - step), min(1.0, quantile + step)])
    return float(ends[1] - ends[0]) / 2


def _checked(first: float, second: float, rho: float) -> None:
    """Refuse spreads and correlations that cannot be."""
    if first < 0 or second < 0:
        raise ValueError("a standard error is negative")
    if not -1 <= rho <= 1:
        raise ValueError(f"a correlation lies between -1 and 1, got {rho}")


def _in_order(low: float, mode: float, high: float) -> None:
    """Refuse limits that are not limits."""
    if not (low <= mode <= high and low < high):
        raise ValueError(f"low, mode and high must be in order and differ, got {low}, {mode}, {high}")
