"""Amazon Connect: agent activity audit in the zone chosen for it, the newest row first."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd

from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.world import KINDS, VendorWorld

STATUS = {
    "talk": "Connected",
    **dict.fromkeys(("hold", "wrap"), "Busy"),
    "ring": "Connecting Agent",
    "unanswered": "Contact Missed",
    "idle": "Available",
    "break": "Break",
    "meal": "Lunch",
    "meeting": "Meeting",
    "training": "Training",
    "personal": "Personal",
    "system": "Telecom issue",
}


def write(world: VendorWorld, folder: Path) -> Export:
    """Write every change of status, and Offline at the end of each shift."""
    seen, shifts = world.stretches, world.shifts
    spells = pd.concat(
        [
            seen.assign(status=seen["kind"].map(STATUS), state=seen["kind"].map(KINDS)),
            shifts.assign(start=shifts["end"], status="Offline", state="OFF"),
        ],
        ignore_index=True,
    )[["agent", "start", "end", "status", "state"]]
    newest = spells.sort_values(["agent", "start"], ascending=[True, False], kind="stable")
    stamps = newest["start"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = [",".join(row) for row in zip(newest["agent"], stamps, newest["status"], strict=True)]
    draft = Draft.of("data/agent_activity_audit.csv", "Agent,Date,Status", lines)
    (folder / draft.file).write_bytes(draft.text())
    source = {"files": [draft.file], "adapter": "amazon_agent_activity", "population": "contact_centre"}
    return Export(source, spells[["agent", "start", "end", "state"]], Counter(draft.ledger))
