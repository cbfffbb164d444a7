"""Do people work differently because they are watched: the trend over the days of a study, and logs of observed against unobserved days."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import DataProblem
from analysis.measure.sampling.doubles import first_looks
from analysis.measure.sampling.estimates import local_days, need

UNDER_OBSERVATION = (
    "The figure describes work under observation: whether people work differently unobserved is not known."
)
_LOG_COLUMNS = ("agent", "day", "base_us", "work_us", "observed")


@dataclass(frozen=True, slots=True)
class Reactivity:
    """What being observed does to work, as far as the data can tell.

    Attributes
    ----------
    trend
        Change of the share of looks from the first day of the study to the last, by a straight line (difference of shares).
    wash_in
        Share on the first days less the share on the rest (difference of shares).
    wash_in_days
        How many first days were set against the rest.
    effect
        Share of work in the log on observed person-days less that on unobserved ones, person and day effects taken out (difference of shares).
    design
        ``"difference_in_differences"`` (persons and days compared), ``"between_days"`` (everybody was observed on the same days), or
        ``"none"``.
    sentence
        What to tell the reader.
    """

    trend: Estimate
    wash_in: Estimate
    wash_in_days: int
    effect: Estimate
    design: Literal["difference_in_differences", "between_days", "none"]
    sentence: str

    def __repr__(self) -> str:
        """Return the sentence."""
        return self.sentence


def reactivity(
    observations: pd.DataFrame,
    *,
    state: str | Sequence[str],
    log: pd.DataFrame | None = None,
    wash_in_days: int = 3,
    confidence: float = 0.95,
    zone: str = "UTC",
) -> Reactivity:
    """Look for signs that people worked differently because they were observed.

    Parameters
    ----------
    observations
        One row per look: `state`, `observed_at`.
    state
        Ladder word, or several that count together.
    log
        Person-days: agent, day, base_us (paid time less absence and breaks), work_us (time at work by the log) and observed (whether the person
        was observed that day), with observed and unobserved rows. None when there is no log.
    wash_in_days
        First days of the study that are set against the rest [days].
    confidence
        Level of the intervals.
    zone
        Time zone in which a day begins.

    Returns
    -------
    Reactivity
        `trend` and `wash_in` ``"insufficient"`` below 6 days of study, `effect` without a log or below 6 observed or 6 unobserved days.

    Raises
    ------
    DataProblem
        A needed column is absent or has empty cells.
    ValueError
        `wash_in_days` is below 1.

    Notes
    -----
    Days are the units throughout: daily shares p_d, weighted by their looks, regressed on the day number (divided by the study's length) or on
    "first days". Log: y = work / base per person-day, weighted by base, on observed with fixed effects of persons and days; error summed
    within days, G / (G - 1), t with G - 1 degrees of freedom for the G days that hold both kinds of person-days. When everybody is
    observed on the same days, weekday effects stand for day effects, and all else that changed on those days counts too.
    A trend shows habituation only when nothing else changed; no trend is no proof that nobody minded being watched.

    References
    ----------
    Roethlisberger & Dickson, Management and the Worker, 1939. Leonard & Masatu, Social Science & Medicine 63 (2006), 2330-2340. Bertrand,
    Duflo & Mullainathan, Quarterly Journal of Economics 119 (2004), 249-275.

    Examples
    --------
    >>> days = pd.date_range("2026-03-02", periods=12, tz="UTC").repeat(10)
    >>> looks = pd.DataFrame({"observed_at": days, "state": (["IDLE"] * 3 + ["WORK"] * 7 + ["IDLE"] * 4 + ["WORK"] * 6) * 6})
    >>> reactivity(looks, state="IDLE")
    No sign that the first days differ from the rest. The figure describes work under observation: whether people work differently unobserved is not known.
    """
    if wash_in_days < 1:
        raise ValueError(f"wash_in_days must be 1 or more, got {wash_in_days}")
    need(observations, "state")
    trend, wash_in = _over_days(observations, state, zone, wash_in_days, confidence)
    effect, design = _effect(log, confidence)
    return Reactivity(trend, wash_in, wash_in_days, effect, design, _sentence(wash_in, wash_in_days, effect, design))


def _over_days(
    observations: pd.DataFrame, state: str | Sequence[str], zone: str, first: int, confidence: float
) -> tuple[Estimate, Estimate]:
    """Return the trend over the study, and the first days against the rest."""
    looks = first_looks(observations).looks
    hit = looks["state"].isin([state] if isinstance(state, str) else list(state))
    daily = hit.groupby(local_days(looks, zone)).agg(["sum", "size"])
    d = len(daily)
    described = {"unit": "difference_of_shares", "n": d, "n_unit": "days", "confidence": confidence, "grade": "B"}
    if d < MINIMUM_CLUSTERS or first > d - 2:
        words = f"only {d} days were observed; a trend needs at least {max(MINIMUM_CLUSTERS, first + 2)}"
        return Estimate.missing(words, **described), Estimate.missing(words, **described)
    share, weight = (daily["sum"] / daily["size"]).to_numpy(), daily["size"].to_numpy(dtype=float)
    number = (daily.index - daily.index[0]).days.to_numpy(dtype=float)
    lines = (number / number[-1], (np.arange(d) < first).astype(float))
    trend, wash_in = (_slope(share, line, weight, described) for line in lines)
    return trend, wash_in


def _slope(y: np.ndarray, x: np.ndarray, weight: np.ndarray, described: dict[str, object]) -> Estimate:
    """Return the weighted least squares slope of daily shares, days with one variance for a given number of looks."""
    mean_x, mean_y = np.average(x, weights=weight), np.average(y, weights=weight)
    spread = float((weight * (x - mean_x) ** 2).sum())
    slope = float((weight * (x - mean_x) * (y - mean_y)).sum()) / spread
    rest = y - mean_y - slope * (x - mean_x)
    freedom = len(y) - 2
    error = math.sqrt(float((weight * rest**2).sum()) / freedom / spread)
    return _t_interval(slope, error, freedom, {**described, "method": "daily shares, weighted least squares"})


def _t_interval(value: float, error: float, freedom: int, described: dict[str, object]) -> Estimate:
    confidence = float(str(described["confidence"]))
    step = float(stats.t.ppf(0.5 + confidence / 2, freedom)) * error
    return Estimate(value, value - step, value + step, **described)


def _effect(
    log: pd.DataFrame | None, confidence: float
) -> tuple[Estimate, Literal["difference_in_differences", "between_days", "none"]]:
    """Return the effect of being observed on work in the log."""
    described = {"unit": "difference_of_shares", "confidence": confidence, "grade": "A", "n_unit": "days"}
    if log is None:
        return Estimate.missing("there is no log to set observed days against", **described), "none"
    for column in _LOG_COLUMNS:
        if column not in log or log[column].isna().any():
            raise DataProblem(
                f"log: the column {column} is absent or has empty cells. Give every person-day with its {column}."
            )
    rows = log[log["base_us"] > 0].reset_index(drop=True)
    seen = rows["observed"].astype(bool).to_numpy()
    by_day = pd.Series(seen).groupby(rows["day"].to_numpy()).agg(["any", "all"])
    mixed = int((by_day["any"] & ~by_day["all"]).sum())
    watched, unwatched = int(by_day["any"].sum()), int((~by_day["all"]).sum())
    if min(watched, unwatched) < MINIMUM_CLUSTERS:
        words = f"{watched} days with observed and {unwatched} with unobserved people are too few to compare; {MINIMUM_CLUSTERS} of each are needed"
        return Estimate.missing(words, **described), "none"
    within = mixed >= MINIMUM_CLUSTERS
    days = pd.factorize(rows["day"])[0]
    shared = days if within else pd.factorize(pd.to_datetime(rows["day"]).dt.day_of_week)[0]
    effects = [pd.factorize(rows["agent"])[0], shared]
    weight = rows["base_us"].to_numpy(dtype=float) / 3.6e9
    y = rows["work_us"].to_numpy(dtype=float) / rows["base_us"].to_numpy(dtype=float)
    x = _without_effects(seen.astype(float), effects, weight)
    spread = float((weight * x**2).sum())
    if spread < 1e-9 * weight.sum():
        words = "the same people were observed throughout and others never, so being observed cannot be told from who they are"
        return Estimate.missing(words, **described), "none"
    slope = float((weight * x * y).sum()) / spread
    rest = _without_effects(y - slope * seen, effects, weight)
    sums = np.bincount(days, weights=weight * x * rest)
    g = mixed if within else len(sums)
    error = math.sqrt(g / (g - 1) * float((sums**2).sum())) / spread
    method = "person and day effects, days clustered" if within else "person and weekday effects, days clustered"
    found = _t_interval(slope, error, g - 1, {**described, "n": g, "method": method})
    return found, "difference_in_differences" if within else "between_days"


def _without_effects(values: np.ndarray, effects: Sequence[np.ndarray], weight: np.ndarray) -> np.ndarray:
    """Return what is left of values after weighted means of both effects are taken out in turn until nothing moves."""
    left = values.astype(float).copy()
    sizes = [np.bincount(codes, weights=weight) for codes in effects]
    for _ in range(1000):
        before = left.copy()
        for codes, size in zip(effects, sizes, strict=True):
            left -= (np.bincount(codes, weights=weight * left) / size)[codes]
        if np.abs(left - before).max() < 1e-12:
            break
    return left


def _sentence(wash_in: Estimate, first: int, effect: Estimate, design: str) -> str:
    """Return what to tell the reader."""
    parts = []
    if wash_in.value is not None:
        parts.append(
            f"The first {first} days read {_points(wash_in)} than the rest: consider leaving them out as wash-in."
            if _clear(wash_in)
            else "No sign that the first days differ from the rest."
        )
    if effect.value is None:
        return " ".join([*parts, UNDER_OBSERVATION])
    if _clear(effect):
        words = f"By the log people worked {_points(effect)} on days when they were observed, so the sampled shares describe observed days."
    else:
        words = f"By the log work on observed days differs from that on others by {_range(effect)} points: no clear effect of being observed."
    other = " All else that changed on those days counts too." if design == "between_days" else ""
    return " ".join([*parts, words + other])


def _clear(found: Estimate) -> bool:
    return found.low is not None and found.high is not None and (found.low > 0 or found.high < 0)


def _points(found: Estimate) -> str:
    value = 100 * (found.value or 0.0)
    return f"{abs(value):.0f} points {'more' if value > 0 else 'less'} ({_range(found)})"


def _range(found: Estimate) -> str:
    return f"{100 * (found.low or 0.0):+.0f} to {100 * (found.high or 0.0):+.0f}"
