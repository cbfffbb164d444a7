"""Ramps that an export makes are found, and ordinary desks raise no alarm."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.intake.reconciliation.ramp import LEAST_WEEKS, RATIO, TAU, extraction_ramp

WEEK = np.array([1.1, 1.0, 1.0, 0.95, 0.9, 0.15, 0.0])


def desk(
    rng: np.random.Generator, days: int, *, mean: float = 80, noise: float = 0.2, growth: float = 0.0
) -> np.ndarray:
    """Return daily counts with a week's pattern, days and weeks that differ, and growth by week."""
    week = np.arange(days) // 7
    level = rng.lognormal(0, noise, days) * rng.lognormal(0, noise / 2, week[-1] + 1)[week]
    return rng.poisson(mean * np.resize(WEEK, days) * level * (1 + growth) ** week)


def ramp(rng: np.random.Generator, days: int, *, half_life: float = 14, mean: float = 80) -> np.ndarray:
    """Return counts of an export of cases that were open on its last day: the older, the fewer."""
    age = np.arange(days)[::-1]
    return rng.poisson(mean * np.resize(WEEK, days) * 0.5 ** (age / half_life))


def flagged(amounts: np.ndarray) -> bool:
    held = np.flatnonzero(amounts)
    found = extraction_ramp(amounts[held[0] : held[-1] + 1])
    return found is not None and found.is_ramp


@pytest.mark.parametrize("days", [42, 56, 91, 182])
def test_no_more_than_one_ordinary_desk_in_a_hundred_is_flagged(days):
    alarms = sum(flagged(desk(np.random.default_rng(seed), days)) for seed in range(200))
    assert alarms <= 2


def test_a_desk_that_grows_by_three_percent_a_week_is_not_flagged():
    assert sum(flagged(desk(np.random.default_rng(seed), 91, growth=0.03)) for seed in range(200)) <= 2


@pytest.mark.parametrize("days", [56, 91, 182])
def test_planted_ramps_are_found(days):
    assert sum(flagged(ramp(np.random.default_rng(seed), days)) for seed in range(100)) >= 98


def test_the_published_ramp_of_months_is_found():
    # 2,102 events in March, 18,319 in April, 43,300 in May up to the 22nd
    amounts = np.concatenate([np.full(31, 2102 / 31), np.full(30, 18319 / 30), np.full(22, 43300 / 22)])
    found = extraction_ramp(amounts)
    assert found.is_ramp
    assert found.ratio > RATIO
    assert found.tau > TAU


def test_a_single_late_peak_is_no_ramp():
    amounts = np.full(91, 80.0)
    amounts[-7:] = 400
    assert not extraction_ramp(amounts).is_ramp


def test_too_few_weeks_or_rows_are_not_judged():
    assert extraction_ramp(np.arange(7 * LEAST_WEEKS - 1)) is None
    assert extraction_ramp(2.0 ** np.arange(0, 7 * LEAST_WEEKS) / 2.0 ** (7 * LEAST_WEEKS)) is None
