"""The simulated desk: days small enough to follow by hand, and what must hold on every day."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.synthetic import desk
from analysis.synthetic.calls import simulate_centre
from analysis.synthetic.plans import plan_period
from analysis.synthetic.streams import Calendar

CLOSE = 10_000
NO_ACTS = np.empty((0, 5), dtype=np.int64)


def day(shifts, calls, acts=NO_ACTS, speed=None, close=CLOSE):
    """Run one day; shifts are (login, logoff) or (login, logoff, first act, last act), calls (arrival, patience, talk)."""
    shifts = np.array([(*one, 0, 0) if len(one) == 2 else one for one in shifts], dtype=np.int64)
    calls = np.array([(*one[:3], 0, 0, one[3] if len(one) > 3 else 0) for one in calls], dtype=np.int64).reshape(-1, 6)
    speed = np.ones(len(shifts)) if speed is None else np.array(speed)
    rows, result = desk.run_day(shifts, speed, np.array(acts, dtype=np.int64).reshape(-1, 5), calls, close)
    told = [(int(a), desk.STATUSES[s], int(b), int(e)) for a, s, b, e in rows]
    return sorted(told), [tuple(int(cell) for cell in row[:3]) for row in result]


def test_the_agent_who_waited_longest_is_called_and_a_second_call_waits_for_the_first_to_be_free():
    # agent 1 logs in first; calls of 100 s arrive at 50, 60 and 70: agents 1 and 0 take two, the third waits until 150
    rows, calls = day([(20, 500), (0, 500)], [(50, 999, 100), (60, 999, 100), (70, 999, 100)])
    assert calls == [(1, 50, 150), (0, 60, 160), (1, 150, 250)]
    assert rows == sorted(
        [
            (0, "Idle", 20, 60),
            (0, "Interacting", 60, 160),
            (0, "Idle", 160, 500),
            (1, "Idle", 0, 50),
            (1, "Interacting", 50, 150),
            (1, "Interacting", 150, 250),
            (1, "Idle", 250, 500),
        ]
    )


def test_a_caller_without_patience_left_is_gone_when_an_agent_is_free():
    # the second caller waits at most 30 s from 60 on, the third is still there at 150
    _, calls = day([(0, 500)], [(50, 999, 100), (60, 30, 100), (70, 999, 100)])
    assert calls == [(0, 50, 150), (-1, -1, 90), (0, 150, 250)]


def test_a_caller_who_is_never_answered_hangs_up_when_patience_ends():
    _, calls = day([(0, 40)], [(50, 25, 100)])
    assert calls == [(-1, -1, 75)]


def test_an_unanswered_offer_goes_on_to_the_next_agent_at_once():
    rows, calls = day([(0, 500), (10, 500)], [(50, 999, 100, 33)])
    assert calls == [(1, 50, 150)]
    assert (0, "Not Responding", 50, 83) in rows
    assert (0, "Idle", 83, 500) in rows


def test_an_unanswered_offer_waits_when_there_is_no_other_agent():
    rows, calls = day([(0, 500)], [(50, 999, 100, 33)])
    assert calls == [(0, 83, 183)]
    assert (0, "Not Responding", 50, 83) in rows


def test_a_break_starts_after_the_call_and_keeps_its_length_while_a_meeting_keeps_its_end():
    # break of 60 s planned at 100, meeting 300 to 400; calls run 50-150 and 290-350
    acts = [(desk.BREAK, 100, 60, 0, 0), (desk.MEETING, 300, 100, 400, 0)]
    rows, _ = day([(0, 600, 0, 2)], [(50, 999, 100), (290, 999, 60)], acts)
    assert (0, "Break", 150, 210) in rows
    assert (0, "Meeting", 350, 400) in rows


def test_a_meeting_that_is_over_when_the_call_ends_is_dropped():
    rows, _ = day([(0, 600, 0, 1)], [(50, 999, 200)], [(desk.MEETING, 100, 100, 200, 0)])
    assert all(row[1] != "Meeting" for row in rows)


def test_only_activities_marked_so_lapse_when_late():
    late = [(50, 9999, 1000)]
    kept, _ = day([(0, 3000, 0, 1)], late, [(desk.AWAY, 100, 60, 0, 0)])
    dropped, _ = day([(0, 3000, 0, 1)], late, [(desk.OFFLINE, 100, 60, 0, 1)])
    assert (0, "Away", 1050, 1110) in kept
    assert all(row[1] != "Offline" for row in dropped)


def test_agents_of_the_last_shift_clear_the_queue_and_others_go_home():
    calls = [(50, 999, 100), (60, 9999, 100)]
    _, early = day([(0, 100)], calls, close=1000)
    _, last = day([(0, 100)], calls, close=100)
    assert early[1] == (-1, -1, 10_059)
    assert last[1] == (0, 150, 250)


def test_a_slow_agent_takes_longer():
    _, calls = day([(0, 500)], [(50, 999, 100)], speed=[1.3])
    assert calls == [(0, 50, 180)]


def test_no_agent_is_in_two_states_and_all_is_covered_from_log_in_to_log_off(centre):
    shift, _, start, end = centre.status.T
    assert (end > start).all()
    same = shift[1:] == shift[:-1]
    assert (start[1:][same] == end[:-1][same]).all()
    assert set(shift) == set(range(len(centre.plan.person)))


def test_nobody_is_idle_while_a_contact_waits(centre):
    _, _, offered, answered, ended = centre.calls.T[:5]
    day = centre.calls[:, 0]
    left = np.where(answered >= 0, answered, ended)
    shift, status, start, end = centre.status.T
    idle = status == desk.IDLE
    for one in range(len(np.unique(day))):
        at = np.zeros(25 * 3600, dtype=np.int64)
        own = day == one
        np.add.at(at, offered[own], 1)
        np.add.at(at, left[own], -1)
        waits = np.concatenate([[0], np.cumsum(np.cumsum(at) > 0)])
        mine = idle & (centre.plan.day[shift] == one)
        assert (waits[end[mine]] == waits[start[mine]]).all()


def test_every_answered_call_is_a_stretch_of_interacting_of_its_agent(centre):
    answered = centre.calls[:, 3] >= 0
    calls = centre.calls[answered]
    length = calls[:, 6:9].sum(axis=1)
    from_calls = sorted(zip(calls[:, 5], calls[:, 3], calls[:, 3] + length, strict=True))
    status = centre.status[centre.status[:, 1] == desk.INTERACTING]
    assert from_calls == sorted(zip(status[:, 0], status[:, 2], status[:, 3], strict=True))
    assert (calls[:, 4] == calls[:, 3] + calls[:, 6] + calls[:, 7]).all()


def test_the_outage_falls_on_one_day_and_takes_no_calls(centre):
    shift, status, _, _ = centre.status.T
    days = set(centre.plan.day[shift[status == desk.SYSTEM]])
    assert len(days) == 1
    calls = centre.calls[centre.calls[:, 0] == days.pop()]
    assert not ((calls[:, 2] >= 10 * 3600 + 1200) & (calls[:, 2] < 11 * 3600 + 300)).any()


@pytest.mark.parametrize("seed", [2, 3])
def test_other_seeds_are_other_periods_with_the_same_invariants(people, seed):
    calendar = Calendar.of(2)
    plan = plan_period(people[0], calendar, seed=seed, period=0)
    one = simulate_centre(people[0], calendar, plan, seed=seed, period=0)
    calls = one.calls[one.calls[:, 3] >= 0]
    assert (calls[:, 3] >= calls[:, 2]).all()
    assert len(one.calls) > 8_000
