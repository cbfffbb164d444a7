"""The stop rules of a pilot as rows: what is looked at, when, where it stops, and what is done then."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.blending.promise import queue_promise
from analysis.blending.settings import BlendingSettings
from analysis.readiness.pilot.stopping import FALSE_STOPS, Threshold, looked_at, threshold, week_table
from analysis.readiness.pilot.weekly import error_weeks
from analysis.readiness.pilot.words import figure, percent, units_words
from analysis.readiness.settings import ReadinessSettings

if TYPE_CHECKING:
    from analysis.blending import Blending
    from analysis.foundation.settings import Queue
    from analysis.readiness.pilot.units import Units


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its past values (week, position), the way that is worse, the promise or cap, and its words."""

    outcome: str
    table: np.ndarray
    worse: int
    limit: float
    switched: bool
    what: str
    action: str


def stop_rules(
    pool: str,
    units: Units,
    tables: Mapping[str, pd.DataFrame],
    blending: Blending | None,
    *,
    queues: Sequence[Queue],
    weeks: int,
    settings: ReadinessSettings,
) -> list[dict[str, object]]:
    """Return one row per rule; together they stop a pilot without any effect in at most 5 of 100 cases."""
    rules = _rules(units, tables, blending, queues)
    share = FALSE_STOPS / max(len(rules), 1)
    rows = []
    for number, rule in enumerate(rules):
        found = threshold(
            rule.table,
            weeks=weeks,
            worse=rule.worse,
            share=share,
            limit=rule.limit,
            switched=rule.switched,
            pilots=settings.pilot_draws,
            seed=settings.seed + number,
        )
        rows.append(_row(pool, rule, found, units.unit))
    return rows


def _rules(
    units: Units, tables: Mapping[str, pd.DataFrame], blending: Blending | None, queues: Sequence[Queue]
) -> list[Rule]:
    asked = BlendingSettings() if blending is None else blending.settings
    promises = [queue_promise(queue, asked) for queue in queues]
    target = _target(queues, [promise.target for promise in promises], blending)
    cap = min(promise.max_occupancy for promise in promises)
    stop = "Items stop in this pool the same day"
    told = [
        ("service_level", -1, target, "the share of contacts answered in time",
         f"{stop}; contacts come first, and the cause is looked for before the pilot goes on."),
        ("occupancy", 1, cap, "the share of ready time that agents are busy, items counted as busy",
         f"{stop}; fewer items are given out, and breaks are checked with the team's representatives."),
        ("items_in_due", -1, math.nan, "the share of items finished before they are due",
         "The oldest items go to the back office at once; items for agents stop until it has caught up."),
    ]  # fmt: skip
    rules = []
    for outcome, worse, limit, what, action in told:
        table = week_table(units.figures[outcome].to_numpy(dtype=float), units.week, units.position)
        if table is not None and table.std() > 0:
            rules.append(Rule(outcome, table, worse, limit, True, what, action))
    errors = error_weeks(tables)
    if errors is not None:
        table = week_table(errors["share"].to_numpy(), errors["week"].to_numpy(), np.zeros(len(errors), dtype=int))
        if table is not None and table.std() > 0:
            action = f"{stop}; the types concerned are trained again before they return."
            rules.append(Rule("errors", table, 1, math.nan, False, "errors per checked item", action))
    return rules


def _target(queues: Sequence[Queue], targets: Sequence[float], blending: Blending | None) -> float:
    """Return the promise of a pool: its queues' targets, weighing by their contacts where these are known."""
    weights = [1.0] * len(queues)
    if blending is not None and not blending.service.empty:
        counted = blending.service.set_index("queue")["contacts"]
        weights = [float(counted.get(queue.name, 0)) for queue in queues]
    return float(np.average(targets, weights=weights)) if sum(weights) > 0 else float(np.mean(targets))


def _row(pool: str, rule: Rule, found: Threshold, unit: str) -> dict[str, object]:
    side = "above" if rule.worse > 0 else "below"
    plain = units_words(unit).split(",")[0]
    over = (
        f"the last {looked_at(rule.table.shape[1])} {plain} with items"
        if rule.switched
        else f"the last {looked_at(1)} weeks"
    )
    look = f"after every one of the {plain} with items" if rule.switched else "every Monday"
    given = not math.isnan(rule.limit) and math.isclose(found.value, rule.limit)
    if given:
        why = "this is what was promised" if rule.worse < 0 else "this is the cap that protects agents"
    elif not math.isnan(rule.limit):
        why = f"the limit of {figure(rule.limit, 'share')} is crossed too often by ordinary days to be a signal"
    else:
        why = "ordinary weeks hardly ever go so far"
    sentence = (
        f"Stop when {rule.what}, over {over}, lies {side} {figure(found.value, 'share')}: {why}. "
        f"A pilot in which items change nothing would be stopped by this rule in {percent(found.false_stops, 1)} of cases."
    )
    return {
        "pool": pool,
        "outcome": rule.outcome,
        "threshold": found.value,
        "unit": "share",
        "look": look,
        "action": rule.action,
        "sentence": sentence,
        "false_stops": found.false_stops,
    }
