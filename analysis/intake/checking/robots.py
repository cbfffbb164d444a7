"""Users that never sleep: no person works at all hours of day and night."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.foundation.calendars import DAY_US

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

HOUR_US = DAY_US // 24
# Fewer rows say too little about anybody.
ROBOT_ROWS = 500
# Nobody works in so many clock hours of a day, on so many days ...
HOURS_OF_NOBODY, LONG_DAYS = 18, 5
# ... nor on nine of ten days, weekends too, over four weeks and more.
DAILY_SHARE, LEAST_DAYS = 0.9, 28


def by_hour(agents: pd.Series, local_us: Ints) -> NDArray[np.int64]:
    """Return rows by resource and clock hour.

    Parameters
    ----------
    agents
        Who left each row.
    local_us
        When, by the clock on the wall [us].
    """
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
    counts = by_hour(agents, local_us)
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
