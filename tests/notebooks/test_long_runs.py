"""Long runs: a kernel each gives the same bytes, so does another folder, zone, language and hash seed, and so does a run that was killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import papermill
import pytest

from analysis.engagement.chain import run_chain
from analysis.engagement.files import hashes_below
from analysis.engagement.records import current
from analysis.engagement.stages import CHAIN, STAGES
from analysis.engagement.verify import verify
from analysis.engagement.workspace import find_engagement

from .conftest import new_engagement

pytestmark = pytest.mark.slow
KILL_SEED = 20260302


def digests(folder) -> dict[str, str]:
    return {name: current(folder.work, name).digest for name in STAGES}


def whole_tree(folder) -> dict[str, str]:
    """Return the hashes of all that a run leaves, but for executed notebooks, which carry times, and locks."""
    found = hashes_below(folder.workspace)
    return {
        name: value for name, value in found.items() if "/private/notebooks/" not in name and not name.endswith(".lock")
    }


def test_a_kernel_each_gives_the_same_artefacts(ran, tmp_path):
    folder = new_engagement(tmp_path)
    run_chain(folder, isolated=True)
    assert digests(folder) == digests(ran.folder)
    assert hashes_below(folder.reports) == hashes_below(ran.folder.reports)


def test_zone_language_hash_seed_threads_and_folder_do_not_matter(ran, tmp_path):
    folder = new_engagement(tmp_path / "another place" / "Zoë {x}")
    environment = {
        **os.environ,
        "TZ": "Pacific/Auckland",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "12345",
        "OMP_NUM_THREADS": "1",
        "NUMBA_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
    }
    command = [sys.executable, "-m", "analysis.cli", "run", str(folder.root)]
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert digests(folder) == digests(ran.folder)
    assert hashes_below(folder.reports) == hashes_below(ran.folder.reports)


def test_every_notebook_opened_alone_runs_on_the_sample_and_agrees_with_a_run(tmp_path, monkeypatch):
    monkeypatch.setenv("ENGAGE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    specs = [spec for spec in CHAIN if spec.notebook]
    for spec in reversed(specs):
        papermill.execute_notebook(spec.notebook_path, tmp_path / spec.notebook, progress_bar=False)
    folder = find_engagement("sample")
    run_chain(folder, until="readiness")
    for spec in specs:
        assert current(folder.work / "drafts", spec.name).digest == current(folder.work, spec.name).digest


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs signals")
def test_killed_and_run_again_it_leaves_what_one_run_leaves(ran, tmp_path):
    folder = new_engagement(tmp_path)
    command = [sys.executable, "-m", "analysis.cli", "run", str(folder.root)]
    draw = random.Random(KILL_SEED)
    for _ in range(5):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(draw.uniform(2, 25))
        process.kill()
        process.wait()
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, f"seed {KILL_SEED}: {done.stderr}"
    assert whole_tree(folder) == whole_tree(ran.folder)
    assert verify(folder) == ()


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits of the shell")
def test_a_full_disk_leaves_the_last_report_and_nothing_half(copy):
    before = whole_tree(copy)
    command = f'ulimit -f 100; exec "{sys.executable}" -m analysis.cli report "{copy.root}"'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert "The disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert whole_tree(copy) == before
