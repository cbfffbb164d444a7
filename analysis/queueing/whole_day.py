"""A whole day of one queue whose arrivals and agents change from slot to slot."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from analysis.queueing import checks
from analysis.queueing.results import Result, answer, asked, percent
from analysis.queueing.transient import Followed, Shift, answered_within, follow, given_up_within

if TYPE_CHECKING:
    import pandas as pd

Start = Literal["empty", "cyclic"]
STARTS: tuple[Start, ...] = ("empty", "cyclic")
_SLOT_FIELDS = ("service_level", "p_wait", "p_abandon", "p_short_abandon", "occupancy", "mean_queue")


@dataclass(frozen=True, slots=True, eq=False)
class Day(Result):
    """What callers and agents see in every slot of a day, and over all of it.

    Attributes
    ----------
    agents, arrivals_per_h, slot_s, aht_s, answer_within_s, patience_s, short_s, start
        What was asked; `patience_s` is None where nobody gives up.
    service_level
        Per slot: share of the contacts offered in it that are answered within `answer_within_s`; given up ones count as failures.
    p_wait
        Per slot: share of the contacts offered that find every agent busy.
    p_abandon
        Per slot: contacts given up in the slot as a share of those offered in it; NaN where none is offered.
    p_short_abandon
        Per slot: share of the contacts offered that are given up within `short_s`.
    occupancy
        Per slot: share of the agents' time spent on contacts, those included who finish one after their shift; NaN where there is no agent.
    mean_queue
        Per slot: mean number of contacts waiting.
    day_service_level, day_p_abandon
        Over the day: shares of all contacts offered.
    day_occupancy, day_mean_queue
        Over the day: share of all agents' time, mean over time.
    queue_at_end
        Mean number of contacts that still wait when the day ends.
    error_bound
        Largest error of any probability from cutting the queue and the series.
    """

    agents: np.ndarray = field(metadata={"unit": "agents", "asked": True})
    arrivals_per_h: np.ndarray = field(metadata={"unit": "contacts/h", "asked": True})
    slot_s: float = asked("s")
    aht_s: float = asked("s")
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
    day_service_level: float = answer("share")
    day_p_abandon: float = answer("share")
    day_occupancy: float = answer("share")
    day_mean_queue: float = answer("contacts")
    queue_at_end: float = answer("contacts")
    error_bound: float = answer("probability")

    def __repr__(self) -> str:
        """Return the day as a sentence."""
        return (
            f"{len(self.agents)} slots, {self.agents.min()} to {self.agents.max()} agents: {percent(self.day_service_level)} answered within "
            f"{self.answer_within_s:g} s, {percent(self.day_p_abandon)} given up, occupancy {percent(self.day_occupancy)}"
        )

    def by_slot(self) -> pd.DataFrame:
        """Return one row per slot: slot, agents, arrivals_per_h and the figures of each slot."""
        import pandas as pd

        columns = {name: getattr(self, name) for name in _SLOT_FIELDS}
        asked_for = {"agents": self.agents, "arrivals_per_h": self.arrivals_per_h}
        return pd.DataFrame({"slot": np.arange(len(self.agents)), **asked_for, **columns})


def day(
    agents: ArrayLike,
    *,
    arrivals_per_h: ArrayLike,
    slot_s: float,
    aht_s: float,
    answer_within_s: float,
    patience_s: float | None = None,
    short_s: float = 0.0,
    start: Start = "empty",
) -> Day:
    """Return what callers and agents see in every slot of a day, without assuming that the queue settles within a slot.

    Parameters
    ----------
    agents
        Agents per slot, whole, 0 or more, shape (slots,).
    arrivals_per_h
        Contacts offered per hour, per slot or one number.
    slot_s
        Length of a slot [s].
    aht_s
        Mean handling time [s].
    answer_within_s
        Threshold of the promise [s].
    patience_s
        Mean time that a caller is willing to wait [s]; without it nobody gives up.
    short_s
        Contacts given up sooner than this count as short [s].
    start
        ``"empty"``: nobody is there when the day begins; ``"cyclic"``: every day begins as the one before ended, for centres that never close.

    Returns
    -------
    Day

    Raises
    ------
    ValueError
        An argument is out of range; a cyclic day offers more than its agents can handle and nobody gives up; the queue would grow beyond bounds.

    Notes
    -----
    M(t)/M/n(t)+M: Poisson arrivals, exponential handling times and patience, first come first served, arrivals and agents constant within a
    slot. The law of the contacts in the system is exact (uniformisation), up to `error_bound`. Arrivals see time averages, so shares of a slot are
    means of its averaged law. The wait of an arrival is taken with the agents of its slot: exact where their number does not change within
    `answer_within_s`, which concerns at most the share answer_within_s / slot_s of the contacts. When the number of agents falls, idle ones leave
    first and busy ones finish their contact; while they do they count as agents.

    References
    ----------
    Jensen, Skandinavisk Aktuarietidskrift 36 (1953), 87-91, for uniformisation. Ingolfsson, Akhmetshina, Budge, Li & Wu, A survey and experimental
    comparison of service-level-approximation methods for nonstationary M(t)/M/s(t) queueing systems with exhaustive discipline, INFORMS Journal on
    Computing 19 (2007), 201-214. Palm, Tele 1957, for the wait with patience.

    Examples
    --------
    Ten agents, an hour of 8 erlangs between quiet ones. A queue that settled would keep 64 % of the promise in that hour and 97 % around it; the
    hour ends before that, and the next one still feels it.

    >>> peak = day([10] * 3, arrivals_per_h=[60, 96, 60], slot_s=3600, aht_s=300, answer_within_s=20)
    >>> peak
    3 slots, 10 to 10 agents: 85.0 % answered within 20 s, 0.0 % given up, occupancy 58.6 %
    >>> peak.service_level.round(2).tolist()
    [0.98, 0.71, 0.94]
    """
    shift, arrivals = checked_shift(agents, arrivals_per_h, slot_s, aht_s, patience_s)
    within = checks.single(checks.non_negative("answer_within_s", answer_within_s), "answer_within_s")
    short = checks.single(checks.non_negative("short_s", short_s), "short_s")
    refuse_start(start, shift, arrivals)
    followed = follow(shift, arrivals, cyclic=start == "cyclic")
    found, _ = day_figures(shift, arrivals, followed, within, short)
    return Day(
        agents=np.array(shift.agents),
        arrivals_per_h=arrivals * 3600,
        slot_s=shift.slot_s,
        aht_s=shift.aht_s,
        answer_within_s=within,
        patience_s=None if math.isinf(shift.patience_s) else shift.patience_s,
        short_s=short,
        start=start,
        **found,
        queue_at_end=followed.queue_at_end,
        error_bound=followed.error,
    )


def checked_shift(
    agents: ArrayLike, arrivals_per_h: ArrayLike, slot_s: float, aht_s: float, patience_s: float | None
) -> tuple[Shift, np.ndarray]:
    """Return the arguments as a shift and arrivals per second and slot, or refuse them in words."""
    n = np.atleast_1d(checks.whole("agents", agents, least=0))
    per_h = checks.non_negative("arrivals_per_h", arrivals_per_h)
    if n.ndim != 1 or not n.size:
        raise ValueError("agents must be one whole number per slot of the day")
    if per_h.ndim > 1 or (per_h.ndim and per_h.size != n.size):
        raise ValueError(f"arrivals_per_h must be one number, or one per slot: got {per_h.size} for {n.size} slots")
    shift = Shift(
        tuple(int(value) for value in n),
        checks.single(checks.positive("slot_s", slot_s), "slot_s"),
        checks.single(checks.positive("aht_s", aht_s), "aht_s"),
        checks.single(checks.patience("patience_s", patience_s), "patience_s"),
    )
    return shift, np.broadcast_to(per_h / 3600.0, n.shape).copy()


def refuse_start(start: str, shift: Shift, arrivals: np.ndarray) -> None:
    """Raise for an unknown start, and for days whose queues would grow from one to the next."""
    if start not in STARTS:
        raise ValueError(f"start must be one of {', '.join(STARTS)}, got {start!r}")
    work, capacity = arrivals.sum() * shift.aht_s, sum(shift.agents)
    if start == "cyclic" and not shift.give_up and work >= capacity:
        raise ValueError(
            f"the day offers {work / len(arrivals):.2f} erlangs on average to {capacity / len(arrivals):.2f} agents: contacts that never give up would "
            "pile up from day to day. Add agents, or give the callers' patience_s."
        )


def day_figures(
    shift: Shift, arrivals: np.ndarray, followed: Followed, within: float, short: float
) -> tuple[dict[str, Any], np.ndarray]:
    """Return the figures of the slots and of the day by name, and busy agents per slot, those included who finish after their shift."""
    slots = len(arrivals)
    level, short_gone, p_wait, queue, busy = (np.empty(slots) for _ in range(5))
    for number, agents in enumerate(shift.agents):
        law = followed.laws[number]
        # most of a long queue is empty; sums of products, as a threaded dot product costs more than it saves
        reached = max(int(np.flatnonzero(law)[-1]), agents)
        waiting, free = law[agents : reached + 1], law[:agents]
        p_wait[number] = waiting.sum()
        level[number] = free.sum() + (waiting * answered_within(agents, reached - agents, shift, within)).sum()
        short_gone[number] = (waiting * given_up_within(agents, reached - agents, shift, short)).sum()
        queue[number] = (waiting * np.arange(len(waiting))).sum()
        busy[number] = (free * np.arange(agents)).sum() + agents * p_wait[number]
    busy_s = busy * shift.slot_s + followed.over_s
    agent_s = np.array(shift.agents) * shift.slot_s + followed.over_s
    given_up, offered = shift.give_up * queue, arrivals.sum()
    figures = {
        "service_level": level,
        "p_wait": p_wait,
        "p_abandon": np.divide(given_up, arrivals, out=np.full(slots, np.nan), where=arrivals > 0),
        "p_short_abandon": short_gone,
        "occupancy": np.divide(busy_s, agent_s, out=np.full(slots, np.nan), where=agent_s > 0),
        "mean_queue": queue,
        "day_service_level": float(arrivals @ level / offered) if offered > 0 else 1.0,
        "day_p_abandon": float(given_up.sum() / offered) if offered > 0 else 0.0,
        "day_occupancy": float(busy_s.sum() / agent_s.sum()) if agent_s.sum() > 0 else 0.0,
        "day_mean_queue": float(queue.mean()),
    }
    return figures, busy_s / shift.slot_s


def warm() -> None:
    """Compile the kernels of this module."""
    day([2, 1], arrivals_per_h=6, slot_s=600, aht_s=300, answer_within_s=20, patience_s=300)
