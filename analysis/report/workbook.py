"""Every table of the report as a workbook: text stays text, numbers keep their digits, equal bytes for equal content."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.baseline.published import published_frame
from analysis.report.chapters import settings
from analysis.report.context import Context
from analysis.report.exhibits import rows
from analysis.report.sheets import Front, write_sheets

if TYPE_CHECKING:
    from analysis.report.paper import Paper

# the sheets that are a frame of a result as it stands: sheet -> result and frame, in the order of the workbook
FRAMES: dict[str, tuple[str, str]] = {
    "states": ("intake", "states"),
    "traps": ("intake", "traps"),
    "attendance": ("baseline", "attendance"),
    "ladder": ("baseline", "ladder"),
    "shares": ("baseline", "shares"),
    "sources": ("baseline", "sources"),
    "groups": ("baseline", "groups"),
    "merges": ("baseline", "merges"),
    "breakdowns": ("baseline", "breakdowns"),
    "time_by_cause": ("baseline", "causes"),
    "standards": ("baseline", "standards"),
    "waiting": ("baseline", "idle_by_slot"),
    **{name: ("baseline", name) for name in ("gaps", "gap_survival", "sensitivity", "gap_range", "item_lengths")},
    "definitions": ("baseline", "crosswalk"),
    **{name: ("utilization", name) for name in ("ceilings", "allowances", "achievable", "levels", "quoted", "best")},
    **{name: ("utilization", name) for name in ("ramp", "checkpoints")},
    "causes": ("blending", "idle_by_cause"),
    "usable": ("blending", "usable"),
    "policies": ("blending", "frontier"),
    "recommended": ("blending", "recommendation"),
    **{name: ("blending", name) for name in ("lab", "waterfall", "flips", "ageing", "schedule", "usable_slots")},
    **{name: ("blending", name) for name in ("gap_law", "replay_check", "replay_days", "replay_slots")},
    **{name: ("blending", name) for name in ("replay_ranges", "forecast", "forecast_check", "service", "inventory")},
    **{name: ("value", name) for name in ("balance", "money", "cumulative", "distribution", "tornado", "targets")},
    **{name: ("readiness", name) for name in ("criteria", "scores", "gates", "types", "modes", "changes")},
    **{name: ("readiness", name) for name in ("change_sets", "acceptability", "agreement", "listening", "heard")},
    **{name: ("readiness", name) for name in ("expectations", "responses", "plan", "calendar", "kpis", "messages")},
    **{name: ("readiness", name) for name in ("risks", "pilot", "pilot_power", "stop_rules")},
    "doubts": ("readiness", "sensitivity"),
}
# frames that stand in no sheet as they are, and why
NOT_PRINTED: dict[tuple[str, str], str] = {
    ("intake", "files"): "stands in two sheets: what each file is, and its rows by fate",
    ("intake", "rejects"): "rows of the client's own files; they stay in private/",
    ("baseline", "members"): "one row a person",
    ("baseline", "days"): "hours day by day, on some days of few people; the sums stand in the ladder",
    ("baseline", "level_days"): "hours day by day and level, of few people; the means stand in the breakdowns",
    ("baseline", "pool_slot_days"): "half hours of single days, of few people; the means stand under waiting",
    ("baseline", "pool_slots"): "what blending starts from; the same half hours stand under waiting and by cause",
    (
        "baseline",
        "people_spread",
    ): "quantiles over people; what is told of them passed the rules and stands in the quantities",
    ("baseline", "facts"): "intermediate figures; those that are told stand in the quantities",
    ("utilization", "draws"): "draws of the simulation; their mean and interval stand under achievable",
    ("utilization", "slots"): "what the ceilings start from; the same half hours stand under waiting and kept free",
}


def tables(c: Context) -> dict[str, pd.DataFrame]:
    """Return the sheets by the key of their name in the catalogue, in order; those without a row are left out."""
    names = ("intake", "baseline", "utilization", "blending", "value", "readiness")
    results = {name: getattr(c, name) for name in names}
    sheets = {
        "quantities": _quantities(c),
        "files": _files(c),
        "fates": rows.fates(c.intake) if len(c.intake.files) else pd.DataFrame(),
        "findings": _findings(c),
        "reconciliation": _reconciliation(c),
        "settings": settings.frame(c),
        "published": published_frame() if len(c.baseline.sources) else pd.DataFrame(),
    }
    sheets |= {
        key: getattr(results[result], name) for key, (result, name) in FRAMES.items() if results[result] is not None
    }
    # seen once more here, whoever made the frames
    if len(sheets["groups"]):
        sheets["groups"] = sheets["groups"][sheets["groups"]["agents"] >= c.baseline.settings.minimum_group_agents]
    sheets["waiting"] = sheets["waiting"].drop(columns=["distinct_agents"], errors="ignore")
    return {key: frame for key, frame in sheets.items() if len(frame)}


def _files(c: Context) -> pd.DataFrame:
    """Return what was read, its periods as days."""
    frame = c.intake.files
    days = {
        name: pd.to_datetime([None if pd.isna(day) else pd.Timestamp(day).date() for day in frame[name]])
        for name in ("period_start", "period_end")
        if name in frame
    }
    return frame.assign(**days)


def _quantities(c: Context) -> pd.DataFrame:
    """Return every quantity with its interval, grade and definition."""
    told = ("value", "low", "high", "unit", "n", "n_unit", "basis", "grade", "status")
    return pd.DataFrame(
        [
            {
                "id": quantity.id,
                "scope": "; ".join(f"{key}={value}" for key, value in sorted(quantity.scope.items())),
                **{name: getattr(quantity.estimate, name) for name in told},
                "reasons": "; ".join(quantity.estimate.reasons),
                "definition": quantity.definition,
            }
            for _, quantity in c.quantities
        ]
    )


def _reconciliation(c: Context) -> pd.DataFrame:
    """Return what was counted twice and held against another export; findings stand in their own sheet."""
    if c.reconciliation is None:
        return pd.DataFrame()
    frame = c.reconciliation.to_frame()
    return frame[frame["part"] != "finding"].reset_index(drop=True)


def _findings(c: Context) -> pd.DataFrame:
    """Return what was found in the data, by every stage."""
    return pd.DataFrame(
        [
            {"severity": finding.severity, "where": finding.where, "message": finding.message, "rows": finding.rows}
            for finding in c.findings
        ]
    )


def write_workbook(
    c: Context, sheets: Mapping[str, pd.DataFrame], path: Path, *, paper: Paper | None = None, foot: str = ""
) -> None:
    """Write the workbook.

    Parameters
    ----------
    c, sheets
        The results, and the tables by the key of their name.
    path
        The file.
    paper, foot
        What it is printed on, and the line at the foot of every page.
    """
    # a moment that depends on the content alone: the end of the period
    made = dt.datetime.combine(c.client.period.end, dt.time())
    letter = paper is not None and paper.name == "letter"
    write_sheets(c.words, Front(c.client.name, c.period, c.run.run_id, foot, letter, made), sheets, path)
