"""The roster: who is who on which day, completed by everybody whom any export shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.foundation.schema import DataProblem, Finding, empty_table, typed_table
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch
    from analysis.intake.casting.local_time import Column

# Tables whose agents must be on the roster.
FACTS: tuple[str, ...] = (
    "spells",
    "state_totals",
    "contacts",
    "work_items",
    "observations",
    "schedule",
    "skills",
    "self_reports",
)


def complete_roster(
    roster: pd.DataFrame | None, seen: Sequence[tuple[pd.Series, str | None, str]], *, zone: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return a roster that holds everybody, and what had to be added.

    Parameters
    ----------
    roster
        The client's roster, under pseudonyms; None when no source fills it.
    seen
        For each source with persons: their pseudonyms, the source's population, its zone.
    zone
        Zone of persons whose roster entry names none.

    Raises
    ------
    DataProblem
        A person has two entries for the same day.
    """
    findings: list[Finding] = []
    base = empty_table("roster") if roster is None else roster.copy()
    _check(base)
    base["time_zone"] = base["time_zone"].fillna(zone)
    known: set[str] = set(base["agent"])
    mixed: set[str] = set()
    population: dict[str, str | None] = {}
    zones: dict[str, str] = {}
    for agents, of_source, of_zone in seen:
        for agent in agents.dropna().unique():
            if agent in population and of_source is not None and population[agent] not in (None, of_source):
                mixed.add(agent)
            if population.get(agent) is None:
                population[agent] = of_source
            zones.setdefault(agent, of_zone)
    base["population"] = base["population"].where(base["population"].notna(), base["agent"].map(population))
    added = [agent for agent in population if agent not in known]
    if added:
        extra = pd.DataFrame(
            {
                "agent": added,
                "time_zone": [zones[agent] for agent in added],
                "population": [population[agent] for agent in added],
            }
        )
        if roster is not None:
            findings.append(
                Finding(
                    "not_on_roster",
                    "flag",
                    "roster",
                    f"roster: {len(added)} of {number_of(len(population), 'person')} in the exports are not on the roster; kept without team and site. "
                    "Ask for a roster that covers the whole period.",
                    len(added),
                )
            )
        base = pd.concat([base, typed_table("roster", extra)], ignore_index=True)
    findings += _findings(base, mixed, population, roster is not None)
    return typed_table("roster", base), findings


def refuse_two_entries(batch: Batch, columns: Mapping[str, Column]) -> None:
    """Refuse a roster of which two rows speak of one person on one day, with the place; rosters of several sources are held together later.

    Parameters
    ----------
    batch
        Rows of a source.
    columns
        Our columns, typed.

    Raises
    ------
    DataProblem
        A person has two entries for the same day.
    """
    rows = np.flatnonzero(batch.fates.open & columns["agent"].given)
    far = np.iinfo(np.int64).max
    begin, until = np.full(len(rows), -far), np.full(len(rows), far)
    for name, bound in (("valid_from", begin), ("valid_to", until)):
        if name in columns:
            given = columns[name].given[rows]
            bound[given] = columns[name].array[rows][given]
    person = pd.factorize(columns["agent"].text.iloc[rows])[0]
    order = np.lexsort((begin, person))
    reach = pd.Series(until[order]).groupby(person[order]).cummax().to_numpy()
    clash = (person[order][1:] == person[order][:-1]) & (begin[order][1:] <= reach[:-1])
    if clash.any():
        hit = rows[order[1:][clash]]
        mask = np.zeros(len(batch.rows), dtype=bool)
        mask[hit] = True
        people = len(np.unique(person[order][1:][clash]))
        raise batch.ask(
            f"{batch.file_at(mask)}: roster: {number_of(len(hit), 'row')} overlapping an earlier row of the same person ({number_of(people, 'person')}; first: {batch.place(mask)}), "
            "so team and population of a day are not plain. Give valid_from and valid_to so that the rows of a person follow one another."
        )


def _check(roster: pd.DataFrame) -> None:
    """Refuse a roster that says two things about one day of a person."""
    order = roster.sort_values(["agent", "valid_from"], kind="stable", na_position="first")
    until = (
        order["valid_to"]
        .fillna(pd.Timestamp.max.as_unit("us"))
        .groupby(order["agent"])
        .cummax()
        .groupby(order["agent"])
        .shift()
    )
    begin = order["valid_from"].fillna(pd.Timestamp.min.as_unit("us"))
    clash = until.notna() & (begin <= until)
    if clash.any():
        raise DataProblem(
            f"roster: {number_of(int(clash.sum()), 'row')} overlapping an earlier row of the same person ({number_of(order.loc[clash, 'agent'].nunique(), 'person')}), so team and "
            "population of a day are not plain. Give valid_from and valid_to so that the rows of a person follow one another."
        )


def _findings(
    roster: pd.DataFrame, mixed: set[str], population: Mapping[str, str | None], given: bool
) -> list[Finding]:
    """Return what is odd about who is where."""
    found = []
    stated = set(roster.loc[roster["team"].notna(), "agent"])
    if mixed - stated:
        message = f"roster: {number_of(len(mixed - stated), 'person')} in exports of both populations, and the roster does not tell when; they count under the first source."
        found.append(Finding("two_populations", "flag", "roster", message, len(mixed - stated)))
    nowhere = int(roster["population"].isna().sum())
    if nowhere:
        message = f"roster: {number_of(nowhere, 'row')} without a population. Set population in the [[source]], or add the column to the roster."
        found.append(Finding("no_population", "flag", "roster", message, nowhere))
    unseen = int((~roster["agent"].isin(list(population))).sum())
    if given and unseen and population:
        message = f"roster: {number_of(unseen, 'row')} about persons whom no other export shows. Ask whether they left, or an export is missing."
        found.append(Finding("on_roster_only", "flag", "roster", message, unseen))
    return found


def population_by_date(agents: pd.Series, moments: pd.Series, roster: pd.DataFrame, fallback: str | None) -> pd.Series:
    """Return the population of each person on the day of a moment: from the roster by date, else the source's.

    Parameters
    ----------
    agents, moments
        One person and one moment (UTC) per row.
    roster
        The complete roster.
    fallback
        The source's population.
    """
    from analysis.foundation.calendars import local_day

    result = pd.Series(fallback, index=agents.index, dtype="str")
    entries = roster.dropna(subset=["population"])
    plain = entries[entries["valid_from"].isna() & entries["valid_to"].isna()]
    if len(plain):
        known = dict(zip(plain["agent"], plain["population"], strict=True))
        codes, names = pd.factorize(agents)
        values = pd.array([*(known.get(name) for name in names), None], dtype="str")
        result = pd.Series(values.take(codes), index=agents.index).fillna(result)
    dated = entries.drop(plain.index)
    for zone, part in dated.groupby("time_zone", sort=True):
        at: NDArray[np.intp] = np.flatnonzero(agents.isin(part["agent"]).to_numpy())
        day = local_day(moments.iloc[at].reset_index(drop=True), str(zone))
        rows = pd.DataFrame({"agent": agents.iloc[at].to_numpy(), "day": day.to_numpy(), "at": at})
        joined = rows.merge(part, on="agent")
        inside = (joined["valid_from"].isna() | (joined["valid_from"] <= joined["day"])) & (
            joined["valid_to"].isna() | (joined["day"] <= joined["valid_to"])
        )
        hit = joined[inside]
        result.iloc[hit["at"].to_numpy()] = hit["population"].to_numpy()
    return result
