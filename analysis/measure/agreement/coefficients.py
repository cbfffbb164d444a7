"""Coefficients of agreement for two raters or more, missing ratings allowed: alpha, AC1 and AC2, and the kappas."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from analysis.foundation.estimate import Estimate
from analysis.measure.agreement.counts import Counted, Sums, count_ratings
from analysis.measure.agreement.intervals import MINIMUM_KAPPA_UNITS, fisher_interval, percent_interval
from analysis.measure.agreement.weights import Level, Weights, agreement_weights, squared_distances

Statistic = Callable[[Sums], np.ndarray]
_METRICS = {
    "nominal": "nominal metric",
    "ordinal": "Krippendorff's own ordinal metric",
    "interval": "interval metric",
    "ratio": "ratio metric",
}
_WEIGHTS = {
    "identity": "no partial agreement",
    "ordinal": "Gwet's ordinal weights",
    "linear": "linear weights",
    "quadratic": "quadratic weights",
}


@dataclass(frozen=True, slots=True, repr=False)
class Coefficient:
    """A coefficient of agreement with its interval.

    Attributes
    ----------
    name, variant
        Which coefficient, and what counts as how much agreement, in words.
    estimate
        The coefficient, at most 1; 0 is what chance alone would give. Without an interval where `estimate.reasons` says why.
    error
        Standard error of the coefficient: linearised as published by Gwet for AC1, AC2, Fleiss and Brennan-Prediger, else by leaving one unit
        out; None where it is not defined. The interval is not made from it.
    units, raters
        Units with two ratings or more, and raters who shared one.
    """

    name: str
    variant: str
    estimate: Estimate
    error: float | None
    units: int
    raters: int

    @property
    def value(self) -> float | None:
        """Return the coefficient."""
        return self.estimate.value

    def __repr__(self) -> str:
        """Return the coefficient as a sentence."""
        found, where = self.estimate, f"{self.units} {self.estimate.n_unit} and {self.raters} raters"
        head = f"{self.name} ({self.variant})"
        if found.value is None:
            return f"{head} cannot be given for {where}: {'; '.join(found.reasons)}"
        if found.low is None or found.high is None:
            return f"{head} is {found.value:.2f} for {where}: {'; '.join(found.reasons)}"
        return f"{head} is {found.value:.2f} ({found.low:.2f} to {found.high:.2f}) for {where}"


def krippendorff_alpha(
    ratings: Any,
    level: Level = "ordinal",
    *,
    variant: Literal["krippendorff", "gwet"] = "krippendorff",
    categories: Sequence[object] | None = None,
    n_unit: str = "units",
    confidence: float = 0.95,
) -> Coefficient:
    """Measure agreement by Krippendorff's alpha.

    Parameters
    ----------
    ratings
        Table with one row per unit and one column per rater; None or NaN where a rater did not rate.
    level
        ``"nominal"``, ``"ordinal"``, ``"interval"`` or ``"ratio"``: what differences between ratings mean.
    variant
        ``"krippendorff"``: his own metrics. ``"gwet"``: the ordinal level with Gwet's ordinal weights, as some programs print it; another figure
        on the same data (.834 against .815 on the canonical ones), so the variant belongs beside it.
    categories
        All categories in their order; None takes those that occur, sorted.
    n_unit
        What a unit is.
    confidence
        Level of the interval.

    Returns
    -------
    Coefficient
        Without a value where every rating is the same or fewer than 6 units were rated twice; without an interval where fewer than 2 show a difference.

    Raises
    ------
    ValueError
        Not a table of two raters or more, an unknown level or variant, or categories without the order or numbers that the level needs.
    DataProblem
        No unit was rated by two raters, or a rating is none of `categories`.

    Notes
    -----
    alpha = 1 - D_o / D_e over the coincidences o_ck of units rated by m_u >= 2: D_o = sum o_ck d_ck / n, D_e = sum n_c n_k d_ck / (n (n - 1)).
    Own ordinal metric: d_ck = (sum of n_g from c to k - (n_c + n_k) / 2)^2. Interval: jackknife over units on Fisher's scale. It speaks of
    other units judged by these raters, not of other raters.

    References
    ----------
    Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011. Hayes & Krippendorff, Communication Methods and Measures 1 (2007), 77-89.

    Examples
    --------
    >>> krippendorff_alpha([[0, 0], [1, 2], [4, 3], [2, 2], [3, 1], [0, 1], [4, 4], [1, 3]])
    Krippendorff's alpha (Krippendorff's own ordinal metric) is 0.66 (-0.27 to 0.95) for 8 units and 2 raters
    """
    if level not in _METRICS:
        raise ValueError(f"the level is one of {', '.join(_METRICS)}, got {level}")
    if variant not in ("krippendorff", "gwet") or (variant == "gwet" and level != "ordinal"):
        raise ValueError("the variant is krippendorff, or gwet with the ordinal level")
    counted = count_ratings(ratings, categories)
    names = counted.categories

    def distances(totals: np.ndarray) -> np.ndarray:
        if variant == "gwet":
            return 1 - agreement_weights(names, "ordinal")  # type: ignore[arg-type]
        return squared_distances(names, level, totals)

    def statistic(sums: Sums) -> np.ndarray:
        totals = sums.coincidences.sum(axis=-1)
        n = totals.sum(axis=-1)
        apart = distances(totals)
        seen = (sums.coincidences * apart).sum(axis=(-2, -1)) / n
        expected = (totals[..., :, None] * totals[..., None, :] * apart).sum(axis=(-2, -1)) / (n * (n - 1))
        return 1 - seen / expected

    words = _METRICS[level] if variant == "krippendorff" else _WEIGHTS["ordinal"]
    more = {"n_unit": n_unit, "confidence": confidence, "corrected": False}  # the formula itself allows for few ratings
    return _coefficient("Krippendorff's alpha", words, counted, statistic, **more)


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
        return _same("Conger's kappa", _WEIGHTS[weights], counted, n_unit=n_unit, confidence=confidence)
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
    return _coefficient("Conger's kappa", _WEIGHTS[weights], counted, statistic, **more)


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
    if weights not in _WEIGHTS:
        raise ValueError(f"weights are one of {', '.join(_WEIGHTS)}, got {weights}")


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
        return _same(name, _WEIGHTS[weights], counted, **more)
    w = agreement_weights(counted.categories, weights)  # type: ignore[arg-type]

    def statistic(sums: Sums) -> np.ndarray:
        expected = chance(sums.parts / sums.rated[..., None], w)[0]
        return (_agreed(sums, w) - expected) / (1 - expected)

    error = _linearised(counted, w, chance)
    return _coefficient(name, _WEIGHTS[weights], counted, statistic, error=error, corrected=True, fewest=fewest, **more)


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


def _same(name: str, variant: str, counted: Counted, *, n_unit: str, confidence: float) -> Coefficient:
    """Return a coefficient that is not defined, because every rating is the same."""
    k = int((counted.raters >= 2).sum())
    words = "every rating is the same, so agreement cannot be told from raters who always say the same"
    missing = Estimate.missing(
        words, status="degenerate", unit="agreement", n=k, n_unit=n_unit, confidence=confidence, method=name
    )
    return Coefficient(name, variant, missing, None, k, int(counted.compared.sum()))


def _coefficient(
    name: str,
    variant: str,
    counted: Counted,
    statistic: Statistic,
    *,
    n_unit: str,
    confidence: float,
    corrected: bool,
    fewest: int = 0,
    error: float | None = None,
) -> Coefficient:
    """Return a coefficient with the interval that the units give."""
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(statistic(counted.total()))
        without = np.asarray(statistic(counted.without_one()), dtype=float)
    if not math.isfinite(value):
        return _same(name, variant, counted, n_unit=n_unit, confidence=confidence)
    k = int((counted.raters >= 2).sum())
    if error is None and k > 1 and np.isfinite(without).all():
        error = math.sqrt((k - 1) / k * float(((without - without.mean()) ** 2).sum()))
    found = fisher_interval(
        value,
        without,
        differing=counted.disagreeing(),
        corrected=corrected,
        fewest=fewest,
        n=k,
        n_unit=n_unit,
        confidence=confidence,
        method=f"{name}, {variant}, jackknife on Fisher's scale",
    )
    return Coefficient(name, variant, found, error, k, int(counted.compared.sum()))
