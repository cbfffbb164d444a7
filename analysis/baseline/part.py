"""The baseline of one population, from its people to its sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.baseline.bounds import realised
from analysis.baseline.breakdowns import breakdowns
from analysis.baseline.causes import cause_split
from analysis.baseline.cells import cells_of
from analysis.baseline.counts import population_crosswalk
from analysis.baseline.evidence import People, Tables, timed_items
from analysis.baseline.figures import DEFINITIONS, non_work_of_logs, rates, service, shares_of
from analysis.baseline.frames import COLUMNS, attendance_frame, group_frame, ladder_frame, share_frame
from analysis.baseline.level_days import level_days
from analysis.baseline.members import members_of, merges_of
from analysis.baseline.modelled import modelled_facts
from analysis.baseline.observed import Looks, looks_at
from analysis.baseline.people_spread import people_spread
from analysis.baseline.records import Records, item_lengths, records_of
from analysis.baseline.service import items_of, within_due
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.shares import FEW_WEEKS, NON_WORK, SHARE_PARTS, Clusters, clusters_of
from analysis.baseline.slots import idle_by_slot, pool_slot_days, pool_slots, slot_table
from analysis.baseline.sources import Sources, sources_of
from analysis.baseline.unobserved import typed_gaps, unobserved_range
from analysis.baseline.words import NAMES, sentence
from analysis.baseline.workload import Workload, workload_of
from analysis.foundation.estimate import Estimate, Quantity
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client, Queue
from analysis.measure.crosswalk import BASE
from analysis.measure.gap_mixture import MINIMUM_IDLE_S
from analysis.measure.load import queue_waits


@dataclass(frozen=True, slots=True)
class Part:
    """The baseline of one population; `frames` by the names of :class:`analysis.baseline.Baseline`."""

    population: str
    quantities: tuple[Quantity, ...]
    findings: tuple[Finding, ...]
    sentence: str
    frames: dict[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class _Measured:
    """What the sources of one population say, before it is put side by side."""

    clusters: Clusters
    shares: dict[str, Estimate]
    looks: Looks | None
    records: Records
    gap_range: pd.DataFrame
    workload: Workload
    sources: Sources


def part_of(
    tables: Tables, people: People, *, client: Client, queues: Sequence[Queue], settings: BaselineSettings
) -> Part:
    """Measure one population."""
    if people.agents < settings.minimum_group_agents:
        return _suppressed(people, settings)
    items = items_of(tables, people)
    lengths = item_lengths(tables, people, minimum=settings.minimum_group_agents)
    found = _measured(tables, people, items, client=client, queues=queues, settings=settings)
    due = within_due(items, client=client, confidence=settings.confidence)
    names = {share: share if share == "utilization" else f"{share}_share" for share in found.shares}
    figures = {name: found.shares[share] for share, name in names.items() if share != "outage"}
    figures["non_work_share"] = found.sources.headline
    figures |= rates(people, found.clusters, settings)
    if people.population == "back_office":
        figures |= service(tables, people, items, due, lengths=lengths, client=client, settings=settings)
    frames = _frames(tables, people, items, found, client=client, settings=settings)
    frames["item_lengths"] = lengths
    frames["crosswalk"] = population_crosswalk(tables, people, items=items, due=due, looks=found.looks)
    return Part(
        people.population,
        _quantities(people.population, figures),
        (*people.findings, *_cautions(people, found), *found.workload.findings, *found.sources.findings),
        sentence(people.population, found.shares, figures["non_work_share"], basis=people.attendance.sentence),
        frames,
    )


def _measured(
    tables: Tables,
    people: People,
    items: pd.DataFrame,
    *,
    client: Client,
    queues: Sequence[Queue],
    settings: BaselineSettings,
) -> _Measured:
    """Return what each source says, and which of them the headline is taken from."""
    clusters = clusters_of(people.days, generalise_to=settings.generalise_to)
    shares = shares_of(people, clusters, settings)
    looks = looks_at(tables, people, idle=NON_WORK[people.population], client=client, settings=settings)
    records = records_of(tables, people, queues=queues, settings=settings)
    gap_range, unobserved = _unobserved(tables, people, records, queues=queues, settings=settings)
    workload = workload_of(tables, people, items, client=client, settings=settings)
    sources = sources_of(
        tables,
        people,
        shares=shares,
        bound=non_work_of_logs(people, shares, looks, clusters=clusters, settings=settings),
        looks=looks,
        gap_range=unobserved,
        earned=workload.earned.complement() if people.population == "back_office" else None,
        client=client,
        settings=settings,
    )
    return _Measured(clusters, shares, looks, records, gap_range, workload, sources)


def _unobserved(
    tables: Tables, people: People, records: Records, *, queues: Sequence[Queue], settings: BaselineSettings
) -> tuple[pd.DataFrame, Estimate | None]:
    """Return what the gaps between records leave open."""
    centre = people.population == "contact_centre"
    shortest = MINIMUM_IDLE_S if settings.minimum_idle_s is None else (settings.minimum_idle_s,)
    return unobserved_range(
        people,
        records.spans if centre else typed_gaps(records.spans, timed_items(tables)),
        settings=settings,
        waits=queue_waits(tables, queues) if centre else None,
        longest_unlogged_s=settings.longest_unlogged_s,
        minimum_idle_s=shortest,
    )


def _frames(
    tables: Tables, people: People, items: pd.DataFrame, found: _Measured, *, client: Client, settings: BaselineSettings
) -> dict[str, pd.DataFrame]:
    """Return the frames of one population; what it has no data for is left out."""
    records, minimum = found.records, settings.minimum_group_agents
    facts = (
        *(records.facts, _base_facts(people, client), _realised(people), found.workload.facts),
        *(_looks_facts(people, found.looks), modelled_facts(people, items, minimum=minimum)),
    )
    frames = {
        "attendance": attendance_frame(people),
        "shares": share_frame(people.population, found.shares),
        "gaps": records.gaps,
        "sensitivity": records.sensitivity,
        "gap_survival": records.gap_survival,
        "gap_range": found.gap_range,
        "sources": found.sources.frame,
        "standards": found.workload.standards,
        "facts": pd.concat([part for part in facts if len(part)], ignore_index=True),
    }
    slots = slot_table(people, client=client, slot_s=settings.slot_s)
    if len(people.days):
        frames["ladder"] = ladder_frame(people)
        frames["days"] = people.days.assign(population=people.population)[list(COLUMNS["days"])]
        frames["causes"] = cause_split(tables, people, minimum=minimum)
        frames["people_spread"] = people_spread(tables, people, slots, client=client, settings=settings)
    if people.agent_days is not None and len(people.days):
        frames |= _of_parts(tables, people, slots, clusters=found.clusters, settings=settings)
    if len(slots):
        frames["pool_slots"] = pool_slots(slots, people.pools)
        frames["pool_slot_days"] = pool_slot_days(slots, people.pools)
    return frames


def _of_parts(
    tables: Tables, people: People, slots: pd.DataFrame, *, clusters: Clusters, settings: BaselineSettings
) -> dict[str, pd.DataFrame]:
    """Return what is said about parts of the population, who stands behind it, and what was put together."""
    cells = cells_of(tables, people, slots, settings)
    slot_s = settings.slot_s
    found = {
        "groups": group_frame(tables, people, cells, clusters=clusters, settings=settings),
        "level_days": level_days(people, cells),
        "breakdowns": breakdowns(people, slots, cells, clusters=clusters, settings=settings),
        "members": members_of(people, slots, cells, slot_s=slot_s),
        "merges": merges_of(tables, people, slots, cells, minimum=settings.minimum_group_agents, slot_s=slot_s),
    }
    return found | ({"idle_by_slot": idle_by_slot(slots, people, cells.spans)} if len(slots) else {})


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


def _realised(people: People) -> pd.DataFrame:
    """Return the shares of the period itself, beside the estimates of what is to be expected."""
    if people.days.empty:
        return pd.DataFrame(columns=list(COLUMNS["facts"]))
    facts = realised(people.days, idle=NON_WORK[people.population])
    return facts.assign(population=people.population)[list(COLUMNS["facts"])]


def _looks_facts(people: People, looks: Looks | None) -> pd.DataFrame:
    """Return what stands behind a share of looks: how many, and how far observers can be trusted."""
    if looks is None:
        return pd.DataFrame(columns=list(COLUMNS["facts"]))
    known = looks.accuracy
    rows = [
        ("looks", float(looks.looks), "count"),
        ("looks_needed", looks.needed, "count"),
        ("looks_design_effect", looks.design_effect, "ratio"),
        ("non_work_as_seen", looks.uncorrected.value, "share"),
        ("observer_sensitivity", known.sensitivity, "share"),
        ("observer_specificity", known.specificity, "share"),
        ("observer_pairs", float(known.n_sensitivity + known.n_specificity), "count"),
        ("observer_agreement", None if looks.agreement is None else looks.agreement.percent.value, "share"),
    ]
    frame = pd.DataFrame([row for row in rows if row[1] is not None], columns=["fact", "value", "unit"])
    return frame.assign(population=people.population)[list(COLUMNS["facts"])]


def _cautions(people: People, measured: _Measured) -> tuple[Finding, ...]:
    """Return what a reader must know about the intervals and the looks."""
    found, clusters, looks = [], measured.clusters, measured.looks
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
    return (*found, *(() if looks is None else looks.findings))
