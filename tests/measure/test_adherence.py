"""Adherence, conformance and shrinkage against the numbers that their publishers print."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.foundation.schema import DataProblem
from analysis.measure.adherence import adherence, conformance, required_on_roster, shrinkage_of
from analysis.measure.crosswalk import planned_time


def day(*rows: tuple[str, str, str], agent: str = "a") -> pd.DataFrame:
    stamps = [
        (pd.Timestamp(f"2026-03-02T{start}Z"), pd.Timestamp(f"2026-03-02T{end}Z"), state) for start, end, state in rows
    ]
    return pd.DataFrame(stamps, columns=["start", "end", "state"]).assign(agent=agent)


def test_a_break_that_was_worked_through_is_not_adherent():
    plan = day(("08:00", "10:30", "WORK"), ("10:30", "11:00", "BREAK"))
    assert adherence(plan, day(("08:00", "11:00", "HANDLING"))) == 150 / 180


def test_a_switch_fifteen_minutes_late():
    plan = day(("09:00", "10:30", "WORK"), ("10:30", "12:00", "SUPPORT"))
    done = day(("09:00", "09:40", "HANDLING"), ("09:40", "10:45", "IDLE"), ("10:45", "12:00", "SUPPORT"))
    assert adherence(plan, done) == 165 / 180
    assert round(adherence(plan, done), 2) == 0.92


@pytest.mark.parametrize(
    ("plan", "done", "share"),
    [
        ([("08:00", "10:30", "WORK"), ("10:30", "11:00", "BREAK")], [("08:00", "11:00", "IDLE")], 150 / 180),
        ([("09:00", "10:30", "WORK"), ("10:30", "12:00", "SUPPORT")], [("09:00", "10:45", "IDLE"), ("10:45", "12:00", "SUPPORT")], 165 / 180),
    ],
)  # fmt: skip
def test_the_definition_in_the_report_gives_the_published_numbers_too(plan, done, share):
    planned = planned_time(day(*done), day(*plan))
    assert planned.in_kind_h / planned.scheduled_h == pytest.approx(share)
    assert adherence(day(*plan), day(*done)) == pytest.approx(share)


def test_what_one_person_does_is_not_what_another_was_to_do():
    plan = pd.concat([day(("08:00", "10:00", "WORK")), day(("08:00", "10:00", "WORK"), agent="b")])
    assert adherence(plan, day(("08:00", "10:00", "IDLE"), agent="b")) == 0.5


def test_time_off_duty_is_not_scheduled():
    plan = day(("08:00", "10:00", "WORK"), ("10:00", "12:00", "OFF"))
    assert adherence(plan, day(("08:00", "10:00", "ITEM_WORK"))) == 1
    with pytest.raises(DataProblem, match="nothing to adhere to"):
        adherence(day(("10:00", "12:00", "OFF")), plan)


def test_a_state_of_nobodys_ladder_is_refused():
    with pytest.raises(DataProblem, match="1 stretches are in a state"):
        adherence(day(("08:00", "10:00", "Lunch")), day(("08:00", "10:00", "WORK")))


def test_conformance_may_exceed_one():
    assert conformance(7.5, 8.25) == pytest.approx(1.1)
    with pytest.raises(DataProblem, match="no base"):
        conformance(0, 1)


def test_people_to_roster():
    assert required_on_roster(100, 0.30) == pytest.approx(142.857, abs=1e-3)
    assert required_on_roster(100, 0.40) == pytest.approx(166.667, abs=1e-3)
    # 30 % more people than needed leave nine too few
    assert pytest.approx(100 - 9) == 130 * (1 - 0.30)
    with pytest.raises(ValueError, match="below 1"):
        required_on_roster(10, 1.0)


def test_a_year_of_shrinkage():
    parts = {
        "leave": 26,
        "sick": 13,
        "training": 15,
        "meetings": 6,
        "breaks": 11.5,
        "quality": 6,
        "coaching": 11.5,
        "rotation": 2.5,
    }
    assert sum(parts.values()) == 91.5
    assert shrinkage_of(parts, 260) == pytest.approx(0.352, abs=5e-4)
    with pytest.raises(DataProblem, match="not possible"):
        shrinkage_of({"leave": 300}, 260)
