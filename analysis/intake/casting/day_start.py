"""The business day: times after midnight that an export writes under the day on which the shift began."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.batch import Batch
from analysis.intake.casting.stamps import DAY_US, HOUR_US, MINUTE_US, Stamps
from analysis.intake.settings import DURATION_TABLES, ColumnSource
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Stamps of intervals, which reports write under the business day even where date and time share a column.
INTERVAL_STARTS: Mapping[str, str] = {"state_totals": "interval_start", "volumes": "start", "forecasts": "start"}
# Whose rows stand in order, where the table says so.
OWNERS: tuple[str, ...] = ("agent", "queue")
# A step from an evening to a morning of one date; so many are no accident.
EVENING_US, MORNING_US = 18 * HOUR_US, 9 * HOUR_US
LEAST_STEPS = 2
# Rows in no order of time step back within a date at all hours.
LEAST_SHARE = 0.5


def business_day(
    batch: Batch, stamps: Mapping[str, Stamps], origins: Mapping[str, ColumnSource], who: pd.Series
) -> None:
    """Move times before the start of the business day to the next date, or ask where rows show that this is needed.

    Parameters
    ----------
    batch
        Rows of a source.
    stamps
        Stamps as they were read; those with date and time apart and those of intervals are changed.
    origins
        Where each of our columns comes from.
    who
        Person or queue of each row; empty text where there is none.

    Raises
    ------
    DataProblem
        The rows of a person or queue step back from evening to morning within a date, and the source does not say when its day begins.
    """
    names = [
        name
        for name, stamp in stamps.items()
        if (origins[name].date is not None or INTERVAL_STARTS.get(batch.source.target) == name)
        and not stamp.aware.any()
    ]
    if not names:
        return
    if batch.source.business_day_start is None:
        _ask(batch, stamps[names[0]], who)
        return
    hours, minutes = batch.source.business_day_start.split(":")
    begin = int(hours) * HOUR_US + int(minutes) * MINUTE_US
    moved: NDArray[np.bool_] = np.zeros(len(batch.rows), dtype=bool)
    late: dict[str, NDArray[np.bool_]] = {}
    for name in names:
        stamp = stamps[name]
        late[name] = stamp.given & ~stamp.bad & ~stamp.date_only & ~stamp.next_day & (stamp.us % DAY_US < begin)
        stamp.us = np.where(late[name], stamp.us + DAY_US, stamp.us)
        moved |= late[name]
    net = _net(batch, stamps, late)
    batch.move("business_day", net)
    moved &= batch.fates.open
    if moved.any():
        batch.note(
            "business_day",
            "fixed",
            f"{number_of(int(moved.sum()), 'row')} with times before {batch.source.business_day_start} (first: {batch.place(moved)}); read as the "
            "early hours of the next date, as business_day_start says.",
            int(moved.sum()),
            int(net[moved].sum()),
        )


def _net(batch: Batch, stamps: Mapping[str, Stamps], late: Mapping[str, NDArray[np.bool_]]) -> NDArray[np.int64]:
    """Return what the move of one end without the other adds to the time of each row [us]."""
    net = np.zeros(len(batch.rows), dtype=np.int64)
    start, end = DURATION_TABLES.get(batch.source.target, ("", ""))
    if start not in stamps or end not in stamps:
        return net
    both = stamps[start].given & ~stamps[start].bad & stamps[end].given & ~stamps[end].bad
    for name, sign in ((end, DAY_US), (start, -DAY_US)):
        if name in late:
            net += np.where(both & late[name], sign, 0)
    return net


def _ask(batch: Batch, stamp: Stamps, who: pd.Series) -> None:
    """Ask when the day begins where the steps back of a person's or queue's rows within a date lead from the evening to the morning."""
    rows = np.flatnonzero(batch.fates.open & stamp.given & ~stamp.bad & ~stamp.date_only & ~stamp.next_day)
    if len(rows) < 2:
        return
    person = pd.factorize(who.iloc[rows])[0].astype(np.int64) * len(batch.files) + batch.file_of[rows]
    order = np.argsort(person, kind="stable")
    at, person, us = rows[order], person[order], stamp.us[rows[order]]
    day, clock = us // DAY_US, us % DAY_US
    back = np.zeros(len(at), dtype=bool)
    back[1:] = (person[1:] == person[:-1]) & (day[1:] == day[:-1]) & (us[1:] < us[:-1])
    night = back.copy()
    night[1:] &= (clock[:-1] >= EVENING_US) & (clock[1:] < MORNING_US)
    if night.sum() < LEAST_STEPS or night.sum() < LEAST_SHARE * back.sum():
        return
    new = np.append(True, (person[1:] != person[:-1]) | (day[1:] != day[:-1]))
    group = np.cumsum(new) - 1
    first, last = clock[new], clock[np.append(np.flatnonzero(new)[1:] - 1, len(at) - 1)]
    hit = np.unique(group[night])
    # a date that already held its morning before the evening is a date of the calendar
    if (first[hit] <= last[hit]).any():
        return
    mask = np.zeros(len(batch.rows), dtype=bool)
    mask[at[night]] = True
    begin = min((int(last[hit].max()) // HOUR_US + 1) * HOUR_US, int(first[hit].min()) // HOUR_US * HOUR_US)
    raise batch.ask(
        f"{batch.file_at(mask)}: {number_of(int(night.sum()), 'time')} the rows of a person or queue step back from evening to morning under one date "
        f'(first: {batch.place(mask)}), as where the day of an export goes on after midnight. Set business_day_start = "{begin // HOUR_US:02d}:00" '
        'if so (earlier times then belong to the next date), or business_day_start = "00:00" if every date is right as it stands.'
    )
