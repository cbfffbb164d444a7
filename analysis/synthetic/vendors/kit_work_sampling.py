"""The kit's sheet for work sampling."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.synthetic.vendors import Export, _kit
from analysis.synthetic.vendors.world import KINDS, VendorWorld

SEEN: Mapping[str, str] = {
    "HANDLING": "On a contact",
    "RESERVED": "Contact offered",
    "AWAY": "Away from desk",
    "IDLE": "Waiting for a contact",
    "BREAK": "Break",
    "SUPPORT": "Meeting",
    "OUTAGE": "System down",
}
OBSERVERS = ("obs-1", "OBS 2")
# Checks what the others see, in every fifth round.
REFERENCE = "007 ref"


def write(world: VendorWorld, folder: Path) -> Export:
    """Write rounds at random times: people by name, the waiting ones of every fourth round counted instead; a second observer in every fifth."""
    rng = np.random.default_rng(7)
    lines: list[tuple[object, ...]] = []
    truth: list[pd.DataFrame] = []
    number = 0
    for day, shifts in world.shifts.groupby(world.local(world.shifts["start"]).dt.date):
        for hour in sorted(rng.uniform(9, 16, 3)):
            number += 1
            at = pd.Timestamp(day).tz_localize(world.client.time_zone) + pd.Timedelta(minutes=round(60 * hour))
            looks = _looks(world, shifts, f"R{number:02d}", at.tz_convert("UTC"))
            truth.append(looks)
            lines += _rows(world, looks, counted=number % 4 == 0)
            if number % 5 == 0 and len(looks):
                again = looks.assign(observer=REFERENCE, reference=True)
                truth.append(again)
                lines += _rows(world, again, counted=False)
    draft = _kit.draft_of("data/rounds.csv", _kit.template("work_sampling"), lines)
    draft.append(
        "excluded:nobody_seen", [_kit.line(("R99", "2026-03-27", "10:00", "obs-1", "", "North", 0, "Break", "", ""))]
    )
    draft.append("excluded:not_filled_in", [_kit.line(("R98", "2026-03-27", "10:20", "", "", "North", "", "", "", ""))])
    draft.append(
        "rejected:bad_stamp", [_kit.line(("R99", "2026-03-27", "10.61", "obs-1", "", "North", 1, "Break", "", ""))]
    )
    return _kit.export_of(folder, "kit_work_sampling", pd.concat(truth), draft, population="back_office")


def _looks(world: VendorWorld, shifts: pd.DataFrame, label: str, at: pd.Timestamp) -> pd.DataFrame:
    """Return what an observer sees at one moment."""
    rows = world.stretches[(world.stretches["start"] <= at) & (world.stretches["end"] > at)]
    rows = rows[rows["agent"].isin(shifts["agent"])]
    return pd.DataFrame(
        {
            "round": label,
            "observed_at": pd.Series(at, index=rows.index).astype("datetime64[us, UTC]"),
            "observer": OBSERVERS[int(label[1:]) % 2],
            "agent": rows["agent"],
            "team": [_kit.team_of(agent, world) for agent in rows["agent"]],
            "state": rows["kind"].map(KINDS),
            "reference": False,
        }
    )


def _rows(world: VendorWorld, looks: pd.DataFrame, *, counted: bool) -> list[tuple[object, ...]]:
    """Return the rows of a round; where people are counted they lose their names in the truth as well."""
    if looks.empty:
        return []
    day, clock = (_kit.local_text(world, looks["observed_at"].iloc[:1], form)[0] for form in ("%Y-%m-%d", "%H:%M"))
    head = (looks["round"].iloc[0], day, clock, looks["observer"].iloc[0])
    second = "yes" if looks["reference"].iloc[0] else ""
    if not counted:
        seen = zip(looks["agent"], looks["team"], looks["state"], strict=True)
        return [(*head, agent, team, "", SEEN[state], second, "") for agent, team, state in seen]
    looks["agent"] = None
    lines: list[tuple[object, ...]] = []
    for (team, state), group in looks.groupby(["team", "state"]):
        if state == "HANDLING":  # a row for each of them, equal cell by cell
            lines += [(*head, "", team, "", SEEN[state], "no", "")] * len(group)
        else:
            lines.append((*head, "", team, len(group), SEEN[state], "", ""))
    return lines
