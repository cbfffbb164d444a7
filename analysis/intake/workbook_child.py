"""Reads one workbook in a process of its own, under limits, and writes its cells as lines of JSON.

This file is run by its path in an isolated interpreter and needs the standard library alone: a hostile workbook
can at worst end this process. It is never imported by the package.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.parsers import expat

MAX_MEMBERS = 2_000
MAX_TOTAL_BYTES = 3 << 30
MAX_RATIO = 250
RATIO_FROM_BYTES = 64 << 20
MAX_COLUMNS = 2_000
MAX_CELLS = 60_000_000

Cells = dict[int, str]


class Refusal(Exception):
    """A workbook that is not read, with the reason in words."""


def limit_memory(limit_bytes: int) -> None:
    """Cap the address space where the platform can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))


def scan(book: zipfile.ZipFile) -> None:
    """Refuse archives that unpack to too much, hold archives, links or odd names, or are encrypted."""
    members = book.infolist()
    total = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > MAX_MEMBERS:
        raise Refusal(f"it holds {len(members)} parts, more than the {MAX_MEMBERS} that a workbook may have")
    if total > MAX_TOTAL_BYTES or (total > RATIO_FROM_BYTES and total > MAX_RATIO * max(packed, 1)):
        raise Refusal(f"it unpacks to {total >> 20} MiB from {packed >> 10} KiB, which no plain export does")
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if ".." in parts or member.filename.startswith(("/", "\\")) or ":" in member.filename:
            raise Refusal("one of its parts has a name that points outside")
        if member.flag_bits & 1:
            raise Refusal("it is encrypted; save it without a password")
        if member.filename.lower().endswith((".zip", ".xlsx", ".xlsm", ".gz", ".ods", ".7z", ".rar")):
            raise Refusal("it holds another archive")


def parse(stream: IO[bytes], start: Callable[..., None], end: Callable[..., None], text: Callable[..., None]) -> None:
    """Run an XML part through expat; document types and entities are refused."""

    def refuse(*_: Any) -> None:
        raise Refusal("its XML declares entities or a document type")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(" ")[2], attributes)
    parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
    parser.CharacterDataHandler = text
    while block := stream.read(1 << 18):
        parser.Parse(block, False)
    parser.Parse(b"", True)


def attribute(attributes: dict[str, str], name: str) -> str | None:
    """Return an attribute whatever its namespace."""
    for key, value in attributes.items():
        if key.rpartition(" ")[2] == name:
            return value
    return None


def shared_strings(book: zipfile.ZipFile) -> list[str]:
    """Return the table of shared strings, phonetic readings left out."""
    strings: list[str] = []
    state = {"inside": False, "phonetic": 0, "text": ""}

    def start(name: str, _: dict[str, str]) -> None:
        if name == "si":
            state["text"] = ""
        elif name == "rPh":
            state["phonetic"] += 1
        state["inside"] = name == "t" and not state["phonetic"]

    def end(name: str) -> None:
        if name == "si":
            strings.append(state["text"])
        elif name == "rPh":
            state["phonetic"] -= 1
        state["inside"] = False

    def text(data: str) -> None:
        if state["inside"]:
            state["text"] += data

    if "xl/sharedStrings.xml" in book.namelist():
        with book.open("xl/sharedStrings.xml") as stream:
            parse(stream, start, end, text)
    return strings


BUILT_IN = dict.fromkeys((14, 15, 16, 17, 22, 27, 30, 36, 50, 57), "date") | dict.fromkeys(
    (18, 19, 20, 21, 45, 46, 47), "time"
)


def kind_of_format(code: str) -> str:
    """Return whether a number format shows a date, a time of day or duration, or a plain number."""
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
    """Return, for each cell style, whether it shows a date, a time or a number."""
    codes: dict[int, str] = {}
    kinds: list[str] = []
    state = {"inside": False}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            state["inside"] = True
        elif name == "xf" and state["inside"]:
            number = int(attributes.get("numFmtId", 0))
            kinds.append(kind_of_format(codes[number]) if number in codes else BUILT_IN.get(number, "number"))

    def end(name: str) -> None:
        if name == "cellXfs":
            state["inside"] = False

    if "xl/styles.xml" in book.namelist():
        with book.open("xl/styles.xml") as stream:
            parse(stream, start, end, lambda _: None)
    return kinds


def shown(number: str, kind: str, *, epoch_1904: bool) -> str:
    """Return a number cell as text: dates as ISO, times and durations as h:mm:ss, the rest as it stands."""
    if kind == "number":
        return number
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
    return stamp.isoformat(sep=" ", timespec="auto").removesuffix(" 00:00:00")


def sheets(book: zipfile.ZipFile) -> tuple[list[tuple[str, str, bool]], bool]:
    """Return name, part and visibility of each sheet, and whether the workbook counts days from 1904."""
    found: list[tuple[str, str, bool]] = []
    targets: dict[str, str] = {}
    base = {"1904": False}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            targets[attributes["Id"]] = attributes["Target"]

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            base["1904"] = attributes.get("date1904") in ("1", "true")
        elif name == "sheet":
            target = targets.get(attribute(attributes, "id") or "", "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found.append((attributes["name"], part, attributes.get("state", "visible") == "visible"))

    with book.open("xl/_rels/workbook.xml.rels") as stream:
        parse(stream, relation, lambda _: None, lambda _: None)
    with book.open("xl/workbook.xml") as stream:
        parse(stream, sheet, lambda _: None, lambda _: None)
    return [entry for entry in found if entry[1] in book.namelist()], base["1904"]


def column_number(reference: str) -> int:
    """Return the 0-based column of a cell reference such as ``AB12``."""
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter.upper()) - 64
    return number - 1


class SheetReader:
    """Collects the rows of one sheet while expat runs through it."""

    def __init__(self, strings: list[str], kinds: list[str], *, epoch_1904: bool, emit: Callable[[int, Cells], None]):
        self.strings, self.kinds, self.epoch_1904, self.emit = strings, kinds, epoch_1904, emit
        self.row = self.column = -1
        self.row = 0
        self.cells: Cells = {}
        self.type, self.style, self.value = "n", 0, ""
        self.inside = self.formula = self.valued = False
        self.notes = {"rows": 0, "hidden_rows": 0, "no_value": 0, "merged": 0, "cells": 0}

    def on_start(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        if name == "row":
            self.row = int(attributes["r"]) if "r" in attributes else self.row + 1
            self.cells, self.column = {}, -1
            self.notes["rows"] += 1
            self.notes["hidden_rows"] += attributes.get("hidden") in ("1", "true")
        elif name == "c":
            self.column = column_number(attributes["r"]) if "r" in attributes else self.column + 1
            self.type, self.style = attributes.get("t", "n"), int(attributes.get("s", 0))
            self.value, self.formula, self.valued = "", False, False
        elif name in ("v", "t"):
            self.inside = self.valued = True
        elif name == "f":
            self.formula = True
        elif name == "mergeCell":
            self.notes["merged"] += 1

    def on_text(self, data: str) -> None:
        """Collect the text of a value."""
        if self.inside:
            self.value += data

    def on_end(self, name: str) -> None:
        """Close an element."""
        if name in ("v", "t", "rPh"):
            self.inside = False
        elif name == "c":
            self._cell()
        elif name == "row":
            self.emit(self.row, self.cells)

    def _cell(self) -> None:
        if self.formula and not self.valued:
            self.notes["no_value"] += 1
        if not self.value:
            return
        self.notes["cells"] += 1
        if self.column >= MAX_COLUMNS or self.notes["cells"] > MAX_CELLS:
            raise Refusal("a cell lies far outside any plain table")
        if self.type == "s":
            self.cells[self.column] = self.strings[int(self.value)]
        elif self.type == "b":
            self.cells[self.column] = "true" if self.value == "1" else "false"
        elif self.type == "n":
            kind = self.kinds[self.style] if self.style < len(self.kinds) else "number"
            self.cells[self.column] = shown(self.value, kind, epoch_1904=self.epoch_1904)
        elif self.type == "d":
            self.cells[self.column] = self.value.replace("T", " ")
        else:
            self.cells[self.column] = self.value


def count_rows(stream: IO[bytes]) -> int:
    """Return the number of row elements of a sheet, counted on its bytes."""
    found, tail = 0, b""
    pattern = re.compile(rb"<(?:\w+:)?row[\s/>]")
    while block := stream.read(1 << 20):
        block = tail + block
        matches = list(pattern.finditer(block))
        found += len(matches)
        tail = block[max(matches[-1].end() if matches else 0, len(block) - 40) :]
    return found


def read_xlsx(book: zipfile.ZipFile, wanted: str | None) -> Iterator[dict[str, Any]]:
    """Yield the sheets' names, then the rows of the one to read."""
    found, epoch_1904 = sheets(book)
    strings, kinds = shared_strings(book), styles(book)
    names = [name for name, _, _ in found]
    if wanted is not None and wanted not in names:
        yield {"ask": "sheet", "names": names}
        return
    filled: list[tuple[str, list[tuple[int, Cells]], dict[str, int], str, bool]] = []
    for name, part, visible in found:
        if wanted not in (None, name):
            continue
        rows: list[tuple[int, Cells]] = []
        reader = SheetReader(
            strings, kinds, epoch_1904=epoch_1904, emit=lambda row, cells, r=rows: r.append((row, cells))
        )
        with book.open(part) as stream:
            parse(stream, reader.on_start, reader.on_end, reader.on_text)
        if reader.notes["cells"]:
            filled.append((name, rows, reader.notes, part, visible))
    if len(filled) != 1:
        yield {"ask": "sheet", "names": [entry[0] for entry in filled]}
        return
    name, rows, notes, part, visible = filled[0]
    with book.open(part) as stream:
        yield {"sheet": name, "hidden_sheet": not visible, "physical": count_rows(stream), **notes}
    for row, cells in rows:
        width = max(cells) + 1 if cells else 0
        yield {"row": row, "cells": [cells.get(column, "") for column in range(width)]}


def main(path: str, sheet: str | None, limit_bytes: int) -> None:
    """Write what the workbook holds to standard output; a refusal is one line too."""
    limit_memory(limit_bytes)
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    try:
        with zipfile.ZipFile(path) as book:
            scan(book)
            for record in read_xlsx(book, sheet):
                sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        sys.stdout.write('{"done": true}\n')
    except Refusal as refusal:
        sys.stdout.write(json.dumps({"refused": str(refusal)}) + "\n")
    except MemoryError:
        sys.stdout.write('{"refused": "it needs more memory than a plain export does"}\n')
    except (zipfile.BadZipFile, expat.ExpatError, KeyError, IndexError, ValueError, EOFError, OSError, RuntimeError):
        sys.stdout.write('{"refused": "it is damaged or was cut off"}\n')


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] or None, int(sys.argv[3]))
