"""Genesys Cloud: agent status timeline, presence and routing status side by side."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd

from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.world import KINDS, VendorWorld

STATUS = {
    "talk": "Interacting",
    "hold": "Interacting",
    "wrap": "Interacting",
    "ring": "Alerting",
    "unanswered": "Not Responding",
    "idle": "Idle",
    "break": "Break",
    "meal": "Meal",
    "meeting": "Meeting",
    "training": "Training",
    "personal": "Away",
    "system": "System Issue",
}


def write(world: VendorWorld, folder: Path) -> Export:
    """Write the timeline in the client's wall clock, with the duration that tells the hours of a clock change apart."""
    rows = world.stretches
    local = {name: world.local(rows[name]).dt.strftime("%Y-%m-%d %H:%M:%S") for name in ("start", "end")}
    length = (rows["end"] - rows["start"]).dt.total_seconds().astype(int)
    clock = [f"{one // 3600}:{one // 60 % 60:02d}:{one % 60:02d}" for one in length]
    lines = [
        f'{agent},"{name}",{STATUS[kind]},{start},{end},{duration}'
        for agent, name, kind, start, end, duration in zip(
            rows["agent"], rows["name"], rows["kind"], local["start"], local["end"], clock, strict=True
        )
    ]
    draft = Draft.of("data/agent_status.csv", "Agent Id,Agent Name,Status,Start Time,End Time,Duration", lines)
    (folder / draft.file).write_bytes(draft.text())
    truth = pd.DataFrame(
        {"agent": rows["agent"], "start": rows["start"], "end": rows["end"], "state": rows["kind"].map(KINDS)}
    )
    source = {"files": [draft.file], "adapter": "genesys_status_timeline", "population": "contact_centre"}
    return Export(source, truth, Counter(draft.ledger))
