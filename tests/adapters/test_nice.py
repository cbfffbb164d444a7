"""NICE CXone: a clock that never changes, states named by what people did, days and their codes."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.foundation.schema import DataProblem

LOG = "Agent_Session_ID,Agent_No,Agent_Name,StateIndex,Start_Date,Working,Available,Outstate_Code,Outstate,Log_State,Skill_No,Skill_Name,Duration\n"
BY_DAY = "Agent_No,Start_Date,Agent_State_Code,Duration\n"
FIXED = {"time_zone": "Etc/GMT-1"}


def log(*rows: tuple[str, int, str], who: str = "00731") -> str:
    """Return the log of one log-in: start as month/day/year and time, seconds, and Working,Available,Outstate_Code,Outstate."""
    last = len(rows) - 1
    lines = [
        f"7,{who},Ida,1,{start},{what},{0 if at == 0 else 2 if at == last else 1},88,claims,{seconds}\n"
        for at, (start, seconds, what) in enumerate(rows)
    ]
    return LOG + "".join(lines)


DAY = log(
    ("03/03/2026 08:00:00", 600, "0,1,,"),
    ("03/03/2026 08:10:00", 300, "1,0,,"),
    ("03/03/2026 08:15:00", 60, "0,0,-3,InboundPending"),
    ("03/03/2026 08:16:00", 120, "4,0,,"),
)


def through_the_night(zone: str) -> str:
    """Return half-hour states of the night in which Amsterdam sets its clocks forward, as a clock shows them."""
    starts = pd.date_range("2026-03-28 22:00", "2026-03-29 06:00", freq="30min", tz="UTC").tz_convert(zone)
    return log(*((start.strftime("%m/%d/%Y %H:%M:%S"), 1800, "0,1,,") for start in starts))


def test_states_are_named_by_contact_then_available_then_reason(exports):
    intake = exports.read("nice_agent_state_log", DAY, **FIXED)
    minutes = dict(zip(intake.states["state_raw"], (intake.states["hours"] * 60).round(6), strict=True))
    assert minutes == {"Available": 10, "Inbound Contact": 5, "InboundPending": 1, "Inbound Consult": 2}
    assert intake.tables["spells"]["start"].min().isoformat() == "2026-03-03T07:00:00+00:00"
    assert not {"Ida", "00731"} & set(intake.tables["spells"].to_csv().replace("\n", ",").split(","))


def test_the_clock_is_asked_for_where_clocks_change(exports):
    with pytest.raises(DataProblem, match="Europe/Amsterdam changes its clocks") as asked:
        exports.read("nice_agent_state_log", DAY)
    assert "Etc/GMT-1" in str(asked.value)
    with pytest.raises(DataProblem, match="changes its clocks"):
        exports.read("nice_agent_by_day", BY_DAY + "00731,03/13/2026,0,600\n")
    exports.client = exports.client.model_copy(update={"time_zone": "Asia/Kolkata"})
    exports.read("nice_agent_state_log", DAY)


@pytest.mark.parametrize(
    ("shown", "stated", "found"),
    [
        ("Etc/GMT-1", "Etc/GMT-1", False),
        ("Europe/Amsterdam", "Europe/Amsterdam", False),
        ("Etc/GMT-1", "Europe/Amsterdam", True),
        ("Europe/Amsterdam", "Etc/GMT-1", True),
    ],
)
def test_a_clock_that_contradicts_its_zone_is_told(exports, shown, stated, found):
    trap = exports.trap(
        exports.read("nice_agent_state_log", through_the_night(shown), time_zone=stated), "clock_without_changes"
    )
    assert (trap["rows"] > 0) is found
    if found:
        assert ("does not follow" in trap["words"]) is (shown == "Etc/GMT-1")


def test_times_that_clocks_skipped_prove_a_clock_that_never_changes(exports):
    intake = exports.read("nice_agent_state_log", through_the_night("Etc/GMT-1"), time_zone="Europe/Amsterdam")
    assert set(intake.rejects["reason"]) == {"dst_nonexistent"}
    assert exports.trap(intake, "clock_without_changes")["words"].startswith("2 rows at times that clocks skipped")


def test_dates_without_times_are_asked_about(exports):
    text = DAY.replace(" 08:00:00", "").replace(" 08:10:00", "").replace(" 08:15:00", "").replace(" 08:16:00", "")
    with pytest.raises(DataProblem, match="holds no time of day"):
        exports.read("nice_agent_state_log", text, **FIXED)


def test_states_without_a_length_are_asked_about(exports):
    text = "\n".join(line.rpartition(",")[0] for line in DAY.splitlines()) + "\n"
    with pytest.raises(DataProblem, match="no column says how long a state lasted"):
        exports.read("nice_agent_state_log", text, **FIXED)


def test_log_ins_cut_off_and_contacts_beside_available_are_told(exports):
    whole = exports.read("nice_agent_state_log", DAY, **FIXED)
    assert exports.trap(whole, "log_in_cut_off")["rows"] == 0
    assert exports.trap(whole, "several_contacts")["rows"] == 0
    cut = exports.read("nice_agent_state_log", DAY.replace(",2,88", ",1,88").replace("1,0,,", "1,1,,"), **FIXED)
    assert exports.trap(cut, "log_in_cut_off")["rows"] == 4
    assert exports.trap(cut, "several_contacts")["rows"] == 1
    assert "Inbound Contact" in set(cut.states["state_raw"])


def test_days_hold_codes_and_own_codes_are_asked_for(exports):
    rows = "00731,03/13/2026,0,6000\n00731,03/13/2026,-9,60\n00731,03/13/2026,-12,30\n00731,03/13/2026,0,500\n"
    intake = exports.read("nice_agent_by_day", BY_DAY + rows, **FIXED)
    totals = intake.tables["state_totals"]
    assert (totals.groupby("state")["us"].sum() // 1_000_000).to_dict() == {"IDLE": 6500, "RESERVED": 60, "WORK": 30}
    assert totals["length_s"].unique() == [86_400.0]
    assert exports.trap(intake, "system_states")["rows"] == 2
    assert exports.trap(intake, "state_twice_a_day")["rows"] == 2
    with pytest.raises(DataProblem, match=r"'23' \(1 row, 0.2 h\)"):
        exports.read("nice_agent_by_day", BY_DAY + "00731,03/13/2026,23,600\n", **FIXED)


def test_days_of_a_clock_that_changes_have_their_real_length(exports):
    intake = exports.read("nice_agent_by_day", BY_DAY + "00731,03/29/2026,0,6000\n", time_zone="Europe/Amsterdam")
    assert intake.tables["state_totals"]["length_s"].tolist() == [82_800.0]
