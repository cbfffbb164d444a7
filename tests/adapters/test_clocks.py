"""The clock of an export says when something was; the people in it live on the client's clock."""

from __future__ import annotations

import pytest

LOG = (
    "Agent_Session_ID,Agent_No,StateIndex,Start_Date,Working,Available,Outstate,Log_State,Duration\n"
    "7,00731,1,{start},0,1,,0,1800\n"
)
STATES = "TIME,AGENT,STATE,SKILL AVAILABILITY,CALL ID,CALL TYPE\n{day} {hour}:00:00,00731,Ready,claims,,\n{day} {hour}:30:00,00731,Logout,,,\n"


def zone_of_people(intake) -> list[str]:
    """Return the zones on the roster."""
    return intake.tables["roster"]["time_zone"].unique().tolist()


@pytest.mark.parametrize("zone", ["Etc/GMT-1", "UTC", "America/New_York"])
def test_people_of_a_system_with_its_own_clock_are_on_the_clients(exports, zone):
    intake = exports.read("nice_agent_state_log", LOG.format(start="03/13/2026 10:00:00"), time_zone=zone)
    assert zone_of_people(intake) == ["Europe/Amsterdam"]


@pytest.mark.parametrize(("zone", "found"), [("America/New_York", "America/New_York"), ("UTC", "Europe/Amsterdam")])
def test_people_of_a_site_are_on_its_clock_unless_nobody_lives_by_it(exports, zone, found):
    text = "Agent Id,Status,Start Time,End Time\n00731,Idle,2026-03-13 10:00,2026-03-13 10:30\n"
    intake = exports.read("genesys_status_timeline", text, time_zone=zone)
    assert zone_of_people(intake) == [found]


@pytest.mark.parametrize(
    ("day", "hour", "used"),
    [("2026-03-01", "14", 0), ("2026-03-01", "15", 2), ("2026-04-26", "14", 2), ("2026-04-26", "15", 0)],
)
def test_the_days_of_the_period_are_the_clients(exports, day, hour, used):
    intake = exports.read("five9_agent_state", STATES.format(day=day, hour=hour), time_zone="America/Los_Angeles")
    assert intake.files["used"].sum() == used
