"""What observation rounds say about non-work, and whether they speak for a population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.baseline.evidence import People, Tables
from analysis.baseline.settings import BaselineSettings
from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.foundation.estimate import Estimate
from analysis.foundation.settings import Client
from analysis.measure.crosswalk import WORK
from analysis.measure.records import latest, roster_of, table_of
from analysis.measure.sampling import estimate_share, sample_size

# looks at people who were not there, or at a break, say nothing about the base
_OUTSIDE_BASE = ("ABSENT", "BREAK", "OFF")
_HALF_WIDTH = 0.05


@dataclass(frozen=True, slots=True)
class Looks:
    """Observation of one population.

    Attributes
    ----------
    non_work, work
        Share of looks in the base that found idleness or absence from the task, and that found work.
    looks, days
        Looks in the base, days with rounds.
    covered
        Share of the population's people whose teams were observed.
    needed
        Looks for a half width of 5 points at the observed design effect; None without an estimate.
    reason
        Why the looks do not speak for the population; empty when they do.
    """

    non_work: Estimate
    work: Estimate
    looks: int
    days: int
    covered: float
    needed: int | None
    reason: str


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
    Share of looks in the base (without breaks and absence), days as clusters: rounds share days. Rounds speak for the population when the
    observed teams hold `observation_coverage` of its people and the rounds lie on at least 6 days.
    """
    rows = _rounds_of(tables, people)
    if rows.empty:
        return None
    base = rows[~rows["state"].isin(_OUTSIDE_BASE)]
    days = base["observed_at"].dt.tz_convert(client.time_zone).dt.normalize().nunique()
    covered = _covered(tables, people, base)
    reason = ""
    if days < MINIMUM_CLUSTERS:
        reason = f"rounds on only {days} days cannot speak for a period; at least {MINIMUM_CLUSTERS} are needed"
    elif covered < settings.observation_coverage:
        reason = f"the observed teams hold {100 * covered:.0f} % of the people, less than the {100 * settings.observation_coverage:.0f} % that were asked for"
    found = [
        estimate_share(base, state=list(states), cluster="day", confidence=settings.confidence, zone=client.time_zone)
        for states in (idle, (*WORK, "WORK"))
    ]
    non_work, work = found
    if reason and non_work.value is not None:
        non_work = replace(non_work, value=None, status="insufficient", reasons=(reason,))
    return Looks(non_work, work, len(base), days, covered, _needed(work, len(base)), reason)


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
