"""The kit's sheet of weekly workload."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.synthetic.vendors import Export, _kit
from analysis.synthetic.vendors.world import VendorWorld


def write(world: VendorWorld, folder: Path) -> Export:
    """Write a wide sheet: ISO weeks, a column per type, a column of totals, an empty cell, and a week that no year has."""
    first = pd.Timestamp(world.client.period.start)
    monday = first - pd.Timedelta(days=first.weekday())
    weeks = [monday, monday + pd.Timedelta(days=7)]
    volumes = {
        ("North", 0): (120, 33, None),
        ("North", 1): (98, 41, 5),
        ("South", 0): (76, 0, 12),
        ("South", 1): (81.5, 27, 9),
    }
    lines, truth = [], []
    for (team, week), counts in volumes.items():
        start = weeks[week]
        year, number, _ = start.isocalendar()
        paid_h = 152.5 + week
        total = sum(count or 0 for count in counts)
        lines.append((team, f"{year}-W{number:02d}", f"{paid_h:.1f}", *counts, total, "counted by hand"))
        truth += [
            (team, start, start + pd.Timedelta(days=6), paid_h, kind, count)
            for kind, count in zip(_kit.ITEM_TYPES, counts, strict=True)
            if count is not None
        ]
    header = _kit.line(("Team", "Week", "Paid hours", *_kit.ITEM_TYPES, "Total", "Note"))
    draft = _kit.draft_of("data/workload.csv", header, lines)
    draft.append("rejected:bad_week", [_kit.line(("North", "2026-W54", 150, 1, 1, 1, 3, ""))])
    draft.append("rejected:bad_number", [_kit.line(("South", f"{year}-W{number + 1:02d}", 150, "many", 1, 1, 3, ""))])
    columns = ["team", "period_start", "period_end", "paid_h", "type", "volume"]
    return _kit.export_of(folder, "kit_weekly_workload", pd.DataFrame(truth, columns=columns), draft)
