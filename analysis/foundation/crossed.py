"""Shares that must hold for other people as well: persons and days are both drawn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from analysis.foundation.clusters import Judged, Spread, answerable, judged, scaled_or_refused
from analysis.foundation.estimate import Estimate


def crossed(
    numerator: Any,
    denominator: Any,
    *,
    person: Any,
    day: Any,
    weekday: Any,
    working_days: float = 1.0,
    **described: Any,
) -> Judged | Estimate:
    """Judge a share over person-days for people like these on days like these.

    Parameters
    ----------
    numerator, denominator
        One total per person-day; 0 <= numerator <= denominator.
    person, day, weekday
        Labels of each person-day; days sort in the order of time.
    working_days
        As in :func:`analysis.foundation.clusters.ratio`.
    **described
        Fields of the estimate, `confidence` among them.

    Returns
    -------
    Judged or Estimate
        ``"insufficient"`` in words below 6 days or 6 people.

    Notes
    -----
    With z = x - p m per person-day: variance = V_day + V_person - V_person-day, and never less than V_day or V_person alone. V_day is the serial one
    of :func:`analysis.foundation.serial.long_run` on the days' sums; V_person = k / (k - 1) sum (sum of a person's z)^2; V_person-day likewise over
    person-days. Degrees of freedom by Satterthwaite from those of days and persons.

    References
    ----------
    Cameron, Gelbach & Miller, J. Business & Economic Statistics 29 (2011), 238-249. Satterthwaite, Biometrics Bulletin 2 (1946), 110-114.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> person, day = np.divmod(np.arange(12 * 20), 20)
    >>> own = rng.uniform(-0.1, 0.1, 12)[person]
    >>> found = crossed(0.6 + own, np.ones(240), person=person, day=day, weekday=day % 5, confidence=0.95)
    >>> round(found.freedom)
    11
    """
    x, m = np.asarray(numerator, float), np.asarray(denominator, float)
    kept = m > 0
    x, m = x[kept], m[kept]
    people, person = np.unique(np.asarray(person)[kept], return_inverse=True)
    dates, first, day = np.unique(np.asarray(day)[kept], return_index=True, return_inverse=True)
    few, unit = (len(people), "people") if len(people) < len(dates) else (len(dates), "days")
    described |= {"n": few, "n_unit": unit, "method": "ratio of sums, clustered by person and by day, logit t interval"}
    share = answerable(float(x.sum()), float(m.sum()), described)
    if isinstance(share, Estimate):
        return share
    z = x - share * m
    by_day = judged(
        np.minimum(np.bincount(day, x), np.bincount(day, m)),
        np.bincount(day, m),
        n_unit=unit,
        strata=np.asarray(weekday)[kept][first].tolist(),
        variance="serial",
        working_days=working_days,
        confidence=described["confidence"],
    )
    if isinstance(by_day, Estimate) and by_day.value is None:
        return by_day
    days = (by_day.scale * share * (1 - share)) ** 2 if isinstance(by_day, Judged) else 0.0
    freedom = by_day.freedom if isinstance(by_day, Judged) else 1.0
    persons, cells = (_one_way(part) / m.sum() ** 2 for part in (np.bincount(person, z), z))
    variance = max(days + persons - cells, days, persons)
    if variance == 0:
        return scaled_or_refused(share, Spread(0.0, 1.0, 0.0), described)
    satterthwaite = (days + persons) ** 2 / (days**2 / freedom + persons**2 / (len(people) - 1))
    error = math.sqrt(variance)
    return scaled_or_refused(share, Spread(error, satterthwaite, error), described)


def _one_way(sums: np.ndarray) -> float:
    """Return the variance of the total of clusters that are independent."""
    k = len(sums)
    return k / (k - 1) * float(((sums - sums.mean()) ** 2).sum())
