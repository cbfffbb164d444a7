"""What finished items were worth at standard times: pace, not presence, and beside the figure of non-work, never in it."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from analysis.foundation.schema import POPULATIONS
from analysis.report.blocks import Cell, Column, Exhibit, Part
from analysis.report.context import Context

MOST_TYPES = 12


def parts(c: Context) -> list[Part]:
    """Return standard times and earned hours of each population that finished items at known standards."""
    found: list[Part] = []
    for population in POPULATIONS:
        frame = c.baseline.standards
        mine = frame[frame["population"] == population] if len(frame) else frame
        if len(mine) and mine["standard_s"].notna().any():
            found.append(_exhibit(c, population, mine))
    return found


def _exhibit(c: Context, population: str, frame: pd.DataFrame) -> Exhibit:
    words, n = c.words, c.n
    hours = frame["volume"] * frame["standard_s"] / 3600
    order = frame.assign(hours=hours).sort_values("hours", ascending=False, kind="stable")
    shown, left = order.head(MOST_TYPES), order.iloc[MOST_TYPES:]
    rows = [_type(c, row) for row in shown.itertuples()]
    if len(left):
        rest = words.some("earned.more", len(left))
        rows.append((rest, n.count(left["volume"].sum()), "–", n.hours(left["hours"].sum()), "–"))
    widths = (("type", 3.4), ("volume", 1.4), ("standard", 2.6), ("hours", 1.4), ("basis", 2.4))
    right = ("volume", "standard", "hours")
    return Exhibit(
        _headline(c, population, order),
        c.source("work_items", "item_types", "workload").counted(
            words.some("earned.items", int(frame["volume"].sum())), words("earned.definition")
        ),
        columns=[
            Column(words(f"earned.column.{name}"), "right" if name in right else "left", width)
            for name, width in widths
        ],
        rows=rows,
        dense=True,
    )


def _type(c: Context, row: Any) -> tuple[str | Cell, ...]:
    """Return a type with its standard time, fitted ones with their interval."""
    words, n = c.words, c.n
    if pd.isna(row.standard_s):
        why = Cell(str(row.reason) or words("status.none"), tone="muted")
        return str(row.type), n.count(row.volume), "–", "–", why
    low, high = (math.nan if pd.isna(bound) else float(bound) for bound in (row.low, row.high))
    standard = n.interval(float(row.standard_s), low, high, "s")
    return str(row.type), n.count(row.volume), standard, n.hours(row.hours), words(f"earned.basis.{row.basis}")


def _headline(c: Context, population: str, frame: pd.DataFrame) -> str:
    """Return the hours that were earned, and their share of the time at work where that is known."""
    words, n = c.words, c.n
    sources = c.baseline.sources
    mine = sources[(sources["population"] == population) & (sources["source"] == "earned_hours")]
    told = {"hours": n.hours(frame["hours"].sum()), "population": words(f"ceilings.subject.{population}")}
    if mine.empty or pd.isna(mine["value"].iloc[0]):
        return words("earned.headline_alone", **told)
    value, low, high = (float(mine[name].iloc[0]) for name in ("value", "low", "high"))
    return words("earned.headline", share=n.interval(1 - value, 1 - high, 1 - low), **told)
