"""NICE CXone: Agent by Day, under a clock that is one hour ahead of UTC all year."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors._shapes import REASONS, by_interval, local_of, write_state_map
from analysis.synthetic.vendors.nice_agent_state_log import CODES as LOG
from analysis.synthetic.vendors.nice_agent_state_log import ZONE
from analysis.synthetic.vendors.world import KINDS, VendorWorld

CODES = {kind: code.split(",")[2] for kind, code in LOG.items()} | {"idle": "0", "talk": "910", "hold": "910"}
HEADER = "Agent_No,Start_Date,Agent_State_Code,Duration"


def write(world: VendorWorld, folder: Path) -> Export:
    """Write a row per person, day and state."""
    cut = by_interval(world, None, zone=ZONE)
    cut = cut.assign(code=cut["kind"].map(CODES), state=cut["kind"].map(KINDS))
    days = cut.groupby(["agent", "interval", "length_s", "code", "state"], as_index=False)["seconds"].sum()
    dates = local_of(days["interval"], ZONE).dt.strftime("%m/%d/%Y")
    lines = (days["agent"] + "," + dates + "," + days["code"] + "," + days["seconds"].astype(str)).tolist()
    draft = Draft.of("data/agent_by_day.csv", HEADER, lines)
    draft.append("duplicate", lines[:1])
    (folder / draft.file).write_bytes(draft.text())
    truth = pd.DataFrame(
        {
            "agent": days["agent"],
            "interval_start": days["interval"],
            "length_s": days["length_s"],
            "state": days["state"],
            "us": days["seconds"] * 1_000_000,
        }
    )
    own = {CODES[kind]: rest for kind, rest in REASONS.items()}
    own |= dict.fromkeys(("901", "910"), "HANDLING,true,false,false,demand,false,false")
    own |= {"906": "AWAY,true,false,false,person,false,true"}
    source = {
        "files": [draft.file],
        "adapter": "nice_agent_by_day",
        "population": "contact_centre",
        "time_zone": ZONE,
        "state_map": write_state_map(folder, "nice_agent_by_day", own),
    }
    return Export(source, truth, draft.ledger)
