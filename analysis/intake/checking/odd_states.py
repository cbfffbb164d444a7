"""What states of persons show as a whole: cuts at the edges, gaps, endless shifts, measures that cannot be right. Kept, counted, shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.foundation.calendars import local_day
from analysis.intake.batch import Batch
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

SECOND_US = 1_000_000
HOUR_US = 3600 * SECOND_US
DAY_US = 24 * HOUR_US
# Not on duty.
OFF_DUTY: tuple[str, ...] = ("OFF", "ABSENT")
# Work of which idle time is the other side.
BUSY: tuple[str, ...] = ("HANDLING", "RESERVED", "ITEM_WORK")
# No shift is longer, and pauses up to this long do not part shifts [h].
LONGEST_SHIFT_H, PAUSE_H = 16, 1
# Gaps up to this length are rounding [us].
ROUNDING_US = SECOND_US
# Time that a person or a source must show before a measure is judged by it [h].
ENOUGH_PERSON_H, ENOUGH_SOURCE_H = 4, 8
# Where so many days begin at one clock time, that time is a habit and no cut.
HABIT_SHARE = 0.2


def note_states(batch: Batch, frame: pd.DataFrame, zone: str) -> None:
    """Add what is odd about states to the findings of their source.

    Parameters
    ----------
    batch
        Rows of a source.
    frame
        Its rows in the canonical table; the index holds their position in the batch.
    zone
        Zone of the source.
    """
    if frame.empty:
        return
    if batch.source.target == "spells":
        start, end = stamps_us(frame["start"]), stamps_us(frame["end"])
        person = pd.factorize(frame["agent"])[0]
        _no_length(batch, frame, end - start)
        _cut_at_edges(batch, frame, zone)
        _gaps(batch, frame, person, zone)
        _long_shifts(batch, frame, person)
        _measure(batch, frame.assign(us=end - start))
    elif batch.source.target == "state_totals":
        _measure(batch, frame)


def stamps_us(stamps: pd.Series) -> NDArray[np.int64]:
    """Return stamps as microseconds since 1970."""
    return stamps.dt.tz_localize(None).to_numpy().astype("M8[us]").view(np.int64)


def mask_of(batch: Batch, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return a mask over the rows of a batch."""
    mask = np.zeros(len(batch.rows), dtype=bool)
    mask[rows] = True
    return mask


def _no_length(batch: Batch, frame: pd.DataFrame, length: NDArray[np.int64]) -> None:
    """Note states of no length: events that happened and took no time."""
    none = length == 0
    if none.any():
        mask = mask_of(batch, frame.index.to_numpy()[none])
        batch.note(
            "zero_length",
            "fixed",
            f"{number_of(int(none.sum()), 'state')} of no length (first: {batch.place(mask)}); kept as events that hold no time.",
            int(none.sum()),
            0,
        )


def _cut_at_edges(batch: Batch, frame: pd.DataFrame, zone: str) -> None:
    """Note states that begin or end, for several persons at once, at the first or last moment of the export."""
    duty = frame[~frame["state"].isin(OFF_DUTY)]
    if duty.empty:
        return
    left, right = (_cut(duty, stamps_us(duty[name]), first=name == "start", zone=zone) for name in ("start", "end"))
    count = len(left) + len(right)
    if count:
        mask = mask_of(batch, np.concatenate([left, right]))
        batch.note(
            "partial_edge",
            "flag",
            f"{number_of(len(left), 'state')} beginning at the first moment of the export and {len(right):,} ending at its last one (first: {batch.place(mask)}): "
            "they are cut there, so their lengths and the first or last day are not whole. Ask for whole days, or leave that day out by period.",
            count,
        )


def _cut(duty: pd.DataFrame, us: NDArray[np.int64], *, first: bool, zone: str) -> NDArray[np.int64]:
    """Return the rows at the first or last moment, where two persons share it and days do not usually begin or end so."""
    edge = us.min() if first else us.max()
    at = us == edge
    if duty["agent"][at].nunique() < 2:
        return np.empty(0, dtype=np.int64)
    day = local_day(duty["start" if first else "end"], zone).to_numpy()
    days = pd.DataFrame({"agent": duty["agent"].to_numpy(), "day": day, "us": us}).groupby(["agent", "day"])["us"]
    ends = (days.min() if first else days.max()).to_numpy()
    others = ends[np.abs(ends - edge) >= DAY_US // 2]
    if len(others) and ((others - edge) % DAY_US == 0).mean() >= HABIT_SHARE:
        return np.empty(0, dtype=np.int64)
    return duty.index.to_numpy()[at]


def _reach(frame: pd.DataFrame, person: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return rows by person and start, and for each the latest end before it (its own start where it is the person's first)."""
    start, end = stamps_us(frame["start"]), stamps_us(frame["end"])
    order = np.lexsort((start, person))
    who = person[order]
    reach = pd.Series(end[order]).groupby(who).cummax().to_numpy()
    before = np.append(0, reach[:-1])
    new = np.append(True, who[1:] != who[:-1])
    return order, np.where(new, start[order], before)


def _gaps(batch: Batch, frame: pd.DataFrame, person: NDArray[np.intp], zone: str) -> None:
    """Note stretches within a person's day in which no state was recorded."""
    order, before = _reach(frame, person)
    start = stamps_us(frame["start"])[order]
    gap = start - before
    wide = np.flatnonzero(gap > ROUNDING_US)
    if not len(wide):
        return
    days = [
        local_day(pd.Series(pd.DatetimeIndex(us[wide].view("M8[us]"), tz="UTC")), zone).to_numpy()
        for us in (before, start)
    ]
    wide = wide[days[0] == days[1]]
    if not len(wide):
        return
    missing = int(gap[wide].sum())
    seen = int((stamps_us(frame["end"])[order] - np.maximum(start, before)).clip(0).sum())
    mask = mask_of(batch, frame.index.to_numpy()[order[wide]])
    batch.note(
        "gaps_between_states",
        "flag",
        f"{number_of(len(wide), 'gap')} between states of one person within a day (first: before {batch.place(mask)}), {missing / HOUR_US:,.1f} h or "
        f"{missing / (missing + seen):.1%} of the time from first to last record; such time is unaccounted, never idle.",
        len(wide),
        missing,
    )


def _long_shifts(batch: Batch, frame: pd.DataFrame, person: NDArray[np.intp]) -> None:
    """Note stretches on duty without a pause that are longer than any shift, and that more than one state makes up."""
    duty = ~frame["state"].isin(OFF_DUTY).to_numpy()
    rows, who = frame[duty], person[duty]
    if rows.empty:
        return
    order, before = _reach(rows, who)
    start, end, who = stamps_us(rows["start"])[order], stamps_us(rows["end"])[order], who[order]
    new = np.append(True, (who[1:] != who[:-1])) | (start - before > PAUSE_H * HOUR_US)
    shifts = pd.DataFrame({"shift": np.cumsum(new), "start": start, "end": end, "row": rows.index.to_numpy()[order]})
    found = shifts.groupby("shift").agg(
        start=("start", "min"), end=("end", "max"), n=("row", "size"), row=("row", "first")
    )
    length, longest = found["end"] - found["start"], (shifts["end"] - shifts["start"]).groupby(shifts["shift"]).max()
    long = found[(length > LONGEST_SHIFT_H * HOUR_US) & (longest <= LONGEST_SHIFT_H * HOUR_US)]
    if len(long):
        mask = mask_of(batch, long["row"].to_numpy())
        batch.note(
            "long_shifts",
            "flag",
            f"{number_of(len(long), 'stretch', 'stretches')} on duty of more than {LONGEST_SHIFT_H} h without a pause of {PAUSE_H} h (first: {batch.place(mask)}). "
            "Ask whether log-ins are shared, or sign-offs missing.",
            len(long),
            int((long["end"] - long["start"]).sum()),
        )


def _measure(batch: Batch, frame: pd.DataFrame) -> None:
    """Note idle time that is nothing or everything: of the whole source, or of some persons beside others."""
    rows = frame[frame["state"].isin(["IDLE", *BUSY])]
    if rows.empty or not (rows["state"] == "IDLE").any():
        return
    us = rows["us"].astype("int64")
    per = (
        pd.DataFrame({"idle": us.where(rows["state"] == "IDLE", 0), "all": us, "agent": rows["agent"]})
        .groupby("agent")
        .sum()
    )
    whole = per.sum()
    if whole["all"] >= ENOUGH_SOURCE_H * HOUR_US and whole["idle"] in (0, whole["all"]):
        words = "none of" if whole["idle"] == 0 else "all"
        batch.note(
            "measure_looks_wrong",
            "flag",
            f"{words} the {whole['all'] / HOUR_US:,.0f} h of work and waiting are waiting time, of all {number_of(len(per), 'person')}. "
            "Ask how the system measures it before any share of it is used.",
            len(rows),
        )
        return
    enough = per[per["all"] >= ENOUGH_PERSON_H * HOUR_US]
    odd = enough[(enough["idle"] == 0) | (enough["idle"] == enough["all"])]
    if len(odd):
        batch.note(
            "measure_looks_wrong",
            "flag",
            f"{number_of(len(odd), 'person')} of {len(enough):,} whose work and waiting is waiting time throughout, or never, in at least {ENOUGH_PERSON_H} h. "
            "Ask whether the system measures waiting for them.",
            int(rows["agent"].isin(odd.index).sum()),
        )
