"""ServiceNow: records of the table task, exported from a list in the clock of a user."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.synthetic.vendors import Export, _kit
from analysis.synthetic.vendors.world import ZONE, VendorWorld

FORM = "%Y-%m-%d %H:%M:%S"


def write(world: VendorWorld, folder: Path) -> Export:
    """Write records whose work ended when they were closed, resolved, or ended of itself; jobs close some days later, and two are open."""
    rows = world.contacts[~world.contacts["abandoned"].astype(bool)]
    rows = rows[world.local(rows["offered_at"]).dt.hour >= 6].reset_index(drop=True)
    opened, began, ended = (
        _kit.local_text(world, rows[name], FORM) for name in ("offered_at", "answered_at", "wrapped_at")
    )
    jobs = _kit.local_text(world, rows["wrapped_at"].dt.floor("h") + pd.Timedelta(days=3), "%Y-%m-%d 03:00:00")
    lines = []
    for at, (agent, contact, kind) in enumerate(zip(rows["agent"], rows["contact"], rows["queue"], strict=True)):
        end, job = ended[at], jobs[at]
        stamps = {0: (end, "", job), 1: ("", end, job)}.get(at % 4, ("", "", end))
        lines.append((f"TASK{contact}", kind, agent, "Closed Complete", opened[at], began[at], *stamps, "", 0))
    header = "number,category,assigned_to,state,opened_at,work_start,work_end,resolved_at,closed_at,due_date,reassignment_count"
    draft = _kit.draft_of("data/task.csv", header, lines)
    still = [("TASK9", "claims line", "00731", "Work in Progress", opened[0], began[0], "", "", "", "", 0)]
    draft.append("excluded:still_open", [_kit.line(one) for one in still])
    draft.append("rejected:missing_type", [_kit.line(("TASK8", "", *lines[0][2:]))])
    truth = pd.DataFrame(
        {
            "item": "TASK" + rows["contact"],
            "type": rows["queue"],
            "agent": rows["agent"],
            "arrived": rows["offered_at"],
            "started": rows["answered_at"],
            "ended": rows["wrapped_at"],
        }
    )
    return _kit.export_of(folder, "servicenow_task", truth, draft, population="back_office", time_zone=ZONE)
