"""Who stands behind each published cell, and what was put together before anything was measured."""

from __future__ import annotations

import pandas as pd

from analysis.baseline.cells import Cells
from analysis.baseline.evidence import People, Tables
from analysis.baseline.frames import COLUMNS
from analysis.baseline.levels import SEVERAL_SITES, TENURE, WEEKDAYS
from analysis.baseline.shares import SHARE_PARTS
from analysis.baseline.spans import name_of
from analysis.measure.crosswalk import BASE
from analysis.measure.groups import merged_groups, reporting_groups
from analysis.measure.records import roster_of

FEW = "fewer than {minimum} people each"
_US_PER_HOUR = 3.6e9
_OF_DAYS = {"base_h": BASE, **{f"{share}_h": parts for share, parts in SHARE_PARTS.items() if share != "outage"}}
_OF_SLOTS = {
    "base_h": "base_agents",
    "utilization_h": "handling_agents",
    "support_h": "support_agents",
    "idle_h": "idle_agents",
    "away_h": "away_agents",
    "unaccounted_h": "unaccounted_agents",
}


def members_of(people: People, slots: pd.DataFrame, cells: Cells, *, slot_s: int) -> pd.DataFrame:
    """Return who stands behind each cell that is, or could be, published: what an attack on the figures is tried with.

    Parameters
    ----------
    people
        The population.
    slots
        From :func:`analysis.baseline.slots.slot_table`; empty without clock times.
    cells
        From :func:`analysis.baseline.cells.cells_of`.
    slot_s
        Length of a slot [s].

    Returns
    -------
    pandas.DataFrame
        Columns ``COLUMNS["members"]``, hours. It names people and never leaves ``work/``.
    """
    hours = cells.days[["agent"]].assign(
        **{name: cells.days[list(parts)].sum(axis=1) / _US_PER_HOUR for name, parts in _OF_DAYS.items()}
    )
    parts = [_summed(hours.assign(level=""), "all")]
    parts += [_summed(hours.assign(level=level.astype(object)), by) for by, level in cells.levels.items()]
    there = slots[slots["base_agents"] > 0] if len(slots) else slots
    if len(there):
        timed = there[["agent", "weekday", "slot_of_day_s"]].assign(
            **{name: there[column] * slot_s / 3600 for name, column in _OF_SLOTS.items()}
        )
        timed = timed.merge(cells.spans[["weekday", "slot_of_day_s", "half_hour"]])
        parts.append(_summed(timed.rename(columns={"half_hour": "level"}), "half_hour"))
        cell = timed["weekday"].astype(str) + " " + timed["slot_of_day_s"].astype(str)
        parts.append(_summed(timed.assign(level=cell), "slot"))
        if people.pools.nunique() > 1:
            pool = timed["agent"].map(people.pools)
            parts.append(_summed(timed.assign(level=pool), "pool"))
            parts.append(_summed(timed.assign(level=pool + " " + cell), "pool_slot"))
    frame = pd.concat(parts, ignore_index=True).assign(population=people.population)
    return frame[list(COLUMNS["members"])].astype(dict.fromkeys(("population", "by", "level", "agent"), "str"))


def _summed(hours: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return one row per level and person."""
    sums = hours.dropna(subset=["level"]).groupby(["level", "agent"], sort=True)[list(_OF_DAYS)].sum()
    return sums.reset_index().assign(by=by)


def merges_of(
    tables: Tables, people: People, slots: pd.DataFrame, cells: Cells, *, minimum: int, slot_s: int
) -> pd.DataFrame:
    """Return what was put together before anything was measured, by the names under which it is published.

    Parameters
    ----------
    tables
        Canonical tables, for the roster.
    people, slots, cells, slot_s
        As for :func:`members_of`.
    minimum
        Smallest group [agents].

    Returns
    -------
    pandas.DataFrame
        Columns ``COLUMNS["merges"]``: groups, groups of several sites, bands of service, half hours. `agents` is how many people stand behind
        it; of half hours of several weekdays the fewest. Nothing is listed that is not published under its name.
    """
    few = FEW.format(minimum=minimum)
    rows = [*_of_groups(tables, people, minimum, few), *_of_levels(cells, few)]
    if len(cells.spans):
        rows += [*_of_spans(cells.spans, slot_s, few), *_over_weekdays(slots, cells, slot_s, few)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS["merges"][1:])).assign(population=people.population)
    texts = dict.fromkeys(("population", "by", "level", "parts", "reason"), "str")
    return frame[list(COLUMNS["merges"])].astype({**texts, "agents": "int64"})


def _of_groups(tables: Tables, people: People, minimum: int, few: str) -> list[tuple[str, str, str, int, str]]:
    """Return teams that were put together."""
    groups = reporting_groups(roster_of(tables), minimum=minimum)
    listed = merged_groups(groups[groups["population"].eq(people.population)])
    return [
        ("group", row.group, row.teams or "people without a team", row.agents, few)
        for row in listed[listed["merged"].astype(bool)].itertuples()
    ]


def _of_levels(cells: Cells, few: str) -> list[tuple[str, str, str, int, str]]:
    """Return sites and bands of service that were put together."""
    rows, levels, days = [], cells.levels, cells.days
    if "site" in levels and "group" in levels and levels["site"].eq(SEVERAL_SITES).any():
        here = levels["site"].eq(SEVERAL_SITES)
        names = ", ".join(sorted(levels["group"][here].dropna().astype(str).unique()))
        rows.append(("site", SEVERAL_SITES, names, days.loc[here, "agent"].nunique(), "groups of more than one site"))
    if "tenure" in levels:
        for level in levels["tenure"].cat.categories:
            bands = [band for band in TENURE if band in str(level).split(" and ")]
            if len(bands) > 1:
                agents = days.loc[levels["tenure"].eq(level), "agent"].nunique()
                rows.append(("tenure", str(level), ", ".join(bands), agents, few))
    return rows


def _of_spans(spans: pd.DataFrame, slot_s: int, few: str) -> list[tuple[str, str, str, int, str]]:
    """Return half hours that were put together, by the weekdays on which they were."""
    rows = []
    several = spans[spans["span_slots"].gt(1) & spans["shown"].astype(bool)]
    for (start, slots), part in several.groupby(["span_start_s", "span_slots"]):
        days = ", ".join(WEEKDAYS[int(day)] for day in sorted(part["weekday"].unique()))
        parts = f"{slots} {_unit(slot_s)} on {days}"
        rows.append(
            ("half_hour", name_of(int(start), int(slots), slot_s), parts, int(part["distinct_agents"].min()), few)
        )
    return rows


def _over_weekdays(slots: pd.DataFrame, cells: Cells, slot_s: int, few: str) -> list[tuple[str, str, str, int, str]]:
    """Return half hours that are put together in the breakdown over all weekdays, and shown."""
    there = slots.loc[slots["base_agents"] > 0, ["agent", "weekday", "slot_of_day_s"]].merge(cells.spans)
    rows = []
    for level, part in there.groupby("half_hour"):
        count = part["slot_of_day_s"].nunique()
        if count > 1 and level not in cells.hidden["half_hour"]:
            parts = f"{count} {'half hours' if slot_s == 1800 else 'slots'}, all weekdays together"
            rows.append(("half_hour", str(level), parts, part["agent"].nunique(), few))
    return rows


def _unit(slot_s: int) -> str:
    return "half hours" if slot_s == 1800 else "slots"
