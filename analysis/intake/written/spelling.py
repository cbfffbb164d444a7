"""Words of a list as hands write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.foundation.schema import BASES, NOTE_KINDS
from analysis.intake.batch import TEXT, Batch
from analysis.intake.opening.raw import plain
from analysis.intake.words import number_of

# A cell, read: what it means (empty where it holds nothing), and why it cannot be meant.
Read = Callable[[str], tuple[str, str]]

NOT_KNOWN: frozenset[str] = frozenset(
    {"not known", "unknown", "don't know", "dont know", "do not know", "?", "onbekend", "niet bekend", "weet niet"}
    | {"unbekannt", "nicht bekannt", "weiß nicht", "weiss nicht", "inconnu", "ne sait pas"}
)
_BASIS: Mapping[str, str] = {
    **{word: word for word in BASES},
    **dict.fromkeys(("in the system", "in system", "in a system", "seen in the system"), "system"),
    **dict.fromkeys(("seen", "observed on site"), "observed"),
    **dict.fromkeys(("in a document", "in document", "in the document", "documents"), "document"),
    **dict.fromkeys(("told", "heard"), "said"),
    **dict.fromkeys(("assumption", "guessed"), "assumed"),
}
_KINDS: Mapping[str, str] = {**{word: word for word in NOTE_KINDS}, **{f"{word}s": word for word in NOTE_KINDS}}
# The id of a criterion, as questionnaires write it.
_CRITERION = re.compile(r"[A-Z][0-9]{1,2}")
_LEVEL = re.compile(r"(?:level\s*)?([+-]?\d{1,6})(?:[.,](\d{1,6}))?")


def level_of(cell: str) -> tuple[str, str]:
    """Return a level as a whole number, nothing where it is not known, and why a cell is none.

    Examples
    --------
    >>> level_of("3,0"), level_of("Level 4"), level_of("not known")
    (('3', ''), ('4', ''), ('', ''))
    >>> level_of("2.5"), level_of("5"), level_of("good")
    (('', 'half_level'), ('', 'rating_out_of_range'), ('', 'bad_rating'))
    """
    bare = plain(cell).casefold().replace("\u2212", "-").replace("\u2019", "'")
    if bare in NOT_KNOWN or not bare:
        return "", ""
    found = _LEVEL.fullmatch(bare)
    if found is None:
        return "", "bad_rating"
    if int(found[2] or 0):
        return "", "half_level"
    return (str(int(found[1])), "") if 0 <= int(found[1]) <= 4 else ("", "rating_out_of_range")


def criterion_of(cell: str) -> tuple[str, str]:
    """Return the id of a criterion, and why a cell is none.

    Examples
    --------
    >>> criterion_of("d 1."), criterion_of("data quality")
    (('D1', ''), ('', 'bad_criterion'))
    """
    bare = re.sub(r"[\s.:]", "", plain(cell)).upper()
    return (bare, "") if _CRITERION.fullmatch(bare) or not bare else ("", "bad_criterion")


def basis_of(cell: str) -> tuple[str, str]:
    """Return what a rating rests on, and why a cell does not say it.

    Examples
    --------
    >>> basis_of("In a document"), basis_of("gut")
    (('document', ''), ('', 'bad_basis'))
    """
    return _one_of(_BASIS, cell, "bad_basis")


def kind_of(cell: str) -> tuple[str, str]:
    """Return the kind of a note, a concern where nothing stands, and why a cell is none.

    Examples
    --------
    >>> kind_of("Complaints"), kind_of(""), kind_of("joke")
    (('complaint', ''), ('concern', ''), ('', 'bad_kind'))
    """
    return _one_of(_KINDS, cell, "bad_kind") if plain(cell) else (NOTE_KINDS[0], "")


def _one_of(words: Mapping[str, str], cell: str, reason: str) -> tuple[str, str]:
    bare = re.sub(r"[\s_-]+", " ", plain(cell)).casefold()
    return (words[bare], "") if bare in words else ("", reason if bare else "")


def read_cells(
    batch: Batch, name: str, text: pd.Series, read: Read, *, usual: frozenset[str], among: NDArray[np.bool_]
) -> pd.Series:
    """Return what the cells of one column mean; a cell that means nothing rejects its row, another spelling is counted.

    Parameters
    ----------
    batch
        Rows of a source.
    name
        Our column, for messages.
    text
        Its cells.
    read
        Reads one cell.
    usual
        Cells that need no note.
    among
        Rows in which the column counts; elsewhere it is empty.
    """
    codes, cells = pd.factorize(text)
    read_so = [read(str(cell)) for cell in cells]
    meaning = pd.array([value for value, _ in read_so], dtype=TEXT).take(codes)
    still = batch.fates.open & among
    for reason in sorted({reason for _, reason in read_so if reason}):
        bad = np.array([why == reason for _, why in read_so], dtype=bool)[codes]
        batch.reject(bad & still, reason)
    other = np.array(
        [
            bool(plain(str(cell))) and not why and str(cell) != value and str(cell) not in usual
            for cell, (value, why) in zip(cells, read_so, strict=True)
        ],
        dtype=bool,
    )[codes]
    tell_spelling(batch, name, other & batch.fates.open & among)
    return pd.Series(meaning, index=text.index).where(among, "").astype(TEXT)


def tell_spelling(batch: Batch, name: str, other: NDArray[np.bool_]) -> None:
    """Note cells that were read although they are written in another way."""
    count = int(other.sum())
    if count:
        words = f"{number_of(count, 'cell')} of {name} written in another way than the sheet asks for (first: {batch.place(other)}); read as meant."
        batch.note(f"spelling_of_{name}", "fixed", words, count)


def one_spelling(batch: Batch, name: str, text: pd.Series) -> pd.Series:
    """Return a column in which words that differ by capitals or blanks alone are written as they stand first, counted.

    Parameters
    ----------
    batch
        Rows of a source.
    name
        Our column, for messages.
    text
        Its cells.
    """
    codes, cells = pd.factorize(text)
    first: dict[str, str] = {}
    for cell in cells:
        first.setdefault(plain(str(cell)).casefold(), plain(str(cell)))
    chosen = [first[plain(str(cell)).casefold()] for cell in cells]
    other = np.array([value != str(cell) for value, cell in zip(chosen, cells, strict=True)], dtype=bool)[codes]
    tell_spelling(batch, name, other & batch.fates.open)
    return pd.Series(pd.array(chosen, dtype=TEXT).take(codes), index=text.index).astype(TEXT)
