"""Cisco Unified CCE: rows of Agent_Interval, one per person, half-hour and medium."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors._shapes import by_interval, local_of
from analysis.synthetic.vendors.world import VendorWorld

NOT_READY = ("unanswered", "break", "meal", "meeting", "training", "personal", "system")
HEADER = "DateTime,TimeZone,SkillTargetID,MRDomainID,LoggedOnTime,AvailTime,NotReadyTime"
# The person who also takes e-mail, and that medium.
MIXED, MAIL = "10861", "5000"


def minutes_west(stamps: pd.Series) -> pd.Series:
    """Return the minutes to add to the client's clock to get UTC, as the controller writes them."""
    return ((stamps.dt.tz_localize(None) - local_of(stamps)).dt.total_seconds() // 60).astype(int)


def write(world: VendorWorld, folder: Path) -> Export:
    """Write the controller's clock with its offset; one person is signed on to e-mail at the same time."""
    cut = by_interval(world, 30)
    cut["AvailTime"] = cut["seconds"].where(cut["kind"] == "idle", 0)
    cut["NotReadyTime"] = cut["seconds"].where(cut["kind"].isin(NOT_READY), 0)
    rows = cut.rename(columns={"seconds": "LoggedOnTime"}).groupby(["agent", "interval", "length_s"], as_index=False)
    rows = rows[["LoggedOnTime", "AvailTime", "NotReadyTime"]].sum().assign(MRDomainID="1")
    mail = rows[rows["agent"] == MIXED].assign(MRDomainID=MAIL)
    mail = mail.assign(AvailTime=mail["LoggedOnTime"], NotReadyTime=0)
    rows = pd.concat([rows, mail], ignore_index=True)
    stamps = local_of(rows["interval"]).dt.strftime("%Y-%m-%d %H:%M:%S")
    table = rows.assign(DateTime=stamps, TimeZone=minutes_west(rows["interval"]), SkillTargetID=rows["agent"])
    lines = [",".join(row) for row in table[HEADER.split(",")].astype(str).itertuples(index=False)]
    draft = Draft.of("data/agent_interval.csv", HEADER, lines)
    draft.append("duplicate", lines[:2])
    (folder / draft.file).write_bytes(draft.text())
    long = rows.melt(
        id_vars=["agent", "interval", "length_s", "MRDomainID"],
        value_vars=["AvailTime", "NotReadyTime"],
        value_name="s",
    )
    long = long[long["s"] > 0]
    truth = pd.DataFrame(
        {
            "agent": long["agent"],
            "interval_start": long["interval"],
            "length_s": long["length_s"],
            "channel": long["MRDomainID"],
            "state": long["variable"].map({"AvailTime": "IDLE", "NotReadyTime": "AWAY"}),
            "us": long["s"] * 1_000_000,
        }
    )
    source = {"files": [draft.file], "adapter": "cisco_ucce_agent_interval", "population": "contact_centre"}
    return Export(source, truth, draft.ledger)
