"""Event logs: XES files, plain or gzipped, read as a stream; and the pairing of starts with completions."""

from __future__ import annotations

import gzip
import re
import zlib
from collections import defaultdict
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.foundation.schema import DataProblem
from analysis.intake.adapters.format import Format
from analysis.intake.batch import TEXT, Batch
from analysis.intake.casting.local_time import Column
from analysis.intake.opening.files import guard_ratio, kind_of_text, open_table, sniff
from analysis.intake.opening.raw import RawFile, Wanted, check_header, plain
from analysis.intake.settings import Source

DEFAULTS = {
    "item": ("case:concept:name", "case_id"),
    "type": ("concept:name", "activity"),
    "agent": ("org:resource", "resource"),
    "started": ("start_timestamp", "start_time"),
    "ended": ("time:timestamp", "end_time"),
    "duration": (),
    "arrived": (),
    "due": (),
}
TRANSITION = "lifecycle:transition"
_VALUES = frozenset({"string", "date", "int", "float", "boolean", "id"})
_BLOCK = 1 << 20
_MOST_NESTED = 100


class TooDeep(Exception):
    """Elements of a log are nested deeper than in any export."""


def open_log(file: str, path: Path, source: Source, wanted: Wanted) -> RawFile:
    """Return the events of a log, one row each; a table with the same column names will do as well.

    Parameters
    ----------
    file
        Name for messages.
    path
        Where the log lies.
    source
        What the engagement states.
    wanted
        Names of attributes that must or may be there; those of a case begin with ``case:``.

    Raises
    ------
    DataProblem
        The log is damaged, hostile, or lacks an attribute.
    """
    kind = sniff(file, path)
    packed = kind == "gzip"
    try:
        if packed:
            with path.open("rb") as outer, gzip.open(outer) as stream:
                kind = kind_of_text(file, stream.read(4096))
        if kind != "xes":
            return open_table(file, path, source, wanted)
        with path.open("rb") as outer, gzip.open(outer) if packed else outer as stream:
            reader = _Log()
            physical = _run(file, stream, reader, packed_bytes=path.stat().st_size if packed else None)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise DataProblem(f"{file}: the gzip file is damaged or was cut off. Export it again.") from None
    header, cells = reader.table()
    check_header(file, header, wanted)
    counts = {"header": 0, "banner": 0, "blank": 0, "total": 0}
    return RawFile(file, header, cells, np.arange(1, len(cells) + 1), physical, counts, typed=True)


class _Log:
    """Collects the attributes of each event; those of its case get the prefix ``case:``."""

    def __init__(self) -> None:
        self.columns: dict[str, dict[int, str]] = defaultdict(dict)
        self.known: dict[str, str] = {}
        self.events = 0
        self.depth = self.ignored = self.nested = 0
        self.case: dict[str, str] | None = None
        self.case_from = 0
        self.inside_event = False

    def on_start(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element: a case, an event, or an attribute of one of them."""
        self.nested += 1
        if self.nested > _MOST_NESTED:
            raise TooDeep
        if self.ignored or name in ("global", "extension", "classifier"):
            self.ignored += 1
        elif name == "trace":
            self.case, self.case_from = {}, self.events
        elif name == "event":
            self.inside_event = True
        elif name in _VALUES and (self.inside_event or self.case is not None):
            if self.depth == 0:
                self._keep(attributes.get("key", ""), attributes.get("value", ""))
            self.depth += 1
        elif name not in ("log",):
            self.ignored += 1

    def _keep(self, key: str, value: str) -> None:
        value = self.known.setdefault(value, value)
        if self.inside_event:
            self.columns[plain(key)][self.events] = value
        elif self.case is not None:
            self.case[f"case:{plain(key)}"] = value

    def on_end(self, name: str) -> None:
        """Close an element."""
        self.nested -= 1
        if self.ignored:
            self.ignored -= 1
        elif name in _VALUES:
            self.depth -= self.depth > 0
        elif name == "event":
            self.inside_event = False
            self.events += 1
        elif name == "trace" and self.case is not None:
            for key, value in self.case.items():
                self.columns[key].update(dict.fromkeys(range(self.case_from, self.events), value))
            self.case = None

    def table(self) -> tuple[list[str], pd.DataFrame]:
        """Return the names of all attributes and the cells."""
        header = list(self.columns)
        cells = {}
        for position, name in enumerate(header):
            values = self.columns[name]
            column = pa.array([values.get(event, "") for event in range(self.events)], type=pa.large_string())
            cells[position] = pd.Series(column.to_pandas(), dtype=TEXT)
        return header, pd.DataFrame(cells, index=pd.RangeIndex(self.events))


def _run(file: str, stream: IO[bytes], log: _Log, *, packed_bytes: int | None) -> int:
    """Run a log through expat and return the number of its event elements, counted on the bytes."""

    def refuse(*_: Any) -> None:
        raise DataProblem(
            f"{file}: the log declares a document type or entities, which no plain export does. Export it again."
        )

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: log.on_start(name.rpartition(" ")[2], attributes)
    parser.EndElementHandler = lambda name: log.on_end(name.rpartition(" ")[2])
    mark = re.compile(rb"<(?:\w+:)?event[\s/>]")
    counted, size, tail = 0, 0, b""
    try:
        while block := stream.read(_BLOCK):
            size += len(block)
            if packed_bytes is not None:
                guard_ratio(file, size, packed_bytes)
            parser.Parse(block, False)
            seen = list(mark.finditer(tail + block))
            counted += len(seen)
            rest = (tail + block)[seen[-1].end() if seen else 0 :]
            tail = rest[-32:]
        parser.Parse(b"", True)
    except TooDeep:
        raise DataProblem(
            f"{file}: its elements are nested more than {_MOST_NESTED} deep, which no plain export does. Export it again."
        ) from None
    except expat.ExpatError as error:
        raise DataProblem(
            f"{file}: the log breaks off or is damaged in line {error.lineno}. Export it again."
        ) from None
    return counted


def pair_lifecycle(batch: Batch, columns: dict[str, Column]) -> None:
    """Join the start and the completion of the same case, activity and person into one item.

    Parameters
    ----------
    batch
        Events; starts that found their completion are marked as absorbed, other transitions get their fate.
    columns
        Our columns; `started` is filled.

    Notes
    -----
    In the order of time, a completion closes the latest start of the same case, activity and person that is still open. A completion
    without a start is an item whose duration is unknown; a start without a completion is left out and counted.
    """
    if TRANSITION not in batch.cells.columns:
        return
    words = batch.cells[TRANSITION].str.lower().to_numpy(dtype=object)
    start, complete = words == "start", words == "complete"
    if not complete.any():
        batch.note("lifecycle_unknown", "flag", "no event is marked complete; every event counts as a finished step.")
        return
    for word in sorted(set(words[~start & ~complete & (words != "")])):
        batch.fates.give(words == word, "excluded", f"lifecycle_{word.replace(' ', '_')}")
    rows = np.flatnonzero(batch.fates.open)
    partner = _partners(batch, columns, rows, start)
    lonely = np.zeros(len(words), dtype=bool)
    lonely[rows] = start[rows] & (partner[rows] < 0)
    batch.fates.give(lonely, "excluded", "start_without_complete")
    paired = np.flatnonzero(partner >= 0)
    ended, own = columns["ended"], columns.get("started")
    stamps = ended.array.copy()
    started = np.zeros(len(words), dtype=np.int64) if own is None else own.array.copy()
    given = np.zeros(len(words), dtype=bool) if own is None else own.given.copy()
    started[partner[paired]] = started[paired] = stamps[paired]
    given[partner[paired]] = given[paired] = True
    stamps[paired] = stamps[partner[paired]]
    columns["started"], columns["ended"] = Column("time", started, given), Column("time", stamps, ended.given)
    batch.absorbed[paired] = True


def _partners(batch: Batch, columns: dict[str, Column], rows: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return for each start the row of its completion, -1 where there is none."""
    names = [columns[name].values for name in ("item", "type", "agent") if name in columns]
    keys = pd.DataFrame({str(at): pd.factorize(column)[0] for at, column in enumerate(names)})
    group = keys.groupby(list(keys.columns), sort=False).ngroup().to_numpy()
    stamps = columns["ended"].array
    order = rows[np.lexsort((rows, ~start[rows], stamps[rows]))]
    partner = np.full(len(start), -1, dtype=np.int64)
    waiting: dict[int, list[int]] = defaultdict(list)
    for row, who, begins in zip(order.tolist(), group[order].tolist(), start[order].tolist(), strict=True):
        if begins:
            waiting[who].append(row)
        elif waiting[who]:
            partner[waiting[who].pop()] = row
    return partner


FORMAT = Format(
    title="event log (XES, or a table with its names)",
    table="work_items",
    defaults=DEFAULTS,
    signature=(("case:concept:name", "concept:name", "time:timestamp"),),
    also=(TRANSITION,),
    open=open_log,
    finish=pair_lifecycle,
)
