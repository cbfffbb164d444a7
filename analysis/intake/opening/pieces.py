"""A piece of a text export, some thousand whole rows, parsed: kept cells, what rows are no data, what rows cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from analysis.foundation.schema import DataProblem
from analysis.intake.opening.arrow_text import tidied
from analysis.intake.opening.marks import CONTROL, HEADER, digests_of, equals, marks_of, total_marks
from analysis.intake.opening.raw import Fault, is_total, plain, unique_names
from analysis.intake.opening.records import END_MARK, parse_record

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Where more rows than this share need all their cells looked at, a piece is parsed whole at once.
_WHOLE_SHARE = 0.2
LINE_FEED, RETURN = b"\n"[0], b"\r"[0]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a text export is laid out.

    Attributes
    ----------
    file
        Name for messages.
    header
        Names of the columns.
    header_rows
        The rows of which the header is made, as they stand; a row equal to one of them is a header repeated.
    separator
        Sign between cells.
    keep
        Positions of the columns whose cells are kept, ascending.
    first_row
        Physical number of the first row below the header.
    """

    file: str
    header: list[str]
    header_rows: list[list[str]]
    separator: str
    keep: tuple[int, ...]
    first_row: int


@dataclass(slots=True)
class Piece:
    """Rows of one piece: kept cells by position, tidied; physical numbers; marks; and what is accounted for already."""

    cells: dict[int, pa.Array]
    rows: NDArray[np.int64]
    marks: NDArray[np.uint8]
    faults: list[Fault]
    counts: dict[str, int]


def read_piece(
    layout: Layout, data: bytes, ends: NDArray[np.int64], first_row: int, low: frozenset[int] | None
) -> Piece:
    """Parse a piece of whole rows.

    Parameters
    ----------
    layout
        Layout of the file.
    data, ends
        The rows, and where each of them ends.
    first_row
        Physical number of the first one.
    low
        Columns whose values repeat so often that each is to be held once.

    Raises
    ------
    DataProblem
        The parser and the line ends disagree about the rows.
    """
    data, ends, numbers, bare = _without_bare(layout, data, ends)
    table, odd = _parse(layout, data, sorted({0, *layout.keep}), low or frozenset())
    if table.num_rows + len(odd) != len(ends):
        raise DataProblem(
            f"{layout.file}: {len(ends)} physical rows but {table.num_rows + len(odd)} rows accounted for from row {first_row} on; the "
            "file is not read, so that no row is lost silently. Most often a quote or line end is broken: export the file again."
        )
    straight = np.ones(len(ends), dtype=bool)
    straight[[number for number, _ in odd]] = False
    at = np.flatnonzero(straight)
    odd = [(int(numbers[number]), text) for number, text in odd]
    columns = {int(name): _tidy(table.column(name)) for name in table.column_names}
    marks = _marks(layout, columns, data, ends, at)
    piece = Piece(columns, numbers[at] + first_row, marks, [], {"blank": bare, "total": 0})
    _sort_odd(layout, piece, odd, first_row)
    if END_MARK in data:
        _mark_damage(piece, data, ends, numbers + first_row)
    piece.cells = {position: piece.cells[position] for position in layout.keep}
    return piece


def _without_bare(
    layout: Layout, data: bytes, ends: NDArray[np.int64]
) -> tuple[bytes, NDArray[np.int64], NDArray[np.intp], int]:
    """Return the rows that hold more than a line end, their ends and numbers in the piece, and how many hold nothing more.

    A piece may be millions of bare line ends; the parser would hand over each by itself.
    """
    numbers = np.arange(len(ends))
    if len(layout.header) == 1 or not len(ends):
        return data, ends, numbers, 0
    text, lengths = np.frombuffer(data, dtype=np.uint8), np.diff(ends, prepend=0)
    last = text[ends - 1]
    bare = (lengths == 1) & ((last == LINE_FEED) | (last == RETURN))
    bare |= (lengths == 2) & (last == LINE_FEED) & (text[ends - np.minimum(lengths, 2)] == RETURN)
    count = int(bare.sum())
    if not count:
        return data, ends, numbers, 0
    kept = text[: ends[-1]][np.repeat(~bare, lengths)].tobytes() + data[int(ends[-1]) :]
    return kept, np.cumsum(lengths[~bare]), numbers[~bare], count


def _parse(
    layout: Layout, data: bytes, positions: Sequence[int], low: frozenset[int]
) -> tuple[pa.Table, list[tuple[int, str]]]:
    """Return some columns as text, and position and text of rows of another width."""
    from pyarrow import csv

    odd: list[tuple[int, str]] = []

    def keep(row: csv.InvalidRow) -> str:
        odd.append((int(row.number or 0) - 1, row.text))
        return "skip"

    names = [str(position) for position in range(len(layout.header))]
    text = pa.large_string()
    types = {name: pa.dictionary(pa.int32(), text) if int(name) in low else text for name in names}
    if not data:
        return pa.table({str(position): pa.array([], types[str(position)]) for position in positions}), odd
    try:
        table = csv.read_csv(
            pa.py_buffer(data),
            read_options=csv.ReadOptions(use_threads=False, column_names=names, block_size=max(len(data), 1 << 16)),
            parse_options=csv.ParseOptions(
                delimiter=layout.separator, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep
            ),
            convert_options=csv.ConvertOptions(
                column_types=types, include_columns=[str(position) for position in positions], strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        raise DataProblem(
            f"{layout.file}: the rows cannot be told apart; most often a quote opens in a cell and never closes. "
            "Export the file again."
        ) from None
    return table, odd


def _tidy(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one tidied array; the values of a dictionary may then repeat."""
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], type=array.type)
    if pa.types.is_dictionary(array.type):
        return pa.DictionaryArray.from_arrays(array.indices, tidied(array.dictionary))
    return tidied(array)


def _marks(
    layout: Layout, columns: dict[int, pa.Array], data: bytes, ends: NDArray[np.int64], at: NDArray[np.intp]
) -> NDArray[np.uint8]:
    """Return the marks of straight rows; all cells are looked at only where those at hand leave a doubt."""
    first = columns[0]
    marks = total_marks(first)
    doubt = equals(first, "")
    for names in layout.header_rows:
        like = np.ones(len(at), dtype=bool)
        for position, column in columns.items():
            like &= equals(column, names[position]) if position < len(names) else equals(column, "")
        doubt |= like
    rows = np.flatnonzero(doubt)
    if not len(rows):
        return marks
    if len(rows) > _WHOLE_SHARE * len(at):
        rows = np.arange(len(at))
        table, _ = _parse(layout, data, range(len(layout.header)), frozenset())
    else:
        table = _some(layout, data, ends, at[rows])
    whole = [_tidy(column) for column in table.columns]
    marks[rows] = _full_marks(layout, whole, len(rows))
    return marks


def _full_marks(layout: Layout, columns: Sequence[pa.Array], rows: int) -> NDArray[np.uint8]:
    marks = np.zeros(rows, dtype=np.uint8)
    for number, names in enumerate(layout.header_rows):
        padded = (names + [""] * len(columns))[: len(columns)]
        found = marks_of(columns, padded, rows)
        marks |= found if number == 0 else found & HEADER
    return marks


def _some(layout: Layout, data: bytes, ends: NDArray[np.int64], at: NDArray[np.intp]) -> pa.Table:
    """Return all columns of some straight rows."""
    starts = np.concatenate([[0], ends[:-1]])
    lines = b"".join([data[a:b] for a, b in zip(starts[at].tolist(), ends[at].tolist(), strict=True)])
    return _parse(layout, lines, range(len(layout.header)), frozenset())[0]


def _sort_odd(layout: Layout, piece: Piece, odd: Sequence[tuple[int, str]], first_row: int) -> None:
    """Sort out rows of another width: empty cells too many or too few at the end are no fault, totals are totals, the rest is rejected."""
    width = len(layout.header)
    named = max(position for position, name in enumerate(layout.header) if name) + 1
    mended, numbers = [], []
    for number, text in odd:
        cells = parse_record(text.encode("utf-8"), layout.separator)
        if not any(plain(cell) for cell in cells):
            piece.counts["blank"] += 1
        elif any(is_total(next(cell for cell in cells if plain(cell)))):
            piece.counts["total"] += 1
        elif len(cells) >= named and not any(plain(cell) for cell in cells[width:]):
            mended.append((cells + [""] * width)[:width])
            numbers.append(number + first_row)
        else:
            piece.faults.append(Fault(number + first_row, "short_row" if len(cells) < width else "long_row"))
    if not mended:
        return
    text = pa.large_string()
    extra = [tidied(pa.array(column, type=text)) for column in zip(*mended, strict=True)]
    rows = np.concatenate([piece.rows, np.asarray(numbers, dtype=np.int64)])
    order = np.argsort(rows, kind="stable")
    piece.rows = rows[order]
    piece.marks = np.concatenate([piece.marks, _full_marks(layout, extra, len(mended))])[order]
    for position, column in piece.cells.items():
        whole = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        piece.cells[position] = pa.concat_arrays([whole, extra[position]]).take(pa.array(order))


def _mark_damage(piece: Piece, data: bytes, ends: NDArray[np.int64], numbers: NDArray[np.int64]) -> None:
    """Mark rows that hold the sign for the end of a text: what stands there was cut, joined or damaged."""
    places = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == END_MARK[0])
    rows = np.unique(np.searchsorted(ends, places, side="right"))
    rows = numbers[rows[rows < len(numbers)]]
    piece.marks |= np.where(np.isin(piece.rows, rows), CONTROL, 0).astype(np.uint8)


def rest_digests(
    lines_of: Callable[[NDArray[np.int64]], Iterator[list[bytes]]],
    layout: Layout,
    rows: NDArray[np.int64],
    positions: NDArray[np.intp],
) -> list[bytes]:
    """Return the digests of the cells of some rows that were not kept, from a second look at the file.

    Parameters
    ----------
    lines_of
        Yields the bytes of rows of ascending physical number, a few at a time.
    layout
        Layout of the file.
    rows
        Physical numbers of the rows of the file.
    positions
        Which of them, ascending.

    Raises
    ------
    DataProblem
        The file has fewer rows than before.
    """
    found = [digest for lines in lines_of(rows[positions]) for digest in _digests(layout, lines)]
    if len(found) != len(positions):
        raise DataProblem(f"{layout.file}: the file changed while it was read. Read it again.")
    return found


def _digests(layout: Layout, lines: Sequence[bytes]) -> list[bytes]:
    """Return the digests of the cells of some rows that were not kept."""
    width = len(layout.header)
    table, odd = _parse(layout, b"".join(lines), range(width), frozenset())
    straight = np.ones(len(lines), dtype=bool)
    straight[[number for number, _ in odd]] = False
    columns = [_tidy(column) for column in table.columns]
    if odd:
        mended = [(parse_record(lines[number], layout.separator) + [""] * width)[:width] for number, _ in odd]
        extra = [tidied(pa.array(column, type=pa.large_string())) for column in zip(*mended, strict=True)]
        order = pa.array(np.argsort(np.concatenate([np.flatnonzero(straight), np.flatnonzero(~straight)])))
        columns = [pa.concat_arrays([a, b]).take(order) for a, b in zip(columns, extra, strict=True)]
    rest = set(range(width)) - set(layout.keep)
    names = unique_names(layout.header)
    return digests_of({names[position]: columns[position] for position in rest}, len(lines))
