"""Genesys Cloud: history for workforce management by 15 minutes, in UTC, some contacts under a second skill set."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd

from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.world import VendorWorld

SLOT_S = 900
HEADER = "Interval Start UTC Date,Queue,Media Type,Skill Set,Language,Offered,Interactions Handled,Total Handle Time (Seconds)"


def write(world: VendorWorld, folder: Path) -> Export:
    """Write offered contacts and handled ones by the interval in which they were offered."""
    contacts = world.contacts
    handled = ~contacts["abandoned"].astype(bool)
    handle = sum(contacts[f"{part}_us"].fillna(0) for part in ("talk", "hold", "wrap")) // 1_000_000
    seconds = contacts["offered_at"].astype("int64") // 1_000_000
    table = pd.DataFrame(
        {
            "start": seconds // SLOT_S * SLOT_S,
            "queue": contacts["queue"],
            # every seventh contact needs a second skill and stands in a row of its own
            "skill": ["claims|||glass" if at % 7 == 0 else "claims" for at in range(len(contacts))],
            "offered": 1,
            "answered": handled.astype(int),
            "handle_s": handle.where(handled, 0).astype(int),
        }
    )
    rows = table.groupby(["start", "queue", "skill"], as_index=False).sum()
    stamps = pd.to_datetime(rows["start"], unit="s", utc=True)
    lines = [
        f"{stamp:%Y-%m-%dT%H:%M:%SZ},{queue},Voice,{skill},en-us,{offered},{answered},{handle_s}"
        for stamp, (_, queue, skill, offered, answered, handle_s) in zip(
            stamps, rows.itertuples(index=False), strict=True
        )
    ]
    draft = Draft.of("data/wfm_history.csv", HEADER, lines)
    (folder / draft.file).write_bytes(draft.text())
    summed = rows.groupby(["start", "queue"], as_index=False)[["offered", "answered", "handle_s"]].sum()
    truth = pd.DataFrame(
        {
            "queue": summed["queue"],
            "start": pd.to_datetime(summed["start"], unit="s", utc=True),
            "length_s": float(SLOT_S),
            "offered": summed["offered"].astype(float),
            "answered": summed["answered"].astype(float),
            "handle_us": summed["handle_s"] * 1_000_000,
        }
    )
    return Export({"files": [draft.file], "adapter": "genesys_wfm_history"}, truth, Counter(draft.ledger))
