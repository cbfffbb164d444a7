"""Whether the volume only seems to rise because the export was cut along running cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation.schema import Finding

# Fewest whole weeks, and how many weeks before the last day are looked at.
LEAST_WEEKS, MOST_WEEKS = 6, 13
# The last quarter of the weeks holds at least this many times the median week before it ...
RATIO = 2.0
# ... and the weeks rise in order: Kendall's tau at least this.
TAU = 0.6
# Fewest rows in the last quarter's mean week.
LEAST_AMOUNT = 50
# Logs of cases; volumes of queues and schedules are exported by date and cannot show it.
CASE_TABLES: tuple[str, ...] = ("work_items", "contacts")


@dataclass(frozen=True, slots=True)
class Ramp:
    """How the weeks before the last day rise.

    Attributes
    ----------
    weeks
        Whole weeks looked at.
    ratio
        Mean of the last quarter of them over the median of the earlier ones.
    tau
        Kendall's rank correlation of the weeks with time.
    is_ramp
        Both are at or above their thresholds.
    """

    weeks: int
    ratio: float
    tau: float
    is_ramp: bool


def extraction_ramp(amounts: Sequence[float]) -> Ramp | None:
    """Return whether daily amounts rise towards the last day as an export of running cases makes them.

    Parameters
    ----------
    amounts
        Amount of every day in order, days without rows as 0; the last one is the last day with rows.

    Returns
    -------
    Ramp or None
        None where there are fewer than six whole weeks, or too few rows to tell.

    Notes
    -----
    Weeks are counted back from the last day, so that weekdays and a cut last week do not matter; at most thirteen of them, a quarter of a year.
    A ramp must be at least double and must rise in order; a season or a growing desk of ten percent a month does neither in a quarter.

    Examples
    --------
    >>> extraction_ramp([100] * 70).is_ramp
    False
    >>> extraction_ramp([10 * 1.4 ** (day // 7) for day in range(70)]).is_ramp
    True
    """
    values = np.asarray(amounts, dtype=float)
    weeks = min(len(values) // 7, MOST_WEEKS)
    if weeks < LEAST_WEEKS:
        return None
    by_week = values[len(values) - 7 * weeks :].reshape(weeks, 7).sum(axis=1)
    quarter = max(weeks // 4, 1)
    before, last = float(np.median(by_week[:-quarter])), float(by_week[-quarter:].mean())
    if last < LEAST_AMOUNT:
        return None
    ratio = last / before if before > 0 else float("inf")
    tau = _tau(by_week)
    return Ramp(weeks, ratio, tau, ratio >= RATIO and tau >= TAU)


def _tau(values: np.ndarray) -> float:
    """Return Kendall's tau of values with their order; ties count for neither side."""
    later, earlier = np.triu_indices(len(values), 1)[::-1]
    return float(np.sign(values[later] - values[earlier]).mean())


def ramp_findings(calendar: pd.DataFrame) -> list[Finding]:
    """Return a finding for each log of cases whose volume rises towards the day of the export."""
    found = []
    for (source, table), days in calendar.groupby(["source", "table"], sort=False):
        held = np.flatnonzero(days["rows"].to_numpy() > 0)
        if table not in CASE_TABLES or not len(held):
            continue
        ramp = extraction_ramp(days["amount"].to_numpy()[held[0] : held[-1] + 1])
        if ramp is None or not ramp.is_ramp:
            continue
        times = f"{ramp.ratio:,.1f} times" if np.isfinite(ramp.ratio) else "many times"
        found.append(
            Finding(
                "extraction_ramp",
                "flag",
                str(source),
                f"the last of the {ramp.weeks} weeks before the export's last day hold {times} what the weeks before them hold, rising in order. "
                "Does the export hold only cases that were open, or touched last, near the day on which it was drawn? Then the rise is made by the "
                "export: read no trend from it, and take weekly rates from the last weeks alone.",
            )
        )
    return found
