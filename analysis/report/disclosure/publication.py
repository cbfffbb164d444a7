"""Every figure about a part of a population that any deliverable holds, with the people behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.report.disclosure.published import MEASURES, Cell, Published
from analysis.report.disclosure.rules import BASE, half_width

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline
    from analysis.blending.result import Blending
    from analysis.utilization.result import Utilization
    from analysis.value.result import Value

# Columns of half hours that say how many agents do what, and the measure that follows from them; work and support follow from what is left.
OF_SLOTS = {"idle_agents": "idle", "handling_agents": "utilization", "workable_agents": "support"}
WORDS = {"group": "group", "site": "site", "tenure": "tenure", "weekday": "weekday", "half_hour": "half hour"}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


# population, by, level
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Behind:
    """Who stands behind the levels of one engagement."""

    people: Mapping[Key, np.ndarray]
    base_h: Mapping[Key, float]

    def cell(self, key: Key, levels: tuple[str, ...] = (), **of: object) -> Cell | None:
        """Return the cell of a level, or of several together; None where there is no figure and nobody.

        A figure of nobody has no people behind it that are known, and the audit refuses it.
        """
        population, by, level = key
        found = [self.people[one] for one in _keys(key, levels) if one in self.people]
        if not found and of["value"] is None:
            return None
        members = found[0] if len(found) == 1 else np.unique(np.concatenate([np.array([], dtype=np.int64), *found]))
        return Cell(population=population, by=by, level=level, members=members, levels=levels, **of)  # type: ignore[arg-type]

    def hours(self, key: Key, levels: tuple[str, ...]) -> float:
        """Return the base of several levels together."""
        return sum(self.base_h.get(one, 0.0) for one in _keys(key, levels))


def _keys(key: Key, levels: tuple[str, ...]) -> list[Key]:
    return [(*key[:2], level) for level in levels or (key[2],)]


def published_of(
    baseline: Baseline,
    utilization: Utilization | None = None,
    blending: Blending | None = None,
    value: Value | None = None,
) -> Published:
    """Return every figure about a population or a part of it that follows from people's measured time.

    Parameters
    ----------
    baseline
        The measured baseline, as it is to be published: what is suppressed holds no figure.
    utilization, blending, value
        The other results. Their figures about sites, groups and pools are either the baseline's own (today's utilization) or follow from it
        and from figures of the whole population; they add pools of half hours alone.

    Returns
    -------
    Published
        Cells of tables ``ladder`` (hours of a whole population, with all their digits), ``groups``, ``breakdowns``, ``waiting`` (weekday and half hour)
        and ``causes`` (the same by pool). Without `members` there are no cells.

    Notes
    -----
    Figures about parts are taken at the precision to which :func:`analysis.report.disclosure.as_published` rounds them; whoever publishes more
    digits must say so here.
    """
    members = members_of(baseline)
    agents = tuple(sorted(members["agent"].unique()))
    behind = _behind(members, agents)
    cells = [
        *_ladder(baseline, behind),
        *_levels(baseline.groups.rename(columns={"group": "level"}).assign(by="group"), "groups", behind, members),
        *_levels(baseline.breakdowns, "breakdowns", behind, members),
        *_half_hours(baseline, behind),
        *(_pools(baseline, blending, behind) if blending is not None else ()),
    ]
    return Published(agents, tuple(cells), baseline.settings.minimum_group_agents)


def members_of(baseline: Baseline) -> pd.DataFrame:
    """Return who stands behind each cell, as the baseline saved it; empty where there are no persons."""
    columns = ["population", "by", "level", "agent", "base_h", *(f"{measure}_h" for measure in MEASURES)]
    frame = getattr(baseline, "members", None)
    return pd.DataFrame(columns=columns) if frame is None or frame.empty else frame[columns]


def _behind(members: pd.DataFrame, agents: tuple[str, ...]) -> _Behind:
    """Return the positions of people and the base of every level."""
    if members.empty:
        return _Behind({}, {})
    place = {agent: at for at, agent in enumerate(agents)}
    keys = ["population", "by", "level"]
    there = members[members["base_h"] > 0]
    grouped = there.assign(place=there["agent"].map(place)).groupby(keys, sort=False)
    people = {key: np.unique(part.to_numpy(dtype="int64")) for key, part in grouped["place"]}
    return _Behind(people, grouped["base_h"].sum().to_dict())  # type: ignore[arg-type]


def _ladder(baseline: Baseline, behind: _Behind) -> Iterator[Cell]:
    """Yield the hours of whole populations: they keep their digits."""
    parts = {
        "utilization": ("HANDLING", "RESERVED", "ITEM_WORK"),
        "support": ("SUPPORT", "OUTAGE"),
        **{name.lower(): (name,) for name in ("IDLE", "AWAY", "UNACCOUNTED")},
    }
    if baseline.ladder.empty:
        return
    for population, rows in baseline.ladder.groupby("population"):
        hours = rows.set_index("bucket")["hours"]
        for measure, buckets in parts.items():
            found = float(hours.reindex(list(buckets)).fillna(0.0).sum())
            cell = behind.cell(
                (str(population), "all", ""),
                table="ladder", name=f"all of {_named(population)}, {measure}", measure=measure, kind="hours",
                value=found, half_width=0.0,
            )  # fmt: skip
            if cell is not None:
                yield cell


def _levels(frame: pd.DataFrame, table: str, behind: _Behind, members: pd.DataFrame) -> Iterator[Cell]:
    """Yield the shares of groups, sites, bands of tenure, weekdays and half hours."""
    if frame.empty:
        return
    known = _degenerate(frame, members)
    rows = frame[frame["share"].isin(MEASURES)]
    columns = ["population", "by", "level", "share", "value", "status"]
    for row in rows[columns].itertuples(index=False):
        key = (str(row.population), str(row.by), str(row.level))
        said = float(row.value) if pd.notna(row.value) else known.get((*key, str(row.share)))  # type: ignore[arg-type]
        if pd.isna(row.value) and said is None and row.status != "suppressed":
            # no figure for want of evidence, not for want of people: nobody is protected by it, nothing is said
            continue
        cell = behind.cell(
            key,
            table=table, name=f"{WORDS[key[1]]} {row.level} of {_named(row.population)}, {row.share}", measure=str(row.share),
            kind="share", value=said, half_width=half_width("share"), unit_h=behind.base_h.get(key, 0.0),
        )  # fmt: skip
        if cell is not None:
            yield cell


def _degenerate(frame: pd.DataFrame, members: pd.DataFrame) -> dict[tuple[str, str, str, str], float]:
    """Return the shares of which the report says in words that they are none, or all, of the time."""
    said = frame[frame["status"].eq("degenerate") & frame["share"].isin(MEASURES)]
    if said.empty or members.empty:
        return {}
    hours = members.groupby(["population", "by", "level"])[["base_h", *(f"{name}_h" for name in MEASURES)]].sum()
    found = {}
    for row in said[["population", "by", "level", "share"]].itertuples(index=False):
        key = (row.population, row.by, row.level)
        if key in hours.index:
            share = float(hours.at[key, f"{row.share}_h"]) / float(hours.at[key, "base_h"])
            found[(*key, str(row.share))] = round(share)
    return found


def _half_hours(baseline: Baseline, behind: _Behind) -> Iterator[Cell]:
    """Yield the mean number of agents of each weekday and half hour, or of half hours that were put together."""
    frame = baseline.idle_by_slot
    if frame.empty:
        return
    slot_h = baseline.settings.slot_s / 3600
    if "span_start_s" not in frame:
        frame = frame.assign(span_start_s=frame["slot_of_day_s"], span_slots=1)
    for (population, weekday, start), rows in frame.groupby(["population", "weekday", "span_start_s"]):
        row = rows.iloc[0]
        levels = tuple(f"{int(weekday)} {int(at)}" for at in rows["slot_of_day_s"])
        length_h = float(row["days"]) * slot_h * float(row["span_slots"])
        yield from _of_span(row, (str(population), "slot", f"{int(weekday)} {int(start)}"), levels, length_h, behind)


def _of_span(row: pd.Series, key: Key, levels: tuple[str, ...], length_h: float, behind: _Behind) -> Iterator[Cell]:
    """Yield the figures of one weekday and half hour; those able to work say how much support there was."""
    weekday, start = (int(number) for number in key[2].split(" "))
    clock = f"{_WEEKDAYS[weekday]} {start // 3600:02d}:{start % 3600 // 60:02d}"
    several = levels if len(levels) > 1 else ()
    for column, measure in OF_SLOTS.items():
        mean = float(row[column]) if pd.notna(row[column]) else None
        if mean is None and pd.notna(row["workable_agents"]):
            continue
        if mean is not None and measure == "support":
            mean = behind.hours(key, levels) / length_h - mean
        cell = behind.cell(
            key, several,
            table="waiting", name=f"{clock} of {_named(key[0])}, {measure}", measure=measure, kind="agents", value=mean,
            half_width=half_width("agents"), unit_h=length_h,
        )  # fmt: skip
        if cell is not None:
            yield cell


def _pools(baseline: Baseline, blending: Blending, behind: _Behind) -> Iterator[Cell]:
    """Yield the agents waiting by pool, weekday and half hour, where there are several pools."""
    slot_h = baseline.settings.slot_s / 3600
    frame = blending.idle_by_cause
    several = any(by == "pool_slot" for _, by, _ in behind.people)
    for row in frame.to_dict("records") if several else ():
        key = ("contact_centre", "pool_slot", f"{row['pool']} {int(row['weekday'])} {int(row['slot_of_day_s'])}")
        idle = float(row["idle_agents"]) if pd.notna(row["idle_agents"]) else None
        cell = behind.cell(
            key,
            table="causes", name=f"pool {row['pool']}, {_WEEKDAYS[int(row['weekday'])]}, idle", measure="idle", kind="agents",
            value=idle, half_width=BASE["agents"] / 2, unit_h=float(row["days"]) * slot_h,
        )  # fmt: skip
        if cell is not None:
            yield cell


def _named(population: object) -> str:
    return str(population).replace("_", " ")
