"""The lowest of several uncertain ceilings: bias, coverage, ties and scenarios.

Known (closed forms and simulation): three equal ceilings with a standard deviation of .02 read .017 low, and the bootstrap of the minimum covers .71.
"""

import numpy as np
import pytest
from scipy import stats

from analysis.utilization.lowest import Ceiling, lowest

SD = 0.02
NOISE = SD * stats.norm.ppf((np.arange(600) + 0.5) / 600)


def ceilings(points, noise):
    return {
        str(number): Ceiling(x, drawn, drawn, drawn)
        for number, x in enumerate(points)
        for drawn in [x + noise[:, number]]
    }


def worlds(truths, *, number=400, correlation=0.0, seed=7):
    """Return the points and limits of many worlds whose ceilings have normal errors."""
    rng = np.random.default_rng(seed)
    shape = len(truths)
    root = np.linalg.cholesky(np.full((shape, shape), correlation) + (1 - correlation) * np.eye(shape))
    rows = []
    for _ in range(number):
        seen = np.asarray(truths) + SD * (root @ rng.standard_normal(shape))
        noise = np.column_stack([rng.permutation(NOISE) for _ in truths]) @ root.T
        found = lowest(ceilings(seen, noise), confidence=0.95)
        rows.append((found.value, found.low, found.high, seen.min()))
    return np.array(rows).T


def test_three_equal_ceilings_are_not_read_low_and_are_covered():
    value, low, high, plain = worlds([0.8, 0.8, 0.8])
    assert plain.mean() == pytest.approx(0.8 - 0.017, abs=0.002)
    assert np.median(value) == pytest.approx(0.8, abs=0.25 * SD)
    assert np.mean((low <= 0.8) & (high >= 0.8)) > 0.926


@pytest.mark.parametrize("correlation", [0.0, 0.8])
@pytest.mark.parametrize("apart", [0.5, 1, 2, 6])
def test_near_ties_are_covered_and_read_about_right(apart, correlation):
    value, low, high, _ = worlds([0.8, 0.8 + apart * SD], number=300, correlation=correlation)
    assert np.mean((low <= 0.8) & (high >= 0.8)) > 0.92
    assert np.median(value) == pytest.approx(0.8, abs=(0.45 if apart < 6 else 0.15) * SD)


def test_one_that_stands_apart_is_itself():
    found = lowest(ceilings([0.7, 0.95], np.column_stack([NOISE, NOISE[::-1]])), confidence=0.95)
    assert found.value == pytest.approx(0.7, abs=1e-4)
    assert (found.low, found.high) == pytest.approx((0.7 - 1.96 * SD, 0.7 + 1.96 * SD), abs=0.002)
    assert found.binding == ("0",)


def test_of_three_the_chance_of_a_miss_is_spent_once():
    """Two ceilings far above: 1/3 of the chance above, 2/3 below; together 5 %."""
    noise = np.column_stack([np.repeat(NOISE, 20)] * 3)
    found = lowest(ceilings([0.7, 0.95, 0.96], noise), confidence=0.95)
    below, above = stats.norm.cdf((found.low - 0.7) / SD), stats.norm.sf((found.high - 0.7) / SD)
    assert (below, above) == pytest.approx((0.1 / 3, 0.05 / 3), abs=0.001)


def test_a_sure_ceiling_uses_up_none_of_the_chance():
    sure = np.full(len(NOISE), 0.95)
    given = ceilings([0.7, 0.9], np.column_stack([NOISE, NOISE[::-1]])) | {"cap": Ceiling(0.95, sure, sure, sure)}
    assert lowest(given, confidence=0.95).low == pytest.approx(0.7 - 1.96 * SD, abs=0.0005)


def test_ties_are_named_and_clear_cases_are_not():
    rng = np.random.default_rng(2)
    noise = SD * rng.standard_normal((2000, 3))
    assert lowest(ceilings([0.80, 0.81, 0.95], noise), confidence=0.95).binding == ("0", "1")
    assert lowest(ceilings([0.80, 0.95], noise), confidence=0.95).binding == ("0",)
    equal = np.full(500, 0.8)
    assert lowest({"b": Ceiling(0.8, *[equal] * 3), "a": Ceiling(0.8, *[equal] * 3)}, confidence=0.95).binding == (
        "a",
        "b",
    )


def test_a_scenario_reaches_the_interval_and_the_tie():
    draws, cap = np.full(500, 0.85), np.full(500, 0.8)
    found = lowest(
        {"allowance": Ceiling(0.85, draws, draws - 0.1, draws + 0.05), "policy": Ceiling(0.8, cap, cap, cap)},
        confidence=0.95,
    )
    assert (found.value, found.low, found.high) == pytest.approx((0.8, 0.75, 0.8))
    assert found.binding == ("policy", "allowance")


def test_the_order_of_the_ceilings_does_not_matter():
    noise = SD * np.random.default_rng(3).standard_normal((500, 3))
    given = ceilings([0.8, 0.8, 0.82], noise)
    turned = dict(reversed(given.items()))
    assert lowest(given, confidence=0.9) == lowest(turned, confidence=0.9)


def test_no_ceilings_are_refused():
    with pytest.raises(ValueError, match="no lowest of no ceilings"):
        lowest({}, confidence=0.95)
