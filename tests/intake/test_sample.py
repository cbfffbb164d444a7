"""The sample client is read whole, and every row meets the fate that its maker wrote into the ledger."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from analysis.foundation.settings import Client
from analysis.intake import Intake, Source, read_sources
from analysis.synthetic import write_sample

KEY = bytes(range(32))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> object:
    return write_sample(tmp_path_factory.mktemp("sample"), seed=1)


@pytest.fixture(scope="module")
def engagement(sample) -> dict:
    return tomllib.loads((Path(sample.folder) / "engagement.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def intake(sample, engagement) -> Intake:
    sources = [Source(**source) for source in engagement["source"]]
    return read_sources(sources, client=Client(**engagement["client"]), root=Path(sample.folder), key=KEY)


def fates(row: dict) -> Iterator[tuple[str, int]]:
    """Yield the fates of a file as the ledger words them."""
    for fate in ("physical", "header", "banner", "blank", "total", "duplicate", "used"):
        yield fate, row[fate]
    for fate in ("excluded", "rejected"):
        for reason, rows in json.loads(row[fate]).items():
            yield f"{fate}:{reason}", rows


def test_every_row_meets_the_fate_of_the_ledger(sample, intake):
    found: Counter[tuple[str, str]] = Counter()
    for row in intake.files.to_dict("records"):  # a workbook whose sheets hold different tables has several
        found.update({(row["file"], fate): rows for fate, rows in fates(row) if rows})
    ledger = {(file, fate): rows for file, fate, rows in sample.dirt.itertuples(index=False) if rows}
    assert found == ledger


def test_all_tables_are_there_and_no_name_is_left(sample, intake, tmp_path):
    assert set(intake.tables) >= {
        "spells", "contacts", "volumes", "forecasts", "work_items", "observations", "workload", "quality",
        "roster", "schedule", "skills", "item_types", "answers", "listening",
        "expectations", "to_hear", "responses",
    }  # fmt: skip
    columns = [table[name] for table in intake.tables.values() for name in table.columns if table[name].dtype == "str"]
    text = "\n".join(str(value) for column in columns for value in column.dropna().unique())
    text += intake.files.to_csv() + intake.states.to_csv() + repr(intake.findings) + repr(intake)
    assert len(sample.canaries) > 10
    assert [name for name in sample.canaries if name in text] == []


def test_states_of_the_sample_reach_the_ladder(intake):
    states = intake.states.set_index("state_raw")["state"]
    assert states["Idle"] == "IDLE"
    assert states["On Queue"] == "WORK"
    assert states["Interacting"] == "HANDLING"
    assert states["Offline"] == "OFF"
    assert (intake.tables["spells"]["population"] == "contact_centre").all()


def test_everybody_is_on_the_roster_once_a_day(intake):
    roster = intake.tables["roster"]
    seen = {
        agent
        for name in ("spells", "contacts", "work_items", "schedule")
        for agent in intake.tables[name]["agent"].dropna()
    }
    assert seen <= set(roster["agent"])
    assert not roster.duplicated(["agent", "valid_from"]).any()


def test_spells_of_a_person_follow_one_another_over_the_clock_change(intake):
    spells = intake.tables["spells"]
    spells = spells[spells["state"] != "WORK"].sort_values(["agent", "start", "end"])
    before = spells.groupby("agent")["end"].shift()
    assert (spells["start"] >= before)[before.notna()].mean() > 0.999
    assert (spells["end"] >= spells["start"]).all()
    assert spells["start"].dtype == pd.DatetimeTZDtype("us", "UTC")
