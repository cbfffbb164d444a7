"""The lowest of several uncertain ceilings, without the bias that taking a minimum brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

# A ceiling that is the lowest in at least this share of draws is named as binding.
BINDING_SHARE = 0.10
# A ceiling whose draws differ by less is not uncertain.
_SURE = 1e-9


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

    Raises
    ------
    ValueError
        No ceilings are given.

    Notes
    -----
    The minimum of noisy numbers is too low on average: three equal ceilings with a standard deviation of .02 read .017 low. The point is
    min x - median over draws of min_j (g_j + e_j): e_j a ceiling's error (draw - its median), g_j how far it stands above the lowest, pulled in by
    what chance alone sets apart: max(0, x_j - min x - s^2 / (x_j - min x)), s the standard deviation of that difference. Exact ties keep a bias of
    about -.15 standard deviations, near-ties at most +.4, ceilings 4 standard deviations apart none.

    The interval is [min of the lower limits at a_low, min of the upper limits at a_up]. The truth lies below it only if it lies below the limit of
    the ceiling that truly is the lowest: at most a_low. It lies above only if some ceiling's upper limit fails: at most a_up a ceiling. Of J ceilings that
    are uncertain, a_up = a / J and a_low = a (1 - 1 / J): with equal ceilings misses above add up to a and those below vanish, with one far below the
    others a_low + a_up = a. (Equal tails for J = 1.) The rule [a / 2, a / (2 J)] holds too, at .97 to .99 where .95 is asked for.

    Scenarios are no chance: `low_draws` and `high_draws` are the ends of what is assumed. The interval is the union of those of all scenarios, so it
    holds the truth at its level whichever of them is true; the minimum rises with each ceiling, so the two ends suffice.

    References
    ----------
    Chernozhukov, Lee & Rosen, Intersection bounds: estimation and inference, Econometrica 81 (2013), 667-737. Berger, Multiparameter hypothesis
    testing and acceptance sampling, Technometrics 24 (1982), 295-300 (intersection-union). James & Stein 1961 for the pull of the gaps.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> low, high = (mean + 0.01 * rng.standard_normal(4000) for mean in (0.7, 0.9))
    >>> found = lowest({"a": Ceiling(0.7, low, low, low), "b": Ceiling(0.9, high, high, high)}, confidence=0.95)
    >>> round(found.value, 3), found.binding
    (0.7, ('a',))
    """
    if not ceilings:
        raise ValueError("there is no lowest of no ceilings")
    # in the order of their names, so that nothing hangs on the order in which they were put in
    names = sorted(ceilings)
    points = np.array([ceilings[name].value for name in names])
    draws = np.stack([ceilings[name].draws for name in names], axis=1)
    below, above = _tails(draws, confidence)
    low = min(float(np.quantile(ceilings[name].low_draws, below)) for name in names)
    high = min(float(np.quantile(ceilings[name].high_draws, 1 - above)) for name in names)
    value = float(np.clip(_corrected(points, draws), low, high))
    return Lowest(value, low, high, _binding(ceilings, names, points, draws))


def _tails(draws: np.ndarray, confidence: float) -> tuple[float, float]:
    """Return the levels of the lower and the upper limits."""
    error, uncertain = 1 - confidence, int((draws.std(axis=0) > _SURE).sum())
    return (error / 2, error / 2) if uncertain < 2 else (error * (1 - 1 / uncertain), error / uncertain)


def _corrected(points: np.ndarray, draws: np.ndarray) -> float:
    """Return the minimum less the bias that taking it brings."""
    least = int(np.argmin(points))
    errors = draws - np.median(draws, axis=0)
    apart = points - points[least]
    chance = np.var(errors - errors[:, [least]], axis=0)
    gaps = np.maximum(0.0, apart - chance / np.maximum(apart, _SURE))
    return float(points[least] - np.median((gaps + errors).min(axis=1)))


def _binding(
    ceilings: Mapping[str, Ceiling], names: Sequence[str], points: np.ndarray, draws: np.ndarray
) -> tuple[str, ...]:
    """Return the ceilings that may be the lowest, the lowest first."""
    shares = [np.mean(_lowest_in(draws), axis=0)]
    # a scenario counts as a tie wherever its range overlaps, so the ends of each range are compared too
    for number, name in enumerate(names):
        for ends in (ceilings[name].low_draws, ceilings[name].high_draws):
            if ends is not ceilings[name].draws:
                scenario = draws.copy()
                scenario[:, number] = ends
                shares.append(np.mean(_lowest_in(scenario), axis=0))
    often = np.max(shares, axis=0)
    order = np.argsort(points, kind="stable")
    return tuple(names[number] for number in order if often[number] >= BINDING_SHARE)


def _lowest_in(draws: np.ndarray) -> np.ndarray:
    """Return which ceilings are the lowest, alone or with others, in each draw."""
    return draws <= draws.min(axis=1, keepdims=True) + _SURE
