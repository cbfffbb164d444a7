"""The ceiling that the promise to callers sets: agents must stand ready for contacts that have not come yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.interpolate import RegularGridInterpolator

from analysis.foundation.settings import Client, Queue
from analysis.measure.load import contact_slots, expected_load, live_queues, pool_slots
from analysis.measure.patience import estimated_patience_s
from analysis.utilization.blended_ceiling import BlendedCurves, BlendedDesk, BlendedHours
from analysis.utilization.day_ceiling import open_slots, weekday_ceiling
from analysis.utilization.load_draws import load_spread, per_agent, volume_draws
from analysis.utilization.occupancy import highest_load, relaxation_s
from analysis.utilization.resample import Resample
from analysis.utilization.settings import UtilizationSettings

_CV_GRID = np.linspace(0.0, 0.5, 11)
_CV_NODES, _VOLUME_NODES = 5, 3
SLOT_COLUMNS = (
    *("pool", "weekday", "slot_of_day_s", "agents", "load", "max_occupancy"),
    *("max_occupancy_blended", "basis"),
)
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
        pool, weekday, slot_of_day_s, agents, load, max_occupancy, max_occupancy_blended (contacts and items at the expected load; NaN where items
        were not counted), basis (stationary|time-varying).
    load_cv
        Pool -> spread of its load per agent beyond chance: of the load and of the agents.
    mean_agents
        Mean group size, weighted by agent-hours.
    unsettled_share
        Share of agent-hours in half hours that are too short for the queue to settle, so that the whole day was followed.
    patience_known
        Whether abandonment was counted.
    reason
        Why there is no figure; empty otherwise.
    blended, blended_draws
        Share of workable time that contacts and items together can fill at the expected load, when items start between contacts; None where
        there is none, with `blended_reason`.
    blended_reason
        Why there is no figure with blending, or which pools get no items; empty otherwise.
    """

    of_workable: float | None
    draws: np.ndarray
    slots: pd.DataFrame
    load_cv: dict[str, float]
    mean_agents: float
    unsettled_share: float
    patience_known: bool
    reason: str
    blended: float | None
    blended_draws: np.ndarray
    blended_reason: str


def promise_ceiling(
    tables: Mapping[str, pd.DataFrame],
    duty: pd.DataFrame,
    duty_days: pd.DataFrame,
    *,
    client: Client,
    queues: Sequence[Queue],
    days: Resample,
    settings: UtilizationSettings,
    item_s: float | None = None,
) -> PromiseCeiling:
    """Estimate the highest share of workable time that can go to contacts, pool by pool and half hour by half hour.

    Parameters
    ----------
    tables
        Canonical tables; volumes or contacts give load and its spread, contacts give patience.
    duty, duty_days
        ``Baseline.pool_slots`` and ``Baseline.pool_slot_days``: agents able to take work, on average and day by day.
    client, queues
        Zone and holidays; promises.
    days
        Joint resamples of days.
    settings
        Slot, patience and fallback handling time.
    item_s
        Mean length of items that may start between contacts [s]; None for no figure with blending.

    Notes
    -----
    Per half hour of the week the group is the mean number of workable agents; between whole numbers the two neighbours are interpolated.
    Queues of a pool share agents, so the strictest promise counts. Half hours are weighted by agent-hours. The spread is that of load per
    agent, so days on which agents are missing count as heavy ones (:func:`analysis.utilization.load_draws.per_agent`).
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
        served = tuple(queue for queue in live if queue.pool == pool)
        own, counted = load[load["pool"] == pool], pooled[pooled["pool"] == pool]
        aht_s = _handle_s(own) or settings.default_aht_s
        if served and len(own) and aht_s > 0:
            patience_s = settings.patience_s or estimated_patience_s(tables, served)
            desk = BlendedDesk(aht_s, item_s or 0.0, patience_s, served)
            own = own.assign(load=own["load"].fillna(own["offered_per_h"] * aht_s / 3600))
            spread = load_spread(per_agent(counted, duty_days[duty_days["pool"] == pool]), days)
            volume = volume_draws(counted, days)
            parts.append(_pool_part(_hours(cells, own), desk, spread, volume, slot_s=settings.slot_s))
    return (
        _together(parts, days) if parts else _none("no pool has agents on duty, volumes and a handling time together")
    )


@dataclass(frozen=True, slots=True)
class _PoolPart:
    """One pool: its half hours, their agent-hours, what occupancy times agent-hours draws, and how the queue settles.

    `blended` is occupancy with items times agent-hours and its draws; None without items. `missed` are words for a promise missed already.
    """

    slots: pd.DataFrame
    weights: np.ndarray
    drawn: np.ndarray
    settled: np.ndarray
    load_cv: float
    patience_known: bool
    blended: tuple[float, np.ndarray] | None
    missed: str


def _handle_s(load: pd.DataFrame) -> float:
    """Return a pool's mean handling time over all its contacts [s]; 0 where it is not known."""
    hours = float((load["load"] * load["days"]).sum())
    offered_per_h = float((load["offered_per_h"] * load["days"]).where(load["load"].notna()).sum())
    return 3600 * hours / offered_per_h if offered_per_h > 0 else 0.0


def _hours(cells: pd.DataFrame, load: pd.DataFrame) -> pd.DataFrame:
    """Return a pool's half hours: pool, weekday, slot_of_day_s, days, agents, load (NaN where no contact ever came)."""
    table = cells.rename(columns={"workable_agents": "agents"})[["pool", "weekday", "slot_of_day_s", "days", "agents"]]
    merged = table.merge(load[["weekday", "slot_of_day_s", "load"]], on=["weekday", "slot_of_day_s"], how="left")
    return merged.sort_values(["weekday", "slot_of_day_s"], ignore_index=True)


def _pool_part(
    hours: pd.DataFrame, desk: BlendedDesk, spread: tuple[float, np.ndarray], volume: np.ndarray, *, slot_s: int
) -> _PoolPart:
    """Return a pool's half hours at its spread of load per agent."""
    cv, cv_draws = spread
    lasting = _lasting(hours["agents"].to_numpy(dtype=float), desk)
    grid, settled = _occupied(hours, lasting, desk, cv, slot_s=slot_s)
    at = _between(grid, np.array([cv]))[:, 0]
    weights = (hours["agents"] * hours["days"]).to_numpy(dtype=float)
    blended, drawn, missed = np.full(len(hours), np.nan), None, ""
    if desk.item_s > 0:
        point, drawn = _with_items(hours, desk, spread, volume, weights)
        blended = point.occupancy
        missed = "" if point.kept else _missed_words(str(hours["pool"].iloc[0]), point)
    basis = np.where(settled, "stationary", "time-varying")
    return _PoolPart(
        hours.assign(max_occupancy=at, max_occupancy_blended=blended, basis=basis)[list(SLOT_COLUMNS)],
        weights,
        weights @ _between(grid, cv_draws),
        settled,
        cv,
        desk.patience_s is not None,
        None if drawn is None else (float(weights @ blended), drawn),
        missed,
    )


def _with_items(
    hours: pd.DataFrame,
    desk: BlendedDesk,
    spread: tuple[float, np.ndarray],
    volume: np.ndarray,
    weights: np.ndarray,
) -> tuple[BlendedHours, np.ndarray]:
    """Return the half hours with items, and draws of occupancy times agent-hours over the load's spread and its mean.

    A threshold is chosen anew at a few spreads and mean loads that enclose the draws; in between is interpolated.
    """
    cv, cv_draws = spread
    curves = BlendedCurves(hours["agents"].to_numpy(dtype=float), desk)
    load, counts = hours["load"].fillna(0.0).to_numpy(), hours["days"].to_numpy(dtype=float)
    cvs, volumes = _enclosing(cv_draws, _CV_NODES), _enclosing(volume, _VOLUME_NODES)
    values = np.array(
        [[weights @ curves.best(load * more, counts, load_cv=wide).occupancy for more in volumes] for wide in cvs]
    )
    places = np.column_stack([cv_draws, volume])
    drawn = RegularGridInterpolator((cvs, volumes), values, method="linear")(places)
    return curves.best(load, counts, load_cv=cv), drawn


def _enclosing(draws: np.ndarray, nodes: int) -> np.ndarray:
    """Return rising nodes from the least to the largest draw."""
    low, high = float(draws.min()), float(draws.max())
    return np.linspace(low, max(high, low + 1e-6), nodes)


def _missed_words(pool: str, point: BlendedHours) -> str:
    """Say that a promise is missed already."""
    return (
        f"the promise of pool {pool} is missed already without items: {100 * point.before:.0f} % would be answered in time at the expected load, "
        f"{100 * point.target:.0f} % were promised"
    )


def _together(parts: Sequence[_PoolPart], days: Resample) -> PromiseCeiling:
    """Return the pools as one ceiling, weighted by agent-hours."""
    slots = pd.concat([part.slots for part in parts], ignore_index=True)
    weights = np.concatenate([part.weights for part in parts])
    settled = np.concatenate([part.settled for part in parts])
    total = float(weights.sum())
    missed = "; ".join(part.missed for part in parts if part.missed)
    items = [part.blended for part in parts if part.blended is not None]
    figure = bool(items) and not all(part.missed for part in parts)
    return PromiseCeiling(
        of_workable=float(slots["max_occupancy"].to_numpy() @ weights) / total,
        draws=sum((part.drawn for part in parts), np.zeros(len(days.today_draws))) / total,
        slots=slots,
        load_cv={str(part.slots["pool"].iloc[0]): part.load_cv for part in parts},
        mean_agents=float(slots["agents"].to_numpy() @ weights) / total,
        unsettled_share=float(weights[~settled].sum()) / total,
        patience_known=all(part.patience_known for part in parts),
        reason="",
        blended=sum(point for point, _ in items) / total if figure else None,
        blended_draws=sum((drawn for _, drawn in items), np.zeros(len(days.today_draws))) / total
        if figure
        else np.empty(0),
        blended_reason=missed if items else "how long items take is not known",
    )


@dataclass(frozen=True, slots=True)
class _Lasting:
    """What half hours could bear if they lasted, by spread of the load.

    Busy share at their mean number of agents; the nearest whole number of agents, and the busy share and load per agent there.
    """

    busy: np.ndarray
    agents: np.ndarray
    whole_busy: np.ndarray
    whole_load: np.ndarray


def _lasting(agents: np.ndarray, desk: BlendedDesk) -> _Lasting:
    """Return the stationary limits of half hours under the strictest promise; between whole numbers of agents they are interpolated."""
    below = np.maximum(np.floor(agents), 1).astype(int)
    above = np.maximum(np.ceil(agents), 1).astype(int)
    groups = np.unique(np.concatenate([below, above]))
    load, busy = np.min(
        [
            highest_load(groups, load_cv=_CV_GRID, aht_s=desk.aht_s, queue=queue, patience_s=desk.patience_s)
            for queue in desk.promises
        ],
        axis=0,
    )
    part = np.clip(agents - below, 0.0, 1.0)[:, None]
    lower, upper = (busy[np.searchsorted(groups, n)] for n in (below, above))
    whole = np.where(part[:, 0] < 0.5, below, above)
    at = np.searchsorted(groups, whole)
    return _Lasting(lower * (1 - part) + upper * part, whole, busy[at], load[at])


def _occupied(
    hours: pd.DataFrame, lasting: _Lasting, desk: BlendedDesk, cv: float, *, slot_s: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the highest occupancy of half hours by spread of the load, and which of them are judged by the formula because they settle.

    Those that do not settle take from the followed day, at whole numbers of agents, by how much the day departs from the stationary limit.
    """
    at = _between(lasting.busy, np.array([cv]))[:, 0]
    settled = relaxation_s(hours["agents"], at, aht_s=desk.aht_s) <= slot_s / 2
    if max(queue.answer_within_s for queue in desk.promises) > slot_s / 2:
        # who waits that long is served by the agents of later half hours, which the followed day does not look ahead to
        settled[:] = True
    grid = lasting.busy.copy()
    load = _between(lasting.whole_load, np.array([cv]))[:, 0] * lasting.agents
    known: dict[bytes, np.ndarray] = {}
    for _, day in hours.groupby("weekday"):
        rows = day.index.to_numpy()
        if settled[rows].all() or load[rows].sum() <= 0:
            continue
        slots, place = open_slots(day, slot_s)
        agents, loads = np.zeros(len(slots), dtype=int), np.zeros(len(slots))
        agents[place], loads[place] = lasting.agents[rows], load[rows]
        key = agents.tobytes() + loads.tobytes()
        if key not in known:
            shape = {"slot_s": slot_s, "aht_s": desk.aht_s, "queues": desk.promises, "patience_s": desk.patience_s}
            known[key] = weekday_ceiling(agents, loads, load_cv=_CV_GRID, **shape).busy
        whole = lasting.whole_busy[rows]
        moved = lasting.busy[rows] * np.divide(known[key][place], whole, out=np.ones_like(whole), where=whole > 0)
        grid[rows] = np.where(settled[rows, None], grid[rows], np.minimum(moved, 1.0))
    return grid, settled


def _between(grid: np.ndarray, cv: np.ndarray) -> np.ndarray:
    """Return occupancies at given spreads, interpolated on the grid of spreads: half hours x spreads."""
    place = np.clip(cv, _CV_GRID[0], _CV_GRID[-1]) / (_CV_GRID[1] - _CV_GRID[0])
    low = np.minimum(place.astype(int), len(_CV_GRID) - 2)
    part = place - low
    return grid[:, low] * (1 - part) + grid[:, low + 1] * part


def _none(reason: str) -> PromiseCeiling:
    """Return no ceiling, with the reason."""
    return PromiseCeiling(
        None,
        np.empty(0),
        pd.DataFrame(columns=list(SLOT_COLUMNS)),
        {},
        0.0,
        0.0,
        False,
        reason,
        None,
        np.empty(0),
        reason,
    )
