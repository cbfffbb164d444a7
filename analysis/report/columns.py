"""What a column of a table holds: numbers of a unit, shares, times of day, dates, texts; so that a workbook shows each as what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal[
    "text", "truth", "whole", "number", "share", "agents", "money", "hours", "seconds", "time_of_day", "date", "moment"
]

# how a spreadsheet shows them; the cell keeps all digits
FORMATS: dict[str, str] = {
    "whole": "#,##0",
    "number": "#,##0.00",
    "share": "0%",
    "agents": "#,##0.0",
    "money": "#,##0",
    "hours": '#,##0.0" h"',
    "seconds": '#,##0.0" s"',
    "time_of_day": "hh:mm",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}
DAY_S = 86400
TIMES_OF_DAY = frozenset({"slot_of_day_s", "span_start_s"})
# shares whose names do not end so
SHARES = frozenset(
    {
        *("share", "share_of_paid", "share_of_base", "share_of_gap_time", "share_of_time_longer", "share_of_time"),
        *("service_level", "service_low", "service_high", "service_level_before", "service_level_after"),
        *("worst_service_level", "target", "measured", "modelled", "reported", "observed", "replayed"),
        *("blended", "blended_low", "blended_high", "tolerance", "worst_gap", "change", "change_low", "change_high"),
        *("occupancy", "occupancy_peak", "occupancy_worst", "occupancy_before", "occupancy_after", "p_abandon"),
        *("of_workable", "raw", "of_base", "quoted", "today", "today_low", "today_high", "minimum"),
        *("owed_low", "owed_high", "survival", "survival_low", "survival_high", "time_low", "time_high"),
        *("usable_low", "usable_high", "coverage80", "coverage80_worst_hour", "confidence", "quantile", "power"),
        *("adjusted", "adjusted_low", "adjusted_high", "shrunken", "shrunken_low", "shrunken_high", "false_stops"),
        *("value", "low", "high"),
    }
)
HOURS = frozenset({"hours", "hours_low", "hours_high", "hours_per_week", "hours_to_date", "item_h_low", "item_h_high"})
MONEY = frozenset({"per_week", "value_per_week", "unlocks_value_per_week", "value_low", "value_high", "base", "median"})
AGENTS = frozenset({"agents", "items_on", "load", "load_sd", "fte", "rostered_fte"})
# figures whose unit stands beside them, row by row
OF_THE_ROW = frozenset(
    {
        *("value", "low", "high", "figure", "today", "today_low", "today_high", "limit", "first_step", "threshold"),
        *("guess", "guess_low", "guess_high", "measured", "sd", "within", "detectable", "detectable_low"),
        *("detectable_high", "base"),
    }
)
# bounds without a name of their own, by the sheet that they stand in
BOUNDS = ("value", "low", "high", "low80", "high80", "low95", "high95", "median", "remaining")
BOUNDS_OF: dict[str, Kind] = {
    **dict.fromkeys(("balance", "waterfall"), "hours"),
    **dict.fromkeys(("money", "cumulative", "distribution"), "money"),
    **dict.fromkeys(("forecast", "agreement"), "number"),
    "usable": "agents",
    "standards": "seconds",
}
# their column `unit` names what was drawn, not what the figures are in
UNIT_OF_DRAWS = frozenset({"best"})


def kind_of(sheet: str, name: str, column: pd.Series) -> Kind:
    """Return what a column holds, judged by its type, then by its name, which ends with its unit.

    Parameters
    ----------
    sheet
        Key of the sheet.
    name, column
        The column.

    Examples
    --------
    >>> import pandas as pd
    >>> kind_of("waiting", "slot_of_day_s", pd.Series([34200])), kind_of("lab", "item_h_low", pd.Series([1.5]))
    ('time_of_day', 'hours')
    """
    typed = _of_type(column)
    if typed not in ("whole", "number"):
        return typed
    if name in BOUNDS and sheet in BOUNDS_OF:
        return BOUNDS_OF[sheet]
    return _of_name(name) or typed


def _of_type(column: pd.Series) -> Kind:
    from pandas.api import types

    if types.is_bool_dtype(column.dtype):
        return "truth"
    if types.is_datetime64_any_dtype(column.dtype):
        known = column.dropna()
        return "date" if (known == known.dt.normalize()).all() else "moment"
    if types.is_integer_dtype(column.dtype):
        return "whole"
    return "number" if types.is_float_dtype(column.dtype) else "text"


def _of_name(name: str) -> Kind | None:
    """Return what the name of a column of numbers tells; None where it tells nothing."""
    if name in TIMES_OF_DAY:
        return "time_of_day"
    if name in SHARES or name.endswith("_share"):
        return "share"
    if name in MONEY:
        return "money"
    if name in HOURS or name.endswith(("_h", "_h_per_week")):
        return "hours"
    if name in AGENTS or name.endswith("_agents"):
        return "agents"
    return "seconds" if name.endswith("_s") else None


def kind_of_unit(unit: str) -> Kind:
    """Return how a figure of a unit is shown.

    Examples
    --------
    >>> [kind_of_unit(unit) for unit in ("share", "currency_per_week", "hours_per_week", "s", "weeks")]
    ['share', 'money', 'hours', 'seconds', 'number']
    """
    if unit in ("share", "probability"):
        return "share"
    if unit.startswith("currency"):
        return "money"
    if unit in ("agents", "fte"):
        return "agents"
    if unit in ("s", "seconds"):
        return "seconds"
    return "hours" if "hour" in unit or unit in ("h", "h_per_week") else "number"


def units_by_row(sheet: str, frame: pd.DataFrame, name: str) -> list[Kind] | None:
    """Return what each row of a column holds where the unit stands beside it; None where the column has one unit.

    Parameters
    ----------
    sheet
        Key of the sheet.
    frame, name
        The table and its column.
    """
    column = next((one for one in ("unit_of_outcome", "unit") if one in frame), None)
    if column is None or name not in OF_THE_ROW or sheet in UNIT_OF_DRAWS:
        return None
    return [kind_of_unit(str(unit)) for unit in frame[column].fillna("")]
