"""One population as the attacker sees it: pieces of people's time, and which published set each piece is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.report.disclosure.linear import System
from analysis.report.disclosure.published import MEASURES, Cell, Published
from analysis.report.disclosure.timeline import HOURS, NOWHERE, of_both, of_people, of_time

_OF_PEOPLE, _OF_TIME = ("group", "site", "tenure"), ("weekday", "half_hour", "slot", "pool_slot")
# what each side holds: people with all their time, everybody's time, and people crossed with weekdays or half hours
SIDES: dict[str, tuple[str, ...]] = {
    "people": _OF_PEOPLE,
    "time": _OF_TIME,
    "people and half hours": (*_OF_PEOPLE, "half_hour"),
    "people and weekdays": (*_OF_PEOPLE, "weekday"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One set of people or of time that is, or could be, published.

    Attributes
    ----------
    by, level
        What it is.
    pieces
        Which pieces of time it holds (pieces), 0 or 1.
    people
        How many people have time in it.
    shown
        Whether any figure of it is published.
    """

    by: str
    level: str
    pieces: np.ndarray
    people: int
    shown: bool


@dataclass(frozen=True, slots=True)
class Side:
    """People, or time, or both, of one population.

    Attributes
    ----------
    population, side
        Which.
    base_h, hours
        Of each piece (pieces), and by measure (pieces x measures).
    who
        Who has time in each piece (pieces x people).
    parts
        Every set that is, or could be, published; the first is the whole population.
    cells
        The published figures about them, in the order of the system's rows.
    system
        What the attacker knows and does not know.
    """

    population: str
    side: str
    base_h: np.ndarray
    hours: np.ndarray
    who: sparse.csr_array
    parts: tuple[Part, ...]
    cells: tuple[Cell, ...]
    system: System

    def people(self, pieces: np.ndarray) -> np.ndarray:
        """Return how many people have time in each set of pieces (sets x pieces)."""
        return _people(pieces, self.who)


def _people(pieces: np.ndarray, who: sparse.csr_array) -> np.ndarray:
    """Return how many people have time in each set of pieces."""
    return np.diff((sparse.csr_array(pieces.astype(np.int64)) @ who).indptr)


def sides_of(published: Published, truth: pd.DataFrame) -> tuple[Side, ...]:
    """Return all sides of every population that has people behind its figures.

    Parameters
    ----------
    published
        The figures.
    truth
        Who has how many hours in which level, as `Baseline.members`.
    """
    place = {agent: at for at, agent in enumerate(published.agents)}
    numbered = truth.assign(person=truth["agent"].map(place))
    found = []
    for population, rows in numbered.groupby("population"):
        there = set(rows["by"])
        # a figure whose people are not known is refused by the audit; nothing can be tried with it
        cells = [cell for cell in published.cells if cell.population == population and len(cell.members)]
        for side, kinds in SIDES.items():
            crossed = side.startswith("people and")
            wanted = bool(there & set(kinds)) if not crossed else kinds[-1] in there and bool(there & set(_OF_PEOPLE))
            if wanted:
                found.append(_side(str(population), side, rows, cells, len(place)))
    return tuple(found)


def _side(population: str, side: str, rows: pd.DataFrame, cells: Sequence[Cell], count: int) -> Side:
    """Return one side of one population."""
    kinds = SIDES[side]
    loose: Mapping[tuple[str, str], float] = {}
    if side == "people":
        pieces = of_people(rows)
    elif side == "time":
        pieces = of_time(rows)
    else:
        pieces, loose = of_both(rows, kinds[-1])
    numbers = pieces[["base_h", *HOURS]].to_numpy(dtype=float)
    sizes = [len(people) for people in pieces["people"]]
    whose = np.concatenate([np.sort(list(people)) for people in pieces["people"]] or [[]]).astype("int64")
    who = sparse.csr_array(
        (np.ones(len(whose), dtype=np.int64), whose, np.concatenate([[0], np.cumsum(sizes)])),
        shape=(len(pieces), count),
    )
    mine = [cell for cell in cells if cell.by in ("all", *kinds)]
    rows_of = _levels(pieces, mine, kinds)
    told = tuple(cell for cell in mine if cell.value is not None and (cell.by, cell.level) not in _lost(loose, rows_of))
    shown = {(cell.by, cell.parts) for cell in told}
    counts = _people(np.array(list(rows_of.values())), who)
    parts = tuple(
        Part(by, levels[0], inside, int(count), (by, levels) in shown or by == "all")
        for ((by, levels), inside), count in zip(rows_of.items(), counts, strict=True)
    )
    base, hours = numbers[:, 0], numbers[:, 1:]
    return Side(population, side, base, hours, who, parts, told, _system(base, hours, told, rows_of, loose))


def _lost(
    loose: Mapping[tuple[str, str], float], rows_of: Mapping[tuple[str, tuple[str, ...]], np.ndarray]
) -> set[tuple[str, str]]:
    """Return levels all of whose people changed level in the period: no piece can be told to be theirs."""
    return {(by, level) for by, level in loose if (by, (level,)) not in rows_of}


def _levels(
    pieces: pd.DataFrame, cells: Sequence[Cell], kinds: tuple[str, ...]
) -> dict[tuple[str, tuple[str, ...]], np.ndarray]:
    """Return which pieces each level holds, and each set of levels with a figure of its own: the whole population first."""
    found = {("all", ("",)): np.ones(len(pieces), dtype=np.int8)}
    for by in kinds:
        if by not in pieces:
            continue
        column = pieces[by].to_numpy()
        for level in sorted(set(column) - {NOWHERE}):
            found[by, (str(level),)] = (column == level).astype(np.int8)
    for cell in cells:
        if cell.levels and (cell.by, cell.parts) not in found and cell.by in pieces:
            found[cell.by, cell.parts] = pieces[cell.by].isin(cell.parts).to_numpy().astype(np.int8)
    return found


def _system(
    base: np.ndarray,
    hours: np.ndarray,
    cells: Sequence[Cell],
    rows_of: Mapping[tuple[str, tuple[str, ...]], np.ndarray],
    loose: Mapping[tuple[str, str], float],
) -> System:
    """Return what the figures say about the pieces; `loose` hours of a level lie in pieces that cannot be told."""
    sets = np.array([rows_of[cell.by, cell.parts] for cell in cells]).reshape(len(cells), len(base))
    value = np.array([float(cell.value or 0.0) for cell in cells])
    unit = np.array([cell.unit_h for cell in cells])
    width = np.array([cell.half_width for cell in cells])
    apart = np.array([loose.get((cell.by, cell.level), 0.0) for cell in cells])
    measure = np.array([MEASURES.index(cell.measure) for cell in cells], dtype="int64")
    return System(base, hours, sets, measure, (value - width) * unit - apart, (value + width) * unit)
