"""Breaks keep their length: who begins a break later because an item was finished first comes back later."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.simulation import Streams
from analysis.simulation.engine import EVENTS

if TYPE_CHECKING:
    from analysis.blending.own_days import OwnDays

_BEGUN, _DONE = ("item_start", "resumed"), ("item_end", "laid_aside")
# what is left of a stretch whose agent comes back after its end [s]
_LEFT_S = 0.001


def overruns(events: np.ndarray) -> pd.DataFrame:
    """Return how long an item went on after the end of a stretch of presence.

    Parameters
    ----------
    events
        As :class:`analysis.simulation.Run` has them.

    Returns
    -------
    DataFrame
        agent, stretch (which one of the agent's, from 0), late_s; only where an item was in hand.
    """
    kinds = {name: at for at, name in enumerate(EVENTS)}
    frame = pd.DataFrame(events, columns=["time_s", "kind", "what", "agent"])
    ends, begun, done = kinds["shift_end"], [kinds[name] for name in _BEGUN], [kinds[name] for name in _DONE]
    frame = frame[frame["kind"].isin([ends, *begun, *done])]
    by = frame.groupby("agent", sort=False)
    before, after, until = by["kind"].shift(), by["kind"].shift(-1), by["time_s"].shift(-1)
    ended = frame["kind"].eq(ends)
    stretch = ended.groupby(frame["agent"], sort=False).cumsum() - 1
    held = ended & before.isin(begun) & after.isin(done)
    found = pd.DataFrame(
        {
            "agent": frame.loc[held, "agent"].astype("int64"),
            "stretch": stretch[held].astype("int64"),
            "late_s": (until - frame["time_s"])[held],
        }
    )
    return found.reset_index(drop=True)


def later_back(own: OwnDays, events: np.ndarray) -> Streams:
    """Return the streams of the days with every later stretch of the same day put off by what items took from the break before it.

    Parameters
    ----------
    own
        The days with their items.
    events
        Of a run of these days under the policy.

    Notes
    -----
    Contacts that outlast a stretch need no such correction: the logged break began after a contact too, and on average as long after.
    """
    streams, late = own.streams, overruns(events)
    if late.empty:
        return streams
    stretches = own.people.stretches
    order = pd.DataFrame({"agent": streams.shift_agent, "day": stretches["day"].to_numpy()})
    order["stretch"] = order.groupby("agent").cumcount()
    order = order.merge(late.assign(stretch=late["stretch"] + 1), on=["agent", "stretch"], how="left")
    same_day = order["day"].eq(order.groupby("agent")["day"].shift())
    delay = order["late_s"].where(same_day).fillna(0.0).to_numpy()
    start = np.minimum(streams.shift_start_s + delay, streams.shift_end_s - _LEFT_S)
    start = np.maximum(start, streams.shift_start_s)
    again = np.lexsort((streams.shift_agent, start))
    return dataclasses.replace(
        streams,
        shift_agent=streams.shift_agent[again],
        shift_start_s=start[again],
        shift_end_s=streams.shift_end_s[again],
    )
