"""Items as work of observed days: when it can first be done, when it falls due, and when clerks are there to do it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation.calendars import to_local
from analysis.foundation.settings import Client
from analysis.utilization.due_flow import WorkDays

_DAY_S = 86_400
# items that were not finished in the period are not in the log; days closer to its end than this share of turnarounds are left out
_TURNAROUND = 0.95
# outside the hours between these shares of finished items capacity is taken to be none, where duty is not known
_FINISHED = (0.01, 0.99)
# more days than this share without known duty: duty is taken as even
_UNKNOWN_DAYS = 0.2
# slots of a working day, about
_SLOTS = 10
# due stamps that are all midnights are dates
_DATES = 0.95


@dataclass(frozen=True, slots=True)
class Duty:
    """Working days and the clerks of their slots.

    Attributes
    ----------
    dates
        Working days, in order.
    columns
        Their places among the days that were asked for.
    slot_s
        Length of a slot [s].
    starts_s
        Start of each slot that counts [s since local midnight].
    rate
        Weekday x slot: mean clerks able to work, or 1.
    staffing
        Of each working day: its clerks against those of its weekday.
    known
        Whether the clerks were counted; else capacity is even over the hours in which items are finished.
    """

    dates: pd.DatetimeIndex
    columns: np.ndarray
    slot_s: int
    starts_s: np.ndarray
    rate: np.ndarray
    staffing: np.ndarray
    known: bool


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Work of the days that show all of it.

    Attributes
    ----------
    work
        The days' work.
    kept
        Their places among the working days.
    due_days
        Working days given after the day the work counts for, median by hours.
    hopeless_share
        Share of work that falls due before anybody is at work after its arrival.
    """

    work: WorkDays
    kept: np.ndarray
    due_days: int
    hopeless_share: float


def duty_of(
    workable_h: pd.Series, slots: pd.DataFrame | None, items: pd.DataFrame, *, client: Client, slot_s: int
) -> Duty:
    """Return the working days and how capacity spreads over their slots.

    Parameters
    ----------
    workable_h
        Hours in which clerks could work, indexed by the days on which the population was at work.
    slots
        weekday, slot_of_day_s, workable_agents; None or empty where duty is not known. Slots without a mean count as none.
    items
        Their `ended` tells the hours of work where duty is not known.
    client, slot_s
        Zone; length of a slot [s].
    """
    dates = pd.DatetimeIndex(workable_h.index)
    everywhere, staffing = np.arange(len(dates)), _staffing(workable_h)
    if slots is not None and len(slots):
        clerks = slots.pivot_table(index="weekday", columns="slot_of_day_s", values="workable_agents", aggfunc="sum")
        clerks = clerks.reindex(range(7)).fillna(0.0)
        clerks = clerks.loc[:, clerks.sum() > 0]
        there = clerks.sum(axis=1).to_numpy()[np.asarray(dates.day_of_week)] > 0
        if there.mean() >= 1 - _UNKNOWN_DAYS:
            # long days in steps of an hour and more: quicker, and due times are no finer
            wide = max(1, round(clerks.shape[1] / _SLOTS)) * slot_s
            clerks = clerks.T.groupby(lambda start: start // wide * wide).sum().T
            slot_s, starts = wide, clerks.columns.to_numpy(dtype=float)
            return Duty(
                dates[there], everywhere[there], slot_s, starts, clerks.to_numpy(dtype=float), staffing[there], True
            )
    ended = _seconds(items["ended"].dropna(), client)[1]
    slot = np.sort(ended // slot_s)
    first, last = (
        (slot[int(share * (len(slot) - 1))] for share in _FINISHED) if len(slot) else (0, _DAY_S // slot_s - 1)
    )
    starts = np.arange(int(first), int(last) + 1) * float(slot_s)
    return Duty(dates, everywhere, slot_s, starts, np.ones((7, len(starts))), staffing, False)


def _staffing(workable_h: pd.Series) -> np.ndarray:
    """Return each day's clerks against the mean of its weekday."""
    dates = pd.DatetimeIndex(workable_h.index)
    level = workable_h.groupby(np.asarray(dates.day_of_week)).transform("mean").to_numpy(dtype=float)
    return np.where(level > 0, workable_h.to_numpy(dtype=float) / np.where(level > 0, level, 1.0), 1.0)


def arrivals_of(items: pd.DataFrame, hours: np.ndarray, duty: Duty, *, client: Client, cut_off_h: float) -> Arrivals:
    """Place items on working days and slots.

    Parameters
    ----------
    items
        arrived, due, ended; without missing arrivals and due times.
    hours
        Work of each [h].
    duty
        Working days and slots.
    client
        Zone.
    cut_off_h
        Work that arrives later by the clock counts as the next working day's: it can be done from that day's opening, and is not due before that day's end.

    Notes
    -----
    The first day holds older work and the last ones lack what is not finished; both are left out. Work beyond two working days is due at half days.
    """
    size = len(duty.starts_s)
    at, slot = _arrival(items["arrived"], duty, client=client, cut_off_h=cut_off_h)
    due = _due(items["due"], duty, client=client)
    if cut_off_h < 24:
        late = _seconds(items["arrived"], client)[1] >= cut_off_h * 3600
        due = np.where(late, np.maximum(due, (at + 1) * size - 1), due)
    first, last = _whole_days(items, at, duty)
    inside = (at >= first) & (at < last)
    offset = due - at * size
    capacity = np.concatenate([[0.0], np.cumsum(duty.rate[np.asarray(duty.dates.day_of_week)].ravel())])
    begin, end = (np.clip(part, 0, len(capacity) - 1) for part in (at * size + slot, due + 1))
    hopeless = (due < len(capacity) - 1) & (capacity[end] - capacity[np.minimum(begin, end)] <= 0)
    offset = np.where(hopeless, slot - 1, np.maximum(offset, slot))
    far = offset >= 2 * size
    half = max(size // 2, 1)
    offset = np.where(far, np.maximum(np.rint((offset + 1) / half) * half - 1, 2 * size), offset).astype(np.int64)
    kept = np.arange(first, max(last, first))
    known = hours[inside]
    hopeless_share = float(known[hopeless[inside]].sum() / max(known.sum(), 1e-12))
    rows = pd.DataFrame({"day": at - first, "slot": slot, "due": offset, "hours": hours})[inside]
    work = _gathered(rows, duty, kept)
    return Arrivals(work, kept, _median(due // size - at, hours), hopeless_share)


def _gathered(rows: pd.DataFrame, duty: Duty, kept: np.ndarray) -> WorkDays:
    """Return work (day, slot, due, hours) summed by day, slot and due slot."""
    rows = rows.groupby(["day", "slot", "due"], as_index=False)["hours"].sum()
    weekday = np.asarray(duty.dates.day_of_week)[kept]
    return WorkDays(
        weekday,
        np.bincount(rows["day"], weights=rows["hours"], minlength=len(kept)),
        np.searchsorted(rows["day"].to_numpy(), np.arange(len(kept) + 1)),
        rows["slot"].to_numpy(),
        rows["due"].to_numpy(),
        rows["hours"].to_numpy(),
        duty.rate,
        duty.staffing[kept],
    )


def _seconds(stamps: pd.Series, client: Client) -> tuple[pd.DatetimeIndex, np.ndarray]:
    """Return the local date and the seconds since midnight by the clock."""
    local = pd.DatetimeIndex(to_local(stamps, client.time_zone))
    dates = local.normalize()
    return dates, np.asarray((local - dates).total_seconds(), dtype=float)


def _arrival(stamps: pd.Series, duty: Duty, *, client: Client, cut_off_h: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the working day for which each item counts, and the slot from which it can be done."""
    date, second = _seconds(stamps, client)
    slot = np.searchsorted(duty.starts_s + duty.slot_s, second, side="right")
    over = (slot == len(duty.starts_s)) | (second >= cut_off_h * 3600 if cut_off_h < 24 else False)
    at = np.searchsorted(duty.dates, date)
    listed = np.isin(date, duty.dates)
    # after hours, and on days without work, it is the next working day's from its opening on
    return at + (listed & over), np.where(listed & ~over, slot, 0).astype(np.int64)


def _due(stamps: pd.Series, duty: Duty, *, client: Client) -> np.ndarray:
    """Return the last slot in which each item is done when due, counted from the first slot of the first working day."""
    date, second = _seconds(stamps, client)
    size = len(duty.starts_s)
    # a date without a time means the end of that day
    if (second == 0).mean() >= _DATES:
        second = np.where(second == 0, float(_DAY_S), second)
    slot = np.searchsorted(duty.starts_s, second, side="left") - 1
    day = np.searchsorted(duty.dates, date, side="right") - 1
    listed = np.isin(date, duty.dates)
    # the working days after the period are not listed, so calendar days are turned into working days
    per_day = len(duty.dates) / ((duty.dates[-1] - duty.dates[0]).days + 1)
    after = np.asarray((date - duty.dates[-1]).days, dtype=float)
    beyond = after > 0
    day = np.where(beyond, len(duty.dates) - 1 + np.rint(np.maximum(after, 0) * per_day), day)
    return (day * size + np.where(listed | beyond, slot, size - 1)).astype(np.int64)


def _whole_days(items: pd.DataFrame, at: np.ndarray, duty: Duty) -> tuple[int, int]:
    """Return the range of days whose arrivals are all in the log: not the first, which holds older work, nor the last ones."""
    took = (items["ended"] - items["arrived"]).dt.total_seconds().dropna().to_numpy() / _DAY_S
    late = float(np.quantile(took, _TURNAROUND)) if len(took) else 0.0
    return 1, int((duty.dates <= duty.dates[-1] - pd.Timedelta(days=late)).sum())


def _median(given: np.ndarray, hours: np.ndarray) -> int:
    """Return the median by hours."""
    order = np.argsort(given, kind="stable")
    middle = int(np.searchsorted(np.cumsum(hours[order]), hours.sum() / 2))
    return int(given[order][min(middle, len(order) - 1)])
