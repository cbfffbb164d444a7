"""Which items suit which mode, and how many hours a week they are."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.blending.inventory import inventory, item_length_s, resumption_s, suitable_hours
from analysis.blending.settings import BlendingSettings
from analysis.foundation.schema import typed_table
from analysis.foundation.settings import Client, Period

# two weeks
CLIENT = Client(name="A", time_zone="UTC", period=Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 3, 15)))
TYPES = pd.DataFrame(
    {
        "type": ["short", "long", "regulated", "paper", "open"],
        "standard_s": [180.0, 1800.0, 180.0, 180.0, 180.0],
        "interruptible": [True, True, True, False, None],
        "resume_s": [10.0, 30.0, 5.0, 5.0, 5.0],
        "regulated": [False, False, True, False, None],
        "off_desk": [False, False, False, True, False],
    }
).astype({"interruptible": "boolean", "regulated": "boolean", "off_desk": "boolean"})


def tables(per_type: int = 200) -> dict[str, pd.DataFrame]:
    ended = pd.Timestamp("2026-03-03", tz="UTC")
    names = [name for name in TYPES["type"] for _ in range(per_type)]
    items = pd.DataFrame({"item": [str(n) for n in range(len(names))], "type": names, "ended": ended})
    return {"item_types": typed_table("item_types", TYPES), "work_items": typed_table("work_items", items)}


def found(settings: BlendingSettings | None = None) -> pd.DataFrame:
    return inventory(tables(), None, client=CLIENT, settings=settings or BlendingSettings()).set_index("type")


def test_hours_are_items_times_standard_time_per_week():
    # 200 items x 180 s over 2 weeks
    assert found().loc["short", "hours_per_week"] == pytest.approx(5.0)


def test_each_mode_takes_the_types_that_suit_it():
    frame = found()
    suits = {column: set(frame.index[frame[column]]) for column in frame.columns if column.startswith("suitable")}
    assert suits == {
        "suitable_blocks": {"short", "long", "paper"},
        "suitable_between": {"short"},
        "suitable_interrupt": {"short", "long"},
    }


def test_what_rules_a_type_out_is_said():
    reasons = found()["reason"]
    assert reasons["short"] == ""
    assert "regulated" in reasons["regulated"]
    assert "longer than 10 min" in reasons["long"]
    assert "not stated whether regulated" in reasons["open"]


def test_the_longest_item_is_a_setting():
    assert found(BlendingSettings(longest_item_s=1800)).loc["long", "suitable_between"]


def test_lengths_come_from_the_baseline_where_the_client_states_none():
    given = tables()
    given["item_types"] = given["item_types"].assign(standard_s=float("nan"))
    lengths = pd.DataFrame({"type": ["short"], "mean_s": [360.0]})
    frame = inventory(given, lengths, client=CLIENT, settings=BlendingSettings()).set_index("type")
    assert frame.loc["short", "hours_per_week"] == pytest.approx(10.0)
    assert not frame.loc["long", "suitable_blocks"]
    assert "length unknown" in frame.loc["long", "reason"]


def test_without_logged_items_the_weekly_workload_counts():
    week = pd.Timestamp("2026-03-02")
    workload = pd.DataFrame(
        {"team": "t", "period_start": week, "period_end": week, "type": ["short"] * 2, "volume": [40.0, 60.0]}
    )
    given = {"item_types": tables()["item_types"], "workload": typed_table("workload", workload)}
    frame = inventory(given, None, client=CLIENT, settings=BlendingSettings()).set_index("type")
    assert frame.loc["short", "items"] == 100


def test_resumption_is_as_set_else_as_the_client_states_else_from_the_literature():
    frame = inventory(tables(), None, client=CLIENT, settings=BlendingSettings())
    assert resumption_s(tables(), frame, BlendingSettings(resume_s=42)) == 42
    assert resumption_s(tables(), frame, BlendingSettings()) == pytest.approx((10 + 30) / 2)
    assert resumption_s({}, frame, BlendingSettings()) == 15


def test_an_item_between_contacts_is_as_long_as_the_suitable_types_on_average():
    frame = inventory(tables(), None, client=CLIENT, settings=BlendingSettings(longest_item_s=1800))
    assert item_length_s(frame, BlendingSettings()) == pytest.approx((180 + 1800) / 2)
    assert item_length_s(frame.iloc[:0], BlendingSettings()) is None
    assert item_length_s(frame.iloc[:0], BlendingSettings(item_s=99)) == 99


def test_no_items_no_hours():
    frame = inventory({}, None, client=CLIENT, settings=BlendingSettings())
    assert frame.empty
    assert suitable_hours(frame, "shareable") == 0


# --- what to begin with ------------------------------------------------------------------------------------------------
KNOWN = TYPES.assign(
    help_needed=[False, False, False, False, None], access=[True, True, True, True, None], max_wait_h=24.0
)
KNOWN = KNOWN.astype({"help_needed": "boolean", "access": "boolean"})


def arriving(hour: int, *, per_type: int = 200) -> dict[str, pd.DataFrame]:
    """Return items that arrive at one hour of Tuesday 3 March, and a centre with contacts from 8 to 18 on weekdays."""
    given = tables(per_type)
    arrived = pd.Timestamp("2026-03-03", tz="UTC") + pd.Timedelta(hours=hour)
    days = pd.date_range("2026-03-02", "2026-03-13", freq="B", tz="UTC")
    start = [day + pd.Timedelta(minutes=480 + 30 * k) for day in days for k in range(20)]
    volumes = pd.DataFrame({"queue": "line", "start": start, "length_s": 1800.0, "offered": 10.0})
    return {
        "item_types": typed_table("item_types", KNOWN),
        "work_items": given["work_items"].assign(arrived=arrived),
        "volumes": typed_table("volumes", volumes),
    }


def ranked(given: dict[str, pd.DataFrame], **more: object) -> pd.DataFrame:
    return inventory(given, None, client=CLIENT, settings=BlendingSettings(), **more).set_index("type")


def test_slack_is_the_open_time_until_due_less_the_length():
    # 24 h from 15:00 hold three open hours today and seven tomorrow
    assert ranked(arriving(15)).loc["short", "slack_h"] == pytest.approx(10 - 180 / 3600)


def test_types_with_the_fewest_objections_come_first_and_among_them_those_with_most_hours():
    frame = ranked(arriving(15))
    assert frame.sort_values("rank").index.tolist() == ["short", "long", "paper", "regulated", "open"]
    assert frame.index[frame["first"]].tolist() == ["short"]
    assert frame.loc["short", "must_change"] == ""
    assert "compliance" in frame.loc["regulated", "must_change"]
    assert "saved" in frame.loc["long", "must_change"]


def test_an_open_question_keeps_a_type_from_being_first():
    given = arriving(15)
    types = given["item_types"].copy()
    types.loc[types["type"] == "short", "access"] = pd.NA
    frame = ranked({**given, "item_types": types})
    assert not frame.loc["short", "first"]
    assert frame.loc["short", "questions"] == "not stated whether agents may have access"
    assert "the client states" in frame.loc["short", "must_change"]
    # it still suits the modes: nobody has refused
    assert frame.loc["short", "suitable_between"]


def test_a_list_of_types_made_before_help_and_access_were_asked_is_read_as_before():
    old = {**arriving(15), "item_types": typed_table("item_types", TYPES)}
    frame = ranked(old)
    assert frame["suitable_between"].sum() == 1
    assert not frame["first"].any()


def test_refused_access_rules_out_every_mode_and_help_all_but_blocks():
    given = arriving(15)
    types = given["item_types"].copy()
    types.loc[types["type"] == "short", "access"] = False
    types.loc[types["type"] == "long", "help_needed"] = True
    frame = ranked({**given, "item_types": types})
    assert not frame.loc["short", ["suitable_blocks", "suitable_between", "suitable_interrupt"]].any()
    assert frame.loc["long", ["suitable_blocks", "suitable_between", "suitable_interrupt"]].tolist() == [
        True,
        False,
        False,
    ]


def test_items_that_are_due_before_idle_time_comes():
    """Due three hours after 15:00, but agents are idle from 8 to 10 only."""
    given = arriving(15)
    given["item_types"] = given["item_types"].assign(max_wait_h=3.0)
    idle = pd.DataFrame(
        {"population": "contact_centre", "weekday": 1, "slot_of_day_s": [28_800, 30_600], "idle_agents": 3.0}
    )
    frame = ranked(given, idle=idle)
    assert frame.loc["short", "idle_before_due_share"] == 0
    assert "due before idle time comes" in frame.loc["short", "reason"]
    assert ranked(given).loc["short", "idle_before_due_share"] == 1


def test_the_spread_of_lengths_needs_thirty_items():
    given = arriving(15, per_type=40)
    items = given["work_items"]
    seconds = np.where(np.arange(len(items)) % 2, 100.0, 1000.0)
    timed = items.assign(started=items["ended"] - pd.to_timedelta(seconds, "s"))
    frame = ranked({**given, "work_items": timed})
    assert frame.loc["short", "long_share"] == pytest.approx(0.5)
    assert "more than a quarter take longer than 10 min" in frame.loc["short", "reason"]
    few = ranked({**given, "work_items": timed.groupby("type").head(29)})
    assert few["long_share"].isna().all()
