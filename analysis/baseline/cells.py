"""Which figures about parts of a population may be shown, decided once for all tables before anything is measured."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.baseline.evidence import People, Tables
from analysis.baseline.levels import WEEKDAYS, all_levels
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.spans import spans_of
from analysis.measure.crosswalk import BASE
from analysis.measure.groups import too_few
from analysis.measure.linked import least_hidden, small_cuts

Cell = tuple[str, Hashable]
Node = tuple[str, str, Hashable]
# weekday, half hour over all weekdays, and the span of the two that a person was there in
Slot = tuple[str, str, Hashable]
# people whose level is not shown, or who have none
REST = ("rest", "")
# A pool that is hidden costs its whole assessment.
_POOL_COST = 1000.0


@dataclass(frozen=True, slots=True)
class Cells:
    """What is published about parts of one population.

    Attributes
    ----------
    days
        Agent-days with time in the base.
    levels
        Level of each of these, by what the population is broken down (more than one level each).
    spans
        Half hours and the span that each is reported in, `shown` by all rules (:func:`analysis.baseline.spans.spans_of`).
    hidden
        group, site, tenure, weekday, half_hour, pool -> levels that hold no figures.
    """

    days: pd.DataFrame
    levels: dict[str, pd.Series]
    spans: pd.DataFrame
    hidden: dict[str, frozenset[object]]


def cells_of(tables: Tables, people: People, slots: pd.DataFrame, settings: BaselineSettings) -> Cells:
    """Decide what is shown of a population by group, site, tenure, weekday, half hour and pool.

    Parameters
    ----------
    tables
        Canonical tables, for the roster.
    people
        The population; hours known by person and day.
    slots
        From :func:`analysis.baseline.slots.slot_table`; empty without clock times.
    settings
        The smallest group and the length of a slot.

    Notes
    -----
    A cell of too few people (:func:`analysis.measure.groups.too_few`) is hidden, and the cheapest set of further cells (fewest people without a
    figure) with which no difference of published sums is about 1 to minimum - 1 people: for groups and sites against bands of service and pools
    (who), and for weekdays against half hours and the cells of both (when). docs/method/disclosure.md.
    """
    if people.agent_days is None:
        raise ValueError("hours are not known by person and day")
    minimum = settings.minimum_group_agents
    days = people.agent_days[people.agent_days[list(BASE)].sum(axis=1) > 0]
    found = all_levels(tables, people, days, minimum=minimum)
    spans = spans_of(slots, minimum=minimum, slot_s=settings.slot_s)
    there = _there(slots, spans)
    hidden = hidden_who(days, found, people.pools, there, minimum) | hidden_when(days, found, spans, there, minimum)
    shown = [pair not in hidden["slot"] for pair in zip(spans["weekday"], spans["span_start_s"], strict=True)]
    return Cells(
        days=days,
        # one level is the population itself
        levels={by: level for by, level in found.items() if level.nunique() > 1},
        spans=spans.assign(shown=np.array(shown, dtype=bool)),
        hidden={by: names for by, names in hidden.items() if by != "slot"},
    )


def _there(slots: pd.DataFrame, spans: pd.DataFrame) -> pd.DataFrame:
    """Return hours in the base by person and span: agent, weekday, span_start_s, half_hour, hours."""
    if slots.empty:
        return pd.DataFrame(columns=["agent", "weekday", "span_start_s", "half_hour", "hours"])
    rows = slots.loc[slots["base_agents"] > 0, ["agent", "weekday", "slot_of_day_s", "base_agents"]]
    keys = ["agent", "weekday", "span_start_s", "half_hour"]
    merged = rows.merge(spans[["weekday", "slot_of_day_s", "span_start_s", "half_hour"]])
    return merged.groupby(keys)["base_agents"].sum().rename("hours").reset_index()


def _small(agent: pd.Series, hours: pd.Series, level: pd.Series, minimum: int) -> dict[Hashable, tuple[int, bool]]:
    """Return people of each level, and whether it stands on too few."""
    sums = hours.groupby([level.astype(object), agent]).sum()
    return {
        name: (int((part > 0).sum()), too_few(part, minimum=minimum)) for name, part in sums.groupby(level=0, sort=True)
    }


def hidden_who(
    days: pd.DataFrame, levels: Mapping[str, pd.Series], pools: pd.Series, there: pd.DataFrame, minimum: int
) -> dict[str, frozenset[object]]:
    """Return the groups, sites, bands of service and pools that hold no figures."""
    rows = pd.DataFrame({"agent": days["agent"], "hours": days[list(BASE)].sum(axis=1).astype(float)})
    for by in ("group", "site", "tenure"):
        rows[by] = levels[by].astype(object) if by in levels else None
    several = pools.nunique() > 1
    rows["pool"] = rows["agent"].map(pools).astype(object) if several else None
    sizes = {
        (by, name): found
        for by in ("group", "site", "tenure", "pool")
        for name, found in _small(rows["agent"], rows["hours"], rows[by], minimum).items()
    }
    cost = {cell: people * (_POOL_COST if cell[0] == "pool" else 1.0) for cell, (people, _) in sizes.items()}
    forced = [cell for cell, (_, few) in sizes.items() if few]
    rows = rows.drop(columns="hours").drop_duplicates()
    parts = _parts_of_time(days, there, minimum)

    def conflicts(hidden: frozenset[Hashable]) -> list[frozenset[Hashable]]:
        nodes = _nodes(rows, hidden)
        named = [by for by in ("org", "tenure", "pool") if (nodes[by] != REST).any()]
        pairs = list(combinations([*named, "whole"], 2)) if len(named) < 2 else list(combinations(named, 2))
        found = [one for pair in pairs for one in _conflicts(nodes, pair, minimum)]
        if len(parts):
            timed = nodes.merge(parts, on="agent")
            found += [one for by in named if by != "pool" for one in _conflicts(timed, (by, "part"), minimum)]
        return found

    hidden = least_hidden(cost, forced, conflicts)
    return {by: frozenset(n for at, n in hidden if at == by) for by in ("group", "site", "tenure", "pool")}  # type: ignore[misc]


def _nodes(rows: pd.DataFrame, hidden: frozenset[Hashable]) -> pd.DataFrame:
    """Return the finest cells of each partition that can be had: a group, the rest of a site, the rest of everybody."""

    def shown(by: str) -> list[tuple[str, object]]:
        return [REST if pd.isna(name) or (by, name) in hidden else (by, name) for name in rows[by]]

    groups, sites = shown("group"), shown("site")
    org = [group if group != REST else site for group, site in zip(groups, sites, strict=True)]
    inside = [site if group != REST else REST for group, site in zip(groups, sites, strict=True)]
    columns = {"org": org, "site": inside, "tenure": shown("tenure"), "pool": shown("pool")}
    made = {name: pd.Series(values, index=rows.index, dtype=object) for name, values in columns.items()}
    return pd.DataFrame({"agent": rows["agent"], **made, "whole": pd.Series([REST] * len(rows), index=rows.index)})


def _conflicts(nodes: pd.DataFrame, pair: tuple[str, str], minimum: int) -> list[frozenset[Cell]]:
    """Return sets of published cells from which something about too few people follows."""
    first, second = pair
    edges = _edges(nodes["agent"], nodes[first], nodes[second])
    everything: set[Node] = {node for ends in edges for node in ends}
    found = []
    for side in small_cuts(edges, minimum=minimum):
        mine, other = _sides(everything, {node for node in everything if node in side})
        other = set() if second == "part" else other
        found.append(frozenset((_of_org(nodes, mine) if first == "org" else mine) | other))
    return found


def _sides(everything: set[Node], side: set[Node]) -> tuple[set[Cell], set[Cell]]:
    """Return the cells of the first and of the second partition whose sums differ by what lies between a side and the rest.

    The whole is published, so the rest of the first partition is the whole less its other cells; the rest of the second stays where it is not needed.
    """
    if ("2", *REST) in side:
        side = everything - side
    first, second = ({node[1:] for node in everything if node[0] == at} for at in "12")
    mine, other = ({cell for cell in cells if (at, *cell) in side} for cells, at in ((first, "1"), (second, "2")))
    return (first - mine if REST in mine else mine), other


def _edges(agent: pd.Series, first: Iterable[Cell], second: Iterable[Cell]) -> dict[tuple[Node, Node], frozenset[str]]:
    """Return the people in both of two cells, by cell of the one and of the other partition."""
    found: dict[tuple[Node, Node], set[str]] = {}
    for person, one, two in zip(agent, first, second, strict=True):
        found.setdefault((("1", *one), ("2", *two)), set()).add(person)
    return {pair: frozenset(people) for pair, people in found.items()}


def _of_org(nodes: pd.DataFrame, wanted: set[Cell]) -> set[Cell]:
    """Return the groups and sites that add up to these groups and rests of sites."""
    inside = set(zip(nodes["org"], nodes["site"], strict=True))
    found = {node for node in wanted if node[0] == "group"}
    for node in wanted:
        if node[0] == "site":
            groups = {group for group, site in inside if site == node}
            found = (found - groups) | {node} | (groups - wanted)
    return found


def _parts_of_time(days: pd.DataFrame, there: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Return who works in which part of the week, where parts have fewer people than the minimum in common; empty for one part.

    Groups are set against weekdays and half hours only where nearly different people work at different times: a night shift is a group.
    """
    if len(there):
        pairs = there[["agent", "weekday", "half_hour"]].drop_duplicates()
        at = pairs["weekday"].astype(str) + " " + pairs["half_hour"].astype(str)
    else:
        pairs = days[["agent"]].assign(at=days["day"].dt.day_of_week).drop_duplicates()
        at = pairs["at"].astype(str)
    agent, people = pd.factorize(pairs["agent"])
    place, names = pd.factorize(at)
    seen = np.zeros((len(people), len(names)), dtype=np.float32)
    seen[agent, place] = 1
    seen = seen[:, seen.sum(axis=0) >= minimum]
    common = seen.T @ seen >= minimum
    label = np.arange(len(common))
    for _ in range(len(common)):
        least = np.where(common, label[None, :], len(common)).min(axis=1) if len(common) else label
        if (least == label).all():
            break
        label = least
    if len(np.unique(label)) < 2:
        return pd.DataFrame(columns=["agent", "part"])
    rows = [
        (person, ("part", int(part)))
        for person, worked in zip(people, seen, strict=True)
        for part in np.unique(label[worked > 0])
    ]
    return pd.DataFrame(rows, columns=["agent", "part"])


def hidden_when(
    days: pd.DataFrame, levels: Mapping[str, pd.Series], spans: pd.DataFrame, there: pd.DataFrame, minimum: int
) -> dict[str, frozenset[object]]:
    """Return the weekdays, half hours, and spans (weekday, start) that hold no figures."""
    weekday = levels["weekday"].astype(object)
    base = days[list(BASE)].sum(axis=1).astype(float)
    sizes: dict[Cell, tuple[int, bool]] = {
        ("weekday", name): found for name, found in _small(days["agent"], base, weekday, minimum).items()
    }
    who: dict[Slot, frozenset[str]]
    if len(there):
        half = _small(there["agent"], there["hours"], there["half_hour"], minimum)
        sizes |= {("half_hour", name): found for name, found in half.items()}
        first = spans.drop_duplicates(["weekday", "span_start_s"])
        for row in first.itertuples():
            name = (WEEKDAYS[int(row.weekday)], row.half_hour, (row.weekday, row.span_start_s))
            sizes["slot", name[2]] = (int(row.distinct_agents), not row.shown)
        keys = zip(
            [WEEKDAYS[int(day)] for day in there["weekday"]],
            there["half_hour"],
            zip(there["weekday"], there["span_start_s"], strict=True),
            strict=True,
        )
        who = {at: frozenset(part) for at, part in there["agent"].groupby(pd.Series(list(keys), index=there.index))}
    else:
        who = {(at, "", None): frozenset(part) for at, part in days["agent"].groupby(weekday)}
    cost = {cell: float(people) for cell, (people, _) in sizes.items()}
    forced = [cell for cell, (_, few) in sizes.items() if few]
    hidden = least_hidden(cost, forced, lambda now: _time_conflicts(who, now, minimum=minimum))
    return {by: frozenset(n for at, n in hidden if at == by) for by in ("weekday", "half_hour", "slot")}  # type: ignore[misc]


def _time_conflicts(
    who: Mapping[Slot, frozenset[str]], hidden: frozenset[Hashable], *, minimum: int
) -> list[frozenset[Hashable]]:
    """Return sets of cells of weekday and half hour from which something about too few people follows."""
    day = {at[0]: REST if ("weekday", at[0]) in hidden else ("weekday", at[0]) for at in who}
    half = {at[1]: REST if not at[1] or ("half_hour", at[1]) in hidden else ("half_hour", at[1]) for at in who}
    edges: dict[tuple[Node, Node], frozenset[str]] = {}
    for (weekday, name, slot), people in who.items():
        if slot is None or ("slot", slot) in hidden:
            pair = (("1", *day[weekday]), ("2", *half[name]))
            edges[pair] = edges.get(pair, frozenset()) | people
    everything = {*(("1", *node) for node in day.values()), *(("2", *node) for node in half.values())}
    found = []
    for side in small_cuts(edges, minimum=minimum):
        inside = {node for node in everything if node in side}
        between = {
            ("slot", slot)
            for weekday, name, slot in who
            if slot is not None
            and ("slot", slot) not in hidden
            and (("1", *day[weekday]) in inside) != (("2", *half[name]) in inside)
        }
        first, second = _sides(everything, inside)
        found.append(frozenset((first | second | between) - {REST}))
    return found
