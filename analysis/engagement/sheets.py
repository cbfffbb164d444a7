"""The kit's empty sheets as workbooks: columns formatted, cells checked, each header with a note that says what to write."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from analysis.foundation.assets import assets

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

Kind = Literal["text", "date", "time", "moment", "duration", "number", "count", "words"]
# Rows that are prepared.
ROWS = 5_000
YES_NO = ("yes", "no")
SEEN = (
    *(
        "Working on an item",
        "On a contact",
        "Other work",
        "Helping a colleague",
        "Meeting",
        "Training",
        "Waiting for work",
        "Waiting for a contact",
    ),
    *("Waiting for an answer", "System down", "Break", "Lunch", "Personal", "Private talk", "Away from desk", "Absent"),
)
PLANNED = (
    "Shift",
    "Overtime",
    "Break",
    "Lunch",
    "Meeting",
    "Training",
    "Coaching",
    "Project",
    "Sick",
    "Leave",
    "Public holiday",
    "Unpaid leave",
    "Day off",
)
_FORMS: Mapping[Kind, str] = {
    "text": "@",
    "date": "yyyy-mm-dd",
    "time": "hh:mm:ss",
    "moment": "yyyy-mm-dd hh:mm",
    "duration": "[h]:mm:ss",
    "number": "0.0##",
    "count": "0",
    "words": "@",
}


_LEAST: Mapping[str, Any] = {"criteria": ">=", "value": 0}
_CHECKS: Mapping[Kind, Mapping[str, Any]] = {
    "text": {"validate": "any"},
    "date": {
        "validate": "date",
        "criteria": ">=",
        "value": dt.date(2000, 1, 1),
        "error_message": "Write a date, such as 2026-03-04.",
    },
    "moment": {
        "validate": "date",
        "criteria": ">=",
        "value": dt.datetime(2000, 1, 1),
        "error_message": "Write a date and a time, such as 2026-03-04 10:30.",
    },
    "time": {
        "validate": "time",
        "criteria": "between",
        "minimum": dt.time(0),
        "maximum": dt.time(23, 59, 59),
        "error_message": "Write a time, such as 10:42:10.",
    },
    "duration": {"validate": "decimal", **_LEAST, "error_message": "Write a duration, such as 0:05:30."},
    "count": {"validate": "integer", **_LEAST, "error_message": "Write a whole number."},
    "number": {"validate": "decimal", **_LEAST, "error_message": "Write a number."},
}


@dataclass(frozen=True, slots=True)
class Rule:
    """What a column holds.

    Attributes
    ----------
    kind
        How its cells are formatted and checked.
    note
        What to write, in one sentence.
    words
        For ``"words"``: what the list offers.
    strict
        Nothing but these words; else others are let through after a warning.
    """

    kind: Kind
    note: str
    words: tuple[str, ...] = ()
    strict: bool = False


_PERSON = "The person's code, the same in every file; text, so that zeros in front stay. Leave it empty where people are not to be named."
RULES: Mapping[str, Rule] = {
    "Agent ID": Rule("text", _PERSON),
    "Abandoned": Rule("count", "Contacts that hung up or left before somebody answered."),
    "Activity": Rule("words", "What the person does; a new row whenever it changes.", SEEN),
    "Answered": Rule("count", "Contacts that somebody answered."),
    "Answered in time": Rule("count", "Contacts answered within the threshold."),
    "Checked": Rule("count", "Items checked."),
    "Complaints": Rule("count", "Complaints about items of this team, week and type."),
    "Contract hours per week": Rule("number", "Hours per week by contract."),
    "Date": Rule("date", "The day, of the start where a row ends after midnight."),
    "Duration (h:mm:ss)": Rule("duration", "How long it lasted, where no end is written."),
    "End time": Rule("time", "When it ended, with seconds."),
    "Errors": Rule("count", "Checked items with at least one error."),
    "Forecast AHT (s)": Rule("number", "Forecast mean handling time in seconds, after-contact work included."),
    "Forecast offered": Rule("number", "Contacts that were forecast for the interval."),
    "Grade": Rule("text", "Grade or job, as the client calls it."),
    "Interruptible": Rule("words", "May it be put down at once when a contact arrives?", YES_NO, strict=True),
    "Interruptions": Rule(
        "count", "How often somebody was interrupted within the row; better end the row and begin another."
    ),
    "Interval length (s)": Rule("count", "Length of the interval in seconds: 1800 for half an hour."),
    "Interval start": Rule("moment", "Start of the interval, in the client's clock."),
    "Item": Rule("text", "Number of the item, as the workflow system gives it."),
    "Kind": Rule(
        "words", "A shift in one row from start to end; breaks, meetings and absences in rows of their own.", PLANNED
    ),
    "Level": Rule("count", "1 to 10, the higher the better."),
    "Made on": Rule("date", "Day on which the forecast was made that the roster was built on."),
    "Max wait (h)": Rule("number", "Longest time that an item may wait, in hours."),
    "Note": Rule("text", "For people; not read. Write no names here."),
    "Observer": Rule("text", "The observer's code."),
    "Off desk": Rule("words", "Does it need to be done away from the desk?", YES_NO, strict=True),
    "Help needed": Rule("words", "Is help from others usually needed to finish it?", YES_NO, strict=True),
    "Access": Rule("words", "May contact-centre agents have access to its data and systems?", YES_NO, strict=True),
    "Offered": Rule("count", "Contacts that arrived in the interval."),
    "Own hours without work": Rule(
        "number",
        "Your own estimate: hours in which you had nothing to do, or were away from your work other than for breaks, meetings and systems that were down.",
    ),
    "Own paid hours": Rule("number", "Hours of this week for which you were paid and at work, breaks left out."),
    "Paid": Rule("words", "Is this time paid?", YES_NO, strict=True),
    "Paid hours": Rule(
        "number", "Hours paid to the team in this week; the same in every row of team and week, it counts once."
    ),
    "People": Rule("count", "How many unnamed people this row stands for; empty is one."),
    "Population": Rule("words", "Contact centre or back office.", ("contact centre", "back office"), strict=True),
    "Queue": Rule("text", "Name of the queue, as in the other exports."),
    "Reference look": Rule(
        "words",
        "Yes where a second observer looks at the same people at the same moment to check the first; empty is no.",
        YES_NO,
        strict=True,
    ),
    "Regulated": Rule("words", "Must somebody with a licence do it?", YES_NO, strict=True),
    "Required agents": Rule("number", "Agents that the plan required."),
    "Resume (s)": Rule("number", "Seconds lost when it is taken up again."),
    "Reworked": Rule("count", "Checked items that were done again."),
    "Round": Rule("text", "Number of the tour; number them through, never again from 1."),
    "Short abandoned": Rule("count", "Of the abandoned ones, those that left within the first seconds."),
    "Site": Rule("text", "Where the person works."),
    "Skill": Rule("text", "Queue or item type that the person can do."),
    "Standard time (s)": Rule("number", "Usual time for one item, in seconds."),
    "Start time": Rule("time", "When it began, with seconds."),
    "State": Rule("words", "What you saw at the first glance.", SEEN),
    "Team": Rule("text", "Team, as the roster calls it."),
    "Threshold (s)": Rule("count", "Seconds within which contacts are to be answered."),
    "Time": Rule("time", "When you looked."),
    "Time zone": Rule("text", "IANA name, such as Europe/Amsterdam."),
    "Total handle time (s)": Rule("number", "Handling time of all contacts of the interval together, in seconds."),
    "Type": Rule("text", "Item type, spelled the same everywhere."),
    "Valid from": Rule("date", "First day on which the row holds."),
    "Valid to": Rule("date", "Last day on which the row holds; empty is until further notice."),
    "Volume": Rule("number", "Items done in the week."),
    "Week": Rule("text", "ISO week, such as 2026-W10."),
}


def sheet_headers() -> dict[str, list[str]]:
    """Return the header of each of the kit's sheets, by name.

    Examples
    --------
    >>> sheet_headers()["weekly_workload"]
    ['Team', 'Week', 'Paid hours', 'Type', 'Volume', 'Note']
    """
    folder = assets() / "templates" / "sheets"
    return {
        path.stem: path.read_text(encoding="utf-8").split("\n")[0].strip().split(",")
        for path in sorted(folder.glob("*.csv"))
    }


def sheet_workbook(name: str) -> bytes:
    """Return one of the kit's sheets as an empty workbook.

    Parameters
    ----------
    name
        Of :func:`sheet_headers`, such as ``"work_sampling"``.

    Returns
    -------
    bytes
        An XLSX file with one sheet, the same for every call.

    Examples
    --------
    >>> sheet_workbook("roster")[:2]
    b'PK'
    """
    import xlsxwriter

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"created": dt.datetime(2026, 1, 1), "author": "", "title": name.replace("_", " ")})
        sheet = book.add_worksheet(name.replace("_", " "))
        lay_out(book, sheet, {header: RULES[header] for header in sheet_headers()[name]})
    return content.getvalue()


def lay_out(
    book: Workbook, sheet: Worksheet, columns: Mapping[str, Rule], *, upright: bool = False
) -> dict[Kind, Format]:
    """Write the headers of a sheet with their notes, and prepare the cells below and the page.

    Parameters
    ----------
    book, sheet
        Where to.
    columns
        Header to what its column holds.
    upright
        Whether columns of counts are narrow, with their headers turned.

    Returns
    -------
    dict
        Kind of cell to the format that it has in this workbook.
    """
    look = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
    head, turned = book.add_format(look), book.add_format({**look, "rotation": 90, "valign": "bottom"})
    forms = {kind: book.add_format({"num_format": form}) for kind, form in _FORMS.items()}
    for position, (header, rule) in enumerate(columns.items()):
        narrow = upright and rule.kind == "count"
        _column(sheet, position, header, rule, head=turned if narrow else head, form=forms[rule.kind])
        if narrow:
            sheet.set_column(position, position, 5, forms[rule.kind])
    sheet.freeze_panes(1, 0)
    _print_setup(book, sheet)
    return forms


def _column(sheet: Worksheet, position: int, header: str, rule: Rule, *, head: Format, form: Format) -> None:
    """Write one header with its note, and prepare the cells below."""
    sheet.write_string(0, position, header, head)
    sheet.write_comment(0, position, rule.note, {"x_scale": 1.6, "font_size": 9})
    sheet.set_column(position, position, max(12, min(24, len(header) + 4)), form)
    told = {"ignore_blank": True, "input_title": header[:32], "input_message": rule.note[:255]}
    sheet.data_validation(1, position, ROWS, position, {**told, **_check(rule)})


def _check(rule: Rule) -> Mapping[str, Any]:
    """Return what a cell must fulfil, in the terms of a spreadsheet."""
    if rule.kind != "words":
        return _CHECKS[rule.kind]
    words = f"Choose one of the list.{'' if rule.strict else ' Another word needs a line in the state map.'}"
    return {
        "validate": "list",
        "source": list(rule.words),
        "error_type": "stop" if rule.strict else "warning",
        "error_message": words,
    }


def _print_setup(book: Workbook, sheet: Worksheet) -> None:
    """Let a sheet be printed and taken along on a tour."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.hide_gridlines(0)
    book.set_size(2400, 1200)
