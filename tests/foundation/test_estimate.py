"""Estimates and their intervals: known answers, variance by strata, and coverage over simulated clients."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.foundation.clusters import bootstrap, ratio
from analysis.foundation.estimate import Estimate, Quantity, find, tidy

IDLE = [3, 1, 5, 2, 0, 4, 6, 2, 1, 7, 3, 2, 4, 8, 1, 0, 5, 3, 2, 6]
LOOKS = [10, 9, 12, 10, 8, 11, 12, 10, 9, 12, 10, 8, 11, 12, 9, 8, 11, 10, 9, 12]


# WS06 on the logit scale: expit(logit p -+ t(19) se / (p (1 - p)))
WS06 = tuple(
    1 / (1 + math.exp(-(math.log(0.320197044335 / 0.679802955665) + sign * 2.0930240544 * 0.04179924065 / 0.217670897)))
    for sign in (0, -1, 1)
)


def logit(share: float) -> float:
    return math.log(share / (1 - share))


def standard_error(estimate: Estimate, freedom: int) -> float:
    """Return the standard error that a logit t interval was made from."""
    share = estimate.value
    half = (logit(estimate.high) - logit(estimate.low)) / 2
    return half * share * (1 - share) / stats.t.ppf(0.5 + estimate.confidence / 2, freedom)


# -- known answers


def test_ws06_clustered_rounds():
    """WS06 of known_answers.csv (R survey 4.1-1, svyratio on made-up data)."""
    found = ratio(IDLE, LOOKS, n_unit="rounds")
    assert found.value == pytest.approx(0.320197044335, abs=1e-11)
    error = standard_error(found, 19)
    assert error == pytest.approx(0.04179924065, abs=1e-8)
    assert logit(found.value) - logit(found.low) == pytest.approx(logit(found.high) - logit(found.value))
    binomial = math.sqrt(found.value * (1 - found.value) / sum(LOOKS))
    assert (error / binomial) ** 2 == pytest.approx(1.629417795, abs=1e-6)
    half = stats.t.ppf(0.975, 19) * error
    assert [found.value - half, found.value + half] == pytest.approx([0.2327102282, 0.4076838605], abs=1e-8)
    assert (found.n, found.n_unit, found.status) == (20, "rounds", "ok")


def test_one_stratum_of_two_by_hand():
    """Strata {1, 2} and {3, 4}, three clusters each of ten looks: z = x - p m, each stratum's sum of squares about its mean times 3/2."""
    x, labels = [3, 2, 4, 6, 8, 7], ["mon", "mon", "mon", "tue", "tue", "tue"]
    found = ratio(x, [10] * 6, n_unit="days", strata=labels)
    # sums of squares: 1 + 1 and 1 + 1; variance (3/2 * 2 + 3/2 * 2) / 60**2; four degrees of freedom
    assert standard_error(found, 4) == pytest.approx(math.sqrt(6) / 60)
    whole = ratio(x, [10] * 6, n_unit="days")
    assert standard_error(whole, 5) == pytest.approx(math.sqrt(6 / 5 * 28) / 60)


def test_strata_of_one_cluster_join_the_next_smallest():
    """Labels b and c stand once each and become one stratum; the answer is that of two strata."""
    x = [3, 2, 4, 5, 6, 8, 7]
    joined = ratio(x, [10] * 7, n_unit="days", strata=[1, 1, 1, 1, 1, 2, 2])
    assert ratio(x, [10] * 7, n_unit="days", strata=["a"] * 5 + ["b", "c"]) == joined
    assert ratio(x, [10] * 7, n_unit="days", strata=["a"] * 7) == ratio(x, [10] * 7, n_unit="days")


def test_days_without_base_are_not_clusters():
    assert ratio([*IDLE, 0], [*LOOKS, 0], n_unit="rounds") == ratio(IDLE, LOOKS, n_unit="rounds")


@given(st.permutations(range(20)), st.floats(0.01, 1e9))
def test_order_and_unit_change_nothing(order, factor):
    found = ratio([IDLE[at] * factor for at in order], [LOOKS[at] * factor for at in order], n_unit="rounds")
    assert (found.value, found.low, found.high) == pytest.approx(WS06, abs=1e-9)


def test_a_share_and_its_complement_mirror_each_other():
    found = ratio(IDLE, LOOKS, n_unit="rounds")
    other = ratio([looks - idle for idle, looks in zip(IDLE, LOOKS, strict=True)], LOOKS, n_unit="rounds")
    assert (1 - other.high, 1 - other.low) == pytest.approx((found.low, found.high))


# -- no figure, in words


def test_what_gives_no_figure_says_why():
    none = ratio([0] * 9, [8] * 9, n_unit="days")
    assert (none.status, none.value) == ("degenerate", None)
    assert "none of the time in all 9 days" in none.reasons[0]
    assert ratio([8] * 9, [8] * 9, n_unit="days").status == "degenerate"
    assert ratio([0, 0], [0, 0], n_unit="days").reasons == ("nothing to divide by: the base is zero",)
    few = ratio([1, 2, 3, 4, 5], [9] * 5, n_unit="days")
    assert (few.status, few.n) == ("insufficient", 5)
    assert "only 5 days" in few.reasons[0]
    rare = ratio([0] * 30 + [1], [10] * 31, n_unit="days")
    assert rare.status == "insufficient"
    assert "so rare a state" in rare.reasons[0]
    assert bootstrap([[1, 2]] * 5, lambda t: t[..., 0], n_unit="days", seed=1).status == "insufficient"
    # two clusters hold the whole base: many resamples divide by zero
    hollow = bootstrap([[1, 2], [1, 3], *[[0, 0]] * 8], _quotient, n_unit="days", seed=1)
    assert hollow.status == "degenerate"


@pytest.mark.parametrize(
    ("x", "m"), [([1, 2], [3]), ([-1] * 6, [3] * 6), ([4] * 6, [3] * 6), ([math.nan] * 6, [3] * 6), ([[1]], [[2]])]
)
def test_what_is_not_a_share_is_refused(x, m):
    with pytest.raises(ValueError, match=r"one length|between 0 and its denominator"):
        ratio(x, m, n_unit="days")


def test_an_estimate_cannot_contradict_itself():
    for parts in (
        {"value": None},
        {"value": 0.3, "status": "insufficient", "reasons": ("too few",)},
        {"value": None, "status": "insufficient"},
        {"value": 0.3, "low": 0.4, "high": 0.2},
        {"value": math.inf},
        {"value": 0.3, "low": math.nan},
    ):
        with pytest.raises(ValueError):
            Estimate(**parts)


# -- how it prints


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate(0.3149, 0.271, 0.352), "31 % (27 to 35)"),
        (Estimate(0.5), "50 %"),
        (Estimate(1234.4, 1000.2, 1500.7, unit="hours_per_week"), "1,234 (1,000 to 1,501)"),
        (Estimate(4.26, 3.91, 4.5, unit="agents"), "4.3 (3.9 to 4.5)"),
        (Estimate.missing("too few days"), "no figure (insufficient): too few days"),
        (Estimate.missing("no looks", low=0.1, high=0.52), "between 10 % and 52 %: no looks"),
    ],
)
def test_an_estimate_prints_as_the_report_prints_it(estimate, text):
    assert repr(estimate) == text


def test_scaling_moves_figure_and_bounds():
    hours = Estimate(0.3, 0.2, 0.4, n=9, n_unit="days").scaled(100, unit="hours_per_week")
    assert (hours.value, hours.low, hours.high, hours.unit, hours.n) == (30, 20, 40, "hours_per_week", 9)
    assert Estimate.missing("none", low=0.1).scaled(2).low == 0.2
    with pytest.raises(ValueError, match="above 0"):
        hours.scaled(0)


def test_a_quantity_is_found_by_id_and_exact_scope():
    centre = Quantity("baseline.idle_share", Estimate(0.3), "idle / base", {"population": "contact_centre"})
    team = Quantity("baseline.idle_share", Estimate(0.2), "idle / base", {"population": "contact_centre", "group": "x"})
    assert find([centre, team], "baseline.idle_share", population="contact_centre").value == 0.3
    with pytest.raises(KeyError, match="0 quantities"):
        find([centre, team], "baseline.idle_share")
    with pytest.raises(KeyError, match="2 quantities"):
        find([centre, centre], "baseline.idle_share", population="contact_centre")
    record = team.record()
    assert record["scope"] == {"population": "contact_centre", "group": "x"}
    assert (record["value"], record["status"], record["reasons"]) == (0.2, "ok", [])
    assert tidy([centre, team])["scope"].tolist() == ["population=contact_centre", "group=x; population=contact_centre"]


# -- bootstrap


def _quotient(totals):
    with np.errstate(invalid="ignore", divide="ignore"):
        return totals[..., 0] / totals[..., 1]


@pytest.mark.parametrize("k", [6, 12, 40])
def test_the_bootstrap_of_a_mean_is_the_t_interval(k):
    """The mean of evenly spread clusters, whose resampled mean is nearly normal: its t interval is mean -+ t(k - 1) s / sqrt(k)."""
    x = np.arange(k, dtype=float)
    sums = np.column_stack([x, np.ones(k)])
    found = bootstrap(sums, _quotient, n_unit="days", seed=3, draws=40_000, unit="agents")
    half = stats.t.ppf(0.975, k - 1) * x.std(ddof=1) / math.sqrt(k)
    assert found.value == pytest.approx(x.mean())
    assert (found.value - found.low, found.high - found.value) == pytest.approx((half, half), rel=0.025)


def test_the_bootstrap_repeats_with_its_seed_and_keeps_shares_in_bounds():
    first, again, other = (
        bootstrap(np.column_stack([IDLE, LOOKS]), _quotient, n_unit="days", seed=seed) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other
    sums = np.column_stack([[0] * 19 + [9], [10] * 20])
    assert bootstrap(sums, _quotient, n_unit="days", seed=1).low == 0.0
    high = bootstrap(np.column_stack([[10] * 19 + [1], [10] * 20]), _quotient, n_unit="days", seed=1)
    assert high.high == 1.0
    hours = bootstrap(sums, _quotient, n_unit="days", seed=1, unit="hours_per_week")
    assert hours.low < 0


# -- coverage: simulated clients with a known truth

SHARE, CORRELATION = 0.32, 0.065
REPLICATIONS = 400


def band(replications: int) -> tuple[float, float]:
    """Return the 99.9 % binomial band of the coverage of a true 95 % interval (UQ06)."""
    low, high = stats.binom.ppf([0.0005, 0.9995], replications, 0.95)
    return low / replications, high / replications


def test_uq06_band():
    """UQ06 of known_answers.csv: 500 and 1,000 replications."""
    assert band(500) == pytest.approx((0.916, 0.978))
    assert band(1000) == pytest.approx((0.926, 0.971))


def rounds(rng: np.random.Generator, k: int, m: int) -> np.ndarray:
    """Return beta-binomial counts of `k` rounds of `m` looks."""
    size = 1 / CORRELATION - 1
    return rng.binomial(m, rng.beta(SHARE * size, (1 - SHARE) * size, k))


def coverage(estimates: list[Estimate], truth: float) -> tuple[float, float]:
    """Return the share of answered estimates that hold the truth, and the share answered."""
    answered = [one for one in estimates if one.status == "ok"]
    return float(np.mean([one.low <= truth <= one.high for one in answered])), len(answered) / len(estimates)


@pytest.mark.parametrize(("k", "m"), [(20, 10), (6, 30)])
def test_ws17_the_logit_t_interval_covers(k, m):
    """WS17 of known_answers.csv (400,000 simulated studies): .9527 with 20 rounds of 10 looks, .9533 with 6 of 30."""
    rng = np.random.default_rng(20260302)
    found = [ratio(rounds(rng, k, m), np.full(k, m), n_unit="rounds") for _ in range(REPLICATIONS)]
    share, answered = coverage(found, SHARE)
    low, high = band(REPLICATIONS)
    assert low <= share <= high
    assert answered >= 0.99


def test_looks_are_not_independent():
    """WS17: an interval that takes every look for a cluster covers .88; the same test must catch it."""
    rng = np.random.default_rng(20260302)
    found = []
    for _ in range(REPLICATIONS):
        x = rounds(rng, 20, 10)
        looks = np.repeat([1, 0], [x.sum(), 200 - x.sum()])
        found.append(ratio(looks, np.ones(200), n_unit="looks"))
    assert coverage(found, SHARE)[0] < band(REPLICATIONS)[0]


def test_weekday_strata_cover_and_are_narrower():
    """Eight weeks of five weekdays that differ: strata take the fixed difference between weekdays out of the variance."""
    rng = np.random.default_rng(7)
    weekday = np.tile(np.arange(5), 8)
    centre = np.array([0.2, 0.25, 0.3, 0.35, 0.4])
    plain, strata = [], []
    for _ in range(REPLICATIONS):
        base = rng.uniform(300, 500, 40)
        idle = base * np.clip(centre[weekday] + rng.normal(0, 0.03, 40), 0, 1)
        plain.append(ratio(idle, base, n_unit="days"))
        strata.append(ratio(idle, base, n_unit="days", strata=weekday))
    low, high = band(REPLICATIONS)
    assert low <= coverage(strata, centre.mean())[0] <= high
    assert coverage(plain, centre.mean())[0] > high
    assert np.mean([one.high - one.low for one in strata]) < 0.6 * np.mean([one.high - one.low for one in plain])


@pytest.mark.parametrize("k", [6, 20])
def test_the_bootstrap_covers(k):
    rng = np.random.default_rng(5)
    found = []
    for seed in range(REPLICATIONS):
        x = rounds(rng, k, 200 // k)
        found.append(
            bootstrap(np.column_stack([x, np.full(k, 200 // k)]), _quotient, n_unit="rounds", seed=seed, draws=500)
        )
    low, high = band(REPLICATIONS)
    assert low <= coverage(found, SHARE)[0] <= high
