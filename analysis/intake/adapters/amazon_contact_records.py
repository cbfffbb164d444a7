"""Amazon Connect: contact records, as JSON or flattened to a table; the latest version of each contact counts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.intake.adapters._beside import moments_beside, text_beside, told
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.adapters.json_records import json_opener
from analysis.intake.batch import TEXT, Batch
from analysis.intake.casting.local_time import Column
from analysis.intake.casting.numerals import parse_numbers
from analysis.intake.words import number_of

DIRECTIONS = {
    **dict.fromkeys(("inbound", "transfer", "queue_transfer", "api", "disconnect"), "in"),
    **dict.fromkeys(("outbound", "callback", "external_outbound"), "out"),
}
# Records are in whole seconds: so much of difference between stamps and durations is rounding [us].
ROUNDING_US = 3_000_000


def paths(*names: str) -> tuple[str, ...]:
    """Return the names under which flattened copies hold a value.

    Examples
    --------
    >>> paths("Agent.Username")
    ('Agent.Username', 'Agent_Username', 'agent.username', 'agent_username')
    """
    flat = [form for name in names for form in (name, name.replace(".", "_"))]
    return tuple(dict.fromkeys([*flat, *(form.lower() for form in flat)]))


UPDATED, INITIATED = paths("LastUpdateTimestamp"), paths("InitiationTimestamp")
ENQUEUED, TRANSFERRED = paths("Queue.EnqueueTimestamp"), paths("TransferCompletedTimestamp")
ATTEMPTS, PREVIOUS, NEXT = paths("AgentConnectionAttempts"), paths("PreviousContactId"), paths("NextContactId")


def latest_versions(batch: Batch, columns: dict[str, Column]) -> None:
    """Keep the latest version of each contact; fill when it was offered, whether it was abandoned, and its direction."""
    _versions(batch, columns)
    batch.fates.give(columns["contact"].given & ~columns["queue"].given, "excluded", "never_queued")
    own, began = columns["offered_at"], moments_beside(batch, INITIATED)
    if began is not None:
        given = own.given | began.given
        columns["offered_at"] = Column("time", np.where(own.given, own.array, began.array), given)
    _abandoned(batch, columns)
    for name, words in (("direction", DIRECTIONS), ("channel", None)):
        if name in columns:
            text = columns[name].text.str.lower()
            text = (text if words is None else text.map(words).fillna("")).astype(TEXT)
            columns[name] = Column("text", text, (text != "").to_numpy(dtype=bool))


def _versions(batch: Batch, columns: dict[str, Column]) -> None:
    """Leave out earlier versions of a contact; reject contacts of which nothing tells the latest version."""
    updated, contact = moments_beside(batch, UPDATED), columns["contact"]
    rows = np.flatnonzero(batch.fates.open & contact.given)
    who = pd.factorize(contact.text.iloc[rows])[0]
    twice = np.bincount(who)[who] > 1 if len(rows) else np.zeros(0, dtype=bool)
    mask = np.zeros(len(batch.rows), dtype=bool)
    if updated is None:
        mask[rows[twice]] = True
        batch.reject(mask, "contradicting_rows")
        return
    order = np.lexsort((rows, updated.array[rows], who))
    older = np.append(who[order][1:] == who[order][:-1], False)[: len(order)]
    later = rows[np.append(order[1:], order[:1])] if len(order) else rows
    same = older & (updated.array[rows[order]] == updated.array[later])
    mask[rows[order[same]]] = True
    batch.fates.give(mask, "duplicate")
    mask[:] = False
    mask[rows[order[older]]] = True
    batch.fates.give(mask, "excluded", "older_version")


def _abandoned(batch: Batch, columns: dict[str, Column]) -> None:
    """Fill whether a contact was abandoned: it waited and ended without an agent, a transfer or a next contact."""
    if "ended_at" not in columns:
        return
    queued, ended = moments_beside(batch, ENQUEUED), columns["ended_at"]
    onward = np.zeros(len(batch.rows), dtype=bool)
    for names in (TRANSFERRED, NEXT):
        text = text_beside(batch, names)
        if text is not None:
            onward |= (text != "").to_numpy(dtype=bool)
    answered = columns["answered_at"].given if "answered_at" in columns else np.zeros(len(onward), dtype=bool)
    waited = np.zeros(len(onward), dtype=bool) if queued is None else queued.given
    columns["abandoned"] = Column("flag", waited & ~answered & ~onward, ended.given)


def redelivered(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Mark earlier versions of contacts, which count once."""
    at = [code for code, (_, reason) in enumerate(batch.fates.names) if reason == "older_version"]
    hits = np.isin(batch.fates.codes, at)
    words = f"{number_of(int(hits.sum()), 'earlier version')} of contact records delivered again (first: {batch.place(hits)}); the latest one counts."
    return told(hits, words)


def legs(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark contacts that continue another one: each transfer makes a record of its own."""
    text = text_beside(batch, PREVIOUS)
    if text is None:
        return None
    hits = batch.fates.open & (text != "").to_numpy(dtype=bool)
    words = (
        f"{number_of(int(hits.sum()), 'record')} that continue an earlier contact after a transfer (first: {batch.place(hits)}). Each leg counts as a contact of its "
        "queue: customers are fewer than contacts."
    )
    return told(hits, words)


def attempts(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark contacts that were offered to several agents: the record names only the one who took it."""
    text = text_beside(batch, ATTEMPTS)
    if text is None:
        return None
    hits = batch.fates.open & (np.nan_to_num(parse_numbers(text, decimal=".").values) > 1)
    words = (
        f"{number_of(int(hits.sum()), 'contact')} offered to more than one agent (first: {batch.place(hits)}). Whose offers went unanswered, and for how long, is "
        "not in these records; the agent event stream shows it."
    )
    return told(hits, words)


def durations_differ(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Compare talk and hold with the time from the agent's answer to the end."""
    if not {"talk_us", "answered_at", "ended_at"} <= columns.keys():
        return None
    start, end, talk = columns["answered_at"], columns["ended_at"], columns["talk_us"]
    hold = columns["hold_us"].array * columns["hold_us"].given if "hold_us" in columns else 0
    still = batch.fates.open & start.given & end.given & talk.given
    hits = still & (np.abs(end.array - start.array - talk.array - hold) > ROUNDING_US)
    words = (
        f"{number_of(int(hits.sum()), 'contact')} whose talk and hold are not the time from answer to end (first: {batch.place(hits)}). Ask whether the agent left "
        "before the end, or the contact was paused."
    )
    return told(hits, words)


def at_once(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark contacts that an agent took while another one of theirs was going on."""
    if not {"agent", "answered_at", "ended_at"} <= columns.keys():
        return None
    start, end, agent = columns["answered_at"], columns["ended_at"], columns["agent"]
    rows = np.flatnonzero(batch.fates.open & start.given & end.given & agent.given)
    who = pd.factorize(agent.text.iloc[rows])[0]
    order = np.lexsort((start.array[rows], who))
    reach = pd.Series(end.array[rows][order]).groupby(who[order]).cummax().groupby(who[order]).shift(fill_value=0)
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows[order][start.array[rows][order] < reach.to_numpy()]] = True
    words = (
        f"{number_of(int(hits.sum()), 'contact')} taken while the same agent had another one (first: {batch.place(hits)}). Their talk times add up to more than "
        "the agent's time; set concurrency of the queue."
    )
    return told(hits, words)


FORMAT = Format(
    title="Amazon Connect: contact records",
    vendor="amazon",
    table="contacts",
    defaults={
        "contact": paths("ContactId"),
        "channel": paths("Channel"),
        "direction": paths("InitiationMethod"),
        "queue": paths("Queue.Name"),
        "offered_at": (*ENQUEUED, *INITIATED),
        "answered_at": paths("Agent.ConnectedToAgentTimestamp"),
        "ended_at": paths("DisconnectTimestamp"),
        "agent": paths("Agent.Username"),
        "talk_us": paths("Agent.AgentInteractionDuration"),
        "hold_us": paths("Agent.CustomerHoldDuration"),
        "wrap_us": paths("Agent.AfterContactWorkDuration"),
        "abandoned": (),
        "deferrable": (),
    },
    signature=(
        ("ContactId", "InitiationMethod", "InitiationTimestamp"),
        ("contactid", "initiationmethod", "initiationtimestamp"),
    ),
    also=(*UPDATED, *INITIATED, *ENQUEUED, *TRANSFERRED, *ATTEMPTS, *PREVIOUS, *NEXT),
    open=json_opener(),
    finish=latest_versions,
    time_zone="UTC",
    duration_unit="s",
    missing=("null",),
    traps=(
        Trap("redelivered", "Were contact records delivered more than once?", redelivered, "fixed"),
        Trap("transfer_legs", "Do transfers make several records of one contact?", legs),
        Trap("several_offers", "Were contacts offered to agents who did not take them?", attempts),
        Trap("durations_differ", "Are talk and hold the time from answer to end?", durations_differ),
        Trap("contacts_at_once", "Did agents have several contacts at once?", at_once),
    ),
    request=Request(
        report="Contact records from the Kinesis stream or its S3 bucket, as JSON, or flattened to CSV with all fields of Queue and Agent",
        columns=(
            *("ContactId", "PreviousContactId", "NextContactId", "Channel", "InitiationMethod", "InitiationTimestamp"),
            *("Queue.Name", "Queue.EnqueueTimestamp", "Agent.Username", "Agent.ConnectedToAgentTimestamp"),
            *("Agent.AgentInteractionDuration", "Agent.CustomerHoldDuration", "Agent.AfterContactWorkDuration"),
            *("AgentConnectionAttempts", "TransferCompletedTimestamp", "DisconnectTimestamp", "LastUpdateTimestamp"),
        ),
        limits="Records are delivered at least once and again when they change: send all of them, the latest version counts.",
        zone="UTC, whole seconds.",
        pseudonyms="Leave out Attributes, CustomerEndpoint and recordings: they hold the customers' data and nothing of them is used. Replace Agent.Username by a code, the same one in every file.",
    ),
)
