"""Spells as they are given, turned into whole numbers and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.foundation.schema import DataProblem

Ints = NDArray[np.int64]
Spells = pd.DataFrame | Sequence[tuple[Any, Any]]

_LIMIT = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Rows:
    """Spells as three columns of one length: number of the person, start, end."""

    person: Ints
    start: Ints
    end: Ints

    def take(self, which: NDArray[Any]) -> Rows:
        """Return the rows that an index or a mask picks."""
        return Rows(self.person[which], self.start[which], self.end[which])

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True)
class Labels:
    """What the numbers stand for: the people's names, and the type of the stamps (None for plain integers)."""

    agents: pd.Index | None
    dtype: Any

    @property
    def people(self) -> int:
        """How many people there are; one where no agent was named."""
        return 1 if self.agents is None else len(self.agents)

    def names(self, person: Ints) -> pd.Series:
        """Return the names of numbered people."""
        if self.agents is None:
            raise ValueError("this table names no agents")
        return self.agents.take(person).to_series(index=pd.RangeIndex(len(person)), name="agent")

    def stamps(self, values: Ints) -> pd.Series:
        """Return whole numbers as stamps of the input's type."""
        if self.dtype is None:
            return pd.Series(values)
        if getattr(self.dtype, "tz", None) is None:
            return pd.Series(values.view("M8[us]")).astype(self.dtype)
        return pd.Series(pd.DatetimeIndex(values.view("M8[us]"), tz="UTC")).astype(self.dtype)

    def frame(self, rows: Rows, **columns: Any) -> pd.DataFrame:
        """Return rows as a frame: agent (if the input named any), start, end, further columns."""
        named = {} if self.agents is None else {"agent": self.names(rows.person)}
        return pd.DataFrame({**named, "start": self.stamps(rows.start), "end": self.stamps(rows.end), **columns})


def read(**inputs: Spells) -> tuple[dict[str, Rows], Labels]:
    """Return each input's rows with people numbered alike, and the labels to turn numbers back.

    An input without agents beside one with agents holds for every person.
    """
    frames = {name: _framed(given, name) for name, given in inputs.items()}
    first = next(iter(frames))
    columns = {name: _ticks(frame, name) for name, frame in frames.items()}
    kinds = {str(dtype) for name, (_, _, dtype) in columns.items() if len(frames[name])}
    if len({"integer" if kind == "None" else "zoned" if "," in kind else "naive" for kind in kinds}) > 1:
        raise DataProblem(
            f"{', '.join(frames)}: the stamps are of different types. Give all of them as zone-aware times, or all as integers."
        )
    agents, numbers = _people(frames)
    dtype = columns[first][2] if len(frames[first]) else next((d for _, _, d in columns.values() if d), None)
    labels = Labels(agents, dtype)
    rows = {}
    for name, (start, end, _) in columns.items():
        person = numbers.get(name)
        if person is None and agents is not None:
            if name == first and len(start):
                raise DataProblem(f"{name}: there is no column agent, though the other input has one. Add it.")
            everybody = np.repeat(np.arange(len(agents)), len(start))
            rows[name] = Rows(everybody, np.tile(start, len(agents)), np.tile(end, len(agents)))
        else:
            rows[name] = Rows(np.zeros(len(start), dtype=np.int64) if person is None else person, start, end)
    _check_span(rows)
    return rows, labels


def _framed(given: Spells, name: str) -> pd.DataFrame:
    """Return the input as a frame with the columns start and end."""
    frame = given if isinstance(given, pd.DataFrame) else pd.DataFrame(list(given), columns=["start", "end"])
    missing = [column for column in ("start", "end") if column not in frame]
    if missing:
        raise DataProblem(f"{name}: no column {' and no column '.join(missing)}. Spells need start and end.")
    return frame


def _ticks(frame: pd.DataFrame, name: str) -> tuple[Ints, Ints, Any]:
    """Return starts and ends as int64 and the type of the starts; refuse what is empty or runs backwards."""
    (start, dtype), (end, other) = (_column(frame[column], name) for column in ("start", "end"))
    if (dtype is None) != (other is None):
        raise DataProblem(f"{name}: start and end are of different types. Give both as times or both as integers.")
    backwards = end < start
    if backwards.any():
        raise DataProblem(
            f"{name}: {int(backwards.sum())} spells end before they start (first: row {int(backwards.argmax()) + 1}). "
            "Mend or reject these rows first."
        )
    return start, end, dtype


def _column(column: pd.Series, name: str) -> tuple[Ints, Any]:
    """Return one column of stamps as int64 and its type, None for plain integers."""
    empty = column.isna().to_numpy()
    if empty.any():
        raise DataProblem(
            f"{name}: {int(empty.sum())} spells have no {column.name} (first: row {int(empty.argmax()) + 1}). "
            "Close or reject these rows first."
        )
    if len(column) == 0 and column.dtype == object:
        return np.empty(0, dtype=np.int64), None
    if isinstance(column.dtype, pd.DatetimeTZDtype) or column.dtype.kind == "M":
        return _microseconds(column, name), column.dtype
    if column.dtype.kind in "iu" or (column.dtype.kind == "f" and bool((column % 1 == 0).all())):
        return column.to_numpy(dtype=np.int64), None
    raise DataProblem(f"{name}: the column {column.name} holds neither times nor whole numbers. Parse it first.")


def _microseconds(column: pd.Series, name: str) -> Ints:
    """Return times as microseconds since 1970, refusing finer ones rather than cutting them."""
    plain = column.dt.tz_convert("UTC").dt.tz_localize(None) if isinstance(column.dtype, pd.DatetimeTZDtype) else column
    values = plain.to_numpy()
    cut = values.astype("M8[us]")
    if np.datetime_data(values.dtype)[0] == "ns" and (cut.astype("M8[ns]") != values).any():
        raise DataProblem(
            f"{name}: the column {column.name} is finer than a microsecond. Round it to microseconds first."
        )
    return cut.view(np.int64)


def _people(frames: Mapping[str, pd.DataFrame]) -> tuple[pd.Index | None, dict[str, Ints]]:
    """Return the people of all inputs in the order of their names, and their numbers row by row."""
    named = {name: frame["agent"] for name, frame in frames.items() if "agent" in frame}
    if not named:
        return None, {}
    for name, column in named.items():
        empty = column.isna().to_numpy()
        if empty.any():
            raise DataProblem(
                f"{name}: {int(empty.sum())} spells have no agent (first: row {int(empty.argmax()) + 1}). Reject these rows first."
            )
    filled = [column for column in named.values() if len(column)] or list(named.values())[:1]
    together = filled[0] if len(filled) == 1 else pd.concat(filled, ignore_index=True)
    codes, agents = pd.factorize(together, sort=True)
    numbers, offset = {}, 0
    for name, column in named.items():
        numbers[name] = codes[offset : offset + len(column)].astype(np.int64, copy=False)
        offset += len(column)
    return pd.Index(agents), numbers


def _check_span(rows: Mapping[str, Rows]) -> None:
    """Refuse times so far apart that a difference would not fit 64 bits."""
    filled = [part for part in rows.values() if len(part)]
    if not filled:
        return
    low, high = min(int(part.start.min()) for part in filled), max(int(part.end.max()) for part in filled)
    if high - low > _LIMIT:
        raise DataProblem(
            f"{', '.join(rows)}: the first and the last stamp are too far apart for 64 bits. Check the unit."
        )
