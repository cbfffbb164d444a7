"""Contacts before items: against a written-out chain and a simulation of one agent, both independent of the formulas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import queueing

PAIR = {"arrivals_per_h": 6, "items_per_h": 3, "aht_s": 240, "item_s": 360}


def written_out(n, lam, items, mu, *, gives_way, most=70):
    """Return mean contacts and items of two classes with equal rates, by solving the chain of (contacts, items in system, items in hand)."""
    states = [
        (x, y, h)
        for x in range(most)
        for y in range(most)
        for h in ([min(y, max(n - x, 0))] if gives_way else range(min(y, n) + 1))
    ]
    if not gives_way:  # nobody is free while somebody waits
        states = [(x, y, h) for x, y, h in states if min(x, n - h) + h == min(n, x + y)]
    at = {state: number for number, state in enumerate(states)}
    from scipy import sparse
    from scipy.sparse.linalg import spsolve

    def to(x, y, h):
        """A freed agent takes a contact, else an item."""
        if gives_way:
            return x, y, min(y, max(n - x, 0))
        return x, y, max(h, min(y, n - min(x, n - h)))

    rows, columns, rates = [], [], []
    for (x, y, h), here in at.items():
        moves = [
            (lam, to(x + 1, y, h)),
            (items, to(x, y + 1, h)),
            (min(x, n - h) * mu, to(x - 1, y, h)),
            (h * mu, to(x, y - 1, h - 1)),
        ]
        for rate, target in moves:
            if rate and target in at:
                rows += [at[target], here]
                columns += [here, here]
                rates += [rate, -rate]
    matrix = sparse.csr_matrix((rates, (rows, columns)), shape=(len(states), len(states))).tolil()
    matrix[0] = 1.0
    law = spsolve(matrix.tocsc(), np.eye(len(states))[0])
    pairs = np.array(states)
    return law @ pairs[:, 0], law @ pairs[:, 1]


@pytest.mark.parametrize("gives_way", [True, False])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_against_the_written_out_chain(n, gives_way):
    lam, items, mu = 0.4 * n, 0.25 * n, 1.0
    contacts, waiting_items = written_out(n, lam, items, mu, gives_way=gives_way)
    found = queueing.preemptive(
        n, arrivals_per_h=3600 * lam, items_per_h=3600 * items, aht_s=1, item_s=1, gives_way=gives_way
    )
    assert found.contacts == pytest.approx(contacts, rel=1e-7)
    assert found.items == pytest.approx(waiting_items, rel=1e-7)
    assert found.occupancy == pytest.approx(0.65)


def one_agent(contacts, items, resume, rng, count):
    """Follow one agent who lays items aside: mean contact wait, mean item time, interruptions per item. Lengths are drawn by the callables."""
    arrivals = np.cumsum(rng.exponential(1 / contacts[0], int(count * contacts[0] / items[0])))
    handle = contacts[1](len(arrivals))
    begun, at = np.cumsum(rng.exponential(1 / items[0], count)), 0.0
    length = items[1](count)
    waits, times, laid_aside, k = [], [], 0, 0

    def serve_contacts(now):
        """Contacts that have come until now, and those who come meanwhile."""
        nonlocal k
        while k < len(arrivals) and arrivals[k] <= now:
            waits.append(now - arrivals[k])
            now += handle[k]
            k += 1
        return now

    for start, work in zip(begun, length, strict=True):
        while at < start and k < len(arrivals):
            at = max(at, min(start, arrivals[k]))
            at = serve_contacts(at)
        at = serve_contacts(max(at, start))
        left, lost = work, 0.0
        while True:
            coming = arrivals[k] if k < len(arrivals) else np.inf
            if at + lost + left <= coming:
                at += lost + left
                break
            left -= max(0.0, coming - at - lost)
            lost = resume
            laid_aside += 1
            at = serve_contacts(coming)
        times.append(at - start)
    return np.array(waits), np.array(times), laid_aside / count


@pytest.mark.parametrize(("resume", "item_cv"), [(0.0, 0.0), (45.0, 0.0), (120.0, 1.0)])
def test_one_agent_against_a_simulation(resume, item_cv):
    """Constant or exponential items, contacts of two lengths, with and without what resumption costs."""
    rng = np.random.default_rng(7)
    lengths = np.array([120.0, 360.0])
    waits, times, laid_aside = one_agent(
        (1 / 600, lambda size: rng.choice(lengths, size)),
        (1 / 1200, (lambda size: rng.exponential(300.0, size)) if item_cv else (lambda size: np.full(size, 300.0))),
        resume,
        rng,
        60_000,
    )
    found = queueing.preemptive(
        1, arrivals_per_h=6, items_per_h=3, aht_s=240, item_s=300, aht_cv=0.5, item_cv=item_cv, resume_s=resume
    )
    for seen, expected in ((waits, found.contact_wait_s), (times, found.item_time_s)):
        blocks = np.array([block.mean() for block in np.array_split(seen, 40)])
        assert abs(seen.mean() - expected) < 4 * blocks.std() / np.sqrt(40)
    assert laid_aside == pytest.approx(found.interruptions_per_item, rel=0.02)


@given(st.integers(2, 60), st.floats(0.05, 0.9), st.floats(0.05, 0.9), st.booleans())
@settings(max_examples=60)
def test_the_order_of_service_does_not_change_the_total(n, load, items, gives_way):
    """Equal lengths: all together they see M/M/n, whoever comes first; and one agent's closed form is the many agents' at n = 1."""
    arrivals, more = 12 * n * load * 0.98, 12 * n * (1 - load) * items
    found = queueing.preemptive(
        n, arrivals_per_h=arrivals, items_per_h=more, aht_s=300, item_s=300, gives_way=gives_way
    )
    total = (arrivals + more) / 12
    waiting = queueing.erlang_c(n, total) * total / (n - total)
    assert found.contact_queue + found.item_queue == pytest.approx(waiting, rel=1e-9)
    assert found.contact_time_s <= found.item_time_s * (1 + 1e-12)
    assert found.interruptions_per_item >= 0


def test_contacts_do_not_see_items_that_give_way():
    found = queueing.preemptive(12, arrivals_per_h=96, items_per_h=40, aht_s=300, item_s=300)
    assert found.p_wait == queueing.erlang_c(12, 8.0)
    assert found.contact_wait_s == pytest.approx(queueing.erlang_c(12, 8.0) * 300 / 4)


def test_items_that_give_way_wait_longer_and_contacts_shorter_than_in_line():
    for n, more in ((1, {}), (6, {"arrivals_per_h": 30, "items_per_h": 30, "item_s": 240})):
        way, line = (queueing.preemptive(n, **PAIR | more, gives_way=rule) for rule in (True, False))
        assert way.contact_wait_s < line.contact_wait_s
        assert way.item_time_s > line.item_time_s


@pytest.mark.parametrize(
    ("n", "changed", "words"),
    [
        (2, {}, r"no closed form is known for 2 agents where contacts and items are not equally long: simulate"),
        (2, {"item_s": 240, "item_cv": 0}, r"where a length is not exponential"),
        (2, {"item_s": 240, "resume_s": 15}, r"where taking an item up again costs time"),
        (
            1,
            {"items_per_h": 7},
            r"contacts of 0.4 erlangs and items of 0.7 need more than 1 agent: items would pile up",
        ),
        (1, {"resume_s": 500}, r"items of 0.3 \(0.69 with what resumption costs\) need more than 1 agent"),
        (1, {"resume_s": 5, "gives_way": False}, r"resume_s must be 0 where items do not give way"),
        (1, {"items_per_h": 0}, r"items_per_h must be a finite number above 0, got 0"),
        (0, {}, r"agents must be a whole number of 1 or more, got 0"),
    ],
)
def test_refusals(n, changed, words):
    with pytest.raises(ValueError, match=words):
        queueing.preemptive(n, **PAIR | changed)


def test_words_and_rows():
    found = queueing.preemptive(1, **PAIR)
    assert repr(found).startswith("1 agent, 6 contacts and 3 items an hour, items give way: a contact waits 160.0 s")
    assert found.settings["gives_way"] is True
    assert set(found.to_frame()["quantity"]) >= {"item_time_s", "contact_queue", "occupancy"}
