"""Which items suit which mode, and how many hours a week they are."""

from __future__ import annotations

import datetime as dt

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
