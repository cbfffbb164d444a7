"""Equal results give equal bytes: in another process, folder, zone, language, order of hashing and number of threads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from analysis.engagement.files import hashes_below

ELSEWHERE = {
    "TZ": "Pacific/Auckland",
    "LC_ALL": "C",
    "LANG": "C",
    "PYTHONHASHSEED": "12345",
    **dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "ARROW_IO_THREADS"), "1"
    ),
    "RAYON_NUM_THREADS": "1",
}


def test_a_report_built_elsewhere_is_the_same(built: Path, root: Path, tmp_path: Path):
    here = hashes_below(built)
    endings = {name.rpartition(".")[2] for name in here}
    assert endings == {"pdf", "json", "xlsx", "svg", "png"}
    out = tmp_path / "another folder é"
    environment = {**os.environ, **ELSEWHERE, "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "tests.report.same_bytes", str(out)]
    done = subprocess.run(command, env=environment, cwd=root, capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    there = json.loads(done.stdout)
    assert there.keys() == here.keys()
    assert [name for name in here if there[name] != here[name]] == []


def test_no_path_clock_or_machine_stands_in_any_file(built: Path):
    machine = os.uname().nodename if hasattr(os, "uname") else ""
    own = [text for text in (str(built), str(Path.home()), machine, "Matplotlib v") if len(text) > 3]
    for path in sorted(built.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            assert [text for text in own if text.encode() in content] == [], path.name
            if path.suffix == ".png":
                chunks = [name for name in (b"tIME", b"tEXt", b"eXIf") if name in content]
                assert chunks == []
