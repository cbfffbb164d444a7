"""Erlang A: forty-digit sums and integrals, conservation laws, limits, and the loads at which others overflow or hang."""

from __future__ import annotations

import math

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import queueing


def exact(n, a, eta, tau):
    """P(wait), P(abandon), share served within tau, P(in queue longer than tau), by series of positive terms."""
    n_agents, n, a, eta, tau = n, *map(mpmath.mpf, (n, a, eta, tau))
    term, below = mpmath.mpf(1), mpmath.mpf(0)
    for k in range(n_agents, 0, -1):
        term *= k / a
        below += term

    def beyond(t, m):
        """n times the integral from t on of exp(a / eta (1 - exp(-eta x)) - eta m x), an incomplete gamma function."""
        w = mpmath.exp(-eta * t)
        y = a / eta * w
        term, total, k = 1 / m, mpmath.mpf(0), 0
        while term > total * mpmath.eps or y > m + k:
            total += term
            k += 1
            term *= y / (m + k)
        return n / eta * mpmath.exp(a / eta * (1 - w)) * w**m * total

    offered, staying = beyond(0, n / eta), beyond(0, n / eta + 1)
    total = below + offered
    return (
        offered / total,
        (offered - staying) / total,
        (below + staying - beyond(tau, n / eta + 1)) / total,
        mpmath.exp(-eta * tau) * beyond(tau, n / eta) / total,
    )


GRID = [
    (n, n * ratio, eta, tau)
    for n in (1, 2, 5, 20, 100, 500)
    for ratio in (0.01, 0.8, 1.0, 1.05, 10.0)
    for eta in (0.02, 0.4, 2.5, 1000.0)
    for tau in (0.0, 1 / 15, 10.0)
    if n * ratio / eta < 1500
]


@pytest.mark.parametrize(("n", "a", "eta", "tau"), GRID)
def test_against_many_digits(n, a, eta, tau):
    overload = (a - n - n * math.log(a / n)) / eta if a > n else 0.0
    with mpmath.workdps(60 + int(overload / 2 + n / 2)):
        truth = exact(n, a, eta, tau)
        result = queueing.erlang_a(n, a, aht_s=1, patience_s=1 / eta, answer_within_s=tau)
        found = (result.p_wait, result.p_abandon, result.service_level, result.p_wait_longer_than(tau))
        for value, true in zip(found, truth):
            if true > mpmath.mpf("1e-300"):
                assert abs((mpmath.mpf(value) - true) / true) < 2e-12
            else:
                assert value < 1e-299


def test_against_the_plain_birth_death_chain():
    """Every measure but the tail from the stationary law of the number of calls, summed directly."""
    n, a, eta = 12, 13.5, 1.7
    weights, k = [1.0], 0
    while len(weights) < 400:
        k += 1
        weights.append(weights[-1] * a / (min(k, n) + max(k - n, 0) * eta))
    total = math.fsum(weights)
    queue = math.fsum(max(k - n, 0) * w for k, w in enumerate(weights)) / total
    busy = math.fsum(min(k, n) * w for k, w in enumerate(weights)) / total
    result = queueing.erlang_a(n, a, aht_s=240, patience_s=240 / eta, answer_within_s=20)
    assert result.p_wait == pytest.approx(math.fsum(weights[n:]) / total, rel=1e-13)
    assert result.mean_queue == pytest.approx(queue, rel=1e-13)
    assert result.mean_wait_s == pytest.approx(queue / a * 240, rel=1e-13)
    assert result.p_abandon == pytest.approx(queue * eta / a, rel=1e-13)
    assert result.occupancy == pytest.approx(busy / n, rel=1e-13)


@pytest.mark.parametrize(
    ("n", "a", "patience_s"),
    [
        (1, 5000.0, 300.0),
        (5000, 6000.0, 300.0),
        (100_000, 100_000.0, 300.0),
        (1, 1e9, 60.0),
        (3, 1e-9, 60.0),
        (1, 1e-200, 60.0),
        (10, 12.0, 1e-300),
        (10, 12.0, 1e300),
        (10, 8.0, 1e300),
        (2000, 2500.0, 1e12),
        (100_000, 1000.0, 1e-6),
    ],
)
def test_extremes_end_and_conserve(n, a, patience_s):
    result = queueing.erlang_a(n, a, aht_s=300, patience_s=patience_s, answer_within_s=20)
    assert 0 <= result.quantile_wait_s(0.5) <= result.quantile_wait_s(0.99) < math.inf
    for share in (result.p_wait, result.p_abandon, result.service_level, result.occupancy):
        assert 0 <= share <= 1 + 1e-12
    # what is offered is served or given up
    assert a * (1 - result.p_abandon) == pytest.approx(n * result.occupancy, rel=1e-9, abs=1e-15 * a)
    if a > 1.1 * n and patience_s > 1:
        assert result.p_abandon == pytest.approx(1 - n / a, rel=1e-2)  # the fluid limit
    assert result.p_abandon * patience_s == pytest.approx(result.mean_wait_s, rel=1e-12)


@given(st.integers(1, 150), st.floats(0.05, 0.97), st.floats(1, 100))
def test_endless_patience_is_erlang_c(n, ratio, within):
    a = n * ratio
    wait = queueing.erlang_c(n, a)
    patient = queueing.erlang_a(n, a, aht_s=300, patience_s=math.inf, answer_within_s=within)
    nearly = queueing.erlang_a(n, a, aht_s=300, patience_s=1e13, answer_within_s=within)
    in_time = queueing.service_level(n, a, aht_s=300, answer_within_s=within)
    for result in (patient, nearly):
        assert result.p_wait == pytest.approx(wait, rel=1e-6)
        assert result.service_level == pytest.approx(in_time, rel=1e-6)
        assert result.mean_wait_s == pytest.approx(wait * 300 / (n - a), rel=1e-6)
    assert patient.p_abandon == 0


@given(st.integers(1, 150), st.floats(0.01, 300))
def test_no_patience_is_erlang_b(n, a):
    result = queueing.erlang_a(n, a, aht_s=300, patience_s=1e-9, answer_within_s=20)
    blocked = queueing.erlang_b(n, a)
    assert result.p_abandon == pytest.approx(blocked, rel=1e-6)
    assert result.p_wait == pytest.approx(blocked, rel=1e-6)
    assert result.service_level == pytest.approx(1 - blocked, rel=1e-6)


@given(st.integers(1, 100), st.floats(0.05, 150), st.floats(5, 5000), st.floats(0, 500), st.integers(1, 10))
def test_more_agents_help_everyone(n, a, patience_s, within, more):
    few, many = (
        queueing.erlang_a(size, a, aht_s=300, patience_s=patience_s, answer_within_s=within) for size in (n, n + more)
    )
    assert many.p_wait <= few.p_wait + 1e-13
    assert many.p_abandon <= few.p_abandon + 1e-13
    assert many.mean_wait_s <= few.mean_wait_s + 1e-9
    assert many.service_level >= few.service_level - 1e-13


@given(st.integers(1, 60), st.floats(0.05, 80), st.floats(5, 3000), st.floats(0.0, 0.999))
def test_quantile_inverts_the_tail(n, a, patience_s, p):
    result = queueing.erlang_a(n, a, aht_s=300, patience_s=patience_s, answer_within_s=20)
    wait = result.quantile_wait_s(p)
    assert result.p_wait_longer_than(0) == pytest.approx(result.p_wait, rel=1e-12)
    if wait == 0:
        assert result.p_wait <= 1 - p
    else:
        assert result.p_wait_longer_than(wait) == pytest.approx(1 - p, rel=1e-9)


def test_no_calls():
    result = queueing.erlang_a(3, 0, aht_s=300, patience_s=60, answer_within_s=20)
    assert (result.p_wait, result.p_abandon, result.mean_wait_s, result.occupancy, result.service_level) == (
        0,
        0,
        0,
        0,
        1,
    )
    assert result.p_wait_longer_than(5) == 0
    assert result.quantile_wait_s(0.9) == 0


def test_endless_patience_in_overload_is_refused():
    with pytest.raises(ValueError, match=r"load 11 erlangs needs more than 10 agents: .*give the callers' patience"):
        queueing.erlang_a(10, 11, aht_s=300, patience_s=math.inf, answer_within_s=20)
