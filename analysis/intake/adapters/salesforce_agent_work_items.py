"""Salesforce Omni-Channel: AgentWork of deferrable channels (cases, leads) as work items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.intake.adapters import _salesforce as sf
from analysis.intake.adapters.format import Format, Trap, TrapResult
from analysis.intake.adapters.json_records import json_opener
from analysis.intake.adapters.salesforce_agent_work import REQUEST

if TYPE_CHECKING:
    from analysis.intake.batch import Batch
    from analysis.intake.casting.local_time import Column


def finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Leave out offers that nobody accepted and work that is still open."""
    told = "started" in columns
    sf.prepare(batch, columns, "started", "ended")
    started, ended = columns["started"], columns["ended"]
    for rows, reason in sf.refusals(batch):
        # without a column of acceptance, work that was not refused may well have been accepted
        if told or reason != sf.NOT_ACCEPTED:
            batch.fates.give(rows & ~started.given, "excluded", reason)
    batch.fates.give((started.given | (not told)) & ~ended.given, "excluded", "still_open")


def transfers(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show items that were transferred."""
    return sf.transferred(batch, sf.items(batch, columns["item"]), columns["started"])


def open_work(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Compare active with open time."""
    return sf.open_is_not_work(batch, columns["started"], columns["ended"])


def work_at_once(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show items at the same time."""
    return sf.at_once(batch, columns["agent"], columns["started"], columns["ended"])


FORMAT = Format(
    title="Salesforce Omni-Channel: AgentWork of cases and leads",
    vendor="salesforce",
    table="work_items",
    defaults={
        "item": sf.ITEM,
        "type": sf.CHANNEL,
        "agent": sf.USER,
        "arrived": sf.REQUESTED,
        "started": sf.ACCEPTED,
        "ended": sf.CLOSED,
        "due": (),
        "duration": (),
    },
    signature=(("UserId", "WorkItemId", "RequestDateTime", "AcceptDateTime", "ActiveTime"),),
    also=(*sf.STATUS, *sf.ACTIVE, *sf.WEIGHT),
    open=json_opener(under=("records",)),
    finish=finish,
    duration_unit="s",
    overlapping=True,
    traps=(
        Trap("transfers", "Does a piece of work stand in one row only?", transfers),
        Trap("open_is_not_work", "Was open work in focus?", open_work),
        Trap("work_at_once", "Was one piece of work open at a time?", work_at_once),
    ),
    request=REQUEST,
)
