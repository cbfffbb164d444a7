"""One world, exported by any system, is the same time ladder: to the second where the system sees it, and blind where it says so."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.foundation.schema import BUCKETS
from analysis.intake import Source, pseudonym, read_sources
from analysis.intake.adapters import adapter_names, format_of
from analysis.measure.ladder import time_ladder
from analysis.synthetic.vendors import write_export
from analysis.synthetic.vendors.world import KINDS, vendor_world

KEY = bytes(range(32))
SPELLS = [name for name in adapter_names() if format_of(name).table == "spells"]
# Logs of sign-ons know that somebody was there, and nothing else.
SIGN_ON = {"amazon_login_logout", "genesys_login_logout"}
# An observer with a stopwatch sees a few people for a few hours.
WATCHED = {"kit_time_and_motion"}
# What systems call by another name: part of the ladder -> the part under which their codes show it.
# A contact that rings is still waiting for these two, and an outage is being busy or not ready.
MERGED: dict[str, dict[str, str]] = {
    name: {"RESERVED": "IDLE", "OUTAGE": "AWAY"} for name in ("genesys_user_details", "genesys_gcxi_agent_state")
}
# Presence knows who is there and who is away; what those who are there do stands in another export.
PRESENCE = {"salesforce_user_presence"}
# Last rows that an export leaves open hold little [us].
OPEN_US = 600_000_000


def ladder_of(evidence: pd.DataFrame, shifts: pd.DataFrame, zone: str) -> pd.Series:
    """Return microseconds by part of the ladder."""
    days = time_ladder(evidence[["agent", "start", "end", "state"]], paid=shifts, zones=zone).by_agent_day
    return days[[*BUCKETS]].sum()


@pytest.mark.parametrize("season", ["spring", "autumn"])
@pytest.mark.parametrize("adapter", SPELLS)
def test_spells_of_any_system_are_the_ladder_of_the_world(tmp_path, adapter, season):
    export, client = write_export(adapter, tmp_path, season=season)
    spells = read_sources([Source(**export.source)], client=client, root=tmp_path, key=KEY).tables["spells"]
    world = vendor_world(season=season)
    people = {agent: pseudonym(agent, key=KEY) for agent in world.shifts["agent"]}
    shifts = world.shifts[["agent", "start", "end"]].replace({"agent": people})
    kinds = world.stretches["kind"].map(KINDS).replace(MERGED.get(adapter, {}))
    truth = ladder_of(world.stretches.assign(state=kinds).replace({"agent": people}), shifts, client.time_zone)
    found = ladder_of(spells, shifts, client.time_zone)
    parts = [name for name in BUCKETS if name != "UNACCOUNTED"]
    assert found.sum() == truth.sum(), "the ladder keeps all paid time"
    assert (found[parts] <= truth[parts]).all(), "no system may claim more than was"
    if adapter in SIGN_ON:
        assert found["UNACCOUNTED"] == truth.sum()
    elif adapter in PRESENCE:
        ready = world.stretches[world.stretches["kind"].isin(["talk", "hold", "wrap", "ring", "unanswered", "idle"])]
        assert found["UNACCOUNTED"] == (ready["end"] - ready["start"]).sum() // pd.Timedelta(microseconds=1)
    elif adapter not in WATCHED:
        assert found["UNACCOUNTED"] <= OPEN_US
