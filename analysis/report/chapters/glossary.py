"""Appendix: what the words mean."""

from __future__ import annotations

from analysis.report.blocks import Chapter, Note, Terms
from analysis.report.context import Context


def chapter(c: Context) -> Chapter:
    """Return the glossary: the report's words, and the letters of evidence with the meaning that page three gives them."""
    words = c.words
    notes = [Note(term.replace("_", " "), text) for term, text in words.section("glossary").items()]
    notes += [Note(words("glossary_grade", grade=letter), text) for letter, text in words.section("grade").items()]
    ordered = sorted(notes, key=lambda note: note.term.lower())
    answer = words("glossary_answer", n=c.n.count(len(ordered)))
    return Chapter(
        words("glossary_topic"), words("glossary_question"), answer, [Terms(ordered, double=True)], appendix=True
    )
