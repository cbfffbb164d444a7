"""Twilio TaskRouter: events of workers and reservations, as the events resource, a webhook log or a CSV of either gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.adapters._beside import text_beside, told
from analysis.intake.adapters._cells import groups
from analysis.intake.adapters.events import end_at_next
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.adapters.json_records import json_opener
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
SID = ("sid", "Sid")
EVENT = ("event_type", "EventType")
RESERVATION = ("event_data.reservation_sid", "ReservationSid", "reservation_sid")
PREVIOUS = ("event_data.worker_previous_activity_name", "WorkerPreviousActivityName", "worker_previous_activity_name")
# The same length in milliseconds and in seconds: the first one that a row has counts.
LASTED_MS = (
    *(
        "event_data.worker_time_in_previous_activity_ms",
        "WorkerTimeInPreviousActivityMs",
        "worker_time_in_previous_activity_ms",
    ),
)
LASTED_S = (
    "event_data.worker_time_in_previous_activity",
    "WorkerTimeInPreviousActivity",
    "worker_time_in_previous_activity",
)
MOMENT_MS = ("event_date_ms", "TimestampMs")
ACTIVITY = "worker.activity.update"
# What a reservation is from an event on, until its next event.
OFFERED, HANDLED, WRAPPED, UNANSWERED = (
    "reservation offered",
    "reservation accepted",
    "reservation wrapup",
    "reservation unanswered",
)
STEPS = {"reservation.created": OFFERED, "reservation.accepted": HANDLED, "reservation.wrapup": WRAPPED}
ENDS = (
    "reservation.completed",
    "reservation.canceled",
    "reservation.rescinded",
    "reservation.rejected",
    "reservation.timeout",
    "reservation.failed",
)
REFUSALS = frozenset(
    {
        "reservation.rejected",
        "reservation.timeout",
        "reservation.canceled",
        "reservation.rescinded",
        "reservation.failed",
    }
)
# Activities with which an account begins, and which take work; without reservations nobody can say whether there was any.
READY = frozenset({"available", "idle"})
WITHOUT = "{} (reservations not exported)"
# Lengths that differ by more than this are no rounding.
LEEWAY_US = 2 * SECOND_US


def finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Let each activity of a worker, and each step of a reservation, last until the next one of the same; leave other events out."""
    event, text = _events(batch)
    activity = (event == ACTIVITY).to_numpy(dtype=bool)
    step = event.isin([*STEPS, *ENDS]).to_numpy(dtype=bool)
    batch.fates.give(~activity & ~step, "excluded", "other_event")
    batch.reject(step & (text == "").to_numpy(dtype=bool), "missing_reservation")
    _to_the_millisecond(batch, columns)
    _states(batch, columns, event, activity)
    agent = columns["agent"]
    key = agent.text.where(activity, agent.text + " / " + text)
    columns["agent"] = Column("text", key.astype(agent.text.dtype), agent.given)
    closing = event.isin(ENDS).to_numpy(dtype=bool)
    columns["state"] = Column("text", columns["state"].text.where(~closing, "closed"), columns["state"].given | closing)
    end_at_next(batch, columns, closing=("offline", "closed"))
    columns["agent"] = agent
    batch.fates.give(closing & ~_follows(batch, columns, text, closing), "excluded", "end_without_beginning")
    batch.absorbed |= closing & batch.fates.open


def _events(batch: Batch) -> tuple[pd.Series, pd.Series]:
    """Return the kind of each event, and the reservation that it is about."""
    event = text_beside(batch, EVENT)
    if event is None:
        raise batch.ask(
            f"{batch.files[0].file}: no column tells the kind of event. Ask for the events with event_type."
        )
    reservation = text_beside(batch, RESERVATION)
    return event.str.lower(), pd.Series(
        "", index=event.index, dtype=event.dtype
    ) if reservation is None else reservation


def _to_the_millisecond(batch: Batch, columns: dict[str, Column]) -> None:
    """Take the moment in milliseconds where it stands beside one in whole seconds and agrees with it."""
    text = text_beside(batch, MOMENT_MS)
    if text is None:
        return
    ms = pd.to_numeric(text.where(text.str.fullmatch(r"\d{12,14}"))).to_numpy(dtype=float, na_value=np.nan)
    us = np.nan_to_num(ms).astype(np.int64) * 1_000
    start = columns["start"]
    agrees = np.isfinite(ms) & start.given & (np.abs(us - start.array) <= SECOND_US)
    columns["start"] = Column("time", np.where(agrees, us, start.array), start.given)


def _states(batch: Batch, columns: dict[str, Column], event: pd.Series, activity: NDArray[np.bool_]) -> None:
    """Name the step of each reservation; an offer that is not accepted is unanswered."""
    empty = Column("text", pd.Series("", index=event.index, dtype=event.dtype), np.zeros(len(event), dtype=bool))
    state = columns.get("state", empty)
    name = state.text.where(activity, event.map({**STEPS}).fillna("").astype(state.text.dtype))
    _, reservation = _events(batch)
    refused = reservation[event.isin(REFUSALS)]
    accepted = reservation[event == "reservation.accepted"]
    lost = (event == "reservation.created") & reservation.isin(refused) & ~reservation.isin(accepted)
    name = name.where(~lost, UNANSWERED)
    if not event.isin(list(STEPS)).any():
        ready = name.str.lower().isin(READY)
        name = name.where(~ready, name.map(WITHOUT.format))
    columns["state"] = Column("text", name.astype(state.text.dtype), (name != "").to_numpy(dtype=bool))


def _follows(
    batch: Batch, columns: dict[str, Column], reservation: pd.Series, closing: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return the closing events whose reservation has a step in the files."""
    key = columns["agent"].text + " / " + reservation
    return key.isin(key[~closing & batch.fates.open & (reservation != "").to_numpy(dtype=bool)]).to_numpy(dtype=bool)


def _lasted(batch: Batch) -> Column | None:
    """Return how long each worker was in the activity before, as the event says [us]."""
    us = np.zeros(len(batch.rows), dtype=np.int64)
    given = np.zeros(len(batch.rows), dtype=bool)
    found = False
    for names, scale in ((LASTED_MS, 1_000), (LASTED_S, SECOND_US)):
        text = text_beside(batch, names)
        if text is None:
            continue
        found = True
        number = pd.to_numeric(text.where(text.str.fullmatch(r"\d{1,12}"))).to_numpy(dtype=float, na_value=np.nan)
        fill = np.isfinite(number) & ~given
        us, given = np.where(fill, np.nan_to_num(number).astype(np.int64) * scale, us), given | fill
    return Column("us", us, given) if found else None


def _pairs(batch: Batch, columns: dict[str, Column]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return changes of activity that follow another one of the same worker, and the row of that other one."""
    event, _ = _events(batch)
    rows = np.flatnonzero((event == ACTIVITY).to_numpy(dtype=bool) & columns["start"].given & batch.fates.open)
    who = groups([columns["agent"].text.iloc[rows]])
    order = np.lexsort((rows, columns["start"].array[rows], who))
    same = who[order][1:] == who[order][:-1]
    return rows[order[1:][same]], rows[order[:-1][same]]


def lost_events(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Compare the time in the activity before, as each event says, with the time since the event before."""
    lasted = _lasted(batch)
    if lasted is None:
        return None
    later, earlier = _pairs(batch, columns)
    since = columns["start"].array[later] - columns["start"].array[earlier]
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[later[lasted.given[later] & (np.abs(since - lasted.array[later]) > LEEWAY_US)]] = True
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'event')} whose time in the activity before is not the time since the event before (first: {batch.place(hits)}). "
        "Events are missing between them, or the worker's clock was counted in another way: ask for the events again, by day.",
    )


def other_activity(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show changes of activity whose activity before is not the one that the event before began."""
    previous = text_beside(batch, PREVIOUS)
    if previous is None:
        return None
    later, earlier = _pairs(batch, columns)
    state = columns["state"].text.str.removesuffix(WITHOUT.format(""))
    said, was = previous.iloc[later].to_numpy(dtype=object), state.iloc[earlier].to_numpy(dtype=object)
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[later[(said != "") & (said != was)]] = True
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'event')} that leave another activity than the event before began (first: {batch.place(hits)}): events between them are missing, "
        "and their time stands under the wrong activity.",
    )


def only_thirty_days(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show the first event of exports that reach back about as far as events are kept."""
    start = columns["start"]
    rows = np.flatnonzero(start.given)
    hits = np.zeros(len(batch.rows), dtype=bool)
    first = rows[np.argmin(start.array[rows])] if len(rows) else 0
    span = np.ptp(start.array[rows]) / DAY_US if len(rows) else 0.0
    hits[first] = len(rows) > 0 and 28.5 <= span <= 31
    return told(
        hits,
        f"the export reaches back {span:.0f} days, about as long as events are kept: earlier ones are gone (first: {batch.place(hits)}). "
        "Pull events every week, and put the files side by side; what stands in two counts once.",
    )


def no_reservations(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show availability of which nobody can say whether it was waiting or handling."""
    hits = batch.fates.open & columns["state"].text.str.endswith(WITHOUT.format("")).to_numpy(dtype=bool)
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'row')} of workers who took work, in an export without reservations (first: {batch.place(hits)}): handling and waiting cannot be told apart, "
        "so they count as on duty, kind unknown. Ask for the events reservation.*.",
    )


FORMAT = Format(
    title="Twilio TaskRouter: events of workers and reservations",
    vendor="twilio",
    table="spells",
    defaults={
        "agent": ("event_data.worker_sid", "WorkerSid", "worker_sid", "event_data.worker_name", "WorkerName"),
        "state": ("event_data.worker_activity_name", "WorkerActivityName", "worker_activity_name"),
        "start": ("event_date", "Timestamp", "EventDate"),
        "end": (),
        "duration": (),
        "channel": ("event_data.task_channel_unique_name", "TaskChannelUniqueName", "task_channel_unique_name"),
        "population": (),
    },
    signature=(
        ("event_type", "event_date", "event_data.worker_sid", "event_data.worker_activity_name"),
        ("EventType", "WorkerSid", "WorkerActivityName", "TimestampMs"),
        ("event_type", "event_date", "worker_sid", "worker_activity_name"),
    ),
    also=(*SID, *EVENT, *RESERVATION, *PREVIOUS, *LASTED_MS, *LASTED_S, *MOMENT_MS),
    open=json_opener(under=("events",)),
    finish=finish,
    fills=("state",),
    time_zone="UTC",
    overlapping=True,
    traps=(
        Trap("no_reservations", "Does the export show whether there was work?", no_reservations),
        Trap("lost_events", "Does the time in the activity before agree with the events?", lost_events),
        Trap("other_activity", "Does each change leave the activity that the one before began?", other_activity),
        Trap("kept_thirty_days", "Does the export hold all events of the period?", only_thirty_days),
    ),
    request=Request(
        report="TaskRouter events of the workspace: the events resource as JSON, by day, or the log of the event callback",
        columns=(
            *(
                "event_type",
                "event_date",
                "event_date_ms",
                "event_data.worker_sid",
                "event_data.worker_activity_name",
                "event_data.worker_previous_activity_name",
            ),
            *(
                "event_data.worker_time_in_previous_activity_ms",
                "event_data.reservation_sid",
                "event_data.task_channel_unique_name",
            ),
        ),
        limits="Events are kept for 30 days: pull them every week during the whole period. Send worker.activity.update and all reservation.* events.",
        zone="Stamps are UTC. Which activities take work, and what do the others mean?",
    ),
)
