"""The canonical tables, the words of the time ladder, findings, and the errors that reach a user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "time", "date", "us", "count", "number", "flag"]

# The ladder's parts in their order of precedence for measured evidence; see docs/contracts.md.
BUCKETS: tuple[str, ...] = (
    "HANDLING",
    "RESERVED",
    "ABSENT",
    "BREAK",
    "SUPPORT",
    "OUTAGE",
    "ITEM_WORK",
    "AWAY",
    "IDLE",
    "UNACCOUNTED",
)
# States that a source may state beside the ladder's parts: signed on or at work, kind unknown; and not at work at all.
EXTRA_STATES: tuple[str, ...] = ("WORK", "OFF")
POPULATIONS: tuple[str, ...] = ("contact_centre", "back_office")
SHARES: tuple[str, ...] = ("utilization", "support", "idle", "away", "unaccounted")

_T: Mapping[str, Kind] = {"agent": "text", "start": "time", "end": "time"}

# table -> column -> kind; the first columns named in REQUIRED must hold a value in every row
TABLES: Mapping[str, Mapping[str, Kind]] = {
    "spells": {
        **_T,
        "state": "text",
        "state_raw": "text",
        "cause": "text",
        "channel": "text",
        "population": "text",
        "source": "text",
        "source_row": "count",
    },
    "state_totals": {
        "agent": "text",
        "interval_start": "time",
        "length_s": "number",
        "channel": "text",
        "state": "text",
        "cause": "text",
        "us": "us",
        "source": "text",
        "source_row": "count",
    },
    "contacts": {
        "contact": "text",
        "channel": "text",
        "direction": "text",
        "deferrable": "flag",
        "queue": "text",
        "offered_at": "time",
        "answered_at": "time",
        "ended_at": "time",
        "abandoned": "flag",
        "agent": "text",
        "talk_us": "us",
        "hold_us": "us",
        "wrap_us": "us",
    },
    "volumes": {
        "queue": "text",
        "start": "time",
        "length_s": "number",
        "offered": "number",
        "answered": "number",
        "answered_within": "number",
        "within_s": "number",
        "abandoned": "number",
        "short_abandoned": "number",
        "handle_us": "us",
    },
    "forecasts": {
        "queue": "text",
        "start": "time",
        "length_s": "number",
        "offered": "number",
        "handle_us": "us",
        "required": "number",
        "made_at": "time",
    },
    "work_items": {
        "item": "text",
        "type": "text",
        "agent": "text",
        "arrived": "time",
        "started": "time",
        "ended": "time",
        "due": "time",
    },
    "observations": {
        "round": "text",
        "observed_at": "time",
        "observer": "text",
        "agent": "text",
        "team": "text",
        "state": "text",
        "reference": "flag",
    },
    "self_reports": {
        "agent": "text",
        "team": "text",
        "period_start": "date",
        "period_end": "date",
        "paid_h": "number",
        "non_work_h": "number",
    },
    "workload": {
        "team": "text",
        "period_start": "date",
        "period_end": "date",
        "paid_h": "number",
        "type": "text",
        "volume": "number",
    },
    "quality": {
        "team": "text",
        "period_start": "date",
        "type": "text",
        "checked": "number",
        "errors": "number",
        "reworked": "number",
        "complaints": "number",
    },
    "roster": {
        "agent": "text",
        "team": "text",
        "site": "text",
        "time_zone": "text",
        "contract_h": "number",
        "grade": "text",
        "population": "text",
        "valid_from": "date",
        "valid_to": "date",
    },
    "schedule": {**_T, "state": "text", "paid": "flag"},
    "skills": {
        "agent": "text",
        "queue_or_type": "text",
        "level": "number",
        "valid_from": "date",
        "valid_to": "date",
    },
    "item_types": {
        "type": "text",
        "standard_s": "number",
        "interruptible": "flag",
        "resume_s": "number",
        "max_wait_h": "number",
        "regulated": "flag",
        "off_desk": "flag",
        "help_needed": "flag",
        "access": "flag",
    },
    "answers": {
        "criterion": "text",
        "rater": "text",
        "role": "text",
        "rating": "number",
        "evidence": "text",
        "basis": "text",
        "type": "text",
    },
    "listening": {
        "heard_on": "date",
        "role": "text",
        "team": "text",
        "concern": "text",
        "theme": "text",
        "asks": "text",
        "read_back_on": "date",
        "agreed": "flag",
        "kind": "text",
    },
    "expectations": {
        "rater": "text",
        "role": "text",
        "population": "text",
        "quantity": "text",
        "guess": "number",
        "low": "number",
        "high": "number",
        "stated_on": "date",
    },
    "to_hear": {
        "role": "text",
        "team": "text",
        "people": "number",
        "planned_on": "date",
    },
    "responses": {
        "theme": "text",
        "changed": "text",
        "owner_role": "text",
        "changed_on": "date",
    },
}

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "spells": ("agent", "start", "end", "state"),
    "state_totals": ("agent", "interval_start", "length_s", "state", "us"),
    "contacts": ("contact", "queue", "offered_at"),
    "volumes": ("queue", "start", "length_s", "offered"),
    "forecasts": ("queue", "start", "length_s", "offered"),
    "work_items": ("item", "type", "ended"),
    "observations": ("round", "observed_at", "state"),
    "self_reports": ("agent", "period_start", "period_end", "paid_h", "non_work_h"),
    "workload": ("team", "period_start", "period_end"),
    "quality": ("team", "period_start", "checked"),
    "roster": ("agent",),
    "schedule": ("agent", "start", "end", "state"),
    "skills": ("agent", "queue_or_type"),
    "item_types": ("type",),
    "answers": ("criterion", "rater", "role"),
    "listening": ("heard_on",),
    "expectations": ("rater", "quantity", "guess"),
    "to_hear": ("role",),
    "responses": ("changed",),
}

# What a rating rests on, strongest first; how each grades stands in docs/method/readiness.md.
BASES: tuple[str, ...] = ("system", "observed", "document", "said", "assumed")
# What was heard, by kind; an empty one is a concern.
NOTE_KINDS: tuple[str, ...] = ("concern", "idea", "escalation", "complaint")
# Columns of which only `GIVEN` or nothing is kept: words that people said or that could point to them.
UNQUOTED: Mapping[str, tuple[str, ...]] = {"answers": ("evidence",), "listening": ("concern", "asks")}
GIVEN = "given"

_DTYPES: Mapping[str, str] = {
    "text": "str",
    "time": "datetime64[us, UTC]",
    "date": "datetime64[us]",
    "us": "Int64",
    "count": "Int64",
    "number": "float64",
    "flag": "boolean",
}


def empty_table(table: str) -> pd.DataFrame:
    """Return a canonical table without rows, every column typed.

    Examples
    --------
    >>> list(empty_table("schedule").columns)
    ['agent', 'start', 'end', 'state', 'paid']
    """
    import pandas as pd

    return pd.DataFrame({name: pd.Series(dtype=_DTYPES[kind]) for name, kind in TABLES[table].items()})


def typed_table(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with exactly the canonical columns of `table`, in order, each with its type; missing ones are empty.

    Parameters
    ----------
    table
        Name of a canonical table.
    frame
        Columns already parsed: times zone-aware, durations in microseconds.

    Raises
    ------
    DataProblem
        A column unknown to the table, or a required column with an empty cell.

    Examples
    --------
    >>> import pandas as pd
    >>> typed_table("skills", pd.DataFrame({"agent": ["a"], "queue_or_type": ["claims"]})).dtypes["level"]
    dtype('float64')
    """
    import pandas as pd

    unknown = [name for name in frame.columns if name not in TABLES[table]]
    if unknown:
        raise DataProblem(
            f"{table}: {len(unknown)} columns are not part of this table (first: {unknown[0]}). "
            f"Map them to one of {', '.join(TABLES[table])}, or leave them out."
        )
    columns = {}
    for name, kind in TABLES[table].items():
        dtype = _DTYPES[kind]
        column = frame[name] if name in frame else pd.Series([None] * len(frame), index=frame.index)
        columns[name] = column.astype(dtype) if name in frame else pd.Series(index=frame.index, dtype=dtype)
    result = pd.DataFrame(columns).reset_index(drop=True)
    for name in REQUIRED[table]:
        empty = result[name].isna()
        if empty.any():
            raise DataProblem(
                f"{table}: {int(empty.sum())} rows have no {name} (first: row {int(empty.to_numpy().argmax()) + 1}). "
                "Reject or repair these rows before they reach the table."
            )
    return result


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the data that a reader must know; it reaches the report's data-quality page.

    Attributes
    ----------
    code
        Stable identifier, lower-case words with underscores (``"extraction_ramp"``).
    severity
        ``"fixed"`` (corrected and counted), ``"flag"`` (kept, shown), ``"rejected"`` (rows left out), ``"ask"`` (a question to the client).
    where
        File, table or source concerned.
    message
        Count, what, first place, what to do; no cell values.
    rows, moved_us
        Rows concerned, and the time that the treatment moved [us]; None where it does not apply.
    """

    code: str
    severity: Literal["fixed", "flag", "rejected", "ask"]
    where: str
    message: str
    rows: int | None = None
    moved_us: int | None = None


class KitError(Exception):
    """A mistake that the user can mend; shown as one message, without a traceback."""

    exit_status = 1

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class UsageProblem(KitError):
    """The command line or the engagement file is wrong."""

    exit_status = 2


class DataProblem(KitError, ValueError):
    """A client file is refused, or a question must be answered before it can be read.

    Parameters
    ----------
    message
        File, place, what is wrong, what to do next.
    findings
        What was found, where more than one thing was.
    """

    exit_status = 3

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class UnmappedStates(DataProblem):
    """State codes of the client's to which no map gives a meaning.

    Parameters
    ----------
    message
        File, codes with rows and hours, what to do.
    held
        One row per code: state_raw, spells, hours; None where only the message is known.
    """

    def __init__(self, message: str, held: pd.DataFrame | None = None) -> None:
        super().__init__(message)
        self.held = held


class DisclosureProblem(KitError):
    """A deliverable could single out a person; nothing was written."""

    exit_status = 4
