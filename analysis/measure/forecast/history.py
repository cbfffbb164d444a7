"""The history as days x slots of the local clock, and what it is too short for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.foundation.calendars import slots as real_slots
from analysis.foundation.schema import DataProblem
from analysis.foundation.settings import Period

Floats = NDArray[np.float64]

# Fewest open days of a weekday before anything is said about the next one, and fewest contacts on an ordinary day.
LEAST_DAYS = 4
LEAST_PER_DAY = 10.0
# Older days say little about the coming weeks and make every step slower.
MOST_DAYS = 200
EPOCH_WEEKDAY = 3
_RECENT = 8


@dataclass(frozen=True)
class History:
    """Counts of open days by slot.

    Attributes
    ----------
    days
        Local dates with contacts, in order, T of them.
    slots
        Starts of the slots of the day [s], S of them.
    offered, answered, handle_s
        T x S, per slot of full length; NaN where not known or where the clock skipped the slot.
    slot_s
        Length of a slot [s].
    left_out
        Why days or weekdays are not used, in words.
    """

    days: NDArray[np.datetime64]
    slots: NDArray[np.int64]
    offered: Floats
    answered: Floats
    handle_s: Floats
    slot_s: int
    left_out: tuple[str, ...] = ()

    @cached_property
    def weekday(self) -> NDArray[np.int64]:
        """Weekday of every day, 0 for Monday."""
        return weekdays(self.days)

    def before(self, day: np.datetime64) -> History:
        """Return what was known before a day."""
        return self.only(self.days < day)

    def only(self, kept: NDArray[np.bool_], *more: str) -> History:
        """Return some of the days."""
        return History(
            self.days[kept],
            self.slots,
            self.offered[kept],
            self.answered[kept],
            self.handle_s[kept],
            self.slot_s,
            (*self.left_out, *more),
        )

    def open_slots(self, weekday: int) -> NDArray[np.bool_]:
        """Return the slots in which a weekday has been open of late: not silent for as long as chance cannot explain."""
        mine = self.offered[self.weekday == weekday]
        recent = np.nansum(mine[-_RECENT:], axis=0)
        usual = np.nansum(mine, axis=0) / np.maximum((~np.isnan(mine)).sum(axis=0), 1)
        # e^-7 is less than one in a thousand
        return (recent > 0) | ((usual > 0) & (usual * np.minimum(len(mine), _RECENT) < 7))


def weekdays(days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Return weekdays, 0 for Monday.

    Examples
    --------
    >>> weekdays(np.array(["2026-03-02", "2026-03-08"], dtype="M8[D]"))
    array([0, 6])
    """
    return (days.astype(np.int64) + EPOCH_WEEKDAY) % 7


def read_history(frame: pd.DataFrame, *, zone: str, slot_s: int, holidays: Collection[dt.date] = ()) -> History:
    """Lay a history out as days x slots.

    Parameters
    ----------
    frame
        day (local date), slot_of_day_s, offered, and answered and handle_s (sum over the contacts [s]) where known; a slot that is missing in a
        day with others counts as silent. As :func:`analysis.measure.load.contact_slots` returns it for one queue.
    zone, slot_s
        IANA zone, and length of a slot [s]: an hour that the clock showed twice is halved, one that it skipped is not known.
    holidays
        Days on which the client is closed; they are left out.

    Raises
    ------
    DataProblem
        A column is missing, or a day and slot appear twice.
    """
    missing = [name for name in ("day", "slot_of_day_s", "offered") if name not in frame]
    if missing:
        raise DataProblem(
            f"forecast: the history has no column {missing[0]}. Give one row per local day and slot: day, slot_of_day_s, offered."
        )
    rows = frame[~pd.to_datetime(frame["day"]).isin(pd.to_datetime(list(holidays)))]
    if rows.duplicated(["day", "slot_of_day_s"]).any():
        raise DataProblem(
            "forecast: the history holds a day and slot more than once. Give one queue, and one row per day and slot."
        )

    def matrix(name: str) -> pd.DataFrame:
        values = rows[name] if name in rows else pd.Series(np.nan, index=rows.index)
        return rows.assign(value=values.astype("float64")).pivot(index="day", columns="slot_of_day_s", values="value")

    there = rows.assign(value=1.0).pivot(index="day", columns="slot_of_day_s", values="value").notna().to_numpy()
    offered = matrix("offered")
    days = offered.index.to_numpy().astype("M8[D]")
    slots = offered.columns.to_numpy().astype(np.int64)
    length = _lengths(days, slots, zone, slot_s)
    parts = [
        np.where(there, matrix(name).to_numpy(float), 0.0) / np.where(length > 0, length, np.nan)
        for name in ("offered", "answered", "handle_s")
    ]
    kept = np.nansum(parts[0], axis=1) > 0
    return History(days, slots, *parts, slot_s).only(kept, *_silent(days[~kept]))


def _silent(days: NDArray[np.datetime64]) -> tuple[str, ...]:
    return (f"{len(days)} days without a contact are left out (first: {days[0]})",) if len(days) else ()


def _lengths(days: NDArray[np.datetime64], slots: NDArray[np.int64], zone: str, slot_s: int) -> Floats:
    """Return how many slots the clock really showed at each local slot: 1, 2 in autumn, 0 in spring."""
    if not len(days):
        return np.ones((0, len(slots)))
    real = real_slots(Period(start=days[0].item(), end=days[-1].item()), zone, slot_s=slot_s)
    table = (
        real.assign(length=real["length_us"] / (slot_s * 1e6))
        .groupby(["day", "slot_of_day_s"])["length"]
        .sum()
        .unstack(fill_value=0.0)
    )
    return table.reindex(index=pd.DatetimeIndex(days), columns=slots).to_numpy(float)


def usable(history: History) -> History:
    """Return the days of weekdays seen often enough, and no more than the newest that matter."""
    seen = np.bincount(history.weekday, minlength=7)
    few = [day for day in range(7) if 0 < seen[day] < LEAST_DAYS]
    words = tuple(
        f"{_NAMES[day]}: {seen[day]} days, and a forecast needs {LEAST_DAYS} of a weekday; nothing is said about it"
        for day in few
    )
    kept = ~np.isin(history.weekday, few)
    kept[: max(0, len(kept) - MOST_DAYS)] = False
    return history.only(kept, *words)


_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def too_short(history: History) -> str:
    """Return in words why nothing can be forecast from these days; empty where something can."""
    if not len(history.days):
        return f"no weekday was seen on {LEAST_DAYS} open days; four weeks of half-hourly counts are the least"
    if len(history.days) < 3 * LEAST_DAYS and len(set(history.weekday.tolist())) > 1:
        return f"{len(history.days)} open days, and the spread between days needs {3 * LEAST_DAYS}; four weeks of half-hourly counts are the least"
    mean = float(np.nansum(history.offered, axis=1).mean())
    if mean < LEAST_PER_DAY:
        return f"{mean:.1f} contacts a day, and a forecast by half hour needs {LEAST_PER_DAY:.0f}"
    return ""
