"""What is achievable in each site and reporting group, beside today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.baseline import Baseline
from analysis.baseline.frames import estimate_columns
from analysis.foundation.estimate import Quantity
from analysis.measure.crosswalk import BASE
from analysis.utilization.answer import Answer, Asked, answer_of
from analysis.utilization.limits import Limits, ceilings_at
from analysis.utilization.quantities import DEFINITIONS
from analysis.utilization.resample import Resample, resample_like
from analysis.utilization.settings import Allowance
from analysis.utilization.today import today_of_level
from analysis.utilization.words import level_sentence

TOO_FEW_DAYS = "too few days were observed to estimate anything from"


@dataclass(frozen=True, slots=True)
class Levels:
    """Rows of the frame `levels`, and the quantities of sites and groups."""

    rows: pd.DataFrame
    quantities: tuple[Quantity, ...]


def levels_of(
    baseline: Baseline,
    population: str,
    limits: Limits,
    days: Resample,
    asked: Asked,
    *,
    weeks: float,
    allowances: Sequence[Allowance] = (),
) -> Levels:
    """Estimate what is achievable in each site and reporting group that may be shown.

    Parameters
    ----------
    baseline
        `level_days` and `breakdowns`; levels under the smallest group are in neither.
    population
        ``"contact_centre"`` or ``"back_office"``.
    limits
        Ceilings of the whole population: the promise, due times and caps belong to it and are converted with the level's own support.
    days
        Joint resample of the population; levels are read on the same drawn days.
    asked
        What the answers of the population have in common.
    weeks
        Weeks of the period.
    allowances
        What people need beyond the usual allowances.

    Notes
    -----
    Today's share and what is achievable have intervals of their own at the level of confidence. The hours between them are held together for all
    levels of the population (Bonferroni: 1 - a / n for n levels that differ; a group that is a whole site counts once), and room is found by these.
    """
    frame = baseline.level_days[baseline.level_days["population"].eq(population)]
    parts = {(str(by), str(level)): rows for (by, level), rows in frame.groupby(["by", "level"], sort=False)}
    looks = max(1, len({_identity(rows) for rows in parts.values()}))
    rows, quantities = [], []
    for (by, level), part in parts.items():
        named = {"population": population, "by": by, "level": level, "agents": part["agents"].iloc[0]}
        own = resample_like(days, part)
        if own is None:
            rows.append({**named, "found": False, "status": "insufficient", "reason": TOO_FEW_DAYS, "sentence": ""})
            continue
        answer = answer_of(
            ceilings_at(limits, own, population=population, settings=asked.settings, allowances=allowances),
            today_of_level(baseline, population, own, by=by, level=level, settings=asked.settings),
            asked,
            base_h_per_week=own.base_h / weeks,
            looks=looks,
        )
        rows.append({**named, **_row(answer), "sentence": level_sentence(population, by, level, answer)})
        quantities += _quantities(population, by, level, answer)
    return Levels(pd.DataFrame(rows), tuple(quantities))


def _identity(rows: pd.DataFrame) -> tuple[int, float, float]:
    """Return what two levels of the same people have in common."""
    return (
        int(rows["agents"].iloc[0]),
        round(float(rows["PAID"].sum()), 6),
        round(float(rows[list(BASE)].to_numpy().sum()), 6),
    )


def _row(answer: Answer) -> dict[str, object]:
    """Return an answer as columns."""
    today, room = estimate_columns(answer.today), estimate_columns(answer.reclaimable)
    achievable = estimate_columns(answer.achievable)
    reason = achievable["reason"] or today["reason"] or room["reason"]
    return {
        "today": today["value"],
        "today_low": today["low"],
        "today_high": today["high"],
        **achievable,
        "binding": " or ".join(answer.binding),
        "hours_per_week": room["value"],
        "hours_low": room["low"],
        "hours_high": room["high"],
        "found": answer.found,
        "reason": reason,
    }


def _quantities(population: str, by: str, level: str, answer: Answer) -> list[Quantity]:
    """Return what is achievable, and the hours, under their stable ids."""
    scope = {"population": population, by: level}
    figures = {"achievable": answer.achievable, "reclaimable_h_per_week": answer.reclaimable}
    return [Quantity(f"utilization.{name}", found, DEFINITIONS[name], scope) for name, found in figures.items()]
