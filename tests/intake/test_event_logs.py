"""Event logs: starts meet their completions, and a log without starts says what it cannot measure."""

from __future__ import annotations

import gzip
import json

import pandas as pd
import pytest

from analysis.foundation.schema import DataProblem

PERIOD = {"start": "2026-03-02", "end": "2026-03-08"}


def log(*events: tuple[str, str, str, str, str], head: str = "", tail: str = "</log>") -> str:
    """Return a log of events case, activity, person, transition, time on 2 March 2026 or with a date of its own."""
    text = f'<?xml version="1.0"?>{head}<log xmlns="http://www.xes-standard.org/"><global scope="event"><string key="org:resource" value="UNKNOWN"/></global>'
    for case in dict.fromkeys(event[0] for event in events):
        text += f'<trace><string key="concept:name" value="{case}"/>'
        for _, activity, person, transition, time in (event for event in events if event[0] == case):
            text += f'<event><string key="concept:name" value="{activity}"><string key="inner" value="no"/></string>'
            text += f'<string key="org:resource" value="{person}"/>' if person else ""
            text += f'<string key="lifecycle:transition" value="{transition}"/>' if transition else ""
            text += (
                f'<date key="time:timestamp" value="{time if "T" in time else "2026-03-02T" + time}:00+01:00"/></event>'
            )
        text += "</trace>"
    return text + tail


def read(desk, content: str | bytes, **more):
    return desk.read({"files": [desk.put("log.xes", content)], "adapter": "xes", "period": PERIOD, **more})


def minutes(intake) -> list[float | None]:
    items = intake.tables["work_items"]
    length = (items["ended"] - items["started"]).dt.total_seconds() / 60
    return [None if pd.isna(value) else value for value in length]


def test_a_completion_closes_the_latest_open_start_of_the_same_work(desk):
    intake = read(
        desk,
        log(
            ("1", "check", "a", "SCHEDULE", "08:00"),
            ("1", "check", "a", "START", "09:00"),
            ("1", "check", "b", "START", "09:05"),  # somebody else at the same work
            ("1", "check", "a", "COMPLETE", "09:10"),
            ("1", "check", "b", "COMPLETE", "09:25"),
            ("2", "check", "a", "START", "10:00"),  # never completed
            ("2", "check", "a", "START", "10:30"),
            ("2", "check", "a", "COMPLETE", "10:40"),
            ("2", "check", "a", "COMPLETE", "10:45"),
            ("2", "check", "a", "COMPLETE", "10:50"),  # never started
            ("3", "check", "a", "START", "11:00"),
        ),
    )
    assert minutes(intake) == [10.0, 20.0, 10.0, 45.0, None]
    row = intake.files.iloc[0]
    assert row[["physical", "used"]].tolist() == [11, 9]
    assert json.loads(row["excluded"]) == {"lifecycle_schedule": 1, "start_without_complete": 1}
    assert "working time of 1 item without a start" in row["not_good_for"]


def test_a_pair_over_the_edge_of_the_period_stays_whole(desk):
    content = log(("1", "check", "a", "start", "09:00"), ("1", "check", "a", "complete", "10:00"))
    content = content.replace("2026-03-02T09", "2026-03-01T23")
    intake = read(desk, content)
    assert minutes(intake) == [11 * 60.0]
    assert intake.files.loc[0, "used"] == 2


def test_a_log_of_completions_alone_measures_no_working_time(desk):
    intake = read(
        desk, gzip.compress(log(("1", "check", "a", "complete", "09:00"), ("1", "check", "", "", "10:00")).encode())
    )
    assert minutes(intake) == [None, None]
    assert intake.tables["work_items"]["agent"].notna().tolist() == [True, False]
    assert intake.files.loc[0, "not_good_for"].startswith("working time: it holds completion stamps only")


def test_a_hostile_or_broken_log_is_refused(desk):
    event = ("1", "check", "a", "complete", "09:00")
    with pytest.raises(DataProblem, match="declares a document type or entities"):
        read(desk, log(event, head='<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'))
    with pytest.raises(DataProblem, match="breaks off or is damaged in line 1"):
        read(desk, log(event, tail=""))
    with pytest.raises(DataProblem, match=r"'org:resourc'.*nearest are 'org:resource'"):
        read(desk, log(event), columns={"agent": "org:resourc"})


def test_a_log_given_to_the_wrong_adapter_is_told(desk):
    with pytest.raises(DataProblem, match='Set adapter = "xes"'):
        desk.read({"files": [desk.put("log.xes", log(("1", "c", "a", "complete", "09:00")))], "table": "work_items"})


def test_system_users_are_left_out_by_exclude_and_otherwise_told(desk):
    events = [
        (str(i), "check", "robot", "complete", f"2026-03-0{2 + i // 100}T{i % 24:02d}:{i % 60:02d}") for i in range(600)
    ]
    assert "round_the_clock" in {finding.code for finding in read(desk, log(*events)).findings}
    people = [("p", "check", "a", "complete", "09:00")]
    intake = read(desk, log(*events, *people), exclude={"agent": ["robot"]})
    assert json.loads(intake.files.loc[0, "excluded"]) == {"agent": 600}
    assert "round_the_clock" not in {finding.code for finding in intake.findings}


def test_somebody_on_early_late_and_night_shifts_is_no_robot(desk):
    first_hour = (6, 6, 14, 14, 22, 22)  # all 24 hours of the day in a week, never more than eight hours of one shift
    shifts = [(2 + day, hour + step) for day, hour in enumerate(first_hour) for step in range(8)]
    stamps = [
        f"2026-03-0{day + hour // 24}T{hour % 24:02d}:{minute:02d}"
        for day, hour in shifts
        for minute in range(0, 60, 5)
    ]
    intake = read(desk, log(*[(str(i), "check", "a", "complete", at) for i, at in enumerate(stamps)]))
    assert intake.tables["work_items"]["ended"].dt.hour.nunique() == 24
    assert "round_the_clock" not in {finding.code for finding in intake.findings}


def test_parquet_gives_the_same_items(desk):
    frame = pd.DataFrame(
        {
            "item": ["1", "2"],
            "type": pd.Categorical(["t", "t"]),
            "agent": [10861.0, None],
            "ended": pd.to_datetime(["2026-03-02 09:00", "2026-03-02 10:00"]).tz_localize("UTC"),
        }
    )
    frame.to_parquet(desk.root / "data" / "items.parquet")
    intake = desk.read({"files": ["data/items.parquet"], "table": "work_items"})
    items = intake.tables["work_items"]
    assert items["ended"].tolist() == frame["ended"].tolist()
    assert items["agent"].isna().tolist() == [False, True]
    assert intake.files.loc[0, ["physical", "header", "used"]].tolist() == [2, 0, 2]
