"""Sequences of days drawn from observed ones, and a ceiling carried to every joint resample of them."""

from __future__ import annotations

import numpy as np
from scipy import stats

MOST_ALIKE = (-0.5, 0.9)


def neighbours(hours: np.ndarray, weekday: np.ndarray) -> tuple[float, float]:
    """Return how alike the volumes of neighbouring days are, and the standard error of that.

    Parameters
    ----------
    hours, weekday
        Work of each day, in the order of time.

    Notes
    -----
    Lag-1 correlation r of the normal scores of hours / mean of the weekday, put right by (1 + 4 r) / n for its small-sample bias; error sqrt((1 - r^2) / n).

    References
    ----------
    Marriott & Pope, Biometrika 41 (1954), 390-402.

    Examples
    --------
    >>> swing = np.tile([9.0, 9.0, 11.0, 11.0], 10)
    >>> abs(neighbours(swing, np.zeros(40, int))[0]) < 0.1
    True
    """
    number = len(hours)
    kinds, place = np.unique(weekday, return_inverse=True)
    level = (np.bincount(place, weights=hours) / np.bincount(place))[place] if len(kinds) else hours
    ranks = stats.rankdata(hours / np.maximum(level, 1e-12))
    if number < 3 or ranks.std() == 0:
        return 0.0, 0.0
    score = stats.norm.ppf((ranks - 0.5) / number)
    score = score - score.mean()
    plain = float((score[1:] * score[:-1]).sum() / (score**2).sum())
    found = float(np.clip(plain + (1 + 4 * plain) / number, *MOST_ALIKE))
    return found, float(np.sqrt((1 - found**2) / number))


def even_places(series: np.ndarray, pattern: np.ndarray) -> np.ndarray:
    """Return places from 0 to 1 in the order of given numbers, spread evenly over the days of each weekday.

    Parameters
    ----------
    series
        Sequences x days of the sequence; only their order within a weekday counts.
    pattern
        Weekdays of the sequence.

    Notes
    -----
    A sequence then holds every observed day as often as it should, up to one; chance is left in the order alone.

    Examples
    --------
    >>> even_places(np.array([[0.3, -2.0, 1.5, 0.1]]), np.array([0, 0, 0, 1])).round(2).tolist()
    [[0.5, 0.17, 0.83, 0.5]]
    """
    found = np.empty(series.shape)
    for kind in np.unique(pattern):
        at = np.flatnonzero(pattern == kind)
        rank = np.argsort(np.argsort(series[:, at], axis=1, kind="stable"), axis=1, kind="stable")
        found[:, at] = (rank + 0.5) / len(at)
    return found


def picked_days(
    hours: np.ndarray, weekday: np.ndarray, counts: np.ndarray, pattern: np.ndarray, places: np.ndarray
) -> np.ndarray:
    """Return for each resample and day of a sequence the observed day that stands at a place among those of its weekday, in order of their work.

    Parameters
    ----------
    hours, weekday
        Of the observed days.
    counts
        Resamples x observed days: how often each is drawn. A weekday that a resample did not draw keeps all its days.
    pattern
        Weekdays of the sequence.
    places
        Resamples x days of the sequence, 0 to 1: equal places give like days of all resamples, so that resamples are compared and not chances.

    Returns
    -------
    numpy.ndarray
        Resamples x days of the sequence, observed day.

    Examples
    --------
    >>> picked_days(np.array([30.0, 10, 20]), np.zeros(3, int), np.ones((1, 3)), np.zeros(4, int), np.array([[0.1, 0.5, 0.9, 0.99]])).tolist()
    [[1, 2, 0, 0]]
    """
    found = np.empty((len(counts), len(pattern)), dtype=np.int64)
    for kind in np.unique(pattern):
        own = np.flatnonzero(weekday == kind)
        own = own[np.argsort(hours[own], kind="stable")]
        at = np.flatnonzero(pattern == kind)
        drawn = counts[:, own].astype(float)
        drawn[drawn.sum(axis=1) == 0] = 1.0
        upto = np.cumsum(drawn, axis=1) / drawn.sum(axis=1, keepdims=True)
        for number in range(len(counts)):
            found[number, at] = own[np.minimum(np.searchsorted(upto[number], places[number, at]), len(own) - 1)]
    return found


def like_draws(traits: np.ndarray, known: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a figure for every resample, from its values at the first ones and the traits of all.

    Parameters
    ----------
    traits
        Resamples x traits, of :func:`traits_of`.
    known
        The figure at the first resamples.
    rng
        Draws the residuals.

    Returns
    -------
    numpy.ndarray
        One number per resample: the known ones, then fitted ones with residuals of the fit, so that both the spread and the tie to other figures of the same
        resample are kept.

    Notes
    -----
    Ridge regression; its penalty is the one with the smallest leave-one-out error, and the residuals are the leave-one-out ones.

    References
    ----------
    Efron & Tibshirani, An Introduction to the Bootstrap, 1993, chapter 20 (what a resample adds is nearly linear in its counts).
    """
    if len(known) == len(traits):
        return known
    first = traits[: len(known)]
    centre, level = first.mean(axis=0), known.mean()
    left, sizes, right = np.linalg.svd(first - centre, full_matrices=False)
    along = left.T @ (known - level)
    best: tuple[float, np.ndarray, np.ndarray] | None = None
    for penalty in len(known) * np.array([0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 10.0]):
        kept = sizes**2 / (sizes**2 + penalty)
        leverage = (left**2) @ kept + 1 / len(known)
        residual = (known - level - left @ (kept * along)) / np.maximum(1 - leverage, 0.05)
        slope = right.T @ (kept / np.maximum(sizes, 1e-12) * along)
        if best is None or (residual**2).sum() < best[0]:
            best = float((residual**2).sum()), slope, residual
    if best is None:
        return np.resize(known, len(traits))
    _, slope, residual = best
    drawn = level + (traits - centre) @ slope + rng.choice(residual - residual.mean(), size=len(traits))
    drawn[: len(known)] = known
    return drawn


def traits_of(hours: np.ndarray, weekday: np.ndarray, counts: np.ndarray, alike: np.ndarray) -> np.ndarray:
    """Return what describes each resample, standardised: how often it drew each day, the shape of its volumes, and how alike its neighbouring days are.

    Parameters
    ----------
    hours, weekday
        Of the observed days.
    counts
        Resamples x observed days.
    alike
        Correlation of neighbouring days in each resample.

    Returns
    -------
    numpy.ndarray
        Resamples x traits: counts, the mean of each weekday against the whole, variance and skewness about the weekdays, their squares and product, `alike`.
    """
    kinds = np.unique(weekday)
    total = np.maximum(counts.sum(axis=1), 1e-12)
    mean = np.maximum(counts @ hours / total, 1e-12)
    second, third, columns = np.zeros(len(counts)), np.zeros(len(counts)), []
    for kind in kinds:
        at = weekday == kind
        drawn, own = counts[:, at], hours[at]
        number = np.maximum(drawn.sum(axis=1), 1e-12)
        one, two, three = (drawn @ own**power / number for power in (1, 2, 3))
        there = drawn.sum(axis=1) > 0
        columns.append(np.where(there, one / mean, 1.0))
        second += np.where(there, number * (two - one**2), 0.0)
        third += np.where(there, number * (three - 3 * one * two + 2 * one**3), 0.0)
    spread = second / total / mean**2
    skew = third / total / mean**3
    raw = np.stack(
        [*columns, spread, skew, spread**2, spread * skew, skew**2, sum(c**2 for c in columns), alike], axis=1
    )
    # the few traits are penalised less than the many counts
    return np.concatenate([_standardised(counts), 3 * _standardised(raw)], axis=1)


def _standardised(columns: np.ndarray) -> np.ndarray:
    """Return columns with mean 0 and deviation 1; those that do not vary are left out."""
    deviation = columns.std(axis=0)
    moving = deviation > 1e-9
    return (columns[:, moving] - columns[:, moving].mean(axis=0)) / deviation[moving]
