"""What comes and how long it takes, fixed before any policy acts: the same streams for every policy.

Every random number hangs on the seed, the replication, what it is for and its place there, and on nothing else: the tenth contact of a queue has the
same uniforms whatever the other queues, the rates or the agents are (Philox: Salmon et al., Proc. SC11, 2011). Laws are drawn by inverse transform.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.simulation import checks
from analysis.simulation.desk import Desk, ItemType, Times
from analysis.simulation.laws import quantile, unit_gamma

# what a stream of uniforms is for: eight kinds for every queue, item type or day group
_ARRIVAL, _HANDLING, _PATIENCE, _ITEM_ARRIVAL, _ITEM_LENGTH, _BACKLOG_LENGTH, _DAY = range(7)
_UNIT = Times(1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Streams:
    """Contacts, items and people of one replication, or of a client's own day.

    Attributes
    ----------
    offered_s, queue, handle_s, patience_s
        Per contact, in order of arrival: moment [s], position of its queue, handling time [s], time it is willing to wait [s] (infinity: for ever).
        Contacts offered before 0 are there when the horizon begins: they are served first and count in no measure.
    item_arrived_s, item_type, item_length_s, item_due_s
        Per item, in order of arrival (negative before the horizon): moment, position of its type, length [s], moment it becomes late (infinity: never). Items of
        a type without end all wait from the start (arrived at 0), in the order in which they are taken, more of them than the agents can finish.
    shift_agent, shift_start_s, shift_end_s
        Per stretch of presence, in order of start.
    agent_group
        Position of every agent's group.
    day_factor
        Factor of the rate per day and day group (days x groups, groups rising), for the reader; the arrivals hold it already.
    """

    offered_s: np.ndarray
    queue: np.ndarray
    handle_s: np.ndarray
    patience_s: np.ndarray
    item_arrived_s: np.ndarray
    item_type: np.ndarray
    item_length_s: np.ndarray
    item_due_s: np.ndarray
    shift_agent: np.ndarray
    shift_start_s: np.ndarray
    shift_end_s: np.ndarray
    agent_group: np.ndarray
    day_factor: np.ndarray


def uniforms(*, seed: int, replication: int, kind: int, position: int) -> np.random.Generator:
    """Return the generator of one stream of uniforms."""
    bits = np.random.Philox(key=[seed, replication], counter=[0, 0, kind, position])
    return np.random.Generator(bits)


def draw_streams(desk: Desk, *, seed: int, replication: int) -> Streams:
    """Draw the contacts and items of one horizon of a desk.

    Contacts of a queue are a Poisson process with the rate of the slot, times the factor of the day where the queue has a `day_cv`: sums of unit
    exponentials, put through the inverse of the cumulative rate. Backlog items arrived at even distances before the horizon.

    Parameters
    ----------
    desk
        The desk.
    seed
        Whole number of 0 or more.
    replication
        Number of the replication, from 0.

    Returns
    -------
    Streams
        What comes, in order.

    Raises
    ------
    ValueError
        Where the desk cannot be simulated as described.

    Examples
    --------
    >>> from analysis.simulation import ContactQueue, Group, Shift, Times
    >>> queue = ContactQueue("calls", arrivals_per_h=(60.0, 120.0), handling=Times(240.0))
    >>> desk = Desk(1800.0, 2, (queue,), (Group("all", (0,)),), (0,), (Shift(0, 0.0, 3600.0),))
    >>> one, again = (draw_streams(desk, seed=1, replication=0) for _ in range(2))
    >>> bool((one.offered_s == again.offered_s).all()), bool((one.offered_s < 3600).all())
    (True, True)
    """
    checks.desk(desk)
    checks.whole("seed", seed, least=0)
    checks.whole("replication", replication, least=0)
    factors = _day_factors(desk, seed, replication)
    parts = [_contacts(desk, position, factors, seed, replication) for position in range(len(desk.queues))]
    offered, handle, patience = (np.concatenate([part[i] for part in parts] or [np.empty(0)]) for i in range(3))
    queue = np.repeat(np.arange(len(parts)), [part[0].size for part in parts]) if parts else np.empty(0, np.int64)
    contacts = [offered, queue, handle, patience]
    if len(parts) > 1:
        order = np.argsort(offered, kind="stable")
        contacts = [column[order] for column in contacts]
    groups = sorted({queue.day_group for queue in desk.queues})
    shown = [next(f for f, q in zip(factors, desk.queues, strict=True) if q.day_group == g) for g in groups]
    return _assembled(desk, contacts, _items(desk, seed, replication), np.array(shown).T)


def given_streams(
    desk: Desk,
    *,
    offered_s: ArrayLike,
    handle_s: ArrayLike,
    patience_s: ArrayLike | None = None,
    queue: ArrayLike | None = None,
    item_arrived_s: ArrayLike = (),
    item_length_s: ArrayLike = (),
    item_type: ArrayLike | None = None,
    item_due_s: ArrayLike | None = None,
) -> Streams:
    """Make streams of contacts and items that are known, such as a client's own day; the people are those of the desk.

    Parameters
    ----------
    desk
        The desk; its rates and laws are not used.
    offered_s, handle_s, patience_s, queue
        Per contact in order of arrival; without patience nobody leaves, without a queue all are of the first.
    item_arrived_s, item_length_s, item_type, item_due_s
        Per item in order of arrival; without a type all are of the first; without due moments each type's `due_after_s` counts from arrival.

    Returns
    -------
    Streams
        The same, checked.

    Raises
    ------
    ValueError
        Where an array has another length, is out of order, or holds what cannot be.
    """
    checks.desk(desk)
    offered = np.asarray(offered_s, dtype=np.float64)
    arrived = np.asarray(item_arrived_s, dtype=np.float64)
    kinds = np.zeros(arrived.size, np.int64) if item_type is None else np.asarray(item_type)
    contacts = [
        offered,
        np.zeros(offered.size, np.int64) if queue is None else queue,
        handle_s,
        np.full(offered.size, np.inf) if patience_s is None else patience_s,
    ]
    if item_due_s is None:
        after = [np.inf if kind.due_after_s is None else kind.due_after_s for kind in desk.items]
        checks.positions("item_type", kinds, len(after))
        item_due_s = arrived + np.array([*after, np.inf])[kinds.astype(np.int64)]
    streams = _assembled(desk, contacts, [arrived, kinds, item_length_s, item_due_s], np.ones((1, 1)))
    checks.streams(desk, streams)
    return streams


def _assembled(desk: Desk, contacts: list, items: list, factors: np.ndarray) -> Streams:
    """Return streams in their types, with the desk's shifts in order of start."""
    shifts = sorted(desk.shifts, key=lambda shift: (shift.start_s, shift.agent))
    kinds = (np.float64, np.int64, np.float64, np.float64)
    return Streams(
        *(np.ascontiguousarray(values, dtype=kind) for values, kind in zip(contacts, kinds, strict=True)),
        *(np.ascontiguousarray(values, dtype=kind) for values, kind in zip(items, kinds, strict=True)),
        np.array([shift.agent for shift in shifts], dtype=np.int64),
        np.array([shift.start_s for shift in shifts], dtype=np.float64),
        np.array([shift.end_s for shift in shifts], dtype=np.float64),
        np.array(desk.agent_group, dtype=np.int64),
        factors,
    )


def _day_factors(desk: Desk, seed: int, replication: int) -> list[np.ndarray]:
    """Return each queue's factor per day; queues of one day group share the uniform."""
    days = -(-desk.slots // desk.slots_per_day)
    return [
        unit_gamma(
            queue.day_cv, uniforms(seed=seed, replication=replication, kind=_DAY, position=queue.day_group).random(days)
        )
        for queue in desk.queues
    ]


def _moments(rates_per_h: np.ndarray, slot_s: float, generator: np.random.Generator) -> np.ndarray:
    """Return the moments of a Poisson process whose rate is constant within slots."""
    cumulative = np.concatenate([[0.0], np.cumsum(rates_per_h * (slot_s / 3600.0))])
    expected = cumulative[-1]
    sums = np.empty(0)
    while not sums.size or sums[-1] <= expected:
        more = int(expected + 6 * expected**0.5 + 20) if not sums.size else sums.size // 4 + 20
        steps = quantile(_UNIT, generator.random(more))
        steps[0] += sums[-1] if sums.size else 0.0
        np.cumsum(steps, out=steps)
        sums = np.concatenate([sums, steps]) if sums.size else steps
    before = np.searchsorted(sums, cumulative)  # how many come before each slot
    counts, rise = np.diff(before), np.diff(cumulative)
    moments = sums[: before[-1]]
    moments -= np.repeat(cumulative[:-1], counts)
    moments *= np.repeat(slot_s / np.where(rise > 0, rise, 1.0), counts)
    moments += np.repeat(np.arange(len(rise)) * slot_s, counts)
    np.maximum.accumulate(moments, out=moments)  # rounding may carry the last of a slot over the first of the next
    return np.minimum(moments, np.nextafter(len(rates_per_h) * slot_s, 0.0), out=moments)


def _contacts(
    desk: Desk, position: int, factors: list[np.ndarray], seed: int, replication: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return moments, handling times and patience of a queue's contacts."""
    queue = desk.queues[position]
    named = {"seed": seed, "replication": replication, "position": position}
    by_slot = np.repeat(factors[position], desk.slots_per_day)[: desk.slots]
    offered = _moments(np.array(queue.arrivals_per_h) * by_slot, desk.slot_s, uniforms(kind=_ARRIVAL, **named))
    handle = quantile(queue.handling, uniforms(kind=_HANDLING, **named).random(offered.size))
    if queue.patience is None:
        return offered, handle, np.full(offered.size, np.inf)
    return offered, handle, quantile(queue.patience, uniforms(kind=_PATIENCE, **named).random(offered.size))


def _items(desk: Desk, seed: int, replication: int) -> list[np.ndarray]:
    """Return moment, type, length and due moment of all items, in order of arrival."""
    arrived, kinds, lengths, due = [np.empty(0)], [np.empty(0, np.int64)], [np.empty(0)], [np.empty(0)]
    for position, kind in enumerate(desk.items):
        named = {"seed": seed, "replication": replication, "position": position}
        if kind.arrivals_per_h is None:
            length = _endless(desk, position, kind, uniforms(kind=_ITEM_LENGTH, **named))
            moments = np.zeros(length.size)
        else:
            before = -kind.backlog_age_s * (1 - (np.arange(kind.backlog) + 0.5) / max(kind.backlog, 1))
            after = _moments(np.array(kind.arrivals_per_h), desk.slot_s, uniforms(kind=_ITEM_ARRIVAL, **named))
            moments = np.concatenate([before, after])
            length = np.concatenate(
                [
                    quantile(kind.length, uniforms(kind=_BACKLOG_LENGTH, **named).random(before.size)),
                    quantile(kind.length, uniforms(kind=_ITEM_LENGTH, **named).random(after.size)),
                ]
            )
        arrived.append(moments)
        kinds.append(np.full(moments.size, position))
        lengths.append(length)
        due.append(moments + (np.inf if kind.due_after_s is None else kind.due_after_s))
    columns = [np.concatenate(parts) for parts in (arrived, kinds, lengths, due)]
    if (columns[0][1:] >= columns[0][:-1]).all():
        return columns
    order = np.argsort(columns[0], kind="stable")
    return [column[order] for column in columns]


def _endless(desk: Desk, position: int, kind: ItemType, generator: np.random.Generator) -> np.ndarray:
    """Return lengths of more items than the agents of a type can begin, even if they did nothing else.

    In every shift all items begun but the last are finished within it, so without the longest one per shift they fit into the paid time.
    """
    able = {agent for agent, group in enumerate(desk.agent_group) if position in desk.groups[group].items}
    shifts = [shift for shift in desk.shifts if shift.agent in able and shift.start_s < desk.horizon_s]
    paid = sum(min(shift.end_s, desk.horizon_s) - shift.start_s for shift in shifts)
    spare = len(shifts) + 2 * len(able) + 1
    lengths = np.empty(0)
    while lengths.size <= spare or np.partition(lengths, lengths.size - spare)[: lengths.size - spare].sum() <= paid:
        more = int(paid / kind.length.mean_s + spare) + 50 if not lengths.size else lengths.size // 4 + 20
        lengths = np.concatenate([lengths, quantile(kind.length, generator.random(more))])
    return lengths
