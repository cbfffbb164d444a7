"""Avaya CMS: rows of hagent, one per person, half-hour and skill."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors._shapes import REASONS, by_interval, local_of, write_state_map
from analysis.synthetic.vendors.world import KINDS, QUEUES, VendorWorld

# What CMS counts for each kind: a column of one skill, or one of the person.
ITEMS = {
    "talk": "I_ACDTIME",
    "hold": "TI_OTHERTIME",
    "wrap": "I_ACWTIME",
    "ring": "I_RINGTIME",
    "unanswered": "I_RINGTIME",
    "idle": "TI_AVAILTIME",
    "break": "TI_AUXTIME1",
    "meal": "TI_AUXTIME2",
    "meeting": "TI_AUXTIME3",
    "training": "TI_AUXTIME4",
    "system": "TI_AUXTIME9",
    "personal": "TI_AUXTIME0",
}
STATES = KINDS | {"hold": "WORK", "unanswered": "RESERVED"}
COLUMNS = (
    ["ROW_DATE", "STARTTIME", "INTRVL", "ACD", "SPLIT", "EXTENSION", "LOGID", "LOC_ID"]
    + ["I_STAFFTIME", "TI_STAFFTIME", "I_AVAILTIME", "TI_AVAILTIME", "I_ACDTIME", "I_ACWTIME", "I_DA_ACDTIME"]
    + ["I_DA_ACWTIME", "I_RINGTIME", "I_OTHERTIME", "TI_OTHERTIME", "I_AUXTIME", "TI_AUXTIME"]
    + [f"TI_AUXTIME{code}" for code in range(10)]
    + ["ACDCALLS", "ACDTIME", "HOLDTIME", "INTRNOTIFIES", "REJECTEDINTRS", "INCOMPLETE"]
)
SKILLS = {QUEUES[0]: "1400", QUEUES[1]: "1410"}


def write(world: VendorWorld, folder: Path) -> Export:
    """Write two files with other habits of date and time; every person is logged in to two skills."""
    cut = by_interval(world, 30)
    cut["item"] = cut["kind"].map(ITEMS)
    direct = cut["kind"].isin(["talk", "wrap"]) & cut["contact"].str.endswith("007")
    cut["item"] = cut["item"].where(~direct, cut["item"].str.replace("I_", "I_DA_"))
    main = cut["agent"].map(lambda one: list(SKILLS.values())[sum(map(ord, one)) % 2])
    cut["split"] = cut["queue"].map(SKILLS).where(cut["item"].str.startswith("I_"), main)
    rows = _rows(cut)
    half = len(rows) // 2
    drafts = [
        _draft("data/hagent_1.csv", rows[:half], padded=False),
        _draft("data/hagent_2.csv", rows[half:], padded=True),
    ]
    drafts[1].insert(np.random.default_rng(5), "excluded:incomplete", _incomplete(drafts[1].lines))
    ledger = Counter(drafts[0].ledger) + Counter(drafts[1].ledger)
    for draft in drafts:
        (folder / draft.file).write_bytes(draft.text())
    truth = cut.assign(state=cut["kind"].map(STATES))
    sums = truth.groupby(["agent", "interval", "length_s", "split", "item", "state"], as_index=False)["seconds"].sum()
    lines = {ITEMS[kind]: rest for kind, rest in REASONS.items() if kind != "personal"}
    source = {
        "files": ["data/hagent_*.csv"],
        "adapter": "avaya_hagent",
        "population": "contact_centre",
        "state_map": write_state_map(folder, "avaya_hagent", lines),
    }
    return Export(source, _canonical(sums), +ledger)


def _rows(cut: pd.DataFrame) -> pd.DataFrame:
    """Return one row per person, interval and skill, with the columns of CMS."""
    keys = ["agent", "interval"]
    seconds = cut.pivot_table(index=[*keys, "split"], columns="item", values="seconds", aggfunc="sum", fill_value=0)
    present = cut[keys].drop_duplicates().merge(pd.DataFrame({"split": list(SKILLS.values())}), how="cross")
    rows = seconds.reindex(pd.MultiIndex.from_frame(present), fill_value=0).reset_index()
    for name in COLUMNS:
        if name not in rows:
            rows[name] = 0
    staffed = cut.groupby(keys)["seconds"].sum()
    rows["I_STAFFTIME"] = staffed.reindex(pd.MultiIndex.from_frame(rows[keys])).to_numpy()
    person = [name for name in ITEMS.values() if name.startswith("TI_")]
    on = rows[person].sum(axis=1) > 0
    on |= ~on & ~rows.assign(on=on).groupby(keys)["on"].transform("any") & (rows["split"] == "1400")
    rows["TI_STAFFTIME"] = rows["I_STAFFTIME"].where(on, 0)
    rows["TI_AUXTIME"] = rows[[f"TI_AUXTIME{code}" for code in range(10)]].sum(axis=1)
    rows["I_AUXTIME"] = rows.groupby(keys)["TI_AUXTIME"].transform("sum")
    rows["I_AVAILTIME"] = rows.groupby(keys)["TI_AVAILTIME"].transform("sum")
    local = local_of(rows["interval"])
    rows["ROW_DATE"], rows["STARTTIME"] = local.dt.strftime("%Y-%m-%d"), local.dt.hour * 100 + local.dt.minute
    return rows.assign(
        INTRVL=30, ACD=1, SPLIT=rows["split"], EXTENSION="40" + rows["split"], LOGID=rows["agent"], LOC_ID=1
    )


def _draft(file: str, rows: pd.DataFrame, *, padded: bool) -> Draft:
    """Return a file; copies of the database differ in how they write date and time."""
    table = rows[COLUMNS].astype(str)
    if padded:
        table["STARTTIME"] = table["STARTTIME"].str.zfill(4)
        table["ROW_DATE"] += " 00:00:00.000"
    return Draft.of(file, ",".join(COLUMNS), [",".join(row) for row in table.itertuples(index=False)])


def _incomplete(lines: list[str]) -> list[str]:
    """Return rows of a third skill that CMS holds to be incomplete."""
    found = []
    for line in lines[3:9]:
        cells = line.split(",")
        cells[COLUMNS.index("SPLIT")], cells[-1] = "1999", "1"
        found.append(",".join(cells))
    return found


def _canonical(sums: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "agent": sums["agent"],
            "interval_start": sums["interval"],
            "length_s": sums["length_s"],
            "state": sums["state"],
            "us": sums["seconds"] * 1_000_000,
        }
    )
