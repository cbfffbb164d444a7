"""Five9: call log, one row per call or part of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.adapters._cells import ask_zone, text_in, told
from analysis.intake.adapters.five9_agent_state import ZONE
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.batch import TEXT
from analysis.intake.casting.local_time import Column
from analysis.intake.casting.numerals import parse_durations
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch

SECOND_US = 1_000_000
TOTAL, INSIDE = "CALL TIME", ("QUEUE WAIT TIME", "RING TIME", "PARK TIME")


def _finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Ask for the clock, and say by the type of call who started it."""
    ask_zone(batch, ("TIMESTAMP",), ZONE)
    if "direction" in columns and "direction" not in batch.source.columns:
        kind = columns["direction"].text.str.lower()
        inward = kind.str.contains("inbound").to_numpy(dtype=bool)
        outward = kind.str.contains("outbound|manual|preview").to_numpy(dtype=bool) & ~inward
        words = pd.Series(np.where(inward, "in", "out"), dtype=TEXT)
        columns["direction"] = Column("text", words, inward | outward)


def _time(batch: Batch, name: str) -> NDArray[np.int64] | None:
    """Return a column of h:mm:ss [us], 0 where nothing stands."""
    text = text_in(batch, name)
    if text is None:
        return None
    found = parse_durations(text, unit=batch.source.duration_unit or "hms", decimal=batch.source.decimal)
    return np.where(found.given & ~found.bad, found.us, 0)


def _own(columns: dict[str, Column], name: str) -> NDArray[np.int64]:
    column = columns.get(name)
    return np.where(column.given, column.array, 0) if column is not None else np.zeros(1, dtype=np.int64)


def _several_rows(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    hits = columns["contact"].text.duplicated(keep=False).to_numpy(dtype=bool) & columns["contact"].given
    hits &= batch.fates.open
    words = (
        f"{number_of(int(hits.sum()), 'row')} of calls that stand in several rows (first: {batch.place(hits)}), as transfers and conferences do: handling times add up rightly, but "
        "each row counts as a contact. Ask which row is the call, and leave the others out by exclude."
    )
    return told(hits, words)


def _internal(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    kind = text_in(batch, "CALL TYPE")
    if kind is None:
        return None
    hits = kind.str.lower().str.contains("internal").to_numpy(dtype=bool) & batch.fates.open
    words = (
        f"{number_of(int(hits.sum()), 'row')} of calls between colleagues (first: {batch.place(hits)}): nobody outside waited for them. Leave them out of demand by "
        'exclude = { "CALL TYPE" = ["Internal"] }.'
    )
    return told(hits, words)


def _hold_in_talk(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    total = _time(batch, TOTAL)
    if total is None or "hold_us" not in columns or "talk_us" not in columns:
        return None
    hold = _own(columns, "hold_us")
    hits = batch.fates.open & (hold > 0) & (total > 0) & (_own(columns, "talk_us") + hold > total + SECOND_US)
    words = (
        f"{number_of(int(hits.sum()), 'call')} that talked and held longer than the whole call lasted (first: {batch.place(hits)}): TALK TIME seems to hold HOLD TIME already, and "
        'handling counts it twice. Ask; if so, set hold_us = { value = "0:00:00" }.'
    )
    return told(hits, words)


def _beyond_call(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    total = _time(batch, TOTAL)
    if total is None:
        return None
    parts = sum((time for time in (_time(batch, name) for name in INSIDE) if time is not None), np.zeros_like(total))
    parts = parts + _own(columns, "talk_us") + _own(columns, "hold_us")
    hits = batch.fates.open & (total > 0) & (parts > total + SECOND_US)
    words = (
        f"{number_of(int(hits.sum()), 'call')} whose waiting, ringing, talking, holding and parking exceed CALL TIME by {(parts - total)[hits].sum() / 3.6e9:,.2f} h "
        f"(first: {batch.place(hits)}). Ask what CALL TIME begins with, and whether a row is a call or a part of one."
    )
    return told(hits, words)


FORMAT = Format(
    title="Five9: call log",
    vendor="five9",
    table="contacts",
    defaults={
        "contact": ("CALL ID",),
        "queue": ("CAMPAIGN", "SKILL"),
        "offered_at": ("TIMESTAMP", ("DATE", "TIME")),
        "answered_at": (),
        "ended_at": (),
        "direction": ("CALL TYPE",),
        "abandoned": ("ABANDONED",),
        "agent": ("AGENT ID", "AGENT EMAIL", "AGENT", "AGENT NAME"),
        "talk_us": ("TALK TIME",),
        "hold_us": ("HOLD TIME",),
        "wrap_us": ("AFTER CALL WORK TIME",),
        "channel": (),
        "deferrable": (),
    },
    signature=(("CALL ID", "TIMESTAMP", "CAMPAIGN", "CALL TYPE", "TALK TIME"),),
    also=("TIMESTAMP", "CALL TYPE", TOTAL, *INSIDE),
    finish=_finish,
    missing=("[None]",),
    own_clock=True,
    traps=(
        Trap("call_in_several_rows", "Does one call stand in several rows?", _several_rows),
        Trap("internal_calls", "Are calls between colleagues in the log?", _internal),
        Trap("hold_in_talk", "Does TALK TIME hold HOLD TIME already?", _hold_in_talk),
        Trap("parts_beyond_call", "Do the parts of a call fit into CALL TIME?", _beyond_call),
    ),
    request=Request(
        report="report Call Log as CSV, all campaigns",
        columns=(
            "CALL ID",
            "TIMESTAMP",
            "CAMPAIGN",
            "SKILL",
            "CALL TYPE",
            "AGENT ID",
            "DISPOSITION",
            "CALL TIME",
            *INSIDE,
            "TALK TIME",
            "HOLD TIME",
            "AFTER CALL WORK TIME",
            "TRANSFERS",
            "ABANDONED",
        ),
        limits="Long reports may be cut off: export by week. Tell us what a row is: a call, or one person's part of it; and whether TALK TIME includes HOLD TIME.",
        zone="The times are those of the report's settings: tell us which zone is set there, and the time on your wall clock of one call in it, so that we can compare. The programming interface is said to answer in Pacific time.",
        pseudonyms="Replace agents by codes, the same code for the same person in every file. Leave ANI and DNIS out: they are telephone numbers, and nobody needs them here.",
    ),
)
