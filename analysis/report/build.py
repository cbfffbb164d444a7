"""Builds the deliverables: the assessment, its numbers, its charts and its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.intake.reconciliation import reconcile
from analysis.report.brand import Brand, load_brand
from analysis.report.communication import build_communication
from analysis.report.context import Context
from analysis.report.disclosure import without_few
from analysis.report.exhibits.theme import Theme
from analysis.report.figures import draw_figures
from analysis.report.furniture import furniture
from analysis.report.material import Material, material
from analysis.report.paper import Paper, paper_named
from analysis.report.run import Run
from analysis.report.settings import ReportSettings
from analysis.report.typeset import typeset
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
    c = Context(
        client, queues, intake, baseline, utilization, without_few(blending, baseline), readiness, Run.of(run),
        Theme.of(chosen), reconcile(intake, client=client, minimum_group_agents=smallest), value,
    )  # fmt: skip
    # the audit of all that is published comes here: it stops before anything is computed for print
    said = material(c)
    figures = write_assessment(c, said, out, brand=chosen, paper=sheet)
    (out / RESULTS).write_text(said.results, encoding="utf-8", newline="\n")
    write_workbook(c, said.sheets, out / WORKBOOK)
    handed = {"out": out, "brand": brand, "paper": paper}
    pages = build_communication(client=client, readiness=readiness, run=c.run, settings=settings, **handed)
    # the summary for staff comes here
    return Report(PDF, RESULTS, WORKBOOK, pages, figures, readiness.verdict.headline)


def write_assessment(c: Context, said: Material, out: Path, *, brand: Brand, paper: Paper) -> tuple[str, ...]:
    """Draw the charts and set the pages; return the charts, relative to the folder.

    Parameters
    ----------
    c, said
        The results, and what is said of them.
    out
        Folder to write to; it is made if need be.
    brand, paper
        Looks and sheet.
    """
    files = draw_figures(said.drawings, out / FIGURES, paper=paper, theme=c.theme)
    looks = furniture(c.words, title=c.words("title"), client=c.client.name, run=c.run.short, brand=brand, paper=paper)
    (out / PDF).write_bytes(typeset({**looks, **said.record}, out / FIGURES, brand=brand))
    return tuple(f"{FIGURES}/{file.name}" for file in files)
