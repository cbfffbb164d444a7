"""From sums of replications to figures with intervals: levels, paired differences, and the busiest slot."""

from __future__ import annotations

import numpy as np

from analysis.simulation import measures
from analysis.simulation.control import adjusted
from analysis.simulation.desk import Desk
from analysis.simulation.intervals import critical, limits, spread

_LEVEL = list(measures.UNITS).index("service_level")
_WORST = list(measures.UNITS).index("occupancy_worst_slot")
_AT = {name: place for place, name in enumerate(measures.SLOT_SUMS)}
# share of noise in the spread between desks below which more replications would hardly narrow an interval
_NOISE = 0.25
# a slot in which shifts hold less than this share of one agent is left out when the busiest is looked for
_STAFFED = 0.5


class Figures:
    """The figures of some replications.

    Parameters
    ----------
    desk
        The desk, or one of several that differ in numbers alone.
    sums
        Array (policy, replication, sum).
    desks
        How many desks the replications go round.
    controls
        Array (replication, control) of numbers whose mean is 0 whatever the policy; without columns nothing is adjusted.
    """

    def __init__(self, desk: Desk, sums: np.ndarray, desks: int, controls: np.ndarray) -> None:
        self.desk, self.desks, self.controls = desk, desks, controls
        self.raw = measures.parts(desk, sums)
        # arrays (policy, measure, replication)
        (over, over_scores), (under, under_scores) = (
            adjusted(part.swapaxes(1, 2), controls, desks) for part in self.raw
        )
        self.scale = np.where(self.raw[1].sum(axis=1) > 0, under.mean(axis=-1), np.nan)
        self.value = over.mean(axis=-1) / self.scale
        self.scores = (over_scores - self.value[..., None] * under_scores) / self.scale[..., None]

    def half_width(self, confidence: float, freedom: float) -> float:
        """Return the largest half-width of a difference of service level that replications can still shrink; of the level where it is alone.

        With draws of a desk it counts as none for a figure whose noise is at most a quarter of what lies between the desks, and as the
        whole half-width else; the level of the first policy is asked as well.
        """
        scores = self.scores[:, _LEVEL]
        change = scores[1:] - scores[:1] if len(scores) > 1 else scores
        if self.desks == 1:
            return critical(confidence, freedom) * float(np.sqrt(np.nan_to_num(spread(change, 1).simulated).max()))
        found = spread(np.concatenate([scores[:1], change]), self.desks)
        noisy = found.simulated * (self.desks + 1) > _NOISE * found.total
        left = np.where(noisy, found.total, 0.0)
        return critical(confidence, self.desks - 1) * float(np.sqrt(np.nan_to_num(left).max()))

    def gain(self) -> tuple[float, float]:
        """Return how many times the controls cut the simulated variance of service level: of levels and of differences, geometric means."""
        over, under = (part[..., _LEVEL] for part in self.raw)
        plain = over - (over.sum(axis=1) / under.sum(axis=1))[:, None] * under
        sharp = self.scores[:, _LEVEL] * self.scale[:, _LEVEL, None]
        pairs = [(plain, sharp), (plain[1:] - plain[:1], sharp[1:] - sharp[:1])]
        return tuple(_times_less(*(spread(part, self.desks).simulated for part in pair)) for pair in pairs)

    def answer(self, slots: np.ndarray, confidence: float, freedom: float) -> dict[str, np.ndarray]:
        """Return values, slots and estimates as a comparison holds them, from the sums per slot, array (policy, replication, slot, sum)."""
        factor = critical(confidence, freedom)
        with np.errstate(invalid="ignore", divide="ignore"):
            values = self.raw[0] / self.raw[1]
        shares = np.array([measures.unit(name) == "share" for name in measures.names(self.desk)])
        change, scores = self.value - self.value[:1], self.scores - self.scores[:1]
        low, high = limits(self.value, spread(self.scores, self.desks).total, factor, shares)
        change_low, change_high = limits(change, spread(scores, self.desks).total, factor, ~shares & False)
        # what is taken out as luck may carry a figure near the end of its range beyond it
        floor = [-np.inf if name in measures.SIGNED else 0.0 for name in measures.names(self.desk)]
        levels = (np.clip(level, floor, np.where(shares, 1.0, np.inf)) for level in (self.value, low, high))
        estimates = np.stack([*levels, change, change_low, change_high], axis=-1)
        self._busiest(slots, (confidence, freedom), values, estimates)
        by_slot, errors = _by_slot(slots, self.desk.slot_s, self.desks)
        return {"values": values, "slots": by_slot, "slot_errors": errors, "estimates": estimates}

    def _busiest(
        self, slots: np.ndarray, level: tuple[float, float], values: np.ndarray, estimates: np.ndarray
    ) -> None:
        """Fill occupancy in the busiest slot of each policy.

        The highest of many means: it is at least as high as any lower limit, with a share of the error for each, and at most as high as the highest
        upper one, since that of the true busiest slot alone holds it.
        """
        confidence, freedom = level
        busy, duty = slots[..., _AT["busy_s"]].astype(float), slots[..., _AT["on_duty_s"]].astype(float)
        staffed = measures.scheduled_s(self.desk) >= _STAFFED * self.desk.slot_s
        staffed = staffed & (duty.sum(axis=1) > 0)
        scores_of_worst = []
        for policy, there in enumerate(staffed):
            if not there.any():
                values[policy, :, _WORST] = estimates[policy, _WORST] = np.nan
                scores_of_worst.append(np.full(busy.shape[1], np.nan))
                continue
            part, whole = busy[policy][:, there], duty[policy][:, there]
            share = part.sum(axis=0) / whole.sum(axis=0)
            scores = ((part - share * whole) / whole.mean(axis=0)).T
            variance, own = spread(scores, self.desks).total, np.array([True])
            each = critical(1 - (1 - confidence) / len(share), freedom)
            low = limits(share, variance, each, own)[0].max()
            high = limits(share, variance, critical(confidence, freedom), own)[1].max()
            worst = int(share.argmax())
            with np.errstate(invalid="ignore", divide="ignore"):
                values[policy, :, _WORST] = part[:, worst] / whole[:, worst]
            scores_of_worst.append(scores[worst])
            estimates[policy, _WORST, :3] = share[worst], low, high
        value = estimates[:, _WORST, 0]
        error = np.sqrt(spread(np.array(scores_of_worst) - scores_of_worst[0], self.desks).total)
        half = critical(confidence, freedom) * error
        estimates[:, _WORST, 3:] = np.stack([value - value[0], value - value[0] - half, value - value[0] + half], -1)


def _times_less(plain: np.ndarray, sharp: np.ndarray) -> float:
    """Return the geometric mean of the ratios of two variances, where both are above 0."""
    both = (plain > 0) & (sharp > 0)
    return float(np.exp(np.log(plain[both] / sharp[both]).mean())) if both.any() else 1.0


def _by_slot(slots: np.ndarray, slot_s: float, desks: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the figures of ``measures.SLOT_FIGURES`` per policy and slot over all replications, and their standard errors."""
    # array (policy, slot, replication)
    at = {name: slots[..., place].swapaxes(1, 2).astype(float) for name, place in _AT.items()}
    one = np.ones(at["offered"].shape)
    pairs = [
        (at["in_time"], at["counted"]),
        (at["busy_s"], at["on_duty_s"]),
        (at["offered"], one),
        (at["item_s"] / slot_s, one),
        (at["on_duty_s"] / slot_s, one),
    ]
    figures, errors = [], []
    with np.errstate(invalid="ignore", divide="ignore"):
        for over, under in pairs:
            figure = over.mean(axis=-1) / under.mean(axis=-1)
            scores = (over - figure[..., None] * under) / under.mean(axis=-1, keepdims=True)
            figures.append(figure)
            errors.append(np.sqrt(spread(scores, desks).total))
    return np.stack(figures, axis=-1), np.stack(errors, axis=-1)
