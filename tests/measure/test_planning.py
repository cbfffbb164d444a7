"""Planning a work-sampling study: how many days, how far apart, and what precision comes out when the study is done.

Known answers: WS16 (two-state Markov worker: the closed form against the sum over all pairs of looks and against a simulated worker).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS, ratio
from analysis.foundation.schema import DataProblem
from analysis.measure.sampling import look_spacing, pilot_correlations, plan_study, sample_size, spaced_variance

USUAL = {"half_width": 0.04, "looks_per_round": 12, "rounds_per_day": 8}


def test_one_independent_round_a_day_is_the_textbook_size_with_t_for_z():
    asked = {"looks_per_round": 1, "rounds_per_day": 1, "icc": 0, "day_icc": 0}
    plan = plan_study(0.3, half_width=0.04, days=plan_study(0.3, half_width=0.04, **asked).needed_days, **asked)
    least = sample_size(0.3, half_width=0.04)
    assert plan.deff == 1
    assert least < plan.looks <= least + 5
    quantile = float(stats.t.ppf(0.975, plan.days - 1))
    assert quantile * (0.21 / plan.days) ** 0.5 <= 0.04 < quantile * (0.21 / (plan.days - 2)) ** 0.5


@given(
    share=st.floats(0.05, 0.95),
    half_width=st.floats(0.01, 0.2),
    looks=st.integers(1, 60),
    rounds=st.integers(1, 20),
    icc=st.floats(0, 0.4),
    part=st.floats(0, 1),
)
def test_the_plan_is_the_shortest_that_does(share, half_width, looks, rounds, icc, part):
    asked = {"looks_per_round": looks, "rounds_per_day": rounds, "icc": icc, "day_icc": icc * part}
    needed = plan_study(share, half_width=half_width, **asked).needed_days
    plan = plan_study(share, half_width=half_width, days=needed, **asked)
    assert plan.reached
    assert plan.reasons == ()
    assert plan.days >= MINIMUM_CLUSTERS
    assert plan.half_width <= half_width * (1 + 1e-9)
    assert plan.deff == pytest.approx(1 + (looks - 1) * icc + (rounds - 1) * looks * icc * part)
    assert plan.half_width < plan.likely_half_width
    if plan.days > MINIMUM_CLUSTERS:
        assert not plan_study(share, half_width=half_width, days=plan.days - 1, **asked).reached


def test_relative_precision_is_a_fraction_of_the_share():
    assert plan_study(0.3, **USUAL | {"half_width": 0.1}, relative=True) == plan_study(
        0.3, **USUAL | {"half_width": 0.03}
    )


def days_seen(plan, *, icc: float, day_icc: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return hits and looks by day: days, and rounds within them, have normal shares cut at 0 and 1: not the plan's own model."""
    p = plan.share
    day = p + rng.normal(0, np.sqrt(day_icc * p * (1 - p)), (plan.days, 1))
    rounds = day + rng.normal(0, np.sqrt((icc - day_icc) * p * (1 - p)), (plan.days, plan.rounds_per_day))
    hits = rng.binomial(int(plan.looks_per_round), np.clip(rounds, 0, 1)).sum(axis=1)
    return hits, np.full(plan.days, plan.rounds_per_day * plan.looks_per_round)


def test_studies_end_as_wide_as_planned_and_cover():
    plan = plan_study(0.35, half_width=0.05, looks_per_round=15, rounds_per_day=6, icc=0.06, day_icc=0.03)
    rng = np.random.default_rng(3)
    found = [ratio(*days_seen(plan, icc=0.06, day_icc=0.03, rng=rng), n_unit="days") for _ in range(1000)]
    low, high = (np.array([getattr(one, name) for one in found], dtype=float) for name in ("low", "high"))
    half = (high - low) / 2
    assert half.mean() == pytest.approx(plan.half_width, rel=0.04)
    assert (half <= plan.likely_half_width).mean() == pytest.approx(0.8, abs=0.05)
    assert 0.926 < ((low <= 0.35) & (high >= 0.35)).mean() < 0.971


def test_what_cannot_be_reached_is_said_with_what_would_do():
    assert "16 days would do" in repr(plan_study(0.3, **USUAL, days=30))
    assert plan_study(0.3, **USUAL | {"half_width": 0.005}).days == 250
    short = plan_study(0.3, **USUAL, days=10)
    assert not short.reached
    assert short.days == 10
    assert short.half_width > 0.04
    needed = plan_study(0.3, **USUAL).days
    assert f"{needed} days with 8 rounds each would do" in repr(short)
    more = int(repr(short).split("so would ")[1].split()[0])
    assert plan_study(0.3, **USUAL | {"rounds_per_day": more}, days=10).reached
    assert not plan_study(0.3, **USUAL | {"rounds_per_day": more - 1}, days=10).reached
    uneven = plan_study(0.3, **USUAL, icc=0.1, day_icc=0.1, days=10)
    assert "more rounds a day hardly help" in repr(uneven)
    none = plan_study(0.3, **USUAL, days=5)
    assert (none.half_width, none.reached) == (None, False)
    assert "no interval" in repr(none)


def test_people_are_luck_only_when_the_share_is_meant_for_others():
    asked = USUAL | {"looks_per_round": 24, "people": 24, "person_icc": 0.1}
    these = plan_study(0.3, **asked)
    others = plan_study(0.3, **asked, generalise_to="other_people")
    assert these.deff == pytest.approx(plan_study(0.3, **USUAL | {"looks_per_round": 24}).deff - 0.1)
    assert not others.reached
    assert "No number of days is enough" in repr(others)
    assert plan_study(0.3, **asked | {"people": 2400}, generalise_to="other_people").reached


def test_who_is_seen_anyway_leaves_no_doubt_about_people():
    """24 fixed people of whom 12 or all 24 are drawn for each tour: the variance of the share is that of the formula."""
    rng = np.random.default_rng(5)
    people, days, p, spread = 24, 12, 0.4, 0.1
    own = stats.norm.ppf((np.arange(people) + 0.5) / people) * np.sqrt(spread * p * (1 - p))
    own = np.clip(p + own - own.mean(), 0, 1)
    person_icc = own.var() / (p * (1 - p))
    for seen in (12, 24):
        asked = {"looks_per_round": seen, "rounds_per_day": 2, "people": people, "person_icc": person_icc}
        plan = plan_study(p, half_width=0.9, icc=0, day_icc=0, days=days, **asked)
        order = rng.random((4000, days * 2, people)).argsort(axis=2)[:, :, :seen]
        shares = (rng.random(order.shape) < own[order]).mean(axis=(1, 2))
        looks = plan.rounds / plan.days * days * seen
        assert shares.var() == pytest.approx(p * (1 - p) * plan.deff / looks, rel=0.1)


@pytest.mark.parametrize(
    "bad",
    [
        {"share": 0.0},
        {"half_width": 0.0},
        {"icc": 0.01, "day_icc": 0.02},
        {"person_icc": 0.1},
        {"generalise_to": "other_people"},
        {"people": 5},
        {"rounds_per_day": 0},
        {"days": 0},
    ],
)
def test_numbers_outside_their_range_are_refused(bad):
    with pytest.raises(ValueError, match="must"):
        plan_study(**{"share": 0.3} | USUAL | bad)


@given(
    share=st.floats(0.01, 0.99), looks=st.integers(1, 60), correlation=st.floats(-0.99, 1.0),
)  # fmt: skip
def test_ws16_the_closed_form_is_the_sum_over_all_pairs_of_looks(share, looks, correlation):
    apart = np.abs(np.subtract.outer(np.arange(looks), np.arange(looks)))
    pairs = np.where(apart == 0, 1.0, correlation ** apart.astype(float)).sum()
    assert spaced_variance(share, looks=looks, correlation=correlation) == pytest.approx(
        share * (1 - share) * pairs / looks**2, rel=1e-7, abs=1e-15
    )


def worker(spells: int, *, stretch_s: float, share: float, rng: np.random.Generator) -> np.ndarray:
    """Return the moments at which a worker changes state, beginning with a stretch in the state."""
    inside = rng.exponential(stretch_s, spells)
    outside = rng.exponential(stretch_s * (1 - share) / share, spells)
    return np.cumsum(np.column_stack([inside, outside]).ravel())


def test_ws16_a_worker_looked_at_is_as_uncertain_as_the_closed_form_says():
    rng = np.random.default_rng(16)
    spacing = look_spacing(0.3, stretch_s=400)
    changes = worker(120_000, stretch_s=400, share=0.3, rng=rng)
    for spacing_s, looks in ((60, 20), (300, 8), (1800, 8)):
        begin = rng.uniform(0, changes[-1] - looks * spacing_s, 40_000)
        at = begin[:, None] + spacing_s * np.arange(looks)
        seen = (np.searchsorted(changes, at) % 2 == 0).mean(axis=1)
        assert seen.mean() == pytest.approx(0.3, abs=0.01)
        assert seen.var() == pytest.approx(spacing.variance(looks=looks, spacing_s=spacing_s), rel=0.04)


def test_looks_closer_than_the_minimum_tell_little():
    spacing = look_spacing(0.3, stretch_s=420, worth=0.5)
    assert spacing.worth_of(spacing_s=spacing.minimum_s) == pytest.approx(0.5)
    # methods.md: below about five minutes further looks add nearly nothing
    assert 300 < spacing.minimum_s < 360
    day_s = 8 * 3600
    crowded, sparse = (0.21 / spacing.variance(looks=n, spacing_s=day_s / n) for n in (960, 48))
    assert crowded < 1.4 * sparse
    assert crowded < day_s / (2 * spacing.memory_s) * 1.02
    with pytest.raises(ValueError, match="must"):
        look_spacing(0.3, stretch_s=0)


def pilot_looks(
    rng: np.random.Generator, *, days: int, icc: float, day_icc: float, share: float = 0.35
) -> pd.DataFrame:
    """Return looks of a pilot: 8 rounds a day of 12 people, with normal day and round effects cut at 0 and 1."""
    spread = share * (1 - share)
    by_day = share + rng.normal(0, np.sqrt(day_icc * spread), (days, 1))
    by_round = by_day + rng.normal(0, np.sqrt((icc - day_icc) * spread), (days, 8))
    hits = rng.binomial(12, np.clip(by_round, 0, 1))
    begin = pd.Timestamp("2026-03-02 08:00", tz="UTC")
    at = [begin + pd.Timedelta(days=d, hours=r) for d in range(days) for r in range(8) for _ in range(12)]
    state = np.where(np.arange(12) < hits[:, :, None], "IDLE", "WORK").ravel()
    return pd.DataFrame({"round": [str(one) for one in at], "observed_at": at, "state": state})


def test_a_pilot_tells_both_correlations_and_plans_are_cautious():
    rng = np.random.default_rng(8)
    found = [pilot_correlations(pilot_looks(rng, days=6, icc=0.1, day_icc=0.05), state="IDLE") for _ in range(150)]
    assert np.mean([one.icc for one in found]) == pytest.approx(0.1, abs=0.01)
    assert np.mean([one.day_icc for one in found]) == pytest.approx(0.05, abs=0.01)
    assert np.mean([one.cautious_day_icc >= 0.05 for one in found]) > 0.65
    assert all(0 <= one.cautious_day_icc <= one.cautious_icc < 1 for one in found)
    large = pilot_correlations(pilot_looks(rng, days=300, icc=0.1, day_icc=0.05), state="IDLE")
    assert (large.cautious_icc, large.cautious_day_icc) == pytest.approx((0.1, 0.05), abs=0.02)
    assert plan_study(large.share, **USUAL, icc=large.cautious_icc, day_icc=large.cautious_day_icc).reached


def test_a_pilot_that_cannot_tell_is_refused():
    rng = np.random.default_rng(8)
    short = pilot_looks(rng, days=3, icc=0.1, day_icc=0.05)
    with pytest.raises(DataProblem, match="24 rounds on 3 days are too few"):
        pilot_correlations(short, state="IDLE")
    with pytest.raises(DataProblem, match="every look says the same"):
        pilot_correlations(pilot_looks(rng, days=6, icc=0.1, day_icc=0.05), state="OFF")
