"""A pool's like half hours: how many agents, what load, and what each number of agents kept free would make of them."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import queueing
from analysis.blending.desk import IN_TIME, ITEM_AGENTS, P_ABANDON, Desk
from analysis.foundation.settings import Queue
from analysis.measure.load import load_nodes

# A half hour with fewer agents on average than this is closed: stragglers and early log-ins make no pool.
OPEN_AGENTS = 0.5
_PATIENCE_S = (5.0, 7200.0)
FIELDS = ("in_time", "counted", "lost", "item_agents", "busy")


@dataclass(frozen=True, slots=True)
class Staff:
    """How often each number of agents was on duty in each half hour: parallel arrays, weights adding to 1 per half hour.

    Attributes
    ----------
    cell, agents, weight
        Position of the half hour, number of agents, share of its days.
    """

    cell: np.ndarray
    agents: np.ndarray
    weight: np.ndarray

    @classmethod
    def of(cls, cells: pd.DataFrame, duty: pd.DataFrame) -> Staff:
        """Return the numbers of agents seen; a day's mean number between two whole ones counts as some of each."""
        keyed = duty.merge(
            cells[["weekday", "slot_of_day_s", "days"]].reset_index(names="cell"), on=["weekday", "slot_of_day_s"]
        )
        whole = np.floor(keyed["agents"].to_numpy(dtype=float))
        part, days = keyed["agents"].to_numpy(dtype=float) - whole, keyed["days"].to_numpy(dtype=float)
        rows = pd.DataFrame(
            {
                "cell": np.tile(keyed["cell"].to_numpy(), 2),
                "agents": np.concatenate([whole, whole + 1]).astype(np.int64),
                "weight": np.concatenate([1 - part, part]) / np.tile(days, 2),
            }
        )
        absent = 1 - rows.groupby("cell")["weight"].sum().reindex(range(len(cells)), fill_value=0.0)
        nobody = pd.DataFrame({"cell": np.arange(len(cells)), "agents": 0, "weight": absent.to_numpy()})
        rows = (
            pd.concat([rows, nobody])
            .query("weight > 1e-12")
            .groupby(["cell", "agents"], as_index=False)["weight"]
            .sum()
        )
        return cls(rows["cell"].to_numpy(), rows["agents"].to_numpy(), rows["weight"].to_numpy())


@dataclass(frozen=True, slots=True)
class Pool:
    """One pool of agents with its half hours.

    Attributes
    ----------
    name, queues
        The pool and the queues whose contacts it answers.
    desk
        The queueing model with the pool's handling time, patience and promise.
    cells
        weekday, slot_of_day_s, days, offered_per_h, aht_s, load, load_sd, agents, idle_agents (NaN when not measured), required_agents,
        structural_agents, surplus_agents, resumable_agents (mean number idle beyond the resumption time; NaN when not measured).
    daily
        day and cell: offered, answered, handle_s, agents, idle_agents, resumable_agents; the clusters behind the intervals.
    staff
        The numbers of agents behind `cells.agents`.
    slot_s
        Length of a half hour [s].
    """

    name: str
    queues: tuple[Queue, ...]
    desk: Desk
    cells: pd.DataFrame
    daily: pd.DataFrame
    staff: Staff
    slot_s: int

    def outcome(
        self, kept_free: int | None, shift: np.ndarray | float = 0.0, released: np.ndarray | None = None
    ) -> np.ndarray:
        """Return what a policy makes of every half hour: an array of (figure, half hour).

        Parameters
        ----------
        kept_free
            Agents who stay free of items; None for no items.
        shift
            Added to the expected load [erlangs], one number per half hour or for all.
        released
            Agents taken off contacts in every half hour; they work on items all the time.

        Returns
        -------
        ndarray
            In the order of ``FIELDS``: expected erlangs answered in time, counted by the promise and lost, mean agents on items, mean agents busy.

        Notes
        -----
        Averages over the load's spread and over the numbers of agents seen. busy = load x (1 - share abandoned) + item_agents, at most all agents.
        """
        cell = self.staff.cell
        mean = np.maximum(self.cells["load"].to_numpy() + shift, 0.0)[cell]
        spread = self.cells["load_sd"].to_numpy()[cell]
        loads, node_weights = load_nodes(mean, spread)
        away = np.zeros(len(cell)) if released is None else np.minimum(released[cell], self.staff.agents)
        agents = np.broadcast_to((self.staff.agents - away.astype(np.int64))[:, None], loads.shape)
        figures = self.desk.over(agents, loads, kept_free)
        lost = loads * figures[P_ABANDON]
        busy = np.clip(loads - lost + figures[ITEM_AGENTS], 0.0, agents)
        items = np.maximum(busy - (loads - lost), 0.0) + away[:, None]
        parts = (loads * figures[IN_TIME], loads * self.desk.counted(figures), lost, items, busy + away[:, None])
        weights = self.staff.weight[:, None] * node_weights
        return np.array([np.bincount(cell, (part * weights).sum(axis=1), minlength=len(self.cells)) for part in parts])

    @property
    def agents(self) -> np.ndarray:
        """Mean number of agents on duty per half hour."""
        return self.cells["agents"].to_numpy()

    @property
    def slot_h(self) -> float:
        """Length of a half hour in hours."""
        return self.slot_s / 3600


def share_in_time(outcome: np.ndarray) -> np.ndarray:
    """Return the service level of every half hour; 1 where nothing is offered."""
    return np.where(outcome[1] > 1e-9, outcome[0] / np.maximum(outcome[1], 1e-9), 1.0)


def overall(outcome: np.ndarray) -> float:
    """Return the service level of all half hours together."""
    return float(outcome[0].sum() / outcome[1].sum()) if outcome[1].sum() > 0 else 1.0


def matched_patience_s(pool: Pool, abandoned: float) -> float:
    """Return the patience at which the model loses the share of contacts that was counted [s].

    Parameters
    ----------
    pool
        The pool; its desk's own patience is not used.
    abandoned
        Share of the offered contacts that were abandoned.

    Notes
    -----
    The share abandoned falls in the patience; bisection between 5 s and 2 h on the logarithm.
    """
    load = float(pool.cells["load"].sum())
    low, high = _PATIENCE_S
    for _ in range(12):
        middle = math.sqrt(low * high)
        lost = dataclasses.replace(pool, desk=pool.desk.with_patience(middle)).outcome(None)[2].sum() / load
        low, high = (middle, high) if lost > abandoned else (low, middle)
    return math.sqrt(low * high)


def with_modelled_resumption(pool: Pool, resume_s: float) -> Pool:
    """Return the pool with the time beyond resumption taken from the law of idle gaps, where no gap was measured."""
    cells = pool.cells.copy()
    shares = [
        _usable_share(round(agents), load, pool.desk.aht_s, resume_s)
        for agents, load in zip(cells["agents"], cells["load"], strict=True)
    ]
    cells["resumable_agents"] = cells["idle_agents"] * np.array(shares)
    daily = pool.daily.copy()
    daily["resumable_agents"] = daily["idle_agents"] * np.array(shares)[daily["cell"].to_numpy()]
    return dataclasses.replace(pool, cells=cells, daily=daily)


def _usable_share(agents: int, load: float, aht_s: float, resume_s: float) -> float:
    """Return the share of idle time left after resuming in every gap; none where the agents are outnumbered."""
    if load <= 0:
        return 1.0
    if agents <= load or agents < 1:
        return 0.0
    return float(queueing.idle_gaps(agents, arrivals_per_h=load * 3600 / aht_s, aht_s=aht_s).usable_share(resume_s))
