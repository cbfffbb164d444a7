"""What an engine gives back, and what both engines need to know of a policy and of items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.simulation.streams import Streams

GIVES_WAY = {"": 0, "resume": 1, "restart": 2}


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """The arrays of a desk that has been followed: measures of agents by slot, moments of contacts and items, progress of items, which were begun."""

    agents: np.ndarray
    started: np.ndarray
    ended: np.ndarray
    progress: np.ndarray
    begun: np.ndarray
    events: np.ndarray
    dry: bool


def standing(streams: Streams) -> tuple[np.ndarray, np.ndarray]:
    """Return every item's rank by due moment, arrival and number, and the items in order of rank."""
    due = streams.item_due_s
    rank = by_rank = np.arange(due.size)
    if (due[1:] < due[:-1]).any():
        by_rank = np.lexsort((streams.item_arrived_s, due))
        rank = np.empty_like(by_rank)
        rank[by_rank] = np.arange(by_rank.size)
    return rank, by_rank
