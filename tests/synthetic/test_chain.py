"""The sample through intake and the ladder: every second lands in its planted part."""

from __future__ import annotations

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
    planted = sample.ladder[sample.ladder["population"] == population].set_index("part")["seconds"]
    assert {part: int(us) for part, us in found.items() if us} == {part: s * 10**6 for part, s in planted.items() if s}
