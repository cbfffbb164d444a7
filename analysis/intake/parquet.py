"""Parquet exports as text cells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.foundation.schema import DataProblem
from analysis.intake.raw import RawFile, Wanted, check_header, plain

if TYPE_CHECKING:
    import pyarrow as pa


def read_parquet(file: str, path: Path, *, wanted: Wanted) -> RawFile:
    """Return the cells of a parquet file; row 1 is its first record, and it has no header row.

    Parameters
    ----------
    file
        Name for messages.
    path
        Where the file lies.
    wanted
        Names of columns that must or may be there.

    Raises
    ------
    DataProblem
        The file is damaged, or a wanted column is missing.
    """
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from pyarrow import parquet

    try:
        content = parquet.ParquetFile(path)
        header = [plain(name) for name in content.schema_arrow.names]
        check_header(file, header, wanted)
        columns = [_as_text(column) for column in content.read().columns]
        physical = sum(content.metadata.row_group(index).num_rows for index in range(content.metadata.num_row_groups))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError):
        raise DataProblem(
            f"{file}: the parquet file is damaged or holds nested values. Export the table as CSV."
        ) from None
    frame = pd.DataFrame(
        {
            position: pd.Series(
                column.to_pandas(types_mapper=_text_type), dtype=pd.StringDtype("pyarrow", na_value=np.nan)
            )
            for position, column in enumerate(columns)
        }
    )
    counts = {"header": 0, "banner": 0, "blank": 0, "total": 0}
    return RawFile(file, header, frame, np.arange(1, len(frame) + 1), physical, counts, typed=True)


def _text_type(_: Any) -> Any:
    import numpy as np
    import pandas as pd

    return pd.StringDtype("pyarrow", na_value=np.nan)


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column as text, missing values empty."""
    import pyarrow as pa
    from pyarrow import compute

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_boolean(column.type):
        column = compute.if_else(column, "true", "false")
    return compute.fill_null(column.cast(pa.string()), "")
