"""The baseline of one population, from its people to its sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

import pandas as pd

from analysis.baseline.bounds import non_work_bound, realised
from analysis.baseline.counts import population_crosswalk
from analysis.baseline.evidence import People, Tables
from analysis.baseline.frames import COLUMNS, attendance_frame, group_frame, ladder_frame, share_frame
from analysis.baseline.observed import Looks, looks_at
from analysis.baseline.records import item_lengths, records_of, standard_seconds
from analysis.baseline.service import backlog, error_rate, items_of, within_due
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.shares import (
    FEW_WEEKS,
    SHARE_PARTS,
    Clusters,
    clusters_of,
    five_shares,
    occupancy,
    share_of,
    shrinkage,
)
from analysis.baseline.slots import idle_by_slot, pool_slots, slot_table
from analysis.baseline.words import NAMES, sentence, unmeasured
from analysis.foundation.estimate import Estimate, Grade, Quantity
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client, Queue
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
}


class _Stated(TypedDict):
    """What every estimate of one population states alike."""

    grade: Grade
    confidence: float


# states that are non-work wherever they are seen; waiting for contacts is not
_IDLE_WORDS = {"contact_centre": ("AWAY",), "back_office": ("IDLE", "AWAY")}


@dataclass(frozen=True, slots=True)
class Part:
    """The baseline of one population; `frames` by the names of :class:`analysis.baseline.Baseline`."""

    population: str
    quantities: tuple[Quantity, ...]
    findings: tuple[Finding, ...]
    sentence: str
    frames: dict[str, pd.DataFrame]


def part_of(
    tables: Tables, people: People, *, client: Client, queues: Sequence[Queue], settings: BaselineSettings
) -> Part:
    """Measure one population."""
    if people.agents < settings.minimum_group_agents:
        return _suppressed(people, settings)
    clusters = clusters_of(people.days, generalise_to=settings.generalise_to)
    idle = _IDLE_WORDS[people.population]
    looks = looks_at(tables, people, idle=idle, client=client, settings=settings)
    shares = _shares(people, clusters, settings)
    items, lengths = items_of(tables, people), item_lengths(tables, people)
    names = {share: share if share == "utilization" else f"{share}_share" for share in shares if share != "outage"}
    figures = {name: shares[share] for share, name in names.items()}
    figures["non_work_share"] = _non_work(people, shares, looks, clusters=clusters, settings=settings)
    figures |= _rates(people, clusters, settings)
    due = within_due(items, client=client, confidence=settings.confidence)
    if people.population == "back_office":
        figures |= _service(tables, people, items, due, lengths=lengths, client=client, settings=settings)
    records = records_of(tables, people, queues=queues, settings=settings)
    slots = slot_table(people, client=client, slot_s=settings.slot_s)
    frames = {
        "attendance": attendance_frame(people),
        "shares": share_frame(people.population, shares),
        "gaps": records.gaps,
        "sensitivity": records.sensitivity,
        "gap_survival": records.gap_survival,
        "facts": pd.concat([records.facts, _base_facts(people, client), _realised(people, idle)], ignore_index=True),
        "item_lengths": lengths,
        "crosswalk": population_crosswalk(tables, people, items=items, due=due, looks=looks),
    }
    if len(people.days):
        frames["ladder"] = ladder_frame(people)
        frames["days"] = people.days.assign(population=people.population)[list(COLUMNS["days"])]
        frames["groups"] = group_frame(tables, people, clusters=clusters, settings=settings)
    if len(slots):
        frames["idle_by_slot"] = idle_by_slot(slots, people, minimum=settings.minimum_group_agents)
        frames["pool_slots"] = pool_slots(slots, people.pools)
    return Part(
        people.population,
        _quantities(people.population, figures),
        (*people.findings, *_cautions(people, clusters, looks)),
        sentence(people.population, shares, figures["non_work_share"], basis=people.attendance.sentence),
        frames,
    )


def _quantities(population: str, figures: dict[str, Estimate]) -> tuple[Quantity, ...]:
    """Return figures under their stable ids."""
    scope = {"population": population}
    return tuple(Quantity(f"baseline.{name}", found, DEFINITIONS[name], scope) for name, found in figures.items())


def _suppressed(people: People, settings: BaselineSettings) -> Part:
    """Return a population that is too small to be shown."""
    words = f"{people.agents} people are fewer than the {settings.minimum_group_agents} that a figure needs"
    hidden = Estimate.missing(words, status="suppressed", confidence=settings.confidence)
    names = (
        "utilization",
        *(f"{share}_share" for share in ("support", "idle", "away", "unaccounted", "non_work")),
        "occupancy",
        "shrinkage",
    )
    text = f"{NAMES[people.population].capitalize()}: {words}, so nothing is reported about them."
    finding = Finding("population_suppressed", "flag", "roster", text, rows=people.agents)
    shares = share_frame(people.population, dict.fromkeys(SHARE_PARTS, hidden))
    return Part(
        people.population,
        _quantities(people.population, dict.fromkeys(names, hidden)),
        (finding,),
        text,
        {"shares": shares},
    )


def _shares(people: People, clusters: Clusters, settings: BaselineSettings) -> dict[str, Estimate]:
    """Return the five shares and outage, or why there are none."""
    grade = people.attendance.grade
    if people.days.empty:
        words = unmeasured(people.attendance.source)
        return dict.fromkeys(SHARE_PARTS, Estimate.missing(words, confidence=settings.confidence, grade=grade))
    return five_shares(
        people.days,
        clusters=clusters,
        sees=people.sees,
        confidence=settings.confidence,
        grade=grade,
        agent_days=people.agent_days,
    )


def _non_work(
    people: People, shares: dict[str, Estimate], looks: Looks | None, *, clusters: Clusters, settings: BaselineSettings
) -> Estimate:
    """Return non-work: in the back office by observation where it speaks for the population, else the bound from logs."""
    looks = looks if people.population == "back_office" else None
    if looks is not None and looks.non_work.value is not None:
        return looks.non_work
    stated: _Stated = {"grade": people.attendance.grade, "confidence": settings.confidence}
    if people.days.empty:
        return next(iter(shares.values()))
    idle = _IDLE_WORDS[people.population]
    if float(people.days["UNACCOUNTED"].sum()) == 0 and float(people.days[list(BASE)].to_numpy().sum()) > 0:
        return share_of(people.days, idle, BASE, clusters=clusters, agent_days=people.agent_days, **stated)
    bound = non_work_bound(people.days, idle, clusters=clusters, agent_days=people.agent_days, **stated)
    return replace(bound, reasons=(*bound.reasons, looks.non_work.reasons[0])) if looks is not None else bound


def _rates(people: People, clusters: Clusters, settings: BaselineSettings) -> dict[str, Estimate]:
    """Return occupancy and shrinkage."""
    stated: _Stated = {"grade": people.attendance.grade, "confidence": settings.confidence}
    if people.days.empty:
        missing = Estimate.missing(unmeasured(people.attendance.source), **stated)
        return {"occupancy": missing, "shrinkage": missing}
    days, wide = people.days, people.agent_days
    return {
        "occupancy": occupancy(days, clusters=clusters, sees=people.sees, agent_days=wide, **stated),
        "shrinkage": shrinkage(days, clusters=clusters, agent_days=wide, **stated),
    }


def _service(
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
    standards = standard_seconds(tables, lengths)
    return {
        "within_due_share": due,
        "backlog_h": backlog(items, standards, client=client, **resampling),
        "error_rate": error_rate(tables, people, **resampling),
    }


def _base_facts(people: People, client: Client) -> pd.DataFrame:
    """Return hours a week and time that lies outside paid time."""
    if people.days.empty:
        return pd.DataFrame(columns=list(COLUMNS["facts"]))
    weeks = ((client.period.end - client.period.start).days + 1) / 7
    base = float(people.days[list(BASE)].to_numpy().sum())
    silent = people.attendance.without_record
    rows = [
        ("base_h_per_week", base / weeks, "h"),
        ("outside_paid_h", float(people.days["OUTSIDE_PAID"].sum()), "h"),
        ("agent_days_without_record", float(len(silent)), "agent-days"),
    ]
    frame = pd.DataFrame(rows, columns=["fact", "value", "unit"])
    return frame.assign(population=people.population)[list(COLUMNS["facts"])]


def _realised(people: People, idle: Sequence[str]) -> pd.DataFrame:
    """Return the shares of the period itself, beside the estimates of what is to be expected."""
    if people.days.empty:
        return pd.DataFrame(columns=list(COLUMNS["facts"]))
    return realised(people.days, idle=idle).assign(population=people.population)[list(COLUMNS["facts"])]


def _cautions(people: People, clusters: Clusters, looks: Looks | None) -> tuple[Finding, ...]:
    """Return what a reader must know about the intervals and the looks."""
    found = []
    name = NAMES[people.population]
    if clusters.notable:
        text = f"{name}: shares of neighbouring {clusters.unit} are correlated (up to {clusters.lag1:.2f}); the intervals allow for it."
        found.append(Finding("correlated_days", "flag", "intervals", text))
    if 0 < clusters.weeks < FEW_WEEKS:
        text = f"{name}: {clusters.weeks} weeks are too few to see how {clusters.unit} resemble one another; intervals are wide for it, and still hold less than they say where neighbouring days are correlated by more than about .5."
        found.append(Finding("few_weeks", "flag", "intervals", text))
    if looks is not None and looks.reason:
        text = f"{name}: {looks.looks} looks on {looks.days} days do not speak for the population: {looks.reason}."
        found.append(Finding("observation_coverage", "flag", "observations", text, rows=looks.looks))
    return tuple(found)
