"""Zendesk Explore: time counted per channel and per group, hours of the wall clock, states not yet written."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import pytest

from analysis.intake import Source, read_sources
from analysis.synthetic.vendors import write_export

KEY = bytes(range(32))
HEADER = "Agent ID,Group name,State start - Date,State start - Hour,State,Channel,Agent time in state (s)\n"


def row(
    seconds: int,
    *,
    agent: str = "007",
    group: str = "g",
    date: str = "2026-03-03",
    hour: str = "9",
    state: str = "Online",
    channel: str = "Unified",
) -> str:
    return f"{agent},{group},{date},{hour},{state},{channel},{seconds}\n"


def read(exports, *rows: str, **more):
    return exports.read("zendesk_agent_state", HEADER + "".join(rows), **more)


def test_traps_find_nothing_in_a_whole_export(tmp_path):
    export, client = write_export("zendesk_agent_state", tmp_path)
    intake = read_sources([Source(**export.source)], client=client, root=tmp_path, key=KEY)
    assert intake.traps["tested"].all()
    assert intake.traps["rows"].sum() == 0


def test_the_unified_channel_is_kept_where_it_is_there(exports):
    intake = read(exports, row(3600), row(3600, channel="Talk"), row(1800, channel="Messaging"))
    assert intake.tables["state_totals"]["us"].sum() == 3_600_000_000
    assert json.loads(intake.files["excluded"].iloc[0]) == {"channel_not_unified": 2}


def test_without_a_unified_channel_multiple_counting_is_told_and_kept(exports):
    intake = read(
        exports, row(3000, channel="Talk"), row(3000, channel="Messaging"), row(900, agent="008", channel="Talk")
    )
    assert exports.trap(intake, "channels_apart")["rows"] == 2
    assert exports.trap(intake, "more_than_clock")["rows"] == 2
    assert len(intake.tables["state_totals"]) == 3


def test_equal_time_under_a_second_group_counts_once_and_other_time_is_told(exports):
    intake = read(exports, row(3600), row(3600, group="h"), row(1200, hour="10"), row(1100, hour="10", group="h"))
    assert json.loads(intake.files["excluded"].iloc[0]) == {"counted_in_another_group": 1}
    assert exports.trap(intake, "groups_differ")["rows"] == 2


def test_a_state_that_is_not_yet_written_is_told_where_offline_time_shows_it(exports):
    whole = [row(600), row(3000, state="Offline")]
    intake = read(exports, *whole, row(1200, agent="008"))
    assert exports.trap(intake, "state_not_yet_written")["rows"] == 1
    assert not exports.trap(read(exports, row(1200)), "state_not_yet_written")["tested"]


@pytest.mark.parametrize(("hour", "utc"), [("9", "08:00"), ("09:00", "08:00"), ("2 pm", "13:00"), ("12 AM", "23:00")])
def test_hours_in_their_writings(exports, hour, utc):
    start = read(exports, row(600, hour=hour)).tables["state_totals"]["interval_start"].iloc[0]
    assert f"{start:%H:%M}" == utc


def test_an_hour_that_is_none_is_rejected(exports):
    assert read(exports, row(600, hour="24"), row(600)).rejects["reason"].tolist() == ["bad_hour"]


@pytest.mark.parametrize(("date", "hour", "seconds", "length"), [
    ("2026-03-29", "1", 3600, 3600), ("2026-10-25", "1", 3600, 3600), ("2026-10-25", "2", 7200, 7200), ("2026-10-25", "3", 3600, 3600),
])  # fmt: skip
def test_hours_last_as_long_as_the_clock_says(exports, date, hour, seconds, length):
    exports.client = exports.client.model_copy(
        update={"period": exports.client.period.model_copy(update={"end": dt.date(2026, 11, 1)})}
    )
    intake = read(exports, row(seconds, date=date, hour=hour))
    assert intake.tables["state_totals"]["length_s"].tolist() == [length]
    assert exports.trap(intake, "more_than_clock")["rows"] == 0


def test_an_hour_that_clocks_skipped_is_rejected(exports):
    assert read(exports, row(10, date="2026-03-29", hour="2"), row(10)).rejects["reason"].tolist() == [
        "dst_nonexistent"
    ]


@pytest.mark.parametrize(("date", "hours"), [("2026-03-03", 24), ("2026-03-29", 23)])
def test_without_an_hour_an_interval_is_a_day_as_long_as_it_was(exports, date, hours):
    text = f"Agent name,Date,State,Agent time in state (s)\nx,{date},Online,7200\n"
    table = exports.read("zendesk_agent_state", text).tables["state_totals"]
    assert table["length_s"].tolist() == [hours * 3600]
    assert table["interval_start"].tolist() == [pd.Timestamp(date, tz="Europe/Amsterdam").tz_convert("UTC")]
