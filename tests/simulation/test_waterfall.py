"""What is taken from idle time until items have it: bars that add up, in a fixed order, contacts lost never sold as items."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from analysis.simulation import (
    ByLoad,
    ContactQueue,
    Delivery,
    Desk,
    Group,
    ItemType,
    Policy,
    Shift,
    Times,
    compare,
    counterfactuals,
    draw_streams,
    waterfall,
)
from analysis.simulation.counterfactuals import KEYS

SLOTS = 8
FINISH = Policy("finish items", kept_free=2)


def desk(
    *, agents: int = 12, load=(6.0, 9.0), day_cv: float = 0.2, per_h: float = 20.0, trained: int = 8, **item
) -> Desk:
    rates = tuple(load[slot * len(load) // SLOTS] * 12.0 for slot in range(SLOTS))
    contacts = ContactQueue("calls", rates, Times(300.0), Times(150.0), day_cv=day_cv)
    form = ItemType("form", Times(420.0, "lognormal", 0.8), (per_h,) * SLOTS, backlog=10, due_after_s=7200.0, **item)
    letter = ItemType("letter", Times(240.0), (per_h / 2,) * SLOTS, interruptible=False)
    groups = (Group("both", (0,), (0, 1)), Group("calls only", (0,)))
    people = tuple(Shift(agent, 0.0, 1800.0 * SLOTS) for agent in range(agents))
    skills = (0,) * trained + (1,) * (agents - trained)
    delivery = Delivery("push", start_s=2.0, switch_s=5.0)
    return Desk(1800.0, SLOTS, (contacts,), groups, skills, people, (form, letter), delivery, slots_per_day=SLOTS)


def by_load(load: np.ndarray) -> tuple[int, ...]:
    """Keep two spreads of the load free, no item where nearly everybody is needed."""
    kept = np.ceil(1.2 * np.sqrt(load)).astype(int)
    return tuple(np.where(load > 10.5, -1, kept).tolist())


@pytest.fixture(scope="module")
def found():
    return waterfall(desk(), FINISH, choose=by_load, seed=1, precision=0.02, least=40)


def test_bars_add_up_in_every_horizon_and_in_the_mean(found):
    assert tuple(step.key for step in found.steps) == KEYS
    np.testing.assert_allclose(found.values[:-1].sum(axis=0), found.values[-1], atol=1e-9)
    hours = [step.hours for step in found.steps]
    assert sum(hours[:-1]) == pytest.approx(hours[-1])
    assert all(step.low <= step.hours <= step.high for step in found.steps)
    frame = found.to_frame()
    assert frame["remaining"].iloc[-2] == pytest.approx(frame["remaining"].iloc[-1])
    assert frame["remaining"].iloc[0] == frame["hours"].iloc[0]


def test_each_run_is_what_its_bar_says(found):
    side = compare(
        desk(),
        [Policy("today"), ByLoad(FINISH, by_load)],
        seed=1,
        precision=1.0,
        least=found.replications,
        most=found.replications,
        control=False,
    )
    at = side.measures.index
    idle, progress = side.values[0, :, at("idle_h")], side.values[1, :, at("item_h")]
    np.testing.assert_allclose(found.values[0], idle)
    on_contacts = side.values[1, :, at("net_agents")] - side.values[1, :, at("item_agents")]
    np.testing.assert_allclose(found.values[-1], progress + on_contacts * 4.0, atol=1e-9)
    assert found.service_level == pytest.approx(side.value("finish items", "service_level")[0])
    assert found.service_level_without == pytest.approx(side.value("today", "service_level")[0])


def test_interruption_costs_and_what_is_missing_takes_hours(found):
    hours = {step.key: step.hours for step in found.steps}
    assert hours["resumption_switching"] < 0
    assert hours["backlog_trained"] < 0
    assert 0 < hours["usable"] < hours["all_idle"]


def test_without_loss_every_idle_hour_is_used():
    free = replace(desk(per_h=200.0, trained=12, resume_s=0.0), delivery=Delivery())
    free = replace(
        free,
        items=(replace(free.items[0], interruptible=True, backlog=200),),
        groups=(Group("all", (0,), (0,)),),
        agent_group=(0,) * 12,
    )
    steps = waterfall(free, Policy("gives way", kept_free=0, gives_way="resume"), seed=1, precision=0.02).steps
    for step in steps[1:5]:
        assert step.hours == pytest.approx(0.0, abs=1e-9)
    assert steps[-1].hours == pytest.approx(steps[0].hours)


def test_a_policy_that_needs_no_forecast_has_no_bar_for_it():
    result = waterfall(desk(), Policy("gives way", kept_free=0, gives_way="resume"), seed=1, precision=0.02)
    forecast = result.steps[KEYS.index("forecast")]
    assert (forecast.hours, forecast.low, forecast.high) == (0.0, 0.0, 0.0)
    assert result.matched == "the policy needs no forecast"


def test_contacts_lost_are_not_sold_as_items():
    # callers who leave free their agents for items: progress rises above the idle time, hours do not
    crowded = desk(load=(11.0, 13.0), per_h=200.0, trained=12)
    result = waterfall(crowded, Policy("fill", kept_free=0), seed=1, precision=0.05)
    side = compare(crowded, [Policy("today"), Policy("fill", kept_free=0)], seed=1, precision=0.05)
    assert side.value("fill", "item_h")[0] > side.value("today", "idle_h")[0]
    assert result.steps[-1].hours < result.steps[0].hours
    assert result.service_level < result.service_level_without


def test_knowing_the_load_is_held_to_the_same_service_level(found):
    here, replications = desk(), found.replications
    runs = [ByLoad(replace(FINISH, name=f"{more}"), by_load, came=True, more=more) for more in range(-3, 4)]
    side = compare(
        here, [Policy("today"), *runs], seed=1, precision=1.0, least=replications, most=replications, control=False
    )
    levels = [side.value(str(more), "service_level")[0] for more in range(-3, 4)]
    below = max(place for place, level in enumerate(levels) if level < found.service_level)
    share = (levels[below + 1] - found.service_level) / (levels[below + 1] - levels[below])
    at = side.measures.index

    def hours(place):
        on_contacts = side.values[place, :, at("net_agents")] - side.values[place, :, at("item_agents")]
        return side.values[place, :, at("item_h")] + 4.0 * on_contacts

    mixed = share * hours(below + 1) + (1 - share) * hours(below + 2)
    np.testing.assert_allclose(found.values[:4].sum(axis=0), mixed, atol=1e-9)
    assert "so that" in found.matched


def test_a_perfect_forecast_leaves_nothing_to_gain():
    here = desk(day_cv=0.3)
    told = waterfall(here, FINISH, choose=by_load, foreseen=counterfactuals.load_of, seed=2, precision=0.05, least=30)
    assert told.values[4] == pytest.approx(0.0, abs=1e-9)
    blind = waterfall(
        here, FINISH, choose=by_load, foreseen=counterfactuals.load_of(here) * 0.5, seed=2, precision=0.05, least=30
    )
    # thresholds from half the load let more through; at that service level the load that came would have given more
    assert blind.service_level < told.service_level


def test_the_load_that_came_is_the_rate_of_the_day_and_not_the_count():
    here = desk(day_cv=0.4)
    streams = draw_streams(here, seed=1, replication=0)
    factor = streams.day_factor[0, 0]
    assert factor != 1
    expected = np.array(here.queues[0].arrivals_per_h) * 300 / 3600
    np.testing.assert_allclose(counterfactuals.load_of(here, streams), factor * expected)
    np.testing.assert_allclose(counterfactuals.load_of(here), expected)
    policy = ByLoad(FINISH, by_load, came=True, more=1)(here, streams)
    assert policy.perfect
    assert policy.kept_free == tuple(kept + 1 if kept >= 0 else -1 for kept in by_load(factor * expected))


def test_one_endless_type_has_mean_and_spread_of_all():
    here = desk()
    (one,) = counterfactuals._endless(here, None).items
    draw = np.random.default_rng(1)
    weight = np.array([20 * 4 + 10, 10 * 4])
    number = draw.choice(2, p=weight / weight.sum(), size=400_000)
    sigma = math.sqrt(math.log(1 + 0.8**2))
    lengths = np.where(
        number, draw.exponential(240.0, len(number)), 420 * draw.lognormal(-(sigma**2) / 2, sigma, len(number))
    )
    assert one.length.mean_s == pytest.approx(lengths.mean(), rel=0.01)
    assert one.length.cv == pytest.approx(lengths.std() / lengths.mean(), rel=0.02)
    assert one.interruptible
    assert counterfactuals._endless(here, (1,)).items[0].length == Times(240.0)


@pytest.mark.parametrize("policy", [Policy("fewer", off=1), Policy("home", sent_home_above=3)])
def test_policies_that_change_who_is_there_are_refused(policy):
    with pytest.raises(ValueError, match="changes who is there"):
        waterfall(desk(), policy, seed=1)


def test_what_has_no_waterfall_is_refused():
    bare = desk()
    bare = replace(bare, items=(), groups=tuple(replace(group, items=()) for group in bare.groups))
    with pytest.raises(ValueError, match="needs a desk with item types"):
        waterfall(bare, FINISH, seed=1)
    with pytest.raises(ValueError, match="one per slot: got"):
        waterfall(desk(), FINISH, choose=lambda load: (1, 2), seed=1, threads=1)
