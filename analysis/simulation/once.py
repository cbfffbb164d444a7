"""One run of a desk: given streams, under one policy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.simulation import checks, engine
from analysis.simulation import layout as at
from analysis.simulation.desk import Desk
from analysis.simulation.moves import ABANDON
from analysis.simulation.policy import Policy
from analysis.simulation.run import AGENTS, CONTACTS, ITEMS, Run
from analysis.simulation.streams import Streams

_GIVES_WAY = {"": 0, "resume": 1, "restart": 2}


@dataclass(frozen=True, slots=True, eq=False)
class _Followed:
    """The arrays of a run that has been followed."""

    i: np.ndarray
    f: np.ndarray

    def numbers(self, place: int, size: int) -> np.ndarray:
        """Return a copy of a block of numbers."""
        return at.block(self.i, self.f, place, size).copy()

    def whole(self, place: int, size: int) -> np.ndarray:
        """Return a block of whole numbers."""
        return at.block(self.i, self.i, place, size)


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
    rows = 4 * (streams.offered_s.size + streams.shift_agent.size) + 1024 if events else 0
    done = _followed(desk, streams, policy, rows)
    if int(done.i[at.NOTED]) > rows:
        rows = int(done.i[at.NOTED])
        done = _followed(desk, streams, policy, rows)
    if done.i[at.DRY]:
        raise ValueError(
            "the agents finished all items of a type that has no end: give more of its items in the streams (draw_streams gives enough)"
        )
    slots, queues = desk.slots, len(desk.queues)
    ended = done.numbers(at.ENDED, streams.item_type.size)
    return Run(
        done.numbers(at.TALLY, queues * slots * len(CONTACTS)).reshape(queues, slots, len(CONTACTS)),
        done.numbers(at.MEASURES, slots * len(AGENTS)).reshape(slots, len(AGENTS)),
        item_measures(
            desk, streams, ended, done.numbers(at.PROGRESS, ended.size), done.whole(at.BEGAN, ended.size) > 0
        ),
        done.numbers(at.STARTED, streams.offered_s.size),
        ended,
        _in_order(done.numbers(at.LOG, 4 * min(rows, int(done.i[at.NOTED]))).reshape(-1, 4)),
    )


def _in_order(log: np.ndarray) -> np.ndarray:
    """Return events in order of time; at one moment those who gave up first, else as they were carried out."""
    gave_up = log[:, 1] == ABANDON
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


def _followed(desk: Desk, streams: Streams, policy: Policy, rows: int) -> _Followed:
    """Lay a desk out and follow it, with room for so many events."""
    by_slot = _per_slot(desk, policy)
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
    i, f = at.laid_out(settings, counters, blocks)
    w, m = _agents(streams, len(desk.groups))
    engine.run(w, m, i, f)
    return _Followed(i, f)


def _counters(desk: Desk, streams: Streams, policy: Policy, by_slot: np.ndarray) -> dict[int, int]:
    """Return sizes and switches by their places."""
    gives = _GIVES_WAY[policy.gives_way]
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
        "promise": np.array(
            [(q.answer_within_s, checks.DEFINITIONS.index(q.definition), q.short_s) for q in desk.queues],
            dtype=np.float64,
        ),
        "measures": np.zeros(desk.slots * len(AGENTS)),
        "tally": np.zeros(len(desk.queues) * desk.slots * len(CONTACTS)),
    }


def _item_blocks(desk: Desk, streams: Streams) -> dict[str, np.ndarray]:
    """Return where items stand: rank by due moment, arrival and number, those of a type in order of rank, and those that arrive."""
    due, kinds = streams.item_due_s, streams.item_type
    rank = by_rank = np.arange(kinds.size)
    if (due[1:] < due[:-1]).any():
        by_rank = np.lexsort((streams.item_arrived_s, due))
        rank = np.empty_like(by_rank)
        rank[by_rank] = np.arange(by_rank.size)
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


def item_measures(
    desk: Desk, streams: Streams, ended: np.ndarray, progress: np.ndarray, begun: np.ndarray
) -> np.ndarray:
    """Return measures by item type; of a type without end only the items begun count, and they have no age."""
    measures, horizon = np.zeros((len(desk.items), len(ITEMS))), desk.horizon_s
    done = np.isfinite(ended)
    age = np.where(done, ended, horizon) - streams.item_arrived_s
    for position, kind in enumerate(desk.items):
        endless = kind.arrivals_per_h is None
        mine = (streams.item_type == position) & (begun if endless else True)
        finished, left = mine & done, mine & ~done
        late, overdue = finished & (ended > streams.item_due_s), left & (streams.item_due_s < horizon)
        measures[position, :5] = [np.count_nonzero(them) for them in (mine, finished, late, left, overdue)]
        measures[position, 5] = progress[mine].sum()
        if not endless:
            measures[position, 6:] = age[finished].sum(), age[mine].max(initial=0.0)
    return measures
