"""The compiled passes of the interval algebra; `sets` and `slots` hold numpy twins with equal answers."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.foundation.compiled import kernel
from analysis.foundation.intervals.table import Ints


@kernel
def islands(start: Any, end: Any) -> Any:
    """Return the union's pieces from starts and ends, each sorted by itself."""
    n = len(start)
    if n == 0:
        return start[:0].copy(), end[:0].copy()
    count = 1
    for i in range(1, n):
        count += start[i] > end[i - 1]
    first, last = np.empty(count, np.int64), np.empty(count, np.int64)
    first[0], at = start[0], 0
    for i in range(1, n):
        if start[i] > end[i - 1]:
            last[at] = end[i - 1]
            at += 1
            first[at] = start[i]
    last[at] = end[n - 1]
    return first, last


@kernel
def by_slot(person: Any, start: Any, end: Any, slot: int) -> Any:
    """Return person, slot number and time of disjoint pieces in order of person and time."""
    count = 0
    for i in range(len(start)):
        count += (end[i] - 1) // slot - start[i] // slot + 1
    who, number, time = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)
    at = -1
    for i in range(len(start)):
        left = start[i]
        while left < end[i]:
            here = left // slot
            right = min(end[i], (here + 1) * slot)
            if at >= 0 and who[at] == person[i] and number[at] == here:
                time[at] += right - left
            else:
                at += 1
                who[at], number[at], time[at] = person[i], here, right - left
            left = right
    return who[: at + 1], number[: at + 1], time[: at + 1]


def warm() -> None:
    """Compile every pass of this module, so that a later measurement times the work alone."""
    one: Ints = np.array([0], dtype=np.int64)
    islands(one, one + 1)
    by_slot(one, one, one + 1, 1)
