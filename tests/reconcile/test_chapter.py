"""The report's appendix: what it says of a reconciliation, and what it keeps to itself."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from analysis.intake import reconcile
from analysis.report.blocks import Absent, Chapter, Exhibit
from analysis.report.chapters import reconciled, traps
from analysis.report.context import Context
from analysis.report.exhibits.theme import Theme
from analysis.report.run import Run
from tests.report import factory, factory_people

HEAD = "agent,state,start,end\n"


def states(people: int, *, handling_min: int = 30) -> str:
    """Return people who wait and handle in half hours from 9 to 11, on three days."""
    rows = []
    for day in ("2026-03-02", "2026-03-03", "2026-03-04"):
        for number in range(people):
            rows += [
                f"a{number},IDLE,{day} 09:00:00,{day} 09:30:00",
                f"a{number},HANDLING,{day} 09:30:00,{day} 10:00:00",
            ]
    return HEAD + "\n".join(rows) + "\n"


def totals(people: int, share: float = 1.0) -> str:
    rows = []
    for day in ("2026-03-02", "2026-03-03", "2026-03-04"):
        for number in range(people):
            rows.append(f"a{number},{day} 09:00:00,1800,IDLE,1800")
            rows.append(f"a{number},{day} 09:30:00,1800,HANDLING,{int(1800 * share)}")
    return "agent,interval_start,length_s,state,us\n" + "\n".join(rows) + "\n"


def context_of(desk, people: int, share: float = 1.0) -> Context:
    read = desk.read(
        {"files": [desk.put("states.csv", states(people))], "table": "spells", "population": "contact_centre"},
        {
            "files": [desk.put("totals.csv", totals(people, share))],
            "table": "state_totals",
            "population": "contact_centre",
            "duration_unit": "s",
        },
    )
    traps = pd.DataFrame(
        [
            ("data/states.csv", "x", "one", "Is the clock right?", True, 0, 0, ""),
            (
                "data/states.csv",
                "x",
                "two",
                "Does a closed panel count?",
                True,
                7,
                3_600_000_000 * 10,
                "7 rows closed late.",
            ),
            ("data/states.csv", "x", "three", "Are events missing?", False, 0, 0, ""),
        ],
        columns=["source", "adapter", "code", "question", "tested", "rows", "moved_us", "words"],
    )
    read = dataclasses.replace(read, traps=traps)
    return Context(
        client=desk.client,
        queues=factory.queues(),
        intake=read,
        baseline=factory.baseline(),
        utilization=factory.utilization(),
        blending=factory.blending(),
        readiness=factory_people.readiness(),
        run=Run.of(factory_people.run()),
        theme=Theme(),
        reconciliation=reconcile(read, client=desk.client),
    )


def chapter_of(desk, *given, **more) -> Chapter:
    """Return the chapter on reconciliation."""
    return reconciled.chapter(context_of(desk, *given, **more))


def told(chapter: Chapter) -> dict[str, list[str]]:
    """Return the rows of each table by its headline, as text."""
    found = {}
    for part in chapter.parts:
        if isinstance(part, Exhibit) and part.rows:
            cells = [[cell if isinstance(cell, str) else cell.text for cell in row] for row in part.rows]
            found[part.headline.replace("\u00a0", " ")] = [" | ".join(row) for row in cells]
    return found


def test_it_answers_with_its_counts(desk):
    chapter = chapter_of(desk, 12)
    answer = chapter.answer.replace("\u00a0", " ")
    assert (
        answer
        == "6 of 6 second counts of rows and time agree; 3 of 3 totals that two exports state lie within 5 % of each other."
    )


def test_tables_hold_hours_by_fate_totals_and_traps(desk):
    tables = told(chapter_of(desk, 12))
    assert tables["70 of 70 stated hours are used, and the rest has a reason"] == [
        "states.csv | 35 | – | 35 | – | – | – | –",
        "totals.csv | 35 | – | 35 | – | – | – | –",
    ]
    rows = tables["Exports held against each other: 3 of 3 totals lie within 5 %"]
    assert (
        rows[0].replace("\u00a0", " ")
        == "staffed time | totals.csv | states.csv | 12 persons | 0.0 % | 0 | as time passed"
    )


def test_traps_stand_with_their_outcome_in_the_appendix_on_traps(desk):
    (found,) = [rows for name, rows in told(traps.chapter(context_of(desk, 12))).items() if "known traps" in name]
    assert found == [
        "states.csv | Does a closed panel count? | found | 7 rows closed late. | 7 | 10",
        "states.csv | Is the clock right? | passed | – | – | –",
        "states.csv | Are events missing? | not testable | – | – | –",
    ]


def test_a_difference_is_strong_and_has_its_sign(desk):
    chapter = chapter_of(desk, 12, share=0.8)
    assert "1 of 3 totals" in chapter.answer
    rows = next(rows for name, rows in told(chapter).items() if "held against" in name)
    assert any("handling time" in row and "\u221220.0" in row for row in rows)
    part = next(part for part in chapter.parts if isinstance(part, Exhibit) and "held against" in part.headline)
    cells = [row[4] for row in part.rows if row[0] == "handling time"]
    assert [(cell.tone, cell.strong) for cell in cells] == [("warning", True)]


def test_fewer_than_ten_people_have_neither_hours_nor_totals(desk):
    chapter = chapter_of(desk, 9)
    tables = told(chapter)
    assert "No hours for sources of fewer than 10 people." in " ".join(
        str(part.source) for part in chapter.parts if isinstance(part, Exhibit)
    )
    hours = next(rows for name, rows in tables.items() if "stated hours" in name)
    assert hours == ["states.csv | – | – | – | – | – | – | –", "totals.csv | – | – | – | – | – | – | –"]
    totals = next(rows for name, rows in tables.items() if "held against" in name)
    assert all("too few people" in row and "%" not in row for row in totals)
    assert "9 persons" not in " ".join(totals)


def test_without_a_day_to_draw_the_rest_is_still_told(desk):
    chapter = chapter_of(desk, 12)
    assert not [part for part in chapter.parts if isinstance(part, Absent)]
    read = desk.read({"files": [desk.put("roster.csv", "agent,team\na1,one\n")], "table": "roster"})
    found = reconcile(read, client=desk.client)
    assert found.calendar.empty
    assert found.counts["agrees"].all()


@pytest.mark.parametrize(("hours", "words"), [(0.0, "–"), (-0.4, "under 5"), (1.0, "under 5"), (-60.0, "\u221260")])
def test_hours_keep_their_sign_where_it_says_something(hours, words, desk):
    context = type("C", (), {"n": Theme().words.n})
    assert reconciled._hours(context, hours) == words
