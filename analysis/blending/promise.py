"""What callers are promised, and what they got, by each queue's own definition."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.blending.settings import BlendingSettings
from analysis.foundation.clusters import ratio
from analysis.foundation.estimate import Estimate
from analysis.foundation.settings import Client, Queue
from analysis.measure.load import local_slots, offered_contacts

# A contact log that holds less than this share of the offered volume does not speak for the queue.
COMPLETE_LOG = 0.9


@dataclass(frozen=True, slots=True)
class Promise:
    """The promise that a pool is held to.

    Attributes
    ----------
    answer_within_s, target
        Share `target` is answered within `answer_within_s` seconds.
    definition, short_s
        What the share is of; contacts abandoned sooner than `short_s` count as short.
    max_occupancy
        Highest share of ready time spent busy.
    """

    answer_within_s: float
    target: float
    definition: str
    short_s: float
    max_occupancy: float

    def counted(self, p_abandon: np.ndarray, p_short: np.ndarray) -> np.ndarray:
        """Return the share of offered contacts that the definition counts."""
        left_out = {"of offered": 0.0 * p_abandon, "of answered": p_abandon, "short abandons out": p_short}[
            self.definition
        ]
        return 1.0 - np.minimum(left_out, 1.0)


def queue_promise(queue: Queue, settings: BlendingSettings) -> Promise:
    """Return a queue's promise; a setting that is given outweighs the engagement file."""
    return Promise(
        settings.answer_within_s or queue.answer_within_s,
        settings.service_level or queue.target,
        queue.definition,
        queue.short_s,
        settings.max_occupancy or queue.max_occupancy,
    )


def pool_promise(queues: Sequence[Queue], settings: BlendingSettings) -> Promise:
    """Return the strictest promise among a pool's queues, since its agents serve all of them from one line.

    Examples
    --------
    >>> lax, strict = Queue(name="a", answer_within_s=30), Queue(name="b", target=0.9)
    >>> pool_promise([lax, strict], BlendingSettings())
    Promise(answer_within_s=20.0, target=0.9, definition='of offered', short_s=5.0, max_occupancy=0.88)
    """
    promises = [queue_promise(queue, settings) for queue in queues]
    lenient = ["of offered", "short abandons out", "of answered"]
    return Promise(
        min(promise.answer_within_s for promise in promises),
        max(promise.target for promise in promises),
        min((promise.definition for promise in promises), key=lenient.index),
        min(promise.short_s for promise in promises),
        min(promise.max_occupancy for promise in promises),
    )


def _waits(contacts: pd.DataFrame) -> pd.Series:
    """Return the seconds from offer to answer or, for the abandoned, to leaving."""
    return (contacts["answered_at"].fillna(contacts["ended_at"]) - contacts["offered_at"]).dt.total_seconds()


@dataclass(frozen=True, slots=True)
class Served:
    """What a queue delivered.

    Attributes
    ----------
    measured, reported
        Share answered in time: by the log of contacts where it is complete, and by the client's own interval counts.
    share
        The measured share itself, also where it is too uniform for an interval; None without any count.
    contacts
        Contacts counted.
    daily
        day, weekday, in_time, counted: the days behind the measured share.
    """

    measured: Estimate
    reported: Estimate
    share: float | None
    contacts: int
    daily: pd.DataFrame


def served(
    tables: Mapping[str, pd.DataFrame], queue: Queue, promise: Promise, *, client: Client, confidence: float
) -> Served:
    """Measure the share answered in time by the queue's definition, with an interval that treats days as the independent unit."""
    contacts, volumes = offered_contacts(tables, queue), tables.get("volumes", pd.DataFrame())
    volumes = volumes[volumes["queue"].eq(queue.name)] if not volumes.empty else volumes
    offered = float(volumes["offered"].sum()) if not volumes.empty else 0.0
    logged = daily_contacts(contacts, promise, client.time_zone) if not contacts.empty else None
    counted = daily_volumes(volumes, promise, client.time_zone) if not volumes.empty else None
    complete = logged is not None and len(contacts) >= COMPLETE_LOG * offered
    reported = share_over_days(
        counted,
        confidence=confidence,
        source="interval counts",
        otherwise="the volumes hold no counts within the promised time",
    )
    if complete or (logged is not None and counted is None):
        measured = share_over_days(logged, confidence=confidence, source="log of contacts", otherwise="no contacts")
    else:
        measured = dataclasses.replace(reported)
    days = logged if complete or counted is None else counted
    if days is None or not days["counted"].sum() > 0:
        return Served(measured, reported, None, 0, pd.DataFrame(columns=["day", "weekday", "in_time", "counted"]))
    total = float(days["counted"].sum())
    return Served(measured, reported, float(days["in_time"].sum()) / total, round(total), days)


def daily_contacts(contacts: pd.DataFrame, promise: Promise, zone: str) -> pd.DataFrame:
    """Count a queue's contacts per local day: those answered in time and those that the definition counts."""
    answered, waits = contacts["answered_at"].notna(), _waits(contacts)
    counted = pd.Series(True, index=contacts.index)
    if promise.definition == "of answered":
        counted = answered
    elif promise.definition == "short abandons out":
        counted = answered | ~(waits < promise.short_s)
    placed = local_slots(contacts["offered_at"], zone, 86400)
    in_time = answered & (waits <= promise.answer_within_s)
    placed = placed.assign(in_time=in_time.astype(float), counted=counted.astype(float))
    return placed.groupby(["day", "weekday"], as_index=False)[["in_time", "counted"]].sum()


def daily_volumes(volumes: pd.DataFrame, promise: Promise, zone: str) -> pd.DataFrame | None:
    """Count a queue's intervals per local day, or None where they do not count within the promised time."""
    same = (volumes["within_s"] - promise.answer_within_s).abs() < 0.5
    columns = [
        "answered_within",
        *({"of answered": ["answered"], "short abandons out": ["short_abandoned"]}.get(promise.definition, [])),
    ]
    if not same.all() or volumes[columns].isna().any(axis=None):
        return None
    counted = {
        "of offered": volumes["offered"],
        "of answered": volumes["answered"],
        "short abandons out": volumes["offered"] - volumes["short_abandoned"].fillna(0),
    }[promise.definition]
    placed = local_slots(volumes["start"], zone, 86400).assign(in_time=volumes["answered_within"], counted=counted)
    sums = placed.groupby(["day", "weekday"], as_index=False)[["in_time", "counted"]].sum()
    return sums.assign(in_time=np.minimum(sums["in_time"], sums["counted"]))


def share_over_days(days: pd.DataFrame | None, *, confidence: float, source: str, otherwise: str) -> Estimate:
    """Estimate the share answered in time from counts per day; `otherwise` says why there are none."""
    if days is None or days.empty:
        return Estimate.missing(otherwise, n_unit="days", confidence=confidence)
    return ratio(
        days["in_time"].to_list(),
        days["counted"].to_list(),
        n_unit="days",
        strata=days["weekday"].to_list(),
        confidence=confidence,
        method=f"{source}; ratio of sums, days as clusters within weekdays",
    )
