"""Policies side by side: what each yields in item time, what it costs callers, and how busy it keeps agents."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.blending.pool import Pool, overall, share_in_time
from analysis.blending.promise import Promise

NO_ITEMS = -1
# Policies that use less than this share of the waiting are not listed.
_LEAST_SHOWN = 0.1
_FLOOR_STEP = 0.005
_FREE_SCALES = 2.5
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Policy:
    """What one policy makes of every half hour of a pool.

    Attributes
    ----------
    mode
        releasable, shareable, interruptible; empty for today.
    name
        The policy in words.
    kept_free
        Agents kept free, one number for all half hours; None where that does not apply.
    by_cell
        Agents kept free per half hour, -1 where no item starts; None where that does not apply.
    outcome
        As :meth:`analysis.blending.pool.Pool.outcome` returns it.
    progress
        Agents whose item time moves items on, per half hour: item agents less resumption, and never more than waited.
    """

    mode: str
    name: str
    kept_free: int | None
    by_cell: np.ndarray | None
    outcome: np.ndarray
    progress: np.ndarray


@dataclass(frozen=True, slots=True)
class Options:
    """Every number of agents kept free, computed once for every half hour.

    Attributes
    ----------
    kept_free
        Numbers tried, rising.
    outcomes
        Array (number kept free, figure, half hour).
    today
        Array (figure, half hour) without items.
    """

    kept_free: tuple[int, ...]
    outcomes: np.ndarray
    today: np.ndarray

    @classmethod
    def of(cls, pool: Pool, most_kept_free: int, shift: np.ndarray | float = 0.0) -> Options:
        """Compute the outcomes of a pool, optionally at a shifted load."""
        # waiting changes on the scale of sqrt(agents): further agents kept free would start next to no item
        enough = math.ceil(_FREE_SCALES * math.sqrt(max(pool.agents.max(), 1.0)))
        tried = tuple(range(min(most_kept_free, enough) + 1))
        outcomes = np.array([pool.outcome(step, shift) for step in tried])
        return cls(tried, outcomes, pool.outcome(None, shift))

    @classmethod
    def none(cls, pool: Pool, shift: np.ndarray | float = 0.0) -> Options:
        """Return no options but today's, for want of an item length."""
        today = pool.outcome(None, shift)
        return cls((), np.empty((0, *today.shape)), today)

    def choose(self, floor: float, agents: np.ndarray, max_occupancy: float = 1.0) -> np.ndarray:
        """Return per half hour the position of the fewest agents kept free that hold `floor` and the cap, or NO_ITEMS."""
        if not self.kept_free:
            return np.full(len(agents), NO_ITEMS)
        level = np.array([share_in_time(outcome) for outcome in self.outcomes])
        occupancy = self.outcomes[:, 4] / np.maximum(agents, 1e-9)
        places_items = self.outcomes[:, 3] > 1e-6
        good = (level >= floor - 1e-9) & (occupancy <= max_occupancy + 1e-9) & places_items
        return np.where(good.any(axis=0), good.argmax(axis=0), NO_ITEMS)

    def chosen(self, choice: np.ndarray) -> np.ndarray:
        """Return the outcome of a choice per half hour."""
        if not self.kept_free:
            return self.today
        cells = np.arange(len(choice))
        picked = self.outcomes[np.maximum(choice, 0), :, cells].T
        return np.where(choice >= 0, picked, self.today)


def net_agents(outcome: np.ndarray, today: np.ndarray) -> np.ndarray:
    """Return the change in busy agents per half hour, which is the agents on items less the fall in agents on contacts."""
    return outcome[4] - today[4]


def keeps(outcome: np.ndarray, agents: np.ndarray, promise: Promise) -> bool:
    """Whether all half hours together keep the promise and the cap on occupancy."""
    occupancy = float(outcome[4].sum() / max(agents.sum(), 1e-9))
    return overall(outcome) >= promise.target - 1e-9 and occupancy <= promise.max_occupancy + 1e-9


def schedule_choice(options: Options, pool: Pool, promise: Promise) -> np.ndarray:
    """Choose the agents kept free per half hour: the promise and the cap hold in each, and the promise over all.

    Notes
    -----
    Every half hour gets the fewest agents kept free that hold a floor of service and the cap; the floor is the smallest at or above the target
    at which all half hours together keep promise and cap too, since some may miss them without any items.
    """

    def choice(floor: float) -> np.ndarray:
        return options.choose(floor, pool.agents, promise.max_occupancy)

    def holds(chosen: np.ndarray) -> bool:
        return keeps(options.chosen(chosen), pool.agents, promise)

    low, high = promise.target, 1.0
    best = choice(low)
    if holds(best):
        return best
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(choice(middle)) else (middle, high)
    best = choice(high)
    return best if holds(best) else np.full(len(best), NO_ITEMS)


def between_contacts(options: Options, pool: Pool, waited: np.ndarray, choice: np.ndarray) -> list[Policy]:
    """Return today, every fixed number of agents kept free, and the schedule chosen per half hour (positions in the options)."""
    nothing = np.zeros(len(pool.cells))
    policies = [Policy("", "today, no items", None, None, options.today, nothing)]
    for number, outcome in zip(options.kept_free, options.outcomes, strict=True):
        if outcome[3].sum() < _LEAST_SHOWN * max(waited.sum(), 1e-9):
            break
        fixed = np.where(outcome[3] > 1e-6, number, NO_ITEMS)
        progress = np.minimum(net_agents(outcome, options.today), waited)
        policies.append(Policy("shareable", f"keep {number} free", number, fixed, outcome, progress))
    outcome = options.chosen(choice)
    steps = np.array([*options.kept_free, NO_ITEMS])[choice]
    progress = np.minimum(net_agents(outcome, options.today), waited)
    policies.append(Policy("shareable", "number kept free chosen per half hour", None, steps, outcome, progress))
    return policies


def blocks(pool: Pool, options: Options, waited: np.ndarray) -> Policy:
    """Return the policy that takes whole agents off contacts.

    Notes
    -----
    Agents above the fewest that keep the promise, within the cap on occupancy; fewer where the days' differing numbers of agents would break
    the promise in the half hour, or all half hours together would.
    """
    released = allowed_blocks(pool.agents, options.today[4], pool.cells["required_agents"].to_numpy(), waited, pool)
    target, floor = pool.desk.promise.target, pool.desk.promise.target
    outcome = pool.outcome(None, released=released)
    while released.any() and (
        (short := (released > 0) & (share_in_time(outcome) < floor)).any() or overall(outcome) < target
    ):
        if not short.any():
            floor += _FLOOR_STEP
        released = np.where(short, released - 1, released)
        outcome = pool.outcome(None, released=released)
    progress = np.clip(net_agents(outcome, options.today), 0.0, waited)
    return Policy("releasable", "whole agents in blocks off contacts", None, None, outcome, progress)


def allowed_blocks(
    agents: np.ndarray, busy: np.ndarray, required: np.ndarray, waited: np.ndarray, pool: Pool
) -> np.ndarray:
    """Return the whole agents above the fewest needed whose absence leaves nobody busier than the cap."""
    cap = np.floor(np.maximum(pool.desk.promise.max_occupancy * agents - busy, 0.0) + 1e-9)
    return np.minimum(whole_agents_above(agents, required, waited), cap)


def whole_agents_above(agents: np.ndarray, required: np.ndarray, waited: np.ndarray) -> np.ndarray:
    """Return the whole agents that could leave contacts: above the fewest needed, and no more than waited."""
    above = np.where(np.isfinite(required), agents - required, 0.0)
    return np.floor(np.maximum(np.minimum(above, waited), 0.0) + 1e-9)


def rationed(agents: np.ndarray, busy: np.ndarray, max_occupancy: float) -> np.ndarray:
    """Return the share of waiting time per half hour that items may fill: no half hour above the cap, nor all together.

    Examples
    --------
    >>> rationed(np.array([10.0, 10.0]), np.array([5.0, 9.0]), 0.8).tolist()
    [0.4, 0.0]
    """
    idle = np.maximum(agents - busy, 0.0)
    room = np.clip(max_occupancy * agents - busy, 0.0, idle)
    total = np.maximum((max_occupancy * agents - busy).sum(axis=-1, keepdims=True), 0.0)
    room = room * np.minimum(1.0, total / np.maximum(room.sum(axis=-1, keepdims=True), 1e-12))
    return room / np.where(idle > 1e-12, idle, 1.0)


def interrupt(pool: Pool, options: Options, waited: np.ndarray) -> Policy:
    """Return the policy of items that give way at once: callers notice nothing, each resumption costs time, the cap on occupancy rations."""
    outcome = options.today.copy()
    cap = pool.desk.promise.max_occupancy
    # the cap holds for the busy agents that the model computes and for those that were measured
    allowed = np.minimum(rationed(pool.agents, outcome[4], cap), rationed(pool.agents, pool.agents - waited, cap))
    filled = allowed * np.maximum(pool.agents - outcome[4], 0.0)
    outcome[3] = outcome[3] + filled
    outcome[4] = outcome[4] + filled
    progress = np.minimum(allowed * pool.cells["resumable_agents"].to_numpy(), waited)
    return Policy("interruptible", "items that give way to contacts at once", None, None, outcome, progress)


def check_gain(policy: Policy, pool: Pool, options: Options) -> None:
    """Refuse a policy that gains more than the idle time there was.

    Raises
    ------
    ArithmeticError
        The change in busy agents exceeds the agents idle before in some half hour.
    """
    beyond = net_agents(policy.outcome, options.today) - np.maximum(pool.agents - options.today[4], 0.0)
    if (beyond > 1e-6).any():
        raise ArithmeticError(f"{policy.name}: {beyond.max():.4f} agents more became busy than were idle before")


def frontier_row(
    policy: Policy, pool: Pool, options: Options, *, item_s: float | None, limit_h: float
) -> dict[str, object]:
    """Return a policy as a row of the frontier; see :class:`analysis.blending.result.Blending`."""
    check_gain(policy, pool, options)
    outcome, agents, promise = policy.outcome, pool.agents, pool.desk.promise
    level, occupancy = share_in_time(outcome), outcome[4] / np.maximum(agents, 1e-9)
    worst = int(level.argmin())
    placing = outcome[3] > 1e-6 if policy.mode else np.ones(len(agents), dtype=bool)
    peak = float(occupancy[placing].max()) if placing.any() else float("nan")
    total = float(outcome[4].sum() / agents.sum())
    offered_per_h = pool.cells["offered_per_h"].to_numpy()
    lost_share = (outcome[2] - options.today[2]) / np.maximum(pool.cells["load"].to_numpy(), 1e-9)
    return {
        "pool": pool.name,
        "policy": policy.name,
        "mode": policy.mode,
        "kept_free_agents": policy.kept_free,
        "service_level": overall(outcome),
        "worst_service_level": float(level[worst]),
        "worst_slot": slot_name(pool.cells.iloc[worst]),
        "item_agents": float(outcome[3].mean()),
        "net_agents": float(net_agents(outcome, options.today).mean()),
        "items_per_h": float(outcome[3].mean()) * 3600 / item_s if item_s else float("nan"),
        "occupancy": total,
        "occupancy_peak": peak,
        "p_abandon": float(outcome[2].sum() / pool.cells["load"].sum()),
        "contacts_lost_per_week": float((offered_per_h * lost_share).sum() * pool.slot_h),
        "hours_per_week": float(np.minimum(policy.progress.sum() * pool.slot_h, limit_h)),
        "feasible": keeps(outcome, agents, promise),
        "recommended": False,
    }


def slot_name(cell: pd.Series) -> str:
    """Return a half hour such as "Mon 09:30"."""
    minutes = int(cell["slot_of_day_s"]) // 60
    return f"{DAYS[int(cell['weekday'])]} {minutes // 60:02d}:{minutes % 60:02d}"
