"""Salesforce: AgentWork of cases, as Data Loader writes it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.synthetic.vendors import Export, _kit
from analysis.synthetic.vendors.salesforce_user_presence import UTC_FORM
from analysis.synthetic.vendors.world import VendorWorld


def write(world: VendorWorld, folder: Path) -> Export:
    """Write cases with declined offers, work that is still open, and the live channel that is left out."""
    rows = world.contacts[~world.contacts["abandoned"].astype(bool)].reset_index(drop=True)
    stamps = [rows[name].dt.strftime(UTC_FORM) for name in ("offered_at", "answered_at", "wrapped_at")]
    open_s = (rows["wrapped_at"] - rows["answered_at"]).dt.total_seconds().astype(int)
    lines = [
        (f"0Bz{at:04d}", agent, f"500{contact}", "Cases", "Closed", *times, int(0.8 * seconds), seconds, 5)
        for at, (agent, contact, seconds, *times) in enumerate(
            zip(rows["agent"], rows["contact"], open_s, *stamps, strict=True)
        )
    ]
    header = "Id,UserId,WorkItemId,ServiceChannel.DeveloperName,Status,RequestDateTime,AcceptDateTime,CloseDateTime,ActiveTime,HandleTime,CapacityWeight"
    draft = _kit.draft_of("data/agent_work.csv", header, lines)
    first = lines[0]
    draft.append(
        "excluded:declined", [_kit.line(("0BzD", "00731", first[2], "Cases", "Declined", first[5], "", "", "", "", 5))]
    )
    draft.append(
        "excluded:still_open",
        [_kit.line(("0BzO", *first[1:2], "500new", "Cases", "Opened", first[5], first[6], "", "", "", 5))],
    )
    draft.append(
        "excluded:type", [_kit.line(("0BzM", *first[1:2], "500chat", "Messaging", *first[4:])) for _ in range(1)]
    )
    draft.append(
        "rejected:end_before_start",
        [_kit.line(("0BzX", *first[1:2], "500x", "Cases", "Closed", first[5], first[7], first[6], 5, 5, 5))],
    )
    truth = pd.DataFrame(
        {
            "item": "500" + rows["contact"],
            "type": "Cases",
            "agent": rows["agent"],
            "arrived": rows["offered_at"],
            "started": rows["answered_at"],
            "ended": rows["wrapped_at"],
        }
    )
    return _kit.export_of(
        folder, "salesforce_agent_work_items", truth, draft, population="back_office", exclude={"type": ["Messaging"]}
    )
