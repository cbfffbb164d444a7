"""Cisco: states by lead, times of several skill groups and media, clocks; what each export hides is told."""

from __future__ import annotations

import pytest

from analysis.foundation.schema import DataProblem
from analysis.intake import Source, read_sources
from analysis.synthetic.vendors import write_export
from analysis.synthetic.vendors.world import KINDS, vendor_world

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


def test_numbers_before_names_of_states_are_no_part_of_them(exports):
    named = DAY.replace(",2,32760", ",2 Not Ready,32760").replace(",3,0", ",3 Ready,0").replace(",7,0", ",7 Log Out,0")
    assert minutes(exports.read("cisco_uccx_agent_state", named)) == minutes(
        exports.read("cisco_uccx_agent_state", DAY)
    )


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


INTERVAL = "DateTime,TimeZone,SkillTargetID,MRDomainID,LoggedOnTime,AvailTime,NotReadyTime\n"
HALF_HOUR = "DateTime,TimeZone,SkillTargetID,MRDomainID,LoggedOnTimeToHalf,AvailTimeToHalf,NotReadyTimeToHalf\n"
GROUPS = "DateTime,TimeZone,SkillTargetID,SkillGroupSkillTargetID,TalkInTime,HoldTime,BusyOtherTime,CallsHandled\n"


def test_an_interval_is_waiting_and_not_ready_and_the_rest_is_told(exports):
    intake = exports.read("cisco_ucce_agent_interval", INTERVAL + "2026-03-03 09:00:00,-60,7001,1,1800,900,300\n")
    totals = intake.tables["state_totals"]
    assert dict(zip(totals["state"], totals["us"], strict=True)) == {"IDLE": 900_000_000, "AWAY": 300_000_000}
    assert totals["interval_start"].iloc[0].isoformat() == "2026-03-03T08:00:00+00:00"
    rest = exports.trap(intake, "time_in_skill_groups")
    assert rest["rows"] == 1
    assert "0.17 h signed on" in rest["words"]
    assert exports.trap(intake, "more_than_signed_on")["rows"] == 0
    assert not exports.trap(intake, "controller_clock")["rows"]


def test_half_hour_tables_of_older_releases(exports):
    intake = exports.read("cisco_ucce_agent_interval", HALF_HOUR + "2026-03-03 09:00:00,-60,7001,1,600,500,100\n")
    assert intake.tables["state_totals"]["us"].sum() == 600_000_000
    assert intake.tables["state_totals"]["length_s"].unique() == [1800.0]


@pytest.mark.parametrize(
    ("clock", "logged", "length"),
    [("09:15", 600, 900), ("09:30", 1200, 1800), ("09:45", 900, 900), ("09:30", 600, None)],
)
def test_the_length_of_intervals_is_shown_or_asked(exports, clock, logged, length):
    text = INTERVAL + f"2026-03-03 {clock}:00,-60,7001,1,{logged},{logged},0\n"
    if length is None:
        with pytest.raises(DataProblem, match="Set length_s"):
            exports.read("cisco_ucce_agent_interval", text)
        intake, length = exports.read("cisco_ucce_agent_interval", text, columns={"length_s": {"value": 1800}}), 1800
    else:
        intake = exports.read("cisco_ucce_agent_interval", text)
    assert intake.tables["state_totals"]["length_s"].unique() == [length]


def test_offsets_are_read_west_and_east_only_where_that_fits(exports):
    rows = "2026-03-03 09:00:00,{0},7001,1,1800,1800,0\n"
    east = exports.read("cisco_ucce_agent_interval", INTERVAL + rows.format(60))
    assert east.tables["state_totals"]["interval_start"].iloc[0].isoformat() == "2026-03-03T08:00:00+00:00"
    assert "time_zone_east" in {finding.code for finding in east.findings}
    with pytest.raises(
        DataProblem, match="TimeZone says 300 minutes from UTC, which is not the clock of Europe/Amsterdam"
    ):
        exports.read("cisco_ucce_agent_interval", INTERVAL + rows.format(300))
    stated = exports.read("cisco_ucce_agent_interval", INTERVAL + rows.format(300), time_zone="America/New_York")
    assert stated.tables["state_totals"]["interval_start"].iloc[0].isoformat() == "2026-03-03T14:00:00+00:00"


@pytest.mark.parametrize("offset", ["1e300", "99999", "west", ""])
def test_an_offset_that_none_can_be_is_not_one(exports, offset):
    rows = "".join(f"2026-03-{day:02d} 09:00:00,-60,7001,1,1800,1800,0\n" for day in range(2, 27))
    intake = exports.read(
        "cisco_ucce_agent_interval", INTERVAL + rows + f"2026-03-27 09:00:00,{offset},7001,1,1800,1800,0\n"
    )
    assert intake.tables["state_totals"]["interval_start"].max().isoformat() == "2026-03-27T08:00:00+00:00"


def test_a_server_that_changes_its_clock_late_is_told(exports):
    rows = [f"2026-03-{day:02d} 09:00:00,-60,7001,1,1800,1800,0\n" for day in range(2, 28)]
    late = "2026-03-29 09:00:00,-60,7001,1,1800,1800,0\n"
    found = exports.trap(exports.read("cisco_ucce_agent_interval", INTERVAL + "".join(rows) + late), "controller_clock")
    assert found["rows"] == 1


def test_media_side_by_side_are_kept_and_told(exports):
    rows = "2026-03-03 09:00:00,-60,7001,1,1800,1700,100\n2026-03-03 09:00:00,-60,7001,5000,1800,1800,0\n"
    both = exports.read("cisco_ucce_agent_interval", INTERVAL + rows)
    found = exports.trap(both, "several_media")
    assert found["rows"] == 2
    assert "0.50 h beyond the intervals" in found["words"]
    assert sorted(both.tables["state_totals"]["channel"].unique()) == ["1", "5000"]
    voice = exports.read("cisco_ucce_agent_interval", INTERVAL + rows, exclude={"MRDomainID": ["5000"]})
    assert exports.trap(voice, "several_media")["rows"] == 0
    full = exports.read("cisco_ucce_agent_interval", INTERVAL + rows.replace("1700,", "1900,"))
    assert full.rejects["reason"].tolist() == ["more_than_interval"]
    more = exports.read("cisco_ucce_agent_interval", INTERVAL + "2026-03-03 09:00:00,-60,7001,1,1500,1450,100\n")
    assert exports.trap(more, "more_than_signed_on")["rows"] == 1


def test_missing_skill_groups_show_as_work_elsewhere(exports):
    both = "2026-03-03 09:00:00,-60,7001,5001,1000,50,400,5\n2026-03-03 09:00:00,-60,7001,5002,300,100,1050,2\n"
    whole = exports.read("cisco_ucce_skill_group_interval", GROUPS + both)
    assert whole.tables["state_totals"]["us"].sum() == 1450 * 1_000_000
    assert exports.trap(whole, "missing_skill_groups")["rows"] == 0
    more = both.replace("400,5", "760,5").replace("1050,2", "1770,2")
    part = exports.trap(exports.read("cisco_ucce_skill_group_interval", GROUPS + more), "missing_skill_groups")
    assert part["rows"] == 2
    assert "0.20 h at least" in part["words"], "360 s in one row and 720 s in the other: 720 s are missing"


def test_work_side_by_side_and_repeated_rows_are_told(exports):
    rows = "2026-03-03 09:00:00,-60,7001,5001,1000,50,0,5\n2026-03-03 09:00:00,-60,7001,5001,1000,60,0,5\n"
    intake = exports.read("cisco_ucce_skill_group_interval", GROUPS + rows)
    assert exports.trap(intake, "rows_repeated")["rows"] == 2
    assert exports.trap(intake, "side_by_side")["rows"] == 2
    assert intake.tables["state_totals"]["us"].sum() == 2110 * 1_000_000


def test_a_table_of_groups_is_not_read_as_people(exports):
    text = "DateTime,TimeZone,SkillTargetID,TalkInTime,WorkReadyTime\n2026-03-03 09:00:00,-60,5001,1000,50\n"
    with pytest.raises(DataProblem, match="may be groups and not people"):
        exports.read("cisco_ucce_skill_group_interval", text)
    intake = exports.read("cisco_ucce_skill_group_interval", text, columns={"agent": "SkillTargetID"})
    assert len(intake.tables["state_totals"]) == 2


@pytest.mark.parametrize("season", ["spring", "autumn"])
def test_both_interval_tables_together_hold_every_second_once(tmp_path, season):
    made = [
        write_export(f"cisco_ucce_{name}", tmp_path, season=season)
        for name in ("agent_interval", "skill_group_interval")
    ]
    sources = [Source(**{**export.source, "exclude": {"MRDomainID": ["5000"]}}) for export, _ in made[:1]]
    sources += [Source(**made[1][0].source)]
    totals = read_sources(sources, client=made[0][1], root=tmp_path, key=bytes(32)).tables["state_totals"]
    found = totals.groupby("state")["us"].sum() // 1_000_000
    world = vendor_world(season=season)
    away = dict.fromkeys(("AWAY", "BREAK", "SUPPORT", "OUTAGE"), "AWAY")
    seconds = (world.stretches["end"] - world.stretches["start"]).dt.total_seconds()
    truth = seconds.groupby(world.stretches["kind"].map(KINDS).replace(away)).sum()
    assert found.to_dict() == truth.astype(int).to_dict()
