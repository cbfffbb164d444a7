"""Standard errors of days that resemble their neighbours, of persons and days at once, and of clusters left out one at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from analysis.foundation.clusters import judged, ratio
from analysis.foundation.crossed import crossed
from analysis.foundation.serial import long_run, waves

DAYS = 40
WEEKDAY = np.arange(DAYS) % 5


def autoregression(rng, days, correlation):
    found = rng.standard_normal(days)
    for day in range(1, days):
        found[day] = correlation * found[day - 1] + math.sqrt(1 - correlation**2) * found[day]
    return found


def calm(days=DAYS):
    """Return residuals whose neighbours differ more than chance would have it, so that nothing is corrected."""
    rng = np.random.default_rng(2)
    found = (-1.0) ** np.arange(days) + 0.3 * rng.standard_normal(days)
    return found - found.mean()


def test_the_number_of_cosines_is_the_published_rule():
    """Lazarus, Lewis, Stock & Watson 2018: 0.41 T^(2/3)."""
    assert [waves(days) for days in (6, 40, 60, 120, 250)] == [2, 5, 6, 10, 16]


def test_without_correlation_it_is_the_equal_weighted_cosine_estimate():
    z = calm()
    found = long_run(z, np.zeros(DAYS, int))
    at = np.arange(1, DAYS + 1) - 0.5
    weights = [math.sqrt(2 / DAYS) * np.cos(math.pi * j * at / DAYS) for j in range(1, 6)]
    expected = DAYS / 5 * sum(float(weight @ z) ** 2 for weight in weights)
    assert found.correlation < -1 / math.sqrt(DAYS)
    assert found.freedom == 5
    assert found.error**2 == pytest.approx(expected, rel=1e-9)
    # the steady one is sum z^2 with T / (T - 1): the variance of a sum of independent days
    assert found.steady**2 == pytest.approx(float((z**2).sum()) * DAYS / (DAYS - 1), rel=1e-9)


@pytest.mark.parametrize("correlation", [0.0, 0.44, 0.6])
def test_the_correlation_found_is_free_of_what_the_weekday_means_take(correlation):
    rng = np.random.default_rng(1)
    fixed = np.array([3.0, 1.0, 0.0, -1.0, -3.0])[WEEKDAY]
    seen = [long_run(autoregression(rng, DAYS, correlation) + fixed, WEEKDAY).correlation for _ in range(800)]
    # a standard error of about .005; what is left is Jensen's, as for any such estimate
    assert np.mean(seen) == pytest.approx(correlation, abs=0.04)


def test_unit_and_direction_of_time_change_nothing_and_weekdays_take_no_part():
    z = autoregression(np.random.default_rng(3), DAYS, 0.5)
    first = long_run(z, WEEKDAY)
    other = long_run(1000 * z[::-1], WEEKDAY[::-1])
    assert other.error == pytest.approx(1000 * first.error)
    assert long_run(z + 10 * WEEKDAY, WEEKDAY).error == pytest.approx(first.error)
    assert long_run(2.0 * WEEKDAY - 4, WEEKDAY).error == 0


def test_correlated_days_are_worth_less():
    z = autoregression(np.random.default_rng(4), 250, 0.6)
    by_time, mixed = (long_run(one, np.zeros(250)) for one in (z, np.random.default_rng(1).permutation(z)))
    assert by_time.error > 1.5 * mixed.error
    assert by_time.steady > 1.5 * mixed.steady


def test_a_very_long_period_is_judged_too():
    found = long_run(np.random.default_rng(1).standard_normal(1000), np.arange(1000) % 7)
    assert found.freedom == 41
    assert found.error == pytest.approx(math.sqrt(1000), rel=0.3)


# -- delete one cluster


def test_the_jackknife_of_equal_clusters_is_the_linearised_variance():
    x, m = [3, 2, 4, 6, 8, 7], [10] * 6
    for strata in (None, [1, 1, 1, 2, 2, 2]):
        assert ratio(x, m, n_unit="days", strata=strata, variance="jackknife").low == pytest.approx(
            ratio(x, m, n_unit="days", strata=strata).low
        )


def test_the_jackknife_by_hand():
    """Six clusters of unequal size: leave each out, and add the squared moves of the share times 5/6."""
    x, m = np.array([3.0, 9, 2, 7, 1, 4]), np.array([10.0, 30, 8, 12, 9, 11])
    found = judged(x, m, n_unit="rounds", variance="jackknife")
    share = x.sum() / m.sum()
    moves = [(x.sum() - a) / (m.sum() - b) - share for a, b in zip(x, m, strict=True)]
    error = math.sqrt(5 / 6 * sum(move**2 for move in moves))
    assert (found.scale * share * (1 - share), found.freedom) == (pytest.approx(error), 5)


# -- persons and days


def persons_by_days(person_sd, day_sd, persons=12):
    rng = np.random.default_rng(6)
    person, day = np.divmod(np.arange(persons * DAYS), DAYS)
    z = person_sd * rng.standard_normal(persons)[person] + day_sd * rng.standard_normal(DAYS)[day]
    x = 0.5 + z + 0.02 * rng.standard_normal(len(z))
    return x, {"person": person, "day": day, "weekday": day % 5, "confidence": 0.95}


def test_persons_days_and_both_at_once_by_hand():
    """Cameron, Gelbach & Miller 2011: V_person + V_day - V_person-day, with Satterthwaite's degrees of freedom."""
    x, labels = persons_by_days(0.05, 0.05)
    found = crossed(x, np.ones(len(x)), **labels)
    z = x - x.mean()
    table = z.reshape(12, DAYS)
    persons = 12 / 11 * (table.sum(axis=1) ** 2).sum() / len(x) ** 2
    cells = len(x) / (len(x) - 1) * (z**2).sum() / len(x) ** 2
    days = (long_run(table.sum(axis=0), WEEKDAY).error / len(x)) ** 2
    share = x.mean()
    assert found.scale * share * (1 - share) == pytest.approx(math.sqrt(persons + days - cells))
    assert found.freedom == pytest.approx((persons + days) ** 2 / (persons**2 / 11 + days**2 / 5))
    assert 5 < found.freedom < 16


def test_the_variance_is_never_less_than_that_of_persons_or_of_days_alone():
    for person_sd, day_sd in ((0.0, 0.05), (0.05, 0.0), (0.0, 0.0)):
        x, labels = persons_by_days(person_sd, day_sd)
        found = crossed(x, np.ones(len(x)), **labels)
        by_day = judged(
            x.reshape(12, DAYS).sum(axis=0), np.full(DAYS, 12.0), n_unit="days", strata=WEEKDAY, variance="serial"
        )
        by_person = judged(x.reshape(12, DAYS).sum(axis=1), np.full(12, DAYS), n_unit="people")
        assert found.scale >= max(by_day.scale, by_person.scale) * (1 - 1e-9)


def test_few_people_or_days_say_nothing_about_others():
    x, labels = persons_by_days(0.05, 0.05, persons=5)
    assert "only 5 people" in crossed(x, np.ones(len(x)), **labels).reasons[0]
    x, labels = persons_by_days(0.05, 0.05)
    first = labels["day"] < 5
    week = {name: labels[name][first] for name in ("person", "day", "weekday")}
    assert "only 5 days" in crossed(x[first], np.ones(first.sum()), **week, confidence=0.95).reasons[0]


def test_an_interval_covers_where_days_are_correlated():
    """Eight weeks, normal days correlated .44 (where an interval by day covers .79): the harness has the other worlds."""
    rng = np.random.default_rng(8)
    inside = 0
    for _ in range(400):
        z = autoregression(rng, DAYS, 0.44)
        found = long_run(z - z.mean(), WEEKDAY)
        inside += abs(z.sum()) <= stats.t.ppf(0.975, found.freedom) * found.error
    low, high = stats.binom.ppf([0.0005, 0.9995], 400, 0.95) / 400
    assert low <= inside / 400 <= high
