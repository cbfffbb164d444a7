"""The client's typical week as a simulated desk: each of its days is one of the client's own, less the chance of single arrivals."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.blending.pool import Pool
from analysis.blending.promise import queue_promise
from analysis.blending.settings import BlendingSettings
from analysis.blending.supply import Supply, Trained, delivery_of, law_of, supply, trained
from analysis.blending.uncertainty import coefficient
from analysis.foundation.settings import Client, Queue
from analysis.measure.load import (
    LONGEST_PROMISE_S,
    contact_slots,
    handle_times,
    live_queues,
    local_slots,
    offered_contacts,
)
from analysis.simulation import ContactQueue, Desk, Shift, Times

DAYS = 7


@dataclass(frozen=True, slots=True)
class Facts:
    """What every simulated week of a pool shares, and the client's days that the weeks are made of.

    Attributes
    ----------
    pool
        The pool.
    queues
        Queues of the desk, live ones first; their rates are those of the mean week.
    live
        Number of live queues.
    items, people
        Item types and groups of agents.
    days
        Per weekday that is open: the days' positions on the first axis of `load` and `agents`.
    load
        Factor of the mean week's rates, array (day, slot of the day).
    agents
        Mean number of agents on duty, array (day, slot of the day).
    leave_s
        Time before the end of a stretch at which its agent takes nothing more, so that the time on duty is the one measured [s].
    settings
        What is asked.
    """

    pool: Pool
    queues: tuple[ContactQueue, ...]
    live: int
    items: Supply
    people: Trained
    days: tuple[np.ndarray, ...]
    load: np.ndarray
    agents: np.ndarray
    leave_s: float
    settings: BlendingSettings

    @property
    def per_day(self) -> int:
        """Number of slots in a day."""
        return 86400 // self.pool.slot_s

    @property
    def days_per_weekday(self) -> float:
        """Days of the same kind behind a day of the week, harmonic mean."""
        counts = [len(days) for days in self.days if len(days)]
        return len(counts) / sum(1 / count for count in counts) if counts else 0.0

    @property
    def freedom(self) -> int:
        """Degrees of freedom of the differences between days of the same kind."""
        return sum(len(days) - 1 for days in self.days if len(days))

    @property
    def open_slots(self) -> np.ndarray:
        """Whether the pool is open in each slot of the week."""
        return by_slot(self.pool, np.ones(len(self.pool.cells))) > 0


def facts_of(
    pool: Pool,
    items: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    *,
    client: Client,
    queues: Sequence[Queue],
    settings: BlendingSettings,
) -> Facts:
    """Gather what the simulated weeks of a pool are made of.

    Parameters
    ----------
    pool
        The pool with its like half hours and days.
    items
        The inventory.
    tables
        Canonical tables.
    client, queues, settings
        Zone, period and holidays; every queue of the engagement; what is asked.

    Notes
    -----
    A day d has T_d contacts where its weekday has m on average over n days. Var(T / m) = cv^2 + 1 / m: chance of single arrivals makes the second part.
    The day's factor is 1 + k sqrt(n / (n - 1)) (T_d / m - 1) with k^2 = cv^2 / (cv^2 + 1 / m), so that the factors vary by cv exactly. What the half
    hours vary beyond that is treated alike within the day. People are those of the same day, so busy days keep their own staffing.
    """
    live = [queue for queue in live_queues(queues) if queue.pool == pool.name]
    behind = [queue for queue in queues if queue.pool == pool.name and queue not in live and _behind(queue)]
    slots = contact_slots(tables, live, client=client, slot_s=pool.slot_s)
    contact_queues = [_live_queue(queue, slots, pool, tables, settings) for queue in live]
    contact_queues += _asynchronous(live, behind, tables, client=client, slot_s=pool.slot_s, settings=settings)
    open_slots = by_slot(pool, np.ones(len(pool.cells))) > 0
    supplied = supply(tables, items, open_slots, client=client, settings=settings)
    names = [queue.name.removesuffix(_LATER) for queue in contact_queues]
    days, load, agents = _days(pool)
    return Facts(
        pool=pool,
        queues=tuple(contact_queues),
        live=len(live),
        items=supplied,
        people=trained(tables, pool.name, queues=queues, names=names, types=supplied.types),
        days=days,
        load=load,
        agents=agents,
        leave_s=_leave_s(pool, contact_queues),
        settings=settings,
    )


def week_of(
    pool: Pool,
    items: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    *,
    client: Client,
    queues: Sequence[Queue],
    settings: BlendingSettings,
) -> Desk:
    """Return one typical week of a pool, Monday to Sunday; parameters as in :func:`facts_of`."""
    return weeks_of(pool, items, tables, client=client, queues=queues, settings=settings, draws=1)[0]


def weeks_of(
    pool: Pool,
    items: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    *,
    client: Client,
    queues: Sequence[Queue],
    settings: BlendingSettings,
    draws: int,
    seed: int | None = None,
) -> list[Desk]:
    """Return typical weeks of a pool, put together from the client's own days so that every day is used equally often.

    Parameters
    ----------
    pool, items, tables, client, queues, settings
        As in :func:`facts_of`.
    draws
        Number of weeks.
    seed
        Seed of the order of days; None takes the settings'.
    """
    facts = facts_of(pool, items, tables, client=client, queues=queues, settings=settings)
    return weeks(facts, draws, seed=settings.seed if seed is None else seed)


def weeks(facts: Facts, draws: int, *, seed: int, load: float = 1.0) -> list[Desk]:
    """Return weeks of a pool's facts; `load` multiplies every rate of contacts."""
    rng = np.random.default_rng([seed, 6, draws])
    order = [_balanced(days, draws, rng) for days in facts.days]
    desks = []
    for draw in range(draws):
        chosen = [None if rows is None else int(rows[draw]) for rows in order]
        desks.append(_desk(facts, chosen, rng.random(DAYS), load))
    return desks


def _balanced(days: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray | None:
    """Return one day per week: shuffled rounds of all days; None on a weekday that is closed."""
    if not len(days):
        return None
    rounds = -(-draws // len(days))
    return np.concatenate([rng.permutation(days) for _ in range(rounds)])[:draws]


def _desk(facts: Facts, chosen: Sequence[int | None], part: np.ndarray, load: float) -> Desk:
    """Return the week made of these days; `part` decides per day which mean numbers of agents are rounded up."""
    per_day, nothing = facts.per_day, np.zeros(facts.per_day)
    factor = np.concatenate([nothing if day is None else facts.load[day] for day in chosen]) * load
    present = [nothing if day is None else facts.agents[day] for day in chosen]
    counts = np.concatenate([np.floor(day + u) for day, u in zip(present, part, strict=True)]).astype(np.int64)
    shifts = shifts_of(counts, facts.pool.slot_s, facts.leave_s)
    live = [
        dataclasses.replace(queue, arrivals_per_h=tuple((np.asarray(queue.arrivals_per_h) * factor).tolist()))
        for queue in facts.queues[: facts.live]
    ]
    return Desk(
        slot_s=float(facts.pool.slot_s),
        slots=DAYS * per_day,
        queues=(*live, *facts.queues[facts.live :]),
        groups=facts.people.groups,
        agent_group=facts.people.assigned(max(int(counts.max(initial=0)), 1)),
        shifts=shifts,
        items=facts.items.types,
        delivery=delivery_of(facts.settings),
        slots_per_day=per_day,
    )


def shifts_of(counts: np.ndarray, slot_s: float, leave_s: float = 0.0) -> tuple[Shift, ...]:
    """Return stretches of presence that give these numbers of agents per slot: the first so many agents are there.

    Parameters
    ----------
    counts
        Agents per slot.
    slot_s
        Length of a slot [s].
    leave_s
        Taken off the end of every stretch, for what is finished afterwards [s]; at most half a slot.

    Examples
    --------
    >>> [(shift.agent, shift.start_s, shift.end_s) for shift in shifts_of(np.array([1, 2, 1]), 1800.0)]
    [(0, 0.0, 5400.0), (1, 1800.0, 3600.0)]
    """
    found = []
    early = min(leave_s, slot_s / 2)
    padded = np.concatenate([[0], counts, [0]])
    for agent in range(int(counts.max(initial=0))):
        there = padded > agent
        begins, ends = np.flatnonzero(there[1:] & ~there[:-1]), np.flatnonzero(there[:-1] & ~there[1:])
        found += [
            Shift(agent, float(begin * slot_s), float(end * slot_s - early))
            for begin, end in zip(begins, ends, strict=True)
        ]
    return tuple(sorted(found, key=lambda shift: (shift.start_s, shift.agent)))


_LATER = ", deferrable"


def _behind(queue: Queue) -> bool:
    """Whether the pool's agents serve a queue after the live ones: messages with a long promise, and callbacks that were promised."""
    return queue.direction == "in" or queue.channel == "callback"


def by_slot(pool: Pool, values: np.ndarray) -> np.ndarray:
    """Return a value per like half hour as one per slot of the week, zero where the pool is closed."""
    per_day = 86400 // pool.slot_s
    place = pool.cells["weekday"].to_numpy() * per_day + pool.cells["slot_of_day_s"].to_numpy() // pool.slot_s
    week = np.zeros(DAYS * per_day)
    week[place.astype(np.int64)] = values
    return week


def _live_queue(
    queue: Queue, slots: pd.DataFrame, pool: Pool, tables: Mapping[str, pd.DataFrame], settings: BlendingSettings
) -> ContactQueue:
    """Return a live queue with its mean week; the pool's patience and, where its own is not known, the pool's handling time."""
    mine = slots[slots["queue"].eq(queue.name)]
    mean = mine.groupby(["weekday", "slot_of_day_s"])["offered"].mean()
    key = pd.MultiIndex.from_frame(pool.cells[["weekday", "slot_of_day_s"]])
    rates = mean.reindex(key).fillna(0.0).to_numpy(dtype=float) / pool.slot_h
    answered, handle_s = float(mine["answered"].sum()), float(mine["handle_s"].sum())
    mean_s = handle_s * queue.concurrency / answered if answered > 0 and handle_s > 0 else pool.desk.aht_s
    contacts = offered_contacts(tables, queue)
    seen = handle_times(contacts).to_numpy(dtype=float) if len(contacts) else np.array([])
    promise = queue_promise(queue, settings)
    return ContactQueue(
        name=queue.name,
        arrivals_per_h=tuple(by_slot(pool, rates).tolist()),
        handling=law_of(seen, mean_s),
        patience=None if pool.desk.patience_s is None else Times(pool.desk.patience_s),
        answer_within_s=promise.answer_within_s,
        target=promise.target,
        definition=promise.definition,
        short_s=promise.short_s,
        channel=queue.channel,
        concurrency=queue.concurrency,
    )


def _asynchronous(
    live: Sequence[Queue],
    behind: Sequence[Queue],
    tables: Mapping[str, pd.DataFrame],
    *,
    client: Client,
    slot_s: int,
    settings: BlendingSettings,
) -> list[ContactQueue]:
    """Return what agents serve when no live contact waits: queues with a long promise, deferrable contacts of the live ones, callbacks."""
    contacts = tables.get("contacts", pd.DataFrame())
    found = []
    for queue in (*behind, *live):
        if contacts.empty:
            break
        mine = contacts[contacts["queue"].eq(queue.name)]
        if queue in live:
            mine = mine[mine["deferrable"].fillna(False).astype(bool)]
        taken = handle_times(mine).dropna().to_numpy(dtype=float) if len(mine) else np.array([])
        if not len(taken) or taken.mean() <= 0:
            continue
        rates = _mean_week(mine["offered_at"], client, slot_s)
        promise = queue_promise(queue, settings)
        found.append(
            ContactQueue(
                name=queue.name + (_LATER if queue in live else ""),
                arrivals_per_h=tuple(rates.tolist()),
                handling=law_of(taken, float(taken.mean())),
                answer_within_s=max(queue.answer_within_s, LONGEST_PROMISE_S),
                target=promise.target,
                definition=promise.definition,
                short_s=promise.short_s,
                channel=queue.channel,
                rank=1,
                concurrency=queue.concurrency,
            )
        )
    return found


def _mean_week(stamps: pd.Series, client: Client, slot_s: int) -> np.ndarray:
    """Return arrivals per hour in every slot of the mean week, holidays left out."""
    placed = local_slots(stamps, client.time_zone, slot_s)
    days = pd.date_range(client.period.start, client.period.end)
    days = days[~days.isin(pd.to_datetime(list(client.holidays)))]
    placed = placed[placed["day"].isin(days)]
    per_day = 86400 // slot_s
    place = placed["weekday"].to_numpy(dtype=np.int64) * per_day + placed["slot_of_day_s"].to_numpy(np.int64) // slot_s
    counts = np.bincount(place, minlength=DAYS * per_day).astype(float)
    seen = np.bincount(days.day_of_week, minlength=DAYS)
    return counts / np.repeat(np.maximum(seen, 1), per_day) * 3600 / slot_s


def _days(pool: Pool) -> tuple[tuple[np.ndarray, ...], np.ndarray, np.ndarray]:
    """Return the days by weekday, and per day and slot the factor of the rates and the mean number of agents."""
    cells, daily = pool.cells, pool.daily
    per_day = 86400 // pool.slot_s
    names, day = np.unique(daily["day"].to_numpy(), return_inverse=True)
    at = daily["cell"].to_numpy()
    slot = (cells["slot_of_day_s"].to_numpy() // pool.slot_s).astype(np.int64)[at]
    expected, agents, counts = (np.zeros((len(names), per_day)) for _ in range(3))
    expected[day, slot] = cells["offered_per_h"].to_numpy()[at] * pool.slot_h
    counts[day, slot] = daily["offered"].to_numpy(dtype=float)
    agents[day, slot] = daily["agents"].to_numpy(dtype=float)
    weekday_of = np.zeros(len(names), dtype=np.int64)
    weekday_of[day] = daily["weekday"].to_numpy(dtype=np.int64)
    days = tuple(np.flatnonzero(weekday_of == number) for number in range(DAYS))
    return days, _load_factors(counts, expected, weekday_of, coefficient(pool) ** 2), agents


def _load_factors(counts: np.ndarray, expected: np.ndarray, weekday_of: np.ndarray, variance: float) -> np.ndarray:
    """Return the factors of the rates per day and slot; `variance` is that of a half hour's rate between like days, chance left out."""
    n = np.bincount(weekday_of, minlength=DAYS)[weekday_of]
    m, t = expected.sum(axis=1), counts.sum(axis=1)
    many = (n > 1) & (m > 0)
    widen = np.where(n > 1, n / np.maximum(n - 1, 1), 1.0)
    between = float((widen * (t - m) ** 2 - m)[many].sum() / max(float((m**2)[many].sum()), 1e-12))
    of_day = min(max(between, 0.0), variance)
    ratio = np.where(m > 0, t / np.maximum(m, 1e-12), 1.0)
    kept = of_day / (of_day + 1 / np.maximum(m, 1e-12)) if of_day > 0 else np.zeros(len(m))
    factor = 1 + np.sqrt(kept * widen) * (ratio - 1)
    rest, here = variance - of_day, expected * factor[:, None]
    known = (here > 0) & (rest > 0)
    safe = np.where(known, here, 1.0)
    keep = np.where(known, max(rest, 0.0) / (max(rest, 0.0) + 1 / safe), 0.0)
    return np.maximum(
        factor[:, None] * (1 + np.sqrt(keep * widen[:, None]) * np.where(known, counts / safe - 1, 0.0)), 0.0
    )


def _leave_s(pool: Pool, queues: Sequence[ContactQueue]) -> float:
    """Return how long an agent is busy after the end of a stretch on average [s]: the measured time on duty holds it already.

    Notes
    -----
    A busy agent still has aht (1 + cv^2) / 2 ahead of it on average; agents are busy for the share load / agents of their time.
    """
    weights = np.array([sum(queue.arrivals_per_h) * queue.handling.mean_s for queue in queues])
    rest = np.array([queue.handling.mean_s * (1 + queue.handling.cv**2) / 2 for queue in queues])
    if not weights.sum() > 0:
        return 0.0
    occupancy = min(float(pool.cells["load"].sum() / max(pool.cells["agents"].sum(), 1e-9)), 1.0)
    return occupancy * float((weights * rest).sum() / weights.sum())
