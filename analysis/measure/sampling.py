"""Work sampling: how many looks are needed, what share of looks shows a state, and what observers' mistakes do to it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from analysis.foundation.clusters import ratio
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import DataProblem


def sample_size(
    share: float,
    *,
    half_width: float,
    z: float | None = None,
    confidence: float = 0.95,
    relative: bool = False,
    deff: float = 1.0,
) -> int:
    """Return how many looks a work-sampling study needs for a wanted precision.

    Parameters
    ----------
    share
        Expected share of looks in the state, between 0 and 1.
    half_width
        Half the width of the wanted interval: a share, or a fraction of `share` when `relative`.
    z
        Normal quantile to use as it stands (textbooks often take 2); None takes the one of `confidence`.
    confidence
        Level of the interval; ignored when `z` is given.
    relative
        Whether `half_width` is a fraction of `share`.
    deff
        Design effect: how much less a look tells because looks of one round or day resemble one another, 1 or more.

    Returns
    -------
    int
        Number of looks, rounded up.

    Raises
    ------
    ValueError
        A number outside its range.

    Notes
    -----
    n = deff * z^2 p (1 - p) / e^2 with e = `half_width` or `half_width` * p. For planning only: an interval comes from
    :func:`estimate_share`, because the binomial variance is often too small (Pape 1982).

    References
    ----------
    Barnes, Motion and Time Study, work sampling. Pape, Computers & Industrial Engineering 6 (1982), 39-47.

    Examples
    --------
    >>> sample_size(0.3, half_width=0.04, z=2)
    525
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, got {share}")
    if half_width <= 0 or deff < 1:
        raise ValueError(f"half_width must be above 0 and deff 1 or more, got {half_width} and {deff}")
    quantile = float(stats.norm.ppf(0.5 + confidence / 2)) if z is None else z
    error = half_width * share if relative else half_width
    needed = deff * quantile**2 * share * (1 - share) / error**2
    return math.ceil(needed * (1 - 1e-12))  # 525.0000000001 looks are 525


def estimate_share(
    observations: pd.DataFrame,
    *,
    state: str | Sequence[str],
    cluster: Literal["round", "day", "look"] = "round",
    confidence: float = 0.95,
    zone: str = "UTC",
) -> Estimate:
    """Estimate the share of looks that found people in a state, with an interval that respects rounds and days.

    Parameters
    ----------
    observations
        One row per look: `state`, and `round` or `observed_at` (UTC stamps) as the clusters need them.
    state
        Ladder word, or several that count together.
    cluster
        What resembles itself: ``"round"`` (days when rounds share days and stamps are given), ``"day"``, or ``"look"``, which claims that
        every look is independent and gives the Wilson interval.
    confidence
        Level of the interval.
    zone
        Time zone in which a day begins and ends.

    Returns
    -------
    Estimate
        ``"insufficient"`` in words below 6 clusters or when the state is too rare for a trustworthy interval. Grade B (trained observers).

    Raises
    ------
    DataProblem
        A needed column is absent or has empty cells.

    Notes
    -----
    Ratio of sums over clusters, linearised variance with k / (k - 1), t interval with k - 1 degrees of freedom on the logit scale
    (:func:`analysis.foundation.clusters.ratio`). Twenty rounds of ten people with an intra-round correlation of .065: the
    binomial interval that claims 95 % covers 88 %, this one 95 %.

    References
    ----------
    Cochran, Sampling Techniques, 3rd ed. 1977, sections 2.11 and 3.12. Korn & Graubard, Analysis of Health Surveys, 1999. Newcombe, Statistics in
    Medicine 17 (1998), 857-872 (Wilson).

    Examples
    --------
    >>> looks = pd.DataFrame({"round": [r for r in range(10) for _ in range(8)], "state": (["IDLE"] * 3 + ["WORK"] * 5 + ["IDLE"] + ["WORK"] * 7) * 5})
    >>> estimate_share(looks, state="IDLE")
    25 % (17 to 36)
    """
    wanted = [state] if isinstance(state, str) else list(state)
    _need(observations, "state")
    hit = observations["state"].isin(wanted).to_numpy()
    described = {"confidence": confidence, "grade": "B"}
    if len(observations) == 0:
        return Estimate.missing("no observation was made", **described)
    if cluster == "look":
        return _wilson(int(hit.sum()), len(hit), confidence)
    labels, word = _clusters(observations, cluster, zone)
    codes = pd.factorize(labels)[0]
    looks = np.bincount(codes)
    hits = np.bincount(codes, weights=hit, minlength=len(looks))
    return ratio(hits, looks, n_unit=word, **described)


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


def _clusters(observations: pd.DataFrame, cluster: str, zone: str) -> tuple[pd.Series, str]:
    """Return a label per look and what the labels are: rounds, or days when asked for or when rounds share days."""
    rounds = None
    if cluster == "round":
        _need(observations, "round")
        rounds = observations["round"]
        if "observed_at" not in observations:
            return rounds, "rounds"
    _need(observations, "observed_at")
    days = observations["observed_at"].dt.tz_convert(zone).dt.normalize()
    if rounds is not None and rounds.nunique() <= days.nunique():
        return rounds, "rounds"
    return days, "days"


def _need(observations: pd.DataFrame, column: str) -> None:
    """Refuse observations that lack a column or hold empty cells in it."""
    if column not in observations:
        raise DataProblem(
            f"observations: the column {column} is absent. Map it in the source, or choose another cluster."
        )
    empty = observations[column].isna().to_numpy()
    if empty.any():
        raise DataProblem(
            f"observations: {int(empty.sum())} rows have no {column} (first: row {int(empty.argmax()) + 1}). Complete or leave out these rows."
        )


def _wilson(hits: int, looks: int, confidence: float) -> Estimate:
    """Return the score interval of independent looks."""
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(hits, looks, alpha=1 - confidence, method="wilson")
    p = hits / looks
    return Estimate(
        p,
        min(p, float(low)),
        max(p, float(high)),
        confidence=confidence,
        n=looks,
        n_unit="looks",
        grade="B",
        method="Wilson interval, looks taken as independent",
    )
