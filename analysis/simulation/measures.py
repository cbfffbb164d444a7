"""What is read off a run, and what it is a share of: sums per horizon and per slot, and the figures made of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.simulation.desk import Desk
from analysis.simulation.run import AGENTS, CONTACTS, ITEMS, Run

# sums of one run: contacts of the queues served first, contacts of all, agents' time, items
SUMS = (*CONTACTS, "all_offered", "all_answered", *AGENTS, *ITEMS)
# sums of one slot of one run
SLOT_SUMS = ("in_time", "counted", "offered", "busy_s", "item_s", "on_duty_s")
SLOT_FIGURES = ("service_level", "occupancy", "offered", "item_agents", "agents")
UNITS = {
    "service_level": "share",
    "p_abandon": "share",
    "mean_wait_s": "s",
    "occupancy": "share",
    "occupancy_worst_slot": "share",
    "contacts_lost": "contacts",
    "item_agents": "agents",
    "net_agents": "agents",
    "item_h": "h",
    "lost_h": "h",
    "idle_h": "h",
    "finished": "items",
    "late": "items",
    "open_late": "items",
    "oldest_h": "h",
    "within_due_share": "share",
    "switches_per_agent_h": "per agent-hour",
    "interruptions_per_agent_h": "per agent-hour",
    "paid_h": "h",
    "sent_home_h": "h",
}
# levels that may lie below 0; all others are counts, times and shares
SIGNED = ("contacts_lost", "net_agents")
# a wider gap than rounding between time busy and time on duty [s per agent-hour]
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """One run in sums.

    Attributes
    ----------
    sums
        As ``SUMS``, then in time and counted of every queue in turn.
    slots
        Array (slot, sum), sums as ``SLOT_SUMS``.
    """

    sums: np.ndarray
    slots: np.ndarray


def live(desk: Desk) -> np.ndarray:
    """Return which queues are served first; service level, abandonment and wait speak of these."""
    ranks = np.array([queue.rank for queue in desk.queues])
    return ranks == ranks.min()


def tally(desk: Desk, run: Run) -> Tally:
    """Return a run in sums."""
    first = run.contacts[live(desk)].sum(axis=0)
    agents = run.agents.sum(axis=0)
    items = run.items.sum(axis=0) if len(run.items) else np.zeros(len(ITEMS))
    if len(run.items):
        items[ITEMS.index("oldest_s")] = run.items[:, ITEMS.index("oldest_s")].max()
    everyone = run.contacts[:, :, :2].sum(axis=(0, 1))
    own = run.contacts[:, :, [CONTACTS.index("in_time"), CONTACTS.index("counted")]].sum(axis=1)
    busy = run.agents[:, AGENTS.index("contact_s")] + run.agents[:, AGENTS.index("item_s")]
    slots = [first[:, CONTACTS.index(name)] for name in ("in_time", "counted", "offered")]
    slots += [busy, run.agents[:, AGENTS.index("item_s")], run.agents[:, AGENTS.index("on_duty_s")]]
    return Tally(np.concatenate([first.sum(axis=0), everyone, agents, items, own.ravel()]), np.stack(slots, axis=1))


def names(desk: Desk) -> tuple[str, ...]:
    """Return the measures of a desk: those of ``UNITS``, and with several queues the service level of each."""
    several = len(desk.queues) > 1
    return (*UNITS, *(f"service_level: {queue.name}" for queue in desk.queues if several))


def unit(measure: str) -> str:
    """Return the unit of a measure."""
    return UNITS.get(measure, "share")


def parts(desk: Desk, sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return numerators and denominators of the measures, each (policy, replication, measure); a plain mean is over 1.

    Parameters
    ----------
    desk
        The desk, or one of those that differ in their rates alone.
    sums
        Array (policy, replication, sum). The first policy is what others are compared with.

    Notes
    -----
    `occupancy_worst_slot` is left at 0 over 1: it is chosen once all replications are there.
    """
    at = {name: sums[..., place] for place, name in enumerate(SUMS)}
    one, hour_s = np.ones(sums.shape[:2]), 3600.0
    agent_h = at["on_duty_s"] / hour_s
    busy, lost = at["contact_s"] + at["item_s"], at["all_offered"] - at["all_answered"]
    found = {
        "service_level": (at["in_time"], at["counted"]),
        "p_abandon": (at["abandoned"], at["offered"]),
        "mean_wait_s": (at["wait_s"], at["offered"]),
        "occupancy": (busy, at["on_duty_s"]),
        "occupancy_worst_slot": (0 * one, one),
        "contacts_lost": (lost - lost[:1], one),
        "item_agents": (at["item_s"] / desk.horizon_s, one),
        "net_agents": ((busy - busy[:1]) / desk.horizon_s, one),
        "item_h": (at["work_s"] / hour_s, one),
        "lost_h": (at["lost_s"] / hour_s, one),
        "idle_h": ((at["on_duty_s"] - busy) / hour_s, one),
        "finished": (at["finished"], one),
        "late": (at["late"], one),
        "open_late": (at["open_late"], one),
        "oldest_h": (at["oldest_s"] / hour_s, one),
        "within_due_share": (at["finished"] - at["late"], at["finished"] + at["open_late"]),
        "switches_per_agent_h": (at["switches"], agent_h),
        "interruptions_per_agent_h": (at["interruptions"], agent_h),
        "paid_h": (agent_h, one),
        "sent_home_h": (at["sent_home_s"] / hour_s, one),
    }
    own = sums[..., len(SUMS) :].reshape(*sums.shape[:2], len(desk.queues), 2)
    pairs = [found[name] for name in UNITS]
    if len(desk.queues) > 1:
        pairs += [(own[:, :, queue, 0], own[:, :, queue, 1]) for queue in range(len(desk.queues))]
    return np.stack([pair[0] for pair in pairs], axis=-1), np.stack([pair[1] for pair in pairs], axis=-1)


def refuse_sold_twice(sums: np.ndarray) -> None:
    """Refuse runs in which agents are busy for longer than they are there, or gain more than was idle under the first policy.

    Raises
    ------
    ArithmeticError
        The sums of a run contradict one another, which would be a fault of the engine.
    """
    at = {name: sums[..., place] for place, name in enumerate(SUMS)}
    duty, busy = at["on_duty_s"], at["contact_s"] + at["item_s"]
    slack = _ROUNDING * (1 + duty)
    more_s = np.maximum(duty - duty[:1], 0.0)
    gain, idle = busy - busy[:1], (duty - busy)[:1]
    if np.any(busy > duty + slack) or np.any(gain > idle + more_s + slack):
        raise ArithmeticError("compare: more time was filled than was idle; please report the arguments of this call")


def scheduled_s(desk: Desk) -> np.ndarray:
    """Return agents' time per slot as the shifts have it, without what is finished after them [s]."""
    edges = np.arange(desk.slots + 1) * desk.slot_s
    start, end = (np.sort([getattr(shift, name) for shift in desk.shifts]) for name in ("start_s", "end_s"))
    return np.diff(_sum_of_minima(edges, end) - _sum_of_minima(edges, start))


def _sum_of_minima(edges: np.ndarray, moments: np.ndarray) -> np.ndarray:
    """Return the sum over sorted moments of the smaller of each and the edge."""
    before = np.searchsorted(moments, edges)
    return np.concatenate([[0.0], np.cumsum(moments)])[before] + edges * (len(moments) - before)
