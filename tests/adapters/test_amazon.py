"""Amazon Connect: what its exports hide is found on planted rows and not on clean ones."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from analysis.intake import Source, pseudonym, read_sources
from analysis.measure.ladder import time_ladder
from analysis.synthetic.vendors import write_export
from analysis.synthetic.vendors.world import vendor_world

KEY = bytes(range(32))

METRICS = "Agent,StartInterval,EndInterval,Agent idle time,Agent on contact time,Nonproductive time,Online time,Error status time,Contact handle time,Occupancy\n"
CLEAN = "1E5,2026-03-03T05:00:00Z,2026-03-03T05:30:00Z,600,900,300,1800,-,900,60.00%\n"


def test_a_clean_interval_hits_no_trap(exports):
    intake = exports.read("amazon_historical_metrics", METRICS + CLEAN)
    traps = intake.traps.set_index("code")
    assert traps.drop("grouped_by_queue")["tested"].all()
    assert not traps["rows"].any()
    assert traps["words"].eq("").all()
    held = intake.states.set_index("state")["hours"] * 3600
    assert held.round().to_dict() == {"IDLE": 600, "HANDLING": 900, "WORK": 300}


def test_time_in_error_is_taken_out_of_idle_time(exports):
    intake = exports.read("amazon_historical_metrics", METRICS + CLEAN.replace(",-,", ",120,"))
    found = exports.trap(intake, "error_in_idle")
    assert (found["rows"], found["moved_us"]) == (1, 120_000_000)
    totals = intake.tables["state_totals"].set_index("state")["us"]
    assert (totals["IDLE"], totals["AWAY"]) == (480_000_000, 120_000_000)


def test_contacts_in_another_status_are_told_and_kept(exports):
    intake = exports.read("amazon_historical_metrics", METRICS + CLEAN.replace("600,900,300", "600,900,500"))
    assert exports.trap(intake, "states_overlap")["rows"] == 1
    assert {"overlapping_totals", "parts_exceed_sum"} <= {finding.code for finding in intake.findings}
    assert intake.files["used"].tolist() == [1]


def test_the_two_families_of_metrics_are_never_set_against_each_other(exports):
    """A contact from 5:23 to 6:15: minutes in which it happened, and all of it where it was disconnected."""
    rows = (("05:00", "05:30", 420, "-"), ("05:30", "06:00", 1800, "-"), ("06:00", "06:30", 900, 3120))
    text = "".join(
        f"1E5,2026-03-03T{start}:00Z,2026-03-03T{end}:00Z,0,{contact},0,{contact},-,{handle},100.00%\n"
        for start, end, contact, handle in rows
    )
    intake = exports.read("amazon_historical_metrics", METRICS + text)
    totals = intake.tables["state_totals"].sort_values("interval_start")
    assert (totals["us"] // 60_000_000).tolist() == [7, 30, 15]
    assert exports.trap(intake, "other_family")["rows"] == 1
    assert exports.trap(intake, "occupancy_differs")["rows"] == 0


def test_an_occupancy_of_other_rows_is_told(exports):
    intake = exports.read("amazon_historical_metrics", METRICS + CLEAN.replace("60.00%", "75.00%"))
    assert exports.trap(intake, "occupancy_differs")["rows"] == 1


def test_a_report_grouped_by_queue_has_no_idle_time(exports):
    header = METRICS.replace("Agent,", "Agent,Queue,", 1)
    row = CLEAN.replace("1E5,", "1E5,claims line,", 1)
    clean = exports.read("amazon_historical_metrics", header + row)
    assert exports.trap(clean, "grouped_by_queue")["rows"] == 0
    hit = exports.read("amazon_historical_metrics", header + row.replace("Z,600,900", "Z,-,-"))
    assert exports.trap(hit, "grouped_by_queue")["rows"] == 1


def test_statuses_of_the_client_are_named_and_can_be_given_a_meaning(exports, tmp_path):
    header, row = (
        METRICS.replace("Online time", "Break time,Huddle time,Online time"),
        CLEAN.replace("300,1800", "300,100,200,1800"),
    )
    intake = exports.read("amazon_historical_metrics", header + row)
    found = exports.trap(intake, "own_statuses")
    assert "'Huddle time'" in found["words"]
    assert "Break" not in found["words"]
    held = intake.states.set_index("state_raw")["hours"] * 3600
    assert held["Nonproductive, not told apart"].round() == 200
    fields = "state_raw,ladder_bucket,paid,planned,legitimate_allowance,cause,interruptible,counts_toward_shrinkage\n"
    (tmp_path / "states.csv").write_text(fields + "wait,IDLE,,,,,,\nHuddle,SUPPORT,,,,,,\n", encoding="utf-8")
    stated = exports.read(
        "amazon_historical_metrics",
        header + row,
        totals={"wait": "Agent idle time", "Huddle": "Huddle time"},
        state_map="states.csv",
    )
    assert stated.states.set_index("state")["hours"].mul(3600).round().to_dict() == {"IDLE": 600, "SUPPORT": 200}
    assert exports.trap(stated, "own_statuses")["rows"] == 0


SESSIONS = "Agent,Login,Logout,Duration\n1E5,2026-03-03 08:00:00,2026-03-03 16:00:00,08:00:00\n"


def test_a_panel_that_was_closed_is_no_logout(exports):
    clean = exports.read("amazon_login_logout", SESSIONS)
    assert not clean.traps["rows"].any()
    assert clean.tables["spells"]["state"].tolist() == ["WORK"]
    later = SESSIONS + "1E5,2026-03-04 08:00:00,2026-03-04 22:00:00,14:00:00\n1E5,2026-03-05 08:00:00,-,-\n"
    intake = exports.read("amazon_login_logout", later)
    assert exports.trap(intake, "closed_panel")["rows"] == 1
    assert exports.trap(intake, "half_sessions")["rows"] == 1
    assert "no logout" in exports.trap(intake, "closed_panel")["words"]


def test_available_after_a_contact_may_be_after_contact_work(exports):
    header = "Agent,Date,Status\n"
    rows = "1E5,2026-03-03 08:00,Available\n1E5,2026-03-03 08:05,Offline\n"
    assert exports.trap(exports.read("amazon_agent_activity", header + rows), "after_contact_work")["rows"] == 0
    busy = (
        rows.replace("08:05,Offline", "08:05,Connected")
        + "1E5,2026-03-03 08:09,Available\n1E5,2026-03-03 08:10,Offline\n"
    )
    intake = exports.read("amazon_agent_activity", header + busy)
    assert exports.trap(intake, "after_contact_work")["rows"] == 1


def test_history_for_forecasting_is_what_came(exports):
    header = "QueueName,QueueId,ChannelType,TimeStamp,IntervalDuration,IncomingContactVolume,AverageHandleTime,ContactsHandled\n"
    rows = "claims,q,VOICE,2026-03-03T08:00:00Z,15_MINUTES,5,120,4\nclaims,q,CHAT,2026-03-03T08:00:00Z,15,1,60,2\n"
    intake = exports.read("amazon_forecast_import", header + rows)
    found = intake.tables["volumes"].set_index("queue")
    assert found["handle_us"].to_dict() == {"claims / voice": 480_000_000, "claims / chat": 120_000_000}
    assert found["length_s"].unique().tolist() == [900]
    assert exports.trap(intake, "handled_beyond_offered")["rows"] == 1
    clean = exports.read("amazon_forecast_import", header + rows.splitlines()[0] + "\n")
    assert exports.trap(clean, "handled_beyond_offered")["rows"] == 0


def record(contact: str, *, update: str = "09:00:00", talk: int = 100, **more) -> dict:
    """Return a contact record: in at 8:00, answered at 8:01, over after 100 s."""
    agent = {"Username": "1E5", "ConnectedToAgentTimestamp": "2026-03-03T08:01:00Z", "AgentInteractionDuration": talk}
    return {
        "ContactId": contact,
        "Channel": "VOICE",
        "InitiationMethod": "INBOUND",
        "InitiationTimestamp": "2026-03-03T08:00:00Z",
        "DisconnectTimestamp": "2026-03-03T08:02:40Z",
        "LastUpdateTimestamp": f"2026-03-03T{update}Z",
        "PreviousContactId": None,
        "AgentConnectionAttempts": 1,
        "Queue": {"Name": "claims", "EnqueueTimestamp": "2026-03-03T08:00:30Z"},
        "Agent": agent,
        **more,
    }


def test_one_contact_record_hits_no_trap(exports):
    intake = exports.read("amazon_contact_records", json.dumps(record("a")))
    assert intake.traps["tested"].all()
    assert not intake.traps["rows"].any()
    assert not intake.tables["contacts"]["abandoned"].any()


def test_the_latest_version_of_a_contact_counts(exports):
    versions = [
        record("a", update="09:00:03", talk=90),
        record("a", update="09:00:01"),
        record("a", update="09:00:03", talk=80),
    ]
    intake = exports.read("amazon_contact_records", json.dumps(versions))
    assert intake.tables["contacts"]["talk_us"].tolist() == [80_000_000]
    assert json.loads(intake.files["excluded"][0]) == {"older_version": 1}
    assert intake.files["duplicate"].tolist() == [1]
    assert exports.trap(intake, "redelivered")["rows"] == 1


def test_versions_without_a_stamp_contradict_each_other(exports):
    versions = [record("a", talk=90), record("a"), record("b")]
    for version in versions:
        del version["LastUpdateTimestamp"]
    intake = exports.read("amazon_contact_records", json.dumps(versions))
    assert json.loads(intake.files["rejected"][0]) == {"contradicting_rows": 2}
    assert intake.tables["contacts"]["contact"].tolist() == ["b"]


def test_contacts_that_waited_and_ended_without_an_agent_were_abandoned(exports):
    ends = [
        record("lost", Agent=None),
        record("passed on", Agent=None, NextContactId="x"),
        record("in the flow", Agent=None, Queue=None),
    ]
    intake = exports.read("amazon_contact_records", json.dumps(ends))
    assert intake.tables["contacts"].set_index("contact")["abandoned"].to_dict() == {"lost": True, "passed on": False}
    assert json.loads(intake.files["excluded"][0]) == {"never_queued": 1}


def test_contacts_that_mislead_are_told(exports):
    several = [record("a", AgentConnectionAttempts=3), record("b", PreviousContactId="a", talk=50)]
    intake = exports.read("amazon_contact_records", json.dumps(several))
    for code in ("transfer_legs", "several_offers", "durations_differ", "contacts_at_once"):
        assert exports.trap(intake, code)["rows"] == 1, code


def snapshot(*contacts: str, status: str = "Available", **more) -> dict:
    """Return a snapshot of an agent with contacts in these states."""
    kind = {"Available": "ROUTABLE", "Offline": "OFFLINE"}.get(status, "CUSTOM")
    listed = [{"ContactId": f"c{at}", "Channel": "CHAT", "State": state} for at, state in enumerate(contacts)]
    named = {"AgentStatus": {"Name": status, "Type": kind}, "Configuration": {"Username": "1E5", "FirstName": "Ida"}}
    return {**named, "Contacts": listed, **more}


def stream(*events: tuple) -> str:
    """Return events one a line; each is a time of 3 March 2026, what the agent does then, and maybe the kind of event."""
    lines, before = [], None
    for at, (moment, now, *kind) in enumerate(events):
        one = {"EventId": f"e{at}", "AgentARN": "arn:1", "EventTimestamp": f"2026-03-03T{moment}.000Z"}
        one |= {
            "EventType": kind[0] if kind else "STATE_CHANGE",
            "CurrentAgentSnapshot": now,
            "PreviousAgentSnapshot": before,
        }
        before = now if one["EventType"] != "HEART_BEAT" else before
        lines.append(json.dumps(one))
    return "\n".join(lines)


OUT = ("08:30:00", None, "LOGOUT")


def states_of(intake) -> list[tuple[str, int]]:
    """Return the code and the seconds of each spell, in order of time."""
    spells = intake.tables["spells"].sort_values(["start", "end"])
    return list(zip(spells["state_raw"], (spells["end"] - spells["start"]).dt.total_seconds().astype(int), strict=True))


def test_waiting_is_routable_without_a_live_contact(exports):
    events = stream(
        ("08:00:00", snapshot(), "LOGIN"),
        ("08:01:00", snapshot("CONNECTING")),
        ("08:01:05", snapshot("CONNECTED")),
        ("08:02:00", snapshot("CONNECTED", "CONNECTED_ONHOLD")),
        ("08:03:00", snapshot("ENDED", "CONNECTED")),
        ("08:04:00", snapshot("ENDED")),
        ("08:05:00", snapshot()),
        ("08:06:00", snapshot(NextAgentStatus={"Name": "Lunch"})),
        ("08:07:00", snapshot(status="Lunch")),
        ("08:08:00", snapshot("CONNECTED", status="Lunch")),
        ("08:09:00", snapshot("MISSED")),
        OUT,
    )
    intake = exports.read("amazon_agent_events", events)
    assert states_of(intake) == [
        ("Available", 60),
        ("contact CONNECTING", 5),
        ("contact CONNECTED", 55),
        ("contact CONNECTED", 60),
        ("contact CONNECTED", 60),
        ("contact ENDED", 60),
        ("Available", 60),
        ("Available, routing paused", 60),
        ("Lunch", 60),
        ("contact CONNECTED", 60),
        ("contact MISSED", 21 * 60),
        ("Logged out", 0),
    ]
    assert exports.trap(intake, "contacts_at_once")["rows"] == 2
    assert exports.trap(intake, "events_missing")["rows"] == 0
    assert intake.tables["spells"]["agent"].nunique() == 1


def test_heartbeats_are_left_out_and_tell_how_long_the_last_state_lasted(exports):
    beats = [(f"08:{minute:02d}:00", snapshot(), "HEART_BEAT") for minute in (2, 4, 6)]
    after = ("08:08:00", snapshot(status="Offline"), "HEART_BEAT")
    intake = exports.read("amazon_agent_events", stream(("08:00:00", snapshot(), "LOGIN"), *beats, after))
    assert states_of(intake) == [("Available", 360)]
    assert json.loads(intake.files["excluded"][0]) == {"heartbeat": 4}
    none = exports.read("amazon_agent_events", stream(("08:00:00", snapshot(), "LOGIN")))
    assert json.loads(none.files["rejected"][0]) == {"missing_end": 1}


def test_the_order_of_the_file_makes_no_difference(exports):
    events = stream(
        ("08:00:00", snapshot(), "LOGIN"), ("08:01:00", snapshot("CONNECTED")), ("08:01:00", snapshot()), OUT
    )
    forward = exports.read("amazon_agent_events", events)
    backward = exports.read("amazon_agent_events", "\n".join(reversed(events.splitlines())))
    assert states_of(forward) == states_of(backward)
    assert states_of(forward)[-2] == ("Available", 29 * 60)


def test_holes_in_the_stream_are_told(exports):
    beat = ("08:02:00", snapshot(), "HEART_BEAT")
    whole = [("08:00:00", snapshot(), "LOGIN"), beat, ("08:03:00", snapshot("CONNECTED")), ("08:04:00", snapshot())]
    out = ("08:05:00", None, "LOGOUT")
    clean = exports.read("amazon_agent_events", stream(*whole, out))
    assert not clean.traps["rows"].any()
    assert clean.traps["tested"].all()
    lines = stream(*whole, out).splitlines()
    lost = exports.read("amazon_agent_events", "\n".join([*lines[:2], *lines[3:]]))
    assert exports.trap(lost, "events_missing")["rows"] == 1
    silent = exports.read("amazon_agent_events", stream(*whole, OUT))
    assert exports.trap(silent, "stream_silent")["rows"] == 1


@pytest.mark.real_data
def test_public_samples_with_comments_and_a_bracket_too_many_are_read(exports, real_data):
    folder = real_data / "vendor-samples" / "amazon-connect"
    beat = exports.read(
        "amazon_agent_events",
        (folder / "agent_event_stream_sample.jsonc").read_bytes(),
        period={"start": "2019-08-13", "end": "2019-08-14"},
    )
    assert json.loads(beat.files["excluded"][0]) == {"heartbeat": 1}
    assert {"json_comments", "json_commas", "json_brackets"} <= {finding.code for finding in beat.findings}
    both = b"".join((folder / f"acw_{part}_sample.jsonc").read_bytes() for part in ("before", "after"))
    intake = exports.read("amazon_agent_events", both, period={"start": "2019-05-25", "end": "2019-05-26"})
    spells = intake.tables["spells"]
    assert spells["state_raw"].tolist() == ["contact ENDED"]
    assert (spells["end"] - spells["start"]).tolist() == [pd.Timedelta("5.005s")]
    assert json.loads(intake.files["rejected"][0]) == {"missing_end": 1}
    assert exports.trap(intake, "events_missing")["rows"] == 0


@pytest.mark.parametrize("season", ["spring", "autumn"])
def test_events_and_metrics_of_one_world_agree_by_half_hour(tmp_path, season):
    """Waiting and handling that the event stream shows are those of the agent activity metrics, to the microsecond."""
    tables = {}
    for adapter in ("amazon_agent_events", "amazon_historical_metrics"):
        (tmp_path / adapter).mkdir()
        export, client = write_export(adapter, tmp_path / adapter, season=season)
        tables |= read_sources([Source(**export.source)], client=client, root=tmp_path / adapter, key=KEY).tables
    shifts = vendor_world(season=season).shifts
    paid = shifts.assign(agent=[pseudonym(one, key=KEY) for one in shifts["agent"]])
    slots = time_ladder(tables["spells"], paid=paid).by_slot(1800).set_index(["agent", "slot_start"])
    totals = tables["state_totals"].groupby(["agent", "interval_start", "state"])["us"].sum().unstack(fill_value=0)
    for state in ("IDLE", "HANDLING"):
        assert slots[state].to_dict() == totals[state].to_dict()
    planted = vendor_world(season=season).stretches
    idle = planted["kind"].eq("idle")
    assert slots["IDLE"].sum() == (planted["end"] - planted["start"])[idle].sum() // pd.Timedelta(microseconds=1)


@pytest.mark.parametrize(("written", "hits"), [("60", 0), ("0.6", 0), ("60.4%", 0), ("40", 1), ("0.4", 1)])
def test_occupancy_is_a_share_or_a_percentage(exports, written, hits):
    intake = exports.read("amazon_historical_metrics", METRICS + CLEAN.replace("60.00%", written))
    assert exports.trap(intake, "occupancy_differs")["rows"] == hits


def test_what_an_export_lacks_is_not_tested(exports):
    bare = "Agent,StartInterval,EndInterval,Online time\n1E5,2026-03-03T05:00:00Z,2026-03-03T05:30:00Z,900\n"
    tested = exports.read("amazon_historical_metrics", bare).traps.set_index("code")["tested"]
    assert tested.to_dict() == {
        "error_in_idle": False,
        "states_overlap": False,
        "occupancy_differs": False,
        "other_family": False,
        "grouped_by_queue": False,
        "own_statuses": True,
    }
    contact = "ContactId,Queue.Name,InitiationTimestamp\na,claims,2026-03-03T08:00:00Z\n"
    found = exports.read("amazon_contact_records", contact)
    assert found.traps.loc[found.traps["tested"], "code"].tolist() == ["redelivered"]
    assert found.tables["contacts"]["abandoned"].isna().all()


def test_people_without_a_user_name_are_known_by_their_arn(exports):
    lines = stream(("08:00:00", snapshot(), "LOGIN"), ("08:01:00", snapshot("CONNECTED")), OUT).splitlines()
    unnamed = [line.replace('"Username": "1E5", ', "") for line in lines]
    some = exports.read("amazon_agent_events", "\n".join([lines[0], *unnamed[1:]]))
    assert some.tables["spells"]["agent"].unique().tolist() == [pseudonym("1E5", key=KEY)]
    none = exports.read("amazon_agent_events", "\n".join(unnamed))
    assert none.tables["spells"]["agent"].unique().tolist() == [pseudonym("arn:1", key=KEY)]
