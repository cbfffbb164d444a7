"""What a file is good for and what not, rule by rule."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.foundation.schema import TABLES, typed_table
from analysis.intake.checking.verdicts import verdict

from .conftest import utc


def judged(table: str, rows: list[dict], *, date_only: bool = False) -> tuple[str, str]:
    frame = typed_table(table, pd.DataFrame(rows))
    return verdict(table, frame, used=len(frame), date_only=date_only)


def item(number: int, *, start: str | None = "09:00", end: str = "10:00", agent: str | None = "a") -> dict:
    started = None if start is None else utc(f"2026-03-02 {start}")
    return {"item": str(number), "type": "t", "agent": agent, "started": started, "ended": utc(f"2026-03-02 {end}")}


def test_completions_alone_cannot_measure_utilization():
    good, bad = judged("work_items", [item(number, start=None) for number in range(3)])
    assert good == "finished items by type"
    assert bad.startswith("working time: it holds completion stamps only")
    assert "cannot measure utilization" in bad


def test_items_with_starts_are_a_lower_bound_on_work():
    good, bad = judged("work_items", [item(1), item(2, start="10:00", end="11:00"), item(3, start=None)])
    assert "time spent on items" in good
    assert "working time of 1 item without a start" in bad
    assert "it sees one process, so its time is a lower bound on work" in bad


def test_one_stamp_for_start_and_end_is_no_working_time():
    _, bad = judged("work_items", [item(1, start="10:00"), item(2, start="08:00", end="09:00")])
    assert "working time of 1 item whose start and end are one stamp" in bad


def test_a_name_that_does_many_things_at_once_is_no_person():
    _, bad = judged("work_items", [item(number) for number in range(4)])
    assert "works on 4 things at once on average, so these are roles or shared log-ins, not persons" in bad
    _, bad = judged("work_items", [item(number, agent=f"a{number}") for number in range(4)])
    assert "roles" not in bad


def test_a_file_that_names_nobody_says_nothing_per_person():
    assert "anything per person: it names nobody" in judged("work_items", [item(1, agent=None)])[1]


def test_dates_without_a_time_measure_nothing_within_a_day():
    assert "utilization, or anything within a day" in judged("work_items", [item(1)], date_only=True)[1]
    row = {"team": "x", "period_start": pd.Timestamp("2026-03-02"), "period_end": pd.Timestamp("2026-03-08")}
    assert "within a day" not in judged("workload", [row], date_only=True)[1]


def spell(state: str) -> dict:
    return {"agent": "a", "start": utc("2026-03-02 09:00"), "end": utc("2026-03-02 10:00"), "state": state}


def test_states_without_idle_or_handling_lack_what_they_lack():
    assert judged("spells", [spell("IDLE"), spell("HANDLING")]) == ("time by state and person", "")
    assert "waiting for work, and so occupancy" in judged("spells", [spell("HANDLING")])[1]
    assert "working time: no state of it means handling" in judged("spells", [spell("IDLE")])[1]


def test_interval_totals_have_no_gaps_to_look_at():
    rows = [
        {"agent": "a", "interval_start": utc("2026-03-02 09:00"), "length_s": 1800.0, "state": state, "us": 900_000_000}
        for state in ("IDLE", "HANDLING")
    ]
    assert (
        judged("state_totals", rows)[1] == "gaps between contacts and replay: totals do not say when within an interval"
    )


def test_contacts_alone_are_no_utilization():
    row = {"contact": "1", "queue": "q", "offered_at": utc("2026-03-02 09:00")}
    assert "it sees contacts alone" in judged("contacts", [row])[1]


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_file_of_which_no_row_is_used_is_good_for_nothing(table):
    good, bad = verdict(table, typed_table(table, pd.DataFrame()), used=0, date_only=False)
    assert good == "nothing: no row of it is used"
    assert bad
