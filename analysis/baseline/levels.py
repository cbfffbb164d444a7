"""The levels that a population is broken down by, and which of them may be shown."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.baseline.evidence import People, Tables
from analysis.measure.groups import reporting_groups
from analysis.measure.records import roster_of

HIDDEN = "fewer than {minimum} people, or their figures would follow from those of the other levels"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SEVERAL_SITES = "Groups of several sites"
# Ends of the tenure bands, in months of 365.25 / 12 days, and their names.
TENURE_MONTHS = (6.0, 24.0)
TENURE = ("under 6 months", "6 to 24 months", "over 2 years", "tenure not known")
_MONTH_DAYS = 365.25 / 12
# A first day that this share of the people have in common is where the roster begins, not when they were hired.
_COMMON_START = 0.5


def levels_of(tables: Tables, people: People, days: pd.DataFrame, *, minimum: int) -> dict[str, pd.Series]:
    """Return the level of each agent-day by what it is broken down: ordered categories, missing where there is no level.

    Parameters
    ----------
    tables
        Canonical tables, for the roster.
    people
        The population.
    days
        Agent-days with time in the base: agent, day.
    minimum
        Smallest level [agents]; smaller groups and tenure bands are put together with their neighbours.
    """
    roster = roster_of(tables)
    mine = roster[roster["population"].eq(people.population).fillna(False).astype(bool)]
    groups = reporting_groups(mine, minimum=minimum).set_index("agent")
    group, site = (days["agent"].map(groups[name]) for name in ("group", "site"))
    found = {"group": _ordered(group)}
    if "site" in mine and mine["site"].nunique() > 1:
        found["site"] = _ordered(site.where(site.notna() | group.isna(), SEVERAL_SITES), last=SEVERAL_SITES)
    found["tenure"] = tenure_bands(roster, days, minimum=minimum)
    weekday = days["day"].dt.day_of_week.to_numpy()
    found["weekday"] = pd.Series(pd.Categorical.from_codes(weekday, list(WEEKDAYS)), index=days.index)
    # one level is the population itself
    return {by: level for by, level in found.items() if level.nunique() > 1}


def _ordered(level: pd.Series, last: str = "") -> pd.Series:
    """Return names as a category in the order of the names, merged groups and `last` at the end."""
    names = sorted(level.dropna().unique(), key=lambda name: (name == last, str(name).startswith("Merged"), name))
    return level.astype(pd.CategoricalDtype(names))


def tenure_bands(roster: pd.DataFrame, days: pd.DataFrame, *, minimum: int) -> pd.Series:
    """Return the tenure band of each agent-day, bands of too few people put together with a neighbour.

    Parameters
    ----------
    roster
        Canonical roster, all populations: tenure runs from a person's first `valid_from`.
    days
        agent, day.
    minimum
        Smallest band [agents].

    Notes
    -----
    A first day that half of the people share is taken for the day on which the roster begins: their tenure is at least that, so they are
    "over 2 years" once the roster is as old, and "tenure not known" before.
    """
    first = _first_days(roster, days["agent"].unique())
    start = pd.Series(first.reindex(days["agent"]).to_numpy(dtype="datetime64[us]"), index=days.index)
    counts = first.value_counts()
    begins = counts.index[0] if len(counts) and counts.iloc[0] >= max(2, _COMMON_START * len(first)) else pd.NaT
    months = (days["day"] - start).dt.days.to_numpy(dtype=float) / _MONTH_DAYS
    band = np.digitize(months, TENURE_MONTHS)
    at_least = start.eq(begins).to_numpy() & (months < TENURE_MONTHS[-1])
    band = np.where(np.isnan(months) | at_least | (months < 0), len(TENURE) - 1, band)
    names = _merged_bands(days["agent"].to_numpy(), band, minimum)
    level = pd.Series([names[at] for at in band], index=days.index)
    return level.astype(pd.CategoricalDtype(list(dict.fromkeys(names))))


def _first_days(roster: pd.DataFrame, agents: object) -> pd.Series:
    """Return each agent's first day in the roster, missing where it is not known."""
    if "valid_from" not in roster:
        return pd.Series(pd.NaT, index=pd.Index(agents), dtype="datetime64[us]")
    open_ended = roster.loc[roster["valid_from"].isna(), "agent"]
    first = roster[~roster["agent"].isin(set(open_ended))].groupby("agent")["valid_from"].min()
    return first.reindex(pd.Index(agents))


def _merged_bands(agent: np.ndarray, band: np.ndarray, minimum: int) -> list[str]:
    """Return the name of each band's level: bands under the minimum joined with the smaller of their neighbours."""
    parts = [[at] for at in range(len(TENURE)) if (band == at).any()]

    def size(part: list[int]) -> int:
        return len(np.unique(agent[np.isin(band, part)]))

    while len(parts) > 1 and min(map(size, parts)) < minimum:
        at = int(np.argmin([size(part) for part in parts]))
        beside = [near for near in (at - 1, at + 1) if 0 <= near < len(parts)]
        other = min(beside, key=lambda near: size(parts[near]))
        first, second = sorted((at, other))
        parts[first : second + 1] = [parts[first] + parts[second]]
    names = [""] * len(TENURE)
    for part in parts:
        name = " and ".join(TENURE[at] for at in part)
        for at in part:
            names[at] = name
    return names


def hidden_levels(agent: pd.Series, level: pd.Series, *, minimum: int) -> frozenset[object]:
    """Return the levels that hold no figures: those of too few people, and as many more as it takes to hide them.

    Parameters
    ----------
    agent, level
        Who has time at which level; rows without a level are never shown and count as hidden.
    minimum
        Smallest number of people.

    Notes
    -----
    The sum over all levels is printed elsewhere, so the levels that are not shown can be had together by subtraction: together they must hold
    nobody, or the minimum of distinct people. Until they do, the smallest shown level is hidden too (complementary suppression).

    Examples
    --------
    >>> agents = pd.Series(list("abcabcda"))
    >>> hidden_levels(agents, pd.Series([1, 1, 1, 2, 2, 2, 3, 3]), minimum=3) == {1, 3}
    True
    """
    pairs = pd.DataFrame({"agent": agent.to_numpy(), "level": np.asarray(level, dtype=object)}).drop_duplicates()
    sizes = pairs.groupby("level")["agent"].nunique()
    hidden = set(sizes.index[sizes < minimum])
    shown = [name for name in sizes.sort_values(kind="stable").index if name not in hidden]
    while True:
        kept_back = pairs.loc[pairs["level"].isna() | pairs["level"].isin(hidden), "agent"].nunique()
        if kept_back == 0 or kept_back >= minimum or not shown:
            return frozenset(hidden)
        hidden.add(shown.pop(0))


def hidden_by_day(
    agent: pd.Series, levels: Mapping[str, pd.Series], slots: pd.DataFrame, *, minimum: int
) -> dict[str, frozenset[object]]:
    """Return, for each breakdown of agent-days, the levels that hold no figures.

    Parameters
    ----------
    agent, levels
        From :func:`levels_of`, on the same rows.
    slots
        Time by agent and slot: the cells of weekday and half hour are printed too.
    minimum
        Smallest number of people.

    Notes
    -----
    Sites are sums of groups: inside every site the groups not shown must hold nobody or the minimum, too. A weekday is hidden where its half
    hours of too few people together hold too few.
    """
    hidden = {by: set(hidden_levels(agent, level, minimum=minimum)) for by, level in levels.items()}
    if "site" in levels and "group" in levels:
        hidden["group"] |= hidden_groups(agent, levels["group"], levels["site"], minimum=minimum)
    if "weekday" in levels:
        hidden["weekday"] |= {WEEKDAYS[int(day)] for day in _given_away(slots, "weekday", minimum)}
        kept = levels["weekday"].where(~levels["weekday"].isin(hidden["weekday"]))
        hidden["weekday"] |= hidden_levels(agent, kept, minimum=minimum)
    return {by: frozenset(names) for by, names in hidden.items()}


def hidden_groups(agent: pd.Series, group: pd.Series, site: pd.Series, *, minimum: int) -> frozenset[object]:
    """Return the groups that hold no figures, so many that neither all people nor those of a site give few people away.

    Parameters
    ----------
    agent, group, site
        Who has time in which group, and the group's site.
    minimum
        Smallest number of people.
    """
    hidden = set(hidden_levels(agent, group, minimum=minimum))
    for name in site.dropna().unique():
        inside = site.eq(name)
        kept = group.astype(object).where(~group.isin(hidden))[inside]
        hidden |= hidden_levels(agent[inside], kept, minimum=minimum)
    return frozenset(hidden)


def hidden_half_hours(slots: pd.DataFrame, *, minimum: int) -> frozenset[object]:
    """Return the slots of the day that hold no figures, those whose cells by weekday would give few people away among them.

    Parameters
    ----------
    slots
        Time by agent and slot.
    minimum
        Smallest number of people.
    """
    kept = slots["slot_of_day_s"].where(~slots["slot_of_day_s"].isin(_given_away(slots, "slot_of_day_s", minimum)))
    alone = slots["slot_of_day_s"][kept.isna()].unique()
    return frozenset(alone) | hidden_levels(slots["agent"], kept, minimum=minimum)


def _given_away(slots: pd.DataFrame, margin: str, minimum: int) -> set[float]:
    """Return the weekdays or slots whose cells of too few people hold, together, somebody but fewer than the minimum."""
    if slots.empty:
        return set()
    pairs = slots.loc[slots["attended_agents"] > 0, ["weekday", "slot_of_day_s", "agent"]].drop_duplicates()
    cell = pairs.groupby(["weekday", "slot_of_day_s"])["agent"].transform("nunique")
    together = pairs[cell < minimum].groupby(margin)["agent"].nunique()
    return set(together.index[together < minimum])
