"""Appendix: every criterion with who spoke to it, and what others published on time without work."""

from __future__ import annotations

from analysis.baseline.published import published_frame
from analysis.report.blocks import Chapter, Column, Listing, Part, Subhead, Text
from analysis.report.chapters import ready
from analysis.report.context import Context
from analysis.report.numbers import mark


def chapter(c: Context) -> Chapter:
    """Return the appendix on evidence."""
    words, criteria, claims = c.words, len(c.readiness.criteria), published_frame()
    parts: list[Part] = []
    if criteria:
        parts += [Subhead(words("criteria.title", n=c.n.count(criteria))), ready.criteria(c)]
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
