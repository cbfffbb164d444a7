"""The time ladder by hand, and against a clock that looks at every ten minutes."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.foundation.schema import BUCKETS, DataProblem
from analysis.measure import time_ladder

TICK = 600_000_000
BEGIN = dt.datetime(2026, 3, 28, 12, tzinfo=dt.UTC)
BEGIN_US = int(BEGIN.timestamp()) * 1_000_000
TICKS = 240  # forty hours over the spring change of Amsterdam
ZONES = {"a": "Europe/Amsterdam", "b": "America/New_York", "c": "Europe/Amsterdam"}
MEASURED = ("HANDLING", "RESERVED", "ABSENT", "BREAK", "SUPPORT", "OUTAGE", "ITEM_WORK", "AWAY", "IDLE")
PLANNED = ("ABSENT", "BREAK", "SUPPORT", "OUTAGE")


def spells(states: tuple[str, ...], most: int = 12) -> st.SearchStrategy:
    """Return lists of (agent, start, length, state) in ticks."""
    return st.lists(
        st.tuples(st.sampled_from("aab"), st.integers(0, TICKS - 90), st.integers(0, 90), st.sampled_from(states)),
        max_size=most,
    )


def framed(rows: list[tuple]) -> pd.DataFrame:
    """Return spells given in ticks as a frame of UTC times."""
    start = np.array([BEGIN_US + row[1] * TICK for row in rows], dtype="int64")
    end = start + np.array([row[2] * TICK for row in rows], dtype="int64")
    return pd.DataFrame(
        {
            "agent": pd.Series([row[0] for row in rows], dtype="str"),
            "start": pd.Series(pd.DatetimeIndex(start.view("M8[us]"), tz="UTC")),
            "end": pd.Series(pd.DatetimeIndex(end.view("M8[us]"), tz="UTC")),
            "state": pd.Series([row[3] if len(row) > 3 else "WORK" for row in rows], dtype="str"),
        }
    )


def covered(rows: list[tuple], agent: str, tick: int, *states: str) -> bool:
    return any(
        who == agent and start <= tick < start + length and (not states or state in states)
        for who, start, length, state in rows
    )


def day_of(agent: str, tick: int) -> dt.date:
    return (BEGIN + tick * dt.timedelta(minutes=10)).astimezone(ZoneInfo(ZONES[agent])).date()


def slow_ladder(evidence, paid, planned, waits, entitled) -> dict[tuple[str, dt.date], dict[str, int]]:
    """Return the ladder by looking at every tick of every person: ticks per agent-day and bucket."""
    table: dict[tuple[str, dt.date], dict[str, int]] = {}

    def count(agent: str, tick: int, bucket: str) -> None:
        row = table.setdefault((agent, day_of(agent, tick)), dict.fromkeys(("PAID", *BUCKETS, "OUTSIDE_PAID"), 0))
        row[bucket] += 1

    for agent in ZONES:
        chosen: dict[int, str] = {}
        limits: dict[dt.date, float] = {}
        for tick in range(TICKS):
            seen = covered(evidence, agent, tick, *(set(MEASURED) - {"ABSENT", "BREAK"}), "WORK")
            date = day_of(agent, tick)
            planned_break = planned is not None and covered(planned, agent, tick, "BREAK")
            if planned_break and entitled is None:
                limits.setdefault(date, 0)
            if not covered(paid, agent, tick):
                if seen:
                    count(agent, tick, "OUTSIDE_PAID")
                if seen and planned_break:
                    limits[date] = limits.get(date, 0) + 1
                continue
            count(agent, tick, "PAID")
            if planned_break and entitled is None:
                limits[date] += 1
            waiting = any(start <= tick < start + length for start, length in waits)
            state = next(
                (
                    word
                    for word in MEASURED
                    if covered(evidence, agent, tick, word) and not (word == "IDLE" and waiting)
                ),
                None,
            )
            if state is None and planned is not None:
                state = next(("planned " + word for word in PLANNED if covered(planned, agent, tick, word)), None)
            chosen[tick] = state or "UNACCOUNTED"
        for word, beyond in (("BREAK", "AWAY"), ("planned BREAK", "UNACCOUNTED")):
            for tick in [tick for tick in chosen if chosen[tick] == word]:
                date = day_of(agent, tick)
                if entitled is not None:
                    left = limits.setdefault(("left", date), entitled + limits.get(date, 0))
                elif date in limits:
                    left = limits.setdefault(("left", date), limits[date])
                else:
                    continue
                if left <= 0:
                    chosen[tick] = beyond
                limits["left", date] = left - 1
        for tick, state in chosen.items():
            count(agent, tick, state.removeprefix("planned "))
    return table


def in_ticks(ladder) -> dict[tuple[str, dt.date], dict[str, int]]:
    """Return the ladder's agent-days in ticks; every figure must be whole."""
    days = ladder.by_agent_day.set_index(["agent", "day"])
    assert (days % TICK == 0).all(axis=None)
    return {(agent, day.date()): (row // TICK).to_dict() for (agent, day), row in days.iterrows()}


cases = st.tuples(
    spells((*MEASURED, "WORK", "OFF")),
    spells(("WORK",), most=6),
    st.none() | spells((*PLANNED, "WORK", "ITEM_WORK"), most=8),
    st.lists(st.tuples(st.integers(0, TICKS), st.integers(0, 20)), max_size=3),
    st.none() | st.integers(0, 10),
)


def compare(evidence, paid, planned, waits, entitled):
    """Hold the ladder of one case, by both engines, against every tick."""
    waiting = (
        framed([("x", start, length) for start, length in waits]).drop(columns=["agent", "state"]) if waits else None
    )
    for engine in ("numpy", "compiled"):
        ladder = time_ladder(
            framed(evidence),
            paid=framed(paid).drop(columns="state"),
            scheduled=None if planned is None else framed(planned),
            waiting=waiting,
            break_entitlement_s=None if entitled is None else entitled * 600.0,
            zones=ZONES,
            engine=engine,
        )
        assert in_ticks(ladder) == slow_ladder(evidence, paid, planned, waits, entitled)
        days, pieces = ladder.by_agent_day, ladder.pieces
        assert (days[list(BUCKETS)].sum(axis=1) == days["PAID"]).all()
        lengths = (pieces["end"] - pieces["start"]).dt.total_seconds() * 1e6
        assert lengths.groupby(pieces["state"]).sum().to_dict() == {
            bucket: days[bucket].sum() for bucket in BUCKETS if days[bucket].sum()
        }
        same = pieces["agent"].eq(pieces["agent"].shift())
        assert (pieces["start"] >= pieces["end"].shift())[same].all()
        joined = same & pieces["start"].eq(pieces["end"].shift())
        assert (pieces["state"] != pieces["state"].shift())[joined].all()
        slots = ladder.by_slot(3600)
        assert (slots[list(BUCKETS)].sum(axis=1) == slots["PAID"]).all()
        assert slots[["PAID", *BUCKETS]].sum().to_dict() == days[["PAID", *BUCKETS]].sum().to_dict()
        assert (slots["PAID"] <= 3_600_000_000).all()
        assert not slots.duplicated(["agent", "slot_start"]).any()


@settings(max_examples=40)
@given(cases)
def test_every_paid_moment_has_exactly_the_bucket_that_the_rules_give(case):
    compare(*case)


@pytest.mark.slow
@settings(max_examples=1500)
@given(cases)
def test_many_more_cases_have_exactly_the_bucket_that_the_rules_give(case):
    compare(*case)


odd = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.integers(0, 3 * 86_400_000_000),
        st.integers(0, 86_400_000_000),
        st.sampled_from((*MEASURED, "WORK", "OFF", "UNACCOUNTED")),
    ),
    max_size=15,
)


@settings(max_examples=50)
@given(odd, odd, odd, st.none() | st.floats(0, 30_000))
def test_buckets_add_to_paid_time_to_the_microsecond_on_any_input(evidence, paid, planned, entitled):
    def frame(rows):
        columns = pd.DataFrame(rows, columns=["agent", "start", "end", "state"])
        start = BEGIN_US + columns["start"].astype("int64")
        return columns.assign(start=start, end=start + columns["end"].astype("int64"))

    ladder = time_ladder(
        frame(evidence),
        paid=frame(paid),
        scheduled=frame(planned),
        break_entitlement_s=entitled,
        zones="Europe/Amsterdam",
    )
    days = ladder.by_agent_day
    assert (days[list(BUCKETS)].sum(axis=1) == days["PAID"]).all()
    union = {(who, moment) for who, start, length, _ in paid for moment in (start, start + length) if length}
    assert (days["PAID"] >= 0).all()
    assert (len(union) > 0) == bool(days["PAID"].sum())
    assert (days.drop(columns=["agent", "day"]) >= 0).all(axis=None)
    if entitled is not None:
        assert (ladder.moved["us"] > 0).all()
    order = np.random.default_rng(1).permutation(len(evidence))
    again = time_ladder(
        frame([evidence[at] for at in order]),
        paid=frame(paid[::-1]),
        scheduled=frame(planned[::-1]),
        break_entitlement_s=entitled,
        zones="Europe/Amsterdam",
    )
    pd.testing.assert_frame_equal(again.by_agent_day, days)
    pd.testing.assert_frame_equal(again.pieces, ladder.pieces)


# -- by hand: ticks of ten minutes from 12:00 UTC


def hand(evidence, paid, **more):
    ladder = time_ladder(framed(evidence), paid=framed(paid).drop(columns="state"), zones="UTC", **more)
    days = ladder.by_agent_day.set_index("agent")
    return ladder, {bucket: int(us // TICK) for bucket, us in days.loc["a"].drop("day").items() if us}


def test_handling_outranks_a_punched_break_which_outranks_idle():
    _, found = hand(
        [("a", 0, 20, "IDLE"), ("a", 5, 10, "BREAK"), ("a", 12, 4, "HANDLING"), ("a", 16, 8, "AWAY")], [("a", 0, 24)]
    )
    assert found == {"PAID": 24, "HANDLING": 4, "BREAK": 7, "AWAY": 8, "IDLE": 5}


def test_a_planned_break_counts_only_where_nothing_was_measured():
    plan = framed([("a", 0, 6, "BREAK"), ("a", 6, 6, "SUPPORT"), ("a", 12, 6, "WORK")])
    ladder, found = hand([("a", 3, 6, "ITEM_WORK")], [("a", 0, 18)], scheduled=plan)
    assert found == {"PAID": 18, "BREAK": 3, "SUPPORT": 3, "ITEM_WORK": 6, "UNACCOUNTED": 6}
    moved = ladder.moved.set_index(["rule", "state"])["us"] // TICK
    assert moved["planned only", "BREAK"] == 3
    assert moved["planned, measured otherwise", "SUPPORT"] == 3


def test_break_beyond_the_entitlement_is_away_in_time_order():
    ladder, found = hand(
        [("a", 0, 3, "BREAK"), ("a", 10, 4, "BREAK"), ("b", 0, 9, "BREAK")],
        [("a", 0, 20), ("b", 0, 20)],
        break_entitlement_s=3000,
    )
    assert found == {"PAID": 20, "BREAK": 5, "AWAY": 2, "UNACCOUNTED": 13}
    away = ladder.pieces[ladder.pieces["state"].eq("AWAY")].iloc[0]
    assert away["start"] == pd.Timestamp(BEGIN) + pd.Timedelta(minutes=120)
    row = ladder.moved.set_index("rule").loc["break beyond the entitlement is AWAY"]
    assert (row["rows"], row["us"]) == (2, 6 * TICK)


def test_the_plan_entitles_and_days_without_a_planned_break_have_no_limit():
    evidence = [("a", 1, 5, "BREAK"), ("b", 1, 5, "BREAK")]
    ladder, found = hand(
        evidence, [("a", 0, 20), ("b", 0, 20)], scheduled=framed([("a", 2, 3, "BREAK"), ("b", 0, 20, "WORK")])
    )
    assert found == {"PAID": 20, "BREAK": 3, "AWAY": 2, "UNACCOUNTED": 15}
    assert ladder.by_agent_day.set_index("agent").loc["b", "BREAK"] == 5 * TICK
    _, free = hand(evidence, [("a", 0, 20)])
    assert free["BREAK"] == 5


def test_a_break_taken_at_another_time_is_not_counted_twice():
    """Planned 6-9, nothing seen then; taken 1-3 elsewhere: three ticks of break in all, the rest of the plan is unaccounted for."""
    _, found = hand([("a", 1, 2, "BREAK")], [("a", 0, 20)], scheduled=framed([("a", 6, 3, "BREAK")]))
    assert found == {"PAID": 20, "BREAK": 3, "UNACCOUNTED": 17}


def test_an_unpaid_break_that_was_worked_through_may_be_taken_later():
    """Unpaid lunch 6-12; work until 9, lunch 9-15: the three ticks after 12 are break, not overrun; the three worked are outside paid time."""
    case = [("a", 0, 9, "ITEM_WORK"), ("a", 9, 6, "BREAK")]
    paid, plan = [("a", 0, 6), ("a", 12, 8)], framed([("a", 6, 6, "BREAK")])
    for entitled in (None, 0.0):
        _, found = hand(case, paid, scheduled=plan, break_entitlement_s=entitled)
        assert found == {"PAID": 14, "ITEM_WORK": 6, "BREAK": 3, "UNACCOUNTED": 5, "OUTSIDE_PAID": 3}
    _, found = hand([("a", 9, 6, "BREAK")], paid, scheduled=plan)
    assert found == {"PAID": 14, "AWAY": 3, "UNACCOUNTED": 11}


def test_a_break_that_was_not_taken_entitles_to_nothing_the_next_day():
    """Planned three ticks on both days; all worked on the first (12:00-24:00), five taken on the second."""
    plan = framed([("a", 10, 3, "BREAK"), ("a", 90, 3, "BREAK")])
    evidence, paid = [("a", 0, 72, "ITEM_WORK"), ("a", 90, 5, "BREAK")], [("a", 0, 72), ("a", 80, 20)]
    ladder = time_ladder(framed(evidence), paid=framed(paid).drop(columns="state"), scheduled=plan)
    days = (ladder.by_agent_day.set_index("day")[["BREAK", "AWAY"]] // TICK).values.tolist()
    assert days == [[0, 0], [3, 2]]


def test_the_plan_keeps_its_own_order():
    plan = framed([("a", 0, 9, "OUTAGE"), ("a", 0, 6, "SUPPORT"), ("a", 0, 4, "BREAK"), ("a", 0, 1, "ABSENT")])
    _, found = hand([], [("a", 0, 12)], scheduled=plan)
    assert found == {"PAID": 12, "ABSENT": 1, "BREAK": 3, "SUPPORT": 2, "OUTAGE": 3, "UNACCOUNTED": 3}


def test_work_and_off_and_unpaid_breaks_move_nothing():
    ladder, found = hand(
        [("a", 0, 10, "WORK"), ("a", 10, 4, "OFF"), ("a", 30, 5, "BREAK"), ("a", 36, 2, "WORK")], [("a", 0, 20)]
    )
    assert found == {"PAID": 20, "UNACCOUNTED": 20, "OUTSIDE_PAID": 2}
    moved = ladder.moved.set_index(["rule", "state"])["us"] // TICK
    assert moved["at work, kind unknown", "WORK"] == 10
    assert moved["signed off in paid time", "OFF"] == 4


def test_time_in_which_a_contact_waits_is_never_idle():
    waits = framed([("x", 4, 3), ("x", 5, 4)]).drop(columns=["agent", "state"])
    ladder, found = hand([("a", 0, 10, "IDLE")], [("a", 0, 10)], waiting=waits)
    assert found == {"PAID": 10, "IDLE": 5, "UNACCOUNTED": 5}
    assert ladder.moved.set_index("rule").loc["a contact was waiting", "us"] == 5 * TICK


def test_what_each_rule_moved_adds_up():
    """Of 30 ticks given as idle: 4 doubled, 6 outside paid time, 5 under a contact, the other 15 are idle."""
    ladder, found = hand([("a", 0, 16, "IDLE"), ("a", 12, 14, "IDLE"), ("a", 3, 5, "HANDLING")], [("a", 0, 20)])
    idle = ladder.moved[ladder.moved["state"].eq("IDLE")].set_index("rule")
    assert (idle["us"] // TICK).to_dict() == {
        "seen twice in one state": 4,
        "outside paid time": 6,
        "stronger evidence": 5,
    }
    assert idle["rows"].to_dict() == {"seen twice in one state": 2, "outside paid time": 1, "stronger evidence": 1}
    assert found == {"PAID": 20, "HANDLING": 5, "IDLE": 15, "OUTSIDE_PAID": 6}
    assert idle["us"].sum() // TICK + found["IDLE"] == 30


def test_a_day_is_the_local_date_of_the_agent():
    """18:00 UTC on 28 March to 14:00 on 29 March: Amsterdam's midnight is 23:00 UTC, New York's is 04:00."""
    paid = [("a", 36, 120), ("b", 36, 120)]
    days = time_ladder(framed([]), paid=framed(paid).drop(columns="state"), zones=ZONES).by_agent_day
    hours = days.assign(hours=days["PAID"] / 3.6e9, date=days["day"].dt.strftime("%d"))
    assert hours.set_index(["agent", "date"])["hours"].to_dict() == {
        ("a", "28"): 5,
        ("a", "29"): 15,
        ("b", "28"): 10,
        ("b", "29"): 10,
    }


def test_slots_sum_over_people_for_the_heat_map():
    ladder, _ = hand([("a", 1, 4, "IDLE")], [("a", 0, 9), ("b", 3, 3)])
    slots = ladder.by_slot(1800)
    assert slots.columns.tolist() == ["agent", "slot_start", "PAID", *BUCKETS]
    assert (slots.loc[slots["agent"].eq("a"), "IDLE"] // TICK).tolist() == [2, 2, 0]
    assert (slots["PAID"] // TICK).tolist() == [3, 3, 3, 3]
    assert str(slots["slot_start"].dtype) == "datetime64[us, UTC]"


def test_the_sentence_names_hours_and_shares():
    ladder, _ = hand([("a", 0, 6, "IDLE")], [("a", 0, 24)])
    assert repr(ladder) == "4.0 paid hours of 1 agents on 1 agent-days: IDLE 25.0%, UNACCOUNTED 75.0%"
    assert repr(hand([("a", 0, 6, "IDLE")], [])[0]) == "no paid time"


def test_what_the_ladder_cannot_use_is_refused():
    paid = framed([("a", 0, 9)])
    with pytest.raises(
        DataProblem, match=r"evidence: 1 spells are in a state that the ladder does not know \(first: row 2\)"
    ):
        time_ladder(framed([("a", 0, 1, "IDLE"), ("a", 0, 1, "Lunch")]), paid=paid)
    with pytest.raises(DataProblem, match="2 agents have no time zone"):
        time_ladder(framed([("z", 0, 1, "IDLE")]), paid=framed([("y", 0, 9), ("a", 0, 9)]), zones={"a": "UTC"})
    with pytest.raises(DataProblem, match="paid: no column agent"):
        time_ladder(framed([]), paid=paid.drop(columns="agent"))
    with pytest.raises(DataProblem, match="evidence: no column state"):
        time_ladder(framed([]).drop(columns="state"), paid=paid)
    naive = paid.assign(start=paid["start"].dt.tz_localize(None), end=paid["end"].dt.tz_localize(None))
    with pytest.raises(DataProblem, match="without a zone"):
        time_ladder(framed([]), paid=naive)
    with pytest.raises(DataProblem, match="end before they start"):
        time_ladder(framed([("a", 5, -1, "IDLE")]), paid=paid)
