"""The invented people of the sample client: who they are, where they sit, when they work, how they differ."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from analysis.synthetic.streams import HOUR_S, Calendar, stream

MOVE_DATE = dt.date(2026, 3, 30)
_FIRST = (
    *("Aldwena", "Brindla", "Corvane", "Dorvitha", "Elsgrim", "Fennoric", "Gwindal", "Héstara"),
    *("Ivorand", "Jorvella", "Kestrin", "Lumetta", "Morvÿn", "Nérissel", "Orlanth", "Prunwick"),
)
_LAST = (
    *(
        "Applethorn",
        "Bramblewick",
        "Cragmöor",
        "Dunnifeather",
        "Emberquill",
        "Foxgladen",
        "Grimblestone",
        "Hollowbrook",
    ),
    *(
        "Inkwhistle",
        "Juniperdale",
        "Kettleburrow",
        "Larkspindle",
        "Mossbottom",
        "Nettlefrost",
        "Oddlehurst",
        "Pucklemere",
    ),
)
# team, site, people, people who move to another team on MOVE_DATE, and where to
_CENTRE_TEAMS = (
    ("Team North 1", "North", 22, 1, "Team North 2"),
    ("Team North 2", "North", 12, 0, ""),
    ("Team North 3", "North", 7, 0, ""),
    ("Team South 1", "South", 13, 1, "Team South 2"),
    ("Team South 2", "South", 6, 0, ""),
)
_OFFICE_TEAMS = (
    ("Claims settlement", "North", 16, 1, "Correspondence"),
    ("Policy administration", "South", 13, 0, ""),
    ("Correspondence", "North", 9, 0, ""),
    ("Payments", "South", 7, 0, ""),
)
_ZONES = {"North": "Europe/Amsterdam", "South": "Europe/Brussels"}
# starts of the contact centre's shifts in the order in which a person goes through them, week by week
_ROTATION_H = (8, 12, 9, 8, 10, 12, 8, 9, 12, 8)
_OFFICE_STARTS_H = (8.0, 8.0, 8.5, 9.0, 9.0)
SHIFT_S = 8 * HOUR_S


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person.

    Attributes
    ----------
    key, name
        Personnel number as text with leading zeros, and the name; neither may ever reach a deliverable.
    population, team, site, time_zone, contract_h, grade
        As the roster states them; `moves_to` is the team from ``MOVE_DATE`` on, empty for nobody.
    weekdays
        Days of the week on which the person works, 0 for Monday.
    place
        Position within the population, from 0.
    """

    key: str
    name: str
    population: str
    team: str
    site: str
    time_zone: str
    contract_h: int
    grade: str
    moves_to: str
    weekdays: tuple[int, ...]
    place: int

    def team_on(self, day: dt.date) -> str:
        """Return the team on a date."""
        return self.moves_to if self.moves_to and day >= MOVE_DATE else self.team


@dataclass(frozen=True, slots=True)
class People:
    """A population: its persons, and lasting differences between them as standard normal effects.

    Attributes
    ----------
    persons
        The persons in the order of all arrays.
    speed, conduct, pace
        Standard normal effects per person: length of handling, personal time, and inclination to other work or unanswered offers.
    """

    persons: tuple[Person, ...]
    speed: np.ndarray
    conduct: np.ndarray
    pace: np.ndarray

    def works(self, calendar: Calendar) -> np.ndarray:
        """Return which person works on which day by contract (persons x days)."""
        return np.array([np.isin(calendar.weekday, person.weekdays) for person in self.persons])

    def shift_starts_s(self, calendar: Calendar) -> np.ndarray:
        """Return the second of the day at which each person's shift starts (persons x days)."""
        hours = np.empty((len(self.persons), len(calendar.days)))
        for row, person in enumerate(self.persons):
            if person.population == "contact_centre":
                hours[row] = np.take(_ROTATION_H, (person.place + 3 * calendar.week) % len(_ROTATION_H))
            else:
                hours[row] = _OFFICE_STARTS_H[person.place % len(_OFFICE_STARTS_H)]
        return (hours * HOUR_S).astype(np.int64)


def invent_people(seed: int) -> tuple[People, People, tuple[str, ...]]:
    """Return the contact centre, the back office, and nine more names: two observers, six raters, and a reference observer."""
    rng = stream(seed, "people")
    names = [f"{first} {last}" for first in _FIRST for last in _LAST]
    rng.shuffle(names)
    keys = [f"000{number}" for number in rng.choice(np.arange(1_000_003, 9_999_999), 200, replace=False)]
    centre = _population(rng, "contact_centre", _CENTRE_TEAMS, keys[:100], names[:100])
    office = _population(rng, "back_office", _OFFICE_TEAMS, keys[100:], names[100:200])
    return centre, office, tuple(names[200:209])


def _population(
    rng: np.random.Generator,
    population: str,
    teams: tuple[tuple[str, str, int, int, str], ...],
    keys: list[str],
    names: list[str],
) -> People:
    """Return the people of one population, team by team."""
    persons: list[Person] = []
    senior = {"contact_centre": ("agent", "senior agent"), "back_office": ("clerk", "specialist")}[population]
    contracts = {"contact_centre": (40, 40, 40, 32, 24), "back_office": (40, 40, 40, 32)}[population]
    for team, site, size, movers, target in teams:
        for number in range(size):
            place = len(persons)
            hours = int(rng.choice(contracts))
            grade = senior[int(rng.random() < 0.25)]
            persons.append(
                Person(
                    *(keys[place], names[place], population, team, site, _ZONES[site], hours, grade),
                    target if number < movers else "",
                    _weekdays(rng, hours),
                    place,
                )
            )
    size = len(persons)
    return People(tuple(persons), *(rng.standard_normal(size) for _ in range(3)))


def _weekdays(rng: np.random.Generator, hours: int) -> tuple[int, ...]:
    """Return the weekdays of a contract; days off are rarely Mondays."""
    off = rng.choice(5, 5 - hours // 8, replace=False, p=(0.04, 0.2, 0.3, 0.16, 0.3))
    return tuple(day for day in range(5) if day not in off)
