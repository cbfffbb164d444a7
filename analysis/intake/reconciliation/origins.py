"""Which rows of the canonical tables came from which source, and how to read their time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.foundation.calendars import utc_us
from analysis.foundation.settings import Client, Period
from analysis.intake.adapters import format_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.result import Intake
    from analysis.intake.settings import Source

    Ints = NDArray[np.int64]

HOUR_US = 3_600_000_000
# Zones that are no place where people work: days of such a source are counted by the client's clock.
NO_PLACE: frozenset[str] = frozenset({"UTC", "Etc/UTC", "GMT", "Etc/GMT", "Zulu", "Universal"})
# Stamps by table: when a row counts, and the stretch that it holds.
MOMENTS: Mapping[str, str] = {
    "spells": "start",
    "state_totals": "interval_start",
    "contacts": "offered_at",
    "volumes": "start",
    "forecasts": "start",
    "work_items": "ended",
    "observations": "observed_at",
    "schedule": "start",
}
STRETCHES: Mapping[str, tuple[str, str]] = {
    "spells": ("start", "end"),
    "schedule": ("start", "end"),
    "work_items": ("started", "ended"),
    "contacts": ("answered_at", "ended_at"),
}
SUMS: Mapping[str, tuple[str, ...]] = {
    "state_totals": ("us",),
    "contacts": ("talk_us", "hold_us", "wrap_us"),
    "volumes": ("handle_us",),
    "forecasts": ("handle_us",),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """One source with its rows in a canonical table.

    Attributes
    ----------
    label
        How messages name the source.
    table, adapter, population
        What it fills, its format, whose time it is.
    files
        Its files.
    zone
        Clock by which its days are counted.
    period
        Days used.
    frame
        Its rows.
    """

    label: str
    table: str
    adapter: str
    population: str
    files: tuple[str, ...]
    zone: str
    period: Period
    frame: pd.DataFrame

    def moments(self) -> tuple[Ints, NDArray[np.bool_]]:
        """Return when each row counts [UTC us], and which rows have such a stamp."""
        name = MOMENTS.get(self.table, "")
        if name not in self.frame:
            return np.zeros(len(self.frame), dtype=np.int64), np.zeros(len(self.frame), dtype=bool)
        return stamps(self.frame[name])

    def stretch(self) -> tuple[Ints, Ints, NDArray[np.bool_]]:
        """Return start and end of each row's time [UTC us], and which rows have both."""
        names = STRETCHES.get(self.table, ("", ""))
        if not all(name in self.frame for name in names):
            nothing = np.zeros(len(self.frame), dtype=np.int64)
            return nothing, nothing, np.zeros(len(self.frame), dtype=bool)
        (a, has_a), (b, has_b) = (stamps(self.frame[name]) for name in names)
        return a, b, has_a & has_b

    def held_us(self) -> Ints:
        """Return the time that each row holds [us]."""
        if self.table in SUMS:
            parts = [
                self.frame[name].fillna(0).to_numpy(dtype=np.int64) for name in SUMS[self.table] if name in self.frame
            ]
            return np.sum(parts, axis=0, dtype=np.int64) if parts else np.zeros(len(self.frame), dtype=np.int64)
        a, b, both = self.stretch()
        return np.where(both, b - a, 0)

    @property
    def agents(self) -> pd.Series | None:
        """Persons of the rows; None where the source names nobody."""
        named = "agent" in self.frame and bool(self.frame["agent"].notna().any())
        return self.frame["agent"] if named else None


def stamps(column: pd.Series) -> tuple[Ints, NDArray[np.bool_]]:
    """Return stamps as UTC microseconds, 0 where there is none, and which are there.

    Examples
    --------
    >>> stamps(pd.Series(pd.to_datetime(["1970-01-01T00:00:01Z", None])))[0].tolist()
    [1000000, 0]
    """
    there = column.notna().to_numpy()
    us = np.zeros(len(column), dtype=np.int64)
    us[there] = utc_us(column[there])
    return us, there


def origins_of(intake: Intake, client: Client) -> tuple[Origin, ...]:
    """Return the sources of an intake with their rows.

    Parameters
    ----------
    intake
        What was read.
    client
        Zone and period where a source names none.

    Notes
    -----
    Spells and state totals name their file. Rows of other tables stand in the order of the files; where a file's used rows became fewer rows
    of the table (a start and its completion are one item), the sources of that table are taken together.
    """
    groups = _grouped(intake)
    found: list[Origin] = []
    for table in dict.fromkeys(str(name) for name in intake.files["table"]):
        if table not in intake.tables or table == "roster":
            continue
        own = [group for group in groups if group[1]["table"].iloc[0] == table]
        found += _shared_out(intake.tables[table], table, own, client)
    return tuple(found)


def _grouped(intake: Intake) -> list[tuple[Source | None, pd.DataFrame]]:
    """Return the files of each source, in the order in which they were read."""
    left = intake.files.reset_index(drop=True)
    groups: list[tuple[Source | None, pd.DataFrame]] = []
    for source in intake.settings:
        rows = zip(left["file"], left["table"], left["adapter"], strict=True)
        mine = np.array(
            [
                (table, adapter) == (source.target, source.adapter) and _matches(str(file), source.files)
                for file, table, adapter in rows
            ],
            dtype=bool,
        )
        if mine.any():
            groups.append((source, left[mine]))
            left = left[~mine]
    groups += [(None, rows) for _, rows in left.groupby(["file", "table"], sort=False)]
    return groups


def _matches(file: str, patterns: Sequence[str]) -> bool:
    """Return whether a file, or the archive that holds it, is one of the patterns."""
    path = PurePosixPath(file)
    return any(file == pattern or one.match(pattern) for pattern in patterns for one in (path, *path.parents))


def _shared_out(
    frame: pd.DataFrame, table: str, groups: Sequence[tuple[Source | None, pd.DataFrame]], client: Client
) -> list[Origin]:
    """Return the rows of one table by source."""
    if "source" in frame.columns and frame["source"].notna().all():
        by_file = {str(file): rows for file, rows in frame.groupby("source", sort=False)}
        parts = [[by_file[file] for file in files["file"] if file in by_file] for _, files in groups]
        return [
            _origin(table, [group], pd.concat(part) if part else frame.head(0), client)
            for group, part in zip(groups, parts, strict=True)
        ]
    used = [int(files["used"].sum()) for _, files in groups]
    if len(groups) == 1 or sum(used) != len(frame):
        return [_origin(table, groups, frame, client)] if groups else []
    ends = np.cumsum(used)
    return [
        _origin(table, [group], frame.iloc[end - size : end], client)
        for group, end, size in zip(groups, ends, used, strict=True)
    ]


def _origin(
    table: str, groups: Sequence[tuple[Source | None, pd.DataFrame]], frame: pd.DataFrame, client: Client
) -> Origin:
    files = pd.concat([rows for _, rows in groups])
    labels = [source.label if source is not None else str(rows["file"].iloc[0]) for source, rows in groups]
    zones = [source.time_zone for source, _ in groups if source is not None and _of_people(source)]
    return Origin(
        label=" + ".join(dict.fromkeys(labels)),
        table=table,
        adapter=str(files["adapter"].iloc[0]),
        population=str(files["population"].iloc[0] or ""),
        files=tuple(str(file) for file in files["file"]),
        zone=zones[0] or client.time_zone if zones else client.time_zone,
        period=Period(
            start=min(_date(value, client.period.start) for value in files["period_start"]),
            end=max(_date(value, client.period.end) for value in files["period_end"]),
        ),
        frame=frame.reset_index(drop=True),
    )


def _of_people(source: Source) -> bool:
    """Return whether a source's zone is the one that its people live by, not a clock of its system's own."""
    form = format_of(source.adapter)
    return source.time_zone not in (None, *NO_PLACE) and not form.own_clock and form.time_zone is None


def _date(value: object, fallback: dt.date) -> dt.date:
    return fallback if value is None or pd.isna(value) else pd.Timestamp(str(value)).date()
