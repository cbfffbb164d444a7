"""Five9: call log in Pacific time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.five9_agent_state import ZONE, stamp
from analysis.synthetic.vendors.world import VendorWorld

HEADER = (
    "CALL ID,TIMESTAMP,CAMPAIGN,CALL TYPE,AGENT,DISPOSITION,ANI,DNIS,CALL TIME,QUEUE WAIT TIME,RING TIME,TALK TIME,HOLD TIME,PARK TIME,"
    "AFTER CALL WORK TIME,TRANSFERS,ABANDONED"
)


def clock(seconds: pd.Series) -> pd.Series:
    """Return seconds as h:mm:ss."""
    whole = seconds.fillna(0).astype("int64")
    return pd.Series([f"{one // 3600:02d}:{one // 60 % 60:02d}:{one % 60:02d}" for one in whole], index=seconds.index)


def write(world: VendorWorld, folder: Path) -> Export:
    """Write a row per call; calls that nobody answered have [None] as agent."""
    calls = world.contacts
    time = {name: (calls[f"{name}_us"] // 1_000_000).astype("Int64") for name in ("talk", "hold", "wrap", "ring")}
    met = calls["answered_at"].fillna(calls["ended_at"])
    wait = (met - calls["offered_at"]).dt.total_seconds() - time["ring"].fillna(0).astype(float)
    whole = wait + sum(time[name].fillna(0).astype(float) for name in ("talk", "hold", "ring"))
    table = pd.DataFrame(
        {
            "id": calls["contact"],
            "at": '"' + stamp(calls["offered_at"]) + '"',
            "campaign": calls["queue"],
            "type": "Inbound",
            "agent": calls["agent"].fillna("[None]"),
            "disposition": np.where(calls["abandoned"], "Abandon", "Resolved"),
            "ani": "2025550143",
            "dnis": "8005550199",
            "call": clock(whole),
            "wait": clock(wait),
            "ring": clock(time["ring"]),
            "talk": clock(time["talk"]),
            "hold": clock(time["hold"]),
            "park": "00:00:00",
            "wrap": clock(time["wrap"]),
            "transfers": "0",
            "abandoned": calls["abandoned"].astype(int).astype(str),
        }
    )
    draft = Draft.of("data/call_log.csv", HEADER, [",".join(row) for row in table.astype(str).itertuples(index=False)])
    draft.repeat(np.random.default_rng(6), 2)
    (folder / draft.file).write_bytes(draft.text())
    truth = calls[["contact", "queue", "offered_at", "abandoned", "agent"]].assign(
        direction="in", **{f"{name}_us": calls[f"{name}_us"].fillna(0) for name in ("talk", "hold", "wrap")}
    )
    source = {
        "files": [draft.file],
        "adapter": "five9_call_log",
        "population": "contact_centre",
        "time_zone": ZONE,
    }
    return Export(source, truth, draft.ledger)
