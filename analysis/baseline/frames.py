"""The baseline's frames: attendance, ladder, shares and groups."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.baseline.cells import Cells
from analysis.baseline.evidence import People, Tables, day_hours
from analysis.baseline.levels import HIDDEN
from analysis.baseline.settings import BaselineSettings
from analysis.baseline.shares import SHARE_PARTS, Clusters, five_shares
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import BUCKETS
from analysis.measure.crosswalk import ATTENDED, BASE, WORKABLE
from analysis.measure.groups import reporting_groups
from analysis.measure.records import roster_of

_ESTIMATE = ("value", "low", "high", "status", "reason")
# frame -> columns, in order; a population without a frame leaves it empty
COLUMNS: dict[str, tuple[str, ...]] = {
    "ladder": ("population", "bucket", "hours", "share_of_paid", "share_of_base"),
    "attendance": ("population", "source", "grade", "sentence", "agents", "agent_days", "days", "paid_h"),
    "shares": ("population", "share", *_ESTIMATE),
    "groups": ("population", "group", "site", "agents", "share", *_ESTIMATE),
    "idle_by_slot": (
        *("population", "weekday", "slot_of_day_s", "idle_agents", "handling_agents", "workable_agents"),
        *("attended_agents", "days", "distinct_agents", "span_start_s", "span_slots"),
    ),
    "pool_slots": ("pool", "weekday", "slot_of_day_s", "days", "workable_agents", "handling_agents"),
    "gaps": (
        *("population", "kind", "gap_class", "gaps", "hours", "share_of_gap_time", "contact_waiting_h"),
        "item_waiting_h",
    ),
    "sensitivity": ("population", "longest_gap_s", "label", "work_h", "span_h", "share"),
    "gap_survival": ("population", "kind", "length_s", "share_of_time_longer", "low", "high"),
    "item_lengths": ("type", "items", "median_s", "mean_s", "p25_s", "p75_s", "interruptible"),
    "crosswalk": ("population", "definition", "numerator", "denominator", "value", "unit", "status", "reason", "source"),
    "sources": (
        *("population", "source", "estimand", "value", "low", "high", "n", "n_unit", "grade", "status", "reason"),
        *("headline", "why"),
    ),
    "gap_range": ("population", "kind", "work_family", "idle_family", "minimum_idle_s", "share", "worse_fit", "kept"),
    "standards": ("population", "type", "volume", "standard_s", "low", "high", "basis", "status", "reason"),
    "breakdowns": (
        *("population", "by", "level", "agents", "days", "share", "value", "low", "high", "shrunken"),
        *("shrunken_low", "shrunken_high", "status", "reason"),
    ),
    "causes": ("population", "cause", "hours", "share_of_base"),
    "facts": ("population", "fact", "value", "unit"),
    "people_spread": (
        *("population", "of", "agents", "agent_days", "mean", "between_sd", "between_low", "between_high", "error_sd"),
        *("top_observed", "top_true", "top_low", "top_high", "adjusted_for", "adjusted_true", "adjusted_low"),
        *("adjusted_high", "status", "reason"),
    ),
    "days": ("population", "day", "weekday", "week", "agents", "PAID", *BUCKETS, "OUTSIDE_PAID"),
    "pool_slot_days": ("pool", "day", "slot_of_day_s", "workable_agents"),
    "level_days": (
        *("population", "by", "level", "agents", "day", "weekday", "week", "PAID", *BUCKETS, "OUTSIDE_PAID"),
    ),
    "members": (
        *("population", "by", "level", "agent", "base_h", "utilization_h", "support_h", "idle_h", "away_h"),
        "unaccounted_h",
    ),
    "merges": ("population", "by", "level", "parts", "agents", "reason"),
}  # fmt: skip


def estimate_columns(estimate: Estimate) -> dict[str, object]:
    """Return an estimate as the columns value, low, high, status, reason."""
    numbers = {
        name: np.nan if number is None else number
        for name, number in (("value", estimate.value), ("low", estimate.low), ("high", estimate.high))
    }
    return {**numbers, "status": estimate.status, "reason": "; ".join(estimate.reasons)}


def attendance_frame(people: People) -> pd.DataFrame:
    """Return where a population's paid time comes from, and how much of it there is."""
    attendance, days = people.attendance, people.days
    worked = people.agent_days[people.agent_days["PAID"] > 0] if people.agent_days is not None else None
    row = {
        "population": people.population,
        "source": attendance.source,
        "grade": attendance.grade,
        "sentence": attendance.sentence,
        "agents": people.agents,
        "agent_days": 0 if worked is None else len(worked),
        "days": 0 if worked is None else int(worked["day"].nunique()),
        "paid_h": float(days["PAID"].sum()) if len(days) else np.nan,
    }
    return pd.DataFrame([row], columns=list(COLUMNS["attendance"]))


def ladder_frame(people: People) -> pd.DataFrame:
    """Return the hours of each part of the ladder, and of its sums, with their shares of paid time and of the base."""
    sums = people.days[["PAID", *BUCKETS, "OUTSIDE_PAID"]].sum()
    paid, base = float(sums["PAID"]), float(sums[list(BASE)].sum())
    totals = {
        "PAID": paid,
        "ATTENDED": float(sums[list(ATTENDED)].sum()),
        "BASE": base,
        "WORKABLE": float(sums[list(WORKABLE)].sum()),
    }
    hours = {
        **{bucket: float(sums[bucket]) for bucket in BUCKETS},
        **totals,
        "OUTSIDE_PAID": float(sums["OUTSIDE_PAID"]),
    }
    frame = pd.DataFrame({"population": people.population, "bucket": list(hours), "hours": list(hours.values())})
    frame["share_of_paid"] = frame["hours"] / paid if paid > 0 else np.nan
    in_base = frame["bucket"].isin([*BASE, "BASE", "WORKABLE"])
    frame["share_of_base"] = (frame["hours"] / base).where(in_base) if base > 0 else np.nan
    return frame


def share_frame(population: str, shares: Mapping[str, Estimate]) -> pd.DataFrame:
    """Return the shares of a population as rows."""
    rows = [{"population": population, "share": share, **estimate_columns(found)} for share, found in shares.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS["shares"]))


def group_frame(
    tables: Tables, people: People, cells: Cells, *, clusters: Clusters, settings: BaselineSettings
) -> pd.DataFrame:
    """Return the shares of each reporting group; people of teams under the minimum are in merged groups, whoever they are."""
    columns = list(COLUMNS["groups"])
    if people.agent_days is None:
        return pd.DataFrame(columns=columns)
    minimum = settings.minimum_group_agents
    groups = reporting_groups(roster_of(tables), minimum=minimum)
    mine = groups[groups["population"].eq(people.population)].dropna(subset=["group"])
    days = people.agent_days.merge(mine[["agent", "group", "site"]], on="agent")
    rows = []
    for group, part in days.groupby("group", sort=True):
        agents = int(part.loc[part["PAID"] > 0, "agent"].nunique())
        named = {"population": people.population, "group": group, "site": part["site"].iloc[0], "agents": agents}
        if agents < minimum or group in cells.hidden["group"]:
            few = f"fewer than {minimum} of its people were paid in the period"
            words = few if agents < minimum else HIDDEN.format(minimum=minimum)
            shares = dict.fromkeys(
                SHARE_PARTS, Estimate.missing(words, status="suppressed", confidence=settings.confidence)
            )
        else:
            shares = five_shares(
                day_hours(part),
                clusters=clusters,
                sees=people.sees,
                confidence=settings.confidence,
                grade=people.attendance.grade,
                agent_days=part,
            )
        rows += [{**named, "share": share, **estimate_columns(found)} for share, found in shares.items()]
    return pd.DataFrame(rows, columns=columns)
