"""The length of a pilot, judged again half-way without looking at which days ran with items."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.readiness.pilot.assignment import Assignment
from analysis.readiness.pilot.design import lengths
from analysis.readiness.pilot.power import curve, planned_power, rounded
from analysis.readiness.pilot.units import past_units
from analysis.readiness.pilot.variation import Variation
from analysis.readiness.pilot.words import percent
from analysis.readiness.settings import ReadinessSettings


@dataclass(frozen=True, slots=True)
class Length:
    """The length that the variation seen so far calls for.

    Attributes
    ----------
    weeks
        Weeks in all; the longest that is considered where none suffices.
    power
        Planned power at that length.
    enough
        Whether the power that was asked for is reached.
    sentence
        The same in words.
    """

    weeks: int
    power: float
    enough: bool
    sentence: str


def reestimate_weeks(
    past: pd.DataFrame,
    days: pd.DataFrame,
    assignment: Assignment,
    *,
    effect: float,
    outcome: str = "service_level",
    covariates: Sequence[str] = (),
    settings: ReadinessSettings | None = None,
) -> Length:
    """Judge the length of a pilot again from the past weeks and those of the pilot so far, without using which of its days ran with items.

    Parameters
    ----------
    past, days
        Units of one pool before the pilot, and of the pilot so far, as :func:`unit_figures` makes them.
    assignment
        The calendar; only its unit and length are used.
    effect
        The change that matters, in the outcome's unit.
    outcome, covariates
        Column that is judged, and columns held alike.
    settings
        ``pilot_power``, ``pilot_level``, ``pilot_most_weeks``, ``pilot_draws``, ``seed``.

    Notes
    -----
    Which days ran with items is not looked at, so under "no unit changes" the length depends on nothing that the lot decided, and the test keeps its
    level exactly. The sum of squares of the pilot holds the effect too: where it is the one planned for it adds effect^2 / 4 to the variance of a unit,
    which is taken off again, but never more than a quarter of it.

    References
    ----------
    Kieser & Friede, Statistics in Medicine 22 (2003), 995-1007, for re-estimation without unblinding.
    """
    settings = settings or ReadinessSettings()
    units = [past_units(part, assignment.unit) for part in (past, days)]
    parts = [dataclasses.replace(part, covariates=tuple(covariates)).of(outcome) for part in units]
    done = len(days["day"].dt.to_period("W").unique()) if len(days) else 0
    return length_of(parts[0], parts[1], effect=effect, positions=assignment.positions, done=done, settings=settings)


def length_of(
    past: Variation | None,
    pilot: Variation | None,
    *,
    effect: float,
    positions: int,
    done: int,
    settings: ReadinessSettings,
) -> Length:
    """Return the length that two periods' variation calls for; arguments as in :func:`reestimate_weeks`, `done` the weeks that the pilot has run."""
    found = _pooled(past, pilot, effect)
    if found is None:
        raise ValueError("neither the past weeks nor those of the pilot show how much the days vary")
    best = (0, 0.0)
    for weeks in lengths(settings):
        if weeks < done:
            continue
        law = curve(
            positions, weeks, level=settings.pilot_level, pilots=settings.pilot_draws, seed=settings.seed,
            carried=rounded(found.carried),
        )  # fmt: skip
        best = (weeks, planned_power(found, law, effect))
        if best[1] >= settings.pilot_power:
            break
    enough = best[1] >= settings.pilot_power
    said = (
        f"{best[0]} weeks in all"
        + (" suffice" if enough else " are the longest considered and do not suffice")
        + f": the change that matters is then seen with {percent(best[1])} chance, judged without looking at which days ran with items."
    )
    return Length(best[0], best[1], enough, said)


def _pooled(past: Variation | None, pilot: Variation | None, effect: float) -> Variation | None:
    """Return the variation of both periods together, each weighing by its degrees of freedom."""
    if pilot is None or past is None:
        return past or pilot
    square = max(pilot.within**2 - effect**2 / 4, 0.75 * pilot.within**2)
    freedom = past.freedom + pilot.freedom
    within = math.sqrt((past.freedom * past.within**2 + pilot.freedom * square) / freedom)
    return dataclasses.replace(
        past, within=within, freedom=freedom, nominal=past.nominal + pilot.nominal, weeks=past.weeks + pilot.weeks
    )
