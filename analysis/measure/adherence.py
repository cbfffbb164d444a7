"""Adherence to a schedule, conformance, and the people to roster for a need: the published measures of planners, exactly."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.foundation import intervals
from analysis.foundation.schema import DataProblem

# Kinds of time that a schedule asks for: a person adheres while what is done is of the kind that is planned.
KINDS: Mapping[str, str] = {
    **dict.fromkeys(("WORK", "HANDLING", "RESERVED", "IDLE", "ITEM_WORK"), "work"),
    "BREAK": "break",
    "ABSENT": "absent",
    **dict.fromkeys(("SUPPORT", "OUTAGE"), "support"),
    "AWAY": "away",
    "OFF": "off",
}


def adherence(scheduled: pd.DataFrame, actual: pd.DataFrame) -> float:
    """Return the share of scheduled time that is spent in the scheduled kind of state.

    Parameters
    ----------
    scheduled, actual
        Stretches with start, end and state (ladder words) and, for several people, agent; stretches of one person do not overlap within a frame.

    Returns
    -------
    float
        Adherent over scheduled time, time off duty left out.

    Raises
    ------
    DataProblem
        No time is scheduled, or a state is no word of the ladder.

    Notes
    -----
    adherence = sum over kinds of |scheduled kind and actual kind| / |scheduled|. Ready, handling and items are one kind: work.

    References
    ----------
    Amazon Connect administrator guide, schedule adherence.

    Examples
    --------
    Work from 8:00 to 11:00 with a break at 10:30 that is not taken, in minutes:

    >>> plan = pd.DataFrame({"start": [480, 630], "end": [630, 660], "state": ["WORK", "BREAK"]})
    >>> done = pd.DataFrame({"start": [480], "end": [660], "state": ["IDLE"]})
    >>> round(adherence(plan, done), 2)
    0.83
    """
    plan, done = _kinds(scheduled, "scheduled"), _kinds(actual, "actual")
    plan = plan[plan["kind"] != "off"]
    total = _length(plan)
    if total == 0:
        raise DataProblem(
            "scheduled: no time is scheduled, so there is nothing to adhere to. Check the schedule's period."
        )
    met = 0
    for kind in plan["kind"].unique():
        wanted, found = plan[plan["kind"] == kind], done[done["kind"] == kind]
        if len(found):
            names = [name for name in ("agent", "start", "end") if name in plan]
            met += _length(intervals.clip(wanted[names], within=found[names]))
    return met / total


def conformance(scheduled_h: float, actual_h: float) -> float:
    """Return time on duty over time scheduled for it; it may exceed 1, and says nothing of when.

    Parameters
    ----------
    scheduled_h, actual_h
        Hours scheduled on the queue and hours on the queue [h].

    Examples
    --------
    >>> conformance(8.0, 8.4)
    1.05
    """
    if not scheduled_h > 0:
        raise DataProblem("scheduled: no hours on the queue are scheduled, so conformance has no base.")
    return actual_h / scheduled_h


def required_on_roster(required: float, shrinkage: float) -> float:
    """Return how many people to roster so that as many as are required are there.

    Parameters
    ----------
    required
        People who must be there.
    shrinkage
        Share of paid time in which people are not available, from 0 to below 1.

    Notes
    -----
    required / (1 - shrinkage), never required x (1 + shrinkage): that leaves required x shrinkage^2 too few.

    Examples
    --------
    >>> round(required_on_roster(100, 0.30), 1), round(required_on_roster(100, 0.40))
    (142.9, 167)
    """
    if not 0 <= shrinkage < 1:
        raise ValueError(f"shrinkage must be from 0 to below 1, got {shrinkage}")
    return required / (1 - shrinkage)


def shrinkage_of(unavailable: Mapping[str, float], paid: float) -> float:
    """Return shrinkage from its parts.

    Parameters
    ----------
    unavailable
        Time by reason (leave, sickness, training, ...), in the unit of `paid`.
    paid
        Paid time.

    Examples
    --------
    >>> year = {"leave": 26, "sick": 13, "training": 15, "meetings": 6, "breaks": 11.5, "quality": 6, "coaching": 11.5, "rotation": 2.5}
    >>> round(shrinkage_of(year, 260), 3)
    0.352
    """
    lost = float(np.sum(list(unavailable.values())))
    if not paid > 0 or min(unavailable.values(), default=0.0) < 0 or lost > paid:
        raise DataProblem(
            f"shrinkage: {lost:g} unavailable of {paid:g} paid is not possible. Check both for their unit."
        )
    return lost / paid


def _kinds(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return stretches with the kind of their state."""
    kind = frame["state"].map(KINDS)
    if kind.isna().any():
        raise DataProblem(
            f"{name}: {int(kind.isna().sum())} stretches are in a state that is no word of the ladder. Map them first."
        )
    return frame.assign(kind=kind)


def _length(frame: pd.DataFrame) -> int:
    """Return the summed length of stretches, in their own unit (microseconds for times)."""
    length = (frame["end"] - frame["start"]).to_numpy()
    return int(length.astype("m8[us]").astype(np.int64).sum() if length.dtype.kind == "m" else length.sum())
