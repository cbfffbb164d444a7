"""Learning curves: how fast work gets quicker with practice, and how much is gained on the way rather than at its end."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import boxcox

# Up to here terms are added one by one; beyond, the Euler-Maclaurin formula is exact to rounding.
_ADDED = 64


def exponent(rate: float) -> float:
    """Return the exponent of Wright's curve: the time of a unit is that of the first one times n to this power.

    Parameters
    ----------
    rate
        What is left of the time each time the number of units doubles, above 0 and at most 1 (0.8: "an 80 % curve").

    Raises
    ------
    ValueError
        The rate lies outside.

    Examples
    --------
    >>> round(exponent(0.8), 6)
    -0.321928
    """
    if not 0 < rate <= 1:
        raise ValueError(
            f"rate must be above 0 and at most 1, got {rate}: 0.8 says that doubling leaves 80 % of the time"
        )
    return math.log2(rate)


def unit_time(n: ArrayLike, *, rate: float, first: float = 1.0, incompressible: float = 0.0) -> np.ndarray | float:
    """Return the time that the n-th unit takes on Wright's learning curve.

    Parameters
    ----------
    n
        Number of the unit, 1 or more; an array of any shape.
    rate
        What is left of the time each time n doubles, above 0 and at most 1.
    first
        Time of the first unit, in any unit of time.
    incompressible
        Share of the first unit's time that no practice removes: the plateau (De Jong). 0 is Wright's curve.

    Returns
    -------
    numpy.ndarray or float
        Times of the shape of `n`, in the unit of `first`.

    Raises
    ------
    ValueError
        A number outside its range.

    Notes
    -----
    T(n) = T(1) [M + (1 - M) n^b] with b = log2(rate) and M = `incompressible`.

    References
    ----------
    Wright, Journal of the Aeronautical Sciences 3 (1936), 122-128. De Jong, Ergonomics 1 (1957), 51-60. Heizer & Render, Operations Management,
    learning-curve coefficients.

    Examples
    --------
    >>> unit_time([1, 2, 4], rate=0.8).round(3).tolist()
    [1.0, 0.8, 0.64]
    """
    numbers = _counted(n, first=first, incompressible=incompressible)
    times = first * (incompressible + (1 - incompressible) * numbers ** exponent(rate))
    return float(times) if times.ndim == 0 else times


def cumulative_time(
    n: ArrayLike, *, rate: float, first: float = 1.0, incompressible: float = 0.0
) -> np.ndarray | float:
    """Return the time that the first n units take together on Wright's learning curve.

    Parameters
    ----------
    n
        Number of units, whole numbers of 1 or more; an array of any shape.
    rate, first, incompressible
        As in :func:`unit_time`.

    Returns
    -------
    numpy.ndarray or float
        Sums T(1) + ... + T(n), in the unit of `first`.

    Raises
    ------
    ValueError
        A number outside its range, or `n` not whole.

    Notes
    -----
    The sum of the unit times, not the integral that some tables take for it. Terms are added up to the 64th; beyond it the Euler-Maclaurin
    formula carries on, which agrees with adding to 12 digits.

    References
    ----------
    Wright, Journal of the Aeronautical Sciences 3 (1936), 122-128. Heizer & Render, Operations Management, learning-curve coefficients.

    Examples
    --------
    >>> cumulative_time([10, 20], rate=0.8).round(3).tolist()
    [6.315, 10.485]
    """
    numbers = _counted(n, first=first, incompressible=incompressible)
    if (numbers != np.floor(numbers)).any():
        raise ValueError("n must hold whole numbers of units")
    b = exponent(rate)
    added = np.cumsum(np.arange(1, _ADDED + 1, dtype=float) ** b)
    few = added[np.minimum(numbers, _ADDED).astype(int) - 1]
    powers = few + np.where(numbers > _ADDED, _power_sum(numbers, b) - _power_sum(np.array(float(_ADDED)), b), 0.0)
    times = first * (incompressible * numbers + (1 - incompressible) * powers)
    return float(times) if times.ndim == 0 else times


def approach(week: ArrayLike, *, start: float, end: float, time_constant_weeks: float) -> np.ndarray | float:
    """Return where an exponential approach stands after some weeks.

    Parameters
    ----------
    week
        Weeks since the start, 0 or more; an array of any shape.
    start, end
        Where it begins, and what it comes ever closer to.
    time_constant_weeks
        Weeks after which 63 % of the way is done (1 - 1/e), above 0.

    Returns
    -------
    numpy.ndarray or float
        start + (end - start) (1 - exp(-week / time constant)).

    Raises
    ------
    ValueError
        A week below 0, or a time constant not above 0.

    Examples
    --------
    >>> round(approach(52, start=0.55, end=0.80, time_constant_weeks=26), 3)
    0.766
    """
    weeks = _weeks(week, time_constant_weeks)
    found = start - (end - start) * np.expm1(-weeks / time_constant_weeks)
    return float(found) if found.ndim == 0 else found


def gained_to(week: ArrayLike, *, start: float, end: float, time_constant_weeks: float) -> np.ndarray | float:
    """Return the area between an exponential approach and its start, from week 0 on: what was gained on the way, not at its end.

    Parameters
    ----------
    week, start, end, time_constant_weeks
        As in :func:`approach`.

    Returns
    -------
    numpy.ndarray or float
        The integral of approach - start, in (unit of start) x weeks.

    Raises
    ------
    ValueError
        A week below 0, or a time constant not above 0.

    Notes
    -----
    (end - start) [w - tau (1 - exp(-w / tau))].

    Examples
    --------
    A gain of 100 hours a week in the end, with a time constant of 8 weeks, is 1,831 hours in the first 26 weeks, not 2,600:

    >>> round(gained_to(26, start=0, end=100, time_constant_weeks=8))
    1831
    """
    weeks = _weeks(week, time_constant_weeks)
    found = (end - start) * time_constant_weeks * _lag(weeks / time_constant_weeks)
    return float(found) if found.ndim == 0 else found


def mean_to(week: ArrayLike, *, start: float, end: float, time_constant_weeks: float) -> np.ndarray | float:
    """Return the mean of an exponential approach from week 0 to some week.

    Parameters
    ----------
    week, start, end, time_constant_weeks
        As in :func:`approach`.

    Returns
    -------
    numpy.ndarray or float
        The mean; `start` at week 0.

    Raises
    ------
    ValueError
        A week below 0, or a time constant not above 0.

    Notes
    -----
    end - (end - start) (tau / w) (1 - exp(-w / tau)): what a year brings is this mean, not the end point.

    Examples
    --------
    From 55 % to 80 % with a time constant of six months, the first year's mean is 69 %:

    >>> round(mean_to(52, start=0.55, end=0.80, time_constant_weeks=26), 3)
    0.692
    """
    weeks = _weeks(week, time_constant_weeks)
    gained = np.asarray(gained_to(weeks, start=start, end=end, time_constant_weeks=time_constant_weeks))
    found = start + np.divide(gained, weeks, out=np.zeros_like(gained), where=weeks > 0)
    return float(found) if found.ndim == 0 else found


def _lag(x: np.ndarray) -> np.ndarray:
    """Return x - (1 - exp(-x)), by its series where the difference would lose digits."""
    small = np.minimum(x, 1e-3)
    series = small**2 / 2 - small**3 / 6 + small**4 / 24
    return np.where(x < 1e-3, series, x + np.expm1(-x))


def _power_sum(n: np.ndarray, b: float) -> np.ndarray:
    """Return the sum of k^b up to n by Euler-Maclaurin, but for a constant."""
    return boxcox(n, b + 1) + n**b / 2 + b * n ** (b - 1) / 12 - b * (b - 1) * (b - 2) * n ** (b - 3) / 720


def _counted(n: ArrayLike, *, first: float, incompressible: float) -> np.ndarray:
    """Return the numbers of units, all numbers in range."""
    numbers = np.asarray(n, dtype=float)
    if not (np.isfinite(numbers) & (numbers >= 1)).all():
        raise ValueError("n must be 1 or more")
    if not (first > 0 and 0 <= incompressible < 1):
        raise ValueError(
            f"first must be above 0 and incompressible from 0 to below 1, got {first} and {incompressible}"
        )
    return numbers


def _weeks(week: ArrayLike, time_constant_weeks: float) -> np.ndarray:
    """Return the weeks, all numbers in range."""
    weeks = np.asarray(week, dtype=float)
    if not (np.isfinite(weeks) & (weeks >= 0)).all() or not time_constant_weeks > 0:
        raise ValueError(
            f"week must be 0 or more and time_constant_weeks above 0, got {week} and {time_constant_weeks}"
        )
    return weeks
