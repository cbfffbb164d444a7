"""What the plausible insurer could reach, in which steps, and what it would be worth."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analysis.foundation.estimate import Estimate, Quantity
from analysis.utilization.frames import COLUMNS, frame_of
from analysis.value.result import BALANCE, CUMULATIVE, DISTRIBUTION, MONEY, TARGETS, TORNADO, Value
from analysis.value.settings import ValueSettings

CC, BO = "contact_centre", "back_office"
NAN = math.nan
WEEKS = {"crawl": range(1, 5), "walk": range(5, 13), "run": range(13, 27)}


def _rows(name: str, rows: list[tuple]) -> pd.DataFrame:
    return frame_of(name, [pd.DataFrame(rows, columns=list(COLUMNS[name]))])


def levels() -> pd.DataFrame:
    rows = []
    for population, by, level, agents, today, reach, hours in (
        (CC, "site", "North", 54, 0.588, 0.694, 190.0),
        (CC, "site", "South", 64, 0.577, 0.694, 225.0),
        (CC, "group", "Team North 1", 14, 0.598, 0.694, 44.0),
        (CC, "group", "Team South 4", 14, 0.571, 0.694, 52.0),
        (CC, "group", "Merged teams (2)", 11, 0.662, 0.694, NAN),
        (BO, "site", "North", 36, 0.541, 0.789, 270.0),
        (BO, "site", "South", 28, 0.502, 0.789, 238.0),
        (BO, "group", "Claims intake", 17, 0.548, 0.789, 121.0),
        (BO, "group", "Claims settlement of the north-eastern region", 19, 0.512, 0.789, 152.0),
    ):
        found = hours == hours
        half = 0.03 + 0.2 / agents
        rows.append(
            (population, by, level, agents, today, today - half, today + half, reach, reach - 0.02, reach + 0.02,
             "queueing" if population == CC else "allowance", hours if found else 9.0, hours * 0.7 if found else 0.0,
             hours * 1.3 if found else 24.0, found, "ok", "", f"{level}: a sentence.")
        )  # fmt: skip
    few = (BO, "group", "Policy changes", 16, 0.53, 0.48, 0.58, NAN, NAN, NAN, "", NAN, NAN, NAN, False, "insufficient")
    rows.append((*few, "only 4 days were observed", "Policy changes: no figure."))
    return _rows("levels", rows)


def allowances() -> pd.DataFrame:
    rows = []
    for population in (CC, BO):
        given = "break" if population == CC else ""
        rows += [
            (population, "personal needs", "rest", 0.05, 0.05, "ILO, constant allowance", given, 0.0, 0.0),
            (population, "basic fatigue", "rest", 0.04, 0.04, "ILO, constant allowance", given, 0.0, 0.0),
            (population, "attention and monotony", "rest", 0.01, 0.04, "ILO, variable allowances for desk work", "", 0.01, 0.037),
            (population, "delays", "delay", 0.03, 0.05, "assumed", "support", 0.0, 0.012),
        ]  # fmt: skip
    return _rows("allowances", rows)


def quoted() -> pd.DataFrame:
    return _rows(
        "quoted",
        [
            (CC, "Occupancy", 0.710, 0.80, 0.655, "within reach", ""),
            (CC, "Utilization of paid hours", 0.688, 0.80, NAN, "", "it says nothing about waiting"),
            (CC, "utilization U5, work of base", 0.582, 0.80, 0.80, "beyond", ""),
            (BO, "utilization U5, work of base", 0.524, 0.80, 0.80, "open", ""),
            (BO, "Core work over time at work", 0.481, 0.80, 0.871, "beyond", ""),
            (BO, "Work over seen time", 0.697, 0.80, 0.601, "within reach", ""),
        ],
    )


def best() -> pd.DataFrame:
    estimand = "true mean of the quarter of groups that looks best"
    rows = [
        (CC, "groups", 8, estimand, 0.631, 0.606, 0.583, 0.629, 0.601, 0.574, 0.628, "mix of queues", True, "ok", ""),
        (CC, "people", 118, estimand, 0.674, 0.628, 0.607, 0.649, 0.619, 0.594, 0.644, "mix of queues and tenure", True, "ok", ""),
        (BO, "groups", 4, estimand, NAN, NAN, NAN, NAN, NAN, NAN, NAN, "", False, "insufficient", "only 4 reporting groups; comparing them needs at least 10"),
        (BO, "people", 64, estimand, 0.667, 0.594, 0.553, 0.635, 0.588, 0.541, 0.635, "mix of types and tenure", True, "ok", ""),
    ]  # fmt: skip
    return _rows("best", rows)


def ramp() -> pd.DataFrame:
    rows = []
    ends = ((CC, "population", CC, 0.582, 0.694, 3_455.0), (BO, "population", BO, 0.524, 0.789, 1_890.0))
    groups = ((CC, "group", "Team North 1", 0.598, 0.694, 410.0), (CC, "group", "Team South 4", 0.571, 0.694, 415.0))
    groups += ((BO, "group", "Claims intake", 0.548, 0.789, 500.0),)
    for population, by, level, today, reach, base in (*ends, *groups):
        for scenario, months in (("cautious", 12.0), ("expected", 8.0), ("bold", 5.3)):
            total = 0.0
            for phase, weeks in WEEKS.items():
                for week in weeks:
                    target = today + (reach - today) * (1 - math.exp(-week / months))
                    total += (target - today) * base
                    rows.append((population, by, level, scenario, week, phase, target, (target - today) * base, total))
    return _rows("ramp", rows)


def checkpoints() -> pd.DataFrame:
    rows = []
    for population, promise in (
        (CC, "80 % answered in 20 s in every week"),
        (BO, "95 % done by the due time in every week"),
    ):
        for phase, week in (("crawl", 4), ("walk", 12), ("run", 26)):
            rows.append(
                (population, phase, week, "utilization, promise, overtime, sickness",
                 f"target of the week reached within 2 points; {promise}; concerns of every team read back",
                 "promise missed two weeks running, or absence 2 points above today's"),
            )  # fmt: skip
    return _rows("checkpoints", rows)


def _range(middle: float, spread: float) -> tuple[float, float, float, float]:
    return middle - spread, middle + spread, middle - 1.6 * spread, middle + 1.6 * spread


def _balance() -> pd.DataFrame:
    rows = []
    for population, line, hours, spread, basis, sentence in (
        (BO, "needed_today", 990.0, 50.0, "measured", "Hours of base that today's items take."),
        (BO, "freed_in_place", 210.0, 55.0, "modelled", "The same items at the achievable utilization."),
        (BO, "freed_by_moving", 255.0, 60.0, "modelled", "Items that agents do between contacts."),
        (BO, "needed_after", 525.0, 70.0, "modelled", "Hours of base that the back office still needs."),
        (BO, "freed", 465.0, 80.0, "modelled", "Both together."),
        (BO, "overtime", 60.0, 0.0, "assumed", "Overtime as stated."),
        (BO, "outsourced", 0.0, 0.0, "assumed", "Nothing is bought outside."),
        (BO, "vacancies", 75.0, 0.0, "assumed", "Two open posts need not be filled."),
        (BO, "left", 330.0, 80.0, "modelled", "Capacity: it pays only when work fills it."),
        (CC, "idle_today", 820.0, 35.0, "measured", "Hours in which agents wait."),
        (CC, "moved_to_agents", 235.0, 40.0, "modelled", "Item hours between contacts, net."),
        (CC, "idle_left", 585.0, 50.0, "modelled", "Waiting that the promise needs or that is too short."),
        (CC, "surplus_instead", 205.0, 40.0, "alternative", "Fewer agents instead of items."),
    ):
        ends = _range(hours, spread) if spread else (hours, hours, hours, hours)
        rows.append((population, line, hours, *ends, hours / 37.5, hours / 37.5 * 1.3, basis, sentence))
    return pd.DataFrame(rows, columns=list(BALANCE))


def _money() -> pd.DataFrame:
    rows = [
        ("overtime", "cashable", 3_600.0, *_range(3_600.0, 300.0), "Overtime that is no longer worked."),
        ("outsourced", "cashable", 0.0, 0.0, 0.0, 0.0, 0.0, "Nothing is bought outside."),
        ("vacancies", "cashable", 3_050.0, *_range(3_050.0, 250.0), "Posts that stay open."),
        ("left", "capacity", 13_200.0, *_range(13_200.0, 3_300.0), "Worth that only if other work fills it."),
        ("running_cost", "cost", -1_500.0, *_range(-1_500.0, 200.0), "Stated by the client."),
        ("cashable", "sum", 5_150.0, *_range(5_150.0, 600.0), "What reaches the books."),
        ("combined", "sum", 18_350.0, *_range(18_350.0, 3_500.0), "Both together."),
    ]
    return pd.DataFrame(rows, columns=list(MONEY))


def _distribution() -> pd.DataFrame:
    from scipy import stats

    at = np.round(np.linspace(0.005, 0.995, 199), 4)
    parts = [
        pd.DataFrame({"of": name, "quantile": at, "value": stats.norm.ppf(at, middle, spread)})
        for name, middle, spread in (("combined", 18_350.0, 2_730.0), ("cashable", 5_150.0, 470.0))
    ]
    return pd.concat(parts, ignore_index=True)[list(DISTRIBUTION)]


def _cumulative() -> pd.DataFrame:
    weeks = np.arange(0, 53)
    gain = 6_650.0 * (weeks - 8 * (1 - np.exp(-weeks / 8))) - 1_500.0 * weeks
    rows = {"week": weeks, "median": gain - 85_000.0}
    rows |= {"low80": gain * 0.85 - 93_000.0, "high80": gain * 1.15 - 78_000.0}
    rows |= {"low": gain * 0.78 - 99_000.0, "high": gain * 1.22 - 73_000.0}
    return pd.DataFrame(rows)[list(CUMULATIVE)]


def _tornado() -> pd.DataFrame:
    rows = [
        ("achievable", "achievable utilization of the back office", 0.766, 0.812, 14_900.0, 21_800.0),
        ("uptake", "share of movable hours that is really moved", 0.5, 0.9, 15_800.0, 20_900.0),
        ("today", "utilization of the back office today", 0.489, 0.559, 20_300.0, 16_300.0),
        ("hour", "cost of a paid hour", 38.0, 46.0, 16_900.0, 19_900.0),
        ("movable_h", "item hours that can move to agents", 180.0, 290.0, 17_400.0, 19_300.0),
        ("running", "running cost", 1_100.0, 1_950.0, 18_700.0, 17_900.0),
    ]
    frame = pd.DataFrame(rows, columns=list(TORNADO[:-1])).assign(base=18_350.0)
    return frame[list(TORNADO)]


def targets() -> pd.DataFrame:
    rows = [
        (BO, "productivity", 12.1, 11.4, 12.8, 12.6, 4, "items per paid hour", "the first step of the ramp", True, ""),
        (CC, "service_level", 0.87, 0.85, 0.88, 0.87, 4, "share", "kept while items are added", True, ""),
        (BO, "turnaround", 0.871, 0.842, 0.896, 0.89, 12, "share", "less work waits", True, ""),
        (BO, "errors", NAN, NAN, NAN, NAN, 12, "share", "", False, "errors were not measured for six teams"),
    ]
    return pd.DataFrame(rows, columns=list(TARGETS))


SENTENCES = {
    "balance": "465 (385 to 545) of 990 back-office hours a week are freed: 210 in place and 255 by moving items to agents.",
    "why_blend": "Slack of its own is not enough: the back office frees 210 hours in place while 135 hours of overtime and open posts wait to be taken up elsewhere.",
    "alternatives": "Instead of taking items, 205 hours of agents could leave the queues; the two are never added.",
    "fte": "One full-time equivalent is 37.5 hours of the time at work a week.",
    "money": "EUR 18,400 a week in all, of which EUR 5,150 is cashable.",
    "payback": "The change pays back after 23 weeks.",
    "precision": "The simulation's own error is EUR 40.",
}


def value() -> Value:
    hours = {"unit": "hours_per_week", "basis": "modelled", "n": 38, "n_unit": "days"}
    money = {"unit": "currency_per_week", "basis": "modelled", "n": 38, "n_unit": "days"}
    quantities = tuple(
        Quantity(f"value.{name}", estimate, definition, {})
        for name, estimate, definition in (
            ("freed_h_per_week", Estimate(465.0, 337.0, 593.0, **hours), "needed today less needed after"),
            ("moved_h_per_week", Estimate(235.0, 171.0, 299.0, **hours), "item hours that agents take"),
            ("left_h_per_week", Estimate(330.0, 202.0, 458.0, **hours), "freed hours that nothing takes up"),
            ("combined_per_week", Estimate(18_350.0, 12_750.0, 23_950.0, **money), "cashable and capacity"),
            ("cashable_per_week", Estimate(5_150.0, 4_190.0, 6_110.0, **money), "what reaches the books"),
            ("payback_weeks", Estimate(23.0, 19.0, 29.0, unit="weeks", basis="modelled", n=38, n_unit="days"), "first week in which net cash is not below zero"),
            ("benefit_probability", Estimate(0.97, unit="probability", basis="modelled", n=38, n_unit="days"), "share of draws in which cash exceeds cost within 52 weeks"),
        )
    )  # fmt: skip
    return Value(
        quantities=quantities, findings=(), settings=ValueSettings(one_off_cost=85_000.0), sentences=SENTENCES,
        balance=_balance(), money=_money(), cumulative=_cumulative(), distribution=_distribution(), tornado=_tornado(),
        targets=targets(),
    )  # fmt: skip


def unknown() -> Value:
    """Return the value of a client who states no cost and of whom no hours are known."""
    why = "What it is worth in money cannot be said: no cost of an hour is stated."
    return Value(
        quantities=(Quantity("value.combined_per_week", Estimate.missing("no cost of an hour is stated", unit="currency_per_week"), "cashable and capacity", {}),),
        findings=(), settings=ValueSettings(), sentences={"balance": "No hours to balance: paid time is not known.", "money": why},
        balance=_balance().head(0), money=_money().head(0), cumulative=_cumulative().head(0),
        distribution=_distribution().head(0), tornado=_tornado().head(0), targets=targets().head(0),
    )  # fmt: skip
