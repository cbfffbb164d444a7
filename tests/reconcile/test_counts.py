"""Rows and time counted twice: right on right data, and loud when a row or a second is gone."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from analysis.intake import reconcile

SPELLS = """agent,state,start,end
007,IDLE,2026-03-02 09:00:00,2026-03-02 09:30:00
007,HANDLING,2026-03-02 09:30:00,2026-03-02 09:45:30
008,IDLE,2026-03-02 09:00:00,2026-03-02 10:00:00
008,IDLE,2026-03-02 09:00:00,2026-03-02 10:00:00
008,IDLE,2026-03-02 10:00:00,2026-03-02 09:00:00
009,HANDLING,2026-02-01 09:00:00,2026-02-01 10:00:00
Total,,,
"""
ITEMS = """item,type,agent,started,ended
i1,claim,c1,2026-03-02 09:00:00,2026-03-02 09:20:00
i2,claim,c2,2026-03-02 09:00:00,2026-03-02 09:10:00
"""


@pytest.fixture
def read(desk):
    return desk.read(
        {"files": [desk.put("spells.csv", SPELLS)], "table": "spells"},
        {"files": [desk.put("items.csv", ITEMS)], "table": "work_items"},
        {"files": [desk.put("more.csv", ITEMS.replace("i1", "i3").replace("i2", "i4"))], "table": "work_items"},
    )


def test_every_second_count_agrees(desk, read):
    found = reconcile(read, client=desk.client)
    assert found.counts["agrees"].all()
    rows = found.counts.set_index(["file", "what"])["one_way"]
    assert rows["data/spells.csv", "rows and their fates"] == 8
    assert rows["data/spells.csv", "rows used and rows in the table"] == 3
    assert rows["data/spells.csv", "time used and time in the table"] == (30 * 60 + 15 * 60 + 30 + 3600) * 1_000_000
    assert rows["data/more.csv", "rows used and rows in the table"] == 2
    assert repr(found).startswith("9 of 9 second counts agree; 3 of ")


def test_the_time_of_each_file_adds_up_to_the_microsecond(desk, read):
    time = reconcile(read, client=desk.client).time
    for _, sides in time.groupby("file"):
        us = sides.groupby("side")["us"].sum()
        assert us["stated"] + us.get("moved", 0) == us.drop(["stated", "moved"], errors="ignore").sum()
    spells = time[time["file"] == "data/spells.csv"].set_index(["side", "reason"])["us"]
    hour = 3_600_000_000
    assert spells["duplicate", ""] == hour
    assert spells["rejected", "end_before_start"] == -hour
    assert spells["excluded", "outside_period"] == hour


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        (lambda frame: frame.iloc[1:], "rows used and rows in the table"),
        (lambda frame: pd.concat([frame, frame.iloc[:1]]), "rows used and rows in the table"),
        (lambda frame: frame.assign(ended=frame["ended"] + pd.Timedelta(1, "us")), "time used and time in the table"),
    ],
)
def test_a_lost_row_a_doubled_row_and_a_moved_microsecond_are_seen(desk, read, harm, what):
    tables = {**read.tables, "work_items": harm(read.tables["work_items"]).reset_index(drop=True)}
    found = reconcile(dataclasses.replace(read, tables=tables), client=desk.client)
    apart = found.counts[~found.counts["agrees"]]
    assert what in set(apart["what"]) or "time used and time in the table" in set(apart["what"])
    assert "second_count" in [item.code for item in found.findings]


def test_a_physical_count_that_differs_from_the_fates_is_seen(desk, read):
    files = read.files.assign(physical=read.files["physical"] + [1, 0, 0])
    found = reconcile(dataclasses.replace(read, files=files), client=desk.client)
    assert found.counts["agrees"].tolist().count(False) == 1
    assert "9 rows counted in the file, 8 rows with a fate" in found.findings[0].message


def test_each_source_has_its_own_rows_and_verdict(desk, read):
    sources = reconcile(read, client=desk.client).sources.set_index("source")
    assert sources.loc["data/items.csv", "used"] == 2
    assert sources.loc["data/items.csv", "persons"] == 2
    assert "lower bound on work" in sources.loc["data/items.csv", "not_good_for"]
    # fewer than ten people: their hours stay inside
    assert pd.isna(sources.loc["data/items.csv", "used_h"])


def test_nothing_names_a_person(desk, read):
    found = reconcile(read, client=desk.client)
    people = set(read.tables["roster"]["agent"])
    texts = " ".join(found.to_frame().astype(str).to_numpy().ravel())
    frames = [
        found.sources,
        found.counts,
        found.time,
        found.totals,
        found.totals_by_day,
        found.paid,
        found.calendar,
        found.facts,
    ]
    texts += " ".join(frame.to_csv() for frame in frames)
    assert len(people) == 4
    assert not [person for person in people if person in texts]
