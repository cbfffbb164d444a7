"""Every public file through intake: its figures as others counted them, and a verdict that is true of it."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from analysis.foundation.settings import Client
from analysis.intake import Intake, Reconciliation, Source, check_sources, reconcile
from tests.real.r_data import read_frame

pytestmark = pytest.mark.real_data
KEY = bytes(range(32))
STATED = tomllib.loads(Path(__file__).with_name("engagement.toml").read_text(encoding="utf-8"))["source"]
ITEMS = {"item": "case_id", "type": "activity", "agent": "resource", "started": "start_time", "ended": "end_time"}

# file -> zone and period of the client, what the engagement would state
FILES: dict[str, tuple[str, str, str, dict]] = {
    "contact-centre/anonymous_bank_1999-02_calls.txt.gz": ("Asia/Jerusalem", "1999-02-01", "1999-02-28", STATED[0]),
    "contact-centre/us_bank_calls_5min_2003.parquet": ("America/New_York", "2003-03-03", "2003-10-24", {
        "table": "volumes",
        "columns": {"queue": {"value": "bank"}, "start": "DateTime", "length_s": {"value": 300}, "offered": "Calls"},
    }),
    "event-logs/bpic2012.xes.gz": ("Europe/Amsterdam", "2011-10-01", "2012-03-14", {"adapter": "xes"}),
    "event-logs/bpic2012_w_start_end.csv.gz": ("Europe/Amsterdam", "2011-10-01", "2012-03-14", STATED[1]),
    "event-logs/bpic2013_incidents.xes.gz": ("Europe/Stockholm", "2010-03-31", "2012-05-23", {"adapter": "xes"}),
    "event-logs/helpdesk.xes.gz": ("Europe/Rome", "2010-01-13", "2014-01-03", {"adapter": "xes"}),
    "event-logs/receipt.csv.gz": ("Europe/Amsterdam", "2010-10-02", "2012-01-23", {"adapter": "xes"}),
    "event-logs/receipt.xes.gz": ("Europe/Amsterdam", "2010-10-02", "2012-01-23", {"adapter": "xes"}),
    # its stamps show no clock of the workshop, so they are taken as they stand
    "event-logs/production_start_end.csv.gz": ("UTC", "2012-01-02", "2012-03-31", {
        "table": "work_items", "columns": {**ITEMS, "type": "Activity", "agent": "Resource"},
    }),
    "event-logs/academic_credentials_start_end.csv.gz": ("America/Bogota", "2016-02-01", "2016-06-30", {
        "table": "work_items", "columns": ITEMS, "time_zone": "UTC",
    }),
    "event-logs/teleclaims_simulated.xes.gz": ("Europe/Amsterdam", "1970-01-01", "1970-03-01", {"adapter": "xes"}),
}  # fmt: skip
# Files that hold no table of ours: what is asked when somebody names one for them.
STRANGE: dict[str, tuple[str, str]] = {
    "event-logs/traffic_fines_sample.rda": ("work_items", "an R data file"),
    "frontier/front41_firms.csv": ("workload", "no header found"),
    "time-use/atus_2003_2016_employed.parquet": ("observations", "needs round, observed_at, state"),
    "time-use/atus_2003_2016_work_activities.parquet": ("observations", "needs round, observed_at, state"),
    "workload-regression/bank_branch_transactions.csv": ("workload", "no header found"),
    "workload-regression/naval_hospital_manpower.csv": ("workload", "no header found"),
    "workload-regression/nlme_machines_workers.csv": ("workload", "no header found"),
}
SAMPLES = (
    *(
        f"vendor-samples/amazon-connect/{name}_sample.jsonc"
        for name in ("agent_event_stream", "acw_before", "acw_after")
    ),
    "vendor-samples/genesys-cloud/user_details_primaryPresence.json",
)


class Library:
    """The public files, each read once."""

    def __init__(self, data: Path, root: Path) -> None:
        self.data, self.root, self.read = data, root, {}

    def __call__(self, name: str) -> tuple[Intake, Reconciliation]:
        """Return what intake and reconciliation make of a file."""
        if name not in self.read:
            zone, start, end, stated = FILES[name]
            self.read[name] = self.check(name, zone, start, end, {**stated, "files": [self.put(name)]})
        return self.read[name]

    def put(self, name: str) -> str:
        """Copy a file into the client's folder and return how the engagement names it."""
        target = self.root / "data" / Path(name).name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.data / name, target)
        return f"data/{target.name}"

    def check(self, name: str, zone: str, start: str, end: str, stated: dict) -> tuple[Intake, Reconciliation]:
        """Read one source as `engage check` does."""
        client = Client(name="Public data", time_zone=zone, period={"start": start, "end": end})
        found = check_sources(
            [Source(**{"population": "back_office", **stated})], client=client, root=self.root, key=KEY
        )
        return found, reconcile(found, client=client)


@pytest.fixture(scope="module")
def library(real_data, tmp_path_factory) -> Library:
    return Library(real_data, tmp_path_factory.mktemp("every"))


def fact(found: Reconciliation, name: str) -> tuple[int, int]:
    row = found.facts.set_index("fact").loc[name]
    return int(row["count"]), int(row["of"])


def codes(found: Reconciliation) -> set[str]:
    return {item.code for item in found.findings}


def not_good(found: Intake) -> str:
    return str(found.files["not_good_for"].item())


def test_no_file_of_the_list_is_left_out(real_data):
    with (real_data / "MANIFEST.csv").open(encoding="utf-8", newline="") as listed:
        names = {row["file"] for row in csv.DictReader(listed)}
    assert names == {*FILES, *STRANGE, *SAMPLES}


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_row_and_every_second_is_accounted_for(library, name):
    intake, found = library(name)
    row = intake.files.iloc[0]
    fates = sum(int(row[fate]) for fate in ("header", "banner", "blank", "total", "duplicate", "used"))
    fates += sum(sum(json.loads(row[fate]).values()) for fate in ("excluded", "rejected"))
    assert row["physical"] == fates
    assert not [item for item in intake.findings if item.severity == "ask"]
    assert found.counts["agrees"].all()
    us = found.time.groupby("side")["us"].sum()
    assert us["stated"] + us.get("moved", 0) == us.drop(["stated", "moved"], errors="ignore").sum()
    people = set(intake.tables["roster"]["agent"])
    assert not [text for text in found.to_frame()["words"] if any(person in text for person in people)]


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_file_is_said_to_measure_utilization_by_itself(library, name):
    said = not_good(library(name)[0])
    assert "utilization" in said or "time per person" in said


@pytest.mark.parametrize("name", sorted(STRANGE))
def test_a_file_that_is_no_table_of_ours_is_a_question_in_words(library, name):
    table, words = STRANGE[name]
    stated = {"files": [library.put(name)], "table": table}
    intake, found = library.check(name, "Europe/Rome", "2003-01-01", "2016-12-31", stated)
    asked = [item.message for item in intake.findings if item.severity == "ask"]
    assert len(asked) == 1
    assert words in asked[0]
    assert Path(name).name in asked[0]
    assert len(found.counts) == 0


def test_calls_of_a_bank(library):
    intake, found = library("contact-centre/anonymous_bank_1999-02_calls.txt.gz")
    assert intake.files.loc[0, ["physical", "used"]].tolist() == [33_345, 33_344]
    assert fact(found, "overlapping") == (446, 27_162)
    assert fact(found, "over_midnight") == (16, 27_162)
    assert fact(found, "zero_length") == (85, 27_162)
    # Sunday is a day like others, and the bank opens on all days of the week
    assert (found.calendar["mark"] == "").all()
    assert codes(found) == set()


def test_volumes_of_a_bank_by_five_minutes(library):
    intake, found = library("contact-centre/us_bank_calls_5min_2003.parquet")
    volumes = intake.tables["volumes"]
    assert (len(volumes), int(volumes["offered"].sum())) == (27_716, 5_323_661)
    assert set(volumes["length_s"]) == {300.0}
    days = found.calendar
    assert int((days["rows"] > 0).sum()) == 164
    assert set(days.loc[days["rows"] > 0, "rows"]) == {169}
    missing = days.loc[days["mark"] == "missing", "day"].dt.strftime("%m-%d").tolist()
    # Memorial Day, Independence Day and Labor Day, and three days that nobody explains
    assert missing == ["04-04", "04-07", "05-26", "07-04", "09-01", "10-14"]
    assert "extraction_ramp" not in codes(found)


def test_a_robot_takes_in_applications_at_all_hours(library):
    intake, found = library("event-logs/bpic2012.xes.gz")
    assert intake.files.loc[0, "physical"] == 262_200
    assert fact(found, "round_the_clock")[0] == 36_029
    assert "round_the_clock" in codes(found)
    # its other events are schedulings, which are no work and left out
    with gzip.open(library.data / "event-logs/bpic2012.xes.gz", "rb") as log:
        assert log.read().count(b'<string key="org:resource" value="112"/>') == 45_687
    assert json.loads(intake.files.loc[0, "excluded"])["lifecycle_schedule"] >= 45_687 - 36_029


def test_loan_work_shows_no_pause_that_would_tell_of_its_clock(library):
    intake, found = library("event-logs/bpic2012_w_start_end.csv.gz")
    assert intake.files.loc[0, "used"] == 52_967
    assert "clock_hint" not in codes(found)
    assert "lower bound on work" in not_good(intake)


def test_incidents_rise_because_of_the_export_and_close_by_night(library):
    intake, found = library("event-logs/bpic2013_incidents.xes.gz")
    assert intake.files.loc[0, ["physical", "used"]].tolist() == [65_533, 65_533]
    days = found.calendar
    by_month = days.groupby(days["day"].dt.strftime("%Y-%m"))["rows"].sum()
    # all 43,300 events of May by the stamps' own clock, which is that of the client
    assert by_month[["2012-03", "2012-04", "2012-05"]].tolist() == [2_102, 18_319, 43_300]
    ramp = next(item for item in found.findings if item.code == "extraction_ramp")
    assert "read no trend from it" in ramp.message
    # the nightly job: 5,399 of its 6,162 events stand in the hour from 01:00
    assert fact(found, "one_hour_bursts") == (6_162, 65_533)
    assert "working time" in not_good(intake)


def test_other_logs_show_no_ramp(library):
    for name in FILES:
        if "bpic2013" not in name:
            assert "extraction_ramp" not in codes(library(name)[1]), name


def test_doubled_events_of_a_help_desk_count_once(library):
    intake, found = library("event-logs/helpdesk.xes.gz")
    assert intake.files.loc[0, ["physical", "duplicate", "used"]].tolist() == [21_348, 127, 21_221]
    assert "cannot measure utilization" in not_good(intake)
    assert "clock_hint" not in codes(found)


def test_the_twins_of_one_log_give_one_table(library):
    (text, one), (log, other) = (library(f"event-logs/receipt.{kind}.gz") for kind in ("csv", "xes"))
    pd.testing.assert_frame_equal(text.tables["work_items"], log.tables["work_items"])
    assert text.files.loc[0, "used"] == log.files.loc[0, "used"] == 8_577
    assert one.facts.drop(columns="source").equals(other.facts.drop(columns="source"))
    assert "cannot measure utilization" in not_good(text)


def test_night_shifts_of_a_workshop_run_over_midnight(library):
    intake, found = library("event-logs/production_start_end.csv.gz")
    assert intake.files.loc[0, "physical"] == 4_504
    count, of = fact(found, "over_midnight")
    assert (round(count / of, 2), of) == (0.06, 4_503 - intake.files.loc[0, "duplicate"])


def test_half_of_the_academic_tasks_have_one_stamp_and_few_names_are_staff(library):
    intake, found = library("event-logs/academic_credentials_start_end.csv.gz")
    assert fact(found, "zero_length") == (2_271, 4_928)
    assert fact(found, "rarely_seen") == (559 - 41, 559)
    # 14.4 % where tasks with one start stand in the order of their ends; 14.7 % in the order of the file
    assert fact(found, "overlapping") == (711, 4_928)
    items = intake.tables["work_items"].sort_values(["agent", "started"], kind="stable")
    reach = items.groupby("agent")["ended"].cummax().groupby(items["agent"]).shift()
    assert int((items["started"] < reach).sum()) == 726
    assert "2,271 items whose start and end are one stamp" in not_good(intake)


def test_roles_are_refused_for_figures_per_person(library):
    intake, _ = library("event-logs/teleclaims_simulated.xes.gz")
    assert "these are roles or shared log-ins, not persons" in not_good(intake)


@pytest.fixture(scope="module")
def fines(real_data) -> pd.DataFrame:
    return read_frame(real_data / "event-logs/traffic_fines_sample.rda")


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])
def test_fines_with_dates_alone_cannot_be_measured(library, fines, form):
    frame = fines
    assert (len(frame), frame["case_id"].nunique(), frame["activity"].nunique()) == (34_724, 10_000, 11)
    stamps = pd.to_datetime(frame["timestamp"], unit="s").dt.strftime(form)
    (library.root / "data").mkdir(exist_ok=True)
    frame.assign(timestamp=stamps).to_csv(library.root / "data" / "fines.csv", index=False, encoding="utf-8")
    columns = {"item": "case_id", "type": "activity", "agent": "resource", "ended": "timestamp"}
    stated = {"files": ["data/fines.csv"], "table": "work_items", "columns": columns, "time_zone": "UTC"}
    first, last = (f"{stamps.min():.10}", f"{stamps.max():.10}")
    intake, found = library.check("fines.csv", "UTC", first, last, stated)
    assert intake.files.loc[0, "used"] == 34_724
    assert "cannot measure utilization" in not_good(intake)
    assert fact(found, "date_only") == (34_724, 34_724)
    assert fact(found, "without_person")[0] / 34_724 == pytest.approx(0.71, abs=0.005)
    if form == "%Y-%m-%d":
        assert "dates without a time" in not_good(intake)


def sample(library: Library, names: list[str], adapter: str) -> tuple[Intake, Reconciliation]:
    stated = {"files": names, "adapter": adapter, "population": "contact_centre"}
    return library.check("samples", "America/New_York", "2019-01-01", "2021-12-31", stated)


def test_work_after_a_contact_lies_between_two_events(library):
    """Neither snapshot names after-contact work: the contact has ended in the first and is gone in the second."""
    intake, found = sample(library, [library.put(name) for name in SAMPLES[1:3]], "amazon_agent_events")
    spells = intake.tables["spells"]
    assert [f"{stamp:%H:%M:%S.%f}" for stamp in (*spells["start"], *spells["end"])] == [
        "18:55:27.017000",
        "18:55:32.022000",
    ]
    assert spells["state"].tolist() == ["HANDLING"]
    # the state of the last event has no end yet, and comments are no JSON
    assert [json.loads(text) for text in intake.files["rejected"]] == [{}, {"missing_end": 1}]
    assert {item.code for item in intake.findings} == {"json_comments", "rejected_missing_end"}
    assert found.counts["agrees"].all()


def test_a_heartbeat_is_no_change_of_state(library):
    intake, _ = sample(library, [library.put(SAMPLES[0])], "amazon_agent_events")
    assert json.loads(intake.files.loc[0, "excluded"]) == {"heartbeat": 1}
    assert {"json_comments", "json_commas", "json_brackets"} <= {item.code for item in intake.findings}
    assert intake.files.loc[0, "good_for"].startswith("nothing")


def test_a_presence_that_is_still_open_and_a_user_that_is_nobody(library):
    nobody, _ = sample(library, [library.put(SAMPLES[3])], "genesys_user_details")
    assert json.loads(nobody.files.loc[0, "rejected"]) == {"missing_agent": 4}
    text = (library.data / SAMPLES[3]).read_text(encoding="utf-8").replace('"userId": null', '"userId": "u-1"')
    (library.root / "data" / "user.json").write_text(text, encoding="utf-8", newline="\n")
    intake, found = sample(library, ["data/user.json"], "genesys_user_details")
    spells = intake.tables["spells"]
    assert len(spells) == 4
    # 30 min 28.688 s and 59 min 53.619 s on presence Available, signed off between; the last entry has no end
    assert (spells["end"] - spells["start"]).dt.total_seconds().round(3).tolist() == [
        1828.688,
        15040 - 0.768,
        3593.619,
        0.0,
    ]
    assert "open_last_state" in {item.code for item in intake.findings}
    assert found.counts["agrees"].all()
