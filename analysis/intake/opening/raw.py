"""A client file as it stands: every cell as text, every physical row numbered, nothing interpreted yet."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.foundation.schema import DataProblem, Finding
from analysis.intake.words import number_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.intake.opening.cells import Cells

# No spreadsheet holds more.
MAX_COLUMNS = 16_384
# A header is looked for in this many rows at the top of a file.
HEADER_SEARCH_ROWS = 60
# First cells that mark a row of totals (casefolded, without a colon at the end).
TOTAL_WORDS: tuple[str, ...] = (
    "grand total",
    "sub-total",
    "sub total",
    "subtotal",
    "total",
    "totals",
    "eindtotaal",
    "subtotaal",
    "totaal",
    "gesamt",
    "gesamtsumme",
    "summe",
    "zwischensumme",
    "total general",
    "sous-total",
    "totale",
)
TOTAL_PATTERN = "|".join(TOTAL_WORDS)


@dataclass(slots=True)
class Fault:
    """A physical row that cannot be used, and why."""

    row: int
    reason: str


@dataclass(slots=True)
class RawFile:
    """Cells of one file under its header.

    Attributes
    ----------
    file
        Path relative to the engagement folder, with forward slashes.
    header
        Names of the columns, normalised, in the file's order.
    cells
        Text cells, one column per name position (0, 1, ...); never missing, at most empty. Where `marks` stands, only those columns that
        the source looks for.
    rows
        Physical row number of each row of `cells`; the first row of a file or sheet is 1.
    physical
        Physical rows, counted by a second method.
    counts
        Rows already accounted for: header, banner, blank, total.
    faults
        Rows already rejected.
    typed
        The file itself tells numbers from text, so the decimal sign is the point.
    findings
        What was corrected or noticed while opening.
    marks
        What all cells of a row together say, one sign a row: see :mod:`analysis.intake.opening.marks`; None = `cells` holds all columns.
    digests
        Returns what tells rows apart by the cells that were not kept, for positions in `rows` in ascending order; None = all are kept.
    numbers
        Column to the number of its cells that a workbook stores as numbers.
    sheet, book
        Where several sheets of one workbook are read: this one's name, and the path of the workbook; `file` then names both.
    """

    file: str
    header: list[str]
    cells: pd.DataFrame | Cells
    rows: np.ndarray
    physical: int
    counts: dict[str, int]
    faults: list[Fault] = field(default_factory=list)
    typed: bool = False
    findings: list[Finding] = field(default_factory=list)
    marks: NDArray[np.uint8] | None = None
    digests: Callable[[NDArray[np.intp]], list[bytes]] | None = None
    numbers: Mapping[str, int] = field(default_factory=dict)
    sheet: str = ""
    book: str = ""

    @property
    def place(self) -> str:
        """Path of the physical file."""
        return self.book or self.file

    @property
    def names(self) -> list[str]:
        """Name of each column within the source: unnamed and repeated ones carry their position."""
        return unique_names(self.header)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Names of columns that a source looks for.

    Attributes
    ----------
    required, optional
        Columns that must be there, and those that may be; no others are kept.
    everything
        All columns are kept.
    report
        Told how many bytes of how many were read of a file.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    everything: bool = False
    report: Callable[[int, int], None] | None = field(default=None, compare=False)

    def positions(self, header: Sequence[str]) -> list[int]:
        """Return the positions of the columns to keep."""
        known = {*self.required, *self.optional}
        return [position for position, name in enumerate(header) if self.everything or name in known]


def plain(name: str) -> str:
    r"""Return a column name or an identifier without the differences that nobody sees.

    Examples
    --------
    >>> plain("  Agent\u00a0 Name ")
    'Agent Name'
    """
    return " ".join(unicodedata.normalize("NFC", name).split())


def unique_names(header: Sequence[str]) -> list[str]:
    """Return a name for each column, with its position where it has none or one that was there before.

    Examples
    --------
    >>> unique_names(["agent", "", "agent"])
    ['agent', '#1', 'agent#2']
    """
    seen: Counter[str] = Counter()
    names = []
    for position, name in enumerate(header):
        seen[name] += 1
        names.append(name if name and seen[name] == 1 else f"{name}#{position}")
    return names


def find_header(rows: Sequence[Sequence[str]], wanted: Wanted) -> tuple[int, int]:
    """Return the index of the row that is most like the header wanted, and how many wanted names it holds."""
    known = {*wanted.required, *wanted.optional}
    best, hits = 0, 0
    for index in range(len(rows[:HEADER_SEARCH_ROWS])):
        names, _ = joined_header(rows, index, wanted)
        found = len(known.intersection(names))
        if found > hits:
            best, hits = index, found
    return best, hits


def joined_header(rows: Sequence[Sequence[str]], at: int, wanted: Wanted) -> tuple[list[str], list[str]]:
    """Return the names of a header row, joined with the row above it where the source names its columns so, and that row; else none.

    Parameters
    ----------
    rows
        The first rows of a file.
    at
        Position of the header row.
    wanted
        Names that are looked for; ``"Talk / Time"`` stands for the column Time under the merged heading Talk.

    Examples
    --------
    >>> rows = [["", "Talk", "", "Hold"], ["Agent", "Count", "Time", "Time"]]
    >>> joined_header(rows, 1, Wanted(("Agent", "Talk / Time")))[0]
    ['Agent', 'Talk / Count', 'Talk / Time', 'Hold / Time']
    >>> joined_header(rows, 1, Wanted(("Agent", "Count")))
    (['Agent', 'Count', 'Time', 'Time'], [])
    """
    names = [plain(cell) for cell in rows[at]]
    joined = [name for name in (*wanted.required, *wanted.optional) if " / " in name]
    if at == 0 or not joined:
        return names, []
    both = [
        name if name in wanted.required and joint not in joined else joint
        for name, joint in zip(names, under_headings(rows, at), strict=True)
    ]
    return (both, [plain(cell) for cell in rows[at - 1]]) if set(joined) & set(both) else (names, [])


def under_headings(rows: Sequence[Sequence[str]], at: int) -> list[str]:
    """Return the names of a header row, each with the merged heading in the row above it."""
    names = [plain(cell) for cell in rows[at]]
    upper, over, both = [plain(cell) for cell in rows[at - 1]] if at else [], "", []
    for position, name in enumerate(names):
        over = (upper[position] if position < len(upper) else "") or over
        both.append(f"{over} / {name}" if over and name and over != name else name or over)
    return both


def check_header(file: str, header: Sequence[str], wanted: Wanted, *, both: Sequence[str] = ()) -> None:
    """Refuse a file whose header lacks a wanted column or holds one twice.

    Parameters
    ----------
    file
        Name for messages.
    header
        Names of the columns.
    wanted
        What the source looks for.
    both
        The same names with the merged headings above them, by which repeated ones can be told apart.
    """
    import difflib

    if len(header) > MAX_COLUMNS:
        raise DataProblem(
            f"{file}: its header has {len(header):,} columns, more than the {MAX_COLUMNS:,} that a table may have. Ask for the export again."
        )
    absent = [name for name in wanted.required if name not in header]
    if absent:
        near = difflib.get_close_matches(absent[0], list(header), n=3, cutoff=0.4)
        hint = f"the nearest are {', '.join(map(repr, near))}" if near else f"its header has {_listed(header)}"
        raise DataProblem(
            f"{file}: {number_of(len(absent), 'column')} named in the mapping but not in the file (first: {absent[0]!r}); {hint}. "
            "Correct [source.columns], or set where the header differs in a [[source]] of its own."
        )
    used = {*wanted.required, *wanted.optional}
    twice = sorted({name for name in header if name in used and list(header).count(name) > 1})
    if twice:
        raise DataProblem(
            f"{file}: {number_of(len(twice), 'column name')} found twice in the header (first: {twice[0]!r}). "
            "Rename one of them in the export, so that it is plain which one is meant"
            + _by_heading(twice[0], header, both)
            + "."
        )


def _by_heading(name: str, header: Sequence[str], both: Sequence[str]) -> str:
    """Return the ending of a message: how columns of one name are told apart by the headings above them."""
    joint = dict.fromkeys(other for own, other in zip(header, both, strict=False) if own == name and other != name)
    return (
        ", or write it with the heading above it: " + " or ".join(f'"{one}"' for one in joint) if len(joint) > 1 else ""
    )


def _listed(header: Iterable[str]) -> str:
    names = [repr(name) for name in header if name]
    return ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")


def is_total(first: str) -> tuple[bool, bool]:
    """Return whether a first cell is exactly a word for totals, and whether it begins with one."""
    text = plain(first).casefold().rstrip(":").rstrip()
    return text in TOTAL_WORDS, text.startswith(tuple(word + " " for word in TOTAL_WORDS))
