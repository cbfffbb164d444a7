"""Amazon Connect: history imported for forecasting, by half hour in UTC."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd

from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.world import VendorWorld

SLOT_S = 1800
HEADER = (
    "QueueName,QueueId,ChannelType,TimeStamp,IntervalDuration,IncomingContactVolume,AverageHandleTime,ContactsHandled"
)


def write(world: VendorWorld, folder: Path) -> Export:
    """Write what came and what was handled, with the mean handle time in whole seconds."""
    contacts = world.contacts
    handled = ~contacts["abandoned"].astype(bool)
    handle = sum(contacts[f"{part}_us"].fillna(0) for part in ("talk", "hold", "wrap")) // 1_000_000
    table = pd.DataFrame(
        {
            "start": contacts["offered_at"].astype("int64") // 1_000_000 // SLOT_S * SLOT_S,
            "queue": contacts["queue"],
            "offered": 1,
            "answered": handled.astype(int),
            "handle_s": handle.where(handled, 0).astype(int),
        }
    )
    rows = table.groupby(["start", "queue"], as_index=False).sum()
    rows["mean_s"] = (rows["handle_s"] / rows["answered"].where(rows["answered"] > 0)).round().fillna(0).astype(int)
    stamps = pd.to_datetime(rows["start"], unit="s", utc=True).astype("datetime64[us, UTC]")
    lines = [
        f"{row.queue},q-{len(row.queue)},VOICE,{stamp:%Y-%m-%dT%H:%M:%SZ},30,{row.offered},{row.mean_s},{row.answered}"
        for stamp, row in zip(stamps, rows.itertuples(index=False), strict=True)
    ]
    draft = Draft.of("data/forecast_history.csv", HEADER, lines)
    (folder / draft.file).write_bytes(draft.text())
    truth = pd.DataFrame(
        {
            "queue": rows["queue"],
            "start": stamps,
            "length_s": float(SLOT_S),
            "offered": rows["offered"].astype(float),
            "answered": rows["answered"].astype(float),
            "handle_us": rows["mean_s"] * rows["answered"] * 1_000_000,
        }
    )
    return Export({"files": [draft.file], "adapter": "amazon_forecast_import"}, truth, Counter(draft.ledger))
