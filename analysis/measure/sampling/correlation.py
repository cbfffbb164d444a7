"""How much looks of one round or day resemble one another, and what that costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """Resemblance of looks within clusters, by analysis of variance.

    Attributes
    ----------
    icc
        Intraclass correlation; a little below 0 where clusters differ less than chance would make them.
    mean_square_between, mean_square_within
        Mean squares of the analysis of variance.
    looks_per_cluster
        n0, the size of cluster that the mean squares behave as if they had.
    clusters, looks
        What stands behind it.
    """

    icc: float
    mean_square_between: float
    mean_square_within: float
    looks_per_cluster: float
    clusters: int
    looks: int

    def __repr__(self) -> str:
        """Return the correlation as a sentence."""
        return f"intraclass correlation {self.icc:.3f} ({self.clusters} clusters, {self.looks} looks)"


def intraclass_correlation(hits: Sequence[float], looks: Sequence[float]) -> IntraclassCorrelation:
    """Estimate how much looks of one cluster resemble one another.

    Parameters
    ----------
    hits, looks
        Looks that found the state, and looks in all, by cluster [count].

    Returns
    -------
    IntraclassCorrelation
        With `icc` between -1 / (n0 - 1) and 1. The bare estimate: planning should not count on a value below 0.

    Raises
    ------
    ValueError
        Fewer than two clusters, no cluster with two looks, hits outside 0 to looks, or the same answer in every look.

    Notes
    -----
    icc = (MSB - MSW) / (MSB + (n0 - 1) MSW) with n0 = (N - sum m^2 / N) / (k - 1) for N looks in k clusters.

    References
    ----------
    Donner, International Statistical Review 54 (1986), 67-82. Ridout, Demetrio & Firth, Biometrics 55 (1999), 137-148.

    Examples
    --------
    >>> intraclass_correlation([3, 1, 5, 2, 0, 4], [10, 9, 12, 10, 8, 11])
    intraclass correlation 0.028 (6 clusters, 60 looks)
    """
    x, m = _counts(hits, looks)
    k, n = len(m), float(m.sum())
    if k < 2 or n <= k:
        raise ValueError("the correlation needs at least two clusters, and looks that share one")
    p = x / m
    between = float((m * (p - x.sum() / n) ** 2).sum()) / (k - 1)
    within = float((x * (1 - p)).sum()) / (n - k)
    size = (n - float((m**2).sum()) / n) / (k - 1)
    if between + (size - 1) * within <= 0:
        raise ValueError("every look says the same, so nothing can be told about correlation")
    icc = (between - within) / (between + (size - 1) * within)
    return IntraclassCorrelation(icc, between, within, size, k, int(n))


def design_effect(looks_per_cluster: float | Sequence[float], icc: float) -> float:
    """Return by how much clustering multiplies the variance of a share.

    Parameters
    ----------
    looks_per_cluster
        Looks in each cluster: one number when all are alike, else one per cluster.
    icc
        Intraclass correlation.

    Returns
    -------
    float
        1 + (m - 1) icc, or 1 + (sum m^2 / sum m - 1) icc.

    Raises
    ------
    ValueError
        No looks, an `icc` outside -1 to 1, or one so far below 0 that the variance would be negative.

    References
    ----------
    Kish, Survey Sampling, 1965, section 5.4.

    Examples
    --------
    >>> design_effect(10, 0.065)
    1.585
    >>> round(design_effect([4, 16], 0.065), 3)
    1.819
    """
    m = np.atleast_1d(np.asarray(looks_per_cluster, dtype=float))
    if m.ndim != 1 or not np.isfinite(m).all() or (m < 0).any() or m.sum() <= 0 or not -1 <= icc <= 1:
        raise ValueError("looks_per_cluster must hold counts above 0 in all, and icc must lie between -1 and 1")
    size = float((m**2).sum() / m.sum())
    effect = 1 + (size - 1) * icc
    if effect <= 0:
        raise ValueError(f"an icc of {icc} is not possible with {size:.1f} looks a cluster")
    return effect


def naive_coverage(deff: float, *, confidence: float = 0.95) -> float:
    """Return how often an interval covers, in large samples, that takes clustered looks as independent.

    Parameters
    ----------
    deff
        Design effect of the looks, above 0.
    confidence
        Level that the interval claims.

    Returns
    -------
    float
        2 Phi(z / sqrt(deff)) - 1.

    Raises
    ------
    ValueError
        `deff` is not above 0.

    Examples
    --------
    >>> round(naive_coverage(design_effect(8, 0.3)), 3)
    0.734
    """
    if not deff > 0:
        raise ValueError(f"deff must be above 0, got {deff}")
    return 2 * float(stats.norm.cdf(float(stats.norm.ppf(0.5 + confidence / 2)) / math.sqrt(deff))) - 1


@dataclass(frozen=True, slots=True)
class BetaBinomial:
    """Hits of a cluster when the share differs from cluster to cluster, for planning.

    Attributes
    ----------
    share
        Mean share.
    icc
        Intraclass correlation, from 0 up to 1 (not included).
    """

    share: float
    icc: float

    def __post_init__(self) -> None:
        if not (0 < self.share < 1 and 0 <= self.icc < 1):
            raise ValueError(f"share must lie inside 0 to 1 and icc in [0, 1), got {self.share} and {self.icc}")

    def draw(self, looks: Sequence[int], *, seed: int | np.random.Generator) -> np.ndarray:
        """Return invented hits, one per cluster of so many looks."""
        rng = np.random.default_rng(seed)
        sizes = np.asarray(looks, dtype=np.int64)
        share: float | np.ndarray = self.share
        if self.icc > 0:
            precision = (1 - self.icc) / self.icc
            share = rng.beta(self.share * precision, (1 - self.share) * precision, size=sizes.shape)
        return rng.binomial(sizes, share)


def fit_beta_binomial(hits: Sequence[float], looks: Sequence[float]) -> BetaBinomial:
    """Fit share and correlation of clusters by maximum likelihood, for planning further rounds.

    Parameters
    ----------
    hits, looks
        Looks that found the state, and looks in all, by cluster [count].

    Returns
    -------
    BetaBinomial
        `icc` is 0 where clusters differ no more than chance makes them.

    Raises
    ------
    ValueError
        As :func:`intraclass_correlation`.

    Notes
    -----
    log likelihood = sum over clusters of log B(x + a, m - x + b) - log B(a, b), a = share * (1 - icc) / icc, b = (1 - share) * (1 - icc) / icc.
    For planning only: intervals come from :func:`estimate_share`, which assumes no law of the rounds.

    References
    ----------
    Williams, Biometrics 31 (1975), 949-952.

    Examples
    --------
    >>> fitted = fit_beta_binomial([3, 1, 5, 2, 0, 4], [10, 9, 12, 10, 8, 11])
    >>> round(fitted.share, 2), round(fitted.icc, 2)
    (0.25, 0.01)
    """
    x, m = _counts(hits, looks)
    start = intraclass_correlation(hits, looks).icc
    pooled = float(x.sum() / m.sum())

    def loss(at: np.ndarray) -> float:
        share, icc = (1 / (1 + math.exp(-float(value))) for value in at)
        precision = (1 - icc) / max(icc, 1e-12)
        return -float(stats.betabinom.logpmf(x, m, share * precision, (1 - share) * precision).sum())

    begin = [_logit(pooled), _logit(min(0.9, max(start, 0.01)))]
    bounds = [(-12.0, 12.0), (-12.0, 6.0)]
    found = optimize.minimize(loss, begin, method="L-BFGS-B", bounds=bounds)
    share, icc = (1 / (1 + math.exp(-float(value))) for value in found.x)
    binomial = -float(stats.binom.logpmf(x, m, pooled).sum())
    # at the edge the likelihood is the binomial one: no correlation, and the share is the pooled one
    return BetaBinomial(share, icc) if loss(found.x) < binomial - 1e-9 else BetaBinomial(pooled, 0.0)


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


def _counts(hits: Sequence[float], looks: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return both counts of the clusters that have looks."""
    x, m = np.asarray(hits, dtype=float), np.asarray(looks, dtype=float)
    if x.shape != m.shape or x.ndim != 1 or not (np.isfinite(x).all() and np.isfinite(m).all()):
        raise ValueError("hits and looks must be two lists of one length")
    if (x < 0).any() or (x > m).any():
        raise ValueError("hits must lie between 0 and the looks of their cluster")
    kept = m > 0
    return x[kept], m[kept]
