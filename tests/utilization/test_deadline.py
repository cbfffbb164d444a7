"""Due times and uneven volumes against closed forms, a day-by-day recursion, and by hand."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.foundation.settings import Client, Period
from analysis.utilization import due_flow
from analysis.utilization.deadline_ceiling import deadline_ceiling
from analysis.utilization.due_days import arrivals_of, duty_of
from analysis.utilization.due_flow import WorkDays, ceilings, late_shares
from analysis.utilization.resample import resample
from tests.baseline.factory import at, table
from tests.baseline.test_shares import frame_of

MONDAY = dt.date(2026, 3, 2)


def at_opening(hours, *, slots=4, due_days=1):
    """Return days whose work is all there at the opening and due at the end of a later day, clerks even over the slots."""
    days = len(hours)
    return WorkDays(
        np.zeros(days, dtype=int),
        np.asarray(hours, dtype=float),
        np.arange(days + 1),
        np.zeros(days, dtype=int),
        np.full(days, slots * (due_days + 1) - 1),
        np.asarray(hours, dtype=float),
        np.ones((7, slots)),
        np.ones(days),
    )


def ceiling(hours, *, target=0.95, **more):
    days = at_opening(hours, **more)
    return float(ceilings(days, np.arange(len(hours))[None], np.zeros(len(hours), int), target=target)[0])


def late(days, capacity):
    rows = np.column_stack([days.slot, days.due, days.amount]).astype(float)
    of = np.column_stack([days.start[:-1], days.start[1:], days.staffing]).astype(float)
    rate = days.rate[days.weekday] / days.rate[0].sum()
    return float(late_shares(np.arange(len(days.hours))[None], of, rows, rate, np.array([capacity]))[0])


def lindley(work, capacity, due_days):
    """Return the share of late work day by day: B_d = max(0, B_{d-1} + W_d - C), served in order of arrival; due after the end is not counted."""
    backlog, on_time, counted = 0.0, 0.0, 0.0
    for day, arriving in enumerate(work):
        if day + due_days < len(work):
            counted += arriving
            on_time += min(arriving, max(0.0, capacity * (due_days + 1) - backlog))
        backlog = max(0.0, backlog + arriving - capacity)
    return 1 - on_time / counted


def test_even_work_fills_the_day():
    assert ceiling([8.0] * 200) == pytest.approx(1.0, abs=0.003)
    assert ceiling([8.0] * 200, due_days=0, target=0.99) == pytest.approx(1.0, abs=0.011)


def test_two_points_by_turns():
    """Ten hours on every second day: due the next day five a day suffice, due the same day .95 x 10 are needed."""
    assert ceiling([10.0, 0.0] * 100) == pytest.approx(1.0, abs=0.01)
    assert ceiling([10.0, 0.0] * 100, due_days=0) == pytest.approx(5 / 9.5, abs=0.001)


def test_two_points_by_chance():
    """Work of 2 m or none with equal chance, due the same day, overdue work first.

    After n heavy days in a row n (2 m - C) is overdue and a light day clears it, so late work a day is (2 m - C) sum n / 2^(n + 1) = 2 m - C: C* = 2 m - .05 m.
    """
    hours = np.random.default_rng(2).permutation(np.repeat([0.0, 2.0], 4000))
    assert ceiling(hours, due_days=0) == pytest.approx(1 / 1.95, abs=0.006)


def test_beside_the_newsvendors_quantile():
    """The table of docs/method/deadlines.md at a daily CV of .20: a day's 95 % quantile would leave .752."""
    hours = np.clip(1 + 0.2 * np.random.default_rng(4).standard_normal(10_000), 0, None)
    found = [ceiling(hours, slots=1, due_days=due_days) for due_days in (0, 1, 2)]
    assert found == pytest.approx([0.870, 0.963, 0.976], abs=0.01)
    assert hours.mean() / np.quantile(hours, 0.95) == pytest.approx(0.752, abs=0.01)


@pytest.mark.parametrize("due_days", [0, 1, 3])
def test_with_work_at_the_opening_it_is_the_recursion_day_by_day(due_days):
    """Lindley, Proceedings of the Cambridge Philosophical Society 48 (1952), 277-289."""
    work = np.random.default_rng(due_days).gamma(4.0, 2.0, 300)
    days = at_opening(work, due_days=due_days)
    for capacity in (7.0, 8.1, 9.5):
        assert late(days, capacity) == pytest.approx(lindley(work, capacity, due_days), abs=1e-9)


def test_first_due_is_first_served_by_hand():
    """Eight hours due tomorrow stand there at the opening, five due today come at noon; every second day is free, ten hours a day can be done."""
    days = WorkDays(
        np.zeros(20, dtype=int),
        np.array([13.0, 0.0] * 10),
        np.repeat(np.arange(11) * 2, 2)[1:],
        np.array([0, 1] * 10),
        np.array([3, 1] * 10),
        np.array([8.0, 5.0] * 10),
        np.ones((7, 2)),
        np.ones(20),
    )
    assert late(days, 10.0) == pytest.approx(0.0, abs=1e-9)
    # four a half day: one of the five that came at noon stays over; the others wait for the free day
    assert late(days, 8.0) == pytest.approx(1 / 13, abs=1e-9)


def test_work_that_nobody_could_do_when_due_takes_time_but_counts_neither_way():
    days = at_opening([4.0, 4.0] * 10, slots=2, due_days=0)
    hopeless = WorkDays(
        days.weekday, days.hours, days.start, days.slot + 1, days.due * 0, days.amount, days.rate, days.staffing
    )
    assert late(hopeless, 1.0) == 0.0


def test_clerks_who_follow_the_work_lose_nothing():
    """Twice the work on every second day: with twice the clerks the ceiling is 1, with as many as ever it is lower."""
    even = at_opening([10.0, 5.0] * 50, due_days=0)
    follow = WorkDays(*(getattr(even, name) for name in even.__slots__[:-1]), np.array([4 / 3, 2 / 3] * 50))
    places, weekday = np.arange(100)[None], np.zeros(100, dtype=int)
    assert ceilings(follow, places, weekday, target=0.99)[0] == pytest.approx(1.0, abs=0.02)
    assert ceilings(even, places, weekday, target=0.99)[0] == pytest.approx(7.5 / 9.85, abs=0.001)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    hours=st.lists(st.floats(0, 20), min_size=3, max_size=12),
    due_days=st.integers(0, 2),
    capacity=st.floats(0.5, 25),
    more=st.floats(0, 10),
)
def test_more_clerks_are_never_later(hours, due_days, capacity, more):
    days = at_opening(hours, due_days=due_days)
    few, many = late(days, capacity), late(days, capacity + more)
    assert 0.0 <= many <= few + 1e-9 <= 1.0 + 2e-9


def test_the_uncompiled_path_gives_the_same(monkeypatch):
    days = at_opening(np.random.default_rng(3).gamma(2.0, 4.0, 30))
    compiled = late(days, 8.0)
    monkeypatch.setattr(due_flow, "_serve", getattr(due_flow._serve, "py_func", due_flow._serve))
    plain = getattr(late_shares, "py_func", late_shares)
    monkeypatch.setitem(globals(), "late_shares", plain)
    assert late(days, 8.0) == compiled > 0


# --- items on days and slots -----------------------------------------------------------------------------------------


def placed(*stamps, cut_off_h=24.0, hours=1.0):
    """Return rows (day, slot, due) of items that arrive and are due at these local times; four weeks, 9 to 17 in whole hours."""
    dates = pd.bdate_range(MONDAY, periods=20)
    client = Client(name="Acme", time_zone="UTC", period=Period(start=MONDAY, end=dates[-1].date()))
    slots = pd.DataFrame(
        [(day, 3600.0 * hour, 10.0) for day in range(5) for hour in range(9, 17)],
        columns=["weekday", "slot_of_day_s", "workable_agents"],
    )
    rows = [{"arrived": pd.Timestamp(a, tz="UTC"), "due": pd.Timestamp(b, tz="UTC")} for a, b in stamps]
    items = pd.DataFrame(rows).assign(ended=lambda frame: frame["arrived"])
    duty = duty_of(pd.Series(80.0, index=dates), slots, items, client=client, slot_s=3600)
    found = arrivals_of(items, np.full(len(items), hours), duty, client=client, cut_off_h=cut_off_h)
    # the first day is left out
    day = np.repeat(np.arange(len(found.work.hours)), np.diff(found.work.start)) + 1
    return list(zip(day.tolist(), found.work.slot.tolist(), found.work.due.tolist(), strict=True)), found


def test_items_stand_in_the_slot_where_they_can_be_done_and_are_due():
    tuesday = "2026-03-03"
    assert placed((f"{tuesday} 10:15", f"{tuesday} 12:30"))[0] == [(1, 1, 3)]
    # by noon means by the end of the hour before
    assert placed((f"{tuesday} 10:15", f"{tuesday} 12:00"))[0] == [(1, 1, 2)]
    # after hours it is the next day's, and counts its due time from there
    assert placed((f"{tuesday} 20:00", "2026-03-04 12:00"))[0] == [(2, 0, 2)]
    assert placed((f"{tuesday} 04:00", f"{tuesday} 12:00"))[0] == [(1, 0, 2)]
    # arrived on Saturday: Monday's; due on Saturday: Friday evening
    assert placed(("2026-03-07 10:00", "2026-03-09 12:00"))[0] == [(5, 0, 2)]
    assert placed(("2026-03-06 10:00", "2026-03-07 10:00"))[0] == [(4, 1, 7)]
    # a date without a time is the end of that day
    assert placed((f"{tuesday} 10:00", "2026-03-04 00:00"))[0] == [(1, 1, 15)]


def test_a_cut_off_moves_work_to_the_next_day_and_its_due_time_at_least_to_that_day():
    stamps = ("2026-03-03 13:00", "2026-03-03 17:00")
    assert placed(stamps, cut_off_h=14)[0] == [(1, 4, 7)]
    assert placed(stamps, cut_off_h=12)[0] == [(2, 0, 7)]
    assert placed(("2026-03-03 13:00", "2026-03-05 12:00"), cut_off_h=12)[0] == [(2, 0, 10)]


def test_work_due_while_nobody_works_is_told():
    rows, found = placed(("2026-03-03 18:00", "2026-03-04 08:00"), ("2026-03-03 12:00", "2026-03-04 12:00"))
    assert rows == [(1, 3, 10), (2, 0, -1)]
    assert found.hopeless_share == 0.5


# --- the whole figure ------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    """Shorter sequences and fewer of them: answers differ by less than what is asked here."""
    for name, number in (("_POINT_DAYS", 1000), ("_DRAW_DAYS", 200), ("_COMPUTED", 80)):
        monkeypatch.setattr(f"analysis.utilization.deadline_ceiling.{name}", number)


def office(spread, *, due_h=48.0, days=60, tied=0.0, draws=300, **more):
    """Return 60 working days of resampled base time, and the ceiling of items whose daily number varies; `tied` ties the day's share of work to it."""
    rng = np.random.default_rng(5)
    size = 1 + spread * rng.standard_normal(days)
    rows_of_days = frame_of(0.6 + 0.02 * rng.standard_normal(days) + tied * (size - 1), days)
    rows = []
    for day, factor in zip(rows_of_days["day"], size, strict=True):
        for number in range(max(1, round(40 * factor))):
            start = at(day, 5 * number % 400)
            rows.append(
                {
                    "item": f"{day:%m%d}-{number}",
                    "type": "letter",
                    "agent": "p0",
                    "arrived": start,
                    "started": start,
                    "ended": start + pd.Timedelta(hours=1),
                    "due": start + pd.Timedelta(hours=due_h),
                }
            )
    end = rows_of_days["day"].iloc[-1].date()
    client = Client(name="Acme", time_zone="UTC", period=Period(start=rows_of_days["day"].iloc[0].date(), end=end))
    resampled = resample(rows_of_days, draws=draws, seed=1)
    found = deadline_ceiling(
        table("work_items", rows), {"letter": 600.0}, client=client, days=resampled, target=0.95, seed=1, **more
    )
    return found, resampled


def test_uneven_volumes_cost_capacity_and_longer_due_times_give_it_back():
    even, uneven, patient = (
        office(spread, due_h=due_h)[0] for spread, due_h in ((0.05, 24.0), (0.4, 24.0), (0.4, 168.0))
    )
    assert uneven.of_workable < even.of_workable - 0.05
    assert patient.of_workable > uneven.of_workable + 0.02
    assert even.of_workable > 0.95
    assert np.quantile(uneven.draws, 0.025) < uneven.of_workable < np.quantile(uneven.draws, 0.975)
    assert uneven.daily_cv == pytest.approx(0.4, abs=0.1)
    assert (even.due_days, patient.due_days) == (1, 5)


def test_work_due_on_the_day_it_arrives_has_a_ceiling_and_it_is_lower():
    today, tomorrow = (office(0.3, due_h=due_h)[0] for due_h in (3.0, 24.0))
    assert today.due_days == 0
    assert 0.3 < today.of_workable < tomorrow.of_workable - 0.03


def test_few_days_and_work_due_at_night_are_said_in_words():
    assert office(0.1, days=12)[0].reason == "only 10 days show all work that arrived on them; 12 are needed"
    at_night = pd.DataFrame({"weekday": range(5), "slot_of_day_s": 75_600.0, "workable_agents": 10.0})
    found = office(0.1, due_h=1.0, slots=at_night)[0]
    assert found.of_workable is None
    assert "no number of clerks keeps the due times" in found.reason


def test_draws_are_tied_to_the_days_that_today_is_drawn_from(monkeypatch):
    """Heavy days are busier: a resample with more of them, and so more uneven volumes, must move both figures."""
    monkeypatch.setattr("analysis.utilization.deadline_ceiling._DRAW_DAYS", 600)
    monkeypatch.setattr("analysis.utilization.deadline_ceiling._COMPUTED", 250)
    found, days = office(0.4, tied=0.3, draws=600)
    monkeypatch.setattr("analysis.utilization.deadline_ceiling._COMPUTED", 600)
    exact, _ = office(0.4, tied=0.3, draws=600)
    tie, true = (float(np.corrcoef(one.draws[250:], days.today_draws[250:])[0, 1]) for one in (found, exact))
    assert abs(true) > 0.15
    assert tie == pytest.approx(true, abs=0.12)
    assert np.corrcoef(found.draws[250:], exact.draws[250:])[0, 1] > 0.6
    assert found.draws.std() == pytest.approx(exact.draws.std(), rel=0.15)
