"""Logs for everyone, observation of some: the regression estimator of a share of time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from analysis.foundation.clusters import MINIMUM_CLUSTERS, MINIMUM_EFFECTIVE_COUNT
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import DataProblem
from analysis.foundation.serial import long_run
from analysis.measure.triangulation.person_days import PersonDays, person_days_of

MINIMUM_PERSON_DAYS = 30
# "all person-days" means all: a study that missed more than this share of them was some other design.
LEAST_OBSERVED_OF_ALL = 0.8
LEAST_YOUDEN = 0.5
# A log that counts half of the unaccounted time as non-work is doubled where all of it was.
LARGEST_COEFFICIENT = 2.0
# Weekdays become strata from this many clusters a weekday on average; fewer leave too few degrees of freedom.
_DAYS_PER_WEEKDAY = 3
# A variance below this, in squared shares, is rounding.
_NOTHING = 1e-18


def two_phase(
    person_days: pd.DataFrame,
    *,
    observation_design: Literal["unknown", "random_person_days", "all_person_days"] = "unknown",
    coefficient: float | Literal["fitted"] = "fitted",
    sensitivity: float | None = None,
    n_sensitivity: float | None = None,
    specificity: float | None = None,
    n_specificity: float | None = None,
    generalise_to: Literal["these_people", "other_people"] = "these_people",
    confidence: float = 0.95,
) -> Estimate:
    """Estimate a share of base time from logs of all person-days and looks at a random part of them.

    Parameters
    ----------
    person_days
        One row per agent and local day: `agent`, `day` (local midnight), `base_us`, `x_us` (what the log says of non-work, any predictor),
        `looks` (0 or missing where nobody looked), `non_work` (looks that found it) or `y_share`; and, where the chances differed, `inclusion`
        (chance of being observed) or `stratum` (equal chances inside it).
    observation_design
        How the observed person-days were chosen; ``"unknown"`` gives no estimate.
    coefficient
        Weight of the log: 1 is the difference estimator, 0 the sample alone, ``"fitted"`` the best weight from 0 to 2.
    sensitivity, n_sensitivity, specificity, n_specificity
        Observers' error rates and the double looks behind each; all four or none.
    generalise_to
        ``"other_people"`` adds the variance between people (two-way clusters).
    confidence
        Level of the interval.

    Returns
    -------
    Estimate
        Grade B; `n` counts observed person-days. ``"insufficient"`` in words below 30 observed person-days or 6 days, for a design that
        is not known, for observers whose sensitivity + specificity - 1 is under .5, and for states too rare to trust.

    Raises
    ------
    DataProblem
        The frame lacks a column or holds impossible numbers.
    ValueError
        Some but not all of the observers' error rates are given.

    Notes
    -----
    With base b, log x and the observed share s of a person-day, weights w over the sample S and all person-days U:
    p = X_U / B_U * c + sum_S w (b s - c x) / sum_S w b. Looks within a person-day are the second stage. Every row's linearised influence
    holds both phases, so clusters of days carry the sampling of days, person-days and looks together (Cochran 1977, sections 11.9, 12.6);
    the sample's part is that of leaving the day out (jackknife), which is more careful with few observed days.
    Where neighbouring days resemble one another, that part of the variance which days share is raised as the log of everybody says
    (:func:`analysis.foundation.serial.long_run`).
    The fitted c is the slope that minimises this variance, cut to 0..2 and computed for every day without that day; the
    estimate stays unbiased whatever the bias of the log (Angelopoulos et al. 2023). Shares seen are corrected by (s + Sp - 1) / (Se + Sp - 1)
    before the log is subtracted (Rogan & Gladen 1978); the doubt about Se and Sp is added to the variance.

    References
    ----------
    Cochran, Sampling Techniques, 3rd ed. 1977, ch. 11 and 12. Angelopoulos, Bates, Fannjiang, Jordan & Zrnic, Prediction-powered inference,
    Science 382 (2023), 669-674. Angelopoulos, Duchi & Zrnic, PPI++, arXiv 2311.01453 (power tuning).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> rows = pd.DataFrame({"agent": np.tile(np.arange(20), 20), "day": np.repeat(pd.date_range("2026-03-02", periods=20), 20)})
    >>> true = rng.uniform(0.1, 0.5, 400)
    >>> rows = rows.assign(base_us=8 * 3_600_000_000, x_us=(0.7 * true * 8 * 3.6e9).astype("int64"))
    >>> rows = rows.assign(looks=np.where(rng.random(400) < 0.25, 6, 0))
    >>> rows["non_work"] = rng.binomial(rows["looks"], true)
    >>> two_phase(rows, observation_design="random_person_days")
    28 % (23 to 34)
    """
    table = person_days_of(person_days)
    errors = _errors(sensitivity, n_sensitivity, specificity, n_specificity)
    observed = int(table.observed.sum())
    described: dict[str, Any] = {
        "confidence": confidence,
        "n": observed,
        "n_unit": "observed person-days",
        "grade": "B",
        "method": "two-phase regression estimator, days left out in turn, logit t interval",
    }
    refusal = _refusal(table, observation_design, errors)
    if refusal:
        return Estimate.missing(refusal, **described)
    fit = _fitted(table, coefficient, errors, generalise_to == "other_people")
    described["method"] = (
        f"two-phase regression estimator (weight of the log {fit.coefficient:.2f}), days left out in turn, logit t interval"
    )
    return _interval(fit, described)


@dataclass(frozen=True, slots=True)
class Errors:
    """What observers' mistakes do to the share they see."""

    sensitivity: float = 1.0
    n_sensitivity: float = math.inf
    specificity: float = 1.0
    n_specificity: float = math.inf

    @property
    def youden(self) -> float:
        """Sensitivity + specificity - 1."""
        return self.sensitivity + self.specificity - 1

    def variances(self, share: float) -> tuple[float, float]:
        """Return what the doubt about sensitivity and about specificity adds to the variance of a corrected share.

        Proportions with one success and one failure added, as Lang & Reiczigel 2014 do, so that a perfect record is not certainty.
        """
        parts = []
        for rate, count, slope in (
            (self.sensitivity, self.n_sensitivity, share),
            (self.specificity, self.n_specificity, 1 - share),
        ):
            if math.isinf(count):
                parts.append(0.0)
                continue
            smooth = (count * rate + 1) / (count + 2)
            parts.append((slope / self.youden) ** 2 * smooth * (1 - smooth) / (count + 2))
        return parts[0], parts[1]


@dataclass(frozen=True, slots=True)
class Fit:
    """A share with its variance and degrees of freedom."""

    share: float
    variance: float
    freedom: float
    coefficient: float


def _errors(sensitivity: Any, n_sensitivity: Any, specificity: Any, n_specificity: Any) -> Errors:
    """Return the observers' errors; none when none are given."""
    given = (sensitivity, n_sensitivity, specificity, n_specificity)
    if all(number is None for number in given):
        return Errors()
    if any(number is None for number in given):
        raise ValueError("give sensitivity and specificity, each with its number of double looks, or none of the four")
    for name, rate, count in (
        ("sensitivity", sensitivity, n_sensitivity),
        ("specificity", specificity, n_specificity),
    ):
        if not 0 <= rate <= 1 or not count > 0:
            raise ValueError(f"{name} must lie between 0 and 1 and rest on at least one double look")
    return Errors(float(sensitivity), float(n_sensitivity), float(specificity), float(n_specificity))


def _refusal(table: PersonDays, design: str, errors: Errors) -> str:
    """Return why there can be no estimate; empty when there can."""
    observed = int(table.observed.sum())
    days = len(np.unique(table.day[table.observed]))
    if design not in ("random_person_days", "all_person_days"):
        if design != "unknown":
            raise DataProblem(
                f"observation_design is {design}; write unknown, random_person_days or all_person_days instead."
            )
        return "how the observed person-days were chosen is not known (observation_design); chosen by convenience they speak for themselves alone"
    if observed < MINIMUM_PERSON_DAYS:
        return f"only {observed} person-days are both logged and observed; at least {MINIMUM_PERSON_DAYS} are needed"
    if days < MINIMUM_CLUSTERS:
        return f"the observed person-days lie in only {days} days; at least {MINIMUM_CLUSTERS} are needed"
    if design == "all_person_days" and observed < LEAST_OBSERVED_OF_ALL * len(table.base):
        return f"all person-days are said to be observed, but {100 * observed / len(table.base):.0f} % of the logged ones hold a look"
    if errors.youden < LEAST_YOUDEN:
        return f"observers and double observers agree too little to correct (sensitivity + specificity - 1 is {errors.youden:.2f}, under 0.50)"
    return ""


def _fitted(table: PersonDays, coefficient: float | str, errors: Errors, other_people: bool) -> Fit:
    """Return the share, its variance from joint influences, and its degrees of freedom."""
    share = (table.seen + errors.specificity - 1) / errors.youden
    weighed = table.weight * table.base
    sample, whole = float(weighed.sum()), float(table.base.sum())
    alone = float((weighed * share).sum()) / sample
    logged, logged_alone = float(table.x.sum()) / whole, float((table.weight * table.x).sum()) / sample
    # a ratio without one day: its residuals grow by what the day weighed in the sample
    without = 1 / np.sqrt(1 - _by_day(table, weighed) / sample)[table.day]
    of_sample = weighed * (share - alone) / sample
    of_all = (table.x - logged * table.base) / whole
    of_seen = table.weight * (table.x - logged_alone * table.base) / sample
    strata = _strata(table)
    if coefficient == "fitted":
        weights = _coefficients(table, of_sample, of_all - of_seen)[table.day]
    else:
        weights = np.full(len(share), float(coefficient))
    # day by day, each with the weight that the other days gave
    adds = of_all - table.weight * (table.x - logged * table.base) / sample
    estimate = alone + float((weights * adds).sum())
    parts = Influences(without * (of_sample - weights * of_seen), weights * of_all, of_all)
    variance, freedom = _variance(table, parts, strata, other_people)
    doubt = errors.variances(min(max(alone, 0.0), 1.0))
    pieces = ((variance, freedom), (doubt[0], errors.n_sensitivity), (doubt[1], errors.n_specificity))
    return Fit(estimate, variance + sum(doubt), _satterthwaite(pieces), float(np.mean(weights)))


@dataclass(frozen=True, slots=True)
class Influences:
    """What every person-day does to the estimate through the sample and through the log of everybody, and to the log's share itself."""

    seen: np.ndarray
    logged: np.ndarray
    log: np.ndarray

    @property
    def all(self) -> np.ndarray:
        """What every person-day does to the estimate."""
        return self.seen + self.logged


def _satterthwaite(pieces: Sequence[tuple[float, float]]) -> float:
    """Return the degrees of freedom of a sum of variances, each with its own."""
    total = sum(part for part, _ in pieces)
    spread = sum(part**2 / freedom for part, freedom in pieces if part > 0)
    return total**2 / spread if spread > 0 else min(freedom for _, freedom in pieces)


def _by_day(table: PersonDays, values: np.ndarray) -> np.ndarray:
    return np.bincount(table.day, weights=values, minlength=table.days)


def _strata(table: PersonDays) -> np.ndarray:
    """Return the stratum of each day: its weekday where the period holds enough days of each, else one for all."""
    weekday = np.zeros(table.days, dtype=int)
    weekday[table.day] = table.weekday
    counts = np.bincount(weekday)
    present = counts[counts > 0]
    if len(present) > 1 and present.min() >= 2 and table.days >= _DAYS_PER_WEEKDAY * len(present):
        return np.unique(weekday, return_inverse=True)[1]
    return np.zeros(table.days, dtype=int)


def _centred(values: np.ndarray, strata: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return values less their stratum's mean, and k / (k - 1) of the stratum of each."""
    counts = np.bincount(strata)[strata]
    return values - (np.bincount(strata, weights=values) / np.bincount(strata))[strata], counts / np.maximum(
        counts - 1, 1
    )


def _coefficients(table: PersonDays, of_sample: np.ndarray, of_log: np.ndarray) -> np.ndarray:
    """Return for every day the weight of the log that fits the person-days of all other days best, within its limits."""
    cross, square = (_by_day(table, of_log * part) for part in (of_sample, of_log))
    cross, square = cross.sum() - cross, square.sum() - square
    slope = np.divide(-cross, square, out=np.zeros_like(cross), where=square > _NOTHING)
    return np.clip(slope, 0.0, LARGEST_COEFFICIENT)


def _linearised(values: np.ndarray, strata: np.ndarray) -> float:
    """Return the variance of the sum of values that do not resemble their neighbours."""
    centred, factor = _centred(values, strata)
    return float((factor * centred**2).sum())


def _variance(table: PersonDays, parts: Influences, strata: np.ndarray, other_people: bool) -> tuple[float, float]:
    """Return the variance of a sum of influences clustered by day, with degrees of freedom; two-way with people.

    Of the variance between days, the part that the sampling within days does not make is what days share. How much neighbouring
    days' resemblance adds to it is read from the log of everybody, which sampling does not blur.
    """
    variance = _linearised(_by_day(table, parts.all), strata)
    of_log = _linearised(_by_day(table, parts.logged), strata)
    shared = min(max(of_log, variance - float((parts.seen**2).sum())), variance)
    log = _by_day(table, parts.log)
    serial, plain = long_run(log, strata), _linearised(log, strata)
    more = max(0.0, serial.error**2 / plain - 1) if plain > _NOTHING else 0.0
    # days without a look carry the log alone: they are no evidence of how far the sample scatters
    observed_days = len(np.unique(table.day[table.observed]))
    freedom = float(min(table.days - len(np.unique(strata)), observed_days - 1))
    pieces = ((variance - shared, freedom), (shared * (1 + more), float(serial.freedom)))
    total = variance + shared * more
    freedom = min(freedom, _satterthwaite(pieces))
    if not other_people:
        return total, freedom
    people = np.bincount(table.agent, weights=parts.all)
    both = len(people) / max(len(people) - 1, 1) * float((people**2).sum()) - float((parts.all**2).sum())
    seen = len(np.unique(table.agent[table.observed]))
    return total + max(0.0, both), min(freedom, float(seen - 1))


def _interval(fit: Fit, described: dict[str, Any]) -> Estimate:
    """Return the estimate with a t interval on the logit scale, or why it cannot be trusted."""
    p, error = fit.share, math.sqrt(fit.variance)
    if not 0 < p < 1:
        words = (
            "logs and looks together give a share outside 0 to 1: the state is too rare (or too common) for this sample"
        )
        return Estimate.missing(words, **described)
    if error == 0:
        return Estimate.missing(
            "no day differs from another, so the uncertainty cannot be judged", status="degenerate", **described
        )
    effective = p * (1 - p) / error**2
    if effective * min(p, 1 - p) < MINIMUM_EFFECTIVE_COUNT:
        words = f"the {described['n']} observed person-days hold too few independent occurrences of so rare a state for an interval that can be trusted"
        return Estimate.missing(words, **described)
    step = float(stats.t.ppf(0.5 + described["confidence"] / 2, max(fit.freedom, 1.0))) * error / (p * (1 - p))
    centre = math.log(p / (1 - p))
    low, high = (1 / (1 + math.exp(-(centre + sign * step))) for sign in (-1, 1))
    return Estimate(p, low, high, **described)
