"""Figures about parts of a population leave the kit rounded; totals were computed before that."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from analysis.report.disclosure.rules import to_base

if TYPE_CHECKING:
    import pandas as pd

    from analysis.baseline.result import Baseline
    from analysis.blending.result import Blending
    from analysis.foundation.estimate import Estimate, Quantity
    from analysis.utilization.result import Utilization

Result = TypeVar("Result", "Baseline", "Utilization", "Blending")
# frame -> column -> kind; `ramp` holds rows of whole populations too, which keep their digits
OF_BASELINE: dict[str, dict[str, str]] = {
    "groups": dict.fromkeys(("value", "low", "high"), "share"),
    "breakdowns": dict.fromkeys(("value", "low", "high", "shrunken", "shrunken_low", "shrunken_high"), "share"),
    "idle_by_slot": dict.fromkeys(("idle_agents", "handling_agents", "workable_agents", "attended_agents"), "agents"),
}
OF_UTILIZATION: dict[str, dict[str, str]] = {
    "levels": {
        **dict.fromkeys(("today", "today_low", "today_high", "value", "low", "high"), "share"),
        **dict.fromkeys(("hours_per_week", "hours_low", "hours_high"), "hours"),
    },
    "ramp": {"target": "share", "hours_per_week": "hours", "hours_to_date": "hours"},
}
_AGENTS = ("agents", "idle_agents", "structural_agents", "surplus_agents", "surplus_planned_agents", "surplus_volume_agents",
           "surplus_handling_agents", "releasable_agents", "shareable_agents", "interruptible_agents")  # fmt: skip
OF_BLENDING: dict[str, dict[str, str]] = {
    **dict.fromkeys(("idle_by_cause", "usable_slots"), dict.fromkeys(_AGENTS, "agents")),
    "replay_slots": {"agents": "agents"},
}
# units of quantities, and scopes that make one a part
_UNITS = {"share": "share", "hours_per_week": "hours", "hours": "hours", "h": "hours", "agents": "agents"}
_PARTS = {"site", "group"}


def as_published(
    baseline: Baseline, utilization: Utilization, blending: Blending
) -> tuple[Baseline, Utilization, Blending]:
    """Return the results as every deliverable tells them: figures about parts rounded, those of whole populations with their digits.

    Parameters
    ----------
    baseline, utilization, blending
        As measured.

    Returns
    -------
    tuple
        The same three; shares of groups, sites, tenure, weekdays and half hours to .01, their hours to 5, mean numbers of agents by weekday and half
        hour to .1.

    Notes
    -----
    One place for all: whatever is drawn, set, written to ``results.json`` or to the workbook afterwards says the same digits. Totals were computed
    from the figures as measured, so rounded parts need not add to them.
    """
    return (
        _rounded(baseline, OF_BASELINE),
        dataclasses.replace(
            _rounded(utilization, OF_UTILIZATION), quantities=tuple(map(_quantity, utilization.quantities))
        ),
        _rounded(blending, OF_BLENDING),
    )


def _rounded(result: Result, columns: Mapping[str, Mapping[str, str]]) -> Result:
    """Return a result with the columns of its frames rounded."""
    return dataclasses.replace(
        result, **{name: rounded(getattr(result, name), kinds) for name, kinds in columns.items()}
    )


def rounded(frame: pd.DataFrame, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Return a frame with figures about parts rounded; rows with `by` of ``population`` are left alone.

    Parameters
    ----------
    frame
        Any frame.
    kinds
        column -> ``"share"``, ``"hours"``, ``"agents"``; columns that the frame lacks are passed over.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"by": ["population", "site"], "today": [0.31449, 0.28761]})
    >>> rounded(frame, {"today": "share"})["today"].tolist()
    [0.31449, 0.29]
    """
    if frame.empty:
        return frame
    new = {name: to_base(frame[name], kind) for name, kind in kinds.items() if name in frame}
    if "by" in frame:
        whole = frame["by"].eq("population")
        new = {name: values.where(~whole, frame[name]) for name, values in new.items()}
    return frame.assign(**new)


def _quantity(quantity: Quantity) -> Quantity:
    """Return a quantity, rounded if it is of a site or a group."""
    if not _PARTS & set(quantity.scope):
        return quantity
    return dataclasses.replace(quantity, estimate=_estimate(quantity.estimate))


def _estimate(estimate: Estimate) -> Estimate:
    import pandas as pd

    kind = _UNITS[estimate.unit]
    numbers = pd.Series({name: getattr(estimate, name) for name in ("value", "low", "high")}, dtype="float64")
    told = {name: None if pd.isna(number) else float(number) for name, number in to_base(numbers, kind).items()}
    return dataclasses.replace(estimate, **told)  # type: ignore[arg-type]
