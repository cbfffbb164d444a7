"""Runs the chain: what is unchanged is skipped, what is made is whole, and the report is built from the artefacts alone."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.engagement import keys, records
from analysis.engagement.answers import checked_questionnaire
from analysis.engagement.files import hashes_below, one_at_a_time, read_json, remove_tree, write_json
from analysis.engagement.load import Override, load_engagement, require_sources
from analysis.engagement.model import Engagement
from analysis.engagement.notebooks import Kernels, NotebookFailed, run_notebook
from analysis.engagement.opening import RUN_FILE, SAVED_FILE
from analysis.engagement.privacy import pseudonym_key
from analysis.engagement.records import Record
from analysis.engagement.releases import Withdrawal, check_withdrawal, enter_release
from analysis.engagement.report import MANIFEST, make_report, publish
from analysis.engagement.sample import ensure_sample
from analysis.engagement.stages import CHAIN, STAGES, StageSpec, stage_spec
from analysis.engagement.workspace import Folder
from analysis.foundation.schema import KitError, UsageProblem

RECORD_FILE = "run.json"


@dataclass(frozen=True, slots=True)
class StageRun:
    """How a stage of a run ended.

    Attributes
    ----------
    name
        The stage.
    key
        Its content key.
    made
        Whether it was made in this run; else its artefacts were already there.
    """

    name: str
    key: str
    made: bool


@dataclass(frozen=True, slots=True)
class ChainRun:
    """What a run did.

    Attributes
    ----------
    stages
        Every stage in order.
    pdf
        The assessment, where the run went to its end.
    notes
        What the user must know beside it.
    """

    stages: tuple[StageRun, ...]
    pdf: Path | None
    notes: tuple[str, ...] = ()


def run_chain(
    folder: Folder,
    *,
    overrides: Sequence[Override] = (),
    start: str | None = None,
    until: str | None = None,
    isolated: bool = False,
    say: Callable[[str], None] = lambda line: None,
) -> ChainRun:
    """Run all stages of an engagement and put the deliverables in place.

    Parameters
    ----------
    folder
        The engagement's folders; the sample is made on demand.
    overrides
        Names and values that stand in for those of the engagement file.
    start
        This stage and all after it are made again even if nothing changed.
    until
        The last stage to run.
    isolated
        Whether every notebook gets a kernel of its own.
    say
        Takes one line per step.

    Raises
    ------
    KitError
        What stopped the run, with its exit status; finished stages are kept.
    """
    first, last = _bounds(start, until)
    if folder.slug == "sample":
        ensure_sample(folder)
    engagement = load_engagement(folder.file, overrides=overrides)
    require_sources(engagement)
    keys.brand_hashes(engagement, folder)  # a wrong brand file is said now, not after all stages
    checked_questionnaire(engagement, folder)  # and a wrong questionnaire
    with one_at_a_time(folder.work / ".lock", f"the engagement {folder.slug}"), Kernels(isolated=isolated) as kernels:
        run = _Run(folder, engagement, overrides=tuple(overrides), kernels=kernels, say=say, key=pseudonym_key(folder))
        write_json(folder.work / RECORD_FILE, {"overrides": [list(pair) for pair in overrides]})
        for number, spec in enumerate(CHAIN[: last + 1]):
            run.stage(spec, again=number >= first)
        if last + 1 < len(CHAIN):
            return ChainRun(tuple(run.done), None)
        return run.hand_over()


def rebuild_report(
    folder: Folder, *, withdrawal: Withdrawal | None = None, say: Callable[[str], None] = lambda line: None
) -> ChainRun:
    """Build the report again from the recorded artefacts; neither client files nor notebooks are needed.

    Parameters
    ----------
    folder
        The engagement's folders.
    withdrawal
        Earlier releases that nobody was given: the report is not held against them.
    say
        Takes one line per step.

    Raises
    ------
    DisclosureProblem
        A figure could single out a person, by itself or beside an earlier report.
    KitError
        A stage was never finished, its artefacts are damaged, or they do not belong together.
    """
    overrides = recorded_overrides(folder)
    engagement = load_engagement(folder.file, overrides=overrides)
    check_withdrawal(folder, withdrawal or Withdrawal())
    with one_at_a_time(folder.work / ".lock", f"the engagement {folder.slug}"), Kernels() as kernels:
        run = _Run(folder, engagement, overrides=overrides, kernels=kernels, say=say)
        for spec in CHAIN[:-1]:
            run.found[spec.name] = _recorded(spec, folder, run.found)
        run.stage(CHAIN[-1], again=True)
        return run.hand_over(withdrawal)


def _recorded(spec: StageSpec, folder: Folder, found: Mapping[str, Record]) -> Record:
    """Return the current artefacts of a stage if they are whole and were made from those of the stages before."""
    record = records.current(folder.work, spec.name)
    if record is None:
        raise KitError(f"The stage {spec.name} has not been run to its end. Run first: engage run {folder.slug}")
    if record.damage() or record.components().get("upstream") != keys.upstream_digests(spec, found):
        raise KitError(
            f"The artefacts of the stage {spec.name} are damaged or do not belong to the stages before it. Run first: engage run {folder.slug}"
        )
    return record


def recorded_overrides(folder: Folder) -> tuple[Override, ...]:
    """Return the names and values that stood in for those of the file in the recorded run."""
    record = read_json(folder.work / RECORD_FILE) or {}
    return tuple((name, value) for name, value in record.get("overrides", []))


def _bounds(start: str | None, until: str | None) -> tuple[int, int]:
    """Return the number of the first stage to make again and of the last to run."""
    first = STAGES.index(stage_spec(start).name) if start else len(STAGES)
    last = STAGES.index(stage_spec(until).name) if until else len(STAGES) - 1
    if start and first > last:
        raise UsageProblem(
            f"The stage {start} comes after {until}: nothing would run. The order is {', '.join(STAGES)}."
        )
    return first, last


class _Run:
    """One run of the chain under the engagement's lock."""

    def __init__(
        self,
        folder: Folder,
        engagement: Engagement,
        *,
        overrides: tuple[Override, ...],
        kernels: Kernels,
        say: Callable[[str], None],
        key: bytes = b"",
    ) -> None:
        self.folder, self.engagement, self.overrides = folder, engagement, overrides
        self.kernels, self.say, self.key = kernels, say, key
        self.found: dict[str, Record] = {}
        self.done: list[StageRun] = []

    def stage(self, spec: StageSpec, *, again: bool) -> None:
        """Bring one stage up to date."""
        made_of = self._components(spec)
        key = keys.stage_key(made_of)
        usable = None if again else self._usable(spec, key)
        if usable is not None:
            self.say(f"{spec.name}: unchanged")
            self.found[spec.name] = usable
        else:
            began = time.monotonic()
            self.say(f"{spec.name}: running ...")
            self.found[spec.name] = self._make(spec, key, made_of)
            self.say(f"{spec.name}: done in {time.monotonic() - began:.1f} s")
        self.done.append(StageRun(name=spec.name, key=key, made=usable is None))

    def hand_over(self, withdrawal: Withdrawal | None = None) -> ChainRun:
        """Enter the finished report into the register of releases and put it in place."""
        record = self.found["report"]
        said = enter_release(
            self.folder,
            self.found,
            run_id=read_json(record.folder / MANIFEST)["run_id"],
            deliverables=record.digest,
            withdrawal=withdrawal,
        )
        pdf, notes = publish(record, self.folder)
        return ChainRun(tuple(self.done), pdf, (*said, *notes))

    def _components(self, spec: StageSpec) -> dict[str, Any]:
        return keys.components(spec, self.engagement, self.folder, self.found, key=self.key)

    def _usable(self, spec: StageSpec, key: str) -> Record | None:
        """Return the finished artefacts with this key if no byte of them changed."""
        record = records.kept(self.folder.work, spec.name, key)
        if record is None or record.damage():
            return None
        if records.current(self.folder.work, spec.name) != record:
            records.make_current(self.folder.work, record)
        return record

    def _make(self, spec: StageSpec, key: str, made_of: Mapping[str, Any]) -> Record:
        """Make a stage aside and put it in place; nothing stays behind if that fails."""
        aside = records.begin(self.folder.work, spec.name, key)
        try:
            if spec.notebook is None:
                make_report(self.folder, self.engagement, self.found, self.overrides, aside)
            else:
                self._run_notebook(spec, aside)
            if keys.stage_key(self._components(spec)) != key:
                raise KitError(
                    f"{spec.name}: the engagement file or a client file changed while it was read. Run again: engage run {self.folder.slug}"
                )
            return records.finish(aside, spec.name, key, made_of)
        finally:
            remove_tree(aside)

    def _run_notebook(self, spec: StageSpec, aside: Path) -> None:
        """Run the stage's notebook and make sure that it saved what it stands for."""
        path = spec.notebook_path
        if path is None or not path.is_file():
            raise KitError(f"The notebook {spec.notebook} is missing from the installation. Install the kit again.")
        token = secrets.token_hex(16)
        upstream = {name: self.found[name].key for name in spec.reads}
        overrides = [list(pair) for pair in self.overrides]
        write_json(aside / RUN_FILE, {"stage": spec.name, "token": token, "upstream": upstream, "overrides": overrides})
        parameters = {"engagement": str(self.folder.root), "run_dir": str(aside), **self._parameters(spec)}
        executed = self.folder.private / "notebooks" / path.name
        run_notebook(path, parameters, executed, self.kernels)
        saved = read_json(aside / SAVED_FILE) or {}
        for name in (RUN_FILE, SAVED_FILE):
            (aside / name).unlink(missing_ok=True)
        if saved.get("token") != token or saved.get("outputs") != hashes_below(aside):
            raise NotebookFailed(
                f"{path.name}: ran to its end without saving its result. Its last cell must be stage.save(...)."
            )

    def _parameters(self, spec: StageSpec) -> dict[str, Any]:
        """Return the overrides that are parameters of this stage's notebook."""
        own = {
            name.partition(".")[2]: value for name, value in self.overrides if name.partition(".")[0] in spec.sections
        }
        return {name: value for name, value in own.items() if not isinstance(value, list | dict)}
