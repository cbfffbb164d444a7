"""Today's share of work, of a population and of its sites and groups, with its draws on the resampled days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.baseline import Baseline
from analysis.foundation.estimate import Estimate, find
from analysis.utilization.resample import Resample
from analysis.utilization.settings import UtilizationSettings

_LOGS = "logs miss work that no system records; observation would tell"
# Figures that two computations of one share may differ by.
_SAME = 1e-6


@dataclass(frozen=True, slots=True)
class Today:
    """Today's share of work, and its draws where it is more than a bound."""

    estimate: Estimate
    draws: np.ndarray | None


def today_of(baseline: Baseline, population: str, days: Resample, settings: UtilizationSettings) -> Today:
    """Return today's share of work of a population.

    Parameters
    ----------
    baseline
        Measured utilization and non-work.
    population
        ``"contact_centre"`` or ``"back_office"``.
    days
        Joint resample.
    settings
        Confidence and seed.

    Notes
    -----
    Contact centre: utilization as measured. Back office: 1 - support - non-work where non-work was measured, because logs miss work; else logs give
    the bound [1 - support - most non-work, 1 - support - least non-work].
    """
    measured = find(baseline.quantities, "baseline.utilization", population=population)
    if population == "contact_centre":
        return Today(measured, days.today_draws if measured.value is not None else None)
    non_work = find(baseline.quantities, "baseline.non_work_share", population=population)
    return _from_non_work(measured, non_work, days, settings)


def today_of_level(
    baseline: Baseline, population: str, days: Resample, *, by: str, level: str, settings: UtilizationSettings
) -> Today:
    """Return today's share of work of a site or a group.

    Parameters
    ----------
    baseline
        Its breakdowns.
    population
        Whose part.
    days
        The part's shares on the population's drawn days.
    by, level
        Which part.
    settings
        Confidence and seed.

    Notes
    -----
    As for a population. Observers rarely see enough of one group, so in the back office there is mostly a bound.
    """
    rows = baseline.breakdowns
    rows = rows[rows["population"].eq(population) & rows["by"].eq(by) & rows["level"].eq(level)]
    measured = _row(rows, "utilization", settings)
    if measured is None or measured.value is None or abs(measured.value - days.today) > _SAME:
        measured = _drawn(days.today, days.today_draws, settings, days=days.counts.shape[1])
    if population == "contact_centre":
        return Today(measured, days.today_draws)
    non_work = _row(rows, "non_work", settings)
    if non_work is None:
        return Today(measured, None if measured.value is None else days.today_draws)
    return _from_non_work(measured, non_work, days, settings)


def _from_non_work(measured: Estimate, non_work: Estimate, days: Resample, settings: UtilizationSettings) -> Today:
    """Return what support and non-work leave."""
    if non_work.value is None:
        if non_work.low is None or non_work.high is None:
            return Today(measured, None)
        low, high = (1 - days.support_share - bound for bound in (non_work.high, non_work.low))
        low, high = max(0.0, low), min(1.0, high)
        return Today(Estimate.missing(_LOGS, low=min(low, high), high=high, confidence=settings.confidence), None)
    draws = 1 - days.support_draws - share_draws(non_work, len(days.support_draws), [settings.seed, 1])
    more = {"n": non_work.n, "n_unit": non_work.n_unit, "grade": non_work.grade}
    value = 1 - days.support_share - non_work.value
    return Today(_interval(value, draws, settings, method="1 - support - sampled non-work", **more), draws)


def _drawn(value: float, draws: np.ndarray, settings: UtilizationSettings, *, days: int) -> Estimate:
    """Return a share of time with the interval of its draws."""
    return _interval(value, draws, settings, n=days, n_unit="days", method="work / base, joint resamples of days")


def _interval(value: float, draws: np.ndarray, settings: UtilizationSettings, **more: object) -> Estimate:
    tail = (1 - settings.confidence) / 2
    low, high = (float(np.clip(bound, 0, 1)) for bound in np.quantile(draws, [tail, 1 - tail]))
    return Estimate(float(np.clip(value, low, high)), low, high, confidence=settings.confidence, **more)  # type: ignore[arg-type]


def _row(rows: pd.DataFrame, share: str, settings: UtilizationSettings) -> Estimate | None:
    """Return one figure of a level's breakdowns, None where there is no such row."""
    found = rows[rows["share"].eq(share)]
    if found.empty:
        return None
    row = found.iloc[0]
    value, low, high = (None if pd.isna(row[key]) else float(row[key]) for key in ("value", "low", "high"))
    more = {"confidence": settings.confidence, "n": 0 if pd.isna(row["days"]) else int(row["days"]), "n_unit": "days"}
    if value is None:
        status = row["status"] if row["status"] != "ok" else "insufficient"
        return Estimate.missing(row["reason"] or "it was not measured", status=status, low=low, high=high, **more)
    return Estimate(value, low, high, **more)


def share_draws(share: Estimate, draws: int, seed: int | list[int]) -> np.ndarray:
    """Return draws of a share from its interval, normal on the logit scale.

    Parameters
    ----------
    share
        With a value; without an interval inside (0, 1) all draws are the value.
    draws, seed
        How many, and the seed.

    Raises
    ------
    ValueError
        The share has no value.

    Examples
    --------
    >>> drawn = share_draws(Estimate(0.3, 0.26, 0.343), 20_000, 1)
    >>> np.quantile(drawn, [0.025, 0.5, 0.975]).round(2).tolist()
    [0.26, 0.3, 0.34]
    """
    if share.value is None:
        raise ValueError("a share without a value has no draws")
    if share.low is None or share.high is None or not 0 < share.low < share.high < 1:
        return np.full(draws, share.value)
    centre, low, high = (float(np.log(p / (1 - p))) for p in (share.value, share.low, share.high))
    spread = (high - low) / (2 * float(stats.norm.ppf(0.5 + share.confidence / 2)))
    return 1 / (1 + np.exp(-(centre + spread * np.random.default_rng(seed).standard_normal(draws))))
