"""Local time without traps: zones, clock changes, days and slots with their real lengths."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.foundation.schema import DataProblem
from analysis.foundation.settings import Period

Ints = NDArray[np.int64]
Stamps = TypeVar("Stamps", pd.Series, Ints)

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# 1 January 1970 was a Thursday; weekday 0 is Monday.
_EPOCH_WEEKDAY = 3


def to_local(stamps: Stamps, zone: str | pd.Series) -> Stamps:
    """Return what the clock on the wall showed.

    Parameters
    ----------
    stamps
        Zone-aware times, or int64 UTC microseconds.
    zone
        IANA name, or one name per stamp.

    Returns
    -------
    pandas.Series or numpy.ndarray
        Times without a zone, or int64 microseconds of local time, as the input was.

    Examples
    --------
    >>> to_local(pd.Series(pd.to_datetime(["2026-03-29T00:59Z", "2026-03-29T01:00Z"])), "Europe/Amsterdam").tolist()
    [Timestamp('2026-03-29 01:59:00'), Timestamp('2026-03-29 03:00:00')]
    """
    return _answered(stamps, zone, lambda local: local, dates=True)


def local_day(stamps: Stamps, zone: str | pd.Series) -> Stamps:
    """Return the local date (midnight, without a zone) of UTC stamps; parameters as in :func:`to_local`.

    Examples
    --------
    >>> local_day(pd.Series(pd.to_datetime(["2026-03-28T23:30Z"])), "Europe/Amsterdam").tolist()
    [Timestamp('2026-03-29 00:00:00')]
    """
    return _answered(stamps, zone, lambda local: local // DAY_US * DAY_US, dates=True)


def weekday(stamps: Stamps, zone: str | pd.Series) -> Stamps:
    """Return the local weekday of UTC stamps, 0 for Monday; parameters as in :func:`to_local`.

    Examples
    --------
    >>> weekday(pd.Series(pd.to_datetime(["2026-03-28T23:30Z"])), "Europe/Amsterdam").tolist()
    [6]
    """
    return _answered(stamps, zone, lambda local: (local // DAY_US + _EPOCH_WEEKDAY) % 7)


def slot_of_day_s(stamps: Stamps, zone: str | pd.Series, *, slot_s: int = 1800) -> Stamps:
    """Return the start of the local slot of UTC stamps, in seconds since midnight by the clock.

    Parameters
    ----------
    stamps, zone
        As in :func:`to_local`.
    slot_s
        Length of a slot [s], a divisor of 24 hours.

    Examples
    --------
    >>> slot_of_day_s(pd.Series(pd.to_datetime(["2026-03-02T08:40Z"])), "Europe/Amsterdam").tolist()
    [34200]
    """
    slot = _slot_us(slot_s)
    return _answered(stamps, zone, lambda local: local % DAY_US // slot * slot_s)


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
    slot = _slot_us(slot_s)
    first, last = _day_number(period.start), _day_number(period.end)
    edges, labels = stretches((first - 2) * DAY_US, (last + 3) * DAY_US, zone, slot)
    day = labels * slot // DAY_US
    kept = np.flatnonzero((day >= first) & (day <= last))
    start, end, day = edges[kept], edges[kept + 1], day[kept]
    return pd.DataFrame(
        {
            "slot_start": _utc(start),
            "slot_end": _utc(end),
            "day": pd.Series((day * DAY_US).view("M8[us]")),
            "weekday": (day + _EPOCH_WEEKDAY) % 7,
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
    return _utc(moments).set_axis(days.index)


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
        1970. A number can come back where clocks are set back.

    Examples
    --------
    >>> edges, numbers = stretches(0, 2 * DAY_US, "UTC", DAY_US)
    >>> numbers.tolist()
    [0, 1]
    """
    if last_us <= first_us:
        return np.array([first_us], dtype=np.int64), np.empty(0, dtype=np.int64)
    moments, offsets = _offsets(zone, *_years(first_us, last_us - 1))
    begins = np.concatenate([[first_us], moments[(moments > first_us) & (moments < last_us)]])
    ends = np.append(begins[1:], last_us)
    edges, labels = [], []
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        offset = int(offsets[np.searchsorted(moments, begin, side="right") - 1])
        number = np.arange((begin + offset) // slot_us, (end - 1 + offset) // slot_us + 1)
        labels.append(number)
        edges.append(np.maximum(number * slot_us - offset, begin))
    edge, label = np.concatenate(edges), np.concatenate(labels)
    new = np.concatenate([[True], label[1:] != label[:-1]])
    return np.append(edge[new], last_us), label[new]


def offset_us(utc_us: Ints, zone: str) -> Ints:
    """Return how far local time is ahead of UTC at given moments [us].

    Examples
    --------
    >>> offset_us(np.array([0]), "Europe/Amsterdam").tolist()
    [3600000000]
    """
    if not len(utc_us):
        return np.empty(0, dtype=np.int64)
    moments, offsets = _offsets(zone, *_years(int(utc_us.min()), int(utc_us.max())))
    return offsets[np.searchsorted(moments, utc_us, side="right") - 1]


@lru_cache(maxsize=512)
def _offsets(zone: str, first_year: int, last_year: int) -> tuple[Ints, Ints]:
    """Return the moments from which an offset holds, the first before all others, and the offsets."""
    try:
        place = ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise DataProblem("time zone: not an IANA name. Write it like Europe/Amsterdam.") from error

    def offset(second: int) -> int:
        shift = (_EPOCH + dt.timedelta(seconds=second)).astimezone(place).utcoffset()
        assert shift is not None
        return shift // dt.timedelta(microseconds=1)

    start = int((dt.datetime(first_year, 1, 1, tzinfo=dt.UTC) - _EPOCH).total_seconds())
    stop = int((dt.datetime(last_year, 12, 31, tzinfo=dt.UTC) - _EPOCH).total_seconds())
    moments, offsets = [np.iinfo(np.int64).min], [offset(start)]
    for before in range(start, stop, 86_400):
        low, high = before, min(before + 86_400, stop)
        if offset(high) == offsets[-1]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offsets[-1] else (low, middle)
        moments.append(high * SECOND_US)
        offsets.append(offset(high))
    return np.array(moments, dtype=np.int64), np.array(offsets, dtype=np.int64)


def _years(first_us: int, last_us: int) -> tuple[int, int]:
    """Return the calendar years that enclose a span with a margin, so that few tables are made."""
    first, last = (1970 + moment // (366 * DAY_US) for moment in (first_us, last_us))
    years = first - 1 - abs(first - 1970) // 360, last + 2 + abs(last - 1970) // 360
    if years[0] < 2 or years[1] > 9998:
        raise DataProblem("times: outside the years 2 to 9998. Check the unit; microseconds since 1970 are expected.")
    return years


def _answered(stamps: Any, zone: str | pd.Series, of_local: Callable[[Ints], Ints], *, dates: bool = False) -> Any:
    """Apply a function of local microseconds to stamps of either kind, zone by zone."""
    series = isinstance(stamps, pd.Series)
    utc = utc_us(stamps) if series else np.asarray(stamps, dtype=np.int64)
    if isinstance(zone, str):
        local = utc + offset_us(utc, zone)
    else:
        local = np.empty_like(utc)
        codes, names = pd.factorize(pd.Series(zone))
        if (codes < 0).any():
            raise DataProblem(f"time zone: missing for {int((codes < 0).sum())} stamps. Name a zone for each.")
        for code, name in enumerate(names):
            here = codes == code
            local[here] = utc[here] + offset_us(utc[here], str(name))
    values = of_local(local)
    if not series:
        return values
    return pd.Series(values.view("M8[us]") if dates else values, index=stamps.index)


def utc_us(stamps: pd.Series) -> Ints:
    """Return zone-aware times as int64 UTC microseconds.

    Examples
    --------
    >>> utc_us(pd.Series(pd.to_datetime(["1970-01-01T00:00:01Z"]))).tolist()
    [1000000]
    """
    if not isinstance(stamps.dtype, pd.DatetimeTZDtype):
        raise DataProblem("times: stamps without a zone. Resolve them with calendars.resolve first.")
    if stamps.isna().any():
        raise DataProblem(f"times: {int(stamps.isna().sum())} stamps are empty. Reject these rows first.")
    return stamps.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy().astype("M8[us]").view(np.int64)


def _utc(us: Ints) -> pd.Series:
    """Return microseconds as zone-aware times."""
    return pd.Series(pd.DatetimeIndex(us.view("M8[us]"), tz="UTC"))


def _day_number(day: dt.date) -> int:
    return day.toordinal() - _EPOCH.toordinal()


def _slot_us(slot_s: int) -> int:
    if slot_s <= 0 or 86_400 % slot_s:
        raise ValueError(f"slot_s must divide 24 hours, got {slot_s}")
    return int(slot_s) * SECOND_US
