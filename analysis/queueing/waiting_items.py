"""The blended desk whose items arrive on their own: calls, agents on items, and items that wait, solved exactly.

The number of items that wait, w, is the level of a quasi-birth-death chain; its phases are the busy agents and queue (j) and the agents on items (y;
one value where items are as long as calls). Items wait only while j >= c. The level falls only at j = c, where a completion starts an item, so the
chain enters the level below in one of c + 1 phases (one, with equal lengths): everything needed from the infinite chain has that size, and the rest
are banded systems of equations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack

from analysis.queueing.chain import TooManyStates, first_cut, slowest_decay

Rates = tuple[float, float, float, float]

_TAIL = 1e-14
# Largest work of one round of the fixed point (some 10 s in all), and largest number of weights that are kept.
_MOST_WORK, _MOST_WEIGHTS = 1e8, 2e7
# Rounds of the fixed point; it has settled when the change is rounding.
_MOST_ROUNDS, _SETTLED = 5_000, 1e-14


@dataclass(frozen=True, slots=True)
class Waiting:
    """The stationary law of a desk with items that wait.

    Attributes
    ----------
    at_rest
        Law where no item waits: busy agents and queue (0, 1, ...) x agents on items.
    levels
        Law where w = 1, 2, ... items wait: w x busy agents and queue (c, c + 1, ...) x agents on items.
    phases
        The chain of phases, for waits.
    """

    at_rest: np.ndarray
    levels: np.ndarray
    phases: Phases

    def everywhere(self) -> np.ndarray:
        """Return the law of busy agents and queue x agents on items, however many items wait."""
        law = self.at_rest.copy()
        law[self.phases.c :] += self.levels.sum(axis=0)
        return law

    def goes_on(self, times: np.ndarray, *, end_rate: float | None = None) -> np.ndarray:
        """Return the transform of P(wait of an item > t) at complex points; with `end_rate` of the time until it is finished."""
        c, width = self.phases.c, self.phases.width
        here = np.concatenate([self.at_rest[None, c:], self.levels]).reshape(len(self.levels) + 1, -1)
        at_once = float(self.at_rest[:c].sum())
        found = np.empty(len(times), dtype=complex)
        for number, s in enumerate(times):
            first = self.phases.first_start(s)
            # an item with w before it waits for w + 1 starts
            arrived, doors = here @ first.real + 1j * (here @ first.imag), first[:width]
            total = at_once + (_powers(arrived[:, 0], doors[0, 0]) if width == 1 else _products(arrived, doors))
            end = 1.0 if end_rate is None else end_rate / (end_rate + s)
            found[number] = (1.0 - total * end) / s
        return found


def _powers(arrived: np.ndarray, door: complex) -> complex:
    """Return the sum of the entries times rising powers of a number."""
    return complex((arrived * door ** np.arange(len(arrived))).sum())


def _products(arrived: np.ndarray, doors: np.ndarray) -> complex:
    """Return the sum of the rows times rising powers of a matrix times a vector of ones."""
    later, total = np.ones(len(doors), dtype=complex), 0j
    for row in arrived:
        total += row @ later
        later = doors @ later
    return complex(total)


class Banded:
    """A factored banded matrix."""

    __slots__ = ("_band", "_factors", "_pivots")

    def __init__(self, bands: np.ndarray, half: int) -> None:
        """Factor a matrix given as diagonals, from the `half`-th above the main one to the `half`-th below."""
        room = np.concatenate([np.zeros((half, bands.shape[1])), bands])
        self._factors, self._pivots, info = lapack.dgbtrf(room, half, half)
        self._band = half
        if info:
            raise ArithmeticError(
                "finite_blend: the chain of phases cannot be solved; please report the arguments of this call"
            )

    def solve(self, right: np.ndarray, *, transposed: bool = False) -> np.ndarray:
        """Return the solution for columns of right-hand sides."""
        found, _ = lapack.dgbtrs(self._factors, self._band, self._band, right, self._pivots, trans=int(transposed))
        return found


@dataclass(frozen=True, slots=True)
class Phases:
    """What the desk does beside the items that wait.

    Attributes
    ----------
    n, c
        Agents, threshold.
    top
        Largest number of busy agents and queue.
    width
        Agents on items that are told apart: c + 1, or 1 where items are as long as calls.
    rates
        Of calls that arrive, calls and items in service, and of giving up.
    items
        Rate of items that arrive.
    """

    n: int
    c: int
    top: int
    width: int
    rates: Rates
    items: float

    def moves(self, lowest: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return by phase (j from `lowest`, y) the rates at which calls end or leave, items end, and whether the phase exists."""
        _, mu, nu, theta = self.rates
        j = np.arange(lowest, self.top + 1)[:, None]
        y = np.arange(self.width)[None, :]
        busy = np.minimum(j, self.n)
        ends = np.where(self.width == 1, busy, busy - y) * mu + np.maximum(j - self.n, 0) * theta
        return np.where(y <= busy, ends, 0.0), np.where(y <= busy, y * nu, 0.0), y <= busy

    def bands(self, *, lowest: int) -> np.ndarray:
        """Return the negative generator within a level as diagonals: from j = 0 where no item waits (`lowest` 0), else from j = c.

        Leaving the level counts on the main diagonal alone.
        """
        lam, half = self.rates[0], self.width + (self.width > 1)
        calls, items, there = self.moves(lowest)
        size, width = calls.size, self.width
        bands = np.zeros((2 * half + 1, size))
        rising = np.arange(lowest, self.top + 1)[:, None] < self.c
        up = np.where(there, lam, 0.0)
        up[-1] = 0.0
        leaves = np.where(there, self.items, 0.0)
        bands[half] = np.where(there, up + calls + items + leaves, 1.0).ravel()
        started = np.where(rising & there, self.items, 0.0)
        if width == 1:
            up = up + started
        falls = np.ones_like(calls, dtype=bool)
        if lowest:
            falls[0] = False  # there a completion starts an item: the level falls
        _put(bands, half, np.where(falls, calls, 0.0), -width)
        _put(bands, half, up, width)
        if width > 1:
            _put(bands, half, np.where(falls, items, 0.0), -width - 1)
            _put(bands, half, started, width + 1)
        return bands

    def starts(self) -> np.ndarray:
        """Return the rates at which items start at j = c: from agents on items, to agents on items."""
        _, mu, nu, _ = self.rates
        if self.width == 1:
            return np.array([[self.c * mu]])
        y = np.arange(self.width)
        return np.diag(y * nu) + np.diag((self.c - y[:-1]) * mu, 1)

    def first_start(self, s: complex) -> np.ndarray:
        """Return E[exp(-s T)] by phase (j >= c) and phase entered, T the time to the next start of an item."""
        half = self.width + (self.width > 1)
        bands = self.bands(lowest=self.c).astype(complex)
        bands[half] += np.where(self.moves(self.c)[2].ravel(), s - self.items, 0.0)
        right = np.zeros((bands.shape[1], self.width), dtype=complex)
        right[: self.width] = self.starts()
        room = np.concatenate([np.zeros((half, bands.shape[1]), dtype=complex), bands])
        _, _, found, info = lapack.zgbsv(half, half, room, right)
        if info:
            raise ArithmeticError(
                "finite_blend: the wait of items cannot be solved; please report the arguments of this call"
            )
        return found


def _put(bands: np.ndarray, half: int, rates: np.ndarray, offset: int) -> None:
    """Enter rates from every phase to the one `offset` places further as negative entries of a banded matrix."""
    flat = rates.ravel()
    at = np.flatnonzero(flat)
    bands[half - offset, at + offset] -= flat[at]


def solve(n: int, c: int, rates: Rates, items: float) -> Waiting:
    """Solve the chain for `n` agents, threshold `c` and items that arrive at rate `items`, which must be below the rate of an endless backlog.

    Raises
    ------
    TooManyStates
        The queue of calls or of items is too long.
    """
    lam, mu, nu, theta = rates
    width = 1 if mu == nu else c + 1
    cut = first_cut(n, c if width > 1 else 0, rates)
    while True:
        if (n - c + cut + 1.0) * width**3 > _MOST_WORK:
            raise TooManyStates
        phases = Phases(n, c, n + int(cut), width, rates, items)
        found = _stationary(phases)
        decay = min(slowest_decay(n, c if width > 1 else 0, rates), lam / (n * min(mu, nu) + cut * theta))
        if float(found.everywhere()[-1].sum()) <= _TAIL * (1.0 - decay):
            return found
        cut *= 2.0


def _stationary(phases: Phases) -> Waiting:
    """Solve the chain with the queue of calls cut."""
    width, items = phases.width, phases.items
    half = width + (width > 1)
    within = Banded(phases.bands(lowest=phases.c), half)
    entered = _entered_below(phases, within)
    # censored on the level without waiting items: it is left from j >= c and entered at j = c
    at_rest = Banded(phases.bands(lowest=0), half)
    first = phases.c * width
    size = (phases.top + 1) * width
    doors = np.zeros((size, width))
    doors[first : first + width] = np.eye(width)
    stays = at_rest.solve(doors, transposed=True).T
    law = _fixed(items * stays[:, first:] @ entered) @ stays
    levels = _levels(phases, within, entered, law[first:], float(law.sum()))
    total = law.sum() + sum(level.sum() for level in levels)
    shape = (-1, width)
    stacked = np.array(levels).reshape(len(levels), phases.top - phases.c + 1, width)
    return Waiting(law.reshape(shape) / total, stacked / total, phases)


def _entered_below(phases: Phases, within: Banded) -> np.ndarray:
    """Return the chance of each phase in which the level below is first entered, by phase (j >= c, y)."""
    width, items = phases.width, phases.items
    size = (phases.top - phases.c + 1) * width
    if width == 1:
        return np.ones((size, 1))
    there = phases.moves(phases.c)[2].ravel()
    starts = np.zeros((size, width))
    starts[:width] = phases.starts()
    direct = within.solve(starts)
    entered = np.where(there[:, None], direct / np.where(there, direct.sum(axis=1), 1.0)[:, None], 0.0)
    before = 1.0
    for _ in range(_MOST_ROUNDS):
        further = within.solve(entered)
        at_doors = np.linalg.solve(np.eye(width) - items * further[:width], direct[:width])
        after = direct + items * further @ at_doors
        after /= np.where(there, after.sum(axis=1), 1.0)[:, None]
        change = float(np.abs(after - entered).max())
        entered = after
        if change <= _SETTLED or (change <= 1e-10 and change >= 0.999 * before):
            return entered
        before = change
    raise TooManyStates


def _fixed(chances: np.ndarray) -> np.ndarray:
    """Return the law that a matrix of chances leaves as it is."""
    size = len(chances)
    system = np.eye(size) - chances.T
    system[-1] = 1.0
    return np.linalg.solve(system, np.eye(size)[-1])


def _levels(phases: Phases, within: Banded, entered: np.ndarray, first: np.ndarray, weight: float) -> list[np.ndarray]:
    """Return the weights of the phases where 1, 2, ... items wait, given those where none does."""
    width, items = phases.width, phases.items
    doors = np.zeros((len(first), width))
    doors[:width] = np.eye(width)
    stays = within.solve(doors, transposed=True).T
    again = np.linalg.inv(np.eye(width) - items * stays @ entered)
    levels, here, before = [], first, 0.0
    while True:
        alone = items * within.solve(here[:, None], transposed=True)[:, 0]
        here = alone + items * (alone @ entered @ again) @ stays
        levels.append(here)
        mass = float(here.sum())
        weight += mass
        decay = mass / before if before else 1.0
        before = mass
        if decay < 1.0 and mass * decay / (1.0 - decay) <= _TAIL * weight:
            return levels
        if len(levels) * here.size > _MOST_WEIGHTS:
            raise TooManyStates
