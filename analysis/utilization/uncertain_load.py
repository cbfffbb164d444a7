"""Averages over a load that differs from day to day: lognormal, in closed form for curves that are linear between points."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from scipy.special import ndtr

#: Loads per agent between which curves are taken as linear.
LOADS = np.concatenate(
    [
        np.array([1e-6]),
        np.arange(0.005, 0.6, 0.005),
        np.arange(0.6, 1.15, 0.0025),
        np.arange(1.15, 1.6, 0.025),
        np.arange(1.6, 4.01, 0.15),
    ]
)
#: Mean loads per agent among which the largest is sought.
MEANS = np.linspace(0.01, 1.4, 557)


def mixture_weights(means: np.ndarray, cv: float, *, heavy: bool) -> np.ndarray:
    """Return weights that turn a curve f at ``LOADS`` into E[f(A)], or into E[A f(A)] where `heavy`: means x loads.

    Parameters
    ----------
    means
        Mean loads per agent.
    cv
        Coefficient of variation of the load.
    heavy
        Whether contacts count alike, not days: heavy days weigh more.

    Notes
    -----
    A is lognormal, f linear between the points and constant outside of them. An interval needs its probability, first and second moment, all
    differences of normal distribution functions.

    Examples
    --------
    >>> weights = mixture_weights(np.array([0.8]), 0.2, heavy=True)
    >>> round(float(weights[0] @ np.ones(len(LOADS))), 6), round(float(weights[0] @ LOADS), 4)    # E[A], E[A^2] = .64 x 1.04
    (0.8, 0.6656)
    """
    sigma = math.sqrt(math.log1p(max(cv, 1e-4) ** 2))
    mean = np.maximum(np.asarray(means, dtype=float), LOADS[0])[:, None]
    edges = np.concatenate([[-np.inf], np.log(LOADS), [np.inf]])
    place = (edges[None, :] - np.log(mean) + sigma**2 / 2) / sigma
    order = int(heavy)
    inside, moment = (
        np.diff(mean**power * math.exp(sigma**2 * power * (power - 1) / 2) * ndtr(place - power * sigma), axis=1)
        for power in (order, order + 1)
    )
    rising = (moment[:, 1:-1] - LOADS[:-1] * inside[:, 1:-1]) / np.diff(LOADS)
    weights = np.zeros((len(mean), len(LOADS)))
    weights[:, :-1] += inside[:, 1:-1] - rising
    weights[:, 1:] += rising
    weights[:, 0] += inside[:, 0]
    weights[:, -1] += inside[:, -1]
    return weights


@lru_cache(maxsize=16)
def _heavy_weights(cv: float) -> np.ndarray:
    """Return the weights of E[A f(A)] for all means."""
    return mixture_weights(MEANS, cv, heavy=True)


def largest_mean(in_time: np.ndarray, counted: np.ndarray, target: float, cv: float) -> float:
    """Return the largest mean load per agent at which a promise is kept on average; 0 where none is.

    Parameters
    ----------
    in_time, counted
        Shares of the offered contacts answered in time and counted by the promise, at ``LOADS``.
    target
        Share promised.
    cv
        Coefficient of variation of the load.

    Notes
    -----
    The largest m with E[A in_time(A)] >= target x E[A counted(A)].

    Examples
    --------
    In time as long as the load is below .9 per agent:

    >>> in_time = np.clip((0.9 - LOADS) / 0.01, 0, 1)
    >>> [round(largest_mean(in_time, np.ones(len(LOADS)), 0.8, cv), 2) for cv in (0.0, 0.1)]
    [0.89, 0.82]
    """
    kept = _heavy_weights(cv) @ (in_time - target * counted)
    good = np.flatnonzero(kept >= 0)
    if not len(good):
        return 0.0
    last = int(good[-1])
    if last == len(kept) - 1:
        return float(MEANS[-1])
    return float(MEANS[last] + kept[last] / (kept[last] - kept[last + 1]) * (MEANS[last + 1] - MEANS[last]))
