"""What the first days of looks tell about the rest of the study: how much looks of one round and of one day resemble one another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.foundation.schema import DataProblem

# Fewer days or rounds say nothing about how days or rounds differ.
LEAST_DAYS, LEAST_ROUNDS = 4, 12
# Plans count on values that four in five such pilots do not hide.
_CAUTION = float(stats.norm.ppf(0.8))
Sums = np.ndarray


@dataclass(frozen=True, slots=True)
class PilotCorrelations:
    """Correlations of looks, from the looks of a pilot.

    Attributes
    ----------
    share
        Share of the pilot's looks in the state.
    icc, day_icc
        Correlation of two looks of one round, and of two rounds of one day, as estimated; may lie a little below 0.
    cautious_icc, cautious_day_icc
        What to plan with: one-sided 80 % upper bounds, never below 0, the second never above the first.
    days, rounds, looks
        What stands behind them.
    """

    share: float
    icc: float
    day_icc: float
    cautious_icc: float
    cautious_day_icc: float
    days: int
    rounds: int
    looks: int

    def __repr__(self) -> str:
        """Return the correlations as a sentence."""
        return (
            f"looks of one round are correlated by {self.icc:.3f} and those of one day by {self.day_icc:.3f} ({self.rounds} rounds on {self.days} days, "
            f"{self.looks} looks); plan with {self.cautious_icc:.3f} and {self.cautious_day_icc:.3f}"
        )


def pilot_correlations(
    observations: pd.DataFrame, *, state: str | Sequence[str], zone: str = "UTC"
) -> PilotCorrelations:
    """Estimate from a pilot's looks what :func:`analysis.measure.sampling.plan_study` needs for the rest.

    Parameters
    ----------
    observations
        One row per look: `round`, `observed_at` (UTC), `state`; without reference looks, and without looks outside the base (breaks, absence).
    state
        Ladder word, or several that count together.
    zone
        Time zone in which days begin.

    Returns
    -------
    PilotCorrelations

    Raises
    ------
    DataProblem
        Fewer than 4 days or 12 rounds, no day with two rounds, or the same state in every look.

    Notes
    -----
    Products of residuals y - p over all pairs of looks within rounds, and over all pairs from different rounds of one day, each divided by the number
    of pairs and by p (1 - p). That p is estimated from the same looks pulls both down by its variance, which is put back (by iteration, as it depends on
    them). Standard errors by leaving out one day at a time. A pilot of a few days sees day-to-day differences badly, hence the cautious values.

    References
    ----------
    Ridout, Demetrio & Firth, Biometrics 55 (1999), 137-148 (estimators from pairs). Efron & Tibshirani, An Introduction to the Bootstrap, 1993, chapter 11
    (jackknife).

    Examples
    --------
    >>> days = pd.date_range("2026-03-02 09:00", periods=5, tz="UTC")
    >>> rows = [(f"{d}.{r}", day + pd.Timedelta(hours=r), "IDLE" if n < (r + d) % 4 else "WORK") for d, day in enumerate(days) for r in range(4) for n in range(6)]
    >>> found = pilot_correlations(pd.DataFrame(rows, columns=["round", "observed_at", "state"]), state="IDLE")
    >>> found.rounds, round(found.share, 2)
    (20, 0.25)
    """
    words = [state] if isinstance(state, str) else list(state)
    day = observations["observed_at"].dt.tz_convert(zone).dt.normalize()
    looks = pd.DataFrame({"day": day, "round": observations["round"], "hit": observations["state"].isin(words)})
    rounds = looks.groupby(["day", "round"])["hit"].agg(["sum", "size"]).reset_index()
    x, m = rounds["sum"].to_numpy(dtype=float), rounds["size"].to_numpy(dtype=float)
    which = pd.factorize(rounds["day"])[0]
    days = int(which.max()) + 1 if len(which) else 0
    if days < LEAST_DAYS or len(x) < LEAST_ROUNDS or days == len(x):
        raise DataProblem(
            f"observations: {len(x)} rounds on {days} days are too few to learn correlations from. Look at at least {LEAST_ROUNDS} rounds "
            f"on {LEAST_DAYS} days, several a day, or plan with assumed ones."
        )
    if x.sum() in (0, m.sum()):
        raise DataProblem(
            "observations: every look says the same, so nothing can be learnt about correlation. Plan with assumed ones."
        )
    icc, day_icc = _pairs(x, m, which)
    left = np.array([_pairs(x[which != one], m[which != one], which[which != one]) for one in range(days)])
    error = np.sqrt((days - 1) / days * ((left - left.mean(axis=0)) ** 2).sum(axis=0))
    cautious = max(0.0, icc + _CAUTION * float(error[0]))
    by_day = min(cautious, max(0.0, day_icc + _CAUTION * float(error[1])))
    return PilotCorrelations(
        float(x.sum() / m.sum()), icc, day_icc, min(cautious, 0.99), min(by_day, 0.99), days, len(x), int(m.sum())
    )


def _pairs(x: Sums, m: Sums, which: Sums) -> tuple[float, float]:
    """Return the correlation within rounds, and between rounds of one day."""
    n, p = float(m.sum()), float(x.sum() / m.sum())
    if not 0 < p < 1:
        return 0.0, 0.0
    residual = x - p * m
    alone = x * (1 - p) ** 2 + (m - x) * p**2
    by_day, looks_by_day = (np.bincount(which, weights=weights) for weights in (residual, m))
    inside, between = float((m * (m - 1)).sum()), float((looks_by_day**2).sum() - (m**2).sum())
    spread = p * (1 - p)
    within = float((residual**2 - alone).sum()) / inside if inside else 0.0
    across = float((by_day**2).sum() - (residual**2).sum()) / between if between else 0.0
    icc, day_icc, variance = within / spread, across / spread, 0.0
    for _ in range(50):
        icc, day_icc = ((part + variance) / (spread + variance) for part in (within, across))
        before, variance = variance, max(0.0, spread * (n + inside * icc + between * day_icc) / n**2)
        if math.isclose(before, variance, rel_tol=1e-9):
            break
    return icc, day_icc
