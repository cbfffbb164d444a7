"""Genesys Cloud: conversation details of the analytics API; each visit of a queue is a contact (JSON)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from analysis.intake.adapters._beside import objects_at, text_beside, told
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.adapters.json_records import json_opener
from analysis.intake.batch import TEXT, Batch
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

# What a participant's row is: a contact, part of the contact above, or a reason to leave it out.
CONTACT, PART = "contact", "part"
NOT_TAKEN, PASSED_ON, NO_QUEUE = "offer_not_taken", "passed_on_to_a_person", "never_queued"
Span = tuple[int, int]


def participants(conversation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield one row per participant: a visit of a queue with who answered it, or what the participant is beside it."""
    people = objects_at(conversation, "participants")
    name, ended = conversation.get("conversationId"), bool(conversation.get("conversationEnd"))
    direction = {"inbound": "in", "outbound": "out"}.get(str(conversation.get("originatingDirection")))
    visit: dict[str, Any] | None = None
    rows: list[dict[str, Any]] = []
    visits = 0
    for at, person in enumerate(people):
        purpose, segments = str(person.get("purpose")), list(_segments(person))
        row = {
            "conversationId": name,
            "participantId": person.get("participantId"),
            "Purpose": purpose,
            "Role": f"purpose_{purpose}",
        }
        rows.append(row)
        if purpose == "acd" or (purpose == "agent" and visit is None and _times(segments, "interact")):
            visits += 1
            visit = row
            row |= _contact(name, visits, person, segments, direction)
            if purpose == "acd":
                row["Abandoned"] = _gave_up(segments, people[at + 1 :]) if ended else None
                row["Ended"] = max((str(one["segmentEnd"]) for one in segments if one.get("segmentEnd")), default=None)
            elif not row["Queue"]:
                row["Role"] = NO_QUEUE
        if purpose == "agent":
            _answer(row, visit, person, segments)
    yield from rows


def _contact(
    name: Any, visit: int, person: Mapping[str, Any], segments: Sequence[Mapping[str, Any]], direction: str | None
) -> dict[str, Any]:
    """Return what is known of a contact when it reaches a queue, or a person without one."""
    session = next(iter(objects_at(person, "sessions")), {})
    return {
        "Role": CONTACT,
        "Contact": name if visit == 1 else f"{name} / {visit}",
        "Queue": next((one["queueId"] for one in segments if one.get("queueId")), None),
        "Channel": session.get("mediaType"),
        "Direction": direction or {"inbound": "in", "outbound": "out"}.get(str(session.get("direction"))),
        "Offered": min((str(one["segmentStart"]) for one in segments if one.get("segmentStart")), default=None),
    }


def _answer(
    row: dict[str, Any], visit: dict[str, Any] | None, person: Mapping[str, Any], segments: Sequence[Mapping[str, Any]]
) -> None:
    """Note on a visit who answered it and for how long; say what the row of the person is."""
    talk, hold, wrap = (_times(segments, kind) for kind in ("interact", "hold", "wrapup"))
    if visit is None or not talk:
        row["Role"] = NOT_TAKEN
        return
    handled = {
        "userId": person.get("userId"),
        "Talk": _length(_without(talk, hold)),
        "Hold": _length(hold),
        "Wrap": _length(wrap),
    }
    if "userId" in visit:
        row |= {"Role": PASSED_ON, "Contact": visit["Contact"], **handled}
        return
    starts = [str(one.get("segmentStart") or "~") for one in segments if one.get("segmentType") == "interact"]
    ends = [str(one.get("segmentEnd") or "") for one in segments if one.get("segmentType") in ("interact", "hold")]
    visit |= {**handled, "Answered": min(starts), "Ended": max(ends)}
    if row is not visit:
        row |= {"Role": PART, **{key: visit[key] for key in ("Contact", "Queue", "Offered")}}


def _gave_up(segments: Sequence[Mapping[str, Any]], later: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether nobody took a contact that left its queue, and it went nowhere else."""
    if any("transfer" in str(one.get("disconnectType", "")).lower() for one in segments):
        return False
    for person in later:
        if person.get("purpose") in ("acd", "voicemail"):
            return False
        if person.get("purpose") == "agent" and _times(list(_segments(person)), "interact"):
            return False
    return True


def _segments(person: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for session in objects_at(person, "sessions"):
        yield from objects_at(session, "segments")


def _times(segments: Sequence[Mapping[str, Any]], kind: str) -> list[Span]:
    """Return the stretches of one kind [ms]; sessions of a participant may run beside each other."""
    found = []
    for one in segments:
        if one.get("segmentType") == kind and one.get("segmentStart") and one.get("segmentEnd"):
            try:
                start, end = (dt.datetime.fromisoformat(str(one[name])) for name in ("segmentStart", "segmentEnd"))
                found.append(tuple(round(moment.timestamp() * 1000) for moment in (start, end)))
            except ValueError:
                continue
    return sorted((start, end) for start, end in found if end >= start)


def _length(spans: Sequence[Span]) -> int:
    """Return the length of the union of some stretches."""
    total, reach = 0, None
    for start, end in sorted(spans):
        total += max(0, end - (start if reach is None else max(start, reach)))
        reach = end if reach is None else max(reach, end)
    return total


def _without(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """Return stretches less some others."""
    left = list(spans)
    for low, high in taken:
        left = [
            part
            for start, end in left
            for part in ((start, min(end, low)), (max(start, high), end))
            if part[0] < part[1]
        ]
    return left


def by_role(batch: Batch, columns: dict[str, Column]) -> None:
    """Use the rows that are contacts, join those that are part of one, leave out the rest by reason."""
    role = text_beside(batch, ("Role",))
    if role is None:
        return
    for reason in role[batch.fates.open].unique():
        if reason not in (CONTACT, PART):
            batch.fates.give(role == reason, "excluded", str(reason))
    batch.absorbed |= batch.fates.open & (role == PART).to_numpy(dtype=bool)
    if "channel" in columns:
        text = columns["channel"].text.str.lower().astype(TEXT)
        columns["channel"] = Column("text", text, columns["channel"].given)


def _of_role(name: str, question: str, words: str) -> Trap:
    """Return the trap that tells how many participants are of a kind that makes no contact."""

    def test(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
        role = text_beside(batch, ("Role",))
        if role is None:
            return None
        hits = (role == name).to_numpy(dtype=bool)
        return told(hits, f"{number_of(int(hits.sum()), 'time')} {words.format(place=batch.place(hits))}")

    return Trap(name, question, test)


def still_open(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark contacts that were neither answered nor over when the export was made."""
    if "ended_at" not in columns:
        return None
    known = columns["abandoned"].given if "abandoned" in columns else np.zeros(len(batch.rows), dtype=bool)
    hits = batch.fates.open & ~batch.absorbed & ~columns["ended_at"].given & ~known
    words = (
        f"{number_of(int(hits.sum()), 'contact')} without an end (first: {batch.place(hits)}): the conversation went on when the export was made. "
        "Export again a day after the period."
    )
    return told(hits, words)


FORMAT = Format(
    title="Genesys Cloud: conversation details",
    vendor="genesys",
    table="contacts",
    defaults={
        "contact": ("Contact",),
        "channel": ("Channel",),
        "direction": ("Direction",),
        "queue": ("Queue",),
        "offered_at": ("Offered",),
        "answered_at": ("Answered",),
        "ended_at": ("Ended",),
        "abandoned": ("Abandoned",),
        "agent": ("userId",),
        "talk_us": ("Talk",),
        "hold_us": ("Hold",),
        "wrap_us": ("Wrap",),
        "deferrable": (),
    },
    signature=(("conversationId", "conversationStart", "participants"),),
    also=("conversationId", "participantId", "Purpose", "Role"),
    open=json_opener(participants, under=("conversations",), elements=("participants",)),
    finish=by_role,
    time_zone="UTC",
    duration_unit="ms",
    traps=(
        _of_role(
            NOT_TAKEN,
            "Were contacts offered to people who did not take them?",
            "an offer that nobody took (first: {place}); it is no contact, and the time of it stands in the agent's states.",
        ),
        _of_role(
            PASSED_ON,
            "Were contacts passed on from person to person?",
            "a contact was passed on to a further person without a queue (first: {place}). It stays one contact of the first; the time of the others is left out here, "
            "and stands in their states.",
        ),
        Trap("still_open", "Were conversations still going on when the export was made?", still_open),
    ),
    request=Request(
        report="Analytics API, conversations details query (POST /api/v2/analytics/conversations/details/query) or its job, all pages as JSON, and the list of queues with their ids",
        columns=("conversationId", "conversationStart", "conversationEnd", "originatingDirection", "participants"),
        limits="Query week by week and send every page; conversations that begin before the period and end in it belong to it.",
        zone="UTC.",
        pseudonyms="Leave out attributes, names of participants, addresses and telephone numbers (ani, dnis, addressFrom, ...): nothing of them is used. Replace userId by a code, the same one in every file.",
    ),
)
