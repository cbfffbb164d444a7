"""What observers' mistakes do to a share of looks, and how often they make them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
from scipy import stats

from analysis.foundation.estimate import Estimate
from analysis.measure.sampling.clustered import ClusteredShare, interval_of
from analysis.measure.sampling.doubles import first_looks, reference_looks, round_keys
from analysis.measure.sampling.estimates import ClusterKind, cluster_labels, need, share_by_cluster

# Below this, seeing the state is little better than guessing, and a correction multiplies noise.
MINIMUM_YOUDEN = 0.5
# Fewer pairs of either kind leave sensitivity or specificity open to more than a fifth either way.
MINIMUM_PAIRS = 15


@dataclass(frozen=True, slots=True)
class ObserverAccuracy:
    """How often ordinary observers record what a reference observer sees.

    Attributes
    ----------
    sensitivity, specificity
        Share of pairs in the state, and of pairs not in it, that the ordinary observer recorded so; None without such pairs.
    n_sensitivity, n_specificity
        Pairs behind each.
    unpaired
        Reference looks that no ordinary look can be set against.
    reason
        Why the two cannot correct a share, in words; empty when they can.
    """

    sensitivity: float | None
    n_sensitivity: int
    specificity: float | None
    n_specificity: int
    unpaired: int
    reason: str

    def __repr__(self) -> str:
        """Return both figures, or why they cannot be used."""
        if self.sensitivity is None or self.specificity is None:
            return self.reason
        text = f"sensitivity {self.sensitivity:.2f} ({self.n_sensitivity} pairs), specificity {self.specificity:.2f} ({self.n_specificity} pairs)"
        return f"{text}; {self.reason}" if self.reason else text


def observer_accuracy(observations: pd.DataFrame, *, state: str | Sequence[str]) -> ObserverAccuracy:
    """Set the looks of ordinary observers against the reference looks of the same round and person.

    Parameters
    ----------
    observations
        One row per look: `round`, `state`, `reference` (true: a second look by a trained reference observer, taken as the truth), `agent`; where
        nobody is named `team`.
    state
        Ladder word, or several that count together.

    Returns
    -------
    ObserverAccuracy
        `reason` says in words why a correction is refused: no pairs, fewer than 15 of either kind, or sensitivity + specificity - 1 under .5.

    Raises
    ------
    DataProblem
        A needed column is absent or has empty cells.

    Notes
    -----
    Counts of a team without names say how many, not who. They pair only where the reference observer saw as many people and all of them in
    the state, or none: then every look of the other observer is known to be right or wrong. Rounds are chosen by what the reference saw, never
    by what the other saw, so neither share is flattered.

    Examples
    --------
    >>> looks = pd.DataFrame({"round": ["1", "1", "2", "2"], "agent": ["a"] * 4, "state": ["IDLE", "IDLE", "WORK", "IDLE"], "reference": [False, True] * 2})
    >>> observer_accuracy(looks, state="IDLE").n_sensitivity
    2
    """
    for column in ("round", "state"):
        need(observations, column)
    words = [state] if isinstance(state, str) else list(state)
    checks = reference_looks(observations)
    if checks.empty:
        return ObserverAccuracy(
            None, 0, None, 0, 0, "no reference look was taken, so observers' mistakes are not known"
        )
    pairs = _pairs(first_looks(observations).looks, checks, words)
    n_se = int(pairs["truth"].sum())
    n_sp = len(pairs) - n_se
    se = float(pairs.loc[pairs["truth"], "seen"].mean()) if n_se else None
    sp = float(1 - pairs.loc[~pairs["truth"], "seen"].mean()) if n_sp else None
    return ObserverAccuracy(se, n_se, sp, n_sp, len(checks) - len(pairs), _unusable(se, n_se, sp, n_sp))


def _unusable(se: float | None, n_se: int, sp: float | None, n_sp: int) -> str:
    """Return why sensitivity and specificity cannot correct a share."""
    if n_se < MINIMUM_PAIRS or n_sp < MINIMUM_PAIRS or se is None or sp is None:
        return (
            f"{n_se} pairs of looks at people in the state and {n_sp} at others are too few to correct for observers' mistakes; "
            f"{MINIMUM_PAIRS} of each are needed"
        )
    return "" if se + sp - 1 >= MINIMUM_YOUDEN else _too_wrong(se + sp - 1)


def _too_wrong(youden: float) -> str:
    return (
        f"observers and double observers agree too little to correct (sensitivity + specificity - 1 is {youden:.2f}, "
        f"under {MINIMUM_YOUDEN:.2f})"
    )


def _pairs(ordinary: pd.DataFrame, checks: pd.DataFrame, words: Sequence[str]) -> pd.DataFrame:
    """Return pairs of looks: seen (by the ordinary observer), truth (by the reference observer)."""
    sides = [
        frame.assign(hit=frame["state"].isin(list(words)), round=round_keys(frame)) for frame in (ordinary, checks)
    ]
    named = [side[side["agent"].notna()] if "agent" in side else side.iloc[:0] for side in sides]
    parts = []
    if all(len(side) for side in named):
        keyed = [side.drop_duplicates(["round", "agent"]) for side in named]
        both = keyed[0].merge(keyed[1], on=["round", "agent"], suffixes=("_seen", "_truth"))
        parts.append(pd.DataFrame({"seen": both["hit_seen"], "truth": both["hit_truth"]}))
    if "team" in ordinary:
        unnamed = [side[side["agent"].isna()] if "agent" in side else side for side in sides]
        parts.append(_team_pairs(*(side.dropna(subset=["team"]) for side in unnamed)))
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"seen": [], "truth": []})
    return found.astype(bool)


def _team_pairs(ordinary: pd.DataFrame, checks: pd.DataFrame) -> pd.DataFrame:
    """Return pairs from counts of a team, where the reference observer saw all of as many people in the state, or none."""
    counted = [side.groupby(["round", "team"])["hit"].agg(["size", "sum"]) for side in (ordinary, checks)]
    both = counted[0].add_suffix("_seen").join(counted[1].add_suffix("_truth"), how="inner")
    known = both[
        both["size_seen"].eq(both["size_truth"]) & (both["sum_truth"].eq(0) | both["sum_truth"].eq(both["size_truth"]))
    ]
    rows = [
        (number < hits, truth > 0)
        for size, hits, truth in known[["size_seen", "sum_seen", "sum_truth"]].itertuples(index=False)
        for number in range(size)
    ]
    return pd.DataFrame(rows, columns=["seen", "truth"])


def misclassification_errors(
    share: float,
    *,
    looks: float,
    sensitivity: float,
    n_sensitivity: float,
    specificity: float,
    n_specificity: float,
) -> tuple[float, float]:
    """Return the standard error of a corrected share as if sensitivity and specificity were known, and the honest one.

    Parameters
    ----------
    share
        Observed share.
    looks, sensitivity, n_sensitivity, specificity, n_specificity
        As in :func:`correct_misclassification`, `looks` being effective ones.

    Returns
    -------
    tuple
        Both standard errors.

    Notes
    -----
    With P the corrected share and J = Se + Sp - 1: sqrt(p (1 - p) / n) / J, and
    sqrt(p (1 - p) / n + P^2 Se (1 - Se) / n_Se + (1 - P)^2 Sp (1 - Sp) / n_Sp) / J.

    References
    ----------
    Rogan & Gladen, American Journal of Epidemiology 107 (1978), 71-76.

    Examples
    --------
    >>> known, full = misclassification_errors(0.35, looks=400, sensitivity=0.9, n_sensitivity=60, specificity=0.85, n_specificity=80)
    >>> round(known, 4), round(full, 4)
    (0.0318, 0.0522)
    """
    youden = sensitivity + specificity - 1
    corrected = (share + specificity - 1) / youden
    own = share * (1 - share) / looks
    doubt = corrected**2 * sensitivity * (1 - sensitivity) / n_sensitivity
    doubt += (1 - corrected) ** 2 * specificity * (1 - specificity) / n_specificity
    return math.sqrt(own) / youden, math.sqrt(own + doubt) / youden


def correct_misclassification(
    share: Estimate,
    *,
    looks: float,
    sensitivity: float,
    n_sensitivity: float,
    specificity: float,
    n_specificity: float,
    deff: float = 1.0,
) -> Estimate:
    """Correct an observed share for looks that were put into the wrong state, with the doubt about the correction in the interval.

    Parameters
    ----------
    share
        Observed share.
    looks
        Looks behind it; with `deff` 1 they must be effective ones (looks / design effect), since looks of one round resemble one another.
    sensitivity, n_sensitivity
        Share of looks truly in the state that the observer recorded so, and how many such double-observed looks there were.
    specificity, n_specificity
        Share of looks truly not in the state that the observer recorded so, and how many.
    deff
        Design effect of the looks, above 0.

    Returns
    -------
    Estimate
        ``"insufficient"`` when sensitivity + specificity - 1 is under .5: such observers cannot be corrected.

    Raises
    ------
    ValueError
        A share outside 0 to 1, or a number of looks or pairs that is not above 0.

    Notes
    -----
    Rogan-Gladen point (p + Sp - 1) / (Se + Sp - 1), cut to 0..1; Lang-Reiczigel interval on effective looks.

    References
    ----------
    Rogan & Gladen, American Journal of Epidemiology 107 (1978), 71-76. Lang & Reiczigel, Preventive Veterinary Medicine 113 (2014), 13-22.

    Examples
    --------
    >>> seen = Estimate(0.35, 0.30, 0.40)
    >>> correct_misclassification(seen, looks=400, sensitivity=0.9, n_sensitivity=60, specificity=0.85, n_specificity=80)
    27 % (15 to 37)
    """
    if not (0 <= sensitivity <= 1 and 0 <= specificity <= 1) or min(looks, n_sensitivity, n_specificity, deff) <= 0:
        raise ValueError("sensitivity and specificity must lie within 0 to 1; looks, pairs and deff must be above 0")
    if share.value is None:
        return share
    youden = sensitivity + specificity - 1
    if youden < MINIMUM_YOUDEN:
        return replace(share, value=None, low=None, high=None, status="insufficient", reasons=(_too_wrong(youden),))
    looks = looks / deff
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
    method = "Rogan-Gladen, Lang-Reiczigel interval on effective looks"
    return replace(share, value=point, low=min(low, point), high=max(high, point), method=method)


def correct_clustered(seen: Estimate, found: ClusteredShare, accuracy: ObserverAccuracy) -> Estimate:
    """Return a share of clustered looks corrected for observers' mistakes, or as it was seen where they are not known well enough.

    Parameters
    ----------
    seen
        The share with its interval.
    found
        The same share with its clustered error: it gives the effective looks, fewer for the degrees of freedom.
    accuracy
        Of :func:`observer_accuracy`.
    """
    if seen.value is None or accuracy.reason or accuracy.sensitivity is None or accuracy.specificity is None:
        return seen
    return correct_misclassification(
        seen,
        looks=found.trusted_looks(seen.confidence),
        sensitivity=accuracy.sensitivity,
        n_sensitivity=accuracy.n_sensitivity,
        specificity=accuracy.specificity,
        n_specificity=accuracy.n_specificity,
    )


@dataclass(frozen=True, slots=True)
class CheckedShare:
    """A share of looks, as seen and corrected for observers' mistakes.

    Attributes
    ----------
    corrected
        Corrected share; the share as seen where reference looks do not suffice.
    seen
        Share as the observers saw it.
    accuracy
        Sensitivity and specificity with their numbers of pairs, or why they cannot be used.
    design_effect
        Of the share as seen; None without looks that differ.
    """

    corrected: Estimate
    seen: Estimate
    accuracy: ObserverAccuracy
    design_effect: float | None

    def __repr__(self) -> str:
        """Return both shares."""
        if self.corrected is self.seen:
            return f"{self.seen!r}, not corrected: {self.accuracy!r}"
        return f"{self.corrected!r}, as seen {self.seen!r}; {self.accuracy!r}"


def estimate_checked_share(
    observations: pd.DataFrame,
    *,
    state: str | Sequence[str],
    cluster: ClusterKind = "round",
    confidence: float = 0.95,
    zone: str = "UTC",
) -> CheckedShare:
    """Estimate a share of looks and correct it for observers' mistakes with the reference looks among the observations.

    Parameters
    ----------
    observations
        One row per look, as in :func:`estimate_share`, with `reference` true for looks of the reference observer.
    state, confidence, zone
        As in :func:`estimate_share`.
    cluster
        ``"round"``, ``"day"`` or ``"person_day"``.

    Returns
    -------
    CheckedShare
        Corrected and seen share with the observers' accuracy.

    Raises
    ------
    DataProblem
        A needed column is absent or has empty cells.
    ValueError
        ``cluster="look"``.

    Notes
    -----
    The correction takes effective looks (looks / design effect, fewer for the degrees of freedom of the design effect) into the interval of
    Lang & Reiczigel. See :func:`correct_misclassification` and :func:`observer_accuracy`.
    """
    if cluster == "look":
        raise ValueError("looks of one round resemble one another: choose round, day or person_day")
    accuracy = observer_accuracy(observations, state=state)
    own = first_looks(observations).looks
    if own.empty:
        missing = Estimate.missing("no observation was made", confidence=confidence, grade="B")
        return CheckedShare(missing, missing, accuracy, None)
    hit = own["state"].isin([state] if isinstance(state, str) else list(state)).to_numpy()
    labels, word = cluster_labels(own, cluster, zone)
    found = share_by_cluster(hit, labels)
    seen = interval_of(found, n_unit=word, confidence=confidence, grade="B")
    effect = found.design_effect if 0 < found.share < 1 else None
    return CheckedShare(correct_clustered(seen, found, accuracy), seen, accuracy, effect)
