"""The simulations behind planted worlds are themselves right: against closed forms, and against the figures that are kept."""

import math

import numpy as np
import pytest
from scipy import stats

from tests.calibration.long_run import (
    DESKS,
    OFFICES,
    TRUTHS,
    WEEKDAYS,
    Desk,
    Office,
    desk_truth,
    gamma_factors,
    office_truth,
)
from tests.calibration.utilization_worlds import allowance_truth, load_factors, rest_for


def test_one_agent_who_never_lets_anybody_wait():
    """With one agent and no patience at all every contact that finds her busy is lost: the share in time is 1 - busy (Erlang B), in a day of eight hours nearly so."""
    desk = Desk(agents=1, load_cv=0.0, patience_s=1e-6, aht_s=60.0, target=0.6, within_s=1.0)
    assert desk_truth(desk, days=400) == pytest.approx(0.4, abs=0.01)


def test_an_office_of_even_days_can_be_full():
    """Two even days of work to do it in, hardly any chance in a day's work: next to nothing stands idle."""
    assert office_truth(Office(items=4000, load_cv=0.0, due_days=3, item_cv=0.1), days=4000) > 0.985


def test_planted_loads_have_the_planted_law():
    assert gamma_factors(4000, 0.2).std() == pytest.approx(0.2, abs=0.002)
    assert WEEKDAYS.mean() == pytest.approx(1)
    for mood in ("days", "weeks"):
        found = load_factors(np.random.default_rng(1), 40_000, cv=0.2, correlation=0.4, mood=mood)
        assert (found.mean(), found.std()) == (pytest.approx(1, abs=0.01), pytest.approx(0.2, abs=0.01))
        assert stats.kstest(found[::25], stats.gamma(25, scale=1 / 25).cdf).pvalue > 0.001
    assert np.corrcoef(found[:-1], found[1:])[0, 1] == pytest.approx(0.4 * 0.8, abs=0.03)


def test_rest_is_planted_where_it_is_wanted():
    assert allowance_truth(rest_for(0.7, 0.12, 0.05), 0.12, 0.05) == pytest.approx(0.7)
    assert allowance_truth(0.03, 0.12, 0.05) == pytest.approx(0.88)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(TRUTHS))
def test_kept_figures_come_out_again(name):
    """Other contacts, fewer days: the kept figure within the simulation's own error."""
    if name in DESKS:
        assert desk_truth(DESKS[name], days=3000, seed=10**6) == pytest.approx(TRUTHS[name], abs=0.003)
    else:
        assert office_truth(OFFICES[name], days=100_000, seed=11) == pytest.approx(TRUTHS[name], abs=0.004)


def test_every_case_is_kept():
    assert set(TRUTHS) == {*DESKS, *OFFICES}
    assert all(0.5 < truth < 1 for truth in TRUTHS.values())
    assert math.isinf(DESKS["six, nobody hangs up"].patience_s)
