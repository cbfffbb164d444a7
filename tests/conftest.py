"""What all tests share: the hypothesis profile, the folder of public data, and which tests may not be skipped here."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
REQUIRED_HERE = {name for name in os.environ.get("BLENDING_REQUIRE", "").split(",") if name}

settings.register_profile(
    "kit", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("kit")


def missing(what: str, reason: str) -> None:
    """Skip a test whose means are absent, or fail it where the environment says that they must be there."""
    if what in REQUIRED_HERE:
        pytest.fail(f"{reason} (and BLENDING_REQUIRE says that {what} tests must run here)")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of public data sets."""
    folder = Path(os.environ.get("BLENDING_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "MANIFEST.csv").is_file():
        missing("real_data", "no public data sets: set BLENDING_REAL_DATA to the folder that holds their MANIFEST.csv")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a Chromium for the browser test."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        missing("browser", "no Chromium on this machine")
    return str(found)


@pytest.fixture(scope="session")
def qpdf() -> str:
    """Return the path of qpdf."""
    found = shutil.which("qpdf")
    if found is None:
        missing("qpdf", "no qpdf on this machine")
    return str(found)
