"""Genesys Cloud: user details as the analytics API answers, in two queries of which the first cuts states off."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.world import VendorWorld

QUEUE = ("idle", "ring", "talk", "hold", "wrap", "unanswered")
PRESENCE = {
    **dict.fromkeys(QUEUE, "ON_QUEUE"),
    "break": "BREAK",
    "meal": "MEAL",
    "meeting": "MEETING",
    "training": "TRAINING",
    "personal": "IDLE",
    "system": "BUSY",
}
ROUTING = {
    **dict.fromkeys(PRESENCE, "OFF_QUEUE"),
    **dict.fromkeys(("idle", "ring"), "IDLE"),
    **dict.fromkeys(("talk", "hold", "wrap"), "INTERACTING"),
    "unanswered": "NOT_RESPONDING",
}
STATES = {
    "presence": {
        "ON_QUEUE": "WORK",
        "IDLE": "AWAY",
        "BUSY": "AWAY",
        "BREAK": "BREAK",
        "MEAL": "BREAK",
        "MEETING": "SUPPORT",
        "TRAINING": "SUPPORT",
        "OFFLINE": "OFF",
    },
    "routing": {"IDLE": "IDLE", "INTERACTING": "HANDLING", "NOT_RESPONDING": "AWAY", "OFF_QUEUE": "OFF"},
}


def write(world: VendorWorld, folder: Path) -> Export:
    """Write a query up to the fourth day and one over everything; entries that both hold are given twice, the last ones without an end."""
    entries = pd.concat(
        [_timeline(world, "presence", PRESENCE, "OFFLINE"), _timeline(world, "routing", ROUTING, "OFF_QUEUE")],
        ignore_index=True,
    )
    cut = world.shifts["start"].min().normalize() + pd.Timedelta(days=4, hours=12)
    first = entries[entries["start"] < cut]
    first = first.assign(end=first["end"].where(first["end"] <= cut))
    for name, part in (("1", first), ("2", entries)):
        (folder / f"data/user_details_{name}.json").write_bytes(json.dumps(_answer(part), ensure_ascii=False).encode())
    last = pd.concat([entries["start"], entries["end"]]).max()
    truth = entries.assign(end=entries["end"].fillna(last))[["agent", "start", "end", "state"]]
    source = {
        "files": ["data/user_details_*.json"],
        "adapter": "genesys_user_details",
        "population": "contact_centre",
    }
    return Export(source, truth, Counter(used=len(entries), duplicate=len(first)))


def _timeline(world: VendorWorld, kind: str, values: dict[str, str], between: str) -> pd.DataFrame:
    """Return one timeline: equal neighbours joined, the time between shifts filled, the last entry open."""
    shifts = world.shifts.sort_values(["agent", "start"], kind="stable")
    rest = shifts.assign(start=shifts["end"], end=shifts.groupby("agent")["start"].shift(-1), value=between)
    rows = pd.concat([world.stretches.assign(value=world.stretches["kind"].map(values)), rest], ignore_index=True)
    rows = rows.sort_values(["agent", "start"], kind="stable", ignore_index=True)
    new = rows["value"].ne(rows["value"].shift()) | rows["agent"].ne(rows["agent"].shift())
    joined = rows.groupby(new.cumsum()).agg(
        agent=("agent", "first"),
        start=("start", "first"),
        end=("end", lambda ends: ends.iloc[-1]),
        value=("value", "first"),
    )
    return joined.assign(kind=kind, state=joined["value"].map(STATES[kind])).reset_index(drop=True)


def _answer(entries: pd.DataFrame) -> dict[str, Any]:
    """Return the answer to a query."""
    users = []
    for agent, own in entries.groupby("agent", sort=False):
        user: dict[str, Any] = {"userId": agent}
        for kind, key, name in (
            ("presence", "primaryPresence", "systemPresence"),
            ("routing", "routingStatus", "routingStatus"),
        ):
            user[key] = [
                {
                    "startTime": _stamp(row.start),
                    **({} if pd.isna(row.end) else {"endTime": _stamp(row.end)}),
                    name: row.value,
                    **({"organizationPresenceId": "6a3af858-942f"} if kind == "presence" else {}),
                }
                for row in own[own["kind"] == kind].itertuples()
            ]
        users.append(user)
    return {"userDetails": users, "totalHits": len(users), "aggregations": None}


def _stamp(moment: Any) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"
