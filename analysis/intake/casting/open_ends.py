"""States without an end: they last to the person's next row, within a limit, and the time so filled in is told."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.intake.adapters import format_of
from analysis.intake.batch import Batch
from analysis.intake.casting.local_time import Column
from analysis.intake.casting.stamps import HOUR_US
from analysis.intake.words import number_of


def close_open(batch: Batch, columns: Mapping[str, Column]) -> None:
    """End open states at the person's next row, at most `open_end_cap_h` hours after their start.

    Parameters
    ----------
    batch
        Rows of a source of spells.
    columns
        Our columns, typed; `end` is filled where a later row of the same person follows. The last row of a person stays open. Formats that
        derive their ends themselves are left alone.
    """
    cap_us = round(batch.source.open_end_cap_h * HOUR_US)
    if batch.source.target != "spells" or format_of(batch.source.adapter).finish is not None or not cap_us:
        return
    if "end" not in columns or "agent" not in columns:
        return
    start, end, agent = columns["start"], columns["end"], columns["agent"]
    known = batch.fates.open & ~batch.absorbed & start.given & agent.given
    wanted = known & ~end.given
    if not wanted.any():
        return
    rows = np.flatnonzero(known)
    person = pd.factorize(agent.text.iloc[rows])[0]
    order = np.lexsort((start.array[rows], person))
    at, person, begin = rows[order], person[order], start.array[rows[order]]
    # rows that begin together follow none of each other: the next later start counts
    later = np.append(np.where((person[1:] == person[:-1]) & (begin[1:] > begin[:-1]), begin[1:], -1), -1)
    same = np.append((person[1:] == person[:-1]) & (begin[1:] == begin[:-1]), False)
    for position in np.flatnonzero(same)[::-1]:
        later[position] = later[position + 1]
    follows = np.full(len(batch.rows), -1, dtype=np.int64)
    follows[at] = later
    filled = wanted & (follows >= 0)
    if not filled.any():
        return
    length = np.minimum(follows - start.array, cap_us)
    capped = filled & (follows - start.array > cap_us)
    end.values = np.where(filled, start.array + length, end.array)
    end.given = end.given | filled
    moved = np.where(filled, length, 0)
    batch.move("open_end", moved)
    limit = (
        f"; {int(capped.sum()):,} of them end at open_end_cap_h = {batch.source.open_end_cap_h:g}"
        if capped.any()
        else ""
    )
    batch.note(
        "open_end",
        "fixed",
        f"{number_of(int(filled.sum()), 'state')} without an end (first: {batch.place(filled)}), read as lasting to the person's next row: "
        f"{moved.sum() / HOUR_US:,.1f} h{limit}. Ask whether sign-offs are missing; open_end_cap_h = 0 rejects such rows.",
        int(filled.sum()),
        int(moved.sum()),
    )
