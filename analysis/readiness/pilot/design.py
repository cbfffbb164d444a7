"""The pilot that a client's own queues and ordinary weeks allow: its unit, its length, what it can see, and when it stops."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.measure.load import live_queues
from analysis.readiness.frames import frame
from analysis.readiness.pilot import sentences
from analysis.readiness.pilot.assignment import DAYS, HALF_DAYS
from analysis.readiness.pilot.figures import life_days, replayed_policy, unit_figures
from analysis.readiness.pilot.power import Curve, curve, detectable, planned_power, rounded, standard_error
from analysis.readiness.pilot.rules import stop_rules
from analysis.readiness.pilot.units import Units, past_units
from analysis.readiness.pilot.variation import Variation
from analysis.readiness.pilot.weekly import errors_row, hours_row
from analysis.readiness.pilot.words import OUTCOMES, outcome_of
from analysis.readiness.settings import ReadinessSettings

if TYPE_CHECKING:
    from analysis.blending import Blending
    from analysis.foundation.settings import Client, Queue

# Effects of the chart: multiples of the change that matters, or of the smallest change seen.
_CHART = tuple(number / 8 for number in (*range(21), 22, 24))
_FEWEST_PILOT_WEEKS = 4
GUARD = "service_level"


@dataclass(frozen=True, slots=True, repr=False)
class PilotDesign:
    """A pilot as frames; see :class:`analysis.readiness.Readiness` for their columns.

    Attributes
    ----------
    pilot
        One row per pool and outcome.
    pilot_power
        Power by length and effect.
    stop_rules
        When the pilot is stopped.
    covariates
        What is held alike, by pool; name them to :func:`evaluate_pilot`.
    weekdays
        Open weekdays by pool, for :func:`assign`.
    """

    pilot: pd.DataFrame
    pilot_power: pd.DataFrame
    stop_rules: pd.DataFrame
    covariates: Mapping[str, tuple[str, ...]]
    weekdays: Mapping[str, tuple[int, ...]]

    def __repr__(self) -> str:
        """Return the sentences."""
        return "\n".join([*self.pilot["sentence"], *self.stop_rules["sentence"]])


def design_pilot(
    tables: Mapping[str, pd.DataFrame],
    blending: Blending | None,
    *,
    client: Client,
    queues: Sequence[Queue],
    settings: ReadinessSettings | None = None,
) -> PilotDesign:
    """Design the pilot that this client's queues and ordinary weeks allow.

    Parameters
    ----------
    tables
        Canonical tables; volumes or contacts are needed; spells, work_items and quality add outcomes and stop rules.
    blending
        The blending assessment, for its promises and replayed days; None without.
    client, queues
        Zone, holidays and period; queues with their pools and promises.
    settings
        ``pilot_power``, ``pilot_level``, ``pilot_service_change``, ``pilot_most_weeks``, ``pilot_draws``, ``seed``.

    Returns
    -------
    PilotDesign
        Empty frames without any live queue that was counted.

    Notes
    -----
    Agents who share a queue interfere: one who works on an item leaves contacts to the others. So within a pool days (half days where days
    do not suffice) are drawn by lot, and each pool, whose queues no other pool serves, is a pilot of its own.
    """
    settings = settings or ReadinessSettings()
    whole = unit_figures(tables, blending, client=client, queues=queues)
    if whole.empty:
        return PilotDesign(frame("pilot"), frame("pilot_power"), frame("stop_rules"), {}, {})
    lasting = life_days(tables, client)
    halves: pd.DataFrame | None = None
    rows, power, rules = [], [], []
    covariates, weekdays = {}, {}
    for pool, part in whole.groupby("pool", sort=False):
        units = days = past_units(part, DAYS)
        weeks = fewest_weeks(units, settings)
        if weeks is None and not part.empty:
            if halves is None:
                halves = unit_figures(tables, blending, client=client, queues=queues, halves=True)
            finer = past_units(halves[halves["pool"] == pool], HALF_DAYS)
            units, weeks = _better(units, finer, settings)
        length = weeks or longest(settings)
        rows += _pool_rows(str(pool), units, (weeks, length), settings, lasting)
        rows += _weekly_rows(str(pool), tables, (units, days), length, (settings, replayed_policy(blending, str(pool))))
        power += _power_rows(str(pool), units, length, settings)
        rules += stop_rules(
            str(pool), units, tables, blending, weeks=length, settings=settings,
            queues=[queue for queue in live_queues(queues) if queue.pool == pool],
        )  # fmt: skip
        covariates[str(pool)], weekdays[str(pool)] = units.covariates, units.weekdays
    return PilotDesign(
        frame("pilot", rows), frame("pilot_power", power), frame("stop_rules", rules), covariates, weekdays
    )


def longest(settings: ReadinessSettings) -> int:
    """Return the longest pilot that is considered: an even number of weeks."""
    return max(settings.pilot_most_weeks // 2 * 2, _FEWEST_PILOT_WEEKS)


def law_of(units: Units, found: Variation, weeks: int, settings: ReadinessSettings) -> Curve:
    """Return the power curve of a length of pilot for an outcome that varies like this."""
    return curve(
        units.positions,
        weeks,
        level=settings.pilot_level,
        pilots=settings.pilot_draws,
        seed=settings.seed,
        carried=rounded(found.carried),
    )


def lengths(settings: ReadinessSettings) -> range:
    """Return the lengths that are considered [weeks]."""
    return range(_FEWEST_PILOT_WEEKS, longest(settings) + 1, 2)


def fewest_weeks(units: Units, settings: ReadinessSettings) -> int | None:
    """Return the fewest weeks at which the change of service level that matters is seen often enough; None without."""
    found = units.of(GUARD)
    if found is None or units.positions < 3:
        return None
    return shortest(
        lambda weeks: planned_power(found, law_of(units, found, weeks, settings), settings.pilot_service_change),
        settings,
    )


def shortest(power: Callable[[int], float], settings: ReadinessSettings) -> int | None:
    """Return the fewest weeks at which a power that grows with them suffices; None where the longest pilot does not."""
    known = list(lengths(settings))
    if power(known[-1]) < settings.pilot_power:
        return None
    low, high = 0, len(known) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if power(known[middle]) >= settings.pilot_power else (middle + 1, high)
    return known[high]


def _better(whole: Units, finer: Units, settings: ReadinessSettings) -> tuple[Units, int | None]:
    """Return half days where they reach what days do not, or where the desk is open on fewer than three days; else whole days."""
    weeks = fewest_weeks(finer, settings)
    return (finer, weeks) if weeks is not None else (whole, None)


def _pool_rows(
    pool: str, units: Units, length: tuple[int | None, int], settings: ReadinessSettings, lasting: float
) -> list[dict[str, object]]:
    """Return the rows of a pool, the service level first."""
    weeks, used = length
    rows = []
    for name in OUTCOMES:
        if name == "item_h" or name not in units.figures or not units.figures[name].notna().any():
            continue
        row = _described(pool, name, units, used, settings) | {"today": float(units.figures[name].mean())}
        rows.append(row | _figures(name, units, settings, (weeks, used, lasting)))
    return rows


def _described(pool: str, name: str, units: Units, weeks: int, settings: ReadinessSettings) -> dict[str, object]:
    words = outcome_of(name)
    return {
        "pool": pool,
        "unit": units.unit,
        "outcome": name,
        "words": words.words,
        "unit_of_outcome": words.unit,
        "weeks": weeks,
        "units": weeks * units.positions,
        "washout_units": 0,
        "power": settings.pilot_power,
        "level": settings.pilot_level,
        "covariates": ", ".join(units.covariates),
    }


def _weekly_rows(
    pool: str,
    tables: Mapping[str, pd.DataFrame],
    past: tuple[Units, Units],
    weeks: int,
    asked: tuple[ReadinessSettings, str],
) -> list[dict[str, object]]:
    """Return the rows of what is judged by weeks; `past` holds the units of the pilot and its whole days."""
    (units, days), (settings, policy) = past, asked
    found = {"item_h": hours_row(days, weeks, settings, policy=policy), "errors": errors_row(tables)}
    return [
        _described(pool, name, units, weeks, settings) | {"covariates": ""} | row
        for name, row in found.items()
        if row is not None
    ]


def _figures(
    name: str, units: Units, settings: ReadinessSettings, known: tuple[int | None, int, float]
) -> dict[str, object]:
    """Return what the pilot can see of an outcome, and why not where it cannot."""
    weeks, used, lasting = known
    found = units.of(name)
    if found is None:
        return _unseen(name, sentences.untold(len(np.unique(units.week))))
    shown = {
        "sd": found.sd,
        "within": found.within,
        "freedom": found.freedom,
        "autocorrelation": found.autocorrelation,
    }
    if not outcome_of(name).switched and not lasting < 1:
        return shown | _unseen(name, sentences.lasts(lasting))
    law = law_of(units, found, used, settings)
    smallest, low, high = detectable(found, law, settings.pilot_power)
    if not math.isfinite(smallest):
        return shown | _unseen(name, "no change is seen often enough in a pilot of this length")
    shown |= {"detectable": smallest, "detectable_low": low, "detectable_high": high}
    if name != GUARD:
        return shown | {"status": "ok", "sentence": sentences.detected(name, units.unit, found, (smallest, low, high))}
    planned = planned_power(found, law, settings.pilot_service_change)
    told = sentences.Told(units.unit, units.positions, weeks, longest(settings), planned, (smallest, low, high))
    reason = "" if weeks is not None else sentences.too_short(told, settings)
    status = "ok" if weeks is not None else "insufficient"
    return shown | {"status": status, "reason": reason, "sentence": sentences.service(told, found, settings)}


def _unseen(name: str, reason: str) -> dict[str, object]:
    return {"status": "insufficient", "reason": reason, "sentence": sentences.unseen(name, reason)}


def chart_lengths(planned: int, settings: ReadinessSettings) -> list[int]:
    """Return the lengths of the chart: the planned one, and four from the shortest to the longest."""
    known = list(lengths(settings))
    even = {known[round(at)] for at in np.linspace(0, len(known) - 1, 4)}
    return sorted({planned, *even})


def _power_rows(pool: str, units: Units, length: int, settings: ReadinessSettings) -> list[dict[str, object]]:
    """Return the power by length and effect of every outcome that days can be held against each other for."""
    rows = []
    for name, words in OUTCOMES.items():
        switched = name in units.figures and words.switched and name != "item_h"
        found = units.of(name) if switched else None
        if found is None:
            continue
        step = settings.pilot_service_change
        if name != GUARD:
            step = detectable(found, law_of(units, found, length, settings), settings.pilot_power)[0]
        if not math.isfinite(step):
            continue
        for weeks in chart_lengths(length, settings):
            law = law_of(units, found, weeks, settings)
            if not math.isfinite(standard_error(found, law)):
                continue
            for part in _CHART:
                seen = planned_power(found, law, part * step)
                error = math.sqrt(seen * (1 - seen) / law.pilots)
                rows.append({"pool": pool, "outcome": name, "weeks": weeks, "effect": part * step, "power": seen, "error": error})  # fmt: skip
    return rows
