"""Genesys Cloud: agent status, one row per status, with start and end or duration."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.intake.adapters._beside import durations_beside, last_of_each, told
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.batch import Batch
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

DURATION = ("Duration", "Time in Status")
# Status words (lower case) that only routing shows; without any of them an export holds presence alone.
ROUTING = frozenset({"interacting", "communicating", "not responding", "alerting", "off queue"})
# A duration this many times longer or shorter than the time to the person's next row is in another unit.
WRONG_UNIT = 50
HOUR_US = 3_600_000_000


def last_state_missing(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark each person's last row unless it signs off: the state after it had not been left when the export was made."""
    start, agent = columns["start"], columns["agent"]
    rows = np.flatnonzero(batch.fates.open & start.given & agent.given)
    if not len(rows):
        return None
    last = last_of_each(agent.text, start.array, rows)
    signed_off = columns["state"].text.iloc[last].str.lower().eq("offline").to_numpy(dtype=bool)
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[last[~signed_off]] = True
    words = (
        f"the last row of {number_of(int(hits.sum()), 'person', 'persons')} is no sign-off (first: {batch.place(hits)}). A row appears only when its status is "
        "left, so the state each of them was in when the export was made is missing; export again after the last shift has ended."
    )
    return told(hits, words)


def duration_unit(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Compare durations with the time to the person's next row: a wrong unit is off by tens or thousands."""
    length, start, agent = durations_beside(batch, DURATION), columns["start"], columns["agent"]
    if length is None:
        return None
    rows = np.flatnonzero(batch.fates.open & start.given & agent.given & length.given)
    who = pd.factorize(agent.text)[0][rows]
    order = np.lexsort((start.array[rows], who))
    rows, who = rows[order], who[order]
    gap = np.diff(start.array[rows])
    near = (who[1:] == who[:-1]) & (gap > 0) & (gap < HOUR_US)
    if not near.any():
        return None
    stated, shown = int(length.array[rows[:-1]][near].sum()), int(gap[near].sum())
    wrong = not shown < WRONG_UNIT * max(stated, 1) < WRONG_UNIT**2 * shown
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows[:-1][near]] = wrong
    words = (
        f"durations add up to {stated / HOUR_US:,.2f} h where the starts of the rows leave {shown / HOUR_US:,.2f} h (first: {batch.place(hits)}). "
        'They are in another unit: set duration_unit, most often "ms".'
    )
    return told(hits, words)


def screen_locked(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark rows named Idle in an export that holds no routing status: there the word means a locked screen."""
    words = columns["state"].text.str.lower()
    still = batch.fates.open & columns["state"].given
    idle = still & words.eq("idle").to_numpy(dtype=bool)
    if not idle.any():
        return None
    hits = idle & ~bool((words.isin(ROUTING).to_numpy(dtype=bool) & still).any())
    sentence = (
        f"{number_of(int(hits.sum()), 'row')} named Idle in an export without any routing status (first: {batch.place(hits)}). As presence, Idle means "
        "a locked screen, not waiting for contacts: map it to AWAY in a state map of your own, or ask for the routing status."
    )
    return told(hits, sentence)


def available_off_queue(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark rows of the presence Available: the person is there, but no contact is routed to them."""
    hits = batch.fates.open & columns["state"].text.str.lower().eq("available").to_numpy(dtype=bool)
    words = (
        f"{number_of(int(hits.sum()), 'row')} of Available (first: {batch.place(hits)}), which is being there without being on queue: "
        "no contact reaches these people, so it is not waiting for contacts. Ask what they do in it."
    )
    return told(hits, words)


_DEFAULTS: Mapping[str, tuple[str, ...]] = {
    "agent": ("Agent Id", "User Id", "Agent", "Agent Name", "User"),
    "state": ("Status", "Routing Status", "Agent Status"),
    "start": ("Start", "Start Time", "Status Start", "Start Date"),
    "end": ("End", "End Time", "Status End", "End Date"),
    "duration": DURATION,
    "channel": ("Media Type", "Channel"),
    "population": (),
}

FORMAT = Format(
    title="Genesys Cloud: agent status timeline",
    vendor="genesys",
    table="spells",
    defaults=_DEFAULTS,
    signature=(("Agent Id", "Status", "Start Time", "End Time"), ("Agent Name", "Status", "Start Time", "Duration")),
    traps=(
        Trap("last_state_missing", "Is the state in which each person was when the export was made missing?", last_state_missing),
        Trap("duration_unit", "Are the durations in the unit that is stated?", duration_unit),
        Trap("screen_locked", "Does Idle mean a locked screen here?", screen_locked),
        Trap("available_off_queue", "Is Available taken for waiting for contacts?", available_off_queue),
    ),
    request=Request(
        report="Performance > Workspace > Agents Status, one agent after the other, view by timeline, exported as CSV",
        columns=("Agent Id", "Status", "Start Time", "End Time", "Duration"),
        limits="One export per agent and range of dates. Export after the last shift of the period: the status a person is still in has no row.",
        zone="The time zone set in the analytics workspace. Set it to UTC, or say which zone it was.",
    ),
)  # fmt: skip
