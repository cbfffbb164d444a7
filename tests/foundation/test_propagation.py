"""Closed forms against published and independently computed values, and against simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from analysis.foundation import propagation


def test_ratio_uq01():
    """UQ01: closed form, checked by the quadratic whose roots Fieller's limits are."""
    plain = propagation.fieller_ratio(0.3202, 0.0418, 0.8, 0.03)
    assert plain.value == pytest.approx(0.40025, abs=1e-8)
    assert (plain.low, plain.high) == pytest.approx((0.2955631677, 0.5092846617), abs=1e-8)
    half = propagation.fieller_ratio(0.3202, 0.0418, 0.8, 0.03, rho=0.5)
    assert (half.low, half.high) == pytest.approx((0.3070534876, 0.4902266021), abs=1e-8)
    assert propagation.delta_ratio_se(0.3202, 0.0418, 0.8, 0.03) == pytest.approx(0.05436307421, abs=1e-8)


def test_product_uq03():
    """UQ03: Goodman 1960; the first-order form lacks the last term."""
    assert propagation.product_sd(38, 6, 52_000, 4_000) == pytest.approx(347885.0385, abs=1e-4)
    assert math.hypot(38 * 4_000, 52_000 * 6) == pytest.approx(347056.1914, abs=1e-4)


@pytest.mark.parametrize("rho", [-0.8, 0.0, 0.6])
def test_fieller_covers_where_the_bottom_is_noisy(rho):
    rng = np.random.default_rng(4)
    top_score, own = rng.standard_normal((2, 2000))
    bottom_score = rho * top_score + math.sqrt(1 - rho**2) * own
    held = 0
    for first, second in zip(0.3 + 0.04 * top_score, 0.5 + 0.08 * bottom_score, strict=True):
        found = propagation.fieller_ratio(first, 0.04, second, 0.08, rho=rho)
        held += found.low <= 0.6 <= found.high
    assert 0.936 <= held / 2000 <= 0.964


def test_ratio_over_what_may_be_zero_is_refused_in_words():
    found = propagation.fieller_ratio(5.0, 1.0, 0.5, 0.4)
    assert found.status == "degenerate"
    assert "zero" in found.reasons[0]


@pytest.mark.parametrize("rho", [-0.7, 0.0, 0.7])
def test_product_sd_is_that_of_simulated_products(rho):
    rng = np.random.default_rng(5)
    first, own = rng.standard_normal((2, 400_000))
    second = rho * first + math.sqrt(1 - rho**2) * own
    simulated = float(((3 + 2 * first) * (5 + 4 * second)).std())
    assert propagation.product_sd(3, 2, 5, 4, rho=rho) == pytest.approx(simulated, rel=0.01)


def test_lognormal_product_is_that_of_simulated_products():
    rng = np.random.default_rng(6)
    drawn = 100 * np.exp(0.3 * rng.standard_normal(400_000)) * 40 * np.exp(0.4 * rng.standard_normal(400_000))
    for quantile in (0.1, 0.5, 0.975):
        closed = propagation.lognormal_product([100, 40], [0.3, 0.4], quantile=quantile)
        assert closed == pytest.approx(float(np.quantile(drawn, quantile)), rel=0.01)


def test_a_stated_range_is_its_10_and_90_percent_points_not_its_ends():
    score = np.random.default_rng(7).standard_normal(200_000)
    drawn = propagation.lognormal_between(score, middle=40.0, low=36.0, high=52.0)
    assert np.quantile(drawn, [0.1, 0.5, 0.9]) == pytest.approx([36, 40, 52], rel=0.01)
    assert drawn.min() > 0
    assert np.mean(drawn > 52) == pytest.approx(0.1, abs=0.005)


def test_triangular_and_pert_have_their_textbook_moments():
    chance = (np.arange(100_000) + 0.5) / 100_000
    drawn = propagation.triangular(chance, low=2.0, mode=5.0, high=14.0)
    assert drawn.mean() == pytest.approx((2 + 5 + 14) / 3, rel=1e-4)
    assert drawn.var() == pytest.approx((2**2 + 5**2 + 14**2 - 2 * 5 - 2 * 14 - 5 * 14) / 18, rel=1e-3)
    assert propagation.pert(chance, low=2.0, mode=5.0, high=14.0).mean() == pytest.approx((2 + 20 + 14) / 6, rel=1e-4)


def test_quantile_error_is_the_spread_of_repeated_simulations():
    rng = np.random.default_rng(8)
    worlds = np.exp(rng.standard_normal((800, 2000)))
    for quantile in (0.1, 0.5, 0.9):
        stated = np.mean([propagation.quantile_error(world, quantile) for world in worlds[:50]])
        assert stated == pytest.approx(float(np.quantile(worlds, quantile, axis=1).std()), rel=0.1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: propagation.fieller_ratio(1, 1, 0, 1), "zero"),
        (lambda: propagation.fieller_ratio(1, -1, 1, 1), "negative"),
        (lambda: propagation.delta_ratio_se(1, 1, 1, 1, rho=1.2), "correlation"),
        (lambda: propagation.lognormal_between(np.zeros(2), middle=1, low=2, high=3), "order"),
        (lambda: propagation.triangular(np.zeros(2), low=1, mode=1, high=1), "differ"),
        (lambda: propagation.lognormal_product([1, 2], [0.1]), "one spread"),
        (lambda: propagation.quantile_error(np.array([])), "no draws"),
    ],
)
def test_impossible_arguments_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_normal_scores_and_z90_agree():
    assert stats.norm.cdf(propagation.Z90) == pytest.approx(0.9)
