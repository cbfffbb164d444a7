"""Whole agents needed, where many half hours sit on one step from one number to the next: do the widened bounds hold the truth?"""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np

from analysis import queueing
from analysis.foundation.clusters import bootstrap
from analysis.foundation.estimate import Estimate
from analysis.measure.idle import fractional_agents, step_reach
from tests.calibration.harness import Cell, Trial

DAYS, SLOTS, AHT_S = 40, 16, 300.0
PER_ERLANG = 1800 / AHT_S


@lru_cache(maxsize=1)
def largest() -> np.ndarray:
    """Return the largest load that 1, 2, ... agents carry at 80 % in 20 s."""
    agents = np.arange(1, 60)
    return agents * queueing.max_occupancy(agents, aht_s=AHT_S, target=0.8, answer_within_s=20)


def loads(kind: str, level: int) -> np.ndarray:
    """Return the true load of every half hour of a week."""
    cells, edge = SLOTS * 5, float(largest()[level - 1])
    if kind == "below":
        return np.full(cells, edge - 0.02)
    if kind == "above":
        return np.full(cells, edge + 0.02)
    if kind == "two":
        return np.where(np.arange(cells) % 2, edge - 1e-3, largest()[level // 2 - 1] - 1e-3)
    shape = np.interp(np.tile(np.linspace(0, 1, SLOTS), 5), [0, 0.4, 1], [0.5, 1.2, 0.7])
    return edge * shape * np.repeat([1.1, 1.0, 0.95, 0.97, 1.02], SLOTS)


def needed(load: np.ndarray) -> np.ndarray:
    """Return the fewest agents."""
    return np.searchsorted(largest(), load * (1 - 1e-9)) + 1.0


def one(seed: int, *, kind: str, level: int, cv: float) -> Trial:
    """Forty days whose loads share a mood, five kinds of weekday; the mean of agents needed over the half hours."""
    draw = np.random.default_rng([41, level, round(100 * cv), seed])
    true = loads(kind, level)
    cells = len(true)
    mood = draw.gamma(1 / cv**2, cv**2, size=DAYS)
    offered, seen = np.zeros((DAYS, cells)), np.zeros((DAYS, cells))
    for day in range(DAYS):
        at = np.arange(SLOTS) + SLOTS * (day % 5)
        offered[day, at], seen[day, at] = draw.poisson(true[at] * PER_ERLANG * mood[day]), 1
    table = np.concatenate([offered, seen], axis=1)
    days = seen.sum(axis=0)
    mean = offered.sum(axis=0) / days / PER_ERLANG

    def statistic(totals: np.ndarray) -> np.ndarray:
        count, on = totals[..., :cells], totals[..., cells:]
        return needed(np.where(on > 0, count / np.maximum(on, 1) / PER_ERLANG, mean)).mean(axis=-1)

    found = bootstrap(table, statistic, n_unit="days", seed=seed, draws=400, unit="agents")
    assert found.low is not None and found.high is not None  # noqa: PT018
    excess = (((offered / PER_ERLANG - mean) * seen) ** 2).sum(axis=0) / (days - 1) - mean / PER_ERLANG
    spread = max(float(excess.sum() / (mean**2).sum()), 0.0)
    error = np.sqrt((mean**2 * spread + mean / PER_ERLANG) / days)
    slope = (fractional_agents(mean + 0.05, largest()) - fractional_agents(np.maximum(mean - 0.05, 0), largest())) / 0.1
    down, up = step_reach(fractional_agents(mean, largest()), error * slope)
    return Trial(Estimate(found.value, found.low - down, found.high + up, unit="agents"), float(needed(true).mean()))


def cell(kind: str, level: int, cv: float, *, bound: bool = True, quick: int = 0, known: str = "") -> Cell:
    words = {
        "below": "all just below a step",
        "above": "all just above a step",
        "two": "two loads, both on a step",
        "day": "a day's shape",
    }
    name = f"agents needed, {words[kind]}, {level} agents, days differ by {cv:g}"
    return Cell(name, "steps", partial(one, kind=kind, level=level, cv=cv), bound=bound, quick=quick, known=known)


CELLS = [
    cell("below", 8, 0.05),
    cell("below", 8, 0.15, quick=60),
    cell("below", 20, 0.1),
    cell("above", 8, 0.15),
    cell("above", 20, 0.15),
    cell("two", 20, 0.1),
    cell("two", 8, 0.15),
    cell("day", 8, 0.1, bound=False),
    cell("day", 20, 0.05, bound=False),
    cell("day", 20, 0.15, bound=False),
]
