"""Shares of time as ratios of sums, with intervals that allow for shocks which people share and days hand on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS, Judged, Variance, joined_strata, judged
from analysis.foundation.crossed import crossed
from analysis.foundation.estimate import Estimate
from analysis.foundation.serial import long_run
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
# states that are non-work wherever they are seen, by population; waiting for contacts is not
NON_WORK: dict[str, tuple[str, ...]] = {"contact_centre": ("AWAY",), "back_office": ("IDLE", "AWAY")}
UNAVAILABLE: tuple[str, ...] = ("ABSENT", "BREAK", "SUPPORT", "OUTAGE")
# The largest of six correlations is notable above this many standard errors (one-sided 5 %, Bonferroni).
NOTABLE_Z = 2.394
# Below this many weeks the correlation of days cannot be seen well enough for every promise; see docs/method/intervals.md.
FEW_WEEKS = 6
_DAYS_OF_A_PERIOD, _LONGEST_WEEK = 4, 10


@dataclass(frozen=True, slots=True)
class Clusters:
    """How a population's days hang together, and whom the intervals speak for.

    Attributes
    ----------
    unit
        ``"days"``, or ``"weeks"`` or ``"periods"`` where hours are known as sums of such alone.
    lag1
        Largest correlation of a share between one cluster and the next, weekday means removed and freed from what that removal does to it.
    wider
        Half width of utilization's interval over that of an interval which takes clusters for independent.
    working_days
        Working days that a cluster holds.
    weeks
        Weeks with time in the base.
    notable
        Whether `lag1` is more than chance makes of the largest of six shares (one-sided 5 %).
    speaks_for
        ``"these_people"`` or ``"other_people"`` like them as well.
    """

    unit: Literal["days", "weeks", "periods"]
    lag1: float
    wider: float = 1.0
    working_days: float = 1.0
    weeks: int = 0
    notable: bool = False
    speaks_for: Literal["these_people", "other_people"] = "these_people"


def clusters_of(
    days: pd.DataFrame, *, generalise_to: Literal["these_people", "other_people"] = "these_people"
) -> Clusters:
    """Find out what a row of days holds and how much neighbours resemble each other.

    Parameters
    ----------
    days
        One row per local day: day, weekday, week, and the ladder's parts in hours.
    generalise_to
        Whom the intervals shall speak for.

    Notes
    -----
    Days share shocks (volume, outages), so people within a day are never independent, and neighbouring days may share them too. No test decides
    between days and weeks: every interval allows for it (:func:`analysis.foundation.serial.long_run`). What is found here is what a reader is told.
    """
    rows = _with_base(days)
    gap = float(rows["day"].diff().dt.days.median()) if len(rows) > 1 else 1.0
    unit = "days" if gap < _DAYS_OF_A_PERIOD else "weeks" if gap <= _LONGEST_WEEK else "periods"
    working = 1.0 if unit == "days" else gap * 5 / 7
    found = Clusters(unit, 0.0, working_days=working, weeks=rows["week"].nunique(), speaks_for=generalise_to)
    if len(rows) < MINIMUM_CLUSTERS:
        return found
    lag1 = max(_neighbours(rows, parts) for parts in SHARE_PARTS.values())
    notable = lag1 > NOTABLE_Z / math.sqrt(len(rows))
    return replace(found, lag1=lag1, wider=_wider(rows, found), notable=notable)


def _with_base(days: pd.DataFrame) -> pd.DataFrame:
    """Return days with time in the base, in the order of time."""
    return days[days[list(BASE)].sum(axis=1) > 0].sort_values("day", kind="stable")


def _neighbours(rows: pd.DataFrame, parts: Sequence[str]) -> float:
    """Return the correlation of a share's residual between neighbouring clusters."""
    part, base = (rows[list(words)].sum(axis=1).to_numpy() for words in (parts, BASE))
    labels = joined_strata(np.unique(rows["weekday"].to_numpy(), return_inverse=True)[1])
    return long_run(part - part.sum() / base.sum() * base, labels).correlation


def _wider(rows: pd.DataFrame, clusters: Clusters) -> float:
    """Return how much wider utilization's interval is than one that takes clusters for independent."""
    by_day = replace(clusters, speaks_for="these_people")
    serial, independent = (
        judged_share(rows, WORK, BASE, clusters=by_day, variance=kind, confidence=0.95)
        for kind in ("serial", "linearised")
    )
    if isinstance(serial, Estimate) or isinstance(independent, Estimate):
        return 1.0
    widths = [float(stats.t.ppf(0.975, one.freedom)) * one.scale for one in (serial, independent)]
    return widths[0] / widths[1]


def judged_share(
    days: pd.DataFrame,
    parts: Sequence[str],
    whole: Sequence[str],
    *,
    clusters: Clusters,
    variance: Variance = "serial",
    agent_days: pd.DataFrame | None = None,
    **described: Any,
) -> Judged | Estimate:
    """Return one share of time with its uncertainty."""
    rows = days.sort_values("day", kind="stable") if clusters.speaks_for == "these_people" else agent_days
    if rows is None:
        words = "hours are known as sums without persons, so nothing can be said about other people"
        return Estimate.missing(words, n=len(days), n_unit=clusters.unit, **described)
    top, bottom = (rows[list(words)].sum(axis=1).to_numpy(dtype=float) for words in (parts, whole))
    top = np.minimum(top, bottom)
    if clusters.speaks_for == "other_people":
        day = rows["day"]
        named = {"person": rows["agent"].to_numpy(), "day": day.to_numpy(), "weekday": day.dt.day_of_week.to_numpy()}
        return crossed(top, bottom, **named, working_days=clusters.working_days, **described)
    return judged(
        top,
        bottom,
        n_unit=clusters.unit,
        strata=rows["weekday"].to_numpy(),
        variance=variance,
        working_days=clusters.working_days,
        **described,
    )


def share_of(
    days: pd.DataFrame,
    parts: Sequence[str],
    whole: Sequence[str],
    *,
    clusters: Clusters,
    confidence: float,
    grade: str,
    agent_days: pd.DataFrame | None = None,
) -> Estimate:
    """Estimate one share of time over the clusters.

    Parameters
    ----------
    days
        As in :func:`clusters_of`.
    parts, whole
        Ladder words of the numerator and of the denominator.
    clusters
        From :func:`clusters_of`.
    confidence, grade
        Of the estimate.
    agent_days
        Time by agent and day; needed where the interval shall speak for other people.
    """
    found = judged_share(
        days, parts, whole, clusters=clusters, agent_days=agent_days, confidence=confidence, grade=grade
    )
    return found if isinstance(found, Estimate) else found.estimate()


def five_shares(
    days: pd.DataFrame,
    *,
    clusters: Clusters,
    sees: frozenset[str],
    confidence: float,
    grade: str,
    agent_days: pd.DataFrame | None = None,
) -> dict[str, Estimate]:
    """Estimate the five shares of the base, and outage apart; what no source records has no value.

    Returns
    -------
    dict
        utilization, support, outage, idle, away, unaccounted.
    """
    found = {}
    for share, parts in SHARE_PARTS.items():
        estimate = share_of(
            days, parts, BASE, clusters=clusters, confidence=confidence, grade=grade, agent_days=agent_days
        )
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


def shrinkage(
    days: pd.DataFrame,
    *,
    clusters: Clusters,
    confidence: float,
    grade: str,
    agent_days: pd.DataFrame | None = None,
) -> Estimate:
    """Estimate the share of paid time that is planned or excused away from work: 1 - WORKABLE / PAID."""
    return share_of(
        days, UNAVAILABLE, PAID, clusters=clusters, confidence=confidence, grade=grade, agent_days=agent_days
    )


def occupancy(
    days: pd.DataFrame,
    *,
    clusters: Clusters,
    sees: frozenset[str],
    confidence: float,
    grade: str,
    agent_days: pd.DataFrame | None = None,
) -> Estimate:
    """Estimate the share of ready time that is work; without idle states there is none."""
    if "IDLE" not in sees:
        words = "no source of this population records when people are ready without work"
        return Estimate.missing(words, confidence=confidence, grade=grade, n_unit=clusters.unit)
    return share_of(
        days, WORK, (*WORK, "IDLE"), clusters=clusters, confidence=confidence, grade=grade, agent_days=agent_days
    )
