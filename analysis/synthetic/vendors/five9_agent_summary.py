"""Five9: agent summary by day, in the client's own zone, with the day's real length."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors._shapes import by_interval, local_of
from analysis.synthetic.vendors.five9_call_log import clock
from analysis.synthetic.vendors.world import ZONE, VendorWorld

ITEMS = {"talk": "ON CALL TIME", "hold": "ON CALL TIME", "ring": "ON CALL TIME", "wrap": "AFTER CALL WORK TIME"}
STATES = {"ON CALL TIME": "HANDLING", "AFTER CALL WORK TIME": "HANDLING", "NOT READY TIME": "AWAY", "Ready": "IDLE"}
HEADER = (
    "Date,Agent Name,LOGIN TIME,NOT READY TIME,NOT READY TIME count,AVAILABLE TIME (LOGIN LESS NOT READY),CALLS count,ON CALL TIME,TALK TIME,"
    "AFTER CALL WORK TIME"
)


def write(world: VendorWorld, folder: Path) -> Export:
    """Write a row per person and day, and a row of totals."""
    cut = by_interval(world, None)
    cut["item"] = cut["kind"].map(ITEMS | {"idle": "Ready"}).fillna("NOT READY TIME")
    keys = ["agent", "interval", "length_s"]
    days = cut.pivot_table(index=keys, columns="item", values="seconds", aggfunc="sum", fill_value=0).reset_index()
    talk = cut["seconds"].where(cut["kind"].isin(["talk", "hold"]), 0).groupby([cut[name] for name in keys]).sum()
    available = days["ON CALL TIME"] + days["AFTER CALL WORK TIME"] + days["Ready"]
    table = pd.DataFrame(
        {
            "date": local_of(days["interval"]).dt.strftime("%Y-%m-%d"),
            "agent": days["agent"],
            "login": clock(available + days["NOT READY TIME"]),
            "not_ready": clock(days["NOT READY TIME"]),
            "times": "3",
            "available": clock(available),
            "calls": "9",
            "on_call": clock(days["ON CALL TIME"]),
            "talk": clock(talk.reset_index(drop=True)),
            "wrap": clock(days["AFTER CALL WORK TIME"]),
        }
    )
    draft = Draft.of("data/agent_summary.csv", HEADER, [",".join(row) for row in table.itertuples(index=False)])
    draft.append("total", [f"Total,,{clock(pd.Series([available.sum()]))[0]},,,,,,,"])
    (folder / draft.file).write_bytes(draft.text())
    long = days.melt(id_vars=keys, value_vars=list(STATES), var_name="code", value_name="seconds")
    long = long[long["seconds"] > 0]
    truth = pd.DataFrame(
        {
            "agent": long["agent"],
            "interval_start": long["interval"],
            "length_s": long["length_s"],
            "state": long["code"].map(STATES),
            "us": long["seconds"] * 1_000_000,
        }
    )
    source = {
        "files": [draft.file],
        "adapter": "five9_agent_summary",
        "population": "contact_centre",
        "time_zone": ZONE,
    }
    return Export(source, truth, draft.ledger)
