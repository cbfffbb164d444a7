"""Desks and streams written by hand: few contacts, few items, round numbers."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence

import numpy as np

from analysis.simulation.desk import ContactQueue, Delivery, Desk, Group, ItemType, Shift, Times
from analysis.simulation.policy import Policy
from analysis.simulation.streams import Streams

INF = math.inf


def queue(name: str = "calls", **settings: object) -> ContactQueue:
    """A queue whose laws do not matter, as the streams are given."""
    return ContactQueue(name, arrivals_per_h=(0.0,), handling=Times(100.0), **settings)


def kind(name: str = "items", **settings: object) -> ItemType:
    """A type of item whose laws do not matter; with ``arrivals_per_h=None`` there is always one more."""
    return ItemType(name, length=Times(100.0), **{"arrivals_per_h": (0.0,), **settings})


def desk(
    shifts: Sequence[tuple[int, float, float]],
    *,
    queues: Sequence[ContactQueue] = (queue(),),
    items: Sequence[ItemType] = (kind(),),
    groups: Sequence[Group] | None = None,
    agent_group: Sequence[int] | None = None,
    delivery: Delivery | None = None,
    slot_s: float = 1000.0,
    slots: int = 1,
) -> Desk:
    """A desk; without groups everybody does everything."""
    everything = Group("all", tuple(range(len(queues))), tuple(range(len(items))))
    agents = 1 + max(agent for agent, _, _ in shifts)
    return Desk(
        slot_s=slot_s,
        slots=slots,
        queues=tuple(dataclasses.replace(queue, arrivals_per_h=(0.0,) * slots) for queue in queues),
        groups=(everything,) if groups is None else tuple(groups),
        agent_group=(0,) * agents if agent_group is None else tuple(agent_group),
        shifts=tuple(Shift(*shift) for shift in shifts),
        items=tuple(
            item if item.arrivals_per_h is None else dataclasses.replace(item, arrivals_per_h=(0.0,) * slots)
            for item in items
        ),
        delivery=Delivery() if delivery is None else delivery,
    )


def streams(
    of: Desk,
    contacts: Sequence[Sequence[float]] = (),
    items: Sequence[Sequence[float]] = (),
) -> Streams:
    """Streams for a desk: contacts as (offered, handle, patience, queue), items as (arrived, length, due, type); what is left out is infinity, then 0."""
    rows = [(*row, *(INF, 0)[len(row) - 2 :]) for row in contacts]
    work = [(*row, *(INF, 0)[len(row) - 2 :]) for row in items]
    shifts = sorted(of.shifts, key=lambda shift: (shift.start_s, shift.agent))
    return Streams(
        offered_s=np.array([row[0] for row in rows], dtype=float),
        queue=np.array([row[3] for row in rows], dtype=np.int64),
        handle_s=np.array([row[1] for row in rows], dtype=float),
        patience_s=np.array([row[2] for row in rows], dtype=float),
        item_arrived_s=np.array([row[0] for row in work], dtype=float),
        item_type=np.array([row[3] for row in work], dtype=np.int64),
        item_length_s=np.array([row[1] for row in work], dtype=float),
        item_due_s=np.array([row[2] for row in work], dtype=float),
        shift_agent=np.array([shift.agent for shift in shifts], dtype=np.int64),
        shift_start_s=np.array([shift.start_s for shift in shifts], dtype=float),
        shift_end_s=np.array([shift.end_s for shift in shifts], dtype=float),
        agent_group=np.array(of.agent_group, dtype=np.int64),
        day_factor=np.ones((1, 1)),
    )


def random_case(seed: int) -> tuple[Desk, Streams, Policy]:
    """A small desk with every feature now and then; every second one on round numbers, so that many things happen at one moment."""
    random = np.random.default_rng(seed)
    of = _random_desk(random)
    rounded = _rounding(random)
    contacts = [
        (
            rounded(random.uniform(0, of.horizon_s)),
            rounded(random.exponential(80)),
            INF if random.random() < 0.3 else rounded(random.exponential(60)),
            random.integers(len(of.queues)),
        )
        for _ in range(random.integers(1, 40))
    ]
    contacts = [contact for contact in contacts if contact[0] < of.horizon_s]
    work = []
    for _ in range(random.integers(0, 30)):
        arrived = rounded(random.choice([0.0, random.uniform(-500, of.horizon_s)]))
        due = INF if random.random() < 0.3 else arrived + rounded(random.exponential(400)) + 10
        work.append((arrived, rounded(random.exponential(120)) + 1, due, random.integers(max(len(of.items), 1))))
    work = [row for row in work if row[0] < of.horizon_s and of.items and of.items[row[3]].arrivals_per_h is not None]
    for number, item in enumerate(of.items):
        if item.arrivals_per_h is None:
            enough = len(of.agent_group) * (math.ceil(of.horizon_s / 40) + 1)
            work += [(0.0, rounded(random.exponential(100)) + 40, INF, number) for _ in range(enough)]
    drawn = streams(of, sorted(contacts, key=lambda row: row[0]), sorted(work, key=lambda row: row[0]))
    return of, drawn, _random_policy(random, of)


def random_pool(seed: int) -> tuple[Desk, Streams, Policy]:
    """The same with one group of agents who serve one contact each, nobody fenced, off or sent home."""
    of, drawn, policy = random_case(seed)
    everything = Group("all", tuple(range(len(of.queues))), tuple(range(len(of.items))))
    of = dataclasses.replace(
        of,
        groups=(everything,),
        agent_group=(0,) * len(of.agent_group),
        queues=tuple(dataclasses.replace(queue, concurrency=1) for queue in of.queues),
    )
    policy = dataclasses.replace(policy, ring_fenced=0, trigger_age=None, trigger_agents=0, off=0, sent_home_above=None)
    return of, dataclasses.replace(drawn, agent_group=np.zeros_like(drawn.agent_group)), policy


def _rounding(random: np.random.Generator) -> Callable[[float], float]:
    step = random.choice([0, 0, 1, 10, 50])
    return (lambda value: float(round(value / step) * step)) if step else float


def _random_desk(random: np.random.Generator) -> Desk:
    slots, slot_s = int(random.integers(1, 5)), 300.0
    agents = int(random.integers(1, 7))
    queues = [
        queue(
            f"queue {number}",
            rank=int(random.integers(0, 2)),
            concurrency=int(random.choice([1, 1, 2, 3])),
            definition=str(random.choice(["of offered", "of answered", "short abandons out"])),
            answer_within_s=float(random.choice([0, 20, 50])),
            short_s=10.0,
        )
        for number in range(random.integers(1, 4))
    ]
    items = [
        kind(
            f"items {number}",
            arrivals_per_h=None if random.random() < 0.2 else (0.0,),
            interruptible=bool(random.random() < 0.7),
            resume_s=float(random.choice([0, 10, 17])),
            save_every_s=float(random.choice([0, 30, INF])),
        )
        for number in range(random.integers(0, 4))
    ]
    groups = [_random_group(random, len(queues), len(items)) for _ in range(random.integers(1, 4))]
    rounded = _rounding(random)
    shifts = []
    for agent in range(agents):
        start, end = 0.0 if random.random() < 0.5 else rounded(random.uniform(0, 200)), slots * slot_s
        if random.random() < 0.5:
            middle = rounded(random.uniform(start, end))
            shifts.append((agent, start, middle))
            start = middle + rounded(random.choice([0.0, random.uniform(0, 100)]))
        shifts.append((agent, start, end if random.random() < 0.6 else rounded(random.uniform(start, end + 200))))
    shifts = [shift for shift in shifts if shift[2] > shift[1]] or [(0, 0.0, slots * slot_s)]
    way = Delivery(
        str(random.choice(["push", "pull", "manual"])),
        start_s=float(random.choice([0, 0, 5, 20])),
        return_s=float(random.choice([0, 10])),
        switch_s=float(random.choice([0, 0, 7])),
    )
    people = 1 + max(shift[0] for shift in shifts)
    return desk(
        shifts,
        queues=queues,
        items=items,
        groups=groups,
        agent_group=[int(random.integers(len(groups))) for _ in range(people)],
        delivery=way,
        slot_s=slot_s,
        slots=slots,
    )


def _random_group(random: np.random.Generator, queues: int, items: int) -> Group:
    if random.random() < 0.4:
        return Group("all", tuple(range(queues)), tuple(range(items)))
    served = random.permutation(queues)[: random.integers(0, queues + 1)]
    worked = random.permutation(items)[: random.integers(0, items + 1)]
    return Group("some", tuple(sorted(int(q) for q in served)), tuple(sorted(int(i) for i in worked)))


def _random_policy(random: np.random.Generator, of: Desk) -> Policy:
    def setting(most: int) -> int | tuple[int, ...]:
        if random.random() < 0.5:
            return int(random.integers(0, most + 1))
        return tuple(int(value) for value in random.integers(0, most + 1, of.slots))

    few, kept = random.random, setting(4)
    kept = tuple(value - 1 for value in kept) if isinstance(kept, tuple) else kept - 1
    return Policy(
        "any",
        kept_free=kept,
        gives_way=str(random.choice(["", "resume", "restart"])),
        ring_fenced=setting(2) if few() < 0.5 else 0,
        rotate_s=float(random.choice([100, 130])) if few() < 0.3 else INF,
        trigger_age=float(random.choice([0.3, 0.8])) if few() < 0.4 else None,
        trigger_agents=int(random.integers(0, 3)),
        off=setting(2) if few() < 0.3 else 0,
        sent_home_above=setting(3) if few() < 0.25 else None,
        only=None if few() < 0.7 else tuple(i for i in range(len(of.items)) if few() < 0.6),
    )
