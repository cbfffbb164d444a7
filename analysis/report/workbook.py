"""Every table of the report as a workbook: text stays text, numbers keep their digits, equal bytes for equal content."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.baseline.published import published_frame
from analysis.report.chapters import settings
from analysis.report.context import Context
from analysis.report.exhibits import rows
from analysis.report.numbers import plain

# text must never be read as a formula, a link or a number
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
MOST_WIDTH = 60
# frames of the simulated desk, under their own names
OF_BLENDING = (
    *("lab", "waterfall", "flips", "ageing", "schedule", "usable_slots", "gap_law"),
    *("replay_check", "replay_days", "replay_slots", "replay_ranges", "forecast", "forecast_check"),
)
# frames of the readiness assessment, under their own names
OF_READINESS = (
    *("criteria", "scores", "gates", "types", "modes", "changes", "change_sets", "acceptability", "agreement"),
    *("listening", "heard", "expectations", "responses", "plan", "calendar", "kpis", "messages", "risks"),
    *("pilot", "pilot_power", "stop_rules"),
)


def tables(c: Context) -> dict[str, pd.DataFrame]:
    """Return the sheets by the key of their name in the catalogue, in order."""
    baseline, utilization, blending, readiness = c.baseline, c.utilization, c.blending, c.readiness
    groups = baseline.groups
    if len(groups):
        groups = groups[groups["agents"] >= baseline.settings.minimum_group_agents]
    sheets = {
        "quantities": _quantities(c),
        "files": c.intake.files.drop(columns=["period_start", "period_end"], errors="ignore"),
        "fates": rows.fates(c.intake) if len(c.intake.files) else pd.DataFrame(),
        "findings": _findings(c),
        "reconciliation": _reconciliation(c),
        "states": c.intake.states,
        "settings": settings.frame(c),
        "ladder": baseline.ladder,
        "shares": baseline.shares,
        "sources": baseline.sources,
        "published": published_frame() if len(baseline.sources) else pd.DataFrame(),
        "groups": groups,
        "breakdowns": baseline.breakdowns,
        "time_by_cause": baseline.causes,
        "standards": baseline.standards,
        "waiting": baseline.idle_by_slot.drop(columns=["distinct_agents"], errors="ignore"),
        "gaps": baseline.gaps,
        "gap_survival": baseline.gap_survival,
        "sensitivity": baseline.sensitivity,
        "gap_range": baseline.gap_range,
        "item_lengths": baseline.item_lengths,
        "definitions": baseline.crosswalk,
        "ceilings": utilization.ceilings,
        "allowances": utilization.allowances,
        "achievable": utilization.achievable,
        "levels": utilization.levels,
        "quoted": utilization.quoted,
        "best": utilization.best,
        "ramp": utilization.ramp,
        "checkpoints": utilization.checkpoints,
        "causes": blending.idle_by_cause,
        "usable": blending.usable,
        "policies": blending.frontier,
        "recommended": blending.recommendation,
        **{name: getattr(blending, name) for name in OF_BLENDING},
        "service": blending.service,
        "inventory": blending.inventory,
        **_value(c),
        **{name: getattr(readiness, name) for name in OF_READINESS},
        "doubts": readiness.sensitivity,
    }
    return {key: frame for key, frame in sheets.items() if len(frame)}


def _value(c: Context) -> dict[str, pd.DataFrame]:
    """Return the tables of the value, where it was computed."""
    value = c.value
    if value is None:
        return {}
    names = ("balance", "money", "cumulative", "distribution", "tornado", "targets")
    return {name: getattr(value, name) for name in names}


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


def write_workbook(c: Context, sheets: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write the workbook: a first sheet that says what is where, then one sheet a table."""
    import xlsxwriter

    words = c.words
    with xlsxwriter.Workbook(str(path), OPTIONS) as book:
        book.set_properties({"title": plain(words("title")), "author": "", "company": "", "created": _stamp(c)})
        forms = {
            "head": book.add_format(
                {"bold": True, "bottom": 1, "font_name": "Calibri", "text_wrap": True, "valign": "top"}
            ),
            "title": book.add_format({"bold": True, "font_size": 14}),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
            "share": book.add_format({"num_format": "0%"}),
        }
        _write_first(book.add_worksheet(words("sheet.first")), c, list(sheets), forms)
        for key, frame in sheets.items():
            _write(book.add_worksheet(words(f"sheet.{key}")), frame, forms)


def _stamp(c: Context) -> dt.datetime:
    """Return a moment that depends on the content alone: the end of the period."""
    return dt.datetime.combine(c.client.period.end, dt.time())


def _write_first(sheet: Any, c: Context, keys: list[str], forms: dict[str, Any]) -> None:
    words = c.words
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, f"{c.client.name}", forms["title"])
    sheet.write_string(1, 0, plain(words("title")))
    for place, (name, text) in enumerate(
        (("period", c.period), ("run", c.run.run_id), ("rounding", words("sheet_rounding")))
    ):
        sheet.write_string(3 + place, 0, words(f"sheet_row.{name}"), forms["head"])
        sheet.write_string(3 + place, 1, plain(text), forms["text"])
    for place, key in enumerate(keys):
        sheet.write_string(8 + place, 0, words(f"sheet.{key}"))
        sheet.write_string(8 + place, 1, words(f"sheet_means.{key}"), forms["text"])


def _write(sheet: Any, frame: pd.DataFrame, forms: dict[str, Any]) -> None:
    """Write a frame, shares shown as percent with all their digits kept."""
    sheet.freeze_panes(1, 0)
    shares = _share_columns(frame)
    for column, name in enumerate(frame.columns):
        sheet.write_string(0, column, str(name), forms["head"])
        longest = max([len(str(name)), *(len(str(value)) for value in frame[name].head(200))])
        sheet.set_column(column, column, min(longest + 2, MOST_WIDTH))
        for place, value in enumerate(frame[name], start=1):
            _cell(sheet, place, column, value, forms["share"] if shares.get(name, {}).get(place - 1, False) else None)


def _share_columns(frame: pd.DataFrame) -> dict[str, dict[int, bool]]:
    """Return for each column of shares which of its rows hold one: by its name, or by the row's unit."""
    by_name = {
        "share",
        "share_of_paid",
        "share_of_base",
        "share_of_gap_time",
        "share_of_time_longer",
        "service_level",
        "target",
        "measured",
        "modelled",
        "reported",
        "occupancy",
        "occupancy_peak",
        "worst_service_level",
        "of_workable",
        "today",
        "today_low",
        "today_high",
        *("service_low", "service_high", "change", "change_low", "change_high", "occupancy_worst", "p_abandon"),
        *("within_due_share", "oldest_due_share", "observed", "replayed", "blended", "tolerance", "worst_gap"),
        *("survival", "survival_low", "survival_high", "share_of_time", "time_low", "time_high"),
        *("usable_share", "usable_low", "usable_high", "coverage80", "coverage80_worst_hour"),
        *("service_level_before", "service_level_after", "occupancy_before", "occupancy_after"),
    }
    every = dict.fromkeys(range(len(frame)), True)
    found = {name: every for name in frame.columns if name in by_name}
    bounds = [name for name in ("value", "low", "high") if name in frame]
    if "unit" in frame:
        found |= {name: dict(enumerate(frame["unit"] == "share")) for name in bounds}
    elif "mode" not in frame and "hours_per_week" not in frame and "low80" not in frame:
        found |= dict.fromkeys(bounds, every)
    return found


def _cell(sheet: Any, row: int, column: int, value: Any, form: Any) -> None:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        return
    if isinstance(value, str):
        sheet.write_string(row, column, plain(value))
    elif isinstance(value, bool) or type(value).__name__ in {"bool_", "bool"}:
        sheet.write_boolean(row, column, bool(value))
    elif isinstance(value, int | float) or hasattr(value, "item"):
        sheet.write_number(row, column, float(value), form)
    else:
        sheet.write_string(row, column, str(value))
