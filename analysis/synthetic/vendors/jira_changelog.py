"""Jira: issues with their changelog, as a search returns them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.world import ZONE, VendorWorld

OPEN, WORKING, DONE = "To Do", "In Progress", "Done"


def stamp(moment: pd.Timestamp) -> str:
    """Return a moment with the offset of the caller, as Jira writes it."""
    return moment.tz_convert(ZONE).strftime("%Y-%m-%dT%H:%M:%S.000%z")


def write(world: VendorWorld, folder: Path) -> Export:
    """Write two pages of issues, newest change first, with fields that are no status and an issue whose key is gone."""
    rows = world.contacts[~world.contacts["abandoned"].astype(bool)].reset_index(drop=True)
    issues: list[dict[str, Any]] = []
    truth: list[tuple[Any, ...]] = []
    for at, row in enumerate(rows.itertuples()):
        key, kind = f"CLM-{at}", str(row.queue)
        histories = [
            _history(row.agent, row.wrapped_at, ("status", WORKING, DONE), ("resolution", "", "Done")),
            _history(row.agent, row.answered_at, ("assignee", "", str(row.agent)), ("status", OPEN, WORKING)),
        ]
        issues.append(
            {"id": str(at), "key": key, "fields": {"issuetype": {"name": kind}}, "changelog": {"histories": histories}}
        )
        truth += [
            (key, f"{kind}: {OPEN}", row.agent, pd.NaT, row.answered_at),
            (key, f"{kind}: {WORKING}", row.agent, row.answered_at, row.wrapped_at),
        ]
    gone = {
        "id": "x",
        "fields": {},
        "changelog": {"histories": [_history("00731", rows["wrapped_at"].iloc[0], ("status", OPEN, DONE))]},
    }
    names, half = [], len(issues) // 2
    for name, part in (("issues_1.json", issues[:half]), ("issues_2.json", [*issues[half:], gone])):
        content = json.dumps({"startAt": 0, "issues": part}, ensure_ascii=False)
        (folder / "data" / name).write_text(content, encoding="utf-8", newline="\n")
        names.append(f"data/{name}")
    count = len(rows)
    ledger = Counter({"used": 2 * count, "excluded:other_field": 2 * count, "rejected:missing_item": 1})
    frame = pd.DataFrame(truth, columns=["item", "type", "agent", "started", "ended"])
    return Export({"files": names, "adapter": "jira_changelog", "population": "back_office"}, frame, ledger)


def _history(author: Any, moment: pd.Timestamp, *changes: tuple[str, str, str]) -> dict[str, Any]:
    items = [{"field": field, "fieldtype": "jira", "fromString": old, "toString": new} for field, old, new in changes]
    return {
        "id": f"{author}-{moment:%d%H%M%S}",
        "author": {"accountId": author, "displayName": "Someone"},
        "created": stamp(moment),
        "items": items,
    }
