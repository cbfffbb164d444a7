"""A desk of one group laid out for the engine of a pool, followed, and read back."""

from __future__ import annotations

import numpy as np

from analysis.simulation import pool, pool_parts
from analysis.simulation.desk import Desk
from analysis.simulation.followed import GIVES_WAY, Followed, standing
from analysis.simulation.policy import Policy
from analysis.simulation.run import AGENTS
from analysis.simulation.streams import Streams


def is_pool(desk: Desk, policy: Policy, by_slot: np.ndarray) -> bool:
    """Whether the engine of a pool knows everything that a desk and a policy ask for."""
    return (
        len(desk.groups) == 1
        and len(desk.groups[0].queues) == len(desk.queues)
        and all(queue.concurrency == 1 for queue in desk.queues)
        and policy.sent_home_above is None
        and not (policy.trigger_age is not None and policy.trigger_agents)
        and not by_slot[:, 1:3].any()
    )


def follow_pool(desk: Desk, streams: Streams, policy: Policy, kept: np.ndarray) -> Followed:
    """Follow a desk for which `is_pool` holds; `kept`: agents kept free per slot."""
    agents, contacts, items = streams.agent_group.size, streams.offered_s.size, streams.item_type.size
    w = np.full((agents + 1, pool_parts.COLUMNS), -1, dtype=np.int64)
    w[:, pool_parts.DOES], w[:, pool_parts.THERE] = pool_parts.AWAY, 0
    for column in (pool_parts.NEXT, pool_parts.PREV, pool_parts.LATER, pool_parts.EARLIER):
        w[agents, column] = agents
    counters = np.zeros(pool_parts.COUNTERS, dtype=np.int64)
    state = np.zeros((items, 2))
    started, ended = np.full(contacts, np.nan), np.full(items, np.nan)
    by_slot = np.zeros((desk.slots, len(AGENTS)))
    supply = _supply(desk, streams, policy)
    sizes = (agents, contacts, len(desk.queues), desk.slots, streams.shift_agent.size, supply[2].size, supply[3].size)
    counters[pool_parts.PEOPLE :] = sizes
    pool.run(
        w.ravel(), np.zeros(agents * pool_parts.MOMENTS), counters, _settings(desk, policy, supply[-1].size > 0),
        np.full(agents + 1, np.inf), np.zeros(agents + 1, dtype=np.int64),
        np.full(agents + 1, np.inf), np.zeros(agents + 1, dtype=np.int64),
        streams.offered_s, streams.patience_s, streams.handle_s, streams.queue, np.empty(contacts, dtype=np.int64), started,
        np.array([(queue.rank, -1, -1) for queue in desk.queues], dtype=np.int64).ravel(),
        state.ravel(), streams.item_length_s, streams.item_type, ended,
        np.array([(k.interruptible, k.resume_s, k.save_every_s) for k in desk.items], dtype=np.float64).ravel(),
        *supply[:4], streams.item_arrived_s, np.zeros(items + 1, dtype=np.int64),
        streams.shift_agent, streams.shift_start_s, streams.shift_end_s,
        np.lexsort((streams.shift_agent, streams.shift_end_s)), kept, by_slot.ravel(),
    )  # fmt: skip
    dry = bool(counters[pool_parts.DRY])
    return Followed(by_slot, started, ended, state[:, 0], state[:, 1] > 0, np.empty((0, 4)), dry)


def _settings(desk: Desk, policy: Policy, endless: bool) -> np.ndarray:
    """Return the settings in the order of the engine."""
    gives, manual = GIVES_WAY[policy.gives_way], desk.delivery.kind == "manual"
    times = (desk.delivery.start_s, desk.delivery.return_s if manual else 0.0, desk.delivery.switch_s)
    return np.array([desk.slot_s, desk.horizon_s, gives, gives > 0 and not manual, *times, endless], dtype=np.float64)


def _supply(desk: Desk, streams: Streams, policy: Policy) -> tuple[np.ndarray, ...]:
    """Return rank, items by rank, ranks of the items there at the outset, items that arrive, and the endless ones, of the types worked on."""
    rank, by_rank = standing(streams)
    worked = np.zeros(len(desk.items), dtype=np.bool_)
    worked[[kind for kind in desk.groups[0].items if policy.only is None or kind in policy.only]] = True
    endless = np.array([kind.arrivals_per_h is None for kind in desk.items], dtype=np.bool_)
    if not streams.item_type.size:
        worked, endless = np.zeros(1, dtype=np.bool_), np.zeros(1, dtype=np.bool_)
    if worked.all() and endless.all():
        return rank, by_rank, rank, np.empty(0, dtype=np.int64), rank
    mine, outset = worked[streams.item_type], (streams.item_arrived_s <= 0) | endless[streams.item_type]
    ranks = rank[mine & outset]
    if (ranks[1:] < ranks[:-1]).any():
        ranks = np.sort(ranks)
    return rank, by_rank, ranks, np.flatnonzero(mine & ~outset), np.flatnonzero(mine & endless[streams.item_type])
