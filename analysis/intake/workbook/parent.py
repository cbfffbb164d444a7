"""The side that trusts nothing: starts the reading process, waits within limits, and turns its lines into cells."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from analysis.foundation.schema import DataProblem, Finding
from analysis.intake.archive import Member
from analysis.intake.raw import HEADER_SEARCH_ROWS, Fault, RawFile, Wanted, check_header, find_header, plain

TIME_LIMIT_S = 300.0
MEMORY_LIMIT_BYTES = 2 << 30
# Rows are turned into columns in steps of this many, which bounds the memory of loose cells.
_STEP_ROWS = 50_000
# What an interpreter needs of its surroundings to start.
_ENVIRONMENT = ("SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH")
_START = (
    "import sys; sys.path.insert(0, {root!r}); from analysis.intake.workbook.child import main; main(*sys.argv[1:])"
)


def read_workbook(file: str, path: Path, *, wanted: Wanted, sheet: str | None) -> RawFile:
    """Return the cells of the one sheet of a workbook that holds something, or of the sheet named.

    Parameters
    ----------
    file
        Name for messages.
    path
        Where the workbook lies.
    wanted
        Names of columns by which the header is recognised.
    sheet
        Name of the sheet; None when only one holds content.

    Raises
    ------
    DataProblem
        The workbook is hostile, damaged, protected, or it is not plain which sheet is meant.
    """
    with tempfile.TemporaryFile() as output:
        _run(file, path, sheet, output)
        output.seek(0)
        records = (json.loads(line) for line in output)
        first = next(records, {"refused": "it broke off"})
        if "refused" in first:
            raise _refused(file, first["refused"])
        if "ask" in first:
            raise _which_sheet(file, sheet, first["names"])
        return _raw(file, first, records, wanted)


def _refused(file: str, reason: str) -> DataProblem:
    return DataProblem(f"{file}: the workbook is refused: {reason}. Export the table again, as CSV if need be.")


def _run(file: str, path: Path, sheet: str | None, output: Any) -> None:
    """Run the reading process to its end; an isolated interpreter, in which neither the working folder nor the environment counts."""
    root = Path(__file__).resolve().parents[3]
    command = [
        sys.executable,
        "-I",
        "-c",
        _START.format(root=str(root)),
        sheet or "",
        str(MEMORY_LIMIT_BYTES),
    ]
    try:
        # A file is handed over as standard input, so the process needs no path; what lies in an archive goes through a pipe.
        with path.open("rb") as stream:
            given: dict[str, Any] = {"input": stream.read()} if isinstance(path, Member) else {"stdin": stream}
            done = subprocess.run(
                command,
                **given,
                stdout=output,
                stderr=subprocess.DEVNULL,
                timeout=TIME_LIMIT_S,
                check=False,
                cwd=tempfile.gettempdir(),
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            )
    except subprocess.TimeoutExpired:
        raise DataProblem(
            f"{file}: the workbook was not read within {TIME_LIMIT_S:.0f} s. Export the table as CSV."
        ) from None
    if done.returncode != 0:
        raise DataProblem(
            f"{file}: the workbook could not be read within {MEMORY_LIMIT_BYTES >> 30} GiB of memory. "
            "Export the table as CSV."
        )


def _which_sheet(file: str, sheet: str | None, names: Sequence[str]) -> DataProblem:
    """Return the question which sheet is meant."""
    listed = ", ".join(repr(name) for name in names) or "none"
    if sheet is not None:
        return DataProblem(f"{file}: there is no sheet {sheet!r} with content; the sheets are {listed}. Correct sheet.")
    if not names:
        return DataProblem(f"{file}: no sheet holds anything. Ask for the export again, or take it out of files.")
    return DataProblem(
        f"{file}: {len(names)} sheets with content ({listed}), and it is not plain which one is meant. "
        'Set sheet = "..." in this [[source]].'
    )


def _raw(file: str, sheet: dict[str, Any], records: Iterator[dict[str, Any]], wanted: Wanted) -> RawFile:
    """Return the rows under the header; cells beyond it make a row too long."""
    import numpy as np

    top: list[tuple[int, list[str]]] = []
    ending: dict[str, Any] = {}
    for record in records:
        if "row" not in record:
            ending |= record
            break
        top.append((record["row"], record["cells"]))
        if len(top) == HEADER_SEARCH_ROWS:
            break
    if "refused" in ending:
        raise _refused(file, ending["refused"])
    at, hits = find_header([cells for _, cells in top], wanted)
    if hits == 0:
        raise DataProblem(
            f"{file}: no header found in sheet {sheet['sheet']!r}. Name the file's columns in [source.columns], "
            "or export the table with its header."
        )
    header = [plain(cell) for cell in top[at][1]]
    check_header(file, header, wanted)
    body = _Body(len(header))
    for number, cells in top[at + 1 :]:
        body.add(number, cells)
    for record in records:
        if "row" in record:
            body.add(record["row"], record["cells"])
        else:
            ending |= record
    if not ending.get("done"):
        raise _refused(file, ending.get("refused", "it broke off"))
    blank = sum(not any(plain(cell) for cell in cells) for _, cells in top[:at])
    counts = {"header": 1, "banner": at - blank, "blank": blank, "total": 0}
    rows = np.asarray(body.numbers, dtype=np.int64)
    raw = RawFile(file, header, body.frame(), rows, sheet["physical"], counts, body.faults, typed=True)
    raw.findings = _notes(file, {**sheet, **ending["notes"]})
    return raw


class _Body:
    """Rows below the header, turned into columns step by step."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.numbers: list[int] = []
        self.faults: list[Fault] = []
        self.loose: list[list[str]] = []
        self.parts: list[list[Any]] = []

    def add(self, number: int, cells: list[str]) -> None:
        """Take one row; cells beyond the header make it too long."""
        if any(plain(cell) for cell in cells[self.width :]):
            self.faults.append(Fault(number, "long_row"))
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


def _notes(file: str, notes: dict[str, Any]) -> list[Finding]:
    """Return what a reader of the workbook might not expect."""
    found = []
    if notes["hidden_rows"]:
        message = f"{file}: {notes['hidden_rows']} rows of the sheet are hidden; they are used like the others."
        found.append(Finding("hidden_rows", "flag", file, message, notes["hidden_rows"]))
    if notes["hidden_sheet"]:
        found.append(Finding("hidden_sheet", "flag", file, f"{file}: the sheet that was read is hidden."))
    if notes["no_value"]:
        message = f"{file}: {notes['no_value']} formulas hold no value; their cells count as empty. Save the workbook in Excel first."
        found.append(Finding("formula_without_value", "flag", file, message, notes["no_value"]))
    if notes["merged"]:
        message = f"{file}: {notes['merged']} merged areas; only their first cell holds the value, rows without it are rejected."
        found.append(Finding("merged_cells", "flag", file, message, notes["merged"]))
    return found
