"""The kit's sheet of contact forecasts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.synthetic.vendors import Export, _kit
from analysis.synthetic.vendors.world import VendorWorld

LENGTH_S = 1_800
AHT_S = 307.5


def write(world: VendorWorld, folder: Path) -> Export:
    """Write a forecast of two decimals with a mean handling time, made three weeks before."""
    rows = _kit.half_hours(world)
    offered = (rows["offered"] * 1.07).round(2)
    required = np.ceil(offered * AHT_S / LENGTH_S) + 1
    made = rows["start"].dt.normalize() - pd.Timedelta(days=21) + pd.Timedelta(hours=9)
    starts, on = (_kit.local_text(world, stamps, "%Y-%m-%d %H:%M") for stamps in (rows["start"], made))
    lines = [
        (queue, start, LENGTH_S, f"{calls:.2f}", AHT_S, int(agents), day)
        for queue, start, calls, agents, day in zip(rows["queue"], starts, offered, required, on, strict=True)
    ]
    draft = _kit.draft_of("data/forecast.csv", _kit.template("forecast"), lines)
    draft.append("rejected:bad_number", [_kit.line((*lines[0][:3], "n/a?", *lines[0][4:]))])
    truth = pd.DataFrame(
        {
            "queue": rows["queue"],
            "start": rows["start"],
            "length_s": LENGTH_S,
            "offered": offered,
            "handle_us": np.rint(offered * AHT_S * 1_000_000).astype("int64"),
            "required": required,
            "made_at": made,
        }
    )
    return _kit.export_of(folder, "kit_forecast", truth, draft)
