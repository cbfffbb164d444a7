"""Intervals for agreement: on Fisher's scale by leaving one unit out, and for plain percentages."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.foundation.estimate import Estimate

# With fewer units whose ratings differ, leaving one out leaves nothing to judge by (docs/method/agreement.md).
MINIMUM_DIFFERING = 2
# Kappas that take chance agreement from the ratings themselves are pulled down on few units, and their intervals with them.
MINIMUM_KAPPA_UNITS = 30


def too_few(units: int, n_unit: str) -> str:
    """Return the refusal for too few units, in words."""
    return f"only {units} {n_unit} with two ratings; an interval needs at least {MINIMUM_CLUSTERS}"


def percent_interval(share: float, error: float, *, looks: int, **more: Any) -> Estimate:
    """Return percent agreement with the interval of Korn & Graubard; `error` is its standard error over clusters."""
    k = int(more["n"])
    if k < MINIMUM_CLUSTERS:
        return Estimate.missing(too_few(k, more["n_unit"]), **more)
    tail = (1 - more["confidence"]) / 2
    effective = float(k)  # where all agree, each cluster counts once
    if 0 < share < 1 and error > 0:
        ratio = float(stats.t.ppf(tail, looks - 1) / stats.t.ppf(tail, k - 1))
        effective = min(float(looks), share * (1 - share) / error**2 * ratio**2)
    hits = share * effective
    low = 0.0 if hits <= 0 else float(stats.beta.ppf(tail, hits, effective - hits + 1))
    high = 1.0 if share >= 1 else float(stats.beta.ppf(1 - tail, hits + 1, effective - hits))
    return Estimate(
        share, min(low, share), max(high, share), method="percent agreement, Korn-Graubard interval", **more
    )


def fisher_interval(
    value: float, without_one: np.ndarray, *, differing: int, corrected: bool = False, fewest: int = 0, **more: Any
) -> Estimate:
    """Return a coefficient with its interval, its bare value with why there is none, or no value where units are too few.

    Parameters
    ----------
    value
        The coefficient, at most 1.
    without_one
        The coefficient without each unit in turn.
    differing
        Units whose ratings differ.
    corrected
        Whether the interval is centred on the jackknife's figure without bias: chance agreement from the shares of few units is too small.
    fewest
        Units below which there is a value and no interval.
    **more
        Fields of :class:`Estimate`; `n` is the number of units.

    Notes
    -----
    z = artanh(value), z_(i) without unit i of k: error^2 = (k - 1) / k * sum (z_(i) - z)^2, t with k - 1 degrees of freedom; centre z, or
    k z - (k - 1) mean z_(i); tanh of both ends, which always hold the value itself.
    """
    more = {"unit": "agreement", **more}
    k, words = int(more["n"]), more["n_unit"]
    if k < MINIMUM_CLUSTERS:
        return Estimate.missing(too_few(k, words), **more)
    if k < fewest:
        reason = f"only {k} {words} with two ratings; the interval of this coefficient needs at least {fewest}"
        return Estimate(value, reasons=(reason,), **more)
    if differing < MINIMUM_DIFFERING:
        said = f"{'only one' if differing else 'none'} of {k} {words} shows a difference"
        return Estimate(value, reasons=(f"{said}, so the uncertainty cannot be judged",), **more)
    if not (np.isfinite(without_one).all() and np.abs(without_one).max() < 1 and abs(value) < 1):
        reason = f"the figure stands on one of the {words} alone, so the uncertainty cannot be judged"
        return Estimate(value, reasons=(reason,), **more)
    moved, centre = np.arctanh(without_one), math.atanh(value)
    error = math.sqrt((k - 1) / k * float(((moved - centre) ** 2).sum()))
    step = float(stats.t.ppf(0.5 + more["confidence"] / 2, k - 1)) * error
    if corrected:
        centre = k * centre - (k - 1) * float(moved.mean())
    return Estimate(value, min(value, math.tanh(centre - step)), max(value, math.tanh(centre + step)), **more)
