"""Text exports: separator, banner lines, header, and every row with its physical number; read block by block."""

from __future__ import annotations

import itertools
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from analysis.foundation.schema import DataProblem, Finding
from analysis.intake.opening.arrow_text import give_back
from analysis.intake.opening.cells import Cells, Pile
from analysis.intake.opening.pieces import Layout, Piece, read_piece, rest_digests
from analysis.intake.opening.places import Places
from analysis.intake.opening.raw import RawFile, Wanted, check_header, find_header, joined_header, plain, under_headings
from analysis.intake.opening.records import END_MARK, Records, parse_record, quoted
from analysis.intake.opening.streams import Coding, Content, NotUtf8, Text, open_text, to_utf8

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["SEPARATORS", "count_records", "read_text", "to_utf8"]

SEPARATORS: tuple[str, ...] = (",", ";", "\t", "|")
_HEAD_BYTES = 1 << 20
# Pieces that are parsed at the same time; the parser works outside the interpreter's lock.
_WORKERS = 2


def read_text(
    file: str, content: Content | bytes, *, wanted: Wanted, encoding: Coding | None, separator: str | None
) -> RawFile:
    """Return the cells of a text export, of the columns that are wanted.

    Parameters
    ----------
    file
        Name for messages.
    content
        Its bytes, in memory or to be read in blocks.
    wanted
        Names of columns by which header and separator are recognised, and which are kept.
    encoding, separator
        What the source states; None = recognise.

    Raises
    ------
    DataProblem
        The text cannot be read without a guess or a loss.
    """
    if isinstance(content, bytes):
        content = Content.of_bytes(file, content)
    text = open_text(content, encoding)
    try:
        return _read(text, wanted, separator)
    except NotUtf8 as odd:
        return _read(text.again(odd, encoding), wanted, separator)


def count_records(file: str, text: bytes, separator: str) -> int:
    r"""Return the physical rows of a text, counted on the bytes: line ends outside quoted cells, and an unfinished last line.

    Parameters
    ----------
    file
        Name for messages.
    text
        UTF-8 text.
    separator
        Sign between cells.

    Raises
    ------
    DataProblem
        A quoted cell never closes, or runs over a line end and goes on behind its closing quote: the rows after it cannot be told apart.

    Examples
    --------
    >>> count_records("f.csv", b'a,b\n"two\nlines",1\n\nlast', ",")
    4
    """
    records = Records(file, separator)
    records.feed(text, final=True)
    return records.count


def _read(text: Text, wanted: Wanted, stated: str | None) -> RawFile:
    """Return the cells of a text in a known encoding."""
    file = text.content.file
    blocks = text.blocks(wanted.report)
    head, ended = _head(blocks)
    if not head.strip(b" \t\r\n\v\f" + END_MARK):
        raise DataProblem(f"{file}: the file is empty. Ask for the export again, or take it out of files.")
    layout, counts, findings = _layout(file, head, ended, wanted, stated)
    findings += _repeated_names(file, layout.header)
    records = Records(file, layout.separator)
    body = _Body(layout)
    places = Places(text, layout.separator) if len(layout.keep) < len(layout.header) else None
    pieces = _pieces(itertools.chain([head], blocks), records, layout.first_row - 1, places)
    for piece in _side_by_side(pieces, layout, body):
        body.add(piece)
    again = partial(rest_digests, places.lines, layout) if places is not None else None
    raw = body.raw(records, counts, [*text.findings, *findings], again)
    give_back()
    return raw


def _head(blocks: Iterator[bytes]) -> tuple[bytes, bool]:
    """Return the first megabyte of a text, or a little more, and whether that is all of it."""
    parts, size = [], 0
    for block in blocks:
        parts.append(block)
        size += len(block)
        if size > _HEAD_BYTES:
            return b"".join(parts), False
    return b"".join(parts), True


def _pieces(
    blocks: Iterator[bytes], records: Records, skip: int, places: Places | None = None
) -> Iterator[tuple[bytes, NDArray[np.int64], int]]:
    """Yield pieces of whole rows, where each row ends, and the physical number of the first; rows down to the header are left out."""
    row = 1
    before, final = next(blocks, b""), False
    while not final:
        block = next(blocks, None)
        final = block is None
        piece, ends = records.feed(before, final=final)
        if places is not None:
            places.add(piece, ends)
        before = block or b""
        drop = min(max(skip + 1 - row, 0), len(ends))
        start = int(ends[drop - 1]) if drop else 0
        if len(ends) > drop:
            yield piece[start:] if start else piece, ends[drop:] - start, row + drop
        row += len(ends)


def _side_by_side(
    pieces: Iterator[tuple[bytes, NDArray[np.int64], int]], layout: Layout, body: _Body
) -> Iterator[Piece]:
    """Yield parsed pieces in order, the next ones parsed meanwhile."""
    waiting: deque[Future[Piece]] = deque()
    with ThreadPoolExecutor(_WORKERS) as pool:
        try:
            for data, ends, row in pieces:
                waiting.append(pool.submit(read_piece, layout, data, ends, row, body.low))
                if len(waiting) > _WORKERS or body.low is None:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


class _Body:
    """Rows below the header, added piece by piece."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.piles = {position: Pile() for position in layout.keep}
        self.pieces: list[Piece] = []
        self.low: frozenset[int] | None = None

    def add(self, piece: Piece) -> None:
        """Add the kept cells of the next rows."""
        for position, cells in piece.cells.items():
            self.piles[position].add(cells)
        piece.cells = {}
        self.pieces.append(piece)
        self.low = frozenset(position for position, pile in self.piles.items() if pile.low)

    def raw(
        self,
        records: Records,
        counts: dict[str, int],
        findings: list[Finding],
        again: Callable[[NDArray[np.int64], NDArray[np.intp]], list[bytes]] | None,
    ) -> RawFile:
        """Return the file as it was read."""
        import numpy as np

        file, header = self.layout.file, self.layout.header
        rows = np.concatenate([np.zeros(0, dtype=np.int64), *(piece.rows for piece in self.pieces)])
        faults = [fault for piece in self.pieces for fault in piece.faults]
        for fate in ("blank", "total"):
            counts[fate] = counts.get(fate, 0) + sum(piece.counts[fate] for piece in self.pieces)
        cells = Cells({position: pile.column() for position, pile in self.piles.items()}, len(rows))
        raw = RawFile(file, header, cells, rows, records.count, counts, faults, findings=findings)
        raw.marks = np.concatenate([np.zeros(0, dtype=np.uint8), *(piece.marks for piece in self.pieces)])
        if again is not None:
            raw.digests = partial(again, rows)
        _last_line(raw, records)
        return raw


def _last_line(raw: RawFile, records: Records) -> None:
    """Note how a text ends, and tell a last row that was cut off."""
    if records.end_mark:
        words = f"{raw.file}: the sign that old systems put at the end of a text (Ctrl-Z) was left out."
        raw.findings.append(Finding("end_mark", "fixed", raw.file, words))
    if not records.unended or raw.physical == raw.counts["header"] + raw.counts["banner"]:
        return
    cut = [fault for fault in raw.faults if fault.row == records.count and fault.reason == "short_row"]
    for fault in cut:
        fault.reason = "cut_off_last_row"
    if not cut:
        words = (
            f"{raw.file}: the last line (row {records.count}) has no line end. Many tools leave it out; but if the file was cut "
            "off while it was copied, the last value of that row is cut off too. Compare its end with the export."
        )
        raw.findings.append(Finding("no_line_end", "flag", raw.file, words, 1))


def _repeated_names(file: str, header: Sequence[str]) -> list[Finding]:
    """Return a finding where columns that are not used share a name."""
    twice = sorted(name for name, count in Counter(header).items() if name and count > 1)
    if not twice:
        return []
    words = f"{file}: {len(twice)} column names stand twice in the header (first: {twice[0]!r}); none of them is used."
    return [Finding("repeated_column_names", "flag", file, words, len(twice))]


def _starts(text: bytes, separator: str, ended: bool) -> list[int]:
    """Return where each record of the head of a text begins; the last entry is where the last whole one ends."""
    head = text[:_HEAD_BYTES]
    marks = re.compile(quoted(separator).pattern + rb"|(\r\n|\n|\r)")
    starts = [0]
    for match in marks.finditer(head):
        if match.group(2):
            starts.append(match.end())
            if len(starts) > 200:
                return starts
    if ended and len(head) == len(text) and starts[-1] < len(text):
        starts.append(len(text))
    return starts


@dataclass(frozen=True, slots=True)
class _Guess:
    """A separator, and what the head of the text looks like with it."""

    separator: str
    at: int
    hits: int
    rows: list[list[str]]


def _layout(
    file: str, head: bytes, ended: bool, wanted: Wanted, stated: str | None
) -> tuple[Layout, dict[str, int], list[Finding]]:
    """Return separator and header, how many rows stand above, and what is to be told about the header."""
    declared = re.match(rb"sep=(.)\r?\n", head[:10])
    if stated is None and declared and declared.group(1).decode("utf-8", "replace") in SEPARATORS:
        stated = declared.group(1).decode()
    text = head.rstrip(END_MARK) if ended else head
    best: _Guess | None = None
    for separator in (stated,) if stated else SEPARATORS:
        starts = _starts(text, separator, ended)
        rows = [parse_record(text[a:b], separator) for a, b in itertools.pairwise(starts)]
        at, hits = find_header(rows, wanted)
        width = len(rows[at]) if rows else 0
        if best is None or (hits, width) > (best.hits, len(best.rows[best.at]) if best.rows else 0):
            best = _Guess(separator, at, hits, rows)
    if best is None or not best.rows:
        raise DataProblem(f"{file}: no row ends within the first megabyte. Export the file again as CSV.")
    if best.hits == 0:
        names = ", ".join(repr(name) for name in (*wanted.required, *wanted.optional)[:8])
        raise DataProblem(
            f"{file}: no header found: none of the first rows holds a column that is looked for ({names}). "
            "Name the file's columns in [source.columns], or export the file with its header."
        )
    header, upper = joined_header(best.rows, best.at, wanted)
    check_header(file, header, wanted, both=under_headings(best.rows, best.at))
    above = best.rows[: best.at - 1] if upper else best.rows[: best.at]
    blank = sum(not any(plain(cell) for cell in row) for row in above)
    counts = {"header": 1 + bool(upper), "banner": len(above) - blank, "blank": blank}
    rows_of_header = [upper, [plain(cell) for cell in best.rows[best.at]]] if upper else [header]
    layout = Layout(
        file, header, rows_of_header, best.separator, tuple(wanted.positions(header)), first_row=best.at + 2
    )
    findings = []
    if upper:
        words = f"{file}: the header has two rows; names of both were joined by ' / '."
        findings.append(Finding("two_row_header", "fixed", file, words))
    return layout, counts, findings
