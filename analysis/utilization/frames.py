"""The frames of achievable utilization: every one is always present, with these columns and kinds, maybe without rows."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

_ESTIMATE = ("value", "low", "high")
_TODAY = ("today", "today_low", "today_high")
_STATUS = ("status", "reason")
# frame -> columns, in order
COLUMNS: dict[str, tuple[str, ...]] = {
    "ceilings": (
        *("population", "ceiling", "apart", "raw", "raw_of", "of_workable", *_ESTIMATE, "basis", *_STATUS),
        "sentence",
    ),
    "allowances": (
        *("population", "allowance", "kind", "low_share", "high_share", "source", "given_by", "owed_low", "owed_high"),
    ),
    "achievable": (
        *("population", *_TODAY, *_ESTIMATE, "blended", "blended_low", "blended_high", "binding", "found", "minimum"),
        *(*_STATUS, "sentence"),
    ),
    "levels": (
        *("population", "by", "level", "agents", *_TODAY, *_ESTIMATE, "binding", "hours_per_week", "hours_low"),
        *("hours_high", "found", *_STATUS, "sentence"),
    ),
    "quoted": ("population", "definition", "today", "quoted", "of_base", "place", "reason"),
    "best": (
        *("population", "unit", "units", "estimand", "observed", *_ESTIMATE, "adjusted", "adjusted_low"),
        *("adjusted_high", "adjusted_for", "beyond", *_STATUS),
    ),
    "ramp": (
        *("population", "by", "level", "scenario", "week", "phase", "target", "hours_per_week", "hours_to_date"),
    ),
    "checkpoints": ("population", "phase", "week", "measure", "go", "stop"),
    "draws": ("population", "draw", "today", "support", "non_work", "achievable", "base_h_per_week"),
    "slots": (
        *("pool", "weekday", "slot_of_day_s", "agents", "load", "max_occupancy", "max_occupancy_blended", "basis"),
    ),
}  # fmt: skip
# column -> kind; all others are floats
_WORDS = (
    *("population", "ceiling", "raw_of", "basis", "status", "reason", "sentence", "allowance", "kind", "source"),
    *("given_by", "binding", "by", "level", "definition", "place", "unit", "estimand", "adjusted_for", "scenario"),
    *("phase", "measure", "go", "stop", "pool"),
)
_KINDS = {
    **dict.fromkeys(_WORDS, "str"),
    **dict.fromkeys(("apart", "found", "beyond"), "bool"),
    **dict.fromkeys(("week", "draw", "weekday"), "int64"),
    **dict.fromkeys(("agents", "units"), "Int64"),
}
_EMPTY = {"str": "", "float64": float("nan"), "bool": False, "Int64": pd.NA}


def frame_of(name: str, parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return frames put under each other as the frame of this name: its columns, in their order and kinds.

    Parameters
    ----------
    name
        A key of :data:`COLUMNS`.
    parts
        Frames; columns that none of them has are empty words, NaN, or missing.
    """
    known = [part for part in parts if len(part)]
    found = pd.concat(known, ignore_index=True) if known else pd.DataFrame()
    filled = {}
    for column in COLUMNS[name]:
        # agents on duty are a mean, agents of a level are people
        kind = "float64" if (name, column) == ("slots", "agents") else _KINDS.get(column, "float64")
        values = found[column] if column in found else pd.Series([_EMPTY.get(kind)] * len(found), dtype=object)
        filled[column] = values.fillna("").astype(kind) if kind == "str" else values.astype(kind)
    return pd.DataFrame(filled, columns=list(COLUMNS[name]))
