"""What a row must fulfil beyond its cells: required values, order of stamps, the period, one row per key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from analysis.foundation.schema import POPULATIONS, REQUIRED
from analysis.foundation.settings import Period
from analysis.intake.batch import Batch
from analysis.intake.casting.cast import PAIRS
from analysis.intake.casting.day_start import INTERVAL_STARTS, OWNERS
from analysis.intake.casting.local_time import Column, first_moments
from analysis.intake.casting.open_ends import close_open
from analysis.intake.checking.odd_states import OFF_DUTY
from analysis.intake.checking.plausible import refuse_wrong_handling, refuse_wrong_intervals, refuse_wrong_totals
from analysis.intake.checking.versions import leave_out_older, reject_contradictions
from analysis.intake.opening.raw import plain
from analysis.intake.persons.roster import refuse_two_entries
from analysis.intake.words import number_of
from analysis.intake.written.tables import is_written

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Contacts answered up to this much before they were offered show two clocks that differ a little [us].
CLOCK_JITTER_US = 60_000_000
# A day on which clocks are set back has 25 hours; no state on duty lasts longer [us].
LONGEST_DAY_US = 25 * 3_600_000_000
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
    "self_reports": ("period_start", "period_end"),
    "quality": ("period_start", "period_start"),
}
# Stamps that a system computed or that lie where they like: a far one is no fault.
FAR_COLUMNS: frozenset[str] = frozenset({"due"})
# Dates before this year stand for none (1899, 1900, 1904 and 1970 are where clocks of systems begin), and so do dates so long after the period [years].
FIRST_YEAR, YEARS_BEFORE, YEARS_AFTER = 1990, 20, 2


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
    close_open(batch, columns)
    for name in REQUIRED[batch.source.target]:
        if name not in columns and not wide:
            # a format that derives this column found nothing to derive it from
            nothing = np.zeros(len(batch.rows), dtype=np.int64)
            columns[name] = Column("time", nothing, nothing.astype(bool))
        if name in columns:
            batch.reject(~columns[name].given, f"missing_{name}")
    if "time_zone" in columns:
        _zones(batch, columns["time_zone"])
    if "population" in columns:
        _populations(batch, columns["population"])
    _implausible(batch, columns, period)
    _backwards(batch, columns)
    _outside(batch, columns, period, zone)
    leave_out_older(batch, columns, near_year=period.start.year)
    reject_contradictions(batch, columns)
    refuse_wrong_handling(batch, columns)
    if batch.source.target == "roster":
        refuse_two_entries(batch, columns)
    if batch.source.target in INTERVAL_STARTS:
        owner = next((columns[name].text for name in OWNERS if name in columns), None)
        refuse_wrong_intervals(batch, columns, INTERVAL_STARTS[batch.source.target], owner)
    if batch.source.target == "state_totals":
        _more_than_interval(batch, columns, wide, overlapping)


def reject_endless(batch: Batch, columns: Mapping[str, Column], buckets: Mapping[str, str]) -> None:
    """Reject states on duty that last longer than the longest day: most often nobody closed them.

    Parameters
    ----------
    batch
        Rows of a source; only spells are looked at.
    columns
        Our columns, typed, with the client's state codes.
    buckets
        Code (casefolded) to ladder state.
    """
    if batch.source.target != "spells":
        return
    long = np.flatnonzero(batch.fates.open & (columns["end"].array - columns["start"].array > LONGEST_DAY_US))
    codes = [plain(str(code)).casefold() for code in columns["state"].text.iloc[long]]
    off = np.array([buckets.get(code) in OFF_DUTY for code in codes], dtype=bool)
    mask: NDArray[np.bool_] = np.zeros(len(batch.rows), dtype=bool)
    mask[long[~off]] = True
    batch.reject(mask, "longer_than_a_day")


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


def _implausible(batch: Batch, columns: Mapping[str, Column], period: Period) -> None:
    """Reject rows with a date that no client's row can have: where clocks of systems begin, or far in the future."""
    if batch.source.target not in SPANS and not is_written(batch):
        return
    low = dt.datetime(min(FIRST_YEAR, period.start.year - YEARS_BEFORE), 1, 1, tzinfo=dt.UTC)
    high = dt.datetime(period.end.year + YEARS_AFTER + 1, 1, 1, tzinfo=dt.UTC)
    first, last = (round(moment.timestamp()) * 1_000_000 for moment in (low, high))
    for name, column in columns.items():
        if column.kind in ("time", "date"):
            far = column.given & ((column.array < first) | ((column.array >= last) & (name not in FAR_COLUMNS)))
            batch.reject(far, "implausible_date")


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
    if not overlapping:
        refuse_wrong_totals(batch, held, frame["limit_us"] - ROUNDING_US, rows)
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
