"""Names and codes that are none: errors of a spreadsheet, characters that cannot be printed."""

from __future__ import annotations

import re

import pandas as pd

from analysis.foundation.schema import REQUIRED
from analysis.intake.batch import TEXT, Batch
from analysis.intake.casting.local_time import Column
from analysis.intake.opening.arrow_text import cells_like
from analysis.intake.opening.raw import plain
from analysis.intake.persons.people import PERSONS
from analysis.intake.words import number_of

# What no identifier, name or code can be; the first pattern is a quick look for either.
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_ERROR = r"^#(N/A|N/A N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|GETTING_DATA|SPILL!|CALC!)$"
_UNSEEN = r"\s\s|[\t\x{a0}\x{2000}-\x{200d}\x{202f}\x{2060}\x{3000}\x{feff}]"
_SUSPECT = r"^#|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"


def sound_text(batch: Batch, name: str, text: pd.Series) -> Column:
    """Return text; what a name or code can never be rejects its row where it is needed, and counts as empty elsewhere.

    Parameters
    ----------
    batch
        Rows of a source.
    name
        Our column.
    text
        Its cells; empty = nothing there.
    """
    if cells_like(text, _SUSPECT).any():
        faults = {
            reason: cells_like(text, pattern)
            for reason, pattern in (("control_character", _CONTROL), ("spreadsheet_error", _ERROR))
        }
        for reason, hit in faults.items():
            if name in REQUIRED[batch.source.target] or name in PERSONS:
                batch.reject(hit, reason)
            elif hit.any():
                text = text.where(~hit, "")
                batch.note(
                    f"{reason}s",
                    "fixed",
                    f"{number_of(int(hit.sum()), 'cell')} of {name} with {reason.replace('_', ' ')}s (first: {batch.place(hit)}); counted as empty.",
                    int(hit.sum()),
                )
    if name in PERSONS:
        text = _one_writing(batch, name, text)
    return Column("text", text, (text != "").to_numpy(dtype=bool))


def _one_writing(batch: Batch, name: str, text: pd.Series) -> pd.Series:
    """Return identifiers of persons without differences that nobody sees: doubled blanks, odd blanks, signs of no width."""
    odd = cells_like(text, _UNSEEN)
    if not odd.any():
        return text
    bare = text[odd].map(lambda one: plain(re.sub("[\u200b\u200c\u200d\u2060\ufeff]", "", one)))
    batch.note(
        "identifier_blanks",
        "fixed",
        f"{number_of(int(odd.sum()), 'cell')} of {name} with doubled or odd blanks (first: {batch.place(odd)}); read as one blank each.",
        int(odd.sum()),
    )
    return text.where(~odd, bare.reindex(text.index, fill_value="")).astype(TEXT)
