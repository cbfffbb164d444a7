"""What a policy does to a client's own days, day by day, and how certain that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.foundation.clusters import joined_strata
from analysis.foundation.estimate import Estimate
from analysis.simulation.run import AGENTS, CONTACTS

if TYPE_CHECKING:
    from analysis.blending.own_days import OwnDays
    from analysis.simulation import Run

# A day that loses more than this share of its contacts answered in time is hurt, whether the promise was kept or not.
MUCH = 0.05
# Fewest days for an interval.
FEWEST_DAYS = 6
SUMS = ["x", "n", "y", "m", "x0", "n0"]


def days_of(own: OwnDays, today: Run, blended: Run) -> pd.DataFrame:
    """Return one row per replayed day with its sums: in time and counted as seen (x0, n0), as replayed (x, n) and blended (y, m)."""
    listed = own.days[own.days["replayed"]].reset_index(drop=True)
    at = pd.Index(listed["day"]).get_indexer(pd.Index(own.slots["day"]))
    within = at >= 0

    def by_day(values: np.ndarray) -> np.ndarray:
        sums = np.zeros((*values.shape[:-1], len(listed)))
        np.add.at(sums.T, at[within], values[..., within].T)
        return sums

    seen = (by_day(own.observed[..., 2]), by_day(own.observed[..., 1]))
    pairs = [
        tuple(by_day(run.contacts[..., CONTACTS.index(name)]) for name in ("in_time", "counted"))
        for run in (today, blended)
    ]
    targets = [promise.target for promise in own.promises]
    kept = [_kept(*pair, targets) for pair in pairs]
    item_s = blended.agents[:, AGENTS.index("item_s")] - blended.agents[:, AGENTS.index("lost_s")]
    (x0, n0), (x, n), (y, m) = ((top.sum(axis=0), base.sum(axis=0)) for top, base in (seen, *pairs))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = listed[["day", "weekday", "contacts", "agents"]].assign(observed=x0 / n0, replayed=x / n, blended=y / m)
    found["change"] = found["blended"] - found["replayed"]
    found["item_h"] = by_day(item_s) / 3600
    found["hurt"] = (kept[0] & ~kept[1]) | found["change"].lt(-MUCH)
    return found.assign(x=x, n=n, y=y, m=m, x0=x0, n0=n0)


def _kept(in_time: np.ndarray, counted: np.ndarray, targets: Sequence[float]) -> np.ndarray:
    """Return per day whether every queue kept its promise."""
    return (in_time >= np.asarray(targets)[:, None] * counted - 1e-9).all(axis=0)


def shown_days(days: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """Return the days without the figures of those with fewer people than the smallest group."""
    shown = days.copy()
    few = shown["agents"] < smallest
    shown["agents"] = shown["agents"].astype("float64")
    shown.loc[few, ["agents", "observed", "replayed", "blended", "change", "item_h"]] = math.nan
    shown.loc[few, "hurt"] = False
    return shown


def effect(days: pd.DataFrame, *, confidence: float) -> Estimate:
    """Estimate what the policy changes in the share answered in time.

    Parameters
    ----------
    days
        weekday, and per day the sums in time and counted without (x, n) and with the policy (y, m).
    confidence
        Level of the interval.

    Notes
    -----
    D = sum y / sum m - sum x / sum n. With z_d = (y_d - q m_d) / sum m - (x_d - p n_d) / sum n, variance = sum over weekdays h of
    k_h / (k_h - 1) * sum (z_d - mean z_h)^2 and k - H degrees of freedom: days are the independent unit, weekdays strata.

    References
    ----------
    Cochran, Sampling Techniques, 3rd ed. 1977, sections 2.11 and 6.12.

    Examples
    --------
    >>> days = pd.DataFrame({"weekday": [0, 0, 0, 1, 1, 1], "x": [80.0, 90, 85, 70, 75, 80], "n": 100.0, "y": [70.0, 81, 78, 60, 66, 72], "m": 100.0})
    >>> effect(days, confidence=0.95)
    -9 % (-10 to -7)
    """
    described = {
        "confidence": confidence,
        "n": len(days),
        "n_unit": "days",
        "basis": "modelled",
        "method": "blended less unblended replay of the client's own days; days as clusters within weekdays",
    }
    x, n, y, m = (days[name].to_numpy(dtype=float) for name in ("x", "n", "y", "m"))
    if len(days) < FEWEST_DAYS or not (n.sum() > 0 and m.sum() > 0):
        words = f"only {len(days)} days were replayed; an interval needs at least {FEWEST_DAYS}"
        return Estimate.missing(words, **described)
    before, after = x.sum() / n.sum(), y.sum() / m.sum()
    residual = (y - after * m) / m.sum() - (x - before * n) / n.sum()
    error, freedom = _within_weekdays(residual, days["weekday"].to_numpy())
    step = _critical(confidence, freedom) * error
    change = float(after - before)
    return Estimate(change, max(change - step, -1.0), min(change + step, 1.0), **described)


def _within_weekdays(values: np.ndarray, weekday: np.ndarray) -> tuple[float, int]:
    """Return the standard error of a sum over days, and its degrees of freedom."""
    labels = joined_strata(np.unique(weekday, return_inverse=True)[1])
    variance, freedom = 0.0, 0
    for label in np.unique(labels):
        part = values[labels == label]
        variance += len(part) / (len(part) - 1) * float(((part - part.mean()) ** 2).sum())
        freedom += len(part) - 1
    return math.sqrt(variance), freedom


def _critical(confidence: float, freedom: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + confidence / 2))


def weekly_hours(days: pd.DataFrame, *, confidence: float) -> Estimate:
    """Estimate the hours of items done in a week with one day of every weekday that was replayed.

    Notes
    -----
    Sum over weekdays of the mean over its days; variance = sum over weekdays of s_h^2 / k_h.
    """
    described = {
        "confidence": confidence,
        "unit": "hours_per_week",
        "n": len(days),
        "n_unit": "days",
        "basis": "modelled",
        "method": "item hours done in the blended replay; days as clusters within weekdays",
    }
    if len(days) < FEWEST_DAYS:
        words = f"only {len(days)} days were replayed; an interval needs at least {FEWEST_DAYS}"
        return Estimate.missing(words, **described)
    count = days.groupby("weekday")["item_h"].transform("size").to_numpy(dtype=float)
    each = days["item_h"].to_numpy(dtype=float) / count
    total = float(each.sum())
    error, freedom = _within_weekdays(each, days["weekday"].to_numpy())
    step = _critical(confidence, freedom) * error
    return Estimate(total, max(total - step, 0.0), total + step, **described)
