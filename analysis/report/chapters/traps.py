"""Appendix: which known traps of the exports were tested, what repairs moved, and what was left as it is."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.report.blocks import Cell, Chapter, Column, Exhibit
from analysis.report.chapters import data
from analysis.report.context import Context

OUTCOMES = ("found", "passed", "untested")


def chapter(c: Context) -> Chapter:
    """Return the appendix on traps, repairs and what was not repaired."""
    words = c.words
    tables = (_traps(c), _repairs(c), _left(c))
    return Chapter(
        words("traps.topic"), words("traps.question"), _answer(c), [table for table in tables if table], appendix=True
    )


def _tested(c: Context) -> pd.DataFrame:
    """Return every known trap of the formats read with its outcome: found something, passed, or could not be tested."""
    frame = c.intake.traps if c.reconciliation is None else c.reconciliation.traps
    if frame.empty:
        return frame.assign(outcome=pd.Series(dtype="str"))
    tested = frame["tested"].astype(bool)
    outcome = tested.map({True: "passed", False: "untested"}).where(~(tested & (frame["rows"] > 0)), "found")
    order = outcome.map({name: place for place, name in enumerate(OUTCOMES)})
    return frame.assign(outcome=outcome, order=order).sort_values("order", kind="stable")


def _answer(c: Context) -> str:
    words, frame = c.words, _tested(c)
    if frame.empty:
        said = words("traps.none_known")
    else:
        counts = {name: c.n.count((frame["outcome"] == name).sum()) for name in OUTCOMES}
        said = words("traps.answer", n=c.n.count(len(frame)), **counts)
    left = sum(finding.severity in data.LEFT for finding in c.findings)
    return f"{said} {words.some('traps.left_open', left) if left else words('traps.nothing_left')}"


def _traps(c: Context) -> Exhibit | None:
    """Return the log of known traps: those that found something first."""
    words, frame = c.words, _tested(c)
    if frame.empty:
        return None
    counts = {name: c.n.count((frame["outcome"] == name).sum()) for name in OUTCOMES}
    known = set(frame["source"])
    without = len({source.adapter for source in c.intake.settings}) - frame["adapter"].nunique()
    widths = (("where", 2.2), ("question", 3.8), ("outcome", 1.1), ("found", 3.5), ("rows", 0.8), ("moved", 0.9))
    return Exhibit(
        words("traps.headline", n=words.some("traps.known", len(frame)), **counts),
        c.source(*_tables(c, known)).counted(
            words.some("traps.sources", len(known)),
            words("traps.definition") + (f" {words.some('traps.formats_without', without)}" if without > 0 else ""),
        ),
        columns=[
            Column(words(f"traps.column.{name}"), "right" if name in ("rows", "moved") else "left", width)
            for name, width in widths
        ],
        rows=[_trap(c, row) for row in frame.itertuples()],
        dense=True,
    )


def _tables(c: Context, sources: set[str]) -> list[str]:
    """Return the canonical tables that these sources feed."""
    files = c.intake.files
    adapters = set(_tested(c)["adapter"])
    return list(dict.fromkeys(files.loc[files["adapter"].isin(adapters), "table"])) if sources else []


def _trap(c: Context, row: Any) -> tuple[str | Cell, ...]:
    words = c.words
    tone = {"found": "warning", "passed": "accent", "untested": "muted"}[row.outcome]
    outcome = Cell(words(f"traps.outcome.{row.outcome}"), tone=tone, strong=row.outcome == "found")  # type: ignore[arg-type]
    found = row.outcome == "found"
    return (
        data.file_name(row.source),
        str(row.question),
        outcome,
        c.prose(str(row.words)) if found else "–",
        c.n.count(row.rows) if found else "–",
        data.hours_moved(c, abs(int(row.moved_us)) / 3.6e9) if found else "–",
    )


def _repairs(c: Context) -> Exhibit | None:
    """Return what was rejected and corrected, with the hours that each repair moved."""
    words, kinds = c.words, data.kinds(c, data.REPAIRED)
    if not kinds:
        return None
    moved = sum(data.moved_h(c, same) for same in kinds)
    rows = sum(finding.rows or 0 for same in kinds for finding in same)
    return Exhibit(
        words("traps.repairs.headline", kinds=words.some("traps.kinds", len(kinds)), hours=c.n.hours(moved)),
        c.source(results=("intake", "baseline")).counted(
            words.some("traps.rows", rows), words("traps.repairs.definition")
        ),
        columns=data.columns(c),
        rows=[data.row(c, same) for same in kinds],
        dense=True,
    )


def _left(c: Context) -> Exhibit | None:
    """Return what was left as it is, and what would settle it."""
    words, kinds = c.words, data.kinds(c, data.LEFT)
    if not kinds:
        return None
    found = [finding for same in kinds for finding in same]
    asked = sum(finding.severity == "ask" for finding in found)
    return Exhibit(
        words(
            "traps.left.headline",
            asked=words.some("traps.asked", asked) if asked else words("traps.nothing_asked"),
            kept=words.some("traps.kept", len(found) - asked),
        ),
        c.source(results=("intake", "baseline", "utilization", "blending", "readiness")).counted(
            words.some("traps.issues", len(found)), words("traps.left.definition")
        ),
        columns=data.columns(c),
        rows=[data.row(c, same) for same in kinds],
        dense=True,
    )
