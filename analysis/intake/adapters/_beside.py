"""What the Genesys and Amazon formats read beside the mapped columns: cells by the first name that is there, as text, durations or moments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.foundation.calendars import readings
from analysis.intake.adapters.format import TrapResult
from analysis.intake.casting.local_time import Column
from analysis.intake.casting.numerals import parse_durations
from analysis.intake.casting.stamps import SECOND_US, parse_stamps
from analysis.intake.opening.raw import plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch


def object_at(record: Any, key: str) -> dict[str, Any]:
    """Return the object at a key of a JSON value, empty where none stands there.

    Examples
    --------
    >>> object_at({"Queue": {"Name": "claims"}}, "Queue"), object_at({"Queue": None}, "Queue")
    ({'Name': 'claims'}, {})
    """
    found = record.get(key) if isinstance(record, dict) else None
    return found if isinstance(found, dict) else {}


def objects_at(record: Any, key: str) -> list[dict[str, Any]]:
    """Return the objects of the array at a key of a JSON value.

    Examples
    --------
    >>> objects_at({"Contacts": [{"State": "ENDED"}, None]}, "Contacts"), objects_at({}, "Contacts")
    ([{'State': 'ENDED'}], [])
    """
    found = record.get(key) if isinstance(record, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def told(hits: NDArray[np.bool_], words: str, moved_us: int = 0) -> TrapResult:
    """Return what the test of a trap found, without words where it found nothing."""
    return TrapResult(hits, moved_us, words if hits.any() else "")


def text_beside(batch: Batch, names: Sequence[str]) -> pd.Series | None:
    """Return the cells of the first of some columns that the files have, empty where a cell means nothing; None without such a column."""
    name = next((one for one in map(plain, names) if one in batch.cells.columns), None)
    if name is None:
        return None
    column = batch.cells[name]
    return column.where(~column.isin(batch.source.missing), "") if batch.source.missing else column


def durations_beside(batch: Batch, names: Sequence[str]) -> Column | None:
    """Return durations [us] in the unit of the source, given only where they can be read."""
    text = text_beside(batch, names)
    if text is None:
        return None
    found = parse_durations(text, unit=batch.source.duration_unit, decimal=batch.source.decimal)
    good = found.given & ~found.bad & ~found.no_unit & ~found.unclear
    return Column("us", np.where(good, found.us, 0), good)


def moments_beside(batch: Batch, names: Sequence[str]) -> Column | None:
    """Return moments [us since 1970, UTC], given only where they can be read; the earlier one where a clock showed a time twice."""
    text = text_beside(batch, names)
    if text is None:
        return None
    found = parse_stamps(text, order=batch.source.date_order, near_year=_year(text))
    good = found.given & ~found.bad & ~found.unclear
    us = found.us + round(batch.source.clock_shift_s * SECOND_US)
    naive = good & ~found.aware
    us[naive] = readings(us[naive], batch.zone)[0]
    return Column("time", np.where(good, us, 0), good)


def _year(text: pd.Series) -> int:
    """Return the first year of four digits in a column, for years of two digits; 2000 where there is none."""
    years = text.str.extract(r"\b((?:19|20)\d{2})\b", expand=False).dropna()
    return int(years.iloc[0]) if len(years) else 2000


def lengths_from_end(batch: Batch, columns: dict[str, Column], names: Sequence[str]) -> None:
    """Fill the length of intervals [s] from their end, where the files have a column of it and the source states no length.

    Parameters
    ----------
    batch
        Rows of a source of intervals.
    columns
        Our columns; `length_s` is replaced.
    names
        The client's names of the interval's end.
    """
    end = moments_beside(batch, names)
    if end is None or "length_s" in batch.source.columns:
        return
    start, usual = columns["interval_start"], columns["length_s"]
    us = np.where(start.given & end.given, end.array - start.array, 0)
    columns["length_s"] = Column("number", np.where(us > 0, us / SECOND_US, usual.array), usual.given)


def queues_by_channel(batch: Batch, columns: dict[str, Column], names: Sequence[str]) -> None:
    """Make each channel of a queue that has several a queue of its own: ``claims line / email``.

    Parameters
    ----------
    batch
        Rows of a source of volumes.
    columns
        Our columns; `queue` is replaced.
    names
        The client's names of the column of channels.
    """
    channel = text_beside(batch, names)
    if channel is None:
        return
    queue, still = columns["queue"].text, batch.fates.open
    per_queue = channel[still].str.lower().groupby(queue[still]).nunique()
    mixed = queue.isin(per_queue[per_queue > 1].index) & (channel != "")
    text = queue.where(~mixed, queue + " / " + channel.str.lower()).astype(queue.dtype)
    columns["queue"] = Column("text", text, columns["queue"].given)


def last_of_each(agent: pd.Series, start: NDArray[np.int64], rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return, of some rows, the latest one of each agent."""
    who = pd.factorize(agent)[0][rows]
    order = np.lexsort((start[rows], who))
    last = np.append(who[order][1:] != who[order][:-1], True)[: len(order)]
    return rows[order[last]]
