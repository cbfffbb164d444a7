"""The second question: what utilization is achievable, what limits it, and how far today is from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.baseline import Baseline
from analysis.baseline.frames import estimate_columns
from analysis.foundation.estimate import Estimate, Quantity, find
from analysis.foundation.schema import Finding
from analysis.foundation.settings import Client, Queue
from analysis.utilization.answer import Answer, answer_of, ceiling_estimate, quantities_of
from analysis.utilization.frames import COLUMNS, frame_of
from analysis.utilization.internal_best import internal_best
from analysis.utilization.limits import Limits, Raw, limits_of
from analysis.utilization.resample import resample
from analysis.utilization.result import Utilization
from analysis.utilization.settings import Allowance, UtilizationSettings
from analysis.utilization.words import achievable_sentence

_ESTIMATE = ("value", "low", "high")


def estimate_utilization(
    tables: Mapping[str, pd.DataFrame],
    baseline: Baseline,
    *,
    client: Client,
    queues: Sequence[Queue] = (),
    allowances: Sequence[Allowance] = (),
    settings: UtilizationSettings | None = None,
) -> Utilization:
    """Estimate what share of paid time can be work, by population: the lowest of three ceilings, beside today.

    Parameters
    ----------
    tables
        Canonical tables; volumes and contacts give the load, items their due times.
    baseline
        The result of :func:`analysis.measure_baseline` on the same tables.
    client
        Zone, period and holidays.
    queues
        Queues with their promises and caps.
    allowances
        What people need beyond the usual allowances.
    settings
        Allowances and the like; the defaults if not given.

    Returns
    -------
    Utilization

    Notes
    -----
    Allowance: what breaks and support do not already give of rest and delay; a scenario range, not a confidence. Queueing: in the contact
    centre the highest occupancy that keeps the promise half hour by half hour under the load's spread, in the back office mean work over
    the capacity that due times need. Policy: the client's cap. Ceilings of workable time are multiplied by 1 - support share. All hang on
    the same resampled days; the minimum is half-median-unbiased.

    References
    ----------
    International Labour Office, Introduction to Work Study, 4th ed. 1992. Chernozhukov, Lee & Rosen, Econometrica 81 (2013), 667-737.
    docs/method/utilization.md.
    """
    chosen = settings or UtilizationSettings()
    parts = [
        _part(tables, baseline, str(population), client=client, queues=queues, settings=chosen)
        for population in baseline.shares["population"].unique()
    ]
    gathered = {name: frame_of(name, [part.frames[name] for part in parts if name in part.frames]) for name in COLUMNS}
    return Utilization(
        quantities=tuple(quantity for part in parts for quantity in part.quantities),
        findings=tuple(finding for part in parts for finding in part.findings),
        settings=chosen,
        sentences={part.population: part.sentence for part in parts},
        **gathered,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """Achievable utilization of one population."""

    population: str
    quantities: tuple[Quantity, ...]
    findings: tuple[Finding, ...]
    sentence: str
    frames: dict[str, pd.DataFrame]


def _part(
    tables: Mapping[str, pd.DataFrame],
    baseline: Baseline,
    population: str,
    *,
    client: Client,
    queues: Sequence[Queue],
    settings: UtilizationSettings,
) -> _Part:
    """Estimate one population."""
    rows = baseline.days[baseline.days["population"].eq(population)]
    days = resample(rows, draws=settings.draws, seed=settings.seed) if len(rows) else None
    measured = find(baseline.quantities, "baseline.utilization", population=population)
    if days is None or measured.value is None:
        limits, answer = _unknown(measured, settings)
    else:
        limits = limits_of(tables, baseline, population, days=days, client=client, queues=queues, settings=settings)
        answer = answer_of(baseline, population, limits, days=days, client=client, settings=settings)
    best, _rows = internal_best(baseline, population, achievable=answer.achievable, settings=settings)
    sentence = achievable_sentence(
        population,
        answer.today,
        answer.achievable,
        answer.reclaimable,
        binding=answer.binding,
        reference=settings.reference_share,
        missing=answer.missing,
    )
    return _Part(
        population,
        quantities_of(population, limits, answer, best, settings),
        limits.findings,
        sentence,
        {
            "ceilings": pd.DataFrame(
                [_ceiling_row(population, name, raw, answer.days, settings) for name, raw in limits.ceilings.items()]
            ),
            "achievable": pd.DataFrame([_achievable_row(population, answer, sentence)]),
            "slots": limits.slots,
        },
    )


def _unknown(measured: Estimate, settings: UtilizationSettings) -> tuple[Limits, Answer]:
    """Return no figures, with the baseline's reason."""
    reasons = measured.reasons or ("too few days were observed to estimate anything from",)
    status = measured.status if measured.status != "ok" else "insufficient"
    missing = Estimate.missing(*reasons, status=status, confidence=settings.confidence)
    raw = Raw(None, None, "", None, "modelled", "; ".join(reasons), f"No figure: {'; '.join(reasons)}.")
    hours = Estimate.missing(*reasons, status=status, confidence=settings.confidence, unit="hours_per_week")
    limits = Limits(dict.fromkeys(("allowance", "queueing", "policy"), raw), pd.DataFrame(), ())
    return limits, Answer(measured, missing, hours, (), tuple(limits.ceilings), 0)


def _ceiling_row(population: str, name: str, raw: Raw, days: int, settings: UtilizationSettings) -> dict[str, object]:
    """Return a ceiling as a row."""
    numbers = {
        key: np.nan if number is None else number
        for key, number in (("raw", raw.raw), ("of_workable", raw.of_workable))
    }
    return {
        "population": population,
        "ceiling": name,
        "raw_of": raw.raw_of,
        **numbers,
        **estimate_columns(ceiling_estimate(raw, days, settings)),
        "basis": raw.basis,
        "sentence": raw.sentence,
    }


def _achievable_row(population: str, answer: Answer, sentence: str) -> dict[str, object]:
    """Return what is achievable beside today as a row."""
    today = {
        f"today_{key}".removesuffix("_value"): number
        for key, number in estimate_columns(answer.today).items()
        if key in _ESTIMATE
    }
    return {
        "population": population,
        **today,
        **estimate_columns(answer.achievable),
        "binding": " or ".join(answer.binding),
        "sentence": sentence,
    }
