"""The kit's sheet of volumes: contacts by queue and interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.intake.adapters import _kit as kit
from analysis.intake.adapters.format import Format, Trap, TrapResult
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch
    from analysis.intake.casting.local_time import Column

# Mean handling times outside of these bounds are most often in another unit.
SHORTEST_AHT_S, LONGEST_AHT_S = 5.0, 7_200.0


def more_than_offered(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show intervals whose parts exceed their whole: the columns count by different moments."""
    checks = [
        (("answered", "abandoned"), "offered"),
        (("answered_within",), "answered"),
        (("short_abandoned",), "abandoned"),
    ]
    checks = [(parts, whole) for parts, whole in checks if {*parts, whole} <= columns.keys()]
    if not checks:
        return None
    hits = np.zeros(len(batch.rows), dtype=bool)
    for parts, whole in checks:
        held = np.sum([np.nan_to_num(columns[part].array) for part in parts], axis=0)
        hits |= columns[whole].given & (held > np.nan_to_num(columns[whole].array) + 1e-9)
    hits &= batch.fates.open
    words = (
        f"{number_of(int(hits.sum()), 'row')} with more contacts answered and abandoned than offered, or more in time than answered "
        f"(first: {batch.place(hits)}). Contacts are then counted in the interval in which they end, not in which they are offered: "
        "shares of single intervals mean nothing, sums over days do."
    )
    return TrapResult(hits, words=words if hits.any() else "")


def odd_handling_time(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show intervals whose mean handling time no contact has: the column holds a mean, or another unit."""
    if "handle_us" not in columns:
        return None
    count = columns["answered"] if "answered" in columns else columns["offered"]
    many = count.given & columns["handle_us"].given & (np.nan_to_num(count.array) >= 1)
    mean_s = columns["handle_us"].array / 1e6 / np.where(many, np.nan_to_num(count.array), 1)
    hits = batch.fates.open & many & (mean_s > 0) & ((mean_s < SHORTEST_AHT_S) | (mean_s > LONGEST_AHT_S))
    words = (
        f"{number_of(int(hits.sum()), 'row')} with a mean handling time below {SHORTEST_AHT_S:g} s or above {LONGEST_AHT_S:g} s (first: {batch.place(hits)}). "
        "The sheet wants the handling time of all contacts of the interval together, in seconds."
    )
    return TrapResult(hits, words=words if hits.any() else "")


FORMAT = Format(
    title="the kit's sheet: contact volumes",
    table="volumes",
    defaults={
        "queue": kit.QUEUE,
        "start": kit.INTERVAL_START,
        "length_s": kit.INTERVAL_LENGTH,
        "offered": kit.spelled("Offered", "Contacts offered", "Calls offered"),
        "answered": kit.spelled("Answered", "Contacts answered", "Calls answered"),
        "answered_within": kit.spelled("Answered in time", "Answered within threshold"),
        "within_s": kit.spelled("Threshold (s)", "Answer within (s)"),
        "abandoned": kit.spelled("Abandoned", "Contacts abandoned", "Calls abandoned"),
        "short_abandoned": kit.spelled("Short abandoned"),
        "handle_us": kit.spelled("Total handle time (s)", "Handle time of all (s)"),
    },
    signature=(("Queue", "Interval start", "Interval length (s)", "Offered", "Answered in time"),),
    duration_unit="s",
    traps=(
        Trap("more_than_offered", "Do answered and abandoned stay within what was offered?", more_than_offered),
        Trap("odd_handling_time", "Is the handling time that of all contacts together, in seconds?", odd_handling_time),
    ),
)
