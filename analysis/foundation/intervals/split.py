"""Overlapping spells of one person share the time equally, to the last microsecond."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.foundation.intervals import sets
from analysis.foundation.intervals.sets import Keys, Packing
from analysis.foundation.intervals.table import Ints, Spells, read

# Bits that hold the fraction of a tick; fewer only where more than a million spells overlap at one moment.
_FRACTION_BITS = 40


def attribute(spells: Spells) -> pd.Series:
    """Return each spell's time when overlapping spells of a person share it equally, in whole microseconds.

    Parameters
    ----------
    spells
        As in :func:`union`: items or contacts that one person has open at the same time.

    Returns
    -------
    pandas.Series
        One int64 per spell in the input's order and index, microseconds (or the input's own unit). The sum per person is exactly the
        time of the union; a spell that overlaps no other one keeps its own length; one without length gets nothing.

    Raises
    ------
    DataProblem
        As in :func:`union`.

    Notes
    -----
    A spell gets the integral of 1 / (spells of this person at that moment) over its length. Fractions of a tick are settled within each
    stretch of touching spells by largest remainder; of equal remainders the earlier start, then the earlier end, comes first. So the
    answer hangs on the times alone, not on the order of the rows (rows that are equal in everything may swap a tick).

    Examples
    --------
    >>> attribute([(0, 60), (30, 90), (200, 210)]).tolist()
    [45, 45, 10]
    >>> attribute([(0, 10), (0, 10), (0, 10)]).tolist()
    [4, 3, 3]
    """
    rows, labels = read(spells=spells)
    given = rows["spells"]
    packing = Packing.of(labels.people, [given])
    index = spells.index if isinstance(spells, pd.DataFrame) else None
    return pd.Series(_shares(packing.pack(given), packing), index=index, name="us", dtype="int64")


def _shares(keys: Keys, packing: Packing) -> Ints:
    """Return the share of each spell, in ticks."""
    result = np.zeros(len(keys[0]), dtype=np.int64)
    lasting = np.flatnonzero(keys[0] < keys[1])
    if not len(lasting):
        return result
    start, end = keys[0][lasting], keys[1][lasting]
    whole, fraction = _exact(start, end, packing)
    islands = sets.merged((start, end), "numpy")
    at = packing.unpack(islands)
    island = np.searchsorted(islands[0], start, side="right") - 1
    rows = np.bincount(island, minlength=len(islands[0]))
    left = at.end - at.start
    np.subtract.at(left, island, whole)
    order = np.lexsort((end, start, np.iinfo(np.uint64).max - fraction, island))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(np.cumsum(rows) - rows, rows)
    # one tick each to the largest remainders; truncated fractions can never leave more than a tick a row in practice
    result[lasting] = whole + left[island] // rows[island] + (rank < left[island] % rows[island])
    return result


def _exact(start: Ints, end: Ints, packing: Packing) -> tuple[Ints, np.ndarray]:
    """Return the whole ticks of each spell, and the fraction of a tick as a 64-bit fixed-point number."""
    edges = np.unique(np.concatenate([start, end]))
    at = packing.unpack((edges[:-1], edges[1:]))
    begun = np.searchsorted(np.sort(start), edges[:-1], side="right")
    depth = begun - np.searchsorted(np.sort(end), edges[:-1], side="right")
    open_rows = np.maximum(depth, 1)
    length = np.where(depth > 0, at.end - at.start, 0)
    bits = min(_FRACTION_BITS, 62 - int(open_rows.max()).bit_length())
    rest = ((length % open_rows) << bits) // open_rows
    # sums wrap around 64 bits; the difference over one spell does not
    ticks = np.concatenate([[0], np.cumsum(length // open_rows)])
    parts = np.concatenate([[0], np.cumsum(rest)])
    first, last = np.searchsorted(edges, start), np.searchsorted(edges, end)
    part = parts[last] - parts[first]
    whole = ticks[last] - ticks[first] + (part >> bits)
    return whole, (part & ((1 << bits) - 1)).astype(np.uint64)
