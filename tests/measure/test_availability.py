"""Calendars learned from logs, against the calendars that were planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.foundation.schema import DataProblem
from analysis.measure.availability import clip_to_availability, learn_availability
from analysis.measure.gap_classes import spans

AMSTERDAM = "Europe/Amsterdam"


def work(agent, dates, hours, *, rng, zone=AMSTERDAM, busy=0.5):
    """Return records of 5 to 15 minutes with exponential pauses between, inside local hours (end > 24: next day)."""
    rows = []
    for date in dates:
        for first, last in hours:
            at, stop = (
                (pd.Timestamp(date) + pd.Timedelta(hours=hour)).tz_localize(
                    zone, nonexistent="shift_forward", ambiguous=True
                )
                for hour in (first, last)
            )
            at += pd.Timedelta(minutes=float(rng.exponential(5)))
            while at < stop:
                end = min(at + pd.Timedelta(minutes=float(rng.uniform(5, 15))), stop)
                rows.append((agent, at, end))
                at = end + pd.Timedelta(minutes=float(rng.exponential(10 * (1 - busy) / busy)))
    frame = pd.DataFrame(rows, columns=["agent", "start", "end"])
    return frame.assign(
        **{side: frame[side].dt.tz_convert("UTC").dt.as_unit("us").dt.round("us") for side in ("start", "end")}
    )


def planted(dates, hours, zone=AMSTERDAM):
    """Return the planted time of one person, UTC."""
    rows = [
        [
            (pd.Timestamp(date) + pd.Timedelta(hours=hour))
            .tz_localize(zone, nonexistent="shift_forward", ambiguous=True)
            .tz_convert("UTC")
            for hour in pair
        ]
        for date in dates
        for pair in hours
    ]
    return pd.DataFrame(rows, columns=["start", "end"])


def agreement(found, agent, truth):
    """Return which share of planted time was learned, and which share of learned time was planted."""
    from analysis.foundation import intervals

    mine = found.windows[found.windows["agent"] == agent][["start", "end"]]
    both = intervals.clip(mine, within=truth)
    hours = [(frame["end"] - frame["start"]).sum() / pd.Timedelta(hours=1) for frame in (both, truth, mine)]
    return hours[0] / hours[1], hours[0] / hours[2]


@pytest.fixture(scope="module")
def office():
    """Twelve people over ten weeks in which the clock changes: day, part-time, night, and two with few dates."""
    rng = np.random.default_rng(7)
    days = pd.date_range("2026-02-16", "2026-04-26", freq="D")
    weekdays = [day for day in days if day.day_of_week < 5 and day != pd.Timestamp("2026-04-06")]
    lunch = [(9, 12), (13, 17)]
    truth = {f"day{n}": (weekdays, lunch) for n in range(8)}
    truth["part"] = ([day for day in weekdays if day.day_of_week in (0, 2)], [(9, 13)])
    truth["night"] = ([day for day in weekdays if day.day_of_week < 4], [(22, 30)])
    truth |= {f"new{n}": (weekdays[-4:], lunch) for n in range(2)}
    records = pd.concat([work(name, *plan, rng=rng) for name, plan in truth.items()], ignore_index=True)
    return records, truth, learn_availability(records, zone=AMSTERDAM)


def test_planted_calendars_are_learned(office):
    _, truth, found = office
    for agent, least in (("day0", 0.98), ("part", 0.98), ("night", 0.93)):
        learned, right = agreement(found, agent, planted(*truth[agent]))
        assert learned >= least, agent
        assert right >= least, agent
    assert found.counts["own_calendar"] == 10
    assert found.counts["groups_calendar"] == 2
    assert found.counts["support"] > 0.95


def test_lunch_holidays_and_free_days_are_no_gap_time(office):
    records, truth, found = office
    own = spans(records[records["agent"].str.startswith("day")], zone=AMSTERDAM).gaps
    clipped = clip_to_availability(own, found)
    days = len(truth["day0"][0])
    lost = (own["gap_us"].sum() - clipped["gap_us"].sum()) / 3.6e9 / 8 / days
    assert lost == pytest.approx(1.0, abs=0.06)
    holiday = pd.DataFrame(
        {
            "agent": ["day0", "part", "night"],
            "start": pd.to_datetime(
                ["2026-04-03 16:50+02:00", "2026-03-23 12:50+01:00", "2026-03-24 05:50+01:00"], utc=True
            ),
            "end": pd.to_datetime(
                ["2026-04-07 09:10+02:00", "2026-03-25 09:10+01:00", "2026-03-24 22:10+01:00"], utc=True
            ),
        }
    )
    left = clip_to_availability(holiday, found)
    assert (left["gap_us"] / 60e6).tolist() == [20, 20, 20]
    assert (left["clipped_us"] > 0).all()


def test_night_gap_over_midnight_and_the_changed_clock(office):
    _, _, found = office
    # in the night of 29 March the clock goes from 02:00 to 03:00: nobody works; the night after, Monday to Tuesday, is whole
    gap = pd.DataFrame(
        {
            "agent": ["night"],
            "start": [pd.Timestamp("2026-03-30 23:40", tz=AMSTERDAM)],
            "end": [pd.Timestamp("2026-03-31 00:20", tz=AMSTERDAM)],
        }
    )
    gap = gap.assign(**{side: gap[side].dt.tz_convert("UTC") for side in ("start", "end")})
    assert (clip_to_availability(gap, found)["gap_us"] / 60e6).tolist() == [40]
    for date, clock in (("2026-03-27", 8), ("2026-03-30", 7)):
        window = found.windows[
            (found.windows["agent"] == "day0") & (found.windows["start"].dt.date == pd.Timestamp(date).date())
        ]
        assert window["start"].dt.hour.tolist() == [clock, clock + 4]


def test_the_night_with_two_second_hours_is_an_hour_longer():
    rng = np.random.default_rng(2)
    nights = pd.date_range("2026-09-21", "2026-11-01", freq="D")
    found = learn_availability(work("a", nights, [(22, 30)], rng=rng), zone=AMSTERDAM)
    night = pd.DataFrame(
        {
            "agent": ["a", "a"],
            "start": pd.to_datetime(["2026-10-24T20:00Z", "2026-10-23T20:00Z"]),
            "end": pd.to_datetime(["2026-10-25T05:00Z", "2026-10-24T04:00Z"]),
        }
    )
    assert (clip_to_availability(night, found)["gap_us"] / 3.6e9).tolist() == [9, 8]


def test_calendar_of_the_group_hides_few_people(office):
    _, _, found = office
    cells = found.calendar.set_index(["weekday", "slot_of_day_s"])
    assert cells.loc[(2, 10 * 3600), "probability"] > 0.8
    assert cells.loc[(2, 10 * 3600), "agents"] == 11
    assert not (found.calendar["agents"] < 10).any()
    few = found.calendar[found.calendar["agents"].isna()]
    assert few[["probability", "available_share", "dates"]].isna().all(axis=None)
    assert (0, 23 * 3600) in set(zip(few["weekday"], few["slot_of_day_s"], strict=True))  # the night worker alone
    assert "windows" not in repr(found)


def test_people_with_too_few_dates_and_no_group_keep_their_gaps():
    rng = np.random.default_rng(1)
    log = work("a", pd.date_range("2026-03-02", periods=5), [(9, 17)], rng=rng)
    found = learn_availability(log, zone=AMSTERDAM)
    assert found.windows.empty
    assert found.counts["without_calendar"] == 1
    gap = pd.DataFrame(
        {"agent": ["a"], "start": pd.to_datetime(["2026-03-02T22:00Z"]), "end": pd.to_datetime(["2026-03-03T06:00Z"])}
    )
    assert (clip_to_availability(gap, found)[["gap_us", "clipped_us"]] / 3.6e9).to_numpy().tolist() == [[8, 0]]
    assert np.isnan(found.counts["support"])


def test_irregular_hours_cut_nothing():
    """Two hours at any time: all granules are alike, so all are available. With a fixed core beside them support is missing."""
    rng = np.random.default_rng(4)
    days = pd.date_range("2026-01-05", periods=60)
    hours = rng.integers(11, 22, 60)
    anywhere = pd.concat([work("a", [day], [(hour, hour + 2)], rng=rng) for day, hour in zip(days, hours, strict=True)])
    gaps = spans(anywhere, zone=AMSTERDAM).gaps
    clipped = clip_to_availability(gaps, learn_availability(anywhere, zone=AMSTERDAM))
    assert clipped["gap_us"].sum() / gaps["gap_us"].sum() > 0.95
    core = work("a", days, [(8, 10)], rng=rng)
    found = learn_availability(pd.concat([anywhere, core]), zone=AMSTERDAM)
    assert found.windows.empty
    assert found.counts["without_calendar"] == 1
    assert not learn_availability(pd.concat([anywhere, core]), zone=AMSTERDAM, support=0.4).windows.empty


def test_a_record_left_open_over_night_is_no_night_work():
    rng = np.random.default_rng(6)
    days = pd.date_range("2026-01-05", periods=30, freq="B")
    log = work("a", days, [(9, 17)], rng=rng)
    over = pd.DataFrame({"agent": "a", "start": log["end"].iloc[:1], "end": log["start"].iloc[-1:].to_numpy()})
    found = learn_availability(pd.concat([log, over]), zone=AMSTERDAM)
    assert set(found.windows["start"].dt.tz_convert(AMSTERDAM).dt.hour) == {9}


def test_what_cannot_be_learned_from_is_refused():
    with pytest.raises(DataProblem, match="no row has an agent"):
        learn_availability(pd.DataFrame({"agent": [], "start": [], "end": []}), zone="UTC")
    one = pd.DataFrame(
        {"agent": ["a"], "start": pd.to_datetime(["2026-03-02T22:00Z"]), "end": pd.to_datetime(["2026-03-03T06:00Z"])}
    )
    with pytest.raises(DataProblem, match="no time zone"):
        learn_availability(one, zone={"b": "UTC"})
    with pytest.raises(ValueError, match="confidence"):
        learn_availability(one, zone="UTC", confidence=0.0)
