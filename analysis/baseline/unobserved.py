"""What records without idle states leave open: the range of idle time in the gaps between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.baseline.evidence import People
from analysis.baseline.frames import COLUMNS
from analysis.baseline.settings import BaselineSettings
from analysis.foundation import intervals
from analysis.foundation.estimate import Estimate
from analysis.measure.crosswalk import BASE
from analysis.measure.gap_classes import Spans, waiting_us
from analysis.measure.gap_mixture import MINIMUM_IDLE_S, GapRange, fit_gaps

_H_US = 3.6e9
_KIND = {"contact_centre": "between contacts", "back_office": "between items"}
_FRAME = list(COLUMNS["gap_range"])


def unobserved_range(
    people: People,
    spans: Spans,
    *,
    settings: BaselineSettings,
    waits: pd.DataFrame | None = None,
    longest_unlogged_s: float | None = None,
    minimum_idle_s: Sequence[float] = MINIMUM_IDLE_S,
) -> tuple[pd.DataFrame, Estimate | None]:
    """Return between which limits the time lies that a population without idle states in its log was not working.

    Parameters
    ----------
    people
        The population.
    spans
        Its days by records alone, with the gaps inside (cut to learned availability where paid time has no clock times); a column ``type``
        names the item before each gap, if given.
    settings
        Of the baseline.
    waits
        start, end (UTC) of contacts' waits: while a contact waits nobody is idle for want of contacts.
    longest_unlogged_s
        Longest plausible unlogged work of one item [s], if somebody stated one.
    minimum_idle_s
        Shortest idle times to try [s]; a single one says that shorter idle times do not count.

    Returns
    -------
    tuple
        Frame ``gap_range`` of :class:`analysis.baseline.Baseline`, and the range as an estimate without a value; an empty frame and None for a
        population whose log holds idle states.

    Notes
    -----
    With G the hours of gaps that nothing else explains, s the range of :func:`analysis.measure.gap_mixture.fit_gaps`, A the hours seen away
    and U those seen in no system: [A + s_low G, A + s_high G + (U - G)] / base. Before the first and after the last record of a day
    nothing is known, so U - G counts in full at the upper limit. Without paid time the base is the records' own time and G.
    Hours are facts of the period; the sampling error is that of s, by day.
    """
    if "IDLE" in people.sees:
        return pd.DataFrame(columns=_FRAME), None
    gaps = open_gaps(people, spans, waits=waits)
    agents = int(gaps["agent"].nunique())
    if agents < settings.minimum_group_agents:
        words = f"only {agents} people have gaps between records; a figure needs {settings.minimum_group_agents}"
        status = "suppressed" if agents else "insufficient"
        return pd.DataFrame(columns=_FRAME), Estimate.missing(words, status=status, confidence=settings.confidence)
    found = _fitted(people, gaps, settings, longest_unlogged_s, minimum_idle_s)
    low, high, scale, words = _limits(people, spans, gaps, found)
    frame = found.to_frame().assign(population=people.population, kind=_KIND[people.population])
    frame["share"] *= scale
    estimate = found.estimate(grade="C" if longest_unlogged_s is None else "D")
    waited: tuple[str, ...] = ()
    if people.population == "contact_centre":
        waited = ("waiting for contacts and absence are not told apart",)
    if waits is not None and len(waits):
        waited = (*waited, "time in which a contact waited is not counted as possible idleness")
    estimate = replace(
        estimate, low=low, high=high, reasons=(*estimate.reasons, words, *waited), method=f"{estimate.method}; {words}"
    )
    return frame[_FRAME], estimate


def typed_gaps(spans: Spans, items: pd.DataFrame) -> Spans:
    """Return the spans with the type of the item before each gap: unlogged work differs by type.

    Parameters
    ----------
    spans
        Of :func:`analysis.measure.gap_classes.spans`.
    items
        agent, start, end, type: the records behind them.

    Notes
    -----
    A gap begins when the last item so far ends; of several that end together the last in the table counts.
    """
    last = items[["agent", "end", "type"]].dropna().drop_duplicates(["agent", "end"], keep="last")
    gaps = spans.gaps.merge(last.rename(columns={"end": "start"}), on=["agent", "start"], how="left")
    return replace(spans, gaps=gaps.assign(type=gaps["type"].fillna("unknown")))


def open_gaps(people: People, spans: Spans, *, waits: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return gaps with the time alone that nothing explains: paid, no break, no meeting, no absence, and no contact waiting.

    Parameters
    ----------
    people, spans, waits
        As in :func:`unobserved_range`.

    Returns
    -------
    DataFrame
        The columns of the gaps, with gap_us cut; gaps of which nothing is left are left out.
    """
    gaps = spans.gaps.reset_index(drop=True)
    if gaps.empty:
        return gaps
    left = gaps["gap_us"].to_numpy(dtype=float)
    pieces = None
    if people.ladder is not None:
        pieces = people.ladder.pieces.loc[people.ladder.pieces["state"].eq("UNACCOUNTED"), ["agent", "start", "end"]]
    placed = gaps[["agent", "start", "end"]].assign(place=np.arange(len(gaps)))
    if pieces is not None:
        placed = intervals.clip(placed, within=pieces)
        left = np.minimum(left, _sums(placed, placed["end"] - placed["start"], len(gaps)))
    if waits is not None and len(waits) and len(placed):
        waited = np.bincount(placed["place"].to_numpy(), weights=waiting_us(placed, waits), minlength=len(gaps))
        left = np.maximum(left - waited, 0.0)
    return gaps.assign(gap_us=left.round().astype("int64"))[left > 0].reset_index(drop=True)


def _sums(placed: pd.DataFrame, length: pd.Series, rows: int) -> np.ndarray:
    """Return microseconds by place."""
    us = length.to_numpy(dtype="timedelta64[us]").astype("int64").astype(float)
    return np.bincount(placed["place"].to_numpy(), weights=us, minlength=rows)


def _fitted(
    people: People,
    gaps: pd.DataFrame,
    settings: BaselineSettings,
    longest_unlogged_s: float | None,
    minimum_idle_s: Sequence[float],
) -> GapRange:
    """Return the range of the gaps themselves."""
    return fit_gaps(
        (gaps["gap_us"] / 1e6).to_numpy(),
        day=gaps["day"].to_numpy(),
        item_type=gaps["type"].to_numpy() if "type" in gaps else None,
        minimum_idle_s=minimum_idle_s,
        longest_unlogged_s=longest_unlogged_s,
        idle_in_every_gap=people.population == "contact_centre",
        seed=settings.seed,
        confidence=settings.confidence,
    )


def _limits(people: People, spans: Spans, gaps: pd.DataFrame, found: GapRange) -> tuple[float, float, float, str]:
    """Return the limits as shares of the base, the base share of the gaps, and which base it is."""
    open_us = float(gaps["gap_us"].sum())
    base_h = float(people.days[list(BASE)].to_numpy().sum()) if len(people.days) else 0.0
    if base_h <= 0:
        base = float(spans.days["work_us"].sum()) + float(spans.gaps["gap_us"].sum())
        scale = open_us / base
        return (
            found.low * scale,
            found.high * scale,
            scale,
            "share of the time of records and of gaps between them; paid time is not known, so breaks and absences inside gaps count too",
        )
    open_h, away, unaccounted = (
        open_us / _H_US,
        float(people.days["AWAY"].sum()),
        float(people.days["UNACCOUNTED"].sum()),
    )
    inside = min(open_h, unaccounted)
    low = away + (found.low * inside if people.ladder is not None else 0.0)
    high = away + found.high * inside + (unaccounted - inside)
    return low / base_h, high / base_h, inside / base_h, "share of paid time less absence and breaks"
