"""Earned hours over available hours, and when they are true by construction."""

import numpy as np
import pandas as pd
import pytest

from analysis.measure.standards import earned_share, fit_standards
from tests.measure.test_fit_standards import office

TIMES = {"letter": 600.0, "claim": 1500.0}


def test_the_share_is_a_ratio_of_sums_and_may_exceed_one():
    made = office(20, idle_h=0.0)
    share = earned_share(made, TIMES, allowance=0.15)
    worth = made["letter"].sum() / 6 + made["claim"].sum() * 25 / 60
    assert share.value == pytest.approx(1.15 * worth / made["paid_h"].sum())
    assert 1 < share.low < share.value < share.high
    assert "pace is in it" in share.reasons[-1]


def test_a_type_without_a_standard_leaves_a_lower_limit():
    made = office(20)
    share = earned_share(made, {"letter": 600.0})
    assert share.value is None
    assert share.low == pytest.approx(made["letter"].sum() / 6 / made["paid_h"].sum())
    assert "one type with items has no standard time (claim)" in share.reasons[0]


def test_standards_of_the_same_periods_are_refused_and_offered_crosswise():
    made = office(40)
    fit = fit_standards(made)
    share = earned_share(made, fit)
    assert share.value is None
    assert "fitted on 40 of these 40 periods: by construction" in share.reasons[0]
    assert "cross_fit=True" in share.reasons[0]
    crossed = earned_share(made, fit, cross_fit=True)
    assert crossed.low < 1 - 20 / made["paid_h"].mean() < crossed.high
    assert "needed or not" in crossed.reasons[0]


def test_a_shared_day_is_enough_to_be_the_same_period():
    starts = pd.date_range("2026-01-05", periods=40, freq="7D", unit="us")
    made = office(40).assign(period_start=starts, period_end=starts + pd.Timedelta(days=6))
    fit = fit_standards(made.iloc[:30])
    assert earned_share(made.iloc[30:], fit).value is not None
    overlapping = made.iloc[30:].assign(period_start=lambda one: one["period_start"] - pd.Timedelta(days=1))
    assert "fitted on 1 of these 10 periods" in earned_share(overlapping, fit).reasons[0]


def test_the_error_of_fitted_standards_widens_the_interval():
    made = office(60)
    fit = fit_standards(made.iloc[:40])
    fitted, given = (earned_share(made.iloc[40:], one) for one in (fit, fit.standard_s))
    assert fitted.value == pytest.approx(given.value)
    assert fitted.high - fitted.low > given.high - given.low
    assert fitted.basis == "modelled"


def test_rows_without_names_cannot_be_told_apart():
    made = office(60)
    volumes = made[["letter", "claim"]].to_numpy()
    fit = fit_standards(volumes[:40], hours=made["paid_h"][:40])
    assert "rows carry no names" in earned_share(volumes[40:], fit, base_h=made["paid_h"][40:]).reasons[0]


def test_without_a_non_volume_term_every_period_is_full():
    made = office(40)
    share = earned_share(made, fit_standards(made, non_volume=False), cross_fit=True)
    assert "fully used by construction" in share.reasons[0]


def test_types_that_cannot_be_told_apart_earn_nothing():
    made = office(40).assign(twin=lambda one: one["claim"] * 2)
    share = earned_share(made, fit_standards(made), cross_fit=True)
    assert share.value is None
    assert "goes with" in share.reasons[0]


def test_few_periods_are_too_rough_to_earn_hours_at():
    made = office(15)
    assert "too rough" in earned_share(made, fit_standards(made), cross_fit=True).reasons[0]
    assert earned_share(made.iloc[:5], TIMES).status == "insufficient"


def test_nothing_done_and_nobody_there():
    made = office(10)
    assert earned_share(made.assign(letter=0.0, claim=0.0), TIMES).status == "degenerate"
    assert "no available hours" in earned_share(made.assign(paid_h=0.0), TIMES).reasons[0]
    same = pd.DataFrame({"paid_h": np.full(8, 10.0), "letter": np.full(8, 30.0)})
    exact = earned_share(same, TIMES)
    assert exact.low == exact.value == exact.high == 0.5
