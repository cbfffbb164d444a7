"""Ratings of units by raters, reduced to sums over units from which every coefficient follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.foundation.schema import DataProblem


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over units, with any leading axes (resamples, or units left out).

    Attributes
    ----------
    pairs
        Share of each unit's pairs that fall on two categories, summed over units rated twice (..., q, q).
    twice
        Units rated twice or more (...).
    coincidences
        Krippendorff's coincidence matrix (..., q, q).
    parts
        Share of each unit's ratings by category, summed (..., q).
    rated
        Units with a rating (...).
    by_rater
        Ratings by rater and category (..., raters, q).
    """

    pairs: np.ndarray
    twice: np.ndarray
    coincidences: np.ndarray
    parts: np.ndarray
    rated: np.ndarray
    by_rater: np.ndarray


@dataclass(frozen=True, slots=True)
class Counted:
    """The ratings of units by raters, counted.

    Attributes
    ----------
    categories
        Categories in their order.
    codes
        Place of each rating among `categories`, -1 where empty (units x raters).
    counts
        Ratings by unit and category (units x q).
    """

    categories: np.ndarray
    codes: np.ndarray
    counts: np.ndarray

    @property
    def raters(self) -> np.ndarray:
        """Return how many rated each unit."""
        return self.counts.sum(axis=1)

    @property
    def compared(self) -> np.ndarray:
        """Return which raters share a unit with another."""
        return (self.codes[self.raters >= 2] >= 0).any(axis=0)

    def per_unit(self) -> Sums:
        """Return what each unit contributes; the leading axis is the unit."""
        q = len(self.categories)
        r = self.raters
        same = self.counts[:, :, None] * self.counts[:, None, :] - self.counts[:, :, None] * np.eye(q)
        twice = r >= 2
        return Sums(
            pairs=same / np.where(twice, r * (r - 1), 1)[:, None, None],
            twice=twice.astype(float),
            coincidences=same / np.where(twice, r - 1, 1)[:, None, None],
            parts=self.counts / np.where(r > 0, r, 1)[:, None],
            rated=(r > 0).astype(float),
            by_rater=(self.codes[:, :, None] == np.arange(q)).astype(float),
        )

    def total(self) -> Sums:
        """Return the sums over all units."""
        return _each(self.per_unit(), lambda one: one.sum(axis=0))

    def without_one(self) -> Sums:
        """Return the sums without each unit rated twice in turn; the leading axis is the unit left out."""
        keep = self.raters >= 2
        return _each(self.per_unit(), lambda one: one.sum(axis=0) - one[keep])

    def disagreeing(self) -> int:
        """Return how many units have two ratings that differ."""
        return int(((self.counts > 0).sum(axis=1) >= 2).sum())


def _each(sums: Sums, change: Any) -> Sums:
    return Sums(*(change(getattr(sums, name)) for name in Sums.__slots__))


def count_ratings(ratings: Any, categories: Sequence[object] | None = None) -> Counted:
    """Count ratings of units (rows) by raters (columns); None or NaN where a rater did not rate.

    Raises
    ------
    ValueError
        Not a table of two raters or more.
    DataProblem
        No unit was rated by two raters, or a rating is none of the categories.
    """
    cells = (ratings if isinstance(ratings, pd.DataFrame) else pd.DataFrame(ratings)).to_numpy(dtype=object)
    if cells.ndim != 2 or cells.shape[1] < 2:
        raise ValueError("agreement: ratings are a table with one row per unit and one column per rater, two or more")
    given = ~pd.isna(cells)
    names = _sorted(cells[given]) if categories is None else list(dict.fromkeys(categories))
    codes = np.where(given, pd.Index(names, dtype=object).get_indexer(cells.ravel()).reshape(cells.shape), -1)
    if (codes[given] < 0).any():
        raise DataProblem("agreement: a rating is none of the categories. Add it to categories or leave it out.")
    counts = np.stack([(codes == place).sum(axis=1) for place in range(len(names))], axis=1) if names else None
    if counts is None or not (counts.sum(axis=1) >= 2).any():
        raise DataProblem(
            "agreement: no unit was rated by two raters. Let a second rater judge some of the same units."
        )
    return Counted(np.array(names, dtype=object), codes, counts)


def _sorted(values: np.ndarray) -> list[object]:
    found = list(dict.fromkeys(values.tolist()))
    try:
        return sorted(found)  # type: ignore[type-var]
    except TypeError:
        raise ValueError(
            "agreement: ratings of different kinds have no order. Name the categories in their order."
        ) from None
