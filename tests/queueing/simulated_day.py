"""One queue over a day, call by call: written for the tests, sharing nothing with the code under test but the rules."""

from __future__ import annotations

import heapq
from collections import deque

import numpy as np


def simulate(agents, arrivals_per_h, *, slot_s, aht_s, within_s, patience_s, rng, factor=1.0, short_s=0.0, items=None):
    """Return per slot: offered, in time, given up, given up soon, seconds on contacts, seconds waiting, seconds on items.

    First come first served. When the number of agents falls, idle ones leave first, busy ones finish what they do and take no other. `items` is
    (mean length, most busy agents per slot below which an idle agent starts one).
    """
    slots = len(agents)
    end = slots * slot_s
    counts = rng.poisson(factor * np.asarray(arrivals_per_h) * slot_s / 3600)
    times = np.sort(np.concatenate([k * slot_s + slot_s * rng.random(count) for k, count in enumerate(counts)]))
    handle = rng.exponential(aht_s, len(times))
    patience = np.full(len(times), np.inf) if patience_s is None else rng.exponential(patience_s, len(times))
    found = np.zeros((7, slots))
    found[0] = counts
    waiting, serving, leaving = deque(), [], 0
    events = [(time, 1, number) for number, time in enumerate(times)] + [(k * slot_s, 0, k) for k in range(slots)]
    free_at, slot = int(agents[0]), 0

    def add_time(row, start, stop):
        for k in range(int(start // slot_s), min(int(stop // slot_s), slots - 1) + 1):
            found[row, k] += max(0.0, min(stop, (k + 1) * slot_s) - max(start, k * slot_s))

    def serve(now):
        while waiting and len(serving) - leaving < free_at:
            number = waiting.popleft()
            lost = times[number] + patience[number]
            if lost <= now:
                continue
            found[1, int(times[number] // slot_s)] += now - times[number] <= within_s
            add_time(5, times[number], now)
            add_time(4, now, now + handle[number])
            gone.discard(number)
            heapq.heappush(serving, now + handle[number])
        while items and now < end and len(serving) - leaving < items[1][slot]:
            done = now + rng.exponential(items[0])
            add_time(6, now, done)
            heapq.heappush(serving, done)

    gone = set(range(len(times)))
    for time, kind, number in [*sorted(events), (end + 40 * aht_s, 2, 0)]:
        while serving and serving[0] <= time:
            now = heapq.heappop(serving)
            # which contacts are those of the leavers does not matter: all of them end alike
            if leaving and rng.random() < leaving / (len(serving) + 1):
                leaving -= 1
            serve(now)
        if kind == 0:
            # those still finishing from before go on; of the others busy beyond the new number more begin to leave
            staying = len(serving) - leaving
            leaving += max(0, staying - int(agents[number]))
            free_at, slot = int(agents[number]), number
        elif kind == 1:
            waiting.append(number)
        serve(time)
    for number in gone:
        lost = times[number] + patience[number]
        if lost <= end:
            k = min(int(lost // slot_s), slots - 1)
            found[2, k] += 1
        found[3, int(times[number] // slot_s)] += patience[number] <= short_s
        add_time(5, times[number], min(lost, end))
    return found


def simulate_days(days, agents, arrivals_per_h, *, seed, factors=None, **more):
    """Return the figures of many days: days x figure x slot."""
    rng = np.random.default_rng(seed)
    load = np.ones(days) if factors is None else factors
    return np.array([simulate(agents, arrivals_per_h, rng=rng, factor=load[d], **more) for d in range(days)])


def share_and_error(top, bottom):
    """Return a ratio of sums over days and its standard error."""
    share = top.sum(axis=0) / bottom.sum(axis=0)
    error = np.sqrt(((top - share * bottom) ** 2).sum(axis=0)) / bottom.sum(axis=0)
    return share, error
