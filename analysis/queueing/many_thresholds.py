"""The best threshold of many half hours at once."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from analysis.queueing import checks
from analysis.queueing.desk import Desk, law
from analysis.queueing.kernels import NO_LOAD, fill_best_threshold

# Threshold of a case in which the promise is missed without any item.
MISSED = -1


def best_thresholds(
    agents: ArrayLike,
    *,
    arrivals_per_h: ArrayLike,
    aht_s: ArrayLike,
    item_s: ArrayLike,
    target: ArrayLike,
    answer_within_s: ArrayLike = 20,
    patience_s: ArrayLike | None = None,
) -> np.ndarray:
    """Return for each case the largest threshold under which callers still get what was promised; arguments broadcast.

    Parameters
    ----------
    agents
        Numbers of agents, whole, 0 or more.
    arrivals_per_h
        Calls offered per hour.
    aht_s, item_s
        Mean handling time of a call, mean time of an item [s].
    target
        Share of offered calls to be answered in time, between 0 and 1.
    answer_within_s
        Threshold of the promise [s].
    patience_s
        Mean patience of callers [s]; without it, or where it is infinite, nobody gives up.

    Returns
    -------
    numpy.ndarray
        Whole numbers, 0 to the agents; -1 where the promise is missed without any item, as it is when callers never give up and the load is not
        below the agents, and where there is no agent.

    Raises
    ------
    ValueError
        An argument is out of range; the first place is named.

    Notes
    -----
    Each is :func:`best_threshold` of its case. Items as long as calls take about a hundredth of a millisecond a case. Others start from that answer and
    step outwards in doubling strides, as the share answered in time never rises with the threshold; equal cases are solved once.

    References
    ----------
    As in :func:`blend`.

    Examples
    --------
    >>> best_thresholds([20, 20, 15], arrivals_per_h=[180, 120, 180], aht_s=300, item_s=300, target=0.8).tolist()
    [14, 18, -1]
    """
    columns = np.broadcast_arrays(
        checks.whole("agents", agents, least=0),
        checks.non_negative("arrivals_per_h", arrivals_per_h),
        checks.positive("aht_s", aht_s),
        checks.positive("item_s", item_s),
        checks.share("target", target),
        checks.non_negative("answer_within_s", answer_within_s),
        checks.patience("patience_s", patience_s),
    )
    shape = columns[0].shape
    cases, back = np.unique(np.stack([column.ravel() for column in columns], axis=1), axis=0, return_inverse=True)
    n, per_h, aht, item, wanted, within, patience = (np.ascontiguousarray(column) for column in cases.T)
    load = per_h * aht / 3600.0
    found = np.empty(len(cases), dtype=np.int64)
    fill_best_threshold(np.stack([n, load, aht / patience, within / aht, wanted]), found)
    # an empty system is decided by what its first caller finds, in whatever length items come
    for at in np.flatnonzero((n >= 1) & ((item != aht) & (found >= 0) | (load <= NO_LOAD))):
        desk = Desk(int(n[at]), per_h[at] / 3600.0, aht[at], item[at], patience[at], within[at])
        found[at] = _searched(desk, float(wanted[at]), max(int(found[at]), 0))
    return found[back.ravel()].reshape(shape)


def _searched(desk: Desk, target: float, near: int) -> int:
    """Return the largest threshold that keeps the promise, looking outwards from one that is near it."""

    def keeps(threshold: int) -> bool:
        return law(desk, threshold).service_level >= target

    low, high, stride = -1, desk.agents + 1, 1
    at = near
    if keeps(at):
        while at < high and keeps(at):
            low, at, stride = at, at + stride, 2 * stride
            at = min(at, desk.agents + 1)
            if at == desk.agents + 1:
                break
        high = at
    else:
        while at >= 0 and not keeps(at):
            high, at, stride = at, at - stride, 2 * stride
        low = max(at, -1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if keeps(middle) else (low, middle)
    return low


def warm() -> None:
    """Compile the kernels of this module."""
    best_thresholds([2], arrivals_per_h=6, aht_s=300, item_s=[300, 200], target=0.8, patience_s=[math.inf, 300])
