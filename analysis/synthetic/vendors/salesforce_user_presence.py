"""Salesforce: UserServicePresence as the programming interface gives it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from analysis.synthetic.vendors import Export, _kit
from analysis.synthetic.vendors._presence import presence
from analysis.synthetic.vendors.world import KINDS, VendorWorld

STATUS: Mapping[str, str] = {
    "taking": "Available",
    "break": "Break",
    "meal": "Lunch",
    "meeting": "Meeting",
    "training": "Training",
    "personal": "Away",
    "system": "System Issue",
}
UTC_FORM = "%Y-%m-%dT%H:%M:%S.000+0000"


def write(world: VendorWorld, folder: Path) -> Export:
    """Write statuses with their ends in UTC, idle time within them, and for two people the status in which they are now."""
    rows = presence(world)
    length = (rows["end"] - rows["start"]).dt.total_seconds().astype(int)
    taking = rows["kind"] == "taking"
    lines = [
        (
            f"0N5{at:015d}",
            agent,
            STATUS[kind],
            start,
            end,
            seconds,
            str(not takes).lower(),
            idle if takes else "",
            0 if takes else "",
            "2.0",
            "false",
        )
        for at, (agent, kind, start, end, seconds, takes, idle) in enumerate(
            zip(
                rows["agent"],
                rows["kind"],
                *(rows[name].dt.strftime(UTC_FORM) for name in ("start", "end")),
                length,
                taking,
                rows["idle_s"],
                strict=True,
            )
        )
    ]
    header = (
        "Id,UserId,ServicePresenceStatus.MasterLabel,StatusStartDate,StatusEndDate,StatusDuration,IsAway,IdleDuration,AtCapacityDuration,"
        "ConfiguredCapacity,IsCurrentState"
    )
    draft = _kit.draft_of("data/user_service_presence.csv", header, lines)
    last = rows.drop_duplicates("agent", keep="last").iloc[:2]
    now = [
        ("0N5-now", agent, "Available", end, "", "", "false", "", "", "2.0", "true")
        for agent, end in zip(last["agent"], last["end"].dt.strftime(UTC_FORM), strict=True)
    ]
    draft.append("excluded:current_state", [_kit.line(one) for one in now])
    draft.append(
        "rejected:bad_stamp",
        [
            _kit.line(
                (
                    "0N5-bad",
                    "00731",
                    "Break",
                    "2026-03-27T25:61:00.000+0000",
                    lines[0][4],
                    "",
                    "true",
                    "",
                    "",
                    "",
                    "false",
                )
            )
        ],
    )
    draft.append("duplicate", [_kit.line(lines[3])])
    truth = pd.DataFrame(
        {
            "agent": rows["agent"],
            "start": rows["start"],
            "end": rows["end"],
            "state": rows["kind"].map({**KINDS, "taking": "WORK"}),
        }
    )
    return _kit.export_of(folder, "salesforce_user_presence", truth, draft, population="contact_centre")
