"""Which of our tables a file could fill, and which of its columns would fill ours: by name and by content together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.foundation.schema import REQUIRED, TABLES
from analysis.intake.casting.stamps import SECOND_US, Stamps, parse_stamps
from analysis.intake.recognise.codes import bucket_of, is_average, is_count, is_sum
from analysis.intake.recognise.names import fits, key, unit_stated
from analysis.intake.recognise.peek import Peek
from analysis.intake.recognise.profile import Profile
from analysis.intake.recognise.words import (
    CONTACT,
    END,
    FORECAST,
    HINTS,
    ITEM,
    LOST_WORDS,
    MOMENT,
    OUTCOME,
    ROLES,
    START,
    STATE,
)
from analysis.intake.settings import DURATION_TABLES, TOTALS_TABLE

# A pairing of ours and theirs below this is not proposed; below the second it is proposed and asked.
LEAST, SURE = 0.45, 0.62
PERSON_COLUMNS: frozenset[str] = frozenset({"agent", "observer", "rater"})
FEW_COLUMNS: frozenset[str] = frozenset(
    {
        "state",
        "queue",
        "type",
        "team",
        "site",
        "channel",
        "direction",
        "grade",
        "queue_or_type",
        "time_zone",
        "population",
    }
)
KEY_COLUMNS: frozenset[str] = frozenset({"contact", "item"})
_NAMES_PERSONS = frozenset({"name", "naam", "nom", "nombre", "names", "fullname"})
LENGTHS_S: tuple[int, ...] = (300, 600, 900, 1800, 3600, 86_400)

Origin = str | tuple[str, str] | Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Found:
    """One of our columns with where it would come from.

    Attributes
    ----------
    ours, origin
        Our column, and the file's as the engagement file writes it.
    score
        How sure, from 0 to 1: three parts the name, one part the content.
    why
        What spoke for it.
    """

    ours: str
    origin: Origin
    score: float
    why: str

    @property
    def names(self) -> tuple[str, ...]:
        """The file's columns that it uses."""
        if isinstance(self.origin, str):
            return (self.origin,)
        if isinstance(self.origin, tuple):
            return self.origin
        return tuple(str(self.origin[name]) for name in ("column",) if name in self.origin)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file read as one of our tables: how well it fits, what is found, and what is missing."""

    table: str
    score: float
    found: Mapping[str, Found]
    totals: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def used(self) -> set[str]:
        """The file's columns that it uses."""
        return {name for one in self.found.values() for name in one.names} | set(self.totals.values())


def readings(head: Peek, looked: Sequence[Profile], stated: Mapping[str, str] | None = None) -> list[Reading]:
    """Return the tables that a file could fill, the likeliest first.

    Parameters
    ----------
    head, looked
        Its head, and what its columns look like.
    stated
        Our columns whose origin the consultant has said: ``"Van"``, ``"Datum+Van"``, or nothing for a column that is not there.
    """
    found = [_reading(table, head, looked, stated or {}) for table in ROLES]
    return sorted(found, key=lambda one: (-round(one.score, 3), one.table))


def _reading(table: str, head: Peek, looked: Sequence[Profile], stated: Mapping[str, str]) -> Reading:
    """Return a file read as one table."""
    pairs = sorted(_pairs(table, looked), key=lambda pair: (-pair[0], pair[1]))
    found: dict[str, Found] = dict(_stated(table, stated, looked))
    taken = {name for one in found.values() for name in one.names}
    days = [one for one in looked if one.kind == "day" and one.name]
    for score, ours, column, why in pairs:
        if ours in found or ours in stated or column.name in taken:
            continue
        origin: Origin = column.name
        if column.kind == "clock" and _is_time(table, ours):
            day = _day_for(ours, column, days)
            if day is None:
                continue
            origin = (day.name, column.name)
        found[ours] = Found(ours, origin, round(score, 2), why)
        taken.add(column.name)
    taken |= {name for one in found.values() for name in one.names}
    totals = _totals(looked, taken) if table == TOTALS_TABLE and "us" not in found else {}
    if totals:
        found.pop("state", None)
    _length(table, head, found)
    _said_in_passing(table, head, looked, found)
    missing = tuple(name for name in REQUIRED[table] if not _is_there(table, name, found, totals))
    return Reading(table, _score(table, head, looked, (found, totals)), found, totals, missing)


def _pairs(table: str, looked: Sequence[Profile]) -> Iterator[tuple[float, str, Profile, str]]:
    """Yield how well each column of a file suits each of ours, where it does."""
    clocks = any(column.kind == "clock" and not column.long_clock for column in looked)
    for ours, words in ROLES[table].items():
        for column in looked:
            content = _content(table, ours, column) if column.name else 0.0
            if clocks and column.kind == "day" and _is_time(table, ours):
                content = 0.1  # the time of day stands in a column of its own
            name = fits(column.name, (*words, key(ours))) if content or column.kind == "empty" else 0.0
            if column.kind == "empty" and name > 0.95 and ours not in REQUIRED[table]:
                content = 0.1  # next month's file may hold something there
            score = (0.75 * name + 0.25 * content) if content else 0.0
            if ours in PERSON_COLUMNS and _NAMES_PERSONS & set(key(column.name).split()):
                score -= 0.05  # an identifier is better than a name: it is unique, and it stays
            if name and score >= LEAST:
                yield score, ours, column, "by its name" if name > 0.9 else "its name is like it"


def _content(table: str, ours: str, column: Profile) -> float:
    """Return how well a column's cells suit one of ours: 0 not at all, 1 as they should be."""
    kind = TABLES[table].get(ours, "us")
    text, unit = unit_stated(column.name)
    averages = ours == "handle_us" and is_average(text)  # the table holds the time of all contacts together
    if (
        averages
        or (ours.endswith("_s") and unit not in (None, "s", "hms"))
        or (ours.endswith("_h") and unit not in (None, "h"))
    ):
        return 0.0
    if kind in ("time", "date"):
        suits = {"moment": 1.0, "day": 0.5, "clock": 0.9 if not column.long_clock else 0.0}
        return {"moment": 0.6, "day": 1.0}.get(column.kind, 0.0) if kind == "date" else suits.get(column.kind, 0.0)
    if kind == "us" or (kind == "number" and ours == "standard_s"):
        return {"clock": 1.0, "number": 0.9}.get(column.kind, 0.0)
    if kind in ("number", "count"):
        return 1.0 if column.kind == "number" else 0.0
    if kind == "flag":
        return {"flag": 1.0, "number": 0.7 if column.distinct <= 2 else 0.0}.get(column.kind, 0.0)
    return _text_content(table, ours, column)


def _text_content(table: str, ours: str, column: Profile) -> float:
    """Return how well a column's cells suit one of our columns of text."""
    if column.kind not in ("text", "number", "flag"):
        return 0.0
    plain = 1.0 if column.kind == "text" else 0.8 if column.whole or column.kind == "flag" else 0.0
    if ours == "type" and table == "item_types":
        return plain if column.distinct >= 0.9 * column.filled else 0.0
    if ours == "agent" and table == "roster":
        return plain if column.distinct >= 0.5 * column.filled else 0.0
    if ours in KEY_COLUMNS:
        return plain if column.distinct >= 0.3 * column.filled else 0.4 * plain
    if ours == "state" or (ours in FEW_COLUMNS and table not in ("item_types", "roster", "skills")):
        return plain if column.few else 0.0
    return plain


def _is_time(table: str, ours: str) -> bool:
    return TABLES[table].get(ours) == "time"


def _day_for(ours: str, clock: Profile, days: Sequence[Profile]) -> Profile | None:
    """Return the column of days that belongs to a column of clock times."""
    side, other = (END, START) if ours.startswith("end") else (START, END)
    ranked = sorted(
        days,
        key=lambda day: (
            -(
                2 * _shared(day.name, clock.name)
                + fits(day.name, side)
                + 0.5 * fits(day.name, MOMENT)
                - fits(day.name, other)
            )
        ),
    )
    return ranked[0] if ranked else None


def _shared(one: str, other: str) -> float:
    """Return whether two names begin alike, as Startdatum and Starttijd do."""
    a, b = key(one), key(other)
    alike = next((at for at, (left, right) in enumerate(zip(a, b, strict=False)) if left != right), min(len(a), len(b)))
    return 1.0 if alike >= 3 else 0.0


def _stated(table: str, stated: Mapping[str, str], looked: Sequence[Profile]) -> Iterator[tuple[str, Found]]:
    """Yield the columns whose origin the consultant has said."""
    names = {one.name for one in looked}
    for ours, text in stated.items():
        if text.startswith("=") and len(text) > 1 and ours in TABLES[table]:
            yield ours, Found(ours, {"value": text[1:].strip()}, 1.0, "as you said")
            continue
        parts = [text] if text in names else [part.strip() for part in text.split("+")]
        if ours in (*TABLES[table], "duration") and all(part in names for part in parts) and 0 < len(parts) <= 2:
            yield ours, Found(ours, parts[0] if len(parts) == 1 else (parts[0], parts[1]), 1.0, "as you said")


def _totals(looked: Sequence[Profile], taken: set[str]) -> dict[str, str]:
    """Return the columns that hold the time of one state each, by the code that their name gives."""
    found = {}
    for column in looked:
        text, unit = unit_stated(column.name)
        timed = column.kind == "clock" or (column.kind == "number" and not is_count(text))
        if column.name and column.name not in taken and timed and not is_sum(text) and (unit or bucket_of(text)):
            found[column.name] = column.name
    return found if len(found) > 1 else {}


def _length(table: str, head: Peek, found: dict[str, Found]) -> None:
    """Propose the length of intervals from the distance of their starts, where the file has no column of it."""
    ours = "interval_start" if table == TOTALS_TABLE else "start"
    if "length_s" not in TABLES[table] or "length_s" in found or ours not in found:
        return
    stamps = moments(head, found[ours].origin, order="dmy")
    starts = np.unique(stamps.us[stamps.given & ~stamps.bad])
    steps = np.diff(starts) // SECOND_US
    length = next((one for one in reversed(LENGTHS_S) if len(steps) > 2 and (steps % one == 0).all()), None)
    if length is not None and (steps == length).mean() > 0.3:
        why = f"intervals begin every {length // 60} minutes" if length < 86_400 else "one row is a day"
        found["length_s"] = Found("length_s", {"value": length}, 0.9, why)


def _said_in_passing(table: str, head: Peek, looked: Sequence[Profile], found: dict[str, Found]) -> None:
    """Add what a header or an outcome says besides: the threshold of "answered within 20 s", and which outcome means abandoned."""
    if table == "volumes" and "answered_within" in found and "within_s" not in found:
        digits = re.search(
            r"(\d+)\s*(s|sec|secs|seconds?|seconden|sekunden|secondes|segundos)?\b",
            key(found["answered_within"].names[0]),
        )
        if digits:
            found["within_s"] = Found("within_s", {"value": int(digits.group(1))}, 0.9, "the header says so")
    if table != "contacts" or "abandoned" in found:
        return
    taken = {name for one in found.values() for name in one.names}
    for name, cells in zip(head.header, head.columns, strict=True):
        column = next((one for one in looked if one.name == name), None)
        if column is None or not column.few or name in taken or not max(fits(name, OUTCOME), fits(name, STATE)):
            continue
        lost = sorted({cell for cell in cells if any(word in key(cell) for word in LOST_WORDS)})
        if 0 < len(lost) < column.distinct:
            found["abandoned"] = Found(
                "abandoned", {"column": name, "true": lost}, 0.8, "its values say which were lost"
            )
            return


def text_of(head: Peek, origin: Origin) -> pd.Series:
    """Return the cells of an origin as text."""
    names = (
        [origin] if isinstance(origin, str) else list(origin) if isinstance(origin, tuple) else [str(origin["column"])]
    )
    columns = [pd.Series(head.columns[head.header.index(name)], dtype="str") for name in names]
    if len(columns) == 1:
        return columns[0]
    day = columns[0].str.replace(r"[ T]00?:00(:00(\.0+)?)?$", "", regex=True)
    return (day + " " + columns[1]).where((columns[0] != "") & (columns[1] != ""), "")


def moments(head: Peek, origin: Origin, *, order: str | None) -> Stamps:
    """Return the moments of an origin, day numbers of spreadsheets among them."""
    return parse_stamps(text_of(head, origin), order=order, near_year=2026, serials=True)


def _is_there(table: str, name: str, found: Mapping[str, Found], totals: Mapping[str, str]) -> bool:
    start, end = DURATION_TABLES.get(table, ("", ""))
    derived = name == end and {start, "duration"} <= found.keys()
    return name in found or derived or (bool(totals) and name in ("state", "us"))


def _score(
    table: str, head: Peek, looked: Sequence[Profile], mapped: tuple[Mapping[str, Found], Mapping[str, str]]
) -> float:
    """Return how well a file fits a table: what the table needs and finds, what the file holds and is used, words in its name."""
    found, totals = mapped
    needed = [
        found[name].score if name in found else 0.8 if _is_there(table, name, found, totals) else 0.0
        for name in REQUIRED[table]
    ]
    own = [one for one in needed if one] or [0.0]
    coverage = sum(needed) / len(needed)
    telling = [one.name for one in looked if one.name and one.kind != "empty"]
    used = {name for one in found.values() for name in one.names} | set(totals.values())
    explained = len(used & set(telling)) / max(1, len(telling))
    name = head.file.rpartition("/")[2].rpartition(".")[0]
    words = " ".join(["", key(" ".join([name, head.banner, head.sheet or ""])), ""])
    hint = _pace(table, head, found)
    hint += 0.1 if any(f" {word} " in words for word in HINTS[table]) else 0.0
    told = f"{words}{key(' '.join(head.header))} "
    if table == "forecasts" and not any(f" {word} " in told for word in FORECAST):
        hint -= 0.15
    sure = 0.5 + 0.5 * min(1.0, min(own) / SURE)
    # one column of persons or of types makes no table of people or types: more of the file must be of it
    least = 0.5 if len(REQUIRED[table]) > 1 else 0.1
    against = _against(table, looked, used)
    return coverage * (least + (1 - least) * explained) * sure * against + hint * (coverage > 0.5)


def _against(table: str, looked: Sequence[Profile], used: set[str]) -> float:
    """Return what unused columns speak against a table: times where it uses none, numbers of cases or contacts where it has no place for them."""
    times = [one.name for one in looked if one.name and one.kind in ("moment", "day", "clock")]
    rest = [one for one in looked if one.name and one.name not in used]
    timeless = len(times) >= 2 and not used & set(times)
    keys = KEY_COLUMNS & ROLES[table].keys()
    cases = not keys and any(max(fits(one.name, ITEM), fits(one.name, CONTACT)) > 0.95 for one in rest)
    return (0.5 if timeless else 1.0) * (0.85 if cases else 1.0)


def _pace(table: str, head: Peek, found: Mapping[str, Found]) -> float:
    """Return what lengths of rows speak against: states of a log are short and end at any minute, planned stretches are long and end at round ones."""
    if table not in ("spells", "schedule") or not {"start", "end"} <= found.keys():
        return 0.0
    begin, stop = (moments(head, found[name].origin, order="dmy") for name in ("start", "end"))
    rows = begin.given & stop.given & ~begin.bad & ~stop.bad
    if rows.sum() < 5:
        return 0.0
    length = (stop.us - begin.us)[rows] / SECOND_US
    round_minutes = (begin.us[rows] // SECOND_US % 900 == 0).mean()
    planned = np.median(length) >= 1800 and round_minutes > 0.8
    logged = np.median(length) < 1800 and round_minutes < 0.6
    return -0.1 * (logged if table == "schedule" else planned)
