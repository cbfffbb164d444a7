"""Shares of time as ratios of sums, with intervals by the days or weeks that shocks have in common."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from analysis.foundation.clusters import MINIMUM_CLUSTERS, ratio
from analysis.foundation.estimate import Estimate
from analysis.measure.crosswalk import BASE, PAID, WORK

# share -> parts of the ladder over the base; outage is part of support
SHARE_PARTS: dict[str, tuple[str, ...]] = {
    "utilization": WORK,
    "support": ("SUPPORT", "OUTAGE"),
    "outage": ("OUTAGE",),
    "idle": ("IDLE",),
    "away": ("AWAY",),
    "unaccounted": ("UNACCOUNTED",),
}
UNAVAILABLE: tuple[str, ...] = ("ABSENT", "BREAK", "SUPPORT", "OUTAGE")
# A daily lag-1 correlation is notable above this many standard errors (one-sided 10 %); see docs/method/baseline.md.
NOTABLE_Z = 1.2816
_MOST_DAYS_APART = 3


@dataclass(frozen=True, slots=True)
class Clusters:
    """What resembles itself in a population's days.

    Attributes
    ----------
    unit
        ``"days"`` (within weekdays) or ``"weeks"``.
    lag1
        Largest correlation of a share between one working day and the next, weekday means removed.
    wider
        Factor on the interval's half width on the logit scale where days are correlated and there are too few weeks.
    """

    unit: Literal["days", "weeks"]
    lag1: float
    wider: float = 1.0


def clusters_of(days: pd.DataFrame) -> Clusters:
    """Choose days or weeks as clusters.

    Parameters
    ----------
    days
        One row per local day: day, weekday, week, and the ladder's parts in hours.

    Notes
    -----
    Days share shocks (volume, outages), so people within a day are never independent. Days are the clusters unless a share's residual
    correlates from one working day to the next by more than 1.28 / sqrt(days); then weeks are. With fewer than 6 weeks the interval by day is
    widened by sqrt((1 + r) / (1 - r)), the factor of a first-order autoregression.
    """
    rows = days[days[list(BASE)].sum(axis=1) > 0].sort_values("day")
    if len(rows) < MINIMUM_CLUSTERS:
        return Clusters("days", 0.0)
    base = rows[list(BASE)].sum(axis=1).to_numpy()
    lags = [_lag1(rows, rows[list(parts)].sum(axis=1).to_numpy(), base) for parts in SHARE_PARTS.values()]
    lag1 = max(lags)
    if lag1 <= NOTABLE_Z / math.sqrt(len(rows)):
        return Clusters("days", lag1)
    if rows["week"].nunique() >= MINIMUM_CLUSTERS:
        return Clusters("weeks", lag1)
    return Clusters("days", lag1, math.sqrt((1 + lag1) / (1 - min(lag1, 0.9))))


def _lag1(rows: pd.DataFrame, part: np.ndarray, base: np.ndarray) -> float:
    """Return the correlation of a share's residual between neighbouring working days."""
    residual = pd.Series(part - part.sum() / base.sum() * base, index=rows.index)
    centred = (residual - residual.groupby(rows["weekday"]).transform("mean")).to_numpy()
    square = float((centred**2).sum())
    if square <= 1e-18 * float((base**2).sum()):
        return 0.0
    near = rows["day"].diff().dt.days.to_numpy()[1:] <= _MOST_DAYS_APART
    return float((centred[1:] * centred[:-1])[near].sum()) / square


def share_of(
    days: pd.DataFrame, parts: Sequence[str], whole: Sequence[str], *, clusters: Clusters, confidence: float, grade: str
) -> Estimate:
    """Estimate one share of time over the clusters.

    Parameters
    ----------
    days
        As in :func:`clusters_of`.
    parts, whole
        Ladder words of the numerator and of the denominator.
    clusters
        Days or weeks.
    confidence, grade
        Of the estimate.
    """
    top, bottom = (days[list(words)].sum(axis=1) for words in (parts, whole))
    strata = days["weekday"].to_numpy()
    if clusters.unit == "weeks":
        top, bottom, strata = top.groupby(days["week"]).sum(), bottom.groupby(days["week"]).sum(), None
    found = ratio(
        np.minimum(top.to_numpy(), bottom.to_numpy()),
        bottom.to_numpy(),
        n_unit=clusters.unit,
        strata=strata,
        confidence=confidence,
        grade=grade,
    )
    return _widened(found, clusters.wider)


def _widened(found: Estimate, factor: float) -> Estimate:
    """Stretch an interval on the logit scale."""
    if factor == 1 or found.value is None or found.low is None or found.high is None or found.low == found.high:
        return found
    centre, low, high = (math.log(share / (1 - share)) for share in (found.value, found.low, found.high))
    ends = [1 / (1 + math.exp(-(centre + factor * (end - centre)))) for end in (low, high)]
    return replace(found, low=ends[0], high=ends[1], method=f"{found.method}, widened for correlated days")


def five_shares(
    days: pd.DataFrame, *, clusters: Clusters, sees: frozenset[str], confidence: float, grade: str
) -> dict[str, Estimate]:
    """Estimate the five shares of the base, and outage apart; what no source records has no value.

    Returns
    -------
    dict
        utilization, support, outage, idle, away, unaccounted.
    """
    found = {}
    for share, parts in SHARE_PARTS.items():
        estimate = share_of(days, parts, BASE, clusters=clusters, confidence=confidence, grade=grade)
        if (
            estimate.value is None
            and share != "unaccounted"
            and not sees & set(parts)
            and days[list(BASE)].to_numpy().sum() > 0
        ):
            words = "no source of this population records it; where it occurs it is part of unaccounted"
            estimate = replace(estimate, status="insufficient", reasons=(words,))
        found[share] = estimate
    return found


def shrinkage(days: pd.DataFrame, *, clusters: Clusters, confidence: float, grade: str) -> Estimate:
    """Estimate the share of paid time that is planned or excused away from work: 1 - WORKABLE / PAID."""
    return share_of(days, UNAVAILABLE, PAID, clusters=clusters, confidence=confidence, grade=grade)


def occupancy(
    days: pd.DataFrame, *, clusters: Clusters, sees: frozenset[str], confidence: float, grade: str
) -> Estimate:
    """Estimate the share of ready time that is work; without idle states there is none."""
    if "IDLE" not in sees:
        words = "no source of this population records when people are ready without work"
        return Estimate.missing(words, confidence=confidence, grade=grade, n_unit=clusters.unit)
    return share_of(days, WORK, (*WORK, "IDLE"), clusters=clusters, confidence=confidence, grade=grade)


def non_work_bound(
    days: pd.DataFrame, idle: Sequence[str], shares: dict[str, Estimate], *, confidence: float, grade: str
) -> Estimate:
    """Return what logs alone say about non-work: at least the time seen idle or away, at most that and all unaccounted time.

    Parameters
    ----------
    days
        Hours by day.
    idle
        Ladder words that count as non-work here: IDLE and AWAY in the back office, AWAY alone in the contact centre.
    shares
        The five shares, for the sampling error of the ends.
    """
    base = float(days[list(BASE)].to_numpy().sum())
    if base <= 0:
        return Estimate.missing("nothing to divide by: the base is zero", confidence=confidence, grade=grade)
    low = float(days[list(idle)].to_numpy().sum()) / base
    high = min(1.0, low + float(days["UNACCOUNTED"].sum()) / base)
    unaccounted = shares["unaccounted"]
    spread = ""
    if unaccounted.value is not None and unaccounted.high is not None:
        spread = (
            f"; sampling error adds up to {100 * (unaccounted.high - unaccounted.value):.0f} points to the upper end"
        )
    words = f"time seen in no system is not idleness, and only observation or idle states can divide it{spread}"
    return Estimate.missing(
        words,
        low=low,
        high=high,
        confidence=confidence,
        grade=grade,
        n=len(days),
        n_unit="days",
        method="bound from logs alone",
    )
