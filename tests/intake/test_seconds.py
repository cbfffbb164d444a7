"""Time reconciles like rows do: what the cells state, what repairs moved, and where it went, to the microsecond."""

from __future__ import annotations

import json

import numpy as np
import pytest

from analysis.foundation.schema import DataProblem
from analysis.intake import mapping, part, seconds
from analysis.intake.adapters import format_of

HOUR_US = 3_600_000_000
HEADER = "agent,start,end,state\n"


def time_of(intake, position: int = 0) -> dict:
    return json.loads(intake.files.loc[position, "time_us"])


def test_every_fate_carries_the_time_that_its_rows_state(desk):
    row = "a,2026-03-02 09:00,2026-03-02 10:00,IDLE\n"
    content = HEADER + row + row
    content += "b,2026-03-02 09:00,2026-03-02 08:30,IDLE\n"  # runs backwards by half an hour
    content += "c,2026-03-02 09:00,2026-03-02 11:00,IDLE\n"  # left out
    content += ",2026-03-02 09:00,2026-03-02 12:00,IDLE\n"  # nobody's
    content += "d,2026-13-02 09:00,2026-03-02 12:00,IDLE\n"  # states no time that can be read
    content += "e,2026-05-02 09:00,2026-05-02 13:00,IDLE\n"  # outside the period
    intake = desk.spells(content, exclude={"agent": ["c"]})
    assert time_of(intake) == {
        "stated_us": int(10.5 * HOUR_US),
        "moved_us": {},
        "used_us": HOUR_US,
        "header_us": 0,
        "banner_us": 0,
        "blank_us": 0,
        "total_us": 0,
        "duplicate_us": HOUR_US,
        "excluded_us": {"agent": 2 * HOUR_US, "outside_period": 4 * HOUR_US},
        "rejected_us": {"bad_stamp": 0, "end_before_start": -HOUR_US // 2, "missing_agent": 3 * HOUR_US},
    }


def test_a_clock_change_moves_an_hour_and_says_so(desk):
    intake = desk.spells(HEADER + "a,2026-03-29 01:00,2026-03-29 04:00,IDLE\n")
    time = time_of(intake)
    assert (time["stated_us"], time["moved_us"], time["used_us"]) == (
        3 * HOUR_US,
        {"clock_change": -HOUR_US},
        2 * HOUR_US,
    )


def test_an_end_after_midnight_moves_a_day(desk):
    content = "agent,day,from,to,state\na,2026-03-02,23:00,01:30,IDLE\n"
    intake = desk.spells(content, columns={"start": ["day", "from"], "end": ["day", "to"]})
    time = time_of(intake)
    assert time["stated_us"] == int(-21.5 * HOUR_US)
    assert time["moved_us"] == {"over_midnight": 24 * HOUR_US}
    assert time["used_us"] == int(2.5 * HOUR_US)


def test_stamps_of_which_one_has_an_offset_have_a_time_in_utc_alone(desk):
    intake = desk.spells(HEADER + "a,2026-03-02T08:00:00Z,2026-03-02 10:00,IDLE\n")
    assert time_of(intake)["moved_us"] == {"mixed_offsets": HOUR_US}
    assert time_of(intake)["used_us"] == HOUR_US


def test_durations_and_totals_count_too(desk):
    content = "agent,start,length,state\na,2026-03-02 09:00,0:30:00,IDLE\n"
    intake = desk.spells(content, columns={"duration": "length"})
    assert time_of(intake)["stated_us"] == time_of(intake)["used_us"] == HOUR_US // 2
    contacts = "contact,queue,offered_at,talk,wrap\n1,q,2026-03-02 09:00,60,30\n1,q,2026-03-02 09:00,60,30\n"
    source = {"files": [desk.put("c.csv", contacts)], "table": "contacts", "duration_unit": "s"}
    intake = desk.read({**source, "columns": {"talk_us": "talk", "wrap_us": "wrap"}})
    assert time_of(intake)["stated_us"] == 180_000_000
    assert time_of(intake)["duplicate_us"] == time_of(intake)["used_us"] == 90_000_000


def test_what_a_format_derives_is_told(desk):
    events = '<log><trace><string key="concept:name" value="1"/>'
    for word, hour in (("start", 9), ("complete", 11)):
        events += f'<event><string key="concept:name" value="A"/><string key="lifecycle:transition" value="{word}"/>'
        events += f'<string key="org:resource" value="r"/><date key="time:timestamp" value="2026-03-02T{hour:02d}:00:00Z"/></event>'
    name = desk.put("log.xes", f"{events}</trace></log>")
    time = time_of(desk.read({"files": [name], "adapter": "xes"}))
    assert (time["stated_us"], time["moved_us"], time["used_us"]) == (0, {"derived_time": 2 * HOUR_US}, 2 * HOUR_US)


def test_time_that_vanishes_without_a_word_stops_the_file(desk, monkeypatch):
    original = part.frame_of
    monkeypatch.setattr(part, "frame_of", lambda batch, columns: original(batch, columns).iloc[1:])
    with pytest.raises(DataProblem, match="so that no time is lost silently"):
        desk.spells(HEADER + "a,2026-03-02 09:00,2026-03-02 10:00,IDLE\nb,2026-03-02 09:00,2026-03-02 10:00,IDLE\n")


def test_sums_beyond_64_bits_are_exact():
    values = np.array([2**63 - 1, 2**63 - 1, -(2**63), 5], dtype=np.int64)
    assert seconds.exact_sum(values) == sum(int(value) for value in values)


# --- one column of time per state ---------------------------------------------------------------------------------------

TOTALS = "login,from,ready,talk,acw,break\na,2026-03-02 09:00,600,900,300,0\nb,2026-03-02 09:00,1500,,200,\n"


def wide(desk, content: str = TOTALS, **more):
    source = {
        "files": [desk.put("t.csv", content)],
        "table": "state_totals",
        "duration_unit": "s",
        "columns": {"agent": "login", "interval_start": "from", "length_s": {"value": 1800}},
        "totals": {"IDLE": "ready", "HANDLING": "talk", "ITEM_WORK": "acw", "BREAK": "break"},
    }
    return desk.read({**source, **more})


def test_a_column_per_state_becomes_a_row_per_state(desk):
    intake = wide(desk)
    table = intake.tables["state_totals"]
    assert table["state"].tolist() == ["IDLE", "HANDLING", "ITEM_WORK", "IDLE", "ITEM_WORK"]
    assert (table["us"] // 1_000_000).tolist() == [600, 900, 300, 1500, 200]
    assert table["source_row"].tolist() == [2, 2, 2, 3, 3]
    assert intake.files.loc[0, "used"] == 2
    assert time_of(intake)["stated_us"] == time_of(intake)["used_us"] == 3_500_000_000
    assert intake.states.set_index("state_raw")["hours"].round(4).to_dict() == {
        "HANDLING": 0.25,
        "IDLE": 0.5833,
        "ITEM_WORK": 0.1389,
    }


def test_a_wide_row_with_more_than_its_interval_is_rejected(desk):
    intake = wide(desk, TOTALS + "c,2026-03-02 09:00,1800,2,0,0\n")
    assert json.loads(intake.files.loc[0, "rejected"]) == {"more_than_interval": 1}
    assert time_of(intake)["rejected_us"] == {"more_than_interval": 1_802_000_000}


def test_states_that_overlap_by_design_are_shown_and_kept(desk, monkeypatch):
    form = format_of("generic")
    monkeypatch.setattr(part, "format_of", lambda _: type(form)(title="chats", overlapping=True))
    intake = wide(desk, TOTALS.replace("900", "1900"))
    assert json.loads(intake.files.loc[0, "rejected"]) == {}
    assert [finding.rows for finding in intake.findings if finding.code == "overlapping_totals"] == [1]


def test_a_code_without_a_meaning_stops_the_wide_table_with_its_hours(desk):
    with pytest.raises(DataProblem, match=r"1 state code without a meaning: 'PAUSE' \(1 row, 0\.2 h\)"):
        wide(desk, totals={"IDLE": "ready", "PAUSE": "talk"})


def test_totals_go_with_their_table_alone(desk):
    with pytest.raises(ValueError, match="totals go with table state_totals"):
        wide(desk, table="spells")


def test_a_format_that_derives_no_end_has_its_rows_rejected(desk, monkeypatch):
    form = format_of("generic")
    monkeypatch.setattr(part, "format_of", lambda _: type(form)(title="changes", finish=lambda batch, columns: None))
    monkeypatch.setattr(mapping, "format_of", lambda _: type(form)(title="changes", finish=lambda batch, columns: None))
    intake = desk.spells("agent,start,state\na,2026-03-02 09:00,IDLE\n")
    assert json.loads(intake.files.loc[0, "rejected"]) == {"missing_end": 1}
