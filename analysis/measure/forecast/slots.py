"""Forecast contacts and handling time of the coming weeks by half hour, as joint draws and as intervals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.foundation.calendars import slots as real_slots
from analysis.foundation.settings import Period
from analysis.measure.forecast.daily import DayForecast, forecast_days
from analysis.measure.forecast.history import History, read_history, too_short, usable, weekdays
from analysis.measure.forecast.profile import Profile, fit_profile, totals

Floats = NDArray[np.float64]
Measure = Literal["offered", "handle_s"]

LONGEST_DAYS = 42
_GRID = np.linspace(-4.25, 4.25, 341)
COLUMNS = ["start", "day", "weekday", "slot_of_day_s", "value", "low80", "high80", "low95", "high95"]


@dataclass(frozen=True, slots=True, repr=False)
class Forecast:
    """The coming half hours.

    Attributes
    ----------
    measure
        ``"offered"`` (contacts per slot) or ``"handle_s"`` (mean handling time of a slot's answered contacts [s]).
    frame
        start (UTC), day (local date), weekday, slot_of_day_s, value (the middle of the expected rate or mean), low80, high80, low95, high95: one row per real slot in which the
        client is open; empty where nothing can be said.
    draws
        Joint draws, draws x rows; NaN where a draw of the handling time has no contact.
    status, reasons
        ``"ok"`` or ``"insufficient"`` and why, in words.
    notes
        What the history did not allow or what was set aside, in words.
    """

    measure: Measure
    frame: pd.DataFrame
    draws: Floats
    status: Literal["ok", "insufficient"] = "ok"
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Return the span and the total, or why there is none."""
        if self.status != "ok":
            return f"no forecast: {'; '.join(self.reasons)}"
        first, last = self.frame["day"].iloc[0], self.frame["day"].iloc[-1]
        return f"{self.measure}: {len(self.frame)} slots from {first:%Y-%m-%d} to {last:%Y-%m-%d}"


def forecast_slots(
    history: pd.DataFrame,
    *,
    horizon_days: int,
    zone: str,
    measure: Measure = "offered",
    first_day: dt.date | None = None,
    holidays: Collection[dt.date] = (),
    slot_s: int = 1800,
    draws: int = 1000,
    seed: int = 0,
) -> Forecast:
    """Forecast the slots of the coming days with intervals.

    Parameters
    ----------
    history
        One queue: day (local date), slot_of_day_s, offered, and for the handling time answered and handle_s (sum over the slot's contacts [s]).
        As :func:`analysis.measure.load.contact_slots` returns it.
    horizon_days
        Calendar days to forecast, 1 to 42.
    zone
        IANA zone of the days.
    measure
        What to forecast.
    first_day
        First day of the forecast; None for the day after the last of the history. Later days of the history are not used.
    holidays
        Days on which the client is closed, past and coming.
    slot_s
        Length of a slot [s].
    draws, seed
        Joint draws behind the intervals; the same seed gives the same draws.

    Returns
    -------
    Forecast
        Frame and draws; or, where the history is too short, the words why.

    Raises
    ------
    ValueError
        A horizon outside 1 to 42 days, or fewer than 100 draws.
    DataProblem
        The history lacks a column, or holds a slot twice.

    Notes
    -----
    Two levels: the day's total (:func:`analysis.measure.forecast.daily.forecast_days`) and its spread over slots
    (:func:`analysis.measure.forecast.profile.fit_profile`). A draw takes a set of variances, a path of days, a curve of slot errors, and the
    chance of single arrivals (Poisson): count ~ Poisson(exp(day) share exp(slot error)). Intervals are quantiles of the draws; the value is the median of
    the drawn rates, which a few extreme draws cannot move.

    Examples
    --------
    >>> days = np.repeat(pd.date_range("2026-03-02", periods=40, freq="B"), 4)
    >>> chance = np.random.default_rng(1).poisson(50, len(days))
    >>> history = pd.DataFrame({"day": days, "slot_of_day_s": np.tile([32400, 34200, 36000, 37800], 40), "offered": chance})
    >>> forecast_slots(history, horizon_days=7, zone="Europe/Amsterdam")
    offered: 20 slots from 2026-04-27 to 2026-05-01
    >>> forecast_slots(history.head(40), horizon_days=7, zone="Europe/Amsterdam")
    no forecast: no weekday was seen on 4 open days; four weeks of half-hourly counts are the least
    """
    if not 1 <= horizon_days <= LONGEST_DAYS:
        raise ValueError(f"horizon_days must be 1 to {LONGEST_DAYS}, got {horizon_days}")
    if draws < 100:
        raise ValueError(f"draws must be at least 100, got {draws}")
    read = read_history(history, zone=zone, slot_s=slot_s, holidays=holidays)
    if first_day is not None:
        read = read.before(np.datetime64(first_day, "D"))
    known = usable(read)
    why = too_short(known)
    if why:
        return _nothing(measure, why, known.left_out)
    first = np.datetime64(first_day, "D") if first_day is not None else known.days[-1] + 1
    frame = coming(known, first, horizon_days, zone=zone, holidays=holidays)
    if frame.empty:
        return _nothing(measure, "the client is closed on every day of the horizon", known.left_out)
    rng = np.random.default_rng(seed)
    middle, made, notes = volume_draws(known, frame, holidays=holidays, draws=draws, rng=rng)
    if measure == "handle_s":
        from analysis.measure.forecast.handling import handling_draws

        answer = handling_draws(known, frame, made, holidays=holidays, rng=rng)
        if isinstance(answer, str):
            return _nothing(measure, answer, known.left_out)
        middle, made, notes = answer
    return Forecast(measure, with_intervals(frame, middle, made), made, notes=(*known.left_out, *notes))


def _nothing(measure: Measure, why: str, notes: tuple[str, ...]) -> Forecast:
    empty = pd.DataFrame({name: pd.Series(dtype="float64") for name in COLUMNS})
    return Forecast(measure, empty, np.empty((0, 0)), "insufficient", (why,), notes)


def coming(
    history: History, first: np.datetime64, horizon_days: int, *, zone: str, holidays: Collection[dt.date]
) -> pd.DataFrame:
    """Return the real slots of the horizon in which the client will be open: start, day, weekday, slot_of_day_s."""
    last = first + (horizon_days - 1)
    slots = real_slots(Period(start=first.item(), end=last.item()), zone, slot_s=history.slot_s)
    slots = slots[~slots["day"].isin(pd.to_datetime(list(holidays)))]
    place = {int(slot): k for k, slot in enumerate(history.slots)}
    hours = {k: history.open_slots(k) for k in set(history.weekday.tolist())}
    is_open = [
        int(week) in hours and int(slot) in place and bool(hours[int(week)][place[int(slot)]])
        for week, slot in zip(slots["weekday"], slots["slot_of_day_s"], strict=True)
    ]
    found = slots[np.array(is_open, dtype=bool)].rename(columns={"slot_start": "start"})
    return found[["start", "day", "weekday", "slot_of_day_s"]].reset_index(drop=True)


def places(
    history: History, frame: pd.DataFrame
) -> tuple[NDArray[np.datetime64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the days of the frame, and which day and which slot of the history's each row is."""
    day = frame["day"].to_numpy().astype("M8[D]")
    days, which = np.unique(day, return_inverse=True)
    return days, which, np.searchsorted(history.slots, frame["slot_of_day_s"].to_numpy())


def volume_draws(
    history: History, frame: pd.DataFrame, *, holidays: Collection[dt.date], draws: int, rng: np.random.Generator
) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Return the middle of the drawn rates by row, joint draws of the counts, draws x rows, and notes."""
    total, _ = totals(history)
    days, which, slot = places(history, frame)
    law = forecast_days(np.log(total), 1 / total, history.days, days, holidays=holidays)
    profile = fit_profile(history)
    level = law.draw(rng, draws)
    expected = np.empty((draws, len(frame)))
    week = weekdays(days)
    for number in range(len(days)):
        rows = which == number
        curve = profile.at(int(week[number]), level[:, number]) * _curves(profile, int(week[number]), draws, rng)
        expected[:, rows] = np.exp(level[:, number, None]) * curve[:, slot[rows]]
    short = () if law.month else ("the history is too short for the days of the month; pay days are not foreseen",)
    counts = rng.poisson(np.minimum(expected, 1e9)).astype(float)
    return np.median(expected, axis=0), counts, (*set_aside(law), *short)


def expected(
    history: History, first: np.datetime64, horizon_days: int, *, zone: str, holidays: Collection[dt.date]
) -> pd.DataFrame:
    """Return the expected contacts of the coming slots alone: start, day, weekday, slot_of_day_s, value; empty where nothing can be said."""
    known = usable(history.before(first))
    frame = coming(known, first, horizon_days, zone=zone, holidays=holidays) if not too_short(known) else None
    if frame is None or frame.empty:
        return pd.DataFrame(columns=[*COLUMNS[:4], "value"])
    total, _ = totals(known)
    days, which, slot = places(known, frame)
    law = forecast_days(np.log(total), 1 / total, known.days, days, holidays=holidays)
    profile, mean = fit_profile(known), law.mean()
    share = np.concatenate(
        [profile.at(int(k), np.log(mean[[number]])) for number, k in enumerate(weekdays(days))], axis=0
    )
    return frame.assign(value=mean[which] * share[which, slot])


def _curves(profile: Profile, week: int, draws: int, rng: np.random.Generator) -> Floats:
    """Return drawn factors on the shares of a day: errors correlated along the day, with the tails that days show."""
    normal = rng.standard_normal((draws, len(profile.cv))) @ _square_root(profile.correlation).T
    if np.isfinite(profile.tails):
        # a normal copula with Student margins, read off a table
        normal = np.interp(normal, _GRID, stats.t.ppf(stats.norm.cdf(_GRID), profile.tails))
    own = rng.standard_normal((draws, len(profile.cv))) * profile.uncertain[week]
    error = normal * profile.cv + own
    return np.exp(error) / np.exp(error).mean(axis=0)


def _square_root(matrix: Floats) -> Floats:
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return vectors * np.sqrt(np.maximum(values, 0.0))


def set_aside(law: DayForecast) -> tuple[str, ...]:
    """Return which days the law set aside, in words."""
    notes = []
    if len(law.unlike):
        notes.append(f"{len(law.unlike)} days unlike all others count little (first: {law.unlike[0]})")
    if len(law.shifts):
        notes.append(f"the level has been another one since {law.shifts[0]}")
    return tuple(notes)


def with_intervals(frame: pd.DataFrame, middle: Floats, draws: Floats) -> pd.DataFrame:
    """Add the value and the quantiles of the draws to the rows; empty where no draw says anything."""
    empty = np.isnan(draws).all(axis=0)
    points = np.nanquantile(np.where(empty, 0.0, draws), [0.025, 0.1, 0.9, 0.975], axis=0)
    low95, low80, high80, high95 = np.where(empty, np.nan, points)
    found = frame.assign(value=np.where(empty, np.nan, middle), low80=low80, high80=high80, low95=low95, high95=high95)
    return found[COLUMNS]
