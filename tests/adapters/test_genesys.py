"""Genesys: what its exports hide is found on planted rows and not on clean ones."""

from __future__ import annotations

import json

import pytest

from analysis.foundation.schema import DataProblem

TIMELINE = "Agent Id,Status,Start Time,End Time,Duration\n"
DAY = (
    "00731,Idle,2026-03-03 08:00:00,2026-03-03 08:10:00,0:10:00\n"
    "00731,Interacting,2026-03-03 08:10:00,2026-03-03 08:20:00,0:10:00\n"
    "00731,Available,2026-03-03 08:20:00,2026-03-03 08:25:00,0:05:00\n"
)
SIGN_OFF = "00731,Offline,2026-03-03 08:25:00,2026-03-03 18:00:00,9:35:00\n"


def test_the_last_state_is_missing_unless_it_is_a_sign_off(exports):
    cut = exports.read("genesys_status_timeline", TIMELINE + DAY)
    assert exports.trap(cut, "last_state_missing")["rows"] == 1
    whole = exports.read("genesys_status_timeline", TIMELINE + DAY + SIGN_OFF)
    assert exports.trap(whole, "last_state_missing")["rows"] == 0


def test_durations_in_another_unit_are_told(exports):
    header, rows = TIMELINE.replace(",End Time", ""), DAY.splitlines()
    plain = "\n".join(",".join([*row.split(",")[:3], "600000"]) for row in rows) + "\n"
    right = exports.read("genesys_status_timeline", header + plain, duration_unit="ms")
    assert exports.trap(right, "duration_unit")["rows"] == 0
    wrong = exports.read("genesys_status_timeline", header + plain, duration_unit="s")
    assert exports.trap(wrong, "duration_unit")["rows"] == 2


def test_idle_in_an_export_of_presence_alone_is_a_locked_screen(exports):
    both = exports.read("genesys_status_timeline", TIMELINE + DAY)
    assert exports.trap(both, "screen_locked")["rows"] == 0
    alone = exports.read("genesys_status_timeline", TIMELINE + DAY.replace("Interacting", "On Queue"))
    found = exports.trap(alone, "screen_locked")
    assert found["rows"] == 1
    assert "AWAY" in found["words"]


def test_available_is_not_waiting_for_contacts(exports):
    intake = exports.read("genesys_status_timeline", TIMELINE + DAY)
    assert exports.trap(intake, "available_off_queue")["rows"] == 1
    assert intake.states.set_index("state_raw").loc["Available", "state"] == "AWAY"


INTERVALS = "Interval Start,Interval End,Interval Complete,Agent Id,Logged In,On Queue,Idle,Off Queue,Interacting\n"
HALF_HOUR = "2026-03-03T08:00:00Z,2026-03-03T08:30:00Z,true,00731,1800,1500,600,300,800\n"


def test_what_sums_hold_beyond_their_parts_is_on_duty_kind_unknown(exports):
    intake = exports.read("genesys_status_intervals", INTERVALS + HALF_HOUR, duration_unit="s")
    seconds = intake.states.set_index("state_raw")["hours"] * 3600
    assert seconds.round().to_dict() == {
        "Idle": 600,
        "Interacting": 800,
        "On Queue, not told apart": 100,
        "Off Queue, not told apart": 300,
    }
    assert intake.tables["state_totals"]["us"].sum() == 1_800_000_000
    assert exports.trap(intake, "off_queue_not_told_apart")["rows"] == 1
    for clean in ("incomplete_intervals", "duration_unit", "coarse_intervals"):
        assert exports.trap(intake, clean)["rows"] == 0


def test_states_beyond_their_sum_are_told_and_stay(exports):
    intake = exports.read(
        "genesys_status_intervals",
        INTERVALS + HALF_HOUR.replace("1800,1500,600,300,800", "1750,1500,600,200,950"),
        duration_unit="s",
    )
    assert "parts_exceed_sum" in {finding.code for finding in intake.findings}
    assert set(intake.states["state_raw"]) == {"Idle", "Interacting", "Off Queue, not told apart"}


def test_intervals_that_mislead_are_told(exports):
    unfinished = HALF_HOUR.replace("true", "false")
    intake = exports.read("genesys_status_intervals", INTERVALS + unfinished, duration_unit="ms")
    assert exports.trap(intake, "incomplete_intervals")["rows"] == 1
    assert exports.trap(intake, "duration_unit")["rows"] == 1
    day = HALF_HOUR.replace("T08:30", "T20:00")
    assert (
        exports.trap(exports.read("genesys_status_intervals", INTERVALS + day, duration_unit="s"), "coarse_intervals")[
            "rows"
        ]
        == 1
    )


def test_an_interval_is_as_long_as_its_end_says_over_a_clock_change(exports):
    row = HALF_HOUR.replace("2026-03-03T08:00:00Z,2026-03-03T08:30:00Z", "2026-03-29 00:00,2026-03-30 00:00")
    intake = exports.read("genesys_status_intervals", INTERVALS + row, duration_unit="s")
    assert intake.tables["state_totals"]["length_s"].unique().tolist() == [23 * 3600]


SESSIONS = (
    "User,Start Time,End Time,Duration\n"
    "00731,N/A,2026-03-01 17:00:00,N/A\n"
    "00731,2026-03-03 08:00:00,2026-03-03 16:00:00,8:00:00\n"
    "00731,2026-03-04 08:00:00,N/A,N/A\n"
)


def test_sessions_that_the_report_shows_by_half_are_left_out_and_told(exports):
    intake = exports.read("genesys_login_logout", SESSIONS)
    assert json.loads(intake.files["excluded"][0]) == {"began_before_report": 1, "open_at_end_of_report": 1}
    assert exports.trap(intake, "half_sessions")["rows"] == 2
    assert exports.trap(intake, "long_sessions")["rows"] == 0


def test_a_session_that_nobody_ended_is_told(exports):
    row = "00731,2026-03-03 08:00:00,2026-03-04 16:00:00,32:00:00\n"
    intake = exports.read("genesys_login_logout", SESSIONS.splitlines(keepends=True)[0] + row)
    assert exports.trap(intake, "long_sessions")["rows"] == 1
    assert exports.trap(intake, "half_sessions")["rows"] == 0


HISTORY = (
    "Interval Start UTC Date,Queue,Media Type,Skill Set,Language,Offered,Interactions Handled,Total Handle Time (Seconds)\n"
    "2026-03-03T08:15:00Z,claims,Voice,a,en,4,3,600\n"
    "2026-03-03T08:15:00Z,claims,Voice,a|||b,en,2,2,300\n"
    "2026-03-03T08:15:00Z,claims,Email,a,en,1,3,0\n"
)


def test_skill_sets_add_up_and_media_types_stay_apart(exports):
    intake = exports.read("genesys_wfm_history", HISTORY)
    found = intake.tables["volumes"].set_index("queue")
    assert found.loc["claims / voice", ["offered", "answered", "handle_us"]].tolist() == [6, 5, 900_000_000]
    assert found.loc["claims / email", "offered"] == 1
    assert found["start"].iloc[0].isoformat() == "2026-03-03T08:15:00+00:00"
    assert exports.trap(intake, "handled_beyond_offered")["rows"] == 1
    assert exports.trap(intake, "time_without_contacts")["rows"] == 1
    alone = exports.read("genesys_wfm_history", "".join(HISTORY.splitlines(keepends=True)[:3]))
    assert alone.tables["volumes"]["queue"].tolist() == ["claims"]
    assert not alone.traps["rows"].any()


def test_intervals_that_never_start_at_a_quarter_are_a_question(exports):
    rows = "".join(f"2026-03-03T{8 + at // 2:02d}:{at % 2 * 30:02d}:00Z,claims,Voice,,,1,1,60\n" for at in range(8))
    header = HISTORY.splitlines(keepends=True)[0]
    with pytest.raises(DataProblem, match="length_s"):
        exports.read("genesys_wfm_history", header + rows)
    answered = exports.read("genesys_wfm_history", header + rows, columns={"length_s": {"value": "1800"}})
    assert answered.tables["volumes"]["length_s"].unique().tolist() == [1800]
