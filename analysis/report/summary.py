"""The summary for the people whose time was measured: four pages on how work is organised, and nothing on anybody."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.foundation.schema import UsageProblem
from analysis.readiness.plan.texts import banned_word
from analysis.report import summary_heard
from analysis.report import summary_pages as pages
from analysis.report.blocks import Drawing
from analysis.report.brand import load_brand
from analysis.report.context import Context
from analysis.report.disclosure import check_heard, check_texts
from analysis.report.figures import draw_figures
from analysis.report.furniture import furniture
from analysis.report.paper import paper_named
from analysis.report.typeset import typeset

if TYPE_CHECKING:
    from analysis.report.paper import Paper

FILE, MAIN = "summary_for_staff.pdf", "summary.typ"


def build_summary(c: Context, *, out: Path, brand: Path | None = None, paper: str = "") -> str:
    """Write the summary for staff and their representatives: four pages, whatever the client's data hold.

    Parameters
    ----------
    c
        The material of the report.
    out
        Folder to write to; it is made if need be.
    brand
        A ``brand.toml``; by default the kit's own.
    paper
        ``"a4"`` or ``"letter"``; empty takes ``"a4"``.

    Returns
    -------
    str
        The file's name, ``summary_for_staff.pdf``.

    Raises
    ------
    UsageProblem
        The brand file or the paper is wrong, or the catalogue's own text holds a word that may not stand here.
    DisclosureProblem
        A text holds a pseudonym, or a count could be of one person.
    PageError
        The pages could not be set without a warning.

    Notes
    -----
    Only figures of a whole population are told: no group, no site, no hours, no money and no target. Texts that come from results
    (themes, changes) are left out and counted where a word could be read as a judgement of people, or a sentence has more than
    30 words. Equal results give equal bytes.
    """
    check_heard(c.readiness)
    chosen, sheet = load_brand(brand), paper_named(paper or "a4")
    four, drawings = four_pages(c)
    record = {
        **furniture(c.words, title=c.words("summary.title"), client=c.client.name, run=c.run.short, brand=chosen, paper=sheet),
        "confidentiality": c.words("summary.foot", client=c.client.name),
        "period": c.n.period(c.client.period.start, c.client.period.end),
        "pages": four,
    }  # fmt: skip
    check_texts({FILE: json.dumps(record, ensure_ascii=False)})
    pdf = _set(record, drawings, sheet, c, chosen)
    out.mkdir(parents=True, exist_ok=True)
    (out / FILE).write_bytes(pdf)
    return FILE


def _set(record: dict[str, Any], drawings: Sequence[Drawing], sheet: Paper, c: Context, brand: Any) -> bytes:
    """Draw the exhibits aside and return the pages."""
    with tempfile.TemporaryDirectory(prefix="summary-") as name:
        figures = Path(name) / "figures"
        draw_figures(drawings, figures, paper=sheet, theme=c.theme)
        return typeset(record, figures, brand=brand, main=MAIN)


def four_pages(c: Context) -> tuple[list[dict[str, Any]], list[Drawing]]:
    """Return the four pages for the template, and the charts they show.

    Raises
    ------
    UsageProblem
        A text of the catalogue holds a word that may not stand in the summary.
    """
    found, drawings = pages.found(c)
    four = [pages.measured(c), found, pages.change(c), summary_heard.heard(c)]
    banned = pages.banned_words(c.words)
    for text in texts_of(four):
        word = banned_word(text.replace(c.client.name, ""), banned)
        if word:
            raise UsageProblem(
                f"{FILE}: may not say {word!r} (in {text[:60]!r}). Reword it in the catalogue of sentences, section summary, so that nobody can read it as a judgement of people."
            )
    return four, drawings


def texts_of(value: Any) -> Iterator[str]:
    """Return every text of nested records, file names apart."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in {"file", "kind", "tone", "align", "colour"}:
                yield from texts_of(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts_of(part)
