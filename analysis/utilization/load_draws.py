"""How a pool's load differs between days, and its mean, over resampled days."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.utilization.resample import Resample


def load_spread(counts: pd.DataFrame, days: Resample) -> tuple[float, np.ndarray]:
    """Return the load's coefficient of variation beyond chance, and its draws over resampled days.

    Parameters
    ----------
    counts
        day, weekday, slot_of_day_s, offered of one pool.
    days
        Joint resamples.

    Notes
    -----
    cv^2 = max(0, sum(s^2 - m) / sum(m^2)) over like half hours, with s^2 and m the variance and mean of their counts, as in
    :func:`analysis.measure.load.expected_load`. A resample of k days has (k - 1) / k of the variance, which is put right.
    """
    wide = counts.pivot_table(index="day", columns="slot_of_day_s", values="offered", aggfunc="sum")
    wide = wide.reindex(pd.DatetimeIndex(days.days))
    known, x = wide.notna().to_numpy(dtype=float), wide.fillna(0.0).to_numpy(dtype=float)
    weekday = np.asarray(pd.DatetimeIndex(days.days).day_of_week)

    def cv_of(weights: np.ndarray, *, again: bool) -> np.ndarray:
        excess, square = np.zeros(len(weights)), np.zeros(len(weights))
        for kind in np.unique(weekday):
            w, here, held = weights[:, weekday == kind], x[weekday == kind], known[weekday == kind]
            n, first, second = w @ held, w @ here, w @ here**2
            mean = first / np.maximum(n, 1)
            variance = (second - n * mean**2) / np.maximum(n - 1, 1)
            # resampled days repeat themselves, so their variance falls short by (k - 1) / k
            variance = variance * n / np.maximum(n - 1, 1) if again else variance
            enough = n > 1
            excess += np.where(enough, variance - mean, 0.0).sum(axis=1)
            square += np.where(enough, mean**2, 0.0).sum(axis=1)
        return np.sqrt(np.maximum(0.0, excess / np.maximum(square, 1e-12)))

    point = float(cv_of(np.ones((1, len(x))), again=False)[0])
    # how much loads differ hands on nothing of what utilization does: squares of days correlated by r are correlated by about r^2
    return point, np.clip(days.widened(point, cv_of(days.counts, again=True), serial=False), 0.0, None)


def per_agent(counts: pd.DataFrame, staff: pd.DataFrame) -> pd.DataFrame:
    """Return the counts of one pool as they weigh on the agents who were there: an agent missing is like more contacts.

    Parameters
    ----------
    counts
        day, weekday, slot_of_day_s, offered of one pool.
    staff
        ``Baseline.pool_slot_days`` of the pool; where it is empty, or knows nobody in like half hours, counts stay as they are.

    Returns
    -------
    pandas.DataFrame
        `counts` with offered = x - m (v - 1): x the contacts of a half hour, m their mean over like half hours, v the agents over their mean.

    Notes
    -----
    What a promise feels is load per agent. Its relative variance is, to first order, var(x / m - v): that of the load, that of the agents, less twice what
    they share, as where planners put more agents on days that turn out heavy. So :func:`load_spread` of these counts is the spread of load per agent.

    Examples
    --------
    >>> counts = pd.DataFrame({"day": pd.to_datetime(["2026-03-02", "2026-03-09"]), "weekday": 0, "slot_of_day_s": 28800, "offered": [20.0, 20.0]})
    >>> staff = pd.DataFrame({"day": counts["day"], "slot_of_day_s": 28800, "workable_agents": [9.0, 11.0]})
    >>> per_agent(counts, staff)["offered"].tolist()
    [22.0, 18.0]
    """
    if staff.empty:
        return counts
    like = ["weekday", "slot_of_day_s"]
    on_duty = staff[["day", "slot_of_day_s", "workable_agents"]]
    joined = counts.merge(on_duty, on=["day", "slot_of_day_s"], how="left")
    there = joined["workable_agents"].where(joined["day"].isin(staff["day"]), np.nan)
    # a half hour without anybody on a day on which somebody was there
    agents = there.mask(there.isna() & joined["day"].isin(staff["day"]), 0.0)
    usual = agents.groupby([joined[name] for name in like]).transform("mean")
    over = (agents / usual.where(usual > 0)).fillna(1.0)
    mean = joined.groupby(like)["offered"].transform("mean")
    return counts.assign(offered=(joined["offered"] - mean * (over - 1)).to_numpy())


def volume_draws(counts: pd.DataFrame, days: Resample) -> np.ndarray:
    """Return the mean volume as a multiple of itself, per draw of resampled days.

    Parameters
    ----------
    counts
        day, weekday, offered of one pool.
    days
        Joint resamples; days without counts are left out.

    Notes
    -----
    Contacts of the drawn days over what days of their weekdays bring on average.
    """
    daily = counts.groupby("day")["offered"].sum().reindex(pd.DatetimeIndex(days.days))
    expected = daily.groupby(daily.index.day_of_week).transform("mean")
    known = daily.notna().to_numpy() & expected.gt(0).to_numpy()
    if not known.any():
        return np.ones(len(days.counts))
    came, due = days.counts[:, known] @ daily.to_numpy()[known], days.counts[:, known] @ expected.to_numpy()[known]
    return np.clip(days.widened(1.0, np.where(due > 0, came / np.where(due > 0, due, 1.0), 1.0)), 0.0, None)
