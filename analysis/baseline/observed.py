"""What observation rounds say about non-work, and whether they speak for a population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.baseline.evidence import People, Tables
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.words import NAMES
from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client
from analysis.measure.agreement import Agreement, observer_agreement
from analysis.measure.crosswalk import BASE, WORK
from analysis.measure.records import latest, roster_of, table_of
from analysis.measure.sampling import ObserverAccuracy, observer_accuracy, sample_size
from analysis.measure.sampling.clustered import ClusteredShare, interval_of
from analysis.measure.sampling.doubles import FirstLooks, first_looks
from analysis.measure.sampling.estimates import local_days, share_by_cluster, stratified_share
from analysis.measure.sampling.hours import local_hours, spread_otherwise
from analysis.measure.sampling.observers import correct_clustered
from analysis.measure.sampling.watched import Reactivity, reactivity

# looks at people who were not there, or at a break, say nothing about the base
OUTSIDE_BASE = ("ABSENT", "BREAK", "OFF")
_HALF_WIDTH = 0.05


@dataclass(frozen=True, slots=True)
class Looks:
    """Observation of one population.

    Attributes
    ----------
    non_work, work
        Share of looks in the base that found idleness or absence from the task, and that found work. `non_work` is corrected for observers'
        mistakes where reference looks suffice; `work` stands as it was seen.
    looks, days
        Looks in the base that count (no reference looks, nobody twice in one round), days with rounds.
    covered
        Share of the population's people whose teams were observed.
    needed
        Looks for a half width of 5 points at the observed design effect; None without an estimate.
    reason
        Why the looks do not speak for the population; empty when they do.
    uncorrected
        `non_work` as it was seen; the same figure where nothing was corrected.
    accuracy
        Sensitivity and specificity of the observers for non-work with their numbers of pairs, or why they are not known.
    agreement
        How far two ordinary observers agree on non-work who saw the same people in the same rounds; None where nobody was seen twice.
    reactivity
        Trend over the days of the study, and the log on observed against unobserved person-days; `reactivity.sentence` is for the reader.
    reweighted
        Whether looks were weighted by the hours of the day that people worked, because the rounds were spread otherwise.
    design_effect
        Variance of `uncorrected` over that of as many independent looks; None without an estimate.
    findings
        What a reader must know about the looks.
    """

    non_work: Estimate
    work: Estimate
    looks: int
    days: int
    covered: float
    needed: int | None
    reason: str
    uncorrected: Estimate
    accuracy: ObserverAccuracy
    agreement: Agreement | None
    reactivity: Reactivity
    reweighted: bool
    design_effect: float | None
    findings: tuple[Finding, ...]


def looks_at(
    tables: Tables, people: People, *, idle: Sequence[str], client: Client, settings: BaselineSettings
) -> Looks | None:
    """Estimate non-work from observation rounds; None when nobody of the population was observed.

    Parameters
    ----------
    tables
        Canonical tables; observations and the roster are used.
    people
        The population.
    idle
        Ladder words that count as non-work.
    client, settings
        Zone; confidence and the coverage that rounds need.

    Notes
    -----
    Share of looks in the base (without breaks and absence), days as clusters: rounds share days, and what moves a day moves all people in it.
    Person-days would take the people of a day for independent. Rounds speak for the population when the observed teams hold
    `observation_coverage` of its people and the rounds lie on at least 6 days. Reference looks never enter the share; of two looks at one
    person in one round the first counts.
    """
    rows = _rounds_of(tables, people)
    if rows.empty:
        return None
    rows = rows[~rows["state"].isin(OUTSIDE_BASE)]
    split, zone, words = first_looks(rows), client.time_zone, list(idle)
    base, confidence = split.looks, settings.confidence
    if base.empty:
        return None
    days, covered = int(local_days(base, zone).nunique()), _covered(tables, people, base)
    worked = hours_worked(people, zone)
    tilted = worked is not None and spread_otherwise(base, weights=worked, zone=zone)
    unseen = _unseen(base, worked, zone) if tilted else ""
    tilted = tilted and not unseen
    shares = [_share(base, states, worked if tilted else None, zone) for states in (words, [*WORK, "WORK"])]
    seen, work = (interval_of(found, n_unit="days", confidence=confidence, grade="B") for found in shares)
    reason = _reason(days, covered, settings)
    if reason and seen.value is not None:
        seen = replace(seen, value=None, status="insufficient", reasons=(reason,))
    accuracy = observer_accuracy(rows, state=words)
    non_work = correct_clustered(seen, shares[0], accuracy)
    agreed = observer_agreement(rows, state=words, confidence=confidence)
    minded = reactivity(base, state=words, log=_log(tables, people, base, zone), confidence=confidence, zone=zone)
    return Looks(
        non_work=non_work,
        work=work,
        looks=len(base),
        days=days,
        covered=covered,
        needed=_needed(work, len(base)),
        reason=reason,
        uncorrected=seen,
        accuracy=accuracy,
        agreement=agreed,
        reactivity=minded,
        reweighted=tilted,
        design_effect=None if seen.value is None else shares[0].design_effect,
        findings=_findings(
            NAMES[people.population],
            split,
            accuracy,
            agreed,
            minded,
            tilted=tilted,
            unseen=unseen,
            corrected=non_work is not seen,
        ),
    )


def _reason(days: int, covered: float, settings: BaselineSettings) -> str:
    """Return why looks do not speak for the population."""
    if days < MINIMUM_CLUSTERS:
        return f"rounds on only {days} days cannot speak for a period; at least {MINIMUM_CLUSTERS} are needed"
    if covered < settings.observation_coverage:
        return f"the observed teams hold {100 * covered:.0f} % of the people, less than the {100 * settings.observation_coverage:.0f} % that were asked for"
    return ""


def hours_worked(people: People, zone: str) -> pd.Series | None:
    """Return time in the base by local hour of the day; None where paid time has no clock times."""
    if people.ladder is None or people.ladder.pieces.empty:
        return None
    slots = people.ladder.by_slot(1800)
    time = slots[list(BASE)].sum(axis=1)
    return time.groupby(local_hours(slots["slot_start"], zone)).sum()


def _share(base: pd.DataFrame, states: Sequence[str], worked: pd.Series | None, zone: str) -> ClusteredShare:
    """Return the share of looks that found one of the states, by day, weighted by the hours worked where they are given."""
    hit, labels = base["state"].isin(list(states)).to_numpy(), local_days(base, zone)
    if worked is not None:
        found = stratified_share(hit, labels, local_hours(base["observed_at"], zone), worked.to_dict())
        if not isinstance(found, str):
            return found
    return share_by_cluster(hit, labels)


def _unseen(base: pd.DataFrame, worked: pd.Series | None, zone: str) -> str:
    """Return why looks cannot be weighted by the hours worked: too many hours were never looked at."""
    if worked is None:
        return ""
    nothing = np.zeros(len(base), dtype=bool)
    found = stratified_share(nothing, local_days(base, zone), local_hours(base["observed_at"], zone), worked.to_dict())
    return found if isinstance(found, str) else ""


def _log(tables: Tables, people: People, base: pd.DataFrame, zone: str) -> pd.DataFrame | None:
    """Return person-days of the log with whether the person, or the team, was observed that day; None without a log."""
    if people.agent_days is None or not {*WORK} & set(people.sees):
        return None
    log = people.agent_days
    seen = pd.DataFrame(
        {"day": local_days(base, zone), **{name: base[name] for name in ("agent", "team") if name in base}}
    )
    marks = pd.Series(False, index=log.index)
    if "agent" in seen:
        named = pd.MultiIndex.from_frame(seen[["agent", "day"]].dropna())
        marks |= pd.MultiIndex.from_frame(log[["agent", "day"]]).isin(named)
    if "team" in seen and "agent" in seen:
        teams = latest(roster_of(tables)).set_index("agent")["team"]
        unnamed = pd.MultiIndex.from_frame(seen.loc[seen["agent"].isna(), ["team", "day"]].dropna())
        marks |= pd.MultiIndex.from_arrays([log["agent"].map(teams), log["day"]]).isin(unnamed)
    sums = {"base_us": log[list(BASE)].sum(axis=1), "work_us": log[list(WORK)].sum(axis=1)}
    return pd.DataFrame({"agent": log["agent"], "day": log["day"], **sums, "observed": marks})


def _findings(
    name: str,
    split: FirstLooks,
    accuracy: ObserverAccuracy,
    agreed: Agreement | None,
    minded: Reactivity,
    *,
    tilted: bool,
    unseen: str,
    corrected: bool,
) -> tuple[Finding, ...]:
    """Return what a reader must know about the looks."""
    said: list[tuple[str, str, int | None]] = []
    if len(split.doubles):
        words = f"{len(split.doubles)} looks at people whom another observer had seen in the same round count once, the first by time"
        said.append(("double_looks", words, len(split.doubles)))
    if split.unclear:
        words = f"{split.unclear} looks come from rounds in which two observers counted different numbers of one team; all of them count"
        said.append(("unclear_double_looks", words, split.unclear))
    if agreed is not None:
        said.append(("observer_agreement", f"two observers of the same people: {agreed!r}", agreed.subjects))
    if corrected:
        words = f"non-work was corrected for observers' mistakes ({accuracy!r}); the figure as seen stands beside it"
    else:
        words = (
            f"non-work was not corrected for observers' mistakes: {accuracy.reason or 'there is no figure to correct'}"
        )
    said.append(("observer_correction", words, accuracy.n_sensitivity + accuracy.n_specificity))
    if tilted:
        words = "rounds fell on other hours of the day than people worked, so looks are weighted by the hours worked"
        said.append(("reweighted_looks", words, None))
    if unseen:
        words = f"rounds fell on other hours of the day than people worked: {unseen}; the figure stands only if those hours are like the others"
        said.append(("unobserved_hours", words, None))
    said.append(("reactivity", minded.sentence.rstrip("."), None))
    return tuple(Finding(code, "flag", "observations", f"{name}: {words}.", rows=rows) for code, words, rows in said)


def _rounds_of(tables: Tables, people: People) -> pd.DataFrame:
    """Return the looks at a population: by the person seen, else by the team."""
    rows = table_of(tables, "observations")
    if rows is None:
        return pd.DataFrame()
    members = set(people.members["agent"].unique())
    own = rows["agent"].isin(members) if "agent" in rows else pd.Series(False, index=rows.index)
    unnamed = rows["agent"].isna() if "agent" in rows else pd.Series(True, index=rows.index)
    teams = (
        rows["team"].isin(_team_sizes(tables, people).index) if "team" in rows else pd.Series(False, index=rows.index)
    )
    return rows[own | (unnamed & teams)]


def _team_sizes(tables: Tables, people: People) -> pd.Series:
    """Return people per team of the population."""
    roster = latest(roster_of(tables))
    mine = roster[roster["agent"].isin(people.members["agent"])]
    if "team" not in mine:
        return pd.Series(dtype="int64")
    return mine.groupby("team")["agent"].nunique()


def _covered(tables: Tables, people: People, looks: pd.DataFrame) -> float:
    """Return the share of people who were seen, or whose team was."""
    everyone = people.members["agent"].nunique()
    if not everyone:
        return 0.0
    sizes = _team_sizes(tables, people)
    by_team = float(sizes[sizes.index.isin(looks["team"].dropna())].sum()) if "team" in looks else 0.0
    by_person = float(looks["agent"].nunique()) if "agent" in looks else 0.0
    return min(1.0, max(by_team, by_person) / everyone)


def _needed(work: Estimate, looks: int) -> int | None:
    """Return looks for a half width of 5 points at the design effect that these looks had."""
    if work.value is None or work.low is None or work.high is None or not 0 < work.value < 1:
        return None
    simple = sample_size(work.value, half_width=(work.high - work.low) / 2, confidence=work.confidence)
    return sample_size(work.value, half_width=_HALF_WIDTH, confidence=work.confidence, deff=max(1.0, looks / simple))
