"""What a careful reader would ask about rows that were used: kept, counted, shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.adapters import format_of
from analysis.intake.batch import Batch
from analysis.intake.checking.odd_states import ROUNDING_US, note_states
from analysis.intake.checking.robots import round_the_clock
from analysis.intake.mapping import wanted
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOUR_US = 3_600_000_000
# Numbers of rows at which tools cut an export off.
TOOL_LIMITS: frozenset[int] = frozenset({1_048_576, 1_048_575, 65_536, 65_535, 100_000, 50_000, 10_000, 5_000})
# No shift is longer; a state of a person on duty that lasts longer was most often never closed [h].
LONGEST_STATE_H = 16


def note_oddities(batch: Batch, frame: pd.DataFrame, zone: str) -> None:
    """Add what is odd about the rows of a source to its findings.

    Parameters
    ----------
    batch
        Rows of a source.
    frame
        Its rows in the canonical table; the index holds their position in the batch.
    zone
        Zone of the source.
    """
    _cut_off(batch)
    _headers(batch)
    note_states(batch, frame, zone)
    if batch.source.target == "state_totals" and not format_of(batch.source.adapter).overlapping:
        _less_than_interval(batch, frame)
    if batch.source.target == "spells":
        _long_states(batch, frame)
        _overlaps(batch, frame)
    if batch.source.target == "work_items" and "agent" in frame:
        _robots(batch, frame, zone)


def _mask(batch: Batch, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    mask = np.zeros(len(batch.rows), dtype=bool)
    mask[rows] = True
    return mask


def _cut_off(batch: Batch) -> None:
    """Note files that end exactly where a tool cuts exports off."""
    for raw in batch.files:
        below = raw.physical - raw.counts["header"] - raw.counts["banner"]
        if below in TOOL_LIMITS or raw.physical in TOOL_LIMITS:
            batch.note(
                "row_limit",
                "flag",
                f"{raw.file}: it ends after exactly {below:,} rows, where tools cut exports off. Ask whether rows are missing.",
                below,
            )


def _headers(batch: Batch) -> None:
    """Note columns that some files of a source have and others do not."""
    if len(batch.files) < 2:
        return
    looked_for = wanted(batch.source)
    for name in (*looked_for.required, *looked_for.optional):
        without = [raw.file for raw in batch.files if name not in raw.header]
        if 0 < len(without) < len(batch.files):
            batch.note(
                "headers_differ",
                "flag",
                f"the column {name!r} is not in {number_of(len(without), 'file')} of {len(batch.files)} (first: {without[0]}); its cells count as empty there. "
                "Ask whether the export was changed, or give those files a [[source]] of their own.",
                len(without),
            )


def _less_than_interval(batch: Batch, frame: pd.DataFrame) -> None:
    """Note intervals whose states hold less time than the interval: time of which the export says nothing."""
    if frame.empty:
        return
    held = frame.groupby(["agent", "interval_start"], sort=False).agg(us=("us", "sum"), length_s=("length_s", "first"))
    rest = held["length_s"] * 1_000_000 - held["us"].astype("int64")
    short = rest[rest > ROUNDING_US]
    if len(short):
        batch.note(
            "less_than_interval",
            "flag",
            f"{number_of(len(short), 'interval')} of persons of {len(held):,} whose states hold less time than the interval, by {short.sum() / HOUR_US:,.1f} h in all; "
            "the rest is unaccounted, never idle.",
            len(short),
            int(short.sum()),
        )


def _long_states(batch: Batch, frame: pd.DataFrame) -> None:
    """Note states on duty that last longer than any shift."""
    length = _us(frame["end"]) - _us(frame["start"])
    long = (length > LONGEST_STATE_H * HOUR_US) & ~frame["state"].isin(["OFF", "ABSENT"]).to_numpy()
    if long.any():
        mask = _mask(batch, frame.index.to_numpy()[long])
        batch.note(
            "long_states",
            "flag",
            f"{number_of(int(long.sum()), 'row')} of more than {LONGEST_STATE_H} h in one state on duty (first: {batch.place(mask)}). "
            "Ask whether log-outs are missing.",
            int(long.sum()),
            int(length[long].sum()),
        )


def _overlaps(batch: Batch, frame: pd.DataFrame) -> None:
    """Note spells of a person that overlap an earlier one of another state; signed on and off duty run beside others by design."""
    kept = np.flatnonzero(~frame["state"].isin(["WORK", "OFF"]).to_numpy())
    start, end = _us(frame["start"])[kept], _us(frame["end"])[kept]
    person = pd.factorize(frame["agent"])[0][kept]
    order = np.lexsort((start, person))
    start, end, person = start[order], end[order], person[order]
    reach = pd.Series(end).groupby(person).cummax().groupby(person).shift().to_numpy(dtype=float, na_value=-np.inf)
    over = np.minimum(end, reach) - start
    hit = over > 0
    if hit.any():
        mask = _mask(batch, frame.index.to_numpy()[kept[order[hit]]])
        batch.note(
            "overlapping_states",
            "flag",
            f"{number_of(int(hit.sum()), 'row')} overlapping an earlier state of the same person (first: {batch.place(mask)}); "
            f"the {over[hit].sum() / HOUR_US:,.1f} h count once, under the state that comes first in the ladder.",
            int(hit.sum()),
            int(over[hit].sum()),
        )


def _robots(batch: Batch, frame: pd.DataFrame, zone: str) -> None:
    """Note resources that finish items at every hour of the day and night."""
    rows = frame.dropna(subset=["agent", "ended"])
    robots, count = round_the_clock(rows["agent"], _us(rows["ended"].dt.tz_convert(zone)))
    if robots:
        batch.note(
            "round_the_clock",
            "flag",
            f"{number_of(robots, 'resource')} with {number_of(count, 'row')} at all hours of day and night, as no person works. "
            "Leave system users out by exclude = { agent = [...] }.",
            count,
        )


def _us(stamps: pd.Series) -> NDArray[np.int64]:
    return stamps.dt.tz_localize(None).to_numpy().astype("M8[us]").view(np.int64)
