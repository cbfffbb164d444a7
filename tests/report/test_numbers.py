"""How numbers are spelled, rounded and graded."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from analysis.foundation.estimate import Estimate
from analysis.report.numbers import mark, plain
from analysis.report.words import load_words

N = load_words().n


def seen(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("share", "text"), [(0.312, "31 %"), (0.0, "0 %"), (-0.001, "0 %"), (1.0, "100 %"), (0.285, "29 %"), (0.005, "1 %")]
)
def test_shares_are_rounded_to_one_point_and_halves_go_up(share, text):
    assert seen(N.share(share)) == text


@pytest.mark.parametrize(
    ("hours", "text"), [(1_612.0, "1,610"), (487.4, "485"), (2.0, "under 5"), (0.0, "0"), (3.0, "5")]
)
def test_hours_are_rounded_to_five(hours, text):
    assert N.hours(hours) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(96.0, "96 s"), (128.0, "2.1 min"), (120.0, "2 min"), (1_420.0, "24 min"), (7_200.0, "2 h")]
)
def test_lengths_of_time_are_said_as_a_person_would(seconds, text):
    assert seen(N.length(seconds)) == text


def test_an_estimate_carries_its_interval_and_its_grade():
    text = N.estimate(Estimate(0.312, 0.269, 0.351, grade="B"))
    assert seen(plain(text)) == "31 % (27 to 35) (grade B)"


def test_an_estimate_without_a_value_says_its_bounds_or_nothing():
    assert seen(plain(N.estimate(Estimate.missing("why", low=0.05, high=0.09)))) == "between 5 and 9 % (grade A)"
    assert N.estimate(Estimate.missing("why")) == ""


def test_without_bounds_the_figure_stands_alone():
    assert N.interval(9.12, math.nan, math.nan, "agents") == "9.1"
    assert seen(N.interval(0.88, 0.88, 0.88)) == "88 %"


def test_an_unknown_grade_leaves_no_mark():
    assert mark("") == ""
    assert plain("31" + mark("A")) == "31 (grade A)"


def test_days_and_periods_are_words():
    assert seen(N.period(dt.date(2026, 3, 2), dt.date(2026, 4, 26))) == "2 March to 26 April 2026"
    assert seen(N.period(dt.date(2025, 12, 29), dt.date(2026, 1, 4))) == "29 December 2025 to 4 January 2026"
    assert (N.weekday(0), N.weekday(6, short=True), N.clock(34_200)) == ("Monday", "Sun", "09:30")
