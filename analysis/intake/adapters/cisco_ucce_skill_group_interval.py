"""Cisco Unified CCE: times of agents by interval and skill group (Agent_Skill_Group_Interval, before that ..._Half_Hour)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.adapters._cells import groups, number_in, sums, text_in, told
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

STATES = (
    "TalkInTime",
    "TalkOutTime",
    "TalkOtherTime",
    "TalkAutoOutTime",
    "TalkPreviewTime",
    "TalkReserveTime",
    "HoldTime",
    "ReservedStateTime",
    "WorkReadyTime",
    "WorkNotReadyTime",
)
GROUP = ("SkillGroupSkillTargetID", "SkillGroupID", "SkillGroup")


def _finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Refuse a table of groups, whose SkillTargetID is no person; then fill the length of intervals."""
    if text_in(batch, *GROUP) is None and "agent" not in batch.source.columns:
        raise batch.ask(
            f"{batch.files[0].file}: no column names the skill group, so its SkillTargetID may be groups and not people, as in the table Skill_Group_Interval. Ask for "
            'Agent_Skill_Group_Interval with SkillGroupSkillTargetID, or set agent = "SkillTargetID" if each row is one person.'
        )
    interval_length(batch, columns)
    refuse_overfull(batch, columns)


def _missing_groups(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    busy = number_in(batch, *half("BusyOtherTime"))
    if busy is None:
        return None
    still = batch.fates.open
    person, own = groups([columns["agent"].text, columns["interval_start"].array]), np.where(still, held(batch), 0)
    beyond = busy * SECOND_US - (sums(person, own) - own)
    hits = still & (beyond > SECOND_US)
    worst = pd.Series(np.maximum(beyond, 0)[hits]).groupby(person[hits]).max()
    words = (
        f"{number_of(int(hits.sum()), 'row')} say that people were busy in other skill groups for longer than those groups show (first: {batch.place(hits)}), "
        f"{hours(worst.to_numpy())} at least: skill groups are missing from the export. Shares add up only with all of them; ask for every group of these people."
    )
    return told(hits, words)


def _side_by_side(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    still = batch.fates.open
    person = groups([columns["agent"].text, columns["interval_start"].array])
    beyond = sums(person, np.where(still, held(batch), 0)) - (columns["length_s"].array + 1) * SECOND_US
    hits = still & (beyond > 0)
    words = (
        f"{number_of(int(hits.sum()), 'row')} of people who worked longer in their skill groups together than the interval lasts (first: {batch.place(hits)}): several "
        "contacts at once. Shares of this source are not shares of a person's time."
    )
    return told(hits, words)


def _repeated(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    group = text_in(batch, *GROUP)
    if group is None:
        return None
    still = batch.fates.open
    key = groups([columns["agent"].text, columns["interval_start"].array, group])
    hits = still & (sums(key, still.astype(np.int64)) > 1)
    words = (
        f"{number_of(int(hits.sum()), 'row')} with one person, skill group and interval but other values (first: {batch.place(hits)}): their times are added. If a join "
        "made them, every second counts several times: ask for the table as it stands."
    )
    return told(hits, words)


FORMAT = Format(
    title="Cisco Unified CCE: agents by interval and skill group",
    vendor="cisco",
    table="state_totals",
    defaults={
        "agent": ("SkillTargetID", "AgentSkillTargetID"),
        "interval_start": ("DateTime",),
        "length_s": (),
        "channel": (),
    },
    signature=(
        ("DateTime", "SkillTargetID", "TalkInTime", "WorkReadyTime"),
        ("DateTime", "SkillTargetID", "TalkInTimeToHalf", "WorkReadyTimeToHalf"),
    ),
    also=("TimeZone", *GROUP, *half("BusyOtherTime", "LoggedOnTime")),
    open=open_interval,
    finish=_finish,
    totals={name: half(name) for name in STATES},
    length_s=1800.0,
    duration_unit="s",
    overlapping=True,
    own_clock=True,
    traps=(
        Trap("controller_clock", "Do the offsets in TimeZone fit the zone of the source?", controller_clock),
        Trap("rows_repeated", "Does one person, skill group and interval stand in several rows?", _repeated),
        Trap("missing_skill_groups", "Were people busy in skill groups that the export lacks?", _missing_groups),
        Trap("side_by_side", "Do a person's skill groups together hold more than the interval?", _side_by_side),
    ),
    request=Request(
        report="table Agent_Skill_Group_Interval of the historical database (in older releases Agent_Skill_Group_Half_Hour), every skill group of the people measured; beside it Agent_Interval, which holds waiting and not ready",
        columns=("DateTime", "TimeZone", "SkillTargetID", "SkillGroupSkillTargetID", *STATES, "BusyOtherTime"),
        limits="Send every skill group: without one of them shares do not add up. Tell us whether intervals last 15 or 30 minutes.",
        zone="The rows show the clock of the central controller, not of the site, with its offset from UTC in TimeZone: keep that column, and tell us the controller's zone.",
        pseudonyms="SkillTargetID is a number of the database already; keep the table that leads from it to log-ins with you.",
    ),
)
