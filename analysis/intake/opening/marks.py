"""What all cells of a row together say: that it is blank, a repeated header, a total or damaged, and whether it equals another row.

Most columns of an export are not needed and are not kept; only these questions ask for all of them.

Equal rows are found in two steps. The cells that are kept give each row a fast checksum; rows that are equal have equal checksums, so
none is missed. Rows whose checksum occurs twice are then told apart by a digest of all their cells: BLAKE2b of 128 bits over the
names and texts of the cells that are not empty, written so that no two different rows are written alike. Two different rows among
five million would share a digest with probability 4e-26, and nobody can construct such a pair with less than 2^64 tries. It does
not depend on the machine, the run or the order of columns.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from hashlib import blake2b

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import compute

from analysis.intake.opening.arrow_text import matches
from analysis.intake.opening.cells import Cells, Coded, Column
from analysis.intake.opening.raw import TOTAL_PATTERN

BLANK, HEADER, TOTAL, TOTAL_BEGINS, CONTROL = (np.uint8(1 << bit) for bit in range(5))
EXACT_TOTAL = rf"(?i)^({TOTAL_PATTERN})\s*:?$"
_BEGINS = rf"(?i)^({TOTAL_PATTERN})\b"
_TOTAL_AND_MORE = rf"(?i)^({TOTAL_PATTERN})\s"
# The checksum looks at so many bytes of a cell, and at its length.
_HASHED_BYTES = 64
_ODD = np.uint64(0x9E3779B97F4A7C15)
_OTHER_ODD = np.uint64(0xC2B2AE3D27D4EB4F)


def marks_of(columns: Sequence[pa.Array], header: Sequence[str], rows: int) -> NDArray[np.uint8]:
    """Return the marks of rows of which all cells are there.

    Parameters
    ----------
    columns
        Text by position, tidied.
    header
        Names by position: a row that repeats them is a header.
    rows
        How many there are.
    """
    blank, repeated = np.ones(rows, dtype=bool), np.ones(rows, dtype=bool)
    first = pa.array([""] * rows, type=pa.large_string())
    for name, column in zip(header, columns, strict=True):
        empty = compute.equal(column, "")
        blank &= np.asarray(empty, dtype=bool)
        repeated &= np.asarray(compute.equal(column, name), dtype=bool)
        first = compute.if_else(compute.equal(first, ""), column, first)
    return np.where(blank, BLANK, 0).astype(np.uint8) | np.where(repeated & ~blank, HEADER, 0) | total_marks(first)


def total_marks(first: pa.Array) -> NDArray[np.uint8]:
    """Return which first cells are a word for totals, and which begin with one."""
    if pa.types.is_dictionary(first.type):
        return total_marks(first.dictionary)[np.asarray(first.indices)]
    marks = np.zeros(len(first), dtype=np.uint8)
    near = np.flatnonzero(matches(first, _BEGINS))
    some = first.take(pa.array(near))
    marks[near] = np.where(matches(some, EXACT_TOTAL), TOTAL, 0) | np.where(
        matches(some, _TOTAL_AND_MORE), TOTAL_BEGINS, 0
    )
    return marks


def equals(column: pa.Array, value: str) -> NDArray[np.bool_]:
    """Return which cells of a column, plain or a dictionary, are equal to a text."""
    if pa.types.is_dictionary(column.type):
        return np.asarray(compute.equal(column.dictionary, value), dtype=bool)[np.asarray(column.indices)]
    return np.asarray(compute.equal(column, value), dtype=bool)


def digests_of(columns: Mapping[str, pa.Array], rows: int) -> list[bytes]:
    r"""Return a digest of all cells of each row, by their names; empty cells and the order of columns make no difference.

    Parameters
    ----------
    columns
        Text by name, tidied.
    rows
        How many there are.

    Notes
    -----
    A cell is written as a digest of its name, its text and the byte FF, which no text in UTF-8 holds; so where a cell ends is plain.

    Examples
    --------
    >>> def text(*cells):
    ...     return pa.array(cells, type=pa.large_string())
    >>> one = digests_of({"a": text("1", "2"), "b": text("", "x")}, 2)
    >>> other = digests_of({"b": text("", "x"), "a": text("1", "3"), "c": text("", "")}, 2)
    >>> [x == y for x, y in zip(one, other)]
    [True, False]
    """
    parts = []
    for name in sorted(columns):
        tag = blake2b(name.encode("utf-8"), digest_size=8).digest()
        text = columns[name].cast(pa.large_binary())
        written = compute.binary_join_element_wise(_binary(tag), text, _binary(b"\xff"), _binary(b""))
        parts.append(compute.if_else(compute.equal(text, _binary(b"")), _binary(b""), written))
    if not parts:
        return [b""] * rows
    joined = compute.binary_join_element_wise(*parts, _binary(b""))
    return [blake2b(row, digest_size=16).digest() for row in joined.to_pylist()]


def _binary(value: bytes) -> pa.Scalar:
    return pa.scalar(value, type=pa.large_binary())


def checksums(cells: Cells, names: Iterable[Hashable]) -> NDArray[np.uint64]:
    """Return a checksum of some columns for each row; equal rows have equal ones, and few others do."""
    total = np.zeros(len(cells), dtype=np.uint64)
    for name in names:
        salt = np.frombuffer(blake2b(str(name).encode("utf-8"), digest_size=8).digest(), dtype=np.uint64)[0]
        total += _column_sums(cells.column(name), salt)
    return total


def _column_sums(column: Column, salt: np.uint64) -> NDArray[np.uint64]:
    if isinstance(column, Coded):
        return _text_sums(column.values, salt)[column.codes]
    parts = [_text_sums(chunk, salt) for chunk in column.chunks]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint64)


def _text_sums(text: pa.Array, salt: np.uint64) -> NDArray[np.uint64]:
    """Return checksums of the first bytes and the length of each text, 0 for an empty one."""
    ends = np.frombuffer(text.buffers()[1], dtype=np.int64, count=len(text) + 1, offset=8 * text.offset)
    start, length = ends[:-1], np.diff(ends)
    low, high = (int(ends[0]), int(ends[-1])) if len(text) else (0, 0)
    data = text.buffers()[2]
    padded = np.zeros(high - low + 8, dtype=np.uint8)
    if high > low:
        padded[: high - low] = np.frombuffer(data, dtype=np.uint8, count=high - low, offset=low)
    words = np.ndarray(shape=(high - low + 1,), dtype="<u8", buffer=padded, strides=(1,))
    total = length.astype(np.uint64) * _ODD ^ salt
    for step in range(0, min(int(length.max(initial=0)), _HASHED_BYTES), 8):
        left = np.clip(length - step, 0, 8)
        word = words[np.where(left > 0, start - low + step, 0)]
        word &= np.where(left == 8, ~np.uint64(0), (np.uint64(1) << (8 * left).astype(np.uint64)) - np.uint64(1))
        mixed = (total ^ word) * _OTHER_ODD
        # the longest text of a piece must not change the checksum of its shorter ones
        total = np.where(left > 0, mixed ^ (mixed >> np.uint64(29)), total)
    total = (total ^ (total >> np.uint64(32))) * _ODD
    return np.where(length == 0, np.uint64(0), total)
