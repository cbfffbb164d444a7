"""Blending by threshold: an idle agent starts a back-office item when fewer than a set number of agents are busy."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.queueing import checks
from analysis.queueing.desk import Desk, law
from analysis.queueing.erlang import refuse_overload
from analysis.queueing.results import Result, answer, asked, percent


@dataclass(frozen=True, slots=True)
class Blend(Result):
    """What a desk achieves when agents work on items between calls.

    Attributes
    ----------
    agents, arrivals_per_h, aht_s, item_s, threshold, patience_s, answer_within_s
        What was asked; `patience_s` is None where nobody gives up.
    items_per_h
        Items finished per hour.
    item_agents
        Mean number of agents busy with items.
    net_agents
        `item_agents` minus the fall in agents busy with calls against no blending, which is `agents` times the rise in
        occupancy: the gain that is not taken from callers who give up.
    occupancy
        Share of the agents' ready time spent on calls or items.
    p_wait
        Share of offered calls that find every agent busy.
    p_abandon
        Share of offered calls given up before an agent answers.
    mean_wait_s
        Mean time in queue over all offered calls [s].
    service_level
        Share of offered calls answered within `answer_within_s`; calls given up count as failures.
    """

    agents: int = asked("agents")
    arrivals_per_h: float = asked("calls/h")
    aht_s: float = asked("s")
    item_s: float = asked("s")
    threshold: int = asked("agents")
    patience_s: float | None = asked("s")
    answer_within_s: float = asked("s")
    items_per_h: float = answer("items/h")
    item_agents: float = answer("agents")
    net_agents: float = answer("agents")
    occupancy: float = answer("share")
    p_wait: float = answer("share")
    p_abandon: float = answer("share")
    mean_wait_s: float = answer("s")
    service_level: float = answer("share")

    def __repr__(self) -> str:
        """Return the answer as a sentence."""
        return (
            f"{self.agents} agents, items while fewer than {self.threshold} are busy: {self.items_per_h:.1f} items an hour "
            f"({self.item_agents:.2f} agents, {self.net_agents:z.2f} net), {percent(self.service_level)} answered within "
            f"{self.answer_within_s:g} s, {percent(self.p_abandon)} given up"
        )


def blend(
    agents: int,
    *,
    arrivals_per_h: float,
    aht_s: float,
    item_s: float,
    threshold: int,
    patience_s: float | None = None,
    answer_within_s: float = 20,
) -> Blend:
    """Return how many items a desk finishes between calls under a threshold rule, and what callers pay for it.

    Parameters
    ----------
    agents
        Number of agents, whole, at least 1.
    arrivals_per_h
        Calls offered per hour.
    aht_s
        Mean handling time of a call [s].
    item_s
        Mean time to work one item [s]; an item once started is finished.
    threshold
        An idle agent starts an item when fewer than this many agents are busy with calls or items; 0 to `agents`.
        There is always an item to start.
    patience_s
        Mean patience of callers [s]; without it nobody gives up.
    answer_within_s
        Threshold of the promise to callers [s].

    Returns
    -------
    Blend
        Items, agents on items, the net gain, occupancy, and waits and service level of callers.

    Raises
    ------
    ValueError
        An argument is out of range; nobody gives up although the load is not below the agents; or the queue is so long
        that its law cannot be computed.
    ArithmeticError
        The solution breaks the balance of flows, which would be a fault of this function.

    Notes
    -----
    Calls come first, first come first served; arrivals, handling times, items and patience are exponential. With items
    as long as calls the busy agents and the queue form a birth-death chain on threshold, threshold + 1, ... With other
    items the chain also counts the agents on items and is solved exactly, block by block; the queue is cut where less
    than 1e-14 of the law lies beyond. The share answered in time follows from the transient chain of the caller's place in the
    queue. Balance of flows: calls answered x aht + items x item_s = busy agents; net_agents = agents x (occupancy after
    - occupancy before).

    References
    ----------
    Bhulai & Koole, IEEE Transactions on Automatic Control 48 (2003), 1434-1438, for the policy. Jensen, Skandinavisk
    Aktuarietidskrift 36 (1953), 87-91, for uniformisation.

    Examples
    --------
    Twenty agents, three calls a minute of five minutes, items of five minutes, four agents always kept free for calls.

    >>> blend(20, arrivals_per_h=180, aht_s=300, item_s=300, threshold=16)
    20 agents, items while fewer than 16 are busy: 38.9 items an hour (3.24 agents, 3.24 net), 74.7 % answered within
    20 s, 0.0 % given up
    """
    desk = _checked(agents, (arrivals_per_h, aht_s), item_s, patience_s, answer_within_s)
    limit = int(checks.single(checks.whole("threshold", threshold, least=0), "threshold"))
    if limit > desk.agents:
        raise ValueError(f"threshold must be at most the number of agents, got {limit} for {desk.agents} agents")
    if math.isinf(desk.patience_s):
        refuse_overload(desk.agents, desk.load, advice="give the callers' patience")
    after, before = law(desk, limit), law(desk, 0)
    net = desk.agents * (after.occupancy - before.occupancy)
    if abs(net - (after.item_agents - (before.call_agents - after.call_agents))) > 1e-9 * desk.agents:
        raise ArithmeticError("blend: gained and lost agents do not add up; please report the arguments of this call")
    return Blend(
        agents=desk.agents,
        arrivals_per_h=float(arrivals_per_h),
        aht_s=desk.aht_s,
        item_s=desk.item_s,
        threshold=limit,
        patience_s=None if math.isinf(desk.patience_s) else desk.patience_s,
        answer_within_s=desk.answer_within_s,
        items_per_h=3600.0 * after.item_agents / desk.item_s,
        item_agents=after.item_agents,
        net_agents=net,
        occupancy=after.occupancy,
        p_wait=after.p_wait,
        p_abandon=after.p_abandon,
        mean_wait_s=after.mean_wait_s,
        service_level=after.service_level,
    )


def best_threshold(
    agents: int,
    *,
    arrivals_per_h: float,
    aht_s: float,
    item_s: float,
    target: float,
    answer_within_s: float = 20,
    patience_s: float | None = None,
) -> int | None:
    """Return the largest threshold under which callers still get what was promised: the most items at no broken promise.

    Parameters
    ----------
    agents
        Number of agents, whole, at least 1.
    arrivals_per_h
        Calls offered per hour.
    aht_s, item_s
        Mean handling time of a call, mean time of an item [s].
    target
        Share of offered calls to be answered in time, between 0 and 1.
    answer_within_s
        Threshold of the promise [s].
    patience_s
        Mean patience of callers [s]; without it nobody gives up.

    Returns
    -------
    int or None
        0 to `agents`; None when the promise is missed without any item, as it is when callers never give up and the load
        is not below the agents.

    Raises
    ------
    ValueError
        An argument is out of range.

    Notes
    -----
    The share answered in time never rises with the threshold, so bisection finds the largest.

    References
    ----------
    As in :func:`blend`.

    Examples
    --------
    >>> best_threshold(20, arrivals_per_h=180, aht_s=300, item_s=300, target=0.8)
    14
    >>> best_threshold(15, arrivals_per_h=180, aht_s=300, item_s=300, target=0.8) is None
    True
    """
    desk = _checked(agents, (arrivals_per_h, aht_s), item_s, patience_s, answer_within_s)
    promise = checks.single(checks.share("target", target), "target")
    if math.isinf(desk.patience_s) and desk.load >= desk.agents:
        return None
    if law(desk, 0).service_level < promise:
        return None
    low, high = 0, desk.agents + 1
    while high - low > 1:
        middle = (low + high) // 2
        if law(desk, middle).service_level >= promise:
            low = middle
        else:
            high = middle
    return low


def _checked(
    agents: float, calls: tuple[float, float], item_s: float, patience_s: float | None, answer_within_s: float
) -> Desk:
    """Return the arguments as one desk, or refuse them in words."""
    return Desk(
        int(checks.single(checks.whole("agents", agents, least=1), "agents")),
        checks.single(checks.non_negative("arrivals_per_h", calls[0]), "arrivals_per_h") / 3600.0,
        checks.single(checks.positive("aht_s", calls[1]), "aht_s"),
        checks.single(checks.positive("item_s", item_s), "item_s"),
        checks.single(checks.patience("patience_s", patience_s), "patience_s"),
        checks.single(checks.non_negative("answer_within_s", answer_within_s), "answer_within_s"),
    )


def warm() -> None:
    """Compile the kernels of this module."""
    blend(2, arrivals_per_h=6, aht_s=300, item_s=300, threshold=1, patience_s=300)
    blend(2, arrivals_per_h=6, aht_s=300, item_s=200, threshold=1, patience_s=300)
