"""Worlds of waiting agents with planted gap laws: written for the calibration, sharing nothing with the estimator but the columns of its input."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import pandas as pd

AGENTS, HOURS = 12, 10.0
FIRST = pd.Timestamp("2026-01-05 08:00", tz="UTC")


def moods(draw: np.random.Generator, days: int, cv: float, lasting: float) -> np.ndarray:
    """Return one factor a day, lognormal, neighbours alike."""
    fresh = draw.normal(size=days)
    mood = fresh.copy()
    for day in range(1, days):
        mood[day] = lasting * mood[day - 1] + np.sqrt(1 - lasting**2) * fresh[day]
    spread = np.sqrt(np.log1p(cv**2))
    return np.exp(spread * mood - spread**2 / 2)


@dataclass(frozen=True)
class Renewal:
    """Agents who wait and handle by turns: gaps three times as long in the evening, breaks and the shift's end cut them off.

    `shape` is the shape of gamma gaps; 0: lognormal ones. `stretch_h` is the mean time between breaks.
    """

    shape: float = 1.7
    cv: float = 0.25
    lasting: float = 0.3
    days: int = 40
    stretch_h: float = 1.0
    mean_s: float = 110.0

    def mean_at(self, hour: np.ndarray) -> np.ndarray:
        """Return the mean gap of an average day by hour since opening."""
        return self.mean_s * np.where(hour < 6, 1.0 + 0.1 * hour, 1.6 + 0.45 * (hour - 6))

    def draw(self, draw: np.random.Generator) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return the pieces (day, agent, start [s since opening], end, state) and the true length of every gap that began."""
        mood = moods(draw, self.days, self.cv, self.lasting)
        size = self.days * AGENTS
        day, agent = np.repeat(np.arange(self.days), AGENTS), np.tile(np.arange(AGENTS), self.days)
        now = draw.uniform(0, 900, size)
        end = HOURS * 3600 - draw.choice([0.0, 1800.0, 3600.0], size)
        pause = now + draw.gamma(2.0, self.stretch_h * 1800, size)
        rows, lengths = [], []
        while (now < end).any():
            there = now < end
            at, who, when = now[there], agent[there], day[there]
            mean = self.mean_at(at / 3600) * mood[when]
            if self.shape:
                gap = draw.gamma(self.shape, mean / self.shape)
            else:
                gap = mean * np.exp(0.9 * draw.normal(size=len(at)) - 0.405)
            lengths.append(gap)
            stop = np.minimum(pause[there], end[there])
            idle_end = np.minimum(at + gap, stop)
            cut = at + gap > stop
            handle = idle_end + 180 * np.exp(0.6 * draw.normal(size=len(at)) - 0.18)
            rest = idle_end + draw.uniform(300, 1800, len(at))
            rows.append((when, who, at, idle_end, np.full(len(at), "IDLE")))
            rows.append((when[~cut], who[~cut], idle_end[~cut], handle[~cut], np.full((~cut).sum(), "HANDLING")))
            gone = cut & (stop < end[there])
            rows.append((when[gone], who[gone], idle_end[gone], rest[gone], np.full(gone.sum(), "BREAK")))
            after = np.where(cut, rest, handle)
            # a break that came due during a contact is taken after it
            late = ~cut & (handle >= pause[there])
            rows.append((when[late], who[late], handle[late], handle[late] + 900, np.full(late.sum(), "BREAK")))
            after = np.where(late, handle + 900, after)
            place = np.flatnonzero(there)
            now[place] = after
            renewed = place[gone | late]
            pause[renewed] = now[renewed] + draw.gamma(2.0, self.stretch_h * 1800, len(renewed))
        columns = [np.concatenate(parts) for parts in zip(*rows, strict=True)]
        return dict(zip(("day", "agent", "start", "end", "state"), columns, strict=True)), np.concatenate(lengths)


@dataclass(frozen=True)
class Desk:
    """A pool in which the longest idle agent gets the next call: calls in bursts, day moods, lognormal handling; the day's end cuts gaps off."""

    agents: int = 12
    calls_per_h: float = 110.0
    cv: float = 0.2
    days: int = 30
    hours: float = 4.0

    def draw(self, draw: np.random.Generator) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return the pieces until closing, and the true length of every gap that began before it."""
        mood = moods(draw, self.days, self.cv, 0.3)
        rows, lengths = [], []
        for day in range(self.days):
            self._day(day, mood[day], draw, rows, lengths)
        columns = [np.array(part) for part in zip(*rows, strict=True)]
        return dict(zip(("day", "agent", "start", "end", "state"), columns, strict=True)), np.array(lengths)

    def _day(self, day: int, mood: float, draw: np.random.Generator, rows: list, lengths: list) -> None:
        """Follow one day, an hour beyond closing for the gaps that began before."""
        close = self.hours * 3600
        # a rate that wanders by the ten minutes: not Poisson within the half hour
        blocks = int(close / 600) + 6
        rate = self.calls_per_h / 3600 * mood * draw.gamma(8.0, 1 / 8.0, blocks)
        calls = np.sort(np.concatenate([600 * (k + draw.random(draw.poisson(600 * rate[k]))) for k in range(blocks)]))
        handle = 300 * np.exp(0.7 * draw.normal(size=len(calls)) - 0.245)
        free = [(0.0, agent) for agent in range(self.agents)]
        busy: list[tuple[float, int]] = []
        for call, length in zip(calls.tolist(), handle.tolist(), strict=True):
            while busy and (busy[0][0] <= call or not free):
                heapq.heappush(free, heapq.heappop(busy))
            since, agent = heapq.heappop(free)
            start = max(call, since)
            if since < close and start > since:
                lengths.append(start - since)
                rows.append((day, agent, since, min(start, close), "IDLE"))
            if start < close:
                rows.append((day, agent, start, min(start + length, close), "HANDLING"))
            heapq.heappush(busy, (start + length, agent))
        for since, agent in [*free, *busy]:
            if since < close:
                rows.append((day, agent, since, close, "IDLE"))
                lengths.append(np.inf)


def pieces_of(columns: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return the columns as pieces of the ladder, stamped on working days."""
    days = (
        pd.bdate_range(FIRST.tz_localize(None), periods=int(columns["day"].max()) + 1).tz_localize("UTC").as_unit("us")
    )
    midnight = days.asi8[columns["day"]]
    stamps = {
        side: pd.to_datetime(midnight + np.round(columns[side] * 1e6).astype("int64"), unit="us", utc=True)
        for side in ("start", "end")
    }
    names = np.array([f"p{number:02d}" for number in range(int(columns["agent"].max()) + 1)])
    frame = pd.DataFrame({"agent": pd.Series(names[columns["agent"]], dtype="str"), **stamps})
    frame["state"] = pd.Series(columns["state"], dtype="str")
    frame = frame[frame["end"] > frame["start"]]
    return frame.sort_values(["agent", "start"], ignore_index=True)
