"""Paid hours against logged hours, by person and week, told by population alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.foundation import calendars, intervals
from analysis.foundation.calendars import DAY_US
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client
from analysis.intake.reconciliation.origins import HOUR_US, Origin, stamps
from analysis.intake.reconciliation.result import PAID_COLUMNS
from analysis.intake.reconciliation.totals import contact_spells
from analysis.intake.words import number_of

# A person-week is above its paid hours when it holds more than this many times as many logged hours.
ABOVE = 1.1
# Population totals that differ by more than this share are a question.
APART = 0.05
NOT_LOGGED: tuple[str, ...] = ("OFF", "ABSENT")


def paid_and_logged(
    origins: Sequence[Origin], roster: pd.DataFrame | None, client: Client, *, minimum: int
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return paid against logged hours by population.

    Parameters
    ----------
    origins
        Sources with their rows.
    roster
        Canonical roster: population, team and contract hours.
    client
        Zone of the weeks.
    minimum
        Smallest group: no numbers for a population of fewer people.

    Notes
    -----
    Logged is the time in which any export shows a person at work (states but signed off and absent, contacts, items; interval totals of people whom nothing else shows), overlaps counted once; a
    stretch counts in the week in which it begins. Paid is, each in a row of its own, the schedule's paid time, the contract's hours, and the
    paid hours of weekly workload. Contracts are held against weeks without a holiday.
    """
    logged = _with_totals(_weekly(_logged(origins), client.time_zone), origins, client.time_zone)
    if roster is None or roster.empty:
        return pd.DataFrame(columns=PAID_COLUMNS), []
    people = roster.drop_duplicates("agent", keep="last").set_index("agent")
    scheduled = _weekly(_scheduled(origins), client.time_zone)
    rows = []
    for population in sorted(str(name) for name in people["population"].dropna().unique()):
        own = set(people.index[people["population"] == population])
        seen = logged[logged["agent"].isin(own)]
        plan = scheduled[scheduled["agent"].isin(own)]
        if len(plan) and len(seen):
            rows.append(
                _row(
                    population,
                    "schedule",
                    plan.merge(seen, on=["agent", "week"], how="outer", suffixes=("_paid", "_log")),
                    minimum,
                )
            )
        contract = people.loc[sorted(own), "contract_h"].dropna()
        if len(contract) and len(plan):
            weeks = plan[plan["agent"].isin(contract.index) & ~plan["week"].isin(_weeks_with(client.holidays))]
            stated = pd.DataFrame(
                {
                    "agent": weeks["agent"],
                    "week": weeks["week"],
                    "h_paid": weeks["agent"].map(contract),
                    "h_log": weeks["h"],
                }
            )
            rows.append(_row(population, "contract", stated, minimum, logged_from="schedule"))
        rows += _workload(population, origins, people=people, plan=plan, minimum=minimum)
    frame = pd.DataFrame([row for row in rows if row is not None], columns=PAID_COLUMNS)
    return frame, _findings(frame)


def _weeks_with(days: Sequence[dt.date]) -> list[int]:
    """Return the weeks of days, numbered as :func:`_weekly` numbers them."""
    return [(day.toordinal() - dt.date(1970, 1, 1).toordinal() + 3) // 7 for day in days]


def _logged(origins: Sequence[Origin]) -> list[pd.DataFrame]:
    """Return every stretch in which an export shows a person at work."""
    parts = []
    for origin in origins:
        frame = origin.frame
        if origin.table == "spells":
            parts.append(frame.loc[~frame["state"].isin(NOT_LOGGED), ["agent", "start", "end"]])
        elif origin.table == "contacts" and origin.agents is not None:
            parts.append(contact_spells(frame, "agent"))
        elif origin.table == "work_items" and origin.agents is not None:
            items = frame.dropna(subset=["agent", "started", "ended"])
            parts.append(items[["agent", "started", "ended"]].set_axis(["agent", "start", "end"], axis=1))
    return [part for part in parts if len(part)]


def _with_totals(logged: pd.DataFrame, origins: Sequence[Origin], zone: str) -> pd.DataFrame:
    """Return logged hours with those of interval totals, for people whom no other export shows."""
    parts = []
    for origin in origins:
        if origin.table == "state_totals" and len(origin.frame):
            rows = origin.frame[~origin.frame["state"].isin(NOT_LOGGED) & ~origin.frame["agent"].isin(logged["agent"])]
            day = calendars.local_day(stamps(rows["interval_start"])[0], zone) // DAY_US
            hours = rows["us"].to_numpy(dtype=float) / HOUR_US
            parts.append(pd.DataFrame({"agent": rows["agent"].to_numpy(), "week": (day + 3) // 7, "h": hours}))
    if not parts:
        return logged
    found = pd.concat(parts, ignore_index=True).groupby(["agent", "week"], as_index=False)["h"].sum()
    return pd.concat([logged, found], ignore_index=True)


def _scheduled(origins: Sequence[Origin]) -> list[pd.DataFrame]:
    """Return the paid stretches of the schedule; where it does not say what is paid, all but signed off."""
    parts = []
    for origin in origins:
        if origin.table == "schedule":
            frame = origin.frame
            paid = frame["paid"].fillna(~frame["state"].isin(["OFF"])).astype(bool)
            parts.append(frame.loc[paid, ["agent", "start", "end"]])
    return [part for part in parts if len(part)]


def _weekly(parts: Sequence[pd.DataFrame], zone: str) -> pd.DataFrame:
    """Return hours by person and week (the Monday on which it begins), overlaps counted once."""
    if not parts:
        return pd.DataFrame(
            {"agent": pd.Series(dtype="str"), "week": pd.Series(dtype="int64"), "h": pd.Series(dtype="float64")}
        )
    merged = intervals.union(pd.concat(parts, ignore_index=True))
    start, end = stamps(merged["start"])[0], stamps(merged["end"])[0]
    day = calendars.local_day(start, zone) // DAY_US
    table = pd.DataFrame({"agent": merged["agent"].to_numpy(), "week": (day + 3) // 7, "h": (end - start) / HOUR_US})
    return table.groupby(["agent", "week"], as_index=False)["h"].sum()


def _row(
    population: str, paid_from: str, table: pd.DataFrame, minimum: int, *, logged_from: str = "exports"
) -> tuple[object, ...]:
    """Return one row of the result: sums over person-weeks, or words where too few people stand behind them."""
    persons, weeks = int(table["agent"].nunique()), len(table)
    if persons < minimum:
        words = f"{population.replace('_', ' ')}: fewer than {minimum} people, so no hours are shown."
        return population, paid_from, logged_from, persons, weeks, np.nan, np.nan, np.nan, pd.NA, pd.NA, words
    paid, logged = table["h_paid"].fillna(0), table["h_log"].fillna(0)
    above, silent = int((logged > ABOVE * paid).sum()), int(((logged == 0) & (paid > 0)).sum())
    share = float(logged.sum() / paid.sum()) if paid.sum() else np.nan
    verb = "are scheduled" if logged_from == "schedule" else "are seen in the exports"
    words = (
        f"{population.replace('_', ' ')}: of {paid.sum():,.0f} paid hours by {paid_from} of {number_of(persons, 'person')} in {number_of(weeks, 'person-week')}, "
        f"{logged.sum():,.0f} ({share:.0%}) {verb}; {number_of(above, 'person-week')} more than {ABOVE - 1:.0%} above paid, "
        f"{silent:,} without any."
    )
    return (
        population,
        paid_from,
        logged_from,
        persons,
        weeks,
        float(paid.sum()),
        float(logged.sum()),
        share,
        above,
        silent,
        words,
    )


def _workload(
    population: str, origins: Sequence[Origin], *, people: pd.DataFrame, plan: pd.DataFrame, minimum: int
) -> list[tuple[object, ...]]:
    """Return paid hours of weekly workload against the schedule of the same teams and weeks."""
    frames = [origin.frame for origin in origins if origin.table == "workload"]
    if not frames or plan.empty:
        return []
    once = pd.concat(frames).drop_duplicates(["team", "period_start", "period_end"]).dropna(subset=["paid_h"])
    week = once["period_start"].to_numpy().astype("M8[D]").astype(np.int64)
    length = (once["period_end"] - once["period_start"]).dt.days
    # only whole weeks from a Monday have a counterpart
    whole = once.assign(week=(week + 3) // 7)[((week + 3) % 7 == 0) & (length.to_numpy() == 6)]
    rows = plan.assign(team=plan["agent"].map(people["team"]))
    rows = rows[rows["team"].isin(whole["team"])]
    by_team = rows.groupby(["team", "week"], as_index=False)["h"].sum()
    both = whole.groupby(["team", "week"], as_index=False)["paid_h"].sum().merge(by_team, on=["team", "week"])
    if both.empty:
        return []
    table = both.set_axis(["agent", "week", "h_paid", "h_log"], axis=1)
    persons = int(rows["agent"].nunique())
    row = list(_row(population, "weekly workload", table, 1, logged_from="schedule"))
    if persons < minimum:
        return [_row(population, "weekly workload", table, minimum, logged_from="schedule")]
    row[3] = persons
    row[-1] = (
        str(row[-1])
        .replace(number_of(int(table["agent"].nunique()), "person"), number_of(persons, "person"), 1)
        .replace("person-week", "team-week")
    )
    return [tuple(row)]


def _findings(frame: pd.DataFrame) -> list[Finding]:
    """Return what does not fit: more logged than paid, or two statements of paid hours that differ."""
    found = []
    for row in frame.dropna(subset=["share"]).itertuples():
        if row.logged_from == "exports" and row.share > 1 + APART:
            found.append(
                Finding(
                    "logged_above_paid",
                    "flag",
                    "schedule",
                    f"{row.words} More is logged than paid: ask whether the schedule lacks people, overtime or sites.",
                )
            )
        elif row.logged_from == "schedule" and abs(row.share - 1) > APART:
            found.append(
                Finding(
                    "paid_hours_differ",
                    "flag",
                    f"{row.paid_from} / schedule",
                    f"{row.words} Ask which of the two is what people are paid for.",
                )
            )
    return found
