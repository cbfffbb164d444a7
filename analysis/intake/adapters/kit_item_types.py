"""The kit's sheet of item types: standard times, and what may be interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.intake.adapters import _kit as kit
from analysis.intake.adapters.format import Format, Trap, TrapResult
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch
    from analysis.intake.casting.local_time import Column

# A standard time below this many seconds is most often one in minutes.
SHORTEST_S = 10.0


def in_minutes(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show standard times so short that they are most likely minutes."""
    if "standard_s" not in columns:
        return None
    standard = columns["standard_s"]
    hits = batch.fates.open & standard.given & (standard.array > 0) & (standard.array < SHORTEST_S)
    words = (
        f"{number_of(int(hits.sum()), 'type')} with a standard time below {SHORTEST_S:g} s (first: {batch.place(hits)}). "
        "Ask whether the sheet was filled in minutes; it wants seconds, or h:mm:ss."
    )
    return TrapResult(hits, words=words if hits.any() else "")


FORMAT = Format(
    title="the kit's sheet: item types",
    table="item_types",
    defaults={
        "type": kit.TYPE,
        "standard_s": kit.spelled("Standard time (s)", "Standard (s)", "Standard time (h:mm:ss)"),
        "interruptible": kit.spelled("Interruptible", "Can be interrupted"),
        "resume_s": kit.spelled("Resume (s)", "Resume time (s)", "Time to resume (s)"),
        "max_wait_h": kit.spelled("Max wait (h)", "Longest wait (h)", "Maximum wait (h)"),
        "regulated": kit.spelled("Regulated"),
        "off_desk": kit.spelled("Off desk", "Away from the desk"),
        "help_needed": kit.spelled("Help needed", "Needs help"),
        "access": kit.spelled("Access", "Agents may have access"),
    },
    signature=(("Type", "Standard time (s)", "Interruptible"), ("Type", "Standard (s)", "Interruptible")),
    traps=(Trap("standard_in_minutes", "Are standard times given in seconds?", in_minutes),),
)
