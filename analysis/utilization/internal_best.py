"""What the client's own best groups reach, once luck is taken out."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.foundation.estimate import Estimate

_METHOD = "empirical Bayes over groups, best quarter, interval with Morris's variance"


def shrunken(values: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return group means pulled towards their common mean, and their standard errors.

    Parameters
    ----------
    values, errors
        Observed shares and their standard errors.

    Notes
    -----
    Normal-normal with known sampling variances D_i; the variance A between groups by moments (weighted, iterated), at least 0;
    B_i = (k - 3) / (k - 1) * D_i / (D_i + A); shrunken = (1 - B_i) y_i + B_i mean. The variance is Morris's: D_i (1 - (k - 1) / k B_i) +
    2 / (k - 3) B_i^2 (y_i - mean)^2, so an A of zero never gives zero width.

    References
    ----------
    Morris, Parametric empirical Bayes inference, Journal of the American Statistical Association 78 (1983), 47-55.

    Examples
    --------
    >>> pulled, _ = shrunken(np.array([0.50, 0.55, 0.60, 0.65, 0.70, 0.75]), np.full(6, 0.05))
    >>> pulled.round(3).tolist()
    [0.521, 0.563, 0.604, 0.646, 0.687, 0.729]
    """
    k = len(values)
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


def internal_best(groups: pd.DataFrame, *, confidence: float) -> Estimate:
    """Estimate the true mean utilization of the quarter of groups that look best.

    Parameters
    ----------
    groups
        Rows of ``Baseline.groups`` for one population and the share utilization.
    confidence
        Level of the interval.

    Notes
    -----
    The best quarter of noisy figures looks better than it is: with equal true and sampling spread of .05 about .60 it reads .690 where its
    true mean is .645. It is evidence of what peers do, not a ceiling: groups differ in work and promises.
    """
    known = groups[groups["status"].eq("ok") & groups["value"].notna()]
    described = {"confidence": confidence, "n": len(known), "n_unit": "groups", "method": _METHOD}
    if len(known) < MINIMUM_CLUSTERS:
        return Estimate.missing(
            f"only {len(known)} reporting groups; comparing them needs at least {MINIMUM_CLUSTERS}", **described
        )
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    value = known["value"].to_numpy(dtype=float)
    errors = np.maximum((known["high"] - known["low"]).to_numpy(dtype=float) / (2 * z), 1e-6)
    mean, error = shrunken(value, errors)
    best = np.argsort(value)[-max(1, round(len(value) / 4)) :]
    point = float(mean[best].mean())
    # groups share days, so their errors are taken as one
    reach = z * float(error[best].mean())
    return Estimate(point, max(0.0, point - reach), min(1.0, point + reach), **described)
