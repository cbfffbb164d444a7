"""Zendesk Explore: time of agents by state, hour or day, as the datasets Agent state and Agent state daily give it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.foundation.calendars import offset_us, readings
from analysis.intake.adapters._beside import text_beside, told
from analysis.intake.adapters._cells import groups, sums
from analysis.intake.adapters.format import Format, Request, Trap, TrapResult
from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intake.batch import Batch

SECOND_US = 1_000_000
HOUR_US = 3_600 * SECOND_US
DAY_US = 24 * HOUR_US
CHANNEL = ("Channel", "Agent state channel", "State channel")
GROUP = ("Group name", "Group ID", "Agent group name", "Agent group ID", "Group")
HOUR = ("Hour", "State start - Hour", "State start time - Hour", "Agent state - Hour", "Agent state start - Hour")
UNIFIED, OFFLINE = "unified", "offline"
# A day or hour that shows less of itself, with time offline in it, lacks a state that was not yet written.
WHOLE_SHARE = 0.98


def finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Place hours, keep the unified channel, and count time once that stands under several groups."""
    _place(batch, columns)
    channel = text_beside(batch, CHANNEL)
    if channel is not None:
        unified = (channel.str.lower() == UNIFIED).to_numpy(dtype=bool)
        if (unified & batch.fates.open).any():
            batch.fates.give(~unified, "excluded", "channel_not_unified")
    group = text_beside(batch, GROUP)
    if group is not None:
        rows = np.flatnonzero(batch.fates.open)
        again = np.zeros(len(batch.rows), dtype=bool)
        again[rows] = (
            pd.DataFrame({"key": _keys(batch, columns, rows), "us": columns["us"].array[rows]}).duplicated().to_numpy()
        )
        batch.fates.give(again, "excluded", "counted_in_another_group")


def _place(batch: Batch, columns: dict[str, Column]) -> None:
    """Add the hour to the date, and take the length of each interval from the clock: the hour that it shows twice has two."""
    start = columns["interval_start"]
    day = start.array + offset_us(start.array, batch.zone)
    text = text_beside(batch, HOUR)
    step = DAY_US if text is None else HOUR_US
    label = day
    if text is not None:
        hour, good = _hours(text)
        batch.reject(~good & start.given, "bad_hour")
        label = day // DAY_US * DAY_US + hour * HOUR_US
    begin, _, never = readings(label, batch.zone)
    batch.reject(never & start.given, "dst_nonexistent")
    end, _, skipped = readings(label + step, batch.zone)
    end = np.where(skipped, readings(label + step + HOUR_US, batch.zone)[0], end)
    columns["interval_start"] = Column("time", np.where(start.given, begin, 0), start.given)
    if "length_s" not in batch.source.columns:
        columns["length_s"] = Column("number", (end - begin) / SECOND_US, start.given)


def _hours(text: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return hours of the day, and which cells are one."""
    parts = text.str.lower().str.extract(r"^(\d{1,2})(?::00(?::00)?)?\s*([ap]m)?$")
    number = pd.to_numeric(parts[0]).to_numpy(dtype=float, na_value=np.nan)
    half = parts[1].to_numpy(dtype=object)
    clock = np.where(half == "pm", number % 12 + 12, np.where(half == "am", number % 12, number))
    good = (clock >= 0) & (clock < 24)
    return np.where(good, np.nan_to_num(clock), 0).astype(np.int64), good


def _keys(batch: Batch, columns: dict[str, Column], rows: NDArray[np.intp]) -> NDArray[np.int64]:
    """Return a number for agent, interval, state and channel of some rows."""
    channel = text_beside(batch, CHANNEL)
    parts = [columns[name].text.iloc[rows] for name in ("agent", "state")]
    parts += [pd.Series(columns["interval_start"].array[rows])]
    return groups([*parts, *([] if channel is None else [channel.iloc[rows]])])


def channels_apart(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show rows of exports that count an agent's time once per channel."""
    channel = text_beside(batch, CHANNEL)
    if channel is None:
        return None
    rows = np.flatnonzero(batch.fates.open)
    interval = groups([columns["agent"].text.iloc[rows], columns["interval_start"].array[rows]])
    several = pd.Series(channel.iloc[rows].to_numpy()).groupby(interval).transform("nunique").to_numpy() > 1
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows[several]] = True
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'row')} of agents whose time stands under several channels (first: {batch.place(hits)}): it is counted once for each. "
        "Ask for the export with the filter Channel = Unified, or keep one channel by exclude.",
    )


def groups_differ(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show rows of one agent, interval and state that stand under several groups with different times."""
    group = text_beside(batch, GROUP)
    if group is None:
        return None
    rows = np.flatnonzero(batch.fates.open)
    key = pd.Series(_keys(batch, columns, rows))
    several = pd.Series(group.iloc[rows].to_numpy()).groupby(key).transform("nunique").to_numpy() > 1
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows[several]] = True
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'row')} under several groups with different times for one agent, interval and state (first: {batch.place(hits)}). Members of several "
        "groups are counted in each: ask for the export without the attribute Group.",
    )


def more_than_clock(batch: Batch, columns: dict[str, Column]) -> TrapResult:
    """Show agents' intervals that hold more time than the clock: counted once per channel or group although neither is shown."""
    rows = np.flatnonzero(batch.fates.open)
    held = sums(
        groups([columns["agent"].text.iloc[rows], columns["interval_start"].array[rows]]), columns["us"].array[rows]
    )
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows] = held > columns["length_s"].array[rows] * SECOND_US + SECOND_US
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'row')} of intervals that hold more time than the clock (first: {batch.place(hits)}). Without the filter Channel = Unified, and for members "
        "of several groups, time is counted more than once; or a state is booked where it began.",
    )


def not_yet_written(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    """Show intervals that lack time although time offline is in the export: a state is written when the next one begins."""
    offline = (columns["state"].text.str.lower() == OFFLINE).to_numpy(dtype=bool)
    if not (offline & batch.fates.open).any():
        return None
    rows = np.flatnonzero(batch.fates.open)
    held = sums(
        groups([columns["agent"].text.iloc[rows], columns["interval_start"].array[rows]]), columns["us"].array[rows]
    )
    hits = np.zeros(len(batch.rows), dtype=bool)
    hits[rows] = held < WHOLE_SHARE * columns["length_s"].array[rows] * SECOND_US
    return told(
        hits,
        f"{number_of(int(hits.sum()), 'row')} of intervals that hold less time than the clock, offline time included (first: {batch.place(hits)}). A state is written when it is left: "
        "make the export some days after its period, and leave out its last day.",
    )


FORMAT = Format(
    title="Zendesk Explore: time of agents by state",
    vendor="zendesk",
    table="state_totals",
    defaults={
        "agent": ("Agent ID", "Agent email", "Agent name", "Agent"),
        "interval_start": (
            "Date",
            "State start - Date",
            "State start time - Date",
            "Agent state - Date",
            "Agent state start - Date",
            "Day",
        ),
        "length_s": (),
        "channel": (),
        "state": ("State", "Agent state", "Unified agent state", "Agent status"),
        "us": (
            *(
                "Agent time in state (s)",
                "SUM(Agent time in state (s))",
                "Agent time in state (sec)",
                "SUM(Agent time in state (sec))",
            ),
            "Agent time in state",
        ),
    },
    signature=(
        ("State", "Channel", "Agent time in state (s)"),
        ("State", "Channel", "SUM(Agent time in state (s))"),
        ("Agent name", "State", "Agent time in state (s)"),
    ),
    also=(*CHANNEL, *GROUP, *HOUR),
    finish=finish,
    fills=("length_s",),
    duration_unit="s",
    overlapping=True,
    traps=(
        Trap("channels_apart", "Is time given for the unified channel alone?", channels_apart),
        Trap("groups_differ", "Does an agent's time stand under one group?", groups_differ),
        Trap("more_than_clock", "Is time counted once?", more_than_clock),
        Trap("state_not_yet_written", "Were all states written when the export was made?", not_yet_written),
    ),
    request=Request(
        report="Explore, dataset Agent state (or Agent state daily): rows by agent, date, hour and state, exported as CSV",
        columns=("Agent ID", "State start - Date", "State start - Hour", "State", "Channel", "Agent time in state (s)"),
        limits="A state is written only after it changes: export some days after the period. Filter Channel = Unified, and leave Group out.",
        zone="Explore shows the time zone of the account; which one is it? Which states did you add yourselves, and what do they mean?",
    ),
)
