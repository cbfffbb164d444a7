"""Shares of time of groups that work on the same days: what the days have in common, and the shares pulled together on the logit scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from analysis.foundation.clusters import joined_strata
from analysis.foundation.serial import long_run
from analysis.measure.shrinkage.normal import FEWEST_GROUPS, Floats, Shrunken, shrink, too_few

# Neighbouring clusters are not taken for more alike than this; and below so many degrees of freedom no error is judged.
MOST_CORRELATED = 0.7
FEWEST_FREEDOM = 4


@dataclass(frozen=True, slots=True)
class GroupErrors:
    """Errors of group shares on the logit scale, divided into what all groups share and what each has alone.

    Attributes
    ----------
    share
        Raw share of each group; NaN for a group without time or without variation.
    own
        Standard error of each group's logit from what happens in it alone.
    common
        Standard error of all logits together from the shocks of days that all groups share; 0 where none shows.
    freedom, common_freedom
        Degrees of freedom of `own` and of `common`.
    """

    share: Floats
    own: Floats
    common: float
    freedom: float
    common_freedom: float


def split_errors(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    *,
    strata: Sequence[object] | None = None,
    working_days: float = 1.0,
) -> GroupErrors:
    """Divide the errors of group shares into what the groups' days have in common and what each group has alone.

    Parameters
    ----------
    numerator, denominator
        Totals, clusters x groups, in the order of time, one unit; a group without time in a cluster has 0 in both.
    strata
        A label per cluster, such as the weekday; strata with one cluster join the next smallest.
    working_days
        Working days that a cluster holds.

    Returns
    -------
    GroupErrors

    Raises
    ------
    ValueError
        Shapes differ, or a number is not finite or is negative.

    Notes
    -----
    A share's logit has the influence u_dg = (x_dg - p_g m_dg) / (M_g p_g (1 - p_g)) of cluster d, centred within strata. Groups that work
    on the same days share their shocks: u_dg = w_dg s_d + e_dg, with w_dg = m_dg / M_g. The shock s_d is the least-squares slope over the
    groups of a cluster; own variance = sum k_h / (k_h - 1) e_dg^2 / (1 - h_dg), with the leverage h_dg = w_dg^2 / sum_g w_dg^2, times
    (1 + r) / (1 - r) for the mean correlation r of neighbouring clusters over the groups, 0 to .7. The common variance is the long-run variance
    of the groups' mean influence (:func:`analysis.foundation.serial.long_run`) less what the groups' own errors make of it, at least 0. Without
    this division the common shock would count as noise of each group by itself: more noise than the spread between groups can hold, and
    groups would be pulled together too far.

    Examples
    --------
    >>> day = np.random.default_rng(2).normal(size=(40, 1))
    >>> found = split_errors(100 * (0.4 + 0.05 * day) * np.ones((1, 5)) + np.eye(40, 5), np.full((40, 5), 100.0))
    >>> bool(found.common > 5 * found.own.max())
    True
    """
    x, m = _tables(numerator, denominator)
    if (x < 0).any():
        raise ValueError("totals must be finite and not negative")
    total = m.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = x.sum(axis=0) / total
    usable = (total > 0) & (share > 0) & (share < 1)
    share = np.where(usable, share, np.nan)
    return _split(x, m, share, np.where(usable, share * (1 - share), np.nan), strata=strata, working_days=working_days)


def split_means(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    *,
    strata: Sequence[object] | None = None,
    working_days: float = 1.0,
) -> GroupErrors:
    """Divide the errors of means as :func:`split_errors` does for shares, on the scale of the figures themselves.

    Parameters
    ----------
    numerator, denominator
        Totals, clusters x groups, in the order of time; a numerator may be negative (work beyond what the half hours made likely).
    strata, working_days
        As in :func:`split_errors`.

    Returns
    -------
    GroupErrors
        `share` is the ratio of sums, and the errors are in its unit.

    Raises
    ------
    ValueError
        Shapes differ, a number is not finite, or a denominator is negative.

    Examples
    --------
    >>> draw = np.random.default_rng(3)
    >>> found = split_means(8 * (0.6 + 0.1 * draw.normal(size=(50, 4))), np.full((50, 4), 8.0))
    >>> bool((abs(found.own - 0.1 / 50**0.5) < 0.006).all())
    True
    """
    x, m = _tables(numerator, denominator)
    total = m.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(total > 0, x.sum(axis=0) / total, np.nan)
    return _split(x, m, mean, np.where(total > 0, 1.0, np.nan), strata=strata, working_days=working_days)


def _tables(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return both tables of totals, checked."""
    x, m = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    if x.shape != m.shape or x.ndim != 2:
        raise ValueError("numerator and denominator must be two tables of one shape, clusters by groups")
    if not (np.isfinite(x).all() and np.isfinite(m).all()) or (m < 0).any():
        raise ValueError("totals must be finite and not negative")
    return x, m


def _split(
    x: Floats, m: Floats, share: Floats, slope: Floats, *, strata: Sequence[object] | None, working_days: float
) -> GroupErrors:
    """Divide the errors of ratios on a scale whose unit is `slope` of the ratio's; groups without a slope get none."""
    present = m.sum(axis=1) > 0
    x, m = x[present], m[present]
    usable = np.isfinite(slope)
    own = np.full(len(share), np.nan)
    labels = _labels(strata, present)
    freedom = len(x) - len(np.unique(labels))
    if not usable.any() or freedom < FEWEST_FREEDOM:
        return GroupErrors(share, own, 0.0, max(freedom, 0), 0)
    total = m.sum(axis=0)[usable]
    load = m[:, usable] / total
    influence = (x[:, usable] - share[usable] * m[:, usable]) / (total * slope[usable])
    factor, centred = _centred(influence, labels)
    rest, leverage = _less_common(centred, load)
    lag = np.mean([long_run(column, labels, working_days=working_days).correlation for column in rest.T])
    r = float(np.clip(lag, 0.0, MOST_CORRELATED))
    variance = (factor * rest**2 / (1 - leverage)).sum(axis=0) * (1 + r) / (1 - r)
    own[usable] = np.sqrt(variance)
    together = long_run(influence.mean(axis=1), labels, working_days=working_days)
    common = max(0.0, together.error**2 - float(variance.mean()) / len(variance)) if len(variance) > 1 else 0.0
    return GroupErrors(share, own, math.sqrt(common), freedom, together.freedom)


def _labels(strata: Sequence[object] | None, present: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Return strata as numbers, those with one cluster joined to the next smallest."""
    if strata is None:
        return np.zeros(int(present.sum()), dtype=np.intp)
    return joined_strata(np.unique(np.asarray(strata, str)[present], return_inverse=True)[1])


def _centred(influence: Floats, labels: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return k / (k - 1) per cluster and the influences less their stratum's mean."""
    factor, centred = np.ones((len(labels), 1)), influence.copy()
    for label in np.unique(labels):
        rows = labels == label
        count = int(rows.sum())
        factor[rows] = count / (count - 1)
        centred[rows] -= influence[rows].mean(axis=0)
    return factor, centred


def _less_common(influence: Floats, load: Floats) -> tuple[Floats, Floats]:
    """Return the influences less the shock that the groups of a cluster share, and the leverage that each group had on that shock."""
    square = (load**2).sum(axis=1, keepdims=True)
    shock = (load * influence).sum(axis=1, keepdims=True) / square
    leverage = load**2 / square
    # a group alone on a day tells nothing about what others share: the day is its own
    alone = leverage > 1 - 1e-9
    return np.where(alone, influence, influence - load * shock), np.where(alone, 0.0, leverage)


def lasting_variance(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> float:
    """Return how much of the variance of one level's logit comes from who its people are: what lasts over their days.

    Parameters
    ----------
    numerator, denominator
        Totals of one level, people x days, one unit; 0 in both where a person was not there.

    Returns
    -------
    float
        Variance on the logit scale, at least 0; NaN for a level of one person, or one whose share is 0 or 1.

    Notes
    -----
    With e_id = x_id - p_d m_id about the level's share p_d of the day, n persons and M the level's total:
    [n / (n - 1) sum_i (sum_d e_id)^2 - sum_id e_id^2] / (M p (1 - p))^2, the two-way cluster variance less its days (Cameron, Gelbach & Miller
    2011). It is no part of how these people fared; it is what other people in their place would have changed.

    Examples
    --------
    >>> who = np.repeat([[0.2], [0.3], [0.4]], 20, axis=1)
    >>> lasting_variance(8 * who, np.full((3, 20), 8.0)) > 0.02
    True
    """
    x, m = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    total, people = float(m.sum()), int((m.sum(axis=1) > 0).sum())
    share = float(x.sum()) / total if total > 0 else math.nan
    if people < 2 or not 0 < share < 1:
        return math.nan
    sums = m.sum(axis=0)
    rest = x - x.sum(axis=0) / np.where(sums > 0, sums, 1.0) * m
    lasting = people / (people - 1) * float((rest.sum(axis=1) ** 2).sum()) - float((rest**2).sum())
    return max(0.0, lasting) / (total * share * (1 - share)) ** 2


def shrink_shares(found: GroupErrors, *, confidence: float = 0.95) -> Shrunken:
    """Pull group shares together on the logit scale; groups without a usable error stay NaN.

    Parameters
    ----------
    found
        From :func:`split_errors`.
    confidence
        Level of the intervals.

    Returns
    -------
    Shrunken
        Shares; `between_sd` in logits.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> base = np.full((40, 6), 50.0)
    >>> part = base * (0.3 + 0.02 * rng.normal(size=(40, 1)) + 0.05 * rng.normal(size=(40, 6)))
    >>> shrink_shares(split_errors(part, base)).value.round(2).tolist()
    [0.3, 0.29, 0.3, 0.29, 0.28, 0.31]
    """
    known = np.isfinite(found.share) & np.isfinite(found.own) & (found.own > 0)
    if known.sum() < FEWEST_GROUPS:
        return Shrunken.none(len(found.share), too_few(int(known.sum())))
    logits = special.logit(found.share[known])
    pulled = shrink(
        logits,
        found.own[known],
        common_error=found.common,
        freedom=found.freedom,
        common_freedom=found.common_freedom,
        confidence=confidence,
    )

    def whole(part: Floats) -> Floats:
        full = np.full(len(known), np.nan)
        full[known] = part
        return full

    low, value, high = (whole(special.expit(part)) for part in (pulled.low, pulled.value, pulled.high))
    mean = float(special.expit(pulled.mean))
    return Shrunken(value, low, high, whole(pulled.pull), mean, pulled.between_sd, pulled.p_value)
