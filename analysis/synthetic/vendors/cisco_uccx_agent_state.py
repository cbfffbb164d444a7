"""Cisco Unified CCX: rows of AgentStateDetail, newest first, some sign-offs missing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors._shapes import REASONS, changes, write_state_map
from analysis.synthetic.vendors.world import VendorWorld

# Kind to event type and reason.
CODES = {
    "talk": "5 0",
    "hold": "5 0",
    "wrap": "6 0",
    "ring": "4 0",
    "unanswered": "2 32763",
    "idle": "3 0",
    "break": "2 101",
    "meal": "2 102",
    "meeting": "2 103",
    "training": "2 104",
    "personal": "2 -1",
    "system": "2 32759",
}
STATES = {"5 0": "HANDLING", "6 0": "HANDLING", "4 0": "RESERVED", "3 0": "IDLE", "2 32763": "AWAY", "2 -1": "AWAY"} | {
    "2 101": "BREAK",
    "2 102": "BREAK",
    "2 103": "SUPPORT",
    "2 104": "SUPPORT",
    "2 32759": "OUTAGE",
    "1 0": "WORK",
    "7 0": "OFF",
}
HEADER = "agentID,eventDateTime,gmtOffset,eventType,reasonCode,profileID"


def write(world: VendorWorld, folder: Path) -> Export:
    """Write the log in GMT; two log-outs were never written, and three rows were delivered twice."""
    rows = changes(world, CODES, log_in="1 0", log_out="7 0")
    out = rows["code"] == "7 0"
    lost = np.zeros(len(rows), dtype=bool)
    for agent, which in (("007", -1), ("1E5", 1)):
        lost[np.flatnonzero(out & (rows["agent"] == agent))[which]] = True
    open_ended = np.append(lost[1:], False)
    stamps = rows["at"].dt.strftime("%Y-%m-%d %H:%M:%S.000")
    event, reason = (rows["code"].str.split(" ").str[position] for position in (0, 1))
    lines = rows["agent"] + "," + stamps + ",0," + event + "," + reason + ",1"
    there = lines[~lost].iloc[::-1].tolist()
    draft = Draft.of("data/agentstatedetail.csv", HEADER, there)
    draft.ledger["used"] -= int(open_ended.sum())
    draft.ledger["rejected:missing_end"] += int(open_ended.sum())
    draft.repeat(np.random.default_rng(3), 3)
    (folder / draft.file).write_bytes(draft.text())
    kept = rows[~lost & ~open_ended]
    truth = pd.DataFrame(
        {"agent": kept["agent"], "start": kept["at"], "end": kept["until"], "state": kept["code"].map(STATES)}
    )
    names = {"break": 101, "meal": 102, "meeting": 103, "training": 104}
    own = {f"Not Ready {code}": REASONS[kind] for kind, code in names.items()}
    source = {
        "files": [draft.file],
        "adapter": "cisco_uccx_agent_state",
        "population": "contact_centre",
        "state_map": write_state_map(folder, "cisco_uccx_agent_state", own),
    }
    return Export(source, truth, Counter(draft.ledger))
