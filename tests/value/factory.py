"""Results of the stages before, built from a few numbers, so that the balance can be reasoned out by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt
import typing
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.baseline import Baseline
from analysis.baseline.frames import COLUMNS as BASELINE_COLUMNS
from analysis.baseline.settings import BaselineSettings
from analysis.blending import Blending, BlendingSettings, frames
from analysis.foundation.estimate import Estimate, Quantity
from analysis.foundation.schema import BUCKETS
from analysis.foundation.settings import Client, Period
from analysis.utilization import Utilization, UtilizationSettings
from analysis.utilization.frames import COLUMNS as UTILIZATION_COLUMNS
from analysis.utilization.frames import frame_of
from analysis.value import Cost, Value, ValueSettings, balance_value

CLIENT = Client(
    name="Planted",
    time_zone="Europe/Amsterdam",
    period=Period(start=dt.date(2026, 3, 2), end=dt.date(2026, 4, 26)),
    full_time_h_per_week=40,
)
WEEKS = 8
MODES = {"blocks": "releasable", "between_contacts": "shareable", "interrupt": "interruptible"}
COSTS = (Cost(grade="clerk", per_hour=40.0, low=36.0, high=46.0), Cost(grade="specialist", per_hour=60.0))


@dataclass(frozen=True)
class World:
    """Two populations in a few numbers; hours a week, shares of the base."""

    base_h: float = 1000.0
    recommended: str = ""
    today: float | None = 0.55
    today_sd: float = 0.0
    achievable: float = 0.75
    achievable_sd: float = 0.0
    rho: float = 0.0
    support: float = 0.05
    found: bool = True
    agents_base_h: float = 1500.0
    agents_today: float = 0.60
    agents_idle: float = 0.30
    movable_h: dict[str, float | None] = field(
        default_factory=lambda: {"blocks": 100.0, "between_contacts": 150.0, "interrupt": 120.0}
    )
    movable_sd: float = 0.0
    draws: int = 2000
    populations: tuple[str, ...] = ("contact_centre", "back_office")

    def value(
        self, *, costs=COSTS, settings: ValueSettings | None = None, tables=None, client: Client = CLIENT
    ) -> Value:
        """Balance this world."""
        chosen = settings or ValueSettings(uptake_low_share=1.0, uptake_high_share=1.0, horizon_weeks=4)
        given = {"roster": roster()} if tables is None else tables
        return balance_value(
            given, self.baseline(), self.utilization(), self.blending(), client=client, costs=costs, settings=chosen
        )

    def baseline(self) -> Baseline:
        parts = {name: pd.DataFrame(columns=list(columns)) for name, columns in BASELINE_COLUMNS.items()}
        ladder, days = [], []
        for name, base_h, work, idle in (
            ("contact_centre", self.agents_base_h, self.agents_today, self.agents_idle),
            ("back_office", self.base_h, self.today or 0.4, 0.0),
        ):
            if name not in self.populations:
                continue
            hours = dict.fromkeys(BUCKETS, 0.0)
            hours |= {"ITEM_WORK": work * base_h, "SUPPORT": self.support * base_h, "IDLE": idle * base_h}
            hours["UNACCOUNTED"] = base_h - sum(hours.values())
            hours |= {"ABSENT": base_h * 0.15, "BREAK": base_h * 0.1}
            ladder += [{"population": name, "bucket": part, "hours": number * WEEKS} for part, number in hours.items()]
            for week in range(WEEKS):
                for weekday in range(5):
                    day = pd.Timestamp(CLIENT.period.start) + pd.Timedelta(days=7 * week + weekday)
                    row = {"population": name, "day": day, "weekday": weekday, "week": day, "agents": 30}
                    days.append(
                        row | {part: number / 5 for part, number in hours.items()} | {"PAID": sum(hours.values()) / 5}
                    )
        parts |= {"ladder": pd.DataFrame(ladder), "days": pd.DataFrame(days, columns=list(BASELINE_COLUMNS["days"]))}
        return filled(Baseline, parts, settings=BaselineSettings())

    def utilization(self) -> Utilization:
        rng = np.random.default_rng(9)
        first, own = rng.standard_normal((2, self.draws))
        second = self.rho * first + np.sqrt(1 - self.rho**2) * own
        draws, rows, quantities = [], [], []
        for name in self.populations:
            back = name == "back_office"
            today, goal = (self.today, self.achievable) if back else (self.agents_today, 0.8)
            known = np.full(self.draws, np.nan if today is None else today)
            known = known + (self.today_sd * first if back else 0.0)
            draws.append(
                pd.DataFrame(
                    {
                        "population": name,
                        "draw": np.arange(self.draws),
                        "today": known,
                        "support": self.support,
                        "non_work": 1 - known - self.support,
                        "achievable": goal + (self.achievable_sd * second if back else 0.0),
                        "base_h_per_week": self.base_h if back else self.agents_base_h,
                    }
                )
            )
            bounds = (0.4, 0.9) if today is None else (today, today)
            figures = {"today": np.nan if today is None else today, "today_low": bounds[0], "today_high": bounds[1]}
            figures |= {
                "value": goal,
                "low": goal,
                "high": goal,
                "blended_high": np.nan if back else 0.95,
                "minimum": 0.02,
            }
            rows.append({"population": name, **figures, "found": self.found, "status": "ok", "binding": "queueing"})
            estimate = Estimate(goal, goal - 0.02, goal + 0.02, n=40, n_unit="days", grade="B")
            quantities.append(Quantity("utilization.achievable", estimate, "", {"population": name}))
            room = Estimate.missing("no reclaimable time found", low=0.0, high=55.0, unit="hours_per_week")
            if self.found and today is not None:
                room = Estimate((goal - today) * self.base_h, unit="hours_per_week")
            quantities.append(Quantity("utilization.reclaimable_h_per_week", room, "", {"population": name}))
        parts = {name: frame_of(name, []) for name in UTILIZATION_COLUMNS}
        columns = list(UTILIZATION_COLUMNS["achievable"])
        parts |= {"draws": pd.concat(draws, ignore_index=True), "achievable": pd.DataFrame(rows, columns=columns)}
        return filled(Utilization, parts, settings=UtilizationSettings(), quantities=tuple(quantities))

    def blending(self) -> Blending:
        quantities = []
        for mode, hours in self.movable_h.items():
            described = {"unit": "hours_per_week", "n": 40, "n_unit": "days"}
            half = 1.96 * self.movable_sd
            estimate = (
                Estimate.missing("no agents' states were given", **described)
                if hours is None
                else Estimate(hours, max(0.0, hours - half), hours + half, **described)
            )
            scope = {"population": "contact_centre", "pool": "service", "mode": MODES[mode]}
            quantities.append(Quantity("blending.usable_h_per_week", estimate, "", scope))
        surplus = Quantity(
            "blending.releasable_agents",
            Estimate(2.0, 1.0, 3.0, unit="agents"),
            "",
            {"population": "contact_centre", "pool": "service"},
        )
        if "contact_centre" not in self.populations:
            nothing = {"idle_by_cause": pd.DataFrame({"pool": []}), "lab": frames.frame("lab")}
            return filled(Blending, nothing, settings=BlendingSettings())
        slots = pd.DataFrame({"pool": ["service"] * 130})
        rows = [{"pool": "service", "policy": self.recommended, "recommended": True}] if self.recommended else []
        return filled(
            Blending,
            {"idle_by_cause": slots, "lab": frames.frame("lab", rows)},
            settings=BlendingSettings(),
            quantities=(*quantities, surplus),
        )


def roster(clerks: int = 30, specialists: int = 10, agents: int = 40) -> pd.DataFrame:
    """Return a roster of full-time people by grade."""
    grades = ["clerk"] * clerks + ["specialist"] * specialists + ["agent"] * agents
    return pd.DataFrame(
        {
            "agent": [f"p{number}" for number in range(len(grades))],
            "team": "t",
            "site": "s",
            "contract_h": 40.0,
            "grade": grades,
            "population": ["contact_centre" if grade == "agent" else "back_office" for grade in grades],
            "valid_from": pd.Timestamp("2025-01-01"),
            "valid_to": pd.NaT,
        }
    )


def filled(kind, frames, *, settings, quantities=()):
    """Return a result of this class: frames as given, all others empty."""
    hints = {one.name: one for one in dataclasses.fields(kind)}
    given: dict[str, typing.Any] = {name: pd.DataFrame() for name in hints}
    given |= {"quantities": quantities, "findings": (), "settings": settings}
    given |= {"sentences": {}} if "sentences" in hints else {}
    return kind(**(given | dict(frames)))
