"""Chapter 1: what was read, what became of every row, and what the data can and cannot show."""

from __future__ import annotations

from analysis.report.blocks import Cell, Chapter, Column, Exhibit, Part, Text
from analysis.report.context import Context
from analysis.report.exhibits import rows

SEVERITIES = ("ask", "rejected", "flag", "fixed")
TONES = {"ask": "warning", "rejected": "warning", "flag": "plain", "fixed": "muted"}
MOST_FINDINGS = 24


def chapter(c: Context) -> Chapter:
    """Return the chapter on sources and data quality."""
    words = c.words
    parts: list[Part] = [
        c.drawn(
            rows,
            rows.sources,
            c.intake,
            name="sources",
            height_mm=5.2 * max(len(c.intake.files), 1) + 7,
            margins_mm=(48, 70, 5.5, 0.5),
            source=c.source(definition=words("data.accounting")),
        ),
        _purposes(c),
        *_findings(c),
    ]
    attendance = [
        words("data.attendance", population=words(f"population.{row.population}"), sentence=row.sentence)
        for row in c.baseline.attendance.itertuples()
    ]
    if attendance:
        parts.insert(2, Text(" ".join(attendance)))
    return Chapter(words("data.topic"), words("data.question"), _answer(c), parts)


def _answer(c: Context) -> str:
    asked = sum(finding.severity == "ask" for finding in _all_findings(c))
    answer = c.words("data.answer", files=c.words.some("sources.files", len(c.intake.files)), period=c.period)
    return f"{answer} {c.words.some('data.asked', asked) if asked else c.words('data.nothing_asked')}"


def _purposes(c: Context) -> Exhibit:
    """Return what each file is good for and what it is not good for."""
    words, files = c.words, c.intake.files
    limited = int((files["not_good_for"].fillna("") != "").sum())
    return Exhibit(
        words("data.purposes.headline", limited=words.some("data.limited", limited)),
        c.source(),
        columns=(
            Column(words("data.column.file"), width=3),
            Column(words("data.column.table"), width=2.2),
            Column(words("data.column.good"), width=3.6),
            Column(words("data.column.bad"), width=3.2),
        ),
        rows=[
            (
                str(row.file).removeprefix("data/"),
                words(f"table.{row.table}"),
                str(row.good_for or ""),
                Cell(str(row.not_good_for or "–"), tone="warning" if row.not_good_for else "muted"),
            )
            for row in files.itertuples()
        ],
        breakable=True,
    )


def _all_findings(c: Context) -> list:
    results = (c.intake, c.baseline, c.utilization, c.blending, c.readiness)
    found = [finding for result in results for finding in result.findings]
    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))


def _findings(c: Context) -> list[Exhibit]:
    """Return what was found in the data, what was done about it, and the time that it moved."""
    words, found = c.words, _all_findings(c)
    if not found:
        return []
    moved_h = sum(finding.moved_us or 0 for finding in found) / 3.6e9
    headline = words("data.findings.headline", n=words.some("data.found", len(found)), hours=c.n.hours(moved_h))
    left = len(found) - MOST_FINDINGS
    return [
        Exhibit(
            headline if moved_h else words("data.findings.headline_unmoved", n=words.some("data.found", len(found))),
            words("data.findings.more", n=c.n.count(left)) if left > 0 else words("data.findings.all"),
            columns=(
                Column(words("data.column.kind"), width=1.5),
                Column(words("data.column.where"), width=2.6),
                Column(words("data.column.finding"), width=7.5),
                Column(words("data.column.rows"), "right"),
            ),
            rows=[
                (
                    Cell(words(f"severity.{finding.severity}"), tone=TONES[finding.severity], strong=True),  # type: ignore[arg-type]
                    finding.where.removeprefix("data/"),
                    finding.message,
                    c.n.count(finding.rows) if finding.rows is not None else "",
                )
                for finding in found[:MOST_FINDINGS]
            ],
            breakable=True,
        )
    ]
