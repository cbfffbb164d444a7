"""Genesys Cloud: agent login-logout details, one row per session."""

from __future__ import annotations

import numpy as np

from analysis.intake.adapters._beside import told
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.batch import Batch
from analysis.intake.local_time import Column
from analysis.intake.words import number_of

HOUR_US = 3_600_000_000
LONG_SESSION_H = 16


def leave_out_half_sessions(batch: Batch, columns: dict[str, Column]) -> None:
    """Leave out sessions of which the report shows one end only: they began before its period, or had not ended."""
    start, end = columns["start"], columns["end"]
    named = columns["agent"].given
    batch.fates.give(named & ~start.given & end.given, "excluded", "began_before_report")
    batch.fates.give(named & start.given & ~end.given, "excluded", "open_at_end_of_report")


def half_sessions(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Mark sessions of which one end lies outside the report."""
    hits = np.isin(
        batch.fates.codes, [at for at, (_, reason) in enumerate(batch.fates.names) if reason in _HALF_SESSIONS]
    )
    words = (
        f"{number_of(int(hits.sum()), 'session')} with one end outside the report (first: {batch.place(hits)}), whose length it does not say; left out. "
        "Run the report from a day before the period to a day after it."
    )
    return told(hits, words)


def long_sessions(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Mark sessions longer than any shift: nobody went offline."""
    start, end = columns["start"], columns["end"]
    length = np.where(start.given & end.given, end.array - start.array, 0)
    hits = batch.fates.open & (length > LONG_SESSION_H * HOUR_US)
    words = (
        f"{number_of(int(hits.sum()), 'session')} longer than {LONG_SESSION_H} h, {length[hits].sum() / HOUR_US:,.0f} h together (first: {batch.place(hits)}). "
        "Signing out was forgotten, so time signed on is more than time at work; take paid time from the schedule."
    )
    return told(hits, words)


_HALF_SESSIONS = ("began_before_report", "open_at_end_of_report")

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
        Trap("long_sessions", "Did people forget to sign out?", long_sessions),
    ),
    request=Request(
        report="Agent Login-Logout Details report, as XLSX or CSV (not PDF: its pages have footers)",
        columns=("User", "Start Time", "End Time", "Duration"),
        limits="Run it from a day before the period to a day after it: sessions over its edge show N/A.",
        zone="The time zone that the report was run in. Set it to UTC, or say which zone it was.",
        pseudonyms="It names people and no identifiers: replace each name by the code that the same person has in the other files.",
    ),
)
