"""Paid against logged hours, and two sources that show the same people, on planted weeks."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.intake.reconciliation.overlap import overlaps_of
from analysis.intake.reconciliation.paid import paid_and_logged

from .conftest import origin, utc

PEOPLE = [f"p{number:02d}" for number in range(12)]
WEEK = ["2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13"]


def stretches(hours: tuple[int, int], state: str, people=PEOPLE, days=WEEK) -> pd.DataFrame:
    rows = [
        (agent, utc(f"{day} {hours[0]:02d}:00"), utc(f"{day} {hours[1]:02d}:00"), state)
        for day in days
        for agent in people
    ]
    return pd.DataFrame(rows, columns=["agent", "start", "end", "state"])


def roster(people=PEOPLE, contract_h: float = 40.0) -> pd.DataFrame:
    return pd.DataFrame({"agent": people, "team": "one", "population": "contact_centre", "contract_h": contract_h})


def paid(client, *origins, people=PEOPLE, contract_h=40.0, minimum=10):
    frame, findings = paid_and_logged(origins, roster(people, contract_h), client, minimum=minimum)
    return frame.set_index("paid_from"), [item.code for item in findings]


def test_logged_hours_stand_against_the_schedule_and_the_contract(client):
    plan = origin("schedule", stretches((8, 16), "WORK").assign(paid=True))
    log = origin(
        "spells", pd.concat([stretches((8, 12), "IDLE"), stretches((10, 14), "HANDLING"), stretches((14, 16), "OFF")])
    )
    found, questions = paid(client, plan, log)
    row = found.loc["schedule"]
    # 6 of 8 hours a day, overlaps counted once
    assert (row["paid_h"], row["logged_h"], row["share"]) == (480, 360, 0.75)
    assert (row["persons"], row["person_weeks"], row["above_paid"], row["without_log"]) == (12, 12, 0, 0)
    assert found.loc["contract", "share"] == 1
    assert questions == []


def test_interval_totals_count_as_logged_where_nothing_else_shows_the_people(client):
    plan = origin("schedule", stretches((8, 16), "WORK").assign(paid=True))
    rows = [(agent, utc(f"{day} {hour:02d}:00"), 3600.0, state, us) for agent in PEOPLE for day in WEEK for hour in range(8, 16)
            for state, us in (("IDLE", 1_800_000_000), ("HANDLING", 900_000_000), ("OFF", 900_000_000))]  # fmt: skip
    totals = pd.DataFrame(rows, columns=["agent", "interval_start", "length_s", "state", "us"])
    found, _ = paid(client, plan, origin("state_totals", totals))
    assert found.loc["schedule", "share"] == 0.75
    found, _ = paid(client, plan, origin("state_totals", totals), origin("spells", stretches((8, 12), "IDLE")))
    assert found.loc["schedule", "share"] == 0.5


def test_unpaid_breaks_are_not_paid_hours(client):
    plan = pd.concat([stretches((8, 12), "WORK").assign(paid=True), stretches((12, 13), "BREAK").assign(paid=False)])
    found, _ = paid(client, origin("schedule", plan), origin("spells", stretches((8, 12), "IDLE")))
    assert found.loc["schedule", "paid_h"] == 12 * 5 * 4


def test_more_logged_than_paid_and_contracts_that_differ_are_questions(client):
    plan = origin("schedule", stretches((8, 12), "WORK").assign(paid=True))
    found, questions = paid(client, plan, origin("spells", stretches((8, 16), "IDLE")))
    assert found.loc["schedule", "above_paid"] == 12
    assert questions == ["logged_above_paid", "paid_hours_differ"]


def test_people_without_a_log_are_counted_not_named(client):
    plan = origin("schedule", stretches((8, 16), "WORK").assign(paid=True))
    found, _ = paid(client, plan, origin("spells", stretches((8, 16), "IDLE", PEOPLE[:10])))
    assert found.loc["schedule", "without_log"] == 2
    assert not any(person in found.loc["schedule", "words"] for person in PEOPLE)


def test_a_population_below_the_smallest_group_shows_no_hours(client):
    people = PEOPLE[:9]
    plan = origin("schedule", stretches((8, 16), "WORK", people).assign(paid=True))
    found, questions = paid(client, plan, origin("spells", stretches((8, 16), "IDLE", people)), people=people)
    assert found[["paid_h", "logged_h", "share"]].isna().all(axis=None)
    assert questions == []


def test_paid_hours_of_the_workload_stand_against_the_schedule_of_the_team(client):
    plan = origin("schedule", stretches((8, 16), "WORK").assign(paid=True))
    week = {
        "team": "one",
        "period_start": pd.Timestamp("2026-03-09"),
        "period_end": pd.Timestamp("2026-03-15"),
        "paid_h": 600.0,
    }
    rows = pd.DataFrame([{**week, "type": kind, "volume": 10.0} for kind in ("claim", "change")])
    found, questions = paid(client, plan, origin("workload", rows), origin("spells", stretches((8, 16), "IDLE")))
    row = found.loc["weekly workload"]
    # the team's hours stand in each of its lines, and count once
    assert (row["paid_h"], row["logged_h"]) == (600, 480)
    assert "paid_hours_differ" in questions
    assert "12 persons in 1 team-week" in row["words"]


def test_contracts_are_held_against_weeks_without_a_holiday(client):
    easter = ["2026-04-07", "2026-04-08", "2026-04-09", "2026-04-10"]
    plan = pd.concat([stretches((8, 16), "WORK"), stretches((8, 16), "WORK", days=easter)]).assign(paid=True)
    found, questions = paid(client, origin("schedule", plan))
    assert found.loc["contract", ["person_weeks", "share"]].tolist() == [12, 1]
    assert questions == []


def test_two_sources_with_the_same_people_at_the_same_time():
    one = origin("spells", stretches((8, 12), "IDLE"), label="data/acd.csv")
    rows = pd.concat([stretches((8, 9), "IDLE"), stretches((9, 10), "BREAK"), stretches((12, 16), "HANDLING")])
    other = origin("spells", rows, label="data/desktop.csv")
    frame, findings = overlaps_of([one, other], minimum=10)
    row = frame.iloc[0]
    assert (row["persons"], row["hours"], row["agreeing_h"]) == (12, 120, 60)
    assert row["share_agreeing"] == pytest.approx(0.5)
    assert [item.code for item in findings] == ["sources_overlap"]


def test_sources_of_other_people_or_other_hours_do_not_overlap():
    one = origin("spells", stretches((8, 12), "IDLE", PEOPLE[:6]), label="data/north.csv")
    south = origin("spells", stretches((8, 12), "IDLE", PEOPLE[6:]), label="data/south.csv")
    late = origin("spells", stretches((12, 16), "IDLE", PEOPLE[:6]), label="data/late.csv")
    frame, findings = overlaps_of([one, south, late])
    assert frame.empty
    assert findings == []


def test_being_signed_on_agrees_with_everything():
    one = origin("spells", stretches((8, 12), "WORK"), label="data/login.csv")
    other = origin("spells", stretches((8, 12), "IDLE"), label="data/states.csv")
    assert overlaps_of([one, other])[0].empty


def test_few_people_in_both_show_no_hours():
    one, other = (origin("spells", stretches((8, 12), state, PEOPLE[:3]), label=state) for state in ("IDLE", "BREAK"))
    frame, _ = overlaps_of([one, other], minimum=10)
    assert frame[["hours", "agreeing_h", "share_agreeing"]].isna().all(axis=None)
    assert "fewer than 10 people" in frame["words"].item()
