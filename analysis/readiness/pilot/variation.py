"""How much a client's ordinary units differ once weeks and weekdays are held alike, and how well so few weeks tell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analysis.foundation.serial import long_run
from analysis.readiness.pilot.randomised import nuisance

# Weeks below which ordinary variation cannot be told.
FEWEST_WEEKS = 4
# Degrees of freedom that a covariate must leave.
_LEAST_FREEDOM = 4


@dataclass(frozen=True, slots=True)
class Variation:
    """The ordinary variation of an outcome.

    Attributes
    ----------
    mean
        Mean over the units.
    sd
        Standard deviation of a unit after weekday and trend.
    within
        Standard deviation of a unit at like week, weekday and covariates: what a pilot that switches within weeks has to see through.
    freedom
        Degrees of freedom of `within`, fewer where weeks differ in how much they vary.
    nominal
        Degrees of freedom that `within` would have if all weeks varied alike.
    autocorrelation
        Of neighbouring units after weekday and trend, freed from what removing means does to it.
    carried
        Correlation of neighbouring units within a week, once its week and covariates are held alike, freed likewise; 0 where it cannot be told.
    units, weeks, covariates
        Counts behind it.
    rise
        Part by which the variance of a unit grows per unit of effect: a share that is pushed towards one half varies more (:func:`rise_of`).
    """

    mean: float
    sd: float
    within: float
    freedom: float
    nominal: float
    autocorrelation: float
    carried: float
    units: int
    weeks: int
    covariates: int
    rise: float = 0.0


def rise_of(shares: np.ndarray, counts: np.ndarray, within: float) -> float:
    """Return the part by which the variance of a share grows per unit of effect towards one half, on the half of the units that have it.

    Notes
    -----
    mean(|1 - 2 p| / n) / (2 within^2): the slope of p (1 - p) / n, for half of the units.
    """
    return float(np.mean(np.abs(1 - 2 * shares) / counts)) / (2 * within**2)


def variation(
    values: np.ndarray, weeks: np.ndarray, positions: np.ndarray, covariates: np.ndarray | None = None
) -> Variation | None:
    """Judge the ordinary variation of units that are in the order of time; None where there is too little to tell.

    Parameters
    ----------
    values
        One number per unit.
    weeks, positions
        Week (counted from any Monday) and place in the week of every unit.
    covariates
        Array (unit, covariate).

    Notes
    -----
    within^2 = residual sum of squares on weeks, positions and covariates over its n - rank degrees of freedom. A calendar drawn at random
    within weeks makes the variance of the effect a multiple of exactly this, whatever the autocorrelation within weeks. Degrees of
    freedom: 2 (sum)^2 / V, V the larger of 2 (sum)^2 / (n - rank) and the variance of the weeks' sums of squares: weeks that differ in how much they vary,
    and heavy tails, tell less than calm ones.
    """
    number = np.unique(weeks, return_inverse=True)[1]
    count = int(number.max(initial=-1)) + 1
    if count < FEWEST_WEEKS or (len(values) < 2 * FEWEST_WEEKS and positions.max(initial=0) > 0):
        return None
    basis = nuisance(weeks - weeks.min(), positions, covariates)
    rank = basis.shape[1]
    left = len(values) - rank
    used = 0 if covariates is None else covariates.shape[1]
    if left < (_LEAST_FREEDOM if positions.max(initial=0) > 0 else 2):
        return None
    residual = values - basis @ (basis.T @ values)
    by_week = np.bincount(number, weights=residual**2, minlength=count)
    total = float(by_week.sum())
    if total <= 1e-18 * max(float((values**2).sum()), 1e-300):
        return None
    normal = 2 * total**2 / left
    seen = count / (count - 1) * float(((by_week - total / count) ** 2).sum())
    sd, correlation = _after_trend(values, positions)
    return Variation(
        mean=float(values.mean()),
        sd=sd,
        within=math.sqrt(total / left),
        freedom=2 * total**2 / max(normal, seen),
        nominal=float(left),
        autocorrelation=correlation,
        carried=_carried(residual, number, positions),
        units=len(values),
        weeks=count,
        covariates=used,
    )


def _after_trend(values: np.ndarray, positions: np.ndarray) -> tuple[float, float]:
    """Return the standard deviation after position and a straight line in time, and the correlation of neighbours."""
    labels = np.unique(positions, return_inverse=True)[1]
    design = np.hstack([(labels[:, None] == np.unique(labels)).astype(float), np.arange(len(values))[:, None] - 0.0])
    residual = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
    left = max(len(values) - design.shape[1], 1)
    return math.sqrt(float((residual**2).sum()) / left), long_run(residual, labels).correlation


def _carried(residual: np.ndarray, week: np.ndarray, position: np.ndarray) -> float:
    """Return the correlation of neighbours within weeks that explains the one seen once every week's mean is taken out."""
    count = int(position.max(initial=0)) + 1
    if count < 4:
        return 0.0
    next_to = (np.diff(week) == 0) & (np.diff(position) == 1)
    if not next_to.any():
        return 0.0
    pairs = float((residual[1:] * residual[:-1])[next_to].mean())
    grid, seen = _centred_lag(count)
    return float(np.interp(pairs / float((residual**2).mean()), seen, grid))


@lru_cache(maxsize=32)
def _centred_lag(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return correlations r^|s - t| and what neighbours of a week of `count` units then show once its mean is taken out."""
    grid = np.linspace(-0.4, 0.9, 66)
    centre = np.eye(count) - 1 / count
    lag = np.abs(np.subtract.outer(np.arange(count), np.arange(count)))
    seen = []
    for one in grid:
        law = centre @ _powers(one, lag) @ centre
        seen.append(float(np.diag(law, 1).mean() / np.diag(law).mean()))
    return grid, np.maximum.accumulate(seen)


def _powers(correlation: float, lag: np.ndarray) -> np.ndarray:
    return np.where(lag == 0, 1.0, np.sign(correlation) ** lag * np.abs(correlation) ** lag)
