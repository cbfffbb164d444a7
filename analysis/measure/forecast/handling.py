"""The handling time of the coming half hours: level of days, shape of the day, and the chance of few contacts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import nnls

from analysis.measure.forecast.daily import forecast_days
from analysis.measure.forecast.history import History

Floats = NDArray[np.float64]

LEAST_ANSWERED = 200
# A day's mean of fewer contacts than this says nothing by itself.
_LEAST_A_DAY = 5


@dataclass(frozen=True, slots=True)
class Shape:
    """How the handling time differs within a day.

    Attributes
    ----------
    factor
        Of a slot to its day, S.
    uncertain
        Standard error of its log, S.
    single
        Squared coefficient of variation of single contacts.
    slot
        Squared coefficient of variation of a slot beyond that.
    """

    factor: Floats
    uncertain: Floats
    single: float
    slot: float


def handling_draws(
    history: History,
    frame: pd.DataFrame,
    counts: Floats,
    *,
    holidays: Collection[dt.date],
    rng: np.random.Generator,
) -> tuple[Floats, Floats, tuple[str, ...]] | str:
    """Return the middle of the drawn means by row, joint draws of a slot's mean handling time, draws x rows, and notes; or in words why there are none.

    Parameters
    ----------
    history
        With answered and handle_s.
    frame
        Rows to forecast.
    counts
        Draws of the contacts of the same rows: the mean of few contacts varies more.

    Notes
    -----
    log mean of day d = the law of :func:`analysis.measure.forecast.daily.forecast_days` with known noise single / answered; mean of a slot with n contacts =
    day x factor_s x Gamma(mean 1, variance slot + single / n). `single` and `slot` from non-negative least squares of squared errors of slot means on 1/n and 1.
    Handling times and contacts are drawn independently of one another.
    """
    answered, handle = np.nan_to_num(history.answered), history.handle_s
    answered = np.where(np.isnan(handle), 0.0, answered)
    handle = np.where(answered > 0, np.nan_to_num(handle), 0.0)
    if answered.sum() < LEAST_ANSWERED or handle.sum() <= 0:
        return f"handling times of {answered.sum():.0f} contacts are known, and a forecast needs {LEAST_ANSWERED}"
    told = (answered.sum(axis=1) >= _LEAST_A_DAY) & (handle.sum(axis=1) > 0)
    if told.sum() < 12:
        return f"handling times are known on {int(told.sum())} days, and a forecast needs 12"
    answered, handle, days = answered[told], handle[told], history.days[told]
    shape = fit_shape(answered, handle)
    from analysis.measure.forecast.slots import places, set_aside

    ahead, which, slot = places(history, frame)
    level = np.log(handle.sum(axis=1) / (answered @ shape.factor))
    law = forecast_days(level, shape.single / answered.sum(axis=1), days, ahead, holidays=holidays)
    path = law.draw(rng, len(counts))
    shared = shape.factor * np.exp(rng.standard_normal((len(counts), len(shape.factor))) * shape.uncertain)
    spread = np.maximum(shape.slot + shape.single / np.maximum(counts, 1.0), 1e-8)
    noise = rng.gamma(1 / spread, spread)
    means = np.exp(path[:, which]) * shared[:, slot]
    return np.median(means, axis=0), np.where(counts > 0, means * noise, np.nan), set_aside(law)


def fit_shape(answered: Floats, handle: Floats) -> Shape:
    """Fit the handling time's shape of the day and its spread.

    Parameters
    ----------
    answered, handle
        Contacts and their seconds, days x slots; zeros where nothing is known.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> n = np.full((40, 6), 50.0)
    >>> seconds = rng.gamma(50, 240.0, n.shape)      # single times exponential with a mean of 240 s
    >>> bool(0.8 < fit_shape(n, seconds).single < 1.2)
    True
    """
    by_slot = handle.sum(axis=0) / np.where(answered.sum(axis=0) > 0, answered.sum(axis=0), 1.0)
    raw = np.where(by_slot > 0, by_slot / (handle.sum() / answered.sum()), 1.0)
    seen = (answered > 0) & (handle > 0)
    expected = answered * raw * (handle.sum(axis=1) / np.maximum(answered @ raw, 1e-9))[:, None]
    # a slot is part of the day that it is compared with
    part = np.minimum(answered / np.maximum(answered.sum(axis=1, keepdims=True), 1.0), 0.9)
    error = np.where(seen, handle / np.where(seen, expected, 1.0) - 1, 0.0)[seen] / np.sqrt(1 - part[seen])
    count = answered[seen]
    # squared errors of means of few contacts scatter most, so they weigh least
    weight = 1 / (1 / count + 1 / np.median(count))
    columns = np.column_stack([1 / count, np.ones(len(count))])
    (single, slot), _ = nnls(columns * weight[:, None], np.minimum(error**2, 9.0) * weight)
    if single <= 0:
        single = float(np.average(error**2 * count))
        slot = 0.0
    chance = single / np.maximum(answered.sum(axis=0), 1.0) + slot / np.maximum((answered > 0).sum(axis=0), 1)
    away = np.log(raw)
    real = max(float(np.average(away**2 - chance, weights=answered.sum(axis=0))), 0.0)
    kept = real / (real + chance)
    return Shape(np.exp(kept * away), np.sqrt(kept * chance), float(single), float(slot))
