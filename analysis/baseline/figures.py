"""The figures of one population under their stable names."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict

import pandas as pd

from analysis.baseline.bounds import non_work_bound
from analysis.baseline.evidence import People, Tables
from analysis.baseline.observed import Looks
from analysis.baseline.records import standard_seconds
from analysis.baseline.service import backlog, error_rate, rework_rate
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.shares import NON_WORK, SHARE_PARTS, Clusters, five_shares, occupancy, share_of, shrinkage
from analysis.baseline.words import unmeasured
from analysis.foundation.estimate import Estimate, Grade
from analysis.foundation.settings import Client
from analysis.measure.crosswalk import BASE

DEFINITIONS: dict[str, str] = {
    "utilization": "(HANDLING + RESERVED + ITEM_WORK) / base; base is paid time less absence and breaks",
    "support_share": "(SUPPORT + OUTAGE) / base",
    "idle_share": "IDLE / base",
    "away_share": "AWAY / base",
    "unaccounted_share": "UNACCOUNTED / base",
    "non_work_share": "(idle + away + the part of unaccounted that observation allocates to non-work) / base; waiting for contacts is apart",
    "occupancy": "(HANDLING + RESERVED + ITEM_WORK) / (the same + IDLE)",
    "shrinkage": "1 - WORKABLE / PAID",
    "within_due_share": "items finished by their due time / items finished that have one",
    "backlog_h": "arrived and unfinished items when the last item of a working day is finished, at standard time, mean over days",
    "error_rate": "errors / items checked",
    "rework_rate": "items reworked / items checked",
}


class _Stated(TypedDict):
    """What every estimate of one population states alike."""

    grade: Grade
    confidence: float


def _stated(people: People, settings: BaselineSettings) -> _Stated:
    return {"grade": people.attendance.grade, "confidence": settings.confidence}


def shares_of(people: People, clusters: Clusters, settings: BaselineSettings) -> dict[str, Estimate]:
    """Return the five shares and outage, or why there are none."""
    stated = _stated(people, settings)
    if people.days.empty:
        return dict.fromkeys(SHARE_PARTS, Estimate.missing(unmeasured(people.attendance.source), **stated))
    return five_shares(people.days, clusters=clusters, sees=people.sees, agent_days=people.agent_days, **stated)


def non_work_of_logs(
    people: People, shares: dict[str, Estimate], looks: Looks | None, *, clusters: Clusters, settings: BaselineSettings
) -> Estimate:
    """Return non-work as logs alone know it: a figure where they saw everything, else a range, and why observation does not divide it."""
    if people.days.empty:
        return next(iter(shares.values()))
    idle, stated = NON_WORK[people.population], _stated(people, settings)
    if float(people.days["UNACCOUNTED"].sum()) == 0 and float(people.days[list(BASE)].to_numpy().sum()) > 0:
        return share_of(people.days, idle, BASE, clusters=clusters, agent_days=people.agent_days, **stated)
    bound = non_work_bound(people.days, idle, clusters=clusters, agent_days=people.agent_days, **stated)
    if looks is None or looks.non_work.value is not None:
        return bound
    return replace(bound, reasons=(*bound.reasons, looks.non_work.reasons[0]))


def rates(people: People, clusters: Clusters, settings: BaselineSettings) -> dict[str, Estimate]:
    """Return occupancy and shrinkage."""
    stated = _stated(people, settings)
    if people.days.empty:
        missing = Estimate.missing(unmeasured(people.attendance.source), **stated)
        return {"occupancy": missing, "shrinkage": missing}
    days, wide = people.days, people.agent_days
    return {
        "occupancy": occupancy(days, clusters=clusters, sees=people.sees, agent_days=wide, **stated),
        "shrinkage": shrinkage(days, clusters=clusters, agent_days=wide, **stated),
    }


def service(
    tables: Tables,
    people: People,
    items: pd.DataFrame,
    due: Estimate,
    *,
    lengths: pd.DataFrame,
    client: Client,
    settings: BaselineSettings,
) -> dict[str, Estimate]:
    """Return what the back office delivers today."""
    resampling = {"confidence": settings.confidence, "draws": settings.draws, "seed": settings.seed}
    return {
        "within_due_share": due,
        "backlog_h": backlog(items, standard_seconds(tables, lengths), client=client, **resampling),
        "error_rate": error_rate(tables, people, minimum=settings.minimum_group_agents, **resampling),
        "rework_rate": rework_rate(
            tables, people, confidence=settings.confidence, minimum=settings.minimum_group_agents
        ),
    }
