"""Numbers that people guessed before the data spoke: shares are fractions, however they are written."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.intake.batch import TEXT, Batch
from analysis.intake.casting.numerals import parse_numbers
from analysis.intake.words import number_of

GUESSED: tuple[str, ...] = ("low", "guess", "high")
# A quantity is a share if its words begin so.
SHARE_WORDS: tuple[str, ...] = ("share", "percentage", "per cent", "percent", "%")


def guessed(batch: Batch, texts: Mapping[str, pd.Series], quantity: pd.Series) -> dict[str, pd.Series]:
    """Return guesses as plain numbers, shares as fractions; rows that cannot be meant are rejected.

    Parameters
    ----------
    batch
        Rows of a source.
    texts
        Cells of the guess, and of its low and high end where the file has them.
    quantity
        What was guessed.

    Notes
    -----
    A row of a share is in percent if one of its cells says so or lies above 1; a row in which 1 is the largest number could be 1 % or all, and is
    rejected as ``unclear_share``.
    """
    share = quantity.str.casefold().str.startswith(SHARE_WORDS).to_numpy(dtype=bool)
    signs = np.zeros(len(share), dtype=bool)
    values: dict[str, NDArray[np.float64]] = {}
    for name, text in texts.items():
        marked = text.str.endswith("%").to_numpy(dtype=bool)
        number = parse_numbers(text.str.removesuffix("%").str.strip(), decimal=_sign(batch, text), typed=_typed(batch))
        batch.reject(number.bad | number.unclear, "bad_guess")
        values[name] = np.where(number.given & ~number.bad & ~number.unclear, number.values, np.nan)
        signs |= marked & share
    every = np.array([values[name] for name in values])
    top = np.nanmax(np.where(np.isnan(every), -np.inf, every), axis=0, initial=-np.inf)
    percent = share & (signs | (top > 1))
    batch.reject(share & ~percent & (top == 1), "unclear_share")
    batch.reject(
        share & ((top > 100) | (np.nanmin(np.where(np.isnan(every), 0, every), axis=0, initial=0) < 0)),
        "share_out_of_range",
    )
    _tell(batch, percent)
    scaled = {name: np.where(percent, column / 100, column) for name, column in values.items()}
    _in_order(batch, scaled)
    return {name: _text(column, sign=batch.source.decimal or ".") for name, column in scaled.items()}


def _typed(batch: Batch) -> bool:
    return all(raw.typed for raw in batch.files)


def _sign(batch: Batch, text: pd.Series) -> str | None:
    """Return the decimal sign: as stated, else the comma where no cell holds a point; guesses have no thousands."""
    if batch.source.decimal is not None or not text.str.contains(",", regex=False).any():
        return batch.source.decimal
    return None if text.str.contains(".", regex=False).any() else ","


def _tell(batch: Batch, percent: NDArray[np.bool_]) -> None:
    told = percent & batch.fates.open
    count = int(told.sum())
    if count:
        words = f"{number_of(count, 'guess', 'guesses')} of a share written in percent (first: {batch.place(told)}); kept as fractions."
        batch.note("percent_guesses", "fixed", words, count)


def _in_order(batch: Batch, values: Mapping[str, NDArray[np.float64]]) -> None:
    """Reject rows whose low end lies above the guess, or the guess above the high end."""
    there = [values[name] for name in GUESSED if name in values]
    for early, late in [(a, b) for at, a in enumerate(there) for b in there[at + 1 :]]:
        batch.reject(early > late, "range_out_of_order")


def _text(values: NDArray[np.float64], *, sign: str) -> pd.Series:
    """Return numbers as text with one digit more than thousands have, so that nobody can take their sign for one that parts thousands."""
    cells = ["" if np.isnan(value) else f"{value:.12f}".replace(".", sign) for value in values]
    return pd.Series(pd.array(cells, dtype=TEXT))
