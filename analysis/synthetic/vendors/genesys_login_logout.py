"""Genesys Cloud: login-logout details in the wall clock of the report, with sessions that it shows by half."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.world import VendorWorld


def write(world: VendorWorld, folder: Path) -> Export:
    """Write one row per shift; the first row of some people is the end of a session from before the report, the last one still runs."""
    rows = world.shifts
    start, end = (world.local(rows[name]).dt.strftime("%m/%d/%Y %I:%M:%S %p") for name in ("start", "end"))
    length = (rows["end"] - rows["start"]).dt.total_seconds().astype(int)
    clock = [f"{one // 3600}:{one // 60 % 60:02d}:{one % 60:02d}" for one in length]
    lines = [",".join(row) for row in zip('"' + rows["agent"] + '"', start, end, clock, strict=True)]
    draft = Draft.of("data/login_logout_details.csv", "User,Start Time,End Time,Duration", lines)
    draft.banner("Agent Login-Logout Details")
    rng = np.random.default_rng(11)
    first = rows.drop_duplicates("agent")["agent"].iloc[:3]
    early = (world.local(rows["start"]).min() - pd.Timedelta(days=3)).strftime("%m/%d/%Y 05:00:00 PM")
    draft.insert(rng, "excluded:began_before_report", [f"{agent},N/A,{early},N/A" for agent in first])
    draft.append("excluded:open_at_end_of_report", [f"{rows['agent'].iloc[-1]},{end.iloc[-1]},N/A,N/A"])
    draft.repeat_header(20)
    (folder / draft.file).write_bytes(draft.text())
    truth = pd.DataFrame({"agent": rows["agent"], "start": rows["start"], "end": rows["end"], "state": "WORK"})
    source = {
        "files": [draft.file],
        "adapter": "genesys_login_logout",
        "population": "contact_centre",
        "date_order": "mdy",
    }
    return Export(source, truth, Counter(draft.ledger))
