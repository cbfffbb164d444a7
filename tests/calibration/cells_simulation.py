"""Simulated policies: do levels, paired differences and bars of the waterfall hold what exact models say, under the rule that stops the simulation?"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache, partial

import numpy as np
from scipy.special import gammaincinv

from analysis.foundation.estimate import Estimate
from analysis.queueing import blend, blended_day, day
from analysis.simulation import ContactQueue, Desk, Group, ItemType, Policy, Shift, Times, compare, waterfall
from tests.calibration.harness import Cell, Trial

AGENTS, AHT_S, PATIENCE_S, SLOT_S = 8, 300.0, 120.0, 1800.0
LOADS = (4.0, 6.5, 5.5)
TODAY = Policy("today")


def desk(loads=LOADS, *, day_cv: float = 0.0, start="empty", item_s: float = AHT_S) -> Desk:
    """People stay an hour longer than the horizon, so that whoever waits at its end is followed as the exact models follow them."""
    rates = tuple(load * 3600 / AHT_S for load in loads)
    contacts = ContactQueue("calls", rates, Times(AHT_S), Times(PATIENCE_S), day_cv=day_cv)
    item = ItemType("form", Times(item_s), resume_s=0.0)
    there = tuple(Shift(agent, 0.0, SLOT_S * len(loads) + 3600) for agent in range(AGENTS))
    group = (Group("all", (0,), (0,)),)
    return Desk(
        SLOT_S, len(loads), (contacts,), group, (0,) * AGENTS, there, (item,), slots_per_day=len(loads), start=start
    )


def threshold(kept: int) -> Policy:
    return Policy("threshold", kept_free=kept)


@cache
def _at(factor: float, loads: tuple[float, ...], kept: int) -> tuple[float, float, float, float]:
    """Return contacts answered in time, abandoned, net agents and agents on items of a day with this factor, exactly."""
    rates = np.array(loads) * factor * 3600 / AHT_S
    asked = {"arrivals_per_h": rates, "slot_s": SLOT_S, "aht_s": AHT_S, "answer_within_s": 20, "patience_s": PATIENCE_S}
    offered = rates.sum() * SLOT_S / 3600
    if kept >= AGENTS:
        plain = day([AGENTS] * len(loads), **asked)
        return offered * plain.day_service_level, offered * plain.day_p_abandon, 0.0, 0.0
    found = blended_day([AGENTS] * len(loads), threshold=AGENTS - kept, item_s=AHT_S, **asked)
    gone = offered * found.day_p_abandon
    return offered * found.day_service_level, gone, found.day_net_agents, found.day_item_agents


@cache
def exact(measure: str, kept: int, *, loads=LOADS, day_cv: float = 0.0) -> float:
    """Return a figure of a day that begins empty; the factor of the day enters at 400 equally likely places."""
    factors = [1.0]
    if day_cv:
        shape = day_cv**-2
        factors = (gammaincinv(shape, (np.arange(400) + 0.5) / 400) / shape).tolist()
    rows = np.array([_at(factor, loads, kept) for factor in factors])
    offered = sum(loads) * 3600 / AHT_S * SLOT_S / 3600 * np.mean(factors)
    in_time, gone, net, items = rows.mean(axis=0)
    return {"service_level": in_time / offered, "p_abandon": gone / offered, "net_agents": net, "item_agents": items}[
        measure
    ]


def trial(figure: tuple[float, float, float], truth: float) -> Trial:
    value, low, high = figure
    if not all(map(math.isfinite, figure)):
        return Trial(Estimate.missing("no figure"), truth)
    return Trial(Estimate(value, low, high, unit=""), truth)


def level(
    seed: int, *, measure="service_level", kept=AGENTS, day_cv=0.0, precision=0.02, control=True, least=20
) -> Trial:
    """The level of one policy; the precision is that of the change in service level against today."""
    policies = [TODAY] if kept >= AGENTS else [TODAY, threshold(kept)]
    found = compare(
        desk(day_cv=day_cv), policies, seed=seed, precision=precision, threads=1, control=control, least=least
    )
    return trial(found.value(policies[-1].name, measure), exact(measure, kept, day_cv=day_cv))


def change(seed: int, *, measure="service_level", kept=2, day_cv=0.0, precision=0.02, control=True, least=20) -> Trial:
    """The paired difference of a threshold against today."""
    found = compare(
        desk(day_cv=day_cv),
        [TODAY, threshold(kept)],
        seed=seed,
        precision=precision,
        threads=1,
        control=control,
        least=least,
    )
    truth = exact(measure, kept, day_cv=day_cv) - exact(measure, AGENTS, day_cv=day_cv)
    return trial(found.difference("threshold", measure), truth)


def _blend(kept: int, item_s: float, load: float = 6.0):
    rate = load * 3600 / AHT_S
    return blend(
        AGENTS, arrivals_per_h=rate, aht_s=AHT_S, item_s=item_s, threshold=AGENTS - kept, patience_s=PATIENCE_S
    )


def settled(seed: int, *, measure="service_level", kept=2, item_s=600.0, differs=True) -> Trial:
    """A desk that never closes, items longer than contacts: level or difference in steady state."""
    here = desk((6.0,) * 3, start="settled", item_s=item_s)
    found = compare(here, [TODAY, threshold(kept)], seed=seed, precision=0.03, threads=1)
    after, before = (getattr(_blend(number, item_s), measure) for number in (kept, AGENTS))
    if differs:
        return trial(found.difference("threshold", measure), after - before)
    return trial(found.value("threshold", measure), after)


def drawn(seed: int, *, desks=8, days=15, kept=2, differs=False, day_cv=0.15) -> Trial:
    """Rates known from some days of counts: desks are resamples of those days, and the truth is that of the true rates."""
    draw = np.random.default_rng([21, seed])
    expected = np.array(LOADS) * SLOT_S / AHT_S
    shape = day_cv**-2
    counts = draw.poisson(expected * draw.gamma(shape, 1 / shape, size=(days, 1)))
    here = desk(day_cv=day_cv)
    resampled = []
    for _ in range(desks):
        # one day fewer, so that the spread of the resamples is that of the mean
        mean = counts[draw.integers(days, size=days - 1)].mean(axis=0) * 3600 / SLOT_S
        resampled.append(replace(here, queues=(replace(here.queues[0], arrivals_per_h=tuple(mean)),)))
    policies = [TODAY, threshold(kept)]
    found = compare(resampled, policies, seed=seed, precision=0.05, threads=1)
    if differs:
        truth = exact("service_level", kept, day_cv=day_cv) - exact("service_level", AGENTS, day_cv=day_cv)
        return trial(found.difference("threshold", "service_level"), truth)
    return trial(found.value("today", "service_level"), exact("service_level", AGENTS, day_cv=day_cv))


def busiest(seed: int) -> Trial:
    """Occupancy in the busiest of three slots of which two are nearly alike."""
    loads = (5.6, 6.4, 6.5)
    rates = np.array(loads) * 3600 / AHT_S
    asked = {"arrivals_per_h": rates, "slot_s": SLOT_S, "aht_s": AHT_S, "answer_within_s": 20, "patience_s": PATIENCE_S}
    truth = float(day([AGENTS] * 3, **asked).occupancy.max())
    found = compare(desk(loads), [TODAY], seed=seed, precision=0.03, threads=1)
    return trial(found.value("today", "occupancy_worst_slot"), truth)


def bar(seed: int, *, key: str, kept=2) -> Trial:
    """A bar of a settled desk with an endless supply: all that is idle, and what a threshold holds back of it."""
    here = desk((6.0,) * 3, start="settled")
    found = waterfall(here, threshold(kept), seed=seed, precision=0.04, threads=1)
    hours = SLOT_S * 3 / 3600
    idle = AGENTS * (1 - _blend(AGENTS, AHT_S).occupancy) * hours
    usable = _blend(kept, AHT_S).net_agents * hours
    (step,) = [step for step in found.steps if step.key == key]
    truth = {"all_idle": idle, "held_back": usable - idle, "usable": usable}[key]
    return trial((step.hours, step.low, step.high), truth)


def by_load(load: np.ndarray) -> tuple[int, ...]:
    """More agents kept free of items the higher the load."""
    return tuple(np.clip(np.floor(load - 3.5), 1, AGENTS).astype(int).tolist())


@cache
def _forecast_bar() -> float:
    """Return the bar of a forecast that does not know the day, from 3,000 horizons."""
    found = waterfall(desk(day_cv=0.25), TODAY, choose=by_load, seed=10**6, precision=1e-9, least=3000, most=3000)
    return found.steps[4].hours


def forecast(seed: int) -> Trial:
    """What not knowing how busy the day will be costs, at the same service level."""
    found = waterfall(desk(day_cv=0.25), TODAY, choose=by_load, seed=seed, precision=0.01, threads=1, least=40)
    step = found.steps[4]
    return trial((step.hours, step.low, step.high), _forecast_bar())


def cell(name: str, draw, *, quick: int = 0, **more) -> Cell:
    return Cell(f"simulation: {name}", "simulated policy", draw, quick=quick, **more)


CELLS = (
    cell("level, no items, twin alike", level),
    cell("level, no items, without controls", partial(level, control=False)),
    cell("abandonment, no items", partial(level, measure="p_abandon")),
    cell("level under a threshold", partial(level, kept=2)),
    cell("level, days of their own load", partial(level, day_cv=0.25)),
    cell("level, days of their own load, without controls", partial(level, day_cv=0.25, control=False)),
    cell("agents on items under a threshold", partial(level, kept=2, measure="item_agents")),
    cell("change", change, quick=60),
    cell("change, without controls", partial(change, control=False)),
    cell("change, stopped after two or three stages", partial(change, precision=0.01)),
    cell("change, wide", partial(change, precision=0.08, least=10)),
    cell("change, days of their own load", partial(change, day_cv=0.25)),
    cell("change, days of their own load, every gap filled", partial(change, kept=0, day_cv=0.3, precision=0.03)),
    cell("net agents, days of their own load", partial(change, measure="net_agents", kept=1, day_cv=0.25)),
    cell("change of abandonment, days of their own load", partial(change, measure="p_abandon", kept=1, day_cv=0.25)),
    cell("settled, change, items twice as long", settled),
    cell("settled, abandonment, items twice as long", partial(settled, measure="p_abandon", differs=False)),
    cell("settled, net agents, short items", partial(settled, measure="net_agents", item_s=120.0, kept=1), quick=60),
    cell("rates drawn from 15 days, level", drawn),
    cell("rates drawn from 15 days, change", partial(drawn, differs=True)),
    cell("rates drawn from 60 days, level, 16 desks", partial(drawn, days=60, desks=16)),
    cell("busiest of three slots, two alike", busiest, bound=True),
    cell("waterfall, all idle", partial(bar, key="all_idle")),
    cell("waterfall, held back", partial(bar, key="held_back")),
    cell("waterfall, usable", partial(bar, key="usable")),
    cell("waterfall, forecast at the same service level", forecast),
)
