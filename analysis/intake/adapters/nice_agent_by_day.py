"""NICE CXone: data download Agent by Day, one row per person, day and state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.intake.adapters._cells import groups, real_days, sums, told
from analysis.intake.adapters._nice import ask_clock
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch
    from analysis.intake.casting.local_time import Column


def _finish(batch: Batch, columns: dict[str, Column]) -> None:
    ask_clock(batch, columns["interval_start"])
    real_days(batch, columns)


def _code(columns: dict[str, Column]) -> np.ndarray:
    """Return the codes as numbers, 1 where one is none."""
    text = columns["state"].text
    return np.where(text.str.fullmatch(r"-?\d+"), text.where(text.str.fullmatch(r"-?\d+"), "1").astype(float), 1.0)


def _system_time(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    hits = batch.fates.open & (_code(columns) < 0)
    held = np.where(columns["us"].given, columns["us"].array, 0)
    share = held[hits].sum() / max(1, held[batch.fates.open].sum())
    words = (
        f"{held[hits].sum() / 3.6e9:,.2f} h in states of the system itself (codes below 0), in {number_of(int(hits.sum()), 'row')} (first: {batch.place(hits)}), {share:.1%} of all time: "
        "people waited for it to connect or to finish. Not a choice of theirs."
    )
    return told(hits, words)


def _state_twice(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    still = batch.fates.open
    key = groups([columns["agent"].text, columns["interval_start"].array, columns["state"].text])
    hits = still & (sums(key, still.astype(np.int64)) > 1)
    words = (
        f"{number_of(int(hits.sum()), 'row')} with one person, day and state but other times (first: {batch.place(hits)}); added. If they are versions of one sum, the day counts twice: "
        "ask which holds."
    )
    return told(hits, words)


FORMAT = Format(
    title="NICE CXone: Agent by Day",
    vendor="nice",
    table="state_totals",
    defaults={
        "agent": ("Agent_No",),
        "interval_start": ("Start_Date",),
        "state": ("Agent_State_Code",),
        "us": ("Duration",),
        "length_s": (),
        "channel": (),
    },
    signature=(("Agent_No", "Start_Date", "Agent_State_Code", "Duration"),),
    finish=_finish,
    length_s=86_400.0,
    date_order="mdy",
    duration_unit="s",
    own_clock=True,
    traps=(
        Trap("system_states", "How much time do states of the system itself hold?", _system_time),
        Trap("state_twice_a_day", "Does one person's state stand in several rows of a day?", _state_twice),
    ),
    request=Request(
        report="data download Agent by Day (Reporting, Data Download), only if the Agent State Log cannot be had",
        columns=("Agent_No", "Start_Date", "Agent_State_Code", "Duration"),
        limits="It holds sums of whole days: nothing within a day can be said from it. With it we need the data download Agent States, which says what each code means.",
        zone="Data downloads show the zone of the user who runs them, without daylight saving time: have them run by a user whose zone is UTC, or tell us the user's zone. Do not mix them with business intelligence reports (UTC) or billing (Mountain time).",
        pseudonyms="Agent_No is a number of the system already; keep the list that leads from it to names with you.",
    ),
)
