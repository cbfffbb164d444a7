"""The past days of a pool as they would be drawn by lot: their place in the week, and what is held alike."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.readiness.pilot.assignment import HALF_DAYS, HALVES
from analysis.readiness.pilot.figures import COVARIATES
from analysis.readiness.pilot.variation import Variation, rise_of, variation

# Part of the weeks in which a weekday must be open to be a place of the pilot's week.
_OPEN_PART = 0.5
_SHARES_OF_OFFERED = ("service_level", "abandonment")


@dataclass(frozen=True, slots=True)
class Units:
    """The past units of a pool under one way of switching.

    Attributes
    ----------
    unit
        What is drawn by lot.
    figures
        The units in the order of time.
    week, position
        Week and place in the week of every unit.
    covariates
        Columns held alike.
    weekdays
        Weekdays that the desk is open.
    """

    unit: str
    figures: pd.DataFrame
    week: np.ndarray
    position: np.ndarray
    covariates: tuple[str, ...]
    weekdays: tuple[int, ...]

    @property
    def positions(self) -> int:
        """Randomised units in a week."""
        return len(self.weekdays) * (2 if self.unit == HALF_DAYS else 1)

    def of(self, outcome: str) -> Variation | None:
        """Return the ordinary variation of an outcome."""
        names = [outcome, *self.covariates]
        known = self.figures[names].notna().all(axis=1).to_numpy()
        rows = self.figures.loc[known, names].to_numpy(dtype=float)
        if not len(rows):
            return None
        found = variation(rows[:, 0], self.week[known], self.position[known], rows[:, 1:])
        if found is None or outcome not in _SHARES_OF_OFFERED or "offered" not in self.figures:
            return found
        rise = rise_of(rows[:, 0], self.figures.loc[known, "offered"].to_numpy(dtype=float), found.within)
        return dataclasses.replace(found, rise=rise)


def past_units(figures: pd.DataFrame, unit: str) -> Units:
    """Return the past units of a pool, on the weekdays on which it is usually open."""
    monday = figures["day"] - pd.to_timedelta(figures["weekday"], unit="D")
    week = ((monday - monday.min()).dt.days // 7).to_numpy() if len(figures) else np.zeros(0, int)
    days = figures[["day", "weekday"]].drop_duplicates()
    seen = days["weekday"].value_counts()
    kept = tuple(sorted(int(day) for day in seen.index[seen >= _OPEN_PART * max(len(np.unique(week)), 1)]))
    inside = figures["weekday"].isin(kept).to_numpy()
    rows, week = figures[inside].reset_index(drop=True), week[inside]
    place = rows["weekday"].map({day: number for number, day in enumerate(kept)}).to_numpy(dtype=int)
    if unit == HALF_DAYS:
        place = 2 * place + rows["half"].eq(HALVES[1]).to_numpy()
    known = tuple(name for name in COVARIATES if name in rows and rows[name].notna().all() and rows[name].std() > 0)
    return Units(unit, rows, week, place, known, kept)
