"""Paid time as each kind of source shows it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.foundation import intervals
from analysis.foundation.intervals.table import Rows, read
from analysis.measure.person_days import PersonDays

# States that only a log of people signed on holds; a log of work alone says nothing about presence.
_PRESENCE = ("IDLE", "AWAY", "WORK", "BREAK")


def from_schedule(schedule: pd.DataFrame | None) -> pd.DataFrame:
    """Return scheduled paid time less what the schedule marks as unpaid inside it."""
    if schedule is None:
        return no_spells()
    off = schedule["state"].eq("OFF").fillna(False).astype(bool)
    marked = (
        schedule["paid"].astype("boolean") if "paid" in schedule else pd.Series(pd.NA, schedule.index, dtype="boolean")
    )
    paid = schedule[marked.fillna(~off) & ~off]
    return less(paid, schedule[~marked.fillna(True) & ~off])


def from_sign_on(spells: pd.DataFrame | None) -> pd.DataFrame:
    """Return signed-on time, or nothing where the log holds only work."""
    if spells is None or not spells["state"].isin(_PRESENCE).any():
        return no_spells()
    return intervals.union(spells.loc[~spells["state"].isin(["OFF", "ABSENT"]), ["agent", "start", "end"]])


def from_totals(totals: pd.DataFrame | None) -> pd.DataFrame:
    """Return signed-on time from interval totals: of the right length, placed at the start of its interval."""
    if totals is None or not totals["state"].isin(_PRESENCE).any():
        return no_spells()
    on = totals[~totals["state"].isin(["OFF", "ABSENT"])]
    sums = on.groupby(["agent", "interval_start", "length_s"], as_index=False)["us"].sum()
    us = np.minimum(sums["us"].to_numpy(dtype="int64"), np.round(sums["length_s"].to_numpy() * 1e6).astype("int64"))
    end = sums["interval_start"] + pd.Series(us.view("m8[us]"))
    return intervals.union(pd.DataFrame({"agent": sums["agent"], "start": sums["interval_start"], "end": end}))


def from_span(seen: pd.DataFrame, zones: Mapping[str, str]) -> pd.DataFrame:
    """Return each person's local days from the first trace to the last."""
    rows, labels = read(seen=seen)
    days = PersonDays.of(labels.agents, zones)
    cut = days.cut(rows["seen"])
    keys, at = np.unique(cut.key, return_inverse=True)
    start, end = np.full(len(keys), np.iinfo(np.int64).max), np.full(len(keys), np.iinfo(np.int64).min)
    np.minimum.at(start, at, cut.start)
    np.maximum.at(end, at, cut.end)
    return labels.frame(Rows(days.person(keys), start, end))


def less(spells: pd.DataFrame, taken: pd.DataFrame) -> pd.DataFrame:
    """Return the union of spells without some others' time."""
    columns = ["agent", "start", "end"]
    return intervals.gaps(taken[columns], within=spells[columns])[columns]


def no_spells() -> pd.DataFrame:
    """Return paid time without rows."""
    stamp = pd.Series(dtype="datetime64[us, UTC]")
    return pd.DataFrame({"agent": pd.Series(dtype="str"), "start": stamp, "end": stamp})
