"""Compiled arithmetic of one queue: states below saturation, the law of the wait, one cell, the staffing search.

All kernels that call one another live in this file: a compiled function is renewed when its own file changes, not when
the file of a function it calls does.

Time is measured in mean handling times: `eta` = mean handling time / mean patience, `tau` = threshold / mean handling time.
"""

from __future__ import annotations

import math

import numpy as np

from analysis.foundation.compiled import kernel

# Gauss-Legendre nodes of one panel; a panel never spans a fall of the integrand by more than exp(_FALL).
_NODES, _WEIGHTS = (part.copy() for part in np.polynomial.legendre.leggauss(14))
_FALL = 9.0
# (y - 1 + exp(-y)) / y^2 = 1/2! - y/3! + y^2/4! - ..., the last coefficient first.
_SERIES = np.array([1.0 / math.factorial(k) for k in range(14, 1, -1)])
_NEGLIGIBLE = 1e-18
_LARGE, _SMALL = 1e100, 1e-100
# Below this load the results of an empty system are exact to double precision.
NO_LOAD = 1e-150


@kernel
def free_weight(n: float, a: float) -> float:
    """Return P(some agent free) / P(all busy, none beyond) of the loss system: 1/B - 1; infinite beyond 1e308."""
    if a == 0.0:
        return math.inf if n > 0 else 0.0
    term, total = 1.0, 0.0
    k = n
    while k >= 1.0:
        term *= k / a
        total += term
        if (k <= a and term < _NEGLIGIBLE * total) or total == math.inf:
            break
        k -= 1.0
    return total


@kernel
def wait_probability(n: float, a: float) -> float:
    """Return Erlang C for a < n."""
    ratio = n / (n - a)  # divided first: (n - a) times the weight could overflow where the answer does not
    return ratio / (free_weight(n, a) + ratio)


@kernel
def share_in_time(n: float, a: float, tau: float) -> float:
    """Return P(wait <= tau) of Erlang C for a < n, without cancellation near 0."""
    free = free_weight(n, a)
    if free > 1e290:
        return 1.0
    served_later = n * -math.expm1(-(n - a) * tau)
    return ((n - a) * free + served_later) / ((n - a) * free + n)


@kernel
def states_below(n: float, a: float, c: float) -> tuple[float, float, float, float]:
    """Return weights of: state n, states c..n-1, their mean number of free agents, state c; rescaled against overflow."""
    unit, below, free, term = 1.0, 0.0, 0.0, 1.0
    k = n
    while k > c:
        term *= k / a
        below += term
        free += (n - k + 1.0) * term
        if term > _LARGE:
            unit, below, free, term = unit * _SMALL, below * _SMALL, free * _SMALL, term * _SMALL
        if k <= a and term < (1e-290 if c > 0.0 else _NEGLIGIBLE * below):
            term = 0.0
            break
        k -= 1.0
    return unit, below, free, term


@kernel
def _bend(y: float) -> float:
    """Return (y - 1 + exp(-y)) / y without cancellation."""
    if abs(y) > 0.25:
        return (y + math.expm1(-y)) / y
    total = 0.0
    for coefficient in _SERIES:
        total = coefficient - total * y
    return total * y


@kernel
def _panel(law: tuple[float, float, float, float], start: float, end: float) -> tuple[float, float]:
    """Integrate the density of the offered wait over one panel, split into callers who stay and callers who leave."""
    slope, pull, eta, anchor = law
    half, middle = 0.5 * (end - start), 0.5 * (end + start)
    stay, leave = 0.0, 0.0
    for i in range(_NODES.size):
        t = middle + half * _NODES[i]
        density = _WEIGHTS[i] * math.exp(-t * (slope + pull * _bend(eta * t)))
        gone = -math.expm1(-eta * (t + anchor))
        stay += density * (1.0 - gone)
        leave += density * gone
    return stay * half, leave * half


@kernel
def _integrate(law: tuple[float, float, float, float], low: float, high: float) -> tuple[float, float]:
    """Integrate the density from low to high (measured from the anchor), outwards from its largest value there."""
    slope, pull, eta, anchor = law
    start = min(max(0.0, low), high)
    peak = -start * (slope + pull * _bend(eta * start))
    stay, leave = 0.0, 0.0
    if peak < -745.0:
        return stay, leave  # below the smallest number; and there the step could be less than the spacing of numbers
    enough = peak - 45.0 - eta * anchor
    t = start
    while t < high:
        fade = math.exp(-eta * t)
        fall, curve = slope - pull * math.expm1(-eta * t), pull * eta * fade
        step = 2.0 * _FALL / (fall + math.sqrt(fall * fall + 2.0 * _FALL * curve))
        if fade * max(pull / eta, 1.0) > _NEGLIGIBLE:
            step = min(step, 3.0 / eta)
        end = min(t + step, high)
        more, less = _panel(law, t, end)
        stay, leave, t = stay + more, leave + less, end
        if -t * (slope + pull * _bend(eta * t)) < enough:
            break
    t = start
    while t > low:
        # left of the mode the curvature grows, within one step at most by the factor e
        rise, curve = pull * math.expm1(-eta * t), math.e * pull * eta * math.exp(-eta * t)
        step = min(1.0 / eta, 2.0 * _FALL / (rise + math.sqrt(rise * rise + 2.0 * _FALL * curve)))
        end = max(t - step, low)
        more, less = _panel(law, end, t)
        stay, leave, t = stay + more, leave + less, end
        if -t * (slope + pull * _bend(eta * t)) < enough:
            break
    return stay, leave


@kernel
def _offered_wait(n: float, a: float, eta: float, tau: float) -> tuple[float, float, float, float, float]:
    """Return the weight of state n, and of callers who stay and leave with an offered wait up to tau and beyond.

    The density of the offered wait is proportional to exp(a/eta (1 - exp(-eta x)) - n x). Anchored at its mode, where
    it has one above 0, it reads exp(-n t bend(eta t)), else exp(-(n - a) x - a x bend(eta x)): no number overflows.
    """
    if eta == 0.0:
        beyond = math.exp(-(n - a) * tau)
        return 1.0, n * -math.expm1(-(n - a) * tau) / (n - a), 0.0, n * beyond / (n - a), 0.0
    if a > n:
        slope, pull, anchor = 0.0, n, math.log1p((a - n) / n) / eta
    else:
        slope, pull, anchor = n - a, a, 0.0
    saturated = math.exp(anchor * (slope + pull * _bend(-eta * anchor))) if anchor > 0.0 else 1.0
    law = (slope, pull, eta, anchor)
    stay, leave = _integrate(law, -anchor, tau - anchor)
    stay_later, leave_later = _integrate(law, tau - anchor, math.inf)
    return saturated, n * stay, n * leave, n * stay_later, n * leave_later


@kernel
def cell(
    n: float, a: float, eta: float, tau: float, c: float
) -> tuple[float, float, float, float, float, float, float]:
    """Solve M/M/n+M in which busy agents never fall below c, items being as long as calls.

    Returns P(wait), P(abandon), mean wait, P(served within tau), P(in queue longer than tau), mean number of agents
    on items, mean number of free agents. `eta` 0 needs a < n; a > 0, n >= 1, 0 <= c <= n.
    """
    unit, below, free, lowest = states_below(n, a, c)
    saturated, stay, leave, stay_later, leave_later = _offered_wait(n, a, eta, tau)
    waiting = unit * (stay + leave + stay_later + leave_later)
    total = below * saturated + waiting
    abandon = unit * (leave + leave_later) / total
    mean_wait = abandon / eta if eta > 0.0 else waiting / total / (n - a)
    return (
        waiting / total,
        abandon,
        mean_wait,
        (below * saturated + unit * stay) / total,
        math.exp(-eta * tau) * unit * (stay_later + leave_later) / total,
        c * lowest * saturated / total,
        free * saturated / total,
    )


@kernel
def served_in_time(n: float, a: float, eta: float, tau: float) -> float:
    """Return the share of offered calls that are served within tau; 0 where no steady state exists."""
    if n < 1.0:
        return 0.0
    if eta == 0.0:
        return share_in_time(n, a, tau) if a < n else 0.0
    return cell(n, a, eta, tau, 0.0)[3]


@kernel
def fewest_agents(a: float, eta: float, tau: float, target: float) -> float:
    """Return the smallest n with served_in_time >= target; the share never falls in n."""
    if a <= NO_LOAD:
        return 0.0 if a == 0.0 else 1.0
    # n agents serve at most n of a erlangs, so fewer than a * target never meet it; without patience n <= a never does
    low = float(math.floor(a)) if eta == 0.0 else max(0.0, math.floor(a * target) - 1.0)
    high, step = max(low + 1.0, float(math.floor(a))), 1.0
    while served_in_time(high, a, eta, tau) < target:
        low, high, step = high, high + step, 2.0 * step
    while high - low > 1.0:
        middle = math.floor(0.5 * (low + high))
        if served_in_time(middle, a, eta, tau) >= target:
            high = middle
        else:
            low = middle
    return high


@kernel
def largest_load(n: float, eta: float, tau: float, target: float) -> float:
    """Return the largest load with served_in_time >= target, to the last bit; the share never rises in the load."""
    low, high = 0.0, n
    while eta > 0.0 and served_in_time(n, high, eta, tau) >= target:
        low, high = high, 2.0 * high
    while True:
        middle = 0.5 * (low + high)
        if middle <= low or middle >= high or middle <= NO_LOAD:
            return low
        if served_in_time(n, middle, eta, tau) >= target:
            low = middle
        else:
            high = middle


@kernel
def fill_erlang_b(n: np.ndarray, a: np.ndarray, out: np.ndarray) -> None:
    """Fill `out` with the blocking probability of every pair."""
    for i in range(out.size):
        out[i] = 1.0 / (1.0 + free_weight(n[i], a[i]))


@kernel
def fill_erlang_c(n: np.ndarray, a: np.ndarray, out: np.ndarray) -> None:
    """Fill `out` with the waiting probability of every pair."""
    for i in range(out.size):
        out[i] = wait_probability(n[i], a[i])


@kernel
def fill_service_level(n: np.ndarray, a: np.ndarray, tau: np.ndarray, out: np.ndarray) -> None:
    """Fill `out` with the share answered in time of every case."""
    for i in range(out.size):
        out[i] = share_in_time(n[i], a[i], tau[i])


@kernel
def fill_agents_required(a: np.ndarray, eta: np.ndarray, tau: np.ndarray, target: np.ndarray, out: np.ndarray) -> None:
    """Fill `out` with the fewest agents of every case."""
    for i in range(out.size):
        out[i] = int(fewest_agents(a[i], eta[i], tau[i], target[i]))


@kernel
def fill_max_occupancy(n: np.ndarray, eta: np.ndarray, tau: np.ndarray, target: np.ndarray, out: np.ndarray) -> None:
    """Fill `out` with the occupancy at the largest load of every case."""
    for i in range(out.size):
        load = largest_load(n[i], eta[i], tau[i], target[i])
        if eta[i] == 0.0 or load == 0.0:
            out[i] = load / n[i]
        else:
            out[i] = 1.0 - cell(n[i], load, eta[i], tau[i], 0.0)[6] / n[i]


@kernel
def largest_threshold(n: float, a: float, eta: float, tau: float, target: float) -> float:
    """Return the largest number of busy agents below which items may start with served_in_time >= target, or -1; items as long as calls."""
    if n < 1.0 or a <= NO_LOAD or (eta == 0.0 and a >= n) or cell(n, a, eta, tau, 0.0)[3] < target:
        return -1.0
    low, high = 0.0, n + 1.0
    while high - low > 1.0:
        middle = math.floor(0.5 * (low + high))
        if cell(n, a, eta, tau, middle)[3] >= target:
            low = middle
        else:
            high = middle
    return low


@kernel
def fill_best_threshold(cases: np.ndarray, out: np.ndarray) -> None:
    """Fill `out` with the largest threshold of every case: rows of agents, load, eta, tau and target."""
    for i in range(out.size):
        out[i] = int(largest_threshold(cases[0, i], cases[1, i], cases[2, i], cases[3, i], cases[4, i]))
