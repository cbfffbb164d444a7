"""ServiceNow: sys_audit as the Table API returns it, in UTC."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.servicenow_task import FORM
from analysis.synthetic.vendors.world import VendorWorld

NEW, WORKING, RESOLVED, CLOSED = "New", "Work in Progress", "Resolved", "Closed"


def write(world: VendorWorld, folder: Path) -> Export:
    """Write each record's life: made and closed by the system, taken up and resolved by a person, with fields that are no state."""
    rows = world.contacts[~world.contacts["abandoned"].astype(bool)].reset_index(drop=True)
    records: list[dict[str, Any]] = []
    truth: list[tuple[Any, ...]] = []
    for row in rows.itertuples():
        later = row.wrapped_at + pd.Timedelta(days=3)
        records += [
            _change(row.contact, "state", "system", ("", NEW), row.offered_at),
            _change(row.contact, "state", row.agent, (NEW, WORKING), row.answered_at),
            _change(row.contact, "assigned_to", row.agent, ("", row.agent), row.answered_at),
            _change(row.contact, "state", row.agent, (WORKING, RESOLVED), row.wrapped_at),
            _change(row.contact, "state", "system", (RESOLVED, CLOSED), later),
        ]
        truth += [
            (f"doc{row.contact}", f"incident: {NEW}", row.agent, pd.NaT, row.answered_at),
            (f"doc{row.contact}", f"incident: {WORKING}", row.agent, row.answered_at, row.wrapped_at),
        ]
    made = _change("by-hand", "state", rows["agent"].iloc[0], ("", NEW), rows["offered_at"].iloc[0])
    bad = _change("bad", "state", "00731", (NEW, WORKING), rows["offered_at"].iloc[0]) | {
        "sys_created_on": "2026-13-45 08:00:00"
    }
    records += [made, bad]
    name = "data/sys_audit.json"
    (folder / name).write_text(json.dumps({"result": records}, ensure_ascii=False), encoding="utf-8", newline="\n")
    count = len(rows)
    ledger = Counter(
        {
            "used": 2 * count,
            "excluded:other_field": count,
            "excluded:system_user": 2 * count,
            "excluded:record_created": 1,
            "rejected:bad_stamp": 1,
        }
    )
    frame = pd.DataFrame(truth, columns=["item", "type", "agent", "started", "ended"])
    source = {"files": [name], "adapter": "servicenow_sys_audit", "population": "back_office", "time_zone": "UTC"}
    return Export(source, frame, ledger)


def _change(record: Any, field: str, user: Any, states: tuple[str, Any], moment: pd.Timestamp) -> dict[str, Any]:
    return {
        "tablename": "incident",
        "fieldname": field,
        "documentkey": f"doc{record}",
        "user": user,
        "oldvalue": states[0],
        "newvalue": states[1],
        "sys_created_on": moment.strftime(FORM),
    }
