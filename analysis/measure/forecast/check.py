"""How far such forecasts would have been off: one origin after another, only with what was known then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.measure.forecast.history import History, read_history
from analysis.measure.forecast.slots import Measure, forecast_slots

METHODS = ("model", "seasonal_naive", "same_slot_mean")
_WEEKS = 8
ROWS = [
    *("origin", "day", "weekday", "slot_of_day_s", "actual", "value", "low80", "high80", "low95", "high95"),
    *("seasonal_naive", "same_slot_mean"),
]


@dataclass(frozen=True, slots=True, repr=False)
class RollingCheck:
    """Forecasts beside what came.

    Attributes
    ----------
    measure
        What was forecast.
    errors
        method (model, seasonal_naive: same weekday and slot last time; same_slot_mean: mean of its last eight), slots, absolute_error (mean),
        relative_to_model (its absolute error over the model's; above 1 the model is better), coverage80, coverage95, width80 (NaN for the simple ones).
    by_hour
        hour (local), slots, coverage80, coverage95, absolute_error of the model.
    rows
        One row per origin and slot: origin, day, weekday, slot_of_day_s, actual, value, low80, high80, low95, high95, seasonal_naive, same_slot_mean.
    origins
        First days of the forecasts judged.
    reasons
        Why there is nothing, in words; empty otherwise.
    """

    measure: Measure
    errors: pd.DataFrame
    by_hour: pd.DataFrame
    rows: pd.DataFrame
    origins: tuple[dt.date, ...]
    reasons: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Return the three errors in one line, or why there are none."""
        if self.reasons:
            return f"no check: {'; '.join(self.reasons)}"
        said = ", ".join(f"{row.method} {row.absolute_error:.3g}" for row in self.errors.itertuples())
        return f"mean absolute error over {len(self.origins)} origins: {said}; 80 % interval covers {self.errors['coverage80'].iloc[0]:.2f}"


def rolling_check(
    history: pd.DataFrame,
    *,
    origins: int | Sequence[dt.date],
    zone: str,
    measure: Measure = "offered",
    horizon_days: int = 7,
    holidays: Collection[dt.date] = (),
    slot_s: int = 1800,
    draws: int = 1000,
    seed: int = 0,
) -> RollingCheck:
    """Forecast again from earlier days and compare with what came, beside two simple forecasts.

    Parameters
    ----------
    history
        As for :func:`forecast_slots`.
    origins
        First days of the forecasts, or how many weekly ones to take, the last so that its horizon ends with the history. Origins before which
        nothing can be forecast are left out.
    zone, measure, horizon_days, holidays, slot_s, draws, seed
        As for :func:`forecast_slots`.

    Returns
    -------
    RollingCheck
        Slots count that all three methods forecast and that came.

    Raises
    ------
    ValueError
        No origin is asked for.

    Examples
    --------
    >>> days = np.repeat(pd.date_range("2026-03-02", periods=40, freq="B"), 4)
    >>> chance = np.random.default_rng(1).poisson(50, len(days))
    >>> history = pd.DataFrame({"day": days, "slot_of_day_s": np.tile([32400, 34200, 36000, 37800], 40), "offered": chance})
    >>> found = rolling_check(history, origins=3, zone="Europe/Amsterdam")
    >>> len(found.rows), bool(found.errors["absolute_error"].idxmin() == 0)
    (60, True)
    """
    read = read_history(history, zone=zone, slot_s=slot_s, holidays=holidays)
    firsts = _origins(read, origins, horizon_days)
    parts, reasons = [], []
    for number, first in enumerate(firsts):
        made = forecast_slots(
            history,
            horizon_days=horizon_days,
            zone=zone,
            measure=measure,
            first_day=first,
            holidays=holidays,
            slot_s=slot_s,
            draws=draws,
            seed=seed + number,
        )
        if made.status != "ok":
            reasons.append(made.reasons[0])
            continue
        parts.append(_beside(read, made.frame, first, measure))
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=ROWS)
    rows = rows.dropna(subset=["actual", "value", "seasonal_naive", "same_slot_mean"]).reset_index(drop=True)
    if rows.empty:
        why = reasons[-1] if reasons else "no origin leaves days before it and days after it"
        return RollingCheck(measure, _errors(rows), _by_hour(rows), rows, (), (f"before the last origin: {why}",))
    kept = tuple(dict.fromkeys(rows["origin"].dt.date))
    return RollingCheck(measure, _errors(rows), _by_hour(rows), rows, kept)


def _origins(history: History, origins: int | Sequence[dt.date], horizon_days: int) -> list[dt.date]:
    if not isinstance(origins, int):
        found = sorted(origins)
    else:
        if origins < 1:
            raise ValueError(f"origins must be at least 1, got {origins}")
        last = history.days[-1] - (horizon_days - 1) if len(history.days) else np.datetime64("1970-01-05", "D")
        found = [(last - 7 * back).item() for back in reversed(range(origins))]
    if not found:
        raise ValueError("origins must name at least one day")
    return found


def _values(history: History, measure: Measure) -> np.ndarray:
    if measure == "offered":
        return history.offered
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(history.answered > 0, history.handle_s / history.answered, np.nan)


def _beside(history: History, frame: pd.DataFrame, origin: dt.date, measure: Measure) -> pd.DataFrame:
    """Return the forecast with what came and with the two simple forecasts."""
    values, before = _values(history, measure), history.before(np.datetime64(origin, "D"))
    past = _values(before, measure)
    row_of = {day: k for k, day in enumerate(history.days)}
    simple = {week: _simple(past[before.weekday == week]) for week in set(before.weekday.tolist())}
    slot = np.searchsorted(history.slots, frame["slot_of_day_s"].to_numpy())
    days = frame["day"].to_numpy().astype("M8[D]")
    at = np.array([row_of.get(day, -1) for day in days])
    week = frame["weekday"].to_numpy()
    return frame.assign(
        origin=pd.Timestamp(origin),
        actual=np.where(at >= 0, values[at, slot], np.nan),
        seasonal_naive=[simple[int(w)][0][s] for w, s in zip(week, slot, strict=True)],
        same_slot_mean=[simple[int(w)][1][s] for w, s in zip(week, slot, strict=True)],
    )[ROWS]


def _simple(past: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the last known value and the mean of the last eight, slot by slot."""
    last, mean = np.full(past.shape[1], np.nan), np.full(past.shape[1], np.nan)
    for slot in range(past.shape[1]):
        known = past[~np.isnan(past[:, slot]), slot]
        if len(known):
            last[slot], mean[slot] = known[-1], known[-_WEEKS:].mean()
    return last, mean


def _errors(rows: pd.DataFrame) -> pd.DataFrame:
    columns = ["method", "slots", "absolute_error", "relative_to_model", "coverage80", "coverage95", "width80"]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    error = {name: float((rows["actual"] - rows[name]).abs().mean()) for name in ("value", *METHODS[1:])}
    of_model = error.pop("value")
    inside = {level: _inside(rows, level) for level in (80, 95)}
    width = float((rows["high80"] - rows["low80"]).mean())
    model = ("model", len(rows), of_model, 1.0, float(inside[80].mean()), float(inside[95].mean()), width)
    simple = [
        (name, len(rows), found, found / of_model if of_model > 0 else np.nan, np.nan, np.nan, np.nan)
        for name, found in error.items()
    ]
    return pd.DataFrame([model, *simple], columns=columns)


def _inside(rows: pd.DataFrame, level: int) -> pd.Series:
    return rows["actual"].between(rows[f"low{level}"], rows[f"high{level}"])


def _by_hour(rows: pd.DataFrame) -> pd.DataFrame:
    columns = ["hour", "slots", "coverage80", "coverage95", "absolute_error"]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    judged = pd.DataFrame(
        {
            "hour": rows["slot_of_day_s"] // 3600,
            "coverage80": _inside(rows, 80).astype(float),
            "coverage95": _inside(rows, 95).astype(float),
            "absolute_error": (rows["actual"] - rows["value"]).abs(),
        }
    )
    found = judged.groupby("hour", as_index=False).mean()
    return found.assign(slots=judged.groupby("hour").size().to_numpy())[columns]
