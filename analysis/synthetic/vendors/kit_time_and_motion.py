"""The kit's sheet for timing with a stopwatch."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.synthetic.vendors import Export, _kit
from analysis.synthetic.vendors.kit_work_sampling import OBSERVERS, SEEN
from analysis.synthetic.vendors.world import KINDS, VendorWorld


def write(world: VendorWorld, folder: Path) -> Export:
    """Write two hours of one person and the whole of another's nights, over midnight and over the clock change, with durations."""
    rows = world.stretches
    first = world.shifts["start"].iloc[0]
    day = (rows["agent"] == world.shifts["agent"].iloc[0]) & (rows["start"] < first + pd.Timedelta(hours=2))
    night = rows["agent"] == world.shifts["agent"].iloc[-1]
    rows = rows[day | night].reset_index(drop=True)
    state = rows["kind"].map(KINDS)
    length = (rows["end"] - rows["start"]).dt.total_seconds().astype(int)
    days, begins = (_kit.local_text(world, rows["start"], form) for form in ("%Y-%m-%d", "%H:%M:%S"))
    ends = _kit.local_text(world, rows["end"], "%H:%M:%S")
    observer = (rows["agent"] == rows["agent"].iloc[0]).map({True: OBSERVERS[0], False: OBSERVERS[1]})
    clock = [f"{one // 3600}:{one // 60 % 60:02d}:{one % 60:02d}" for one in length]
    lines = list(zip(days, observer, rows["agent"], state.map(SEEN), begins, ends, clock, strict=True))
    draft = _kit.draft_of("data/timing.csv", _kit.template("time_and_motion"), [(*cells, "", "") for cells in lines])
    draft.append("rejected:missing_end", [_kit.line((*lines[0][:4], "23:59:59", "", "", "", "observer called away"))])
    truth = pd.DataFrame({"agent": rows["agent"], "start": rows["start"], "end": rows["end"], "state": state})
    return _kit.export_of(folder, "kit_time_and_motion", truth, draft, population="contact_centre")
