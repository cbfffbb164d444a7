"""A coefficient of agreement, and how it is computed from the sums over units."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.foundation.estimate import Estimate
from analysis.measure.agreement.counts import Counted, Sums
from analysis.measure.agreement.intervals import fisher_interval

Statistic = Callable[[Sums], np.ndarray]


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


def undefined(name: str, variant: str, counted: Counted, *, n_unit: str, confidence: float) -> Coefficient:
    """Return a coefficient that is not defined, because every rating is the same."""
    k = int((counted.raters >= 2).sum())
    words = "every rating is the same, so agreement cannot be told from raters who always say the same"
    missing = Estimate.missing(
        words, status="degenerate", unit="agreement", n=k, n_unit=n_unit, confidence=confidence, method=name
    )
    return Coefficient(name, variant, missing, None, k, int(counted.compared.sum()))


def coefficient(
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
        return undefined(name, variant, counted, n_unit=n_unit, confidence=confidence)
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
