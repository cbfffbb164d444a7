"""Standard errors of sums over days that resemble their neighbours: low-frequency cosines, with what correlation hides put back."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

# Correlations of neighbours that the correction knows; above the last one no period of weeks speaks for itself.
_LOWEST, _HIGHEST, _STRONGEST = -0.4, 0.9, 0.7
_STEPS = 53
FEWEST_WAVES = 2


@dataclass(frozen=True, slots=True)
class LongRun:
    """How uncertain a sum over ordered clusters is.

    Attributes
    ----------
    error
        Standard error of the sum, from `freedom` cosines.
    freedom
        Degrees of freedom of the t interval: the number of cosines.
    correlation
        Correlation of neighbouring clusters, freed from what removing the strata's means does to it.
    steady
        Standard error from all clusters and this correlation alone: less noisy, but only right where nothing lasts longer. It decides
        what is too rare to estimate, never an interval.
    """

    error: float
    freedom: int
    correlation: float
    steady: float


def waves(clusters: int, *, working_days: float = 1.0) -> int:
    """Return how many cosines judge the variance of that many clusters, of so many working days each.

    Notes
    -----
    0.41 T^(2/3) for T days, rounded, at least 2: the rule of Lazarus, Lewis, Stock & Watson (2018) for tests of 5 %.

    Examples
    --------
    >>> [waves(days) for days in (10, 20, 40, 60)], waves(8, working_days=5)
    ([2, 3, 5, 6], 5)
    """
    return max(FEWEST_WAVES, round(0.41 * (clusters * working_days) ** (2 / 3)))


def long_run(residual: Any, labels: Any, *, working_days: float = 1.0) -> LongRun:
    """Judge the sum of residuals whose neighbours may be correlated.

    Parameters
    ----------
    residual
        One number per cluster, in the order of time; they add to about 0.
    labels
        Whole-number stratum of each cluster (such as its weekday); every stratum's mean is removed.
    working_days
        Working days that a cluster holds.

    Returns
    -------
    LongRun
        All zero where the residuals do not vary within strata.

    Notes
    -----
    The residuals are projected on the B lowest cosines cos(pi j (t - 1/2) / T), made orthogonal to the strata and to one another; the sum of the B
    squares times T / B is the variance of the sum where neighbours are independent, with B degrees of freedom exactly for normal days. Where they
    are correlated the B lowest frequencies still lie below the one that matters, so the sum of squares is multiplied by
    1'R1 / sum_j q_j'R q_j instead, R the correlations r^|s - t|. r is the correlation that explains the lag-1 correlation seen (its expectation under
    r, with the strata's means removed, equals it) plus one standard error 1 / sqrt(days), kept between 0 and .7: what single days add at random hides
    correlation, and too little of it costs more than too much. Without correlation the factor is T / B.

    References
    ----------
    Müller, Journal of Econometrics 141 (2007), 1331-1352. Lazarus, Lewis, Stock & Watson, J. Business & Economic Statistics 36 (2018), 541-559.

    Examples
    --------
    >>> days = np.tile([1.0, -1.0], 20)
    >>> found = long_run(days, np.zeros(40, int))
    >>> found.freedom, found.correlation < 0, found.error < found.steady
    (5, True, True)
    """
    labels = np.asarray(labels)
    design = _design(labels.tobytes(), str(labels.dtype), waves(len(labels), working_days=working_days))
    centred = np.asarray(residual, float) - design.basis @ (design.basis.T @ residual)
    square = float((centred**2).sum())
    if square <= 1e-18 * max(float((np.asarray(residual, float) ** 2).sum()), 1e-300):
        return LongRun(0.0, design.waves.shape[1], 0.0, 0.0)
    seen = float((centred[1:] * centred[:-1]).sum()) / square
    found = float(np.interp(seen, design.lag1, design.grid))
    counted = min(max(found + 1 / math.sqrt(len(centred) * working_days), 0.0), _STRONGEST)
    whole, kept, all_days = (
        float(np.interp(counted, design.grid, column)) for column in (design.whole, design.kept, design.days)
    )
    projected = design.waves.T @ centred
    error = math.sqrt(float((projected**2).sum()) * whole / kept)
    return LongRun(error, design.waves.shape[1], found, math.sqrt(square * whole / all_days))


@dataclass(frozen=True, slots=True)
class _Design:
    """What depends on the order of strata alone: orthonormal strata and cosines; by correlation on a grid the expected quadratic forms."""

    basis: np.ndarray
    waves: np.ndarray
    grid: np.ndarray
    lag1: np.ndarray
    whole: np.ndarray
    kept: np.ndarray
    days: np.ndarray


@lru_cache(maxsize=64)
def _design(labels: bytes, dtype: str, number: int) -> _Design:
    """Work out the design of one order of strata."""
    strata = np.unique(np.frombuffer(labels, dtype), return_inverse=True)[1]
    size = len(strata)
    dummies = (strata[:, None] == np.arange(strata.max() + 1)).astype(float)
    basis = dummies / np.sqrt(dummies.sum(axis=0))
    number = max(1, min(number, size - basis.shape[1]))
    cosines = np.cos(np.pi * np.outer(np.arange(size) + 0.5, np.arange(1, number + 1)) / size)
    low = np.linalg.qr(cosines - basis @ (basis.T @ cosines))[0]
    grid = np.linspace(_LOWEST, _HIGHEST, _STEPS)
    lags = np.arange(2 * size)
    powers = grid[:, None] ** np.minimum(lags, 2 * size - lags)

    def form(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Return left'R right for every correlation of the grid: by lag, so that no T x T matrix is needed."""
        either, other = (np.fft.rfft(one, 2 * size) for one in (left, right))
        return powers @ np.fft.irfft(either * other.conj(), 2 * size)

    ones = np.ones(size)
    kept = sum(form(wave, wave) for wave in low.T)
    days = size - sum(form(one, one) for one in basis.T)
    lag1 = np.maximum.accumulate(_next_to(basis, grid, form) / days) + 1e-12 * np.arange(_STEPS)
    return _Design(basis, low, grid, lag1, form(ones, ones), np.asarray(kept), np.asarray(days))


def _next_to(basis: np.ndarray, grid: np.ndarray, form: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> np.ndarray:
    """Return the expected sum of products of neighbouring centred days, by correlation."""
    size = len(basis)
    found = (size - 1) * grid
    for one in basis.T:
        later, earlier = np.append(0.0, one[:-1]), np.append(one[1:], 0.0)
        found = found - form(later, one) - form(earlier, one)
        for other in basis.T:
            found = found + form(one, other) * float(one[:-1] @ other[1:])
    return found
