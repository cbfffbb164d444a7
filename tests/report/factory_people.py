"""The other half of the plausible insurer: what was read in, and how ready the client is."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pandas as pd

from analysis.foundation.schema import Finding
from analysis.intake.result import TRAP_COLUMNS, Intake
from analysis.readiness import read_criteria
from analysis.readiness.assess import assess_readiness
from analysis.readiness.result import Readiness
from tests.report import factory

# criterion -> lower median, lowest, highest of the raters; D1 and the like stand on data
_LEVELS = {
    "T1": (2, 1, 3),
    "T2": (3, 3, 4),
    "T3": (2, 1, 3),
    "T4": (1, 1, 2),
    "T5": (1, 0, 2),
    "D1": (4, 4, 4),
    "D2": (2, 2, 2),
    "D3": (4, 4, 4),
    "D4": (4, 4, 4),
    "D5": (3, 3, 3),
    "D6": (3, 3, 4),
    "W1": (4, 4, 4),
    "W2": (3, 2, 4),
    "W3": (3, 2, 3),
    "W4": (3, 3, 3),
    "W5": (4, 4, 4),
    "W6": (2, 1, 3),
    "W7": (3, 3, 3),
    "P1": (4, 4, 4),
    "P2": (4, 4, 4),
    "P3": (1, 1, 2),
    "P4": (3, 2, 3),
    "P5": (2, 0, 3),
    "M1": (3, 3, 4),
    "M2": (2, 2, 3),
    "M3": (2, 1, 2),
    "M4": (2, 1, 3),
    "M6": (2, 2, 2),
    "C1": (4, 3, 4),
    "C2": (2, 2, 3),
    "C3": (3, 3, 3),
    "C4": (2, 2, 3),
    "K1": (1, 0, 2),
    "K2": (2, 2, 2),
    "K3": (3, 2, 3),
    "K4": (2, 1, 2),
}
_FROM_DATA = ("D1", "D2", "D3", "D4", "D5", "W1", "W4", "W5", "P1", "P2")


def _answers() -> pd.DataFrame:
    rows = []
    roles = ("team leader", "planner", "agent", "operations", "team leader")
    for criterion, (level, low, high) in _LEVELS.items():
        for rater, rating in enumerate((low, level, level, level, high)):
            rows.append((criterion, f"p{rater:012x}", roles[rater], float(rating), ""))
    return pd.DataFrame(rows, columns=["criterion", "rater", "role", "rating", "evidence"])


def _listening() -> pd.DataFrame:
    themes = ["freed time"] * 14 + ["measurement"] * 9 + ["quality"] * 7
    rows = [
        (
            pd.Timestamp("2026-03-05"),
            "agent",
            f"Team {place % 6}",
            "heard",
            theme,
            "",
            pd.Timestamp("2026-03-19") if place % 3 else pd.NaT,
            place % 4 == 0,
        )
        for place, theme in enumerate(themes)
    ]
    return pd.DataFrame(
        rows, columns=["heard_on", "role", "team", "concern", "theme", "asks", "read_back_on", "agreed"]
    )


def readiness(levels: dict[str, int] | None = None) -> Readiness:
    """Judge the hand-made levels by the real rules; the criteria that data score are marked so."""
    criteria = [criterion.model_copy(update={"data": False}) for criterion in read_criteria()]
    answers = _answers()
    for criterion, level in (levels or {}).items():
        answers.loc[answers["criterion"] == criterion, "rating"] = float(level)
    result = assess_readiness(
        {"answers": answers, "listening": _listening()},
        factory.baseline(),
        factory.utilization(),
        factory.blending(),
        client=factory.client(),
        criteria=criteria,
    )
    frame = result.criteria.copy()
    data = frame["criterion"].isin(_FROM_DATA)
    frame.loc[data, ["source", "grade", "spread"]] = ["data", "A", ""]
    frame.loc[data, "evidence"] = "Measured on the client's data."
    return dataclasses.replace(result, criteria=frame)


_FILES = [
    ("data/agent_status_north.csv", "spells", "contact_centre", 61_204, 6, 0, 12, 410, {}, {"end_missing": 37, "dst_nonexistent": 2}, "time ladder; waiting; gaps", ""),
    ("data/agent_status_south.csv", "spells", "contact_centre", 58_921, 6, 0, 8, 0, {"agent": 214}, {"negative_length": 11}, "time ladder; waiting; gaps", ""),
    ("data/interval_volumes.csv", "volumes", "contact_centre", 2_914, 0, 3, 56, 0, {}, {}, "service level; staffing", ""),
    ("data/calls.csv", "contacts", "contact_centre", 168_612, 0, 0, 0, 96, {}, {"answered_before_offered": 40}, "service level; waits", "abandoned contacts before 9 March"),
    ("data/forecast.csv", "forecasts", "contact_centre", 2_802, 0, 0, 0, 0, {}, {}, "surplus by cause", ""),
    ("data/schedule.csv", "schedule", "contact_centre", 19_440, 0, 0, 0, 22, {}, {}, "paid time", ""),
    ("data/roster.xlsx", "roster", "back_office", 186, 2, 1, 1, 0, {}, {}, "population; teams", ""),
    ("data/work_items.csv", "work_items", "back_office", 64_310, 0, 0, 0, 181, {}, {"ended_before_started": 66}, "item work; lengths", "items opened overnight"),
    ("data/observation_rounds.csv", "observations", "back_office", 9_944, 0, 0, 0, 0, {}, {}, "non-work", ""),
    ("data/quality.csv", "quality", "back_office", 96, 0, 0, 1, 0, {}, {"checked_missing": 48}, "", "error rate"),
]  # fmt: skip


def intake() -> Intake:
    rows = []
    for name, table, population, physical, banner, blank, total, duplicate, excluded, rejected, good, bad in _FILES:
        used = physical - 1 - banner - blank - total - duplicate - sum(excluded.values()) - sum(rejected.values())
        digest = np.random.default_rng(len(name)).bytes(32).hex()
        rows.append(
            {
                "file": name,
                "sha256": digest,
                "size_bytes": physical * 80,
                "adapter": "generic",
                "table": table,
                "population": population,
                "period_start": pd.Timestamp("2026-03-02"),
                "period_end": pd.Timestamp("2026-04-26"),
                "physical": physical,
                "header": 1,
                "banner": banner,
                "blank": blank,
                "total": total,
                "duplicate": duplicate,
                "excluded": json.dumps(excluded),
                "rejected": json.dumps(rejected),
                "used": used,
                "time_us": json.dumps({"stated_us": used * 60_000_000, "moved_us": {}, "used_us": used * 60_000_000}),
                "good_for": good,
                "not_good_for": bad,
            }
        )
    return Intake(
        tables={},
        files=pd.DataFrame(rows),
        states=pd.DataFrame(
            [("agent_status", "INTERACTING", "HANDLING", 96_410, 15_202.0), ("agent_status", "IDLE", "IDLE", 88_120, 6_578.0)],
            columns=["source", "state_raw", "state", "spells", "hours"],
        ),
        findings=(
            Finding("clock_change", "fixed", "data/agent_status_north.csv", "39 spells cross the clock change of 29 March; their length is counted in real seconds.", 39, 0),
            Finding("open_spell", "rejected", "data/agent_status_north.csv", "37 spells have no end and no following state; they were left out (48 hours). Ask for the export to run one day longer.", 37, 172_800_000_000),
            Finding("midnight_split", "fixed", "data/agent_status_south.csv", "1,204 spells were cut at midnight by the export and joined again.", 1_204, 0),
            Finding("default_code", "flag", "data/agent_status_south.csv", "Team South 4 records 61 % of its time off the queues under one default code; its away share is an upper bound.", 2_310),
            Finding("unmatched_agents", "ask", "data/work_items.csv", "4 agents in the item log are not on the roster (212 items). Name their team, or confirm that they are robots.", 212),
        ),
        quantities=(),
        settings=(),
        rejects=pd.DataFrame(columns=["file", "row", "reason"]),
        traps=pd.DataFrame(columns=[*TRAP_COLUMNS]),
    )  # fmt: skip


def run() -> dict[str, Any]:
    files = intake().files
    return {
        "run_id": "7f3a91c2",
        "overrides": [("blending.max_occupancy", "0.88"), ("utilization.delay_high_share", "0.05")],
        "inputs": dict(zip(files["file"], files["sha256"], strict=True)),
        "versions": {
            "blending-readiness": "0.1.0",
            "numpy": "2.4.6",
            "pandas": "3.1.1",
            "scipy": "1.17.1",
            "typst": "0.15.2",
        },
        "sources": {stage: list(files["sha256"][:4]) for stage in ("baseline", "utilization", "blending", "readiness")},
    }
