"""Tells whether anything changed since the run, why a stage would run again, and where a figure comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.engagement import keys, only, records
from analysis.engagement.chain import RECORD_FILE, recorded_overrides
from analysis.engagement.deliverables import content_of, handed_over, looks_of, rebuilt
from analysis.engagement.files import changes, hashes_below, read_json
from analysis.engagement.load import load_engagement, nearest
from analysis.engagement.model import Engagement
from analysis.engagement.privacy import CLOSED_FILE, pseudonym_key
from analysis.engagement.records import CURRENT_FILE, DONE_FILE, Record
from analysis.engagement.stages import CHAIN, StageSpec
from analysis.engagement.workspace import Folder
from analysis.foundation.schema import KitError, UsageProblem

RESULTS = "results.json"


@dataclass(frozen=True, slots=True)
class StageState:
    """How a stage stands.

    Attributes
    ----------
    name
        The stage.
    record
        Its current artefacts, if it was ever finished.
    damage
        Files that are not as they were written.
    differences
        What its key would be made of now, where that differs.
    made_of
        What its key would be made of now; empty where that is not known.
    """

    name: str
    record: Record | None
    damage: tuple[str, ...]
    differences: tuple[str, ...]
    made_of: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fresh(self) -> bool:
        """Whether a run would skip it, as far as the stages before it are fresh."""
        return self.record is not None and not self.damage and not self.differences


def stage_states(folder: Folder) -> tuple[StageState, ...]:
    """Return how every stage of an engagement stands, against the engagement file, the client files and the kit as they are now."""
    engagement = load_engagement(folder.file, overrides=recorded_overrides(folder))
    # once an engagement is closed, its artefacts can still be checked, but not against client files
    key = None if (folder.root / CLOSED_FILE).exists() else pseudonym_key(folder)
    found: dict[str, Record] = {}
    states = []
    for spec in CHAIN:
        state = _state(spec, engagement, folder, found, key)
        states.append(state)
        if state.record is not None:
            found[spec.name] = state.record
    return tuple(states)


def verify(folder: Folder) -> tuple[str, ...]:
    """Return one line per thing that is not as the last run left it: artefacts, deliverables, inputs, settings, the kit itself.

    Parameters
    ----------
    folder
        The engagement's folders.
    """
    lines: list[str] = []
    record_file = folder.work / RECORD_FILE
    if record_file.exists() and set(read_json(record_file) or {}) != {"overrides"}:
        lines.append(f"work/{RECORD_FILE} is changed")
    states = stage_states(folder)
    for state in states:
        place = f"work/{state.name}"
        if state.record is None:
            lines.append(_why_no_record(folder, state.name))
            continue
        lines += [f"{place}/{state.record.folder.name}/{said}" for said in state.damage]
        if not (state.name == "report" and _looks_known(folder, state)):
            lines += [f"{state.name}: {said}" for said in state.differences]
    report = states[-1].record
    if report is not None:
        handed = hashes_below(folder.reports) if folder.reports.is_dir() else {}
        stated = handed_over(folder, report)
        known = {name: digest for name, digest in handed.items() if name in stated}
        lines += [f"reports/{folder.slug}/{said}" for said in changes(stated, known)]
    return (*lines, *only.changed(folder))


def _looks_known(folder: Folder, state: StageState) -> bool:
    """Return whether the report differs in its looks alone, and a part of it was built again with those that are stated now."""
    if state.record is None or not state.made_of or content_of(state.made_of) != content_of(state.record.components()):
        return False
    return looks_of(state.made_of) in rebuilt(folder, state.record).looks.values()


def _why_no_record(folder: Folder, stage: str) -> str:
    """Say why a stage has no current artefacts."""
    place = f"work/{stage}"
    if not (folder.work / stage / CURRENT_FILE).exists():
        return f"{stage}: never finished"
    pointer = read_json(folder.work / stage / CURRENT_FILE)
    key = pointer.get("key") if isinstance(pointer, dict) else None
    if isinstance(key, str) and (folder.work / stage / key[:12]).is_dir():
        return f"{place}/{key[:12]}/{DONE_FILE} or {place}/{CURRENT_FILE} is changed"
    return f"{place}/{CURRENT_FILE} is changed, or the folder that it names is missing"


def explain_stages(folder: Folder) -> tuple[str, ...]:
    """Return one line per stage: up to date, or why it would run again."""
    lines = []
    waiting = ""
    for state in stage_states(folder):
        if state.record is None:
            lines.append(f"{state.name}: not run yet")
        elif state.fresh and not waiting:
            lines.append(f"{state.name}: up to date (key {state.record.key[:12]})")
        elif state.fresh:
            lines.append(f"{state.name}: up to date unless {waiting} turns out differently")
        else:
            lines.append(f"{state.name}: would run again: {'; '.join([*state.damage, *state.differences])}")
        waiting = waiting or ("" if state.fresh else state.name)
    return tuple(lines)


def explain_quantity(folder: Folder, name: str, scope: Mapping[str, str]) -> tuple[dict[str, Any], ...]:
    """Return the records of a figure in the last report: value, interval, definition, method, and the client files behind it.

    Parameters
    ----------
    folder
        The engagement's folders.
    name
        Id such as ``baseline.idle_share``.
    scope
        Parts of the scope that must match.

    Raises
    ------
    UsageProblem
        The report holds no such figure.
    """
    report = records.current(folder.work, "report")
    if report is None or report.damage():
        raise KitError(f"There is no finished report to explain. Run first: engage run {folder.slug}")
    quantities = json.loads((report.folder / RESULTS).read_text(encoding="utf-8"))["quantities"]
    named = [item for item in quantities if item["id"] == name]
    if not named:
        known = sorted({item["id"] for item in quantities})
        raise UsageProblem(f"The report holds no figure called {name}.{nearest(name, known)}")
    matching = [item for item in named if all(item["scope"].get(key) == value for key, value in scope.items())]
    if not matching:
        scopes = "; ".join(", ".join(f"{key}={value}" for key, value in item["scope"].items()) for item in named[:8])
        raise UsageProblem(f"The report holds {name} for other parts: {scopes}.")
    files = {digest: file for file, digest in records_inputs(folder).items()}
    return tuple(
        {**item, "files": sorted({files[d] for d in item["source"]["inputs"] if d in files})} for item in matching
    )


def records_inputs(folder: Folder) -> dict[str, str]:
    """Return the client files of the recorded run, by relative name, with their SHA-256."""
    record = records.current(folder.work, "intake")
    return {} if record is None else dict(record.components().get("inputs", {}))


def _state(
    spec: StageSpec, engagement: Engagement, folder: Folder, found: Mapping[str, Record], key: bytes | None
) -> StageState:
    record = records.current(folder.work, spec.name)
    if record is None or any(name not in found for name in spec.reads):
        return StageState(
            name=spec.name,
            record=record,
            damage=(),
            differences=() if record is None else ("an earlier stage is missing",),
        )
    if key is None:
        return StageState(name=spec.name, record=record, damage=tuple(record.damage()), differences=())
    now = keys.components(spec, engagement, folder, found, key=key, strict=False)
    differences = keys.differences(record.components(), now)
    if not differences and keys.stage_key(now) != record.key:
        differences = ["the key does not fit what it was made of"]
    return StageState(spec.name, record, damage=tuple(record.damage()), differences=tuple(differences), made_of=now)
