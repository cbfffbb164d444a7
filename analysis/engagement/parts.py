"""Builds one deliverable of a finished report again: the pages from what the report kept, the others from the results."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.engagement import keys, records
from analysis.engagement.chain import recorded_overrides
from analysis.engagement.deliverables import KEPT, MANIFEST, content_of, looks_of, note_rebuilt
from analysis.engagement.files import files_below, read_json, sha256_of, write_bytes
from analysis.engagement.load import Override, load_engagement
from analysis.engagement.model import Engagement
from analysis.engagement.records import Record
from analysis.engagement.releases import enter_release
from analysis.engagement.report import PDF, fewer_collections, place, report_inputs
from analysis.engagement.stages import CHAIN, stage_spec
from analysis.engagement.workspace import Folder
from analysis.foundation.schema import KitError

PAGES = f"{KEPT}/pages.json"
# name on the command line -> the file or folder whose path the command prints
WRITES: Mapping[str, str] = {
    "pdf": PDF,
    "summary": "summary_for_staff.pdf",
    "communication": "communication.pdf",
    "tables": "tables.xlsx",
    "results": "results.json",
    "figures": "figures",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A finished report that says what the results say now; only its looks may be others.

    Attributes
    ----------
    report
        Its record.
    found
        Records of the stages that it was made from.
    made_of
        What its key would be made of now.
    engagement, overrides
        Checked settings, and the names and values among them that stand in for those of the engagement file.
    """

    report: Record
    found: Mapping[str, Record]
    made_of: Mapping[str, Any]
    engagement: Engagement
    overrides: Sequence[Override]


def standing(folder: Folder) -> Standing | None:
    """Return the finished report if results, words, settings and kit are still those that it was made of.

    Parameters
    ----------
    folder
        The engagement's folders; the caller holds the lock.
    """
    overrides = recorded_overrides(folder)
    engagement = load_engagement(folder.file, overrides=overrides, sources=False)
    current = {spec.name: records.current(folder.work, spec.name) for spec in CHAIN}
    found = {name: record for name, record in current.items() if record is not None}
    if len(found) < len(current):
        return None
    report = found.pop("report")
    made_of = keys.components(stage_spec("report"), engagement, folder, found, key=b"")
    if content_of(report.components()) != content_of(made_of):
        return None
    return Standing(report, found, made_of, engagement, overrides)


def build_part(folder: Folder, part: str, now: Standing) -> tuple[str, ...]:
    """Build one deliverable of a standing report, put it in place, and note where it differs from the report.

    Parameters
    ----------
    folder
        The engagement's folders; the caller holds the lock.
    part
        One of :data:`WRITES`.
    now
        What :func:`standing` returned.

    Returns
    -------
    tuple
        What the user must know.

    Raises
    ------
    DisclosureProblem
        The report was refused beside an earlier one.
    KitError
        The results are damaged.
    """
    run_id = read_json(now.report.folder / MANIFEST)["run_id"]
    notes = list(enter_release(folder, now.found, run_id=run_id, deliverables=now.report.digest))
    placed: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="part-") as name:
        into = Path(name)
        if part != "pdf" or not _set_again(folder, now, into):
            _from_results(folder, part, now, into)
        for file, path in files_below(into).items():
            aside = folder.reports / f".{path.name}.part"
            write_bytes(aside, path.read_bytes())
            digest = sha256_of(aside)
            if place(aside, folder.reports / file, notes) == folder.reports / file:
                placed[file] = digest
    note_rebuilt(folder, now.report, part, placed, looks_of(now.made_of))
    return tuple(notes)


def _set_again(folder: Folder, now: Standing, into: Path) -> bool:
    """Set the pages from what the report kept; return False where that is damaged, or made for another typeface, colour or sheet."""
    from analysis.report.brand import load_brand
    from analysis.report.pages import Pages, made_for
    from analysis.report.paper import paper_named

    report = now.report
    needed = {name: digest for name, digest in report.outputs.items() if name == PAGES or name.endswith(".svg")}
    held = {name: report.folder / name for name in needed}
    if PAGES not in needed or not all(
        path.is_file() and sha256_of(path) == needed[name] for name, path in held.items()
    ):
        return False
    brand, paper = load_brand(keys.brand_file(now.engagement, folder)), paper_named(now.engagement.report.paper)
    pages = Pages.read(json.loads(held[PAGES].read_text(encoding="utf-8")))
    if pages.made_for != made_for(brand, paper):
        return False
    (into / PDF).write_bytes(pages.typeset(report.folder / "figures", brand, paper))
    return True


def _from_results(folder: Folder, part: str, now: Standing, into: Path) -> None:
    """Build a deliverable from the results of the stages."""
    from analysis.report import build_report

    damaged = [name for name, record in now.found.items() if record.damage()]
    if damaged:
        raise KitError(
            f"The results of {' and '.join(damaged)} are damaged: nothing can be built from them. Run first: engage run {folder.slug}"
        )
    with fewer_collections():
        build_report(**report_inputs(folder, now.engagement, now.found, now.overrides), out=into, only=part)
