"""The kit's sheet of people."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from analysis.synthetic.vendors import Export, _kit
from analysis.synthetic.vendors.world import AGENTS, ZONE, VendorWorld


def write(world: VendorWorld, folder: Path) -> Export:
    """Write one row per person, a second one for whoever changes team, a remark that is no column of ours, and an impossible date."""
    move = pd.Timestamp(world.client.period.start) + pd.Timedelta(days=2)
    begin = pd.Timestamp(dt.date(2024, 1, 1))
    people = [
        (agent, _kit.team_of(agent, world), hours)
        for (agent, _), hours in zip(AGENTS, (38, 36, 19.5, 38, 32, 38), strict=True)
    ]
    spans = [(agent, team, hours, begin, pd.NaT) for agent, team, hours in people]
    first, last = spans[0], (*spans[0][:1], _kit.TEAMS[1], *spans[0][2:])
    spans[:1] = [(*first[:4], move - pd.Timedelta(days=1)), (*last[:3], move, pd.NaT)]
    truth = pd.DataFrame(spans, columns=["agent", "team", "contract_h", "valid_from", "valid_to"])
    truth = truth.assign(site="Utrecht", time_zone=ZONE, grade="senior", population="contact_centre")
    day = "%Y-%m-%d"
    rows = [
        (
            agent,
            team,
            "Utrecht",
            ZONE,
            hours,
            "senior",
            "Contact centre",
            start.strftime(day),
            "" if end is pd.NaT else end.strftime(day),
        )
        for agent, team, hours, start, end in spans
    ]
    draft = _kit.draft_of("data/roster.csv", _kit.template("roster"), rows)
    draft.append("rejected:bad_stamp", [_kit.line(("x-9", "North", "", "", "", "", "", "2026-02-30", ""))])
    return _kit.export_of(folder, "kit_roster", truth, draft)
