"""Cells of a client's own columns, for the tests of known traps: as text or as numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.foundation.calendars import DAY_US, first_moment, offset_us, utc_us
from analysis.intake.adapters.format import TrapResult
from analysis.intake.casting.local_time import Column
from analysis.intake.casting.numerals import parse_numbers
from analysis.intake.opening.raw import plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch
    from analysis.intake.opening.raw import RawFile


# Larger numbers mean nothing in any of these columns; so many seconds still fit into 64 bits as microseconds.
LARGEST = 1e12


def either(*names: str) -> tuple[str, ...]:
    """Return names as they are and in small letters, as copies of a database write them.

    Examples
    --------
    >>> either("LOGID", "SPLIT")
    ('LOGID', 'logid', 'SPLIT', 'split')
    """
    return tuple(dict.fromkeys(form for name in names for form in (name, name.lower())))


def text_in(batch: Batch, *names: str) -> pd.Series | None:
    """Return the cells of the first of these columns that the files have, "" where the source says that nothing is there."""
    there = next((plain(name) for name in names if plain(name) in batch.cells.columns), None)
    if there is None:
        return None
    column = batch.cells[there]
    return column.where(~column.isin(batch.source.missing), "") if batch.source.missing else column


def number_in(batch: Batch, *names: str) -> NDArray[np.float64] | None:
    """Return the numbers of the first of these columns that the files have, 0 where none stands and at most `LARGEST`; None without such a column."""
    text = text_in(batch, *names)
    if text is None:
        return None
    typed = all(raw.typed for raw in batch.files)
    values = parse_numbers(text, decimal=batch.source.decimal, typed=typed).values
    return np.clip(np.nan_to_num(values), -LARGEST, LARGEST)


def by_value(text: pd.Series, change: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """Return a column changed by a rule that looks at each value by itself, once for equal values.

    Examples
    --------
    >>> by_value(pd.Series(["a", "b", "a"]), lambda text: text.str.upper()).tolist()
    ['A', 'B', 'A']
    """
    codes, values = pd.factorize(text, use_na_sentinel=False)
    changed = change(pd.Series(values, dtype=text.dtype))
    return pd.Series(changed.array.take(codes), index=text.index)


def groups(parts: Sequence[pd.Series | NDArray]) -> NDArray[np.int64]:
    """Return a number for each combination of values, row by row.

    Examples
    --------
    >>> groups([pd.Series(["a", "a", "b"]), np.array([1, 1, 1])]).tolist()
    [0, 0, 1]
    """
    code = np.zeros(len(parts[0]), dtype=np.int64)
    for part in parts:
        own, values = pd.factorize(part, use_na_sentinel=False)
        code = pd.factorize(code * max(1, len(values)) + own)[0].astype(np.int64)
    return code


def sums(group: NDArray[np.int64], values: NDArray) -> NDArray[np.float64]:
    """Return for each row the sum over its group.

    Examples
    --------
    >>> sums(np.array([0, 0, 1]), np.array([1, 2, 5])).tolist()
    [3.0, 3.0, 5.0]
    """
    return np.bincount(group, weights=values)[group] if len(group) else np.zeros(0)


def told(hits: NDArray[np.bool_], words: str, moved_us: int = 0) -> TrapResult:
    """Return what the test of a trap found; without a hit there is nothing to say.

    Examples
    --------
    >>> told(np.array([False]), "1 row is wrong.").words
    ''
    """
    return TrapResult(hits, moved_us, words) if hits.any() else TrapResult(hits)


def column_of(raw: RawFile, names: Iterable[str]) -> pd.Series | None:
    """Return the cells of the first of these columns that a file has."""
    name = next((name for name in names if name in raw.header), None)
    return None if name is None else raw.cells[raw.header.index(name)]


def rewrite(raw: RawFile, names: Iterable[str], change: Callable[[pd.Series], pd.Series]) -> None:
    """Replace the text of the first of these columns that a file has, by a function of its cells."""
    for name in names:
        if name in raw.header:
            position = raw.header.index(name)
            raw.cells[position] = change(raw.cells[position])
            return


def ask_zone(batch: Batch, names: Iterable[str], why: str) -> None:
    """Ask for the clock of an export whose stamps do not say it, where the source does not state it.

    Raises
    ------
    DataProblem
        The source names no zone, and its stamps carry no offset.
    """
    if batch.source.time_zone is not None or not batch.fates.open.any():
        return
    for name in names:
        text = text_in(batch, name)
        if text is not None and not text.str.contains(r"\d\s*(?:Z|UTC|GMT|[+-]\d\d:?\d\d)$").any():
            raise batch.ask(f"{batch.files[0].file}: its times carry no zone, and {why}")


def real_days(batch: Batch, columns: dict[str, Column]) -> None:
    """Fill the length of intervals that are days of the source's zone: 23 or 25 h where clocks change."""
    if "length_s" in batch.source.columns:
        return
    start = columns["interval_start"]
    local = start.array + offset_us(start.array, batch.zone)
    day = pd.Series((local - local % DAY_US).view("M8[us]"))
    after = utc_us(first_moment(day + pd.Timedelta(days=1), batch.zone))
    length = np.where(start.given, (after - utc_us(first_moment(day, batch.zone))) / 1e6, 0.0)
    columns["length_s"] = Column("number", length, start.given.copy())
