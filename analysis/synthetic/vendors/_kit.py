"""What the generators of the kit's own sheets share."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.foundation.assets import assets
from analysis.synthetic.dirt import Draft
from analysis.synthetic.vendors import Export
from analysis.synthetic.vendors.world import VendorWorld

TEAMS: tuple[str, ...] = ("North", "South")
ITEM_TYPES: tuple[str, ...] = ("address change", "claim", "complaint letter")


def line(cells: Iterable[object]) -> str:
    """Return cells as a line of CSV; what is missing is empty."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="").writerow(["" if pd.isna(cell) else cell for cell in cells])
    return text.getvalue()


def template(sheet: str) -> str:
    """Return the header of one of the kit's empty sheets."""
    path = assets() / "templates" / "sheets" / f"{sheet}.csv"
    return path.read_text(encoding="utf-8").splitlines()[0]


def draft_of(file: str, header: str, rows: Iterable[Sequence[object]]) -> Draft:
    """Return a clean sheet."""
    return Draft.of(file, header, [line(row) for row in rows])


def export_of(folder: Path, adapter: str, truth: pd.DataFrame, *drafts: Draft, **stated: Any) -> Export:
    """Write sheets and return them with their truth."""
    ledger: Counter[str] = Counter()
    for draft in drafts:
        (folder / draft.file).write_bytes(draft.text())
        ledger.update(draft.ledger)
    source: Mapping[str, Any] = {"files": [draft.file for draft in drafts], "adapter": adapter, **stated}
    return Export(source, truth.reset_index(drop=True), ledger)


def team_of(agent: str, world: VendorWorld) -> str:
    """Return the team of an agent: the first half of them is one, the others are the other."""
    agents = list(dict.fromkeys(world.shifts["agent"]))
    return TEAMS[agents.index(agent) * len(TEAMS) // len(agents)]


def half_hours(world: VendorWorld) -> pd.DataFrame:
    """Return contacts by queue and half hour of the day shift: queue, start, offered, answered, in_time, abandoned, short, handle_s."""
    rows = world.contacts.copy()
    rows["start"] = rows["offered_at"].dt.floor("30min")
    rows = rows[world.local(rows["start"]).dt.hour >= 6]
    answered = ~rows["abandoned"].astype(bool)
    wait = (rows["answered_at"].fillna(rows["ended_at"]) - rows["offered_at"]).dt.total_seconds()
    handle_us = rows["talk_us"].fillna(0) + rows["hold_us"].fillna(0) + rows["wrap_us"].fillna(0)
    counted = rows.assign(
        offered=1,
        answered=answered.astype(int),
        in_time=(answered & (wait <= 20)).astype(int),
        abandoned=(~answered).astype(int),
        short=(~answered & (wait < 5)).astype(int),
        handle_s=(handle_us // 1_000_000).astype("int64"),
    )
    names = ["offered", "answered", "in_time", "abandoned", "short", "handle_s"]
    return counted.groupby(["queue", "start"], as_index=False)[names].sum()


def local_text(world: VendorWorld, stamps: pd.Series, form: str) -> list[str]:
    """Return stamps as the client's wall clock shows them."""
    return world.local(stamps).dt.strftime(form).tolist()
