"""A day of one queue, followed exactly: contacts in the system while arrivals and agents change from slot to slot.

The state is the number of contacts with agents or in the queue. Within a slot its rates are constant, so its law after a time t is a Poisson
mixture of the laws after 0, 1, 2, ... jumps at the highest rate (uniformisation); the time average of the law over the slot is the mixture with the
Poisson tails as weights. Terms are all positive: nothing cancels. Agents who leave while busy finish their contact first, idle ones leave before busy
ones; what they finish no longer touches the queue, so its mean is carried along as one number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincc, gammainc

from analysis.foundation.compiled import kernel

# Probability that is dropped at the ends of the band of states that are followed, per jump.
_DUST = 1e-20
# Largest error from cutting the queue before the cut is doubled, and the longest queue that is followed.
_BLOCKED, _LONGEST_QUEUE = 1e-10, 2_000_000
_MOST_DAYS, _SAME_DAY = 500, 1e-11


@dataclass(frozen=True, slots=True)
class Shift:
    """Agents per slot and what is known of callers.

    Attributes
    ----------
    agents
        Agents per slot, 0 or more.
    slot_s, aht_s, patience_s
        Length of a slot, mean handling time, mean patience (infinity: nobody leaves) [s].
    thresholds
        Per slot: an idle agent starts an item, as long as a contact, when fewer are busy; empty: no items.
    """

    agents: tuple[int, ...]
    slot_s: float
    aht_s: float
    patience_s: float
    thresholds: tuple[int, ...] = ()

    @property
    def give_up(self) -> float:
        """Rate at which one waiting caller gives up [1/s]."""
        return 0.0 if math.isinf(self.patience_s) else 1.0 / self.patience_s


@dataclass(frozen=True, slots=True)
class Followed:
    """A day followed.

    Attributes
    ----------
    laws
        Time average of the law of contacts in the system: slots x (0, 1, ..., largest).
    over_s
        Mean agent-seconds per slot of those who finish a contact or an item after their number left.
    item_agents
        Mean number of agents on items per slot, those included who finish one after their number left.
    longest
        Length of queue at which the law is cut.
    queue_at_end
        Mean number of callers waiting at the end of the last slot.
    error
        Largest distance (total variation) of any law from the one that is not cut.
    """

    laws: np.ndarray
    over_s: np.ndarray
    item_agents: np.ndarray
    longest: int
    queue_at_end: float
    error: float


def follow(shift: Shift, arrivals_per_s: Sequence[float] | np.ndarray, *, cyclic: bool = False) -> Followed:
    """Follow the queue through the day, from an empty system or from its own end.

    Raises
    ------
    ValueError
        The queue would grow beyond two million; or no day resembles the one before within 500 days.

    Notes
    -----
    An arrival at the cut is turned away. Until the first of these the cut system is the true one, so the expected number turned away bounds the
    distance between both. The cut doubles until that number is below 1e-10.
    """
    arrivals = np.asarray(arrivals_per_s, dtype=float)
    longest = _first_cut(shift, arrivals)
    while True:
        if longest > _LONGEST_QUEUE:
            raise ValueError(
                "the queue would grow beyond two million callers: add agents, or give the callers' patience_s"
            )
        found = _days(shift, arrivals, longest, cyclic=cyclic)
        if found.error <= _BLOCKED:
            return found
        longest *= 2


def _days(shift: Shift, arrivals: np.ndarray, longest: int, *, cyclic: bool) -> Followed:
    """Follow one day, or days until one ends as it began, with the queue cut at `longest`."""
    agents = np.array(shift.agents, dtype=np.int64)
    thresholds = np.array(shift.thresholds or (0,) * len(agents), dtype=np.int64)
    size = int(agents.max()) + longest + 1
    law = np.zeros(size)
    law[0] = 1.0
    laws, over_s, item_agents = np.zeros((len(agents), size)), np.zeros(len(agents)), np.zeros(len(agents))
    at = np.arange(len(agents))
    before, overrun, items = int(agents[0]), 0.0, 0.0
    for _ in range(_MOST_DAYS if cyclic else 1):
        start, items_before = law.copy(), items
        rates = (1.0 / shift.aht_s, shift.give_up, shift.slot_s)
        begin, slots = (before, overrun, items, longest), (agents, arrivals, thresholds)
        overrun, items, dropped = _follow(law, begin, slots, rates, (laws, over_s, item_agents))
        blocked = float((arrivals * shift.slot_s * laws[at, agents + longest]).sum())
        before = int(agents[-1])
        same = np.abs(law - start).sum() <= _SAME_DAY and abs(items - items_before) <= _SAME_DAY * (1 + before)
        if not cyclic or blocked > _BLOCKED or same:
            waiting = np.maximum(np.arange(size) - before, 0)
            return Followed(laws, over_s, item_agents, longest, float(waiting @ law), blocked + dropped)
    raise ValueError(
        "the queue does not come to the same end day after day: load and agents are too close; start from an empty system"
    )


def _first_cut(shift: Shift, arrivals: np.ndarray) -> int:
    """Return a length of queue to start with: that of a fluid, and some spread."""
    queue = highest = 0.0
    for agents, rate in zip(shift.agents, arrivals, strict=True):
        surplus = rate - agents / shift.aht_s
        grown = max(0.0, queue + surplus * shift.slot_s)
        # with patience the queue of a fluid moves towards the surplus x patience
        queue = grown if not shift.give_up else min(grown, max(queue, surplus * shift.patience_s, 0.0))
        highest = max(highest, queue)
    # a queue that nobody leaves wanders as far as the day is long
    spread = 8 * math.sqrt(float(arrivals.max()) * min(2 * shift.slot_s, shift.patience_s))
    if not shift.give_up:
        spread = max(spread, 6 * math.sqrt(float(arrivals.sum()) * shift.slot_s))
    return math.ceil(highest + spread + 20)


@kernel
def poisson(mean: float) -> tuple[int, np.ndarray, np.ndarray]:
    """Return the first number that counts, the probabilities P(N = k) from there on, and P(N > k)."""
    first = max(0, int(mean - 8.0 * math.sqrt(mean) - 30.0))
    size = int(mean + 8.0 * math.sqrt(mean) + 30.0) - first + 1
    share, later = np.zeros(size), np.zeros(size)
    mode = int(mean) - first
    share[mode] = 1.0
    for k in range(mode + 1, size):
        share[k] = share[k - 1] * mean / (first + k)
    for k in range(mode - 1, -1, -1):
        share[k] = share[k + 1] * (first + k + 1) / mean
    total = 0.0
    for k in range(size - 1, -1, -1):
        later[k] = total
        total += share[k]
    return first, share / total, later / total


@kernel
def _leave(law: np.ndarray, before: int, after: int) -> float:
    """Take busy agents above `after`, and their contacts, out of the law; returns their mean number."""
    gone, size = 0.0, law.size
    for j in range(after + 1, size):
        gone += (min(j, before) - after) * law[j]
        if j <= before:
            law[after] += law[j]
            law[j] = 0.0
        else:
            law[j - before + after] = law[j]
            law[j] = 0.0
    return gone


@kernel
def _start_items(law: np.ndarray, threshold: int) -> float:
    """Let idle agents start items until `threshold` are busy; returns the mean number started."""
    started = 0.0
    for j in range(threshold):
        started += (threshold - j) * law[j]
        law[threshold] += law[j]
        law[j] = 0.0
    return started


@kernel
def _band(law: np.ndarray, low: int, high: int) -> tuple[int, int, float]:
    """Return the ends of the states that count, and what lies outside; that is set to 0."""
    dropped = 0.0
    while low < high and law[low] < _DUST:
        dropped += law[low]
        law[low] = 0.0
        low += 1
    while high > low and law[high] < _DUST:
        dropped += law[high]
        law[high] = 0.0
        high -= 1
    return low, high, dropped


@kernel
def _collect(total: np.ndarray, law: np.ndarray, weight: float) -> None:
    """Add a law to a mixture."""
    for i in range(total.size):
        total[i] += weight * law[i]


@kernel
def _jump(after: np.ndarray, now: np.ndarray, stay: np.ndarray, down: np.ndarray, up: float) -> None:
    """Fill the law after one more jump; `now` reaches one state further at either end, `down` belongs to the state above."""
    below, here, above = now[:-2], now[1:-1], now[2:]
    for i in range(after.size):
        after[i] = below[i] * up + here[i] * stay[i] + above[i] * down[i]


@kernel
def _slot(
    law: np.ndarray,
    mean_law: np.ndarray,
    desk: tuple[int, int, int, float],
    rates: tuple[float, float, float, float],
) -> tuple[float, float, float]:
    """Move the law and the mean number of agents on items through one slot and fill the time average of the law.

    Returns agents on items at the end, their time average, and the probability dropped. An agent on an item ends it at the rate of a contact,
    whatever else happens, and starts the next where a completion would leave fewer busy than the threshold: a linear equation beside the law,
    followed jump by jump with it.
    """
    n, longest, threshold, items = desk
    lam, mu, theta, slot_s = rates
    top = n + longest
    highest = lam + max(n, 1) * mu + longest * theta
    mean_law[:] = 0.0
    first, share, later = poisson(highest * slot_s)
    # places are shifted by one, with a state that stays empty at either end
    size = top + 3
    down, stay = np.zeros(size), np.zeros(size)
    for j in range(top + 1):
        if j > threshold:
            down[j + 1] = (min(j, n) * mu + max(j - n, 0) * theta) / highest
        stay[j + 1] = 1.0 - down[j + 1] - (lam / highest if j < top else 0.0)
    up, ends, starts = lam / highest, mu / highest, threshold * mu / highest
    items_total, items_end = 0.0, 0.0
    now, after, total, end = np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size)
    now[1 : top + 2] = law[: top + 1]
    low, high, dropped = _band(now, 1, top + 1)
    for jump in range(first + share.size):
        weight = 1.0 if jump < first else later[jump - first]
        _collect(total[low : high + 1], now[low : high + 1], weight)
        items_total += weight * items
        if jump >= first:
            _collect(end[low : high + 1], now[low : high + 1], share[jump - first])
            items_end += share[jump - first] * items
        items = items * (1.0 - ends) + starts * now[threshold + 1]
        low, high = max(1, low - 1), min(top + 1, high + 1)
        _jump(after[low : high + 1], now[low - 1 : high + 2], stay[low : high + 1], down[low + 1 : high + 2], up)
        after[low - 1] = 0.0
        after[high + 1] = 0.0
        now, after = after, now
        low, high, lost = _band(now, low, high)
        dropped += lost
    mean_law[: top + 1] = total[1 : top + 2] / (highest * slot_s)
    law[:] = 0.0
    law[: top + 1] = end[1 : top + 2]
    return items_end, items_total / (highest * slot_s), dropped


@kernel
def _follow(
    law: np.ndarray,
    begin: tuple[int, float, float, int],
    slots: tuple[np.ndarray, np.ndarray, np.ndarray],
    rates: tuple[float, float, float],
    found: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> tuple[float, float, float]:
    """Move the law through all slots (agents, arrivals, thresholds), filling averaged laws, agent-seconds of those who finish, and agents on items.

    Returns the mean number still finishing, the mean number on items, and the probability dropped.
    """
    (before, overrun, items, longest), (agents, arrivals, thresholds), (laws, over_s, item_agents) = begin, slots, found
    mu, theta, slot_s = rates
    dropped = 0.0
    for k in range(agents.size):
        if agents[k] < before:
            overrun += _leave(law, before, agents[k])
        items += _start_items(law, thresholds[k])
        over_s[k] = overrun * -math.expm1(-mu * slot_s) / mu
        overrun *= math.exp(-mu * slot_s)
        desk = (agents[k], longest, thresholds[k], items)
        items, item_agents[k], lost = _slot(law, laws[k], desk, (arrivals[k], mu, theta, slot_s))
        dropped += lost
        before = agents[k]
    return overrun, items, dropped


def answered_within(agents: int, longest: int, shift: Shift, within_s: float) -> np.ndarray:
    """Return, by the number of callers ahead in the queue (0 .. longest), the chance to be answered within some seconds.

    Notes
    -----
    With r callers ahead the wait V of a caller who never gives up is a sum of exponential times of rates n mu + i theta, i = r..0. exp(-theta V) is
    Beta(n mu / theta, r + 1), so E[exp(-theta V); V <= t] is an incomplete beta function; without patience V is Erlang.
    """
    ahead = np.arange(longest + 1)
    if agents == 0 or within_s <= 0:
        return np.zeros(longest + 1)
    if not shift.give_up:
        return gammainc(ahead + 1.0, agents * within_s / shift.aht_s)
    c = agents * shift.patience_s / shift.aht_s
    return c / (c + ahead + 1) * _beta_above(c + 1, longest, within_s * shift.give_up)


def given_up_within(agents: int, longest: int, shift: Shift, within_s: float) -> np.ndarray:
    """Return, by the number of callers ahead in the queue, the chance to give up within some seconds of arriving."""
    if not shift.give_up or within_s <= 0:
        return np.zeros(longest + 1)
    stays = math.exp(-within_s * shift.give_up)
    if agents == 0:
        return np.full(longest + 1, 1 - stays)
    c = agents * shift.patience_s / shift.aht_s
    waits_longer = 1 - _beta_above(c, longest, within_s * shift.give_up)
    return np.maximum(1 - answered_within(agents, longest, shift, within_s) - stays * waits_longer, 0.0)


def _beta_above(c: float, longest: int, fall: float) -> np.ndarray:
    """Return P(B >= exp(-fall)) of B ~ Beta(c, r + 1) for r = 0 .. longest.

    Notes
    -----
    It is the tail of a negative binomial number beyond r: one incomplete beta function for the largest r, and a sum of positive terms below.
    """
    number = np.arange(1.0, longest + 1)
    terms = np.exp(np.cumsum(np.log((c + number - 1) / number * -math.expm1(-fall))) - c * fall)
    beyond = betaincc(c, longest + 1.0, math.exp(-fall))
    return beyond + np.append(np.cumsum(terms[::-1])[::-1], 0.0)
