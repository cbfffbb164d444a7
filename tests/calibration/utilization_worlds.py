"""Clients whose achievable utilization is planted: ceilings that tie, nearly tie or stand apart, and today at or below the lowest.

The truth of the promise and of due times comes from event simulations (:mod:`tests.calibration.long_run`), that of the allowance from the expected
shares of breaks and support, written out here once more. Days hand their shocks on; loads are gamma, shocks skewed, groups of unequal size.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd
from scipy import special

from analysis import estimate_utilization
from analysis.baseline import Baseline
from analysis.baseline.frames import COLUMNS, share_frame
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.shares import SHARE_PARTS, clusters_of, five_shares
from analysis.foundation.clusters import ratio
from analysis.foundation.estimate import Estimate, Quantity
from analysis.foundation.schema import BUCKETS, typed_table
from analysis.foundation.settings import Client, Period, Queue
from analysis.utilization import Utilization, UtilizationSettings
from tests.calibration.long_run import DESKS, OFFICES, TRUTHS, WEEKDAYS, Desk
from tests.calibration.share_worlds import MONDAY, shocks

Mood = Literal["days", "weeks"]
SLOTS = 16
START = dt.date(2026, 1, 5)
SEES = frozenset({*BUCKETS})
FAR = 0.3


@dataclass(frozen=True, slots=True)
class Level:
    """What is true of a population, a site or a group: shares of the base, and hours a week between today and what is achievable."""

    achievable: float
    today: float
    hours_per_week: float


@dataclass(frozen=True, slots=True)
class UtilizationWorld:
    """Tables and a baseline as the verb takes them, and what is true.

    Attributes
    ----------
    population
        The one that the world is about.
    truth
        Of the population.
    groups
        Group -> what is true of it.
    """

    tables: dict[str, pd.DataFrame]
    baseline: Baseline
    client: Client
    queues: tuple[Queue, ...]
    settings: UtilizationSettings
    population: str
    truth: Level
    groups: dict[str, Level]

    def answer(self) -> Utilization:
        """Ask the public verb."""
        more = {"client": self.client, "queues": self.queues, "settings": self.settings}
        return estimate_utilization(self.tables, self.baseline, **more)


@dataclass(frozen=True, slots=True)
class Shares:
    """Expected shares of groups: support of the base, breaks of attended time, weights by workable hours."""

    support: np.ndarray
    breaks: np.ndarray
    weight: np.ndarray

    def whole(self) -> tuple[float, float]:
        """Return support of the base and breaks of attended time, all groups together."""
        base = self.weight / (1 - self.support)
        attended = base / (1 - self.breaks)
        return 1 - float(self.weight.sum() / base.sum()), 1 - float(base.sum() / attended.sum())


def allowance_truth(rest: float, support: float, breaks: float) -> float:
    """Return the share of the base left when rest is a share of the attended day, and breaks already give a part of it."""
    return 1 - support - max(rest - breaks, 0) / (1 - breaks)


def rest_for(ceiling: float, support: float, breaks: float) -> float:
    """Return the rest at which the allowance's ceiling is this share of the base."""
    return breaks + (1 - breaks) * (1 - support - ceiling)


def load_factors(rng: np.random.Generator, days: int, *, cv: float, correlation: float, mood: Mood) -> np.ndarray:
    """Return gamma factors with mean 1 whose ranks are handed on from day to day, or shared by a week."""
    if cv == 0:
        return np.ones(days)
    fresh = rng.standard_normal(days)
    if mood == "weeks":
        score = (
            math.sqrt(correlation) * rng.standard_normal(-(-days // 5)).repeat(5)[:days]
            + math.sqrt(1 - correlation) * fresh
        )
    else:
        score = fresh.copy()
        for day in range(1, days):
            score[day] = correlation * score[day - 1] + math.sqrt(1 - correlation**2) * fresh[day]
    return special.gammaincinv(1 / cv**2, special.ndtr(score)) * cv**2


def centre(
    seed: int,
    *,
    desk: str = "twelve",
    weeks: int = 8,
    allowance: float = FAR,
    policy: float = FAR,
    room: float = 0.1,
    support: float = 0.12,
    breaks: float = 0.05,
    groups: int = 1,
    correlation: float = 0.3,
    mood: Mood = "days",
    rest_range: float = 0.0,
    draws: int = 1000,
) -> UtilizationWorld:
    """Invent a contact centre of one pool.

    Parameters
    ----------
    desk
        A key of ``DESKS``.
    allowance, policy
        How far these ceilings lie above the promise's, as shares of the base; what cannot be that high is as high as it can be.
    room
        How far today lies below the lowest ceiling, in every group.
    groups
        Reporting groups of unequal size and unequal support.
    rest_range
        Half the range of a scenario of rest; the truth is drawn within it.
    """
    rng = np.random.default_rng([seed, 11])
    plan, days = DESKS[desk], 5 * weeks
    weight = rng.uniform(0.6, 1.4, groups) if groups > 1 else np.ones(1)
    spread = rng.uniform(-0.25, 0.25, (2, groups)) if groups > 1 else np.zeros((2, 1))
    shares = Shares(support * (1 + spread[0]), breaks * (1 + spread[1]), weight / weight.sum())
    s, b = shares.whole()
    promise = TRUTHS[desk]
    cap = min(promise + policy / (1 - s), 1.0)
    rest = max(rest_for(promise * (1 - s) + allowance, s, b), b / 2)
    assumed = rest + rest_range * rng.uniform(-1, 1)

    def level(of: float, breaks_of: float, room_of: float = room) -> tuple[float, float]:
        lowest = min(promise * (1 - of), cap * (1 - of), allowance_truth(rest, of, breaks_of))
        return lowest, lowest - room_of

    planted = [level(*pair) for pair in zip(shares.support, shares.breaks, strict=True)]
    factor = load_factors(rng, days, cv=plan.load_cv, correlation=correlation, mood=mood)
    agents = plan.agents + plan.spread_agents * (np.arange(days) % 3 - 1)
    busy = np.array([today for _, today in planted]) / (1 - shares.support)
    by_group = _hours(rng, shares, 8.0 * agents, busy, 0.4 * (factor - 1), correlation=correlation, mood=mood)
    base_h = 5 * 8.0 * float(agents.mean()) * shares.weight / (1 - shares.support)
    lowest = level(s, b)[0]
    today = float(busy @ shares.weight) * (1 - s)
    truth = Level(lowest, today, (lowest - today) * float(base_h.sum()))
    names = [f"group {number}" for number in range(groups)]
    client = _client(weeks)
    settings = _settings(assumed, rest_range, draws).model_copy(
        update={"patience_s": 0.0 if math.isinf(plan.patience_s) else plan.patience_s}
    )
    occupied = float(busy @ shares.weight)
    return UtilizationWorld(
        {"volumes": _volumes(rng, plan, factor, occupied)},
        _baseline("contact_centre", by_group, names, _duty(agents, occupied), _duty_days(agents)),
        client,
        (Queue(name="claims", max_occupancy=cap),),
        settings,
        "contact_centre",
        truth,
        {
            name: Level(*pair, (pair[0] - pair[1]) * float(hours))
            for name, pair, hours in zip(names, planted, base_h, strict=True)
        },
    )


def office(
    seed: int,
    *,
    case: str = "due in two days",
    weeks: int = 8,
    allowance: float = FAR,
    room: float = 0.1,
    support: float = 0.10,
    breaks: float = 0.05,
    correlation: float = 0.0,
    mood: Mood = "days",
    rest: float | None = None,
    items: bool = True,
    looked_at: int = 15,
    support_cv: float = 0.18,
    draws: int = 1000,
) -> UtilizationWorld:
    """Invent a back office whose work is due after some days and whose people were looked at three times on half of the days.

    Parameters
    ----------
    case
        A key of ``OFFICES``.
    allowance
        How far its ceiling lies above that of due times, as a share of the base.
    rest
        States the rest instead.
    items
        Whether there is a log of items; without one the allowance alone counts.
    looked_at
        People seen in a round.
    support_cv
        How much support differs by day.
    """
    rng = np.random.default_rng([seed, 12])
    plan, days = OFFICES[case], 5 * weeks
    promise = TRUTHS[case] * (1 - support) if items else 1 - support
    rest = max(rest_for(promise + allowance, support, breaks), breaks / 2) if rest is None else rest
    lowest = min(promise, allowance_truth(rest, support, breaks))
    today = lowest - room
    factor = load_factors(rng, days, cv=plan.load_cv, correlation=correlation, mood=mood)
    shares = Shares(np.array([support]), np.array([breaks]), np.ones(1))
    workable_h = plan.items * plan.item_s / 3600 / 0.85
    logged = np.array([0.8 * today / (1 - support)])
    hours = _hours(
        rng,
        shares,
        np.full(days, workable_h),
        logged,
        0.3 * (factor - 1),
        correlation=correlation,
        mood=mood,
        work="ITEM_WORK",
        support_cv=support_cv,
    )
    base_h = 5 * workable_h / (1 - support)
    arriving = rng.poisson(plan.items * factor * WEEKDAYS[np.arange(days) % 5])
    tables = {"roster": _roster()} | ({"work_items": _items(rng, arriving, plan.due_days, weeks)} if items else {})
    lengths = pd.DataFrame(
        {"type": ["claim"], "items": [int(arriving.sum())], "mean_s": [plan.item_s], "interruptible": [True]}
    )
    seen = _looks(rng, 1 - support - today, days // 2, looked_at)
    found = _baseline("back_office", hours, ["group 0"], pd.DataFrame(), pd.DataFrame(), non_work=seen)
    return UtilizationWorld(
        tables,
        dataclasses.replace(found, item_lengths=lengths.reindex(columns=list(COLUMNS["item_lengths"]))),
        _client(weeks),
        (),
        _settings(rest, 0.0, draws).model_copy(update={"deadline_target": plan.target}),
        "back_office",
        Level(lowest, today, (lowest - today) * base_h),
        {},
    )


def _client(weeks: int) -> Client:
    """Return a client whose period holds so many whole weeks."""
    return Client(
        name="Acme", time_zone="UTC", period=Period(start=START, end=START + dt.timedelta(days=7 * weeks - 1))
    )


def _settings(rest: float, rest_range: float, draws: int) -> UtilizationSettings:
    """Return settings in which rest alone is allowed, as a share of the day; half of its range lies in strain."""
    least = max(rest - rest_range, 0.0)
    return UtilizationSettings(
        personal_share=least / 2,
        fatigue_share=least / 2,
        strain_low_share=0.0,
        strain_high_share=2 * rest_range,
        delay_low_share=0.0,
        delay_high_share=0.0,
        allowance_convention="of_the_day",
        draws=draws,
    )


def _hours(
    rng: np.random.Generator,
    shares: Shares,
    workable_h: np.ndarray,
    busy: np.ndarray,
    moved: np.ndarray,
    *,
    correlation: float,
    mood: Mood,
    work: str = "HANDLING",
    support_cv: float = 0.18,
) -> dict[str, np.ndarray]:
    """Return hours by part of the ladder, groups x days: shocks that groups share, and noise of their own."""
    number, days = len(busy), len(workable_h)
    weekday = 0.4 * (WEEKDAYS - 1)[np.arange(days) % 5]

    def rate(spread: float, *, pattern: float = 0.0) -> np.ndarray:
        shared = shocks(rng, days, correlation, mood=mood)
        own = np.sqrt(3) * rng.uniform(-1, 1, (number, days))
        return 1 + pattern * weekday + spread * (0.8 * shared + 0.6 * own)

    workable = shares.weight[:, None] * workable_h
    worked = np.clip(busy[:, None] * (rate(0.05) + moved), 0.01, 0.999) * workable
    away = 0.3 * (workable - worked)
    quotient = (shares.support / (1 - shares.support))[:, None]
    supported = workable * quotient * np.clip(rate(support_cv, pattern=1.0), 0, None)
    base = workable + supported
    rested = base * (shares.breaks / (1 - shares.breaks))[:, None] * np.clip(rate(0.12), 0, None)
    rest = {"IDLE": workable - worked - away} if work == "HANDLING" else {"UNACCOUNTED": workable - worked - away}
    return {work: worked, "AWAY": away, "SUPPORT": supported, "BREAK": rested} | rest


def _days(hours: dict[str, np.ndarray], agents: int) -> pd.DataFrame:
    """Return one row per working day as ``Baseline.days`` has them."""
    number = np.arange(len(hours["SUPPORT"]))
    weekday = number % 5
    week = MONDAY + (number // 5 * 7).astype("m8[D]")
    calendar = {"day": week + weekday.astype("m8[D]"), "weekday": weekday, "week": week, "agents": agents}
    none = dict.fromkeys((*BUCKETS, "OUTSIDE_PAID"), np.zeros(len(number)))
    return pd.DataFrame(calendar | {"PAID": sum(hours.values())} | none | hours)


def _baseline(
    population: str,
    hours: dict[str, np.ndarray],
    groups: Sequence[str],
    duty: pd.DataFrame,
    duty_days: pd.DataFrame,
    *,
    non_work: Estimate | None = None,
) -> Baseline:
    """Return a baseline as the verb reads it: shares, days, days of sites and groups, agents on duty."""
    scope = {"population": population}
    days = _days({part: rows.sum(axis=0) for part, rows in hours.items()}, 12 * len(groups))
    shares = _shares(days)
    # in a contact centre waiting is no non-work
    more = {"non_work_share": shares["away"] if non_work is None else non_work}
    levels, by_group = [], []
    if len(groups) > 1:
        for number, name in enumerate(groups):
            own = _days({part: rows[number] for part, rows in hours.items()}, 12)
            levels.append(own.assign(by="group", level=name))
            named = {"population": population, "group": name, "site": "North", "agents": 12}
            by_group.append(share_frame(population, _shares(own)).assign(**named))
    frames = {
        "shares": share_frame(population, shares),
        "days": days.assign(population=population),
        "level_days": pd.concat(levels, ignore_index=True).assign(population=population) if levels else None,
        "groups": pd.concat(by_group, ignore_index=True) if by_group else None,
        "pool_slots": duty if len(duty) else None,
        "pool_slot_days": duty_days if len(duty_days) else None,
    }
    empty = _empty()
    filled = {name: frame.reindex(columns=list(COLUMNS[name])) for name, frame in frames.items() if frame is not None}
    quantities = [
        Quantity(
            f"baseline.{name}" if name in ("utilization", "non_work_share") else f"baseline.{name}_share",
            found,
            name,
            scope,
        )
        for name, found in {**shares, **more}.items()
    ]
    return dataclasses.replace(empty, quantities=tuple(quantities), **filled)


@lru_cache(maxsize=1)
def _empty() -> Baseline:
    """Return a baseline without a row."""
    plain = {"quantities": (), "findings": (), "settings": BaselineSettings(), "sentences": {}}
    frames = {name: pd.DataFrame(columns=list(columns)) for name, columns in COLUMNS.items()}
    known = {field.name for field in dataclasses.fields(Baseline)}
    return Baseline(**plain, **{name: frame for name, frame in frames.items() if name in known})


def _shares(days: pd.DataFrame) -> dict[str, Estimate]:
    """Measure the shares as the baseline does."""
    found = five_shares(days, clusters=clusters_of(days), sees=SEES, confidence=0.95, grade="A")
    return {name: found[name] for name in SHARE_PARTS}


def _duty(agents: np.ndarray, occupied: float) -> pd.DataFrame:
    """Return agents able to take work by weekday and half hour."""
    by_weekday = [float(agents[weekday::5].mean()) for weekday in range(5)]
    rows = [
        ("service", weekday, 28_800 + 1800 * slot, len(agents) // 5, mean, occupied * mean)
        for weekday, mean in enumerate(by_weekday)
        for slot in range(SLOTS)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS["pool_slots"]))


def _duty_days(agents: np.ndarray) -> pd.DataFrame:
    """Return agents able to take work by day and half hour."""
    number, slot = (part.ravel() for part in np.indices((len(agents), SLOTS)))
    day = MONDAY + (number // 5 * 7 + number % 5).astype("m8[D]")
    return pd.DataFrame(
        {
            "pool": "service",
            "day": pd.DatetimeIndex(day).as_unit("us"),
            "slot_of_day_s": 28_800 + 1800 * slot,
            "workable_agents": np.asarray(agents, dtype=float)[number],
        }
    )


def _volumes(rng: np.random.Generator, desk: Desk, factor: np.ndarray, occupied: float) -> pd.DataFrame:
    """Return what the queue was offered: Poisson about a profile of the day and the week, times the day's factor; times add up call by call."""
    days = len(factor)
    profile = 1 + 0.25 * np.sin(np.arange(SLOTS) / SLOTS * 2 * np.pi)
    pattern = 1 + 0.3 * (WEEKDAYS - 1)[np.arange(days) % 5]
    mean = occupied * desk.agents * 1800 / desk.aht_s * (factor * pattern)[:, None] * profile
    offered = rng.poisson(mean).ravel()
    left = rng.binomial(offered, 0.03)
    shape = np.maximum(offered - left, 1e-9) / desk.handling_cv**2
    handled = rng.gamma(shape) * desk.aht_s * desk.handling_cv**2
    number = np.arange(days)
    day = MONDAY + (number // 5 * 7 + number % 5).astype("m8[D]")
    start = (day[:, None] + (28_800 + 1800 * np.arange(SLOTS)).astype("m8[s]")).ravel()
    return pd.DataFrame(
        {
            "queue": "claims",
            "start": pd.DatetimeIndex(start).as_unit("us").tz_localize("UTC"),
            "length_s": 1800.0,
            "offered": offered.astype(float),
            "answered": (offered - left).astype(float),
            "abandoned": left.astype(float),
            "handle_us": pd.array((handled * 1e6).round().astype("int64"), dtype="Int64"),
        }
    )


def _roster() -> pd.DataFrame:
    """Return clerks of one team."""
    same = {"population": "back_office", "team": "one", "site": "North", "grade": "clerk", "contract_h": 38.0}
    rows = [{"agent": f"p{number}", **same} for number in range(15)]
    return typed_table("roster", pd.DataFrame(rows))


def _items(rng: np.random.Generator, arriving: np.ndarray, due_days: int, weeks: int) -> pd.DataFrame:
    """Return the log of items that ended within the period."""
    day = np.repeat(np.arange(len(arriving)), arriving)

    def stamp(days: np.ndarray, seconds: np.ndarray) -> pd.DatetimeIndex:
        at = MONDAY + (days // 5 * 7 + days % 5).astype("m8[D]") + seconds.astype("m8[s]")
        return pd.DatetimeIndex(at).as_unit("us").tz_localize("UTC")

    number = len(day)
    arrived = stamp(day, rng.integers(8 * 3600, 15 * 3600, number))
    later = rng.integers(0, due_days + 1, number)
    ended = stamp(day + later, rng.integers(15 * 3600, 16 * 3600, number))
    frame = pd.DataFrame(
        {
            "item": np.arange(number).astype(str),
            "type": "claim",
            "agent": pd.array([None] * number, dtype="str"),
            "arrived": arrived,
            "started": ended - pd.Timedelta(minutes=10),
            "ended": ended,
            "due": stamp(day + due_days, np.full(number, 16 * 3600)),
        }
    )
    return frame[day + later < 5 * weeks].reset_index(drop=True)


def _looks(rng: np.random.Generator, share: float, days: int, looked_at: int) -> Estimate:
    """Return non-work as three rounds on each of so many days see it; a day's mood is shared by all who are looked at."""
    mood = np.clip(1 + 0.3 * shocks(rng, days, 0.0), 0.05, None)
    seen = rng.binomial(3 * looked_at, np.minimum(share * mood, 0.95))
    return ratio(seen, np.full(days, 3 * looked_at), n_unit="days", grade="B")
