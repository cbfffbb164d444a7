"""Workbooks give the same tables as text, and a hostile one ends as a refusal."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from analysis.foundation.schema import DataProblem


def workbook(rows: list[list[object]], *, more: dict[str, list[list[object]]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for name, content in (more or {}).items():
        extra = book.create_sheet(name)
        for row in content:
            extra.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


ROWS = [
    ["Report"],
    ["agent", "start", "end", "state"],
    ["007", dt.datetime(2026, 3, 2, 9, 0), dt.datetime(2026, 3, 2, 9, 30, 1), "IDLE"],
    ["1E5", dt.datetime(2026, 3, 2, 9, 0), dt.datetime(2026, 3, 3), "HANDLING"],
    [None, None, None, None],
    ["Total", None, None, 2],
]


def test_a_workbook_and_a_text_file_give_the_same_spells(desk):
    book = desk.spells(workbook(ROWS), "book.xlsx")
    text = desk.spells(
        "Report,,,\nagent,start,end,state\n007,2026-03-02 09:00,2026-03-02 09:30:01,IDLE\n1E5,2026-03-02 09:00,2026-03-03 00:00,HANDLING\n,,,\nTotal,,,2\n",
        "text.csv",
    )
    columns = ["agent", "start", "end", "state", "source_row"]
    assert book.tables["spells"][columns].equals(text.tables["spells"][columns])
    fates = ["header", "banner", "blank", "total", "used"]
    assert book.files.loc[0, fates].tolist() == text.files.loc[0, fates].tolist() == [1, 1, 1, 1, 2]


def test_two_filled_sheets_are_a_question(desk):
    content = workbook(ROWS, more={"Other": [["agent"], ["x"]]})
    with pytest.raises(DataProblem, match=r"2 sheets hold something.*Set sheet"):
        desk.spells(content, "book.xlsx")
    assert len(desk.spells(content, "book.xlsx", sheet="Sheet").tables["spells"]) == 2


def rezip(content: bytes, **parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            if member.filename not in parts:
                new.writestr(member.filename, old.read(member))
        for name, part in parts.items():
            new.writestr(name, part)
    return stream.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_unpacked(desk):
    bomb = rezip(workbook(ROWS), **{"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * (200 << 20)})
    with pytest.raises(DataProblem, match="unpacks to 200 MiB from"):
        desk.spells(bomb, "bomb.xlsx")


def test_an_entity_bomb_is_refused(desk):
    entities = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>'
    with pytest.raises(DataProblem, match="declares entities"):
        desk.spells(rezip(workbook(ROWS), **{"xl/worksheets/sheet1.xml": entities}), "book.xlsx")


def test_a_nested_archive_is_refused(desk):
    with pytest.raises(DataProblem, match="holds another archive"):
        desk.spells(rezip(workbook(ROWS), **{"xl/embeddings/inner.zip": b"PK"}), "book.xlsx")


def test_a_member_that_points_outside_is_refused(desk):
    with pytest.raises(DataProblem, match="points outside"):
        desk.spells(rezip(workbook(ROWS), **{"../escape.xml": b"x"}), "book.xlsx")


def test_a_far_cell_is_refused_quickly(desk):
    book = openpyxl.Workbook()
    book.active["XFD1048576"] = "far"
    book.active.append(["agent"])
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(DataProblem, match="far outside"):
        desk.spells(stream.getvalue(), "far.xlsx")
