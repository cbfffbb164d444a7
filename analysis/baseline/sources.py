"""The sources of non-work side by side, and the figure that stands first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.baseline.evidence import People, Tables, local_dates
from analysis.baseline.frames import COLUMNS, estimate_columns
from analysis.baseline.observed import OUTSIDE_BASE, Looks, hours_worked
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.shares import NON_WORK
from analysis.baseline.words import NAMES
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client
from analysis.measure.crosswalk import BASE
from analysis.measure.records import latest, roster_of, table_of
from analysis.measure.sampling.doubles import first_looks
from analysis.measure.sampling.hours import local_hours
from analysis.measure.self_reports import self_reported_share
from analysis.measure.triangulation import Headline, Pooled, Source, headline_of, imbalance, two_phase

_GAPS = "it is a range that moves with the model of the gaps, and never a figure by itself"
_PACE = "it measures pace against standard times, not whether people were at work"
_TOLD = "people's own estimates are the lowest grade that counts people, and are never averaged with measurement"


@dataclass(frozen=True, slots=True)
class Sources:
    """Every source of one population's non-work, and the headline.

    Attributes
    ----------
    frame
        One row per source, columns as ``Baseline.sources``.
    headline
        ``baseline.non_work_share``: a figure, or a bound without a value.
    findings
        What a reader must know: observed person-days that differ from the others, sources that contradict one another.
    sentence
        Why this figure stands first.
    pooled
        The pooling behind the headline, where there was one.
    """

    frame: pd.DataFrame
    headline: Estimate
    findings: tuple[Finding, ...]
    sentence: str
    pooled: Pooled | None

    def __repr__(self) -> str:
        """Return the headline and why it stands first."""
        return f"{self.headline!r}: {self.sentence}"


def sources_of(
    tables: Tables,
    people: People,
    *,
    shares: Mapping[str, Estimate],
    bound: Estimate,
    looks: Looks | None,
    gap_range: Estimate | None = None,
    earned: Estimate | None = None,
    client: Client,
    settings: BaselineSettings,
) -> Sources:
    """Set the sources of non-work side by side and choose the headline.

    Parameters
    ----------
    tables
        Canonical tables; observations, self_reports and the roster are used.
    people
        The population.
    shares
        The five shares; unaccounted says how much the bound leaves open.
    bound
        Non-work from logs alone: a range without a value, or a value where the logs saw everything.
    looks
        What observation says, None when nobody was observed.
    gap_range
        Range from the lengths of gaps, None where it was not computed.
    earned
        Share of the base that standard times do not explain, None where it was not computed.
    client, settings
        Zone; confidence, design of the observation, smallest group.

    Returns
    -------
    Sources

    Raises
    ------
    DataProblem
        Observations or own estimates hold something impossible.

    Notes
    -----
    The rule stands in :func:`analysis.measure.triangulation.headline_of`, the estimators in docs/method/triangulation.md.
    """
    joined, found = _two_phase(tables, people, looks, client=client, settings=settings)
    listed = [
        joined,
        _work_sampling(people, looks),
        _logs(people, bound, shares),
        _beside("gap_range", gap_range, _GAPS),
        _beside("earned_hours", earned, _PACE),
        _self_reports(tables, people, settings),
    ]
    stated = [one for one in listed if one is not None]
    chosen = headline_of(stated, confidence=settings.confidence)
    return Sources(
        _frame(people.population, stated, chosen),
        chosen.estimate,
        (*found, *_disagreements(people, chosen)),
        chosen.sentence,
        chosen.pooled,
    )


def _estimand(population: str) -> str:
    """Return what non-work is, in plain words."""
    if population == "contact_centre":
        return "share of the base in which people were away from the task; waiting for contacts is apart"
    return "share of the base in which people were idle or away from the task"


def _two_phase(
    tables: Tables, people: People, looks: Looks | None, *, client: Client, settings: BaselineSettings
) -> tuple[Source | None, list[Finding]]:
    """Join logs of everybody with looks at some; None where there is nothing to join."""
    if looks is None or people.agent_days is None or people.agent_days.empty:
        return None, []
    rows, without = observed_person_days(tables, people, zone=client.time_zone if looks.reweighted else None)
    estimand = f"{_estimand(people.population)}: logs of everybody, corrected by looks at a part of the person-days"
    observed = rows[rows["looks"] > 0]
    smallest, form = settings.minimum_group_agents, {"confidence": settings.confidence, "grade": "B"}
    if observed.empty:
        words = "no look names a person on a day of paid time, so looks and logs cannot be joined"
        return Source("two_phase", estimand, Estimate.missing(words, **form), "two_phase"), []
    if observed["agent"].nunique() < smallest:
        words = f"fewer than {smallest} people were observed, and no figure rests on so few"
        hidden = Estimate.missing(words, status="suppressed", **form)
        return Source("two_phase", estimand, hidden, "two_phase"), []
    found = two_phase(
        rows,
        observation_design=settings.observation_design,
        generalise_to=settings.generalise_to,
        confidence=settings.confidence,
        **_observer_errors(looks),
    )
    return Source("two_phase", estimand, found, "two_phase"), _looked(people, rows, without, settings)


def _observer_errors(looks: Looks) -> dict[str, float]:
    """Return the observers' error rates where they are known well enough to correct by; what stands in their way is told with the looks."""
    known = looks.accuracy
    if known.reason or known.sensitivity is None or known.specificity is None:
        return {}
    return {
        "sensitivity": known.sensitivity,
        "n_sensitivity": known.n_sensitivity,
        "specificity": known.specificity,
        "n_specificity": known.n_specificity,
    }


def observed_person_days(tables: Tables, people: People, *, zone: str | None = None) -> tuple[pd.DataFrame, int]:
    """Return person-days with what the log says and what observers saw; stays in memory.

    Parameters
    ----------
    tables
        Canonical tables; observations and the roster are used.
    people
        The population, with its agent-days.
    zone
        Time zone of the hours of the day, where looks fell on other hours than people worked and are weighted by the hours worked; None leaves
        them as they fell.

    Returns
    -------
    DataFrame
        agent, day, team, base_us, x_us (idle, away and the middle of unaccounted), looks in the base, non_work (looks that found it) and y_share (their
        share, weighted where `zone` is given).
    int
        Looks in the base on days without paid time of the person seen.
    """
    if people.agent_days is None:
        raise ValueError("paid time of this population is not known by person and day")
    days = people.agent_days
    base = days[list(BASE)].sum(axis=1)
    words = list(NON_WORK[people.population])
    logged = days[words].sum(axis=1) + days["UNACCOUNTED"] / 2
    rows = pd.DataFrame({"agent": days["agent"], "day": days["day"], "base_us": base, "x_us": logged})
    rows = rows[rows["base_us"] > 0]
    roster = latest(roster_of(tables))
    teams = roster.set_index("agent")["team"] if "team" in roster else pd.Series(dtype="str")
    rows["team"] = rows["agent"].map(teams)
    seen = _seen(tables, people, zone)
    joined = rows.merge(seen, on=["agent", "day"], how="left")
    joined[["looks", "non_work"]] = joined[["looks", "non_work"]].fillna(0).astype("int64")
    return joined.reset_index(drop=True), int(seen["looks"].sum() - joined["looks"].sum())


def _seen(tables: Tables, people: People, zone: str | None) -> pd.DataFrame:
    """Return looks in the base by person and local day: agent, day, looks, non_work, y_share."""
    looks = table_of(tables, "observations")
    if looks is None or "agent" not in looks:
        empty = {name: pd.Series(dtype="float64") for name in ("looks", "non_work", "y_share")}
        return pd.DataFrame({"agent": pd.Series(dtype="str"), "day": pd.Series(dtype="datetime64[us]"), **empty})
    mine = looks[looks["agent"].isin(set(people.members["agent"])) & ~looks["state"].isin(OUTSIDE_BASE)]
    mine = first_looks(mine).looks
    day = local_dates(mine["observed_at"], mine["agent"], people)
    hit = mine["state"].isin(NON_WORK[people.population]).astype("int64")
    weight = pd.Series(1.0, index=mine.index) if zone is None else _hour_weights(mine, people, zone)
    rows = pd.DataFrame({"agent": mine["agent"], "day": day, "looks": 1, "non_work": hit, "weight": weight})
    rows = rows[rows["weight"] > 0].assign(found=lambda frame: frame["weight"] * frame["non_work"])
    sums = rows.groupby(["agent", "day"], as_index=False)[["looks", "non_work", "weight", "found"]].sum()
    return sums.assign(y_share=sums["found"] / sums["weight"]).drop(columns=["weight", "found"])


def _hour_weights(looks: pd.DataFrame, people: People, zone: str) -> pd.Series:
    """Return the time that people worked in the hour of each look, over the looks of that hour."""
    worked = hours_worked(people, zone)
    hours = pd.Series(local_hours(looks["observed_at"], zone), index=looks.index)
    if worked is None:
        return pd.Series(1.0, index=looks.index)
    return (hours.map(worked.astype("float64")).fillna(0.0) / hours.map(hours.value_counts())).astype("float64")


def _looked(people: People, rows: pd.DataFrame, without: int, settings: BaselineSettings) -> list[Finding]:
    """Return what is to be known about the looks behind the joined figure."""
    name, found = NAMES[people.population], []
    observed = int((rows["looks"] > 0).sum())
    if settings.observation_design == "unknown" and observed:
        text = (
            f"{name}: {observed} of {len(rows)} person-days are both logged and observed. If they were chosen at random, or are all there are, "
            "set baseline.observation_design: logs and looks can then be joined."
        )
        found.append(Finding("observation_design", "flag", "observations", text, rows=observed))
    if settings.observation_design == "random_person_days":
        for words in imbalance(rows):
            text = f"{name}: {words}; a random choice seldom does so. Find out how the person-days were chosen."
            found.append(Finding("observed_differ", "flag", "observations", text, rows=observed))
    if without:
        text = f"{name}: {without} looks found people in the base on days without paid time of theirs; they are not joined with the logs."
        found.append(Finding("looks_without_paid_time", "flag", "observations", text, rows=without))
    return found


def _work_sampling(people: People, looks: Looks | None) -> Source | None:
    """Return what the looks say by themselves."""
    if looks is None:
        return None
    estimand = f"{_estimand(people.population)}: share of the looks that found it"
    return Source("work_sampling", estimand, looks.non_work, "point")


def _logs(people: People, bound: Estimate, shares: Mapping[str, Estimate]) -> Source:
    """Return what the logs say by themselves: a figure where they saw everything, else a bound."""
    if bound.value is not None:
        estimand = f"{_estimand(people.population)}: states that systems recorded, with nothing unaccounted"
        return Source("log_bound", estimand, bound, "point")
    nowhere = shares["unaccounted"].value if "unaccounted" in shares else None
    much = "" if nowhere is None else f" ({100 * nowhere:.0f} % of the base)"
    estimand = f"{_estimand(people.population)}: at least what systems recorded of it, at most that and all time seen nowhere{much}"
    return Source("log_bound", estimand, bound, "bound")


_ASIDE = {
    "gap_range": "share of the base (of records and the gaps between them where paid time is not known) in gaps beyond the work that they hold",
    "earned_hours": "share of the base (of paid hours where only those are known) that the work done does not account for at standard times",
}


def _beside(name: str, found: Estimate | None, why: str) -> Source | None:
    """Return a source that is shown and never part of the headline."""
    return None if found is None else Source(name, _ASIDE[name], found, "aside", f"never the headline: {why}")


def _self_reports(tables: Tables, people: People, settings: BaselineSettings) -> Source | None:
    """Return what people say of themselves."""
    reports = table_of(tables, "self_reports")
    if reports is None or reports.empty:
        return None
    members = list(people.members["agent"].unique())
    if not reports["agent"].isin(members).any():
        return None
    found = self_reported_share(
        reports,
        members=members,
        confidence=settings.confidence,
        minimum_agents=settings.minimum_group_agents,
    )
    estimand = "share of paid time that people say was without work"
    return Source("self_reports", estimand, found, "aside", f"never the headline: {_TOLD}")


def _frame(population: str, sources: Sequence[Source], chosen: Headline) -> pd.DataFrame:
    """Return the sources as rows; a headline made of several stands in a row of its own."""
    mixed = len(chosen.from_sources) > 1
    rows = [
        _row(one.name, one.estimand, one.estimate, chosen.why[one.name], not mixed and one.name in chosen.from_sources)
        for one in sources
    ]
    if mixed:
        rows.append(
            _row("pooled", f"{_estimand(population)}: sources together", chosen.estimate, chosen.sentence, True)
        )
    frame = pd.DataFrame(rows).assign(population=population)
    return frame[list(COLUMNS["sources"])]


def _row(name: str, estimand: str, found: Estimate, why: str, headline: bool) -> dict[str, object]:
    """Return one source as the columns of the frame."""
    counted = {"n": found.n, "n_unit": found.n_unit, "grade": found.grade}
    return {
        "source": name,
        "estimand": estimand,
        **estimate_columns(found),
        **counted,
        "headline": headline,
        "why": why,
    }


def _disagreements(people: People, chosen: Headline) -> list[Finding]:
    """Return sources that contradict one another."""
    name = NAMES[people.population]
    return [
        Finding("sources_disagree", "flag", "sources", f"{name}: {words}.", rows=None) for words in chosen.disagreements
    ]
