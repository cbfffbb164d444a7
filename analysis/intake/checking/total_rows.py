"""Rows of totals are no data, but they say what the export held: a checksum of the rows that were read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.foundation.schema import TABLES
from analysis.intake.casting.numerals import parse_durations, parse_numbers
from analysis.intake.opening.raw import plain
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch
    from analysis.intake.settings import ColumnSource

# Rows of totals that are compared in each file; more of them tell nothing new.
MOST_TOTALS = 500
# Rounding of each row adds up to less than so many standard deviations.
_DEVIATIONS = 4
# Resolutions in which tools write numbers and, in microseconds, times: 1 h, 1 min, 0.01 h, 1 s, 1 ms, 1 us.
_TIME_STEPS: tuple[float, ...] = (3.6e9, 6e7, 3.6e7, 1e6, 1e3, 1.0)
_NUMBER_STEPS: tuple[float, ...] = (1.0, 0.1, 0.01, 1e-3, 1e-4, 1e-6)


@dataclass(frozen=True, slots=True)
class _Measure:
    """One column of the client with its numbers, 0 where none stands."""

    name: str
    time: bool
    values: NDArray[np.float64]
    good: NDArray[np.bool_]


def check_totals(batch: Batch, origins: Mapping[str, ColumnSource], wide: Mapping[str, str]) -> None:
    """Compare every row of totals with the sum of its rows, and note whether they agree.

    Parameters
    ----------
    batch
        Rows of a source, with their fates.
    origins
        Where each of our columns comes from.
    wide
        State code to the client's column of its time.

    Notes
    -----
    A total may stand below its rows or above them, and hold those since any other total or all of them. It agrees if it is one of these sums
    within rounding, of all rows or of those that are used. It disagrees if it is none of them and no average either, that is, if it lies
    outside the smallest and largest value of the rows.
    """
    if ("total", "") not in batch.fates.names:
        return
    total = batch.fates.codes == batch.fates.names.index(("total", ""))
    no_data = [batch.fates.names.index(name) for name in (("header", ""), ("blank", "")) if name in batch.fates.names]
    data = ~total & ~np.isin(batch.fates.codes, no_data)
    kinds = {**TABLES[batch.source.target], "duration": "us"}
    asked = {plain(str(origin.column)): name for name, origin in origins.items() if origin.column}
    asked = {column: name for column, name in asked.items() if kinds[name] in ("us", "number", "count")}
    asked |= dict.fromkeys(wide.values(), "duration")
    for position in range(len(batch.files)):
        own = np.flatnonzero(batch.file_of == position)
        rows = own[total[own]][:MOST_TOTALS]
        if len(rows):
            _check_file(batch, own, rows, data, asked)


def _check_file(
    batch: Batch, own: NDArray[np.intp], rows: NDArray[np.intp], data: NDArray[np.bool_], asked: Mapping[str, str]
) -> None:
    """Compare the totals of one file."""
    file = batch.files[batch.file_of[own[0]]].file
    agree: dict[str, set[int]] = {}
    first = int(own[0])
    edges = np.unique(np.concatenate([[0], rows - first, [len(own)]]))
    for measure in _measures(batch, rows, asked):
        given = rows[measure.good[rows]]
        kinds = (data, data & batch.fates.open) if len(given) else ()
        held = [_Sums.of(measure, own, kind & measure.good, edges) for kind in kinds]
        for row in given.tolist():
            found = [sums.exceeded(measure.values[row], row - first) for sums in held]
            if any(off == 0 for off in found):
                agree.setdefault(measure.name, set()).add(row)
            elif found[0] is not None:
                _disagrees(batch, file, measure, row, found[0])
    if agree:
        count = len(set().union(*agree.values()))
        names = ", ".join(repr(name) for name in agree)
        batch.note(
            "total_agrees",
            "fixed",
            f"{file}: {number_of(count, 'row')} of totals left out; what {'it says' if count == 1 else 'they say'} of {names} is the sum of the rows.",
            count,
        )


def _measures(batch: Batch, rows: NDArray[np.intp], asked: Mapping[str, str]) -> Iterator[_Measure]:
    """Yield the columns of numbers and durations in which a row of totals holds something; `asked` is the client's column to ours."""
    kinds = {**TABLES[batch.source.target], "duration": "us"}
    cells = batch.cells.take(rows)
    for column, ours in asked.items():
        kind, held = kinds[ours], cells.get(column)
        if held is None or not any(held.to_pylist()):
            continue
        typed = all(raw.typed for raw in batch.files)
        text = batch.cells[column]
        if kind == "us":
            unit = "us" if column == ours and ours.endswith("_us") else batch.source.duration_unit
            found = parse_durations(text, unit=unit, decimal=batch.source.decimal, typed=typed)
            good = found.given & ~found.bad & ~found.unclear & ~found.no_unit
            yield _Measure(column, True, np.where(good, found.us, 0).astype(np.float64), good)
        else:
            numbers = parse_numbers(text, decimal=batch.source.decimal, typed=typed)
            good = numbers.given & ~numbers.bad & ~numbers.unclear
            yield _Measure(column, False, np.where(good, numbers.values, 0.0), good)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums of one column up to each edge, an edge being a row of totals or an end of the file, and rows up to there."""

    edges: NDArray[np.intp]
    sums: NDArray[np.float64]
    rows: NDArray[np.intp]
    least: float
    most: float
    step: float
    exact: bool

    @classmethod
    def of(cls, measure: _Measure, own: NDArray[np.intp], data: NDArray[np.bool_], edges: NDArray[np.intp]) -> _Sums:
        """Return the sums of some rows of a file."""
        values, some = measure.values[own], data[own]
        sums = np.concatenate([[0.0], np.cumsum(np.where(some, values, 0.0))])[edges]
        rows = np.concatenate([[0], np.cumsum(some)])[edges]
        held = values[some]
        step = _step(held, _TIME_STEPS if measure.time else _NUMBER_STEPS)
        # Whole numbers are counts, which nobody rounds.
        exact = not measure.time and step == 1
        return cls(edges, sums, rows, held.min(initial=np.inf), held.max(initial=-np.inf), step, exact)

    def exceeded(self, total: float, at: int) -> float | None:
        """Return by how much a total exceeds the nearest sum of rows: 0 within rounding, None where it may be no sum at all."""
        place = int(np.searchsorted(self.edges, at))
        held = np.abs(self.sums - self.sums[place])
        rows = np.abs(self.rows - self.rows[place])
        held, rows = held[rows > 0], rows[rows > 0]
        if not len(rows) or self.least < 0:
            return None
        off = total - held
        rounding = np.full(len(off), 0.5) if self.exact else self.step * (1 + _DEVIATIONS * np.sqrt(rows / 12))
        if (np.abs(off) <= rounding).any():
            return 0.0
        near = int(np.abs(off).argmin())
        # What tools cut off instead of rounding adds up to at most one step a row.
        cut = 0.0 if self.exact else self.step * float(rows[near])
        return None if abs(off[near]) <= cut or self.least <= total <= self.most else float(off[near])


def _step(values: NDArray[np.float64], steps: tuple[float, ...]) -> float:
    """Return the largest resolution of which all values are multiples."""
    for step in steps:
        parts = values / step
        if (np.abs(parts - np.rint(parts)) < 1e-6 * np.maximum(1.0, np.abs(parts))).all():
            return step
    return steps[-1]


def _disagrees(batch: Batch, file: str, measure: _Measure, row: int, off: float) -> None:
    """Note a total that is not the sum of its rows."""
    side = "more" if off > 0 else "less"
    amount = _clock(abs(off)) if measure.time else f"{abs(off):,.6g}"
    batch.note(
        "total_disagrees",
        "flag",
        f"{file}: the total in row {batch.rows[row]} says {amount} {side} of {measure.name!r} than the rows hold. "
        "Ask whether rows are missing, or twice in it.",
        1,
        round(off) if measure.time else None,
    )


def _clock(us: float) -> str:
    seconds = round(us / 1e6)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d} h"
