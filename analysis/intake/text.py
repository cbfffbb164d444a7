"""Text exports: encoding, separator, banner lines, header, and every row with its physical number."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections.abc import Sequence

from analysis.foundation.schema import DataProblem, Finding
from analysis.intake.raw import Fault, RawFile, Wanted, check_header, find_header, is_total, plain

SEPARATORS: tuple[str, ...] = (",", ";", "\t", "|")
_HEAD_BYTES = 1 << 20
_BLOCK_BYTES = 1 << 26


def read_text(file: str, data: bytes, *, wanted: Wanted, encoding: str | None, separator: str | None) -> RawFile:
    """Return the cells of a text export.

    Parameters
    ----------
    file
        Name for messages.
    data
        Content, already unpacked.
    wanted
        Names of columns by which header and separator are recognised.
    encoding, separator
        What the source states; None = recognise.

    Raises
    ------
    DataProblem
        The text cannot be read without a guess or a loss.
    """
    findings: list[Finding] = []
    text = to_utf8(file, data, encoding=encoding, findings=findings)
    if not text.strip():
        raise DataProblem(f"{file}: the file is empty. Ask for the export again, or take it out of files.")
    separator, header_at, starts = _layout(file, text, wanted, separator)
    head = _parse(text[starts[header_at] : starts[header_at + 1]], separator)
    header = [plain(cell) for cell in head[0]] if head else []
    check_header(file, header, wanted)
    physical = count_records(file, text, separator)
    above = [_parse(text[a:b], separator) for a, b in itertools.pairwise(starts[: header_at + 1])]
    blank = sum(not any(plain(cell) for row in rows for cell in row) for rows in above)
    raw = _body(file, memoryview(text)[starts[header_at + 1] :], header, separator, first_row=header_at + 2)
    raw.physical = physical
    raw.counts |= {"header": 1, "banner": header_at - blank, "blank": blank + raw.counts["blank"]}
    raw.findings[:0] = findings
    return raw


def to_utf8(file: str, data: bytes, *, encoding: str | None, findings: list[Finding]) -> bytes:
    """Return the text as UTF-8 without a byte-order mark, noting what was converted."""
    if encoding in (None, "utf-16") and (encoding == "utf-16" or data[:2] in (b"\xff\xfe", b"\xfe\xff")):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise DataProblem(
                f"{file}: the UTF-16 text breaks off at byte {error.start}. Export the file again as UTF-8."
            ) from None
        findings.append(Finding("encoding", "fixed", file, f"{file}: read as UTF-16 and converted."))
        return _without_nul(file, text.encode("utf-8"))
    if data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
    if encoding == "cp1252":
        return _without_nul(file, _from_cp1252(file, data, findings))
    odd = _first_odd_byte(data)
    if odd is not None:
        if encoding == "utf-8" or re.search(rb"[\xc3-\xf4][\x80-\xbf]", data):
            row = data.count(b"\n", 0, odd) + 1
            raise DataProblem(
                f"{file}: the text mixes encodings (first byte that is not UTF-8: {odd}, line {row}). "
                'Export the file again as UTF-8, or set encoding = "cp1252" if it is Windows text throughout.'
            )
        data = _from_cp1252(file, data, findings)
    return _without_nul(file, data)


def _first_odd_byte(data: bytes) -> int | None:
    """Return where a text stops being UTF-8, looking at it in blocks to spare memory; None where it never does."""
    decoder, view = codecs.getincrementaldecoder("utf-8")(), memoryview(data)
    for start in range(0, len(data), _BLOCK_BYTES):
        before = len(decoder.getstate()[0])
        try:
            decoder.decode(view[start : start + _BLOCK_BYTES], final=start + _BLOCK_BYTES >= len(data))
        except UnicodeDecodeError as error:
            return start - before + error.start
    return None


def _from_cp1252(file: str, data: bytes, findings: list[Finding]) -> bytes:
    """Return Windows text as UTF-8."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise DataProblem(
            f"{file}: the text is neither UTF-8 nor Windows text (first odd byte: {error.start}). "
            "Export the file again as UTF-8."
        ) from None
    findings.append(Finding("encoding", "fixed", file, f"{file}: read as Windows text (cp1252) and converted."))
    return text.encode("utf-8")


def _without_nul(file: str, data: bytes) -> bytes:
    """Refuse text with NUL bytes, which readers treat as the end of a cell or drop."""
    at = data.find(b"\0")
    if at >= 0:
        line = data.count(b"\n", 0, at) + 1
        raise DataProblem(
            f"{file}: {data.count(bytes(1))} NUL bytes in the text (first: line {line}). "
            'Export the file again; if it is UTF-16 without a mark, set encoding = "utf-16".'
        )
    return data


def _quoted(separator: str) -> re.Pattern[bytes]:
    """Return the pattern of a quoted cell; its group is empty where the quote never closes."""
    sign = re.escape(separator.encode())
    return re.compile(rb"(?:\A|(?<=[" + sign + rb'\r\n]))"[^"]*(?:""[^"]*)*("|\Z)')


def _newlines(data: bytes) -> int:
    lone = data.count(b"\r") - data.count(b"\r\n")
    return data.count(b"\n") + lone


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
    inside = last = 0
    stops = separator.encode() + b"\r\n"
    if b'"' in text:
        for match in _quoted(separator).finditer(text):
            last = match.end()
            lines = _newlines(match.group())
            if not match.group(1) or (lines and text[last : last + 1] not in stops):
                line = _newlines(text[: match.start()]) + 1
                raise DataProblem(
                    f"{file}: a quote opens in line {line} and does not close at the end of its cell, so the rows after it cannot be "
                    "told apart. Export the file again, or close the quote."
                )
            inside += lines
    ends = text.endswith((b"\n", b"\r")) and last < len(text)
    return _newlines(text) - inside + (0 if ends or not text else 1)


def _starts(text: bytes, separator: str) -> list[int]:
    """Return where each record of the head of a text begins; the last entry is where the last whole one ends."""
    head = text[:_HEAD_BYTES]
    marks = re.compile(_quoted(separator).pattern + rb"|(\r\n|\n|\r)")
    starts = [0]
    for match in marks.finditer(head):
        if match.group(2):
            starts.append(match.end())
            if len(starts) > 200:
                return starts
    if len(head) == len(text) and starts[-1] < len(text):
        starts.append(len(text))
    return starts


def _parse(record: bytes, separator: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(record.decode("utf-8"), newline=""), delimiter=separator))


def _layout(file: str, text: bytes, wanted: Wanted, stated: str | None) -> tuple[str, int, list[int]]:
    """Return the separator, the index of the header row, and where the first records begin."""
    declared = re.match(rb"sep=(.)\r?\n", text[:10])
    if stated is None and declared and declared.group(1).decode("utf-8", "replace") in SEPARATORS:
        stated = declared.group(1).decode()
    best: tuple[int, int, str, int, list[int]] | None = None
    for separator in (stated,) if stated else SEPARATORS:
        starts = _starts(text, separator)
        rows: list[Sequence[str]] = []
        for a, b in itertools.pairwise(starts):
            parsed = _parse(text[a:b], separator)
            rows.append(parsed[0] if parsed else [])
        at, hits = find_header(rows, wanted)
        width = len(rows[at]) if rows else 0
        if best is None or (hits, width) > best[:2]:
            best = (hits, width, separator, at, starts)
    if best is None or len(best[4]) < 2:
        raise DataProblem(f"{file}: no row ends within the first megabyte. Export the file again as CSV.")
    hits, _, separator, at, starts = best
    if hits == 0:
        names = ", ".join(repr(name) for name in (*wanted.required, *wanted.optional)[:8])
        raise DataProblem(
            f"{file}: no header found: none of the first rows holds a column that is looked for ({names}). "
            "Name the file's columns in [source.columns], or export the file with its header."
        )
    return separator, at, starts


def _body(file: str, text: memoryview, header: list[str], separator: str, *, first_row: int) -> RawFile:
    """Parse the rows below the header; rows of another width are told apart and never dropped silently."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    width = len(header)
    odd: list[tuple[int, str]] = []

    def keep(row: arrow_csv.InvalidRow) -> str:
        odd.append((int(row.number or 0), row.text))
        return "skip"

    names = [str(position) for position in range(width)]
    if len(text):
        try:
            table = arrow_csv.read_csv(
                pa.py_buffer(text),
                read_options=arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=_BLOCK_BYTES),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=separator, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid:
            raise DataProblem(
                f"{file}: the rows cannot be told apart; most often a quote opens in a cell and never closes. "
                "Export the file again."
            ) from None
    else:
        table = pa.table({name: pa.array([], pa.string()) for name in names})
    total = table.num_rows + len(odd)
    straight = np.ones(total, dtype=bool)
    straight[[number - 1 for number, _ in odd]] = False
    cells = table.to_pandas(types_mapper={pa.string(): pd.StringDtype("pyarrow", na_value=np.nan)}.get)
    cells.columns = range(width)
    raw = RawFile(file, header, cells, np.flatnonzero(straight) + first_row, 0, {"blank": 0, "total": 0})
    return _odd_rows(raw, odd, separator, first_row)


def _odd_rows(raw: RawFile, odd: list[tuple[int, str]], separator: str, first_row: int) -> RawFile:
    """Sort out rows of another width: empty cells too many or too few at the end are no fault, totals are totals, the rest is rejected."""
    import numpy as np
    import pandas as pd

    width, mended, trimmed = len(raw.header), [], []
    named = max(position for position, name in enumerate(raw.header) if name) + 1
    for number, text in odd:
        row = number + first_row - 1
        parsed = _parse(text.encode("utf-8"), separator)
        cells = parsed[0] if parsed else []
        if not any(plain(cell) for cell in cells):
            raw.counts["blank"] += 1
        elif any(is_total(next(cell for cell in cells if plain(cell)))):
            raw.counts["total"] += 1
        elif len(cells) >= named and not any(plain(cell) for cell in cells[width:]):
            mended.append((cells + [""] * width)[:width])
            trimmed.append(row)
        else:
            raw.faults.append(Fault(row, "short_row" if len(cells) < width else "long_row"))
    if mended:
        extra = pd.DataFrame(mended, columns=range(width)).astype(raw.cells.dtypes.iloc[0])
        order = np.argsort(np.concatenate([raw.rows, trimmed]), kind="stable")
        raw.cells = pd.concat([raw.cells, extra], ignore_index=True).iloc[order].reset_index(drop=True)
        raw.rows = np.concatenate([raw.rows, np.asarray(trimmed)])[order]
    return raw
