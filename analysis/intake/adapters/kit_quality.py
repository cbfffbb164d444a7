"""The kit's sheet of quality: items checked, errors, rework and complaints by team, week and type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.intake.adapters import _kit as kit
from analysis.intake.adapters.format import Format, Trap, TrapResult
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch
    from analysis.intake.casting.local_time import Column


def finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Fill the first day of the period from the week."""
    kit.fill_period(batch, columns, with_end=False)


def more_than_checked(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show rows with more errors than items checked, or more rework than errors: the columns count different things."""
    pairs = [("errors", "checked"), ("reworked", "errors")]
    pairs = [(part, whole) for part, whole in pairs if part in columns and whole in columns]
    if not pairs:
        return None
    hits = np.zeros(len(batch.rows), dtype=bool)
    for part, whole in pairs:
        a, b = columns[part], columns[whole]
        hits |= a.given & b.given & (np.nan_to_num(a.array) > np.nan_to_num(b.array))
    hits &= batch.fates.open
    words = (
        f"{number_of(int(hits.sum()), 'row')} with more errors than items checked, or more rework than errors (first: {batch.place(hits)}). "
        "Ask what each column counts: items with an error, or errors; an error rate needs items."
    )
    return TrapResult(hits, words=words if hits.any() else "")


FORMAT = Format(
    title="the kit's sheet: quality",
    table="quality",
    defaults={
        "team": kit.TEAM,
        "period_start": kit.PERIOD_START,
        "type": kit.TYPE,
        "checked": kit.spelled("Checked", "Items checked", "Sample"),
        "errors": kit.spelled("Errors", "Items with errors", "Defects"),
        "reworked": kit.spelled("Reworked", "Items reworked", "Rework"),
        "complaints": kit.spelled("Complaints"),
    },
    signature=(("Team", "Week", "Checked", "Errors"), ("Team", "Week Start", "Checked", "Errors")),
    also=kit.WEEK,
    finish=finish,
    fills=("period_start",),
    traps=(Trap("more_than_checked", "Do errors count items, of those checked?", more_than_checked),),
)
