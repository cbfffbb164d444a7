"""Logs joined with looks, sources pooled, and which figure stands first."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import DataProblem
from analysis.measure.triangulation import Source, headline_of, imbalance, pool, two_phase

Z = 1.959963984540054
RANDOM = {"observation_design": "random_person_days"}


def person_days(*, people=20, days=20, observed=0.25, looks=6, slope=0.7, noise=0.02, seed=1, day_sd=0.0):
    """Return person-days of 8 hours with shares of .1 to .5, a log that sees `slope` of them, looks at a random part."""
    rng = np.random.default_rng(seed)
    size = people * days
    true = (
        rng.uniform(0.1, 0.5, size) + np.repeat(rng.normal(0, day_sd, days), people)
        if day_sd
        else rng.uniform(0.1, 0.5, size)
    )
    logged = np.clip(slope * true + rng.normal(0, noise, size), 0, 1)
    seen = np.where(rng.random(size) < observed, looks, 0)
    return pd.DataFrame(
        {
            "agent": np.tile(np.arange(people), days),
            "day": np.repeat(pd.bdate_range("2026-03-02", periods=days), people),
            "base_us": 8 * 3_600_000_000,
            "x_us": logged * 8 * 3.6e9,
            "looks": seen,
            "non_work": rng.binomial(seen, np.clip(true, 0, 1)),
        }
    )


def width(estimate):
    return estimate.high - estimate.low


def test_everybody_observed_makes_the_log_irrelevant():
    rows = person_days(observed=1.0)
    alone = (rows["non_work"] / rows["looks"]).mean()
    for coefficient in (0.0, 1.0, "fitted"):
        found = two_phase(rows, observation_design="all_person_days", coefficient=coefficient)
        assert found.value == pytest.approx(alone, abs=1e-12)


def test_difference_estimator_is_the_textbook_one_in_ratio_form():
    """Cochran 1977, section 12.6: log of all plus the sample's mean of (seen - log), both per unit of base."""
    rows = person_days()
    rows["base_us"] = np.where(rows["agent"] % 2, 4, 8) * 3_600_000_000
    rows["x_us"] = rows["x_us"].clip(upper=rows["base_us"])
    sample = rows[rows["looks"] > 0]
    gap = (sample["base_us"] * sample["non_work"] / sample["looks"] - sample["x_us"]).sum() / sample["base_us"].sum()
    by_hand = rows["x_us"].sum() / rows["base_us"].sum() + gap
    assert two_phase(rows, coefficient=1.0, **RANDOM).value == pytest.approx(by_hand, abs=1e-12)


def test_unequal_chances_are_weighted_back():
    rows = person_days(people=40, looks=40, observed=1.0)
    chance = np.where(rows["x_us"] > rows["x_us"].median(), 0.4, 0.1)
    rows["looks"] = np.where(np.random.default_rng(2).random(len(rows)) < chance, 40, 0)
    rows.loc[rows["looks"] == 0, "non_work"] = 0
    naive, fair = (two_phase(frame, coefficient=0.0, **RANDOM) for frame in (rows, rows.assign(inclusion=chance)))
    strata = two_phase(rows.assign(stratum=chance), coefficient=0.0, **RANDOM)
    assert naive.low > 0.305
    assert fair.low < 0.3 < fair.high
    assert strata.value == pytest.approx(fair.value, abs=0.02)


def test_a_log_that_predicts_narrows_and_a_log_of_noise_costs_next_to_nothing():
    worlds = [person_days(people=100, observed=0.04, looks=60, slope=0.5, seed=seed) for seed in range(6)]
    joined, alone = (
        sum(width(two_phase(rows, coefficient=weight, **RANDOM)) for rows in worlds) for weight in ("fitted", 0.0)
    )
    assert joined < 0.85 * alone
    good = person_days(looks=60)
    noise = good.assign(x_us=np.random.default_rng(3).uniform(0, 8 * 3.6e9, len(good)))
    assert width(two_phase(noise, **RANDOM)) < 1.1 * width(two_phase(noise, coefficient=0.0, **RANDOM))
    assert width(two_phase(noise, **RANDOM)) < width(two_phase(noise, coefficient=1.0, **RANDOM))


def test_observers_mistakes_are_taken_out_before_the_log_and_their_doubt_is_added():
    rows = person_days(looks=40)
    rows["non_work"] = np.random.default_rng(4).binomial(
        rows["looks"], np.clip(rows["x_us"] / 0.7 / (8 * 3.6e9), 0, 1) * 0.75 + 0.1
    )
    rates = {"sensitivity": 0.85, "specificity": 0.9}
    seen, sure, unsure = (
        two_phase(rows, **RANDOM),
        two_phase(rows, **RANDOM, **rates, n_sensitivity=10_000, n_specificity=10_000),
        two_phase(rows, **RANDOM, **rates, n_sensitivity=40, n_specificity=80),
    )
    assert seen.low > 0.3
    assert sure.low < 0.3 < sure.high
    assert unsure.value == sure.value
    assert width(unsure) > 1.5 * width(sure)


def test_speaking_for_other_people_and_days_that_resemble_their_neighbours_widen():
    rows = person_days(looks=60)
    rows["non_work"] = (rows["looks"] * (0.1 + rows["agent"] / 50)).astype(int)  # people differ much
    other = two_phase(rows, generalise_to="other_people", coefficient=0.0, **RANDOM)
    assert width(other) > 1.3 * width(two_phase(rows, coefficient=0.0, **RANDOM))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"observation_design": "unknown"}, "chosen"),
        ({"observation_design": "all_person_days"}, "hold a look"),
        ({"sensitivity": 0.7, "n_sensitivity": 50, "specificity": 0.7, "n_specificity": 50}, "under 0.50"),
    ],
)
def test_it_says_in_words_why_there_is_no_estimate(change, words):
    found = two_phase(person_days(), **{**RANDOM, **change})
    assert found.value is None
    assert words in found.reasons[0]


def test_too_few_person_days_and_too_few_days_are_refused():
    few = person_days(observed=0.05)
    assert "at least 30" in two_phase(few, **RANDOM).reasons[0]
    rows = person_days(days=20, people=40)
    first = rows["day"].isin(rows["day"].unique()[:5])
    rows.loc[~first, ["looks", "non_work"]] = 0
    rows.loc[first, ["looks", "non_work"]] = [6, 2]
    assert "only 5 days" in two_phase(rows, **RANDOM).reasons[0]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda rows: rows.drop(columns="x_us"), "x_us is absent"),
        (lambda rows: rows.assign(x_us=9e12), "between 0 and the base"),
        (lambda rows: pd.concat([rows, rows.head(1)]), "twice"),
        (lambda rows: rows.assign(non_work=7), "looks that found non-work"),
        (lambda rows: rows.assign(inclusion=0.0), "chance of being observed"),
        (lambda rows: rows.assign(stratum=np.where(rows["looks"] > 0, "a", "b")), "hold no observed"),
    ],
)
def test_impossible_person_days_name_the_place_and_the_way_out(damage, words):
    with pytest.raises(DataProblem, match=words):
        two_phase(damage(person_days()), **RANDOM)


def test_person_days_chosen_by_convenience_are_told_from_random_ones():
    rows = person_days(people=30).assign(team=lambda frame: np.where(frame["agent"] < 15, "north", "south"))
    assert imbalance(rows) == ()
    mondays = rows.assign(looks=np.where(rows["day"].dt.day_of_week < 2, rows["looks"], 0))
    team = rows.assign(looks=np.where(rows["agent"] < 15, rows["looks"], 0))
    easy = rows.assign(looks=np.where(rows["x_us"] > rows["x_us"].median(), rows["looks"], 0))
    for damaged, word in ((mondays, "weekdays"), (team, "teams"), (easy, "logs show")):
        found = imbalance(damaged.assign(non_work=0))
        assert any(word in text for text in found)
        assert "north" not in " ".join(found)


def test_the_same_few_people_followed_for_weeks_are_told():
    rows = person_days(people=60)
    followed = rows.assign(looks=np.where(rows["agent"].isin([3, 17, 25, 40, 52]) & (rows["day"].dt.day > 9), 5, 0))
    assert [text for text in imbalance(followed.assign(non_work=0)) if "followed" in text]


def test_random_choices_raise_few_false_alarms():
    rows = person_days(people=30, day_sd=0.05).assign(team=lambda frame: frame["agent"] // 10)
    rng = np.random.default_rng(6)
    alarms = sum(
        bool(imbalance(rows.assign(looks=np.where(rng.random(len(rows)) < 0.15, 5, 0), non_work=0))) for _ in range(150)
    )
    assert alarms <= 15  # 5 % of 150 is 7.5


def stated(value, error, **more):
    return Estimate(value, value - Z * error, value + Z * error, **more)


def test_known_answer_tr01():
    """TR01: DerSimonian & Laird 1986, fixed and random effects of three sources."""
    found = pool([stated(y, e) for y, e in zip((0.32, 0.41, 0.25), (0.042, 0.03, 0.08), strict=True)])
    errors = [width(one) / 2 / Z for one in (found.fixed, found.random)]
    assert [found.fixed.value, errors[0], found.q, found.tau2, found.random.value, errors[1]] == pytest.approx(
        [0.3685551478, 0.02334910291, 5.441182152, 0.003537842012, 0.3457229218, 0.04408350533], abs=1e-8
    )
    assert found.i2 == pytest.approx(1 - 2 / found.q)
    assert found.pooled.value == found.random.value


def test_equally_precise_sources_give_the_t_interval_of_their_mean():
    """With equal errors both small-sample intervals are mean -+ t(k - 1) s / sqrt(k), whatever the errors."""
    values = (0.2, 0.3, 0.34, 0.36)
    found = pool([stated(y, 0.03) for y in values])
    half = 3.182446305284263 * np.std(values, ddof=1) / 2
    for one in (found.hksj, found.pooled):
        assert (one.value, one.high) == pytest.approx((0.3, 0.3 + half), abs=1e-9)
    assert width(pool([stated(y, e) for y, e in zip(values, (0.01, 0.03, 0.03, 0.06), strict=True)]).pooled) > 2 * half


def test_two_sources_are_not_pooled_but_set_against_each_other():
    found = pool({"looks": Estimate(0.3, 0.2, 0.42), "logs": Estimate(0.5, 0.45, 0.55)})
    assert found.pooled.value is None
    assert found.envelope == (0.2, 0.55)
    assert (found.difference.value, found.difference.low) == pytest.approx((-0.2, -0.2 - math.hypot(0.1, 0.05)))
    assert "more than chance explains" in repr(found)


def test_the_logit_scale_keeps_small_shares_above_zero():
    found = pool([Estimate(0.02, 0.01, 0.04), Estimate(0.04, 0.02, 0.08), Estimate(0.03, 0.02, 0.05)], scale="logit")
    assert 0 < found.pooled.low < found.pooled.value < found.pooled.high < 0.2


@pytest.mark.parametrize(
    "sources",
    [[Estimate(0.3, 0.2, 0.4)], [Estimate(0.3, 0.2, 0.4), Estimate.missing("none")], [Estimate(0.3, 0.3, 0.3)] * 2],
)
def test_what_cannot_be_pooled_is_refused(sources):
    with pytest.raises(ValueError, match=r"source|value|width"):
        pool(sources)


LOOKS = Source("work_sampling", "looks", Estimate(0.30, 0.25, 0.36, grade="B"), "point")
STATES = Source("states", "states", Estimate(0.20, 0.18, 0.22), "point")
STUDY = Source("study", "study", Estimate(0.28, 0.20, 0.38, grade="C"), "point")
JOINED = Source("two_phase", "joined", Estimate(0.27, 0.24, 0.30, grade="B"), "two_phase")
BOUND = Source("log_bound", "bound", Estimate.missing("seen nowhere", low=0.10, high=0.60), "bound")
TOLD = Source("self_reports", "told", Estimate(0.05, 0.04, 0.06, grade="C"), "aside", "lowest grade")


@pytest.mark.parametrize(
    ("sources", "value", "ends", "grade", "names"),
    [
        ((JOINED, LOOKS, STATES, BOUND, TOLD), 0.27, (0.24, 0.30), "B", ("two_phase",)),
        ((LOOKS, BOUND, TOLD), 0.30, (0.25, 0.36), "B", ("work_sampling",)),
        ((LOOKS, STATES, TOLD), 0.20, (0.18, 0.36), "B", ("states", "work_sampling")),
        (
            (STATES, Source("more", "", Estimate(0.21, 0.15, 0.28, grade="B"), "point")),
            0.20,
            (0.18, 0.22),
            "A",
            ("states",),
        ),
        ((BOUND, TOLD), None, (0.10, 0.60), "A", ("log_bound",)),
    ],
)
def test_the_rule_of_the_headline(sources, value, ends, grade, names):
    found = headline_of(sources)
    assert (found.estimate.value, (found.estimate.low, found.estimate.high)) == (value, ends)
    assert (found.estimate.grade, found.from_sources) == (grade, names)
    assert all(found.why[one.name] for one in sources)


def test_three_sources_become_their_random_effects_mean_at_the_lowest_grade():
    found = headline_of([LOOKS, STATES, STUDY, TOLD])
    assert found.estimate.grade == "C"
    assert found.estimate.value == found.pooled.random.value
    assert "self_reports" not in found.from_sources


def test_no_source_at_all_says_why():
    found = headline_of([Source("log_bound", "", Estimate.missing("no paid time is known"), "bound"), TOLD])
    assert found.estimate.reasons == ("no paid time is known",)


def test_a_figure_outside_what_the_logs_allow_is_told():
    narrow = Source("log_bound", "", Estimate.missing("seen nowhere", low=0.40, high=0.60), "bound")
    assert "lies below what log bound allows (40 to 60 %)" in headline_of([LOOKS, narrow]).disagreements[0]
