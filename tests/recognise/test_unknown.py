"""A file that no format knows: columns by name and content, what must be asked, and a source that reads it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from analysis.foundation.schema import UsageProblem
from analysis.foundation.settings import Client, Period
from analysis.intake import Source, read_sources
from analysis.intake.recognise import propose
from analysis.synthetic import write_sample

from .conftest import PEOPLE, dutch_log

KEY = bytes(range(32))
CLIENT = Client(name="Test", time_zone="Europe/Amsterdam", period=Period(start="2026-03-01", end="2026-04-30"))
ALL = {"time_zone": "Europe/Amsterdam", "population": "contact_centre", "states": "proposed", "state.X7": "AWAY"}


def test_a_dutch_log_is_understood_and_what_it_does_not_say_is_asked(dutch):
    proposal = propose(dutch, dutch.parents[1], client=CLIENT)
    assert proposal.table == "spells"
    assert {one.ours: one.origin for one in proposal.found} == {
        "agent": "Medewerker",
        "start": ("Datum", "Van"),
        "end": ("Datum", "Tot"),
        "state": "Toestand",
        "duration": "Duur (min)",
    }
    assert proposal.stated["date_order"] == "dmy"
    assert proposal.stated["duration_unit"] == "min"
    assert proposal.stated["decimal"] == ","
    assert [question.key for question in proposal.questions] == ["population", "time_zone"]
    asked = proposal.answer({"time_zone": "Europe/Amsterdam", "population": "contact_centre"})
    words = {question.key: question.proposed for question in asked.questions}
    assert words["state.Pauze"] == "BREAK"
    assert words["state.In gesprek"] == "HANDLING"
    assert words["state.X7"] is None
    assert not asked.complete
    assert asked.answer({"states": "proposed", "state.X7": "AWAY"}).complete


def test_the_block_reads_this_month_and_the_next(dutch, put):
    root = dutch.parents[1]
    proposal = propose(dutch, root, client=CLIENT, answers=ALL)
    (root / "state_maps").mkdir()
    (root / str(proposal.state_map)).write_text(proposal.state_map_text(), encoding="utf-8")
    put("statusverloop_2026-04.csv", dutch_log(month=4))
    source = Source(**tomllib.loads(proposal.source_block())["source"][0])
    intake = read_sources([source], client=CLIENT, root=root, key=KEY)
    assert intake.files["used"].tolist() == [126, 126]
    spells = intake.tables["spells"]
    assert len(spells) == 252
    assert str(spells["start"].min()) == "2026-03-02 07:00:00+00:00"
    assert set(spells["state"]) == {"HANDLING", "IDLE", "BREAK", "SUPPORT", "OUTAGE", "AWAY"}


def test_an_unconfirmed_state_map_stops_reading(dutch):
    root = dutch.parents[1]
    proposal = propose(dutch, root, client=CLIENT, answers={**ALL, "states": "proposed"} | {"state.X7": "AWAY"})
    open_map = propose(dutch, root, client=CLIENT, answers={name: ALL[name] for name in ("time_zone", "population")})
    (root / "state_maps").mkdir()
    path = root / str(proposal.state_map)
    path.write_text(open_map.state_map_text().replace("X7,,", "X7,AWAY,"), encoding="utf-8")
    source = Source(**tomllib.loads(proposal.source_block())["source"][0])
    with pytest.raises(ValueError, match="7 meanings proposed and not confirmed"):
        read_sources([source], client=CLIENT, root=root, key=KEY)
    path.write_text(path.read_text(encoding="utf-8").replace("please confirm", ""), encoding="utf-8")
    again = propose(dutch, root, client=CLIENT, answers={name: ALL[name] for name in ("time_zone", "population")})
    assert again.complete
    assert again.state_map_text() == path.read_text(encoding="utf-8")


def test_nothing_that_is_kept_or_printed_names_a_person(dutch):
    proposal = propose(dutch, dutch.parents[1], client=CLIENT, answers=ALL)
    told = " ".join([repr(proposal), proposal.source_block(), str(proposal.to_dict()), proposal.state_map_text()])
    shown = proposal.preview().to_string()
    for person in (*PEOPLE, "Noord"):
        assert person not in told
        assert person not in shown
    assert "2026-03-02 08:00:00" in shown
    assert "In gesprek" in shown


@pytest.mark.parametrize("people", [60, 120])
def test_a_column_of_names_is_never_taken_for_states(people, put):
    rows = [f"a{n % 9};2026-03-16 09:{n % 60:02d};2026-03-16 10:{n % 60:02d};Customer {n}" for n in range(people)]
    path = put("log.csv", "\n".join(["Agent;Start;End;Status", *rows]))
    proposal = propose(path, path.parents[1], client=CLIENT, answers={"table": "spells"})
    assert "state" not in {one.ours for one in proposal.found}
    assert "Customer" not in repr(proposal)


@pytest.mark.parametrize(
    ("header", "table", "origins"),
    [
        ("Mitarbeiter;Beginn;Ende;Zustand", "spells", {"agent": "Mitarbeiter", "start": "Beginn", "end": "Ende", "state": "Zustand"}),
        ("Conseiller;Début;Fin;Statut", "spells", {"agent": "Conseiller", "start": "Début", "end": "Fin", "state": "Statut"}),
        ("Agente;Inicio;Fin;Estado", "spells", {"agent": "Agente", "start": "Inicio", "end": "Fin", "state": "Estado"}),
        ("login_name;from;until;reason_code", "spells", {"agent": "login_name", "start": "from", "end": "until", "state": "reason_code"}),
    ],
)  # fmt: skip
def test_columns_are_found_in_five_languages(header, table, origins, put):
    rows = [
        f"p{n % 4};2026-03-16 {8 + n % 9:02d}:{n % 47:02d};2026-03-16 {8 + n % 9:02d}:{n % 47 + 9:02d};{'ABC'[n % 3]}"
        for n in range(60)
    ]
    path = put("export.csv", "\n".join([header, *rows]))
    proposal = propose(path, path.parents[1], client=CLIENT)
    assert proposal.table == table
    assert {one.ours: one.origin for one in proposal.found} == origins


def test_dates_that_can_be_read_both_ways_are_asked(put):
    rows = [f"p{n % 4};0{1 + n % 5}/0{1 + n % 6}/2026 09:00;A;15" for n in range(60)]
    path = put("export.csv", "\n".join(["Agent;Start;Status;Duration", *rows]))
    first = propose(path, path.parents[1], client=CLIENT, answers={"table": "spells"})
    assert {"date_order", "duration_unit"} <= {question.key for question in first.questions}
    answered = first.answer({"date_order": "mdy", "duration_unit": "min"})
    assert answered.stated["date_order"] == "mdy"
    assert not {"date_order", "duration_unit"} & {question.key for question in answered.questions}


@pytest.mark.parametrize(
    ("stamps", "asked"),
    [
        (("990201 8:15:00", "990201 8:45:00"), True),
        (("2026-03-02T08:15:00+01:00", "2026-03-02T08:45:00+01:00"), False),
        (("2026-03-02T08:15:00+01:00", "2026-03-02 08:45:00"), True),
    ],
)
def test_a_clock_is_asked_for_unless_every_time_says_it(stamps, asked, put):
    rows = "".join(f"a{i},{stamps[0]},{stamps[1]},Idle\n" for i in range(9))
    path = put("data/log.csv", "agent,start,end,state\n" + rows)
    proposal = propose(path, path.parent.parent, client=CLIENT, answers={"table": "spells"})
    assert ("time_zone" in [question.key for question in proposal.questions]) is asked


def test_one_column_of_time_per_state_becomes_totals(put):
    rows = [f"p{n % 5};2026-03-16 {8 + n // 10:02d}:{30 * (n // 5 % 2):02d};600;300;700;150" for n in range(60)]
    path = put("interval.csv", "\n".join(["Agent;Interval;Talk time;Wrap-up time;Available time;Break time", *rows]))
    proposal = propose(path, path.parents[1], client=CLIENT)
    assert proposal.table == "state_totals"
    assert list(proposal.totals) == ["Talk time", "Wrap-up time", "Available time", "Break time"]
    assert proposal.source_dict()["columns"]["length_s"] == {"value": 1800}
    assert proposal.stated["duration_unit"] == "s"


def test_a_needed_column_that_is_not_there_is_asked_by_name(put):
    rows = [f"p{n % 4};2026-03-16 {8 + n % 9:02d}:00;2026-03-16 {9 + n % 9:02d}:00;{'ABC'[n % 3]}" for n in range(60)]
    path = put("export.csv", "\n".join(["Agent;Start;End;Kolom 7", *rows]))
    proposal = propose(path, path.parents[1], client=CLIENT, answers={"table": "spells"})
    asked = {question.key: question.text for question in proposal.questions}
    assert "Kolom 7" in asked["columns.state"]
    again = {question.key: question.text for question in proposal.answer({"columns.state": "Kolom 8"}).questions}
    assert again["columns.state"].startswith("The file has no column Kolom 8.")
    answered = proposal.answer({"columns.state": "Kolom 7"})
    assert "columns.state" not in {question.key for question in answered.questions}


@pytest.mark.parametrize(
    "answers",
    [{"time_zone": "Amsterdam"}, {"date_order": "day first"}, {"colour": "blue"}, {"table": "calls"}, {"state.X": "LUNCH"}, {"length_s": "1/2 h"}],
)  # fmt: skip
def test_an_answer_that_cannot_be_meant_is_refused(answers, dutch):
    with pytest.raises(UsageProblem, match="--answer"):
        propose(dutch, dutch.parents[1], answers=answers)


# What these exports cannot say by themselves, so that no look at them can tell.
UNSAID = {"contacts": {"channel", "direction"}, "volumes": {"population"}, "forecasts": {"population"}}


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    """Return the sample client's folder."""
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, seed=1, weeks=2)
    return folder


def test_the_samples_exports_are_proposed_as_its_engagement_file_reads_them(sample):
    stated = tomllib.loads((sample / "engagement.toml").read_text(encoding="utf-8"))["source"]
    for block in stated:
        if block["adapter"] != "generic":
            continue
        for path in sorted(path for pattern in block["files"] for path in sample.glob(pattern)):
            answers = {"sheet": block["sheet"]} if "sheet" in block else {}
            proposal = propose(path, sample, client=CLIENT, answers=answers)
            assert proposal.table == block["table"], path.name
            want = {
                ours: origin for ours, origin in block["columns"].items() if ours not in UNSAID.get(proposal.table, ())
            }
            assert proposal.source_dict()["columns"] == want, path.name


def test_columns_whose_names_say_nothing_are_suggested_by_their_cells(put):
    rows = [
        f"{n % 4 + 100};x{n};2026-03-16 {8 + n // 9:02d}:{n % 9 * 5:02d};2026-03-16 {8 + n // 9:02d}:{n % 9 * 5 + 4:02d};{'PQR'[n % 3]}"
        for n in range(54)
    ]
    path = put("dump.csv", "\n".join(["F1;F2;F4;F3;F5", *rows]))
    proposal = propose(path, path.parents[1], client=CLIENT, answers={"table": "spells"})
    asked = {question.key: question.proposed for question in proposal.questions}
    assert asked["columns.start"] == "F4"
    assert asked["columns.end"] == "F3"
    assert asked["columns.state"] == "F5"
    assert asked["columns.agent"] == "F1"
    answers = {name: str(value) for name, value in asked.items() if name.startswith("columns.")}
    answered = proposal.answer({**answers, "time_zone": "UTC", "population": "back_office"})
    assert {one.key for one in answered.questions} == {"state.P", "state.Q", "state.R"}


@pytest.mark.parametrize(
    ("unit", "text"), [("m:ss", "{minutes}:00"), ("h:mm", "0:{minutes:02d}"), ("h", "{hours}"), ("ms", "{ms}")]
)
def test_the_unit_of_durations_is_seen_where_start_and_end_tell(unit, text, put):
    rows = []
    for n in range(30):
        minutes = 3 + n % 17
        length = text.format(minutes=minutes, hours=minutes / 60, ms=minutes * 60_000)
        rows.append(f"a{n % 3};2026-03-16 09:{n:02d}:00;2026-03-16 09:{n + minutes:02d}:00;{'AB'[n % 2]};{length}")
    path = put("states.csv", "\n".join(["Agent;Start;End;Status;Duration", *rows]))
    proposal = propose(path, path.parents[1], client=CLIENT)
    assert proposal.stated["duration_unit"] == unit


def test_merged_cells_are_asked_about_and_filled(put):
    rows = [
        f"{'p' + str(n // 9) if n % 9 == 0 else ''};2026-03-16 {8 + n % 9:02d}:07;2026-03-16 {8 + n % 9:02d}:31;{'AB'[n % 2]}"
        for n in range(36)
    ]
    path = put("states.csv", "\n".join(["Agent;Start;End;Status", *rows]))
    proposal = propose(path, path.parents[1], client=CLIENT, answers={"table": "spells"})
    assert "fill_down" in {question.key for question in proposal.questions}
    answers = {**ALL, "fill_down": "yes", "state.A": "IDLE", "state.B": "BREAK"}
    filled = proposal.answer(answers)
    assert filled.stated["fill_down"] == ["Agent"]
    assert filled.complete
    assert filled.preview()["agent"].tolist() == ["p····"] * 5


def test_day_numbers_of_a_spreadsheet_are_seen(put):
    rows = [
        f"p{n % 4};{46097 + (n % 9) / 24 + 0.01:.5f};{46097 + (n % 9) / 24 + 0.02:.5f};{'AB'[n % 2]}" for n in range(36)
    ]
    path = put("states.csv", "\n".join(["Agent;Start;End;Status", *rows]))
    proposal = propose(
        path, path.parents[1], client=CLIENT, answers={**ALL, "table": "spells", "state.A": "IDLE", "state.B": "BREAK"}
    )
    assert proposal.stated["serial_dates"] is True
    assert proposal.preview()["start"].iloc[0].startswith("2026-03-16 00:14")
