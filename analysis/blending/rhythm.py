"""When items arrive and when there is idle time: open hours and idle hours between an arrival and its due time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.foundation.calendars import slot_of_day_s, to_local, weekday
from analysis.foundation.settings import Client

Floats = NDArray[np.float64]

WEEK_S = 7 * 86_400
_SLOT_S = 1800
# Items of a type that are looked at: enough for a share to two digits.
_MOST_ITEMS = 5000


@dataclass(frozen=True, slots=True)
class Week:
    """A typical week of the contact centre by half hour, Monday 00:00 first, local time.

    Attributes
    ----------
    open
        1 in half hours with contacts, else 0; 336 of them.
    idle
        Mean idle agents; the open half hours themselves where idle time was not measured.
    """

    open: Floats
    idle: Floats

    def open_h(self, start_s: Floats, length_s: Floats | float) -> Floats:
        """Return the open hours in windows that begin at a second of the week.

        Examples
        --------
        >>> nine_to_ten = np.zeros(336); nine_to_ten[18:20] = 1
        >>> Week(nine_to_ten, nine_to_ten).open_h(np.array([0.0, 34200.0]), 86_400.0).tolist()
        [1.0, 0.5]
        """
        return _within(self.open, start_s, length_s)

    def idle_h(self, start_s: Floats, length_s: Floats | float) -> Floats:
        """Return the agent-hours of idle time in such windows."""
        return _within(self.idle, start_s, length_s)


def _within(values: Floats, start_s: Floats, length_s: Floats | float) -> Floats:
    total = np.concatenate([[0.0], np.cumsum(values)]) * _SLOT_S / 3600

    def until(moment: Floats) -> Floats:
        weeks, rest = np.divmod(moment, WEEK_S)
        return weeks * total[-1] + np.interp(rest, np.arange(len(total)) * _SLOT_S, total)

    start = np.asarray(start_s, dtype=float)
    return until(start + length_s) - until(start)


def typical_week(tables: Mapping[str, pd.DataFrame], idle: pd.DataFrame | None, *, client: Client) -> Week | None:
    """Return the week of the contact centre; None where nothing says when it is open.

    Parameters
    ----------
    tables
        Canonical tables: volumes, else contacts, tell when there are contacts.
    idle
        weekday, slot_of_day_s, idle_agents and, where there are several, population; None where idle time was not measured.
    client
        Zone and holidays.
    """
    stamps = _contact_stamps(tables)
    opened = np.zeros(WEEK_S // _SLOT_S)
    if stamps is not None:
        local = pd.Series(stamps.unique())
        opened[_place(weekday(local, client.time_zone), slot_of_day_s(local, client.time_zone, slot_s=_SLOT_S))] = 1.0
    agents = np.zeros_like(opened)
    if idle is not None and not idle.empty:
        mine = idle[idle["population"].eq("contact_centre")] if "population" in idle else idle
        np.add.at(
            agents,
            _place(mine["weekday"], mine["slot_of_day_s"] // _SLOT_S * _SLOT_S),
            mine["idle_agents"].fillna(0.0).to_numpy(float),
        )
    if not opened.any():
        opened = (agents > 0).astype(float)
    if not opened.any():
        return None
    return Week(opened, agents * opened if (agents * opened).any() else opened)


def _contact_stamps(tables: Mapping[str, pd.DataFrame]) -> pd.Series | None:
    """Return the half hours with contacts, of the volumes or else of the contacts."""
    for name, column, count in (("volumes", "start", "offered"), ("contacts", "offered_at", None)):
        table = tables.get(name)
        if table is not None and not table.empty:
            held = table[table[count].gt(0)] if count else table
            # a half hour of UTC holds all that is asked here in every zone of the world but those off by a quarter
            return held[column].dropna().dt.floor(f"{_SLOT_S // 2} s")
    return None


def _place(day: Sequence[int] | pd.Series, slot: pd.Series) -> NDArray[np.int64]:
    return (np.asarray(day, dtype=np.int64) * 86_400 + np.asarray(slot, dtype=np.int64)) // _SLOT_S


def second_of_week(stamps: pd.Series, zone: str) -> Floats:
    """Return local seconds since Monday 00:00.

    Examples
    --------
    >>> second_of_week(pd.Series(pd.to_datetime(["2026-03-03T08:00Z"])), "Europe/Amsterdam").tolist()
    [118800.0]
    """
    local = to_local(stamps, zone)
    midnight = local.dt.normalize()
    return (local.dt.day_of_week * 86_400 + (local - midnight).dt.total_seconds()).to_numpy(float)


def due_windows(
    items: pd.DataFrame, max_wait_h: float, week: Week, *, mean_s: float, zone: str
) -> tuple[float, float | None]:
    """Return the slack of a type and the share of its items that meet idle time before they are due.

    Parameters
    ----------
    items
        Items of the type: arrived, due.
    max_wait_h
        Promised hours from arrival, by the clock; NaN where not stated, then the items' own due times count.
    week
        The contact centre's week.
    mean_s
        Mean length [s].
    zone
        Local zone.

    Returns
    -------
    tuple
        Median over the items of the open hours between arrival and due, less the length [h]; NaN where no due time is known. Share of items with idle
        time for a whole item before they are due; None where no arrivals are known.
    """
    arrived = items["arrived"].dropna()
    if len(arrived) > _MOST_ITEMS:
        # evenly over the period, the same ones each time
        arrived = arrived.sort_values().iloc[:: len(arrived) // _MOST_ITEMS + 1]
    own = (items["due"].reindex(arrived.index) - arrived).dt.total_seconds().to_numpy(float)
    promised = np.full(len(arrived), 3600 * max_wait_h)
    length = np.where(np.isnan(promised), own, promised)
    start = second_of_week(arrived, zone)[~np.isnan(length)]
    length = np.maximum(length[~np.isnan(length)], 0.0)
    if not len(start):
        share_open = float(week.open.mean())
        return (max_wait_h * share_open - mean_s / 3600 if np.isfinite(max_wait_h) else float("nan")), None
    slack = float(np.median(week.open_h(start, length))) - mean_s / 3600
    return slack, float((week.idle_h(start, length) * 3600 >= mean_s).mean())
