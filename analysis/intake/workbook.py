"""Workbooks: read in a process of their own, under limits of time and memory, and never trusted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis.foundation.schema import DataProblem, Finding
from analysis.intake.raw import Fault, RawFile, Wanted, check_header, find_header, plain

CHILD = Path(__file__).with_name("workbook_child.py")
TIME_LIMIT_S = 300.0
MEMORY_LIMIT_BYTES = 2 << 30


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
    records = _run(file, path, sheet)
    first = records[0] if records else {}
    if "refused" in first:
        raise DataProblem(
            f"{file}: the workbook is refused: {first['refused']}. Export the table again, as CSV if need be."
        )
    if "ask" in first:
        _ask_sheet(file, sheet, first["names"])
    if records[-1] != {"done": True}:
        last = records[-1].get("refused", "it broke off")
        raise DataProblem(f"{file}: the workbook is refused: {last}. Export the table again, as CSV if need be.")
    return _raw(file, first, [(row["row"], row["cells"]) for row in records[1:-1]], wanted)


def _run(file: str, path: Path, sheet: str | None) -> list[dict[str, Any]]:
    """Return what the child process wrote."""
    command = [sys.executable, "-I", str(CHILD), str(path), sheet or "", str(MEMORY_LIMIT_BYTES)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIME_LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        raise DataProblem(
            f"{file}: the workbook was not read within {TIME_LIMIT_S:.0f} s. Export the table as CSV."
        ) from None
    lines = done.stdout.decode("utf-8", "replace").split("\n")
    if not done.stdout.endswith(b"\n") or done.returncode != 0:
        raise DataProblem(
            f"{file}: the workbook could not be read within {MEMORY_LIMIT_BYTES >> 30} GiB of memory. "
            "Export the table as CSV."
        )
    return [json.loads(line) for line in lines if line]


def _ask_sheet(file: str, sheet: str | None, names: Sequence[str]) -> None:
    """Ask which sheet is meant."""
    listed = ", ".join(repr(name) for name in names) or "none"
    if sheet is not None:
        raise DataProblem(f"{file}: there is no sheet {sheet!r} with content; the sheets are {listed}. Correct sheet.")
    if not names:
        raise DataProblem(f"{file}: no sheet holds anything. Ask for the export again, or take it out of files.")
    raise DataProblem(
        f"{file}: {len(names)} sheets hold something ({listed}), and it is not plain which one is meant. "
        'Set sheet = "..." in this [[source]].'
    )


def _raw(file: str, notes: dict[str, Any], rows: list[tuple[int, list[str]]], wanted: Wanted) -> RawFile:
    """Return the rows under the header; cells beyond it make a row too long."""
    import numpy as np
    import pandas as pd

    at, hits = find_header([cells for _, cells in rows], wanted)
    if hits == 0:
        raise DataProblem(
            f"{file}: no header found in sheet {notes['sheet']!r}. Name the file's columns in [source.columns], "
            "or export the table with its header."
        )
    header = [plain(cell) for cell in rows[at][1]]
    check_header(file, header, wanted)
    width, kept, numbers, faults = len(header), [], [], []
    for number, cells in rows[at + 1 :]:
        if any(plain(cell) for cell in cells[width:]):
            faults.append(Fault(number, "long_row"))
        else:
            kept.append((cells + [""] * width)[:width])
            numbers.append(number)
    frame = pd.DataFrame(kept, columns=range(width)).astype(pd.StringDtype("pyarrow", na_value=np.nan))
    blank = sum(not any(plain(cell) for cell in cells) for _, cells in rows[:at])
    counts = {"header": 1, "banner": at - blank, "blank": blank, "total": 0}
    raw = RawFile(
        file, header, frame, np.asarray(numbers, dtype=np.int64), notes["physical"], counts, faults, typed=True
    )
    raw.findings = _notes(file, notes)
    return raw


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
