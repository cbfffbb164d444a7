"""Every format's export reconciles, and two systems that saw one world say the same of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.foundation.settings import Client
from analysis.intake import Intake, Reconciliation, Source, check_sources, reconcile, reconciliation_lines
from analysis.intake.adapters import adapter_names
from analysis.intake.reconciliation.origins import origins_of
from analysis.synthetic import vendors
from analysis.synthetic.vendors import write_export

KEY = bytes(range(32))


def worlds() -> list[str]:
    """Return the formats that have a world of their own."""
    found = {path.stem for folder in vendors.__path__ for path in Path(folder).glob("[a-z]*.py")}
    return sorted(found & set(adapter_names()))


def read(folder, *adapters: str) -> tuple[Intake, Reconciliation, Client]:
    """Write the exports of one world into a folder, and read and reconcile them together."""
    exports = [write_export(adapter, folder / adapter) for adapter in adapters]
    sources = []
    for adapter, (export, _) in zip(adapters, exports, strict=True):
        below = [f"{adapter}/{file}" for file in export.source["files"]]
        own = {key: f"{adapter}/{export.source[key]}" for key in ("state_map", "identities") if key in export.source}
        sources.append(Source(**{**export.source, **own, "files": below}))
    client = exports[0][1]
    found = check_sources(sources, client=client, root=folder, key=KEY)
    return found, reconcile(found, client=client, minimum_group_agents=1), client


@pytest.mark.slow
@pytest.mark.parametrize("adapter", worlds())
def test_every_format_reconciles(adapter, tmp_path):
    intake, found, _ = read(tmp_path, adapter)
    assert found.counts["agrees"].all(), found.counts.loc[~found.counts["agrees"], "words"].tolist()
    assert len(found.counts) >= 1
    assert len(found.sources) == len(set(found.sources["source"]))
    text = "\n".join([repr(found), *reconciliation_lines(found), *found.to_frame()["words"]])
    assert "nan" not in text.split()
    people = set(intake.tables["roster"]["agent"])
    assert not [person for person in people if person in text]


# Reports of totals and the logs that saw the same world: how each books a contact over the end of an interval.
PAIRS = [
    ("amazon_historical_metrics", "five9_agent_state", "activity"),
    ("avaya_hagent", "five9_agent_state", "activity"),
    ("genesys_status_intervals", "five9_agent_state", "activity"),
    ("amazon_forecast_import", "amazon_contact_records", "record_start"),
    ("genesys_wfm_history", "amazon_contact_records", "record_start"),
]


@pytest.mark.parametrize(("totals", "log", "family"), PAIRS)
def test_totals_of_one_system_are_those_of_another_that_saw_the_same(totals, log, family, tmp_path):
    _, found, _ = read(tmp_path, totals, log)
    assert set(found.totals["verdict"]) == {"agrees"}
    handling = found.totals[found.totals["measure"] == "handling time"]
    assert set(handling["family"]) == {family}


def test_two_systems_that_saw_the_same_people_say_the_same(tmp_path):
    _, found, _ = read(tmp_path, "five9_agent_state", "amazon_agent_events")
    overlap = found.overlaps.iloc[0]
    assert overlap["persons"] == 6
    assert overlap["hours"] > 150
    assert overlap["share_agreeing"] > 0.98


def test_half_of_a_report_is_not_taken_for_all_time_on_duty(tmp_path):
    _, found, _ = read(tmp_path, "cisco_ucce_skill_group_interval", "five9_agent_state")
    assert found.totals["measure"].tolist() == ["handling time"]
    assert found.totals["difference"].abs().max() < 0.001


def test_days_of_a_system_with_a_clock_of_its_own_are_those_of_the_client(tmp_path):
    intake, found, client = read(tmp_path, "five9_agent_state")
    stated = intake.settings[0].time_zone
    assert stated not in (None, client.time_zone)
    assert origins_of(intake, client)[0].zone == client.time_zone
    # the day of the client's clock change has another length, whatever the system's clock does
    assert (found.calendar["length_h"] != 24).sum() == 1
