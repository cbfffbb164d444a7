"""Explicit casts: each cell becomes what its column must hold, or its row is rejected with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.foundation.calendars import readings
from analysis.foundation.schema import TABLES, Kind
from analysis.intake.batch import TEXT, Batch
from analysis.intake.casting.clock_face import refuse_half_days
from analysis.intake.casting.day_start import OWNERS, business_day
from analysis.intake.casting.local_time import Column, to_utc
from analysis.intake.casting.numerals import parse_durations, parse_flags, parse_numbers
from analysis.intake.casting.stamps import DAY_US, SECOND_US, Stamps, parse_stamps
from analysis.intake.checking.plausible import refuse_wrong_lengths
from analysis.intake.checking.sound import sound_text
from analysis.intake.mapping import text_of
from analysis.intake.opening.arrow_text import give_back
from analysis.intake.seconds import lived_time, state_time
from analysis.intake.settings import DURATION_TABLES, ColumnSource
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

HALF_DAY_US = DAY_US // 2
# Where this share of a column's cells could be day numbers of a spreadsheet, they are no slip.
SERIAL_SHARE = 0.5
# A later stamp of a row that lies before the earlier one: table -> pairs of (earlier, later).
PAIRS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "spells": (("start", "end"),),
    "schedule": (("start", "end"),),
    "work_items": (("arrived", "started"), ("started", "ended"), ("arrived", "ended")),
    "contacts": (("offered_at", "answered_at"), ("answered_at", "ended_at"), ("offered_at", "ended_at")),
}
# Pairs whose two clocks are one, so that any step back is midnight; elsewhere only a step of more than half a day is.
SAME_CLOCK: frozenset[tuple[str, str]] = frozenset(
    {("start", "end"), ("started", "ended"), ("answered_at", "ended_at")}
)


def cast(
    batch: Batch, origins: Mapping[str, ColumnSource], *, zone: str, near_year: int
) -> tuple[dict[str, Column], dict[str, Stamps]]:
    """Return our columns, typed, and what was read of their stamps; rows with a cell that is not what it must be are rejected.

    Parameters
    ----------
    batch
        Rows of a source.
    origins
        Where each of our columns comes from.
    zone
        Zone of stamps without an offset.
    near_year
        Year of the assessment, for years of two digits.

    Raises
    ------
    DataProblem
        A question must be answered first: order of dates, unit of durations, decimal sign.
    """
    kinds: dict[str, Kind] = {**TABLES[batch.source.target], "duration": "us"}
    texts = {name: text_of(batch, origin) for name, origin in origins.items()}
    columns: dict[str, Column] = {}
    for name, text in texts.items():
        kind = kinds[name]
        if kind == "text":
            columns[name] = sound_text(batch, name, text)
        elif kind == "us":
            columns[name] = _duration(batch, name, text, origins[name])
        elif kind in ("number", "count"):
            columns[name] = _number(batch, name, text)
        elif kind == "flag":
            columns[name] = _flag(batch, text, origins[name])
        give_back()
    stamps = _stamps(batch, {name: text for name, text in texts.items() if kinds[name] in ("time", "date")}, near_year)
    state_time(batch, columns, stamps)
    business_day(batch, stamps, origins, _owner(batch, columns))
    _over_midnight(batch, stamps, origins, zone)
    for name, stamp in stamps.items():
        columns[name] = _date(stamp) if kinds[name] == "date" else Column("time", stamp.us, stamp.given & ~stamp.bad)
    _by_the_clock(batch, columns, stamps, zone)
    _ends(batch, columns)
    for stamp in stamps.values():
        stamp.forget()
    give_back()
    return columns, stamps


def _owner(batch: Batch, columns: Mapping[str, Column]) -> pd.Series:
    """Return whose rows stand in order: the person's or the queue's of each row, else one for all."""
    name = next((name for name in OWNERS if name in columns), None)
    return columns[name].text if name else pd.Series("", index=range(len(batch.rows)), dtype=TEXT)


def _by_the_clock(batch: Batch, columns: dict[str, Column], stamps: Mapping[str, Stamps], zone: str) -> None:
    """Move stamps to UTC, and keep what clock changes and offsets do to the time of each row."""
    before = lived_time(batch, {name: column for name, column in columns.items() if name in stamps})
    mixed = _mixed(batch, stamps)
    to_utc(batch, columns, stamps, zone)
    after = lived_time(batch, {name: column for name, column in columns.items() if name in stamps})
    change = np.where(mixed, 0, after - before)
    batch.move("clock_change", change)
    batch.move("mixed_offsets", np.where(mixed, after, 0))
    changed = (change != 0) & batch.fates.open
    if changed.any():
        batch.note(
            "clock_change",
            "fixed",
            f"{number_of(int(changed.sum()), 'row')} over a change of clocks (first: {batch.place(changed)}); their time is what passed, not what the clock shows.",
            int(changed.sum()),
            int(change[changed].sum()),
        )
    _note_offsets(batch, stamps)


def _note_offsets(batch: Batch, stamps: Mapping[str, Stamps]) -> None:
    """Note stamps with an offset among stamps without one; each is read by what it says."""
    aware, naive = (
        np.any([s.given & ~s.bad & (s.aware == with_one) & ~s.date_only for s in stamps.values()], axis=0)
        & batch.fates.open
        if stamps
        else np.zeros(len(batch.rows), dtype=bool)
        for with_one in (True, False)
    )
    if aware.any() and naive.any():
        batch.note(
            "mixed_offsets",
            "fixed",
            f"{number_of(int(aware.sum()), 'row')} with an offset from UTC (first: {batch.place(aware)}) among {number_of(int(naive.sum()), 'row')} without; "
            "the former are read by their offset, the latter by the zone of the source.",
            int(aware.sum()),
        )


def _mixed(batch: Batch, stamps: Mapping[str, Stamps]) -> NDArray[np.bool_]:
    """Return the rows of which one stamp carries an offset and the other does not: their time is known only in UTC."""
    start, end = DURATION_TABLES.get(batch.source.target, ("", ""))
    if start not in stamps or end not in stamps:
        return np.zeros(len(batch.rows), dtype=bool)
    a, b = stamps[start], stamps[end]
    return a.given & ~a.bad & b.given & ~b.bad & (a.aware != b.aware)


def cast_totals(batch: Batch, totals: Mapping[str, str]) -> dict[str, Column]:
    """Return the time of each state code [us], for sources with one column of time per state.

    Parameters
    ----------
    batch
        Rows of a source; a cell that is no duration rejects its row.
    totals
        State code to the client's column.

    Raises
    ------
    DataProblem
        The unit or the decimal sign is not plain.
    """
    found = {}
    for code, name in totals.items():
        origin = ColumnSource(column=name)
        found[code] = _duration(batch, name, text_of(batch, origin), origin)
        batch.stated_us += np.where(found[code].given, found[code].array, 0)
    return found


def _duration(batch: Batch, name: str, text: pd.Series, origin: ColumnSource) -> Column:
    """Return durations in microseconds."""
    own = origin.column == name and name.endswith("_us")
    typed = all(raw.typed for raw in batch.files)
    unit = "us" if own else batch.source.duration_unit
    found = parse_durations(text, unit=unit, decimal=batch.source.decimal, typed=typed)
    still = batch.fates.open
    if (found.no_unit & still).any():
        raise batch.ask(
            f"{batch.file_at(found.no_unit & still)}: {number_of(int((found.no_unit & still).sum()), 'cell')} for {name} written as plain numbers "
            f"(first: {batch.place(found.no_unit & still)}), in an unknown unit. "
            'Set duration_unit = "s", "min", "h", "ms" or "d" (day fractions); "hms" rejects them.'
        )
    if (found.two_parts & still).any():
        raise batch.ask(
            f"{batch.file_at(found.two_parts & still)}: {number_of(int((found.two_parts & still).sum()), 'cell')} for {name} written in two parts "
            f"(first: {batch.place(found.two_parts & still)}), which may be m:ss or h:mm. "
            'Set duration_unit = "m:ss" or duration_unit = "h:mm".'
        )
    _refuse_unclear(batch, name, found.unclear)
    batch.reject(
        found.bad, f"bad_duration_{name}" if name in ("talk_us", "hold_us", "wrap_us", "handle_us") else "bad_duration"
    )
    batch.reject(found.negative, "negative_duration")
    return Column("us", found.us, found.given)


def _number(batch: Batch, name: str, text: pd.Series) -> Column:
    """Return numbers; columns in seconds may be written as h:mm:ss."""
    typed = all(raw.typed for raw in batch.files)
    clocked = parse_durations(text, unit="hms", decimal=None) if name.endswith("_s") else None
    found = parse_numbers(text, decimal=batch.source.decimal, typed=typed)
    if clocked is not None:
        clock = clocked.given & ~clocked.bad
        found.values[clock] = clocked.us[clock] / SECOND_US
        found.bad &= ~clock
        found.unclear &= ~clock
    _refuse_unclear(batch, name, found.unclear)
    batch.reject(found.bad, "bad_number")
    return Column("number", found.values, found.given)


def _refuse_unclear(batch: Batch, name: str, unclear: NDArray[np.bool_]) -> None:
    """Ask for the decimal sign where cells could be read in two ways."""
    unclear = unclear & batch.fates.open
    if unclear.any():
        raise batch.ask(
            f"{batch.file_at(unclear)}: {number_of(int(unclear.sum()), 'cell')} for {name} that can be read in two ways, a thousand times apart "
            f'(first: {batch.place(unclear)}). Set decimal = "." or decimal = ",".'
        )


def _flag(batch: Batch, text: pd.Series, origin: ColumnSource) -> Column:
    """Return yes or no."""
    if origin.true is not None:
        values = text.isin([value.strip() for value in origin.true]).to_numpy(dtype=bool)
        return Column("flag", values, (text != "").to_numpy(dtype=bool))
    yes, given, bad = parse_flags(text)
    batch.reject(bad, "bad_flag")
    return Column("flag", yes, given)


def _stamps(batch: Batch, texts: Mapping[str, pd.Series], near_year: int) -> dict[str, Stamps]:
    """Return the stamps of all columns, read in one order of year, month and day."""
    order, still = batch.source.date_order, batch.fates.open

    def read(order: str | None) -> dict[str, Stamps]:
        serials = batch.source.serial_dates
        return {
            name: parse_stamps(text, order=order, near_year=near_year, serials=serials) for name, text in texts.items()
        }

    found = read(order)
    if order is None and found:
        day, month, unclear = (
            np.any([getattr(stamp, part) & still for stamp in found.values()], axis=0)
            for part in ("day_first", "month_first", "unclear")
        )
        if day.any() and month.any():
            raise batch.ask(
                f"{batch.file_at(month)}: dates mix day-first (first: {batch.place(day)}) and month-first (first: {batch.place(month)}). "
                "Set date_order, and put files of the other order in a [[source]] of their own."
            )
        if unclear.any() and not day.any() and not month.any():
            raise batch.ask(
                f"{batch.file_at(unclear)}: {number_of(int(unclear.sum()), 'row')} with a date that can be read day-first or month-first (first: {batch.place(unclear)}), "
                'and no date shows which. Set date_order = "dmy", "mdy" or "ymd".'
            )
        if unclear.any():
            order = "dmy" if day.any() else "mdy"
            found = read(order)
    _refuse_serials(batch, found)
    refuse_half_days(batch, found)
    for name, stamp in found.items():
        batch.reject(stamp.bad, "bad_stamp")
        for code, rows, words in (
            ("hour_24", stamp.next_day, "written 24:00 and read as the start of the next day"),
            (
                "two_digit_years",
                stamp.short_year & ~stamp.bad,
                f"with a year of two digits, read as the year nearest to {near_year}",
            ),
            ("serial_dates", stamp.serial & ~stamp.bad, "written as day numbers of a spreadsheet and read as dates"),
        ):
            count = int((rows & still).sum())
            if count:
                batch.note(code, "fixed", f"{number_of(count, 'stamp')} of {name} {words}.", count)
    return found


def _refuse_serials(batch: Batch, stamps: Mapping[str, Stamps]) -> None:
    """Ask whether plain numbers in a column of dates are day numbers of a spreadsheet."""
    if batch.source.serial_dates:
        return
    for name, stamp in stamps.items():
        given, like = stamp.given & batch.fates.open, stamp.serial & batch.fates.open
        if like.any() and like.sum() >= SERIAL_SHARE * given.sum():
            raise batch.ask(
                f"{batch.file_at(like)}: {number_of(int(like.sum()), 'cell')} for {name} hold plain numbers that look like day numbers of a spreadsheet "
                f"(first: {batch.place(like)}). Set serial_dates = true if they are, or export the column as dates."
            )


def _date(stamp: Stamps) -> Column:
    return Column("date", stamp.us // DAY_US * DAY_US, stamp.given & ~stamp.bad)


def _over_midnight(batch: Batch, stamps: Mapping[str, Stamps], origins: Mapping[str, ColumnSource], zone: str) -> None:
    """Move a later stamp to the next day where it shares its date column with an earlier one and steps back, unless the clock did."""
    moved: NDArray[np.bool_] = np.zeros(len(batch.rows), dtype=bool)
    lived: NDArray[np.bool_] = moved.copy()
    for early, late in PAIRS.get(batch.source.target, ()):
        if (
            early not in stamps
            or late not in stamps
            or origins[early].date is None
            or origins[early].date != origins[late].date
        ):
            continue
        a, b = stamps[early], stamps[late]
        both = a.given & ~a.bad & b.given & ~b.bad
        least = 0 if (early, late) in SAME_CLOCK else HALF_DAY_US
        over = both & (a.us - b.us > least)
        back = _clock_set_back(a.us[over], b.us[over], zone, shift_s=batch.source.clock_shift_s)
        over[over] = a.aware[over] | ~back
        if (early, late) == DURATION_TABLES.get(batch.source.target):
            batch.move("over_midnight", np.where(over, DAY_US, 0))
            lived = over & batch.fates.open
        b.us = np.where(over, b.us + DAY_US, b.us)
        moved |= over
    moved &= batch.fates.open
    if moved.any():
        count = int(moved.sum())
        batch.note(
            "over_midnight",
            "fixed",
            f"{number_of(count, 'row')} ending after midnight under the date of the start (first: {batch.place(moved)}); the later times were moved to the next day.",
            count,
            int(lived.sum()) * DAY_US,
        )


def _clock_set_back(
    start: NDArray[np.int64], end: NDArray[np.int64], zone: str, *, shift_s: float
) -> NDArray[np.bool_]:
    """Return where the later of two stamps lies in an hour that the clock showed twice, and its second reading follows the earlier one."""
    shift = round(shift_s * SECOND_US)
    first, second = readings(start + shift, zone)[0], readings(end + shift, zone)[1]
    return second > first


def _ends(batch: Batch, columns: dict[str, Column]) -> None:
    """Fill ends from durations; where both stand and disagree the end counts."""
    length = columns.pop("duration", None)
    start, end = DURATION_TABLES.get(batch.source.target, ("", ""))
    if length is None or start not in columns:
        return
    begin = columns[start]
    total = begin.array + length.array
    both = begin.given & length.given
    if batch.source.target != "work_items":
        open_end = both if end not in columns else both & ~columns[end].given
        refuse_wrong_lengths(batch, begin, length, open_end, columns["agent"].text if "agent" in columns else None)
    if end not in columns:
        columns[end] = Column("time", np.where(both, total, 0), both)
        return
    stop = columns[end]
    differ = (
        both & stop.given & batch.fates.open & (stop.array >= begin.array) & (np.abs(stop.array - total) > SECOND_US)
    )
    if differ.any():
        off = int(np.abs(stop.array - total)[differ].sum())
        batch.note(
            "duration_disagrees",
            "flag",
            f"{number_of(int(differ.sum()), 'row')} with a duration that is not end less start (first: {batch.place(differ)}); the end counts.",
            int(differ.sum()),
            off,
        )
    fill = both & ~stop.given
    columns[end] = Column("time", np.where(fill, total, stop.values), stop.given | fill)


def frame_of(batch: Batch, columns: dict[str, Column]) -> pd.DataFrame:
    """Return the rows that are still used, typed; the index holds their position in the batch. The columns are given away, to save memory."""
    used = batch.fates.open & ~batch.absorbed
    rows = np.flatnonzero(used)
    data: dict[str, object] = {}
    for name in list(columns):
        column = columns.pop(name)
        given, values = column.given[rows], column.values
        if column.kind == "text":
            text = column.text[used].reset_index(drop=True)
            data[name] = text if given.all() else text.where(given).astype(TEXT)
            give_back()
        elif column.kind in ("time", "date"):
            stamps = np.asarray(values)[rows].view("M8[us]").copy()
            stamps[~given] = np.datetime64("NaT")
            data[name] = pd.DatetimeIndex(stamps, tz="UTC") if column.kind == "time" else stamps
        elif column.kind == "number":
            data[name] = np.where(given, np.asarray(values)[rows], np.nan)
        else:
            dtype = "boolean" if column.kind == "flag" else "Int64"
            data[name] = pd.array(np.asarray(values)[rows], dtype=dtype)
            data[name][~given] = pd.NA  # type: ignore[index]
    return pd.DataFrame(data, copy=False).set_axis(rows, axis=0)
