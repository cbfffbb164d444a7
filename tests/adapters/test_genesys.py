"""Genesys: what its exports hide is found on planted rows and not on clean ones."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from analysis.baseline import BaselineSettings, measure_baseline
from analysis.foundation.schema import DataProblem
from analysis.intake import Source, pseudonym, read_sources
from analysis.measure.ladder import time_ladder
from analysis.synthetic.vendors import write_export
from analysis.synthetic.vendors.world import vendor_world

KEY = bytes(range(32))
# Time ladder of what a planted user did, as both timelines together show it.
PLANTED = {
    **dict.fromkeys(("idle", "ring"), "IDLE"),
    **dict.fromkeys(("talk", "hold", "wrap"), "HANDLING"),
    **dict.fromkeys(("unanswered", "personal", "system"), "AWAY"),
    **dict.fromkeys(("break", "meal"), "BREAK"),
    **dict.fromkeys(("meeting", "training"), "SUPPORT"),
}

TIMELINE = "Agent Id,Status,Start Time,End Time,Duration\n"
DAY = (
    "00731,Idle,2026-03-03 08:00:00,2026-03-03 08:10:00,0:10:00\n"
    "00731,Interacting,2026-03-03 08:10:00,2026-03-03 08:20:00,0:10:00\n"
    "00731,Available,2026-03-03 08:20:00,2026-03-03 08:25:00,0:05:00\n"
)
SIGN_OFF = "00731,Offline,2026-03-03 08:25:00,2026-03-03 18:00:00,9:35:00\n"


def test_the_last_state_is_missing_unless_it_is_a_sign_off(exports):
    cut = exports.read("genesys_status_timeline", TIMELINE + DAY)
    assert exports.trap(cut, "last_state_missing")["rows"] == 1
    whole = exports.read("genesys_status_timeline", TIMELINE + DAY + SIGN_OFF)
    assert exports.trap(whole, "last_state_missing")["rows"] == 0


def test_durations_in_another_unit_are_told(exports):
    header, rows = TIMELINE.replace(",End Time", ""), DAY.splitlines()
    plain = "\n".join(",".join([*row.split(",")[:3], "600000"]) for row in rows) + "\n"
    right = exports.read("genesys_status_timeline", header + plain, duration_unit="ms")
    assert exports.trap(right, "duration_unit")["rows"] == 0
    wrong = exports.read("genesys_status_timeline", header + plain, duration_unit="s")
    assert exports.trap(wrong, "duration_unit")["rows"] == 2


def test_idle_in_an_export_of_presence_alone_is_a_locked_screen(exports):
    both = exports.read("genesys_status_timeline", TIMELINE + DAY)
    assert exports.trap(both, "screen_locked")["rows"] == 0
    alone = exports.read("genesys_status_timeline", TIMELINE + DAY.replace("Interacting", "On Queue"))
    found = exports.trap(alone, "screen_locked")
    assert found["rows"] == 1
    assert "AWAY" in found["words"]


def test_available_is_not_waiting_for_contacts(exports):
    intake = exports.read("genesys_status_timeline", TIMELINE + DAY)
    assert exports.trap(intake, "available_off_queue")["rows"] == 1
    assert intake.states.set_index("state_raw").loc["Available", "state"] == "AWAY"


INTERVALS = "Interval Start,Interval End,Interval Complete,Agent Id,Logged In,On Queue,Idle,Off Queue,Interacting\n"
HALF_HOUR = "2026-03-03T08:00:00Z,2026-03-03T08:30:00Z,true,00731,1800,1500,600,300,800\n"


def test_what_sums_hold_beyond_their_parts_is_on_duty_kind_unknown(exports):
    intake = exports.read("genesys_status_intervals", INTERVALS + HALF_HOUR, duration_unit="s")
    seconds = intake.states.set_index("state_raw")["hours"] * 3600
    assert seconds.round().to_dict() == {
        "Idle": 600,
        "Interacting": 800,
        "On Queue, not told apart": 100,
        "Off Queue, not told apart": 300,
    }
    assert intake.tables["state_totals"]["us"].sum() == 1_800_000_000
    assert exports.trap(intake, "off_queue_not_told_apart")["rows"] == 1
    for clean in ("incomplete_intervals", "duration_unit", "coarse_intervals"):
        assert exports.trap(intake, clean)["rows"] == 0


def test_states_beyond_their_sum_are_told_and_stay(exports):
    intake = exports.read(
        "genesys_status_intervals",
        INTERVALS + HALF_HOUR.replace("1800,1500,600,300,800", "1750,1500,600,200,950"),
        duration_unit="s",
    )
    assert "parts_exceed_sum" in {finding.code for finding in intake.findings}
    assert set(intake.states["state_raw"]) == {"Idle", "Interacting", "Off Queue, not told apart"}


def test_intervals_that_mislead_are_told(exports):
    unfinished = HALF_HOUR.replace("true", "false")
    intake = exports.read("genesys_status_intervals", INTERVALS + unfinished, duration_unit="ms")
    assert exports.trap(intake, "incomplete_intervals")["rows"] == 1
    assert exports.trap(intake, "duration_unit")["rows"] == 1
    day = HALF_HOUR.replace("T08:30", "T20:00")
    assert (
        exports.trap(exports.read("genesys_status_intervals", INTERVALS + day, duration_unit="s"), "coarse_intervals")[
            "rows"
        ]
        == 1
    )


def test_an_interval_that_a_later_export_holds_complete_counts_once(exports):
    first = HALF_HOUR.replace("true,00731,1800,1500,600,300,800", "false,00731,900,900,500,0,400")
    intake = exports.read("genesys_status_intervals", INTERVALS + first + HALF_HOUR, duration_unit="s")
    assert json.loads(intake.files["excluded"][0]) == {"incomplete_version": 1}
    assert intake.tables["state_totals"]["us"].sum() == 1_800_000_000
    assert exports.trap(intake, "incomplete_intervals")["rows"] == 0


def test_an_interval_is_as_long_as_its_end_says_over_a_clock_change(exports):
    row = HALF_HOUR.replace("2026-03-03T08:00:00Z,2026-03-03T08:30:00Z", "2026-03-29 00:00,2026-03-30 00:00")
    intake = exports.read("genesys_status_intervals", INTERVALS + row, duration_unit="s")
    assert intake.tables["state_totals"]["length_s"].unique().tolist() == [23 * 3600]


SESSIONS = (
    "User,Start Time,End Time,Duration\n"
    "00731,N/A,2026-03-01 17:00:00,N/A\n"
    "00731,2026-03-03 08:00:00,2026-03-03 16:00:00,8:00:00\n"
    "00731,2026-03-04 08:00:00,N/A,N/A\n"
)


def test_sessions_that_the_report_shows_by_half_are_left_out_and_told(exports):
    intake = exports.read("genesys_login_logout", SESSIONS)
    assert json.loads(intake.files["excluded"][0]) == {"began_before_report": 1, "open_at_end_of_report": 1}
    assert exports.trap(intake, "half_sessions")["rows"] == 2
    assert exports.trap(intake, "long_sessions")["rows"] == 0


def test_a_session_that_nobody_ended_is_told(exports):
    row = "00731,2026-03-03 08:00:00,2026-03-04 16:00:00,32:00:00\n"
    intake = exports.read("genesys_login_logout", SESSIONS.splitlines(keepends=True)[0] + row)
    assert exports.trap(intake, "long_sessions")["rows"] == 1
    assert exports.trap(intake, "half_sessions")["rows"] == 0


HISTORY = (
    "Interval Start UTC Date,Queue,Media Type,Skill Set,Language,Offered,Interactions Handled,Total Handle Time (Seconds)\n"
    "2026-03-03T08:15:00Z,claims,Voice,a,en,4,3,600\n"
    "2026-03-03T08:15:00Z,claims,Voice,a|||b,en,2,2,300\n"
    "2026-03-03T08:15:00Z,claims,Email,a,en,1,3,0\n"
)


def test_skill_sets_add_up_and_media_types_stay_apart(exports):
    intake = exports.read("genesys_wfm_history", HISTORY)
    found = intake.tables["volumes"].set_index("queue")
    assert found.loc["claims / voice", ["offered", "answered", "handle_us"]].tolist() == [6, 5, 900_000_000]
    assert found.loc["claims / email", "offered"] == 1
    assert found["start"].iloc[0].isoformat() == "2026-03-03T08:15:00+00:00"
    assert exports.trap(intake, "handled_beyond_offered")["rows"] == 1
    assert exports.trap(intake, "time_without_contacts")["rows"] == 1
    alone = exports.read("genesys_wfm_history", "".join(HISTORY.splitlines(keepends=True)[:3]))
    assert alone.tables["volumes"]["queue"].tolist() == ["claims"]
    assert not alone.traps["rows"].any()


def test_intervals_that_never_start_at_a_quarter_are_a_question(exports):
    rows = "".join(f"2026-03-03T{8 + at // 2:02d}:{at % 2 * 30:02d}:00Z,claims,Voice,,,1,1,60\n" for at in range(8))
    header = HISTORY.splitlines(keepends=True)[0]
    with pytest.raises(DataProblem, match="length_s"):
        exports.read("genesys_wfm_history", header + rows)
    answered = exports.read("genesys_wfm_history", header + rows, columns={"length_s": {"value": "1800"}})
    assert answered.tables["volumes"]["length_s"].unique().tolist() == [1800]


def user(presence: list[tuple], routing: list[tuple], name: str = "00731") -> str:
    """Return the answer to a query about one user; entries are start, end and value, times of 3 March 2026."""

    def entry(start: str, end: str | None, value: str, key: str) -> dict:
        last = {} if end is None else {"endTime": f"2026-03-03T{end}:00.000Z"}
        return {"startTime": f"2026-03-03T{start}:00.000Z", **last, key: value}

    record = {
        "userId": name,
        "primaryPresence": [entry(*one, "systemPresence") for one in presence],
        "routingStatus": [entry(*one, "routingStatus") for one in routing],
    }
    return json.dumps({"userDetails": [record], "totalHits": 1})


PRESENCE = [("08:00", "09:00", "ON_QUEUE"), ("09:00", "09:10", "IDLE"), ("09:10", "10:00", "OFFLINE")]
ROUTING = [("08:00", "08:30", "IDLE"), ("08:30", "09:00", "INTERACTING"), ("09:00", "10:00", "OFF_QUEUE")]


def test_idle_means_two_things(exports):
    intake = exports.read("genesys_user_details", user(PRESENCE, ROUTING))
    states = intake.states.set_index("state_raw")["state"]
    assert (states["presence IDLE"], states["routing IDLE"]) == ("AWAY", "IDLE")
    assert not intake.traps["rows"].any()


def test_states_that_are_open_last_to_the_last_moment_of_the_export(exports):
    open_ended = [*PRESENCE[:2], ("09:10", None, "OFFLINE")]
    intake = exports.read("genesys_user_details", user(open_ended, ROUTING))
    found = exports.trap(intake, "open_last_state")
    assert (found["rows"], found["moved_us"]) == (1, 50 * 60_000_000)
    assert intake.tables["spells"]["end"].max().isoformat() == "2026-03-03T10:00:00+00:00"
    capped = exports.read("genesys_user_details", user(open_ended, ROUTING), open_end_cap_h=0.5)
    assert exports.trap(capped, "open_last_state")["moved_us"] == 30 * 60_000_000
    refused = exports.read("genesys_user_details", user(open_ended, ROUTING), open_end_cap_h=0)
    assert json.loads(refused.files["rejected"][0]) == {"missing_end": 1}


def test_an_entry_that_an_earlier_query_left_open_counts_once(exports):
    first = exports.put("first.json", user([("08:00", None, "ON_QUEUE")], [("08:00", None, "IDLE")]))
    intake = exports.read("genesys_user_details", user(PRESENCE, ROUTING), name="second.json")
    alone = intake.tables["spells"].drop(columns=["source", "source_row"])
    source = Source(files=[first, "data/second.json"], adapter="genesys_user_details", population="contact_centre")
    both = read_sources([source], client=exports.client, root=exports.root, key=KEY)
    pd.testing.assert_frame_equal(both.tables["spells"].drop(columns=["source", "source_row"]), alone)
    assert both.files["duplicate"].tolist() == [2, 0]


def test_timelines_that_lack_something_are_told(exports):
    presence_alone = exports.read("genesys_user_details", user(PRESENCE, []))
    assert exports.trap(presence_alone, "one_timeline")["rows"] == 3
    gap = exports.read("genesys_user_details", user([("08:00", "08:20", "ON_QUEUE"), *PRESENCE[1:]], ROUTING))
    found = exports.trap(gap, "timelines_disagree")
    assert found["rows"] == 2
    assert found["words"].startswith("0.7 of 1.0 h")
    assert exports.trap(gap, "one_timeline")["rows"] == 0


@pytest.mark.parametrize("season", ["spring", "autumn"])
def test_both_timelines_together_make_the_ladder_that_was_planted(tmp_path, season):
    export, client = write_export("genesys_user_details", tmp_path, season=season)
    spells = read_sources([Source(**export.source)], client=client, root=tmp_path, key=KEY).tables["spells"]
    world = vendor_world(season=season)
    names = {agent: pseudonym(agent, key=KEY) for agent in world.shifts["agent"].unique()}
    paid = world.shifts.assign(agent=world.shifts["agent"].map(names))
    ladder = time_ladder(spells, paid=paid, zones=client.time_zone)
    planted = world.stretches.assign(
        state=world.stretches["kind"].map(PLANTED), agent=world.stretches["agent"].map(names)
    )
    expected = time_ladder(planted, paid=paid, zones=client.time_zone)
    pd.testing.assert_frame_equal(ladder.by_agent_day, expected.by_agent_day)
    pd.testing.assert_frame_equal(ladder.pieces, expected.pieces)


@pytest.mark.real_data
def test_the_public_sample_of_one_user_is_read(exports, real_data):
    sample = (real_data / "vendor-samples" / "genesys-cloud" / "user_details_primaryPresence.json").read_bytes()
    period = {"start": "2021-04-26", "end": "2021-04-27"}
    nobody = exports.read("genesys_user_details", sample, period=period)
    assert json.loads(nobody.files["rejected"][0]) == {"missing_agent": 4}
    intake = exports.read("genesys_user_details", sample, period=period, columns={"agent": {"value": "u"}})
    spells = intake.tables["spells"]
    assert spells["state_raw"].tolist() == ["presence AVAILABLE", "presence OFFLINE"] * 2
    assert ((spells["end"] - spells["start"]) // pd.Timedelta(milliseconds=1)).tolist() == [
        1828688,
        15039232,
        3593619,
        0,
    ]
    assert exports.trap(intake, "open_last_state")["rows"] == 1
    assert exports.trap(intake, "one_timeline")["rows"] == 4


def test_states_on_two_media_types_at_once_are_told(exports):
    header = "Tenant,Media Type,Agent,State,Reason Code,Start Timestamp,End Timestamp,Duration\n"
    voice = "Main,VOICE,007,Ready,,2026-03-03 08:00:00,2026-03-03 09:00:00,01:00:00\n"
    after = "Main,CHAT,007,NotReady,Lunch,2026-03-03 09:00:00,2026-03-03 09:30:00,00:30:00\n"
    clean = exports.read("genesys_gcxi_agent_state", header + voice + after)
    assert exports.trap(clean, "several_media")["rows"] == 0
    assert clean.states["state_raw"].tolist() == ["Ready", "NotReady / Lunch"]
    hit = exports.read(
        "genesys_gcxi_agent_state",
        header + voice + after.replace("09:00:00,", "08:30:00,").replace("00:30:00", "01:00:00"),
    )
    assert exports.trap(hit, "several_media")["rows"] == 1


def test_what_an_export_lacks_is_not_tested(exports):
    interval = exports.read(
        "genesys_status_intervals",
        "Interval Start,Agent Id,Idle,Interacting\n2026-03-03T08:00:00Z,007,600,900\n",
        duration_unit="s",
    )
    tested = interval.traps.set_index("code")["tested"]
    assert tested.to_dict() == {
        "incomplete_intervals": False,
        "duration_unit": False,
        "coarse_intervals": True,
        "off_queue_not_told_apart": False,
    }
    assert interval.tables["state_totals"]["length_s"].unique().tolist() == [1800]
    history = "Interval Start UTC Date,Queue,Offered\n2026-03-03T08:15:00Z,claims,2\n"
    found = exports.read("genesys_wfm_history", history)
    assert found.tables["volumes"]["queue"].tolist() == ["claims"]
    assert not found.traps["tested"].any()


def test_rejected_rows_hit_no_trap(exports):
    unread = HALF_HOUR.replace("2026-03-03T08:00:00Z", "yesterday").replace("true", "false")
    intake = exports.read("genesys_status_intervals", INTERVALS + unread + HALF_HOUR, duration_unit="s")
    assert exports.trap(intake, "incomplete_intervals")["rows"] == 0
    locked = DAY.splitlines()[0].replace("2026-03-03", "yesterday") + "\n" + DAY.splitlines()[2] + "\n"
    assert exports.trap(exports.read("genesys_status_timeline", TIMELINE + locked), "screen_locked")["rows"] == 0


def conversation(*people: tuple, **more) -> str:
    """Return a conversation of 3 March 2026; people are purpose, user, and segments of kind, start and end."""
    listed = []
    for purpose, name, *segments in people:
        parts = [
            {
                "segmentType": kind,
                "queueId": "q1",
                "segmentStart": f"2026-03-03T{start}.000Z",
                "segmentEnd": f"2026-03-03T{end}.000Z",
            }
            for kind, start, end in segments
        ]
        listed.append({"purpose": purpose, "userId": name, "sessions": [{"mediaType": "voice", "segments": parts}]})
    record = {
        "conversationId": "c",
        "conversationStart": "2026-03-03T08:00:00Z",
        "conversationEnd": "2026-03-03T09:00:00Z",
    }
    return json.dumps(
        {"conversations": [{**record, "originatingDirection": "inbound", "participants": listed, **more}]}
    )


WAITS = ("acd", None, ("interact", "08:00:00", "08:00:30"))
TAKES = (
    *("agent", "a"),
    ("alert", "08:00:25", "08:00:30"),
    ("interact", "08:00:30", "08:03:00"),
    ("hold", "08:01:00", "08:01:30"),
    ("wrapup", "08:03:00", "08:03:20"),
)


def test_a_visit_of_a_queue_is_a_contact(exports):
    rings = ("agent", "b", ("alert", "08:00:10", "08:00:20"))
    intake = exports.read("genesys_conversations", conversation(WAITS, rings, TAKES))
    (found,) = intake.tables["contacts"].to_dict("records")
    assert (found["talk_us"], found["hold_us"], found["wrap_us"]) == (120_000_000, 30_000_000, 20_000_000)
    assert (found["ended_at"] - found["offered_at"]).total_seconds() == 180
    assert json.loads(intake.files["excluded"][0]) == {"offer_not_taken": 1}
    assert intake.files["used"].tolist() == [2]
    assert exports.trap(intake, "offer_not_taken")["rows"] == 1
    assert exports.trap(intake, "still_open")["rows"] == exports.trap(intake, "passed_on_to_a_person")["rows"] == 0


def test_another_queue_is_another_contact_and_another_person_is_not(exports):
    on = ("agent", "b", ("interact", "08:02:00", "08:04:00"))
    again = ("acd", None, ("interact", "08:04:00", "08:05:00"))
    intake = exports.read("genesys_conversations", conversation(WAITS, TAKES, on, again))
    found = intake.tables["contacts"].set_index("contact")
    assert found["abandoned"].to_dict() == {"c": False, "c / 2": True}
    assert found.loc["c / 2", "ended_at"].isoformat() == "2026-03-03T08:05:00+00:00"
    assert exports.trap(intake, "passed_on_to_a_person")["rows"] == 1
    assert json.loads(intake.files["time_us"][0])["excluded_us"] == {"passed_on_to_a_person": 120_000_000}


def test_who_goes_on_to_voicemail_or_by_transfer_did_not_abandon(exports):
    voicemail = ("voicemail", None, ("interact", "08:00:30", "08:01:00"))
    left = exports.read("genesys_conversations", conversation(WAITS, voicemail))
    assert left.tables["contacts"]["abandoned"].tolist() == [False]
    passed = conversation(WAITS).replace('"queueId"', '"disconnectType": "transfer", "queueId"')
    assert exports.read("genesys_conversations", passed).tables["contacts"]["abandoned"].tolist() == [False]
    alone = exports.read("genesys_conversations", conversation(WAITS))
    assert alone.tables["contacts"]["abandoned"].tolist() == [True]


def test_sessions_beside_each_other_count_once(exports):
    text = json.loads(conversation(("agent", "a", ("interact", "08:00:00", "08:10:00"))))
    person = text["conversations"][0]["participants"][0]
    person["sessions"].append({"mediaType": "voice", "segments": [dict(person["sessions"][0]["segments"][0])]})
    intake = exports.read("genesys_conversations", json.dumps(text))
    assert intake.tables["contacts"]["talk_us"].tolist() == [600_000_000]


def test_a_conversation_that_goes_on_is_told(exports):
    waiting = ("acd", None, ("interact", "08:00:00", "08:00:30"))
    text = conversation(waiting, conversationEnd=None).replace('"segmentEnd": "2026-03-03T08:00:30.000Z"', '"x": 1')
    intake = exports.read("genesys_conversations", text)
    assert exports.trap(intake, "still_open")["rows"] == 1
    assert intake.tables["contacts"]["abandoned"].isna().all()


def test_a_log_of_sign_ons_beside_interval_totals_hides_nothing(tmp_path):
    sources = []
    for adapter in ("genesys_status_intervals", "genesys_login_logout"):
        export, client = write_export(adapter, tmp_path)
        sources.append(Source(**export.source))
    ladders = []
    for chosen in (sources[:1], sources):
        tables = read_sources(chosen, client=client, root=tmp_path, key=KEY).tables
        found = measure_baseline(tables, client=client, settings=BaselineSettings(minimum_group_agents=5))
        ladders.append(found.ladder.set_index(["population", "bucket"])["hours"])
    pd.testing.assert_series_equal(*ladders)
    assert ladders[0]["contact_centre", "IDLE"] > 40
