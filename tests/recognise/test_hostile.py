"""Headers, names of files and codes that try to be more than text; files that are no table."""

from __future__ import annotations

import csv
import io
import json
import tomllib

import pytest

from analysis.cli.talk import wrapped
from analysis.foundation.schema import DataProblem
from analysis.foundation.settings import Client, Period
from analysis.intake.recognise import propose, recognise
from analysis.intake.recognise.block import block_text, pattern_of
from analysis.intake.recognise.codes import Code, state_map_text
from analysis.intake.settings import Source

CLIENT = Client(name="Test", time_zone="Europe/Amsterdam", period=Period(start="2026-03-01", end="2026-04-30"))
ANSWERS = {"table": "spells", "time_zone": "UTC", "population": "back_office", "states": "proposed"}


def log(header: str, code: str = "Pauze") -> str:
    rows = [f"a{n % 3},2026-03-16 0{n % 9}:00:07,2026-03-16 0{n % 9}:09:11,{code}" for n in range(30)]
    return "\n".join([header, *rows, ""])


@pytest.mark.parametrize(
    "name",
    [
        'Login"]\n[client]\nname = "x',
        "Login = 'x'",
        "Login\\u0022",
        "[[source]]",
        "Login # more",
        "Login\t\x1b[31m",
        "Login\u202egnp.exe",
        '"""Login',
    ],
)
def test_a_name_of_a_column_stays_a_name(name, put):
    quoted = '"' + name.replace('"', '""') + '"'
    path = put("log.csv", log(f"{quoted},Start,End,Status"))
    proposal = propose(path, path.parents[1], client=CLIENT, answers=ANSWERS)
    told = repr(proposal)
    assert "\x1b" not in told
    assert "\u202e" not in told
    stated = tomllib.loads(proposal.source_block())
    assert list(stated) == ["source"]
    assert len(stated["source"]) == 1
    assert set(stated["source"][0]) <= {*Source.model_fields}


@pytest.mark.parametrize("code", ["=cmd|' /C calc'!A0", "@SUM(1)", "+1", "-1", "=1+1"])
def test_a_state_code_is_no_formula_in_the_state_map(code):
    text = state_map_text([Code(code, 3, 1.0, "BREAK")])
    row = next(csv.DictReader(io.StringIO(text, newline="")))
    assert row["state_raw"].startswith(" ")
    assert row["state_raw"].strip() == code


@pytest.mark.parametrize("name", ["log [1].csv", "log 'a' \"b\".csv", "lög*2026.csv", "2026-03.csv", "data (3).csv"])
def test_a_pattern_finds_its_own_file(name, put):
    path = put(name, log("Login,Start,End,Status"))
    pattern = pattern_of(f"data/{name}")
    assert path in list(path.parents[1].glob(pattern)) or pattern == f"data/{name}"
    block = tomllib.loads(block_text({"files": [pattern], "table": "roster"}))["source"][0]
    assert block["files"] == [pattern]


@pytest.mark.parametrize(
    "content",
    [
        "Dear Anna,\nhere are the files, as promised to Mr Smith.\nBest, Jan de Vries\n",
        "jansen,2026-03-16 08:00,2026-03-16 09:00,Pauze\nbakker,2026-03-16 08:00,2026-03-16 09:00,Pauze\n",
        "007,3\n008,4\n",
    ],
)
def test_a_row_that_is_no_header_is_never_shown(content, put):
    path = put("note.txt", content)
    assert recognise(path) == []
    with pytest.raises(DataProblem, match="no row of it looks like a header") as caught:
        propose(path, path.parents[1], client=CLIENT)
    assert not any(name in str(caught.value) for name in ("Jan", "Smith", "jansen", "bakker"))


def test_a_name_that_stands_twice_is_not_used(put):
    path = put("log.csv", log("Login,Start,Start,Status"))
    proposal = propose(path, path.parents[1], client=CLIENT, answers={"table": "spells"})
    assert "start" not in {one.ours for one in proposal.found}
    assert any("stands twice" in note for note in proposal.notes)


def test_json_that_nobody_knows_is_refused_with_what_to_do(put):
    path = put("x.json", json.dumps([{"river": "Rhine", "km": 1230}]))
    assert recognise(path) == []
    with pytest.raises(DataProblem, match="Ask for the table as CSV or XLSX"):
        propose(path, path.parents[1])


def test_only_the_head_of_a_large_file_is_looked_at(put, monkeypatch):
    monkeypatch.setattr("analysis.intake.recognise.peek._HEAD_BYTES", 2_000)
    text = log("Agent Id,Start Time,End Time,Status") * 20
    guess = recognise(put("big.csv", text))[0]
    assert guess.adapter == "genesys_status_timeline"


def test_long_lines_are_wrapped_and_words_kept_whole():
    line = "  - " + "word " * 60 + "x" * 120
    parts = wrapped(line, 96)
    assert " ".join(" ".join(parts).split()) == " ".join(line.split())
    assert max(len(part) for part in parts[:-1]) <= 96
