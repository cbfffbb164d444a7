"""The true figures of the sample client: of the period that was written, and in expectation over exchangeable periods."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.synthetic.calls import QUEUES
from analysis.synthetic.people import invent_people
from analysis.synthetic.period import simulate_period
from analysis.synthetic.streams import Calendar
from analysis.synthetic.totals import Totals, period_totals

# a ratio: numerators and denominators as (name, sign), with names of ladder parts or counts
_Terms = tuple[tuple[str, int], ...]


def _plus(*names: str) -> _Terms:
    return tuple((name, 1) for name in names)


_BASE: _Terms = (("PAID", 1), ("ABSENT", -1), ("BREAK", -1))
_WORK = _plus("HANDLING", "ITEM_WORK")
_LADDER_RATIOS: tuple[tuple[str, _Terms, _Terms], ...] = (
    ("baseline.utilization", _WORK, _BASE),
    ("baseline.support_share", _plus("SUPPORT", "OUTAGE"), _BASE),
    ("baseline.idle_share", _plus("IDLE"), _BASE),
    ("baseline.away_share", _plus("AWAY"), _BASE),
    ("baseline.unaccounted_share", _plus("UNACCOUNTED"), _BASE),
    ("baseline.shrinkage", _plus("ABSENT", "BREAK", "SUPPORT", "OUTAGE"), _plus("PAID")),
)
_UNSEEN = ("baseline.idle_share", "baseline.away_share")
_TRUE_STATES = _plus("true ITEM_WORK", "true WORK", "true IDLE", "true AWAY", "true SUPPORT")
_OFFICE = "population=back_office"
_COUNT_RATIOS: tuple[tuple[str, str, _Terms, _Terms], ...] = (
    ("baseline.non_work_share", _OFFICE, _plus("true IDLE", "true AWAY"), _TRUE_STATES),
    ("truth.unlogged_work_share", _OFFICE, _plus("true WORK"), _TRUE_STATES),
    ("truth.idle_share", _OFFICE, _plus("true IDLE"), _TRUE_STATES),
    ("truth.away_share", _OFFICE, _plus("true AWAY"), _TRUE_STATES),
    ("baseline.within_due_share", _OFFICE, _plus("within due"), _plus("items")),
    ("baseline.error_rate", _OFFICE, _plus("errors"), _plus("items")),
)


def planted_truth(*, seed: int = 1, weeks: int = 8, periods: int = 40) -> pd.DataFrame:
    """Return what is true of the sample client's people over many periods like the one that was written.

    Parameters
    ----------
    seed, weeks
        As given to :func:`write_sample`.
    periods
        How many periods to simulate with the same persons and calendar and with fresh days [count]; even, at least 4.

    Returns
    -------
    pandas.DataFrame
        id, scope, value, standard_error. Shares are of the base; ``baseline.non_work_share`` of the back office is the true one, which
        logs alone cannot see, and the other shares are those that logs and schedule show.

    Raises
    ------
    ValueError
        `periods` is odd or below 4.

    Notes
    -----
    value = sum of numerators / sum of denominators over all periods. Day effects of two periods mirror each other, so the standard error
    is that of a ratio over independent pairs: sqrt(k / (k - 1) * sum (x_i - R m_i)^2) / sum m.
    """
    if periods < 4 or periods % 2:
        raise ValueError(f"the truth needs an even number of periods, at least 4, got {periods}")
    centre, office, _ = invent_people(seed)
    calendar = Calendar.of(weeks)
    sums = []
    for period in range(1, periods + 1):
        one, two = simulate_period(centre, office, calendar, seed=seed, period=period)
        sums.append(period_totals(calendar, one, two, seed=seed, period=period))
    return ratios(sums)


def ratios(sums: Sequence[Totals]) -> pd.DataFrame:
    """Return every true ratio of one period (standard error missing), or of mirrored pairs of periods."""
    rows = []
    for population in ("contact_centre", "back_office"):
        parts = [total.ladder[population] for total in sums]
        scope = f"population={population}"
        # the logs of a back office show neither idle nor away: no such share exists there
        shown = [row for row in _LADDER_RATIOS if population == "contact_centre" or row[0] not in _UNSEEN]
        rows += [(name, scope, *_ratio(parts, above, below)) for name, above, below in shown]
    parts = [total.ladder["contact_centre"] for total in sums]
    rows.append(("baseline.occupancy", "population=contact_centre", *_ratio(parts, _WORK, (*_WORK, ("IDLE", 1)))))
    rows.append(
        ("baseline.non_work_share", "population=contact_centre", *_ratio(parts, _plus("AWAY", "UNACCOUNTED"), _BASE))
    )
    counts = [total.counts for total in sums]
    rows += [(name, scope, *_ratio(counts, above, below)) for name, scope, above, below in _COUNT_RATIOS]
    pool = "pool=service; population=contact_centre"
    for scope, names in [*((f"{pool}; queue={name}", (name,)) for name in QUEUES), (pool, QUEUES)]:
        offered = _plus(*(f"offered {name}" for name in names))
        for label, word in (("blending.service_level_measured", "within"), ("truth.abandoned_share", "abandoned")):
            rows.append((label, scope, *_ratio(counts, _plus(*(f"{word} {name}" for name in names)), offered)))
    return pd.DataFrame(rows, columns=["id", "scope", "value", "standard_error"])


def _ratio(
    parts: Sequence[dict[str, int]] | Sequence[dict[str, float]], above: _Terms, below: _Terms
) -> tuple[float, float]:
    """Return a ratio of sums and its standard error over pairs, which is missing for a single period."""

    def total(part: dict[str, int] | dict[str, float], terms: _Terms) -> float:
        return sum(sign * part.get(name, 0) for name, sign in terms)

    x, m = (np.array([total(part, terms) for part in parts], dtype=float) for terms in (above, below))
    value = x.sum() / m.sum()
    if len(x) == 1:
        return float(value), math.nan
    residual = (x - value * m).reshape(-1, 2).sum(axis=1)
    pairs = len(residual)
    return float(value), float(math.sqrt(pairs / (pairs - 1) * (residual**2).sum()) / m.sum())
