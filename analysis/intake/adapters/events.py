"""Logs of changes: each row is the start of a state that lasts until the same agent's next row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.intake.casting.local_time import Column
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from analysis.intake.batch import Batch

HOUR_US = 3_600_000_000


def end_at_next(
    batch: Batch,
    columns: dict[str, Column],
    *,
    closing: Collection[str] = (),
    opening: Collection[str] = (),
    newest_first: bool | None = None,
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
    opening
        Raw codes with which an agent signs on: a state before one, other than a closing code, has no known end.
    newest_first
        Rows at the same moment stand in the file with the latest first; None = as the order of the other rows shows.

    Notes
    -----
    A state that would last longer than `open_end_cap_h` of the source ends there, counted: most often a sign-off is missing. A cap of 0
    takes no end from the next row. An agent's last row has no end unless it closes; it is rejected as ``missing_end``.
    """
    start, agent = columns["start"], columns["agent"].text
    state = columns["state"].text.str.lower()
    closes, opens = (state.isin({code.lower() for code in codes}).to_numpy(dtype=bool) for codes in (closing, opening))
    rows = np.flatnonzero(batch.fates.open & start.given & columns["agent"].given)
    who = pd.factorize(agent.iloc[rows])[0]
    if newest_first is None:
        newest_first = _newest_first(start.array[rows], who)
    order = np.lexsort((-rows if newest_first else rows, start.array[rows], who))
    ordered = rows[order]
    same = np.append(who[order][1:] == who[order][:-1], False)
    follows, opened = np.append(start.array[ordered][1:], 0), np.append(opens[ordered][1:], False)
    cut = same & opened & ~closes[ordered] & ~opens[ordered]
    given: NDArray[np.bool_] = np.zeros(len(batch.rows), dtype=bool)
    until: NDArray[np.int64] = np.zeros(len(batch.rows), dtype=np.int64)
    if batch.source.open_end_cap_h > 0:
        given[ordered], until[ordered] = same & ~cut, np.where(same & ~cut, follows, 0)
    until, given = np.where(closes, start.array, until), given | (closes & start.given)
    own = columns.get("end")
    kept = own.given if own is not None else np.zeros_like(given)
    missing = np.zeros_like(given)
    missing[ordered[cut]] = True
    _note_sign_offs(batch, missing & ~kept)
    until = _capped(batch, start.array, until, given & ~kept)
    if own is not None:
        until, given = np.where(kept, own.array, until), kept | given
    columns["end"] = Column("time", until, given)


def _newest_first(start: NDArray[np.int64], who: NDArray[np.int64]) -> bool:
    """Return whether the rows of most people run backwards in the file."""
    order = np.argsort(who, kind="stable")
    step = np.diff(start[order])[np.diff(who[order]) == 0]
    return bool((step < 0).sum() > (step > 0).sum())


def _note_sign_offs(batch: Batch, missing: NDArray[np.bool_]) -> None:
    """Tell states that a new sign-on cuts off."""
    if missing.any():
        batch.note(
            "sign_off_missing",
            "flag",
            f"{number_of(int(missing.sum()), 'state')} followed by a new sign-on without a sign-off (first: {batch.place(missing)}); when they ended is not "
            "known, so they are rejected. Ask whether sign-offs are kept elsewhere, such as when a program is closed.",
            int(missing.sum()),
        )


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
