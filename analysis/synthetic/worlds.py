"""Quick invented worlds whose expected shares are exact, to see whether intervals cover the truth as often as they say."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.foundation.schema import typed_table
from analysis.foundation.settings import Client, Period
from analysis.synthetic.streams import PERIOD_START

_SECOND = 1_000_000
_SHIFT_START_S, _BREAK_S = 8 * 3600, 2700
_BASE_US = 7 * 3600 * _SECOND
# mean shares of the base, and how far the weekday moves each (Monday to Friday, sums to 0)
_MEAN = {"busy": 0.48, "AWAY": 0.06, "WORK": 0.06, "SUPPORT": 0.07}
_WEEKDAY = {
    "busy": (0.03, 0.01, 0.0, -0.01, -0.03),
    "AWAY": (-0.005, 0.0, 0.0, 0.0, 0.005),
    "WORK": (0.0, 0.005, 0.0, -0.005, 0.0),
    "SUPPORT": (-0.015, 0.02, 0.01, -0.005, -0.01),
}
# size of the effects on each share relative to that on the busy share
_SCALE = {"busy": 1.0, "AWAY": 0.16, "WORK": 0.16, "SUPPORT": 0.2}


@dataclass(frozen=True, slots=True)
class World:
    """An invented population over a period, and what is true of it.

    Attributes
    ----------
    tables
        Canonical tables by name.
    client
        Name, zone and period, as the verbs want them.
    truth
        Name of a share -> its expectation for these people over exchangeable days like these.
    """

    tables: dict[str, pd.DataFrame]
    client: Client
    truth: dict[str, float]


def ladder_world(
    seed: int,
    *,
    persons: int = 20,
    days: int = 40,
    population: str = "contact_centre",
    day_sd: float = 0.045,
    person_sd: float = 0.03,
    person_day_sd: float = 0.025,
    autocorrelation: float = 0.0,
    attendance: float = 0.9,
    rounds_per_day: int = 0,
    cycles: int = 3,
) -> World:
    """Invent a population whose five shares of the base are known exactly.

    Parameters
    ----------
    seed
        Which world.
    persons, days
        How many people, and working days (Monday to Friday) [count].
    population
        ``"contact_centre"`` (spells show idle and away) or ``"back_office"`` (a log shows items alone).
    day_sd, person_sd, person_day_sd
        Standard deviations of the effects of the day (shared by all persons), the person and the person-day on the busy share.
    autocorrelation
        Correlation of the day effects of neighbouring working days, from 0 up to 1 (not included).
    attendance
        Chance that a person is at work on a day [share].
    rounds_per_day
        Observation rounds a day at random times, each looking at everybody present [count].
    cycles
        How often a person goes through all states before and again after the break [count].

    Returns
    -------
    World
        Tables roster, schedule, spells or work_items, observations; and the truth: ``utilization``, ``support``, ``idle``, ``away``,
        ``unaccounted`` as exports and schedule show them, and ``non_work`` (idle and away, seen or not).

    Raises
    ------
    ValueError
        The effects could push the idle share below 0, or a number is out of its range.

    Notes
    -----
    share(person, day) = mean + person + weekday + day + person-day effect. All random effects are uniform, so bounded, with mean 0,
    and independent of attendance; persons have one shift length. The expectation is therefore mean + average person effect + average
    weekday effect over the days given, exactly.

    Examples
    --------
    >>> world = ladder_world(1, persons=4, days=10)
    >>> round(sum(world.truth[name] for name in ("utilization", "support", "idle", "away", "unaccounted")), 12)
    1.0
    """
    if population not in ("contact_centre", "back_office"):
        raise ValueError(f"population is contact_centre or back_office, got {population}")
    if not (0 <= autocorrelation < 1 and 0 < attendance <= 1 and persons > 0 and days > 0 and cycles > 0):
        raise ValueError("persons, days and cycles are above 0, autocorrelation in [0, 1), attendance in (0, 1]")
    rng = np.random.default_rng([seed, persons, days])
    dates = [PERIOD_START + dt.timedelta(days=7 * (number // 5) + number % 5) for number in range(days)]
    fixed, shares = _shares(rng, dates, persons, (person_sd, day_sd, person_day_sd), autocorrelation)
    present = rng.random((persons, days)) < attendance
    segments = _segments(rng, shares, present, cycles)
    truth = {name: float(part.mean()) for name, part in fixed.items()}
    expected = {
        "utilization": truth["busy"],
        "support": truth["SUPPORT"],
        "idle": truth["IDLE"],
        "away": truth["AWAY"],
        "unaccounted": truth["WORK"],
        "non_work": truth["IDLE"] + truth["AWAY"],
    }
    if population == "back_office":
        expected |= {"idle": 0.0, "away": 0.0, "unaccounted": truth["IDLE"] + truth["AWAY"] + truth["WORK"]}
    tables = _tables(segments, dates, persons, population)
    if rounds_per_day:
        tables["observations"] = _observations(
            rng, segments, dates, rounds_per_day=rounds_per_day, population=population
        )
    period = Period(start=dates[0], end=dates[-1])
    return World(tables, Client(name="Invented world", time_zone="UTC", period=period), expected)


def uniform_effects(rng: np.random.Generator, sd: float, size: int | tuple[int, ...]) -> np.ndarray:
    """Return draws from the uniform distribution with mean 0 and this standard deviation."""
    return math.sqrt(3) * sd * rng.uniform(-1, 1, size)


def _day_effects(rng: np.random.Generator, sd: float, days: int, autocorrelation: float) -> np.ndarray:
    """Return uniform day effects whose normal scores follow a first-order autoregression."""
    score = rng.standard_normal(days)
    for day in range(1, days):
        score[day] = autocorrelation * score[day - 1] + math.sqrt(1 - autocorrelation**2) * score[day]
    return math.sqrt(3) * sd * (2 * stats.norm.cdf(score) - 1)


def _shares(
    rng: np.random.Generator,
    dates: list[dt.date],
    persons: int,
    sds: tuple[float, float, float],
    autocorrelation: float,
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return each part's share of the base per person and day: expected given person and weekday, and drawn."""
    weekday = np.array([date.weekday() for date in dates])
    reach = {name: math.sqrt(3) * scale * sum(sds) for name, scale in _SCALE.items()}
    fullest = max(sum(parts) for parts in zip(*_WEEKDAY.values(), strict=True))
    # idle is what the others leave; they themselves cannot reach 0 before it does
    if sum(_MEAN.values()) + fullest + sum(reach.values()) > 1:
        raise ValueError("effects this large could push idle below 0; choose smaller standard deviations")
    fixed, drawn = {}, {}
    for name, mean in _MEAN.items():
        person, day, own = (sd * _SCALE[name] for sd in sds)
        fixed[name] = mean + uniform_effects(rng, person, persons)[:, None] + np.take(_WEEKDAY[name], weekday)
        shared = _day_effects(rng, day, len(dates), autocorrelation)
        drawn[name] = fixed[name] + shared + uniform_effects(rng, own, (persons, len(dates)))
    fixed["IDLE"] = 1 - sum(fixed.values())
    drawn["IDLE"] = 1 - sum(drawn.values())
    return fixed, drawn


def _segments(
    rng: np.random.Generator, shares: Mapping[str, np.ndarray], present: np.ndarray, cycles: int
) -> pd.DataFrame:
    """Return what everybody present did, gapless from shift start to shift end: person, day, state, start, end [us of the day].

    Each person's day begins with another state, so that a round does not find everybody doing the same.
    """
    person, day = np.nonzero(present)
    names = ("busy", "IDLE", "AWAY", "WORK", "BREAK", "SUPPORT")
    parts = np.column_stack([shares[name][person, day] * _BASE_US / (2 * cycles) for name in names[:4]])
    turn = (np.arange(4) + rng.integers(0, 4, (len(person), 1))) % 4
    half = np.tile(np.take_along_axis(parts.astype(np.int64), turn, axis=1), cycles)
    pause = np.full((len(person), 1), _BREAK_S * _SECOND)
    lengths = np.concatenate([half, pause, half], axis=1)
    # the meeting ends the day and takes what rounding left
    whole = _BASE_US + _BREAK_S * _SECOND
    lengths = np.concatenate([lengths, (whole - lengths.sum(axis=1))[:, None]], axis=1)
    order = np.tile(turn, cycles)
    rest = np.full_like(pause, names.index("BREAK"))
    states = np.concatenate([order, rest, order, rest + 1], axis=1)
    ends = _SHIFT_START_S * _SECOND + np.cumsum(lengths, axis=1)
    return pd.DataFrame(
        {
            "person": np.repeat(person, states.shape[1]),
            "day": np.repeat(day, states.shape[1]),
            "state": np.array(names)[states.ravel()],
            "start": (ends - lengths).ravel(),
            "end": ends.ravel(),
        }
    )


def _stamped(segments: pd.DataFrame, dates: list[dt.date]) -> pd.DataFrame:
    """Return segments as agent, start, end, state with UTC stamps."""
    midnight = np.array(dates, dtype="datetime64[us]").astype(np.int64)[segments["day"]]
    return pd.DataFrame(
        {
            "agent": agent_names(int(segments["person"].max()) + 1).take(segments["person"]),
            "start": pd.to_datetime(midnight + segments["start"], unit="us", utc=True),
            "end": pd.to_datetime(midnight + segments["end"], unit="us", utc=True),
            "state": segments["state"].astype("str"),
        }
    )


def agent_names(persons: int) -> pd.Index:
    """Return the agents of a world, as pseudonyms look."""
    return pd.Index([f"p{number:012x}" for number in range(persons)], dtype="str")


def _tables(segments: pd.DataFrame, dates: list[dt.date], persons: int, population: str) -> dict[str, pd.DataFrame]:
    """Return roster, schedule and the evidence as canonical tables."""
    rows = _stamped(segments, dates)
    agents = agent_names(persons)
    roster = pd.DataFrame(
        {"agent": agents, "team": "Team A", "site": "North", "time_zone": "UTC", "population": population}
    )
    rest = rows["state"].isin(["BREAK", "SUPPORT"])
    planned = rows.assign(state=rows["state"].where(rest, "WORK"), paid=True)
    tables = {"roster": typed_table("roster", roster), "schedule": typed_table("schedule", planned)}
    if population == "contact_centre":
        seen = rows[rows["state"] != "WORK"]
        state = seen["state"].replace("busy", "HANDLING")
        tables["spells"] = typed_table("spells", seen.assign(state=state, state_raw=state, population=population))
    else:
        items = rows[rows["state"] == "busy"].rename(columns={"start": "started", "end": "ended"}).drop(columns="state")
        names = pd.Index([f"i{number}" for number in range(len(items))], dtype="str")
        tables["work_items"] = typed_table("work_items", items.assign(item=names, type="policy amendment"))
    return tables


def _observations(
    rng: np.random.Generator,
    segments: pd.DataFrame,
    dates: list[dt.date],
    *,
    rounds_per_day: int,
    population: str,
) -> pd.DataFrame:
    """Return rounds at uniformly random times of the shift; everybody present is looked at in the same moment."""
    length = _BASE_US + _BREAK_S * _SECOND
    at = _SHIFT_START_S * _SECOND + rng.integers(0, length, (len(dates), rounds_per_day))
    looks = segments.drop_duplicates(["person", "day"])[["person", "day"]]
    seen = pd.DataFrame(
        {
            "person": np.repeat(looks["person"].to_numpy(), rounds_per_day),
            "day": np.repeat(looks["day"].to_numpy(), rounds_per_day),
            "number": np.tile(np.arange(rounds_per_day), len(looks)),
        }
    )
    when = at[seen["day"], seen["number"]]
    stride = 86_400 * _SECOND
    key = (segments["person"].to_numpy() * len(dates) + segments["day"].to_numpy()) * stride
    wanted = (seen["person"].to_numpy() * len(dates) + seen["day"].to_numpy()) * stride + when
    found = np.searchsorted(key + segments["start"].to_numpy(), wanted, side="right") - 1
    midnight = np.array(dates, dtype="datetime64[us]").astype(np.int64)[seen["day"]]
    states = segments["state"].to_numpy()[found]
    busy = "HANDLING" if population == "contact_centre" else "ITEM_WORK"
    frame = pd.DataFrame(
        {
            "round": [f"R{day}-{number}" for day, number in zip(seen["day"], seen["number"], strict=True)],
            "observed_at": pd.to_datetime(midnight + when, unit="us", utc=True),
            "observer": "observer 1",
            "agent": agent_names(int(seen["person"].max()) + 1).take(seen["person"]),
            "team": "Team A",
            "state": np.where(states == "busy", busy, states),
        }
    )
    return typed_table("observations", frame.sort_values("observed_at", kind="stable"))
