"""Exports of any shape become canonical tables, and every row is accounted for."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from analysis.foundation.schema import DataProblem
from analysis.intake import pseudonym

KEY = bytes(range(32))
HEADER = "agent,start,end,state\n"


def utc(text: str) -> pd.Timestamp:
    return pd.Timestamp(text, tz="UTC")


def test_a_plain_file_of_spells(desk):
    intake = desk.spells(
        HEADER
        + "007,2026-03-02 09:00,2026-03-02 09:30,IDLE\nNA,2026-03-02 09:00:30,2026-03-02T10:00:00+01:00,HANDLING\n"
    )
    spells = intake.tables["spells"]
    assert spells["start"].tolist() == [utc("2026-03-02 08:00"), utc("2026-03-02 08:00:30")]
    assert spells["end"].tolist() == [utc("2026-03-02 08:30"), utc("2026-03-02 09:00")]
    assert spells["agent"].tolist() == [pseudonym("007", key=KEY), pseudonym("NA", key=KEY)]
    assert spells["source_row"].tolist() == [2, 3]
    assert intake.files.loc[0, ["physical", "header", "used"]].tolist() == [3, 1, 2]
    assert intake.states["hours"].sum() == pytest.approx(0.5 + 59.5 / 60)


def test_every_kind_of_row_meets_its_fate(desk):
    content = (
        "Report of March\n\n"
        + HEADER
        + "a,2026-03-02 09:00,2026-03-02 09:30,IDLE\n"
        + "a,2026-03-02 09:00,2026-03-02 09:30,IDLE\n"  # duplicate
        + "\n"
        + HEADER  # repeated
        + "b,2026-03-02 09:00\n"  # short
        + "b,2026-03-02 09:00,2026-03-02 09:30,IDLE,surplus\n"  # long
        + "b,2026-03-02 09:00,2026-03-02 09:30,IDLE,,\n"  # used: only empty cells too many
        + ",2026-03-02 09:00,2026-03-02 09:30,IDLE\n"  # nobody
        + "c,someday,2026-03-02 09:30,IDLE\n"
        + "c,2026-03-02 09:30,2026-03-02 09:00,IDLE\n"
        + "c,2026-02-02 09:30,2026-02-02 10:00,IDLE\n"  # before the period
        + "x,2026-03-02 09:30,2026-03-02 10:00,IDLE\n"  # excluded by the client
        + "Total,,,2\n"
        + "Grand total,9\n"
        + ",,,\n"
    )
    row = desk.spells(content, exclude={"agent": ["x"]}).files.iloc[0]
    assert row["physical"] == 18
    assert row[["header", "banner", "blank", "total", "duplicate", "used"]].tolist() == [2, 1, 3, 2, 1, 2]
    assert json.loads(row["excluded"]) == {"agent": 1, "outside_period": 1}
    assert json.loads(row["rejected"]) == {
        "bad_stamp": 1,
        "end_before_start": 1,
        "long_row": 1,
        "missing_agent": 1,
        "short_row": 1,
    }


def test_rejects_carry_the_row_that_a_spreadsheet_shows(desk):
    content = HEADER + '"a\nb",2026-03-02 09:00,2026-03-02 09:30,IDLE\n\nc,x,2026-03-02 09:30,IDLE\nd,1\n'
    intake = desk.spells(content)
    assert intake.rejects[["row", "reason"]].to_numpy().tolist() == [[4, "bad_stamp"], [5, "short_row"]]
    assert intake.files.loc[0, "physical"] == 5


def test_an_export_without_a_needed_column_names_the_key_and_what_there_is(desk):
    with pytest.raises(DataProblem, match=r"needs end.*Add end = .* to \[source.columns\].*'agent', 'start', 'state'"):
        desk.spells("agent,start,state\na,2026-03-02 09:00,IDLE\n")


def test_a_mapped_column_that_is_not_there_names_the_nearest(desk):
    with pytest.raises(DataProblem, match=r"'Agent Nmae'.*nearest are 'Agent Name'"):
        desk.spells(
            "Agent Name,start,end,state\na,2026-03-02 09:00,2026-03-02 09:10,IDLE\n", columns={"agent": "Agent Nmae"}
        )


def test_genesys_timeline_with_durations(desk):
    content = (
        "Agent Name;Status;Start Time;Duration\r\n"
        "José;Interacting;02/03/2026 09:00:00;0:10:00\r\n"
        "José;Idle;02/03/2026 09:10:00;25:00:00\r\n"
        "José;Meal;31/03/2026 09:10:00;0:30:00\r\n"
    )
    intake = desk.read(
        {
            "files": [desk.put("t.csv", content.encode("cp1252"))],
            "adapter": "genesys_status_timeline",
            "population": "contact_centre",
        }
    )
    spells = intake.tables["spells"]
    assert spells["state"].tolist() == ["HANDLING", "IDLE", "BREAK"]
    assert (spells["end"] - spells["start"]).dt.total_seconds().tolist() == [600.0, 90_000.0, 1800.0]
    assert spells["start"].iloc[2] == utc("2026-03-31 07:10")
    assert intake.tables["roster"]["population"].tolist() == ["contact_centre"]


def test_an_unmapped_state_stops_with_the_hours_it_holds(desk):
    content = HEADER + "a,2026-03-02 09:00,2026-03-02 12:00,Mystery\nb,2026-03-02 09:00,2026-03-02 09:30,IDLE\n"
    with pytest.raises(DataProblem, match=r"1 state code .*'Mystery' \(1 row, 3.0 h\).*state_map"):
        desk.spells(content)


def test_the_mapping_fills_columns_by_condition_and_in_parts(desk):
    content = (
        "line,id,day,menu end,queued,picked up,hung up,outcome,who,talk\n"
        "L1,7,2026-03-02,9:00:10,0:00:00,9:00:09,9:05:09,AGENT,a,300\n"
        "L1,8,2026-03-02,9:01:10,9:01:20,9:02:00,9:02:30,HANG,nobody,30\n"
        "L2,7,2026-03-02,23:58:00,23:58:10,0:00:05,0:01:05,AGENT,b,60\n"
        "L2,8,2026-03-02,9:09:10,9:09:20,9:03:00,9:04:00,AGENT,c,60\n"
    )
    source = {
        "files": [desk.put("calls.csv", content)],
        "table": "contacts",
        "duration_unit": "s",
        "missing": ["0:00:00", "nobody"],
        "columns": {
            "contact": {"columns": ["line", "id"]},
            "queue": {"value": "main"},
            "offered_at": {"date": "day", "time": ["queued", "menu end"]},
            "answered_at": {"date": "day", "time": "picked up", "where": {"outcome": ["AGENT"]}},
            "ended_at": {"date": "day", "time": "hung up", "where": {"outcome": ["AGENT"]}},
            "abandoned": {"column": "outcome", "true": ["HANG"]},
            "agent": "who",
            "talk_us": {"column": "talk", "where": {"outcome": ["AGENT"]}},
        },
    }
    intake = desk.read(source)
    contacts = intake.tables["contacts"]
    assert contacts["contact"].tolist() == ["L1 / 7", "L1 / 8", "L2 / 7", "L2 / 8"]
    assert contacts["abandoned"].tolist() == [False, True, False, False]
    assert contacts["answered_at"].isna().tolist() == [False, True, False, False]
    assert contacts["talk_us"].isna().tolist() == [False, True, False, False]
    assert contacts["agent"].isna().tolist() == [False, True, False, False]
    # offered when the menu ended, but answered a second before: counts as offered when answered
    assert contacts.loc[0, "offered_at"] == contacts.loc[0, "answered_at"] == utc("2026-03-02 08:00:09")
    # both later times under the date of the start
    assert contacts.loc[2, "answered_at"] == utc("2026-03-02 23:00:05")
    assert (contacts["ended_at"] - contacts["answered_at"]).dropna().dt.total_seconds().tolist() == [300, 60, 60]
    told = {finding.code: (finding.rows, finding.moved_us) for finding in intake.findings}
    assert told["answered_before_offered_fixed"] == (1, 1_000_000)
    assert told["answered_before_offered_flag"] == (1, 380_000_000)
    assert told["over_midnight"][0] == 1


def test_a_source_without_the_column_of_its_condition_is_refused(desk):
    content = "agent,start,end,state\na,2026-03-02 09:00,2026-03-02 09:10,IDLE\n"
    with pytest.raises(DataProblem, match="'Outcome'"):
        desk.spells(content, columns={"end": {"column": "end", "where": {"Outcome": ["X"]}}})
    with pytest.raises(DataProblem, match="'Remark'"):
        desk.spells(content, exclude={"Remark": ["test"]})
