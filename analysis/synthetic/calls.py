"""The contact centre of the sample client over one period: calls, agents' conduct, and what the simulated desk makes of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.synthetic import desk
from analysis.synthetic.people import SHIFT_S, People
from analysis.synthetic.plans import MEETING, SHORT_BREAK, Plan
from analysis.synthetic.streams import DAY_S, HOUR_S, SLOT_S, Calendar, day_effects, stream

QUEUES = ("claims line", "service line")
OPEN_S, CLOSE_S = 8 * HOUR_S, 20 * HOUR_S
ANSWER_WITHIN_S = 20
SHORT_S = 5
SLOTS = (CLOSE_S - OPEN_S) // SLOT_S
# expected calls of an ordinary day per queue, and the mean seconds of talk, hold (where there is one) and wrap
CALLS_PER_DAY = (685.0, 1120.0)
_TALK_S, _HOLD_S, _WRAP_S = (405.0, 255.0), 75.0, (110.0, 55.0)
_HOLD_SHARE = 0.18
_TALK_SIGMA, _WRAP_SIGMA, _SPEED_SIGMA = 0.65, 0.55, 0.09
_PATIENCE_S = (300.0, 210.0)
_HASTY_SHARE, _HASTY_S = 0.06, 3.0
WEEKDAY_FACTOR = np.array([1.13, 1.03, 0.97, 0.94, 0.93])
DAY_SIGMA, _QUEUE_SIGMA = 0.115, 0.035
# relative calls per half hour from 08:00: a morning peak, a second one after lunch, quiet evenings
SHAPE = np.array(
    (
        *(0.62, 0.78, 0.98, 1.1, 1.26, 1.32, 1.3, 1.22, 1.28, 1.36, 1.42, 1.46),
        *(1.44, 1.4, 1.32, 1.16, 0.76, 0.68, 0.57, 0.5, 0.4, 0.35, 0.31, 0.28),
    )
)
OUTAGE_DAY, OUTAGE_S = 12, (10 * HOUR_S + 1200, 11 * HOUR_S + 300)
_REFUSAL = 0.012


@dataclass(frozen=True, slots=True)
class CentrePeriod:
    """What happened in the contact centre in one period, in local seconds of the day.

    Attributes
    ----------
    plan
        Shifts and planned activities.
    status
        Rows shift, status (index of ``desk.STATUSES``), start, end, in order of shift and start.
    calls
        Rows day, queue, offered, answered (-1 for abandoned), ended, shift (-1), talk, hold, wrap, in order of day and arrival.
    """

    plan: Plan
    status: np.ndarray
    calls: np.ndarray


def expected_calls(calendar: Calendar) -> np.ndarray:
    """Return the expected calls per queue, working day and half hour, before any day effect."""
    per_day = np.array(CALLS_PER_DAY)[:, None] * WEEKDAY_FACTOR[calendar.weekday]
    return per_day[:, :, None] * (SHAPE / SHAPE.sum())


def mean_handle_s(queue: int) -> float:
    """Return the mean handling time of a queue at normal speed, in seconds."""
    return _TALK_S[queue] + _HOLD_SHARE * _HOLD_S + _WRAP_S[queue]


def simulate_centre(people: People, calendar: Calendar, plan: Plan, *, seed: int, period: int) -> CentrePeriod:
    """Return one period of the contact centre.

    Parameters
    ----------
    people, calendar, plan
        The persons, the working days and the schedule of this period.
    seed, period
        Which of the exchangeable periods: 0 is the one that is written.
    """
    calls, queues, bounds = _draw_calls(calendar, seed=seed, period=period)
    shifts, acts, speed = _draw_conduct(people, calendar, plan, seed=seed, period=period)
    first = np.searchsorted(plan.day, np.arange(len(calendar.days) + 1))
    status, answered = [], []
    for day in range(len(calendar.days)):
        one, two = first[day], first[day + 1]
        low, high = shifts[one, 2] if two > one else 0, shifts[two - 1, 3] if two > one else 0
        local = shifts[one:two] - np.array([0, 0, low, low])
        rows, result = desk.run_day(
            local, speed[one:two], acts[low:high], calls[bounds[day] : bounds[day + 1]], CLOSE_S
        )
        rows[:, 0] += one
        status.append(rows)
        result[:, 0] = np.where(result[:, 0] >= 0, result[:, 0] + one, -1)
        answered.append(result)
    every = np.concatenate(status)
    every = every[np.argsort(every[:, 0] * DAY_S + every[:, 2], kind="stable")]
    outcome = np.concatenate(answered)
    days = np.repeat(np.arange(len(calendar.days)), np.diff(bounds))
    offered = np.column_stack([days, queues, calls[:, 0]])
    handled = np.where(outcome[:, [0]] >= 0, outcome[:, 3:6], 0)
    return CentrePeriod(plan, every, np.column_stack([offered, outcome[:, [1, 2, 0]], handled]))


def _draw_calls(calendar: Calendar, *, seed: int, period: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the calls of all days, their queues, and where each day's calls begin."""
    rng = stream(seed, "arrivals", period)
    shared = day_effects(seed, period, (len(calendar.days), 3))[:, :1]
    own = day_effects(seed, period, (len(calendar.days), 3))[:, 1:]
    effect = DAY_SIGMA * shared + _QUEUE_SIGMA * own
    variance = DAY_SIGMA**2 + _QUEUE_SIGMA**2
    rate = expected_calls(calendar) * np.exp(effect - variance / 2).T[:, :, None]
    counts = rng.poisson(rate)
    queue, day, slot = (np.repeat(axis.ravel(), counts.ravel()) for axis in np.indices(counts.shape))
    at = OPEN_S + slot * SLOT_S + rng.integers(0, SLOT_S, len(slot))
    outage = (day == OUTAGE_DAY) & (at >= OUTAGE_S[0]) & (at < OUTAGE_S[1])
    queue, day, at = queue[~outage], day[~outage], at[~outage]
    order = np.lexsort((queue, at, day))
    queue, day, at = queue[order], day[order], at[order]
    calls = _lengths(stream(seed, "handling", period), queue, at)
    return calls, queue, np.searchsorted(day, np.arange(len(calendar.days) + 1))


def _lengths(rng: np.random.Generator, queue: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the record of each call that the desk needs, in whole seconds."""
    size = len(queue)

    def lognormal(mean: np.ndarray | float, sigma: float) -> np.ndarray:
        return mean * np.exp(sigma * rng.standard_normal(size) - sigma**2 / 2)

    talk = lognormal(np.take(_TALK_S, queue), _TALK_SIGMA)
    hold = np.where(rng.random(size) < _HOLD_SHARE, lognormal(_HOLD_S, 0.5), 0)
    wrap = lognormal(np.take(_WRAP_S, queue), _WRAP_SIGMA)
    hasty = rng.random(size) < _HASTY_SHARE
    patience = np.where(hasty, _HASTY_S, np.take(_PATIENCE_S, queue)) * rng.standard_exponential(size)
    refusal = np.where(rng.random(size) < _REFUSAL, 15 + 90 * rng.standard_exponential(size), 0)
    return np.column_stack([at, 1 + patience, talk, hold, wrap, refusal]).astype(np.int64)


def _draw_conduct(
    people: People, calendar: Calendar, plan: Plan, *, seed: int, period: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return log-in, log-off and activity rows per shift, all activities by shift and time, and the speed per shift."""
    rng = stream(seed, "conduct", 2 * period)
    size, person = len(plan.person), plan.person
    late = np.minimum(60 * np.exp(1.4 + 0.6 * rng.standard_normal(size)), 1200) - 60
    early = np.minimum(120 * rng.standard_exponential(size), 300)
    login, logoff = plan.start + late, plan.start + SHIFT_S - np.where(plan.start + SHIFT_S < CLOSE_S, early, 0)
    acts = np.concatenate([_planned(rng, people, plan), _unplanned(rng, people, calendar, plan)])
    acts = acts[np.lexsort((acts[:, 1], acts[:, 0]))]
    bounds = np.searchsorted(acts[:, 0], np.arange(size + 1))
    shifts = np.column_stack([login, logoff, bounds[:-1], bounds[1:]]).astype(np.int64)
    speed = np.exp(_SPEED_SIGMA * people.speed - _SPEED_SIGMA**2 / 2)
    return shifts, np.ascontiguousarray(acts[:, [2, 1, 3, 4, 5]]), speed[person]


def _planned(rng: np.random.Generator, people: People, plan: Plan) -> np.ndarray:
    """Return breaks, which last about as long as planned, and meetings and training, which end when planned."""
    shift, kind, start, length = plan.activity.T
    rest = kind <= MEETING - 1
    overrun = 1.04 + 0.03 * people.conduct[plan.person[shift]] + 0.07 * rng.standard_normal(len(shift))
    lasts = np.where(rest, length * np.clip(overrun, 0.6, 1.6), length)
    status = np.choose(kind - SHORT_BREAK, (desk.BREAK, desk.MEAL, desk.MEETING, desk.TRAINING))
    until = np.where(rest, 0, start + length)
    return np.column_stack([shift, start, status, lasts, until, np.zeros(len(shift))]).astype(np.int64)


def _unplanned(rng: np.random.Generator, people: People, calendar: Calendar, plan: Plan) -> np.ndarray:
    """Return personal time, own calls out, short log-offs early in the shift, and the one system outage."""
    size = len(plan.person)
    conduct, pace = people.conduct[plan.person], people.pace[plan.person]
    parts = []
    for status, rate, mean_s, sigma in (
        (desk.AWAY, 2.6 * np.exp(0.35 * conduct - 0.06), 300.0, 0.7),
        (desk.COMMUNICATING, 1.0 * np.exp(0.3 * pace - 0.045), 250.0, 0.6),
    ):
        shift = np.repeat(np.arange(size), rng.poisson(rate))
        at = plan.start[shift] + rng.integers(1200, SHIFT_S - 600, len(shift))
        length = np.clip(mean_s * np.exp(sigma * rng.standard_normal(len(shift)) - sigma**2 / 2), 10, 1500)
        parts.append(_acts(shift, at, status, length))
    gone = np.flatnonzero(rng.random(size) < 0.05)
    parts.append(
        _acts(
            gone,
            plan.start[gone] + rng.integers(1800, 3000, len(gone)),
            desk.OFFLINE,
            60 * rng.uniform(3, 12, len(gone)),
            lapses=1,
        )
    )
    if len(calendar.days) > OUTAGE_DAY:
        hit = np.flatnonzero(
            (plan.day == OUTAGE_DAY) & (plan.start < OUTAGE_S[0]) & (plan.start + SHIFT_S > OUTAGE_S[1])
        )
        parts.append(_acts(hit, np.full(len(hit), OUTAGE_S[0]), desk.SYSTEM, np.zeros(len(hit)), until=OUTAGE_S[1]))
    return np.concatenate(parts)


def _acts(
    shift: np.ndarray, at: np.ndarray, status: int, length: np.ndarray, *, until: int = 0, lapses: int = 0
) -> np.ndarray:
    full = np.ones(len(shift))
    return np.column_stack([shift, at, status * full, length, until * full, lapses * full]).astype(np.int64)


def square_root_staffing(load: np.ndarray) -> np.ndarray:
    """Return the agents that the client's planner asks for: load plus a margin that grows with its square root."""
    return np.ceil(load + 0.9 * np.sqrt(load)) if load.size else load
