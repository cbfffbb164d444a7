"""What is judged by weeks: the item hours that the pool does, and errors of checked items."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.readiness.pilot import sentences
from analysis.readiness.pilot.power import Curve, detectable, effect_steps
from analysis.readiness.pilot.stopping import week_table
from analysis.readiness.pilot.variation import FEWEST_WEEKS, Variation
from analysis.readiness.pilot.words import outcome_of
from analysis.readiness.settings import ReadinessSettings

if TYPE_CHECKING:
    from analysis.readiness.pilot.units import Units


def hours_row(units: Units, weeks: int, settings: ReadinessSettings, *, policy: str = "") -> dict[str, object] | None:
    """Return the row of the item hours: the smallest shortfall against what the replay expects; None without a replay.

    Notes
    -----
    Days without items have none, so the days with items stand for themselves. Variance of the mean over W weeks = (s_w^2 + s^2 / d) / W, s_w^2 of the
    past weeks' means, s^2 of a day within weeks, d open days of which half run; t test with W - 1 degrees of freedom.
    """
    from scipy import stats

    values = units.figures["item_h"].to_numpy(dtype=float)
    table = week_table(values, units.week, units.position) if np.isfinite(values).any() else None
    if table is None:
        return None
    count, positions = table.shape
    by_week = float(table.mean(axis=1).var(ddof=1))
    residual = table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean()
    within = float((residual**2).sum()) / max((count - 1) * (positions - 1), 1)
    error = math.sqrt((by_week + within / positions) / weeks)
    if not error > 0:
        return None
    steps = effect_steps()
    critical = float(stats.t.ppf(1 - settings.pilot_level / 2, weeks - 1))
    seen = stats.nct.sf(critical, weeks - 1, steps) + stats.nct.cdf(-critical, weeks - 1, steps)
    law = Curve(weeks, steps, np.maximum.accumulate(np.nan_to_num(seen, nan=1.0)), 1.0, 1000, 0)
    found = Variation(
        mean=float(table.mean()),
        sd=float(table.std(ddof=1)),
        within=error,
        freedom=count - 1.0,
        nominal=count - 1.0,
        autocorrelation=math.nan,
        carried=0.0,
        units=len(values),
        weeks=count,
        covariates=0,
    )
    smallest = detectable(found, law, settings.pilot_power)
    return {
        "sd": float(table.std(ddof=1)),
        "within": math.sqrt(within),
        "freedom": count - 1.0,
        "detectable": smallest[0],
        "detectable_low": smallest[1],
        "detectable_high": smallest[2],
        "status": "ok",
        "sentence": sentences.hours(found.mean, smallest, policy),
    }


def error_weeks(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
    """Return errors per checked item by week: `week`, `share`; None without."""
    quality = tables.get("quality")
    if quality is None or quality.empty or quality["errors"].isna().all():
        return None
    known = quality.dropna(subset=["errors", "checked"])
    monday = known["period_start"] - pd.to_timedelta(known["period_start"].dt.day_of_week, unit="D")
    sums = known.groupby(monday)[["checked", "errors"]].sum()
    sums = sums[sums["checked"] > 0]
    if len(sums) < FEWEST_WEEKS:
        return None
    week = ((sums.index - sums.index.min()).days // 7).to_numpy()
    return pd.DataFrame({"week": week, "share": (sums["errors"] / sums["checked"]).to_numpy(dtype=float)})


def errors_row(tables: Mapping[str, pd.DataFrame]) -> dict[str, object] | None:
    """Return the row of the errors: counted by week, so that days with and without items cannot be told apart; None without quality data."""
    found = error_weeks(tables)
    if found is None:
        return None
    reason = "errors are counted by week; note for every checked item on which day and by whom (agents or back office) it was done, and they can be"
    return {
        "today": float(found["share"].mean()),
        "sd": float(found["share"].std(ddof=1)),
        "unit_of_outcome": outcome_of("errors").unit,
        "status": "insufficient",
        "reason": reason,
        "sentence": sentences.unseen("errors", reason),
    }
