"""The columns of the frames that the simulation fills, and how rows become such a frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_TEXT, _NUMBER, _WHOLE, _YES, _DAY = "str", "float64", "Int64", "bool", "datetime64[us]"
_STAMP = "datetime64[us, UTC]"


def _columns(*parts: str) -> Mapping[str, str]:
    """Return types by column from texts such as "float64: low high", in order."""
    result: dict[str, str] = {}
    for part in parts:
        kind, _, columns = part.partition(": ")
        result |= dict.fromkeys(columns.split(), kind)
    return MappingProxyType(result)


#: Columns and types of every frame that the simulated desk, the replay and the forecast fill.
FRAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "lab": _columns(
            f"{_TEXT}: pool policy words",
            f"{_NUMBER}: service_level service_low service_high change change_low change_high worst_service_level",
            f"{_TEXT}: worst_slot",
            f"{_NUMBER}: occupancy occupancy_worst p_abandon contacts_lost_per_week contacts_lost_low contacts_lost_high",
            f"{_NUMBER}: net_agents item_h_per_week item_h_low item_h_high items_per_week within_due_share oldest_h",
            f"{_NUMBER}: switches_per_agent_h paid_h_per_week",
            f"{_YES}: keeps_promise keeps_cap efficient recommended",
            f"{_TEXT}: why",
        ),
        "waterfall": _columns(
            f"{_TEXT}: pool policy",
            "int64: step",
            f"{_TEXT}: key",
            f"{_NUMBER}: hours_per_week low high remaining",
            f"{_TEXT}: sentence",
        ),
        "flips": _columns(
            f"{_TEXT}: pool factor words",
            f"{_NUMBER}: setting",
            f"{_YES}: today",
            f"{_TEXT}: recommended",
            f"{_NUMBER}: item_h_per_week service_level",
            f"{_TEXT}: sentence",
        ),
        "ageing": _columns(
            f"{_TEXT}: pool policy",
            f"{_NUMBER}: moved_h_per_week within_due_share low high oldest_h oldest_due_share",
            f"{_TEXT}: verdict sentence",
        ),
        "replay_check": _columns(
            f"{_TEXT}: pool measure",
            f"{_NUMBER}: observed replayed",
            f"{_TEXT}: worst_slot",
            f"{_NUMBER}: worst_gap tolerance",
            f"{_YES}: holds",
            f"{_TEXT}: sentence",
        ),
        "replay_days": _columns(
            f"{_TEXT}: pool",
            f"{_DAY}: day",
            "int64: weekday contacts",
            f"{_NUMBER}: agents observed replayed blended change item_h",
            f"{_YES}: hurt",
        ),
        "replay_slots": _columns(
            f"{_TEXT}: pool",
            f"{_DAY}: day",
            "int64: slot_of_day_s",
            f"{_NUMBER}: offered agents observed replayed blended items_on",
        ),
        "replay_ranges": _columns(
            f"{_TEXT}: pool factor words", f"{_NUMBER}: low_setting high_setting change_low change_high"
        ),
        "gap_law": _columns(
            f"{_TEXT}: pool law",
            f"{_NUMBER}: length_s survival survival_low survival_high share_of_time time_low time_high",
            f"{_NUMBER}: usable_share usable_low usable_high",
            f"{_WHOLE}: gaps agent_days",
        ),
        "usable_slots": _columns(
            f"{_TEXT}: pool",
            "int64: weekday slot_of_day_s",
            f"{_NUMBER}: agents idle_agents releasable_agents shareable_agents interruptible_agents",
        ),
        "forecast": _columns(
            f"{_TEXT}: pool queue",
            f"{_STAMP}: start",
            "int64: weekday slot_of_day_s",
            f"{_TEXT}: measure",
            f"{_NUMBER}: value low80 high80 low95 high95",
        ),
        "forecast_check": _columns(
            f"{_TEXT}: pool queue measure method",
            f"{_WHOLE}: origins",
            f"{_NUMBER}: absolute_error relative_to_model coverage80 coverage80_worst_hour width80",
            f"{_TEXT}: status reason",
        ),
    }
)


def frame(name: str, rows: Sequence[Mapping[str, Any]] | pd.DataFrame = ()) -> pd.DataFrame:
    """Return rows as one of ``FRAMES``: its columns in their order and types, and a fresh index.

    Parameters
    ----------
    name
        One of ``FRAMES``.
    rows
        Rows as mappings, or a frame; an absent column is missing (NaN, NA, empty text, False).

    Raises
    ------
    ValueError
        A column that the frame does not have.

    Examples
    --------
    >>> frame("replay_ranges", [{"pool": "service", "factor": "retrials", "change_low": -0.01}])[["pool", "change_low"]].values.tolist()
    [['service', -0.01]]
    """
    import pandas as pd

    given, columns = pd.DataFrame(rows if isinstance(rows, pd.DataFrame) else list(rows)), FRAMES[name]
    unknown = [column for column in given.columns if column not in columns]
    if unknown:
        raise ValueError(f"{name} has no column {', '.join(unknown)}")
    return pd.DataFrame({column: _typed(given, column, kind) for column, kind in columns.items()})


def stacked(name: str, parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return frames of one name below each other; without any, the empty frame."""
    import pandas as pd

    filled = [part for part in parts if len(part)]
    return frame(name, pd.concat(filled, ignore_index=True) if filled else ())


def _typed(given: pd.DataFrame, column: str, kind: str) -> pd.Series:
    """Return a column in its type, as long as the frame given."""
    import pandas as pd

    absent = {_TEXT: "", _NUMBER: float("nan"), _WHOLE: pd.NA, _YES: False}.get(kind)
    if column not in given:
        values = pd.Series([absent] * len(given), dtype="object" if absent is None else None)
        return values.astype(kind)
    values = given[column].reset_index(drop=True)
    if kind == _TEXT:
        values = values.fillna("")
    if kind in (_DAY, _STAMP):
        return pd.to_datetime(values, utc=kind == _STAMP).dt.as_unit("us")
    return values.astype(kind)
