"""What observers' mistakes do to a share of looks."""

from __future__ import annotations

import math
from dataclasses import replace

from scipy import stats

from analysis.foundation.estimate import Estimate


def correct_misclassification(
    share: Estimate,
    *,
    looks: float,
    sensitivity: float,
    n_sensitivity: float,
    specificity: float,
    n_specificity: float,
) -> Estimate:
    """Correct an observed share for looks that were put into the wrong state, with the doubt about the correction in the interval.

    Parameters
    ----------
    share
        Observed share.
    looks
        Effective number of looks behind it (looks / design effect).
    sensitivity, n_sensitivity
        Share of looks truly in the state that the observer recorded so, and how many such double-observed looks there were.
    specificity, n_specificity
        Share of looks truly not in the state that the observer recorded so, and how many.

    Returns
    -------
    Estimate
        ``"insufficient"`` when sensitivity + specificity - 1 is under .5: such observers cannot be corrected.

    Notes
    -----
    Rogan-Gladen point (p + Sp - 1) / (Se + Sp - 1), cut to 0..1; Lang-Reiczigel interval.

    References
    ----------
    Rogan & Gladen, American Journal of Epidemiology 107 (1978), 71-76. Lang & Reiczigel, Preventive Veterinary Medicine 113 (2014), 13-22.

    Examples
    --------
    >>> seen = Estimate(0.35, 0.30, 0.40)
    >>> correct_misclassification(seen, looks=400, sensitivity=0.9, n_sensitivity=60, specificity=0.85, n_specificity=80)
    27 % (15 to 37)
    """
    if share.value is None:
        return share
    youden = sensitivity + specificity - 1
    if youden < 0.5:
        return replace(
            share,
            value=None,
            low=None,
            high=None,
            status="insufficient",
            reasons=(
                f"observers and double observers agree too little to correct (sensitivity + specificity - 1 is {youden:.2f}, under 0.50)",
            ),
        )
    z = float(stats.norm.ppf(0.5 + share.confidence / 2))
    n = looks + z**2
    p = (looks * share.value + z**2 / 2) / n
    n_se, n_sp = n_sensitivity + 2, n_specificity + 2
    se = (n_sensitivity * sensitivity + 1) / n_se
    sp = (n_specificity * specificity + 1) / n_sp
    centre = (p + sp - 1) / (se + sp - 1)
    part_se, part_sp = se * (1 - se) / n_se, sp * (1 - sp) / n_sp
    shift = 2 * z**2 * (centre * part_se - (1 - centre) * part_sp)
    error = math.sqrt(p * (1 - p) / n + centre**2 * part_se + (1 - centre) ** 2 * part_sp) / (se + sp - 1)
    low, high = (min(1.0, max(0.0, centre + shift + sign * z * error)) for sign in (-1, 1))
    point = min(1.0, max(0.0, (share.value + specificity - 1) / youden))
    return replace(
        share, value=point, low=min(low, point), high=max(high, point), method="Rogan-Gladen, Lang-Reiczigel interval"
    )
