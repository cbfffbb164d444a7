"""Idle gaps: chains and a desk of named agents written out for each routing, invariants, limits."""

from __future__ import annotations

import heapq

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.linalg import expm

from analysis import queueing
from analysis.queueing import ROUTINGS


def chances(n, a):
    """Law of the number of other agents busy when an agent falls idle."""
    weights = np.cumprod([1.0, *(a / np.arange(1, n))])
    return weights / weights.sum()


def chain(n, rate, routing):
    """Start, generator and exits of the gap of one agent; time in mean times between arrivals, `rate` ends each call.

    States are (others busy, idle agents who come before him); one who falls idle later joins behind him under longest
    idle, before him under last idle first.
    """
    states = [(j, k) for j in range(n) for k in range(n - j)]
    number = {state: i for i, state in enumerate(states)}
    generator = np.zeros((len(states), len(states)))
    for (j, k), i in number.items():
        idle = n - j
        taken = {"longest_idle": float(k == 0), "random": 1 / idle, "last_idle_first": float(k == 0)}[routing]
        generator[i, i] -= 1 + j * rate
        if taken < 1:
            # the others come in an order; under random routing it does not matter, and k is left at 0
            generator[i, number[j + 1, max(0, k - 1)]] += 1 - taken
        if j:
            before = 1 if routing == "last_idle_first" else 0
            generator[i, number[j - 1, k + before]] += j * rate
    start = np.zeros(len(states))
    for j, chance in enumerate(chances(n, 1 / rate)):
        start[number[j, n - 1 - j if routing == "longest_idle" else 0]] = chance
    return start, generator


@pytest.mark.parametrize("routing", ROUTINGS)
@pytest.mark.parametrize(("n", "a"), [(1, 0.4), (2, 1.9), (4, 1.0), (7, 5.5)])
def test_against_the_written_out_chain(n, a, routing):
    arrivals = a * 12
    gaps = queueing.idle_gaps(n, arrivals_per_h=arrivals, aht_s=300, routing=routing)
    start, generator = chain(n, 1 / a, routing)
    mean = -start @ np.linalg.solve(generator, np.ones(len(start)))
    assert gaps.mean_s == pytest.approx(mean * 3600 / arrivals, rel=1e-12)
    for x in (0.0, 0.01, 0.5, 3.0, 20.0):
        alive = expm(generator * x)
        beyond = start @ alive @ np.ones(len(start))
        residual = -start @ alive @ np.linalg.solve(generator, np.ones(len(start))) / mean
        x_s = x * 3600 / arrivals
        assert gaps.survival(x_s) == pytest.approx(beyond, abs=1e-12)
        assert gaps.usable_share(x_s) == pytest.approx(residual, abs=1e-12)
        assert gaps.share_of_time_longer_than(x_s) == pytest.approx(residual + x / mean * beyond, abs=1e-12)


def simulated_gaps(n, a, routing, calls, seed):
    """Gap lengths of a desk of named agents, calls of mean length 1: the rule is applied to a list of idle agents."""
    random = np.random.default_rng(seed)
    times = np.cumsum(random.exponential(1 / a, calls))
    lengths = random.exponential(1.0, calls)
    picks = random.random(calls)
    idle, since, ends, queue, gaps = list(range(n)), [0.0] * n, [], [], []
    for now, length, pick in zip(times, lengths, picks):
        while ends and ends[0][0] <= now:
            end, agent = heapq.heappop(ends)
            if queue:
                heapq.heappush(ends, (end + queue.pop(0), agent))
            else:
                idle.append(agent)
                since[agent] = end
        if idle:
            place = {"longest_idle": 0, "random": int(pick * len(idle)), "last_idle_first": -1}[routing]
            agent = idle.pop(place)
            gaps.append(now - since[agent])
            heapq.heappush(ends, (now + length, agent))
        else:
            queue.append(length)
    return np.array(gaps)


@pytest.mark.parametrize("routing", ROUTINGS)
def test_against_a_desk_of_named_agents(routing):
    found = simulated_gaps(6, 4.2, routing, calls=60_000, seed=7)
    gaps = queueing.idle_gaps(6, arrivals_per_h=4.2, aht_s=3600, routing=routing)
    assert found.mean() * 3600 == pytest.approx(gaps.mean_s, rel=0.03)
    for x in (0.1, 0.4, 1.0):
        assert (found > x).mean() == pytest.approx(gaps.survival(x * 3600), abs=0.02)
        time_share = found[found > x].sum() / found.sum()
        assert time_share == pytest.approx(gaps.share_of_time_longer_than(x * 3600), abs=0.03)


desks = st.tuples(st.integers(1, 120), st.floats(0.02, 0.99), st.floats(20, 3000))


@given(desks, st.floats(0, 4000))
def test_routing_moves_time_between_gaps_but_not_their_mean(desk, x_s):
    n, ratio, aht_s = desk
    laws = [
        queueing.idle_gaps(n, arrivals_per_h=3600 * n * ratio / aht_s, aht_s=aht_s, routing=rule) for rule in ROUTINGS
    ]
    means = {law.mean_s for law in laws}
    assert len(means) == 1
    for law in laws:
        # idle agents are gaps started per hour times their length
        assert law.gaps_per_h * law.mean_s / 3600 == pytest.approx(n * (1 - ratio), rel=1e-12)
        survival, share, usable = law.survival(x_s), law.share_of_time_longer_than(x_s), law.usable_share(x_s)
        assert 0 <= survival <= 1
        assert 0 <= usable <= share <= 1 + 1e-12
        assert share >= survival - 1e-12  # long gaps hold more than their number's share of time
    longest, _, last = (law.share_of_time_longer_than(5 * law.mean_s) for law in laws)
    assert longest <= last + 1e-12


@pytest.mark.parametrize("routing", ROUTINGS)
def test_the_laws_are_integrals_of_the_survival(routing):
    law = queueing.idle_gaps(12, arrivals_per_h=115, aht_s=300, routing=routing)
    whole = quad(law.survival, 0, 400)[0] + quad(law.survival, 400, np.inf)[0]
    assert whole == pytest.approx(law.mean_s, rel=1e-7)
    assert quad(law.survival, 90, np.inf)[0] / law.mean_s == pytest.approx(law.usable_share(90), rel=1e-6)


@pytest.mark.parametrize("routing", ROUTINGS)
def test_one_agent_waits_for_the_next_arrival(routing):
    law = queueing.idle_gaps(1, arrivals_per_h=6, aht_s=300, routing=routing)
    assert law.mean_s == pytest.approx(600, rel=1e-12)
    assert law.survival(600) == pytest.approx(np.exp(-1), abs=1e-13)
    assert law.usable_share(300) == pytest.approx(np.exp(-0.5), abs=1e-13)


@pytest.mark.parametrize("routing", ROUTINGS)
def test_numbers_arrays_and_the_far_ends(routing):
    law = queueing.idle_gaps(1000, arrivals_per_h=9600, aht_s=300, routing=routing)
    assert type(law.survival(10)) is float
    table = law.survival([[0.0, 10.0], [60.0, 1e7]])
    assert table.shape == (2, 2)
    assert table[0, 0] == pytest.approx(1, abs=1e-15)
    # the agent at the bottom of a stack of two hundred idle ones may wait for months; nobody does in turn or by lot
    assert 0 <= table[1, 1] < (1e-6 if routing == "last_idle_first" else 1e-12)
    assert law.usable_share(0) == law.share_of_time_longer_than(0) == pytest.approx(1, abs=1e-15)
    assert law.survival(1e-9) == pytest.approx(1, abs=1e-8)
    assert law.usable_share([]).shape == (0,)


def test_rarely_called_agents():
    law = queueing.idle_gaps(500, arrivals_per_h=0.001, aht_s=300)
    assert law.idle_agents == pytest.approx(500, rel=1e-6)
    assert law.mean_s == pytest.approx(500 * 3.6e6, rel=1e-3)
