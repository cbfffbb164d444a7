"""Clients as tables, with what is true of them in the long run: moods of days that last, skewed shocks, queues that carry work over."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from analysis.baseline.settings import BaselineSettings
from analysis.blending.settings import BlendingSettings
from analysis.foundation.schema import typed_table
from analysis.foundation.settings import Client, Period, Queue
from analysis.readiness.from_data import Facts
from analysis.readiness.settings import ReadinessSettings
from tests.calibration.share_worlds import MONDAY, WEEKDAY, shocks

OPEN = np.timedelta64(9, "h")
SECOND = np.timedelta64(1_000_000, "us")
QUEUE = Queue(name="line", pool="line", answer_within_s=20.0, target=0.8, max_occupancy=0.88)
LONG = 3000
# A queue that seldom runs dry remembers weeks, so its long run is longer.
VERY_LONG = 12_000
_BEFORE = 150


@dataclass(frozen=True, slots=True)
class Moods:
    """How days differ: their number, how far they move, how much of that lasts until the next day."""

    days: int = 40
    correlation: float = 0.4
    mood: Any = "days"
    size: float = 0.15
    skewness: float = 1.0

    def draw(self, rng: np.random.Generator, size: float | None = None) -> np.ndarray:
        """Return a positive factor with mean 1 for each day."""
        found = shocks(rng, self.days, self.correlation, mood=self.mood, skewness=self.skewness)
        return np.maximum(1 + (self.size if size is None else size) * found, 0.02)


@dataclass(frozen=True, slots=True)
class Months:
    """The same for the long run."""

    moods: Moods = field(default_factory=Moods)
    number: int = LONG

    def long(self) -> Moods:
        """Return the moods of a very long period."""
        return replace(self.moods, days=self.number)


@lru_cache(maxsize=1)
def client() -> Client:
    return Client(name="Acme", time_zone="UTC", period=Period(start="2026-01-05", end="2026-12-31"))  # type: ignore[arg-type]


def facts(
    *,
    days: pd.DataFrame | None = None,
    suitable: tuple[str, ...] = (),
    queues: tuple[Queue, ...] = (),
    **tables: pd.DataFrame,
) -> Facts:
    """Return what scores are made from, with only as much of the results before as they read."""
    attendance = pd.DataFrame({"population": ["contact_centre"], "source": ["schedule"], "paid_h": [1.0]})
    inventory = pd.DataFrame(
        {"type": list(suitable), **dict.fromkeys(("suitable_blocks", "suitable_between", "suitable_interrupt"), True)}
    )
    baseline: Any = SimpleNamespace(
        settings=BaselineSettings(),
        attendance=attendance,
        days=pd.DataFrame() if days is None else days.assign(population="contact_centre"),
    )
    blending: Any = SimpleNamespace(
        settings=BlendingSettings(), inventory=inventory, service=pd.DataFrame(), lab=pd.DataFrame()
    )
    return Facts(tables, baseline, blending, client(), ReadinessSettings(), queues)


def dates(days: int) -> np.ndarray:
    """Return consecutive working days."""
    number = np.arange(days)
    return MONDAY + ((number // 5) * 7 + number % 5).astype("m8[D]")


def stamps(values: np.ndarray) -> pd.Series:
    return pd.Series(values.astype("M8[us]")).dt.tz_localize("UTC")


def spells(agent: np.ndarray, start: np.ndarray, length_s: np.ndarray, state: np.ndarray) -> pd.DataFrame:
    """Return spells of the contact centre."""
    end = start + (length_s * 1e6).astype("int64").astype("m8[us]")
    names = np.array([f"a{number:02d}" for number in range(int(agent.max()) + 1)])
    frame = pd.DataFrame({"agent": names[agent], "start": stamps(start), "end": stamps(end), "state": state})
    return typed_table("spells", frame.assign(population="contact_centre"))


def not_ready(seed: int, moods: Moods, *, default: float, people: int = 15) -> tuple[Facts, float]:
    """Breaks that are steady, and time under a default code that moves with the day."""
    rng = np.random.default_rng([31, moods.days, seed])
    mood = moods.draw(rng) * (1 + WEEKDAY[np.arange(moods.days) % 5])
    day = np.repeat(np.arange(moods.days), people)
    agent = np.tile(np.arange(people), moods.days)
    there = rng.random(len(day)) < 0.9
    day, agent = day[there], agent[there]
    rest = 3600 * rng.gamma(8, 1 / 8, len(day))
    away = 3600 * default / (1 - default) * mood[day] * rng.gamma(2, 1 / 2, len(day))
    start = dates(moods.days)[day] + OPEN
    both = [(start, rest, "BREAK"), (start + np.timedelta64(6, "h"), away, "AWAY")]
    table = spells(
        np.concatenate([agent, agent]),
        np.concatenate([one[0] for one in both]),
        np.concatenate([one[1] for one in both]),
        np.repeat([one[2] for one in both], len(day)),
    )
    expected = default / (1 - default) * (1 + WEEKDAY.mean())
    return facts(spells=table), expected / (1 + expected)


def attended(seed: int, moods: Moods, *, missing: float, outside: float) -> tuple[Facts, float]:
    """Hours by day: some are missing from the states, others lie outside paid time; a tenth of the days lose three times as much."""
    rng = np.random.default_rng([32, moods.days, seed])
    from analysis.foundation.schema import BUCKETS

    hours = 300 * moods.draw(rng, 0.1)
    lost = np.where(rng.random(moods.days) < 0.1, 3.0, 7 / 9) * moods.draw(rng, 0.3)
    gone = np.minimum(hours * missing * lost, hours)
    over = hours * outside * moods.draw(rng, 0.3)
    number = np.arange(moods.days)
    frame = pd.DataFrame({"day": dates(moods.days), "weekday": number % 5})
    frame = frame.assign(week=frame["day"] - pd.to_timedelta(frame["weekday"], "D"), **dict.fromkeys(BUCKETS, 0.0))
    frame = frame.assign(UNACCOUNTED=gone, HANDLING=hours - gone, OUTSIDE_PAID=over, PAID=hours)
    table = spells(np.arange(10), np.repeat(dates(1) + OPEN, 10), np.full(10, 60.0), np.full(10, "IDLE"))
    return facts(days=frame, spells=table), (missing + outside) / (1 + outside)


def forecasts(seed: int, moods: Moods, *, bias: float, volume: float = 30.0, slots: int = 16) -> tuple[Facts, float]:
    """Contacts by half hour against a forecast that knows the shape of the day, misses its mood and its level by `bias`; truth is the bias."""
    rng = np.random.default_rng([33, moods.days, seed])
    shape = volume * (1 + 0.6 * np.sin(np.linspace(0, np.pi, slots)))
    mean = shape * moods.draw(rng)[:, None]
    # half hours of a day share a second mood that turns over within it
    mean *= np.maximum(1 + 0.1 * rng.standard_t(6, (moods.days, 1)) * np.linspace(-1, 1, slots), 0.1)
    came = rng.poisson(mean).astype(float)
    start = stamps((dates(moods.days)[:, None] + OPEN + (1800 * np.arange(slots)) * SECOND).ravel())
    volumes = {"queue": "line", "start": start, "length_s": 1800.0, "offered": came.ravel()}
    wanted = np.tile(shape * (1 + bias), (moods.days, 1)).ravel()
    return facts(
        volumes=typed_table("volumes", pd.DataFrame(volumes)),
        forecasts=typed_table("forecasts", pd.DataFrame({**volumes, "offered": wanted})),
    ), bias


@lru_cache(maxsize=16)
def long_error(moods: Moods, bias: float, volume: float) -> float:
    """Return the forecast error that a very long period shows."""
    made, _ = forecasts(1, Months(moods).long(), bias=bias, volume=volume)
    both = made.tables["volumes"]["offered"], made.tables["forecasts"]["offered"]
    return float((both[0] - both[1]).abs().sum() / both[0].sum())


def lengths(
    seed: int, moods: Moods, *, means: dict[str, tuple[float, float]], short_s: float = 600.0
) -> tuple[Facts, float]:
    """Items of types (mean seconds, items a day) whose lengths are skewed and longer on bad days."""
    rng = np.random.default_rng([34, moods.days, seed])
    rows, hours = [], {}
    for kind, (mean, a_day) in means.items():
        mood = moods.draw(rng)
        count = rng.poisson(a_day * moods.draw(rng, 0.2))
        day = np.repeat(np.arange(moods.days), count)
        length = np.maximum(mean * mood[day] * np.exp(0.7 * rng.normal(size=len(day)) - 0.245), 1.0)
        # a whole day is long enough for every item, so that none crosses midnight
        begun = (
            dates(moods.days)[day] + OPEN + (rng.uniform(0, 3 * 3600, len(day)) * 1e6).astype("int64").astype("m8[us]")
        )
        rows.append(
            pd.DataFrame(
                {"type": kind, "started": begun, "ended": begun + (length * 1e6).astype("int64").astype("m8[us]")}
            )
        )
        hours[kind] = mean * a_day
    items = pd.concat(rows, ignore_index=True)
    items = items.assign(
        started=stamps(items["started"].to_numpy()),
        ended=stamps(items["ended"].to_numpy()),
        item=np.arange(len(items)).astype(str),
    )
    short = sum(value for kind, value in hours.items() if means[kind][0] <= short_s)
    return facts(work_items=typed_table("work_items", items)), short / sum(hours.values())


def cycles(seed: int, moods: Moods, *, allowed_h: float, cycle_h: float, a_day: int = 40) -> tuple[Facts, float]:
    """Items due a fixed time after arrival, done after a skewed time that moves with the day; items not done at the end of the log are not in it."""
    rng = np.random.default_rng([35, moods.days, seed])
    mood = moods.draw(rng)
    day = np.repeat(np.arange(moods.days), rng.poisson(a_day, moods.days))
    arrived = (
        dates(moods.days)[day] + OPEN + (rng.uniform(0, 8 * 3600, len(day)) * 1e6).astype("int64").astype("m8[us]")
    )
    took = cycle_h * mood[day] * np.exp(0.8 * rng.normal(size=len(day)))
    ended = arrived + (took * 3.6e9).astype("int64").astype("m8[us]")
    due = arrived + np.timedelta64(int(allowed_h * 3600), "s")
    kept = ended <= dates(moods.days)[-1] + np.timedelta64(18, "h")
    frame = pd.DataFrame(
        {
            "item": np.arange(len(day)).astype(str),
            "type": "claim",
            "arrived": stamps(arrived),
            "ended": stamps(ended),
            "due": stamps(due),
        }
    )
    return facts(work_items=typed_table("work_items", frame[kept].reset_index(drop=True))), allowed_h - long_median(
        moods
    ) * cycle_h


@lru_cache(maxsize=16)
def long_median(moods: Moods) -> float:
    """Return the median of a cycle of mean scale 1 in the long run."""
    rng = np.random.default_rng(5)
    long = Months(moods).long()
    return float(np.median(np.repeat(long.draw(rng), 40) * np.exp(0.8 * rng.normal(size=40 * LONG))))


def queue_of_items(
    seed: int, moods: Moods, *, load: float, idle: float = 5.0, a_day: float = 120.0, slots: int = 16
) -> Facts:
    """Items carried over from day to day by a back office whose speed moves, beside idle agents by half hour."""
    rng = np.random.default_rng([36, moods.days, seed])
    long = replace(moods, days=moods.days + _BEFORE)
    arrive = rng.poisson(np.repeat(a_day / slots * long.draw(rng), slots))
    speed = rng.poisson(np.repeat(a_day / load / slots * long.draw(rng, 0.2), slots))
    done, waiting = np.zeros(len(arrive), dtype=int), 0
    for slot, (more, most) in enumerate(zip(arrive.tolist(), speed.tolist(), strict=True)):
        waiting += more
        done[slot] = min(waiting, most)
        waiting -= done[slot]
    # what waits when the log begins arrived the evening before
    before = _BEFORE * slots
    left = int(arrive[:before].sum() - done[:before].sum())
    arrive, done = arrive[before:], done[before:]
    opened = (dates(moods.days)[:, None] + OPEN + (1800 * np.arange(slots)) * SECOND).ravel()
    arrived = np.repeat(opened, arrive) + (rng.uniform(0, 1800, arrive.sum()) * 1e6).astype("int64").astype("m8[us]")
    begun = np.repeat(opened, done) + (rng.uniform(0, 1800, done.sum()) * 1e6).astype("int64").astype("m8[us]")
    arrived = np.concatenate([np.full(left, opened[0] - 14 * 3600 * SECOND), np.sort(arrived)])[: len(begun)]
    begun = np.sort(begun)
    begun = np.maximum(begun, arrived + SECOND)
    items = pd.DataFrame(
        {
            "item": np.arange(len(begun)).astype(str),
            "type": "claim",
            "arrived": stamps(arrived),
            "started": stamps(begun),
            "ended": stamps(begun + 60 * SECOND),
        }
    )
    agents = rng.poisson(np.repeat(idle * moods.draw(rng, 0.3), slots))
    # the same people wait in turn, so that enough of them stand behind the figure
    who = np.concatenate([(place + np.arange(count)) % 20 for place, count in enumerate(agents)])
    table = spells(who, np.repeat(opened, agents), np.full(len(who), 1800.0), np.full(len(who), "IDLE"))
    return facts(suitable=("claim",), spells=table, work_items=typed_table("work_items", items))


def served(seed: int, moods: Moods, *, contacts: float, level: float, slots: int = 16) -> Facts:
    """Contacts answered in time by half hour: the chance has a shape over the day, a mood of the day and one of the half hour."""
    rng = np.random.default_rng([37, moods.days, seed])
    day = moods.draw(rng)
    offered = rng.poisson(contacts * day[:, None] * (1 + 0.5 * np.sin(np.linspace(0, np.pi, slots))))
    logit = (
        level
        - 3 * (day[:, None] - 1)
        - 0.6 * np.sin(np.linspace(0, np.pi, slots))
        + 0.5 * rng.standard_t(6, (moods.days, slots))
    )
    in_time = rng.binomial(offered, 1 / (1 + np.exp(-logit)))
    start = stamps((dates(moods.days)[:, None] + OPEN + (1800 * np.arange(slots)) * SECOND).ravel())
    frame = {
        "queue": "line",
        "start": start,
        "length_s": 1800.0,
        "offered": offered.ravel().astype(float),
        "answered_within": in_time.ravel().astype(float),
        "within_s": 20.0,
    }
    return facts(volumes=typed_table("volumes", pd.DataFrame(frame)), queues=(QUEUE,))


def busy(seed: int, moods: Moods, *, level: float, agents: int = 10, slots: int = 12) -> Facts:
    """Agents who handle contacts for a part of each half hour and wait for the rest; the part follows a curve over the day and its mood."""
    rng = np.random.default_rng([38, moods.days, seed])
    curve = level + 0.1 * np.sin(np.linspace(0, np.pi, slots)) - 0.1
    part = curve * moods.draw(rng)[:, None] + 0.03 * rng.standard_t(6, (moods.days, slots))
    part = np.clip(np.repeat(part.ravel(), agents) + 0.08 * rng.normal(size=moods.days * slots * agents), 0.01, 0.99)
    opened = np.repeat((dates(moods.days)[:, None] + OPEN + (1800 * np.arange(slots)) * SECOND).ravel(), agents)
    who = np.tile(np.arange(agents), moods.days * slots)
    worked = np.round(1800 * part)
    begun = opened + (worked * 1e6).astype("int64").astype("m8[us]")
    table = spells(
        np.tile(who, 2),
        np.concatenate([opened, begun]),
        np.concatenate([worked, 1800 - worked]),
        np.repeat(["HANDLING", "IDLE"], len(who)),
    )
    return facts(spells=table, queues=(QUEUE,))
