"""What intake returns: canonical tables, the fate of every row, and the questions that remain."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.foundation.estimate import Quantity
from analysis.foundation.schema import Finding
from analysis.intake.settings import Source
from analysis.intake.words import number_of

if TYPE_CHECKING:
    import pandas as pd

# Fates of a physical row, in the order in which they are decided; `excluded` and `rejected` are split by reason.
FATES: tuple[str, ...] = ("header", "banner", "blank", "total", "duplicate", "excluded", "rejected", "used")

FILE_COLUMNS: tuple[str, ...] = (
    *("file", "sha256", "size_bytes", "adapter", "table", "population", "period_start", "period_end", "physical"),
    *FATES,
    *("time_us", "good_for", "not_good_for"),
)
TRAP_COLUMNS: tuple[str, ...] = ("source", "adapter", "code", "question", "tested", "rows", "moved_us", "words")


@dataclass(frozen=True, slots=True, repr=False)
class Intake:
    """The client's exports as canonical tables, with what happened to every row.

    Attributes
    ----------
    tables
        Canonical tables by name; only tables that a source fills, and always `roster`.
    files
        One row per physical file and source: `file` (relative), `sha256`, `size_bytes`, `adapter`, `table`, `population`,
        `period_start`, `period_end`, `physical`, `header`, `banner`, `blank`, `total`, `duplicate`, `excluded` and `rejected`
        (JSON text: rows by reason), `used`, `time_us` (JSON text: the time that the rows state, what repairs moved, and where it went, in
        microseconds that add up exactly), `good_for`, `not_good_for` (plain words).
    states
        One row per source and client state code: `source`, `state_raw`, `state`, `spells` (rows), `hours` (NaN for observations).
    rejects
        One row per rejected row: `file`, `row` (as a spreadsheet numbers it), `reason`. For ``private/`` only.
    traps
        One row per source and known trap of its format: `source`, `adapter`, `code`, `question`, `tested`, `rows` hit, `moved_us`, `words`.
    findings
        What was corrected, kept with a warning, rejected, or must be asked.
    quantities
        Empty: intake estimates nothing.
    settings
        The sources as they were read.
    """

    tables: dict[str, pd.DataFrame]
    files: pd.DataFrame
    states: pd.DataFrame
    rejects: pd.DataFrame
    traps: pd.DataFrame
    findings: tuple[Finding, ...]
    quantities: tuple[Quantity, ...]
    settings: tuple[Source, ...]

    def __repr__(self) -> str:
        """Return the sentence that the report prints about the data."""
        physical, used = int(self.files["physical"].sum()), int(self.files["used"].sum())
        rejected = sum(sum(json.loads(text).values()) for text in self.files["rejected"])
        asked = sum(finding.severity == "ask" for finding in self.findings)
        sentence = f"{number_of(self.files['file'].nunique(), 'file')} with {number_of(physical, 'row')}: {used:,} used, {rejected:,} rejected"
        return sentence + (f"; {number_of(asked, 'question')} to answer" if asked else "")

    def to_frame(self) -> pd.DataFrame:
        """Return the rows by fate and file, tidy: `file`, `table`, `fate`, `reason`, `rows`."""
        import pandas as pd

        rows = []
        for record in self.files.to_dict("records"):
            for fate in FATES:
                parts = json.loads(record[fate]) if fate in ("excluded", "rejected") else {"": record[fate]}
                rows += [(record["file"], record["table"], fate, reason, count) for reason, count in parts.items()]
        return pd.DataFrame(rows, columns=["file", "table", "fate", "reason", "rows"])
