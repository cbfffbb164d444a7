"""How the workbooks of answers look: cells to write in are tinted and checked, texts wrap, pages print."""

from __future__ import annotations

import datetime as dt
import io
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_HEAD, _FIELD, _GATE, _LINE, _UNSAID = "#E3E9ED", "#FFFBE8", "#F9DDD0", "#C9D1D6", "#F6B79A"
_TEXT = {"font_size": 10, "text_wrap": True, "valign": "top", "border": 1, "border_color": _LINE}
_FREE = {"locked": False}
# height of a line of this size of type
_LINE_PT = 13.2
_LONGEST_LIST = 255


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds.

    Attributes
    ----------
    width
        In characters.
    note
        What to write, as the header's note says it.
    check
        What a cell must fulfil, in the terms of a spreadsheet.
    words, listed
        What a list offers: words, or a range of cells that holds them.
    strict
        Whether nothing but these words is let through.
    date
        Whether the cells hold days.
    """

    width: int
    note: str
    check: Mapping[str, Any] | None = None
    words: tuple[str, ...] = ()
    listed: str = ""
    strict: bool = True
    date: bool = False

    @property
    def form(self) -> str:
        """How the cells are formatted: what is typed into a text cell is never taken for a number or a formula."""
        if self.date:
            return "yyyy-mm-dd"
        return "General" if self.words or self.listed or self.check is not None else "@"

    def rule(self) -> dict[str, Any] | None:
        """Return the check of a cell, or None where anything may be written."""
        # a spreadsheet takes lists of so many signs; a longer one is offered nowhere, and what is written is let through
        if self.listed or 0 < len(",".join(self.words)) <= _LONGEST_LIST:
            kind = "stop" if self.strict else "warning"
            source = self.listed or list(self.words)
            return {
                "validate": "list",
                "source": source,
                "error_type": kind,
                "error_message": "Choose one of the list.",
            }
        if self.date:
            day = dt.date(2000, 1, 1)
            return {
                "validate": "date",
                "criteria": ">=",
                "value": day,
                "error_message": "Write a date, such as 2026-03-04.",
            }
        return None if self.check is None else dict(self.check)


@dataclass(slots=True)
class Book:
    """A workbook that is being written, and its bytes once it is."""

    book: Workbook
    content: bytes = field(default=b"")


@contextmanager
def book(title: str) -> Iterator[Book]:
    """Open a workbook whose bytes depend on nothing but what is written into it."""
    import xlsxwriter

    held = io.BytesIO()
    with xlsxwriter.Workbook(held, _OPTIONS) as opened:
        opened.set_properties({"created": dt.datetime(2026, 1, 1), "author": "", "title": title})
        opened.set_size(2400, 1400)
        out = Book(opened)
        yield out
    out.content = held.getvalue()


def page(out: Book, name: str, *, grid: bool = True) -> Worksheet:
    """Add a sheet that prints across a page, with its name and the page's number at its foot."""
    sheet = out.book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&8&A&R&8&P of &N")
    if not grid:
        sheet.hide_gridlines(2)
    return sheet


class Layout:
    """The formats of one workbook, and what is done with them."""

    def __init__(self, out: Book) -> None:
        self._book, self._held = out.book, {}

    def form(self, **look: Any) -> Format:
        """Return the format of this look, made once."""
        name = tuple(sorted(look.items()))
        if name not in self._held:
            self._held[name] = self._book.add_format(look)
        return self._held[name]

    def head(self, sheet: Worksheet, columns: Mapping[str, Column]) -> None:
        """Write the headers with their notes; they stay in view and are repeated on every printed page."""
        look = self.form(**{**_TEXT, "bold": True, "bg_color": _HEAD, "border": 1})
        for position, (name, column) in enumerate(columns.items()):
            sheet.write_string(0, position, name, look)
            sheet.write_comment(0, position, column.note, {"x_scale": 1.7, "font_size": 9, "author": ""})
            form = {**_TEXT, **_FREE, "border": 0, "num_format": column.form}
            sheet.set_column(position, position, column.width, self.form(**form))
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)

    def row(
        self,
        sheet: Worksheet,
        number: int,
        cells: Sequence[tuple[Column, Any]],
        *,
        texts: int,
        gate: bool = False,
        parted: bool = False,
    ) -> None:
        """Write one row: the first `texts` cells are read and the row is high enough for them; the others are written in."""
        above = {"top": 2, "top_color": "#7A8790"} if parted else {}
        for position, (column, value) in enumerate(cells):
            look: dict[str, Any] = {**_TEXT, **above}
            if position >= texts:
                look |= {**_FREE, "bg_color": _FIELD, "num_format": column.form}
            elif position == 0:
                look |= {"bold": True, **({"bg_color": _GATE} if gate else {})}
            _write(sheet, (number, position), value, self.form(**look))
        if texts:
            sheet.set_row(number, _LINE_PT * max(_lines(value, column.width) for column, value in cells[:texts]) + 4)

    def fields(self, sheet: Worksheet, columns: Mapping[str, Column], *, last: int) -> None:
        """Check what is written into the cells below the headers."""
        for position, column in enumerate(columns.values()):
            rule = column.rule()
            if rule is not None and last:
                sheet.data_validation(1, position, last, position, {"ignore_blank": True, **rule})

    def unsaid(self, sheet: Worksheet, rating: str, seen: str, *, last: int) -> None:
        """Tint the cells where a rating does not say what it rests on."""
        if last:
            rule = f'=AND({rating}2<>"",{rating}2<>"not known",{seen}2="")'
            look = self._book.add_format({"bg_color": _UNSAID})
            sheet.conditional_format(f"{seen}2:{seen}{last + 1}", {"type": "formula", "criteria": rule, "format": look})

    def guard(self, sheet: Worksheet) -> None:
        """Keep the questions from being typed over by mistake; no password, so that anybody may lift it."""
        allowed = ("format_columns", "format_rows", "sort", "autofilter")
        sheet.protect("", dict.fromkeys(allowed, True))

    def title(self, sheet: Worksheet, words: str, below: str) -> int:
        """Write the title of the first sheet, and return the next free row."""
        for position, width in enumerate((26, 96, 8, 10)):
            sheet.set_column(position, position, width)
        sheet.write_string(0, 0, words, self.form(bold=True, font_size=14))
        sheet.write_string(1, 0, below, self.form(font_size=10, font_color="#5A666E"))
        return 3

    def words(self, sheet: Worksheet, at: int, head: str, words: str) -> int:
        """Write one paragraph with its head, and return the next free row."""
        look = {"font_size": 10, "text_wrap": True, "valign": "top"}
        sheet.write_string(at, 0, head, self.form(**look, bold=True))
        sheet.write_string(at, 1, words, self.form(**look))
        sheet.set_row(at, _LINE_PT * _lines(words, 96) + 4)
        return at + 1

    def table(self, sheet: Worksheet, at: int, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
        """Write a small table after an empty row, and return the next free row; a pair is a formula and its value."""
        for position, name in enumerate(head):
            sheet.write_string(at + 1, position, name, self.form(**_TEXT, bold=True, bg_color=_HEAD))
        for number, row in enumerate(rows, start=at + 2):
            for position, value in enumerate(row):
                if isinstance(value, tuple):
                    sheet.write_formula(number, position, value[0], self.form(**_TEXT), value[1])
                else:
                    _write(sheet, (number, position), value, self.form(**_TEXT))
        return at + 2 + len(rows)


def _lines(text: Any, width: int) -> int:
    """Return how many lines a text takes in a column; not every program fits rows to wrapped text by itself."""
    return sum(max(1, len(textwrap.wrap(part, width))) for part in str(text).split("\n"))


def _write(sheet: Worksheet, cell: tuple[int, int], value: Any, look: Format) -> None:
    """Write a cell by what it holds; text is never taken for a number, a link or a formula."""
    if isinstance(value, dt.date):
        sheet.write_datetime(*cell, value, look)  # type: ignore[arg-type]
    elif isinstance(value, int | float):
        sheet.write_number(*cell, value, look)
    elif value:
        sheet.write_string(*cell, str(value), look)
    else:
        sheet.write_blank(*cell, None, look)
