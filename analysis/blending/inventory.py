"""The items that could fill the gaps: which types, how many hours a week, and which mode each type suits."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

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
]
_FLAGS = ("interruptible", "regulated", "off_desk")


def inventory(
    tables: Mapping[str, pd.DataFrame], item_lengths: pd.DataFrame | None, *, client: Client, settings: BlendingSettings
) -> pd.DataFrame:
    """List the item types with their weekly hours and the modes they suit.

    Parameters
    ----------
    tables
        Canonical tables: item types, work items, or the weekly workload where no items are logged.
    item_lengths
        The baseline's `item_lengths` (type, mean_s), used where the client states no standard time.
    client, settings
        Period; longest item that is finished between contacts.

    Returns
    -------
    DataFrame
        type, items, hours_per_week, mean_s, interruptible, regulated, off_desk, suitable_blocks, suitable_between, suitable_interrupt, reason.

    Notes
    -----
    Blocks: not regulated. Between contacts: also at the desk and not longer than `longest_item_s`, since an item begun is finished.
    Interrupt: at the desk, not regulated, can be interrupted. A flag that the client left open counts against the type.
    """
    counts, weeks = _counts(tables), ((client.period.end - client.period.start).days + 1) / 7
    stated = tables.get("item_types")
    stated = stated.drop_duplicates("type").set_index("type") if stated is not None and not stated.empty else None
    types = sorted({*counts.index, *(stated.index if stated is not None else ())})
    frame = pd.DataFrame({"type": pd.Series(types, dtype="str")})
    frame["items"] = frame["type"].map(counts).astype("float64").fillna(0.0)
    standard = frame["type"].map(stated["standard_s"]) if stated is not None else pd.Series(np.nan, index=frame.index)
    observed = (
        frame["type"].map(item_lengths.drop_duplicates("type").set_index("type")["mean_s"])
        if item_lengths is not None and not item_lengths.empty
        else pd.Series(np.nan, index=frame.index)
    )
    frame["mean_s"] = standard.astype("float64").fillna(observed.astype("float64"))
    frame["hours_per_week"] = frame["items"] * frame["mean_s"] / 3600 / weeks
    for flag in _FLAGS:
        frame[flag] = frame["type"].map(stated[flag]).astype("boolean") if stated is not None else pd.NA
        frame[flag] = frame[flag].astype("boolean")
    return _with_suitability(frame, settings.longest_item_s)[COLUMNS]


def _counts(tables: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Count finished items by type, else take the weekly workload."""
    items = tables.get("work_items")
    if items is not None and not items.empty:
        return items.groupby("type").size().astype("float64")
    workload = tables.get("workload")
    if workload is not None and not workload.empty:
        return workload.dropna(subset=["type", "volume"]).groupby("type")["volume"].sum().astype("float64")
    return pd.Series(dtype="float64")


def _with_suitability(frame: pd.DataFrame, longest_item_s: float) -> pd.DataFrame:
    """Judge every type, each objection in words."""
    no = {flag: frame[flag].eq(False).fillna(False).astype(bool) for flag in _FLAGS}
    known = frame["mean_s"].gt(0) & frame["items"].gt(0)
    short = frame["mean_s"].le(longest_item_s)
    at_desk, free = no["off_desk"], no["regulated"]
    can_stop = frame["interruptible"].eq(True).fillna(False).astype(bool)
    frame["suitable_blocks"] = known & free
    frame["suitable_between"] = known & free & at_desk & short
    frame["suitable_interrupt"] = known & free & at_desk & can_stop
    objections = (
        (~frame["items"].gt(0), "none counted in the period"),
        (~frame["mean_s"].gt(0), "length unknown"),
        (frame["regulated"].isna(), "not stated whether regulated"),
        (frame["regulated"].eq(True).fillna(False), "regulated: not before it is cleared in writing"),
        (frame["off_desk"].isna(), "not stated whether it leaves the desk"),
        (frame["off_desk"].eq(True).fillna(False), "leaves the desk: blocks only"),
        (frame["mean_s"].gt(longest_item_s), f"longer than {longest_item_s / 60:.0f} min: not between contacts"),
        (frame["interruptible"].isna(), "not stated whether it can be interrupted"),
        (frame["interruptible"].eq(False).fillna(False), "cannot be interrupted"),
    )
    frame["reason"] = [
        "; ".join(words for holds, words in objections if bool(holds.iloc[row])) for row in range(len(frame))
    ]
    return frame


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
