"""One row per key: rows that say different things under one key contradict each other, unless the source tells which is the later version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.batch import Batch
from analysis.intake.casting.local_time import Column
from analysis.intake.casting.numerals import parse_numbers
from analysis.intake.casting.stamps import parse_stamps
from analysis.intake.opening.raw import plain
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Tables in which a second row with the same key and other values contradicts the first.
KEYS: Mapping[str, tuple[str, ...]] = {
    "volumes": ("queue", "start"),
    "forecasts": ("queue", "start", "made_at"),
    "workload": ("team", "period_start", "period_end", "type"),
    "self_reports": ("agent", "period_start", "period_end"),
    "quality": ("team", "period_start", "type"),
    "roster": ("agent", "valid_from"),
    "item_types": ("type",),
}
# What two versions of a row share, in tables whose rows need no key otherwise.
VERSION_KEYS: Mapping[str, tuple[str, ...]] = {
    **KEYS,
    "spells": ("agent", "start"),
    "schedule": ("agent", "start"),
    "state_totals": ("agent", "interval_start", "channel", "state"),
    "contacts": ("contact",),
    "work_items": ("item", "type", "started"),
}


def leave_out_older(batch: Batch, columns: Mapping[str, Column], *, near_year: int) -> None:
    """Leave out all but the latest version of each key, by the column that the source names.

    Parameters
    ----------
    batch
        Rows of a source; older versions are excluded as ``older_version``.
    columns
        Our columns, typed.
    near_year
        Year of the assessment, for years of two digits.

    Raises
    ------
    DataProblem
        The versions are neither numbers nor dates, or some rows have none.
    """
    if batch.source.latest_by is None:
        return
    key = [name for name in VERSION_KEYS.get(batch.source.target, ()) if name in columns]
    rows = np.flatnonzero(batch.fates.open)
    if not key or not len(rows):
        return
    version = _versions(batch, near_year)[rows]
    frame = pd.DataFrame({name: columns[name].array[rows] for name in key})
    latest = pd.Series(version).groupby([frame[name] for name in key], dropna=False).transform("max").to_numpy()
    mask: NDArray[np.bool_] = np.zeros(len(batch.rows), dtype=bool)
    mask[rows[version < latest]] = True
    count = batch.fates.give(mask, "excluded", "older_version")
    if count:
        batch.note(
            "older_version",
            "fixed",
            f"{number_of(count, 'row')} of which a later version stands in the exports (first: {batch.place(mask)}); only the latest by "
            f"{batch.source.latest_by} is used.",
            count,
        )


def _versions(batch: Batch, near_year: int) -> NDArray[np.int64]:
    """Return the version of each row as a number that grows."""
    text, name = batch.cells[plain(str(batch.source.latest_by))], str(batch.source.latest_by)
    still = batch.fates.open
    empty = still & (text == "").to_numpy(dtype=bool)
    if empty.any():
        raise batch.ask(
            f"{batch.file_at(empty)}: {number_of(int(empty.sum()), 'row')} without a version in the column {name} (first: {batch.place(empty)}). "
            "Name a column that is filled throughout in latest_by, or leave latest_by out."
        )
    numbers = parse_numbers(text, decimal=batch.source.decimal)
    if not (still & (numbers.bad | numbers.unclear)).any():
        return np.rint(np.nan_to_num(numbers.values) * 1000).astype(np.int64)
    stamps = parse_stamps(text, order=batch.source.date_order, near_year=near_year, serials=batch.source.serial_dates)
    odd = still & (stamps.bad | (stamps.unclear if batch.source.date_order is None else False))
    if odd.any():
        raise batch.ask(
            f"{batch.file_at(odd)}: {number_of(int(odd.sum()), 'cell')} of the column {name} are neither numbers nor plain dates "
            f"(first: {batch.place(odd)}), so which version is later is not shown. Set date_order, or name another column in latest_by."
        )
    return stamps.us


def reject_contradictions(batch: Batch, columns: Mapping[str, Column]) -> None:
    """Reject rows that say different things under one key."""
    key = [name for name in KEYS.get(batch.source.target, ()) if name in columns]
    if len(key) < min(2, len(KEYS.get(batch.source.target, ()))):
        return
    rows = np.flatnonzero(batch.fates.open & ~batch.absorbed)
    frame = pd.DataFrame({name: columns[name].array[rows] for name in key})
    twice = frame.duplicated(keep=False).to_numpy(dtype=bool)
    mask: NDArray[np.bool_] = np.zeros(len(batch.rows), dtype=bool)
    mask[rows[twice]] = True
    batch.reject(mask, "contradicting_rows")
