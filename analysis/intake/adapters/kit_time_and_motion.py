"""The kit's sheet for timing with a stopwatch: what one person did, from when to when, as an observer saw it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.adapters import _kit as kit
from analysis.intake.adapters.format import Format, Trap, TrapResult
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch
    from analysis.intake.casting.local_time import Column

OBSERVER = kit.spelled("Observer", "Observed by", "Timed by")
INTERRUPTED = kit.spelled("Interruptions", "Interrupted (min)", "Number of interruptions")
MINUTE_US = 60 * kit.SECOND_US
# So many rows show whether times are rounded; so large a share on five minutes is no chance (a fifth is, of whole minutes).
ENOUGH_ROWS, ROUNDED_SHARE = 20, 0.6


def rounded_times(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show stretches that begin and end on five minutes, as people write from memory and no stopwatch shows."""
    words = "short pauses and interruptions are missing from it, so idle time comes out too low."
    return rounded_share(batch, columns["start"], columns["end"], words)


def rounded_share(batch: Batch, start: Column, end: Column, words: str) -> TrapResult | None:
    """Show rows that begin and end on five minutes, where most rows do.

    Parameters
    ----------
    batch
        Rows of a source.
    start, end
        When each row begins and ends.
    words
        What follows if they do, as the end of a sentence.
    """
    rows = batch.fates.open & start.given & end.given
    if rows.sum() < ENOUGH_ROWS:
        return None
    hits = rows & (start.array % (5 * MINUTE_US) == 0) & (end.array % (5 * MINUTE_US) == 0)
    if hits.sum() < ROUNDED_SHARE * rows.sum():
        return TrapResult(np.zeros(len(rows), dtype=bool))
    return TrapResult(
        hits,
        words=f"{number_of(int(hits.sum()), 'row')} of {int(rows.sum())} begin and end on five minutes (first: {batch.place(hits)}). "
        f"This is a diary, not a stopwatch: {words}",
    )


def interrupted(batch: Batch) -> NDArray[np.bool_] | None:
    """Return the rows in use with interruptions inside; None where the sheet has no column for them."""
    name = next((name for name in INTERRUPTED if name in batch.cells.columns), None)
    if name is None:
        return None
    found = kit.wide_numbers(batch, name, "number")
    return batch.fates.open & found.given & (np.nan_to_num(found.values) > 0)


def interruptions(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show stretches with interruptions inside: their time counts under the activity that was interrupted."""
    hits = interrupted(batch)
    if hits is None:
        return None
    words = (
        f"{number_of(int(hits.sum()), 'row')} with interruptions inside (first: {batch.place(hits)}); the whole stretch counts under its activity. "
        "End the row when the interruption begins, and give it a row of its own."
    )
    return TrapResult(hits, words=words if hits.any() else "")


def two_at_once(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show stretches during which their observer was timing somebody else as well."""
    name = next((name for name in OBSERVER if name in batch.cells.columns), None)
    if name is None:
        return None
    start, end = columns["start"], columns["end"]
    rows = np.flatnonzero(batch.fates.open & start.given & end.given & (batch.cells[name] != "").to_numpy(dtype=bool))
    hits = np.zeros(len(batch.rows), dtype=bool)
    observer = pd.factorize(batch.cells[name].iloc[rows])[0]
    agent = pd.factorize(columns["agent"].text.iloc[rows])[0]
    order = np.lexsort((start.array[rows], observer))
    at = pd.DataFrame({"observer": observer[order], "agent": agent[order], "end": end.array[rows[order]]})
    before = at.groupby("observer").shift()
    over = (before["end"].to_numpy() > start.array[rows[order]]) & (
        before["agent"].to_numpy() != at["agent"].to_numpy()
    )
    hits[rows[order[over]]] = True
    words = (
        f"{number_of(int(hits.sum()), 'row')} that begin while the same observer is still timing another person (first: {batch.place(hits)}). "
        "Ask whether log-ins or dates are mistaken; whoever watches two people misses short states of both."
    )
    return TrapResult(hits, words=words if hits.any() else "")


FORMAT = Format(
    title="the kit's sheet: timing with a stopwatch",
    table="spells",
    defaults={
        "agent": kit.AGENT,
        "state": kit.spelled("Activity", "State", "Task", "Doing"),
        "start": (
            *kit.spelled_pairs(["Date", "Day"], ["Start time", "Start", "From"]),
            *kit.spelled("Start", "Started", "Start time"),
        ),
        "end": (
            *kit.spelled_pairs(["Date", "Day"], ["End time", "End", "To"]),
            *kit.spelled("End", "Ended", "End time"),
        ),
        "duration": kit.spelled("Duration", "Duration (h:mm:ss)", "Elapsed"),
        "channel": (),
        "population": kit.spelled("Population"),
    },
    signature=(("Date", "Observer", "Agent ID", "Activity", "Start time"),),
    also=(*OBSERVER, *INTERRUPTED),
    traps=(
        Trap("rounded_times", "Were times read from a stopwatch, not written from memory?", rounded_times),
        Trap("interruptions_inside", "Has every interruption a row of its own?", interruptions),
        Trap("two_at_once", "Did every observer time one person at a time?", two_at_once),
    ),
)
