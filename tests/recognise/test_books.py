"""Workbooks that people fill in are recognised as a whole, by the headers of their sheets."""

from __future__ import annotations

import io
import re
import tomllib

import openpyxl

from analysis.cli import main
from analysis.intake.answer_books import BY_TYPE, Row, Word, listening_book, readiness_book
from analysis.intake.recognise import recognise
from analysis.intake.recognise.guess import guesses, of_whole_books, sure_of
from analysis.intake.recognise.peek import peek

FOUR = ["kit_concerns", "kit_expectations", "kit_to_hear", "kit_changed"]


def ratings() -> bytes:
    rows = {
        role: [Row("T1", "Can it?", ("a", "b", "c"), rater=mark)]
        for role, mark in (("IT lead", "R1"), ("agents", "R2"))
    }
    return readiness_book(rows, [], roles={}, questionnaire="version 2")


def heard() -> bytes:
    return listening_book(themes=[Word("trust", "")], questions=[Word("share", "")], roles=["planners"])


def blocks(path) -> list[dict]:
    """Return the blocks that would be offered for a file."""
    sure = [sure_of(guesses(head)) for head in of_whole_books(peek(path.name, path))]
    return [tomllib.loads(one.source_block())["source"][0] for some in sure for one in some]


def test_each_format_is_offered_once_and_no_sheet_is_named(put):
    path = put("readiness.xlsx", ratings())
    assert blocks(path) == [{"files": ["readiness.xlsx"], "adapter": "kit_readiness"}]
    found = blocks(put("listening.xlsx", heard()))
    assert [one["adapter"] for one in found] == FOUR
    assert all(one.keys() == {"files", "adapter"} for one in found)
    assert [one.adapter for one in sure_of(recognise(path, path.parent))] == ["kit_readiness"]


def test_sheets_that_were_renamed_added_and_taken_away_do_not_hide_it(put):
    book = openpyxl.load_workbook(io.BytesIO(ratings()))
    del book[BY_TYPE]
    book["IT lead"].title = "whoever knows the systems"
    book.create_sheet("remarks").append(["one", "two"])
    book.create_sheet("remarks too").append(["one", "two"])
    stream = io.BytesIO()
    book.save(stream)
    assert [one["adapter"] for one in blocks(put("r.xlsx", stream.getvalue()))] == ["kit_readiness"]


def test_a_check_offers_and_adds_them_wherever_they_lie(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ENGAGE_HOME", str(tmp_path))
    assert main(["new", "acme"]) == 0
    folder = tmp_path / "engagements" / "acme"
    file = folder / "engagement.toml"
    text = (
        file.read_text(encoding="utf-8")
        .replace('name = ""', 'name = "Acme"', 1)
        .replace('time_zone = ""', 'time_zone = "UTC"', 1)
    )
    text = text.replace("# period =", "period =", 1)
    head, marks, rest = text.partition('[[source]]\nfiles = ["answers/')
    file.write_text(head + rest[rest.index("# --- the promises") :], encoding="utf-8", newline="\n")
    assert marks
    (folder / "answers" / "readiness.xlsx").replace(folder / "data" / "readiness.xlsx")
    (folder / "answers" / "timetable.xlsx").write_bytes(_other())
    book = openpyxl.load_workbook(folder / "data" / "readiness.xlsx")
    for row in [
        ("T99", "", "", "", "", "claim", "R1", "IT lead", 3),
        ("T1", "", "", "", "", "claim", "R1", "IT lead", 3),
    ]:
        book[BY_TYPE].append(row)
    book.save(folder / "data" / "readiness.xlsx")
    assert main(["check", "acme", "--accept"]) == 3
    said = capsys.readouterr().out
    added = tomllib.loads(file.read_text(encoding="utf-8"))["source"]
    assert [one["adapter"] for one in added] == ["kit_readiness", *FOUR]
    assert [one["files"] for one in added] == [["data/readiness.xlsx"]] + 4 * [["answers/listening.xlsx"]]
    assert " ".join(said.split()).count("nothing was written down yet.") == 4
    assert re.search(
        r"the readiness ratings: 2 answers by 1 rater in 1 role, \d+ rows not answered", " ".join(said.split())
    )
    assert "data/readiness.xlsx: ratings of T99, which the questionnaire does not have" in " ".join(said.split())
    assert "answers/timetable.xlsx: none of the kit's workbooks" in said


def _other() -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["day", "what"])
    book.active.append(["Monday", "talk"])
    book.save(stream)
    return stream.getvalue()
