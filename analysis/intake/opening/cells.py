"""Text cells of many rows in little memory: columns with few different values hold each value once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from analysis.intake.opening.arrow_text import as_array, as_series, tidied

# A column in which at most one cell in so many is new holds each of its values once.
_REPEATS = 4
_MOST_VALUES = 1 << 18
_PIECE_ROWS = 1 << 18
# Pieces of a text are put together when there are so many; each of them takes more memory than it needs.
_LOOSE_PIECES = 16


@dataclass(frozen=True, slots=True)
class Coded:
    """A column as the position of each cell in its values, each of which stands there once."""

    codes: NDArray[np.int32]
    values: pa.Array

    def __len__(self) -> int:
        return len(self.codes)

    def text(self) -> pa.ChunkedArray:
        """Return the cells, in pieces, so that no more memory is taken than they need."""
        starts = range(0, len(self.codes), _PIECE_ROWS)
        pieces = [self.values.take(pa.array(self.codes[at : at + _PIECE_ROWS])) for at in starts]
        return pa.chunked_array(pieces, type=pa.large_string())


Column = Coded | pa.ChunkedArray


class Cells:
    """Text cells by column, decoded when a column is asked for.

    Parameters
    ----------
    columns
        Column by name; tidied: no blanks at the ends, composed Unicode form, never missing.
    rows
        How many there are.

    Examples
    --------
    >>> cells = Cells.of_frame(pd.DataFrame({"agent": ["a ", "b"]}))
    >>> len(cells), list(cells.columns), cells["agent"].tolist()
    (2, ['agent'], ['a', 'b'])
    """

    def __init__(self, columns: Mapping[Hashable, Column], rows: int) -> None:
        self._columns = dict(columns)
        self._rows = rows

    @classmethod
    def of_frame(cls, frame: pd.DataFrame) -> Cells:
        """Return the cells of a frame of text, tidied."""
        return cls({name: _chunked(tidied(as_array(frame[name]))) for name in frame.columns}, len(frame))

    def __len__(self) -> int:
        return self._rows

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __getitem__(self, name: Hashable) -> pd.Series:
        column = self._columns[name]
        return as_series(column.text() if isinstance(column, Coded) else column).rename(str(name))

    def __setitem__(self, name: Hashable, text: pd.Series) -> None:
        self._columns[name] = _chunked(as_array(text))

    @property
    def columns(self) -> pd.Index:
        """Names of the columns."""
        return pd.Index(list(self._columns), dtype=object)

    @property
    def index(self) -> pd.RangeIndex:
        """Positions of the rows."""
        return pd.RangeIndex(self._rows)

    @property
    def empty(self) -> bool:
        """There is no row."""
        return self._rows == 0

    def column(self, name: Hashable) -> Column:
        """Return a column as it is held."""
        return self._columns[name]

    def renamed(self, names: Mapping[Hashable, str]) -> Cells:
        """Return the same cells under other names."""
        return Cells({names[name]: column for name, column in self._columns.items()}, self._rows)

    def to_frame(self) -> pd.DataFrame:
        """Return all columns, decoded."""
        return pd.DataFrame({name: self[name] for name in self._columns}, index=self.index)

    def to_numpy(self) -> NDArray[np.object_]:
        """Return all cells."""
        return self.to_frame().to_numpy(dtype=object)

    def where(self, name: Hashable, test: Callable[[pa.Array], NDArray[np.bool_]]) -> NDArray[np.bool_]:
        """Return which cells of a column pass a test, which is asked once for each value that is held once."""
        column = self._columns[name]
        if isinstance(column, Coded):
            return test(column.values)[column.codes]
        return np.concatenate([np.zeros(0, dtype=bool), *(test(chunk) for chunk in column.chunks)])

    def take(self, rows: NDArray[np.intp]) -> dict[Hashable, pa.Array]:
        """Return the cells of some rows, each column decoded."""
        at = pa.array(rows)
        return {
            name: column.values.take(pa.array(column.codes[rows])) if isinstance(column, Coded) else _take(column, at)
            for name, column in self._columns.items()
        }


def _take(column: pa.ChunkedArray, at: pa.Array) -> pa.Array:
    taken = column.take(at)
    return taken.combine_chunks() if isinstance(taken, pa.ChunkedArray) else taken


def _chunked(array: pa.Array) -> pa.ChunkedArray:
    return pa.chunked_array([array], type=pa.large_string())


def stack(parts: Sequence[Cells]) -> Cells:
    """Return the rows of several tables one after the other, columns side by side by name; cells of absent columns are empty."""
    if len(parts) == 1:
        return parts[0]
    names = list(dict.fromkeys(name for part in parts for name in part.columns))
    return Cells({name: _stacked(name, parts) for name in names}, sum(map(len, parts)))


def _stacked(name: Hashable, parts: Sequence[Cells]) -> Column:
    """Return one column of several tables; coded if it is in all of them."""
    nothing = pa.array([""], type=pa.large_string())
    found = [
        part.column(name) if name in part else Coded(np.zeros(len(part), dtype=np.int32), nothing) for part in parts
    ]
    if all(isinstance(column, Coded) for column in found):
        pile = Pile()
        for column in found:
            pile.add_coded(column)  # type: ignore[arg-type]
        return pile.column()
    chunks = [column.text().chunks if isinstance(column, Coded) else column.chunks for column in found]
    return pa.chunked_array([chunk for some in chunks for chunk in some], type=pa.large_string())


@dataclass(slots=True)
class Pile:
    """One column that grows piece by piece, coded as long as its values repeat.

    Attributes
    ----------
    low
        Its values repeat; None = no piece has come yet.
    """

    low: bool | None = None
    codes: list[NDArray[np.int32]] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)
    loose: list[pa.Array] = field(default_factory=list)
    chunks: list[pa.Array] = field(default_factory=list)

    def add(self, text: pa.Array) -> None:
        """Add tidied cells: large text, or a dictionary of it."""
        if self.low is None:
            text = text.dictionary_encode() if not pa.types.is_dictionary(text.type) else text
            self.low = len(text.dictionary) * _REPEATS <= len(text)
        if self.low:
            text = text.dictionary_encode() if not pa.types.is_dictionary(text.type) else text
            self.add_coded(Coded(np.asarray(text.indices, dtype=np.int32), text.dictionary))
            if len(self.known) > _MOST_VALUES:
                self._spread()
        else:
            self.loose.append(text.dictionary_decode() if pa.types.is_dictionary(text.type) else text)
            if len(self.loose) == _LOOSE_PIECES:
                self._pack()

    def add_coded(self, column: Coded) -> None:
        """Add cells that are coded by other values."""
        self.low = True
        numbers = [self.known.setdefault(value, len(self.known)) for value in column.values.to_pylist()]
        self.codes.append(np.asarray(numbers, dtype=np.int32)[column.codes] if len(column) else column.codes)

    def _pack(self) -> None:
        """Put loose pieces into one of exactly their size."""
        if self.loose:
            self.chunks.append(pa.concat_arrays(self.loose))
            self.loose = []

    def _spread(self) -> None:
        """Hold the cells one by one from now on: their values repeat too little."""
        values = self._values()
        self.chunks = [values.take(pa.array(codes)) for codes in self.codes]
        self.low, self.codes, self.known = False, [], {}

    def _values(self) -> pa.Array:
        return pa.array(list(self.known), type=pa.large_string())

    def column(self) -> Column:
        """Return the column."""
        if self.low:
            return Coded(np.concatenate(self.codes), self._values())
        self._pack()
        return pa.chunked_array(self.chunks, type=pa.large_string())
