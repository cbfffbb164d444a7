"""What an engagement states about each client export: files, columns, units, zones."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from analysis.foundation.schema import TABLES
from analysis.foundation.settings import Period, Population, Settings
from analysis.intake.adapters import adapter_names, format_of

DateOrder = Literal["ymd", "dmy", "mdy"]
DurationUnit = Literal["s", "min", "h", "d", "ms", "hms", "m:ss", "h:mm"]

# Tables whose end may be given as a duration after the start: table -> (start column, end column).
DURATION_TABLES: Mapping[str, tuple[str, str]] = {
    "spells": ("start", "end"),
    "schedule": ("start", "end"),
    "work_items": ("started", "ended"),
}
# Tables whose rows may hold one column of time per state.
TOTALS_TABLE = "state_totals"


class ColumnSource(Settings):
    """Where one of our columns comes from: a column of theirs, a date and a time apart, or one value for all rows."""

    column: str | None = Field(default=None, description="name of the client's column")
    columns: tuple[str, ...] | None = Field(
        default=None, min_length=2, description="several columns of the client whose texts together make the value"
    )
    date: str | None = Field(default=None, description="column that holds the date where date and time stand apart")
    time: tuple[str, ...] | None = Field(
        default=None, min_length=1, description="columns that hold the time; the first that is not missing counts"
    )
    value: str | None = Field(default=None, description="one value for all rows")
    true: tuple[str, ...] | None = Field(
        default=None, min_length=1, description="the client's values that mean yes; every other value means no"
    )
    where: Mapping[str, tuple[str, ...]] = Field(
        default={}, description="client's column and the values for which this column is filled; empty elsewhere"
    )

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, given: Any) -> Any:
        if isinstance(given, str):
            return {"column": given}
        if isinstance(given, (list, tuple)):
            if len(given) != 2 or not all(isinstance(name, str) for name in given):
                raise ValueError('write the date column and the time column: ["date column", "time column"]')
            return {"date": given[0], "time": (given[1],)}
        if isinstance(given, dict):
            if isinstance(given.get("value"), (int, float)):
                given = {**given, "value": str(given["value"]).lower()}
            lists = {key: (given[key],) for key in ("time", "true") if isinstance(given.get(key), str)}
            if isinstance(given.get("where"), dict):
                lists["where"] = {
                    key: (values,) if isinstance(values, str) else values for key, values in given["where"].items()
                }
            constant = given.get("value")
            if isinstance(constant, (int, float)) and not isinstance(constant, bool):
                lists["value"] = str(constant)
            return {**given, **lists}
        return given

    @model_validator(mode="after")
    def _one_origin(self) -> ColumnSource:
        origins = [name for name in ("column", "columns", "date", "value") if getattr(self, name) is not None]
        if len(origins) != 1:
            raise ValueError("give exactly one of column, columns, date with time, or value")
        if (self.date is None) != (self.time is None):
            raise ValueError("date and time belong together")
        if self.true is not None and self.column is None:
            raise ValueError("true lists values of a column: give column too")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of the client that must be in every file, in the order given."""
        own = [self.column, *(self.columns or ()), self.date, *(self.time or ()), *self.where]
        return tuple(dict.fromkeys(name for name in own if name is not None))


class Source(Settings):
    """One kind of export: which files, what they hold, and how to read them.

    Examples
    --------
    >>> source = Source(files=["data/shifts.csv"], table="schedule", columns={"agent": "Login", "start": ["Day", "From"]})
    >>> source.columns["start"].names
    ('Day', 'From')
    """

    files: tuple[str, ...] = Field(
        min_length=1, description="files or patterns such as data/status_*.csv, relative to the engagement folder"
    )
    adapter: str = Field(default="generic", description="format of the files")
    table: str | None = Field(default=None, description="canonical table that the files fill (adapter generic)")
    population: Population | None = Field(
        default=None, description="whose time the files describe, where the roster is silent"
    )
    columns: Mapping[str, ColumnSource] = Field(
        default={}, description="our column = the client's column; a column not named here maps to itself"
    )
    time_zone: str | None = Field(
        default=None, description="IANA zone of stamps that carry none; else the client's zone"
    )
    period: Period | None = Field(default=None, description="days to use from this source; else the client's period")
    clock_shift_s: float = Field(
        default=0.0,
        ge=-90_000_000,
        le=90_000_000,
        description="seconds added to every stamp, for a clock known to be wrong",
    )
    date_order: DateOrder | None = Field(default=None, description="order of year, month, day where it is not plain")
    duration_unit: DurationUnit | None = Field(
        default=None,
        description="unit of durations written as plain numbers (d = day fractions); or how parts between colons are meant: hms = h:mm:ss, m:ss, h:mm",
    )
    decimal: Literal[".", ","] | None = Field(default=None, description="decimal sign where it is not plain")
    missing: tuple[str, ...] = Field(default=(), description="cell values that mean nothing is there")
    exclude: Mapping[str, tuple[str, ...]] = Field(
        default={}, description='rows to leave out, counted: our column (or the client\'s) = raw values; "" = empty'
    )
    state_map: str | None = Field(
        default=None, description="CSV that maps the client's state codes, relative to the engagement folder"
    )
    sheet: str | None = Field(default=None, description="sheet of the workbook, where it has several with content")
    encoding: Literal["utf-8", "utf-16", "cp1252"] | None = Field(
        default=None, description="text encoding where it is not plain"
    )
    separator: Literal[",", ";", "\t", "|"] | None = Field(
        default=None, description="sign between cells where it is not plain"
    )

    totals: Mapping[str, str] = Field(
        default={},
        description="for tables with one column of time per state: state code = the client's column (table state_totals)",
    )
    fill_down: tuple[str, ...] = Field(
        default=(), description="the client's columns in which an empty cell repeats the cell above, as merged cells do"
    )
    serial_dates: bool = Field(
        default=False, description="plain numbers in columns of dates are a spreadsheet's day numbers (45382.5)"
    )
    clock_hours: Literal[12, 24] | None = Field(
        default=None,
        description="24 where times without am and pm are right as they stand and only look like a 12-hour clock",
    )
    business_day_start: str | None = Field(
        default=None,
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="time at which the export's day begins, such as 04:00: earlier times of a day belong to the next date",
    )
    open_end_cap_h: float = Field(
        default=16.0,
        ge=0,
        le=72,
        description="a state without an end lasts to the person's next row, at most so many hours; 0 rejects it",
    )
    latest_by: str | None = Field(
        default=None, description="the client's column that tells which of two rows with one key is the later version"
    )
    identities: str | None = Field(
        default=None,
        description="CSV with the columns identifier,person: which identifiers are one person, relative to the engagement folder",
    )

    @field_validator("files", "state_map", "identities")
    @classmethod
    def _inside(cls, given: Any) -> Any:
        for name in (given,) if isinstance(given, str) else given or ():
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or not name.strip():
                raise ValueError(
                    f"{name!r} must lie in the engagement folder: write it relative to that folder, with / and without .."
                )
        return given

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, given: str | None) -> str | None:
        if given is not None:
            try:
                ZoneInfo(given)
            except (KeyError, ValueError, OSError) as error:
                raise ValueError("not an IANA time zone; write it like Europe/Amsterdam") from error
        return given

    @model_validator(mode="after")
    def _fits_together(self) -> Source:
        if self.adapter not in adapter_names():
            raise ValueError(f"adapter {self.adapter!r} is not known{_nearest(self.adapter, adapter_names())}")
        fixed = format_of(self.adapter).table
        if fixed is None and self.table is None:
            raise ValueError(f"table is missing; name one of {', '.join(TABLES)}")
        if fixed is not None and self.table not in (None, fixed):
            raise ValueError(f"adapter {self.adapter} fills the table {fixed}; leave table out")
        if self.table is not None and self.table not in TABLES:
            raise ValueError(f"table {self.table!r} is not known{_nearest(self.table, TABLES)}")
        known = [*TABLES[self.target], *(["duration"] if self.target in DURATION_TABLES else [])]
        if self.totals and (self.target != TOTALS_TABLE or {"state", "us"} & self.columns.keys()):
            raise ValueError("totals go with table state_totals, in place of columns.state and columns.us")
        for name in self.columns:
            if name not in known:
                raise ValueError(f"columns.{name}: {self.target} has no such column{_nearest(name, known)}")
        return self

    @property
    def target(self) -> str:
        """Name of the canonical table that this source fills."""
        return format_of(self.adapter).table or str(self.table)

    @property
    def label(self) -> str:
        """How messages and results name this source: its first pattern, and how many more there are."""
        return self.files[0] + (f" and {len(self.files) - 1} more" if len(self.files) > 1 else "")


def _nearest(name: str, known: Any) -> str:
    """Return the ending of a message about an unknown name."""
    close = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(close)}?" if close else f"; the names are {', '.join(known)}"
