"""Salesforce Omni-Channel: UserServicePresence, one row per presence status of an agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.intake.adapters import _salesforce as sf
from analysis.intake.adapters._beside import durations_beside, text_beside, told
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.adapters.json_records import json_opener
from analysis.intake.casting.local_time import Column
from analysis.intake.casting.numerals import parse_flags
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch

IDLE = ("IdleDuration", "Idle Duration")
FULL = ("AtCapacityDuration", "At Capacity Duration")
AWAY = ("IsAway", "Is Away", "Away")
CURRENT = ("IsCurrentState", "Is Current State", "Current State")


def finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Leave out the status in which somebody was when the export was made: it has no end."""
    sf.prepare(batch, columns, "end")
    batch.fates.give(_yes(batch, CURRENT) & ~columns["end"].given, "excluded", "current_state")


def _yes(batch: Batch, names: tuple[str, ...]) -> NDArray[np.bool_]:
    text = text_beside(batch, names)
    return np.zeros(len(batch.rows), dtype=bool) if text is None else parse_flags(text)[0]


def idle_within(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Tell how much of the time in statuses that take work was idle: a sum within each status, not a stretch."""
    idle, full = durations_beside(batch, IDLE), durations_beside(batch, FULL)
    if idle is None:
        return None
    rows = batch.fates.open & idle.given & ~_yes(batch, AWAY)
    length = np.where(rows, columns["end"].array - columns["start"].array, 0)
    hits = rows & (idle.array > 0)
    at_capacity = "" if full is None else f", {full.array[rows & full.given].sum() / sf.HOUR_US:,.1f} h at capacity"
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'status', 'statuses')} with idle time inside (first: {batch.place(hits)}): {idle.array[rows].sum() / sf.HOUR_US:,.1f} h idle of "
        f"{length.sum() / sf.HOUR_US:,.1f} h in statuses that take work{at_capacity}. No stretches are made of it; hold it against waiting as AgentWork shows it.",
    )


def more_than_status(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show statuses that hold more idle time, or more time at capacity, than they last."""
    parts = [part for part in (durations_beside(batch, IDLE), durations_beside(batch, FULL)) if part is not None]
    if not parts:
        return None
    length = columns["end"].array - columns["start"].array
    hits = batch.fates.open & np.any([part.given & (part.array > length + sf.SECOND_US) for part in parts], axis=0)
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'status', 'statuses')} that last less than the idle time or the time at capacity in them (first: {batch.place(hits)}). "
        "Ask for the unit of the durations; the kit takes seconds.",
    )


def away_but_taking_work(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show status names that stand both for being away and for taking work."""
    if text_beside(batch, AWAY) is None:
        return None
    away = _yes(batch, AWAY)
    state = columns["state"].text
    still = batch.fates.open
    both = set(state[still & away]) & set(state[still & ~away])
    hits = still & away & state.isin(both).to_numpy(dtype=bool)
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'row')} away under a name that also stands for taking work (first: {batch.place(hits)}). "
        "A channel or the meaning of the status was changed within the period: ask when, and part the source there.",
    )


FORMAT = Format(
    title="Salesforce Omni-Channel: presence of agents",
    vendor="salesforce",
    table="spells",
    defaults={
        "agent": sf.USER,
        "state": (
            *(
                "ServicePresenceStatus.MasterLabel",
                "ServicePresenceStatus.DeveloperName",
                "Service Presence Status: Developer Name",
            ),
            *("Service Presence Status", "Presence Status", "ServicePresenceStatusId"),
        ),
        "start": ("StatusStartDate", "Status Start Date", "Status Start"),
        "end": ("StatusEndDate", "Status End Date", "Status End"),
        "duration": ("StatusDuration", "Status Duration"),
        "channel": (),
        "population": (),
    },
    signature=(
        ("UserId", "StatusStartDate", "StatusEndDate"),
        ("Status Start Date", "Status End Date", "Status Duration"),
    ),
    also=(*IDLE, *FULL, *AWAY, *CURRENT),
    open=json_opener(under=("records",)),
    finish=finish,
    duration_unit="s",
    traps=(
        Trap("idle_within_presence", "Is any time idle within a presence status?", idle_within),
        Trap("more_than_status", "Do idle time and time at capacity fit into their status?", more_than_status),
        Trap("away_but_taking_work", "Does a status name mean one thing throughout?", away_but_taking_work),
    ),
    request=Request(
        report="UserServicePresence, by SOQL (Data Loader, Workbench) as CSV, or the REST query as JSON",
        columns=(
            *(
                "UserId",
                "ServicePresenceStatus.MasterLabel",
                "StatusStartDate",
                "StatusEndDate",
                "StatusDuration",
                "IsAway",
                "IdleDuration",
            ),
            *("AtCapacityDuration", "ConfiguredCapacity", "IsCurrentState"),
        ),
        limits="Query the object by week, so that no tool cuts the file. A status has a row with an end only when it was left.",
        zone="The programming interface writes UTC with its offset; reports follow the time zone of the user who exports. "
        "What does each presence status mean, and which take work?",
    ),
)
