"""How much a client's ordinary units differ once weeks and weekdays are held alike, and how well so few weeks tell."""

from __future__ import annotations

import math
from dataclasses import dataclass

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
    units, weeks, covariates
        Counts behind it.
    """

    mean: float
    sd: float
    within: float
    freedom: float
    nominal: float
    autocorrelation: float
    units: int
    weeks: int
    covariates: int


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
