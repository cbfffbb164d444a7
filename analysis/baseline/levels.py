"""The levels that a population is broken down by, and which of them may be shown."""

from __future__ import annotations

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
    # one level is the population itself
    found = all_levels(tables, people, days, minimum=minimum)
    return {by: level for by, level in found.items() if level.nunique() > 1}


def all_levels(tables: Tables, people: People, days: pd.DataFrame, *, minimum: int) -> dict[str, pd.Series]:
    """Return what :func:`levels_of` does, and what has one level alone."""
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
    return found


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
