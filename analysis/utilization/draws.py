"""Joint draws of what is known about a population, so that what is worked out from it later carries how the figures hang together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.baseline import Baseline
from analysis.baseline.shares import NON_WORK
from analysis.foundation.estimate import find
from analysis.measure.crosswalk import BASE
from analysis.utilization.answer import Answer
from analysis.utilization.lowest import Ceiling
from analysis.utilization.resample import Resample
from analysis.utilization.settings import UtilizationSettings
from analysis.utilization.today import Today, share_draws

_UNKNOWN = np.nan
# Places of the seeds' streams; today's sampled non-work has 1.
_SCENARIO, _NON_WORK = 2, 3


def draws_of(
    baseline: Baseline,
    population: str,
    ceilings: Mapping[str, Ceiling],
    answer: Answer,
    today: Today,
    *,
    days: Resample,
    settings: UtilizationSettings,
) -> pd.DataFrame:
    """Return the joint draws of one population.

    Parameters
    ----------
    baseline
        Non-work as measured.
    population
        ``"contact_centre"`` or ``"back_office"``.
    ceilings
        With a figure.
    answer, today
        What is achievable; today's share with its draws.
    days
        Joint resample: the same index is the same drawn days in both populations.
    settings
        Seed.

    Returns
    -------
    pandas.DataFrame
        population, draw, today, support, non_work, achievable, base_h_per_week; a column is missing (NaN) where the figure has no value.

    Notes
    -----
    `achievable` is the lowest ceiling of each draw, a scenario drawn evenly between its ends (the same place for both populations: it is the same
    assumption), moved so that its median is the printed figure. In the back office today = 1 - support - non_work in every draw.
    """
    drawn = {
        "today": _UNKNOWN if today.draws is None else np.clip(today.draws, 0.0, 1.0),
        "support": days.support_draws,
        "non_work": _non_work(baseline, population, today, days, settings),
        "achievable": _achievable(ceilings, answer, settings),
        "base_h_per_week": days.base_draws * (answer.base_h_per_week / days.base_h),
    }
    return pd.DataFrame({"population": population, "draw": np.arange(len(days.today_draws)), **drawn})


def _achievable(ceilings: Mapping[str, Ceiling], answer: Answer, settings: UtilizationSettings) -> np.ndarray | float:
    """Return the lowest ceiling per draw, its median the printed figure."""
    if answer.achievable.value is None:
        return _UNKNOWN
    columns = []
    for name in sorted(ceilings):
        one = ceilings[name]
        if one.low_draws is one.draws and one.high_draws is one.draws:
            columns.append(one.draws)
            continue
        place = np.random.default_rng([settings.seed, _SCENARIO, *name.encode()]).random(len(one.draws))
        columns.append(one.low_draws + place * (one.high_draws - one.low_draws))
    least = np.min(columns, axis=0)
    return np.clip(least + answer.achievable.value - np.median(least), 0.0, 1.0)


def _non_work(
    baseline: Baseline, population: str, today: Today, days: Resample, settings: UtilizationSettings
) -> np.ndarray | float:
    """Return draws of the share of non-work: with today's where that was taken from it, on the same days where logs tell it."""
    non_work = find(baseline.quantities, "baseline.non_work_share", population=population)
    if non_work.value is None:
        return _UNKNOWN
    if population == "back_office" and today.draws is not None:
        return np.clip(1 - days.support_draws - today.draws, 0.0, 1.0)
    rows = baseline.days[baseline.days["population"].eq(population)].set_index("day").loc[days.days].reset_index()
    logged, drawn = days.share(rows, NON_WORK[population], BASE)
    if abs(logged - non_work.value) <= 1e-9:
        return drawn
    return share_draws(non_work, len(days.support_draws), [settings.seed, _NON_WORK])
