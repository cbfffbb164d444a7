"""Time per person, slot of the clock and state."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.foundation.intervals import sets
from analysis.foundation.intervals.sets import Engine, Packing
from analysis.foundation.intervals.table import Ints, Rows, Spells, read
from analysis.foundation.schema import DataProblem


def busy(
    spells: Spells, *, slot_s: float = 1800, ticks_per_s: int = 1_000_000, engine: Engine | None = None
) -> pd.DataFrame:
    """Return how long each person was in any spell, in every slot of the clock.

    Parameters
    ----------
    spells, engine
        As in :func:`union`.
    slot_s
        Length of a slot [s]; slots start at whole multiples since 1970 in UTC (or since 0 where stamps are integers).
    ticks_per_s
        Unit of integer stamps; microseconds unless stated. Times ignore it.

    Returns
    -------
    pandas.DataFrame
        agent, slot_start, busy_us (in the input's own unit where the stamps are integers); only slots with some time.

    Raises
    ------
    ValueError
        The slot is not a whole number of ticks.

    Examples
    --------
    >>> busy([(0, 20), (15, 40), (90, 92)], slot_s=30, ticks_per_s=1)
       slot_start  busy_us
    0           0       30
    1          30       10
    2          90        2
    """
    rows, labels = read(spells=spells)
    slot = slot_ticks(slot_s, ticks_per_s if labels.dtype is None else 1_000_000)
    packing = Packing.of(labels.people, [rows["spells"]])
    engine = sets.chosen(engine, len(rows["spells"]))
    pieces = packing.unpack(sets.merged(packing.pack(rows["spells"]), engine))
    person, number, time = by_slot(pieces, slot, engine)
    named = {} if labels.agents is None else {"agent": labels.names(person)}
    return pd.DataFrame({**named, "slot_start": labels.stamps(number * slot), "busy_us": time})


def totals(
    spells: pd.DataFrame, *, slot_s: float | None = 1800, ticks_per_s: int = 1_000_000, engine: Engine | None = None
) -> pd.DataFrame:
    """Return how long each person was in each state, in every slot of the clock or in all.

    Parameters
    ----------
    spells
        As in :func:`union`, with a column `state`. Overlaps within one state count once; states do not compete:
        apply :func:`exclusive` first where each moment must count once.
    slot_s
        Length of a slot [s]; None totals over all time.
    ticks_per_s, engine
        As in :func:`busy`.

    Returns
    -------
    pandas.DataFrame
        agent, slot_start (unless `slot_s` is None), state, us; ordered so.

    Examples
    --------
    >>> seen = pd.DataFrame({"start": [0, 5], "end": [10, 20], "state": ["IDLE", "HANDLING"]})
    >>> totals(seen, slot_s=None)
          state  us
    0  HANDLING  15
    1      IDLE  10
    """
    if "state" not in spells:
        raise DataProblem("spells: no column state. Totals by state need one.")
    codes, states = pd.factorize(spells["state"], sort=True)
    if (codes < 0).any():
        raise DataProblem(f"spells: {int((codes < 0).sum())} spells have no state. Map or reject them first.")
    rows, labels = read(spells=spells)
    slot = None if slot_s is None else slot_ticks(slot_s, ticks_per_s if labels.dtype is None else 1_000_000)
    packing = Packing.of(labels.people, [rows["spells"]])
    engine = sets.chosen(engine, len(spells))
    start, end = packing.pack(rows["spells"])
    found: list[tuple[Ints, ...]] = []
    for code in range(len(states)):
        pieces = packing.unpack(sets.merged((start[codes == code], end[codes == code]), engine))
        person, number, time = by_person(pieces) if slot is None else by_slot(pieces, slot, engine)
        found.append((person, number, np.full(len(person), code), time))
    empty = np.empty(0, dtype=np.int64)
    person, number, code, time = (
        (np.concatenate([empty, *columns]) for columns in zip(*found, strict=True)) if found else (empty,) * 4
    )
    order = np.lexsort((code, number, person))
    columns = {} if labels.agents is None else {"agent": labels.names(person[order])}
    if slot is not None:
        columns["slot_start"] = labels.stamps(number[order] * slot)
    return pd.DataFrame({**columns, "state": pd.Series(pd.Index(states).take(code[order])), "us": time[order]})


def by_slot(pieces: Rows, slot: int, engine: Engine) -> tuple[Ints, Ints, Ints]:
    """Return person, slot number and time of disjoint pieces that are in order of person and time."""
    if engine == "compiled":
        from analysis.foundation.intervals import kernels

        return kernels.by_slot(pieces.person, pieces.start, pieces.end, slot)
    row, number, time = slices(pieces, slot)
    person = pieces.person[row]
    if not len(row):
        return person, number, time
    new = np.concatenate([[True], (person[1:] != person[:-1]) | (number[1:] != number[:-1])])
    return person[new], number[new], np.add.reduceat(time, np.flatnonzero(new))


def slices(pieces: Rows, slot: int) -> tuple[Ints, Ints, Ints]:
    """Cut pieces at multiples of a slot: row of the piece, slot number, time."""
    lasting = pieces.start < pieces.end
    first = pieces.start // slot
    counts = np.where(lasting, (pieces.end - 1) // slot - first + 1, 0)
    row, number = sets.repeated(first, counts)
    left = np.maximum(pieces.start[row], number * slot)
    return row, number, np.minimum(pieces.end[row], (number + 1) * slot) - left


def by_person(pieces: Rows) -> tuple[Ints, Ints, Ints]:
    """Return person, a zero and time of disjoint pieces that are in order of person."""
    person, first = np.unique(pieces.person, return_index=True)
    time = np.add.reduceat(pieces.end - pieces.start, first) if len(first) else np.empty(0, dtype=np.int64)
    return person.astype(np.int64), np.zeros(len(person), dtype=np.int64), time


def slot_ticks(slot_s: float, ticks_per_s: int) -> int:
    """Return the slot in ticks."""
    ticks = round(slot_s * ticks_per_s)
    if ticks <= 0 or abs(ticks - slot_s * ticks_per_s) > 1e-9 * ticks:
        raise ValueError(
            f"slot_s must be a whole number of ticks above 0, got {slot_s} s at {ticks_per_s} ticks a second"
        )
    return ticks
