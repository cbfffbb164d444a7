"""What thresholds would be if another load were known: the rule behind the bar "forecast" of a waterfall."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.blending.week import Facts, by_slot
from analysis.simulation import NO_ITEMS, Policy

# A threshold moves by at most so many agents on account of the load.
_MOST = 6


@dataclass(frozen=True, slots=True)
class Rule:
    """How agents kept free follow the load.

    Attributes
    ----------
    choose
        Erlangs per slot of the week to agents kept free per slot; the foreseen load gives the policy's own thresholds.
    foreseen
        Erlangs per slot of the mean week.
    """

    choose: Callable[[np.ndarray], Sequence[int]]
    foreseen: np.ndarray


def thresholds(facts: Facts, policy: Policy) -> Rule | None:
    """Return how the thresholds of a policy would follow the load; None where they do not depend on it.

    Parameters
    ----------
    facts
        The pool's facts.
    policy
        A policy with agents kept free per half hour.

    Notes
    -----
    Items that are finished once begun cost service. The margin that the promise needs grows with the root of the load, and so do the agents kept free; the
    foreseen load gives the policy's own thresholds. Items that give way cost callers nothing, whatever the load: their thresholds keep the cap on occupancy and need
    no forecast. Agents in blocks are agreed beforehand.
    """
    if not isinstance(policy.kept_free, tuple) or not policy.kept_free or policy.gives_way:
        return None
    own = np.array(policy.kept_free)
    mean = by_slot(facts.pool, facts.pool.cells["load"].to_numpy(dtype=float))
    placed = own != NO_ITEMS

    def choose(load: np.ndarray) -> Sequence[int]:
        wanted = np.round(own * np.sqrt(np.asarray(load, dtype=float) / np.where(mean > 0, mean, 1.0)))
        return np.where(placed, np.clip(wanted, 0, own + _MOST), NO_ITEMS).astype(int).tolist()

    return Rule(choose, mean)
