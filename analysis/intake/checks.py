"""What a row must fulfil beyond its cells: required values, order of stamps, the period, one row per key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from analysis.foundation.schema import POPULATIONS, REQUIRED
from analysis.foundation.settings import Period
from analysis.intake.batch import Batch
from analysis.intake.cast import PAIRS
from analysis.intake.local_time import Column, first_moments
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Contacts answered up to this much before they were offered show two clocks that differ a little [us].
CLOCK_JITTER_US = 60_000_000
# States of an interval may exceed it by this much through rounding [us].
ROUNDING_US = 1_000_000
# Which stamps place a row in the period: table -> (first, last); the last is the same where a row is a moment.
SPANS: Mapping[str, tuple[str, str]] = {
    "spells": ("start", "end"),
    "schedule": ("start", "end"),
    "state_totals": ("interval_start", "interval_start"),
    "contacts": ("offered_at", "offered_at"),
    "volumes": ("start", "start"),
    "forecasts": ("start", "start"),
    "work_items": ("started", "ended"),
    "observations": ("observed_at", "observed_at"),
    "workload": ("period_start", "period_end"),
    "quality": ("period_start", "period_start"),
}
# Tables in which a second row with the same key and other values contradicts the first.
KEYS: Mapping[str, tuple[str, ...]] = {
    "volumes": ("queue", "start"),
    "forecasts": ("queue", "start", "made_at"),
    "workload": ("team", "period_start", "period_end", "type"),
    "quality": ("team", "period_start", "type"),
    "roster": ("agent", "valid_from"),
    "item_types": ("type",),
}


def check(
    batch: Batch,
    columns: dict[str, Column],
    wide: Mapping[str, Column],
    *,
    period: Period,
    zone: str,
    overlapping: bool = False,
) -> None:
    """Reject rows that lack a required value or run backwards, and leave out rows outside the period.

    Parameters
    ----------
    batch
        Rows of a source; their fates are changed.
    columns
        Our columns, typed.
    wide
        Time of each state code, where states have a column each; else empty.
    period
        Days to use.
    zone
        Zone of those days.
    overlapping
        States of the format overlap by design: more time than the interval is shown, not rejected.
    """
    for name in REQUIRED[batch.source.target]:
        if name in columns or not wide:
            batch.reject(~columns[name].given, f"missing_{name}")
    if "time_zone" in columns:
        _zones(batch, columns["time_zone"])
    if "population" in columns:
        _populations(batch, columns["population"])
    _backwards(batch, columns)
    _outside(batch, columns, period, zone)
    _contradictions(batch, columns)
    if batch.source.target == "state_totals":
        _more_than_interval(batch, columns, wide, overlapping)


def _zones(batch: Batch, column: Column) -> None:
    """Reject rows with a time zone that is none."""
    text = column.text
    known = {name for name in text.unique() if _is_zone(str(name))}
    batch.reject(column.given & ~text.isin(known).to_numpy(dtype=bool), "bad_time_zone")


def _populations(batch: Batch, column: Column) -> None:
    """Write populations as we do, and reject rows with one that is not known."""
    words = column.text.str.lower().str.replace(r"[\s_-]+", "_", regex=True).str.replace("center", "centre")
    batch.reject(column.given & ~words.isin(POPULATIONS).to_numpy(dtype=bool), "bad_population")
    column.values = words


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _backwards(batch: Batch, columns: dict[str, Column]) -> None:
    """Reject rows whose end lies before their start."""
    for early, late in PAIRS.get(batch.source.target, ()):
        if early not in columns or late not in columns:
            continue
        a, b = columns[early], columns[late]
        step = np.where(a.given & b.given, b.array - a.array, 0)
        if (early, late) == ("offered_at", "answered_at"):
            _answered_first(batch, a, b, step)
            continue
        batch.reject(step < 0, "end_before_start")


def _answered_first(batch: Batch, offered: Column, answered: Column, step: NDArray[np.int64]) -> None:
    """Let contacts count as offered when they were answered, where their stamps say that this came first."""
    early = (step < 0) & batch.fates.open
    offered.values = np.where(step < 0, answered.values, offered.values)
    slight = early & (step >= -CLOCK_JITTER_US)
    for mask, severity, words in (
        (slight, "fixed", "moments before they were offered, as two clocks show it"),
        (early & ~slight, "flag", f"more than {CLOCK_JITTER_US // 1_000_000} s before they were offered"),
    ):
        if mask.any():
            batch.note(
                f"answered_before_offered_{severity}",
                severity,
                f"{number_of(int(mask.sum()), 'contact')} answered {words} (first: {batch.place(mask)}); counted as offered when answered.",
                int(mask.sum()),
                int(-step[mask].sum()),
            )


def _outside(batch: Batch, columns: Mapping[str, Column], period: Period, zone: str) -> None:
    """Leave out rows wholly outside the period; keep and count those that reach over its edge."""
    first, last = SPANS.get(batch.source.target, ("", ""))
    if last not in columns:
        return
    kind = columns[last].kind
    low, high = first_moments(period, "UTC" if kind == "date" else zone)
    stop = columns[last].array
    given = columns[last].given
    start = np.where(columns[first].given, columns[first].values, stop) if first in columns else stop
    outside = given & ((start >= high) | np.where(stop > start, stop <= low, stop < low))
    if kind == "date":
        outside = given & ((start >= high) | (stop < low))
    count = batch.fates.give(outside, "excluded", "outside_period")
    if count:
        batch.note(
            "outside_period",
            "flag",
            f"{number_of(count, 'row')} outside the period {period.start} to {period.end} (first: {batch.place(outside)}); left out.",
            count,
        )
    if count and not batch.fates.open.any():
        batch.note(
            "nothing_in_period",
            "flag",
            f"no row lies in the period {period.start} to {period.end}; check period, date_order and clock_shift_s.",
            count,
        )
    over = given & ~outside & ((start < low) | (stop > high)) & batch.fates.open
    if over.any():
        batch.note(
            "over_the_edge",
            "flag",
            f"{number_of(int(over.sum()), 'row')} reaching over the edge of the period (first: {batch.place(over)}); kept, measured inside only.",
            int(over.sum()),
        )


def _contradictions(batch: Batch, columns: Mapping[str, Column]) -> None:
    """Reject rows that say different things under one key."""
    key = [name for name in KEYS.get(batch.source.target, ()) if name in columns]
    if len(key) < min(2, len(KEYS.get(batch.source.target, ()))):
        return
    rows = np.flatnonzero(batch.fates.open & ~batch.absorbed)
    frame = pd.DataFrame({name: columns[name].array[rows] for name in key})
    twice = frame.duplicated(keep=False).to_numpy(dtype=bool)
    mask: NDArray[np.bool_] = np.zeros(len(batch.rows), dtype=bool)
    mask[rows[twice]] = True
    batch.reject(mask, "contradicting_rows")


def _more_than_interval(
    batch: Batch, columns: Mapping[str, Column], wide: Mapping[str, Column], overlapping: bool
) -> None:
    """Reject all rows of a person's interval whose states hold more time than the interval; show them where states overlap by design."""
    rows = np.flatnonzero(batch.fates.open)
    us = np.sum([column.array * column.given for column in wide.values()], axis=0) if wide else columns["us"].array
    frame = pd.DataFrame(
        {
            "agent": columns["agent"].text.iloc[rows].to_numpy(),
            "interval_start": columns["interval_start"].array[rows],
            "us": us[rows],
            "limit_us": columns["length_s"].array[rows] * 1_000_000 + ROUNDING_US,
        }
    )
    held = frame.groupby(["agent", "interval_start"])["us"].transform("sum")
    mask: NDArray[np.bool_] = np.zeros(len(batch.rows), dtype=bool)
    mask[rows[(held > frame["limit_us"]).to_numpy()]] = True
    if not overlapping:
        batch.reject(mask, "more_than_interval")
    elif mask.any():
        batch.note(
            "overlapping_totals",
            "flag",
            f"{number_of(int(mask.sum()), 'row')} of intervals whose states hold more time than the interval (first: {batch.place(mask)}), "
            "as this system counts contacts at the same time twice; kept. Shares of this source are not shares of a person's time.",
            int(mask.sum()),
        )
