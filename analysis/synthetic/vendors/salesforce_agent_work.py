"""Salesforce: AgentWork of a messaging channel, as the REST query returns it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.salesforce_user_presence import UTC_FORM
from analysis.synthetic.vendors.world import VendorWorld

COLUMNS = ["contact", "channel", "queue", "offered_at", "answered_at", "ended_at", "abandoned", "agent", "talk_us"]
CHANNEL = "Messaging"


def write(world: VendorWorld, folder: Path) -> Export:
    """Write accepted work, offers that were declined before it, work given up after two offers, and work that is still open."""
    records: list[dict[str, Any]] = []
    truth: list[tuple[Any, ...]] = []
    ledger: Counter[str] = Counter()
    rows = world.contacts.reset_index(drop=True)
    agents = list(dict.fromkeys(world.shifts["agent"]))
    for at, row in enumerate(rows.itertuples()):
        one = _work(f"W{at:04d}", row, skills=at % 9 == 0)
        others = [agents[at % len(agents)], agents[(at + 1) % len(agents)]]
        if row.abandoned:
            records += _given_up(one, others, row)
            ledger.update({"excluded:push_timeout": 1})
            ends, talk = row.ended_at, None
        elif at == len(rows) // 2:
            records.append(one | {"CloseDateTime": None, "HandleTime": None, "Status": "Opened"})
            ends, talk = None, None
        else:
            declined = {"AcceptDateTime": None, "CloseDateTime": None, "HandleTime": None}
            if at % 10 == 0:
                records.append(one | declined | {"Id": one["Id"] + "-0", "UserId": others[0], "Status": "Declined"})
                ledger.update({"excluded:declined": 1})
            records.append(one)
            ends, talk = row.wrapped_at, one["HandleTime"] * 1_000_000
        ledger.update(used=1)
        queue = one["OriginalQueue"]["Name"] if one["OriginalQueue"] else CHANNEL
        answered, agent = (None, None) if row.abandoned else (row.answered_at, row.agent)
        truth.append((one["Id"], CHANNEL, queue, row.offered_at, answered, ends, bool(row.abandoned), agent, talk))
    name = "data/agent_work.json"
    content = {"totalSize": len(records), "done": True, "records": records}
    (folder / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8", newline="\n")
    source = {"files": [name], "adapter": "salesforce_agent_work", "population": "contact_centre"}
    return Export(source, pd.DataFrame(truth, columns=COLUMNS), ledger)


def _utc(moment: pd.Timestamp) -> str | None:
    return None if pd.isna(moment) else moment.strftime(UTC_FORM)


def _given_up(one: dict[str, Any], agents: list[str], row: Any) -> list[dict[str, Any]]:
    """Return the two offers of work whose customer left."""
    first = {"Status": "DeclinedOnPushTimeout", "AssignedDateTime": _utc(row.offered_at), "UserId": agents[0]}
    left = _utc(row.ended_at)
    second = {"Status": "Canceled", "AssignedDateTime": left, "CancelDateTime": left, "UserId": agents[1]}
    return [one | first | {"Id": one["Id"] + "-1"}, one | second]


def _work(identifier: str, row: Any, *, skills: bool) -> dict[str, Any]:
    """Return one record; a relation is an object, and absent where nothing is related."""
    queue = {"attributes": {"type": "Group"}, "Name": row.queue}
    return {
        "attributes": {"type": "AgentWork"},
        "Id": identifier,
        "UserId": row.agent,
        "WorkItemId": f"500{row.contact}",
        "ServiceChannel": {"attributes": {"type": "ServiceChannel"}, "DeveloperName": CHANNEL},
        "OriginalQueue": None if skills else queue,
        "Status": "Closed",
        "RequestDateTime": _utc(row.offered_at),
        "AssignedDateTime": _utc(row.offered_at),
        "AcceptDateTime": _utc(row.answered_at),
        "CloseDateTime": None if row.abandoned else _utc(row.wrapped_at),
        "CancelDateTime": None,
        "HandleTime": None if row.abandoned else int((row.wrapped_at - row.answered_at).total_seconds()),
        "ActiveTime": None,
        "SpeedToAnswer": None if row.abandoned else int((row.answered_at - row.offered_at).total_seconds()),
        "CapacityWeight": 1.0,
    }
