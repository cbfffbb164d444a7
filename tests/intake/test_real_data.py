"""Public data read by intake alone give the figures that others counted on them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from analysis.foundation.settings import Client
from analysis.intake import Intake, Source, read_sources

pytestmark = pytest.mark.real_data
KEY = bytes(range(32))


@pytest.fixture(scope="module")
def engagement(root: Path) -> dict:
    return tomllib.loads((root / "tests" / "real" / "engagement.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def intake(engagement: dict, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Intake:
    folder = tmp_path_factory.mktemp("real")
    for source in engagement["source"]:
        for name in source["files"]:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((real_data / Path(name).relative_to("data")).read_bytes())
    sources = [Source(**source) for source in engagement["source"]]
    return read_sources(sources, client=Client(**engagement["client"]), root=folder, key=KEY)


def local(stamps: pd.Series) -> pd.Series:
    return stamps.dt.tz_convert("Asia/Jerusalem").dt.tz_localize(None)


def amsterdam(stamps: pd.Series) -> pd.Series:
    return stamps.dt.tz_convert("Europe/Amsterdam").dt.tz_localize(None)


def test_all_calls_of_february_1999_are_used(intake):
    row = intake.files.iloc[0]
    assert row[["physical", "header", "duplicate", "used"]].tolist() == [33_345, 1, 0, 33_344]
    assert json.loads(row["excluded"]) == json.loads(row["rejected"]) == {}
    contacts = intake.tables["contacts"]
    assert int(contacts["abandoned"].sum()) == 5_904
    assert int(contacts["answered_at"].notna().sum()) == 27_162  # outcome AGENT
    assert int((contacts["answered_at"].isna() & ~contacts["abandoned"]).sum()) == 278  # outcome PHANTOM
    assert contacts["contact"].is_unique


def test_handled_calls_have_the_published_service_times(intake):
    contacts = intake.tables["contacts"]
    handled = contacts[contacts["answered_at"].notna() & contacts["agent"].notna()]
    assert len(handled) == 26_671
    assert handled["agent"].nunique() == 24
    talk_s = handled["talk_us"].astype("int64") / 1e6
    assert round(talk_s.mean(), 1) == 179.0
    assert round(talk_s.std(), 1) == 217.8
    assert talk_s.median() == 109
    assert round((talk_s < 10).mean(), 4) == 0.0553
    assert int((talk_s == 0).sum()) == 85


def test_calls_over_midnight_run_on_into_the_next_day(intake):
    answered = intake.tables["contacts"].dropna(subset=["answered_at", "ended_at"])
    crossing = local(answered["answered_at"]).dt.date != local(answered["ended_at"]).dt.date
    assert int(crossing.sum()) == 16
    length_s = (answered["ended_at"] - answered["answered_at"]).dt.total_seconds()
    assert (length_s >= 0).all()
    assert length_s.max() < 4 * 3600
    assert (length_s == answered["talk_us"].astype("int64") / 1e6).mean() > 0.999


def test_calls_a_day_are_those_counted_on_the_raw_file(intake):
    days = local(intake.tables["contacts"]["offered_at"]).dt.normalize()
    assert round(len(days) / 28, 1) == 1190.9
    working = days[days.dt.day_of_week.isin([6, 0, 1, 2, 3])]  # Sunday to Thursday
    assert round(len(working) / working.nunique(), 1) == 1526.4


def test_talk_and_span_of_server_days_without_the_calls_over_midnight(intake):
    calls = intake.tables["contacts"].dropna(subset=["answered_at", "agent", "ended_at"])
    calls = calls.assign(start=local(calls["answered_at"]), end=local(calls["ended_at"]))
    calls = calls[calls["start"].dt.date == calls["end"].dt.date].assign(day=lambda f: f["start"].dt.date)
    calls = calls.sort_values(["agent", "day", "start"])
    keys = [calls["agent"], calls["day"]]
    reach = calls["end"].groupby(keys).cummax().groupby(keys).shift()
    fresh = calls["start"].where(reach.isna() | (reach < calls["start"]), reach)
    calls["talk_h"] = (calls["end"] - fresh).clip(lower=pd.Timedelta(0)).dt.total_seconds() / 3600
    days = calls.groupby(["agent", "day"]).agg(
        calls=("talk_h", "size"), talk_h=("talk_h", "sum"), first=("start", "min"), last=("end", "max")
    )
    busy = days[days["calls"] >= 10]
    assert len(busy) == 361
    assert round(busy["talk_h"].sum(), 1) == 1305.2
    # 3,165.7 h where 50 services without stamps count as begun at 0:00:00 (2,615.1 h without them) and three services
    # that began after midnight count under the day before (2,574.0 h where they are moved to their own day)
    assert round((busy["last"] - busy["first"]).dt.total_seconds().sum() / 3600, 1) == 2574.0


def test_loan_work_without_a_person_is_left_out_and_counted(intake):
    row = intake.files.iloc[1]
    assert row["physical"] == 59_303
    assert json.loads(row["excluded"]) == {"agent": 6_335}
    assert row["used"] == 52_967
    items = intake.tables["work_items"]
    assert items["agent"].nunique() == 57
    assert items["item"].is_monotonic_increasing is False  # the order of the file, not of the identifiers
    length_s = (items["ended"] - items["started"]).dt.total_seconds()
    by_the_clock = amsterdam(items["ended"]) - amsterdam(items["started"])
    assert round(by_the_clock.dt.total_seconds().sum() / 3600) == 10_876
    # four stretches run through the night in which clocks were set back, and are an hour longer than the clock says
    assert round(length_s.sum() / 3600 - by_the_clock.dt.total_seconds().sum() / 3600, 6) == 4


@pytest.mark.slow
def test_the_shifted_stamps_are_those_of_the_original_log(engagement, intake, real_data, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "log.xes.gz").write_bytes((real_data / "event-logs" / "bpic2012.xes.gz").read_bytes())
    original = read_sources(
        [Source(files=["data/log.xes.gz"], adapter="xes", population="back_office")],
        client=Client(**engagement["client"]),
        root=tmp_path,
        key=KEY,
    )
    assert original.files.loc[0, "physical"] == 262_200
    theirs = original.tables["work_items"].dropna(subset=["started"])
    starts = set(theirs["started"].dt.as_unit("ms"))
    found = intake.tables["work_items"]["started"].dt.as_unit("ms").isin(starts)
    assert int((~found).sum()) == 2  # starts that another person completed


def test_the_two_forms_of_one_log_give_one_table(engagement, real_data, tmp_path):
    (tmp_path / "data").mkdir()
    tables = []
    for name in ("receipt.csv.gz", "receipt.xes.gz"):
        (tmp_path / "data" / name).write_bytes((real_data / "event-logs" / name).read_bytes())
        period = {"start": "2010-10-01", "end": "2012-01-31"}
        source = Source(files=[f"data/{name}"], adapter="xes", period=period, population="back_office")
        found = read_sources([source], client=Client(**engagement["client"]), root=tmp_path, key=KEY)
        assert found.files.loc[0, "used"] == 8_577
        assert "completion stamps only" in found.files.loc[0, "not_good_for"]
        tables.append(found.tables["work_items"])
    assert tables[0].equals(tables[1])


def test_roles_are_not_taken_for_persons(engagement, real_data, tmp_path):
    (tmp_path / "data").mkdir()
    name = "teleclaims_simulated.xes.gz"
    (tmp_path / "data" / name).write_bytes((real_data / "event-logs" / name).read_bytes())
    period = {"start": "1970-01-01", "end": "1970-03-01"}
    source = Source(files=[f"data/{name}"], adapter="xes", period=period, population="back_office")
    found = read_sources([source], client=Client(**engagement["client"]), root=tmp_path, key=KEY)
    assert found.files.loc[0, ["physical", "used"]].tolist() == [46_138, 46_138]
    assert "roles or shared log-ins, not persons" in found.files.loc[0, "not_good_for"]
