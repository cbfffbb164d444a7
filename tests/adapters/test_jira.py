"""Jira: steps between changes of status, and time that people wrote down themselves."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from analysis.foundation.schema import DataProblem
from analysis.intake import Source, read_sources
from analysis.synthetic.vendors import write_export

KEY = bytes(range(32))


def history(stamp: str, old: str, new: str, *, author: str = "a", name: str = "Someone", field: str = "status") -> dict:
    items = [{"field": field, "fromString": old, "toString": new}]
    return {
        "id": stamp,
        "author": {"accountId": author, "displayName": name},
        "created": f"2026-03-{stamp}.000+0100",
        "items": items,
    }


def changelog(exports, *histories: dict):
    issue = {"key": "AB-1", "fields": {"issuetype": {"name": "Task"}}, "changelog": {"histories": list(histories)}}
    return exports.read("jira_changelog", json.dumps({"issues": [issue]}))


def log(at: int, seconds: int, *, start: str = "", created: str = "03T20:00:00", author: str = "a") -> dict:
    start = start or f"03T{8 + at // 60:02d}:{at % 60:02d}:{at % 59:02d}"
    return {
        "id": str(at),
        "issueId": "1",
        "author": {"accountId": author},
        "created": f"2026-03-{created}.000+0100",
        "started": f"2026-03-{start}.000+0100",
        "timeSpentSeconds": seconds,
    }


def worklogs(exports, *logs: dict):
    return exports.read("jira_worklog", json.dumps({"worklogs": list(logs)}))


@pytest.mark.parametrize("adapter", ["jira_changelog", "jira_worklog"])
def test_traps_find_nothing_in_a_clean_export(tmp_path, adapter):
    export, client = write_export(adapter, tmp_path)
    intake = read_sources([Source(**export.source)], client=client, root=tmp_path, key=KEY)
    assert intake.traps["rows"].sum() == 0


class TestChangelog:
    @pytest.mark.parametrize("step", [1, -1])
    def test_a_step_has_a_start_only_where_one_person_began_and_ended_it(self, exports, step):
        changes = [
            history("03T09:00:00", "To Do", "Doing"),
            history("03T09:20:00", "Doing", "Review"),
            history("03T10:00:00", "Review", "Done", author="b"),
        ]
        items = changelog(exports, *changes[::step]).tables["work_items"].sort_values("ended")
        assert items["type"].tolist() == ["Task: To Do", "Task: Doing", "Task: Review"]
        assert (items["ended"] - items["started"]).tolist()[1] == pd.Timedelta(minutes=20)
        assert items["started"].notna().tolist() == [False, True, False]

    def test_other_fields_are_left_out(self, exports):
        intake = changelog(
            exports, history("03T09:00:00", "x", "y", field="assignee"), history("03T09:00:00", "To Do", "Doing")
        )
        assert json.loads(intake.files["excluded"].iloc[0]) == {"other_field": 1}

    def test_nights_programs_and_missing_changes_are_told(self, exports):
        intake = changelog(
            exports,
            history("03T09:00:00", "To Do", "Doing"),
            history("04T09:00:00", "Doing", "Review"),
            history("04T09:05:00", "Hold", "Done", name="Automation for Jira"),
        )
        assert {
            code: exports.trap(intake, code)["rows"]
            for code in ("time_that_passed", "programs_as_users", "broken_chain")
        } == dict.fromkeys(("time_that_passed", "programs_as_users", "broken_chain"), 1)

    def test_a_table_of_changes(self, exports):
        text = "key,issuetype,author,created,field,fromString,toString\nAB-1,Task,a,2026-03-03T09:00:00.000+0100,status,To Do,Doing\n"
        assert exports.read("jira_changelog", text).tables["work_items"]["type"].tolist() == ["Task: To Do"]

    def test_a_table_without_fields_is_asked_about(self, exports):
        with pytest.raises(DataProblem, match="fromString"):
            exports.read("jira_changelog", "key,issuetype,author,created\nAB-1,Task,a,2026-03-03T09:00:00.000+0100\n")

    def test_the_changelog_of_one_issue_names_no_issue(self, exports):
        content = json.dumps({"values": [history("03T09:00:00", "To Do", "Doing")]})
        assert exports.read("jira_changelog", content).rejects["reason"].tolist() == ["missing_item"]


class TestWorklog:
    def test_a_log_lasts_as_long_as_it_says(self, exports):
        items = worklogs(exports, log(0, 1234)).tables["work_items"]
        assert (items["ended"] - items["started"]).tolist() == [pd.Timedelta(seconds=1234)]
        assert items["type"].tolist() == ["worklog"]

    @pytest.mark.parametrize(("seconds", "hits"), [(1800, 24), (1790, 0)])
    def test_round_numbers_are_told(self, exports, seconds, hits):
        intake = worklogs(exports, *(log(at, seconds, author=str(at)) for at in range(24)))
        assert exports.trap(intake, "round_numbers")["rows"] == hits
        assert not exports.trap(worklogs(exports, log(0, 1800)), "round_numbers")["tested"]

    def test_logs_written_later_are_told(self, exports):
        assert (
            exports.trap(worklogs(exports, log(0, 60), log(1, 60, created="06T09:00:00")), "written_later")["rows"] == 1
        )

    def test_a_time_of_day_that_the_form_filled_in_is_told(self, exports):
        intake = worklogs(exports, *(log(at, 60 + at, start=f"{3 + at % 20:02d}T09:00:00") for at in range(24)))
        assert exports.trap(intake, "same_clock")["rows"] == 24

    def test_days_that_nobody_can_work_are_told(self, exports):
        intake = worklogs(exports, log(0, 8 * 3600), log(60, 7 * 3600), log(0, 8 * 3600, author="b"))
        assert exports.trap(intake, "long_days")["rows"] == 2
