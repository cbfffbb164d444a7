"""NICE CXone: Agent State Log under a clock that is one hour ahead of UTC all year."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors._shapes import REASONS, local_of, write_state_map
from analysis.synthetic.vendors.world import KINDS, VendorWorld

ZONE = "Etc/GMT-1"
# Kind to Working, Available, code and reason of being unavailable.
CODES = {
    "talk": "1,0,,",
    "hold": "1,0,,",
    "wrap": "0,0,901,After Call Work",
    "ring": "0,0,-3,InboundPending",
    "unanswered": "0,0,906,Missed Contact",
    "idle": "0,1,,",
    "break": "0,0,902,Break",
    "meal": "0,0,903,Lunch",
    "meeting": "0,0,904,Meeting",
    "training": "0,0,905,Training",
    "personal": "0,0,907,Personal",
    "system": "0,0,908,System Issue",
}
HEADER = (
    "Agent_Session_ID,Agent_No,Agent_Name,Team_No,Bus_No,StateIndex,Start_Date,Working,Available,Outstate_Code,Outstate,Log_State,Skill_No,"
    "Skill_Name,Duration"
)


def write(world: VendorWorld, folder: Path) -> Export:
    """Write each stretch with its length; log-ins have a first and a last row."""
    rows = world.stretches.sort_values(["agent", "start"], kind="stable", ignore_index=True)
    first, last = (rows[side].isin(world.shifts[side]) for side in ("start", "end"))
    for side, mask in (("start", first), ("end", last)):
        pairs = set(zip(world.shifts["agent"], world.shifts[side], strict=True))
        mask[:] = [pair in pairs for pair in zip(rows["agent"], rows[side], strict=True)]
    table = pd.DataFrame(
        {
            "session": (first.cumsum() + 70_000).astype(str),
            "agent": rows["agent"],
            "name": '"' + rows["name"] + '"',
            "team": "12",
            "bus": "4000",
            "index": "1",
            "start": local_of(rows["start"], ZONE).dt.strftime("%m/%d/%Y %H:%M:%S"),
            "codes": rows["kind"].map(CODES),
            "place": np.where(first, "0", np.where(last, "2", "1")),
            "skill": "88",
            "skill_name": rows["queue"],
            "length": (rows["end"] - rows["start"]).dt.total_seconds().astype(int).astype(str),
        }
    )
    draft = Draft.of("data/agent_state_log.csv", HEADER, [",".join(row) for row in table.itertuples(index=False)])
    draft.repeat(np.random.default_rng(8), 3)
    (folder / draft.file).write_bytes(draft.text())
    truth = pd.DataFrame(
        {"agent": rows["agent"], "start": rows["start"], "end": rows["end"], "state": rows["kind"].map(KINDS)}
    )
    own = {CODES[kind].split(",")[3]: rest for kind, rest in REASONS.items()}
    own |= {"After Call Work": "HANDLING,true,false,false,demand,false,false"}
    own |= {"Missed Contact": "AWAY,true,false,false,person,false,true"}
    source = {
        "files": [draft.file],
        "adapter": "nice_agent_state_log",
        "population": "contact_centre",
        "time_zone": ZONE,
        "state_map": write_state_map(folder, "nice_agent_state_log", own),
    }
    return Export(source, truth, draft.ledger)
