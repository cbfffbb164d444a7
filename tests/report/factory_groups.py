"""Days of the insurer's reporting groups, and how far its people differ: what a funnel is made of."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.baseline.frames import COLUMNS

DAYS, HOURS_A_DAY = 38, 6.4
SHARES = ("utilization", "support", "idle", "away", "unaccounted")
BUCKETS = {
    "utilization": "HANDLING",
    "support": "SUPPORT",
    "idle": "IDLE",
    "away": "AWAY",
    "unaccounted": "UNACCOUNTED",
}
SPREAD = {"contact_centre": (118, 0.604, 0.03), "back_office": (64, 0.524, 0.05)}


def level_days(groups: pd.DataFrame) -> pd.DataFrame:
    """Return the hours of every group by day, whose sums give the groups' shares to a point."""
    rng, rows = np.random.default_rng(7), []
    days = pd.bdate_range("2026-03-02", periods=DAYS)
    wide = groups.pivot_table(
        index=["population", "group", "site", "agents"], columns="share", values="value", sort=False
    )
    for (population, group, _, agents), shares in wide.fillna(0.0).iterrows():
        for day in days:
            base = agents * HOURS_A_DAY * 0.86
            noise = rng.normal(0, 0.02)
            parts = {BUCKETS[share]: base * max(shares[share], 0.0) for share in SHARES}
            parts["HANDLING"] += base * noise
            parts["UNACCOUNTED"] += base - sum(parts.values())
            rows.append(
                {"population": population, "by": "group", "level": group, "agents": agents, "day": day}
                | {"weekday": day.day_of_week, "week": day - pd.Timedelta(days=day.day_of_week), "PAID": base * 1.25}
                | parts
                | {"BREAK": 0.25 * base}
            )
    frame = pd.DataFrame(rows).reindex(columns=list(COLUMNS["level_days"]))
    numbers = frame.columns[frame.columns.get_loc("PAID") :]  # type: ignore[misc]
    return frame.fillna(dict.fromkeys(numbers, 0.0)).astype({"agents": "Int64"})


def people_spread() -> pd.DataFrame:
    """Return how far people differ in each population."""
    rows = [
        {"population": population, "of": "work", "agents": agents, "agent_days": agents * DAYS, "mean": mean}
        | {"between_sd": sd, "between_low": 0.8 * sd, "between_high": 1.3 * sd, "error_sd": 0.02}
        | {"top_observed": mean + 0.04, "top_true": mean + 0.03, "top_low": mean + 0.01, "top_high": mean + 0.05}
        | {"adjusted_for": "", "status": "ok", "reason": ""}
        for population, (agents, mean, sd) in SPREAD.items()
    ]
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS["people_spread"]))
