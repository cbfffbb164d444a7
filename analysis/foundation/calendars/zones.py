"""What the clock on the wall showed at moments in UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.foundation.schema import DataProblem

Ints = NDArray[np.int64]
Stamps = TypeVar("Stamps", pd.Series, Ints)

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# 1 January 1970 was a Thursday; weekday 0 is Monday.
EPOCH_WEEKDAY = 3


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
    return _answered(stamps, zone, lambda local: (local // DAY_US + EPOCH_WEEKDAY) % 7)


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
    slot = slot_us(slot_s)
    return _answered(stamps, zone, lambda local: local % DAY_US // slot * slot_s)


def offset_us(utc_us: Ints, zone: str) -> Ints:
    """Return how far local time is ahead of UTC at given moments [us].

    Examples
    --------
    >>> offset_us(np.array([0]), "Europe/Amsterdam").tolist()
    [3600000000]
    """
    if not len(utc_us):
        return np.empty(0, dtype=np.int64)
    moments, shifts = offsets(zone, *years(int(utc_us.min()), int(utc_us.max())))
    return shifts[np.searchsorted(moments, utc_us, side="right") - 1]


@lru_cache(maxsize=512)
def offsets(zone: str, first_year: int, last_year: int) -> tuple[Ints, Ints]:
    """Return the moments from which an offset holds, the first before all others, and the offsets."""
    try:
        place = ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise DataProblem("time zone: not an IANA name. Write it like Europe/Amsterdam.") from error

    def offset(second: int) -> int:
        shift = (_EPOCH + dt.timedelta(seconds=second)).astimezone(place).utcoffset() or dt.timedelta(0)
        return shift // dt.timedelta(microseconds=1)

    start = int((dt.datetime(first_year, 1, 1, tzinfo=dt.UTC) - _EPOCH).total_seconds())
    stop = int((dt.datetime(last_year, 12, 31, tzinfo=dt.UTC) - _EPOCH).total_seconds())
    moments, shifts = [np.iinfo(np.int64).min], [offset(start)]
    for before in range(start, stop, 86_400):
        low, high = before, min(before + 86_400, stop)
        if offset(high) == shifts[-1]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == shifts[-1] else (low, middle)
        moments.append(high * SECOND_US)
        shifts.append(offset(high))
    return np.array(moments, dtype=np.int64), np.array(shifts, dtype=np.int64)


def years(first_us: int, last_us: int) -> tuple[int, int]:
    """Return the calendar years that enclose a span with a margin, so that few tables are made."""
    first, last = (1970 + moment // (366 * DAY_US) for moment in (first_us, last_us))
    enclosing = first - 1 - abs(first - 1970) // 360, last + 2 + abs(last - 1970) // 360
    if enclosing[0] < 2 or enclosing[1] > 9998:
        raise DataProblem("times: outside the years 2 to 9998. Check the unit; microseconds since 1970 are expected.")
    return enclosing


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


def stamps_of(us: Ints) -> pd.Series:
    """Return microseconds as zone-aware times."""
    return pd.Series(pd.DatetimeIndex(us.view("M8[us]"), tz="UTC"))


def slot_us(slot_s: int) -> int:
    """Return a slot in microseconds; refuse one that does not divide 24 hours."""
    if slot_s <= 0 or 86_400 % slot_s:
        raise ValueError(f"slot_s must divide 24 hours, got {slot_s}")
    return int(slot_s) * SECOND_US
