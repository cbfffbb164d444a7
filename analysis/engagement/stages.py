"""The chain: which stage reads what, which notebook carries it, and which verb answers its question."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.engagement.load import nearest
from analysis.foundation.assets import assets
from analysis.foundation.schema import UsageProblem

# canonical tables of what people answered or said; readiness and the report alone look at them
SAID: tuple[str, ...] = ("answers", "listening", "expectations", "to_hear", "responses")


@dataclass(frozen=True, slots=True)
class StageSpec:
    """One stage of the chain.

    Attributes
    ----------
    name
        Name of the stage and of its folder.
    notebook
        File name of its notebook; None for the report.
    kind
        ``"module:name"`` of the class of its result.
    settings
        Keys of the engagement file that it depends on.
    sections
        Those of them whose scalars are the notebook's parameters, in their order; the first is the verb's own. Empty for intake, whose sources are
        lists, and for the report.
    reads
        Earlier stages whose results it reads.
    templates
        Folders below ``templates/`` whose content it depends on.
    also
        Name and ``"module:name"`` of the classes of further results that it saves beside its own.
    counts_alone
        Whether it reads tables of measured time alone, so that nothing that people answered or said reaches it, or makes it run again.
    """

    name: str
    notebook: str | None
    kind: str
    settings: tuple[str, ...]
    sections: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    counts_alone: bool = False

    @property
    def notebook_path(self) -> Path | None:
        """Where the notebook lies."""
        return None if self.notebook is None else assets() / "notebooks" / self.notebook

    def result_class(self) -> Any:
        """Return the class of the result."""
        return _class(self.kind)

    def result_classes(self) -> dict[str, Any]:
        """Return the classes of all results that it saves, by name; its own comes first."""
        return {self.name: _class(self.kind), **{name: _class(kind) for name, kind in self.also}}


def _class(kind: str) -> Any:
    module, _, name = kind.partition(":")
    return getattr(importlib.import_module(module), name)


CHAIN: tuple[StageSpec, ...] = (
    StageSpec(
        name="intake",
        notebook="01_intake.ipynb",
        kind="analysis.intake:Intake",
        settings=("client", "source"),
        templates=("state_maps",),
    ),
    StageSpec(
        name="baseline",
        notebook="02_baseline.ipynb",
        kind="analysis.baseline:Baseline",
        settings=("client", "queue", "baseline"),
        sections=("baseline",),
        reads=("intake",),
        counts_alone=True,
    ),
    StageSpec(
        name="utilization",
        notebook="03_utilization.ipynb",
        kind="analysis.utilization:Utilization",
        settings=("client", "queue", "allowance", "utilization"),
        sections=("utilization",),
        reads=("intake", "baseline"),
        counts_alone=True,
    ),
    StageSpec(
        name="blending",
        notebook="04_blending.ipynb",
        kind="analysis.blending:Blending",
        settings=("client", "queue", "blending"),
        sections=("blending",),
        reads=("intake", "baseline"),
        counts_alone=True,
    ),
    StageSpec(
        name="readiness",
        notebook="05_readiness.ipynb",
        kind="analysis.readiness:Readiness",
        settings=("client", "queue", "cost", "value", "readiness"),
        sections=("readiness", "value"),
        reads=("intake", "baseline", "utilization", "blending"),
        templates=("questionnaires",),
        also=(("value", "analysis.value:Value"),),
    ),
    StageSpec(
        name="report",
        notebook=None,
        kind="analysis.report:Report",
        settings=("client", "queue", "privacy", "report"),
        reads=("intake", "baseline", "utilization", "blending", "readiness"),
        templates=("report",),
    ),
)
STAGES: tuple[str, ...] = tuple(spec.name for spec in CHAIN)


def stage_spec(name: str) -> StageSpec:
    """Return the stage of this name.

    Raises
    ------
    UsageProblem
        There is none.

    Examples
    --------
    >>> stage_spec("blending").reads
    ('intake', 'baseline')
    """
    for spec in CHAIN:
        if spec.name == name:
            return spec
    raise UsageProblem(f"There is no stage {name}.{nearest(name, STAGES)}")


def answer(name: str, stage: Any) -> dict[str, Any]:
    """Call the verbs of a stage exactly as its notebook does, and return what it saves, its own result first.

    Parameters
    ----------
    name
        Name of a stage with a notebook.
    stage
        What :func:`analysis.engagement.open_stage` returned.
    """
    import analysis

    results = stage.results
    if name == "intake":
        return {name: analysis.read_sources(stage.sources, client=stage.client, root=stage.root, key=stage.key)}
    if name == "readiness":
        parts = (stage.tables, results["baseline"], results["utilization"], results["blending"])
        value = analysis.balance_value(
            *parts, client=stage.client, costs=stage.costs, settings=stage.settings_of["value"]
        )
        asked = {"client": stage.client, "queues": stage.queues, "settings": stage.settings}
        found = analysis.assess_readiness(*parts, value=value, questionnaire=stage.questionnaire, **asked)
        return {name: found, "value": value}
    asked = {"client": stage.client, "queues": stage.queues, "settings": stage.settings}
    if name == "baseline":
        return {name: analysis.measure_baseline(stage.tables, **asked)}
    if name == "utilization":
        asked["allowances"] = stage.allowances
        return {name: analysis.estimate_utilization(stage.tables, results["baseline"], **asked)}
    return {name: analysis.assess_blending(stage.tables, results["baseline"], **asked)}
