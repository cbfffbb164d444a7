"""Chapter 1: what was read, what became of every row, and what the data can and cannot show."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

import pandas as pd

from analysis.foundation.schema import Finding
from analysis.report.blocks import Cell, Chapter, Column, Exhibit, Part, Source, Text, Tone
from analysis.report.context import Context
from analysis.report.exhibits import rows as row_exhibit
from analysis.report.numbers import mark

SEVERITIES = ("ask", "rejected", "flag", "fixed")
TONES: dict[str, Tone] = {"ask": "warning", "rejected": "warning", "flag": "plain", "fixed": "muted"}
MOST_FINDINGS, MOST_ASKED = 5, 3
# what became of a finding: mended or thrown out, or left as it is
REPAIRED, LEFT = ("rejected", "fixed"), ("ask", "flag")


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
            source=_read(c).saying(words("data.accounting")),
        ),
        _purposes(c),
        *_findings(c),
    ]
    paid = _attendance(c)
    if paid:
        parts.append(Text(paid))
    return Chapter(words("data.topic"), words("data.question"), _answer(c), parts)


def _answer(c: Context) -> str:
    asked = sum(finding.severity == "ask" for finding in c.findings)
    files = c.words.some("sources.files", c.intake.files["file"].nunique())
    rows = c.n.count(c.intake.files["physical"].sum())
    answer = c.words("data.answer", rows=rows, files=files, period=c.period)
    return f"{answer} {c.words.some('data.asked', asked) if asked else c.words('data.nothing_asked')}"


def _read(c: Context) -> Source:
    """Return what an exhibit about all files rests on."""
    files = c.words.some("sources.files", c.intake.files["file"].nunique())
    return c.source(results=("intake",), n=files)


def _purposes(c: Context) -> Exhibit:
    """Return what each file is good for and what it is not good for; files that serve alike stand in one row."""
    words, files = c.words, c.intake.files
    several = len({_period(c, row) for row in files.itertuples()}) > 1
    limited = int((files["not_good_for"].fillna("") != "").sum())
    every = words.some("data.limited_none", len(files))
    return Exhibit(
        words("data.purposes.headline", limited=words.some("data.limited", limited)) if limited else every,
        _read(c).saying(words("data.purposes.definition")),
        columns=(
            Column(words("data.column.file"), width=3.6 if several else 2.7),
            *([Column(words("data.column.period"), width=2.4)] if several else []),
            Column(words("data.column.good"), width=4.8),
            Column(words("data.column.bad"), width=3.6),
        ),
        rows=[
            (names, *([period] if several else []), good, Cell(bad, tone="muted" if bad == "–" else "plain"))
            for names, period, good, bad in _served(c)
        ],
        dense=True,
    )


def _served(c: Context) -> list[tuple[str, str, str, str]]:
    """Return files, period, what they are good for and what not: one row a file, and one row for files that serve alike."""
    by_file: dict[str, list[Any]] = {}
    for row in c.intake.files.fillna({"good_for": "", "not_good_for": ""}).itertuples():
        by_file.setdefault(file_name(str(row.file)), []).append(row)
    alike: dict[tuple[str, str, str], list[str]] = {}
    for name, rows in by_file.items():
        good, bad = (
            "; ".join(dict.fromkeys(str(text) for row in rows if (text := getattr(row, side)))) or "–"
            for side in ("good_for", "not_good_for")
        )
        alike.setdefault((_period(c, rows[0]), good, bad), []).append(name)
    return [(", ".join(names), *said) for said, names in alike.items()]


def _period(c: Context, row: Any) -> str:
    """Return the period that a file covers in words; a dash when it has none."""
    if pd.isna(row.period_start) or pd.isna(row.period_end):
        return "–"
    return c.n.period(pd.Timestamp(row.period_start).date(), pd.Timestamp(row.period_end).date())


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


def kinds(c: Context, severities: Sequence[str] = SEVERITIES) -> list[list[Finding]]:
    """Return findings of one kind together, rejected rows and rules of the time ladder by place.

    They come in the order of `severities`, then by the time that they moved, then by the rows that they concern.
    """
    found: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in c.findings:
        if finding.severity in severities:
            code = "" if finding.severity == "rejected" else finding.code
            found.setdefault((finding.severity, code, finding.where), []).append(finding)
    return sorted(
        found.values(),
        key=lambda same: (
            severities.index(same[0].severity),
            -moved_h(c, same),
            -sum(finding.rows or 0 for finding in same),
        ),
    )


def moved_h(c: Context, same: Sequence[Finding]) -> float:
    """Return the hours that findings moved: what they state, else what the account of time of their files holds for them."""
    return sum(abs(_moved_us(c, finding)) for finding in same) / 3.6e9


def _moved_us(c: Context, finding: Finding) -> int:
    if finding.moved_us is not None:
        return finding.moved_us
    files = c.intake.files
    mine = files[[fnmatchcase(str(name), finding.where) for name in files["file"]]] if len(files) else files
    side, _, reason = {
        "duplicate_rows": "duplicate_us",
        "outside_period": "excluded_us outside_period",
    }.get(finding.code, f"rejected_us {finding.code.removeprefix('rejected_')}").partition(" ")
    total = 0
    for account in mine["time_us"].drop_duplicates() if len(mine) else ():
        held = json.loads(account).get(side, 0)
        total += int(held.get(reason, 0) if isinstance(held, dict) else held)
    return total


def hours_moved(c: Context, hours: float) -> str:
    """Return hours in a table; a dash where none were moved."""
    return c.n.hours(hours) if hours else "–"


def file_name(name: str) -> str:
    """Return a file or pattern without the folder that all of them share."""
    return str(name).removeprefix("data/")


def columns(c: Context) -> list[Column]:
    """Return the columns of a table of findings."""
    widths = (("kind", 1.2), ("where", 2.6), ("finding", 7.1), ("rows", 0.9), ("moved", 1.0))
    return [
        Column(c.words(f"data.column.{name}"), "right" if name in ("rows", "moved") else "left", width)
        for name, width in widths
    ]


def _findings(c: Context) -> list[Exhibit]:
    """Return the weightiest of what was found in the data; the appendix on traps holds all of it."""
    words, every = c.words, kinds(c)
    if not every:
        return []
    asked = [same for same in every if same[0].severity == "ask"][:MOST_ASKED]
    others = sorted((same for same in every if same[0].severity != "ask"), key=lambda same: -moved_h(c, same))
    shown = [*asked, *others][:MOST_FINDINGS]
    repaired = sum(moved_h(c, same) for same in every if same[0].severity in REPAIRED)
    return [
        Exhibit(
            words("data.findings.headline", n=words.some("data.found", len(c.findings)), hours=c.n.hours(repaired)),
            c.source(results=("intake", "baseline", "utilization", "blending", "readiness")).counted(
                words.some("traps.issues", len(c.findings)),
                words("data.findings.definition", n=c.n.count(len(shown))),
            ),
            columns=columns(c),
            rows=[row(c, same) for same in shown],
        )
    ]


def row(c: Context, same: list[Finding]) -> tuple[str | Cell, ...]:
    """Return the row of findings of one kind: treatment, place, the weightiest message, rows and hours moved."""
    first = max(same, key=lambda finding: abs(_moved_us(c, finding)))
    rows = sum(finding.rows or 0 for finding in same)
    message, where = first.message, file_name(first.where)
    rule = f"ladder_rule.{where.partition(', ')[2]}"
    if first.severity == "rejected":
        reasons = [f"{_reason(finding)} {c.n.count(finding.rows or 0)}" for finding in same]
        message = c.words("data.findings.rejected", reasons=", ".join(reasons))
    elif first.code == "ladder_rule" and rule in c.words:
        message, where = c.words(rule), c.words("data.ladder")
    elif len(same) > 1:
        message = c.words("data.findings.same", message=message, n=c.n.count(len(same) - 1))
    return (
        Cell(c.words(f"severity.{first.severity}"), tone=TONES[first.severity], strong=True),
        c.prose(where),
        c.prose(message),
        c.n.count(rows) if rows else "–",
        hours_moved(c, moved_h(c, same)),
    )


def _reason(finding: Finding) -> str:
    """Return the reason of a rejection as its code spells it."""
    return finding.code.removeprefix("rejected_").replace("_", " ")
