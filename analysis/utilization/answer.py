"""The lowest ceiling set against today, for a population as for a site or a group of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.foundation.estimate import Estimate
from analysis.utilization.limits import Limits
from analysis.utilization.lowest import Ceiling, Lowest, lowest
from analysis.utilization.settings import UtilizationSettings
from analysis.utilization.today import Today
from analysis.utilization.words import nothing_found


@dataclass(frozen=True, slots=True)
class Answer:
    """What is achievable, what is today, and what lies between.

    Attributes
    ----------
    today, achievable
        Shares of the base.
    reclaimable
        Hours a week between them; without a value where no room is found.
    found
        Whether room is found.
    binding
        Ceilings that may be the lowest.
    missing
        Ceilings that could not be estimated.
    base_h_per_week
        Hours of the base a week.
    days
        Days behind it.
    """

    today: Estimate
    achievable: Estimate
    reclaimable: Estimate
    found: bool
    binding: tuple[str, ...]
    missing: tuple[str, ...]
    base_h_per_week: float
    days: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What the answers of a population have in common.

    Attributes
    ----------
    missing
        Ceilings that could not be estimated.
    only_above
        Why the lowest of the known ceilings is an upper limit and no more; empty where it is what can be achieved.
    days
        Days behind the draws.
    settings
        Confidence, and the smallest distance that is called reclaimable.
    """

    missing: tuple[str, ...]
    only_above: str
    days: int
    settings: UtilizationSettings

    def described(self, unit: str = "share") -> dict[str, Any]:
        """Return what every estimate of the lowest ceiling says of itself."""
        return {
            "confidence": self.settings.confidence,
            "n": self.days,
            "n_unit": "days",
            "grade": "B",
            "basis": "modelled",
            "method": "lowest of the ceilings, bias of the minimum taken out",
            "unit": unit,
        }


def asked_of(population: str, limits: Limits, *, days: int, settings: UtilizationSettings) -> Asked:
    """Return what the answers of a population have in common; a policy that nobody stated limits nothing."""
    reasons = {name: raw.reason for name, raw in limits.ceilings.items() if raw.ceiling is None and name != "policy"}
    above = ""
    if population == "contact_centre" and "queueing" in reasons:
        above = f"the ceiling of the promise to callers is missing ({reasons['queueing']}); the others alone are an upper limit"
    return Asked(tuple(reasons), above, days, settings)


def known_ceilings(limits: Limits) -> dict[str, Ceiling]:
    """Return the ceilings with a figure."""
    return {name: raw.ceiling for name, raw in limits.ceilings.items() if raw.ceiling is not None}


def answer_of(
    ceilings: Mapping[str, Ceiling], today: Today, asked: Asked, *, base_h_per_week: float, looks: int = 1
) -> Answer:
    """Take the lowest ceiling and set it against today.

    Parameters
    ----------
    ceilings
        Ceilings with a figure, as shares of the base.
    today
        Today's share of work.
    asked
        What the answers of the population have in common.
    base_h_per_week
        Hours of the base a week.
    looks
        How many distances are looked at together: their intervals hold all of them at the level of confidence (Bonferroni).

    Notes
    -----
    Room is found where the joint interval of (achievable - today) lies above ``minimum_reclaimable_share``. The draws of both hang on the same days, so
    what they share falls out of the difference.
    """
    least = lowest(ceilings, confidence=asked.settings.confidence)
    if asked.only_above:
        floor = min(today.estimate.value or 0.0, least.high)
        achievable = Estimate.missing(asked.only_above, low=floor, high=least.high, **asked.described())
        most = max(0.0, least.high - floor) * base_h_per_week
        room = Estimate.missing(asked.only_above, low=0.0, high=most, **asked.described("hours_per_week"))
    else:
        achievable = Estimate(least.value, least.low, least.high, **asked.described())
        room = _room(ceilings, least, today, asked, base_h_per_week=base_h_per_week, looks=looks)
    found = room.value is not None
    return Answer(today.estimate, achievable, room, found, least.binding, asked.missing, base_h_per_week, asked.days)


def _room(
    ceilings: Mapping[str, Ceiling], least: Lowest, today: Today, asked: Asked, *, base_h_per_week: float, looks: int
) -> Estimate:
    """Return the hours a week between today and what is achievable; without a value where it is not sure that there are any."""
    described, minimum = asked.described("hours_per_week"), asked.settings.minimum_reclaimable_share
    described["confidence"] = 1 - (1 - asked.settings.confidence) / looks
    value = today.estimate.value
    if value is None or today.draws is None:
        least_today, most_today = today.estimate.low or 0.0, 1.0 if today.estimate.high is None else today.estimate.high
        low, high = (max(0.0, part) * base_h_per_week for part in (least.low - most_today, least.high - least_today))
        words = f"today's work is known only within a bound: {'; '.join(today.estimate.reasons)}"
        return Estimate.missing(words.removesuffix(": "), low=low, high=max(low, high), **described)
    gaps = {name: Ceiling(one.value - value, *_apart(one, today.draws)) for name, one in ceilings.items()}
    between = lowest(gaps, confidence=described["confidence"])
    if between.low <= minimum:
        most = max(0.0, between.high) * base_h_per_week
        return Estimate.missing(nothing_found(minimum), low=0.0, high=most, **described)
    hours = float(np.clip(least.value - value, between.low, between.high)) * base_h_per_week
    return Estimate(hours, between.low * base_h_per_week, between.high * base_h_per_week, **described)


def _apart(ceiling: Ceiling, today: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a ceiling's draws less today's; one array where there is no scenario."""
    draws = ceiling.draws - today
    low, high = (draws if ends is ceiling.draws else ends - today for ends in (ceiling.low_draws, ceiling.high_draws))
    return draws, low, high


def unknown_answer(measured: Estimate, limits: Limits, *, settings: UtilizationSettings) -> Answer:
    """Return no answer, with the baseline's reason."""
    reasons = measured.reasons or ("too few days were observed to estimate anything from",)
    status = measured.status if measured.status != "ok" else "insufficient"
    missing, hours = (
        Estimate.missing(*reasons, status=status, confidence=settings.confidence, unit=unit)
        for unit in ("share", "hours_per_week")
    )
    return Answer(measured, missing, hours, False, (), tuple(limits.ceilings), 0.0, 0)
