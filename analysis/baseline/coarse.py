"""Ladders from sources without clock times: interval totals by state, and paid hours per team and week."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.foundation.calendars import local_day
from analysis.foundation.intervals import union
from analysis.foundation.schema import BUCKETS
from analysis.measure.attendance import Attendance
from analysis.measure.ladder import Ladder, time_ladder

_SEEN = tuple(bucket for bucket in BUCKETS if bucket != "UNACCOUNTED")


def agent_days_from_totals(ladder: Ladder, totals: pd.DataFrame, zones: Mapping[str, str]) -> pd.DataFrame:
    """Fill a ladder's unaccounted time with what interval totals say about it.

    Parameters
    ----------
    ladder
        Ladder of paid time from planned absence alone.
    totals
        Canonical `state_totals` of the same people.
    zones
        Zone by agent.

    Returns
    -------
    DataFrame
        As ``Ladder.by_agent_day``; totals beyond the paid time of a day go to ``OUTSIDE_PAID``, all states alike.

    Notes
    -----
    Totals of an interval that spans midnight go to the day on which it starts.
    """
    known = totals[totals["state"].isin(_SEEN)]
    day = local_day(known["interval_start"], known["agent"].map(zones))
    sums = known.assign(day=day).pivot_table(
        index=["agent", "day"], columns="state", values="us", aggfunc="sum", fill_value=0
    )
    days = ladder.by_agent_day.set_index(["agent", "day"])
    seen = sums.reindex(index=days.index, columns=list(_SEEN), fill_value=0).fillna(0).to_numpy(dtype="float64")
    room = days["UNACCOUNTED"].to_numpy(dtype="float64")
    total = seen.sum(axis=1)
    factor = np.where(total > room, room / np.where(total > 0, total, 1.0), 1.0)
    filled = np.floor(seen * factor[:, None]).astype("int64")
    result = days.copy()
    result[list(_SEEN)] = days[list(_SEEN)].to_numpy() + filled
    result["UNACCOUNTED"] = days["UNACCOUNTED"].to_numpy() - filled.sum(axis=1)
    result["OUTSIDE_PAID"] = days["OUTSIDE_PAID"].to_numpy() + (total - total * factor).astype("int64")
    return result.reset_index()


def weeks_from_paid_hours(attendance: Attendance, evidence: pd.DataFrame, zones: Mapping[str, str]) -> pd.DataFrame:
    """Set measured time against paid hours that are known as sums only.

    Parameters
    ----------
    attendance
        Attendance whose `paid_h` holds team, period_start, period_end, paid_h.
    evidence
        agent, start, end, state of the same people.
    zones
        Zone by agent.

    Returns
    -------
    DataFrame
        As :func:`analysis.baseline.evidence.day_hours`, one row per period; unaccounted = paid hours less all that was measured. Absence
        and breaks that no system records are part of it.
    """
    periods = attendance.paid_h.groupby(["period_start", "period_end"], as_index=False)["paid_h"].sum()
    found = time_ladder(evidence, paid=union(evidence[["agent", "start", "end"]]), zones=zones).by_agent_day
    rows = []
    for period in periods.itertuples():
        inside = found[(found["day"] >= period.period_start) & (found["day"] <= period.period_end)]
        hours = inside[list(_SEEN)].sum() / 3.6e9
        paid, total = float(period.paid_h), float(hours.sum())
        fits = min(1.0, paid / total) if total > 0 else 1.0
        rows.append(
            {
                "day": period.period_start,
                "weekday": 0,
                "week": period.period_start,
                "agents": inside["agent"].nunique(),
                "PAID": paid,
                **(hours * fits).to_dict(),
                "UNACCOUNTED": max(0.0, paid - total),
                "OUTSIDE_PAID": max(0.0, total - paid),
            }
        )
    return pd.DataFrame(rows, columns=["day", "weekday", "week", "agents", "PAID", *BUCKETS, "OUTSIDE_PAID"])
