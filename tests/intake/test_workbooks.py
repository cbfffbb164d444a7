"""Workbooks give the same tables as text, and a hostile one ends as a refusal."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from analysis.foundation.schema import DataProblem
from analysis.intake.opening.workbook import limits, parent


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
    sealed = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(600)
        + bytes(60_000)
        + "EncryptedPackage".encode("utf-16-le")
        + bytes(600)
    )
    with pytest.raises(DataProblem, match="password-protected; save it without a password"):
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


HEADER = ["agent", "start", "end", "state", "note"]


def saved(fill) -> bytes:
    """Return a workbook whose sheet a function fills."""
    book = openpyxl.Workbook()
    fill(book.active)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_needed_formula_that_was_never_computed_rejects_its_row(desk):
    def fill(sheet):
        sheet.append(HEADER)
        sheet.append(["a", dt.datetime(2026, 3, 2, 9), "=B2+1/48", "IDLE", "x"])
        sheet.append(["a", dt.datetime(2026, 3, 2, 10), dt.datetime(2026, 3, 2, 11), "IDLE", "=1+1"])

    intake = desk.spells(saved(fill), "book.xlsx")
    assert intake.rejects[["row", "reason"]].to_numpy().tolist() == [[2, "formula_without_value"]]
    assert intake.tables["spells"]["source_row"].tolist() == [3]


def test_a_formula_with_an_empty_text_as_result_is_an_empty_cell(desk):
    content = saved(lambda sheet: [sheet.append(row) for row in ROWS[1:3]])
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        part = book.read("xl/worksheets/sheet1.xml").decode()
    part = part.replace("</row></sheetData>", '<c r="E2" t="str"><f>IF(A2="","",""</f><v></v></c></row></sheetData>')
    part = part.replace('<c r="D1"', '<c r="E1" t="inlineStr"><is><t>channel</t></is></c><c r="D1"')
    intake = desk.spells(rezip(content, **{"xl/worksheets/sheet1.xml": part.encode()}), "book.xlsx")
    assert len(intake.tables["spells"]) == 1
    assert "formula_without_value" not in {finding.code for finding in intake.findings}


def test_identifiers_are_read_as_the_sheet_shows_them(desk):
    from analysis.intake import pseudonym

    def fill(sheet):
        sheet.append(HEADER)
        for hour, (value, shape) in enumerate([(861, "00000"), (10861.0, "General"), (1.5, "0"), ("00861", "@")]):
            sheet.append([value, dt.datetime(2026, 3, 2, hour), dt.datetime(2026, 3, 2, hour, 30), "IDLE"])
            sheet.cell(hour + 2, 1).number_format = shape

    intake = desk.spells(saved(fill), "book.xlsx")
    agents = intake.tables["spells"]["agent"].tolist()
    (told,) = (finding for finding in intake.findings if finding.code == "identifiers_as_numbers")
    assert (told.severity, told.rows) == ("flag", 2)  # not those that the sheet pads, nor the text
    assert agents == [pseudonym(name, key=bytes(range(32))) for name in ("00861", "10861", "1.5", "00861")]


def test_merged_cells_are_filled_where_that_is_declared(desk):
    def fill(sheet):
        sheet.append(HEADER)
        for hour in range(9, 13):
            sheet.append([f"a{hour}", dt.datetime(2026, 3, 2, hour), dt.datetime(2026, 3, 2, hour, 30), "IDLE"])
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("A4:A5")
        sheet.column_dimensions["E"].hidden = True

    content = saved(fill)
    intake = desk.spells(content, "book.xlsx")
    assert intake.rejects[["row", "reason"]].to_numpy().tolist() == [[3, "missing_agent"], [5, "missing_agent"]]
    told = {finding.code: finding.message for finding in intake.findings}
    assert "name its column in fill_down" in told["merged_cells"]
    assert "1 column of the sheet hidden ('note')" in told["hidden_columns"]
    agents = desk.spells(content, "book.xlsx", fill_down=["agent"]).tables["spells"]["agent"].tolist()
    assert agents[0] == agents[1] != agents[2] == agents[3]


# --- web pages --------------------------------------------------------------------------------------------------------------


def page(*tables: str, head: str = '<meta charset="utf-8">') -> str:
    return f"<!DOCTYPE html>\n<html><head>{head}<title><tr></title><style>tr {{}}</style></head><body>{''.join(tables)}</body></html>"


LINES = [
    "<tr><th>agent<th>start<th>end<th>state</tr>",
    "<tr><td>Jos&eacute; &lt;7&gt;<td>2026-03-02<br>09:00<td>2026-03-02 09:30:01<td><b>ID</b>LE",
]
NESTED = f"<table><tr><td><!-- <table><tr> --><table border=1>{''.join(LINES)}</table></td></tr></table>"


def test_a_web_page_under_the_name_of_a_workbook_is_read_by_its_table(desk):
    from analysis.intake import pseudonym

    intake = desk.spells(page(NESTED), "agents.xls")
    text = desk.spells("agent,start,end,state\nJosé <7>,2026-03-02 09:00,2026-03-02 09:30:01,IDLE\n", "agents.csv")
    assert intake.tables["spells"].drop(columns="source").equals(text.tables["spells"].drop(columns="source"))
    assert intake.files.loc[0, ["physical", "header", "used"]].tolist() == [2, 1, 1]
    assert intake.tables["spells"]["agent"].tolist() == [pseudonym("José <7>", key=bytes(range(32)))]
    assert ("web_page", "fixed") in {(finding.code, finding.severity) for finding in intake.findings}


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("cp1252", ""),
        ("cp1252", '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">'),
        ("utf-16", ""),
        ("utf-8-sig", ""),
    ],
)
def test_the_encoding_of_a_page_is_the_one_it_shows(desk, encoding, head):
    from analysis.intake import pseudonym

    content = page(NESTED, head=head).replace("&eacute;", "é").encode(encoding)
    agents = desk.spells(content, "agents.xls").tables["spells"]["agent"].tolist()
    assert agents == [pseudonym("José <7>", key=bytes(range(32)))]


def test_several_tables_of_a_page_are_a_question(desk):
    content = page("<table><tr><td> </td></tr></table>", NESTED, "<table><tr><td>Filter: none</td></tr></table>")
    with pytest.raises(DataProblem, match=r"2 tables with content \('table 3', 'table 4'\).*Set sheet"):
        desk.spells(content, "agents.xls")
    assert len(desk.spells(content, "agents.xls", sheet="table 3").tables["spells"]) == 1
    with pytest.raises(DataProblem, match=r"there is no table 'table 9' with content"):
        desk.spells(content, "agents.xls", sheet="table 9")
    with pytest.raises(DataProblem, match="no table holds anything"):
        desk.spells(page("<p>Session expired</p>"), "agents.xls")


def test_cells_over_several_rows_and_columns_keep_the_others_in_their_place(desk):
    rows = [
        "<tr><td colspan=4>Report</td></tr>",
        LINES[0],
        "<tr><td rowspan=2>a</td><td>2026-03-02 09:00</td><td>2026-03-02 09:30</td><td rowspan='3'>IDLE</td></tr>",
        "<tr hidden><td>2026-03-02 10:00</td><td>2026-03-02 10:30</td></tr>",
        "<tr><td>b</td><td>2026-03-02 11:00</td><td>2026-03-02 11:30</td></tr>",
        "<tr><td>b</td><td>2026-03-02 12:00</td><td>2026-03-02 12:30</td><td>IDLE</td></tr>",
    ]
    intake = desk.spells(page(f"<table>{''.join(rows)}</table>"), "agents.xls", fill_down=["agent", "state"])
    assert intake.tables["spells"]["source_row"].tolist() == [3, 4, 5, 6]
    agents = intake.tables["spells"]["agent"].tolist()
    assert agents[0] == agents[1] != agents[2] == agents[3]
    assert {"hidden_rows", "merged_cells", "filled_down"} <= {finding.code for finding in intake.findings}


def test_a_page_whose_rows_can_be_counted_in_two_ways_is_refused(desk):
    content = page(f"<table title='<tr>'>{''.join(LINES)}</table>")
    with pytest.raises(DataProblem, match="3 physical rows but 2 rows accounted for"):
        desk.spells(content, "agents.xls")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "an XML workbook of Excel 2003",
        ),
        ("MIME-Version: 1.0\nContent-Type: multipart/related\n\n", "a web archive"),
        (page(NESTED, head='<meta charset="koi8-r">'), "states an encoding that is not read"),
        (page(NESTED).encode("cp1252").replace(b"&eacute;", b"\xe9"), "its text is not utf-8"),
        ("<table><tr><td>" * 30, "nested too deep"),
    ],
)
def test_other_files_under_the_name_of_a_workbook_are_refused_in_words(desk, content, words):
    with pytest.raises(DataProblem, match=words):
        desk.spells(content, "agents.xls")


# --- limits -----------------------------------------------------------------------------------------------------------------


class Kernel:
    """Stands for the kernel of Windows; one of its functions may fail."""

    def __init__(self, fails: str = "") -> None:
        self.fails, self.called = fails, []

    def __getattr__(self, name: str):
        if name == "fails":
            raise AttributeError(name)

        def call(*arguments: object) -> int:
            self.called.append((name, arguments))
            return 0 if name == self.fails else 7

        self.__dict__[name] = call
        return call


def test_on_windows_the_process_is_put_into_a_job_with_its_limits():
    kernel = Kernel()
    assert limits.limit_by_job(3 << 30, kernel)
    assert [name for name, _ in kernel.called] == [
        "CreateJobObjectW",
        "SetInformationJobObject",
        "GetCurrentProcess",
        "AssignProcessToJobObject",
    ]
    (_, (job, kind, _, size)) = kernel.called[1]
    assert (job.value, kind) == (7, 9)
    assert [value.value for value in kernel.called[3][1]] == [7, 7]
    stated = limits.job_limits(3 << 30)
    assert (stated.ProcessMemoryLimit, stated.ActiveProcessLimit, stated.LimitFlags) == (3 << 30, 1, 0x508)
    # The layout that the Windows headers give for 64 and 32 bits.
    assert size == (144 if sys.maxsize > 1 << 32 else 112)
    assert type(stated).LimitFlags.offset == 16
    assert type(stated).ProcessMemoryLimit.offset == (112 if sys.maxsize > 1 << 32 else 96)


@pytest.mark.parametrize("fails", ["CreateJobObjectW", "SetInformationJobObject", "AssignProcessToJobObject"])
def test_a_job_that_windows_refuses_is_told(fails):
    assert not limits.limit_by_job(1 << 30, Kernel(fails))


def test_windows_is_asked_for_a_job_and_others_for_a_limit(monkeypatch):
    monkeypatch.setattr(limits.sys, "platform", "win32")
    monkeypatch.setattr(limits, "limit_by_job", lambda limit_bytes: limit_bytes == 5)
    assert limits.limit_memory(5)


REACH = {
    "connect": "import socket; socket.create_connection(('127.0.0.1', 9))",
    "start": "import subprocess, sys; subprocess.run([sys.executable, '-c', ''])",
    "shell": "import os; os.system('true')",
    "write": "open('reached.txt', 'w')",
    "remove": "import os; os.remove('reached.txt')",
}


@pytest.mark.parametrize("how", REACH)
def test_the_reading_process_cannot_reach_outside(how, tmp_path):
    root = str(Path(limits.__file__).parents[4])
    code = f"import sys; sys.path.insert(0, {root!r})\nfrom analysis.intake.opening.workbook.limits import *\nforbid_reach()\ntry:\n    {REACH[how]}\nexcept Refusal:\n    print('refused')"
    done = subprocess.run([sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "refused\n", done.stderr
    assert not list(tmp_path.iterdir())


def test_the_reading_process_sees_neither_the_working_folder_nor_the_environment(desk, monkeypatch, tmp_path):
    seen = {}
    real = subprocess.run

    def run(command, **more):
        seen.update(more, command=command)
        return real(command, **more)

    monkeypatch.setattr(parent.subprocess, "run", run)
    monkeypatch.setenv("CLIENT_SECRET", "x")
    desk.spells(workbook(ROWS), "book.xlsx")
    assert "CLIENT_SECRET" not in seen["env"]
    assert Path(seen["cwd"]) != Path.cwd()
    assert "-I" in seen["command"]
    assert not any("book.xlsx" in str(part) for part in seen["command"])


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


def test_a_cell_of_endless_text_is_refused(desk):
    huge = b"<sst><si><t>" + b"a" * (2 << 20) + b"</t></si></sst>"
    with pytest.raises(DataProblem, match="more text than any sheet can"):
        desk.spells(rezip(workbook(ROWS), **{"xl/sharedStrings.xml": huge}), "book.xlsx")


@pytest.mark.skipif(sys.platform == "darwin", reason="this platform cannot limit the memory of a process")
def test_the_reading_process_is_ended_at_its_memory_limit(desk, monkeypatch):
    monkeypatch.setattr(parent, "MEMORY_LIMIT_BYTES", 64 << 20)
    huge = b"<sst>" + b"".join(b"<si><t>%d%s</t></si>" % (n, b"a" * 1000) for n in range(60_000)) + b"</sst>"
    with pytest.raises(DataProblem, match=r"needs more memory|within 0 GiB of memory"):
        desk.spells(rezip(workbook(ROWS), **{"xl/sharedStrings.xml": huge}), "book.xlsx")


def test_the_content_decides_and_not_the_name(desk):
    text = "agent,start,end,state\na,2026-03-02 09:00,2026-03-02 09:30,IDLE\n"
    assert len(desk.spells(text, "text.xlsx").tables["spells"]) == 1
    assert len(desk.spells(workbook(ROWS), "book.csv").tables["spells"]) == 2
