"""The two workbooks that people fill in: every row has its fate, whatever hands and programs did to the sheets, and nobody's words are kept."""

from __future__ import annotations

import copy
import datetime as dt
import io
import json
import random
import re
import zipfile
from collections import Counter
from xml.sax.saxutils import escape

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis.strategies import text

from analysis.foundation.schema import BASES as BASES_KEPT
from analysis.foundation.schema import NOTE_KINDS, DataProblem
from analysis.intake import Intake, Source, read_sources
from analysis.intake.adapters._answers import role_of_sheet
from analysis.intake.answer_books import BY_TYPE, HOW_TO, SEEN, Row, Word, listening_book, readiness_book
from analysis.intake.opening.raw import plain
from analysis.intake.written.spelling import basis_of, criterion_of, kind_of, level_of
from tests.adapters.conftest import KEY, Exports

LEVELS = ("none", "some", "all")
SHARE = "share of attended time without work"
CANARIES = ("Canary-evidence Jansen", "Canary-concern Jansen", "Canary-asks Jansen")
LISTENING = ("kit_concerns", "kit_expectations", "kit_to_hear", "kit_changed")
IDS = ("T1", "T2", "S1", "D3")


def asked(role_raters: dict[str, tuple[str, ...]], ids=IDS) -> dict[str, list[Row]]:
    """Return rows prepared for every criterion and rater of each role."""
    return {
        role: [Row(one, f"What about {one}?", LEVELS, gate=one == "T1", rater=rater) for rater in raters for one in ids]
        for role, raters in role_raters.items()
    }


def ratings_book(roles=None, by_type=()) -> openpyxl.Workbook:
    """Return the workbook as the kit makes it, open for editing."""
    rows = asked(roles or {"IT lead": ("R1", "R2"), "team leaders": ("R3",)})
    content = readiness_book(rows, by_type, roles={}, questionnaire="version 2")
    return openpyxl.load_workbook(io.BytesIO(content))


def heard_book(rows=None) -> openpyxl.Workbook:
    """Return the workbook of listening as the kit makes it, open for editing."""
    content = listening_book(
        themes=[Word("trust", "")], questions=[Word(SHARE, "")], roles=["planners"], rows=rows or {}
    )
    return openpyxl.load_workbook(io.BytesIO(content))


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def fill(sheet, cells: dict[tuple[str, str], dict[str, object]]) -> None:
    """Write answers into the rows of (criterion, rater)."""
    names = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        found = dict(zip(names, row, strict=False))
        for name, value in cells.get((found["Criterion"].value, found["Rater"].value), {}).items():
            found[name].value = value


def add(sheet, **cells: object) -> None:
    """Write a row below the last one that holds something."""
    names = [cell.value for cell in sheet[1]]
    last = max((cell.row for row in sheet.iter_rows() for cell in row if cell.value not in (None, "")), default=1)
    for name, value in cells.items():
        sheet.cell(last + 1, names.index(name.replace("_", " ")) + 1).value = value


def some_ratings() -> openpyxl.Workbook:
    """Return a workbook with a few answers on every sheet."""
    book = ratings_book()
    fill(book["IT lead"], {("T1", "R1"): {"Rating": 3, "Seen": "in the system", "Evidence": CANARIES[0]},
                           ("T2", "R1"): {"Rating": "not known"}, ("T1", "R2"): {"Rating": 0, "Seen": "said"}})  # fmt: skip
    fill(book["team leaders"], {("S1", "R3"): {"Rating": 4, "Seen": "assumed"}})
    add(book[BY_TYPE], Criterion="W1", Type="claim", Rater="R1", Role="IT lead", Rating=2, Seen="observed")
    return book


def table(intake: Intake, name: str = "answers") -> list[tuple]:
    """Return the rows of a table without order."""
    frame = intake.tables[name].astype(object)
    return sorted(map(tuple, frame.where(frame.notna(), None).to_numpy().tolist()), key=repr)


def fates(intake: Intake, at: int = 0) -> dict[str, int]:
    """Return the rows of a file by fate; they must add up to its physical rows."""
    record = intake.files.to_dict("records")[at]
    found = {name: record[name] for name in ("header", "banner", "blank", "total", "duplicate", "used")}
    for fate in ("excluded", "rejected"):
        found |= json.loads(record[fate])
    assert sum(found.values()) == record["physical"]
    return {name: rows for name, rows in found.items() if rows}


def notes(intake: Intake) -> dict[str, str]:
    return {finding.code: finding.message for finding in intake.findings}


def row_elements(content: bytes, *, but: str = HOW_TO) -> int:
    """Return the row elements of all sheets but one, counted on the bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = re.findall(r'<sheet [^>]*name="([^"]*)"', book.read("xl/workbook.xml").decode())
        parts = [f"xl/worksheets/sheet{at}.xml" for at in range(1, len(names) + 1)]
        return sum(len(re.findall(rb"<row[ />]", book.read(part))) for name, part in zip(names, parts, strict=True) if name != but)  # fmt: skip


def ods(book: openpyxl.Workbook) -> bytes:
    """Return a workbook as LibreOffice stores it: typed values, no styles."""

    def cell(value: object) -> str:
        if value in (None, ""):
            return "<table:table-cell/>"
        if isinstance(value, dt.date):
            return f'<table:table-cell office:value-type="date" office:date-value="{value:%Y-%m-%d}"><text:p>x</text:p></table:table-cell>'
        if isinstance(value, (int, float)):
            return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
        return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'

    sheets = "".join(
        f'<table:table table:name="{escape(sheet.title)}">'
        + "".join(f"<table:table-row>{''.join(cell(one.value) for one in row)}</table:table-row>" for row in sheet)
        + "</table:table>"
        for sheet in book
    )
    names = "".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0" ' for short in ("office", "table", "text"))  # fmt: skip
    text = f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as out:
        out.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        out.writestr("content.xml", text)
    return stream.getvalue()


def bare(book: openpyxl.Workbook) -> openpyxl.Workbook:
    """Return the values alone, dates as day numbers and sheets in another order, as a program without styles saves them."""
    out = openpyxl.Workbook()
    out.remove(out.active)
    for sheet in reversed(list(book)):
        page = out.create_sheet(sheet.title)
        for row in sheet.iter_rows(values_only=True):
            page.append([(one.date() if isinstance(one, dt.datetime) else one) for one in row])
        for row in page.iter_rows():
            for one in row:
                if isinstance(one.value, dt.date):
                    one.value = (one.value - dt.date(1899, 12, 30)).days
                    one.number_format = "General"
    return out


# --- what is read ----------------------------------------------------------------------------------------------------


def test_ratings_of_all_sheets_are_read_and_every_row_is_accounted_for(exports: Exports):
    content = saved(some_ratings())
    intake = exports.read("kit_readiness", content, name="readiness.xlsx")
    frame = intake.tables["answers"]
    assert frame["criterion"].tolist() == ["T1", "T2", "T1", "S1", "W1"]
    assert frame["role"].tolist() == ["IT lead"] * 3 + ["team leaders", "IT lead"]
    assert frame["rating"].fillna(-1).tolist() == [3, -1, 0, 4, 2]
    assert frame["basis"].fillna("").tolist() == ["system", "", "said", "assumed", "observed"]
    assert frame["type"].fillna("").tolist() == ["", "", "", "", "claim"]
    assert frame["rater"].nunique() == 3
    assert frame["rater"].iloc[0] == frame["rater"].iloc[4], "one mark is one person on all sheets"
    found = fates(intake)
    assert found.pop("blank", 0) == row_elements(content) - 16
    assert found == {"header": 3, "not_answered": 8, "used": 5}
    assert intake.files.loc[0, "good_for"] == (
        "the readiness ratings: 5 answers by 3 raters in 2 roles, 1 of them not known, 8 rows not answered"
    )
    assert intake.findings == ()


def test_programs_and_hands_may_move_what_they_like(exports: Exports):
    plain = table(exports.read("kit_readiness", saved(some_ratings()), name="a.xlsx"))
    moved = some_ratings()
    moved.move_sheet("team leaders", -2)
    moved[BY_TYPE].title = "kinds of items"
    sheet = moved["IT lead"]
    sheet.insert_cols(1)
    sheet["A1"] = "My own remarks"
    sheet.insert_rows(1, 2)
    sheet["A1"] = "Filled in on a Tuesday"
    for cell in moved["team leaders"][1]:
        cell.value = str(cell.value).lower()
    again = exports.read("kit_readiness", saved(moved), name="b.xlsx")
    assert table(again) == plain
    assert fates(again)["banner"] == 1
    assert table(exports.read("kit_readiness", saved(bare(some_ratings())), name="c.xlsx")) == plain
    assert table(exports.read("kit_readiness", ods(some_ratings()), name="d.ods")) == plain


def test_a_table_of_its_own_behaves_as_the_workbook_does(exports: Exports):
    book = some_ratings()
    rows = [
        {"role": sheet.title, **dict(zip([str(one).lower() for one in names], row, strict=True))}
        for sheet in book if sheet.title != HOW_TO
        for names, *body in [list(sheet.iter_rows(values_only=True))] for row in body if row[0]
    ]  # fmt: skip
    frame = pd.DataFrame(rows)[["criterion", "rater", "role", "rating", "seen", "evidence", "type"]]
    text = frame.rename(columns={"seen": "basis"}).to_csv(index=False)
    sheets = exports.read("kit_readiness", saved(book), name="a.xlsx")
    generic = exports.read("generic", text, name="a.csv", table="answers")
    assert table(generic) == table(sheets)
    assert {name: fates(generic)[name] for name in ("used", "not_answered")} == {"used": 5, "not_answered": 8}
    assert table(exports.read("kit_readiness", text, name="b.csv")) == table(sheets)
    with pytest.raises(DataProblem, match="Add a column Role"):
        exports.read("kit_readiness", frame.drop(columns="role").to_csv(index=False), name="c.csv")


# --- what hands get wrong --------------------------------------------------------------------------------------------

# what stands in Rating, and the fate of the row
CELLS: dict[object, str] = {
    0: "used", 4: "used", "3": "used", "3 ": "used", "3,0": "used", 2.0: "used", "Level 1": "used",
    "Not  known": "used", "?": "used", None: "not_answered", " ": "not_answered",
    2.5: "half_level", "1,5": "half_level", 5: "rating_out_of_range", -1: "rating_out_of_range",
    "good": "bad_rating", "3-4": "bad_rating", dt.date(2026, 4, 3): "bad_rating", "#N/A": "bad_rating",
    True: "bad_rating", "=1+2": "formula_without_value",
}  # fmt: skip
BASES = dict.fromkeys(SEEN, "") | {None: "", "Document": "", "hearsay": "bad_basis"}
CRITERIA = {"T{}": "", "t{} ": "", "T{}.": "", "telephony{}": "bad_criterion", None: "missing_criterion"}
MARKS = {"R{}": "", "r{}": "", None: "missing_rater"}


@pytest.mark.parametrize("seed", [1, 2])
def test_every_row_has_the_fate_that_its_cells_deserve(exports: Exports, seed):
    draw, expected, values = random.Random(seed), Counter(), Counter()
    book = ratings_book()
    for sheet in (book["IT lead"], book["team leaders"]):
        sheet.delete_rows(2, sheet.max_row)
        for at in range(160):
            rating, basis = draw.choice(list(CELLS)), draw.choice(list(BASES))
            name = draw.choice(list(CRITERIA)) if draw.random() < 0.3 else "T{}"
            mark = draw.choice(list(MARKS)) if draw.random() < 0.3 else "R{}"
            # one mark per row, so that nobody rates twice
            number = at + (500 if sheet.title == "IT lead" else 700)
            add_at = [name and name.format(at % 99), "Q", *LEVELS, mark and mark.format(number), rating, basis, "x" if rating else None]  # fmt: skip
            for column, value in enumerate(add_at, start=1):
                sheet.cell(at + 2, column).value = value
            fate = CELLS[rating]
            if fate not in ("not_answered", "formula_without_value"):
                known = fate == "used" and str(rating).strip().casefold() not in ("not  known", "?")
                wrong = {fate if fate != "used" else "", CRITERIA[name], MARKS[mark], BASES[basis] if known else ""}
                fate = "|".join(sorted(wrong - {""})) or "used"
                values[str(rating)] += fate == "used"
            expected[fate] += 1
    intake = exports.read("kit_readiness", saved(book), name="readiness.xlsx")
    found = fates(intake)
    single = {fate: rows for fate, rows in expected.items() if "|" not in fate}
    several = sum(rows for fate, rows in expected.items() if "|" in fate)
    for fate, rows in single.items():
        assert rows <= found[fate] <= rows + several, fate
    assert found["used"] == single["used"] == sum(values.values())
    assert found["not_answered"] == single["not_answered"]
    assert sum(found.values()) - found["header"] - found.get("blank", 0) == 320
    said = intake.tables["answers"]["rating"]
    assert said.isna().sum() == values["Not  known"] + values["?"]
    assert (said == 3).sum() == values["3"] + values["3 "] + values["3,0"]
    assert (said == 1).sum() == values["Level 1"]


def test_messages_name_sheet_row_and_column_and_no_cell(exports: Exports):
    book = some_ratings()
    fill(book["team leaders"], {("T1", "R3"): {"Rating": 2.5}, ("T2", "R3"): {"Rating": "secret-word"},
                                ("D3", "R3"): {"Evidence": CANARIES[0]}})  # fmt: skip
    add(book["IT lead"], Criterion="T1", Rater="R1", Rating=1)
    intake = exports.read("kit_readiness", saved(book), name="readiness.xlsx")
    said = notes(intake)
    where = r"\(first: data/readiness\.xlsx, sheet 'team leaders', row 2\)"
    assert re.search(rf"1 row rejected: .* in Rating.* {where}", said["rejected_half_level"])
    assert "sheet 'team leaders', row 3" in said["rejected_bad_rating"]
    assert "2 rows rejected: one mark in Rater with different ratings" in said["rejected_rater_repeats"]
    assert "row 5" in said["evidence_without_rating"]
    assert intake.rejects["file"].str.contains("sheet '").all()
    assert "secret-word" not in repr(said) + intake.rejects.to_csv()


def test_a_copied_sheet_counts_once_and_a_nameless_one_is_a_question(exports: Exports):
    book = some_ratings()
    twin = book.copy_worksheet(book["IT lead"])
    twin.title = "IT lead (2)"
    intake = exports.read("kit_readiness", saved(book), name="a.xlsx")
    assert fates(intake)["duplicate"] == 3
    assert fates(intake)["not_answered"] == 8 + 5
    assert len(intake.tables["answers"]) == 5
    assert "copy of the sheet 'IT lead'" in notes(intake)["copied_sheet"]
    fill(twin, {("T1", "R1"): {"Rating": 1}, ("T1", "R2"): {"Evidence": "seen again"}})
    again = exports.read("kit_readiness", saved(book), name="b.xlsx")
    assert fates(again)["rater_repeats"] == 2
    assert fates(again)["repeated_rating"] == 1
    twin.title = "Blad1"
    with pytest.raises(DataProblem, match=r"sheet 'Blad1'.*Name the sheet after the role"):
        exports.read("kit_readiness", saved(book), name="c.xlsx")


def test_a_sheet_that_nearly_fits_is_a_question_and_another_one_is_told(exports: Exports):
    book = some_ratings()
    page = book.create_sheet("my notes")
    page.append(["who", "what"])
    page.append(["Canary", "words"])
    intake = exports.read("kit_readiness", saved(book), name="a.xlsx")
    assert "1 sheet with content not read ('my notes')" in notes(intake)["sheets_not_read"]
    book["team leaders"]["G1"] = "Score"
    with pytest.raises(DataProblem, match=r"sheet 'team leaders': its header lacks 'Rating'\. Write the names"):
        exports.read("kit_readiness", saved(book), name="b.xlsx")
    with pytest.raises(DataProblem, match="no sheet has a header with the columns 'Theme', 'Changed'"):
        exports.read("kit_changed", saved(book), name="c.xlsx")


def test_copies_that_raters_filled_in_alone_are_one_source(exports: Exports):
    first, second, clash = ratings_book(), ratings_book(), ratings_book()
    fill(first["IT lead"], {("T1", "R1"): {"Rating": 3}})
    fill(second["IT lead"], {("T1", "R2"): {"Rating": 1}})
    fill(clash["IT lead"], {("T1", "R1"): {"Rating": 0}})
    for name, book in (("readiness-R1.xlsx", first), ("readiness-R2.xlsx", second)):
        exports.put(name, saved(book))
    source = Source(files=["data/readiness*.xlsx"], adapter="kit_readiness")
    intake = read_sources([source], client=exports.client, root=exports.root, key=KEY)
    assert sorted(intake.tables["answers"]["rating"]) == [1, 3]
    assert intake.files["used"].tolist() == [1, 1]
    exports.put("readiness-R9.xlsx", saved(clash))
    with pytest.raises(DataProblem, match=r"several files.*Give every rater a mark of his own"):
        read_sources([source], client=exports.client, root=exports.root, key=KEY)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(text() | text("0123459.,-\u2212 levL?_()T", max_size=8))
def test_whatever_stands_in_a_cell_is_read_or_has_a_reason(cell):
    value, reason = level_of(cell)
    assert value in ("", *"01234")
    assert not (value and reason)
    for read, known in ((basis_of, BASES_KEPT), (kind_of, NOTE_KINDS)):
        value, reason = read(cell)
        assert value in ("", *known)
        assert not (value and reason)
    assert reason or value or not cell.strip()
    assert re.fullmatch("[A-Z][0-9]{1,2}|", criterion_of(cell)[0])
    assert bool(role_of_sheet(cell)) == bool(plain(cell))


# --- nothing yet -----------------------------------------------------------------------------------------------------


def test_untouched_workbooks_are_read_and_say_so(exports: Exports):
    exports.put("readiness.xlsx", saved(ratings_book()))
    exports.put("listening.xlsx", saved(heard_book()))
    exports.put("listening.csv", "heard_on,concern,theme\n")
    sources = [Source(files=["data/readiness.xlsx"], adapter="kit_readiness")]
    sources += [Source(files=["data/listening.xlsx"], adapter=name) for name in LISTENING]
    sources += [Source(files=["data/listening.csv"], table="listening")]
    intake = read_sources(sources, client=exports.client, root=exports.root, key=KEY)
    assert all(intake.tables[name].empty for name in ("answers", "listening", "expectations", "to_hear", "responses"))
    said = [finding.message for finding in intake.findings]
    assert len(said) == len(sources)
    assert all(one.endswith("nothing was written down yet.") for one in said)
    assert fates(intake) == {"header": 3, "not_answered": 12} | ({"blank": fates(intake).get("blank")} if "blank" in fates(intake) else {})  # fmt: skip
    assert intake.files["good_for"].iloc[0] == "nothing: no row of it is used, 12 rows not answered"


# --- what was heard --------------------------------------------------------------------------------------------------

DAY = dt.date(2026, 3, 3)
HEARD = {
    "Concerns": [
        [DAY, "planners", "North", "", CANARIES[1], "trust", CANARIES[2], DAY, "yes"],
        [DAY, "Planners", "", "Complaints", "", "Trust", "", "", "no"],
        [DAY, "agents", "", "joke", "", "trust", "", "", ""],
        ["", "agents", "", "idea", "", "trust", "", "", ""],
        [DAY, "agents", "", "", "x", "trust", "", "", "partly"],
        ["soon", "agents", "", "", "x", "trust", "", "", ""],
        [DAY, "agents", "", "", "x", "trust", "", "May", ""],
    ],
    "Expectations": [
        [DAY, "R1", "head", "contact centre", SHARE, 25, 10, 40],
        [DAY, "R2", "head", "back office", SHARE, "0.5 %", "", ""],
        [DAY, "R3", "head", "", SHARE, 0.25, 0.1, 0.4],
        [DAY, "R4", "head", "", "hours a week", 1.125, 0.5, 2],
        [DAY, "R5", "head", "", SHARE, 30, 40, 50],
        [DAY, "R6", "head", "", SHARE, 130, "", ""],
        [DAY, "R7", "head", "somewhere", SHARE, 20, "", ""],
        [DAY, "R8", "head", "", SHARE, "a lot", "", ""],
    ],
    "To hear": [["agents", "North", 4, DAY], ["planners", "", 2.5, ""], ["head", "", -1, ""], ["Total", "", 4, ""]],
    "What changed": [["trust", "We say what happens to freed time.", "head", DAY]],
}


def heard(exports: Exports, content: bytes, name: str) -> Intake:
    exports.put(name, content)
    sources = [Source(files=[f"data/{name}"], adapter=adapter) for adapter in LISTENING]
    return read_sources(sources, client=exports.client, root=exports.root, key=KEY)


def test_the_four_sheets_of_listening(exports: Exports):
    intake = heard(exports, saved(heard_book(copy.deepcopy(HEARD))), "listening.xlsx")
    listening = intake.tables["listening"]
    assert listening["kind"].tolist() == ["concern", "complaint"]
    assert listening["theme"].tolist() == ["trust", "trust"]
    assert listening["role"].tolist() == ["planners", "planners"]
    assert fates(intake, 0) == {
        "header": 1,
        "blank": 33,
        "used": 2,
        "bad_kind": 1,
        "missing_heard_on": 1,
        "bad_agreed": 1,
        "bad_heard_on": 1,
        "bad_read_back_on": 1,
    }
    guesses = intake.tables["expectations"]
    assert guesses["guess"].tolist() == [0.25, 0.005, 0.25, 1.125]
    assert guesses["low"].fillna(-1).tolist() == [0.1, -1, 0.1, 0.5]
    assert guesses["population"].fillna("").tolist() == ["contact_centre", "back_office", "", ""]
    refused = {"bad_guess": 1, "range_out_of_order": 1, "share_out_of_range": 1, "bad_population": 1}
    assert fates(intake, 1) == {"header": 1, "blank": 32, "used": 4, **refused}
    assert table(intake, "to_hear") == [("agents", "North", 4.0, pd.Timestamp(DAY))]
    assert fates(intake, 2) == {"header": 1, "blank": 36, "used": 1, "bad_people": 2, "total": 1}
    assert intake.tables["responses"]["changed"].tolist() == ["We say what happens to freed time."]
    assert intake.tables["responses"]["changed_on"].tolist() == [pd.Timestamp(DAY)]
    book = heard_book(copy.deepcopy(HEARD))
    for number, (other, name) in enumerate(((saved(bare(book)), "bare.xlsx"), (ods(book), "libre.ods"))):
        again = heard(exports, other, name)
        assert [table(again, one) for one in intake.tables] == [table(intake, one) for one in intake.tables], number


def test_notes_without_words_may_be_equal_and_still_be_several(exports: Exports):
    same = [DAY, "agents", "North", "", "", "trust", "", "", ""]
    said = [DAY, "agents", "North", "", "the same words", "trust", "", "", ""]
    intake = heard(exports, saved(heard_book({"Concerns": [same, same, same, said, said]})), "listening.xlsx")
    assert fates(intake) == {"header": 1, "blank": 35, "used": 4, "duplicate": 1}
    text = "heard_on,theme\n" + 3 * "2026-03-03,trust\n"
    for number in (1, 2):  # exports that overlap hold the same notes
        exports.put(f"heard_{number}.csv", text)
    source = Source(files=["data/heard_*.csv"], table="listening")
    both = read_sources([source], client=exports.client, root=exports.root, key=KEY)
    assert len(both.tables["listening"]) == 3


def test_columns_and_words_that_the_source_states_count(exports: Exports):
    text = "when,subject,fine\n2026-03-03,trust,approved\n2026-03-04,trust,refused\n"
    columns = {"heard_on": "when", "theme": "subject", "agreed": {"column": "fine", "true": ["approved"]}}
    intake = exports.read("generic", text, name="a.csv", table="listening", columns=columns)
    assert intake.tables["listening"]["agreed"].tolist() == [True, False]
    book = some_ratings()
    for sheet in book:
        for cell in sheet[1]:
            cell.value = {"Rating": "Score", "Rater": "Mark"}.get(cell.value, cell.value)
    named = {"rating": "Score", "rater": "Mark"}
    plain = table(exports.read("kit_readiness", saved(some_ratings()), name="b.xlsx"))
    assert table(exports.read("kit_readiness", saved(book), name="c.xlsx", columns=named)) == plain


def test_nobodys_words_are_kept(exports: Exports):
    listening = heard(exports, saved(heard_book(copy.deepcopy(HEARD))), "listening.xlsx")
    ratings = exports.read("kit_readiness", saved(some_ratings()), name="readiness.xlsx")
    text = f"heard_on,concern,asks\n2026-03-03,{CANARIES[1]},{CANARIES[2]}\n"
    generic = exports.read("generic", text, name="listening.csv", table="listening")
    for intake in (listening, ratings, generic):
        kept = repr(intake) + repr(intake.findings) + "".join(one.to_csv() for one in intake.tables.values())
        kept += intake.files.to_csv() + intake.rejects.to_csv() + intake.traps.to_csv()
        assert "Canary" not in kept
    assert ratings.tables["answers"]["evidence"].dropna().tolist() == ["given"]
    for intake in (listening, generic):
        assert intake.tables["listening"][["concern", "asks"]].iloc[0].tolist() == ["given", "given"]


# --- hostile ---------------------------------------------------------------------------------------------------------


def test_a_workbook_whose_sheets_are_one_part_over_and_over_is_refused(exports: Exports):
    content = io.BytesIO(saved(some_ratings()))
    out = io.BytesIO()
    with zipfile.ZipFile(content) as book, zipfile.ZipFile(out, "w") as copied:
        for name in book.namelist():
            data = book.read(name)
            if name == "xl/workbook.xml":
                sheet = re.search(rb"<sheet [^>]*name=\"IT lead\"[^>]*/>", data)[0]
                more = b"".join(sheet.replace(b"IT lead", b"IT lead %d" % at) for at in range(300))
                data = data.replace(b"</sheets>", more + b"</sheets>")
            copied.writestr(name, data)
    with pytest.raises(DataProblem, match="304 sheets with content, more than the 200"):
        exports.read("kit_readiness", out.getvalue(), name="readiness.xlsx")


def test_what_is_hostile_in_any_sheet_refuses_the_workbook(exports: Exports):
    for old, new, why in (
        (b"<sheetData>", b'<sheetData><row r="1"><c r="ZZZ1"><v>1</v></c></row>', "far outside any plain table"),
        (b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet', "declares entities or a document type"),
    ):
        content, out = io.BytesIO(saved(some_ratings())), io.BytesIO()
        with zipfile.ZipFile(content) as book, zipfile.ZipFile(out, "w") as copied:
            for name in book.namelist():
                data = book.read(name)
                copied.writestr(name, data.replace(old, new, 1) if name.endswith("sheet3.xml") else data)
        with pytest.raises(DataProblem, match=why):
            exports.read("kit_readiness", out.getvalue(), name="readiness.xlsx")
