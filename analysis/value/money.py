"""Money from hours: benefits by what takes the hours up, costs, the ramp, and when it pays back; draw by draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.foundation.propagation import lognormal_between
from analysis.utilization import Utilization
from analysis.utilization.ramp import Phases, progress
from analysis.utilization.settings import UtilizationSettings
from analysis.value.balance import Balance
from analysis.value.settings import ValueSettings

QUANTILES = {"median": 0.5, "low80": 0.1, "high80": 0.9, "low": 0.025, "high": 0.975}
# learning is worked out at this many paces and read off between them
_PACES = 61


@dataclass(frozen=True, slots=True)
class Amounts:
    """Currency per week after the ramp, one number per draw; costs are negative."""

    overtime: np.ndarray
    outsourced: np.ndarray
    vacancies: np.ndarray
    left: np.ndarray
    running_cost: np.ndarray
    one_off: np.ndarray

    @property
    def benefit(self) -> np.ndarray:
        """What may turn into cash, before cost."""
        return self.overtime + self.outsourced + self.vacancies

    @property
    def cashable(self) -> np.ndarray:
        """What may turn into cash, less running cost."""
        return self.benefit + self.running_cost

    @property
    def combined(self) -> np.ndarray:
        """The same with the hours that are left, at what they cost."""
        return self.cashable + self.left


def amounts(
    hours: Balance,
    hour: np.ndarray,
    *,
    base_share: float,
    running: np.ndarray,
    one_off: np.ndarray,
    settings: ValueSettings,
) -> Amounts:
    """Turn the balance into money.

    Parameters
    ----------
    hours
        The balance.
    hour
        Cost of a paid hour of the back office, currency.
    base_share
        Hours of the base per paid hour.
    running, one_off
        Cost per week, and once, both positive.
    settings
        Overtime factor and price of bought hours.

    Notes
    -----
    An hour of overtime is an hour at work: cost x factor. A bought hour has its own price. An hour of the base of a vacancy, or one that is left, carries its share of absence and breaks:
    cost / `base_share`.
    """
    return Amounts(
        overtime=hours.overtime * hour * settings.overtime_factor,
        outsourced=hours.outsourced * settings.outsourced_per_h,
        vacancies=hours.vacancies * hour / base_share,
        left=hours.left * hour / base_share,
        running_cost=-running,
        one_off=one_off,
    )


def stated_cost(amount: float, score: np.ndarray, settings: ValueSettings) -> np.ndarray:
    """Return a stated cost at scores whose 10 and 90 % points are the normal ones: its median as stated, exceeded by `overrun_share` one time in ten."""
    if amount == 0:
        return np.zeros_like(score)
    factor = 1 + settings.overrun_share
    return lognormal_between(score, middle=amount, low=amount / factor, high=amount * factor)


@dataclass(frozen=True, slots=True)
class Areas:
    """How many full weeks of benefit the ramp has brought after 0, 1, ... weeks: array (pace, week), paces as logarithms of weeks."""

    paces: np.ndarray
    weeks: np.ndarray

    def after(self, week: int, log_pace: np.ndarray) -> np.ndarray:
        """Return the full weeks' worth up to the end of a week, by the logarithm of every draw's own pace."""
        return np.interp(log_pace, self.paces, self.weeks[:, week])


def areas(phases: Phases, pace: np.ndarray, *, horizon: int) -> Areas:
    """Work out the area under the ramp at paces that span the draws.

    Parameters
    ----------
    phases
        Crawl, walk and run.
    pace
        Time constants of learning drawn, weeks.
    horizon
        Weeks.
    """
    # paces beyond these are so rare that they are taken at the ends
    ends = np.log(np.quantile(pace, [0.0005, 0.9995]))
    grid = np.linspace(ends[0], ends[1], _PACES) if ends[1] > ends[0] else ends[:1]
    week = np.arange(horizon + 1)
    found = [progress(week, phases=phases, time_constant_weeks=float(np.exp(one)))[1] for one in grid]
    return Areas(grid, np.array(found))


def pace_draws(learning: UtilizationSettings, score: np.ndarray) -> np.ndarray:
    """Return the time constant of learning at such scores: one time in ten slower, and faster, by `learning_range`."""
    middle, factor = learning.learning_weeks, learning.learning_range
    return lognormal_between(score, middle=middle, low=middle / factor, high=middle * factor)


def phases_of(utilization: Utilization) -> Phases:
    """Return the phases of the back office's expected ramp; without a ramp those that were set."""
    chosen, ramp = utilization.settings, utilization.ramp
    mine = ramp[ramp["population"].eq("back_office") & ramp["by"].eq("population") & ramp["scenario"].eq("expected")]
    if mine.empty:
        return Phases(chosen.crawl_weeks, chosen.walk_weeks, chosen.ramp_weeks)
    return Phases(int(mine["phase"].eq("crawl").sum()), int(mine["phase"].eq("walk").sum()), len(mine))


@dataclass(frozen=True, slots=True)
class Course:
    """Net cash over the weeks.

    Attributes
    ----------
    quantiles
        Rows of week and QUANTILES.
    payback_weeks
        First week from whose end on net cash stays at or above zero, per draw; infinite where it does not within the horizon.
    above
        Share of the draws with more benefit than cost at the horizon.
    """

    quantiles: list[dict[str, float]]
    payback_weeks: np.ndarray
    above: float


def course(
    benefit: np.ndarray,
    after: Callable[[int], np.ndarray],
    *,
    running: np.ndarray,
    one_off: np.ndarray,
    horizon: int,
    spread: bool = True,
) -> Course:
    """Add up net cash week by week.

    Parameters
    ----------
    benefit
        Currency per week after the ramp, before cost.
    after
        Week -> full weeks' worth of benefit that the ramp has brought by its end, per draw.
    running, one_off
        Cost per week from the first one on, and at the start.
    horizon
        Weeks.
    spread
        Whether the quantiles of every week are wanted.

    Notes
    -----
    Benefits come with the area under the ramp, not with its end point; costs come at once. Nothing is discounted: within a year or two that is far inside the interval.
    """
    rows: list[dict[str, float]] = []
    last_below = np.full(len(benefit), -1.0)
    net = -one_off
    for week in range(horizon + 1):
        net = benefit * after(week) - running * week - one_off
        last_below = np.where(net < 0, week, last_below)
        if spread:
            rows.append({"week": week, **dict(zip(QUANTILES, np.quantile(net, list(QUANTILES.values())), strict=True))})
    payback = np.where(last_below >= horizon, np.inf, last_below + 1)
    return Course(rows, payback, float(np.mean(net > 0)))
