"""Small engagements for the tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.engagement.workspace import Folder

CLIENT = """\
[client]
name = "Acme Mutual"
time_zone = "Europe/Amsterdam"
period = { start = 2026-03-02, end = 2026-04-26 }
"""


@pytest.fixture
def write(tmp_path):
    """Write an engagement file and return its folder."""

    def written(text: str | bytes = CLIENT, slug: str = "acme") -> Folder:
        root = tmp_path / "engagements" / slug
        root.mkdir(parents=True, exist_ok=True)
        content = text if isinstance(text, bytes) else text.encode("utf-8")
        (root / "engagement.toml").write_bytes(content)
        return Folder(root=root, workspace=tmp_path)

    return written


@pytest.fixture(autouse=True)
def own_workspace(tmp_path: Path, monkeypatch):
    """Keep every test in its own workspace."""
    monkeypatch.setenv("ENGAGE_HOME", str(tmp_path))
