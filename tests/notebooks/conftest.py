"""One run of the whole chain on a short sample, for all tests of this folder that look at what a run leaves."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from analysis.engagement.chain import ChainRun, run_chain
from analysis.engagement.workspace import Folder, find_engagement
from analysis.synthetic import write_sample

KEY = b"k" * 32


def new_engagement(home: Path, *, slug: str = "acme", weeks: int = 3) -> Folder:
    """Write a short sample as an engagement with a fixed pseudonym key."""
    root = home / "engagements" / slug
    (root / "private").mkdir(parents=True)
    (root / "private" / "pseudonym.key").write_bytes(KEY)
    write_sample(root, seed=1, weeks=weeks)
    return find_engagement(root)


@dataclass(frozen=True)
class Ran:
    folder: Folder
    run: ChainRun
    said: list[str]


@pytest.fixture(scope="session")
def ran(tmp_path_factory) -> Ran:
    """Run the chain once; tests that change anything work on a copy."""
    folder = new_engagement(tmp_path_factory.mktemp("chain"))
    said: list[str] = []
    return Ran(folder, run_chain(folder, say=said.append), said)


@pytest.fixture
def copy(ran, tmp_path) -> Folder:
    """Return a copy of the run that a test may change."""
    shutil.copytree(ran.folder.workspace, tmp_path / "w", ignore=shutil.ignore_patterns(".lock"))
    return find_engagement(tmp_path / "w" / "engagements" / "acme")
