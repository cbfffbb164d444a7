"""How far a linear attacker can narrow a figure: exact ranges over all that is compatible with what is published."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse

# Copies of the unknowns that one linear programme holds at most; larger ones are solved in turn.
_MOST_UNKNOWNS = 2_000
# Mixtures in which all targets are pushed at once at most, before any is looked at by itself, and how many in vain end it.
_PUSHES, _IN_VAIN = 40, 3
# Room that rounding of sums leaves around every row, as a share of its base, and the least of it [h].
_SLACK, _LEAST_SLACK_H = 1e-9, 1e-7


@dataclass(frozen=True, slots=True)
class System:
    """Unknown hours, and what is known about them.

    Attributes
    ----------
    base_h
        Hours of each piece of time, known to the attacker (pieces).
    hours
        What is to be protected: hours of each piece by measure (pieces x measures); they add to `base_h`.
    sets
        Which pieces each row is about (rows x pieces), 0 or 1.
    measure
        Which measure each row is about (rows).
    low_h, high_h
        What is known about the sum over the row's pieces (rows).
    """

    base_h: np.ndarray
    hours: np.ndarray
    sets: np.ndarray
    measure: np.ndarray
    low_h: np.ndarray
    high_h: np.ndarray


def survivors(system: System, targets: np.ndarray, near: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the range of every target that an attacker gets near to; a target that may be far from its truth has none.

    Parameters
    ----------
    system
        What is unknown and known.
    targets
        Which pieces each target is about (targets x pieces), 0 or 1.
    near
        How far from the truth something must lie to count as far (targets x measures) [h]; below 0 where a target is not asked about.

    Returns
    -------
    tuple
        recovered, low, high (targets x measures): whether the whole range lies nearer than `near`, and the range [h], NaN where one compatible
        answer farther off was found, which proves the target safe.

    Notes
    -----
    Pieces that no row and no target tells apart are one unknown per measure, which loses nothing: a sum of boxes is a box. All targets are first
    pushed up and down at once, in a few fixed mixtures: every solution is one possible truth, and clears each target that it moves far. What is
    left is minimised and maximised by itself, as blocks of larger programmes, whose optima are those of the blocks.
    """
    small, wanted = _merged(system, targets)
    truth = wanted @ small.hours
    programme = _Programme.of(small)
    recovered = ~_far_by_pushes(programme, wanted, truth, near)
    high = _extremes(programme, wanted, truth, near, recovered=recovered, sign=1.0)
    low = _extremes(programme, wanted, truth, near, recovered=recovered, sign=-1.0)
    low[~recovered], high[~recovered] = np.nan, np.nan
    return recovered, low, high


def _merged(system: System, targets: np.ndarray) -> tuple[System, np.ndarray]:
    """Return the system with pieces put together that nothing tells apart."""
    columns = np.vstack([system.sets, targets]).astype(np.int8)
    kept = system.base_h > 0
    kinds, place = np.unique(columns[:, kept], axis=1, return_inverse=True)
    base, hours = np.zeros(kinds.shape[1]), np.zeros((kinds.shape[1], system.hours.shape[1]))
    np.add.at(base, place.ravel(), system.base_h[kept])
    np.add.at(hours, place.ravel(), system.hours[kept])
    rows = len(system.sets)
    small = System(base, hours, kinds[:rows], system.measure, system.low_h, system.high_h)
    return small, kinds[rows:].astype(float)


@dataclass(frozen=True, slots=True)
class _Programme:
    """What every answer keeps to: rows within their bounds, and the measures of a piece add to its base."""

    upper: sparse.csr_array
    limit: np.ndarray
    adds: sparse.csr_array
    base_h: np.ndarray
    most_h: np.ndarray

    @classmethod
    def of(cls, system: System) -> _Programme:
        """Return the constraints of a system."""
        pieces, measures = system.hours.shape
        at, which = np.nonzero(system.sets)
        columns = which * measures + system.measure[at]
        rows = sparse.csr_array((np.ones(len(at)), (at, columns)), shape=(len(system.sets), pieces * measures))
        truth = rows @ system.hours.ravel()
        slack = np.maximum(_LEAST_SLACK_H, _SLACK * (system.sets @ system.base_h))
        # the truth itself always keeps to the rows, whatever sums of binary fractions do
        high, low = np.maximum(system.high_h, truth) + slack, np.minimum(system.low_h, truth) - slack
        upper = sparse.vstack([rows, -rows], format="csr")
        adds = sparse.csr_array(
            (np.ones(pieces * measures), np.arange(pieces * measures), np.arange(pieces + 1) * measures)
        )
        limit = np.concatenate([high, -low])
        return cls(upper, limit, adds, system.base_h, np.repeat(system.base_h, measures))

    def solve(self, cost: np.ndarray) -> np.ndarray:
        """Return the answer with the least cost, of each copy of the unknowns (copies x unknowns) by itself."""
        copies = len(cost)
        many = sparse.eye_array(copies)
        found = optimize.linprog(
            cost.ravel(),
            A_ub=self.upper if copies == 1 else sparse.kron(many, self.upper, format="csr"),
            b_ub=np.tile(self.limit, copies),
            A_eq=self.adds if copies == 1 else sparse.kron(many, self.adds, format="csr"),
            b_eq=np.tile(self.base_h, copies),
            bounds=np.column_stack([np.zeros(cost.size), np.tile(self.most_h, copies)]),
            method="highs",
        )
        if found.x is None:
            raise ValueError(f"the published figures fit no answer at all: {found.message}")
        return found.x.reshape(copies, -1)


def _far_by_pushes(programme: _Programme, wanted: np.ndarray, truth: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Return the targets of which some answer is far from the truth, as found by pushing all of them at once."""
    far = near < 0
    generator = np.random.default_rng(0)
    weight = 1.0 / np.maximum(near, 1e-9)
    without = 0
    for _ in range(_PUSHES):
        if far.all() or without == _IN_VAIN:
            break
        # one measure of each target that is left, up or down
        chosen = np.where(far, -1.0, generator.random(far.shape))
        pushed = (chosen == chosen.max(axis=1, keepdims=True)) & ~far
        cost = -(wanted.T @ (generator.choice([-1.0, 1.0], size=far.shape) * weight * pushed))
        answer = programme.solve(cost.reshape(1, -1)).reshape(cost.shape)
        moved = np.abs(wanted @ answer - truth) > near
        without = 0 if (moved & ~far).any() else without + 1
        far |= moved
    return far


def _extremes(
    programme: _Programme,
    wanted: np.ndarray,
    truth: np.ndarray,
    near: np.ndarray,
    *,
    recovered: np.ndarray,
    sign: float,
) -> np.ndarray:
    """Return the largest (`sign` 1) or smallest (-1) hours of each target and measure, NaN where it is found to be far before.

    Every answer is a possible truth of all targets: those that it moves far are taken out of `recovered`, and not looked at any more.
    """
    pieces, measures = wanted.shape[1], truth.shape[1]
    at_once = max(1, _MOST_UNKNOWNS // (pieces * measures))
    found = np.full(truth.shape, np.nan)
    while len(left := np.argwhere(recovered & np.isnan(found))):
        part = left[:at_once]
        cost = np.zeros((len(part), pieces, measures))
        for copy, (target, measure) in enumerate(part):
            cost[copy, :, measure] = -sign * wanted[target]
        for copy, answer in enumerate(programme.solve(cost.reshape(len(part), -1))):
            reached = wanted @ answer.reshape(pieces, measures)
            target, measure = part[copy]
            found[target, measure] = reached[target, measure]
            recovered &= np.abs(reached - truth) <= near
    return found
