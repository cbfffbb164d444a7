"""The chance that a pilot sees a change, and the smallest change that it sees: simulated pilots, known only as well as the past weeks tell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analysis.readiness.pilot.assignment import draw_arms, like_calendars
from analysis.readiness.pilot.randomised import nuisance
from analysis.readiness.pilot.variation import Variation

# Effects, in standard errors, at which the power is simulated; between them it is interpolated.
_STEPS = np.array([0.0, 0.7, 1.4, 2.0, 2.5, 3.0, 3.5, 4.25, 5.5, 8.0, 13.0, 25.0])
_CALENDARS = 499
_NODES = 64


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Power of the test by effect, for one length of pilot, when the variation is known.

    Attributes
    ----------
    weeks
        Length of the pilot.
    effects
        Effects, in standard errors of the estimated effect.
    power
        Share of simulated pilots in which the test sees it.
    variance
        Variance of the estimated effect over that of a unit (`within` squared).
    freedom
        Degrees of freedom that units leave after weeks and positions.
    pilots
        Pilots simulated.
    """

    weeks: int
    effects: np.ndarray
    power: np.ndarray
    variance: float
    freedom: int
    pilots: int


def effect_steps() -> np.ndarray:
    """Return the effects, in standard errors, at which power is worked out."""
    return _STEPS.copy()


@lru_cache(maxsize=256)
def curve(positions: int, weeks: int, *, level: float, pilots: int, seed: int, carried: float = 0.0) -> Curve:
    """Simulate pilots whose units vary by 1 and put each to the test that will be run.

    Parameters
    ----------
    positions, weeks
        Randomised units a week, and weeks.
    level
        Level of the test, two-sided.
    pilots
        Simulated pilots.
    seed
        Seed of the simulation.
    carried
        Correlation of neighbouring units within a week. The test stays right whatever it is, but calendars then differ in how much they tell, which costs
        power; see :func:`rounded`.
    """
    generator = np.random.default_rng([seed, positions, weeks])
    place = np.tile(np.arange(positions), weeks)
    week = np.repeat(np.arange(weeks), positions)
    basis = nuisance(week, place)
    calendars, listed = like_calendars(positions, weeks, _CALENDARS, generator)
    if len(calendars) > _CALENDARS:
        calendars, listed = draw_arms(positions, weeks, _CALENDARS, generator), False
    drawn = draw_arms(positions, weeks, pilots, generator).astype(np.float32)
    noise = _noise(pilots, positions, weeks, carried, generator)
    # calendars are balanced: taking out weeks and positions shifts them by the same in every draw
    centred = calendars - (calendars @ basis) @ basis.T
    norm = (centred**2).sum(axis=1)
    own = drawn - (drawn @ basis) @ basis.T
    own_norm = (own**2).sum(axis=1)
    variance = float(np.mean(1 / own_norm))
    scaled = (centred / norm[:, None]).T.astype(np.float32)
    each, shared = noise @ scaled, own.astype(np.float32) @ scaled
    mine = (own * noise).sum(axis=1) / own_norm
    extra = 0 if listed else 1
    most = math.floor(level * (len(norm) + extra) + 1e-9) - extra
    power: list[float] = []
    for step in _STEPS:
        sure = bool(power) and power[-1] == 1.0
        effect = np.float32(step * math.sqrt(variance))
        power.append(1.0 if sure else float(np.mean(_as_large(each, shared, mine, effect) <= most)))
    freedom = len(week) - basis.shape[1]
    return Curve(weeks, _STEPS, np.maximum.accumulate(power), variance, freedom, pilots)


def _noise(pilots: int, positions: int, weeks: int, carried: float, generator: np.random.Generator) -> np.ndarray:
    """Return units that vary by 1 at like week, and resemble the unit before within their week."""
    fresh = generator.standard_normal((pilots, weeks, positions), dtype=np.float32)
    if not carried:
        return fresh.reshape(pilots, -1)
    keep = np.float32(math.sqrt(1 - carried**2))
    for place in range(1, positions):
        fresh[:, :, place] = carried * fresh[:, :, place - 1] + keep * fresh[:, :, place]
    lag = np.abs(np.subtract.outer(np.arange(positions), np.arange(positions)))
    within = (positions - float((carried**lag).sum()) / positions) / (positions - 1)
    return fresh.reshape(pilots, -1) / np.float32(math.sqrt(within))


def rounded(carried: float) -> float:
    """Return a correlation as the curves know it: 0, .3 or .6.

    Examples
    --------
    >>> rounded(-0.2), rounded(0.33), rounded(0.8)
    (0.0, 0.3, 0.6)
    """
    return min(max(round(carried / 0.3) * 0.3, 0.0), 0.6)


def _as_large(each: np.ndarray, shared: np.ndarray, mine: np.ndarray, effect: np.float32) -> np.ndarray:
    """Count, per pilot, the calendars that differ at least as much as the drawn one when there is an effect."""
    reach = np.abs(mine + effect)[:, None] * np.float32(1 - 1e-5)
    return (np.abs(each + effect * shared) >= reach).sum(axis=1)


def standard_error(found: Variation, law: Curve) -> float:
    """Return the standard error of the effect at the variation seen; a covariate costs what estimating its slope costs.

    Notes
    -----
    within sqrt(v (f - 2) / (f - q - 2)) with v the curve's variance, f its degrees of freedom and q covariates: the mean of 1 / (z'Mz) when q normal
    covariates are taken out of z.
    """
    left = law.freedom - found.covariates - 2
    if left <= 0:
        return math.inf
    return found.within * math.sqrt(law.variance * max(law.freedom - 2, left) / left)


def known_power(law: Curve, effects: np.ndarray | float) -> np.ndarray:
    """Return the power at effects given in true standard errors."""
    return np.interp(np.abs(effects), law.effects, law.power)


def planned_power(found: Variation, law: Curve, effect: float) -> float:
    """Return the chance that the pilot sees an effect, averaged over what the variation may be after so few weeks.

    Notes
    -----
    Mean over X ~ chi-square with f degrees of freedom of power(effect / se x sqrt(X / f)): the variance was estimated with f degrees of
    freedom, so that its true value is se^2 f / X. Power at the variance as estimated (X = f) promises too much. Where weeks differ in how much they
    vary, so will those of the pilot: 1 / f = 1 / f_seen + (1 / f_seen - 1 / f_alike) K / W for K past weeks and W weeks of pilot.

    References
    ----------
    Julious & Owen, Pharmaceutical Statistics 5 (2006), 29-37, for planning with an estimated variance.
    """
    error = standard_error(found, law) * math.sqrt(1 + found.rise * abs(effect))
    return float(known_power(law, effect / error * _scales(_freedom(found, law))).mean())


def _freedom(found: Variation, law: Curve) -> float:
    """Return the degrees of freedom with which the pilot's own variation is foretold."""
    uneven = max(1 / found.freedom - 1 / found.nominal, 0.0)
    return 1 / (1 / found.freedom + uneven * found.weeks / law.weeks)


def detectable(found: Variation, law: Curve, power: float) -> tuple[float, float, float]:
    """Return the smallest effect seen with this power, and the range that it has because the variation is only estimated (95 %).

    Infinite where no effect is seen so often, which is so when there are too few calendars.
    """
    error = standard_error(found, law)
    if law.power[-1] < power or not math.isfinite(error):
        return math.inf, math.inf, math.inf
    steps = np.linspace(0, float(law.effects[-1]), 2001)
    planned = np.array(known_power(law, steps[:, None] * _scales(_freedom(found, law))).mean(axis=1))
    known = known_power(law, steps)
    if planned[-1] < power:
        return math.inf, math.inf, math.inf
    middle = float(np.interp(power, *_rising(planned, steps)))
    plain = float(np.interp(power, *_rising(known, steps)))
    from scipy import stats

    low, high = (math.sqrt(found.freedom / stats.chi2.ppf(tail, found.freedom)) for tail in (0.975, 0.025))
    return (
        _risen(middle * error, found.rise),
        _risen(plain * error * low, found.rise),
        _risen(plain * error * high, found.rise),
    )


def _risen(effect: float, rise: float) -> float:
    """Return the effect x that solves x^2 = effect^2 (1 + rise x)."""
    square = effect**2 * rise
    return (square + effect * math.sqrt(effect**2 * rise**2 + 4)) / 2


def _rising(power: np.ndarray, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a curve that rises strictly, so that it can be read backwards."""
    return np.maximum.accumulate(power) + 1e-9 * np.arange(len(power)), steps


@lru_cache(maxsize=512)
def _scales_of(freedom: float) -> np.ndarray:
    from scipy import stats

    middle = (np.arange(_NODES) + 0.5) / _NODES
    return np.sqrt(stats.chi2.ppf(middle, freedom) / freedom)


def _scales(freedom: float) -> np.ndarray:
    """Return sqrt(chi-square / f) at evenly spaced probabilities."""
    return _scales_of(round(freedom, 2))
