"""States that last until the same person's next row: what ends them, and what leaves their end unknown."""

from __future__ import annotations

import pytest

HEADER = "agentID,eventDateTime,gmtOffset,eventType,reasonCode,profileID\n"


def log(*events: str) -> str:
    """Return a log of one person's changes: hour and minute, then the type of event."""
    rows = (event.split() for event in events)
    return HEADER + "".join(f"00731,2026-03-{day} {clock}:00,0,{kind},0,1\n" for day, clock, kind in rows)


def lengths(intake) -> list[tuple[str, float]]:
    """Return state and minutes of each spell, in the order of time."""
    spells = intake.tables["spells"].sort_values("start", kind="stable")
    minutes = (spells["end"] - spells["start"]).dt.total_seconds() / 60
    return list(zip(spells["state"], minutes, strict=True))


def test_a_state_lasts_until_the_next_row_and_a_sign_off_holds_no_time(exports):
    intake = exports.read("cisco_uccx_agent_state", log("03 08:00 1", "03 08:00 3", "03 08:10 5", "03 08:15 7"))
    assert lengths(intake) == [("WORK", 0), ("IDLE", 10), ("HANDLING", 5), ("OFF", 0)]


def test_rows_at_one_moment_keep_their_order_in_files_with_the_newest_first(exports):
    events = ["03 08:00 1", "03 08:00 3", "03 08:10 5", "03 08:10 6", "03 08:15 7"]
    forward = exports.read("cisco_uccx_agent_state", log(*events))
    backward = exports.read("cisco_uccx_agent_state", log(*events[::-1]))
    assert sorted(lengths(forward)) == sorted(lengths(backward))
    assert ("HANDLING", 5) in lengths(backward)
    assert ("WORK", 0) in lengths(backward)


def test_the_last_row_without_a_sign_off_has_no_end(exports):
    intake = exports.read("cisco_uccx_agent_state", log("03 08:00 1", "03 08:00 3", "03 08:10 5"))
    assert intake.rejects[["row", "reason"]].to_numpy().tolist() == [[4, "missing_end"]]


def test_a_new_sign_on_does_not_end_the_state_of_the_day_before(exports):
    intake = exports.read(
        "cisco_uccx_agent_state", log("03 20:00 1", "03 20:00 3", "04 08:00 1", "04 08:00 3", "04 09:00 7")
    )
    assert lengths(intake) == [("WORK", 0), ("WORK", 0), ("IDLE", 60), ("OFF", 0)]
    assert intake.rejects["row"].tolist() == [3]
    assert "sign_off_missing" in {finding.code for finding in intake.findings}


def test_a_state_over_a_night_ends_at_the_cap(exports):
    events = log("03 08:00 1", "03 08:00 3", "04 08:00 5", "04 08:05 7")
    intake = exports.read("cisco_uccx_agent_state", events)
    assert ("IDLE", 16 * 60) in lengths(intake)
    assert "open_state_capped" in {finding.code for finding in intake.findings}
    shorter = exports.read("cisco_uccx_agent_state", events, open_end_cap_h=2)
    assert ("IDLE", 120) in lengths(shorter)


def test_a_cap_of_nothing_takes_no_end_from_the_next_row(exports):
    intake = exports.read("cisco_uccx_agent_state", log("03 08:00 1", "03 08:00 3", "03 08:10 7"), open_end_cap_h=0)
    assert lengths(intake) == [("OFF", 0)]
    assert set(intake.rejects["reason"]) == {"missing_end"}


@pytest.mark.parametrize("order", [1, -1])
def test_people_do_not_end_each_other(exports, order):
    rows = ["a,2026-03-03 08:00:00,0,3,0,1", "b,2026-03-03 08:05:00,0,3,0,1", "b,2026-03-03 08:30:00,0,7,0,1"]
    intake = exports.read("cisco_uccx_agent_state", HEADER + "\n".join(rows[::order]) + "\n")
    assert lengths(intake) == [("IDLE", 25), ("OFF", 0)]
    assert intake.rejects["reason"].tolist() == ["missing_end"]


def test_an_end_of_its_own_counts_before_the_next_row(exports):
    text = (
        "Agent Name,Extension,State Transition Time,Agent State,Reason Code,Duration\n"
        "Ida Brandt,4001,2026-03-03 09:00:00,Ready,0,0:10:00\n"
        "Ida Brandt,4001,2026-03-03 09:30:00,Talk,0,\n"
        "Ida Brandt,4001,2026-03-03 09:40:00,Logout,0,\n"
    )
    assert lengths(exports.read("cisco_uccx_agent_state", text)) == [("IDLE", 10), ("HANDLING", 10), ("OFF", 0)]
