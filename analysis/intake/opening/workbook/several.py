"""Several sheets of one workbook, each told by its header: sheets may be moved, renamed and copied."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.foundation.schema import DataProblem, Finding
from analysis.intake.opening.raw import RawFile, Wanted, find_header, joined_header, plain
from analysis.intake.opening.workbook.parent import MEMORY_LIMIT_BYTES, _below, _refused, _run, _top, _which_sheet
from analysis.intake.words import number_of

# A sheet that explains and holds no table is named so; every other sheet that is not read is told.
GUIDES: tuple[str, ...] = ("how to", "read me", "readme", "instructions")


@dataclass(frozen=True, slots=True)
class Sheets:
    """Which sheets of a workbook are read.

    Attributes
    ----------
    needs
        Names for each column without which a sheet is none of these; a header must hold one of each.
    columns
        Names for each column that such a sheet may have. A header with more than half of them that lacks a needed one is a question.
    title
        The sheet's name as the kit makes it; empty where sheets are named by whoever fills them in.
    others
        Needed columns of the other sheets that the workbook may hold; these are left to their own sources.
    tells
        Sheets that nobody reads are told.
    """

    needs: tuple[tuple[str, ...], ...]
    columns: tuple[tuple[str, ...], ...]
    title: str = ""
    others: tuple[tuple[tuple[str, ...], ...], ...] = ()
    tells: bool = False

    def fit(self, header: Sequence[str]) -> bool:
        """Return whether a header is one of these sheets."""
        return _holds(self.needs, header)

    def lacking(self, name: str, header: Sequence[str]) -> list[str]:
        """Return the needed columns that a sheet lacks which looks like one of these; none where it looks like nothing."""
        there = sum(any(one in header for one in names) for names in self.columns)
        if plain(name).casefold() != plain(self.title).casefold() and 2 * there <= len(self.columns):
            return []
        return [names[0] for names in self.needs if not any(one in header for one in names)]

    def left(self, header: Sequence[str]) -> bool:
        """Return whether a sheet that is not read must be told."""
        return self.tells and not any(_holds(needs, header) for needs in self.others)


def _holds(needs: Sequence[Sequence[str]], header: Sequence[str]) -> bool:
    return all(any(one in header for one in names) for names in needs)


def read_sheets(file: str, path: Path, *, wanted: Wanted, sheets: Sheets, sheet: str | None) -> list[RawFile]:
    """Return the cells of all sheets of a workbook whose header is one that is looked for.

    Parameters
    ----------
    file
        Name for messages.
    path
        Where the workbook lies.
    wanted
        Names of columns by which headers are recognised.
    sheets
        Which sheets are read.
    sheet
        Name of the one sheet to read; None for all that fit.

    Raises
    ------
    DataProblem
        The workbook is hostile, damaged or protected; no sheet fits; or one nearly does.
    """
    found: list[RawFile] = []
    left: list[str] = []
    with tempfile.TemporaryFile() as output:
        _run(file, path, [sheet or "", "", str(MEMORY_LIMIT_BYTES), "every"], output)
        output.seek(0)
        records = (json.loads(line) for line in output)
        for record in records:
            if "refused" in record:
                raise _refused(file, record["refused"])
            if "ask" in record:
                raise _which_sheet(file, sheet, record["names"], record["ask"])
            if "done" in record:
                break
            raw = _sheet(file, record, _of_sheet(records), wanted, sheets)
            if isinstance(raw, RawFile):
                found.append(raw)
            elif raw:
                left.append(raw)
        else:
            raise _refused(file, "it broke off")
    if not found:
        needed = ", ".join(repr(names[0]) for names in sheets.needs)
        title = f" (as in the kit's sheet {sheets.title!r})" if sheets.title else ""
        raise DataProblem(
            f"{file}: no sheet has a header with the columns {needed}{title}. Put the sheet back from a new workbook, or take this [[source]] out."
        )
    if left:
        listed = ", ".join(map(repr, left[:5])) + (" ..." if len(left) > 5 else "")
        words = f"{file}: {number_of(len(left), 'sheet')} with content not read ({listed}): no header of this workbook stands in them."
        found[0].findings.append(Finding("sheets_not_read", "flag", file, words))
    return found


def first_rows_of_all(file: str, path: Path, *, at_most: int) -> list[tuple[str, list[list[str]]]]:
    """Return name and first rows of every sheet of a workbook that holds something, in one reading.

    Parameters
    ----------
    file, path
        As in :func:`read_sheets`.
    at_most
        So many rows of each sheet at most.

    Raises
    ------
    DataProblem
        The workbook is hostile, damaged or protected.
    """
    found: list[tuple[str, list[list[str]]]] = []
    with tempfile.TemporaryFile() as output:
        _run(file, path, ["", "", str(MEMORY_LIMIT_BYTES), "every"], output)
        output.seek(0)
        for line in output:
            if line.startswith(b'{"row"') and len(found[-1][1]) >= at_most:
                continue  # not even parsed: a sheet may hold a million
            record = json.loads(line)
            if "refused" in record:
                raise _refused(file, record["refused"])
            if "sheet" in record:
                found.append((str(record["sheet"]), []))
            elif "row" in record:
                found[-1][1].append(list(record["cells"]))
    return found


def _of_sheet(records: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the records of one sheet; its notes are the last, and end it."""
    for record in records:
        yield record
        if "notes" in record:
            yield {"done": True}
            return


def _sheet(
    file: str, first: dict[str, Any], records: Iterator[dict[str, Any]], wanted: Wanted, sheets: Sheets
) -> RawFile | str:
    """Return the cells of one sheet, or its name where it is not read and must be told."""
    name = str(first["sheet"])
    label = f"{file}, sheet {name!r}"
    top, ending = _top(file, records)
    rows = [record["cells"] for record in top]
    at, hits = find_header(rows, wanted)
    header = joined_header(rows[: at + 1], at, wanted)[0] if hits else []
    if plain(name).casefold() in GUIDES or not sheets.fit(header):
        for record in records:
            if "refused" in record:
                raise _refused(file, record["refused"])
        if plain(name).casefold() in GUIDES:
            return ""
        if lacking := sheets.lacking(name, header):
            raise DataProblem(
                f"{label}: its header lacks {', '.join(map(repr, lacking))}. Write the names of columns as the kit does, or name yours in "
                "[source.columns]."
            )
        return name if sheets.left(header) else ""
    raw = _below(label, {**first, "top": top, "at": at, "ending": ending}, records, wanted)
    raw.sheet, raw.book = name, file
    return raw
