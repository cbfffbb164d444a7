"""Text cells as one Arrow array."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa


def as_array(text: pd.Series) -> pa.Array:
    """Return cells as one array of text, missing ones empty."""
    array = pa.array(text, type=pa.large_string(), from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array.fill_null("")
