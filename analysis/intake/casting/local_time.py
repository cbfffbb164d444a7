"""From the wall clock of a source to UTC; what the clock showed twice is told apart by the rows themselves, or rejected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from analysis.foundation.calendars import DAY_US, first_moment, offset_us, readings, resolve, utc_us
from analysis.foundation.schema import Kind
from analysis.foundation.settings import Period
from analysis.intake.batch import Batch
from analysis.intake.casting.stamps import SECOND_US, Stamps
from analysis.intake.opening.arrow_text import SLICE_ROWS
from analysis.intake.settings import DURATION_TABLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Stamps that a system computed (deadlines) and nobody lived through: over a clock change they are moved, not rejected.
COMPUTED: frozenset[str] = frozenset({"due", "made_at"})
# Stamps whose order in the file can tell a doubled hour apart, and whose rows they are: table -> (columns in turn, owner).
IN_ORDER: Mapping[str, tuple[tuple[str, ...], str]] = {
    **{table: (ends, "agent") for table, ends in DURATION_TABLES.items()},
    "contacts": (("offered_at",), ""),
    "observations": (("observed_at",), ""),
    "state_totals": (("interval_start",), "agent"),
    "volumes": (("start",), "queue"),
    "forecasts": (("start",), "queue"),
}


@dataclass(slots=True)
class Column:
    """One of our columns over all rows of a batch: its values, and where something stands."""

    kind: Kind
    values: np.ndarray | pd.Series
    given: NDArray[np.bool_]

    @property
    def array(self) -> np.ndarray:
        """Values of a column that is no text."""
        return np.asarray(self.values)

    @property
    def text(self) -> pd.Series:
        """Values of a column of text."""
        return cast("pd.Series", self.values)


@dataclass(slots=True)
class _Reading:
    """The two readings of a column of stamps [us]; equal where there is no doubt."""

    early: NDArray[np.int64]
    late: NDArray[np.int64]

    def settle(self, mask: NDArray[np.bool_], us: NDArray[np.int64]) -> None:
        """Take the given readings where the mask says so."""
        self.early = np.where(mask, us, self.early)
        self.late = np.where(mask, us, self.late)


def first_moments(period: Period, zone: str) -> tuple[int, int]:
    """Return the first moment of a period and the first moment after it, in UTC microseconds."""
    days = pd.Series(pd.to_datetime([period.start, period.end + dt.timedelta(days=1)]))
    first, last = utc_us(first_moment(days, zone)).tolist()
    return first, last


def to_utc(batch: Batch, columns: dict[str, Column], stamps: Mapping[str, Stamps], zone: str) -> None:
    """Move stamps without an offset to UTC.

    Parameters
    ----------
    batch
        Rows of a source; a stamp that the clock never showed, or showed twice with nothing to tell which, rejects its row.
    columns
        Our columns; those of kind time are changed.
    stamps
        What was read of each.
    zone
        IANA zone of the wall clock.
    """
    shift = round(batch.source.clock_shift_s * SECOND_US)
    found: dict[str, _Reading] = {}
    for name, column in columns.items():
        if column.kind != "time":
            continue
        local = column.array + shift
        naive = column.given & ~stamps[name].aware
        reading, never = _Reading(local.copy(), local.copy()), np.zeros(len(local), dtype=bool)
        for at in range(0, len(local), SLICE_ROWS):
            some = np.flatnonzero(naive[at : at + SLICE_ROWS]) + at
            reading.early[some], reading.late[some], never[some] = readings(local[some], zone)
        if name in COMPUTED:
            reading.settle(never, local - offset_us(local - DAY_US, zone))
            reading.late = reading.early
        elif never.any():
            batch.reject(never, "dst_nonexistent")
        found[name] = reading
    _by_duration(batch, columns, found)
    _by_order(batch, columns, found, zone)
    for name, reading in found.items():
        batch.reject(columns[name].given & (reading.late > reading.early), "dst_ambiguous")
        columns[name].values = np.where(columns[name].given, reading.early, 0)


def _by_duration(batch: Batch, columns: Mapping[str, Column], found: Mapping[str, _Reading]) -> None:
    """Settle a doubled start or end by the other end of its row and the duration that the row states."""
    length = columns.get("duration")
    start, end = DURATION_TABLES.get(batch.source.target, ("", ""))
    if length is None or start not in found or end not in found:
        return
    if not any((found[name].late > found[name].early).any() for name in (start, end)):
        return
    both = length.given & columns[start].given & columns[end].given
    for name, other, sign in ((start, end, 1), (end, start, -1)):
        reading, far = found[name], found[other]
        fits = [
            both & (np.abs(sign * (edge - us) - length.array) <= SECOND_US)
            for us in (reading.early, reading.late)
            for edge in (far.early, far.late)
        ]
        early, late = fits[0] | fits[1], fits[2] | fits[3]
        reading.settle(late & ~early, reading.late)
        reading.settle(early & ~late, reading.early)


def _by_order(batch: Batch, columns: Mapping[str, Column], found: Mapping[str, _Reading], zone: str) -> None:
    """Settle doubled stamps by the order in which a person's rows were recorded, starts and ends in turn."""
    order, owner = IN_ORDER.get(batch.source.target, ((), ""))
    names = [name for name in order if name in found]
    if not names:
        return
    open_rows = np.any([columns[name].given & (found[name].late > found[name].early) for name in names], axis=0)
    open_rows &= batch.fates.open
    if not open_rows.any():
        return
    who = columns[owner].text if owner in columns else pd.Series(batch.file_of)
    near = np.flatnonzero(batch.fates.open & who.isin(who[open_rows]).to_numpy())
    near = _in_time_order(near, who, [(columns[name], found[name]) for name in names])
    rows = np.repeat(near, len(names))
    shown = np.stack(
        [np.where(columns[name].given, _wall(found[name], zone), 0)[near] for name in names], axis=1
    ).ravel()
    given = np.stack([columns[name].given[near] for name in names], axis=1).ravel()
    local = pd.Series(shown.view("M8[us]")).where(given)
    answer = resolve(local, zone, agents=who.iloc[rows].reset_index(drop=True))
    utc = answer.utc.dt.tz_localize(None).to_numpy().astype("M8[us]").view(np.int64).reshape(len(near), -1)
    good = (answer.problem == "").to_numpy().reshape(len(near), -1)
    for position, name in enumerate(names):
        reading = found[name]
        mask, us = np.zeros(len(batch.rows), dtype=bool), np.zeros(len(batch.rows), dtype=np.int64)
        mask[near], us[near] = good[:, position], utc[:, position]
        mask &= open_rows & ((us == reading.early) | (us == reading.late))
        reading.settle(mask, us)


def _in_time_order(
    near: NDArray[np.intp], who: pd.Series, stamps: Sequence[tuple[Column, _Reading]]
) -> NDArray[np.intp]:
    """Return rows in the order in which they were lived through: turned round for owners whose newest row stands first."""
    us, sure = np.zeros(len(who), dtype=np.int64), np.zeros(len(who), dtype=bool)
    for column, reading in stamps:
        plain = column.given & (reading.early == reading.late) & ~sure
        us, sure = np.where(plain, reading.early, us), sure | plain
    person = pd.factorize(who.iloc[near])[0]
    order = np.argsort(person, kind="stable")
    order = order[sure[near[order]]]
    owner, steps = person[order], np.sign(np.diff(us[near[order]]))
    same = owner[1:] == owner[:-1]
    trend = np.bincount(owner[1:], weights=steps * same, minlength=int(person.max()) + 1)
    return near[np.argsort(np.where(trend[person] < 0, -near, near), kind="stable")]


def _wall(reading: _Reading, zone: str) -> NDArray[np.int64]:
    """Return what the clock showed at a reading."""
    return reading.early + offset_us(reading.early, zone)
