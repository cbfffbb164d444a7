"""What a notebook sees of an engagement: settings, tables, earlier results, and where to save."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.engagement import keys, records
from analysis.engagement.files import hashes_below, one_at_a_time, read_json, remove_tree, write_json
from analysis.engagement.load import Override, load_engagement
from analysis.engagement.model import Engagement
from analysis.engagement.privacy import pseudonym_key
from analysis.engagement.records import Record
from analysis.engagement.sample import ensure_sample
from analysis.engagement.stages import StageSpec, answer, stage_spec
from analysis.engagement.store import load, store, write_frame
from analysis.engagement.workspace import Folder, find_engagement
from analysis.foundation.schema import UsageProblem
from analysis.foundation.settings import Client, Queue, Settings

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.settings import Source

RUN_FILE, SAVED_FILE = "run.json", "saved.json"


class Results(Mapping[str, Any]):
    """Results of earlier stages by name; each is read, or computed, when it is first asked for."""

    def __init__(self, names: tuple[str, ...], fetch: Callable[[str], Any]) -> None:
        self._names, self._fetch, self._held = names, fetch, {}

    def __getitem__(self, name: str) -> Any:
        """Return the result of one stage."""
        if name not in self._names:
            raise KeyError(f"{name}: this stage reads {', '.join(self._names) or 'no earlier results'}")
        if name not in self._held:
            self._held[name] = self._fetch(name)
        return self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dataclass(frozen=True, slots=True, repr=False)
class Stage:
    """One stage of an engagement, opened.

    Attributes
    ----------
    name
        Name of the stage.
    client, queues, sources
        As the engagement file states them.
    settings
        Settings of the stage's verb, with the values that stand in for those of the file; None for intake.
    results
        Results of earlier stages by name.
    overrides
        Names and values that stand in for those of the file.
    root
        The engagement's folder, where the sources' files lie.
    key
        The pseudonym key, for intake alone.
    """

    name: str
    client: Client
    queues: tuple[Queue, ...]
    sources: tuple[Source, ...]
    settings: Any
    results: Mapping[str, Any]
    overrides: tuple[Override, ...]
    root: Path
    key: bytes
    _save: Callable[[Any], str] = field(repr=False)

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Canonical tables by name."""
        return self.results["intake"].tables

    def save(self, result: Any) -> Sentence:
        """Store the result of this stage; by hand it becomes a draft, in a run the artefact that later stages read.

        Raises
        ------
        UsageProblem
            The result is not what this stage is to find out.
        """
        kind = stage_spec(self.name).result_class()
        if not isinstance(result, kind):
            raise UsageProblem(
                f"stage.save: the stage {self.name} saves a {kind.__name__}, not a {type(result).__name__}. Pass what its verb returned."
            )
        return Sentence(self._save(result))

    def show(self, exhibit: Callable[..., Any], result: Any, **more: Any) -> Sentence:
        """Draw an exhibit and return its headline; where the data do not suffice for it, return the sentence that says so.

        Parameters
        ----------
        exhibit
            A function of :mod:`analysis.report.exhibits`.
        result
            What it shows.
        **more
            Further arguments of the exhibit, such as `population` or `pool`.
        """
        words = sys.modules[exhibit.__module__]
        missing = words.missing(result, **more)
        if missing:
            return Sentence(missing)
        exhibit(result, **more)
        return Sentence(words.headline(result, **more))

    def __repr__(self) -> str:
        """Return what is opened, in one sentence."""
        period = f"{self.client.period.start:%d %B %Y} to {self.client.period.end:%d %B %Y}"
        changed = ", ".join(f"{name} = {value!r}" for name, value in self.overrides)
        return f"{self.name}: {self.client.name}, {period}" + (
            f"; instead of the file's values: {changed}" if changed else ""
        )


class Sentence(str):
    """A sentence that a notebook shows as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return the sentence without quotes."""
        return str(self)


def open_stage(
    name: str, engagement: str | Path = "sample", run_dir: str | Path | None = None, **overrides: Any
) -> Stage:
    """Open a stage of an engagement, as the first step of its notebook.

    Parameters
    ----------
    name
        ``"intake"``, ``"baseline"``, ``"utilization"``, ``"blending"`` or ``"readiness"``.
    engagement
        Short name or folder of the engagement; ``"sample"`` is made on demand.
    run_dir
        Set by ``engage run``; None means by hand: earlier results come from the recorded run, else are computed, and the result becomes a draft.
    **overrides
        Settings of the stage's section that stand in for those of the engagement file; None takes the file's value.

    Returns
    -------
    Stage
        Client, queues, settings, tables and earlier results.

    Raises
    ------
    UsageProblem
        Unknown stage, engagement or setting, or a value that the settings refuse.

    Examples
    --------
    >>> open_stage("blnding")
    Traceback (most recent call last):
    analysis.foundation.schema.UsageProblem: There is no stage blnding. Did you mean blending?
    """
    spec = stage_spec(name)
    if spec.notebook is None:
        raise UsageProblem(f"The stage {name} has no notebook; it is built by: engage report NAME")
    folder = find_engagement(engagement)
    if folder.slug == "sample":
        ensure_sample(folder)
    own = _own_overrides(spec, overrides)
    if run_dir is None:
        return _Drafts(folder).open(spec, own)
    return _open_in_run(spec, folder, Path(run_dir), own)


def build_stage(
    spec: StageSpec,
    engagement: Engagement,
    folder: Folder,
    *,
    results: Mapping[str, Any],
    overrides: tuple[Override, ...],
    save: Callable[[Any], str],
) -> Stage:
    """Put together what a notebook sees."""
    settings: Settings | None = getattr(engagement, spec.section) if spec.section else None
    return Stage(
        name=spec.name,
        client=engagement.client,
        queues=engagement.queue,
        sources=engagement.source,
        settings=settings,
        results=results,
        overrides=overrides,
        root=folder.root,
        key=b"" if spec.reads else pseudonym_key(folder),
        _save=save,
    )


def write_result(spec: StageSpec, result: Any, into: Path, folder: Folder) -> None:
    """Store a result; rejected rows go to ``private/`` and nowhere else."""
    if spec.name == "intake":
        rejects = folder.private / "rejects"
        rejects.mkdir(parents=True, exist_ok=True)
        aside = rejects / ".rejects.part"
        write_frame(result.rejects, aside)
        aside.replace(rejects / "rejects.parquet")
        result = dataclasses.replace(result, rejects=result.rejects.iloc[:0].reset_index(drop=True))
    store(result, into)


def _own_overrides(spec: StageSpec, given: Mapping[str, Any]) -> tuple[Override, ...]:
    """Return the settings that a notebook replaces, under their full names."""
    stated = {name: value for name, value in given.items() if value is not None}
    if given and spec.section is None:
        raise UsageProblem(
            f"The stage {spec.name} has no settings of its own; change [[source]] in the engagement file."
        )
    return tuple((f"{spec.section}.{name}", value) for name, value in stated.items())


def _open_in_run(spec: StageSpec, folder: Folder, run_dir: Path, own: tuple[Override, ...]) -> Stage:
    """Open a stage for the run that made `run_dir`."""
    run = read_json(run_dir / RUN_FILE)
    if (
        not isinstance(run, dict)
        or run.get("stage") != spec.name
        or not run_dir.resolve().is_relative_to(folder.work.resolve())
    ):
        raise UsageProblem("run_dir is set by engage run alone. Leave it at None: the notebook then saves a draft.")
    given = dict(run["overrides"])
    overrides = tuple({**given, **dict(own)}.items())
    engagement = load_engagement(folder.file, overrides=overrides)

    def fetch(name: str) -> Any:
        record = records.kept(folder.work, name, run["upstream"][name])
        if record is None:
            raise UsageProblem(f"The results of {name} are no longer there. Run again: engage run {folder.slug}")
        return load(stage_spec(name).result_class(), record.folder)

    def save(result: Any) -> str:
        write_result(spec, result, run_dir, folder)
        outputs = hashes_below(run_dir, without=(RUN_FILE, SAVED_FILE))
        write_json(run_dir / SAVED_FILE, {"token": run["token"], "outputs": outputs})
        return f"{spec.name} saved"

    return build_stage(spec, engagement, folder, results=Results(spec.reads, fetch), overrides=overrides, save=save)


class _Drafts:
    """Notebooks run by hand: earlier results from the recorded run where it is still true, else computed and kept as drafts."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.work = folder.work / "drafts"
        self.engagement = load_engagement(folder.file)
        self.key = pseudonym_key(folder)
        self._found: dict[str, Record] = {}

    def open(self, spec: StageSpec, own: tuple[Override, ...]) -> Stage:
        """Return a stage that saves a draft."""
        engagement = load_engagement(self.folder.file, overrides=own) if own else self.engagement

        def save(result: Any) -> str:
            record = self._keep(spec, engagement, result)
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

    def _keep(self, spec: StageSpec, engagement: Engagement, result: Any) -> Record:
        """Store a draft."""
        made_of = self._components(spec, engagement, notebook=False)
        key = keys.stage_key(made_of)
        with one_at_a_time(self.work / ".lock", f"the drafts of {self.folder.slug}"):
            aside = records.begin(self.work, spec.name, key)
            try:
                write_result(spec, result, aside, self.folder)
                return records.finish(aside, spec.name, key, made_of)
            finally:
                remove_tree(aside)
