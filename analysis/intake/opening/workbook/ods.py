"""Sheets of an OpenDocument workbook as rows of text."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Any

from analysis.intake.opening.workbook.limits import Refusal, Words, check_cell, check_sheets
from analysis.intake.opening.workbook.markup import BLOCK_BYTES, parse_by_block

CONTENT = "content.xml"
MAX_REPEATED_ROWS = 100_000
TABLE = re.compile(rb'<table:table\s[^>]*?table:name="([^"]*)"')
ROW = re.compile(rb"<table:table-row(\s[^>]*?)?/?>")
REPEATED = re.compile(rb'number-rows-repeated="(\d+)"')
VALUE = re.compile(rb"<text:(?:p|span)(?:\s[^>]*)?>[^<]|office:(?:value|date-value|time-value|boolean-value)=")


def count_on_bytes(book: zipfile.ZipFile) -> dict[str, int]:
    """Return, for each sheet, the rows down to the last that holds something, counted without parsing."""
    with book.open(CONTENT) as stream:
        text = b"".join(iter(lambda: stream.read(BLOCK_BYTES), b""))
    marks = list(TABLE.finditer(text))
    counts = {}
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        stop = after.start() if after else len(text)
        rows = list(ROW.finditer(text, mark.end(), stop))
        total = down_to = 0
        for row, following in zip(rows, [*rows[1:], None], strict=True):
            times = REPEATED.search(row.group(1) or b"")
            total += int(times.group(1)) if times else 1
            if VALUE.search(text, row.end(), following.start() if following else stop):
                down_to = total
        counts[_unescaped(mark.group(1))] = down_to
    return counts


def _unescaped(name: bytes) -> str:
    import html

    return html.unescape(name.decode("utf-8"))


class _Reader:
    """Hands out the rows of the sheets while expat runs through them."""

    def __init__(self, sheet: str) -> None:
        self.sheet, self.inside = sheet, False
        self.done: list[tuple[int, list[str], list[int]]] = []
        self.lost: list[int] = []
        self.row = self.cells = 0
        self.repeated = self.column = 0
        self.values: dict[int, str] = {}
        self.cell: dict[str, str] | None = None
        self.paragraphs: list[str] = []
        self.words = Words()
        self.in_text = 0
        self.notes = {"hidden_rows": 0, "no_value": 0, "merged": 0, "cells": 0}

    def on_start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            self.inside = attributes.get("name") == self.sheet
        elif not self.inside:
            return
        elif name == "table-row":
            self.repeated, self.column, self.values = int(attributes.get("number-rows-repeated", 1)), 0, {}
            self.lost = []
            self.notes["hidden_rows"] += attributes.get("visibility") in ("collapse", "filter")
        elif name in ("table-cell", "covered-table-cell"):
            self.cell, self.paragraphs = attributes, []
            self.notes["merged"] += "number-columns-spanned" in attributes or "number-rows-spanned" in attributes
        elif name == "p" and self.cell is not None:
            self.words.take()
            self.in_text += 1
        elif name in ("annotation",):
            self.cell = None

    def on_text(self, data: str) -> None:
        if self.in_text:
            self.words.add(data)

    def on_end(self, name: str) -> None:
        if not self.inside:
            return
        if name == "p":
            if self.cell is not None and self.in_text:
                self.paragraphs.append(self.words.take())
            self.in_text = max(self.in_text - 1, 0)
        elif name in ("table-cell", "covered-table-cell") and self.cell is not None:
            self._cell(self.cell)
            self.cell = None
        elif name == "table-row":
            self._row()
        elif name == "table":
            self.inside = False

    def _cell(self, attributes: dict[str, str]) -> None:
        times = int(attributes.get("number-columns-repeated", 1))
        value = _shown(attributes, "\n".join(self.paragraphs))
        if value:
            for column in range(self.column, self.column + times):
                self.notes["cells"] += 1
                check_cell(column, self.notes["cells"])
                self.values[column] = value
        elif "formula" in attributes and "value-type" not in attributes:
            self.notes["no_value"] += 1
            self.lost.append(self.column)
        self.column += times

    def _row(self) -> None:
        if self.values and self.repeated > MAX_REPEATED_ROWS:
            raise Refusal(f"it repeats one row {self.repeated} times")
        width = max(self.values) + 1 if self.values else 0
        cells = [self.values.get(column, "") for column in range(width)]
        for number in range(self.row + 1, self.row + 1 + (self.repeated if cells else 0)):
            self.done.append((number, cells, self.lost))
        self.row += self.repeated


def _shown(attributes: dict[str, str], text: str) -> str:
    """Return a cell as text: its typed value where it has one, else what it shows."""
    kind = attributes.get("value-type", "")
    if kind == "date":
        return attributes.get("date-value", text).replace("T", " ")
    if kind == "time":
        found = re.fullmatch(r"PT(\d+)H(\d+)M(\d+)(?:[.,](\d+))?S", attributes.get("time-value", ""))
        if found:
            hours, minutes, seconds, fraction = found.groups()
            return f"{int(hours)}:{int(minutes):02d}:{int(seconds):02d}" + (
                f".{fraction[:6]}" if fraction and int(fraction) else ""
            )
        return text
    if kind in ("float", "percentage", "currency"):
        return attributes.get("value", text)
    return attributes.get("boolean-value", text) if kind == "boolean" else text


def read_ods(book: zipfile.ZipFile, wanted: str | None, *, every: bool = False) -> Iterator[dict[str, Any]]:
    """Yield what is known of the sheet to read, its rows, and what was noticed; as :func:`xlsx.read_xlsx` does."""
    counts = count_on_bytes(book)
    filled = [name for name, rows in counts.items() if rows and wanted in (None, name)]
    if not filled or (len(filled) > 1 and not every):
        yield {"ask": "sheet", "names": filled if wanted is None else list(counts)}
        return
    check_sheets(len(filled))
    cells = 0
    for name in filled:
        reader, last = _Reader(name), 0
        reader.notes["cells"] = cells
        yield {"sheet": name, "hidden_sheet": False, "physical": counts[name]}
        with book.open(CONTENT) as stream:
            for _ in parse_by_block(stream, reader.on_start, reader.on_end, reader.on_text):
                for row, values, lost in reader.done:
                    for number in range(last + 1, row):
                        yield {"row": number, "cells": []}
                    yield {"row": row, "cells": values, "lost": lost} if lost else {"row": row, "cells": values}
                    last = row
                reader.done.clear()
        cells = reader.notes["cells"]
        yield {"notes": reader.notes}
