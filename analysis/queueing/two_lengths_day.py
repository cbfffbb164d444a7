"""A blended day whose items are longer or shorter than contacts, followed exactly: agents on items x busy agents and queue.

As in `transient`, the law after a time is a Poisson mixture of the laws after 0, 1, 2, ... jumps at the highest rate; here each law is a table. Agents
who leave while busy finish what they have in hand; who of the busy ones leaves is chance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.foundation.compiled import kernel
from analysis.queueing import transient, waits
from analysis.queueing.transient import Shift, poisson

# Probability below which a row or column at the edge of the table is no longer moved, per jump.
_DUST = 1e-20
_BLOCKED = 1e-10
# States times jumps that are followed: some minutes.
MOST_WORK = 2e11
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(4)


class TooLong(ArithmeticError):
    """The day has too many states and jumps to be followed in reasonable time."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A day followed: slots x ...

    Attributes
    ----------
    laws
        Time average of the law per slot: agents on items x contacts or items in hand and callers waiting.
    calls_over_s, items_over_s
        Agent-seconds per slot of those who finish a contact or an item after their number left.
    queue_at_end, error
        As in :class:`analysis.queueing.transient.Followed`.
    """

    laws: list[np.ndarray]
    calls_over_s: np.ndarray
    items_over_s: np.ndarray
    queue_at_end: float
    error: float


def follow(shift: Shift, arrivals: np.ndarray, item_s: float) -> Followed:
    """Follow the day from an empty desk; the cut of the queue doubles until the number turned away is below 1e-10.

    Raises
    ------
    TooLong
        It would take too long.
    """
    longest = transient.follow(shift, arrivals).longest
    while True:
        found = _day(shift, arrivals, item_s, longest)
        if found.error <= _BLOCKED:
            return found
        longest *= 2


def _day(shift: Shift, arrivals: np.ndarray, item_s: float, longest: int) -> Followed:
    """Follow one day with the queue cut at `longest`."""
    agents, thresholds = np.array(shift.agents), np.array(shift.thresholds)
    mu, nu, theta = 1.0 / shift.aht_s, 1.0 / item_s, shift.give_up
    most, slots = int(thresholds.max()), len(agents)
    jumps = (arrivals + np.maximum(agents, 1) * max(mu, nu) + longest * theta) * shift.slot_s
    if float((jumps * (agents + longest + 1.0)).sum()) * (most + 1.0) > MOST_WORK:
        raise TooLong
    law = np.zeros((most + 2, int(agents.max()) + longest + 2))
    law[0, 0] = 1.0
    laws, calls_over_s, items_over_s = [], np.zeros(slots), np.zeros(slots)
    before, calls_over, items_over, error = int(agents[0]), 0.0, 0.0, 0.0
    for k in range(slots):
        n, threshold = int(agents[k]), int(thresholds[k])
        if n < before:
            calls, items = _leave(law, before, n)
            calls_over, items_over = calls_over + calls, items_over + items
        _start_items(law, threshold)
        for over, rate, into in ((calls_over, mu, calls_over_s), (items_over, nu, items_over_s)):
            into[k] = over * -math.expm1(-rate * shift.slot_s) / rate
        calls_over *= math.exp(-mu * shift.slot_s)
        items_over *= math.exp(-nu * shift.slot_s)
        mean = np.zeros_like(law)
        lam = float(arrivals[k])
        highest = lam + max(n, 1) * max(mu, nu) + longest * theta
        expected = highest * shift.slot_s
        jumps = (expected, poisson(expected))
        error += _slot(law, mean, (n, longest, threshold), (lam, mu, nu, theta, highest), jumps)
        error += float(arrivals[k]) * shift.slot_s * float(mean[:, n + longest].sum())
        laws.append(mean[: most + 1, : n + longest + 1])
        before = n
    waiting = np.maximum(np.arange(law.shape[1]) - before, 0)
    return Followed(laws, calls_over_s, items_over_s, float((law * waiting).sum()), error)


def in_time(waiting: np.ndarray, agents: int, rates: waits.Rates, within_s: float) -> float:
    """Return the chance of being among `waiting` (agents on items x callers ahead) and served within a time."""
    if not agents or within_s <= 0 or not waiting.any():
        return 0.0
    places = int(min(waits.last_place(agents, waiting.shape[0] - 1, rates, within_s), waiting.shape[1]))
    return waits.served_in_time(np.ascontiguousarray(waiting[:, :places]), agents, rates, within_s)


def given_up(waiting: np.ndarray, agents: int, rates: waits.Rates, within_s: float) -> float:
    """Return the chance of being among `waiting` and giving up within a time.

    Notes
    -----
    A' = theta (W - S - A) with W those who wait, S those served by then: A(t) is the integral of theta exp(-theta (t - u)) (W - S(u)).
    """
    theta = rates[3]
    if within_s <= 0 or theta == 0:
        return 0.0
    moments = within_s * (0.5 + 0.5 * _NODES)
    left = [waiting.sum() - in_time(waiting, agents, rates, float(u)) for u in moments]
    return float((0.5 * within_s * _WEIGHTS * theta * np.exp(-theta * (within_s - moments)) * left).sum())


@kernel
def _leave(law: np.ndarray, before: int, after: int) -> tuple[float, float]:
    """Take busy agents above `after` out of the law, at random among the busy; returns their mean number on contacts and on items."""
    calls, items = 0.0, 0.0
    rows, size = law.shape
    moved = np.zeros_like(law)
    for y in range(rows):
        for j in range(size):
            weight = law[y, j]
            busy = min(j, before)
            if weight == 0.0 or y > busy:
                continue  # more on items than busy: rounding, of the order of 1e-19
            out = max(0, busy - after)
            # hypergeometric: h of those who leave are among the y on items, built up from the fewest
            least, most = max(0, out - (busy - y)), min(y, out)
            chances = np.zeros(most - least + 1)
            chances[0] = 1.0
            total = 1.0
            for h in range(least + 1, most + 1):
                step = (y - h + 1.0) * (out - h + 1.0) / (h * (busy - y - out + h))
                chances[h - least] = chances[h - least - 1] * step
                total += chances[h - least]
            for h in range(least, most + 1):
                part = weight * chances[h - least] / total
                moved[y - h, j - out] += part
                items += part * h
                calls += part * (out - h)
    law[:] = moved
    return calls, items


@kernel
def _start_items(law: np.ndarray, threshold: int) -> None:
    """Let idle agents start items until `threshold` are busy."""
    for y in range(threshold - 1, -1, -1):
        for j in range(y, threshold):
            law[y + threshold - j, threshold] += law[y, j]
            law[y, j] = 0.0


@kernel
def _edges(law: np.ndarray, box: tuple[int, int, int, int]) -> tuple[int, int, int, int, float]:
    """Return the first and last row and column that count, and what lies outside; that is set to 0."""
    first, last, low, high = box
    dropped = 0.0
    while first < last and law[first, low : high + 1].sum() < _DUST:
        dropped += law[first, low : high + 1].sum()
        law[first, low : high + 1] = 0.0
        first += 1
    while last > first and law[last, low : high + 1].sum() < _DUST:
        dropped += law[last, low : high + 1].sum()
        law[last, low : high + 1] = 0.0
        last -= 1
    while low < high and law[first : last + 1, low].sum() < _DUST:
        dropped += law[first : last + 1, low].sum()
        law[first : last + 1, low] = 0.0
        low += 1
    while high > low and law[first : last + 1, high].sum() < _DUST:
        dropped += law[first : last + 1, high].sum()
        law[first : last + 1, high] = 0.0
        high -= 1
    return first, last, low, high, dropped


@kernel
def _jump(
    after: np.ndarray,
    now: np.ndarray,
    box: tuple[int, int, int, int],
    ends: np.ndarray,
    step: tuple[float, float, float, int],
) -> None:
    """Fill the law after one more jump; all places are one further than in the law, so that every neighbour exists."""
    first, last, low, high = box
    up, call, item, floor = step
    for y in range(first, last + 1):
        fewer, more = (y - 1) * (call - item), y * item
        here, above, out = now[y], now[y + 1], after[y]
        # never more on items than busy: what rounding put there would grow
        for j in range(max(low, floor + 1, y), high + 1):
            out[j] = (
                here[j] * (1.0 - up - ends[j] + fewer)
                + here[j - 1] * up
                + here[j + 1] * (ends[j + 1] - (y - 1) * call)
                + above[j + 1] * more
            )
        if low <= floor and y <= floor:
            # here a completion starts an item: one on an item changes nothing, one on a contact adds to y
            started = now[y - 1, floor] * (ends[floor] - (y - 2) * call) if y > 1 else 0.0
            out[floor] = (
                here[floor] * (1.0 - up - ends[floor] + (y - 1) * call)
                + started
                + here[floor + 1] * (ends[floor + 1] - (y - 1) * call)
                + above[floor + 1] * more
            )


@kernel
def _add(total: np.ndarray, law: np.ndarray, weight: float, box: tuple[int, int, int, int]) -> None:
    """Add a law to a mixture."""
    first, last, low, high = box
    for y in range(first, last + 1):
        for j in range(low, high + 1):
            total[y, j] += weight * law[y, j]


@kernel
def _slot(
    law: np.ndarray,
    mean_law: np.ndarray,
    desk: tuple[int, int, int],
    rates: tuple[float, float, float, float, float],
    jumps: tuple[float, tuple[int, np.ndarray, np.ndarray]],
) -> float:
    """Move the law through one slot and fill its time average; `jumps`: their mean number and `poisson` of it; returns the probability dropped."""
    n, longest, threshold = desk
    lam, mu, nu, theta, highest = rates
    top = n + longest
    expected, (first_jump, share, later) = jumps
    rows, size = law.shape[0] + 2, law.shape[1] + 2
    ends = np.zeros(size)
    for j in range(top + 1):
        ends[j + 1] = (min(j, n) * mu + max(j - n, 0) * theta) / highest
    now, after, total, end = (
        np.zeros((rows, size)),
        np.zeros((rows, size)),
        np.zeros((rows, size)),
        np.zeros((rows, size)),
    )
    now[1:-1, 1:-1] = law
    step = (lam / highest, mu / highest, nu / highest, threshold + 1)
    most, box = rows - 3, (1, rows - 3, 1, top + 1)
    first, last, low, high, dropped = _edges(now, box)
    for jump in range(first_jump + share.size):
        box = (first, last, low, high)
        _add(total, now, 1.0 if jump < first_jump else later[jump - first_jump], box)
        if jump >= first_jump:
            _add(end, now, share[jump - first_jump], box)
        wider = (max(1, first - 1), min(most, last + 1), max(threshold + 1, low - 1), min(top + 1, high + 1))
        _jump(after, now, wider, ends, step)
        if wider[3] == top + 1:
            # whoever finds the cut is turned away
            for y in range(wider[0], wider[1] + 1):
                after[y, top + 1] += now[y, top + 1] * step[0]
        first, last, low, high, lost = _edges(after, wider)
        dropped += lost
        # what lay outside the wider box is 0 in both tables, but for the edge that the box left behind
        for y in range(box[0], box[1] + 1):
            now[y, box[2] : box[3] + 1] = 0.0
        now, after = after, now
    mean_law[:] = total[1:-1, 1:-1] / expected
    law[:] = end[1:-1, 1:-1]
    return dropped
