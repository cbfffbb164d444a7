"""The kit's sheet of self-reports."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.synthetic.vendors import Export, _kit
from analysis.synthetic.vendors.world import KINDS, VendorWorld

# What counts as time without work when people are asked, and how far they are off.
WITHOUT_WORK: tuple[str, ...] = ("IDLE", "AWAY")
OFF_BY: tuple[float, ...] = (0.4, 0.6, 0.75, 0.9, 1.1, 1.3)
# Ways to write a week.
STYLES: Mapping[int, str] = {0: "{year}-W{week:02d}", 1: "week {week} {year}", 2: "W{week} {year}"}


def write(world: VendorWorld, folder: Path) -> Export:
    """Write what each agent says of each week: hours paid, and hours without work as remembered, to half an hour."""
    rows = world.stretches.assign(monday=_mondays(world, world.stretches["start"]))
    rows["h"] = (rows["end"] - rows["start"]).dt.total_seconds() / 3600
    rows["without_h"] = np.where(rows["kind"].map(KINDS).isin(WITHOUT_WORK), rows["h"], 0.0)
    held = rows.groupby(["agent", "monday"], as_index=False)[["h", "without_h"]].sum()
    agents = list(dict.fromkeys(world.shifts["agent"]))
    off = held["agent"].map({agent: OFF_BY[at % len(OFF_BY)] for at, agent in enumerate(agents)})
    held["paid_h"] = (4 * held["h"]).round() / 4
    held["non_work_h"] = np.minimum((2 * held["without_h"] * off).round() / 2, held["paid_h"])
    held["team"] = [_kit.team_of(agent, world) for agent in held["agent"]]
    lines = [
        (row.agent, row.team, _week(row.monday, at), row.paid_h, row.non_work_h, "")
        for at, row in enumerate(held.itertuples())
    ]
    draft = _kit.draft_of("data/self_reports.csv", _kit.template("self_reports"), lines)
    week = _week(held["monday"].iloc[0], 0)
    draft.append("rejected:more_than_paid", [_kit.line(("00999", "North", week, 7, 7.5, ""))])
    draft.append("rejected:bad_week", [_kit.line(("00999", "North", "week 13", 7, 1, "no year"))])
    draft.append("rejected:missing_non_work_h", [_kit.line(("00999", "North", week, 7, "", "did not want to say"))])
    truth = held[["agent", "team", "paid_h", "non_work_h"]].assign(
        period_start=held["monday"], period_end=held["monday"] + pd.Timedelta(days=6)
    )
    return _kit.export_of(folder, "kit_self_reports", truth, draft)


def _mondays(world: VendorWorld, stamps: pd.Series) -> pd.Series:
    """Return the Monday of the local week of each moment."""
    day = world.local(stamps).dt.normalize()
    return day - pd.to_timedelta(day.dt.day_of_week, unit="D")


def _week(monday: pd.Timestamp, at: int) -> str:
    year, week, _ = monday.isocalendar()
    return STYLES[at % len(STYLES)].format(year=year, week=week)
