"""Salesforce Omni-Channel: offers, transfers, open work that is no work, and identifiers in two lengths."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from analysis.foundation.schema import DataProblem
from analysis.intake import Source, pseudonym, read_sources
from analysis.intake.adapters._salesforce import full_id
from analysis.intake.recognise import recognise
from analysis.synthetic.vendors import write_export

KEY = bytes(range(32))
WORK = "Id,UserId,WorkItemId,ServiceChannel.DeveloperName,OriginalQueue.Name,Status,RequestDateTime,AssignedDateTime,AcceptDateTime,CloseDateTime,CancelDateTime,HandleTime,ActiveTime,SpeedToAnswer\n"
PRESENCE = "UserId,ServicePresenceStatus.MasterLabel,StatusStartDate,StatusEndDate,StatusDuration,IsAway,IdleDuration,AtCapacityDuration,IsCurrentState\n"


def utc(clock: str) -> str:
    return f"2026-03-03T{clock}.000+0000" if clock else ""


def work(
    identifier: str,
    agent: str,
    item: str,
    times: str,
    *,
    status: str = "Closed",
    channel: str = "Chat",
    queue: str = "q",
    more: str = ",,",
) -> str:
    """Return a row; times are requested, assigned, accepted, closed, canceled."""
    stamps = ",".join(map(utc, times.split(",")))
    return f"{identifier},{agent},{item},{channel},{queue},{status},{stamps},{more}\n"


def status(
    agent: str, name: str, start: str, end: str, *, away: str = "false", inside: str = ",", current: str = "false"
) -> str:
    return f"{agent},{name},{utc(start)},{utc(end)},,{away},{inside},{current}\n"


@pytest.mark.parametrize(
    "adapter", ["salesforce_user_presence", "salesforce_agent_work", "salesforce_agent_work_items"]
)
def test_traps_find_nothing_that_was_not_planted(tmp_path, adapter):
    export, client = write_export(adapter, tmp_path)
    intake = read_sources([Source(**export.source)], client=client, root=tmp_path, key=KEY)
    planted = {"idle_within_presence", "declined_offers", "still_open"}
    assert set(intake.traps.loc[intake.traps["rows"] > 0, "code"]) <= planted


class TestIdentifiers:
    @pytest.mark.parametrize(
        ("short", "full"),
        [
            ("005D0000001K7Dp", "005D0000001K7DpIAK"),
            ("00731", "00731"),
            ("500D0000001K7Dp", "500D0000001K7Dp"),
            ("005-0000001K7Dp", "005-0000001K7Dp"),
            ("0050000000ééééé", "0050000000ééééé"),
        ],
    )
    def test_only_those_of_users_are_completed(self, short, full):
        assert full_id(short) == full

    def test_both_lengths_are_one_person(self, exports):
        rows = status("005D0000001K7Dp", "Break", "09:00:00", "09:10:00") + status(
            "005D0000001K7DpIAK", "Break", "10:00:00", "10:10:00"
        )
        spells = exports.read("salesforce_user_presence", PRESENCE + rows).tables["spells"]
        assert spells["agent"].unique().tolist() == [pseudonym("005D0000001K7DpIAK", key=KEY)]

    def test_short_ones_that_differ_by_capitals_are_two_persons(self, exports):
        rows = status("005D0000001K7Dp", "Break", "09:00:00", "09:10:00") + status(
            "005D0000001K7dp", "Break", "10:00:00", "10:10:00"
        )
        assert exports.read("salesforce_user_presence", PRESENCE + rows).tables["spells"]["agent"].nunique() == 2


class TestPresence:
    def test_the_current_status_has_no_end_and_is_left_out(self, exports):
        rows = (
            status("a", "Available", "09:00:00", "09:10:00")
            + status("a", "Available", "09:10:00", "", current="true")
            + status("b", "Break", "09:10:00", "")
        )
        intake = exports.read("salesforce_user_presence", PRESENCE + rows)
        assert json.loads(intake.files["excluded"].iloc[0]) == {"current_state": 1}
        assert intake.rejects["reason"].tolist() == ["missing_end"]

    def test_idle_time_within_a_status_is_summed_and_no_stretch_is_made_of_it(self, exports):
        intake = exports.read(
            "salesforce_user_presence", PRESENCE + status("a", "Available", "09:00:00", "10:00:00", inside="1800,600")
        )
        found = exports.trap(intake, "idle_within_presence")
        assert (found["rows"], found["moved_us"]) == (1, 0)
        assert "0.5 h idle of 1.0 h" in found["words"]
        assert intake.tables["spells"]["state"].tolist() == ["WORK"]

    def test_idle_time_beyond_the_status_shows_another_unit(self, exports):
        rows = status("a", "Available", "09:00:00", "10:00:00", inside="1800000,")
        assert exports.trap(exports.read("salesforce_user_presence", PRESENCE + rows), "more_than_status")["rows"] == 1

    def test_a_name_for_two_things_is_told(self, exports):
        rows = (
            status("a", "Busy", "09:00:00", "10:00:00", away="true")
            + status("a", "Busy", "10:00:00", "11:00:00")
            + status("a", "Break", "11:00:00", "11:10:00", away="true")
        )
        assert (
            exports.trap(exports.read("salesforce_user_presence", PRESENCE + rows), "away_but_taking_work")["rows"] == 1
        )

    def test_a_report_follows_the_clock_of_its_user(self, exports):
        text = "User: Username,Service Presence Status,Status Start Date,Status End Date\na,Break,03/03/2026 10:00 AM,03/03/2026 10:15 AM\n"
        spells = exports.read("salesforce_user_presence", text, date_order="mdy").tables["spells"]
        assert spells["start"].tolist() == [pd.Timestamp("2026-03-03T09:00Z")]


class TestContacts:
    def test_of_the_offers_of_one_piece_of_work_the_accepted_one_is_a_contact(self, exports):
        rows = (
            work("1", "a", "w", "09:00:00,09:00:00,,,", status="Declined")
            + work("2", "b", "w", "09:00:00,09:00:20,,,", status="DeclinedOnPushTimeout")
            + work("3", "c", "w", "09:00:00,09:00:40,09:00:50,09:05:50,")
        )
        intake = exports.read("salesforce_agent_work", WORK + rows)
        contact = intake.tables["contacts"].iloc[0]
        assert (contact["contact"], contact["abandoned"], contact["talk_us"]) == ("3", False, 300_000_000)
        assert json.loads(intake.files["excluded"].iloc[0]) == {"declined": 1, "push_timeout": 1}
        assert exports.trap(intake, "declined_offers")["rows"] == 2

    @pytest.mark.parametrize(("canceled", "abandoned"), [("09:03:00", True), ("", False)])
    def test_work_that_nobody_accepted_is_one_contact_without_answer(self, exports, canceled, abandoned):
        rows = work("1", "a", "w", "09:00:00,09:00:00,,,", status="Declined") + work(
            "2", "b", "w", f"09:00:00,09:01:00,,,{canceled}", status="Canceled"
        )
        contacts = exports.read("salesforce_agent_work", WORK + rows).tables["contacts"]
        assert contacts["contact"].tolist() == ["2"]
        assert contacts["agent"].isna().all()
        assert contacts["abandoned"].tolist() == [abandoned]
        assert contacts["ended_at"].notna().tolist() == [abandoned]

    def test_a_transfer_counts_again_and_is_told(self, exports):
        rows = work("1", "a", "w", "09:00:00,09:00:00,09:00:05,09:05:00,", status="Transferred") + work(
            "2", "b", "w", "09:05:00,09:05:00,09:05:05,09:09:00,"
        )
        intake = exports.read("salesforce_agent_work", WORK + rows)
        assert len(intake.tables["contacts"]) == 2
        assert exports.trap(intake, "transfers")["rows"] == 1

    def test_cases_among_live_work_are_told(self, exports):
        rows = work("1", "a", "w", "09:00:00,09:00:00,09:00:05,15:05:00,", channel="Cases") + work(
            "2", "a", "v", "09:05:00,09:05:00,09:05:05,09:09:00,"
        )
        found = exports.trap(exports.read("salesforce_agent_work", WORK + rows), "deferred_work")
        assert found["rows"] == 1
        assert "1 service channel" in found["words"]

    def test_work_open_at_once_is_told_with_its_mean(self, exports):
        rows = (
            work("1", "a", "w", "09:00:00,09:00:00,09:00:00,09:10:00,")
            + work("2", "a", "v", "09:00:00,09:00:00,09:05:00,09:10:00,")
            + work("3", "b", "u", "09:00:00,09:00:00,09:05:00,09:10:00,")
        )
        found = exports.trap(exports.read("salesforce_agent_work", WORK + rows), "work_at_once")
        assert found["rows"] == 1
        assert "1.33 at once on average while" in found["words"]

    def test_work_open_at_once_is_weighed_by_its_capacity_where_it_is_known(self, exports):
        header = WORK.replace("HandleTime", "CapacityWeight")
        rows = [
            work(str(at), "a", str(at), f"09:00:00,09:00:00,09:0{at}:00,09:10:00,", more=f"{weight},,")
            for at, weight in ((0, 2), (5, 3))
        ]
        words = exports.trap(exports.read("salesforce_agent_work", header + "".join(rows)), "work_at_once")["words"]
        assert "1.50 at once on average (capacity 3.50)" in words

    def test_stated_durations_are_held_against_the_stamps(self, exports):
        rows = work("1", "a", "w", "09:00:00,09:00:10,09:00:20,09:05:20,", more="200,60,10") + work(
            "2", "b", "v", "09:00:00,09:00:10,09:00:20,09:05:20,", more="300,200,20"
        )
        intake = exports.read("salesforce_agent_work", WORK + rows)
        assert [
            exports.trap(intake, code)["rows"]
            for code in ("handle_time_differs", "speed_to_answer_differs", "open_is_not_work")
        ] == [1, 1, 1]
        assert sorted(intake.tables["contacts"]["talk_us"]) == [200_000_000, 300_000_000]

    def test_without_active_time_focus_cannot_be_tested(self, exports):
        intake = exports.read(
            "salesforce_agent_work", WORK + work("1", "a", "w", "09:00:00,09:00:00,09:00:05,09:05:00,")
        )
        assert not exports.trap(intake, "open_is_not_work")["tested"]

    def test_active_time_of_nothing_is_that_of_another_model_of_capacity(self, exports):
        intake = exports.read(
            "salesforce_agent_work", WORK + work("1", "a", "w", "09:00:00,09:00:00,09:00:05,09:05:00,", more="295,0,5")
        )
        assert not exports.trap(intake, "open_is_not_work")["tested"]

    def test_open_work_is_told_and_held_against_nothing(self, exports):
        intake = exports.read(
            "salesforce_agent_work",
            WORK + work("1", "a", "w", "09:00:00,09:00:00,09:00:05,,", status="Opened", more="12,,5"),
        )
        assert {code: exports.trap(intake, code)["rows"] for code in ("still_open", "handle_time_differs")} == {
            "still_open": 1,
            "handle_time_differs": 0,
        }

    def test_work_routed_by_skills_stands_under_its_channel(self, exports):
        intake = exports.read(
            "salesforce_agent_work", WORK + work("1", "a", "w", "09:00:00,09:00:00,09:00:05,09:05:00,", queue="")
        )
        assert intake.tables["contacts"]["queue"].tolist() == ["Chat"]
        assert "queue_by_channel" in {finding.code for finding in intake.findings}

    def test_without_a_column_of_acceptance_it_asks(self, exports):
        with pytest.raises(DataProblem, match="AcceptDateTime"):
            exports.read(
                "salesforce_agent_work", "Id,UserId,OriginalQueueId,RequestDateTime\n1,a,q,2026-03-03T09:00:00Z\n"
            )

    def test_neither_queue_nor_channel_is_a_question(self, exports):
        with pytest.raises(DataProblem, match="OriginalQueueId"):
            exports.read(
                "salesforce_agent_work",
                "Id,UserId,RequestDateTime,AcceptDateTime\n1,a,2026-03-03T09:00:00Z,2026-03-03T09:00:05Z\n",
            )


class TestItems:
    def test_refused_and_open_work_is_left_out_by_reason(self, exports):
        rows = (
            work("1", "a", "w", "09:00:00,09:00:00,,,", status="Declined")
            + work("2", "a", "w", "09:00:00,09:00:00,09:10:00,,", status="Opened")
            + work("3", "a", "v", "09:00:00,09:00:00,09:00:00,09:30:00,")
        )
        intake = exports.read("salesforce_agent_work_items", WORK + rows)
        assert json.loads(intake.files["excluded"].iloc[0]) == {"declined": 1, "still_open": 1}
        assert intake.tables["work_items"]["item"].tolist() == ["v"]

    def test_both_lengths_of_identifiers_are_one_person(self, exports):
        rows = work("1", "005D0000001K7Dp", "w", "09:00:00,09:00:00,09:00:00,09:30:00,") + work(
            "2", "005D0000001K7DpIAK", "v", "10:00:00,10:00:00,10:00:00,10:30:00,"
        )
        assert exports.read("salesforce_agent_work_items", WORK + rows).tables["work_items"]["agent"].nunique() == 1

    def test_a_file_without_starts_or_persons_is_read_as_far_as_it_goes(self, exports):
        text = "WorkItemId,ServiceChannelId,Status,CloseDateTime\nw,c,Closed,2026-03-03T09:30:00.000+0000\nv,c,Declined,\nu,c,Opened,\n"
        intake = exports.read("salesforce_agent_work_items", text)
        assert json.loads(intake.files["excluded"].iloc[0]) == {"declined": 1, "still_open": 1}
        assert intake.tables["work_items"][["item", "started"]].isna().to_numpy().tolist() == [[False, True]]


def test_relations_in_json_are_recognised_by_their_path(tmp_path):
    export, _ = write_export("salesforce_agent_work", tmp_path)
    guesses = recognise(tmp_path / export.source["files"][0], tmp_path)
    assert {guess.adapter: guess.columns for guess in guesses}["salesforce_agent_work"] == {}


def test_one_file_feeds_contacts_and_work_items(exports):
    rows = work("1", "a", "w", "09:00:00,09:00:00,09:00:05,15:05:00,", channel="Cases") + work(
        "2", "a", "v", "09:05:00,09:05:00,09:05:05,09:09:00,"
    )
    file = exports.put("agent_work.csv", WORK + rows)
    sources = [
        Source(
            files=[file], adapter="salesforce_agent_work", population="contact_centre", exclude={"channel": ["Cases"]}
        ),
        Source(
            files=[file], adapter="salesforce_agent_work_items", population="contact_centre", exclude={"type": ["Chat"]}
        ),
    ]
    tables = read_sources(sources, client=exports.client, root=exports.root, key=KEY).tables
    assert tables["contacts"]["contact"].tolist() == ["2"]
    assert tables["work_items"]["item"].tolist() == ["w"]
