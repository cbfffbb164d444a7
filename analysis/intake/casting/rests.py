"""Sums beside their parts in interval exports: what no part shows becomes a state of its own, so that no time is counted twice or lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from analysis.intake.casting.cast import cast_totals
from analysis.intake.casting.local_time import Column
from analysis.intake.opening.raw import plain
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.adapters.format import Rest
    from analysis.intake.batch import Batch

# Sums and parts are rounded apart: so much of difference for each of them is no disagreement [us].
ROUNDING_US = 1_000_000


def add_rests(batch: Batch, wide: dict[str, Column], rests: Mapping[str, Rest]) -> None:
    """Add the time of each column of a sum that the columns of its parts do not show.

    Parameters
    ----------
    batch
        Rows of a source of `state_totals`; what the rests hold is added to the time that the rows state.
    wide
        Time of each state code [us]; the rests are added.
    rests
        Code of the rest to the sum and its parts.

    Notes
    -----
    A sum that is less than its parts leaves no rest: the parts stay as they are, and the rows are told. That is how states that overlap
    (a contact taken during a break) show.
    """
    for code, rest in rests.items():
        name = next((one for one in map(plain, rest.names) if one in batch.cells.columns), None)
        if name is None:
            continue
        stated = batch.stated_us.copy()
        total = cast_totals(batch, {code: name})[code]
        batch.stated_us = stated
        parts = [wide[part] for part in rest.parts if part in wide]
        held = np.sum([part.array * part.given for part in parts], axis=0) if parts else np.zeros_like(total.array)
        left = np.where(total.given, total.array - held, 0)
        over = batch.fates.open & (left < -ROUNDING_US * max(1, len(parts)))
        if over.any():
            batch.note(
                "parts_exceed_sum",
                "flag",
                f"{number_of(int(over.sum()), 'row')} whose states hold more time than the column {name!r} that sums them (first: {batch.place(over)}); "
                "the states stay as they are. They overlap, or the column counts something else: ask which.",
                int(over.sum()),
                int(-left[over].sum()),
            )
        us = np.maximum(left, 0)
        wide[code] = Column("us", us, total.given & (us > 0))
        batch.stated_us += us
