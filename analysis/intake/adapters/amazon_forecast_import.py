"""Amazon Connect: the history that was imported for forecasting, one row per queue, channel and interval."""

from __future__ import annotations

import numpy as np

from analysis.intake.adapters._beside import durations_beside, queues_by_channel, text_beside, told
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.batch import Batch
from analysis.intake.casting.local_time import Column
from analysis.intake.casting.numerals import parse_numbers
from analysis.intake.words import number_of

# Words for the length of an interval, as numbers of seconds.
LENGTHS = {"15_MINUTES": 900, "30_MINUTES": 1800, "FIFTEEN_MIN": 900, "THIRTY_MIN": 1800, "HOUR": 3600, "DAILY": 86_400}

# More time than this in an interval is no number [us].
LARGEST_US = 9e15


def by_channel(batch: Batch, columns: dict[str, Column]) -> None:
    """Fill the time of all contacts from their mean, the length in seconds, and keep the channels of one queue apart."""
    _lengths(batch, columns)
    mean = durations_beside(batch, ("AverageHandleTime",))
    if mean is not None and "answered" in columns:
        handled = columns["answered"]
        both = mean.given & handled.given
        with np.errstate(over="ignore"):
            us = np.where(both, np.nan_to_num(handled.array) * mean.array.astype(np.float64), 0.0)
        batch.reject(np.abs(us) > LARGEST_US, "bad_number")
        columns["handle_us"] = Column("us", np.rint(np.where(np.abs(us) > LARGEST_US, 0, us)).astype(np.int64), both)
    queues_by_channel(batch, columns, ("ChannelType",))


def _lengths(batch: Batch, columns: dict[str, Column]) -> None:
    """Read the length of intervals: minutes, or a word."""
    text = text_beside(batch, ("IntervalDuration",))
    if text is None or "length_s" in batch.source.columns:
        return
    minutes = parse_numbers(text, decimal=".")
    words = text.str.upper().map(LENGTHS)
    seconds = np.where(minutes.given & ~minutes.bad, minutes.values * 60, words.to_numpy(dtype=float, na_value=np.nan))
    given = ~np.isnan(seconds)
    batch.reject(~given & (text != "").to_numpy(dtype=bool), "bad_number")
    columns["length_s"] = Column("number", np.where(given, seconds, 0.0), given)


def lost_contacts(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark intervals with more contacts handled than came."""
    if "answered" not in columns:
        return None
    hits = batch.fates.open & (columns["answered"].array > columns["offered"].array)
    words = (
        f"{number_of(int(hits.sum()), 'interval')} with more contacts handled than came (first: {batch.place(hits)}): they lie in the interval in which they "
        "were disconnected. Never divide one by the other within an interval."
    )
    return told(hits, words)


FORMAT = Format(
    title="Amazon Connect: history imported for forecasting",
    vendor="amazon",
    table="volumes",
    defaults={
        "queue": ("QueueName",),
        "start": ("TimeStamp", "Timestamp"),
        "offered": ("IncomingContactVolume",),
        "answered": ("ContactsHandled",),
        "length_s": (),
        "handle_us": (),
    },
    signature=(("QueueName", "ChannelType", "TimeStamp", "IncomingContactVolume"),),
    also=("AverageHandleTime", "ChannelType", "IntervalDuration", "QueueId"),
    finish=by_channel,
    constants={"length_s": "1800"},
    time_zone="UTC",
    duration_unit="s",
    traps=(Trap("handled_beyond_offered", "Were more contacts handled in an interval than came?", lost_contacts),),
    request=Request(
        report="Forecasting: the file of historical data that was imported, or one of the same columns",
        columns=(
            *("QueueName", "QueueId", "ChannelType", "TimeStamp", "IntervalDuration", "IncomingContactVolume"),
            *("AverageHandleTime", "ContactsHandled"),
        ),
        limits="One row per queue, channel and interval of 15 or 30 minutes, or per day.",
        zone="UTC, written with Z.",
        pseudonyms="It names no persons. Keep the names of queues as they are in the other files.",
    ),
)
