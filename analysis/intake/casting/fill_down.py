"""Empty cells that repeat the cell above, as merged cells leave them: filled where the source declares it, and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.intake.opening.raw import plain
from analysis.intake.words import number_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch


def fill_down(batch: Batch) -> None:
    """Fill the empty cells of the columns that the source declares in ``fill_down`` from the row above.

    Parameters
    ----------
    batch
        Rows of a source, of which blank rows, headers and totals already have their fate: they neither give nor take a value.

    Notes
    -----
    A value is carried down within one file. It is carried over blank rows and repeated headers, but not over a row of totals, nor over a row
    that was rejected: that row might have held the next value.
    """
    for name in map(plain, batch.source.fill_down):
        if name not in batch.cells.columns:
            continue
        text = batch.cells[name]
        filled, count = _carried(batch, text)
        if count:
            batch.cells[name] = filled
            empty = ((text == "") & (filled != "")).to_numpy(dtype=bool)
            batch.note(
                "filled_down",
                "fixed",
                f"{number_of(count, 'empty cell')} of column {name!r} filled from the row above, as fill_down says "
                f"(first: {batch.place(empty)}).",
                count,
            )


def _carried(batch: Batch, text: pd.Series) -> tuple[pd.Series, int]:
    """Return a column with its gaps filled, and how many there were."""
    given = (text != "").to_numpy(dtype=bool)
    usable = batch.fates.open
    rows = np.arange(len(text))
    # The last row at or above each row that gives a value, and the last one that stops what stood above it.
    source = np.maximum.accumulate(np.where(given & usable, rows, -1)) if len(rows) else rows
    barrier = np.maximum.accumulate(np.where(_barriers(batch), rows, -1)) if len(rows) else rows
    take = usable & ~given & (source >= barrier) & (source >= 0)
    filled = text.copy()
    filled[take] = text.iloc[source[take]].to_numpy()
    return filled, int(take.sum())


def _barriers(batch: Batch) -> NDArray[np.bool_]:
    """Return the rows over which no value from above is carried: the first of a file, totals, rejected rows, and those below a row not kept."""
    stops = np.zeros(len(batch.rows), dtype=bool)
    stops[1:] = batch.file_of[1:] != batch.file_of[:-1]
    stops[:1] = True
    for position, raw in enumerate(batch.files):
        own = np.flatnonzero(batch.file_of == position)
        below = np.searchsorted(batch.rows[own], [fault.row for fault in raw.faults])
        stops[own[below[below < len(own)]]] = True
    useless = np.array([fate in ("total", "rejected") for fate, _ in batch.fates.names], dtype=bool)
    stops |= useless[batch.fates.codes]
    return stops
