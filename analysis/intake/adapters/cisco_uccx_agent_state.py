"""Cisco Unified CCX: changes of agent state, as the database keeps them (AgentStateDetail) or as the report shows them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.adapters._cells import by_value, number_in, rewrite, text_in, told
from analysis.intake.adapters.events import end_at_next
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.batch import TEXT
from analysis.intake.casting.local_time import Column
from analysis.intake.opening.files import open_table
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch
    from analysis.intake.opening.raw import RawFile, Wanted
    from analysis.intake.settings import Source

EVENTS = {"1": "Log In", "2": "Not Ready", "3": "Ready", "4": "Reserved", "5": "Talking", "6": "Work", "7": "Log Out"}
# The report's words for the same states.
WORDS = {
    "login": "Log In",
    "logged-in": "Log In",
    "logout": "Log Out",
    "logged-out": "Log Out",
    "talk": "Talking",
    "working": "Work",
}
REASONS = ("reasonCode", "reasoncode", "Reason Code")
NO_REASON = ("", "0", "-1")
STAMPS = ("eventDateTime", "eventdatetime")
IDS = ("agentID", "agentid", "Agent ID")
# Reasons that the system gives by itself.
SYSTEM = range(32_740, 32_768)


def open_states(file: str, path: Path, source: Source, wanted: Wanted) -> RawFile:
    """Return the cells of one file; the database's stamps are marked as GMT unless the source states another clock."""
    raw = open_table(file, path, source, wanted)
    if source.time_zone is None:
        rewrite(
            raw, STAMPS, lambda text: text.where(~text.str.match(r"\s*\d.*:\d\d(\.\d+)?\s*$"), text.str.strip() + "Z")
        )
    return raw


def _finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Name the states, end each at the person's next, and add the reason to Not Ready."""
    state = by_value(columns["state"].text, _named)
    columns["state"] = Column("text", state, columns["state"].given)
    end_at_next(batch, columns, closing=("Log Out",), opening=("Log In",))
    reason = _reasons(batch)
    if reason is not None:
        named = (state.str.lower() == "not ready") & ~reason.isin(NO_REASON)
        columns["state"] = Column(
            "text", state.where(~named, "Not Ready " + reason).astype(TEXT), columns["state"].given
        )


def _named(raw: pd.Series) -> pd.Series:
    """Return states under the names of the database, whether written as a number, as both, or as the report does."""
    raw = raw.str.replace(r"^[1-7] +(\D)", r"\1", regex=True)
    lower = raw.str.lower()
    return raw.where(~raw.isin(EVENTS), raw.map(EVENTS)).where(~lower.isin(WORDS), lower.map(WORDS)).astype(TEXT)


def _reasons(batch: Batch) -> pd.Series | None:
    """Return the reason of each row."""
    text = text_in(batch, *REASONS)
    return None if text is None else by_value(text, lambda one: one.str.replace(r"\.0+$", "", regex=True))


def _hours(columns: dict[str, Column], hits: np.ndarray) -> str:
    end = columns["end"]
    us = np.where(end.given & columns["start"].given, end.array - columns["start"].array, 0)
    return f"{us[hits].sum() / 3.6e9:,.2f} h"


def _offset(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    offset = number_in(batch, "gmtOffset", "gmtoffset")
    if offset is None:
        return None
    hits = (offset != 0) & batch.fates.open
    words = (
        f"{number_of(int(hits.sum()), 'row')} with a gmtOffset that is not 0 (first: {batch.place(hits)}): their stamps may be local time, and were read as GMT. "
        "Compare one with the report; if they are local, set time_zone."
    )
    return told(hits, words)


def _no_reason(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    if _reasons(batch) is None:
        return None
    hits = (columns["state"].text.str.lower() == "not ready").to_numpy(dtype=bool) & batch.fates.open
    words = (
        f"{_hours(columns, hits)} of Not Ready without a reason in {number_of(int(hits.sum()), 'row')} (first: {batch.place(hits)}): breaks, meetings and absence "
        "cannot be told apart in it. Ask whether people must enter a reason."
    )
    return told(hits, words)


def _by_system(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    if _reasons(batch) is None:
        return None
    system = {f"not ready {code}" for code in SYSTEM}
    state = columns["state"].text.str.lower()
    hits = state.isin(system).to_numpy(dtype=bool) & batch.fates.open
    unanswered = int(((state == "not ready 32763").to_numpy(dtype=bool) & hits).sum())
    words = (
        f"{_hours(columns, hits)} of Not Ready that the system set by itself, in {number_of(int(hits.sum()), 'row')} (first: {batch.place(hits)}), "
        f"{unanswered:,} of them after a call that nobody answered (32763). Causes differ: phones, servers, settings; do not read them as choices of people."
    )
    return told(hits, words)


def _profiles(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    profile = text_in(batch, "profileID", "profileid")
    if profile is None:
        return None
    many = profile.groupby(columns["agent"].text.to_numpy()).transform("nunique").to_numpy() > 1
    hits = many & batch.fates.open
    words = (
        f"{number_of(int(hits.sum()), 'row')} of agents who stand under several profileIDs (first: {batch.place(hits)}): their lines are cut into each other. "
        "If they are different people, set agent to both columns."
    )
    return told(hits, words)


def _names(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    hits = np.zeros(len(batch.rows), dtype=bool)
    if "agent" not in batch.source.columns and text_in(batch, *IDS) is None:
        hits = batch.fates.open.copy()
    words = (
        f"{number_of(int(hits.sum()), 'row')} know people by name alone: two people of one name would be one line. Ask for agentID, or map "
        'agent = { columns = ["Agent Name", "Extension"] }.'
    )
    return told(hits, words)


FORMAT = Format(
    title="Cisco Unified CCX: changes of agent state",
    vendor="cisco",
    table="spells",
    defaults={
        "agent": (*IDS, "Agent Name"),
        "start": (*STAMPS, "State Transition Time"),
        "state": ("eventType", "eventtype", "Agent State"),
        "end": (),
        "duration": ("Duration",),
        "channel": (),
        "population": (),
    },
    signature=(
        ("agentID", "eventDateTime", "eventType", "reasonCode"),
        ("agentid", "eventdatetime", "eventtype", "reasoncode"),
        ("Agent Name", "State Transition Time", "Agent State", "Reason Code"),
    ),
    also=(*REASONS, "gmtOffset", "gmtoffset", "profileID", "profileid"),
    open=open_states,
    finish=_finish,
    own_clock=True,
    traps=(
        Trap("gmt_offset", "Are the stamps of the database in GMT throughout?", _offset),
        Trap("several_profiles", "Does an agent stand under several profiles?", _profiles),
        Trap("names_as_keys", "Are people known by name alone?", _names),
        Trap("not_ready_without_reason", "Is there Not Ready time without a reason?", _no_reason),
        Trap("not_ready_by_system", "Did the system set people to Not Ready?", _by_system),
    ),
    request=Request(
        report="table AgentStateDetail of the Unified CCX database, all agents; or the report Agent State Detail",
        columns=("agentID", "eventDateTime", "gmtOffset", "eventType", "reasonCode", "profileID"),
        limits="One row per change of state: keep log-outs, and the rows of a day before and after the period. With it we need the list of your own reason codes for Not Ready.",
        zone="The database is in GMT, with gmtOffset 0 throughout. The report shows the clock of whoever runs it: tell us its zone.",
    ),
)
