"""What those that look best truly reach: is the interval right although the data chose whom it speaks of?"""

from __future__ import annotations

import math
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from analysis.baseline.people_spread import people_spread
from analysis.baseline.settings import BaselineSettings
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import BUCKETS
from analysis.foundation.settings import Client, Period
from analysis.measure.shrinkage import BestPart, best_part, split_means
from tests.calibration.cells_shrinkage import EFFECTS
from tests.calibration.harness import Cell, Trial

DAYS = 40
HOUR = 3_600_000_000
ASKED = BaselineSettings()
OUTLIER = "a normal law of true figures pulls in a true outlier too far; the best quarter, which is what is reported, is not hurt"


def answer(found: BestPart) -> Estimate:
    """Return the best part's true mean as an estimate."""
    if found.reason or not math.isfinite(found.value):
        return Estimate.missing(found.reason or "no figure")
    return Estimate(found.value, found.low, found.high)


def chosen(seen: np.ndarray, count: int) -> np.ndarray:
    """Return the places of those that look best."""
    return np.argsort(seen, kind="stable")[len(seen) - count :]


def known(seed: int, *, k: int, reliability: float, effects: str = "normal", top: float = 0.25) -> Trial:
    """Figures with standard errors that are known and differ threefold."""
    draw = np.random.default_rng([11, k, round(10 * reliability), seed])
    errors = 0.05 * np.exp(draw.uniform(-0.55, 0.55, size=k))
    spread = 0.05 * math.sqrt(reliability / (1 - reliability))
    true = 0.6 + spread * EFFECTS[effects](draw, k)
    seen = true + errors * draw.normal(size=k)
    found = best_part(seen, errors, top=top)
    return Trial(answer(found), float(true[chosen(seen, found.count)].mean()))


def groups(
    seed: int, *, k: int, reliability: float, effects: str = "normal", shock: float = 1.0, top: float = 0.25
) -> Trial:
    """Utilization of groups on 40 days: shocks of days that all share and that last a little, own noise with heavy tails, unequal groups and days."""
    draw = np.random.default_rng([12, k, round(10 * reliability), seed])
    noise = 0.1
    spread = math.sqrt(reliability / (1 - reliability)) * noise / math.sqrt(DAYS)
    true = 0.6 + spread * EFFECTS[effects](draw, k)
    fresh = draw.normal(size=DAYS)
    shared = fresh.copy()
    for day in range(1, DAYS):
        shared[day] = 0.3 * shared[day - 1] + math.sqrt(1 - 0.3**2) * fresh[day]
    own = draw.standard_t(6, size=(DAYS, k)) / math.sqrt(1.5)
    size = draw.uniform(60, 140, size=k) * draw.uniform(0.8, 1.2, size=(DAYS, 1)) * draw.uniform(0.9, 1.1, (DAYS, k))
    part = np.clip(true + noise * (shock * shared[:, None] + own), 0, 1) * size
    errors = split_means(part, size, strata=[str(day % 5) for day in range(DAYS)])
    if not np.isfinite(errors.own).all():
        return Trial(Estimate.missing("no errors"), math.nan)
    found = best_part(
        errors.share,
        errors.own,
        top=top,
        common_error=errors.common,
        freedom=errors.freedom,
        common_freedom=errors.common_freedom,
    )
    return Trial(answer(found), float(true[chosen(errors.share, found.count)].mean()))


@lru_cache(maxsize=1)
def _client() -> Client:
    days = pd.bdate_range("2026-03-02", periods=DAYS)
    return Client(name="Acme", time_zone="UTC", period=Period(start=days[0].date(), end=days[-1].date()))


def _row(population: str, work: np.ndarray, base: np.ndarray, tables: dict, slots: pd.DataFrame) -> pd.Series:
    """Return the row of a population whose hours of work and base are given, days x people."""
    days, count = work.shape
    names = [f"p{number:03d}" for number in range(count)]
    dates = pd.bdate_range("2026-03-02", periods=days).as_unit("us")
    frame = pd.DataFrame({"agent": np.tile(names, days), "day": np.repeat(dates, count)})
    frame = frame.assign(**dict.fromkeys(["PAID", *BUCKETS, "OUTSIDE_PAID"], 0))
    frame["HANDLING"] = np.round(work.ravel() * HOUR).astype("int64")
    frame["IDLE"] = np.round((base - work).ravel() * HOUR).astype("int64")
    people: Any = SimpleNamespace(population=population, agent_days=frame, days=frame, pools=pd.Series(dtype="str"))
    given = {"roster": pd.DataFrame({"agent": names, "population": population})} | tables
    return people_spread(given, people, slots, client=_client(), settings=ASKED).iloc[0]


def _work(draw: np.random.Generator, true: np.ndarray, noise: float, shock: float) -> tuple[np.ndarray, np.ndarray]:
    """Return hours of work and base, days x people: logistic days, shared shocks, people who are there on four days of five."""
    logit = np.log(true / (1 - true))
    day = shock * draw.normal(size=(DAYS, 1)) + noise * draw.standard_t(5, size=(DAYS, len(true))) / math.sqrt(5 / 3)
    there = draw.uniform(4, 8, size=len(true)) * (draw.random((DAYS, len(true))) < 0.8)
    return there / (1 + np.exp(-logit - day)), there


def _mean_of(true: np.ndarray, noise: float, shock: float) -> np.ndarray:
    """Return the long-run share of time of each person, over the law of days."""
    draw = np.random.default_rng(99)
    day = shock * draw.normal(size=4000) + noise * draw.standard_t(5, size=4000) / math.sqrt(5 / 3)
    return (1 / (1 + np.exp(-np.log(true / (1 - true))[:, None] - day))).mean(axis=1)


def persons(
    seed: int,
    *,
    count: int = 60,
    spread: float = 0.04,
    noise: float = 0.6,
    shock: float = 0.15,
    effects: str = "normal",
    figure: str = "top",
) -> Trial:
    """The whole function on 40 days of people; the noise of a figure is about .025 with `noise` of .6."""
    draw = np.random.default_rng([13, count, round(1000 * spread), seed])
    true = np.clip(0.6 + spread * EFFECTS[effects](draw, count), 0.05, 0.95)
    work, base = _work(draw, true, noise, shock)
    lasting = _mean_of(true, noise, shock)
    row = _row("contact_centre", work, base, {}, pd.DataFrame(columns=["agent", "base_agents"]))
    if row["status"] != "ok":
        return Trial(Estimate.missing(str(row["reason"])), math.nan)
    if figure == "spread":
        # what the law of people spreads by, not these sixty
        sd = float(np.std(_mean_of(np.clip(0.6 + spread * EFFECTS[effects](draw, 2000), 0.05, 0.95), noise, shock)))
        between = (float(row[f"between_{name}"]) for name in ("sd", "low", "high"))
        return Trial(Estimate(*between), sd)
    seen = work.sum(axis=0) / base.sum(axis=0)
    best = chosen(seen, math.floor(count * 0.25 + 0.5))
    found = Estimate(float(row["top_true"]), float(row["top_low"]), float(row["top_high"]))
    return Trial(found, float(lasting[best].mean()))


def _types(shares: np.ndarray) -> dict[str, pd.DataFrame]:
    """Return items of two types by person, in the shares given."""
    count = len(shares)
    names = np.repeat([f"p{number:03d}" for number in range(count)], 20)
    kind = np.where(np.tile(np.arange(20), count) < np.repeat(np.round(20 * shares), 20), "claim", "letter")
    start = pd.Timestamp("2026-03-02T09:00", tz="UTC").as_unit("us")
    items = {"item": np.arange(20 * count).astype(str), "type": kind, "agent": names}
    times = {"started": start, "ended": start + pd.Timedelta(minutes=10)}
    types = pd.DataFrame({"type": ["claim", "letter"], "standard_s": 600.0})
    return {"work_items": pd.DataFrame(items).assign(**times), "item_types": types}


def mixed(seed: int, *, count: int = 60, spread: float = 0.03) -> Trial:
    """Clerks whose mix of types raises or lowers what is recorded by up to .2: the best quarter at the average mix."""
    draw = np.random.default_rng([14, count, seed])
    mix = np.round(20 * draw.beta(2, 2, size=count)) / 20
    own = 0.55 + spread * draw.standard_t(5, size=count) / math.sqrt(5 / 3)
    true = np.clip(own + 0.2 * (mix - mix.mean()), 0.05, 0.95)
    work, base = _work(draw, true, 0.5, 0.15)
    row = _row("back_office", work, base, _types(mix), pd.DataFrame())
    if row["status"] != "ok" or math.isnan(row["adjusted_true"]):
        return Trial(Estimate.missing("no adjusted figure"), math.nan)
    # the mix acts on the share of time as on the planted figure, but for the curve of the logit
    lasting = _mean_of(true, 0.5, 0.15)
    slope = np.polyfit(mix, lasting, 1)[0]
    seen = work.sum(axis=0) / base.sum(axis=0)
    fitted = np.polyfit(mix, seen, 1)[0]
    best = chosen(seen - fitted * mix, math.floor(count * 0.25 + 0.5))
    truth = float((lasting - slope * (mix - mix.mean()))[best].mean())
    return Trial(Estimate(float(row["adjusted_true"]), float(row["adjusted_low"]), float(row["adjusted_high"])), truth)


def shifts(seed: int, *, count: int = 48, spread: float = 0.03) -> Trial:
    """Three shifts of six half hours that overlap, the late ones quiet: the best quarter against others of the same half hours.

    The truth is what the comparison would say after endless days.
    """
    draw = np.random.default_rng([15, count, seed])
    begins = 3 * (np.arange(count) % 3)
    cells = begins[:, None] + np.arange(6)
    profile = 0.7 - 0.025 * np.arange(12) + 0.03 * draw.normal(size=(5, 12))
    own = spread * draw.standard_t(5, size=count) / math.sqrt(5 / 3)
    day = 0.03 * draw.normal(size=(DAYS, 1, 1)) + 0.08 * draw.standard_t(6, size=(DAYS, count, 1)) / math.sqrt(1.5)
    noise = 0.1 * draw.uniform(-1, 1, size=(DAYS, count, 6)) * math.sqrt(3)
    lasting = profile[:, cells] + own[None, :, None]
    seen = np.clip(lasting[np.arange(DAYS) % 5] + day + noise, 0, 1)
    names = np.array([f"p{number:03d}" for number in range(count)])
    dates = pd.bdate_range("2026-03-02", periods=DAYS).as_unit("us")
    slots = pd.DataFrame({"agent": np.tile(np.repeat(names, 6), DAYS), "day": np.repeat(dates, 6 * count)})
    slots = slots.assign(weekday=np.repeat(np.arange(DAYS) % 5, 6 * count), base_agents=1.0)
    slots = slots.assign(slot_of_day_s=np.tile(1800 * cells.ravel(), DAYS), handling_agents=seen.ravel())
    work = 0.5 * seen.sum(axis=2)
    row = _row("contact_centre", work, np.full((DAYS, count), 3.0), {}, slots)
    if row["status"] != "ok" or math.isnan(row["adjusted_true"]):
        return Trial(Estimate.missing("no adjusted figure"), math.nan)
    by_weekday = seen.reshape(DAYS // 5, 5, count, 6).mean(axis=0)
    best = chosen(_against_others(by_weekday, cells), math.floor(count * 0.25 + 0.5))
    found = Estimate(float(row["adjusted_true"]), float(row["adjusted_low"]), float(row["adjusted_high"]))
    return Trial(found, float(_against_others(lasting, cells)[best].mean()))


def _against_others(seen: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Return figure - expected + mean expected by person, from means by weekday, person and half hour of the shift."""
    whole, people = np.zeros((5, 12)), np.zeros(12)
    np.add.at(people, cells.ravel(), 1)
    for weekday in range(5):
        np.add.at(whole[weekday], cells.ravel(), seen[weekday].ravel())
    others = (whole[:, cells] - seen) / (people[cells] - 1)
    expected = others.mean(axis=(0, 2))
    return seen.mean(axis=(0, 2)) - expected + expected.mean()


def _cells() -> tuple[Cell, ...]:
    cells = [
        Cell(
            f"the best quarter of {k}, known errors, {effects} effects, reliability {reliability}",
            "best quarter",
            partial(known, k=k, reliability=reliability, effects=effects),
            quick=100 if (k, reliability, effects) in {(6, 0.5, "normal"), (12, 0.5, "heavy tails")} else 0,
        )
        for k in (6, 12, 30)
        for reliability in (0.2, 0.5, 0.8)
        for effects in ("normal", "heavy tails")
    ]
    cells += [
        Cell(
            f"the best one of {k}, known errors, {effects} effects, reliability {reliability}",
            "best group",
            partial(known, k=k, reliability=reliability, effects=effects, top=1 / k),
            known=OUTLIER if (k, effects) == (30, "heavy tails") and reliability > 0.2 else "",
        )
        for k in (6, 12, 30)
        for reliability in (0.2, 0.5, 0.8)
        for effects in ("normal", "heavy tails")
    ]
    # how wide an interval must be where nobody differs no rule can know: it must hold the truth
    cells += [
        Cell(
            f"the best {word} of {k} that do not differ",
            f"best {word}",
            partial(known, k=k, reliability=0.0, top=0.25 if word == "quarter" else 1 / k),
            bound=True,
            quick=100 if (word, k) == ("quarter", 12) else 0,
        )
        for k in (6, 12, 30)
        for word in ("quarter", "group")
    ]
    cells += [
        Cell(
            f"the best quarter of {k} groups on 40 days with shared shocks, {effects} effects, reliability {reliability}",
            "best quarter",
            partial(groups, k=k, reliability=reliability, effects=effects),
        )
        for k, reliability, effects in (
            *((6, one, "normal") for one in (0.2, 0.5, 0.8)),
            *((12, one, "skewed") for one in (0.2, 0.5, 0.8)),
            *((30, one, "heavy tails") for one in (0.2, 0.5, 0.8)),
        )
    ]
    cells += [
        Cell(
            f"the best quarter of 60 people on 40 days, {words}",
            "best quarter of people",
            partial(persons, **more),
            quick=60 if words == "heavy tails" else 0,
        )
        for words, more in (
            ("normal", {}),
            ("heavy tails", {"effects": "heavy tails"}),
            ("two kinds of people", {"effects": "two kinds"}),
            ("as much noise as difference", {"spread": 0.025}),
            ("large shared shocks", {"shock": 0.6}),
        )
    ]
    cells += [
        Cell(
            "the best quarter of 60 people who do not differ",
            "best quarter of people",
            partial(persons, spread=0.0),
            bound=True,
        ),
        Cell("people differ, normal", "spread of people", partial(persons, figure="spread")),
        Cell(
            "people differ, heavy tails",
            "spread of people",
            partial(persons, figure="spread", effects="heavy tails"),
            known="sixty people do not show how far the tails of a t law with 4 degrees of freedom reach",
        ),
        Cell("people differ little", "spread of people", partial(persons, figure="spread", spread=0.015)),
        Cell("48 people on three shifts, the late ones quiet", "best quarter of people, adjusted", shifts),
        Cell("60 clerks at the average mix of two types", "best quarter of people, adjusted", mixed),
    ]
    return tuple(cells)


CELLS = _cells()
