"""A small contact centre, simulated call by call: 08:00 to 12:00 on working days, everyone signed on all morning."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from analysis.foundation.schema import typed_table
from analysis.foundation.settings import Client, Period, Queue

OPEN_H, CLOSE_H = 8, 12
START = dt.date(2026, 6, 1)


@dataclass(frozen=True)
class World:
    """Tables of a small client with the client and queue that go with them."""

    tables: dict[str, pd.DataFrame]
    client: Client
    queues: list[Queue]

    def without(self, *names: str) -> dict[str, pd.DataFrame]:
        return {name: table for name, table in self.tables.items() if name not in names}


def simulated_morning(agents: int, load: float, aht_s: float, patience_s: float, rng: np.random.Generator):
    """Return calls (offered, answered or nan, ended, agent) and idle gaps (agent, start, end), in seconds after opening."""
    end_of_day, rate = (CLOSE_H - OPEN_H) * 3600.0, load / aht_s
    arrivals = np.cumsum(rng.exponential(1 / rate, int(rate * end_of_day * 1.5 + 100)))
    arrivals = arrivals[arrivals < end_of_day]
    free = [(0.0, agent) for agent in range(agents)]  # free since, agent: longest idle first
    busy: list[tuple[float, int]] = []
    calls, idle = [], []
    for offered in arrivals:
        while busy and busy[0][0] <= offered:
            heapq.heappush(free, heapq.heappop(busy))
        patience = rng.exponential(patience_s)
        if free:
            since, agent = heapq.heappop(free)
            answered = offered
        elif busy[0][0] - offered > patience:
            calls.append((offered, np.nan, offered + patience, -1))
            continue
        else:
            since, agent = heapq.heappop(busy)
            answered = since
        if answered > since:
            idle.append((agent, since, answered))
        ended = answered + rng.exponential(aht_s)
        calls.append((offered, answered, ended, agent))
        heapq.heappush(busy, (ended, agent))
    rest = [*free, *((ended, agent) for ended, agent in busy if ended < end_of_day)]
    idle += [(agent, since, end_of_day) for since, agent in rest if since < end_of_day]
    return calls, idle


@pytest.fixture(scope="session")
def centre() -> Callable[..., World]:
    """Return a maker of small contact centres; results are kept per argument list."""
    kept: dict[tuple, World] = {}

    def make(
        agents: int = 12,
        load: float = 7.0,
        aht_s: float = 240.0,
        patience_s: float = 120.0,
        weeks: int = 4,
        seed: int = 1,
    ) -> World:
        key = (agents, load, aht_s, patience_s, weeks, seed)
        if key not in kept:
            kept[key] = made(*key)
        return kept[key]

    return make


def made(agents: int, load: float, aht_s: float, patience_s: float, weeks: int, seed: int) -> World:
    rng = np.random.default_rng(seed)
    calls, spells = [], []
    for day in range(7 * weeks):
        date = START + dt.timedelta(days=day)
        if date.weekday() > 4:
            continue
        opened = pd.Timestamp(date, tz="UTC") + pd.Timedelta(hours=OPEN_H)
        found, idle = simulated_morning(agents, load, aht_s, patience_s, rng)
        at = lambda seconds, opened=opened: opened + pd.Timedelta(round(1e6 * seconds), "us")  # noqa: E731
        for offered, answered, ended, agent in found:
            taken = np.isfinite(answered)
            calls.append((at(offered), at(answered) if taken else pd.NaT, at(ended), f"a{agent}" if taken else None))
            if taken:
                spells.append((f"a{agent}", at(answered), at(ended), "HANDLING"))
        spells += [(f"a{agent}", at(start), at(end), "IDLE") for agent, start, end in idle]
    frame = pd.DataFrame(calls, columns=["offered_at", "answered_at", "ended_at", "agent"])
    frame = frame.assign(contact=frame.index.astype(str), queue="claims line", direction="in")
    tables = {
        "contacts": typed_table("contacts", frame.assign(abandoned=frame["answered_at"].isna())),
        "spells": typed_table(
            "spells",
            pd.DataFrame(spells, columns=["agent", "start", "end", "state"]).assign(population="contact_centre"),
        ),
        "roster": typed_table(
            "roster", pd.DataFrame({"agent": [f"a{n}" for n in range(agents)], "population": "contact_centre"})
        ),
        **items_of(weeks, per_week=8000),
    }
    period = Period(start=START, end=START + dt.timedelta(days=7 * weeks - 1))
    return World(
        tables, Client(name="Small", time_zone="UTC", period=period), [Queue(name="claims line", max_occupancy=0.95)]
    )


def items_of(weeks: int, *, per_week: int) -> dict[str, pd.DataFrame]:
    """Return item types and items finished: address changes of 3 minutes, and regulated assessments."""
    types = pd.DataFrame(
        {
            "type": ["address change", "assessment", "scanning", "reply"],
            "standard_s": [180.0, 900.0, 300.0, 1800.0],
            "interruptible": [True, True, False, False],
            "resume_s": [20.0, 60.0, 30.0, 60.0],
            "regulated": [False, True, False, False],
            "off_desk": [False, False, True, False],
        }
    )
    ended = pd.Timestamp(START, tz="UTC") + pd.to_timedelta(
        np.arange(per_week * weeks) * 7 * 86400 // per_week, unit="s"
    )
    names = np.array(["address change", "assessment", "scanning", "reply"])[np.arange(len(ended)) % 4]
    items = pd.DataFrame({"item": np.arange(len(ended)).astype(str), "type": names, "ended": ended})
    return {"item_types": typed_table("item_types", types), "work_items": typed_table("work_items", items)}
