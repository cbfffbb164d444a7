"""How far forecasts miss beyond the chance of single arrivals, as a coefficient of variation with an interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

from analysis.foundation.estimate import Estimate
from analysis.foundation.serial import long_run

LEAST_DAYS = 10


def error_cv(
    actual: Sequence[float] | np.ndarray,
    forecast: Sequence[float] | np.ndarray,
    day: Sequence[Any] | np.ndarray,
    *,
    confidence: float = 0.95,
    **more: Any,
) -> Estimate:
    """Estimate the coefficient of variation of the rate about its forecast.

    Parameters
    ----------
    actual, forecast
        Counts that came and that were forecast, one per slot (or per day).
    day
        The day of each, in an order that sorts by time.
    confidence
        Level of the interval.
    **more
        Further fields of :class:`analysis.foundation.estimate.Estimate`.

    Returns
    -------
    Estimate
        sqrt(max(0, sum((y - f)^2 - f) / sum(f^2))) with an interval; ``"insufficient"`` below 10 days.

    Notes
    -----
    y given its rate is Poisson, so E(y - f)^2 = E(rate - f)^2 + E(rate). B = sum (y - f)^2 / sum f^2 is like a chi-square with 2 B^2 / Var B degrees of
    freedom (Satterthwaite 1946); Var B from days as clusters whose neighbours may be alike (:func:`analysis.foundation.serial.long_run`). The interval of B less
    sum f / sum f^2, cut at 0, is that of the squared coefficient. Where single days dominate all others (heavy tails) or moods last for weeks the upper bound is too
    low: the days seen do not hold what is to come.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> day = np.repeat(np.arange(40), 20)
    >>> rate = 50 * np.exp(0.1 * rng.standard_normal(40))[day]
    >>> error_cv(rng.poisson(rate), np.full(800, 50.0), day)
    10 % (7 to 14)
    """
    y, f = np.asarray(actual, dtype=float), np.asarray(forecast, dtype=float)
    _, which = np.unique(np.asarray(day), return_inverse=True)
    days = int(which.max()) + 1 if len(which) else 0
    described = {"n": days, "n_unit": "days", "confidence": confidence, **more}
    if days < LEAST_DAYS or not f.sum() > 0:
        return Estimate.missing(
            f"forecasts of {days} days can be compared with what came, and {LEAST_DAYS} are needed", **described
        )
    squares = np.bincount(which, (y - f) ** 2, minlength=days)
    weights = np.bincount(which, f**2, minlength=days)
    whole = float(squares.sum() / weights.sum())
    chance = float(f.sum() / weights.sum())
    if whole <= 0:
        return Estimate.missing("the forecast is the count itself on every day", status="degenerate", **described)
    spread = long_run(squares - whole * weights, np.zeros(days, dtype=np.int64)).steady
    relative = spread / weights.sum() / whole
    freedom = max(2 / max(relative, 1e-9) ** 2, 1.0)
    tails = stats.chi2.ppf([0.5 + confidence / 2, 0.5 - confidence / 2], freedom)
    low, high = (math.sqrt(max(0.0, whole * freedom / float(tail) - chance)) for tail in tails)
    value = math.sqrt(max(0.0, whole - chance))
    return Estimate(value, min(low, value), max(high, value), **described)
