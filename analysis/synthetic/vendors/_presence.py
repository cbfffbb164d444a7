"""What systems see that know only whether somebody takes work: presence over contacts, and contacts apart."""

from __future__ import annotations

import pandas as pd

from analysis.synthetic.vendors.world import VendorWorld

# Kinds of stretches within one status of taking work.
TAKING: frozenset[str] = frozenset({"talk", "hold", "wrap", "ring", "unanswered", "idle"})


def presence(world: VendorWorld) -> pd.DataFrame:
    """Return one row per presence status: agent, name, start, end, kind (``"taking"`` or a kind of the world), idle_s.

    Examples
    --------
    >>> from analysis.synthetic.vendors.world import vendor_world
    >>> rows = presence(vendor_world())
    >>> bool(rows["end"].max() > rows["start"].max()), sorted(rows["kind"].unique())[:3]
    (True, ['break', 'meal', 'meeting'])
    """
    rows = world.stretches.copy()
    rows["idle_s"] = (rows["end"] - rows["start"]).dt.total_seconds().where(rows["kind"] == "idle", 0).astype(int)
    rows["kind"] = rows["kind"].where(~rows["kind"].isin(TAKING), "taking")
    same = (
        (rows["kind"] == rows["kind"].shift())
        & (rows["agent"] == rows["agent"].shift())
        & (rows["start"] == rows["end"].shift())
    )
    grouped = rows.groupby((~same).cumsum(), sort=True)
    firsts = grouped[["agent", "name", "start", "kind"]].first()
    return firsts.assign(end=grouped["end"].last(), idle_s=grouped["idle_s"].sum()).reset_index(drop=True)
