"""One report of the hand-made insurer for all tests that read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.report.same_bytes import insurer


@pytest.fixture(scope="session")
def material() -> dict[str, Any]:
    """Return the results of all stages, as ``build_report`` takes them."""
    return insurer()


@pytest.fixture(scope="session")
def built(material: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a report on A4."""
    from analysis.report import build_report

    out = tmp_path_factory.mktemp("a4")
    build_report(**material, out=out, keep=kept_beside(out))
    return out


def kept_beside(out: Path) -> Path:
    """Return the folder beside a report's in which it keeps what its pages are set from."""
    return out.with_name(f"{out.name}-kept")


def words_of(pdf: Path | bytes) -> list[str]:
    """Return the text of every page, white space made single, places to break taken out."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    cleaned = [page.replace("\u200b", "").replace("\u2060", "").replace("\ufffe", "") for page in pages]
    return [" ".join(page.split()) for page in cleaned]


@pytest.fixture(scope="session")
def pages(built: Path) -> list[str]:
    """Return the text of every page of the report on A4."""
    return words_of(built / "assessment.pdf")
