"""People, calendar and plans."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from analysis.synthetic.people import MOVE_DATE, SHIFT_S
from analysis.synthetic.plans import plan_period, planned_s
from analysis.synthetic.streams import Calendar, day_effects, elapsed_s, wall_clock_after


def test_the_calendar_leaves_out_weekends_and_easter():
    calendar = Calendar.of(8)
    assert len(calendar.days) == 38
    assert dt.date(2026, 4, 3) not in calendar.days
    assert dt.date(2026, 4, 6) not in calendar.days
    assert calendar.end == dt.date(2026, 4, 26)


def test_people_are_invented_once_and_have_ids_with_leading_zeros(people):
    persons = [*people[0].persons, *people[1].persons]
    assert len(persons) == 105
    assert len({one.key for one in persons}) == 105
    assert len({*(one.name for one in persons), *people[2]}) == 105 + 9
    assert all(one.key.startswith("000") and len(one.key) == 10 for one in persons)


def test_teams_have_their_sizes_and_three_people_move(people):
    sizes: dict[str, int] = {}
    for one in (*people[0].persons, *people[1].persons):
        sizes[one.team] = sizes.get(one.team, 0) + 1
    assert sorted(sizes.values()) == [6, 7, 7, 9, 12, 13, 13, 16, 22]
    movers = [one for one in (*people[0].persons, *people[1].persons) if one.moves_to]
    assert len(movers) == 3
    assert movers[0].team_on(MOVE_DATE - dt.timedelta(days=1)) == movers[0].team
    assert movers[0].team_on(MOVE_DATE) == movers[0].moves_to


@pytest.mark.parametrize("population", [0, 1])
@pytest.mark.parametrize("period", [0, 1])
def test_planned_activities_lie_in_their_shift_and_never_overlap(people, calendar, population, period):
    plan = plan_period(people[population], calendar, seed=5, period=period)
    shift, _, start, length = plan.activity.T
    assert (start >= plan.start[shift]).all()
    assert (start + length <= plan.start[shift] + SHIFT_S).all()
    same = shift[1:] == shift[:-1]
    assert (start[1:][same] >= (start + length)[:-1][same]).all()
    assert (planned_s(plan, "BREAK") == 3600).all()


def test_nobody_works_and_is_absent_on_the_same_day(people, calendar):
    plan = plan_period(people[0], calendar, seed=5, period=0)
    worked = set(zip(plan.person.tolist(), plan.day.tolist(), strict=True))
    missed = set(map(tuple, plan.absent[:, :2].tolist()))
    assert len(worked) == len(plan.person)
    assert not worked & missed
    assert len(worked) + len(missed) == people[0].works(calendar).sum()


def test_periods_mirror_their_day_effects_in_pairs():
    one, two, three = (day_effects(7, period, (5, 3)) for period in (1, 2, 3))
    assert np.array_equal(one, -two)
    assert not np.array_equal(np.abs(one), np.abs(three))
    assert not np.array_equal(day_effects(7, 0, (5, 3)), one)


def test_an_hour_is_missing_in_the_night_of_the_clock_change():
    before = np.array(["2026-03-28T20:00:00", "2026-03-30T08:00:00"], dtype="datetime64[s]")
    assert elapsed_s(before[:1], before[1:]).tolist() == [35 * 3600]
    # 36 hours on the wall are 35 that passed
    assert wall_clock_after(before[:1], np.array([35 * 3600]))[0] == before[1]
    assert wall_clock_after(before[1:], np.array([-35 * 3600]))[0] == before[0]
    assert wall_clock_after(before[:1], np.array([7 * 3600]))[0] == np.datetime64("2026-03-29T04:00:00")
