"""Amazon Connect: login/logout report in the zone chosen for it, the newest session first; some people never logged out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.world import VendorWorld

HOURS_AFTER = 14


def write(world: VendorWorld, folder: Path) -> Export:
    """Write one row per shift, in UTC; people who closed the panel stay logged in until long after."""
    rows = world.shifts.sort_values("start", ascending=False, ignore_index=True)
    rows.loc[[3, 8], "end"] += pd.Timedelta(hours=HOURS_AFTER)
    start, end = (rows[name].dt.strftime("%Y-%m-%d %H:%M:%S") for name in ("start", "end"))
    length = (rows["end"] - rows["start"]).dt.total_seconds().astype(int)
    clock = [f"{one // 3600:02d}:{one // 60 % 60:02d}:{one % 60:02d}" for one in length]
    lines = [",".join(row) for row in zip(rows["agent"], start, end, clock, strict=True)]
    draft = Draft.of("data/login_logout.csv", "Agent,Login,Logout,Duration", lines)
    draft.insert(np.random.default_rng(5), "excluded:open_at_end_of_report", [f"{rows['agent'][0]},{end[0]},-,-"])
    (folder / draft.file).write_bytes(draft.text())
    truth = pd.DataFrame({"agent": rows["agent"], "start": rows["start"], "end": rows["end"], "state": "WORK"})
    source = {
        "files": [draft.file],
        "adapter": "amazon_login_logout",
        "population": "contact_centre",
        "time_zone": "UTC",
    }
    return Export(source, truth, Counter(draft.ledger))
