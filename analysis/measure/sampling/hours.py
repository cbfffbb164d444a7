"""Whether rounds are spread over the day as work is."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd
from scipy import stats

# Rounds at random times differ from the hours worked by chance alone: only what chance explains in fewer than 1 % of studies counts, and
# only if it moves a tenth of the looks.
_CHANCE, _MOVED = 0.01, 0.1


def local_hours(stamps: pd.Series, zone: str) -> np.ndarray:
    """Return the local hour of the day of UTC stamps."""
    return stamps.dt.tz_convert(zone).dt.hour.to_numpy()


def spread_otherwise(observations: pd.DataFrame, *, weights: Mapping[Hashable, float], zone: str = "UTC") -> bool:
    """Tell whether rounds fell on other hours of the day than people worked.

    Parameters
    ----------
    observations
        One row per look: `round`, `observed_at`.
    weights
        Time worked by local hour of the day, any unit.
    zone
        Time zone of the hours.

    Returns
    -------
    bool
        True when a chi-square test of rounds by hour against the hours worked is below .01 and more than a tenth of the looks would have to
        move to match.

    Examples
    --------
    >>> at = pd.to_datetime(["2026-03-02 09:00"] * 30, utc=True) + pd.to_timedelta(range(30), unit="D")
    >>> spread_otherwise(pd.DataFrame({"round": range(30), "observed_at": at}), weights={9: 10.0, 10: 10.0})
    True
    """
    time = pd.Series(dict(weights), dtype="float64")
    if observations.empty or time.sum() <= 0:
        return False
    hours = pd.Series(local_hours(observations["observed_at"], zone), index=observations.index)
    rounds = hours.groupby(observations["round"].to_numpy()).first().value_counts()
    every = time.index.union(rounds.index)
    seen, worked = rounds.reindex(every, fill_value=0), (time / time.sum()).reindex(every, fill_value=0.0)
    inside = worked > 0
    moved = 0.5 * float((seen / seen.sum() - worked).abs().sum())
    expected = worked[inside] / worked[inside].sum() * float(seen[inside].sum())
    if moved <= _MOVED or inside.sum() < 2 or expected.sum() == 0:
        return False
    return float(stats.chisquare(seen[inside].to_numpy(dtype=float), expected.to_numpy()).pvalue) < _CHANCE
