"""What a format of export declares about itself: columns, clock, units, states, known traps, and how to ask a client for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.intake.opening.files import open_table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch
    from analysis.intake.casting.local_time import Column
    from analysis.intake.opening.raw import RawFile, Wanted
    from analysis.intake.settings import DateOrder, DurationUnit, Source

Opener = Callable[[str, Path, "Source", "Wanted"], "RawFile"]
OpenerOfAll = Callable[[str, Path, "Source", "Wanted"], "list[RawFile]"]
Finish = Callable[["Batch", dict[str, "Column"]], None]
Spread = Callable[["Batch", "pd.DataFrame"], "pd.DataFrame"]


@dataclass(frozen=True, slots=True)
class TrapResult:
    """What the test of a trap found.

    Attributes
    ----------
    hits
        One truth value per row of the batch: the trap's rows.
    moved_us
        Time that the treatment moved [us]; 0 where rows are only shown.
    words
        What was found or done, as a sentence that says what to do next; empty where nothing was hit.
    """

    hits: NDArray[np.bool_]
    moved_us: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True)
class Trap:
    """A known trap of an export format and its test; every test is told, whether it finds something or not.

    Attributes
    ----------
    code
        Stable identifier, lower-case words with underscores.
    question
        What is tested, in plain words, such as "Does a closed panel count as time online?".
    test
        Looks at the rows of a source after its cells were typed; it may change columns and fates. None = the row cannot be
        tested on this export (a column is absent).
    severity
        ``"flag"`` (kept and shown) or ``"fixed"`` (treated).
    """

    code: str
    question: str
    test: Callable[[Batch, dict[str, Column]], TrapResult | None]
    severity: str = "flag"


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask the client for: which report, with which columns, for how long, under which clock.

    Attributes
    ----------
    report
        Name of the report or download, and where it is found.
    columns
        Columns that are needed, as the vendor names them.
    limits
        Limits of rows or days that cut exports off, and how to stay below them.
    zone
        Which clock the export shows, and how to fix it.
    pseudonyms
        How to replace persons before sending: which columns, and what must stay equal across files.
    """

    report: str
    columns: tuple[str, ...]
    limits: str
    zone: str
    pseudonyms: str = (
        "Replace names and log-ins by codes, the same code for the same person in every file; keep codes as text."
    )


@dataclass(frozen=True, slots=True)
class Rest:
    """Time of a column that holds the sum of several states, less what columns of their own show of it.

    Attributes
    ----------
    names
        The client's names of the column of the sum.
    parts
        State codes that the sum holds; those without a column stay in the rest.
    """

    names: tuple[str, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Format:
    """A format of export; one module of this folder each, named as the adapter is.

    Attributes
    ----------
    title
        Product and report in words, such as "Avaya CMS: agent by split interval".
    vendor
        Whom `engage new --vendor` asks for it: ``"genesys"``, ``"amazon"``, ...; empty for formats of nobody.
    table
        Canonical table that it fills; None where the source names it.
    defaults
        Our column to the client's names that fill it, the first one present; a column not listed maps to itself. A pair of names is a
        column of dates and one of times.
    signature
        Groups of column names (or of keys, for JSON) that only this format has; a file with all names of one group is of this format.
    also
        Columns of the client that `finish` or a trap reads beside those of `defaults`; optional in a file.
    open
        Returns the cells of one file.
    open_all
        Returns the cells of each table that one file holds, where it may hold several (sheets of a workbook); takes the place of `open`.
    finish
        Changes the typed columns as the format needs it; None = nothing to do.
    fills
        Needed columns of ours that `finish` fills where the file has no column for them.
    spread
        Turns each row used into the rows of the table that it stands for, where one physical row holds several (a column per type); the
        index keeps the position in the batch, and no time may appear or vanish. Columns that `finish` adds reach it. None = one row each.
    totals
        For exports with one column of time per state: state code to the client's names of its column; each cell becomes a row of `state_totals`.
    rests
        For exports with columns of sums beside those of `totals`: code of what no part shows, to the sum and its parts; in this order, so
        that a rest may be a part of a later one. A sum less than its parts leaves no rest, and is told.
    constants
        Our column to the value that it has in every row of this format, such as the one state of a log of sign-ons.
    length_s
        For `state_totals` without a column of the interval's length: that length [s], where the format fixes it.
    time_zone
        Clock of stamps without an offset where the format fixes it, such as ``"UTC"``; None = the source's or the client's.
    own_clock
        Its stamps show the clock of a system or of whoever exported them: a zone stated for them says when something was, and nothing about
        where people live; they are on the client's clock. Formats with a `time_zone`, and sources in UTC, are so by themselves.
    date_order, duration_unit, missing
        Habits of the format where the source states nothing.
    serial_dates
        Plain numbers in its columns of dates are day numbers of a spreadsheet.
    overlapping
        Its states overlap by design (contacts at the same time); more time than the interval is shown, not rejected.
    traps
        Known traps, each with its test.
    request
        How to ask the client for it.
    """

    title: str
    vendor: str = ""
    table: str | None = None
    defaults: Mapping[str, tuple[str | tuple[str, str], ...]] = field(default_factory=dict)
    signature: tuple[tuple[str, ...], ...] = ()
    also: tuple[str, ...] = ()
    open: Opener = open_table
    open_all: OpenerOfAll | None = None
    finish: Finish | None = None
    fills: tuple[str, ...] = ()
    spread: Spread | None = None
    totals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rests: Mapping[str, Rest] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    length_s: float | None = None
    time_zone: str | None = None
    own_clock: bool = False
    date_order: DateOrder | None = None
    duration_unit: DurationUnit | None = None
    missing: tuple[str, ...] = ()
    serial_dates: bool = False
    overlapping: bool = False
    traps: Sequence[Trap] = ()
    request: Request | None = None
