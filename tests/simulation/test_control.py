"""What is known exactly of the streams: mean 0 whatever the law, and coefficients that bring no bias."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.simulation import ContactQueue, Desk, Group, Policy, Shift, Times, compare, draw_streams, markov_twin
from analysis.simulation.control import Controls, adjusted, used
from tests.queueing.twin import with_and_without_compiling

LAWS = [
    Times(240.0),
    Times(240.0, "lognormal", 1.4),
    Times(240.0, "gamma", 0.7),
    Times(240.0, "constant"),
    Times(240.0, "empirical", sample=(60.0, 120.0, 180.0, 600.0)),
]


def desk(*, agents=(6, 9, 7, 4), load=0.85, law=LAWS[0], patience: Times | None = LAWS[0], **queue) -> Desk:
    """Agents per half hour whose shifts begin and end while contacts are in hand; load per agent."""
    rates = tuple(load * count * 3600 / law.mean_s for count in agents)
    shifts = []
    for agent in range(max(agents)):
        on = [slot for slot, count in enumerate(agents) if count > agent]
        shifts += [Shift(agent, 1800.0 * slot, 1800.0 * (slot + 1)) for slot in on]
    contacts = ContactQueue("calls", rates, law, patience, **queue)
    group = (0,) * max(agents)
    return Desk(
        1800.0, len(agents), (contacts,), (Group("all", (0,)),), group, tuple(shifts), slots_per_day=len(agents)
    )


def scores(values: np.ndarray) -> np.ndarray:
    return values.mean(axis=0) / (values.std(axis=0, ddof=1) / math.sqrt(len(values)))


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.kind)
@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_every_control_has_mean_zero_whatever_the_law(law, spread):
    here = desk(law=law, day_cv=spread)
    watch = Controls((here,), seed=3)
    assert watch.twins
    rows = np.array([watch(number, here, draw_streams(here, seed=3, replication=number)) for number in range(400)])
    varied = rows[:, rows.std(axis=0) > 0]
    # without factors of days two of them never differ
    assert varied.shape[1] == (6 if spread else 4)
    assert np.abs(scores(varied)).max() < 4


def test_the_twin_of_several_days_knows_each_of_them():
    day = desk(day_cv=0.2)
    rates = day.queues[0].arrivals_per_h
    two = replace(
        day,
        slots=8,
        queues=(replace(day.queues[0], arrivals_per_h=rates + tuple(0.7 * rate for rate in rates)),),
        shifts=day.shifts + tuple(Shift(shift.agent, shift.start_s + 7200, shift.end_s + 7200) for shift in day.shifts),
    )
    twin = markov_twin.twin_of(two)
    luck = np.array([twin.luck(draw_streams(twin.desk, seed=8, replication=number)) for number in range(600)])
    assert len(twin.means) == 2
    assert np.abs(scores(luck)).max() < 4


def test_the_twin_lets_busy_agents_go_with_their_contacts():
    here = desk(agents=(14, 2, 10, 1), load=0.95, law=Times(900.0))
    twin = markov_twin.twin_of(here)
    luck = np.array([twin.luck(draw_streams(twin.desk, seed=4, replication=number)) for number in range(1500)])
    assert abs(scores(luck[:, :1])) < 4


def test_the_mean_by_the_factor_of_the_day_is_that_of_the_exact_day():
    here = desk(day_cv=0.35)
    twin = markov_twin.twin_of(here)
    mean, ((agents, rates),) = twin.means[0], set(markov_twin._days(here))
    for factor in np.linspace(*mean.domain, 9)[1:-1]:
        plain = replace(twin.desk.queues[0], day_cv=0.0)
        exact, _ = markov_twin._mean_by_factor(plain, (agents, tuple(factor * rate for rate in rates)), 1800.0)
        assert mean(factor) == pytest.approx(exact(1.0), abs=1e-3 * exact(1.0))


def test_coefficients_taken_from_the_other_replications_bring_no_bias():
    # a figure that bends in the control: least squares on few replications takes part of the bend for chance
    draw = np.random.default_rng(4)
    control = draw.exponential(size=(6000, 8)) - 1
    figure = control**2
    ours = [adjusted(values, row[:, None], 1)[0].mean() for values, row in zip(figure, control, strict=True)]
    slope = ((control - control.mean(1, keepdims=True)) * figure).sum(1) / (
        (control - control.mean(1, keepdims=True)) ** 2
    ).sum(1)
    theirs = figure.mean(1) - slope * control.mean(1)
    assert abs(scores(np.array(ours)[:, None] - 1)) < 4
    assert abs(scores(theirs[:, None] - 1)) > 8


def test_leaving_one_out_is_what_it_says():
    draw = np.random.default_rng(5)
    desks, count = 3, 24
    controls, values = draw.normal(size=(count, 2)), draw.normal(size=count)
    found = adjusted(values, controls, desks)[0]
    for left in range(count):
        rest = np.delete(np.arange(count), left)
        own = np.eye(desks)[rest % desks]
        slope = np.linalg.lstsq(np.hstack([own, controls[rest]]), values[rest], rcond=None)[0][desks:]
        assert found[left] == pytest.approx(values[left] - controls[left] @ slope)


def test_few_replications_carry_few_controls_and_none_that_never_differs():
    rows = np.random.default_rng(6).normal(size=(30, 6))
    rows[:, 1] = 0
    assert used(rows, 1).shape == (30, 5)
    assert used(rows, 15).shape == (30, 3)
    assert used(np.empty((30, 0)), 1).shape == (30, 0)


def test_where_no_twin_is_like_the_desk_words_say_why():
    here = desk()
    queue = here.queues[0]
    idle_group = replace(here, groups=(Group("all", (0,)), Group("back office", ())), agent_group=(0,) * 8 + (1,))
    unlike = {
        "several queues": replace(here, queues=(queue, replace(queue, name="more")), groups=(Group("all", (0, 1)),)),
        "several contacts at once": replace(here, queues=(replace(queue, concurrency=2),)),
        "not every agent": idle_group,
        "begin empty": replace(here, start="settled"),
    }
    for words, other in unlike.items():
        assert words in markov_twin.why_not(other)
    found = compare(idle_group, [Policy("none")], seed=1, precision=1.0, least=6)
    assert "no Markov twin, as not every agent serves the queue" in found.control
    assert "luck of a Markov twin" in compare(here, [Policy("none")], seed=1, precision=1.0, least=6).control


def test_controls_cut_the_variance_and_leave_the_figure():
    here = desk(day_cv=0.15)
    plain, sharp = (
        compare(here, [Policy("none")], seed=2, precision=1e-9, least=100, most=100, control=on) for on in (False, True)
    )
    (one, low, high), (two, lower, higher) = (found.value("none", "service_level") for found in (plain, sharp))
    assert higher - lower < 0.5 * (high - low)
    assert abs(one - two) < (high - low) / 2
    assert plain.control == "none"


def test_the_twin_is_the_same_without_compiling():
    script = (
        "import json\n"
        "from analysis.simulation import draw_streams, markov_twin\n"
        "from tests.simulation.test_control import desk\n"
        "twin = markov_twin.twin_of(desk(agents=(5, 3)))\n"
        "print(json.dumps([twin.luck(draw_streams(twin.desk, seed=1, replication=r)).tolist() for r in range(3)]))"
    )
    compiled, plain = with_and_without_compiling(script, Path(__file__).parents[2])
    assert compiled == plain
