"""What must hold whatever the desk: in the engine path by path or in the mean, and in the exact models."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import queueing
from analysis.simulation import draw_streams, simulate
from analysis.simulation.desk import ContactQueue, Desk, Group, ItemType, Shift, Times
from analysis.simulation.policy import Policy
from analysis.simulation.run import AGENTS, CONTACTS, Run
from tests.simulation.cases import random_case

LAWS = st.sampled_from(
    [Times(300.0), Times(300.0, "constant"), Times(300.0, "lognormal", cv=1.4), Times(300.0, "gamma", cv=0.6)]
)
OFFERED, IN_TIME, WAIT_S = (CONTACTS.index(name) for name in ("offered", "in_time", "wait_s"))
CONTACT_S, ITEM_S, LOST_S, ON_DUTY_S = (AGENTS.index(name) for name in ("contact_s", "item_s", "lost_s", "on_duty_s"))


def pool(
    agents: int,
    arrivals_per_h: float,
    handling: Times = LAWS.elements[0],
    *,
    patience: Times | None = None,
    item: ItemType | None = None,
    hours: int = 8,
) -> Desk:
    """One queue, agents alike who stay until the last contact."""
    rates = tuple(arrivals_per_h * (0.6 + 0.2 * (slot % 5)) for slot in range(2 * hours))
    return Desk(
        slot_s=1800.0,
        slots=2 * hours,
        queues=(ContactQueue("calls", rates, handling, patience),),
        groups=(Group("all", (0,), () if item is None else (0,)),),
        agent_group=(0,) * agents,
        shifts=tuple(Shift(agent, 0.0, 3600.0 * hours + 1e6) for agent in range(agents)),
        items=() if item is None else (item,),
    )


def run(of: Desk, policy: Policy, seed: int = 1) -> Run:
    return simulate(of, draw_streams(of, seed=seed, replication=0), policy)


def total(run: Run, measure: int) -> float:
    return float(run.contacts[..., measure].sum())


@given(st.integers(0, 999), st.integers(2, 12), st.floats(0.5, 1.1), LAWS)
def test_no_contact_waits_longer_with_one_agent_more(seed, agents, usage, handling):
    """A theorem path by path for one queue, first come first served, nobody giving up (Kiefer and Wolfowitz 1955: the vector of work ahead is
    smaller in every place). With patience, skills or items it holds in the mean only: who stays on makes others wait."""
    fewer, more = (
        run(pool(n, 12 * agents * usage, handling), Policy("none"), seed).started_s for n in (agents, agents + 1)
    )
    assert (more <= fewer).all()


@given(st.integers(0, 999))
@settings(max_examples=5)
def test_callers_who_give_up_wait_less_with_more_agents_in_the_mean(seed):
    desks = [pool(n, 100, patience=Times(90.0), hours=100) for n in (7, 8, 9, 10)]
    waits = [total(run(of, Policy("none"), seed), WAIT_S) for of in desks]
    assert waits == sorted(waits, reverse=True)


@given(st.integers(1, 60), st.floats(0.05, 0.98), st.floats(20, 900))
@settings(max_examples=60)
def test_exact_waits_never_rise_with_an_agent_more(agents, usage, patience_s):
    load = agents * usage
    for patience in (float("inf"), patience_s):
        fewer, more = (
            queueing.erlang_a(n, load, aht_s=300, patience_s=patience, answer_within_s=20) for n in (agents, agents + 1)
        )
        assert more.mean_wait_s <= fewer.mean_wait_s + 1e-9
        assert more.service_level >= fewer.service_level - 1e-12


@given(
    st.integers(1, 12),
    st.floats(0.1, 0.95),
    st.sampled_from([60.0, 200.0, 300.0, 450.0, 1200.0]),
    st.one_of(st.none(), st.floats(20, 900)),
)
@settings(max_examples=60)
def test_exact_service_never_rises_and_items_never_fall_in_the_threshold(agents, usage, item_s, patience_s):
    settings = {"arrivals_per_h": 12 * agents * usage, "aht_s": 300, "item_s": item_s, "patience_s": patience_s}
    chain = [queueing.blend(agents, threshold=threshold, **settings) for threshold in range(agents + 1)]
    level, on_items = (np.array([getattr(one, name) for one in chain]) for name in ("service_level", "item_agents"))
    assert (np.diff(level) <= 1e-9).all()
    assert (np.diff(on_items) >= -1e-9).all()


@given(st.integers(0, 999), st.sampled_from([100.0, 300.0, 900.0]), st.booleans())
@settings(max_examples=6)
def test_service_falls_and_items_rise_in_the_mean_when_fewer_are_kept_free(seed, item_s, patient):
    """In the mean over a long horizon on the same contacts and items; one path need not follow."""
    of = pool(10, 96, patience=None if patient else Times(120.0), item=ItemType("items", Times(item_s)), hours=400)
    runs = [run(of, Policy("keep", kept_free=kept), seed) for kept in (9, 6, 4, 2, 0)]
    level = [total(one, IN_TIME) for one in runs]
    on_items = [one.agents[:, ITEM_S].sum() for one in runs]
    assert level == sorted(level, reverse=True)
    assert on_items == sorted(on_items)


@given(
    st.integers(0, 999),
    st.integers(1, 10),
    LAWS,
    st.sampled_from([None, Times(100.0)]),
    st.sampled_from([0.0, 30.0, float("inf")]),
    st.sampled_from(["resume", "restart"]),
)
def test_items_that_give_way_leave_every_wait_as_it_was(seed, agents, handling, patience, save_every_s, gives_way):
    """Path by path where agents are alike and stay: how many are on contacts is the same at every moment, whoever they are."""
    item = ItemType("items", Times(500.0), resume_s=25.0, save_every_s=save_every_s)
    desk = pool(agents, 11 * agents, handling, patience=patience, item=item)
    alone, beside = (run(desk, Policy("any", kept_free=kept, gives_way=gives_way), seed) for kept in (-1, 0))
    np.testing.assert_array_equal(beside.started_s, alone.started_s)
    np.testing.assert_array_equal(beside.contacts, alone.contacts)
    np.testing.assert_allclose(beside.agents[:, CONTACT_S], alone.agents[:, CONTACT_S])
    idle = alone.agents[:, ON_DUTY_S] - alone.agents[:, CONTACT_S]
    assert (beside.agents[:, ITEM_S] <= idle * (1 + 1e-12) + 1e-6).all()


@given(st.integers(0, 2**31))
@settings(max_examples=60)
def test_nothing_is_lost_on_any_desk(seed):
    of, drawn, policy = random_case(seed)
    done = simulate(of, drawn, policy)
    offered, answered, in_time, counted, abandoned = np.moveaxis(done.contacts[..., :5], -1, 0)
    assert total(done, OFFERED) == len(drawn.offered_s)
    assert (answered + abandoned <= offered).all()
    assert (in_time <= answered).all()
    assert (counted <= offered).all()
    assert answered.sum() == np.isfinite(done.started_s).sum()
    busy = done.agents[:, CONTACT_S] + done.agents[:, ITEM_S]
    assert (busy <= done.agents[:, ON_DUTY_S] + 1e-6).all()
    assert (done.agents[:, ON_DUTY_S] <= len(of.agent_group) * of.slot_s + 1e-6).all()
    # time on items is progress or lost
    np.testing.assert_allclose(
        done.agents[:, ITEM_S].sum(), done.agents[:, LOST_S].sum() + done.items[:, 5].sum(), atol=1e-6
    )
    assert (done.agents[:, LOST_S] <= done.agents[:, ITEM_S] + 1e-6).all()
    np.testing.assert_array_equal(done.items[:, 0], done.items[:, 1] + done.items[:, 3])


@given(st.integers(0, 2**31))
@settings(max_examples=30)
def test_a_run_is_a_function_of_its_streams(seed):
    of, drawn, policy = random_case(seed)
    before = [np.array(getattr(drawn, field.name)) for field in dataclasses.fields(drawn)]
    first, second = simulate(of, drawn, policy), simulate(of, drawn, policy)
    for measure in ("contacts", "agents", "items", "started_s", "item_ended_s"):
        np.testing.assert_array_equal(getattr(first, measure), getattr(second, measure))
    for field, values in zip(dataclasses.fields(drawn), before):
        np.testing.assert_array_equal(getattr(drawn, field.name), values)


@pytest.mark.slow
def test_more_agents_never_make_any_contact_wait_longer_at_length():
    for seed in range(200):
        fewer, more = (run(pool(n, 12 * 20 * 0.95, hours=40), Policy("none"), seed).started_s for n in (20, 21))
        assert (more <= fewer).all()
