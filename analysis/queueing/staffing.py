"""How many agents a promise needs, and how busy a group may be while it keeps its promise."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis.queueing import checks
from analysis.queueing.kernels import fill_agents_required, fill_max_occupancy


def agents_required(
    load: ArrayLike,
    *,
    aht_s: ArrayLike,
    target: ArrayLike,
    answer_within_s: ArrayLike,
    patience_s: ArrayLike | None = None,
) -> int | np.ndarray:
    """Return the fewest agents that answer the promised share of calls in time.

    Parameters
    ----------
    load
        Offered load [erlangs]; number or array.
    aht_s
        Mean handling time [s]; number or array.
    target
        Share of offered calls to be answered in time, between 0 and 1; number or array.
    answer_within_s
        Threshold of the promise [s], also of hours for deferrable contacts; number or array.
    patience_s
        Mean patience of callers [s]; those who give up count as failures. Without it nobody gives up.

    Returns
    -------
    int or numpy.ndarray
        The fewest agents of every case after broadcasting. A load of exactly 0 needs 0 agents: no call is offered, so
        no promise can be broken; any load above 0 needs at least 1.

    Raises
    ------
    ValueError
        An argument is negative, not finite, or a target is not strictly between 0 and 1.

    Notes
    -----
    The share answered in time grows with the number of agents, so doubling steps and bisection find the first number
    that meets the target. Without patience the search starts at the first number above the load, not above it by one.

    References
    ----------
    Erlang C as in :func:`service_level`; with patience as in :func:`erlang_a`.

    Examples
    --------
    >>> agents_required(10.0, aht_s=180, target=0.8, answer_within_s=20)
    14
    >>> agents_required(2.5, aht_s=180, target=0.8, answer_within_s=1800)
    3
    >>> agents_required([0, 10, 20], aht_s=180, target=0.8, answer_within_s=20, patience_s=180).tolist()
    [0, 12, 23]
    """
    a, aht = checks.non_negative("load", load), checks.positive("aht_s", aht_s)
    within = checks.non_negative("answer_within_s", answer_within_s)
    eta = aht / checks.patience("patience_s", patience_s)
    return checks.apply(fill_agents_required, a, eta, within / aht, checks.share("target", target), dtype=int)


def max_occupancy(
    agents: ArrayLike,
    *,
    aht_s: ArrayLike,
    target: ArrayLike,
    answer_within_s: ArrayLike,
    patience_s: ArrayLike | None = None,
) -> float | np.ndarray:
    """Return how busy a group of agents may be while it still answers the promised share in time.

    Parameters
    ----------
    agents
        Number of agents, whole, at least 1; number or array.
    aht_s
        Mean handling time [s]; number or array.
    target
        Share of offered calls to be answered in time, between 0 and 1; number or array.
    answer_within_s
        Threshold of the promise [s]; number or array.
    patience_s
        Mean patience of callers [s]; those who give up count as failures. Without it nobody gives up.

    Returns
    -------
    float or numpy.ndarray
        Share of the agents' ready time spent on calls at the largest load that keeps the promise. With patience this is
        the load actually carried, calls given up left out.

    Raises
    ------
    ValueError
        An argument is not positive, not finite, or a target is not strictly between 0 and 1.

    Notes
    -----
    The share answered in time falls as the load grows; the largest load that keeps it is found by bisection down to
    neighbouring floating-point numbers. Occupancy = load (1 - P(abandon)) / agents.

    References
    ----------
    Erlang C as in :func:`service_level`; with patience as in :func:`erlang_a`.

    Examples
    --------
    Small groups cannot be busy: five agents with an 80/20 promise, a hundred with the same.

    >>> max_occupancy([5, 100], aht_s=300, target=0.8, answer_within_s=20).round(3).tolist()
    [0.594, 0.924]
    """
    n, aht = checks.whole("agents", agents, least=1), checks.positive("aht_s", aht_s)
    within = checks.non_negative("answer_within_s", answer_within_s)
    eta = aht / checks.patience("patience_s", patience_s)
    return checks.apply(fill_max_occupancy, n, eta, within / aht, checks.share("target", target))


def warm() -> None:
    """Compile the kernels of this module."""
    agents_required(1.0, aht_s=300, target=0.8, answer_within_s=20, patience_s=300)
    max_occupancy(2, aht_s=300, target=0.8, answer_within_s=20, patience_s=300)
