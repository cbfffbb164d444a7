"""The two pages that are handed out: one for managers and one for staff."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.report.brand import load_brand
from analysis.report.disclosure import check_texts
from analysis.report.furniture import furniture
from analysis.report.paper import paper_named
from analysis.report.run import Run
from analysis.report.settings import ReportSettings
from analysis.report.typeset import typeset
from analysis.report.words import Words, words_of

if TYPE_CHECKING:
    from analysis.foundation.settings import Client
    from analysis.readiness.result import Readiness

FILE, MAIN = "communication.pdf", "communication.typ"
# the level of K1 from which leaders have said what happens to freed time
SAID = 2


def build_communication(
    *,
    client: Client,
    readiness: Readiness,
    run: Run | Mapping[str, Any] | None = None,
    out: Path,
    brand: Path | None = None,
    paper: str = "",
    settings: ReportSettings | None = None,
) -> str:
    """Write the page for managers and the page for staff as one PDF of two pages.

    Parameters
    ----------
    client, readiness
        Who the client is, and the assessment whose ``messages`` the pages say.
    run
        What the foot states about the run; left out, nothing.
    out
        Folder to write to; it is made if need be.
    brand, paper, settings
        As in :func:`analysis.report.build_report`.

    Returns
    -------
    str
        The file's name, ``communication.pdf``.

    Raises
    ------
    UsageProblem
        The brand file or the paper is wrong.
    DisclosureProblem
        A text holds a pseudonym.
    PageError
        The pages could not be set without a warning.

    Notes
    -----
    Equal messages give equal bytes. Until leaders have said what happens to freed time both pages open with a line that they may not be handed
    out yet.
    """
    settings = settings or ReportSettings()
    chosen = load_brand(brand or (Path(settings.brand) if settings.brand else None))
    words = words_of(chosen)
    short = Run.of(run).short if run is not None else ""
    record = furniture(
        words,
        title=words("communication.title"),
        client=client.name,
        run=short,
        brand=chosen,
        paper=paper_named(paper or settings.paper),
    )
    record |= {
        "confidentiality": words("communication.foot", client=client.name),
        "pages": [_page(words, client, readiness, audience) for audience in ("managers", "staff")],
    }
    check_texts({FILE: json.dumps(record, ensure_ascii=False)})
    pdf = typeset(record, None, brand=chosen, main=MAIN)
    out.mkdir(parents=True, exist_ok=True)
    (out / FILE).write_bytes(pdf)
    return FILE


def _page(words: Words, client: Client, readiness: Readiness, audience: str) -> dict[str, Any]:
    """Return one audience's page."""
    frame = readiness.messages
    rows = frame[frame["audience"] == audience].sort_values("order", kind="stable").to_dict("records")
    title = next((row["text"] for row in rows if row["topic"] == "page"), words("communication.title"))
    return {
        "audience": words(f"communication.audience.{audience}"),
        "title": title,
        "period": words.n.period(client.period.start, client.period.end),
        "notice": "" if _said(readiness) else words("communication.not_yet"),
        "parts": [{"term": row["title"], "text": row["text"]} for row in rows if row["topic"] != "page"],
    }


def _said(readiness: Readiness) -> bool:
    """Return whether leaders have said what happens to freed time."""
    frame = readiness.criteria
    level = frame.loc[(frame["criterion"] == "K1") & frame["level"].notna(), "level"]
    return bool(len(level)) and int(level.iloc[0]) >= SAID
