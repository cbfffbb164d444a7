"""Targets to communicate: today's value, a first step that can be seen, its reason, and whether the teams were heard before it is said."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.foundation.estimate import Estimate
from analysis.foundation.settings import Client
from analysis.measure.records import latest, roster_of, table_of
from analysis.utilization.settings import UtilizationSettings
from analysis.utilization.visible import smallest_change
from analysis.value.result import TARGETS

if TYPE_CHECKING:
    from analysis.baseline import Baseline
    from analysis.blending import Blending
    from analysis.utilization import Utilization

_NEEDED = {
    "service_level": "contacts with the times at which they came in and were answered, or counts by half hour of those answered in time",
    "errors": "quality checks by team and week, with the items checked and the errors found",
    "turnaround": "items with the times at which they arrived, were due and were done",
}


def targets_of(
    tables: Mapping[str, pd.DataFrame],
    baseline: Baseline,
    utilization: Utilization,
    blending: Blending,
    *,
    client: Client,
) -> pd.DataFrame:
    """Return the targets that may be communicated, each with today's value, a first step and its reason.

    Parameters
    ----------
    tables
        Canonical tables: the roster's teams, and what the teams said (`listening`).
    baseline, utilization, blending
        The results of the verbs on these tables.
    client
        The period behind today's figures.

    Returns
    -------
    pandas.DataFrame
        population, measure (productivity|service_level|errors|turnaround), today, today_low, today_high, first_step (same unit; missing where there is none),
        by_week (of the ramp), unit, reason (one sentence to say aloud, or what is needed), publish, why_not. No row is about fewer people than a population.

    Raises
    ------
    DataProblem
        The roster does not say who belongs to which population.

    Notes
    -----
    Productivity: the ramp's expected value at the end of crawl. Service level: the promise of the queue that is nearest to missing it. Errors and
    turnaround: the smallest change that the weeks up to `by_week` can tell from chance, at most half of today's errors, and at most up to the share that
    is to be done by its due time; where no week of the ramp could show even that, today's value is kept. Nothing may be published before every team of
    the roster was heard and all that was said was read back; teams under the smallest group are counted and never named, and no word of what people
    said leaves this function. docs/method/ramp.md.
    """
    may_not = _not_yet(tables, client, baseline.settings.minimum_group_agents)
    rows = []
    for population in baseline.shares["population"].unique():
        found = _Sources(str(population), baseline, utilization, blending, _weeks_of(client))
        steps = {"productivity": _productivity(found)}
        if population == "contact_centre":
            steps["service_level"] = _service(found)
        steps["errors"] = _errors(found)
        turnaround = found.figure("within_due_share")
        if population == "back_office" or turnaround.value is not None:
            steps["turnaround"] = _turnaround(found, turnaround)
        rows += [(population, measure, *step.columns(), *_publish(step, may_not)) for measure, step in steps.items()]
    frame = pd.DataFrame(rows, columns=list(TARGETS))
    numbers = dict.fromkeys(("today", "today_low", "today_high", "first_step"), "float64")
    kinds = {**dict.fromkeys(TARGETS, "str"), **numbers, "by_week": "Int64", "publish": "bool"}
    return frame.astype(kinds)


@dataclass(frozen=True, slots=True)
class _Step:
    """Today's value, the first step and its reason."""

    today: Estimate
    first_step: float | None
    by_week: int | None
    reason: str
    unit: str = "share"

    def columns(self) -> tuple[object, ...]:
        """Return the cells from `today` to `reason`."""
        today = self.today
        # a bound without a value is a bound all the same
        numbers = (math.nan if one is None else one for one in (today.value, today.low, today.high, self.first_step))
        return *numbers, pd.NA if self.by_week is None else self.by_week, self.unit, self.reason


@dataclass(frozen=True, slots=True)
class _Sources:
    """What the targets of one population are taken from."""

    population: str
    baseline: Baseline
    utilization: Utilization
    blending: Blending
    weeks: float

    @property
    def settings(self) -> UtilizationSettings:
        """Weeks of the ramp and the like."""
        return self.utilization.settings

    def figure(self, name: str) -> Estimate:
        """Return a figure of the baseline, or words that there is none."""
        for quantity in self.baseline.quantities:
            if quantity.id == f"baseline.{name}" and dict(quantity.scope) == {"population": self.population}:
                return quantity.estimate
        return Estimate.missing("the baseline measures none for this population")

    def visible(self, today: Estimate, most: float) -> tuple[float, int] | None:
        """Return the smallest change that can be told from chance, and the first week in which it can; None where it is above `most` in every week."""
        for week in range(self.settings.crawl_weeks, self.settings.ramp_weeks + 1):
            least = smallest_change(today, behind=self.weeks, ahead=week, confidence=self.settings.confidence)
            if least <= most:
                return least, week
        return None


def _weeks_of(client: Client) -> float:
    """Return the weeks of the period."""
    return ((client.period.end - client.period.start).days + 1) / 7


def _productivity(found: _Sources) -> _Step:
    """Return the ramp's first step."""
    rows = found.utilization.achievable
    rows = rows[rows["population"].eq(found.population)]
    if rows.empty:
        return _Step(
            Estimate.missing("not estimated"), None, None, "No figure yet: what is achievable was not estimated."
        )
    row = rows.iloc[0]
    today = _estimate(row["today"], row["today_low"], row["today_high"], found.settings.confidence)
    ramp = found.utilization.ramp
    mine = ramp[ramp["population"].eq(found.population) & ramp["by"].eq("population")]
    crawl = mine[mine["scenario"].eq("expected") & mine["phase"].eq("crawl")]
    if crawl.empty:
        why = (
            f"what is achievable is not known ({row['reason']})"
            if pd.isna(row["value"])
            else "no room above today was found, so nobody is asked for more"
        )
        return _Step(today, None, None, f"No target: {why}.")
    last = crawl.loc[crawl["week"].idxmax()]
    step, week = float(last["target"]), int(last["week"])
    now, then = _two(float(row["today"]), step)
    weeks = len(crawl)
    least = smallest_change(today, behind=found.weeks, ahead=weeks, confidence=found.settings.confidence)
    # the mean over the weeks of crawl is what can be set against today
    seen = float(crawl["target"].mean()) - float(row["today"]) >= least
    why = (
        "small enough to be safe, large enough to be seen"
        if seen
        else "too small a step to be measured, so all it has to show is that nothing breaks"
    )
    return _Step(
        today,
        step,
        week,
        f"Of 100 paid hours less absence and breaks {now} are work today; by week {week} we try {then}, {why}.",
    )


def _service(found: _Sources) -> _Step:
    """Return the promise of the queue that is nearest to missing it."""
    frame = found.blending.service
    known = frame[frame["measured"].notna()]
    if known.empty:
        return _needed(Estimate.missing("the service level was not measured"), "service_level")
    row = known.loc[(known["measured"] - known["target"]).idxmin()]
    today = _estimate(row["measured"], row["low"], row["high"], found.blending.settings.confidence)
    target, now = float(row["target"]), float(row["measured"])
    kept, promised = _two(now, target)
    promise = f"{promised} of 100 contacts within {row['answer_within_s']:g} seconds"
    blind = (
        f" ({len(frame) - len(known)} of {len(frame)} queues could not be measured.)" if len(known) < len(frame) else ""
    )
    if now >= target:
        words = f"{'Every queue' if not blind else 'Every queue that was measured'} keeps its promise; {row['queue']} is the closest with {kept}, promised are {promise}, and no step may break that."
        return _Step(today, target, found.settings.crawl_weeks, words + blind)
    seen = found.visible(today, target - now)
    if seen is None:
        words = f"{row['queue']} answers {kept}, promised are {promise}: the promise comes first, and no items before it is kept."
        return _Step(today, target, found.settings.ramp_weeks, words + blind)
    words = f"{row['queue']} answers {kept}, promised are {promise}: first {_two(now, now + seen[0])[1]} by week {seen[1]}, and no items before the promise is kept."
    return _Step(today, now + seen[0], seen[1], words + blind)


def _errors(found: _Sources) -> _Step:
    """Return the smallest fall of the error rate that can be seen, at most by half."""
    today = found.figure("error_rate")
    if today.value is None:
        return _needed(today, "errors")
    unit = "share" if today.value <= 1 else "errors per item"
    week = found.settings.crawl_weeks
    if today.value <= 0:
        return _Step(today, 0.0, week, "No error was found in the items checked, and it shall stay so.", unit)
    seen = found.visible(today, today.value / 2)
    if seen is None:
        words = f"In 100 checked items there are {_hundred(today.value)} errors today; so few checks cannot show a fall, so the first step is: no more than today."
        return _Step(today, today.value, week, words, unit)
    now, then = _two(today.value, today.value - seen[0])
    words = f"In 100 checked items there are {now} errors today; by week {seen[1]} we try {then}, the smallest fall that the checks can show."
    return _Step(today, today.value - seen[0], seen[1], words, unit)


def _turnaround(found: _Sources, today: Estimate) -> _Step:
    """Return the smallest rise of the share done in time that can be seen, at most up to what is to be done."""
    if today.value is None:
        return _needed(today, "turnaround")
    goal, week = found.settings.deadline_target, found.settings.crawl_weeks
    if today.value >= goal:
        now, promised = _two(today.value, goal)
        words = f"Of 100 items {now} are done by their due time, {promised} are to be: the first step keeps that."
        return _Step(today, goal, week, words)
    seen = found.visible(today, goal - today.value)
    if seen is None:
        now, promised = _two(today.value, goal)
        words = f"Of 100 items {now} are done by their due time, {promised} are to be; so small a distance cannot be seen, so the first step is: no fewer than today."
        return _Step(today, today.value, week, words)
    now, then = _two(today.value, today.value + seen[0])
    words = f"Of 100 items {now} are done by their due time; by week {seen[1]} we try {then}, the smallest rise that the weeks can show."
    return _Step(today, today.value + seen[0], seen[1], words)


def _needed(today: Estimate, measure: str) -> _Step:
    """Return a row that says what is missing."""
    return _Step(today, None, None, f"No figure yet: {'; '.join(today.reasons)}. Needed: {_NEEDED[measure]}.")


def _estimate(value: float, low: float, high: float, confidence: float) -> Estimate:
    """Return the cells of a row as an estimate."""
    bounds = (None if pd.isna(one) else float(one) for one in (low, high))
    if pd.isna(value):
        return Estimate.missing("not known", low=next(bounds), high=next(bounds), confidence=confidence)
    return Estimate(float(value), *bounds, confidence=confidence)


def _hundred(share: float) -> str:
    """Return a share as so many of 100."""
    number = round(100 * share, 1)
    return f"{number:.0f}" if number == round(number) else f"{number:.1f}"


def _two(one: float, other: float) -> tuple[str, str]:
    """Return two shares as so many of 100: whole numbers if these differ, else with a decimal."""
    whole = [f"{100 * share:.0f}" for share in (one, other)]
    return (whole[0], whole[1]) if abs(one - other) >= 0.02 else (_hundred(one), _hundred(other))


def _publish(step: _Step, may_not: str) -> tuple[bool, str]:
    """Return whether a target may be said aloud, and why not."""
    if step.first_step is None:
        return False, f"There is no target to publish. {may_not}".strip()
    return not may_not, may_not


def _not_yet(tables: Mapping[str, pd.DataFrame], client: Client, smallest: int) -> str:
    """Return why nothing may be published yet; empty where every team was heard and all was read back."""
    sizes, homeless = _teams(tables, client)
    notes = table_of(tables, "listening")
    if notes is None:
        whom = f"all {len(sizes)} teams" if len(sizes) > 1 else "every team"
        return f"Nobody was heard yet: no listening notes were given. Hear {whom} first, and read back what they said."
    if sizes.empty:
        return (
            "The roster names no teams, so it cannot be known whether every team was heard. Add the team to the roster."
        )
    unread = notes["read_back_on"].isna() | (notes["read_back_on"] < notes["heard_on"])
    whose = notes["team"].map(_plain)
    open_notes = unread.groupby(whose).sum()
    heard = set(whose)
    parts = []
    silent = [team for team in sizes.index if _plain(team) not in heard]
    if silent:
        parts.append(f"Still to be heard: {_named(silent, sizes, smallest)}.")
    # a name would tell which team said something
    unanswered = sum(bool(open_notes.get(_plain(team), 0)) for team in sizes.index)
    if unanswered:
        parts.append(f"Still to be read back to: {unanswered} team{'s' * (unanswered > 1)}.")
    others = int(unread[~whose.isin({_plain(team) for team in sizes.index})].sum())
    if others:
        many = "s" * (others > 1)
        parts.append(f"{others} concern{many} of others than the roster's teams still to be read back.")
    if homeless and "" not in heard:
        parts.append("There are people without a team: ask how they were heard.")
    return " ".join(parts)


def _teams(tables: Mapping[str, pd.DataFrame], client: Client) -> tuple[pd.Series, int]:
    """Return the people of each team in the period by its latest roster row, and how many have none."""
    roster = roster_of(tables)
    if "valid_from" in roster:
        start, end = (pd.Timestamp(day) for day in (client.period.start, client.period.end))
        begins = roster["valid_from"].isna() | (roster["valid_from"] <= end)
        ends = roster["valid_to"].isna() | (roster["valid_to"] >= start) if "valid_to" in roster else True
        roster = roster[begins & ends]
    people = latest(roster)
    if "team" not in people:
        return pd.Series(dtype="int64"), len(people)
    return people.groupby("team", sort=True)["agent"].nunique(), int(people["team"].isna().sum())


def _plain(name: object) -> str:
    """Return a team's name without what hands differ in: case and blanks; empty where there is none."""
    return "" if pd.isna(name) else " ".join(str(name).split()).casefold()


def _named(teams: list[str], sizes: pd.Series, smallest: int) -> str:
    """Return teams by name, those under the smallest group as a count."""
    large = [team for team in teams if sizes[team] >= smallest]
    small = len(teams) - len(large)
    count = [f"{small} team{'s' * (small > 1)} of fewer than {smallest} people"] if small else []
    return ", ".join([*large, *count])
