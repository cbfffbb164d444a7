"""The back office of the sample client over one period: items that a system logs, work that none logs, and non-work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.synthetic import clerks
from analysis.synthetic.people import SHIFT_S, People
from analysis.synthetic.plans import ACTIVITIES, BREAK, Plan
from analysis.synthetic.streams import Calendar, day_effects, stream


@dataclass(frozen=True, slots=True)
class ItemType:
    """A kind of back-office item.

    Attributes
    ----------
    name, mean_min
        Name in the exports, and the mean length in minutes of those that a clerk starts.
    interruptible, resume_s, max_wait_h, regulated, off_desk, help_needed, access
        As in the client's list of item types; access is empty where the client has not decided.
    errors
        Share of checked items with an error.
    """

    name: str
    mean_min: float
    interruptible: bool
    resume_s: int
    max_wait_h: int
    regulated: bool
    off_desk: bool
    help_needed: bool
    access: bool | None
    errors: float


ITEM_TYPES = (
    ItemType("address change", 4.2, True, 10, 24, False, False, False, True, 0.012),
    ItemType("policy amendment", 8.6, True, 20, 48, False, False, False, True, 0.028),
    ItemType("claim registration", 13.5, True, 30, 24, False, False, False, True, 0.035),
    ItemType("claim assessment", 26.0, False, 180, 96, True, False, True, False, 0.041),
    ItemType("complaint reply", 39.0, False, 300, 240, False, False, True, None, 0.022),
    ItemType("mail scanning", 6.2, False, 60, 8, False, True, False, True, 0.006),
)
# inclination of each team to start an item of each type
TEAM_MIX = {
    "Claims settlement": (0.0, 0.0, 0.62, 0.31, 0.07, 0.0),
    "Policy administration": (0.42, 0.53, 0.0, 0.0, 0.05, 0.0),
    "Correspondence": (0.34, 0.0, 0.0, 0.0, 0.07, 0.59),
    "Payments": (0.3, 0.5, 0.0, 0.2, 0.0, 0.0),
}
_STEPS, _CANDIDATES = 130, 150
_LENGTH_SIGMA = 0.55
_OTHER_MIN, _IDLE_MIN, _AWAY_MIN = 11.0, 8.5, 7.0
_CHOICE = (0.17, 0.2, 0.075)
_PAUSE_S = (5, 45)


@dataclass(frozen=True, slots=True)
class OfficePeriod:
    """What happened in the back office in one period, in local seconds of the day.

    Attributes
    ----------
    plan
        Shifts and planned activities.
    truth
        Rows shift, state (index of ``clerks.STATES``), item type (-1), start, end: every shift covered, in order, planned
        breaks and meetings among them.
    """

    plan: Plan
    truth: np.ndarray


def simulate_office(people: People, calendar: Calendar, plan: Plan, *, seed: int, period: int) -> OfficePeriod:
    """Return one period of the back office; arguments as for the contact centre."""
    rng = stream(seed, "items", period)
    windows, bounds = _windows(plan)
    choice, other = _draw_conduct(rng, people, calendar, plan, day_effects(seed, period, (len(calendar.days), 4))[:, 3])
    kinds, lengths = _draw_items(rng, people, calendar, plan)
    rows = clerks.run_shifts(windows, bounds, choice, other, kinds, lengths)
    words = np.array([clerks.STATES.index(word) for _, word in ACTIVITIES])
    shift, kind, start, length = plan.activity.T
    planned = np.column_stack([shift, words[kind], np.full(len(shift), -1), start, start + length])
    every = np.concatenate([rows, planned])
    return OfficePeriod(plan, every[np.lexsort((every[:, 3], every[:, 0]))])


def _windows(plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Return the stretches between planned activities, and where each shift's begin."""
    size = len(plan.person)
    breaks = np.array([word == BREAK for _, word in ACTIVITIES])
    shift = np.concatenate([np.arange(size), plan.activity[:, 0]])
    start = np.concatenate([plan.start, plan.activity[:, 2] + plan.activity[:, 3]])
    rest = np.concatenate([np.zeros(size, bool), breaks[plan.activity[:, 1]]])
    order = np.lexsort((start, shift))
    shift, start, rest = shift[order], start[order], rest[order]
    ends = np.concatenate([plan.activity[:, 2], plan.start + SHIFT_S])
    owner = np.concatenate([plan.activity[:, 0], np.arange(size)])
    ends = ends[np.lexsort((ends, owner))]
    return np.column_stack([start, ends, rest]).astype(np.int64), np.searchsorted(shift, np.arange(size + 1))


def _draw_conduct(
    rng: np.random.Generator, people: People, calendar: Calendar, plan: Plan, shared: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return what each clerk chooses at each step and how long that lasts, with effects of person, day and person-day."""
    size = len(plan.person)
    own = rng.standard_normal((2, size))
    weekday = np.array([-0.06, -0.02, 0.0, 0.02, 0.1])[calendar.weekday[plan.day]]
    slack = np.exp(0.3 * people.conduct[plan.person] + 0.22 * shared[plan.day] + 0.2 * own[0] + weekday - 0.09)
    busy = np.exp(0.25 * people.pace[plan.person] + 0.15 * own[1] - 0.04)
    bars = np.cumsum(np.broadcast_to(_CHOICE, (size, 3)), axis=1)
    drawn = rng.random((size, _STEPS))
    choice = np.zeros((size, _STEPS), dtype=np.int64)
    choice += (drawn < bars[:, [2]]).astype(np.int64) * clerks.AWAY
    choice -= (drawn < bars[:, [1]]).astype(np.int64) * (clerks.AWAY - clerks.IDLE)
    choice -= (drawn < bars[:, [0]]).astype(np.int64) * (clerks.IDLE - clerks.WORK)
    noise = np.exp(0.7 * rng.standard_normal((size, _STEPS)) - 0.245)
    other = np.empty((size, _STEPS, 4), dtype=np.int64)
    other[:, :, 0] = rng.integers(*_PAUSE_S, (size, _STEPS))
    other[:, :, clerks.WORK] = 60 * _OTHER_MIN * busy[:, None] * noise
    other[:, :, clerks.IDLE] = 60 * _IDLE_MIN * slack[:, None] * rng.standard_exponential((size, _STEPS))
    other[:, :, clerks.AWAY] = 60 * _AWAY_MIN * slack[:, None] * noise
    return choice, np.maximum(other, 1)


def _draw_items(
    rng: np.random.Generator, people: People, calendar: Calendar, plan: Plan
) -> tuple[np.ndarray, np.ndarray]:
    """Return candidate items per shift and step, and their lengths in seconds."""
    size = len(plan.person)
    teams = list(TEAM_MIX)
    placed = np.array(
        [
            teams.index(people.persons[one].team_on(calendar.days[day]))
            for one, day in zip(plan.person.tolist(), plan.day.tolist(), strict=True)
        ]
    )
    bars = np.cumsum(np.array(list(TEAM_MIX.values())), axis=1)
    drawn = rng.random((size, _CANDIDATES))
    kinds = np.empty(drawn.shape, dtype=np.int64)
    for team in range(len(teams)):
        kinds[placed == team] = np.searchsorted(bars[team], drawn[placed == team], side="right")
    kinds = np.minimum(kinds, len(ITEM_TYPES) - 1)
    mean = 60 * np.array([one.mean_min for one in ITEM_TYPES])
    speed = np.exp(0.1 * people.speed[plan.person] - 0.005)[:, None]
    noise = np.exp(_LENGTH_SIGMA * rng.standard_normal(drawn.shape) - _LENGTH_SIGMA**2 / 2)
    return kinds, np.maximum((mean[kinds] * speed * noise).astype(np.int64), 20)
