"""Genesys Cloud: agent status, one row per status, with start and end or duration."""

from __future__ import annotations

from analysis.intake.adapters.format import Format

FORMAT = Format(
    title="Genesys Cloud: agent status timeline",
    table="spells",
    defaults={
        "agent": ("Agent Id", "User Id", "Agent", "Agent Name", "User"),
        "state": ("Status", "Routing Status", "Agent Status"),
        "start": ("Start", "Start Time", "Status Start", "Start Date"),
        "end": ("End", "End Time", "Status End", "End Date"),
        "duration": ("Duration", "Time in Status"),
        "channel": ("Media Type", "Channel"),
        "population": (),
    },
    signature=(("Agent Id", "Status", "Start Time", "End Time"), ("Agent Name", "Status", "Start Time", "Duration")),
)
