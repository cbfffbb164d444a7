"""A proposed mapping tried on the whole file: what its first rows become, and what each state code holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.foundation.calendars import to_local
from analysis.foundation.schema import TABLES
from analysis.foundation.settings import Client
from analysis.intake import mapping
from analysis.intake.adapters import format_of
from analysis.intake.batch import Batch, gather, sift
from analysis.intake.casting.cast import cast, cast_totals
from analysis.intake.casting.local_time import Column
from analysis.intake.opening.files import expand, parts_of
from analysis.intake.opening.raw import plain
from analysis.intake.recognise.codes import Code, bucket_of
from analysis.intake.recognise.profile import CODES
from analysis.intake.settings import DURATION_TABLES, Source

HOUR_US = 3_600_000_000
PREVIEW_ROWS = 5
# Our columns of text whose values may be shown where they are few, as they name kinds of things and no persons.
_KINDS: frozenset[str] = frozenset({"state", "queue", "type", "channel", "direction", "queue_or_type"})


@dataclass(frozen=True, slots=True)
class Trial:
    """A file read by a proposed mapping.

    Attributes
    ----------
    codes
        State codes with their rows and hours; empty for tables without states, or where there are too many to be codes.
    rows, open_rows
        Rows read, and those that nothing speaks against so far.
    too_many_codes
        The column of states has so many values that it holds something else.
    """

    codes: tuple[Code, ...]
    rows: int
    open_rows: int
    too_many_codes: bool
    batch: Batch
    columns: dict[str, Column]
    zone: str

    def preview(self) -> pd.DataFrame:
        """Return the first rows as they were understood: times by the file's own clock, persons and other names masked."""
        at = np.flatnonzero(self.batch.fates.open)[:PREVIEW_ROWS]
        shown = {}
        for name, column in self.columns.items():
            shown[name] = [self._cell(name, column, int(row)) for row in at]
        return pd.DataFrame(shown)

    def _cell(self, name: str, column: Column, row: int) -> str:
        if not column.given[row]:
            return ""
        if column.kind in ("time", "date"):
            us = int(column.array[row])
            local = us if column.kind == "date" else int(to_local(np.array([us]), self.zone)[0])
            stamp = np.datetime64(local, "us").astype("datetime64[s]")
            return str(stamp.astype("datetime64[D]")) if column.kind == "date" else str(stamp).replace("T", " ")
        if column.kind == "us":
            seconds = int(column.array[row]) // 1_000_000
            return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        if column.kind == "text":
            text = str(column.text.iloc[row])
            few = column.text.nunique() <= min(CODES, max(3, len(column.text) // 3))
            return text if name in _KINDS and few else masked(text)
        return f"{np.asarray(column.values)[row]:g}" if column.kind == "number" else str(np.asarray(column.values)[row])


def masked(text: str) -> str:
    """Return a value that nobody can be known by: its first sign and dots, as many for every value.

    Examples
    --------
    >>> masked("jansen"), masked("10861")
    ('j····', '1····')
    """
    return f"{text[:1]}····" if text else ""


def trial(source: Source, *, client: Client, root: Path) -> Trial:
    """Read the files of a proposed source as far as typed columns.

    Parameters
    ----------
    source
        The proposal.
    client
        Zone and period where the source names none.
    root
        The engagement folder.

    Raises
    ------
    DataProblem
        A question is still open, or a file cannot be read.
    """
    source = mapping.with_habits(source)
    form = format_of(source.adapter)
    places = [part for path in expand(source, root) for part in parts_of(source, root, path)]
    files = [form.open(name, place, source, mapping.wanted(source)) for name, place in places]
    batch = gather(source, 1, files)
    origins, totals = mapping.origins(source, batch), mapping.totals_found(source, batch)
    keys, needed = mapping.name_columns(origins), mapping.needed_names(source, origins)
    sift(batch, keys=keys, needed=needed, keep_repeats=np.zeros(len(batch.rows), dtype=bool))
    mapping.exclude(batch, origins)
    zone, period = source.time_zone or client.time_zone, source.period or client.period
    batch.zone = zone
    columns, _ = cast(batch, origins, zone=zone, near_year=period.start.year)
    wide = cast_totals(batch, totals)
    codes = _wide_codes(batch, wide) if wide else _codes(batch, columns)
    order = [*TABLES[source.target], "duration"]
    shown = dict(sorted(columns.items(), key=lambda pair: order.index(pair[0]))) | wide
    open_rows = int(batch.fates.open.sum())
    too_many = len(codes) > CODES
    return Trial(() if too_many else tuple(codes), len(batch.rows), open_rows, too_many, batch, shown, zone)


def _codes(batch: Batch, columns: dict[str, Column]) -> Sequence[Code]:
    """Return the state codes of rows with a state, by the time that they hold."""
    if "state" not in columns:
        return ()
    state, (start, end) = columns["state"], DURATION_TABLES.get(batch.source.target, ("", ""))
    us = np.zeros(len(batch.rows), dtype=np.int64)
    if "us" in columns:
        us = columns["us"].array
    elif start in columns and end in columns:
        both = columns[start].given & columns[end].given
        us = np.where(both, columns[end].array - columns[start].array, 0)
    still = batch.fates.open & state.given
    held = pd.DataFrame({"code": state.text.map(plain)[still].to_numpy(), "us": us[still]})
    totals = (
        held.groupby("code", sort=True)["us"].agg(["size", "sum"]).sort_values("sum", ascending=False, kind="stable")
    )
    return [_code(str(code), int(row["size"]), int(row["sum"])) for code, row in totals.iterrows()]


def _wide_codes(batch: Batch, wide: dict[str, Column]) -> Sequence[Code]:
    """Return the state codes of sources with one column of time per state."""
    found = []
    for code, column in wide.items():
        us = np.where(column.given & batch.fates.open, column.array, 0)
        found.append(_code(code, int(np.count_nonzero(us)), int(us.sum())))
    return found


def _code(code: str, rows: int, us: int) -> Code:
    return Code(code, rows, us / HOUR_US, bucket_of(code))
