"""Five9: agent summary, one row per person and day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.intake.adapters._cells import ask_zone, real_days, text_in, told
from analysis.intake.adapters.five9_agent_state import ZONE
from analysis.intake.adapters.format import Format, Request, Rest, Trap, TrapResult
from analysis.intake.casting.numerals import parse_durations
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch
    from analysis.intake.casting.local_time import Column

SECOND_US = 1_000_000
AVAILABLE = ("AVAILABLE TIME (LOGIN LESS NOT READY)", "AVAILABLE TIME")


def _finish(batch: Batch, columns: dict[str, Column]) -> None:
    ask_zone(batch, ("Date", "DATE"), ZONE)
    real_days(batch, columns)


def _time(batch: Batch, *names: str) -> NDArray[np.int64] | None:
    text = text_in(batch, *names)
    if text is None:
        return None
    found = parse_durations(text, unit=batch.source.duration_unit or "hms", decimal=batch.source.decimal)
    return np.where(found.given & ~found.bad, found.us, 0)


def _identity(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    login, not_ready, available = (_time(batch, *names) for names in (("LOGIN TIME",), ("NOT READY TIME",), AVAILABLE))
    if login is None or not_ready is None or available is None:
        return None
    off = login - not_ready - available
    hits = batch.fates.open & (np.abs(off) > SECOND_US)
    words = (
        f"LOGIN TIME is not NOT READY TIME and AVAILABLE TIME together in {number_of(int(hits.sum()), 'row')} (first: {batch.place(hits)}), "
        f"{np.abs(off[hits]).sum() / 3.6e9:,.2f} h apart. Ask how the report counts these days."
    )
    return told(hits, words)


def _talk_on_call(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    talk, on_call = _time(batch, "TALK TIME"), _time(batch, "ON CALL TIME")
    if talk is None or on_call is None:
        return None
    hits = batch.fates.open & (talk > on_call + SECOND_US)
    words = f"{number_of(int(hits.sum()), 'row')} with more TALK TIME than ON CALL TIME (first: {batch.place(hits)}): ON CALL TIME does not hold all talking, so handling is too low. Ask what it counts."
    return told(hits, words)


FORMAT = Format(
    title="Five9: agent summary by day",
    vendor="five9",
    table="state_totals",
    defaults={
        "agent": ("AGENT ID", "Agent Name", "AGENT NAME", "AGENT"),
        "interval_start": ("Date", "DATE"),
        "length_s": (),
        "channel": (),
    },
    signature=(
        ("LOGIN TIME", "NOT READY TIME", "ON CALL TIME", "AFTER CALL WORK TIME", AVAILABLE[0]),
        ("Agent Name", "LOGIN TIME", "NOT READY TIME", "ON CALL TIME", "AFTER CALL WORK TIME"),
    ),
    also=("LOGIN TIME", "TALK TIME"),
    finish=_finish,
    totals={
        "Not Ready": ("NOT READY TIME",),
        "On Call": ("ON CALL TIME",),
        "After Call Work": ("AFTER CALL WORK TIME",),
    },
    rests={"Ready": Rest(AVAILABLE, ("On Call", "After Call Work"))},
    length_s=86_400.0,
    own_clock=True,
    traps=(
        Trap("login_identity", "Is login time the sum of not ready and available time?", _identity),
        Trap("talk_beyond_on_call", "Does ON CALL TIME hold all talking?", _talk_on_call),
    ),
    request=Request(
        report="report Agent Summary by date as CSV, only if Agent State Details cannot be had",
        columns=(
            "Date",
            "AGENT ID",
            "LOGIN TIME",
            "NOT READY TIME",
            AVAILABLE[0],
            "ON CALL TIME",
            "TALK TIME",
            "AFTER CALL WORK TIME",
        ),
        limits="It holds sums of whole days, without reasons of Not Ready: nothing within a day can be said from it.",
        zone="A day begins at midnight of the report's settings: tell us which zone is set there.",
    ),
)
