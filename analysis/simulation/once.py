"""One run of a desk: given streams, under one policy."""

from __future__ import annotations

import numpy as np

from analysis.simulation import checks
from analysis.simulation.desk import Desk
from analysis.simulation.general import follow_desk
from analysis.simulation.policy import Policy
from analysis.simulation.run import Run
from analysis.simulation.single import follow_pool, is_pool
from analysis.simulation.streams import Streams
from analysis.simulation.tally import contact_measures, item_measures


def simulate(desk: Desk, streams: Streams, policy: Policy, *, events: bool = False) -> Run:
    """Follow a desk through its horizon.

    The run depends on its arguments alone: not on the clock, the platform or the number of threads, and it holds no lock while it runs.

    Parameters
    ----------
    desk
        The desk; its rates, laws and shifts do not matter here, the streams hold what they gave.
    streams
        What comes, from :func:`draw_streams` or :func:`given_streams`.
    policy
        What agents do while no contact needs them.
    events
        Whether to keep every event.

    Returns
    -------
    Run
        What came of it.

    Raises
    ------
    ValueError
        Where streams or policy do not fit the desk, or a supply of items without end ran out.

    Examples
    --------
    >>> from analysis.simulation import ContactQueue, Group, Shift, Times, given_streams
    >>> queue = ContactQueue("calls", (60.0,), Times(240.0))
    >>> desk = Desk(1800.0, 1, (queue,), (Group("all", (0,)),), (0,), (Shift(0, 0.0, 1800.0),))
    >>> streams = given_streams(desk, offered_s=[60.0, 90.0], handle_s=[100.0, 50.0])
    >>> simulate(desk, streams, Policy("calls only")).started_s.tolist()
    [60.0, 160.0]
    """
    checks.streams(desk, streams)
    checks.policy(policy, desk)
    by_slot = _per_slot(desk, policy)
    if not events and is_pool(desk, policy, by_slot):
        done = follow_pool(desk, streams, policy, np.ascontiguousarray(by_slot[:, 0]))
    else:
        done = follow_desk(desk, streams, policy, by_slot, events=events)
    if done.dry:
        raise ValueError(
            "the agents finished all items of a type that has no end: give more of its items in the streams (draw_streams gives enough)"
        )
    contacts = contact_measures(desk, streams, done.started, done.agents)
    items = item_measures(desk, streams, done.ended, done.progress, done.begun)
    return Run(contacts, done.agents, items, done.started, done.ended, done.events)


def _per_slot(desk: Desk, policy: Policy) -> np.ndarray:
    """Return threshold, ring-fenced, off and sent home per slot (-1: none), slots x 4."""
    home = -1 if policy.sent_home_above is None else policy.sent_home_above
    return np.column_stack(
        [
            checks.kept_free(policy, desk.slots),
            checks.per_slot("ring_fenced", policy.ring_fenced, desk.slots),
            checks.per_slot("off", policy.off, desk.slots),
            checks.per_slot("sent_home_above", home, desk.slots, least=-1 if policy.sent_home_above is None else 0),
        ]
    )
