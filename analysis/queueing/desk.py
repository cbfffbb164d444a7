"""A blended desk solved at one threshold, by whichever exact law fits: no calls, items as long as calls, or other items."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.queueing import chain
from analysis.queueing.kernels import NO_LOAD, cell


@dataclass(frozen=True, slots=True)
class Desk:
    """A checked question, in seconds and calls per second."""

    agents: int
    arrivals_per_s: float
    aht_s: float
    item_s: float
    patience_s: float
    answer_within_s: float

    @property
    def load(self) -> float:
        """Offered load [erlangs]."""
        return self.arrivals_per_s * self.aht_s


@dataclass(frozen=True, slots=True)
class Law:
    """What the chain says at one threshold."""

    p_wait: float
    p_abandon: float
    mean_wait_s: float
    service_level: float
    call_agents: float
    item_agents: float
    occupancy: float


def law(desk: Desk, threshold: int) -> Law:
    """Solve the desk at one threshold."""
    if desk.load <= NO_LOAD:
        return _without_calls(desk, threshold)
    if threshold == 0 or desk.item_s == desk.aht_s:
        return _one_length(desk, threshold)
    return _two_lengths(desk, threshold)


def _without_calls(desk: Desk, threshold: int) -> Law:
    """Return the limit of ever rarer calls: exactly the threshold's number of agents is on items."""
    waits = threshold == desk.agents
    answered, given_up = desk.agents / desk.item_s, 1.0 / desk.patience_s
    return Law(
        p_wait=float(waits),
        p_abandon=given_up / (answered + given_up) if waits else 0.0,
        mean_wait_s=1.0 / (answered + given_up) if waits else 0.0,
        service_level=answered / (answered + given_up) * -math.expm1(-(answered + given_up) * desk.answer_within_s)
        if waits
        else 1.0,
        call_agents=0.0,
        item_agents=float(threshold),
        occupancy=threshold / desk.agents,
    )


def _one_length(desk: Desk, threshold: int) -> Law:
    """Solve the birth-death chain of items as long as calls."""
    p_wait, p_abandon, wait, in_time, _, item_agents, free = cell(
        desk.agents, desk.load, desk.aht_s / desk.patience_s, desk.answer_within_s / desk.aht_s, threshold
    )
    call_agents = desk.load * (1.0 - p_abandon)
    occupancy = call_agents / desk.agents if threshold == 0 and desk.load < desk.agents else 1.0 - free / desk.agents
    return Law(p_wait, p_abandon, wait * desk.aht_s, in_time, call_agents, item_agents, occupancy)


def _two_lengths(desk: Desk, threshold: int) -> Law:
    """Solve the chain of items that are longer or shorter than calls."""
    try:
        p_wait, queue, call_agents, item_agents, starts, in_time = chain.solve(
            desk.agents,
            threshold,
            (desk.arrivals_per_s, 1.0 / desk.aht_s, 1.0 / desk.item_s, 1.0 / desk.patience_s),
            desk.answer_within_s,
        )
    except chain.TooManyStates:
        raise ValueError(
            f"load {desk.load:g} erlangs on {desk.agents} agents makes a queue too long to compute exactly: "
            "add agents, or give a shorter patience of the callers."
        ) from None
    lost = queue / desk.patience_s / desk.arrivals_per_s
    flows = abs(starts * desk.item_s - item_agents) + abs(desk.load * (1.0 - lost) - call_agents)
    if flows > 1e-9 * desk.agents:
        raise ArithmeticError("blend: the flows of the chain do not balance; please report the arguments of this call")
    return Law(
        p_wait=p_wait,
        p_abandon=lost,
        mean_wait_s=queue / desk.arrivals_per_s,
        service_level=in_time,
        call_agents=call_agents,
        item_agents=item_agents,
        occupancy=(call_agents + item_agents) / desk.agents,
    )
