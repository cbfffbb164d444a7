"""The law of gaps that something else than a contact may cut off: survival, shares of time, and how far they would move on other days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.foundation.clusters import Judged, Spread, answerable, joined_strata, scaled_or_refused
from analysis.foundation.estimate import Estimate
from analysis.foundation.serial import long_run

# Ages are counted by the second up to here; beyond, and where too few gaps are left, the law goes on at its last rate.
_LONGEST_S = 7200
_FEWEST_LEFT = 10
# Largest share of the idle time that may lie beyond what was seen.
MOST_UNSEEN = 0.05
MEASURES = ("survival", "share_of_time", "usable_share")


@dataclass(frozen=True, slots=True)
class Counts:
    """Gaps by day, kind of half hour and age.

    Attributes
    ----------
    at_risk, ended
        Gaps that reach each second of age, and those that a contact ends in it: day x kind x second.
    begun
        Gaps that begin: day x kind.
    """

    at_risk: np.ndarray
    ended: np.ndarray
    begun: np.ndarray

    @classmethod
    def of(
        cls,
        ages: tuple[np.ndarray, np.ndarray],
        ended: np.ndarray,
        first: np.ndarray,
        *,
        day: np.ndarray,
        kind: np.ndarray,
    ) -> Counts:
        """Count stretches of idle time, given by their ages [s], per day and kind (whole numbers from 0)."""
        days, kinds = int(day.max()) + 1, int(kind.max()) + 1
        enters = np.ceil(ages[0]).astype(np.int64)
        leaves = np.maximum(np.ceil(ages[1]).astype(np.int64) - 1, enters)
        longest = int(min(leaves.max(), _LONGEST_S - 1)) + 1
        shape = (days, kinds, longest + 1)
        size = int(np.prod(shape))
        row = (day * kinds + kind) * (longest + 1)

        def counted(places: np.ndarray, kept: np.ndarray) -> np.ndarray:
            return np.bincount(row[kept] + places[kept], minlength=size).reshape(shape).astype(float)

        inside = enters < longest
        come = counted(enters, inside)
        go = counted(np.minimum(leaves + 1, longest), inside)
        died = counted(np.minimum(leaves, longest), ended & (leaves < longest))
        begun = np.bincount(day[first] * kinds + kind[first], minlength=days * kinds).reshape(days, kinds)
        return cls(np.cumsum(come - go, axis=2)[..., :longest], died[..., :longest], begun.astype(float))


def laws(counts: Counts, lengths_s: np.ndarray, *, without_a_day: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return survival, share of time and usable share at the lengths, and the share of the idle time beyond what was seen.

    Parameters
    ----------
    counts
        Gaps by day, kind and age.
    lengths_s
        Lengths [s], whole seconds.
    without_a_day
        Whether to leave out each day in turn.

    Returns
    -------
    tuple
        Array (..., measure, length) and array (...); with `without_a_day` the leading axis is the day left out.

    Notes
    -----
    Per kind S(t) = product over seconds of 1 - ended / at risk (Kaplan & Meier), with delayed entry. Where fewer than 10 gaps are left the law goes on
    at the rate of the half before. Kinds are averaged by the gaps that begin in them.
    """
    at_risk, ended, begun = (part.sum(axis=0) for part in (counts.at_risk, counts.ended, counts.begun))
    # where the law is taken over by its last rate is fixed by all days together
    last = np.array([_last_seen(row) for row in at_risk])
    if without_a_day:
        at_risk, ended, begun = at_risk - counts.at_risk, ended - counts.ended, begun - counts.begun
    hazard = ended / np.maximum(at_risk, 1.0)
    seconds = np.arange(hazard.shape[-1])
    hazard = np.where(seconds < last[:, None], np.minimum(hazard, 1.0), 0.0)
    with np.errstate(divide="ignore"):
        logs = np.cumsum(np.log1p(-hazard), axis=-1)
    survival = np.concatenate([np.ones((*hazard.shape[:-1], 1)), np.exp(logs)], axis=-1)
    tail = (seconds >= last[:, None] / 2) & (seconds < last[:, None])
    rate = (ended * tail).sum(axis=-1) / np.maximum((at_risk * tail).sum(axis=-1), 1.0)
    overall = ended.sum(axis=-1) / np.maximum(at_risk.sum(axis=-1), 1.0)
    rate = np.where(rate > 0, rate, np.maximum(overall, 1e-9))
    values, beyond = _measures(survival, last, rate, lengths_s)
    weights = begun / begun.sum(axis=-1, keepdims=True)
    survived, left, mean = (np.einsum("...k,...kl->...l", weights, part) for part in values)
    found = np.stack([survived, (lengths_s * survived + left) / mean, left / mean], axis=-2)
    return found, (weights * beyond).sum(axis=-1) / mean[..., 0]


def _last_seen(at_risk: np.ndarray) -> int:
    """Return the age up to which enough gaps are left to see contacts end them."""
    enough = np.flatnonzero(at_risk >= min(_FEWEST_LEFT, at_risk[0]))
    return int(enough[-1]) + 1 if len(enough) else 1


def _measures(
    survival: np.ndarray, last: np.ndarray, rate: np.ndarray, lengths_s: np.ndarray
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    """Return per kind and length S, the mean time beyond the length and the mean; and per kind the mean time beyond what was seen."""
    kinds = survival.shape[-2]
    survived, left = (np.empty((*survival.shape[:-1], len(lengths_s))) for _ in range(2))
    mean, beyond = np.empty((*survival.shape[:-1], 1)), np.empty(survival.shape[:-1])
    for k in range(kinds):
        seen = survival[..., k, : last[k] + 1]
        end = seen[..., -1]
        steps = 0.5 * (seen[..., 1:] + seen[..., :-1])
        area = np.concatenate([np.cumsum(steps[..., ::-1], axis=-1)[..., ::-1], np.zeros((*end.shape, 1))], axis=-1)
        beyond[..., k] = end / rate[..., k]
        inside = lengths_s <= last[k]
        at = np.where(inside, lengths_s, last[k])
        fade = np.exp(-rate[..., k, None] * np.maximum(lengths_s - last[k], 0))
        survived[..., k, :] = seen[..., at] * fade
        left[..., k, :] = area[..., at] + beyond[..., k, None] * fade
        mean[..., k, 0] = area[..., 0] + beyond[..., k]
    return (survived, left, mean), beyond


def estimates(
    counts: Counts, lengths_s: np.ndarray, *, labels: np.ndarray, confidence: float
) -> dict[str, tuple[Estimate, ...]]:
    """Return the estimates of each measure at the lengths, days as clusters.

    Parameters
    ----------
    counts
        Gaps by day, kind and age; days in the order of time.
    lengths_s
        Lengths [s], whole seconds.
    labels
        Weekday of every day.
    confidence
        Level of the intervals.

    Notes
    -----
    Leaving out each day gives its influence, (days - 1) x (law of all - law without it); the influences of days that follow one another are judged by
    low-frequency cosines (:func:`analysis.foundation.serial.long_run`), the interval is Student's t on the logit scale. Agents share the day, so
    person-days are not independent and would make the interval too short.
    """
    values, unseen = laws(counts, lengths_s, without_a_day=False)
    dropped, _ = laws(counts, lengths_s, without_a_day=True)
    days = len(dropped)
    influence = (days - 1) * (values - dropped)
    strata = joined_strata(np.unique(labels, return_inverse=True)[1])
    described = {
        "confidence": confidence,
        "n": days,
        "n_unit": "days",
        "method": "Kaplan-Meier by kind of half hour, days left out in turn",
    }
    found: dict[str, tuple[Estimate, ...]] = {}
    for place, measure in enumerate(MEASURES):
        if measure != "survival" and float(unseen) > MOST_UNSEEN:
            words = f"{100 * float(unseen):.0f} % of the idle time would lie in gaps longer than any that was seen to its end"
            found[measure] = tuple(Estimate.missing(words, status="insufficient", **described) for _ in lengths_s)
            continue
        found[measure] = tuple(
            _judged(float(values[place, at]), influence[:, place, at], strata, described)
            for at in range(len(lengths_s))
        )
    return found


def _judged(value: float, influence: np.ndarray, strata: np.ndarray, described: dict[str, object]) -> Estimate:
    """Return one share with its interval, or the words why it has none."""
    share = answerable(value, 1.0, described)
    if isinstance(share, Estimate):
        return share
    judged = long_run(influence, strata)
    days = len(influence)
    found = scaled_or_refused(share, Spread(judged.error / days, judged.freedom, judged.steady / days), described)
    return found.estimate() if isinstance(found, Judged) else found
