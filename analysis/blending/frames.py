"""The columns of the frames that the simulation fills, and how rows become such a frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analysis.foundation.typed_frames import DAY, NUMBER, STAMP, TEXT, WHOLE, YES, columns, typed_frame

if TYPE_CHECKING:
    import pandas as pd

#: Columns and types of every frame that the simulated desk, the replay and the forecast fill.
FRAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "lab": columns(
            f"{TEXT}: pool policy words",
            f"{NUMBER}: service_level service_low service_high change change_low change_high worst_service_level",
            f"{TEXT}: worst_slot",
            f"{NUMBER}: occupancy occupancy_worst p_abandon contacts_lost_per_week contacts_lost_low contacts_lost_high",
            f"{NUMBER}: net_agents item_h_per_week item_h_low item_h_high items_per_week within_due_share oldest_h",
            f"{NUMBER}: switches_per_agent_h paid_h_per_week",
            f"{YES}: keeps_promise keeps_cap efficient recommended",
            f"{TEXT}: why",
        ),
        "waterfall": columns(
            f"{TEXT}: pool policy",
            "int64: step",
            f"{TEXT}: key",
            f"{NUMBER}: hours_per_week low high remaining",
            f"{TEXT}: sentence",
        ),
        "flips": columns(
            f"{TEXT}: pool factor words",
            f"{NUMBER}: setting",
            f"{YES}: today",
            f"{TEXT}: recommended",
            f"{NUMBER}: item_h_per_week service_level",
            f"{TEXT}: sentence",
        ),
        "ageing": columns(
            f"{TEXT}: pool policy",
            f"{NUMBER}: moved_h_per_week within_due_share low high oldest_h oldest_due_share",
            f"{TEXT}: verdict sentence",
        ),
        "replay_check": columns(
            f"{TEXT}: pool measure",
            f"{NUMBER}: observed replayed",
            f"{TEXT}: worst_slot",
            f"{NUMBER}: worst_gap tolerance",
            f"{YES}: holds",
            f"{TEXT}: sentence",
        ),
        "replay_days": columns(
            f"{TEXT}: pool",
            f"{DAY}: day",
            "int64: weekday contacts",
            f"{NUMBER}: agents observed replayed blended change item_h",
            f"{YES}: hurt",
        ),
        "replay_slots": columns(
            f"{TEXT}: pool",
            f"{DAY}: day",
            "int64: slot_of_day_s",
            f"{NUMBER}: offered agents observed replayed blended items_on",
        ),
        "replay_ranges": columns(
            f"{TEXT}: pool factor words", f"{NUMBER}: low_setting high_setting change_low change_high"
        ),
        "gap_law": columns(
            f"{TEXT}: pool law",
            f"{NUMBER}: length_s survival survival_low survival_high share_of_time time_low time_high",
            f"{NUMBER}: usable_share usable_low usable_high",
            f"{WHOLE}: gaps agent_days",
        ),
        "usable_slots": columns(
            f"{TEXT}: pool",
            "int64: weekday slot_of_day_s",
            f"{NUMBER}: agents idle_agents releasable_agents shareable_agents interruptible_agents",
        ),
        "forecast": columns(
            f"{TEXT}: pool queue",
            f"{STAMP}: start",
            "int64: weekday slot_of_day_s",
            f"{TEXT}: measure",
            f"{NUMBER}: value low80 high80 low95 high95",
        ),
        "forecast_check": columns(
            f"{TEXT}: pool queue measure method",
            f"{WHOLE}: origins",
            f"{NUMBER}: absolute_error relative_to_model coverage80 coverage80_worst_hour width80",
            f"{TEXT}: status reason",
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
    return typed_frame(FRAMES[name], rows, name=name)


def stacked(name: str, parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return frames of one name below each other; without any, the empty frame."""
    import pandas as pd

    filled = [part for part in parts if len(part)]
    return frame(name, pd.concat(filled, ignore_index=True) if filled else ())
