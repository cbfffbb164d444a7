"""Amazon Connect: login/logout report, one row per session."""

from __future__ import annotations

from analysis.intake.adapters._sessions import half_sessions, leave_out_half_sessions, longer_than
from analysis.intake.adapters.format import Format, Request, Trap

# A session expires by itself after this time (believed) [h].
LONG_SESSION_H = 12

FORMAT = Format(
    title="Amazon Connect: login/logout report",
    vendor="amazon",
    table="spells",
    defaults={
        "agent": ("Agent login", "Agent Login", "Username", "User", "Agent", "Agent name", "Agent Name"),
        "start": ("Login time", "Login Time", "Login Timestamp", "Login date", "Login"),
        "end": ("Logout time", "Logout Time", "Logout Timestamp", "Logout date", "Logout"),
        "duration": ("Duration", "Session duration", "Logged in time"),
        "state": (),
        "channel": (),
        "population": (),
    },
    signature=(("Agent", "Login", "Logout", "Duration"), ("Agent login", "Login time", "Logout time")),
    missing=("-",),
    constants={"state": "Logged In"},
    finish=leave_out_half_sessions,
    traps=(
        Trap("half_sessions", "Did sessions begin before the report or go on after it?", half_sessions),
        Trap(
            "closed_panel",
            "Do sessions go on after people closed the panel without logging out?",
            longer_than(LONG_SESSION_H, "Closing the contact control panel or the browser is no logout"),
        ),
    ),
    request=Request(
        report="Login/Logout report, downloaded as CSV",
        columns=("Agent", "Login", "Logout", "Duration"),
        limits="At most 7 days and 10,000 rows a report; a report with more rows fails. Export week by week, by routing profile if need be.",
        zone="The time zone chosen in the report. Choose UTC, or say which it was.",
    ),
)
