"""Local time: what the clock on the wall shows over clock changes, checked against zoneinfo moment by moment."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.foundation import calendars
from analysis.foundation.schema import DataProblem
from analysis.foundation.settings import Period

HOUR = 3_600_000_000
# summer time in the north and the south, half an hour of it, none, a quarter-hour zone, changes at 00:01 and at midnight, a skipped day
ZONES = (
    "Europe/Amsterdam",
    "America/New_York",
    "Australia/Lord_Howe",
    "UTC",
    "Asia/Kathmandu",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Pacific/Apia",
)
moments = st.integers(0, 1_900_000_000).map(lambda second: second * 1_000_000 + 123_457)


def day(text: str) -> Period:
    return Period(start=dt.date.fromisoformat(text), end=dt.date.fromisoformat(text))


def naive(*texts: str) -> pd.Series:
    return pd.Series(pd.to_datetime(list(texts), format="ISO8601")).astype("datetime64[us]")


def utc(*texts: str) -> pd.Series:
    return pd.Series(pd.to_datetime(list(texts), format="ISO8601", utc=True)).astype("datetime64[us, UTC]")


# -- by hand


@pytest.mark.parametrize(
    ("date", "zone", "slots", "hours"),
    [
        ("2026-03-28", "Europe/Amsterdam", 48, 24),
        ("2026-03-29", "Europe/Amsterdam", 46, 23),
        ("2026-10-25", "Europe/Amsterdam", 50, 25),
        ("2026-11-01", "America/New_York", 50, 25),
        ("2026-04-05", "Australia/Lord_Howe", 49, 24.5),
        ("2026-10-04", "Australia/Lord_Howe", 47, 23.5),
        ("2018-11-04", "America/Sao_Paulo", 46, 23),
    ],
)
def test_a_day_has_as_many_half_hours_as_the_clock_showed(date, zone, slots, hours):
    """F41; the New York row also stands in LOG03: that day has 50 half hours."""
    found = calendars.slots(day(date), zone)
    assert len(found) == slots
    assert (found["length_us"] == HOUR // 2).all()
    assert found["length_us"].sum() == hours * HOUR
    assert (found["slot_start"].iloc[1:].reset_index(drop=True) == found["slot_end"].iloc[:-1]).all()
    assert (found["day"] == pd.Timestamp(date)).all()


def test_the_doubled_hour_comes_twice_by_the_clock():
    found = calendars.slots(day("2026-10-25"), "Europe/Amsterdam")
    clock = (found["slot_of_day_s"] / 3600).tolist()
    assert clock[:10] == [0, 0.5, 1, 1.5, 2, 2.5, 2, 2.5, 3, 3.5]
    assert found["slot_start"].iloc[0] == pd.Timestamp("2026-10-24T22:00Z")


def test_slots_longer_than_the_change_keep_their_real_length():
    """Lord Howe puts clocks forward by half an hour: the hour from 02:00 lasts 30 minutes."""
    found = calendars.slots(day("2026-10-04"), "Australia/Lord_Howe", slot_s=3600).set_index("slot_of_day_s")
    assert found.loc[2 * 3600, "length_us"] == HOUR // 2
    assert found["length_us"].sum() == 23.5 * HOUR


def test_days_of_a_period_carry_weekday_length_and_holiday():
    easter = calendars.days(
        Period(start=dt.date(2026, 3, 28), end=dt.date(2026, 4, 6)),
        "Europe/Amsterdam",
        holidays=[dt.date(2026, 4, 3), dt.date(2026, 4, 6)],
    )
    assert easter["weekday"].tolist() == [5, 6, 0, 1, 2, 3, 4, 5, 6, 0]
    assert (easter["length_us"] / HOUR).tolist() == [24, 23, *[24] * 8]
    assert easter.loc[easter["holiday"], "day"].dt.day.tolist() == [3, 6]
    assert easter["start"].iloc[1] == pd.Timestamp("2026-03-28T23:00Z")
    assert not calendars.days(day("2026-04-03"), "UTC")["holiday"].any()


def test_a_date_begins_when_the_clock_first_shows_it():
    """Sao Paulo skipped midnight of 4 November 2018; Samoa skipped all of 30 December 2011."""
    found = calendars.first_moment(
        naive("2018-11-04", "2011-12-30", "2011-12-31"),
        pd.Series(["America/Sao_Paulo", "Pacific/Apia", "Pacific/Apia"]),
    )
    assert found.tolist() == [
        pd.Timestamp("2018-11-04T03:00Z"),
        pd.Timestamp("2011-12-30T10:00Z"),
        pd.Timestamp("2011-12-30T10:00Z"),
    ]


def test_a_night_over_the_clock_change_is_an_hour_longer_than_the_clock_says():
    """LOG03: New York, 1 November 2026, 00:30 to 03:30 by the clock is 4 hours (performance notes, computed with zoneinfo)."""
    found = calendars.resolve(naive("2026-11-01 00:30", "2026-11-01 03:30"), "America/New_York")
    assert (found.utc[1] - found.utc[0]) == pd.Timedelta("4h")


# -- stamps that the clock showed twice or never


def test_order_and_offsets_tell_the_two_passes_apart_and_nothing_is_guessed():
    """F39: 01:50, 02:10, 02:40, 02:05, 02:50, 03:05 in the order of one person's rows; the drop from 02:40 to 02:05 is the change."""
    shown = naive(*(f"2026-10-25 {clock}" for clock in ("01:50", "02:10", "02:40", "02:05", "02:50", "03:05")))
    agent = pd.Series(["a"] * 6)
    found = calendars.resolve(shown, "Europe/Amsterdam", agents=agent)
    assert found.utc.dt.strftime("%H:%M").tolist() == ["23:50", "00:10", "00:40", "01:05", "01:50", "02:05"]
    assert found.settled == 4
    assert repr(found) == "6 stamps, 4 told apart"
    alone = calendars.resolve(shown, "Europe/Amsterdam")
    assert alone.problem.tolist() == ["", *["dst_ambiguous"] * 4, ""]
    assert alone.utc.isna().tolist() == [False, *[True] * 4, False]
    stated = calendars.resolve(shown[[1, 3]], "Europe/Amsterdam", offset_s=pd.Series([7200, 3600], index=[1, 3]))
    assert stated.utc.tolist() == utc("2026-10-25T00:10Z", "2026-10-25T01:05Z").tolist()
    assert stated.settled == 2


@pytest.mark.parametrize(
    ("clocks", "offsets", "problems"),
    [
        # nothing says on which side of the change a lone stamp lies
        (["01:50", "02:30", "03:10"], None, ["", "dst_ambiguous", ""]),
        # only the first and the last are sure: 02:30 follows a first-pass or a second-pass 02:10
        (["02:40", "02:20", "02:30"], None, ["", "", ""]),
        (["02:20", "02:40", "02:20", "02:10"], None, ["dst_ambiguous"] * 4),  # two drops: not in time order
        (["03:10", "02:40", "02:10", "01:50"], None, ["", "dst_ambiguous", "dst_ambiguous", ""]),  # newest first
        (["02:30", "02:40", "02:50"], [None, 3600, None], ["dst_ambiguous", "", ""]),  # after a stated second pass only the second
        (["02:30", "02:40", "02:50"], [None, 7200, None], ["", "", "dst_ambiguous"]),
        (["02:30"], [0], ["offset_impossible"]),
        (["04:30"], [7200], ["offset_impossible"]),
    ],
)  # fmt: skip
def test_only_what_the_order_settles_is_settled(clocks, offsets, problems):
    shown = naive(*(f"2026-10-25 {clock}" for clock in clocks))
    stated = None if offsets is None else pd.Series(offsets, dtype=float)
    found = calendars.resolve(shown, "Europe/Amsterdam", agents=pd.Series(["a"] * len(clocks)), offset_s=stated)
    assert found.problem.tolist() == problems
    assert (found.utc.isna() == (found.problem != "")).all()


def test_persons_do_not_settle_each_other():
    shown = naive("2026-10-25 02:40", "2026-10-25 02:10")
    found = calendars.resolve(shown, "Europe/Amsterdam", agents=pd.Series(["a", "b"]))
    assert found.problem.tolist() == ["dst_ambiguous"] * 2
    interleaved = naive("2026-10-25 02:40", "2026-10-25 02:50", "2026-10-25 02:10", "2026-10-25 02:55")
    mixed = calendars.resolve(interleaved, "Europe/Amsterdam", agents=pd.Series(["a", "b", "a", "b"]))
    assert mixed.problem.tolist() == ["", "dst_ambiguous", "", "dst_ambiguous"]


def test_the_skipped_hour_is_reported():
    """F40."""
    found = calendars.resolve(
        pd.concat(
            [
                naive("2026-03-29 01:59:59", "2026-03-29 02:00", "2026-03-29 02:59:59", "2026-03-29 03:00"),
                pd.Series([pd.NaT]),
            ]
        ),
        "Europe/Amsterdam",
    )
    assert found.problem.tolist() == ["", "dst_nonexistent", "dst_nonexistent", "", "missing"]


def test_stamps_with_a_zone_or_without_one_are_refused():
    with pytest.raises(DataProblem, match="only stamps without a zone"):
        calendars.resolve(utc("2026-03-02T08:00Z"), "UTC")
    with pytest.raises(DataProblem, match="stamps without a zone"):
        calendars.local_day(naive("2026-03-02"), "UTC")
    with pytest.raises(DataProblem, match="not an IANA name"):
        calendars.to_local(utc("2026-03-02T08:00Z"), "Mars/Olympus")
    with pytest.raises(DataProblem, match="missing for 1 stamps"):
        calendars.to_local(utc("2026-03-02T08:00Z"), pd.Series([None], dtype="str"))
    with pytest.raises(DataProblem, match="outside the years"):
        calendars.offset_us(np.array([2**62]), "UTC")
    with pytest.raises(DataProblem, match="1 stamps are empty"):
        calendars.to_local(pd.Series([pd.NaT], dtype="datetime64[us, UTC]"), "UTC")
    with pytest.raises(ValueError, match="divide 24 hours"):
        calendars.slots(day("2026-03-02"), "UTC", slot_s=7000)


# -- against zoneinfo


@given(st.lists(moments, min_size=1, max_size=20), st.sampled_from(ZONES))
def test_local_time_equals_zoneinfo(stamps, zone):
    us = np.array(stamps)
    truth = [dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=int(value)) for value in us]
    truth = [value.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for value in truth]
    series = pd.Series(pd.DatetimeIndex(us.view("M8[us]"), tz="UTC"), index=range(5, 5 + len(us)))
    assert calendars.to_local(series, zone).tolist() == truth
    assert calendars.to_local(us, zone).view("M8[us]").tolist() == truth
    assert calendars.local_day(series, zone).dt.date.tolist() == [value.date() for value in truth]
    assert calendars.weekday(series, zone).tolist() == [value.weekday() for value in truth]
    slot = [(value.hour * 60 + value.minute) // 30 * 1800 for value in truth]
    assert calendars.slot_of_day_s(series, zone).tolist() == slot
    assert calendars.to_local(series, zone).index.equals(series.index)


@given(st.lists(st.tuples(moments, st.sampled_from(ZONES)), min_size=1, max_size=20))
def test_zones_may_differ_by_row(pairs):
    us, zones = np.array([pair[0] for pair in pairs]), pd.Series([pair[1] for pair in pairs])
    found = calendars.to_local(us, zones)
    assert found.tolist() == [int(calendars.to_local(us[[at]], zone)[0]) for at, zone in enumerate(zones)]


@given(moments, st.integers(0, 90 * 24), st.sampled_from(ZONES), st.sampled_from([900, 1800, 3600, 86_400]))
def test_stretches_partition_time_and_agree_with_the_clock(first, hours, zone, slot_s):
    last = first + hours * HOUR
    edges, numbers = calendars.stretches(first, last, zone, slot_s * 1_000_000)
    assert edges[0] == first
    assert edges[-1] == last
    assert len(edges) == len(numbers) + 1
    assert (np.diff(edges) > 0).all()
    again = np.flatnonzero(numbers[1:] <= numbers[:-1]) + 1
    assert (calendars.offset_us(edges[again], zone) < calendars.offset_us(edges[again] - 1, zone)).all()
    for inside in (edges[:-1], edges[1:] - 1):
        assert (calendars.to_local(inside, zone) // (slot_s * 1_000_000) == numbers).all()


@given(st.lists(moments, min_size=1, max_size=30), st.sampled_from(ZONES))
def test_what_a_clock_showed_leads_back(stamps, zone):
    """The true moment is one of the two readings; a stamp that is resolved is right."""
    us = np.array(sorted(stamps))
    local = calendars.to_local(us, zone)
    early, late, never = calendars.readings(local, zone)
    assert not never.any()
    assert ((us == early) | (us == late)).all()
    found = calendars.resolve(pd.Series(local.view("M8[us]")), zone, agents=pd.Series(["a"] * len(us)))
    sure = (found.problem == "").to_numpy()
    assert (calendars.utc_us(found.utc[sure]) == us[sure]).all()
    stated = calendars.resolve(pd.Series(local.view("M8[us]")), zone, offset_s=pd.Series((local - us) / 1e6))
    assert (calendars.utc_us(stated.utc) == us).all()


@given(st.integers(0, 6 * HOUR // 60_000_000), st.lists(st.integers(1, 50), min_size=1, max_size=40))
def test_rows_in_time_order_over_the_autumn_change_are_never_put_wrong(start, steps):
    begin = int(utc("2026-10-24T21:00Z").astype("int64")[0])
    us = begin + (start + np.cumsum(steps)) * 60_000_000
    local = pd.Series(calendars.to_local(us, "Europe/Amsterdam").view("M8[us]"))
    found = calendars.resolve(local, "Europe/Amsterdam", agents=pd.Series(["a"] * len(us)))
    sure = (found.problem == "").to_numpy()
    assert (calendars.utc_us(found.utc[sure]) == us[sure]).all()
