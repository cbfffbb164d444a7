"""Limits between which groups of a size lie when nothing but chance sets them apart: chance of days and of who works where."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from analysis.measure.shrinkage.normal import Floats
from analysis.measure.shrinkage.shares import split_errors

# below so many groups their own spread says nothing about how far groups lie apart by custom
FEWEST_FOR_SPREAD = 10
# share of the groups at either end that is pulled in before their spread is taken
WINSORISED = 0.1


@dataclass(frozen=True, slots=True)
class Funnel:
    """What the limits of a funnel are made of, on the logit scale.

    Attributes
    ----------
    share
        Share of the whole population: the middle.
    people
        People of the population.
    of_days, of_persons
        Variance of a group of one person by days, and by who the person is.
    over
        Over-dispersion: how many times wider than chance the groups' own spread is, as a variance; 1 where it is not or cannot be known.
    freedom
        Degrees of freedom of the variances.
    """

    share: float
    people: int
    of_days: float
    of_persons: float
    over: float
    freedom: float

    def limits(self, people: npt.ArrayLike, *, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return the limits of groups of so many people.

        Parameters
        ----------
        people
            Sizes of groups, at least 1.
        level
            Share of like groups that lie between the limits.

        Returns
        -------
        low, high
            Shares, one a size.
        """
        middle, width = special.logit(self.share), np.sqrt(self.variance(people))
        reach = float(special.stdtrit(max(self.freedom, 1.0), (1 + level) / 2))
        return special.expit(middle - reach * width), special.expit(middle + reach * width)

    def variance(self, people: npt.ArrayLike) -> Floats:
        """Return the variance of the logit of groups of so many people."""
        return self.over * _variance(np.asarray(people, dtype=float), self.people, self.of_days, self.of_persons)


def _variance(size: Floats, people: int, of_days: float, of_persons: float) -> Floats:
    """Return the variance of groups of these sizes without over-dispersion; a group is a part of its population."""
    return of_days / size + of_persons * np.maximum(1 / size - 1 / people, 0.0)


def fit_funnel(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    sizes: Sequence[float],
    *,
    share: float,
    people: int,
    person_sd: float = math.nan,
    strata: Sequence[object] | None = None,
) -> Funnel | None:
    """Return the limits between which groups lie by chance alone.

    Parameters
    ----------
    numerator, denominator
        Hours of the share and of the base, days x groups, in the order of time.
    sizes
        People of each group.
    share
        Share of the whole population, between 0 and 1.
    people
        People of the population.
    person_sd
        True spread between persons [share]; NaN where it is not known.
    strata
        A label per day, such as the weekday.

    Returns
    -------
    Funnel or None
        None without a spread between persons and with fewer than 10 groups: who works where is then chance of unknown size.

    Raises
    ------
    ValueError
        Shapes differ, a number is not finite or is negative, or `share` is not between 0 and 1.

    Notes
    -----
    Spiegelhalter (2005) draws theta +- z s / sqrt(n) with s of one person and widens it by over-dispersion. Here, on the logit scale,

        V(n) = phi (c / n + tau^2 (1 / n - 1 / N))

    c: mean over the groups of n_g D_g, D_g the variance of a group's days after what all groups share on a day is taken out, stretched by
    neighbouring days (:func:`analysis.measure.shrinkage.split_errors`). tau: true spread between persons, so that limits hold for people put
    together by lot; 1 / N because they are drawn from the N of the population. phi: mean of z_g^2 = (y_g - y)^2 / V(n_g), z Winsorised at 10 %
    and 90 %, at least 1; from 10 groups on, else 1, because fewer groups hide in the spread that they make. Limits: quantiles of t.

    References
    ----------
    Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in Medicine 24 (2005), 1185-1202.

    Examples
    --------
    >>> day = np.random.default_rng(1).normal(0.6, 0.05, size=(40, 3)) * 80.0
    >>> found = fit_funnel(day, np.full((40, 3), 80.0), [10, 10, 20], share=0.6, people=40, person_sd=0.03)
    >>> low, high = found.limits([10, 20])
    >>> bool(low[0] < low[1] < 0.6 < high[1] < high[0])
    True
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, not at {share}")
    found = split_errors(numerator, denominator, strata=strata)
    size, known = np.asarray(sizes, dtype=float), np.isfinite(found.own)
    if known.sum() < 2 or (math.isnan(person_sd) and known.sum() < FEWEST_FOR_SPREAD):
        return None
    of_days = float((size * found.own**2)[known].mean())
    of_persons = 0.0 if math.isnan(person_sd) else (person_sd / (share * (1 - share))) ** 2
    over = 1.0
    if known.sum() >= FEWEST_FOR_SPREAD:
        apart = special.logit(found.share[known]) - special.logit(share)
        z = apart / np.sqrt(_variance(size[known], people, of_days, of_persons))
        low, high = np.quantile(z, [WINSORISED, 1 - WINSORISED])
        over = max(1.0, float((np.clip(z, low, high) ** 2).mean()))
    return Funnel(share, people, of_days, of_persons, over, min(found.freedom, people - 1))
