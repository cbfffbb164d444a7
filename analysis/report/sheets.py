"""Writes tables as the sheets of a workbook: each cell as what it is, text never as a formula, equal bytes for equal content."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.report.columns import DAY_S, FORMATS, Kind, kind_of, units_by_row
from analysis.report.numbers import plain

if TYPE_CHECKING:
    import pandas as pd

    from analysis.report.words import Words

# text must never be read as a formula, a link or a number
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
# what a spreadsheet would read as a formula once somebody edits the cell
_SIGNS = ("=", "+", "-", "@", "\t", "\r")
MOST_WIDTH, LEAST_WIDTH, LOOKED_AT = 60, 8, 200
# what one cell, one name of a sheet and one foot hold
LONGEST_TEXT, LONGEST_NAME, LONGEST_FOOT = 32767, 31, 200
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]|^'|'$")
A4, LETTER = 9, 1


@dataclass(frozen=True, slots=True)
class Front:
    """What the first sheet and the foot of every printed page say.

    Attributes
    ----------
    client, period, run
        Of whom, of when, of which run.
    foot
        Line at the foot of a printed page.
    letter
        Whether pages are printed on Letter, else on A4.
    made
        Moment in the file's properties; it may depend on the content alone.
    """

    client: str
    period: str
    run: str
    foot: str
    letter: bool
    made: dt.datetime


def write_sheets(words: Words, front: Front, sheets: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write a workbook: a sheet that says what is where, one that says what every column holds, then one a table.

    Parameters
    ----------
    words
        The catalogue: names and meanings of sheets, units and columns.
    front
        What the first sheet says.
    sheets
        The tables by the key of their name.
    path
        The file.

    Raises
    ------
    ValueError
        Two sheets have one name, or a name that a workbook cannot hold.
    """
    import xlsxwriter

    names = {key: words(f"sheet.{key}") for key in ("first", "columns", *sheets)}
    check_names(names.values())
    with xlsxwriter.Workbook(str(path), OPTIONS) as book:
        title = plain(words("title"))
        book.set_properties({"title": title, "author": "", "company": "", "created": front.made})
        writer = _Writer(book, words, front, names)
        first, columns = (writer.sheet(key) for key in ("first", "columns"))
        told = [row for key, frame in sheets.items() for row in writer.table(key, frame)]
        writer.columns(columns, told)
        writer.first(first, sheets)


def check_names(names: Iterator[str] | Sequence[str] | Any) -> None:
    """Refuse names of sheets that are not unique, too long, or hold a sign that a workbook refuses.

    Examples
    --------
    >>> check_names(["Gaps", "gaps"])
    Traceback (most recent call last):
        ...
    ValueError: the sheet name 'gaps' is not unique
    """
    seen: set[str] = set()
    for name in names:
        if not name or len(name) > LONGEST_NAME or _FORBIDDEN.search(name):
            raise ValueError(f"{name!r} cannot name a sheet: at most {LONGEST_NAME} signs, none of []:*?/\\")
        if name.casefold() in seen:
            raise ValueError(f"the sheet name {name!r} is not unique")
        seen.add(name.casefold())


def cell_text(text: str) -> str:
    r"""Return a text as one cell can hold it: grades spelled out, halves of characters replaced, no longer than a cell.

    Examples
    --------
    >>> len(cell_text("x" * 40000)), cell_text("a\ud800")
    (32767, 'a?')
    """
    whole = plain(text).encode("utf-8", "replace").decode("utf-8")
    return whole if len(whole) <= LONGEST_TEXT else f"{whole[: LONGEST_TEXT - 1]}…"


class _Writer:
    """One workbook while it is written."""

    def __init__(self, book: Any, words: Words, front: Front, names: Mapping[str, str]) -> None:
        self.book, self.words, self.front, self.names = book, words, front, names
        top = {"valign": "top"}
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, **top})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrapped = book.add_format({"text_wrap": True, **top})
        self.link = book.add_format({"font_color": "#0B5394", "underline": 1, **top})
        # a text that looks like a formula stays a text also when somebody edits the cell
        self.quoted = book.add_format({"quote_prefix": True})
        self.forms = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}

    def sheet(self, key: str) -> Any:
        """Return a new sheet that prints on pages one wide, its first row on each."""
        sheet = self.book.add_worksheet(self.names[key])
        sheet.set_landscape()
        sheet.set_paper(LETTER if self.front.letter else A4)
        sheet.fit_to_pages(1, 0)
        foot = self.front.foot[:LONGEST_FOOT].replace("&", "&&")
        sheet.set_footer(f"&L&8{foot}&R&8&A, &P / &N")
        return sheet

    def table(self, key: str, frame: pd.DataFrame) -> list[tuple[str, str, str, str]]:
        """Write a table; return sheet, column, unit and meaning of each column."""
        sheet = self.sheet(key)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)
        told = []
        for place, name in enumerate(map(str, frame.columns)):
            column = frame[name]
            kind = kind_of(key, name, column)
            rows = units_by_row(key, frame, name)
            unit, meaning = self._unit(kind, rows), self._meaning(key, name)
            sheet.write_string(0, place, cell_text(name), self.head)
            note = ". ".join(text for text in (meaning, unit) if text)
            if note:
                sheet.write_comment(0, place, note, {"author": "", "x_scale": 1.6})
            self._column(sheet, place, column, rows or [kind] * len(column))
            sheet.set_column(place, place, self._width(name, column, kind))
            told.append((key, name, unit, meaning))
        return told

    def _column(self, sheet: Any, place: int, column: pd.Series, kinds: Sequence[Kind]) -> None:
        """Write the cells of a column that hold something."""
        missing = column.isna().tolist()
        values = [value.item() if hasattr(value, "item") else value for value in column.tolist()]
        for row, (value, kind) in enumerate(zip(values, kinds, strict=True), start=1):
            if missing[row - 1]:
                continue
            if isinstance(value, float) and math.isinf(value):
                sheet.write_string(row, place, "∞" if value > 0 else "−∞")
            elif isinstance(value, bool):
                sheet.write_boolean(row, place, value)
            elif isinstance(value, int | float):
                number = value / DAY_S if kind == "time_of_day" else value
                sheet.write_number(row, place, number, self.forms.get(kind))
            elif isinstance(value, dt.date):
                sheet.write_datetime(row, place, _naive(value), self.forms["moment" if kind == "moment" else "date"])
            else:
                text = cell_text(str(value))
                sheet.write_string(row, place, text, self.quoted if text.startswith(_SIGNS) else None)

    def _unit(self, kind: Kind, rows: Sequence[Kind] | None) -> str:
        """Return the unit of a column in words; empty for texts."""
        key = "column_unit.of_the_row" if rows is not None else f"column_unit.{kind}"
        return self.words(key) if key in self.words else ""

    def _meaning(self, key: str, name: str) -> str:
        """Return what a column means where the catalogue says so, for this sheet or for all."""
        keys = (f"column.{key}.{name}", f"column.any.{name}")
        return next((plain(self.words(one)) for one in keys if one in self.words), "")

    @staticmethod
    def _width(name: str, column: pd.Series, kind: Kind) -> float:
        shown = [name]
        if kind == "text":
            shown += [str(value) for value in column.head(LOOKED_AT).dropna()]
        elif kind == "moment":
            shown.append("2026-01-01 00:00")
        # the arrow of the filter takes room beside the name
        return min(max(max(map(len, shown)) + 3, LEAST_WIDTH), MOST_WIDTH)

    def first(self, sheet: Any, sheets: Mapping[str, pd.DataFrame]) -> None:
        """Write the sheet that says what is where."""
        words, front = self.words, self.front
        for place, width in enumerate((26, 90, 9, 9)):
            sheet.set_column(place, place, width)
        sheet.write_string(0, 0, cell_text(front.client), self.title)
        sheet.write_string(1, 0, cell_text(words("title")))
        told = {
            "period": front.period,
            "run": front.run,
            "rounding": words("sheet_rounding"),
            "empty": words("sheet_empty"),
        }
        for row, (name, text) in enumerate(told.items(), start=3):
            sheet.write_string(row, 0, words(f"sheet_row.{name}"), self.head)
            sheet.write_string(row, 1, cell_text(text), self.wrapped)
        head = 4 + len(told)
        for place, name in enumerate(("sheet", "holds", "rows", "columns")):
            sheet.write_string(head, place, words(f"sheet_row.{name}"), self.head)
        for row, key in enumerate(("columns", *sheets), start=head + 1):
            name = self.names[key]
            # the names are the kit's own, and lead to a place in this file alone
            sheet.write_url(row, 0, f"internal:'{name.replace(chr(39), chr(39) * 2)}'!A1", self.link, name)
            sheet.write_string(row, 1, words(f"sheet_means.{key}"), self.wrapped)
            if key in sheets:
                sheet.write_number(row, 2, len(sheets[key]), self.forms["whole"])
                sheet.write_number(row, 3, len(sheets[key].columns), self.forms["whole"])
        sheet.freeze_panes(head + 1, 0)
        sheet.repeat_rows(head)

    def columns(self, sheet: Any, told: Sequence[tuple[str, str, str, str]]) -> None:
        """Write the sheet that says what every column holds."""
        for place, (name, width) in enumerate((("sheet", 26), ("column", 28), ("unit", 34), ("means", 80))):
            sheet.write_string(0, place, self.words(f"sheet_row.{name}"), self.head)
            sheet.set_column(place, place, width)
        for row, (key, name, unit, meaning) in enumerate(told, start=1):
            for place, text in enumerate((self.names[key], name, unit, meaning)):
                if text:
                    sheet.write_string(row, place, cell_text(text), self.wrapped if place == 3 else None)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.autofilter(0, 0, len(told), 3)


def _naive(value: dt.date) -> dt.datetime:
    """Return a day or a moment as a spreadsheet knows it; one with a zone as UTC."""
    if isinstance(value, dt.datetime):
        moment = value if value.tzinfo is None else value.astimezone(dt.UTC).replace(tzinfo=None)
        return dt.datetime(moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    return dt.datetime(value.year, value.month, value.day)
