"""Gaps between records: unlogged work and idle time from laws that no fitted family has, and the share that was planted."""

from __future__ import annotations

from functools import cache, partial

import numpy as np

from analysis.measure.gap_mixture import fit_gaps
from tests.calibration.harness import Cell, Trial

CAP_S = 4 * 3600.0
# Fewer than the default: quicker, and the ranges are if anything narrower.
MINIMUM_IDLE_S = (0.0, 120.0, 600.0)


def residue(law: str, rng: np.random.Generator, n: int, longest_s: float) -> np.ndarray:
    """Return unlogged work [s]; drawn again where it exceeds what was stated as the longest."""
    made = {
        "two kinds": lambda k: np.where(rng.random(k) < 0.7, 40.0, 240.0) * np.exp(0.6 * rng.standard_normal(k)),
        "three kinds": lambda k: (
            rng.choice([20.0, 120.0, 900.0], k, p=[0.6, 0.3, 0.1]) * np.exp(0.4 * rng.standard_normal(k))
        ),
        "inverse Gaussian": lambda k: rng.wald(90, 90, k),
        "skewed": lambda k: 60 * np.exp(rng.standard_normal(k)),
        "gamma": lambda k: rng.gamma(1.5, 60, k),
        "bounded": lambda k: 600 * rng.beta(1.2, 4, k),
    }[law]
    found = made(n)
    while (over := found > longest_s).any():
        found[over] = made(int(over.sum()))
    return found


def idle(law: str, rng: np.random.Generator, n: int) -> np.ndarray:
    """Return idle times [s]."""
    return {
        "uniform": lambda: rng.uniform(30, 1800, n),
        "Pareto": lambda: np.minimum(120 * (1 + rng.pareto(1.5, n)), CAP_S),
        "break-like": lambda: 900 * np.exp(0.25 * rng.standard_normal(n)),
        "exponential": lambda: rng.exponential(600, n),
        "short": lambda: rng.exponential(120, n),
        "from 5 min": lambda: 300 + rng.gamma(2, 200, n),
    }[law]()


@cache
def means(work: str, rest: str, longest_s: float) -> tuple[float, float]:
    """Return the means of unlogged work and of idle times by their laws [s]."""
    rng = np.random.default_rng(20261122)
    return float(residue(work, rng, 2_000_000, longest_s).mean()), float(idle(rest, rng, 2_000_000).mean())


@cache
def counted(rest: str, least_s: float) -> float:
    """Return which share of idle time lies in idle times of at least `least_s`."""
    times = idle(rest, np.random.default_rng(20261122), 2_000_000)
    return float(times[times >= least_s].sum() / times.sum())


def gaps(
    seed: int,
    *,
    work: str = "two kinds",
    rest: str = "exponential",
    share: float,
    n: int = 5000,
    days: int = 40,
    day_sd: float = 0.0,
    longest_s: float | None = None,
    minimum_idle_s: tuple[float, ...] = MINIMUM_IDLE_S,
) -> Trial:
    """Draw gaps whose idle share of time is `share` in expectation, shorter idle times than the minimum too; days differ in how long idle times are."""
    rng = np.random.default_rng([7, seed])
    at_most = longest_s or np.inf
    mean_work, mean_idle = means(work, rest, at_most)
    often = share / (1 - share) * mean_work / mean_idle
    mood = np.exp(day_sd * rng.standard_normal(days) - day_sd**2 / 2)
    day = rng.integers(days, size=n)
    held = rng.random(n) < often
    # the mood of a day lengthens its idle times, so the expected share stays what it is
    length = residue(work, rng, n, at_most) + held * idle(rest, rng, n) * mood[day]
    return Trial(
        fit_gaps(length, day=day, longest_unlogged_s=longest_s, minimum_idle_s=minimum_idle_s, seed=seed).estimate(),
        share * counted(rest, min(minimum_idle_s)),
    )


def by_type(seed: int, *, share: float) -> Trial:
    """Two types of items whose unlogged work differs six times, told by type."""
    rng = np.random.default_rng([8, seed])
    n, day = 3000, rng.integers(30, size=3000)
    second = rng.random(n) < 0.3
    work = np.where(second, 240.0, 40.0) * np.exp(0.6 * rng.standard_normal(n) - 0.18)
    often = share / (1 - share) * (0.7 * 40 + 0.3 * 240) / 915.0
    length = work + (rng.random(n) < often) * rng.uniform(30, 1800, n)
    return Trial(
        fit_gaps(
            length, day=day, item_type=np.where(second, "b", "a"), minimum_idle_s=MINIMUM_IDLE_S, seed=seed
        ).estimate(),
        share,
    )


def cell(name: str, *, quick: int = 0, **world: object) -> Cell:
    return Cell(f"gaps: {name}", "gap range", partial(gaps, **world), bound=True, quick=quick)


CELLS = (
    cell("two kinds of unlogged work, no idle time", share=0.0, quick=30),
    cell("three kinds of unlogged work, no idle time", work="three kinds", share=0.0),
    cell("skewed unlogged work, no idle time, 200 gaps", work="skewed", share=0.0, n=200, days=20),
    cell("two kinds, idle .1 exponential", share=0.1),
    cell("inverse Gaussian, idle .3 Pareto", work="inverse Gaussian", share=0.3, rest="Pareto"),
    cell("two kinds, idle .5 uniform", share=0.5, rest="uniform"),
    cell("inverse Gaussian, idle .5 break-like", work="inverse Gaussian", share=0.5, rest="break-like"),
    cell("gamma, idle .5 short, in three of four gaps", work="gamma", share=0.5, rest="short"),
    cell("gamma, idle .3 from 5 min on", work="gamma", share=0.3, rest="from 5 min"),
    cell("gamma, idle .3 from 5 min on, as stated", work="gamma", share=0.3, rest="from 5 min", minimum_idle_s=(300.0,)),
    cell("inverse Gaussian, idle .3 uniform, 200 gaps", work="inverse Gaussian", share=0.3, rest="uniform", n=200, days=20),
    cell("skewed, idle .3 exponential, from 5 min on counted", work="skewed", share=0.3, minimum_idle_s=(300.0,)),
    cell("inverse Gaussian up to 10 min as stated, idle .3 uniform, from 5 min on counted", work="inverse Gaussian", share=0.3, rest="uniform", longest_s=600.0, minimum_idle_s=(300.0,)),
    cell("two kinds, idle .5 exponential, shocks by day", share=0.5, n=2000, day_sd=0.6, quick=30),
    cell("two kinds up to 15 min as stated, idle .5 Pareto", share=0.5, rest="Pareto", longest_s=900.0, quick=30),
    cell("bounded by 10 min as stated, idle .5 uniform", work="bounded", share=0.5, rest="uniform", longest_s=600.0),
    cell("inverse Gaussian up to 10 min as stated, idle .3 uniform, shocks by day", work="inverse Gaussian", share=0.3, rest="uniform", n=2000, day_sd=0.6, longest_s=600.0),
    cell("two kinds up to 15 min as stated, idle .1 exponential, 200 gaps", share=0.1, n=200, days=20, longest_s=900.0),
    Cell("gaps: two types told apart, idle .3 uniform", "gap range", partial(by_type, share=0.3), bound=True),
)  # fmt: skip
