"""Reporting groups: no figure is ever computed for fewer people than the minimum, nor for what remains beside a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.foundation.schema import Finding
from analysis.measure.records import latest

MINIMUM_AGENTS = 10
# Hours are one person's or two people's where the largest two hold more than this, or the others together less than that share of the largest.
DOMINANT_TWO, OTHERS_TO_LARGEST = 0.90, 0.10


def too_few(hours: npt.ArrayLike, *, minimum: int) -> bool:
    """Return whether a cell must not be shown: it stands on fewer people than the minimum, or one or two of them are nearly all of it.

    Parameters
    ----------
    hours
        Hours of each person in the cell's base; people without any do not count.
    minimum
        Smallest number of people.

    References
    ----------
    Dominance rules of the ACRO defaults: n = 2, k = 90 %; p = 10 %.

    Examples
    --------
    >>> too_few([8.0] * 10, minimum=10), too_few([8.0] * 9, minimum=10)
    (False, True)
    >>> too_few([400.0, 400.0, *[5.0] * 10], minimum=10)
    True
    """
    there = np.sort(np.asarray(hours, dtype=float))
    there = there[there > 0]
    if len(there) < minimum:
        return True
    if len(there) < 2:
        return False
    total = float(there.sum())
    return bool(there[-2:].sum() > DOMINANT_TWO * total or total - there[-1] < OTHERS_TO_LARGEST * there[-1])


@dataclass(frozen=True, slots=True)
class _Unit:
    """A team at a site, or the people of a site who have no team."""

    site: str
    team: str
    agents: int


_Group = list[_Unit]


def reporting_groups(roster: pd.DataFrame, *, minimum: int = MINIMUM_AGENTS) -> pd.DataFrame:
    """Return the group under which each person is reported, small teams merged before anything is analysed.

    Parameters
    ----------
    roster
        Canonical roster: agent, population, team, site, valid_from. A person's latest row in a population counts.
    minimum
        Smallest group [agents].

    Returns
    -------
    pandas.DataFrame
        agent, population, team, group, site, merged: one row per person and population, by population in the roster's order. `site` is the
        group's, empty where it spans several: report a site only if all its people are in groups of that site. `group` is empty for a whole
        population under the minimum. :func:`merged_groups` lists what was merged.

    Raises
    ------
    ValueError
        The minimum is below 1.

    Notes
    -----
    Within a site, small teams and people without a team are put together in the order of their names until each group reaches the minimum;
    a rest joins the last such group, else the site's smallest team. A site that is too small as a whole is put together with other such
    sites in the same way. Every person is in exactly one group, so the complement of a group is empty or holds whole groups.

    Examples
    --------
    >>> roster = pd.DataFrame({"agent": list("abcdef"), "population": "back_office", "team": list("112233"), "site": "N"})
    >>> reporting_groups(roster, minimum=2)["group"].unique().tolist()
    ['1', '2', '3']
    >>> reporting_groups(roster, minimum=3)["group"].unique().tolist()
    ['Merged teams (3)']
    """
    if minimum < 1:
        raise ValueError(f"minimum must be at least 1, got {minimum}")
    parts = [_of_population(rows, minimum) for _, rows in roster.dropna(subset=["population"]).groupby("population")]
    texts = ["agent", "population", "team", "group", "site"]
    if not parts:
        return pd.DataFrame({**{name: pd.Series(dtype="str") for name in texts}, "merged": pd.Series(dtype="bool")})
    return pd.concat(parts, ignore_index=True)[[*texts, "merged"]].astype(dict.fromkeys(texts, "str"))


def merged_groups(groups: pd.DataFrame) -> pd.DataFrame:
    """Return what each group is made of: population, group, site, agents, teams (names, joined), merged (flag).

    Parameters
    ----------
    groups
        From :func:`reporting_groups`.

    Examples
    --------
    >>> roster = pd.DataFrame({"agent": list("abcd"), "population": "back_office", "team": list("1123"), "site": "N"})
    >>> merged_groups(reporting_groups(roster, minimum=2))[["group", "agents", "teams", "merged"]].values.tolist()
    [['1', 2, '1', False], ['Merged teams (2)', 2, '2, 3', True]]
    """
    named = groups.dropna(subset=["group"])
    return named.groupby(["population", "group"], as_index=False).agg(
        site=("site", "first"),
        agents=("agent", "nunique"),
        teams=("team", lambda teams: ", ".join(sorted(teams.dropna().unique()))),
        merged=("merged", "first"),
    )


def too_small(groups: pd.DataFrame, *, minimum: int = MINIMUM_AGENTS) -> tuple[Finding, ...]:
    """Return a finding for each population that is too small to be split into groups at all.

    Parameters
    ----------
    groups, minimum
        As given to and by :func:`reporting_groups`.
    """
    unnamed = groups[groups["group"].isna()].groupby("population")["agent"].nunique()
    return tuple(
        Finding(
            "population_under_minimum",
            "flag",
            "roster",
            f"{str(population).replace('_', ' ')}: {agents} people are fewer than the minimum of {minimum}. "
            "No group is reported; ask whether more people can be included.",
            rows=int(agents),
        )
        for population, agents in unnamed.items()
    )


def _of_population(rows: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Return the people of one population with their groups."""
    people = latest(rows).assign(**{name: pd.NA for name in ("team", "site") if name not in rows})
    site, team = (people[name].fillna("").astype(str) for name in ("site", "team"))
    if len(people) < minimum:
        return people.assign(group=None, site=None, merged=False)
    sizes = people.groupby([site, team], sort=True).size()
    units = [_Unit(str(at[0]), str(at[1]), int(size)) for at, size in sizes.items()]
    named = _named(_merged(units, minimum))
    keys = pd.Series(list(zip(site, team, strict=True)), index=people.index)
    return people.assign(
        **{name: keys.map(lambda key, at=at: named[key][at]) for at, name in enumerate(("group", "site", "merged"))}
    )


def _merged(units: Sequence[_Unit], minimum: int) -> list[_Group]:
    """Put units together until every group reaches the minimum, inside sites first."""
    groups: list[_Group] = []
    homeless: _Group = []
    for site in sorted({unit.site for unit in units}):
        here = [unit for unit in units if unit.site == site]
        large = [[unit] for unit in here if unit.agents >= minimum and unit.team]
        filled, rest = _filled([[unit] for unit in here if [unit] not in large], minimum)
        if rest and (filled or large):
            _smallest(filled[-1:] or large).extend(rest)
            rest = []
        groups += large + filled
        homeless += rest
    sites = sorted({unit.site for unit in homeless})
    filled, rest = _filled([[unit for unit in homeless if unit.site == site] for site in sites], minimum)
    if rest:
        _smallest(filled[-1:] or groups).extend(rest)
    return groups + filled


def _filled(parts: Sequence[_Group], minimum: int) -> tuple[list[_Group], _Group]:
    """Put parts together in order until each group reaches the minimum; return the groups and the rest."""
    groups: list[_Group] = []
    current: _Group = []
    for part in parts:
        current = current + part
        if _agents(current) >= minimum:
            groups.append(current)
            current = []
    return groups, current


def _agents(group: _Group) -> int:
    return sum(unit.agents for unit in group)


def _smallest(groups: Sequence[_Group]) -> _Group:
    """Return the group with the fewest agents, the first by name among equals."""
    return min(groups, key=lambda group: (_agents(group), [(unit.site, unit.team) for unit in group]))


def _named(groups: Sequence[_Group]) -> dict[tuple[str, str], tuple[str, str | None, bool]]:
    """Return for each (site, team) the name and the site of its group, and whether it was merged."""
    single = [group[0].team for group in groups if len(group) == 1]
    several = [group for group in groups if len(group) > 1]
    names: dict[tuple[str, str], tuple[str, str | None, bool]] = {}
    for group in groups:
        sites = {unit.site for unit in group}
        site = sites.pop() if len(sites) == 1 else ""
        if len(group) > 1:
            number = f" {several.index(group) + 1}" if len(several) > 1 else ""
            name = f"Merged teams{number} ({len(group)})"
        else:
            team = group[0].team or "Without team"
            name = f"{team} ({site})" if single.count(group[0].team) > 1 else team
        names.update({(unit.site, unit.team): (name, site or None, len(group) > 1) for unit in group})
    return names
