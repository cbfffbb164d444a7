"""What of a finished report may be handed over, and which of it was built again alone since, with other looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.engagement.files import digest_of, read_json, write_json
from analysis.engagement.records import Record
from analysis.engagement.workspace import Folder

MANIFEST = "manifest.json"
REBUILT = "rebuilt.json"
# where a report keeps what its pages are set from; nothing of it is handed over
KEPT = "material"
# parts of a report's key that change how it looks, and in another language its words, but none of its results
BRAND, PAPER = "brand", "paper"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Deliverables that were replaced one by one since the report was built.

    Attributes
    ----------
    outputs
        SHA-256 of each file that differs from the report's own, by name.
    looks
        Brand and paper that each part was built with, by the part's name.
    """

    outputs: Mapping[str, str] = field(default_factory=dict)
    looks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def deliverables(report: Record) -> dict[str, str]:
    """Return name and SHA-256 of the files of a report that may be handed over: those that its manifest lists, and the manifest."""
    listed = (read_json(report.folder / MANIFEST) or {}).get("outputs", {})
    return {name: digest for name, digest in report.outputs.items() if name in listed or name == MANIFEST}


def handed_over(folder: Folder, report: Record) -> dict[str, str]:
    """Return name and SHA-256 of every file in the folder of reports as the kit left it."""
    return {**deliverables(report), **rebuilt(folder, report).outputs}


def rebuilt(folder: Folder, report: Record) -> Rebuilt:
    """Return what was built again alone since this report was built."""
    held = read_json(folder.work / "report" / REBUILT)
    if not isinstance(held, dict) or set(held) != {"report", "outputs", "looks"} or held["report"] != _name(report):
        return Rebuilt()
    return Rebuilt(held["outputs"], held["looks"])


def note_rebuilt(
    folder: Folder, report: Record, part: str, placed: Mapping[str, str], looks: Mapping[str, Any]
) -> None:
    """Write down that a part was built again, and in the manifest of the deliverables which files are not the report's own.

    Parameters
    ----------
    folder
        The engagement's folders; the caller holds the lock.
    report
        The report whose other deliverables stay.
    part
        What was built again.
    placed
        SHA-256 of its files as they lie in the folder of reports.
    looks
        Brand and paper that it was built with.
    """
    own, before = deliverables(report), rebuilt(folder, report)
    outputs = {name: digest for name, digest in {**before.outputs, **placed}.items() if own.get(name) != digest}
    outputs.pop(MANIFEST, None)
    told = {**before.looks, part: dict(looks)}
    if all(own.get(name) == digest for name, digest in placed.items()):
        del told[part]
    stated = dict(read_json(report.folder / MANIFEST) or {})
    if not outputs:
        forget_rebuilt(folder)
    else:
        stated |= {"outputs": {**stated["outputs"], **outputs}, "built_alone": told}
        written = {**outputs, MANIFEST: digest_of(stated)}
        write_json(folder.work / "report" / REBUILT, {"report": _name(report), "outputs": written, "looks": told})
    write_json(folder.reports / MANIFEST, stated)


def forget_rebuilt(folder: Folder) -> None:
    """Take the note away: a whole report is put in place."""
    (folder.work / "report" / REBUILT).unlink(missing_ok=True)


def looks_of(made_of: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a report's key that says how it looks.

    Parameters
    ----------
    made_of
        What the key is made of; see :func:`analysis.engagement.keys.components`.
    """
    return {BRAND: made_of.get(BRAND), PAPER: made_of.get("settings", {}).get("report", {}).get(PAPER)}


def content_of(made_of: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a report's key that its looks are no part of."""
    settings = dict(made_of.get("settings", {}))
    settings["report"] = {name: value for name, value in settings.get("report", {}).items() if name != PAPER}
    return {**{name: value for name, value in made_of.items() if name != BRAND}, "settings": settings}


def _name(report: Record) -> str:
    """Return what tells two reports apart, also two of one key."""
    return digest_of({"key": report.key, "outputs": report.digest})
