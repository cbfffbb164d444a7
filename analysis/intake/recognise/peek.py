"""The first rows of a file that nobody has described yet: its cells as text, and the row that looks like a header."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from analysis.foundation.schema import DataProblem
from analysis.intake.opening.files import kind_of_text, sniff
from analysis.intake.opening.raw import HEADER_SEARCH_ROWS, plain
from analysis.intake.opening.text import SEPARATORS
from analysis.intake.opening.workbook.limits import MAX_SHEETS
from analysis.intake.opening.workbook.parent import first_rows
from analysis.intake.opening.workbook.several import first_rows_of_all
from analysis.intake.recognise.names import fits, key
from analysis.intake.recognise.words import ROLES

# So many rows, and at most so many bytes of a text, are looked at.
ROWS = 4_000
_HEAD_BYTES = 4 << 20
# Of JSON, so many records, and so many keys.
_RECORDS, _KEYS = 200, 2_000
_VALUE = re.compile(r"[+-]?[\d.,:/\-\s'’%hT]*\d[\d.,:/\-\s'’%hTZapmAPM]*")


@dataclass(frozen=True, slots=True)
class Peek:
    """The head of a file or of one sheet.

    Attributes
    ----------
    file
        Path relative to the engagement folder.
    kind
        What the content is: ``text``, ``xlsx``, ``ods``, ``parquet``, ``xes``, ``json``.
    header
        Names of the columns, as intake compares them.
    columns
        Cells by position of the header, as text.
    whole
        No rows follow those looked at.
    typed
        The file tells numbers from text.
    banner
        What stands above the header.
    sheet
        Name of the sheet, where a workbook has several with content.
    titled
        The header is one beyond doubt: a word in it is known, or values stand under its labels. Else it may be a row of data, and is not shown.
    """

    file: str
    kind: str
    header: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    whole: bool = True
    typed: bool = False
    banner: str = ""
    sheet: str | None = None
    titled: bool = True

    @property
    def rows(self) -> int:
        """Rows looked at."""
        return len(self.columns[0]) if self.columns else 0


def peek(file: str, path: Path) -> list[Peek]:
    """Return the head of each table that a file holds: one, or one for each sheet with content.

    Parameters
    ----------
    file
        Name for messages.
    path
        Where the file lies.

    Raises
    ------
    DataProblem
        The file is nothing that intake reads.
    """
    try:
        kind = sniff(file, path)
        if kind == "gzip":
            with gzip.open(path) as stream:
                head = stream.read(_HEAD_BYTES)
                more = bool(stream.read(1))
            kind = kind_of_text(file, head[:4096])
        elif kind in ("text", "json"):
            with path.open("rb") as handle:
                head, more = handle.read(_HEAD_BYTES), bool(handle.read(1))
        else:
            head, more = b"", False
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise DataProblem(f"{file}: the gzip file is damaged or was cut off. Export it again.") from None
    except PermissionError:
        raise DataProblem(
            f"{file}: the file cannot be opened. Close it in other programs and check its rights."
        ) from None
    if kind == "xes":
        return [Peek(file, kind, (), ())]
    if kind in ("xlsx", "ods", "page"):
        return [
            _table(file, kind, rows, whole=True, typed=True, sheet=name)
            for name, rows in _sheets(file, path, page=kind == "page")
        ]
    if kind == "parquet":
        return [_parquet(file, path)]
    if kind == "json":
        return [_json(file, path)]
    return [_text(file, head, more)]


def _json(file: str, path: Path) -> Peek:
    """Return the keys of the first records as names of columns, by their path and by each ending of it: a record may lie in an envelope."""
    from analysis.intake.adapters.json_records import read_json_records

    found: dict[str, list[str]] = {}
    todo: list[tuple[str, object]] = [("", one) for one in read_json_records(file, path, at_most=_RECORDS)]
    while todo and len(found) < _KEYS:
        where, value = todo.pop()
        if isinstance(value, dict):
            for name, inner in value.items():
                steps = [*where.split("."), name] if where else [name]
                for label in (plain(".".join(steps[at:])) for at in range(len(steps))):
                    found.setdefault(label, []).extend([] if isinstance(inner, dict | list) else [_cell(inner)])
                todo.append((f"{where}.{name}" if where else name, inner))
        elif isinstance(value, list):
            todo += [(where, one) for one in value[:_RECORDS]]
    return Peek(file, "json", tuple(found), tuple(map(tuple, found.values())), whole=False, typed=True)


def _cell(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _text(file: str, head: bytes, more: bool) -> Peek:
    """Return the head of a text, under the separator that parts its rows most evenly."""
    text = _decoded(head, more)
    if not text.strip():
        raise DataProblem(f"{file}: the file is empty. Ask for the export again, or take it out of data/.")
    declared = re.match(r"sep=([,;\t|])\r?\n", text)
    parsed = {sign: _parsed(text, sign) for sign in ((declared.group(1),) if declared else SEPARATORS)}
    rows = max(parsed.values(), key=_evenness)
    return _table(file, "text", rows, whole=not more and len(rows) < ROWS, typed=False, sheet=None)


def _decoded(head: bytes, more: bool) -> str:
    """Return the head as text, without the line that was cut."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = head.decode("utf-16", errors="replace")
        return text.rpartition("\n")[0] if more else text
    head = head.rpartition(b"\n")[0] if more else head
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = head.decode("cp1252", errors="replace")
    return text.replace("\0", "")


def _parsed(text: str, separator: str) -> list[list[str]]:
    try:
        return list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), ROWS))
    except csv.Error:
        return []


def _evenness(rows: Sequence[Sequence[str]]) -> int:
    """Return how many separators stand in rows of the usual width."""
    widths = Counter(len(row) for row in rows[:500] if len(row) > 1)
    return max((count * (width - 1) for width, count in widths.items()), default=0)


def _sheets(file: str, path: Path, *, page: bool) -> Iterator[tuple[str | None, list[list[str]]]]:
    """Yield the sheets of a workbook that hold something, read in the process apart that reads workbooks."""
    rows, names = first_rows(file, path, page=page, at_most=ROWS)
    if not names:
        yield None, rows
    elif not page and len(names) <= MAX_SHEETS:
        yield from first_rows_of_all(file, path, at_most=ROWS)
    else:
        for name in names:
            yield name, first_rows(file, path, sheet=name, page=page, at_most=ROWS)[0]


def _parquet(file: str, path: Path) -> Peek:
    """Return the head of a parquet file."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        content = parquet.ParquetFile(path)
        batch = next(content.iter_batches(batch_size=ROWS), None)
        names = tuple(plain(name) for name in content.schema_arrow.names)
        columns = [["" if cell is None else str(cell) for cell in column.to_pylist()] for column in batch or ()]
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError):
        raise DataProblem(f"{file}: the parquet file is damaged. Export the table as CSV.") from None
    whole = content.metadata.num_rows <= ROWS
    return Peek(file, "parquet", names, tuple(tuple(column) for column in columns), whole=whole, typed=True)


def _table(file: str, kind: str, rows: Sequence[Sequence[str]], *, whole: bool, typed: bool, sheet: str | None) -> Peek:
    """Return rows under the one that looks like their header."""
    if not any(any(plain(cell) for cell in row) for row in rows):
        raise DataProblem(f"{file}: the file is empty. Ask for the export again, or take it out of data/.")
    at = header_at(rows)
    header = tuple(_under_headings(rows, at))
    body = [row for row in rows[at + 1 :] if any(plain(cell) for cell in row)]
    cells = [[plain(cell) for cell in (*row, *[""] * len(header))[: len(header)]] for row in body]
    columns = tuple(zip(*cells, strict=True)) if cells else ((),) * len(header)
    banner = " ".join(plain(cell) for row in rows[:at] for cell in row if plain(cell))
    titled = _titled(header, columns)
    return Peek(file, kind, header, columns, whole, typed, banner[:400], sheet, titled)


def _titled(header: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Return whether a header is one beyond doubt."""
    filled = [name for name in header if name]
    values = sum(bool(_VALUE.fullmatch(name)) for name in filled)
    if not filled or values > len(filled) / 5:
        return False
    if any(_is_known(name) for name in filled):
        return True
    for name, cells in zip(header, columns, strict=True):
        given = [cell for cell in cells[:200] if cell]
        if name and len(given) > 1 and sum(bool(_VALUE.fullmatch(cell)) for cell in given) > 0.8 * len(given):
            return True
    return False


def _under_headings(rows: Sequence[Sequence[str]], at: int) -> list[str]:
    """Return the names of a header; where some stand twice under merged headings, joined with those as intake joins them.

    Examples
    --------
    >>> _under_headings([["", "Talk", "", "Hold"], ["Agent", "Count", "Time", "Time"]], 1)
    ['Agent', 'Talk / Count', 'Talk / Time', 'Hold / Time']
    """
    names = [plain(cell) for cell in rows[at]]
    upper = [plain(cell) for cell in rows[at - 1]] if at else []
    filled = [name for name in names if name]
    if len(set(filled)) == len(filled) or not 1 < len([name for name in upper if name]) < len(filled):
        return names
    over, joined = "", []
    for position, name in enumerate(names):
        over = (upper[position] if position < len(upper) else "") or over
        joined.append(f"{over} / {name}" if over and name and over != name else name or over)
    return joined


def header_at(rows: Sequence[Sequence[str]]) -> int:
    """Return which of the first rows is most like a header: labels, all different, no values, words that exports use.

    Examples
    --------
    >>> header_at([["Report of May"], [], ["Login", "Status", "From"], ["007", "Break", "2026-05-01 09:00"]])
    2
    """
    best, most = 0, -1.0
    for index, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        cells = [plain(cell) for cell in row]
        filled = [cell for cell in cells if cell]
        labels = {cell.casefold() for cell in filled if len(cell) <= 80 and not _VALUE.fullmatch(cell)}
        known = sum(_is_known(cell) for cell in filled)
        score = len(labels) - 1.5 * (len(filled) - len(labels)) + 1.5 * known
        if score > most:
            best, most = index, score
    return best


def _is_known(cell: str) -> bool:
    """Return whether a cell is a word that headers use."""
    if len(cell) > 60 or not key(cell):
        return False
    return key(cell) in _vocabulary() or any(fits(cell, (word,)) >= 0.8 for word in _COMMON)


_COMMON = ("start", "end", "begin", "eind", "status", "agent", "datum", "date", "tijd", "time", "duur", "duration")
_known: set[str] = set()


def _vocabulary() -> set[str]:
    """Return all words by which columns are known, of our tables and of every format."""
    if not _known:
        from analysis.intake.adapters import adapter_names, format_of

        _known.update(word for table in ROLES.values() for words in table.values() for word in words)
        for form in map(format_of, adapter_names()):
            groups = (*form.signature, *form.defaults.values(), *form.totals.values(), form.also)
            flat = (one for group in groups for name in group for one in ((name,) if isinstance(name, str) else name))
            _known.update(map(key, flat))
    return _known
