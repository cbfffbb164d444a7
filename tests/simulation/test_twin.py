"""The plain twin by hand-worked examples, and the compiled engine against the twin: the same events and the same measures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.simulation import EVENTS, simulate
from analysis.simulation.desk import Delivery, Desk, Group
from analysis.simulation.policy import Policy
from analysis.simulation.run import Run
from analysis.simulation.streams import Streams
from tests.simulation.cases import INF, desk, kind, queue, random_case, random_pool, streams
from tests.simulation.twin import twin

ONE, TWO, THREE = ([(agent, 0, 1000) for agent in range(agents)] for agents in (1, 2, 3))
FILL = Policy("fill", kept_free=0)
# desk, contacts, items, policy; then what happens, worked out by hand (shifts and arrivals are left out)
WORKED = {
    "longest free": (
        desk(TWO),
        [(100, 50), (110, 20), (140, 10), (155, 10)],
        [],
        Policy("none"),
        "100 answer 0 by 0; 110 answer 1 by 1; 130 end 1 by 1; 140 answer 2 by 1; 150 end 0 by 0; 150 end 2 by 1; 155 answer 3 by 0; 165 end 3 by 0",
    ),
    "rank": (
        desk(ONE, queues=(queue(), queue("mail", rank=1))),
        [(0, 100), (10, 30, INF, 1), (20, 30)],
        [],
        Policy("n"),
        "0 answer 0 by 0; 100 end 0 by 0; 100 answer 2 by 0; 130 end 2 by 0; 130 answer 1 by 0; 160 end 1 by 0",
    ),
    "concurrency": (
        desk(TWO, queues=(queue("chat", concurrency=2), queue())),
        [(0, 100), (1, 100), (2, 100), (3, 10), (4, 5), (5, 5, INF, 1)],
        [(0, 10)],
        FILL,
        "0 item_start 0 by 0; 0 answer 0 by 1; 1 answer 1 by 1; 10 item_end 0 by 0; 10 answer 2 by 0; 10 answer 3 by 0; 20 end 3 by 0; 20 answer 4 by 0; 25 end 4 by 0; 100 end 0 by 1; 101 end 1 by 1; 101 answer 5 by 1; 106 end 5 by 1; 110 end 2 by 0",
    ),
    "patience": (
        desk(ONE),
        [(0, 100), (10, 50, 90), (20, 50, 85), (30, 10)],
        [],
        FILL,
        "0 answer 0 by 0; 100 abandon 1; 100 end 0 by 0; 100 answer 2 by 0; 150 end 2 by 0; 150 answer 3 by 0; 160 end 3 by 0",
    ),
    "groups": (
        desk(
            THREE,
            queues=(queue("a"), queue("b")),
            groups=(Group("ab", (0, 1), ()), Group("b", (1,), (0,))),
            agent_group=(0, 0, 1),
        ),
        [(10, 50, INF, 1), (20, 50, INF, 1), (30, 50), (40, 50, INF, 1), (45, 50)],
        [(35, 20)],
        Policy("k", kept_free=1),
        "10 answer 0 by 0; 20 answer 1 by 1; 40 answer 3 by 2; 60 end 0 by 0; 60 answer 2 by 0; 70 end 1 by 1; 70 answer 4 by 1; 90 end 3 by 2; 110 end 2 by 0; 110 item_start 0 by 2; 120 end 4 by 1; 130 item_end 0 by 2",
    ),
    "keep one": (
        desk(THREE),
        [(100, 50), (110, 50)],
        [(0, 200), (0, 200), (0, 200)],
        Policy("k", kept_free=1),
        "0 item_start 0 by 0; 0 item_start 1 by 1; 100 answer 0 by 2; 150 end 0 by 2; 150 answer 1 by 2; 200 end 1 by 2; 200 item_end 0 by 0; 200 item_start 2 by 0; 200 item_end 1 by 1; 400 item_end 2 by 0",
    ),
    "schedule": (
        desk(TWO, slots=2, slot_s=500),
        [],
        [(0, 600), (0, 100), (0, 50), (700, 50)],
        Policy("s", kept_free=(1, -1)),
        "0 item_start 0 by 0; 600 item_end 0 by 0",
    ),
    "start and switch": (
        desk(ONE, delivery=Delivery("pull", start_s=20, switch_s=5)),
        [(10, 40), (60, 30)],
        [(0, 100)],
        FILL,
        "10 answer 0 by 0; 50 end 0 by 0; 60 answer 1 by 0; 90 end 1 by 0; 110 item_start 0 by 0; 215 item_end 0 by 0",
    ),
    "manual": (
        desk(ONE, delivery=Delivery("manual", return_s=15)),
        [(90, 10)],
        [(0, 100), (0, 50)],
        Policy("m", kept_free=0, gives_way="resume"),
        "0 item_start 0 by 0; 100 item_end 0 by 0; 115 answer 0 by 0; 125 end 0 by 0; 125 item_start 1 by 0; 175 item_end 1 by 0",
    ),
    "resume": (
        desk(TWO, items=(kind(resume_s=10, save_every_s=30),)),
        [(70, 50), (75, 50), (200, 10), (205, 10)],
        [(0, 100), (0, 300)],
        Policy("r", kept_free=0, gives_way="resume"),
        "0 item_start 0 by 0; 0 item_start 1 by 1; 70 laid_aside 1 by 1; 70 answer 0 by 1; 75 laid_aside 0 by 0; 75 answer 1 by 0; 120 end 0 by 1; 120 resumed 1 by 1; 125 end 1 by 0; 125 resumed 0 by 0; 175 item_end 0 by 0; 200 answer 2 by 0; 205 laid_aside 1 by 1; 205 answer 3 by 1; 210 end 2 by 0; 215 end 3 by 1; 215 resumed 1 by 1; 405 item_end 1 by 1",
    ),
    "last begun": (
        desk(
            [(0, 10, 1000), (1, 0, 1000)],
            groups=(Group("a", (0,), (0,)), Group("b", (0,), (0,))),
            agent_group=(0, 1),
        ),
        [(20, 50), (30, 50)],
        [(0, 300), (0, 300)],
        Policy("r", kept_free=0, gives_way="resume"),
        "0 item_start 0 by 1; 10 item_start 1 by 0; 20 laid_aside 1 by 0; 20 answer 0 by 0; 30 laid_aside 0 by 1; 30 answer 1 by 1; 70 end 0 by 0; 70 resumed 1 by 0; 80 end 1 by 1; 80 resumed 0 by 1; 365 item_end 0 by 1; 375 item_end 1 by 0",
    ),
    "restart": (
        desk(ONE, items=(kind(resume_s=10),)),
        [(70, 50)],
        [(0, 100)],
        Policy("r", kept_free=0, gives_way="restart"),
        "0 item_start 0 by 0; 70 laid_aside 0 by 0; 70 answer 0 by 0; 120 end 0 by 0; 120 resumed 0 by 0; 230 item_end 0 by 0",
    ),
    "fixed item": (
        desk(TWO, items=(kind(interruptible=False), kind())),
        [(20, 50), (30, 50)],
        [(0, 100, INF, 1), (0, 100, INF, 0)],
        Policy("r", kept_free=0, gives_way="resume"),
        "0 item_start 0 by 0; 0 item_start 1 by 1; 20 laid_aside 0 by 0; 20 answer 0 by 0; 70 end 0 by 0; 70 answer 1 by 0; 100 item_end 1 by 1; 120 end 1 by 0; 120 resumed 0 by 0; 215 item_end 0 by 0",
    ),
    "shift ends": (
        desk([(0, 0, 100), (1, 0, 150), (2, 90, 1000)], items=(kind(resume_s=10), kind(interruptible=False))),
        [(85, 30)],
        [(0, 300), (0, 300, INF, 1)],
        Policy("r", kept_free=0, gives_way="resume"),
        "0 item_start 0 by 0; 0 item_start 1 by 1; 85 laid_aside 0 by 0; 85 answer 0 by 0; 100 resumed 0 by 2; 115 end 0 by 0; 300 item_end 1 by 1; 325 item_end 0 by 2",
    ),
    "ring": (
        desk(TWO),
        [(10, 50), (20, 30), (25, 5), (100, 30)],
        [(30, 100)],
        Policy("r", ring_fenced=1),
        "0 ring_on by 0; 10 answer 0 by 0; 20 answer 1 by 1; 50 end 1 by 1; 50 answer 2 by 1; 55 end 2 by 1; 60 end 0 by 0; 60 item_start 0 by 0; 100 answer 3 by 1; 130 end 3 by 1; 160 item_end 0 by 0; 1000 ring_off by 0",
    ),
    "ring by slot": (
        desk(TWO, slots=2, slot_s=500),
        [(10, 20), (490, 50), (495, 10)],
        [(0, 550), (0, 100)],
        Policy("r", ring_fenced=(1, 0)),
        "0 ring_on by 0; 0 item_start 0 by 0; 10 answer 0 by 1; 30 end 0 by 1; 490 answer 1 by 1; 500 ring_off by 0; 540 end 1 by 1; 540 answer 2 by 1; 550 end 2 by 1; 550 item_end 0 by 0",
    ),
    "rotation": (
        desk(TWO),
        [(150, 100), (260, 10)],
        [(0, 60), (70, 60), (140, 60), (180, 60), (240, 60)],
        Policy("r", ring_fenced=1, rotate_s=100),
        "0 ring_on by 0; 0 item_start 0 by 0; 60 item_end 0 by 0; 70 item_start 1 by 0; 100 ring_off by 0; 100 ring_on by 1; 130 item_end 1 by 0; 140 item_start 2 by 1; 150 answer 0 by 0; 200 item_end 2 by 1; 200 item_start 3 by 1; 250 end 0 by 0; 250 ring_off by 1; 250 ring_on by 0; 250 item_start 4 by 0; 260 item_end 3 by 1; 260 answer 1 by 1; 270 end 1 by 1; 310 item_end 4 by 0; 350 ring_off by 0; 350 ring_on by 1; 450 ring_off by 1; 450 ring_on by 0; 550 ring_off by 0; 550 ring_on by 1; 650 ring_off by 1; 650 ring_on by 0; 750 ring_off by 0; 750 ring_on by 1; 850 ring_off by 1; 850 ring_on by 0; 950 ring_off by 0; 950 ring_on by 1; 1000 ring_off by 1",
    ),
    "trigger": (
        desk(TWO),
        [(60, 200)],
        [(0, 30, 100), (10, 30, 110), (20, 200, 400)],
        Policy("t", trigger_age=0.5, trigger_agents=1),
        "50 ring_on by 0; 50 item_start 0 by 0; 60 answer 0 by 1; 80 item_end 0 by 0; 80 item_start 1 by 0; 80 ring_off by 0; 110 item_end 1 by 0; 210 ring_on by 0; 210 item_start 2 by 0; 210 ring_off by 0; 260 end 0 by 1; 410 item_end 2 by 0",
    ),
    "off": (
        desk([*TWO, (2, 0, 300)], slots=2, slot_s=500),
        [(10, 50), (20, 50), (350, 30), (600, 10)],
        [],
        Policy("o", off=(1, 0)),
        "10 answer 0 by 0; 20 answer 1 by 1; 60 end 0 by 0; 70 end 1 by 1; 350 answer 2 by 0; 380 end 2 by 0; 600 answer 3 by 0; 610 end 3 by 0",
    ),
    "sent home": (
        desk(THREE),
        [(10, 50), (20, 50)],
        [],
        Policy("h", sent_home_above=1),
        "0 sent_home by 0; 0 sent_home by 1; 10 answer 0 by 2; 60 end 0 by 2; 60 answer 1 by 2; 110 end 1 by 2",
    ),
    "due": (
        desk(ONE, items=(kind(), kind("b"))),
        [],
        [(0, 50, 900), (0, 50, 400, 1), (0, 50, 400), (10, 50, 300, 1), (20, 50, INF)],
        FILL,
        "0 item_start 1 by 0; 50 item_end 1 by 0; 50 item_start 3 by 0; 100 item_end 3 by 0; 100 item_start 2 by 0; 150 item_end 2 by 0; 150 item_start 0 by 0; 200 item_end 0 by 0; 200 item_start 4 by 0; 250 item_end 4 by 0",
    ),
    "only": (
        desk(ONE, items=(kind(), kind("b"))),
        [],
        [(0, 50, 900), (0, 50, 400, 1)],
        Policy("o", kept_free=0, only=(0,)),
        "0 item_start 0 by 0; 50 item_end 0 by 0",
    ),
    "horizon": (
        desk([(0, 0, 1200), (1, 0, 1000)]),
        [(990, 100), (995, 20), (996, 50, 5), (997, 40)],
        [(0, 300), (0, 800), (0, 900)],
        FILL,
        "0 item_start 0 by 0; 0 item_start 1 by 1; 300 item_end 0 by 0; 300 item_start 2 by 0; 800 item_end 1 by 1; 990 answer 0 by 1; 1001 abandon 2; 1090 end 0 by 1; 1090 answer 1 by 1; 1110 end 1 by 1; 1110 answer 3 by 1; 1150 end 3 by 1; 1200 item_end 2 by 0",
    ),
}


def told(events: list[tuple[float, str, int, int]]) -> str:
    """The events as a sentence."""
    return "; ".join(
        f"{time:g} {kind}{'' if what < 0 else f' {what}'}{'' if agent < 0 else f' by {agent}'}"
        for time, kind, what, agent in events
        if kind not in ("shift_start", "shift_end", "arrival")
    )


def events_of(run: Run) -> list[tuple[float, str, int, int]]:
    """The engine's events in the twin's words."""
    return [(time, EVENTS[int(kind)], int(what), int(agent)) for time, kind, what, agent in run.events.tolist()]


def same(of: Desk, drawn: Streams, policy: Policy) -> None:
    """Engine and twin do and count the same."""
    expected, events = twin(of, drawn, policy)
    run = simulate(of, drawn, policy, events=True)
    got = events_of(run)
    assert [row[0] for row in got] == sorted(row[0] for row in got)
    assert order(got) == order(events)
    assert sorted(clean(got)) == sorted(clean(events))
    quiet = simulate(of, drawn, policy)  # for a pool of like agents this is an engine of its own
    assert not len(quiet.events)
    for measure in ("contacts", "agents", "items", "started_s", "item_ended_s"):
        for one in (run, quiet):
            np.testing.assert_allclose(
                getattr(one, measure), getattr(expected, measure), rtol=1e-9, atol=1e-6, err_msg=measure
            )


def clean(events: list[tuple[float, str, int, int]]) -> list[tuple[float, str, int, int]]:
    return [(round(time, 6), kind, what, agent) for time, kind, what, agent in events]


def order(events: list[tuple[float, str, int, int]]) -> list[tuple[str, int, int]]:
    """The sequence of events; who gives up at the very moment when something else happens has no place in it."""
    return [row[1:] for row in events if row[1] != "abandon"]


@pytest.mark.parametrize("name", WORKED)
def test_twin_does_what_the_rules_say(name):
    of, contacts, items, policy, expected = WORKED[name]
    assert told(twin(of, streams(of, contacts, items), policy)[1]) == expected


@pytest.mark.parametrize("name", WORKED)
def test_engine_does_what_the_rules_say(name):
    of, contacts, items, policy, _ = WORKED[name]
    same(of, streams(of, contacts, items), policy)


def test_worked_measures_by_hand():
    """Two agents; the item of agent 0 gives way after 75 s with 60 saved, that of agent 1 after 70 (60) and again after 75 more (120)."""
    of, contacts, items, policy, _ = WORKED["resume"]
    run = twin(of, streams(of, contacts, items), policy)[0]
    assert run.contacts[0, 0].tolist() == [4, 4, 4, 4, 0, 0, 120]
    assert run.agents[0].tolist() == [2000, 120, 400 + 70, 15 + 10 + 15 + 3 * 10, 0, 0, 2, 3, 7]
    assert run.items[0].tolist() == [2, 2, 0, 0, 0, 400, 580, 405]


@settings(max_examples=60)
@given(st.integers(0, 2**31))
def test_engine_equals_the_twin_on_any_desk(seed):
    same(*random_case(seed))


@settings(max_examples=60)
@given(st.integers(0, 2**31))
def test_engine_equals_the_twin_on_any_pool_of_like_agents(seed):
    same(*random_pool(seed))


@pytest.mark.slow
@pytest.mark.parametrize("draw", [random_case, random_pool])
def test_engine_equals_the_twin_on_two_thousand_desks(draw):
    for seed in range(2000):
        same(*draw(seed))
