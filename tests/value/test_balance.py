"""Identities and limits of the balance that hold in every draw of every world."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.value.balance import Situation, Uses, balance
from analysis.value.lines import Scale, bounded_rows

SIZE = 50
MICROHOUR = 1e-6
amount = st.floats(0.0, 5000.0)


def world(seed: int, *, size: int = SIZE) -> Situation:
    """Draw situations that need not make sense together: only then do the limits have to hold anything back."""
    rng = np.random.default_rng(seed)
    today = rng.uniform(0.0, 1.0, size)
    return Situation(
        base_h=rng.uniform(1, 20_000, size),
        today=today,
        achievable=rng.uniform(0.0, 1.0, size),
        non_work=rng.uniform(0.0, 1.0, size) * (1 - today),
        movable_h=rng.uniform(0, 5000, size),
        uptake=rng.uniform(0, 1, size),
        agents_idle_h=rng.uniform(0, 3000, size),
    )


def one(
    *, base_h=100.0, today=0.55, achievable=0.75, non_work=0.35, movable_h=15.0, uptake=1.0, idle=40.0
) -> Situation:
    return Situation(*(np.array([part]) for part in (base_h, today, achievable, non_work, movable_h, uptake, idle)))


@given(st.integers(0, 10_000), amount, amount, amount)
def test_the_parts_add_up_to_the_microhour_in_every_draw(seed, overtime, outsourced, vacancies):
    now = world(seed)
    found = balance(now, Uses(overtime, outsourced, vacancies))
    sums = {
        "needed": found.needed_today - found.needed_after - found.freed,
        "freed": found.freed - found.freed_in_place - found.freed_by_moving,
        "taken up": found.freed - found.overtime - found.outsourced - found.vacancies - found.left,
        "waiting": found.idle_today - found.moved_to_agents - found.idle_left,
        "all": found.needed_today
        - found.needed_after
        - found.overtime
        - found.outsourced
        - found.vacancies
        - found.left,
    }
    assert {name: float(np.abs(rest).max()) < MICROHOUR for name, rest in sums.items()} == dict.fromkeys(sums, True)


@given(st.integers(0, 10_000), amount, amount, amount)
def test_nothing_is_freed_or_moved_that_does_not_exist(seed, overtime, outsourced, vacancies):
    now = world(seed)
    found = balance(now, Uses(overtime, outsourced, vacancies))
    non_work = now.base_h * now.non_work
    assert (found.freed_in_place <= non_work + MICROHOUR).all()
    assert (found.freed <= non_work + found.moved_to_agents + MICROHOUR).all()
    assert (found.moved_to_agents <= now.agents_idle_h + MICROHOUR).all()
    assert (found.moved_to_agents <= now.base_h * now.today + MICROHOUR).all()
    assert (found.moved_to_agents <= now.movable_h * now.uptake + MICROHOUR).all()
    lines = ("needed_after", "freed_in_place", "freed_by_moving", "overtime", "outsourced", "vacancies", "left")
    for line in (*lines, "idle_left", "moving_alone"):
        assert (getattr(found, line) >= -MICROHOUR).all(), line
    stated = overtime + outsourced + vacancies
    assert (found.overtime + found.outsourced + found.vacancies <= stated + MICROHOUR).all()


@given(st.integers(0, 10_000))
def test_a_world_without_room_frees_nothing_in_place(seed):
    now = world(seed)
    found = balance(Situation(now.base_h, now.today, now.today * 0.9, now.non_work, now.movable_h, now.uptake, now.agents_idle_h), Uses())  # fmt: skip
    assert (found.freed_in_place == 0).all()


def test_items_moved_are_counted_at_the_utilization_after():
    """Methods, value is computed once: B / u1 and not B / u0; from .55 to .75 the latter is 36 % too much."""
    found = balance(one(), Uses())
    assert found.freed_by_moving[0] == pytest.approx(15 / 0.75)
    assert found.moving_alone[0] / found.freed_by_moving[0] == pytest.approx(1.3636, abs=1e-4)
    assert found.needed_after[0] == pytest.approx((55 - 15) / 0.75)


def test_uses_are_filled_in_order():
    found = balance(one(), Uses(30.0, 10.0, 100.0))
    freed = 100 - 40 / 0.75
    assert found.overtime[0] == 30
    assert found.outsourced[0] == 10
    assert found.vacancies[0] == pytest.approx(freed - 40)
    assert found.left[0] == pytest.approx(0)


def test_a_limit_that_holds_is_told():
    plain = balance(one(), Uses())
    assert not plain.limited[0]
    assert not plain.short[0]
    assert balance(one(non_work=0.2), Uses()).limited[0]
    assert balance(one(idle=10.0), Uses()).short[0]
    assert balance(one(movable_h=60.0, idle=90.0), Uses()).moved_to_agents[0] == pytest.approx(55)


@given(
    st.floats(0.3, 0.7),
    st.floats(0.0, 0.25),
    st.floats(0.0, 1.0),
    st.floats(0.0, 1.0),
    st.floats(0.0, 300.0),
)
def test_bounds_hold_whatever_is_true_inside_them(low, width, where, room, moved):
    """Today is known only as a bound: every world that it allows lies inside the range that is printed."""
    support, high = 0.05, low + width
    highest = min(high + 0.2, 1 - support)
    today = low + where * width
    now = one(base_h=1000.0, today=today, achievable=today + room * (highest - today), non_work=1 - support - today, movable_h=moved, idle=300.0)  # fmt: skip
    found = balance(now, Uses())
    rows = bounded_rows(
        base_h=1000.0,
        today=(low, high),
        after=highest,
        non_work=1 - support - low,
        moved=np.full(4, min(moved, 1000 * low)),
        idle=np.full(4, 300.0),
        reason="only a bound",
        scale=Scale(40.0, {"back_office": 0.8}),
    )
    for row in rows[1:5]:
        line = str(row["line"])
        if moved <= 1000 * low:
            assert row["low"] - MICROHOUR <= getattr(found, line)[0] <= row["high"] + MICROHOUR, line
