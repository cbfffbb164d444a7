"""Joint resamples of days, so that everything that hangs on a day moves together: both populations, sites and groups."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.baseline.shares import Clusters, clusters_of, judged_share
from analysis.foundation.clusters import MINIMUM_CLUSTERS, joined_strata
from analysis.foundation.estimate import Estimate
from analysis.foundation.serial import long_run
from analysis.measure.crosswalk import ATTENDED, BASE, WORK

# Populations are drawn on the same calendar days when each has time on at least this share of the days that any of them works on its weekdays.
_IN_COMMON = 0.8


@dataclass(frozen=True, slots=True)
class Resample:
    """Resampled days of one population, or of a part of it.

    Attributes
    ----------
    days
        Local dates in the order of the columns of `counts`.
    counts
        How often each day is drawn: draws x days.
    wider
        Factor on the distance of utilization's draws from its point, for few clusters and days that hand on their shocks; other shares have their own.
    few
        The part of that factor that few clusters ask for.
    today, support_share, break_share
        Utilization, (SUPPORT + OUTAGE) / base, BREAK / ATTENDED: points.
    today_draws, support_draws, break_draws
        The same per draw, already widened.
    base_h
        Hours of the base over all days.
    base_draws
        Hours of the base over as many days, per draw, already widened.
    """

    days: pd.Series
    counts: np.ndarray
    wider: float
    few: float
    today: float
    support_share: float
    break_share: float
    today_draws: np.ndarray
    support_draws: np.ndarray
    break_draws: np.ndarray
    base_h: float
    base_draws: np.ndarray

    def widened(self, point: float, draws: np.ndarray, *, serial: bool = True) -> np.ndarray:
        """Stretch draws about their point; not `serial`: for few clusters alone, where a figure does not hand on the shocks of utilization."""
        return point + (self.wider if serial else self.few) * (draws - point)

    def share(self, rows: pd.DataFrame, parts: Sequence[str], whole: Sequence[str]) -> tuple[float, np.ndarray]:
        """Return a share of time and its draws, stretched as the share asks for; `rows` are the resampled days in their order."""
        top, bottom = (rows[list(words)].to_numpy(dtype=float).sum(axis=1) for words in (parts, whole))
        wider = self.few * _handed_on(_Usable(rows, clusters_of(rows), len(rows)), parts, whole)
        return _share(top.sum(), bottom.sum(), self.counts @ top, self.counts @ bottom, wider=wider)


def resample(days: pd.DataFrame, *, draws: int, seed: int) -> Resample | None:
    """Resample one population's days as its shares were clustered: days within weekdays, or weeks; None where there are too few.

    Parameters
    ----------
    days
        ``Baseline.days`` of one population.
    draws, seed
        Of the resampling.
    """
    return joint_resamples({"": days}, draws=draws, seed=seed)[""]


def joint_resamples(days: Mapping[str, pd.DataFrame], *, draws: int, seed: int) -> dict[str, Resample | None]:
    """Resample the days of several populations together.

    Parameters
    ----------
    days
        Population -> its ``Baseline.days``.
    draws, seed
        Of the resampling.

    Returns
    -------
    dict
        Population -> resample, None where there are too few days; draw i is the same drawn calendar days in all populations that share a calendar.

    Notes
    -----
    A busy day is busy for both populations, so days are drawn from one calendar, each day for all who worked on it, within weekdays. Populations
    whose days hardly coincide, or whose hours are known by week alone, are drawn by themselves. Draws of a share are stretched about its point by
    sqrt(k / (k - H)) * t / z (k clusters in H strata), times what correlated neighbours add to this share, so that its interval is the baseline's.
    """
    usable = {name: _usable(part) for name, part in days.items()}
    enough = {name: one for name, one in usable.items() if one is not None}
    together = _calendar([one.rows for one in enough.values() if one.daily])
    common = None if together is None else _drawn_days(together, draws, np.random.default_rng(seed))
    found: dict[str, Resample | None] = dict.fromkeys(usable)
    for number, (name, one) in enumerate(enough.items()):
        if one.daily and common is not None and together is not None:
            at = pd.Index(together["day"]).get_indexer(pd.Index(one.rows["day"]))
            counts = _filled(common[:, at])
        else:
            own = np.random.default_rng([seed, number])
            counts = (_drawn_days if one.daily else _drawn_weeks)(one.rows, draws, own)
        found[name] = _resampled(one, counts)
    return found


def resample_like(days: Resample, rows: pd.DataFrame) -> Resample | None:
    """Return the shares of a part of a population on the days that were drawn for the population; None where there are too few.

    Parameters
    ----------
    days
        Of the population.
    rows
        ``Baseline.level_days`` of one level.

    Notes
    -----
    Draw i of the part is draw i of the population, so the two can be subtracted. How much the draws are stretched is found from the part's own days.
    """
    at = pd.Index(days.days).get_indexer(pd.Index(rows["day"]))
    part = _usable(rows[at >= 0])
    if part is None:
        return None
    return _resampled(part, _filled(days.counts[:, pd.Index(days.days).get_indexer(pd.Index(part.rows["day"]))]))


@dataclass(frozen=True, slots=True)
class _Usable:
    """Days with time in the base in the order of time, and how they hang together."""

    rows: pd.DataFrame
    clusters: Clusters
    number: int

    @property
    def daily(self) -> bool:
        """Whether a row is a day."""
        return self.clusters.unit == "days"


def _usable(days: pd.DataFrame) -> _Usable | None:
    """Return days with time in the base; None where they are too few."""
    if days.empty:
        return None
    rows = days[days[list(BASE)].to_numpy().sum(axis=1) > 0].sort_values("day", kind="stable").reset_index(drop=True)
    if len(rows) < MINIMUM_CLUSTERS:
        return None
    clusters = clusters_of(rows)
    number = int(rows["day" if clusters.unit == "days" else "week"].nunique())
    return _Usable(rows, clusters, number) if number >= MINIMUM_CLUSTERS else None


def _calendar(parts: Sequence[pd.DataFrame]) -> pd.DataFrame | None:
    """Return the days that any population works on, None where they do not share enough of them."""
    if not parts:
        return None
    union = pd.concat([part[["day", "weekday", "week"]] for part in parts]).drop_duplicates("day")
    union = union.sort_values("day", kind="stable").reset_index(drop=True)
    for part in parts:
        theirs = union["weekday"].isin(part["weekday"].unique())
        if len(part) < _IN_COMMON * theirs.sum():
            return None
    return union


def _resampled(usable: _Usable, counts: np.ndarray) -> Resample:
    """Return shares and their draws for days that were drawn so often."""
    rows, number = usable.rows, usable.number
    freedom = max(number - (_strata(rows)[1] if usable.daily else 1), 1)
    few = math.sqrt(number / freedom) * float(stats.t.ppf(0.975, freedom) / stats.norm.ppf(0.975))
    sums = np.column_stack([rows[list(parts)].to_numpy(dtype=float).sum(axis=1) for parts in _SUMS.values()])
    totals, drawn = sums.sum(axis=0), counts @ sums
    at = {name: place for place, name in enumerate(_SUMS)}
    shares = {
        name: _share(
            totals[at[top]],
            totals[at[bottom]],
            drawn[:, at[top]],
            drawn[:, at[bottom]],
            wider=few * _handed_on(usable, _SUMS[top], _SUMS[bottom]),
        )
        for name, (top, bottom) in _SHARES.items()
    }
    base = float(totals[at["base"]])
    # a draw may hold more or fewer days of a population than it has; hours are those of as many days
    hours = drawn[:, at["base"]] * (len(rows) / counts.sum(axis=1))
    return Resample(
        days=rows["day"],
        counts=counts,
        wider=few * usable.clusters.wider,
        few=few,
        today=shares["today"][0],
        support_share=shares["support"][0],
        break_share=shares["break"][0],
        today_draws=shares["today"][1],
        support_draws=shares["support"][1],
        break_draws=shares["break"][1],
        base_h=base,
        base_draws=np.maximum(base + few * _sum_handed_on(usable, sums[:, at["base"]]) * (hours - base), 0.0),
    )


_SUMS = {"work": WORK, "support": ("SUPPORT", "OUTAGE"), "break": ("BREAK",), "base": BASE, "attended": ATTENDED}


def _handed_on(usable: _Usable, parts: Sequence[str], whole: Sequence[str]) -> float:
    """Return how much wider a share's interval is than one that takes days for independent: each share hands on its own shocks."""
    if tuple(parts) == WORK:
        return usable.clusters.wider
    serial, independent = (
        judged_share(usable.rows, parts, whole, clusters=usable.clusters, variance=kind, confidence=0.95)
        for kind in ("serial", "linearised")
    )
    if isinstance(serial, Estimate) or isinstance(independent, Estimate):
        return 1.0
    widths = [float(stats.t.ppf(0.975, one.freedom)) * one.scale for one in (serial, independent)]
    return widths[0] / widths[1]


def _sum_handed_on(usable: _Usable, hours: np.ndarray) -> float:
    """Return the same for a sum of hours."""
    labels = np.unique(joined_strata(usable.rows["weekday"].to_numpy()), return_inverse=True)[1]
    number = np.bincount(labels)
    residual = hours - (np.bincount(labels, weights=hours) / number)[labels]
    spread = float((np.bincount(labels, weights=residual**2) * number / np.maximum(number - 1, 1)).sum())
    serial = long_run(residual, labels, working_days=usable.clusters.working_days)
    if spread <= 0 or serial.error <= 0:
        return 1.0
    t_serial, t_independent = stats.t.ppf(0.975, [serial.freedom, max(len(hours) - len(number), 1)])
    return float(t_serial * serial.error / (t_independent * math.sqrt(spread)))


_SHARES = {"today": ("work", "base"), "support": ("support", "base"), "break": ("break", "attended")}


def _share(
    top: float, bottom: float, drawn_top: np.ndarray, drawn_bottom: np.ndarray, *, wider: float
) -> tuple[float, np.ndarray]:
    """Return a ratio of sums and its widened draws."""
    point = float(top / bottom)
    return point, np.clip(point + wider * (drawn_top / drawn_bottom - point), 0.0, 1.0)


def _filled(counts: np.ndarray) -> np.ndarray:
    """Return draws of a part of the days; a draw that holds none of them is that of all days once."""
    none = counts.sum(axis=1) == 0
    return np.where(none[:, None], 1.0, counts) if none.any() else counts


def _drawn_weeks(rows: pd.DataFrame, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return how often each row is drawn when weeks are."""
    codes, weeks = pd.factorize(rows["week"])
    return rng.multinomial(len(weeks), np.full(len(weeks), 1 / len(weeks)), size=draws)[:, codes].astype(float)


def _drawn_days(rows: pd.DataFrame, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return how often each day is drawn within its weekday."""
    counts = np.zeros((draws, len(rows)))
    stratum, _ = _strata(rows)
    for name in np.unique(stratum):
        at = np.flatnonzero(stratum == name)
        counts[:, at] = rng.multinomial(len(at), np.full(len(at), 1 / len(at)), size=draws)
    return counts


def _strata(rows: pd.DataFrame) -> tuple[np.ndarray, int]:
    """Return the stratum of each day, and how many there are; a weekday that occurs once cannot show its spread, so such days are drawn together."""
    weekday = rows["weekday"].to_numpy()
    kinds, sizes = np.unique(weekday, return_counts=True)
    stratum = np.where(np.isin(weekday, kinds[sizes < 2]), -1, weekday)
    if (stratum == -1).sum() == 1 and len(kinds) > 1:
        stratum = np.where(stratum == -1, kinds[np.argmax(sizes)], stratum)
    return stratum, len(np.unique(stratum))
