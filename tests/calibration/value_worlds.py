"""Changes whose worth is planted: a back office that is measured with error, items that agents take over, and costs that turn out other than stated."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.blending import Blending, BlendingSettings, frames
from analysis.foundation.estimate import Estimate, Quantity, find
from analysis.value import Cost, Value, ValueSettings, balance_value
from tests.calibration.utilization_worlds import UtilizationWorld, office

PER_HOUR = Cost(grade="clerk", per_hour=40.0, low=36.0, high=46.0)
OVERTIME_FACTOR = 1.5
# of attended time, as in `office`
BREAKS = 0.05
_LEVELS = (0.0, 0.1, 0.5, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Worth:
    """What is true after the change, hours and currency a week."""

    freed: float
    moved: float
    left: float
    cashable: float
    combined: float


@dataclass(frozen=True, slots=True)
class ValueWorld:
    """An office, what moves, what was stated, and what is true."""

    office: UtilizationWorld
    blending: Blending
    settings: ValueSettings
    truth: Worth

    def answer(self, *, apart: bool = False) -> Value:
        """Ask the public verb; `apart` cuts the tie between today and what is achievable, as if both came from different data."""
        made = self.office
        found = made.answer()
        found = dataclasses.replace(found, draws=_apart(found.draws)) if apart else found
        return balance_value(
            made.tables,
            made.baseline,
            found,
            self.blending,
            client=made.client,
            costs=(PER_HOUR,),
            settings=self.settings,
        )


def value_world(
    seed: int,
    *,
    room: float = 0.15,
    movable_h: float = 40.0,
    uptake: tuple[float, float] = (0.7, 0.7),
    overtime_h: float = 10.0,
    vacancies_h: float = 0.0,
    running: float = 200.0,
    weeks: int = 8,
    support: float = 0.20,
    support_cv: float = 0.4,
    looked_at: int = 60,
    correlation: float = 0.2,
    draws: int = 1000,
) -> ValueWorld:
    """Invent an office with room, and a change.

    Parameters
    ----------
    room
        How far today lies below what is achievable.
    movable_h
        Item hours a week that fit between contacts; measured with an error of a tenth.
    uptake
        Stated range of the share that is really moved; the truth lies anywhere in it.
    overtime_h, vacancies_h
        What takes freed hours up, hours of base a week.
    running
        Stated cost a week; costs turn out other than stated, by a law that has the stated quantiles and no known shape.
    support_cv
        How much support differs by day: what today and the ceiling have in common.
    """
    rng = np.random.default_rng([seed, 13])
    made = office(
        seed,
        weeks=weeks,
        items=False,
        rest=0.12,
        room=room,
        support=support,
        support_cv=support_cv,
        looked_at=looked_at,
        correlation=correlation,
        draws=draws,
    )
    days = made.baseline.days
    breaks = float(days["BREAK"].sum() / days["PAID"].sum())
    base_h = made.truth.hours_per_week / room
    taken = float(rng.uniform(*uptake))
    hour = _turned_out(rng, (30.0, 36.0, 40.0, 46.0, 54.0))
    cost = running * _turned_out(rng, (0.6, 1 / 1.3, 1.0, 1.3, 1.7))
    settings = ValueSettings(
        uptake_low_share=uptake[0],
        uptake_high_share=uptake[1],
        overtime_h_per_week=overtime_h,
        overtime_factor=OVERTIME_FACTOR,
        vacancies_fte=vacancies_h / (made.client.full_time_h_per_week * (1 - breaks)),
        running_cost_per_week=running,
        # nothing here is about payback, and a short course is quick
        horizon_weeks=4,
        blend_mode="between_contacts" if movable_h else "none",
    )
    moved = movable_h * taken
    after = made.truth.achievable
    # no more than the idle time that exists, and what is moved
    idle = base_h * (1 - support - made.truth.today)
    in_place = min(base_h * (1 - made.truth.today / after), idle)
    freed = in_place + min(moved / after, idle - in_place + moved)
    overtime = min(overtime_h, freed)
    vacancies = min(vacancies_h, freed - overtime)
    left = freed - overtime - vacancies
    cashable = overtime * hour * OVERTIME_FACTOR + vacancies * hour / (1 - BREAKS) - cost
    truth = Worth(freed, moved, left, cashable, cashable + left * hour / (1 - BREAKS))
    return ValueWorld(made, _blending(rng, movable_h), settings, truth)


def figure(found: Value, name: str) -> Estimate:
    """Return one quantity of the value."""
    return find(found.quantities, f"value.{name}")


def _turned_out(rng: np.random.Generator, quantiles: tuple[float, ...]) -> float:
    """Draw from the law that is straight between its 0, 10, 50, 90 and 100 % points."""
    return float(np.interp(rng.random(), _LEVELS, quantiles))


def _apart(draws: pd.DataFrame) -> pd.DataFrame:
    """Return draws in which what is achievable was shuffled against today."""
    return draws.assign(achievable=np.random.default_rng(5).permutation(draws["achievable"].to_numpy()))


def _blending(rng: np.random.Generator, movable_h: float) -> Blending:
    """Return an assessment that found so many hours between contacts, with an error of a tenth that is not normal."""
    scale = 0.1
    seen = movable_h * float(np.exp(scale * (rng.gamma(9.0) - 9) / 3))
    ends = [seen * float(np.exp(scale * z)) for z in (-1.96, 1.96)]
    estimate = Estimate(seen, *ends, unit="hours_per_week", n=40, n_unit="days")
    scope = {"population": "contact_centre", "pool": "service", "mode": "shareable"}
    usable = Quantity("blending.usable_h_per_week", estimate, "", scope)
    empty = {
        field.name: pd.DataFrame({"pool": pd.Series(dtype="str")})
        for field in dataclasses.fields(Blending)
        if field.name not in ("quantities", "findings", "settings", "lab")
    }
    return Blending(**empty, lab=frames.frame("lab"), quantities=(usable,), findings=(), settings=BlendingSettings())
