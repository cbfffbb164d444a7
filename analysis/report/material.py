"""Everything that the deliverables say, computed and checked before a byte is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.report.blocks import Chapter, Drawing, numbered
from analysis.report.chapters import (
    achievable,
    balance,
    blend,
    data,
    definitions,
    differ,
    evidence,
    first,
    glossary,
    heard,
    lineage,
    measure,
    method,
    people,
    plan,
    ready,
    reconciled,
    risks,
    settings,
    sure,
    traps,
    waiting,
    worth,
)
from analysis.report.disclosure import check_groups, check_heard, check_texts
from analysis.report.figures import drawings_of
from analysis.report.results import results_text
from analysis.report.workbook import tables

if TYPE_CHECKING:
    import pandas as pd

    from analysis.report.context import Context

CHAPTERS = (
    data.chapter,
    definitions.chapter,
    measure.chapter,
    sure.chapter,
    differ.chapter,
    waiting.when,
    waiting.gaps,
    achievable.chapter,
    blend.chapter,
    worth.chapter,
    ready.chapter,
    heard.chapter,
    plan.chapter,
    people.chapter,
    risks.chapter,
    reconciled.chapter,
    traps.chapter,
)
# they come after the lineage, which names the exhibits of all before it
LAST = (method.chapter, settings.chapter, evidence.chapter, glossary.chapter)


@dataclass(frozen=True, slots=True)
class Material:
    """What is said, independent of lines, logo and sheet.

    Attributes
    ----------
    record
        What the pages say, as plain data for the template; :func:`analysis.report.furniture.furniture` adds what a firm may change.
    sheets
        The tables of the workbook by the key of their name.
    results
        The content of ``results.json``.
    drawings
        Every chart, in the order of the pages.
    """

    record: Mapping[str, Any]
    sheets: Mapping[str, pd.DataFrame]
    results: str
    drawings: tuple[Drawing, ...]


def chapters_of(c: Context) -> list[Chapter]:
    """Return the chapters in their order, appendices last."""
    chapters = [chapter(c) for chapter in CHAPTERS]
    return [*chapters, lineage.chapter(c, chapters), *(chapter(c) for chapter in LAST)]


def material(c: Context) -> Material:
    """Return everything that the deliverables say.

    Parameters
    ----------
    c
        The results of all stages, and the words and looks to tell them with.

    Raises
    ------
    DisclosureProblem
        A figure could single out a person.
    """
    check_groups(c.baseline, c.utilization, c.blending)
    check_heard(c.readiness)
    chapters = chapters_of(c)
    record = {
        # page one, page two, the questions with their answers, the chapters
        "first": first.first_page(c),
        "balance": balance.page(c),
        "contents": first.contents(c, ["" if chapter.appendix else chapter.answer for chapter in chapters]),
        "chapters": numbered(chapters),
    }
    said = Material(
        record, tables(c), results_text(c), (*first.drawings(c), *balance.drawings(c), *drawings_of(chapters))
    )
    check_texts(
        {
            "assessment.pdf": json.dumps(record, ensure_ascii=False),
            "results.json": said.results,
            "tables.xlsx": "\n".join(frame.to_csv(index=False) for frame in said.sheets.values()),
        }
    )
    return said
