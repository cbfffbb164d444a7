"""The ceiling that due times and uneven volumes set in the back office: capacity that heavy days need stands idle on light ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation.calendars import local_day
from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.foundation.settings import Client
from analysis.utilization.resample import Resample

# simulated days per sequence, and sequences; a working year and a half shows rare runs of heavy days
_PATH_DAYS = 375
_WORLDS = 200
_STEPS = 22
# items that were not finished in the period are not in the log; days closer to its end than this share of turnarounds are left out
_TURNAROUND = 0.95
_MOST_OF_MEAN = 6.0


@dataclass(frozen=True, slots=True)
class DeadlineCeiling:
    """What due times leave of workable time.

    Attributes
    ----------
    of_workable, draws
        Share of workable time, point and per joint draw; None where there is none, with `reason`.
    due_days
        Working days that work is given, median by hours.
    daily_cv
        Coefficient of variation of a day's arriving work about its weekday.
    reason
        Why there is no figure; empty otherwise.
    """

    of_workable: float | None
    draws: np.ndarray
    due_days: int
    daily_cv: float
    reason: str


def deadline_ceiling(
    items: pd.DataFrame, standards: Mapping[str, float], *, client: Client, days: Resample, target: float, seed: int
) -> DeadlineCeiling:
    """Estimate which share of workable time can be filled if work arrives unevenly and must be done when due.

    Parameters
    ----------
    items
        arrived, due and type of the population's items.
    standards
        Seconds per item and type.
    client
        Zone.
    days
        Joint resamples of days; work that arrives on other days counts on the next of them.
    target
        Share of work to be done when due.
    seed
        Seed of the simulated order of weeks.

    Notes
    -----
    With W_d the hours that arrive on day d and a capacity C a day, the backlog is B_d = max(0, B_{d-1} + W_d - C) and the last hour of
    day d is done B_d / C days later. C* is the smallest capacity at which `target` of the hours are done within the due days; ceiling =
    mean W / C*, over long sequences in which every weekday's work is drawn from the observed days of its kind. It takes the capacity as even
    from day to day and work as done in order of arrival.

    References
    ----------
    Lindley, Proceedings of the Cambridge Philosophical Society 48 (1952), 277-289.
    """
    known = items[items["arrived"].notna() & items["due"].notna() & items["type"].isin(list(standards))]
    if len(known) < len(items) / 2 or known.empty:
        return _none("fewer than half of the items have an arrival, a due time and a standard time")
    dates = pd.DatetimeIndex(days.days)
    hours = known["type"].map(standards).to_numpy(dtype=float) / 3600
    arrived, due = (pd.DatetimeIndex(local_day(known[name], client.time_zone)) for name in ("arrived", "due"))
    day = np.searchsorted(dates, arrived)
    inside = day < len(dates)
    work = np.bincount(day[inside], weights=hours[inside], minlength=len(dates))
    due_days = _due_days(arrived, due, day, dates, hours)
    if due_days < 1:
        return _none(
            "most work is due on the day it arrives; that needs arrivals by the hour and a simulation of the day"
        )
    first, last = _whole_days(known, day, dates)
    if last - first < 2 * MINIMUM_CLUSTERS:
        return _none(f"only {max(last - first, 0)} days show all work that arrived on them")
    work, dates = work[first:last], dates[first:last]
    weekday = np.asarray(dates.day_of_week)
    mean = pd.Series(work).groupby(weekday).transform("mean").to_numpy()
    cv = float(np.std(work - mean, ddof=1) / max(work.mean(), 1e-12))
    rng = np.random.default_rng(seed)
    point = float(np.median(_ceiling(_paths(work, weekday, _WORLDS, rng), due_days, target)))
    again = np.stack([_resampled(work, weekday, rng) for _ in range(_WORLDS)])
    drawn = _ceiling(_paths(again, weekday, _WORLDS, rng), due_days, target)
    # resampled days are a little too even; the draws tell the spread, the point stands
    centred = np.resize(drawn - drawn.mean() + point, len(days.today_draws))
    draws = np.clip(days.widened(point, centred), 0.0, 1.0)
    return DeadlineCeiling(point, draws, due_days, cv, "")


def _due_days(
    arrived: pd.DatetimeIndex, due: pd.DatetimeIndex, day: np.ndarray, dates: pd.DatetimeIndex, hours: np.ndarray
) -> int:
    """Return the working days that work is given after the day it arrives: the median by hours."""
    last = np.searchsorted(dates, due, side="right") - 1
    # due after the period: its working days are not listed, so calendar days are turned into working days
    per_day = len(dates) / ((dates[-1] - dates[0]).days + 1)
    later = np.floor(np.asarray((due - arrived).days, dtype=float) * per_day)
    given = np.where(due <= dates[-1], last - day, later)
    order = np.argsort(given, kind="stable")
    middle = int(np.searchsorted(np.cumsum(hours[order]), hours.sum() / 2))
    return int(given[order][min(middle, len(order) - 1)])


def _whole_days(items: pd.DataFrame, day: np.ndarray, dates: pd.DatetimeIndex) -> tuple[int, int]:
    """Return the range of days whose arrivals are all in the log: not the first, which holds older work, nor the last ones."""
    ended = items["ended"].notna().to_numpy()
    took = (items["ended"] - items["arrived"]).dt.total_seconds().to_numpy()[ended] / 86_400
    late = float(np.quantile(took, _TURNAROUND)) if len(took) else 0.0
    return 1, int((dates <= dates[-1] - pd.Timedelta(days=late)).sum())


def _resampled(work: np.ndarray, weekday: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return days of work in which each weekday's are drawn again from those of its kind."""
    found = np.empty_like(work)
    for kind in np.unique(weekday):
        at = np.flatnonzero(weekday == kind)
        found[at] = work[rng.choice(at, size=len(at))]
    return found


def _paths(work: np.ndarray, weekday: np.ndarray, number: int, rng: np.random.Generator) -> np.ndarray:
    """Return long sequences of days, each weekday's work drawn from the days of its kind; from one set of days, or a set for each."""
    sets = np.broadcast_to(work, (number, len(weekday)))
    repeats = -(-_PATH_DAYS // len(weekday))
    pattern = np.tile(weekday, repeats)
    found = np.empty((number, len(pattern)))
    for kind in np.unique(weekday):
        at, pool = np.flatnonzero(pattern == kind), np.flatnonzero(weekday == kind)
        picked = pool[rng.integers(len(pool), size=(number, len(at)))]
        found[:, at] = np.take_along_axis(sets, picked, axis=1)
    return found


def _ceiling(work: np.ndarray, due_days: int, target: float) -> np.ndarray:
    """Return mean work / smallest sufficient capacity for each sequence (rows) by bisection."""
    mean = np.maximum(work.mean(axis=1), 1e-12)
    low, high = mean.copy(), _MOST_OF_MEAN * mean
    for _ in range(_STEPS):
        middle = (low + high) / 2
        enough = _done_in_time(work, middle, due_days) >= target
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return mean / high


def _done_in_time(work: np.ndarray, capacity: np.ndarray, due_days: int) -> np.ndarray:
    """Return the share of arriving hours that is done within the due days at a capacity a day."""
    backlog, on_time = np.zeros(len(work)), np.zeros(len(work))
    for day in range(work.shape[1]):
        arriving = work[:, day]
        # what fits into today and the due days after what is already there
        room = np.maximum(0.0, capacity * (due_days + 1) - backlog)
        on_time += np.minimum(arriving, room)
        backlog = np.maximum(0.0, backlog + arriving - capacity)
    return on_time / np.maximum(work.sum(axis=1), 1e-12)


def _none(reason: str) -> DeadlineCeiling:
    """Return no ceiling, with the reason."""
    return DeadlineCeiling(None, np.empty(0), 0, 0.0, reason)
