"""Amazon Connect: contact records, half as JSON one after the other, half flattened, with what is delivered again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.world import VendorWorld

FLAT = (
    *("ContactId", "Channel", "InitiationMethod", "InitiationTimestamp", "DisconnectTimestamp", "LastUpdateTimestamp"),
    *("AgentConnectionAttempts", "Queue.Name", "Queue.EnqueueTimestamp", "Agent.Username"),
    *("Agent.ConnectedToAgentTimestamp", "Agent.AgentInteractionDuration", "Agent.CustomerHoldDuration"),
    *("Agent.AfterContactWorkDuration", "Attributes.topic"),
)


def write(world: VendorWorld, folder: Path) -> Export:
    """Write every contact; some a second time as they stood before the after-contact work, some twice, some that never reached a queue."""
    records = [_record(row) for row in world.contacts.to_dict("records")]
    half = len(records) // 2
    nested, flat = records[:half], records[half:]
    early = [_before_the_end(record) for record in nested[::9] if record["Agent"]]
    again = nested[::11]
    unqueued = [
        {**record, "ContactId": f"ivr-{at}", "Queue": None, "Agent": None} for at, record in enumerate(flat[:3])
    ]
    lines = [json.dumps(record, ensure_ascii=False) for record in (*early, *nested, *again, *unqueued)]
    (folder / "data/contact_records.json").write_bytes("\n".join(lines).encode())
    rows = [",".join(FLAT), *(",".join(_cells(record)) for record in reversed(flat))]
    (folder / "data/contact_records.csv").write_bytes(("\r\n".join(rows) + "\r\n").encode())
    ledger = Counter(header=1, used=len(records), duplicate=len(again))
    ledger.update({"excluded:older_version": len(early), "excluded:never_queued": len(unqueued)})
    source = {
        "files": ["data/contact_records.json", "data/contact_records.csv"],
        "adapter": "amazon_contact_records",
        "population": "contact_centre",
    }
    names = ("contact", "queue", "offered_at", "answered_at", "ended_at", "abandoned", "agent")
    truth = world.contacts[[*names, "talk_us", "hold_us", "wrap_us"]].assign(channel="voice", direction="in")
    return Export(source, truth, ledger)


def _stamp(moment: pd.Timestamp) -> str | None:
    return None if pd.isna(moment) else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the last version of a contact's record."""
    agent = None
    if not row["abandoned"]:
        agent = {
            "Username": row["agent"],
            "ConnectedToAgentTimestamp": _stamp(row["answered_at"]),
            "AgentInteractionDuration": int(row["talk_us"]) // 1_000_000,
            "CustomerHoldDuration": int(row["hold_us"]) // 1_000_000,
            "AfterContactWorkDuration": int(row["wrap_us"]) // 1_000_000,
        }
    last = row["ended_at"] if pd.isna(row["wrapped_at"]) else row["wrapped_at"]
    return {
        "ContactId": row["contact"],
        "Channel": "VOICE",
        "InitiationMethod": "INBOUND",
        "InitiationTimestamp": _stamp(row["offered_at"] - pd.Timedelta(seconds=20)),
        "DisconnectTimestamp": _stamp(row["ended_at"]),
        "LastUpdateTimestamp": _stamp(last + pd.Timedelta(minutes=1)),
        "AgentConnectionAttempts": 1 if agent else 0,
        "Queue": {"ARN": "arn:q", "Name": row["queue"], "EnqueueTimestamp": _stamp(row["offered_at"])},
        "Agent": agent,
        "Attributes": {"topic": "glass, broken"},
    }


def _before_the_end(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record as it stood when the contact ended, before the after-contact work."""
    agent = {**record["Agent"], "AfterContactWorkDuration": 0}
    return {**record, "Agent": agent, "LastUpdateTimestamp": record["DisconnectTimestamp"]}


def _cells(record: Mapping[str, Any]) -> list[str]:
    """Return a record as a row of a flattened table."""
    cells = []
    for path in FLAT:
        value: Any = record
        for key in path.split("."):
            value = (value or {}).get(key)
        text = "" if value is None else str(value)
        cells.append(f'"{text}"' if "," in text else text)
    return cells
