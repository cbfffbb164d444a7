"""Half hours of few people are put together with their neighbours before anything is averaged."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.measure.groups import too_few

COLUMNS = ("weekday", "slot_of_day_s", "span_start_s", "span_slots", "distinct_agents", "shown", "half_hour")


def spans_of(slots: pd.DataFrame, *, minimum: int, slot_s: int) -> pd.DataFrame:
    """Return the span of half hours that each half hour of a weekday is reported in.

    Parameters
    ----------
    slots
        From :func:`analysis.baseline.slots.slot_table`.
    minimum
        Smallest number of distinct people with time in the base [agents]; one or two of them may not be nearly all of it
        (:func:`analysis.measure.groups.too_few`).
    slot_s
        Length of a slot [s].

    Returns
    -------
    pandas.DataFrame
        weekday, slot_of_day_s, span_start_s, span_slots, distinct_agents (of the span), shown (whether these are the minimum), half_hour (name of
        its level where all weekdays are taken together); one row per weekday and half hour in which anybody was there.

    Notes
    -----
    Only half hours that follow each other without a gap are put together. Of all ways to cut such a stretch into spans that hold the minimum
    each, the one with the least sum of squared lengths is taken (the earliest cuts among equals), so spans are as short as they can be. A stretch
    that is too small as a whole is one span that is not shown. Levels over all weekdays end only where no weekday's span runs on, so that no span
    follows by subtraction.

    Examples
    --------
    >>> rows = [(0, 0, who) for who in "abc"] + [(0, 1800, who) for who in "ab"] + [(0, 3600, who) for who in "cd"]
    >>> slots = pd.DataFrame(rows, columns=["weekday", "slot_of_day_s", "agent"]).assign(attended_agents=1.0, base_agents=1.0)
    >>> spans_of(slots, minimum=3, slot_s=1800)[["span_start_s", "span_slots", "half_hour"]].values.tolist()
    [[0, 1, '00:00'], [1800, 2, '00:30 to 01:30'], [1800, 2, '00:30 to 01:30']]
    """
    if slots.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    there = slots.loc[slots["attended_agents"] > 0, ["weekday", "slot_of_day_s", "agent", "base_agents"]]
    cells = there[["weekday", "slot_of_day_s"]].drop_duplicates().sort_values(["weekday", "slot_of_day_s"])
    hours = there[there["base_agents"] > 0].pivot_table(
        index=["weekday", "slot_of_day_s"], columns="agent", values="base_agents", aggfunc="sum", fill_value=0.0
    )
    rows = []
    for weekday, of_day in cells.groupby("weekday"):
        for run in _runs([int(at) for at in of_day["slot_of_day_s"]], slot_s):
            own = hours.reindex(pd.MultiIndex.from_product([[weekday], run]), fill_value=0.0).to_numpy()
            for first, last in cut(own, minimum=minimum):
                whole = own[first : last + 1].sum(axis=0)
                named = (run[first], last - first + 1, int((whole > 0).sum()), not too_few(whole, minimum=minimum))
                rows += [(weekday, at, *named) for at in run[first : last + 1]]
    frame = pd.DataFrame(rows, columns=list(COLUMNS[:-1]))
    levels = _levels(frame, slot_s)
    return frame.assign(half_hour=frame["slot_of_day_s"].map(levels).astype("str"))


def cut(hours: npt.NDArray[np.float64], *, minimum: int) -> list[tuple[int, int]]:
    """Return first and last place of the spans of one stretch, one span where the whole is too small.

    Parameters
    ----------
    hours
        Time of each person, places x people.
    minimum
        Smallest number of distinct people of a span.

    Examples
    --------
    >>> cut(np.array([[1, 1, 1, 0], [1, 1, 0, 0], [0, 1, 1, 0], [0, 1, 1, 1]]), minimum=3)
    [(0, 0), (1, 2), (3, 3)]
    """
    count = len(hours)
    alone = [not too_few(row, minimum=minimum) for row in hours]
    if all(alone):
        return [(place, place) for place in range(count)]
    least, ends = [math.inf] * count + [0.0], [0] * count
    for first in reversed(range(count)):
        whole = np.zeros(hours.shape[1])
        for last in range(first, count):
            whole = whole + hours[last]
            cost = (last - first + 1) ** 2 + least[last + 1]
            if cost < least[first] and not too_few(whole, minimum=minimum):
                least[first], ends[first] = cost, last
    if math.isinf(least[0]):
        return [(0, count - 1)]
    found, first = [], 0
    while first < count:
        found.append((first, ends[first]))
        first = ends[first] + 1
    return found


def name_of(start_s: int, slots: int, slot_s: int) -> str:
    """Return a span of half hours in words.

    Examples
    --------
    >>> name_of(25200, 1, 1800), name_of(25200, 2, 1800)
    ('07:00', '07:00 to 08:00')
    """
    end = start_s + slots * slot_s
    return _clock(start_s) if slots == 1 else f"{_clock(start_s)} to {_clock(end)}"


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second % 3600 // 60:02d}"


def _runs(slots: Sequence[int], slot_s: int) -> list[list[int]]:
    """Return stretches of slots that follow each other."""
    runs: list[list[int]] = []
    for at in slots:
        if runs and at - runs[-1][-1] == slot_s:
            runs[-1].append(at)
        else:
            runs.append([at])
    return runs


def _levels(frame: pd.DataFrame, slot_s: int) -> dict[int, str]:
    """Return the level over all weekdays of each half hour: as short as no weekday's span is cut."""
    slots = sorted({int(at) for at in frame["slot_of_day_s"]})
    # every half hour that a span of some weekday runs on from is kept with the next one
    last = frame["span_start_s"] + (frame["span_slots"] - 1) * slot_s
    goes_on = set(frame.loc[frame["slot_of_day_s"] < last, "slot_of_day_s"].astype(int))
    found: dict[int, str] = {}
    start = 0
    for place, at in enumerate(slots):
        if at not in goes_on or place == len(slots) - 1:
            part = slots[start : place + 1]
            found |= dict.fromkeys(part, name_of(part[0], len(part), slot_s))
            start = place + 1
    return found
