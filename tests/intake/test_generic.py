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
