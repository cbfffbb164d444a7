"""Which local day of which person a piece of time belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.foundation.calendars import DAY_US, stretches
from analysis.foundation.intervals import sets
from analysis.foundation.intervals.table import Ints, Rows
from analysis.foundation.schema import DataProblem


@dataclass(frozen=True, slots=True)
class DayPieces:
    """Pieces cut at local midnights: the row each came from, its key (person and day in one number), start, end."""

    row: Ints
    key: Ints
    start: Ints
    end: Ints

    @property
    def length(self) -> Ints:
        """Time of each piece."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class PersonDays:
    """The zone of every person, as a number into the names of the zones."""

    zone: Ints
    names: tuple[str, ...]

    # Days since 1970 stay within +-3.7 million for the years 2 to 9998.
    SPAN = 1 << 23

    @classmethod
    def of(cls, agents: pd.Index, zones: str | Mapping[str, str] | pd.Series | None) -> PersonDays:
        """Return the zones of agents from one name for all or a name for each; UTC where none is given."""
        if zones is None or isinstance(zones, str) or not len(agents):
            return cls(np.zeros(len(agents), dtype=np.int64), (zones if isinstance(zones, str) else "UTC",))
        named = agents.to_series().map(zones)
        if named.isna().any():
            raise DataProblem(
                f"zones: {int(named.isna().sum())} agents have no time zone. Add them to the roster, or give one zone for all."
            )
        codes, names = pd.factorize(named, sort=True)
        return cls(codes.astype(np.int64), tuple(str(name) for name in names))

    def cut(self, rows: Rows) -> DayPieces:
        """Cut rows at the midnights of their person's zone: zone by zone, each in the rows' order."""
        lasting = np.flatnonzero(rows.start < rows.end)
        zone = self.zone[rows.person[lasting]]
        parts = [self._cut_in_zone(rows, lasting[zone == number], name) for number, name in enumerate(self.names)]
        fields = ("row", "key", "start", "end")
        return DayPieces(*(np.concatenate([getattr(part, field) for part in parts]) for field in fields))

    def _cut_in_zone(self, rows: Rows, which: Ints, zone: str) -> DayPieces:
        """Cut the picked rows at the midnights of one zone."""
        some = rows.take(which)
        if not len(some):
            return DayPieces(which, which, which, which)
        edges, day = stretches(int(some.start.min()), int(some.end.max()), zone, DAY_US)
        first = np.searchsorted(edges, some.start, side="right") - 1
        counts = np.searchsorted(edges, some.end, side="left") - first
        at, stretch = sets.repeated(first, counts)
        start, end = np.maximum(some.start[at], edges[stretch]), np.minimum(some.end[at], edges[stretch + 1])
        return DayPieces(which[at], some.person[at] * self.SPAN + day[stretch] + self.SPAN // 2, start, end)

    def person(self, key: Ints) -> Ints:
        """Return the person of a key."""
        return key // self.SPAN

    def date(self, key: Ints) -> pd.Series:
        """Return the local date of a key, as midnight without a zone."""
        return pd.Series(((key % self.SPAN - self.SPAN // 2) * DAY_US).view("M8[us]"))


def added_up(keys: Ints, pieces: DayPieces) -> Ints:
    """Return the time of the pieces per key, for sorted, unique keys; pieces of other keys are left out."""
    total = np.zeros(len(keys), dtype=np.int64)
    at = np.searchsorted(keys, pieces.key)
    known = at < len(keys)
    known[known] = keys[at[known]] == pieces.key[known]
    np.add.at(total, at[known], pieces.length[known])
    return total
