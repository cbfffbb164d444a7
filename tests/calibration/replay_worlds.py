"""Clients with planted behaviour: days of a small centre with breaks that wait for the contact in hand, written apart from the simulation under test."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.foundation.compiled import kernel
from analysis.foundation.schema import typed_table
from analysis.foundation.settings import Client, Period, Queue

OPEN_S, LENGTH_S = 8 * 3600, 5 * 3600
_GONE, _IDLE, _BUSY, _BREAK = range(4)


@kernel
def day_of(begin, finish, pause_at, pause_s, calls, items, kept):
    """Return what became of every call (answered at, agent; -1 without answer) and when breaks began and agents left.

    Calls are arrival, patience, handling. The longest idle agent takes a call; an agent who is free takes the call that waits longest, goes home or on the
    break that is due after what is in hand, else may begin an item while more than `kept` are idle.
    """
    agents = len(begin)
    state, until, since = np.zeros(agents, np.int64), begin.copy(), np.zeros(agents)
    paused, left = np.full(agents, -1.0), np.full(agents, -1.0)
    answered, by = np.full(len(calls), -1.0), np.full(len(calls), -1)
    first, call, item = 0, 0, 0
    while True:
        agent = np.argmin(until)
        t = until[agent]
        if call < len(calls) and calls[call, 0] < t:
            t = calls[call, 0]
            best = -1
            for other in range(agents):
                if state[other] == _IDLE and (best < 0 or since[other] < since[best]):
                    best = other
            if best >= 0 and first == call:
                answered[call], by[call] = t, best
                state[best], until[best] = _BUSY, t + calls[call, 2]
                first = call + 1
            call += 1
        elif t == np.inf:
            break
        elif t >= finish[agent]:
            state[agent], until[agent], left[agent] = _GONE, np.inf, t
        elif paused[agent] < 0 and t >= pause_at[agent]:
            state[agent], until[agent], paused[agent] = _BREAK, t + pause_s, t
        else:
            while first < call and (answered[first] >= 0 or calls[first, 0] + calls[first, 1] <= t):
                first += 1
            if first < call:
                answered[first], by[first] = t, agent
                state[agent], until[agent] = _BUSY, t + calls[first, 2]
                first += 1
            else:
                state[agent], since[agent] = _IDLE, t
                until[agent] = finish[agent] if paused[agent] >= 0 else min(pause_at[agent], finish[agent])
        while True:
            idle, best = 0, -1
            for other in range(agents):
                if state[other] == _IDLE:
                    idle += 1
                    if best < 0 or since[other] < since[best]:
                        best = other
            if idle <= kept:
                break
            state[best], until[best] = _BUSY, t + items[item]
            item += 1
    return answered, by, paused, left


@dataclass(frozen=True)
class Kind:
    """A kind of client.

    Attributes
    ----------
    agents, load, aht_s, patience_s
        Size, offered load [erlangs], mean handling time and mean patience [s].
    handling_cv
        Coefficient of variation of handling times (lognormal).
    day_cv
        Of the load between days (gamma).
    patience
        exponential, or two kinds of callers: a third leaves five times as soon.
    item_s, kept
        Mean length of an item, and agents kept free of them.
    days
        Days in the client's logs.
    ghosts
        Agents whom the states show as waiting all day although no call ever reaches them.
    """

    agents: int = 12
    load: float = 7.5
    aht_s: float = 240.0
    patience_s: float = 150.0
    handling_cv: float = 0.8
    day_cv: float = 0.0
    patience: str = "exponential"
    item_s: float = 300.0
    kept: int = 3
    days: int = 20
    ghosts: int = 0


@dataclass(frozen=True)
class Day:
    """One day: calls and what became of them, breaks, and who was there when; seconds after opening."""

    calls: np.ndarray
    answered: np.ndarray
    by: np.ndarray
    begin: np.ndarray
    paused: np.ndarray
    left: np.ndarray


PAUSE_S = 900.0


def drawn(kind: Kind, rng: np.random.Generator):
    """Return the people and calls of a day: two waves of agents, a morning that swells and ebbs."""
    begin = np.where(np.arange(kind.agents) % 2 == 0, 0.0, 1800.0)
    finish = begin + LENGTH_S - 1800.0
    pause_at = begin + rng.uniform(5400, 10800, kind.agents)
    factor = rng.gamma(1 / kind.day_cv**2, kind.day_cv**2) if kind.day_cv else 1.0
    count = rng.poisson(factor * kind.load / kind.aht_s * LENGTH_S)
    arrival = np.sort(LENGTH_S * rng.beta(1.5, 1.5, count))
    patience = rng.exponential(kind.patience_s, count)
    if kind.patience != "exponential":
        patience *= np.where(rng.random(count) < 1 / 3, 0.2, 1.4)
    spread = np.sqrt(np.log1p(kind.handling_cv**2))
    handle = np.maximum(rng.lognormal(np.log(kind.aht_s) - spread**2 / 2, spread, count), 5.0)
    return begin, finish, pause_at, np.column_stack([arrival, patience, handle])


def run(kind: Kind, rng: np.random.Generator, *, kept: int | None = None) -> Day:
    """Run a day; without `kept` nobody does items."""
    begin, finish, pause_at, calls = drawn(kind, rng)
    items = rng.exponential(kind.item_s, 4000)
    none = kind.agents if kept is None else kept
    answered, by, paused, left = day_of(begin, finish, pause_at, PAUSE_S, calls, items, none)
    return Day(calls, answered, by, begin, paused, left)


def in_time(day: Day) -> int:
    """Return the calls answered within 20 s."""
    return int(((day.answered >= 0) & (day.answered - day.calls[:, 0] <= 20.0)).sum())


@lru_cache(maxsize=8)
def truth(kind: Kind, days: int = 2500) -> float:
    """Return the effect of the policy over very many days, the same days with and without it."""
    sums = np.zeros(3)
    for number in range(days):
        pair = [run(kind, np.random.default_rng([77, number]), kept=kept) for kept in (None, kind.kept)]
        sums += (in_time(pair[0]), in_time(pair[1]), len(pair[0].calls))
    return float((sums[1] - sums[0]) / sums[2])


def client(kind: Kind) -> Client:
    """Return the client of a world; its days are Mondays to Fridays."""
    start = dt.date(2026, 6, 1)
    return Client(
        name="World", time_zone="UTC", period=Period(start=start, end=start + dt.timedelta(days=2 * kind.days))
    )


QUEUES = [Queue(name="line")]


def tables(kind: Kind, seed: int, *, wrap: bool = True) -> dict[str, pd.DataFrame]:
    """Return a client's logs, stamped to the second; without `wrap` the log of calls knows no time after the conversation."""
    rng = np.random.default_rng([5, seed])
    calls, spells = [], []
    for number in range(kind.days):
        opened = 86400.0 * (7 * (number // 5) + number % 5) + OPEN_S
        day = run(kind, rng)
        offered, taken = day.calls[:, 0], day.answered >= 0
        done = np.where(taken, day.answered + day.calls[:, 2], offered + day.calls[:, 1])
        calls.append(
            np.column_stack([offered + opened, np.where(taken, day.answered, np.nan) + opened, done + opened, day.by])
        )
        agents = np.arange(kind.agents)
        paused = np.where(day.paused < 0, day.left, day.paused)
        spells += [
            np.column_stack([agents, day.begin + opened, paused + opened, 0 * agents]),
            np.column_stack(
                [agents, paused + PAUSE_S + opened, np.maximum(day.left, paused + PAUSE_S) + opened, 0 * agents]
            ),
            np.column_stack([day.by[taken], day.answered[taken] + opened, done[taken] + opened, 0 * day.by[taken] + 1]),
        ]
        ghosts = kind.agents + np.arange(kind.ghosts)
        spells.append(np.column_stack([ghosts, 0 * ghosts + opened, 0 * ghosts + opened + LENGTH_S, 0 * ghosts]))
    return _typed(np.rint(np.vstack(calls)), np.rint(np.vstack(spells)), kind.agents + kind.ghosts, wrap)


def _typed(calls: np.ndarray, spells: np.ndarray, agents: int, wrap: bool) -> dict[str, pd.DataFrame]:
    """Return the canonical tables; a fifth of the handling is wrap-up."""
    begin = pd.Timestamp("2026-06-01", tz="UTC").as_unit("us")
    names = np.array([f"a{number}" for number in range(agents)] + [None], dtype=object)
    moments = [begin + pd.to_timedelta(pd.Series(column), unit="s") for column in calls[:, :3].T]
    taken = ~np.isnan(calls[:, 1])
    after = np.where(taken, np.floor(0.2 * (calls[:, 2] - np.nan_to_num(calls[:, 1]))), 0.0)
    contacts = pd.DataFrame(
        {
            "contact": np.arange(len(calls)).astype(str),
            "queue": "line",
            "direction": "in",
            "offered_at": moments[0],
            "answered_at": moments[1],
            "ended_at": moments[2] - pd.to_timedelta(after, unit="s"),
            "abandoned": ~taken,
            "agent": names[calls[:, 3].astype(int)],
            "talk_us": pd.array(
                np.where(taken, 1e6 * (calls[:, 2] - after - np.nan_to_num(calls[:, 1])), np.nan)
            ).astype("Int64"),
            "wrap_us": pd.array(np.where(taken & wrap, 1e6 * after, np.nan)).astype("Int64"),
        }
    )
    spells = spells[spells[:, 2] > spells[:, 1]]
    states = pd.DataFrame(
        {
            "agent": names[spells[:, 0].astype(int)],
            "start": begin + pd.to_timedelta(pd.Series(spells[:, 1]), unit="s"),
            "end": begin + pd.to_timedelta(pd.Series(spells[:, 2]), unit="s"),
            "state": np.array(["IDLE", "HANDLING"])[spells[:, 3].astype(int)],
            "population": "contact_centre",
        }
    )
    roster = pd.DataFrame({"agent": names[:-1], "population": "contact_centre"})
    return {
        name: typed_table(name, table)
        for name, table in (("contacts", contacts), ("spells", states), ("roster", roster))
    }
