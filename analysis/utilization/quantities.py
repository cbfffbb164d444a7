"""The figures of achievable utilization under their stable ids."""

from __future__ import annotations

import numpy as np

from analysis.foundation.estimate import Estimate, Quantity
from analysis.utilization.answer import Answer
from analysis.utilization.limits import Limits, Raw
from analysis.utilization.lowest import lowest
from analysis.utilization.settings import UtilizationSettings

DEFINITIONS: dict[str, str] = {
    "ceiling_allowance": "share of the base left after allowances for rest and delay that breaks and support do not already give",
    "ceiling_queueing": "highest share of the base on contacts that keeps the promise, or on items that keeps due times",
    "ceiling_queueing_blended": "highest share of the base on contacts, and on items between them, that keeps the promise",
    "ceiling_policy": "highest occupancy that the client allows x (1 - support share)",
    "achievable": "lowest of the ceilings, as a share of the base",
    "achievable_blended": "lowest of the ceilings with items between contacts, as a share of the base",
    "internal_best": "true mean utilization of the quarter that looks best, of people or of reporting groups",
    "reclaimable_h_per_week": "(achievable - today) x hours of the base a week; without a value where it is not sure to be more than the stated minimum",
}


def quantities_of(
    population: str,
    limits: Limits,
    answer: Answer,
    *,
    best: Estimate,
    blended: Estimate | None,
    settings: UtilizationSettings,
) -> tuple[Quantity, ...]:
    """Return the estimates of one population under their stable ids."""
    raws = dict(limits.ceilings)
    if limits.blended is not None:
        raws["queueing_blended"] = limits.blended
    found = {f"ceiling_{name}": ceiling_estimate(raw, answer.days, settings) for name, raw in raws.items()}
    found |= {"achievable": answer.achievable, "internal_best": best, "reclaimable_h_per_week": answer.reclaimable}
    if blended is not None:
        found["achievable_blended"] = blended
    scope = {"population": population}
    return tuple(
        Quantity(f"utilization.{name}", estimate, DEFINITIONS[name], scope) for name, estimate in found.items()
    )


def blended_of(limits: Limits, answer: Answer, settings: UtilizationSettings) -> Estimate | None:
    """Return what is achievable with other work between contacts: the lowest of allowance, the promise with it, and policy; None in the back office."""
    if limits.blended is None:
        return None
    described = {
        "confidence": settings.confidence,
        "n": answer.days,
        "n_unit": "days",
        "grade": "B",
        "basis": "modelled",
        "method": "lowest of the ceilings with items between contacts, bias of the minimum taken out",
    }
    if limits.blended.ceiling is None:
        return Estimate.missing(limits.blended.reason, **described)
    raws = {**limits.ceilings, "queueing": limits.blended}
    least = lowest(
        {name: raw.ceiling for name, raw in raws.items() if raw.ceiling is not None}, confidence=settings.confidence
    )
    return Estimate(least.value, least.low, least.high, **described)


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
