"""The randomisation test of a pilot: an effect with an interval that holds whatever the days resemble one another by."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Tested:
    """What a randomisation test says.

    Attributes
    ----------
    effect
        Difference of units with and without items at like week, weekday and covariates.
    low, high
        Effects that the test does not reject; infinite where there are too few calendars.
    p_value
        Share of calendars that would show so large a difference without any effect.
    units
        Units compared.
    """

    effect: float
    low: float
    high: float
    p_value: float
    units: int


def nuisance(weeks: np.ndarray, positions: np.ndarray, covariates: np.ndarray | None = None) -> np.ndarray:
    """Return an orthonormal basis of what is held alike: weeks (pairs of weeks where a week is one unit), positions and covariates.

    Parameters
    ----------
    weeks, positions
        Week (from 0) and place in the week of every unit.
    covariates
        Array (unit, covariate) without missing cells.
    """
    alone = positions.max(initial=0) == 0
    blocks = weeks // 2 if alone else weeks
    parts = [(blocks[:, None] == np.unique(blocks)).astype(float)]
    if not alone:
        parts.append((positions[:, None] == np.unique(positions)).astype(float))
    if covariates is not None and covariates.shape[1]:
        spread = covariates.std(axis=0)
        parts.append((covariates - covariates.mean(axis=0)) / np.where(spread > 0, spread, 1.0))
    left, sizes, _ = np.linalg.svd(np.hstack(parts), full_matrices=False)
    return left[:, sizes > 1e-9 * sizes.max()]


def randomisation_test(
    values: np.ndarray,
    on: np.ndarray,
    calendars: np.ndarray,
    basis: np.ndarray,
    *,
    all_listed: bool,
    level: float = 0.05,
) -> Tested:
    """Compare units with and without items, judged by the calendars that might as well have been drawn.

    Parameters
    ----------
    values
        One number per unit.
    on
        Whether items ran, per unit.
    calendars
        Array (calendar, unit) of bool: calendars that could have been drawn; all of them or a sample.
    basis
        From :func:`nuisance`.
    all_listed
        Whether `calendars` holds every one (the drawn one among them).
    level
        1 - confidence of the interval.

    Notes
    -----
    t(z) = z'My / z'Mz with M = I - QQ'. Under "no unit changes" the values would be the same under every calendar, so the share of calendars with
    |t(z)| >= |t(z drawn)| is a p-value that is right in every sample, whatever the autocorrelation. The interval holds the constant effects
    that are not rejected: |t(z) - b g(z)| >= |t - b| with g(z) = z'Mz_drawn / z'Mz holds for b between (t(z) - t) / (g(z) - 1) and
    (t(z) + t) / (g(z) + 1), so its ends are order statistics of these.

    References
    ----------
    Fisher, The Design of Experiments, 1935, section 21. Rosenbaum, Observational Studies, 2nd ed. 2002, sections 2.4 and 2.6. Phipson & Smyth,
    Statistical Applications in Genetics and Molecular Biology 9 (2010), article 39, for calendars that are drawn.

    Examples
    --------
    >>> from analysis.readiness.pilot.assignment import like_calendars
    >>> every, listed = like_calendars(5, 4, 0, np.random.default_rng(1))
    >>> weeks, places = np.repeat(np.arange(4), 5), np.tile(np.arange(5), 4)
    >>> found = randomisation_test(2.0 * every[7] + places, every[7], every, nuisance(weeks, places), all_listed=listed)
    >>> round(found.effect, 6), found.p_value <= 0.05
    (2.0, True)
    """
    centred = calendars - (calendars @ basis) @ basis.T
    drawn = on - basis @ (basis.T @ on)
    norm, own = (centred**2).sum(axis=1), float((drawn**2).sum())
    kept = norm > 1e-9
    centred, norm = centred[kept], norm[kept]
    if own <= 1e-9 or not len(norm):
        return Tested(math.nan, -math.inf, math.inf, 1.0, len(values))
    each, shared = (centred @ values) / norm, (centred @ drawn) / norm
    effect = float(drawn @ values) / own
    slack = 1e-9 * max(abs(effect), float(np.abs(each).max()), 1e-300)
    extra = 0 if all_listed else 1
    total = len(each) + extra
    p_value = (float((np.abs(each) >= abs(effect) - slack).sum()) + extra) / total
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = (each - effect) / (shared - 1), (each + effect) / (shared + 1)
    same = np.abs(shared) > 1 - 1e-9
    low = np.where(same, -np.inf, np.minimum(one, two))
    high = np.where(same, np.inf, np.maximum(one, two))
    # an effect is kept while more than level x total calendars, the drawn one among them, differ as much
    needed = math.floor(level * total + 1e-9) + 1 - extra
    if needed < 1:
        return Tested(effect, effect, effect, p_value, len(values))
    return Tested(effect, float(np.sort(low)[needed - 1]), float(np.sort(high)[::-1][needed - 1]), p_value, len(values))
