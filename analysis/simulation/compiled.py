"""Compile every kernel of this room at a named moment instead of at its first use."""

from __future__ import annotations

from analysis.simulation.desk import ContactQueue, Desk, Group, ItemType, Shift, Times
from analysis.simulation.policy import Policy


def warm() -> None:
    """Compile the simulation's kernels now, or load them from the cache of an earlier run.

    Examples
    --------
    >>> warm()
    """
    from analysis.simulation.once import simulate
    from analysis.simulation.streams import given_streams

    desk = Desk(
        60.0,
        1,
        (ContactQueue("contacts", (60.0,), Times(1.0)),),
        (Group("all", (0,), (0,)),),
        (0,),
        (Shift(0, 0.0, 60.0),),
        (ItemType("items", Times(1.0), (0.0,)),),
    )
    streams = given_streams(desk, offered_s=[1.0], handle_s=[1.0])
    for events in (False, True):  # the engine of a pool, and the general one
        simulate(desk, streams, Policy("warm", kept_free=0), events=events)
