"""The pool as a queue: exact at the grid, close between, and never kinder than theory allows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis import queueing
from analysis.blending.desk import IN_TIME, ITEM_AGENTS, P_ABANDON, Desk
from analysis.blending.promise import Promise

PROMISE = Promise(answer_within_s=20, target=0.8, definition="of offered", short_s=5, max_occupancy=0.95)


def desk(patience_s: float | None = 180, item_s: float | None = 400, promise: Promise = PROMISE) -> Desk:
    return Desk(aht_s=300, patience_s=patience_s, item_s=item_s, promise=promise)


def test_twenty_agents_as_published_for_the_threshold_policy():
    # rows BL16 and BL18 of the known answers: Bhulai & Koole 2003, policy with items as long as calls, no abandonment
    model = desk(patience_s=None, item_s=300)
    for kept_free, item_agents, service_level in ((4, 3.23911, 0.747383979), (2, 4.32911392, 0.591849253)):
        in_time, _, _, items = model.exact(20, 15.0, kept_free)
        assert items == pytest.approx(item_agents, abs=1e-5)
        assert in_time == pytest.approx(service_level, abs=1e-7)


@settings(max_examples=60)
@example(agents=2, rho=0.125, kept_free=0)
@example(agents=1, rho=0.05, kept_free=0)
@given(agents=st.integers(1, 40), rho=st.floats(0.05, 1.3), kept_free=st.one_of(st.none(), st.integers(0, 12)))
def test_between_grid_points_it_stays_within_half_a_point_of_the_exact_answer(agents, rho, kept_free):
    model, load = desk(), rho * agents
    close = model.over(np.array([agents]), np.array([load]), kept_free)[:, 0]
    exact = model.exact(agents, load, kept_free)
    assert close[:3] == pytest.approx(exact[:3], abs=0.005)
    assert close[ITEM_AGENTS] == pytest.approx(exact[3], abs=0.02)


@settings(max_examples=30)
@given(agents=st.integers(2, 30), rho=st.floats(0.2, 1.1))
def test_more_agents_kept_free_is_never_worse_for_callers_nor_better_for_items(agents, rho):
    model = desk()
    rows = np.array([model.exact(agents, rho * agents, kept) for kept in range(agents + 1)])
    assert (np.diff(rows[:, IN_TIME]) >= -1e-9).all()
    assert (np.diff(rows[:, ITEM_AGENTS]) <= 1e-9).all()
    assert (np.diff(rows[:, P_ABANDON]) <= 1e-9).all()


def test_nobody_on_duty_answers_nobody():
    assert desk().exact(0, 3.0, 0) == (0.0, 1.0, 1.0, 0.0)


def test_without_patience_an_overloaded_desk_keeps_no_promise_and_starts_no_item():
    assert desk(patience_s=None).exact(5, 5.0, 0) == (0.0, 0.0, 1.0, 0.0)


def test_without_an_item_length_no_item_can_start():
    with pytest.raises(ValueError, match="item length"):
        desk(item_s=None).exact(10, 5.0, 2)


def test_the_definition_decides_what_the_share_is_of():
    plain = queueing.erlang_a(10, 9.0, aht_s=300, patience_s=180, answer_within_s=20)
    of = {}
    for definition in ("of offered", "short abandons out", "of answered"):
        promise = Promise(20, 0.8, definition, 5, 0.95)
        in_time, counted = desk(promise=promise).service(np.array([10]), np.array([9.0]))
        of[definition] = float(in_time[0] / counted[0])
    assert of["of offered"] == pytest.approx(plain.service_level, abs=0.003)
    assert of["of answered"] == pytest.approx(plain.service_level / (1 - plain.p_abandon), abs=0.005)
    assert of["of offered"] < of["short abandons out"] < of["of answered"]
