"""The second question: what utilization is achievable, what limits it, how far today is from it, and in which steps it can be reached."""

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
from analysis.utilization.answer import Answer, answer_of, asked_of, known_ceilings, unknown_answer
from analysis.utilization.draws import draws_of
from analysis.utilization.frames import COLUMNS, frame_of
from analysis.utilization.guards import guards_of
from analysis.utilization.internal_best import internal_best
from analysis.utilization.levels import Levels, levels_of
from analysis.utilization.limits import Limits, Raw, limits_of
from analysis.utilization.quantities import blended_of, ceiling_estimate, quantities_of
from analysis.utilization.quoted import quoted_of
from analysis.utilization.ramp import ramp_of
from analysis.utilization.resample import Resample, joint_resamples
from analysis.utilization.result import Utilization
from analysis.utilization.settings import Allowance, UtilizationSettings
from analysis.utilization.today import today_of
from analysis.utilization.words import achievable_sentence


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
    asked = _Question(tables, baseline, client, tuple(queues), tuple(allowances), chosen)
    populations = [str(name) for name in baseline.shares["population"].unique()]
    days = joint_resamples(
        {name: baseline.days[baseline.days["population"].eq(name)] for name in populations},
        draws=chosen.draws,
        seed=chosen.seed,
    )
    parts = [_part(asked, name, days[name]) for name in populations]
    frames = {name: frame_of(name, [part.frames[name] for part in parts if name in part.frames]) for name in COLUMNS}
    return Utilization(
        quantities=tuple(quantity for part in parts for quantity in part.quantities),
        findings=tuple(finding for part in parts for finding in part.findings),
        settings=chosen,
        sentences={part.population: part.sentence for part in parts},
        **frames,
    )


@dataclass(frozen=True, slots=True)
class _Question:
    """What was asked, of all populations."""

    tables: Mapping[str, pd.DataFrame]
    baseline: Baseline
    client: Client
    queues: tuple[Queue, ...]
    allowances: tuple[Allowance, ...]
    settings: UtilizationSettings

    @property
    def weeks(self) -> float:
        """Weeks of the period."""
        period = self.client.period
        return ((period.end - period.start).days + 1) / 7


@dataclass(frozen=True, slots=True)
class _Part:
    """Achievable utilization of one population; `frames` by the names of :class:`analysis.utilization.Utilization`."""

    population: str
    quantities: tuple[Quantity, ...]
    findings: tuple[Finding, ...]
    sentence: str
    frames: dict[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known about one population."""

    limits: Limits
    answer: Answer
    levels: Levels
    draws: pd.DataFrame


def _part(asked: _Question, population: str, days: Resample | None) -> _Part:
    """Estimate one population."""
    settings = asked.settings
    measured = find(asked.baseline.quantities, "baseline.utilization", population=population)
    unknown = days is None or measured.status == "suppressed" or measured.value is None
    found = _unknown(population, measured, settings) if unknown or days is None else _known(asked, population, days)
    limits, answer = found.limits, found.answer
    blended = blended_of(limits, answer, settings)
    best, compared = internal_best(asked.baseline, population, achievable=answer.achievable, settings=settings)
    beyond = bool(compared["beyond"].any())
    sentence = achievable_sentence(population, answer, blended=blended, beyond=beyond, settings=settings)
    frames = {
        "ceilings": _ceilings(population, limits, answer, settings),
        "allowances": limits.allowances,
        "achievable": _achievable(population, answer, blended, sentence, settings),
        "levels": found.levels.rows,
        "quoted": quoted_of(asked.baseline, population, answer, settings),
        "best": compared,
        "draws": found.draws,
        "slots": limits.slots,
    }
    if answer.found:
        frames["ramp"], frames["checkpoints"] = _ramp(asked, population, answer, found.levels)
    quantities = quantities_of(population, limits, answer, best=best, blended=blended, settings=settings)
    return _Part(population, (*quantities, *found.levels.quantities), limits.findings, sentence, frames)


def _known(asked: _Question, population: str, days: Resample) -> _Found:
    """Estimate a population whose time is measured."""
    settings, baseline = asked.settings, asked.baseline
    more = {"settings": settings, "allowances": asked.allowances}
    limits = limits_of(asked.tables, baseline, population, days=days, client=asked.client, queues=asked.queues, **more)
    common = asked_of(population, limits, days=days.counts.shape[1], settings=settings)
    today, ceilings = today_of(baseline, population, days, settings), known_ceilings(limits)
    answer = answer_of(ceilings, today, common, base_h_per_week=days.base_h / asked.weeks)
    levels = levels_of(baseline, population, limits, days, common, weeks=asked.weeks, allowances=asked.allowances)
    draws = draws_of(baseline, population, ceilings, answer, today, days=days, settings=settings)
    return _Found(limits, answer, levels, draws)


def _unknown(population: str, measured: Estimate, settings: UtilizationSettings) -> _Found:
    """Return no figures, with the baseline's reason."""
    reasons = "; ".join(measured.reasons) or "too few days were observed to estimate anything from"
    raw = Raw(None, None, "", None, "modelled", reasons, f"No figure: {reasons}.")
    ceilings = dict.fromkeys(("allowance", "queueing", "policy"), raw)
    limits = Limits(ceilings, pd.DataFrame(), (), raw if population == "contact_centre" else None)
    answer = unknown_answer(measured, limits, settings=settings)
    return _Found(limits, answer, Levels(pd.DataFrame(), ()), pd.DataFrame())


def _ramp(asked: _Question, population: str, answer: Answer, levels: Levels) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the way from today to what is achievable, with what must hold on it."""
    baseline = asked.baseline
    return ramp_of(
        population,
        today=answer.today,
        achievable=answer.achievable,
        base_h_per_week=answer.base_h_per_week,
        levels=frame_of("levels", [levels.rows]),
        settings=asked.settings,
        found=answer.found,
        guards=guards_of(baseline, population, queues=asked.queues, cap=asked.settings.item_occupancy_cap),
        smallest_group=baseline.settings.minimum_group_agents,
    )


def _ceilings(population: str, limits: Limits, answer: Answer, settings: UtilizationSettings) -> pd.DataFrame:
    """Return the ceilings as rows; the one with other work between contacts stands apart."""
    raws = dict(limits.ceilings)
    if limits.blended is not None:
        raws["queueing_blended"] = limits.blended
    return pd.DataFrame(
        [
            {
                "population": population,
                "ceiling": name,
                "apart": raw is limits.blended,
                "raw": np.nan if raw.raw is None else raw.raw,
                "raw_of": raw.raw_of,
                "of_workable": np.nan if raw.of_workable is None else raw.of_workable,
                **estimate_columns(ceiling_estimate(raw, answer.days, settings)),
                "basis": raw.basis,
                "sentence": raw.sentence,
            }
            for name, raw in raws.items()
        ]
    )


def _achievable(
    population: str, answer: Answer, blended: Estimate | None, sentence: str, settings: UtilizationSettings
) -> pd.DataFrame:
    """Return what is achievable beside today as a row."""
    today = estimate_columns(answer.today)
    mixed = {} if blended is None else estimate_columns(blended)
    row = {
        "population": population,
        "today": today["value"],
        "today_low": today["low"],
        "today_high": today["high"],
        **estimate_columns(answer.achievable),
        "blended": mixed.get("value", np.nan),
        **{f"blended_{side}": mixed.get(side, np.nan) for side in ("low", "high")},
        "binding": " or ".join(answer.binding),
        "found": answer.found,
        "minimum": settings.minimum_reclaimable_share,
        "sentence": sentence,
    }
    return pd.DataFrame([row])
