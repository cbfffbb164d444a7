"""Erlang B and C: sixty-digit arithmetic, properties, extremes."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis import queueing

SIZES = (1, 2, 3, 10, 57, 200, 1000, 5000, 20000)
RATIOS = (1e-6, 0.05, 0.5, 0.8, 0.97, 0.999, 0.9999999)


def blocking(n, a):
    """Erlang B by the upward recursion in sixty digits: written for clarity, shares nothing with the code under test."""
    a = mpmath.mpf(a)
    b = mpmath.mpf(1)
    for k in range(1, n + 1):
        b = a * b / (k + a * b)
    return b


def waiting(n, a):
    b = blocking(n, a)
    return n * b / (n - mpmath.mpf(a) * (1 - b))


def relative_error(value, exact):
    return float(abs((mpmath.mpf(value) - exact) / exact))


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("ratio", [*RATIOS, 1.0, 1.2, 30.0, 1e6])
def test_erlang_b_against_sixty_digits(n, ratio):
    a = n * ratio
    with mpmath.workdps(60):
        exact = blocking(n, a)
        if exact > mpmath.mpf("1e-300"):
            assert relative_error(queueing.erlang_b(n, a), exact) < 1e-12
        else:
            assert 0 <= queueing.erlang_b(n, a) <= 1e-299


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("ratio", RATIOS)
def test_erlang_c_and_service_level_against_sixty_digits(n, ratio):
    a = n * ratio
    with mpmath.workdps(60):
        exact = waiting(n, a)
        if exact > mpmath.mpf("1e-300"):
            assert relative_error(queueing.erlang_c(n, a), exact) < 1e-12
        for within in (0.0, 20.0, 14400.0):
            late = exact * mpmath.exp(-(n - mpmath.mpf(a)) * mpmath.mpf(within) / 300)
            in_time = queueing.service_level(n, a, aht_s=300, answer_within_s=within)
            assert relative_error(in_time, 1 - late) < 1e-12


def test_a_public_test_suite_that_is_wrong_stays_wrong():
    """PRODYNA/exciting-algorithms asserts .261 and .012 for these; known answer QC03 says otherwise, and so does the sum."""
    with mpmath.workdps(30):
        assert relative_error(queueing.erlang_c(25, 20), waiting(25, 20)) < 1e-14
        assert relative_error(queueing.erlang_b(200, 180), blocking(200, 180)) < 1e-14
    assert round(queueing.erlang_c(25, 20), 3) == 0.209
    assert round(queueing.erlang_b(200, 180), 3) == 0.010


def test_limits():
    assert queueing.erlang_b(0, 5.0) == 1
    assert queueing.erlang_b(0, 0) == 1
    assert queueing.erlang_b(7, 0) == 0
    assert queueing.erlang_c(7, 0) == 0
    assert queueing.service_level(7, 0, aht_s=300, answer_within_s=0) == 1
    # all but saturated: 1 - C is about (n - a) (1 + 1 / e) for two agents, far below the last digit of C itself
    assert queueing.erlang_c(2, 2 - 1e-15) <= 1
    assert queueing.service_level(2, 2 - 2e-15, aht_s=300, answer_within_s=0) == pytest.approx(1.5e-15 * 2, rel=0.2)


def test_huge_systems_end():
    assert queueing.erlang_b(10**7, 1e7) == pytest.approx(np.sqrt(2 / np.pi / 1e7), rel=1e-3)
    assert queueing.erlang_c(10**7, 1e3) == 0
    assert queueing.service_level(5000, 100.0, aht_s=300, answer_within_s=20) == 1


def test_arrays_broadcast_and_scalars_stay_scalars():
    table = queueing.erlang_c([[6], [8]], [1.0, 4.0, 5.0])
    assert table.shape == (2, 3)
    assert table[1, 2] == queueing.erlang_c(8, 5.0)
    assert type(queueing.erlang_c(8, 5.0)) is float
    assert queueing.service_level([6, 8], 5.0, aht_s=300, answer_within_s=[[20], [60]]).shape == (2, 2)
    assert queueing.erlang_b(np.array([]), 1.0).shape == (0,)


@given(st.integers(1, 300), st.floats(0.001, 400), st.integers(1, 50))
@example(256, 6.25, 1)
def test_more_agents_block_and_delay_less(n, a, more):
    assert queueing.erlang_b(n + more, a) <= queueing.erlang_b(n, a)
    if a < n:
        assert queueing.erlang_b(n, a) <= queueing.erlang_c(n, a) <= 1
        assert queueing.erlang_c(n + more, a) <= queueing.erlang_c(n, a)


@given(st.integers(1, 200), st.floats(0.01, 0.999), st.floats(0, 600), st.floats(1, 600))
def test_service_level_rises_with_the_threshold(n, ratio, within, more):
    levels = queueing.service_level(n, n * ratio, aht_s=300, answer_within_s=[0, within, within + more])
    assert levels[0] == pytest.approx(1 - queueing.erlang_c(n, n * ratio), abs=1e-12)
    assert 0 <= levels[0] <= levels[1] <= levels[2] <= 1


def test_overload_is_refused_and_the_first_pair_named():
    with pytest.raises(ValueError, match=r"load 9 erlangs needs more than 8 agents at position 1 \(2 of 3 in all\)"):
        queueing.erlang_c([10, 8, 7], [9.5, 9.0, 7.0])
    with pytest.raises(
        ValueError, match=r"load 5 erlangs needs more than 5 agents: .*use erlang_a with the callers' patience"
    ):
        queueing.erlang_c(5, 5)
    with pytest.raises(ValueError, match=r"at position 1, 1 "):
        queueing.service_level([[3], [2]], [1.0, 2.5], aht_s=300, answer_within_s=20)
    with pytest.raises(ValueError, match="needs more than 0 agents"):
        queueing.erlang_c(0, 0)
