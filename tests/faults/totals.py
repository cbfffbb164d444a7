"""All faults over some seeds, added up: the figures behind the promises on rows and seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

from tests.faults.judge import Verdict, judge
from tests.faults.table import FAULTS, runs


@cache
def totals(seeds: Sequence[int] = (1,)) -> tuple[Verdict, int]:
    """Return what all runs found together, and how many runs there were."""
    whole, number = Verdict(), 0
    for seed in seeds:
        for fault, form in runs():
            whole.add(judge(fault, form, seed=seed))
            number += 1
    return whole, number


def catalogue() -> str:
    """Return how many faults are planted in how many forms."""
    kinds = Counter(fault.expected for fault in FAULTS)
    parts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return f"{len({fault.id for fault in FAULTS})} faults in {len(FAULTS)} variants ({parts})"
