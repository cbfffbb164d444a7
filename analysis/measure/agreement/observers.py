"""Do observers agree: percent agreement, Cohen's kappa, Gwet's AC1, with intervals that respect rounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import DataProblem
from analysis.measure.agreement.intervals import percent_interval, too_few
from analysis.measure.sampling.doubles import first_looks, round_keys
from analysis.measure.sampling.estimates import need


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far raters agree on the same subjects.

    Attributes
    ----------
    percent
        Share of pairs of ratings of one subject that agree.
    kappa
        Cohen's kappa; without a value for more than two raters. It falls when one category prevails, however well raters agree.
    ac1
        Gwet's AC1, which does not.
    subjects, raters
        Subjects with two ratings or more, and raters.
    """

    percent: Estimate
    kappa: Estimate
    ac1: Estimate
    subjects: int
    raters: int

    def __repr__(self) -> str:
        """Return the agreement as a sentence."""
        return f"{self.percent!r} agree, AC1 {_bare(self.ac1)}, kappa {_bare(self.kappa)}, {self.subjects} subjects"


def agreement(
    ratings: pd.DataFrame,
    *,
    clusters: Sequence[object] | None = None,
    categories: Sequence[object] | None = None,
    n_unit: str = "subjects",
    confidence: float = 0.95,
    **more: Any,
) -> Agreement:
    """Measure how far raters agree on categories.

    Parameters
    ----------
    ratings
        One row per subject, one column per rater; empty cells where a rater did not rate.
    clusters
        A label per subject: subjects of one cluster (round) resemble one another. None takes subjects as independent.
    categories
        All categories that could be chosen; None takes those that were.
    n_unit
        What a cluster is, or a subject without clusters.
    confidence
        Level of the intervals.
    **more
        Further fields of :class:`Estimate`.

    Returns
    -------
    Agreement
        Estimates ``"insufficient"`` below 6 clusters with subjects that two raters rated; values without an interval where all agree.

    Raises
    ------
    DataProblem
        Nobody was rated twice, or only one category can be chosen.

    Notes
    -----
    With r_ik raters who put subject i into category k, r_i in all: p_a = mean over subjects rated twice of sum_k r_ik (r_ik - 1) / (r_i (r_i - 1));
    AC1 = (p_a - p_e) / (1 - p_e), p_e = sum_k pi_k (1 - pi_k) / (q - 1), pi_k = mean of r_ik / r_i. Kappa with p_e = sum_k p_1k p_2k. Errors by
    linearisation, summed within clusters, k / (k - 1), t with k - 1 degrees of freedom; percent agreement with the interval of Korn & Graubard,
    which holds near 1.

    References
    ----------
    Gwet, British Journal of Mathematical and Statistical Psychology 61 (2008), 29-48. Cohen, Educational and Psychological Measurement 20
    (1960), 37-46. Korn & Graubard, Survey Methodology 24 (1998), 193-201.

    Examples
    --------
    >>> seen = pd.DataFrame({"first": list("aabbabbaab"), "second": list("aabbabbbab")})
    >>> agreement(seen).percent
    90 % (53 to 100)
    """
    codes, counts = _counts(ratings, categories)
    labels = pd.factorize(pd.Series(range(len(ratings)) if clusters is None else list(clusters)))[0]
    twice = counts.sum(axis=1) >= 2
    if not twice.any():
        raise DataProblem(
            "agreement: no subject was rated by two raters. Let a second observer see the same people in some rounds."
        )
    own = {"confidence": confidence, "n": len(np.unique(labels[twice])), "n_unit": n_unit, **more}
    percent, p_a = _percent(counts, twice)
    error = _error(percent - p_a * twice, labels, int(twice.sum()))
    found = percent_interval(p_a, error, looks=int(twice.sum()), **own)
    return Agreement(
        percent=found,
        kappa=_kappa(codes, labels, counts.shape[1], **own),
        ac1=_ac1(counts, percent, p_a, labels, **own),
        subjects=int(twice.sum()),
        raters=ratings.shape[1],
    )


def observer_agreement(
    observations: pd.DataFrame, *, state: str | Sequence[str] | None = None, confidence: float = 0.95
) -> Agreement | None:
    """Measure how far two ordinary observers agree who saw the same person in the same round; None when nobody was seen twice.

    Parameters
    ----------
    observations
        One row per look: `round`, `agent`, `state`; `observed_at`, `observer`, `reference` where known.
    state
        Ladder words that count together: agreement on whether the person was in them. None compares all states.
    confidence
        Level of the intervals.

    Returns
    -------
    Agreement or None
        Rounds are the clusters; the first look by time against the second. Grade B.

    Raises
    ------
    DataProblem
        `round` or `state` is absent or has empty cells.
    """
    for column in ("round", "state"):
        need(observations, column)
    split = first_looks(observations)
    if "agent" not in observations or split.doubles["agent"].notna().sum() == 0:
        return None
    place = ["round", "agent"]
    first, second = (
        part.dropna(subset=["agent"]).assign(round=round_keys).drop_duplicates(place)
        for part in (split.looks, split.doubles)
    )
    both = first.merge(second, on=place, suffixes=("_1", "_2"))
    if {"observer_1", "observer_2"} <= set(both):
        both = both[~both["observer_1"].eq(both["observer_2"]).fillna(False).astype(bool)]
    if both.empty:
        return None
    seen = both[["state_1", "state_2"]]
    categories = None
    if state is not None:
        seen, categories = seen.isin([state] if isinstance(state, str) else list(state)), (False, True)
    elif seen.stack().nunique() < 2:
        categories = (*seen.stack().unique(), "any other")
    return agreement(
        seen, clusters=both["round"], categories=categories, n_unit="rounds", confidence=confidence, grade="B"
    )


def _counts(ratings: pd.DataFrame, categories: Sequence[object] | None) -> tuple[np.ndarray, np.ndarray]:
    """Return category numbers (subjects x raters, -1 empty) and how many raters chose each category (subjects x categories)."""
    cells = ratings.to_numpy(dtype=object)
    given = ~pd.isna(cells)
    names = list(pd.unique(pd.Series(cells[given], dtype=object)) if categories is None else categories)
    if len(names) < 2:
        raise DataProblem("agreement: only one category occurs. Name all that could have been chosen in categories.")
    codes = np.where(given, pd.Index(names, dtype=object).get_indexer(cells.ravel()).reshape(cells.shape), -1)
    if (codes[given] < 0).any():
        raise DataProblem("agreement: a rating is none of the categories. Add it to categories or leave the row out.")
    return codes, np.stack([(codes == number).sum(axis=1) for number in range(len(names))], axis=1)


def _percent(counts: np.ndarray, twice: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the agreement within each subject (0 where rated once) and its mean."""
    raters = counts.sum(axis=1)
    own = (counts * (counts - 1)).sum(axis=1) / np.where(twice, raters * (raters - 1), 1)
    return own, float(own[twice].mean())


def _ac1(counts: np.ndarray, own: np.ndarray, p_a: float, labels: np.ndarray, **more: Any) -> Estimate:
    """Return Gwet's AC1."""
    raters, q = counts.sum(axis=1), counts.shape[1]
    twice, rated = raters >= 2, raters >= 1
    counts, own, twice, labels = counts[rated], own[rated], twice[rated], labels[rated]
    part = counts / raters[rated][:, None]
    pi = part.mean(axis=0)
    chance = float((pi * (1 - pi)).sum()) / (q - 1)
    value = (p_a - chance) / (1 - chance)
    scale = len(counts) / twice.sum()
    by_subject = scale * (own - chance * twice) / (1 - chance)
    by_chance = (part @ (1 - pi)) / (q - 1)
    pull = by_subject - 2 * (1 - value) * (by_chance - chance) / (1 - chance)
    return _linear(value, _error(pull - value, labels, len(counts)), method="Gwet AC1, clusters linearised", **more)


def _kappa(codes: np.ndarray, labels: np.ndarray, q: int, **more: Any) -> Estimate:
    """Return Cohen's kappa of two raters."""
    if codes.shape[1] != 2:
        return Estimate.missing("Cohen's kappa compares two raters", unit="agreement", **more)
    both = (codes >= 0).all(axis=1)
    first, second = codes[both].T
    one, two = (np.bincount(side, minlength=q) / both.sum() for side in (first, second))
    agree, chance = float((first == second).mean()), float(one @ two)
    if chance == 1:
        words = "both observers saw one and the same state throughout, so chance alone would make them agree"
        return Estimate.missing(words, status="degenerate", unit="agreement", **more)
    value = (agree - chance) / (1 - chance)
    pull = ((first == second) - agree - (1 - value) * (one[second] + two[first] - 2 * chance)) / (1 - chance)
    return _linear(
        value, _error(pull, labels[both], int(both.sum())), method="Cohen kappa, clusters linearised", **more
    )


def _error(residual: np.ndarray, labels: np.ndarray, subjects: int) -> float:
    """Return the standard error of a mean over subjects from its residuals, summed within clusters."""
    sums = np.bincount(pd.factorize(labels)[0], weights=residual)
    k = len(sums)
    return math.sqrt(k / (k - 1) * float((sums**2).sum())) / subjects if k > 1 else 0.0


def _linear(value: float, error: float, **more: Any) -> Estimate:
    """Return a coefficient of agreement with its t interval, cut at 1 and -1."""
    more = {"unit": "agreement", **more}
    k = int(more["n"])
    if k < MINIMUM_CLUSTERS:
        return Estimate.missing(too_few(k, more["n_unit"]), **more)
    if error == 0:
        return Estimate(value, reasons=("every pair says the same, so the uncertainty cannot be judged",), **more)
    step = float(stats.t.ppf(0.5 + more["confidence"] / 2, k - 1)) * error
    return Estimate(value, max(-1.0, value - step), min(1.0, value + step), **more)


def _bare(found: Estimate) -> str:
    if found.value is None:
        return "not known"
    return f"{found.value:.2f}" if found.low is None else f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"
