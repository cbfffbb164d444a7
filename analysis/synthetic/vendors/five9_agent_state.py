"""Five9: agent state details in Pacific time, events of all people in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors._shapes import REASONS, changes, local_of, write_state_map
from analysis.synthetic.vendors.world import VendorWorld

ZONE = "America/Los_Angeles"
CODES = {
    "talk": "On Call",
    "hold": "On Call",
    "wrap": "After Call Work",
    "ring": "Ringing",
    "unanswered": "Not Ready",
    "idle": "Ready",
    "break": "Not Ready|Break",
    "meal": "Not Ready|Lunch",
    "meeting": "Not Ready|Meeting",
    "training": "Not Ready|Training",
    "personal": "Not Ready",
    "system": "Not Ready|System Issue",
}
STATES = {
    "On Call": "HANDLING",
    "After Call Work": "HANDLING",
    "Ringing": "RESERVED",
    "Ready": "IDLE",
    "Not Ready": "AWAY",
    "Not Ready|Break": "BREAK",
    "Not Ready|Lunch": "BREAK",
    "Not Ready|Meeting": "SUPPORT",
    "Not Ready|Training": "SUPPORT",
    "Not Ready|System Issue": "OUTAGE",
    "Login": "WORK",
    "Logout": "OFF",
}
HEADER = "TIME,AGENT,STATE,REASON CODE,SKILL AVAILABILITY,CALL ID,CALL TYPE"


def stamp(stamps: pd.Series) -> pd.Series:
    """Return stamps as Five9 writes them."""
    return local_of(stamps, ZONE).dt.strftime("%a, %d %b %Y %H:%M:%S")


def write(world: VendorWorld, folder: Path) -> Export:
    """Write the events by time; one log-out is missing, some rows stand twice."""
    rows = changes(world, CODES, log_in="Login", log_out="Logout")
    lost = np.zeros(len(rows), dtype=bool)
    lost[np.flatnonzero((rows["code"] == "Logout") & (rows["agent"] == "NA"))[-1]] = True
    open_ended = np.append(lost[1:], False)
    parts = rows["code"].str.split("|")
    reason = parts.str[1].fillna("")
    kind = np.where(rows["contact"] != "", "Inbound", "")
    texts = zip(stamp(rows["at"]), rows["agent"], parts.str[0], reason, rows["contact"], kind, strict=True)
    lines = [f'"{at}",{who},{state},{why},"claims, policy",{call},{kind}' for at, who, state, why, call, kind in texts]
    order = rows["at"].argsort(kind="stable").to_numpy()
    draft = Draft.of("data/agent_state_details.csv", HEADER, [lines[at] for at in order if not lost[at]])
    draft.ledger["used"] -= int(open_ended.sum())
    draft.ledger["rejected:missing_end"] += int(open_ended.sum())
    draft.repeat(np.random.default_rng(4), 2)
    (folder / draft.file).write_bytes(draft.text(bom=True))
    kept = rows[~lost & ~open_ended]
    truth = pd.DataFrame(
        {"agent": kept["agent"], "start": kept["at"], "end": kept["until"], "state": kept["code"].map(STATES)}
    )
    names = {"break": "Break", "meal": "Lunch", "meeting": "Meeting", "training": "Training", "system": "System Issue"}
    source = {
        "files": [draft.file],
        "adapter": "five9_agent_state",
        "population": "contact_centre",
        "time_zone": ZONE,
        "state_map": write_state_map(
            folder, "five9_agent_state", {f"Not Ready {name}": REASONS[kind] for kind, name in names.items()}
        ),
    }
    return Export(source, truth, draft.ledger)
