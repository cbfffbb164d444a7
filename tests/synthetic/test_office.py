"""The back office: shifts small enough to follow by hand, and what must hold in every period."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.synthetic import clerks
from analysis.synthetic.clerks import AWAY, IDLE, ITEM_WORK, WORK
from analysis.synthetic.people import SHIFT_S


def shift(windows, choice, lengths, pause=2, other=(0, 30, 20, 10)):
    """Run one shift; `other` are the seconds of (unused), other work, idle, away."""
    steps = len(choice)
    lasts = np.tile(np.array([[pause, *other[1:]]]), (steps, 1))[None]
    rows = clerks.run_shifts(
        np.array(windows, dtype=np.int64),
        np.array([0, len(windows)]),
        np.array([choice], dtype=np.int64),
        lasts.astype(np.int64),
        np.array([range(len(lengths))], dtype=np.int64),
        np.array([lengths], dtype=np.int64),
    )
    return [(clerks.STATES[state], int(kind), int(a), int(b)) for _, state, kind, a, b in rows]


def test_items_follow_one_another_with_a_pause_and_other_states_take_their_time():
    told = shift([(0, 100, 0)], [ITEM_WORK, IDLE, WORK, AWAY, IDLE], [40])
    assert told == [
        ("ITEM_WORK", 0, 0, 40),
        ("WORK", -1, 40, 42),
        ("IDLE", -1, 42, 62),
        ("WORK", -1, 62, 92),
        ("AWAY", -1, 92, 100),
    ]


def test_an_item_that_would_run_into_the_break_is_passed_over_for_the_next():
    told = shift([(0, 50, 0)], [ITEM_WORK, ITEM_WORK], [60, 30, 99, 99, 99, 99, 99])
    assert told == [("ITEM_WORK", 1, 0, 30), ("WORK", -1, 30, 32), ("WORK", -1, 32, 50)]


def test_a_break_is_overrun_by_half_of_an_absence():
    assert shift([(100, 130, 1)], [IDLE, IDLE], [40])[0] == ("AWAY", -1, 100, 105)


def test_too_few_draws_are_an_error():
    with pytest.raises(ValueError, match="more draws"):
        shift([(0, 100, 0)], [IDLE], [40])


def test_every_shift_is_covered_without_overlap(office):
    rows = office.truth
    for column, expected in ((3, office.plan.start), (4, office.plan.start + SHIFT_S)):
        edge = (
            rows[np.append(True, rows[1:, 0] != rows[:-1, 0])]
            if column == 3
            else rows[np.append(rows[1:, 0] != rows[:-1, 0], True)]
        )
        assert np.array_equal(edge[:, column], expected)
    same = rows[1:, 0] == rows[:-1, 0]
    assert (rows[1:, 3][same] == rows[:-1, 4][same]).all()


def test_items_lie_between_planned_activities(office):
    items = office.truth[office.truth[:, 1] == ITEM_WORK]
    for owner, _, start, length in office.plan.activity[:400]:
        own = items[items[:, 0] == owner]
        assert ((own[:, 4] <= start) | (own[:, 3] >= start + length)).all()


def test_each_team_does_its_own_kinds_of_items(office, people, calendar):
    items = office.truth[office.truth[:, 1] == ITEM_WORK]
    kinds: dict[str, set[int]] = {}
    for owner, kind in items[:, [0, 2]].tolist():
        person = people[1].persons[office.plan.person[owner]]
        kinds.setdefault(person.team_on(calendar.days[office.plan.day[owner]]), set()).add(kind)
    assert kinds == {
        "Claims settlement": {2, 3, 4},
        "Policy administration": {0, 1, 4},
        "Correspondence": {0, 4, 5},
        "Payments": {0, 1, 3},
    }


def test_non_work_is_a_fifth_to_a_quarter_of_the_base_and_differs_between_days_and_persons(office):
    rows = office.truth
    length = rows[:, 4] - rows[:, 3]
    idle = np.isin(rows[:, 1], (IDLE, AWAY)) * length
    base = (rows[:, 1] != clerks.BREAK) * length
    assert 0.20 < idle.sum() / base.sum() < 0.28
    for group in (office.plan.day, office.plan.person):
        share = np.bincount(group[rows[:, 0]], idle) / np.bincount(group[rows[:, 0]], base)
        assert share.std() > 0.025
