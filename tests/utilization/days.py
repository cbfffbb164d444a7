"""Days of a population by hand, in hours of the time ladder."""

import numpy as np
import pandas as pd

from analysis.foundation.schema import BUCKETS
from tests.baseline.factory import workdays


def day_rows(days, *, work, support=0.0, breaks=0.0, base_h=100.0, away=0.0, dates=None, **more):
    """Return days with shares of the base (breaks: of attended time); the rest is idle. Numbers or one per day."""
    dates = pd.Series(pd.to_datetime(workdays(days) if dates is None else dates))
    base = np.broadcast_to(base_h, days).astype(float)
    weekday = dates.dt.day_of_week
    frame = pd.DataFrame({"day": dates, "weekday": weekday, "week": dates - pd.to_timedelta(weekday, unit="D")})
    for bucket in (*BUCKETS, "OUTSIDE_PAID"):
        frame[bucket] = 0.0
    frame["HANDLING"], frame["SUPPORT"], frame["AWAY"] = base * work, base * support, base * away
    frame["IDLE"] = base - frame["HANDLING"] - frame["SUPPORT"] - frame["AWAY"]
    frame["BREAK"] = base * breaks / (1 - np.asarray(breaks))
    frame["PAID"] = base + frame["BREAK"]
    return frame.assign(**more)


def wavy(days, mean, size=0.03, seed=1):
    """Return shares about a mean, unlike from day to day."""
    return mean + size * np.random.default_rng(seed).uniform(-1, 1, days)
