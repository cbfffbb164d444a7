"""Breaks keep their length: who begins a break later because an item is finished first comes back later."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.simulation import Streams
from analysis.simulation.engine import EVENTS

if TYPE_CHECKING:
    from analysis.blending.own_days import OwnDays

_BEGUN, _DONE = ("answer", "item_start", "resumed"), ("end", "item_end", "laid_aside")
# what is left of a stretch whose agent comes back after its end [s]
_LEFT_S = 0.001


def overruns(events: np.ndarray) -> pd.DataFrame:
    """Return how long the contact or item in hand went on after the end of a stretch of presence.

    Parameters
    ----------
    events
        As :class:`analysis.simulation.Run` has them.

    Returns
    -------
    DataFrame
        agent, stretch (which one of the agent's, from 0), late_s; only where something was in hand.
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


def later_back(own: OwnDays, today: np.ndarray, blended: np.ndarray) -> Streams:
    """Return the streams of the days with every later stretch of the same day moved as far as the break before it begins otherwise under a policy.

    Parameters
    ----------
    own
        The days with their items.
    today, blended
        Events of the days as they were and under the policy.

    Notes
    -----
    A break is planned, begins when what is in hand is finished, and has a length. Stretch k + 1 begins overrun_k(blended) - overrun_k(today) later than logged;
    a policy that changes nothing moves nothing.
    """
    streams, stretches = own.streams, own.people.stretches
    order = pd.DataFrame({"agent": streams.shift_agent, "day": stretches["day"].to_numpy()})
    order["stretch"] = order.groupby("agent").cumcount()
    delay = np.zeros(len(order))
    for events, sign in ((today, -1.0), (blended, 1.0)):
        late = overruns(events)
        before = late.assign(stretch=late["stretch"] + 1)
        delay += sign * order.merge(before, on=["agent", "stretch"], how="left")["late_s"].fillna(0.0).to_numpy()
    by = order.groupby("agent")
    same_day = order["day"].eq(by["day"].shift()).to_numpy()
    left = pd.Series(streams.shift_end_s).groupby(order["agent"]).shift().fillna(0.0).to_numpy()
    moved = np.clip(streams.shift_start_s + delay, left + _LEFT_S, streams.shift_end_s - _LEFT_S)
    start = np.where(same_day & (delay != 0), moved, streams.shift_start_s)
    again = np.lexsort((streams.shift_agent, start))
    return dataclasses.replace(
        streams,
        shift_agent=streams.shift_agent[again],
        shift_start_s=start[again],
        shift_end_s=streams.shift_end_s[again],
    )
