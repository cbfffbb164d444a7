"""The small client of the intake tests, for attacks on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks.corpus import payloads
from tests.intake.conftest import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return an empty engagement folder."""
    return Desk(tmp_path)


@pytest.fixture
def canary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of a file that must never be made."""
    return tmp_path_factory.mktemp("canary") / "made"


@pytest.fixture
def attacks(canary: Path) -> dict[str, str]:
    """Return every payload, aimed at the canary."""
    found = payloads(canary)
    assert len(found) >= 40
    return found
