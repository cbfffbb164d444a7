"""Text cells as Arrow arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import wraps
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute

# Cells that are taken apart by patterns hold many times their own memory: so many rows at once are enough to be quick.
SLICE_ROWS = 1 << 18
# A column whose first cells repeat so often is read value by value.
_LOOK_ROWS, _REPEATS = 1 << 14, 4
TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
_Parts = TypeVar("_Parts")


def as_array(text: pd.Series) -> pa.Array:
    """Return cells as one array of text, missing ones empty."""
    array = pa.array(text, type=pa.large_string(), from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array.fill_null("")


def as_series(text: pa.Array | pa.ChunkedArray) -> pd.Series:
    """Return text as a column of cells, without a copy where it is large text already."""
    return pd.Series(pd.arrays.ArrowStringArray(text, dtype=TEXT), copy=False)  # type: ignore[call-arg]


def give_back() -> None:
    """Give memory that was let go of back to the system, which Arrow otherwise keeps for later."""
    pa.default_memory_pool().release_unused()


def tidied(text: pa.Array) -> pa.Array:
    """Return text without blanks at its ends and in composed Unicode form; nothing else changes."""
    values = compute.utf8_trim_whitespace(text)
    if not compute.all(compute.string_is_ascii(values), min_count=0).as_py():
        values = compute.utf8_normalize(values, form="NFC")
    return values


def matches(text: pa.Array, pattern: str) -> np.ndarray:
    """Return which cells match a pattern."""
    return np.asarray(compute.match_substring_regex(text, pattern), dtype=bool)


def by_value(parse: Callable[..., _Parts]) -> Callable[..., _Parts]:
    """Make a parser read each value once where the values of a column repeat.

    Parameters
    ----------
    parse
        Takes a column of text and settings by name, and returns a dataclass of arrays with one value per cell. What it makes of a cell may
        depend on which values the column holds, but not on how often or where.

    Returns
    -------
    callable
        Gives the same result in less time and memory.
    """

    @wraps(parse)
    def whole(text: pd.Series, **settings: Any) -> _Parts:
        first = as_array(text.iloc[:_LOOK_ROWS])
        if len(text) < _LOOK_ROWS or len(first.unique()) * _REPEATS > len(first):
            return parse(text, **settings)
        cells = as_array(text).dictionary_encode()
        found, codes = parse(as_series(cells.dictionary), **settings), np.asarray(cells.indices)
        arrays = {item.name: getattr(found, item.name)[codes] for item in fields(found)}  # type: ignore[arg-type]
        return type(found)(**arrays)

    return whole


def cells_like(text: pd.Series, pattern: str) -> np.ndarray:
    r"""Return which cells of a column match a pattern, asked once for each value where values repeat.

    Examples
    --------
    >>> cells_like(pd.Series(["a1", "b"]), r"\d").tolist()
    [True, False]
    """
    first = as_array(text.iloc[:_LOOK_ROWS])
    if len(text) < _LOOK_ROWS or len(first.unique()) * _REPEATS > len(first):
        return matches(as_array(text), pattern)
    cells = as_array(text).dictionary_encode()
    return matches(cells.dictionary, pattern)[np.asarray(cells.indices)]


def sliced(parse: Callable[..., _Parts]) -> Callable[..., _Parts]:
    """Make a parser that reads each cell by itself work slice by slice, so that its memory does not grow with the file.

    Parameters
    ----------
    parse
        Takes a column of text and settings by name, and returns a dataclass of arrays with one value per cell.

    Returns
    -------
    callable
        Gives the same result.
    """

    @wraps(parse)
    def whole(text: pd.Series, **settings: Any) -> _Parts:
        if len(text) <= SLICE_ROWS:
            return parse(text, **settings)
        parts = (parse(text.iloc[at : at + SLICE_ROWS], **settings) for at in range(0, len(text), SLICE_ROWS))
        return _joined(parts, len(text))

    return whole


def _joined(parts: Iterator[_Parts], rows: int) -> _Parts:
    """Return one dataclass of arrays from those of successive slices."""
    arrays: dict[str, np.ndarray] = {}
    at, part = 0, None
    for part in parts:
        for item in fields(part):  # type: ignore[arg-type]
            values = getattr(part, item.name)
            arrays.setdefault(item.name, np.empty(rows, dtype=values.dtype))[at : at + len(values)] = values
        at += len(values)
    return type(part)(**arrays)  # type: ignore[misc]
