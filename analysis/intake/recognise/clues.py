"""What a file shows of its own habits, and what it does not show and must be asked: clock, order of dates, units, signs, people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analysis.foundation.schema import TABLES
from analysis.intake.casting.numerals import UNIT_US, parse_durations, parse_numbers
from analysis.intake.casting.stamps import DAY_US, SECOND_US, Stamps
from analysis.intake.recognise.codes import is_average
from analysis.intake.recognise.names import shown, unit_stated
from analysis.intake.recognise.peek import Peek
from analysis.intake.recognise.profile import Profile
from analysis.intake.recognise.questions import CHOICES, Question
from analysis.intake.recognise.tables import Found, Reading, moments, text_of
from analysis.intake.settings import DURATION_TABLES

PEOPLE: frozenset[str] = frozenset(
    {"spells", "state_totals", "contacts", "work_items", "schedule", "observations", "self_reports", "roster"}
)
UNITS: Mapping[str, str] = {"s": "seconds", "min": "minutes", "h": "hours", "ms": "milliseconds", "d": "days"}
# Durations of two parts between a colon, each read both ways.
_TWO_PARTS: Mapping[str, str] = {"m:ss": "minutes and seconds", "h:mm": "hours and minutes"}
_ORDERS = {"dmy": "day first (31-12-2026)", "mdy": "month first (12-31-2026)", "ymd": "year first"}
_POPULATIONS = {
    "contact_centre": "people who answer contacts",
    "back_office": "people who work on items",
    "roster": "both, or it differs: the roster tells",
}
# Share of the rows that must agree before a unit counts as shown.
AGREE = 0.9
# Share of the rows below which a column of persons or days looks like merged cells.
SPARSE = 0.5


@dataclass(slots=True)
class Clues:
    """What was found out about a file.

    Attributes
    ----------
    stated
        Keys of the source with their values.
    notes
        What was seen, in words.
    questions
        What remains.
    """

    stated: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


def clues(
    head: Peek, looked: Sequence[Profile], reading: Reading, *, answers: Mapping[str, str], zone: str | None
) -> Clues:
    """Return what a file shows of its habits, and the questions that it leaves.

    Parameters
    ----------
    head, looked, reading
        Its head, its columns, and the table that it is read as.
    answers
        What the consultant has said.
    zone
        The client's zone, proposed for stamps without one.
    """
    found = Clues()
    by_name = {one.name: one for one in looked if one.name}
    used = [by_name[name] for name in sorted(reading.used) if name in by_name]
    stamps = [one for one in reading.found.values() if TABLES[reading.table].get(one.ours) in ("time", "date")]
    _population(found, reading, answers)
    _zone(found, head, reading, stamps, (answers.get("time_zone"), zone))
    _order(found, head, stamps, answers.get("date_order"))
    _unit(found, head, by_name, reading, answers.get("duration_unit"))
    _decimal(found, used, reading, answers.get("decimal"))
    if any(one.serial for one in used):
        found.stated["serial_dates"] = True
        found.notes.append("dates are written as day numbers of a spreadsheet")
    _merged(found, used, answers.get("fill_down"))
    fillers = sorted({word for one in used for word in one.fillers if one.kind not in ("text", "empty")})
    if fillers:
        found.stated["missing"] = fillers
        found.notes.append(f"cells that only say that nothing is there count as empty: {', '.join(fillers)}")
    found.notes += _left_out(head, looked, reading)
    return found


def _merged(found: Clues, used: Sequence[Profile], answer: str | None) -> None:
    """Ask whether empty cells of a column repeat the one above, where the other columns are full."""
    full = max((one.filled for one in used), default=0)
    sparse = [
        one.name for one in used if one.kind in ("text", "day") and one.starts and 1 < one.filled <= SPARSE * full
    ]
    if sparse and answer is None:
        listed = ", ".join(map(shown, sparse))
        text = f"Most cells of {listed} are empty. Does an empty cell repeat the one above it, as merged cells do?"
        found.questions.append(Question("fill_down", text, CHOICES["fill_down"]))
    elif sparse and answer == "yes":
        found.stated["fill_down"] = sparse


def _zone(
    found: Clues, head: Peek, reading: Reading, stamps: Sequence[Found], said: tuple[str | None, str | None]
) -> None:
    """Ask which clock stamps without an offset show."""
    answer, zone = said
    times = [one for one in stamps if TABLES[reading.table][one.ours] == "time"]
    if not times:
        return
    if all(_with_offset([moments(head, one.origin, order=order) for order in ("dmy", "mdy", "ymd")]) for one in times):
        found.notes.append("its times say themselves how far they are from UTC")
    elif answer:
        found.stated["time_zone"] = answer
    else:
        text = "Which clock do its times show? They carry no time zone. Ask the client where the system runs."
        found.questions.append(Question("time_zone", text, proposed=zone))


def _with_offset(ways: Sequence[Stamps]) -> bool:
    """Return whether every stamp that can be read in some order of day and month carries its offset, and there is one."""
    good = np.any([one.given & ~one.bad for one in ways], axis=0)
    aware = np.any([one.given & ~one.bad & one.aware for one in ways], axis=0)
    return bool(good.any() and (aware | ~good).all())


def _order(found: Clues, head: Peek, stamps: Sequence[Found], answer: str | None) -> None:
    """Tell the order of day and month from the dates, or ask."""
    if not stamps:
        return
    parsed = [moments(head, one.origin, order=None) for one in stamps]
    day, month, unclear = (
        any(getattr(one, name).any() for one in parsed) for name in ("day_first", "month_first", "unclear")
    )
    if answer:
        found.stated["date_order"] = answer
        return
    if not (day or month or unclear):
        return
    bad = {order: sum(int(moments(head, one.origin, order=order).bad.sum()) for one in stamps) for order in _ORDERS}
    fits = [order for order, count in bad.items() if count == min(bad.values())]
    if len(fits) == 1 and not (day and month):
        found.stated["date_order"] = fits[0]
        first = {"dmy": "day", "mdy": "month", "ymd": "year"}[fits[0]]
        found.notes.append(f"dates are written {first} first: some cannot be read another way")
    else:
        text = "Which comes first in its dates? " + (
            "They mix both." if day and month else "All of them can be read in several ways."
        )
        found.questions.append(Question("date_order", text, CHOICES["date_order"], meanings=_ORDERS))


def _unit(found: Clues, head: Peek, by_name: Mapping[str, Profile], reading: Reading, answer: str | None) -> None:
    """Tell the unit of durations from the header or from other columns, or ask."""
    names = [name for one in _durations(reading) for name in one.names] + list(reading.totals.values())
    used = [by_name[name] for name in names if name in by_name]
    plain = [one for one in used if one.kind == "number"]
    parts = [one for one in used if one.kind == "clock" and not one.seconds]
    if answer:
        found.stated["duration_unit"] = answer
    if answer or not (plain or parts):
        return
    words = UNITS if plain else _TWO_PARTS
    written = {unit_stated(one.name)[1] for one in plain} if plain else {None}
    shows = _unit_shown(head, reading, tuple(words))
    if shows and written <= {None, shows[0]} and not (plain and parts):
        found.stated["duration_unit"] = shows[0]
        found.notes.append(shows[1])
    elif len(written) == 1 and None not in written and not shows and not parts:
        found.stated["duration_unit"] = written.pop()
        found.notes.append(
            f"durations are in {UNITS.get(found.stated['duration_unit'], 'h:mm:ss')}: the header says so"
        )
    else:
        listed = ", ".join(shown(one.name) for one in (plain or parts)[:5])
        why = " The header and the times of the file say different things." if shows else ""
        text = f"In which unit are its durations ({listed})?{why}"
        found.questions.append(Question("duration_unit", text, tuple(words), meanings=words))


def _durations(reading: Reading) -> list[Found]:
    return [one for one in reading.found.values() if TABLES[reading.table].get(one.ours, "us") == "us"]


def _unit_shown(head: Peek, reading: Reading, units: Sequence[str]) -> tuple[str, str] | None:
    """Return the unit in which durations agree with the times beside them, and what was compared."""
    known = reading.found
    start, end = DURATION_TABLES.get(reading.table, ("answered_at", "ended_at"))
    if reading.totals and isinstance(getattr(known.get("length_s"), "origin", None), Mapping):
        return _unit_of_totals(head, reading)
    if start not in known or end not in known:
        return None
    if reading.table == "contacts":
        parts = [known[name] for name in ("talk_us", "hold_us") if name in known]
    else:
        parts = [known["duration"]] if "duration" in known else []
    if not parts:
        return None
    begin, stop = (moments(head, known[name].origin, order="dmy") for name in (start, end))
    span = np.where(stop.us < begin.us, stop.us + DAY_US, stop.us) - begin.us
    rows = begin.given & stop.given & ~begin.bad & ~stop.bad & (span > 0)
    for unit in units:
        us = np.sum([_lengths(head, one, unit) for one in parts], axis=0)
        told = rows & (us > 0)
        close = np.abs(us - span) <= np.maximum(0.02 * span, SECOND_US)
        if told.sum() >= 5 and close[told].mean() >= AGREE:
            what = (
                "talk and hold last from answer to end"
                if reading.table == "contacts"
                else "they are the end less the start"
            )
            name = UNITS.get(unit) or _TWO_PARTS[unit]
            return unit, f"durations are in {name}: in {int(close[told].sum()):,} of {int(told.sum()):,} rows {what}"
    return None


def _lengths(head: Peek, one: Found, unit: str) -> np.ndarray:
    """Return durations of a column in microseconds, read in a unit."""
    if unit in UNITS:
        return _numbers(head, one) * UNIT_US[unit]
    return parse_durations(text_of(head, one.origin), unit=unit, decimal=None).us.astype(float)


def _unit_of_totals(head: Peek, reading: Reading) -> tuple[str, str] | None:
    """Return the unit in which the states of a row fill most of its interval, where only one does."""
    length = float(reading.found["length_s"].origin["value"])  # type: ignore[index]
    sums = np.nansum([_numbers(head, Found(name, name, 1, "")) for name in reading.totals.values()], axis=0)
    sums = sums[sums > 0]
    if len(sums) < 5:
        return None
    fill = {unit: float(np.median(sums)) * UNIT_US[unit] / SECOND_US / length for unit in UNITS}
    fits = [unit for unit, share in fill.items() if 0.3 <= share <= 1.05]
    if len(fits) != 1:
        return None
    return fits[0], f"durations are in {UNITS[fits[0]]}: so the states of a row fill most of its interval"


def _numbers(head: Peek, one: Found) -> np.ndarray:
    found = parse_numbers(text_of(head, one.origin), decimal=None)
    if found.unclear.any():
        found = parse_numbers(text_of(head, one.origin), decimal=",")
    return np.nan_to_num(found.values)


def _decimal(found: Clues, used: Sequence[Profile], reading: Reading, answer: str | None) -> None:
    """Tell the decimal sign from the numbers, or ask where they can be read a thousand times apart."""
    kinds = {name: TABLES[reading.table].get(one.ours, "us") for one in reading.found.values() for name in one.names}
    numbers = [one for one in used if one.kind == "number" and kinds.get(one.name, "us") in ("us", "number", "count")]
    signs = {one.decimals for one in numbers if one.decimals}
    if answer:
        found.stated["decimal"] = answer
    elif len(signs) == 1:
        sign = signs.pop()
        if sign == ",":
            found.stated["decimal"] = sign
            found.notes.append("the decimal sign is the comma")
    elif signs or any(one.ambiguous for one in numbers):
        text = "Which is its decimal sign? A number such as 1.234 can be read two ways."
        meanings = {",": "comma: 12,5 is twelve and a half", ".": "point: 12.5 is twelve and a half"}
        found.questions.append(Question("decimal", text, CHOICES["decimal"], meanings=meanings))


def _population(found: Clues, reading: Reading, answers: Mapping[str, str]) -> None:
    """Ask whose time a file holds."""
    if reading.table not in PEOPLE or "population" in reading.found:
        return
    answer = answers.get("population")
    if answer is None:
        found.questions.append(
            Question("population", "Whose time is it?", CHOICES["population"], meanings=_POPULATIONS)
        )
    elif answer != "roster":
        found.stated["population"] = answer


def _left_out(head: Peek, looked: Sequence[Profile], reading: Reading) -> Iterator[str]:
    """Yield what a reader should know about columns that are not used."""
    twice = sorted({name for name in head.header if name and head.header.count(name) > 1})
    if twice:
        listed = ", ".join(map(shown, twice))
        yield f"{listed} stands twice in the header and is not used; rename one of the columns if it is needed"
    names = [one.name for one in looked if one.name and one.name not in reading.used and one.kind != "empty"]
    averages = [name for name in names if is_average(unit_stated(name)[0])]
    if averages and reading.table in ("volumes", "forecasts") and "handle_us" not in reading.found:
        yield f"{shown(averages[0])} is an average; the table needs the handling time of all contacts together: ask the client for that column"
    if names:
        yield (
            "not used: "
            + ", ".join(map(shown, names[:12]))
            + (f" and {len(names) - 12} more" if len(names) > 12 else "")
        )
