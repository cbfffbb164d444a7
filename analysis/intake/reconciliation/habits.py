"""Habits of people and systems that show in the numbers: dates in disguise, round durations, default codes, work begun before work ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.foundation.calendars import DAY_US

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

# Fewest rows or durations to judge by.
LEAST_ROWS = 50
# Rows at one and the same time of day from which stamps count as dates.
MOST_AT_ONE_TIME = 0.9
# Share of whole five minutes from which durations count as written down: systems give 1 in 300, minute stamps 1 in 5.
MOST_ROUND = 0.6
ROUND_US = 300_000_000
# Share of the time off the queue under codes without a reason.
MOST_DEFAULT = 0.5
# Codes that a system sets, or that people choose to give no reason, in lower case.
DEFAULT_CODES: frozenset[str] = frozenset(
    {
        *(
            "0",
            "aux",
            "aux 0",
            "aux0",
            "auxtime0",
            "default",
            "not ready",
            "notready",
            "not_ready",
            "unavailable",
            "offline default",
        ),
        *(
            "away",
            "busy",
            "other",
            "others",
            "misc",
            "none",
            "no reason",
            "personal",
            "idle (locked)",
            "not available",
            "pause",
            "ti_auxtime0",
        ),
    }
)
OFF_THE_QUEUE: tuple[str, ...] = ("AWAY", "BREAK", "SUPPORT", "OUTAGE")


def begun_before_end(agents: pd.Series, start: Ints, end: Ints) -> int:
    """Return how many rows begin before an earlier one of the same person ended.

    Examples
    --------
    >>> begun_before_end(pd.Series(["a", "a", "b"]), np.array([0, 5, 5]), np.array([10, 8, 9]))
    1
    """
    named = agents.notna().to_numpy()
    person = pd.factorize(agents)[0][named]
    start, end = start[named], end[named]
    order = np.lexsort((end, start, person))
    person, start, end = person[order], start[order], end[order]
    reach = pd.Series(end).groupby(person).cummax().groupby(person).shift().to_numpy(dtype=float, na_value=-np.inf)
    return int((start < reach).sum())


def at_one_time(local_us: Ints) -> int:
    """Return how many local stamps share the commonest time of day.

    Examples
    --------
    >>> at_one_time(np.array([0, DAY_US, 2 * DAY_US, 5]))
    3
    """
    return int(np.unique(local_us % DAY_US, return_counts=True)[1].max(initial=0))


def round_lengths(us: Ints) -> tuple[int, int]:
    """Return how many durations of five minutes and more are whole multiples of five minutes, and of how many.

    Examples
    --------
    >>> round_lengths(np.full(60, 900_000_000)), round_lengths(np.arange(60) * 7_000_000 + 300_000_000)[0]
    ((60, 60), 1)
    """
    lasting = us[us >= ROUND_US]
    if len(lasting) < LEAST_ROWS:
        return 0, 0
    return int((lasting % ROUND_US == 0).sum()), len(lasting)


def default_code(states: pd.DataFrame) -> tuple[float, float, float]:
    """Return the share, the hours and the total of the time off the queue under codes that say no reason.

    Parameters
    ----------
    states
        Codes of one source: state_raw, state, hours.

    Examples
    --------
    >>> default_code(pd.DataFrame({"state_raw": ["Not Ready", "Lunch"], "state": ["AWAY", "BREAK"], "hours": [60.0, 40.0]}))
    (0.6, 60.0, 100.0)
    """
    off = states[states["state"].isin(OFF_THE_QUEUE)]
    total = float(off["hours"].sum())
    plain = off["state_raw"].astype(str).str.casefold().str.strip()
    hours = float(off.loc[plain.isin(DEFAULT_CODES), "hours"].sum())
    return (hours / total if total > 0 else 0.0), hours, total
