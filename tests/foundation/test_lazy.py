"""Names that load on first use."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import analysis
from analysis.foundation.lazy import attach


def run(code: str) -> str:
    """Run code in a fresh interpreter and return what it prints."""
    root = Path(analysis.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False, cwd=root)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    "package", ["analysis", "analysis.foundation.intervals", "analysis.foundation.calendars", "analysis.measure"]
)
def test_importing_a_package_loads_no_numpy_and_no_pandas(package):
    assert (
        run(f"import sys, {package}; print(sorted({{'numpy', 'pandas', 'numba', 'scipy'}} & set(sys.modules)))") == "[]"
    )


@pytest.mark.parametrize(
    "package", ["analysis.foundation.intervals", "analysis.foundation.calendars", "analysis.measure"]
)
def test_every_offered_name_loads_and_is_the_thing_of_that_name(package):
    offered = importlib.import_module(package)
    found = {name: getattr(getattr(offered, name), "__name__", name).rpartition(".")[2] for name in offered.__all__}
    assert found == {name: name for name in offered.__all__}


def test_a_name_is_looked_up_once_and_kept():
    kept: dict[str, object] = {}
    getter, lister, exported = attach("analysis.foundation", {"Estimate": ".estimate", "estimate": ".estimate"}, kept)
    assert exported == ["Estimate", "estimate"]
    assert getter("Estimate") is kept["Estimate"]
    assert getter("estimate").Estimate is kept["Estimate"]  # type: ignore[attr-defined]
    assert lister() == ["Estimate", "estimate"]


def test_an_unknown_name_is_an_attribute_error_that_names_the_package():
    getter, _, _ = attach("analysis.foundation", {"Estimate": ".estimate"}, {})
    with pytest.raises(AttributeError, match=r"module 'analysis\.foundation' has no attribute 'Estimat'"):
        getter("Estimat")
