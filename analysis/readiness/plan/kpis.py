"""What is watched: a goal, what drives it, and the guards that it may not cost."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from analysis.readiness.plan.facts import figure
from analysis.readiness.plan.situation import BO, CC, Given, Situation
from analysis.readiness.plan.texts import PlanTexts

Row = dict[str, Any]
# least level of the agents' own view
OWN_VIEW_LIMIT = 2.0


def kpi_rows(given: Given, found: Situation, texts: PlanTexts) -> list[Row]:
    """Return the rows of the frame ``kpis``; without a way of working only the guards as they stand today."""
    figures: dict[str, Row] = {
        "blend": {**_blended(given, found)},
        "instead": {**_instead(given)},
        "answer": {},
    }[found.way] | _guards(given)
    rows = [_row(texts, name, values) for name, values in figures.items()]
    present = {row["kpi"] for row in rows}
    top = next((row["kpi"] for row in rows if row["role"] == "goal"), "")
    for row in rows:
        if row["role"] == "guard" or (row["parent"] and row["parent"] not in present):
            row["parent"] = top if row["kpi"] != top else ""
    return rows


def _row(texts: PlanTexts, name: str, values: Row) -> Row:
    """Return one figure; a guard of a queue carries the queue in its name."""
    kind, _, queue = name.partition(":")
    text = texts.kpi[kind]
    return {
        "kpi": name,
        "parent": text.parent,
        "role": text.role,
        "words": text.words.format_map({"queue": queue}),
        "direction": text.direction,
        "owner_role": text.owner_role,
        **values,
    }


def _blended(given: Given, found: Situation) -> Row:
    """Return goal and drivers of blending."""
    mode = next((slot.mode for slot in reversed(found.slots)), "")
    rows = given.modes[given.modes["mode"] == mode]
    room = (
        {name: float(rows[name].iloc[0]) for name in ("hours_per_week", "hours_low", "hours_high")} if len(rows) else {}
    )
    usable = {
        "today": room.get("hours_per_week", math.nan),
        "today_low": room.get("hours_low", math.nan),
        "today_high": room.get("hours_high", math.nan),
    }
    return {
        "work_share": {**_reached(given, CC), "unit": "share"},
        "freed_hours": {"today": 0.0, "unit": "hours_per_week"},
        "item_hours": {"today": 0.0, "unit": "hours_per_week"},
        "usable_hours": usable | {"unit": "hours_per_week"},
        "item_time": {"unit": "times"},
        "waiting_work": _scored(given, "W5"),
        "forecast_error": _scored(given, "D5"),
    }


def _scored(given: Given, criterion: str) -> Row:
    """Return the first figure that the data hold on a criterion."""
    frame = given.scores
    rows = frame[(frame["criterion"] == criterion) & (frame["status"] == "ok") & (frame["unit"] == "share")]
    if rows.empty:
        return {"unit": "share"}
    names = {"today": "figure", "today_low": "low", "today_high": "high"}
    return {name: float(rows[column].iloc[0]) for name, column in names.items()} | {"unit": "share"}


def _instead(given: Given) -> Row:
    surplus = {"unit": "hours_per_week"}
    if given.value is not None:
        frame = given.value.balance
        rows = frame[frame["line"] == "surplus_instead"]
        if len(rows):
            names = {"today": "hours_per_week", "today_low": "low", "today_high": "high"}
            surplus |= {name: float(rows[column].iloc[0]) for name, column in names.items()}
    return {
        "work_share": {**_reached(given, CC), "unit": "share"},
        "work_share_back_office": {**_reached(given, BO), "unit": "share"},
        "roster_surplus": surplus,
    }


def _reached(given: Given, population: str) -> Row:
    """Return today's share of work as the chapter on achievable utilization states it."""
    frame = given.utilization.achievable
    rows = frame[frame["population"] == population]
    if rows.empty:
        return {}
    return {name: float(rows[name].iloc[0]) for name in ("today", "today_low", "today_high")}


def _guards(given: Given) -> Row:
    guards: Row = dict(_service(given))
    lab = given.blending.lab
    worst = lab.loc[lab["policy"] == "today", "occupancy_worst"]
    caps = [queue.max_occupancy for queue in given.queues]
    cap = given.blending.settings.max_occupancy or min(caps, default=math.nan)
    guards["occupancy"] = {"today": float(worst.max()) if len(worst) else math.nan, "limit": cap, "unit": "share"}
    guards["errors"] = _of(given, "baseline.error_rate", bound="high")
    guards["item_age"] = _of(given, "baseline.within_due_share", bound="low")
    guards["breaks"] = {"unit": "share"}
    level = given.criteria.loc[given.criteria["criterion"] == "P5", "level"]
    own = float(level.iloc[0]) if len(level) and level.notna().iloc[0] else math.nan
    guards["own_view"] = {"today": own, "limit": OWN_VIEW_LIMIT, "unit": "level"}
    return guards


def _service(given: Given) -> Iterator[tuple[str, Row]]:
    for row in given.blending.service.to_dict("records"):
        today = {"today": row["measured"], "today_low": row["low"], "today_high": row["high"]}
        yield f"service_level:{row['queue']}", today | {"limit": row["target"], "unit": "share"}


def _of(given: Given, name: str, *, bound: str) -> Row:
    """Return a figure of the back office; its limit is the end of its own interval: no worse than today, beyond chance."""
    found = figure(given.baseline.quantities, name, BO) if given.baseline is not None else None
    if found is None or found.value is None:
        return {"unit": "share"}
    ends = {"low": found.low, "high": found.high}
    low, high = (math.nan if end is None else float(end) for end in ends.values())
    limit = {"low": low, "high": high}[bound]
    return {"today": float(found.value), "today_low": low, "today_high": high, "limit": limit, "unit": "share"}
