"""Known formats are recognised by header and content; what nobody knows is said to be unknown."""

from __future__ import annotations

import gzip
import importlib.util
import tomllib

import pytest

from analysis.foundation.schema import DataProblem
from analysis.intake.adapters import adapter_names, format_of
from analysis.intake.adapters.format import Format
from analysis.intake.recognise import recognise
from analysis.intake.recognise.guess import guesses, sure_of
from analysis.intake.recognise.peek import peek
from analysis.intake.settings import Source
from analysis.synthetic.vendors import write_export

GENESYS = "Agent Id,Agent Name,Status,Start Time,End Time,Duration\n" + "".join(
    f"00{n},Jan,Idle,2026-03-02 0{n}:00:00,2026-03-02 0{n}:30:00,0:30:00\n" for n in range(3, 9)
)


def with_generator() -> list[str]:
    """Return the formats for which the kit writes an export of its own."""
    return [name for name in adapter_names() if importlib.util.find_spec(f"analysis.synthetic.vendors.{name}")]


def first_of(path):
    found = recognise(path)
    return found[0] if found else None


@pytest.mark.parametrize("adapter", with_generator())
def test_each_formats_own_export_is_recognised_as_itself(adapter, tmp_path):
    export, _ = write_export(adapter, tmp_path)
    files = sorted(path for pattern in export.source["files"] for path in tmp_path.glob(pattern))
    assert files
    for path in files:
        found = recognise(path, tmp_path)
        sure = {guess.adapter: guess for guess in sure_of(found)}
        assert adapter in sure, (path.name, found)
        # one export of Salesforce fills two tables; no other fits as well as the right one
        assert len(sure) == 1 or len({guess.table for guess in sure.values()}) == len(sure)
        assert sure[adapter].table == format_of(adapter).table
        assert Source(**tomllib.loads(sure[adapter].source_block())["source"][0]).adapter == adapter


@pytest.mark.parametrize(
    ("change", "confidence"),
    [
        (lambda text: text, 1.0),
        (lambda text: text.replace("Agent Id", "agent_id").replace("Start Time", "START TIME"), 0.975),
        (lambda text: "Report of March\n\n" + text, 1.0),
        (lambda text: text.replace("Duration", "Duration,Site").replace("0:30:00", "0:30:00,North"), 1.0),
        (lambda text: text.replace(",", ";"), 1.0),
        (lambda text: text.replace("End Time,Duration", "Fin,Duree"), 0.9),
    ],
)
def test_capitals_blanks_banners_and_further_columns_do_not_hide_a_format(change, confidence, put):
    guess = first_of(put("status.csv", change(GENESYS)))
    assert guess.adapter == "genesys_status_timeline"
    assert guess.confidence == pytest.approx(confidence, abs=0.011)


def test_a_column_in_another_spelling_is_named_in_the_block(put):
    text = GENESYS.replace("Agent Id", "AGENT_ID").replace("Start Time", "start time")
    block = tomllib.loads(first_of(put("status.csv", text)).source_block())["source"][0]
    assert block["columns"]["agent"] == "AGENT_ID"
    assert block["columns"]["start"] == "start time"
    assert "end" not in block["columns"]


def test_names_alone_are_not_enough(put):
    header, *rows = GENESYS.splitlines()
    words = [",".join([*row.split(",")[:3], "soon", "later", "long"]) for row in rows]
    found = recognise(put("status.csv", "\n".join([header, *words])))
    assert not sure_of(found)
    assert all("does not hold times" in " ".join(guess.evidence) for guess in found)


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: data])
def test_text_is_recognised_packed_and_in_utf16(pack, put):
    assert first_of(put("a.csv", pack(GENESYS.encode("utf-16")))).adapter == "genesys_status_timeline"


def test_an_event_log_is_recognised(put):
    log = '<?xml version="1.0"?><log><trace><event><string key="concept:name" value="a"/></event></trace></log>'
    assert [guess.adapter for guess in recognise(put("log.xes", log))] == ["xes"]


def test_what_nobody_knows_is_no_guess(put):
    assert recognise(put("rivers.csv", "river,length_km,mouth\nRhine,1230,North Sea\nElbe,1094,North Sea\n")) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"%PDF-1.7 x", "this is a PDF"), (b"", "empty"), (b"\n \n", "empty"), (b"PK\x03\x04x", "damaged")],
)
def test_what_cannot_be_read_is_said(content, said, put):
    with pytest.raises(DataProblem, match=said):
        recognise(put("x.bin", content))


def test_the_more_telling_of_two_formats_comes_first_and_equals_are_no_plain_answer(put, monkeypatch):
    short = Format(
        title="Short",
        table="schedule",
        defaults={"agent": ("Who",)},
        signature=(("Who", "Code"),),
        fills=("start", "end", "state"),
    )
    long = Format(
        title="Long",
        table="schedule",
        defaults={"agent": ("Who",)},
        signature=(("Who", "Code", "Shift"),),
        fills=("start", "end", "state"),
    )
    forms = {"a_short": short, "b_long": long, "twin": short}
    head = peek("x.csv", put("x.csv", "Who,Code,Shift,More\na,1,x,y\nb,2,x,y\n"))[0]
    monkeypatch.setattr("analysis.intake.recognise.guess.format_of", forms.get)
    monkeypatch.setattr("analysis.intake.recognise.guess.adapter_names", lambda: ("a_short", "b_long"))
    found = guesses(head)
    assert [guess.adapter for guess in found] == ["b_long", "a_short"]
    assert [guess.adapter for guess in sure_of(found)] == ["b_long"]
    monkeypatch.setattr("analysis.intake.recognise.guess.adapter_names", lambda: ("a_short", "twin"))
    assert not sure_of(guesses(head))


def test_a_needed_column_that_is_absent_is_named_and_costs(put):
    text = "\n".join(line.rsplit(",", 2)[0] for line in GENESYS.splitlines()).replace("Agent Name", "Agent Full Name")
    found = recognise(put("status.csv", text))
    assert all(guess.confidence < 0.75 for guess in found)
    assert not sure_of(found)


def test_translated_columns_count_where_the_state_codes_are_the_formats_own(put):
    rows = [
        f"00{n % 4},{code},2026-03-02 0{n}:00:00,2026-03-02 0{n}:30:00"
        for n, code in enumerate(("Idle", "Interacting", "Meal", "Break") * 2)
    ]
    header = "Agent Id,Toestand,Start Time,Eindtijd"
    found = recognise(put("status.csv", "\n".join([header, *rows])))
    assert found[0].adapter == "genesys_status_timeline"
    assert found[0].confidence == pytest.approx(0.8)
    block = tomllib.loads(found[0].source_block())["source"][0]
    assert block["columns"] == {"state": "Toestand", "end": "Eindtijd"}
    other = [
        row.replace("Idle", "Vrij").replace("Interacting", "Bezig").replace("Meal", "Eten").replace("Break", "Pauze")
        for row in rows
    ]
    assert all(guess.confidence < 0.75 for guess in recognise(put("status.csv", "\n".join([header, *other]))))
