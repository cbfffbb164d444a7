"""Relative errors of the blended models against arithmetic with 60 digits."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest

from analysis import queueing

mp = mpmath.mpf


@pytest.fixture(autouse=True)
def _digits():
    with mpmath.workdps(60):
        yield


def erlang_c(n, a):
    inverse = mp(1)
    for k in range(1, n + 1):
        inverse = 1 + inverse * k / a
    return (n / (n - a)) / (inverse - 1 + n / (n - a))


@pytest.mark.parametrize(("n", "contacts", "items"), [(20, 15, 3), (1000, 930, 60), (1000, 700, 299)])
def test_two_classes(n, contacts, items):
    found = queueing.preemptive(n, arrivals_per_h=12 * contacts, items_per_h=12 * items, aht_s=300, item_s=300)
    a, b = mp(contacts), mp(contacts + items)
    first, everybody = erlang_c(n, a), erlang_c(n, b)
    wait = first / (n - a) * 300
    later = (everybody * b / (n - b) - first * a / (n - a)) / items * 300
    assert found.contact_wait_s == pytest.approx(float(wait), rel=2e-12)
    assert found.item_wait_s == pytest.approx(float(later), rel=2e-12)
    assert found.interruptions_per_item == pytest.approx(float((everybody - first) * contacts / items), rel=2e-12)


@pytest.mark.parametrize("resume", [0, 90, 400])
def test_one_agent_whose_items_give_way_by_transforms(resume):
    """Mean and mean square of the time an item is in hand, from the second derivative of its transform; contacts exponential, items always as long."""
    lam, items, aht, length, r = mp(5) / 3600, mp(2) / 3600, mp(200), mp(300), mp(resume)

    def busy(s):
        both = lam + 1 / aht + s
        return (both - mpmath.sqrt(both**2 - 4 * lam / aht)) / (2 * lam)

    def in_hand(s):
        calm = mpmath.exp(-(lam + s) * r)
        resumed = calm / (1 - lam / (lam + s) * (1 - calm) * busy(s))
        return mpmath.exp(-(s + lam * (1 - busy(s) * resumed)) * length)

    _, slope, half_square = mpmath.taylor(in_hand, mp(0), 2, h=mp(10) ** -15)
    mean, square, load = -slope, 2 * half_square, lam * aht
    waits = items * square / (2 * (1 - items * mean)) + lam * 2 * aht**2 / (2 * (1 - load) ** 2)
    found = queueing.preemptive(1, arrivals_per_h=5, items_per_h=2, aht_s=200, item_s=300, item_cv=0, resume_s=resume)
    assert found.item_time_s == pytest.approx(float(waits + mean), rel=1e-9)


def endless(n, c, lam, mu, nu, theta, cut):
    """Solve the chain of calls, items in hand and queue block by block, each a tridiagonal system solved by elimination from below."""
    levels = n - c + cut + 1
    above, total, items, waiting = [mp(0)] * levels, mp(0), mp(0), mp(0)
    lowest, starts = mp(1), mp(0)
    for y in range(c, -1, -1):
        down = [(min(c + i, n) - y) * mu + max(c + i - n, 0) * theta for i in range(levels)]
        pivot, right = [mp(0)] * levels, [mp(0)] * levels
        for i in range(levels - 1, 0, -1):
            out = down[i] + y * nu + (lam if i < levels - 1 else 0)
            flow = (y + 1) * nu * above[i + 1] if i < levels - 1 else mp(0)
            if i < levels - 1:
                out -= lam * down[i + 1] / pivot[i + 1]
                flow += down[i + 1] * right[i + 1] / pivot[i + 1]
            pivot[i], right[i] = out, flow
        block = [lowest] + [mp(0)] * (levels - 1)
        for i in range(1, levels):
            block[i] = (lam * block[i - 1] + right[i]) / pivot[i]
        mass = sum(block)
        total, items = total + mass, items + y * mass
        waiting += sum(block[i] * max(c + i - n, 0) for i in range(levels))
        starts += block[0] * ((c - y) * mu + y * nu)
        if y:
            lowest = y * nu * (mass - block[0]) / ((c - y + 1) * mu)
        above = block
    return items / total, waiting / total, starts / total


@pytest.mark.parametrize(
    ("n", "c", "load", "item_s", "patience_s"),
    [(30, 26, 25, 700, 90), (40, 36, 45, 120, 200), (60, 20, 55, 450, math.inf)],
)
def test_items_of_another_length(n, c, load, item_s, patience_s):
    found = queueing.blend(
        n,
        arrivals_per_h=12 * load,
        aht_s=300,
        item_s=item_s,
        threshold=c,
        patience_s=None if math.isinf(patience_s) else patience_s,
    )
    theta = mp(0) if math.isinf(patience_s) else 1 / mp(patience_s)
    items, queue, starts = endless(n, c, mp(load) / 300, 1 / mp(300), 1 / mp(item_s), theta, 420)
    assert found.item_agents == pytest.approx(float(items), rel=1e-12)
    assert found.items_per_h == pytest.approx(float(3600 * starts), rel=1e-12)
    assert found.mean_wait_s == pytest.approx(float(queue * 300 / load), rel=1e-11)


@pytest.mark.parametrize(("n", "c", "load", "share"), [(3, 2, 1.5, 0.6), (4, 4, 2.5, 0.9)])
def test_items_that_arrive_on_their_own(n, c, load, share):
    """Equal lengths: with one entrance below, the level's law follows by linear solves; the mean wait of items by summing levels."""
    most = queueing.blend(n, arrivals_per_h=12 * load, aht_s=300, item_s=300, threshold=c, patience_s=100).items_per_h
    found = queueing.finite_blend(
        n, arrivals_per_h=12 * load, items_per_h=share * most, aht_s=300, item_s=300, threshold=c, patience_s=100
    )
    lam, mu, theta, items = mp(12 * load) / 3600, 1 / mp(300), 1 / mp(100), mp(share * most) / 3600
    top = n + 26

    def generator(first):
        size = top + 1 - first
        matrix = mpmath.zeros(size)
        for i in range(size):
            j = first + i
            ends = min(j, n) * mu + max(j - n, 0) * theta
            if i:
                matrix[i, i - 1] -= ends
            matrix[i, i] += ends + items
            up = (lam if j < top else 0) + (items if j < c else 0)
            if j < top:
                matrix[i, i + 1] -= up
            matrix[i, i] += up - (items if j < c else 0)
        return matrix

    rest = generator(0)
    for i in range(c, top + 1):
        rest[i, c] -= items  # the level above is left for j = c
    system = rest.T
    for j in range(top + 1):
        system[top, j] = 1
    right = mpmath.zeros(top + 1, 1)
    right[top] = 1
    law = mpmath.lu_solve(system, right)
    busy = generator(c)
    for i in range(top + 1 - c):
        busy[i, 0] -= items
    inverse = (busy**-1).T * items
    here, total, waiting, level = law[c : top + 1, 0], mp(1), mp(0), 0
    while level < 400:
        level += 1
        here = inverse * here
        mass = sum(here)
        total, waiting = total + mass, waiting + level * mass
    assert found.items_waiting == pytest.approx(float(waiting / total), rel=1e-9)
    assert found.p_item_waits == pytest.approx(float(1 - sum(law[j] for j in range(c)) / total), rel=1e-10)


def test_a_thousand_agents_keep_their_digits():
    """Items all but as long as calls, by two quite different chains."""
    shape = {"arrivals_per_h": 11_400, "aht_s": 300, "threshold": 985, "patience_s": 120}
    one, two = (queueing.blend(1000, item_s=length, **shape) for length in (300, 300 * (1 + 1e-13)))
    for name in ("item_agents", "p_wait", "p_abandon", "mean_wait_s", "service_level"):
        assert getattr(two, name) == pytest.approx(getattr(one, name), rel=1e-11), name
    day = queueing.blended_day([1000] * 2, slot_s=6000, item_s=300, answer_within_s=20, **shape)
    np.testing.assert_allclose(day.item_agents[-1], one.item_agents, rtol=1e-7)
