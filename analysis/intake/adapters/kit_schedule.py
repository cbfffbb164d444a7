"""The kit's sheet of schedules: shifts, breaks, meetings and absences, and whether they are paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.adapters import _kit as kit
from analysis.intake.adapters.format import Format, Trap, TrapResult
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch
    from analysis.intake.casting.local_time import Column


def overlapping(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show rows that overlap another of the same person and kind: two versions of one plan."""
    start, end = columns["start"], columns["end"]
    rows = np.flatnonzero(batch.fates.open & start.given & end.given & columns["agent"].given)
    who = pd.DataFrame({name: columns[name].text.iloc[rows].to_numpy() for name in ("agent", "state")})
    group = who.groupby(["agent", "state"], dropna=False).ngroup().to_numpy()
    order = np.lexsort((start.array[rows], group))
    reach = pd.Series(end.array[rows[order]]).groupby(group[order]).cummax().groupby(group[order]).shift().to_numpy()
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows[order[reach > start.array[rows[order]]]]] = True
    words = (
        f"{number_of(int(hits.sum()), 'row')} overlapping one of the same person and kind (first: {batch.place(hits)}); the time counts once. "
        "Ask whether the plan and its later version stand in one sheet."
    )
    return TrapResult(hits, words=words if hits.any() else "")


def paid_unsaid(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show rows that do not say whether they are paid: the state map decides, and meals are paid at some clients only."""
    hits = batch.fates.open & (~columns["paid"].given if "paid" in columns else True)
    words = (
        f"{number_of(int(hits.sum()), 'row')} that do not say whether they are paid (first: {batch.place(hits)}); the column paid of the state map "
        "decides, in which meals are paid. Ask which breaks and absences are paid."
    )
    return TrapResult(hits, words=words if hits.any() else "")


FORMAT = Format(
    title="the kit's sheet: schedule",
    table="schedule",
    defaults={
        "agent": kit.AGENT,
        "start": (
            *kit.spelled_pairs(["Date", "Day"], ["Start time", "Start", "From"]),
            *kit.spelled("Start", "Start time", "From"),
        ),
        "end": (
            *kit.spelled_pairs(["Date", "Day"], ["End time", "End", "To"]),
            *kit.spelled("End", "End time", "To"),
        ),
        "duration": kit.spelled("Duration (h:mm:ss)"),
        "state": kit.spelled("Kind", "Activity", "State", "Kind of time"),
        "paid": kit.spelled("Paid", "Is paid"),
    },
    signature=(
        ("Agent ID", "Start time", "End time", "Kind", "Paid"),
        ("Agent ID", "Start", "End", "Kind", "Paid"),
        ("Agent Id", "Start", "End", "Activity", "Paid"),
    ),
    traps=(
        Trap("overlapping_schedule", "Does only one version of the plan stand in the sheet?", overlapping),
        Trap("paid_unsaid", "Does every row say whether it is paid?", paid_unsaid),
    ),
)
