"""The adapters by name: default columns, and what opens a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.intake.adapters import xes
from analysis.intake.batch import Batch
from analysis.intake.files import open_table
from analysis.intake.local_time import Column
from analysis.intake.raw import RawFile, Wanted
from analysis.intake.settings import Source


@dataclass(frozen=True, slots=True)
class Format:
    """A format of export.

    Attributes
    ----------
    defaults
        Our column to the client's names that fill it, the first one present; a column not listed maps to itself.
    open
        Returns the cells of one file.
    finish
        Changes the typed columns as the format needs it; None = nothing to do.
    """

    defaults: Mapping[str, tuple[str, ...]]
    open: Callable[[str, Path, Source, Wanted], RawFile]
    finish: Callable[[Batch, dict[str, Column]], None] | None = None


GENESYS_TIMELINE: Mapping[str, tuple[str, ...]] = {
    "agent": ("Agent Id", "User Id", "Agent", "Agent Name", "User"),
    "state": ("Status", "Routing Status", "Agent Status"),
    "start": ("Start", "Start Time", "Status Start", "Start Date"),
    "end": ("End", "End Time", "Status End", "End Date"),
    "duration": ("Duration", "Time in Status"),
    "channel": ("Media Type", "Channel"),
    "population": (),
}

FORMATS: Mapping[str, Format] = {
    "generic": Format({}, open_table),
    "genesys_status_timeline": Format(GENESYS_TIMELINE, open_table),
    "xes": Format(xes.DEFAULTS, xes.open_log, xes.pair_lifecycle),
}
