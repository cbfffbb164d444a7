"""Cisco: states by lead, times of several skill groups and media, clocks; what each export hides is told."""

from __future__ import annotations

import pytest

from analysis.foundation.schema import DataProblem

DATABASE = "agentID,eventDateTime,gmtOffset,eventType,reasonCode,profileID\n"
REPORT = "Agent Name,Extension,State Transition Time,Agent State,Reason Code,Duration\n"


def uccx(*events: str) -> str:
    """Return rows of the database: agent, time, offset, event, reason, profile."""
    rows = [event.split() for event in events]
    return DATABASE + "".join(f"{who},2026-03-03 {clock}:00.000,{rest}\n" for who, clock, rest in rows)


DAY = uccx("00731 08:00 0,1,0,1", "00731 08:00 0,2,32760,1", "00731 08:01 0,3,0,1", "00731 08:31 0,7,0,1")


def minutes(intake) -> dict[str, float]:
    """Return the minutes of each of the client's codes."""
    table = intake.states
    return dict(zip(table["state_raw"], (table["hours"] * 60).round(6), strict=True))


def test_reasons_are_part_of_the_code(exports):
    assert minutes(exports.read("cisco_uccx_agent_state", DAY)) == {
        "Log In": 0,
        "Not Ready 32760": 1,
        "Ready": 30,
        "Log Out": 0,
    }
    with pytest.raises(DataProblem, match=r"'Not Ready 101' \(1 row, 0.0 h\)"):
        exports.read("cisco_uccx_agent_state", DAY.replace("32760", "101"))


def test_the_database_is_in_gmt_unless_the_source_says_otherwise(exports):
    first = exports.read("cisco_uccx_agent_state", DAY).tables["spells"]["start"].min()
    assert first.isoformat() == "2026-03-03T08:00:00+00:00"
    stated = exports.read("cisco_uccx_agent_state", DAY, time_zone="America/New_York")
    assert stated.tables["spells"]["start"].min().isoformat() == "2026-03-03T13:00:00+00:00"


def test_the_report_has_its_own_words_clock_and_durations(exports):
    rows = (
        "Ida Brandt,4001,2026-03-03 09:00:00,Login,0,0:00:00\n"
        "Ida Brandt,4001,2026-03-03 09:00:00,Talk,0,0:10:00\n"
        "Ida Brandt,4001,2026-03-03 09:10:00,Not Ready,32763,0:01:30\n"
        "Ida Brandt,4001,2026-03-03 09:11:30,Logout,32765,\n"
    )
    intake = exports.read("cisco_uccx_agent_state", REPORT + rows)
    assert minutes(intake) == {"Log In": 0, "Talking": 10, "Not Ready 32763": 1.5, "Log Out": 0}
    assert intake.tables["spells"]["start"].min().isoformat() == "2026-03-03T08:00:00+00:00"
    assert exports.trap(intake, "names_as_keys")["rows"] == 4
    assert not exports.trap(intake, "gmt_offset")["tested"]
    assert exports.trap(exports.read("cisco_uccx_agent_state", DAY), "names_as_keys")["rows"] == 0


def test_an_offset_in_a_database_in_gmt_is_told(exports):
    assert exports.trap(exports.read("cisco_uccx_agent_state", DAY), "gmt_offset")["rows"] == 0
    odd = exports.read("cisco_uccx_agent_state", DAY.replace(",0,3,0,1", ",60,3,0,1"))
    assert exports.trap(odd, "gmt_offset")["rows"] == 1


def test_what_the_system_set_is_told_apart_from_what_people_chose(exports):
    text = uccx("a 08:00 0,2,32763,1", "a 08:02 0,2,0,1", "a 08:12 0,2,32759,1", "a 08:15 0,7,0,1")
    intake = exports.read("cisco_uccx_agent_state", text)
    system, bare = (exports.trap(intake, code) for code in ("not_ready_by_system", "not_ready_without_reason"))
    assert (system["rows"], bare["rows"]) == (2, 1)
    assert "0.08 h" in system["words"]
    assert "1 of them after a call" in system["words"]
    assert "0.17 h" in bare["words"]


def test_an_agent_under_two_profiles_is_told(exports):
    text = uccx("a 08:00 0,3,0,1", "a 08:02 0,5,0,2", "a 08:12 0,7,0,1", "b 08:00 0,3,0,1", "b 08:15 0,7,0,1")
    assert exports.trap(exports.read("cisco_uccx_agent_state", text), "several_profiles")["rows"] == 3
