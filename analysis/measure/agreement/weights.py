"""How far two categories count as agreement: the usual weights, and the metrics of Krippendorff's alpha."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np

Weights = Literal["identity", "ordinal", "linear", "quadratic"]
Level = Literal["nominal", "ordinal", "interval", "ratio"]
WORDS: Mapping[str, str] = {
    "identity": "no partial agreement",
    "ordinal": "Gwet's ordinal weights",
    "linear": "linear weights",
    "quadratic": "quadratic weights",
}


def agreement_weights(
    categories: np.ndarray | list[float] | tuple[float, ...], kind: Weights = "ordinal"
) -> np.ndarray:
    """Return the weight of every pair of categories, 1 on the diagonal.

    Parameters
    ----------
    categories
        The categories in their order; numbers for ``"linear"`` and ``"quadratic"``.
    kind
        ``"identity"`` (only the same counts), ``"ordinal"`` (by ranks), ``"linear"`` or ``"quadratic"`` (by distance).

    Raises
    ------
    ValueError
        Another kind, fewer than two categories, or no numbers where distances are needed.

    Notes
    -----
    Ordinal: 1 - C(|k - l| + 1, 2) / C(q, 2) for places k and l of q categories. Linear and quadratic: 1 - (|x_k - x_l| / range) to the power 1 or 2.

    References
    ----------
    Gwet, Handbook of Inter-Rater Reliability, 4th ed. 2014, section 3.5.

    Examples
    --------
    >>> agreement_weights([0, 1, 2], "quadratic")[0].tolist()
    [1.0, 0.75, 0.0]
    """
    if kind not in get_args(Weights):
        raise ValueError(f"weights are one of {', '.join(get_args(Weights))}, got {kind}")
    q = len(categories)
    if q < 2:
        raise ValueError("weights need at least two categories")
    if kind == "identity":
        return np.eye(q)
    if kind == "ordinal":
        apart = np.abs(np.subtract.outer(np.arange(q), np.arange(q)))
        return 1 - apart * (apart + 1) / (q * (q - 1))
    values = _numbers(categories)
    apart = np.abs(np.subtract.outer(values, values)) / (values.max() - values.min())
    return 1 - apart ** (1 if kind == "linear" else 2)


def squared_distances(categories: np.ndarray, level: Level, totals: np.ndarray) -> np.ndarray:
    """Return Krippendorff's squared distance of every pair of categories.

    Parameters
    ----------
    categories
        The categories in their order.
    level
        ``"nominal"``, ``"ordinal"``, ``"interval"`` or ``"ratio"``.
    totals
        Ratings by category in units rated twice or more, shape (..., q): the ordinal metric depends on them.

    Returns
    -------
    ndarray
        Shape (..., q, q) for ``"ordinal"``, else (q, q).
    """
    q = len(categories)
    if level == "nominal":
        return 1 - np.eye(q)
    if level == "ordinal":
        below = np.cumsum(totals, axis=-1) - totals / 2
        return (below[..., :, None] - below[..., None, :]) ** 2
    values = _numbers(categories)
    if level == "interval":
        return np.subtract.outer(values, values) ** 2
    if (values < 0).any():
        raise ValueError("ratings on a ratio scale are not negative")
    both = np.add.outer(values, values)
    return (np.subtract.outer(values, values) / np.where(both > 0, both, 1)) ** 2


def _numbers(categories: np.ndarray | list[float] | tuple[float, ...]) -> np.ndarray:
    try:
        return np.asarray(categories, dtype=float)
    except (TypeError, ValueError):
        raise ValueError("distances between categories need categories that are numbers") from None
