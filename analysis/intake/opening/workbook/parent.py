"""The side that trusts nothing: starts the reading process, waits within limits, and turns its lines into cells."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from analysis.foundation.schema import DataProblem, Finding
from analysis.intake.opening.archive import Member
from analysis.intake.opening.raw import (
    HEADER_SEARCH_ROWS,
    Fault,
    RawFile,
    Wanted,
    check_header,
    find_header,
    joined_header,
    plain,
    under_headings,
)
from analysis.intake.words import number_of

TIME_LIMIT_S = 300.0
PAGE_TIME_LIMIT_S = 30.0
MEMORY_LIMIT_BYTES = 2 << 30
# Rows are turned into columns in steps of this many, which bounds the memory of loose cells.
_STEP_ROWS = 50_000
# What an interpreter needs of its surroundings to start.
_ENVIRONMENT = ("SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH")
_START = "import sys; sys.path.insert(0, {root!r}); from analysis.intake.opening.workbook.child import main; main(*sys.argv[1:])"


def read_workbook(
    file: str, path: Path, *, wanted: Wanted, sheet: str | None, encoding: str | None = None, page: bool = False
) -> RawFile:
    """Return the cells of the one sheet of a workbook (or table of a web page) that holds something, or of the one named.

    Parameters
    ----------
    file
        Name for messages.
    path
        Where the workbook lies.
    wanted
        Names of columns by which the header is recognised.
    sheet
        Name of the sheet, or ``table 2`` for the second table of a web page; None when only one holds content.
    encoding
        Encoding of a web page, where the source states it.
    page
        It is a web page: these are small where they are honest, and get less time.

    Raises
    ------
    DataProblem
        The workbook is hostile, damaged, protected, or it is not plain which sheet is meant.
    """
    with tempfile.TemporaryFile() as output:
        limit_s = PAGE_TIME_LIMIT_S if page else TIME_LIMIT_S
        _run(file, path, [sheet or "", encoding or "", str(MEMORY_LIMIT_BYTES)], output, limit_s=limit_s)
        output.seek(0)
        records = (json.loads(line) for line in output)
        first = next(records, {"refused": "it broke off"})
        if "refused" in first:
            raise _refused(file, first["refused"])
        if "ask" in first:
            raise _which_sheet(file, sheet, first["names"], first["ask"])
        return _raw(file, first, records, wanted)


def first_rows(
    file: str, path: Path, *, sheet: str | None = None, page: bool = False, at_most: int
) -> tuple[list[list[str]], list[str]]:
    """Return the first rows of the one sheet (or table of a web page) that holds something, else the names of those that do.

    Parameters
    ----------
    file, path, sheet, page
        As in :func:`read_workbook`.
    at_most
        So many rows at most.

    Raises
    ------
    DataProblem
        The workbook is hostile, damaged, protected, or it holds nothing.
    """
    with tempfile.TemporaryFile() as output:
        limit_s = PAGE_TIME_LIMIT_S if page else TIME_LIMIT_S
        _run(file, path, [sheet or "", "", str(MEMORY_LIMIT_BYTES)], output, limit_s=limit_s)
        output.seek(0)
        records = [json.loads(line) for line in itertools.islice(output, at_most + 1)]
    first = records[0] if records else {"refused": "it broke off"}
    if "refused" in first:
        raise _refused(file, first["refused"])
    if "ask" in first and not first["names"]:
        raise _which_sheet(file, sheet, first["names"], first["ask"])
    names = list(first["names"]) if "ask" in first else []
    return [list(record["cells"]) for record in records if "row" in record], names


def _refused(file: str, reason: str) -> DataProblem:
    return DataProblem(f"{file}: the workbook is refused: {reason}. Export the table again, as CSV if need be.")


def _run(file: str, path: Path, arguments: Sequence[str], output: Any, *, limit_s: float | None = None) -> None:
    """Run the reading process to its end; an isolated interpreter, in which neither the working folder nor the environment counts."""
    limit_s = TIME_LIMIT_S if limit_s is None else limit_s
    root = Path(__file__).resolve().parents[4]
    command = [sys.executable, "-I", "-c", _START.format(root=str(root)), *arguments]
    try:
        # A file is handed over as standard input, so the process needs no path; what lies in an archive goes through a pipe.
        with path.open("rb") as stream:
            given: dict[str, Any] = {"input": stream.read()} if isinstance(path, Member) else {"stdin": stream}
            done = subprocess.run(
                command,
                **given,
                stdout=output,
                stderr=subprocess.DEVNULL,
                timeout=limit_s,
                check=False,
                cwd=tempfile.gettempdir(),
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            )
    except subprocess.TimeoutExpired:
        raise DataProblem(
            f"{file}: the workbook was not read within {limit_s:.0f} s. Export the table as CSV."
        ) from None
    if done.returncode != 0:
        raise DataProblem(
            f"{file}: the workbook could not be read within {MEMORY_LIMIT_BYTES >> 30} GiB of memory. "
            "Export the table as CSV."
        )


def _which_sheet(file: str, sheet: str | None, names: Sequence[str], kind: str) -> DataProblem:
    """Return the question which sheet of a workbook, or which table of a web page, is meant."""
    listed = ", ".join(repr(name) for name in names[:20]) + (" ..." if len(names) > 20 else "") or "none"
    if sheet is not None:
        return DataProblem(
            f"{file}: there is no {kind} {sheet!r} with content; the {kind}s are {listed}. Correct sheet."
        )
    if not names:
        return DataProblem(f"{file}: no {kind} holds anything. Ask for the export again, or take it out of files.")
    return DataProblem(
        f"{file}: {len(names)} {kind}s with content ({listed}), and it is not plain which one is meant. "
        'Set sheet = "..." in this [[source]].'
    )


def _raw(file: str, sheet: dict[str, Any], records: Iterator[dict[str, Any]], wanted: Wanted) -> RawFile:
    """Return the rows under the header; cells beyond it make a row too long."""
    top, ending = _top(file, records)
    at, hits = find_header([record["cells"] for record in top], wanted)
    if hits == 0:
        raise DataProblem(
            f"{file}: no header found in sheet {sheet['sheet']!r}. Name the file's columns in [source.columns], "
            "or export the table with its header."
        )
    return _below(file, {**sheet, "top": top, "at": at, "ending": ending}, records, wanted)


def _top(file: str, records: Iterator[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the first rows of a sheet, and what came after its last one if it has no more."""
    top: list[dict[str, Any]] = []
    for record in records:
        if "refused" in record:
            raise _refused(file, record["refused"])
        if "row" not in record:
            return top, record
        top.append(record)
        if len(top) == HEADER_SEARCH_ROWS:
            break
    return top, {}


def _below(file: str, sheet: dict[str, Any], records: Iterator[dict[str, Any]], wanted: Wanted) -> RawFile:
    """Return the rows of a sheet whose header was found among its first rows."""
    import numpy as np

    top, at, ending = sheet.pop("top"), sheet.pop("at"), dict(sheet.pop("ending"))
    rows_above = [record["cells"] for record in top[: at + 1]]
    header, upper = joined_header(rows_above, at, wanted)
    check_header(file, header, wanted, both=under_headings(rows_above, at))
    body = _Body(header, wanted)
    for record in itertools.chain(top[at + 1 :], records):
        if "row" in record:
            body.add(record["row"], record["cells"], record.get("lost", ()))
        else:
            ending |= record
    if not ending.get("done"):
        raise _refused(file, ending.get("refused", "it broke off"))
    above = rows_above[: at - bool(upper)]
    blank = sum(not any(plain(cell) for cell in cells) for cells in above)
    counts = {"header": 1 + bool(upper), "banner": len(above) - blank, "blank": blank, "total": 0}
    rows = np.asarray(body.numbers, dtype=np.int64)
    raw = RawFile(file, header, body.frame(), rows, sheet["physical"], counts, body.faults)
    raw.typed = sheet.get("typed", True)
    raw.findings = _notes(file, {**sheet, **ending["notes"]}, header)
    stored = {int(position): cells for position, cells in ending["notes"].get("numbers", {}).items()}
    raw.numbers = {name: stored[position] for position, name in enumerate(header) if name and position in stored}
    return raw


class _Body:
    """Rows below the header, turned into columns step by step."""

    def __init__(self, header: Sequence[str], wanted: Wanted) -> None:
        self.width = len(header)
        names = {*wanted.required, *wanted.optional}
        self.needed = {position for position, name in enumerate(header) if name in names}
        self.numbers: list[int] = []
        self.faults: list[Fault] = []
        self.loose: list[list[str]] = []
        self.parts: list[list[Any]] = []

    def add(self, number: int, cells: list[str], lost: Sequence[int]) -> None:
        """Take one row; cells beyond the header make it too long, and a needed formula that was never computed makes it useless."""
        if any(plain(cell) for cell in cells[self.width :]):
            self.faults.append(Fault(number, "long_row"))
            return
        if not self.needed.isdisjoint(lost):
            self.faults.append(Fault(number, "formula_without_value"))
            return
        self.numbers.append(number)
        self.loose.append((cells + [""] * self.width)[: self.width])
        if len(self.loose) == _STEP_ROWS:
            self._step()

    def _step(self) -> None:
        import pyarrow as pa

        columns = zip(*self.loose, strict=True) if self.loose else [()] * self.width
        self.parts.append([pa.array(column, type=pa.large_string()) for column in columns])
        self.loose = []

    def frame(self) -> Any:
        """Return all cells, one column per position of the header."""
        import numpy as np
        import pandas as pd
        import pyarrow as pa

        self._step()
        text = pd.StringDtype("pyarrow", na_value=np.nan)
        joined = [pa.chunked_array([part[position] for part in self.parts]) for position in range(self.width)]
        return pd.DataFrame(
            {position: pd.Series(column.to_pandas(), dtype=text) for position, column in enumerate(joined)}
        )


def _notes(file: str, notes: dict[str, Any], header: Sequence[str]) -> list[Finding]:
    """Return what a reader of the workbook might not expect."""
    found: list[Finding] = []

    def tell(code: str, message: str, rows: int | None = None, severity: Literal["flag", "fixed"] = "flag") -> None:
        found.append(Finding(code, severity, file, f"{file}: {message}", rows))

    if notes.get("page"):
        tell("web_page", "this is a web page; the cells of its table are used as they stand.", severity="fixed")
    if rows := notes["hidden_rows"]:
        tell("hidden_rows", f"{number_of(rows, 'row')} of the sheet hidden; used like the others.", rows)
    if notes["hidden_sheet"]:
        tell("hidden_sheet", "the sheet that was read is hidden.")
    hidden = {name for first, last in notes.get("hidden_columns", ()) for name in header[first - 1 : last] if name}
    if hidden:
        names = ", ".join(map(repr, sorted(hidden)[:5]))
        tell(
            "hidden_columns", f"{number_of(len(hidden), 'column')} of the sheet hidden ({names}); read like the others."
        )
    if cells := notes["no_value"]:
        message = f"{number_of(cells, 'formula')} without a value; rows that need one are rejected. Open the workbook in Excel and save it."
        tell("formula_without_value", message, cells)
    if areas := notes["merged"]:
        message = (
            f"{number_of(areas, 'merged area')}; only the first cell of each holds the value, and rows without it are rejected. "
            "If an empty cell repeats the one above, name its column in fill_down."
        )
        tell("merged_cells", message, areas)
    return found
