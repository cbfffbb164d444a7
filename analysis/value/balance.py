"""The balance of hours: what is freed where people are, what moving items frees, and what takes it up; pure arithmetic, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# no utilization is taken to be below this, so that nothing is divided by zero
_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Situation:
    """What the balance starts from; every field one number per draw (or one number for all).

    Attributes
    ----------
    base_h
        Hours of the base of the back office, per week.
    today, achievable
        Utilization today and after the change, shares of the base; `achievable` equals `today` where no room was found.
    non_work
        Share of the base that is not work today and not support.
    movable_h
        Item hours a week that the chosen mode can move at promise and cap.
    uptake
        Share of them that is really moved.
    agents_idle_h
        Hours a week in which agents wait for contacts today.
    """

    base_h: np.ndarray
    today: np.ndarray
    achievable: np.ndarray
    non_work: np.ndarray
    movable_h: np.ndarray
    uptake: np.ndarray
    agents_idle_h: np.ndarray


@dataclass(frozen=True, slots=True)
class Uses:
    """What can take up freed hours, hours of base a week, in this order."""

    overtime_h: float = 0.0
    outsourced_h: float = 0.0
    vacancies_h: float = 0.0


@dataclass(frozen=True, slots=True)
class Balance:
    """The lines of the balance, one number per draw, hours a week; see :func:`balance`."""

    needed_today: np.ndarray
    needed_after: np.ndarray
    freed: np.ndarray
    freed_in_place: np.ndarray
    freed_by_moving: np.ndarray
    overtime: np.ndarray
    outsourced: np.ndarray
    vacancies: np.ndarray
    left: np.ndarray
    idle_today: np.ndarray
    moved_to_agents: np.ndarray
    idle_left: np.ndarray
    moving_alone: np.ndarray
    limited: np.ndarray
    short: np.ndarray


def balance(now: Situation, uses: Uses) -> Balance:
    """Balance the hours of both populations.

    Parameters
    ----------
    now
        Where both stand.
    uses
        What can take up freed hours.

    Returns
    -------
    Balance
        In every draw: needed_today = needed_after + freed; freed = freed_in_place + freed_by_moving = overtime + outsourced + vacancies + left; idle_today = moved_to_agents + idle_left.
        `moving_alone` is what moving would free at today's utilization; `limited` tells where the non-work that exists held freed hours back, `short` where agents' waiting or the work itself held
        moved hours back.

    Notes
    -----
    With H hours, u0 and u1 the utilization before and after and B hours moved, W = u0 H is the work and

        needed after = (W - B) / u1,  freed in place = H - W / u1,  freed by moving = B / u1.

    An hour moved frees 1 / u1 hours and not 1 / u0: at .55 to .75 the latter counts 36 % too much, since the time around the work has been counted in place already.
    Limits, in every draw: u1 >= u0; B at most the work that is there and the time that agents wait; freed in place at most the non-work that exists; all that is freed at most that non-work
    and the hours moved. The last two say that support (meetings, training) is not freed: needed after >= W - B + support. Without them a post less would also save its share of meetings.

    Examples
    --------
    >>> one = np.ones(1)
    >>> found = balance(Situation(100 * one, 0.55 * one, 0.75 * one, 0.35 * one, 15 * one, one, 40 * one), Uses(overtime_h=10.0))
    >>> [round(float(part[0]), 2) for part in (found.freed_in_place, found.freed_by_moving, found.needed_after, found.left)]
    [26.67, 20.0, 53.33, 36.67]
    """
    today = np.maximum(now.today, _LEAST)
    after = np.maximum(now.achievable, today)
    work, spare = now.base_h * now.today, np.maximum(now.base_h * now.non_work, 0.0)
    wanted = now.movable_h * now.uptake
    moved = np.minimum(np.minimum(wanted, work), np.maximum(now.agents_idle_h, 0.0))
    loose_in_place = now.base_h * (after - today) / after
    in_place = np.minimum(loose_in_place, spare)
    loose_by_moving = moved / after
    by_moving = np.minimum(loose_by_moving, spare - in_place + moved)
    freed = in_place + by_moving
    overtime = np.minimum(uses.overtime_h, freed)
    outsourced = np.minimum(uses.outsourced_h, freed - overtime)
    vacancies = np.minimum(uses.vacancies_h, freed - overtime - outsourced)
    return Balance(
        needed_today=now.base_h,
        needed_after=now.base_h - freed,
        freed=freed,
        freed_in_place=in_place,
        freed_by_moving=by_moving,
        overtime=overtime,
        outsourced=outsourced,
        vacancies=vacancies,
        left=freed - overtime - outsourced - vacancies,
        idle_today=now.agents_idle_h,
        moved_to_agents=moved,
        idle_left=now.agents_idle_h - moved,
        moving_alone=np.minimum(moved / today, spare + moved),
        limited=(loose_in_place > in_place) | (loose_by_moving > by_moving),
        short=wanted > moved,
    )
