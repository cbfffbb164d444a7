"""Builds the deliverables: the assessment, its numbers, its charts and its tables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.intake.reconciliation import reconcile
from analysis.report.blocks import numbered
from analysis.report.brand import load_brand
from analysis.report.chapters import (
    achievable,
    blend,
    data,
    definitions,
    differ,
    first,
    heard,
    measure,
    method,
    plan,
    ready,
    reconciled,
    risks,
    sure,
    waiting,
    worth,
)
from analysis.report.communication import build_communication
from analysis.report.context import Context
from analysis.report.disclosure import check_groups, check_heard, check_texts, without_few
from analysis.report.exhibits.theme import Theme
from analysis.report.figures import draw_figures, drawings_of
from analysis.report.furniture import furniture
from analysis.report.paper import paper_named
from analysis.report.results import results_text
from analysis.report.run import Run
from analysis.report.settings import ReportSettings
from analysis.report.typeset import typeset
from analysis.report.workbook import tables, write_workbook

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline
    from analysis.blending.result import Blending
    from analysis.foundation.settings import Client, Queue
    from analysis.intake.result import Intake
    from analysis.readiness.result import Readiness
    from analysis.utilization.result import Utilization
    from analysis.value.result import Value

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
    risks.chapter,
    reconciled.chapter,
    method.chapter,
)


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """The deliverables of one run, as file names in the folder they were written to.

    Attributes
    ----------
    pdf, results, workbook, communication
        ``assessment.pdf``, ``results.json``, ``tables.xlsx``, ``communication.pdf``.
    figures
        The charts, relative to the folder.
    headline
        The verdict that page one states.
    """

    pdf: str
    results: str
    workbook: str
    communication: str
    figures: tuple[str, ...]
    headline: str

    def __repr__(self) -> str:
        """Return the verdict and where it is written."""
        return f"{self.headline} ({self.pdf}, {len(self.figures)} charts)"


def build_report(
    *,
    client: Client,
    queues: Sequence[Queue],
    intake: Intake,
    baseline: Baseline,
    utilization: Utilization,
    blending: Blending,
    readiness: Readiness,
    value: Value | None = None,
    run: Run | Mapping[str, Any],
    out: Path,
    brand: Path | None = None,
    paper: str = "",
    settings: ReportSettings | None = None,
) -> Report:
    """Write the assessment as a PDF, with its numbers, charts and tables beside it.

    Parameters
    ----------
    client, queues
        Who the client is, and the promises it is held to.
    intake, baseline, utilization, blending, readiness
        The results of the stages.
    value
        What the change is worth; without it the report says what it would take.
    run
        What the report states about the run: a :class:`Run` or a mapping with its names.
    out
        Folder to write to; it is made if need be.
    brand
        A ``brand.toml``; by default the one of `settings`, else the kit's own.
    paper
        ``"a4"`` or ``"letter"``; by default that of `settings`.
    settings
        Paper and brand as the engagement file states them.

    Returns
    -------
    Report
        The file names, and the verdict.

    Raises
    ------
    UsageProblem
        The brand file or the paper is wrong.
    DisclosureProblem
        A figure could single out a person.
    PageError
        The pages could not be set without a warning.

    Notes
    -----
    Equal results give equal bytes: no clock, no path and no machine name reaches a file.
    """
    settings = settings or ReportSettings()
    chosen = load_brand(brand or (Path(settings.brand) if settings.brand else None))
    sheet = paper_named(paper or settings.paper)
    smallest = baseline.settings.minimum_group_agents
    blending = without_few(blending, baseline)
    c = Context(
        client, queues, intake, baseline, utilization, blending, readiness, Run.of(run), Theme.of(chosen),
        reconcile(intake, client=client, minimum_group_agents=smallest), value,
    )  # fmt: skip
    check_groups(baseline, utilization, blending)
    check_heard(readiness)
    chapters = [chapter(c) for chapter in CHAPTERS]
    record = {
        **furniture(c.words, title=c.words("title"), client=client.name, run=c.run.short, brand=chosen, paper=sheet),
        "first": first.first_page(c),
        "contents": first.contents(c, [chapter.answer for chapter in chapters]),
        "chapters": numbered(chapters),
    }
    results = results_text(c)
    sheets = tables(c)
    check_texts(
        {
            "assessment.pdf": json.dumps(record, ensure_ascii=False),
            "results.json": results,
            "tables.xlsx": "\n".join(frame.to_csv(index=False) for frame in sheets.values()),
        }
    )
    drawings = [*first.drawings(c), *drawings_of(chapters)]
    figures = draw_figures(drawings, out / "figures", paper=sheet, theme=c.theme)
    pdf = typeset(record, out / "figures", brand=chosen)
    (out / "assessment.pdf").write_bytes(pdf)
    (out / "results.json").write_text(results, encoding="utf-8", newline="\n")
    write_workbook(c, sheets, out / "tables.xlsx")
    pages = build_communication(
        client=client, readiness=readiness, run=c.run, out=out, brand=brand, paper=paper, settings=settings
    )
    names = tuple(f"figures/{file.name}" for file in figures)
    return Report("assessment.pdf", "results.json", "tables.xlsx", pages, names, readiness.verdict.headline)
