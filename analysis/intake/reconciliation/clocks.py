"""Where the day's pause lies: where people do not have it, the stamps may show another clock; only the client can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.foundation.calendars import DAY_US

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Fewest rows to draw a day from.
LEAST_ROWS = 1_000
# Nine tenths of the rows must lie within so many hours: a desk by day. Longer days have no pause of their own.
DAY_DESK_H = 13
# The pause is the hour with less than this share of the busier hours on both of its sides ...
DIP = 0.75
# ... and at an hour where people have it, this share is enough: a longer pause later may be the change of shifts.
SLIGHT_DIP = 0.85
# Hours in which the pause of a day lies by the clock on the wall.
USUAL = (12, 13)
# Hours beside them: a question only where stamps in UTC, or read as UTC, would explain them.
BESIDE = (10, 11, 14, 15)


@dataclass(frozen=True, slots=True)
class Hint:
    """Where the pause lies, and the question that it raises."""

    hour: int
    words: str
    question: str


def pause_hour(local_us: NDArray[np.int64]) -> int | None:
    """Return the clock hour of the day's pause; None where a day of this kind has none.

    Parameters
    ----------
    local_us
        Times of day [us].

    Examples
    --------
    >>> rows = np.repeat([8, 9, 10, 11, 12, 13, 14, 15], [90, 120, 130, 120, 50, 110, 120, 100])
    >>> pause_hour(np.tile(rows, 2) * (DAY_US // 24))
    12
    """
    if len(local_us) < LEAST_ROWS:
        return None
    counts = np.bincount(local_us % DAY_US * 24 // DAY_US, minlength=24)
    # the desk's day is the shortest run of hours, over midnight too, that holds nine tenths of the rows
    twice = np.concatenate([counts, counts])
    for length in range(4, DAY_DESK_H + 1):
        runs = np.convolve(twice, np.ones(length, dtype=int), "valid")[:24]
        if runs.max() >= 0.9 * counts.sum():
            first = int(runs.argmax())
            return _pause(_dips(twice[first : first + length], first))
    return None


def _dips(day: NDArray[np.int64], first: int) -> dict[int, float]:
    """Return for each hour inside a day what share it is of the busier hours on both sides."""
    found = {}
    for place in range(2, len(day) - 2):
        side = min(day[:place].max(), day[place + 1 :].max())
        if side > 0:
            found[(first + place) % 24] = float(day[place] / side)
    return found


def _pause(dips: Mapping[int, float]) -> int | None:
    """Return the hour of the pause: a usual one if it dips at all, else the deepest dip."""
    usual = {hour: dips[hour] for hour in USUAL if dips.get(hour, 1.0) < SLIGHT_DIP}
    deep = usual or {hour: share for hour, share in dips.items() if share < DIP}
    return min(deep, key=lambda hour: deep[hour]) if deep else None


def pause_hint(local_us: NDArray[np.int64], offset_h: float) -> Hint | None:
    """Return a hint where the pause lies at an unusual hour.

    Parameters
    ----------
    local_us
        Times of day as the source is read now [us].
    offset_h
        How far the source's clock is ahead of UTC [h].
    """
    hour = pause_hour(local_us)
    if hour is None or hour in USUAL:
        return None
    told, ahead = "", round(offset_h)
    if ahead and (hour + ahead) % 24 in USUAL:
        told = ' It would lie where people have it if the stamps were UTC and are read as local time: then set time_zone = "UTC".'
    elif ahead and (hour - ahead) % 24 in USUAL:
        told = " It would lie where people have it if the stamps were local time and are read as UTC."
    if hour in BESIDE and not told:
        return None
    words = f"The pause in the day lies at {hour:02d}:00 to {(hour + 1) % 24:02d}:00 as the stamps are read now."
    question = f"Do the stamps show the clock on the wall where the people work?{told} Ask; a pause proves nothing."
    return Hint(hour, words, question)
