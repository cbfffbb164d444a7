"""ServiceNow: whose clock, whose work, and time that merely passed."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from analysis.foundation.schema import DataProblem
from analysis.intake import Source, read_sources
from analysis.synthetic.vendors import write_export

KEY = bytes(range(32))
TASK = "number,sys_class_name,assigned_to,opened_at,work_start,work_end,resolved_at,closed_at,reassignment_count\n"
AUDIT = "tablename,fieldname,documentkey,user,oldvalue,newvalue,sys_created_on\n"


def task(
    number: str,
    *,
    agent: str = "a",
    start: str = "03 09:00:00",
    end: str = "",
    resolved: str = "",
    closed: str = "",
    moves: int = 0,
) -> str:
    stamps = ",".join(f"2026-03-{one}" if one else "" for one in ("03 08:00:00", start, end, resolved, closed))
    return f"{number},incident,{agent},{stamps},{moves}\n"


def change(old: str, new: str, stamp: str, *, user: str = "a", record: str = "d", field: str = "state") -> str:
    return f"incident,{field},{record},{user},{old},{new},2026-03-{stamp}\n"


def read_task(exports, *rows: str, zone: str | None = "UTC"):
    return exports.read("servicenow_task", TASK + "".join(rows), time_zone=zone)


def read_audit(exports, *rows: str, zone: str | None = "UTC"):
    return exports.read("servicenow_sys_audit", AUDIT + "".join(rows), time_zone=zone)


@pytest.mark.parametrize("adapter", ["servicenow_task", "servicenow_sys_audit"])
def test_traps_find_nothing_that_was_not_planted(tmp_path, adapter):
    export, client = write_export(adapter, tmp_path)
    intake = read_sources([Source(**export.source)], client=client, root=tmp_path, key=KEY)
    assert set(intake.traps.loc[intake.traps["rows"] > 0, "code"]) <= {"closed_later"}


class TestClock:
    @pytest.mark.parametrize(
        "read",
        [
            lambda e: read_task(e, task("T1", end="03 09:30:00"), zone=None),
            lambda e: read_audit(e, change("1", "2", "03 09:00:00"), zone=None),
        ],
    )
    def test_it_is_asked_for(self, exports, read):
        with pytest.raises(DataProblem, match='time_zone = "UTC"'):
            read(exports)

    @pytest.mark.parametrize(("zone", "hour"), [("UTC", 9), ("Europe/Amsterdam", 8)])
    def test_the_answer_counts(self, exports, zone, hour):
        items = read_task(exports, task("T1", end="03 09:30:00"), zone=zone).tables["work_items"]
        assert items["started"].dt.hour.tolist() == [hour]
        assert (items["ended"] - items["started"]).tolist() == [pd.Timedelta(minutes=30)]

    def test_stamps_with_an_offset_need_no_answer(self, exports):
        text = "number,sys_class_name,assigned_to,opened_at,closed_at\nT1,incident,a,2026-03-03T08:00:00Z,2026-03-03T09:00:00Z\n"
        assert len(exports.read("servicenow_task", text).tables["work_items"]) == 1


class TestTask:
    def test_an_item_ends_with_its_work_else_resolved_else_closed(self, exports):
        intake = read_task(
            exports,
            task("T1", end="03 10:00:00", resolved="03 11:00:00", closed="06 12:00:00"),
            task("T2", resolved="03 11:00:00", closed="06 12:00:00"),
            task("T3", closed="03 12:00:00"),
            task("T4"),
        )
        assert intake.tables["work_items"].set_index("item")["ended"].dt.hour.to_dict() == {
            "T1": 10,
            "T2": 11,
            "T3": 12,
        }
        assert json.loads(intake.files["excluded"].iloc[0]) == {"still_open": 1}
        assert exports.trap(intake, "closed_later")["rows"] == 2

    def test_nights_within_an_item_are_told(self, exports):
        found = exports.trap(
            read_task(exports, task("T1", closed="04 09:00:00"), task("T2", closed="03 10:00:00")), "time_that_passed"
        )
        assert found["rows"] == 1
        assert "96%" in found["words"]

    def test_without_a_start_passing_time_cannot_be_tested(self, exports):
        assert not exports.trap(read_task(exports, task("T1", start="", closed="04 09:00:00")), "time_that_passed")[
            "tested"
        ]

    @pytest.mark.parametrize(("count", "hits"), [(5, 5), (4, 0)])
    def test_records_ended_in_one_second_are_told(self, exports, count, hits):
        intake = read_task(exports, *(task(f"T{at}", closed="03 10:00:00") for at in range(count)))
        assert exports.trap(intake, "closed_in_bulk")["rows"] == hits

    def test_reassigned_records_and_persons_as_sys_ids_are_told(self, exports):
        intake = read_task(
            exports,
            task("T1", agent="62826bf03710200044e0bfc8bcbe5df1", closed="03 10:00:00", moves=2),
            task("T2", closed="03 10:01:00"),
        )
        assert exports.trap(intake, "reassigned")["rows"] == 1
        assert exports.trap(intake, "persons_as_sys_id")["rows"] == 1

    def test_references_of_the_table_api_are_objects(self, exports):
        record = {
            "number": "T1",
            "sys_class_name": "incident",
            "opened_at": "2026-03-03 08:00:00",
            "closed_at": "2026-03-03 09:00:00",
        }
        content = json.dumps(
            {"result": [record | {"assigned_to": {"link": "x", "value": "62826bf03710200044e0bfc8bcbe5df1"}}]}
        )
        intake = exports.read("servicenow_task", content, time_zone="UTC")
        assert intake.tables["work_items"]["agent"].notna().all()
        assert exports.trap(intake, "persons_as_sys_id")["rows"] == 1

    def test_of_values_stored_and_shown_side_by_side_the_stored_ones_count(self, exports):
        shown = {
            "number": "T1",
            "sys_class_name": "Incident",
            "opened_at": "03/03/2026 10:00",
            "work_start": "03/03/2026 10:30",
            "closed_at": "03/03/2026 11:00",
        }
        kept = {
            "number": "T1",
            "sys_class_name": "incident",
            "opened_at": "2026-03-03 09:00:00",
            "work_start": "2026-03-03 09:30:00",
            "closed_at": "2026-03-03 10:00:00",
        }
        record = {name: {"display_value": shown[name], "value": kept[name]} for name in kept} | {
            "assigned_to": {"display_value": "Ann", "value": "62826bf03710200044e0bfc8bcbe5df1"}
        }
        item = (
            exports.read("servicenow_task", json.dumps({"result": [record]}), time_zone="UTC")
            .tables["work_items"]
            .iloc[0]
        )
        assert (item["type"], item["started"], item["ended"]) == (
            "incident",
            pd.Timestamp("2026-03-03T09:30Z"),
            pd.Timestamp("2026-03-03T10:00Z"),
        )


class TestAudit:
    def test_a_step_has_a_start_only_where_one_person_began_and_ended_it(self, exports):
        intake = read_audit(
            exports,
            change("1", "2", "03 09:00:00"),
            change("2", "6", "03 09:20:00"),
            change("6", "7", "03 10:00:00", user="b"),
        )
        items = intake.tables["work_items"].sort_values("ended")
        assert items["type"].tolist() == ["incident: 1", "incident: 2", "incident: 6"]
        assert items["started"].notna().tolist() == [False, True, False]
        assert exports.trap(intake, "numbers_for_states")["rows"] == 3

    def test_what_is_no_step_of_a_person_is_left_out_by_reason(self, exports):
        intake = read_audit(
            exports,
            change("", "New", "03 08:00:00", user="a"),
            change("", "a", "03 08:59:00", field="assigned_to"),
            change("New", "Work", "03 09:00:00"),
            change("Work", "Closed", "03 09:20:00", user="system"),
        )
        assert json.loads(intake.files["excluded"].iloc[0]) == {"other_field": 1, "record_created": 1, "system_user": 1}
        assert intake.tables["work_items"]["type"].tolist() == ["incident: New"]

    def test_two_fields_of_one_state_count_once(self, exports):
        rows = [change("1", "2", "03 09:00:00", field=field) for field in ("state", "incident_state")]
        assert len(read_audit(exports, *rows).tables["work_items"]) == 1
        assert len(read_audit(exports, rows[1]).tables["work_items"]) == 1

    def test_missing_changes_and_programs_are_told(self, exports):
        intake = read_audit(
            exports, change("New", "Work", "03 09:00:00"), change("Hold", "Closed", "03 09:20:00", user="svc_rpa")
        )
        assert exports.trap(intake, "broken_chain")["rows"] == 1
        assert exports.trap(intake, "programs_as_users")["rows"] == 1

    @pytest.mark.parametrize("name", ["user", "sys_created_on"])
    def test_a_file_without_persons_or_times_is_asked_for(self, exports, name):
        text = (AUDIT + change("1", "2", "03 09:00:00")).replace(name, "other")
        with pytest.raises(DataProblem, match=name):
            exports.read("servicenow_sys_audit", text, time_zone="UTC")

    def test_a_file_without_old_values_is_asked_for(self, exports):
        with pytest.raises(DataProblem, match="oldvalue"):
            exports.read(
                "servicenow_sys_audit",
                "tablename,fieldname,documentkey,user,sys_created_on\nincident,state,d,a,2026-03-03 09:00:00\n",
                time_zone="UTC",
            )
