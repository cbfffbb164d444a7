"""What the calendar does to a day: closed days before it, a closed day after it, and where in the month it lies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from analysis.measure.forecast.history import weekdays

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]

# Spread that each effect on log volume may have before the data speak: per closed day more than usual (log ratio), its echo a day later, a holiday ahead.
SPREAD = (0.30, 0.20, 0.15)
# Days around the turn of the month that resemble one another, and the span from which a day of the month is seen often enough.
LIKE_DAYS = 2.5
LEAST_SPAN = 75
_FARTHEST = 10


def closed_effects(days: Days, holidays: Collection[dt.date], open_weekdays: Collection[int]) -> Floats:
    """Return the calendar regressors of days.

    Parameters
    ----------
    days
        Open days.
    holidays
        Days on which the client is closed.
    open_weekdays
        Weekdays on which it is otherwise open.

    Returns
    -------
    ndarray, len(days) x 3
        log((1 + closed days just before) / (1 + what is usual for this weekday)); the same for the open day before; 1 where the next
        day that would be open is a holiday.

    Examples
    --------
    The Tuesday after Easter follows four closed days instead of none: log 5.

    >>> days = np.array(["2026-04-07", "2026-04-08", "2026-04-02"], dtype="M8[D]")
    >>> closed_effects(days, [dt.date(2026, 4, 6), dt.date(2026, 4, 3)], range(5)).round(2).tolist()
    [[1.61, 0.0, 0.0], [0.0, 1.61, 0.0], [0.0, 0.0, 1.0]]
    """
    shut = {np.datetime64(day, "D") for day in holidays}

    def is_open(day: np.datetime64, *, always: bool = False) -> bool:
        return int(weekdays(np.array([day]))[0]) in open_weekdays and (always or day not in shut)

    def closed_before(day: np.datetime64, *, always: bool) -> int:
        for back in range(_FARTHEST):
            if is_open(day - (back + 1), always=always):
                return back
        return _FARTHEST

    def backlog(day: np.datetime64) -> float:
        return float(np.log((1 + closed_before(day, always=False)) / (1 + closed_before(day, always=True))))

    def row(day: np.datetime64) -> tuple[float, float, float]:
        before = next((day - k for k in range(1, _FARTHEST) if is_open(day - k)), None)
        after = next((day + k for k in range(1, _FARTHEST) if is_open(day + k, always=True)), None)
        return backlog(day), 0.0 if before is None else backlog(before), float(after in shut)

    return np.array([row(day) for day in days]).reshape(len(days), 3)


def month_likeness(days: Days) -> Floats:
    """Return how alike days are by their place in the month: exp(-(difference of the distances to the nearest turn of the month)^2 / (2 x 2.5^2)).

    Examples
    --------
    >>> month_likeness(np.array(["2026-03-01", "2026-04-01", "2026-03-31"], dtype="M8[D]")).round(2)[0].tolist()
    [1.0, 1.0, 0.92]
    """
    month = days.astype("M8[M]")
    since = (days - month.astype("M8[D]")).astype(float)
    left = ((month + 1).astype("M8[D]") - days).astype(float)
    place = np.where(since < left, since, -left)
    return np.exp(-0.5 * ((place[:, None] - place[None]) / LIKE_DAYS) ** 2)
