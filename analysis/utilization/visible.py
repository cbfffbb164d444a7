"""What can be told from chance: the smallest change of a figure that so many weeks can show."""

from __future__ import annotations

import math

from scipy import stats

from analysis.foundation.estimate import Estimate

# A change counts as visible when so large a share of repetitions would show it.
POWER = 0.8


def smallest_change(today: Estimate, *, behind: float, ahead: float, confidence: float) -> float:
    """Return the smallest change of a figure that can be told from chance; infinite where it has no interval.

    Parameters
    ----------
    today
        The figure with its interval.
    behind, ahead
        How long it was measured for, and how long it will be, in one unit.
    confidence
        Of the one-sided test that finds the change in 80 % of repetitions.

    Notes
    -----
    (z_confidence + z_0.8) s0 sqrt(1 + behind / ahead), with s0 the standard error behind today's interval.

    Examples
    --------
    >>> round(smallest_change(Estimate(0.70, 0.68, 0.72), behind=8, ahead=4, confidence=0.95), 3)
    0.044
    """
    return sum(quantiles(confidence)) * standard_error(today) * math.sqrt(1 + behind / ahead)


def standard_error(today: Estimate) -> float:
    """Return the standard error behind an interval; infinite where there is none.

    Examples
    --------
    >>> round(standard_error(Estimate(0.70, 0.68, 0.72)), 4)
    0.0102
    """
    if today.low is None or today.high is None:
        return math.inf
    return (today.high - today.low) / (2 * float(stats.norm.ppf(0.5 + today.confidence / 2)))


def quantiles(confidence: float) -> tuple[float, float]:
    """Return the normal quantiles of a one-sided test and of its power.

    Examples
    --------
    >>> [round(number, 3) for number in quantiles(0.95)]
    [1.645, 0.842]
    """
    return float(stats.norm.ppf(confidence)), float(stats.norm.ppf(POWER))
