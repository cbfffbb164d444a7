"""The way from today to what is achievable: crawl, walk, run, week by week, for groups and never for persons."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.foundation.estimate import Estimate
from analysis.measure.groups import MINIMUM_AGENTS
from analysis.utilization import learning
from analysis.utilization.checkpoints import CHECKPOINT_COLUMNS, Plan, checkpoints_of, seen_in
from analysis.utilization.guards import Guards
from analysis.utilization.settings import UtilizationSettings

RAMP_COLUMNS = (
    *("population", "by", "level", "scenario", "week", "phase"),
    *("target", "hours_per_week", "hours_to_date"),
)
SCENARIOS = ("cautious", "expected", "bold")
# How much of the way a phase opens: each one twice as much as was tried before, so no step risks more than has been shown to work.
OPEN = {"crawl": 0.25, "walk": 0.5, "run": 1.0}
# A phase whose gain cannot be told from chance lasts longer, at most this many times what was set.
LONGEST = 2


@dataclass(frozen=True, slots=True)
class Phases:
    """How long crawl and walk last, in weeks, and how many weeks the ramp is drawn for.

    Examples
    --------
    >>> Phases(4, 8, 26).of([1, 4, 5, 12, 13]).tolist()
    ['crawl', 'crawl', 'walk', 'walk', 'run']
    """

    crawl: int
    walk: int
    weeks: int

    @property
    def starts(self) -> tuple[int, int, int]:
        """Weeks after which crawl, walk and run begin."""
        return 0, self.crawl, self.crawl + self.walk

    def of(self, week: ArrayLike) -> np.ndarray:
        """Return the phase of weeks numbered from 1."""
        return np.array(list(OPEN))[np.searchsorted([self.crawl, self.crawl + self.walk], np.asarray(week))]


def progress(week: ArrayLike, *, phases: Phases, time_constant_weeks: float) -> tuple[np.ndarray, np.ndarray]:
    """Return which share of the way is done after some weeks, and the area under it.

    Parameters
    ----------
    week
        Weeks since the start, 0 or more; an array of any shape.
    phases
        When crawl, walk and run begin.
    time_constant_weeks
        Time constant of the learning, weeks.

    Returns
    -------
    tuple of numpy.ndarray
        Share of the way from today to the end, and its integral since week 0 [weeks]; of the shape of `week`.

    Raises
    ------
    ValueError
        A week below 0, or a time constant not above 0.

    Notes
    -----
    Each phase opens a part of the way (a quarter, a half, all of it), and people approach what is open: p' = (open - p) / tau. Within a phase p
    is an exponential approach from where the phase before ended, so p is continuous, never falls and stays below 1; the area is in closed form.

    Examples
    --------
    >>> share, area = progress([4, 12, 26], phases=Phases(4, 8, 26), time_constant_weeks=8)
    >>> share.round(3).tolist(), area.round(2).tolist()
    ([0.098, 0.352, 0.887], [0.21, 2.18, 11.9])
    """
    weeks = np.asarray(week, dtype=float)
    share, area = np.zeros_like(weeks), np.zeros_like(weeks)
    stops = (*phases.starts[1:], math.inf)
    for begin, stop, opened in zip(phases.starts, stops, OPEN.values(), strict=True):
        inside = np.clip(weeks, begin, stop) - begin
        at, under = _piece(inside, float(_end(begin, phases, time_constant_weeks)), opened, time_constant_weeks)
        share = np.where(weeks >= begin, at, share)
        area = area + under
    return share, area


def ramp_of(
    population: str,
    *,
    today: Estimate,
    achievable: Estimate,
    base_h_per_week: float,
    levels: pd.DataFrame,
    settings: UtilizationSettings,
    found: bool | None = None,
    guards: Guards | None = None,
    smallest_group: int = MINIMUM_AGENTS,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return week-by-week targets of a population and its reporting groups, and the checkpoints on the way.

    Parameters
    ----------
    population
        ``"contact_centre"`` or ``"back_office"``.
    today, achievable
        Shares of the base.
    base_h_per_week
        Hours of the base a week.
    levels
        Frame `levels` of :class:`analysis.utilization.Utilization`; its groups get targets of their own, its sites none.
    settings
        Weeks of the phases, the learning curve and its range.
    found
        Whether room was found above today; None decides it from the two intervals as if they were independent, which errs towards no.
    guards
        What the client's data say about promises, errors and strain; from :func:`analysis.utilization.guards.guards_of`.
    smallest_group
        Groups of fewer agents have no rows.

    Returns
    -------
    tuple of pandas.DataFrame
        Ramp: population, by (population|group), level, scenario (cautious|expected|bold), week (from 1), phase (crawl|walk|run), target (share of base
        at the end of the week), hours_per_week (gained at that point), hours_to_date (gained since the start: the area).
        Checkpoints: population, phase, week, measure, go, stop.
        Both are empty where no room was found.

    Notes
    -----
    Expected: to the achievable value, learning with `learning_weeks`. Cautious: to the lower limit, slower by `learning_range`. Bold: to the same
    value as expected, faster by `learning_range`; it never aims higher, because more than the value is as likely as not above the true ceiling.
    A group goes to its own achievable value by the same calendar; one whose room was not found stays at today. A phase whose gain could not be told
    from chance at its end is lengthened, up to twice the weeks set (docs/method/ramp.md).

    Examples
    --------
    >>> from analysis.utilization.frames import frame_of
    >>> now, then = Estimate(0.61, 0.595, 0.625, n=60, n_unit="days"), Estimate(0.80, 0.77, 0.82)
    >>> ramp, checks = ramp_of("contact_centre", today=now, achievable=then, base_h_per_week=1500, levels=frame_of("levels", []), settings=UtilizationSettings())
    >>> ramp[ramp["scenario"].eq("expected") & ramp["week"].isin([4, 12, 26])][["phase", "target"]].round(3).to_numpy().tolist()
    [['crawl', 0.629], ['walk', 0.677], ['run', 0.779]]
    """
    room = _room_found(today, achievable, settings) if found is None else found
    if not room or today.value is None or achievable.value is None or achievable.value <= today.value:
        return _typed([], RAMP_COLUMNS), _typed([], CHECKPOINT_COLUMNS)
    phases = phases_of(today, achievable.value, settings, guards=guards or Guards())
    drawn = {"phases": phases, "settings": settings}
    ends = _ends(today.value, achievable.value, achievable.low)
    rows = _rows((population, "population", population), today.value, ends, base_h=base_h_per_week, **drawn)
    for _, level in _groups(levels, population, smallest_group).iterrows():
        name = (population, "group", str(level["level"]))
        at, way = float(level["today"]), float(level["value"]) - float(level["today"])
        if not bool(level["found"]) or not way > 0:
            rows += _rows(name, at, dict.fromkeys(SCENARIOS, at), base_h=0.0, **drawn)
            continue
        base_h = float(level["hours_per_week"]) / way
        rows += _rows(name, at, _ends(at, at + way, float(level["low"])), base_h=base_h, **drawn)
    plan = _plan(population, today, ends["expected"], phases, settings)
    checks = checkpoints_of(plan, guards=guards or Guards(), settings=settings)
    return _typed(rows, RAMP_COLUMNS), _typed(checks, CHECKPOINT_COLUMNS)


def phases_of(today: Estimate, goal: float, settings: UtilizationSettings, *, guards: Guards) -> Phases:
    """Return the phases: as set, or longer where the gain could not be told from chance at the end of one.

    Parameters
    ----------
    today
        Share of the base, with its interval and the number of days behind it.
    goal
        Where the expected ramp goes.
    settings
        Weeks and learning.
    guards
        Days and looks behind today's figure.

    Notes
    -----
    A phase takes the fewest weeks, from those set to twice as many, after which its gain could be seen; where none does, the weeks set. Run keeps a week at least.

    Examples
    --------
    Today known to two and a half points either way: a walk of eight weeks is too short to show what it brings, ten are enough.

    >>> phases_of(Estimate(0.61, 0.585, 0.635, n=40, n_unit="days"), 0.77, UtilizationSettings(), guards=Guards())
    Phases(crawl=4, walk=10, weeks=26)
    """
    chosen = Phases(settings.crawl_weeks, settings.walk_weeks, settings.ramp_weeks)
    for phase in ("crawl", "walk"):
        for weeks in range(getattr(chosen, phase), LONGEST * getattr(chosen, phase) + 1):
            lengths = {"crawl": chosen.crawl, "walk": chosen.walk, phase: weeks}
            tried = Phases(**lengths, weeks=settings.ramp_weeks)
            if tried.starts[2] >= settings.ramp_weeks:
                break
            end = tried.starts[1] if phase == "crawl" else tried.starts[2]
            if seen_in(_plan("", today, goal, tried, settings), end, guards=guards, settings=settings).visible:
                chosen = tried
                break
    return chosen


def _piece(
    inside: np.ndarray, start: float, opened: float, time_constant_weeks: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return share and area after some weeks inside a phase that begins at a share and opens another."""
    curve: Mapping[str, float] = {"start": start, "end": opened, "time_constant_weeks": time_constant_weeks}
    gained = np.asarray(learning.gained_to(inside, **curve))
    return np.asarray(learning.approach(inside, **curve)), start * inside + gained


def _end(begin: int, phases: Phases, time_constant_weeks: float) -> float:
    """Return the share of the way at the moment at which a phase begins."""
    share = 0.0
    for first, last, opened in zip(phases.starts, phases.starts[1:], OPEN.values(), strict=False):
        if last <= begin:
            inside = np.array(float(last - first))
            share = float(_piece(inside, share, opened, time_constant_weeks)[0])
    return share


def _room_found(today: Estimate, achievable: Estimate, settings: UtilizationSettings) -> bool:
    """Return whether the interval of the difference lies above the stated minimum, the two taken as independent (Zou & Donner 2008)."""
    if None in (today.value, today.high, achievable.value, achievable.low):
        return False
    between = float(achievable.value or 0) - float(today.value or 0)
    below = math.hypot(
        float(achievable.value or 0) - float(achievable.low or 0), float(today.high or 0) - float(today.value or 0)
    )
    return between - below > settings.minimum_reclaimable_share


def _ends(today: float, value: float, low: float | None) -> dict[str, float]:
    """Return where each scenario goes."""
    least = today if low is None or math.isnan(low) else min(max(today, low), value)
    return {"cautious": least, "expected": value, "bold": value}


def _pace(scenario: str, settings: UtilizationSettings) -> float:
    """Return the time constant of a scenario, weeks."""
    slower = {"cautious": settings.learning_range, "expected": 1.0, "bold": 1 / settings.learning_range}
    return settings.learning_weeks * slower[scenario]


def _rows(
    name: tuple[str, str, str],
    today: float,
    ends: Mapping[str, float],
    *,
    base_h: float,
    phases: Phases,
    settings: UtilizationSettings,
) -> list[tuple[object, ...]]:
    """Return the rows of one population or group, all scenarios."""
    weeks = np.arange(1, phases.weeks + 1)
    rows: list[tuple[object, ...]] = []
    for scenario in SCENARIOS:
        way = ends[scenario] - today
        share, area = progress(weeks, phases=phases, time_constant_weeks=_pace(scenario, settings))
        rows += zip(
            *([part] * len(weeks) for part in (*name, scenario)),
            weeks.tolist(),
            phases.of(weeks).tolist(),
            np.minimum(today + way * share, max(ends[scenario], today)).tolist(),
            (base_h * way * share).tolist(),
            (base_h * way * area).tolist(),
            strict=True,
        )
    return rows


def _groups(levels: pd.DataFrame, population: str, smallest_group: int) -> pd.DataFrame:
    """Return the groups that may have targets: of this population, large enough, today known."""
    if levels.empty:
        return levels
    large = levels["agents"].ge(smallest_group).fillna(False).astype(bool)
    return levels[levels["population"].eq(population) & levels["by"].eq("group") & large & levels["today"].notna()]


def _plan(population: str, today: Estimate, goal: float, phases: Phases, settings: UtilizationSettings) -> Plan:
    """Return what a checkpoint has to know about the expected ramp."""
    weeks = np.arange(phases.weeks + 1)
    _, area = progress(weeks, phases=phases, time_constant_weeks=_pace("expected", settings))
    way = goal - float(today.value or 0)
    return Plan(
        population,
        today,
        tuple((way * area).tolist()),
        {"crawl": phases.starts[1], "walk": phases.starts[2], "run": phases.weeks},
    )


def _typed(rows: list[tuple[object, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    """Return rows as a frame whose columns have their kinds even where there are none."""
    frame = pd.DataFrame(rows, columns=list(columns))
    numbers = {"target": "float64", "hours_per_week": "float64", "hours_to_date": "float64", "week": "int64"}
    return frame.astype({name: numbers.get(name, "str") for name in columns})
