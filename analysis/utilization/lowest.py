"""The lowest of several uncertain ceilings, without the bias that taking a minimum brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

# A ceiling that is the lowest in at least this share of draws is named as binding.
BINDING_SHARE = 0.10


@dataclass(frozen=True, slots=True)
class Ceiling:
    """One ceiling with its uncertainty.

    Attributes
    ----------
    value
        Point [share of base].
    draws
        Resamples, one number per joint draw.
    low_draws, high_draws
        The same under the least and the most favourable scenario; equal to `draws` where nothing is assumed.
    """

    value: float
    draws: np.ndarray
    low_draws: np.ndarray
    high_draws: np.ndarray


@dataclass(frozen=True, slots=True)
class Lowest:
    """The minimum of ceilings: point, interval, and which of them bind."""

    value: float
    low: float
    high: float
    binding: tuple[str, ...]


def lowest(ceilings: Mapping[str, Ceiling], *, confidence: float) -> Lowest:
    """Estimate the minimum of ceilings that were estimated together.

    Parameters
    ----------
    ceilings
        Name -> ceiling; draws of all come from the same resamples.
    confidence
        Level of the interval.

    Returns
    -------
    Lowest

    Notes
    -----
    The minimum of noisy numbers is too low on average: three equal ceilings with a standard deviation of .02 read .017 low. The point is
    therefore half-median-unbiased: min over j of (x_j + k s_j), with k the median of the largest standardised draw among the ceilings that
    may be the lowest. The interval is [min of the lower limits at a / 2, min of the upper limits at a / (2 J)]: the truth lies below it only if it
    lies below the lowest ceiling's own limit, above it only if some ceiling's limit fails.

    References
    ----------
    Chernozhukov, Lee & Rosen, Intersection bounds: estimation and inference, Econometrica 81 (2013), 667-737.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> low, high = (mean + 0.01 * rng.standard_normal(4000) for mean in (0.7, 0.9))
    >>> found = lowest({"a": Ceiling(0.7, low, low, low), "b": Ceiling(0.9, high, high, high)}, confidence=0.95)
    >>> round(found.value, 3), found.binding
    (0.7, ('a',))
    """
    names = list(ceilings)
    points = np.array([ceilings[name].value for name in names])
    draws = np.stack([ceilings[name].draws for name in names], axis=1)
    tail = (1 - confidence) / 2
    low = min(float(np.quantile(ceilings[name].low_draws, tail)) for name in names)
    high = min(float(np.quantile(ceilings[name].high_draws, 1 - tail / len(names))) for name in names)
    value = float(np.clip(_half_median_unbiased(points, draws), low, high))
    # a scenario counts as a tie wherever its range overlaps, so the ends of each range are compared too
    lowest_at = [np.argmin(draws, axis=1)]
    for number, name in enumerate(names):
        for ends in (ceilings[name].low_draws, ceilings[name].high_draws):
            scenario = draws.copy()
            scenario[:, number] = ends
            lowest_at.append(np.argmin(scenario, axis=1))
    shares = np.mean(np.stack(lowest_at)[:, :, None] == np.arange(len(names)), axis=1).max(axis=0)
    order = np.argsort(points, kind="stable")
    return Lowest(value, low, high, tuple(names[number] for number in order if shares[number] >= BINDING_SHARE))


def _half_median_unbiased(points: np.ndarray, draws: np.ndarray) -> float:
    """Return the corrected minimum."""
    spread = draws.std(axis=0)
    moving = spread > 1e-9
    if not moving.any():
        return float(points.min())
    scaled = np.where(moving, (draws - draws.mean(axis=0)) / np.where(moving, spread, 1.0), 0.0)
    # ceilings that are surely not the lowest do not count: a generous quantile keeps all that may be
    cut = float(np.quantile(scaled[:, moving].max(axis=1), 1 - 0.1 / np.log(max(len(draws), 3))))
    near = points <= (points + cut * spread).min() + 2 * cut * spread
    pivot = float(np.median(scaled[:, near].max(axis=1)))
    return float((points[near] + pivot * spread[near]).min())
