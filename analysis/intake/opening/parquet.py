"""Parquet exports as text cells, read some thousand rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from analysis.foundation.schema import DataProblem
from analysis.intake.opening.arrow_text import give_back, tidied
from analysis.intake.opening.cells import Cells, Pile
from analysis.intake.opening.marks import digests_of, marks_of
from analysis.intake.opening.raw import RawFile, Wanted, check_header, plain, unique_names

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

BATCH_ROWS = 1 << 16


def read_parquet(file: str, path: Path, *, wanted: Wanted) -> RawFile:
    """Return the cells of a parquet file, of the columns that are wanted; row 1 is its first record, and it has no header row.

    Parameters
    ----------
    file
        Name for messages.
    path
        Where the file lies.
    wanted
        Names of columns that must or may be there, which are kept.

    Raises
    ------
    DataProblem
        The file is damaged, or a wanted column is missing.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        content = parquet.ParquetFile(path)
        header = [plain(name) for name in content.schema_arrow.names]
        check_header(file, header, wanted)
        keep = wanted.positions(header)
        piles = {position: Pile() for position in keep}
        marks = [np.zeros(0, dtype=np.uint8)]
        physical = sum(content.metadata.row_group(index).num_rows for index in range(content.metadata.num_row_groups))
        for columns, rows in _batches(content, range(len(header))):
            for position, pile in piles.items():
                pile.add(columns[position])
            marks.append(marks_of(list(columns.values()), header, rows))
            if wanted.report is not None:
                wanted.report(sum(map(len, marks)), physical)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError):
        raise DataProblem(
            f"{file}: the parquet file is damaged or holds nested values. Export the table as CSV."
        ) from None
    found = np.concatenate(marks)
    cells = Cells({position: pile.column() for position, pile in piles.items()}, len(found))
    counts = {"header": 0, "banner": 0, "blank": 0, "total": 0}
    raw = RawFile(file, header, cells, np.arange(1, len(found) + 1), physical, counts, typed=True, marks=found)
    if len(keep) < len(header):
        raw.digests = partial(_rest_digests, content, header, [at for at in range(len(header)) if at not in piles])
    give_back()
    return raw


def _batches(content: object, positions: Sequence[int]) -> Iterator[tuple[dict[int, pa.Array], int]]:
    """Yield some columns of the next rows as tidied text, by position, and how many rows these are."""
    for batch in content.iter_batches(batch_size=BATCH_ROWS):  # type: ignore[attr-defined]
        yield {position: tidied(_as_text(batch.column(position))) for position in positions}, batch.num_rows


def _rest_digests(
    content: object, header: Sequence[str], rest: Sequence[int], positions: NDArray[np.intp]
) -> list[bytes]:
    """Return the digests of the cells of some rows that were not kept, from a second reading of the file."""
    import pyarrow as pa

    names, found, first = unique_names(header), [], 0
    for columns, rows in _batches(content, rest):
        some = positions[(positions >= first) & (positions < first + rows)] - first
        if len(some):
            at = pa.array(some)
            found += digests_of({names[place]: column.take(at) for place, column in columns.items()}, len(some))
        first += rows
    return found


def _as_text(column: pa.Array) -> pa.Array:
    """Return a column as text, missing values empty."""
    import pyarrow as pa
    from pyarrow import compute

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_boolean(column.type):
        column = compute.if_else(column, "true", "false")
    return compute.fill_null(column.cast(pa.large_string()), "")
