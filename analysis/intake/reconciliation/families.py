"""How interval totals book a contact that runs over the end of an interval: by activity, or all in one interval by its record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

Family = Literal["activity", "record_end", "record_start", "unclear"]
FAMILIES: tuple[Family, ...] = ("activity", "record_end", "record_start")
# Ways of booking that differ by less than this share of the time cannot be told apart.
TELLING_SHARE = 0.01
# The nearest way must be at most this share of the distance of the next one.
CLEAR = 0.5
# ... and this share of the time itself: totals that follow no way are not guessed.
CLOSE = 0.2
WORDS: Mapping[Family, str] = {
    "activity": "time is booked in the interval in which it passed",
    "record_end": "a contact's whole time is booked in the interval in which it ended",
    "record_start": "a contact's whole time is booked in the interval in which it began",
    "unclear": "how time over the end of an interval is booked cannot be told",
}


def book(
    start: Ints, end: Ints, interval_start: Ints, interval_end: Ints, *, family: Family
) -> tuple[Ints, Ints, Ints]:
    """Return the time of each spell by interval.

    Parameters
    ----------
    start, end
        Spells [us].
    interval_start, interval_end
        Intervals in order, not overlapping [us].
    family
        ``"activity"``: each interval gets the time that passed in it; ``"record_end"`` and ``"record_start"``: the interval in which the spell
        ended or began gets all of it.

    Returns
    -------
    tuple of arrays
        Position of the spell, position of the interval, time [us]; spells outside every interval give nothing.

    Examples
    --------
    A contact from 05:23 to 06:15, in minutes, and half hours from 05:00:

    >>> edges = np.array([300, 330, 360])
    >>> contact = np.array([323]), np.array([375])
    >>> book(*contact, edges, edges + 30, family="activity")[2].tolist()
    [7, 30, 15]
    >>> [part.tolist() for part in book(*contact, edges, edges + 30, family="record_end")]
    [[0], [2], [52]]
    """
    if family == "activity":
        first = np.searchsorted(interval_end, start, side="right")
        count = np.where(end > start, np.searchsorted(interval_start, end, side="left") - first, 0)
        count = np.maximum(count, 0)
        row = np.repeat(np.arange(len(start)), count)
        at = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + first[row]
        us = np.minimum(end[row], interval_end[at]) - np.maximum(start[row], interval_start[at])
        return row, at, us
    # a contact that ends on the stroke of an interval ended in the one before
    moment = end - 1 if family == "record_end" else start
    at = np.searchsorted(interval_start, moment, side="right") - 1
    inside = (at >= 0) & (end > start)
    inside[inside] = moment[inside] < interval_end[at[inside]]
    row = np.flatnonzero(inside)
    return row, at[row], (end - start)[row]


def family_of(theirs: NDArray[np.float64], booked: Mapping[Family, NDArray[np.float64]]) -> Family:
    """Return which way of booking totals follow.

    Parameters
    ----------
    theirs
        Totals by interval.
    booked
        Our totals of the same intervals, by way of booking.

    Examples
    --------
    >>> by = {"activity": np.array([7.0, 30, 15]), "record_end": np.array([0.0, 0, 52]), "record_start": np.array([52.0, 0, 0])}
    >>> family_of(np.array([7.0, 30, 15]), by), family_of(np.array([0.0, 0, 52]), by)
    ('activity', 'record_end')
    """
    apart = {name: float(np.abs(theirs - own).sum()) for name, own in booked.items()}
    near, next_best = sorted(apart, key=lambda name: apart[name])[:2]
    spread = float(np.abs(booked[near] - booked[next_best]).sum())
    total = float(np.abs(theirs).sum())
    if total <= 0 or spread < TELLING_SHARE * total or apart[near] > min(CLEAR * apart[next_best], CLOSE * total):
        return "unclear"
    return near
