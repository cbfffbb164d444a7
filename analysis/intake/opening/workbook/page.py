"""Tables of a web page: many systems save one under the name of a workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from analysis.intake.opening.workbook.limits import MAX_CELLS, MAX_COLUMNS, Refusal, check_cell

MAX_PAGE_BYTES = 64 << 20
MAX_NESTED_TABLES = 20
MAX_TABLES = 10_000
MAX_SPAN_ROWS = 65_536
_CHARSET = re.compile(rb"""(?i)<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w-]+)""")
ENCODINGS: dict[str, str] = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "unicode": "utf-16",
    "utf-16": "utf-16",
}
# Comments and code hold no rows, whatever they spell.
_MARK = re.compile(r"(?is)<!--.*?-->|<(script|style|textarea|title)\b.*?</\1|<(/?)(table|tr)(?=[\s/>])")


def text_of(data: bytes, stated: str | None) -> str:
    """Return the text of a page in the encoding that the source, its mark or its head states; else UTF-8, else Windows text.

    Raises
    ------
    Refusal
        The text does not fit the encoding stated, or that encoding is none that exports use.
    """
    named = _CHARSET.search(data[:4096])
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        choices = ["utf-16"]
    elif data[:3] == b"\xef\xbb\xbf":
        choices = ["utf-8-sig"]
    elif stated:
        choices = [stated]
    elif named:
        known = ENCODINGS.get(named.group(1).decode().lower())
        if known is None:
            raise Refusal("it states an encoding that is not read; save it as UTF-8")
        choices = ["utf-8" if known == "utf-16" else known]
    else:
        choices = ["utf-8", "cp1252"]
    for choice in choices:
        try:
            return data.decode(choice)
        except UnicodeDecodeError:
            continue
    raise Refusal(f"its text is not {choices[0]}, which it should be; set encoding, or save it as UTF-8")


def count_on_text(text: str) -> list[int]:
    """Return the number of rows of each table, counted on the tags without parsing the page.

    Examples
    --------
    >>> count_on_text("<table><tr><td><table><tr></table><!-- <tr> --><tr></table><table></table>")
    [2, 1, 0]
    """
    counts: list[int] = []
    inside: list[int] = []
    for found in _MARK.finditer(text):
        closing, name = found.group(2), (found.group(3) or "").lower()
        if name == "table" and closing:
            del inside[-1:]
        elif name == "table":
            inside.append(len(counts))
            counts.append(0)
        elif name == "tr" and not closing and inside:
            counts[inside[-1]] += 1
    return counts


class _Table:
    """Rows of one table; a cell over several rows or columns holds its value in its first place only."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.column = 0
        self.words: list[str] | None = None
        self.span = (1, 1)
        self.covered: dict[int, int] = {}
        self.filled = False

    def open_row(self) -> None:
        self.close_cell()
        self.rows.append([])
        self.column = 0
        self.covered = {column: rows - 1 for column, rows in self.covered.items() if rows > 1}

    def open_cell(self, attributes: dict[str, str | None]) -> None:
        self.close_cell()
        if self.rows:
            self.words = []
            self.span = (
                _span(attributes.get("rowspan"), MAX_SPAN_ROWS),
                _span(attributes.get("colspan"), MAX_COLUMNS),
            )

    def close_cell(self) -> None:
        if self.words is None:
            return
        value = " ".join("".join(self.words).split())
        self.words = None
        while self.covered.get(self.column, 0) > 0 and self.column <= MAX_COLUMNS:
            self.column += 1
        check_cell(self.column, 0)
        down, across = self.span
        row = self.rows[-1]
        if value:
            row.extend([""] * (self.column - len(row)))
            row.append(value)
            self.filled = True
        if down > 1:
            # The row itself counts as one: what is left is taken off row by row.
            self.covered.update(dict.fromkeys(range(self.column, self.column + across), down))
        self.column += across


def _span(stated: str | None, limit: int) -> int:
    found = re.fullmatch(r"\s*(\d{1,6})\s*", stated or "")
    return min(max(int(found.group(1)), 1), limit) if found else 1


class _Page(HTMLParser):
    """Collects the tables of a page; a table within a table is one of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self.inside: list[_Table] = []
        self.code = self.cells = 0
        self.notes = {"hidden_rows": 0, "no_value": 0, "merged": 0}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag in ("script", "style", "textarea", "title"):
            self.code += 1
        elif tag == "table":
            self.inside.append(_Table())
            self.tables.append(self.inside[-1])
            if len(self.inside) > MAX_NESTED_TABLES:
                raise Refusal("its tables are nested too deep")
            if len(self.tables) > MAX_TABLES:
                raise Refusal(f"it holds more than {MAX_TABLES} tables")
        elif not self.inside:
            return
        elif tag == "tr":
            self.inside[-1].open_row()
            style = (attributes.get("style") or "").replace(" ", "").lower()
            self.notes["hidden_rows"] += "hidden" in attributes or "display:none" in style
        elif tag in ("td", "th"):
            self.cells += 1
            if self.cells > MAX_CELLS:
                raise Refusal(f"it holds more than {MAX_CELLS} cells")
            self.inside[-1].open_cell(attributes)
            self.notes["merged"] += self.inside[-1].span != (1, 1)
        elif tag in ("br", "p", "div") and self.inside[-1].words is not None:
            self.inside[-1].words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "textarea", "title"):
            self.code = max(self.code - 1, 0)
        elif tag in ("td", "th", "tr") and self.inside:
            self.inside[-1].close_cell()
        elif tag == "table" and self.inside:
            self.inside.pop().close_cell()

    def handle_data(self, data: str) -> None:
        if self.inside and not self.code and self.inside[-1].words is not None:
            self.inside[-1].words.append(data)

    def close(self) -> None:
        super().close()
        while self.inside:
            self.inside.pop().close_cell()


def read_page(data: bytes, wanted: str | None, encoding: str | None) -> Iterator[dict[str, Any]]:
    """Yield what is known of the table to read, its rows, and what was noticed; as :func:`xlsx.read_xlsx` does.

    Parameters
    ----------
    data
        The page.
    wanted
        Name of the table (``table 2`` is the second of the page); None where only one holds something.
    encoding
        What the source states; None = recognise.

    Raises
    ------
    Refusal
        The page is too large, its encoding is unknown, or its rows cannot be counted.
    """
    if len(data) > MAX_PAGE_BYTES:
        raise Refusal(f"it is a web page of {len(data) >> 20} MiB")
    text = text_of(data, encoding)
    # What never closes would be looked for again at each sign that opens something.
    if text.rfind("<!--") > text.rfind("-->") or text.rfind("<") > text.rfind(">"):
        raise Refusal("it breaks off in a tag or a comment")
    page = _Page()
    page.feed(text)
    page.close()
    names = [f"table {number}" for number in range(1, len(page.tables) + 1)]
    filled = [
        (name, table, at)
        for at, (name, table) in enumerate(zip(names, page.tables, strict=True))
        if table.filled and wanted in (None, name)
    ]
    if len(filled) != 1:
        holding = [name for name, table in zip(names, page.tables, strict=True) if table.filled]
        yield {"ask": "table", "names": holding}
        return
    name, table, at = filled[0]
    counts = count_on_text(text)
    if len(counts) != len(page.tables):
        raise Refusal("its tables cannot be told apart")
    yield {"sheet": name, "hidden_sheet": False, "physical": counts[at], "typed": False, "page": True}
    for number, cells in enumerate(table.rows, start=1):
        yield {"row": number, "cells": cells}
    yield {"notes": page.notes}
