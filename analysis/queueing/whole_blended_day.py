"""A whole day of one queue whose agents work on items between contacts, by a threshold that may change from slot to slot."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from analysis.queueing import checks, two_lengths_day
from analysis.queueing.results import Result, answer, asked, percent
from analysis.queueing.transient import Shift, follow
from analysis.queueing.whole_day import Start, checked_shift, day_figures, refuse_start

if TYPE_CHECKING:
    import pandas as pd

_SLOT_FIELDS = (
    "service_level",
    "p_wait",
    "p_abandon",
    "p_short_abandon",
    "occupancy",
    "mean_queue",
    "item_agents",
    "items_per_h",
    "net_agents",
)


@dataclass(frozen=True, slots=True, eq=False)
class BlendedDay(Result):
    """What callers, agents and items see in every slot of a blended day, and over all of it.

    Attributes
    ----------
    agents, arrivals_per_h, threshold, slot_s, aht_s, item_s, answer_within_s, patience_s, short_s, start
        What was asked; `patience_s` is None where nobody gives up.
    service_level, p_wait, p_abandon, p_short_abandon, occupancy, mean_queue
        Per slot, as in :class:`Day`; occupancy counts contacts and items.
    item_agents
        Per slot: mean number of agents on items, those included who finish one after their shift.
    items_per_h
        Per slot: items finished per hour.
    net_agents
        Per slot: busy agents less those of the same day without items. What is gained in one slot may be taken from contacts in the next.
    day_service_level, day_p_abandon, day_occupancy, day_mean_queue, day_item_agents, day_items, day_net_agents
        Over the day: shares of all contacts offered and of all agents' time, means over time, and items finished.
    queue_at_end
        Mean number of contacts that still wait when the day ends.
    error_bound
        Largest error of any probability from cutting the queue and the series.
    """

    agents: np.ndarray = field(metadata={"unit": "agents", "asked": True})
    arrivals_per_h: np.ndarray = field(metadata={"unit": "contacts/h", "asked": True})
    threshold: np.ndarray = field(metadata={"unit": "agents", "asked": True})
    slot_s: float = asked("s")
    aht_s: float = asked("s")
    item_s: float = asked("s")
    answer_within_s: float = asked("s")
    patience_s: float | None = asked("s")
    short_s: float = asked("s")
    start: str = asked("rule")
    service_level: np.ndarray = field(repr=False)
    p_wait: np.ndarray = field(repr=False)
    p_abandon: np.ndarray = field(repr=False)
    p_short_abandon: np.ndarray = field(repr=False)
    occupancy: np.ndarray = field(repr=False)
    mean_queue: np.ndarray = field(repr=False)
    item_agents: np.ndarray = field(repr=False)
    items_per_h: np.ndarray = field(repr=False)
    net_agents: np.ndarray = field(repr=False)
    day_service_level: float = answer("share")
    day_p_abandon: float = answer("share")
    day_occupancy: float = answer("share")
    day_mean_queue: float = answer("contacts")
    day_item_agents: float = answer("agents")
    day_items: float = answer("items")
    day_net_agents: float = answer("agents")
    queue_at_end: float = answer("contacts")
    error_bound: float = answer("probability")

    def __repr__(self) -> str:
        """Return the day as a sentence."""
        return (
            f"{len(self.agents)} slots, {self.agents.min()} to {self.agents.max()} agents, items below {self.threshold.min()} to {self.threshold.max()} "
            f"busy: {self.day_items:.0f} items ({self.day_item_agents:.2f} agents, {self.day_net_agents:z.2f} net), {percent(self.day_service_level)} "
            f"answered within {self.answer_within_s:g} s, {percent(self.day_p_abandon)} given up, occupancy {percent(self.day_occupancy)}"
        )

    def by_slot(self) -> pd.DataFrame:
        """Return one row per slot: slot, agents, arrivals_per_h, threshold and the figures of each slot."""
        import pandas as pd

        columns = {name: getattr(self, name) for name in _SLOT_FIELDS}
        asked_for = {"agents": self.agents, "arrivals_per_h": self.arrivals_per_h, "threshold": self.threshold}
        return pd.DataFrame({"slot": np.arange(len(self.agents)), **asked_for, **columns})


def blended_day(
    agents: ArrayLike,
    *,
    arrivals_per_h: ArrayLike,
    threshold: ArrayLike,
    slot_s: float,
    aht_s: float,
    item_s: float,
    answer_within_s: float,
    patience_s: float | None = None,
    short_s: float = 0.0,
    start: Start = "empty",
) -> BlendedDay:
    """Return what a day yields in items and costs callers, when agents fill idle time below a threshold that follows the day.

    Parameters
    ----------
    agents
        Agents per slot, whole, 0 or more, shape (slots,).
    arrivals_per_h
        Contacts offered per hour, per slot or one number.
    threshold
        An idle agent starts an item when fewer than this many agents are busy; whole, 0 to the slot's agents, per slot or one number. There is
        always an item to start; an item once started is finished. Agents kept free are agents - threshold.
    slot_s
        Length of a slot [s].
    aht_s, item_s
        Mean handling time of a contact, mean length of an item [s].
    answer_within_s
        Threshold of the promise [s].
    patience_s
        Mean time that a caller is willing to wait [s]; without it nobody gives up.
    short_s
        Contacts given up sooner than this count as short [s].
    start
        ``"empty"``: nobody is there when the day begins; ``"cyclic"``: every day begins as the one before ended.

    Returns
    -------
    BlendedDay

    Raises
    ------
    ValueError
        An argument is out of range; a cyclic day offers more contacts than its agents can handle and nobody gives up; the queue would grow beyond
        bounds; or items are of another length than contacts and the day is cyclic or has too many states (beyond some 400 agents).

    Notes
    -----
    The day of :func:`day` with a floor: busy agents and queue never fall below the smaller of threshold and agents, as a completion there starts an
    item. When the threshold rises, idle agents start items at once; when it falls, items in hand are finished. The mean number of agents on items, y,
    obeys y' = threshold x mu x P(at the floor) - mu y whatever the contacts do, and is followed with the law, jump by jump. Items of another length
    than contacts need a law of two numbers, agents on items and busy agents with the queue: exact too, and slower. When the number of agents falls, idle
    ones leave first, then busy ones at random, who finish what they have in hand. The wait of an arrival is taken with the agents of its slot.

    References
    ----------
    Jensen, Skandinavisk Aktuarietidskrift 36 (1953), 87-91, for uniformisation. Bhulai & Koole, IEEE Transactions on Automatic Control 48 (2003),
    1434-1438, for the policy.

    Examples
    --------
    Ten agents, two hours of 4 erlangs around one of 7. Four agents are kept free in the quiet hours, and no item starts in the busy one.

    >>> desk = {"slot_s": 3600, "aht_s": 300, "item_s": 300, "answer_within_s": 20}
    >>> blended_day([10] * 3, arrivals_per_h=[48, 84, 48], threshold=[6, 0, 6], **desk)
    3 slots, 10 to 10 agents, items below 0 to 6 busy: 73 items (2.04 agents, 2.04 net), 90.6 % answered within 20 s, 0.0 % given up, occupancy 69.2 %
    """
    shift, arrivals = checked_shift(agents, arrivals_per_h, slot_s, aht_s, patience_s)
    item = checks.single(checks.positive("item_s", item_s), "item_s")
    within = checks.single(checks.non_negative("answer_within_s", answer_within_s), "answer_within_s")
    short = checks.single(checks.non_negative("short_s", short_s), "short_s")
    shift = dataclasses.replace(shift, thresholds=_checked_thresholds(threshold, shift))
    refuse_start(start, shift, arrivals)
    without = dataclasses.replace(shift, thresholds=())
    plain = follow(without, arrivals, cyclic=start == "cyclic")
    found, busy = day_figures(without, arrivals, plain, within, short)
    busy_without, item_agents, ends = busy, np.zeros(len(busy)), (plain.queue_at_end, plain.error)
    if any(shift.thresholds) and item == shift.aht_s:
        followed = follow(shift, arrivals, cyclic=start == "cyclic")
        found, busy = day_figures(shift, arrivals, followed, within, short)
        item_agents, ends = followed.item_agents, (followed.queue_at_end, followed.error)
    elif any(shift.thresholds):
        if start == "cyclic":
            raise ValueError(
                "start must be empty where items are longer or shorter than contacts: give several days one after the other"
            )
        found, busy, item_agents, ends = _two_lengths(shift, arrivals, item, (within, short))
    if (item_agents > busy + 1e-9 * (1.0 + busy)).any():
        raise ArithmeticError("blended_day: more agents on items than busy; please report the arguments of this call")
    items_per_h = 3600.0 * item_agents / item
    return BlendedDay(
        agents=np.array(shift.agents),
        arrivals_per_h=arrivals * 3600,
        threshold=np.array(shift.thresholds),
        slot_s=shift.slot_s,
        aht_s=shift.aht_s,
        item_s=item,
        answer_within_s=within,
        patience_s=None if math.isinf(shift.patience_s) else shift.patience_s,
        short_s=short,
        start=start,
        **found,
        item_agents=item_agents,
        items_per_h=items_per_h,
        net_agents=busy - busy_without,
        day_item_agents=float(item_agents.mean()),
        day_items=float(items_per_h.sum() * shift.slot_s / 3600.0),
        day_net_agents=float((busy - busy_without).mean()),
        queue_at_end=ends[0],
        error_bound=ends[1],
    )


def _two_lengths(
    shift: Shift, arrivals: np.ndarray, item_s: float, seconds: tuple[float, float]
) -> tuple[dict[str, Any], np.ndarray, np.ndarray, tuple[float, float]]:
    """Return the figures of a day with items of another length, busy agents and agents on items per slot, queue at the end and error."""
    try:
        followed = two_lengths_day.follow(shift, arrivals, item_s)
    except two_lengths_day.TooLong:
        raise ValueError(
            f"{max(shift.agents)} agents with items of another length than contacts have too many states to follow a day exactly: simulate it, or set "
            "item_s to aht_s."
        ) from None
    slots, (within, short) = len(arrivals), seconds
    figures = {name: np.zeros(slots) for name in ("service_level", "p_wait", "p_short_abandon", "mean_queue")}
    busy, items = np.zeros(slots), np.zeros(slots)
    for k, (agents, law) in enumerate(zip(shift.agents, followed.laws, strict=True)):
        rates = (float(arrivals[k]), 1.0 / shift.aht_s, 1.0 / item_s, shift.give_up)
        waiting, level, by_level = law[:, agents:], np.arange(law.shape[1]), law.sum(axis=0)
        figures["p_wait"][k] = waiting.sum()
        figures["service_level"][k] = by_level[:agents].sum() + two_lengths_day.in_time(waiting, agents, rates, within)
        figures["p_short_abandon"][k] = two_lengths_day.given_up(waiting, agents, rates, short)
        figures["mean_queue"][k] = (np.maximum(level - agents, 0) * by_level).sum()
        busy[k] = (np.minimum(level, agents) * by_level).sum()
        items[k] = (np.arange(len(law)) * law.sum(axis=1)).sum()
    over_s = followed.calls_over_s + followed.items_over_s
    busy_s, agent_s = busy * shift.slot_s + over_s, np.array(shift.agents) * shift.slot_s + over_s
    given_up, offered = shift.give_up * figures["mean_queue"], float(arrivals.sum())
    figures |= {
        "p_abandon": np.divide(given_up, arrivals, out=np.full(slots, np.nan), where=arrivals > 0),
        "occupancy": np.divide(busy_s, agent_s, out=np.full(slots, np.nan), where=agent_s > 0),
    }
    day = {
        "day_service_level": float((arrivals * figures["service_level"]).sum() / offered) if offered > 0 else 1.0,
        "day_p_abandon": float(given_up.sum() / offered) if offered > 0 else 0.0,
        "day_occupancy": float(busy_s.sum() / agent_s.sum()) if agent_s.sum() > 0 else 0.0,
        "day_mean_queue": float(figures["mean_queue"].mean()),
    }
    on_items = items + followed.items_over_s / shift.slot_s
    return {**figures, **day}, busy_s / shift.slot_s, on_items, (followed.queue_at_end, followed.error)


def _checked_thresholds(threshold: ArrayLike, shift: Shift) -> tuple[int, ...]:
    """Return one threshold per slot, or refuse them in words."""
    limits, agents = checks.whole("threshold", threshold, least=0), np.array(shift.agents)
    if limits.ndim > 1 or (limits.ndim and limits.size != agents.size):
        raise ValueError(f"threshold must be one number, or one per slot: got {limits.size} for {agents.size} slots")
    limits = np.broadcast_to(limits, agents.shape)
    wrong = limits > agents
    if wrong.any():
        at = int(wrong.argmax())
        raise ValueError(
            f"threshold must be at most the number of agents, got {limits[at]:g} for {agents[at]} agents in slot {at} ({int(wrong.sum())} of "
            f"{agents.size} slots)"
        )
    return tuple(int(value) for value in limits)


def warm() -> None:
    """Compile the kernels of this module."""
    blended_day([2, 1], arrivals_per_h=6, threshold=1, slot_s=600, aht_s=300, item_s=300, answer_within_s=20)
    blended_day(
        [2, 1], arrivals_per_h=6, threshold=1, slot_s=60, aht_s=300, item_s=200, answer_within_s=20, patience_s=60
    )
