"""Prints how long each deliverable takes as a whole process once results exist: ``python benchmarks/report.py [WORKSPACE]``.

WORKSPACE holds a finished sample (``engage demo``); without it one is made, which takes a minute. It is copied, never written to.
Wall time needs a machine that does nothing else; the second column is the time of the processor, which other programs stretch less.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from analysis.engagement.parts import WRITES

TRIES = 3


def timed(words: list[str], workspace: Path) -> tuple[float, float]:
    """Return the time of one command as a process by the clock, and by the processor where the system tells it [s]."""
    command = [sys.executable, "-m", "analysis.cli", *words, "--workspace", str(workspace)]
    before, began = os.times(), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    spent, after = time.perf_counter() - began, os.times()
    return spent, after.children_user + after.children_system - before.children_user - before.children_system


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        workspace = Path(name) / "w"
        if len(sys.argv) > 1:
            shutil.copytree(sys.argv[1], workspace, ignore=shutil.ignore_patterns(".lock"))
        else:
            (workspace / "engagements").mkdir(parents=True)
            timed(["demo"], workspace)
        # the report must be of this kit before one of its parts can be built alone
        timed(["report", "sample"], workspace)
        print(f"{'whole process, median of ' + str(TRIES):<44}{'clock s':>10}{'processor s':>13}")
        for words in (["report", "sample"], *(["report", "sample", "--only", part] for part in WRITES)):
            tries = [timed(words, workspace) for _ in range(TRIES)]
            clock, processor = (statistics.median(column) for column in zip(*tries, strict=True))
            print(f"{'engage ' + ' '.join(words):<44}{clock:>10.2f}{processor:>13.2f}", flush=True)


if __name__ == "__main__":
    main()
