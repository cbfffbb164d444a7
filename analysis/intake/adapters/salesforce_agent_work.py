"""Salesforce Omni-Channel: AgentWork of live channels as contacts, one row per piece of work that an agent was offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.intake.adapters import _salesforce as sf
from analysis.intake.adapters._beside import durations_beside, moments_beside, text_beside, told
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.adapters.json_records import json_opener
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch

ASSIGNED = ("AssignedDateTime", "Assigned Date")
CANCELED = ("CancelDateTime", "Cancel Date")
SPEED = ("SpeedToAnswer", "Speed to Answer")
# Live contacts do not last longer.
LONGEST_US = 4 * sf.HOUR_US


def finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Make contacts of what was accepted, and one unanswered contact of work that nobody accepted; leave out the other attempts."""
    if "answered_at" not in columns:
        raise batch.ask(
            f"{batch.files[0].file}: no column tells when work was accepted, so nobody can say what was answered. Ask for AcceptDateTime."
        )
    sf.prepare(batch, columns, "answered_at", "ended_at")
    _queues(batch, columns)
    accepted = columns["answered_at"]
    lost = _lost(batch, columns)
    for rows, reason in sf.refusals(batch):
        batch.fates.give(rows & ~accepted.given & ~lost, "excluded", reason)
    canceled = moments_beside(batch, CANCELED)
    gone = lost & (canceled.given if canceled is not None else False)
    columns["abandoned"] = Column("flag", gone, np.ones(len(lost), dtype=bool))
    columns["agent"] = Column("text", columns["agent"].text, columns["agent"].given & accepted.given)
    ended = columns["ended_at"]
    if canceled is not None:
        ended = Column("time", np.where(gone, canceled.array, ended.array), ended.given | gone)
    columns["ended_at"] = ended
    handle = columns.get("talk_us", Column("us", np.zeros(len(lost), dtype=np.int64), np.zeros(len(lost), dtype=bool)))
    fill = accepted.given & ended.given & ~handle.given & (ended.array >= accepted.array)
    us = np.where(fill, ended.array - accepted.array, handle.array)
    columns["talk_us"] = Column("us", us, (handle.given | fill) & accepted.given)


def _queues(batch: Batch, columns: dict[str, Column]) -> None:
    """Let work that was routed by skill stand under its channel, as it has no queue."""
    channel, queue = columns.get("channel"), columns.get("queue")
    empty = np.ones(len(batch.rows), dtype=bool) if queue is None else ~queue.given
    if channel is None:
        if queue is None:
            raise batch.ask(
                f"{batch.files[0].file}: neither a queue nor a service channel stands in the export. Ask for OriginalQueueId and ServiceChannelId, "
                'or set columns.queue, such as { value = "chat" }.'
            )
        return
    text = channel.text if queue is None else queue.text.where(~empty, channel.text)
    fill = empty & channel.given
    columns["queue"] = Column("text", text, fill if queue is None else queue.given | fill)
    if fill.any():
        batch.note(
            "queue_by_channel",
            "fixed",
            f"{number_of(int(fill.sum()), 'row')} without a queue, as routing by skills leaves it empty (first: {batch.place(fill)}); they stand under their service channel.",
            int(fill.sum()),
        )


def _lost(batch: Batch, columns: dict[str, Column]) -> np.ndarray:
    """Return the last attempt of each work item that nobody accepted."""
    own, offered, accepted = columns["contact"], columns["offered_at"], columns["answered_at"]
    item = sf.items(batch, own)
    taken = np.isin(item, item[accepted.given & batch.fates.open])
    rows = np.flatnonzero(batch.fates.open & ~taken & own.given)
    assigned = moments_beside(batch, ASSIGNED)
    at = offered.array if assigned is None else np.where(assigned.given, assigned.array, offered.array)
    order = rows[np.lexsort((at[rows], item[rows]))]
    last = np.append(item[order][1:] != item[order][:-1], True)[: len(order)]
    lost = np.zeros(len(batch.rows), dtype=bool)
    lost[order[last]] = True
    return lost


def refused(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Count the offers that nobody accepted."""
    hits = ~columns["answered_at"].given & columns["offered_at"].given & columns["contact"].given
    hits &= np.isin(
        batch.fates.codes, [at for at, (fate, _) in enumerate(batch.fates.names) if fate in ("used", "excluded")]
    )
    unanswered = int((hits & batch.fates.open).sum())
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'offer')} that the agent did not accept (first: {batch.place(hits)}). Offers of work that somebody accepted in the end are "
        f"left out by status; {unanswered} are the last offer of work that nobody accepted and stay as unanswered contacts. Work that was given up "
        "before it was offered to anybody is not in AgentWork: ask for the session records of the channel.",
    )


def transfers(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show contacts that were transferred."""
    return sf.transferred(batch, sf.items(batch, columns["contact"]), columns["answered_at"])


def open_work(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Compare active with open time."""
    return sf.open_is_not_work(batch, columns["answered_at"], columns["ended_at"])


def work_at_once(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show contacts at the same time."""
    return sf.at_once(batch, columns["agent"], columns["answered_at"], columns["ended_at"])


def handle_time(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Compare the stated handle time with the time from acceptance to closing."""
    stated = durations_beside(batch, sf.HANDLE)
    if stated is None:
        return None
    start, end = columns["answered_at"], columns["ended_at"]
    rows = batch.fates.open & stated.given & start.given & end.given
    hits = rows & (np.abs(end.array - start.array - stated.array) > sf.SECOND_US)
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'row')} whose handle time is not closed less accepted (first: {batch.place(hits)}); the handle time counts as talk, the stamps as the stretch.",
    )


def speed_to_answer(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Compare the stated speed to answer with the time from request to acceptance."""
    stated = durations_beside(batch, SPEED)
    if stated is None:
        return None
    start, end = columns["offered_at"], columns["answered_at"]
    hits = batch.fates.open & stated.given & start.given & end.given
    hits &= np.abs(end.array - start.array - stated.array) > sf.SECOND_US
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'row')} whose speed to answer is not accepted less requested (first: {batch.place(hits)}); service levels are measured on the "
        "stamps. Ask from which moment the client counts.",
    )


def still_open(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Count contacts that were not closed when the export was made."""
    hits = batch.fates.open & columns["answered_at"].given & ~columns["ended_at"].given
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'contact')} still open when the export was made (first: {batch.place(hits)}); kept, without an end and without handling time.",
    )


def deferred_work(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show work that was open longer than live contacts are."""
    start, end = columns["answered_at"], columns["ended_at"]
    hits = batch.fates.open & start.given & end.given & (end.array - start.array > LONGEST_US)
    channel = text_beside(batch, sf.CHANNEL)
    count = 0 if channel is None else channel[hits].nunique()
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'contact')} open for more than 4 h (first: {batch.place(hits)}), in {number_of(count, 'service channel')}: cases and leads are no live contacts. "
        'Leave their channels out by exclude, and read the file a second time with adapter = "salesforce_agent_work_items" and the other channels left out.',
    )


REQUEST = Request(
    report="AgentWork, by SOQL (Data Loader, Workbench) as CSV, or the REST query as JSON",
    columns=(
        *(
            "Id",
            "UserId",
            "WorkItemId",
            "ServiceChannel.DeveloperName",
            "OriginalQueue.Name",
            "Status",
            "RequestDateTime",
            "AssignedDateTime",
        ),
        *(
            "AcceptDateTime",
            "CloseDateTime",
            "CancelDateTime",
            "HandleTime",
            "ActiveTime",
            "SpeedToAnswer",
            "CapacityWeight",
            "CapacityModel",
        ),
    ),
    limits="Reports in the user interface are cut at 2,000 rows on the screen; export the rows, or query the object by week. "
    "Work given up before it was offered to an agent has no row: send messaging sessions or chat transcripts with their status too.",
    zone="The programming interface writes UTC with its offset; reports and list views follow the time zone of the user who exports. "
    "Is it tab-based capacity (ActiveTime filled) or status-based?",
)

FORMAT = Format(
    title="Salesforce Omni-Channel: AgentWork of live channels",
    vendor="salesforce",
    table="contacts",
    defaults={
        "contact": ("Id", "Agent Work ID", "Agent Work: ID", "Name"),
        "channel": sf.CHANNEL,
        "direction": (),
        "deferrable": (),
        "queue": sf.QUEUE,
        "offered_at": sf.REQUESTED,
        "answered_at": sf.ACCEPTED,
        "ended_at": sf.CLOSED,
        "abandoned": (),
        "agent": sf.USER,
        "talk_us": sf.HANDLE,
        "hold_us": (),
        "wrap_us": (),
    },
    signature=(
        ("UserId", "WorkItemId", "RequestDateTime", "AcceptDateTime"),
        ("Request Date", "Accept Date", "Close Date", "Handle Time"),
    ),
    also=(*sf.ITEM, *sf.STATUS, *sf.ACTIVE, *sf.WEIGHT, *ASSIGNED, *CANCELED, *SPEED),
    open=json_opener(under=("records",)),
    finish=finish,
    fills=("queue",),
    duration_unit="s",
    overlapping=True,
    traps=(
        Trap("declined_offers", "Does every row stand for work that was accepted?", refused),
        Trap("transfers", "Does a piece of work stand in one row only?", transfers),
        Trap("deferred_work", "Are these live contacts, not cases?", deferred_work),
        Trap("open_is_not_work", "Was open work in focus?", open_work),
        Trap("work_at_once", "Was one piece of work open at a time?", work_at_once),
        Trap("handle_time_differs", "Is handle time closed less accepted?", handle_time),
        Trap("speed_to_answer_differs", "Is speed to answer accepted less requested?", speed_to_answer),
        Trap("still_open", "Was all work closed when the export was made?", still_open),
    ),
    request=REQUEST,
)
