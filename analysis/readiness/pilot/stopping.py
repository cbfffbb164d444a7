"""When a pilot is stopped: thresholds that ordinary weeks cross by chance no more often than stated."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.foundation.serial import long_run
from analysis.readiness.pilot.assignment import draw_arms
from analysis.readiness.pilot.variation import FEWEST_WEEKS

# Share of pilots without any effect that all rules together may stop.
FALSE_STOPS = 0.05
# Days (weeks where a week is one unit) whose mean is looked at.
LAST = 3
_HALF_DAYS = 8


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where a rule stops a pilot.

    Attributes
    ----------
    value
        The mean of the last units beyond which the pilot stops.
    false_stops
        Share of pilots without any effect that it stops.
    ordinary
        The value that chance alone would give; `value` is a promise or cap where that lies further out.
    """

    value: float
    false_stops: float
    ordinary: float


def week_table(values: np.ndarray, weeks: np.ndarray, positions: np.ndarray) -> np.ndarray | None:
    """Return values as an array (week, position); what is missing takes the means of its week and position. None below 4 weeks."""
    number = np.unique(weeks, return_inverse=True)[1]
    place = np.unique(positions, return_inverse=True)[1]
    table = np.full((number.max(initial=-1) + 1, place.max(initial=-1) + 1), np.nan)
    known = np.isfinite(values)
    table[number[known], place[known]] = values[known]
    table = table[np.isfinite(table).any(axis=1)][:, np.isfinite(table).any(axis=0)]
    if len(table) < FEWEST_WEEKS or not table.size:
        return None
    middle = np.nanmean(table)
    filled = np.nanmean(table, axis=1, keepdims=True) + np.nanmean(table, axis=0, keepdims=True) - middle
    return np.where(np.isnan(table), filled, table)


def threshold(
    table: np.ndarray,
    *,
    weeks: int,
    worse: int,
    share: float,
    limit: float = math.nan,
    switched: bool = True,
    pilots: int = 2000,
    seed: int = 1,
) -> Threshold:
    """Return where to stop: at the limit that was promised, or further out where ordinary weeks cross it too often.

    Parameters
    ----------
    table
        Past values, array (week, position).
    weeks
        Length of the pilot.
    worse
        +1 where high values are bad, -1 where low ones are.
    share
        Share of pilots without any effect that the rule may stop.
    limit
        The promise or cap; NaN without.
    switched
        Whether only the units with items are looked at (else every unit).
    pilots, seed
        Simulated pilots and their seed.

    Notes
    -----
    A simulated pilot is a sequence of the client's own pairs of neighbouring weeks, drawn with replacement and moved from their mean by sqrt(f / X), X ~
    chi-square with f = weeks - 1: so few weeks do not show how far ordinary weeks reach; and shifted by a level drawn from the mean's own
    error, which takes into account that days resemble their neighbours (:func:`analysis.foundation.serial.long_run`). The rule looks at the mean of the last three days after every unit.
    """
    generator = np.random.default_rng([seed, weeks, *table.shape])
    worst = np.sort(_worst(table, weeks=weeks, worse=worse, switched=switched, draws=(pilots, generator)))
    ordinary = worse * float(np.quantile(worst, 1 - share))
    value = ordinary if math.isnan(limit) else (max(limit, ordinary) if worse > 0 else min(limit, ordinary))
    return Threshold(value, float(np.mean(worst > worse * value)), ordinary)


def looked_at(positions: int) -> int:
    """Return how many units a rule looks back: three days, or six half days."""
    return LAST * (2 if positions >= _HALF_DAYS else 1)


def _worst(
    table: np.ndarray, *, weeks: int, worse: int, switched: bool, draws: tuple[int, np.random.Generator]
) -> np.ndarray:
    """Return the worst mean of the last units, turned so that high is bad, in every simulated pilot."""
    pilots, generator = draws
    count, positions = table.shape
    deviation = (table - table.mean(axis=0)) * math.sqrt(count / (count - 1))
    first = generator.integers(count, size=(pilots, -(-weeks // 2)))
    drawn = np.stack([first, (first + 1) % count], axis=2).reshape(pilots, -1)[:, :weeks]
    moods = deviation.mean(axis=1, keepdims=True)
    level = long_run(
        (table - table.mean(axis=0)).ravel(), np.tile(np.arange(positions), count), working_days=5 / positions
    )
    # weeks that resemble the week before wander further than as many past weeks show
    wander = max(level.error / table.size * math.sqrt(count) / max(float(moods.std()), 1e-12), 1.0)
    slow = np.sqrt(level.freedom / generator.chisquare(level.freedom, size=pilots))
    fast = np.sqrt((count - 1) / generator.chisquare(count - 1, size=pilots))
    shift = generator.normal(size=pilots) * slow * level.error / table.size
    week = wander * slow[:, None, None] * moods[drawn] + shift[:, None, None]
    values = table.mean(axis=0) + week + fast[:, None, None] * (deviation - moods)[drawn]
    values = values.reshape(pilots, weeks * positions)
    if switched:
        arms = draw_arms(positions, weeks, pilots, generator)
        values = values[arms].reshape(pilots, -1)
    sums = np.cumsum(np.concatenate([np.zeros((pilots, 1)), values], axis=1), axis=1)
    last = min(looked_at(positions), values.shape[1])
    return (worse * (sums[:, last:] - sums[:, :-last]) / last).max(axis=1)
