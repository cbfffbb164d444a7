"""The engines by hand: measures slot by slot; and against each other, compiled and not."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.simulation import AGENTS, CONTACTS, ITEMS, Delivery, Group, Policy, simulate
from analysis.simulation.single import is_pool
from tests.queueing.twin import with_and_without_compiling
from tests.simulation.cases import INF, desk, kind, queue, random_case, streams

FILL = Policy("fill", kept_free=0)


def agents(run):
    return dict(zip(AGENTS, run.agents.T.tolist()))


def contacts(run, position=0):
    return dict(zip(CONTACTS, run.contacts[position].T.tolist()))


def items(run, position=0):
    return dict(zip(ITEMS, run.items[position].tolist()))


def both(of, given_, policy):
    """Run both engines where both can; they must agree to the last digit."""
    fast, general = simulate(of, given_, policy), simulate(of, given_, policy, events=True)
    for name in ("contacts", "agents", "items", "started_s", "item_ended_s"):
        np.testing.assert_array_equal(getattr(fast, name), getattr(general, name), err_msg=name)
    return fast


def test_contacts_count_where_they_were_offered_and_work_where_it_passed():
    """One agent, slots of 100 s: the first call runs from 50 to 170; the second, of 90, waits 80 and runs to 200; the third gives up after 30."""
    of = desk([(0, 0, 300)], queues=(queue(answer_within_s=80.0),), slot_s=100.0, slots=3)
    run = both(of, streams(of, [(50, 120), (90, 30, 500), (110, 40, 30)]), Policy("calls"))
    assert run.started_s.tolist()[:2] == [50.0, 170.0]
    assert np.isnan(run.started_s[2])
    assert contacts(run) == {
        "offered": [2.0, 1.0, 0.0],
        "answered": [2.0, 0.0, 0.0],
        "in_time": [2.0, 0.0, 0.0],
        "counted": [2.0, 1.0, 0.0],
        "abandoned": [0.0, 1.0, 0.0],
        "wait_s": [80.0, 30.0, 0.0],
        "handle_s": [150.0, 0.0, 0.0],
    }
    assert agents(run)["contact_s"] == [50.0, 100.0, 0.0]
    assert agents(run)["on_duty_s"] == [100.0, 100.0, 100.0]


@pytest.mark.parametrize(
    ("definition", "counted"), [("of offered", 3.0), ("of answered", 1.0), ("short abandons out", 2.0)]
)
def test_each_queue_counts_by_its_own_definition(definition, counted):
    """Answered one; given up after 4 s (short) and after 5 s (not short)."""
    of = desk([(0, 0, 1000)], queues=(queue(definition=definition, short_s=5.0),))
    run = both(of, streams(of, [(0, 100), (10, 9, 4), (20, 9, 5)]), Policy("calls"))
    assert contacts(run)["counted"] == [counted]
    assert contacts(run)["abandoned"] == [2.0]


def test_a_contact_that_waits_at_the_end_is_followed():
    """At 100 s the horizon ends: who is there takes what waits; one of endless patience whom nobody can take is neither answered nor given up."""
    of = desk([(0, 0, 100)], slot_s=100.0)
    run = both(of, streams(of, [(10, 200), (20, 5), (30, 5, 50)]), Policy("calls"))
    assert run.started_s.tolist()[:2] == [10.0, 210.0]
    assert contacts(run)["abandoned"] == [1.0]
    assert agents(run)["contact_s"] == [90.0]
    gone = desk([(0, 0, 90)], slot_s=100.0)
    run = both(gone, streams(gone, [(95, 5)]), Policy("calls"))
    measured = contacts(run)
    assert (measured["answered"], measured["abandoned"], measured["wait_s"]) == ([0.0], [0.0], [5.0])


def test_contacts_from_before_the_horizon_are_served_and_not_counted():
    of = desk([(0, 0, 100)], slot_s=100.0)
    run = both(of, streams(of, [(-5, 30), (-1, 20, 10), (0, 10)]), Policy("calls"))
    assert run.started_s.tolist()[::2] == [0.0, 30.0]
    assert contacts(run)["offered"] == [1.0]
    assert agents(run)["contact_s"] == [40.0]


def test_an_item_that_gives_way_costs_its_resumption_and_what_was_not_saved():
    """Item of 100 s, saved every 20, from 0; a call at 50 (30 s long) finds 40 saved: 10 lost; back at 80, 15 s to get into it again, 60 to do: 155."""
    of = desk([(0, 0, 200)], items=(kind(resume_s=15.0, save_every_s=20.0),), slot_s=100.0, slots=2)
    run = both(of, streams(of, [(50, 30)], [(0, 100)]), Policy("resume", kept_free=0, gives_way="resume"))
    assert run.item_ended_s.tolist() == [155.0]
    measured = agents(run)
    assert measured["item_s"] == [70.0, 55.0]
    assert measured["lost_s"] == [25.0, 0.0]
    assert measured["interruptions"] == [1.0, 0.0]
    assert measured["switches"] == [2.0, 0.0]
    assert measured["item_starts"] == [1.0, 0.0]
    assert items(run)["work_s"] == 100.0


def test_work_that_is_lost_is_booked_where_it_passed():
    """Restart: 80 s in the first slot and 30 in the second are lost when the call comes at 110."""
    of = desk([(0, 20, 400)], items=(kind(resume_s=0.0),), slot_s=100.0, slots=4)
    run = both(of, streams(of, [(110, 30)], [(0, 120)]), Policy("restart", kept_free=0, gives_way="restart"))
    assert agents(run)["lost_s"] == [80.0, 10.0, 0.0, 0.0]
    assert run.item_ended_s.tolist() == [260.0]


def test_delivery_costs_before_and_after_items():
    """Free since 10, an item in hand 5 s later, 7 s lost on the switch, 20 of work, 30 until the agent is back for the call of 40."""
    manual = Delivery("manual", start_s=5.0, return_s=30.0, switch_s=7.0)
    of = desk([(0, 0, 200)], delivery=manual, slot_s=200.0)
    run = both(of, streams(of, [(0, 10), (40, 10)], [(0, 20)]), Policy("resume", kept_free=0, gives_way="resume"))
    assert run.item_ended_s.tolist() == [42.0]
    assert run.started_s.tolist() == [0.0, 72.0]
    assert agents(run)["item_s"] == [57.0]
    assert agents(run)["lost_s"] == [37.0]


def test_items_come_by_due_moment_and_age_into_lateness():
    of = desk([(0, 0, 100)], items=(kind("a"), kind("b")), slot_s=100.0)
    work = [(-50, 40, 500), (-20, 30, 35, 1), (-10, 20, 35), (60, 40, 90, 1)]
    run = both(of, streams(of, [], work), FILL)
    assert run.item_ended_s.tolist()[1:3] == [30.0, 50.0]
    first, second = items(run), items(run, 1)
    assert (first["arrived"], first["finished"], first["late"], first["open"]) == (2.0, 2.0, 1.0, 0.0)
    assert (second["open"], second["open_late"], second["oldest_s"]) == (1.0, 1.0, 50.0)
    assert (first["age_s"], first["oldest_s"]) == (60.0 + 140.0, 140.0)
    assert first["work_s"] + second["work_s"] == 100.0


def test_a_shift_ends_with_what_is_in_hand():
    """Agent 0 ends the call at 60, ten after the shift, paid; agent 1 hands an item back at 50 with 30 s done, and agent 2 takes it up."""
    of = desk([(0, 0, 50), (1, 0, 50), (2, 55, 200)], slot_s=200.0)
    run = both(of, streams(of, [(0, 60)], [(20, 100)]), Policy("resume", kept_free=0, gives_way="resume"))
    assert run.item_ended_s.tolist() == [55.0 + 15.0 + 70.0]
    assert agents(run)["on_duty_s"] == [60.0 + 50.0 + 145.0]
    assert agents(run)["interruptions"] == [0.0]


def test_the_log_tells_every_event_in_order():
    from analysis.simulation import EVENTS

    of = desk([(0, 0, 100)], slot_s=200.0)
    run = simulate(of, streams(of, [(10, 20), (15, 5, 2)], [(0, 5)]), FILL, events=True)
    told = [(t, EVENTS[int(kind_)], int(what), int(who)) for t, kind_, what, who in run.events]
    assert told == [
        (0.0, "shift_start", -1, 0),
        (0.0, "item_start", 0, 0),
        (5.0, "item_end", 0, 0),
        (10.0, "arrival", 0, -1),
        (10.0, "answer", 0, 0),
        (15.0, "arrival", 1, -1),
        (17.0, "abandon", 1, -1),
        (30.0, "end", 0, 0),
        (100.0, "shift_end", -1, 0),
    ]
    assert simulate(of, streams(of), FILL).events.shape == (0, 4)


def as_pool(seed):
    of, drawn, policy = random_case(seed)
    single = tuple(dataclasses.replace(q, concurrency=1) for q in of.queues)
    everything = Group("all", tuple(range(len(single))), tuple(range(len(of.items))))
    of = dataclasses.replace(of, queues=single, groups=(everything,), agent_group=(0,) * len(of.agent_group))
    drawn = dataclasses.replace(drawn, agent_group=np.zeros_like(drawn.agent_group))
    return of, drawn, dataclasses.replace(policy, ring_fenced=0, off=0, sent_home_above=None, trigger_age=None)


@settings(max_examples=150)
@given(seed=st.integers(0, 10**6))
def test_the_engine_of_a_pool_equals_the_general_one(seed):
    both(*as_pool(seed))


def test_the_engine_of_a_pool_is_taken_only_for_what_it_knows():
    of, _drawn, policy = as_pool(1)
    numbers = np.zeros((of.slots, 4), dtype=np.int64)
    assert is_pool(of, policy, numbers)
    assert not is_pool(of, dataclasses.replace(policy, sent_home_above=3), numbers)
    assert not is_pool(of, dataclasses.replace(policy, trigger_age=0.5, trigger_agents=1), numbers)
    assert not is_pool(of, policy, numbers + np.array([0, 1, 0, 0]))
    assert not is_pool(of, policy, numbers + np.array([0, 0, 1, 0]))
    chats = dataclasses.replace(of, queues=(dataclasses.replace(of.queues[0], concurrency=2), *of.queues[1:]))
    assert not is_pool(chats, policy, numbers)
    assert not is_pool(dataclasses.replace(of, groups=(*of.groups, *of.groups)), policy, numbers)


@settings(max_examples=150)
@given(seed=st.integers(0, 10**6))
def test_nobody_and_nothing_is_lost(seed):
    of, drawn, policy = random_case(seed)
    run = simulate(of, drawn, policy, events=True)
    busy = agents(run)
    idle = run.agents[:, 0] - run.agents[:, 1] - run.agents[:, 2]
    assert (idle > -1e-6).all()
    assert (np.array(busy["lost_s"]) <= np.array(busy["item_s"]) + 1e-6).all()
    assert (np.array(busy["ring_fenced_s"]) <= np.array(busy["on_duty_s"]) + 1e-6).all()
    assert sum(busy["item_s"]) == pytest.approx(run.items[:, 5].sum() + sum(busy["lost_s"]), abs=1e-6)
    answered = ~np.isnan(run.started_s)
    assert (run.started_s[answered] >= drawn.offered_s[answered]).all()
    undecided = (~answered & np.isinf(drawn.patience_s)).sum()
    assert run.contacts[:, :, 0].sum() == run.contacts[:, :, 1].sum() + run.contacts[:, :, 4].sum() + undecided
    np.testing.assert_array_equal(run.items[:, 0], run.items[:, 1] + run.items[:, 3])
    nobody_in_two_places(run, of)


def nobody_in_two_places(run, of):
    """By the log: who starts something has nothing else in hand but contacts of the same queue."""
    from analysis.simulation import EVENTS

    calls, work = {}, {}
    most = max((q.concurrency for q in of.queues), default=1)
    for _, number, _, who in run.events:
        name, who = EVENTS[int(number)], int(who)
        if name == "answer":
            assert who not in work
            calls[who] = calls.get(who, 0) + 1
            assert calls[who] <= most
        elif name == "end":
            calls[who] -= 1
        elif name in {"item_start", "resumed"}:
            assert not calls.get(who)
            assert who not in work
            work[who] = True
        elif name in {"item_end", "laid_aside"}:
            work.pop(who)


SCRIPT = """
import json
from analysis.simulation import simulate
from tests.simulation.cases import random_case
from tests.simulation.test_engine import as_pool
out = []
for seed in range(15):
    for case in (random_case(seed), as_pool(seed)):
        for events in (False, True):
            run = simulate(*case, events=events)
            out.append([run.contacts.tolist(), run.agents.tolist(), run.items.tolist(), repr(run.started_s.tolist()), run.events.tolist()])
print(json.dumps(out))
"""


def test_uncompiled_engines_give_the_same_runs(root):
    compiled, plain = with_and_without_compiling(SCRIPT, root)
    assert compiled == plain


def test_who_waits_for_ever_has_no_event():
    of = desk([(0, 0, 100)], slot_s=200.0)
    run = simulate(of, streams(of, [(150, 5, INF), (160, 5, 10)]), FILL, events=True)
    assert run.events[:, 0].max() == 170.0
