"""The columns of the frames of a readiness assessment, and how rows become such a frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analysis.foundation.typed_frames import COUNT, DAY, NUMBER, TEXT, WHOLE, YES, columns, typed_frame

if TYPE_CHECKING:
    import pandas as pd

#: Columns and types of every frame of :class:`analysis.readiness.Readiness`.
FRAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "criteria": columns(
            f"{TEXT}: criterion domain name text",
            f"{YES}: gate auto",
            f"{WHOLE}: level low_level high_level",
            f"{COUNT}: raters roles not_known",
            f"{TEXT}: spread source grade evidence disagreement",
        ),
        "scores": columns(
            f"{TEXT}: criterion figure_words",
            f"{NUMBER}: figure low high confidence",
            f"{TEXT}: unit",
            f"{WHOLE}: n",
            f"{TEXT}: n_unit rule",
            f"{WHOLE}: level low_level high_level rated apart",
            f"{TEXT}: status reason sentence",
        ),
        "agreement": columns(
            f"{TEXT}: measure variant",
            f"{NUMBER}: value low high",
            f"{WHOLE}: criteria raters",
            f"{TEXT}: status reason sentence",
        ),
        "modes": columns(
            f"{TEXT}: mode verdict room blocking",
            f"{NUMBER}: hours_per_week hours_low hours_high type_h_per_week",
            f"{TEXT}: sentence",
        ),
        "gates": columns(
            f"{TEXT}: criterion name modes",
            f"{WHOLE}: level low_level high_level",
            f"{COUNT}: needed",
            f"{TEXT}: state source grade sentence",
        ),
        "types": columns(
            f"{TEXT}: type criterion",
            f"{NUMBER}: hours_per_week",
            f"{WHOLE}: level",
            f"{TEXT}: source grade left_out open_in sentence",
        ),
        "changes": columns(
            f"{TEXT}: mode goal",
            f"{COUNT}: order",
            f"{TEXT}: criterion type name change",
            f"{WHOLE}: from_level",
            f"{COUNT}: to_level",
            f"{TEXT}: effort owner_role evidence",
            f"{NUMBER}: unlocks_h_per_week unlocks_low unlocks_high unlocks_value_per_week",
            f"{TEXT}: unlocks",
        ),
        "change_sets": columns(
            f"{TEXT}: mode goal",
            f"{COUNT}: changes low_effort medium_effort high_effort",
            f"{TEXT}: criteria",
            f"{NUMBER}: hours_per_week hours_low hours_high value_per_week value_low value_high",
            f"{TEXT}: sentence",
        ),
        "acceptability": columns(f"{TEXT}: mode verdict", f"{NUMBER}: share error"),
        "sensitivity": columns(f"{TEXT}: mode kind what verdict", f"{NUMBER}: share", f"{TEXT}: sentence"),
        "listening": columns(
            f"{TEXT}: kind theme",
            f"{COUNT}: times teams",
            f"{WHOLE}: roles escalations read_back agreed",
            f"{NUMBER}: days_to_read_back",
            f"{COUNT}: changed",
            f"{TEXT}: sentence",
        ),
        "heard": columns(
            f"{TEXT}: kind role",
            f"{WHOLE}: to_hear notes teams",
            f"{DAY}: last_on planned_on",
            f"{TEXT}: state sentence",
        ),
        "expectations": columns(
            f"{TEXT}: quantity population words unit",
            f"{COUNT}: people",
            f"{NUMBER}: guess_low guess guess_high measured low high",
            f"{TEXT}: grade",
            f"{YES}: late",
            f"{TEXT}: sentence",
        ),
        "responses": columns(f"{TEXT}: theme changed owner_role", f"{DAY}: changed_on"),
        "plan": columns(
            f"{TEXT}: phase mode kind",
            f"{COUNT}: order",
            f"{TEXT}: measure text criterion owner_role evidence state",
            f"{WHOLE}: week_from week_to",
        ),
        "calendar": columns(f"{COUNT}: day", f"{TEXT}: what who why"),
        "kpis": columns(
            f"{TEXT}: kpi parent role words",
            f"{NUMBER}: today today_low today_high limit",
            f"{TEXT}: unit direction owner_role",
        ),
        "messages": columns(f"{TEXT}: audience topic", f"{COUNT}: order", f"{TEXT}: title text"),
        "risks": columns(f"{TEXT}: risk kind why guard owner_role state"),
        "pilot": columns(
            f"{TEXT}: pool unit outcome words",
            f"{WHOLE}: weeks units washout_units",
            f"{NUMBER}: today sd within freedom autocorrelation detectable detectable_low detectable_high power level",
            f"{TEXT}: unit_of_outcome covariates status reason sentence",
        ),
        "pilot_power": columns(f"{TEXT}: pool outcome", f"{COUNT}: weeks", f"{NUMBER}: effect power error"),
        "stop_rules": columns(
            f"{TEXT}: pool outcome",
            f"{NUMBER}: threshold",
            f"{TEXT}: unit look action sentence",
            f"{NUMBER}: false_stops",
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
    >>> frame("acceptability", [{"mode": "blocks", "verdict": "ready", "share": 0.4}])["share"].tolist()
    [0.4]
    """
    return typed_frame(FRAMES[name], rows, name=name)
