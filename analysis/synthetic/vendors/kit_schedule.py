"""The kit's sheet of schedules."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from analysis.synthetic.vendors import Export, _kit
from analysis.synthetic.vendors.world import KINDS, VendorWorld

WORDS: Mapping[str, str] = {"break": "Break", "meal": "Lunch", "meeting": "Meeting", "training": "Training"}


def write(world: VendorWorld, folder: Path) -> Export:
    """Write shifts with the breaks and meetings in them; date and times apart, shifts over midnight, unpaid meals."""
    planned = world.stretches[world.stretches["kind"].isin(list(WORDS))]
    # nobody plans a break in an hour that the clock shows twice, and a sheet could not say which one is meant
    planned = planned[~world.local(planned["start"]).dt.hour.isin([1, 2, 3])]
    shifts = world.shifts.assign(kind="shift")
    rows = pd.concat([shifts, planned])[["agent", "start", "end", "kind"]].sort_values(
        ["agent", "start", "kind"], ignore_index=True
    )
    words = rows["kind"].map({**WORDS, "shift": "Shift"})
    paid = rows["kind"] != "meal"
    days, begins = (_kit.local_text(world, rows["start"], form) for form in ("%d-%m-%Y", "%H:%M:%S"))
    ends = _kit.local_text(world, rows["end"], "%H:%M:%S")
    lines = zip(rows["agent"], days, begins, ends, words, paid.map({True: "yes", False: "no"}), strict=True)
    draft = _kit.draft_of("data/schedule.csv", _kit.template("schedule"), [(*cells, "") for cells in lines])
    draft.append("rejected:missing_agent", [_kit.line(("", days[0], "8:00", "9:00", "Shift", "yes", ""))])
    truth = pd.DataFrame(
        {
            "agent": rows["agent"],
            "start": rows["start"],
            "end": rows["end"],
            "state": rows["kind"].map({**KINDS, "shift": "WORK"}),
            "paid": paid,
        }
    )
    return _kit.export_of(folder, "kit_schedule", truth, draft)
