"""The blended desk with items longer or shorter than calls: an exact chain over calls and items in service and the queue.

Levels are busy agents c..n, then n plus the queue; within a level the state is y, the number of agents on items. Calls
move one level up. Completions and abandonment move one level down, with y or y - 1. Only at the lowest level can y grow:
a call ends and its agent starts an item. So the flow from y to y + 1 there equals the flow from y + 1 to y elsewhere,
and the blocks y = c..0 solve one after the other, each a tridiagonal system, without a subtraction anywhere.
"""

from __future__ import annotations

import math

import numpy as np

from analysis.foundation.compiled import kernel
from analysis.queueing import waits

_LARGE, _SMALL = 1e150, 1e-150
# Share of the stationary law that the cut of the queue may leave out.
_TAIL = 1e-14
# Largest number of states (items x levels) that is solved: about a second.
MOST_STATES = 3e7

Rates = waits.Rates


class TooManyStates(ArithmeticError):
    """The queue is so long that the chain cannot be solved in reasonable time."""


def solve(n: int, c: int, rates: Rates, within: float) -> tuple[float, float, float, float, float, float]:
    """Solve the chain for `n` agents and threshold `c`.

    Returns P(wait), mean queue, mean agents on calls, mean agents on items, items started per unit of time, and the
    share of offered calls served within `within`.
    """
    lam, mu, nu, theta = rates
    cut = first_cut(n, c, rates)
    places = waits.last_place(n, c, rates, within)
    while True:
        if (c + 1.0) * (n - c + cut + 1.0) > MOST_STATES:
            raise TooManyStates
        waiting, sums = _stationary(n, c, rates, int(cut), int(min(places, cut + 1.0)))
        total, p_wait, queue, on_calls, on_items, starts, last = (float(value) for value in sums)
        # beyond the cut the levels fall at least as fast as in either of two simpler chains
        decay = min(slowest_decay(n, c, rates), lam / (n * min(mu, nu) + cut * theta))
        if last <= _TAIL * total * (1.0 - decay):
            break
        cut *= 2.0
    in_time = (total - p_wait + waits.served_in_time(waiting, n, rates, within)) / total
    return p_wait / total, queue / total, on_calls / total, on_items / total, starts / total, in_time


@kernel
def slowest_decay(n: int, c: int, rates: Rates) -> float:
    """Return the largest ratio of neighbouring levels far up the queue without giving up, over the agents on items."""
    lam, mu, nu, _ = rates
    worst = 0.0
    for y in range(c + 1):
        down = (n - y) * mu
        out = lam + down + y * nu
        worst = max(worst, 2.0 * lam / (out + math.sqrt(max(0.0, out * out - 4.0 * lam * down))))
    return worst


@kernel
def first_cut(n: int, c: int, rates: Rates) -> float:
    """Return a length of queue to start with: where the queue without items has lost all mass."""
    lam, mu, _, theta = rates
    q, height, peak = 0.0, 0.0, 0.0
    while height > peak - 40.0 and q < MOST_STATES / (c + 1.0):
        q += 1.0
        height += math.log(lam / (n * mu + q * theta))
        peak = max(peak, height)
    return q + 20.0


@kernel
def _stationary(n: int, c: int, rates: Rates, cut: int, kept: int) -> tuple[np.ndarray, np.ndarray]:
    """Return weights of (items, queue) for the first `kept` lengths of queue, and sums over all weights.

    The sums: total, all busy, queue, agents on calls, agents on items, items started, the last level.
    """
    _, mu, nu, _ = rates
    levels = n - c + cut + 1
    waiting, sums = np.zeros((c + 1, kept)), np.zeros(7)
    block, above, work = np.zeros(levels), np.zeros(levels), np.empty((2, levels))
    lowest = 1.0
    for y in range(c, -1, -1):
        block[0] = lowest
        for _ in range(_solve_block((n, c, y), rates, above, block, work)):
            sums *= _SMALL
            waiting[y + 1 :] *= _SMALL
        mass = _add_up((n, c, y), rates, block, sums)
        waiting[y] = block[n - c : n - c + kept]
        if y > 0:
            lowest = y * nu * (mass - block[0]) / ((c - y + 1) * mu)
        block, above = above, block
    return waiting, sums


@kernel
def _solve_block(
    desk: tuple[int, int, int], rates: Rates, above: np.ndarray, block: np.ndarray, work: np.ndarray
) -> int:
    """Fill `block`, the weights with y agents on items, given its first entry and the block `above` with y + 1.

    Returns how often it had to be scaled down on the way.
    """
    n, c, y = desk
    lam, mu, nu, theta = rates
    last = block.size - 1
    # Going down, `escape` is the rate at which y falls before the level is seen again, `flow` the inflow from y + 1
    # that first reaches y at or above the level.
    escape, flow = y * nu, 0.0
    for i in range(last, 0, -1):
        down = (min(c + i, n) - y) * mu + max(c + i - n, 0) * theta
        if i < last:
            flow += (y + 1) * nu * above[i + 1]
        passed = 1.0 / (down + escape)
        work[0, i], work[1, i] = passed, flow
        flow *= down * passed
        escape = y * nu + lam * escape * passed
    scaled = 0
    for i in range(1, last + 1):
        block[i] = (lam * block[i - 1] + work[1, i]) * work[0, i]
        if block[i] > _LARGE:
            block[: i + 1] *= _SMALL
            work[1, i + 1 :] *= _SMALL
            scaled += 1
    return scaled


@kernel
def _add_up(desk: tuple[int, int, int], rates: Rates, block: np.ndarray, sums: np.ndarray) -> float:
    """Add a block to the sums, the rare high levels first, and return its weight."""
    n, c, y = desk
    mass, busy, queue = 0.0, 0.0, 0.0
    for i in range(block.size - 1, -1, -1):
        mass += block[i]
        busy += min(c + i, n) * block[i]
        queue += max(c + i - n, 0) * block[i]
        if c + i == n:
            sums[1] += mass
    sums[0] += mass
    sums[2] += queue
    sums[3] += busy - y * mass
    sums[4] += y * mass
    sums[5] += block[0] * ((c - y) * rates[1] + y * rates[2])
    sums[6] += block[block.size - 1]
    return mass
