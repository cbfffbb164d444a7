"""Logs of changes: each row is the start of a state that lasts until the same agent's next row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.local_time import Column
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from analysis.intake.batch import Batch

HOUR_US = 3_600_000_000


def end_at_next(
    batch: Batch, columns: dict[str, Column], *, closing: Collection[str] = (), newest_first: bool = False
) -> None:
    """Let each state last until the same agent's next row.

    Parameters
    ----------
    batch
        Rows of a source, one per change of state.
    columns
        Our columns, typed, with `agent`, `start` and `state`; `end` is filled where the export has none.
    closing
        Raw codes (compared without regard to capitals) after which the agent is signed off: such a row holds no time.
    newest_first
        Rows at the same moment stand in the file with the latest first.

    Notes
    -----
    A state that would last longer than `open_end_cap_h` of the source ends there, counted: most often a sign-off is missing. An agent's last
    row has no end unless it closes; it is rejected as ``missing_end``.
    """
    start, agent, state = columns["start"], columns["agent"].text, columns["state"].text
    rows = np.flatnonzero(batch.fates.open & start.given & columns["agent"].given)
    who = pd.factorize(agent.iloc[rows])[0]
    order = np.lexsort((-rows if newest_first else rows, start.array[rows], who))
    ordered = rows[order]
    same = np.append(who[order][1:] == who[order][:-1], False)
    follows = np.append(start.array[ordered][1:], 0)
    given = np.zeros(len(batch.rows), dtype=bool)
    until = np.zeros(len(batch.rows), dtype=np.int64)
    given[ordered], until[ordered] = same, np.where(same, follows, 0)
    closes = state.str.lower().isin({code.lower() for code in closing}).to_numpy(dtype=bool)
    until, given = np.where(closes, start.array, until), given | (closes & start.given)
    until = _capped(batch, start.array, until, given)
    if "end" in columns:
        own = columns["end"]
        until, given = np.where(own.given, own.array, until), own.given | given
    columns["end"] = Column("time", until, given)


def _capped(
    batch: Batch, start: NDArray[np.int64], until: NDArray[np.int64], given: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """End states at the cap of the source, counted."""
    cap_us = round(batch.source.open_end_cap_h * HOUR_US)
    long = given & (until - start > cap_us)
    if long.any():
        batch.note(
            "open_state_capped",
            "fixed",
            f"{number_of(int(long.sum()), 'state')} without a next row within {batch.source.open_end_cap_h:g} h (first: {batch.place(long)}); "
            "ended there. Ask whether sign-offs are missing; open_end_cap_h sets another limit.",
            int(long.sum()),
            int((start + cap_us - until)[long].sum()),
        )
    return np.where(long, start + cap_us, until)
