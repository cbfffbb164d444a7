"""The kit's sheet of contact volumes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.synthetic.vendors import Export, _kit
from analysis.synthetic.vendors.world import VendorWorld

LENGTH_S = 1_800


def write(world: VendorWorld, folder: Path) -> Export:
    """Write the half hours of the day shift with a row of totals below them, and one half hour twice with other numbers."""
    rows = _kit.half_hours(world)
    starts = _kit.local_text(world, rows["start"], "%Y-%m-%d %H:%M")
    counts = rows[["offered", "answered", "in_time", "abandoned", "short", "handle_s"]].to_numpy().tolist()
    lines = [
        (queue, start, LENGTH_S, offered, answered, in_time, 20, abandoned, short, handle)
        for queue, start, (offered, answered, in_time, abandoned, short, handle) in zip(
            rows["queue"], starts, counts, strict=True
        )
    ]
    draft = _kit.draft_of("data/volumes.csv", _kit.template("volumes"), lines[:-1])
    draft.append(
        "rejected:contradicting_rows", [_kit.line(lines[-1]), _kit.line((*lines[-1][:3], 999, *lines[-1][4:]))]
    )
    draft.append(
        "total",
        [_kit.line(("Total", "", "", *rows[["offered", "answered", "in_time"]].sum().tolist(), "", "", "", ""))],
    )
    kept = rows.iloc[:-1]
    truth = pd.DataFrame(
        {
            "queue": kept["queue"],
            "start": kept["start"],
            "length_s": LENGTH_S,
            "offered": kept["offered"],
            "answered": kept["answered"],
            "answered_within": kept["in_time"],
            "within_s": 20.0,
            "abandoned": kept["abandoned"],
            "short_abandoned": kept["short"],
            "handle_us": kept["handle_s"] * 1_000_000,
        }
    )
    return _kit.export_of(folder, "kit_volumes", truth, draft)
