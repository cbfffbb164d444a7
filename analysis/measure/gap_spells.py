"""The gaps in which an agent waits for the next contact, out of the pieces of their time: when each begins, and what ends it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

# A contact that waits this long while an agent is shown free rings or is on its way to somebody; the gap goes on around it.
BRIDGED_S = 60.0
# Clocks of two systems: pieces this close follow one another.
_TOUCH_S = 2.0
_BUSY = ("HANDLING", "RESERVED")


@dataclass(frozen=True, slots=True)
class Spells:
    """Stretches of idle time by their age in a gap; parallel arrays.

    Attributes
    ----------
    from_s, to_s
        Age of the gap at the beginning and end of the stretch [s]; a later stretch of a gap begins above 0.
    ended
        Whether a contact ended the gap at `to_s`; else something else did (break, meeting, shift end, ...), or another stretch follows.
    first
        Whether the gap begins here.
    agent, start
        Whose, and when the stretch begins.
    unknown_start
        Number of gaps left out because nothing shows when they began.
    """

    from_s: np.ndarray
    to_s: np.ndarray
    ended: np.ndarray
    first: np.ndarray
    agent: np.ndarray
    start: pd.Series
    unknown_start: int

    @classmethod
    def of(cls, pieces: pd.DataFrame) -> Spells:
        """Find the gaps.

        Parameters
        ----------
        pieces
            Disjoint pieces of the agents' time: agent, start, end, state, as :func:`analysis.measure.idle.signed_on_pieces` gives them.

        Notes
        -----
        A gap is a run of ``IDLE`` pieces and of pieces of up to 60 s between them in which a contact waited (``UNACCOUNTED``): that time counts in the
        age and is not idle. It begins where the agent was seen in another state before, or was not signed on; a gap after a longer unaccounted time has
        no known beginning and is left out. A contact ended it where ``HANDLING`` or ``RESERVED`` follows; everything else cuts it off.
        """
        order = pieces.sort_values(["agent", "start"], kind="stable", ignore_index=True)
        agent = pd.factorize(order["agent"])[0]
        begin, end = (_seconds(order[side]) for side in ("start", "end"))
        state = order["state"].to_numpy(dtype=object)
        touches = np.zeros(len(order), dtype=bool)
        touches[1:] = (agent[1:] == agent[:-1]) & (begin[1:] - end[:-1] <= _TOUCH_S)
        idle = state == "IDLE"
        bridge = (state == "UNACCOUNTED") & (end - begin <= BRIDGED_S)
        inside = idle | bridge
        new = np.ones(len(order), dtype=bool)
        new[1:] = ~(touches[1:] & inside[1:] & inside[:-1])
        run = np.cumsum(new) - 1
        # a run begins at its first idle piece, and its beginning is known unless a long unaccounted time leads to it
        opening, closing = np.flatnonzero(new), np.append(np.flatnonzero(new)[1:], len(order)) - 1
        before = np.where(touches[opening], state[np.maximum(opening - 1, 0)], "")
        known = before != "UNACCOUNTED"
        after = np.minimum(closing + 1, len(order) - 1)
        follows = (closing + 1 < len(order)) & touches[after]
        answered = follows & np.isin(state[after].astype(str), _BUSY)
        first_idle = _first(idle, run, len(opening))
        last_idle = _last(idle, run, len(opening))
        rows = np.flatnonzero(idle)
        of = run[rows]
        kept = known[of] & (end[rows] > begin[rows])
        unknown = int((~known & (first_idle >= 0)).sum())
        rows, of = rows[kept], of[kept]
        zero = begin[first_idle[of]]
        return cls(
            from_s=begin[rows] - zero,
            to_s=end[rows] - zero,
            ended=answered[of] & (rows == last_idle[of]),
            first=rows == first_idle[of],
            agent=agent[rows],
            start=order["start"].iloc[rows].reset_index(drop=True),
            unknown_start=unknown,
        )


def _seconds(stamps: pd.Series) -> np.ndarray:
    """Return seconds since the first moment of an epoch."""
    return stamps.astype("int64").to_numpy() / {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[stamps.dt.unit]


def _first(idle: np.ndarray, run: np.ndarray, runs: int) -> np.ndarray:
    """Return the first idle piece of every run; -1 where it has none."""
    found = np.full(runs, -1)
    at = np.flatnonzero(idle)[::-1]
    found[run[at]] = at
    return found


def _last(idle: np.ndarray, run: np.ndarray, runs: int) -> np.ndarray:
    """Return the last idle piece of every run; -1 where it has none."""
    found = np.full(runs, -1)
    at = np.flatnonzero(idle)
    found[run[at]] = at
    return found
