"""The machine-readable report: every quantity with its source, the verdict, and the fate of every row."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd

from analysis.report.context import Context, function_of
from analysis.report.exhibits.rows import reasons

SCHEMA = 1
COUNTED = ("physical", "header", "banner", "blank", "total", "duplicate")


def results_record(c: Context) -> dict[str, Any]:
    """Return the content of ``results.json``.

    Raises
    ------
    ValueError
        Two quantities share an id and a scope.
    """
    return {
        "schema": SCHEMA,
        "client": c.client.name,
        "period": [c.client.period.start.isoformat(), c.client.period.end.isoformat()],
        "quantities": _quantities(c),
        "verdict": _verdict(c),
        "intake": _intake(c),
    }


def results_text(c: Context) -> str:
    """Return ``results.json``; NaN and infinity are refused."""
    return json.dumps(results_record(c), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _quantities(c: Context) -> list[dict[str, Any]]:
    seen, records = set(), []
    for stage, quantity in c.quantities:
        key = (quantity.id, tuple(sorted(quantity.scope.items())))
        if key in seen:
            raise ValueError(f"two quantities are called {quantity.id} with scope {dict(quantity.scope)}")
        seen.add(key)
        source = {"stage": stage, "function": function_of(stage, quantity.id), "inputs": c.inputs_of(stage)}
        records.append({**quantity.record(), "source": source})
    return records


def _plain(value: Any) -> Any:
    """Return a cell as JSON knows it; what is missing becomes null."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.item() if hasattr(value, "item") else value


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): _plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def _verdict(c: Context) -> dict[str, Any]:
    readiness = c.readiness
    mode = readiness.verdict.mode
    found = readiness.acceptability
    rows = found[(found["mode"] == mode) & (found["verdict"] == "ready")] if mode else found.head(0)
    return {
        "class": readiness.verdict.verdict,
        "mode": mode,
        "headline": readiness.verdict.headline,
        "modes": dict(zip(readiness.modes["mode"], readiness.modes["verdict"], strict=True)),
        "ready_acceptability": float(rows["share"].iloc[0]) if len(rows) else None,
        "gates": _rows(readiness.gates),
        "changes": _rows(readiness.changes),
    }


def _intake(c: Context) -> list[dict[str, Any]]:
    return [
        {
            "file": row["file"],
            "sha256": row["sha256"],
            "rows": {
                **{name: int(row[name]) for name in COUNTED},
                "excluded": reasons(row["excluded"]),
                "rejected": reasons(row["rejected"]),
                "used": int(row["used"]),
            },
            "time_us": json.loads(row["time_us"]),
        }
        for row in c.intake.files.to_dict("records")
    ]
