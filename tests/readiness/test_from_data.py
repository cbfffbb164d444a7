"""Levels that the client's data give, on tables that fit on a screen; and how data and raters meet in the assessment."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from analysis import assess_readiness
from analysis.foundation.schema import typed_table
from analysis.readiness import ReadinessSettings, from_data, read_criteria
from analysis.readiness.from_data import Facts
from tests.report import factory

DAYS = pd.date_range("2026-03-02 08:00", periods=8, freq="D", tz="UTC")
BASELINE, BLENDING = factory.baseline(), factory.blending()


def at(day, minutes):
    return DAYS[day] + pd.Timedelta(minutes=minutes)


def table(name, rows):
    frame = pd.DataFrame(rows)
    for column in frame:
        if isinstance(frame[column].iloc[0], pd.Timestamp):
            frame[column] = frame[column].astype("datetime64[us, UTC]")
    return typed_table(name, frame)


def facts(*, baseline=BASELINE, blending=BLENDING, **tables):
    return Facts(tables, baseline, blending, factory.client(), ReadinessSettings(timed_items_per_type=5))


def spell(day, state, minutes=60, start=0):
    return {
        "agent": "a",
        "start": at(0, 0) + pd.Timedelta(days=day, minutes=start),
        "end": at(0, 0) + pd.Timedelta(days=day, minutes=start + minutes),
        "state": state,
        "population": "contact_centre",
    }


def item(kind, day, *, arrived, started, minutes, due_h):
    begun = at(day, started)
    return {
        "item": f"{kind}{day}{started}",
        "type": kind,
        "arrived": at(day, arrived),
        "started": begun,
        "ended": begun + pd.Timedelta(minutes=minutes),
        "due": at(day, arrived) + pd.Timedelta(hours=due_h),
    }


def with_unaccounted(value, low, high):
    shares = BASELINE.shares.copy()
    row = (shares["population"] == "contact_centre") & (shares["share"] == "unaccounted")
    shares.loc[row, ["value", "low", "high"]] = [value, low, high]
    shares.loc[row, "status"] = "ok"
    return replace(BASELINE, shares=shares)


@pytest.mark.parametrize(
    ("days", "unaccounted", "level", "span"),
    [
        (56, (0.04, 0.03, 0.045), 4, (4, 4)),
        (56, (0.04, 0.03, 0.06), 4, (2, 4)),
        (56, (0.30, 0.25, 0.35), 0, (0, 0)),
        (35, (0.04, 0.03, 0.045), 2, (2, 2)),
        (14, (0.04, 0.03, 0.045), 0, (0, 0)),
    ],
)
def test_weeks_of_states_and_what_they_leave_unaccounted(days, unaccounted, level, span):
    score = from_data.agent_states(
        facts(
            baseline=with_unaccounted(*unaccounted), spells=table("spells", [spell(0, "IDLE"), spell(days - 1, "IDLE")])
        )
    )
    assert (score.level, score.range()) == (level, span)


def test_no_agent_states_is_a_zero_and_not_an_unknown():
    assert from_data.agent_states(facts()).level == 0


def test_default_codes_over_all_not_ready_time():
    rows = [spell(day, "AWAY", 10) for day in range(8)] + [spell(day, "BREAK", 30 + day, 20) for day in range(8)]
    score = from_data.reason_codes(facts(spells=table("spells", rows)))
    assert score.figure == pytest.approx(80 / (80 + 240 + 28))
    assert score.level == 2
    assert score.low < score.figure < score.high


def test_forecast_error_by_interval_with_its_bias():
    starts = [at(day, 30 * slot) for day in range(8) for slot in range(2)]
    came = [100.0 + day for day in range(8) for _ in range(2)]
    volumes = table("volumes", {"queue": "q", "start": starts, "length_s": 1800.0, "offered": came})
    miss = [12.0, -12.0] * 8

    def forecast(error, made="2026-02-01"):
        wanted = [number + part for number, part in zip(came, error, strict=True)]
        rows = {
            "queue": "q",
            "start": starts,
            "length_s": 1800.0,
            "offered": wanted,
            "made_at": pd.Timestamp(made, tz="UTC"),
        }
        frame = pd.DataFrame(rows)
        frame["made_at"] = frame["made_at"].astype("datetime64[us, UTC]")
        return typed_table("forecasts", frame)

    score = from_data.forecast_error(facts(volumes=volumes, forecasts=forecast(miss)))
    assert score.figure == pytest.approx(12 * 16 / sum(came))
    assert score.level == 3
    # the same size of error, all in one direction, is no good forecast
    assert from_data.forecast_error(facts(volumes=volumes, forecasts=forecast([12.0] * 16))).level == 2
    # only the forecast made last counts
    both = pd.concat([forecast([90.0] * 16, "2026-01-01"), forecast([1.0, -1.0] * 8)])
    assert from_data.forecast_error(facts(volumes=volumes, forecasts=both)).level == 4
    assert from_data.forecast_error(facts(volumes=volumes)) is None


def test_short_types_timed_types_and_slack():
    rows = []
    for day in range(8):
        rows.append(item("letter", day, arrived=0, started=60, minutes=5 + 6 * (day % 2), due_h=24))
        rows.append(item("claim", day, arrived=0, started=120, minutes=30, due_h=24))
    items = table("work_items", rows)
    short = from_data.short_items(facts(work_items=items))
    assert short.figure == pytest.approx(8 / 38)  # on average 8 minutes, at most 11
    assert short.level == 2
    assert from_data.item_times(facts(work_items=items)).level == 4
    assert from_data.item_times(facts(work_items=items.iloc[:2])).level == 0
    # allowed 24 h, taken half an hour to two and a half: 22 to 23 hours of slack are level 1
    score = from_data.slack(facts(work_items=items))
    assert 21 < score.figure < 23
    assert score.level == 1


def test_backlog_counts_items_that_wait_when_agents_do():
    idle = BASELINE.idle_by_slot["idle_agents"].mean()
    many = int(idle) + 2
    rows = [
        item(f"t{number}", day, arrived=0, started=100, minutes=5, due_h=24)
        for day in range(8)
        for number in range(many)
    ]
    volumes = {"queue": "q", "start": [at(day, minute) for day in range(8) for minute in (30, 60, 90, 150)]}
    slots = table("volumes", {**volumes, "length_s": 1800.0, "offered": 5.0})
    score = from_data.backlog(facts(work_items=table("work_items", rows), volumes=slots))
    # at 30, 60 and 90 minutes all items wait, at 150 none does (the last day's 150 lies after the last start)
    assert score.figure == pytest.approx(24 / 31)
    assert score.level == 2


def test_an_interval_that_just_meets_the_promise_meets_it():
    service = BLENDING.service.head(1).assign(queue="q", answer_within_s=20.0, target=0.8)
    starts = [at(day, 30 * slot) for day in range(8) for slot in range(4)]
    within = [8.0, 8.0, 8.0, 7.0] * 7 + [8.0] * 4
    rows = {
        "queue": "q",
        "start": starts,
        "length_s": 1800.0,
        "offered": 10.0,
        "answered_within": within,
        "within_s": 20.0,
    }
    score = from_data.promise(facts(blending=replace(BLENDING, service=service), volumes=table("volumes", rows)))
    assert score.figure == pytest.approx(7 / 32)
    assert score.level == 2


def assessed(rows, **tables):
    answers = typed_table("answers", pd.DataFrame(rows, columns=["criterion", "rater", "role", "rating"]))
    return assess_readiness(
        {"answers": answers, **tables}, BASELINE, factory.utilization(), BLENDING, client=factory.client()
    )


def test_the_data_overrule_the_raters_and_the_disagreement_is_a_finding():
    found = assessed([("D1", "a", "planner", 4.0), ("D1", "b", "planner", 4.0), ("M1", "a", "planner", 3.0)])
    row = found.criteria.set_index("criterion").loc["D1"]
    assert (row["level"], row["source"], row["grade"]) == (0, "data", "A")
    assert row["disagreement"] == "raters say 4, the data say 0"
    assert any(finding.code == "readiness_disagreement" and "D1" in finding.where for finding in found.findings)
    rated = found.criteria.set_index("criterion").loc["M1"]
    assert (rated["level"], rated["source"], rated["grade"]) == (3, "raters", "C")
    assert found.criteria.set_index("criterion").loc["T2", "source"] == "none"


def test_rater_names_and_order_do_not_matter():
    rows = [("M1", name, "planner", level) for name, level in (("a", 1.0), ("b", 3.0), ("c", 4.0))]
    renamed = [(criterion, {"a": "z", "b": "y", "c": "x"}[name], role, level) for criterion, name, role, level in rows]
    one, two = assessed(rows), assessed(renamed[::-1])
    pd.testing.assert_frame_equal(one.criteria, two.criteria)
    pd.testing.assert_frame_equal(one.acceptability, two.acceptability)


def test_every_criterion_scored_from_data_has_its_score():
    assert {criterion.id for criterion in read_criteria() if criterion.data} == set(from_data.SCORES)
