"""Evidence ranked: which state a moment of paid time belongs to, and what each rule moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation.intervals import sets
from analysis.foundation.intervals.sets import NOTHING, Engine, Keys, Packing
from analysis.foundation.intervals.table import Ints, Rows
from analysis.foundation.schema import BUCKETS, EXTRA_STATES, DataProblem

# What a plan alone can say about time in which nothing was measured.
PLANNED: tuple[str, ...] = ("ABSENT", "BREAK", "SUPPORT", "OUTAGE")
# States that do not show a person at work outside paid time.
NOT_AT_WORK: tuple[str, ...] = ("ABSENT", "BREAK", "OFF", "UNACCOUNTED")
MEASURED: tuple[str, ...] = tuple(bucket for bucket in BUCKETS if bucket != "UNACCOUNTED")
# Buckets of the classes in their order: measured, planned alone, nothing.
CLASSES: tuple[str, ...] = (*MEASURED, *PLANNED, "UNACCOUNTED")
MEASURED_BREAK = MEASURED.index("BREAK")
PLANNED_BREAK = len(MEASURED) + PLANNED.index("BREAK")

#: Rule, state, rows concerned, microseconds moved.
Moved = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True)
class Ranked:
    """Paid time in disjoint pieces with the class of each, the time seen outside it, and what each rule moved."""

    pieces: Keys
    number: Ints
    outside: Keys
    moved: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """Spells of one source by ladder word: as given, and merged."""

    spells: Mapping[str, Keys]
    merged: Mapping[str, Keys]

    @classmethod
    def of(cls, rows: Rows, states: pd.Series, packing: Packing, engine: Engine, name: str) -> Spread:
        """Sort packed spells by state; refuse words that the ladder does not know."""
        codes, words = pd.factorize(states)
        known = [*BUCKETS, *EXTRA_STATES]
        bad = ~np.append(pd.Index(words).isin(known), False)[codes]
        if bad.any():
            raise DataProblem(
                f"{name}: {int(bad.sum())} spells are in a state that the ladder does not know "
                f"(first: row {int(bad.argmax()) + 1}). Map it to one of {', '.join(known)}."
            )
        start, end = packing.pack(rows)
        spells = {str(word): (start[codes == code], end[codes == code]) for code, word in enumerate(words)}
        return cls(spells, {word: sets.merged(keys, engine) for word, keys in spells.items()})

    def any_of(self, words: Iterator[str] | tuple[str, ...], engine: Engine) -> Keys:
        """Return the union over some words."""
        together = NOTHING
        for word in words:
            together = sets.joined(together, self.merged.get(word, NOTHING), engine)
        return together


def ranked(
    measured: Spread, planned: Spread, *, windows: Keys, waited: Keys, packing: Packing, engine: Engine
) -> Ranked:
    """Give each moment of the windows to the strongest class that holds it."""
    inside = [sets.common(measured.merged.get(word, NOTHING), windows) for word in MEASURED]
    inside += [sets.common(planned.merged.get(word, NOTHING), windows) for word in PLANNED]
    idle = MEASURED.index("IDLE")
    lasting = inside[idle]
    inside[idle] = sets.added(waited, lasting, engine)[0] if len(waited[0]) else lasting
    moved: list[Moved] = []
    found: list[Keys] = []
    for (pieces, before), own, word in zip(
        sets.layered([*inside, windows], engine), [*inside, windows], CLASSES, strict=True
    ):
        lost = packing.length(own) - packing.length(pieces)
        if len(found) < len(MEASURED):
            moved += _of_measured(word, measured, windows=windows, before=before, lost=lost, packing=packing)
        elif word != "UNACCOUNTED":
            moved.append(("planned, measured otherwise", word, len(own[0]), lost))
            moved.append(("planned only", word, len(pieces[0]), packing.length(pieces)))
        found.append(pieces)
    waiting = packing.length(lasting) - packing.length(inside[idle])
    moved.append(("a contact was waiting", "IDLE", len(sets.common(lasting, waited)[0]), waiting))
    for word, rule in (("WORK", "at work, kind unknown"), ("OFF", "signed off in paid time")):
        left = sets.common(measured.merged.get(word, NOTHING), found[-1])
        moved.append((rule, word, len(left[0]), packing.length(left)))
    present = (word for word in (*MEASURED, "WORK") if word not in NOT_AT_WORK)
    outside = sets.added(windows, measured.any_of(tuple(present), engine), engine)[0]
    pieces, number = sets.in_order(found)
    return Ranked(pieces, number, outside, tuple(entry for entry in moved if entry[3]))


def _of_measured(
    word: str, measured: Spread, *, windows: Keys, before: Keys, lost: int, packing: Packing
) -> list[Moved]:
    """Return what paid time, overlaps and stronger evidence took from one measured state."""
    if word not in measured.spells:
        return []
    spells, own = measured.spells[word], measured.merged[word]
    inside = packing.length(sets.common(own, windows))
    doubled = packing.length(spells) - packing.length(own)
    return [
        ("seen twice in one state", word, _overlapping(spells) if doubled else 0, doubled),
        ("outside paid time", word, _reaching_outside(spells, windows), packing.length(own) - inside),
        ("stronger evidence", word, int((sets.overlapped(spells, before)[1] > 0).sum()) if lost else 0, lost),
    ]


def _reaching_outside(spells: Keys, windows: Keys) -> int:
    """Count spells that do not lie wholly inside one window."""
    first, counts = sets.overlapped(spells, windows)
    if not len(windows[0]):
        return int((spells[0] < spells[1]).sum())
    at = np.minimum(first, len(windows[0]) - 1)
    within = (counts > 0) & (windows[0][at] <= spells[0]) & (spells[1] <= windows[1][at])
    return int((~within & (spells[0] < spells[1])).sum())


def _overlapping(spells: Keys) -> int:
    """Count spells that overlap another one of the list."""
    start, end = spells
    lasting = start < end
    start, end = start[lasting], end[lasting]
    begun = np.searchsorted(np.sort(start), end, side="left")
    return int((begun - np.searchsorted(np.sort(end), start, side="right") > 1).sum())
