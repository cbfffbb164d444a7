"""Builds the deliverables: the assessment, its numbers, its charts and its tables."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.foundation.schema import DisclosureProblem, UsageProblem
from analysis.intake.reconciliation import reconcile
from analysis.report import summary
from analysis.report.brand import Brand, load_brand
from analysis.report.communication import build_communication
from analysis.report.context import Context
from analysis.report.disclosure import check_files, protected
from analysis.report.exhibits.theme import Theme
from analysis.report.figures import draw_figures, picture_figures, told_by
from analysis.report.furniture import furniture
from analysis.report.material import Material, material
from analysis.report.pages import Pages
from analysis.report.paper import Paper, paper_named
from analysis.report.run import Run
from analysis.report.settings import ReportSettings
from analysis.report.workbook import write_workbook

if TYPE_CHECKING:
    from analysis.baseline.result import Baseline
    from analysis.blending.result import Blending
    from analysis.foundation.settings import Client, Queue
    from analysis.intake.result import Intake
    from analysis.readiness.result import Readiness
    from analysis.utilization.result import Utilization
    from analysis.value.result import Value

PDF, RESULTS, WORKBOOK, FIGURES = "assessment.pdf", "results.json", "tables.xlsx", "figures"
# what the pages are set from, for whoever keeps it
PAGES = "pages.json"


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """The deliverables of one run, as file names in the folder they were written to; empty where only another was asked for.

    Attributes
    ----------
    pdf, summary, results, workbook, communication
        ``assessment.pdf``, ``summary_for_staff.pdf``, ``results.json``, ``tables.xlsx``, ``communication.pdf``.
    figures
        The charts as SVG and as PNG, relative to the folder.
    headline
        The verdict that page one states.
    """

    headline: str
    pdf: str = ""
    summary: str = ""
    results: str = ""
    workbook: str = ""
    communication: str = ""
    figures: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that was written."""
        single = (self.pdf, self.summary, self.results, self.workbook, self.communication)
        return (*(name for name in single if name), *self.figures)

    def __repr__(self) -> str:
        """Return the verdict and what is written."""
        return f"{self.headline} ({len(self.files)} files)"


@dataclass(frozen=True, slots=True)
class _Job:
    """What every deliverable is made from: results, what is said of them, looks, and where to write."""

    c: Context
    said: Material
    brand: Brand
    brand_file: Path | None
    paper: Paper
    out: Path
    keep: Path | None
    alone: bool


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
    only: str = "",
    keep: Path | None = None,
) -> Report:
    """Write the assessment as a PDF, with its numbers, charts and tables, and the pages for staff and managers beside it.

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
    only
        One of :data:`PARTS`, to write this deliverable alone; everything is computed and checked all the same.
    keep
        Folder for what the pages are set from, so that they can be set again without the results; left out, it is not kept.

    Returns
    -------
    Report
        The file names, and the verdict.

    Raises
    ------
    UsageProblem
        The brand file, the paper or the name of the part is wrong.
    DisclosureProblem
        A figure could single out a person.
    PageError
        The pages could not be set without a warning.

    Notes
    -----
    Equal results give equal bytes: no clock, no path and no machine name reaches a file.
    """
    if only and only not in PARTS:
        raise UsageProblem(f"There is no deliverable {only!r}. Write one of {', '.join(PARTS)}.")
    settings = settings or ReportSettings()
    file = brand or (Path(settings.brand) if settings.brand else None)
    chosen = load_brand(file)
    smallest = baseline.settings.minimum_group_agents
    shown = protected(baseline, utilization, blending, value)
    c = Context(
        client, queues, intake, shown.baseline, shown.utilization, shown.blending, readiness, Run.of(run),
        Theme.of(chosen), reconcile(intake, client=client, minimum_group_agents=smallest), value, shown.audit,
    )  # fmt: skip
    job = _Job(c, material(c), chosen, file, paper_named(paper or settings.paper), out, keep, bool(only))
    out.mkdir(parents=True, exist_ok=True)
    written: dict[str, Any] = {}
    for part in (only,) if only else PARTS:
        written |= PARTS[part](job)
    report = Report(readiness.verdict.headline, **written)
    _look_once_more(report, job)
    return report


def _look_once_more(report: Report, job: _Job) -> None:
    """Look for marks of persons in the files as they are, not as they were meant; a report that holds one is taken away."""
    # a firm may state its own address at the foot of the sheets, whose texts were looked at before
    own_address = "@" in job.brand.firm + job.brand.confidentiality
    looked_at = [name for name in report.files if not (own_address and name == WORKBOOK)]
    try:
        check_files({name: (job.out / name).read_bytes() for name in looked_at})
    except DisclosureProblem:
        for name in report.files:
            (job.out / name).unlink()
        raise


def _figures(job: _Job) -> dict[str, Any]:
    """Write the charts as SVG and as PNG."""
    drawn = draw_figures(job.said.drawings, job.out / FIGURES, paper=job.paper, theme=job.c.theme)
    pictures = picture_figures(drawn, dict(told_by(job.said.record)), brand=job.brand)
    return {"figures": tuple(f"{FIGURES}/{file.name}" for file in (*drawn, *pictures))}


def _pdf(job: _Job) -> dict[str, Any]:
    """Set the assessment from charts that are there, or from charts that are drawn aside."""
    c = job.c
    looks = furniture(
        c.words, title=c.words("title"), client=c.client.name, run=c.run.short, brand=job.brand, paper=job.paper
    )
    pages = Pages.of({**looks, **job.said.record}, job.brand, job.paper)
    with tempfile.TemporaryDirectory(prefix="charts-") as name:
        folder = job.out / FIGURES
        if job.alone:
            # charts that lie there may be of another run
            folder = Path(name)
            draw_figures(job.said.drawings, folder, paper=job.paper, theme=c.theme)
        (job.out / PDF).write_bytes(pages.typeset(folder, job.brand, job.paper))
    if job.keep is not None:
        job.keep.mkdir(parents=True, exist_ok=True)
        text = json.dumps(pages.stored(), ensure_ascii=False, allow_nan=False)
        (job.keep / PAGES).write_text(text, encoding="utf-8", newline="\n")
    return {"pdf": PDF}


def _results(job: _Job) -> dict[str, Any]:
    (job.out / RESULTS).write_text(job.said.results, encoding="utf-8", newline="\n")
    return {"results": RESULTS}


def _tables(job: _Job) -> dict[str, Any]:
    path, foot = job.out / WORKBOOK, job.brand.confidentiality
    write_workbook(job.c, job.said.sheets, path, paper=job.paper, foot=foot)
    return {"workbook": WORKBOOK}


def _summary(job: _Job) -> dict[str, Any]:
    return {"summary": summary.build_summary(job.c, out=job.out, brand=job.brand_file, paper=job.paper.name)}


def _communication(job: _Job) -> dict[str, Any]:
    c = job.c
    looks = {"brand": job.brand_file, "paper": job.paper.name}
    return {
        "communication": build_communication(client=c.client, readiness=c.readiness, run=c.run, out=job.out, **looks)
    }


#: Deliverables that can be written alone: name -> what writes it. The charts come before the pages that show them.
PARTS: Mapping[str, Callable[[_Job], dict[str, Any]]] = {
    "figures": _figures,
    "pdf": _pdf,
    "results": _results,
    "tables": _tables,
    "communication": _communication,
    "summary": _summary,
}
