"""The items that could fill the gaps: which types, how many hours a week, which mode each suits, and which to begin with."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.blending.objections import weighed
from analysis.blending.rhythm import Week, due_windows, typical_week
from analysis.blending.settings import RESUME_S, BlendingSettings
from analysis.foundation.settings import Client

MODE_COLUMNS: Mapping[str, str] = {
    "releasable": "suitable_blocks",
    "shareable": "suitable_between",
    "interruptible": "suitable_interrupt",
}
COLUMNS = [
    *("type", "items", "hours_per_week", "mean_s", "interruptible", "regulated", "off_desk"),
    *("suitable_blocks", "suitable_between", "suitable_interrupt", "reason"),
    *("length_cv", "long_share", "slack_h", "idle_before_due_share", "help_needed", "access"),
    *("rank", "first", "must_change", "questions"),
]
FLAGS = ("interruptible", "regulated", "off_desk", "help_needed", "access")
# Fewest finished items of a type for its spread of lengths, and the longest that one can take within a day.
_LEAST_ITEMS = 30
_LONGEST_S = 8 * 3600.0


def inventory(
    tables: Mapping[str, pd.DataFrame],
    item_lengths: pd.DataFrame | None,
    *,
    client: Client,
    settings: BlendingSettings,
    idle: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List the item types with their weekly hours, the modes they suit, and the order in which to begin.

    Parameters
    ----------
    tables
        Canonical tables: item types, work items, or the weekly workload where no items are logged; volumes or contacts for the open hours.
    item_lengths
        The baseline's `item_lengths` (type, mean_s), used where the client states no standard time.
    client, settings
        Period; longest item that is finished between contacts.
    idle
        The baseline's `idle_by_slot` (weekday, slot_of_day_s, idle_agents); None where idle time was not measured: then open time stands for it.

    Returns
    -------
    DataFrame
        type, items, hours_per_week, mean_s, interruptible, regulated, off_desk, suitable_blocks, suitable_between, suitable_interrupt, reason; length_cv
        (spread of lengths over their mean) and long_share (share longer than `longest_item_s`), NaN below 30 timed items; slack_h (open hours between
        arrival and due, less the length; median); idle_before_due_share (share of items that meet idle time before they are due); help_needed,
        access; rank (1 first), first, must_change (the owner's action, in words), questions (what the client has to state).

    Notes
    -----
    Blocks: not regulated, agents not refused access. Between contacts: also at the desk, without help, and not longer than `longest_item_s`, since an item
    begun is finished. Interrupt: at the desk, without help, not regulated, can be interrupted. A flag that the client left open counts against the type; for help
    and access it keeps the type from being first, since nothing is begun on a guess. Order: see :func:`analysis.blending.objections.weighed`.
    """
    counts, weeks = _counts(tables), ((client.period.end - client.period.start).days + 1) / 7
    stated = _stated(tables)
    types = sorted({*counts.index, *stated.index})
    frame = pd.DataFrame({"type": pd.Series(types, dtype="str")})
    frame["items"] = frame["type"].map(counts).astype("float64").fillna(0.0)
    observed = (
        frame["type"].map(item_lengths.drop_duplicates("type").set_index("type")["mean_s"])
        if item_lengths is not None and not item_lengths.empty
        else pd.Series(np.nan, index=frame.index)
    )
    frame["mean_s"] = _of(frame, stated, "standard_s", "float64").fillna(observed.astype("float64"))
    frame["hours_per_week"] = frame["items"] * frame["mean_s"] / 3600 / weeks
    for flag in FLAGS:
        frame[flag] = _of(frame, stated, flag, "boolean")
    max_wait_h = _of(frame, stated, "max_wait_h", "float64")
    frame = _with_lengths(frame, tables, settings.longest_item_s)
    frame = _with_slack(frame, tables, max_wait_h, typical_week(tables, idle, client=client), client.time_zone)
    return weighed(frame, settings.longest_item_s)[COLUMNS]


def _stated(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return what the client states of each type, by type."""
    stated = tables.get("item_types")
    if stated is None or stated.empty:
        return pd.DataFrame(index=pd.Index([], dtype="str", name="type"))
    return stated.drop_duplicates("type").set_index("type")


def _of(frame: pd.DataFrame, stated: pd.DataFrame, column: str, dtype: str) -> pd.Series:
    """Return a stated column for the types of the frame; empty where nothing is stated."""
    if column not in stated:
        return (
            pd.Series(pd.NA, index=frame.index, dtype="boolean").astype(dtype)
            if dtype == "boolean"
            else pd.Series(np.nan, index=frame.index)
        )
    return frame["type"].map(stated[column]).astype(dtype)


def _counts(tables: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Count finished items by type, else take the weekly workload."""
    items = tables.get("work_items")
    if items is not None and not items.empty:
        return items.groupby("type").size().astype("float64")
    workload = tables.get("workload")
    if workload is not None and not workload.empty:
        return workload.dropna(subset=["type", "volume"]).groupby("type")["volume"].sum().astype("float64")
    return pd.Series(dtype="float64")


def _with_lengths(frame: pd.DataFrame, tables: Mapping[str, pd.DataFrame], longest_item_s: float) -> pd.DataFrame:
    """Add the spread of the lengths of single items, from start to end within a working day."""
    items = tables.get("work_items")
    spread = pd.DataFrame(columns=["type", "length_cv", "long_share"])
    if items is not None and not items.empty:
        length = (items["ended"] - items["started"]).dt.total_seconds()
        timed = pd.DataFrame({"type": items["type"], "length": length})[length.between(1.0, _LONGEST_S)]
        timed["long"] = timed["length"].gt(longest_item_s).astype("float64")
        by = timed.groupby("type")
        spread = pd.DataFrame(
            {"n": by.size(), "length_cv": by["length"].std() / by["length"].mean(), "long_share": by["long"].mean()}
        ).reset_index()
        spread = spread[spread["n"] >= _LEAST_ITEMS].drop(columns="n")
    return frame.merge(spread, on="type", how="left").astype({"length_cv": "float64", "long_share": "float64"})


def _with_slack(
    frame: pd.DataFrame, tables: Mapping[str, pd.DataFrame], max_wait_h: pd.Series, week: Week | None, zone: str
) -> pd.DataFrame:
    """Add how much room a type's due time leaves, and whether idle time comes before it."""
    slack, meets = np.full(len(frame), np.nan), np.full(len(frame), np.nan)
    items = tables.get("work_items")
    for row, kind in enumerate(frame["type"]):
        mean_s = float(frame["mean_s"].iloc[row])
        if week is None or not mean_s > 0:
            continue
        mine = items[items["type"].eq(kind)] if items is not None else pd.DataFrame(columns=["arrived", "due"])
        if mine.empty:
            mine = pd.DataFrame({name: pd.Series(dtype="datetime64[us, UTC]") for name in ("arrived", "due")})
        slack[row], share = due_windows(mine, float(max_wait_h.iloc[row]), week, mean_s=mean_s, zone=zone)
        meets[row] = np.nan if share is None else share
    return frame.assign(slack_h=slack, idle_before_due_share=meets)


def suitable_hours(items: pd.DataFrame, mode: str) -> float:
    """Return the item hours per week that suit a mode."""
    return float(items.loc[items[MODE_COLUMNS[mode]].astype(bool), "hours_per_week"].sum())


def item_length_s(items: pd.DataFrame, settings: BlendingSettings) -> float | None:
    """Return the mean length of an item finished between contacts; None when no such item is known."""
    if settings.item_s is not None:
        return settings.item_s
    suitable = items[items["suitable_between"].astype(bool)]
    return float(np.average(suitable["mean_s"], weights=suitable["items"])) if len(suitable) else None


def resumption_s(tables: Mapping[str, pd.DataFrame], items: pd.DataFrame, settings: BlendingSettings) -> float:
    """Return the seconds lost each time an interrupted item is taken up again: as set, as the client states, else from the literature."""
    if settings.resume_s is not None:
        return settings.resume_s
    stated = tables.get("item_types")
    if stated is None or stated.empty:
        return RESUME_S
    suitable = items[items["suitable_interrupt"].astype(bool)]
    resume = suitable["type"].map(stated.drop_duplicates("type").set_index("type")["resume_s"]).astype("float64")
    known = resume.notna() & suitable["items"].gt(0)
    return float(np.average(resume[known], weights=suitable.loc[known, "items"])) if known.any() else RESUME_S
