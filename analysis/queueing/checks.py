"""Arguments of the queueing functions: checked, and refused in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def non_negative(name: str, value: ArrayLike) -> Floats:
    """Return finite numbers of at least 0."""
    return _checked(name, value, lambda x: np.isfinite(x) & (x >= 0), "a finite number of 0 or more")


def positive(name: str, value: ArrayLike) -> Floats:
    """Return finite numbers above 0."""
    return _checked(name, value, lambda x: np.isfinite(x) & (x > 0), "a finite number above 0")


def patience(name: str, value: ArrayLike | None) -> Floats:
    """Return numbers above 0; none and infinity both mean callers who never give up."""
    return _checked(
        name,
        math.inf if value is None else value,
        lambda x: x > 0,
        "above 0 (leave it out for callers who never give up)",
    )


def whole(name: str, value: ArrayLike, *, least: int) -> Floats:
    """Return whole numbers of at least `least`."""
    return _checked(
        name, value, lambda x: np.isfinite(x) & (x >= least) & (np.floor(x) == x), f"a whole number of {least} or more"
    )


def share(name: str, value: ArrayLike) -> Floats:
    """Return shares strictly between 0 and 1."""
    return _checked(name, value, lambda x: (x > 0) & (x < 1), "above 0 and below 1 (80 % is 0.8)")


def probability(name: str, value: ArrayLike) -> Floats:
    """Return shares from 0 up to but not including 1."""
    return _checked(name, value, lambda x: (x >= 0) & (x < 1), "at least 0 and below 1 (90 % is 0.9)")


def single(values: Floats, name: str) -> float:
    """Return the one number that a function without broadcasting takes."""
    if values.ndim:
        raise ValueError(f"{name} must be one number, got {values.size}; call once for each")
    return float(values)


def first_place(wrong: NDArray[np.bool_]) -> str:
    """Return the words for where an array is wrong first, empty for a single number."""
    if not wrong.ndim:
        return ""
    place = np.unravel_index(int(wrong.argmax()), wrong.shape)
    return f" at position {', '.join(str(int(index)) for index in place)} ({int(wrong.sum())} of {wrong.size} in all)"


def apply(kernel: Callable[..., Any], *columns: Floats, dtype: type = float) -> Any:
    """Broadcast checked columns, run a kernel over the cells, and give back a number or an array of their shape."""
    together = np.broadcast_arrays(*columns)
    flat = [np.ascontiguousarray(column).ravel() for column in together]
    cells = np.empty(flat[0].size, dtype=dtype)
    with np.errstate(over="ignore"):  # uncompiled, sums that overflow on purpose would warn
        kernel(*flat, cells)
    return dtype(cells[0]) if not together[0].ndim else cells.reshape(together[0].shape)


def _checked(name: str, value: ArrayLike, holds: Callable[[Floats], Any], rule: str) -> Floats:
    """Return the values as floats where the rule holds for all of them."""
    try:
        values = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be {rule}, got {type(value).__name__}") from None
    wrong = np.asarray(~holds(values))
    if wrong.any():
        raise ValueError(f"{name} must be {rule}, got {float(values[wrong].flat[0]):g}{first_place(wrong)}")
    return values
