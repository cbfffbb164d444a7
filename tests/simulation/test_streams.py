"""What comes: the same whatever else changes, by the laws asked for, and refused in words."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats

from analysis.simulation import (
    ContactQueue,
    Desk,
    Group,
    ItemType,
    Policy,
    Shift,
    Times,
    draw_streams,
    given_streams,
    simulate,
)
from analysis.simulation.laws import quantile
from analysis.simulation.tally import item_measures
from tests.simulation.cases import desk, kind

CALLS = ContactQueue("calls", (120.0, 60.0), Times(240.0), patience=Times(90.0))
MAIL = ContactQueue("mail", (30.0, 30.0), Times(300.0, "lognormal", cv=1.5), rank=1)
ITEMS = ItemType(
    "items", Times(600.0, "gamma", cv=0.5), (6.0, 12.0), backlog=4, backlog_age_s=7200.0, due_after_s=3600.0
)


def small(queues=(CALLS, MAIL), items=(ITEMS,), agents=3, slots=2):
    everything = Group("all", tuple(range(len(queues))), tuple(range(len(items))))
    shifts = tuple(Shift(agent, 0.0, 1800.0 * slots) for agent in range(agents))
    return Desk(1800.0, slots, queues, (everything,), (0,) * agents, shifts, items)


def test_streams_hang_on_seed_and_replication_alone():
    one, again = (draw_streams(small(), seed=3, replication=5) for _ in range(2))
    for field in dataclasses.fields(one):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(again, field.name))
    assert not np.array_equal(one.offered_s, draw_streams(small(), seed=3, replication=6).offered_s)
    assert not np.array_equal(one.offered_s, draw_streams(small(), seed=4, replication=5).offered_s)


def of_queue(streams, position):
    mine = streams.queue == position
    return streams.offered_s[mine], streams.handle_s[mine], streams.patience_s[mine]


def test_a_contact_keeps_its_uniforms_whatever_else_changes():
    """Without mail, items and with other agents the calls are the same; twice the rate halves the distance between them."""
    here = of_queue(draw_streams(small(), seed=1, replication=0), 0)
    alone = of_queue(draw_streams(small(queues=(CALLS,), items=(), agents=9), seed=1, replication=0), 0)
    for mine, others in zip(here, alone):
        np.testing.assert_array_equal(mine, others)
    flat, busy = (dataclasses.replace(CALLS, arrivals_per_h=(rate, rate)) for rate in (60.0, 120.0))
    slow, fast = (draw_streams(small(queues=(q,)), seed=1, replication=0) for q in (flat, busy))
    np.testing.assert_allclose(slow.offered_s, 2 * fast.offered_s[: slow.offered_s.size])
    np.testing.assert_array_equal(slow.handle_s, fast.handle_s[: slow.handle_s.size])
    longer = dataclasses.replace(CALLS, handling=Times(480.0))
    np.testing.assert_allclose(of_queue(draw_streams(small((longer,)), seed=1, replication=0), 0)[1], 2 * here[1])


@pytest.mark.parametrize(
    ("law", "same"),
    [
        (Times(30.0), stats.expon(scale=30.0)),
        (Times(30.0, "gamma", cv=0.5), stats.gamma(4.0, scale=7.5)),
        (
            Times(30.0, "lognormal", cv=2.0),
            stats.lognorm(np.sqrt(np.log(5.0)), scale=30.0 / np.sqrt(5.0)),
        ),
    ],
)
def test_laws_are_drawn_by_their_quantiles(law, same):
    uniforms = np.linspace(0.0, 0.999, 50)
    np.testing.assert_allclose(quantile(law, uniforms), same.ppf(uniforms), rtol=1e-9)
    assert same.mean() == pytest.approx(30.0)


def test_constant_and_empirical_lengths():
    uniforms = np.array([0.0, 0.33, 0.34, 0.999])
    assert quantile(Times(7.0, "constant"), uniforms).tolist() == [7.0] * 4
    assert quantile(Times(2.0, "empirical", sample=(1.0, 2.0, 3.0)), uniforms).tolist() == [1.0, 1.0, 2.0, 3.0]


def test_arrivals_follow_the_rate_of_each_slot():
    """Slots of 120, 0 and 60 an hour for half an hour: Poisson counts of mean 60, 0 and 30, uniform within the slot."""
    calls = dataclasses.replace(CALLS, arrivals_per_h=(120.0, 0.0, 60.0))
    drawn = [draw_streams(small((calls,), (), slots=3), seed=2, replication=r).offered_s for r in range(200)]
    counts = np.array([np.histogram(offered, [0, 1800, 3600, 5400])[0] for offered in drawn])
    assert (counts[:, 1] == 0).all()
    for slot, mean in ((0, 60.0), (2, 30.0)):
        assert counts[:, slot].mean() == pytest.approx(mean, abs=4 * (mean / 200) ** 0.5)
        assert counts[:, slot].var() == pytest.approx(mean, rel=0.5)
    within = np.concatenate([offered[offered < 1800] for offered in drawn]) / 1800
    assert stats.kstest(within, "uniform").pvalue > 0.001


def test_days_vary_together_within_a_day_group():
    calls = dataclasses.replace(CALLS, arrivals_per_h=(60.0,) * 8, day_cv=0.3, day_group=1)
    chats = dataclasses.replace(calls, name="chats", day_cv=0.6)
    other = dataclasses.replace(calls, name="other", day_group=2)
    of = dataclasses.replace(small((calls, chats, other), (), slots=8), slots_per_day=2)
    factors = np.array([draw_streams(of, seed=1, replication=r).day_factor for r in range(300)])
    assert factors.shape == (300, 4, 2)
    flat = factors[:, :, 0].ravel()
    assert flat.mean() == pytest.approx(1.0, abs=0.04)
    assert flat.std() == pytest.approx(0.3, abs=0.04)
    assert abs(np.corrcoef(flat, factors[:, :, 1].ravel())[0, 1]) < 0.1
    streams = draw_streams(of, seed=1, replication=0)
    share = np.bincount(streams.queue, minlength=3)
    assert share.sum() == streams.offered_s.size


def test_backlog_arrived_at_even_distances_before_the_horizon():
    drawn = draw_streams(small(), seed=1, replication=0)
    before = drawn.item_arrived_s[drawn.item_arrived_s < 0]
    assert before.tolist() == [-6300.0, -4500.0, -2700.0, -900.0]
    np.testing.assert_array_equal(drawn.item_due_s, drawn.item_arrived_s + 3600.0)


@pytest.mark.parametrize("cv", [0.0, 0.5, 3.0])
def test_items_without_end_cannot_run_out(cv):
    """Nobody calls, every gap is filled: the agents work on items all day and one item more is always there."""
    idle = dataclasses.replace(CALLS, arrivals_per_h=(0.0, 0.0))
    endless = ItemType("items", Times(90.0, "lognormal", cv=cv))
    of = small((idle,), (endless,), agents=5)
    for replication in range(20):
        run = simulate(of, draw_streams(of, seed=1, replication=replication), Policy("fill", kept_free=0))
        assert run.agents[:, 0].sum() == pytest.approx(run.agents[:, 2].sum()) == pytest.approx(5 * 3600)


def test_endless_items_that_run_out_are_said():
    of = desk([(0, 0, 1000)], items=(kind(arrivals_per_h=None),))
    streams = given_streams(of, offered_s=[], handle_s=[], item_arrived_s=[0.0], item_length_s=[10.0])
    for events in (False, True):
        with pytest.raises(ValueError, match="has no end: give more of its items"):
            simulate(of, streams, Policy("fill", kept_free=0), events=events)


def test_given_streams_take_the_desks_people_and_due_times():
    of = desk([(1, 50, 90), (0, 0, 100)], items=(kind(due_after_s=500.0), kind("other")))
    given = given_streams(
        of, offered_s=[1, 2], handle_s=[3, 4], item_arrived_s=[-5, 0], item_length_s=[1, 1], item_type=[0, 1]
    )
    assert given.patience_s.tolist() == [np.inf, np.inf]
    assert given.item_due_s.tolist() == [495.0, np.inf]
    assert given.shift_agent.tolist() == [0, 1]
    assert item_measures(of, given, np.full(2, np.nan), np.zeros(2), np.zeros(2, bool))[:, 3].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"offered_s": [5.0, 1.0]}, "offered_s must be finite moments in rising order"),
        ({"offered_s": [5.0, 1000.0]}, r"before the end of the horizon \(1000 s\)"),
        ({"handle_s": [1.0]}, r"handle_s must be as long as offered_s \(2\), got 1"),
        ({"handle_s": [1.0, -1.0]}, "handle_s must be finite lengths of 0 or more"),
        ({"patience_s": [1.0, -1.0]}, "patience_s must be 0 or more"),
        ({"queue": [0, 1]}, r"queue must be positions from 0 to 0, got \[1\]"),
        ({"item_type": [2]}, r"item_type must be positions from 0 to 0, got \[2\]"),
        ({"item_due_s": [-1.0]}, "item_due_s must be at or after the item's arrival"),
    ],
)
def test_given_streams_that_cannot_be_are_refused_in_words(change, words):
    right = {"offered_s": [1.0, 2.0], "handle_s": [3.0, 4.0], "item_arrived_s": [0.0], "item_length_s": [1.0]}
    with pytest.raises(ValueError, match=words):
        given_streams(desk([(0, 0, 1000)]), **right | change)


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (small((dataclasses.replace(CALLS, arrivals_per_h=(1.0,)),)), "queue 'calls': arrivals_per_h must be 2 finite"),
        (small((dataclasses.replace(CALLS, handling=Times(0.0)),)), "queue 'calls': handling.mean_s must be a finite"),
        (small((dataclasses.replace(CALLS, handling=Times(5.0, "weibull")),)), "handling.kind must be one of exponent"),
        (
            small((dataclasses.replace(CALLS, handling=Times(5.0, "empirical", sample=(1.0, 2.0))),)),
            "handling.mean_s must be the mean of the sample, 1.5, got 5",
        ),
        (small((dataclasses.replace(CALLS, concurrency=0),)), "concurrency must be a whole number of 1 or more, got 0"),
        (small((dataclasses.replace(CALLS, definition="offered"),)), "definition must be one of of offered"),
        (small(items=(dataclasses.replace(ITEMS, arrivals_per_h=None),)), "there is always one more .* no backlog"),
        (dataclasses.replace(small(), groups=(Group("mail", (1,)),)), "no group serves queue 'calls'"),
        (dataclasses.replace(small(), agent_group=(0, 0, 1)), r"agent_group must be positions from 0 to 0, got \[1\]"),
        (dataclasses.replace(small(), shifts=(Shift(3, 0.0, 5.0),)), "whole number of 0 to 2, got 3"),
        (dataclasses.replace(small(), shifts=(Shift(0, 5.0, 5.0),)), "end_s must be a finite number above 5, got 5"),
        (
            dataclasses.replace(small(), shifts=(Shift(0, 0.0, 9.0), Shift(0, 8.0, 20.0))),
            r"begins before the agent's last one ends \(9 s\): join the two",
        ),
        (dataclasses.replace(small(), slot_s=0.0), "slot_s must be a finite number above 0, got 0"),
    ],
)
def test_desks_that_cannot_be_simulated_are_refused_in_words(of, words):
    with pytest.raises(ValueError, match=words):
        draw_streams(of, seed=1, replication=0)


def test_seeds_are_whole_numbers():
    with pytest.raises(ValueError, match="seed must be a whole number of 0 or more, got -1"):
        draw_streams(small(), seed=-1, replication=0)
