"""Levels that the client's own data give: a figure, its interval, and the rule that turns it into a level."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Rule:
    """Steps from a figure to a level: ``levels[i]`` holds from ``bounds[i - 1]`` up to, not including, ``bounds[i]``.

    Examples
    --------
    >>> Rule((0.05, 0.20), (4, 2, 0)).level(0.05)
    2
    """

    bounds: tuple[float, ...]
    levels: tuple[int, ...]

    def level(self, figure: float) -> int:
        """Return the level of a figure."""
        return self.levels[bisect_right(self.bounds, figure)]


@dataclass(frozen=True, slots=True)
class Score:
    """What the data say about one criterion.

    Attributes
    ----------
    figure, low, high
        The figure in its own unit with its interval, None where it has none.
    rule
        How it becomes a level.
    evidence
        The figure and the rule in words.
    highest
        A level that something else about the data does not let it pass (such as too few weeks).
    """

    figure: float
    rule: Rule
    evidence: str
    low: float | None = None
    high: float | None = None
    highest: int = 4

    @property
    def level(self) -> int:
        """Return the level of the figure."""
        return min(self.rule.level(self.figure), self.highest)

    def range(self) -> tuple[int, int]:
        """Return the lowest and the highest level within the interval."""
        figures = [figure for figure in (self.low, self.figure, self.high) if figure is not None]
        levels = [min(self.rule.level(figure), self.highest) for figure in figures]
        return min(levels), max(levels)

    def draws(self, generator: np.random.Generator, count: int) -> np.ndarray:
        """Return levels of `count` draws of the figure from a normal law whose 95 % range is the interval."""
        import numpy as np

        if self.low is None or self.high is None:
            return np.full(count, self.level)
        figures = generator.normal(self.figure, (self.high - self.low) / 3.92, count)
        steps = np.searchsorted(np.array(self.rule.bounds), figures, side="right")
        return np.minimum(np.array(self.rule.levels)[steps], self.highest)


# Thresholds of the questionnaire; provisional like the questionnaire itself.
UNACCOUNTED = Rule((0.05 + 1e-12, 0.20 + 1e-12), (4, 2, 0))
DEFAULT_CODES = Rule((0.15, 0.40 + 1e-12), (4, 2, 0))
APART = Rule((0.03, 0.10 + 1e-12), (4, 2, 0))
TIMED_TYPES = Rule((1e-12, 1.0), (0, 2, 4))
FORECAST_ERROR = Rule((0.10, 0.15 + 1e-12), (4, 3, 2))
SHORT_HOURS = Rule((0.10, 0.30 + 1e-12), (0, 2, 4))
SLACK_H = Rule((4.0, 24.0, 48.0), (0, 1, 2, 4))
BACKLOG = Rule((0.50, 0.90 + 1e-12), (0, 2, 4))
IDLE_POSTS = Rule((1.0, 3.0 + 1e-12), (0, 2, 4))
MISSED = Rule((0.20 + 1e-12, 0.40 + 1e-12), (4, 2, 0))
