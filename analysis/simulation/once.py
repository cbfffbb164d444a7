"""One run of a desk: given streams, under one policy."""

from __future__ import annotations

import numpy as np

from analysis.simulation import checks, engine
from analysis.simulation.desk import Desk
from analysis.simulation.policy import Policy
from analysis.simulation.run import AGENTS, Run
from analysis.simulation.streams import Streams
from analysis.simulation.tally import contact_measures, item_measures

_GIVES_WAY = {"": 0.0, "resume": 1.0, "restart": 2.0}


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
    state = _state(desk, streams, policy, 0)
    if events:
        rows = 4 * (streams.offered_s.size + streams.shift_agent.size) + 1024
        state = _state(desk, streams, policy, rows)
    engine.run(state)
    if state.log.shape[0] and state.count[engine.NOTED] > state.log.shape[0]:
        state = _state(desk, streams, policy, int(state.count[engine.NOTED]))
        engine.run(state)
    if state.count[engine.DRY]:
        raise ValueError(
            "the agents finished all items of a type that has no end: give more of its items in the streams (draw_streams gives enough)"
        )
    return Run(
        contact_measures(desk, state),
        state.measures,
        item_measures(desk, state),
        state.started,
        state.ended,
        _in_order(state.log[: state.count[engine.NOTED]]),
    )


def _in_order(log: np.ndarray) -> np.ndarray:
    """Return events in order of time; at one moment those who gave up first, else as they were carried out."""
    gave_up = log[:, 1] == engine.ABANDON
    return log[np.lexsort((np.where(gave_up, log[:, 2], 0.0), ~gave_up, log[:, 0]))]


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


def _rule(desk: Desk, policy: Policy, by_slot: np.ndarray) -> np.ndarray:
    """Return the settings of a run in the order of the engine."""
    gives, manual = _GIVES_WAY[policy.gives_way], desk.delivery.kind == "manual"
    triggers = policy.trigger_age is not None and policy.trigger_agents > 0
    return np.array(
        [
            desk.slot_s,
            desk.horizon_s,
            gives,
            float(gives > 0 and not manual),
            desk.delivery.start_s,
            desk.delivery.return_s if manual else 0.0,
            desk.delivery.switch_s,
            policy.rotate_s,
            policy.trigger_age if triggers else np.inf,
            policy.trigger_agents,
            float(triggers or by_slot[:, 1].any()),
            float(by_slot[:, 2].any()),
        ]
    )


def _state(desk: Desk, streams: Streams, policy: Policy, rows: int) -> engine.State:
    """Return everything that a run needs, as it stands before the first event."""
    groups, agents, contacts = len(desk.groups), streams.agent_group.size, streams.offered_s.size
    serves = np.zeros((groups, len(desk.queues)), dtype=np.bool_)
    works_on = np.zeros((groups, len(desk.items)), dtype=np.bool_)
    for position, group in enumerate(desk.groups):
        serves[position, list(group.queues)] = True
        works_on[position, [i for i in group.items if policy.only is None or i in policy.only]] = True
    by_slot = _per_slot(desk, policy)
    shared = np.array([queue.concurrency for queue in desk.queues], dtype=np.int64)
    ranks = np.array([queue.rank for queue in desk.queues], dtype=np.int64)
    types = np.array([(t.interruptible, t.resume_s, t.save_every_s) for t in desk.items], dtype=np.float64)
    whole = np.full((agents + 2 * groups + 1, engine.COLUMNS), -1, dtype=np.int64)
    whole[:, [engine.THERE, engine.SHIFT, engine.OFF, engine.HOME, engine.RINGED, engine.LOAD]] = 0
    whole[:, engine.DOES], whole[:agents, engine.GROUP] = engine.AWAY, streams.agent_group
    for column in (engine.NEXT, engine.PREV, engine.LATER, engine.EARLIER, engine.RING_NEXT, engine.RING_PREV):
        whole[agents:, column] = np.arange(agents, whole.shape[0])
    hands = agents * int(shared.max(initial=1)) + 1
    items = _items(desk, streams)
    return engine.State(
        streams.offered_s, streams.queue, streams.handle_s, streams.patience_s,
        streams.item_type, streams.item_length_s, streams.item_arrived_s, streams.item_due_s,
        items[0], items[1], items[2], items[3],
        serves, works_on, ranks, shared, types.reshape(-1, 3), _rule(desk, policy, by_slot), by_slot,
        streams.shift_agent, streams.shift_start_s, streams.shift_end_s,
        np.lexsort((streams.shift_agent, streams.shift_end_s)),
        whole, np.zeros((agents, 8)), np.zeros(17, dtype=np.int64),
        np.full(hands, np.inf), np.zeros(hands, dtype=np.int64), np.zeros(agents + 1, dtype=np.int64),
        np.full(contacts, -1, dtype=np.int64), np.full(contacts, np.nan), np.full(contacts, -1, dtype=np.int64),
        np.full((len(desk.queues), 2), -1, dtype=np.int64), items[4], np.empty(streams.item_type.size + 1, dtype=np.int64),
        np.zeros(streams.item_type.size, dtype=np.int8), np.zeros(streams.item_type.size),
        np.full(streams.item_type.size, np.nan), np.zeros((2 * agents + 16, 2)),
        np.zeros((desk.slots, len(AGENTS))), np.zeros((rows, 4)),
    )  # fmt: skip


def _items(desk: Desk, streams: Streams) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return rank, item of every rank, items by type in order of rank, those that arrive, and where every type stands."""
    by_rank = np.lexsort((streams.item_arrived_s, streams.item_due_s))
    rank = np.empty(by_rank.size, dtype=np.int64)
    rank[by_rank] = np.arange(by_rank.size)
    endless = np.array([kind.arrivals_per_h is None for kind in desk.items], dtype=np.bool_)
    many = np.bincount(streams.item_type, minlength=len(desk.items)).astype(np.int64)[: len(desk.items)]
    piles = np.zeros((len(desk.items), 5), dtype=np.int64)
    piles[:, engine.MANY], piles[:, engine.ENDLESS] = many, endless
    piles[:, engine.AT] = np.cumsum(many) - many
    ranked = by_rank[np.argsort(streams.item_type[by_rank], kind="stable")]
    coming = np.flatnonzero(~endless[streams.item_type]) if endless.size else np.empty(0, dtype=np.int64)
    return rank, by_rank, ranked, coming, piles
