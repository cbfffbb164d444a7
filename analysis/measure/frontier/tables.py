"""Checked tables of units for frontiers and quantiles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def units_of(y: npt.ArrayLike, x: npt.ArrayLike, names: Sequence[str] | None) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Return the outcome, a design with a leading column of ones, and the names of its columns.

    Raises
    ------
    ValueError
        Lengths differ, a number is not finite, names do not fit, or a column says nothing that the others do not.
    """
    outcome = np.asarray(y, dtype=float)
    given = np.asarray(x, dtype=float)
    given = given.reshape(-1, 1) if given.ndim == 1 else given
    if outcome.ndim != 1 or given.ndim != 2 or len(outcome) != len(given):
        raise ValueError(
            f"y must be a list and x a table with as many rows; got {np.shape(outcome)} and {np.shape(given)}"
        )
    if not (np.isfinite(outcome).all() and np.isfinite(given).all()):
        raise ValueError("every number of y and x must be finite: leave units with missing figures out beforehand")
    found = tuple(f"x{number + 1}" for number in range(given.shape[1])) if names is None else tuple(names)
    if len(found) != given.shape[1]:
        raise ValueError(f"{len(found)} names were given for {given.shape[1]} columns of x")
    design = np.column_stack([np.ones(len(outcome)), given])
    if len(outcome) and np.linalg.matrix_rank(design) < design.shape[1]:
        raise ValueError("a column of x follows from the others (or is constant): leave it out; the constant is added")
    return outcome, design, ("constant", *found)


def least_squares(y: Floats, design: Floats) -> tuple[Floats, Floats]:
    """Return coefficients and residuals."""
    beta = np.linalg.lstsq(design, y, rcond=None)[0]
    return beta, y - design @ beta
