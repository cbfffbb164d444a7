"""What share of looks shows a state, with intervals that respect rounds and days."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import DataProblem
from analysis.measure.sampling.clustered import ClusteredShare, clustered_share, interval_of
from analysis.measure.sampling.doubles import first_looks
from analysis.measure.sampling.hours import local_hours

ClusterKind = Literal["round", "day", "person_day", "look"]
# Worked time in strata that nobody looked at: above this share the looks do not stand for the time worked.
_MOST_UNSEEN = 0.25


def estimate_share(
    observations: pd.DataFrame,
    *,
    state: str | Sequence[str],
    cluster: ClusterKind = "round",
    strata: str | None = None,
    weights: Mapping[Hashable, float] | None = None,
    confidence: float = 0.95,
    zone: str = "UTC",
) -> Estimate:
    """Estimate the share of looks that found people in a state, with an interval that respects rounds and days.

    Parameters
    ----------
    observations
        One row per look: `state`, and `round`, `observed_at` (UTC stamps) or `agent` as the clusters need them. Looks flagged `reference`
        are those of a second observer and never count; of several looks at one person in one round the first counts.
    state
        Ladder word, or several that count together.
    cluster
        What resembles itself: ``"round"`` (days when rounds share days and stamps are given), ``"day"``, ``"person_day"`` (right only where
        days do not move all people together), or ``"look"``, which claims that every look is independent and gives the Wilson interval.
    strata
        ``"hour"`` (hour of the day, by `observed_at`) or a column of `observations`; with `weights`.
    weights
        Time worked in each stratum, any unit: ``{8: 310.0, 9: 355.5, ...}``. Rounds are rarely spread as work is; strata weigh by the time worked.
        A stratum with looks in fewer than two clusters joins its neighbour.
    confidence
        Level of the interval.
    zone
        Time zone in which an hour and a day begin and end.

    Returns
    -------
    Estimate
        ``"insufficient"`` in words below 6 clusters, when fewer than 4 clusters show the state (or lack it), when the looks hold fewer than 4
        independent ones of the rarer outcome, or when a quarter of the time worked was never looked at. Grade B (trained observers).

    Raises
    ------
    DataProblem
        A needed column is absent or has empty cells.
    ValueError
        `strata` without `weights`, `strata` with ``cluster="look"``, or weights that are not above 0 in all.

    Notes
    -----
    Ratio of sums over clusters, linearised variance with k / (k - 1), t quantile with k - 1 degrees of freedom, the wider of the logit and the
    arcsine limit on each side. Twenty rounds of ten people with an intra-round correlation of .065: the binomial interval that claims
    95 % covers 88 %, this one 95 %. See docs/method/sampling.md.

    References
    ----------
    Cochran, Sampling Techniques, 3rd ed. 1977, sections 2.11, 3.12 and 5A.9. Korn & Graubard, Analysis of Health Surveys, 1999. Newcombe,
    Statistics in Medicine 17 (1998), 857-872 (Wilson).

    Examples
    --------
    >>> looks = pd.DataFrame({"round": [r for r in range(10) for _ in range(8)], "state": (["IDLE"] * 3 + ["WORK"] * 5 + ["IDLE"] + ["WORK"] * 7) * 5})
    >>> estimate_share(looks, state="IDLE")
    25 % (16 to 36)
    """
    need(observations, "state")
    rows = first_looks(observations).looks
    hit = rows["state"].isin([state] if isinstance(state, str) else list(state)).to_numpy()
    described = {"confidence": confidence, "grade": "B"}
    if len(rows) == 0:
        return Estimate.missing("no observation was made", **described)
    if (strata is None) != (weights is None) or (strata is not None and cluster == "look"):
        raise ValueError("strata and weights go together, and not with cluster='look'")
    if cluster == "look":
        return _wilson(int(hit.sum()), len(hit), confidence)
    labels, word = cluster_labels(rows, cluster, zone)
    if strata is None or weights is None:
        return interval_of(share_by_cluster(hit, labels), n_unit=word, **described)
    found = stratified_share(hit, labels, _strata_of(rows, strata, zone), weights)
    return (
        Estimate.missing(found, n_unit=word, **described)
        if isinstance(found, str)
        else interval_of(found, n_unit=word, **described)
    )


def share_by_cluster(hit: np.ndarray, labels: pd.Series) -> ClusteredShare:
    """Return the share of looks and its error by cluster."""
    codes = pd.factorize(labels)[0]
    looks = np.bincount(codes)
    hits = np.bincount(codes, weights=hit, minlength=len(looks))
    return clustered_share(hits[:, None], looks[:, None])


def cluster_labels(observations: pd.DataFrame, cluster: str, zone: str) -> tuple[pd.Series, str]:
    """Return a label per look and what the labels are: rounds, days or person-days; days where rounds share days."""
    rounds = None
    if cluster == "round":
        need(observations, "round")
        rounds = observations["round"]
        if "observed_at" not in observations:
            return rounds, "rounds"
    days = local_days(observations, zone)
    if cluster == "person_day":
        need(observations, "agent")
        return days.astype("str") + " " + observations["agent"].astype("str"), "person-days"
    if rounds is not None and rounds.nunique() <= days.nunique():
        return rounds, "rounds"
    return days, "days"


def local_days(observations: pd.DataFrame, zone: str) -> pd.Series:
    """Return the local day of each look."""
    need(observations, "observed_at")
    return observations["observed_at"].dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()


def need(observations: pd.DataFrame, column: str) -> None:
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


def _strata_of(observations: pd.DataFrame, strata: str, zone: str) -> np.ndarray:
    """Return the stratum of each look."""
    if strata != "hour":
        need(observations, strata)
        return observations[strata].to_numpy()
    need(observations, "observed_at")
    return local_hours(observations["observed_at"], zone)


def stratified_share(
    hit: np.ndarray, labels: pd.Series, strata: np.ndarray, weights: Mapping[Hashable, float]
) -> ClusteredShare | str:
    """Return the share weighted by the time worked in each stratum, or why the looks do not stand for it, in words."""
    time = pd.Series(dict(weights), dtype="float64").sort_index()
    if (time < 0).any() or not np.isfinite(time).all() or time.sum() <= 0:
        raise ValueError("weights must be 0 or above, and above 0 in all")
    code, rows = pd.Index(time.index).get_indexer(pd.Index(strata)), pd.factorize(labels)[0]
    unseen = _unseen(time, code)
    if unseen > _MOST_UNSEEN:
        return f"{100 * unseen:.0f} % of the time worked lies in hours or strata that nobody looked at; at most {100 * _MOST_UNSEEN:.0f} % may"
    kept = (code >= 0) & (time.to_numpy()[code] > 0)
    shape = (int(rows.max()) + 1, len(time))
    looks, hits = np.zeros(shape), np.zeros(shape)
    np.add.at(looks, (rows[kept], code[kept]), 1)
    np.add.at(hits, (rows[kept], code[kept]), hit[kept])
    looks, hits, share = _joined(looks, hits, (time / time.sum()).to_numpy(copy=True))
    if not looks.any():
        return "no look falls into time that was worked"
    there = looks.sum(axis=1) > 0
    return clustered_share(hits[there], looks[there], weights=share / share.sum())


def _unseen(time: pd.Series, code: np.ndarray) -> float:
    """Return the share of the time worked in strata without a look."""
    seen = np.zeros(len(time), dtype=bool)
    seen[code[code >= 0]] = True
    return float(time.to_numpy()[~seen].sum() / time.sum())


def _joined(looks: np.ndarray, hits: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Join strata with looks in fewer than two clusters to their neighbour, the one before or else the one after."""
    while looks.shape[1] > 1:
        thin = np.flatnonzero((looks > 0).sum(axis=0) < 2)
        if not len(thin):
            break
        column = int(thin[0])
        other = column - 1 if column else 1
        for table in (looks, hits):
            table[:, other] += table[:, column]
        share[other] += share[column]
        looks, hits, share = (np.delete(table, column, axis=-1) for table in (looks, hits, share))
    return looks, hits, share


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
