"""Genesys Engage (GCXI): agent state details, one row per state, media type and calendar day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.intake.adapters._beside import text_beside, told
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.batch import TEXT, Batch
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

REASON = ("Reason Code", "Reason", "State Reason", "Reason Code Value")
HOUR_US = 3_600_000_000


def with_reason(batch: Batch, columns: dict[str, Column]) -> None:
    """Make codes of a state and its reason, where a reason is given."""
    reason, state = text_beside(batch, REASON), columns["state"]
    if reason is not None:
        text = state.text.where(reason == "", state.text + " / " + reason)
        columns["state"] = Column("text", text.astype(TEXT), state.given)


def several_media(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark states of a person that overlap one on another media type: not ready there hides waiting here."""
    if "channel" not in columns:
        return None
    start, end, agent = columns["start"], columns["end"], columns["agent"]
    still = batch.fates.open & start.given & end.given & agent.given
    frame = pd.DataFrame(
        {"agent": agent.text, "start": start.array, "end": end.array, "media": columns["channel"].text}
    )
    frame = frame[still & (end.array > start.array)].sort_values(["agent", "start"], kind="stable")
    # of a person's earlier rows, the latest end on each media type but one's own
    reach = pd.DataFrame(
        {
            media: frame["end"]
            .where(frame["media"] == media)
            .groupby(frame["agent"])
            .transform(lambda ends: ends.ffill().shift())
            for media in frame["media"].unique()
        },
        index=frame.index,
    )
    own = frame["media"].to_numpy()
    over = np.zeros(len(frame), dtype=bool)
    for media in reach:
        over |= (own != media) & (reach[media].fillna(0) > frame["start"]).to_numpy()
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[frame.index.to_numpy()[over]] = True
    words = (
        f"{number_of(int(hits.sum()), 'row')} of people who are in a state on two media types at once (first: {batch.place(hits)}). Not ready on one media type counts "
        "before ready on another, so waiting is understated: keep one media type by exclude, or ask which one decides."
    )
    return told(hits, words)


FORMAT = Format(
    title="Genesys Engage (GCXI): agent state details",
    vendor="genesys",
    table="spells",
    defaults={
        "agent": ("Agent ID", "Agent Id", "Employee ID", "Agent", "Agent Name"),
        "state": ("State", "Agent State", "State Name"),
        "start": ("Start Timestamp", "Start Time", "State Start", "Start"),
        "end": ("End Timestamp", "End Time", "State End", "End"),
        "duration": ("Duration", "State Duration", "State Time"),
        "channel": ("Media Type", "Media"),
        "population": (),
    },
    signature=(
        ("Tenant", "Media Type", "State", "Start Timestamp", "End Timestamp"),
        ("Tenant", "Media", "State", "Start", "End"),
        ("Tenant Name", "Media Type", "State", "Start Timestamp"),
    ),
    also=REASON,
    finish=with_reason,
    traps=(Trap("several_media", "Are people in states on several media types at once?", several_media),),
    request=Request(
        report="GCXI, Agents folder: Agent State Details Report, exported as CSV or XLSX",
        columns=(
            "Tenant",
            "Media Type",
            "Agent",
            "State",
            "Reason Code",
            "Start Timestamp",
            "End Timestamp",
            "Duration",
        ),
        limits="One day a report: states that go over midnight are split there. Export every day of the period.",
        zone="The standard time zone of the tenant. Say which it is, and whether the report follows its clock changes.",
    ),
)
