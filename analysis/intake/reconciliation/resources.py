"""Who is no person at work: jobs of the night, names that are hardly ever seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.checking.robots import by_hour

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

# A nightly job: so many rows, this share of them in one clock hour, and that hour in the night.
BURST_ROWS = 200
BURST_SHARE = 0.8
NIGHT_HOURS: tuple[int, ...] = (22, 23, 0, 1, 2, 3, 4, 5)
# A resource with fewer rows is rarely seen; more than half of them is a question.
FEW_ROWS = 20
MOST_RARE = 0.5
# ... of at least so many resources: fewer are simply a small desk or a short export.
LEAST_RESOURCES = 20


def bursts(agents: pd.Series, local_us: Ints) -> tuple[int, int]:
    """Return how many resources leave most of many rows within one hour of the night, and their rows.

    Examples
    --------
    >>> bursts(pd.Series(["job"] * 300), np.full(300, 3_600_000_000)), bursts(pd.Series(["clerk"] * 300), np.full(300, 32_400_000_000))
    ((1, 300), (0, 0))
    """
    counts = by_hour(agents, local_us)
    if not len(counts):
        return 0, 0
    total, top = counts.sum(axis=1), counts.argmax(axis=1)
    jobs = (total >= BURST_ROWS) & (counts.max(axis=1) >= BURST_SHARE * total) & np.isin(top, NIGHT_HOURS)
    return int(jobs.sum()), int(total[jobs].sum())


def rarely_seen(agents: pd.Series) -> tuple[int, int]:
    """Return how many resources have fewer than twenty rows, and how many there are.

    Examples
    --------
    >>> rarely_seen(pd.Series(["a"] * 30 + ["b"] * 3))
    (1, 2)
    """
    counts = np.bincount(pd.factorize(agents)[0]) if len(agents) else np.zeros(0, dtype=np.int64)
    return int((counts < FEW_ROWS).sum()), len(counts)
