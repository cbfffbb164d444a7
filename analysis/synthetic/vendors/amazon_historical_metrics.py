"""Amazon Connect: historical metrics in seconds, with statuses of the client's own and contacts taken during a break."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd

from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors._intervals import SLOT_S, by_interval, totals_truth
from analysis.synthetic.vendors.world import VendorWorld

CODES = {
    **dict.fromkeys(("talk", "hold", "wrap"), "contact"),
    "idle": "idle",
    "unanswered": "error",
    "ring": "online_rest",
    "break": "Break",
    "meal": "Lunch",
    "meeting": "Meeting",
    **dict.fromkeys(("training", "personal", "system"), "own"),
}
STATES = {
    "idle": "IDLE",
    "error": "AWAY",
    "contact": "HANDLING",
    "Break": "BREAK",
    "Lunch": "BREAK",
    "Meeting": "SUPPORT",
    "own": "WORK",
    "online_rest": "WORK",
}
HEADER = (
    "Agent,Routing Profile,StartInterval,EndInterval,Agent idle time,Agent on contact time,Nonproductive time,Online time,"
    "Error status time,Break time,Lunch time,Meeting time,OL Customer Work time,Contacts handled,Occupancy"
)
OVERLAP_S = 60


def write(world: VendorWorld, folder: Path) -> Export:
    """Write all intervals; nothing is a hyphen, idle time holds time in error, and ringing is in time online alone."""
    table = by_interval(world.stretches, CODES)
    statuses = ["Break", "Lunch", "Meeting", "own"]
    online = table[list(STATES)].sum(axis=1)
    taken = table.index[(table["contact"] > 200) & (table["Break"] > 0)][:4]
    table.loc[taken, "Break"] += OVERLAP_S
    table["online_rest"] = (online - table[["idle", "error", "contact", *statuses]].sum(axis=1)).clip(lower=0)
    waiting = table["idle"] + table["error"]
    occupancy = table["contact"] / (waiting + table["contact"]).where(lambda base: base > 0, 1)
    data = {
        "agent": table["agent"],
        "profile": "Basic Routing Profile",
        "start": table["slot"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "end": (table["slot"] + pd.Timedelta(seconds=SLOT_S)).dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "idle": waiting,
        "contact": table["contact"],
        "nonproductive": table[statuses].sum(axis=1),
        "online": online,
        **{name: table[name] for name in ("error", *statuses)},
        "handled": 0,
        "occupancy": occupancy.map("{:.2%}".format),
    }
    rows = pd.DataFrame(data, index=table.index).astype("str").replace("0", "-")
    draft = Draft.of("data/historical_metrics.csv", HEADER, [",".join(row) for row in rows.to_numpy()])
    (folder / draft.file).write_bytes(draft.text())
    source = {"files": [draft.file], "adapter": "amazon_historical_metrics", "population": "contact_centre"}
    return Export(source, totals_truth(table, STATES), Counter(draft.ledger))
