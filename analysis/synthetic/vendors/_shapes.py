"""Shapes in which systems keep what happened: time by interval, and changes of state."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.foundation.assets import assets
from analysis.synthetic.vendors.world import ZONE, VendorWorld


def by_interval(world: VendorWorld, minutes: int | None, *, zone: str = ZONE) -> pd.DataFrame:
    """Return the stretches cut at intervals of the clock (None = days of a zone).

    Returns
    -------
    pandas.DataFrame
        agent, name, kind, contact, queue, interval (its start, UTC), length_s, seconds.
    """
    rows = world.stretches.reset_index(drop=True)
    parts = []
    start, end = (rows[name].astype("int64").to_numpy() // 1_000_000 for name in ("start", "end"))
    left, right = start.copy(), end
    open_rows = np.arange(len(rows))
    while len(open_rows):
        edge, length = _edge(left[open_rows], minutes, zone)
        stop = np.minimum(edge + length, right[open_rows])
        part = rows.loc[open_rows, ["agent", "name", "kind", "contact", "queue"]].assign(
            interval=pd.to_datetime(edge, unit="s", utc=True).astype("datetime64[us, UTC]"),
            length_s=length.astype(float),
            seconds=stop - left[open_rows],
        )
        parts.append(part)
        left[open_rows] = stop
        open_rows = open_rows[stop < right[open_rows]]
    return pd.concat(parts, ignore_index=True).sort_values(["agent", "interval"], kind="stable", ignore_index=True)


def _edge(seconds: np.ndarray, minutes: int | None, zone: str) -> tuple[np.ndarray, np.ndarray]:
    """Return start and length of the intervals that hold moments [s]."""
    if minutes is not None:
        return seconds - seconds % (minutes * 60), np.full(len(seconds), minutes * 60)
    local = pd.Series(pd.to_datetime(seconds, unit="s", utc=True)).dt.tz_convert(zone).dt.normalize()
    after = (local + pd.Timedelta(hours=36)).dt.normalize()
    first, last = (
        (one - pd.Timestamp(0, tz="UTC")).dt.total_seconds().astype("int64").to_numpy() for one in (local, after)
    )
    return first, last - first


def changes(world: VendorWorld, codes: Mapping[str, str], *, log_in: str | None, log_out: str) -> pd.DataFrame:
    """Return what a log of changes holds: one row per change of code, with log-ins and log-outs.

    Parameters
    ----------
    world
        What truly happened.
    codes
        Kind to the system's code; neighbours with one code are one row.
    log_in, log_out
        Codes at the ends of a shift; the log-in holds no time.

    Returns
    -------
    pandas.DataFrame
        agent, name, code, at, until (UTC), contact; sorted by person and time.
    """
    rows = world.stretches.sort_values(["agent", "start"], kind="stable", ignore_index=True)
    code = rows["kind"].map(codes)
    again = (rows["agent"] == rows["agent"].shift()) & (rows["start"] == rows["end"].shift()) & (code == code.shift())
    part = (~again).cumsum()
    states = (
        rows.assign(code=code, at=rows["start"], until=rows["end"])
        .groupby(part, sort=False)
        .agg(
            agent=("agent", "first"),
            name=("name", "first"),
            code=("code", "first"),
            at=("at", "first"),
            until=("until", "last"),
            contact=("contact", "first"),
        )
    )
    turns = world.shifts
    ends = [turns.assign(code=log_out, at=turns["end"], until=turns["end"], contact="")]
    if log_in is not None:
        ends.append(turns.assign(code=log_in, at=turns["start"], until=turns["start"], contact=""))
    frame = pd.concat([*ends, states], ignore_index=True)[["agent", "name", "code", "at", "until", "contact"]]
    rank = frame["code"].map({log_in: 0, log_out: 2}).fillna(1)
    return (
        frame.assign(rank=rank)
        .sort_values(["agent", "at", "rank"], kind="stable", ignore_index=True)
        .drop(columns="rank")
    )


def local_of(stamps: pd.Series, zone: str = ZONE) -> pd.Series:
    """Return stamps as a wall clock shows them, without a zone."""
    return stamps.dt.tz_convert(zone).dt.tz_localize(None)


def write_state_map(folder: Path, adapter: str, lines: Mapping[str, str]) -> str:
    """Write the adapter's state map with the client's own codes added, and return how the source names it.

    Parameters
    ----------
    folder
        The engagement folder.
    adapter
        Whose map is copied.
    lines
        Code to the rest of its line.
    """
    own = (assets() / "templates" / "state_maps" / f"{adapter}.csv").read_text(encoding="utf-8")
    name = f"{adapter}_states.csv"
    text = own + "".join(f"{code},{rest}\n" for code, rest in lines.items())
    (folder / name).write_text(text, encoding="utf-8", newline="")
    return name


# Meaning of the reason codes that the client of the vendor world gave to its people.
REASONS: Mapping[str, str] = {
    "break": "BREAK,true,true,true,policy,false,true",
    "meal": "BREAK,true,true,true,policy,false,true",
    "meeting": "SUPPORT,true,true,true,policy,false,true",
    "training": "SUPPORT,true,true,true,policy,false,true",
    "personal": "AWAY,true,false,false,person,false,true",
    "system": "OUTAGE,true,false,true,system,false,true",
}
