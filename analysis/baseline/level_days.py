"""Days of each site and reporting group, so that what hangs on the same days can be drawn together."""

from __future__ import annotations

import pandas as pd

from analysis.baseline.evidence import People, Tables, day_hours
from analysis.baseline.frames import COLUMNS
from analysis.baseline.levels import hidden_by_day, levels_of
from analysis.baseline.settings import BaselineSettings
from analysis.measure.crosswalk import BASE

# by what targets may be set: people can be asked to change together where they sit or report together
LEVELS = ("site", "group")


def level_days(tables: Tables, people: People, *, settings: BaselineSettings) -> pd.DataFrame:
    """Return hours by local day of every site and reporting group that may be shown.

    Parameters
    ----------
    tables
        Canonical tables, for the roster.
    people
        The population.
    settings
        The smallest group.

    Returns
    -------
    pandas.DataFrame
        Columns ``COLUMNS["level_days"]``, by site, then group, levels in their natural order, then by day; `agents` is how many distinct people
        the level holds, the same on each of its days. Levels that :func:`analysis.baseline.breakdowns.breakdowns` hides have no row.
    """
    empty = pd.DataFrame(columns=list(COLUMNS["level_days"]))
    if people.agent_days is None or people.days.empty:
        return empty
    worked = people.agent_days[people.agent_days[list(BASE)].sum(axis=1) > 0]
    minimum = settings.minimum_group_agents
    found = levels_of(tables, people, worked, minimum=minimum)
    levels = {by: found[by] for by in LEVELS if by in found}
    # cells of weekday and half hour are shown for weekdays alone, so no slots are needed to know which sites and groups are hidden
    hidden = hidden_by_day(worked["agent"], levels, pd.DataFrame(), minimum=minimum)
    parts = []
    for by, level in levels.items():
        for name in level.cat.categories:
            part = worked[level.eq(name)]
            if name in hidden[by] or part.empty:
                continue
            days = day_hours(part)
            days["agents"] = part["agent"].nunique()
            parts.append(days.assign(population=people.population, by=by, level=str(name)))
    if not parts:
        return empty
    return pd.concat(parts, ignore_index=True)[list(COLUMNS["level_days"])].astype({"agents": "Int64"})
