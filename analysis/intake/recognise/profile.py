"""What the cells of a column look like: moments, days, clock times, durations, numbers, yes and no, a few words or many."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analysis.intake.casting.numerals import parse_flags, parse_numbers
from analysis.intake.casting.stamps import parse_stamps
from analysis.intake.recognise.names import fits, key
from analysis.intake.recognise.peek import Peek
from analysis.intake.recognise.words import ARRIVAL, END, ENDED, INTERVAL, MOMENT, START

Kind = Literal["empty", "moment", "day", "clock", "number", "flag", "text"]

# So many of a column's cells must be of a kind.
MOST = 0.95
# Values that a column of codes may have at most, and the share of its rows.
CODES, CODES_SHARE = 80, 0.5
_CLOCK = re.compile(r"\d{1,5}:[0-5]\d(?::[0-5]\d(?:[.,]\d{1,6})?)?(?:\s*[AaPp]\.?[Mm]\.?)?")
_YEARS = (1990, 2045)
# Days of these years as spreadsheets count them.
_DAY_NUMBERS = (36_526, 54_789)
_DAYS = frozenset({"date", "day", "datum", "dag", "tag", "jour", "fecha", "dia"})
# A glance at so many cells tells whether parsing all of them can be of use.
_TRIED = 50
_LIKE_A_DATE = r"^\d{6}(?:\d\d)?(?:\D|$)|\d{1,4} ?[-/.] ?\w{1,10} ?[-/.] ?\d{1,4}|\d\W+[^\W\d]{3,}|[^\W\d]{3,}\W+\d"
_NOTHING = frozenset({"-", "--", "n/a", "na", "null", "none", "nvt", "n.v.t."})


@dataclass(frozen=True, slots=True)
class Profile:
    """What the cells of one column look like.

    Attributes
    ----------
    name
        Of the column; empty where the header is, or where it stands there twice.
    kind
        The plainest reading that nearly all its cells allow.
    filled, distinct
        Cells that hold something, and how many differ.
    aware
        Its moments carry an offset from UTC.
    unclear
        Its dates can be read day-first and month-first.
    seconds
        Its clock times are written with seconds.
    long_clock
        Some of its clock times are of a day or more, so they are durations.
    ambiguous
        Its numbers can be read a thousand times apart.
    decimals
        Decimal sign that its numbers show, if they do.
    whole
        Its numbers are whole, also where they are written with a decimal sign.
    fillers
        Cells that only say that nothing is there.
    wordy
        Most of its cells hold no digit.
    starts
        Its first cell holds something.
    serial
        Its moments are written as day numbers of a spreadsheet.
    """

    name: str
    kind: Kind
    rows: int
    filled: int
    distinct: int
    aware: bool = False
    unclear: bool = False
    seconds: bool = False
    long_clock: bool = False
    ambiguous: bool = False
    decimals: str | None = None
    whole: bool = False
    fillers: tuple[str, ...] = ()
    wordy: bool = False
    starts: bool = True
    serial: bool = False

    @property
    def is_stamp(self) -> bool:
        """Whether it holds moments or days."""
        return self.kind in ("moment", "day")

    @property
    def few(self) -> bool:
        """Whether it has so few values that they can be codes."""
        return 0 < self.distinct <= CODES and self.distinct <= max(8, self.filled * CODES_SHARE)


def profiles(head: Peek) -> list[Profile]:
    """Return what each column of a file's head looks like; names that stand twice in the header name nothing."""
    counts = Counter(head.header)
    names = [name if counts[name] == 1 and name.isprintable() else "" for name in head.header]
    return [profile(name, cells) for name, cells in zip(names, head.columns, strict=True)]


def profile(name: str, cells: Sequence[str]) -> Profile:
    """Return what the cells of one column look like.

    Examples
    --------
    >>> profile("Start", ["2026-03-02 09:00", "2026-03-02 09:30", ""]).kind
    'moment'
    >>> profile("Duur", ["12,5", "3,25"]).decimals
    ','
    """
    fillers = tuple(sorted({cell for cell in cells if cell.casefold() in _NOTHING}))
    given = [cell for cell in cells if cell and cell not in fillers]
    distinct = len(set(given))
    if not given:
        return Profile(name, "empty", len(cells), 0, 0, fillers=fillers)
    text = pd.Series(given, dtype="str")
    known = {"name": name, "rows": len(cells), "filled": len(given), "distinct": distinct, "fillers": fillers}
    known["starts"] = bool(cells[0])
    known["wordy"] = sum(any(sign.isdigit() for sign in cell) for cell in given) < len(given) / 2
    return _stamped(text, known) or _clocked(given, known) or _numbered(text, known) or _worded(text, known)


def _stamped(text: pd.Series, known: dict) -> Profile | None:
    """Return the profile of moments or days."""
    digits = r"\d{9,}|[+-]?\d+[.,]\d+" if set(key(known["name"]).split()) & _DAYS else r"\d{6}|\d{9,}|[+-]?\d+[.,]\d+"
    if text.str.fullmatch(digits).mean() > 1 - MOST:
        return None
    if not text.head(_TRIED).str.contains(_LIKE_A_DATE).any():
        return None
    stamps = parse_stamps(text, order=None, near_year=2026)
    if (stamps.given & ~stamps.bad).mean() < MOST:
        stamps = parse_stamps(text, order="ymd", near_year=2026)
    good = stamps.given & ~stamps.bad
    if good.mean() < MOST:
        return None
    years = stamps.us[good].astype("M8[us]").astype("M8[Y]").astype(np.int64) + 1970
    if ((years < _YEARS[0]) | (years > _YEARS[1])).mean() > 1 - MOST:
        return None
    whole = (stamps.us[good] % 86_400_000_000 == 0) & ~stamps.aware[good]
    either = stamps.unclear & good
    unclear = bool(either.any() and not stamps.day_first.any() and not stamps.month_first.any())
    kind: Kind = "day" if (stamps.date_only[good] | whole).all() else "moment"
    return Profile(kind=kind, aware=bool(stamps.aware[good].all()), unclear=unclear, **known)


def _clocked(given: Sequence[str], known: dict) -> Profile | None:
    """Return the profile of clock times or h:mm:ss durations."""
    found = [cell for cell in given if _CLOCK.fullmatch(cell)]
    if len(found) < MOST * len(given):
        return None
    long = any(int(cell.split(":")[0]) >= 24 for cell in found)
    seconds = sum(cell.count(":") == 2 for cell in found) > len(found) / 2
    return Profile(kind="clock", long_clock=long, seconds=seconds, **known)


def _numbered(text: pd.Series, known: dict) -> Profile | None:
    """Return the profile of numbers."""
    numbers = parse_numbers(text, decimal=None)
    good = numbers.given & ~numbers.bad
    if good.mean() < MOST:
        return None
    shows = {
        sign: text.str.contains(
            rf"^[+-]?\d+{re.escape(sign)}\d{{1,2}}$|^[+-]?0{re.escape(sign)}\d+$|{re.escape(sign)}\d{{4,}}$"
        )
        for sign in ",."
    }
    shown = [sign for sign, hits in shows.items() if hits.any()]
    if _are_day_numbers(numbers.values[good], known["name"]):
        whole = bool((numbers.values[good] % 1 == 0).all())
        return Profile(kind="day" if whole else "moment", serial=True, **known)
    decimals = shown[0] if len(shown) == 1 else None
    whole = bool((numbers.values[good] % 1 == 0).all())
    return Profile(kind="number", ambiguous=bool(numbers.unclear.any()), decimals=decimals, whole=whole, **known)


def _are_day_numbers(values: np.ndarray, name: str) -> bool:
    """Return whether numbers are days as spreadsheets count them, in a column whose name speaks of time."""
    if not ((values >= _DAY_NUMBERS[0]) & (values <= _DAY_NUMBERS[1])).all():
        return False
    return max(fits(name, words) for words in (MOMENT, START, END, ARRIVAL, ENDED, INTERVAL)) > 0.7


def _worded(text: pd.Series, known: dict) -> Profile:
    """Return the profile of yes and no, or of text."""
    _, _, bad = parse_flags(text)
    flag = not bad.any() and known["distinct"] <= 2
    return Profile(kind="flag" if flag else "text", **known)
