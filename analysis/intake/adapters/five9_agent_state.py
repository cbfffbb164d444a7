"""Five9: agent state details, one row per change of state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.intake.adapters._cells import ask_zone, text_in, told
from analysis.intake.adapters.events import end_at_next
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.batch import TEXT
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch

STAMPS = ("TIMESTAMP", "DATE/TIME", "TIME")
REASONS = ("REASON CODE", "NOT READY REASON CODE", "REASON")
ZONE = (
    "Five9 shows the clock that the report or the programming interface is set to, for many clients Pacific time. Set time_zone: America/Los_Angeles if it follows "
    "California's clock changes, Etc/GMT+8 if it is eight hours behind UTC all year, or the zone of the report's settings."
)


def _finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Ask for the clock, end each state at the person's next, and add the reason to Not Ready."""
    ask_zone(batch, STAMPS, ZONE)
    end_at_next(batch, columns, closing=("Logout", "Logged Out"), opening=("Login", "Logged In"))
    reason, state = text_in(batch, *REASONS), columns["state"].text
    if reason is not None:
        named = (state.str.lower() == "not ready") & (reason != "") & (reason.str.lower() != "not ready")
        columns["state"] = Column(
            "text", state.where(~named, state + " " + reason).astype(TEXT), columns["state"].given
        )


def _is(columns: dict[str, Column], code: str) -> np.ndarray:
    return (columns["state"].text.str.lower() == code).to_numpy(dtype=bool)


def _hours(columns: dict[str, Column], hits: np.ndarray) -> str:
    end, start = columns["end"], columns["start"]
    return f"{np.where(end.given & start.given, end.array - start.array, 0)[hits].sum() / 3.6e9:,.2f} h"


def _without_skills(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    skills = text_in(batch, "SKILL AVAILABILITY")
    if skills is None:
        return None
    nothing = skills.str.lower().isin(["", "none", "[none]"]).to_numpy(dtype=bool)
    hits = _is(columns, "ready") & nothing & batch.fates.open
    words = (
        f"{_hours(columns, hits)} of Ready with no skill available, in {number_of(int(hits.sum()), 'row')} (first: {batch.place(hits)}): no call could come, so this is not "
        "waiting for work. Ask what it means before it counts as idle."
    )
    return told(hits, words)


def _no_reason(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    hits = _is(columns, "not ready") & batch.fates.open
    words = (
        f"{_hours(columns, hits)} of Not Ready without a reason in {number_of(int(hits.sum()), 'row')} (first: {batch.place(hits)}): breaks, meetings and absence cannot be "
        "told apart in it. Ask for the column of reason codes."
    )
    return told(hits, words)


def _names(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    known = "agent" in batch.source.columns or text_in(batch, "AGENT ID", "AGENT EMAIL") is not None
    hits = np.zeros(len(batch.rows), dtype=bool) if known else batch.fates.open.copy()
    words = f"{number_of(int(hits.sum()), 'row')} know people by the column AGENT alone. If it holds names and not log-ins, two people of one name would be one line: ask for AGENT ID."
    return told(hits, words)


FORMAT = Format(
    title="Five9: agent state details",
    vendor="five9",
    table="spells",
    defaults={
        "agent": ("AGENT ID", "AGENT EMAIL", "AGENT", "AGENT NAME"),
        "start": ("TIMESTAMP", "DATE/TIME", ("DATE", "TIME"), "TIME"),
        "state": ("STATE", "AGENT STATE"),
        "end": (),
        "duration": ("AGENT STATE TIME", "STATE DURATION"),
        "channel": (),
        "population": (),
    },
    signature=(("TIME", "AGENT", "STATE", "SKILL AVAILABILITY"), ("TIMESTAMP", "AGENT", "STATE", "SKILL AVAILABILITY")),
    also=(*REASONS, *STAMPS, "SKILL AVAILABILITY"),
    finish=_finish,
    own_clock=True,
    traps=(
        Trap("names_as_keys", "Are people known by the column AGENT alone?", _names),
        Trap("ready_without_skills", "Were people Ready while no skill of theirs was available?", _without_skills),
        Trap("not_ready_without_reason", "Is there Not Ready time without a reason?", _no_reason),
    ),
    request=Request(
        report="report Agent State Details as CSV, all agents, with AGENT ID and the reason codes of Not Ready among its columns",
        columns=(
            "TIMESTAMP",
            "AGENT ID",
            "AGENT",
            "STATE",
            "REASON CODE",
            "SKILL AVAILABILITY",
            "CALL ID",
            "CALL TYPE",
        ),
        limits="One row per change of state: keep Login and Logout, and the rows of a day before and after the period. Long reports may be cut off: export by week.",
        zone="The times are those of the report's settings: tell us which zone is set there, and the time on your wall clock of one call in it, so that we can compare. The programming interface is said to answer in Pacific time.",
    ),
)
