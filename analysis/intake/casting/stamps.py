"""Dates and times as clients write them, read without guessing."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute

from analysis.intake.casting.serials import looks_serial, read_serials
from analysis.intake.opening.arrow_text import as_array, by_value, sliced

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000
MINUTE_US = 60_000_000
SECOND_US = 1_000_000

_TIME = (
    r"(?:(?:T|[ ,]+)(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
    r"\s*(?P<p>[AaPp]\.?[Mm]\.?)?\s*(?P<z>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?$"
)
_FORMS = {
    "year_first": r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME,
    "year_last": r"^(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<c>\d{4})" + _TIME,
    "two_digit_year": r"^(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<c>\d{2})" + _TIME,
    "digits8": r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})" + _TIME,
    "digits6": r"^(?P<a>\d{2})(?P<b>\d{2})(?P<c>\d{2})" + _TIME,
    "named": r"^(?:[A-Za-z]{2,10}\.?,?\s+)?(?P<d>\d{1,2})[-/. ](?P<n>\pL{3,10})\.?[-/. ,]+(?P<y>\d{4})" + _TIME,
    "named_first": r"^(?:[A-Za-z]{2,10}\.?,\s+)?(?P<n>\pL{3,10})\.?\s+(?P<d>\d{1,2}),?\s+(?P<y>\d{4})" + _TIME,
}
# What Arrow reads by itself, and as we do.
_ISO = r"^\d{4}-\d{2}-\d{2}[ T]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$"
# So few stamps are not worth reading at once.
_LEAST_AT_ONCE = 64
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari januar january",
            "feb februari februar february",
            "mar mrt maart mär märz march",
            "apr april",
            "may mei mai",
            "jun juni june",
            "jul juli july",
            "aug augustus august",
            "sep sept september",
            "oct okt oktober october",
            "nov november",
            "dec dez dezember december",
        ),
        start=1,
    )
    for name in names.split()
}


@dataclass(slots=True)
class Stamps:
    """Stamps of one column.

    Attributes
    ----------
    us
        Microseconds since 1970: of the wall clock where no offset was written, of UTC where one was; 0 where nothing is given.
    given, bad, aware, date_only
        Per row: something stands there; it is no date; it carries an offset; it has no time of day.
    day_first, month_first, unclear
        Per row, for numeric dates without the year in front: only the day can come first, only the month can, or both can.
    next_day, half_day, short_year, serial
        Per row: written as 24:00 and read as the start of the next day; am or pm stands there; the year has two digits; a day number of a
        spreadsheet, or what could be one.
    """

    us: NDArray[np.int64]
    given: NDArray[np.bool_]
    bad: NDArray[np.bool_]
    aware: NDArray[np.bool_]
    date_only: NDArray[np.bool_]
    day_first: NDArray[np.bool_]
    month_first: NDArray[np.bool_]
    unclear: NDArray[np.bool_]
    next_day: NDArray[np.bool_]
    half_day: NDArray[np.bool_]
    short_year: NDArray[np.bool_]
    serial: NDArray[np.bool_]

    def forget(self) -> None:
        """Let go of all that is not asked for once the stamps stand in columns: only `given`, `aware` and `date_only` stay."""
        for item in fields(self):
            if item.name not in ("given", "aware", "date_only"):
                setattr(self, item.name, np.zeros(0, dtype=getattr(self, item.name).dtype))


@by_value
@sliced
def parse_stamps(text: pd.Series, *, order: str | None, near_year: int, serials: bool = False) -> Stamps:
    """Read stamps; forms whose order of day and month is not plain are marked, and read by `order` where it is given.

    Parameters
    ----------
    text
        Cells without blanks at their ends; empty = nothing there.
    order
        ``"ymd"``, ``"dmy"``, ``"mdy"`` or None.
    near_year
        Year of the assessment: two-digit years are read as the year nearest to it.
    serials
        Plain numbers are day numbers of a spreadsheet; else they are only marked, and bad.

    Returns
    -------
    Stamps

    Examples
    --------
    >>> stamps = parse_stamps(pd.Series(["2026-03-02 24:00", "31-3-26 1:05 pm", "x"]), order="dmy", near_year=2026)
    >>> pd.to_datetime(stamps.us[:2], unit="us").strftime("%d %b %H:%M").tolist(), stamps.bad.tolist()
    (['03 Mar 00:00', '31 Mar 13:05'], [False, False, True])
    """
    values = as_array(text)
    n = len(values)
    flags = [np.zeros(n, dtype=bool) for _ in range(9)]
    given = np.asarray(compute.not_equal(values, ""), dtype=bool)
    result = Stamps(np.zeros(n, dtype=np.int64), given, given.copy(), *flags)
    _read_iso(result, values)
    for form, pattern in _FORMS.items():
        todo = np.flatnonzero(result.bad)
        if not len(todo):
            break
        parts = compute.extract_regex(values.take(pa.array(todo)), pattern)
        hit = np.asarray(parts.is_valid(), dtype=bool)
        if hit.any():
            _read(result, todo[hit], parts.filter(pa.array(hit)), form=form, order=order, near_year=near_year)
    if serials:
        read_serials(result, values, order=order, near_year=near_year)
    elif result.bad.any():
        at = np.flatnonzero(result.bad)
        result.serial[at] = looks_serial(values.take(pa.array(at)))
    return result


def _read_iso(result: Stamps, values: pa.Array) -> None:
    """Read plain ISO stamps at once; those near one that is no date are left to the general way."""
    plain = compute.match_substring_regex(values, _ISO)
    _cast_iso(result, values.filter(plain), np.flatnonzero(np.asarray(plain, dtype=bool)))


def _cast_iso(result: Stamps, values: pa.Array, at: NDArray[np.intp]) -> None:
    """Read ISO stamps that stand at some rows, by halves where one of them is no date."""
    try:
        us = np.asarray(values.cast(pa.timestamp("us")).cast(pa.int64()), dtype=np.int64)
    except pa.ArrowInvalid:
        half = len(at) // 2
        if half >= _LEAST_AT_ONCE:
            _cast_iso(result, values[:half], at[:half])
            _cast_iso(result, values[half:], at[half:])
        return
    result.us[at] = us
    result.bad[at] = False


def _numbers(parts: pa.StructArray, name: str) -> NDArray[np.int64]:
    """Return one part of the pattern as integers, 0 where it is absent."""
    column = parts.field(name)
    column = compute.if_else(compute.equal(column, ""), "0", column)
    return np.asarray(compute.fill_null(column.cast(pa.int64()), 0), dtype=np.int64)


def _read(
    result: Stamps, at: NDArray[np.int64], parts: pa.StructArray, *, form: str, order: str | None, near_year: int
) -> None:
    """Read the rows that match one form."""
    names = {parts.type.field(index).name for index in range(parts.type.num_fields)}
    if "a" in names:
        year, month, day = _ordered(result, at, parts, form=form, order=order, near_year=near_year)
    else:
        year, day = _numbers(parts, "y"), _numbers(parts, "d")
        month = _month_names(parts) if "n" in names else _numbers(parts, "m")
    clock, valid, aware, hour_24, twelve = _clock(parts)
    valid &= (month >= 1) & (month <= 12) & (day >= 1) & (year >= 1000)
    days = _days(year, np.clip(month, 1, 12), day)
    valid &= day <= _month_length(year, np.clip(month, 1, 12))
    result.us[at] = np.where(valid, days * DAY_US + clock, 0)
    result.bad[at] = ~valid
    result.aware[at] = aware & valid
    result.date_only[at] = np.asarray(compute.equal(parts.field("H"), ""), dtype=bool)
    result.next_day[at] = hour_24 & valid
    result.half_day[at] = twelve
    result.short_year[at] = form in ("two_digit_year", "digits6")


def _ordered(
    result: Stamps, at: NDArray[np.int64], parts: pa.StructArray, *, form: str, order: str | None, near_year: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return year, month, day of numeric dates, and mark what their order can be."""
    a, b, c = (_numbers(parts, name) for name in "abc")
    if form in ("two_digit_year", "digits6") and order == "ymd":
        return _century(a, near_year), b, c
    if form == "digits6":
        result.unclear[at] = order is None
    else:
        result.day_first[at] = (a > 12) & (b <= 12)
        result.month_first[at] = (b > 12) & (a <= 12)
        result.unclear[at] = (a <= 12) & (b <= 12) & (a != b)
    year = c if form == "year_last" else _century(c, near_year)
    if order == "ymd":
        return year, np.zeros_like(a), np.zeros_like(a)
    if order is None:
        first = np.where(result.month_first[at], b, a)
        second = np.where(result.month_first[at], a, b)
        return year, second, first
    return (year, b, a) if order == "dmy" else (year, a, b)


def _century(two_digits: NDArray[np.int64], near_year: int) -> NDArray[np.int64]:
    """Return the year with these last two digits that lies nearest to a year."""
    base = near_year - near_year % 100 + two_digits
    return base + 100 * ((near_year - base > 50).astype(np.int64) - (base - near_year > 50))


def _month_names(parts: pa.StructArray) -> NDArray[np.int64]:
    names = compute.utf8_lower(parts.field("n")).to_pylist()
    return np.array([_MONTHS.get(name, 0) for name in names], dtype=np.int64)


def _clock(parts: pa.StructArray) -> tuple[NDArray[np.int64], *tuple[NDArray[np.bool_], ...]]:
    """Return microseconds since midnight less the offset, validity, and whether an offset, 24:00, or am or pm is written."""
    hour, minute, second = (_numbers(parts, name) for name in "HMS")
    digits = compute.utf8_slice_codeunits(compute.utf8_rpad(parts.field("f"), 6, padding="0"), 0, 6)
    fraction = np.asarray(digits.cast(pa.int64()), dtype=np.int64)
    half = compute.utf8_lower(compute.utf8_slice_codeunits(parts.field("p"), 0, 1))
    morning, afternoon = (np.asarray(compute.equal(half, letter), dtype=bool) for letter in "ap")
    twelve = morning | afternoon
    valid = (minute < 60) & (second < 60) & np.where(twelve, (hour >= 1) & (hour <= 12), hour <= 24)
    hour_24 = (hour == 24) & ~twelve
    valid &= ~hour_24 | ((minute == 0) & (second == 0) & (fraction == 0))
    hour = np.where(twelve, hour % 12 + 12 * afternoon, hour)
    clock = hour * HOUR_US + minute * MINUTE_US + second * SECOND_US + fraction
    zone = parts.field("z")
    aware = np.asarray(compute.not_equal(zone, ""), dtype=bool)
    if aware.any():
        clock = clock - _offsets(zone)
    return clock, valid, aware, hour_24, twelve


def _offsets(zone: pa.Array) -> NDArray[np.int64]:
    """Return written offsets in microseconds, 0 for Z, UTC and none."""
    parts = compute.extract_regex(zone, r"^(?P<s>[+-])(?P<h>\d{2}):?(?P<m>\d{2})?$")
    hours, minutes = (
        np.asarray(
            compute.fill_null(
                compute.if_else(compute.equal(parts.field(n), ""), "0", parts.field(n)).cast(pa.int64()), 0
            ),
            dtype=np.int64,
        )
        for n in "hm"
    )
    sign = np.where(np.asarray(compute.fill_null(compute.equal(parts.field("s"), "-"), False), dtype=bool), -1, 1)
    return sign * (hours * HOUR_US + minutes * MINUTE_US)


def _days(year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return days since 1970-01-01 in the proleptic Gregorian calendar."""
    y = year - (month <= 2)
    era = y // 400
    of_era = y - era * 400
    of_year = (153 * (month + np.where(month > 2, -3, 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def _month_length(year: NDArray[np.int64], month: NDArray[np.int64]) -> NDArray[np.int64]:
    lengths = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[month]
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    return lengths + (leap & (month == 2))
