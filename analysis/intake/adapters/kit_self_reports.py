"""The kit's sheet of self-reports: hours paid and hours without work in a week, as each person estimates them of himself or herself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.intake.adapters import _kit as kit
from analysis.intake.adapters.format import Format, Trap, TrapResult
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch
    from analysis.intake.casting.local_time import Column

# More hours a week than people are paid for: most often those of a month.
LONG_WEEK_H = 60.0
# So many answers show whether people estimate by themselves; this share of them at one and the same part of paid time is no chance.
ENOUGH_ANSWERS, EQUAL_SHARE = 10, 0.5


def finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Fill the period from the week, and reject hours that cannot be."""
    kit.fill_period(batch, columns, with_end=True)
    for name in ("paid_h", "non_work_h"):
        if name in columns:
            batch.reject(columns[name].given & (np.nan_to_num(columns[name].array) < 0), "negative_hours")
    if {"paid_h", "non_work_h"} <= columns.keys():
        paid, told = columns["paid_h"], columns["non_work_h"]
        more = np.nan_to_num(told.array) > np.nan_to_num(paid.array)
        batch.reject(paid.given & told.given & more, "more_than_paid")


def overlapping_reports(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show reports of a person whose period overlaps an earlier one: a month beside its weeks counts twice."""
    hits = kit.overlaps(batch, columns, ("agent",))
    words = (
        f"{number_of(int(hits.sum()), 'report')} of a person whose period overlaps an earlier one (first: {batch.place(hits)}). "
        "Ask which one holds; leave the other out by exclude."
    )
    return TrapResult(hits, words=words if hits.any() else "")


def long_own_weeks(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show reports of more paid hours than a week has."""
    weeks = (columns["period_end"].array - columns["period_start"].array + kit.DAY_US) / (7 * kit.DAY_US)
    hits = _open(batch, columns) & (np.nan_to_num(columns["paid_h"].array) > LONG_WEEK_H * np.maximum(weeks, 1 / 7))
    words = (
        f"{number_of(int(hits.sum()), 'report')} of more than {LONG_WEEK_H:.0f} paid hours a week (first: {batch.place(hits)}). "
        "Ask whether these are hours of a month; the period must be theirs."
    )
    return TrapResult(hits, words=words if hits.any() else "")


def equal_answers(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show reports that all state one and the same part of paid time: somebody told people what to write, or filled in for them."""
    rows = np.flatnonzero(_open(batch, columns) & (np.nan_to_num(columns["paid_h"].array) > 0))
    if len(rows) < ENOUGH_ANSWERS:
        return None
    share = np.round(columns["non_work_h"].array[rows] / columns["paid_h"].array[rows], 3)
    values, which, counts = np.unique(share, return_inverse=True, return_counts=True)
    often = (counts >= EQUAL_SHARE * len(rows)) & (values > 0)
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows[often[which]]] = True
    words = (
        f"{number_of(int(hits.sum()), 'report')} of {len(rows)} state one and the same part of paid time (first: {batch.place(hits)}). "
        "Ask whether each person answered alone."
    )
    return TrapResult(hits, words=words if hits.any() else "")


def _open(batch: Batch, columns: dict[str, Column]) -> NDArray[np.bool_]:
    """Return the rows that still count and hold both numbers."""
    return batch.fates.open & columns["paid_h"].given & columns["non_work_h"].given


FORMAT = Format(
    title="the kit's sheet: self-reports",
    table="self_reports",
    defaults={
        "agent": kit.AGENT,
        "team": kit.TEAM,
        "period_start": kit.PERIOD_START,
        "period_end": kit.PERIOD_END,
        "paid_h": kit.spelled("Own paid hours", "My paid hours", "Paid hours", "Hours paid"),
        "non_work_h": kit.spelled(
            "Own hours without work", "My hours without work", "Hours without work", "Non-work hours"
        ),
    },
    signature=(
        ("Agent ID", "Week", "Own paid hours", "Own hours without work"),
        ("Agent ID", "Week", "Paid hours", "Hours without work"),
    ),
    also=kit.WEEK,
    finish=finish,
    fills=("period_start", "period_end"),
    traps=(
        Trap("overlapping_reports", "Does any report of a person overlap another one?", overlapping_reports),
        Trap("long_own_weeks", "Are paid hours those of a week?", long_own_weeks),
        Trap("equal_answers", "Did people answer each for themselves?", equal_answers),
    ),
)
