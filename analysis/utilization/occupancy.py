"""How busy a group may be while it keeps its promise, when the load itself is uncertain."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator

from analysis import queueing
from analysis.foundation.settings import Queue
from analysis.measure.load import load_nodes

# loads as shares of the agents at which the exact formulas are evaluated; in between a monotone cubic is used
_GRID = np.concatenate(
    [np.arange(0.02, 0.7, 0.04), np.arange(0.7, 1.1, 0.0125), [1.1, 1.15, 1.2, 1.3, 1.5, 1.8, 2.5, 4.0]]
)
_MEANS = np.linspace(0.02, 1.3, 513)


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
    curves = [_curves(int(n), aht_s, queue, patience_s) for n in groups]
    found = np.empty((2, len(groups), len(spreads)))
    for column, spread in enumerate(spreads):
        nodes, weights = load_nodes(_MEANS, spread * _MEANS)
        at = np.clip(nodes, _GRID[0], _GRID[-1])
        for row, curve in enumerate(curves):
            in_time, counted, carried = (np.clip(part(at), 0.0, 1.0) for part in curve)
            heavy = weights * nodes
            kept = (heavy * in_time).sum(axis=1) - queue.target * (heavy * counted).sum(axis=1)
            busy = (weights * np.minimum(carried, nodes)).sum(axis=1)
            found[:, row, column] = at_last(kept, np.array([_MEANS, busy]))
    return found[0], found[1]


def _curves(agents: int, aht_s: float, queue: Queue, patience_s: float | None) -> tuple[PchipInterpolator, ...]:
    """Return shares answered in time, counted by the promise, and the busy share of agents, by load per agent."""
    table = np.empty((3, len(_GRID)))
    for column, share in enumerate(_GRID):
        table[:, column] = _at_load(agents, agents * float(share), aht_s, queue, patience_s)
    return tuple(PchipInterpolator(_GRID, row) for row in table)


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


def at_last(kept: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return values (last axis: rising loads) at the largest load at which `kept` is not negative, interpolated; 0 where it always is.

    Examples
    --------
    >>> at_last(np.array([0.2, 0.1, -0.1]), np.array([[1.0, 2.0, 3.0]])).tolist()
    [2.5]
    """
    good = np.flatnonzero(kept >= 0)
    if not len(good):
        return np.zeros(values.shape[:-1])
    last = int(good[-1])
    if last == len(kept) - 1:
        return values[..., -1]
    part = kept[last] / (kept[last] - kept[last + 1])
    return values[..., last] + part * (values[..., last + 1] - values[..., last])


def relaxation_s(agents: ArrayLike, occupancy: ArrayLike, *, aht_s: float) -> np.ndarray:
    """Return how long a queue takes to settle after its load changes [s]: AHT / (n (1 - sqrt(rho))^2).

    Examples
    --------
    >>> relaxation_s(20, 0.8, aht_s=300).round().tolist()
    1346.0
    """
    n, rho = np.asarray(agents, dtype=float), np.asarray(occupancy, dtype=float)
    return aht_s / (n * np.maximum(1 - np.sqrt(rho), 1e-9) ** 2)
