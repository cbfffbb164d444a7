"""Forecasts by half hour: what comes a day to a week later lies within the interval as often as it says, and how far forecasts miss."""

from __future__ import annotations

import datetime as dt
from functools import cache, partial

import numpy as np
import pandas as pd

from analysis.foundation.estimate import Estimate
from analysis.measure.forecast import forecast_slots
from analysis.measure.forecast.errors import error_cv
from tests.calibration.harness import Cell, Trial, said

START = np.datetime64("2026-01-05")
SLOTS = 32_400 + 1800 * np.arange(10)
# two peaks and a dent at noon; no family that is fitted
SHAPE = np.array([0.7, 1.1, 1.4, 1.3, 0.8, 0.6, 0.9, 1.2, 1.1, 0.9])
WEEK = np.array([1.25, 1.05, 0.95, 0.9, 1.0])
# Tuesday after a closed Monday; the last one lies in the week to be forecast
HOLIDAYS = (np.datetime64("2026-04-06"), np.datetime64("2026-05-25"), np.datetime64("2026-06-29"))


def moods(rng: np.random.Generator, days: int, *, sd: float, rho: float, law: str) -> np.ndarray:
    """Return log effects of days, each like the day before."""
    innovation = {
        "normal": lambda: rng.standard_normal(days),
        "Student": lambda: rng.standard_t(4, days) / np.sqrt(2),
        "uniform": lambda: rng.uniform(-np.sqrt(3), np.sqrt(3), days),
    }[law]()
    found = np.empty(days)
    found[0] = innovation[0]
    for k in range(1, days):
        found[k] = rho * found[k - 1] + np.sqrt(1 - rho**2) * innovation[k]
    return sd * found


def world(
    seed: int,
    *,
    weeks: int = 8,
    per_slot: float = 40.0,
    sd: float = 0.08,
    rho: float = 0.6,
    law: str = "normal",
    slot_cv: float = 0.08,
    holidays: bool = False,
    months: bool = False,
    shift: bool = False,
) -> tuple[pd.DataFrame, np.random.Generator, tuple[dt.date, ...]]:
    """Return the rates' counts of `weeks` weeks and one more; slots stray by gamma factors that neighbours share in part."""
    rng = np.random.default_rng([11, seed])
    days = START + np.arange(7 * (weeks + 1))
    days = days[(days.astype(int) + 3) % 7 < 5]
    shut = np.isin(days, HOLIDAYS) if holidays else np.zeros(len(days), dtype=bool)
    level = np.log(per_slot * WEEK[(days.astype(int) + 3) % 7]) + moods(rng, len(days), sd=sd, rho=rho, law=law)
    if holidays:
        level[1:] += 0.25 * shut[:-1]
        level[2:] += 0.08 * shut[:-2]
    if months:
        # pay: the first two working days of a month
        first = np.array([np.busday_count(day.astype("M8[M]").astype("M8[D]"), day) for day in days]) < 2
        level += 0.18 * first
    if shift:
        level[int(rng.integers(10, 25)) :] -= 0.3
    own = rng.gamma(2 / slot_cv**2, slot_cv**2 / 2, (len(days), len(SLOTS) + 1))
    rate = np.exp(level)[:, None] * SHAPE * (own[:, 1:] + own[:, :-1]) / 2
    frame = pd.DataFrame(
        {
            "day": np.repeat(days, len(SLOTS)).astype("M8[us]"),
            "slot_of_day_s": np.tile(SLOTS, len(days)),
            "offered": rng.poisson(rate).ravel().astype(float),
        }
    )
    closed = tuple(day.item() for day in HOLIDAYS) if holidays else ()
    return frame[~np.repeat(shut, len(SLOTS))], rng, closed


def ahead(
    seed: int, *, level: int = 95, measure: str = "offered", only_day: int | None = None, **more: object
) -> Trial:
    """Forecast the last week and look at one of its slots."""
    frame, rng, closed = world(seed, **more)
    if measure == "handle_s":
        frame = with_handling(frame, rng)
    first = frame["day"].max() - pd.Timedelta(days=4)
    made = forecast_slots(
        frame,
        horizon_days=5,
        first_day=first.date(),
        zone="UTC",
        measure=measure,
        holidays=closed,
        draws=400,
        seed=seed,
    )
    if made.status != "ok":
        return Trial(Estimate.missing(*made.reasons), 0.0)
    rows = made.frame.merge(frame, on=["day", "slot_of_day_s"]).rename(columns={"offered": "came"})
    if measure == "handle_s":
        rows["came"] = rows["handle_s"] / rows["answered"].where(rows["answered"] > 0)
        rows = rows.dropna(subset=["came"])
    if only_day is not None:
        rows = rows[rows["weekday"] == only_day]
    one = rows.iloc[int(rng.integers(len(rows)))]
    # whole numbers: half of the chance at an end counts as outside, as for a rate
    jitter = float(rng.uniform(-0.5, 0.5)) if measure == "offered" else 0.0
    low, high = float(one[f"low{level}"]), float(one[f"high{level}"])
    return Trial(
        Estimate(min(max(float(one["value"]), low), high), low, high, unit="contacts"), float(one["came"]) + jitter
    )


def with_handling(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add handling times: skewed, longer in the evening, and days that are slow together."""
    days, which = np.unique(frame["day"].to_numpy(), return_inverse=True)
    slow = np.exp(0.06 * np.cumsum(rng.standard_normal(len(days))) / 4 + 0.05 * rng.standard_normal(len(days)))
    late = np.where(frame["slot_of_day_s"] >= 45_000, 1.15, 1.0)
    count = frame["offered"].to_numpy().astype(int)
    single = rng.lognormal(-0.32, 0.8, count.sum())
    total = np.bincount(np.repeat(np.arange(len(frame)), count), single, minlength=len(frame))
    return frame.assign(answered=frame["offered"], handle_s=240.0 * slow[which] * late * total)


def inside(seed: int, **more: object) -> Trial:
    """Say whether the 80 % interval holds what came."""
    found = ahead(seed, level=80, **more)
    low, high = found.estimate.low, found.estimate.high
    return Trial(found.estimate, 0.0) if low is None or high is None else said(low <= found.truth <= high)


def missed(
    seed: int, *, days: int = 40, sd: float = 0.1, rho: float = 0.5, slot_cv: float = 0.08, law: str = "normal"
) -> Trial:
    """Compare counts with a forecast that knows all but the day's mood and the slot's: the coefficient of variation is planted."""
    rng = np.random.default_rng([12, seed])
    forecast = 40 * np.outer(WEEK[np.arange(days) % 5], SHAPE)
    mood = np.exp(moods(rng, days, sd=sd, rho=rho, law=law))
    rate = forecast * mood[:, None] * rng.gamma(1 / slot_cv**2, slot_cv**2, forecast.shape)
    found = error_cv(rng.poisson(rate).ravel(), forecast.ravel(), np.repeat(np.arange(days), len(SHAPE)))
    return Trial(found, float(np.sqrt(squared_miss(sd, law) * (1 + slot_cv**2) + slot_cv**2 * mean_of(sd, law))))


@cache
def squared_miss(sd: float, law: str) -> float:
    """Return E (mood - 1)^2, by a long draw."""
    mood = np.exp(moods(np.random.default_rng(5), 1_000_000, sd=sd, rho=0.0, law=law))
    return float(((mood - 1) ** 2).mean())


@cache
def mean_of(sd: float, law: str) -> float:
    """Return 2 E mood - 1, by the same draw: E (mood g - 1)^2 = E (mood - 1)^2 (1 + c^2) + c^2 (2 E mood - 1) for g of mean 1 and variance c^2."""
    mood = np.exp(moods(np.random.default_rng(5), 1_000_000, sd=sd, rho=0.0, law=law))
    return 2 * float(mood.mean()) - 1


def cell(name: str, *, quick: int = 0, **more: object) -> Cell:
    return Cell(f"forecast: {name}", "contacts of a half hour", partial(ahead, **more), quick=quick)


def eighty(name: str, **more: object) -> Cell:
    return Cell(f"forecast, 80 %: {name}", "contacts of a half hour", partial(inside, **more), rate=0.77)


CELLS = (
    cell("8 weeks, moods of days", quick=60),
    cell("8 weeks, strong lasting moods", sd=0.12, rho=0.8),
    cell("8 weeks, days with heavy tails", law="Student", sd=0.1),
    cell("8 weeks, few contacts", per_slot=4.0, slot_cv=0.2),
    cell("8 weeks, no moods, no stray", sd=0.001, slot_cv=0.001),
    cell("8 weeks, a lasting fall by a quarter", shift=True),
    cell("4 weeks, moods of days", weeks=4),
    cell("25 weeks, the day after a holiday", weeks=25, holidays=True, only_day=1),
    cell("25 weeks, pay days", weeks=25, months=True),
    eighty("8 weeks, moods of days"),
    eighty("8 weeks, few contacts", per_slot=4.0, slot_cv=0.2),
    eighty("25 weeks, the day after a holiday", weeks=25, holidays=True, only_day=1),
    Cell("forecast: handling time of few skewed contacts", "handling time of a half hour", partial(ahead, measure="handle_s", per_slot=15.0), quick=40),
    Cell("forecast, 80 %: handling time of few skewed contacts", "handling time of a half hour", partial(inside, measure="handle_s", per_slot=15.0), rate=0.77),
    Cell("forecast error: 40 days, moods of days", "coefficient of variation", missed, quick=60),
    Cell("forecast error: 20 days, uniform moods", "coefficient of variation", partial(missed, days=20, law="uniform", rho=0.3)),
    Cell("forecast error: 60 days, heavy tails", "coefficient of variation", partial(missed, days=60, law="Student"), known="the fourth moment of the moods is infinite: the few days that make the variance are mostly not among 60"),
    Cell("forecast error: 60 days, moods that last for weeks", "coefficient of variation", partial(missed, days=60, rho=0.8), known="twelve weeks hold some seven independent moods, and their squares are skewed"),
)  # fmt: skip
