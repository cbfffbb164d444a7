"""What a notebook sees of an engagement: settings, tables, earlier results, exhibits, and where to save."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.engagement.files import replace
from analysis.engagement.keys import questionnaire_file
from analysis.engagement.load import Override
from analysis.engagement.model import Engagement
from analysis.engagement.privacy import pseudonym_key
from analysis.engagement.stages import SAID, StageSpec, stage_spec
from analysis.engagement.store import load, store, write_frame
from analysis.engagement.workspace import Folder
from analysis.foundation.schema import UsageProblem
from analysis.foundation.settings import Client, Queue, Settings

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.settings import Source
    from analysis.readiness.criteria import Questionnaire
    from analysis.utilization.settings import Allowance
    from analysis.value.settings import Cost


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
    client, queues, sources, allowances, costs
        As the engagement file states them.
    settings
        Settings of the stage's verb, with the values that stand in for those of the file; None for intake.
    settings_of
        Settings of all sections that this stage reads, by name.
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
    allowances: tuple[Allowance, ...]
    costs: tuple[Cost, ...]
    settings: Any
    settings_of: Mapping[str, Any]
    results: Mapping[str, Any]
    overrides: tuple[Override, ...]
    root: Path
    key: bytes
    _save: Callable[[Mapping[str, Any]], str] = field(repr=False)

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Canonical tables by name; what people answered or said reaches readiness alone."""
        tables = self.results["intake"].tables
        if not stage_spec(self.name).counts_alone:
            return tables
        return {name: table for name, table in tables.items() if name not in SAID}

    @property
    def questionnaire(self) -> Questionnaire:
        """The questionnaire that readiness is judged by: the engagement's own where it names one, else the kit's.

        Raises
        ------
        UsageProblem
            The stage has no questionnaire, or the engagement's own does not follow the schema.
        """
        from analysis.readiness.criteria import read_questionnaire

        if "readiness" not in self.settings_of:
            raise UsageProblem(f"The stage {self.name} asks no questionnaire; the stage readiness does.")
        file = questionnaire_file(self.settings_of["readiness"].questionnaire, self.root)
        return read_questionnaire(file)

    def save(self, result: Any, **also: Any) -> Sentence:
        """Store the result of this stage; by hand it becomes a draft, in a run the artefact that later stages read.

        Parameters
        ----------
        result
            What the verb returned.
        **also
            Further results of the stage by name, such as ``value=value`` in readiness.

        Raises
        ------
        UsageProblem
            The results are not what this stage is to find out.
        """
        kinds = stage_spec(self.name).result_classes()
        given = {self.name: result, **also}
        if list(given) != list(kinds):
            call = ", ".join(["result", *(f"{name}={name}" for name in list(kinds)[1:])])
            raise UsageProblem(
                f"stage.save: the stage {self.name} saves {' and '.join(kinds)}; write stage.save({call})."
            )
        for name, kind in kinds.items():
            if not isinstance(given[name], kind):
                raise UsageProblem(
                    f"stage.save: the stage {self.name} saves a {kind.__name__}, not a {type(given[name]).__name__}. Pass what its verb returned."
                )
        return Sentence(self._save(given))

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


def build_stage(
    spec: StageSpec,
    engagement: Engagement,
    folder: Folder,
    *,
    results: Mapping[str, Any],
    overrides: tuple[Override, ...],
    save: Callable[[Mapping[str, Any]], str],
) -> Stage:
    """Put together what a notebook sees."""
    settings_of: dict[str, Settings] = {name: getattr(engagement, name) for name in spec.sections}
    return Stage(
        name=spec.name,
        client=engagement.client,
        queues=engagement.queue,
        sources=engagement.source,
        allowances=engagement.allowance,
        costs=engagement.cost,
        settings=settings_of[spec.sections[0]] if spec.sections else None,
        settings_of=settings_of,
        results=results,
        overrides=overrides,
        root=folder.root,
        key=b"" if spec.reads else pseudonym_key(folder),
        _save=save,
    )


def write_results(spec: StageSpec, results: Mapping[str, Any], into: Path, folder: Folder) -> None:
    """Store what a stage found, further results in folders of their own; rejected rows go to ``private/`` and nowhere else."""
    result = results[spec.name]
    if spec.name == "intake":
        rejects = folder.private / "rejects"
        rejects.mkdir(parents=True, exist_ok=True)
        aside = rejects / ".rejects.part"
        write_frame(result.rejects, aside)
        replace(aside, rejects / "rejects.parquet")
        result = dataclasses.replace(result, rejects=result.rejects.iloc[:0].reset_index(drop=True))
    store(result, into)
    for name, _ in spec.also:
        (into / name).mkdir()
        store(results[name], into / name)


def read_results(spec: StageSpec, folder: Path) -> dict[str, Any]:
    """Return all results of a stage that :func:`write_results` stored, by name."""
    kinds = spec.result_classes()
    return {name: load(kind, folder if name == spec.name else folder / name) for name, kind in kinds.items()}
