"""The ceiling that due times and uneven volumes set in the back office: capacity that heavy days need stands idle on light ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.foundation.settings import Client
from analysis.utilization.due_days import Arrivals, Duty, arrivals_of, duty_of
from analysis.utilization.due_flow import WorkDays, ceilings
from analysis.utilization.resample import Resample
from analysis.utilization.volume_days import MOST_ALIKE, even_places, like_draws, neighbours, picked_days, traits_of

# days of a sequence, which starts with nothing waiting and must be long where backlogs are: for the point, and for each resample on the same chances
_POINT_DAYS = 12_000
_DRAW_DAYS = 1200
# resamples whose ceiling is computed; the others follow from their volumes
_COMPUTED = 250
# a resample's ceiling is looked for this near to the point, in so many steps
_NEAR, _NEAR_STEPS = 0.25, 4
# share of the bias of few days that is taken off: all of it would add as much chance as it takes bias away
_BIAS_TAKEN = 0.5
# fewer days than this are never taken to decide
_LEAST_DAYS = 6.0
# capacity above the work that is never gone below
_LEAST_SLACK = 0.002
# shares of work that falls due while nobody is at work: told from the first on, too many from the second on
HOPELESS_TOLD, _HOPELESS_MOST = 0.01, 0.5


@dataclass(frozen=True, slots=True)
class DeadlineCeiling:
    """What due times leave of workable time.

    Attributes
    ----------
    of_workable, draws
        Share of workable time, point and per joint draw; None where there is none, with `reason`.
    due_days
        Working days that work is given after the day it counts for, median by hours; 0 is the same day.
    daily_cv
        Coefficient of variation of a day's arriving work about its weekday.
    alike
        Correlation of neighbouring days' volumes.
    hopeless_share
        Share of work that falls due before anybody is at work after its arrival.
    reason
        Why there is no figure; empty otherwise.
    """

    of_workable: float | None
    draws: np.ndarray
    due_days: int
    daily_cv: float
    alike: float
    hopeless_share: float
    reason: str


def deadline_ceiling(
    items: pd.DataFrame,
    standards: Mapping[str, float],
    *,
    client: Client,
    days: Resample,
    target: float,
    seed: int,
    workable_h: pd.Series | None = None,
    slots: pd.DataFrame | None = None,
    slot_s: int = 1800,
    cut_off_h: float = 24.0,
) -> DeadlineCeiling:
    """Estimate which share of workable time can be filled if work arrives unevenly and must be done when due.

    Parameters
    ----------
    items
        arrived, due, ended and type of the population's items.
    standards
        Seconds per item and type.
    client
        Zone.
    days
        Joint resamples of days; work that arrives on other days counts on the next of them.
    target
        Share of work to be done when due.
    seed
        Seed of the simulated order of days.
    workable_h
        Hours in which clerks could work, one number for each of `days`; even if not given.
    slots
        weekday, slot_of_day_s, workable_agents of the population: capacity follows them over the day. Without them it is even over the hours in which items
        are finished.
    slot_s
        Length of a slot [s].
    cut_off_h
        Local hour after which arriving work counts as the next working day's.

    Notes
    -----
    Capacity of a slot = C x share of an average day's clerks; work flows through it first due first served
    (:func:`analysis.utilization.due_flow.ceilings`). C* is the smallest C at which `target` of the hours are done when due; ceiling = mean
    work / C*. Each simulated day takes a whole observed day of its weekday, so that hours of arrival, due times and staffing stay together; neighbouring days are
    alike as they were observed to be (normal copula with their lag-1 correlation, whose own error is in the draws).

    The draws hang on the joint resamples of days: for some of them the ceiling is computed, on the chances that the point was computed on; the others follow
    from a regression on the volumes that the resample drew, plus its residuals.

    References
    ----------
    Lindley, Proceedings of the Cambridge Philosophical Society 48 (1952), 277-289. docs/method/deadlines.md.
    """
    known = items[items["arrived"].notna() & items["due"].notna() & items["type"].isin(list(standards))]
    if len(known) < len(items) / 2 or known.empty:
        return no_ceiling("fewer than half of the items have an arrival, a due time and a standard time")
    able = np.ones(len(days.days)) if workable_h is None else workable_h.to_numpy(dtype=float)
    duty = duty_of(pd.Series(able, index=pd.DatetimeIndex(days.days)), slots, known, client=client, slot_s=slot_s)
    hours = known["type"].map(standards).to_numpy(dtype=float) / 3600
    found = arrivals_of(known, hours, duty, client=client, cut_off_h=cut_off_h)
    number = len(found.kept)
    if number < 2 * MINIMUM_CLUSTERS:
        return no_ceiling(f"only {number} days show all work that arrived on them; {2 * MINIMUM_CLUSTERS} are needed")
    if found.hopeless_share > _HOPELESS_MOST:
        return no_ceiling(
            f"{100 * found.hopeless_share:.0f} % of the work falls due before anybody is at work after its arrival, so no number of clerks keeps the due times"
        )
    return _answer(found, duty, days, target=target, seed=seed)


def _answer(found: Arrivals, duty: Duty, days: Resample, *, target: float, seed: int) -> DeadlineCeiling:
    """Return the ceiling and its joint draws."""
    work = found.work
    rng = np.random.default_rng([seed, 2])
    cv = _spread(work.hours, work.weekday)
    pressure = work.hours / np.maximum(work.staffing, 1e-6)
    alike, alike_error = neighbours(pressure, work.weekday)
    chance = rng.standard_normal(max(_POINT_DAYS, _DRAW_DAYS))
    once = np.ones((1, len(pressure)))
    point = float(_path_ceilings(work, once, _series(chance, np.array([alike])), target)[0])
    counts = days.counts[:, duty.columns[found.kept]]
    computed = min(_COMPUTED, len(counts))
    again = np.clip(alike + alike_error * rng.standard_normal(len(counts)), *MOST_ALIKE)
    near = (max(0.02, point - _NEAR), min(point + _NEAR, 1.0))
    draws = _path_ceilings(work, counts[:computed], _series(chance[:_DRAW_DAYS], again[:computed]), target, near)
    # the same chances and days, with nothing resampled and neighbours as alike as they were seen to be
    reference = float(_path_ceilings(work, once, _series(chance[:_DRAW_DAYS], np.array([alike])), target)[0])
    drawn = like_draws(traits_of(pressure, work.weekday, counts, again), draws, rng)
    # the variance of days that are alike by r is less certain, as if from fewer days: r^2 takes the place of r
    wider = days.few * float(np.sqrt((1 + alike**2) / (1 - alike**2))) * _for_few_heavy_days(drawn, counts)
    point, draws = _put_right(point, drawn, reference, wider)
    return DeadlineCeiling(point, draws, found.due_days, cv, alike, found.hopeless_share, "")


def _for_few_heavy_days(drawn: np.ndarray, counts: np.ndarray) -> float:
    """Return the factor on draws where some days decide: t at the effective number of days against t at all of them.

    Notes
    -----
    With f_d the slope of log slack on how often day d was drawn, the effective number is (sum f^2)^2 / sum f^4, as Satterthwaite's degrees of freedom are.
    """
    slack = np.log(np.maximum(1 - drawn, _LEAST_SLACK))
    spread = counts.var(axis=0)
    moving = spread > 0
    slope = (slack - slack.mean()) @ (counts - counts.mean(axis=0))[:, moving] / len(counts) / spread[moving]
    square = np.maximum(slope**2 - slack.var() / len(counts) / spread[moving], 0.0)
    if not (square > 0).any():
        return 1.0
    number = float(np.clip(square.sum() ** 2 / (square**2).sum(), _LEAST_DAYS, moving.sum()))
    return float(stats.t.ppf(0.975, number) / stats.t.ppf(0.975, moving.sum()))


def _put_right(point: float, drawn: np.ndarray, reference: float, wider: float) -> tuple[float, np.ndarray]:
    """Return the point and its draws with the bias of few days taken out.

    Parameters
    ----------
    point
        Ceiling of the observed days.
    drawn
        Ceilings of the resamples.
    reference
        Ceiling of the observed days over the same sequence as `drawn`.
    wider
        Factor on the distance of every draw from the point, for few days and days that are alike.

    Notes
    -----
    Some days are more even than all days: resamples show less slack 1 - ceiling than the days that they are drawn from, and those less than the truth.
    On the scale of log slack, where the error hardly depends on the slack, half of the difference is taken off: in simulated worlds this has the
    smallest bias of the ceiling, and an error as small as with none or all of it.
    """
    middle, start, seen = (np.log(np.maximum(1 - part, _LEAST_SLACK)) for part in (point, reference, drawn))
    centre = middle - _BIAS_TAKEN * (seen.mean() - start)
    moved = centre + wider * (seen - seen.mean())
    return float(np.clip(1 - np.exp(centre), 0.0, 1.0)), np.clip(1 - np.exp(moved), 0.0, 1.0)


def _series(chance: np.ndarray, alike: np.ndarray) -> np.ndarray:
    """Return normal numbers whose neighbours are correlated (rows: one correlation each), from one series of independent ones."""
    found = np.empty((len(alike), len(chance)))
    found[:, 0] = chance[0]
    fresh = np.sqrt(1 - alike**2)
    for day in range(1, len(chance)):
        found[:, day] = alike * found[:, day - 1] + fresh * chance[day]
    return found


def _path_ceilings(
    work: WorkDays, counts: np.ndarray, series: np.ndarray, target: float, near: tuple[float, float] | None = None
) -> np.ndarray:
    """Return the ceiling of each resample (rows of `counts`) over the sequence that its numbers (rows) pick from it; coarser where it is known to be near."""
    repeats = -(-series.shape[1] // len(work.weekday))
    pattern = np.tile(work.weekday, repeats)[: series.shape[1]]
    pressure = work.hours / np.maximum(work.staffing, 1e-6)
    picked = picked_days(pressure, work.weekday, counts, pattern, even_places(series, pattern))
    if near is None:
        return ceilings(work, picked, pattern, target=target)
    return ceilings(work, picked, pattern, target=target, between=near, steps=_NEAR_STEPS)


def _spread(hours: np.ndarray, weekday: np.ndarray) -> float:
    """Return the coefficient of variation of a day's work about its weekday."""
    level = pd.Series(hours).groupby(weekday).transform("mean").to_numpy()
    freedom = max(len(hours) - len(np.unique(weekday)), 1)
    return float(np.sqrt(((hours - level) ** 2).sum() / freedom) / max(hours.mean(), 1e-12))


def no_ceiling(reason: str) -> DeadlineCeiling:
    """Return no ceiling, with the reason."""
    return DeadlineCeiling(None, np.empty(0), 0, 0.0, 0.0, 0.0, reason)
