"""Genesys Cloud: agent login-logout details, one row per session."""

from __future__ import annotations

from analysis.intake.adapters._sessions import half_sessions, leave_out_half_sessions, longer_than
from analysis.intake.adapters.format import Format, Request, Trap

LONG_SESSION_H = 16

FORMAT = Format(
    title="Genesys Cloud: agent login-logout details",
    vendor="genesys",
    table="spells",
    defaults={
        "agent": ("User Id", "Agent Id", "User", "Agent", "Agent Name"),
        "start": ("Start Time", "Login Time", "Login"),
        "end": ("End Time", "Logout Time", "Logout"),
        "duration": ("Duration",),
        "state": (),
        "channel": (),
        "population": (),
    },
    signature=(("User", "Start Time", "End Time", "Duration"),),
    missing=("N/A",),
    constants={"state": "Logged In"},
    finish=leave_out_half_sessions,
    traps=(
        Trap("half_sessions", "Did sessions begin before the report or go on after it?", half_sessions),
        Trap(
            "long_sessions", "Did people forget to sign out?", longer_than(LONG_SESSION_H, "Signing out was forgotten")
        ),
    ),
    request=Request(
        report="Agent Login-Logout Details report, as XLSX or CSV (not PDF: its pages have footers)",
        columns=("User", "Start Time", "End Time", "Duration"),
        limits="Run it from a day before the period to a day after it: sessions over its edge show N/A.",
        zone="The time zone that the report was run in. Set it to UTC, or say which zone it was.",
        pseudonyms="It names people and no identifiers: replace each name by the code that the same person has in the other files.",
    ),
)
