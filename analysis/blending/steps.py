"""Figures that count whole agents: their intervals reach over the step that many half hours may share."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from analysis.blending.pool import Pool
from analysis.blending.uncertainty import Curves, Means, day_sums, means
from analysis.foundation.estimate import Estimate
from analysis.measure.idle import fractional_agents, step_reach

# Half the distance over which the slope of agents needed against the load is taken [erlangs].
_NEAR = 0.05


def over_steps(estimates: Mapping[str, Estimate], pool: Pool, curves: Curves) -> dict[str, Estimate]:
    """Return the estimates with the intervals of structural, surplus and releasable widened by the reach of their steps.

    Parameters
    ----------
    estimates
        Figures by name, in mean agents; others pass unchanged.
    pool, curves
        The pool and what its numbers of agents carry.

    Notes
    -----
    Agents needed are the next whole number above the load's place between two numbers; a resample of days repeats the place that the data have, not
    the true one (:func:`analysis.measure.idle.step_reach`). Waiting that is needed moves with the agents needed, surplus against them, and so do the
    agents that could be released, which also step where the agents on duty do.
    """
    now = means(day_sums(pool).sum(axis=0), pool)
    place, error = _places(now, pool, curves)
    gap = curves.needed(now) - now.load
    down, up = step_reach(place, error, active=gap < now.idle_agents)
    spare = now.agents - curves.needed(now)
    off = (spare > -1) & (spare < now.idle_agents + 1)
    fewer, more = step_reach(place, error, active=off)
    duty_fewer, duty_more = step_reach(-now.agents, _duty_error(pool), active=off)
    reach = {
        "structural": (down, up),
        "surplus": (up, down),
        "releasable": (float(np.hypot(more, duty_more)), float(np.hypot(fewer, duty_fewer))),
    }
    idle = estimates["idle"].high
    return {name: _widened(one, *reach[name], most=idle) if name in reach else one for name, one in estimates.items()}


def _widened(estimate: Estimate, down: float, up: float, *, most: float | None) -> Estimate:
    """Return the estimate with its limits moved outwards, within none and all of the waiting."""
    if estimate.low is None or estimate.high is None:
        return estimate
    high = estimate.high + up
    return dataclasses.replace(
        estimate,
        low=max(estimate.low - down, min(estimate.low, 0.0)),
        high=high if most is None else max(min(high, most), estimate.high),
        method=f"{estimate.method}; widened where half hours share a step between whole agents",
    )


def _places(now: Means, pool: Pool, curves: Curves) -> tuple[np.ndarray, np.ndarray]:
    """Return the agents needed in fractions of an agent and their standard errors, per half hour."""
    row = int(np.abs(curves.spreads - now.spread.ravel()[0]).argmin())
    largest, cells = np.maximum.accumulate(curves.largest[row]), pool.cells
    single = now.load * (cells["aht_s"].fillna(pool.desk.aht_s) / pool.slot_s).to_numpy()
    error = np.sqrt((cells["load_sd"].to_numpy() ** 2 + single) / cells["days"].to_numpy())
    above = fractional_agents(now.load + _NEAR, largest)
    below = fractional_agents(np.maximum(now.load - _NEAR, 0.0), largest)
    return fractional_agents(now.load, largest), error * (above - below) / (2 * _NEAR)


def _duty_error(pool: Pool) -> np.ndarray:
    """Return the standard error of the mean number of agents on duty, per half hour."""
    days = pool.daily.groupby("cell")["agents"]
    error = (days.std(ddof=1) / np.sqrt(days.size())).reindex(range(len(pool.cells)))
    return error.fillna(0.0).to_numpy()
