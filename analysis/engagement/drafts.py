"""Notebooks run by hand: earlier results from the recorded run where it is still true, else computed and kept as drafts."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from analysis.engagement import keys, records
from analysis.engagement.files import one_at_a_time, remove_tree
from analysis.engagement.load import Override, load_engagement
from analysis.engagement.model import Engagement
from analysis.engagement.privacy import pseudonym_key
from analysis.engagement.records import Record
from analysis.engagement.stage import Results, Stage, build_stage, write_results
from analysis.engagement.stages import StageSpec, answer, stage_spec
from analysis.engagement.store import load
from analysis.engagement.workspace import Folder


class Drafts:
    """The drafts of one engagement, as its engagement file stands now."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.work = folder.work / "drafts"
        self.engagement = load_engagement(folder.file)
        self.key = pseudonym_key(folder)
        self._found: dict[str, Record] = {}

    def open(self, spec: StageSpec, own: tuple[Override, ...]) -> Stage:
        """Return a stage that saves a draft."""
        engagement = load_engagement(self.folder.file, overrides=own) if own else self.engagement

        def save(results: Mapping[str, Any]) -> str:
            record = self._keep(spec, engagement, results)
            return f"{spec.name} saved as a draft in {record.folder.relative_to(self.folder.root).as_posix()}"

        return build_stage(
            spec, engagement, self.folder, results=Results(spec.reads, self._result), overrides=own, save=save
        )

    def _result(self, name: str) -> Any:
        return load(stage_spec(name).result_class(), self._record(name).folder)

    def _record(self, name: str) -> Record:
        """Return the artefacts of an earlier stage that fit the engagement file as it is now."""
        if name not in self._found:
            spec = stage_spec(name)
            self._found[name] = self._recorded(spec) or self._computed(spec)
        return self._found[name]

    def _recorded(self, spec: StageSpec) -> Record | None:
        for work, notebook in ((self.folder.work, True), (self.work, False)):
            record = records.kept(work, spec.name, keys.stage_key(self._components(spec, self.engagement, notebook)))
            if record is not None and not record.damage():
                return record
        return None

    def _computed(self, spec: StageSpec) -> Record:
        print(
            f"{spec.name}: no recorded result fits the engagement file; computing it ...", file=sys.stderr, flush=True
        )
        return self._keep(spec, self.engagement, answer(spec.name, self.open(spec, ())))

    def _components(self, spec: StageSpec, engagement: Engagement, notebook: bool) -> dict[str, Any]:
        upstream = {name: self._record(name) for name in spec.reads}
        return keys.components(spec, engagement, self.folder, upstream, key=self.key, notebook=notebook)

    def _keep(self, spec: StageSpec, engagement: Engagement, results: Mapping[str, Any]) -> Record:
        """Store a draft."""
        made_of = self._components(spec, engagement, notebook=False)
        key = keys.stage_key(made_of)
        with one_at_a_time(self.work / ".lock", f"the drafts of {self.folder.slug}"):
            aside = records.begin(self.work, spec.name, key)
            try:
                write_results(spec, results, aside, self.folder)
                return records.finish(aside, spec.name, key, made_of)
            finally:
                remove_tree(aside)
