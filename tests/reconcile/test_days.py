"""The calendar against planted holes, edges, holidays and clock changes."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.intake.reconciliation.days import calendar_findings, calendar_of, clock_changes

from .conftest import origin

PEOPLE = [f"p{number:02d}" for number in range(12)]


def items(client, *, people=PEOPLE, without=(), seed: int = 0) -> pd.DataFrame:
    """Return items finished on weekdays that are no holidays, ten a person and day."""
    rng, rows = np.random.default_rng(seed), []
    for day in pd.date_range(client.period.start, client.period.end):
        if day.weekday() < 5 and day.date() not in {
            *client.holidays,
            *(dt.date.fromisoformat(text) for text in without),
        }:
            for agent in people:
                rows += [
                    (agent, day + pd.Timedelta(seconds=int(second))) for second in rng.integers(8 * 3600, 16 * 3600, 10)
                ]
    frame = pd.DataFrame(rows, columns=["agent", "ended"])
    ended = frame["ended"].dt.tz_localize("Europe/Amsterdam").dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    names = [f"i{number}" for number in range(len(frame))]
    return frame.assign(ended=ended, started=ended - pd.Timedelta(minutes=10), type="claim", item=names)


def marks(frame: pd.DataFrame, client, **more) -> dict[str, str]:
    found = calendar_of([origin("work_items", frame, **more)], client, minimum=10)
    return {f"{row.day:%Y-%m-%d}": row.mark for row in found.itertuples()}


def local(frame: pd.DataFrame) -> pd.Series:
    return frame["ended"].dt.tz_convert("Europe/Amsterdam").dt.strftime("%Y-%m-%d")


def test_weekends_and_holidays_are_not_missing(client):
    found = marks(items(client), client)
    assert (found["2026-03-07"], found["2026-04-06"], found["2026-03-02"]) == ("closed", "holiday", "")
    assert set(found.values()) == {"", "closed", "holiday"}


def test_planted_holes_are_missing_and_said_as_a_question(client):
    frame = items(client, without=["2026-03-11", "2026-04-14"])
    calendar = calendar_of([origin("work_items", frame)], client, minimum=10)
    hit = calendar.loc[calendar["mark"] == "missing", "day"].dt.strftime("%Y-%m-%d").tolist()
    assert hit == ["2026-03-11", "2026-04-14"]
    finding = calendar_findings(calendar, client)[0]
    assert finding.code == "missing_days"
    assert "2 days without a row, of 39" in finding.message
    assert "never as zero" in finding.message


def test_days_before_and_after_the_rows_are_outside(client):
    frame = items(client)
    day = local(frame)
    found = marks(frame[(day >= "2026-03-09") & (day < "2026-04-20")], client)
    outside = [day for day, mark in found.items() if mark == "outside"]
    assert outside[0] == "2026-03-02"
    assert outside[-1] == "2026-04-24"
    assert len(outside) == 10


def test_a_cut_last_day_is_partial_and_a_low_day_inside_is_thin(client):
    frame = items(client)
    day, hour = local(frame), frame["ended"].dt.hour
    kept = ((day < "2026-04-22") | ((day == "2026-04-22") & (hour < 8))) & ~(
        (day == "2026-03-17") & (frame.index % 3 > 0)
    )
    found = marks(frame[kept], client)
    assert found["2026-04-22"] == "partial"
    assert found["2026-03-17"] == "thin"
    assert sorted(set(found.values())) == ["", "closed", "holiday", "outside", "partial", "thin"]


@pytest.mark.parametrize("seed", range(10))
def test_ordinary_days_raise_no_alarm(client, seed):
    rng = np.random.default_rng(seed)
    frame = items(client, seed=seed)
    # days differ by a third, as they do at a desk
    level = dict(zip(local(frame).unique(), rng.uniform(0.65, 1.0, 60), strict=False))
    kept = rng.uniform(size=len(frame)) < local(frame).map(level)
    assert calendar_findings(calendar_of([origin("work_items", frame[kept])], client, minimum=10), client) == []


def test_where_days_differ_wildly_hardly_a_desk_in_twenty_raises_an_alarm(client):
    alarms, frame = 0, items(client)
    day = local(frame)
    for seed in range(40):
        rng = np.random.default_rng(seed)
        level = dict(zip(day.unique(), rng.choice([0.25, 0.3, 0.8, 1.0], 60), strict=False))
        kept = rng.uniform(size=len(frame)) < day.map(level)
        found = calendar_of([origin("work_items", frame[kept])], client, minimum=10)
        alarms += bool(calendar_findings(found, client))
    assert alarms <= 2


def test_work_on_a_holiday_is_a_question(client):
    frame = items(client.model_copy(update={"holidays": ()}))
    findings = calendar_findings(calendar_of([origin("work_items", frame)], client, minimum=10), client)
    assert [item.code for item in findings] == ["busy_holidays"]
    assert "2026-04-06" in findings[0].message


def test_the_day_of_the_clock_change_has_23_hours(client):
    calendar = calendar_of([origin("work_items", items(client))], client, minimum=10)
    assert clock_changes(calendar) == [dt.date(2026, 3, 29)]
    assert calendar.loc[calendar["day"] == "2026-03-29", "length_h"].item() == 23


def test_days_with_fewer_people_than_the_smallest_group_show_neither_hours_nor_level(client):
    few = calendar_of([origin("work_items", items(client, people=PEOPLE[:9]))], client, minimum=10)
    assert few["rows"].sum() > 0
    assert few.loc[few["rows"] > 0, ["hours", "level"]].isna().all(axis=None)
    many = calendar_of([origin("work_items", items(client))], client, minimum=10)
    assert many.loc[many["rows"] > 0, "hours"].to_numpy() == pytest.approx(20)


def test_days_are_counted_by_the_clock_of_the_source(client):
    frame = items(client).head(1)
    frame["ended"] = pd.Timestamp("2026-03-02 23:30", tz="UTC")
    frame["started"] = frame["ended"]
    at = [
        calendar_of([origin("work_items", frame, zone=zone)], client, minimum=1)
        for zone in ("Europe/Amsterdam", "America/New_York")
    ]
    assert [f"{one.loc[one['rows'] > 0, 'day'].item():%Y-%m-%d}" for one in at] == ["2026-03-03", "2026-03-02"]
