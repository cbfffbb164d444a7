"""A whole work-sampling study: correlation, covariates, observers, strata, and what being watched does.

Known answers: WS09 (R geepack 1.3.9, statsmodels 0.15.0), WS10 (statsmodels; geepack's exchangeable correlation .06098 differs from
statsmodels' .06073 because their moment estimators differ), WS13, WS15a, WS15c (closed forms), MC01 (Rogan & Gladen 1978, as in R
asht::prevSeSp), WS17 (400,000 replications).
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import sampling
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import DataProblem
from analysis.measure.sampling.clustered import clustered_share, interval_of
from analysis.measure.sampling.doubles import first_looks

IDLE = [3, 1, 5, 2, 0, 4, 6, 2, 1, 7, 3, 2, 4, 8, 1, 0, 5, 3, 2, 6]
LOOKS = [10, 9, 12, 10, 8, 11, 12, 10, 9, 12, 10, 8, 11, 12, 9, 8, 11, 10, 9, 12]


def rounds(idle=IDLE, looks=LOOKS):
    rows = [(r, "IDLE" if i < x else "ITEM_WORK") for r, (x, m) in enumerate(zip(idle, looks)) for i in range(m)]
    return pd.DataFrame(rows, columns=["round", "state"])


def test_correlation_ws13():
    found = sampling.intraclass_correlation(IDLE, LOOKS)
    assert found.icc == pytest.approx(0.06503599319, abs=1e-8)
    assert found.looks_per_cluster == pytest.approx(10.14000519, abs=1e-8)
    assert found.mean_square_between == pytest.approx(0.3498309515, abs=1e-8)
    assert found.mean_square_within == pytest.approx(0.2051388199, abs=1e-8)


@pytest.mark.parametrize(
    ("looks", "icc", "deff", "coverage"), [(10, 0.065, 1.585, 0.8804825632), (8, 0.3, 3.1, 0.7343709047)]
)
def test_design_effect_ws15a_ws15c(looks, icc, deff, coverage):
    assert sampling.design_effect(looks, icc) == pytest.approx(deff, abs=1e-12)
    assert sampling.design_effect([looks] * 7, icc) == pytest.approx(deff, abs=1e-12)
    assert sampling.naive_coverage(deff) == pytest.approx(coverage, abs=1e-8)


def test_uneven_clusters_cost_more():
    assert sampling.design_effect([4, 16], 0.065) == pytest.approx(1 + (272 / 20 - 1) * 0.065)
    with pytest.raises(ValueError, match="not possible"):
        sampling.design_effect(30, -0.2)


def test_beta_binomial_is_found_again():
    law = sampling.BetaBinomial(0.3, 0.1)
    looks = [10] * 3000
    found = sampling.fit_beta_binomial(law.draw(looks, seed=4).tolist(), looks)
    assert (found.share, found.icc) == pytest.approx((0.3, 0.1), abs=0.015)
    level = sampling.fit_beta_binomial([3] * 8, [10] * 8)
    assert (level.share, level.icc) == (pytest.approx(0.3), 0.0)


def test_covariates_ws09_independence():
    found = sampling.share_by_covariates(rounds(), state="IDLE")
    row = found.coefficients.iloc[0]
    assert row["estimate"] == pytest.approx(-0.7528664153, abs=1e-6)
    assert row["error"] == pytest.approx(0.1871672363, abs=1e-6)
    assert row["bias_reduced_error"] == pytest.approx(0.19748878, abs=1e-6)
    assert found.overall.value == pytest.approx(65 / 203)  # the share of looks, no typical round's


def test_covariates_ws10_exchangeable():
    found = sampling.share_by_covariates(rounds(), state="IDLE", working="exchangeable")
    row = found.coefficients.iloc[0]
    assert row["estimate"] == pytest.approx(-0.79374777, abs=1e-5)
    assert row["error"] == pytest.approx(0.18937689, abs=1e-5)
    assert row["bias_reduced_error"] == pytest.approx(0.19953098, abs=1e-5)
    assert found.icc == pytest.approx(0.06073252502, abs=1e-5)


def teams():
    looks = rounds()
    looks["team"] = np.where(looks.groupby("round").cumcount() % 3 == 0, "A", "B")
    return looks


def test_levels_are_predictive_margins():
    looks = teams()
    found = sampling.share_by_covariates(looks, state="IDLE", by=["team"])
    for team in "AB":
        share = looks.loc[looks["team"] == team, "state"].eq("IDLE").mean()
        assert found.levels["team", team].value == pytest.approx(share)  # one covariate: the level's own share
    assert found.overall.value == pytest.approx(65 / 203)
    assert found.to_frame()["level"].tolist() == ["A", "B"]


def test_covariates_that_cannot_be_fitted_say_so():
    looks = teams()
    looks["twin"] = looks["team"].str.lower()
    looks["seen"] = looks["state"]
    cases = {("team", "twin"): "cannot be told apart", ("seen",): "in all of their looks or in none"}
    for by, words in cases.items():
        found = sampling.share_by_covariates(looks, state="IDLE", by=by)
        assert found.overall.status == "degenerate"
        assert words in found.overall.reasons[0]
    few = sampling.share_by_covariates(looks[looks["round"] < 6], state="IDLE", by=["team"])
    assert (few.overall.status, few.overall.n) == ("insufficient", 6)
    with pytest.raises(DataProblem, match="figures about persons"):
        sampling.share_by_covariates(looks.assign(agent="a"), state="IDLE", by=["agent"])


def test_separation_by_two_covariates_together_does_not_converge():
    cells = {("x", "u"): "WORK", ("y", "u"): None, ("x", "v"): None}
    rows = [
        (label, a, b, word or ("IDLE" if (label + number) % 3 == 0 else "WORK"))
        for label in range(20)
        for (a, b), word in cells.items()
        for number in range(4)
    ]
    looks = pd.DataFrame(rows, columns=["round", "a", "b", "state"])
    found = sampling.share_by_covariates(looks, state="IDLE", by=["a", "b"])
    assert (found.overall.value, found.overall.status) == (None, "not_converged")
    assert "did not converge" in found.levels["a", "x"].reasons[0]


def stamped(hours, looks=10, idle=3):
    """Return one round a day at each of the hours given, the idle ones first."""
    rows = []
    for day, hour in enumerate(hours):
        at = pd.Timestamp("2026-03-02", tz="UTC") + pd.Timedelta(days=day, hours=hour)
        count = idle(hour, day) if callable(idle) else idle
        rows += [(f"r{day}", at, "IDLE" if number < count else "WORK") for number in range(looks)]
    return pd.DataFrame(rows, columns=["round", "observed_at", "state"])


def test_hours_are_weighted_by_the_time_worked():
    looks = stamped([9] * 15 + [15] * 5, idle=lambda hour, day: (2 if hour == 9 else 6) + day % 2)
    plain = sampling.estimate_share(looks, state="IDLE")
    even = sampling.estimate_share(looks, state="IDLE", strata="hour", weights={9: 1, 15: 1})
    assert plain.value == pytest.approx((15 * 2 + 7 + 5 * 6 + 3) / 200)
    assert even.value == pytest.approx(0.5 * (37 / 150) + 0.5 * (33 / 50))


def test_rounds_at_other_hours_than_work():
    looks = stamped([9] * 24 + [15] * 6)
    assert sampling.spread_otherwise(looks, weights={9: 1, 15: 1})
    assert not sampling.spread_otherwise(looks, weights={9: 3, 15: 1})


def test_strata_by_hand():
    looks = stamped([9] * 8 + [15] * 8, idle=lambda hour, day: (2 if hour == 9 else 5) + day % 3)
    found = sampling.estimate_share(looks, state="IDLE", strata="hour", weights={9: 3, 15: 1})
    x = np.array([(2 if day < 8 else 5) + day % 3 for day in range(16)]) / 10
    variance = sum(w**2 * x[part].var(ddof=1) / 8 for w, part in ((0.75, slice(8)), (0.25, slice(8, 16))))
    column = np.repeat([[1.0, 0.0], [0.0, 1.0]], 8, axis=0) * 10
    by_hand = clustered_share(column * x[:, None], column, weights=np.array([0.75, 0.25]))
    assert by_hand.error == pytest.approx(np.sqrt(variance))
    assert by_hand.freedom == 14
    assert found == interval_of(by_hand, n_unit="rounds", confidence=0.95, grade="B")


def test_hours_that_nobody_looked_at_are_told():
    looks = stamped([9] * 15)
    found = sampling.estimate_share(looks, state="IDLE", strata="hour", weights={9: 1, 15: 1})
    assert found.status == "insufficient"
    assert "50 % of the time worked" in found.reasons[0]
    with pytest.raises(ValueError, match="go together"):
        sampling.estimate_share(looks, state="IDLE", strata="hour")


def test_a_rare_state_is_refused_in_words():
    seen_thrice = [4, 3, 5] + [0] * 17
    found = sampling.estimate_share(rounds(seen_thrice, [10] * 20), state="IDLE")
    assert found.value is None
    assert "only 3 of 20 rounds" in found.reasons[0]
    crowded = sampling.estimate_share(rounds([30, 0, 1, 1, 1, 0, 0, 0], [30] * 8), state="IDLE")
    assert crowded.value is None
    assert "independent ones of the rarer" in crowded.reasons[0]


def test_second_and_reference_looks_never_enter_a_share():
    looks = rounds()
    looks["agent"] = looks.groupby("round").cumcount().astype("str")
    looks["observer"], looks["reference"] = "first", False
    again = looks.iloc[:40].assign(observer="second", state="IDLE")
    checks = looks.iloc[:60].assign(reference=True, state="IDLE")
    more = pd.concat([looks, again, checks], ignore_index=True)
    assert sampling.estimate_share(more, state="IDLE") == sampling.estimate_share(looks, state="IDLE")
    assert len(first_looks(more).doubles) == 40


def test_round_numbers_that_start_again_every_day_are_other_rounds():
    looks = stamped([9] * 8).assign(round="1", agent=[str(number) for number in range(10)] * 8)
    assert len(first_looks(looks).looks) == 80


def test_a_team_counted_by_two_observers_counts_once():
    one = pd.DataFrame({"round": "r", "team": "N", "observer": "a", "state": ["IDLE", "WORK", "WORK"]})
    same, fewer = one.assign(observer="b"), one.iloc[:2].assign(observer="b")
    assert len(first_looks(pd.concat([one, same], ignore_index=True)).looks) == 3
    split = first_looks(pd.concat([one, fewer], ignore_index=True))
    assert (len(split.looks), split.unclear) == (5, 5)


def double_seen(hits, misses, false_alarms, right):
    """Return pairs of looks with these outcomes, ten a round."""
    pairs = [("IDLE", "IDLE")] * hits + [("WORK", "IDLE")] * misses
    pairs += [("IDLE", "WORK")] * false_alarms + [("WORK", "WORK")] * right
    seen = pd.DataFrame(pairs, columns=["seen", "truth"])
    place = {"round": seen.index // 10, "agent": (seen.index % 10).astype("str")}
    sides = [seen[[side]].set_axis(["state"], axis=1).assign(**place, reference=side == "truth") for side in seen]
    return pd.concat(sides, ignore_index=True)


def test_accuracy_from_double_looks():
    found = sampling.observer_accuracy(double_seen(54, 6, 12, 68), state="IDLE")
    assert (found.sensitivity, found.n_sensitivity) == (0.9, 60)
    assert (found.specificity, found.n_specificity) == (0.85, 80)
    assert found.reason == ""


@pytest.mark.parametrize(
    ("counts", "words"),
    [((14, 0, 0, 60), "14 pairs"), ((40, 20, 20, 40), "is 0.33, under 0.50"), ((0, 0, 0, 0), "no reference look")],
)
def test_observers_who_cannot_be_corrected_say_why(counts, words):
    looks = double_seen(*counts) if sum(counts) else rounds().assign(agent="a")
    found = sampling.observer_accuracy(looks, state="IDLE")
    assert words in found.reason


def test_counts_of_teams_pair_only_where_the_reference_leaves_no_doubt():
    def counted(label, hits, size, reference):
        return [(label, "N", "IDLE" if n < hits else "WORK", reference) for n in range(size)]

    rows = counted("all", 3, 4, False) + counted("all", 4, 4, True)  # who was missed is not known, how many is
    rows += counted("some", 2, 4, False) + counted("some", 2, 4, True)
    rows += counted("none", 1, 5, False) + counted("none", 0, 5, True)
    rows += counted("other", 2, 3, False) + counted("other", 0, 4, True)
    found = sampling.observer_accuracy(
        pd.DataFrame(rows, columns=["round", "team", "state", "reference"]), state="IDLE"
    )
    assert (found.sensitivity, found.n_sensitivity) == (0.75, 4)
    assert (found.specificity, found.n_specificity) == (0.8, 5)
    assert found.unpaired == 8


def test_misclassification_errors_mc01():
    known, full = sampling.misclassification_errors(
        140 / 400, looks=400, sensitivity=0.9, n_sensitivity=60, specificity=0.85, n_specificity=80
    )
    assert (known, full) == pytest.approx((0.03179797337, 0.05219621102), abs=1e-8)


def test_clustered_looks_count_as_effective_ones():
    accuracy = {"sensitivity": 0.9, "n_sensitivity": 60, "specificity": 0.85, "n_specificity": 80}
    seen = Estimate(0.35, 0.3, 0.4, grade="B")
    wide = sampling.correct_misclassification(seen, looks=400, deff=2.0, **accuracy)
    assert wide == sampling.correct_misclassification(seen, looks=200, **accuracy)
    looks = pd.concat(
        [
            rounds().assign(reference=False, agent=None),
            double_seen(54, 6, 12, 68).assign(round=lambda f: f["round"] + 100),
        ]
    )
    found = sampling.estimate_checked_share(looks.reset_index(drop=True), state="IDLE")
    assert found.corrected.value == pytest.approx((found.seen.value + 0.85 - 1) / 0.75)
    assert found.design_effect > 1
    naive = sampling.correct_misclassification(found.seen, looks=343, **accuracy)
    assert found.corrected.high - found.corrected.low > naive.high - naive.low


def person_days(effect, *, everybody=False):
    rng = np.random.default_rng(3)
    person, day = (part.ravel() for part in np.indices((30, 40)))
    seen = day % 4 == 1 if everybody else rng.random(len(day)) < 0.25
    work = 0.6 + 0.002 * person + 0.05 * np.sin(day) + effect * seen + 0.02 * rng.standard_normal(len(day))
    at = pd.Timestamp("2026-03-02") + pd.to_timedelta(day, unit="D")
    return pd.DataFrame({"agent": person, "day": at, "base_us": 25_000, "work_us": work * 25_000, "observed": seen})


def test_people_who_work_more_when_watched():
    found = sampling.reactivity(stamped(range(9, 19)), state="IDLE", log=person_days(0.05))
    assert found.design == "difference_in_differences"
    assert found.effect.value == pytest.approx(0.05, abs=0.005)
    assert "5 points more" in found.sentence
    none = sampling.reactivity(stamped(range(9, 19)), state="IDLE", log=person_days(0.0))
    assert "no clear effect" in none.sentence


def test_difference_in_differences_by_dummies():
    log = person_days(0.05)
    dummies = pd.get_dummies(log[["agent", "day"]].astype("str"), dtype=float).to_numpy()
    slope = np.linalg.lstsq(np.column_stack([log["observed"], dummies]), log["work_us"] / log["base_us"], rcond=None)[0]
    assert sampling.reactivity(stamped([9] * 8), state="IDLE", log=log).effect.value == pytest.approx(
        slope[0], abs=1e-9
    )


def test_days_on_which_all_were_watched_are_compared_with_others():
    found = sampling.reactivity(stamped([9] * 8), state="IDLE", log=person_days(0.05, everybody=True))
    assert found.design == "between_days"
    assert "All else that changed" in found.sentence


def test_without_a_log_the_figure_is_one_under_observation():
    found = sampling.reactivity(
        stamped([9] * 12, idle=lambda hour, day: 6 + day % 2 if day < 3 else 3 + day % 2), state="IDLE"
    )
    assert (found.design, found.effect.value) == ("none", None)
    assert found.wash_in.value == pytest.approx(0.19 / 0.3 - 0.32 / 0.9)
    assert "consider leaving them out" in found.sentence
    assert "under observation" in found.sentence
    assert found.trend.value < 0


def test_a_trend_is_a_weighted_line():
    found = sampling.reactivity(stamped([9] * 12, idle=lambda hour, day: day // 2 + day % 2), state="IDLE")
    days = np.arange(12)
    line = stats.linregress(days / 11, (days // 2 + days % 2) / 10)
    assert found.trend.value == pytest.approx(line.slope)
    assert found.trend.high - found.trend.value == pytest.approx(stats.t.ppf(0.975, 10) * line.stderr)


@pytest.mark.slow
@pytest.mark.parametrize(("k", "m", "naive", "logit"), [(20, 10, 0.8817, 0.9527), (6, 30, 0.7366, 0.9533)])
def test_coverage_ws17(k, m, naive, logit):
    """The logit t interval's coverage is reproduced, and the kit's wider limits do not fall below it."""
    rng = np.random.default_rng(17)
    a, b = 0.32 * (1 / 0.065 - 1), 0.68 * (1 / 0.065 - 1)
    hits = rng.binomial(m, rng.beta(a, b, size=(10_000, k))).astype(float)
    t = float(stats.t.ppf(0.975, k - 1))
    covered = {"naive": 0, "logit": 0, "kit": 0}
    for row in hits:
        found = clustered_share(row[:, None], np.full((k, 1), float(m)))
        p = found.share
        covered["naive"] += abs(p - 0.32) <= 1.959964 * np.sqrt(p * (1 - p) / (k * m))
        covered["logit"] += abs(np.log(p / (1 - p)) - np.log(0.32 / 0.68)) <= t * found.error / (p * (1 - p))
        kit = interval_of(found, n_unit="rounds", confidence=0.95)
        covered["kit"] += kit.low is None or kit.low <= 0.32 <= kit.high
    assert covered["naive"] / 10_000 == pytest.approx(naive, abs=0.005)
    assert covered["logit"] / 10_000 == pytest.approx(logit, abs=0.005)
    assert logit - 0.005 <= covered["kit"] / 10_000 <= 0.971
