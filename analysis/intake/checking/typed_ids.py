"""Identifiers that a workbook stores as numbers: what was lost of them before the file came here cannot be seen, so it is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from analysis.intake.opening.raw import plain
from analysis.intake.words import number_of

if TYPE_CHECKING:
    from analysis.intake.batch import Batch
    from analysis.intake.settings import ColumnSource

# Our columns that tell persons and things apart.
IDENTIFIERS: tuple[str, ...] = ("agent", "observer", "rater", "contact", "item")


def note_number_identifiers(batch: Batch, origins: Mapping[str, ColumnSource]) -> None:
    """Note the columns of identifiers whose cells are numbers in a workbook.

    Parameters
    ----------
    batch
        Rows of a source; its files know which of their cells are numbers.
    origins
        Where each of our columns comes from.
    """
    for ours in IDENTIFIERS:
        if ours not in origins:
            continue
        for name in map(plain, origins[ours].names):
            cells = sum(raw.numbers.get(name, 0) for raw in batch.files)
            if cells:
                batch.note(
                    "identifiers_as_numbers",
                    "flag",
                    f"column {name!r} holds {number_of(cells, 'identifier')} as numbers, read as the sheet shows them: zeros in front "
                    "and digits beyond the fifteenth are gone if there were any. Where other files write them as text, ask for text here too.",
                    cells,
                )
