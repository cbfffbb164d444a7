"""Amazon Connect: agent event stream, the newest event first, with heartbeats up to an hour after the log-out and events delivered twice."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.world import KINDS, VendorWorld

CONTACT = {
    "talk": "CONNECTED",
    "hold": "CONNECTED_ONHOLD",
    "wrap": "ENDED",
    "ring": "CONNECTING",
    "unanswered": "MISSED",
}
STATUS = {
    "break": "Break",
    "meal": "Lunch",
    "meeting": "Meeting",
    "training": "Training",
    "personal": "Personal",
    "system": "System Issue",
}
BEAT_S = 120
# How long the last person's last state goes on [s].
STAYS_S = 600


def write(world: VendorWorld, folder: Path) -> Export:
    """Write the events of every shift; the contact that ended disappears with the next event, and the last person never logs out."""
    events: list[tuple[pd.Timestamp, dict[str, Any]]] = []
    ledger: Counter[str] = Counter()
    truth = []
    turns = list(world.shifts.itertuples())
    for turn in turns:
        own = world.stretches[
            (world.stretches["agent"] == turn.agent) & world.stretches["start"].between(turn.start, turn.end, "left")
        ]
        snapshots = [(row.start, _snapshot(row.agent, row.kind, row.contact)) for row in own.itertuples()]
        kept = turn is turns[-1]
        end = turn.end + pd.Timedelta(seconds=STAYS_S if kept else 0)
        events += _shift(turn.agent, snapshots, end, logs_out=not kept)
        truth.append(own.assign(state=own["kind"].map(KINDS))[["agent", "start", "end", "state"]])
        if kept:
            # nothing but heartbeats tells how long the last state lasted
            beats = int((end - snapshots[-1][0]).total_seconds()) // BEAT_S
            truth[-1].loc[truth[-1].index[-1], "end"] = snapshots[-1][0] + pd.Timedelta(seconds=beats * BEAT_S)
        else:
            truth.append(
                pd.DataFrame({"agent": [turn.agent], "start": [turn.end], "end": [turn.end], "state": ["OFF"]})
            )
    events.sort(key=lambda pair: pair[0], reverse=True)
    lines = [json.dumps({**one, "EventId": f"e{at}"}, ensure_ascii=False) for at, (_, one) in enumerate(events)]
    again = [line for line in lines[::50] if '"HEART_BEAT"' not in line]
    ledger["excluded:heartbeat"] = sum(one["EventType"] == "HEART_BEAT" for _, one in events)
    ledger.update(used=len(events) - ledger["excluded:heartbeat"], duplicate=len(again))
    (folder / "data/agent_events.json").write_bytes("\n".join([*lines, *again]).encode())
    source = {"files": ["data/agent_events.json"], "adapter": "amazon_agent_events", "population": "contact_centre"}
    return Export(source, pd.concat(truth, ignore_index=True), ledger)


def _shift(
    agent: str, snapshots: list[tuple[pd.Timestamp, dict[str, Any]]], end: pd.Timestamp, *, logs_out: bool
) -> list[tuple[pd.Timestamp, dict[str, Any]]]:
    """Return the events of one shift: log-in, each change, heartbeats, and the log-out."""
    found = []
    before: dict[str, Any] | None = None
    for at, (moment, snapshot) in enumerate(snapshots):
        found.append((moment, _event(agent, moment, "STATE_CHANGE" if at else "LOGIN", snapshot, before)))
        following = snapshots[at + 1][0] if at + 1 < len(snapshots) else end
        found += _heartbeats(agent, moment, following, snapshot, last=at + 1 == len(snapshots) and not logs_out)
        before = snapshot
    if logs_out:
        found.append((end, _event(agent, end, "LOGOUT", None, before)))
        off = {**_snapshot(agent, "idle", ""), "AgentStatus": {"Name": "Offline", "Type": "OFFLINE"}}
        found += _heartbeats(agent, end, end + pd.Timedelta(hours=1), off, last=True)
    return found


def _heartbeats(
    agent: str, start: pd.Timestamp, end: pd.Timestamp, snapshot: dict[str, Any], *, last: bool
) -> list[tuple[pd.Timestamp, dict[str, Any]]]:
    """Return a heartbeat every two minutes within a state; at its very end too where nothing follows."""
    length = int((end - start).total_seconds())
    moments = [start + pd.Timedelta(seconds=at) for at in range(BEAT_S, length + (1 if last else 0), BEAT_S)]
    return [(moment, _event(agent, moment, "HEART_BEAT", snapshot, snapshot)) for moment in moments]


def _snapshot(agent: str, kind: str, contact: str) -> dict[str, Any]:
    name = STATUS.get(kind, "Available")
    contacts = []
    if kind in CONTACT:
        contacts = [{"ContactId": contact, "Channel": "VOICE", "InitiationMethod": "INBOUND", "State": CONTACT[kind]}]
    return {
        "AgentStatus": {"Name": name, "Type": "ROUTABLE" if name == "Available" else "CUSTOM"},
        "NextAgentStatus": None,
        "Configuration": {"Username": agent, "FirstName": None, "AgentHierarchyGroups": None},
        "Contacts": contacts,
    }


def _event(
    agent: str, moment: pd.Timestamp, kind: str, now: dict[str, Any] | None, before: dict[str, Any] | None
) -> dict[str, Any]:
    return {
        "AgentARN": f"arn:aws:connect:agent/{agent}",
        "CurrentAgentSnapshot": now,
        "PreviousAgentSnapshot": before,
        "EventTimestamp": f"{moment:%Y-%m-%dT%H:%M:%S}.000Z",
        "EventType": kind,
        "Version": "2017-10-01",
    }
