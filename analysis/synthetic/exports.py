"""The contact centre's files as a client would export them: status timeline, volumes, call log, forecast."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from analysis.synthetic import desk
from analysis.synthetic.calls import (
    ANSWER_WITHIN_S,
    OPEN_S,
    QUEUES,
    SHORT_S,
    SLOTS,
    CentrePeriod,
    expected_calls,
    mean_handle_s,
    square_root_staffing,
)
from analysis.synthetic.people import People
from analysis.synthetic.streams import SLOT_S, Calendar, elapsed_s, stream

STATUS_HEADER = "Agent Id,Agent Name,Status,Start Time,End Time,Duration"
VOLUMES_HEADER = (
    "Interval Start,Queue,Offered,Answered,Answered Within 20 s,Abandoned,Short Abandoned,Total Handle Time (s)"
)
CALLS_HEADER = "Conversation Id,Queue,Offered,Answered,Ended,Outcome,Agent Id,Talk (s),Hold (s),Wrap (s)"
FORECAST_HEADER = "Queue,Interval Start,Forecast Offered,Forecast Handle Time (s),Required Agents,Made On"
# the time line of presence beside that of routing: attended, whatever the agent does
ON_QUEUE = "On Queue"


def text_of(stamps: np.ndarray) -> list[str]:
    """Return stamps as ``2026-03-02 08:00:00``."""
    return [text.replace("T", " ") for text in np.datetime_as_string(stamps.astype("datetime64[s]")).tolist()]


def day_first_text(stamps: np.ndarray) -> list[str]:
    """Return stamps as ``02/03/2026 08:00:00``."""
    return [f"{text[8:10]}/{text[5:7]}/{text[:4]} {text[11:]}" for text in text_of(stamps)]


def clock_text(seconds: np.ndarray) -> list[str]:
    """Return durations as ``h:mm:ss``."""
    return [f"{one // 3600}:{one // 60 % 60:02d}:{one % 60:02d}" for one in seconds.tolist()]


def status_lines(people: People, calendar: Calendar, centre: CentrePeriod) -> dict[str, list[str]]:
    """Return the status timeline by site, by agent and time: a row per status that was left, offline nights included.

    The export shows two time lines at once: ``On Queue`` spans all that an agent does on queue, whose parts have rows of their own.
    """
    person, status, start, end = _status_table(calendar, centre)
    words = np.array([*desk.STATUSES, ON_QUEUE])
    heads = [f"{one.key},{one.name}," for one in people.persons]
    sites = [one.site for one in people.persons]
    lines: dict[str, list[str]] = {"North": [], "South": []}
    rows = zip(
        person.tolist(),
        words[status].tolist(),
        text_of(start),
        text_of(end),
        clock_text(elapsed_s(start, end)),
        strict=True,
    )
    for who, what, begins, ends, lasts in rows:
        lines[sites[who]].append(f"{heads[who]}{what},{begins},{ends},{lasts}")
    return lines


def _status_table(calendar: Calendar, centre: CentrePeriod) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return person, status, start and end of all rows, with spans on queue and with nights between shifts as ``Offline``."""
    midnights, plan, rows = calendar.midnights(), centre.plan, centre.status
    person, day = plan.person[rows[:, 0]], plan.day[rows[:, 0]]
    start = midnights[day] + rows[:, 2].astype("timedelta64[s]")
    end = midnights[day] + rows[:, 3].astype("timedelta64[s]")
    order = np.lexsort((start, person))
    person, status, start, end = person[order], rows[order, 1], start[order], end[order]
    first, last = _queue_spans(person, status, start, end)
    gap = np.flatnonzero((person[1:] == person[:-1]) & (start[1:] > end[:-1]))
    rows = np.concatenate([person, person[gap], person[first]])
    status = np.concatenate([status, np.full(len(gap), desk.OFFLINE), np.full(len(first), len(desk.STATUSES))])
    start, end = np.concatenate([start, end[gap], start[first]]), np.concatenate([end, start[gap + 1], end[last]])
    person = rows
    order = np.lexsort((start, person))
    return person[order], status[order], start[order], end[order]


def _queue_spans(
    person: np.ndarray, status: np.ndarray, start: np.ndarray, end: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and the last row of every unbroken stretch on queue."""
    on = np.isin(status, (desk.IDLE, desk.INTERACTING, desk.COMMUNICATING, desk.NOT_RESPONDING))
    follows = np.zeros(len(person), dtype=bool)
    follows[1:] = on[1:] & on[:-1] & (person[1:] == person[:-1]) & (start[1:] == end[:-1])
    leads = np.append(follows[1:], False)
    return np.flatnonzero(on & ~follows), np.flatnonzero(on & ~leads)


def call_lines(people: People, calendar: Calendar, centre: CentrePeriod) -> list[str]:
    """Return the call log, a row per call in order of arrival, stamps with the day first."""
    day, queue, offered, answered, ended, shift, talk, hold, wrap = centre.calls.T
    midnight = calendar.midnights()[day]
    keys = [one.key for one in people.persons]
    agents = [keys[who] if one >= 0 else "" for one, who in zip(shift, centre.plan.person[shift], strict=True)]
    stamps = [day_first_text(midnight + part.astype("timedelta64[s]")) for part in (offered, answered, ended)]
    parts = (talk.tolist(), hold.tolist(), wrap.tolist())
    return [
        f"C{number:07d},{QUEUES[of]},{begins},{picked},{ends},ANSWERED,{agent},{talked},{held},{wrapped}"
        if agent
        else f"C{number:07d},{QUEUES[of]},{begins},,{ends},ABANDONED,,,,"
        for number, (of, agent, begins, picked, ends, talked, held, wrapped) in enumerate(
            zip(queue.tolist(), agents, *stamps, *parts, strict=True), start=1
        )
    ]


def volume_counts(calendar: Calendar, centre: CentrePeriod) -> np.ndarray:
    """Return per queue, day and half hour: offered, answered, answered within 20 s, abandoned, short abandoned, handle seconds."""
    day, queue, offered, answered, ended = centre.calls.T[:5]
    handle = centre.calls[:, 6:9].sum(axis=1)
    slot = (offered - OPEN_S) // SLOT_S
    place = np.ravel_multi_index((queue, day, slot), (len(QUEUES), len(calendar.days), SLOTS))
    taken = answered >= 0
    within = taken & (answered - offered <= ANSWER_WITHIN_S)
    short = ~taken & (ended - offered < SHORT_S)
    measures = (np.ones(len(day)), taken, within, ~taken, short, handle)
    size = len(QUEUES) * len(calendar.days) * SLOTS
    sums = [np.bincount(place, weights=measure, minlength=size) for measure in measures]
    return np.stack(sums, axis=-1).reshape(len(QUEUES), len(calendar.days), SLOTS, len(measures)).astype(np.int64)


def volume_lines(calendar: Calendar, centre: CentrePeriod) -> tuple[list[str], str]:
    """Return the half-hour volumes by queue, and the total row at their end."""
    counts = volume_counts(calendar, centre)
    starts = _slot_starts(calendar)
    lines = [
        ",".join([starts[day][slot], name, *map(str, counts[queue, day, slot].tolist())])
        for queue, name in enumerate(QUEUES)
        for day in range(len(calendar.days))
        for slot in range(SLOTS)
    ]
    total = ",".join(["Total", "", *map(str, counts.sum(axis=(0, 1, 2)).tolist())])
    return lines, total


def _slot_starts(calendar: Calendar) -> list[list[str]]:
    """Return the start of every half hour as text, by working day."""
    steps = (OPEN_S + SLOT_S * np.arange(SLOTS)).astype("timedelta64[s]")
    return [[text[:16] for text in text_of(midnight + steps)] for midnight in calendar.midnights()]


def forecast_lines(calendar: Calendar, *, seed: int) -> list[str]:
    """Return the forecast that planners made three weeks ahead: slightly high, ignorant of day effects, in error by week and day."""
    rng = stream(seed, "forecast")
    days = len(calendar.days)
    weeks = calendar.week.max() + 1
    error = 0.03 + 0.04 * rng.standard_normal(weeks)[calendar.week] + 0.035 * rng.standard_normal(days)
    offered = expected_calls(calendar) * np.exp(error)[:, None]
    offered = np.maximum(offered * (1 + 0.04 * rng.standard_normal(offered.shape)), 0.5)
    starts = _slot_starts(calendar)
    lines = []
    for queue, name in enumerate(QUEUES):
        handle = offered[queue] * mean_handle_s(queue) * (0.97 + 0.015 * rng.standard_normal((days, 1)))
        required = square_root_staffing(handle / SLOT_S)
        for day, date in enumerate(calendar.days):
            made = date - dt.timedelta(days=21 + (date.weekday() - 2) % 7)
            lines += [
                f"{name},{starts[day][slot]},{offered[queue, day, slot]:.1f},{handle[day, slot]:.0f},"
                f"{required[day, slot]:.0f},{made.isoformat()}"
                for slot in range(SLOTS)
            ]
    return lines


def skill_lines(people: People, targets: Sequence[tuple[str, int]]) -> list[str]:
    """Return a skill row per person and target, levels 1 to 5 by seniority."""
    return [
        f"{person.key},{target},{min(5, level + ('senior' in person.grade) + ('specialist' in person.grade))},2024-01-01,"
        for person in people.persons
        for target, level in targets
    ]
