"""Groups, half hours, gaps, items and service, by hand."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analysis import measure_baseline
from analysis.baseline import BaselineSettings
from analysis.baseline.service import backlog, error_rate, within_due
from analysis.foundation.estimate import find
from tests.baseline.factory import AGENTS, CLIENT, QUEUE, at, client_tables, roster, table, workdays

TWENTY = tuple(f"p{number}" for number in range(20))


def pieces(day, agent):
    return [(0, 240 + day, "HANDLING"), (240 + day, 480, "IDLE")]


def test_small_teams_are_merged_before_anything_is_computed():
    tables = client_tables(10, lambda day, agent: pieces(day + agent, agent), agents=TWENTY)
    teams = ["one"] * 10 + ["two"] * 6 + ["three"] * 4
    tables["roster"] = tables["roster"].assign(team=pd.Series(teams, dtype="str"))
    found = measure_baseline(tables, client=CLIENT).groups
    work = found[found["share"] == "utilization"].set_index("group")
    assert work["agents"].to_dict() == {"Merged teams (2)": 10, "one": 10}
    assert (work["low"] < work["value"]).all()
    together = (work["value"] * work["agents"]).sum() / 20
    assert together == pytest.approx((240 + 4.5 + 9.5) / 480)


def test_half_hours_of_the_week():
    """On Mondays everybody handles for 240 minutes or more from 08:00 and waits for the rest of the shift until 16:00."""
    found = measure_baseline(client_tables(10, pieces), client=CLIENT)
    monday = found.idle_by_slot[found.idle_by_slot["weekday"] == 0].set_index("slot_of_day_s")
    assert monday.index.tolist() == list(range(8 * 3600, 16 * 3600, 1800))
    assert monday["days"].tolist() == [2] * 16
    assert monday["idle_agents"].sum() * 30 == pytest.approx(10 * (240 + 235) / 2)
    assert monday.loc[8 * 3600, "handling_agents"] == pytest.approx(10)
    assert (monday["attended_agents"] == 10).all()
    # of the half hour from 12:00, days 0 and 5: idle for 30 and 25 minutes
    assert monday.loc[12 * 3600, "idle_agents"] == pytest.approx(10 * 27.5 / 30)


def test_half_hours_of_few_people_hold_the_mean_of_the_span_that_they_are_put_in():
    tables = client_tables(10, lambda day, agent: [(0, 240, "HANDLING"), (240, 480, "IDLE")], agents=TWENTY)
    early = tables["schedule"]["agent"].isin(TWENTY[:9])
    tables["schedule"].loc[~early, "start"] += pd.Timedelta(hours=1)
    found = measure_baseline(tables, client=CLIENT)
    monday = found.idle_by_slot[found.idle_by_slot["weekday"].eq(0)].set_index("slot_of_day_s")
    first = monday.loc[[28800, 30600, 32400]]
    assert (first[["span_start_s", "span_slots", "distinct_agents"]] == [28800, 3, 20]).all(axis=None)
    assert first["workable_agents"].to_numpy() == pytest.approx((9 + 9 + 20) / 3)
    assert (monday.loc[34200:, "span_slots"] == 1).all()
    listed = found.merges[found.merges["by"].eq("half_hour")]
    assert listed[["level", "parts", "agents"]].values.tolist() == [
        ["08:00 to 09:30", "3 half hours on Monday, Tuesday, Wednesday, Thursday, Friday", 20],
        ["08:00 to 09:30", "3 half hours, all weekdays together", 20],
    ]


def test_a_stretch_of_too_few_people_holds_no_means():
    tables = client_tables(10, pieces, agents=TWENTY)
    night = tables["schedule"][tables["schedule"]["agent"].isin(TWENTY[:9])]
    later = night.assign(start=night["end"] + pd.Timedelta(hours=2), end=night["end"] + pd.Timedelta(hours=3))
    tables["schedule"] = pd.concat([tables["schedule"], later], ignore_index=True)
    found = measure_baseline(tables, client=CLIENT).idle_by_slot.query("slot_of_day_s >= 57600")
    assert (found["distinct_agents"] == 9).all()
    assert found[["idle_agents", "workable_agents", "attended_agents"]].isna().all(axis=None)


def test_members_add_up_to_what_is_published():
    found = measure_baseline(client_tables(10, pieces), client=CLIENT)
    by = found.members.groupby("by")[["base_h", "idle_h"]].sum()
    assert by["base_h"].to_numpy() == pytest.approx(by.loc["all", "base_h"])
    assert set(by.index) == {"all", "weekday", "half_hour", "slot"}
    hours = found.ladder.set_index("bucket")["hours"]
    assert by.loc["slot", "idle_h"] == pytest.approx(hours["IDLE"])
    cell = found.members[found.members["level"].eq("0 43200")]
    shown = found.idle_by_slot[found.idle_by_slot["weekday"].eq(0)].set_index("slot_of_day_s").loc[43200]
    assert len(cell) == shown["distinct_agents"]
    assert cell["idle_h"].sum() / (shown["days"] * shown["span_slots"] * 0.5) == pytest.approx(shown["idle_agents"])
    parts = found.members[["utilization_h", "support_h", "idle_h", "away_h", "unaccounted_h"]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(found.members["base_h"].to_numpy())


def test_no_idle_states_no_idle_mean():
    found = measure_baseline(back_office(), client=CLIENT).idle_by_slot
    assert found["idle_agents"].isna().all()
    assert (found["attended_agents"] == 10).all()


def test_slots_use_the_clients_clock():
    amsterdam = CLIENT.model_copy(update={"time_zone": "Europe/Amsterdam"})
    found = measure_baseline(client_tables(10, pieces), client=amsterdam).idle_by_slot
    assert found["slot_of_day_s"].min() == 9 * 3600


def test_holidays_are_like_no_other_day():
    closed = CLIENT.model_copy(update={"holidays": (workdays(1)[0],)})
    found = measure_baseline(client_tables(10, pieces), client=closed).idle_by_slot
    assert found.loc[found["weekday"] == 0, "days"].unique().tolist() == [1]


def test_pools_know_their_agents():
    tables = client_tables(10, pieces)
    found = measure_baseline(tables, client=CLIENT, queues=[QUEUE]).pool_slots
    assert found["pool"].unique().tolist() == ["service"]
    assert found.loc[
        (found["weekday"] == 0) & (found["slot_of_day_s"] == 28800), "workable_agents"
    ].item() == pytest.approx(10)


def test_the_agents_of_a_pool_day_by_day_average_to_its_half_hours():
    found = measure_baseline(client_tables(10, pieces), client=CLIENT, queues=[QUEUE])
    days = found.pool_slot_days.assign(weekday=found.pool_slot_days["day"].dt.day_of_week)
    sums = days.groupby(["pool", "weekday", "slot_of_day_s"])["workable_agents"].sum()
    cells = found.pool_slots.set_index(["pool", "weekday", "slot_of_day_s"])
    assert (sums / cells["days"]).dropna().to_numpy() == pytest.approx(
        cells.loc[sums.index, "workable_agents"].to_numpy()
    )
    assert cells.loc[cells.index.difference(sums.index), "workable_agents"].eq(0).all()


def test_gaps_are_idle_states_where_there_are_some():
    gaps = measure_baseline(client_tables(10, pieces), client=CLIENT).gaps
    assert gaps["kind"].unique().tolist() == ["waiting"]
    assert gaps["hours"].sum() == pytest.approx(10 * sum(240 - day for day in range(10)) / 60)
    assert gaps["contact_waiting_h"].isna().all()


def calls_of(days, per_day=12):
    """Return calls of five minutes every quarter of an hour; during the second gap a contact waits for four minutes."""
    rows = []
    for n, day in enumerate(days):
        for agent in AGENTS:
            for k in range(per_day):
                rows.append(
                    {
                        "contact": f"{n}-{agent}-{k}",
                        "queue": "claims",
                        "agent": agent,
                        "offered_at": at(day, 15 * k),
                        "answered_at": at(day, 15 * k),
                        "ended_at": at(day, 15 * k + 5),
                    }
                )
        rows.append(
            {
                "contact": f"w{n}",
                "queue": "claims",
                "offered_at": at(day, 21),
                "ended_at": at(day, 25),
                "abandoned": True,
            }
        )
    return table("contacts", rows)


def test_gaps_between_contacts():
    tables = {"roster": roster(), "contacts": calls_of(workdays(7))}
    found = measure_baseline(tables, client=CLIENT, queues=[QUEUE])
    gaps = found.gaps.set_index("gap_class")
    assert gaps["kind"].unique().tolist() == ["between contacts"]
    assert gaps.loc["5-15 min", "hours"] == pytest.approx(7 * 10 * 11 * 10 / 60)
    assert gaps["contact_waiting_h"].sum() == pytest.approx(7 * 10 * 4 / 60)
    facts = found.facts.set_index("fact")["value"]
    assert facts["contacts"] == 7 * 121
    assert facts["contacts_handled"] == 7 * 120
    assert facts["agent_days"] == 70
    assert facts["work_over_span"] == pytest.approx(60 / 170)
    assert facts["mean_wait_of_queued_s"] == pytest.approx(240)
    strict = measure_baseline(tables, client=CLIENT, queues=[QUEUE], settings=BaselineSettings(busy_day_contacts=13))
    assert strict.facts.set_index("fact")["value"]["agent_days"] == 0
    assert strict.gaps.empty
    assert strict.sensitivity.empty


ITEM = {"type": "letter", "agent": "p0"}


def items(*rows):
    return table("work_items", [{"item": str(n), **ITEM, **row} for n, row in enumerate(rows)])


def test_within_due_by_hand():
    days = workdays(8)
    rows = [
        {"ended": at(day, 60 * k), "due": at(day, 60 * k + (1 if k < 8 - n % 4 else -1))}
        for n, day in enumerate(days)
        for k in range(10)
    ]
    found = within_due(items(*rows), client=CLIENT, confidence=0.95)
    assert found.value == pytest.approx(sum(8 - n % 4 for n in range(8)) / 80)
    assert (found.n, found.n_unit) == (8, "days")
    assert within_due(items({"ended": at(days[0], 0)}), client=CLIENT, confidence=0.95).status == "insufficient"


def test_backlog_by_hand():
    """Each day one item of an hour arrives and is done two days later: when a day's item is finished two are in hand."""
    days = [pd.Timestamp(workdays(1)[0]) + pd.Timedelta(days=n) for n in range(70)]
    rows = [{"arrived": at(day, 10), "ended": at(day + pd.Timedelta(days=2), 20)} for day in days]
    found = backlog(items(*rows), {"letter": 3600.0}, client=CLIENT, confidence=0.95, draws=300, seed=1)
    assert found.value == pytest.approx(2.0)
    assert found.unit == "h"
    assert found.n_unit == "weeks"
    half = backlog(items(*rows), {"letter": 1800.0}, client=CLIENT, confidence=0.95, draws=300, seed=1)
    assert half.value == pytest.approx(1.0)
    short = backlog(items(*rows[:20]), {"letter": 3600.0}, client=CLIENT, confidence=0.95, draws=300, seed=1)
    assert short.value is None
    assert (short.low, short.high) == (2.0, 2.0)
    assert backlog(items(*rows), {}, client=CLIENT, confidence=0.95, draws=300, seed=1).status == "insufficient"


def back_office(**more):
    tables = client_tables(10, lambda day, agent: [(0, 240 + day, "ITEM_WORK")], population="back_office")
    return {**tables, **more}


def test_error_rate_by_hand():
    from analysis.baseline.evidence import people_of

    weeks = pd.date_range("2026-01-05", periods=8, freq="7D")
    rows = [{"team": "one", "period_start": week, "checked": 50, "errors": 1 + n % 3} for n, week in enumerate(weeks)]
    other = [{**row, "team": "elsewhere", "errors": 50} for row in rows]
    tables = back_office(quality=table("quality", rows + other))
    people = people_of(tables, "back_office", client=CLIENT, queues=(), settings=BaselineSettings())
    found = error_rate(tables, people, confidence=0.95, draws=300, seed=1)
    assert found.value == pytest.approx(sum(1 + n % 3 for n in range(8)) / 400)
    assert found.n == 8


def test_item_lengths_and_standards():
    day = workdays(1)[0]
    rows = [
        {"started": at(day, 20 * k), "ended": at(day, 21 * k + 2), "agent": AGENTS[k % len(AGENTS)]} for k in range(12)
    ]
    night = {"started": at(day, 0), "ended": at(day, 2000), "agent": "p0"}
    rare = {"started": at(day, 300), "ended": at(day, 305), "type": "visit", "agent": "p0"}
    types = table("item_types", [{"type": "letter", "standard_s": 300.0, "interruptible": True}])
    tables = back_office(work_items=items(*rows, night, rare), item_types=types)
    found = measure_baseline(tables, client=CLIENT)
    lengths = found.item_lengths.set_index("type")
    assert lengths.index.tolist() == ["letter"]
    assert lengths.loc["letter", ["items", "median_s", "mean_s"]].tolist() == [12, 450, 450]
    assert bool(lengths.loc["letter", "interruptible"])
    cross = found.crosswalk.set_index("definition")
    assert "no standard times" in cross.loc["earned hours", "reason"]


def test_interval_totals_make_a_ladder_without_gaps():
    tables = client_tables(10, lambda day, agent: [])
    totals = [
        {
            "agent": agent,
            "interval_start": at(day, 30 * k),
            "length_s": 1800.0,
            "state": word,
            "us": int(minutes * 60e6),
        }
        for n, day in enumerate(workdays(10))
        for agent in AGENTS
        for k in range(16)
        for word, minutes in (("HANDLING", 15 + n / 2), ("IDLE", 10 - n / 2))
    ]
    tables["state_totals"] = table("state_totals", totals)
    found = measure_baseline(tables, client=CLIENT)
    shares = found.shares.set_index("share")["value"]
    assert shares[["utilization", "idle", "unaccounted"]].tolist() == pytest.approx([17.25 / 30, 7.75 / 30, 5 / 30])
    assert found.gaps.empty
    assert found.idle_by_slot.empty


def test_paid_hours_without_clock_times_are_graded_c():
    start = pd.Timestamp("2026-01-05")
    weeks = [start + pd.Timedelta(weeks=n) for n in range(8)]
    rows = [
        {"started": at(week, 0), "ended": at(week, 120 + 10 * n), "agent": agent}
        for n, week in enumerate(weeks)
        for agent in AGENTS
    ]
    workload = [
        {"team": "one", "period_start": week, "period_end": week + pd.Timedelta(days=6), "paid_h": 50.0}
        for week in weeks
    ]
    tables = {
        "roster": roster(population="back_office"),
        "work_items": items(*rows),
        "workload": table("workload", workload),
    }
    found = measure_baseline(tables, client=CLIENT)
    work = find(found.quantities, "baseline.utilization", population="back_office")
    assert work.value == pytest.approx((120 + 35) * 10 / 60 / 50)
    assert work.grade == "C"
    assert found.attendance["source"].tolist() == ["paid_hours"]
    assert found.ladder.set_index("bucket").loc["OUTSIDE_PAID", "hours"] == 0
    tight = table("workload", [{**row, "paid_h": 25.0} for row in workload])
    ladder = measure_baseline({**tables, "workload": tight}, client=CLIENT).ladder.set_index("bucket")["hours"]
    assert ladder["ITEM_WORK"] + ladder["UNACCOUNTED"] == pytest.approx(8 * 25)
    # measured (120 + 10 n) / 6 hours in week n; 5 weeks exceed the paid 25
    assert ladder["OUTSIDE_PAID"] == pytest.approx(sum(max(0.0, (120 + 10 * n) / 6 - 25) for n in range(8)))


def test_results_are_plain_enough_to_store_even_when_empty(tmp_path):
    from analysis.baseline import Baseline
    from analysis.engagement.store import load, store

    for number, tables in enumerate((client_tables(10, pieces), client_tables(10, pieces, agents=AGENTS[:5]))):
        found = measure_baseline(tables, client=CLIENT)
        folder = tmp_path / str(number)
        folder.mkdir()
        store(found, folder)
        again = load(Baseline, folder)
        for field in dataclasses.fields(found):
            one, two = getattr(found, field.name), getattr(again, field.name)
            if isinstance(one, pd.DataFrame):
                pd.testing.assert_frame_equal(one, two)
            else:
                assert one == two, field.name


def test_frames_hold_no_infinite_numbers():
    found = measure_baseline(client_tables(10, pieces), client=CLIENT)
    for field in dataclasses.fields(found):
        frame = getattr(found, field.name)
        if isinstance(frame, pd.DataFrame):
            numbers = frame.select_dtypes("number").to_numpy(dtype=float, na_value=np.nan)
            assert not np.isinf(numbers).any(), field.name
