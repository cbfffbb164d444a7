"""Genesys Cloud: history for workforce management, one row per interval, queue, media type, skill set and language."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.intake.adapters._beside import queues_by_channel, told
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.batch import Batch
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

QUARTER_US = 900_000_000
# So many starts without one at a quarter past or to are no accident.
ENOUGH_STARTS = 8
COUNTS = ("offered", "answered", "handle_us")


def sum_by_queue(batch: Batch, columns: dict[str, Column]) -> None:
    """Add up the rows of skill sets and languages; keep media types of one queue apart as queues of their own."""
    _ask_for_length(batch, columns)
    queues_by_channel(batch, columns, ("Media Type",))
    rows = np.flatnonzero(batch.fates.open & columns["queue"].given & columns["start"].given)
    key = pd.DataFrame({"queue": columns["queue"].text.iloc[rows].to_numpy(), "start": columns["start"].array[rows]})
    first = rows[key.groupby(["queue", "start"], sort=False).ngroup().drop_duplicates().index.to_numpy()]
    group = key.groupby(["queue", "start"], sort=False).ngroup().to_numpy()
    for name in COUNTS:
        if name not in columns:
            continue
        column = columns[name]
        kind = np.int64 if column.kind == "us" else np.float64
        values, given = column.array.copy(), column.given.copy()
        sums = np.zeros(len(first), dtype=kind)
        np.add.at(sums, group, np.where(given[rows], values[rows], 0).astype(kind))
        values[first], given[first] = sums, np.bincount(group, given[rows]) > 0
        columns[name] = Column(column.kind, values, given)
    batch.absorbed[np.setdiff1d(rows, first)] = True
    summed = int(batch.absorbed.sum())
    if summed:
        batch.note(
            "skill_sets_added_up",
            "fixed",
            f"{number_of(summed, 'row')} of further skill sets or languages added to the row of their queue and interval (first: {batch.place(batch.absorbed)}).",
            summed,
        )


def _ask_for_length(batch: Batch, columns: dict[str, Column]) -> None:
    """Ask for the length of the intervals where no start lies at a quarter of an hour: they are most likely half hours."""
    if "length_s" in batch.source.columns:
        return
    start = columns["start"]
    seen = np.unique(start.array[batch.fates.open & start.given])
    if len(seen) >= ENOUGH_STARTS and not (seen % (2 * QUARTER_US)).any():
        raise batch.ask(
            f"{batch.files[0].file}: no interval starts at a quarter past or to, so its intervals are longer than the 15 minutes of this format. "
            'Set columns.length_s = { value = "1800" } if they are half hours.'
        )


def handled_beyond_offered(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark intervals with more contacts handled than offered: those were offered earlier, or transferred in."""
    if "answered" not in columns:
        return None
    hits = batch.fates.open & ~batch.absorbed & (columns["answered"].array > columns["offered"].array)
    words = (
        f"{number_of(int(hits.sum()), 'interval')} with more contacts handled than offered (first: {batch.place(hits)}): contacts count as handled in the "
        "interval in which they end. Never divide handled by offered within an interval."
    )
    return told(hits, words)


def time_without_contacts(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark intervals with handle time and no contact handled, or the reverse: their mean handle time means nothing."""
    if "handle_us" not in columns or "answered" not in columns:
        return None
    hits = batch.fates.open & ~batch.absorbed & ((columns["handle_us"].array > 0) != (columns["answered"].array > 0))
    words = (
        f"{number_of(int(hits.sum()), 'interval')} with handle time but no contact handled, or contacts without time (first: {batch.place(hits)}). "
        "Ask whether the column holds seconds for all media types."
    )
    return told(hits, words)


FORMAT = Format(
    title="Genesys Cloud: history for workforce management",
    vendor="genesys",
    table="volumes",
    defaults={
        "queue": ("Queue", "Queue Name"),
        "start": ("Interval Start UTC Date", "Interval Start (UTC)", "Interval Start"),
        "offered": ("Offered",),
        "answered": ("Interactions Handled", "Handled"),
        "handle_us": ("Total Handle Time (Seconds)", "Total Handle Time"),
        "length_s": (),
    },
    signature=(("Interval Start UTC Date", "Queue", "Offered"),),
    also=("Media Type", "Skill Set", "Language"),
    finish=sum_by_queue,
    constants={"length_s": "900"},
    time_zone="UTC",
    duration_unit="s",
    traps=(
        Trap("handled_beyond_offered", "Were more contacts handled in an interval than offered?", handled_beyond_offered),
        Trap("time_without_contacts", "Do handle time and contacts handled go together?", time_without_contacts),
    ),
    request=Request(
        report="Workforce management, historical data: the file that was imported, or one of the same columns from Performance > Queues by 15 minutes",
        columns=(
            *("Interval Start UTC Date", "Queue", "Media Type", "Skill Set", "Language"),
            *("Offered", "Interactions Handled", "Total Handle Time (Seconds)"),
        ),
        limits="One row per 15 minutes, queue, media type, skill set and language. Intervals without contacts may be missing.",
        zone="UTC, as the column says.",
        pseudonyms="It names no persons. Keep the names of queues as they are in the other files.",
    ),
)  # fmt: skip
