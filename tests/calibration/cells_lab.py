"""Item hours and change in service of a policy on simulated weeks: do their intervals hold what the policy does in the long run?

The clients here are open for four hours a day. Their days differ by a lognormal factor that all half hours share, agents are absent independently, handling
times are lognormal. The truth comes from weeks simulated with the true law of days, many times longer than any client's log.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis import simulation
from analysis.blending import BlendingSettings, assemble
from analysis.blending.inventory import inventory
from analysis.blending.tried import Bench, judged
from analysis.blending.week import facts_of, shifts_of
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import typed_table
from analysis.foundation.settings import Client, Period, Queue
from analysis.simulation import ContactQueue, Desk, Group, ItemType, Policy, Shift, Times
from tests.calibration.harness import Cell, Trial

SLOTS, FIRST, SLOT_S = 8, 16, 1800
SHAPE = np.array([0.8, 1.0, 1.15, 1.1, 1.0, 0.95, 1.05, 0.95])
PER_H, AHT_S, AHT_CV, PATIENCE_S, ITEM_S = 100.0, 240.0, 0.7, 180.0, 300.0
AGENTS, PRESENT, DAY_CV, WEEKS = 13, 0.85, 0.12, 8
START = dt.date(2026, 6, 1)
POLICIES = {
    "keep_free": Policy("keep_free", kept_free=2, only=(0,)),
    "resume": Policy("resume", kept_free=1, gives_way="resume", only=(0,)),
}
ASKED = BlendingSettings(draws=200, patience_s=PATIENCE_S, resume_s=20.0, switch_s=0.0, delivery_s=0.0)
FEW_BAD_DAYS = "a log without its share of bad days gives a level near 1 too high and at once too sure; differences and hours do not suffer"
_CLIENT = Client(
    name="Small", time_zone="UTC", period=Period(start=START, end=START + dt.timedelta(days=7 * WEEKS - 1))
)
_QUEUES = [Queue(name="line", max_occupancy=0.98)]


def _days(draw: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the day's factor and the number of agents per half hour of so many days."""
    sigma = np.sqrt(np.log1p(DAY_CV**2))
    factor = np.exp(draw.normal(-(sigma**2) / 2, sigma, count))
    agents = np.repeat(draw.binomial(AGENTS + 2, PRESENT, count)[:, None], SLOTS, axis=1)
    return factor, agents


def _tables(draw: np.random.Generator) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return a client's tables and who was on duty."""
    dates = pd.bdate_range(START, periods=5 * WEEKS)
    factor, agents = _days(draw, len(dates))
    counts = draw.poisson(factor[:, None] * SHAPE * PER_H * SLOT_S / 3600)
    moments = np.repeat(
        np.add.outer(dates.as_unit("s").astype("int64").to_numpy(), (FIRST + np.arange(SLOTS)) * SLOT_S), counts.ravel()
    )
    offered = pd.to_datetime(moments + draw.uniform(0, SLOT_S, len(moments)), unit="s", utc=True).as_unit("us")
    sigma = np.sqrt(np.log1p(AHT_CV**2))
    handled = AHT_S * np.exp(draw.normal(-(sigma**2) / 2, sigma, len(moments)))
    contacts = pd.DataFrame({"contact": np.arange(len(moments)).astype(str), "queue": "line", "direction": "in"})
    contacts = contacts.assign(
        offered_at=offered, answered_at=offered, ended_at=offered + pd.to_timedelta(handled, unit="s"), abandoned=False
    )
    types = pd.DataFrame({"type": ["item"], "standard_s": [ITEM_S], "interruptible": [True], "resume_s": [20.0]})
    types = types.assign(regulated=False, off_desk=False)
    ended = pd.Timestamp(START, tz="UTC") + pd.to_timedelta(np.arange(WEEKS * 4000) * 7 * 86400 // 4000, unit="s")
    items = pd.DataFrame({"item": np.arange(len(ended)).astype(str), "type": "item", "ended": ended})
    duty = pd.DataFrame({"day": np.repeat(dates, SLOTS), "agents": agents.ravel().astype(float)})
    duty = duty.assign(
        pool="service",
        weekday=duty["day"].dt.day_of_week,
        slot_of_day_s=np.tile((FIRST + np.arange(SLOTS)) * SLOT_S, len(dates)),
    )
    tables = {
        "contacts": typed_table("contacts", contacts),
        "item_types": typed_table("item_types", types),
        "work_items": typed_table("work_items", items),
    }
    return tables, duty.assign(idle_agents=3.0, resumable_agents=2.5)


@lru_cache(maxsize=512)
def _figures(seed: int) -> dict[str, tuple[float, float, float]]:
    """Return item hours and change of service of both policies as the lab prints them for one client."""
    tables, duty = _tables(np.random.default_rng([61, seed]))
    found = assemble.Duty(duty, "states")
    items = inventory(tables, None, client=_CLIENT, settings=ASKED)
    original, assemble.duty = assemble.duty, lambda *_, **__: found
    try:
        pool = assemble.pools(tables, items, client=_CLIENT, queues=_QUEUES, settings=ASKED, ring_s=0.0)[0][0]
    finally:
        assemble.duty = original
    facts = facts_of(pool, items, tables, client=_CLIENT, queues=_QUEUES, settings=ASKED)
    bench = Bench.of(facts, 12, seed=seed)
    compared = bench.run(list(POLICIES.values()))
    result = {}
    for key, policy in POLICIES.items():
        figures = judged(bench, compared, key, "", policy).figures
        result[f"{key} hours"] = tuple(figures[f"item_h_{side}"] for side in ("per_week", "low", "high"))
        result[f"{key} change"] = (figures["change"], figures["change_low"], figures["change_high"])
    level = judged(bench, compared, "resume", "", POLICIES["resume"]).figures
    result["service"] = (level["service_level"], level["service_low"], level["service_high"])
    return result


@lru_cache(maxsize=1)
def _truth() -> dict[str, float]:
    """Return what the policies come to over many weeks of the true law of days."""
    draw = np.random.default_rng(62)
    desks = tuple(_true_week(draw) for _ in range(300))
    found = simulation.compare(
        desks, [Policy("today"), *POLICIES.values()], precision=1.0, seed=63, least=600, most=600, control=False
    )
    place = {name: number for number, name in enumerate(found.measures)}
    result = {}
    for number, key in enumerate(POLICIES, start=1):
        weekly = found.values[number]
        net = weekly[:, place["net_agents"]] * 168 - weekly[:, place["lost_h"]]
        result[f"{key} hours"] = float(net.mean())
        result[f"{key} change"] = found.difference(key, "service_level")[0]
    result["service"] = found.value("resume", "service_level")[0]
    return result


def _true_week(draw: np.random.Generator) -> Desk:
    """Return a week of fresh days."""
    rates, counts = np.zeros(336), np.zeros(336, dtype=np.int64)
    factor, agents = _days(draw, 5)
    for day in range(5):
        part = slice(day * 48 + FIRST, day * 48 + FIRST + SLOTS)
        rates[part], counts[part] = factor[day] * SHAPE * PER_H, agents[day]
    queue = ContactQueue("line", tuple(rates.tolist()), Times(AHT_S, "lognormal", cv=AHT_CV), Times(PATIENCE_S))
    # nobody takes a contact so late that work after closing would count as time on duty in the log
    shifts = tuple(Shift(one.agent, one.start_s, one.end_s - 150.0) for one in shifts_of(counts, float(SLOT_S)))
    open_ = np.where(counts > 0, 4000 / 40 * 2, 0.0)
    item = ItemType("item", Times(ITEM_S), tuple(open_.tolist()), resume_s=20.0)
    return Desk(float(SLOT_S), 336, (queue,), (Group("all", (0,), (0,)),), (0,) * int(counts.max()), shifts, (item,))


def _draw(figure: str, seed: int) -> Trial:
    value, low, high = _figures(seed)[figure]
    return Trial(Estimate(value, low, high), _truth()[figure])


CELLS = [
    Cell(
        f"a policy on simulated weeks: {figure}",
        figure,
        lambda seed, figure=figure: _draw(figure, seed),
        quick=6 if figure == "keep_free hours" else 0,
        known=FEW_BAD_DAYS if figure == "service" else "",
    )
    for figure in ("keep_free hours", "keep_free change", "resume hours", "service")
]
