"""The papers of a work-sampling study: the list of tours to print, and the forms to fill in, which the kit reads as they stand."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis.engagement.sheets import RULES, SEEN, Kind, Rule, lay_out, sheet_headers

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_TOURS: Mapping[str, Rule] = {
    "Round": RULES["Round"],
    "Date": RULES["Date"],
    "Day": Rule("text", "Day of the week."),
    "Time": Rule("time", "When the tour begins; go at this time, not when it suits."),
    "Start at": Rule("text", "The team that is looked at first."),
    "Walk": Rule("text", "The order of the whole tour."),
    "Second observer": Rule(
        "text", "Yes where somebody else looks at the same people at the same moments, on a form of his own."
    ),
    "Begun at": Rule("text", "Write here when the tour really began."),
    "Note": RULES["Note"],
}
_SEEN_HERE = Rule(
    "count", "How many people of the team you saw doing this; everybody on duty counts once, also who is not there."
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def tour_list(tours: pd.DataFrame, *, about: str) -> bytes:
    """Return the list of tours as a workbook to print.

    Parameters
    ----------
    tours
        As :func:`analysis.measure.sampling.plan_tours` returns them.
    about
        Line at the head of every page.
    """
    rows = [
        (
            one.round, one.date, _DAYS[one.date.day_of_week], one.time, one.start_at, one.route,
            "yes" if one.second_observer else "no", None, None,
        )
        for one in tours.itertuples()
    ]  # fmt: skip
    return _book("tours", _TOURS, rows, about=about)


def count_form(tours: pd.DataFrame, teams: Sequence[str]) -> bytes:
    """Return a form with a row for each team of each tour and a column for each thing that people may be seen doing.

    Parameters
    ----------
    tours
        As :func:`analysis.measure.sampling.plan_tours` returns them.
    teams
        Teams to look at; without any, one row a tour.
    """
    names = ("Round", "Date", "Time", "Observer", "Team")
    columns = {**{name: RULES[name] for name in names}, **dict.fromkeys(SEEN, _SEEN_HERE), "Note": RULES["Note"]}
    rows = [
        (one.round, one.date, one.time, None, team) for one in tours.itertuples() for team in _walk(one.route, teams)
    ]
    return _book("rounds", columns, rows, about="", upright=True)


def look_form(tours: pd.DataFrame, people: Mapping[str, int], *, second: bool = False) -> bytes:
    """Return a form with a row for each person to be looked at in each tour: the kit's sheet for work sampling, begun.

    Parameters
    ----------
    tours
        As :func:`analysis.measure.sampling.plan_tours` returns them.
    people
        Team to number of its people.
    second
        Whether it is the form of the second observer.
    """
    columns = {name: RULES[name] for name in sheet_headers()["work_sampling"]}
    filled = ["Round", "Date", "Time", "Team", *(["Reference look"] if second else [])]
    order = [list(columns).index(name) for name in filled]
    rows = []
    for one in tours.itertuples():
        for team in _walk(one.route, list(people)):
            row: list[object] = [None] * len(columns)
            for at, value in zip(order, (one.round, one.date, one.time, team or None, "yes"), strict=False):
                row[at] = value
            rows += [tuple(row)] * people[team]
    return _book("second looks" if second else "looks", columns, rows, about="")


def _walk(route: object, teams: Sequence[str]) -> list[str]:
    """Return the teams in the order of a tour."""
    walk = str(route).split(" > ")
    # a team whose own name holds the sign is walked in the order of the list
    return walk if sorted(walk) == sorted(teams) else list(teams) or [""]


def _book(
    title: str, columns: Mapping[str, Rule], rows: Sequence[Sequence[object]], *, about: str, upright: bool = False
) -> bytes:
    """Return a workbook of one sheet, the same for equal content."""
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, _OPTIONS) as book:
        book.set_properties({"created": dt.datetime(2026, 1, 1), "author": "", "title": title})
        sheet = book.add_worksheet(title)
        forms = lay_out(book, sheet, columns, upright=upright)
        if about:
            sheet.set_header(f"&L&9 {about[:100].replace('&', '&&')}")
        sheet.set_footer("&R&9&P / &N")
        kinds = [rule.kind for rule in columns.values()]
        for line, row in enumerate(rows, start=1):
            for at, value in enumerate(row):
                if value is not None:
                    _cell(sheet, (line, at), value, kinds[at], forms)
    return content.getvalue()


def _cell(sheet: Worksheet, place: tuple[int, int], value: object, kind: Kind, forms: Mapping[Kind, Format]) -> None:
    """Write one cell as what it is."""
    line, at = place
    if kind == "date":
        sheet.write_datetime(line, at, pd.Timestamp(str(value)).to_pydatetime(), forms[kind])
    elif kind == "time":
        sheet.write_datetime(line, at, dt.time.fromisoformat(str(value)), forms[kind])
    else:
        sheet.write_string(line, at, str(value), forms[kind])
