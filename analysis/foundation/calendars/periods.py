"""Days and slots of local time with their real lengths."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import numpy as np
import pandas as pd

from analysis.foundation.calendars.zones import (
    DAY_US,
    EPOCH_WEEKDAY,
    SECOND_US,
    Ints,
    offsets,
    slot_us,
    stamps_of,
    years,
)
from analysis.foundation.settings import Period


def stretches(first_us: int, last_us: int, zone: str, slot_us: int) -> tuple[Ints, Ints]:
    """Cut a span of UTC time where the local slot changes.

    Parameters
    ----------
    first_us, last_us
        The span, UTC microseconds.
    zone
        IANA name.
    slot_us
        Length of a slot by the clock [us], a divisor of 24 hours.

    Returns
    -------
    tuple of arrays
        n + 1 moments (UTC microseconds) from `first_us` to `last_us`, and for each of the n stretches the number of its local slot since
        1970. A number comes back where clocks are set back.

    Examples
    --------
    >>> edges, numbers = stretches(0, 2 * DAY_US, "UTC", DAY_US)
    >>> numbers.tolist()
    [0, 1]
    """
    if last_us <= first_us:
        return np.array([first_us], dtype=np.int64), np.empty(0, dtype=np.int64)
    moments, shifts = offsets(zone, *years(first_us, last_us - 1))
    begins = np.concatenate([[first_us], moments[(moments > first_us) & (moments < last_us)]])
    ends = np.append(begins[1:], last_us)
    here = shifts[np.searchsorted(moments, begins, side="right") - 1]
    edges, labels, new = [], [], []
    for begin, end, shift, before in zip(
        begins.tolist(), ends.tolist(), here.tolist(), [0, *here.tolist()], strict=False
    ):
        number = np.arange((begin + shift) // slot_us, (end - 1 + shift) // slot_us + 1)
        # a clock put forward inside a slot shortens it; one set back shows the slot again
        goes_on = bool(labels) and shift > before and labels[-1][-1] == number[0]
        labels.append(number)
        edges.append(np.maximum(number * slot_us - shift, begin))
        new.append(np.arange(len(number)) >= goes_on)
    kept = np.concatenate(new)
    return np.append(np.concatenate(edges)[kept], last_us), np.concatenate(labels)[kept]


def first_moment(days: pd.Series, zone: str | pd.Series) -> pd.Series:
    """Return when a local date begins: the first moment at which the clock shows it, which need not be midnight.

    Parameters
    ----------
    days
        Local dates (midnights without a zone).
    zone
        IANA name, or one name per date.

    Examples
    --------
    >>> first_moment(pd.Series(pd.to_datetime(["2026-03-30"])), "Europe/Amsterdam").tolist()
    [Timestamp('2026-03-29 22:00:00+0000', tz='UTC')]
    """
    number = days.to_numpy().astype("M8[D]").astype(np.int64)
    zones = np.full(len(days), zone) if isinstance(zone, str) else np.asarray(zone, dtype=object)
    known: dict[tuple[int, str], int] = {}
    for pair in set(zip(number.tolist(), zones.tolist(), strict=True)):
        edges, labels = stretches((pair[0] - 2) * DAY_US, (pair[0] + 2) * DAY_US, str(pair[1]), DAY_US)
        # a date that a zone skipped begins where the next one does
        known[pair] = int(edges[int((labels >= pair[0]).argmax())])
    moments = np.array([known[pair] for pair in zip(number.tolist(), zones.tolist(), strict=True)], dtype=np.int64)
    return stamps_of(moments).set_axis(days.index)


def slots(period: Period, zone: str, *, slot_s: int = 1800) -> pd.DataFrame:
    """Return every slot of a period with its real length: a spring day has 46 half hours, an autumn day 50.

    Parameters
    ----------
    period
        First and last local day.
    zone
        IANA name.
    slot_s
        Length of a slot by the clock [s], a divisor of 24 hours.

    Returns
    -------
    pandas.DataFrame
        slot_start, slot_end (UTC), day (local date), weekday, slot_of_day_s, length_us; consecutive.

    Examples
    --------
    >>> spring = Period(start=dt.date(2026, 3, 29), end=dt.date(2026, 3, 29))
    >>> len(slots(spring, "Europe/Amsterdam"))
    46
    """
    slot = slot_us(slot_s)
    first, last = _day_number(period.start), _day_number(period.end)
    edges, labels = stretches((first - 2) * DAY_US, (last + 3) * DAY_US, zone, slot)
    day = labels * slot // DAY_US
    kept = np.flatnonzero((day >= first) & (day <= last))
    start, end, day = edges[kept], edges[kept + 1], day[kept]
    return pd.DataFrame(
        {
            "slot_start": stamps_of(start),
            "slot_end": stamps_of(end),
            "day": pd.Series((day * DAY_US).view("M8[us]")),
            "weekday": (day + EPOCH_WEEKDAY) % 7,
            "slot_of_day_s": labels[kept] * slot % DAY_US // SECOND_US,
            "length_us": end - start,
        }
    )


def days(period: Period, zone: str, *, holidays: Collection[dt.date] = ()) -> pd.DataFrame:
    """Return every local day of a period with its real length and whether the client is closed.

    Parameters
    ----------
    period, zone
        As in :func:`slots`.
    holidays
        The client's list of days on which it is closed.

    Returns
    -------
    pandas.DataFrame
        day (local date), start, end (UTC), weekday, length_us, holiday.

    Examples
    --------
    >>> easter = Period(start=dt.date(2026, 4, 5), end=dt.date(2026, 4, 6))
    >>> days(easter, "Europe/Amsterdam", holidays=[dt.date(2026, 4, 6)])["holiday"].tolist()
    [False, True]
    """
    parts = slots(period, zone, slot_s=86_400)
    whole = parts.groupby("day", as_index=False).agg(
        start=("slot_start", "min"),
        end=("slot_end", "max"),
        weekday=("weekday", "first"),
        length_us=("length_us", "sum"),
    )
    return whole.assign(holiday=whole["day"].isin(pd.to_datetime(list(holidays)).as_unit("us")))


def _day_number(day: dt.date) -> int:
    return day.toordinal() - dt.date(1970, 1, 1).toordinal()
