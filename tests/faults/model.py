"""What a fault is: an export with a ledger line for every physical row, and what intake must say about it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

Expected = Literal["FIX", "REJ", "REF", "FLAG", "ASK", "KEPT"]
Cell = str | int | float | dt.datetime | None
SECOND = 1_000_000


@dataclass
class Line:
    """One physical row of a file with its ledger.

    Attributes
    ----------
    cells
        What stands in the row; stamps as datetimes are written ISO in text files and as dates in workbooks.
    fate
        ``"used"``, a plain fate such as ``"blank"``, or ``"rejected:reason"``, ``"excluded:reason"``.
    stated_us
        Time that the cells state.
    moved
        What repairs must add to it, by code.
    truth
        Rows of the canonical table that must come of it, as columns to values (persons by their identifier).
    """

    cells: list[Cell]
    fate: str = "used"
    stated_us: int = 0
    moved: dict[str, int] = field(default_factory=dict)
    truth: list[dict[str, Any]] = field(default_factory=list)

    def become(self, fate: str, *, stated_us: int | None = None) -> None:
        """Plant another fate: nothing of the line may reach the canonical table."""
        self.fate, self.truth, self.moved = fate, [], {}
        if stated_us is not None:
            self.stated_us = stated_us


@dataclass
class Export:
    """One file: its physical rows and how they are dressed."""

    lines: list[Line]
    name: str = "export"
    separator: str = ","
    encoding: str = "utf-8"
    newline: str = "\n"
    edit: Callable[[bytes], bytes] = lambda content: content
    # Rows of the file by the harness's own count where the text is no table any more.
    physical: int | None = None
    workbook: Callable[[Any], None] = lambda book: None
    suffix: str | None = None
    # Lies there as a folder of that name.
    folder: bool = False

    @property
    def header_at(self) -> int:
        """Position of the first header line."""
        return next(at for at, line in enumerate(self.lines) if line.fate == "header")

    @property
    def data(self) -> list[Line]:
        """The lines that hold data, whatever their fate."""
        return [line for line in self.lines if line.fate not in ("header", "banner", "blank")]

    def column(self, name: str) -> int:
        """Position of a column by its name in the header."""
        return self.lines[self.header_at].cells.index(name)

    def counts(self) -> Counter[str]:
        """Rows by fate, as the ledger has them."""
        return Counter(line.fate for line in self.lines)

    def rejects(self) -> list[tuple[int, str]]:
        """Physical row and reason of every line that must be rejected."""
        return [
            (row, line.fate.removeprefix("rejected:"))
            for row, line in enumerate(self.lines, start=1)
            if line.fate.startswith("rejected:")
        ]


@dataclass
class Case:
    """A planted fault, ready to be written and read.

    Attributes
    ----------
    exports
        Files of the source under test; their lines are the ledger.
    source
        Keys of that [[source]] beside files.
    findings
        Codes that must be told, with their rows, or (rows, time moved); None where only the code counts.
    silent
        Codes that must not be told.
    refused
        Pattern of the message with which the file is refused or the question is asked; None = it is read.
    answer
        Keys of the [[source]] that answer the question; the ledger holds for the second reading.
    others
        Further sources: (keys without files, exports).
    extra
        Files that are no exports: name in data/ to content.
    client
        What differs in the client.
    look
        More that must be true of the intake.
    reconciled
        Findings of the reconciliation count too.
    """

    exports: list[Export]
    source: dict[str, Any] = field(default_factory=lambda: {"table": "spells"})
    findings: Mapping[str, int | tuple[int, int] | None] = field(default_factory=dict)
    silent: Sequence[str] = ()
    refused: str | None = None
    answer: dict[str, Any] | None = None
    others: list[tuple[dict[str, Any], list[Export]]] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    client: dict[str, Any] = field(default_factory=dict)
    look: Callable[[Any], None] | None = None
    reconciled: bool = False


@dataclass(frozen=True)
class Fault:
    """One fault of real exports.

    Attributes
    ----------
    id, title
        Number in the catalogue, and what is wrong.
    expected
        What intake must do: FIX, REJ, REF, FLAG, ASK; KEPT where it must be read as it stands.
    inject
        Plants the fault in a clean export.
    csv, xlsx
        True, or why the format is not meaningful.
    variant
        Which form of the fault.
    slow
        Planted in the long run only.
    """

    id: str
    title: str
    expected: Expected
    inject: Callable[[Random], Case]
    csv: bool | str = True
    xlsx: bool | str = True
    variant: str = ""
    slow: bool = False

    @property
    def label(self) -> str:
        """Name for tests and tables."""
        return f"{self.id} {self.variant}".strip()
