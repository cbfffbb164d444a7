"""A desk with one queue and exponential laws beside the real one: simulated on the same uniforms, and known exactly.

Each day begins empty; contacts are served first come, first served by the agents that the shifts have in a slot, idle agents leave before busy ones. That
is the model of :func:`analysis.queueing.day`, which knows how many contacts it answers in time on average, given how busy the day is. What the
twin happens to answer above that is luck of the streams, and the real desk has had the same luck.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.polynomial import Chebyshev
from scipy.special import gammaincinv

from analysis.foundation.compiled import kernel
from analysis.queueing import transient
from analysis.queueing.whole_day import day
from analysis.simulation.desk import ContactQueue, Desk, Times
from analysis.simulation.measures import scheduled_s
from analysis.simulation.streams import Streams

# Loads at which a day with a load of its own is followed, and the probability left out at either end of their range.
_NODES, _BEYOND = 15, 1e-6
# Work (see `work`) that is never too much: about a tenth of a second. A unit costs about as much as three contacts simulated.
SMALL_WORK = 70_000.0
# The longest queue for which the chance to be answered in time is kept.
_LONGEST = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Twin:
    """A Markov twin and its exact means.

    Attributes
    ----------
    desk
        The twin's desk: the real one with exponential laws and without items.
    agents
        Agents per slot.
    answered
        Array (slot, contacts waiting at arrival): chance to be answered in time when all agents are busy.
    means
        Per day the mean number of contacts answered in time by the factor of the day's rate.
    overall
        Per day that number averaged over the law of the factor.
    """

    desk: Desk
    agents: np.ndarray
    answered: np.ndarray
    means: tuple[Chebyshev, ...]
    overall: np.ndarray

    def luck(self, streams: Streams) -> np.ndarray:
        """Return two numbers with mean 0: answered in time above what the days' factors let expect, and that expectation above its own mean."""
        slots = self.desk.slots_per_day
        day_s = slots * self.desk.slot_s
        factors = np.asarray(streams.day_factor).reshape(len(streams.day_factor), -1)[:, 0]
        edges = np.searchsorted(streams.offered_s, np.arange(len(self.means) + 1) * day_s)
        seen, expected = np.zeros(len(self.means)), np.zeros(len(self.means))
        for number, mean in enumerate(self.means):
            own = slice(edges[number], edges[number + 1])
            here = slice(number * slots, (number + 1) * slots)
            contacts = (streams.offered_s[own] - number * day_s, streams.handle_s[own], streams.patience_s[own])
            seen[number] = _follow(contacts, self.agents[here], self.desk.slot_s, self.answered[here])
            expected[number] = mean(np.clip(factors[number], *mean.domain))
        return np.array([(seen - expected).sum(), (expected - self.overall).sum()])


def why_not(desk: Desk) -> str:
    """Return why no twin is like the desk, in words; empty where one is."""
    if len(desk.queues) > 1:
        return "several queues share the agents"
    if desk.queues[0].concurrency > 1:
        return "agents serve several contacts at once"
    if any(0 not in desk.groups[group].queues for group in set(desk.agent_group)):
        return "not every agent serves the queue"
    if desk.start != "empty":
        return "the horizon does not begin empty"
    if max(desk.queues[0].arrivals_per_h) <= 0:
        return "no contact is expected"
    return ""


def work(desk: Desk) -> float:
    """Return about how much work it is to know the twin exactly: slots followed, each with its agents and as much as 60 more."""
    nodes = _NODES if desk.queues[0].day_cv > 0 else 1
    return float(nodes * sum(60 * len(agents) + sum(agents) for agents, _ in set(_days(desk))))


def twin_of(desk: Desk) -> Twin:
    """Return the twin of a desk for which :func:`why_not` finds nothing.

    Notes
    -----
    With a factor of the day's rate the exact mean is taken at Chebyshev points over the range of the factor and interpolated; the mean over its gamma law is
    that of the interpolant, so the second number of :meth:`Twin.luck` has mean 0 exactly and the first up to the error of the interpolation.
    """
    queue = desk.queues[0]
    patience = None if queue.patience is None else Times(queue.patience.mean_s)
    twin_queue = replace(queue, handling=Times(queue.handling.mean_s), patience=patience)
    found = {key: _mean_by_factor(twin_queue, key, desk.slot_s) for key in sorted(set(_days(desk)))}
    agents = _agents(desk)
    return Twin(
        desk=replace(
            desk, queues=(twin_queue,), items=(), groups=tuple(replace(group, items=()) for group in desk.groups)
        ),
        agents=agents,
        answered=_answered(twin_queue, agents, desk.slot_s),
        means=tuple(found[key][0] for key in _days(desk)),
        overall=np.array([found[key][1] for key in _days(desk)]),
    )


def _agents(desk: Desk) -> np.ndarray:
    """Return the whole number of agents nearest to what the shifts hold in each slot."""
    return np.floor(scheduled_s(desk) / desk.slot_s + 0.5).astype(np.int64)


def _days(desk: Desk) -> list[tuple[tuple[int, ...], tuple[float, ...]]]:
    """Return agents and arrivals per hour of every day."""
    agents, rates = _agents(desk).tolist(), desk.queues[0].arrivals_per_h
    return [
        (tuple(agents[start : start + desk.slots_per_day]), tuple(rates[start : start + desk.slots_per_day]))
        for start in range(0, desk.slots, desk.slots_per_day)
    ]


def _mean_by_factor(
    queue: ContactQueue, key: tuple[tuple[int, ...], tuple[float, ...]], slot_s: float
) -> tuple[Chebyshev, float]:
    """Return the mean number answered in time by the factor of the day, and its mean over the factor's law."""
    agents, rates = key

    def mean(factor: float) -> float:
        arrivals = np.array(rates) * factor
        patience = None if queue.patience is None else queue.patience.mean_s
        asked = {"slot_s": slot_s, "aht_s": queue.handling.mean_s, "answer_within_s": queue.answer_within_s}
        found = day(agents, arrivals_per_h=arrivals, patience_s=patience, **asked)
        return float((found.service_level * arrivals).sum()) * slot_s / 3600

    if queue.day_cv <= 0:
        only = mean(1.0)
        return Chebyshev([only], domain=[0.5, 1.5]), only
    shape = queue.day_cv**-2
    low, high = (float(gammaincinv(shape, end)) / shape for end in (_BEYOND, 1 - _BEYOND))
    curve = Chebyshev.interpolate(np.vectorize(mean), _NODES - 1, domain=[low, high])
    # midpoints of equally likely parts of the law
    parts = np.clip(gammaincinv(shape, (np.arange(20000) + 0.5) / 20000) / shape, low, high)
    return curve, float(curve(parts).mean())


def _answered(queue: ContactQueue, agents: np.ndarray, slot_s: float) -> np.ndarray:
    """Return the chance to be answered in time by slot and contacts that wait at arrival."""
    patience = math.inf if queue.patience is None else queue.patience.mean_s
    found = np.zeros((len(agents), _LONGEST + 1))
    for number in np.unique(agents):
        shift = transient.Shift((int(number),), slot_s, queue.handling.mean_s, patience)
        found[agents == number] = transient.answered_within(int(number), _LONGEST, shift, queue.answer_within_s)
    return found


# places in the counters of a day
_TAKEN, _OLDEST, _HEAD, _WAITING, _BUSY, _SLOT = range(6)
# a contact: to come or waiting, in service, gone
_WAITS, _SERVED, _GONE = range(3)

Ends = list[tuple[float, int]]


@kernel
def _begin(
    now: float, who: int, at: np.ndarray, contacts: tuple[np.ndarray, np.ndarray, np.ndarray], ends: Ends
) -> None:
    """Put a contact into service."""
    state, served, handle_s = contacts
    state[who] = _SERVED
    heapq.heappush(ends, (now + handle_s[who], who))
    # in order of service, so that those who leave while busy do not depend on when they end
    served[at[_TAKEN]] = who
    at[_TAKEN] += 1
    at[_BUSY] += 1


@kernel
def _release(agents: int, at: np.ndarray, state: np.ndarray, served: np.ndarray) -> None:
    """Let busy agents above a number go with their contacts."""
    while at[_BUSY] > agents:
        who = served[at[_OLDEST]]
        at[_OLDEST] += 1
        if state[who] == _SERVED:
            state[who] = _GONE
            at[_BUSY] -= 1


@kernel
def _advance(
    now: float,
    at: np.ndarray,
    contacts: tuple[np.ndarray, np.ndarray, np.ndarray],
    heaps: tuple[Ends, Ends],
    desk: tuple[np.ndarray, float],
) -> None:
    """Let all happen that happens up to a moment: ends of service and of patience, and new slots."""
    (ends, leave), (agents, slot_s), (state, served, _) = heaps, desk, contacts
    while True:
        change = slot_s * (at[_SLOT] + 1) if at[_SLOT] + 1 < agents.size else math.inf
        moment = min(ends[0][0], change, leave[0][0])
        if moment > now or moment == math.inf:
            return
        if moment == leave[0][0]:
            who = heapq.heappop(leave)[1]
            if state[who] == _WAITS:
                state[who] = _GONE
                at[_WAITING] -= 1
        elif moment == ends[0][0]:
            who = heapq.heappop(ends)[1]
            if state[who] == _SERVED:
                state[who] = _GONE
                at[_BUSY] -= 1
        else:
            at[_SLOT] += 1
            _release(agents[at[_SLOT]], at, state, served)
        while at[_WAITING] > 0 and at[_BUSY] < agents[at[_SLOT]]:
            who = at[_HEAD]
            at[_HEAD] += 1
            if state[who] == _WAITS:
                at[_WAITING] -= 1
                _begin(moment, who, at, contacts, ends)


@kernel
def _follow(
    streams: tuple[np.ndarray, np.ndarray, np.ndarray], agents: np.ndarray, slot_s: float, answered: np.ndarray
) -> float:
    """Return the contacts answered in time on a day that begins empty, each counted by its chance given what it finds."""
    offered_s, handle_s, patience_s = streams
    count, last, total = offered_s.size, answered.shape[1] - 1, 0.0
    at, state, served = np.zeros(6, dtype=np.int64), np.zeros(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    contacts, desk = (state, served, handle_s), (agents, slot_s)
    # the sentinels are never reached
    ends, leave = [(math.inf, -1)], [(math.inf, -1)]
    for who in range(count):
        now = offered_s[who]
        _advance(now, at, contacts, (ends, leave), desk)
        if at[_BUSY] < agents[at[_SLOT]]:
            total += 1.0
            _begin(now, who, at, contacts, ends)
        else:
            total += answered[at[_SLOT], min(at[_WAITING], last)]
            at[_WAITING] += 1
            heapq.heappush(leave, (now + patience_s[who], who))
    return total


def warm() -> None:
    """Compile the kernels of this module."""
    one = np.ones(1)
    _follow((one, one, one), np.array([1]), 10.0, np.ones((1, 2)))
