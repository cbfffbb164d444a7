"""The sample through intake and the ladder: every row has the fate that the ledger gives it, every second its planted part."""

from __future__ import annotations

import json
import tomllib

import pytest

from analysis.foundation.settings import Client
from analysis.intake import read_sources
from analysis.intake.settings import Source
from analysis.measure.attendance import paid_time
from analysis.measure.ladder import time_ladder

ZONE = "Europe/Amsterdam"


@pytest.fixture(scope="module")
def intake(sample):
    stated = tomllib.loads((sample.folder / "engagement.toml").read_text(encoding="utf-8"))
    sources = [Source(**source) for source in stated["source"]]
    return read_sources(sources, client=Client(**stated["client"]), root=sample.folder, key=bytes(range(32)))


def test_every_row_meets_the_fate_that_the_ledger_gives_it(sample, intake):
    plain = ("physical", "header", "banner", "blank", "total", "duplicate", "used")
    found = {}
    for row in intake.files.to_dict("records"):
        fates = {fate: row[fate] for fate in plain if row[fate]}
        for fate in ("excluded", "rejected"):
            fates |= {f"{fate}:{reason}": count for reason, count in json.loads(row[fate]).items()}
        found[row["file"]] = fates
    planted = {name: dict(zip(part["fate"], part["rows"], strict=True)) for name, part in sample.dirt.groupby("file")}
    assert found == planted


@pytest.mark.parametrize("population", ["contact_centre", "back_office"])
def test_every_second_lands_in_its_planted_part(sample, intake, population):
    tables = intake.tables
    roster = tables["roster"].drop_duplicates("agent")
    own = set(roster.loc[roster["population"] == population, "agent"])
    evidence = tables["spells"]
    if population == "back_office":
        items = tables["work_items"].rename(columns={"started": "start", "ended": "end"})
        evidence = items.assign(state="ITEM_WORK")
    contacts = tables["contacts"]
    waits = contacts[["offered_at"]].assign(end=contacts["answered_at"].fillna(contacts["ended_at"]))
    waits = waits.set_axis(["start", "end"], axis=1)
    ladder = time_ladder(
        evidence.loc[evidence["agent"].isin(own), ["agent", "start", "end", "state"]],
        paid=paid_time(tables, population, zone=ZONE).paid,
        scheduled=tables["schedule"].loc[tables["schedule"]["agent"].isin(own), ["agent", "start", "end", "state"]],
        waiting=waits[waits["end"] > waits["start"]] if population == "contact_centre" else None,
        zones=dict(zip(roster["agent"], roster["time_zone"], strict=True)),
    )
    found = ladder.by_agent_day.drop(columns=["agent", "day", "OUTSIDE_PAID"]).sum()
    planted = sample.hours[sample.hours["population"] == population].set_index("part")["seconds"]
    assert {part: int(us) for part, us in found.items() if us} == {part: s * 10**6 for part, s in planted.items() if s}


def test_no_name_or_identifier_passes_intake(sample, intake):
    for name, table in intake.tables.items():
        for column in table.select_dtypes("str"):
            assert not set(table[column].dropna().unique()) & set(sample.canaries), (name, column)
