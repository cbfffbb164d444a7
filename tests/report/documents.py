"""The kinds of material that reports are made of, each as the context of its chapters."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pandas as pd

from tests.report import factory, factory_lab, factory_people, factory_value
from tests.report.factory import BO, CC

FACTS = [
    (CC, "agent_days", 361.0, "agent-days"),
    (CC, "work_h", 16_080.0, "h"),
    (CC, "work_over_span", 0.687, "share"),
    (CC, "contacts", 33_344.0, "count"),
    (CC, "contacts_handled", 26_671.0, "count"),
    (CC, "queued_share", 0.543, "share"),
    (BO, "agent_days", 2_070.0, "agent-days"),
    (BO, "work_h", 7_920.0, "h"),
]


@cache
def full() -> dict[str, Any]:
    """Return the results of all stages of the hand-made insurer."""
    return {
        "client": factory.client(),
        "queues": factory.queues(),
        "intake": factory_people.intake(),
        "baseline": factory.baseline(),
        "utilization": factory.utilization(),
        "blending": factory.blending(),
        "readiness": factory_people.readiness(),
        "value": factory_value.value(),
        "run": factory_people.run(),
    }


def logs_alone(material: Mapping[str, Any]) -> dict[str, Any]:
    """Return the material of a client of whom only logs are known."""
    baseline = material["baseline"]
    between = {"waiting": "between contacts"}
    none = {"value": math.nan, "low": math.nan, "high": math.nan, "status": "insufficient"}
    utilization = material["utilization"]
    baseline = dataclasses.replace(
        baseline,
        quantities=(),
        shares=baseline.shares.assign(**none),
        groups=baseline.groups.head(0),
        idle_by_slot=baseline.idle_by_slot.head(0),
        facts=pd.DataFrame(FACTS, columns=["population", "fact", "value", "unit"]),
        gaps=baseline.gaps.replace({"kind": between}),
        gap_survival=baseline.gap_survival.replace({"kind": between}),
        crosswalk=baseline.crosswalk.assign(value=math.nan),
        attendance=baseline.attendance.assign(paid_h=math.nan, days=0),
    )
    utilization = dataclasses.replace(
        utilization,
        quantities=(),
        ceilings=utilization.ceilings.assign(value=math.nan, reason="because no shifts were given"),
        achievable=utilization.achievable.assign(today=math.nan, value=math.nan),
    )
    files = material["intake"].files.copy()
    first = files.index == files.index[0]
    files.loc[first, ["period_start", "period_end"]] = [pd.Timestamp("1999-02-01"), pd.Timestamp("1999-02-28")]
    intake = dataclasses.replace(material["intake"], files=files)
    return {**material, "baseline": baseline, "utilization": utilization, "intake": intake}


@cache
def nothing() -> dict[str, Any]:
    """Return the results of a client who sent a roster and nothing else."""
    from analysis import assess_blending, estimate_utilization, measure_baseline
    from analysis.foundation.schema import typed_table
    from analysis.readiness import assess_readiness

    people = {
        "agent": [f"p{place:012x}" for place in range(24)],
        "population": ["contact_centre"] * 12 + ["back_office"] * 12,
    }
    tables = {"roster": typed_table("roster", pd.DataFrame(people))}
    client, queues = factory.client(), factory.queues()
    baseline = measure_baseline(tables, client=client, queues=queues)
    blending = assess_blending(tables, baseline, client=client, queues=queues)
    utilization = estimate_utilization(tables, baseline, client=client, queues=queues)
    readiness = assess_readiness(tables, baseline, utilization, blending, client=client)
    intake = factory_people.intake()
    intake = dataclasses.replace(
        intake, files=intake.files[intake.files["table"] == "roster"], findings=(), states=intake.states.head(0)
    )
    return {
        "client": client, "queues": queues, "intake": intake, "baseline": baseline, "utilization": utilization,
        "blending": blending, "readiness": readiness, "run": {"run_id": "0"},
    }  # fmt: skip


def several_pools(material: Mapping[str, Any]) -> dict[str, Any]:
    """Return the material of a client with three pools, of which two are shown in a table."""
    frames = factory_lab.pools("back", "service", "night")
    return {**material, "blending": dataclasses.replace(material["blending"], **frames)}


def context(material: Mapping[str, Any]) -> Any:
    """Return what the chapters of a report draw on."""
    from analysis.intake.reconciliation import reconcile
    from analysis.report.context import Context
    from analysis.report.disclosure import without_few
    from analysis.report.exhibits.theme import Theme
    from analysis.report.run import Run

    baseline, client = material["baseline"], material["client"]
    return Context(
        client, material["queues"], material["intake"], baseline, material["utilization"],
        without_few(material["blending"], baseline), material["readiness"], Run.of(material["run"]), Theme(),
        reconcile(material["intake"], client=client, minimum_group_agents=baseline.settings.minimum_group_agents),
        material.get("value"),
    )  # fmt: skip


def _of(material: Callable[[], Mapping[str, Any]]) -> Callable[[], Any]:
    """Return what makes a context once."""
    return cache(lambda: context(material()))


EVERY: Mapping[str, Callable[[], Any]] = {
    "full": _of(full),
    "logs alone": _of(lambda: logs_alone(full())),
    "nothing": _of(nothing),
    "several pools": _of(lambda: several_pools(full())),
}
