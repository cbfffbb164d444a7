"""Krippendorff's alpha, with its variant named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from analysis.measure.agreement.coefficient import Coefficient, coefficient
from analysis.measure.agreement.counts import Sums, count_ratings
from analysis.measure.agreement.weights import WORDS, Level, agreement_weights, squared_distances

_METRICS = {
    "nominal": "nominal metric",
    "ordinal": "Krippendorff's own ordinal metric",
    "interval": "interval metric",
    "ratio": "ratio metric",
}


def krippendorff_alpha(
    ratings: Any,
    level: Level = "ordinal",
    *,
    variant: Literal["krippendorff", "gwet"] = "krippendorff",
    categories: Sequence[object] | None = None,
    n_unit: str = "units",
    confidence: float = 0.95,
) -> Coefficient:
    """Measure agreement by Krippendorff's alpha.

    Parameters
    ----------
    ratings
        Table with one row per unit and one column per rater; None or NaN where a rater did not rate.
    level
        ``"nominal"``, ``"ordinal"``, ``"interval"`` or ``"ratio"``: what differences between ratings mean.
    variant
        ``"krippendorff"``: his own metrics. ``"gwet"``: the ordinal level with Gwet's ordinal weights, as some programs print it; another figure
        on the same data (.834 against .815 on the canonical ones), so the variant belongs beside it.
    categories
        All categories in their order; None takes those that occur, sorted.
    n_unit
        What a unit is.
    confidence
        Level of the interval.

    Returns
    -------
    Coefficient
        Without a value where every rating is the same or fewer than 6 units were rated twice; without an interval where fewer than 2 show a difference.

    Raises
    ------
    ValueError
        Not a table of two raters or more, an unknown level or variant, or categories without the order or numbers that the level needs.
    DataProblem
        No unit was rated by two raters, or a rating is none of `categories`.

    Notes
    -----
    alpha = 1 - D_o / D_e over the coincidences o_ck of units rated by m_u >= 2: D_o = sum o_ck d_ck / n, D_e = sum n_c n_k d_ck / (n (n - 1)).
    Own ordinal metric: d_ck = (sum of n_g from c to k - (n_c + n_k) / 2)^2. Interval: jackknife over units on Fisher's scale. It speaks of
    other units judged by these raters, not of other raters.

    References
    ----------
    Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011. Hayes & Krippendorff, Communication Methods and Measures 1 (2007), 77-89.

    Examples
    --------
    >>> krippendorff_alpha([[0, 0], [1, 2], [4, 3], [2, 2], [3, 1], [0, 1], [4, 4], [1, 3]])
    Krippendorff's alpha (Krippendorff's own ordinal metric) is 0.66 (-0.27 to 0.95) for 8 units and 2 raters
    """
    if level not in _METRICS:
        raise ValueError(f"the level is one of {', '.join(_METRICS)}, got {level}")
    if variant not in ("krippendorff", "gwet") or (variant == "gwet" and level != "ordinal"):
        raise ValueError("the variant is krippendorff, or gwet with the ordinal level")
    counted = count_ratings(ratings, categories)
    names = counted.categories

    def distances(totals: np.ndarray) -> np.ndarray:
        if variant == "gwet":
            return 1 - agreement_weights(names, "ordinal")  # type: ignore[arg-type]
        return squared_distances(names, level, totals)

    def statistic(sums: Sums) -> np.ndarray:
        totals = sums.coincidences.sum(axis=-1)
        n = totals.sum(axis=-1)
        apart = distances(totals)
        seen = (sums.coincidences * apart).sum(axis=(-2, -1)) / n
        expected = (totals[..., :, None] * totals[..., None, :] * apart).sum(axis=(-2, -1)) / (n * (n - 1))
        return 1 - seen / expected

    words = _METRICS[level] if variant == "krippendorff" else WORDS["ordinal"]
    more = {"n_unit": n_unit, "confidence": confidence, "corrected": False}  # the formula itself allows for few ratings
    return coefficient("Krippendorff's alpha", words, counted, statistic, **more)
