"""Paid time: from the best source that a client can give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analysis.foundation.intervals import sets
from analysis.foundation.intervals.sets import Packing
from analysis.foundation.intervals.table import read
from analysis.foundation.schema import Finding
from analysis.measure.paid_sources import from_schedule, from_sign_on, from_span, from_totals, less, no_spells
from analysis.measure.person_days import PersonDays, added_up
from analysis.measure.records import membership, of_members, roster_of, span_of, table_of, traces, zones_of

AttendanceSource = Literal["schedule", "sign_on", "paid_hours", "span", "none"]

# A source speaks for a population when it covers at least this share of the people of whom any system holds a trace.
MINIMUM_COVERAGE = 0.5
# More paid time on one local day than this is a mistake in the source rather than a shift [h].
LONGEST_PAID_DAY_H = 16.0
_GRADES: Mapping[str, str] = {"schedule": "A", "sign_on": "A", "paid_hours": "C", "span": "D", "none": "D"}
_BASES: Mapping[str, str] = {
    "schedule": "from the schedule with clock times",
    "sign_on": "is the time signed on, so absence and paid time before sign-on are not in it",
    "span": "is not known; the time from the first to the last trace of each day stands in for it",
}
_NAMES = {"contact_centre": "contact centre", "back_office": "back office"}
_HOUR_US = 3.6e9


@dataclass(frozen=True, slots=True, repr=False)
class Attendance:
    """When the people of a population were paid, and how well that is known.

    Attributes
    ----------
    population
        ``"contact_centre"`` or ``"back_office"``.
    paid
        agent, start, end: disjoint paid time; empty where the source knows no clock times.
    source
        ``"schedule"``, ``"sign_on"``, ``"paid_hours"``, ``"span"`` (first to last trace of a day), or ``"none"``.
    grade
        Evidence grade: A system, C self-report, D assumption.
    sentence
        What the figures rest on, for the report.
    paid_h
        team, period_start, period_end, paid_h: paid hours where only sums are known; else empty.
    without_record
        agent, day, paid_us: days paid, not planned absent, of which no system holds a trace.
    agents
        People with paid time.
    findings
        Questions to the client and cautions.
    """

    population: str
    paid: pd.DataFrame
    source: AttendanceSource
    grade: str
    sentence: str
    paid_h: pd.DataFrame
    without_record: pd.DataFrame
    agents: int
    findings: tuple[Finding, ...] = ()

    def __repr__(self) -> str:
        """Return the sentence for the report."""
        return self.sentence


def paid_time(tables: Mapping[str, pd.DataFrame], population: str, *, zone: str = "UTC") -> Attendance:
    """Return when the people of a population were paid, from the best source that speaks for them.

    Parameters
    ----------
    tables
        Canonical tables; the roster says who belongs to the population, by date.
    population
        ``"contact_centre"`` or ``"back_office"``.
    zone
        IANA zone of agents whose roster row names none.

    Returns
    -------
    Attendance
        Paid time with its source, in this order: schedule with clock times, sign-on, paid hours (no clock times), first to last trace of a
        day. A source must cover at least half of the people of whom any system holds a trace.

    Raises
    ------
    DataProblem
        There is no roster.

    Notes
    -----
    Schedule: union of the rows marked paid, less rows marked unpaid other than ``OFF`` (an unpaid lunch inside a paid shift); rows without
    a mark count as paid unless ``OFF``. Sign-on: union of all spells but ``OFF`` and ``ABSENT``, where the log holds presence and not work alone;
    where no spells show it, interval totals give as much time at the start of each interval.
    Span: per person and local day from the first trace to the last, grade D: it hides early leaving and counts unpaid pauses.

    Examples
    --------
    >>> hour = lambda text: pd.to_datetime([text]).as_unit("us")
    >>> shift = pd.DataFrame({"agent": ["a"], "start": hour("2026-03-02T08:00Z"), "end": hour("2026-03-02T16:00Z"), "state": ["WORK"], "paid": [True]})
    >>> roster = pd.DataFrame({"agent": ["a"], "population": ["back_office"]})
    >>> paid_time({"schedule": shift, "roster": roster}, "back_office")
    back office: paid time from the schedule with clock times, 8.0 hours of 1 person
    """
    roster = roster_of(tables)
    schedule, spells, seen = table_of(tables, "schedule"), table_of(tables, "spells"), traces(tables)
    span = span_of(schedule, spells, seen)
    if span is None:
        return _from_hours(tables, roster, population)
    members = membership(roster, population, span=span, zone=zone)
    seen = of_members(seen, members)
    people = set(seen["agent"].unique())
    planned = None if schedule is None else of_members(schedule, members)
    candidates: dict[AttendanceSource, pd.DataFrame] = {
        "schedule": from_schedule(planned),
        "sign_on": from_sign_on(None if spells is None else of_members(spells, members)),
    }
    if candidates["sign_on"].empty:
        candidates["sign_on"] = of_members(from_totals(table_of(tables, "state_totals")), members)
    for source, paid in candidates.items():
        if len(paid) and len(people & set(paid["agent"].unique())) >= MINIMUM_COVERAGE * len(people):
            return _described(population, source, paid, seen=seen, planned=planned, zones=zones_of(roster, zone=zone))
    hours = _from_hours(tables, roster, population)
    if hours.source == "paid_hours" or seen.empty:
        return hours
    zones = zones_of(roster, zone=zone)
    return _described(population, "span", from_span(seen, zones), seen=seen, planned=None, zones=zones)


def _from_hours(tables: Mapping[str, pd.DataFrame], roster: pd.DataFrame, population: str) -> Attendance:
    """Return paid hours per team and period from the workload table, or nothing."""
    teams = (
        set(roster.loc[roster["population"].eq(population).fillna(False).astype(bool), "team"].dropna())
        if "team" in roster
        else set()
    )
    workload = table_of(tables, "workload")
    hours = _no_hours()
    findings: tuple[Finding, ...] = ()
    if workload is not None and "paid_h" in workload:
        rows = workload[workload["team"].isin(teams) & workload["paid_h"].notna()]
        grouped = rows.groupby(["team", "period_start", "period_end"])["paid_h"]
        # a file with a line per type repeats the team's hours on each line
        hours = grouped.agg(lambda given: given.iloc[0] if given.nunique() == 1 else given.sum()).reset_index()
        split = int((grouped.nunique() > 1).sum())
        if split:
            findings = (
                _question(
                    "paid_hours_by_type",
                    "workload",
                    f"{_NAMES[population]}: {split} team periods hold different paid hours on their lines; they were added. Ask whether each line holds its own hours or the team's.",
                    rows=split,
                ),
            )
    source: AttendanceSource = "paid_hours" if len(hours) else "none"
    sentence = (
        f"{_NAMES[population]}: paid hours of {hours['team'].nunique()} teams, {hours['paid_h'].sum():,.0f} hours in all, without clock times"
        if len(hours)
        else f"{_NAMES[population]}: no source says when people were paid"
    )
    return Attendance(
        population, no_spells(), source, _GRADES[source], sentence, hours, _no_days(), agents=0, findings=findings
    )


def _described(
    population: str,
    source: AttendanceSource,
    paid: pd.DataFrame,
    *,
    seen: pd.DataFrame,
    planned: pd.DataFrame | None,
    zones: Mapping[str, str],
) -> Attendance:
    """Return attendance with its sentence, the days without any trace, and what to ask."""
    absent = None if planned is None else planned[planned["state"].eq("ABSENT").fillna(False).astype(bool)]
    silent = _without_record(paid if absent is None else less(paid, absent), seen, zones)
    agents = paid["agent"].nunique()
    hours = float((paid["end"] - paid["start"]).dt.total_seconds().sum()) / 3600
    sentence = f"paid time {_BASES[source]}, {hours:,.1f} hours of {agents} {'person' if agents == 1 else 'people'}"
    return Attendance(
        population,
        paid,
        source,
        _GRADES[source],
        f"{_NAMES[population]}: {sentence}",
        _no_hours(),
        silent,
        agents=agents,
        findings=_questions(_NAMES[population], source, paid, seen=seen, silent=silent, zones=zones),
    )


def _questions(
    name: str,
    source: AttendanceSource,
    paid: pd.DataFrame,
    *,
    seen: pd.DataFrame,
    silent: pd.DataFrame,
    zones: Mapping[str, str],
) -> tuple[Finding, ...]:
    """Return what must be asked about paid time."""
    found = []
    if len(silent):
        us = int(silent["paid_us"].sum())
        text = (
            f"{name}: {len(silent)} agent-days with {us / _HOUR_US:,.1f} paid hours have no trace in any system. "
            "Ask whether these people worked elsewhere, were absent, or were not paid."
        )
        found.append(_question("paid_without_record", source, text, rows=len(silent), moved_us=us))
    known = set(seen["agent"])
    left_out = len(known - set(paid["agent"]))
    if left_out:
        text = (
            f"{name}: {left_out} of {len(known)} people with traces have no paid time in the {source.replace('_', '-')} data; "
            "their time is outside paid time. Ask for their attendance."
        )
        found.append(_question("records_without_attendance", source, text, rows=left_out))
    long = _long_days(paid, zones)
    if long:
        text = (
            f"{name}: {long} agent-days hold more than {LONGEST_PAID_DAY_H:.0f} paid hours. "
            "Ask whether the times are shifts or whole days."
        )
        found.append(_question("paid_day_too_long", source, text, rows=long))
    return tuple(found)


def _without_record(paid: pd.DataFrame, seen: pd.DataFrame, zones: Mapping[str, str]) -> pd.DataFrame:
    """Return the person-days with paid time of which no trace exists, neither that day nor in a stretch of paid time that touches it."""
    if paid.empty:
        return _no_days()
    rows, labels = read(paid=paid, seen=seen)
    days = PersonDays.of(labels.agents, zones)
    packing = Packing.of(labels.people, list(rows.values()))
    met = sets.overlapped(packing.pack(rows["paid"]), sets.merged(packing.pack(rows["seen"]), "numpy"))[1] > 0
    cut = days.cut(rows["paid"])
    touched = np.concatenate([cut.key[met[cut.row]], days.cut(rows["seen"]).key])
    keys = np.setdiff1d(cut.key, touched)
    return pd.DataFrame(
        {"agent": labels.names(days.person(keys)), "day": days.date(keys), "paid_us": added_up(keys, cut)}
    )


def _long_days(paid: pd.DataFrame, zones: Mapping[str, str]) -> int:
    """Count person-days with more paid time than a person can work."""
    rows, labels = read(paid=paid)
    cut = PersonDays.of(labels.agents, zones).cut(rows["paid"])
    return int((added_up(np.unique(cut.key), cut) > LONGEST_PAID_DAY_H * _HOUR_US).sum())


def _question(code: str, source: str, message: str, *, rows: int, moved_us: int | None = None) -> Finding:
    return Finding(code, "ask", source, message, rows=rows, moved_us=moved_us)


def _no_hours() -> pd.DataFrame:
    """Return paid hours without rows."""
    dates = {name: pd.Series(dtype="datetime64[us]") for name in ("period_start", "period_end")}
    return pd.DataFrame({"team": pd.Series(dtype="str"), **dates, "paid_h": pd.Series(dtype="float64")})


def _no_days() -> pd.DataFrame:
    """Return person-days without rows."""
    return pd.DataFrame(
        {"agent": pd.Series(dtype="str"), "day": pd.Series(dtype="datetime64[us]"), "paid_us": pd.Series(dtype="int64")}
    )
