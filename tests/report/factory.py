"""Results of a plausible insurer, built by hand: what the report's tests and its design are looked at with."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pandas as pd

from analysis.baseline.frames import COLUMNS
from analysis.baseline.result import Baseline
from analysis.baseline.settings import BaselineSettings
from analysis.blending.result import Blending
from analysis.blending.settings import BlendingSettings
from analysis.foundation.estimate import Estimate, Quantity
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client, Period, Queue
from analysis.measure.crosswalk import BASE
from analysis.utilization.result import Utilization
from analysis.utilization.settings import UtilizationSettings
from tests.report import factory_groups, factory_lab, factory_members, factory_value

CC, BO = "contact_centre", "back_office"
SHARES: dict[str, dict[str, tuple[float, float, float]]] = {
    CC: {
        "utilization": (0.582, 0.561, 0.603),
        "support": (0.094, 0.087, 0.101),
        "outage": (0.012, 0.008, 0.018),
        "idle": (0.238, 0.219, 0.258),
        "away": (0.052, 0.046, 0.059),
        "unaccounted": (0.034, 0.029, 0.040),
    },
    BO: {
        "utilization": (0.524, 0.489, 0.559),
        "support": (0.108, 0.094, 0.124),
        "outage": (0.021, 0.013, 0.034),
        "idle": (0.081, 0.062, 0.105),
        "away": (0.147, 0.121, 0.177),
        "unaccounted": (0.140, 0.118, 0.165),
    },
}
BASE_H = {CC: 27_640.0, BO: 15_120.0}


def made(kind: type, **fields: Any) -> Any:
    """Build a result; frames that the report does not read may be left out."""
    rest = {field.name: pd.DataFrame() for field in dataclasses.fields(kind) if field.name not in fields}
    return kind(**fields, **rest)


def client(name: str = "Meridian Mutual") -> Client:
    return Client(
        name=name,
        time_zone="Europe/Amsterdam",
        period=Period(start="2026-03-02", end="2026-04-26"),
        full_time_h_per_week=37.5,
        holidays=("2026-04-03", "2026-04-06"),
    )


def queues() -> tuple[Queue, ...]:
    return (
        Queue(name="claims line", pool="service", answer_within_s=20, target=0.80),
        Queue(name="service line", pool="service", answer_within_s=30, target=0.75),
    )


def _share(values: tuple[float, float, float], **more: Any) -> Estimate:
    value, low, high = values
    return Estimate(value, low, high, **{"n": 38, "n_unit": "days", "method": "ratio of sums", **more})


def _definition(share: str) -> str:
    words = {
        "utilization": "handling, reserved and item work",
        "support": "meetings, training, coaching and outage",
        "idle": "ready with nothing to do",
        "away": "signed on, not available, no legitimate reason",
        "unaccounted": "paid time seen by no source",
    }
    return f"{words[share]} / paid time less absence and breaks"


def _baseline_quantities() -> tuple[Quantity, ...]:
    found = []
    for population, shares in SHARES.items():
        scope = {"population": population}
        grade = "A" if population == CC else "B"
        for share in ("utilization", "support", "idle", "away", "unaccounted"):
            name = share if share == "utilization" else f"{share}_share"
            found.append(Quantity(f"baseline.{name}", _share(shares[share], grade=grade), _definition(share), scope))
    add = found.append
    non_work = "idle, away and the part of unaccounted that observers saw as non-work / base"
    add(
        Quantity(
            "baseline.non_work_share",
            Estimate.missing(
                "no source sees what the unaccounted time holds", low=0.052, high=0.086, n=38, n_unit="days"
            ),
            non_work,
            {"population": CC},
        )
    )
    add(
        Quantity(
            "baseline.non_work_share",
            _share((0.273, 0.228, 0.322), grade="B", n=62, n_unit="rounds"),
            non_work,
            {"population": BO},
        )
    )
    add(Quantity("baseline.occupancy", _share((0.710, 0.688, 0.731)), "work / (work and waiting)", {"population": CC}))
    for population, values in ((CC, (0.312, 0.301, 0.323)), (BO, (0.274, 0.262, 0.287))):
        add(Quantity("baseline.shrinkage", _share(values), "1 - workable / paid time", {"population": population}))
    add(
        Quantity(
            "baseline.within_due_share",
            _share((0.871, 0.842, 0.896)),
            "items ended by their due time / items",
            {"population": BO},
        )
    )
    add(
        Quantity(
            "baseline.backlog_h",
            Estimate(412.0, 365.0, 470.0, unit="hours", n=38, n_unit="days"),
            "open items x mean item time",
            {"population": BO},
        )
    )
    add(
        Quantity(
            "baseline.error_rate",
            Estimate.missing("the quality file holds no checked counts for six teams", n=0),
            "errors / items checked",
            {"population": BO},
        )
    )
    return tuple(found)


def _shares_frame() -> pd.DataFrame:
    return pd.DataFrame(
        [
            (population, share, *values, "ok", "")
            for population, shares in SHARES.items()
            for share, values in shares.items()
        ],
        columns=["population", "share", "value", "low", "high", "status", "reason"],
    )


def _groups_frame() -> pd.DataFrame:
    names = [
        (CC, "Team North 1", "North", 14),
        (CC, "Team North 2", "North", 16),
        (CC, "Team North 3", "North", 13),
        (CC, "Merged teams (2)", "North", 11),
        (CC, "Team South 1", "South", 18),
        (CC, "Team South 2", "South", 15),
        (CC, "Team South 3", "South", 17),
        (CC, "Team South 4", "South", 14),
        (BO, "Claims intake", "North", 17),
        (BO, "Claims settlement", "North", 19),
        (BO, "Policy changes", "South", 16),
        (BO, "Merged teams (2)", "South", 12),
    ]
    rng, rows = np.random.default_rng(4), []
    for population, group, site, agents in names:
        tilt = rng.normal(0, 0.035, 5)
        raw = {
            share: max(SHARES[population][share][0] * (1 + t * 2), 0.01)
            for share, t in zip(("utilization", "support", "idle", "away", "unaccounted"), tilt, strict=True)
        }
        total = sum(raw.values())
        for share, value in raw.items():
            v = value / total
            half = 1.9 * math.sqrt(v * (1 - v) / (agents * 18))
            rows.append((population, group, site, agents, share, v, max(v - half, 0.001), v + half, "ok", ""))
    rows[-1] = (*rows[-1][:5], math.nan, math.nan, math.nan, "insufficient", "only 5 days were observed")
    columns = ["population", "group", "site", "agents", "share", "value", "low", "high", "status", "reason"]
    return pd.DataFrame(rows, columns=columns)


def _idle_by_slot() -> pd.DataFrame:
    rows = []
    for weekday in range(6):
        for slot in range(7 * 3600 + 1800, 20 * 3600, 1800):
            hour = slot / 3600
            if weekday == 5 and not 9 <= hour < 16:
                continue
            staffed = 58 * (1 - ((hour - 13) / 8.5) ** 4) * (0.45 if weekday == 5 else 1)
            load = (
                staffed
                * (0.79 - 0.0035 * (hour - 11.5) ** 2 + (0.06 if weekday == 0 else -0.02 * (weekday == 4)))
                * (0.86 if weekday == 5 else 1)
            )
            idle = max(staffed - load, 1.5)
            agents = int(staffed * 1.6)
            few = weekday == 5 and hour >= 15.5
            rows.append(
                (
                    CC,
                    weekday,
                    slot,
                    math.nan if few else idle,
                    math.nan if few else load,
                    math.nan if few else staffed,
                    math.nan if few else staffed * 1.1,
                    8,
                    8 if few else agents,
                    slot,
                    1,
                )
            )
    columns = [
        "population", "weekday", "slot_of_day_s", "idle_agents", "handling_agents", "workable_agents",
        "attended_agents", "days", "distinct_agents", "span_start_s", "span_slots",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


GAP_CLASSES = ("<= 1 min", "1-5 min", "5-15 min", "15-30 min", "30-60 min", "> 60 min")


def _gap_frames() -> dict[str, pd.DataFrame]:
    gaps = pd.DataFrame(
        [
            (CC, "waiting", label, count, hours, hours / 6578.0, waiting)
            for label, count, hours, waiting in zip(
                GAP_CLASSES,
                (96_410, 71_230, 12_480, 1_910, 486, 92),
                (803.0, 3088.0, 1767.0, 612.0, 220.0, 88.0),
                (31.0, 12.0, 3.0, 0.0, 0.0, 0.0),
                strict=True,
            )
        ]
        + [
            (BO, "between items", label, count, hours, hours / 5210.0, math.nan)
            for label, count, hours in zip(
                GAP_CLASSES,
                (20_112, 30_480, 9_210, 3_020, 1_410, 640),
                (180.0, 1320.0, 1255.0, 1010.0, 830.0, 615.0),
                strict=True,
            )
        ],
        columns=["population", "kind", "gap_class", "gaps", "hours", "share_of_gap_time", "contact_waiting_h"],
    )
    sensitivity = pd.DataFrame(
        [
            (population, longest, label, work, span, work / span)
            for population, work, spans in (
                (CC, 16_080.0, (17_900.0, 20_300.0, 21_900.0, 23_400.0)),
                (BO, 7_920.0, (9_400.0, 11_100.0, 12_200.0, 13_900.0)),
            )
            for longest, label, span in zip(
                (300.0, 900.0, 1800.0, math.nan), ("5 min", "15 min", "30 min", "no limit"), spans, strict=True
            )
        ],
        columns=["population", "longest_gap_s", "label", "work_h", "span_h", "share"],
    )
    lengths = np.geomspace(10, 7200, 60)
    survival = []
    for population, kind, scale, shape in ((CC, "waiting", 210.0, 0.92), (BO, "between items", 900.0, 0.7)):
        for length in lengths:
            x = (length / scale) ** shape
            value = math.exp(-x) * (1 + x)
            survival.append((population, kind, length, value, max(value - 0.03, 0), min(value + 0.03, 1)))
    items = pd.DataFrame(
        [
            ("address change", 14_210, 128.0, 151.0, 82.0, 204.0, True),
            ("document indexing", 22_840, 96.0, 118.0, 60.0, 151.0, True),
            ("e-mail reply", 9_310, 342.0, 398.0, 214.0, 521.0, True),
            ("claim settlement", 6_120, 1_420.0, 1_610.0, 905.0, 2_110.0, False),
            ("policy change", 8_450, 612.0, 690.0, 410.0, 880.0, True),
            ("premium refund", 3_020, 468.0, 530.0, 300.0, 702.0, False),
        ],
        columns=["type", "items", "median_s", "mean_s", "p25_s", "p75_s", "interruptible"],
    )
    return {
        "gaps": gaps,
        "sensitivity": sensitivity,
        "gap_survival": pd.DataFrame(
            survival, columns=["population", "kind", "length_s", "share_of_time_longer", "low", "high"]
        ),
        "item_lengths": items,
    }


def _crosswalk() -> pd.DataFrame:
    rows = [
        (CC, "Occupancy", "work", "work and waiting", 0.710, "share", "ok", "", "COPC as quoted; Amazon Connect"),
        (CC, "Occupancy, contacts alone", "handling", "handling and waiting", 0.702, "share", "ok", "", "Amazon Connect"),
        (CC, "Utilization of paid hours", "workable", "paid", 0.688, "share", "ok", "", "COPC as quoted"),
        (CC, "Utilization in office", "workable", "attended", 0.826, "share", "ok", "", "globalwfm"),
        (CC, "utilization U5, work of base", "work", "base", 0.582, "share", "ok", "", "this report"),
        (CC, "Shrinkage", "paid less workable", "paid", 0.312, "share", "ok", "", "Genesys, Amazon Connect"),
        (BO, "utilization U5, work of base", "work", "base", 0.524, "share", "ok", "", "this report"),
        (BO, "Core work over time at work", "item work", "attended", 0.481, "share", "ok", "", "ActiveOps"),
        (BO, "Work over seen time", "work", "work, idle and away", 0.697, "share", "ok", "", "WorkiQ"),
        (BO, "Earned hours over used hours", "items x standard", "item work", math.nan, "share", "insufficient", "no standard times for 2 of 6 types", "ActiveOps"),
    ]  # fmt: skip
    columns = ["population", "definition", "numerator", "denominator", "value", "unit", "status", "reason", "source"]
    return pd.DataFrame(rows, columns=columns)


def _sources_frame() -> pd.DataFrame:
    nan = math.nan
    rows = [
        (CC, "log_bound", nan, 0.05, 0.08, 46, "days", "A", True, "the headline: no source measures this share"),
        (
            BO,
            "two_phase",
            0.27,
            0.23,
            0.32,
            210,
            "observed person-days",
            "B",
            True,
            "the headline: logs and looks are joined",
        ),
        (
            BO,
            "work_sampling",
            0.285,
            0.24,
            0.335,
            38,
            "days",
            "B",
            False,
            "it stands beside the joined figure as a check",
        ),
        (BO, "log_bound", nan, 0.04, 0.48, 38, "days", "A", False, "it holds the share between two ends"),
        (BO, "gap_range", nan, 0.0, 0.41, 38, "days", "C", False, "never the headline: it is a range"),
        (BO, "earned_hours", 0.45, 0.43, 0.47, 38, "days", "C", False, "never the headline: it measures pace"),
        (BO, "self_reports", 0.1, 0.08, 0.13, 51, "people", "C", False, "never the headline: people's own estimates"),
    ]
    names = ("population", "source", "value", "low", "high", "n", "n_unit", "grade", "headline", "why")
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(estimand="share of the base", status="ok", reason="")[list(COLUMNS["sources"])]


def _breakdowns_frame() -> pd.DataFrame:
    levels = [("site", "North", 66), ("site", "South", 52), ("weekday", "Monday", 96), ("weekday", "Tuesday", 91)]
    rows = [
        (
            population,
            by,
            level,
            agents,
            40,
            share,
            value,
            value - 0.02,
            value + 0.02,
            *[value, value - 0.015, value + 0.015],
            "ok",
            "",
        )
        for population in (CC, BO)
        for by, level, agents in levels
        for share, value in (("utilization", 0.58 if level in ("North", "Monday") else 0.52), ("unaccounted", 0.1))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS["breakdowns"]))


def _causes_frame() -> pd.DataFrame:
    rows = [
        (CC, "demand", 6_100.0, 0.24),
        (CC, "system", 210.0, 0.01),
        (CC, "policy", 0.0, 0.0),
        (CC, "unknown", 900.0, 0.05),
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS["causes"]))


def _ladder_hours(population: str, paid: float) -> dict[str, float]:
    """Return the hours of every part of the ladder and of its sums; they add up."""
    base, shares = BASE_H[population], {name: values[0] for name, values in SHARES[population].items()}
    work = {"HANDLING": shares["utilization"] - 0.03, "RESERVED": 0.03, "ITEM_WORK": 0.0}
    if population == BO:
        work = {"HANDLING": 0.0, "RESERVED": 0.0, "ITEM_WORK": shares["utilization"]}
    parts = work | {"SUPPORT": shares["support"] - shares["outage"], "OUTAGE": shares["outage"], "IDLE": shares["idle"]}
    parts |= {"AWAY": shares["away"], "UNACCOUNTED": shares["unaccounted"]}
    absent = 0.12 * paid
    off = {"ABSENT": absent, "BREAK": paid - absent - base}
    sums = {"PAID": paid, "ATTENDED": paid - absent, "BASE": base, "WORKABLE": base * (1 - shares["support"])}
    return {name: base * share for name, share in parts.items()} | off | sums | {"OUTSIDE_PAID": 0.0}


def baseline() -> Baseline:
    ladder = [
        (population, bucket, hours, hours / paid, hours / BASE_H[population] if bucket in {*BASE, "BASE", "WORKABLE"} else math.nan)
        for population, paid in ((CC, 34_600.0), (BO, 18_480.0))
        for bucket, hours in _ladder_hours(population, paid).items()
    ]  # fmt: skip
    attendance = pd.DataFrame(
        [
            (CC, "schedule", "A", "Paid time comes from the schedule with clock times.", 118, 4_412, 46, 34_600.0),
            (BO, "schedule", "A", "Paid time comes from the schedule with clock times.", 64, 2_405, 38, 18_480.0),
        ],
        columns=["population", "source", "grade", "sentence", "agents", "agent_days", "days", "paid_h"],
    )
    facts = pd.DataFrame(
        [
            (CC, "contacts", 168_420.0, "contacts"),
            (CC, "work_h", 16_080.0, "h"),
            (BO, "items", 63_950.0, "items"),
            (CC, "base_h_per_week", 3_460.0, "h"),
            (BO, "base_h_per_week", 1_848.0, "h"),
            (CC, "realised_utilization", 0.58, "share"),
            (BO, "realised_utilization", 0.52, "share"),
            (BO, "looks", 3_412.0, "count"),
            (BO, "observer_pairs", 261.0, "count"),
            (BO, "non_work_as_seen", 0.27, "share"),
            (BO, "observer_sensitivity", 0.93, "share"),
            (BO, "observer_specificity", 0.98, "share"),
            (BO, "gap_time_with_work_waiting_h", 2_200.0, "h"),
            (BO, "gap_time_without_work_h", 800.0, "h"),
        ],
        columns=["population", "fact", "value", "unit"],
    )
    return made(
        Baseline,
        quantities=_baseline_quantities(),
        findings=(
            Finding(
                "schedule_overrun",
                "flag",
                "back_office",
                "412 shifts end before the last item of the day; 1.4 % of item time lies outside paid time.",
                412,
            ),
        ),
        settings=BaselineSettings(),
        sentences={
            CC: "Of 100 minutes at work, agents handle contacts in 58 % (56 to 60), wait in 24 % (22 to 26) and are away in 5 % (5 to 6).",
            BO: "Of 100 minutes at work, 52 % (49 to 56) is item work; observers saw non-work in 27 % (23 to 32).",
        },
        ladder=pd.DataFrame(ladder, columns=["population", "bucket", "hours", "share_of_paid", "share_of_base"]),
        attendance=attendance,
        shares=_shares_frame(),
        groups=_groups_frame(),
        idle_by_slot=_idle_by_slot(),
        crosswalk=_crosswalk(),
        sources=_sources_frame(),
        breakdowns=_breakdowns_frame(),
        causes=_causes_frame(),
        people_spread=factory_groups.people_spread(),
        level_days=factory_groups.level_days(_groups_frame()),
        pool_slot_days=pd.DataFrame(columns=list(COLUMNS["pool_slot_days"])),
        facts=facts,
        days=pd.DataFrame({"population": [CC], "day": [pd.Timestamp("2026-03-02")], "agents": [96], "PAID": [720.0]}),
        **_gap_frames(),
        **factory_members.frames(_groups_frame(), _idle_by_slot()),
    )


def utilization() -> Utilization:
    ceilings = pd.DataFrame(
        [
            (CC, "allowance", 0.885, 0.802, 0.786, 0.818, "assumed", "ok", "", "Rest and delay allowances leave 80 % of the base."),
            (CC, "queueing", 0.766, 0.694, 0.671, 0.716, "modelled", "ok", "", "Above 69 % the promise of 80 % in 20 s is missed."),
            (CC, "policy", 0.880, 0.797, 0.797, 0.797, "assumed", "ok", "", "The client caps occupancy at 88 %."),
            (BO, "allowance", 0.885, 0.789, 0.766, 0.812, "assumed", "ok", "", "Rest and delay allowances leave 79 % of the base."),
            (BO, "queueing", 0.941, 0.839, 0.801, 0.868, "modelled", "ok", "", "Above 84 % more than 5 % of items miss their due time."),
            (BO, "policy", math.nan, math.nan, math.nan, math.nan, "assumed", "insufficient", "the client states no cap", "No cap is stated for the back office."),
        ],
        columns=["population", "ceiling", "of_workable", "value", "low", "high", "basis", "status", "reason", "sentence"],
    )  # fmt: skip
    ceilings["raw"] = ceilings["of_workable"]
    ceilings["raw_of"] = ceilings["ceiling"].map({"allowance": "attended day"}).fillna("workable time")
    blended = ceilings.iloc[[1]].assign(
        ceiling="queueing_blended", raw=0.871, of_workable=0.871, value=0.789, low=0.771, high=0.806,
        sentence="With items between contacts the promise allows 87 % of workable time.",
    )  # fmt: skip
    ceilings = pd.concat([ceilings, blended], ignore_index=True)
    ceilings["apart"] = ceilings["ceiling"] == "queueing_blended"
    achievable = pd.DataFrame(
        [
            (CC, 0.582, 0.561, 0.603, 0.694, 0.671, 0.716, "queueing", "ok", "", "Contact centre: 69 % (67 to 72)."),
            (BO, 0.524, 0.489, 0.559, 0.789, 0.766, 0.812, "allowance", "ok", "", "Back office: 79 % (77 to 81)."),
        ],
        columns=["population", "today", "today_low", "today_high", "value", "low", "high", "binding", "status", "reason", "sentence"],
    )  # fmt: skip
    achievable = achievable.assign(
        found=True,
        minimum=0.02,
        blended=[0.789, math.nan],
        blended_low=[0.771, math.nan],
        blended_high=[0.806, math.nan],
    )
    quantities = []
    for row in ceilings.itertuples():
        estimate = (
            Estimate(row.value, row.low, row.high, basis=row.basis, grade="D" if row.basis == "assumed" else "A", n=38, n_unit="days")
            if row.status == "ok"
            else Estimate.missing(row.reason, basis="assumed", grade="D")
        )  # fmt: skip
        scope = {"population": row.population}
        quantities.append(Quantity(f"utilization.ceiling_{row.ceiling}", estimate, "ceiling / base", scope))
    for row in achievable.itertuples():
        scope = {"population": row.population}
        value = Estimate(row.value, row.low, row.high, basis="modelled", n=38, n_unit="days")
        quantities.append(Quantity("utilization.achievable", value, "lowest of the ceilings / base", scope))
        hours = (row.value - row.today) * BASE_H[row.population] / 8
        spread = Estimate(hours, hours * 0.8, hours * 1.2, unit="hours_per_week", basis="modelled", n=38, n_unit="days")
        quantities.append(Quantity("utilization.reclaimable_h_per_week", spread, "gap to achievable x base", scope))
    return made(
        Utilization,
        quantities=tuple(quantities),
        findings=(),
        settings=UtilizationSettings(),
        sentences={
            CC: "The contact centre works 58 % (56 to 60) of its base; 69 % (67 to 72) can be reached while the promises hold.",
            BO: "The back office works 52 % (49 to 56) of its base; 79 % (77 to 81) can be reached with ordinary rest.",
        },
        ceilings=ceilings,
        achievable=achievable,
        allowances=factory_value.allowances(),
        levels=factory_value.levels(),
        quoted=factory_value.quoted(),
        best=factory_value.best(),
        ramp=factory_value.ramp(),
        checkpoints=factory_value.checkpoints(),
        slots=pd.DataFrame(columns=["pool", "weekday", "slot_of_day_s", "agents", "load", "max_occupancy"]),
    )


def blending() -> Blending:
    slots = _idle_by_slot()
    slots = slots.assign(
        idle_agents=slots["idle_agents"].fillna(4.0), handling_agents=slots["handling_agents"].fillna(9.0)
    )
    required = (slots["handling_agents"] + 1.15 * np.sqrt(slots["handling_agents"])).round()
    structural = np.minimum(slots["idle_agents"], required - slots["handling_agents"])
    causes = pd.DataFrame(
        {
            "pool": "service",
            "weekday": slots["weekday"],
            "slot_of_day_s": slots["slot_of_day_s"],
            "days": 8,
            "agents": slots["handling_agents"] + slots["idle_agents"],
            "load": slots["handling_agents"],
            "load_sd": 2.4,
            "required_agents": required,
            "idle_agents": slots["idle_agents"],
            "structural_agents": structural,
            "surplus_agents": slots["idle_agents"] - structural,
        }
    )
    usable = pd.DataFrame(
        [
            ("service", "releasable", 5.4, 4.6, 6.2, 285.0, "measured", "Whole agents above the requirement: 5.4 (4.6 to 6.2)."),
            ("service", "shareable", 9.1, 8.2, 9.9, 365.0, "modelled", "Between contacts: 9.1 (8.2 to 9.9) agents."),
            ("service", "interruptible", 10.8, 10.1, 11.6, 570.0, "modelled", "With interruption: 10.8 (10.1 to 11.6) agents."),
        ],
        columns=["pool", "mode", "agents", "low", "high", "hours_per_week", "basis", "sentence"],
    )  # fmt: skip
    rows = [
        ("service", 'today, no items', '', pd.NA, 0.873, 0.781, 'Mon 09:30', 0.0, 0.0, 0.0, 0.71, 0.842, 0.021, 0.0, 0.0, True, False),
        ("service", 'keep 9 free', 'shareable', 9, 0.871, 0.781, 'Mon 09:30', 4.0, 3.84, 88.0, 0.776, 0.846, 0.02175, 3.0, 210.0, True, False),
        ("service", 'keep 8 free', 'shareable', 8, 0.869, 0.779, 'Mon 09:30', 5.1, 4.896, 112.2, 0.795, 0.85, 0.022, 4.0, 268.0, True, False),
        ("service", 'keep 7 free', 'shareable', 7, 0.866, 0.776, 'Mon 09:30', 6.0, 5.76, 132.0, 0.821, 0.855, 0.0225, 6.0, 312.0, True, False),
        ("service", 'keep 6 free', 'shareable', 6, 0.861, 0.771, 'Mon 09:30', 6.9, 6.624, 151.8, 0.846, 0.861, 0.02325, 9.0, 355.0, True, False),
        ("service", 'keep 5 free', 'shareable', 5, 0.852, 0.762, 'Mon 09:30', 7.8, 7.488, 171.6, 0.861, 0.872, 0.0245, 14.0, 398.0, True, False),
        ("service", 'keep 4 free', 'shareable', 4, 0.829, 0.739, 'Mon 09:30', 8.9, 8.544, 195.8, 0.876, 0.889, 0.02775, 27.0, 450.0, False, False),
        ("service", 'keep 3 free', 'shareable', 3, 0.794, 0.704, 'Mon 09:30', 10.0, 9.6, 220.0, 0.893, 0.903, 0.03225, 45.0, 497.0, False, False),
        ("service", 'keep 2 free', 'shareable', 2, 0.741, 0.651, 'Mon 09:30', 11.2, 10.75, 246.4, 0.912, 0.921, 0.039, 72.0, 552.0, False, False),
        ("service", 'keep 1 free', 'shareable', 1, 0.655, 0.565, 'Mon 09:30', 12.4, 11.9, 272.8, 0.935, 0.944, 0.051, 120.0, 600.0, False, False),
        ("service", 'keep 0 free', 'shareable', 0, 0.552, 0.462, 'Mon 09:30', 13.4, 12.86, 294.8, 0.952, 0.964, 0.066, 180.0, 640.0, False, False),
        ("service", 'number kept free chosen per half hour', 'shareable', pd.NA, 0.838, 0.801, 'Tue 10:00', 9.1, 8.7, 199.0, 0.879, 0.88, 0.026, 23.0, 365.0, True, True),
        ("service", 'whole agents in blocks off contacts', 'releasable', pd.NA, 0.846, 0.802, 'Tue 10:00', 5.2, 4.9, 118.0, 0.842, 0.861, 0.025, 20.0, 285.0, True, True),
        ("service", 'items that give way to contacts at once', 'interruptible', pd.NA, 0.873, 0.781, 'Mon 09:30', 10.8, 10.1, 230.0, 0.902, 0.917, 0.022, 0.0, 535.0, False, False),
    ]  # fmt: skip
    frontier = pd.DataFrame(
        rows,
        columns=[
            "pool", "policy", "mode", "kept_free_agents", "service_level", "worst_service_level", "worst_slot", "item_agents",
            "net_agents", "items_per_h", "occupancy", "occupancy_peak", "p_abandon", "contacts_lost_per_week",
            "hours_per_week", "feasible", "recommended",
        ],
    ).astype({"kept_free_agents": "Int64"})  # fmt: skip
    recommendation = pd.DataFrame(
        [
            ("service", "releasable", "blocks Mon-Fri 14:00-17:00", "room", "5.4 (4.6 to 6.2) whole agents can leave the queues in blocks.", ""),
            ("service", "shareable", "2 to 9 agents kept free, by half hour", "room", "Between contacts 9.1 (8.2 to 9.9) agents can work on items.", "bounded by the cap of 88 % on occupancy"),
            ("service", "interruptible", "", "no room", "Interruption lifts the peak occupancy to 92 %, above the cap of 88 %.", "occupancy cap"),
        ],
        columns=["pool", "mode", "policy", "verdict", "sentence", "reason"],
    )  # fmt: skip
    service = pd.DataFrame(
        [
            ("service", "claims line", 20.0, 0.80, 0.868, 0.851, 0.883, 0.873, 0.91, "of offered", 101_230, "ok", ""),
            ("service", "service line", 30.0, 0.75, 0.842, 0.820, 0.862, 0.873, math.nan, "of offered", 67_190, "ok", ""),
        ],
        columns=[
            "pool", "queue", "answer_within_s", "target", "measured", "low", "high", "modelled", "reported",
            "definition", "contacts", "status", "reason",
        ],
    )  # fmt: skip
    inventory = pd.DataFrame(
        [
            ("address change", 14_210, 75.0, 151.0, True, False, False, True, True, True, "", 30.0, 2, True, ""),
            ("document indexing", 22_840, 94.0, 118.0, True, False, False, True, True, True, "", 12.0, 1, True, ""),
            ("e-mail reply", 9_310, 129.0, 398.0, True, False, False, True, True, True, "", 6.0, 3, False, "not stated when it is due"),
            ("claim settlement", 6_120, 342.0, 1_610.0, False, True, False, True, False, False, "regulated; longer than the usable gaps", 60.0, 5, False, "compliance clears it in writing for agents; the process owner splits it"),
            ("policy change", 8_450, 202.0, 690.0, True, False, False, True, True, False, "loses its place when interrupted", 24.0, 4, False, "the system's owner lets half-done work be saved"),
            ("premium refund", 3_020, 56.0, 530.0, False, False, True, False, False, False, "needs paper away from the desk", math.nan, 6, False, "operations brings the step to the desk"),
        ],
        columns=[
            "type", "items", "hours_per_week", "mean_s", "interruptible", "regulated", "off_desk", "suitable_blocks",
            "suitable_between", "suitable_interrupt", "reason", "slack_h", "rank", "first", "must_change",
        ],
    )  # fmt: skip
    inventory = inventory.assign(help_needed=False, access=True, questions="")
    pool = {"population": CC, "pool": "service"}
    quantities = [
        Quantity(f"blending.{name}_agents", Estimate(value, low, high, unit="agents", n=38, n_unit="days"), definition, pool)
        for name, value, low, high, definition in (
            ("idle", 12.3, 11.4, 13.3, "mean number of agents waiting at the same time"),
            ("structural", 6.9, 6.2, 7.6, "idle agents that the promise needs"),
            ("surplus", 5.4, 4.6, 6.2, "idle agents above what the promise needs"),
            ("releasable", 5.4, 4.6, 6.2, "whole agents above the requirement"),
            ("shareable", 9.1, 8.2, 9.9, "agents on items between contacts"),
            ("interruptible", 10.8, 10.1, 11.6, "agents on items that a contact may interrupt"),
        )
    ]  # fmt: skip
    for mode, figures in {
        "shareable": ((9.1, 8.2, 9.9), (365.0, 335.8, 390.55), (0.838, 0.824, 0.852)),
        "releasable": ((5.2, 4.5, 5.9), (285.0, 240.0, 330.0), (0.846, 0.828, 0.862)),
    }.items():
        names = ("item_agents", "usable_h_per_week", "service_level_modelled_after")
        for name, values, unit in zip(names, figures, ("agents", "hours_per_week", "share"), strict=True):
            estimate = Estimate(*values, unit=unit, basis="modelled", n=38, n_unit="days")
            scope = {**pool, "mode": mode}
            quantities.append(Quantity(f"blending.{name}", estimate, name.replace("_", " "), scope))
    for row in service.itertuples():
        estimate = Estimate(row.measured, row.low, row.high, n=38, n_unit="days")
        scope = {**pool, "queue": row.queue}
        quantities.append(Quantity("blending.service_level_measured", estimate, "answered in time / offered", scope))
    return made(
        Blending,
        idle_by_cause=causes,
        usable=usable,
        frontier=frontier,
        schedule=pd.DataFrame(columns=["pool", "weekday", "slot_of_day_s", "kept_free_agents"]),
        recommendation=recommendation,
        service=service,
        inventory=inventory,
        **factory_lab.frames(),
        quantities=tuple(quantities),
        findings=(),
        settings=BlendingSettings(),
    )
