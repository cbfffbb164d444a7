"""How busy a group may be while it keeps its promise, when the load itself is uncertain."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator

from analysis import queueing
from analysis.foundation.settings import Queue
from analysis.utilization.uncertain_load import LOADS, largest_mean, mixture_weights

# loads as shares of the agents at which the exact formulas are evaluated; in between a monotone cubic is used
_GRID = np.concatenate(
    [[1e-6], np.arange(0.02, 0.7, 0.04), np.arange(0.7, 1.1, 0.0125), [1.1, 1.15, 1.2, 1.3, 1.5, 1.8, 2.5, 4.0]]
)


def highest_occupancy(
    agents: ArrayLike, *, load_cv: ArrayLike, aht_s: float, queue: Queue, patience_s: float | None = None
) -> np.ndarray:
    """Return the highest share of ready time that a group can spend on contacts while it keeps a queue's promise on average.

    Parameters
    ----------
    agents
        Numbers of agents, whole, at least 1.
    load_cv
        Spreads of the load beyond chance, as coefficients of variation.
    aht_s
        Mean handling time [s].
    queue
        The promise: share, threshold and definition.
    patience_s
        Mean patience [s]; None when nobody leaves.

    Returns
    -------
    numpy.ndarray
        Share, agents x spreads.

    Notes
    -----
    The load A is lognormal with mean m and coefficient of variation c. The largest m with E[A in_time(A)] >= target x E[A counted(A)] is
    found, and the occupancy there is E[carried(A)] / agents. A sum over contacts weighs heavy half hours more than a sum over half hours. With
    c of 0 this is ``queueing.max_occupancy``.

    References
    ----------
    Erlang C and Erlang A as in ``analysis.queueing``. Whitt, Staffing a call center with uncertain arrival rate, Production and Operations Management 15
    (2006), 88-102.

    Examples
    --------
    Twenty agents may be busy 80 % of the time; if volume differs by 15 % from week to week, 74 %.

    >>> highest_occupancy([20], load_cv=[0, 0.15], aht_s=300, queue=Queue(name="claims")).round(2).tolist()
    [[0.8, 0.74]]
    """
    return highest_load(agents, load_cv=load_cv, aht_s=aht_s, queue=queue, patience_s=patience_s)[1]


def highest_load(
    agents: ArrayLike, *, load_cv: ArrayLike, aht_s: float, queue: Queue, patience_s: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the largest mean load per agent under which a queue's promise is kept on average, and the busy share there.

    Parameters
    ----------
    agents, load_cv, aht_s, queue, patience_s
        As in :func:`highest_occupancy`.

    Returns
    -------
    tuple of numpy.ndarray
        Offered load per agent and busy share, each agents x spreads. With callers who leave, or a load that may exceed the agents, the busy
        share is the smaller one.
    """
    groups, spreads = np.asarray(agents, dtype=int), np.asarray(load_cv, dtype=float)
    found = np.zeros((2, len(groups), len(spreads)))
    for row, number in enumerate(groups):
        in_time, counted, busy = _curves(int(number), aht_s, queue, patience_s)
        for column, spread in enumerate(spreads):
            mean = largest_mean(in_time, counted, queue.target, float(spread))
            if mean > 0:
                found[:, row, column] = mean, mixture_weights(np.array([mean]), float(spread), heavy=False)[0] @ busy
    return found[0], found[1]


def _curves(agents: int, aht_s: float, queue: Queue, patience_s: float | None) -> np.ndarray:
    """Return shares answered in time, counted by the promise, and the busy share of agents, by load per agent."""
    table = np.empty((3, len(_GRID)))
    for column, share in enumerate(_GRID):
        table[:, column] = _at_load(agents, agents * float(share), aht_s, queue, patience_s)
    fine = np.clip(PchipInterpolator(_GRID, table, axis=1)(LOADS), 0.0, 1.0)
    fine[2] = np.minimum(fine[2], LOADS)
    return fine


def _at_load(
    agents: int, load: float, aht_s: float, queue: Queue, patience_s: float | None
) -> tuple[float, float, float]:
    """Return in time, counted and busy share for one load."""
    if patience_s is None and load >= agents:
        return 0.0, 1.0, 1.0
    exact = queueing.erlang_a(
        agents,
        load,
        aht_s=aht_s,
        patience_s=math.inf if patience_s is None else patience_s,
        answer_within_s=queue.answer_within_s,
    )
    left_out = 0.0
    if queue.definition == "of answered":
        left_out = exact.p_abandon
    elif queue.definition == "short abandons out" and patience_s is not None:
        soon = queueing.erlang_a(agents, load, aht_s=aht_s, patience_s=patience_s, answer_within_s=queue.short_s)
        left_out = max(0.0, 1.0 - soon.service_level - soon.p_wait_longer_than(queue.short_s))
    return exact.service_level, 1.0 - left_out, exact.occupancy


def relaxation_s(agents: ArrayLike, occupancy: ArrayLike, *, aht_s: float) -> np.ndarray:
    """Return how long a queue takes to settle after its load changes [s]: AHT / (n (1 - sqrt(rho))^2).

    Examples
    --------
    >>> relaxation_s(20, 0.8, aht_s=300).round().tolist()
    1346.0
    """
    n, rho = np.asarray(agents, dtype=float), np.asarray(occupancy, dtype=float)
    return aht_s / (n * np.maximum(1 - np.sqrt(rho), 1e-9) ** 2)
