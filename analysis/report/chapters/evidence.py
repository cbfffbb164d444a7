"""Appendix: every criterion with who spoke to it, and what others published on time without work."""

from __future__ import annotations

from typing import Any

from analysis.baseline.published import published_frame
from analysis.report.blocks import Cell, Chapter, Column, Listing, Part, Subhead, Text
from analysis.report.chapters import ready
from analysis.report.context import Context
from analysis.report.exhibits import profile
from analysis.report.numbers import mark


def chapter(c: Context) -> Chapter:
    """Return the appendix on evidence."""
    words, criteria, claims = c.words, len(c.readiness.criteria), published_frame()
    parts: list[Part] = []
    if criteria:
        parts += [Subhead(words("criteria.title", n=c.n.count(criteria))), _criteria(c)]
    parts += [
        Subhead(words("published.title", n=c.n.count(len(claims)))),
        Text(words("published.grades")),
        _published(c),
    ]
    key = "evidence.answer" if criteria else "evidence.answer_alone"
    answer = words(key, criteria=c.n.count(criteria), claims=c.n.count(len(claims)))
    return Chapter(words("evidence.topic"), words("evidence.question"), answer, parts, appendix=True)


def _published(c: Context) -> Listing:
    """Return what others published, each claim with its source, its people and its grade."""
    words = c.words
    rows = [
        [
            f"{row.claim[:1].upper()}{row.claim[1:]}{mark(row.grade)}",
            f"{row.source}, {row.year}; {row.population}",
            f"{row.conversion[:1].upper()}{row.conversion[1:]}. {row.caution[:1].upper()}{row.caution[1:]}.",
        ]
        for row in published_frame().itertuples()
    ]
    columns = (("claim", 4), ("who", 3.4), ("worth", 5))
    return Listing([Column(words(f"published.{name}"), width=width) for name, width in columns], rows)


def _criteria(c: Context) -> Listing:
    """Return the full table of criteria, one part a domain, for the appendix."""
    words = c.words
    rows: list[tuple[str | Cell, ...]] = []
    for domain, frame in profile.domains(c.readiness):
        rows.append(("", Cell(words(f"domain.{domain}"), strong=True), "", "", "", ""))
        rows += [_criterion(c, row) for row in frame.to_dict("records")]
    columns = (
        Column(words("ready.column.criterion"), width=0),
        Column(words("ready.column.question"), width=5.6),
        Column(words("ready.column.level"), width=1.6),
        Column(words("ready.column.spread"), width=1.9),
        Column(words("ready.column.source"), width=1.3),
        Column(words("ready.column.data"), width=3.4),
    )
    return Listing(columns, rows)


def _criterion(c: Context, row: dict[str, Any]) -> tuple[str | Cell, ...]:
    """Return one criterion's row; evidence is spelled where data speak, disagreement where there is some."""
    apart = str(row["disagreement"] or "")
    evidence = str(row["evidence"] or "") if row["source"] == "data" else ""
    return (
        Cell(row["criterion"], strong=bool(row["gate"])),
        row["text"],
        ready.level_of(c, row["level"]),
        Cell(str(row["spread"] or "–"), tone="muted"),
        c.words("ready.evidence", source=c.words(f"answered_by.{row['source']}"), grade=row["grade"]),
        Cell(
            " ".join(_sentence(text) for text in (evidence, apart) if text) or "–", tone="warning" if apart else "muted"
        ),
    )


def _sentence(text: str) -> str:
    """Return a text as a sentence of its own."""
    whole = text[:1].upper() + text[1:]
    return whole if whole.endswith((".", "!", "?")) else f"{whole}."
