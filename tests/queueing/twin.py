"""Runs a script with compiled kernels and with their plain twins."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def with_and_without_compiling(script: str, root: Path) -> list[Any]:
    """Return what the script prints as JSON, first compiled, then plain."""
    answers = []
    for disabled in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-W", "error::RuntimeWarning", "-c", script],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
            cwd=root,
            env=os.environ | {"NUMBA_DISABLE_JIT": disabled},
        )
        answers.append(json.loads(done.stdout))
    return answers
