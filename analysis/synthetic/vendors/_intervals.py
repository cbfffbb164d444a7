"""What truly happened, summed by half hour as interval exports do."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

SLOT_S = 1800


def by_interval(stretches: pd.DataFrame, codes: Mapping[str, str], *, slot_s: int = SLOT_S) -> pd.DataFrame:
    """Return the seconds of each code per person and interval.

    Parameters
    ----------
    stretches
        agent, name, start, end (UTC, whole seconds), kind.
    codes
        Kind to the code under which an export shows it.
    slot_s
        Length of an interval [s]; intervals start at whole multiples since 1970.

    Returns
    -------
    pandas.DataFrame
        agent, name, slot (UTC), then one column of seconds per code, 0 where nothing of it happened; rows in order of person and time.
    """
    start, end = (stretches[name].astype("int64").to_numpy() // 1_000_000 for name in ("start", "end"))
    first = start // slot_s
    count = (end - 1) // slot_s - first + 1
    row = np.repeat(np.arange(len(start)), count)
    slot = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    held = np.minimum(end[row], (slot + 1) * slot_s) - np.maximum(start[row], slot * slot_s)
    table = pd.DataFrame(
        {
            "agent": stretches["agent"].to_numpy()[row],
            "name": stretches["name"].to_numpy()[row],
            "slot": pd.to_datetime(slot * slot_s, unit="s", utc=True).astype("datetime64[us, UTC]"),
            "code": stretches["kind"].map(codes).to_numpy()[row],
            "s": held,
        }
    )
    wide = table.pivot_table(index=["agent", "name", "slot"], columns="code", values="s", aggfunc="sum", fill_value=0)
    return wide.reset_index().rename_axis(columns=None)


def totals_truth(table: pd.DataFrame, states: Mapping[str, str], *, slot_s: int = SLOT_S) -> pd.DataFrame:
    """Return the rows of `state_totals` that an interval export makes: one per person, interval and code that holds time.

    Parameters
    ----------
    table
        As :func:`by_interval` returns it.
    states
        Code to its part of the time ladder.
    slot_s
        Length of an interval [s].
    """
    long = table.melt(["agent", "name", "slot"], list(states), "code", "s")
    long = long[long["s"] > 0]
    return pd.DataFrame(
        {
            "agent": long["agent"],
            "interval_start": long["slot"],
            "length_s": float(slot_s),
            "state": long["code"].map(states),
            "us": long["s"] * 1_000_000,
        }
    ).reset_index(drop=True)
