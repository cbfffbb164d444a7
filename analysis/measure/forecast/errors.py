"""How far forecasts miss beyond the chance of single arrivals, as a coefficient of variation with an interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

from analysis.foundation.estimate import Estimate

LEAST_DAYS = 10
# Days over which errors of neighbouring days may go together: a working week.
_LAGS = 5


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
    freedom (Satterthwaite 1946); Var B from days as clusters, neighbours up to a week apart with falling weights (Newey & West 1987). The interval of B
    less sum f / sum f^2, cut at 0, is that of the squared coefficient.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> day = np.repeat(np.arange(40), 20)
    >>> rate = 50 * np.exp(0.1 * rng.standard_normal(40))[day]
    >>> error_cv(rng.poisson(rate), np.full(800, 50.0), day)
    10 % (7 to 13)
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
    residual = squares - whole * weights
    freedom = min(2 * whole**2 / max(_long_run(residual) / weights.sum() ** 2, 1e-300), float(len(y)))
    freedom = max(freedom, 1.0)
    tails = stats.chi2.ppf([0.5 + confidence / 2, 0.5 - confidence / 2], freedom)
    low, high = (math.sqrt(max(0.0, whole * freedom / float(tail) - chance)) for tail in tails)
    value = math.sqrt(max(0.0, whole - chance))
    return Estimate(value, min(low, value), max(high, value), **described)


def _long_run(residual: np.ndarray) -> float:
    """Return the variance of the sum of residuals of days in order, neighbours counted with falling weights; never below that of unrelated days / 2."""
    n = len(residual)
    own = float(residual @ residual)
    total = own
    for lag in range(1, min(_LAGS, n - 1) + 1):
        total += 2 * (1 - lag / (_LAGS + 1)) * float(residual[lag:] @ residual[:-lag])
    return max(total, own / 2) * n / (n - 1)
