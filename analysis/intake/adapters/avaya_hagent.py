"""Avaya CMS: the historical table of agents by interval and skill (hagent)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.foundation.calendars import offset_us
from analysis.intake.adapters._cells import by_value, column_of, either, groups, number_in, rewrite, sums, text_in, told
from analysis.intake.adapters.format import Format, Request, Rest, Trap, TrapResult
from analysis.intake.casting.local_time import Column
from analysis.intake.casting.stamps import parse_stamps
from analysis.intake.opening.files import open_table
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch
    from analysis.intake.opening.raw import RawFile, Wanted
    from analysis.intake.settings import Source

SECOND_US = 1_000_000
# Smaller numbers are no seconds since 1970 of a day on which anybody is measured.
EPOCH_S = 1e8
# Time in work modes of one skill, and time of the person, which CMS writes on one of the skills; every one is of the state's own.
STATES: tuple[str, ...] = (
    "I_ACDTIME",
    "I_ACWTIME",
    "I_DA_ACDTIME",
    "I_DA_ACWTIME",
    "I_RINGTIME",
    "TI_AVAILTIME",
    "TI_OTHERTIME",
)
REASONS: tuple[str, ...] = tuple(f"TI_AUXTIME{code}" for code in range(100))
# Code of AUX time for which the file has no column by reason.
REST = "TI_AUXTIME"


def open_hagent(file: str, path: Path, source: Source, wanted: Wanted) -> RawFile:
    """Return the cells of one file, with STARTTIME (800, 0800) written as a time of day (08:00), and with its offset where STARTTIME_UTC tells it."""
    raw = open_table(file, path, source, wanted)
    rewrite(raw, either("STARTTIME"), lambda text: by_value(text, clock_of))
    date, epoch = (column_of(raw, either(name)) for name in ("ROW_DATE", "STARTTIME_UTC"))
    if date is not None and epoch is not None:
        rewrite(raw, either("STARTTIME"), lambda text: _with_offset(date, text, epoch, source))
    return raw


def _with_offset(date: pd.Series, clock: pd.Series, epoch: pd.Series, source: Source) -> pd.Series:
    """Return times of day with the offset from UTC that the seconds since 1970 show; as they are where these show no offset of any zone."""
    utc_s = pd.to_numeric(epoch, errors="coerce").to_numpy(dtype=float)
    known = np.isfinite(utc_s) & (utc_s > EPOCH_S)
    if not known.any():
        return clock
    year = int(np.datetime64(int(np.median(utc_s[known])), "s").astype("M8[Y]").astype(int)) + 1970
    day = date.str.replace(r"[ T]\d.*$", "", regex=True)
    stamps = parse_stamps(day + " " + clock, order=source.date_order, near_year=year)
    apart = np.where(known, stamps.us / SECOND_US - utc_s, 0)
    known &= stamps.given & ~stamps.bad & ~stamps.unclear & ~stamps.aware & ~stamps.date_only
    known &= (np.abs(apart) <= 14 * 3600) & (apart % 900 == 0)
    minutes = np.where(known, apart // 60, 0).astype(np.int64)
    words = {
        one: f"{'-' if one < 0 else '+'}{abs(one) // 60:02d}:{abs(one) % 60:02d}" for one in np.unique(minutes).tolist()
    }
    return clock.where(~known, clock + pd.Series(minutes, index=clock.index).map(words).astype(clock.dtype))


def clock_of(text: pd.Series) -> pd.Series:
    """Return hours and minutes written as one number as a time of day; other cells stay.

    Examples
    --------
    >>> clock_of(pd.Series(["0", "830", "1830", "08:30", "STARTTIME"])).tolist()
    ['00:00', '08:30', '18:30', '08:30', 'STARTTIME']
    """
    number = text.str.fullmatch(r"\s*\d{1,4}(\.0*)?\s*")
    digits = text.str.strip().str.replace(r"\..*$", "", regex=True).str.zfill(4)
    return text.where(~number, digits.str[:2] + ":" + digits.str[2:])


def _finish(batch: Batch, columns: dict[str, Column]) -> None:
    """Turn INTRVL, which counts minutes, into seconds."""
    if "length_s" not in batch.source.columns:
        length = columns["length_s"]
        columns["length_s"] = Column("number", length.array * 60, length.given)


def _held(batch: Batch) -> np.ndarray:
    """Return the time that each row holds in its states [us]."""
    if not batch.wide:
        return np.zeros(len(batch.rows), dtype=np.int64)
    return np.sum([np.where(column.given, column.array, 0) for column in batch.wide.values()], axis=0)


def _person_intervals(batch: Batch, columns: dict[str, Column]) -> np.ndarray:
    """Return a number for each person's interval, over skills."""
    return groups([columns["agent"].text, columns["interval_start"].array])


def _incomplete(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    marks = number_in(batch, *either("INCOMPLETE"))
    if marks is None:
        return None
    hits = (marks != 0) & batch.fates.open
    batch.fates.give(hits, "excluded", "incomplete")
    words = (
        f"{number_of(int(hits.sum()), 'row')} that CMS marks INCOMPLETE, with {_hours(_held(batch)[hits].sum())} h of states (first: {batch.place(hits)}); "
        "left out. The link to the switch was down or the archive was late: ask for these intervals again."
    )
    return told(hits, words)


def _hours(us: float) -> str:
    return f"{us / 3_600_000_000:,.2f}"


def _staffed_identity(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    staffed = number_in(batch, *either("TI_STAFFTIME"))
    if staffed is None or not {"I_ACDTIME", "TI_AVAILTIME"} <= batch.wide.keys():
        return None
    still = batch.fates.open
    person = _person_intervals(batch, columns)
    off = sums(person, np.where(still, staffed - _held(batch) / SECOND_US, 0))
    hits = still & (np.abs(off) >= 1)
    if not hits.any():
        return TrapResult(hits)
    first = pd.Series(off[hits]).groupby(person[hits]).first()
    more, less = first[first > 0], first[first < 0]
    words = (
        f"TI_STAFFTIME is not the sum of the states in {number_of(len(first), 'interval')} of a person (first: {batch.place(hits)}): {more.sum():,.0f} s staffed without "
        f"a state in {len(more):,}, {-less.sum():,.0f} s of states beyond it in {len(less):,}. Time without a state: ask for every skill of these people. "
        "States beyond it: ask whether rows of a skill stand twice."
    )
    return TrapResult(hits, words=words)


def _person_time_repeated(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    staffed = number_in(batch, *either("TI_STAFFTIME"))
    if staffed is None:
        return None
    still = batch.fates.open & (staffed > 0)
    hits = still & (sums(_person_intervals(batch, columns), still.astype(np.int64)) > 1)
    words = (
        f"{number_of(int(hits.sum()), 'row')} of intervals in which TI_ times stand on several skills of one person (first: {batch.place(hits)}). CMS writes them on one: "
        "if a copy of the database repeats them, every second of waiting and AUX counts several times. Ask for the rows as CMS holds them."
    )
    return told(hits, words)


def _aux_without_reason(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    codes = [code for code in (REST, "TI_AUXTIME0") if code in batch.wide]
    if not codes:
        return None
    us = np.sum([np.where(batch.wide[code].given, batch.wide[code].array, 0) for code in codes], axis=0)
    hits = (us > 0) & batch.fates.open
    words = (
        f"{_hours(us[hits].sum())} h of AUX without a reason in {number_of(int(hits.sum()), 'row')} (first: {batch.place(hits)}): breaks, meetings and absence "
        "cannot be told apart in it. Ask for the columns TI_AUXTIME0 to TI_AUXTIME99, or whether people must enter a reason."
    )
    return told(hits, words)


def _interruptible(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    offers = number_in(batch, *either("INTRNOTIFIES"))
    if offers is None:
        return None
    refused = number_in(batch, *either("REJECTEDINTRS"))
    hits = (offers > 0) & batch.fates.open
    said = "" if refused is None else f", {int(refused[batch.fates.open].sum()):,} of them turned down"
    words = (
        f"work was announced to people in AUX {number_of(int(offers[hits].sum()), 'time')} in {number_of(int(hits.sum()), 'row')}{said}: some AUX reasons of this "
        "switch can be interrupted. Ask which, and set interruptible for them in the state map."
    )
    return told(hits, words)


def _login_on_two_switches(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    switch = text_in(batch, *either("ACD"))
    if switch is None:
        return None
    many = switch.groupby(columns["agent"].text.to_numpy()).transform("nunique").to_numpy() > 1
    hits = many & batch.fates.open
    words = (
        f"{number_of(int(hits.sum()), 'row')} of log-ins that appear on several ACDs (first: {batch.place(hits)}). If they are different people, set "
        'agent = { columns = ["ACD", "LOGID"] }; if they are one, nothing is to be done.'
    )
    return told(hits, words)


def _clock(batch: Batch, columns: dict[str, Column]) -> TrapResult | None:
    epoch, written = number_in(batch, *either("STARTTIME_UTC")), text_in(batch, *either("STARTTIME"))
    if epoch is None or written is None or not (epoch > EPOCH_S).any():
        return None
    start = columns["interval_start"]
    still = (epoch > EPOCH_S) & start.given & batch.fates.open
    odd = still & (np.abs(epoch * SECOND_US - start.array) >= SECOND_US)
    shown = by_value(written, lambda text: text.str.extract(r"([+-]\d\d:\d\d)$")[0].fillna(""))
    own = offset_us(start.array, batch.zone)
    here = by_value(
        pd.Series(own // 60_000_000),
        lambda one: one.map(lambda m: f"{'-' if m < 0 else '+'}{abs(m) // 60:02d}:{abs(m) % 60:02d}"),
    )
    other = still & ~odd & (shown != "").to_numpy(dtype=bool) & (shown.to_numpy() != here.to_numpy())
    words = (
        f"{number_of(int(other.sum()), 'row')} whose STARTTIME_UTC shows a switch on another clock than {batch.zone}; it was taken. "
        f"{number_of(int(odd.sum()), 'row')} whose STARTTIME_UTC fits no clock; date and time were read under {batch.zone} (first: {batch.place(other | odd)}). "
        "Ask for the zone of the switch, and set time_zone."
    )
    return told(other | odd, words)


FORMAT = Format(
    title="Avaya CMS: agents by interval and skill (hagent)",
    vendor="avaya",
    table="state_totals",
    defaults={
        "agent": either("LOGID"),
        "interval_start": (("ROW_DATE", "STARTTIME"), ("row_date", "starttime")),
        "length_s": either("INTRVL"),
        "channel": (),
    },
    signature=(
        ("ROW_DATE", "STARTTIME", "INTRVL", "SPLIT", "LOGID"),
        ("row_date", "starttime", "intrvl", "split", "logid"),
    ),
    also=either("ACD", "SPLIT", "TI_STAFFTIME", "INCOMPLETE", "INTRNOTIFIES", "REJECTEDINTRS", "STARTTIME_UTC"),
    open=open_hagent,
    finish=_finish,
    totals={name: either(name) for name in (*STATES, *REASONS)},
    rests={REST: Rest(either(REST), REASONS)},
    duration_unit="s",
    own_clock=True,
    traps=(
        Trap("incomplete_intervals", "Does CMS mark intervals as incomplete?", _incomplete),
        Trap("login_on_two_switches", "Does one log-in appear on several ACDs?", _login_on_two_switches),
        Trap(
            "person_time_on_several_skills",
            "Do times of the person stand on more than one skill?",
            _person_time_repeated,
        ),
        Trap(
            "staffed_identity", "Is staffed time the sum of the states, over each person's skills?", _staffed_identity
        ),
        Trap("aux_without_reason", "Is there AUX time without a reason?", _aux_without_reason),
        Trap("interruptible_aux", "Was work announced to people in AUX?", _interruptible),
        Trap("switch_clock", "Does the start in UTC agree with the switch's date and time?", _clock),
    ),
    request=Request(
        report="table hagent of the CMS historical database (by ODBC or SQL), all intervals, all skills and all ACDs of the people measured",
        columns=(
            "ROW_DATE",
            "STARTTIME",
            "STARTTIME_UTC",
            "INTRVL",
            "ACD",
            "SPLIT",
            "LOGID",
            "LOC_ID",
            "TI_STAFFTIME",
            "TI_AUXTIME",
            *REASONS[:10],
            *STATES,
            "INTRNOTIFIES",
            "REJECTEDINTRS",
            "INCOMPLETE",
        ),
        limits="How many days of intervals are kept is a setting of CMS: take them early. Send every skill: the times of a person stand on one of them. With the table we need the list of AUX reason codes, what each means in your house, and which of them are interruptible.",
        zone="The table shows the clock of the switch. Tell us the zone of the switch, also where it stands elsewhere than the people do; and include STARTTIME_UTC if your release has it.",
    ),
)
