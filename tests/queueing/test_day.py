"""A day whose arrivals and agents change: against stationary formulas, matrix exponentials and a simulation, all independent of the code."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg, stats

from analysis import queueing
from analysis.queueing import transient
from analysis.queueing.transient import Shift, answered_within, given_up_within
from tests.queueing.simulated_day import share_and_error, simulate_days
from tests.queueing.twin import with_and_without_compiling

CALLS = {"aht_s": 300, "answer_within_s": 20}


@pytest.mark.parametrize(("agents", "load", "patience_s"), [(1, 0.4, 60.0), (10, 12.0, 120.0), (40, 36.0, 600.0)])
def test_a_day_that_never_changes_ends_as_erlang_a(agents, load, patience_s):
    day = queueing.day([agents] * 4, arrivals_per_h=load * 12, slot_s=7200, patience_s=patience_s, **CALLS)
    lasting = queueing.erlang_a(agents, load, patience_s=patience_s, **CALLS)
    for name in ("service_level", "p_wait", "p_abandon", "occupancy", "mean_queue"):
        assert getattr(day, name)[-1] == pytest.approx(getattr(lasting, name), abs=1e-9), name


def test_a_day_that_never_changes_ends_as_erlang_c():
    day = queueing.day([5] * 3, arrivals_per_h=36, slot_s=36000, **CALLS)
    assert day.service_level[-1] == pytest.approx(queueing.service_level(5, 3.0, **CALLS), abs=1e-9)
    assert day.p_wait[-1] == pytest.approx(queueing.erlang_c(5, 3.0), abs=1e-9)
    assert day.p_abandon.tolist() == [0, 0, 0]


def test_a_day_without_beginning_is_settled_at_once():
    day = queueing.day([5] * 2, arrivals_per_h=36, slot_s=600, start="cyclic", **CALLS)
    assert day.service_level == pytest.approx([queueing.service_level(5, 3.0, **CALLS)] * 2, abs=1e-8)


def test_a_cyclic_day_is_the_last_of_many():
    agents, calls = [3, 6, 4], np.array([30.0, 66, 20])
    once = queueing.day(agents, arrivals_per_h=calls, slot_s=1800, start="cyclic", **CALLS)
    many = queueing.day(agents * 20, arrivals_per_h=np.tile(calls, 20), slot_s=1800, **CALLS)
    assert once.service_level == pytest.approx(many.service_level[-3:], abs=1e-8)
    # of the six agents those above four finish their contact after midnight too
    assert once.occupancy == pytest.approx(many.occupancy[-3:], abs=1e-8)
    assert once.queue_at_end == pytest.approx(many.queue_at_end, abs=1e-8)


def exact_laws(agents, arrivals_per_s, *, slot_s, mu, theta, size):
    """Return averaged laws by matrix exponentials: the integral is a block of exp([[Q, I], [0, 0]] t). Also the mean number finishing per slot."""
    law, averages, begun = np.eye(size)[0], [], []
    before = agents[0]
    for n, lam in zip(agents, arrivals_per_s, strict=True):
        start, finishing = np.zeros(size), 0.0
        for j, chance in enumerate(law):
            out = max(0, min(j, before) - n)
            start[j - out] += chance
            finishing += out * chance
        rates = np.zeros((size, size))
        for j in range(size - 1):
            rates[j, j + 1] = lam
            rates[j + 1, j] = min(j + 1, n) * mu + max(j + 1 - n, 0) * theta
        rates -= np.diag(rates.sum(axis=1))
        block = np.zeros((2 * size, 2 * size))
        block[:size, :size], block[:size, size:] = rates, np.eye(size)
        moved = linalg.expm(block * slot_s)
        averages.append(start @ moved[:size, size:] / slot_s)
        law, before = start @ moved[:size, :size], n
        begun.append(finishing)
    return np.array(averages), np.array(begun)


def test_a_small_day_against_matrix_exponentials():
    agents, calls = [2, 4, 1, 3], np.array([40.0, 55.0, 30.0, 12.0])
    mu, theta, slot_s, within, size = 1 / 240, 1 / 150, 900, 60, 40
    day = queueing.day(
        agents, arrivals_per_h=calls, slot_s=slot_s, aht_s=240, answer_within_s=within, patience_s=150, short_s=10
    )
    laws, begun = exact_laws(agents, calls / 3600, slot_s=slot_s, mu=mu, theta=theta, size=size)
    finishing = 0.0
    for k, n in enumerate(agents):
        at = np.arange(size)
        assert day.mean_queue[k] == pytest.approx(laws[k] @ np.maximum(at - n, 0), rel=1e-9)
        assert day.p_wait[k] == pytest.approx(laws[k][n:].sum(), rel=1e-9)
        served = served_by_chain(size - n - 1, n * mu, theta, within)[0]
        assert day.service_level[k] == pytest.approx(laws[k, :n].sum() + laws[k, n:] @ served, rel=1e-9)
        lost = served_by_chain(size - n - 1, n * mu, theta, 10)[1]
        assert day.p_short_abandon[k] == pytest.approx(laws[k, n:] @ lost, rel=1e-8)
        finishing += begun[k]
        over_s = finishing * (1 - math.exp(-mu * slot_s)) / mu
        finishing *= math.exp(-mu * slot_s)
        busy_s = laws[k] @ np.minimum(at, n) * slot_s + over_s
        assert day.occupancy[k] == pytest.approx(busy_s / (n * slot_s + over_s), rel=1e-9)
    assert day.error_bound < 1e-10


def served_by_chain(ahead, completions, theta, within):
    """Follow one caller with 0 .. `ahead` before him, until served or given up; returns the chances of both within the time, by place."""
    size = ahead + 3
    rates = np.zeros((size, size))
    for place in range(ahead + 1):
        down = place - 1 if place else size - 2
        rates[place, down] += completions + place * theta
        rates[place, size - 1] += theta
    rates -= np.diag(rates.sum(axis=1))
    end = linalg.expm(rates * within)[: ahead + 1]
    return end[:, size - 2], end[:, size - 1]


def test_the_wait_of_a_place_in_the_queue():
    impatient, patient = Shift((3,), 900, 240, 90), Shift((3,), 900, 240, math.inf)
    served, lost = served_by_chain(25, 3 / 240, 1 / 90, 45)
    assert answered_within(3, 25, impatient, 45) == pytest.approx(served, rel=1e-8, abs=1e-15)
    assert given_up_within(3, 25, impatient, 45) == pytest.approx(lost, rel=1e-8)
    assert answered_within(3, 25, patient, 45) == pytest.approx(
        stats.gamma.cdf(45, np.arange(26) + 1, scale=80), rel=1e-9
    )
    nobody = Shift((0,), 900, 240, 90)
    assert answered_within(0, 3, nobody, 45).tolist() == [0, 0, 0, 0]
    assert given_up_within(0, 3, nobody, 45) == pytest.approx([1 - math.exp(-0.5)] * 4)


@pytest.mark.parametrize("patience_s", [None, 120.0])
def test_a_day_against_a_simulation(patience_s):
    """Agents rise and fall, twice the load rises above them. The share of each slot lies within Monte Carlo error."""
    agents, calls = [4, 8, 9, 4, 5], np.array([40.0, 125.0, 110.0, 45.0, 60.0])
    shape = {"slot_s": 1800, "aht_s": 240}
    day = queueing.day(agents, arrivals_per_h=calls, answer_within_s=20, patience_s=patience_s, short_s=15, **shape)
    seen = simulate_days(500, agents, calls, seed=3, within_s=20, patience_s=patience_s, short_s=15, **shape)
    offered, in_time, lost, soon, busy_s, waiting_s, _ = np.moveaxis(seen, 1, 0)
    for figure, top in ((day.service_level, in_time), (day.p_abandon, lost), (day.p_short_abandon, soon)):
        share, error = share_and_error(top, offered)
        assert (np.abs(figure - share) <= 4 * error + 1e-9).all()
    level, error = share_and_error(in_time.sum(axis=1), offered.sum(axis=1))
    assert abs(day.day_service_level - level) <= 4 * error
    assert np.abs(day.mean_queue - waiting_s.mean(axis=0) / 1800) == pytest.approx(
        0, abs=float((4 * waiting_s.std(axis=0) / 1800 / math.sqrt(500)).max())
    )
    # an agent who finishes a contact counts, so busy time is compared where nobody does
    assert day.occupancy[:3] == pytest.approx(
        busy_s.mean(axis=0)[:3] / (1800 * np.array(agents[:3])),
        abs=float((4 * busy_s.std(axis=0) / 1800).max()) / 22 / 4,
    )


@given(
    agents=st.lists(st.integers(0, 12), min_size=1, max_size=5).filter(any),
    calls=st.lists(st.floats(0, 200), min_size=5, max_size=5),
    patience_s=st.floats(20, 2000),
)
@settings(max_examples=25, deadline=None, derandomize=True)
def test_every_contact_offered_is_answered_or_given_up(agents, calls, patience_s):
    """With a long quiet end: contacts answered x handling time = busy agent-time, those included who finish after their shift."""
    agents, calls = [*agents, 3, 3], np.array([*calls[: len(agents)], 0.0, 0.0])
    day = queueing.day(agents, arrivals_per_h=calls, slot_s=3600, aht_s=200, answer_within_s=20, patience_s=patience_s)
    given_up = float(np.sum(day.mean_queue) * 3600 / patience_s)
    busy_h = sum(day.agents) * day.day_occupancy
    # agents who finish late are agents too, so the day's busy hours follow from the share of them that is idle
    assert 0 <= day.day_occupancy <= 1
    offered = calls.sum()
    answered = offered - given_up
    assert day.day_p_abandon * offered == pytest.approx(given_up, rel=1e-9, abs=1e-9)
    late_h = (answered * 200 / 3600 - busy_h) / (1 - day.day_occupancy)
    assert -1e-6 <= late_h <= max(agents) * 200 / 3600 * len(agents)


def test_a_thousand_agents():
    """Twelve times the relaxation time at .95 is reached within the slot; the cut is bounded."""
    day = queueing.day([1000, 1000], arrivals_per_h=950 * 12, slot_s=9000, patience_s=120, **CALLS)
    lasting = queueing.erlang_a(1000, 950.0, patience_s=120, **CALLS)
    assert day.service_level[1] == pytest.approx(lasting.service_level, abs=1e-9)
    assert day.occupancy[1] == pytest.approx(lasting.occupancy, abs=1e-9)
    assert day.error_bound < 1e-10


def test_a_queue_cut_too_short_is_cut_again(monkeypatch):
    """The expected number turned away at the cut bounds the error; it is stated, and too large a one is not accepted."""
    call = {"arrivals_per_h": 54, "slot_s": 3600, **CALLS}
    right = queueing.day([5] * 4, **call)
    monkeypatch.setattr(transient, "_first_cut", lambda *_: 3)
    again = queueing.day([5] * 4, **call)
    assert again.mean_queue == pytest.approx(right.mean_queue, abs=1e-6)
    assert max(right.error_bound, again.error_bound) < 1e-10
    monkeypatch.setattr(transient, "_BLOCKED", math.inf)
    short = queueing.day([5] * 4, **call)
    assert np.abs(short.service_level - right.service_level).max() < short.error_bound


def test_a_peak_is_felt_late_and_long():
    """Without patience an overloaded hour leaves a queue that the formula of the next hour knows nothing of."""
    day = queueing.day([10] * 3, arrivals_per_h=[60, 130, 60], slot_s=3600, **CALLS)
    quiet = queueing.service_level(10, 5.0, **CALLS)
    assert day.service_level[0] > quiet
    assert day.service_level[2] < quiet - 0.1


def test_more_agents_never_hurt_and_more_calls_never_help():
    base = queueing.day([4, 6], arrivals_per_h=[40, 60], slot_s=1800, **CALLS)
    more = queueing.day([4, 7], arrivals_per_h=[40, 60], slot_s=1800, **CALLS)
    fuller = queueing.day([4, 6], arrivals_per_h=[44, 60], slot_s=1800, **CALLS)
    assert (more.service_level >= base.service_level - 1e-12).all()
    assert (fuller.service_level <= base.service_level + 1e-12).all()


def test_what_a_day_says():
    day = queueing.day([2, 0], arrivals_per_h=[12, 0], slot_s=1800, **CALLS)
    assert repr(day).startswith("2 slots, 0 to 2 agents: ")
    assert day.settings["patience_s"] is None
    assert day.by_slot().columns.tolist()[:3] == ["slot", "agents", "arrivals_per_h"]
    assert np.isnan(day.p_abandon[1])
    assert day.service_level[1] == 0
    assert day.to_frame()["quantity"].tolist()[0] == "day_service_level"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"agents": [1, 2.5]}, "agents must be a whole number"),
        ({"arrivals_per_h": [1.0, 2, 3]}, "one number, or one per slot: got 3 for 2 slots"),
        ({"slot_s": 0}, "slot_s must be a finite number above 0"),
        ({"start": "full"}, "start must be one of empty, cyclic, got 'full'"),
        ({"start": "cyclic", "arrivals_per_h": 60}, "more|pile up from day to day"),
        ({"arrivals_per_h": 1e9}, "two million"),
    ],
)
def test_days_are_refused_in_words(more, words):
    given = {"agents": [1, 2], "arrivals_per_h": 6, "slot_s": 1800, **CALLS} | more
    with pytest.raises(ValueError, match=words):
        queueing.day(given.pop("agents"), **given)


PLAIN = """
import json
from analysis import queueing
call = {"arrivals_per_h": [20, 40, 10], "slot_s": 600, "aht_s": 200, "answer_within_s": 20}
a = queueing.day([2, 3, 1], patience_s=90, short_s=5, **call)
b = queueing.day([2, 4, 1], start="cyclic", **call)
print(json.dumps([*a.service_level, *a.p_short_abandon, *a.occupancy, a.day_p_abandon, *b.service_level, *b.mean_queue]))
"""


def test_uncompiled_twin_gives_equal_answers(root):
    answers = with_and_without_compiling(PLAIN, root)
    np.testing.assert_allclose(answers[1], answers[0], rtol=1e-10)


def test_square_root_staffing_ut14():
    """UT14: methods.md section 2 (Halfin & Whitt 1981): one call in five waits at beta of about 1.06; Erlang C tends to it."""
    beta = queueing.halfin_whitt_beta(0.2)
    assert beta == pytest.approx(1.06, abs=0.005)
    assert 1 / (1 + beta * stats.norm.cdf(beta) / stats.norm.pdf(beta)) == pytest.approx(0.2, abs=1e-12)
    for load in (100.0, 10_000.0):
        agents = queueing.square_root_staffing(load, p_wait=0.2)
        around = queueing.erlang_c([math.floor(agents), math.ceil(agents)], load)
        assert around[1] - 0.004 < 0.2 < around[0] + 0.004
    assert np.all(np.diff(queueing.halfin_whitt_beta([0.9, 0.5, 0.1])) > 0)
    with pytest.raises(ValueError, match="p_wait must be above 0"):
        queueing.halfin_whitt_beta(0.0)


@pytest.mark.parametrize("aht_s", [60, 180, 600])
@pytest.mark.parametrize("within", [5, 60])
def test_largest_occupancy_for_other_promises_ut13(aht_s, within):
    """UT13: methods.md section 2: at the largest load the share in time, summed term by term from Erlang C, is the target."""
    for agents in (2, 20, 100):
        rho = queueing.max_occupancy(agents, aht_s=aht_s, target=0.8, answer_within_s=within)
        load = rho * agents
        last = math.exp(agents * math.log(load) - math.lgamma(agents + 1)) * agents / (agents - load)
        below = math.fsum(math.exp(k * math.log(load) - math.lgamma(k + 1)) for k in range(agents))
        in_time = 1 - last / (below + last) * math.exp(-(agents - load) * within / aht_s)
        assert in_time == pytest.approx(0.8, abs=1e-10)
