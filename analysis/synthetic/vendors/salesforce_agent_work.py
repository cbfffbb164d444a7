"""Salesforce: AgentWork of a messaging and a voice channel, as the REST query returns it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.salesforce_user_presence import UTC_FORM
from analysis.synthetic.vendors.world import VendorWorld

COLUMNS = ["contact", "channel", "queue", "offered_at", "answered_at", "ended_at", "abandoned", "agent", "talk_us"]


def write(world: VendorWorld, folder: Path) -> Export:
    """Write accepted work, offers that timed out before it, work given up after two offers, and work that is still open."""
    records: list[dict[str, Any]] = []
    truth: list[tuple[Any, ...]] = []
    ledger: Counter[str] = Counter()
    rows = world.contacts.reset_index(drop=True)
    agents = list(dict.fromkeys(world.shifts["agent"]))
    for at, row in enumerate(rows.itertuples()):
        one = _work(f"W{at:04d}", row, skills=at % 9 == 0)
        offers = [one]
        if row.abandoned:
            moment = row.ended_at
            first = one | {
                "Id": one["Id"] + "-1",
                "UserId": agents[at % 6],
                "Status": "DeclinedOnPushTimeout",
                "AssignedDateTime": _utc(row.offered_at),
            }
            second = one | {
                "UserId": agents[(at + 1) % 6],
                "Status": "Canceled",
                "AssignedDateTime": _utc(moment),
                "CancelDateTime": _utc(moment),
            }
            offers = [first, second]
            ledger.update({"excluded:push_timeout": 1, "used": 1})
            ends, talk = moment, None
        else:
            if at % 10 == 0:
                offers = [
                    one
                    | {
                        "Id": one["Id"] + "-0",
                        "UserId": agents[at % 6],
                        "Status": "Declined",
                        "AcceptDateTime": None,
                        "CloseDateTime": None,
                        "HandleTime": None,
                    },
                    one,
                ]
                ledger.update({"excluded:declined": 1})
            ledger.update({"used": 1})
            ends, talk = row.wrapped_at, int((row.wrapped_at - row.answered_at).total_seconds()) * 1_000_000
            if at == len(rows) // 2:
                one |= {"CloseDateTime": None, "HandleTime": None, "Status": "Opened"}
                ends, talk = None, None
        records += offers
        queue = one["OriginalQueue"]["Name"] if one["OriginalQueue"] else "Messaging"
        answered = None if row.abandoned else row.answered_at
        truth.append(
            (
                one["Id"],
                "Messaging",
                queue,
                row.offered_at,
                answered,
                ends,
                bool(row.abandoned),
                None if row.abandoned else row.agent,
                talk,
            )
        )
    name = "data/agent_work.json"
    (folder / name).write_text(
        json.dumps({"totalSize": len(records), "done": True, "records": records}), encoding="utf-8", newline="\n"
    )
    source = {"files": [name], "adapter": "salesforce_agent_work", "population": "contact_centre"}
    return Export(source, pd.DataFrame(truth, columns=COLUMNS), ledger)


def _utc(moment: pd.Timestamp) -> str | None:
    return None if pd.isna(moment) else moment.strftime(UTC_FORM)


def _work(identifier: str, row: Any, *, skills: bool) -> dict[str, Any]:
    """Return one record; a relation is an object, and absent where nothing is related."""
    open_s = None if row.abandoned else int((row.wrapped_at - row.answered_at).total_seconds())
    queue: Mapping[str, Any] | None = {"attributes": {"type": "Group"}, "Name": row.queue}
    return {
        "attributes": {"type": "AgentWork"},
        "Id": identifier,
        "UserId": row.agent,
        "WorkItemId": f"500{row.contact}",
        "ServiceChannel": {"attributes": {"type": "ServiceChannel"}, "DeveloperName": "Messaging"},
        "OriginalQueue": None if skills else queue,
        "Status": "Closed",
        "RequestDateTime": _utc(row.offered_at),
        "AssignedDateTime": _utc(row.offered_at),
        "AcceptDateTime": _utc(row.answered_at),
        "CloseDateTime": None if row.abandoned else _utc(row.wrapped_at),
        "CancelDateTime": None,
        "HandleTime": open_s,
        "ActiveTime": None,
        "SpeedToAnswer": None if row.abandoned else int((row.answered_at - row.offered_at).total_seconds()),
        "CapacityWeight": 1.0,
    }
