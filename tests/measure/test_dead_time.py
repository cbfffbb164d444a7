"""Dead time: what is planted is found, what is arithmetic is not taken for behaviour."""

import numpy as np
import pandas as pd
import pytest

from analysis.foundation.schema import DataProblem
from analysis.measure.standards import dead_time_effect
from tests.calibration.cells_standards import centre_cells


def plain_slope(cells):
    idle = cells["idle_s"] / cells["available_s"]
    return np.polyfit(idle, np.log(cells["handle_s"] / cells["contacts"]), 1)[0] / 10


def test_long_contacts_leave_less_idle_time_and_that_is_no_effect():
    cells = centre_cells(3, effect=0.0)
    found = dead_time_effect(cells)
    assert plain_slope(cells) < -0.01  # the arithmetic that a plain regression takes for haste
    assert found.low < 0 < found.high
    assert "neither" in found.reasons[0]


def test_work_that_fills_idle_time_is_found():
    found = dead_time_effect(centre_cells(3, effect=0.05))
    assert found.low < 0.05 < found.high
    assert "slack by earned hours is too small" in found.reasons[0]
    assert "another kind" in found.reasons[1]
    assert found.n == 40


def test_pools_of_long_and_short_contacts_do_not_mix():
    one, two = centre_cells(1, effect=0.0), centre_cells(2, effect=0.0)
    two = two.assign(handle_s=two["handle_s"] / 3, contacts=two["contacts"] * 1.0, pool="short")
    two["idle_s"] = two["available_s"] - two["handle_s"]
    found = dead_time_effect(pd.concat([one.assign(pool="long"), two]))
    assert found.low < 0 < found.high


def test_idle_time_of_the_slot_before():
    found = dead_time_effect(centre_cells(5, effect=0.0), slots_before=1)
    assert found.value is None or found.low < 0 < found.high


def test_words_where_nothing_can_be_told():
    cells = centre_cells(3, effect=0.05)
    assert "only 5 days" in dead_time_effect(cells[cells["day"] < 5]).reasons[0]
    even = cells.assign(contacts=30, available_s=36000.0)
    assert dead_time_effect(even).status == "degenerate"
    rng = np.random.default_rng(1)
    unrelated = cells.assign(idle_s=rng.uniform(0, 0.5, len(cells)) * cells["available_s"])
    assert "hardly moves with arrivals" in dead_time_effect(unrelated).reasons[0]


def test_mistakes_are_named():
    cells = centre_cells(3, effect=0.0)
    with pytest.raises(DataProblem, match="no column idle_s"):
        dead_time_effect(cells.drop(columns="idle_s"))
    with pytest.raises(DataProblem, match="1 cells hold numbers below 0"):
        dead_time_effect(cells.assign(handle_s=lambda one: one["handle_s"].where(one.index != 7, -1.0)))
