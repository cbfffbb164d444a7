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


HEADER = (
    "Id,UserId,ServicePresenceStatus.MasterLabel,StatusStartDate,StatusEndDate,StatusDuration,IsAway,IdleDuration,AtCapacityDuration,"
    "ConfiguredCapacity,IsCurrentState"
)


def write(world: VendorWorld, folder: Path) -> Export:
    """Write statuses with their ends in UTC, idle time within them, and for two people the status in which they are now."""
    rows = presence(world)
    start, end = (rows[name].dt.strftime(UTC_FORM).tolist() for name in ("start", "end"))
    lines = []
    for at, row in enumerate(rows.itertuples()):
        takes = row.kind == "taking"
        length = int((row.end - row.start).total_seconds())
        inside = (row.idle_s, 0) if takes else ("", "")
        away = str(not takes).lower()
        lines.append(
            (
                f"0N5{at:015d}",
                row.agent,
                STATUS[str(row.kind)],
                start[at],
                end[at],
                length,
                away,
                *inside,
                "2.0",
                "false",
            )
        )
    draft = _kit.draft_of("data/user_service_presence.csv", HEADER, lines)
    last = rows.drop_duplicates("agent", keep="last").iloc[:2]
    now = [
        ("0N5-now", row.agent, "Available", row.end.strftime(UTC_FORM), "", "", "false", "", "", "2.0", "true")
        for row in last.itertuples()
    ]
    draft.append("excluded:current_state", [_kit.line(one) for one in now])
    bad = ("0N5-bad", "00731", "Break", "2026-03-27T25:61:00.000+0000", end[0], "", "true", "", "", "", "false")
    draft.append("rejected:bad_stamp", [_kit.line(bad)])
    draft.append("duplicate", [_kit.line(lines[3])])
    state = rows["kind"].map({**KINDS, "taking": "WORK"})
    truth = pd.DataFrame({"agent": rows["agent"], "start": rows["start"], "end": rows["end"], "state": state})
    return _kit.export_of(folder, "salesforce_user_presence", truth, draft, population="contact_centre")
