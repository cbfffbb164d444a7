"""The ceiling that the promise to callers sets: agents must stand ready for contacts that have not come yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation.settings import Client, Queue
from analysis.measure.load import contact_slots, expected_load, live_queues, pool_slots
from analysis.measure.patience import estimated_patience_s
from analysis.utilization.occupancy import highest_occupancy, relaxation_s
from analysis.utilization.resample import Resample
from analysis.utilization.settings import UtilizationSettings

_CV_GRID = np.linspace(0.0, 0.5, 11)
SLOT_COLUMNS = ("pool", "weekday", "slot_of_day_s", "agents", "load", "max_occupancy")
# Half hours with fewer agents on average are left out: nobody plans a promise on them.
_LEAST_AGENTS = 0.5


@dataclass(frozen=True, slots=True)
class PromiseCeiling:
    """What the promises of all pools leave of workable time.

    Attributes
    ----------
    of_workable, draws
        Share of workable time, point and per joint draw; None where there is none, with `reason`.
    slots
        pool, weekday, slot_of_day_s, agents, load, max_occupancy.
    load_cv
        Pool -> spread of its load beyond chance.
    mean_agents
        Mean group size, weighted by agent-hours.
    unsettled_share
        Share of agent-hours in half hours that are too short for the queue to settle.
    patience_known
        Whether abandonment was counted.
    reason
        Why there is no figure; empty otherwise.
    """

    of_workable: float | None
    draws: np.ndarray
    slots: pd.DataFrame
    load_cv: dict[str, float]
    mean_agents: float
    unsettled_share: float
    patience_known: bool
    reason: str


def promise_ceiling(
    tables: Mapping[str, pd.DataFrame],
    duty: pd.DataFrame,
    *,
    client: Client,
    queues: Sequence[Queue],
    days: Resample,
    settings: UtilizationSettings,
) -> PromiseCeiling:
    """Estimate the highest share of workable time that can go to contacts, pool by pool and half hour by half hour.

    Parameters
    ----------
    tables
        Canonical tables; volumes or contacts give load and its spread, contacts give patience.
    duty
        ``Baseline.pool_slots``: agents able to take work.
    client, queues
        Zone and holidays; promises.
    days
        Joint resamples of days.
    settings
        Slot, patience and fallback handling time.

    Notes
    -----
    Per half hour of the week the group is the mean number of workable agents; between whole numbers the two neighbours are interpolated.
    Queues of a pool share agents, so the strictest promise counts. Half hours are weighted by agent-hours.
    """
    live = live_queues(queues)
    if not live:
        return _none("no queue with a promise within an hour was given")
    if duty.empty:
        return _none("nobody is known to be on duty for a pool")
    counts = contact_slots(tables, queues, client=client, slot_s=settings.slot_s)
    if counts.empty:
        return _none("neither volumes nor contacts of the queues were given")
    load, pooled = expected_load(counts, slot_s=settings.slot_s), pool_slots(counts)
    parts = []
    for pool, cells in duty[duty["workable_agents"] >= _LEAST_AGENTS].groupby("pool"):
        served = [queue for queue in live if queue.pool == pool]
        own, counted = load[load["pool"] == pool], pooled[pooled["pool"] == pool]
        aht_s = _handle_s(own) or settings.default_aht_s
        if served and len(own) and aht_s > 0:
            patience_s = settings.patience_s or estimated_patience_s(tables, served)
            table, grid = _occupied(cells, aht_s=aht_s, served=served, patience_s=patience_s)
            spread = load_spread(counted, days)
            own = own.assign(load=own["load"].fillna(own["offered_per_h"] * aht_s / 3600))
            parts.append(_pool_part(table, grid, own, spread, aht_s=aht_s, patience_s=patience_s))
    if not parts:
        return _none("no pool has agents on duty, volumes and a handling time together")
    slots = pd.concat([part.slots for part in parts], ignore_index=True)
    weights = np.concatenate([part.weights for part in parts])
    settle_s = np.concatenate([part.settle_s for part in parts])
    total = float(weights.sum())
    return PromiseCeiling(
        float(slots["max_occupancy"].to_numpy() @ weights) / total,
        sum((part.drawn for part in parts), np.zeros(len(days.today_draws))) / total,
        slots[list(SLOT_COLUMNS)],
        {str(part.slots["pool"].iloc[0]): part.load_cv for part in parts},
        float(slots["agents"].to_numpy() @ weights) / total,
        float(weights[settle_s > settings.slot_s / 2].sum()) / total,
        all(part.patience_known for part in parts),
        "",
    )


@dataclass(frozen=True, slots=True)
class _PoolPart:
    """One pool: its half hours, their agent-hours, what occupancy times agent-hours draws, and how the queue settles."""

    slots: pd.DataFrame
    weights: np.ndarray
    drawn: np.ndarray
    settle_s: np.ndarray
    load_cv: float
    patience_known: bool


def _handle_s(load: pd.DataFrame) -> float:
    """Return a pool's mean handling time over all its contacts [s]; 0 where it is not known."""
    hours = float((load["load"] * load["days"]).sum())
    offered_per_h = float((load["offered_per_h"] * load["days"]).where(load["load"].notna()).sum())
    return 3600 * hours / offered_per_h if offered_per_h > 0 else 0.0


def _pool_part(
    table: pd.DataFrame,
    grid: np.ndarray,
    load: pd.DataFrame,
    spread: tuple[float, np.ndarray],
    *,
    aht_s: float,
    patience_s: float | None,
) -> _PoolPart:
    """Return a pool's half hours at its spread of load."""
    cv, cv_draws = spread
    at = _between(grid, np.array([cv]))[:, 0]
    weights = table["agents"].to_numpy(dtype=float) * table["days"].to_numpy(dtype=float)
    merged = table.merge(load[["weekday", "slot_of_day_s", "load"]], on=["weekday", "slot_of_day_s"], how="left")
    settle_s = relaxation_s(table["agents"], at, aht_s=aht_s)
    drawn = weights @ _between(grid, cv_draws)
    return _PoolPart(merged.assign(max_occupancy=at), weights, drawn, settle_s, cv, patience_s is not None)


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
    return point, np.clip(days.widened(point, cv_of(days.counts, again=True)), 0.0, None)


def _occupied(
    cells: pd.DataFrame, *, aht_s: float, served: Sequence[Queue], patience_s: float | None
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return half hours with their agents, and the highest occupancy of each by spread of the load."""
    table = cells.rename(columns={"workable_agents": "agents"})[["pool", "weekday", "slot_of_day_s", "days", "agents"]]
    agents = table["agents"].to_numpy(dtype=float)
    below = np.maximum(np.floor(agents), 1).astype(int)
    above = np.maximum(np.ceil(agents), 1).astype(int)
    groups = np.unique(np.concatenate([below, above]))
    strictest = np.min(
        [
            highest_occupancy(groups, load_cv=_CV_GRID, aht_s=aht_s, queue=queue, patience_s=patience_s)
            for queue in served
        ],
        axis=0,
    )
    part = np.clip(agents - below, 0.0, 1.0)[:, None]
    lower, upper = (strictest[np.searchsorted(groups, n)] for n in (below, above))
    return table, lower * (1 - part) + upper * part


def _between(grid: np.ndarray, cv: np.ndarray) -> np.ndarray:
    """Return occupancies at given spreads, interpolated on the grid of spreads: half hours x spreads."""
    place = np.clip(cv, _CV_GRID[0], _CV_GRID[-1]) / (_CV_GRID[1] - _CV_GRID[0])
    low = np.minimum(place.astype(int), len(_CV_GRID) - 2)
    part = place - low
    return grid[:, low] * (1 - part) + grid[:, low + 1] * part


def _none(reason: str) -> PromiseCeiling:
    """Return no ceiling, with the reason."""
    return PromiseCeiling(None, np.empty(0), pd.DataFrame(columns=list(SLOT_COLUMNS)), {}, 0.0, 0.0, False, reason)
