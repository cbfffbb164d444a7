"""The promise's ceiling where half hours are too short for the queue to settle: the whole day is followed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.interpolate import PchipInterpolator

from analysis import queueing
from analysis.foundation.settings import Queue
from analysis.utilization.uncertain_load import LOADS, largest_mean, mixture_weights

# mean load per agent at which the day is followed; in between a monotone cubic is used
_GRID = np.array(
    [1e-6, 0.05, 0.2, 0.35, 0.5, 0.6, 0.66, 0.72, *np.arange(0.76, 1.03, 0.03), 1.08, 1.14, 1.22, 1.35, 1.6, 2.5]
)

# Without patience, days of which less than this share is answered in time are not followed at still higher loads.
_HOPELESS = 0.03


@dataclass(frozen=True, slots=True)
class WeekdayCeiling:
    """One weekday at the largest load under which the promises of its pool are kept.

    Attributes
    ----------
    factor
        What the loads that every half hour could bear for long are multiplied by, per spread of the load.
    busy
        Mean busy share of the agents, half hours x spreads.
    """

    factor: np.ndarray
    busy: np.ndarray


def weekday_ceiling(
    agents: np.ndarray,
    load: np.ndarray,
    *,
    slot_s: float,
    aht_s: float,
    queues: tuple[Queue, ...],
    patience_s: float | None,
    load_cv: np.ndarray,
) -> WeekdayCeiling:
    """Return the largest multiple of a day's loads under which every promise is kept on average, and how busy agents are then.

    Parameters
    ----------
    agents
        Agents per half hour, whole, in the order of the day; 0 where the pool is closed.
    load
        Mean load per half hour [erlangs]; what each could bear if it lasted.
    slot_s, aht_s, patience_s
        Length of a half hour, mean handling time, mean patience (None: nobody leaves) [s].
    queues
        The promises; the strictest counts.
    load_cv
        Coefficients of variation of the whole day's load.

    Notes
    -----
    All loads of the day are multiplied by f x X, X lognormal with mean 1. With S(g) and C(g) the contacts of a day at the multiple g that are answered
    in time and that the promise counts (:func:`analysis.queueing.day`), f is the largest with E[S(f X)] >= target x E[C(f X)]. If the queue settled in
    every half hour, f would be 1. A pool that closes begins its day empty; one that never closes is followed for two such days, the second counts.
    """
    per_agent = float(load.sum() / agents.sum())
    shape = {"slot_s": slot_s, "aht_s": aht_s, "queues": queues, "patience_s": patience_s}

    def follow(nodes: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        return [_followed(agents, load * share / per_agent, **shape) for share in nodes]

    nodes, days = _GRID, []
    for share in _GRID:
        days += follow(np.array([share]))
        if patience_s is None and (days[-1][0][:, 0] < _HOPELESS).all():
            # still longer queues cost time and say nothing new
            nodes = _GRID[: len(days)]
            break
    nearest = _largest_means(nodes, days, queues, load_cv[:1])[0]
    close = nearest + np.array([-0.015, 0.0, 0.015])
    close = close[(close > nodes[0]) & (np.abs(nodes[:, None] - close).min(axis=0) > 0.004)]
    order = np.argsort(np.append(nodes, close))
    days = [[*days, *follow(close)][place] for place in order]
    nodes = np.append(nodes, close)[order]
    found = _largest_means(nodes, days, queues, load_cv)
    busy_at = _fine(nodes, np.array([busy for _, busy in days]))
    busy = np.zeros((len(agents), len(load_cv)))
    for column, (mean, spread) in enumerate(zip(found, load_cv, strict=True)):
        if mean > 0:
            busy[:, column] = mixture_weights(np.array([mean]), float(spread), heavy=False)[0] @ busy_at
    return WeekdayCeiling(found / per_agent, busy)


def _fine(nodes: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return figures at all loads from those at some."""
    return np.clip(PchipInterpolator(nodes, values)(np.minimum(LOADS, nodes[-1])), 0.0, 1.0)


def _largest_means(
    nodes: np.ndarray,
    days: list[tuple[np.ndarray, np.ndarray]],
    queues: tuple[Queue, ...],
    load_cv: np.ndarray,
) -> np.ndarray:
    """Return the largest mean load per agent under which every promise is kept, by spread of the load."""
    service = _fine(nodes, np.array([shares for shares, _ in days]))
    # beyond the last load that was followed the share in time dies out
    service[:, :, 0] *= np.minimum(1.0, nodes[-1] / LOADS)[:, None] ** 2
    return np.array(
        [
            min(
                largest_mean(service[:, number, 0], service[:, number, 1], queue.target, float(spread))
                for number, queue in enumerate(queues)
            )
            for spread in load_cv
        ]
    )


def _followed(
    agents: np.ndarray,
    load: np.ndarray,
    *,
    slot_s: float,
    aht_s: float,
    queues: tuple[Queue, ...],
    patience_s: float | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return shares (promise x (in time, counted)) of a day's contacts, and the busy share per half hour."""
    before = 1 if agents.all() and len(agents) * slot_s >= 86400 else 0
    shares, busy = np.empty((len(queues), 2)), np.zeros(len(agents))
    for number, queue in enumerate(queues):
        day = queueing.day(
            np.tile(agents, 1 + before),
            arrivals_per_h=np.tile(load, 1 + before) * 3600 / aht_s,
            slot_s=slot_s,
            aht_s=aht_s,
            answer_within_s=queue.answer_within_s,
            patience_s=patience_s,
            short_s=queue.short_s,
        )
        own = slice(before * len(agents), None)
        left_out = {
            "of offered": np.zeros(len(agents)),
            "of answered": np.nan_to_num(day.p_abandon[own]),
            "short abandons out": day.p_short_abandon[own],
        }[queue.definition]
        shares[number] = load @ day.service_level[own] / load.sum(), 1 - load @ left_out / load.sum()
        busy = np.nan_to_num(day.occupancy[own])
    return shares, busy


def open_slots(hours: pd.DataFrame, slot_s: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the slots of the day from the first to the last of `hours`, and where each of `hours` stands among them.

    Examples
    --------
    >>> open_slots(pd.DataFrame({"slot_of_day_s": [28800, 30600, 36000]}), 1800)[1].tolist()
    [0, 1, 4]
    """
    at = ((hours["slot_of_day_s"] - hours["slot_of_day_s"].min()) // slot_s).to_numpy(dtype=int)
    return np.arange(at.max() + 1), at
