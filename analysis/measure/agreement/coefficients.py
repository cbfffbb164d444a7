"""Coefficients whose chance agreement follows from weights and shares: AC1 and AC2, the kappas; and plain percentages."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from analysis.measure.agreement.coefficient import Coefficient, coefficient, undefined
from analysis.measure.agreement.counts import Counted, Sums, count_ratings
from analysis.measure.agreement.intervals import MINIMUM_KAPPA_UNITS, percent_interval
from analysis.measure.agreement.weights import WORDS, Weights, agreement_weights


def gwet_ac(
    ratings: Any,
    weights: Weights = "ordinal",
    *,
    categories: Sequence[object] | None = None,
    n_unit: str = "units",
    confidence: float = 0.95,
) -> Coefficient:
    """Measure agreement by Gwet's AC1 (identity weights) or AC2 (other weights), which do not fall where one category prevails.

    Parameters
    ----------
    ratings, categories, n_unit, confidence
        As in :func:`krippendorff_alpha`; `categories` should name all that could have been chosen, because their number matters.
    weights
        ``"identity"`` (AC1), ``"ordinal"``, ``"linear"`` or ``"quadratic"`` (AC2).

    Returns
    -------
    Coefficient
        `error` is the linearised one of Gwet; raters are taken as fixed.

    Raises
    ------
    ValueError, DataProblem
        As in :func:`krippendorff_alpha`.

    Notes
    -----
    AC = (p_a - p_e) / (1 - p_e); p_a = mean over units rated twice of the weighted share of pairs that agree; p_e = sum of all weights *
    sum pi_k (1 - pi_k) / (q (q - 1)).

    References
    ----------
    Gwet, British Journal of Mathematical and Statistical Psychology 61 (2008), 29-48; Handbook of Inter-Rater Reliability, 4th ed. 2014.

    Examples
    --------
    >>> gwet_ac([[0, 0], [1, 2], [4, 3], [2, 2], [3, 1], [0, 1], [4, 4], [1, 3]], "quadratic", categories=range(5))
    Gwet's AC2 (quadratic weights) is 0.66 (-0.02 to 0.83) for 8 units and 2 raters
    """
    name = "Gwet's AC1" if weights == "identity" else "Gwet's AC2"

    def chance(share: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        q = len(w)
        part = 1 - share
        return w.sum() * (share * part).sum(axis=-1) / (q * (q - 1)), w.sum() / (q * (q - 1)) * part

    return _weighted(name, ratings, weights, chance, categories=categories, n_unit=n_unit, confidence=confidence)


def fleiss_kappa(
    ratings: Any,
    weights: Weights = "identity",
    *,
    categories: Sequence[object] | None = None,
    n_unit: str = "units",
    confidence: float = 0.95,
) -> Coefficient:
    """Measure agreement by Fleiss' kappa: chance from the ratings of all raters together.

    Parameters, returns and errors as in :func:`gwet_ac`; without an interval below 30 units.

    References
    ----------
    Fleiss, Psychological Bulletin 76 (1971), 378-382.

    Examples
    --------
    >>> round(fleiss_kappa([[1, 1], [1, 2], [2, 2], [2, 2], [1, 1], [2, 1]]).value, 3)
    0.333
    """

    def chance(share: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        pull = share @ w
        return (pull * share).sum(axis=-1), pull

    more = {"n_unit": n_unit, "confidence": confidence, "fewest": MINIMUM_KAPPA_UNITS}
    return _weighted("Fleiss' kappa", ratings, weights, chance, categories=categories, **more)


def brennan_prediger(
    ratings: Any,
    weights: Weights = "identity",
    *,
    categories: Sequence[object] | None = None,
    n_unit: str = "units",
    confidence: float = 0.95,
) -> Coefficient:
    """Measure agreement by Brennan and Prediger's coefficient: by chance every category is as likely.

    Parameters, returns and errors as in :func:`gwet_ac`.

    References
    ----------
    Brennan & Prediger, Educational and Psychological Measurement 41 (1981), 687-699.

    Examples
    --------
    >>> round(brennan_prediger([[1, 1], [1, 2], [2, 2], [2, 2], [1, 1], [2, 1]]).value, 3)
    0.333
    """

    def chance(share: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        even = w.sum() / w.size
        return np.full(share.shape[:-1], even), np.full(share.shape[-1], even)

    return _weighted(
        "Brennan-Prediger", ratings, weights, chance, categories=categories, n_unit=n_unit, confidence=confidence
    )


def conger_kappa(
    ratings: Any,
    weights: Weights = "identity",
    *,
    categories: Sequence[object] | None = None,
    n_unit: str = "units",
    confidence: float = 0.95,
) -> Coefficient:
    """Measure agreement by Conger's kappa: chance from each rater's own ratings; Cohen's kappa for two raters.

    Parameters, returns and errors as in :func:`gwet_ac`; `error` by leaving one unit out; without an interval below 30 units.

    References
    ----------
    Conger, Psychological Bulletin 88 (1980), 322-328.

    Examples
    --------
    >>> round(conger_kappa([[1, 1], [1, 2], [2, 2], [2, 2], [1, 1], [2, 1]]).value, 3)
    0.333
    """
    _check(weights)
    counted = count_ratings(ratings, categories)
    if len(counted.categories) < 2:
        return undefined("Conger's kappa", WORDS[weights], counted, n_unit=n_unit, confidence=confidence)
    w = agreement_weights(counted.categories, weights)  # type: ignore[arg-type]

    def statistic(sums: Sums) -> np.ndarray:
        given = sums.by_rater.sum(axis=-1, keepdims=True)
        share = sums.by_rater / np.where(given > 0, given, 1)
        raters = (given[..., 0] > 0).sum(axis=-1)
        whole = share.sum(axis=-2)
        pairs = ((whole @ w) * whole).sum(axis=-1) - ((share @ w) * share).sum(axis=(-2, -1))
        expected = pairs / (raters * (raters - 1))
        return (_agreed(sums, w) - expected) / (1 - expected)

    more = {"n_unit": n_unit, "confidence": confidence, "corrected": True, "fewest": MINIMUM_KAPPA_UNITS}
    return coefficient("Conger's kappa", WORDS[weights], counted, statistic, **more)


def percent_agreement(
    ratings: Any,
    *,
    within: float = 0,
    categories: Sequence[object] | None = None,
    n_unit: str = "units",
    confidence: float = 0.95,
) -> Coefficient:
    """Return the share of pairs of ratings that lie no more than `within` apart, averaged over units; nothing is taken off for chance.

    Parameters
    ----------
    ratings, categories, n_unit, confidence
        As in :func:`krippendorff_alpha`.
    within
        Largest difference that still counts; above 0 the ratings must be numbers.

    Returns
    -------
    Coefficient
        With the interval of Korn & Graubard, which holds near 1; ``"insufficient"`` below 6 units.

    Raises
    ------
    ValueError, DataProblem
        As in :func:`krippendorff_alpha`.

    Examples
    --------
    >>> percent_agreement([[0, 0], [1, 2], [4, 3], [2, 2], [3, 1], [0, 1], [4, 4], [1, 3]], within=1).estimate
    75 % (32 to 97)
    """
    counted = count_ratings(ratings, categories)
    near = np.eye(len(counted.categories))
    if within > 0:
        values = counted.categories.astype(float)
        near = (np.abs(np.subtract.outer(values, values)) <= within).astype(float)
    twice = counted.raters >= 2
    own = (counted.per_unit().pairs * near).sum(axis=(-2, -1))[twice]
    k = len(own)
    error = float(own.std(ddof=1)) / math.sqrt(k) if k > 1 else 0.0
    more = {"confidence": confidence, "n": k, "n_unit": n_unit}
    pairs = int((counted.raters * (counted.raters - 1) // 2).sum())
    found = percent_interval(min(1.0, float(own.mean())), error, looks=max(pairs, 2), **more)
    words = f"pairs no more than {within:g} apart" if within else "pairs that are the same"
    return Coefficient("percent agreement", words, found, error, k, int(counted.compared.sum()))


def _check(weights: str) -> None:
    if weights not in WORDS:
        raise ValueError(f"weights are one of {', '.join(WORDS)}, got {weights}")


def _agreed(sums: Sums, w: np.ndarray) -> np.ndarray:
    """Return the weighted share of pairs that agree, over units rated twice."""
    return (sums.pairs * w).sum(axis=(-2, -1)) / sums.twice


def _weighted(
    name: str,
    ratings: Any,
    weights: Weights,
    chance: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]],
    *,
    categories: Sequence[object] | None,
    n_unit: str,
    confidence: float,
    fewest: int = 0,
) -> Coefficient:
    """Return a coefficient whose chance agreement follows from the shares of the categories.

    `chance` takes shares (..., q) and weights and returns the chance agreement and what a unit adds to it per unit of its own shares (q).
    """
    _check(weights)
    counted = count_ratings(ratings, categories)
    more = {"n_unit": n_unit, "confidence": confidence}
    if len(counted.categories) < 2:
        return undefined(name, WORDS[weights], counted, **more)
    w = agreement_weights(counted.categories, weights)  # type: ignore[arg-type]

    def statistic(sums: Sums) -> np.ndarray:
        expected = chance(sums.parts / sums.rated[..., None], w)[0]
        return (_agreed(sums, w) - expected) / (1 - expected)

    error = _linearised(counted, w, chance)
    return coefficient(name, WORDS[weights], counted, statistic, error=error, corrected=True, fewest=fewest, **more)


def _linearised(counted: Counted, w: np.ndarray, chance: Callable[..., tuple[np.ndarray, np.ndarray]]) -> float | None:
    """Return Gwet's standard error, raters fixed."""
    one, total = counted.per_unit(), counted.total()
    share = total.parts / total.rated
    expected, pull = chance(share, w)
    n = float(total.rated)
    if expected == 1 or n < 2:
        return None
    value = (_agreed(total, w) - expected) / (1 - expected)
    rated = one.rated > 0
    own = (one.pairs * w).sum(axis=(-2, -1))
    by_unit = n / total.twice * (own - expected * one.twice) / (1 - expected)
    by_chance = one.parts @ pull - expected
    residual = by_unit - 2 * (1 - value) * by_chance / (1 - expected) - value
    return math.sqrt(float((residual[rated] ** 2).sum()) / (n * (n - 1)))
