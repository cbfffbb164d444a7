"""Service of the back office today: done when due, backlog, errors."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.baseline.evidence import People, Tables
from analysis.foundation.calendars import local_day
from analysis.foundation.clusters import MINIMUM_CLUSTERS, bootstrap, ratio
from analysis.foundation.estimate import Estimate
from analysis.foundation.settings import Client
from analysis.measure.groups import MINIMUM_AGENTS
from analysis.measure.records import latest, roster_of, table_of

# Items that are still open when the period ends are not in the log; days closer to the end than this share of turnarounds are left out.
_TURNAROUND = 0.95
_COUNTED = {"errors": "errors", "reworked": "items done again"}


def items_of(tables: Tables, people: People) -> pd.DataFrame:
    """Return finished items of the population; items without a person count for the back office."""
    items = table_of(tables, "work_items")
    if items is None:
        return pd.DataFrame(columns=["item", "type", "agent", "arrived", "started", "ended", "due"])
    nobody = items["agent"].isna() & (people.population == "back_office")
    return items[items["agent"].isin(set(people.members["agent"].unique())) | nobody]


def within_due(items: pd.DataFrame, *, client: Client, confidence: float) -> Estimate:
    """Estimate the share of finished items that were done by their due time; days of completion as clusters within weekdays, neighbours alike."""
    due = items[items["due"].notna() & items["ended"].notna()]
    if due.empty:
        return Estimate.missing("no items with a due time were given", confidence=confidence)
    day = local_day(due["ended"], client.time_zone)
    counts = pd.DataFrame({"day": day, "in_time": (due["ended"] <= due["due"]).astype(float)}).groupby("day")["in_time"]
    sums = counts.agg(["sum", "size"]).reset_index()
    return ratio(
        sums["sum"].to_numpy(),
        sums["size"].to_numpy(),
        n_unit="days",
        strata=sums["day"].dt.day_of_week.to_numpy(),
        variance="serial",
        confidence=confidence,
    )


def backlog(
    items: pd.DataFrame, standards: Mapping[str, float], *, client: Client, confidence: float, draws: int, seed: int
) -> Estimate:
    """Estimate the mean work in hand when the last item of a working day is finished, in hours at standard time.

    Notes
    -----
    Sum over items with arrived <= that moment < ended of the standard time, averaged over days on which items were finished. Items that
    were still open at the end of the period are not in the log, so the last days (95 % of turnarounds) are left out. Weeks are resampled.
    """
    described = {"confidence": confidence, "unit": "h", "n_unit": "weeks"}
    known = items[items["arrived"].notna() & items["ended"].notna() & items["type"].isin(list(standards))]
    if known.empty:
        return Estimate.missing("no items with arrival, end and a standard time were given", **described)
    hours = known["type"].map(standards).to_numpy(dtype=float) / 3600
    begun, ended = (known[name].to_numpy(dtype="datetime64[us]").astype("int64") for name in ("arrived", "ended"))
    turnaround = float(np.quantile(ended - begun, _TURNAROUND))
    finished = local_day(known["ended"], client.time_zone)
    days = pd.Series(np.sort(finished.unique()))
    last = known["ended"].groupby(finished).max().reindex(days).to_numpy(dtype="datetime64[us]").astype("int64")
    kept = last + turnaround <= ended.max()
    if not kept.any():
        return Estimate.missing("items take as long as the period; their backlog cannot be seen", **described)
    held = _until(begun, hours, last[kept]) - _until(ended, hours, last[kept])
    kept_days = days[kept]
    week = kept_days - pd.to_timedelta(kept_days.dt.day_of_week, unit="D")
    sums = pd.DataFrame({"week": week.to_numpy(), "held": held, "days": 1.0}).groupby("week")[["held", "days"]].sum()
    if len(sums) < MINIMUM_CLUSTERS:
        words = f"only {len(sums)} weeks were observed; an interval needs at least {MINIMUM_CLUSTERS}; the daily figures lie between the limits"
        return Estimate.missing(words, low=float(held.min()), high=float(held.max()), n=len(sums), **described)
    return bootstrap(
        sums.to_numpy(),
        lambda t: t[..., 0] / t[..., 1],
        n_unit="weeks",
        seed=seed,
        draws=draws,
        confidence=confidence,
        unit="h",
    )


def _until(stamps: np.ndarray, hours: np.ndarray, moments: np.ndarray) -> np.ndarray:
    """Return the hours of all items stamped up to each moment."""
    order = np.argsort(stamps, kind="stable")
    total = np.concatenate([[0.0], np.cumsum(hours[order])])
    return total[np.searchsorted(stamps[order], moments, side="right")]


def error_rate(
    tables: Tables, people: People, *, confidence: float, draws: int, seed: int, minimum: int = MINIMUM_AGENTS
) -> Estimate:
    """Estimate errors per checked item, weeks (or the periods given) as clusters.

    Notes
    -----
    A share where no period holds more errors than checked items; else a rate of errors per item, periods resampled.
    """
    described = {"confidence": confidence, "n_unit": "periods"}
    sums = _checked(tables, people, "errors", minimum)
    if isinstance(sums, str):
        return Estimate.missing(sums, **described)
    if (sums["errors"] > sums["checked"]).any():
        per_item = lambda t: t[..., 0] / t[..., 1]  # noqa: E731 - several errors per item: a rate, not a share
        return bootstrap(sums.to_numpy(), per_item, n_unit="periods", seed=seed, draws=draws, confidence=confidence)
    return _by_period(sums, confidence)


def rework_rate(tables: Tables, people: People, *, confidence: float, minimum: int = MINIMUM_AGENTS) -> Estimate:
    """Estimate the share of checked items that had to be done again, weeks (or the periods given) as clusters.

    Parameters
    ----------
    tables
        Canonical tables; `quality` by team and period.
    people
        The population.
    confidence
        Level of the interval.
    minimum
        Smallest number of people of the checked teams.

    Returns
    -------
    Estimate
        reworked / checked. ``"insufficient"`` with words where no quality checks, or no counts of rework, were given for these teams, and
        where a period has more reworked than checked items: then rework was counted on other items than the checked ones.
    """
    described = {"confidence": confidence, "n_unit": "periods"}
    sums = _checked(tables, people, "reworked", minimum)
    if isinstance(sums, str):
        return Estimate.missing(sums, **described)
    over = int((sums["reworked"] > sums["checked"]).sum())
    if over:
        words = f"{over} of {len(sums)} periods have more reworked than checked items; ask which items the count of rework is about"
        return Estimate.missing(words, n=len(sums), **described)
    return _by_period(sums, confidence)


def _checked(tables: Tables, people: People, column: str, minimum: int) -> pd.DataFrame | str:
    """Return a count and the checked items by period, of the population's teams, or why there are none."""
    quality = table_of(tables, "quality")
    if quality is None:
        return "no quality checks were given"
    roster = latest(roster_of(tables))
    teams = (
        roster.loc[roster["agent"].isin(set(people.members["agent"].unique())), "team"]
        if "team" in roster
        else pd.Series(dtype="str")
    )
    mine = quality[quality["team"].isin(set(teams.dropna()))]
    if mine.empty:
        return "no quality checks of this population were given"
    rows = mine[mine[column].notna() & mine["checked"].notna()] if column in mine else mine.iloc[:0]
    if rows.empty:
        return f"the quality checks of this population hold no count of {_COUNTED[column]}"
    behind = roster["team"].isin(set(rows.loc[rows["checked"] > 0, "team"])) & roster["agent"].isin(
        set(people.members["agent"].unique())
    )
    if 0 < roster.loc[behind, "agent"].nunique() < minimum:
        return f"the checked teams hold fewer than {minimum} people"
    sums = rows.groupby("period_start")[[column, "checked"]].sum()
    return sums if float(sums["checked"].sum()) > 0 else "no item of this population was checked"


def _by_period(sums: pd.DataFrame, confidence: float) -> Estimate:
    """Return the first column over the second, periods in the order of time as clusters; neighbours may be alike."""
    sums = sums.sort_index()
    gaps = pd.Series(sums.index).diff().dt.days
    apart = float(gaps.median()) if len(sums) > 1 else 7.0
    return ratio(
        sums.iloc[:, 0].to_numpy(),
        sums.iloc[:, 1].to_numpy(),
        n_unit="periods",
        variance="serial",
        working_days=max(apart * 5 / 7, 1.0),
        confidence=confidence,
    )
