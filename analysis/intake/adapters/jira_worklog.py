"""Jira: worklogs, time that people wrote down themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.foundation.calendars import offset_us
from analysis.intake.adapters._beside import moments_beside, told
from analysis.intake.adapters._steps import need
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.adapters.json_records import json_opener
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch

SECOND_US = 1_000_000
QUARTER_US = 900 * SECOND_US
HOUR_US = 3_600 * SECOND_US
DAY_US = 24 * HOUR_US
CREATED = ("created", "Created")
# So many logs show whether people round; of times to the minute one in fifteen is a whole quarter of an hour.
ENOUGH, ROUND_SHARE = 20, 0.5
# More hours than anybody works in a day.
LONGEST_DAY_US = 14 * HOUR_US


def finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Name work without a type by what it is: time that somebody wrote down."""
    need(batch, columns, started="started", ended="timeSpentSeconds")
    kind = columns.get("type")
    own = pd.Series("worklog", index=batch.cells.index, dtype=columns["item"].text.dtype)
    every = np.ones(len(batch.rows), dtype=bool)
    columns["type"] = Column("text", own if kind is None else kind.text.where(kind.given, own), every)


def _length(columns: dict[str, Column]) -> np.ndarray:
    start, end = columns["started"], columns["ended"]
    return np.where(start.given & end.given, end.array - start.array, 0)


def round_numbers(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show logs of whole quarters of an hour, where most are: they were estimated."""
    us = _length(columns)
    rows = batch.fates.open & (us > 0)
    if rows.sum() < ENOUGH:
        return None
    hits = rows & (us % QUARTER_US == 0)
    hits &= hits.sum() >= ROUND_SHARE * rows.sum()
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'log')} of {int(rows.sum())} last whole quarters of an hour (first: {batch.place(hits)}): people estimated them. "
        "Read them as shares of a day at best; standard times need timing.",
    )


def written_later(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show logs that were written more than a day after the work."""
    created = moments_beside(batch, CREATED)
    if created is None:
        return None
    end = columns["ended"]
    hits = batch.fates.open & created.given & end.given & (created.array - end.array > DAY_US)
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'log')} written more than a day after the work (first: {batch.place(hits)}): from memory, and their time of day is most often made up.",
    )


def same_clock(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show logs that begin at one moment of an hour, where most do: the time of day was not written down."""
    start = columns["started"]
    rows = np.flatnonzero(batch.fates.open & start.given)
    if len(rows) < ENOUGH:
        return None
    _, which, counts = np.unique(start.array[rows] % HOUR_US, return_inverse=True, return_counts=True)
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows[counts[which] >= ROUND_SHARE * len(rows)]] = True
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'log')} of {len(rows)} begin at the same moment of an hour (first: {batch.place(hits)}): the form filled it in. "
        "Days and sums can be used, times of the day and overlaps cannot.",
    )


def long_days(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show days on which a person logged more time than anybody works."""
    if "agent" not in columns:
        return None
    us, start = _length(columns), columns["started"]
    rows = np.flatnonzero(batch.fates.open & start.given & columns["agent"].given)
    frame = pd.DataFrame(
        {
            "agent": columns["agent"].text.iloc[rows].to_numpy(),
            "day": (start.array + offset_us(start.array, batch.zone))[rows] // DAY_US,
            "us": us[rows],
        }
    )
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows[(frame.groupby(["agent", "day"])["us"].transform("sum") > LONGEST_DAY_US).to_numpy()]] = True
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'log')} of days with more than 14 h logged by one person (first: {batch.place(hits)}): several days written under one date, "
        "or one log-in for several people.",
    )


FORMAT = Format(
    title="Jira: worklogs",
    vendor="jira",
    table="work_items",
    defaults={
        "item": ("issueId", "Issue key", "issueKey", "Key"),
        "type": ("issuetype", "Issue Type", "Issue type"),
        "agent": ("author.accountId", "author.name", "Author", "author"),
        "arrived": (),
        "started": ("started", "Started", "Work date"),
        "ended": (),
        "due": (),
        "duration": ("timeSpentSeconds", "Time Spent (s)", "Time spent (seconds)"),
    },
    signature=(("issueId", "started", "timeSpentSeconds"), ("Issue key", "Author", "Started", "Time Spent (s)")),
    also=("id", *CREATED),
    open=json_opener(under=("worklogs", "values")),
    finish=finish,
    fills=("type",),
    duration_unit="s",
    overlapping=True,
    traps=(
        Trap("round_numbers", "Did people measure what they logged?", round_numbers),
        Trap("written_later", "Was time logged when it was worked?", written_later),
        Trap("same_clock", "Is the time of day in the logs real?", same_clock),
        Trap("long_days", "Does a day hold what one person can work?", long_days),
    ),
    request=Request(
        report="Worklogs by ids (updated worklogs, then their list), as JSON; or a time report with one row per worklog as CSV",
        columns=("issueId", "author.accountId", "started", "timeSpentSeconds", "created"),
        limits="An issue shows its first 20 worklogs inside a search: take them from the worklog list. The list gives at most 1,000 a call.",
        zone="Stamps carry the offset of the caller, so they need no answer.",
        pseudonyms="Replace account ids and display names by codes, the same code for the same person in every file. Leave out comments.",
    ),
)
