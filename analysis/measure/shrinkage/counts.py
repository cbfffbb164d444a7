"""Shares of counted things pulled together by the beta-binomial."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import special, stats

from analysis.measure.shrinkage.normal import FEWEST_GROUPS, Floats, Shrunken, too_few


def shrink_counts(
    counts: Sequence[int] | Floats, trials: Sequence[int] | Floats, *, confidence: float = 0.95
) -> Shrunken:
    """Pull shares of counted things together (errors of checked items) by the beta-binomial.

    Parameters
    ----------
    counts, trials
        How many of how many, per group; trials are independent within a group, given the group's share.
    confidence
        Level of the intervals.

    Returns
    -------
    Shrunken
        Shares; `between_sd` on the scale of shares. Without figures below 4 groups with trials.

    Raises
    ------
    ValueError
        Lengths differ, or a count lies outside 0 to its trials.

    Notes
    -----
    x_i ~ Bin(n_i, p_i), p_i ~ Beta(M c, M (1 - c)); flat in the mean c, and in the pull n0 / (n0 + M) of a group of middling size n0
    (Christiansen & Morris 1997). The posterior over (c, M) is summed over a grid, and each group's interval is that of the beta
    distribution with the mean of its mixture and (k + 1) / (k - 1) times its variance: true shares need not follow a beta distribution, and
    without the factor, chosen by coverage, intervals hold logit-normal shares in 92 to 94 % of worlds.

    References
    ----------
    Christiansen & Morris, Hierarchical Poisson regression modeling, Journal of the American Statistical Association 92 (1997), 618-632.
    Kelly, Tak & Morris, Rgbp: an R package for Gaussian, Poisson, and binomial random effects models, 2014.

    Examples
    --------
    >>> shrink_counts([4, 6, 3, 9, 5, 2], [100, 120, 90, 150, 110, 80]).value.round(3).tolist()
    [0.045, 0.048, 0.044, 0.051, 0.047, 0.042]
    """
    x, n = np.asarray(counts, dtype=float), np.asarray(trials, dtype=float)
    if x.shape != n.shape or x.ndim != 1 or not (np.isfinite(x).all() and np.isfinite(n).all()):
        raise ValueError("counts and trials must be two lists of numbers of one length")
    if (x < 0).any() or (x > n).any():
        raise ValueError("every count must lie between 0 and its trials")
    known = n > 0
    if known.sum() < FEWEST_GROUPS:
        return Shrunken.none(len(x), too_few(int(known.sum())))
    c, size, chance = _beta_posterior(x[known], n[known])
    a, b = x[known] + size[:, None] * c[:, None], (n - x)[known] + size[:, None] * (1 - c[:, None])
    centre, variance = a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1))
    point = chance @ centre
    groups = int(known.sum())
    spread = (chance @ (variance + centre**2) - point**2) * (groups + 1) / (groups - 1)
    weight = point * (1 - point) / spread - 1
    tail = (1 - confidence) / 2
    ends = (stats.beta.ppf(level, point * weight, (1 - point) * weight) for level in (tail, 1 - tail))
    parts = []
    for part in (point, *ends, chance @ (size[:, None] / (size[:, None] + n[known]))):
        full = np.full(len(x), np.nan)
        full[known] = part
        parts.append(full)
    order = np.argsort(size)
    between = np.sqrt(c * (1 - c) / (size + 1))[order][::-1]
    median = float(between[np.searchsorted(np.cumsum(chance[order][::-1]), 0.5)])
    return Shrunken(*parts, float(chance @ c), median, _same_share(x[known], n[known]))


def _beta_posterior(x: Floats, n: Floats, grid: int = 60) -> tuple[Floats, Floats, Floats]:
    """Return means, sizes and probabilities over a grid of beta distributions."""
    middle = math.exp(float(np.log(n).mean()))
    place = (np.arange(grid) + 0.5) / grid
    pooled = (x.sum() + 0.5) / (n.sum() + 1)
    spread = 1 / math.sqrt(n.sum() * pooled * (1 - pooled)) + 2 / math.sqrt(len(x))
    logit = math.log(pooled / (1 - pooled)) + spread * np.linspace(-4, 4, grid)
    c, size = (part.ravel() for part in np.meshgrid(special.expit(logit), middle * place / (1 - place)))
    a, b = (size * c)[:, None], (size * (1 - c))[:, None]
    log = (special.betaln(x + a, n - x + b) - special.betaln(a, b)).sum(axis=1) + np.log(c * (1 - c))
    chance = np.exp(log - log.max())
    return c, size, chance / chance.sum()


def _same_share(x: Floats, n: Floats) -> float:
    """Return the p-value of Pearson's test that all groups have one share; 1 where nothing or everything was counted."""
    share = x.sum() / n.sum()
    if share in (0.0, 1.0):
        return 1.0
    return float(stats.chi2.sf(((x - n * share) ** 2 / (n * share * (1 - share))).sum(), len(x) - 1))
