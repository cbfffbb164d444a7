"""The kit's sheet for timing items."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.synthetic.vendors import Export, _kit
from analysis.synthetic.vendors.kit_work_sampling import OBSERVERS
from analysis.synthetic.vendors.world import VendorWorld


def write(world: VendorWorld, folder: Path) -> Export:
    """Write items with start and end, some with start and duration instead, and one without a type."""
    rows = world.contacts[~world.contacts["abandoned"].astype(bool)]
    rows = rows[world.local(rows["answered_at"]).dt.hour >= 6].iloc[::4].reset_index(drop=True)
    days, begins = (_kit.local_text(world, rows["answered_at"], form) for form in ("%d-%m-%Y", "%H:%M:%S"))
    ends = _kit.local_text(world, rows["wrapped_at"], "%H:%M:%S")
    length = (rows["wrapped_at"] - rows["answered_at"]).dt.total_seconds().astype(int)
    lines = []
    for at, (day, begin, end, seconds) in enumerate(zip(days, begins, ends, length, strict=True)):
        clock = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        cells = ("", clock) if at % 3 == 0 else (end, "")
        row = rows.iloc[at]
        lines.append((day, OBSERVERS[at % 2], row["agent"], row["contact"], row["queue"], begin, *cells, 0, ""))
    draft = _kit.draft_of("data/timed_items.csv", _kit.template("timed_items"), lines)
    draft.append("rejected:missing_type", [_kit.line((*lines[0][:4], "", *lines[0][5:]))])
    truth = pd.DataFrame(
        {
            "item": rows["contact"],
            "type": rows["queue"],
            "agent": rows["agent"],
            "started": rows["answered_at"],
            "ended": rows["wrapped_at"],
        }
    )
    return _kit.export_of(folder, "kit_timed_items", truth, draft, population="back_office")
