"""Zendesk Explore: agent state by hour, under channels and groups."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from analysis.synthetic.vendors import Export, _kit
from analysis.synthetic.vendors._presence import presence
from analysis.synthetic.vendors.world import KINDS, VendorWorld

STATE: Mapping[str, str] = {
    "taking": "Online",
    "break": "Break",
    "meal": "Lunch",
    "meeting": "Meeting",
    "training": "Training",
    "personal": "Away",
    "system": "System Issue",
    "off": "Offline",
}
HOUR = pd.Timedelta(hours=1)


def by_hour(world: VendorWorld) -> pd.DataFrame:
    """Return seconds by agent, hour of the wall clock and kind, offline included; columns agent, first, length_s, kind, s."""
    pieces = []
    for row in presence(world).itertuples():
        start = row.start
        while start < row.end:
            stop = min(row.end, start.floor("h") + HOUR)
            pieces.append((row.agent, start.floor("h"), row.kind, int((stop - start).total_seconds())))
            start = stop
    rows = pd.DataFrame(pieces, columns=["agent", "hour", "kind", "s"])
    rows["label"] = world.local(rows["hour"])
    # both hours of one label stand in one row
    clock = pd.DataFrame({"hour": pd.date_range(rows["hour"].min(), rows["hour"].max(), freq="h")})
    clock["label"] = world.local(clock["hour"])
    span = clock.groupby("label")["hour"].agg(["min", "size"])
    summed = rows.groupby(["agent", "label", "kind"], as_index=False)["s"].sum()
    length = summed["label"].map(span["size"]) * 3600
    seen = (
        summed.assign(length_s=length)
        .groupby(["agent", "label"], as_index=False)
        .agg(s=("s", "sum"), length_s=("length_s", "first"))
    )
    offline = seen.assign(s=seen["length_s"] - seen["s"], kind="off")
    both = pd.concat([summed.assign(length_s=length), offline[offline["s"] > 0]], ignore_index=True)
    both["first"] = both["label"].map(span["min"])
    return both.sort_values(["agent", "label", "kind"], ignore_index=True)


def write(world: VendorWorld, folder: Path) -> Export:
    """Write the unified channel, two channels beside it that count the same time again, and a second group of one agent."""
    rows = by_hour(world)
    agents = list(dict.fromkeys(world.shifts["agent"]))
    names = dict(zip(world.shifts["agent"], world.shifts["name"], strict=True))
    cells = [
        (agent, names[agent], "Claims", label.strftime("%Y-%m-%d"), label.hour, STATE[kind], "Unified", seconds)
        for agent, label, kind, seconds in zip(rows["agent"], rows["label"], rows["kind"], rows["s"], strict=True)
    ]
    header = "Agent ID,Agent name,Group name,State start - Date,State start - Hour,State,Channel,SUM(Agent time in state (s))"
    draft = _kit.draft_of("data/agent_state.csv", header, cells)
    beside = [(*one[:6], channel, one[7]) for one in cells[::5] for channel in ("Messaging", "Talk")]
    draft.append("excluded:channel_not_unified", [_kit.line(one) for one in beside])
    second = [(*one[:2], "Complaints", *one[3:]) for one in cells if one[0] == agents[2]]
    draft.append("excluded:counted_in_another_group", [_kit.line(one) for one in second])
    draft.append("rejected:bad_hour", [_kit.line((*cells[0][:4], "99", *cells[0][5:]))])
    draft.append("total", [_kit.line(("Total", "", "", "", "", "", "", int(rows["s"].sum())))])
    truth = pd.DataFrame(
        {
            "agent": rows["agent"],
            "interval_start": rows["first"],
            "length_s": rows["length_s"].astype(float),
            "state": rows["kind"].map({**KINDS, "taking": "WORK", "off": "OFF"}),
            "us": rows["s"] * 1_000_000,
        }
    )
    return _kit.export_of(folder, "zendesk_agent_state", truth, draft, population="contact_centre")
