"""tables.xlsx: text stays text, and nothing in it runs or links."""

from __future__ import annotations

import dataclasses
import re
import zipfile

import openpyxl
import pytest

from analysis.report.workbook import tables, write_workbook
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


def test_dangerous_texts_stay_texts(book):
    sheet = openpyxl.load_workbook(book)["Item lengths"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == DANGEROUS
    assert {cell.data_type for cell in cells} == {"s"}
    with zipfile.ZipFile(book) as parts:
        for name in parts.namelist():
            text = parts.read(name).decode("utf-8")
            assert "<f>" not in text
            assert "<hyperlink" not in text


def test_shares_keep_their_digits_and_show_percent(built, material):
    sheet = openpyxl.load_workbook(built / "tables.xlsx")["Shares"]
    names = [cell.value for cell in sheet[1]]
    value = sheet.cell(row=2, column=names.index("value") + 1)
    assert value.value == material["baseline"].shares["value"].iloc[0]
    assert value.number_format == "0%"


def test_every_sheet_is_named_on_the_first(built):
    book = openpyxl.load_workbook(built / "tables.xlsx")
    listed = {cell.value for cell in book.worksheets[0]["A"]}
    assert len(book.sheetnames) > 20
    assert set(book.sheetnames[1:]) <= listed


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
