"""What a population's own records show: shared item time, gaps with and without work waiting."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis import intervals, measure_baseline
from analysis.baseline.evidence import people_of
from analysis.baseline.records import item_lengths, records_of, work_in_gaps
from analysis.baseline.settings import BaselineSettings
from analysis.measure.work_waiting import item_waits, types_of
from tests.baseline.factory import AGENTS, CLIENT, at, client_tables, roster, table, workdays

DAY = workdays(1)[0]


def office(rows, **more):
    """Return tables of ten people of the back office with these items and no shifts."""
    items = [{"item": f"i{n}", "type": "letter", **row} for n, row in enumerate(rows)]
    return {"roster": roster(population="back_office"), "work_items": table("work_items", items), **more}


def people(tables):
    return people_of(tables, "back_office", client=CLIENT, queues=(), settings=BaselineSettings())


def test_items_open_at_the_same_time_share_it():
    """Ten pairs of items: 30 minutes with the first half alone, the second half beside another one: 22.5 and 7.5 minutes."""
    rows = [
        {"started": at(DAY, 40 * k + begin), "ended": at(DAY, 40 * k + 30), "agent": "p0", "type": kind}
        for k in range(10)
        for begin, kind in ((0, "letter"), (15, "claim"))
    ]
    tables = office(rows)
    found = item_lengths(tables, people(tables), minimum=1).set_index("type")["mean_s"]
    assert found.to_dict() == {"claim": 7.5 * 60, "letter": 22.5 * 60}
    spells = tables["work_items"][["agent", "started", "ended"]].set_axis(["agent", "start", "end"], axis=1)
    merged = intervals.union(spells)
    assert found.sum() * 10 == (merged["end"] - merged["start"]).sum().total_seconds()


def working_day(arrived, agents=AGENTS, types=("letter",)):
    """Return five items a person from 08:00, one of 10 minutes every 30 minutes, with a time of arrival each."""
    return [
        {
            "started": at(DAY, 30 * k),
            "ended": at(DAY, 30 * k + 10),
            "agent": agent,
            "arrived": arrived(n, k),
            "type": types[n % len(types)],
        }
        for n, agent in enumerate(agents)
        for k in range(6)
    ]


def facts(tables):
    frame = measure_baseline(tables, client=CLIENT)
    rows = frame.facts[frame.facts["population"] == "back_office"].set_index("fact")["value"]
    return frame, rows


def test_gap_time_with_work_waiting_and_without():
    """Each item arrives five minutes before it is begun: of every 20-minute gap 5 have work waiting, and 15 have none."""
    frame, rows = facts(office(working_day(lambda n, k: at(DAY, 30 * k - 5))))
    gaps = 10 * 5 * 20 / 60
    assert rows["gap_time_with_work_waiting_h"] == pytest.approx(gaps / 4)
    assert rows["gap_time_without_work_h"] == pytest.approx(gaps * 3 / 4)
    assert "gap_time_of_unknown_types_h" not in rows
    classes = frame.gaps[frame.gaps["population"] == "back_office"].set_index("gap_class")
    assert classes.loc["15-30 min", "item_waiting_h"] == pytest.approx(gaps / 4)
    assert classes["contact_waiting_h"].isna().all()


def test_only_work_that_the_person_can_do_counts():
    """Letters are in hand all day, claims never: who does claims alone had nothing to do, unless the skills say otherwise."""
    rows = working_day(lambda n, k: at(DAY, -60) if n % 2 == 0 else at(DAY, 30 * k), types=("letter", "claim"))
    gaps = 10 * 5 * 20 / 60
    _, found = facts(office(rows))
    assert found["gap_time_with_work_waiting_h"] == pytest.approx(gaps / 2)
    skills = table(
        "skills", [{"agent": agent, "queue_or_type": kind} for agent in AGENTS for kind in ("letter", "claim")]
    )
    _, able = facts(office(rows, skills=skills))
    assert able["gap_time_with_work_waiting_h"] == pytest.approx(gaps)


def test_work_of_another_team_does_not_count():
    rows = working_day(lambda n, k: at(DAY, -60) if n < 5 else at(DAY, 30 * k))
    teams = pd.concat(
        [roster(AGENTS[:5], "back_office", "one"), roster(AGENTS[5:], "back_office", "two")], ignore_index=True
    )
    _, found = facts({**office(rows), "roster": teams})
    assert found["gap_time_with_work_waiting_h"] == pytest.approx(5 * 5 * 20 / 60)


@pytest.mark.parametrize(
    ("arrived", "reason"),
    [
        (lambda n, k: None, "only 0%"),
        (lambda n, k: at(DAY, 30 * k), "filled from the start"),
        (lambda n, k: at(DAY, 0) if n < 5 else None, "only 50%"),
    ],
)
def test_without_arrivals_nothing_is_said(arrived, reason):
    tables = office(working_day(arrived))
    own = people(tables)
    gaps = pd.DataFrame({"agent": ["p0"], "start": [at(DAY, 10)], "end": [at(DAY, 30)]})
    work, words = work_in_gaps(tables, own, gaps)
    assert work is None
    assert pd.Series([words]).str.contains(reason).all()
    frame, rows = facts(tables)
    assert "gap_time_without_work_h" not in rows
    assert frame.gaps["item_waiting_h"].isna().all()


def test_a_person_of_unknown_types_is_left_out():
    items = pd.DataFrame({"agent": ["a"], "type": ["letter"]})
    assert types_of(items, pd.DataFrame({"agent": ["b"], "queue_or_type": ["line 1"]})) == {"a": frozenset({"letter"})}
    assert item_waits(items)[0] is None


def test_states_of_waiting_are_set_against_arrivals_too():
    """Where the log shows idle states, those are the gaps: here 20 minutes idle after each item, work waiting for 5."""

    def pieces(day, agent):
        return [
            piece
            for k in range(16)
            for piece in ((30 * k, 30 * k + 10, "ITEM_WORK"), (30 * k + 10, 30 * k + 30, "IDLE"))
        ]

    tables = client_tables(1, pieces, population="back_office")
    tables["work_items"] = office(working_day(lambda n, k: at(DAY, 30 * k - 5)))["work_items"]
    frame, rows = facts(tables)
    assert frame.gaps["kind"].unique().tolist() == ["waiting"]
    assert rows["gap_time_with_work_waiting_h"] == pytest.approx(10 * 5 * 5 / 60)
    assert rows["gap_time_without_work_h"] == pytest.approx(10 * (16 * 20 - 25) / 60)


def test_without_shifts_lunch_is_no_gap_time():
    """Items from 08:00 to 12:00 and 13:00 to 16:00 on 20 days: of the gaps the hour at noon is taken off, once a person and day."""
    minutes = [20 * k for k in range(12)] + [300 + 20 * k for k in range(9)]
    rows = [
        {"started": at(day, minute), "ended": at(day, minute + 10), "agent": agent}
        for day in workdays(20)
        for agent in AGENTS
        for minute in minutes
    ]
    tables = office(rows)
    own = people(tables)
    found = records_of(tables, own, queues=(), settings=BaselineSettings())
    facts_of = found.facts.set_index("fact")["value"]
    assert facts_of["gap_time_outside_usual_hours_h"] == pytest.approx(20 * 10)
    assert found.spans.gaps["gap_us"].max() == 10 * 60e6
    assert found.gaps["hours"].sum() - found.spans.gaps["gap_us"].sum() / 3.6e9 == pytest.approx(20 * 10)
    shifts = client_tables(1, lambda day, agent: [], population="back_office")["schedule"]
    known = {**tables, "schedule": shifts}
    assert (
        "gap_time_outside_usual_hours_h"
        not in records_of(known, people(known), queues=(), settings=BaselineSettings()).facts["fact"].tolist()
    )


def test_completions_alone_give_an_upper_limit_and_no_work():
    """Ten people complete an item at 9, 10 and 11 o'clock: two starts each can be modelled, an hour each; without shifts the first cannot."""
    done = [
        {"item": f"{agent}{hour}", "type": "claim", "agent": agent, "ended": at(DAY, 60 * (hour - 8))}
        for agent in AGENTS
        for hour in (9, 10, 11)
    ]
    tables = {"roster": roster(population="back_office"), "work_items": table("work_items", done)}
    found = measure_baseline(tables, client=CLIENT)
    facts = found.facts.set_index("fact")["value"]
    assert facts[["completions", "modelled_steps", "modelled_h"]].tolist() == [30, 20, 20]
    assert "records_timed" not in facts
    assert found.gaps.empty
    begun = table("work_items", [{**row, "started": row["ended"] - pd.Timedelta(minutes=5)} for row in done])
    assert "modelled_h" not in set(measure_baseline({**tables, "work_items": begun}, client=CLIENT).facts["fact"])


def test_types_that_few_people_do_hold_the_lengths_of_all_of_them_together():
    """Letters of ten minutes by everybody; claims of 20 and refunds of 40 minutes by five people each, who are ten together."""
    rows = [
        {"started": at(DAY, 60 * k), "ended": at(DAY, 60 * k + minutes), "agent": agent, "type": kind}
        for n, agent in enumerate(AGENTS)
        for k in range(6)
        for kind, minutes in [("letter", 10) if k < 3 else ("claim", 20) if n < 5 else ("refund", 40)]
    ]
    found = item_lengths(tables := office(rows), people(tables)).set_index("type")
    assert found["mean_s"].to_dict() == {"claim": 1800, "letter": 600, "refund": 1800}
    assert found["items"].to_dict() == {"claim": 15, "letter": 30, "refund": 15}
    assert item_lengths(tables, people(tables), minimum=11).empty


def test_gaps_that_few_people_have_are_not_told_apart_from_their_neighbours():
    """Everybody has gaps of 20 minutes; three people have one of 50, and one of 90 minutes."""
    rows = [
        {"started": at(DAY, begin), "ended": at(DAY, begin + 10), "agent": agent}
        for n, agent in enumerate(AGENTS)
        for begin in ([0, 30, 60, 90, 120, 180, 280] if n < 3 else [0, 30, 60, 90, 120])
    ]
    tables = office(rows)
    found = records_of(tables, people(tables), queues=(), settings=BaselineSettings())
    classes = found.gaps.set_index("gap_class")
    assert classes.loc[["15-30 min", "30-60 min", "> 60 min"], "gaps"].isna().all()
    assert classes.loc[["<= 1 min", "1-5 min", "5-15 min"], "hours"].eq(0).all()
    assert found.sensitivity["longest_gap_s"].dropna().tolist() == [900, 300, 60]
    assert found.gap_survival["length_s"].max() == 900
