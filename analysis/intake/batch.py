"""All rows of one source together, with the fate of each: nothing leaves without a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute

from analysis.foundation.schema import DataProblem, Finding
from analysis.intake.casting.fill_down import fill_down
from analysis.intake.opening.arrow_text import TEXT, as_array, give_back, matches
from analysis.intake.opening.cells import Cells, stack
from analysis.intake.opening.marks import (
    BLANK,
    CONTROL,
    EXACT_TOTAL,
    HEADER,
    TOTAL,
    TOTAL_BEGINS,
    checksums,
    digests_of,
    marks_of,
)
from analysis.intake.opening.raw import Fault, RawFile
from analysis.intake.settings import Source
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.casting.local_time import Column

__all__ = ["PLAIN_FATES", "TEXT", "USED", "Account", "Batch", "Fates", "gather", "sift"]

USED = 0


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


def together(accounts: Sequence[Account]) -> Account:
    """Return the account of several tables of one file."""
    if len(accounts) == 1:
        return accounts[0]

    def added(parts: Sequence[Mapping[str, int]]) -> dict[str, int]:
        return dict(sum((Counter(part) for part in parts), Counter()))

    return Account(
        physical=sum(one.physical for one in accounts),
        plain={fate: sum(one.plain[fate] for one in accounts) for fate in PLAIN_FATES},
        excluded=added([one.excluded for one in accounts]),
        rejected=added([one.rejected for one in accounts]),
        used=sum(one.used for one in accounts),
    )


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
        Cells as text under the client's names, one row per row below a header: the columns that the source looks for, and for files that
        are read whole all of them.
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
    marks
        What all cells of a row together say.
    dropped
        Names of columns that some file has and did not keep.
    wide
        Time of each state code [us], for sources with one column of time per state; a format may change it.
    """

    source: Source
    number: int
    files: list[RawFile]
    cells: Cells
    file_of: NDArray[np.int32]
    rows: NDArray[np.int64]
    fates: Fates
    findings: list[Finding] = field(default_factory=list)
    absorbed: NDArray[np.bool_] = field(init=False)
    stated_us: NDArray[np.int64] = field(init=False)
    moves: list[tuple[str, NDArray[np.intp], NDArray[np.int64]]] = field(default_factory=list)
    traps: list[dict[str, object]] = field(default_factory=list)
    zone: str = "UTC"
    marks: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, dtype=np.uint8))
    dropped: frozenset[str] = frozenset()
    wide: dict[str, Column] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.absorbed = np.zeros(len(self.rows), dtype=bool)
        self.stated_us = np.zeros(len(self.rows), dtype=np.int64)

    def drop_cells(self) -> None:
        """Let go of the cells, once all that is read of them is in columns."""
        self.cells = Cells({}, len(self.rows))
        give_back()

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
    parts, marks = [], []
    for raw in files:
        cells = raw.cells if isinstance(raw.cells, Cells) else Cells.of_frame(raw.cells)
        marks.append(_marks(raw, cells))
        parts.append(cells.renamed(dict(enumerate(raw.names))))
    cells = stack(parts)
    file_of = np.repeat(np.arange(len(files), dtype=np.int32), [len(raw.rows) for raw in files])
    rows = np.concatenate([raw.rows for raw in files]).astype(np.int64)
    batch = Batch(source, number, list(files), cells, file_of, rows, Fates(len(cells)), marks=np.concatenate(marks))
    batch.findings += [finding for raw in files for finding in raw.findings]
    batch.dropped = _dropped(files)
    first = 0
    for raw in files:
        raw.cells = raw.cells if raw.digests is None else Cells({}, len(raw.rows))
        raw.rows, first = rows[first : first + len(raw.rows)], first + len(raw.rows)
    return batch


def _marks(raw: RawFile, cells: Cells) -> NDArray[np.uint8]:
    """Return the marks of the rows of a file."""
    if raw.marks is not None:
        return raw.marks
    columns = [as_array(cells[position]) for position in range(len(raw.header))]
    return marks_of(columns, raw.header, len(cells))


def sift(
    batch: Batch,
    *,
    keys: Sequence[str],
    needed: Sequence[str],
    keep_repeats: NDArray[np.bool_],
    unanswered: Callable[[], NDArray[np.bool_]] | None = None,
) -> None:
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
    unanswered
        Tells which rows were prepared for an answer and hold none; equal ones are no duplicates.
    """
    if batch.cells.empty:
        return
    marks = batch.marks
    batch.fates.give(marks & BLANK, "blank")
    batch.fates.give(marks & HEADER, "header")
    batch.fates.give(_totals(batch, keys, needed), "total")
    batch.reject(batch.marks & CONTROL, "control_character")
    fill_down(batch)
    if unanswered is not None:
        batch.fates.give(unanswered(), "excluded", "not_answered")
    _duplicates(batch, keep_repeats)
    for raw in batch.files:
        raw.digests = None  # nobody asks again, and they hold where every row stands
    give_back()


def _totals(batch: Batch, keys: Sequence[str], needed: Sequence[str]) -> NDArray[np.bool_]:
    """Return the rows of totals: a word for totals as first cell or key, or such a beginning where a needed cell is empty."""
    total = (batch.marks & TOTAL) > 0
    for name in keys:
        total |= batch.cells.where(name, lambda text: matches(text, EXACT_TOTAL))
    begins = (batch.marks & TOTAL_BEGINS) > 0
    if begins.any():
        lacking = np.zeros(len(total), dtype=bool)
        for name in needed:
            lacking |= batch.cells.where(name, lambda text: np.asarray(compute.equal(text, ""), dtype=bool))
        total |= begins & lacking
    return total


def _duplicates(batch: Batch, keep_repeats: NDArray[np.bool_]) -> None:
    """Count rows that are equal cell by cell once, within and across the files of a source."""
    kept = np.flatnonzero(batch.fates.open)
    names = [name for name in batch.cells.columns if name not in batch.dropped]
    near = kept[_repeated(checksums(batch.cells, names)[kept])]
    if not len(near):
        return
    cells = batch.cells.take(near)
    frame = pd.DataFrame({"kept": digests_of({name: cells[name] for name in names}, len(near))})
    frame["rest"] = _rest(batch, near, {name: text for name, text in cells.items() if name in batch.dropped})
    if keep_repeats.any():
        frame["file"] = batch.file_of[near]
        frame["repeat"] = frame.groupby(["kept", "rest", "file"], sort=False).cumcount().where(keep_repeats[near], 0)
    again = frame.duplicated(subset=["kept", "rest", *(["repeat"] if "repeat" in frame else [])]).to_numpy(dtype=bool)
    mask = np.zeros(len(batch.rows), dtype=bool)
    mask[near[again]] = True
    count = batch.fates.give(mask, "duplicate")
    if count:
        batch.note(
            "duplicate_rows",
            "fixed",
            f"{number_of(count, 'row')} equal to an earlier one, cell by cell (first: {batch.place(mask)}); counted once.",
            count,
        )


def _repeated(sums: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return which values occur more than once."""
    ordered = np.sort(sums)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(twice):
        return np.zeros(len(sums), dtype=bool)
    return twice[np.minimum(np.searchsorted(twice, sums), len(twice) - 1)] == sums


def _dropped(files: Sequence[RawFile]) -> frozenset[str]:
    """Return the names of the columns that some file of the source has and did not keep."""
    return frozenset(
        name
        for raw in files
        if raw.digests is not None
        for position, name in enumerate(raw.names)
        if position not in raw.cells
    )


def _rest(batch: Batch, rows: NDArray[np.intp], cells: Mapping[str, pa.Array]) -> list[bytes]:
    """Return what tells rows apart by columns that not every file kept: read once more where they were dropped."""
    found = digests_of(cells, len(rows))
    first = 0
    for position, raw in enumerate(batch.files):
        own = np.flatnonzero(batch.file_of[rows] == position)
        if raw.digests is not None and len(own):
            for at, digest in zip(own.tolist(), raw.digests(rows[own] - first), strict=True):
                found[at] = digest
        first += len(raw.rows)
    return found
