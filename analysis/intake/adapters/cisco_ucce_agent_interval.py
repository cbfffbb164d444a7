"""Cisco Unified CCE: times of agents by interval and medium (Agent_Interval, before that Agent_Half_Hour)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.intake.adapters._cells import groups, number_in, sums, told
from analysis.intake.adapters._ucce import (
    SECOND_US,
    controller_clock,
    half,
    held,
    hours,
    interval_length,
    open_interval,
    refuse_overfull,
)
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch
    from analysis.intake.casting.local_time import Column


def _finish(batch: Batch, columns: dict[str, Column]) -> None:
    interval_length(batch, columns)
    refuse_overfull(batch, columns)


def _several_media(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    if "channel" not in columns:
        return None
    person = groups([columns["agent"].text, columns["interval_start"].array])
    still = batch.fates.open
    hits = still & (sums(person, still.astype(np.int64)) > 1)
    beyond = sums(person, np.where(still, held(batch), 0)) - columns["length_s"].array * SECOND_US
    first = np.zeros(len(hits), dtype=bool)
    first[np.unique(np.where(hits, person, -1), return_index=True)[1]] = True
    words = (
        f"{number_of(int(hits.sum()), 'row')} of people signed on to several media at once (first: {batch.place(hits)}): their times run side by side and count "
        f"once for each, {hours(np.maximum(beyond, 0)[first & hits])} beyond the intervals. For shares of a person's time keep one medium, as in "
        'exclude = { MRDomainID = ["5000"] }.'
    )
    return told(hits, words)


def _elsewhere(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    logged = number_in(batch, *half("LoggedOnTime"))
    if logged is None:
        return None
    rest = np.rint(logged * SECOND_US).astype(np.int64) - held(batch)
    hits = batch.fates.open & (rest > SECOND_US)
    words = (
        f"{hours(rest[hits])} signed on are neither available nor not ready, in {number_of(int(hits.sum()), 'row')} (first: {batch.place(hits)}): people worked in "
        "skill groups, which this table does not break down. Ask for Agent_Skill_Group_Interval too; without it this time stays without an account."
    )
    return told(hits, words)


def _beyond(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    logged = number_in(batch, *half("LoggedOnTime"))
    if logged is None:
        return None
    over = held(batch) - np.rint(logged * SECOND_US).astype(np.int64)
    hits = batch.fates.open & (over > SECOND_US)
    words = f"{number_of(int(hits.sum()), 'row')} with {hours(over[hits])} more available and not ready than signed on (first: {batch.place(hits)}). Ask how the table was made."
    return told(hits, words)


FORMAT = Format(
    title="Cisco Unified CCE: agents by interval",
    vendor="cisco",
    table="state_totals",
    defaults={
        "agent": ("SkillTargetID", "AgentSkillTargetID"),
        "interval_start": ("DateTime",),
        "length_s": (),
        "channel": ("MRDomainID",),
    },
    signature=(
        ("DateTime", "SkillTargetID", "MRDomainID", "LoggedOnTime", "NotReadyTime"),
        ("DateTime", "SkillTargetID", "MRDomainID", "LoggedOnTimeToHalf", "NotReadyTimeToHalf"),
    ),
    also=("TimeZone", *half("LoggedOnTime")),
    open=open_interval,
    finish=_finish,
    totals={"AvailTime": half("AvailTime"), "NotReadyTime": half("NotReadyTime")},
    length_s=1800.0,
    duration_unit="s",
    overlapping=True,
    own_clock=True,
    traps=(
        Trap("controller_clock", "Do the offsets in TimeZone fit the zone of the source?", controller_clock),
        Trap("several_media", "Were people signed on to several media at once?", _several_media),
        Trap("time_in_skill_groups", "Is there time signed on that this table does not break down?", _elsewhere),
        Trap("more_than_signed_on", "Do the states exceed the time signed on?", _beyond),
    ),
    request=Request(
        report="tables Agent_Interval and Agent_Skill_Group_Interval of the historical database (in older releases Agent_Half_Hour and Agent_Skill_Group_Half_Hour), all media and all skill groups of the people measured",
        columns=("DateTime", "TimeZone", "SkillTargetID", "MRDomainID", "LoggedOnTime", "AvailTime", "NotReadyTime"),
        limits="How long intervals are kept is a setting of the database: take them early. NotReadyTime has no reasons: send Agent_Event_Detail too, and the list of your reason codes. Tell us whether intervals last 15 or 30 minutes.",
        zone="The rows show the clock of the central controller, not of the site, with its offset from UTC in TimeZone: keep that column, and tell us the controller's zone.",
        pseudonyms="SkillTargetID is a number of the database already; keep the table that leads from it to log-ins with you.",
    ),
)
