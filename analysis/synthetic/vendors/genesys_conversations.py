"""Genesys Cloud: conversation details in pages, with offers that nobody took, visits of the customer's menu, and a page sent twice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.world import VendorWorld

PAGE = 250


def write(world: VendorWorld, folder: Path) -> Export:
    """Write every contact as a conversation of customer, queue and agent."""
    own = world.stretches[world.stretches["contact"] != ""]
    parts = dict(tuple(own.groupby("contact")))
    ledger: Counter[str] = Counter()
    conversations = []
    for at, row in enumerate(world.contacts.to_dict("records")):
        one = _conversation(row, parts.get(row["contact"]), not_taken=at % 20 == 0)
        for person in one["participants"]:
            purpose = person["purpose"]
            taken = purpose == "acd" or any(
                part["segmentType"] == "interact" for part in person["sessions"][0]["segments"]
            )
            fate = "used" if purpose in ("acd", "agent") else f"excluded:purpose_{purpose}"
            ledger[fate if taken else "excluded:offer_not_taken" if purpose == "agent" else fate] += 1
        conversations.append(one)
    pages = [conversations[at : at + PAGE] for at in range(0, len(conversations), PAGE)]
    for number, page in enumerate([*pages, pages[0]]):
        answer = {"conversations": page, "totalHits": len(conversations), "aggregations": None}
        (folder / f"data/conversations_{number}.json").write_bytes(json.dumps(answer).encode())
    ledger["duplicate"] = sum(len(one["participants"]) for one in pages[0])
    source = {
        "files": ["data/conversations_*.json"],
        "adapter": "genesys_conversations",
        "population": "contact_centre",
    }
    names = ("contact", "queue", "offered_at", "answered_at", "ended_at", "abandoned", "agent")
    truth = world.contacts[[*names, "talk_us", "hold_us", "wrap_us"]].assign(channel="voice", direction="in")
    return Export(source, truth, ledger)


def _conversation(row: Mapping[str, Any], parts: pd.DataFrame | None, *, not_taken: bool) -> dict[str, Any]:
    """Return a conversation: the customer, the menu, the queue, a person who let it ring, the person who answered."""
    queue, offered = row["queue"], row["offered_at"]
    answered = None if pd.isna(row["answered_at"]) else row["answered_at"]
    left = row["ended_at"] if answered is None else answered
    end = left if answered is None else row["wrapped_at"]
    people = [
        _person("customer", "", [("interact", offered - pd.Timedelta(seconds=30), end)], ""),
        _person("ivr", "", [("ivr", offered - pd.Timedelta(seconds=30), offered)], ""),
        _person("acd", "", [("interact", offered, left)], queue),
    ]
    if not_taken:
        people.append(_person("agent", "u-0", [("alert", offered, offered + pd.Timedelta(seconds=8))], queue))
    if answered is not None and parts is not None:
        kinds = {"ring": "alert", "talk": "interact", "hold": "hold", "wrap": "wrapup"}
        spans = [(kinds[part.kind], part.start, part.end) for part in parts.itertuples()]
        people.append(_person("agent", row["agent"], spans, queue))
    return {
        "conversationId": row["contact"],
        "conversationStart": _stamp(offered - pd.Timedelta(seconds=30)),
        "conversationEnd": _stamp(end),
        "originatingDirection": "inbound",
        "participants": people,
    }


def _person(purpose: str, user: str, spans: list[tuple[str, pd.Timestamp, pd.Timestamp]], queue: str) -> dict[str, Any]:
    segments = [
        {
            "segmentStart": _stamp(start),
            "segmentEnd": _stamp(end),
            "segmentType": kind,
            **({"queueId": queue} if queue else {}),
        }
        for kind, start, end in spans
    ]
    return {
        "participantId": f"{purpose}-{_stamp(spans[0][1])}-{user}",
        "participantName": "Customer, Ada",
        "purpose": purpose,
        **({"userId": user} if user else {}),
        "sessions": [{"mediaType": "voice", "direction": "inbound", "ani": "tel:+31201234567", "segments": segments}],
    }


def _stamp(moment: pd.Timestamp) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"
