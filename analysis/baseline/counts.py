"""Counted work of a population for the published definitions."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.baseline.evidence import People, Tables
from analysis.baseline.observed import Looks
from analysis.baseline.workload import client_standards, earned_at
from analysis.foundation.estimate import Estimate
from analysis.foundation.schema import BUCKETS
from analysis.measure.crosswalk import Counted, Planned, crosswalk, planned_time


def population_crosswalk(
    tables: Tables, people: People, *, items: pd.DataFrame, due: Estimate, looks: Looks | None
) -> pd.DataFrame:
    """Return the published definitions on one population's data."""
    hours: Mapping[str, float] | None = None
    if len(people.days):
        hours = {bucket: float(people.days[bucket].sum()) for bucket in BUCKETS}
    counted = Counted(
        earned_h=_earned_h(tables, items),
        items_in=float(items["arrived"].notna().sum()) if len(items) and items["arrived"].notna().any() else None,
        items_out=float(items["ended"].notna().sum()) if len(items) else None,
        within_due=due.value,
        sampled_work=None if looks is None else looks.work.value,
        looks_needed=None if looks is None else looks.needed,
    )
    frame = crosswalk(hours, sees_idle="IDLE" in people.sees, planned=_planned(people), counted=counted)
    frame.insert(0, "population", people.population)
    return frame


def _planned(people: People) -> Planned | None:
    """Compare schedule and ladder where both exist."""
    if people.ladder is None or people.schedule.empty:
        return None
    return planned_time(people.ladder.pieces, people.schedule)


def _earned_h(tables: Tables, items: pd.DataFrame) -> float | None:
    """Return hours earned at the client's standards; None when a type that was finished has none."""
    volumes = items.loc[items["ended"].notna(), "type"].value_counts()
    return earned_at(volumes, client_standards(tables))
