"""Who is at work when: shifts, absences, and the breaks and meetings that are planned into them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.synthetic.people import SHIFT_S, People
from analysis.synthetic.streams import Calendar, stream

QUARTER_S = 900
# ladder words of planned activities
BREAK, SUPPORT = "BREAK", "SUPPORT"
# planned activities: raw word and ladder word
ACTIVITIES = (
    ("Break", BREAK),
    ("Meal", BREAK),
    ("Meeting", SUPPORT),
    ("Training", SUPPORT),
)
SHORT_BREAK, MEAL, MEETING, TRAINING = range(4)
# reasons to miss a shift; all but the last are paid
ABSENCES = ("Sick", "Leave", "Unpaid leave")
UNPAID = 2
_SICK, _LEAVE, _UNPAID = 0.045, 0.075, 0.004


@dataclass(frozen=True, slots=True)
class Plan:
    """The schedule of a population over a period, in local seconds of the day.

    Attributes
    ----------
    person, day, start
        Per shift that somebody works: position of the person, of the working day, and second of the day at which it starts.
    absent
        Rows person, day, start, reason (index of ``ABSENCES``): shifts missed.
    activity
        Rows shift, kind (index of ``ACTIVITIES``), start, length: planned in the shifts worked, in order of shift and start.
    """

    person: np.ndarray
    day: np.ndarray
    start: np.ndarray
    absent: np.ndarray
    activity: np.ndarray


def plan_period(people: People, calendar: Calendar, *, seed: int, period: int) -> Plan:
    """Return shifts, absences and planned activities of one period."""
    population = people.persons[0].population
    works, starts = people.works(calendar), people.shift_starts_s(calendar)
    sick, leave, unpaid = _absences(people, calendar, seed=seed, period=period)
    away = works & (sick | leave | unpaid)
    missed = np.argwhere(away)
    reason = np.where(unpaid, UNPAID, np.where(sick, 0, 1))[away]
    absent = np.column_stack([missed, starts[away], reason]).astype(np.int64)
    person, day = np.nonzero(works & ~away)
    order = np.lexsort((person, day))
    person, day = person[order], day[order]
    start = starts[person, day]
    rng = stream(seed, "plans", 2 * period + (population == "back_office"))
    rows = _centre_activities if population == "contact_centre" else _office_activities
    activity = rows(rng, people, calendar, person=person, day=day, start=start)
    activity = activity[np.lexsort((activity[:, 2], activity[:, 0]))]
    return Plan(person, day, start, absent, activity)


def _absences(
    people: People, calendar: Calendar, *, seed: int, period: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return sick days (in spells), leave and unpaid leave (persons x days)."""
    rng = stream(seed, "absence", 2 * period + (people.persons[0].population == "back_office"))
    shape = (len(people.persons), len(calendar.days))
    # a sick spell starts with rate _SICK / 3 and lasts three working days
    sick = rng.random(shape) < _SICK / 3
    sick[:, 1:] |= sick[:, :-1]
    sick[:, 2:] |= sick[:, 1:-1] & (rng.random((shape[0], shape[1] - 2)) < 0.5) if shape[1] > 2 else False
    leave = rng.random(shape) < _LEAVE
    unpaid = ~sick & ~leave & (rng.random(shape) < _UNPAID)
    return sick, leave, unpaid


def _rows(shifts: np.ndarray, kind: int, start: np.ndarray, length: int) -> np.ndarray:
    return np.column_stack([shifts, np.full(len(shifts), kind), start, np.full(len(shifts), length)]).astype(np.int64)


def _quarters(rng: np.random.Generator, count: int, high: int) -> np.ndarray:
    return QUARTER_S * rng.integers(0, high, count)


def _centre_activities(
    rng: np.random.Generator,
    people: People,
    calendar: Calendar,
    *,
    person: np.ndarray,
    day: np.ndarray,
    start: np.ndarray,
) -> np.ndarray:
    """Return the contact centre's activities; each kind has its own window of the shift, so none overlap."""
    every = np.arange(len(person))
    size = len(person)
    meeting_day = np.array([(one.place // 5) % 5 for one in people.persons])
    meets = every[calendar.weekday[day] == meeting_day[person]]
    coached = every[rng.random(size) < 0.3]
    trained = every[rng.random(size) < 0.07]
    return np.concatenate(
        [
            _rows(every, SHORT_BREAK, start + 5 * QUARTER_S + _quarters(rng, size, 4), QUARTER_S),
            _rows(every, MEAL, start + 15 * QUARTER_S + _quarters(rng, size, 4), 2 * QUARTER_S),
            _rows(every, SHORT_BREAK, start + 24 * QUARTER_S + _quarters(rng, size, 4), QUARTER_S),
            _rows(meets, MEETING, start[meets] + 20 * QUARTER_S + _quarters(rng, len(meets), 2), 3 * QUARTER_S),
            _rows(coached, TRAINING, start[coached] + 28 * QUARTER_S + _quarters(rng, len(coached), 2), 2 * QUARTER_S),
            _rows(trained, TRAINING, start[trained] + 9 * QUARTER_S, 6 * QUARTER_S),
        ]
    )


def _office_activities(
    rng: np.random.Generator,
    people: People,
    calendar: Calendar,
    *,
    person: np.ndarray,
    day: np.ndarray,
    start: np.ndarray,
) -> np.ndarray:
    """Return the back office's activities: a stand-up each morning, fixed breaks, a weekly meeting, some training."""
    every = np.arange(len(person))
    meeting_day = np.array([len(one.team) % 5 for one in people.persons])
    meets = every[calendar.weekday[day] == meeting_day[person]]
    trained = every[rng.random(len(person)) < 0.06]
    return np.concatenate(
        [
            _rows(every, MEETING, start + 2 * QUARTER_S, QUARTER_S),
            _rows(every, SHORT_BREAK, start + 8 * QUARTER_S, QUARTER_S),
            _rows(every, MEAL, start + 16 * QUARTER_S, 2 * QUARTER_S),
            _rows(every, SHORT_BREAK, start + 25 * QUARTER_S, QUARTER_S),
            _rows(meets, MEETING, start[meets] + 20 * QUARTER_S, 3 * QUARTER_S),
            _rows(trained, TRAINING, start[trained] + 10 * QUARTER_S, 4 * QUARTER_S),
        ]
    )


def planned_s(plan: Plan, ladder_word: str) -> np.ndarray:
    """Return the seconds planned per shift for one ladder word."""
    wanted = np.isin(
        plan.activity[:, 1], [number for number, (_, word) in enumerate(ACTIVITIES) if word == ladder_word]
    )
    rows = plan.activity[wanted]
    return np.bincount(rows[:, 0], weights=rows[:, 3], minlength=len(plan.person)).astype(np.int64)


def duty_rows(plan: Plan) -> np.ndarray:
    """Return rows shift, kind (-1 on duty), start, end that cover every shift without overlap."""
    shifts = np.arange(len(plan.person))
    first = np.searchsorted(plan.activity[:, 0], shifts)
    last = np.searchsorted(plan.activity[:, 0], shifts, side="right")
    rows = []
    for shift in shifts.tolist():
        at, end = int(plan.start[shift]), int(plan.start[shift]) + SHIFT_S
        for _, kind, start, length in plan.activity[first[shift] : last[shift]].tolist():
            if start > at:
                rows.append((shift, -1, at, start))
            rows.append((shift, kind, start, start + length))
            at = start + length
        if at < end:
            rows.append((shift, -1, at, end))
    return np.array(rows, dtype=np.int64)
