"""Figures over days whose neighbours may share shocks: shares, ratios, differences and medians."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS, joined_strata, ratio
from analysis.foundation.estimate import Estimate
from analysis.foundation.serial import long_run


class _Ratio(NamedTuple):
    """A ratio of sums with its standard error, the error that decides what is rare, and degrees of freedom."""

    value: float
    error: float
    steady: float
    freedom: float
    clusters: int


def _few(count: int, unit: str, **described: Any) -> Estimate:
    words = f"only {count} {unit} were seen; an interval needs at least {MINIMUM_CLUSTERS}"
    return Estimate.missing(words, n=count, n_unit=unit, **described)


def _ratio(days: pd.DataFrame, working_days: float) -> _Ratio:
    """Return the ratio top / base of rows in the order of time."""
    top, base = (days[name].to_numpy(dtype=float) for name in ("top", "base"))
    value = top.sum() / base.sum()
    labels = joined_strata(np.unique(_weekdays(days), return_inverse=True)[1])
    run = long_run(top - value * base, labels, working_days=working_days)
    return _Ratio(value, run.error / base.sum(), run.steady / base.sum(), run.freedom, len(days))


def _ordered(days: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that have a base, in the order of time."""
    return days[days["base"] > 0].sort_values("day", kind="stable")


def _weekdays(days: pd.DataFrame) -> np.ndarray:
    return days["day"].dt.day_of_week.to_numpy()


def by_day(day: pd.Series, top: Any, base: Any) -> pd.DataFrame:
    """Return the sums of two columns by day: day, top, base."""
    frame = pd.DataFrame({"day": np.asarray(day), "top": np.asarray(top, float), "base": np.asarray(base, float)})
    return frame.groupby("day", as_index=False)[["top", "base"]].sum()


def share(
    days: pd.DataFrame,
    *,
    confidence: float,
    n_unit: str = "days",
    working_days: float = 1.0,
    rows_per_look: float = 1.0,
) -> Estimate:
    """Estimate a share as a ratio of sums over days.

    Parameters
    ----------
    days
        day (naive midnight), top, base; 0 <= top <= base.
    confidence
        Level of the interval.
    n_unit, working_days
        What a row is, and how many working days it holds.
    rows_per_look
        Rows that count as one look where all of them say the same: 5 for days that hand a backlog on, which then all weeks share.

    Returns
    -------
    Estimate
        ``"insufficient"`` without a base or below 6 rows.

    Notes
    -----
    :func:`analysis.foundation.clusters.ratio` with its serial variance. Where the state is too rare (or too common) for a logit interval, the
    exact binomial limits of Clopper & Pearson with the effective number of looks p (1 - p) / se^2, made smaller by (t_normal / t_days)^2; where no day
    or every day has it, with one look per `rows_per_look` days.

    References
    ----------
    Korn & Graubard, Survey Methodology 24 (1998), 193-201.
    """
    rows = _ordered(days)
    described: dict[str, Any] = {"confidence": confidence, "n": len(rows), "n_unit": n_unit}
    if rows.empty:
        return Estimate.missing("nothing to divide by: the base is zero", **described)
    if len(rows) < MINIMUM_CLUSTERS:
        return _few(len(rows), n_unit, confidence=confidence)
    top, base = np.minimum(rows["top"], rows["base"]), rows["base"]
    weekdays = _weekdays(rows).tolist()
    found = ratio(
        top.to_list(),
        base.to_list(),
        n_unit=n_unit,
        strata=weekdays,
        confidence=confidence,
        variance="serial",
        working_days=working_days,
    )
    return found if found.value is not None else _rare(rows.assign(top=top), working_days, rows_per_look, described)


def _rare(rows: pd.DataFrame, working_days: float, rows_per_look: float, described: dict[str, Any]) -> Estimate:
    """Return a rare share (or its complement) with exact limits on the effective number of looks."""
    found, tail = _ratio(rows, working_days), (1 - described["confidence"]) / 2
    looks = found.clusters / rows_per_look
    if 0 < found.value < 1 and found.steady > 0:
        looks = found.value * (1 - found.value) / found.steady**2
        looks *= float(stats.norm.ppf(1 - tail) / stats.t.ppf(1 - tail, found.clusters - 1)) ** 2
    hits = found.value * looks
    low = 0.0 if hits <= 0 else float(stats.beta.ppf(tail, hits, looks - hits + 1))
    high = 1.0 if found.value >= 1 else float(stats.beta.ppf(1 - tail, hits + 1, looks - hits))
    return Estimate(found.value, min(low, found.value), max(high, found.value), **described)


def positive_ratio(days: pd.DataFrame, *, confidence: float) -> Estimate:
    """Estimate a ratio of sums that is above 0 and may exceed 1, with a t interval on the log scale; days as in :func:`share`."""
    rows = _ordered(days)
    if len(rows) < MINIMUM_CLUSTERS:
        return _few(len(rows), "days", confidence=confidence)
    found = _ratio(rows, 1.0)
    described: dict[str, Any] = {"confidence": confidence, "n": len(rows), "n_unit": "days"}
    if found.value <= 0:
        return Estimate(0.0, 0.0, 0.0, **described)
    step = float(stats.t.ppf(0.5 + confidence / 2, found.freedom)) * found.error / found.value
    return Estimate(found.value, found.value * math.exp(-step), found.value * math.exp(step), **described)


def signed_ratio(days: pd.DataFrame, *, confidence: float) -> Estimate:
    """Estimate a ratio of sums of either sign, with a t interval; days as in :func:`share`."""
    rows = _ordered(days)
    if len(rows) < MINIMUM_CLUSTERS:
        return _few(len(rows), "days", confidence=confidence)
    found = _ratio(rows, 1.0)
    step = float(stats.t.ppf(0.5 + confidence / 2, found.freedom)) * found.error
    return Estimate(
        found.value, found.value - step, found.value + step, confidence=confidence, n=len(rows), n_unit="days"
    )


def median(day: pd.Series, values: Any, *, confidence: float, highest: Any = None) -> Estimate:
    """Estimate a median over days that share shocks.

    Parameters
    ----------
    day
        Local day of each value.
    values
        The values; minus infinity for one that is known only to lie at or under `highest`.
    confidence
        Level of the interval.
    highest
        What each value can be at most; the values themselves where nothing is open.

    Returns
    -------
    Estimate
        The median of `values`; the interval reaches from the median of the lowest to that of the highest that they can be.

    Notes
    -----
    The share of values under the median is a ratio over days with standard error s; the ends of the interval are the quantiles at 1/2 -+ t s.

    References
    ----------
    Woodruff, J. American Statistical Association 47 (1952), 635-646.
    """
    lowest = np.asarray(values, dtype=float)
    most = lowest if highest is None else np.asarray(highest, dtype=float)
    ends: list[float] = []
    count = len(np.unique(np.asarray(day)))
    if count < MINIMUM_CLUSTERS:
        return _few(count, "days", confidence=confidence)
    for side, numbers in ((-1, lowest), (1, most)):
        middle = float(np.quantile(numbers, 0.5, method="inverted_cdf"))
        found = _ratio(by_day(day, _under(numbers, middle), np.ones(len(numbers))), 1.0)
        step = side * float(stats.t.ppf(0.5 + confidence / 2, found.freedom)) * found.error
        place = min(max(0.5 + step, 0.0), 1.0)
        ends.append(float(np.quantile(numbers, place, method="inverted_cdf")))
    value = float(np.quantile(lowest, 0.5, method="inverted_cdf"))
    described: dict[str, Any] = {"confidence": confidence, "n": count, "n_unit": "days", "unit": "h"}
    if not (math.isfinite(value) and math.isfinite(ends[0]) and math.isfinite(ends[1])):
        return Estimate.missing("too many items are still open to say where the middle lies", **described)
    return Estimate(value, min(ends[0], value), max(ends[1], value), **described)


def _under(numbers: np.ndarray, middle: float) -> np.ndarray:
    """Return whether each number lies under the middle; one equal to it counts half."""
    return (numbers < middle) + 0.5 * (numbers == middle)
