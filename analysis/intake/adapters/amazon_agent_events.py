"""Amazon Connect: agent event stream; what each snapshot shows lasts until the person's next event (JSON)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.intake.adapters._beside import object_at, objects_at, text_beside, told
from analysis.intake.adapters.events import end_at_next
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.adapters.json_records import json_opener
from analysis.intake.batch import TEXT, Batch
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

# States of a contact, the one that decides first: whoever talks to one customer is not waiting for another.
CONTACT_STATES: tuple[str, ...] = (
    *("CONNECTED", "CONNECTED_ONHOLD", "ENDED", "CONNECTING", "PENDING", "INCOMING"),
    *("ERROR", "MISSED", "REJECTED"),
)
LOGGED_OUT, PAUSED = "Logged out", "Available, routing paused"
# A person who is logged in sends a heartbeat every 120 s; a longer silence than this is a hole in the stream [us].
SILENCE_US = 600_000_000
HOUR_US = 3_600_000_000


def event(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the one row of an event: when, who, and the state that its snapshot shows."""
    now, before = (object_at(record, f"{which}AgentSnapshot") for which in ("Current", "Previous"))
    # a snapshot that was closed too early leaves its parts in the event
    now = {**{name: record[name] for name in ("Configuration", "Contacts") if name in record}, **now}
    kind = str(record.get("EventType") or "").upper()
    state, channel = (LOGGED_OUT, None) if kind == "LOGOUT" else state_of(now)
    yield {
        **{name: record.get(name) for name in ("EventId", "EventType", "EventTimestamp", "AgentARN")},
        "Username": next(
            (name for one in (now, before) if (name := object_at(one, "Configuration").get("Username"))), None
        ),
        "State": state,
        "Channel": channel,
        "Before": state_of(before)[0],
        "ContactsAtOnce": len(objects_at(now, "Contacts")),
    }


def state_of(snapshot: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return what a snapshot shows a person doing, and the channel of the contact that decides it.

    Examples
    --------
    >>> status = {"AgentStatus": {"Name": "Available", "Type": "ROUTABLE"}}
    >>> state_of(status), state_of({**status, "Contacts": [{"State": "ENDED"}, {"State": "CONNECTED", "Channel": "CHAT"}]})
    (('Available', None), ('contact CONNECTED', 'CHAT'))
    """
    contacts = objects_at(snapshot, "Contacts")
    for state in CONTACT_STATES:
        for contact in contacts:
            if contact.get("State") == state:
                return f"contact {state}", contact.get("Channel")
    if contacts:
        return f"contact {contacts[0].get('State')}", contacts[0].get("Channel")
    status = object_at(snapshot, "AgentStatus")
    kind = status.get("Type") or {"Available": "ROUTABLE", "Offline": "OFFLINE"}.get(str(status.get("Name")))
    if kind == "ROUTABLE":
        return (PAUSED if snapshot.get("NextAgentStatus") else "Available"), None
    return ("Offline" if kind == "OFFLINE" else status.get("Name")), None


def from_events(batch: Batch, columns: dict[str, Column]) -> None:
    """Leave out heartbeats, let each state last until the person's next event, the last one as long as heartbeats repeat it."""
    _name_by_arn(batch, columns)
    beats = _is_heartbeat(batch) & batch.fates.open
    batch.fates.give(beats, "excluded", "heartbeat")
    if "channel" in columns:
        text = columns["channel"].text.str.lower().astype(TEXT)
        columns["channel"] = Column("text", text, columns["channel"].given)
    end_at_next(batch, columns, closing=(LOGGED_OUT,))
    _last_heartbeat(batch, columns, beats)


def _is_heartbeat(batch: Batch) -> np.ndarray:
    kind = text_beside(batch, ("EventType",))
    return np.zeros(len(batch.rows), bool) if kind is None else kind.str.upper().eq("HEART_BEAT").to_numpy(dtype=bool)


def _name_by_arn(batch: Batch, columns: dict[str, Column]) -> None:
    """Name people whose event lacks the user name by another event of the same ARN, else by the ARN."""
    arn, agent = text_beside(batch, ("AgentARN",)), columns["agent"]
    if arn is None:
        return
    known = pd.DataFrame({"arn": arn, "name": agent.text})[agent.given].drop_duplicates("arn").set_index("arn")["name"]
    text = agent.text.where(agent.given, arn.map(known).astype(TEXT).fillna(arn)).astype(TEXT)
    columns["agent"] = Column("text", text, (text != "").to_numpy(dtype=bool))


def _last_heartbeat(batch: Batch, columns: dict[str, Column], beats: np.ndarray) -> None:
    """End a person's last state at the last heartbeat after it that shows the same state."""
    start, end, agent, state = (columns[name] for name in ("start", "end", "agent", "state"))
    late = np.flatnonzero(batch.fates.open & start.given & agent.given & ~end.given)
    if not len(late) or not beats.any() or batch.source.open_end_cap_h <= 0:
        return
    key = agent.text + "\0" + state.text
    last = pd.Series(start.array[beats], index=key[beats]).groupby(level=0).max()
    until = key.iloc[late].map(last).fillna(0).to_numpy(dtype=np.int64)
    until = np.minimum(until, start.array[late] + round(batch.source.open_end_cap_h * HOUR_US))
    fits = until > start.array[late]
    values, given = end.array.copy(), end.given.copy()
    values[late[fits]], given[late[fits]] = until[fits], True
    columns["end"] = Column("time", values, given)


def _in_order(batch: Batch, columns: dict[str, Column], rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return rows in the order of person and time, and whether each is followed by one of the same person."""
    who = pd.factorize(columns["agent"].text.iloc[rows])[0]
    order = np.lexsort((rows, columns["start"].array[rows], who))
    return rows[order], np.append(who[order][1:] == who[order][:-1], False)[: len(rows)]


def events_missing(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark events whose previous snapshot is not what the person's event before shows."""
    before = text_beside(batch, ("Before",))
    if before is None:
        return None
    start = columns["start"]
    rows, same = _in_order(batch, columns, np.flatnonzero(batch.fates.open & start.given & columns["agent"].given))
    shown, state = before.to_numpy(dtype=object), columns["state"].text.to_numpy(dtype=object)
    apart = start.array[rows[1:]] > start.array[rows[:-1]]
    differ = same[:-1] & apart & (shown[rows[1:]] != "") & (shown[rows[1:]] != state[rows[:-1]])
    differ &= state[rows[:-1]] != LOGGED_OUT
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows[1:][differ]] = True
    words = (
        f"{number_of(int(hits.sum()), 'event')} whose previous snapshot is not the state of the person's event before (first: {batch.place(hits)}): events between them "
        "are missing, so a state lasts too long. Ask for the stream again."
    )
    return told(hits, words)


def silence(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark people's states in which no heartbeat came for more than ten minutes, in streams that hold heartbeats."""
    start, state = columns["start"], columns["state"].text
    beats = _is_heartbeat(batch)
    if not beats.any():
        return None
    rows, same = _in_order(
        batch, columns, np.flatnonzero((batch.fates.open | beats) & start.given & columns["agent"].given)
    )
    gap = np.where(same[:-1], start.array[rows[1:]] - start.array[rows[:-1]], 0)
    on = ~state.iloc[rows[:-1]].isin([LOGGED_OUT, "Offline"]).to_numpy(dtype=bool)
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows[:-1][(gap > SILENCE_US) & on]] = True
    words = (
        f"{number_of(int(hits.sum()), 'time')} a person on duty sent nothing for more than ten minutes (first: {batch.place(hits)}), though heartbeats come every two. "
        "The stream has holes, or the panel was closed without logging out; states there may be wrong."
    )
    return told(hits, words)


def at_once(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark states with several contacts at the same time; they count once, by the wall clock."""
    text = text_beside(batch, ("ContactsAtOnce",))
    if text is None:
        return None
    hits = batch.fates.open & ~text.isin(["", "0", "1"]).to_numpy(dtype=bool)
    words = (
        f"{number_of(int(hits.sum()), 'state')} with several contacts at once (first: {batch.place(hits)}). They count once, by the wall clock, under the contact that "
        "needs the person most; set concurrency of the queue for the load."
    )
    return told(hits, words)


FORMAT = Format(
    title="Amazon Connect: agent event stream",
    vendor="amazon",
    table="spells",
    defaults={
        "agent": ("Username", "AgentARN"),
        "state": ("State",),
        "start": ("EventTimestamp",),
        "channel": ("Channel",),
        "end": (),
        "duration": (),
        "population": (),
    },
    signature=(("EventId", "EventType", "CurrentAgentSnapshot"), ("EventId", "EventType", "PreviousAgentSnapshot")),
    also=("EventId", "EventType", "AgentARN", "Before", "ContactsAtOnce"),
    open=json_opener(event),
    finish=from_events,
    time_zone="UTC",
    traps=(
        Trap("events_missing", "Are events missing between two of a person?", events_missing),
        Trap("stream_silent", "Has the stream holes?", silence),
        Trap("contacts_at_once", "Did people have several contacts at once?", at_once),
    ),
    request=Request(
        report="Agent event stream from Kinesis or its S3 bucket, all events of the period as JSON",
        columns=(
            *("AgentARN", "EventId", "EventTimestamp", "EventType", "CurrentAgentSnapshot", "PreviousAgentSnapshot"),
        ),
        limits="The stream keeps nothing by itself: it must have been stored. Send whole days, with the heartbeats, from a day before the period to a day after it.",
        zone="UTC.",
        pseudonyms="Leave out FirstName and LastName; replace Username and AgentARN by a code, the same one in every file.",
    ),
)
