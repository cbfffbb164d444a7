"""Workbooks give the same tables as text, and a hostile one ends as a refusal."""

from __future__ import annotations

import datetime as dt
import io
import sys
import zipfile

import openpyxl
import pytest

from analysis.foundation.schema import DataProblem
from analysis.intake.workbook import limits, parent


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
    with pytest.raises(DataProblem, match=r"2 sheets with content.*Set sheet"):
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


ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="Spells &amp; more">
<table:table-row><table:table-cell office:value-type="string"><text:p>Report</text:p></table:table-cell></table:table-row>
<table:table-row>{header}</table:table-row>
<table:table-row>{agent}{start}{end}{state}</table:table-row>
<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="4"/></table:table-row>
<table:table-row table:number-rows-repeated="2">{agent}{start}{end}{state}</table:table-row>
<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
</table:table><table:table table:name="Empty"><table:table-row><table:table-cell/></table:table-row></table:table>
</office:spreadsheet></office:body></office:document-content>"""


def ods(content: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", content)
    return stream.getvalue()


def text_cell(text: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def date_cell(value: str) -> str:
    return f'<table:table-cell office:value-type="date" office:date-value="{value}"><text:p>shown otherwise</text:p></table:table-cell>'


def test_an_open_document_workbook_with_repeated_rows(desk):
    content = ODS.format(
        header="".join(map(text_cell, ("agent", "start", "end", "state"))),
        agent=text_cell("007"),
        start=date_cell("2026-03-02T09:00:00"),
        end=date_cell("2026-03-02T09:30:01"),
        state=text_cell("IDLE"),
    )
    intake = desk.spells(ods(content), "book.ods")
    assert intake.files.loc[0, ["physical", "header", "banner", "blank", "duplicate", "used"]].tolist() == [
        7,
        1,
        1,
        2,
        2,
        1,
    ]
    assert intake.tables["spells"]["source_row"].tolist() == [3]
    assert (intake.tables["spells"]["end"] - intake.tables["spells"]["start"]).dt.total_seconds().tolist() == [1801.0]


def test_number_cells_keep_what_the_sheet_holds(desk):
    rows = [
        ["agent", "start", "end", "state"],
        [10861, dt.datetime(2026, 3, 2, 9), dt.datetime(2026, 3, 2, 10), "IDLE"],
    ]
    from analysis.intake import pseudonym

    agent = desk.spells(workbook(rows), "book.xlsx").tables["spells"]["agent"].iloc[0]
    assert agent == pseudonym("10861", key=bytes(range(32)))


def test_gaps_between_row_elements_keep_the_numbers_of_the_sheet(desk):
    book = openpyxl.Workbook()
    sheet = book.active
    for column, name in enumerate(("agent", "start", "end", "state"), start=1):
        sheet.cell(1, column, name)
    for column, value in enumerate(("a", "someday", "2026-03-02 10:00", "IDLE"), start=1):
        sheet.cell(900, column, value)
    stream = io.BytesIO()
    book.save(stream)
    intake = desk.spells(stream.getvalue(), "book.xlsx")
    assert intake.rejects[["row", "reason"]].to_numpy().tolist() == [[900, "bad_stamp"]]
    assert intake.files.loc[0, "physical"] == 2


def test_a_workbook_cut_off_or_with_a_password_is_refused(desk):
    with pytest.raises(DataProblem, match="damaged or was cut off"):
        desk.spells(workbook(ROWS)[:-200], "cut.xlsx")
    sealed = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    with pytest.raises(DataProblem, match="with a password; save it without one"):
        desk.spells(sealed, "sealed.xlsx")


def test_hidden_rows_and_formulas_without_value_are_told(desk):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in ROWS[1:4]:
        sheet.append(row)
    sheet.row_dimensions[2].hidden = True
    sheet["E1"], sheet["E2"] = "note", "=1+1"
    stream = io.BytesIO()
    book.save(stream)
    intake = desk.spells(stream.getvalue(), "book.xlsx")
    assert {"hidden_rows", "formula_without_value"} <= {finding.code for finding in intake.findings}
    assert len(intake.tables["spells"]) == 2


@pytest.mark.parametrize(
    ("limit", "words"), [("MAX_TOTAL_BYTES", "unpacks to"), ("MAX_MEMBERS", "more than the 1 that a workbook may have")]
)
def test_size_and_number_of_parts_are_limited(monkeypatch, limit, words):
    monkeypatch.setattr(limits, limit, 1)
    with zipfile.ZipFile(io.BytesIO(workbook(ROWS))) as book, pytest.raises(limits.Refusal, match=words):
        limits.scan(book)


def test_a_cell_with_too_many_neighbours_is_refused(monkeypatch):
    monkeypatch.setattr(limits, "MAX_CELLS", 10)
    limits.check_cell(3, 10)
    with pytest.raises(limits.Refusal, match="more than 10 cells"):
        limits.check_cell(3, 11)


def test_the_reading_process_is_ended_at_its_time_limit(desk, monkeypatch):
    monkeypatch.setattr(parent, "TIME_LIMIT_S", 0.001)
    with pytest.raises(DataProblem, match=r"was not read within 0 s. Export the table as CSV"):
        desk.spells(workbook(ROWS), "book.xlsx")


@pytest.mark.skipif(sys.platform == "win32", reason="this platform cannot limit the memory of a process")
def test_the_reading_process_is_ended_at_its_memory_limit(desk, monkeypatch):
    monkeypatch.setattr(parent, "MEMORY_LIMIT_BYTES", 64 << 20)
    huge = b"<sst><si><t>" + b"a" * (60 << 20) + b"</t></si></sst>"
    with pytest.raises(DataProblem, match=r"needs more memory|within 0 GiB of memory"):
        desk.spells(rezip(workbook(ROWS), **{"xl/sharedStrings.xml": huge}), "book.xlsx")


def test_the_content_decides_and_not_the_name(desk):
    text = "agent,start,end,state\na,2026-03-02 09:00,2026-03-02 09:30,IDLE\n"
    assert len(desk.spells(text, "text.xlsx").tables["spells"]) == 1
    assert len(desk.spells(workbook(ROWS), "book.csv").tables["spells"]) == 2
