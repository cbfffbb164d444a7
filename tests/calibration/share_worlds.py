"""Quick worlds at the level of person-days: hours by state whose expected share is known, with moods that days share and hand on.

Nothing here is normal: shocks are skewed, so a bad day is worse than a good one is good, and they act on the share in proportion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analysis.foundation.schema import BUCKETS

MONDAY = np.datetime64("2026-01-05", "us")
WEEKDAY = np.array([0.1, 0.03, 0.0, -0.04, -0.09])
_LONG_AGO = 40


@dataclass(frozen=True, slots=True)
class DayWorld:
    """Hours by local day (columns of ``Baseline.days``), agent-days where persons matter, and what is expected.

    Attributes
    ----------
    days
        day, weekday, week, PAID and the parts of the ladder in hours.
    agent_days
        agent, day and the parts; None unless asked for.
    these_people, all_people
        Expected share for these people on days like these, and for people like them.
    """

    days: pd.DataFrame
    agent_days: pd.DataFrame | None
    these_people: float
    all_people: float


def shocks(
    rng: np.random.Generator,
    days: int,
    correlation: float,
    *,
    mood: Literal["days", "weeks"] = "days",
    skewness: float = 1.0,
) -> np.ndarray:
    """Return shocks with mean 0 and variance 1 that a population's days share, made of gamma draws of this skewness.

    ``"days"``: each day keeps `correlation` of the last one's shock and adds a skewed one; ``"weeks"``: `correlation` of the variance belongs to the week.
    """
    shape = 4 / skewness**2

    def drawn(number: int) -> np.ndarray:
        return (rng.gamma(shape, 1.0, number) - shape) / np.sqrt(shape)

    if mood == "weeks":
        return np.sqrt(correlation) * drawn(-(-days // 5)).repeat(5)[:days] + np.sqrt(1 - correlation) * drawn(days)
    found = drawn(days + _LONG_AGO) * np.sqrt(1 - correlation**2)
    for day in range(1, len(found)):
        found[day] += correlation * found[day - 1]
    return found[_LONG_AGO:]


def day_world(
    seed: int,
    *,
    share: float = 0.3,
    days: int = 40,
    persons: int = 20,
    day_cv: float = 0.1,
    person_cv: float = 0.2,
    person_day_cv: float = 0.2,
    correlation: float = 0.0,
    mood: Literal["days", "weeks"] = "days",
    skewness: float = 1.0,
    state: str = "IDLE",
    other: str = "HANDLING",
    by_person: bool = False,
) -> DayWorld:
    """Invent days of people with part-time and full-time shifts, of whom nine in ten are there."""
    rng = np.random.default_rng([seed, days, persons])
    person = 1 + person_cv * np.sqrt(3) * rng.uniform(-1, 1, persons)
    shift = rng.choice([4.0, 6.0, 7.5], persons)
    weekday = np.arange(days) % 5
    day = 1 + WEEKDAY[weekday] + day_cv * shocks(rng, days, correlation, mood=mood, skewness=skewness)
    own = person_day_cv * np.sqrt(3) * rng.uniform(-1, 1, (persons, days))
    part = np.clip(share * person[:, None] * (day + own), 0, 1)
    base = shift[:, None] * (rng.random((persons, days)) < 0.9)
    expected = share * (1 + WEEKDAY[weekday].mean())
    these = expected * float((shift * person).sum() / shift.sum())
    found = _frame({state: (base * part).sum(axis=0), other: (base * (1 - part)).sum(axis=0)}, base.sum(axis=0))
    agent_days = None
    if by_person:
        rows = _frame({state: (base * part).ravel(), other: (base * (1 - part)).ravel()}, base.ravel(), persons)
        agent_days = rows.assign(agent=np.repeat(np.arange(persons), days))
    return DayWorld(found, agent_days, these, expected)


def _frame(parts: dict[str, np.ndarray], paid: np.ndarray, persons: int = 1) -> pd.DataFrame:
    """Return hours of consecutive working days."""
    number = np.tile(np.arange(len(paid) // persons), persons)
    weekday = number % 5
    week = MONDAY + (number // 5 * 7).astype("m8[D]")
    calendar = {"day": week + weekday.astype("m8[D]"), "weekday": weekday, "week": week, "PAID": paid}
    return pd.DataFrame(calendar | dict.fromkeys((*BUCKETS, "OUTSIDE_PAID"), np.zeros(len(paid))) | parts)


def by_week(days: pd.DataFrame) -> pd.DataFrame:
    """Return hours as a payroll gives them: sums of weeks."""
    sums = days.groupby("week")[["PAID", *BUCKETS, "OUTSIDE_PAID"]].sum().reset_index()
    return sums.assign(day=sums["week"], weekday=0)
