"""What an hour of the back office costs, from the client's rows by grade and the roster's mix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation.propagation import lognormal_between
from analysis.foundation.schema import Finding, UsageProblem
from analysis.foundation.settings import Client
from analysis.measure.groups import MINIMUM_AGENTS
from analysis.value.settings import Cost, ValueSettings

_NAMES = {"contact_centre": "contact centre", "back_office": "back office"}


@dataclass(frozen=True, slots=True)
class HourCosts:
    """The cost of a paid hour in the roster's mix of grades.

    Attributes
    ----------
    grades
        grade, agents, hours_per_week (contracts of the back office), row (position in `costs`; -1 where there is none).
    costs
        The client's rows.
    spread
        10 to 90 % range of a cost that states none, share.
    reason
        Why there is no cost, in words; empty where there is one.
    findings
        Questions to the client.
    """

    grades: pd.DataFrame
    costs: tuple[Cost, ...]
    spread: float
    reason: str
    findings: tuple[Finding, ...]

    def at(self, score: np.ndarray) -> np.ndarray:
        """Return the mean cost of a paid hour at scores whose 10 and 90 % points are the normal ones; all grades are dear or cheap together.

        Raises
        ------
        ValueError
            There is no cost to draw.
        """
        if self.reason:
            raise ValueError(self.reason)
        total = np.zeros_like(score)
        # in a fixed order, so that the order of the client's rows cannot move a last digit
        for grade in self.grades.sort_values("grade").itertuples():
            total += float(grade.hours_per_week) * self._drawn(self.costs[int(grade.row)], score)
        return total / float(self.grades["hours_per_week"].sum())

    def _drawn(self, cost: Cost, score: np.ndarray) -> np.ndarray:
        """Return one grade's cost: the stated one times a power of the score, its range read as 10 to 90 %."""
        low, high = cost.low, cost.high
        if low is None or high is None:
            low, high = cost.per_hour / (1 + self.spread), cost.per_hour * (1 + self.spread)
        return lognormal_between(score, middle=cost.per_hour, low=low, high=high)


def hour_costs(
    tables: Mapping[str, pd.DataFrame], costs: Sequence[Cost], *, client: Client, settings: ValueSettings
) -> HourCosts:
    """Match the client's costs with the grades of the roster.

    Parameters
    ----------
    tables
        Canonical tables; the roster holds grades and contract hours.
    costs
        The client's rows; one with an empty grade counts for every grade without a row of its own.
    client
        Period and full-time hours.
    settings
        Spread of a cost that states no range.

    Returns
    -------
    HourCosts

    Raises
    ------
    UsageProblem
        Two rows are for the same grade.
    """
    keys = [cost.grade.casefold() for cost in costs]
    twice = next((cost.grade for place, cost in enumerate(costs) if keys[place] in keys[:place]), None)
    if twice is not None:
        raise UsageProblem(f"two [[cost]] rows are for grade '{twice}'; keep one row for each grade.")
    rows = {key: number for number, key in enumerate(keys)}
    mixes = {name: _mix(tables, name, client, rows) for name in _NAMES}
    grades = mixes["back_office"]
    return HourCosts(
        grades,
        tuple(costs),
        settings.hourly_cost_spread_share,
        _reason(grades, rows),
        tuple(_findings(mixes, costs, rows)),
    )


def _mix(tables: Mapping[str, pd.DataFrame], population: str, client: Client, rows: Mapping[str, int]) -> pd.DataFrame:
    """Return contract hours a week by grade, each person for the days of the period on which the roster row holds."""
    roster = tables.get("roster")
    columns = ["grade", "agents", "hours_per_week", "row"]
    if roster is None or roster.empty:
        return pd.DataFrame(
            {name: pd.Series(dtype="float64" if name == "hours_per_week" else "int64") for name in columns}
        )
    mine = roster[roster["population"].eq(population).fillna(False).astype(bool)]
    start, end = pd.Timestamp(client.period.start), pd.Timestamp(client.period.end)
    first = pd.to_datetime(mine["valid_from"]).fillna(start).clip(lower=start)
    last = pd.to_datetime(mine["valid_to"]).fillna(end).clip(upper=end)
    days = ((last - first).dt.days + 1).clip(lower=0) / ((end - start).days + 1)
    hours = mine["contract_h"].astype("float64").fillna(client.full_time_h_per_week) * days
    grade = mine["grade"].astype("str").where(mine["grade"].notna(), "").str.strip()
    there = pd.DataFrame({"grade": grade, "agent": mine["agent"], "hours": hours})[days > 0]
    mix = there.groupby("grade", as_index=False).agg(agents=("agent", "nunique"), hours_per_week=("hours", "sum"))
    mix["row"] = [rows.get(str(name).casefold(), rows.get("", -1)) for name in mix["grade"]]
    return mix[columns]


def _reason(grades: pd.DataFrame, rows: Mapping[str, int]) -> str:
    """Say why there is no cost of an hour."""
    if not rows:
        return "no [[cost]] states what an hour of a grade costs"
    if grades.empty:
        return "the roster names nobody of the back office, so the mix of grades is not known"
    missing = grades[grades["row"].lt(0)]
    if missing.empty:
        return ""
    return (
        f"no [[cost]] was stated for {_listed(missing)} of the back office; a row without a grade counts for all others"
    )


def _findings(mixes: Mapping[str, pd.DataFrame], costs: Sequence[Cost], rows: Mapping[str, int]) -> list[Finding]:
    """Return the questions about costs."""
    if not costs:
        words = "What does a paid hour of each grade cost, with all on-costs? State it as [[cost]] rows in engagement.toml; until then the balance is in hours alone."
        return [Finding("no_costs", "ask", "engagement.toml", words)]
    found = []
    for population, grades in mixes.items():
        missing = grades[grades["row"].lt(0)]
        if len(missing):
            words = f"No [[cost]] row for {_listed(missing)} of the {_NAMES[population]}. State what an hour costs, or one row without a grade for all others."
            found.append(Finding("cost_of_grade_missing", "ask", "engagement.toml [[cost]]", words, rows=len(missing)))
    known = {name.casefold() for grades in mixes.values() for name in grades["grade"]}
    unused = [cost.grade for cost in costs if cost.grade and cost.grade.casefold() not in known]
    if unused and known:
        words = f"The roster holds no grade {', '.join(unused)}; its grades are {', '.join(sorted(known - {''})) or 'empty'}. Spell [[cost]] rows as the roster does."
        found.append(Finding("cost_of_unknown_grade", "ask", "engagement.toml [[cost]]", words, rows=len(unused)))
    return found


def _listed(grades: pd.DataFrame) -> str:
    """Return grades in words with the hours they hold, unless these are of too few people to be named."""
    names = ", ".join(str(name) or "people without a grade" for name in sorted(grades["grade"]))
    if int(grades["agents"].sum()) < MINIMUM_AGENTS:
        return f"{names} (fewer than {MINIMUM_AGENTS} people)"
    return f"{names} ({float(grades['hours_per_week'].sum()):,.0f} contract hours a week)"
