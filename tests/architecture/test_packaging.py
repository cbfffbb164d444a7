"""The lists of dependencies say the same thing, and name no host."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement

CONDA_NAMES = {"jupyter-client": "jupyter_client", "tzdata": "python-tzdata"}
UNDER_PIP = {"typst"}  # no conda package of the Python binding


@pytest.fixture(scope="module")
def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def environment(root):
    return yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))


def bounds(lines):
    return {Requirement(line).name: Requirement(line).specifier for line in lines if not line.startswith("-e")}


def test_environment_lists_every_dependency_with_the_same_bounds(project, environment):
    wanted = bounds(project["project"]["dependencies"])
    wanted["pytest"] = bounds(project["dependency-groups"]["dev"])["pytest"]
    conda = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    pip = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    under_conda, under_pip = bounds(conda), bounds(pip)
    assert under_conda.pop("python") == Requirement("python" + project["project"]["requires-python"]).specifier
    under_conda.pop("pip")
    assert under_conda == {CONDA_NAMES.get(name, name): spec for name, spec in wanted.items() if name not in UNDER_PIP}
    assert under_pip == {name: wanted[name] for name in UNDER_PIP}
    assert "-e ." in pip


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_lock_has_hashes_and_no_host(root, lock):
    text = (root / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index|--find-links", text)
    pins = re.split(r"\n(?=[a-zA-Z0-9])", text.strip())
    assert len(pins) > 100
    assert all("--hash=sha256:" in pin and "==" in pin for pin in pins)


def test_locks_agree_and_satisfy_the_bounds(root, project):
    def pins(name):
        found = {}
        for line in (root / name).read_text(encoding="utf-8").splitlines():
            if "==" in line and not line.startswith(" "):
                pin = Requirement(line.rstrip(" \\"))
                found.setdefault(pin.name, set()).add((str(pin.specifier), str(pin.marker)))
        return found

    run, develop = pins("requirements.lock"), pins("requirements-dev.lock")
    for name, found in run.items():
        assert {spec for spec, _ in found} == {spec for spec, _ in develop[name]}, name
    stated = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["build"],
        *project["dependency-groups"]["dev"],
    ]
    for line in stated:
        wanted = Requirement(line)
        for spec, _ in develop[wanted.name]:
            assert wanted.specifier.contains(spec.removeprefix("==")), line


def test_no_file_names_a_registry_host_or_a_machine_path(root):
    pattern = re.compile(r"//[a-z0-9.-]*(p[y]pi|python[h]osted|ana[c]onda|npm[j]s)\.|(?<![\w}>])/([r]oot|[w]ork)/")
    for path in root.rglob("*"):
        parts = path.relative_to(root).parts
        generated = parts[0] in {"reports", "engagements", "build", "dist"} or "__pycache__" in parts
        hidden = parts[0].startswith(".") and parts[0] != ".ci"
        if not path.is_file() or generated or hidden:
            continue
        if path.suffix in {".py", ".md", ".toml", ".yml", ".txt", ".lock", ".ipynb", ".typ", ".csv", ""}:
            assert not pattern.search(path.read_text(encoding="utf-8", errors="replace")), path
