"""The calendar of a pilot: which days run with items and which without, drawn by lot and balanced over every pair of weeks."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

DAYS, HALF_DAYS = "switchback days", "switchback half days"
HALF_WEEKS, WEEKS = "switchback half weeks", "switchback weeks"
UNITS: tuple[str, ...] = (DAYS, HALF_DAYS, HALF_WEEKS, WEEKS)
HALVES: tuple[str, ...] = ("morning", "afternoon")
_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# All calendars are listed where there are no more of them; else they are drawn.
_LISTED = 4096
_LONGEST = 104


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """A drawn calendar, and all that is needed to draw others like it.

    Attributes
    ----------
    unit
        One of ``UNITS``.
    weeks
        Weeks of the pilot, an even number.
    calendar
        One row per open day (and half day): `day` (local date), `half` (morning | afternoon; empty: the whole day), `week` (from 1), `weekday` (0 Monday),
        `unit` (number of the randomised unit, from 0), `position` (place of the unit in its week), `on` (items run), `washout` (left out of the analysis), `words`.
    seed
        Seed of the draw.
    """

    unit: str
    weeks: int
    calendar: pd.DataFrame
    seed: int

    @property
    def positions(self) -> int:
        """Number of randomised units in a week."""
        return int(self.calendar["position"].max()) + 1

    @property
    def on(self) -> np.ndarray:
        """Whether items run, per randomised unit."""
        return self.calendar.drop_duplicates("unit").sort_values("unit")["on"].to_numpy(dtype=bool)

    def __repr__(self) -> str:
        """Return the calendar as it is pinned to the wall, one line a week."""
        lines = []
        for week, part in self.calendar.groupby("week"):
            said = ", ".join(f"{row.words} {_arm(row.on, row.washout)}" for row in part.itertuples())
            lines.append(f"week {week} ({part['day'].iloc[0]:%d %b}): {said}")
        return "\n".join(lines)


def _arm(on: object, washout: object) -> str:
    return ("on" if on else "off") + (" (left out)" if washout else "")


def assign(
    weeks: int,
    *,
    starts_on: dt.date,
    unit: str = DAYS,
    weekdays: Sequence[int] = (0, 1, 2, 3, 4),
    holidays: Collection[dt.date] = (),
    seed: int,
) -> Assignment:
    """Draw by lot which days of the pilot run with items.

    Parameters
    ----------
    weeks
        Length of the pilot; an even number, because every weekday of one week is paired with the same weekday of the next.
    starts_on
        The first Monday.
    unit
        ``"switchback days"`` or ``"switchback half days"`` where nothing lasts beyond a unit; ``"switchback half weeks"`` where something lasts up to a day (the
        middle day is left out as wash-out, the weekend is the other one); ``"switchback weeks"`` where it lasts longer (the first day of every week is left out).
    weekdays
        Weekdays on which the desk is open, 0 Monday.
    holidays
        Days that are left out; their pair in the other week stays in the calendar.
    seed
        Seed of the draw; it belongs into the record of the pilot before it begins.

    Returns
    -------
    Assignment
        Print it: one line a week.

    Raises
    ------
    ValueError
        An odd or too small number of weeks, a start that is not a Monday, an unknown unit, or too few weekdays for the unit.

    Notes
    -----
    In the first week of every pair a set of floor(d/2) or ceil(d/2) of the d units is drawn, each set equally likely; in the second week the others run
    with items. So every week is half on, and every weekday is on once in two weeks: weekly moods and weekdays cancel by design.

    Examples
    --------
    >>> assign(2, starts_on=dt.date(2026, 5, 4), seed=1)
    week 1 (04 May): Mon off, Tue off, Wed off, Thu on, Fri on
    week 2 (11 May): Mon on, Tue on, Wed on, Thu off, Fri off
    """
    if weeks < 2 or weeks % 2:
        raise ValueError(f"a pilot has an even number of weeks, at least 2, got {weeks}: weeks are paired")
    if starts_on.weekday() != 0:
        raise ValueError(f"a pilot starts on a Monday, got {starts_on:%A %d %B %Y}")
    if unit not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}, got {unit!r}")
    open_days = sorted(set(weekdays))
    if len(open_days) < 3 or not set(open_days) <= set(range(7)):
        raise ValueError(f"at least three weekdays from 0 to 6 are needed, got {list(weekdays)}")
    places = unit_places(unit, open_days)
    count = len({place for _, _, place, _ in places})
    # a longer pilot with the same seed begins with the same weeks, so that one may be lengthened
    on = draw_arms(count, max(_LONGEST, weeks), 1, np.random.default_rng(seed))[0][: weeks * count]
    rows = []
    closed = set(holidays)
    for week in range(weeks):
        for weekday, half, place, washout in places:
            day = starts_on + dt.timedelta(days=7 * week + weekday)
            if day not in closed:
                number = week * count + place
                words = f"{_NAMES[weekday]} {half}".strip()
                rows.append((day, half, week + 1, weekday, number, place, bool(on[number]), washout, words))
    names = ["day", "half", "week", "weekday", "unit", "position", "on", "washout", "words"]
    calendar = pd.DataFrame(rows, columns=names)
    calendar["day"] = pd.to_datetime(calendar["day"]).astype("datetime64[us]")
    return Assignment(unit, weeks, calendar, seed)


def unit_places(unit: str, weekdays: Sequence[int]) -> list[tuple[int, str, int, bool]]:
    """Return weekday, half, place of its unit in the week, and whether it is wash-out, for every open day or half day."""
    if unit == DAYS:
        return [(weekday, "", place, False) for place, weekday in enumerate(weekdays)]
    if unit == HALF_DAYS:
        return [
            (weekday, half, 2 * place + later, False)
            for place, weekday in enumerate(weekdays)
            for later, half in enumerate(HALVES)
        ]
    if unit == WEEKS:
        return [(weekday, "", 0, place == 0) for place, weekday in enumerate(weekdays)]
    middle = len(weekdays) // 2
    return [(weekday, "", int(place >= middle), place == middle) for place, weekday in enumerate(weekdays)]


def week_sets(positions: int) -> np.ndarray:
    """Return the sets of units that may run with items in the first week of a pair: array (set, position) of bool.

    Examples
    --------
    >>> len(week_sets(5)), len(week_sets(4)), len(week_sets(1))
    (20, 6, 2)
    """
    sizes = {positions // 2, (positions + 1) // 2}
    chosen = [part for size in sorted(sizes) for part in itertools.combinations(range(positions), size)]
    table = np.zeros((len(chosen), positions), dtype=bool)
    for row, part in enumerate(chosen):
        table[row, list(part)] = True
    return table


def calendars_possible(positions: int, weeks: int) -> int:
    """Return how many calendars may be drawn.

    Examples
    --------
    >>> calendars_possible(5, 4), calendars_possible(1, 8)
    (400, 16)
    """
    half, odd = positions // 2, positions % 2
    return (math.comb(positions, half) * (1 + odd)) ** (weeks // 2)


def draw_arms(positions: int, weeks: int, count: int, generator: np.random.Generator) -> np.ndarray:
    """Draw `count` calendars: array (calendar, unit) of bool, units in the order of weeks and positions."""
    sets = week_sets(positions)
    first = sets[generator.integers(len(sets), size=(count, weeks // 2))]
    return np.stack([first, ~first], axis=2).reshape(count, weeks * positions)


def like_calendars(positions: int, weeks: int, count: int, generator: np.random.Generator) -> tuple[np.ndarray, bool]:
    """Return all calendars that may be drawn where they are few, else `count` drawn ones; and whether they are all."""
    if calendars_possible(positions, weeks) > _LISTED:
        return draw_arms(positions, weeks, count, generator), False
    sets = week_sets(positions)
    places = np.array(list(itertools.product(range(len(sets)), repeat=weeks // 2)))
    first = sets[places]
    return np.stack([first, ~first], axis=2).reshape(len(places), weeks * positions), True
