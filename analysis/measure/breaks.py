"""Breaks against the entitlement of each person's day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.foundation.intervals.table import Ints, Rows
from analysis.foundation.schema import BUCKETS
from analysis.measure.person_days import DayPieces, PersonDays, added_up
from analysis.measure.precedence import CLASSES, MEASURED_BREAK, PLANNED_BREAK, Moved

_UNLIMITED = np.iinfo(np.int64).max
_AWAY, _BREAK, _UNACCOUNTED = (BUCKETS.index(bucket) for bucket in ("AWAY", "BREAK", "UNACCOUNTED"))


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Paid break per person-day: one figure for all, or the plan's (None); and planned break that was worked through."""

    us: int | None
    planned_inside: Rows
    planned: Rows
    worked_through: Rows

    def of(self, keys: Ints, days: PersonDays) -> Ints:
        """Return the entitlement of each person-day; without limit where the plan says nothing about breaks."""
        extra = added_up(keys, days.cut(self.worked_through))
        if self.us is not None:
            return self.us + extra
        known = added_up(keys, days.cut(self.planned)) > 0
        return np.where(known, added_up(keys, days.cut(self.planned_inside)) + extra, _UNLIMITED)


def buckets_of(number: Ints) -> Ints:
    """Return the bucket of each class, as its index in ``BUCKETS``."""
    return np.array([BUCKETS.index(word) for word in CLASSES], dtype=np.int64)[number]


def limited(rows: Rows, number: Ints, entitlement: Entitlement, days: PersonDays) -> tuple[Rows, Ints, list[Moved]]:
    """Return pieces and their buckets with break beyond the entitlement turned into ``AWAY``, planned break into ``UNACCOUNTED``."""
    bucket = buckets_of(number)
    measured, planned = (days.cut(rows.take(which)) for which in _breaks(number))
    keys = np.unique(np.concatenate([measured.key, planned.key]))
    entitled = entitlement.of(keys, days)
    kept = _kept(measured, keys, entitled)
    taken = np.zeros(len(keys), dtype=np.int64)
    np.add.at(taken, np.searchsorted(keys, measured.key), kept)
    left = _kept(planned, keys, entitled - taken)
    over, surplus = int((measured.length - kept).sum()), int((planned.length - left).sum())
    if not (over or surplus):
        return (*joined(rows, bucket), [])
    moved: list[Moved] = [
        ("break beyond the entitlement is AWAY", "BREAK", int((kept < measured.length).sum()), over),
        ("planned break beyond the entitlement is UNACCOUNTED", "BREAK", int((left < planned.length).sum()), surplus),
    ]
    at_measured, at_planned = _breaks(number)
    others = np.flatnonzero((number != MEASURED_BREAK) & (number != PLANNED_BREAK))
    parts = [
        (others, rows.start[others], rows.end[others], bucket[others]),
        _split(at_measured[measured.row], measured, kept, _AWAY),
        _split(at_planned[planned.row], planned, left, _UNACCOUNTED),
    ]
    row, start, end, bucket = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.argsort(row, kind="stable")
    order = order[start[order] < end[order]]
    return (*joined(Rows(rows.person[row[order]], start[order], end[order]), bucket[order]), [m for m in moved if m[3]])


def _breaks(number: Ints) -> tuple[Ints, Ints]:
    """Return which pieces are measured and which are planned break."""
    return np.flatnonzero(number == MEASURED_BREAK), np.flatnonzero(number == PLANNED_BREAK)


def _kept(pieces: DayPieces, keys: Ints, allowed: Ints) -> Ints:
    """Return how much of each piece the allowance of its person-day still covers, in time order."""
    if not len(pieces.key):
        return pieces.key
    order = np.lexsort((pieces.start, pieces.key))
    key, length = pieces.key[order], pieces.length[order]
    before = np.cumsum(length) - length
    new = np.concatenate([[True], key[1:] != key[:-1]])
    before -= before[np.maximum.accumulate(np.where(new, np.arange(len(key)), 0))]
    free = allowed[np.searchsorted(keys, key)]
    kept = np.empty_like(length)
    kept[order] = np.clip(free - before, 0, length)
    return kept


def _split(row: Ints, pieces: DayPieces, kept: Ints, rest: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Return each piece as its kept part, which stays break, and its rest."""
    middle = pieces.start + kept
    return (
        np.repeat(row, 2),
        np.column_stack([pieces.start, middle]).ravel(),
        np.column_stack([middle, pieces.end]).ravel(),
        np.tile(np.array([_BREAK, rest]), len(row)),
    )


def joined(rows: Rows, bucket: Ints) -> tuple[Rows, Ints]:
    """Join pieces of one person and bucket that touch."""
    if not len(rows):
        return rows, bucket
    apart = (rows.person[1:] != rows.person[:-1]) | (bucket[1:] != bucket[:-1]) | (rows.start[1:] != rows.end[:-1])
    first, last = np.concatenate([[True], apart]), np.concatenate([apart, [True]])
    return Rows(rows.person[first], rows.start[first], rows.end[last]), bucket[first]
