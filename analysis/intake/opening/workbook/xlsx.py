"""Sheets of an .xlsx workbook as rows of text, read as a stream."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from analysis.intake.opening.workbook.limits import Words, check_cell, check_rows, check_sheets
from analysis.intake.opening.workbook.markup import BLOCK_BYTES, parse, parse_by_block

Cells = dict[int, str]
_DATES, _TIMES = (14, 15, 16, 17, 22, 27, 30, 36, 50, 57), (18, 19, 20, 21, 45, 46, 47)
BUILT_IN: dict[int, str] = {**dict.fromkeys(_DATES, "date"), **dict.fromkeys(_TIMES, "time")}
ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)(?:\s[^>]*)?>[^<]")
_TAIL_BYTES = 64


def shared_strings(book: zipfile.ZipFile) -> list[str]:
    """Return the table of shared strings, phonetic readings left out."""
    strings: list[str] = []
    state: dict[str, Any] = {"inside": False, "phonetic": 0}
    words = Words()

    def start(name: str, _: dict[str, str]) -> None:
        if name == "si":
            words.take()
        elif name == "rPh":
            state["phonetic"] += 1
        state["inside"] = name == "t" and not state["phonetic"]

    def end(name: str) -> None:
        if name == "si":
            strings.append(words.take())
        elif name == "rPh":
            state["phonetic"] -= 1
        state["inside"] = False

    def text(data: str) -> None:
        if state["inside"]:
            words.add(data)

    if "xl/sharedStrings.xml" in book.namelist():
        with book.open("xl/sharedStrings.xml") as stream:
            parse(stream, start, end, text)
    return strings


def kind_of_format(code: str) -> str:
    """Return whether a number format shows a ``date``, a ``time`` (of day or elapsed), or a plain ``number``.

    Examples
    --------
    >>> kind_of_format("dd/mm/yyyy hh:mm"), kind_of_format("[h]:mm:ss"), kind_of_format('0.00" days"')
    ('date', 'time', 'number')
    """
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.', "", code)
    elapsed = re.search(r"\[(h+|m+|s+)\]", bare, re.IGNORECASE) is not None
    bare = re.sub(r"\[[^\]]*\]", "", bare).split(";")[0].lower()
    bare = bare.replace("general", "").replace("am/pm", "h")
    if elapsed:
        return "time"
    if "y" in bare or "d" in bare or ("m" in bare and "h" not in bare and "s" not in bare):
        return "date"
    return "time" if "h" in bare or "s" in bare else "number"


def styles(book: zipfile.ZipFile) -> list[str]:
    """Return, for each cell style, whether it shows a date, a time or a number; ``00000`` where it pads numbers with zeros."""
    codes: dict[int, str] = {}
    kinds: list[str] = []
    inside = [False]

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside[0] = True
        elif name == "xf" and inside[0]:
            number = int(attributes.get("numFmtId", 0))
            code = codes.get(number)
            padded = code is not None and re.fullmatch("0{2,20}", code)
            kinds.append(code if padded else kind_of_format(code) if code else BUILT_IN.get(number, "number"))

    def end(name: str) -> None:
        if name == "cellXfs":
            inside[0] = False

    if "xl/styles.xml" in book.namelist():
        with book.open("xl/styles.xml") as stream:
            parse(stream, start, end)
    return kinds


def shown(number: str, kind: str, *, epoch_1904: bool) -> str:
    """Return a number cell as text: dates as ISO, times and durations as h:mm:ss, the rest as it stands.

    Examples
    --------
    >>> shown("46083.375", "date", epoch_1904=False), shown("1.0416666666666667", "time", epoch_1904=False)
    ('2026-03-02 09:00:00', '25:00:00')
    >>> shown("10861.0", "number", epoch_1904=False), shown("861", "00000", epoch_1904=False)
    ('10861', '00861')
    """
    if kind not in ("date", "time"):
        whole = re.fullmatch(r"(-?\d+)(?:\.0+)?", number)
        return (whole.group(1).zfill(len(kind)) if kind[0] == "0" else whole.group(1)) if whole else number
    try:
        value = float(number)
    except ValueError:
        return number
    milliseconds = round(value * 86_400_000)
    if kind == "time" and 0 <= value < 1000:
        seconds, rest = divmod(milliseconds, 1000)
        tail = f".{rest:03d}" if rest else ""
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{tail}"
    start = dt.datetime(1904, 1, 1) if epoch_1904 else dt.datetime(1899, 12, 30)
    try:
        stamp = start + dt.timedelta(milliseconds=milliseconds)
    except OverflowError:
        return number
    return stamp.isoformat(sep=" ").removesuffix(" 00:00:00")


def sheets(book: zipfile.ZipFile) -> tuple[list[tuple[str, str, bool]], bool]:
    """Return name, part and visibility of each sheet, and whether the workbook counts days from 1904."""
    found: list[tuple[str, str, bool]] = []
    targets: dict[str, str] = {}
    base = [False]

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            targets[attributes["Id"]] = attributes["Target"]

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            base[0] = attributes.get("date1904") in ("1", "true")
        elif name == "sheet":
            target = targets.get(attributes.get("id", ""), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found.append((attributes["name"], part, attributes.get("state", "visible") == "visible"))

    with book.open("xl/_rels/workbook.xml.rels") as stream:
        parse(stream, relation)
    with book.open("xl/workbook.xml") as stream:
        parse(stream, sheet)
    return [entry for entry in found if entry[1] in book.namelist()], base[0]


def column_number(reference: str) -> int:
    """Return the 0-based column of a cell reference such as ``AB12``.

    Examples
    --------
    >>> column_number("AB12")
    27
    """
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter.upper()) - 64
    return number - 1


def count_on_bytes(stream: IO[bytes]) -> tuple[int, bool]:
    """Return the number of row elements of a sheet, and whether any cell holds something, without parsing it."""
    rows, filled, tail = 0, False, b""
    while block := stream.read(BLOCK_BYTES):
        block = tail + block
        found = list(ROW.finditer(block))
        rows += len(found)
        check_rows(rows)
        filled = filled or VALUE.search(block) is not None
        tail = block[max(found[-1].end() if found else 0, len(block) - _TAIL_BYTES) :]
    return rows, filled


class SheetReader:
    """Hands out the rows of one sheet while expat runs through it."""

    def __init__(self, strings: list[str], kinds: list[str], *, epoch_1904: bool) -> None:
        self.strings, self.kinds, self.epoch_1904 = strings, kinds, epoch_1904
        self.done: list[tuple[int, Cells, list[int]]] = []
        self.row, self.column = 0, -1
        self.cells: Cells = {}
        self.type, self.style, self.value = "n", 0, ""
        self.words = Words()
        self.inside = self.formula = self.valued = False
        self.lost: list[int] = []
        self.hidden: list[tuple[int, int]] = []
        self.numbers: dict[int, int] = {}
        self.notes = {"hidden_rows": 0, "no_value": 0, "merged": 0, "cells": 0}

    def on_start(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        if name == "c":
            self.column = column_number(attributes["r"]) if "r" in attributes else self.column + 1
            self.type, self.style = attributes.get("t", "n"), int(attributes.get("s", 0))
            self.words.take()
            self.formula = self.valued = False
        elif name in ("v", "t"):
            self.inside = self.valued = True
        elif name == "row":
            self.row = int(attributes["r"]) if "r" in attributes else self.row + 1
            self.cells, self.lost, self.column = {}, [], -1
            self.notes["hidden_rows"] += attributes.get("hidden") in ("1", "true")
        elif name == "f":
            self.formula = True
        elif name == "mergeCell":
            self.notes["merged"] += 1
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            self.hidden.append((int(attributes["min"]), int(attributes["max"])))

    def on_text(self, data: str) -> None:
        """Collect the text of a value."""
        if self.inside:
            self.words.add(data)

    def on_end(self, name: str) -> None:
        """Close an element."""
        if name in ("v", "t", "rPh"):
            self.inside = False
        elif name == "c":
            self._cell()
        elif name == "row":
            self.done.append((self.row, self.cells, self.lost))

    def _cell(self) -> None:
        self.value = self.words.take()
        if not self.value:
            # A formula whose result is an empty text has its type and an empty value; one that was never computed has neither.
            if self.formula and not (self.type == "str" and self.valued):
                self.notes["no_value"] += 1
                self.lost.append(self.column)
            return
        self.notes["cells"] += 1
        check_cell(self.column, self.notes["cells"])
        if self.type == "s":
            self.cells[self.column] = self.strings[int(self.value)]
        elif self.type == "n":
            kind = self.kinds[self.style] if self.style < len(self.kinds) else "number"
            self.cells[self.column] = shown(self.value, kind, epoch_1904=self.epoch_1904)
            if kind == "number":
                self.numbers[self.column] = self.numbers.get(self.column, 0) + 1
        elif self.type == "b":
            self.cells[self.column] = "true" if self.value == "1" else "false"
        else:
            self.cells[self.column] = self.value.replace("T", " ") if self.type == "d" else self.value


def read_xlsx(book: zipfile.ZipFile, wanted: str | None, *, every: bool = False) -> Iterator[dict[str, Any]]:
    """Yield what is known of the sheet to read, its rows, and what was noticed on the way; or a question which sheet is meant.

    Parameters
    ----------
    book
        The archive, already scanned.
    wanted
        Name of the sheet; None where only one holds something.
    every
        All sheets that hold something are read, one after the other.
    """
    found, epoch_1904 = sheets(book)
    filled = []
    for name, part, visible in found:
        with book.open(part) as stream:
            rows, holds = count_on_bytes(stream)
        if holds and wanted in (None, name):
            filled.append((name, part, visible, rows))
    if not filled or (len(filled) > 1 and not every):
        names = [entry[0] for entry in filled] if wanted is None else [entry[0] for entry in found]
        yield {"ask": "sheet", "names": names}
        return
    check_sheets(len(filled))
    strings, kinds, cells = shared_strings(book), styles(book), 0
    for name, part, visible, rows in filled:
        reader = SheetReader(strings, kinds, epoch_1904=epoch_1904)
        reader.notes["cells"] = cells
        yield {"sheet": name, "hidden_sheet": not visible, "physical": rows}
        with book.open(part) as stream:
            for _ in parse_by_block(stream, reader.on_start, reader.on_end, reader.on_text):
                for row, values, lost in reader.done:
                    width = max(values) + 1 if values else 0
                    record = {"row": row, "cells": [values.get(column, "") for column in range(width)]}
                    yield {**record, "lost": lost} if lost else record
                reader.done.clear()
        cells = reader.notes["cells"]
        yield {"notes": {**reader.notes, "hidden_columns": reader.hidden, "numbers": reader.numbers}}
