"""A client file as it stands: every cell as text, every physical row numbered, nothing interpreted yet."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.foundation.schema import DataProblem, Finding
from analysis.intake.words import number_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

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
        Text cells, one column per name position (0, 1, ...); never missing, at most empty.
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
    """

    file: str
    header: list[str]
    cells: pd.DataFrame
    rows: np.ndarray
    physical: int
    counts: dict[str, int]
    faults: list[Fault] = field(default_factory=list)
    typed: bool = False
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Names of columns that a source looks for: those that must be there, and those that may be."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


def plain(name: str) -> str:
    r"""Return a column name or an identifier without the differences that nobody sees.

    Examples
    --------
    >>> plain("  Agent\u00a0 Name ")
    'Agent Name'
    """
    return " ".join(unicodedata.normalize("NFC", name).split())


def find_header(rows: Sequence[Sequence[str]], wanted: Wanted) -> tuple[int, int]:
    """Return the index of the row that is most like the header wanted, and how many wanted names it holds."""
    known = {*wanted.required, *wanted.optional}
    best, hits = 0, 0
    for index, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        found = len(known & {plain(cell) for cell in row})
        if found > hits:
            best, hits = index, found
    return best, hits


def check_header(file: str, header: Sequence[str], wanted: Wanted) -> None:
    """Refuse a file whose header lacks a wanted column or holds one twice."""
    import difflib

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
            "Rename one of them in the export, so that it is plain which one is meant."
        )


def _listed(header: Iterable[str]) -> str:
    names = [repr(name) for name in header if name]
    return ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")


def is_total(first: str) -> tuple[bool, bool]:
    """Return whether a first cell is exactly a word for totals, and whether it begins with one."""
    text = plain(first).casefold().rstrip(":").rstrip()
    return text in TOTAL_WORDS, text.startswith(tuple(word + " " for word in TOTAL_WORDS))
