"""A blended day: against the day without items, the settled chain, matrix exponentials over calls and items, and a simulation."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg

from analysis import queueing
from analysis.queueing import transient, two_lengths_day
from tests.queueing.simulated_day import share_and_error, simulate_days
from tests.queueing.twin import with_and_without_compiling

CALLS = {"aht_s": 300, "answer_within_s": 20}
DAY = ("service_level", "p_wait", "p_abandon", "p_short_abandon", "occupancy", "mean_queue")


@pytest.mark.parametrize("patience_s", [None, 90.0])
@pytest.mark.parametrize("start", ["empty", "cyclic"])
def test_without_items_it_is_the_day(patience_s, start):
    shape = {"arrivals_per_h": [30, 66, 20.0], "slot_s": 1800, "patience_s": patience_s, "start": start, **CALLS}
    plain = queueing.day([3, 6, 4], short_s=5, **shape)
    blended = queueing.blended_day([3, 6, 4], threshold=0, item_s=500, short_s=5, **shape)
    for name in DAY:
        assert getattr(blended, name) == pytest.approx(getattr(plain, name), rel=1e-12, abs=1e-14), name
    assert not blended.item_agents.any()
    assert not blended.net_agents.any()
    assert blended.day_items == 0


@pytest.mark.parametrize(
    ("agents", "load", "threshold", "patience_s"),
    [(20, 15, 16, None), (20, 15, 17, 120.0), (8, 9, 8, 60.0), (1, 0.3, 1, 30.0)],
)
def test_long_settled_slots_are_blend(agents, load, threshold, patience_s):
    shape = {"arrivals_per_h": 12 * load, "item_s": 300, "patience_s": patience_s, **CALLS}
    day = queueing.blended_day([agents] * 2, threshold=[0, threshold], slot_s=60_000, **shape)
    lasting = queueing.blend(agents, threshold=threshold, **shape)
    day_long = queueing.blended_day([agents] * 4, threshold=threshold, slot_s=60_000, **shape)
    for name in ("service_level", "p_wait", "p_abandon", "occupancy", "item_agents", "items_per_h", "net_agents"):
        assert getattr(day_long, name)[-1] == pytest.approx(getattr(lasting, name), rel=1e-9, abs=1e-9), name
    assert day.item_agents[0] == 0
    assert day.item_agents[1] == pytest.approx(lasting.item_agents, rel=2e-2)


def written_out(agents, calls, thresholds, *, slot_s, rates, within, most):
    """Follow calls (in hand and waiting) and items as a full matrix, agents never falling: level, agents on items, busy agents per slot."""
    mu, nu, theta = rates
    top = max(thresholds)
    states = [(x, y) for y in range(top + 1) for x in range(max(agents) - y + most + 1)]
    place = {state: number for number, state in enumerate(states)}
    law = np.zeros(len(states))
    law[place[0, 0]] = 1.0
    found = []
    for n, lam, c in zip(agents, calls / 3600, thresholds, strict=True):
        started = np.zeros(len(states))
        for (x, y), chance in zip(states, law, strict=True):
            started[place[x, max(y, min(c - x, top))]] += chance
        size = len(states)
        moves = np.zeros((size, size))
        for (x, y), here in place.items():
            working = min(x, n - y)
            if (x + 1, y) in place:
                moves[here, place[x + 1, y]] += lam
            moves[here, place[max(x - 1, 0), max(y, min(c - x + 1, top))]] += working * mu
            moves[here, place[max(x - 1, 0), y]] += (x - working) * theta
            moves[here, place[x, max(y - 1, min(c - x, top), 0)]] += y * nu
        moves -= np.diag(moves.sum(axis=1))
        block = np.block([[moves, np.eye(size)], [np.zeros((size, 2 * size))]])
        moved = linalg.expm(block * slot_s)
        mean, law = started @ moved[:size, size:] / slot_s, started @ moved[:size, :size]
        level = sum(
            chance * served(state, n, rates, within)
            for state, chance in zip(states, mean, strict=True)
            if chance > 1e-14
        )
        on_items = sum(chance * y for (_, y), chance in zip(states, mean, strict=True))
        busy = sum(chance * (min(x, n - y) + y) for (x, y), chance in zip(states, mean, strict=True))
        found.append((level, on_items, busy / n))
    return np.array(found)


def served(state, n, rates, within):
    """Return the chance that a caller who finds the state is served within the time: a chain over places ahead and items in hand."""
    (x, y), (mu, nu, theta) = state, rates
    if x + y < n:
        return 1.0
    ahead = x + y - n
    places = [(r, i) for r in range(ahead + 1) for i in range(y + 1)]
    at = {place: number for number, place in enumerate(places)}
    moves = np.zeros((len(places) + 2, len(places) + 2))
    for (r, i), here in at.items():
        for rate, left in (((n - i) * mu, i), (i * nu, i - 1)):
            if rate:
                moves[here, at[r - 1, left] if r else len(places)] += rate
        if r:
            moves[here, at[r - 1, i]] += r * theta
        moves[here, -1] += theta
    moves -= np.diag(moves.sum(axis=1))
    return linalg.expm(moves * within)[at[ahead, y], len(places)]


@pytest.mark.parametrize("item_s", [200, 350])
@pytest.mark.parametrize("patience_s", [40.0])
def test_a_small_day_against_matrix_exponentials(patience_s, item_s):
    agents, calls, thresholds = [3, 3, 4], np.array([40.0, 20.0, 60.0]), [2, 3, 1]
    day = queueing.blended_day(
        agents,
        arrivals_per_h=calls,
        threshold=thresholds,
        slot_s=700,
        aht_s=200,
        item_s=item_s,
        answer_within_s=40,
        patience_s=patience_s,
    )
    rates = (1 / 200, 1 / item_s, 1 / patience_s)
    expected = written_out(agents, calls, thresholds, slot_s=700, rates=rates, within=40, most=10)
    assert np.column_stack([day.service_level, day.item_agents, day.occupancy]) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("patience_s", [None, 90.0])
def test_two_lengths_become_one(patience_s):
    """Items all but as long as contacts; agents and thresholds rise and fall: two quite different chains."""
    agents, calls, thresholds = [6, 8, 9, 4, 5], np.array([40.0, 105.0, 60.0, 25.0, 40.0]), [4, 2, 9, 0, 3]
    shape = {"arrivals_per_h": calls, "threshold": thresholds, "slot_s": 1800, "aht_s": 240, "answer_within_s": 20}
    one, two = (
        queueing.blended_day(agents, item_s=length, patience_s=patience_s, short_s=8, **shape)
        for length in (240, 240 * (1 + 1e-12))
    )
    for name in (*DAY, "item_agents", "net_agents"):
        assert getattr(two, name) == pytest.approx(getattr(one, name), rel=1e-8, abs=1e-9), name
    for name in ("day_service_level", "day_occupancy", "day_items", "queue_at_end"):
        assert getattr(two, name) == pytest.approx(getattr(one, name), rel=1e-8, abs=1e-9), name


def test_thresholds_that_fall_leave_no_more_on_items_than_busy():
    """Long slots after a fall, calls far shorter than items: items in hand run out exponentially, as nobody starts any and no call comes."""
    shape = {"arrivals_per_h": [400, 0.0], "slot_s": 900, "aht_s": 20, "answer_within_s": 20, "patience_s": 30}
    day = queueing.blended_day([19, 26], threshold=[11, 0], item_s=60, **shape)
    begin = queueing.blended_day([19], threshold=[11], item_s=60, **shape | {"arrivals_per_h": 400})
    # averaged over 15 mean lengths of an item: one fifteenth of those in hand at the beginning
    assert day.item_agents[1] == pytest.approx(
        queueing.blend(19, threshold=11, arrivals_per_h=400, aht_s=20, item_s=60, patience_s=30).item_agents / 15,
        rel=1e-4,
    )
    assert begin.item_agents[0] == pytest.approx(day.item_agents[0], rel=1e-12)


@pytest.mark.parametrize("item_s", [120, 700])
def test_long_settled_slots_of_two_lengths_are_blend(item_s):
    shape = {"arrivals_per_h": 120, "threshold": 12, "item_s": item_s, "patience_s": 150, **CALLS}
    day = queueing.blended_day([14] * 2, slot_s=20_000, **shape)
    lasting = queueing.blend(14, **shape)
    for name in ("service_level", "p_wait", "p_abandon", "occupancy", "item_agents", "items_per_h", "net_agents"):
        assert getattr(day, name)[-1] == pytest.approx(getattr(lasting, name), rel=1e-8, abs=1e-9), name


@pytest.mark.parametrize("item_s", [100, 600])
@pytest.mark.parametrize("patience_s", [None, 120.0])
def test_against_a_simulation(patience_s, item_s):
    """Agents and thresholds rise and fall; those who leave finish what they have in hand."""
    agents, calls, thresholds = [6, 8, 9, 4, 5], np.array([40.0, 105.0, 60.0, 25.0, 40.0]), [4, 2, 9, 0, 3]
    shape = {"slot_s": 1800, "aht_s": 240}
    day = queueing.blended_day(
        agents,
        arrivals_per_h=calls,
        threshold=thresholds,
        item_s=item_s,
        answer_within_s=20,
        patience_s=patience_s,
        short_s=15,
        **shape,
    )
    seen = simulate_days(
        400, agents, calls, seed=4, within_s=20, patience_s=patience_s, short_s=15, items=(item_s, thresholds), **shape
    )
    offered, in_time, lost, soon, *_, item_s = np.moveaxis(seen, 1, 0)
    for figure, top in ((day.service_level, in_time), (day.p_abandon, lost), (day.p_short_abandon, soon)):
        share, error = share_and_error(top, offered)
        assert (np.abs(figure - share) <= 4 * error + 1e-9).all()
    error = item_s.std(axis=0) / 1800 / math.sqrt(400)
    assert (np.abs(day.item_agents - item_s.mean(axis=0) / 1800) <= 4 * error + 1e-9).all()


@given(
    agents=st.lists(st.integers(1, 12), min_size=3, max_size=3),
    calls=st.lists(st.floats(0, 150), min_size=3, max_size=3),
    kept_free=st.integers(0, 6),
    patience_s=st.one_of(st.none(), st.floats(20, 2000)),
)
@settings(max_examples=20, deadline=None, derandomize=True)
def test_a_higher_threshold_never_serves_callers_better(agents, calls, kept_free, patience_s):
    shape = {"arrivals_per_h": calls, "slot_s": 1800, "item_s": 300, "patience_s": patience_s, **CALLS}
    low = [max(0, n - kept_free - 1) for n in agents]
    less = queueing.blended_day(agents, threshold=low, **shape)
    more = queueing.blended_day(agents, threshold=[max(0, n - kept_free) for n in agents], **shape)
    assert (more.service_level <= less.service_level + 1e-9).all()
    assert more.day_item_agents >= less.day_item_agents - 1e-9
    # what is gained was idle before
    idle = (
        np.array(agents) - queueing.day(agents, **{k: v for k, v in shape.items() if k != "item_s"}).occupancy * agents
    )
    if agents == sorted(agents):
        assert (more.net_agents <= idle + 1e-9).all()


def test_a_cyclic_day_is_the_last_of_many():
    shape = {"slot_s": 1800, "item_s": 300, **CALLS}
    agents, calls, thresholds = [5, 6, 5], np.array([30.0, 50, 20]), [3, 6, 0]
    once = queueing.blended_day(agents, arrivals_per_h=calls, threshold=thresholds, start="cyclic", **shape)
    many = queueing.blended_day(agents * 12, arrivals_per_h=np.tile(calls, 12), threshold=thresholds * 12, **shape)
    for name in ("service_level", "item_agents", "occupancy"):
        assert getattr(once, name) == pytest.approx(getattr(many, name)[-3:], abs=1e-8), name


def test_a_thousand_agents_settle_as_blend():
    shape = {"arrivals_per_h": 11_000, "item_s": 300, "patience_s": 120, **CALLS}
    day = queueing.blended_day([1000] * 2, threshold=960, slot_s=9000, **shape)
    lasting = queueing.blend(1000, threshold=960, **shape)
    for name in ("service_level", "item_agents", "occupancy", "p_abandon"):
        assert getattr(day, name)[-1] == pytest.approx(getattr(lasting, name), rel=1e-7, abs=1e-9), name


def test_whoever_finds_the_cut_is_turned_away_and_nobody_is_lost(monkeypatch):
    """With the queue cut at three the law still adds up to one, and the error says how many were turned away."""
    shift = transient.Shift((4, 5), 900.0, 240.0, 60.0, (2, 4))
    arrivals = np.array([90.0, 120.0]) / 3600
    right = two_lengths_day.follow(shift, arrivals, 400.0)
    monkeypatch.setattr(transient, "follow", lambda *_: SimpleNamespace(longest=3))
    monkeypatch.setattr(two_lengths_day, "_BLOCKED", math.inf)
    short = two_lengths_day.follow(shift, arrivals, 400.0)
    assert [law.sum() for law in short.laws] == pytest.approx([1, 1], abs=1e-12)
    far = max(np.abs(law - true[:, : law.shape[1]]).sum() for law, true in zip(short.laws, right.laws, strict=True))
    assert 1e-3 < far < 2 * short.error


def test_words_and_rows():
    day = queueing.blended_day([4, 5], arrivals_per_h=[20, 24], threshold=[2, 3], slot_s=1800, item_s=300, **CALLS)
    assert repr(day).startswith("2 slots, 4 to 5 agents, items below 2 to 3 busy: ")
    assert day.by_slot()["threshold"].tolist() == [2, 3]
    assert day.settings["item_s"] == 300
    frame = day.to_frame().set_index("quantity")
    assert frame.loc["day_items", "value"] == pytest.approx(day.items_per_h.sum() / 2)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"threshold": [2, 6]},
            r"threshold must be at most the number of agents, got 6 for 5 agents in slot 1 \(1 of 2 slots\)",
        ),
        ({"threshold": [2, 3, 4]}, r"threshold must be one number, or one per slot: got 3 for 2 slots"),
        ({"threshold": -1}, r"threshold must be a whole number of 0 or more, got -1"),
        ({"item_s": 0}, r"item_s must be a finite number above 0, got 0"),
        ({"start": "warm"}, r"start must be one of empty, cyclic, got 'warm'"),
        ({"item_s": 200, "start": "cyclic"}, r"start must be empty where items are longer or shorter than contacts"),
        ({"arrivals_per_h": 80, "start": "cyclic"}, r"contacts that never give up would pile up from day to day"),
    ],
)
def test_refusals(changed, words):
    given_ = {"arrivals_per_h": [20, 24], "threshold": 1, "slot_s": 1800, "item_s": 300, **CALLS} | changed
    with pytest.raises(ValueError, match=words):
        queueing.blended_day([4, 5], **given_)


SCRIPT = """
import json
from analysis import queueing
call = {"arrivals_per_h": [20, 30, 10], "slot_s": 900, "aht_s": 200, "item_s": 200, "answer_within_s": 20}
a = queueing.blended_day([2, 3, 1], threshold=[1, 3, 0], patience_s=90, short_s=5, **call)
b = queueing.blended_day([2, 3, 1], threshold=[1, 3, 0], patience_s=20, **call | {"item_s": 90, "slot_s": 40})
print(json.dumps([one for day in (a, b) for one in (day.service_level.tolist(), day.item_agents.tolist(), day.net_agents.tolist(), day.queue_at_end)]))
"""


def test_the_plain_twin_agrees(pytestconfig):
    compiled, plain = with_and_without_compiling(SCRIPT, pytestconfig.rootpath)
    for one, other in zip(compiled, plain, strict=True):
        assert one == pytest.approx(other, rel=1e-12, abs=1e-15)
