"""Reports of sign-ons, one row per session: sessions shown by half, and sessions that nobody ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from analysis.intake.adapters._beside import told
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.adapters.format import TrapResult
    from analysis.intake.batch import Batch
    from analysis.intake.casting.local_time import Column

HOUR_US = 3_600_000_000
BEGAN_BEFORE, STILL_OPEN = "began_before_report", "open_at_end_of_report"


def leave_out_half_sessions(batch: Batch, columns: dict[str, Column]) -> None:
    """Leave out sessions of which the report shows one end only: they began before its period, or had not ended."""
    start, end = columns["start"], columns["end"]
    named = columns["agent"].given
    batch.fates.give(named & ~start.given & end.given, "excluded", BEGAN_BEFORE)
    batch.fates.give(named & start.given & ~end.given, "excluded", STILL_OPEN)


def half_sessions(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Mark sessions of which one end lies outside the report."""
    half = [at for at, (_, reason) in enumerate(batch.fates.names) if reason in (BEGAN_BEFORE, STILL_OPEN)]
    hits = np.isin(batch.fates.codes, half)
    words = (
        f"{number_of(int(hits.sum()), 'session')} with one end outside the report (first: {batch.place(hits)}), whose length it does not say; left out. "
        "Run the report from a day before the period to a day after it."
    )
    return told(hits, words)


def longer_than(hours: float, why: str) -> Callable[[Batch, dict[str, Column]], TrapResult]:
    """Return the test that marks sessions longer than so many hours; `why` says how they come about."""

    def test(batch: Batch, columns: dict[str, Column]) -> TrapResult:
        start, end = columns["start"], columns["end"]
        length = np.where(start.given & end.given, end.array - start.array, 0)
        hits = batch.fates.open & (length > hours * HOUR_US)
        words = (
            f"{number_of(int(hits.sum()), 'session')} longer than {hours:g} h, {length[hits].sum() / HOUR_US:,.0f} h together (first: {batch.place(hits)}). "
            f"{why}, so time signed on is more than time at work; take paid time from the schedule."
        )
        return told(hits, words)

    return test
