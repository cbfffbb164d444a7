"""Jira: worklogs, as their list returns them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pandas as pd

from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.jira_changelog import stamp
from analysis.synthetic.vendors.world import VendorWorld


def write(world: VendorWorld, folder: Path) -> Export:
    """Write one log per piece of work, timed to the second, one twice, and one without a start."""
    rows = world.contacts[~world.contacts["abandoned"].astype(bool)].reset_index(drop=True)
    logs = [
        {
            "id": str(at),
            "issueId": f"CLM-{row.contact}",
            "author": {"accountId": row.agent, "displayName": "Someone"},
            "created": stamp(row.wrapped_at),
            "started": stamp(row.answered_at),
            "timeSpent": "5m",
            "timeSpentSeconds": int((row.wrapped_at - row.answered_at).total_seconds()),
        }
        for at, row in enumerate(rows.itertuples())
    ]
    broken = {**logs[0], "id": "x", "started": None}
    name = "data/worklogs.json"
    content = json.dumps([*logs, logs[3], broken], ensure_ascii=False)
    (folder / name).write_text(content, encoding="utf-8", newline="\n")
    truth = pd.DataFrame(
        {
            "item": "CLM-" + rows["contact"],
            "type": "worklog",
            "agent": rows["agent"],
            "started": rows["answered_at"],
            "ended": rows["wrapped_at"],
        }
    )
    ledger = Counter({"used": len(logs), "duplicate": 1, "rejected:missing_ended": 1})
    return Export({"files": [name], "adapter": "jira_worklog", "population": "back_office"}, truth, ledger)
