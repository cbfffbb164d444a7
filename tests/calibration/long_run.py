"""What desks and offices really can bear, from long simulations event by event: the truths that planted worlds are held to.

``python -m tests.calibration.long_run`` simulates every case anew and prints the table ``TRUTHS`` (some minutes). Nothing here uses a formula of
``analysis.queueing`` or a recursion of ``analysis.utilization``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy import stats

OPEN_S = 8 * 3600.0
_DAYS = 12_000
_STEPS = 15


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk of contacts: the same number of agents from opening to closing, the same mean load; the whole day's load differs by a gamma factor.

    Attributes
    ----------
    agents
        Able to take contacts; `spread_agents` more or fewer on a third of the days each.
    load_cv
        Coefficient of variation of a day's load.
    handling_cv
        Of handling times: 1 exponential, else lognormal.
    patience_s
        Mean of exponential patience; infinite where nobody hangs up.
    """

    agents: int = 12
    load_cv: float = 0.10
    handling_cv: float = 1.0
    patience_s: float = 180.0
    aht_s: float = 300.0
    target: float = 0.80
    within_s: float = 20.0
    spread_agents: int = 0


@dataclass(frozen=True, slots=True)
class Office:
    """An office of items: arrivals a day differ by weekday and by a gamma factor, all items of a day are due so many working days later.

    Attributes
    ----------
    items
        Mean number a working day.
    load_cv
        Coefficient of variation of a day's factor.
    due_days
        Working days that an item is given after the day it arrives.
    item_s, item_cv
        Mean length of items, and its coefficient of variation (lognormal).
    """

    items: float = 120.0
    load_cv: float = 0.25
    due_days: int = 2
    target: float = 0.95
    item_s: float = 900.0
    item_cv: float = 0.8


# of a working week, mean 1
WEEKDAYS = np.array([1.25, 1.05, 0.95, 0.9, 0.85])


def gamma_factors(number: int, cv: float) -> np.ndarray:
    """Return factors at even steps of a gamma law with mean 1: less noisy than draws."""
    if cv == 0:
        return np.ones(number)
    shape = 1 / cv**2
    return stats.gamma.ppf((np.arange(number) + 0.5) / number, shape, scale=1 / shape)


@njit(cache=True)
def _desk_days(seed, agents, load, aht_s, sigma, patience_s, within_s, open_s):  # type: ignore[no-untyped-def]
    """Return contacts answered in time, contacts offered, and seconds busy while open; first come, first served, every day opens empty."""
    in_time, offered, busy = 0, 0, 0.0
    for day in range(len(load)):
        # compiled code has no Generator of its own making; a seed a day keeps the contacts the same at every load
        np.random.seed(seed + day)  # noqa: NPY002
        free = np.zeros(agents[day])
        gap = aht_s / load[day]
        now = np.random.exponential(1.0) * gap  # noqa: NPY002
        while now < open_s:
            long, waits, next_gap = np.random.exponential(1.0), np.random.exponential(1.0), np.random.exponential(1.0)  # noqa: NPY002
            if sigma > 0:
                long = math.exp(sigma * np.random.normal(0.0, 1.0) - sigma**2 / 2)  # noqa: NPY002
            offered += 1
            first = 0
            for other in range(1, agents[day]):
                if free[other] < free[first]:
                    first = other
            start = max(now, free[first])
            if start - now <= waits * patience_s:
                end = start + long * aht_s
                in_time += start - now <= within_s
                busy += max(0.0, min(end, open_s) - start)
                free[first] = end
            now += next_gap * gap
    return in_time, offered, busy


def desk_truth(desk: Desk, *, days: int = _DAYS, seed: int = 7) -> float:
    """Return the highest share of open time on contacts at which the long-run share answered in time is the target.

    Every load is tried on the same contacts, so the share falls smoothly; bisection to 1 part in 16,000 of the agents.
    """
    rng = np.random.default_rng(seed)
    factors = rng.permutation(gamma_factors(days, desk.load_cv))
    agents = desk.agents + desk.spread_agents * (np.arange(days) % 3 - 1)
    sigma = 0.0 if desk.handling_cv == 1 else math.sqrt(math.log1p(desk.handling_cv**2))
    patience_s = 1e12 if math.isinf(desk.patience_s) else desk.patience_s
    low, high, share = 0.0, 2.0 * desk.agents, 0.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        found = _desk_days(seed, agents, middle * factors, desk.aht_s, sigma, patience_s, desk.within_s, OPEN_S)
        if found[0] >= desk.target * found[1]:
            low, share = middle, found[2] / (agents.sum() * OPEN_S)
        else:
            high = middle
    return share


@njit(cache=True)
def _office_days(arriving, lengths, capacity_s, due_days):  # type: ignore[no-untyped-def]
    """Return seconds of work that end by the close of their due day; items in order of arrival, one after another at the office's speed."""
    at, clock, in_time = 0, 0.0, 0.0
    for day in range(len(arriving)):
        # the office begins a day's items on that day; unused time is gone
        clock = max(clock, day * capacity_s)
        for _ in range(arriving[day]):
            before = clock
            clock += lengths[at]
            # an item that runs over its due day counts as far as it was done
            in_time += min(max((day + due_days + 1) * capacity_s - before, 0.0), lengths[at])
            at += 1
    return in_time


def office_truth(office: Office, *, days: int = 200_000, seed: int = 7) -> float:
    """Return mean work over the least capacity a day at which the long-run share of hours done by their due day is the target."""
    rng = np.random.default_rng(seed)
    factors = rng.permutation(gamma_factors(days, office.load_cv)) * WEEKDAYS[np.arange(days) % 5]
    arriving = rng.poisson(office.items * factors)
    sigma = math.sqrt(math.log1p(office.item_cv**2))
    lengths = office.item_s * np.exp(sigma * rng.standard_normal(arriving.sum()) - sigma**2 / 2)
    mean_s = lengths.sum() / days
    low, high = mean_s, 6 * mean_s
    for _ in range(_STEPS):
        middle = (low + high) / 2
        enough = _office_days(arriving, lengths, middle, office.due_days) >= office.target * lengths.sum()
        low, high = (low, middle) if enough else (middle, high)
    return float(mean_s / high)


DESKS: dict[str, Desk] = {
    "twelve": Desk(),
    "twelve, lognormal": Desk(handling_cv=1.3),
    "twelve, uneven days": Desk(load_cv=0.20),
    "twelve, even days": Desk(load_cv=0.0),
    "six, nobody hangs up": Desk(agents=6, load_cv=0.10, patience_s=math.inf),
    "thirty, lognormal, uneven days": Desk(agents=30, load_cv=0.15, handling_cv=1.3),
    "twelve, staff differs by day": Desk(spread_agents=2),
}
OFFICES: dict[str, Office] = {
    "due in two days": Office(),
    "due the next day": Office(due_days=1),
    "due in five days, very uneven": Office(due_days=5, load_cv=0.5),
}
# python -m tests.calibration.long_run
TRUTHS: dict[str, float] = {
    "twelve": 0.7593,
    "twelve, lognormal": 0.7582,
    "twelve, uneven days": 0.722,
    "twelve, even days": 0.7731,
    "six, nobody hangs up": 0.613,
    "thirty, lognormal, uneven days": 0.8273,
    "twelve, staff differs by day": 0.7327,
    "due in two days": 0.9558,
    "due the next day": 0.9269,
    "due in five days, very uneven": 0.9335,
}


def simulated() -> dict[str, float]:
    """Simulate every case anew."""
    desks = {name: round(desk_truth(desk), 4) for name, desk in DESKS.items()}
    return desks | {name: round(office_truth(office), 4) for name, office in OFFICES.items()}


if __name__ == "__main__":
    for case, truth in simulated().items():
        print(f"    {case!r}: {truth},")
