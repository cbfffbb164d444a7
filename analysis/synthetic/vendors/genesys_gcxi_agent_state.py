"""Genesys Engage (GCXI): agent state details in the tenant's wall clock, split at midnight."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd

from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.world import VendorWorld

# Kind -> state, reason code, part of the time ladder.
STATES = {
    **dict.fromkeys(("talk", "hold"), ("Busy", "", "HANDLING")),
    "wrap": ("AfterCallWork", "", "HANDLING"),
    **dict.fromkeys(("idle", "ring"), ("Ready", "", "IDLE")),
    "break": ("NotReady", "Break", "BREAK"),
    "meal": ("NotReady", "Lunch", "BREAK"),
    "meeting": ("NotReady", "Meeting", "SUPPORT"),
    "training": ("NotReady", "Training", "SUPPORT"),
    **dict.fromkeys(("personal", "system", "unanswered"), ("NotReady", "", "AWAY")),
}


def write(world: VendorWorld, folder: Path) -> Export:
    """Write every state, those over midnight in two rows."""
    zone, rows = world.client.time_zone, world.stretches
    midnight = rows["end"].dt.tz_convert(zone).dt.normalize().dt.tz_convert("UTC")
    over = (rows["start"] < midnight) & (midnight < rows["end"])
    parts = [rows.assign(end=rows["end"].where(~over, midnight)), rows[over].assign(start=midnight[over])]
    split = pd.concat(parts).sort_values(["agent", "start"], kind="stable", ignore_index=True)
    start, end = (world.local(split[name]).dt.strftime("%Y-%m-%d %H:%M:%S") for name in ("start", "end"))
    length = (split["end"] - split["start"]).dt.total_seconds().astype(int)
    lines = [
        f"Main,VOICE,{agent},{STATES[kind][0]},{STATES[kind][1]},{a},{b},{one // 3600:02d}:{one // 60 % 60:02d}:{one % 60:02d}"
        for agent, kind, a, b, one in zip(split["agent"], split["kind"], start, end, length, strict=True)
    ]
    header = "Tenant,Media Type,Agent,State,Reason Code,Start Timestamp,End Timestamp,Duration"
    draft = Draft.of("data/agent_state_details.csv", header, lines)
    draft.banner("Agent State Details Report")
    (folder / draft.file).write_bytes(draft.text())
    truth = split[["agent", "start", "end"]].assign(state=[STATES[kind][2] for kind in split["kind"]], channel="VOICE")
    source = {"files": [draft.file], "adapter": "genesys_gcxi_agent_state", "population": "contact_centre"}
    return Export(source, truth, Counter(draft.ledger))
