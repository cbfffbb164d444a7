"""Exports in JSON as tables: how a format says where its records lie, and which rows each record gives."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.foundation.schema import DataProblem, Finding
from analysis.intake.adapters.format import Opener
from analysis.intake.batch import TEXT
from analysis.intake.opening.files import kind_of_text, open_table, sniff, unpack
from analysis.intake.opening.json_text import MAX_DEPTH, NOT_A_NUMBER, Broken, census, flatten, leaves, mended, records
from analysis.intake.opening.raw import Fault, RawFile, Wanted, check_header, plain
from analysis.intake.opening.text import to_utf8
from analysis.intake.settings import Source
from analysis.intake.words import number_of

__all__ = ["flatten", "json_opener", "read_json_records", "table_of"]

Row = Mapping[str, Any]
Whole = tuple[Row, Any]
Explode = Callable[[dict[str, Any]], Iterable[Row]]

MAX_JSON_BYTES = 512 << 20
MAX_RECORDS = 20_000_000
_STEP_ROWS = 50_000
# So much of a file is looked at for its first records, and so many columns are shown.
_LOOK_BYTES = 4 << 20
_MOST_COLUMNS = 2_000
_UNFIT = re.compile("[\x00\ud800-\udfff]")
_MENDED = {
    "comments": ("json_comments", "comment", "comments"),
    "commas": ("json_commas", "comma before a closing bracket", "commas before a closing bracket"),
    "brackets": (
        "json_brackets",
        "bracket that closes a record before its last key",
        "brackets that close a record before its last key",
    ),
    "extra": (
        "json_brackets",
        "closing bracket without an opening one",
        "closing brackets without an opening one",
    ),
}


def json_opener(explode: Explode | None = None, *, under: Sequence[str] = (), elements: Sequence[str] = ()) -> Opener:
    r"""Return what opens the JSON exports of a format, for ``Format.open``; files that hold no JSON are opened as tables.

    Parameters
    ----------
    explode
        Returns the rows of one record, each a mapping of column to value; None = one row with the values at the paths that are wanted, such
        as ``CurrentAgentSnapshot.AgentStatus.Name``.
    under
        Keys of an envelope whose arrays hold the records (``userDetails``, ``events``, ``conversations``). An object without such an array
        is a record itself; an array at the top, and objects one after the other (one a line, or not), need no key.
    elements
        Keys of arrays, anywhere in a record, whose objects are the rows (``primaryPresence``, ``routingStatus``). `explode` must then give one
        row for each such object, in the order in which they stand; without `elements` it must give one row for each record.

    Returns
    -------
    Opener
        Takes file, path, source and the columns wanted. Row numbers are ordinals of the rows in the file, from 1: there are no lines to count
        by. Numbers keep their text, true and false become ``true`` and ``false``, null is empty; an object or array that is
        a value is kept as compact JSON. Columns that no row has are absent.

    Raises
    ------
    DataProblem
        When called: the JSON is damaged, hostile, ambiguous, or its rows are not as many as the objects counted on the bytes.

    Examples
    --------
    >>> def timeline(user):
    ...     for name in ("primaryPresence", "routingStatus"):
    ...         for entry in user.get(name) or ():
    ...             yield {"userId": user.get("userId"), "kind": name, **entry}
    >>> opener = json_opener(timeline, under=["userDetails"], elements=["primaryPresence", "routingStatus"])
    """

    def open_json(file: str, path: Path, source: Source, wanted: Wanted) -> RawFile:
        data = _json_bytes(file, path)
        if data is None:
            return open_table(file, path, source, wanted)
        names = (*wanted.required, *wanted.optional)
        findings: list[Finding] = []
        data = _decoded(file, data, source.encoding, findings)

        def rows(record: dict[str, Any]) -> Iterable[Whole]:
            if explode is not None:
                return ((row, row) for row in explode(record))
            return ((leaves(record) if wanted.everything else flatten(record, names), record),)

        def read(text: bytes) -> RawFile:
            counted = census(text, under=under, elements=elements)
            if counted.depth > MAX_DEPTH:
                raise DataProblem(
                    f"{file}: values are nested more than {MAX_DEPTH} deep, which no plain export does. Ask for the export again."
                )
            raw = _table(file, _rows(file, text, rows, under), wanted, counted.objects)
            raw.findings += _told(file, {"extra": counted.extra})
            return raw

        try:
            raw = read(data)
        except Broken as broken:
            text, counts = mended(data)
            if not counts:
                raise _broken(file, broken) from None
            try:
                raw = read(text)
            except Broken as still:
                raise _broken(file, still) from None
            raw.findings += _told(file, counts)
        raw.findings[:0] = findings
        return raw

    return open_json


def read_json_records(
    file: str, path: Path, *, under: Sequence[str] = (), encoding: str | None = None, at_most: int | None = None
) -> list[dict[str, Any]]:
    """Return the records of a JSON file as they are, numbers as text; for small files, and for a look at the first records.

    Parameters
    ----------
    file, path
        Name for messages, and where the file lies.
    under
        Keys of an envelope whose arrays hold the records.
    encoding
        What the source states; None = recognise.
    at_most
        Stop after so many records.

    Raises
    ------
    DataProblem
        The file holds no JSON, or it is damaged.
    """
    data = _json_bytes(file, path)
    if data is None:
        raise DataProblem(f"{file}: this is no JSON. Name the file's own format in adapter.")
    data = _decoded(file, data, encoding, [])
    try:
        return _first(file, data, under, at_most)
    except Broken as broken:
        text, counts = mended(data)
        if not counts:
            raise _broken(file, broken) from None
    try:
        return _first(file, text, under, at_most)
    except Broken as broken:
        raise _broken(file, broken) from None


def _first(file: str, data: bytes, under: Sequence[str], at_most: int | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if census(data if at_most is None else data[:_LOOK_BYTES]).depth > MAX_DEPTH:
        raise DataProblem(f"{file}: values are nested too deep for a plain export. Ask for the export again.")
    for record in records(file, data, under=under):
        if at_most is not None and len(found) >= at_most:
            break
        found.append(record)
    return found


def table_of(file: str, rows: Iterable[Row | None], wanted: Wanted, *, physical: int) -> RawFile:
    """Return rows as the cells of a file, of the columns that are wanted.

    Parameters
    ----------
    file
        Name for messages.
    rows
        One mapping per physical row, in the file's order; None = a row that was cut off.
    wanted
        Columns that must or may be there; others are dropped.
    physical
        Rows counted by a second method.

    Returns
    -------
    RawFile
        Rows that are equal in all their values, also those of columns that are not kept, count as duplicates later on.

    Raises
    ------
    DataProblem
        A wanted column is in no row, or the rows are not as many as counted.

    Examples
    --------
    >>> raw = table_of("f.json", [{"id": "007", "on": True}, {"id": None}], Wanted(("id",), ("on", "off")), physical=2)
    >>> raw.header, raw.cells.to_numpy().tolist(), raw.rows.tolist()
    (['id', 'on', ''], [['007', 'true'], ['', '']], [1, 2])
    """
    return _table(file, (None if row is None else (row, row) for row in rows), wanted, physical)


def _table(file: str, rows: Iterable[Whole | None], wanted: Wanted, physical: int) -> RawFile:
    """Return rows, each with what it was taken from, as the cells of a file."""
    if wanted.everything:
        rows = list(rows)
        names = tuple(dict.fromkeys(name for pair in rows if pair is not None for name in pair[0]))[:_MOST_COLUMNS]
    else:
        names = tuple(dict.fromkeys((*wanted.required, *wanted.optional)))
    body = _Body(names)
    for pair in rows:
        body.add(pair)
    if body.count != physical:
        raise DataProblem(
            f"{file}: {number_of(body.count, 'row')} read but {physical:,} counted on the bytes; the file is not read, so that none is "
            "lost silently. Check that adapter names the file's own format, or export it again."
        )
    header = [name for name in names if name in body.seen]
    check_header(file, [*header, *sorted(body.others - body.seen)[:200]], wanted)
    counts = {"header": 0, "banner": 0, "blank": 0, "total": 0}
    rows_at = np.asarray(body.numbers, dtype=np.int64)
    # The column without a name stands for all values that are not kept; the digests tell rows apart by them.
    raw = RawFile(file, [*header, ""], body.frame(header), rows_at, physical, counts, body.faults, typed=True)
    raw.marks = np.zeros(len(rows_at), dtype=np.uint8)
    raw.digests = lambda at: [body.digests[position] for position in at.tolist()]
    return raw


class _Body:
    """Rows turned into columns step by step."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.seen: set[str] = set()
        self.others: set[str] = set()
        self.count = 0
        self.numbers: list[int] = []
        self.digests: list[bytes] = []
        self.faults: list[Fault] = []
        self.loose: list[list[str]] = []
        self.parts: list[list[pa.Array]] = []

    def add(self, pair: Whole | None) -> None:
        """Take one row; a value that no cell can hold rejects it."""
        self.count += 1
        if pair is None:
            self.faults.append(Fault(self.count, "cut_off"))
            return
        row, whole = pair
        values = [row.get(name) for name in self.names]
        self.seen.update(row.keys() & set(self.names))
        if len(self.others) < 1000:
            self.others.update(plain(name.encode("utf-8", "replace").decode()) for name in row)
        cells = [value if type(value) is str else _cell(value) for value in values]
        if any(value is NOT_A_NUMBER for value in values):
            self.faults.append(Fault(self.count, "not_a_number"))
        elif any(map(_UNFIT.search, cells)):
            self.faults.append(Fault(self.count, "broken_text"))
        else:
            self.numbers.append(self.count)
            self.digests.append(_digest(whole))
            self.loose.append(cells)
            if len(self.loose) == _STEP_ROWS:
                self._step()

    def _step(self) -> None:
        columns = zip(*self.loose, strict=True) if self.loose else [()] * len(self.names)
        self.parts.append([pa.array(column, type=pa.large_string()) for column in columns])
        self.loose = []

    def frame(self, header: Sequence[str]) -> pd.DataFrame:
        """Return the cells of the columns of a header."""
        self._step()
        columns = {}
        for position, name in enumerate(header):
            at = self.names.index(name)
            joined = pa.chunked_array([part[at] for part in self.parts])
            columns[position] = pd.Series(joined.to_pandas(), dtype=TEXT)
        return pd.DataFrame(columns, index=pd.RangeIndex(len(self.numbers)))


def _digest(whole: Any) -> bytes:
    """Return a digest of a value; the order of keys makes no difference."""
    written = json.dumps(whole, sort_keys=True, separators=(",", ":"), default=lambda _: "NaN")
    return blake2b(written.encode("ascii"), digest_size=16).digest()


def _cell(value: Any) -> str:
    """Return a JSON value as the text of a cell."""
    if value is None or value is NOT_A_NUMBER or value in ({}, []):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=lambda _: None)
    return str(value)


def _rows(
    file: str, data: bytes, explode: Callable[[dict[str, Any]], Iterable[Whole]], under: Sequence[str]
) -> Iterator[Whole | None]:
    """Yield the rows of all records; None for a last line of its own that was cut off."""
    number = 0
    try:
        for number, record in enumerate(records(file, data, under=under), start=1):
            if number > MAX_RECORDS:
                raise DataProblem(f"{file}: more than {MAX_RECORDS:,} records. Split the export by week.")
            yield from explode(record)
    except Broken as broken:
        if not (number and broken.ended and _last_line_cut(data)):
            raise
        yield None


def _last_line_cut(data: bytes) -> bool:
    """Return whether a text is one object a line and the last line breaks off."""
    lines = data.rstrip().rsplit(b"\n", 2)
    if len(lines) < 2 or not data.lstrip().startswith(b"{"):
        return False
    before, last = lines[-2].strip(), lines[-1].strip()
    return before.startswith(b"{") and before.endswith(b"}") and last.startswith(b"{")


def _json_bytes(file: str, path: Path) -> bytes | None:
    """Return the unpacked bytes of a JSON file; None where it holds something else."""
    kind = sniff(file, path)
    if kind not in ("json", "gzip"):
        return None
    try:
        data = unpack(file, path) if kind == "gzip" else path.read_bytes()
    except PermissionError:
        raise DataProblem(
            f"{file}: the file cannot be opened. Close it in other programs and check its rights."
        ) from None
    if kind == "gzip" and kind_of_text(file, data[:4096]) != "json":
        return None
    if len(data) > MAX_JSON_BYTES:
        raise DataProblem(f"{file}: {len(data) >> 20} MiB of JSON is more than intake reads at once. Split it by day.")
    return data


def _decoded(file: str, data: bytes, encoding: str | None, findings: list[Finding]) -> bytes:
    """Return JSON text as UTF-8; JSON begins with a sign of ASCII, so UTF-16 shows without a mark too."""
    if encoding is None and data[:2].count(0) == 1:
        mark = b"\xff\xfe" if data[1:2] == b"\0" else b"\xfe\xff"
        data = mark + data
    return to_utf8(file, data, encoding=encoding, findings=findings)


def _broken(file: str, broken: Broken) -> DataProblem:
    what = "breaks off in" if broken.ended else "is damaged in or after"
    return DataProblem(f"{file}: the JSON {what} record {broken.record}. Export the file again.")


def _told(file: str, counts: Mapping[str, int]) -> list[Finding]:
    """Return what was mended."""
    found = []
    for name, count in counts.items():
        code, one, many = _MENDED[name]
        if count:
            found.append(Finding(code, "fixed", file, f"{file}: {number_of(count, one, many)} left out.", count))
    return found
