"""Figures about gaps stand on people too: classes of length, limits and tails that few people have are not shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.baseline.spans import cut
from analysis.measure.gap_classes import GAP_CLASSES

Run = tuple[int, ...]
_HIDDEN = ("gaps", "hours", "share_of_gap_time", "contact_waiting_h", "item_waiting_h")


def runs_of(gaps: pd.DataFrame, *, minimum: int) -> list[Run]:
    """Return neighbouring classes of gap length that have to be put together, so that each such run has enough people.

    Parameters
    ----------
    gaps
        agent, gap_us.
    minimum
        Smallest number of people.

    Returns
    -------
    list of tuple
        Places in ``GAP_CLASSES`` of each run of two or more, and of a single one that is too small as a whole; classes without gaps are in none.

    Examples
    --------
    >>> gaps = pd.DataFrame({"agent": list("abcdefgh"), "gap_us": [1e6 * s for s in (30, 30, 30, 700, 700, 700, 2000, 5000)]})
    >>> runs_of(gaps, minimum=3)
    [(2, 4, 5)]
    """
    if gaps.empty:
        return []
    number = np.searchsorted([limit for _, limit in GAP_CLASSES[:-1]], gaps["gap_us"].to_numpy() / 1e6, side="left")
    rows = pd.DataFrame({"agent": gaps["agent"].to_numpy(), "at": number, "us": gaps["gap_us"].to_numpy(dtype=float)})
    wide = rows.pivot_table(index="at", columns="agent", values="us", aggfunc="sum", fill_value=0.0)
    places = [int(at) for at in wide.index]
    found = cut(wide.to_numpy(), minimum=minimum)
    everybody = len(found) == 1 and int((wide.to_numpy().sum(axis=0) > 0).sum()) < minimum
    return [tuple(places[first : last + 1]) for first, last in found if last > first or everybody]


def classes_shown(classes: pd.DataFrame, runs: Sequence[Run]) -> pd.DataFrame:
    """Return classes of gaps without the figures of those that were put together: together they are the rest of all gaps."""
    if classes.empty or not runs:
        return classes
    hidden = classes.index.isin([at for run in runs for at in run])
    return classes.assign(**{name: classes[name].astype("float64").mask(hidden) for name in _HIDDEN})


def limits_shown(table: pd.DataFrame, runs: Sequence[Run]) -> pd.DataFrame:
    """Return the sensitivity to the longest gap without limits between classes that were put together."""
    limits = [limit for _, limit in GAP_CLASSES]
    inner = {limits[at] for run in runs for at in range(run[0], run[-1])}
    return table[~table["longest_gap_s"].isin(inner)].reset_index(drop=True)


def tail_shown(curve: pd.DataFrame, gaps: pd.DataFrame, *, minimum: int) -> pd.DataFrame:
    """Return the survival of gap time up to the length that the minimum of people have longer gaps than."""
    longest = gaps.groupby("agent")["gap_us"].max().to_numpy() / 1e6
    people = np.array([(longest > length).sum() for length in curve["length_s"]])
    return curve[(people == 0) | (people >= minimum)].reset_index(drop=True)
