"""Cisco Unified CCE: rows of Agent_Skill_Group_Interval, one per person, half-hour and skill group."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors._shapes import by_interval, local_of
from analysis.synthetic.vendors.cisco_ucce_agent_interval import minutes_west
from analysis.synthetic.vendors.world import KINDS, VendorWorld

ITEMS = {"talk": "TalkInTime", "hold": "HoldTime", "wrap": "WorkReadyTime", "ring": "ReservedStateTime"}
GROUPS = {"claims line": "5001", "policy service": "5002"}
HEADER = (
    "DateTime,TimeZone,SkillTargetID,SkillGroupSkillTargetID,TalkInTime,TalkOutTime,TalkOtherTime,HoldTime,ReservedStateTime,WorkReadyTime,"
    "WorkNotReadyTime,BusyOtherTime,CallsHandled,HandledCallsTime"
)


def write(world: VendorWorld, folder: Path) -> Export:
    """Write both skill groups of each person; work in one is BusyOtherTime in the other."""
    cut = by_interval(world, 30)
    work = cut[cut["kind"].isin(ITEMS)].assign(group=cut["queue"].map(GROUPS), item=cut["kind"].map(ITEMS))
    keys = ["agent", "interval"]
    seconds = work.pivot_table(index=[*keys, "group"], columns="item", values="seconds", aggfunc="sum", fill_value=0)
    both = cut[keys].drop_duplicates().merge(pd.DataFrame({"group": list(GROUPS.values())}), how="cross")
    rows = seconds.reindex(pd.MultiIndex.from_frame(both), fill_value=0).reset_index()
    own = rows[list(ITEMS.values())].sum(axis=1)
    rows["BusyOtherTime"] = own.groupby([rows[name] for name in keys]).transform("sum") - own
    stamps = local_of(rows["interval"]).dt.strftime("%m/%d/%Y %H:%M")
    table = rows.assign(DateTime=stamps, TimeZone=minutes_west(rows["interval"]), SkillTargetID=rows["agent"])
    table = table.rename(columns={"group": "SkillGroupSkillTargetID"}).reindex(columns=HEADER.split(","), fill_value=0)
    draft = Draft.of(
        "data/agent_skill_group_interval.csv",
        HEADER,
        [",".join(row) for row in table.astype(str).itertuples(index=False)],
    )
    (folder / draft.file).write_bytes(draft.text())
    held = work.assign(state=work["kind"].map(KINDS))
    held = held.groupby([*keys, "length_s", "group", "item", "state"], as_index=False)["seconds"].sum()
    truth = pd.DataFrame(
        {
            "agent": held["agent"],
            "interval_start": held["interval"],
            "length_s": held["length_s"],
            "state": held["state"],
            "us": held["seconds"] * 1_000_000,
        }
    )
    source = {"files": [draft.file], "adapter": "cisco_ucce_skill_group_interval", "population": "contact_centre"}
    return Export(source, truth, draft.ledger)
