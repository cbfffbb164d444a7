"""What people say of themselves: the share of paid time without work by their own estimate, the lowest grade of evidence that counts people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.foundation.clusters import ratio
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import DataProblem


def self_reported_share(
    self_reports: pd.DataFrame,
    *,
    members: Collection[str],
    confidence: float = 0.95,
    minimum_agents: int = 10,
) -> Estimate:
    """Estimate the share of paid time that people themselves say was without work, with persons as clusters.

    Parameters
    ----------
    self_reports
        Canonical table: a row per person and period with paid_h [h] and non_work_h [h]. A row with no paid time says nothing and is left out.
    members
        Pseudonyms of everybody who could have answered: the population.
    confidence
        Level of the interval.
    minimum_agents
        Smallest number of people of whom a figure is given.

    Returns
    -------
    Estimate
        Grade C. `reasons` tells how many of the members answered. ``"insufficient"`` where nobody did, ``"suppressed"`` where fewer than
        `minimum_agents` did or could.

    Raises
    ------
    DataProblem
        A row with fewer than 0 hours, or with more hours without work than hours paid.

    Notes
    -----
    p = sum of non_work_h / sum of paid_h; each person's periods are one cluster, because somebody who reports much in one week does so in
    the next (:func:`analysis.foundation.clusters.ratio`). The interval holds for people who answer as these did. It knows nothing of those who did not
    answer, nor of how far an estimate of oneself lies from the truth, and neither shrinks with more answers: own estimates and diaries of time at
    work differ, the more the longer people say that they work (Robinson et al. 2011).

    References
    ----------
    Robinson, Martin, Glorieux & Minnen, The overestimated workweek revisited, Monthly Labor Review 134(6) (2011), 43-53. Cochran, Sampling Techniques,
    3rd ed. 1977, section 9A.

    Examples
    --------
    >>> people = [f"p{n}" for n in range(12)]
    >>> weeks = pd.DataFrame({"agent": people, "paid_h": 40.0, "non_work_h": [2.0, 4, 6, 8, 2, 4, 6, 8, 2, 4, 6, 8]})
    >>> self_reported_share(weeks, members=[*people, "p12", "p13"])
    12 % (9 to 17)
    >>> self_reported_share(weeks, members=[*people, "p12", "p13"]).reasons
    ('12 of 14 people answered (86 %); the others are taken to be like them',)
    """
    everybody = frozenset(members)
    _check(self_reports)
    rows = self_reports[self_reports["agent"].isin(everybody) & (self_reports["paid_h"] > 0)]
    sums = rows.groupby("agent")[["non_work_h", "paid_h"]].sum()
    described = {"confidence": confidence, "n_unit": "people", "grade": "C"}
    if sums.empty:
        return Estimate.missing("nobody of this population reported on a week", **described)
    if len(sums) < minimum_agents:
        few = f"fewer than {minimum_agents} people answered, and no figure is given of so few"
        return Estimate.missing(few, status="suppressed", **described)
    told, paid = (sums[name].to_numpy(dtype=np.float64) for name in ("non_work_h", "paid_h"))
    found = ratio(told, paid, **described)
    answered = f"{len(sums)} of {len(everybody)} people answered ({100 * len(sums) / len(everybody):.0f} %)"
    silent = "" if len(sums) == len(everybody) else "; the others are taken to be like them"
    return replace(found, reasons=(*found.reasons, answered + silent), method=f"own estimates: {found.method}")


def _check(rows: pd.DataFrame) -> None:
    """Refuse hours that cannot be."""
    paid, told = rows["paid_h"].to_numpy(dtype=np.float64), rows["non_work_h"].to_numpy(dtype=np.float64)
    good = np.isfinite(paid) & np.isfinite(told) & (told >= 0) & (told <= paid)
    if not good.all():
        raise DataProblem(
            f"self_reports: {int((~good).sum())} rows in which the hours without work are missing, below 0 or more than the hours paid "
            f"(first: row {int((~good).argmax()) + 1}). Correct or leave out these rows."
        )
