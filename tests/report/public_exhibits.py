"""Every public exhibit with the result that it draws: what a notebook calls, the tests hold and the gallery shows."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.report import exhibits

# exhibits of readiness whose first argument may be listening alone
STAGE_OF = {"result": "readiness"}


@dataclass(frozen=True)
class Public:
    """A public exhibit: its module, the function that draws it, and the stage whose result it takes."""

    name: str
    module: ModuleType
    draw: Callable[..., Axes]
    stage: str


def public() -> dict[str, Public]:
    """Return the public exhibits by name."""
    found = {}
    for name in exhibits.__all__:
        draw = getattr(exhibits, name)
        if name == "Theme":
            continue
        first = next(iter(inspect.signature(draw).parameters))
        found[name] = Public(name, importlib.import_module(draw.__module__), draw, STAGE_OF.get(first, first))
    return found


def drawable(material: Mapping[str, Any]) -> dict[str, Any]:
    """Return the results of the stages with what the hand-made insurer lacks: a calendar of the data and a pilot."""
    from analysis.intake.reconciliation import reconcile

    client, smallest = material["client"], material["baseline"].settings.minimum_group_agents
    known = reconcile(material["intake"], client=client, minimum_group_agents=smallest)
    return {
        **material,
        "reconciliation": dataclasses.replace(known, calendar=calendar()),
        "readiness": dataclasses.replace(material["readiness"], pilot=_pilot(), pilot_power=_power()),
    }


def calendar() -> pd.DataFrame:
    """Return eight weeks of two sources: a weekend, a missing day, a thin one and a change of clocks."""
    days = pd.date_range("2026-03-02", "2026-04-26")
    parts = []
    for source in ("data/agent_status_*.csv", "data/work_items.csv"):
        rows = np.where(days.day_of_week < 5, 900 + 40 * days.day_of_week, 0)
        mark = np.where(days.day_of_week < 5, "", "closed").astype(object)
        rows[16], mark[16], rows[30], mark[30] = 0, "missing", 120, "thin"
        level = np.where(rows > 0, rows / 980.0, np.nan)
        parts.append(
            pd.DataFrame({"source": source, "table": "spells", "day": days, "amount": rows * 1.0, "rows": rows})
            .assign(persons=np.where(rows > 0, 40, 0), hours=rows * 0.4, level=level, mark=mark)
            .assign(length_h=np.where(days == pd.Timestamp("2026-03-29"), 23.0, 24.0))
        )
    return pd.concat(parts, ignore_index=True).astype({"source": "str", "table": "str", "mark": "str"})


def _pilot() -> pd.DataFrame:
    rows = [
        ("service_level", "share of contacts answered in time", "share", 0.93, 0.020),
        ("abandoned", "share of contacts abandoned", "share", 0.021, 0.006),
        ("handling_s", "handling time of a contact", "s", 400.0, 4.5),
    ]
    named = {"pool": "service", "unit": "switchback days", "weeks": 16, "units": 80, "power": 0.8, "level": 0.05}
    return pd.DataFrame(
        [
            {**named, "outcome": outcome, "words": words, "unit_of_outcome": unit, "today": today, "status": "ok"}
            | {"detectable": seen, "detectable_low": 0.8 * seen, "detectable_high": 1.3 * seen}
            for outcome, words, unit, today, seen in rows
        ]
    )


def _power() -> pd.DataFrame:
    rows = [
        ("service", str(row.outcome), weeks, effect, float(1 - np.exp(-((effect / row.detectable * (weeks / 16) ** 0.5) ** 2) * 1.6)))
        for row in _pilot().itertuples()
        for weeks in (4, 8, 12, 16)
        for effect in np.linspace(0, 1.8 * float(row.detectable), 24)  # type: ignore[arg-type]
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["pool", "outcome", "weeks", "effect", "power"])
