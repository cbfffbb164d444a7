"""The kit's sheet of quality."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.synthetic.vendors import Export, _kit
from analysis.synthetic.vendors.world import VendorWorld


def write(world: VendorWorld, folder: Path) -> Export:
    """Write checks by team, week and type; weeks in words, and a row without a number of checks."""
    first = pd.Timestamp(world.client.period.start)
    monday = first + pd.Timedelta(days=7 - first.weekday())
    year, number, _ = monday.isocalendar()
    counts = [
        (team, kind, 30 + 7 * at, at, min(at, 1), at % 2)
        for at, (team, kind) in enumerate((t, k) for t in _kit.TEAMS for k in _kit.ITEM_TYPES)
    ]
    lines = [(team, f"week {number} {year}", kind, *numbers, "") for team, kind, *numbers in counts]
    draft = _kit.draft_of("data/quality.csv", _kit.template("quality"), lines)
    draft.append("rejected:missing_checked", [_kit.line(("North", f"{year}-W{number:02d}", "claim", "", 2, 1, 0, ""))])
    truth = pd.DataFrame(counts, columns=["team", "type", "checked", "errors", "reworked", "complaints"])
    return _kit.export_of(folder, "kit_quality", truth.assign(period_start=monday), draft)
