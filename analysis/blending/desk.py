"""One pool as a queue: what callers and items get from a number of agents, exact on a grid of loads and interpolated between."""

from __future__ import annotations

import math

import numpy as np

from analysis import queueing
from analysis.blending.promise import Promise

# Grid step in load as a share of sqrt(agents), the scale on which waiting changes, finer for few agents; four points carry a cubic.
GRID_STEP, FEW_AGENTS = 0.5, 8
ALMOST_NO_LOAD = 1e-6
IN_TIME, P_ABANDON, P_WAIT, ITEM_AGENTS = range(4)


class Desk:
    """Agents, callers with limited patience, and items that start while enough agents are free.

    Parameters
    ----------
    aht_s
        Mean handling time of a contact [s].
    patience_s
        Mean time until a waiting contact leaves [s]; None when nobody leaves.
    item_s
        Mean length of an item [s]; None when no item may start.
    promise
        Promise to callers.

    Notes
    -----
    Poisson arrivals and exponential times in steady state. An idle agent starts an item when fewer than agents - kept_free are busy; items are
    finished once begun. The share of contacts abandoned within the first s seconds is s / patience x P(wait), for s short against the wait.
    Between grid loads (steps of 0.5 sqrt(agents)) a cubic through four exact points is used.

    References
    ----------
    Bhulai & Koole, A queueing model for call blending in call centers, IEEE Transactions on Automatic Control 48 (2003), 1434-1438.
    """

    def __init__(self, *, aht_s: float, patience_s: float | None, item_s: float | None, promise: Promise) -> None:
        self.aht_s, self.patience_s, self.item_s, self.promise = aht_s, patience_s, item_s, promise
        self._exact: dict[tuple[int, int, int], tuple[float, float, float, float]] = {}

    def with_patience(self, patience_s: float) -> Desk:
        """Return the same desk with callers who wait this long on average [s]."""
        return Desk(aht_s=self.aht_s, patience_s=patience_s, item_s=self.item_s, promise=self.promise)

    def exact(self, agents: int, load: float, kept_free: int | None = None) -> tuple[float, float, float, float]:
        """Return for one case the shares answered in time, abandoned and made to wait, and the mean number of agents on items.

        Parameters
        ----------
        agents, load
            Agents on duty and offered load [erlangs].
        kept_free
            Agents that stay free of items; None or at least `agents`: no items at all.
        """
        threshold = 0 if kept_free is None else max(agents - kept_free, 0)
        if agents == 0:
            return 0.0, 1.0, 1.0, 0.0
        if load <= 0:
            return 1.0, 0.0, 0.0, float(threshold)
        if self.patience_s is None and load >= agents:
            return 0.0, 0.0, 1.0, 0.0
        if threshold == 0:
            plain = queueing.erlang_a(
                agents,
                load,
                aht_s=self.aht_s,
                patience_s=self.patience_s or math.inf,
                answer_within_s=self.promise.answer_within_s,
            )
            return plain.service_level, plain.p_abandon, plain.p_wait, 0.0
        if self.item_s is None:
            raise ValueError("without an item length no item can start")
        both = queueing.blend(
            agents,
            arrivals_per_h=load * 3600 / self.aht_s,
            aht_s=self.aht_s,
            item_s=self.item_s,
            threshold=threshold,
            patience_s=self.patience_s,
            answer_within_s=self.promise.answer_within_s,
        )
        return both.service_level, both.p_abandon, both.p_wait, both.item_agents

    def over(self, agents: np.ndarray, load: np.ndarray, kept_free: int | None = None) -> np.ndarray:
        """Return the four figures of :meth:`exact` for arrays of one shape, on a new first axis."""
        agents, load = np.broadcast_arrays(np.asarray(agents), np.asarray(load, dtype=float))
        result = np.empty((4, *load.shape))
        for number in np.unique(agents):
            here = agents == number
            result[:, here] = self._interpolated(int(number), load[here], kept_free)
        result[:3] = np.clip(result[:3], 0.0, 1.0)
        return result

    def service(
        self, agents: np.ndarray, load: np.ndarray, kept_free: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the shares of offered contacts answered in time and counted by the promise."""
        figures = self.over(agents, load, kept_free)
        return figures[IN_TIME], self.counted(figures)

    def counted(self, figures: np.ndarray) -> np.ndarray:
        """Return the share of offered contacts that the promise's definition counts."""
        abandoned = figures[P_ABANDON]
        short = figures[P_WAIT] * (self.promise.short_s / self.patience_s if self.patience_s else 0.0)
        return self.promise.counted(abandoned, np.minimum(short, abandoned))

    def _interpolated(self, agents: int, load: np.ndarray, kept_free: int | None) -> np.ndarray:
        """Return cubics through the four grid loads around each load."""
        step = GRID_STEP * math.sqrt(max(agents, 1)) * min(1.0, max(agents, 1) / FEW_AGENTS)
        first = np.maximum(np.floor(load / step).astype(np.int64) - 1, 0)
        points = sorted(set((first[:, None] + np.arange(4)).ravel().tolist()))
        known = np.array([self._on_grid(agents, point, step, kept_free) for point in points]).T
        place = np.searchsorted(points, first)
        u = load / step - first
        weights = (
            -(u - 1) * (u - 2) * (u - 3) / 6,
            u * (u - 2) * (u - 3) / 2,
            -u * (u - 1) * (u - 3) / 2,
            u * (u - 1) * (u - 2) / 6,
        )
        return sum(weight * known[:, place + offset] for offset, weight in enumerate(weights))  # pyright: ignore[reportReturnType]

    def _on_grid(
        self, agents: int, point: int, step: float, kept_free: int | None
    ) -> tuple[float, float, float, float]:
        key = (agents, agents if kept_free is None else min(kept_free, agents), point)
        if key not in self._exact:
            # a first caller may find every agent on an item, so what callers get at no load is the limit, not "all is well"
            self._exact[key] = self.exact(agents, max(point * step, ALMOST_NO_LOAD), kept_free)
        return self._exact[key]
