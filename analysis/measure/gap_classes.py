"""Gaps between records: how long they are, how much of the result hangs on the long ones, and whether a contact was waiting in them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation.calendars import local_day
from analysis.foundation.clusters import bootstrap
from analysis.foundation.intervals import union

H_US = 3_600_000_000
# right-closed classes: name, longest gap in it [s]
GAP_CLASSES: tuple[tuple[str, float], ...] = (
    ("<= 1 min", 60.0),
    ("1-5 min", 300.0),
    ("5-15 min", 900.0),
    ("15-30 min", 1800.0),
    ("30-60 min", 3600.0),
    ("> 60 min", math.inf),
)
SURVIVAL_LENGTHS_S: tuple[float, ...] = (15, 30, 60, 120, 180, 300, 600, 900, 1800, 3600)


@dataclass(frozen=True, slots=True)
class Spans:
    """The days of people as their records alone show them.

    Attributes
    ----------
    days
        agent, day (local date), records, work_us (overlaps counted once), sum_us (plain sum of durations), span_us (first start to last end).
    gaps
        agent, day, start, end (UTC), gap_us: stretches within a day's span without any record.
    left_out
        Records that end on another local day than they start; they enter neither frame.
    """

    days: pd.DataFrame
    gaps: pd.DataFrame
    left_out: int


def spans(records: pd.DataFrame, *, zone: str | Mapping[str, str], least: int = 1) -> Spans:
    """Return each person's days from first to last record, with the work and the gaps inside.

    Parameters
    ----------
    records
        agent, start, end (UTC times); they may overlap.
    zone
        Time zone in which a day begins, for all or by agent.
    least
        Records that a day must hold to count: one call tells nothing about a day.

    Returns
    -------
    Spans

    Notes
    -----
    A gap is a positive difference between a start and the latest end so far on that day; work = span - gaps, which is the union of the
    records. This is not utilization: a span says nothing about paid time before, after, or in long gaps.

    Examples
    --------
    >>> at = lambda minute: pd.Timestamp("2026-03-02 09:00", tz="UTC") + pd.Timedelta(minutes=minute)
    >>> calls = pd.DataFrame({"agent": "a", "start": [at(0), at(15), at(70)], "end": [at(20), at(40), at(95)]})
    >>> found = spans(calls, zone="UTC")
    >>> (found.days[["work_us", "span_us"]].iloc[0] / 60e6).tolist(), (found.gaps["gap_us"] / 60e6).tolist()
    ([65.0, 95.0], [30.0])
    """
    rows = pd.DataFrame({"agent": records["agent"], "start": records["start"], "end": records["end"]})
    place = zone if isinstance(zone, str) else rows["agent"].map(zone)
    rows["day"], last = (local_day(rows[side], place) for side in ("start", "end"))
    # a record that ends at midnight sharp belongs to the day on which it began
    midnight = local_day(rows["end"] - pd.Timedelta(1, "us"), place)
    same = rows["day"].eq(last) | (rows["day"].eq(midnight) & rows["end"].gt(rows["start"]))
    left_out = int((~same).sum())
    rows = rows[same].sort_values(["agent", "day", "start", "end"], kind="stable", ignore_index=True)
    key = [rows["agent"], rows["day"]]
    enough = rows.groupby(key)["start"].transform("size") >= least
    rows = rows[enough].reset_index(drop=True)
    stamps = rows.assign(**{side: _us(rows[side]) for side in ("start", "end")})
    grouped = stamps.groupby(["agent", "day"], sort=False)
    latest = grouped["end"].cummax()
    before = latest.groupby([stamps["agent"], stamps["day"]], sort=False).shift()
    gap = (stamps["start"] - before).fillna(0).clip(lower=0).astype("int64")
    held = gap > 0
    gaps = pd.DataFrame({"agent": rows["agent"], "day": rows["day"], "end": rows["start"], "gap_us": gap})[held]
    gaps.insert(2, "start", gaps["end"] - pd.to_timedelta(gaps["gap_us"], unit="us"))
    days = (
        stamps.assign(sum_us=stamps["end"] - stamps["start"], gap_us=gap)
        .groupby(["agent", "day"], sort=False)
        .agg(
            records=("start", "size"),
            first=("start", "min"),
            last=("end", "max"),
            sum_us=("sum_us", "sum"),
            gap_us=("gap_us", "sum"),
        )
        .reset_index()
    )
    days["span_us"] = days["last"] - days["first"]
    days["work_us"] = days["span_us"] - days["gap_us"]
    return Spans(
        days[["agent", "day", "records", "work_us", "sum_us", "span_us"]], gaps.reset_index(drop=True), left_out
    )


def classify(
    gaps: pd.DataFrame, *, waits: pd.DataFrame | None = None, work_waiting: np.ndarray | None = None
) -> pd.DataFrame:
    """Sort gaps into classes by length, and say in how much of each a contact or an item was waiting.

    Parameters
    ----------
    gaps
        start, end (UTC), gap_us, as in :class:`Spans`.
    waits
        start, end (UTC) of every contact's wait; None where no contact times are known.
    work_waiting
        Time in each gap with an item waiting that its person could do [us], as of :func:`analysis.measure.work_waiting.work_waiting_us`;
        None where no arrivals are known.

    Returns
    -------
    DataFrame
        gap_class, gaps, hours, share_of_gap_time, contact_waiting_h, item_waiting_h (each missing where it is not known). Classes include their
        upper limit.

    Notes
    -----
    Time with a contact waiting cannot have been idle for want of contacts: it is wrap-up, absence or a queue that the person does not serve.
    Time with an item waiting cannot have been idle for want of work; time without one can hold no more of that work, whoever manages it.
    """
    number = np.searchsorted([limit for _, limit in GAP_CLASSES[:-1]], gaps["gap_us"].to_numpy() / 1e6, side="left")
    size = len(GAP_CLASSES)
    us = np.bincount(number, weights=gaps["gap_us"].to_numpy(), minlength=size)
    contact = None if waits is None else waiting_us(gaps, waits)
    waiting = {
        name: np.full(size, np.nan)
        if found is None
        else np.bincount(number, weights=np.nan_to_num(found), minlength=size) / H_US
        for name, found in (("contact_waiting_h", contact), ("item_waiting_h", work_waiting))
    }
    total = us.sum()
    return pd.DataFrame(
        {
            "gap_class": pd.Series([name for name, _ in GAP_CLASSES], dtype="str"),
            "gaps": np.bincount(number, minlength=size),
            "hours": us / H_US,
            "share_of_gap_time": us / total if total else np.full(size, np.nan),
            **waiting,
        }
    )


def waiting_us(gaps: pd.DataFrame, waits: pd.DataFrame) -> np.ndarray:
    """Return for each gap the time in it during which at least one contact was waiting [us].

    Parameters
    ----------
    gaps, waits
        start and end (UTC).

    Examples
    --------
    >>> at = lambda second: pd.Timestamp("2026-03-02", tz="UTC") + pd.Timedelta(seconds=second)
    >>> gap = pd.DataFrame({"start": [at(0)], "end": [at(60)]})
    >>> waiting_us(gap, pd.DataFrame({"start": [at(10), at(15), at(50)], "end": [at(20), at(30), at(90)]})).tolist()
    [30000000.0]
    """
    lasting = waits[waits["end"] > waits["start"]]
    if lasting.empty:
        return np.zeros(len(gaps))
    queue = union(lasting[["start", "end"]])
    first, last = _us(queue["start"]), _us(queue["end"])
    before = np.concatenate([[0], np.cumsum(last - first)])

    def until(moment: np.ndarray) -> np.ndarray:
        begun = np.searchsorted(first, moment, side="right")
        over = np.where(begun > 0, np.maximum(last[begun - 1] - moment, 0), 0)
        return (before[begun] - over).astype(float)

    return until(_us(gaps["end"])) - until(_us(gaps["start"]))


def sensitivity(found: Spans) -> pd.DataFrame:
    """Show how the share of work in span depends on the longest gap that still counts as part of the day.

    Returns
    -------
    DataFrame
        longest_gap_s (missing: all gaps), label, work_h, span_h, share = work / (span - gaps longer than longest_gap_s).
    """
    work, span = found.days["work_us"].sum() / H_US, found.days["span_us"].sum() / H_US
    gap_s = found.gaps["gap_us"].to_numpy() / 1e6
    rows = [(np.nan, "all gaps", work, span)]
    for _, limit in reversed(GAP_CLASSES[:-1]):
        minutes = f"{limit / 60:.0f} min"
        rows.append((limit, f"without gaps > {minutes}", work, span - gap_s[gap_s > limit].sum() / 3600))
    frame = pd.DataFrame(rows, columns=["longest_gap_s", "label", "work_h", "span_h"])
    return frame.assign(share=frame["work_h"] / frame["span_h"].where(frame["span_h"] > 0))


def survival(
    gaps: pd.DataFrame,
    *,
    seed: int,
    draws: int = 1000,
    confidence: float = 0.95,
    lengths_s: Sequence[float] = SURVIVAL_LENGTHS_S,
) -> pd.DataFrame:
    """Return which share of gap time lies in gaps longer than each length, days resampled as wholes.

    Parameters
    ----------
    gaps
        day, gap_us.
    seed, draws, confidence
        Of the bootstrap over days.
    lengths_s
        Lengths [s].

    Returns
    -------
    DataFrame
        length_s, share_of_time_longer, low, high; the limits are missing below 6 days.
    """
    day = pd.factorize(gaps["day"])[0]
    us = gaps["gap_us"].to_numpy().astype(float)
    total = np.bincount(day, weights=us)
    rows = []
    for length in lengths_s:
        longer = np.bincount(day, weights=np.where(us > length * 1e6, us, 0.0), minlength=len(total))
        value = float(longer.sum() / total.sum()) if len(us) else math.nan
        found = bootstrap(
            np.column_stack([longer, total]),
            lambda sums: sums[..., 0] / sums[..., 1],
            n_unit="days",
            seed=seed,
            draws=draws,
            confidence=confidence,
        )
        low, high = (math.nan if limit is None else min(1.0, max(0.0, limit)) for limit in (found.low, found.high))
        rows.append((float(length), value, low, high))
    return pd.DataFrame(rows, columns=["length_s", "share_of_time_longer", "low", "high"])


def _us(stamps: pd.Series) -> np.ndarray:
    """Return UTC stamps as int64 microseconds."""
    return stamps.to_numpy(dtype="datetime64[us]").astype("int64")
