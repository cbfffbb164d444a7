"""Numbers, durations and yes/no cells as clients write them, read without guessing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute

from analysis.intake.opening.arrow_text import as_array, by_value

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNIT_US = {"s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000, "ms": 1_000, "us": 1}
YES: tuple[str, ...] = ("true", "yes", "y", "1", "ja", "j", "oui", "x")
NO: tuple[str, ...] = ("false", "no", "n", "0", "nee", "nein", "non", "")

_PLAIN = r"^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$"
_POINT_THOUSANDS = r"^[+-]?[1-9]\d{0,2}(\.\d{3})+$"
_POINT_GROUPS = r"^[+-]?[1-9]\d{0,2}(\.\d{3}){2,}$"
_COMMA_THOUSANDS = r"^[+-]?[1-9]\d{0,2}(,\d{3})+$"
_COMMA_GROUPS = r"^[+-]?[1-9]\d{0,2}((,\d{3}){2,}|(,\d{3})+\.\d+)$"
_COMMA_DECIMAL = r"^[+-]?\d+,\d+$"
_POINT_COMMA = r"^[+-]?[1-9]\d{0,2}(\.\d{3})+,\d+$"
# Blanks of any kind and apostrophes part thousands, and nothing else: 1 5 is no number.
_PARTED = r"^[+-]?\d{1,3}([ \x{a0}\x{2009}\x{202f}'’]\d{3})+([.,]\d+)?$"
_PARTS = r"[ \x{a0}\x{2009}\x{202f}'’]"
_CLOCK = r"^(?P<n>-)?(?:(?P<d>\d{1,3}) ?(?:d|days?|dagen|Tage?),? ?)?(?P<h>\d{1,5}):(?P<m>[0-5]\d):(?P<s>[0-5]\d)(?:[.,](?P<f>\d{1,6}))?$"
# Two parts between a colon, which the unit tells apart.
_TWO_PARTS = {
    "m:ss": r"^(?P<n>-)?(?P<d>)(?P<h>)(?P<m>\d{1,5}):(?P<s>[0-5]\d)(?:[.,](?P<f>\d{1,6}))?$",
    "h:mm": r"^(?P<n>-)?(?P<d>)(?P<h>\d{1,5}):(?P<m>[0-5]\d)(?P<s>)(?P<f>)$",
}


@dataclass(slots=True)
class Numbers:
    """Numbers of one column: `values` (NaN where nothing stands or it is no number), `given`, `bad`, and what stays unclear."""

    values: NDArray[np.float64]
    given: NDArray[np.bool_]
    bad: NDArray[np.bool_]
    unclear: NDArray[np.bool_]


def _match(values: pa.Array, pattern: str) -> NDArray[np.bool_]:
    return np.asarray(compute.match_substring_regex(values, pattern), dtype=bool)


def _unparted(values: pa.Array) -> pa.Array:
    """Return numbers without the blanks and apostrophes that part their thousands, and with plain minus signs."""
    parted = _match(values, _PARTED)
    if parted.any():
        values = compute.if_else(pa.array(parted), compute.replace_substring_regex(values, _PARTS, ""), values)
    return compute.replace_substring(values, "\u2212", "-")


@by_value
def parse_numbers(text: pd.Series, *, decimal: str | None, typed: bool = False) -> Numbers:
    """Read numbers with either decimal sign and with thousands signs, as long as the column leaves no doubt.

    Parameters
    ----------
    text
        Cells; empty = nothing there.
    decimal
        ``"."``, ``","`` or None = what the column shows.
    typed
        The cells come from a typed file, whose decimal sign is the point.

    Returns
    -------
    Numbers
        `unclear` marks cells such as 1,234 in a column that does not show whether the comma parts thousands or decimals.

    Examples
    --------
    >>> parse_numbers(pd.Series(["1.234,5", "7,25", "-3"]), decimal=None).values.tolist()
    [1234.5, 7.25, -3.0]
    """
    values = _unparted(as_array(text))
    given = np.asarray(compute.not_equal(values, ""), dtype=bool)
    comma = _match(values, ",")
    if decimal is None and not comma.any() and (typed or not _match(values, _POINT_THOUSANDS).any()):
        decimal = "."
    if decimal is None:
        point, as_comma, unclear = _evidence(values)
        if point and as_comma:
            unclear = given & ~_match(values, r"^[+-]?\d+$")
        elif point or as_comma:
            decimal, unclear = ("." if point else ","), np.zeros_like(given)
    else:
        unclear = np.zeros_like(given)
    if (decimal or ".") == ".":
        cleaned = compute.if_else(
            pa.array(_match(values, _COMMA_THOUSANDS) | _match(values, _COMMA_GROUPS)),
            compute.replace_substring(values, ",", ""),
            values,
        )
    else:
        pointed = compute.if_else(
            pa.array(_match(values, _POINT_THOUSANDS) | _match(values, _POINT_COMMA)),
            compute.replace_substring(values, ".", ""),
            values,
        )
        cleaned = compute.replace_substring(
            compute.if_else(pa.array(_match(pointed, r"^[^,]*\.")), "?", pointed), ",", "."
        )
    good = _match(cleaned, _PLAIN) & given
    numbers = compute.if_else(pa.array(good), cleaned, pa.scalar(None, cleaned.type)).cast(pa.float64())
    result = np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)
    good &= np.isfinite(result)
    return Numbers(np.where(good, result, np.nan), given, given & ~good & ~unclear, unclear)


def _evidence(values: pa.Array) -> tuple[bool, bool, NDArray[np.bool_]]:
    """Return whether a column shows a decimal point, a decimal comma, and which cells could be either."""
    point_cells = _match(values, r"\.") & ~_match(values, ",")
    either = _match(values, _POINT_THOUSANDS) & ~_match(values, _POINT_GROUPS)
    either |= _match(values, _COMMA_THOUSANDS) & ~_match(values, _COMMA_GROUPS)
    point = bool((point_cells & ~_match(values, _POINT_THOUSANDS)).any() or _match(values, _COMMA_GROUPS).any())
    comma = bool(
        (_match(values, _COMMA_DECIMAL) & ~_match(values, _COMMA_THOUSANDS)).any()
        or _match(values, _POINT_COMMA).any()
        or _match(values, _POINT_GROUPS).any()
    )
    return point, comma, either


@dataclass(slots=True)
class Durations:
    """Durations of one column in microseconds.

    Attributes
    ----------
    us
        Microseconds; 0 where nothing stands or it is no duration.
    given, bad, negative
        Per row: something stands there; it is no duration; it lies below zero.
    unclear
        Per row: the decimal sign is not plain.
    no_unit, two_parts
        Per row, where no unit is stated: a plain number; two parts between a colon, which may be m:ss or h:mm.
    """

    us: NDArray[np.int64]
    given: NDArray[np.bool_]
    bad: NDArray[np.bool_]
    negative: NDArray[np.bool_]
    unclear: NDArray[np.bool_]
    no_unit: NDArray[np.bool_]
    two_parts: NDArray[np.bool_]


@by_value
def parse_durations(text: pd.Series, *, unit: str | None, decimal: str | None, typed: bool = False) -> Durations:
    """Read durations: plain numbers in the unit stated, or h:mm:ss beyond 24 hours.

    Parameters
    ----------
    text
        Cells; empty = nothing there.
    unit
        ``"s"``, ``"min"``, ``"h"``, ``"d"``, ``"ms"``, ``"us"``, ``"hms"``, ``"m:ss"``, ``"h:mm"`` or None; a column that is h:mm:ss
        throughout needs none.
    decimal, typed
        As in :func:`parse_numbers`.

    Returns
    -------
    Durations
        `no_unit` and `two_parts` mark cells in a column for which no unit is stated.

    Examples
    --------
    >>> parse_durations(pd.Series(["25:00:00", "0:00:01.5"]), unit=None, decimal=None).us.tolist()
    [90000000000, 1500000]
    >>> parse_durations(pd.Series(["1:30", "1:02:00"]), unit="m:ss", decimal=None).us.tolist()
    [90000000, 3720000000]
    """
    values = as_array(text)
    given, none = np.asarray(compute.not_equal(values, ""), dtype=bool), np.zeros(len(values), dtype=bool)
    if unit is None or ":" in unit or unit == "hms":
        us, done = np.zeros(len(values), dtype=np.int64), none.copy()
        for pattern in (_CLOCK, *([_TWO_PARTS[unit]] if unit in _TWO_PARTS else [])):
            parts = compute.extract_regex(values, pattern)
            hit = np.asarray(parts.is_valid(), dtype=bool) & ~done
            if hit.any():
                us[hit] = _clock_us(parts.filter(pa.array(hit)))
            done |= hit
        other = given & ~done
        if unit is not None:
            return Durations(us, given, other, us < 0, none, none, none)
        plain = other & (_match(values, r"^[+-]?[\d.,]+$") | _match(values, _PARTED))
        two_parts = other & (_match(values, _TWO_PARTS["m:ss"]) | _match(values, _TWO_PARTS["h:mm"]))
        return Durations(us, given, other & ~plain & ~two_parts, us < 0, none, plain, two_parts)
    numbers = parse_numbers(text, decimal=decimal, typed=typed)
    scaled = np.nan_to_num(numbers.values) * UNIT_US[unit]
    bad = numbers.bad | (np.abs(scaled) > 9e18)
    us = np.rint(np.where(bad, 0, scaled)).astype(np.int64)
    return Durations(us, given, bad, us < 0, numbers.unclear, none, none)


def _clock_us(parts: pa.StructArray) -> NDArray[np.int64]:
    """Return the microseconds of matched clock cells."""

    def number(column: pa.Array) -> NDArray[np.int64]:
        return np.asarray(compute.if_else(compute.equal(column, ""), "0", column).cast(pa.int64()), dtype=np.int64)

    fraction = number(
        compute.if_else(compute.equal(parts.field("f"), ""), "0", compute.utf8_rpad(parts.field("f"), 6, padding="0"))
    )
    seconds = number(parts.field("d")) * 86_400 + number(parts.field("h")) * 3600
    us = (seconds + number(parts.field("m")) * 60 + number(parts.field("s"))) * 1_000_000 + fraction
    return np.where(np.asarray(compute.equal(parts.field("n"), "-"), dtype=bool), -us, us)


def parse_flags(text: pd.Series) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return truth, whether something stands there, and whether it is neither yes nor no.

    Examples
    --------
    >>> parse_flags(pd.Series(["Yes", "0", "", "perhaps"]))[0].tolist()
    [True, False, False, False]
    """
    lowered = text.str.lower()
    given = (text != "").to_numpy(dtype=bool)
    yes, no = (lowered.isin(words).to_numpy(dtype=bool) for words in (YES, NO))
    return yes, given, given & ~yes & ~no
