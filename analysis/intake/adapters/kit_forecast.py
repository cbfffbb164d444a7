"""The kit's sheet of forecasts: contacts expected by queue and interval, their handling time, and the agents required."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.intake.adapters import _kit as kit
from analysis.intake.adapters.format import Format, Trap, TrapResult
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch

AHT = kit.spelled("Forecast AHT (s)", "AHT (s)", "Mean handle time (s)")

# No handling lasts longer than 64 bits of microseconds.
LARGEST_US = 9e18


def finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Make the handling time of all contacts from their number and mean, where the sheet has the mean alone."""
    name = next((name for name in AHT if name in batch.cells.columns), None)
    if name is None:
        return
    mean_s = kit.wide_numbers(batch, name, "mean handling time in seconds")
    offered = columns["offered"]
    own = columns.get("handle_us")
    with np.errstate(over="ignore"):
        us = np.nan_to_num(offered.array * mean_s.values) * kit.SECOND_US
    given, far = offered.given & mean_s.given & ~mean_s.bad, np.abs(us) > LARGEST_US
    batch.reject(given & far, "bad_number")
    total = np.rint(np.where(far, 0, us)).astype(np.int64)
    if own is not None:
        total, given = np.where(own.given, own.array, total), own.given | given
    columns["handle_us"] = Column("us", total, given)


def made_late(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show forecasts that were made after their interval had begun: they know what they should foretell."""
    if "made_at" not in columns:
        return None
    made, start = columns["made_at"], columns["start"]
    hits = batch.fates.open & made.given & start.given & (made.array > start.array)
    words = (
        f"{number_of(int(hits.sum()), 'row')} with a forecast made after its interval began (first: {batch.place(hits)}). "
        "Ask for the forecast that the roster was built on; a later one hides what the plan did not foresee."
    )
    return TrapResult(hits, words=words if hits.any() else "")


FORMAT = Format(
    title="the kit's sheet: contact forecast",
    table="forecasts",
    defaults={
        "queue": kit.QUEUE,
        "start": kit.INTERVAL_START,
        "length_s": kit.INTERVAL_LENGTH,
        "offered": kit.spelled("Forecast offered", "Forecast contacts", "Forecast volume"),
        "handle_us": kit.spelled("Forecast handle time (s)", "Forecast total handle time (s)"),
        "required": kit.spelled("Required agents", "Agents required"),
        "made_at": kit.spelled("Made on", "Made at", "Forecast made on"),
    },
    signature=(
        ("Queue", "Interval start", "Interval length (s)", "Forecast offered"),
        ("Queue", "Interval Start", "Forecast Offered", "Required Agents"),
    ),
    also=AHT,
    duration_unit="s",
    finish=finish,
    traps=(Trap("made_late", "Was the forecast made before the interval that it is about?", made_late),),
)
