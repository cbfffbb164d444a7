"""Why a type cannot have a standard time, in words."""

from __future__ import annotations

import numpy as np
from scipy import stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.measure.standards.design import Array, Design
from analysis.measure.standards.solve import Fit, condition, inflation

# Fewer clusters beyond the number of coefficients leave no room to judge their errors.
MINIMUM_FREEDOM = 5
# Without a non-volume term the common size of volumes counts as likeness; then this condition number must be exceeded too
# (Belsley, Kuh & Welsch 1980).
LARGEST_CONDITION = 30.0
# Hours follow volumes when chance would show as much less often than this.
FOLLOWS = 0.05
_NO_FIGURE = "time a sample of it, or ask the client for its standard time"


def absorbed(design: Design) -> Array:
    """Return which types never change beside the non-volume terms."""
    terms = design.non_volume
    if not terms.shape[1]:
        return np.zeros(len(design.types), dtype=bool)
    own = design.volumes - terms @ np.linalg.lstsq(terms, design.volumes, rcond=None)[0]
    return (own**2).sum(axis=0) <= 1e-9 * (design.volumes**2).sum(axis=0)


def refusals(design: Design, vif: Array, largest: float) -> dict[int, str]:
    """Return why a type cannot have a figure, from volumes alone."""
    found: dict[int, str] = {}
    constant = absorbed(design)
    coefficients = len(design.types) + design.non_volume.shape[1]
    short = design.clusters - coefficients < MINIMUM_FREEDOM
    alike = bool(design.non_volume.shape[1]) or condition(design.volumes, design.non_volume) > LARGEST_CONDITION
    for j in range(len(design.types)):
        periods = len(np.unique(design.cluster[design.volumes[:, j] > 0]))
        if periods == 0:
            found[j] = "no items of this type in any period"
        elif short:
            found[j] = (
                f"{design.clusters} periods cannot settle {coefficients} coefficients; give at least "
                f"{coefficients + MINIMUM_FREEDOM} periods, or join types"
            )
        elif periods < MINIMUM_CLUSTERS:
            found[j] = f"items in only {periods} periods; {_NO_FIGURE}"
        elif constant[j]:
            found[j] = f"its volume never changes, so its time cannot be told from hours without volume; {_NO_FIGURE}"
        elif alike and vif[j] > largest:
            others = ", ".join(design.types[k] for k in _likenesses(design, j, vif[j]))
            size = f"{vif[j]:,.0f} times" if np.isfinite(vif[j]) else "without end"
            found[j] = (
                f"its volume goes with {others} (variance inflated {size}), so their times cannot be told apart; "
                "join these types into one, or time a sample of each"
            )
    return found


def _likenesses(design: Design, j: int, vif: float) -> list[int]:
    """Return the types that a type cannot be told from: those without which its variance would be half or less."""
    others = [k for k in range(len(design.types)) if k != j and design.volumes[:, k].any()]
    told = []
    for k in others:
        kept = [i for i in range(len(design.types)) if i != k]
        without = inflation(design.volumes[:, kept], design.non_volume)[kept.index(j)]
        if np.isfinite(without) and without <= vif / 2:
            told.append(k)
    if told or not others:
        return told or [j]
    with np.errstate(invalid="ignore", divide="ignore"):
        likeness = np.abs(np.corrcoef(design.volumes, rowvar=False)[j])
    return [k for k in others if likeness[k] > 0.7] or [max(others, key=lambda k: np.nan_to_num(likeness[k]))]


def follows(design: Design, fit: Fit, types: int) -> float:
    """Return how often chance alone would make hours follow volumes as much: the joint Wald test of all standard times.

    1 where there is nothing to follow, 0 without a non-volume term.
    """
    if not design.non_volume.shape[1]:
        return 0.0
    b, covariance = fit.free[:types], fit.covariance[:types, :types]
    known = np.isfinite(np.diag(covariance))
    b, covariance = b[known], covariance[np.ix_(known, known)]
    if not len(b) or fit.freedom < 1:
        return 1.0
    error = float(b @ np.linalg.pinv(covariance, hermitian=True) @ b) / len(b)
    return float(stats.f.sf(error, len(b), fit.freedom))
