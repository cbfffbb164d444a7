"""Chapter 1: what was read, what became of every row, and what the data can and cannot show."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from analysis.foundation.schema import Finding
from analysis.report.blocks import Cell, Chapter, Column, Exhibit, Part, Text, Tone
from analysis.report.context import Context
from analysis.report.exhibits import rows as row_exhibit
from analysis.report.numbers import mark

SEVERITIES = ("ask", "rejected", "flag", "fixed")
TONES: dict[str, Tone] = {"ask": "warning", "rejected": "warning", "flag": "plain", "fixed": "muted"}
MOST_FINDINGS = 14


def chapter(c: Context) -> Chapter:
    """Return the chapter on sources and data quality."""
    words = c.words
    parts: list[Part] = [
        c.drawn(
            row_exhibit,
            row_exhibit.sources,
            c.intake,
            name="sources",
            height_mm=5.2 * max(c.intake.files["file"].nunique(), 1) + 7,
            margins_mm=(row_exhibit.name_mm(c.intake), 70, 5.5, 0.5),
            source=c.source(definition=words("data.accounting")),
        ),
        _purposes(c),
        *_findings(c),
    ]
    paid = _attendance(c)
    if paid:
        parts.append(Text(paid))
    return Chapter(words("data.topic"), words("data.question"), _answer(c), parts)


def _answer(c: Context) -> str:
    asked = sum(finding.severity == "ask" for finding in _all_findings(c))
    files = c.words.some("sources.files", c.intake.files["file"].nunique())
    rows = c.n.count(c.intake.files["physical"].sum())
    answer = c.words("data.answer", rows=rows, files=files, period=c.period)
    return f"{answer} {c.words.some('data.asked', asked) if asked else c.words('data.nothing_asked')}"


def _purposes(c: Context) -> Exhibit:
    """Return what each file is good for and what it is not good for."""
    words, files = c.words, c.intake.files
    periods = [_period(c, row) for row in files.itertuples()]
    several = len(set(periods)) > 1
    limited = int((files["not_good_for"].fillna("") != "").sum())
    every = words.some("data.limited_none", len(files))
    return Exhibit(
        words("data.purposes.headline", limited=words.some("data.limited", limited)) if limited else every,
        c.source(),
        columns=(
            Column(words("data.column.file"), width=3.6 if several else 2.7),
            *([Column(words("data.column.period"), width=2.4)] if several else []),
            Column(words("data.column.good"), width=4.8),
            Column(words("data.column.bad"), width=3.6),
        ),
        rows=[
            (
                str(row.file).removeprefix("data/"),
                *([period] if several else []),
                str(row.good_for or ""),
                Cell(str(row.not_good_for or "–"), tone="plain" if row.not_good_for else "muted"),
            )
            for row, period in zip(files.itertuples(), periods, strict=True)
        ],
    )


def _period(c: Context, row: Any) -> str:
    """Return the period that a file covers in words; a dash when it has none."""
    if pd.isna(row.period_start) or pd.isna(row.period_end):
        return "–"
    return c.n.period(pd.Timestamp(row.period_start).date(), pd.Timestamp(row.period_end).date())


def _all_findings(c: Context) -> list[Finding]:
    return sorted(c.findings, key=lambda finding: SEVERITIES.index(finding.severity))


def _attendance(c: Context) -> str:
    """Return where paid time comes from, in one sentence."""
    parts, unpaid = [], []
    for row in c.baseline.attendance.itertuples():
        name = c.words(f"population.{row.population}").lower()
        if math.isnan(row.paid_h):
            unpaid.append(c.words(f"ceilings.subject.{row.population}"))
            continue
        parts.append(
            c.words(
                "data.attendance",
                population=name,
                source=c.words(f"attendance.{row.source}"),
                agents=c.n.count(row.agents),
                hours=c.n.hours(row.paid_h),
                grade=mark(row.grade),
            )
        )
    paid = [c.words("data.paid", parts="; ".join(parts))] if parts else []
    return " ".join([*paid, *([c.words("data.unpaid", populations=c.words.listed(unpaid))] if unpaid else [])])


def _kinds(found: list[Finding]) -> list[list[Finding]]:
    """Return findings of one kind together, rejected rows by file: questions first, then by the time that they moved."""
    kinds: dict[tuple[str, str], list[Finding]] = {}
    for finding in found:
        kind = finding.where if finding.severity == "rejected" else finding.code
        kinds.setdefault((finding.severity, kind), []).append(finding)
    return sorted(kinds.values(), key=lambda same: (SEVERITIES.index(same[0].severity), -_moved(same)))


def _moved(same: list[Finding]) -> float:
    return sum(finding.moved_us or 0 for finding in same) / 3.6e9


def _findings(c: Context) -> list[Exhibit]:
    """Return what was found in the data, what was done about it, and the time that it moved."""
    words, found = c.words, _all_findings(c)
    if not found:
        return []
    kinds = _kinds(found)
    left = sum(len(same) for same in kinds[MOST_FINDINGS:])
    return [
        Exhibit(
            words("data.findings.headline", n=words.some("data.found", len(found))),
            words("data.findings.more", n=c.n.count(left)) if left > 0 else words("data.findings.all"),
            columns=(
                Column(words("data.column.kind"), width=1.4),
                Column(words("data.column.where"), width=2.9),
                Column(words("data.column.finding"), width=6.8),
                Column(words("data.column.rows"), "right", 1),
                Column(words("data.column.moved"), "right", 1.1),
            ),
            rows=[_finding(c, same) for same in kinds[:MOST_FINDINGS]],
        )
    ]


def _finding(c: Context, same: list[Finding]) -> tuple[str | Cell, ...]:
    first, moved = max(same, key=lambda finding: finding.moved_us or 0), _moved(same)
    rows = sum(finding.rows or 0 for finding in same)
    message = first.message
    if first.severity == "rejected":
        reasons = [f"{_reason(finding)} {c.n.count(finding.rows or 0)}" for finding in same]
        message = c.words("data.findings.rejected", reasons=", ".join(reasons))
    elif len(same) > 1:
        message = c.words("data.findings.same", message=message, n=c.n.count(len(same) - 1))
    return (
        Cell(c.words(f"severity.{first.severity}"), tone=TONES[first.severity], strong=True),
        c.prose(first.where.removeprefix("data/")),
        c.prose(message),
        c.n.count(rows) if rows else "",
        c.n.hours(moved) if moved else "",
    )


def _reason(finding: Finding) -> str:
    """Return the reason of a rejection as its code spells it."""
    return finding.code.removeprefix("rejected_").replace("_", " ")
