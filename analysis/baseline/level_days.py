"""Days of each site and reporting group, so that what hangs on the same days can be drawn together."""

from __future__ import annotations

import pandas as pd

from analysis.baseline.cells import Cells
from analysis.baseline.evidence import People, day_hours
from analysis.baseline.frames import COLUMNS

# by what targets may be set: people can be asked to change together where they sit or report together
LEVELS = ("site", "group")


def level_days(people: People, cells: Cells) -> pd.DataFrame:
    """Return hours by local day of every site and reporting group that may be shown.

    Parameters
    ----------
    people
        The population.
    cells
        From :func:`analysis.baseline.cells.cells_of`: the levels, and which of them may be shown.

    Returns
    -------
    pandas.DataFrame
        Columns ``COLUMNS["level_days"]``, by site, then group, levels in their natural order, then by day; `agents` is how many distinct people
        the level holds, the same on each of its days. Levels that :func:`analysis.baseline.breakdowns.breakdowns` hides have no row.
    """
    parts = []
    for by in LEVELS:
        if by not in cells.levels:
            continue
        level = cells.levels[by]
        for name in level.cat.categories:
            part = cells.days[level.eq(name)]
            if name in cells.hidden[by] or part.empty:
                continue
            days = day_hours(part)
            days["agents"] = part["agent"].nunique()
            parts.append(days.assign(population=people.population, by=by, level=str(name)))
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS["level_days"]))
    return pd.concat(parts, ignore_index=True)[list(COLUMNS["level_days"])].astype({"agents": "Int64"})
