"""Which interval for a share holds its promise when days resemble their neighbours? Prints the table of docs/method/intervals.md.

Every candidate sees the same worlds at the level of days (no spells, no people): a sum of day effects with weekday means removed. Run with
``python benchmarks/correlated_days.py`` (``--worlds 4000``).
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import stats

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from analysis.foundation.serial import long_run  # noqa: E402

Z = 1.959964
WORLDS: tuple[tuple[str, str, float], ...] = (
    ("independent", "chain", 0.0),
    ("correlated .2", "chain", 0.2),
    ("correlated .44", "chain", 0.44),
    ("correlated .6", "chain", 0.6),
    ("correlated .75", "chain", 0.75),
    ("60 % of the mood lasts all week", "week", 0.6),
    ("30 % of the mood fades by .8 a day", "slow", 0.3),
)


def effects(rng: np.random.Generator, kind: str, strength: float, days: int) -> np.ndarray:
    """Return day effects with mean 0 and variance 1; chains have shocks of skewness 1."""

    def shocks(number: int) -> np.ndarray:
        return (rng.gamma(4.0, 1.0, number) - 4) / 2

    def chain(correlation: float) -> np.ndarray:
        found = shocks(days + 40) * math.sqrt(1 - correlation**2)
        for day in range(1, len(found)):
            found[day] += correlation * found[day - 1]
        return found[40:]

    if kind == "chain":
        return chain(strength)
    lasting = shocks(days // 5).repeat(5) if kind == "week" else chain(0.8)
    return math.sqrt(strength) * lasting + math.sqrt(1 - strength) * shocks(days)


def candidates(z: np.ndarray) -> Iterator[tuple[str, float]]:
    """Return the half width of each candidate's interval for the sum of the effects."""
    days = len(z)
    weekday = np.arange(days) % 5
    centred = z - np.array([z[weekday == one].mean() for one in range(5)])[weekday]
    by_day = math.sqrt(float((centred**2).sum()) * days / (days - 5))
    t_day = float(stats.t.ppf(0.975, days - 5))
    yield "days, t", t_day * by_day
    weeks = z.reshape(-1, 5).sum(axis=1)
    k = len(weeks)
    spread = weeks - weeks.mean()
    by_week = math.sqrt(float((spread**2).sum()) * k / (k - 1))
    t_week = float(stats.t.ppf(0.975, k - 1))
    yield "weeks, t", t_week * by_week
    near = float((spread[1:] * spread[:-1]).sum() / (spread**2).sum())
    near = min(max(near + (1 + 3 * max(near, 0.0)) / k, 0.0), 0.8)
    yield "weeks, neighbours' correlation added", t_week * by_week * math.sqrt(1 + 2 * near * (k - 1) / k)
    yield "larger of days and weeks", t_week * max(by_day, by_week)
    lag1 = float((centred[1:] * centred[:-1]).sum() / (centred**2).sum())
    notable = lag1 > 1.2816 / math.sqrt(days)
    yield "weeks if a test finds correlation, else days", t_week * by_week if notable else t_day * by_day
    r = min(max(lag1 + (1 + 3 * lag1) / days, 0.0), 0.9)
    factor = (1 + r) / (1 - r)
    yield (
        "autoregression, Kendall's r",
        float(stats.t.ppf(0.975, max(days / factor - 1, 2))) * by_day * math.sqrt(factor),
    )
    found = long_run(z - z.mean(), weekday)
    at = (np.arange(days) + 0.5) / days
    waves = np.array([math.sqrt(2) * np.cos(math.pi * j * at) for j in range(1, found.freedom + 1)])
    t_wave = float(stats.t.ppf(0.975, found.freedom))
    yield "cosines", t_wave * math.sqrt(float(((waves @ centred) ** 2).mean()))
    yield "cosines, corrected (chosen)", t_wave * found.error


def row(kind: str, strength: float, days: int, worlds: int) -> dict[str, tuple[float, float]]:
    """Return for each candidate how often it holds 0, and its mean width over an oracle's."""
    rng = np.random.default_rng([days, round(100 * strength), len(kind)])
    inside, width, sums = {}, {}, []
    for _ in range(worlds):
        z = effects(rng, kind, strength, days)
        sums.append(float(z.sum()))
        for name, half in candidates(z):
            inside[name] = inside.get(name, 0) + (abs(sums[-1]) <= half)
            width[name] = width.get(name, 0.0) + half
    oracle = Z * float(np.std(sums))
    return {name: (inside[name] / worlds, width[name] / worlds / oracle) for name in inside}


def main() -> None:
    """Print one table per length of the period."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=4000)
    worlds = parser.parse_args().worlds
    for weeks in (4, 8, 12):
        found = {name: row(kind, strength, 5 * weeks, worlds) for name, kind, strength in WORLDS}
        print(f"\n{weeks} weeks, {worlds:,} worlds: coverage / mean width over an oracle's\n")
        print(f"| interval | {' | '.join(found)} |\n|{'---|' * (len(found) + 1)}")
        for candidate in next(iter(found.values())):
            cells = (f"{one[candidate][0]:.3f} / {one[candidate][1]:.2f}" for one in found.values())
            print(f"| {candidate} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
