"""Paid time from the best source that speaks for a population."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.foundation.schema import DataProblem, typed_table
from analysis.measure import paid_time
from analysis.measure.records import latest, membership, traces, zones_of


def at(clock: str) -> pd.Timestamp:
    """Return a moment of March 2026, given as day and clock in UTC."""
    day, _, time = clock.partition(" ")
    return pd.Timestamp(f"2026-03-{day}T{time}Z")


def spells(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """Return spells from (agent, start, end, state)."""
    return typed_table(
        "spells",
        pd.DataFrame([(who, at(start), at(end), state) for who, start, end, state in rows], columns=["agent", "start", "end", "state"]),
    )  # fmt: skip


def schedule(*rows: tuple[str, str, str, str, bool | None]) -> pd.DataFrame:
    """Return planned rows from (agent, start, end, state, paid)."""
    frame = spells(*(row[:4] for row in rows))[["agent", "start", "end", "state"]]
    return typed_table("schedule", frame.assign(paid=pd.array([row[4] for row in rows], dtype="boolean")))


def roster(*rows: tuple) -> pd.DataFrame:
    """Return a roster from (agent, population, team, valid_from, valid_to)."""
    filled = [(*row, None, None, None)[:5] for row in rows]
    frame = pd.DataFrame(filled, columns=["agent", "population", "team", "valid_from", "valid_to"]).astype("str")
    return typed_table(
        "roster",
        frame.assign(time_zone="UTC", **{name: pd.to_datetime(frame[name]) for name in ("valid_from", "valid_to")}),
    )


def times(paid: pd.DataFrame) -> list[tuple[str, str, str]]:
    return [(row.agent, f"{row.start:%d %H:%M}", f"{row.end:%d %H:%M}") for row in paid.itertuples()]


TWO = roster(("a", "contact_centre"), ("b", "contact_centre"))
SHIFTS = schedule(("a", "02 08:00", "02 16:00", "WORK", True), ("b", "02 09:00", "02 17:00", "WORK", True))


# -- schedule


def test_paid_rows_are_joined_and_unpaid_ones_cut_out():
    """A shift 08-16 with an unpaid lunch 12-12:30 and a paid meeting inside; paid leave the day after; OFF is never paid."""
    plan = schedule(
        ("a", "02 08:00", "02 16:00", "WORK", True),
        ("a", "02 12:00", "02 12:30", "BREAK", False),
        ("a", "02 14:00", "02 15:00", "SUPPORT", True),
        ("a", "03 08:00", "03 16:00", "ABSENT", True),
        ("a", "04 08:00", "04 16:00", "ABSENT", False),
        ("a", "05 08:00", "05 16:00", "OFF", True),
        ("a", "02 15:30", "02 18:00", "OFF", False),
    )
    found = paid_time({"schedule": plan, "roster": TWO}, "contact_centre")
    assert times(found.paid) == [
        ("a", "02 08:00", "02 12:00"),
        ("a", "02 12:30", "02 16:00"),
        ("a", "03 08:00", "03 16:00"),
    ]
    assert (found.source, found.grade, found.agents) == ("schedule", "A", 1)
    assert repr(found) == "contact centre: paid time from the schedule with clock times, 15.5 hours of 1 person"


def test_rows_without_a_mark_are_paid_unless_off():
    plan = schedule(("a", "02 08:00", "02 10:00", "WORK", None), ("a", "02 10:00", "02 12:00", "OFF", None))
    assert times(paid_time({"schedule": plan, "roster": TWO}, "contact_centre").paid) == [("a", "02 08:00", "02 10:00")]


def test_the_population_follows_the_roster_by_date():
    """a moves to the back office on 3 March: both days included, by the local clock."""
    people = roster(("a", "contact_centre", "x", None, "2026-03-02"), ("a", "back_office", "y", "2026-03-03", None))
    plan = schedule(("a", "02 22:00", "03 06:00", "WORK", True), ("b", "02 08:00", "02 16:00", "WORK", True))
    tables = {"schedule": plan, "roster": people.assign(time_zone="Europe/Amsterdam")}
    assert times(paid_time(tables, "contact_centre").paid) == [("a", "02 22:00", "02 23:00")]
    assert times(paid_time(tables, "back_office").paid) == [("a", "02 23:00", "03 06:00")]


def test_paid_days_without_any_trace_are_a_question():
    """Paid: a on the 2nd (traced), a on the 3rd (planned absent), a on the 4th (nothing), b at night from the 2nd (traced after midnight)."""
    plan = schedule(
        ("a", "02 08:00", "02 16:00", "WORK", True),
        ("a", "03 08:00", "03 16:00", "ABSENT", True),
        ("a", "04 08:00", "04 16:00", "WORK", True),
        ("b", "02 22:00", "03 06:00", "WORK", True),
    )
    seen = spells(
        ("a", "02 09:00", "02 09:01", "IDLE"),
        ("b", "03 01:00", "03 02:00", "HANDLING"),
        ("a", "04 09:00", "04 10:00", "OFF"),
    )
    found = paid_time({"schedule": plan, "spells": seen, "roster": TWO}, "contact_centre")
    assert found.without_record.assign(day=found.without_record["day"].dt.day).values.tolist() == [
        ["a", 4, 8 * 3_600_000_000]
    ]
    (question,) = found.findings
    assert (question.code, question.severity, question.rows, question.moved_us) == (
        "paid_without_record",
        "ask",
        1,
        8 * 3_600_000_000,
    )
    assert "1 agent-days with 8.0 paid hours have no trace in any system" in question.message
    items = typed_table(
        "work_items", pd.DataFrame({"item": ["i"], "type": ["t"], "agent": ["a"], "ended": [at("04 09:30")]})
    )
    assert (
        paid_time({"schedule": plan, "spells": seen, "work_items": items, "roster": TWO}, "contact_centre").findings
        == ()
    )


def test_people_with_traces_but_no_shift_are_a_question():
    people = roster(*((name, "contact_centre") for name in "abc"))
    seen = spells(*((name, "02 09:00", "02 17:00", "IDLE") for name in "abc"))
    (question,) = paid_time({"schedule": SHIFTS, "spells": seen, "roster": people}, "contact_centre").findings
    assert (question.code, question.rows) == ("records_without_attendance", 1)
    assert "1 of 3 people" in question.message


def test_a_day_of_more_hours_than_one_can_work_is_a_question():
    plan = schedule(("a", "02 00:00", "03 00:00", "ABSENT", True))
    assert [one.code for one in paid_time({"schedule": plan, "roster": TWO}, "contact_centre").findings] == [
        "paid_day_too_long"
    ]


# -- the order of the sources


def test_a_schedule_of_a_few_people_does_not_speak_for_all():
    people = roster(*((name, "contact_centre") for name in "abcde"))
    seen = spells(*((name, "02 09:00", "02 17:00", "IDLE") for name in "abcde"))
    found = paid_time({"schedule": SHIFTS, "spells": seen, "roster": people}, "contact_centre")
    assert (found.source, found.agents) == ("sign_on", 5)
    three = schedule(*((name, "02 09:00", "02 17:00", "WORK", True) for name in "abc"))
    assert paid_time({"schedule": three, "spells": seen, "roster": people}, "contact_centre").source == "schedule"


def test_sign_on_is_the_union_of_what_is_logged_but_off_and_absent():
    seen = spells(
        ("a", "02 09:00", "02 10:00", "IDLE"),
        ("a", "02 09:30", "02 11:00", "HANDLING"),
        ("a", "02 11:00", "02 12:00", "OFF"),
        ("a", "02 12:00", "02 13:00", "BREAK"),
        ("a", "03 09:00", "03 17:00", "ABSENT"),
    )
    found = paid_time({"spells": seen, "roster": TWO}, "contact_centre")
    assert times(found.paid) == [("a", "02 09:00", "02 11:00"), ("a", "02 12:00", "02 13:00")]
    assert (found.source, found.grade, found.findings) == ("sign_on", "A", ())


def test_a_log_of_work_alone_is_no_sign_on():
    """Contacts handled 09-10 and 15-16 say nothing about the time between; the day's span stands in, grade D."""
    seen = spells(
        ("a", "02 09:00", "02 10:00", "HANDLING"),
        ("a", "02 15:00", "02 16:00", "HANDLING"),
        ("a", "03 23:00", "04 01:00", "ITEM_WORK"),
    )
    found = paid_time({"spells": seen, "roster": TWO}, "contact_centre")
    assert times(found.paid) == [
        ("a", "02 09:00", "02 16:00"),
        ("a", "03 23:00", "04 00:00"),
        ("a", "04 00:00", "04 01:00"),
    ]
    assert (found.source, found.grade) == ("span", "D")
    assert "is not known" in found.sentence


def test_paid_hours_come_before_the_span_and_have_no_clock():
    people = roster(("a", "back_office", "claims"), ("b", "contact_centre", "calls"))
    week = {"period_start": pd.Timestamp("2026-03-02"), "period_end": pd.Timestamp("2026-03-08")}
    hours = pd.DataFrame(
        [
            {"team": "claims", **week, "paid_h": 300.0, "type": "new", "volume": 9},
            {"team": "claims", **week, "paid_h": 300.0, "type": "change", "volume": 4},
            {"team": "calls", **week, "paid_h": 99.0, "type": "new", "volume": 1},
        ]
    )
    items = typed_table(
        "work_items",
        pd.DataFrame(
            {"item": ["i"], "type": ["t"], "agent": ["a"], "started": [at("02 09:00")], "ended": [at("02 09:30")]}
        ),
    )
    tables = {"workload": typed_table("workload", hours), "work_items": items, "roster": people}
    found = paid_time(tables, "back_office")
    assert (found.source, found.grade, len(found.paid)) == ("paid_hours", "C", 0)
    assert found.paid_h[["team", "paid_h"]].values.tolist() == [["claims", 300.0]]
    assert found.findings == ()
    per_type = hours.assign(paid_h=[200.0, 100.0, 99.0])
    split = paid_time({**tables, "workload": typed_table("workload", per_type)}, "back_office")
    assert split.paid_h["paid_h"].tolist() == [300.0]
    assert [one.code for one in split.findings] == ["paid_hours_by_type"]
    assert paid_time({key: tables[key] for key in ("work_items", "roster")}, "back_office").source == "span"


def test_interval_totals_sign_people_on_for_as_long_as_they_add_to():
    """Half an hour from 09:00 with 20 min idle and 5 min handling; two channels that add to more than the half hour from 09:30."""
    minute = 60_000_000
    sums = pd.DataFrame(
        [
            ("09:00", "IDLE", 20),
            ("09:00", "HANDLING", 5),
            ("09:00", "OFF", 5),
            ("09:30", "HANDLING", 30),
            ("09:30", "AWAY", 25),
        ],
        columns=["clock", "state", "minutes"],
    )
    totals = pd.DataFrame(
        {
            "agent": "a",
            "interval_start": [at("02 " + clock) for clock in sums["clock"]],
            "length_s": 1800.0,
            "state": sums["state"],
            "us": sums["minutes"] * minute,
        }
    )
    found = paid_time({"state_totals": typed_table("state_totals", totals), "roster": TWO}, "contact_centre")
    assert found.source == "sign_on"
    assert times(found.paid) == [("a", "02 09:00", "02 09:25"), ("a", "02 09:30", "02 10:00")]


def test_without_any_source_there_is_none():
    for tables in ({"roster": TWO}, {"roster": TWO, "schedule": SHIFTS}):
        found = paid_time(tables, "back_office")
        assert (found.source, found.agents, len(found.paid)) == ("none", 0, 0)
        assert repr(found) == "back office: no source says when people were paid"


def test_without_a_roster_nobody_belongs_anywhere():
    with pytest.raises(DataProblem, match="roster: no rows that say who belongs to which population"):
        paid_time({"schedule": SHIFTS}, "contact_centre")


# -- the helpers


def test_the_latest_row_of_a_person_counts_and_the_order_stays():
    people = roster(("b", "back_office", "x", "2026-03-05"), ("a", "back_office", "y"), ("b", "back_office", "z"))
    assert latest(people)[["agent", "team"]].values.tolist() == [["b", "x"], ["a", "y"]]
    assert zones_of(people.assign(time_zone=["Europe/London", None, "UTC"]), zone="Asia/Tokyo") == {
        "b": "Europe/London",
        "a": "Asia/Tokyo",
    }


def test_membership_ends_after_its_last_day():
    people = roster(("a", "back_office", "x", "2026-03-02", "2026-03-29"))
    found = membership(
        people.assign(time_zone="Europe/Amsterdam"), "back_office", span=(at("01 00:00"), at("31 00:00"))
    )
    assert times(found) == [("a", "01 23:00", "29 22:00")]
    assert membership(people, "contact_centre", span=(at("01 00:00"), at("31 00:00"))).empty
    assert membership(people, "back_office", span=(at("30 00:00"), at("31 00:00"))).empty


def test_every_table_that_names_a_person_leaves_traces():
    stamps = {name: at(f"02 {name}") for name in ("08:00", "08:10", "08:20", "08:30")}
    tables = {
        "spells": spells(("a", "02 09:00", "02 10:00", "WORK"), ("a", "02 10:00", "02 11:00", "OFF")),
        "contacts": typed_table("contacts", pd.DataFrame({
            "contact": ["1", "2", "3"], "queue": "q", "agent": ["b", "c", None], "offered_at": [stamps["08:00"]] * 3,
            "answered_at": [stamps["08:10"], pd.NaT, pd.NaT], "ended_at": [stamps["08:20"], pd.NaT, stamps["08:30"]],
        })),
        "work_items": typed_table("work_items", pd.DataFrame({
            "item": ["1", "2"], "type": "t", "agent": ["d", "e"], "started": [stamps["08:00"], pd.NaT], "ended": [stamps["08:30"]] * 2,
        })),
        "observations": typed_table("observations", pd.DataFrame({
            "round": ["1"], "observed_at": [stamps["08:00"]], "agent": ["f"], "state": ["IDLE"],
        })),
    }  # fmt: skip
    found = traces(tables).assign(length=lambda rows: (rows["end"] - rows["start"]) / pd.Timedelta("1min"))
    assert found.set_index("agent")["length"].round(3).to_dict() == {"a": 60, "b": 10, "c": 0, "d": 30, "e": 0, "f": 0}
    assert (found["end"] > found["start"]).all()
