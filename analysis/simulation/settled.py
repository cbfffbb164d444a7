"""A desk that never closes, seen from the middle: who is there when the horizon begins, drawn from the exact law of its first slot.

A run that begins empty, or with everybody at items, needs a long time until that no longer shows: with 1,000 agents of whom 50 are kept free abandonment
is still eight times the true one after 4 million events. So contacts in hand and waiting are drawn from the stationary law itself and put in front of the
streams as contacts offered before 0; items in hand under a threshold are drawn with them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from analysis.queueing import chain
from analysis.simulation.desk import Desk, Times
from analysis.simulation.laws import quantile
from analysis.simulation.policy import NO_ITEMS, Policy
from analysis.simulation.run import AGENTS, ITEMS, Run
from analysis.simulation.streams import Streams, _day_factors, uniforms

# kind of uniforms, beside those of analysis.simulation.streams
_SETTLED = 7
# share of the law that may lie beyond the longest queue that is drawn
_TAIL = 1e-14
_LONGEST_QUEUE = 200_000
_SPENT_S = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Who is there when a horizon begins, in the order in which they are taken up.

    Attributes
    ----------
    offered_s, queue, handle_s, patience_s
        As in the streams, before 0: first agents' items in hand, then contacts in hand, then those that wait.
    items
        How many of them stand for items.
    """

    offered_s: np.ndarray
    queue: np.ndarray
    handle_s: np.ndarray
    patience_s: np.ndarray
    items: int = 0


def at_start(desk: Desk, *, seed: int, replication: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return contacts in hand and waiting at 0 as streams hold them (moment, queue, handling time, patience), without items.

    Raises
    ------
    ValueError
        The desk has several queues or groups, or no stationary law.
    """
    found = start_under(desk, None, seed=seed, replication=replication)
    return found.offered_s, found.queue, found.handle_s, found.patience_s


def start_under(desk: Desk, policy: Policy | None, *, seed: int, replication: int) -> Start:
    """Draw contacts and items in hand, and contacts waiting, from the exact law of the first slot under a policy.

    Notes
    -----
    Without items, and where items give way at once, contacts see M/M/n+M. Under a threshold and an endless supply contacts and items in hand follow the
    chain of :func:`analysis.queueing.blend`, its threshold the agents less those kept free. Exact for exponential laws; other handling
    times enter with their mean, and the rest of a time in hand is drawn from the law of what is left of a time that is met under way.
    """
    agents, rates, limit = _model(desk, policy, seed, replication)
    draw = uniforms(seed=seed, replication=replication, kind=_SETTLED, position=0)
    level, items_at = draw.random(2)
    law = _law(agents, limit, rates)
    total = limit + int(np.searchsorted(np.cumsum(law.sum(axis=0)), level))
    share = np.cumsum(law[:, total - limit])
    items = int(np.searchsorted(share / share[-1], items_at))
    busy = min(total, agents)
    contacts, waiting = busy - items, total - busy
    # a stream of its own for each kind, so that the law of one does not shift the others
    left, left_items, stay = (
        uniforms(seed=seed, replication=replication, kind=_SETTLED, position=k) for k in (1, 2, 3)
    )
    queue = desk.queues[0]
    handle = [rest(desk.items[0].length, left_items, items)] if items else []
    handle += [rest(queue.handling, left, contacts), quantile(queue.handling, left.random(waiting))]
    offered = -_SPENT_S * (1 - np.arange(total) / max(total, 1))
    patience = np.full(total, math.inf)
    if queue.patience is not None and waiting:
        patience[busy:] = quantile(Times(queue.patience.mean_s), stay.random(waiting)) - offered[busy:]
    return Start(offered, np.zeros(total, np.int64), np.concatenate(handle), patience, items)


def _model(desk: Desk, policy: Policy | None, seed: int, replication: int) -> tuple[int, chain.Rates, int]:
    """Return agents, rates per second and the threshold of the first slot."""
    if len(desk.queues) != 1 or len(set(desk.agent_group)) != 1 or desk.queues[0].concurrency != 1:
        raise ValueError("a desk that starts settled has one queue, one group of agents, and one contact at a time")
    queue = desk.queues[0]
    there = sum(shift.start_s <= 0 < shift.end_s for shift in desk.shifts)
    held = 0 if policy is None else first_slot(policy.off) + first_slot(policy.ring_fenced)
    agents = there - held
    if agents < 1:
        raise ValueError("a desk that starts settled has an agent for contacts in its first slot")
    factor = float(_day_factors(desk, seed, replication)[0][0])
    give_up = 0.0 if queue.patience is None else 1 / queue.patience.mean_s
    arrivals = queue.arrivals_per_h[0] * factor / 3600
    if not give_up and arrivals * queue.handling.mean_s >= agents:
        raise ValueError(
            "contacts pile up in the first slot and nobody gives up: the desk has no settled state; give its queue a patience"
        )
    kept = NO_ITEMS if policy is None or policy.gives_way else first_slot(policy.kept_free)
    endless = bool(desk.items) and desk.items[0].arrivals_per_h is None
    limit = max(0, agents - kept) if kept != NO_ITEMS and endless else 0
    item_s = desk.items[0].length.mean_s if limit else queue.handling.mean_s
    return agents, (max(arrivals, 1e-12), 1 / queue.handling.mean_s, 1 / item_s, give_up), limit


def first_slot(value: int | tuple[int, ...]) -> int:
    """Return what a policy holds in the first slot."""
    return value if isinstance(value, int) else value[0]


@lru_cache(maxsize=32)
def _law(agents: int, limit: int, rates: chain.Rates) -> np.ndarray:
    """Return the stationary law of (agents on items, busy agents and queue above the threshold), array (limit + 1, levels)."""
    cut = 32
    while True:
        law = _block_by_block(agents, limit, rates, cut)
        law /= law.sum()
        if law[:, -1].sum() <= _TAIL:
            return law
        if cut > _LONGEST_QUEUE:
            raise ValueError(
                "the queue of the first slot is too long to be drawn: add agents, or give the queue a patience"
            )
        cut *= 2


def _block_by_block(agents: int, limit: int, rates: chain.Rates, cut: int) -> np.ndarray:
    """Return weights of the law with the queue cut; see :mod:`analysis.queueing.chain` for the order of blocks."""
    levels = agents - limit + cut + 1
    law, above, lowest = np.zeros((limit + 1, levels)), np.zeros(levels), 1.0
    work = np.empty((2, levels))
    for items in range(limit, -1, -1):
        block = np.zeros(levels)
        block[0] = lowest
        scaled = chain._solve_block((agents, limit, items), rates, above, block, work)
        law[items + 1 :] *= 1e-150**scaled
        law[items] = block
        if items:
            lowest = items * rates[2] * block[1:].sum() / ((limit - items + 1) * rates[1])
        above = block
    return law


def rest(law: Times, generator: np.random.Generator, count: int) -> np.ndarray:
    """Return what is left of times met under way: a time drawn as often as it is long, at a moment anywhere in it.

    Examples
    --------
    >>> constant = rest(Times(60.0, "constant"), np.random.default_rng(1), 10_000)
    >>> round(constant.mean()), round(constant.max())
    (30, 60)
    """
    at, part = generator.random(count), generator.random(count)
    if law.kind == "exponential":
        return quantile(law, at)
    if law.kind == "lognormal":
        return part * quantile(replace(law, mean_s=law.mean_s * (1 + law.cv**2)), at)
    if law.kind == "gamma" and law.cv > 0:
        # the shape rises by one
        return part * quantile(
            replace(law, mean_s=law.mean_s * (1 + law.cv**2), cv=law.cv / math.sqrt(1 + law.cv**2)), at
        )
    if law.kind == "empirical":
        sample = np.asarray(law.sample, dtype=float)
        weight = np.cumsum(sample)
        return part * sample[np.minimum(np.searchsorted(weight, at * weight[-1], side="right"), len(sample) - 1)]
    return part * quantile(law, at)


def joined(streams: Streams, start: Start) -> Streams:
    """Return streams with those who are there at 0 in front."""
    names = ("offered_s", "queue", "handle_s", "patience_s")
    both = {name: np.concatenate([getattr(start, name), getattr(streams, name)]) for name in names}
    return replace(streams, **both)


def put_right(desk: Desk, run: Run, start: Start) -> Run:
    """Return a run in which the items in hand at 0 count as items, not as contacts."""
    if not start.items:
        return run
    left = start.handle_s[: start.items]
    edges = np.arange(desk.slots + 1) * desk.slot_s
    spent = np.diff(np.minimum(edges[:, None], left).sum(axis=1))
    agents, items = run.agents.copy(), run.items.copy()
    agents[:, AGENTS.index("contact_s")] -= spent
    agents[:, AGENTS.index("item_s")] += spent
    done = left <= desk.horizon_s
    for name, number in {
        "arrived": start.items,
        "finished": done.sum(),
        "open": (~done).sum(),
        "work_s": spent.sum(),
    }.items():
        items[0, ITEMS.index(name)] += number
    return replace(run, agents=agents, items=items)
