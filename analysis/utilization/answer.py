"""The lowest ceiling of one population set against today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from analysis.baseline import Baseline
from analysis.foundation.estimate import Estimate, Quantity, find
from analysis.foundation.settings import Client
from analysis.utilization.limits import Limits, Raw
from analysis.utilization.lowest import Ceiling, Lowest, lowest
from analysis.utilization.resample import Resample
from analysis.utilization.settings import UtilizationSettings

DEFINITIONS: dict[str, str] = {
    "allowance": "share of the base left after allowances for rest and delay that breaks and support do not already give",
    "queueing": "highest share of the base on contacts that keeps the promise, or on items that keeps due times",
    "policy": "highest occupancy that the client allows x (1 - support share)",
    "achievable": "lowest of the ceilings, as a share of the base",
    "internal_best": "true mean utilization of the quarter of reporting groups that look best",
    "reclaimable_h_per_week": "(achievable - today) x hours of the base a week; 0 where today is above",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is achievable, what is today, and what lies between."""

    today: Estimate
    achievable: Estimate
    reclaimable: Estimate
    binding: tuple[str, ...]
    missing: tuple[str, ...]
    days: int


def answer_of(
    baseline: Baseline,
    population: str,
    limits: Limits,
    *,
    days: Resample,
    client: Client,
    settings: UtilizationSettings,
) -> Answer:
    """Take the lowest ceiling and set it against today."""
    known = {name: raw.ceiling for name, raw in limits.ceilings.items() if raw.ceiling is not None}
    missing = tuple(
        name for name in limits.ceilings if name not in known and not (population == "back_office" and name == "policy")
    )
    today, today_draws = today_of(baseline, population, days, settings)
    least = lowest(known, confidence=settings.confidence)
    described = {
        "confidence": settings.confidence,
        "n": days.counts.shape[1],
        "n_unit": "days",
        "grade": "B",
        "basis": "modelled",
        "method": "lowest of the ceilings, half-median-unbiased",
    }
    weeks = ((client.period.end - client.period.start).days + 1) / 7
    base_h = days.base_h / weeks
    if population == "contact_centre" and "queueing" in missing:
        reason = f"the ceiling of the promise to callers is missing ({limits.ceilings['queueing'].reason}); the others alone are an upper limit"
        floor = min(today.value or 0.0, least.high)
        unknown = Estimate.missing(reason, low=floor, high=least.high, **described)
        room = Estimate.missing(
            reason, low=0.0, high=max(0.0, (least.high - floor) * base_h), **{**described, "unit": "hours_per_week"}
        )
        return Answer(today, unknown, room, least.binding, missing, described["n"])
    achievable = Estimate(least.value, least.low, least.high, **described)
    room = _room(
        least,
        known,
        today=today,
        today_draws=today_draws,
        base_h=base_h,
        described=described,
        confidence=settings.confidence,
    )
    return Answer(today, achievable, room, least.binding, missing, described["n"])


def today_of(
    baseline: Baseline, population: str, days: Resample, settings: UtilizationSettings
) -> tuple[Estimate, np.ndarray | None]:
    """Return today's share of work, and its draws.

    Notes
    -----
    Contact centre: utilization as measured. Back office: 1 - support - non-work where observation measured non-work, because logs miss
    work; else logs give the bound [utilization, utilization + unaccounted].
    """
    measured = find(baseline.quantities, "baseline.utilization", population=population)
    if population == "contact_centre":
        return measured, days.today_draws
    non_work = find(baseline.quantities, "baseline.non_work_share", population=population)
    if non_work.value is None:
        if non_work.low is None or non_work.high is None:
            return measured, None
        low, high = (1 - days.support_share - bound for bound in (non_work.high, non_work.low))
        words = "logs miss work that no system records; observation would tell"
        return Estimate.missing(words, low=max(0.0, low), high=min(1.0, high), confidence=settings.confidence), None
    draws = 1 - days.support_draws - _logit_draws(non_work, non_work.value, len(days.support_draws), settings.seed)
    tail = (1 - settings.confidence) / 2
    low, high = (float(np.clip(np.quantile(draws, p), 0, 1)) for p in (tail, 1 - tail))
    value = float(np.clip(1 - days.support_share - non_work.value, low, high))
    return Estimate(
        value,
        low,
        high,
        confidence=settings.confidence,
        n=non_work.n,
        n_unit=non_work.n_unit,
        grade=non_work.grade,
        method="1 - support - sampled non-work",
    ), draws


def _logit_draws(share: Estimate, value: float, draws: int, seed: int) -> np.ndarray:
    """Return draws of a share from its interval, normal on the logit scale."""
    if share.low is None or share.high is None or not 0 < share.low < share.high < 1:
        return np.full(draws, value)
    centre, low, high = (float(np.log(p / (1 - p))) for p in (value, share.low, share.high))
    spread = (high - low) / (2 * float(stats.norm.ppf(0.5 + share.confidence / 2)))
    score = centre + spread * np.random.default_rng([seed, 1]).standard_normal(draws)
    return 1 / (1 + np.exp(-score))


def _room(
    least: Lowest,
    known: Mapping[str, Ceiling],
    *,
    today: Estimate,
    today_draws: np.ndarray | None,
    base_h: float,
    described: Mapping[str, Any],
    confidence: float,
) -> Estimate:
    """Return the hours a week between today and what is achievable, never below zero."""
    more = {**described, "unit": "hours_per_week"}
    if today.value is None or today_draws is None:
        low, high = (max(0.0, least.value - bound) * base_h for bound in (today.high or 1.0, today.low or 0.0))
        words = "today's work is known only within a bound"
        return Estimate.missing(words, low=low, high=max(low, high), **more)
    gaps = {
        name: Ceiling(
            one.value - today.value, *(part - today_draws for part in (one.draws, one.low_draws, one.high_draws))
        )
        for name, one in known.items()
    }
    between = lowest(gaps, confidence=confidence)
    value, low, high = (max(0.0, part) * base_h for part in (least.value - today.value, between.low, between.high))
    return Estimate(value, min(low, value), max(high, value), **more)


def quantities_of(
    population: str, limits: Limits, answer: Answer, best: Estimate, settings: UtilizationSettings
) -> tuple[Quantity, ...]:
    """Return the estimates under their stable ids."""
    scope = {"population": population}
    found = [
        Quantity(f"utilization.ceiling_{name}", ceiling_estimate(raw, answer.days, settings), DEFINITIONS[name], scope)
        for name, raw in limits.ceilings.items()
    ]
    rest = (("achievable", answer.achievable), ("internal_best", best), ("reclaimable_h_per_week", answer.reclaimable))
    return (*found, *(Quantity(f"utilization.{name}", estimate, DEFINITIONS[name], scope) for name, estimate in rest))


def ceiling_estimate(raw: Raw, days: int, settings: UtilizationSettings) -> Estimate:
    """Return a ceiling as an estimate; the range of an assumed one is a scenario, not a confidence."""
    described = {
        "confidence": settings.confidence,
        "basis": raw.basis,
        "grade": "D" if raw.basis == "assumed" else "B",
        "n": days,
        "n_unit": "days",
    }
    if raw.ceiling is None:
        return Estimate.missing(raw.reason, **described)
    tail = (1 - settings.confidence) / 2
    low, high = float(np.quantile(raw.ceiling.low_draws, tail)), float(np.quantile(raw.ceiling.high_draws, 1 - tail))
    method = "scenario range" if raw.basis == "assumed" else "joint resamples of days"
    return Estimate(
        raw.ceiling.value, min(low, raw.ceiling.value), max(high, raw.ceiling.value), method=method, **described
    )
