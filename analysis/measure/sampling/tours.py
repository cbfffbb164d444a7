"""When to walk: times of tours drawn at random, where each begins, and which a second observer joins."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

MINUTE_S = 60
DAY_MINUTES = 1440
# Tours that a second observer joins: at least this share (methods of observer agreement ask for one in twenty).
SECOND_SHARE = 0.05
TOUR_COLUMNS = ("round", "date", "time", "stratum", "start_at", "route", "second_observer")


def plan_tours(
    days: Sequence[object],
    *,
    start_s: float,
    end_s: float,
    rounds_per_day: int,
    seed: int,
    method: Literal["stratified", "random"] = "stratified",
    breaks: Sequence[tuple[float, float]] = (),
    spacing_s: float = 900.0,
    routes: Sequence[str] = (),
    zone: str | None = None,
    second_share: float = SECOND_SHARE,
    second_tours: int = 0,
) -> pd.DataFrame:
    """Draw the times of tours so that every minute of the sampled time is as likely as every other.

    Parameters
    ----------
    days
        Local dates on which tours are made.
    start_s, end_s
        First and last moment of the sampled time, on the wall clock [s after midnight of the date]; more than 86,400 is the next day.
    rounds_per_day
        Tours a day.
    seed
        Seed of everything that is drawn; the same seed gives the same tours.
    method
        ``"stratified"``: one tour in each of as many equal parts of the day; ``"random"``: anywhere.
    breaks
        Stretches that are left out on purpose, (first, last) [s after midnight]. Leave them empty unless nobody can be seen then: a break in which
        people are looked at is told apart by the observer, one that is left out by the clock hides whoever takes it at another time.
    spacing_s
        Least time between two tours of a day [s].
    routes
        Teams or places that every tour passes, in the order of the walk.
    zone
        Time zone (IANA), for days on which clocks change: minutes that do not exist, or that the clock shows twice, get no tour.
    second_share
        Least share of tours that a second observer joins.
    second_tours
        Least number of them, such as follows from :func:`second_looks`.

    Returns
    -------
    pandas.DataFrame
        One row a tour, in order of time: round (``"R001"``, numbered through), date (midnight, local), time (``"09:42"``, local), stratum (1 to
        `rounds_per_day`; 0 for ``"random"``), start_at and route (None without `routes`), second_observer.

    Raises
    ------
    ValueError
        Tours do not fit into the day, or a number is outside its range.

    Notes
    -----
    Fixed intervals see what happens at fixed times (breaks, post, hand-overs) always or never. Stratified tours lie uniformly in their part of the
    day; where one would come closer to the tour before than `spacing_s`, it is mirrored within its part, and so is its opposite far from it, so that spacing
    costs no minute any of its chance. Random tours are spread by equal parts of the spare time around a circle whose beginning is drawn, for the same
    reason. Each team comes first in equally many tours, as near as can be, in random order, and the walk goes either way round by chance. Second observers
    join one tour drawn from each of as many equal runs of tours, so that the whole period is checked.

    References
    ----------
    Barnes, Motion and Time Study, 7th ed. 1980, work sampling. Cochran, Sampling Techniques, 3rd ed. 1977, sections 5.1 and 8.6 (what is periodic defeats
    systematic samples).

    Examples
    --------
    >>> tours = plan_tours(["2026-03-02", "2026-03-03"], start_s=9 * 3600, end_s=17 * 3600, rounds_per_day=4, seed=1, routes=("North", "South"))
    >>> tours[["round", "date", "stratum"]].iloc[[0, -1]].to_numpy().tolist() == [["R001", pd.Timestamp("2026-03-02"), 1], ["R008", pd.Timestamp("2026-03-03"), 4]]
    True
    >>> int(tours["second_observer"].sum())
    1
    """
    dates = _dates(days)
    if rounds_per_day < 1 or not 0 <= second_share <= 1 or second_tours < 0 or spacing_s < 0:
        raise ValueError(
            "rounds_per_day must be 1 or more, spacing_s and second_tours 0 or more, second_share between 0 and 1"
        )
    if method not in ("stratified", "random"):
        raise ValueError(f"method must be stratified or random, got {method}")
    rng = np.random.default_rng(seed)
    draw = _stratified if method == "stratified" else _spread
    gap = math.ceil(spacing_s / MINUTE_S)
    found = []
    for date in dates:
        minutes = _minutes(date, start_s, end_s, breaks, zone)
        _fits(len(minutes), rounds_per_day, gap, method)
        found.append(minutes[draw(len(minutes), rounds_per_day, gap, rng)])
    at = pd.DatetimeIndex(np.concatenate(found)) if found else pd.DatetimeIndex([])
    number = np.arange(len(at))
    digits = max(3, len(str(len(at))))
    frame = pd.DataFrame(
        {
            "round": [f"R{one + 1:0{digits}d}" for one in number],
            "date": at.normalize().astype("datetime64[us]"),
            "time": at.strftime("%H:%M"),
            "stratum": number % rounds_per_day + 1 if method == "stratified" else 0,
            **_routes(len(at), tuple(routes), rng),
            "second_observer": _second(len(at), max(second_tours, math.ceil(second_share * len(at))), rng),
        }
    )
    return frame[list(TOUR_COLUMNS)]


def _dates(days: Sequence[object]) -> list[pd.Timestamp]:
    """Return the days in order, each once."""
    dates = sorted(pd.Timestamp(day).normalize().tz_localize(None) for day in days)  # pyright: ignore[reportArgumentType]
    if len(set(dates)) != len(dates):
        raise ValueError("days must differ from one another")
    return dates


def _minutes(
    date: pd.Timestamp, start_s: float, end_s: float, breaks: Sequence[tuple[float, float]], zone: str | None
) -> np.ndarray:
    """Return the minutes in which a tour of this day may begin, on the wall clock and in the order in which they pass."""
    first, last = math.ceil(start_s / MINUTE_S), math.floor(end_s / MINUTE_S)
    if not 0 <= first < last or last - first > DAY_MINUTES:
        raise ValueError("start_s must be 0 or more and end_s after it, a day later at most")
    minute = np.arange(first, last)
    for begin, end in breaks:
        if not begin < end:
            raise ValueError("a break must end after it begins")
        # a night's window reaches past midnight, and a break may be told by either day's clock
        within = (minute * MINUTE_S >= begin) & (minute * MINUTE_S < end)
        after = (minute - DAY_MINUTES) * MINUTE_S
        minute = minute[~(within | ((after >= begin) & (after < end)))]
    clock = date + pd.to_timedelta(minute, unit="min")
    if zone is not None:
        there = pd.DatetimeIndex(clock).tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
        clock = pd.DatetimeIndex(clock)[~there.isna()]
    return np.asarray(clock, dtype="datetime64[us]")


def _fits(minutes: int, rounds: int, gap: int, method: str) -> None:
    """Refuse more tours than the day holds at that spacing."""
    most = minutes / rounds / (2 if method == "stratified" else 1)
    if gap > most:
        raise ValueError(
            f"{rounds} tours at least {gap} min apart do not fit into {minutes} min a day"
            + (" when each has a part of the day to itself" if method == "stratified" else "")
            + f". Draw fewer tours a day, or let them be {math.floor(most)} min apart"
        )


def _stratified(minutes: int, rounds: int, gap: int, rng: np.random.Generator) -> np.ndarray:
    """Return one minute in each of `rounds` equal parts of the day, no two closer than `gap`, each minute as likely as any other."""
    part = minutes / rounds
    place = part * rng.random(rounds)
    for one in range(1, rounds):
        # too close to the tour before, or the mirror image of that: both move, so that neither half of a part loses
        if abs(place[one] - place[one - 1]) > part - gap:
            place[one] = part - place[one]
    return np.minimum(np.floor(part * np.arange(rounds) + place), minutes - 1).astype(np.intp)


def _spread(minutes: int, rounds: int, gap: int, rng: np.random.Generator) -> np.ndarray:
    """Return `rounds` minutes anywhere in the day, no two closer than `gap`, each minute as likely as any other."""
    shares = rng.dirichlet(np.ones(rounds))
    steps = gap + (minutes - rounds * gap) * shares
    place = (rng.uniform(0, minutes) + np.cumsum(steps)) % minutes
    return np.minimum(np.sort(np.floor(place)), minutes - 1).astype(np.intp)


def _routes(tours: int, teams: tuple[str, ...], rng: np.random.Generator) -> dict[str, object]:
    """Return where each tour begins and how it goes on."""
    if not teams:
        return {"start_at": pd.Series([None] * tours, dtype="str"), "route": pd.Series([None] * tours, dtype="str")}
    blocks = [rng.permutation(len(teams)) for _ in range(-(-tours // len(teams)))]
    first = np.concatenate(blocks)[:tours] if blocks else np.zeros(0, dtype=np.intp)
    way = rng.integers(0, 2, tours) * 2 - 1
    walks = [
        " > ".join(teams[(start + step * turn) % len(teams)] for step in range(len(teams)))
        for start, turn in zip(first, way, strict=True)
    ]
    return {"start_at": [teams[one] for one in first], "route": walks}


def _second(tours: int, wanted: int, rng: np.random.Generator) -> np.ndarray:
    """Return which tours a second observer joins: one drawn from each of as many equal runs of tours."""
    wanted = min(wanted, tours)
    chosen = np.zeros(tours, dtype=bool)
    edges = np.linspace(0, tours, wanted + 1).astype(np.intp)
    for begin, end in pairwise(edges):
        chosen[rng.integers(begin, end)] = True
    return chosen


def second_looks(
    share: float,
    *,
    half_width: float = 0.1,
    confidence: float = 0.95,
    sensitivity: float = 0.9,
    specificity: float = 0.9,
) -> int:
    """Return how many looks a second observer must take so that sensitivity and specificity of observers are both known well enough.

    Parameters
    ----------
    share
        Expected share of looks in the state, between 0 and 1.
    half_width
        Half the width of the wanted intervals around sensitivity and specificity.
    confidence
        Level of the intervals.
    sensitivity, specificity
        Expected values.

    Returns
    -------
    int
        Looks by both observers at the same people at the same moments, rounded up.

    Raises
    ------
    ValueError
        A number outside its range.

    Notes
    -----
    The larger of z^2 Se (1 - Se) / (e^2 p) and z^2 Sp (1 - Sp) / (e^2 (1 - p)): each is learnt from the looks truly in, or not in, the state.

    References
    ----------
    Buderer, Academic Emergency Medicine 3 (1996), 895-900.

    Examples
    --------
    >>> second_looks(0.3)
    116
    """
    numbers = (share, half_width, sensitivity, specificity)
    if not all(0 < number < 1 for number in numbers):
        raise ValueError("share, half_width, sensitivity and specificity must lie between 0 and 1")
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    inside, outside = (
        z**2 * rate * (1 - rate) / (half_width**2 * part)
        for rate, part in ((sensitivity, share), (specificity, 1 - share))
    )
    return math.ceil(max(inside, outside) * (1 - 1e-12))
