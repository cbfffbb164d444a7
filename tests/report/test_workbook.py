"""tables.xlsx: text stays text, and nothing in it runs or links."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import zipfile

import openpyxl
import pandas as pd
import pytest

from analysis.engagement.stages import CHAIN
from analysis.report.sheets import check_names
from analysis.report.workbook import FRAMES, NOT_PRINTED, tables, write_workbook
from tests.report.test_results import context

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://x")',
    "http://x.example",
    "007",
    "=cmd|' /C calc'!A0",
    "\tx",
]


@pytest.fixture(scope="module")
def book(material, tmp_path_factory):
    """Return a workbook whose item types are dangerous texts."""
    baseline = material["baseline"]
    items = baseline.item_lengths.iloc[[0] * len(DANGEROUS)].assign(type=DANGEROUS)
    c = context(material, baseline=dataclasses.replace(baseline, item_lengths=items))
    path = tmp_path_factory.mktemp("book") / "tables.xlsx"
    write_workbook(c, tables(c), path)
    return path


def parts_of(path) -> dict[str, str]:
    """Return the text of every part of a workbook."""
    with zipfile.ZipFile(path) as parts:
        return {name: parts.read(name).decode("utf-8") for name in parts.namelist()}


def test_dangerous_texts_stay_texts(book):
    sheet = openpyxl.load_workbook(book)["Item lengths"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == DANGEROUS
    assert {cell.data_type for cell in cells} == {"s"}
    # also when somebody edits the cell
    assert [cell.value for cell in cells if not cell.quotePrefix] == ["http://x.example", "007"]
    parts = parts_of(book)
    assert not [name for name, text in parts.items() if "<f>" in text or "TargetMode" in text]
    linked = [name for name, text in parts.items() if "<hyperlink" in text]
    assert linked == ["xl/worksheets/sheet1.xml"]
    links = re.findall(r"<hyperlink ([^>]*)>", parts[linked[0]])
    assert all(re.match(r"""ref="A\d+" location="'[^"]+'!A1" """, link) for link in links)


def column_of(sheet, name: str) -> list:
    """Return the cells of a column below its name."""
    names = [cell.value for cell in sheet[1]]
    return [row[names.index(name)] for row in sheet.iter_rows(min_row=2)]


def test_shares_keep_their_digits_and_show_percent(built, material):
    sheet = openpyxl.load_workbook(built / "tables.xlsx")["Shares"]
    value = column_of(sheet, "value")[0]
    assert value.value == material["baseline"].shares["value"].iloc[0]
    assert value.number_format == "0%"


def test_every_cell_is_typed(built, material):
    book = openpyxl.load_workbook(built / "tables.xlsx")
    first = {
        ("Waiting", "slot_of_day_s"): (dt.time, "hh:mm"),
        ("Waiting", "idle_agents"): (float | int, "#,##0.0"),
        ("Item lengths", "mean_s"): (float | int, '#,##0.0" s"'),
        ("Ladder", "hours"): (float | int, '#,##0.0" h"'),
        ("Money", "per_week"): (float | int, "#,##0"),
        ("Files", "period_start"): (dt.datetime, "yyyy-mm-dd"),
        ("Policy lab", "keeps_promise"): (bool, "General"),
    }
    for (name, column), (kind, form) in first.items():
        cell = next(cell for cell in column_of(book[name], column) if cell.value is not None)
        assert isinstance(cell.value, kind), (name, column, cell.value)
        assert cell.number_format == form, (name, column)
    # a figure is shown in the unit of its row
    rows = zip(column_of(book["Quantities"], "value"), column_of(book["Quantities"], "unit"), strict=True)
    shown = {(unit.value, cell.number_format) for cell, unit in rows if cell.value is not None}
    assert {("share", "0%"), ("hours_per_week", '#,##0.0" h"')} <= shown
    # a setting is of any kind, so that its column holds texts
    typed = [sheet for sheet in book if sheet.title != "Settings"]
    texts = [cell for sheet in typed for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert not [cell.value for cell in texts if re.fullmatch(r"-?\d+\.\d+|nan|None|NaT|<NA>", cell.value)]


def test_every_sheet_is_linked_from_the_first_and_ready_to_filter_and_print(built):
    book = openpyxl.load_workbook(built / "tables.xlsx")
    front = book.worksheets[0]
    links = {cell.value: cell.hyperlink.location for row in front.iter_rows() for cell in row if cell.hyperlink}
    assert len(book.sheetnames) > 30
    assert links == {name: f"'{name}'!A1" for name in book.sheetnames[1:]}
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "A2", sheet.title
        assert sheet.auto_filter.ref.startswith("A1:"), sheet.title
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        # one page wide (left out, it is 1), as many high as it takes
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert "seconds" in book["Item lengths"]["D1"].comment.text + book["Item lengths"]["E1"].comment.text


def test_the_second_sheet_says_what_every_column_holds(built):
    book = openpyxl.load_workbook(built / "tables.xlsx")
    told = {(row[0], row[1]) for row in book["Columns"].iter_rows(min_row=2, values_only=True)}
    assert told == {(sheet.title, cell.value) for sheet in book.worksheets[2:] for cell in sheet[1]}


def test_every_frame_of_every_result_is_a_sheet_or_says_why_not():
    frames = set()
    for spec in CHAIN[:-1]:
        for name, kind in spec.result_classes().items():
            hints = {field.name: str(field.type) for field in dataclasses.fields(kind)}
            frames |= {(name, field) for field, hint in hints.items() if hint == "pd.DataFrame"}
    assert len(frames) > 60
    assert set(FRAMES.values()) | set(NOT_PRINTED) == frames
    assert not set(FRAMES.values()) & set(NOT_PRINTED)
    assert ("baseline", "members") in NOT_PRINTED
    assert all(len(reason) > 10 for reason in NOT_PRINTED.values())


def test_no_column_names_people(material):
    for key, frame in tables(context(material)).items():
        assert not {"agent", "agent_id", "name_of_agent", "login"} & set(frame.columns), key


@pytest.mark.parametrize("names", [["Gaps", "gaps"], ["a/b"], ["x" * 32], [""], ["'x"]])
def test_names_that_a_workbook_refuses_are_refused(names):
    with pytest.raises(ValueError, match="sheet"):
        check_names(names)


def test_nothing_is_lost_silently(material, tmp_path):
    texts = pd.Series(["x" * 40000, "a\ud800b", None], dtype=object)
    odd = pd.DataFrame({"text": texts, "value": [float("inf"), float("nan"), 1.5]})
    write_workbook(context(material), {"lab": odd}, tmp_path / "odd.xlsx")
    cells = list(openpyxl.load_workbook(tmp_path / "odd.xlsx")["Policy lab"].iter_rows(min_row=2, values_only=True))
    assert len(cells[0][0]) == 32767
    assert cells[0][0].endswith("…")
    assert [row[1] for row in cells] == ["∞", None, 1.5]
    assert [row[0] for row in cells[1:]] == ["a?b", None]


def test_no_clock_reaches_the_file(built):
    with zipfile.ZipFile(built / "tables.xlsx") as parts:
        assert {item.date_time for item in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = parts.read("docProps/core.xml").decode("utf-8")
    assert set(re.findall(r"20\d\d-\d\d-\d\d", core)) == {"2026-04-26"}


def test_no_group_below_the_smallest_size_is_written(material):
    baseline = material["baseline"]
    groups = baseline.groups.copy()
    groups.loc[groups["group"] == "Claims intake", "agents"] = 9
    c = context(material, baseline=dataclasses.replace(baseline, groups=groups))
    assert "Claims intake" not in set(tables(c)["groups"]["group"])
    assert "Claims settlement" in set(tables(c)["groups"]["group"])
