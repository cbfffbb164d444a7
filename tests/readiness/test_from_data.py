"""Levels that the client's data give, on tables that fit on a screen; and how far raters are from them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.baseline.settings import BaselineSettings
from analysis.blending.settings import BlendingSettings
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import BUCKETS, empty_table, typed_table
from analysis.foundation.settings import Client, Period, Queue
from analysis.readiness import ReadinessSettings, read_criteria
from analysis.readiness.criteria import LevelRule
from analysis.readiness.from_data import READERS, Facts, score_all
from analysis.readiness.from_data.states import weeks_covered
from analysis.readiness.scores import Reading, scored, scores_frame
from tests.report import factory

CRITERIA = {criterion.id: criterion for criterion in read_criteria()}
MONDAY = pd.Timestamp("2026-03-02 08:00", tz="UTC")
PEOPLE = [f"p{number:02d}" for number in range(10)]
LINE = Queue(name="q", pool="q", answer_within_s=20, target=0.8, max_occupancy=0.8)
MODES = ("suitable_blocks", "suitable_between", "suitable_interrupt")


def at(day, minutes=0.0):
    """Return a moment of the n-th working day, minutes after 08:00."""
    return MONDAY + pd.Timedelta(days=day // 5 * 7 + day % 5, minutes=minutes)


def table(name, rows):
    frame = pd.DataFrame(rows)
    for column in frame:
        if isinstance(frame[column].iloc[0], pd.Timestamp):
            frame[column] = frame[column].astype("datetime64[us, UTC]")
    return typed_table(name, frame)


def facts(*, attendance="schedule", days=None, shares=None, slots=None, queues=(LINE,), zone="UTC", holidays=(), suitable=("letter",), lab=None, usable=None, **tables):  # fmt: skip
    rows = pd.DataFrame({"population": ["contact_centre"], "source": [attendance], "paid_h": [100.0]})
    unaccounted = pd.DataFrame({"population": ["contact_centre"], "share": ["unaccounted"], "value": np.nan, "low": np.nan, "high": np.nan, "status": "insufficient", "reason": "no paid time"})  # fmt: skip
    baseline: Any = SimpleNamespace(settings=BaselineSettings(), attendance=rows, days=pd.DataFrame() if days is None else days, shares=unaccounted if shares is None else unaccounted.assign(**shares), idle_by_slot=pd.DataFrame() if slots is None else slots)  # fmt: skip
    inventory = pd.DataFrame({"type": pd.Series(list(suitable), dtype="str"), **dict.fromkeys(MODES, True)})
    empty = pd.DataFrame()
    blending: Any = SimpleNamespace(settings=BlendingSettings(), inventory=inventory, service=empty, lab=empty if lab is None else lab, usable=empty if usable is None else usable)  # fmt: skip
    client = Client(name="Acme", time_zone=zone, period=Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 4, 26)), full_time_h_per_week=40, holidays=holidays)  # fmt: skip
    return Facts(tables, baseline, blending, client, ReadinessSettings(timed_items_per_type=5), queues)


def score(criterion, given) -> Any:
    return score_all(given, [CRITERIA[criterion]])[criterion]


def figure(criterion, key, given) -> Any:
    return next(one for one in score(criterion, given).figures if one.key == key)


def everybody(day, state, minutes, start=0.0, **more):
    """Return one spell of this state and length for each of ten people."""
    return [{"agent": name, "start": at(day, start), "end": at(day, start + minutes), "state": state, "population": "contact_centre", **more} for name in PEOPLE]  # fmt: skip


def worked(days):
    return table("spells", [spell for day in range(days) for spell in everybody(day, "IDLE", 60)])


def hours(missing, outside, days=10):
    """Return the baseline's hours by day: of 100 attended, so many in no state; beside them so many outside paid time."""
    day = pd.Series([at(number).tz_localize(None).normalize() for number in range(days)]).astype("datetime64[us]")
    frame = pd.DataFrame({"population": "contact_centre", "day": day, "weekday": day.dt.day_of_week, "week": day - pd.to_timedelta(day.dt.day_of_week, "D")})  # fmt: skip
    frame = frame.assign(**dict.fromkeys((*BUCKETS, "PAID"), 0.0), OUTSIDE_PAID=outside)
    gone = np.resize(np.asarray(missing, float), days)
    return frame.assign(UNACCOUNTED=gone, HANDLING=100.0 - gone)


# --- D1 ---


@pytest.mark.parametrize(
    ("days", "unaccounted", "level", "span"),
    [
        (40, (0.04, 0.03, 0.045), 4, (4, 4)),
        (40, (0.04, 0.03, 0.06), 4, (2, 4)),
        (40, (0.30, 0.25, 0.35), 0, (0, 0)),
        (39, (0.04, 0.03, 0.045), 2, (2, 2)),
        (19, (0.04, 0.03, 0.045), 0, (0, 0)),
    ],
)
def test_weeks_of_states_and_what_they_leave_unaccounted(days, unaccounted, level, span):
    shares = {**dict(zip(("value", "low", "high"), unaccounted, strict=True)), "status": "ok"}
    found = score("D1", facts(spells=worked(days), shares=shares))
    assert (found.level, found.range()) == (level, span)


def test_weeks_count_holidays_but_neither_holes_nor_days_of_a_few_people():
    days = pd.DataFrame({"day": pd.bdate_range("2026-03-02", periods=40), "agents": 30})
    assert weeks_covered(days, ()) == 8
    closed = [date.date() for date in days["day"].iloc[[24, 25]]]
    assert weeks_covered(days.drop(index=[24, 25]), ()) == 7.6
    assert weeks_covered(days.drop(index=[24, 25]), closed) == 8
    # two weeks without states in the middle: eight weeks from first to last day, six of data
    assert weeks_covered(days.drop(index=range(10, 20)), closed) == 6
    thin = days.assign(agents=[30] * 35 + [3] * 5)
    assert weeks_covered(thin, ()) == 7
    assert weeks_covered(days.iloc[:1], ()) == 0.2


def test_no_states_is_a_zero_and_paid_time_that_is_not_known_leaves_the_gate_open():
    assert score("D1", facts()).level == 0
    shares = {"value": 0.01, "low": 0.005, "high": 0.02, "status": "ok"}
    open_ = score("D1", facts(spells=worked(40), shares=shares, attendance="sign_on"))
    assert (open_.level, open_.range(), open_.ceiling) == (None, (None, None), 4)
    assert "not known" in open_.figures[1].reason


def test_unaccounted_time_that_is_never_seen_has_the_exact_limit_of_so_many_days():
    found = figure("D1", "unaccounted", facts(spells=worked(40), days=hours(0.0, 0.0, days=40)))
    # Clopper & Pearson with 0 of 40: 1 - 0.025^(1/40)
    assert (found.value, found.low, found.high) == (0, 0, pytest.approx(1 - 0.025 ** (1 / 40)))
    assert (found.level, found.low_level) == (4, 2)


# --- D2 ---


def not_ready(day, away, rest, **more):
    return [*everybody(day, "AWAY", away, **more), *everybody(day, "BREAK", rest, start=200)]


def test_default_codes_over_all_not_ready_time():
    rows = [spell for day in range(10) for spell in not_ready(day, 10 + day % 2, 30 + day % 3)]
    found = figure("D2", "default_codes", facts(spells=table("spells", rows)))
    away, rest = sum(10 + day % 2 for day in range(10)), sum(30 + day % 3 for day in range(10))
    assert found.value == pytest.approx(away / (away + rest))
    assert found.level == 2
    assert found.low < found.value < found.high


def test_a_code_called_other_is_a_default_code_whatever_the_map_makes_of_it():
    rows = [spell for day in range(10) for spell in [*everybody(day, "SUPPORT", 30, state_raw="Other work"), *everybody(day, "BREAK", 30 + day % 2, start=200, state_raw="Mother room")]]  # fmt: skip
    assert figure("D2", "default_codes", facts(spells=table("spells", rows))).value == pytest.approx(300 / 605)


def test_nothing_is_said_of_the_time_of_fewer_than_ten_people():
    rows = [spell for day in range(10) for spell in not_ready(day, 10, 30) if spell["agent"] != "p03"]
    found = figure("D2", "default_codes", facts(spells=table("spells", rows), days=hours(4.0, 4.0)))
    assert (found.value, found.level) == (None, None)
    assert "fewer than 10" in found.reason
    apart = figure("D3", "apart", facts(spells=table("spells", rows), days=hours(4.0, 4.0)))
    assert apart.value is None


def test_five_days_do_not_speak():
    found = figure("D2", "default_codes", facts(spells=table("spells", [spell for day in range(5) for spell in not_ready(day, 10, 30)])))  # fmt: skip
    assert (found.level, found.status) == (None, "insufficient")
    assert "only 5 days" in found.reason


# --- D3 ---


def test_too_much_and_too_little_do_not_cancel():
    found = figure("D3", "apart", facts(spells=worked(10), days=hours([4.0, 6.0], 5.0)))
    # 5 of 100 hours missing on average and 5 more outside: 10 of 105, not 0
    assert found.value == pytest.approx(10 / 105)
    assert found.level == 2
    assert "4.8 % paid but in no state, 4.8 % in states but not paid" in found.sentence
    assert figure("D3", "apart", facts(spells=worked(10), days=hours(5.0, 5.0), attendance="span")).level is None


# --- D4, W1 ---


def item(kind, day, *, minutes, started=60.0, arrived=0.0, due_h=24.0, number=0):
    begun = at(day, started)
    return {"item": f"{kind}{day}{started}{number}", "type": kind, "arrived": at(day, arrived), "started": begun, "ended": begun + pd.Timedelta(minutes=minutes), "due": at(day, arrived) + pd.Timedelta(hours=due_h)}  # fmt: skip


def letters_and_claims(letter=(5, 11), claim=30, days=8):
    rows = []
    for day in range(days):
        rows += [item("letter", day, minutes=letter[day % 2]), item("claim", day, minutes=claim, started=120)]
    return table("work_items", rows)


def test_timed_items_of_each_type_count_up_to_the_number_wanted():
    items = letters_and_claims()
    assert figure("D4", "timed_types", facts(work_items=items)).level == 4
    # 5 of 5 letters and 2 of 5 claims; a type that is only listed counts as well
    fewer = items[items["type"].eq("letter") | items.index.isin(items.index[items["type"].eq("claim")][:2])]
    found = figure("D4", "timed_types", facts(work_items=fewer))
    assert (found.value, found.level) == (pytest.approx(0.7), 2)
    listed = table("item_types", [{"type": "complaint"}])
    assert figure("D4", "timed_types", facts(work_items=items, item_types=listed)).value == pytest.approx(2 / 3)
    untimed = items.assign(started=items["started"].where(items["item"].eq("")))
    assert figure("D4", "timed_types", facts(work_items=untimed)).level == 0
    assert figure("D4", "timed_types", facts()).level is None


def test_hours_in_short_types_and_a_type_at_ten_minutes_on_either_side():
    found = figure("W1", "short_hours", facts(work_items=letters_and_claims()))
    # letters take 8 minutes on average, claims 30; the interval of eight days for 5 and 11 minutes reaches beyond 10
    assert found.value == pytest.approx(8 / 38)
    assert found.level == 2
    clear = figure("W1", "short_hours", facts(work_items=letters_and_claims(letter=(7.8, 8.2))))
    near = figure("W1", "short_hours", facts(work_items=letters_and_claims(letter=(6, 13))))
    assert (clear.low_level, clear.high_level) == (2, 2)
    assert (near.value, near.low, near.low_level) == (pytest.approx(9.5 / 39.5), 0, 0)
    assert "may lie on either side" in near.sentence
    long = figure("W1", "short_hours", facts(work_items=letters_and_claims(letter=(30, 40))))
    assert (long.value, long.level) == (0, 0)


def test_items_over_night_are_no_lengths_and_untimed_ones_count_by_their_type():
    rows = [item("letter", day, minutes=8, started=60 + 20 * number, number=number) for day in range(8) for number in range(2)]  # fmt: skip
    rows += [item("claim", day, minutes=30, started=120) for day in range(8)]
    rows += [item("claim", day, minutes=20 * 60, started=300, number=1) for day in range(4)]
    found = figure("W1", "short_hours", facts(work_items=table("work_items", rows)))
    # twelve claims at 30 minutes, eight of them timed, and sixteen letters at 8
    assert found.value == pytest.approx(16 * 8 / (16 * 8 + 12 * 30))


def test_a_list_of_volumes_stands_in_for_a_log():
    weeks = [{"team": "a", "period_start": pd.Timestamp("2026-01-05") + pd.Timedelta(weeks=week), "period_end": pd.Timestamp("2026-01-11") + pd.Timedelta(weeks=week), "type": kind, "volume": volume + week % 2} for week in range(8) for kind, volume in (("letter", 100.0), ("claim", 50.0))]  # fmt: skip
    stated = table("item_types", [{"type": "letter", "standard_s": 300.0}, {"type": "claim", "standard_s": 1200.0}])
    workload = typed_table("workload", pd.DataFrame(weeks))
    found = figure("W1", "short_hours", facts(workload=workload, item_types=stated))
    assert found.value == pytest.approx(300 * 804 / (300 * 804 + 1200 * 404))
    assert found.n_unit == "weeks"


# --- W4 ---


def test_slack_is_the_median_of_due_less_done():
    rows = [item("claim", day, minutes=60 * (number + 1), number=number) for day in range(12) for number in range(3)]
    found = figure("W4", "slack_h", facts(work_items=table("work_items", rows)))
    # due 24 hours after arrival, done after 2, 3 or 4: the middle one has 21 left
    assert (found.value, found.level) == (21, 1)
    assert found.low <= 21 <= found.high
    none = table("work_items", rows).pipe(lambda rows: rows.assign(due=rows["due"].where(rows["item"].eq(""))))
    assert figure("W4", "slack_h", facts(work_items=none)).reason == "no item has both an arrival and a due time"
    stated = table("item_types", [{"type": "claim", "max_wait_h": 48.0}])
    assert figure("W4", "slack_h", facts(work_items=none, item_types=stated)).value == 45


def test_open_items_are_late_and_not_forgotten():
    items = table("work_items", [item("claim", day, minutes=60 * (number + 1), number=number) for day in range(12) for number in range(3)])  # fmt: skip
    # every third item, the quickest, is still open: the middle of the others would be 20.5
    still = items.assign(ended=items["ended"].where(np.arange(len(items)) % 3 != 0))
    assert figure("W4", "slack_h", facts(work_items=still)).value == 20
    most = items.assign(ended=items["ended"].where(np.arange(len(items)) % 3 == 0))
    assert "still open" in figure("W4", "slack_h", facts(work_items=most)).reason


# --- D5 ---


def volumes(came, name="volumes", length_s=1800.0, **more):
    rows = [{"queue": "q", "start": at(number // 2, 30 * (number % 2)), "length_s": length_s, "offered": one, **more} for number, one in enumerate(came)]  # fmt: skip
    return table(name, rows)


def test_forecast_error_by_interval_with_its_bias():
    came = np.array([100.0 + number // 2 for number in range(20)])
    miss = np.array([12.0, -12.0] * 10)
    found = score("D5", facts(volumes=volumes(came), forecasts=volumes(came + miss, "forecasts")))
    assert found.figures[0].value == pytest.approx(240 / came.sum())
    assert (found.level, found.figures[1].value) == (3, 0)
    # the same size of error, all in one direction
    low = score("D5", facts(volumes=volumes(came), forecasts=volumes(came - 8, "forecasts")))
    assert low.figures[1].value == pytest.approx(160 / came.sum())
    assert (low.figures[0].level, low.level) == (4, 3)
    assert "less was forecast" in low.figures[1].sentence


def test_only_the_last_forecast_made_before_the_interval_counts():
    came = np.array([100.0 + number // 2 for number in range(20)])
    early, late = pd.Timestamp("2026-01-01", tz="UTC"), pd.Timestamp("2026-02-01", tz="UTC")
    after = pd.Timestamp("2026-06-01", tz="UTC")
    both = [volumes(came + 90, "forecasts", made_at=early), volumes(came + [1.0, -1.0] * 10, "forecasts", made_at=late)]
    hindsight = volumes(came, "forecasts", made_at=after)
    found = score("D5", facts(volumes=volumes(came), forecasts=pd.concat([*both, hindsight])))
    assert found.figures[0].value == pytest.approx(20 / came.sum())
    assert score("D5", facts(volumes=volumes(came), forecasts=hindsight)).level is None


def test_no_forecast_asked_for_is_open_and_one_that_is_empty_is_unknown_to_the_client():
    came = volumes(np.full(20, 50.0))
    assert score("D5", facts(volumes=came)).level is None
    asked = score("D5", facts(volumes=came, forecasts=empty_table("forecasts")))
    assert (asked.level, asked.range()) == (0, (0, 0))
    by_day = volumes(np.full(20, 50.0), "forecasts", length_s=86400.0)
    assert score("D5", facts(volumes=came, forecasts=by_day)).level is None


# --- W5 ---


def test_backlog_counts_idle_hours_and_not_intervals():
    spells = [spell for day in range(8) for spell in everybody(day, "IDLE", 30)]
    spells += [spell for day in range(8) for spell in everybody(day, "IDLE", 60, start=60) if spell["agent"] < "p05"]
    # ten wait for 30 minutes and five for 60: as many agent-hours; six items wait all day
    rows = [item("letter", day, minutes=5, arrived=-60, started=300, number=number) for day in range(8) for number in range(6)]  # fmt: skip
    rows += [item("letter", -5, minutes=1), item("letter", 25, minutes=1)]
    given = facts(spells=table("spells", spells), work_items=table("work_items", rows))
    found = figure("W5", "waiting_work", given)
    assert found.value == pytest.approx(0.5)
    assert found.level == 2
    # the log of items ends before anybody waits
    early = facts(spells=table("spells", spells), work_items=table("work_items", [item("letter", -20, minutes=1)]))
    assert "not seen waiting" in figure("W5", "waiting_work", early).reason
    none = facts(spells=table("spells", spells), work_items=table("work_items", rows), suitable=())
    assert score("W5", none).level == 0
    assert score("W5", facts(work_items=table("work_items", rows))).level is None


def test_without_logged_waiting_the_usual_idle_of_the_half_hour_stands_for_it():
    slots = pd.DataFrame({"population": "contact_centre", "weekday": range(5), "slot_of_day_s": 9 * 3600, "idle_agents": 4.0})  # fmt: skip
    # five letters wait at a quarter past nine on even days, three on odd ones
    rows = [item("letter", day, minutes=5, arrived=-60, started=300, number=number) for day in range(10) for number in range(5 - 2 * (day % 2))]  # fmt: skip
    rows += [item("letter", -5, minutes=1), item("letter", 25, minutes=1)]
    given = facts(slots=slots, days=hours(0.0, 0.0), work_items=table("work_items", rows))
    assert figure("W5", "waiting_work", given).value == pytest.approx(0.5)


def test_interval_totals_serve_where_there_are_no_spells():
    def totals(share):
        rows = [{"agent": name, "interval_start": at(day, 30 * slot), "length_s": 1800.0, "state": state, "us": int(1.8e9 * part)} for day in range(10) for slot in range(4) for name in PEOPLE for state, part in (("HANDLING", share(day, slot)), ("IDLE", 1 - share(day, slot)))]  # fmt: skip
        return table("state_totals", rows)

    busy = totals(lambda day, slot: 0.3 if slot < 3 else 0.9 if day % 2 else 0.7)
    assert figure("P2", "over_cap", facts(state_totals=busy)).value == pytest.approx(0.5)
    rows = [item("letter", day, minutes=5, arrived=-60, started=60, number=number) for day in range(10) for number in range(8)]  # fmt: skip
    rows += [item("letter", -5, minutes=1), item("letter", 25, minutes=1)]
    # eight items wait for seven idle agents in the first two of four half hours
    given = facts(state_totals=totals(lambda day, slot: 0.3), work_items=table("work_items", rows))
    assert figure("W5", "waiting_work", given).value == pytest.approx(0.5)


# --- P1 ---


def tried(**more):
    names = ("pool", "policy", "item_h_per_week", "item_h_low", "item_h_high", "keeps_promise", "keeps_cap", "recommended")  # fmt: skip
    rows = [("q", "today", 0.0, 0.0, 0.0, True, True, False), ("q", "fill", 300.0, 290.0, 310.0, False, False, False), ("q", "schedule", 100.0, 70.0, 130.0, True, True, True), ("q", "training", 200.0, 190.0, 210.0, True, True, False)]  # fmt: skip
    return pd.DataFrame(rows, columns=list(names)).assign(**more)


def test_posts_are_the_hours_of_the_recommended_policy():
    found = figure("P1", "posts", facts(lab=tried()))
    assert (found.value, found.low, found.high) == (2.5, 1.75, 3.25)
    assert (found.level, found.low_level, found.high_level) == (2, 2, 4)
    assert figure("P1", "posts", facts(lab=tried(recommended=False))).value == 2.5
    # no policy keeps the promise: there is nothing to recover
    assert figure("P1", "posts", facts(lab=tried(recommended=False, keeps_promise=False))).level == 0
    usable = pd.DataFrame({"pool": ["q", "q"], "mode": ["releasable", "shareable"], "agents": [2.0, 4.0], "low": [1.0, 3.0], "high": [3.0, 5.0], "hours_per_week": [80.0, 160.0]})  # fmt: skip
    plain = figure("P1", "posts", facts(usable=usable))
    assert (plain.value, plain.low, plain.high) == (4, 3, 5)
    # a pool that was not simulated counts by its best mode
    both = figure("P1", "posts", facts(lab=tried(), usable=usable.assign(pool="r")))
    assert (both.value, both.low, both.high, both.n) == (6.5, 4.75, 8.25, 2)
    assert score("P1", facts()).level is None


# --- P2 ---


def counts(offered, within, **more):
    rows = [{"queue": "q", "start": at(number // 4, 30 * (number % 4)), "length_s": 1800.0, "offered": one, "answered": one, "answered_within": part, "within_s": 20.0, **more} for number, (one, part) in enumerate(zip(offered, within, strict=True))]  # fmt: skip
    return table("volumes", rows)


def test_an_interval_that_just_meets_the_promise_meets_it_and_weighs_by_its_contacts():
    # 20 contacts of which 16 in time are enough; every fourth interval has 40 and misses by one
    offered, within = [20.0, 20.0, 20.0, 40.0] * 10, [16.0, 16.0, 16.0, 31.0] * 5 + [16.0, 16.0, 16.0, 32.0] * 5
    found = figure("P2", "missed", facts(volumes=counts(offered, within)))
    assert found.value == pytest.approx(200 / 1000)
    assert found.level == 4
    assert found.low < 0.2 < found.high


def test_small_intervals_are_put_together_before_they_are_judged():
    # of 6 contacts 4 in time is a miss alone, but 24 with 20 in time are not
    found = figure("P2", "missed", facts(volumes=counts([6.0] * 40, [4.0, 6.0, 5.0, 5.0] * 10)))
    assert (found.value, found.level) == (0, 4)
    # what is left at the end of a day joins its last block: 20 + 4 with 20 in time
    left = figure("P2", "missed", facts(volumes=counts([10.0, 10.0, 2.0, 2.0] * 10, [8.0, 8.0, 2.0, 2.0] * 10)))
    assert left.value == 0
    assert figure("P2", "missed", facts(volumes=counts([0.0] * 40, [0.0] * 40))).level is None


def test_the_promise_is_counted_by_its_own_definition():
    given = counts([30.0] * 40, [20.0] * 40).assign(answered=25.0, short_abandoned=2.0)
    by = {name: figure("P2", "missed", facts(volumes=given, queues=(LINE.model_copy(update={"definition": name}),))).value for name in ("of offered", "of answered", "short abandons out")}  # fmt: skip
    assert by == {"of offered": 1, "of answered": 0, "short abandons out": 1}


def test_occupancy_over_the_cap_in_the_busiest_half_hours():
    spells = []
    for day in range(10):
        for slot, share in enumerate((0.3, 0.4, 0.5, 0.9 if day % 2 else 0.7)):
            spells += everybody(day, "HANDLING", 30 * share, start=30 * slot)
            spells += everybody(day, "IDLE", 30 * (1 - share), start=30 * slot + 30 * share)
    given = facts(spells=table("spells", spells))
    # the fourth half hour is the busiest quarter; on five of ten days it lies at 90 %, over the cap of 80 %
    found = figure("P2", "over_cap", given)
    assert found.value == pytest.approx(0.5)
    assert found.level == 2
    # service alone at its best does not make the gate known where occupancy is not
    open_ = score("P2", facts(volumes=counts([20.0] * 40, [20.0] * 40)))
    assert (open_.level, open_.ceiling) == (None, 4)
    # but service missed everywhere is a zero whatever the occupancy
    assert score("P2", facts(volumes=counts([20.0] * 40, [0.0] * 40))).level == 0


def test_local_days_hold_across_the_change_of_the_clock():
    # 29 March 2026: Amsterdam's clocks go forward; spells late on Sunday evening belong to Sunday
    start = pd.Timestamp("2026-03-22 21:30", tz="UTC")
    rows = [{"agent": name, "start": start + pd.Timedelta(days=day), "end": start + pd.Timedelta(days=day, minutes=20), "state": state, "population": "contact_centre"} for day in range(10) for name in PEOPLE for state in ("AWAY",)]  # fmt: skip
    given = facts(spells=table("spells", rows), zone="Europe/Amsterdam")
    days = given.day(given.tables["spells"]["start"])
    assert days.nunique() == 10
    assert figure("D2", "default_codes", given).n == 10


# --- levels, draws and raters ---

RULE = LevelRule(key="x", figure="a share", unit="share", bounds=(0.15, 0.4), levels=(4, 2, 0), upper=(False, True))
shares = st.floats(0, 1)


def one(value, low=None, high=None) -> Any:
    criterion = CRITERIA["D2"].model_copy(update={"rules": (RULE,)})
    return scored(criterion, {"x": Reading(Estimate(value, low, high))})


@given(st.tuples(shares, shares, shares).map(sorted))
def test_the_range_of_levels_holds_the_level_of_every_figure_of_the_interval(ends):
    low, value, high = ends
    found = one(value, low, high)
    levels = [RULE.level(figure) for figure in np.linspace(low, high, 41)]
    assert found.range() == (min([*levels, found.level]), max([*levels, found.level]))
    drawn = found.draws(np.random.default_rng(1), 200)
    assert set(drawn.tolist()) <= {0, 2, 4}


def test_a_step_inside_the_interval_counts_although_neither_end_is_on_it():
    middle = RULE.model_copy(update={"levels": (4, 0, 4)})
    found = scored(CRITERIA["D2"].model_copy(update={"rules": (middle,)}), {"x": Reading(Estimate(0.1, 0.05, 0.5))})
    assert (found.level, found.range()) == (4, (0, 4))


def test_draws_follow_the_interval_on_either_side():
    drawn = one(0.15, 0.10, 0.25).draws(np.random.default_rng(1), 20_000)
    assert (drawn == 4).mean() == pytest.approx(0.5, abs=0.01)
    # 0.40 lies 2.5 half widths above
    assert (drawn == 0).mean() < 0.001
    assert set(one(0.15).draws(np.random.default_rng(1), 50).tolist()) == {2}


def test_raters_are_apart_only_by_what_the_interval_cannot_explain():
    found = one(0.20, 0.12, 0.25)
    assert found.range() == (2, 4)
    assert [found.apart(rated) for rated in (0, 1, 2, 3, 4, None)] == [2, 1, 0, 0, 0, None]
    # a rating above what known figures allow is apart, although the data leave the level open
    open_ = score("P2", facts(volumes=counts([20.0] * 40, ([0.0] + [20.0] * 3) * 10)))
    assert (open_.level, open_.ceiling) == (None, 2)
    assert open_.apart(4) in (0, 2)
    assert open_.apart(1) == 0


def test_the_frame_says_rule_figure_and_what_raters_say():
    given = facts(spells=table("spells", [spell for day in range(10) for spell in not_ready(day, 10 + day % 2, 30)]))
    frame = scores_frame(score_all(given, read_criteria()), {"D2": 4, "D5": 3})
    rows = frame.set_index("criterion")
    assert set(rows.index) == set(READERS)
    assert (rows.loc["D2", "level"], rows.loc["D2", "rated"]) == (2, 4)
    assert rows.loc["D2", "apart"] == 4 - rows.loc["D2", "high_level"]
    assert rows.loc["D5", "apart"].isna().all()
    assert rows["rule"].str.len().min() > 0
    assert (rows["reason"].str.len() > 0).equals(rows["status"].eq("insufficient"))
    assert frame["sentence"].str.len().max() <= 110


def test_every_criterion_scored_from_data_has_a_reader_for_each_of_its_rules():
    marked = {criterion.id: criterion for criterion in read_criteria() if criterion.data}
    assert set(marked) == set(READERS)
    for name, criterion in marked.items():
        assert {rule.key for rule in criterion.rules} == set(READERS[name](facts())), name


def test_a_rule_of_the_client_s_own_without_a_figure_stays_open():
    criterion = CRITERIA["D2"].model_copy(update={"rules": (RULE,)})
    found = score_all(facts(), [criterion])["D2"]
    assert (found.level, found.figures[0].status) == (None, "insufficient")


def test_hand_made_results_of_the_stages_before_are_read():
    given = Facts({}, factory.baseline(), factory.blending(), factory.client(), ReadinessSettings())
    found = score_all(replace(given, queues=factory.queues()), read_criteria())
    assert found["P1"].level == 4
    assert found["D1"].level == 0
