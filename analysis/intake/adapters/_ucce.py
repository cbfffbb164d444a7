"""What the interval tables of Cisco Unified CCE share: the controller's clock, the length of an interval, times per row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.foundation.calendars import offset_us
from analysis.intake.adapters._cells import number_in, rewrite, told
from analysis.intake.adapters.format import TrapResult
from analysis.intake.casting.local_time import Column
from analysis.intake.opening.files import open_table
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch
    from analysis.intake.opening.raw import RawFile, Wanted
    from analysis.intake.settings import Source

MINUTE_US = 60_000_000
SECOND_US = 1_000_000
# No clock is further from UTC [min].
LARGEST = 14 * 60
# Rows with another offset than the zone's, up to this share, are late changes of a clock; more of them are another zone.
FEW = 0.05


def half(*names: str) -> tuple[str, ...]:
    """Return names of this release and of the half-hour tables before it.

    Examples
    --------
    >>> half("AvailTime")
    ('AvailTime', 'AvailTimeToHalf')
    """
    return tuple(form for name in names for form in (name, f"{name}ToHalf"))


def open_interval(file: str, path: Path, source: Source, wanted: Wanted) -> RawFile:
    """Return the cells of one file, with the offset of TimeZone written behind DateTime, so that the hours of a clock change are plain."""
    raw = open_table(file, path, source, wanted)
    if "TimeZone" not in raw.header:
        return raw
    minutes = pd.to_numeric(raw.cells[raw.header.index("TimeZone")], errors="coerce").to_numpy(dtype=float)

    def with_offset(text: pd.Series) -> pd.Series:
        known = (np.abs(minutes) <= LARGEST) & text.str.match(r"^\d.*:\d\d(\.\d+)?\s*([AaPp]\.?[Mm]\.?)?$").to_numpy(
            dtype=bool
        )
        whole = np.where(known, minutes, 0).astype(np.int64)
        # minutes west of Greenwich: UTC is the clock plus them
        offsets = [f"{'-' if one > 0 else '+'}{abs(one) // 60:02d}:{abs(one) % 60:02d}" for one in whole.tolist()]
        return text.where(~known, text + pd.Series(offsets, index=text.index, dtype=text.dtype))

    rewrite(raw, ("DateTime",), with_offset)
    return raw


def controller_clock(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Compare the offsets of TimeZone with the source's zone; they are read as minutes west, or east where only that fits.

    Raises
    ------
    DataProblem
        They fit neither way: the controller stands in another zone.
    """
    minutes, start = number_in(batch, "TimeZone"), columns["interval_start"]
    if minutes is None:
        return None
    still = batch.fates.open & start.given
    west = np.rint(minutes).astype(np.int64) * MINUTE_US
    fits = offset_us(start.array, batch.zone) == -west
    other = start.array - 2 * west
    if still.any() and (still & ~fits).sum() > FEW * still.sum():
        turned = offset_us(other, batch.zone) == west
        if (still & ~turned).sum() > FEW * still.sum():
            shown = sorted({f"{one:g}" for one in minutes[still & (np.abs(minutes) <= LARGEST)].tolist()})[:4] or [
                "no offset"
            ]
            raise batch.ask(
                f"{batch.file_at(still & ~fits)}: TimeZone says {' and '.join(shown)} minutes from UTC, which is not the clock of {batch.zone} (first: {batch.place(still & ~fits)}). "
                "DateTime is the clock of the central controller: set time_zone to its zone."
            )
        columns["interval_start"] = Column("time", other, start.given)
        fits = turned
        words = "TimeZone counts minutes east of UTC here; the stamps were read so."
        batch.note("time_zone_east", "fixed", words, int(still.sum()))
    hits = still & ~fits
    words = (
        f"{number_of(int(hits.sum()), 'row')} whose TimeZone is not the offset of {batch.zone} at that time (first: {batch.place(hits)}), as when a server changes its "
        "clock late; their own offset counts."
    )
    return told(hits, words)


def interval_length(batch: Batch, columns: dict[str, Column]) -> None:
    """Fill how long an interval is, from the clock and the times themselves.

    Raises
    ------
    DataProblem
        Nothing shows whether intervals last 15 or 30 minutes.
    """
    if "length_s" in batch.source.columns:
        return
    start = columns["interval_start"]
    still = batch.fates.open & start.given
    wall = start.array[still] + offset_us(start.array[still], batch.zone)
    quarters = bool((wall // MINUTE_US % 30 == 15).any())
    logged = number_in(batch, *half("LoggedOnTime"))
    longest = max([0.0, *(float(column.array[still].max(initial=0)) / SECOND_US for column in batch.wide.values())])
    if logged is not None:
        longest = max(longest, float(logged[still].max(initial=0)))
    older = any(name.endswith("ToHalf") for name in batch.cells.columns)
    if not quarters and longest <= 900 and not older and still.any():
        raise batch.ask(
            f"{batch.file_at(still)}: nothing shows whether its intervals last 15 or 30 minutes. Set length_s = {{ value = 1800 }} or length_s = {{ value = 900 }}."
        )
    length = 900.0 if quarters and not older else 1800.0
    columns["length_s"] = Column("number", np.full(len(batch.rows), length), np.ones(len(batch.rows), dtype=bool))


def held(batch: Batch) -> NDArray[np.int64]:
    """Return the time that each row holds in its states [us]."""
    if not batch.wide:
        return np.zeros(len(batch.rows), dtype=np.int64)
    return np.sum([np.where(column.given, column.array, 0) for column in batch.wide.values()], axis=0)


def refuse_overfull(batch: Batch, columns: dict[str, Column]) -> None:
    """Reject rows that by themselves hold more time than their interval."""
    over = held(batch) > columns["length_s"].array * SECOND_US + SECOND_US
    batch.reject(over & columns["length_s"].given, "more_than_interval")


def hours(us: NDArray[np.int64]) -> str:
    """Return microseconds as hours in words."""
    return f"{us.sum() / 3.6e9:,.2f} h"
