"""Five9: a clock that must be stated, states by lead, days whose parts are counted once, calls that are told apart."""

from __future__ import annotations

import pytest

from analysis.foundation.schema import DataProblem

PACIFIC = {"time_zone": "America/Los_Angeles"}
STATES = "TIME,AGENT,STATE,REASON CODE,SKILL AVAILABILITY,CALL ID,CALL TYPE\n"
DAY = (
    '"Tue, 03 Mar 2026 06:00:00",00731,Login,,,,\n'
    '"Tue, 03 Mar 2026 06:00:00",00731,Not Ready,,,,\n'
    '"Tue, 03 Mar 2026 06:06:00",00731,Ready,,claims,,\n'
    '"Tue, 03 Mar 2026 06:12:00",00731,On Call,,claims,c1,Inbound\n'
    '"Tue, 03 Mar 2026 06:30:00",00731,Ready,,None,,\n'
    '"Tue, 03 Mar 2026 06:36:00",00731,Logout,,,,\n'
)
CALLS = (
    "CALL ID,TIMESTAMP,CAMPAIGN,CALL TYPE,AGENT,ANI,DNIS,CALL TIME,QUEUE WAIT TIME,RING TIME,TALK TIME,HOLD TIME,PARK TIME,"
    "AFTER CALL WORK TIME,TRANSFERS,ABANDONED\n"
)
CALL = 'c1,"Thu, 05 Mar 2026 14:51:34",claims,{kind},00731,2025550143,8005550199,{call},0:00:20,0:00:10,0:04:00,{hold},0:00:00,0:00:30,0,0\n'
SUMMARY = (
    "Date,Agent Name,LOGIN TIME,NOT READY TIME,NOT READY TIME count,AVAILABLE TIME (LOGIN LESS NOT READY),CALLS count,ON CALL TIME,TALK TIME,"
    "AFTER CALL WORK TIME\n"
)
SHIFT = "2026-03-{day},Ida Brandt,{login},1:00:00,4,7:00:00,30,4:00:00,{talk},1:00:00\n"


@pytest.mark.parametrize(
    ("adapter", "text"),
    [
        ("five9_agent_state", STATES + DAY),
        ("five9_call_log", CALLS + CALL.format(kind="Inbound", call="0:05:30", hold="0:01:00")),
        ("five9_agent_summary", SUMMARY + SHIFT.format(day="03", login="8:00:00", talk="3:50:00")),
    ],
)
def test_the_clock_must_be_stated(exports, adapter, text):
    with pytest.raises(DataProblem, match="carry no zone") as asked:
        exports.read(adapter, text)
    assert "Etc/GMT+8" in str(asked.value)
    exports.read(adapter, text, **PACIFIC)


def test_stamps_with_an_offset_need_no_zone(exports):
    text = STATES + DAY.replace('00"', '00 -08:00"')
    spells = exports.read("five9_agent_state", text).tables["spells"]
    assert spells["start"].min().isoformat() == "2026-03-03T14:00:00+00:00"


def test_states_last_until_the_next(exports):
    intake = exports.read("five9_agent_state", STATES + DAY, **PACIFIC)
    hours = dict(zip(intake.states["state_raw"], intake.states["hours"].round(6), strict=True))
    assert hours == {"Login": 0, "Not Ready": 0.1, "Ready": 0.2, "On Call": 0.3, "Logout": 0}
    skills, reason = (exports.trap(intake, code) for code in ("ready_without_skills", "not_ready_without_reason"))
    assert (skills["rows"], reason["rows"]) == (1, 1)
    assert "0.10 h of Ready" in skills["words"]
    with pytest.raises(DataProblem, match="'Not Ready Lunch'"):
        exports.read("five9_agent_state", STATES + DAY.replace("Not Ready,,", "Not Ready,Lunch,"), **PACIFIC)


def test_a_new_login_does_not_end_a_state_of_the_day_before(exports):
    again = DAY.replace("Logout", "Ready") + DAY.replace("03 Mar", "04 Mar").replace("Tue", "Wed")
    intake = exports.read("five9_agent_state", STATES + again, **PACIFIC)
    assert intake.rejects[["row", "reason"]].to_numpy().tolist() == [[7, "missing_end"]]


def test_names_are_told_where_there_is_no_identifier(exports):
    assert exports.trap(exports.read("five9_agent_state", STATES + DAY, **PACIFIC), "names_as_keys")["rows"] == 6
    known = exports.read("five9_agent_state", STATES.replace("AGENT", "AGENT ID") + DAY, **PACIFIC)
    assert exports.trap(known, "names_as_keys")["rows"] == 0


def test_a_call_is_a_contact_of_its_campaign_and_numbers_of_customers_are_not_read(exports):
    intake = exports.read(
        "five9_call_log", CALLS + CALL.format(kind="Inbound", call="0:05:30", hold="0:01:00"), **PACIFIC
    )
    contact = intake.tables["contacts"].to_dict("records")[0]
    assert contact["offered_at"].isoformat() == "2026-03-05T22:51:34+00:00"
    assert (contact["queue"], contact["direction"], contact["abandoned"]) == ("claims", "in", False)
    assert [contact[f"{part}_us"] // 1_000_000 for part in ("talk", "hold", "wrap")] == [240, 60, 30]
    assert "2025550143" not in intake.tables["contacts"].to_csv()
    for code in ("hold_in_talk", "parts_beyond_call", "call_in_several_rows", "internal_calls"):
        assert exports.trap(intake, code)["rows"] == 0


def test_hold_inside_talk_and_parts_beyond_the_call_are_told(exports):
    inside = exports.read(
        "five9_call_log", CALLS + CALL.format(kind="Manual", call="0:04:30", hold="0:01:00"), **PACIFIC
    )
    assert exports.trap(inside, "hold_in_talk")["rows"] == 1
    assert exports.trap(inside, "parts_beyond_call")["rows"] == 1
    assert inside.tables["contacts"]["direction"].tolist() == ["out"]
    short = exports.read(
        "five9_call_log", CALLS + CALL.format(kind="Manual", call="0:03:50", hold="0:00:00"), **PACIFIC
    )
    assert exports.trap(short, "hold_in_talk")["rows"] == 0
    assert exports.trap(short, "parts_beyond_call")["rows"] == 1


def test_parts_of_a_call_and_calls_between_colleagues_are_told(exports):
    one, two = (CALL.format(kind=kind, call="0:05:30", hold="0:01:00") for kind in ("Internal", "Inbound"))
    intake = exports.read("five9_call_log", CALLS + one + two, **PACIFIC)
    assert exports.trap(intake, "call_in_several_rows")["rows"] == 2
    assert exports.trap(intake, "internal_calls")["rows"] == 1
    assert intake.tables["contacts"]["direction"].isna().sum() == 1


def test_a_day_counts_its_parts_once_and_has_its_real_length(exports):
    rows = "".join(SHIFT.format(day=day, login="8:00:00", talk="3:50:00") for day in ("28", "29"))
    intake = exports.read("five9_agent_summary", SUMMARY + rows, time_zone="Europe/Amsterdam")
    totals = intake.tables["state_totals"]
    assert (totals.groupby("state")["us"].sum() // 3_600_000_000).to_dict() == {"AWAY": 2, "HANDLING": 10, "IDLE": 4}
    assert totals.groupby("interval_start")["length_s"].first().tolist() == [86_400.0, 82_800.0]
    assert exports.trap(intake, "login_identity")["rows"] == 0
    assert exports.trap(intake, "talk_beyond_on_call")["rows"] == 0


def test_days_that_do_not_add_up_are_told(exports):
    rows = SHIFT.format(day="03", login="8:30:00", talk="4:10:00")
    intake = exports.read("five9_agent_summary", SUMMARY + rows, time_zone="Europe/Amsterdam")
    assert "0.50 h apart" in exports.trap(intake, "login_identity")["words"]
    assert exports.trap(intake, "talk_beyond_on_call")["rows"] == 1
