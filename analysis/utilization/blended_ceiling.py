"""How busy a group may be when idle agents start items between contacts, at the load that is expected."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from analysis import queueing
from analysis.foundation.settings import Queue
from analysis.utilization.uncertain_load import LOADS, mixture_weights

# loads as shares of the agents at which the blended desk is solved; in between a monotone cubic is used
_SHARES = np.concatenate(
    [[1e-6, 0.1, 0.2, 0.3, 0.4], np.arange(0.475, 0.75, 0.075), np.arange(0.75, 1.0, 0.04), [1.0, 1.1, 1.3, 1.6, 2.5]]
)
# every whole number of agents up to here, then steps of a quarter
_EVERY, _STEP = 8, 1.25
# every number kept free up to here, then steps of an eighth: between large numbers one more makes no difference
_EVERY_FREE, _STEP_FREE = 16, 1.125
# waiting changes on the scale of sqrt(agents): keeping more free than this many times it would start next to no item
_FREE_SCALES = 2.5
_HALVINGS = 12
_IN_TIME, _COUNTED = 0, 1


@dataclass(frozen=True, slots=True)
class BlendedDesk:
    """What is known of a pool beside its half hours.

    Attributes
    ----------
    aht_s, item_s
        Mean handling time of a contact, mean length of an item [s].
    patience_s
        Mean patience [s]; None when nobody leaves.
    queues
        The promises; all of them must be kept.
    """

    aht_s: float
    item_s: float
    patience_s: float | None
    queues: tuple[Queue, ...]

    @property
    def promises(self) -> tuple[Queue, ...]:
        """One queue for each promise that differs."""
        return tuple({_terms(queue): queue for queue in self.queues}.values())


@dataclass(frozen=True, slots=True)
class BlendedHours:
    """What items between contacts make of every half hour.

    Attributes
    ----------
    occupancy
        Share of ready time on contacts and items per half hour; on contacts alone where no item may start.
    kept_free
        Agents kept free of items per half hour; -1 where no item may start.
    kept
        Whether all half hours together keep every promise without items.
    before
        Share answered in time without items over all half hours, of the queue that fares worst against its promise.
    target
        That queue's promise.
    """

    occupancy: np.ndarray
    kept_free: np.ndarray
    kept: bool
    before: float
    target: float


class BlendedCurves:
    """Service and occupancy of a pool's half hours for every number of agents kept free of items.

    Parameters
    ----------
    agents
        Mean number of agents per half hour, at least 0.5; in between whole numbers the curves are interpolated.
    desk
        Times and promises.

    Notes
    -----
    Exact (:func:`analysis.queueing.blend`) on a grid of agents and loads. The load of a half hour is lognormal; expectations are
    in closed form (:func:`analysis.utilization.uncertain_load.mixture_weights`). An item starts when fewer than agents - kept free are busy.
    """

    def __init__(self, agents: np.ndarray, desk: BlendedDesk) -> None:
        self.agents = np.maximum(np.asarray(agents, dtype=float), 1.0)
        self.promises = desk.promises
        most = math.ceil(_FREE_SCALES * math.sqrt(float(self.agents.max()))) + 1
        self.kept_free = np.append(_rising(0, most, every=_EVERY_FREE, step=_STEP_FREE), -1)
        least, largest = math.floor(float(self.agents.min())), math.ceil(float(self.agents.max()))
        nodes = _rising(least, largest, every=_EVERY, step=_STEP)
        exact = np.array([[_curve(n, int(kept), desk, self.promises) for kept in self.kept_free] for n in nodes])
        # agents x kept free x promise or busy x loads, brought to the half hours' agents and to the fine grid of loads
        at = exact if len(nodes) == 1 else PchipInterpolator(np.log(nodes), exact)(np.log(self.agents))
        at = np.broadcast_to(at, (len(self.agents), *exact.shape[1:]))
        self._curves = np.clip(PchipInterpolator(_SHARES, at, axis=-1)(np.minimum(LOADS, _SHARES[-1])), 0.0, 1.0)

    def best(self, load: np.ndarray, days: np.ndarray, *, load_cv: float) -> BlendedHours:
        """Choose per half hour the fewest agents kept free (beyond 16 the next of a coarser list) under which callers still get what was promised.

        Parameters
        ----------
        load
            Expected load per half hour [erlangs].
        days
            Weight of each half hour.
        load_cv
            Coefficient of variation of a day's load; the number kept free is the same whatever load the day brings.

        Notes
        -----
        Promise: E[A in_time(A)] >= target x E[A counted(A)], in every half hour that gets items and over all of them. Since some half hours may
        miss it without any item, the floor that each half hour must hold is raised until all together keep it.
        """
        shares = np.asarray(load, dtype=float) / self.agents
        by_load, by_time = (mixture_weights(shares, load_cv, heavy=heavy) for heavy in (True, False))
        service = np.einsum("hkpcu,hu->pchk", self._service(), by_load)
        busy = np.einsum("hku,hu->hk", self._curves[:, :, -1], by_time)
        weight = (np.asarray(days, dtype=float) * self.agents)[:, None]
        targets = np.array([queue.target for queue in self.promises])
        none = np.full(len(shares), len(self.kept_free) - 1)
        rows = np.arange(len(shares))

        def overall(choice: np.ndarray) -> np.ndarray:
            got = (service[:, :, rows, choice] * weight[:, 0]).sum(axis=-1)
            return np.where(got[:, _COUNTED] > 0, got[:, _IN_TIME] / np.maximum(got[:, _COUNTED], 1e-300), 1.0)

        def choose(raised: float) -> np.ndarray:
            floor = (targets + raised * (1 - targets))[:, None, None]
            good = (service[:, _IN_TIME] >= floor * service[:, _COUNTED] - 1e-12).all(axis=0)
            good[:, -1] = True
            return good.argmax(axis=1)

        before = overall(none)
        worst = int(np.argmin(before - targets))
        kept = bool((before >= targets - 1e-12).all())
        choice = _lowest_floor(choose, lambda found: bool((overall(found) >= targets - 1e-12).all())) if kept else none
        return BlendedHours(
            busy[rows, choice], self.kept_free[choice], kept, float(before[worst]), float(targets[worst])
        )

    def _service(self) -> np.ndarray:
        """Return half hours x kept free x promise x (in time, counted) x loads."""
        hours, kept, fields, loads = self._curves.shape
        return self._curves[:, :, :-1].reshape(hours, kept, (fields - 1) // 2, 2, loads)


def _lowest_floor(choose: Callable[[float], np.ndarray], holds: Callable[[np.ndarray], bool]) -> np.ndarray:
    """Return the choice at the lowest floor between the targets (0) and certainty (1) that all half hours together hold."""
    found = choose(0.0)
    if holds(found):
        return found
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(choose(middle)) else (middle, high)
    return choose(high)


def _terms(queue: Queue) -> tuple[float, float, str, float]:
    """Return what makes two promises the same."""
    return queue.answer_within_s, queue.target, queue.definition, queue.short_s


def _rising(least: int, most: int, *, every: int, step: float) -> np.ndarray:
    """Return whole numbers from `least` to `most` or a little beyond: every one of a few, then a growing step."""
    nodes = [least]
    while nodes[-1] < most:
        nodes.append(max(nodes[-1] + 1, math.floor(nodes[-1] * step) if nodes[-1] >= every else 0))
    return np.array(nodes)


def _curve(agents: int, kept_free: int, desk: BlendedDesk, promises: Sequence[Queue]) -> np.ndarray:
    """Return (in time, counted) of every promise and the busy share, by load."""
    threshold = 0 if kept_free < 0 else max(int(agents) - kept_free, 0)
    table = np.empty((2 * len(promises) + 1, len(_SHARES)))
    for column, share in enumerate(_SHARES):
        if desk.patience_s is None and share >= 1.0:
            table[:, column] = [*([0.0, 1.0] * len(promises)), 1.0]
            continue
        for number, queue in enumerate(promises):
            solved = queueing.blend(
                int(agents),
                arrivals_per_h=float(share) * int(agents) * 3600 / desk.aht_s,
                aht_s=desk.aht_s,
                item_s=desk.item_s,
                threshold=threshold,
                patience_s=desk.patience_s,
                answer_within_s=queue.answer_within_s,
            )
            table[2 * number, column] = solved.service_level
            table[2 * number + 1, column] = 1.0 - _left_out(queue, solved.p_abandon, solved.p_wait, desk.patience_s)
            table[-1, column] = solved.occupancy
    return table


def _left_out(queue: Queue, p_abandon: float, p_wait: float, patience_s: float | None) -> float:
    """Return the share of offered contacts that a promise's definition leaves out."""
    if queue.definition == "of answered":
        return p_abandon
    if queue.definition == "short abandons out" and patience_s is not None:
        return min(p_abandon, queue.short_s / patience_s * p_wait)
    return 0.0
