"""Earned hours: LOG05 (computed by hand) and refusals."""

import pandas as pd
import pytest

from analysis.foundation.schema import DataProblem
from analysis.measure.standards import earned_hours

VOLUMES = [120, 80, 15]
STANDARD_S = [6 * 60, 9 * 60, 22 * 60]


def test_earned_hours_log05():
    earned = earned_hours(VOLUMES, STANDARD_S)
    assert earned == pytest.approx(29.5)
    assert earned / 40 == pytest.approx(0.7375)
    assert earned_hours(VOLUMES, STANDARD_S, allowance=0.15) / 40 == pytest.approx(0.848125)


def test_types_are_matched_by_name():
    volumes = pd.Series({"letter": 80, "claim": 120, "visit": 15})
    standards = {"claim": 360, "letter": 540, "visit": 1320, "unused": float("nan")}
    assert earned_hours(volumes, standards) == pytest.approx(29.5)


def test_items_without_a_standard_are_refused_not_dropped():
    with pytest.raises(DataProblem, match="1 types with items have no standard time"):
        earned_hours({"a": 2, "b": 1}, {"a": 60})
    assert earned_hours({"a": 2, "b": 0}, {"a": 60}) == pytest.approx(120 / 3600)


@pytest.mark.parametrize("volumes", [[1, -1, 2], [1, float("nan"), 2]])
def test_impossible_volumes(volumes):
    with pytest.raises(DataProblem, match="no valid count"):
        earned_hours(volumes, STANDARD_S)


def test_lists_of_different_length():
    with pytest.raises(DataProblem, match="2 volumes stand against 3"):
        earned_hours([1, 2], STANDARD_S)


def test_a_negative_allowance():
    with pytest.raises(ValueError, match="allowance"):
        earned_hours(VOLUMES, STANDARD_S, allowance=-0.1)
