"""Figures sharpened by what is known exactly of the streams: the contacts and the work that came above their mean, and the luck of a Markov twin."""

from __future__ import annotations

import numpy as np

from analysis.simulation import markov_twin
from analysis.simulation.desk import Desk
from analysis.simulation.measures import live, scheduled_s
from analysis.simulation.streams import Streams, draw_streams

# replications per control from which on it is used: a coefficient costs about one replication in so many
_EACH = 5


class Controls:
    """What is read off the streams of every replication; all of it has mean 0 whatever the policy.

    In the order in which few replications can carry them: the luck of a Markov twin where there is one; handling time above its mean; what the twin
    expects of the factors of the days; contacts above their mean, in all and weighted by the fourth power of the slot's load per agent; squares of the
    factors above theirs.

    Parameters
    ----------
    desks
        One desk, or draws of it.
    seed
        Seed of the streams.
    runs
        How many runs there will be at least: the exact mean of a twin may cost about three times what they do.
    """

    def __init__(self, desks: tuple[Desk, ...], seed: int, *, runs: int = 0) -> None:
        self.desks, self.seed = desks, seed
        contacts = sum(sum(queue.arrivals_per_h) for queue in desks[0].queues) * desks[0].slot_s / 3600
        self.why_not, work = "", 0.0
        for desk in desks:
            self.why_not = markov_twin.why_not(desk)
            work += 0.0 if self.why_not else markov_twin.work(desk)
            if work > markov_twin.SMALL_WORK + runs * contacts:
                self.why_not = "its exact mean would take longer than it saves"
            if self.why_not:
                break
        self.twins = () if self.why_not else tuple(map(markov_twin.twin_of, desks))

    def __call__(self, replication: int, desk: Desk, streams: Streams) -> np.ndarray:
        """Return the controls of one replication."""
        number = replication % len(self.desks)
        luck, expected = self._luck(replication, number, desk, streams) if self.twins else (0.0, 0.0)
        arrivals, weighted, worked = 0.0, 0.0, 0.0
        for queue in np.flatnonzero(live(desk)):
            own = streams.queue == queue
            own &= streams.offered_s >= 0
            slot = np.minimum((streams.offered_s[own] / desk.slot_s).astype(np.int64), desk.slots - 1)
            law, rates = desk.queues[queue], np.array(desk.queues[queue].arrivals_per_h) * desk.slot_s / 3600
            above = np.bincount(slot, minlength=desk.slots) - rates
            arrivals += above.sum()
            weighted += float(above @ _busy_weights(desk))
            worked += streams.handle_s[own].sum() - rates.sum() * law.handling.mean_s
        squares = np.zeros(1)
        spreads = {queue.day_group: queue.day_cv for queue in reversed(desk.queues)}
        for place, group in enumerate(sorted(spreads)):
            squares += (streams.day_factor[:, place] ** 2 - 1 - spreads[group] ** 2).sum()
        return np.array([luck, worked, expected, arrivals, weighted, *squares])

    def _luck(self, replication: int, number: int, desk: Desk, streams: Streams) -> np.ndarray:
        """Return the luck of the twin; where the desk's laws are the twin's, its streams are the desk's."""
        twin = self.twins[number]
        if desk.queues != twin.desk.queues:
            streams = draw_streams(twin.desk, seed=self.seed, replication=replication)
        return twin.luck(streams)

    @property
    def words(self) -> str:
        """What is known exactly, in words."""
        streams = "contacts and work that came above their mean"
        if self.why_not:
            return f"{streams}; no Markov twin, as {self.why_not}"
        return f"the luck of a Markov twin, and {streams}"


def used(watched: np.ndarray, desks: int) -> np.ndarray:
    """Return the controls that so many replications can carry, without those that never differ."""
    varied = watched[:, watched.std(axis=0) > 0] if watched.shape[1] else watched
    return varied[:, : max(0, (len(watched) - desks) // _EACH)]


def _busy_weights(desk: Desk) -> np.ndarray:
    """Return how much a contact of each slot is likely to hurt: the fourth power of the load per agent, at most 1 agent too few."""
    load = np.zeros(desk.slots)
    for queue in np.flatnonzero(live(desk)):
        load += np.array(desk.queues[queue].arrivals_per_h) * desk.queues[queue].handling.mean_s / 3600
    agents = scheduled_s(desk) / desk.slot_s
    return np.minimum(np.divide(load, agents, out=np.zeros(desk.slots), where=agents > 0), 1.2) ** 4


def adjusted(values: np.ndarray, controls: np.ndarray, desks: int) -> tuple[np.ndarray, np.ndarray]:
    """Return values less what the controls explain of them, and scores whose variance is that of their mean.

    Parameters
    ----------
    values
        Array with one value per replication on the last axis.
    controls
        Array (replication, control) of numbers with mean 0.
    desks
        How many desks the replications go round; each has its own mean.

    Returns
    -------
    tuple
        Adjusted values, and scores for :func:`analysis.simulation.intervals.spread`; both shaped like the values and linear in them.

    Notes
    -----
    Y_r - b_(-r)' C_r with b_(-r) the least-squares coefficients without replication r. They do not depend on C_r, whose mean is 0: the mean of the
    adjusted values is that of Y, without the bias of a coefficient estimated from the same replications. Deleting one row changes the coefficients by
    (C'C)^-1 c_r e_r / (1 - h_r), e the residual and h the leverage. The scores are R w_r e_r / (1 - h_r) around the mean of the desk, with w_r the weight
    of replication r in the adjusted mean: the jackknife variance of a regression (HC3). Days that are unlike the others weigh more in both; the
    plain variance of the adjusted values covers 90 % instead of 95 with four controls on 20 replications.

    References
    ----------
    Lavenberg & Welch, Management Science 27 (1981), 322-335, for regression controls. Avramidis & Wilson, Operations Research 41 (1993), 1-22, for
    splitting, here with one replication a part. MacKinnon & White, Journal of Econometrics 29 (1985), 305-325, for the variance. Belsley, Kuh & Welsch,
    Regression Diagnostics, 1980, ch. 2, for the deletion of a row.

    Examples
    --------
    >>> control = np.array([[-1.0], [1.0], [0.5], [-0.5]])
    >>> adjusted(np.array([1.0, 5.0, 4.0, 2.0]), control, 1)[0]
    array([3., 3., 3., 3.])
    """
    if not controls.shape[1]:
        return values, values
    count = len(controls)
    own, seen = _within(controls.T, desks).T, _within(values, desks)
    inverse = np.linalg.pinv(own.T @ own)
    slope = seen @ own @ inverse
    leverage = desks / count + np.einsum("ri,ij,rj->r", own, inverse, own)
    left = (seen - slope @ own.T) / np.maximum(1 - leverage, 1e-9)
    # C_r' b_(-r) = C_r' b - C_r' (C'C)^-1 c_r e_r / (1 - h_r)
    result = values - slope @ controls.T + np.einsum("ri,ij,rj->r", controls, inverse, own) * left
    weight = 1 - count * own @ inverse @ controls.mean(axis=0)
    return result, result - _within(result, desks) + weight * left


def _within(values: np.ndarray, desks: int) -> np.ndarray:
    """Return values less the mean of their desk; replications on the last axis."""
    by_desk = values.reshape(*values.shape[:-1], values.shape[-1] // desks, desks)
    return (by_desk - by_desk.mean(axis=-2, keepdims=True)).reshape(values.shape)
