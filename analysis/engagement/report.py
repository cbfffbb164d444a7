"""Builds the deliverables from the artefacts alone, states what they were made of, and puts them where they may be handed over."""

from __future__ import annotations

import contextlib
import gc
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.engagement.deliverables import KEPT, MANIFEST, deliverables, forget_rebuilt
from analysis.engagement.files import (
    digest_of,
    flush_tree,
    read_json,
    remove_tree,
    replace,
    sha256_of,
    write_json,
)
from analysis.engagement.keys import brand_file, notebook_hash
from analysis.engagement.load import Override
from analysis.engagement.model import Engagement
from analysis.engagement.records import Record
from analysis.engagement.stage import read_results
from analysis.engagement.stages import CHAIN, stage_spec
from analysis.engagement.workspace import Folder

PDF = "assessment.pdf"


def make_report(
    folder: Folder, engagement: Engagement, found: Mapping[str, Record], overrides: Sequence[Override], into: Path
) -> None:
    """Write the deliverables, their manifest and what the pages are set from into an empty folder.

    Parameters
    ----------
    folder
        The engagement's folders.
    engagement
        Checked settings, overrides included.
    found
        Records of all stages before the report.
    overrides
        Names and values that stand in for those of the engagement file; the report prints them.
    into
        Where the files go.

    Raises
    ------
    DisclosureProblem
        A figure could single out a person.
    """
    from analysis.report import build_report

    made_of = {name: record.components() for name, record in found.items()}
    with fewer_collections():
        report = build_report(**report_inputs(folder, engagement, found, overrides), out=into, keep=into / KEPT)
    written = {name: sha256_of(into / name) for name in sorted(report.files)}
    write_json(into / MANIFEST, _manifest(found, made_of, overrides, written))


# objects made before Python looks for garbage: charts make millions that live as long as the chart
_BEFORE_LOOKING = (200_000, 20, 100)


@contextlib.contextmanager
def fewer_collections() -> Iterator[None]:
    """Let Python look for garbage seldom, which takes an eighth of the time of a report otherwise."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_BEFORE_LOOKING)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def report_inputs(
    folder: Folder, engagement: Engagement, found: Mapping[str, Record], overrides: Sequence[Override]
) -> dict[str, Any]:
    """Return what the report is made from, as :func:`analysis.report.build_report` takes it.

    Parameters
    ----------
    folder, engagement, found, overrides
        As in :func:`make_report`.
    """
    made_of = {name: record.components() for name, record in found.items()}
    results: dict[str, Any] = {}
    for name, record in found.items():
        results |= read_results(stage_spec(name), record.folder)
    return {
        "client": engagement.client,
        "queues": engagement.queue,
        **results,
        "run": {
            **run_facts(found, made_of, overrides),
            "small_group_reason": engagement.privacy.small_group_reason,
            "retention_days": engagement.privacy.retention_days,
        },
        "brand": brand_file(engagement, folder),
        "paper": engagement.report.paper,
    }


def run_facts(
    found: Mapping[str, Record], made_of: Mapping[str, Mapping[str, Any]], overrides: Sequence[Override]
) -> dict[str, Any]:
    """Return what the report states about the run: id, overrides, inputs, versions, and the inputs behind each stage."""
    inputs = dict(made_of["intake"]["inputs"])
    return {
        "run_id": digest_of({name: record.key for name, record in found.items()})[:12],
        "overrides": [(name, value) for name, value in overrides],
        "inputs": inputs,
        "versions": dict(made_of["intake"]["versions"]),
        "sources": {name: sorted(inputs.values()) for name in found},
    }


def publish(record: Record, folder: Folder) -> tuple[Path, tuple[str, ...]]:
    """Put the deliverables of a finished report in place, file by file, each whole.

    Returns
    -------
    tuple
        Path of the assessment, and what the user must know: a file that another program holds open is written beside it.
    """
    target = folder.reports
    target.mkdir(parents=True, exist_ok=True)
    former = (read_json(target / MANIFEST) or {}).get("outputs", {})
    for leftover in target.parent.glob(f".{folder.slug}-*.part"):
        remove_tree(leftover)
    aside = target.parent / f".{folder.slug}-{secrets.token_hex(4)}.part"
    notes: list[str] = []
    pdf = target / PDF
    try:
        # nothing but what the manifest lists leaves the folder of work
        files = {name: aside / name for name in deliverables(record)}
        for name, path in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(record.folder / name, path)
        flush_tree(aside)
        # the manifest comes last: until then verify says that the deliverables are not those of the run
        for name in sorted(files, key=lambda name: name == MANIFEST):
            placed = place(files[name], target / name, notes)
            pdf = placed if name == PDF else pdf
        for name in former:
            if name not in files:
                (target / name).unlink(missing_ok=True)
        forget_rebuilt(folder)
    finally:
        remove_tree(aside)
    return pdf, tuple(notes)


def place(source: Path, target: Path, notes: list[str]) -> Path:
    """Rename a file into place, or beside it when another program holds it open."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        replace(source, target)
    except PermissionError:
        number = 2
        while (beside := target.with_name(f"{target.stem}-{number}{target.suffix}")).exists():
            number += 1
        source.replace(beside)
        notes.append(
            f"{target.name} is open in another program; the new one is {beside.name} beside it. Close it and run again to replace it."
        )
        return beside
    return target


def _manifest(
    found: Mapping[str, Record],
    made_of: Mapping[str, Mapping[str, Any]],
    overrides: Sequence[Override],
    outputs: Mapping[str, str],
) -> dict[str, Any]:
    """Return what the deliverables were made of; no times, no paths of this machine."""
    facts = run_facts(found, made_of, overrides)
    first = made_of["intake"]
    return {
        "schema": 1,
        "run_id": facts["run_id"],
        "inputs": facts["inputs"],
        "overrides": [list(pair) for pair in overrides],
        "package": first["package"],
        "versions": facts["versions"],
        "notebooks": {
            spec.notebook: notebook_hash(spec.notebook_path) for spec in CHAIN if spec.notebook and spec.notebook_path
        },
        "stages": {name: {"key": record.key, "outputs": record.digest} for name, record in found.items()},
        "outputs": dict(outputs),
    }
