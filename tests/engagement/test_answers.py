"""The workbooks of answers: made with the engagement, pleasant and safe to fill in, read back as filled in, never thrown away unasked."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import zipfile

import openpyxl
import pytest

from analysis.engagement.answers import (
    AnswersWish,
    checked_questionnaire,
    listening_workbook,
    prepare_answers,
    readiness_workbook,
    written_in,
)
from analysis.engagement.creation import close_engagement, new_engagement
from analysis.engagement.keys import components
from analysis.engagement.load import load_engagement
from analysis.engagement.opening import open_stage
from analysis.engagement.privacy import pseudonym_key
from analysis.engagement.stages import stage_spec
from analysis.engagement.workspace import Folder
from analysis.foundation.schema import KitError, UsageProblem
from analysis.foundation.settings import Client, Period
from analysis.intake import Source, answer_books, read_sources
from analysis.intake.answer_books import (
    BY_TYPE,
    HOW_TO,
    LISTENING_HEADERS,
    RATINGS,
    READINESS_HEADER,
    SEEN,
    TYPE_HEADER,
    Word,
    listening_book,
)
from analysis.readiness import read_questionnaire

KIT = read_questionnaire()
ROLES = [role.name for role in KIT.roles]
CLIENT = Client(
    name="Test", time_zone="Europe/Amsterdam", period=Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 4, 26))
)


def opened(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content))


def rows(sheet) -> list[dict]:
    lines = [list(line) for line in sheet.iter_rows(values_only=True)]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


@pytest.fixture(scope="module")
def book():
    return opened(readiness_workbook(KIT))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = new_engagement("acme", home=tmp_path_factory.mktemp("home"), client="Acme")
    text = folder.file.read_text(encoding="utf-8")
    text = text.replace('time_zone = ""', 'time_zone = "Europe/Amsterdam"', 1).replace("# period", "period", 1)
    folder.file.write_text(text, encoding="utf-8")
    return folder.root


@pytest.fixture
def acme(made, tmp_path):
    root = tmp_path / "engagements" / "acme"
    shutil.copytree(made, root)
    return Folder(root=root, workspace=tmp_path)


def fill(folder, *written: tuple[str, int, dict]) -> None:
    """Write into sheets and rows of the workbook of ratings as somebody would."""
    file = folder.root / "answers" / "readiness.xlsx"
    book = openpyxl.load_workbook(file)
    for sheet, row, cells in written:
        header = [cell.value for cell in book[sheet][1]]
        for name, value in cells.items():
            book[sheet].cell(row, header.index(name) + 1).value = value
    book.save(file)


def test_every_role_has_a_sheet_with_its_questions_and_two_raters(book):
    assert book.sheetnames == [HOW_TO, *ROLES, BY_TYPE]
    by_id = {criterion.id: criterion for criterion in KIT.criteria}
    marks = []
    for role in ROLES:
        sheet = book[role]
        assert tuple(cell.value for cell in sheet[1]) == READINESS_HEADER
        lines = rows(sheet)
        asked = [one.id for one in KIT.criteria if role in one.roles and not one.by_type]
        assert [line["Criterion"] for line in lines] == asked * 2
        assert all(line["Rating"] is line["Seen"] is line["Evidence"] is None for line in lines)
        marks += list(dict.fromkeys(line["Rater"] for line in lines))
        for line in lines:
            criterion = by_id[line["Criterion"]]
            assert line["Question"].startswith("Gate: ") == criterion.is_gate
            assert criterion.look_at in line["Question"]
            assert line["Level 4"] == criterion.levels["4"]
    assert marks == [f"R{number}" for number in range(1, 2 * len(ROLES) + 1)]


def test_by_item_type_asks_what_is_judged_by_type_of_the_same_people(book):
    def by_role(sheet):
        return {(line["Role"], line["Rater"]) for line in rows(sheet)}

    assert tuple(cell.value for cell in book[BY_TYPE][1]) == TYPE_HEADER
    assert {line["Criterion"] for line in rows(book[BY_TYPE])} == {"W1", "W2", "C1"}
    assert {line["Type"] for line in rows(book[BY_TYPE])} == {None}
    prepared = opened(readiness_workbook(KIT, types=["claim", "007"]))[BY_TYPE]
    lines = rows(prepared)
    assert by_role(prepared) == by_role(book[BY_TYPE])
    assert len(lines) == 2 * len(rows(book[BY_TYPE]))
    assert {line["Type"] for line in lines} == {"claim", "007"}
    questions = {line["Question"].split("\n")[0] for line in lines if line["Criterion"] == "W1"}
    assert questions == {"Gate: How long does an item of this type take?"}


def test_cells_are_checked_and_only_the_questions_are_guarded(book):
    for name, header in ((ROLES[0], READINESS_HEADER), (BY_TYPE, TYPE_HEADER)):
        sheet = book[name]
        lists = {
            str(one.sqref).split(":")[0][0]: one.formula1.strip('"').split(",")
            for one in sheet.data_validations.dataValidation
            if one.type == "list"
        }
        letter = {column: "ABCDEFGHIJK"[place] for place, column in enumerate(header)}
        assert tuple(lists[letter["Rating"]]) == RATINGS
        assert lists[letter["Seen"]] == list(SEEN)
        assert all(cell.comment is not None for cell in sheet[1])
        written = {column for column in header if not sheet[f"{letter[column]}2"].protection.locked}
        assert written == set(header) - {"Criterion", "Question", "Level 0", "Level 2", "Level 4"}
        assert {column for column in header if sheet[f"{letter[column]}2"].number_format == "@"} >= {"Evidence"}
        assert sheet.row_dimensions[2].height > 50
        assert sheet.freeze_panes == "B2"
        assert sheet.page_setup.orientation == "landscape"
    assert book[ROLES[0]].protection.sheet
    assert not book[ROLES[0]].protection.password


def test_workbooks_hold_no_macros_and_are_the_same_every_time():
    for make in (lambda: readiness_workbook(KIT, types=["a"]), listening_workbook):
        content = make()
        assert content == make()
        assert b"2026-01-01" in zipfile.ZipFile(io.BytesIO(content)).read("docProps/core.xml")
        assert not any("vba" in name.lower() for name in zipfile.ZipFile(io.BytesIO(content)).namelist())


def test_many_people_types_and_roles_fit(root, tmp_path, monkeypatch):
    monkeypatch.setattr(answer_books, "ROWS", 20)
    text = (root / "templates" / "questionnaires" / "readiness.toml").read_text(encoding="utf-8")
    more = "".join(f'\n[[role]]\nname = "a role with a long name no. {n}"\nwho = "x"\n' for n in range(10, 20))
    file = tmp_path / "questionnaire.toml"
    file.write_text(text + more, encoding="utf-8")
    book = opened(readiness_workbook(read_questionnaire(file), raters=2, types=["a", "b"]))
    assert "a role with a long name no. 19" in book.sheetnames
    sheet = book[BY_TYPE]
    assert sheet.max_row > 21
    rated = next(one for one in sheet.data_validations.dataValidation if "not known" in str(one.formula1))
    assert str(rated.sqref) == f"I2:I{sheet.max_row}"


def test_words_that_look_like_formulas_stay_words():
    asked = opened(readiness_workbook(KIT, types=['=HYPERLINK("x")', "@x"]))
    heard = opened(
        listening_book(
            themes=[Word("=1+1", "")],
            questions=[Word("q", "")],
            roles=["r"],
            rows={"What changed": [("=1+1", "=2", "", "")]},
        )
    )
    for book, name in ((asked, BY_TYPE), (heard, "What changed")):
        cells = [cell for line in book[name].iter_rows() for cell in line if str(cell.value).startswith("=")]
        assert cells
        assert all(cell.data_type == "s" for cell in cells)


def test_the_workbook_of_listening_offers_the_words_of_the_guide():
    from analysis.readiness.listening import read_guide

    book = opened(listening_workbook())
    assert book.sheetnames == [HOW_TO, *LISTENING_HEADERS]
    guide = read_guide()
    wanted = {
        ("Concerns", "F"): [theme.name for theme in guide.themes],
        ("Expectations", "E"): [one.question for one in guide.expectations],
        ("What changed", "A"): [theme.name for theme in guide.themes],
    }
    for (name, letter), words in wanted.items():
        sheet = book[name]
        assert tuple(cell.value for cell in sheet[1]) == LISTENING_HEADERS[name]
        rules = [one for one in sheet.data_validations.dataValidation if str(one.sqref).startswith(f"{letter}2")]
        cells = book[HOW_TO][rules[0].formula1.split("!")[1].replace("$", "")]
        assert [cell.value for (cell,) in cells] == words


def test_what_is_filled_in_is_read_back(acme):
    fill(
        acme,
        ("IT lead", 2, {"Rating": 3, "Seen": "in the system", "Evidence": "shown on 4 March"}),
        ("IT lead", 3, {"Rating": "not known"}),
        (BY_TYPE, 2, {"Rating": 2, "Type": "claim", "Seen": "observed"}),
    )
    source = Source(files=["answers/readiness*.xlsx"], adapter="kit_readiness")
    intake = read_sources([source], client=CLIENT, root=acme.root, key=pseudonym_key(acme))
    answers = intake.tables["answers"].set_index("criterion").sort_index()
    assert answers.index.tolist() == ["T1", "T2", "W2"]
    assert answers["rating"].isna().tolist() == [False, True, False]
    assert answers["rating"].dropna().tolist() == [3.0, 2.0]
    assert answers["basis"].dropna().tolist() == ["system", "observed"]
    assert answers["type"].dropna().tolist() == ["claim"]
    assert answers["role"].tolist() == ["IT lead", "IT lead", ROLES[0]]
    assert intake.files["used"].sum() == 3


def test_a_workbook_that_was_filled_in_is_not_thrown_away_unasked(acme):
    file = acme.root / "answers" / "readiness.xlsx"
    assert written_in(file) == {}
    assert written_in(acme.root / "answers" / "listening.xlsx") == {}
    prepare_answers(acme, AnswersWish(raters=3, types=("claim",)))
    assert len(rows(openpyxl.load_workbook(file, read_only=True)["IT lead"])) == 3 * 7
    fill(acme, ("IT lead", 2, {"Rating": 0}), (BY_TYPE, 3, {"Evidence": "seen"}))
    before = file.read_bytes()
    with pytest.raises(UsageProblem, match=r"holds answers in 2 rows \(IT lead 1, by item type 1\).*--overwrite"):
        prepare_answers(acme, AnswersWish())
    assert file.read_bytes() == before
    made = prepare_answers(acme, AnswersWish(overwrite=True))
    assert any("Gone" in step and "IT lead 1" in step for step in made.steps)
    assert written_in(file) == {}
    # the types for which it was prepared are kept
    assert {line["Type"] for line in rows(openpyxl.load_workbook(file, read_only=True)[BY_TYPE])} == {"claim"}


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (AnswersWish(raters=0), "--raters 0"),
        (AnswersWish(raters=13), "1 to 12 people"),
        (AnswersWish(types=("claim", " ")), "--types"),
        (AnswersWish(types=tuple(f"type {n}" for n in range(61))), "at most 60"),
    ],
)
def test_what_cannot_be_prepared_is_refused(acme, wish, said):
    with pytest.raises(UsageProblem, match=said):
        prepare_answers(acme, wish)


def test_a_file_that_is_no_workbook_and_a_closed_engagement_are_refused(acme):
    (acme.root / "answers" / "readiness.xlsx").write_bytes(b"no workbook")
    with pytest.raises(UsageProblem, match=r"answers/readiness.xlsx: cannot be read as a workbook"):
        prepare_answers(acme, AnswersWish())
    close_engagement(acme)
    with pytest.raises(KitError, match="closed"):
        prepare_answers(acme, AnswersWish())


def test_types_come_from_the_list_of_item_types_where_there_is_one(acme):
    block = '\n[[source]]\nfiles = ["data/types.csv"]\nadapter = "generic"\ntable = "item_types"\n'
    acme.file.write_text(acme.file.read_text(encoding="utf-8") + block, encoding="utf-8")
    made = prepare_answers(acme, AnswersWish())
    assert any("could not be read" in step for step in made.steps)
    (acme.root / "data" / "types.csv").write_text("type\nclaim\naddress change\n", encoding="utf-8")
    prepare_answers(acme, AnswersWish())
    sheet = openpyxl.load_workbook(acme.root / "answers" / "readiness.xlsx", read_only=True)[BY_TYPE]
    assert {line["Type"] for line in rows(sheet)} == {"claim", "address change"}


def use(acme, named: str) -> None:
    text = acme.file.read_text(encoding="utf-8")
    start = text.index('questionnaire = "')
    line = text[start : text.index("\n", start)]
    acme.file.write_text(text.replace(line, f'questionnaire = "{named}"', 1), encoding="utf-8")


def test_the_engagements_own_questionnaire_makes_the_workbook_and_reaches_the_stage(acme):
    made = prepare_answers(acme, AnswersWish(questionnaire=True))
    assert made.files == ("questionnaire.toml",)
    assert any('questionnaire = "questionnaire.toml"' in step for step in made.steps)
    file = acme.root / "questionnaire.toml"
    text = file.read_text(encoding="utf-8").replace("Is intraday control", "Is the control of the day")
    file.write_text(
        text.replace('name = "team leader"', 'name = "coach"').replace('"team leader"', '"coach"'), encoding="utf-8"
    )
    with pytest.raises(UsageProblem, match="edited"):
        prepare_answers(acme, AnswersWish(questionnaire=True))
    use(acme, "questionnaire.toml")
    prepare_answers(acme, AnswersWish())
    book = openpyxl.load_workbook(acme.root / "answers" / "readiness.xlsx", read_only=True)
    assert "coach" in book.sheetnames
    assert any("control of the day" in line["Question"] for line in rows(book["IT lead"]))
    assert "edited" in str(book[HOW_TO]["A2"].value)
    stage = open_stage("readiness", acme.root)
    assert stage.questionnaire.own
    assert not open_stage("readiness", acme.root, questionnaire="").questionnaire.own
    with pytest.raises(UsageProblem, match="asks no questionnaire"):
        assert open_stage("blending", acme.root).questionnaire


def test_the_bytes_of_the_questionnaire_enter_the_key_of_readiness_alone(acme):
    def made_of(stage: str):
        spec = stage_spec(stage)
        upstream = dict.fromkeys(spec.reads, type("R", (), {"digest": "x", "outputs": {}, "made_of": {}})())
        return components(spec, load_engagement(acme.file), acme, upstream, key=b"k", notebook=False)

    prepare_answers(acme, AnswersWish(questionnaire=True))
    use(acme, "questionnaire.toml")
    before = made_of("readiness")["questionnaire"]
    file = acme.root / "questionnaire.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("Is intraday", "Is all intraday"), encoding="utf-8")
    assert before != made_of("readiness")["questionnaire"]
    assert "questionnaire" not in made_of("blending")


@pytest.mark.parametrize("named", ["../questionnaire.toml", "/etc/hostname", "data/../../../q.toml"])
def test_a_questionnaire_outside_the_folder_is_refused(acme, named):
    use(acme, named)
    with pytest.raises(UsageProblem, match="lies outside the engagement's folder"):
        checked_questionnaire(load_engagement(acme.file), acme)
    with pytest.raises(UsageProblem, match="outside"):
        prepare_answers(acme, AnswersWish())


def test_a_questionnaire_that_is_not_there_is_told_with_the_remedy(acme):
    use(acme, "mine.toml")
    with pytest.raises(UsageProblem, match=r"no file mine.toml.*engage answers acme --questionnaire"):
        checked_questionnaire(load_engagement(acme.file), acme)
