"""The level of days: a regression on weekday and calendar whose errors drift, persist, and differ from day to day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.stats import qmc

from analysis.measure.forecast.dates import LEAST_SPAN, SPREAD, Days, closed_effects, month_likeness
from analysis.measure.forecast.history import weekdays
from analysis.measure.forecast.whitening import whiten

Floats = NDArray[np.float64]

_POINTS = 128
_KEPT = 32
# Box of the standard deviations, as multiples of the spread left by weekdays alone: own to a day, mood of a day, step of the level per day, turn of the month.
_LOW = np.log([0.05, 0.05, 0.005, 0.05])
_HIGH = np.log([1.2, 1.5, 0.4, 1.5])
_MOST_RHO = 0.95
# Prior spread of the overall level, of weekdays and of a lasting shift, on the log scale.
_LEVEL, _WEEKDAY, _SHIFT = 2.0, 0.5, 0.5
# A day this many standard deviations from what all others say of it counts little. A step this many is tried as a shift, and is one where the
# evidence is e^3 times that of a level that only drifts.
_OUTLYING = 4.0
_STEP = 4.5
_STEP_DAYS = 5
_STEP_EVIDENCE = 3.0


@dataclass(frozen=True, slots=True)
class DayForecast:
    """Normal laws of the log level of the coming days, one per plausible set of variances.

    Attributes
    ----------
    weights
        How plausible each set is, K.
    means, covariances
        K x H and K x H x H.
    unlike
        Days of the history that are unlike all others and count little.
    shifts
        Days from which the level is another one for good.
    month
        Whether the place in the month was taken into account.
    """

    weights: Floats
    means: Floats
    covariances: Floats
    unlike: Days
    shifts: Days
    month: bool

    def mean(self) -> Floats:
        """Return the expected levels themselves (not their logarithms), H."""
        own = np.diagonal(self.covariances, axis1=1, axis2=2)
        return self.weights @ np.exp(np.minimum(self.means + own / 2, 700.0))

    def draw(self, rng: np.random.Generator, draws: int) -> Floats:
        """Return joint draws, draws x H."""
        which = rng.choice(len(self.weights), draws, p=self.weights)
        normal = rng.standard_normal((draws, self.means.shape[1]))
        roots = np.stack([_root(covariance) for covariance in self.covariances])
        return self.means[which] + np.einsum("dij,dj->di", roots[which], normal)


def forecast_days(
    level: Floats,
    noise: Floats,
    days: Days,
    ahead: Days,
    *,
    holidays: Collection[dt.date] = (),
) -> DayForecast:
    """Forecast the log level of days.

    Parameters
    ----------
    level
        Log level of the days of the history, T.
    noise
        Variance of each that is known beforehand (chance of single contacts), T.
    days, ahead
        Their dates, and those of the days to forecast.
    holidays
        Days on which the client is closed.

    Notes
    -----
    y_d = weekday + c' (calendar regressors) + shift + level_d + mood_d + month_d + e_d: level a random walk in calendar days, mood an AR(1) over open
    days, month a smooth function of the distance to the turn of the month, e_d independent. All effects have normal priors, so that the
    forecast is a linear prediction and carries their uncertainty; an effect never seen is not zero but as uncertain as its prior. The variances
    are averaged over by their likelihood (importance sampling from a low-discrepancy set, in two rounds), never plugged in. A day that the others
    contradict by more than 4 standard deviations counts little. A lasting step with five open days on either side becomes a shift where the evidence for it is
    e^3 times that of a level that only drifts.

    References
    ----------
    Harvey, Forecasting, structural time series models and the Kalman filter (1989), ch. 2 and 3. Ibrahim, Ye, L'Ecuyer, Shen, Modeling and
    forecasting call center arrivals: a literature survey and a case study, International Journal of Forecasting 32 (2016), 865-874.
    """
    parts = _Parts.of(days, ahead, holidays)
    spread = _left_by_weekdays(level, weekdays(days))
    noise = noise.copy()
    shifts = np.empty(0, dtype=days.dtype)
    points, weights, evidence = _weighed(parts, level, noise, spread)
    unlike = _unlike(parts, level, noise, points[int(np.argmax(weights))])
    if unlike.flags.any():
        noise[unlike.flags] += unlike.gaps[unlike.flags] ** 2
        points, weights, evidence = _weighed(parts, level, noise, spread)
    step = _likeliest_step(parts, level, noise, points[int(np.argmax(weights))])
    if step is not None:
        shifted = parts.with_shift(days[step])
        other = _weighed(shifted, level, noise, spread)
        if other[2] > evidence + _STEP_EVIDENCE:
            parts, shifts, (points, weights, _) = shifted, days[step : step + 1], other
    kept = np.argsort(-weights, kind="stable")[:_KEPT]
    means, covariances = _laws(parts, level, noise, points[kept])
    return DayForecast(
        weights[kept] / weights[kept].sum(),
        means,
        covariances,
        days[unlike.flags],
        shifts,
        parts.month.any(),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """The pieces of the covariance of all days, past (first T) and coming."""

    days: Days
    size: int
    fixed: Floats
    walk: Floats
    lag: NDArray[np.int64]
    month: Floats

    @classmethod
    def of(cls, days: Days, ahead: Days, holidays: Collection[dt.date]) -> _Parts:
        every = np.concatenate([days, ahead])
        week = weekdays(every)
        kinds = sorted(set(week.tolist()))
        effects = closed_effects(every, holidays, kinds) * np.array(SPREAD)
        same = week[:, None] == week[None]
        time = (every - every[0]).astype(float)
        mask = [k in kinds for k in range(7)]
        order = np.busday_count(every[0], every, weekmask=mask, holidays=[np.datetime64(day, "D") for day in holidays])
        long_enough = (days[-1] - days[0]).astype(int) >= LEAST_SPAN
        return cls(
            every,
            len(days),
            _LEVEL**2 + _WEEKDAY**2 * same + effects @ effects.T,
            np.minimum(time[:, None], time[None]),
            np.abs(order[:, None] - order[None]).astype(np.int64),
            month_likeness(every) if long_enough else np.zeros_like(same, dtype=float),
        )

    def with_shift(self, day: np.datetime64) -> _Parts:
        """Return the pieces with a lasting shift from a day on."""
        after = (self.days >= day).astype(float)
        fixed = self.fixed + _SHIFT**2 * np.outer(after, after)
        return _Parts(self.days, self.size, fixed, self.walk, self.lag, self.month)

    def covariance(self, point: Floats, rows: slice, columns: slice) -> Floats:
        """Return the covariance without what is a day's own; `point` may hold one set of variances or many (first axis)."""
        step, month = (point[..., k, None, None] for k in (2, 3))
        # powers once per distance, not once per pair of days
        powers = point[..., 1, None] ** 2 * point[..., 4, None] ** np.arange(self.lag.max() + 1)
        found = powers[..., self.lag[rows, columns]]
        found += self.fixed[rows, columns]
        found += step**2 * self.walk[rows, columns]
        if self.month.any():
            found += month**2 * self.month[rows, columns]
        return found

    def known(self, point: Floats, noise: Floats) -> Floats:
        """Return the covariance of the history."""
        past = slice(self.size)
        found = self.covariance(point, past, past)
        own = np.arange(self.size)
        found[..., own, own] += point[..., 0, None] ** 2 + noise
        return found


def _left_by_weekdays(level: Floats, week: NDArray[np.int64]) -> float:
    """Return the spread of days about the median of their weekday, robustly; never below one in a thousand."""
    left = np.concatenate([level[week == k] - np.median(level[week == k]) for k in set(week.tolist())])
    return max(float(1.4826 * np.median(np.abs(left))), 0.5 * float(left.std()), 1e-3)


def _weighed(parts: _Parts, level: Floats, noise: Floats, spread: float) -> tuple[Floats, Floats, float]:
    """Return sets of variances, their weights and the log evidence: a first round over the whole box, a second where the likelihood is."""
    first = stats.norm.ppf(_SOBOL)
    fit = _log_likelihood(parts, level, noise, _point(first, spread))
    weight = _normalised(fit)
    centre = weight @ first
    scatter = np.cov(first.T, aweights=weight, bias=True) + 0.15 * np.eye(first.shape[1])
    root = np.linalg.cholesky(1.3 * scatter)
    second = centre + first @ root.T
    fit = _log_likelihood(parts, level, noise, _point(second, spread))
    # prior over proposal, both normal
    ratio = -0.5 * (second**2).sum(axis=1) + 0.5 * (first**2).sum(axis=1)
    scale = float(np.log(np.diag(root)).sum())
    evidence = float(np.logaddexp.reduce(fit + ratio)) - np.log(len(first)) + scale
    return _point(second, spread), _normalised(fit + ratio), evidence


_SOBOL = qmc.Sobol(5, seed=20261122).random(_POINTS).clip(1e-6, 1 - 1e-6)


def _point(normal: Floats, spread: float) -> Floats:
    """Return standard deviations and the persistence of moods from standard normal coordinates."""
    share = stats.norm.cdf(normal)
    return np.column_stack([spread * np.exp(_LOW + share[:, :4] * (_HIGH - _LOW)), _MOST_RHO * share[:, 4]])


def _normalised(fit: Floats) -> Floats:
    weight = np.exp(fit - fit.max())
    return weight / weight.sum()


def _log_likelihood(parts: _Parts, level: Floats, noise: Floats, points: Floats) -> Floats:
    white, half = whiten(parts.known(points, noise), (level - level.mean())[None, :, None])
    return -0.5 * (white[..., 0] ** 2).sum(axis=1) - half


class _Unlike(NamedTuple):
    """Days that the others contradict, and each day less what all others say of it."""

    flags: NDArray[np.bool_]
    gaps: Floats


def _pulls(parts: _Parts, level: Floats, noise: Floats, point: Floats) -> tuple[Floats, Floats]:
    """Return the inverse covariance of the history and its product with the data."""
    half, _ = whiten(parts.known(point[None], noise), np.eye(parts.size)[None])
    inverse = half[0].T @ half[0]
    return inverse, inverse @ (level - level.mean())


def _unlike(parts: _Parts, level: Floats, noise: Floats, point: Floats) -> _Unlike:
    inverse, pull = _pulls(parts, level, noise, point)
    sharp = np.diag(inverse)
    return _Unlike(np.abs(pull) / np.sqrt(sharp) > _OUTLYING, pull / sharp)


def _likeliest_step(parts: _Parts, level: Floats, noise: Floats, point: Floats) -> int | None:
    """Return where the level steps for good if it hardly drifts otherwise; None where it steps nowhere."""
    ends = np.arange(_STEP_DAYS, parts.size - _STEP_DAYS)
    if not len(ends):
        return None
    still = point.copy()
    still[2] = min(still[2], 0.02 * still[0])
    inverse, pull = _pulls(parts, level, noise, still)
    after = (np.arange(parts.size)[None] >= ends[:, None]).astype(float)
    size = np.abs(after @ pull) / np.sqrt(((after @ inverse) * after).sum(axis=1))
    best = int(np.argmax(size))
    return int(ends[best]) if size[best] > _STEP else None


def _laws(parts: _Parts, level: Floats, noise: Floats, points: Floats) -> tuple[Floats, Floats]:
    """Return means and covariances of the coming days under each set of variances."""
    past, coming = slice(parts.size), slice(parts.size, None)
    across = parts.covariance(points, coming, past)
    centred = np.broadcast_to(level - level.mean(), (len(points), 1, parts.size))
    white, _ = whiten(parts.known(points, noise), np.concatenate([centred, across], axis=1).swapaxes(1, 2))
    known, seen = white[:, :, 0], white[:, :, 1:]
    covariances = parts.covariance(points, coming, coming) - np.einsum("kth,ktg->khg", seen, seen)
    own = np.arange(covariances.shape[1])
    covariances[:, own, own] += points[:, 0, None] ** 2
    return level.mean() + np.einsum("kth,kt->kh", seen, known), covariances


def _root(covariance: Floats) -> Floats:
    """Return a square root of a covariance that rounding may have left slightly indefinite."""
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    return vectors * np.sqrt(np.maximum(values, 0.0))
