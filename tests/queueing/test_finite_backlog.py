"""Items that arrive on their own: against a written-out chain, its limits, and a simulation, all independent of the code."""

from __future__ import annotations

import heapq
import math
from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse.linalg import expm_multiply, spsolve

from analysis import queueing

DESKS = [
    # agents, calls, call rate, item rate, leaving rate, threshold, items; per minute
    (2, 0.7, 1.0, 1.0, 0.5, 1, 0.2),
    (3, 1.2, 1.0, 0.4, 0.5, 2, 0.15),
    (4, 2.0, 1.0, 2.5, 0.8, 3, 1.0),
    (3, 1.5, 1.0, 1.0, 0.0, 3, 0.6),
    (3, 1.2, 1.0, 0.6, 0.0, 2, 0.2),
]


def moves_of(desk, state):
    """Return what can happen next: calls in hand or waiting, agents on items, items waiting; a free agent takes a call, else an item."""
    n, lam, mu, nu, theta, c, items = desk
    x, y, w = state
    working = min(x, n - y)

    def settled(x, y, w):
        while w and y + x < c:
            y, w = y + 1, w - 1
        return x, y, w

    yield lam, settled(x + 1, y, w)
    yield items, settled(x, y, w + 1)
    yield working * mu, settled(x - 1, y, w)
    yield (x - working) * theta, (x - 1, y, w)
    yield y * nu, settled(x, y - 1, w)


def written_out(desk, due, *, calls=35, items=45):
    """Solve the whole chain; the age of an item by following the chain without new items until it is begun."""
    n, lam, _, _, theta, c, arrive = desk
    states = [
        (x, y, w)
        for w in range(items + 1)
        for y in range(c + 1)
        for x in range(n - y + calls + 1)
        if (w == 0 or x + y >= c) and (x + y >= y)
    ]
    at = {state: number for number, state in enumerate(states)}
    entries = [
        (at[target], at[here], rate)
        for here in states
        for rate, target in moves_of(desk, here)
        if rate and target in at
    ]
    rows, columns, rates = map(np.array, zip(*entries, strict=True))
    size = len(states)
    flow = sparse.csr_matrix((rates, (rows, columns)), shape=(size, size))
    out = np.asarray(flow.sum(axis=0)).ravel()
    system = (flow - sparse.diags(out)).tolil()
    system[0] = 1.0
    law = spsolve(system.tocsc(), np.eye(size)[0])
    xs, ys, ws = np.array(states).T
    waits_later = begun_later(desk, states, law, due)
    return {
        "p_item_waits": law[xs + ys >= c].sum(),
        "item_wait_s": 60 * (law @ ws) / arrive,
        "items_waiting": law @ ws,
        "item_agents": law @ ys,
        "occupancy": (law @ np.minimum(xs + ys, n)) / n,
        "p_wait": law[xs + ys >= n].sum(),
        "p_abandon": theta * (law @ np.maximum(xs + ys - n, 0)) / lam,
    }, 1 - waits_later


def begun_later(desk, states, law, due):
    """Return the chance that an item that arrives waits longer than `due` minutes."""
    c = desk[5]
    waiting = [state for state in states if state[0] + state[1] >= c]
    at = {state: number for number, state in enumerate(waiting)}
    entries = []
    for here in waiting:
        x, y, w = here
        for rate, target in moves_of((*desk[:6], 0.0), (x, y, w + 1)):
            if rate:
                entries.append((at[here], at[here], -rate))
                left = target[2] - 1
                if left >= 0 and (target[0], target[1], left) in at:
                    entries.append((at[target[0], target[1], left], at[here], rate))
    rows, columns, rates = map(np.array, zip(*entries, strict=True))
    flow = sparse.csr_matrix((rates, (rows, columns)), shape=(len(waiting),) * 2)
    position = {state: number for number, state in enumerate(states)}
    start = np.array([law[position[state]] for state in waiting])
    return expm_multiply(flow * due, start).sum()


@pytest.mark.parametrize("desk", DESKS)
def test_against_the_written_out_chain(desk):
    n, lam, mu, nu, theta, c, items = desk
    expected, begun = written_out(desk, 3.0)
    found = queueing.finite_blend(
        n,
        arrivals_per_h=60 * lam,
        items_per_h=60 * items,
        aht_s=60 / mu,
        item_s=60 / nu,
        threshold=c,
        patience_s=60 / theta if theta else None,
    )
    for name, value in expected.items():
        assert getattr(found, name) == pytest.approx(value, rel=1e-6, abs=1e-9), name
    assert found.begun_within(180) == pytest.approx(begun, rel=1e-6)
    assert found.begun_within(0) == pytest.approx(1 - expected["p_item_waits"], rel=1e-6)


SHAPE = {"arrivals_per_h": 180, "aht_s": 300, "answer_within_s": 20}
CALLERS = ("p_wait", "p_abandon", "mean_wait_s", "service_level", "occupancy")


@pytest.mark.parametrize("item_s", [300, 420])
@pytest.mark.parametrize("patience_s", [None, 120.0])
def test_limits(item_s, patience_s):
    """Hardly any items: Erlang C or A. As many as an endless backlog would take: the endless backlog."""
    shape = {**SHAPE, "item_s": item_s, "threshold": 16, "patience_s": patience_s}
    few = queueing.finite_blend(20, items_per_h=1e-7, **shape)
    alone = queueing.erlang_a(20, 15.0, aht_s=300, patience_s=patience_s or math.inf, answer_within_s=20)
    endless = queueing.blend(20, **shape)
    near = queueing.finite_blend(20, items_per_h=endless.items_per_h * 0.98, **shape)
    for name in CALLERS:
        assert getattr(few, name) == pytest.approx(getattr(alone, name), rel=1e-6, abs=1e-9), name
        assert getattr(near, name) == pytest.approx(getattr(endless, name), rel=4e-2), name
    assert few.net_agents == pytest.approx(0, abs=1e-6)
    assert few.item_wait_s < near.item_wait_s / 50
    assert near.net_agents == pytest.approx(endless.net_agents, rel=4e-2)


@pytest.mark.parametrize("patience_s", [None, 150.0])
def test_two_lengths_become_one(patience_s):
    shape = {**SHAPE, "items_per_h": 25, "threshold": 15, "patience_s": patience_s}
    one, two = (queueing.finite_blend(20, item_s=length, **shape) for length in (300, 300 * (1 + 1e-11)))
    for name in (*CALLERS, "item_wait_s", "p_item_waits", "item_agents"):
        assert getattr(two, name) == pytest.approx(getattr(one, name), rel=1e-9), name
    due = [30, 600, 7200]
    assert two.begun_within(due) == pytest.approx(one.begun_within(due), rel=1e-9)
    assert two.finished_within(due) == pytest.approx(one.finished_within(due), rel=1e-9)


def simulate(n, lam, mu, nu, theta, c, items, *, hours, seed):
    """Return waits of items and shares of calls answered within 20 s, in hours of 60 minutes; written for this test."""
    rng = np.random.default_rng(seed)
    now, end, ages, answered = 0.0, hours * 60.0, [], []
    serving, calls, backlog = [], deque(), deque()
    next_call, next_item = rng.exponential(1 / lam), rng.exponential(1 / items)
    while now < end:
        done = serving[0] if serving else math.inf
        now = min(done, next_call, next_item)
        if now == done:
            heapq.heappop(serving)
        elif now == next_call:
            calls.append((now, now + (rng.exponential(1 / theta) if theta else math.inf)))
            next_call = now + rng.exponential(1 / lam)
        else:
            backlog.append(now)
            next_item = now + rng.exponential(1 / items)
        while calls and len(serving) < n:
            came, leaves = calls.popleft()
            answered.append(leaves > now and now - came <= 1 / 3)
            if leaves > now:
                heapq.heappush(serving, now + rng.exponential(1 / mu))
        while backlog and len(serving) < c:
            ages.append(now - backlog.popleft())
            heapq.heappush(serving, now + rng.exponential(1 / nu))
    return np.array(ages), np.array(answered)


@pytest.mark.parametrize("theta", [0.0, 0.5])
def test_against_a_simulation(theta):
    desk = (8, 1.2, 0.2, 0.1, theta, 7, 0.07)
    found = queueing.finite_blend(
        8,
        arrivals_per_h=72,
        items_per_h=4.2,
        aht_s=300,
        item_s=600,
        threshold=7,
        patience_s=60 / theta if theta else None,
    )
    ages, answered = simulate(*desk, hours=6000, seed=5)
    for seen, expected in (
        (60 * ages, found.item_wait_s),
        (ages <= 0, 1 - found.p_item_waits),
        (ages <= 15, found.begun_within(900)),
        (answered, found.service_level),
    ):
        blocks = np.array([block.mean() for block in np.array_split(seen, 40)])
        assert abs(seen.mean() - expected) < 4 * blocks.std() / np.sqrt(40)


@given(
    n=st.integers(1, 12),
    load=st.floats(0.1, 0.8),
    stretch=st.sampled_from([0.4, 1.0, 2.0]),
    share=st.floats(0.01, 0.9),
    kept_free=st.integers(0, 4),
    patience_s=st.one_of(st.none(), st.floats(20, 900)),
)
@settings(max_examples=20, deadline=None, derandomize=True)
def test_flows_and_bounds(n, load, stretch, share, kept_free, patience_s):
    threshold = max(1, n - kept_free)
    shape = {
        "arrivals_per_h": 12 * n * load,
        "aht_s": 300,
        "item_s": 300 * stretch,
        "patience_s": patience_s,
        "threshold": threshold,
    }
    endless = queueing.blend(n, **shape)
    found = queueing.finite_blend(n, items_per_h=share * endless.items_per_h, **shape)
    busy = n * load * (1 - found.p_abandon) + found.items_per_h * found.item_s / 3600
    assert busy == pytest.approx(n * found.occupancy, rel=1e-8)
    assert (
        endless.service_level - 1e-9
        <= found.service_level
        <= queueing.blend(n, **shape | {"threshold": 0}).service_level + 1e-9
    )
    ages = found.begun_within([0, 60, 600, 6000, 60_000])
    assert (np.diff(ages) >= -1e-9).all()
    assert ages[0] == pytest.approx(1 - found.p_item_waits, abs=1e-9)
    assert found.finished_within(600) <= ages[2] + 1e-9


def test_the_mean_wait_is_the_area_over_the_law():
    found = queueing.finite_blend(6, arrivals_per_h=42, items_per_h=12, aht_s=300, item_s=200, threshold=5)
    nodes, weights = np.polynomial.legendre.leggauss(20)
    # t runs over (0, infinity) as a u / (1 - u) does for u in (0, 1)
    u = 0.5 * (nodes + 1)
    later = 1 - found.begun_within(500 * u / (1 - u))
    assert (weights / 2 * 500 / (1 - u) ** 2 * later).sum() == pytest.approx(found.item_wait_s, rel=1e-5)


def test_a_thousand_agents():
    shape = {"arrivals_per_h": 10_800, "aht_s": 300, "item_s": 300, "patience_s": 120, "threshold": 970}
    endless = queueing.blend(1000, **shape)
    found = queueing.finite_blend(1000, items_per_h=0.97 * endless.items_per_h, **shape)
    assert found.item_agents == pytest.approx(0.97 * endless.item_agents, rel=1e-9)
    assert endless.p_wait < found.p_wait * 1.5


@pytest.mark.parametrize(
    ("n", "changed", "words"),
    [
        (
            20,
            {"items_per_h": 40},
            r"40 items arrive an hour, but 20 agents .* fewer than 16 are busy begin at most 38.86\d+: items would pile up",
        ),
        (20, {"threshold": 0}, r"threshold must be a whole number of 1 or more, got 0"),
        (20, {"threshold": 21}, r"threshold must be at most the number of agents, got 21 for 20 agents"),
        (15, {"threshold": 9}, r"load 15 erlangs needs more than 15 agents: .* or give the callers' patience"),
        (
            400,
            {"threshold": 300, "item_s": 200, "arrivals_per_h": 3600},
            r"400 agents with 30 items an hour .* too many states to solve exactly: simulate",
        ),
        (20, {"items_per_h": 0}, r"items_per_h must be a finite number above 0, got 0"),
    ],
)
def test_refusals(n, changed, words):
    with pytest.raises(ValueError, match=words):
        queueing.finite_blend(n, **{**SHAPE, "items_per_h": 30, "item_s": 300, "threshold": 16} | changed)
    found = queueing.finite_blend(20, **{**SHAPE, "items_per_h": 30, "item_s": 300, "threshold": 16})
    with pytest.raises(ValueError, match="due_s must be a finite number of 0 or more"):
        found.begun_within(-1)


def test_words_and_rows():
    found = queueing.finite_blend(20, **SHAPE, items_per_h=30, item_s=300, threshold=16)
    assert repr(found).startswith(
        "20 agents, 30 items an hour (at most 38.9) while fewer than 16 are busy: 2.50 agents on items"
    )
    assert set(found.to_frame()["quantity"]) >= {"item_wait_s", "most_items_per_h"}
    assert found.settings["threshold"] == 16
