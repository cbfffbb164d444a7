"""What those that look best truly reach on average: their figures with the luck of having been chosen taken out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

from analysis.measure.shrinkage.normal import FEWEST_GROUPS, Floats, too_few

_GRID = 200
_HALVINGS = 44
_OUTWARD_SD = 9.0
# Below this chance the figures are not called different, and no lead over the common mean is claimed.
_ALIKE = 0.05
# From so many chosen units on, their figures show how far a normal law of true figures is off.
_MANY = 10
# Degrees of freedom that must be left when the mix is allowed for.
_FEWEST_LEFT = 3


@dataclass(frozen=True, slots=True)
class BestPart:
    """Those that look best, as they look and as they are.

    Attributes
    ----------
    count, units
        How many look best, of how many.
    observed
        Mean of their figures as seen.
    value, low, high
        Mean of their true figures with its interval.
    mean
        Mean of all units, weighted by how well they are known; with covariates at their average.
    between_sd, between_low, between_high
        Standard deviation of the true figures over all units, with its interval; `between_low` is 0 where chance alone could do it.
    error_sd
        Typical standard error of one unit's figure.
    p_value
        Of the chi-square test that all have one true figure (beyond the covariates).
    reason
        Why there is nothing; empty otherwise.
    """

    count: int
    units: int
    observed: float
    value: float
    low: float
    high: float
    mean: float
    between_sd: float
    between_low: float
    between_high: float
    error_sd: float
    p_value: float
    reason: str = ""

    def __repr__(self) -> str:
        """Return the finding as a sentence."""
        if self.reason:
            return f"no best part: {self.reason}"
        text = f"the best {self.count} of {self.units} read {self.observed:.3f} and truly reach {self.value:.3f}"
        return f"{text} ({self.low:.3f} to {self.high:.3f}); all: {self.mean:.3f}"


def best_part(
    values: Sequence[float] | Floats,
    errors: Sequence[float] | Floats,
    *,
    top: float = 0.25,
    covariates: npt.ArrayLike | None = None,
    common_error: float = 0.0,
    freedom: float = math.inf,
    common_freedom: float = math.inf,
    confidence: float = 0.95,
) -> BestPart:
    """Estimate the true mean of the units that look best, chosen by the data.

    Parameters
    ----------
    values, errors
        Observed figures and their standard errors, one unit; errors above 0 and independent between units.
    top
        Share of the units that counts as the best, rounded to whole units, at least one.
    covariates
        Units x covariates (case mix, length of service); everything is then said of units at the average of the covariates, and those are
        chosen that look best after the adjustment. Columns that say nothing new are left out.
    common_error
        Standard error that all figures have in common; it widens the interval and is no part of the comparison.
    freedom, common_freedom
        Degrees of freedom of one unit's error and of the common error; infinite where they are known.
    confidence
        Level of the intervals.

    Returns
    -------
    BestPart
        Without figures, and with the reason, below 4 units, or where the covariates leave fewer than 3 degrees of freedom.

    Raises
    ------
    ValueError
        Lengths differ, a number is not finite, an error is not above 0, or `top` lies outside 0 to 1.

    Notes
    -----
    y_i ~ N(t_i, D_i), t_i ~ N(x_i'b, A) with known D_i (Fay & Herriot 1979; without covariates Efron & Morris 1975); b flat, A with density
    proportional to 1 / (D + A), D the geometric mean of the D_i (Tiao & Tan 1965). Given A, the true mean of a set S of m units is normal
    with mean = mean over S of (1 - B_i)(y_i - x_i'b) + b_0 and variance sum_S D_i (1 - B_i) / m^2 + l'(X'WX)^-1 l, B_i = D_i / (D_i + A), l
    the mean over S of (B_i, -(1 - B_i) x_i); the posterior of A is summed over a grid. A posterior does not change because the data chose
    S. The flat density of A that single shrunken figures use is too kind to the best of few: equal units then fall below their interval
    in 6 to 10 % of worlds. Where a chi-square test does not set the units apart (5 %), the lower limit also reaches down to that of the
    common mean: no lead is claimed that no test can see. From 10 chosen units on, the interval also reaches as far as it would about
    mean_S y - sum_i D_i f(c) / m, f the density of the figures at the limit c of the chosen ones (Tweedie's formula, summed; Efron 2011):
    true figures of two kinds follow no normal law.
    Interval of the spread: A at which sum (y_i - x_i'b)^2 / (D_i + A) has the quantiles of chi-square (Viechtbauer 2007), with Bonett's
    (2006) degrees of freedom for tails that are not normal.

    References
    ----------
    Efron & Morris, Journal of the American Statistical Association 70 (1975), 311-319. Fay & Herriot, ibid. 74 (1979), 269-277. Tiao & Tan,
    Biometrika 52 (1965), 37-53. Efron, Journal of the American Statistical Association 106 (2011), 1602-1614. Viechtbauer, Statistics in Medicine 26 (2007), 37-52. Bonett,
    Computational Statistics & Data Analysis 50 (2006), 775-782.

    Examples
    --------
    >>> best_part([0.50, 0.55, 0.58, 0.60, 0.62, 0.65, 0.70, 0.75], [0.05] * 8)
    the best 2 of 8 read 0.725 and truly reach 0.685 (0.616 to 0.757); all: 0.619
    """
    y, se = np.asarray(values, dtype=float), np.asarray(errors, dtype=float)
    if y.shape != se.shape or y.ndim != 1:
        raise ValueError("values and errors must be two lists of one length")
    if not (np.isfinite(y).all() and np.isfinite(se).all()) or (se <= 0).any() or common_error < 0:
        raise ValueError("figures must be finite and their errors above 0")
    if not 0 < top < 1:
        raise ValueError(f"top must lie between 0 and 1, got {top}")
    units = len(y)
    count = max(1, math.floor(units * top + 0.5))
    design = _design(covariates, units)
    if units < FEWEST_GROUPS:
        return _nothing(count, units, too_few(units))
    if units - design.shape[1] < _FEWEST_LEFT:
        words = f"{units} units are too few to allow for {design.shape[1] - 1} things at once"
        return _nothing(count, units, words)
    fit = _posterior(y, se**2, design)
    adjusted = y - (design[:, 1:] @ (fit.chance @ fit.slopes[:, 1:]))
    chosen = np.argsort(adjusted, kind="stable")[units - count :]
    centre, variance = _of_part(fit, y, se**2, design, chosen)
    value, tail = float(fit.chance @ centre), (1 - confidence) / 2
    below, above = (_quantile(level, fit.chance, centre, np.sqrt(variance)) - value for level in (tail, 1 - tail))
    test, left = _misfit(0.0, y, se**2, design), units - design.shape[1]
    p_value = float(stats.chi2.sf(test, left))
    z = float(stats.norm.ppf(1 - tail))
    if p_value > _ALIKE:
        mean, error = _common_mean(y, se**2, design)
        below = min(below, mean - z * error - value)
    if count >= _MANY:
        free = _without_a_law(adjusted, se**2, chosen) - value
        below, above = min(below, below + free), max(above, above + free)
    stretch = _stretch(((above - below) / (2 * z)) ** 2, common_error**2, freedom * count, common_freedom, tail)
    return BestPart(
        count,
        units,
        float(y[chosen].mean()),
        value,
        value - stretch * math.hypot(below, z * common_error),
        value + stretch * math.hypot(above, z * common_error),
        float(fit.chance @ fit.slopes[:, 0]),
        *_between(y, se**2, design, tail),
        math.sqrt(float((se**2).mean())),
        p_value,
    )


def _nothing(count: int, units: int, reason: str) -> BestPart:
    return BestPart(count, units, *(math.nan,) * 10, reason)


def _design(covariates: npt.ArrayLike | None, units: int) -> Floats:
    """Return ones and the centred covariates, columns that follow from those before them left out."""
    columns = np.zeros((units, 0)) if covariates is None else np.asarray(covariates, dtype=float).reshape(units, -1)
    if not np.isfinite(columns).all():
        raise ValueError("covariates must be finite")
    kept = [np.ones(units)]
    for column in columns.T:
        centred = column - column.mean()
        size = float(np.linalg.norm(centred))
        basis = np.linalg.qr(np.column_stack(kept))[0]
        if size > 0 and np.linalg.norm(centred - basis @ (basis.T @ centred)) > 1e-6 * size:
            kept.append(centred / size * math.sqrt(units))
    return np.column_stack(kept)


@dataclass(frozen=True, slots=True)
class _Fit:
    """Over the grid of A: probability; pull (grid x units); regression (grid x columns) and its covariance."""

    chance: Floats
    pull: Floats
    slopes: Floats
    covariance: Floats


def _posterior(y: Floats, d: Floats, design: Floats) -> _Fit:
    """Return the posterior of A on a grid, and the regression given each A."""
    place = (np.arange(_GRID) + 0.5) / _GRID
    unit = math.exp(float(np.log(d).mean()))
    between = unit * (place / (1 - place)) ** 2
    weight = 1 / (d + between[:, None])
    information = np.einsum("gi,ip,iq->gpq", weight, design, design, optimize=True)
    covariance = np.linalg.inv(information)
    slopes = np.einsum("gpq,gq->gp", covariance, (weight * y) @ design)
    rest = y - slopes @ design.T
    log = 0.5 * (np.log(weight).sum(axis=1) + np.linalg.slogdet(covariance)[1] - (weight * rest**2).sum(axis=1))
    # the grid is even in `place`: each point counts with dA / dplace
    log += np.log(place / (1 - place) ** 3) - np.log(unit + between)
    chance = np.exp(log - log.max())
    return _Fit(chance / chance.sum(), d * weight, slopes, covariance)


def _of_part(fit: _Fit, y: Floats, d: Floats, design: Floats, chosen: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return mean and variance of the chosen units' true mean, given each A."""
    pull, mix = fit.pull[:, chosen], design[chosen, 1:]
    own = y[chosen] - fit.slopes[:, 1:] @ mix.T
    centre = ((1 - pull) * own + pull * fit.slopes[:, :1]).mean(axis=1)
    lever = np.column_stack([pull.mean(axis=1), -((1 - pull) @ mix) / len(chosen)])
    variance = (d[chosen] * (1 - pull)).sum(axis=1) / len(chosen) ** 2
    return centre, variance + np.einsum("gp,gpq,gq->g", lever, fit.covariance, lever)


def _quantile(level: float, chance: Floats, centre: Floats, sd: Floats) -> float:
    """Return a quantile of a mixture of normals, by halving."""
    low, high = float((centre - _OUTWARD_SD * sd).min()), float((centre + _OUTWARD_SD * sd).max())
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if chance @ special.ndtr((middle - centre) / sd) < level:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _common_mean(y: Floats, d: Floats, design: Floats) -> tuple[float, float]:
    """Return the mean of all units and its standard error, were they all alike."""
    covariance = np.linalg.inv((design / d[:, None]).T @ design)
    return float((covariance @ ((y / d) @ design))[0]), math.sqrt(float(covariance[0, 0]))


def _without_a_law(adjusted: Floats, d: Floats, chosen: npt.NDArray[np.intp]) -> float:
    """Return the chosen units' true mean by Tweedie's formula, which needs no law of the true figures but many of them."""
    units, count = len(adjusted), len(chosen)
    order = np.sort(adjusted)
    limit = (order[units - count - 1] + order[units - count]) / 2
    low, high = np.quantile(adjusted, [0.25, 0.75])
    width = 0.9 * min(float(adjusted.std(ddof=1)), float(high - low) / 1.349) * units**-0.2
    if width <= 0:
        return float(adjusted[chosen].mean())
    luck = d @ stats.norm.pdf((adjusted - limit) / width) / width / count
    return float(adjusted[chosen].mean() - luck)


def _misfit(between: float, y: Floats, d: Floats, design: Floats) -> float:
    """Return the weighted sum of squares about the regression for one A."""
    weight = 1 / (d + between)
    slopes = np.linalg.solve((design * weight[:, None]).T @ design, (weight * y) @ design)
    return float((weight * (y - design @ slopes) ** 2).sum())


def _between(y: Floats, d: Floats, design: Floats, tail: float) -> tuple[float, float, float]:
    """Return the standard deviation between units and its interval, at least 0."""
    left = len(y) - design.shape[1]

    def solved(target: float) -> float:
        if _misfit(0.0, y, d, design) <= target:
            return 0.0
        highest = float(np.ptp(y)) ** 2 + float(d.max())
        while _misfit(highest, y, d, design) > target:
            highest *= 4
        return float(optimize.brentq(lambda a: _misfit(a, y, d, design) - target, 0.0, highest, xtol=1e-15))

    point = solved(left)
    freedom = left / (1 + max(0.0, _kurtosis(y, np.sqrt(d + point), design)) / 2)
    low, high = (solved(left * float(stats.chi2.ppf(level, freedom)) / freedom) for level in (1 - tail, tail))
    return math.sqrt(point), math.sqrt(low), math.sqrt(high)


def _kurtosis(y: Floats, sd: Floats, design: Floats) -> float:
    """Return the excess kurtosis of the standardised figures about their trimmed middle (Bonett 2006)."""
    weight = 1 / sd**2
    slopes = np.linalg.solve((design * weight[:, None]).T @ design, (weight * y) @ design)
    rest = (y - design @ slopes) / sd
    about = rest - stats.trim_mean(rest, 1 / (2 * math.sqrt(max(len(y) - 4, 1))) if len(y) > 5 else 0.0)
    square = float((rest**2).sum())
    return len(y) * float((about**4).sum()) / square**2 - 3 if square > 0 else 0.0


def _stretch(alone: float, shared: float, freedom: float, common_freedom: float, tail: float) -> float:
    """Return t / z for Satterthwaite's degrees of freedom of both variances together."""
    whole = (alone**2 / freedom + shared**2 / common_freedom) / (alone + shared) ** 2 if alone + shared > 0 else 0.0
    z = float(stats.norm.ppf(1 - tail))
    return float(stats.t.ppf(1 - tail, max(1 / whole, 1.0))) / z if whole > 0 else 1.0
