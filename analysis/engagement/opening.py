"""Opens a stage: for a run that gave its folder, or by hand for a draft."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.engagement import records
from analysis.engagement.drafts import Drafts
from analysis.engagement.files import hashes_below, read_json, write_json
from analysis.engagement.load import Override, load_engagement
from analysis.engagement.model import sections
from analysis.engagement.sample import ensure_sample
from analysis.engagement.stage import Results, Stage, build_stage, write_results
from analysis.engagement.stages import StageSpec, stage_spec
from analysis.engagement.store import load
from analysis.engagement.workspace import Folder, find_engagement
from analysis.foundation.schema import UsageProblem

RUN_FILE, SAVED_FILE = "run.json", "saved.json"


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
        return Drafts(folder).open(spec, own)
    return _open_in_run(spec, folder, Path(run_dir), own)


def _own_overrides(spec: StageSpec, given: Mapping[str, Any]) -> tuple[Override, ...]:
    """Return the settings that a notebook replaces, under their full names."""
    stated = {name: value for name, value in given.items() if value is not None}
    if given and not spec.sections:
        raise UsageProblem(
            f"The stage {spec.name} has no settings of its own; change [[source]] in the engagement file."
        )
    return tuple((f"{_section_of(spec, name)}.{name}", value) for name, value in stated.items())


def _section_of(spec: StageSpec, name: str) -> str:
    """Return the section of the stage that has this setting; the first one, which then names the nearest, where none has."""
    known = sections()
    return next((one for one in spec.sections if name in known[one].model_fields), spec.sections[0])


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

    def save(results: Mapping[str, Any]) -> str:
        write_results(spec, results, run_dir, folder)
        outputs = hashes_below(run_dir, without=(RUN_FILE, SAVED_FILE))
        write_json(run_dir / SAVED_FILE, {"token": run["token"], "outputs": outputs})
        return f"{spec.name} saved"

    return build_stage(spec, engagement, folder, results=Results(spec.reads, fetch), overrides=overrides, save=save)
