"""All rows of one source together, with the fate of each: nothing leaves without a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pyarrow import compute

from analysis.foundation.schema import DataProblem, Finding
from analysis.intake.arrow_text import as_array
from analysis.intake.fill_down import fill_down
from analysis.intake.raw import TOTAL_PATTERN, Fault, RawFile
from analysis.intake.settings import Source
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.local_time import Column

TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
USED = 0


def tidy_text(column: pd.Series) -> pd.Series:
    """Return text without blanks at its ends and in composed Unicode form; nothing else changes."""
    values = compute.utf8_trim_whitespace(as_array(column))
    if not compute.all(compute.string_is_ascii(values), min_count=0).as_py():
        values = compute.utf8_normalize(values, form="NFC")
    return pd.Series(values.to_pandas(types_mapper=lambda _: TEXT), index=column.index, dtype=TEXT)


class Fates:
    """The fate of every row of a source; the first fate given to a row stays."""

    def __init__(self, rows: int) -> None:
        self.codes: NDArray[np.int16] = np.zeros(rows, dtype=np.int16)
        self.names: list[tuple[str, str]] = [("used", "")]

    def give(self, mask: object, fate: str, reason: str = "") -> int:
        """Give a fate to the rows of a mask that have none yet, and return how many these are."""
        chosen = np.asarray(mask, dtype=bool) & (self.codes == USED)
        count = int(chosen.sum())
        if count:
            if (fate, reason) not in self.names:
                self.names.append((fate, reason))
            self.codes[chosen] = self.names.index((fate, reason))
        return count

    @property
    def open(self) -> NDArray[np.bool_]:
        """Rows that are still used."""
        return self.codes == USED

    def count(self, rows: NDArray[np.bool_]) -> Counter[tuple[str, str]]:
        """Return how many of the given rows met each fate."""
        found = np.bincount(self.codes[rows], minlength=len(self.names))
        return Counter({name: int(number) for name, number in zip(self.names, found, strict=True) if number})


# Fates that need no reason.
PLAIN_FATES: tuple[str, ...] = ("header", "banner", "blank", "total", "duplicate")


@dataclass(frozen=True, slots=True)
class Account:
    """How many rows of a file met each fate; `excluded` and `rejected` by reason."""

    physical: int
    plain: Mapping[str, int]
    excluded: Mapping[str, int]
    rejected: Mapping[str, int]
    used: int

    @property
    def rows(self) -> int:
        """Rows accounted for."""
        return sum(self.plain.values()) + sum(self.excluded.values()) + sum(self.rejected.values()) + self.used


@dataclass(slots=True)
class Batch:
    """The rows of one source.

    Attributes
    ----------
    source
        What the engagement states.
    number
        Position of the source in the engagement file, from 1.
    files
        The files as they were opened.
    cells
        All cells as text under the client's names, one row per row below a header.
    file_of, rows
        For each row: position of its file in `files`, and its physical number there.
    fates
        What became of each row.
    findings
        What a reader must know.
    absorbed
        Rows that are used as part of another row, as a start is of its completion.
    stated_us
        Time that each row states by its own cells, before any repair [us].
    moves
        What repairs added to the time of rows: code, positions of the rows, microseconds of each.
    traps
        Tests of the format's known traps: code, question, rows tested, rows hit, time moved [us], words.
    zone
        Zone of stamps without an offset.
    wide
        Time of each state code [us], for sources with one column of time per state; a format may change it.
    """

    source: Source
    number: int
    files: list[RawFile]
    cells: pd.DataFrame
    file_of: NDArray[np.int32]
    rows: NDArray[np.int64]
    fates: Fates
    findings: list[Finding] = field(default_factory=list)
    absorbed: NDArray[np.bool_] = field(init=False)
    stated_us: NDArray[np.int64] = field(init=False)
    moves: list[tuple[str, NDArray[np.intp], NDArray[np.int64]]] = field(default_factory=list)
    traps: list[dict[str, object]] = field(default_factory=list)
    zone: str = "UTC"
    wide: dict[str, Column] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.absorbed = np.zeros(len(self.rows), dtype=bool)
        self.stated_us = np.zeros(len(self.rows), dtype=np.int64)

    def move(self, code: str, us: NDArray[np.int64]) -> None:
        """Record what a repair adds to the time of each row [us]; the repair itself changes the columns."""
        rows = np.flatnonzero(us)
        if len(rows):
            self.moves.append((code, rows, np.asarray(us, dtype=np.int64)[rows]))

    def place(self, mask: object) -> str:
        """Return file and row of the first row of a mask, in words."""
        at = int(np.asarray(mask, dtype=bool).argmax())
        return f"{self.files[self.file_of[at]].file}, row {self.rows[at]}"

    def file_at(self, mask: object) -> str:
        """Return the name of the file of the first row of a mask."""
        return self.files[self.file_of[int(np.asarray(mask, dtype=bool).argmax())]].file

    def note(
        self, code: str, severity: str, message: str, rows: int | None = None, moved_us: int | None = None
    ) -> None:
        """Keep a finding about this source."""
        self.findings.append(Finding(code, severity, self.source.label, message, rows, moved_us))  # type: ignore[arg-type]

    def ask(self, message: str) -> DataProblem:
        """Return the question to raise, with the place in the engagement file."""
        return DataProblem(f"{message} (this is [[source]] number {self.number}: {self.source.label})")

    def reject(self, mask: object, reason: str) -> int:
        """Reject rows for a reason."""
        return self.fates.give(mask, "rejected", reason)

    def faults(self) -> list[tuple[str, Fault]]:
        """Return every rejected row, by file, in the order of the file."""
        found = [(raw.file, fault) for raw in self.files for fault in raw.faults]
        for at in np.flatnonzero(self.fates.codes):
            fate, reason = self.fates.names[self.fates.codes[at]]
            if fate == "rejected":
                found.append((self.files[self.file_of[at]].file, Fault(int(self.rows[at]), reason)))
        order = {raw.file: position for position, raw in enumerate(self.files)}
        return sorted(found, key=lambda pair: (order[pair[0]], pair[1].row))

    def account(self, position: int) -> Account:
        """Return the row accounting of one file, checked against the rows counted by the second method.

        Raises
        ------
        DataProblem
            The fates do not add up to the physical rows.
        """
        raw = self.files[position]
        found = self.fates.count(self.file_of == position)
        found.update(Counter(("rejected", fault.reason) for fault in raw.faults))
        account = Account(
            physical=raw.physical,
            plain={fate: raw.counts.get(fate, 0) + found.get((fate, ""), 0) for fate in PLAIN_FATES},
            excluded={reason: rows for (fate, reason), rows in found.items() if fate == "excluded"},
            rejected={reason: rows for (fate, reason), rows in found.items() if fate == "rejected"},
            used=found.get(("used", ""), 0),
        )
        if account.rows != raw.physical:
            raise DataProblem(
                f"{raw.file}: {raw.physical} physical rows but {account.rows} rows accounted for; the file is not read, "
                "so that no row is lost silently. Most often a quote or line end is broken: export the file again."
            )
        return account


def gather(source: Source, number: int, files: Sequence[RawFile]) -> Batch:
    """Join the files of a source under their column names and tell rows that are no data apart."""
    frames = []
    for raw in files:
        seen: Counter[str] = Counter()
        names = []
        for position, name in enumerate(raw.header):
            seen[name] += 1
            names.append(name if name and seen[name] == 1 else f"{name}#{position}")
        frames.append(raw.cells.set_axis(names, axis=1))
    cells = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0].reset_index(drop=True)
    cells = pd.DataFrame({name: tidy_text(cells[name]) for name in cells.columns})
    file_of = np.repeat(np.arange(len(files), dtype=np.int32), [len(raw.rows) for raw in files])
    rows = np.concatenate([raw.rows for raw in files]).astype(np.int64)
    batch = Batch(source, number, list(files), cells, file_of, rows, Fates(len(cells)))
    batch.findings += [finding for raw in files for finding in raw.findings]
    return batch


def sift(batch: Batch, *, keys: Sequence[str], needed: Sequence[str], keep_repeats: NDArray[np.bool_]) -> None:
    """Give blank rows, repeated headers, totals and duplicates their fate.

    Parameters
    ----------
    batch
        Rows of a source.
    keys
        The client's columns that name a person, queue or team: a word for totals there marks a row of totals.
    needed
        The client's columns without which a row means nothing.
    keep_repeats
        Rows that may be different things although they are equal to others of their file (looks at unnamed people); across files they
        still count once.
    """
    cells = batch.cells
    if cells.empty:
        return
    empty = np.ones(len(cells), dtype=bool)
    header = np.ones(len(cells), dtype=bool)
    first = pd.Series("", index=cells.index, dtype=TEXT)
    for name in cells.columns:
        blank = (cells[name] == "").to_numpy(dtype=bool)
        empty &= blank
        header &= (cells[name] == name).to_numpy(dtype=bool) | (blank & ("#" in name or ~_in_files(batch, name)))
        first = first.where(first != "", cells[name])
    batch.fates.give(empty, "blank")
    batch.fates.give(header, "header")
    batch.fates.give(_totals(cells, first, keys, needed), "total")
    fill_down(batch)
    _duplicates(batch, keep_repeats)


def _in_files(batch: Batch, name: str) -> NDArray[np.bool_]:
    """Return for each row whether its file has the column."""
    return np.array([name in raw.header for raw in batch.files], dtype=bool)[batch.file_of]


def _totals(cells: pd.DataFrame, first: pd.Series, keys: Sequence[str], needed: Sequence[str]) -> NDArray[np.bool_]:
    """Return the rows of totals: a word for totals as first cell or key, or such a beginning where a needed cell is empty."""
    exact = np.zeros(len(cells), dtype=bool)
    for column in (first, *(cells[name] for name in keys)):
        exact = exact | _matches(column, rf"(?i)^({TOTAL_PATTERN})\s*:?$")
    lacking = np.zeros(len(cells), dtype=bool)
    for name in needed:
        lacking |= (cells[name] == "").to_numpy(dtype=bool)
    return exact | (_matches(first, rf"(?i)^({TOTAL_PATTERN})\s") & lacking)


def _matches(column: pd.Series, pattern: str) -> NDArray[np.bool_]:
    return np.asarray(compute.match_substring_regex(as_array(column), pattern), dtype=bool)


def _duplicates(batch: Batch, keep_repeats: NDArray[np.bool_]) -> None:
    """Count rows that are equal cell by cell once, within and across the files of a source."""
    kept = np.flatnonzero(batch.fates.open)
    frame = batch.cells.iloc[kept].reset_index(drop=True)
    names = list(frame.columns)
    if keep_repeats.any():
        frame["#file"] = batch.file_of[kept]
        frame["#repeat"] = frame.groupby([*names, "#file"], sort=False).cumcount().where(keep_repeats[kept], 0)
        names = [*names, "#repeat"]
    again = frame.duplicated(subset=names).to_numpy(dtype=bool)
    mask = np.zeros(len(batch.cells), dtype=bool)
    mask[kept[again]] = True
    count = batch.fates.give(mask, "duplicate")
    if count:
        batch.note(
            "duplicate_rows",
            "fixed",
            f"{number_of(count, 'row')} equal to an earlier one, cell by cell (first: {batch.place(mask)}); counted once.",
            count,
        )
