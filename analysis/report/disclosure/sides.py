"""One population as the attacker sees it: pieces of people's time, and which published set each piece is in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.report.disclosure.linear import System
from analysis.report.disclosure.published import MEASURES, Cell, Published

HOURS = [f"{measure}_h" for measure in MEASURES]
_SIDES = {"people": ("group", "site", "tenure"), "time": ("weekday", "half_hour", "slot")}
# Hours that sums of the same time by two breakdowns may differ by.
_SAME_H = 1e-6


@dataclass(frozen=True, slots=True)
class Part:
    """One set of people or of time that could be published.

    Attributes
    ----------
    by, level
        What it is.
    pieces
        Which pieces of time it holds (pieces), 0 or 1.
    people
        Positions of its people.
    shown
        Whether any figure of it is published.
    """

    by: str
    level: str
    pieces: np.ndarray
    people: frozenset[int]
    shown: bool


@dataclass(frozen=True, slots=True)
class Side:
    """People, or time, of one population.

    Attributes
    ----------
    population, side
        Which.
    base_h, hours
        Of each piece (pieces), and by measure (pieces x measures).
    people
        Positions of the people in each piece.
    parts
        Every set that is, or could be, published; the first is the whole population.
    cells
        The published figures about them, in the order of `rows`.
    system
        The same for the attack.
    """

    population: str
    side: str
    base_h: np.ndarray
    hours: np.ndarray
    people: tuple[frozenset[int], ...]
    parts: tuple[Part, ...]
    cells: tuple[Cell, ...]
    system: System


def sides_of(published: Published, truth: pd.DataFrame) -> tuple[Side, ...]:
    """Return both sides of every population that has people behind its figures.

    Parameters
    ----------
    published
        The figures.
    truth
        Who has how many hours in which level, as `Baseline.members`.
    """
    place = {agent: at for at, agent in enumerate(published.agents)}
    found = []
    numbered = truth.assign(person=truth["agent"].map(place))
    for population, rows in numbered.groupby("population"):
        for side, kinds in _SIDES.items():
            if rows["by"].isin(kinds).any():
                found.append(_side(str(population), side, rows, published))
    return tuple(found)


def _side(population: str, side: str, rows: pd.DataFrame, published: Published) -> Side:
    """Return one side of one population."""
    pieces = (_of_people if side == "people" else _of_time)(rows)
    numbers = pieces[["base_h", *HOURS]].to_numpy(dtype=float)
    people = tuple(frozenset(found) for found in pieces["people"])
    cells = [cell for cell in published.cells if cell.population == population and cell.by in ("all", *_SIDES[side])]
    parts = _parts(pieces, people, cells, _SIDES[side])
    base, hours = numbers[:, 0], numbers[:, 1:]
    rows_of = {(part.by, part.level): part.pieces for part in parts}
    told = tuple(cell for cell in cells if cell.value is not None and (cell.by, cell.level) in rows_of)
    return Side(population, side, base, hours, people, parts, told, _system(base, hours, told, rows_of))


def _of_people(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one piece per person and band of tenure, with the person's group and site."""
    whole = rows[rows["by"].eq("all")].set_index("person")
    bands = rows[rows["by"].eq("tenure")]
    rest = whole[["base_h", *HOURS]].sub(bands.groupby("person")[["base_h", *HOURS]].sum(), fill_value=0.0)
    rest = rest[rest["base_h"] > _SAME_H].clip(lower=0.0).reset_index()
    pieces = pd.concat([bands.rename(columns={"level": "tenure"}), rest], ignore_index=True)
    for by in ("group", "site"):
        level = rows[rows["by"].eq(by)].drop_duplicates("person").set_index("person")["level"]
        pieces[by] = pieces["person"].map(level)
    if "tenure" not in pieces:
        pieces["tenure"] = None
    return pieces.assign(people=[{person} for person in pieces["person"]])


def _of_time(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one piece per weekday and half hour (or span of half hours) of everybody's time, and what lies outside them."""
    slots, days = rows[rows["by"].eq("slot")], rows[rows["by"].eq("weekday")]
    names = list(dict.fromkeys(_WEEKDAYS))
    of_slots = slots.assign(
        slot=slots["level"], weekday=[names[int(level.split(" ")[0])] for level in slots["level"]],
        half_hour=_half_hours(slots, rows),
    )  # fmt: skip
    outside = days.rename(columns={"level": "weekday"})
    timed = of_slots.groupby(["weekday", "person"])[["base_h", *HOURS]].sum()
    left = outside.set_index(["weekday", "person"])[["base_h", *HOURS]].sub(timed, fill_value=0.0)
    left = left[left["base_h"] > _SAME_H].clip(lower=0.0).reset_index()
    if days.empty:
        whole = rows[rows["by"].eq("all")].set_index("person")[["base_h", *HOURS]]
        left = whole.sub(slots.groupby("person")[["base_h", *HOURS]].sum(), fill_value=0.0)
        left = left[left["base_h"] > _SAME_H].clip(lower=0.0).reset_index()
    together = pd.concat([of_slots, left], ignore_index=True)
    for name in ("slot", "weekday", "half_hour"):
        together[name] = (together[name] if name in together else pd.Series(index=together.index)).astype(object)
    together = together.fillna({"slot": "", "weekday": "", "half_hour": ""})
    keys = ["slot", "weekday", "half_hour"]
    sums = together.groupby(keys, sort=True)[["base_h", *HOURS]].sum().reset_index()
    there = together[together["base_h"] > 0].groupby(keys, sort=True)["person"].agg(set)
    return sums.assign(people=[there.get(tuple(key), set()) for key in sums[keys].to_numpy()])


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _half_hours(slots: pd.DataFrame, rows: pd.DataFrame) -> list[str]:
    """Return the half hour, or the span of them over all weekdays, in which each slot lies: the last that begins no later."""
    levels = sorted(rows.loc[rows["by"].eq("half_hour"), "level"].unique())
    if not levels:
        return [""] * len(slots)
    starts = np.array([int(level[:2]) * 3600 + int(level[3:5]) * 60 for level in levels])
    at = np.array([int(level.split(" ")[1]) for level in slots["level"]], dtype="int64")
    return [levels[place] for place in np.searchsorted(starts, at, side="right") - 1]


def _parts(
    pieces: pd.DataFrame, people: Sequence[frozenset[int]], cells: Sequence[Cell], kinds: tuple[str, ...]
) -> tuple[Part, ...]:
    """Return the whole population, then every level of every breakdown."""
    shown = {(cell.by, level) for cell in cells if cell.value is not None for level in cell.parts}
    found = [Part("all", "", np.ones(len(pieces), dtype=np.int8), frozenset().union(*people), True)]
    for by in kinds:
        if by not in pieces:
            continue
        for level in pieces[by].dropna().unique():
            if level == "":
                continue
            inside = pieces[by].eq(level).to_numpy()
            who = frozenset().union(*(people[at] for at in np.flatnonzero(inside)))
            found.append(Part(by, str(level), inside.astype(np.int8), who, (by, str(level)) in shown))
    return tuple(found)


def _system(
    base: np.ndarray, hours: np.ndarray, cells: Sequence[Cell], rows_of: dict[tuple[str, str], np.ndarray]
) -> System:
    """Return what the figures say about the pieces."""
    sets = np.array([rows_of[cell.by, cell.level] for cell in cells]).reshape(len(cells), len(base))
    value = np.array([float(cell.value or 0.0) for cell in cells])
    unit = np.array([cell.unit_h for cell in cells])
    width = np.array([cell.half_width for cell in cells])
    measure = np.array([MEASURES.index(cell.measure) for cell in cells], dtype="int64")
    return System(base, hours, sets, measure, (value - width) * unit, (value + width) * unit)
