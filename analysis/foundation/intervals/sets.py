"""Unions, differences and intersections of many people's time at once, on packed keys.

A key holds the number of the person above a moment, so that one sort orders people and time together. A set of time is a pair
of sorted key arrays (starts, ends) of disjoint, non-touching pieces. Sorting starts and ends apart is enough: a piece of the union
ends where the next start lies beyond the end of the same rank.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.foundation.intervals.table import Ints, Rows

Engine = Literal["compiled", "numpy"]
Keys = tuple[Ints, Ints]

# Rows from which the kernels pay for being loaded: they save about 0.03 s a million rows (benchmarks/intervals.py).
COMPILED_FROM_ROWS = 20_000_000
_BITS = 63
NOTHING: Keys = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def chosen(engine: Engine | None, rows: int) -> Engine:
    """Return the engine asked for, or the quicker one for this many rows."""
    if engine is None:
        if rows < COMPILED_FROM_ROWS:
            return "numpy"
        from analysis.foundation.compiled import COMPILED

        return "compiled" if COMPILED else "numpy"
    if engine not in ("compiled", "numpy"):
        raise ValueError(f"engine must be 'compiled' or 'numpy', got {engine!r}")
    return engine


@dataclass(frozen=True, slots=True)
class Packing:
    """How a person and a moment share one int64: the moment from `origin`, or its rank in `values` where that is too long."""

    bits: int
    origin: int
    values: Ints | None = None

    @classmethod
    def of(cls, people: int, parts: Sequence[Rows]) -> Packing:
        """Return a packing that holds every moment of the parts for this many people."""
        filled = [part for part in parts if len(part)]
        if not filled:
            return cls(1, 0)
        low = min(int(part.start.min()) for part in filled)
        span = max(int(part.end.max()) for part in filled) - low
        person_bits = max(people - 1, 0).bit_length()
        if span.bit_length() + person_bits <= _BITS:
            return cls(span.bit_length(), low)
        values = np.unique(np.concatenate([column for part in filled for column in (part.start, part.end)]))
        return cls(len(values).bit_length(), 0, values)

    def keys(self, person: Ints, moment: Ints) -> Ints:
        """Pack people and moments."""
        low = moment - self.origin if self.values is None else np.searchsorted(self.values, moment)
        return (person << self.bits) | low

    def length(self, keys: Keys) -> int:
        """Return the time that pieces hold together."""
        rows = self.unpack(keys)
        return int((rows.end - rows.start).sum())

    def pack(self, rows: Rows) -> Keys:
        """Pack rows, in their order."""
        return self.keys(rows.person, rows.start), self.keys(rows.person, rows.end)

    def spans(self, keys: Keys) -> Keys:
        """Return each person's time from the first start to the last end of a set."""
        person = keys[0] >> self.bits
        new = np.ones(len(person) + 1, dtype=bool)
        new[1:-1] = person[1:] != person[:-1]
        return keys[0][new[:-1]], keys[1][new[1:]]

    def unpack(self, keys: Keys) -> Rows:
        """Return packed pieces as rows."""
        mask = (1 << self.bits) - 1
        start, end = keys[0] & mask, keys[1] & mask
        if self.values is not None:
            return Rows(keys[0] >> self.bits, self.values[start], self.values[end])
        return Rows(keys[0] >> self.bits, start + self.origin, end + self.origin)


def merged(keys: Keys, engine: Engine) -> Keys:
    """Return the union of spells in any order; empty spells vanish, touching ones join."""
    start, end = keys
    lasting = start < end
    if not lasting.all():
        start, end = start[lasting], end[lasting]
    return _islands(np.sort(start), np.sort(end), engine)


def joined(a: Keys, b: Keys, engine: Engine) -> Keys:
    """Return the union of two sets."""
    if not (len(a[0]) and len(b[0])):
        return a if len(a[0]) else b
    return _islands(_together(a[0], b[0]), _together(a[1], b[1]), engine)


def added(taken: Keys, more: Keys, engine: Engine) -> tuple[Keys, Keys]:
    """Return what the set `more` adds to the set `taken`, and the union of both."""
    if not (len(taken[0]) and len(more[0])):
        return more, joined(taken, more, engine)
    both = joined(taken, more, engine)
    # the union's starts and the taken ends open a piece, the union's ends and the taken starts close one
    return _lasting(_together(both[0], taken[1]), _together(both[1], taken[0])), both


def layered(classes: Iterable[Keys], engine: Engine) -> Iterator[tuple[Keys, Keys]]:
    """Give each moment to the first set that holds it: yield what each adds, and the union of the sets before it."""
    taken: Keys = NOTHING
    for own in classes:
        pieces, together = added(taken, own, engine)
        yield pieces, taken
        taken = together


def in_order(found: Sequence[Keys]) -> tuple[Keys, Ints]:
    """Return the pieces of disjoint sets in order of person and time, and the number of the set of each."""
    number = np.repeat(np.arange(len(found)), [len(start) for start, _ in found])
    start, end = (np.concatenate([NOTHING[side], *(pieces[side] for pieces in found)]) for side in (0, 1))
    order = np.argsort(start)
    return (start[order], end[order]), number[order]


def common(a: Keys, b: Keys) -> Keys:
    """Return what lies in both sets."""
    if not (len(a[0]) and len(b[0])):
        return a[0][:0], a[1][:0]
    start, end = _together(a[0], b[0]), _together(a[1], b[1])
    # at most two pieces overlap anywhere, so both hold from the later start of a pair to the earlier end
    return _lasting(start[1:], end[:-1])


def shared(keys: Keys, windows: Rows, packing: Packing) -> Keys:
    """Return what of a set lies in windows that hold for everybody: disjoint, in order of time, of nobody in particular."""
    at = packing.unpack(keys)
    first = np.searchsorted(windows.end, at.start, side="right")
    row, window = repeated(first, np.searchsorted(windows.start, at.end, side="left") - first)
    start = np.maximum(at.start[row], windows.start[window])
    return packing.pack(Rows(at.person[row], start, np.minimum(at.end[row], windows.end[window])))


def overlapped(keys: Keys, windows: Keys) -> tuple[Ints, Ints]:
    """Return for each spell the first window that it meets and how many in a row it meets."""
    first = np.searchsorted(windows[1], keys[0], side="right")
    beyond = np.searchsorted(windows[0], keys[1], side="left")
    return first, np.where(keys[0] < keys[1], np.maximum(beyond - first, 0), 0)


def repeated(first: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Return, for runs of `counts` consecutive numbers from `first`, each member's row and number."""
    row = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    return row, first[row] + within


def _together(a: Ints, b: Ints) -> Ints:
    """Merge two sorted arrays (the stable sort finds the two runs)."""
    return np.sort(np.concatenate([a, b]), kind="stable")


def _lasting(start: Ints, end: Ints) -> Keys:
    """Drop pieces without length."""
    kept = start < end
    return start[kept], end[kept]


def _islands(start: Ints, end: Ints, engine: Engine) -> Keys:
    """Return the union's pieces from starts and ends, each sorted by itself."""
    if engine == "compiled":
        from analysis.foundation.intervals import kernels

        return kernels.islands(start, end)
    if not len(start):
        return start, end
    apart = start[1:] > end[:-1]
    return start[np.concatenate([[True], apart])], end[np.concatenate([apart, [True]])]
