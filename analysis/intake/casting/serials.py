"""Dates as day numbers of a spreadsheet: 45382.5 is noon of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.casting.stamps import Stamps

# Day numbers of four and five digits: 1902 to 2173; with a fraction of a day, or a time in a column of its own.
NUMBER = r"^(?P<d>\d{4,5}(?:[.,]\d+)?)(?:[ T]+(?P<t>0|1|[01]?[.,]\d+))?$"
_NUMBER_AND_CLOCK = r"^(?P<d>\d{4,5}) +(?P<t>\d{1,2}:.*)$"
_DATE_AND_FRACTION = r"^(?P<d>\d.*[-/.]\d+|.*\pL.*) +(?P<t>0|[01]?[.,]\d+)$"
# 30 December 1899, which is day 0 of the count that Excel and the rest share from March 1900 on.
FIRST_DAY = -25_569
DAY_MS = 86_400_000


def looks_serial(values: pa.Array) -> NDArray[np.bool_]:
    """Return which cells could be day numbers."""
    return np.asarray(compute.match_substring_regex(values, NUMBER), dtype=bool)


def read_serials(stamps: Stamps, values: pa.Array, *, order: str | None, near_year: int) -> None:
    """Read cells that are no dates as day numbers, to the millisecond, which is what a spreadsheet keeps.

    Parameters
    ----------
    stamps
        What was read so far; rows that are bad are tried.
    values
        The cells.
    order, near_year
        As in :func:`analysis.intake.casting.stamps.parse_stamps`, for dates beside fractions of a day.
    """
    from analysis.intake.casting.stamps import DAY_US, parse_stamps

    hit, day, rest = _matched(stamps, values, NUMBER)
    if len(hit):
        number = _number(day) + _number(rest)
        stamps.us[hit] = np.rint((number + FIRST_DAY) * DAY_MS).astype(np.int64) * 1000
        stamps.bad[hit], stamps.serial[hit] = False, True
        stamps.date_only[hit] = (number % 1 == 0) & np.asarray(compute.equal(rest, ""), dtype=bool)
    for pattern in (_NUMBER_AND_CLOCK, _DATE_AND_FRACTION):
        hit, day, rest = _matched(stamps, values, pattern)
        if not len(hit):
            continue
        if pattern is _NUMBER_AND_CLOCK:
            text = pd.Series(np.datetime_as_string((_number(day) + FIRST_DAY).astype("M8[D]")), dtype="str")
            found = parse_stamps(text + " " + rest.to_pandas(), order=order, near_year=near_year)
            extra = np.zeros(len(hit), dtype=np.int64)
        else:
            found = parse_stamps(day.to_pandas(), order=order, near_year=near_year)
            extra = np.rint(_number(rest) * DAY_MS).astype(np.int64) * 1000
        good = ~found.bad & (found.date_only | (pattern is _NUMBER_AND_CLOCK)) & (extra < DAY_US)
        at = hit[good]
        stamps.us[at], stamps.bad[at], stamps.serial[at] = (found.us + extra)[good], False, True
        for part in ("day_first", "month_first", "unclear"):
            getattr(stamps, part)[at] = getattr(found, part)[good]


def _matched(stamps: Stamps, values: pa.Array, pattern: str) -> tuple[NDArray[np.intp], pa.Array, pa.Array]:
    """Return the bad rows that match a pattern, with its two parts."""
    todo = np.flatnonzero(stamps.bad)
    parts = compute.extract_regex(values.take(pa.array(todo)), pattern)
    good = np.asarray(parts.is_valid(), dtype=bool)
    kept = parts.filter(pa.array(good))
    return todo[good], kept.field("d"), kept.field("t")


def _number(text: pa.Array) -> NDArray[np.float64]:
    """Return numbers with either decimal sign, 0 where nothing stands."""
    plain = compute.replace_substring(text, ",", ".")
    plain = compute.if_else(compute.equal(plain, ""), "0", plain)
    return np.asarray(plain.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
