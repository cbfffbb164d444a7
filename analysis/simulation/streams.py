"""What comes and how long it takes, fixed before any policy acts: the same streams for every policy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Streams:
    """Contacts, items and people of one replication, or of a client's own day.

    Attributes
    ----------
    offered_s, queue, handle_s, patience_s
        Per contact, in order of arrival: moment [s], position of its queue, handling time [s], time it is willing to wait [s] (infinity: for ever).
    item_arrived_s, item_type, item_length_s, item_due_s
        Per item, in order of arrival (negative before the horizon): moment, position of its type, length [s], moment it becomes late (infinity: never). Items of
        a type without end all wait from the start (arrived at 0), in the order in which they are taken, more of them than the agents can finish.
    shift_agent, shift_start_s, shift_end_s
        Per stretch of presence, in order of start.
    agent_group
        Position of every agent's group.
    day_factor
        Factor of the rate per day and day group, for the reader; the arrivals hold it already.
    """

    offered_s: np.ndarray
    queue: np.ndarray
    handle_s: np.ndarray
    patience_s: np.ndarray
    item_arrived_s: np.ndarray
    item_type: np.ndarray
    item_length_s: np.ndarray
    item_due_s: np.ndarray
    shift_agent: np.ndarray
    shift_start_s: np.ndarray
    shift_end_s: np.ndarray
    agent_group: np.ndarray
    day_factor: np.ndarray
