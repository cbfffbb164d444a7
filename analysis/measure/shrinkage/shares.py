"""Shares of time of groups that work on the same days: what the days have in common, and the shares pulled together on the logit scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from analysis.measure.shrinkage.normal import FEWEST_GROUPS, Floats, Shrunken, shrink, too_few


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
    freedom
        Degrees of freedom of `own`: clusters less strata.
    """

    share: Floats
    own: Floats
    common: float
    freedom: int


def split_errors(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    *,
    strata: Sequence[object] | None = None,
    wider: float = 1.0,
) -> GroupErrors:
    """Divide the errors of group shares into what the groups' days have in common and what each group has alone.

    Parameters
    ----------
    numerator, denominator
        Totals, clusters x groups, one unit; a group without time in a cluster has 0 in both.
    strata
        A label per cluster, such as the weekday; strata with one cluster join the next smallest.
    wider
        Factor on all standard errors, for correlated neighbouring days.

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
    groups of a cluster; own variance = sum e_dg^2 / (1 - h_dg) with the leverage h_dg = w_dg^2 / sum_g w_dg^2, times k_h / (k_h - 1). The
    common variance is the mean covariance between two groups, at least 0. Without this the common shock would count as noise of each
    group by itself: it would be larger than the spread that it can explain, and groups would be pulled together too far.

    Examples
    --------
    >>> day = np.random.default_rng(2).normal(size=(40, 1))
    >>> found = split_errors(100 * (0.4 + 0.05 * day) * np.ones((1, 5)) + np.eye(40, 5), np.full((40, 5), 100.0))
    >>> bool(found.common > 5 * found.own.max())
    True
    """
    x, m = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    if x.shape != m.shape or x.ndim != 2:
        raise ValueError("numerator and denominator must be two tables of one shape, clusters by groups")
    if not (np.isfinite(x).all() and np.isfinite(m).all()) or (x < 0).any() or (m < 0).any():
        raise ValueError("totals must be finite and not negative")
    present = m.sum(axis=1) > 0
    x, m = x[present], m[present]
    total = m.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = x.sum(axis=0) / total
    usable = (total > 0) & (share > 0) & (share < 1)
    share = np.where(usable, share, np.nan)
    own = np.full(len(share), np.nan)
    labels = _labels(strata, present)
    freedom = len(x) - len(np.unique(labels))
    if not usable.any() or freedom < 1:
        return GroupErrors(share, own, 0.0, max(freedom, 0))
    p, load = share[usable], m[:, usable] / total[usable]
    influence = (x[:, usable] - p * m[:, usable]) / (total[usable] * p * (1 - p))
    factor, influence = _centred(influence, labels)
    own_variance, common = _parted(influence, load, factor)
    own[usable] = wider * np.sqrt(own_variance)
    return GroupErrors(share, own, wider * math.sqrt(common), freedom)


def _labels(strata: Sequence[object] | None, present: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Return strata as numbers, those with one cluster joined to the next smallest."""
    if strata is None:
        return np.zeros(int(present.sum()), dtype=np.intp)
    labels = np.unique(np.asarray(strata, str)[present], return_inverse=True)[1]
    while True:
        names, counts = np.unique(labels, return_counts=True)
        if len(names) < 2 or counts.min() >= 2:
            return labels
        order = np.argsort(counts, kind="stable")
        labels = np.where(labels == names[order[0]], names[order[1]], labels)


def _centred(influence: Floats, labels: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return k / (k - 1) per cluster and the influences less their stratum's mean."""
    factor, centred = np.ones((len(labels), 1)), influence.copy()
    for label in np.unique(labels):
        rows = labels == label
        count = int(rows.sum())
        factor[rows] = count / (count - 1)
        centred[rows] -= influence[rows].mean(axis=0)
    return factor, centred


def _parted(influence: Floats, load: Floats, factor: Floats) -> tuple[Floats, float]:
    """Return the own variance of each group and the variance that all share."""
    groups = influence.shape[1]
    if groups == 1:
        return (factor * influence**2).sum(axis=0), 0.0
    square = (load**2).sum(axis=1, keepdims=True)
    shock = (load * influence).sum(axis=1, keepdims=True) / square
    leverage = load**2 / square
    # a group alone on a day tells nothing about what others share: the day is its own
    alone = leverage > 1 - 1e-9
    rest = np.where(alone, influence, influence - load * shock)
    own = (factor * rest**2 / np.where(alone, 1.0, 1 - leverage)).sum(axis=0)
    covariance = (factor * influence).T @ influence
    between_groups = (covariance.sum() - np.trace(covariance)) / (groups * (groups - 1))
    return own, max(0.0, float(between_groups))


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
    pulled = shrink(logits, found.own[known], common_error=found.common, freedom=found.freedom, confidence=confidence)

    def whole(part: Floats) -> Floats:
        full = np.full(len(known), np.nan)
        full[known] = part
        return full

    low, value, high = (whole(special.expit(part)) for part in (pulled.low, pulled.value, pulled.high))
    mean = float(special.expit(pulled.mean))
    return Shrunken(value, low, high, whole(pulled.pull), mean, pulled.between_sd, pulled.p_value)
