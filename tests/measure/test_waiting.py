"""Waiting times by cause: published logs with published answers, and the rules one by one."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.foundation.schema import DataProblem
from analysis.measure.waiting import PARTS, decompose_waiting


def logged(rows, day="2022-05-16"):
    """Return (item, type, start, end, agent) with times of the clock as a log."""
    at = [[pd.Timestamp(f"{day} {clock}", tz="UTC").as_unit("us") for clock in row[2:4]] for row in rows]
    return pd.DataFrame(
        {
            "item": [row[0] for row in rows],
            "type": [row[1] for row in rows],
            "agent": [row[4] for row in rows],
            "started": [start for start, _ in at],
            "ended": [end for _, end in at],
        }
    )


def working_hours(log):
    """Return the calendar of the published tests: 10:00 to 20:00, for Marcus with a break from 12:00 to 12:30."""
    day = log["started"].iloc[0].normalize()
    hour = lambda number: day + pd.Timedelta(hours=number)  # noqa: E731
    spells = [
        (agent, hour(a), hour(b))
        for agent in log["agent"].unique()
        for a, b in (((10, 12), (12.5, 20)) if agent == "Marcus" else ((10, 20),))
    ]
    return pd.DataFrame(spells, columns=["agent", "start", "end"])


def minutes(log, found):
    """Return transition -> minutes of every part that is not zero."""
    table: dict[str, dict[str, float]] = {}
    for row in found.steps.to_dict("records"):
        source, step = log.iloc[row["source_row"]], log.iloc[row["row"]]
        into = table.setdefault(f"{source['type']}-{source['agent']}>{step['type']}-{step['agent']}", {})
        for part in ("total", *PARTS):
            if row[f"{part}_us"]:
                into[part] = into.get(part, 0) + row[f"{part}_us"] / 60e6
    return {name: parts for name, parts in table.items() if parts}


# Published logs and answers: AutomatedProcessImprovement/waiting-time-analysis, tests/assets/icpm/handoff-logs, manual_log_1 to _5
# (3 to 5: their first day of three equal ones).
WT01 = [
    (0, "A", "10:00", "10:30", "Cole"), (0, "B", "10:30", "11:30", "Cole"), (0, "C", "14:00", "15:00", "Anya"),
    (1, "A", "11:00", "12:00", "Anya"), (1, "B", "12:00", "12:30", "Anya"), (1, "D", "13:00", "13:30", "Anya"),
    (2, "A", "10:00", "10:30", "Marcus"), (2, "B", "10:30", "11:15", "Dom"), (2, "E", "12:30", "13:00", "Anya"),
    (3, "A", "10:30", "12:00", "Marcus"), (3, "B", "13:00", "14:00", "Marcus"), (3, "F", "14:00", "14:30", "Marcus"),
]  # fmt: skip
SECOND = [
    (0, "A", "10:00", "10:45", "Anya"), (0, "B", "15:00", "16:00", "Marcus"), (0, "C", "16:00", "17:00", "Marcus"),
    (1, "A", "10:30", "11:15", "Marcus"), (1, "B", "11:15", "12:00", "Marcus"), (1, "C", "12:30", "13:30", "Marcus"),
    (2, "A", "11:15", "12:15", "Carmine"), (2, "B", "13:00", "14:00", "Anya"), (2, "C", "14:30", "15:30", "Carmine"),
    (3, "A", "11:30", "12:00", "Anya"), (3, "B", "12:00", "13:00", "Anya"), (3, "C", "13:00", "14:00", "Carmine"),
    (4, "A", "13:00", "14:30", "Dom"), (4, "B", "14:30", "15:30", "Anya"), (4, "C", "15:30", "16:30", "Anya"),
]  # fmt: skip
THIRD = [
    (0, "A", "10:00", "10:45", "Cole"), (0, "B", "14:00", "15:30", "Marcus"), (0, "C", "15:30", "16:30", "Marcus"),
    (0, "D", "16:30", "17:00", "Marcus"), (1, "A", "10:30", "11:00", "Carmine"), (1, "B", "12:30", "13:00", "Marcus"),
    (1, "C", "13:00", "13:45", "Dom"), (1, "D", "13:45", "14:30", "Dom"), (2, "A", "10:15", "11:30", "Dom"),
    (2, "B", "13:00", "14:00", "Marcus"), (2, "C", "14:00", "14:45", "Cole"), (2, "D", "14:45", "15:45", "Dom"),
    (3, "E", "10:00", "12:00", "Marcus"), (3, "F", "12:00", "12:45", "Anya"), (3, "G", "12:45", "13:00", "Anya"),
    (4, "E", "13:00", "14:00", "Anya"), (4, "F", "14:00", "14:45", "Anya"), (4, "G", "14:45", "15:45", "Anya"),
    (5, "E", "14:00", "14:45", "Carmine"), (5, "F", "14:45", "15:00", "Carmine"), (5, "G", "15:45", "16:30", "Anya"),
]  # fmt: skip
FOURTH = [
    (0, "A", "10:00", "10:30", "Anya"), (0, "B", "15:00", "16:30", "Carmine"), (1, "A", "10:30", "11:00", "Anya"),
    (1, "B", "14:30", "15:00", "Carmine"), (2, "A", "11:00", "11:30", "Anya"), (2, "B", "14:00", "14:30", "Carmine"),
    (3, "A", "11:30", "12:00", "Anya"), (3, "B", "13:30", "14:00", "Carmine"), (4, "E", "11:45", "12:30", "Carmine"),
    (4, "F", "13:00", "13:30", "Carmine"), (4, "G", "14:00", "14:30", "Anya"),
]  # fmt: skip
FIFTH = [
    (0, "A", "10:00", "10:15", "Marcus"), (0, "B", "12:00", "12:30", "Anya"), (1, "A", "10:15", "10:30", "Marcus"),
    (1, "B", "13:00", "13:30", "Anya"), (2, "A", "10:30", "10:45", "Marcus"), (2, "B", "12:30", "13:00", "Anya"),
    (3, "A", "10:45", "11:00", "Marcus"), (3, "B", "13:30", "14:00", "Anya"), (4, "E", "10:27", "11:30", "Anya"),
    (4, "F", "11:30", "12:00", "Anya"), (4, "G", "12:30", "13:25", "Marcus"),
]  # fmt: skip
PUBLISHED = {
    "WT01": (WT01, {
        "B-Cole>C-Anya": {"total": 150, "prioritization": 60, "contention": 60, "extraneous": 30},
        "B-Dom>E-Anya": {"total": 75, "prioritization": 30, "contention": 45},
        "B-Anya>D-Anya": {"total": 30, "contention": 30},
        "A-Marcus>B-Marcus": {"total": 60, "unavailability": 30, "extraneous": 30},
    }),
    "second": (SECOND, {
        "A-Anya>B-Marcus": {"total": 255, "prioritization": 105, "contention": 30, "unavailability": 30, "extraneous": 90},
        "A-Carmine>B-Anya": {"total": 45, "contention": 45},
        "B-Anya>C-Carmine": {"total": 30, "extraneous": 30},
        "B-Marcus>C-Marcus": {"total": 30, "unavailability": 30},
    }),
    "third": (THIRD, {
        "A-Carmine>B-Marcus": {"total": 90, "batching": 30, "contention": 30, "unavailability": 30},
        "A-Cole>B-Marcus": {"total": 195, "batching": 45, "prioritization": 90, "contention": 30, "unavailability": 30},
        "A-Dom>B-Marcus": {"total": 90, "contention": 60, "unavailability": 30},
        "F-Carmine>G-Anya": {"total": 45, "contention": 45},
    }),
    "fourth": (FOURTH, {
        "A-Anya>B-Carmine": {"total": 720, "batching": 180, "prioritization": 300, "contention": 120, "extraneous": 120},
        "E-Carmine>F-Carmine": {"total": 30, "extraneous": 30},
        "F-Carmine>G-Anya": {"total": 30, "extraneous": 30},
    }),
    "fifth": (FIFTH, {
        "A-Marcus>B-Anya": {"total": 510, "batching": 90, "prioritization": 150, "contention": 270},
        "F-Anya>G-Marcus": {"total": 30, "unavailability": 30},
    }),
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_logs_wt01(name):
    """WT01 and its four sisters: expected minutes per transition as published (Lashkevich et al. 2023, arXiv 2212.01392)."""
    rows, expected = PUBLISHED[name]
    log = logged(rows)
    assert minutes(log, decompose_waiting(log, available=working_hours(log))) == expected


def test_without_a_calendar_absence_is_not_told_apart():
    log = logged(WT01)
    found = decompose_waiting(log)
    assert found.steps["unavailability_us"].isna().all()
    assert found.steps.set_index("row").loc[10, "extraneous_us"] == 60 * 60e6
    part = working_hours(log)[lambda rows: rows["agent"] != "Marcus"]
    known = decompose_waiting(log, available=part).steps.set_index("row")["unavailability_us"]
    assert known.isna().sum() == 4 - 2
    assert known.loc[[2, 8]].tolist() == [0, 0]


def test_a_tie_is_contention_and_only_gathered_steps_make_a_batch():
    """Enabled at the same moment: nobody was preferred. Enabled after the first one began: not gathered, so no batch."""
    tie = logged([
        (1, "A", "10:00", "10:30", "x"), (1, "B", "11:30", "12:00", "y"),
        (2, "A", "10:00", "10:30", "z"), (2, "B", "10:30", "11:30", "y"),
    ])  # fmt: skip
    assert minutes(tie, decompose_waiting(tie, minimum_batch=3)) == {"A-x>B-y": {"total": 60, "contention": 60}}
    flow = [
        (1, "A", "10:00", "10:20", "x"), (1, "B", "10:30", "11:00", "y"),
        (2, "A", "10:00", "10:45", "z"), (2, "B", "11:00", "11:30", "y"),
    ]  # fmt: skip
    log = logged(flow)
    assert decompose_waiting(log).steps["batching_us"].tolist() == [0, 0]
    gathered = logged([*flow[:2], (2, "A", "10:00", "10:25", "z"), (2, "B", "11:10", "11:30", "y")])
    assert decompose_waiting(gathered).steps["batching_us"].tolist() == [0, 0]
    near = decompose_waiting(gathered, batch_gap_s=600).steps["batching_us"] / 60e6
    assert near.tolist() == [5, 0]
    assert decompose_waiting(gathered, batch_gap_s=600, minimum_batch=3).steps["batching_us"].tolist() == [0, 0]


def test_an_arrival_begins_the_first_wait_and_parallel_steps_do_not_enable_each_other():
    log = logged([(1, "A", "10:00", "10:30", "x"), (1, "B", "10:40", "11:00", "y"), (1, "C", "11:10", "11:30", "z")])
    arrived = [pd.Timestamp("2022-05-16 09:45", tz="UTC")] * 3
    steps = decompose_waiting(log.assign(arrived=arrived)).steps
    assert (steps["total_us"] / 60e6).tolist() == [15, 10, 10]
    assert steps["source_row"].tolist() == [-1, 0, 1]
    beside = decompose_waiting(log, parallel=[("C", "B")]).steps.set_index("row")
    assert beside["source_row"].to_dict() == {1: 0, 2: 0}
    assert beside.loc[2, "total_us"] / 60e6 == 40


def test_rows_that_cannot_be_used_are_counted():
    log = logged([(1, "A", "10:00", "10:30", "x"), (1, "B", "11:00", "10:40", "y"), (1, "C", "11:10", "11:30", None)])
    found = decompose_waiting(log)
    assert found.left_out == {"no person, item or type": 1, "no start or no end": 0, "ends before it starts": 1}
    assert found.steps.empty
    with pytest.raises(DataProblem, match="no column started"):
        decompose_waiting(log.drop(columns="started"))


def test_no_row_of_the_table_stands_for_few_people():
    rows = [
        row
        for n in range(12)
        for row in (
            (n, "A", "10:00", "10:30", "first"),
            (n, "B", "11:00", "11:30", f"p{n}"),
            (n, "C" if n < 9 else "D", "12:00", "12:30", f"p{n}"),
        )
    ]
    found = decompose_waiting(logged(rows)).transitions.set_index(["source_type", "type"])
    assert found["agents"].to_dict() == {("A", "B"): 12, ("(other)", "(other)"): 12}
    assert found["total_h"].sum() == pytest.approx(12.0)
    few = decompose_waiting(logged(rows[:15])).transitions
    assert few.empty


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 90), st.integers(0, 20), st.sampled_from("xy")), max_size=14)
)
def test_parts_add_to_the_wait(rows):
    start = pd.Timestamp("2026-03-02 08:00", tz="UTC").as_unit("us")
    log = pd.DataFrame(rows, columns=["item", "started", "length", "agent"])
    log = log.assign(type="T", ended=log["started"] + log["length"])
    if log.empty:
        return
    log = log.assign(**{side: start + pd.to_timedelta(log[side], unit="min") for side in ("started", "ended")})
    steps = decompose_waiting(
        log, available=pd.DataFrame({"agent": "x", "start": [start], "end": [start + pd.Timedelta("1h")]})
    ).steps
    parts = steps[[f"{part}_us" for part in PARTS]].fillna(0)
    assert (parts >= 0).all(axis=None)
    assert parts.sum(axis=1).tolist() == steps["total_us"].tolist()
