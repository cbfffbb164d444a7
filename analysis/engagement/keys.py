"""Content keys: everything that a stage's artefacts depend on, and nothing else."""

from __future__ import annotations

import functools
import hashlib
import hmac
import importlib.metadata
import json
import platform
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.engagement.files import digest_of, files_below, sha256_of
from analysis.engagement.model import Engagement
from analysis.engagement.records import Record
from analysis.engagement.stages import SAID, StageSpec
from analysis.engagement.workspace import Folder
from analysis.foundation.assets import assets
from analysis.foundation.schema import DataProblem, UsageProblem

DISTRIBUTION = "blending-readiness"
FORMAT = 1


def components(
    spec: StageSpec,
    engagement: Engagement,
    folder: Folder,
    upstream: Mapping[str, Record],
    *,
    key: bytes,
    notebook: bool = True,
    strict: bool = True,
) -> dict[str, Any]:
    """Return what the key of a stage is made of, as plain data without paths of this machine.

    Parameters
    ----------
    spec
        The stage.
    engagement
        Checked settings, overrides included.
    folder
        The engagement's folders: input files are hashed there.
    upstream
        Records of the stages that it reads.
    key
        The pseudonym key; only a fingerprint enters.
    notebook
        Whether the notebook's code counts; a draft made by hand may come from any notebook.
    strict
        Whether a source without any file is an error.
    """
    made_of: dict[str, Any] = {
        "format": FORMAT,
        "stage": spec.name,
        "settings": engagement.model_dump(mode="json", include=set(spec.settings)),
        "upstream": upstream_digests(spec, upstream),
        "package": package_hash(),
        "versions": versions(),
        "templates": {name: templates_hash(name) for name in spec.templates},
        "notebook": notebook_hash(spec.notebook_path) if notebook and spec.notebook_path else None,
    }
    if spec.name == "report":
        # where a firm keeps its brand file is its own affair; what is in it counts
        made_of["settings"]["report"].pop("brand")
        made_of["brand"] = brand_hashes(engagement, folder)
    if spec.name == "readiness":
        made_of["questionnaire"] = questionnaire_hash(engagement, folder, strict=strict)
    if not spec.reads:
        made_of["inputs"] = input_hashes(engagement, folder, strict=strict)
        made_of["pseudonyms"] = hmac.new(key, b"fingerprint", hashlib.sha256).hexdigest()[:16]
    return made_of


def upstream_digests(spec: StageSpec, upstream: Mapping[str, Record]) -> dict[str, str]:
    """Return one hash for each earlier stage over those of its artefacts that a stage reads.

    Parameters
    ----------
    spec
        The stage that reads.
    upstream
        Records of the stages that it reads.
    """
    found = {}
    for name in spec.reads:
        outputs = upstream[name].outputs
        if name == "intake" and spec.counts_alone:
            unseen = {f"tables.{table}.parquet" for table in SAID}
            outputs = {
                file: digest for file, digest in outputs.items() if file.startswith("tables.") and file not in unseen
            }
        found[name] = digest_of(dict(outputs))
    return found


def stage_key(made_of: Mapping[str, Any]) -> str:
    """Return the key: the digest of its components."""
    return digest_of(dict(made_of))


def input_hashes(engagement: Engagement, folder: Folder, *, strict: bool = True) -> dict[str, str]:
    """Return the SHA-256 of every client file that the sources name, by its name relative to the engagement.

    Parameters
    ----------
    engagement, folder
        Whose files.
    strict
        Whether a source without any file is an error; else it adds nothing.

    Raises
    ------
    DataProblem
        A source names no file.
    """
    from analysis.intake.opening.files import expand, relative

    found: dict[str, Path] = {}
    for source in engagement.source:
        try:
            found.update({relative(path, folder.root): path for path in expand(source, folder.root)})
        except DataProblem:
            if strict:
                raise
        for name in (source.state_map, source.identities):
            if name is not None and (folder.root / name).is_file():
                found[name] = folder.root / name
    return {name: sha256_of(path) for name, path in sorted(found.items())}


def brand_file(engagement: Engagement, folder: Folder) -> Path | None:
    """Return the firm's brand file, named relative to the engagement or in full; None takes the kit's own."""
    return folder.root / engagement.report.brand if engagement.report.brand else None


def brand_hashes(engagement: Engagement, folder: Folder) -> dict[str, str]:
    """Return the SHA-256 of the firm's brand file, its logo, its sentences and its fonts; empty where the kit's own is used."""
    from analysis.report.brand import load_brand

    file = brand_file(engagement, folder)
    if file is None:
        return {}
    brand = load_brand(file)
    fonts = files_below(brand.fonts) if brand.fonts is not None else {}
    files = {"logo": brand.logo, "catalogue": brand.catalogue}
    named = {"brand": file, **{name: path for name, path in files.items() if path is not None}}
    return {name: sha256_of(path) for name, path in {**named, **fonts}.items()}


def questionnaire_file(named: str, root: Path) -> Path | None:
    """Return the engagement's own questionnaire; None takes the kit's.

    Parameters
    ----------
    named
        As ``[readiness] questionnaire`` states it.
    root
        The engagement's folder.

    Raises
    ------
    UsageProblem
        The path leads out of the engagement's folder.
    """
    if not named:
        return None
    path = (root / named).resolve()
    if not path.is_relative_to(root.resolve()):
        raise UsageProblem(
            f"[readiness] questionnaire: {named} lies outside the engagement's folder. Put the file into the folder and name it, such as questionnaire.toml."
        )
    return path


def questionnaire_hash(engagement: Engagement, folder: Folder, *, strict: bool = True) -> str | None:
    """Return the SHA-256 of the engagement's own questionnaire; None where the kit's is used.

    Parameters
    ----------
    engagement, folder
        Whose questionnaire.
    strict
        Whether a missing file is an error.

    Raises
    ------
    UsageProblem
        There is no such file, or it lies outside the engagement's folder.
    """
    file = questionnaire_file(engagement.readiness.questionnaire, folder.root)
    if file is None:
        return None
    if not file.is_file():
        if not strict:
            return "missing"
        raise UsageProblem(
            f"[readiness] questionnaire: there is no file {engagement.readiness.questionnaire} in the engagement's folder. "
            f"Make one with engage answers {folder.slug} --questionnaire, or leave the key empty to take the kit's own."
        )
    return sha256_of(file)


def notebook_hash(path: Path) -> str:
    """Return the digest of a notebook's code, without the parameters cell, outputs and words."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    code = [
        "".join(cell["source"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", [])
    ]
    return digest_of(code)


@functools.cache
def package_hash() -> str:
    """Return the digest of the package's source files."""
    package = Path(__file__).resolve().parents[1]
    found = {
        name: path
        for name, path in files_below(package).items()
        if name.endswith(".py") and not name.startswith("_files/")
    }
    return digest_of({name: sha256_of(path) for name, path in found.items()})


@functools.cache
def templates_hash(name: str) -> str:
    """Return the digest of a folder below ``templates/``."""
    return digest_of({file: sha256_of(path) for file, path in files_below(assets() / "templates" / name).items()})


@functools.cache
def versions() -> dict[str, str]:
    """Return the installed versions of Python and of the packages that the kit names.

    Examples
    --------
    >>> "pandas" in versions()
    True
    """
    required = importlib.metadata.requires(DISTRIBUTION) or []
    names = sorted({re.split(r"[^A-Za-z0-9._-]", line)[0].lower() for line in required if "extra ==" not in line})
    return {"python": platform.python_version(), **{name: _version(name) for name in (DISTRIBUTION, *names)}}


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:  # numba has no wheels for some machines
        return "not installed"


def differences(before: Mapping[str, Any], after: Mapping[str, Any], place: str = "") -> list[str]:
    """Return one phrase per component that differs between two keys.

    Examples
    --------
    >>> differences({"settings": {"baseline": {"seed": 1}}}, {"settings": {"baseline": {"seed": 2}}})
    ['settings.baseline.seed: 1 -> 2']
    """
    said: list[str] = []
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        inner = f"{place}.{name}" if place else name
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            said += differences(old, new, inner)
        elif old != new:
            said.append(f"{inner}: {_short(old)} -> {_short(new)}")
    return said


def _short(value: Any) -> str:
    """Return a value as a phrase of bounded length."""
    text = json.dumps(value, ensure_ascii=False) if value is not None else "none"
    if isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value):
        return value[:12]
    return text if len(text) <= 60 else f"{text[:57]}..."
