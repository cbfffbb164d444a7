"""Who is no person at work: users that never sleep, jobs of the night, names that are hardly ever seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.foundation.calendars import DAY_US
from analysis.intake.checking.oddities import ROBOT_ROWS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

HOUR_US = DAY_US // 24
# Nobody works in so many clock hours of a day, on so many days ...
HOURS_OF_NOBODY, LONG_DAYS = 18, 5
# ... nor on nine of ten days, weekends too, over four weeks and more.
DAILY_SHARE, LEAST_DAYS = 0.9, 28
# A nightly job: so many rows, this share of them in one clock hour, and that hour in the night.
BURST_ROWS = 200
BURST_SHARE = 0.8
NIGHT_HOURS: tuple[int, ...] = (22, 23, 0, 1, 2, 3, 4, 5)
# A resource with fewer rows is rarely seen; more than half of them is a question.
FEW_ROWS = 20
MOST_RARE = 0.5
# ... of at least so many resources: fewer are simply a small desk or a short export.
LEAST_RESOURCES = 20


def _by_hour(agents: pd.Series, local_us: Ints) -> NDArray[np.int64]:
    """Return rows by resource and clock hour."""
    who, names = pd.factorize(agents)
    hour = local_us % DAY_US // HOUR_US
    return np.bincount(who * 24 + hour, minlength=len(names) * 24).reshape(-1, 24)


def round_the_clock(agents: pd.Series, local_us: Ints) -> tuple[int, int]:
    """Return how many resources never sleep, and their rows.

    Parameters
    ----------
    agents
        Who left each row.
    local_us
        When, by the clock on the wall [us].

    Notes
    -----
    Many rows, and either days with rows in more clock hours than anybody works, or rows at all hours on nearly every day of four weeks and
    more. People who work early, late and night shifts in turn do neither.

    Examples
    --------
    >>> stamps = np.arange(2400) * (DAY_US // 240)
    >>> round_the_clock(pd.Series(["robot"] * 2400), stamps), round_the_clock(pd.Series(["clerk"] * 2400), stamps % (8 * HOUR_US))
    ((1, 2400), (0, 0))
    """
    counts = _by_hour(agents, local_us)
    if not len(counts):
        return 0, 0
    total = counts.sum(axis=1)
    day = local_us // DAY_US - int(local_us.min()) // DAY_US
    span = int(day.max()) + 1
    person_day = pd.factorize(agents)[0] * span + day
    hours = pd.unique(pd.Series(person_day * 24 + local_us % DAY_US // HOUR_US)) // 24
    days, held = np.unique(hours, return_counts=True)
    seen = np.bincount(days // span, minlength=len(counts))
    long = np.bincount(days[held >= HOURS_OF_NOBODY] // span, minlength=len(counts))
    daily = (span >= LEAST_DAYS) & (seen >= DAILY_SHARE * span) & (counts.min(axis=1) > 0)
    robots = (total >= ROBOT_ROWS) & ((long >= LONG_DAYS) | daily)
    return int(robots.sum()), int(total[robots].sum())


def bursts(agents: pd.Series, local_us: Ints) -> tuple[int, int]:
    """Return how many resources leave most of many rows within one hour of the night, and their rows.

    Examples
    --------
    >>> bursts(pd.Series(["job"] * 300), np.full(300, 1 * HOUR_US)), bursts(pd.Series(["clerk"] * 300), np.full(300, 9 * HOUR_US))
    ((1, 300), (0, 0))
    """
    counts = _by_hour(agents, local_us)
    if not len(counts):
        return 0, 0
    total, top = counts.sum(axis=1), counts.argmax(axis=1)
    jobs = (total >= BURST_ROWS) & (counts.max(axis=1) >= BURST_SHARE * total) & np.isin(top, NIGHT_HOURS)
    return int(jobs.sum()), int(total[jobs].sum())


def rarely_seen(agents: pd.Series) -> tuple[int, int]:
    """Return how many resources have fewer than twenty rows, and how many there are.

    Examples
    --------
    >>> rarely_seen(pd.Series(["a"] * 30 + ["b"] * 3))
    (1, 2)
    """
    counts = np.bincount(pd.factorize(agents)[0]) if len(agents) else np.zeros(0, dtype=np.int64)
    return int((counts < FEW_ROWS).sum()), len(counts)
