"""How far the figures of a pool would move in other weeks like these: days are resampled, the model answers on a curve."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.blending.policies import Options, Policy, allowed_blocks, net_agents, rationed, whole_agents_above
from analysis.blending.pool import Pool
from analysis.blending.settings import BlendingSettings
from analysis.foundation.clusters import bootstrap
from analysis.foundation.estimate import Estimate
from analysis.measure.load import MINIMUM_ANSWERED, largest_loads

DAILY = ("days", "offered", "offered_squared", "answered", "handle_s", "agents", "idle_agents", "resumable_agents")
_SHIFTS = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
# Spreads around the estimated one, as coefficients of variation, at which the fewest agents are computed.
_MORE_SPREAD = (0.03, 0.08, 0.2)
# Numbers of agents are tried up to this multiple of what the busiest half hour needs.
_REACH = 1.4


@dataclass(frozen=True, slots=True)
class Means:
    """Means per half hour, of the data or of resamples of its days (leading axes).

    Attributes
    ----------
    load, agents, idle_agents, resumable_agents
        Means per half hour.
    slack_shift
        Change of load less agents against the data.
    spread
        Coefficient of variation of the load between days, one number per resample (last axis of length 1).
    """

    load: np.ndarray
    agents: np.ndarray
    idle_agents: np.ndarray
    resumable_agents: np.ndarray
    slack_shift: np.ndarray
    spread: np.ndarray


@dataclass(frozen=True, slots=True)
class Curves:
    """What the model says per half hour at five loads around the expected one: arrays (5, half hour).

    Attributes
    ----------
    scale
        Distance between the five loads, 1.5 standard errors of a half hour's mean [erlangs].
    spreads
        Coefficients of variation at which `largest` is known, rising.
    largest
        Largest load at which 1, 2, ... agents keep the promise: array (spread, agents).
    shareable
        Net agents under the best number kept free at that load.
    scheduled
        Net agents under the schedule chosen at the expected load.
    """

    scale: np.ndarray
    spreads: np.ndarray
    largest: np.ndarray
    shareable: np.ndarray
    scheduled: np.ndarray

    @classmethod
    def of(cls, pool: Pool, settings: BlendingSettings, choice: np.ndarray, options: Options) -> Curves:
        """Compute the curves; `choice` is the schedule, as positions in `options`."""
        scale, spreads = _step(pool), _spreads(pool)
        promise = pool.desk.promise
        required = pool.cells["required_agents"].dropna()
        numbers = np.arange(1, int((1.0 if required.empty else required.max()) * _REACH) + 6)
        service = pool.desk.service
        largest = [largest_loads(service, numbers, spread=spread, target=promise.target) for spread in spreads]
        shareable, scheduled = [], []
        for shift in _SHIFTS:
            here = options if shift == 0 else _options_at(pool, settings, shift * scale)
            shareable.append(net_agents(here.chosen(here.choose(promise.target, pool.agents)), here.today))
            scheduled.append(net_agents(here.chosen(choice), here.today))
        return cls(scale, spreads, np.array(largest), np.array(shareable), np.array(scheduled))

    def needed(self, now: Means) -> np.ndarray:
        """Return the fewest agents that keep the promise at these loads and this spread; NaN beyond the largest load known."""
        spread = np.clip(now.spread.ravel(), self.spreads[0], self.spreads[-1])
        above = np.clip(np.searchsorted(self.spreads, spread), 1, len(self.spreads) - 1)
        part = ((spread - self.spreads[above - 1]) / (self.spreads[above] - self.spreads[above - 1]))[:, None]
        largest = self.largest[above - 1] * (1 - part) + self.largest[above] * part
        loads = now.load.reshape(len(spread), -1)
        rows = zip(largest, loads * (1 - 1e-9), strict=True)
        found = np.array([np.searchsorted(carried, load) + 1.0 for carried, load in rows])
        found[loads <= 0] = 0
        found[found > self.largest.shape[1]] = np.nan
        return found.reshape(now.load.shape)

    def at(self, curve: np.ndarray, shift: np.ndarray) -> np.ndarray:
        """Return a curve between its points, flat beyond them."""
        place = np.clip(shift / self.scale + 2, 0, len(_SHIFTS) - 1)
        left = np.minimum(place.astype(np.int64), len(_SHIFTS) - 2)
        part, cell = place - left, np.arange(curve.shape[1])
        low, high = curve[left, cell], curve[left + 1, cell]
        return np.where(part == 0, low, low + part * (high - low))


def _spreads(pool: Pool) -> np.ndarray:
    """Return the estimated coefficient of variation of the load, and some below and above it."""
    own = coefficient(pool)
    return np.unique([0.0, own * math.sqrt(0.5), own, *(own + more for more in _MORE_SPREAD)])


def coefficient(pool: Pool) -> float:
    """Return the estimated coefficient of variation of the pool's load between days."""
    load = pool.cells["load"].to_numpy()
    return float((pool.cells["load_sd"].to_numpy()[load > 0] / load[load > 0]).mean()) if (load > 0).any() else 0.0


def _step(pool: Pool) -> np.ndarray:
    """Return 1.5 standard errors of a half hour's mean load less agents."""
    cells = pool.cells
    per_contact = cells["aht_s"].fillna(pool.desk.aht_s) / pool.slot_s
    single = cells["load"] * per_contact
    return np.maximum(1.5 * np.sqrt((cells["load_sd"] ** 2 + single + 1.0) / cells["days"]).to_numpy(), 0.05)


def _options_at(pool: Pool, settings: BlendingSettings, shift: np.ndarray) -> Options:
    if pool.desk.item_s is None:
        return Options.none(pool, shift)
    return Options.of(pool, settings.most_kept_free, shift)


def day_sums(pool: Pool) -> np.ndarray:
    """Return one row per day: the sums of ``DAILY`` for every half hour, side by side."""
    daily = pool.daily
    daily = daily.assign(offered_squared=daily["offered"] ** 2)
    numbers = daily[list(DAILY)].fillna(0.0).to_numpy(dtype=float)
    day, days = np.unique(daily["day"].to_numpy(), return_inverse=True)
    table = np.zeros((len(day), len(DAILY), len(pool.cells)))
    table[days, :, daily["cell"].to_numpy()] = numbers
    return table.reshape(len(day), -1)


def means(totals: np.ndarray, pool: Pool) -> Means:
    """Return the means per half hour from totals over days; a half hour without a day keeps the data's means."""
    cells, part = pool.cells, _parts(totals, pool)
    days = part["days"]

    def mean(sums: np.ndarray, column: str) -> np.ndarray:
        return np.where(days > 0, sums / np.maximum(days, 1), cells[column].to_numpy())

    own = part["answered"] >= MINIMUM_ANSWERED
    handle = np.where(own, part["handle_s"] / np.where(own, part["answered"], 1), cells["aht_s"].fillna(0).to_numpy())
    load = mean(part["offered"] * handle / pool.slot_s, "load")
    agents = mean(part["agents"], "agents")
    idle, resumable = mean(part["idle_agents"], "idle_agents"), mean(part["resumable_agents"], "resumable_agents")
    shift = load - cells["load"].to_numpy()
    return Means(load, agents, idle, resumable, shift - (agents - pool.agents), _spread(totals, pool))


def _parts(totals: np.ndarray, pool: Pool) -> dict[str, np.ndarray]:
    """Return the sums of ``DAILY`` by name, half hours on the last axis."""
    parts = np.moveaxis(totals.reshape(*totals.shape[:-1], len(DAILY), len(pool.cells)), -2, 0)
    return dict(zip(DAILY, parts, strict=True))


def _spread(totals: np.ndarray, pool: Pool) -> np.ndarray:
    """Return the load's coefficient of variation; that of resamples moves about the data's as their excess of variance does.

    Notes
    -----
    Days drawn with replacement vary less than the days themselves by (d - 1) / d, which is undone.
    """
    own = coefficient(pool)
    if totals.ndim == 1:
        return np.array([own])
    data = _excess(_parts(day_sums(pool).sum(axis=0), pool), power=1)
    drawn = _excess(_parts(totals, pool), power=2)
    return np.sqrt(np.maximum(own**2 + drawn - data, 0.0))


def _excess(part: Mapping[str, np.ndarray], *, power: int) -> np.ndarray:
    """Return sum(s^2 - m) / sum(m^2) over the half hours, s^2 enlarged by d / (d - 1) to the given power."""
    days = part["days"]
    enough = days > 1
    d = np.where(enough, days, 2.0)
    mean = np.where(enough, part["offered"] / d, 0.0)
    variance = np.where(enough, part["offered_squared"] / d - mean**2, 0.0) * (d / (d - 1)) ** power
    return (variance - mean).sum(axis=-1, keepdims=True) / np.maximum((mean**2).sum(axis=-1, keepdims=True), 1e-12)


def structural(now: Means, curves: Curves) -> np.ndarray:
    """Return the waiting that the promise needs, per half hour."""
    needed = curves.needed(now) - now.load
    return np.minimum(now.idle_agents, np.maximum(np.where(np.isnan(needed), np.inf, needed), 0.0))


def releasable(now: Means, curves: Curves) -> np.ndarray:
    """Return the whole agents above the fewest that keep the promise, per half hour."""
    return whole_agents_above(now.agents, curves.needed(now), now.idle_agents)


def figures(pool: Pool, curves: Curves, policies: Mapping[str, Policy]) -> dict[str, Callable[[Means], np.ndarray]]:
    """Return the function behind each figure: means in, value per half hour out."""
    cap = pool.desk.promise.max_occupancy

    def taken_off(now: Means) -> np.ndarray:
        required = curves.needed(now)
        return allowed_blocks(now.agents, now.agents - now.idle_agents, required, now.idle_agents, pool)

    def filled(now: Means) -> np.ndarray:
        return rationed(now.agents, now.agents - now.idle_agents, cap) * now.resumable_agents

    # what the policies move of it, net of callers lost and within what differing numbers of agents allow
    data = means(day_sums(pool).sum(axis=0), pool)
    net_blocks = _share(policies["releasable"].progress, taken_off(data))
    net_filled = _share(policies["interruptible"].progress, filled(data))
    return {
        "idle": lambda now: now.idle_agents,
        "structural": lambda now: structural(now, curves),
        "surplus": lambda now: now.idle_agents - structural(now, curves),
        "releasable": lambda now: releasable(now, curves),
        "shareable": lambda now: np.minimum(curves.at(curves.shareable, now.slack_shift), now.idle_agents),
        "interruptible": lambda now: now.resumable_agents,
        "releasable hours": lambda now: net_blocks * taken_off(now),
        "shareable hours": lambda now: np.minimum(curves.at(curves.scheduled, now.slack_shift), now.idle_agents),
        "interruptible hours": lambda now: net_filled * filled(now),
    }


def _share(part: np.ndarray, whole: np.ndarray) -> float:
    return float(part.sum() / whole.sum()) if whole.sum() > 0 else 0.0


def estimated(
    pool: Pool,
    figure: Callable[[Means], np.ndarray],
    settings: BlendingSettings,
    *,
    limit: float | None = None,
    **more: Any,
) -> Estimate:
    """Estimate the mean of a figure over the half hours, or its weekly hours up to a limit, by resampling days.

    Parameters
    ----------
    pool
        The pool with its days.
    figure
        One of :func:`figures`.
    settings
        Level, number and seed of the resamples.
    limit
        Hours per week that cannot be exceeded; given, the result is hours per week, else mean agents.
    **more
        Further fields of the estimate.
    """

    def statistic(totals: np.ndarray) -> np.ndarray:
        value = figure(means(totals, pool))
        return value.mean(axis=-1) if limit is None else np.minimum(value.sum(axis=-1) * pool.slot_h, limit)

    unit = "agents" if limit is None else "hours_per_week"
    return bootstrap(
        day_sums(pool),
        statistic,
        n_unit="days",
        seed=settings.seed,
        draws=settings.draws,
        confidence=settings.confidence,
        unit=unit,
        **more,
    )
