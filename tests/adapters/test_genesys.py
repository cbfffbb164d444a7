"""Genesys: what its exports hide is found on planted rows and not on clean ones."""

from __future__ import annotations

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
