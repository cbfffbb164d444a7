"""Do observed person-days look like the others? A random choice seldom differs by more than chance."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import stats

from analysis.measure.triangulation.person_days import PersonDays, person_days_of

# One false alarm in twenty random studies over the four questions together.
_LEVEL = 0.05 / 4
_LEAST = 10


def imbalance(person_days: pd.DataFrame) -> tuple[str, ...]:
    """Return in words how observed person-days differ from unobserved ones by more than chance; empty when they do not.

    Parameters
    ----------
    person_days
        As for :func:`analysis.measure.triangulation.two_phase`; with `team`, teams are compared too.

    Returns
    -------
    tuple of str
        Log share, weekdays, teams, how many people: one sentence each that differs. Teams are not named.

    Raises
    ------
    DataProblem
        The frame lacks a column or holds impossible numbers.

    Notes
    -----
    Log share: difference of weighted shares over its standard error by day clusters. Weekdays and teams: chi-square of observed counts
    against those that the inclusion chances imply, divided by the dispersion of counts between days where person-days were chosen in
    bunches (Rao & Scott 1981, first order). People: as many different ones as a draw of that many person-days would meet, sum of
    1 - (1 - f)^n over people with n person-days, f the share observed; fewer, by a one-sided normal test, were followed. Level .05 in all.

    References
    ----------
    Rao & Scott, Journal of the American Statistical Association 76 (1981), 221-230.

    Examples
    --------
    >>> rows = pd.DataFrame({"agent": np.tile(np.arange(20), 20), "day": np.repeat(pd.date_range("2026-03-02", periods=20), 20)})
    >>> rows = rows.assign(base_us=8 * 3_600_000_000, x_us=rows["agent"] * 1_000_000_000, non_work=0)
    >>> imbalance(rows.assign(looks=np.where(rows["agent"] < 4, 5, 0)))[0]
    'the logs show non-work of 5 % on observed and 40 % on other person-days'
    """
    table = person_days_of(person_days)
    observed = table.observed
    if observed.sum() < _LEAST or (~observed).sum() < _LEAST:
        return ()
    words = [_log_share(table), _people(table), _counts(table, table.weekday, "weekdays")]
    if "team" in person_days:
        kept = person_days[person_days["base_us"].to_numpy(dtype="float64") > 0]
        words.append(_counts(table, pd.factorize(kept["team"].fillna(""))[0], "teams"))
    return tuple(text for text in words if text)


def _log_share(table: PersonDays) -> str:
    """Compare the logged share of the observed person-days with that of the others."""
    seen, weighed = table.observed, table.weight * table.base
    whole, sample = float(table.base.sum()), float(weighed.sum())
    residual = table.x - float(table.x.sum()) / whole * table.base
    adds = residual / whole - table.weight * residual / sample
    centred = adds - float(adds.sum()) * weighed / sample
    days = np.bincount(table.day, weights=centred)
    count = len(np.unique(table.day[seen]))
    error = math.sqrt(len(days) / max(len(days) - 1, 1) * float((days**2).sum()))
    if count < 2 or error == 0:
        return ""
    if abs(float(adds.sum())) <= float(stats.t.ppf(1 - _LEVEL / 2, count - 1)) * error:
        return ""
    inside, outside = (
        float(table.x[part].sum()) / float(table.base[part].sum()) for part in (table.observed, ~table.observed)
    )
    return f"the logs show non-work of {100 * inside:.0f} % on observed and {100 * outside:.0f} % on other person-days"


def _people(table: PersonDays) -> str:
    """Tell whether the same few people were followed from day to day."""
    # what each row's own chance implies; where all chances are equal it is the share observed
    drawn = table.weight[table.observed]
    if drawn.max() > drawn.min():
        return ""
    days = np.bincount(table.agent)
    met = 1 - (1 - float(table.observed.mean())) ** days
    count = len(np.unique(table.agent[table.observed]))
    spread = math.sqrt(float((met * (1 - met)).sum()))
    if spread == 0 or count >= float(met.sum()) + float(stats.norm.ppf(_LEVEL)) * spread - 0.5:
        return ""
    return f"observed person-days fall on {count} people, where a random choice would have met about {met.sum():.0f}: the same people were followed"


def _counts(table: PersonDays, label: np.ndarray, name: str) -> str:
    """Compare how observed person-days spread over weekdays or teams with what their chances imply."""
    observed = np.bincount(label, weights=table.observed)
    total = float(table.observed.sum())
    # where chances differ, weighted counts scaled to the sample stand beside the frame's
    weighted = np.bincount(label, weights=table.weight)
    rows = np.bincount(label).astype(float)
    expected = rows / rows.sum() * total
    found = weighted / weighted.sum() * total
    if len(expected) < 2 or expected.min() < 1:
        expected, found = _merged(expected, found)
    if len(expected) < 2:
        return ""
    finite = 1 - total / rows.sum()
    square = float(((found - expected) ** 2 / expected).sum()) / max(finite, 1e-9)
    bunched = _dispersion(table, label, observed / np.maximum(rows, 1))
    if stats.chi2.sf(square / bunched, len(expected) - 1) >= _LEVEL:
        return ""
    return f"observed person-days do not spread over {name} as all person-days do"


def _merged(expected: np.ndarray, found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Put classes with an expected count under one together."""
    small = expected < 1
    if small.sum() == 0:
        return expected, found
    parts = [np.append(values[~small], values[small].sum()) for values in (expected, found)]
    return parts[0], parts[1]


def _dispersion(table: PersonDays, label: np.ndarray, rate: np.ndarray) -> float:
    """Return how much more the observed counts of days scatter within a label than independent choices would, 1 or more."""
    cells = label * table.days + table.day
    rows = np.bincount(cells)
    seen = np.bincount(cells, weights=table.observed, minlength=len(rows))
    owner = np.arange(len(rows)) // table.days
    expected = rows * rate[owner]
    variance = expected * (1 - rate[owner])
    kept = variance > 0
    freedom = int(kept.sum()) - len(np.unique(owner[kept]))
    if freedom < 1:
        return 1.0
    return max(1.0, float(((seen - expected)[kept] ** 2 / variance[kept]).sum()) / freedom)
