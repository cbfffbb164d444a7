"""Groups that differ or do not, seen on days whose shocks they share: does the shrunken interval hold a group's true share?"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
from scipy import special

from analysis.foundation.estimate import Estimate
from analysis.measure.shrinkage import (
    Shrunken,
    differ,
    lasting_variance,
    shrink,
    shrink_counts,
    shrink_shares,
    split_errors,
)
from tests.calibration.harness import Cell, Trial

DAYS = 40
# True effects of groups, mean 0 and variance 1.
EFFECTS: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "normal": lambda draw, k: draw.normal(size=k),
    "skewed": lambda draw, k: draw.exponential(size=k) - 1,
    "two kinds": lambda draw, k: np.where(draw.random(k) < 0.2, 2.0, -0.5),
    "heavy tails": lambda draw, k: draw.standard_t(4, size=k) / math.sqrt(2),
}


def answer(found: Shrunken, group: int) -> Estimate:
    """Return one group's figure as an estimate."""
    if found.reason or not np.isfinite(found.value[group]):
        return Estimate.missing(found.reason or "no figure")
    return Estimate(float(found.value[group]), float(found.low[group]), float(found.high[group]))


def known(seed: int, *, k: int, reliability: float, effects: str = "normal", best: bool = False) -> Trial:
    """Figures with standard errors that are known and differ threefold between groups."""
    draw = np.random.default_rng([1, k, round(10 * reliability), seed])
    errors = 0.05 * np.exp(draw.uniform(-0.55, 0.55, size=k))
    spread = 0.05 * math.sqrt(reliability / (1 - reliability))
    true = 0.6 + spread * EFFECTS[effects](draw, k)
    seen = true + errors * draw.normal(size=k)
    group = int(np.argmax(seen)) if best else seed % k
    return Trial(answer(shrink(seen, errors), group), float(true[group]))


def days(
    seed: int,
    *,
    k: int,
    reliability: float,
    effects: str = "normal",
    shock: float = 1.0,
    lasting: float = 0.0,
    share: float = 0.3,
    rough: float = 0.2,
    best: bool = False,
    claim: bool = False,
) -> Trial:
    """Shares of time on 40 days: day shocks that all groups share, own noise with heavy tails, groups and days of unequal size.

    `rough` is the own noise over the share, `shock` the shared shocks' standard deviation over the own noise's, `lasting` their correlation from day to day.
    """
    draw = np.random.default_rng([2, k, round(10 * reliability), seed])
    noise = rough * share
    spread = math.sqrt(reliability / (1 - reliability)) * noise / math.sqrt(DAYS)
    true = share + spread * EFFECTS[effects](draw, k)
    fresh = draw.normal(size=DAYS)
    shared = np.empty(DAYS)
    shared[0] = fresh[0]
    for day in range(1, DAYS):
        shared[day] = lasting * shared[day - 1] + math.sqrt(1 - lasting**2) * fresh[day]
    own = draw.standard_t(6, size=(DAYS, k)) / math.sqrt(1.5)
    size = (
        draw.uniform(60, 140, size=k) * draw.uniform(0.8, 1.2, size=(DAYS, 1)) * draw.uniform(0.9, 1.1, size=(DAYS, k))
    )
    seen = np.clip(true + noise * (shock * shared[:, None] + own), 0.0, 1.0)
    found = shrink_shares(split_errors(seen * size, size, strata=[str(day % 5) for day in range(DAYS)]))
    if claim:
        # the figure is the spread; zero lies in its range unless a difference is claimed
        return Trial(Estimate(found.between_sd, 0.0 if found.p_value > 0.05 else 1e-12, 9.0), 0.0)
    group = int(np.argmax((seen * size).sum(axis=0) / size.sum(axis=0))) if best else seed % k
    return Trial(answer(found, group), float(true[group]))


def bands(seed: int, *, people: int = 15, levels: int = 4, person: float = 1.0) -> Trial:
    """Bands of service that mean nothing, of people who differ among themselves as much as their days do: is a difference claimed?"""
    draw = np.random.default_rng([4, levels, people, seed])
    noise = 0.06
    who = person * noise * draw.standard_t(5, size=(levels, people, 1)) / math.sqrt(5 / 3)
    day = noise * draw.normal(size=DAYS) + noise * draw.normal(size=(levels, 1, DAYS)) / 3
    seen = np.clip(0.3 + who + day + noise * draw.normal(size=(levels, people, DAYS)), 0, 1)
    there = 8.0 * (draw.random(size=seen.shape) < 0.85)
    part, base = (seen * there).sum(axis=1).T, there.sum(axis=1).T
    found = split_errors(part, base, strata=[str(number % 5) for number in range(DAYS)])
    lasting = [lasting_variance(*pair) for pair in zip(seen * there, there, strict=True)]
    p_value = differ(special.logit(found.share), np.sqrt(found.own**2 + lasting), freedom=people - 1)
    return Trial(Estimate(1e-9, 0.0 if p_value > 0.05 else 1e-12, 1.0), 0.0)


def counts(seed: int, *, k: int, spread: float, share: float = 0.04) -> Trial:
    """Errors among checked items: groups differ on the logit scale, which is no beta distribution."""
    draw = np.random.default_rng([3, k, seed])
    checked = draw.integers(80, 320, size=k)
    true = special.expit(special.logit(share) + spread * draw.normal(size=k))
    group = seed % k
    found = shrink_counts(draw.binomial(checked, true), checked)
    return Trial(answer(found, group), float(true[group]))


def _cells() -> tuple[Cell, ...]:
    cells = [
        Cell(
            f"{k} groups on 40 days with shared shocks, reliability {reliability}",
            "share of a group",
            partial(days, k=k, reliability=reliability),
            quick=80 if (k, reliability) in ((6, 0.5), (30, 0.2)) else 0,
        )
        for k in (6, 12, 30)
        for reliability in (0.2, 0.5, 0.8)
    ]
    cells += [
        Cell(
            f"{k} groups, known errors, {effects} effects, reliability {reliability}",
            "figure of a group",
            partial(known, k=k, reliability=reliability, effects=effects),
        )
        for k, effects, reliability in (
            *((6, effects, 0.5) for effects in EFFECTS),
            *((30, effects, 0.5) for effects in EFFECTS),
            (12, "two kinds", 0.8),
            (12, "skewed", 0.2),
        )
    ]
    cells += [
        Cell(
            f"12 groups on 40 days, {effects} effects, no shared shocks",
            "share of a group",
            partial(days, k=12, reliability=0.5, effects=effects, shock=0.0),
        )
        for effects in ("skewed", "two kinds")
    ]
    cells += [
        Cell(
            "12 groups, shared shocks three times the own noise",
            "share of a group",
            partial(days, k=12, reliability=0.5, shock=3.0, share=0.4, rough=0.08),
        ),
        Cell(
            "12 groups, shared shocks that last (.5 from day to day)",
            "share of a group",
            partial(days, k=12, reliability=0.5, lasting=0.5),
        ),
        Cell("12 groups, a share of .05", "share of a group", partial(days, k=12, reliability=0.5, share=0.05)),
    ]
    # how wide an interval must be where groups do not differ at all no rule can know: it must hold the truth
    cells += [
        Cell(
            f"{k} groups that do not differ, shared shocks",
            "share of a group",
            partial(days, k=k, reliability=0.0),
        )
        for k in (6, 12, 30)
    ]
    cells += [
        Cell(
            f"{k} groups that do not differ, nothing shared",
            "share of a group",
            partial(days, k=k, reliability=0.0, shock=0.0),
            bound=True,
        )
        for k in (6, 30)
    ]
    cells += [
        Cell(
            f"{k} groups that do not differ: no difference is claimed",
            "spread of groups",
            partial(days, k=k, reliability=0.0, claim=True),
            bound=True,
            quick=60 if k == 12 else 0,
        )
        for k in (6, 30)
    ]
    cells += [
        Cell(
            f"{levels} bands of {people} people who differ, bands do not: no difference is claimed",
            "spread of groups",
            partial(bands, levels=levels, people=people),
            bound=True,
        )
        for levels, people in ((4, 15), (2, 30), (8, 12))
    ]
    cells += [
        Cell(
            f"the best looking of {k} groups, normal effects, reliability {reliability}",
            "figure of a group",
            partial(known, k=k, reliability=reliability, best=True),
        )
        for k, reliability in ((6, 0.5), (12, 0.2), (12, 0.5), (30, 0.5), (30, 0.8))
    ]
    cells += [
        Cell(
            f"errors of {k} groups, spread {spread} logits",
            "error rate of a group",
            partial(counts, k=k, spread=spread),
        )
        for k, spread in ((6, 0.3), (12, 0.3), (12, 0.8), (30, 0.5))
    ]
    return tuple(cells)


CELLS = _cells()
