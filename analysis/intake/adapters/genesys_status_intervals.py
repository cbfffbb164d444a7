"""Genesys Cloud: agent status summary, one row per agent and interval with a column of time per status."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.intake.adapters._beside import durations_beside, lengths_from_end, text_beside, told
from analysis.intake.adapters.format import Format, Request, Rest, Trap, TrapResult
from analysis.intake.batch import Batch
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

ON_QUEUE: Mapping[str, tuple[str, ...]] = {
    "Idle": ("Idle",),
    "Interacting": ("Interacting",),
    "Communicating": ("Communicating",),
    "Not Responding": ("Not Responding",),
}
OFF_QUEUE: Mapping[str, tuple[str, ...]] = {
    name: (name,) for name in ("Available", "Busy", "Away", "System Away", "Break", "Meal", "Meeting", "Training")
}
REST_ON, REST_OFF, REST = "On Queue, not told apart", "Off Queue, not told apart", "Logged In, not told apart"
COARSE_S = 3600.0
HOUR_US = 3_600_000_000


def once(batch: Batch, columns: dict[str, Column]) -> None:
    """Take the length of each interval from its end; leave out an interval that a later export holds complete."""
    lengths_from_end(batch, columns, ("Interval End",))
    unfinished, agent, start = _unfinished(batch), columns["agent"], columns["interval_start"]
    if unfinished is None:
        return
    still = batch.fates.open & agent.given & start.given
    key = pd.DataFrame({"agent": agent.text, "start": start.array})[still]
    complete = pd.Series(~unfinished, index=agent.text.index)[still]
    whole = complete.groupby([key["agent"], key["start"]]).transform("any")
    mask = np.zeros(len(batch.rows), dtype=bool)
    mask[key.index[(whole & ~complete).to_numpy()].to_numpy()] = True
    batch.fates.give(mask, "excluded", "incomplete_version")


def _unfinished(batch: Batch) -> np.ndarray | None:
    """Return which intervals had not ended when the export was made; None where it does not say."""
    text = text_beside(batch, ("Interval Complete",))
    return None if text is None else text.str.lower().isin(["false", "no", "0"]).to_numpy(dtype=bool)


def incomplete(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark intervals that had not ended when the export was made."""
    unfinished = _unfinished(batch)
    if unfinished is None:
        return None
    hits = batch.fates.open & unfinished
    words = (
        f"{number_of(int(hits.sum()), 'row')} of intervals that had not ended when the export was made (first: {batch.place(hits)}). "
        "Their time is used as far as it goes; export again after the period has ended."
    )
    return told(hits, words)


def duration_unit(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Compare the longest time logged in with the interval: seconds taken for milliseconds never come near it."""
    logged = durations_beside(batch, ("Logged In",))
    if logged is None or not (logged.given & batch.fates.open).any():
        return None
    still = logged.given & batch.fates.open & columns["length_s"].given
    share = logged.array / np.where(still, columns["length_s"].array * 1e6, 1)
    hits = still & bool(len(share[still]) and not 0.02 < share[still].max() <= 1.01)
    words = (
        f"the longest time logged in is {share[still].max():.2%} of its interval (first: {batch.place(hits)}). "
        'The durations are in another unit: set duration_unit, most often "ms".'
    )
    return told(hits, words)


def coarse(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Mark intervals of more than an hour: they hide when in the day people wait."""
    hits = batch.fates.open & columns["length_s"].given & (columns["length_s"].array > COARSE_S)
    words = (
        f"{number_of(int(hits.sum()), 'row')} of intervals longer than an hour (first: {batch.place(hits)}). They say how much people waited, not "
        "when; ask for the export by half hour."
    )
    return told(hits, words)


def unsplit(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Mark intervals with time off queue that no column of a status tells apart."""
    rest = batch.wide.get(REST_OFF)
    if rest is None:
        return None
    hits = batch.fates.open & rest.given & (rest.array > 0)
    words = (
        f"{rest.array[hits].sum() / HOUR_US:,.1f} h off queue that no column tells apart (first: {batch.place(hits)}): breaks, meetings and absence from "
        "the desk alike. They count as on duty, kind unknown; add the columns of each status to the export."
    )
    return told(hits, words)


FORMAT = Format(
    title="Genesys Cloud: agent status by interval",
    vendor="genesys",
    table="state_totals",
    defaults={
        "agent": ("Agent Id", "User Id", "Agent Name"),
        "interval_start": ("Interval Start",),
        "channel": (),
        "length_s": (),
    },
    signature=(
        ("Interval Start", "Interval End", "Logged In", "On Queue", "Off Queue"),
        ("Interval Start", "Interval End", "Interval Complete", "Agent Id", "On Queue"),
    ),
    also=("Interval End", "Interval Complete"),
    finish=once,
    totals={**ON_QUEUE, **OFF_QUEUE},
    rests={
        REST_ON: Rest(("On Queue",), tuple(ON_QUEUE)),
        REST_OFF: Rest(("Off Queue",), tuple(OFF_QUEUE)),
        REST: Rest(("Logged In",), (*ON_QUEUE, *OFF_QUEUE, REST_ON, REST_OFF)),
    },
    length_s=1800.0,
    traps=(
        Trap("incomplete_intervals", "Does the export hold intervals that had not ended?", incomplete),
        Trap("duration_unit", "Are the durations in the unit that is stated?", duration_unit),
        Trap("coarse_intervals", "Are the intervals too long to show when people wait?", coarse),
        Trap("off_queue_not_told_apart", "Is there time off queue whose status no column shows?", unsplit),
    ),
    request=Request(
        report="Performance > Workspace > Agents Status Summary, by interval of 30 minutes, exported as CSV with all columns of statuses",
        columns=(
            *("Interval Start", "Interval End", "Interval Complete", "Agent Id", "Logged In", "On Queue", "Off Queue"),
            *(*ON_QUEUE, *OFF_QUEUE),
        ),
        limits="Large ranges come in parts; export week by week, and only after the last interval has ended.",
        zone="The time zone set in the analytics workspace. Set it to UTC, or say which zone it was.",
    ),
)
