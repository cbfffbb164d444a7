"""Twilio TaskRouter: the events resource as JSON, newest first, in two pulls that overlap."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors._presence import presence
from analysis.synthetic.vendors.world import KINDS, VendorWorld

ACTIVITY: Mapping[str, str] = {
    "taking": "Available",
    "break": "Break",
    "meal": "Lunch",
    "meeting": "Meeting",
    "training": "Training",
    "personal": "Unavailable",
    "system": "System Issue",
}
# Events carry milliseconds that their stamp in whole seconds does not show.
MS = 250
SHARED = 40


def write(world: VendorWorld, folder: Path) -> Export:
    """Write changes of activity and reservations, events of tasks beside them, and the last change of one worker, whose end nobody knows."""
    events, truth = _activities(world)
    more, steps = _reservations(world)
    others = [
        _event("task.created", moment, task_sid=f"WT{at}")
        for at, moment in enumerate(world.contacts["offered_at"].iloc[:25])
    ]
    last = world.shifts["end"].max() + pd.Timedelta(minutes=5)
    still = _event(
        "worker.activity.update",
        last,
        worker_sid="1E5",
        worker_activity_name="Available",
        worker_previous_activity_name="Offline",
    )
    lonely = _event("reservation.completed", last, worker_sid="1E5", reservation_sid="WR-before")
    every = sorted([*events, *more, *others, still, lonely], key=lambda one: one["event_date_ms"])
    for at, one in enumerate(every):
        one["sid"] = f"EV{at:06d}"
    middle = len(every) // 2
    names = []
    for name, part in (("events_1.json", every[: middle + SHARED]), ("events_2.json", every[middle:])):
        content = {"meta": {"key": "events", "page": 0}, "events": part[::-1]}
        (folder / "data" / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8", newline="\n")
        names.append(f"data/{name}")
    closed = sum(one["event_type"] in ("reservation.completed", "reservation.timeout") for one in more)
    ledger = Counter(used=len(truth) + len(steps) + closed, duplicate=SHARED)
    ledger.update({"excluded:other_event": len(others), "excluded:end_without_beginning": 1, "rejected:missing_end": 1})
    source = {"files": names, "adapter": "twilio_taskrouter_events", "population": "contact_centre"}
    frame = pd.DataFrame([*truth, *steps], columns=["agent", "start", "end", "state"])
    return Export(source, frame, ledger)


def _event(kind: str, moment: pd.Timestamp, **data: Any) -> dict[str, Any]:
    return {
        "sid": "",
        "event_type": kind,
        "event_date": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "event_date_ms": int(moment.timestamp()) * 1000 + MS,
        "resource_type": kind.partition(".")[0],
        "event_data": data,
    }


def _shifted(moment: pd.Timestamp) -> pd.Timestamp:
    return moment + pd.Timedelta(milliseconds=MS)


def _activities(world: VendorWorld) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
    """Return changes of activity with the stretches that they make; each shift ends offline."""
    events, truth = [], []
    for agent, rows in presence(world).groupby("agent", sort=False):
        changes: list[tuple[pd.Timestamp, str]] = []
        for row, follows in zip(rows.itertuples(), [*rows["start"].iloc[1:], None], strict=True):
            changes.append((row.start, ACTIVITY[str(row.kind)]))
            state = "IDLE" if row.kind == "taking" else KINDS[str(row.kind)]
            truth.append((agent, _shifted(row.start), _shifted(row.end), state))
            if row.end != follows:
                changes.append((row.end, "Offline"))
                truth.append((agent, _shifted(row.end), _shifted(row.end), "OFF"))
        before, since = "Offline", None
        for moment, activity in changes:
            lasted = (
                {}
                if since is None
                else {"worker_time_in_previous_activity_ms": int((moment - since).total_seconds()) * 1000}
            )
            data = {
                "worker_sid": agent,
                "worker_activity_name": activity,
                "worker_previous_activity_name": before,
                **lasted,
            }
            events.append(_event("worker.activity.update", moment, **data))
            before, since = activity, moment
    return events, truth


def _reservations(world: VendorWorld) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
    """Return the events of offers with the stretches that they make."""
    events, truth = [], []
    offers: dict[str, list[Any]] = {}
    for stretch in world.stretches[world.stretches["contact"] != ""].itertuples():
        offers.setdefault(str(stretch.contact), []).append(stretch)
    for contact, own in offers.items():
        agent, sid, end = own[0].agent, f"WR{contact}", own[-1].end
        firsts = {one.kind: one.start for one in reversed(own)}
        if "unanswered" in firsts:
            steps = [("reservation.created", firsts["unanswered"], "AWAY"), ("reservation.timeout", end, None)]
        else:
            steps = [
                ("reservation.created", firsts["ring"], "RESERVED"),
                ("reservation.accepted", firsts["talk"], "HANDLING"),
                ("reservation.wrapup", firsts["wrap"], "HANDLING"),
                ("reservation.completed", end, None),
            ]
        for (kind, moment, state), follows in zip(steps, [*steps[1:], None], strict=True):
            events.append(_event(kind, moment, worker_sid=agent, reservation_sid=sid, task_channel_unique_name="voice"))
            if state is not None and follows is not None:
                truth.append((agent, _shifted(moment), _shifted(follows[1]), state))
    return events, truth
