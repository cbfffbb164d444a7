"""The three ceilings and their minimum, against known answers and by hand.

Known answers: UT10 (regression to the mean), UT11 (two conventions of allowances), UT12 (largest occupancy under Erlang C), all computed from closed forms.
"""

import numpy as np
import pytest
from scipy import stats

from analysis import queueing
from analysis.foundation.settings import Queue
from analysis.measure.shrinkage import morris as shrunken
from analysis.utilization.lowest import Ceiling, lowest
from analysis.utilization.occupancy import highest_occupancy

PROMISE = Queue(name="claims")  # 80 % in 20 s


def test_a_promise_without_spread_is_the_exact_occupancy_ut12():
    agents = [1, 2, 5, 10, 20, 50, 100]
    expected = [0.2108043412, 0.3880829098, 0.5941514982, 0.7130201167, 0.8019444724, 0.8830164917, 0.9237732135]
    found = highest_occupancy(agents, load_cv=[0.0], aht_s=300, queue=PROMISE)[:, 0]
    assert found == pytest.approx(expected, abs=5e-5)
    patient = highest_occupancy(agents, load_cv=[0.0], aht_s=300, queue=PROMISE, patience_s=180)[:, 0]
    exact = queueing.max_occupancy(agents, aht_s=300, target=0.8, answer_within_s=20, patience_s=180)
    assert patient == pytest.approx(exact, abs=1e-4)


@pytest.mark.parametrize("agents", [20, 100])
def test_uncertain_load_lowers_it_as_quadrature_says(agents):
    """The load is lognormal with a coefficient of variation of .15; every contact counts once. Independent quadrature on 4,000 quantiles."""
    sigma = np.sqrt(np.log1p(0.15**2))
    factors = stats.lognorm.ppf((np.arange(4000) + 0.5) / 4000, sigma, scale=np.exp(-(sigma**2) / 2))

    def kept(share):
        loads = agents * share * factors
        below = loads < agents
        level = np.zeros_like(loads)
        level[below] = queueing.service_level(agents, loads[below], aht_s=300, answer_within_s=20)
        return (loads * level).sum() / loads.sum() - 0.8

    low, high = 0.3, 1.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if kept(middle) >= 0 else (low, middle)
    carried = np.minimum(agents * low * factors, agents).mean() / agents
    found = float(highest_occupancy([agents], load_cv=[0.15], aht_s=300, queue=PROMISE)[0, 0])
    assert found == pytest.approx(carried, abs=0.002)
    assert found < float(queueing.max_occupancy(agents, aht_s=300, target=0.8, answer_within_s=20)) - 0.04


def test_a_definition_without_the_abandoned_is_easier():
    offered, answered = (
        highest_occupancy(
            [20], load_cv=[0.1], aht_s=300, queue=PROMISE.model_copy(update={"definition": words}), patience_s=90
        )[0, 0]
        for words in ("of offered", "of answered")
    )
    assert answered > offered + 0.01


def draws_of(*ceilings):
    return {str(number): Ceiling(value, draws, draws, draws) for number, (value, draws) in enumerate(ceilings)}


def test_one_ceiling_is_itself():
    draws = 0.7 + 0.02 * np.random.default_rng(1).standard_normal(20_000)
    found = lowest(draws_of((0.7, draws)), confidence=0.95)
    assert found.value == pytest.approx(0.7, abs=0.001)
    assert (found.low, found.high) == pytest.approx((0.7 - 0.0392, 0.7 + 0.0392), abs=0.002)


def test_three_equal_ceilings_are_not_read_low_and_are_covered():
    """Known: three equal ceilings with standard deviation .02 read .017 low, and the bootstrap of the minimum covers .71."""
    rng = np.random.default_rng(7)
    points, plain, covered = [], [], 0
    worlds = 400
    for _ in range(worlds):
        seen = 0.8 + 0.02 * rng.standard_normal(3)
        noise = 0.02 * rng.standard_normal((400, 3))
        found = lowest(draws_of(*[(x, x + noise[:, j]) for j, x in enumerate(seen)]), confidence=0.95)
        points.append(found.value)
        plain.append(seen.min())
        covered += found.low <= 0.8 <= found.high
    assert np.median(plain) == pytest.approx(0.8 - 0.017, abs=0.004)
    assert np.median(points) == pytest.approx(0.8, abs=0.004)
    assert covered / worlds >= 0.95


def test_ties_are_named_and_clear_cases_are_not():
    rng = np.random.default_rng(2)
    near = [(0.80, 0.80 + 0.02 * rng.standard_normal(2000)), (0.81, 0.81 + 0.02 * rng.standard_normal(2000))]
    far = (0.95, 0.95 + 0.01 * rng.standard_normal(2000))
    assert lowest(draws_of(*near, far), confidence=0.95).binding == ("0", "1")
    assert lowest(draws_of(near[0], far), confidence=0.95).binding == ("0",)


def test_a_scenario_reaches_the_interval_and_the_tie():
    draws = np.full(500, 0.85)
    assumed = Ceiling(0.85, draws, draws - 0.1, draws + 0.05)
    policy = Ceiling(0.8, np.full(500, 0.8), np.full(500, 0.8), np.full(500, 0.8))
    found = lowest({"allowance": assumed, "policy": policy}, confidence=0.95)
    assert (found.value, found.low, found.high) == pytest.approx((0.8, 0.75, 0.8))
    assert found.binding == ("policy", "allowance")


def test_luck_is_taken_out_of_the_best_groups_ut10():
    """True and sampling spread .05 about .60: the best quarter reads .690, is .645."""
    rng = np.random.default_rng(9)
    true = 0.6 + 0.05 * rng.standard_normal(4000)
    seen = true + 0.05 * rng.standard_normal(4000)
    best = np.argsort(seen)[-1000:]
    pulled, _ = shrunken(seen, np.full(4000, 0.05))
    assert seen[best].mean() == pytest.approx(0.6899, abs=0.005)
    assert pulled[best].mean() == pytest.approx(0.6449, abs=0.005)
    assert pulled[best].mean() == pytest.approx(true[best].mean(), abs=0.005)


def test_mean_and_error_of_shrunken_groups_by_hand():
    """Six groups .50 to .75, errors .05: A = .00625, B = 3/5 * .0025 / .00875; variance of the first .0025 (1 - 5/6 B) + 2/3 B^2 .125^2."""
    pulled, error = shrunken(np.array([0.50, 0.55, 0.60, 0.65, 0.70, 0.75]), np.full(6, 0.05))
    pull = 0.6 * 0.0025 / 0.00875
    assert pulled[0] == pytest.approx(0.5 + pull * 0.125)
    assert error[0] ** 2 == pytest.approx(0.0025 * (1 - 5 / 6 * pull) + 2 / 3 * pull**2 * 0.125**2)
