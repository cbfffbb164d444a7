"""Where the rows of a text stand in its file, so that a few of them can be looked at once more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from analysis.intake.opening.records import Records

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.opening.streams import Text

# Where more than one row in so many is asked for, reading all of them in turn is quicker.
SPARSE = 64
_AT_ONCE = 4096


class Places:
    """Where each row of a text ends.

    Parameters
    ----------
    text
        The text.
    separator
        Sign between its cells.
    """

    def __init__(self, text: Text, separator: str) -> None:
        self.text, self.separator = text, separator
        self._starts, self._ends = [0], []
        self._rows = [1]

    def add(self, piece: bytes, ends: NDArray[np.int64]) -> None:
        """Keep where the next rows end."""
        self._ends.append(ends.astype(np.int32))
        self._starts.append(self._starts[-1] + len(piece))
        self._rows.append(self._rows[-1] + len(ends))

    def lines(self, numbers: NDArray[np.int64]) -> Iterator[list[bytes]]:
        """Yield rows of ascending physical number, a few at a time; fewer than asked for where the file has changed."""
        shift = self.text.seekable_from()
        if shift is None or len(numbers) * SPARSE > self._rows[-1]:
            yield from self._in_turn(numbers)
        else:
            yield from self._one_by_one(numbers, shift)

    def _one_by_one(self, numbers: NDArray[np.int64], shift: int) -> Iterator[list[bytes]]:
        """Yield rows, each read from its place in the file."""
        pieces = np.searchsorted(self._rows, numbers, side="right") - 1
        lines: list[bytes] = []
        with self.text.content.open() as stream:
            for piece, number in zip(pieces.tolist(), numbers.tolist(), strict=True):
                ends, at = self._ends[piece], number - self._rows[piece]
                start, stop = int(ends[at - 1]) if at else 0, int(ends[at])
                stream.seek(shift + self._starts[piece] + start)
                line = stream.read(stop - start)
                if len(line) < stop - start:
                    return
                lines.append(line)
                if len(lines) == _AT_ONCE:
                    yield lines
                    lines = []
        if lines:
            yield lines

    def _in_turn(self, numbers: NDArray[np.int64]) -> Iterator[list[bytes]]:
        """Yield rows in a second reading of the whole text."""
        records, first, done = Records(self.text.content.file, self.separator), 1, 0
        blocks = self.text.blocks()
        block, final = next(blocks, b""), False
        while not final and done < len(numbers):
            following = next(blocks, None)
            final = following is None
            data, ends = records.feed(block, final=final)
            block = following or b""
            stop = int(np.searchsorted(numbers, first + len(ends)))
            at = numbers[done:stop] - first
            if len(at):
                starts = np.concatenate([[0], ends[:-1]])
                yield [data[a:b] for a, b in zip(starts[at].tolist(), ends[at].tolist(), strict=True)]
            first, done = first + len(ends), stop
