"""Blending by threshold where items arrive on their own: how many are done, how long they wait, and what callers pay."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from analysis.queueing import checks, waits
from analysis.queueing.chain import TooManyStates
from analysis.queueing.desk import Desk, law
from analysis.queueing.erlang import refuse_overload
from analysis.queueing.results import Result, answer, asked, percent
from analysis.queueing.transient import Shift, answered_within
from analysis.queueing.waiting_items import Waiting, solve

# Inversion by Euler summation right of all singularities, to about 10^(-0.6 terms). A contour around them would need sums that diverge there.
_TERMS = 14
_POINTS = _TERMS * math.log(10.0) / 3.0 + 1j * math.pi * np.arange(2 * _TERMS + 1)
_LATE = np.cumsum([math.comb(_TERMS, k) for k in range(_TERMS)]) / 2.0**_TERMS
_SIGNS = np.concatenate([[0.5], np.ones(_TERMS), _LATE[::-1]]) * (-1.0) ** np.arange(2 * _TERMS + 1)


@dataclass(frozen=True, slots=True)
class FiniteBlend(Result):
    """What a desk achieves with items that arrive on their own and are worked between calls.

    Attributes
    ----------
    agents, arrivals_per_h, items_per_h, aht_s, item_s, threshold, patience_s, answer_within_s
        What was asked; `patience_s` is None where nobody gives up.
    most_items_per_h
        Items that the desk would do an hour with an endless backlog; above `items_per_h`.
    item_agents
        Mean number of agents busy with items.
    net_agents
        Busy agents less those without any items: the gain that is not taken from callers who give up.
    p_item_waits
        Share of items that are not begun at once.
    item_wait_s
        Mean time from an item's arrival until it is begun [s].
    items_waiting
        Mean number of items that wait.
    occupancy
        Share of the agents' ready time spent on calls or items.
    p_wait, p_abandon, mean_wait_s, service_level
        Of the offered calls, as in :class:`Blend`.
    """

    agents: int = asked("agents")
    arrivals_per_h: float = asked("calls/h")
    items_per_h: float = asked("items/h")
    aht_s: float = asked("s")
    item_s: float = asked("s")
    threshold: int = asked("agents")
    patience_s: float | None = asked("s")
    answer_within_s: float = asked("s")
    most_items_per_h: float = answer("items/h")
    item_agents: float = answer("agents")
    net_agents: float = answer("agents")
    p_item_waits: float = answer("share")
    item_wait_s: float = answer("s")
    items_waiting: float = answer("items")
    occupancy: float = answer("share")
    p_wait: float = answer("share")
    p_abandon: float = answer("share")
    mean_wait_s: float = answer("s")
    service_level: float = answer("share")
    _law: Waiting = field(repr=False, compare=False)

    def __repr__(self) -> str:
        """Return the answer as a sentence."""
        return (
            f"{self.agents} agents, {self.items_per_h:g} items an hour (at most {self.most_items_per_h:.1f}) while fewer than {self.threshold} are "
            f"busy: {self.item_agents:.2f} agents on items ({self.net_agents:z.2f} net), an item waits {self.item_wait_s:.0f} s, "
            f"{percent(self.service_level)} of calls answered within {self.answer_within_s:g} s, {percent(self.p_abandon)} given up"
        )

    def begun_within(self, due_s: ArrayLike) -> float | np.ndarray:
        """Return the share of items begun within `due_s` seconds of their arrival; number or array."""
        return self._age(due_s, None)

    def finished_within(self, due_s: ArrayLike) -> float | np.ndarray:
        """Return the share of items finished within `due_s` seconds of their arrival; number or array."""
        return self._age(due_s, 1.0 / self.item_s)

    def _age(self, due_s: ArrayLike, end_rate: float | None) -> float | np.ndarray:
        """Invert the transform of the age for each length of time."""
        times = checks.non_negative("due_s", due_s)
        at_once = 1.0 - self.p_item_waits if end_rate is None else 0.0
        one: Callable[[float], float] = lambda t: 1.0 - self._goes_on(t, end_rate) if t > 0 else at_once  # noqa: E731
        found = np.array([one(float(t)) for t in times.ravel()]).reshape(times.shape)
        return found if times.ndim else float(found)

    def _goes_on(self, t: float, end_rate: float | None) -> float:
        """Return the share of items that are older than `t` when begun, or finished."""
        found = (_SIGNS * self._law.goes_on(_POINTS / t, end_rate=end_rate).real).sum() * 10.0 ** (_TERMS / 3.0) / t
        return min(1.0, max(0.0, float(found)))


def finite_blend(
    agents: int,
    *,
    arrivals_per_h: float,
    items_per_h: float,
    aht_s: float,
    item_s: float,
    threshold: int,
    patience_s: float | None = None,
    answer_within_s: float = 20,
) -> FiniteBlend:
    """Return how items that arrive on their own fare under a threshold rule, and what callers pay for it.

    Parameters
    ----------
    agents
        Number of agents, whole, at least 1.
    arrivals_per_h, items_per_h
        Calls offered and items that arrive per hour, both above 0.
    aht_s, item_s
        Mean handling time of a call, mean time to work one item [s]; an item once begun is finished.
    threshold
        An idle agent begins an item that waits when fewer than this many agents are busy with calls or items; 1 to `agents`.
    patience_s
        Mean patience of callers [s]; without it nobody gives up.
    answer_within_s
        Threshold of the promise to callers [s].

    Returns
    -------
    FiniteBlend
        With `begun_within(due_s)` and `finished_within(due_s)`: the age of items against a due time.

    Raises
    ------
    ValueError
        An argument is out of range; more items arrive than the desk can begin under this threshold; nobody gives up although the load is not
        below the agents; or there are too many states (items of another length than calls: beyond some 100 agents; items that all but pile up).
    ArithmeticError
        The solution breaks the balance of flows, which would be a fault of this function.

    Notes
    -----
    Calls and items arrive at random (Poisson), all times are exponential, calls come first, both first come first served. Items wait only while
    at least `threshold` agents are busy. The number of items that wait is the level of a quasi-birth-death chain that falls only where exactly
    `threshold` agents are busy; the law of a level follows from the one before by a matrix whose only unknown part has a row and a column for each
    number of agents on items (none at all where items are as long as calls). The chain is cut where less than 1e-14 lies beyond. An item that finds w
    items waiting is begun at the (w + 1)-th start from then on; the transform of that time is inverted by Euler summation, to about 1e-8. The desk is stable when items
    arrive more slowly than :func:`blend` would finish them from an endless backlog; at that rate the two agree, and with ever fewer items calls are
    those of :func:`erlang_a`.

    References
    ----------
    Neuts, Matrix-Geometric Solutions in Stochastic Models, 1981, chapters 1 and 3. Latouche & Ramaswami, Introduction to Matrix Analytic Methods,
    1999, chapter 8. Abate & Whitt, INFORMS Journal on Computing 18 (2006), 408-421 (inversion).

    Examples
    --------
    Twenty agents and 15 erlangs of calls could begin 39 items an hour while fewer than 16 are busy. Of 30 an hour more than nine in ten are begun within
    an hour.

    >>> desk = finite_blend(20, arrivals_per_h=180, items_per_h=30, aht_s=300, item_s=300, threshold=16)
    >>> desk
    20 agents, 30 items an hour (at most 38.9) while fewer than 16 are busy: 2.50 agents on items (2.50 net), an item waits 1178 s, 78.3 % of calls
    answered within 20 s, 0.0 % given up
    >>> round(desk.begun_within(3600), 3)
    0.927
    """
    desk, items = _checked(agents, (arrivals_per_h, items_per_h), (aht_s, item_s), patience_s, answer_within_s)
    limit = int(checks.single(checks.whole("threshold", threshold, least=1), "threshold"))
    if limit > desk.agents:
        raise ValueError(f"threshold must be at most the number of agents, got {limit} for {desk.agents} agents")
    if math.isinf(desk.patience_s):
        refuse_overload(desk.agents, desk.load, advice="give the callers' patience")
    most = law(desk, limit).item_agents / desk.item_s
    if items >= most:
        raise ValueError(
            f"{3600 * items:g} items arrive an hour, but {desk.agents} agents who begin one while fewer than {limit} are busy begin at most "
            f"{3600 * most:.6g}: items would pile up without end. Raise the threshold, add agents, or use blend for an endless backlog."
        )
    try:
        found = solve(
            desk.agents, limit, (desk.arrivals_per_s, 1.0 / desk.aht_s, 1.0 / desk.item_s, 1.0 / desk.patience_s), items
        )
    except TooManyStates:
        raise ValueError(
            f"{desk.agents} agents with {3600 * items:g} items an hour (at most {3600 * most:.6g}) have too many states to solve exactly: "
            "simulate this desk, or take fewer agents, a shorter patience, or fewer items."
        ) from None
    return _result(desk, limit, (items, most), found)


def _result(desk: Desk, limit: int, rates: tuple[float, float], found: Waiting) -> FiniteBlend:
    """Return the figures of a solved desk."""
    (items, most), everywhere, n = rates, found.everywhere(), desk.agents
    by_level = everywhere.sum(axis=1)
    level = np.arange(len(by_level))
    queue = float((np.maximum(level - n, 0) * by_level).sum())
    busy = float((np.minimum(level, n) * by_level).sum())
    waiting_items = float((np.arange(1, len(found.levels) + 1) * found.levels.sum(axis=(1, 2))).sum())
    lost = queue / desk.patience_s / desk.arrivals_per_s
    _refuse_imbalance(desk, (items, lost, busy), found, everywhere)
    before = law(desk, 0)
    return FiniteBlend(
        agents=n,
        arrivals_per_h=3600.0 * desk.arrivals_per_s,
        items_per_h=3600.0 * items,
        aht_s=desk.aht_s,
        item_s=desk.item_s,
        threshold=limit,
        patience_s=None if math.isinf(desk.patience_s) else desk.patience_s,
        answer_within_s=desk.answer_within_s,
        most_items_per_h=3600.0 * most,
        item_agents=items * desk.item_s,
        net_agents=busy - n * before.occupancy,
        p_item_waits=float(by_level[limit:].sum()),
        item_wait_s=waiting_items / items,
        items_waiting=waiting_items,
        occupancy=busy / n,
        p_wait=float(by_level[n:].sum()),
        p_abandon=lost,
        mean_wait_s=queue / desk.arrivals_per_s,
        service_level=_in_time(desk, everywhere),
        _law=found,
    )


def _refuse_imbalance(desk: Desk, flows: tuple[float, float, float], found: Waiting, everywhere: np.ndarray) -> None:
    """Raise where the flows of calls and items do not balance."""
    items, lost, busy = flows
    wrong = abs(desk.load * (1.0 - lost) + items * desk.item_s - busy)
    if everywhere.shape[1] > 1:
        on_items = float((everywhere.sum(axis=0) * np.arange(everywhere.shape[1])).sum())
        wrong = max(wrong, abs(on_items - items * desk.item_s))
    if wrong > 1e-8 * desk.agents or (everywhere < -1e-9).any() or (found.levels < -1e-9).any():
        raise ArithmeticError(
            "finite_blend: the flows of the chain do not balance; please report the arguments of this call"
        )


def _in_time(desk: Desk, everywhere: np.ndarray) -> float:
    """Return the share of offered calls answered within the threshold."""
    free, waiting = float(everywhere[: desk.agents].sum()), np.maximum(everywhere[desk.agents :], 0.0)
    if everywhere.shape[1] == 1:
        shift = Shift((desk.agents,), 1.0, desk.aht_s, desk.patience_s)
        chances = answered_within(desk.agents, len(waiting) - 1, shift, desk.answer_within_s)
        return free + float((waiting[:, 0] * chances).sum())
    rates = (desk.arrivals_per_s, 1.0 / desk.aht_s, 1.0 / desk.item_s, 1.0 / desk.patience_s)
    # whoever finds more callers than this ahead is not served in time
    places = waits.last_place(desk.agents, everywhere.shape[1] - 1, rates, desk.answer_within_s)
    near = np.ascontiguousarray(waiting[: int(min(places, len(waiting)))].T)
    return free + waits.served_in_time(near, desk.agents, rates, desk.answer_within_s)


def _checked(
    agents: float,
    arrivals: tuple[float, float],
    lengths: tuple[float, float],
    patience_s: float | None,
    answer_within_s: float,
) -> tuple[Desk, float]:
    """Return the arguments as one desk and the items that arrive per second, or refuse them in words."""
    desk = Desk(
        int(checks.single(checks.whole("agents", agents, least=1), "agents")),
        checks.single(checks.positive("arrivals_per_h", arrivals[0]), "arrivals_per_h") / 3600.0,
        checks.single(checks.positive("aht_s", lengths[0]), "aht_s"),
        checks.single(checks.positive("item_s", lengths[1]), "item_s"),
        checks.single(checks.patience("patience_s", patience_s), "patience_s"),
        checks.single(checks.non_negative("answer_within_s", answer_within_s), "answer_within_s"),
    )
    return desk, checks.single(checks.positive("items_per_h", arrivals[1]), "items_per_h") / 3600.0


def warm() -> None:
    """Compile the kernels of this module."""
    finite_blend(2, arrivals_per_h=6, items_per_h=2, aht_s=300, item_s=200, threshold=1, patience_s=300)
