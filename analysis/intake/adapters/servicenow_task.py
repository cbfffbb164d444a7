"""ServiceNow: the table task and those that extend it (incident, case, request item), one row per record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.intake.adapters import _servicenow as sn
from analysis.intake.adapters import _steps as steps
from analysis.intake.adapters._beside import moments_beside, text_beside, told
from analysis.intake.adapters._cells import number_in
from analysis.intake.adapters.format import Format, Trap, TrapResult
from analysis.intake.adapters.json_records import json_opener
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch

OPENED = sn.stored("opened_at", "Opened", "sys_created_on", "Created")
STARTED = sn.stored("work_start", "Actual start", "Actual start date")
CLOSED = sn.stored("closed_at", "Closed")
# What tells the end of the work better than the closing of the record, the best first.
FINISHED = (sn.stored("work_end", "Actual end", "Actual end date"), sn.stored("resolved_at", "Resolved"))
REASSIGNED = sn.stored("reassignment_count", "Reassignment count")
DAY_US = 24 * steps.HOUR_US
# So many records closed in one second were closed by a job.
BULK = 5


def finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Let an item end when its work ended, else when it was resolved, else when the record was closed; leave out what is open."""
    sn.ask_for_clock(batch, CLOSED, *FINISHED, OPENED, STARTED)
    if not any(text_beside(batch, names) is not None for names in FINISHED):
        steps.need(batch, columns, ended="closed_at, and better work_end or resolved_at")
    nothing = Column("time", np.zeros(len(batch.rows), dtype=np.int64), np.zeros(len(batch.rows), dtype=bool))
    ended = columns.get("ended", nothing)
    array, given = ended.array.copy(), ended.given.copy()
    for names in reversed(FINISHED):
        better = moments_beside(batch, names)
        if better is not None:
            array, given = np.where(better.given, better.array, array), given | better.given
    columns["ended"] = Column("time", array, given)
    batch.fates.give(~given & columns["item"].given, "excluded", "still_open")


def time_that_passed(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show items with a night in their time."""
    return steps.time_that_passed(batch, columns.get("started"), columns["ended"])


def references(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show persons given as sys_id."""
    return sn.references(batch, columns.get("agent"))


def closed_later(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show records that were closed more than a day after their work was done."""
    closed = moments_beside(batch, CLOSED)
    better = [one for one in (moments_beside(batch, names) for names in FINISHED) if one is not None]
    if closed is None or not better:
        return None
    hits = (
        batch.fates.open
        & closed.given
        & np.any([one.given & (closed.array - one.array > DAY_US) for one in better], axis=0)
    )
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'record')} closed more than a day after the work ended or was resolved (first: {batch.place(hits)}), as a job closes them; "
        "the earlier moment counts as their end.",
    )


def closed_in_bulk(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show records that ended in one and the same second."""
    rows = np.flatnonzero(batch.fates.open & columns["ended"].given)
    _, which, counts = np.unique(columns["ended"].array[rows], return_inverse=True, return_counts=True)
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows[counts[which] >= BULK]] = True
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'record')} that ended in the same second as at least {BULK - 1} others (first: {batch.place(hits)}): closed by a job or all at once, "
        "so their end is not the end of work. Ask for work_end or resolved_at.",
    )


def reassigned(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show records that went through several hands and stand under the last one."""
    if text_beside(batch, REASSIGNED) is None:
        return None
    count = number_in(batch, *REASSIGNED)
    hits = batch.fates.open & (count > 0 if count is not None else False)
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'record')} reassigned at least once (first: {batch.place(hits)}); all of its time stands under the last person. "
        "Ask for sys_audit to see who did what.",
    )


FORMAT = Format(
    title="ServiceNow: records of the table task",
    vendor="servicenow",
    table="work_items",
    defaults={
        "item": sn.stored("number", "Number"),
        "type": sn.stored("sys_class_name", "Task type", "Task Type", "category", "Category"),
        "agent": (
            *("assigned_to.user_name", "assigned_to.value", "assigned_to", "Assigned to", "assigned_to.display_value"),
            "assigned_to.name",
        ),
        "arrived": OPENED,
        "started": STARTED,
        "ended": CLOSED,
        "due": sn.stored("due_date", "Due date", "sla_due", "SLA due"),
        "duration": (),
    },
    signature=(("number", "opened_at", "assigned_to", "closed_at"), ("Number", "Opened", "Assigned to", "Closed")),
    also=(*FINISHED[0], *FINISHED[1], *REASSIGNED),
    open=json_opener(under=("result", "records")),
    finish=finish,
    traps=(
        Trap("time_that_passed", "Is time from start to end time worked?", time_that_passed),
        Trap("closed_later", "Were records closed when their work ended?", closed_later),
        Trap("closed_in_bulk", "Did a person end each record?", closed_in_bulk),
        Trap("reassigned", "Did one person work on each record?", reassigned),
        Trap("persons_as_sys_id", "Can persons be told by other exports?", references),
    ),
    request=sn.request(
        "Table API or list export of task (or of incident, sc_task, case), all columns below, as JSON or CSV",
        (
            *(
                "number",
                "sys_class_name",
                "assigned_to.user_name",
                "state",
                "opened_at",
                "work_start",
                "work_end",
                "resolved_at",
                "closed_at",
            ),
            *("due_date", "reassignment_count"),
        ),
    ),
)
