"""Joint resamples of days: both populations and all parts of them on the same drawn days."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.baseline.shares import clusters_of, share_of
from analysis.measure.crosswalk import BASE, WORK
from analysis.utilization.resample import joint_resamples, resample, resample_like
from tests.baseline.factory import workdays
from tests.utilization.days import day_rows, wavy

DRAWS = {"draws": 4000, "seed": 1}


def test_draws_spread_like_the_interval_of_the_share():
    days = day_rows(40, work=wavy(40, 0.6), support=0.1)
    found = resample(days, **DRAWS)
    printed = share_of(days, WORK, BASE, clusters=clusters_of(days), confidence=0.95, grade="A")
    low, high = np.quantile(found.today_draws, [0.025, 0.975])
    assert found.today == pytest.approx(printed.value)
    assert high - low == pytest.approx(printed.high - printed.low, rel=0.1)
    assert found.support_share == pytest.approx(0.1)


def test_each_figure_hands_on_its_own_shocks():
    """Support that swings slowly is stretched more than even work; hours by their own swing, not by that of work."""
    slow = 0.1 + 0.03 * np.sin(np.arange(40) / 6)
    base = 100 + 10 * np.sin(np.arange(40) / 6)
    days = day_rows(40, work=wavy(40, 0.6), support=slow, base_h=base)
    found = resample(days, **DRAWS)
    printed = share_of(days, ("SUPPORT", "OUTAGE"), BASE, clusters=clusters_of(days), confidence=0.95, grade="A")
    low, high = np.quantile(found.support_draws, [0.025, 0.975])
    assert high - low == pytest.approx(printed.high - printed.low, rel=0.15)
    even = resample(day_rows(40, work=wavy(40, 0.6), base_h=100 + 10 * wavy(40, 0.0, 1.0)), **DRAWS)
    weekly = (
        found.base_draws.std() / np.std(base, ddof=1),
        even.base_draws.std() / np.std(10 * wavy(40, 0.0, 1.0), ddof=1),
    )
    assert weekly[0] > 1.4 * weekly[1]


def test_both_populations_are_drawn_on_the_same_days():
    busy = wavy(40, 0.6)
    both = joint_resamples({"one": day_rows(40, work=busy), "two": day_rows(40, work=busy - 0.2)}, **DRAWS)
    assert np.corrcoef(both["one"].today_draws, both["two"].today_draws)[0, 1] == pytest.approx(1, abs=1e-6)


def test_a_few_days_of_one_alone_keep_the_others_together():
    """The second does not work on two Wednesdays; its draws hold its own number of days on average."""
    busy = wavy(40, 0.6)
    kept = np.array([day not in (2, 7) for day in range(40)])
    second = day_rows(40, work=busy)[kept]
    both = joint_resamples({"one": day_rows(40, work=busy), "two": second}, **DRAWS)
    assert both["two"].counts.shape == (4000, 38)
    assert both["two"].counts.sum(axis=1).mean() == pytest.approx(38, abs=0.1)
    assert np.corrcoef(both["one"].today_draws, both["two"].today_draws)[0, 1] > 0.9
    # hours are those of 38 days in every draw, so they do not swing with how many were drawn
    assert both["two"].base_draws.std() == pytest.approx(0, abs=1e-6)


def test_other_days_are_drawn_apart():
    busy = wavy(40, 0.6)
    later = [day + dt.timedelta(days=70) for day in workdays(40)]
    both = joint_resamples({"one": day_rows(40, work=busy), "two": day_rows(40, work=busy, dates=later)}, **DRAWS)
    assert abs(np.corrcoef(both["one"].today_draws, both["two"].today_draws)[0, 1]) < 0.06


def test_too_few_days_are_no_resample():
    both = joint_resamples({"one": day_rows(40, work=wavy(40, 0.6)), "two": day_rows(5, work=0.5)}, **DRAWS)
    assert both["two"] is None
    assert both["one"] is not None


def test_parts_add_up_in_every_draw():
    north, south = (
        day_rows(40, work=wavy(40, mean, seed=seed), base_h=hours) for mean, seed, hours in ((0.5, 1, 60), (0.7, 2, 40))
    )
    whole = day_rows(40, work=0.6 * north["HANDLING"] / 60 + 0.4 * south["HANDLING"] / 40)
    days = resample(whole, **DRAWS)
    parts = [resample_like(days, part) for part in (north, south)]
    assert all(part.counts is not None and np.array_equal(part.counts, days.counts) for part in parts)

    def plain(one):
        return one.today + (one.today_draws - one.today) / one.wider

    np.testing.assert_allclose(0.6 * plain(parts[0]) + 0.4 * plain(parts[1]), plain(days), atol=1e-9)
    assert resample_like(days, north.iloc[:4]) is None


def test_the_order_of_the_rows_does_not_matter():
    days = day_rows(40, work=wavy(40, 0.6))
    turned = days.sample(frac=1, random_state=1).reset_index(drop=True)
    np.testing.assert_array_equal(resample(days, **DRAWS).today_draws, resample(turned, **DRAWS).today_draws)


def test_weeks_are_drawn_where_hours_are_known_by_week():
    weeks = pd.Series(pd.to_datetime([day for day in workdays(60) if day.weekday() == 0]))
    rows = day_rows(12, work=wavy(12, 0.6), dates=weeks)
    found = resample(rows, **DRAWS)
    assert (found.counts.sum(axis=1) == 12).all()
    printed = share_of(rows, WORK, BASE, clusters=clusters_of(rows), confidence=0.95, grade="A")
    low, high = np.quantile(found.today_draws, [0.025, 0.975])
    assert high - low == pytest.approx(printed.high - printed.low, rel=0.15)
