"""Seconds reconcile like rows do: what the cells state, what each repair moved, and where it all went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.foundation.schema import DataProblem
from analysis.intake.batch import PLAIN_FATES, Batch
from analysis.intake.settings import DURATION_TABLES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.intake.casting.local_time import Column
    from analysis.intake.casting.stamps import Stamps

# Tables whose time is a sum of columns, not a stretch between two stamps.
SUMMED: Mapping[str, tuple[str, ...]] = {
    "state_totals": ("us",),
    "contacts": ("talk_us", "hold_us", "wrap_us"),
    "volumes": ("handle_us",),
    "forecasts": ("handle_us",),
}


@dataclass(frozen=True, slots=True)
class TimeAccount:
    """Where the time of a file went, in whole microseconds: stated + moved = used + rejected + excluded + duplicate + total + others."""

    stated: int
    moved: Mapping[str, int]
    used: int
    plain: Mapping[str, int]
    excluded: Mapping[str, int]
    rejected: Mapping[str, int]

    def as_dict(self) -> dict[str, object]:
        """Return the account as plain data, keys ending in ``_us``."""
        return {
            "stated_us": self.stated,
            "moved_us": dict(sorted(self.moved.items())),
            "used_us": self.used,
            **{f"{fate}_us": us for fate, us in self.plain.items()},
            "excluded_us": dict(sorted(self.excluded.items())),
            "rejected_us": dict(sorted(self.rejected.items())),
        }


def time_together(accounts: Sequence[TimeAccount]) -> TimeAccount:
    """Return the account of several tables of one file."""
    if len(accounts) == 1:
        return accounts[0]

    def added(parts: Sequence[Mapping[str, int]]) -> dict[str, int]:
        names = dict.fromkeys(name for part in parts for name in part)
        return {name: sum(part.get(name, 0) for part in parts) for name in names}

    return TimeAccount(
        stated=sum(one.stated for one in accounts),
        moved=added([one.moved for one in accounts]),
        used=sum(one.used for one in accounts),
        plain=added([one.plain for one in accounts]),
        excluded=added([one.excluded for one in accounts]),
        rejected=added([one.rejected for one in accounts]),
    )


def exact_sum(us: NDArray[np.int64]) -> int:
    """Return a sum of 64-bit integers that cannot overflow.

    Examples
    --------
    >>> exact_sum(np.array([2**62, 2**62, 2**62], dtype=np.int64)) == 3 * 2**62
    True
    """
    values = np.asarray(us, dtype=np.int64)
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())


def state_time(batch: Batch, columns: Mapping[str, Column], stamps: Mapping[str, Stamps]) -> None:
    """Keep the time that each row states by its own cells, before anything is repaired: wall clock from start to end, else the duration.

    Parameters
    ----------
    batch
        Rows of a source; `stated_us` is filled.
    columns
        Durations and numbers, typed.
    stamps
        Stamps as they were read, before they are moved to UTC.
    """
    names = [name for name in SUMMED.get(batch.source.target, ()) if name in columns]
    for name in names:
        batch.stated_us += np.where(columns[name].given, columns[name].array, 0)
    start, end = DURATION_TABLES.get(batch.source.target, ("", ""))
    if start not in stamps:
        return
    a = stamps[start]
    both = np.zeros(len(batch.rows), dtype=bool)
    if end in stamps:
        b = stamps[end]
        both = a.given & ~a.bad & b.given & ~b.bad & (a.aware == b.aware)
        batch.stated_us += np.where(both, b.us - a.us, 0)
    if "duration" in columns:
        length = columns["duration"]
        alone = a.given & ~a.bad & length.given & ~both
        if end in stamps:
            alone &= ~stamps[end].given
        batch.stated_us += np.where(alone, length.array, 0)


def lived_time(batch: Batch, columns: Mapping[str, Column]) -> NDArray[np.int64]:
    """Return the time that each row holds now, as its typed columns say [us]; none where it is part of another row."""
    us = np.zeros(len(batch.rows), dtype=np.int64)
    for name in SUMMED.get(batch.source.target, ()):
        if name in columns:
            us += np.where(columns[name].given, columns[name].array, 0)
    for column in batch.wide.values() if batch.source.target in SUMMED else ():
        us += np.where(column.given, column.array, 0)
    start, end = DURATION_TABLES.get(batch.source.target, ("", ""))
    if start in columns and end in columns:
        a, b = columns[start], columns[end]
        us += np.where(a.given & b.given, b.array - a.array, 0)
    return np.where(batch.absorbed, 0, us)


def time_account(batch: Batch, position: int, frame: pd.DataFrame) -> TimeAccount:
    """Return the time accounting of one file, checked against the rows of the canonical table.

    Parameters
    ----------
    batch
        Rows of a source with their fates, stated times and moves.
    position
        Position of the file in the source.
    frame
        Rows used, in the canonical table; the index holds their position in the batch.

    Raises
    ------
    DataProblem
        The times do not add up to the microsecond.
    """
    own = batch.file_of == position
    by_fate: dict[tuple[str, str], int] = {}
    for code, name in enumerate(batch.fates.names):
        rows = own & (batch.fates.codes == code)
        if rows.any():
            by_fate[name] = exact_sum(batch.stated_us[rows])
    moved: dict[str, int] = {}
    for code, rows, us in batch.moves:
        mine = own[rows] & batch.fates.open[rows]
        if us[mine].any():
            moved[code] = moved.get(code, 0) + exact_sum(us[mine])
    account = TimeAccount(
        stated=exact_sum(batch.stated_us[own]),
        moved=moved,
        used=_used(batch, frame, own),
        plain={fate: by_fate.get((fate, ""), 0) for fate in PLAIN_FATES},
        excluded={reason: us for (fate, reason), us in by_fate.items() if fate == "excluded"},
        rejected={reason: us for (fate, reason), us in by_fate.items() if fate == "rejected"},
    )
    went = account.used + sum((*account.plain.values(), *account.excluded.values(), *account.rejected.values()))
    if account.stated + sum(moved.values()) != went:
        raise DataProblem(
            f"{batch.files[position].file}: its rows state {account.stated} us and repairs moved {sum(moved.values())} us, but {went} us "
            "are accounted for; the file is not read, so that no time is lost silently. Please report this with the version of the kit."
        )
    return account


def _used(batch: Batch, frame: pd.DataFrame, own: NDArray[np.bool_]) -> int:
    """Return the time that the canonical rows of a file hold [us]."""
    part = frame[own[frame.index.to_numpy()]]
    total = sum(
        exact_sum(part[name].fillna(0).to_numpy(dtype=np.int64))
        for name in SUMMED.get(batch.source.target, ())
        if name in part
    )
    start, end = DURATION_TABLES.get(batch.source.target, ("", ""))
    if start in part and end in part:
        both = part[start].notna() & part[end].notna()
        a, b = (
            part.loc[both, name].dt.tz_localize(None).to_numpy().astype("M8[us]").view(np.int64)
            for name in (start, end)
        )
        total += exact_sum(b - a)
    return total
