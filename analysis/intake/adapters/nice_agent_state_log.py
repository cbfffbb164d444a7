"""NICE CXone: data download Agent State Log, one row per state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.adapters._cells import groups, number_in, text_in, told
from analysis.intake.adapters._nice import ask_clock, changes_clocks
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.batch import TEXT
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch

HOUR_US = 3_600_000_000
# Durations are whole seconds, starts too: neighbours that differ by an hour show it to within this much [us].
NEAR_US = 2_000_000
WORKING = {1: "Inbound Contact", 2: "Outbound Contact", 3: "Outbound Consult", 4: "Inbound Consult"}


def _finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Ask for times of day, durations and the clock where they are not plain, and name each state: the contact, else available, else the reason of being unavailable."""
    text = text_in(batch, "Start_Date")
    if text is not None and batch.fates.open.any() and not text[batch.fates.open].str.contains(":", regex=False).any():
        raise batch.ask(
            f"{batch.files[0].file}: its Start_Date holds no time of day, so no state can be placed within a day. Ask for the download with start times; if there is none, "
            'read it as sums of days: adapter = "nice_agent_by_day" with state = "Outstate" and a state_map of its own.'
        )
    if "end" not in columns:
        raise batch.ask(
            f'{batch.files[0].file}: no column says how long a state lasted. Ask for Duration, or set duration = "..." or end = "...".'
        )
    ask_clock(batch, columns["start"])
    working, available = number_in(batch, "Working"), number_in(batch, "Available")
    if "state" in batch.source.columns or working is None or available is None:
        return
    reason = columns["state"].text
    contact = pd.Series(working, index=reason.index).map(WORKING).astype(TEXT)
    state = reason.where(available != 1, "Available").where(contact.isna(), contact.fillna("")).astype(TEXT)
    columns["state"] = Column("text", state, (state != "").to_numpy(dtype=bool))


def _clock(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Find times that the zone skipped, and states that end an hour away from the next one of their log-in."""
    start, end = columns["start"], columns["end"]
    session = text_in(batch, "Agent_Session_ID")
    rows = np.flatnonzero(batch.fates.open & start.given & end.given)
    person = groups(
        [columns["agent"].text.iloc[rows], session.iloc[rows] if session is not None else np.zeros(len(rows))]
    )
    order = np.lexsort((start.array[rows], person))
    ordered, who = rows[order], person[order]
    gap = np.append(start.array[ordered][1:], 0) - end.array[ordered]
    same = np.append(who[1:] == who[:-1], False)
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[ordered[same & (np.abs(np.abs(gap) - HOUR_US) <= NEAR_US)]] = True
    skipped = _skipped(batch)
    hits |= skipped
    if changes_clocks(batch, start.array[rows]):
        turn = f"the export's clock does not follow the clock changes of {batch.zone}. Set time_zone to a clock that never changes, such as Etc/GMT-1 for one hour ahead of UTC"
    else:
        turn = f"the export's clock follows clock changes, and {batch.zone} has none. Set time_zone to the zone of whoever ran the download"
    words = (
        f"{number_of(int(skipped.sum()), 'row')} at times that clocks skipped and {number_of(int((hits & ~skipped).sum()), 'state')} that end one hour away from the next of "
        f"the same log-in (first: {batch.place(hits)}): {turn}."
    )
    return told(hits, words)


def _skipped(batch: Batch) -> np.ndarray:
    """Return rows rejected for a time that the zone's clocks never showed."""
    name = ("rejected", "dst_nonexistent")
    if name not in batch.fates.names:
        return np.zeros(len(batch.rows), dtype=bool)
    return batch.fates.codes == batch.fates.names.index(name)


def _cut_sessions(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    session, place = text_in(batch, "Agent_Session_ID"), number_in(batch, "Log_State")
    if session is None or place is None:
        return None
    still = batch.fates.open & (session != "").to_numpy(dtype=bool)
    log = groups([session])
    whole = np.ones(len(batch.rows), dtype=bool)
    for mark in (0, 2):
        whole &= np.isin(log, np.unique(log[still & (place == mark)]))
    hits = still & ~whole
    words = (
        f"{number_of(len(np.unique(log[hits])), 'log-in')} without a first or a last row ({number_of(int(hits.sum()), 'row')}, first: {batch.place(hits)}): cut off by the dates of "
        "the download. Ask for a day more at either end, or leave these days out of daily rates."
    )
    return told(hits, words)


def _available_and_working(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    working, available = number_in(batch, "Working"), number_in(batch, "Available")
    if working is None or available is None:
        return None
    hits = batch.fates.open & (working > 0) & (available == 1)
    words = (
        f"{number_of(int(hits.sum()), 'row')} on a contact and available at once (first: {batch.place(hits)}): people take several contacts at a time. They count as handling, not as "
        "waiting; contacts overlap, so do not add up their times."
    )
    return told(hits, words)


FORMAT = Format(
    title="NICE CXone: Agent State Log",
    vendor="nice",
    table="spells",
    defaults={
        "agent": ("Agent_No",),
        "start": ("Start_Date",),
        "state": ("Outstate",),
        "end": (),
        "duration": ("Duration",),
        "channel": (),
        "population": (),
    },
    signature=(("Agent_No", "StateIndex", "Start_Date", "Outstate", "Duration"),),
    also=("Agent_Session_ID", "Start_Date", "Working", "Available", "Log_State"),
    finish=_finish,
    date_order="mdy",
    duration_unit="s",
    own_clock=True,
    traps=(
        Trap("clock_without_changes", "Does the export's clock follow clock changes as its zone does?", _clock),
        Trap("log_in_cut_off", "Does each log-in have its first and last row?", _cut_sessions),
        Trap("several_contacts", "Were people available while on a contact?", _available_and_working),
    ),
    request=Request(
        report="data download Agent State Log (Reporting, Data Download), all teams, as CSV",
        columns=(
            "Agent_Session_ID",
            "Agent_No",
            "Team_No",
            "StateIndex",
            "Start_Date",
            "Working",
            "Available",
            "Outstate_Code",
            "Outstate",
            "Log_State",
            "Duration",
        ),
        limits="Take a day more than the period at either end, so that log-ins are whole. With it we need the data download Agent States, which says what each code means, and which of your codes are after-call work.",
        zone="Data downloads show the zone of the user who runs them, without daylight saving time: have them run by a user whose zone is UTC, or tell us the user's zone. Do not mix them with business intelligence reports (UTC) or billing (Mountain time).",
        pseudonyms="Leave Agent_Name out, or replace it and Agent_No by codes, the same code for the same person in every file.",
    ),
)
