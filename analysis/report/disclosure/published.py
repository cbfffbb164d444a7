"""What an attacker holds: every published figure with the people behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Kind = Literal["share", "hours", "agents", "count"]
# The five shares of the base; they add to it.
MEASURES: tuple[str, ...] = ("utilization", "support", "idle", "away", "unaccounted")


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one table.

    Attributes
    ----------
    table
        Where it stands: ``"groups"``, ``"breakdowns"``, ``"waiting"``.
    name
        The cell in words that a consultant knows: ``"group Claims North, idle"``.
    population, by, level, measure
        What it is of; `measure` is one of the five shares, or ``"base"``.
    kind
        Whether it is a share of the base, hours, agents or a count of people.
    value
        As published; None where it is suppressed.
    half_width
        How far the published figure may lie from the true one by rounding, in its own unit.
    members
        Rows of :attr:`Published.agents` (sorted positions) that it is made of.
    unit_h
        Hours in one unit of `value`: the cell's base for a share, days x length for a mean number of agents, 1 for hours.
    levels
        Levels of `by` that the figure holds together: several for half hours that were merged; else empty, for `level` alone.
    """

    table: str
    name: str
    population: str
    by: str
    level: str
    measure: str
    kind: Kind
    value: float | None
    half_width: float
    members: np.ndarray
    unit_h: float = 1.0
    levels: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the levels that the figure is made of."""
        return self.levels or (self.level,)


@dataclass(frozen=True, slots=True)
class Published:
    """Everything that is about parts of a population, in all deliverables at once.

    Attributes
    ----------
    agents
        Pseudonyms, one for each position that a cell's `members` name. They never leave ``work/`` and ``private/``.
    cells
        The figures.
    minimum
        Smallest group [agents].
    """

    agents: Sequence[str]
    cells: Sequence[Cell]
    minimum: int
