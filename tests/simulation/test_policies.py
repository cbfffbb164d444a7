"""Every rule of a policy, worked out by hand on a few contacts and items; and policies that cannot be followed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from analysis.simulation import AGENTS, EVENTS, NO_ITEMS, Delivery, Group, Policy, simulate
from tests.simulation.cases import INF, desk, kind, queue, streams

TWO = [(0, 0, 1000), (1, 0, 1000)]
THREE = [*TWO, (2, 0, 1000)]


def told(of, contacts, items, policy, leave_out=("arrival", "shift_start", "shift_end")):
    """The events in words: moment, kind, contact or item, agent."""
    run = simulate(of, streams(of, contacts, items), policy, events=True)
    rows = [(t, EVENTS[int(name)], int(what), int(who)) for t, name, what, who in run.events]
    return "; ".join(f"{t:g} {name} {what}@{who}" for t, name, what, who in rows if name not in leave_out)


def measure(of, contacts, items, policy, name):
    run = simulate(of, streams(of, contacts, items), policy)
    return run.agents[:, AGENTS.index(name)].tolist()


def test_no_items_between_contacts():
    assert told(desk(TWO), [], [(0, 10)], Policy("none")) == ""
    assert told(desk(TWO), [], [(0, 10)], Policy("none", kept_free=NO_ITEMS)) == ""


def test_agents_kept_free_count_the_one_who_would_start():
    """Three free, one kept: two start; with the third on a call nobody may until more than one is free."""
    assert told(desk(THREE), [], [(0, 10)] * 3, Policy("one", kept_free=1)) == (
        "0 item_start 0@0; 0 item_start 1@1; 10 item_end 0@0; 10 item_start 2@2; 10 item_end 1@1; 20 item_end 2@2"
    )


def test_a_schedule_holds_from_the_start_of_its_slot():
    of = desk([(0, 0, 200)], slot_s=100.0, slots=2)
    assert told(of, [], [(0, 10)], Policy("late", kept_free=(NO_ITEMS, 0))) == "100 item_start 0@0; 110 item_end 0@0"


def test_the_new_slots_numbers_hold_for_those_who_come_with_it():
    """The agent comes at 100, when items are no longer started."""
    of = desk([(0, 100, 200)], slot_s=100.0, slots=2)
    assert told(of, [], [(0, 10)], Policy("early", kept_free=(0, NO_ITEMS))) == ""


def test_a_contact_takes_the_item_begun_last_and_the_same_agent_takes_it_up_again():
    of = desk(TWO, items=(kind(resume_s=5.0),))
    resume = Policy("resume", kept_free=0, gives_way="resume")
    assert told(of, [(20, 30)], [(0, 100), (10, 100)], resume) == (
        "0 item_start 0@0; 10 item_start 1@1; 20 laid_aside 1@1; 20 answer 0@1; 50 end 0@1; 50 resumed 1@1; 100 item_end 0@0; 145 item_end 1@1"
    )


def test_the_own_item_comes_before_an_older_one():
    """While agent 0 talks an item of an earlier due moment arrives; the own one is taken up first."""
    of = desk([(0, 0, 1000)], items=(kind(resume_s=0.0),))
    resume = Policy("resume", kept_free=0, gives_way="resume")
    assert told(of, [(20, 30)], [(0, 100, 900), (30, 10, 100)], resume) == (
        "0 item_start 0@0; 20 laid_aside 0@0; 20 answer 0@0; 50 end 0@0; 50 resumed 0@0; 130 item_end 0@0; 130 item_start 1@0; 140 item_end 1@0"
    )


@pytest.mark.parametrize(
    ("item", "delivery"), [({"interruptible": False}, None), ({}, Delivery("manual")), ({"resume_s": 0.0}, "none")]
)
def test_what_never_gives_way(item, delivery):
    policy = Policy("resume", kept_free=0, gives_way="" if delivery == "none" else "resume")
    of = desk([(0, 0, 1000)], items=(kind(**item),), delivery=None if delivery == "none" else delivery)
    assert told(of, [(20, 30)], [(0, 100)], policy) == (
        "0 item_start 0@0; 100 item_end 0@0; 100 answer 0@0; 130 end 0@0"
    )


def test_ring_fenced_agents_keep_to_items_and_answer_only_without_any():
    """Agent 0 is off contacts: the call of 5 goes to 1; that of 30 (no item left) to 0, who was free longest; the item of 40 waits for 0."""
    ring = Policy("ring", ring_fenced=1)
    assert told(desk(TWO), [(5, 20), (30, 50), (35, 50)], [(0, 20), (40, 10)], ring) == (
        "0 ring_on -1@0; 0 item_start 0@0; 5 answer 0@1; 20 item_end 0@0; 25 end 0@1; 30 answer 1@0; 35 answer 2@1; 80 end 1@0; "
        "80 item_start 1@0; 85 end 2@1; 90 item_end 1@0; 1000 ring_off -1@0"
    )
    assert measure(desk(TWO), [], [(0, 20)], ring, "ring_fenced_s") == [1000.0]


def test_ring_fenced_items_are_never_interrupted_and_are_finished_after_the_release():
    of = desk([(0, 0, 200)], slot_s=100.0, slots=2)
    policy = Policy("ring", ring_fenced=(1, 0), gives_way="resume")
    assert told(of, [(20, 10), (110, 10)], [(0, 150)], policy) == (
        "0 ring_on -1@0; 0 item_start 0@0; 100 ring_off -1@0; 150 item_end 0@0; 150 answer 0@0; 160 end 0@0; 160 answer 1@0; 170 end 1@0"
    )


def test_where_nobody_is_free_the_next_to_become_free_is_ring_fenced_before_contacts():
    of = desk([(0, 0, 200)], slot_s=100.0, slots=2)
    policy = Policy("ring", ring_fenced=(0, 1))
    assert told(of, [(90, 30), (110, 10)], [(0, 20)], policy) == (
        "90 answer 0@0; 120 end 0@0; 120 ring_on -1@0; 120 item_start 0@0; 140 item_end 0@0; 140 answer 1@0; 150 end 1@0; 200 ring_off -1@0"
    )


def test_rotation_changes_places_with_the_longest_free_or_waits_for_the_next():
    """At 100 agent 1 is free: they change, and 0 finishes the item. Where 1 is on a call at 100, they change when it ends."""
    policy, of, work = Policy("ring", ring_fenced=1, rotate_s=100.0), desk(TWO, slot_s=300.0), [(0, 90), (90, 500)]
    begins = "0 ring_on -1@0; 0 item_start 0@0; "
    assert told(of, [(150, 80)], work, policy) == begins + (
        "90 item_end 0@0; 90 item_start 1@0; 100 ring_off -1@0; 100 ring_on -1@1; 150 answer 0@1; 230 end 0@1; 300 ring_off -1@1; 590 item_end 1@0"
    )
    assert told(of, [(50, 80)], work, policy) == begins + (
        "50 answer 0@1; 90 item_end 0@0; 90 item_start 1@0; 130 end 0@1; 130 ring_off -1@0; 130 ring_on -1@1; 300 ring_off -1@1; 590 item_end 1@0"
    )


def test_the_trigger_goes_on_at_its_age_and_off_below_half_of_it():
    """Due after 100 s, trigger at .6: on when the first item is 60 old, but the agent talks until 61; off once it is taken, as the next is 11 old (below
    30); on again when that one is 60 old, at 110."""
    of = desk([(0, 0, 1000)])
    policy = Policy("trigger", trigger_age=0.6, trigger_agents=1)
    work = [(0, 30, 100), (50, 30, 150)]
    assert told(of, [(0, 61)], work, policy) == (
        "0 answer 0@0; 61 end 0@0; 61 ring_on -1@0; 61 item_start 0@0; 61 ring_off -1@0; 91 item_end 0@0; "
        "110 ring_on -1@0; 110 item_start 1@0; 110 ring_off -1@0; 140 item_end 1@0"
    )


def test_agents_who_are_off_are_not_there_and_finish_what_they_have():
    """Slot 2: the last agent is off, ends the call at 130 and is paid until then; slot 3: back."""
    of = desk(TWO, slot_s=100.0, slots=10)
    policy = Policy("fewer", off=(0, 1, *[0] * 8))
    calls = [(80, 10), (90, 40), (110, 15), (120, 5)]
    assert told(of, calls, [], policy) == (
        "80 answer 0@0; 90 end 0@0; 90 answer 1@1; 110 answer 2@0; 125 end 2@0; 125 answer 3@0; 130 end 1@1; 130 end 3@0"
    )
    assert measure(of, calls, [], policy, "on_duty_s")[:3] == [200.0, 130.0, 200.0]


def test_the_longest_free_is_sent_home_for_the_rest_of_the_shift():
    of = desk([(0, 0, 60), (1, 0, 100), (0, 70, 100)], slot_s=100.0)
    policy = Policy("home", sent_home_above=1)
    assert told(of, [(75, 5)], [], policy) == "0 sent_home -1@0; 70 sent_home -1@1; 75 answer 0@0; 80 end 0@0"
    assert measure(of, [], [], policy, "sent_home_s") == [60.0 + 30.0]
    assert measure(of, [], [], policy, "on_duty_s") == [70.0 + 30.0]


def test_only_some_types_are_worked_on():
    of = desk([(0, 0, 1000)], items=(kind("a"), kind("b")))
    work = [(0, 10), (0, 10, INF, 1)]
    assert told(of, [], work, Policy("b", kept_free=0, only=(1,))) == "0 item_start 1@0; 10 item_end 1@0"


def test_agents_do_only_what_their_group_does():
    groups = (Group("calls", (0,)), Group("office", (), (0,)))
    of = desk(TWO, groups=groups, agent_group=(0, 1))
    assert told(of, [(5, 10), (6, 10)], [(0, 30)], Policy("fill", kept_free=0)) == (
        "0 item_start 0@1; 5 answer 0@0; 15 end 0@0; 15 answer 1@0; 25 end 1@0; 30 item_end 0@1"
    )


def test_chats_share_an_agent_the_free_ones_first():
    of = desk(TWO, queues=(queue("chat", concurrency=2),))
    assert told(of, [(0, 50), (10, 50), (20, 50), (30, 50), (40, 10)], [], Policy("chats")) == (
        "0 answer 0@0; 10 answer 1@1; 20 answer 2@0; 30 answer 3@1; 50 end 0@0; 50 answer 4@0; 60 end 1@1; 60 end 4@0; 70 end 2@0; 80 end 3@1"
    )
    assert measure(of, [(0, 50), (10, 50), (20, 50)], [], Policy("chats"), "contact_s") == [70.0 + 50.0]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kept_free": -2}, "kept_free must be a whole number of -1 or more, or 2 of them, one per slot, got -2"),
        ({"kept_free": (0, 0, 0)}, "kept_free must be a whole number .*, or 2 of them"),
        ({"kept_free": 0.5}, "kept_free must be a whole number"),
        ({"ring_fenced": -1}, "ring_fenced must be a whole number of 0 or more"),
        ({"off": (1, -1)}, "off must be a whole number of 0 or more"),
        ({"sent_home_above": -1}, "sent_home_above must be a whole number of 0 or more"),
        ({"gives_way": "yes"}, "gives_way must be '', 'resume' or 'restart', got 'yes'"),
        ({"rotate_s": 0.0}, "rotate_s must be above 0, got 0"),
        ({"trigger_age": 0.0}, "trigger_age must be a finite number above 0"),
        ({"trigger_agents": -1}, "trigger_agents must be a whole number of 0 or more"),
        ({"only": (3,)}, r"only must be positions from 0 to 0, got \[3\]"),
    ],
)
def test_policies_that_cannot_be_followed_are_refused_in_words(wrong, words):
    of = desk([(0, 0, 200)], slot_s=100.0, slots=2)
    with pytest.raises(ValueError, match=words):
        simulate(of, streams(of), dataclasses.replace(Policy("wrong"), **wrong))


def test_streams_of_another_desk_are_refused():
    of = desk([(0, 0, 100)], slot_s=100.0)
    longer = streams(desk([(0, 0, 100)], slot_s=200.0), [(150, 5)])
    with pytest.raises(ValueError, match="before the end of the horizon"):
        simulate(of, longer, Policy("any"))
    assert np.isnan(simulate(desk([(0, 0, 100)], slot_s=200.0), longer, Policy("any")).started_s[0])
