"""The kit's sheet for timing items: one item of one type, from when to when, as an observer or the person wrote it down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.intake.adapters import _kit as kit
from analysis.intake.adapters.format import Format, Trap, TrapResult
from analysis.intake.adapters.kit_time_and_motion import INTERRUPTED, OBSERVER, interrupted, rounded_share
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch
    from analysis.intake.casting.local_time import Column


def rounded_times(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show items that begin and end on five minutes."""
    if "started" not in columns:
        return None
    return rounded_share(batch, columns["started"], columns["ended"], "standard times made of it are guesses.")


def interruptions(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show items with interruptions inside, whose time counts for the item."""
    hits = interrupted(batch)
    if hits is None:
        return None
    words = (
        f"{number_of(int(hits.sum()), 'item')} with interruptions inside (first: {batch.place(hits)}); their time counts for the item. "
        "Leave such items out of standard times, or time them again."
    )
    return TrapResult(hits, words=words if hits.any() else "")


FORMAT = Format(
    title="the kit's sheet: timed items",
    table="work_items",
    defaults={
        "item": kit.spelled("Item", "Item number", "Case", "Case number"),
        "type": kit.TYPE,
        "agent": kit.AGENT,
        "arrived": kit.spelled("Arrived", "Received"),
        "started": (
            *kit.spelled_pairs(["Date", "Day"], ["Start time", "Start", "From"]),
            *kit.spelled("Started", "Start", "Start time"),
        ),
        "ended": (
            *kit.spelled_pairs(["Date", "Day"], ["End time", "End", "To"]),
            *kit.spelled("Ended", "End", "End time"),
        ),
        "due": kit.spelled("Due", "Due date"),
        "duration": kit.spelled("Duration (h:mm:ss)", "Duration"),
    },
    signature=(("Date", "Agent ID", "Item", "Type", "Start time"),),
    also=(*OBSERVER, *INTERRUPTED),
    traps=(
        Trap("items_rounded", "Were items timed, not estimated?", rounded_times),
        Trap("items_interrupted", "Were items worked on without interruption?", interruptions),
    ),
)
