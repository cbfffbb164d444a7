"""What the kit's own sheets share: headers as people write them, weeks, and sheets with a column per type."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.casting.local_time import Column
from analysis.intake.casting.numerals import Numbers, parse_numbers
from analysis.intake.opening.files import open_table
from analysis.intake.opening.raw import RawFile, Wanted, is_total, plain
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch
    from analysis.intake.settings import Source

DAY_US = 86_400_000_000
SECOND_US = 1_000_000
# Columns that `finish` adds for `spread`: this and the client's name.
WIDE = "wide:"
_WEEK = re.compile(
    r"(?:(?P<y>\d{4})[\s-]*(?:w|wk|week|kw)[\s.-]*(?P<w>\d{1,2})|(?:w|wk|week|kw)[\s.-]*(?P<v>\d{1,2})[\s,/-]+(?P<x>\d{4}))",
    re.IGNORECASE,
)
_STYLES: tuple[Callable[[str], str], ...] = (
    str,
    lambda name: " ".join(word if word.startswith("(") else word[:1].upper() + word[1:] for word in name.split()),
    lambda name: re.sub(r"\bID\b", "Id", name),
    lambda name: re.sub(r"\bId\b", "ID", " ".join(word if word[:1] in "(" else word.title() for word in name.split())),
    lambda name: " ".join(word if word[:1] in "(" else word.title() for word in name.split()),
    str.lower,
    str.upper,
    lambda name: name.lower().replace(" ", "_"),
)


def spelled(*names: str) -> tuple[str, ...]:
    """Return names as people write them: capitals or none, underscores for blanks.

    Examples
    --------
    >>> spelled("Agent ID")
    ('Agent ID', 'Agent Id', 'agent id', 'AGENT ID', 'agent_id')
    """
    return tuple(dict.fromkeys(style(name) for name in names for style in _STYLES))


def spelled_pairs(dates: Iterable[str], times: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return pairs of a column of dates and one of times, both in the same style.

    Examples
    --------
    >>> ("date", "start time") in spelled_pairs(["Date"], ["Start time"])
    True
    """
    pairs = [(date, time) for date in dates for time in times]
    return tuple(dict.fromkeys((style(date), style(time)) for date, time in pairs for style in _STYLES))


# Columns of every sheet that are for people alone.
NOTES: tuple[str, ...] = spelled("Note", "Notes", "Remark", "Remarks", "Comment", "Comments")
AGENT: tuple[str, ...] = spelled(
    "Agent ID", "Agent", "Person", "Person ID", "Employee ID", "Employee", "Login", "User ID", "Clerk"
)
TEAM: tuple[str, ...] = spelled("Team", "Group", "Department")
TYPE: tuple[str, ...] = spelled("Type", "Item type", "Work type", "Case type", "Kind of work")
QUEUE: tuple[str, ...] = spelled("Queue", "Line", "Skill group")
WEEK: tuple[str, ...] = spelled("Week", "ISO week", "Calendar week")
WEEK_START: tuple[str, ...] = spelled("Week start", "Week starting", "Week commencing", "Week beginning")
PERIOD_START: tuple[str, ...] = spelled("Period start", "Start date", "From") + WEEK_START
PERIOD_END: tuple[str, ...] = spelled("Period end", "End date", "To", "Week end", "Week ending")
INTERVAL_START: tuple[str | tuple[str, str], ...] = (
    *spelled("Interval start", "Start of interval"),
    *spelled_pairs(["Date"], ["Interval", "Time", "Start time"]),
)
INTERVAL_LENGTH: tuple[str, ...] = spelled("Interval length (s)", "Interval (s)")


def monday_of(week: str) -> dt.date | None:
    """Return the Monday of a week written as ``2026-W10``, ``2026 week 10`` or ``W10 2026``; None where it is none.

    Examples
    --------
    >>> monday_of("2026-W10"), monday_of("wk 53 2026"), monday_of("10")
    (datetime.date(2026, 3, 2), datetime.date(2026, 12, 28), None)
    """
    found = _WEEK.fullmatch(week.strip())
    if found is None:
        return None
    try:
        return dt.date.fromisocalendar(int(found["y"] or found["x"]), int(found["w"] or found["v"]), 1)
    except ValueError:
        return None


def fill_period(batch: Batch, columns: dict[str, Column], *, with_end: bool) -> None:
    """Fill the first (and last) day of a row's period from its week.

    Parameters
    ----------
    batch
        Rows of a source; rows with a week that is none are rejected as ``bad_week``.
    columns
        Our columns, typed; `period_start` (and `period_end`) are filled where the row has none.
    with_end
        The table needs the last day too.

    Raises
    ------
    DataProblem
        Neither a week nor a period stands in the sheet.
    """
    name = next((name for name in WEEK if name in batch.cells.columns), None)
    if name is not None:
        first, given, bad = _weeks(batch.cells[name])
        own = columns.get("period_start", _nothing(batch))
        batch.reject(bad & ~own.given, "bad_week")
        columns["period_start"] = Column("date", np.where(own.given, own.array, first), own.given | given)
    elif "period_start" not in columns:
        raise batch.ask(
            f"{batch.files[0].file}: no column tells which week or period a row is about. Add a column Week (2026-W10), or "
            'period_start = "..." to [source.columns].'
        )
    if not with_end:
        return
    weekly = name is not None or any(other in batch.cells.columns for other in WEEK_START)
    start, end = columns["period_start"], columns.get("period_end")
    if end is None and not weekly:
        raise batch.ask(
            f"{batch.files[0].file}: its rows have a first day but no last one. Add a column Period end, or name the first one Week start."
        )
    end = _nothing(batch) if end is None else end
    fill = start.given & ~end.given if weekly else np.zeros(len(batch.rows), dtype=bool)
    columns["period_end"] = Column("date", np.where(fill, start.array + 6 * DAY_US, end.array), end.given | fill)


def _nothing(batch: Batch) -> Column:
    return Column("date", np.zeros(len(batch.rows), dtype=np.int64), np.zeros(len(batch.rows), dtype=bool))


def _weeks(text: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the Monday of each week [us], where one is given, and which cells are no week."""
    codes, names = pd.factorize(text)
    mondays = [monday_of(str(name)) for name in names]
    days = np.array([0 if day is None else (day - dt.date(1970, 1, 1)).days for day in mondays], dtype=np.int64)
    good = np.array([day is not None for day in mondays], dtype=bool)[codes]
    return days[codes] * DAY_US, good, ~good & (text != "").to_numpy(dtype=bool)


def overlaps(batch: Batch, columns: dict[str, Column], keys: Sequence[str]) -> NDArray[np.bool_]:
    """Return which rows have a period that overlaps an earlier, other one of the same keys."""
    rows = np.flatnonzero(batch.fates.open & columns["period_start"].given & columns["period_end"].given)
    names = [columns[name].text.iloc[rows].to_numpy() for name in keys if name in columns]
    who = pd.DataFrame({str(at): name for at, name in enumerate(names)}).groupby(
        list(map(str, range(len(names)))), dropna=False
    )
    group = who.ngroup().to_numpy() if len(rows) else np.zeros(0, dtype=np.int64)
    first, last = columns["period_start"].array[rows], columns["period_end"].array[rows]
    order = np.lexsort((last, first, group))
    reach = pd.Series(last[order]).groupby(group[order]).cummax().groupby(group[order]).shift().to_numpy()
    same = pd.Series(first[order]).groupby(group[order]).shift().to_numpy() == first[order]
    over = (reach >= first[order]) & ~same
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows[order[over]]] = True
    return hits


def open_whole(file: str, path: Path, source: Source, wanted: Wanted) -> RawFile:
    """Return the cells of a sheet with all of its columns: those that no format knows may each stand for a type."""
    return open_table(file, path, source, replace(wanted, everything=True))


def known_names(*groups: Iterable[str | tuple[str, str]]) -> frozenset[str]:
    """Return all names of columns that a sheet has for itself, those for notes among them."""
    flat = [name for group in groups for names in group for name in ((names,) if isinstance(names, str) else names)]
    return frozenset(map(plain, (*flat, *NOTES)))


def wide_names(batch: Batch, known: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the columns of a wide sheet that are neither known nor empty: those of types, and those of their total.

    Raises
    ------
    DataProblem
        A column with values has no name, or the name of another one.
    """
    source = batch.source
    stated = [name for origin in source.columns.values() for name in origin.names]
    mapped = {plain(name) for name in (*stated, *source.exclude, *source.fill_down, source.latest_by or "")}
    names, totals = [], []
    for name in batch.cells.columns:
        if name in known or name in mapped or not (batch.cells[name] != "")[batch.fates.open].any():
            continue
        if "#" in name and name.rpartition("#")[2].isdigit():
            raise batch.ask(
                f"{batch.files[0].file}: a column with values has no name, or the same name as another one. Name every column differently."
            )
        (totals if is_total(name)[0] else names).append(name)
    return names, totals


def wide_numbers(batch: Batch, name: str, words: str) -> Numbers:
    """Return the numbers of one column of a wide sheet; a cell that is none rejects its row.

    Parameters
    ----------
    batch
        Rows of a source.
    name
        The client's column.
    words
        What its cells should hold, for messages.

    Raises
    ------
    DataProblem
        No cell of the column is such a number, or the decimal sign is not plain.
    """
    text = batch.cells[name]
    text = text.where(~text.isin(batch.source.missing), "")
    found = parse_numbers(text, decimal=batch.source.decimal, typed=all(raw.typed for raw in batch.files))
    unclear = found.unclear & batch.fates.open
    if unclear.any():
        raise batch.ask(
            f"{batch.file_at(unclear)}: {number_of(int(unclear.sum()), 'number')} in the column {name!r} that can be read in two ways, a "
            f'thousand times apart (first: {batch.place(unclear)}). Set decimal = "." or decimal = ",".'
        )
    given = found.given & batch.fates.open
    if given.any() and not (given & ~found.bad).any():
        raise batch.ask(
            f"{batch.files[0].file}: the column {name!r} holds no {words}. If it is a remark, name it Note; else correct its cells."
        )
    batch.reject(found.bad, "bad_number")
    return found


def melt(frame: pd.DataFrame, *, name: str, value: str) -> pd.DataFrame:
    """Return one row per column of a type that holds something; a row without any stays once, without type.

    Parameters
    ----------
    frame
        Rows used, with the columns that begin with `WIDE`; the index is kept.
    name, value
        Our columns for the type and for what the cell holds.
    """
    wide = [column for column in frame.columns if column.startswith(WIDE)]
    if not wide:
        return frame
    base = frame.drop(columns=[*wide, *({name, value} & set(frame.columns))])
    parts = [
        base[frame[column].notna()].assign(
            **{name: column.removeprefix(WIDE), value: frame[column][frame[column].notna()]}
        )
        for column in wide
    ]
    none = frame[wide].isna().all(axis=1)
    parts.append(base[none].assign(**{name: None, value: np.nan}))
    long = pd.concat([part for part in parts if len(part)] or parts[-1:])
    return long.astype({name: "str"}).sort_index(kind="stable")
