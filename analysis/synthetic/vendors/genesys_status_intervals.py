"""Genesys Cloud: agent status by interval, in milliseconds and the wall clock of the workspace; training has no column of its own and stays within Off Queue."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors._intervals import SLOT_S, by_interval, totals_truth
from analysis.synthetic.vendors.world import VendorWorld

CODES = {
    **dict.fromkeys(("talk", "hold", "wrap"), "Interacting"),
    **dict.fromkeys(("ring", "idle"), "Idle"),
    "unanswered": "Not Responding",
    "break": "Break",
    "meal": "Meal",
    "meeting": "Meeting",
    "training": "rest",
    "personal": "Away",
    "system": "Busy",
}
STATES = {
    "Idle": "IDLE",
    "Interacting": "HANDLING",
    "Not Responding": "AWAY",
    "Busy": "AWAY",
    "Away": "AWAY",
    "Break": "BREAK",
    "Meal": "BREAK",
    "Meeting": "SUPPORT",
    "rest": "WORK",
}
ON_QUEUE = ("Idle", "Interacting", "Not Responding")
OFF_QUEUE = ("Busy", "Away", "Break", "Meal", "Meeting")
HEADER = (
    *("Interval Start", "Interval End", "Interval Complete", "Filters", "Agent Id", "Agent Name", "Logged In"),
    *("On Queue", *ON_QUEUE, "Off Queue", *OFF_QUEUE, "Occupancy"),
)


def write(world: VendorWorld, folder: Path) -> Export:
    """Write all intervals with columns that intake does not know, and some rows twice."""
    table = by_interval(world.stretches, CODES)
    on, off = table[list(ON_QUEUE)].sum(axis=1), table[[*OFF_QUEUE, "rest"]].sum(axis=1)
    data = {
        "start": world.local(table["slot"]).dt.strftime("%Y-%m-%d %H:%M:%S"),
        "end": world.local(table["slot"] + pd.Timedelta(seconds=SLOT_S)).dt.strftime("%Y-%m-%d %H:%M:%S"),
        "complete": "true",
        "filters": "",
        "agent": table["agent"],
        "name": '"' + table["name"] + '"',
        "logged_in": (on + off) * 1000,
        "on": on * 1000,
        **{name: table[name] * 1000 for name in ON_QUEUE},
        "off": off * 1000,
        **{name: table[name] * 1000 for name in OFF_QUEUE},
        "occupancy": (table["Interacting"] / on.where(on > 0, 1)).round(4),
    }
    rows = pd.DataFrame(data, index=table.index).astype("str")
    draft = Draft.of("data/agent_status_summary.csv", ",".join(HEADER), [",".join(row) for row in rows.to_numpy()])
    draft.repeat(np.random.default_rng(7), 4)
    (folder / draft.file).write_bytes(draft.text(bom=True))
    source = {
        "files": [draft.file],
        "adapter": "genesys_status_intervals",
        "population": "contact_centre",
        "duration_unit": "ms",
    }
    return Export(source, totals_truth(table, STATES), Counter(draft.ledger))
