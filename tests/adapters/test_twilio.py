"""Twilio TaskRouter: two timelines of events, what ends a stretch, and events that were lost."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from analysis.intake import Source, read_sources
from analysis.synthetic.vendors import write_export

KEY = bytes(range(32))
ADAPTER = "twilio_taskrouter_events"


def event(kind: str, stamp: str, *, worker: str = "WK1", **data) -> dict:
    moment = pd.Timestamp(f"2026-03-{stamp}", tz="UTC")
    return {
        "sid": f"EV-{kind}-{stamp}-{worker}",
        "event_type": kind,
        "event_date": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "event_date_ms": int(moment.timestamp() * 1000),
        "event_data": {"worker_sid": worker, **data},
    }


def activity(stamp: str, name: str, *, worker: str = "WK1", **data) -> dict:
    return event("worker.activity.update", stamp, worker=worker, worker_activity_name=name, **data)


def step(stamp: str, kind: str, reservation: str = "WR1", **data) -> dict:
    return event(f"reservation.{kind}", stamp, reservation_sid=reservation, **data)


def read(exports, *events: dict, **more):
    return exports.read(ADAPTER, json.dumps({"meta": {"key": "events"}, "events": list(events)}), **more)


def lengths(intake) -> list[tuple[str, float]]:
    spells = intake.tables["spells"].sort_values(["start", "end"], kind="stable")
    return list(zip(spells["state"], (spells["end"] - spells["start"]).dt.total_seconds(), strict=True))


def test_traps_find_nothing_in_a_whole_export(tmp_path):
    export, client = write_export(ADAPTER, tmp_path)
    intake = read_sources([Source(**export.source)], client=client, root=tmp_path, key=KEY)
    assert intake.traps["tested"].all()
    assert intake.traps["rows"].sum() == 0


def test_activities_and_reservations_are_two_timelines(exports):
    intake = read(
        exports,
        activity("03 08:00:00", "Available"),
        step("03 08:01:00", "created"),
        step("03 08:01:05", "accepted"),
        step("03 08:04:00", "wrapup"),
        step("03 08:04:30", "completed"),
        activity("03 08:10:00", "Break"),
        activity("03 08:20:00", "Offline"),
    )
    assert lengths(intake) == [
        ("IDLE", 600),
        ("RESERVED", 5),
        ("HANDLING", 175),
        ("HANDLING", 30),
        ("BREAK", 600),
        ("OFF", 0),
    ]
    assert intake.files["used"].tolist() == [7]


@pytest.mark.parametrize("end", ["timeout", "rejected", "canceled", "rescinded"])
def test_an_offer_that_is_not_accepted_is_unanswered(exports, end):
    assert ("AWAY", 15) in lengths(read(exports, step("03 08:01:00", "created"), step("03 08:01:15", end)))


def test_several_reservations_of_a_worker_run_at_once(exports):
    intake = read(
        exports,
        step("03 08:00:00", "accepted", "A"),
        step("03 08:01:00", "accepted", "B"),
        step("03 08:05:00", "completed", "A"),
        step("03 08:09:00", "completed", "B"),
    )
    assert lengths(intake) == [("HANDLING", 300), ("HANDLING", 480)]


def test_the_end_of_a_reservation_from_before_is_left_out(exports):
    intake = read(
        exports,
        step("03 08:00:00", "completed", "before"),
        activity("03 08:00:00", "Break"),
        activity("03 08:05:00", "Offline"),
    )
    assert json.loads(intake.files["excluded"].iloc[0]) == {"end_without_beginning": 1}


def test_the_last_activity_and_a_reservation_without_name_are_rejected(exports):
    intake = read(exports, activity("03 08:00:00", "Break"), step("03 08:01:00", "created", ""))
    assert sorted(intake.rejects["reason"]) == ["missing_end", "missing_reservation"]


def test_without_reservations_availability_is_neither_waiting_nor_handling(exports):
    intake = read(exports, activity("03 08:00:00", "Available"), activity("03 09:00:00", "Offline"))
    assert lengths(intake) == [("WORK", 3600), ("OFF", 0)]
    assert exports.trap(intake, "no_reservations")["rows"] == 1


def test_newest_first_and_pages_that_overlap_count_once(exports):
    events = [activity("03 08:00:00", "Break"), activity("03 08:10:00", "Lunch"), activity("03 08:40:00", "Offline")]
    one = exports.put("1.json", json.dumps({"events": events[::-1]}))
    two = exports.put(
        "2.json",
        json.dumps(
            {
                "events": [
                    *events[1:][::-1],
                    event("workspace.updated", "03 09:00:00", name="longer than all the others"),
                ]
            }
        ),
    )
    intake = read_sources(
        [Source(files=[one, two], adapter=ADAPTER)], client=exports.client, root=exports.root, key=KEY
    )
    assert lengths(intake) == [("BREAK", 600), ("BREAK", 1800), ("OFF", 0)]
    assert intake.files["duplicate"].sum() == 2


def test_milliseconds_are_taken_where_they_agree_with_the_stamp(exports):
    first = activity("03 08:00:00", "Break") | {
        "event_date_ms": int(pd.Timestamp("2026-03-03T08:00:00.400Z").timestamp() * 1000)
    }
    wrong = activity("03 08:10:00", "Offline") | {"event_date_ms": 12}
    assert lengths(read(exports, first, wrong))[0] == ("BREAK", 599.6)


class TestLostEvents:
    @pytest.mark.parametrize(("field", "value", "hits"), [
        ("worker_time_in_previous_activity_ms", 600_000, 0), ("worker_time_in_previous_activity_ms", 60_000, 1),
        ("worker_time_in_previous_activity", 600, 0), ("worker_time_in_previous_activity", 60, 1),
    ])  # fmt: skip
    def test_the_time_in_the_activity_before_shows_them(self, exports, field, value, hits):
        intake = read(exports, activity("03 08:00:00", "Break"), activity("03 08:10:00", "Offline", **{field: value}))
        assert exports.trap(intake, "lost_events")["rows"] == hits

    def test_the_activity_before_shows_them(self, exports):
        intake = read(
            exports,
            activity("03 08:00:00", "Break"),
            activity("03 08:10:00", "Offline", worker_previous_activity_name="Lunch"),
        )
        assert exports.trap(intake, "other_activity")["rows"] == 1

    def test_without_either_they_cannot_be_tested(self, exports):
        intake = read(exports, activity("03 08:00:00", "Break"), activity("03 08:10:00", "Offline"))
        assert not exports.trap(intake, "lost_events")["tested"]
        assert not exports.trap(intake, "other_activity")["tested"]

    @pytest.mark.parametrize(("last", "hits"), [("31 23:00:00", 1), ("20 08:00:00", 0)])
    def test_thirty_days_are_all_that_is_kept(self, exports, last, hits):
        intake = read(
            exports, activity("02 08:00:00", "Break"), activity("02 08:10:00", "Offline"), activity(last, "Offline")
        )
        assert exports.trap(intake, "kept_thirty_days")["rows"] == hits


def test_a_log_of_the_callback_as_a_table(exports):
    text = (
        "EventType,Timestamp,TimestampMs,WorkerSid,WorkerActivityName,ReservationSid\n"
        "worker.activity.update,2026-03-03T08:00:00Z,,WK1,Break,\nworker.activity.update,2026-03-03T08:15:00Z,,WK1,Offline,\n"
    )
    assert lengths(exports.read(ADAPTER, text)) == [("BREAK", 900), ("OFF", 0)]
