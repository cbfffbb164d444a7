"""Genesys Cloud: user details, presence and routing status as two timelines side by side (JSON of the analytics API)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.foundation import intervals
from analysis.intake.adapters._beside import objects_at, told
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.adapters.json_records import json_opener
from analysis.intake.batch import Batch
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

# Timeline of a user: its word in our codes, and the key of its value. Both know IDLE, and mean two things by it.
TIMELINES: Mapping[str, tuple[str, str]] = {
    "primaryPresence": ("presence", "systemPresence"),
    "routingStatus": ("routing", "routingStatus"),
}
ON_QUEUE = ("routing IDLE", "routing INTERACTING", "routing NOT_RESPONDING")
HOUR_US = 3_600_000_000
# Less of a difference between the timelines than this share is the time that a change of status takes.
SLIGHT = 0.01


def timelines(user: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the entries of both timelines of a user, in the order in which they stand, under codes that do not collide."""
    for key in user:
        if key not in TIMELINES:
            continue
        word, name = TIMELINES[key]
        for entry in objects_at(user, key):
            value = entry.get(name)
            yield {"userId": user.get("userId"), "State": f"{word} {value}" if value else None, **entry}


def once(batch: Batch, columns: dict[str, Column]) -> None:
    """Count an entry once that stands in two exports, still open in the earlier one."""
    start = columns["start"]
    end = columns.setdefault(
        "end", Column("time", np.zeros(len(start.array), np.int64), np.zeros(len(start.array), bool))
    )
    still = batch.fates.open & start.given & columns["agent"].given
    key = pd.DataFrame(
        {"agent": columns["agent"].text, "state": columns["state"].text, "start": start.array, "open": ~end.given}
    )
    key["bound"] = -_last_moments(batch, columns)[batch.file_of]
    key = key[still].sort_values(["open", "bound"], kind="stable")
    again = key.index[key.duplicated(["agent", "state", "start"]) & key["open"]]
    mask = np.zeros(len(batch.rows), dtype=bool)
    mask[again.to_numpy()] = True
    batch.fates.give(mask, "duplicate")


def _timeline(state: pd.Series) -> pd.Series:
    """Return the timeline of each code."""
    return state.str.replace(r" .*", "", regex=True)


def _last_moments(batch: Batch, columns: dict[str, Column]) -> np.ndarray:
    """Return the last moment that each file speaks of: the export was made no earlier."""
    last = np.zeros(len(batch.files), dtype=np.int64)
    for name in ("start", "end"):
        if name in columns:
            given = columns[name].given & batch.fates.open
            np.maximum.at(last, batch.file_of[given], columns[name].array[given])
    return last


def open_state(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """End the entries that were still open when the export was made: at the next one, else at the last moment that the file speaks of."""
    start, end, state = columns["start"], columns["end"], columns["state"].text
    rows = np.flatnonzero(batch.fates.open & start.given & columns["agent"].given)
    who = pd.factorize(columns["agent"].text.iloc[rows] + "\0" + _timeline(state.iloc[rows]))[0]
    order = np.lexsort((start.array[rows], who))
    ordered, same = rows[order], np.append(who[order][1:] == who[order][:-1], False)[: len(rows)]
    until = _last_moments(batch, columns)[batch.file_of]
    until[ordered[same]] = start.array[ordered[1:]][same[:-1]]
    cap_us = round(batch.source.open_end_cap_h * HOUR_US)
    until = np.minimum(until, start.array + cap_us)
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows] = ~end.given[rows] & (cap_us > 0)
    columns["end"] = Column("time", np.where(hits, until, end.array), end.given | hits)
    moved = int((until - start.array)[hits].sum())
    words = (
        f"{number_of(int(hits.sum()), 'entry', 'entries')} without an end (first: {batch.place(hits)}): still open when the export was made, so they last at least "
        f"to the last moment it speaks of, and end there ({moved / HOUR_US:,.1f} h). Ask for a later export if the period goes on."
    )
    return told(hits, words, moved)


def one_timeline(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Mark people of whom one timeline is missing: presence alone says nothing of waiting, routing status alone nothing of breaks."""
    still = batch.fates.open & columns["agent"].given & columns["state"].given
    word = _timeline(columns["state"].text)
    kinds = word[still].groupby(columns["agent"].text[still]).nunique()
    hits = still & columns["agent"].text.isin(kinds[kinds < 2].index).to_numpy(dtype=bool)
    words = (
        f"{number_of(int((kinds < 2).sum()), 'person', 'persons')} with one of the two timelines only (first: {batch.place(hits)}). Presence alone says nothing of waiting for "
        "contacts, routing status alone nothing of breaks: query both."
    )
    return told(hits, words)


def timelines_disagree(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark routing on the queue while presence says something else than On Queue."""
    still = batch.fates.open & columns["agent"].given & columns["start"].given & columns["end"].given
    frame = pd.DataFrame(
        {
            "agent": columns["agent"].text,
            "start": columns["start"].array,
            "end": columns["end"].array,
            "state": columns["state"].text,
        }
    )[still]
    frame = frame[frame["end"] > frame["start"]]
    routed, present = frame[frame["state"].isin(ON_QUEUE)], frame[frame["state"].eq("presence ON_QUEUE")]
    if routed.empty or not frame["state"].str.startswith("presence ").any():
        return None
    columns_ = ["agent", "start", "end"]
    apart = intervals.gaps(present[columns_], within=routed[columns_])
    off, all_us = (int((part["end"] - part["start"]).sum()) for part in (apart, routed))
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[routed.index.to_numpy()] = off > SLIGHT * all_us
    words = (
        f"{off / HOUR_US:,.1f} of {all_us / HOUR_US:,.1f} h of routing status on the queue lie outside presence On Queue (first: {batch.place(hits)}). "
        "Most often one of the timelines has gaps: query both over the same interval."
    )
    return told(hits, words)


FORMAT = Format(
    title="Genesys Cloud: user details, presence and routing status",
    vendor="genesys",
    table="spells",
    defaults={
        "agent": ("userId",),
        "state": ("State",),
        "start": ("startTime",),
        "end": ("endTime",),
        "duration": (),
        "channel": (),
        "population": (),
    },
    signature=(("userId", "primaryPresence"), ("userId", "routingStatus")),
    also=("organizationPresenceId",),
    open=json_opener(timelines, under=("userDetails",), elements=tuple(TIMELINES)),
    finish=once,
    time_zone="UTC",
    traps=(
        Trap("open_last_state", "Were states still open when the export was made?", open_state, "fixed"),
        Trap("one_timeline", "Is a timeline missing?", one_timeline),
        Trap("timelines_disagree", "Do presence and routing status agree about the queue?", timelines_disagree),
    ),
    request=Request(
        report="Analytics API, users details query (POST /api/v2/analytics/users/details/query), all pages as JSON",
        columns=("userId", "primaryPresence", "routingStatus"),
        limits="Query week by week (long ranges are refused) and send every page of users. Query a day beyond the period, so that no state of it is open.",
        zone="UTC.",
        pseudonyms="Replace userId by a code, the same one in every file; keep it as text.",
    ),
)
