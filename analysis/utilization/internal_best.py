"""What the client's own best groups reach, once luck is taken out."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.foundation.estimate import Estimate
from analysis.measure.shrinkage import morris

_METHOD = "empirical Bayes over groups, best quarter, interval with Morris's variance"


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
    mean, error = morris(value, errors)
    best = np.argsort(value)[-max(1, round(len(value) / 4)) :]
    point = float(mean[best].mean())
    # groups share days, so their errors are taken as one
    reach = z * float(error[best].mean())
    return Estimate(point, max(0.0, point - reach), min(1.0, point + reach), **described)
