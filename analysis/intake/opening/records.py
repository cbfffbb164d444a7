"""Where the rows of a text end, told from its bytes alone: this counts rows by a second method, beside the parser."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import numpy as np

from analysis.foundation.schema import DataProblem

if TYPE_CHECKING:
    from numpy.typing import NDArray

# No row is longer; without a limit, a quote that never closes would draw the rest of a large file into memory.
MAX_ROW_BYTES = 1 << 26
# Sign by which old systems mark the end of a text.
# A cell may be as long as its file; the limit of the csv module would end in an error of its own.
csv.field_size_limit(1 << 30)
END_MARK = b"\x1a"
_LF, _CR, _QUOTE = 10, 13, 34


def quoted(separator: str) -> re.Pattern[bytes]:
    """Return the pattern of a quoted cell; its group is empty where the quote never closes."""
    sign = re.escape(separator.encode())
    # What is taken is never given back: nothing else could match, and the memory of it would be many times the text.
    return re.compile(rb"(?:\A|(?<=[" + sign + rb'\r\n]))"[^"]*+(?:""[^"]*+)*+("|\Z)')


def parse_record(record: bytes, separator: str) -> list[str]:
    """Return the cells of one row."""
    rows = list(csv.reader(io.StringIO(record.decode("utf-8"), newline=""), delimiter=separator))
    return rows[0] if rows else []


class Records:
    r"""Parts a text, given block by block, into pieces of whole rows.

    A row ends at a line end outside quoted cells, or with the text. A quote opens only at the start of a cell.

    Attributes
    ----------
    count
        Rows so far.
    unended
        The last row of the text has no line end.
    end_mark
        The text ended with the sign of old systems for it, which is no row.

    Examples
    --------
    >>> records = Records("f.csv", ",")
    >>> piece, ends = records.feed(b'a,b\n"two\nlines",1\n\nla', final=False)
    >>> piece, ends.tolist()
    (b'a,b\n"two\nlines",1\n\n', [4, 18, 19])
    >>> records.feed(b"st", final=True), records.count
    ((b'last', array([4])), 4)
    """

    def __init__(self, file: str, separator: str) -> None:
        self.file = file
        self.count = 0
        self.unended = self.end_mark = False
        self._stops = np.zeros(256, dtype=bool)
        self._stops[[_LF, _CR, _QUOTE, ord(separator)]] = True
        self._separator = separator
        self._rest = b""
        self._lines = 0

    def feed(self, block: bytes, *, final: bool) -> tuple[bytes, NDArray[np.int64]]:
        """Return the next whole rows and where each of them ends.

        Parameters
        ----------
        block
            The next bytes of the text.
        final
            Nothing follows.

        Raises
        ------
        DataProblem
            A quoted cell never closes, or runs over a line end and goes on behind its closing quote: the rows after it cannot be
            told apart.
        """
        data = self._rest + block if self._rest else block
        if final and data.endswith(END_MARK):
            self.end_mark, data = True, data.rstrip(END_MARK)
        signs = np.frombuffer(data, dtype=np.uint8)
        lines = _line_ends(data, signs, final)
        ends = self._outside(data, signs, lines, final) if _QUOTE in data else lines
        stop = int(ends[-1]) if len(ends) else 0
        if final and stop < len(data):
            self.unended = True
            ends, stop = np.append(ends, len(data)), len(data)
        self._rest = data[stop:]
        if len(self._rest) > MAX_ROW_BYTES:
            raise self._endless()
        self._lines += int(np.searchsorted(lines, stop, side="right"))
        self.count += len(ends)
        return data[:stop] if self._rest else data, ends

    def _outside(
        self, data: bytes, signs: NDArray[np.uint8], lines: NDArray[np.int64], final: bool
    ) -> NDArray[np.int64]:
        """Return the line ends that lie outside quoted cells."""
        quotes = np.flatnonzero(signs == _QUOTE)
        if not self._regular(signs, quotes):
            return self._step_by_step(data, lines, final)
        if final and len(quotes) % 2:
            raise self._unclosed(lines, int(quotes[-1]))
        return lines[np.searchsorted(quotes, lines - 1) % 2 == 0]

    def _regular(self, signs: NDArray[np.uint8], quotes: NDArray[np.int64]) -> bool:
        """Return whether quotes open and close in turn, each at the edge of a cell or beside another quote.

        If so, a line end is inside a cell exactly where an odd number of quotes stands before it: the first quote opens a cell; the
        next one either closes it, or is the first of two that stand for one, which closing and opening again comes to as well.
        """
        opening, closing = quotes[0::2], quotes[1::2]
        inner = opening[1:] if len(opening) and opening[0] == 0 else opening
        if not self._stops[signs[inner - 1]].all():
            return False
        inner = closing[:-1] if len(closing) and closing[-1] == len(signs) - 1 else closing
        return bool(self._stops[signs[inner + 1]].all())

    def _step_by_step(self, data: bytes, lines: NDArray[np.int64], final: bool) -> NDArray[np.int64]:
        """Return the line ends outside quoted cells, where quotes stand within cells too."""
        inside = np.zeros(len(lines), dtype=bool)
        stops = self._separator.encode() + b"\r\n"
        for match in quoted(self._separator).finditer(data):
            first, last = np.searchsorted(lines, (match.start(), match.end()), side="right")
            behind = data[match.end() : match.end() + 1]
            if not final and not behind:
                inside[first:] = True  # whether the cell ends here is seen in the next block
                break
            if not match.group(1) or (last > first and behind not in stops):
                raise self._unclosed(lines, match.start())
            inside[first:last] = True
        return lines[~inside]

    def _unclosed(self, lines: NDArray[np.int64], at: int) -> DataProblem:
        line = self._lines + int(np.searchsorted(lines, at, side="right")) + 1
        return DataProblem(
            f"{self.file}: a quote opens in line {line} and does not close at the end of its cell, so the rows after it cannot be "
            "told apart. Export the file again, or close the quote."
        )

    def _endless(self) -> DataProblem:
        """Return the refusal of a row without an end."""
        lines = _line_ends(self._rest, np.frombuffer(self._rest, dtype=np.uint8), final=False)
        cells = [match.start() for match in quoted(self._separator).finditer(self._rest)]
        if cells and len(lines):
            return self._unclosed(lines, cells[-1])
        return DataProblem(
            f"{self.file}: the row that begins in line {self._lines + 1} is longer than {MAX_ROW_BYTES >> 20} MiB. "
            "Export the file again as CSV, one row a line."
        )


def _line_ends(data: bytes, signs: NDArray[np.uint8], final: bool) -> NDArray[np.int64]:
    r"""Return where lines end: behind \n, behind \r\n, and behind a \r alone; one at the very end waits for what follows."""
    ends = np.flatnonzero(signs == _LF) + 1
    if _CR not in data:
        return ends
    lone = np.flatnonzero(signs == _CR) + 1
    if len(lone) and lone[-1] == len(data):
        last, lone = lone[-1:], lone[:-1]
    else:
        last = lone[:0]
    lone = lone[signs[lone] != _LF]
    return np.sort(np.concatenate([ends, lone, last if final else last[:0]]))
