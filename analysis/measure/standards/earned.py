"""Earned hours: finished items at their standard times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.foundation.schema import DataProblem

Numbers = Sequence[float] | np.ndarray | pd.Series


def earned_hours(
    volumes: Mapping[str, float] | Numbers, standard_s: Mapping[str, float] | Numbers, *, allowance: float = 0.0
) -> float:
    """Return the hours that finished items were worth at their standard times.

    Parameters
    ----------
    volumes
        Items per type: a mapping or Series by type, or a list in the order of `standard_s`.
    standard_s
        Standard time per item [s], in the same form; types without items may appear.
    allowance
        Share added to every standard time for personal needs, fatigue and delay, where the standards hold none.

    Returns
    -------
    float
        Earned hours [h].

    Raises
    ------
    DataProblem
        A type with items has no standard time, or a number is negative or missing.

    Notes
    -----
    sum over types of volume * standard time * (1 + allowance) / 3600. Standards must not have been fitted on the same days
    by forcing this sum to equal the hours worked: then every day looks fully used by construction.

    References
    ----------
    International Labour Office, Introduction to Work Study, 4th ed. 1992, chapter 23.

    Examples
    --------
    >>> earned_hours([120, 80, 15], [360, 540, 1320])
    29.5
    """
    if allowance < 0:
        raise ValueError(f"allowance must be 0 or more, got {allowance}")
    counts, standards = _aligned(volumes, standard_s)
    bad = ~(np.isfinite(counts) & (counts >= 0))
    if bad.any():
        raise DataProblem(
            f"volumes: {int(bad.sum())} types hold no valid count (first: type {int(bad.argmax()) + 1}). Give 0 or more items per type."
        )
    without = (counts > 0) & ~(np.isfinite(standards) & (standards > 0))
    if without.any():
        raise DataProblem(
            f"standards: {int(without.sum())} types with items have no standard time above 0 (first: type {int(without.argmax()) + 1}). Add standard_s to item_types, or leave these types out."
        )
    return float(np.sum(counts * np.where(counts > 0, standards, 0.0))) * (1 + allowance) / 3600


def _aligned(
    volumes: Mapping[str, float] | Numbers, standard_s: Mapping[str, float] | Numbers
) -> tuple[np.ndarray, np.ndarray]:
    """Return counts and standard times in one order."""
    if isinstance(volumes, Mapping | pd.Series) and isinstance(standard_s, Mapping | pd.Series):
        counts = pd.Series(dict(volumes), dtype="float64")
        return counts.to_numpy(), pd.Series(dict(standard_s), dtype="float64").reindex(counts.index).to_numpy()
    counts, standards = np.asarray(volumes, dtype=float), np.asarray(standard_s, dtype=float)
    if counts.shape != standards.shape or counts.ndim != 1:
        raise DataProblem(
            f"standards: {counts.size} volumes stand against {standards.size} standard times. Give one standard time per type."
        )
    return counts, standards
