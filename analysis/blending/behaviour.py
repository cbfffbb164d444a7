"""What a replay cannot know: callers who call again, work that takes longer, people who act otherwise. Each as a range of its effect."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.blending.own_breaks import later_back
from analysis.blending.own_contacts import uniforms
from analysis.blending.own_days import OwnDays
from analysis.blending.supply import DELIVERY_S
from analysis.simulation import NO_ITEMS, Delivery, Desk, Group, Policy, Run, Shift, Streams, simulate
from analysis.simulation.engine import EVENTS
from analysis.simulation.run import CONTACTS

TODAY = Policy("as it was", kept_free=NO_ITEMS)
# Streams of random numbers of the callers who call again: whether, when, and how long they are willing to wait.
_AGAIN, _WHEN, _WILLING = 11, 12, 13
# Assumed ranges; each is a setting of its row, so that a reader sees what was assumed.
CALL_AGAIN, AGAIN_AFTER_S = 0.5, 300.0
HANDLING = 0.10
AFTER_ITEM_S = 15.0
READY_LATER_S = 5.0
LAST_S = 600.0
WATCHED = 0.05
PATIENCE = (0.5, 2.0)
_PASSES = 2


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """The two replays that a range is measured against.

    Attributes
    ----------
    own
        The days with their items.
    policy
        The policy, for the horizon of the days.
    streams
        Those of the days under the policy: who begins a break later comes back as much later.
    today, blended
        The runs without and with the policy.
    seed
        Seed of what is drawn.
    """

    own: OwnDays
    policy: Policy
    streams: Streams
    today: Run
    blended: Run
    seed: int

    @classmethod
    def of(cls, own: OwnDays, policy: Policy, *, seed: int) -> Base:
        """Run the days without and with the policy."""
        today, told = (simulate(own.desk, own.streams, each, events=True) for each in (TODAY, policy))
        streams = later_back(own, today.events, told.events)
        return cls(own, policy, streams, today, simulate(own.desk, streams, policy), seed)

    @property
    def change(self) -> float:
        """Blended less unblended service level."""
        return level(self.blended) - level(self.today)


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that a replay cannot know.

    Attributes
    ----------
    factor, words
        Its name, and what is varied between which settings.
    low_setting, high_setting
        The settings.
    low, high
        The effect of the policy at each setting; None: that of the replay itself.
    """

    factor: str
    words: str
    low_setting: float
    high_setting: float
    low: Callable[[Base], float] | None
    high: Callable[[Base], float] | None


def level(run: Run) -> float:
    """Return the share answered in time, every queue by its own definition."""
    in_time, counted = (run.contacts[..., CONTACTS.index(name)].sum() for name in ("in_time", "counted"))
    return float(in_time / counted) if counted > 0 else 1.0


def ranges(base: Base) -> list[Mapping[str, object]]:
    """Return the rows of the frame `replay_ranges` but for the pool: what the policy changes at both ends of every factor."""
    found = factors(base.own.desk.delivery)
    asked = [task for factor in found for task in (factor.low, factor.high)]
    with ThreadPoolExecutor(max_workers=min(os.cpu_count() or 1, 4)) as workers:
        changes = list(workers.map(lambda task: base.change if task is None else task(base), asked))
    return [
        {
            "factor": factor.factor,
            "words": factor.words,
            "low_setting": factor.low_setting,
            "high_setting": factor.high_setting,
            "change_low": changes[2 * at],
            "change_high": changes[2 * at + 1],
        }
        for at, factor in enumerate(found)
    ]


def factors(delivery: Delivery) -> tuple[Factor, ...]:
    """Return what is varied; `delivery` is that of the replay."""
    manual = delivery.kind == "manual"
    quick = Delivery("push", DELIVERY_S["push"], switch_s=delivery.switch_s)
    slow = Delivery("manual", DELIVERY_S["manual"], return_s=DELIVERY_S["manual"], switch_s=delivery.switch_s)
    return (
        Factor(
            "retrials",
            f"None to half of the callers who are newly lost call again, {AGAIN_AFTER_S / 60:.0f} minutes later on average.",
            *(0.0, CALL_AGAIN),
            *(None, calling_again),
        ),
        Factor(
            "handling_time",
            f"Contacts get {100 * HANDLING:.0f} % shorter to {100 * HANDLING:.0f} % longer once items are mixed in.",
            *(1 - HANDLING, 1 + HANDLING),
            *(_handling(1 - HANDLING), _handling(1 + HANDLING)),
        ),
        Factor(
            "after_item",
            f"A contact straight after an item takes up to {AFTER_ITEM_S:.0f} seconds longer.",
            *(0.0, AFTER_ITEM_S),
            *(None, slower_after_item),
        ),
        Factor(
            "ready_later",
            f"Agents take up to {READY_LATER_S:.0f} seconds longer to be ready after every contact once items are mixed in.",
            *(0.0, READY_LATER_S),
            *(None, _handling(1.0, READY_LATER_S)),
        ),
        Factor(
            "end_of_shift",
            f"Agents start no item in the last {LAST_S / 60:.0f} minutes of their day.",
            *(0.0, LAST_S),
            *(None, none_at_the_end),
        ),
        Factor(
            "watched",
            f"People worked faster because they were measured: otherwise every contact takes up to {100 * WATCHED:.0f} % longer, with items and without.",
            *(0.0, WATCHED),
            *(None, unwatched),
        ),
        Factor(
            "patience",
            "Callers who were answered would have waited half as long again as estimated, to twice as long.",
            *PATIENCE,
            *(_patience(PATIENCE[0]), _patience(PATIENCE[1])),
        ),
        Factor(
            "delivery",
            f"Items come by themselves within {DELIVERY_S['push']:.0f} seconds, or agents fetch them by hand, {DELIVERY_S['manual']:.0f} seconds each way.",
            *(DELIVERY_S["push"], DELIVERY_S["manual"]),
            *((_delivered(quick), None) if manual else (_same(delivery, quick), _delivered(slow))),
        ),
    )


def _same(delivery: Delivery, other: Delivery) -> Callable[[Base], float] | None:
    return None if delivery == other else _delivered(other)


def _delivered(delivery: Delivery) -> Callable[[Base], float]:
    """Return the effect under another delivery of items."""

    def effect(base: Base) -> float:
        desk = dataclasses.replace(base.own.desk, delivery=delivery)
        return level(simulate(desk, base.streams, base.policy)) - level(base.today)

    return effect


def _handling(factor: float, more_s: float = 0.0) -> Callable[[Base], float]:
    """Return the effect where mixing in items changes how long every contact takes."""

    def effect(base: Base) -> float:
        handle = base.streams.handle_s * factor + more_s
        return level(_blended(base, handle_s=handle)) - level(base.today)

    return effect


def unwatched(base: Base) -> float:
    """Return the effect where contacts take longer with items and without."""
    return _paired(base, handle_s=base.streams.handle_s * (1 + WATCHED))


def _patience(factor: float) -> Callable[[Base], float]:
    """Return the effect where those who were answered were willing to wait a multiple of what is estimated beyond their wait."""

    def effect(base: Base) -> float:
        frame, patience = base.own.contacts.frame, base.streams.patience_s
        waited = (frame["wait_s"] - base.own.contacts.ring_s).clip(lower=0).fillna(0.0).to_numpy()
        answered = frame["answered"].to_numpy()
        return _paired(base, patience_s=np.where(answered, waited + factor * (patience - waited), patience))

    return effect


def none_at_the_end(base: Base) -> float:
    """Return the effect where nobody starts an item in the last minutes of the day."""
    desk, streams = without_last_items(base.own)
    return level(simulate(desk, streams, base.policy)) - level(simulate(desk, streams, TODAY))


def without_last_items(own: OwnDays) -> tuple[Desk, Streams]:
    """Return the days with nobody starting an item in the last minutes of the day.

    Notes
    -----
    The last stretch of an agent's day is cut in two; in the second a stand-in with the same queues and no items takes the place. What is in hand at
    the cut is finished by the first of the two, with items and without, so that the little time gained drops out of the effect.
    """
    desk, agents = own.desk, len(own.desk.agent_group)
    last = own.people.stretches.groupby(["agent", "day"], sort=False).cumcount(ascending=False).eq(0).to_numpy()
    shifts = []
    for shift, ends in zip(desk.shifts, last, strict=True):
        cut = shift.end_s - LAST_S
        if ends and cut > shift.start_s:
            shifts += [Shift(shift.agent, shift.start_s, cut), Shift(shift.agent + agents, cut, shift.end_s)]
        else:
            shifts.append(shift)
    shifts.sort(key=lambda shift: (shift.start_s, shift.agent))
    without = tuple(Group(f"{group.name}, no items", group.queues) for group in desk.groups)
    groups = (*desk.agent_group, *(group + len(desk.groups) for group in desk.agent_group))
    desk = dataclasses.replace(desk, shifts=tuple(shifts), groups=(*desk.groups, *without), agent_group=groups)
    streams = dataclasses.replace(
        own.streams,
        shift_agent=np.array([shift.agent for shift in shifts], dtype=np.int64),
        shift_start_s=np.array([shift.start_s for shift in shifts]),
        shift_end_s=np.array([shift.end_s for shift in shifts]),
        agent_group=np.array(groups, dtype=np.int64),
    )
    return desk, streams


def slower_after_item(base: Base) -> float:
    """Return the effect where a contact taken straight after an item takes longer; found by running until the contacts concerned settle."""
    desk, streams, handle = base.own.desk, base.streams, base.streams.handle_s
    run = base.blended
    for _ in range(_PASSES):
        told = simulate(desk, dataclasses.replace(streams, handle_s=handle), base.policy, events=True)
        handle = streams.handle_s.copy()
        handle[after_item(told.events)] += AFTER_ITEM_S
        run = simulate(desk, dataclasses.replace(streams, handle_s=handle), base.policy)
    return level(run) - level(base.today)


def after_item(events: np.ndarray) -> np.ndarray:
    """Return the positions of the contacts whose agent did an item right before.

    Parameters
    ----------
    events
        As :class:`analysis.simulation.Run` has them.
    """
    kinds = {name: at for at, name in enumerate(EVENTS)}
    frame = pd.DataFrame(events, columns=["time_s", "kind", "what", "agent"])
    told = [kinds[name] for name in ("answer", "end", "item_end", "laid_aside", "shift_start")]
    frame = frame[frame["kind"].isin(told)]
    before = frame.groupby("agent")["kind"].shift()
    taken = frame["kind"].eq(kinds["answer"]) & before.isin([kinds["item_end"], kinds["laid_aside"]])
    return frame.loc[taken, "what"].to_numpy(dtype=np.int64)


def calling_again(base: Base) -> float:
    """Return the effect where half of those who are lost with items, and were not without, call again with the same matter."""
    streams, run, original = base.streams, base.blended, np.arange(len(base.streams.offered_s))
    for _ in range(_PASSES):
        started = run.started_s[original]
        lost = np.flatnonzero(np.isnan(started) & ~np.isnan(base.today.started_s))
        more, original = with_retrials(streams, _again(base, lost), horizon_s=base.own.desk.horizon_s)
        run = simulate(base.own.desk, more, base.policy)
    return level(run) - level(base.today)


def _again(base: Base, lost: np.ndarray) -> pd.DataFrame:
    """Return who of the lost calls again: contact, offered_s, patience_s; each contact has its own random numbers."""
    streams, count = base.own.streams, len(base.own.streams.offered_s)
    again = lost[uniforms(base.seed, _AGAIN, count)[lost] < CALL_AGAIN]
    pause = -AGAIN_AFTER_S * np.log1p(-uniforms(base.seed, _WHEN, count)[again])
    willing = uniforms(base.seed, _WILLING, count)[again]
    patience = np.empty(len(again))
    for at, law in enumerate(base.own.contacts.patience):
        mine = streams.queue[again] == at
        patience[mine] = law.beyond(np.zeros(int(mine.sum())), willing[mine])
    offered = streams.offered_s[again] + streams.patience_s[again] + pause
    return pd.DataFrame({"contact": again, "offered_s": offered, "patience_s": patience})


def with_retrials(streams: Streams, again: pd.DataFrame, *, horizon_s: float) -> tuple[Streams, np.ndarray]:
    """Return streams with further calls, and where the original contacts stand among them.

    Parameters
    ----------
    streams
        The contacts as they came.
    again
        contact (position of the one that calls again), offered_s, patience_s.
    horizon_s
        Calls after the last day are left out.
    """
    again = again[again["offered_s"] < horizon_s]
    contact = again["contact"].to_numpy(dtype=np.int64)
    offered = np.concatenate([streams.offered_s, again["offered_s"].to_numpy()])
    order = np.argsort(offered, kind="stable")
    more = dataclasses.replace(
        streams,
        offered_s=offered[order],
        queue=np.concatenate([streams.queue, streams.queue[contact]])[order],
        handle_s=np.concatenate([streams.handle_s, streams.handle_s[contact]])[order],
        patience_s=np.concatenate([streams.patience_s, again["patience_s"].to_numpy()])[order],
    )
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return more, place[: len(streams.offered_s)]


def _paired(base: Base, **changed: np.ndarray) -> float:
    """Return the effect where something about the contacts is otherwise with items and without."""
    own = base.own
    today = simulate(own.desk, dataclasses.replace(own.streams, **changed), TODAY)
    return level(_blended(base, **changed)) - level(today)


def _blended(base: Base, **changed: np.ndarray) -> Run:
    """Run the blended days with other streams."""
    return simulate(base.own.desk, dataclasses.replace(base.streams, **changed), base.policy)
