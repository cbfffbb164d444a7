"""The kit's sheet of weekly workload: hours paid and items done by team, week and type; long, or with a column per type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.adapters import _kit as kit
from analysis.intake.adapters.format import Format, Trap, TrapResult
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch

PAID = kit.spelled("Paid hours", "Hours paid", "Paid h", "Contract hours paid")
VOLUME = kit.spelled("Volume", "Items", "Items done", "Count", "Completed")
KNOWN = kit.known_names(kit.TEAM, kit.WEEK, kit.PERIOD_START, kit.PERIOD_END, PAID, kit.TYPE, VOLUME)


def finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Fill periods from weeks; where no column names the type, every further column is one."""
    kit.fill_period(batch, columns, with_end=True)
    if "type" in columns or "volume" in columns:
        return
    names, _ = kit.wide_names(batch, KNOWN)
    for name in names:
        found = kit.wide_numbers(batch, name, "number of items")
        batch.reject(found.given & (found.values < 0), "negative_volume")
        columns[kit.WIDE + name] = Column("number", found.values, found.given & ~found.bad)


def spread(_: Batch, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a row per type."""
    return kit.melt(frame, name="type", value="volume")


def total_column(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Compare a column of totals with the sum of the types."""
    wide = [column for name, column in columns.items() if name.startswith(kit.WIDE)]
    _, totals = kit.wide_names(batch, KNOWN) if wide else ([], [])
    if not totals:
        return None
    stated = kit.wide_numbers(batch, totals[0], "number of items")
    held = np.sum([np.where(column.given, column.array, 0.0) for column in wide], axis=0)
    hits = batch.fates.open & stated.given & (np.abs(stated.values - held) > 0.5)
    words = (
        f"{number_of(int(hits.sum()), 'row')} whose total is not the sum of the types (first: {batch.place(hits)}). "
        "Ask whether a type is missing from the sheet; the types count, the total is left out."
    )
    return TrapResult(hits, words=words if hits.any() else "")


def overlapping_periods(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show rows of a team and type whose period overlaps an earlier one: weeks beside months count twice."""
    hits = kit.overlaps(batch, columns, ("team", "type"))
    words = (
        f"{number_of(int(hits.sum()), 'row')} of a team whose period overlaps an earlier one (first: {batch.place(hits)}). "
        "Ask whether months stand beside their weeks; leave one kind out by exclude."
    )
    return TrapResult(hits, words=words if hits.any() else "")


FORMAT = Format(
    title="the kit's sheet: weekly workload",
    table="workload",
    defaults={
        "team": kit.TEAM,
        "period_start": kit.PERIOD_START,
        "period_end": kit.PERIOD_END,
        "paid_h": PAID,
        "type": kit.TYPE,
        "volume": VOLUME,
    },
    signature=(("Team", "Week", "Paid hours"), ("Team", "Week Start", "Week End", "Paid Hours")),
    also=kit.WEEK,
    open=kit.open_whole,
    finish=finish,
    fills=("period_start", "period_end"),
    spread=spread,
    traps=(
        Trap("total_column", "Does the sheet's own total agree with the sum of its types?", total_column),
        Trap("overlapping_periods", "Does any period of a team overlap another one?", overlapping_periods),
    ),
)
