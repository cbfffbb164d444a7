"""Desks whose days are no normal noise: calls by a binomial law with volumes that drift, moods of weeks, days that last, regimes, heavy tails."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

KINDS = ("lasting days", "regimes", "heavy tails", "load drives service", "moods of weeks", "calm and wild weeks")
OPEN = 5


@dataclass(frozen=True, slots=True)
class World:
    """A desk with its past and its coming weeks.

    Attributes
    ----------
    expected
        Share of contacts answered in time without items, per day (weeks x open days).
    offered
        Contacts per day.
    chance
        Seed of the binomial draws.
    """

    expected: np.ndarray
    offered: np.ndarray
    chance: int

    def figures(self, first: int, weeks: int, change: np.ndarray | float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """Return the share answered in time and the logarithm of the contacts of some weeks; `change` is added to every day's expected share."""
        part = slice(first * OPEN, (first + weeks) * OPEN)
        generator = np.random.default_rng([self.chance, first])
        offered = self.offered[part]
        share = np.clip(self.expected[part] + change, 0.0, 1.0)
        return generator.binomial(offered, share) / offered, np.log(offered)


def world(seed: int, kind: str, weeks: int = 40) -> World:
    """Return a desk of some kind, with sizes of its own."""
    draw = np.random.default_rng([21, KINDS.index(kind), seed])
    count = weeks * OPEN
    weekday = np.tile(draw.normal(0, 0.02, OPEN), weeks)
    size, level, spread = draw.uniform(300, 2500), draw.uniform(0.75, 0.9), draw.uniform(0.015, 0.04)
    slow = 1 + draw.uniform(-0.3, 0.3) * np.linspace(0, 1, count)
    busy = np.exp(0.06 * _lasting(draw, count, 0.4, 8.0) + np.tile(draw.normal(0, 0.08, OPEN), weeks))
    offered = np.maximum(draw.poisson(size * slow * busy), 20)
    mood = np.repeat(_lasting(draw, weeks, 0.4, 6.0), OPEN)
    noise = {
        "lasting days": lambda: _lasting(draw, count, 0.6, 6.0),
        "regimes": lambda: _regimes(draw, count),
        "heavy tails": lambda: draw.standard_t(3.5, count) / math.sqrt(3.5 / 1.5),
        "load drives service": lambda: -1.5 * np.log(busy) / 0.06 * np.abs(1 + 0.3 * draw.normal(size=count)),
        "moods of weeks": lambda: 0.8 * draw.standard_t(6, count) / math.sqrt(1.5) + 1.2 * mood,
        "calm and wild weeks": lambda: np.repeat(draw.lognormal(-0.15, 0.55, weeks), OPEN) * draw.laplace(0, math.sqrt(0.5), count),
    }[kind]()  # fmt: skip
    return World(np.clip(level + weekday + spread * noise, 0.3, 0.97), offered, int(draw.integers(2**31)))


def _lasting(draw: np.random.Generator, count: int, correlation: float, freedom: float) -> np.ndarray:
    """Return days of variance 1 with tails that resemble the day before."""
    fresh = draw.standard_t(freedom, count) / math.sqrt(freedom / (freedom - 2))
    found = fresh.copy()
    for day in range(1, count):
        found[day] = correlation * found[day - 1] + math.sqrt(1 - correlation**2) * fresh[day]
    return found


def _regimes(draw: np.random.Generator, count: int) -> np.ndarray:
    """Return good and bad days that switch now and then, and noise."""
    flips = draw.random(count) < 0.25
    return 0.9 * np.where(np.cumsum(flips) % 2, 1.0, -1.0) + 0.45 * draw.normal(size=count)
