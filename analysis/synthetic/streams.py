"""Random streams by name, and the working days of a period."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

_PARTS = (
    "people",
    "absence",
    "plans",
    "arrivals",
    "handling",
    "conduct",
    "days",
    "items",
    "rounds",
    "forecast",
    "quality",
    "dirt",
    "waits",
    "observers",
    "self reports",
)
PERIOD_START = dt.date(2026, 3, 2)
HOLIDAYS = (dt.date(2026, 4, 3), dt.date(2026, 4, 6))
# the clocks of the sample's zones go forward by an hour at this wall-clock moment
CLOCK_CHANGE = np.datetime64("2026-03-29T02:00:00", "s")
_HOUR = np.timedelta64(1, "h")
# the longest period before the clocks go back
MOST_WEEKS = 30
HOUR_S, DAY_S = 3_600, 86_400
SLOT_S = 1_800


def stream(seed: int, part: str, period: int = 0) -> np.random.Generator:
    """Return the generator of one part of one simulated period; period 0 is the one that is written."""
    return np.random.default_rng([seed, _PARTS.index(part), period])


def day_effects(seed: int, period: int, shape: tuple[int, ...]) -> np.ndarray:
    """Return standard normal day effects; the simulated periods 1 and 2, 3 and 4, ... mirror each other.

    Mirrored pairs have the right distribution one by one, and their mean varies far less than that of independent periods.
    """
    drawn = stream(seed, "days", (period + 1) // 2).standard_normal(shape)
    return -drawn if period and period % 2 == 0 else drawn


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of a period: Monday to Friday without the holidays.

    Attributes
    ----------
    start, end
        First and last day, both included.
    days
        The dates worked.
    weekday, week
        Per working day: 0 for Monday, and the number of the week from 0.
    """

    start: dt.date
    end: dt.date
    days: tuple[dt.date, ...]
    weekday: np.ndarray
    week: np.ndarray

    @classmethod
    def of(cls, weeks: int) -> Calendar:
        """Return the calendar of so many weeks from the first Monday."""
        every = [PERIOD_START + dt.timedelta(days=number) for number in range(7 * weeks)]
        days = tuple(day for day in every if day.weekday() < 5 and day not in HOLIDAYS)
        return cls(
            PERIOD_START,
            every[-1],
            days,
            np.array([day.weekday() for day in days]),
            np.array([(day - PERIOD_START).days // 7 for day in days]),
        )

    def midnights(self) -> np.ndarray:
        """Return the local midnight at which each working day starts, as stamps without a zone."""
        return np.array([day.isoformat() for day in self.days], dtype="datetime64[s]")


def elapsed_s(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the seconds that passed between wall-clock stamps, less the hour that the clocks left out."""
    gone = (start < CLOCK_CHANGE) & (end > CLOCK_CHANGE)
    return (end - start).astype("timedelta64[s]").astype(np.int64) - HOUR_S * gone


def wall_clock_after(stamps: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """Return the wall clock so many seconds after (or, if negative, before) wall-clock stamps, over the clock change."""
    winter = np.where(stamps >= CLOCK_CHANGE, stamps - _HOUR, stamps) + seconds.astype("timedelta64[s]")
    return np.where(winter >= CLOCK_CHANGE, winter + _HOUR, winter)
