"""Joint resamples of days, so that everything that hangs on a day moves together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.baseline.shares import Clusters, clusters_of
from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.measure.crosswalk import ATTENDED, BASE, WORK


@dataclass(frozen=True, slots=True)
class Resample:
    """Resampled days of one population.

    Attributes
    ----------
    days
        Local dates in the order of the columns of `counts`.
    counts
        How often each day is drawn: draws x days.
    wider
        Factor on every draw's distance from its point, for few clusters.
    today, support_share, break_share
        Utilization, (SUPPORT + OUTAGE) / base, BREAK / ATTENDED: points.
    today_draws, support_draws, break_draws
        The same per draw, already widened.
    base_h
        Hours of the base over all days.
    """

    days: pd.Series
    counts: np.ndarray
    wider: float
    today: float
    support_share: float
    break_share: float
    today_draws: np.ndarray
    support_draws: np.ndarray
    break_draws: np.ndarray
    base_h: float

    def widened(self, point: float, draws: np.ndarray) -> np.ndarray:
        """Stretch draws about their point."""
        return point + self.wider * (draws - point)


def resample(days: pd.DataFrame, *, draws: int, seed: int) -> Resample | None:
    """Resample a population's days as its shares were clustered: days within weekdays, or weeks; None where there are too few.

    Parameters
    ----------
    days
        ``Baseline.days`` of one population.
    draws, seed
        Of the resampling.

    Notes
    -----
    Draws are stretched about the point by sqrt(k / (k - H)) * t / z (k clusters in H strata), so that a mean's interval equals the t interval.
    """
    rows = days[days[list(BASE)].sum(axis=1) > 0].reset_index(drop=True)
    clusters = clusters_of(rows)
    labels = rows["week"] if clusters.unit == "weeks" else rows["day"]
    number = int(labels.nunique())
    if number < MINIMUM_CLUSTERS:
        return None
    rng = np.random.default_rng(seed)
    counts, strata = _counts(rows, clusters, draws, rng)
    freedom = max(number - strata, 1)
    wider = clusters.wider * math.sqrt(number / freedom) * float(stats.t.ppf(0.975, freedom) / stats.norm.ppf(0.975))
    sums = {name: rows[list(parts)].sum(axis=1).to_numpy(dtype=float) for name, parts in _SUMS.items()}
    found: dict[str, tuple[float, np.ndarray]] = {}
    for name, top, bottom in (
        ("today", "work", "base"),
        ("support", "support", "base"),
        ("break", "break", "attended"),
    ):
        point = float(sums[top].sum() / sums[bottom].sum())
        drawn = (counts @ sums[top]) / np.maximum(counts @ sums[bottom], 1e-12)
        found[name] = point, np.clip(point + wider * (drawn - point), 0.0, 1.0)
    return Resample(
        rows["day"],
        counts,
        wider,
        found["today"][0],
        found["support"][0],
        found["break"][0],
        found["today"][1],
        found["support"][1],
        found["break"][1],
        float(sums["base"].sum()),
    )


_SUMS = {"work": WORK, "support": ("SUPPORT", "OUTAGE"), "break": ("BREAK",), "base": BASE, "attended": ATTENDED}


def _counts(rows: pd.DataFrame, clusters: Clusters, draws: int, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """Return how often each day is drawn, and the number of strata."""
    counts = np.zeros((draws, len(rows)))
    if clusters.unit == "weeks":
        codes, weeks = pd.factorize(rows["week"])
        return rng.multinomial(len(weeks), np.full(len(weeks), 1 / len(weeks)), size=draws)[:, codes].astype(float), 1
    weekday = rows["weekday"].to_numpy()
    kinds, sizes = np.unique(weekday, return_counts=True)
    single = kinds[sizes < 2]
    # a weekday that occurs once cannot show its spread; such days are drawn together
    stratum = np.where(np.isin(weekday, single), -1, weekday)
    if (stratum == -1).sum() == 1:
        stratum = np.where(stratum == -1, kinds[np.argmax(sizes)], stratum)
    names = np.unique(stratum)
    for name in names:
        at = np.flatnonzero(stratum == name)
        counts[:, at] = rng.multinomial(len(at), np.full(len(at), 1 / len(at)), size=draws)
    return counts, len(names)
