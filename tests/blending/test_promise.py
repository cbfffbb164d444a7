"""Service measured by each queue's own definition."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.blending.promise import Promise, daily_contacts, daily_volumes, pool_promise, served
from analysis.blending.settings import BlendingSettings
from analysis.foundation.schema import typed_table
from analysis.foundation.settings import Client, Period, Queue
from analysis.measure.patience import estimated_patience_s

CLIENT = Client(name="A", time_zone="UTC", period=Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 3, 29)))
OPENED = pd.Timestamp("2026-03-02 09:00", tz="UTC")


def contacts(waits: list[tuple[float, bool]], start: pd.Timestamp = OPENED) -> pd.DataFrame:
    """Return contacts from (seconds waited, answered)."""
    offered = start + pd.to_timedelta(np.arange(len(waits)) * 60, unit="s")
    left = offered + pd.to_timedelta([round(1e6 * wait) for wait, _ in waits], unit="us")
    answered = np.array([taken for _, taken in waits])
    frame = pd.DataFrame({"contact": np.arange(len(waits)).astype(str), "queue": "q", "offered_at": offered})
    frame["answered_at"] = pd.Series(left).where(answered)
    frame["ended_at"] = left + pd.to_timedelta(np.where(answered, 100, 0), unit="s")
    return typed_table("contacts", frame.assign(abandoned=~answered))


# answered after 0, 20, 21 and 40 s; gone after 3, 4 and 60 s
MIXED = [(0, True), (20, True), (21, True), (40, True), (3, False), (4, False), (60, False)]


@pytest.mark.parametrize(
    ("definition", "share"), [("of offered", 2 / 7), ("of answered", 2 / 4), ("short abandons out", 2 / 5)]
)
def test_each_definition_by_hand(definition, share):
    days = daily_contacts(contacts(MIXED), Promise(20, 0.8, definition, 5, 0.9), "UTC")
    assert days["in_time"].sum() / days["counted"].sum() == pytest.approx(share)


def test_interval_counts_answer_the_same_question_only_at_the_same_threshold():
    table = pd.DataFrame(
        {
            "queue": "q",
            "start": [OPENED],
            "length_s": 1800.0,
            "offered": [7.0],
            "answered": [4.0],
            "answered_within": [2.0],
        }
    ).assign(within_s=20.0, short_abandoned=2.0)
    table = typed_table("volumes", table)
    for definition, share in (("of offered", 2 / 7), ("of answered", 2 / 4), ("short abandons out", 2 / 5)):
        days = daily_volumes(table, Promise(20, 0.8, definition, 5, 0.9), "UTC")
        assert days is not None
        assert days["in_time"].sum() / days["counted"].sum() == pytest.approx(share)
    assert daily_volumes(table, Promise(30, 0.8, "of offered", 5, 0.9), "UTC") is None


def test_patience_is_time_waited_over_contacts_gone():
    # 25 answered after 40 s, 25 gone after 20 s: 1500 s waited, 25 gone
    table = contacts([(40, True)] * 25 + [(20, False)] * 25)
    assert estimated_patience_s({"contacts": table}, [Queue(name="q")]) == pytest.approx(60.0)


def test_too_few_who_left_say_nothing_about_patience():
    assert estimated_patience_s({"contacts": contacts(MIXED)}, [Queue(name="q")]) is None


def test_the_interval_treats_days_as_the_independent_unit():
    # every second day nobody is answered in time: 100 contacts a day carry no more information than the day itself
    rows = []
    for day in range(20):
        good = day % 2 == 0
        rows.append(contacts([(0 if good else 60, True)] * 100, OPENED + pd.Timedelta(days=day)))
    table = pd.concat(rows, ignore_index=True)
    got = served(
        {"contacts": table}, Queue(name="q"), Promise(20, 0.8, "of offered", 5, 0.9), client=CLIENT, confidence=0.95
    )
    assert got.share == pytest.approx(0.5)
    assert got.measured.n == 20
    # 2000 independent contacts would give a width of 0.04
    assert got.measured.high - got.measured.low > 0.3


def test_what_differs_by_weekday_alone_does_not_widen_the_interval():
    rows = []
    for day in range(28):
        start = OPENED + pd.Timedelta(days=day)
        in_time = 90 - 10 * start.day_of_week - day % 2
        rows.append(contacts([(0 if n < in_time else 60, True) for n in range(100)], start))
    table = pd.concat(rows, ignore_index=True)
    got = served(
        {"contacts": table}, Queue(name="q"), Promise(20, 0.8, "of offered", 5, 0.9), client=CLIENT, confidence=0.95
    )
    # between weekdays the share runs from .30 to .90, within a weekday over one point
    assert got.measured.high - got.measured.low < 0.02


def test_a_log_that_misses_contacts_gives_way_to_the_interval_counts():
    table = typed_table(
        "volumes",
        pd.DataFrame(
            {
                "queue": "q",
                "start": OPENED + pd.to_timedelta(np.arange(10), unit="D"),
                "length_s": 1800.0,
                "offered": 100.0,
                "answered": 90.0,
                "answered_within": np.arange(50.0, 70.0, 2.0),
                "within_s": 20.0,
            }
        ),
    )
    got = served(
        {"contacts": contacts(MIXED), "volumes": table},
        Queue(name="q"),
        Promise(20, 0.8, "of offered", 5, 0.9),
        client=CLIENT,
        confidence=0.95,
    )
    assert got.share == pytest.approx(0.59)
    assert got.measured == got.reported


def test_settings_outweigh_the_queues_and_the_strictest_queue_holds_for_the_pool():
    queues = [
        Queue(name="a", target=0.7, max_occupancy=0.9, definition="of answered"),
        Queue(name="b", answer_within_s=30),
    ]
    assert pool_promise(queues, BlendingSettings()) == Promise(20, 0.8, "of offered", 5, 0.88)
    asked = BlendingSettings(service_level=0.9, answer_within_s=15, max_occupancy=0.8)
    assert pool_promise(queues, asked) == Promise(15, 0.9, "of offered", 5, 0.8)
