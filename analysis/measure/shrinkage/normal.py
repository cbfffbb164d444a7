"""Group figures pulled towards their common mean: normal figures with standard errors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]
# With a flat prior on the variance between groups, fewer groups have no posterior (Morris 1983, p. 51).
FEWEST_GROUPS = 4
_GRID = 200
_HALVINGS = 44
_OUTWARD_SD = 9.0


@dataclass(frozen=True, slots=True)
class Shrunken:
    """Group figures pulled towards their common mean by how uncertain they are.

    Attributes
    ----------
    value, low, high
        One per group, in the unit of the figures given; NaN where `reason` says why.
    pull
        Share of the way from the group's own figure to the common mean, 0 to 1.
    mean
        The common mean; NaN where there is none.
    between_sd
        Median of the posterior of the standard deviation between groups, on the scale of the computation (logits for shares).
    p_value
        Of Welch's test that all groups have one true figure, on the errors that groups do not share.
    reason
        Why there is nothing; empty otherwise.
    """

    value: Floats
    low: Floats
    high: Floats
    pull: Floats
    mean: float
    between_sd: float
    p_value: float
    reason: str = ""

    @classmethod
    def none(cls, groups: int, reason: str) -> Shrunken:
        """Return no figures, with the reason in words."""
        empty = np.full(groups, np.nan)
        return cls(empty, empty, empty, empty, math.nan, math.nan, math.nan, reason)

    def __repr__(self) -> str:
        """Return the finding as a sentence."""
        if self.reason:
            return f"no shrunken figures: {self.reason}"
        return f"{len(self.value)} groups, pulled by {self.pull.min():.2f} to {self.pull.max():.2f} towards {self.mean:.3f}"


def morris(values: Floats, errors: Floats) -> tuple[Floats, Floats]:
    """Return group means pulled towards their common mean, and their standard errors, by Morris's closed form.

    Parameters
    ----------
    values, errors
        Observed figures and their standard errors, 4 groups or more.

    Returns
    -------
    tuple of arrays
        Shrunken means, and the roots of their variances.

    Raises
    ------
    ValueError
        Fewer than 4 groups.

    Notes
    -----
    Normal-normal with known sampling variances D_i; the variance A between groups by moments (weighted, iterated), at least 0;
    B_i = (k - 3) / (k - 1) * D_i / (D_i + A); shrunken = (1 - B_i) y_i + B_i mean. The variance is Morris's: D_i (1 - (k - 1) / k B_i) +
    2 / (k - 3) B_i^2 (y_i - mean)^2, so an A of zero never gives zero width. With equal D_i this is the estimator of Efron and Morris (1975).

    References
    ----------
    Morris, Parametric empirical Bayes inference, Journal of the American Statistical Association 78 (1983), 47-55.

    Examples
    --------
    >>> pulled, _ = morris(np.array([0.50, 0.55, 0.60, 0.65, 0.70, 0.75]), np.full(6, 0.05))
    >>> pulled.round(3).tolist()
    [0.521, 0.563, 0.604, 0.646, 0.687, 0.729]
    """
    k = len(values)
    if k < FEWEST_GROUPS:
        raise ValueError(f"shrinkage needs at least {FEWEST_GROUPS} groups, got {k}")
    d = errors**2
    between = 0.0
    for _ in range(100):
        weight = 1 / (d + between)
        mean = float((weight * values).sum() / weight.sum())
        new = max(0.0, float((weight * (k / (k - 1) * (values - mean) ** 2 - d)).sum() / weight.sum()))
        if abs(new - between) < 1e-12:
            break
        between = new
    pull = (k - 3) / (k - 1) * d / (d + between)
    variance = d * (1 - (k - 1) / k * pull) + 2 / (k - 3) * pull**2 * (values - mean) ** 2
    return (1 - pull) * values + pull * mean, np.sqrt(variance)


def shrink(
    values: Sequence[float] | Floats,
    errors: Sequence[float] | Floats,
    *,
    common_error: float = 0.0,
    freedom: float = math.inf,
    common_freedom: float = math.inf,
    confidence: float = 0.95,
) -> Shrunken:
    """Pull group figures towards their common mean, with intervals for each group's true figure.

    Parameters
    ----------
    values, errors
        Observed figures and their standard errors, one unit; errors above 0 and independent between groups.
    common_error
        Standard error that all figures have in common (a day's shock hits every group). It says nothing about which group is better, so it
        stays out of the comparison and widens every interval.
    freedom, common_freedom
        Degrees of freedom of the errors, and of the common error; infinite where they are known.
    confidence
        Level of the intervals.

    Returns
    -------
    Shrunken
        Without figures, and with the reason, below 4 groups.

    Raises
    ------
    ValueError
        Lengths differ, a number is not finite, or an error is not above 0.

    Notes
    -----
    y_i ~ N(t_i, D_i), t_i ~ N(mean, A), flat priors on the mean and on A >= 0 (Morris 1983; proper for k >= 4). Given A:
    B_i = D_i / (D_i + A), t_i ~ N((1 - B_i) y_i + B_i m_A, D_i (1 - B_i) + B_i^2 / sum(1 / (D_j + A))). The posterior of A is summed over
    a grid, and the limits are quantiles of the mixture of normals, so that doubt about A is in them and an estimate of zero gives no zero
    width. With a flat mean the data say nothing about the common error, so its variance is put back as it is. Errors that are estimated
    stretch the limits by t / z, with Satterthwaite's degrees of freedom of both variances together.

    References
    ----------
    Morris, Parametric empirical Bayes inference, Journal of the American Statistical Association 78 (1983), 47-55. Gelman et al., Bayesian
    Data Analysis, 3rd ed. 2013, section 5.4. Satterthwaite, Biometrics Bulletin 2 (1946), 110-114. Welch, Biometrika 38 (1951), 330-336.

    Examples
    --------
    >>> found = shrink([0.50, 0.55, 0.60, 0.65, 0.70, 0.75], [0.05] * 6)
    >>> found.value.round(3).tolist()
    [0.521, 0.563, 0.604, 0.646, 0.687, 0.729]
    >>> shrink([0.5, 0.6], [0.05, 0.05]).reason
    'only 2 groups can be compared; pulling them together needs at least 4'
    """
    y, se = np.asarray(values, dtype=float), np.asarray(errors, dtype=float)
    if y.shape != se.shape or y.ndim != 1:
        raise ValueError("values and errors must be two lists of one length")
    if not (np.isfinite(y).all() and np.isfinite(se).all()) or (se <= 0).any() or common_error < 0:
        raise ValueError("figures must be finite and their errors above 0")
    if len(y) < FEWEST_GROUPS:
        return Shrunken.none(len(y), too_few(len(y)))
    chance, centre, variance, mean, between, pull = _posterior(y, se**2)
    point, tail = chance @ centre, (1 - confidence) / 2
    sd = np.sqrt(variance)
    below, above = (_quantile(level, chance, centre, sd) - point for level in (tail, 1 - tail))
    z = _t(1 - tail, math.inf)
    alone, shared = ((above - below) / (2 * z)) ** 2, common_error**2
    # Satterthwaite's degrees of freedom of the sum of both variances
    whole = (alone**2 / freedom + shared**2 / common_freedom) / (alone + shared) ** 2
    stretch = np.array([_t(1 - tail, 1 / one if one > 0 else math.inf) for one in whole]) / z
    low = point - stretch * np.hypot(below, z * common_error)
    high = point + stretch * np.hypot(above, z * common_error)
    median = math.sqrt(float(between[np.searchsorted(np.cumsum(chance), 0.5)]))
    p_value = differ(y, se, freedom=freedom)
    return Shrunken(point, low, high, chance @ pull, float(chance @ mean), median, p_value)


def _t(level: float, freedom: float) -> float:
    """Return a quantile of the t distribution, of the normal for infinite degrees of freedom."""
    from scipy import stats

    return float(stats.norm.ppf(level) if math.isinf(freedom) else stats.t.ppf(level, max(freedom, 1.0)))


def too_few(groups: int) -> str:
    """Return why so few groups are not pulled together."""
    word = "group" if groups == 1 else "groups"
    return f"only {groups} {word} can be compared; pulling them together needs at least {FEWEST_GROUPS}"


def _posterior(y: Floats, d: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Return, over a grid of A: its probability; centre and variance of each group (grid x groups); mean; A; pull (grid x groups)."""
    place = (np.arange(_GRID) + 0.5) / _GRID
    unit = math.exp(float(np.log(d).mean()))
    between = unit * (place / (1 - place)) ** 2
    weight = 1 / (d + between[:, None])
    total = weight.sum(axis=1)
    mean = (weight @ y) / total
    misfit = (weight * (y - mean[:, None]) ** 2).sum(axis=1)
    # flat in A: the grid is even in `place`, so each point counts with dA / dplace
    log = 0.5 * (np.log(weight).sum(axis=1) - np.log(total) - misfit) + np.log(place / (1 - place) ** 3)
    chance = np.exp(log - log.max())
    pull = d * weight
    centre = (1 - pull) * y + pull * mean[:, None]
    return (
        chance / chance.sum(),
        centre,
        d * (1 - pull) + pull**2 / total[:, None],
        mean,
        between,
        pull,
    )


def _quantile(level: float, chance: Floats, centre: Floats, sd: Floats) -> Floats:
    """Return a quantile of each group's mixture of normals, by halving."""
    kept = chance > 1e-9 * chance.max()
    chance, centre, sd = chance[kept] / chance[kept].sum(), centre[kept], sd[kept]
    low, high = (centre - _OUTWARD_SD * sd).min(axis=0), (centre + _OUTWARD_SD * sd).max(axis=0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        below = chance @ special.ndtr((middle - centre) / sd) < level
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


def differ(values: Floats, errors: Floats, *, freedom: float | Floats = math.inf) -> float:
    """Return the p-value that all groups have one true figure, whatever their standard errors (Welch's test).

    Parameters
    ----------
    values, errors
        Figures and standard errors that are independent between groups.
    freedom
        Degrees of freedom of the standard errors, one for all or one each.

    References
    ----------
    Welch, On the comparison of several mean values: an alternative approach, Biometrika 38 (1951), 330-336.

    Examples
    --------
    >>> round(differ(np.array([0.1, 0.2, 0.3]), np.array([0.1, 0.1, 0.1])), 3)
    0.368
    """
    from scipy import stats

    k = len(values)
    if k < 2:
        return math.nan
    weight = 1 / np.asarray(errors, dtype=float) ** 2
    mean = (weight * values).sum() / weight.sum()
    between = float((weight * (values - mean) ** 2).sum()) / (k - 1)
    if not np.isfinite(freedom).all():
        return float(stats.chi2.sf(between * (k - 1), k - 1))
    lack = float(((1 - weight / weight.sum()) ** 2 / freedom).sum())
    return float(stats.f.sf(between / (1 + 2 * (k - 2) / (k**2 - 1) * lack), k - 1, (k**2 - 1) / (3 * lack)))


def best_of_noisy(mean: float, true_sd: float, noise_sd: float, *, top: float = 0.25) -> tuple[float, float]:
    """Return what the groups that look best read on average, and what they truly are: the difference is luck.

    Parameters
    ----------
    mean
        Mean over all groups.
    true_sd, noise_sd
        Standard deviations of the true figures and of their sampling errors, normal.
    top
        Share of groups that look best.

    Returns
    -------
    tuple
        Mean observed figure and mean true figure of the chosen groups.

    Notes
    -----
    With total^2 = true^2 + noise^2 and i = phi(z) / top, z the upper quantile: observed = mean + i total, true = mean + i true^2 / total.

    Examples
    --------
    >>> observed, true = best_of_noisy(0.6, 0.05, 0.05)
    >>> round(observed, 3), round(true, 3)
    (0.69, 0.645)
    """
    from scipy import stats

    total = math.hypot(true_sd, noise_sd)
    if not 0 < top < 1 or not total > 0:
        raise ValueError("top must lie between 0 and 1, and some spread must be above 0")
    lift = float(stats.norm.pdf(stats.norm.isf(top))) / top
    return mean + lift * total, mean + lift * true_sd**2 / total
