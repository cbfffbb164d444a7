"""Blending by threshold: a chain written out from the policy's words, conservation, limits, monotony, extremes."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, stats
from scipy.sparse.linalg import expm_multiply, spsolve

from analysis import queueing

MEASURES = ("item_agents", "net_agents", "occupancy", "p_wait", "p_abandon", "mean_wait_s", "service_level")


def settle(calls, items, queue, threshold, agents):
    """What happens at once: a free agent takes a waiting call, else starts an item while fewer than the threshold are busy."""
    while calls + items < agents and queue:
        calls, queue = calls + 1, queue - 1
    while calls + items < min(threshold, agents) and not queue:
        items += 1
    return calls, items, queue


def moves(state, desk, most):
    """The events of the desk: an arrival, the end of a call, the end of an item, a caller giving up."""
    calls, items, queue = state
    _, lam, mu, nu, theta, _ = desk
    if queue < most:
        yield lam, (calls, items, queue + 1)
    if calls:
        yield calls * mu, (calls - 1, items, queue)
    if items:
        yield items * nu, (calls, items - 1, queue)
    if queue:
        yield queue * theta, (calls, items, queue - 1)


def written_out(desk, within, most):
    """Solve the desk by listing every state that the events reach, with no use of the structure of the chain."""
    agents, lam, _, _, theta, threshold = desk
    start = settle(0, 0, 0, threshold, agents)
    number, pending, triples = {start: 0}, [start], []
    while pending:
        state = pending.pop()
        for rate, after in moves(state, desk, most):
            goal = settle(*after, threshold, agents)
            if goal not in number:
                number[goal] = len(number)
                pending.append(goal)
            triples.append((number[state], number[goal], rate))
    row, column, rate = map(np.array, zip(*triples))
    flows = sparse.coo_matrix((rate, (row, column)), shape=(len(number), len(number))).tocsr()
    generator = (flows - sparse.diags(np.asarray(flows.sum(axis=1)).ravel())).T.tolil()
    generator[0] = 1.0
    law = spsolve(generator.tocsc(), np.eye(1, len(number)).ravel())
    chances = dict(zip(number, law))
    queue = sum(p * q for (_, _, q), p in chances.items())
    return {
        "item_agents": sum(p * y for (_, y, _), p in chances.items()),
        "occupancy": sum(p * (x + y) for (x, y, _), p in chances.items()) / agents,
        "p_wait": sum(p for (x, y, _), p in chances.items() if x + y == agents),
        "p_abandon": theta * queue / lam,
        "mean_wait_s": queue / lam,
        "service_level": sum(chances[state] * chance for state, chance in in_time(chances, desk, within).items()),
    }


def in_time(states, desk, within):
    """Chances that a caller who finds these states is served in time: he and the callers ahead, followed by a matrix."""
    agents, _, mu, nu, theta, threshold = desk
    most = max(queue for _, _, queue in states)
    number = {(y, r): y * (most + 1) + r - 1 for y in range(threshold + 1) for r in range(1, most + 2)}
    size = len(number)
    generator = sparse.lil_matrix((size + 1, size + 1))
    for (y, r), i in number.items():
        for rate, after in (((agents - y) * mu + (r - 1) * theta, (y, r - 1)), (y * nu, (y - 1, r - 1)), (theta, None)):
            generator[i, i] -= rate
            if after is not None and rate:
                # the tagged caller is served when an agent comes free at the head; callers ahead may also give up
                generator[i, size if after[1] == 0 else number[after]] += rate
    served = expm_multiply(generator.tocsr() * within, np.eye(1, size + 1, size).ravel())
    return {(x, y, q): served[number[y, q + 1]] if x + y == agents else 1.0 for x, y, q in states}


DESKS = [
    # agents, calls per minute, calls and items ended per minute, giving up, threshold
    (1, 0.1, 0.2, 0.5, 0.0, 1),
    (3, 0.4, 0.2, 0.05, 0.0, 2),
    (4, 0.6, 0.2, 0.4, 0.0, 4),
    (4, 0.5, 0.2, 0.2, 0.0, 3),
    (4, 0.5, 0.2, 0.21, 0.0, 3),
    (5, 0.6, 0.2, 0.1, 0.5, 5),
    (5, 1.4, 0.2, 0.3, 0.5, 4),
    (3, 0.3, 0.2, 0.02, 0.25, 3),
    (4, 0.3, 0.2, 4.0, 1.0, 1),
]


@pytest.mark.parametrize("desk", DESKS)
@pytest.mark.parametrize("within", [0.0, 1 / 3, 10.0])
def test_against_the_written_out_chain(desk, within):
    agents, lam, mu, nu, theta, threshold = desk
    expected = written_out(desk, within, most=40 if theta else 150)
    result = queueing.blend(
        agents,
        arrivals_per_h=lam * 60,
        aht_s=60 / mu,
        item_s=60 / nu,
        threshold=threshold,
        patience_s=60 / theta if theta else None,
        answer_within_s=within * 60,
    )
    for name, value in expected.items():
        value *= 60 if name == "mean_wait_s" else 1
        assert getattr(result, name) == pytest.approx(value, rel=1e-9, abs=1e-11), name


desks = st.fixed_dictionaries(
    {
        "agents": st.integers(1, 40),
        "load": st.floats(0.02, 0.97),
        "aht_s": st.floats(30, 900),
        "stretch": st.one_of(st.just(1.0), st.floats(0.1, 8.0)),
        "patience_s": st.one_of(st.none(), st.floats(10, 3000)),
        "answer_within_s": st.one_of(st.just(0.0), st.floats(1, 120), st.floats(600, 15_000)),
    }
)


def at(desk, threshold):
    return queueing.blend(desk["agents"], threshold=threshold, **arguments(desk))


def arguments(desk):
    overload = 1.3 if desk["patience_s"] else 1.0
    return {
        "arrivals_per_h": 3600 * overload * desk["load"] * desk["agents"] / desk["aht_s"],
        "aht_s": desk["aht_s"],
        "item_s": desk["aht_s"] * desk["stretch"],
        "patience_s": desk["patience_s"],
        "answer_within_s": desk["answer_within_s"],
    }


@given(desks)
@settings(max_examples=40)
def test_more_items_cost_callers_and_flows_balance(desk):
    results = [at(desk, c) for c in range(desk["agents"] + 1)]
    for less, more in itertools.pairwise(results):
        assert more.service_level <= less.service_level + 1e-12
        assert more.item_agents >= less.item_agents - 1e-9
        assert more.mean_wait_s >= less.mean_wait_s * (1 - 1e-12)
    before = results[0]
    for result in results:
        load = result.arrivals_per_h * result.aht_s / 3600
        answered = load * (1 - result.p_abandon)
        # invariant: calls answered x aht + items x item_s = busy agents
        busy = answered + result.items_per_h * result.item_s / 3600
        assert busy == pytest.approx(result.agents * result.occupancy, rel=1e-9)
        # net gain: items minus the calls' agents that blending drove away
        lost = load * (result.p_abandon - before.p_abandon)
        assert result.net_agents == pytest.approx(result.item_agents - lost, abs=1e-9 * result.agents)
        assert 0 <= result.service_level <= 1 + 1e-12
        assert result.service_level <= 1 - result.p_abandon + 1e-12
        assert 1 - result.p_wait <= result.service_level + 1e-12


@given(desks, st.floats(0.02, 0.98))
@settings(max_examples=40)
def test_best_threshold_is_the_largest_that_keeps_the_promise(desk, target):
    levels = [at(desk, c).service_level for c in range(desk["agents"] + 1)]
    keeping = [c for c, level in enumerate(levels) if level >= target]
    best = queueing.best_threshold(desk["agents"], target=target, **arguments(desk))
    assert best == (max(keeping) if keeping else None)


def test_a_promise_met_exactly_is_kept():
    desk = {"arrivals_per_h": 180, "aht_s": 300, "item_s": 420}
    level = queueing.blend(20, threshold=11, **desk).service_level
    assert queueing.best_threshold(20, target=level, **desk) == 11
    assert queueing.best_threshold(20, target=level * (1 + 1e-12), **desk) == 10


@given(desks)
@settings(max_examples=40)
def test_no_items_is_erlang(desk):
    result = at(desk, 0)
    plain = queueing.erlang_a(
        desk["agents"],
        result.arrivals_per_h * result.aht_s / 3600,
        aht_s=result.aht_s,
        patience_s=desk["patience_s"] or math.inf,
        answer_within_s=result.answer_within_s,
    )
    for name in ("p_wait", "p_abandon", "mean_wait_s", "occupancy", "service_level"):
        assert getattr(result, name) == pytest.approx(getattr(plain, name), rel=1e-12, abs=1e-300)
    assert result.item_agents == result.items_per_h == result.net_agents == 0


@given(st.integers(1, 60), st.floats(0.02, 0.98))
def test_never_idle_agents_make_every_caller_wait(n, ratio):
    """Threshold = agents, items as long as calls: P(wait) = 1 and mean wait = 1 / (n mu - lambda)."""
    arrivals = 12 * n * ratio
    result = queueing.blend(n, arrivals_per_h=arrivals, aht_s=300, item_s=300, threshold=n)
    assert result.p_wait == pytest.approx(1, rel=1e-12)
    assert result.mean_wait_s == pytest.approx(3600 / (12 * n - arrivals), rel=1e-10)
    assert result.occupancy == pytest.approx(1, rel=1e-12)
    assert result.item_agents == pytest.approx(n * (1 - ratio), rel=1e-9)


@pytest.mark.parametrize("patience_s", [None, 120.0, 1e5])
@pytest.mark.parametrize("within", [20.0, 3000.0])
@pytest.mark.parametrize("threshold", [1, 7, 16, 20])
def test_two_lengths_become_one(patience_s, within, threshold):
    """Items all but as long as calls: the chain over items and queue meets the birth-death chain."""
    desk = {"arrivals_per_h": 180, "aht_s": 300, "threshold": threshold}
    more = {"patience_s": patience_s, "answer_within_s": within}
    one = queueing.blend(20, item_s=300, **desk, **more)
    two = queueing.blend(20, item_s=300 * (1 + 1e-12), **desk, **more)
    for name in MEASURES:
        assert getattr(two, name) == pytest.approx(getattr(one, name), rel=1e-10, abs=1e-11), name


@pytest.mark.parametrize("within", [3000.0, 28_800.0])
def test_two_lengths_become_one_near_saturation(within):
    """Long queues and deferrable promises: callers in place 1,000 may still be served in time."""
    desk = {"arrivals_per_h": 142.56, "aht_s": 300, "threshold": 10, "answer_within_s": within}
    one = queueing.blend(12, item_s=300, **desk)
    two = queueing.blend(12, item_s=300 * (1 + 1e-12), **desk)
    assert two.service_level == pytest.approx(one.service_level, rel=1e-9)
    assert two.mean_wait_s == pytest.approx(one.mean_wait_s, rel=1e-9)


@pytest.mark.parametrize("stretch", [1 - 1e-13, 1.0, 1 + 1e-13, 1 + 1e-11])
def test_items_of_half_a_call_are_no_special_case(stretch):
    """The generating function of completions has a removable singularity where items end twice as fast as calls."""
    desk = {"arrivals_per_h": 115, "aht_s": 300, "threshold": 11}
    level, near = (queueing.blend(12, item_s=150 * x, **desk).service_level for x in (stretch, 1 + 1e-6))
    assert level == pytest.approx(near, abs=2e-7)
    endless = queueing.blend(12, item_s=150, **desk).service_level
    assert level == pytest.approx(endless, abs=1e-11)


@pytest.mark.parametrize("threshold", [2, 9, 12])
@pytest.mark.parametrize("item_s", [40.0, 150.0, 150.00001, 2000.0])
@pytest.mark.parametrize("within", [5.0, 100.0, 2500.0])
def test_endless_patience_is_the_limit_of_long_patience(threshold, item_s, within):
    """The share in time comes from counting completions without patience and from jumps of the chain with it."""
    desk = {"arrivals_per_h": 115, "aht_s": 300, "item_s": item_s, "threshold": threshold, "answer_within_s": within}
    endless, long = queueing.blend(12, **desk), queueing.blend(12, patience_s=1e12, **desk)
    for name in MEASURES:
        assert getattr(long, name) == pytest.approx(getattr(endless, name), rel=1e-6, abs=1e-8), name


def test_longer_items_cost_callers_more():
    """methods.md, finding 2: one threshold, items of 3, 5 and 10 minutes."""
    levels = [
        queueing.blend(20, arrivals_per_h=180, aht_s=300, item_s=item_s, threshold=18).service_level
        for item_s in (180, 300, 600)
    ]
    assert levels[0] > levels[1] > levels[2]


def test_items_taken_from_callers_are_not_a_gain():
    """methods.md, finding 3: 6.64 agents on items although 5 were idle, as 13.3 % of calls are given up."""
    result = queueing.blend(20, arrivals_per_h=180, aht_s=300, item_s=300, threshold=19, patience_s=120)
    before = queueing.erlang_a(20, 15.0, aht_s=300, patience_s=120, answer_within_s=20)
    assert result.item_agents > 6.6
    assert result.net_agents == pytest.approx(20 * (result.occupancy - before.occupancy), rel=1e-12)
    assert result.net_agents < 20 * (1 - before.occupancy)


@pytest.mark.parametrize(
    ("n", "ratio", "item_s", "patience_s", "within"),
    [
        (1000, 0.8, 600.0, None, 20),
        (1000, 1.3, 600.0, 120.0, 20),
        (5000, 0.9, 300.0, 120.0, 20),
        (200, 0.999, 900.0, None, 20),
        (60, 0.99, 600.0, None, 14_400),
        (60, 0.95, 30.0, None, 604_800),
        (1, 0.5, 86_400.0, None, 20),
        (30, 0.8, 600.0, 1e-6, 20),
        (30, 1.2, 600.0, 1e6, 20),
        (30, 1e-12, 600.0, 60.0, 20),
    ],
)
def test_extremes_end_and_conserve(n, ratio, item_s, patience_s, within):
    result = queueing.blend(
        n,
        arrivals_per_h=12 * n * ratio,
        aht_s=300,
        item_s=item_s,
        threshold=math.ceil(0.95 * n),
        patience_s=patience_s,
        answer_within_s=within,
    )
    busy = n * ratio * (1 - result.p_abandon) + result.item_agents
    assert busy == pytest.approx(n * result.occupancy, rel=1e-9)
    for share in (result.occupancy, result.p_wait, result.p_abandon, result.service_level):
        assert -1e-15 <= share <= 1 + 1e-12


def test_items_of_days_settle_where_calls_rarely_leave_room():
    """Items of twelve days, calls of five minutes: calls are Poisson, held at 550 - y by new items; weights span over 1e300.

    y settles where items start as often as they end: k P(X = k) / P(X >= k) / aht = y / item, k = 550 - y.
    """
    k = np.arange(1, 550)
    starts = k * stats.poisson.pmf(k, 400) / stats.poisson.sf(k - 1, 400) / 300
    settled = 550 - k[np.abs(np.log(starts / ((550 - k) / 1e6))).argmin()]
    result = queueing.blend(1000, arrivals_per_h=4800, aht_s=300, item_s=1e6, threshold=550)
    assert result.item_agents == pytest.approx(settled, rel=0.02)
    assert result.occupancy == pytest.approx(0.4 + result.item_agents / 1000, rel=1e-9)


def test_a_queue_that_would_last_years_is_refused():
    with pytest.raises(ValueError, match="makes a queue too long to compute exactly"):
        queueing.blend(1000, arrivals_per_h=4800, aht_s=300, item_s=1e8, threshold=950)


@pytest.mark.parametrize("threshold", [0, 3, 5])
@pytest.mark.parametrize("item_s", [300, 700])
@pytest.mark.parametrize("patience_s", [None, 90.0])
def test_no_calls_is_the_limit_of_rare_calls(threshold, item_s, patience_s):
    desk = {"aht_s": 300, "item_s": item_s, "threshold": threshold, "patience_s": patience_s}
    none, rare = queueing.blend(5, arrivals_per_h=0, **desk), queueing.blend(5, arrivals_per_h=1e-9, **desk)
    for name in MEASURES:
        assert getattr(none, name) == pytest.approx(getattr(rare, name), abs=1e-8), name
    assert none.item_agents == threshold


def test_saturated_desks():
    desk = {"aht_s": 300, "item_s": 600}
    with pytest.raises(ValueError, match=r"load 5 erlangs needs more than 5 agents: .*give the callers' patience"):
        queueing.blend(5, arrivals_per_h=60, threshold=2, **desk)
    assert queueing.best_threshold(5, arrivals_per_h=60, target=0.8, **desk) is None
    assert queueing.best_threshold(5, arrivals_per_h=60, target=0.05, patience_s=60, **desk) == 5
    with pytest.raises(ValueError, match="makes a queue too long to compute exactly"):
        queueing.blend(5, arrivals_per_h=60 * (1 - 1e-9), threshold=2, **desk)
    with pytest.raises(ValueError, match="shorter patience"):
        queueing.blend(50, arrivals_per_h=700, threshold=20, patience_s=1e12, **desk)


def test_a_broken_balance_is_an_error_and_is_not_clipped(monkeypatch):
    from analysis.queueing import chain

    solve = chain.solve

    def leaky(*arguments):
        p_wait, queue, on_calls, on_items, starts, in_time = solve(*arguments)
        return p_wait, queue, on_calls, on_items * 1.001, starts, in_time

    monkeypatch.setattr(chain, "solve", leaky)
    with pytest.raises(ArithmeticError, match="do not balance"):
        queueing.blend(5, arrivals_per_h=40, threshold=3, aht_s=300, item_s=600)
