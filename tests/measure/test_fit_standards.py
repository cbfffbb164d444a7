"""Standard times from hours and volumes: published figures, what is refused and in which words, and the forms of the input."""

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from analysis.foundation.schema import DataProblem, typed_table
from analysis.measure.standards import earned_share, fit_standards

LOG06 = [[120, 80, 30], [100, 95, 25], [140, 60, 40], [90, 110, 35], [130, 70, 20], [110, 85, 45], [125, 75, 33], [95, 100, 28]]  # fmt: skip
LOG06_H = [62, 60, 66, 61, 61, 64, 64, 60]


def office(periods=30, *, minutes=(10.0, 25.0), idle_h=20.0, noise=2.0, seed=1):
    rng = np.random.default_rng(seed)
    volumes = np.round(rng.poisson([200, 90], (periods, 2)) * rng.gamma(16, 1 / 16, (periods, 2)))
    hours = volumes @ np.array(minutes) / 60 + idle_h + rng.normal(0, noise, periods)
    return pd.DataFrame(volumes, columns=["letter", "claim"]).assign(paid_h=hours)


def rows(fit):
    return fit.frame.set_index("type")


def test_nnls_log06():
    """R package nnls 1.4 on eight periods and three types."""
    fit = fit_standards(np.array(LOG06), hours=LOG06_H, non_volume=False)
    assert fit.frame["standard_s"].to_numpy() / 3600 == pytest.approx(
        [0.3085470332, 0.2464305087, 0.1986168056], abs=1e-8
    )
    assert fit.rss_h2 == pytest.approx(2.302602747, abs=1e-8)
    assert fit.non_volume_h.value is None


@pytest.fixture(scope="module")
def branches(real_data):
    table = pd.read_csv(real_data / "workload-regression" / "bank_branch_transactions.csv")
    return table.assign(paid_h=table.pop("time") / 60)


@pytest.mark.real_data
def test_bank_branches_have_the_published_times_and_robust_errors(branches):
    """Cunningham & Heathcote 1989 (carData Transact), minutes ~ t1 + t2 by R lm and sandwich HC3."""
    fit = fit_standards(branches)
    assert fit.frame["standard_s"].to_numpy() / 60 == pytest.approx([5.46206, 2.03455], abs=5e-6)
    errors = np.sqrt(np.diag(fit.covariance_s2)) / 60
    assert errors == pytest.approx([0.72881, 0.16345], abs=6e-6)
    assert fit.non_volume_h.value * 60 == pytest.approx(144.369, abs=5e-4)
    assert fit.r_squared == pytest.approx(0.90905, abs=5e-6)
    assert fit.fitted_on == tuple(range(261))


@pytest.mark.real_data
def test_the_ratio_of_two_times_has_the_published_delta_error(branches):
    """carData's Transact: t1/t2 = 2.684653, s.e. .318986 with the textbook's covariance."""
    fit = fit_standards(branches, interval="plain")
    one, two = fit.frame["standard_s"]
    slope = np.array([1 / two, -one / two**2])
    assert one / two == pytest.approx(2.684653, abs=1e-6)
    assert math.sqrt(slope @ fit.covariance_s2.to_numpy() @ slope) == pytest.approx(0.318986, abs=1e-6)


@pytest.mark.real_data
def test_naval_manpower_is_refused_with_the_types_that_go_together(real_data):
    """OLS gives Load -15.85 hours and a variance inflation of 9,598 (Myers 1990, bestglm)."""
    table = pd.read_csv(real_data / "workload-regression" / "naval_hospital_manpower.csv")
    fit = fit_standards(table, hours="Hours")
    assert [round(vif, 1) for vif in fit.vif.values()] == [9597.6, 7.9, 8933.1, 23.3, 4.3]
    told = rows(fit)
    assert told.loc["Load", "status"] == "insufficient"
    assert "goes with BedDays (variance inflated 9,598 times)" in told.loc["Load", "reason"]
    assert "join these types into one, or time a sample" in told.loc["Load", "reason"]
    assert (told["standard_s"].dropna() >= 0).all()
    assert math.isnan(told.loc["AreaPop", "standard_s"])


def test_errors_are_hc3_where_rows_stand_alone():
    made = office()
    fit = fit_standards(made)
    ols = sm.OLS(made["paid_h"], sm.add_constant(made[["letter", "claim"]])).fit(cov_type="HC3")
    assert np.sqrt(np.diag(fit.covariance_s2)) / 3600 == pytest.approx(ols.bse[1:].to_numpy())


def test_errors_of_clusters_are_those_of_taking_each_out():
    made = office(40).assign(week=np.repeat(np.arange(10), 4))
    fit = fit_standards(made, cluster="week")
    full = sm.OLS(made["paid_h"], sm.add_constant(made[["letter", "claim"]])).fit().params.to_numpy()
    moves = []
    for week in range(10):
        part = made[made["week"] != week]
        moves.append(sm.OLS(part["paid_h"], sm.add_constant(part[["letter", "claim"]])).fit().params.to_numpy() - full)
    assert np.diag(fit.covariance_s2) / 3600**2 == pytest.approx((np.array(moves) ** 2).sum(axis=0)[1:])
    assert fit.periods == 10


def test_a_table_a_frame_and_an_array_say_the_same():
    made = office(24)
    starts = pd.date_range("2026-01-05", periods=24, freq="7D", unit="us")
    lines = made.assign(period_start=starts).melt(["paid_h", "period_start"], var_name="type", value_name="volume")
    table = typed_table("workload", lines.assign(team="one", period_end=lines["period_start"] + pd.Timedelta(days=6)))
    fits = [
        fit_standards(table),
        fit_standards(made),
        fit_standards(made[["claim", "letter"]].to_numpy(), hours=made["paid_h"]),
    ]
    figures = [fit.frame["standard_s"].sort_values().to_numpy() for fit in fits]
    assert figures[0] == pytest.approx(figures[1])
    assert figures[1] == pytest.approx(figures[2])
    assert fits[0].fitted_on[0] == (starts[0], starts[0] + pd.Timedelta(days=6))


def test_types_without_a_line_were_not_done_and_lines_without_a_number_leave_the_period_out():
    made = office(24)
    starts = pd.date_range("2026-01-05", periods=24, freq="7D", unit="us")
    lines = made.assign(period_start=starts, team="one").melt(
        ["paid_h", "period_start", "team"], var_name="type", value_name="volume"
    )
    lines["period_end"] = lines["period_start"] + pd.Timedelta(days=6)
    lines.loc[lines.index[3], "volume"] = np.nan
    fit = fit_standards(lines.drop(index=lines.index[30]))
    assert fit.periods == 23
    assert "1 periods without hours or with a missing volume" in fit.reasons[0]
    assert rows(fit).loc["claim", "volume"] == made["claim"].sum() - made["claim"].iloc[3] - made["claim"].iloc[6]


def test_each_team_has_hours_of_its_own_without_volume():
    one, two = office(30, idle_h=10, noise=0.5), office(30, idle_h=60, noise=0.5, seed=2)
    made = pd.concat([part.assign(team=name, period_start=range(30)) for name, part in (("one", one), ("two", two))])
    fit = fit_standards(made)
    assert fit.non_volume_h.low < 70 < fit.non_volume_h.high
    assert fit.periods == 30
    assert fit.coefficients == 4


def test_hours_without_volume_may_go_with_a_column():
    made = office(40, idle_h=0, noise=0.2).assign(person_days=np.tile([20.0, 30, 25, 28], 10))
    made["paid_h"] += 0.75 * made["person_days"]
    fit = fit_standards(made, non_volume="person_days")
    assert fit.non_volume_h.value == pytest.approx(0.75 * made["person_days"].mean(), rel=0.05)


def test_at_the_limit_of_zero_only_the_upper_end_speaks():
    made = office(40, minutes=(10.0, 0.0))
    made["paid_h"] -= 0.015 * (made["claim"] - made["claim"].mean())
    row = rows(fit_standards(made)).loc["claim"]
    assert row["standard_s"] == row["low"] == 0 < row["high"]
    assert "limit of zero" in row["reason"]


def test_a_type_that_lowers_hours_beyond_chance_is_a_contradiction():
    made = office(40, minutes=(10.0, 0.0), noise=0.5)
    made["paid_h"] -= 0.2 * made["claim"] - 40
    row = rows(fit_standards(made)).loc["claim"]
    assert row["status"] == "degenerate"
    assert "contradict each other" in row["reason"]


def test_words_for_what_volumes_cannot_tell():
    made = office(40).assign(never=0.0, always=50.0, rare=0.0, twin=0.0)
    made.loc[:3, "rare"] = 5.0
    made["twin"] = 2 * made["claim"]
    told = rows(fit_standards(made))["reason"]
    assert told["never"] == "no items of this type in any period"
    assert "never changes" in told["always"]
    assert told["rare"].startswith("items in only 4 periods")
    assert "goes with twin (variance inflated without end)" in told["claim"]
    assert "goes with claim" in told["twin"]
    assert told["letter"] == ""


def test_the_non_volume_term_is_refused_where_volumes_make_it_up():
    made = office(30)
    made["claim"] = 300 - made["letter"]
    fit = fit_standards(made.clip(lower=0).assign(letter=made["letter"].clip(upper=300)))
    assert fit.non_volume_h.value is None
    assert "make up the non-volume term" in fit.non_volume_h.reasons[0]


def test_too_few_periods_for_the_types():
    fit = fit_standards(office(7))
    assert set(fit.frame["status"]) == {"insufficient"}
    assert "7 periods cannot settle 3 coefficients; give at least 8 periods" in fit.frame["reason"].iloc[0]


def test_hours_that_ignore_volumes_earn_nothing():
    made = office(40, minutes=(0.0, 0.0), idle_h=80.0, seed=6)
    fit = fit_standards(made)
    assert fit.follows_p > 0.05
    assert "hours hardly follow volumes" in fit.reasons[-1]
    assert "time a sample of items" in earned_share(made, fit, cross_fit=True).reasons[0]


@given(st.floats(1e-5, 1e5), st.floats(1e-5, 1e5))
def test_scales_of_volumes_do_not_matter(one, two):
    made = office(20)
    scaled = made.assign(letter=made["letter"] * one, claim=made["claim"] * two)
    before, after = (rows(fit_standards(table)) for table in (made, scaled))
    assert after.loc["letter", "standard_s"] * one == pytest.approx(before.loc["letter", "standard_s"], rel=1e-6)
    assert after.loc["claim", "high"] * two == pytest.approx(before.loc["claim", "high"], rel=1e-6)
    assert after["vif"].to_numpy() == pytest.approx(before["vif"].to_numpy(), rel=1e-6)


def test_resampling_weeks_agrees_with_taking_them_out():
    made = office(60)
    robust, drawn = (rows(fit_standards(made, interval=name, seed=1)) for name in ("robust", "bootstrap"))
    widths = [(table["high"] - table["low"]).to_numpy() for table in (robust, drawn)]
    assert widths[1] == pytest.approx(widths[0], rel=0.2)
    assert rows(fit_standards(made, weighted=True))["standard_s"].to_numpy() == pytest.approx(
        robust["weighted_s"].to_numpy()
    )


def test_the_sentence_and_its_settings():
    fit = fit_standards(office(40, noise=0.0))
    assert repr(fit).startswith("Standard times: letter 10.0 min (10.0 to 10.0), claim 25.0 min")
    assert "20.0 (20.0 to 20.0) hours a period go with no volume" in repr(fit)
    assert fit.settings["largest_vif"] == 10
    assert fit.standard_s == pytest.approx({"letter": 600, "claim": 1500})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda made: made.drop(columns="paid_h"), "no column paid_h"),
        (lambda made: made.assign(claim=-made["claim"]), "volumes are below 0"),
        (lambda made: made.assign(note="x"), "note is no column of numbers"),
        (lambda made: made[["paid_h"]], "no column of volumes"),
        (lambda made: made.assign(paid_h=np.nan), "no period has both"),
    ],
)
def test_mistakes_are_named(change, words):
    with pytest.raises(DataProblem, match=words):
        fit_standards(change(office()))


def test_a_bootstrap_needs_a_seed():
    with pytest.raises(ValueError, match="seed"):
        fit_standards(office(), interval="bootstrap")
