"""A desk laid out for the general engine, followed, and read back."""

from __future__ import annotations

import numpy as np

from analysis.simulation import engine
from analysis.simulation import layout as at
from analysis.simulation.desk import Desk
from analysis.simulation.followed import GIVES_WAY, Followed, standing
from analysis.simulation.moves import ABANDON
from analysis.simulation.policy import Policy
from analysis.simulation.run import AGENTS
from analysis.simulation.streams import Streams


def follow_desk(desk: Desk, streams: Streams, policy: Policy, by_slot: np.ndarray, *, events: bool) -> Followed:
    """Follow any desk; `by_slot` is kept free, ring-fenced, off and sent home per slot (-1: none)."""
    rows = 4 * (streams.offered_s.size + streams.shift_agent.size) + 1024 if events else 0
    while True:
        i, f = _laid_out(desk, streams, policy, by_slot, rows)
        w, m = _agents(streams, len(desk.groups))
        engine.run(w.ravel(), m.ravel(), i, f)
        if i[at.NOTED] <= rows:
            break
        rows = int(i[at.NOTED])
    items = streams.item_type.size

    def block(place: int, size: int) -> np.ndarray:
        return f[i[place] : i[place] + size].copy()

    return Followed(
        block(at.MEASURES, desk.slots * len(AGENTS)).reshape(desk.slots, len(AGENTS)),
        block(at.STARTED, streams.offered_s.size),
        block(at.ENDED, items),
        block(at.PROGRESS, items),
        i[i[at.BEGAN] : i[at.BEGAN] + items] > 0,
        _in_order(block(at.LOG, 4 * int(i[at.NOTED]) if rows else 0).reshape(-1, 4)),
        bool(i[at.DRY]),
    )


def _in_order(log: np.ndarray) -> np.ndarray:
    """Return events in order of time; at one moment those who gave up first, else as they were carried out."""
    gave_up = log[:, 1] == ABANDON
    return log[np.lexsort((np.where(gave_up, log[:, 2], 0.0), ~gave_up, log[:, 0]))]


def _laid_out(
    desk: Desk, streams: Streams, policy: Policy, by_slot: np.ndarray, rows: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers and whole numbers of a desk before the first event, with room for so many events."""
    counters = _counters(desk, streams, policy, by_slot)
    counters[at.ROWS] = rows
    blocks = _blocks(desk, streams, policy) | {"slot_row": by_slot, "log": np.zeros(4 * rows)}
    counters[at.COMINGS] = blocks["coming"].size
    manual = desk.delivery.kind == "manual"
    settings = np.array(
        [
            desk.slot_s,
            desk.horizon_s,
            desk.delivery.start_s,
            desk.delivery.return_s if manual else 0.0,
            desk.delivery.switch_s,
            policy.rotate_s,
            policy.trigger_age if policy.trigger_age is not None and policy.trigger_agents else np.inf,
            -np.inf,
        ]
    )
    return at.laid_out(settings, counters, blocks)


def _counters(desk: Desk, streams: Streams, policy: Policy, by_slot: np.ndarray) -> dict[int, int]:
    """Return sizes and switches by their places."""
    gives = GIVES_WAY[policy.gives_way]
    triggers = policy.trigger_age is not None and policy.trigger_agents > 0
    fences = triggers or bool(by_slot[:, at.S_RING].any())
    return {
        at.AGENTS: streams.agent_group.size,
        at.GROUPS: len(desk.groups),
        at.QUEUES: len(desk.queues),
        at.TYPES: len(desk.items),
        at.MANY_SLOTS: desk.slots,
        at.CONTACTS: streams.offered_s.size,
        at.SHIFTS: streams.shift_agent.size,
        at.ROOM: 2 * streams.agent_group.size + 16,
        at.GIVES: gives,
        at.REACHED: int(gives > 0 and desk.delivery.kind != "manual"),
        at.FENCES: int(fences),
        at.OFFS: int(by_slot[:, at.S_OFF].any()),
        at.HOMES: int(policy.sent_home_above is not None),
        at.WORKED: int(bool(desk.items) and (fences or bool((by_slot[:, at.S_KEPT] >= 0).any()))),
        at.EXTRA: policy.trigger_agents,
        at.SHARES: int(any(queue.concurrency > 1 for queue in desk.queues)),
    }


def _agents(streams: Streams, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the agents' whole numbers and moments before anybody has come."""
    agents = streams.agent_group.size
    w = np.full((agents + 2 * groups + 1, at.COLUMNS), -1, dtype=np.int64)
    w[:, [at.THERE, at.SHIFT, at.OFF, at.HOME, at.RINGED, at.LOAD]] = 0
    w[:, at.DOES], w[:agents, at.GROUP] = at.AWAY, streams.agent_group
    for column in (at.NEXT, at.PREV, at.LATER, at.EARLIER, at.RING_NEXT, at.RING_PREV):
        w[agents:, column] = np.arange(agents, w.shape[0])
    return w, np.zeros((agents, at.MOMENTS))


def _blocks(desk: Desk, streams: Streams, policy: Policy) -> dict[str, np.ndarray]:
    """Return the blocks of numbers by name, but for those of slots and events."""
    agents, contacts, items = streams.agent_group.size, streams.offered_s.size, streams.item_type.size
    hands = agents * max((queue.concurrency for queue in desk.queues), default=1) + 2
    serves = np.zeros((len(desk.groups), len(desk.queues)), dtype=np.int64)
    works_on = np.zeros((len(desk.groups), len(desk.items)), dtype=np.int64)
    for position, group in enumerate(desk.groups):
        serves[position, list(group.queues)] = 1
        works_on[position, [kind for kind in group.items if policy.only is None or kind in policy.only]] = 1
    return _item_blocks(desk, streams) | {
        "queue": streams.queue,
        "server": np.full(contacts, -1),
        "behind": np.full(contacts, -1),
        "began": np.zeros(items, dtype=np.int64),
        "ids": np.zeros(hands, dtype=np.int64),
        "order": np.zeros(agents + 1, dtype=np.int64),
        "queue_row": np.array([(queue.rank, queue.concurrency, -1, -1) for queue in desk.queues], dtype=np.int64),
        "serves": serves,
        "works_on": works_on,
        "shift_agent": streams.shift_agent,
        "by_end": np.lexsort((streams.shift_agent, streams.shift_end_s)),
        "offered": streams.offered_s,
        "handle": streams.handle_s,
        "patience": streams.patience_s,
        "started": np.full(contacts, np.nan),
        "length": streams.item_length_s,
        "arrived": streams.item_arrived_s,
        "due": streams.item_due_s,
        "progress": np.zeros(items),
        "ended": np.full(items, np.nan),
        "keys": np.full(hands, np.inf),
        "resume": np.array([kind.resume_s for kind in desk.items], dtype=np.float64),
        "save": np.array([kind.save_every_s for kind in desk.items], dtype=np.float64),
        "shift_start": streams.shift_start_s,
        "shift_end": streams.shift_end_s,
        "timer": np.zeros(4 * agents + 32),
        "measures": np.zeros(desk.slots * len(AGENTS)),
    }


def _item_blocks(desk: Desk, streams: Streams) -> dict[str, np.ndarray]:
    """Return where items stand: rank, those of a type in order of rank, and those that arrive."""
    kinds = streams.item_type
    rank, by_rank = standing(streams)
    many = np.bincount(kinds, minlength=len(desk.items))[: len(desk.items)]
    endless = np.array([kind.arrivals_per_h is None for kind in desk.items], dtype=np.bool_)
    rows = np.zeros((len(desk.items), at.T_ROW), dtype=np.int64)
    rows[:, at.T_AT], rows[:, at.T_MANY], rows[:, at.T_ENDLESS] = np.cumsum(many) - many, many, endless
    rows[:, at.T_GIVES] = [kind.interruptible for kind in desk.items]
    return {
        "kind": kinds,
        "rank": rank,
        "by_rank": by_rank,
        "ranked": by_rank if len(many) < 2 else by_rank[np.argsort(kinds[by_rank], kind="stable")],
        "pile": np.zeros(kinds.size, dtype=np.int64),
        "coming": np.flatnonzero(~endless[kinds]) if kinds.size else np.empty(0, dtype=np.int64),
        "type_row": rows,
    }
